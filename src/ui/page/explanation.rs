//! The explanation of a number, in lines.

use unicode_width::UnicodeWidthStr;

use crate::trace::Explanation;
use crate::ui::text::{fitted, wrapped};
use crate::ui::view::View;

/// Returns the explanation in at most `most` lines.
pub(super) fn explanation_lines(
    view: &View,
    why: &Explanation,
    width: usize,
    most: usize,
) -> Vec<String> {
    let decimals = view.session.decimals();
    let text = |text: &str| view.theme.text(text).into_owned();
    let line = text(&why.line(decimals));
    if line.width() <= width {
        return vec![line];
    }
    let name = text(&why.name);
    let indent = if name.width() <= width / 3 {
        name.width()
    } else {
        2
    };
    let most = most.max(2);
    let mut sides = why.sides(decimals);
    let long = sides.len() > most;
    if long && !why.formula.is_empty() {
        // Of formula, terms and value, the formula is shown above already.
        sides.remove(0);
    }
    let mut lines = Vec::new();
    for (i, side) in sides.iter().enumerate() {
        let side = format!(" = {}", text(side));
        if i == 0 {
            lines.extend(wrapped(&format!("{name}{side}"), width));
        } else {
            let room = width.saturating_sub(indent + 3);
            for (k, part) in wrapped(side.trim_start_matches(" = "), room)
                .into_iter()
                .enumerate()
            {
                let lead = if k == 0 { " = " } else { "   " };
                lines.push(format!("{}{lead}{part}", " ".repeat(indent)));
            }
        }
    }
    if lines.is_empty() {
        lines.push(name);
    }
    if let Some(remark) = &why.remark {
        lines.extend(wrapped(&text(remark), width));
    }
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
        lines.truncate(most - 2);
        lines.push(fitted(
            &text(&format!("{}   … {hidden} more lines", " ".repeat(indent))),
            width,
            view.theme,
        ));
        lines.push(last);
    }
    lines
}
