//! A walk as a worksheet: what is given, then its steps as tasks with blanks to fill in, or as the key to them.
//!
//! Nothing on a sheet depends on the day, the machine or the version of the program, so a sheet can be made again
//! from what its foot says, and its key be printed by who knows how: that stands on no sheet.

mod decimals;
mod latex;
mod markdown;
mod network;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use super::handout;
use crate::algebra::{Cell, Decimals, Operation, Phase, Quantity, with_minus};
use crate::engine::{Moment, Parameters, Side};
use crate::trace::{Hidden, Operand, Step, Trace, tex};
use crate::tutor::practice::Student;

/// The format of worksheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Markdown with formulas between `$$`.
    Markdown,
    /// A document for `pdflatex`, A4.
    Latex,
}

/// What the numbers of a worksheet follow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetNumbers {
    /// A seed.
    Seed(u64),
    /// A student, whose own they are.
    Student(Student),
    /// The lesson: they are its own, or those that it has for a student.
    Same(Option<Student>),
}

impl SheetNumbers {
    const fn student(&self) -> Option<&Student> {
        match self {
            Self::Student(student) | Self::Same(Some(student)) => Some(student),
            Self::Seed(_) | Self::Same(None) => None,
        }
    }

    /// Returns the words for the foot.
    fn words(&self) -> String {
        match self {
            Self::Seed(seed) => format!("seed {seed}"),
            Self::Student(student) => format!("student {student}"),
            Self::Same(None) => "same numbers".to_owned(),
            Self::Same(Some(student)) => format!("student {student}, same numbers"),
        }
    }
}

/// The part that all variants of a worksheet share.
#[derive(Debug, Clone, Copy)]
pub struct Worksheet<'a> {
    /// The heading: the title of the lesson.
    pub title: &'a str,
    /// The name or path that opens the lesson, as typed in a shell, for the foot.
    pub lesson: &'a str,
    /// The name of the network, for the foot, if it is not the one that is taken anyway.
    pub network: Option<&'a str>,
    /// What the numbers follow from, for the foot.
    pub numbers: &'a SheetNumbers,
    /// The decimals to work with.
    pub decimals: Decimals,
    /// `true` for the key, with all values filled in.
    pub answers: bool,
    /// Whether the foot leaves out what the key could be made from.
    pub no_key: bool,
}

/// One variant, ready to be printed: formulas and matrices are in LaTeX's math mode, all texts plain Unicode.
struct WorksheetVariant {
    title: String,
    /// The id of the student whose numbers these are.
    student: Option<String>,
    /// The lesson, the seed and the number of the variant.
    foot: String,
    /// The text before the first task.
    words: Vec<String>,
    /// The layers: a header and then a row for each; the last two columns are formulas in Unicode.
    layers: Vec<[String; 5]>,
    /// The loss, ρ and other settings with a single value, as formulas in Unicode.
    settings: Vec<String>,
    /// The given matrices.
    given: Vec<String>,
    phases: Vec<(&'static str, Vec<Task>)>,
    answers: bool,
}

struct Task {
    number: usize,
    title: String,
    /// The formula of the result.
    formula: Option<String>,
    /// The blanks; in a key, the numbers and their explanation.
    lines: Vec<String>,
}

/// Writes sheets, each on pages of its own: of each the worksheet that it belongs to, the number of the variant from 1 on,
/// and an exercise with one walk. All have the decimals of the first one.
///
/// # Errors
/// If writing fails.
pub fn write<'w>(
    sheets: impl IntoIterator<Item = (Worksheet<'w>, usize, &'w Trace)>,
    format: Format,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut sheets = sheets.into_iter().peekable();
    let decimals = sheets
        .peek()
        .map_or(Decimals::default(), |sheet| sheet.0.decimals);
    let blank = match format {
        Format::Markdown => &*markdown::blank(digits(decimals)),
        Format::Latex => latex::BLANK,
    };
    let sheets = sheets.map(|(worksheet, variant, trace)| worksheet.sheet(trace, variant, blank));
    match format {
        Format::Markdown => markdown::write(sheets, out),
        Format::Latex => latex::write(sheets, digits(decimals), out),
    }
}

