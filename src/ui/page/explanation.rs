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
    let decimals = view.session.decimals();
    let exact = lines_of(view, why, &signed(why.sides(decimals), " = "), width);
    if exact.len() <= most {
        return exact;
    }
    let (rough, comes_out) = why.rough_sides(decimals);
    let last = if comes_out { " = " } else { " ≈ " };
    let rough = signed(rough, last);
    let lines = lines_of(view, why, &rough, width);
    if lines.len() <= most {
        return lines;
    }
    shortened(view, why, rough, width, most.max(2))
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
    let room = width.saturating_sub(indent + 3);
    let mut lines = Vec::new();
    if !is_short || sides.is_empty() {
        lines.extend(wrapped(&name, width));
    }
    for (sign, side) in sides {
        let (sign, side) = (text(sign), text(side));
        for (k, part) in broken(&side, room, room).into_iter().enumerate() {
            let lead = match (lines.is_empty(), k) {
                (true, _) => format!("{name}{sign}"),
                (false, 0) => format!("{}{sign}", " ".repeat(indent)),
                (false, _) => " ".repeat(indent + 3),
            };
            lines.push(format!("{lead}{}", &side[part]));
        }
    }
    if let Some(remark) = remark {
        lines.extend(wrapped(&text(remark), width));
    }
    lines
}

/// Returns as much of an explanation as there is room for.
fn shortened(
    view: &View,
    why: &Explanation,
    mut sides: Vec<Side>,
    width: usize,
    most: usize,
) -> Vec<String> {
    if sides.len() > most && !why.formula.is_empty() {
        // Of formula, terms and value, the formula is shown above already.
        sides.remove(0);
    }
    let mut lines = lines_of(view, why, &sides, width);
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
        let indent = last.len() - last.trim_start().len();
        lines.truncate(most - 2);
        let mark = format!("{}   … {hidden} more lines", " ".repeat(indent));
        lines.push(fitted(&view.theme.text(&mark), width, view.theme));
        lines.push(last);
    }
    lines
}
