//! The explanation of a number, in lines.

use unicode_width::UnicodeWidthStr;

use crate::algebra::lines::broken;
use crate::trace::Explanation;
use crate::ui::text::{fitted, wrapped};
use crate::ui::view::View;

/// Returns the explanation in at most `most` lines. Where the terms with as many decimals as they take to come out at the
/// value do not fit, they have those at hand, and a sign that it is nearly so.
pub(super) fn explanation_lines(
    view: &View,
    why: &Explanation,
    width: usize,
    most: usize,
) -> Vec<String> {
    let (decimals, most) = (view.session.decimals(), most.max(2));
    let exact = lines_within(view, why, signed(why.sides(decimals), " = "), width, most);
    if exact.len() <= most {
        return exact;
    }
    let (rough, comes_out) = why.rough_sides(decimals);
    let last = if comes_out { " = " } else { " ≈ " };
    let rough = lines_within(view, why, signed(rough, last), width, most);
    shortened(view, why, rough, width, most)
}

/// Returns the number as one product of all factors from the loss on, in lines; empty if it is none.
pub(super) fn chain_lines(view: &View, why: &Explanation, width: usize) -> Vec<String> {
    let line = why.chain_line(view.session.decimals());
    line.map_or_else(Vec::new, |line| wrapped(&view.theme.text(&line), width))
}

/// Returns the whole explanation or, where it has more sides than there is room for, all but the formula.
fn lines_within(
    view: &View,
    why: &Explanation,
    mut sides: Vec<Side>,
    width: usize,
    most: usize,
) -> Vec<String> {
    let lines = lines_of(view, why, &sides, width);
    if lines.len() > most && sides.len() > most && !why.formula.is_empty() {
        // Of formula, terms and value, the formula is shown above already.
        sides.remove(0);
        return lines_of(view, why, &sides, width);
    }
    lines
}

/// A right-hand side, and the sign in front of it.
type Side = (&'static str, String);

/// Returns the right-hand sides with their signs, `last` in front of the last one.
fn signed(sides: Vec<String>, last: &'static str) -> Vec<Side> {
    let count = sides.len();
    let sign = |i| if i > 0 && i + 1 == count { last } else { " = " };
    let sides = sides.into_iter().enumerate();
    sides.map(|(i, side)| (sign(i), side)).collect()
}

/// Returns the whole explanation: in one line, or with its sides one below the other.
fn lines_of(view: &View, why: &Explanation, sides: &[Side], width: usize) -> Vec<String> {
    let text = |text: &str| view.theme.text(text).into_owned();
    let remark = why.remark.as_deref();
    let mut line = why.name.clone();
    for (sign, side) in sides {
        line = line + sign + side;
    }
    if let Some(remark) = remark {
        line = format!("{line}  {remark}");
    }
    let line = text(&line);
    if line.width() <= width {
        return vec![line];
    }
    let name = text(&why.name);
    let is_short = name.width() <= width / 3;
    let indent = if is_short { name.width() } else { 2 };
    let mut lines = Vec::new();
    let mut lead = name;
    if sides.is_empty() || lead.width() > width / 2 {
        lines.extend(wrapped(&lead, width));
        lead = " ".repeat(indent);
    }
    for (sign, side) in sides {
        lead.push_str(&text(sign));
        let side = text(side);
        let rooms = [lead.width(), indent + 3].map(|used| width.saturating_sub(used));
        for part in broken(&side, rooms[0], rooms[1]) {
            lines.push(lead + &side[part]);
            lead = " ".repeat(indent + 3);
        }
        lead = " ".repeat(indent);
    }
    if let Some(remark) = remark {
        lines.extend(wrapped(&text(remark), width));
    }
    lines
}

/// Returns as many lines of an explanation as there is room for.
fn shortened(
    view: &View,
    why: &Explanation,
    mut lines: Vec<String>,
    width: usize,
    most: usize,
) -> Vec<String> {
    if lines.len() > most && why.terms.is_empty() {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let mark = view.theme.pick("…", "~");
            *last = format!(
                "{} {mark}",
                fitted(last, width.saturating_sub(2), view.theme)
            );
        }
    } else if lines.len() > most {
        // The result is more important than the terms in the middle.
        let last = lines.pop().unwrap_or_default();
        let hidden = lines.len() + 2 - most;
        let indent = (last.len() - last.trim_start().len()).saturating_sub(1);
        lines.truncate(most - 2);
        let mark = format!("{}   … {hidden} more lines", " ".repeat(indent));
        lines.push(fitted(&view.theme.text(&mark), width, view.theme));
        lines.push(last);
    }
    lines
}