impl Worksheet<'_> {
    /// Writes the variants 1, 2, …, each on a sheet of its own. Each is an exercise with one walk.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(
        &self,
        variants: &[Trace],
        format: Format,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let numbered = variants.iter().enumerate();
        write(
            numbered.map(|(index, trace)| (*self, index + 1, trace)),
            format,
            out,
        )
    }

    /// Returns the decimals to work with, and those that the key shows: as many, where that is not all of them.
    fn decimals(&self, trace: &Trace) -> (Decimals, Decimals) {
        if self.decimals != Decimals::default() {
            // So many were asked for.
            return (self.decimals, self.decimals);
        }
        let work = decimals::to_work_with(trace, &(0..trace.len()), self.decimals);
        let key = if work == Decimals::ALL {
            self.decimals
        } else {
            work
        };
        (work, key)
    }

    fn sheet(&self, trace: &Trace, variant: usize, blank: &str) -> WorksheetVariant {
        let last = trace.step(trace.len() - 1);
        let (work, shown) = self.decimals(trace);
        let said = match (self.answers, work == shown) {
            (true, _) => network::Shown::Key(shown),
            (false, true) => network::Shown::Work(work),
            (false, false) => network::Shown::WorkWithMore(work),
        };
        let givens = givens(&last);
        let mut known: HashSet<(Quantity, bool)> =
            givens.iter().map(|&symbol| (symbol, false)).collect();
        let mut phases: Vec<(&'static str, Vec<Task>)> = Vec::new();
        let is_given = |step: &Step| match step.operation() {
            // The first step of scaled inputs shows what is known; that of all others is given.
            Some(Operation::Sample) => step.context().scaled.inputs.is_none(),
            Some(Operation::Features) | None => true,
            Some(_) => false,
        };
        let steps = (0..trace.len()).map(|index| trace.step(index));
        for (number, step) in steps.filter(|step| !is_given(step)).enumerate() {
            let lines = if self.answers {
                handout::numbered(&step, shown).collect()
            } else {
                blanks(&step, &mut known, shown, blank)
            };
            let task = Task {
                number: number + 1,
                title: step.title(),
                formula: formula(&step, shown),
                lines,
            };
            let phase = heading(step.phase().unwrap_or(Phase::Feedforward));
            match phases.last_mut() {
                Some((same, tasks)) if *same == phase => tasks.push(task),
                _ => phases.push((phase, vec![task])),
            }
        }
        let key = if self.answers { "key to the " } else { "" };
        WorksheetVariant {
            title: self.title.to_owned(),
            student: self.numbers.student().map(ToString::to_string),
            foot: if self.no_key && !self.answers {
                format!("variant {variant}")
            } else {
                let network = self.network.map(|name| format!(", network {name}"));
                let decimals = if self.decimals == Decimals::default() {
                    String::new()
                } else {
                    format!(", {}", network::named_decimals(self.decimals))
                };
                format!(
                    "{key}worksheet: {}{}, {}{decimals}, variant {variant}",
                    self.lesson,
                    network.unwrap_or_default(),
                    self.numbers.words()
                )
            },
            words: network::words(&last, said),
            layers: network::layers(&last),
            settings: network::settings(&last),
            given: givens
                .into_iter()
                .filter_map(|symbol| given(&trace.step(0), &last, symbol))
                .map(|(name, rows)| format!("{} = {}", tex::math(&name), matrix(&rows)))
                .collect(),
            phases,
            answers: self.answers,
        }
    }
}

/// Returns how many decimals a blank has room for.
fn digits(decimals: Decimals) -> usize {
    /// As many as anybody writes down where all are asked for.
    const MANY: usize = 6;
    decimals.count().unwrap_or(MANY)
}

const fn heading(phase: Phase) -> &'static str {
    match phase {
        Phase::Feedforward => "Feedforward",
        Phase::Loss => "Loss",
        Phase::Backpropagation => "Backpropagation",
        Phase::Gradient => "Gradient",
        Phase::Update => "Update",
    }
}

