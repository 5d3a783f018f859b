//! A pupil who works every step by hand, in every careful way: no result of theirs is graded as wrong.

mod arithmetic;

use crate::common::building::unfolded;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arithmetic::{Operands, Work};
use ndarray::Array2;
use nn_tutor::algebra::{Decimals, Operation, Phase, Quantity};
use nn_tutor::lesson::Library;
use nn_tutor::trace::{Step, Trace};
use nn_tutor::tutor::practice::{exercise, is_possible};
use nn_tutor::tutor::{
    Accepted, Kind, Level, Outcome, Question, Slip, question, question_at_level,
};

/// The numbers with which a pupil goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GoesOn {
    /// The numbers on the screen.
    WithShown,
    /// The pupil's own number if it was accepted.
    WithAccepted,
    /// All numbers on the pupil's own paper.
    OnPaper,
}

/// The way in which a pupil works.
#[derive(Debug, Clone, Copy)]
struct Pupil {
    /// The decimals of every finished number and of every answer.
    decimals: usize,
    /// The decimals that the screen shows.
    shown: usize,
    /// Whether each term is rounded.
    terms: bool,
    /// Whether powers of e inside of φ are rounded.
    powers: bool,
    goes_on: GoesOn,
    /// Whether ties are rounded up, as taught; otherwise as a computer prints them.
    ties_up: bool,
}

impl Pupil {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for decimals in 2..=5 {
            for shown in if decimals == 3 {
                vec![3]
            } else {
                vec![3, decimals]
            } {
                for (terms, powers) in [(false, false), (true, false), (true, true)] {
                    for goes_on in [GoesOn::WithShown, GoesOn::WithAccepted, GoesOn::OnPaper] {
                        for ties_up in [true, false] {
                            all.push(Self {
                                decimals,
                                shown,
                                terms,
                                powers,
                                goes_on,
                                ties_up,
                            });
                        }
                    }
                }
            }
        }
        all
    }

    fn rounded(self, value: f64) -> f64 {
        if self.ties_up {
            taught(value, self.decimals)
        } else {
            to(value, self.decimals)
        }
    }
}

/// Returns a number as the screen shows it.
fn to(value: f64, decimals: usize) -> f64 {
    format!("{value:.decimals$}").parse().unwrap()
}

/// Returns a number rounded as taught: a tie goes up.
fn taught(value: f64, decimals: usize) -> f64 {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap());
    (value * scale * (1.0 + 1e-13)).round() / scale
}

/// The numbers that a pupil has for working a step.
struct Desk<'t> {
    trace: &'t Trace,
    pupil: Pupil,
    /// The step that the screen shows.
    known: Step<'t>,
    /// The step that is worked.
    end: Step<'t>,
    /// The values that the pupil has worked out.
    paper: RefCell<HashMap<Quantity, Array2<f64>>>,
    own: &'t [Own],
}

/// A pupil's own paper: the walk, the steps worked on it, and their values.
#[derive(Debug, Default)]
struct Paper {
    walk: usize,
    done: HashSet<usize>,
    values: HashMap<Quantity, Array2<f64>>,
}

/// The pupil's own numbers that were accepted: the step that computes them, their quantity, and their cells.
type Own = (usize, Quantity, Vec<((usize, usize), f64)>);

impl Operands for Desk<'_> {
    fn take(&self, symbol: Quantity) -> Array2<f64> {
        if let Some(worked) = self.paper.borrow().get(&symbol) {
            return worked.clone();
        }
        let mut value = self.exact(symbol).mapv(|v| to(v, self.pupil.shown));
        if self.pupil.goes_on == GoesOn::WithAccepted {
            for (step, of, cells) in self.own {
                let is_known = self.trace.made_at(self.known.index, symbol, false) == Some(*step);
                if *of == symbol && is_known {
                    for &(cell, number) in cells {
                        value[cell] = number;
                    }
                }
            }
        }
        value
    }

    fn exact(&self, symbol: Quantity) -> Array2<f64> {
        let before = self.known.get(symbol, false);
        before.or_else(|| self.end.get(symbol, false)).unwrap()
    }

    fn given(&self, symbol: Quantity) -> Array2<f64> {
        self.end
            .get(symbol, true)
            .unwrap()
            .mapv(|v| to(v, self.pupil.shown))
    }
}

