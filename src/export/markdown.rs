//! A lesson as a handout in Markdown, with formulas in LaTeX between `$$`, as GitHub, Jupyter and pandoc read
//! them.

use std::io::{self, Write};
use std::ops::Range;

use super::{handout, question};
use crate::algebra::Decimals;
use crate::trace::{Step, Trace};

/// Writes some steps of a lesson, given by their 0-based indices, under its title. Without `answers`, the result and the words of a
/// step that is asked about are left out.
///
/// # Errors
/// If writing fails.
pub fn write(
    trace: &Trace,
    steps: Range<usize>,
    answers: bool,
    decimals: Decimals,
    out: &mut impl Write,
) -> io::Result<()> {
    let lesson = trace.lesson();
    writeln!(
        out,
        "# {}\n\n{}",
        plain(&lesson.title),
        plain(&lesson.summary)
    )?;
    for index in steps {
        step(&trace.step(index), answers, decimals, out)?;
    }
    Ok(())
}

fn step(step: &Step, answers: bool, decimals: Decimals, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n## {}. {}\n", step.index + 1, plain(&step.title()))?;
    let place = handout::place(step);
    if !place.is_empty() {
        writeln!(out, "*{}*\n", plain(&place))?;
    }
    let asked = question::asked(step, decimals);
    if let Some(asked) = &asked {
        writeln!(out, "**Question:** {}\n", plain(&asked.question))?;
        for option in &asked.options {
            writeln!(out, "- {}", plain(option))?;
        }
        if !asked.options.is_empty() {
            writeln!(out)?;
        }
    }
    if asked.is_some() && !answers {
        return Ok(());
    }
    for math in handout::math(step, decimals) {
        // All in one line: an empty line would end the formula.
        writeln!(out, "$$\n{math}\n$$\n")?;
    }
    for line in question::paragraphs(step) {
        writeln!(out, "{}", plain(&line.text(decimals)))?;
    }
    if let Some(asked) = asked {
        if !step.is_ask() {
            writeln!(out)?;
        }
        writeln!(out, "**Answer:** {}", plain(&asked.answer))?;
    }
    let lecture = question::words(&step.lecture(), decimals, " ");
    if !lecture.is_empty() {
        writeln!(out, "\n> **In the lecture:** {}", plain(&lecture))?;
    }
    Ok(())
}

/// Escapes what Markdown and its usual extensions would take for marks. Spaces at the ends of lines, which mean
/// code or a line break there, are left out.
pub(super) fn plain(words: &str) -> String {
    let lines: Vec<String> = words.split('\n').map(line).collect();
    lines.join("\n")
}

/// Escapes one line. A character that only has a meaning at the start of a line is escaped only there.
fn line(words: &str) -> String {
    let words = words.trim_matches(|c: char| c.is_ascii_whitespace());
    let mut out = String::with_capacity(words.len());
    // `1.` or `1)` would begin a list.
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in words.char_indices() {
        let is_mark = "\\`*_[]{}<>#|$~&^@".contains(c)
            || at == 0 && "+-=:%".contains(c)
            || at == digits && digits > 0 && ".)".contains(c)
            // Some readers turn two of them into a dash.
            || c == '-' && out.ends_with('-');
        if is_mark {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        assert_eq!(plain("a_b *c* <d> #1"), "a\\_b \\*c\\* \\<d\\> \\#1");
        assert_eq!(plain("- no list"), "\\- no list");
        assert_eq!(plain("===\n1. x\n    y  "), "\\===\n1\\. x\ny");
        assert_eq!(plain("10) a.b 2."), "10\\) a.b 2.");
    }
}