/// Returns the given quantities: the weights, the samples, and drawn or stored values for layers that need
/// them.
fn givens(last: &Step) -> Vec<Quantity> {
    let mut givens: Vec<Quantity> = (0..last.last()).map(Quantity::Weights).collect();
    if last.context().features.is_some() {
        givens.extend([Quantity::Raw(Side::Inputs), Quantity::Feature]);
    }
    let given = |side: Side, otherwise: Quantity| match last.context().scaled.of(side) {
        Some(by) => vec![
            Quantity::Raw(side),
            Quantity::Statistic(by.shift(), side),
            Quantity::Statistic(by.size(), side),
        ],
        None => vec![otherwise],
    };
    givens.extend(given(Side::Inputs, Quantity::Output(0)));
    // The targets are scaled before the network takes in the samples.
    if last.phase() > Some(Phase::Feedforward) || last.context().scaled.targets.is_some() {
        givens.extend(given(Side::Targets, Quantity::Target));
    }
    for l in 1..last.last() {
        let layer = last.context().layer(l);
        if layer.batch_norm {
            givens.extend([Quantity::Gamma(l), Quantity::Beta(l), Quantity::Scale(l)]);
            if last.is_predicting() {
                givens.extend([Quantity::Mean(l), Quantity::Variance(l)]);
            }
        }
        if layer.dropout > 0.0 {
            givens.push(Quantity::Mask(l));
        }
    }
    if last.phase() == Some(Phase::Update) {
        let optimizer = last.context().training.optimizer;
        let kept = Moment::ALL.into_iter().filter(|moment| moment.is_kept());
        for moment in kept.filter(|&moment| optimizer.has(moment)) {
            // What is frozen has no step, and keeps nothing.
            let learned = (0..last.last()).filter(|&l| !last.context().layer(l + 1).frozen);
            for l in learned {
                givens.push(Quantity::Moment(moment, Parameters::Weights(l)));
                if l > 0 && last.context().layer(l).batch_norm {
                    givens.push(Quantity::Moment(moment, Parameters::Scale(l)));
                }
            }
        }
    }
    givens
}

/// Returns the name of a quantity, `W⁽⁰⁾`, and its numbers with all decimals that they have, as a walk from the `first` to
/// the `last` step has it at its beginning; `None` for a quantity that is given under other names already.
fn given(first: &Step, last: &Step, symbol: Quantity) -> Option<(String, Vec<Vec<String>>)> {
    if matches!(symbol, Quantity::Scale(_)) {
        return None;
    }
    // The weights, γ and β, and what an optimizer keeps, before their update.
    let value = last
        .get(symbol, true)
        .or_else(|| first.get(symbol, false))
        .or_else(|| last.get(symbol, false))?;
    let formula = |operation: Operation| {
        let formula = operation.formula(&last.context());
        formula.text(Decimals::default())
    };
    let name = match symbol {
        Quantity::Output(0) => formula(Operation::Sample),
        Quantity::Feature => formula(Operation::Features),
        symbol => symbol.name(last.last()),
    };
    let number = |cell: f64| match symbol {
        // The factor of what is kept, 1/(1 − p), where that has no few decimals.
        Quantity::Mask(l) if cell != 0.0 && (cell * 1e3).fract() != 0.0 => {
            let kept = 1.0 - last.context().layer(l).dropout;
            format!("1/{}", Decimals::ALL.number((kept * 1e9).round() / 1e9))
        }
        _ => Decimals::ALL.number(cell),
    };
    // A weight that does not exist has no number.
    let context = last.context();
    let cell = |(row, column): (usize, usize), value: f64| {
        let cell = Cell::new(symbol, row, column);
        if symbol.of_weights().is_some() && context.is_placeholder(cell) {
            PLACEHOLDER.to_owned()
        } else {
            number(value)
        }
    };
    let rows = value.rows().into_iter().enumerate();
    let rows = rows.map(|(i, row)| {
        let cells = row.iter().enumerate();
        cells.map(|(j, value)| cell((i, j), *value)).collect()
    });
    Some((name, rows.collect()))
}

