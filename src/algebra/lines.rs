//! Breaks formulas into lines.

use std::borrow::Cow;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

/// The signs at which a formula is broken, in the lecture's notation and in ASCII: relations, sums, products. A line begins
/// with its sign.
const SIGNS: [&[&str]; 3] = [
    &["=", "←", "→", "<-", "->"],
    &["+", "−", "⊕", "-", "(+)"],
    &["·", "∘", "×", "/", "*", ".*", "x", "@"],
];

/// The columns by which further lines are set in where there is nothing to line up with.
const INDENT: usize = 2;

/// Returns the parts of a formula that fit lines of `first` and `others` columns, without the spaces between them.
///
/// It is broken in front of signs of the outermost level, those that bind least first; within brackets only where that is
/// not enough, and at a space where there is no sign.
pub fn broken(text: &str, first: usize, others: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    add(text, 0..text.len(), [first, others], &mut lines);
    lines
}

/// Returns the lines of an equation that fit `width` columns, each with how far it is set in, so that its parts line up:
/// sign of relation below sign of relation, and what is right of it below what is right of it. Where that would take more
/// lines, all but the first are set in a little.
pub fn aligned(text: &str, width: usize) -> Vec<(usize, Range<usize>)> {
    let relations = cuts_of(text, |depth, binds, _| (depth, binds) == (0, 0));
    let Some(&sign) = relations.first().filter(|_| text.width() > width) else {
        let lines = broken(text, width, width.saturating_sub(INDENT)).into_iter();
        let indents = std::iter::once(0).chain(std::iter::repeat(INDENT));
        return indents.zip(lines).collect();
    };
    let behind = sign + text[sign..].find(' ').map_or(0, |space| space + 1);
    let (at_sign, at_right) = (text[..sign].width(), text[..behind].width());
    let set = |[relation, other]: [usize; 2]| -> Vec<(usize, Range<usize>)> {
        let rooms = [at_right, other].map(|indent| width.saturating_sub(indent));
        let lines = broken(&text[behind..], rooms[0], rooms[1]).into_iter();
        let lines = lines.map(|line| line.start + behind..line.end + behind);
        let is_relation = |line: &str| line.split(' ').next().and_then(binding) == Some(0);
        lines
            .enumerate()
            .map(|(i, line)| match i {
                0 => (0, 0..line.end),
                _ if is_relation(&text[line.clone()]) => (relation, line),
                _ => (other, line),
            })
            .collect()
    };
    let [lined_up, plain] = [[at_sign, at_right], [INDENT; 2]].map(set);
    if lined_up.len() <= plain.len() {
        lined_up
    } else {
        plain
    }
}

fn add(text: &str, part: Range<usize>, [room, others]: [usize; 2], lines: &mut Vec<Range<usize>>) {
    let within = &text[part.clone()];
    if within.width() <= room {
        lines.push(part);
        return;
    }
    let cuts = cuts(within);
    let Some(last) = cuts.len().checked_sub(1) else {
        add_hard(text, part, [room, others], lines);
        return;
    };
    let mut rest = part.clone();
    let mut room = room;
    for (i, cut) in cuts.iter().enumerate() {
        // As much as fits: up to the last cut before the line would be too long.
        let next = cuts
            .get(i + 1)
            .map_or(part.end, |next| part.start + next - 1);
        let here = part.start + cut;
        if text[rest.start..next].width() > room {
            let before = lines.len();
            if here > rest.start {
                add(text, rest.start..here - 1, [room, others], lines);
                room = others;
            }
            rest.start = here;
            // Behind a part that was broken itself, the next one goes on in its last line.
            if lines.len() > before + 1
                && let Some(line) = lines.pop_if(|line| text[line.start..next].width() <= others)
            {
                rest.start = line.start;
            }
        }
        if i == last {
            add(text, rest.clone(), [room, others], lines);
        }
    }
}