impl Desk<'_> {
    /// Works an operation; `None` if rounding leaves no number.
    fn work(&self, walk: &[Operation], operation: Operation) -> Option<()> {
        let context = self.end.context();
        if operation == Operation::Prediction {
            for &operation in walk {
                if operation.phase() == Phase::Feedforward && !operation.takes_in_samples() {
                    self.work(walk, operation)?;
                }
            }
            return Some(());
        }
        let work = Work {
            pupil: self.pupil,
            context,
            operands: self,
        };
        let made = work.result(operation)?;
        // The mean and the variance are worked on the way, for the way back.
        if let Operation::Normalise(l) = operation
            && !context.predicting
        {
            let z = self.take(Quantity::Sum(l));
            let n = f64::from(u32::try_from(z.ncols()).unwrap());
            let mut variances = Array2::zeros((z.nrows(), 1));
            for (unit, row) in z.rows().into_iter().enumerate() {
                let mean = self.pupil.rounded(row.sum() / n);
                let squares = row.iter().map(|z| {
                    let square = (z - mean).powi(2);
                    if self.pupil.terms {
                        self.pupil.rounded(square)
                    } else {
                        square
                    }
                });
                variances[[unit, 0]] = self.pupil.rounded(squares.sum::<f64>() / n);
            }
            self.paper
                .borrow_mut()
                .insert(Quantity::Variance(l), variances);
        }
        self.paper
            .borrow_mut()
            .insert(operation.symbol(context.network.layers()), made);
        Some(())
    }
}

/// The number of questions that a pupil was asked, and how the answers were graded.
#[derive(Debug, Default, Clone)]
struct Told {
    asked: usize,
    right: usize,
    coarse: usize,
    wrong: Vec<String>,
}

impl std::ops::AddAssign for Told {
    fn add_assign(&mut self, other: Self) {
        self.asked += other.asked;
        self.right += other.right;
        self.coarse += other.coarse;
        self.wrong.extend(other.wrong);
    }
}

/// Goes through a lesson and answers every question for numbers.
fn go_through(name: &str, trace: &Trace, level: Level, by_author: bool, pupil: Pupil) -> Told {
    let mut told = Told::default();
    let mut accepted: Vec<Accepted> = Vec::new();
    let mut own: Vec<Own> = Vec::new();
    let mut paper = Paper::default();
    for index in 0..trace.len() {
        let asked = if by_author {
            question(trace, index)
        } else {
            None
        };
        let asked = asked.or_else(|| question_at_level(trace, index, level));
        let answer = asked.and_then(|question| {
            answered(trace, &question, pupil, &own, &mut paper).map(|a| (question, a))
        });
        let Some((question, (step, symbol, cells))) = answer else {
            continue;
        };
        let decimals = pupil.decimals;
        let typed: Vec<String> = cells
            .iter()
            .map(|(_, number)| format!("{number:.decimals$}"))
            .collect();
        let typed = typed.join(" ");
        let verdict = question.grade_after(trace, &accepted, &typed).unwrap();
        told.asked += 1;
        let is_coarse = decimals == 2
            && (verdict.outcome == Outcome::Partly || verdict.slips.contains(&Slip::RoundedToTwo));
        if verdict.outcome == Outcome::Right {
            told.right += 1;
            accepted.extend(verdict.accepted);
            own.push((step, symbol, cells));
        } else {
            // The pupil goes on with the number that is shown then.
            let shown = trace.step(step).get(symbol, false).unwrap();
            paper
                .values
                .insert(symbol, shown.mapv(|v| to(v, pupil.shown)));
            if is_coarse {
                told.coarse += 1;
            } else {
                let Kind::Numbers { target, cells } = &question.kind else {
                    unreachable!()
                };
                let value = target.value(trace);
                let exact: Vec<f64> = cells.iter().map(|&cell| value[cell]).collect();
                let said: Vec<String> = verdict
                    .feedback
                    .iter()
                    .map(|line| line.text(Decimals::default()))
                    .collect();
                let wrong = format!(
                    "{name}, step {}, {level:?}, {pupil:?}: {} = {typed} for {exact:?}: {said:?}",
                    index + 1,
                    symbol.key(),
                );
                println!("{wrong}");
                told.wrong.push(wrong);
            }
        }
    }
    told
}

/// The most weights for which a pupil works everything on paper.
const MOST_WEIGHTS: usize = 200;