/// Returns numbers in math mode: a matrix, or a single one.
fn matrix(rows: &[Vec<String>]) -> String {
    let number = |text: &String| tex::math(text);
    if let [row] = rows
        && let [only] = &row[..]
    {
        return number(only);
    }
    let rows: Vec<String> = rows
        .iter()
        .map(|row| row.iter().map(number).collect::<Vec<_>>().join(" & "))
        .collect();
    format!(
        "\\begin{{bmatrix}} {} \\end{{bmatrix}}",
        rows.join(" \\\\ ")
    )
}

/// Returns what a worksheet gives of a walk as lines of plain text: the network and its settings, then the numbers, with at
/// most [`MOST_DECIMALS`]. Of more than `most` numbers there are none.
pub(super) fn given_lines(
    trace: &Trace,
    walk: Range<usize>,
    most: usize,
) -> (Vec<String>, Option<Vec<String>>) {
    let (first, last) = (trace.step(walk.start), trace.step(walk.end - 1));
    let mut lines = Vec::new();
    // The first row is the header.
    for [layer, units, phi, formula, slope] in network::layers(&last).into_iter().skip(1) {
        let units = if units == "1" {
            "1 unit".to_owned()
        } else {
            format!("{units} units")
        };
        let mut line = format!("Layer {layer}: {units}, {phi}");
        for (name, formula) in [("φ(z)", formula), ("ψ(x)", slope)] {
            if !formula.is_empty() {
                // Writing to a string cannot fail.
                let _ = write!(line, ", {name} = {formula}");
            }
        }
        lines.push(line + ".");
    }
    let settings = network::settings(&last);
    if !settings.is_empty() {
        lines.push(settings.join("; ") + ".");
    }
    let decimals = decimals::to_work_with(trace, &walk, Decimals::default());
    lines.extend(network::words(&last, network::Shown::Work(decimals)));
    let given = givens(&last)
        .into_iter()
        .filter_map(|symbol| given(&first, &last, symbol));
    let given: Vec<_> = given.collect();
    let count: usize = given.iter().flat_map(|(_, rows)| rows).map(Vec::len).sum();
    let numbers = given.into_iter().map(|(name, rows)| {
        let rows: Vec<String> = rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|text| short(text))
                    .collect::<Vec<_>>()
                    .join("  ")
            })
            .collect();
        format!("{name} = [{}]", rows.join("; "))
    });
    (lines, (count <= most).then(|| numbers.collect()))
}

/// What stands for a number that does not exist.
const PLACEHOLDER: &str = "·";

/// The most decimals of a number in a line: many more than anybody works with.
const MOST_DECIMALS: usize = 6;

/// Returns a number that is written with all its decimals with fewer of them.
fn short(text: &str) -> String {
    let decimals = text
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    let value = text.replace('−', "-").parse::<f64>();
    match value {
        Ok(value) if decimals > MOST_DECIMALS && !text.contains('e') => {
            let short = with_minus(format!("{value:.MOST_DECIMALS$}"));
            short.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => text.to_owned(),
    }
}

/// Returns the formula of the result of a step.
fn formula(step: &Step, decimals: Decimals) -> Option<String> {
    // A pulled-back error needs no formula; that of its step is the one for δ, which comes next.
    if matches!(step.operation(), Some(Operation::PullBack(_))) {
        return None;
    }
    Some(tex::math(&step.formula()?.text(decimals)))
}

/// Returns a blank for each operand that has not been computed before, then one for the result.
fn blanks(
    step: &Step,
    known: &mut HashSet<(Quantity, bool)>,
    decimals: Decimals,
    blank: &str,
) -> Vec<String> {
    let mut lines = Vec::new();
    let mut operands: Vec<Operand> = step.operands().collect();
    operands.sort_by_key(|operand| operand.result);
    for mut operand in operands {
        // After the update, x, J and W are new values of the same quantities.
        let is_new = operand.label.starts_with("new ");
        if !known.insert((operand.symbol, is_new)) && !operand.result {
            continue;
        }
        operand.hidden = Hidden::All;
        lines.push(format!(
            "{} = {}",
            tex::math(&operand.label),
            handout::numbers(&operand, decimals, blank)
        ));
    }
    lines
}