/// Adds a part in which there is no place to break: as many characters as there is room for in each line.
fn add_hard(
    text: &str,
    mut part: Range<usize>,
    [mut room, others]: [usize; 2],
    lines: &mut Vec<Range<usize>>,
) {
    while text[part.clone()].width() > room {
        let ends = text[part.clone()]
            .char_indices()
            .skip(1)
            .map(|(at, _)| part.start + at);
        let fitting = ends
            .clone()
            .take_while(|&end| text[part.start..end].width() <= room);
        let Some(end) = fitting.last().or_else(|| ends.clone().next()) else {
            break;
        };
        lines.push(part.start..end);
        part.start = end;
        room = others;
    }
    lines.push(part);
}

/// Returns the places at which a formula is broken first, each right behind a space.
fn cuts(text: &str) -> Vec<usize> {
    let commas = commas(text);
    if !commas.is_empty() {
        return commas;
    }
    let mut first = (usize::MAX, 0);
    cuts_of(text, |depth, binds, _| {
        first = first.min((depth, binds));
        false
    });
    cuts_of(text, |depth, binds, _| (depth, binds) == first)
}

/// Returns the places at which a formula has a comma on the outermost level, each right behind the space.
fn commas(text: &str) -> Vec<usize> {
    cuts_of(text, |depth, _, at| {
        depth == 0 && text[..at].ends_with(", ")
    })
}

/// Returns the signs before and behind the place where the most brackets are closed again; `None` if none are.
pub fn parted(signs: &str) -> Option<(&str, &str)> {
    let mut depth = 0_i32;
    let mut best = (0, None);
    for (at, c) in signs.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ' ' if depth < best.0 => best = (depth, Some(at)),
            _ => {}
        }
    }
    let at = best.1?;
    Some((&signs[..at], &signs[at + 1..]))
}

/// Returns how closely a sign binds; `None` for any other word.
fn binding(word: &str) -> Option<usize> {
    SIGNS.iter().position(|signs| signs.contains(&word))
}

/// Returns the places right behind a space that are chosen by how many brackets are open there, how closely the sign that
/// follows binds, and the place.
fn cuts_of(text: &str, mut choose: impl FnMut(usize, usize, usize) -> bool) -> Vec<usize> {
    let mut depth = 0_usize;
    let mut is_in_bars = false;
    let mut places = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '|' => {
                depth = if is_in_bars {
                    depth.saturating_sub(1)
                } else {
                    depth + 1
                };
                is_in_bars = !is_in_bars;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ' ' if at > 0 => {
                let sign = text[at + 1..].split(' ').next().unwrap_or_default();
                let before = text[..at].rsplit([' ', '(']).next().unwrap_or_default();
                // A sign stays with what follows it.
                if binding(before).is_none()
                    && choose(depth, binding(sign).unwrap_or(SIGNS.len()), at + 1)
                {
                    places.push(at + 1);
                }
            }
            _ => {}
        }
    }
    places
}

/// Returns a text in which a space that no line may end at, within brackets around a formula of at most `most` columns, is
/// one that does not break; [`unglued`] turns it back.
pub fn glued(text: &str, most: usize) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    let mut open = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => open.push(at),
            ')' | ']' => {
                let Some(start) = open.pop() else { continue };
                let within = &text[start..=at];
                if open.is_empty() && within.width() <= most && is_formula(within) {
                    out.push_str(&text[done..start]);
                    out.push_str(&within.replace(' ', "\u{a0}"));
                    done = at + 1;
                }
            }
            _ => {}
        }
    }
    if done == 0 {
        return text.into();
    }
    out.push_str(&text[done..]);
    out.into()
}

/// Returns a line of a text that was [`glued`] with its spaces again.
pub fn unglued(line: &str) -> String {
    line.replace('\u{a0}', " ")
}