/// Returns a pupil's answer; `None` if the question does not ask for numbers of a walk.
fn answered(
    trace: &Trace,
    question: &Question,
    mut pupil: Pupil,
    own: &[Own],
    paper: &mut Paper,
) -> Option<Own> {
    let Kind::Numbers { target, cells } = &question.kind else {
        return None;
    };
    let first = target.cell(trace)?;
    let to = trace.made_at(target.step, first.symbol, first.before)?;
    let start = trace.walk_of(to)?.start;
    let known = match question.concealed {
        Some(concealed) => concealed.known,
        None if question.step < start => start,
        None => to.checked_sub(1)?,
    };
    let known = if (start..to).contains(&known) {
        known
    } else {
        to.checked_sub(1)?.max(start)
    };
    if to == start {
        return None;
    }
    if trace.step(to).spec().connections() > MOST_WEIGHTS && pupil.goes_on == GoesOn::OnPaper {
        pupil.goes_on = GoesOn::WithAccepted;
    }
    let walk = trace.operations_of_walk(to);
    let mut desk = Desk {
        trace,
        pupil,
        known: trace.step(known),
        end: trace.step(to),
        paper: RefCell::default(),
        own,
    };
    // A pupil who works on paper has worked the steps in between before.
    let from = if pupil.goes_on == GoesOn::OnPaper {
        if paper.walk != start {
            *paper = Paper {
                walk: start,
                ..Paper::default()
            };
        }
        desk.known = trace.step(start);
        desk.paper = RefCell::new(std::mem::take(&mut paper.values));
        start + 1
    } else {
        *paper = Paper::default();
        known + 1
    };
    let mut is_worked = true;
    for index in from..=to {
        // A step that is on the paper already is not worked again.
        if paper.done.insert(index) {
            is_worked = is_worked && desk.work(walk, walk[index - start]).is_some();
        }
    }
    paper.values = desk.paper.into_inner();
    let worked = is_worked.then(|| paper.values.get(&first.symbol).cloned())??;
    let number = |&(row, column): &(usize, usize)| {
        let cell = (first.row + row, first.column + column);
        (cell, worked[cell])
    };
    Some((to, first.symbol, cells.iter().map(number).collect()))
}

fn shipped(name: &str) -> Trace {
    let lesson = Library::embedded().open(name).unwrap();
    unfolded(&Trace::compile(Arc::new(lesson)).unwrap())
}

/// Lets every n-th pupil go through each of the lessons, and makes `runs` runs of practice.
fn all_told(every: usize, runs: usize) -> Told {
    let library = Library::embedded();
    let pupils = Pupil::all();
    let mut told = Told::default();
    let mut turn = 0;
    for name in library.names() {
        let trace = shipped(name);
        for &pupil in &pupils {
            turn += 1;
            if turn % every == 0 {
                told += go_through(name, &trace, Level::Vector, true, pupil);
            }
        }
    }
    let practised: Vec<_> = library
        .names()
        .into_iter()
        .map(|name| (name, library.open(name).unwrap()))
        .filter(|(_, lesson)| is_possible(lesson))
        .collect();
    for run in 0..runs {
        let (name, lesson) = &practised[run % practised.len()];
        let seed = u64::try_from(run).unwrap();
        let trace = Trace::compile(Arc::new(exercise(lesson, seed, 0).unwrap())).unwrap();
        let name = format!("practice {name} --seed {seed}");
        for level in Level::ALL {
            for (i, &pupil) in pupils.iter().enumerate() {
                if (i + run) % every == 0 {
                    told += go_through(&name, &trace, level, false, pupil);
                }
            }
        }
    }
    told
}

fn nothing_is_wrong(told: &Told) {
    println!(
        "{} asked, {} right, {} coarse, {} wrong",
        told.asked,
        told.right,
        told.coarse,
        told.wrong.len()
    );
    let first: Vec<&String> = told.wrong.iter().take(40).collect();
    assert!(
        told.wrong.is_empty(),
        "{} of {} wrong:\n{first:#?}",
        told.wrong.len(),
        told.asked
    );
}

#[test]
fn nothing_that_is_worked_by_hand_is_called_wrong() {
    nothing_is_wrong(&all_told(59, 58));
}

/// All pupils in all lessons and in 500 exercises: this takes minutes.
#[test]
#[ignore = "takes minutes; run by hand"]
fn nothing_that_is_worked_by_hand_is_called_wrong_anywhere() {
    nothing_is_wrong(&all_told(1, 500));
}
