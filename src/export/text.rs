//! A step as lines of text: for reading aloud, for terminals that cannot move their cursor, for files.
//!
//! Parts that are side by side on a screen are printed one below the other here, in the order in which they are
//! read: the place, the formula, the operands, the result, the text. Nothing depends on position or colour.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthStr;

use super::question;
use crate::algebra::lines::{aligned, glued, unglued};
use crate::algebra::{Decimals, RichText, notation};
use crate::trace::{CellText, Explanation, Hidden, Operand, Part, Step, Trace};

/// The style of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    /// `true` if only ASCII characters may be used.
    pub ascii: bool,
    /// The maximum width of lines in columns, unless a single word or number is wider.
    pub width: usize,
    /// The number of decimals of numbers.
    pub decimals: Decimals,
}

/// The number of spaces before the rows of a matrix, and between its columns.
const INDENT: usize = 2;

impl TextStyle {
    /// Returns text as this style can show it.
    pub fn plain<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.ascii && !text.is_ascii() {
            Cow::Owned(notation::ascii(text))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Adds text in lines of the style's width, each with a line break. The first line is indented by `first`
    /// spaces, the others by `others`.
    pub fn wrap(&self, out: &mut String, text: &str, [first, others]: [usize; 2]) {
        let text = self.plain(text);
        let text = glued(&text, self.width / 2);
        let (first, others) = (" ".repeat(first), " ".repeat(others));
        // Formulas break only at spaces, and `neg-log-loss` is a name.
        let options = Options::new(self.width.max(INDENT + 1))
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .break_words(false)
            .initial_indent(&first)
            .subsequent_indent(&others);
        for line in textwrap::wrap(&text, options) {
            out.push_str(unglued(&line).trim_end());
            out.push('\n');
        }
    }

    /// Writes an equation, broken where a formula may be, behind the words that lead to it.
    fn equation(&self, out: &mut String, lead: &str, text: &str) {
        let text = self.plain(text);
        let width = self.width.saturating_sub(lead.width()).max(1);
        for (i, (indent, line)) in aligned(&text, width).into_iter().enumerate() {
            let lead = if i == 0 {
                lead
            } else {
                &" ".repeat(lead.width())
            };
            let _ = writeln!(out, "{lead}{}{}", " ".repeat(indent), &text[line]);
        }
    }
}

/// Writes some steps of a lesson, given by their 0-based indices, with an empty line between two. Without `answers`, the
/// result and the words of a step that is asked about are left out.
///
/// # Errors
/// If writing fails.
pub fn write(
    trace: &Trace,
    steps: Range<usize>,
    answers: bool,
    style: &TextStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    for index in steps.clone() {
        if index > steps.start {
            out.write_all(b"\n")?;
        }
        let step = trace.step(index);
        let mut text = step_with(&step, answers, style);
        let lecture = step.lecture();
        if !lecture.is_empty() {
            text.push_str("\nIn the lecture:");
            paragraphs(&mut text, &lecture, style);
        }
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Returns a step: number and title, place, question, formula, operands, result, text, answer. It ends with a
/// line break.
pub fn step(step: &Step, style: &TextStyle) -> String {
    step_with(step, true, style)
}

fn step_with(step: &Step, answers: bool, style: &TextStyle) -> String {
    let Some(asked) = question::asked(step, style.decimals) else {
        let formula = step.formula();
        return page(
            step,
            formula.as_ref(),
            &step.equation(),
            &step.narration(),
            style,
        );
    };
    let mut out = head(step, style);
    style.wrap(
        &mut out,
        &format!("Question: {}", asked.question),
        [0, INDENT],
    );
    for option in &asked.options {
        style.wrap(&mut out, option, [INDENT, 2 * INDENT]);
    }
    if !answers {
        return out;
    }
    work(
        &mut out,
        step,
        step.formula().as_ref(),
        &step.equation(),
        style,
    );
    paragraphs(&mut out, &question::paragraphs(step), style);
    out.push('\n');
    style.wrap(&mut out, &format!("Answer: {}", asked.answer), [0, INDENT]);
    out
}

/// Returns a step with the given formula, equation and text, in which something may be hidden.
pub fn page(
    step: &Step,
    formula: Option<&RichText>,
    equation: &[Part],
    words: &[RichText],
    style: &TextStyle,
) -> String {
    let mut out = head(step, style);
    work(&mut out, step, formula, equation, style);
    paragraphs(&mut out, words, style);
    out
}

/// Returns the number, the title and the place of a step.
fn head(step: &Step, style: &TextStyle) -> String {
    let mut out = String::new();
    let title = step.title();
    style.wrap(
        &mut out,
        &format!(
            "Step {} of {}: {title}",
            step.trace().number_shown(step.index),
            step.trace().steps()
        ),
        [0, INDENT],
    );
    let place = place(step);
    if !place.is_empty() {
        style.wrap(&mut out, &place, [0, INDENT]);
    }
    out
}

/// Adds the formula, the operands and the result.
fn work(
    out: &mut String,
    step: &Step,
    formula: Option<&RichText>,
    equation: &[Part],
    style: &TextStyle,
) {
    if let Some(formula) = formula {
        out.push('\n');
        let formula = formula.text(style.decimals);
        style.equation(out, "Formula: ", &formula);
    }
    matrices(out, step, equation, style);
}

/// Returns the result of a step and its text, which were hidden before. It ends with a line break.
pub fn result(step: &Step, style: &TextStyle) -> String {
    let mut out = String::new();
    for operand in step.operands().filter(|operand| operand.result) {
        matrix(&mut out, &operand, &step.shown_samples(), style);
    }
    paragraphs(&mut out, &step.narration(), style);
    out
}

fn matrices(out: &mut String, step: &Step, equation: &[Part], style: &TextStyle) {
    let samples = step.shown_samples();
    for part in equation {
        if let Part::Matrix(operand) = part {
            matrix(out, operand, &samples, style);
        }
    }
}

/// Adds paragraphs, after an empty line.
pub(crate) fn paragraphs(out: &mut String, words: &[RichText], style: &TextStyle) {
    for (i, line) in words.iter().enumerate() {
        if i == 0 {
            out.push('\n');
        }
        let line = line.text(style.decimals);
        // Code of the author's stays indented, and deeper where it is broken.
        let indent = line.len() - line.trim_start_matches(' ').len();
        let others = if indent > 0 { indent + 2 * INDENT } else { 0 };
        style.wrap(out, line.trim(), [indent, others]);
    }
}

/// Returns the place of a step: the network if there are several, the phase, the samples, the epochs.
pub(super) fn place(step: &Step) -> String {
    let mut parts = Vec::new();
    if step.trace().lesson().networks.len() > 1 {
        parts.push(format!("network {}", step.spec().name));
    }
    if let (Some(phase), Some((number, of))) = (step.phase(), step.place_in_phase()) {
        parts.push(format!("{} {number} of {of}", phase.name()));
    }
    let samples = step.samples();
    match samples.as_slice() {
        [] => {}
        [one] => parts.push(format!("sample {one}")),
        many => parts.push(format!("samples {}", list(many))),
    }
    if let Some((number, of)) = step.batch_of_epoch()
        && of > 1
        && of < step.spec().data.len()
    {
        parts.push(format!("batch {number} of {of}"));
    }
    match (step.epoch(), step.phase()) {
        (0, _) | (_, None) => {}
        (1, _) => parts.push("after 1 epoch".into()),
        (epochs, _) => parts.push(format!("after {epochs} epochs")),
    }
    parts.join(", ")
}

/// Returns `1 to 4`, or `1, 3, 4`.
fn list(numbers: &[usize]) -> String {
    match numbers {
        [first, .., last] if numbers.windows(2).all(|pair| pair[1] == pair[0] + 1) => {
            format!("{first} to {last}")
        }
        _ => {
            let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
            numbers.join(", ")
        }
    }
}

/// Adds a matrix under its label; a single number is next to it.
fn matrix(out: &mut String, operand: &Operand, samples: &[usize], style: &TextStyle) {
    let (rows, columns) = (operand.rows(), operand.columns());
    let mut label = String::new();
    if operand.result {
        label.push_str("Result ");
    }
    label.push_str(&operand.label);
    label.push_str(operand.mark);
    out.push('\n');
    let is_shapeless = operand.hidden == Hidden::Shape;
    if rows == 1 && columns == 1 && !is_shapeless {
        style.wrap(
            out,
            &format!("{label} = {}", cell(operand, 0, 0, style)),
            [0, INDENT],
        );
        return;
    }
    let shape = operand.shape_text().replace('×', " × ");
    let _ = write!(label, ", {shape}");
    if !is_shapeless && operand.symbol.has_sample_columns() && samples.len() > 1 {
        let lines = if operand.transposed {
            "rows"
        } else {
            "columns"
        };
        let _ = write!(label, ", {lines} are samples {}", list(samples));
    }
    let note = note(operand);
    if operand.transposed && !note.is_empty() {
        let _ = write!(label, ", first column: {note}");
    }
    style.wrap(out, &format!("{label}:"), [0, INDENT]);

    let cells: Vec<Vec<String>> = (0..rows)
        .map(|r| (0..columns).map(|c| cell(operand, r, c, style)).collect())
        .collect();
    let widths: Vec<usize> = (0..columns)
        .map(|c| cells.iter().map(|row| row[c].width()).max().unwrap_or(0))
        .collect();
    let marks: Vec<String> = (0..rows)
        .map(|row| match operand.names.get(row) {
            _ if operand.transposed => String::new(),
            Some(name) if !name.is_empty() => style.plain(name).into_owned(),
            _ if row == 0 => note.to_owned(),
            _ => String::new(),
        })
        .collect();
    let marked = marks.iter().map(|mark| mark.width()).max().unwrap_or(0);
    let room = style
        .width
        .saturating_sub(if marked == 0 { 0 } else { marked + INDENT });
    for (from, to) in blocks(&widths, room) {
        if to - from < columns {
            let line = if to - from == 1 {
                format!("column {to}:")
            } else {
                format!("columns {} to {to}:", from + 1)
            };
            let _ = writeln!(out, "{:INDENT$}{line}", "");
        }
        for (r, row) in cells.iter().enumerate() {
            for (text, width) in row[from..to].iter().zip(&widths[from..to]) {
                let _ = write!(out, "{:1$}{text}", "", INDENT + width - text.width());
            }
            if !marks[r].is_empty() {
                let _ = write!(out, "{:INDENT$}{}", "", marks[r]);
            }
            out.push('\n');
        }
    }
}

/// Returns the ranges of columns that fit side by side; a column that is too wide is a range of its own.
fn blocks(widths: &[usize], room: usize) -> Vec<(usize, usize)> {
    let mut blocks = Vec::new();
    let mut from = 0;
    let mut used = 0;
    for (column, width) in widths.iter().enumerate() {
        let width = INDENT + width;
        if column > from && used + width > room {
            blocks.push((from, column));
            (from, used) = (column, 0);
        }
        used += width;
    }
    blocks.push((from, widths.len()));
    blocks
}

/// Returns a number, or a point for a placeholder.
fn cell(operand: &Operand, row: usize, column: usize, style: &TextStyle) -> String {
    match operand.shown(row, column) {
        CellText::Number(value) => style
            .plain(&operand.number(value, style.decimals))
            .into_owned(),
        CellText::Hidden => "?".into(),
        CellText::Placeholder | CellText::Dropped => ".".into(),
    }
}

/// Returns the note on the first row of a value (the first column if it is transposed); empty if there is none.
const fn note(operand: &Operand) -> &'static str {
    if operand.dropped && !operand.placeholder && operand.bias {
        "bias, dropped by [1+]"
    } else if operand.dropped {
        "placeholder, dropped by [1+]"
    } else if operand.placeholder {
        "placeholder"
    } else if operand.bias {
        "bias"
    } else {
        ""
    }
}

/// Returns the explanation of a number: formula, terms and value, then the step that computed it. It ends with
/// a line break.
pub fn explanation(explanation: &Explanation, trace: &Trace, style: &TextStyle) -> String {
    let mut out = String::new();
    let sides = explanation.sides(style.decimals);
    let Some((first, others)) = sides.split_first() else {
        let remark = explanation.remark.as_deref().unwrap_or_default();
        style.wrap(
            &mut out,
            &format!("{}: {remark}", explanation.name),
            [0, INDENT],
        );
        return out;
    };
    let under = [INDENT, 2 * INDENT];
    let first = format!("{} = {first}", explanation.name);
    style.equation(&mut out, "", &first);
    for side in others {
        style.equation(&mut out, &format!("{}= ", " ".repeat(INDENT)), side);
    }
    if let Some(remark) = &explanation.remark {
        style.wrap(&mut out, remark, under);
    }
    if let Some(chain) = explanation.chain_line(style.decimals) {
        style.wrap(&mut out, &chain, under);
    }
    if let Some(made) = explanation.made_at {
        let title = trace.step(made).title();
        let made = format!("made at step {}: {title}", trace.number_shown(made));
        style.wrap(&mut out, &made, under);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_named_as_a_range_where_they_are_one() {
        assert_eq!(list(&[3]), "3");
        assert_eq!(list(&[1, 2, 3, 4]), "1 to 4");
        assert_eq!(list(&[1, 3, 4]), "1, 3, 4");
        assert_eq!(list(&[2, 1]), "2, 1");
    }

    #[test]
    fn columns_are_parted_where_the_room_ends() {
        assert_eq!(blocks(&[5, 5, 5], 21), [(0, 3)]);
        assert_eq!(blocks(&[5, 5, 5], 20), [(0, 2), (2, 3)]);
        assert_eq!(blocks(&[50, 5, 50], 20), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(blocks(&[5], 0), [(0, 1)]);
    }
}