/// Returns whether there is a formula in brackets, and not words.
fn is_formula(within: &str) -> bool {
    let mut words = within.split(' ');
    let has_sign = || {
        let mut words = within.split(' ');
        words.any(|word| binding(word).is_some() || [">", "<"].contains(&word))
    };
    let is_word = |word: &str| {
        let letters = word.trim_matches(|c: char| !c.is_alphanumeric());
        letters.len() > 4 && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    has_sign() && !words.any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, first: usize, others: usize) -> Vec<&str> {
        let lines = broken(text, first, others).into_iter();
        lines.map(|line| &text[line]).collect()
    }

    #[test]
    fn words_behind_a_comma_are_parted_from_the_formula_first() {
        let text = "W ← W − ρ ∇, 21 times an epoch, the samples shuffled";
        let lines = aligned(text, 46).into_iter();
        let lines: Vec<_> = lines.map(|(indent, line)| (indent, &text[line])).collect();
        assert_eq!(
            lines,
            [
                (0, "W ← W − ρ ∇, 21 times an epoch,"),
                (4, "the samples shuffled")
            ]
        );
    }

    #[test]
    fn a_formula_is_broken_at_its_outermost_signs() {
        let formula = "δ = γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) − ẑ ∘ mean(∂J/∂v ∘ ẑ))";
        assert_eq!(lines(formula, 80, 80), [formula]);
        assert_eq!(
            lines(formula, 60, 60),
            [
                "δ",
                "= γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) − ẑ ∘ mean(∂J/∂v ∘ ẑ))",
            ]
        );
        assert_eq!(
            lines("a·b + c·(d + e) − f", 12, 12),
            ["a·b", "+ c·(d + e)", "− f"]
        );
        assert_eq!(lines("a · (b + c) · d", 9, 11), ["a", "· (b + c)", "· d"]);
        assert_eq!(lines("(aaa + bbb) / 2", 8, 10), ["(aaa", "+ bbb) / 2"]);
        assert_eq!(
            lines("(aaaa + bbbb − cccc)", 8, 8),
            ["(aaaa", "+ bbbb", "− cccc)"]
        );
    }

    #[test]
    fn the_parts_of_an_equation_line_up() {
        let set = |text: &str, width| -> String {
            let lines = aligned(text, width).into_iter();
            let lines = lines.map(|(indent, line)| " ".repeat(indent) + &text[line]);
            lines.collect::<Vec<_>>().join("\n")
        };
        let formula = "δ = γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) − ẑ ∘ mean(∂J/∂v ∘ ẑ))";
        assert_eq!(
            set(formula, 50),
            "δ = γ/√(σ² + ε)\n    ∘ (∂J/∂v − mean(∂J/∂v) − ẑ ∘ mean(∂J/∂v ∘ ẑ))"
        );
        assert_eq!(set("δ = a + b = c", 12), "δ = a + b\n  = c");
        assert_eq!(set("δ = a + b", 12), "δ = a + b");
        assert_eq!(set("aaaa + bbbb", 7), "aaaa\n  + bbb\n  b");
    }

    #[test]
    fn signs_are_parted_where_brackets_are_closed() {
        assert_eq!(parted("+ 0.00001) ∘ ("), Some(("+ 0.00001)", "∘ (")));
        assert_eq!(parted("∘ mean(a ∘ b)) ="), Some(("∘ mean(a ∘ b))", "=")));
        assert_eq!(parted("− mean(a) −"), None);
        assert_eq!(parted("/ √("), None);
    }

    #[test]
    fn what_has_no_sign_is_broken_where_it_can_be() {
        assert_eq!(
            lines("mean of (z − μ)² over the batch", 16, 16),
            ["mean of (z − μ)²", "over the batch"]
        );
        assert_eq!(lines("abcdefgh", 3, 4), ["abc", "defg", "h"]);
        assert_eq!(lines("", 3, 3), [""]);
        assert_eq!(lines("abc", 0, 0), ["a", "b", "c"]);
    }

    #[test]
    fn formulas_in_brackets_are_kept_together() {
        for (text, glued_spaces) in [
            ("ŷ(1 − ŷ) cancels", 2),
            ("ReLU: [x > 0]. Logistic", 2),
            ("(For the first two their effects cancel.)", 0),
            ("(a − b is smaller)", 0),
            ("x (1 − (y + z)) and (w", 4),
        ] {
            let glued = glued(text, 30);
            assert_eq!(glued.matches('\u{a0}').count(), glued_spaces, "{text}");
            assert_eq!(unglued(&glued), text);
        }
    }
}
