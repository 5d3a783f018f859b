//! From an answer to the slips that give just these numbers.

use std::fmt::Write as _;

use ndarray::{Array2, Axis, Slice};

use super::rounding::{Working, by_hand, is_rounded_early, reach_of};
use super::solver::{Exercise, SlipPlace, Solver};
use super::{ON_SCREEN, Slip, counts, misreadings};
use crate::algebra::{Cell, Quantity, RichText};
use crate::trace::Trace;
use crate::tutor::tolerance::{self, Closeness};
use crate::tutor::words::{capital, joined};
use crate::tutor::{Accepted, Kind, Question};

/// So many numbers of an answer are said again.
const REPEATED: usize = 3;

/// So begins what is said of a slip that was made at a step before the one that is asked for.
const CARRIED: &str = "that comes of taking";

/// A number that was given for a cell of what is asked for, and with how many decimals.
pub type Given = ((usize, usize), f64, usize);

/// A slip that gives just the numbers of an answer.
#[derive(Debug, Clone)]
pub struct Match {
    /// Which.
    pub slip: Slip,
    /// What is said of it: what the numbers are, and what to do.
    pub words: RichText,
    /// The words without the answer.
    clause: String,
}

impl Match {
    pub(super) fn new(slip: Slip, given: &str, clause: String) -> Self {
        Self {
            slip,
            words: format!("You have {given}: {clause}.").into(),
            clause,
        }
    }

    /// What is said of it where the answer stands beside it: `That is …`.
    pub fn bare(&self) -> RichText {
        format!("{}.", capital(&self.clause)).into()
    }
}

/// What is said of all slips that were found, at once; empty where none was. It begins with `You have …: `.
pub fn say(found: &[Match]) -> RichText {
    let Some((first, others)) = found.split_first() else {
        return RichText::new();
    };
    others.iter().fold(first.words.clone(), |prose, other| {
        prose.words(format!(" Or {}.", other.clause))
    })
}

/// What is asked for, and the desk on which it is worked.
pub(super) struct SlipSearch<'t> {
    pub(super) desk: Exercise<'t>,
    /// The desk of one who has worked on paper from the beginning of the walk, where that is not the same.
    whole: Option<Exercise<'t>>,
    pub(super) symbol: Quantity,
    /// The first cell of the symbol that is asked for.
    pub(super) first: Cell,
    /// What is right.
    pub(super) value: Array2<f64>,
    /// How many steps come before the one that makes it.
    steps_before: usize,
}

impl<'t> SlipSearch<'t> {
    /// `None` where what is asked for is made by no step of a walk.
    pub(super) fn new(trace: &'t Trace, question: &Question) -> Option<Self> {
        let Kind::Numbers { target, .. } = &question.kind else {
            return None;
        };
        let first = target.cell(trace)?;
        let to = trace.made_at(target.step, first.symbol, first.before)?;
        let start = trace.walk_of(to)?.start;
        let from = match question.concealed {
            Some(veil) => veil.known + 1,
            // Of a scene, what comes later is worked from its beginning; what stands there already is one step.
            None if question.step < start => start,
            None => to,
        };
        // What lies behind is known.
        let from = if (start..=to).contains(&from) {
            from
        } else {
            to
        };
        Some(Self {
            desk: Exercise::new(trace, from, to)?,
            whole: if from > start {
                Exercise::new(trace, start, to)
            } else {
                None
            },
            symbol: first.symbol,
            first,
            value: target.value(trace),
            steps_before: to - from,
        })
    }

    /// From where it is worked: from what is known, or from the beginning of the walk.
    pub(super) fn desks(&self) -> impl Iterator<Item = &Exercise<'t>> {
        [&self.desk].into_iter().chain(&self.whole)
    }

    /// The desks, without the learner's own numbers and with them.
    pub(super) fn papers<'d>(
        &'d self,
        accepted: &'d [Accepted],
    ) -> Vec<(&'d Exercise<'t>, &'d [Accepted])> {
        let owns: &[&[Accepted]] = if accepted.is_empty() {
            &[&[]]
        } else {
            &[&[], accepted]
        };
        let with = |desk| owns.iter().map(move |&own| (desk, own));
        self.desks().flat_map(with).collect()
    }

    /// The part of a value of the symbol that is asked for.
    pub(super) fn part(&self, values: &Array2<f64>) -> Option<Array2<f64>> {
        let (rows, columns) = self.value.dim();
        let (row, column) = (self.first.row, self.first.column);
        if row + rows > values.nrows() || column + columns > values.ncols() {
            return None;
        }
        let part = values.slice_axis(Axis(0), Slice::from(row..row + rows));
        let part = part.slice_axis(Axis(1), Slice::from(column..column + columns));
        Some(part.to_owned())
    }
}

/// The slips that give all of these numbers, each for a cell of [`Target::value`](crate::trace::Target::value) and with so many decimals, and with
/// which at least one of them is not right. A number is that of a slip when it equals it at the decimals given, or as
/// it comes of working with three decimals; with fewer than two decimals it must equal it. None where all that is
/// given is right, or what is asked for is made by no step of a walk. `accepted` are the learner's own numbers, which may
/// have been gone on with.
pub fn find(
    trace: &Trace,
    question: &Question,
    accepted: &[Accepted],
    given: &[Given],
) -> Vec<Match> {
    find_beside(
        trace,
        question,
        accepted,
        given,
        &by_hand(trace, question, accepted),
    )
}

/// The same beside the ways in which what is right is worked by hand.
pub(in crate::tutor) fn find_beside(
    trace: &Trace,
    question: &Question,
    accepted: &[Accepted],
    given: &[Given],
    ways: &[Working],
) -> Vec<Match> {
    let counted = counts::find(trace, question, given);
    if !counted.is_empty() {
        return counted;
    }
    let Some(asked) = SlipSearch::new(trace, question) else {
        return Vec::new();
    };
    let Some(answer) = WrongAnswer::new(&asked.value, ways, given) else {
        return Vec::new();
    };
    let told = answer.told();
    let mut found: Vec<Match> = Slip::ALL
        .into_iter()
        .filter_map(|slip| {
            let clause = worked(&asked, accepted, slip, &answer)?;
            Some(Match::new(slip, &told, clause))
        })
        .collect();
    found.extend(misreadings::find(trace, question, &asked, &answer));
    // What is said of the step that is asked for is the easiest to follow.
    found.sort_by_key(|found| (found.clause.starts_with(CARRIED), likelihood(found.slip)));
    found
}

/// What is said of wrong numbers that were given with two decimals and are as far off as two decimals lead, in whatever way
/// one rounds.
pub(in crate::tutor) fn by_two_decimals(
    trace: &Trace,
    question: &Question,
    accepted: &[Accepted],
    given: &[Given],
    ways: &[Working],
) -> Option<Match> {
    const TWO: usize = 2;
    if given.iter().any(|&(.., decimals)| decimals != TWO) {
        return None;
    }
    let asked = SlipSearch::new(trace, question)?;
    let answer = WrongAnswer::new(&asked.value, ways, given)?;
    let (lowest, highest) = reach_of(&asked, accepted, TWO)?;
    let is_reached = given.iter().all(|&(cell, number, decimals)| {
        let half = near_given(number, decimals).half();
        (lowest[cell] - half..=highest[cell] + half).contains(&number)
    });
    let clause = "numbers rounded to two decimals on the way may lead there; two are too few, so keep three or more to the end";
    is_reached.then(|| Match::new(Slip::RoundedToTwo, &answer.told(), clause.into()))
}

/// The slips that are more usual than the others wherever they can be made, in the order of their places; then the
/// others.
fn likelihood(slip: Slip) -> usize {
    const FIRST: [Slip; 3] = [
        Slip::SumForMean,
        Slip::LogarithmForgotten,
        Slip::SquareForgotten,
    ];
    FIRST
        .iter()
        .position(|&first| first == slip)
        .unwrap_or(FIRST.len())
}

/// Those of the slips that are named, as given by [`find`]: two at most, and none that says the same as another one in
/// harder words.
pub fn likely(mut found: Vec<Match>) -> Vec<Match> {
    /// How many are worth reading.
    const MOST: usize = 2;
    /// The first says all that the second does.
    const SAME: [(Slip, Slip); 4] = [
        (Slip::SlopeTwice, Slip::ShortcutTooEarly),
        (Slip::SquareForgotten, Slip::DistanceForLoss),
        (Slip::DistanceForLoss, Slip::DifferenceForLoss),
        (Slip::OtherEntry, Slip::InputForgotten),
    ];
    let slips: Vec<Slip> = found.iter().map(|found| found.slip).collect();
    found.retain(|found| {
        let is_said =
            |&(first, second): &(Slip, Slip)| second == found.slip && slips.contains(&first);
        !SAME.iter().any(is_said)
    });
    // Who has kept too few decimals is told so.
    if let Some(at) = found
        .iter()
        .position(|found| found.slip.decimals().is_some())
        && at >= MOST
    {
        found.swap(MOST - 1, at);
    }
    found.truncate(MOST);
    found
}

/// An answer that is not right, and what would be.
pub(super) struct WrongAnswer<'a> {
    pub(super) given: &'a [Given],
    value: &'a Array2<f64>,
    /// What is worked on paper, in all ways, for each number that is given.
    paper: Vec<Vec<f64>>,
}

impl<'a> WrongAnswer<'a> {
    /// `None` where it is right, or has cells that are not there.
    fn new(value: &'a Array2<f64>, ways: &[Working], given: &'a [Given]) -> Option<Self> {
        if given.iter().any(|&(cell, ..)| value.get(cell).is_none()) {
            return None;
        }
        let paper = given
            .iter()
            .map(|&(cell, ..)| ways.iter().map(|way| way.value[cell]).collect())
            .collect();
        let answer = Self {
            given,
            value,
            paper,
        };
        let is_wrong = (0..given.len()).any(|i| answer.is_off(i, given[i].1));
        is_wrong.then_some(answer)
    }

    /// Whether a number in place of one that was given would be wrong.
    fn is_off(&self, i: usize, value: f64) -> bool {
        let (cell, _, decimals) = self.given[i];
        near_given(value, decimals).mark(self.value[cell], &self.paper[i]) == Closeness::Wrong
    }

    /// Whether these are the numbers of the answer, one for each, and what makes it wrong.
    pub(super) fn is(&self, numbers: impl Fn(usize) -> Option<f64>) -> bool {
        let mut tells = false;
        for (i, &(_, given, decimals)) in self.given.iter().enumerate() {
            let Some(number) = numbers(i) else {
                return false;
            };
            if !is_it(given, decimals, number) {
                return false;
            }
            tells |= self.is_off(i, number) && self.is_off(i, given);
        }
        tells
    }

    /// The wrong numbers of it, as they were given.
    fn told(&self) -> String {
        let wrong: Vec<String> = (0..self.given.len())
            .filter(|&i| self.is_off(i, self.given[i].1))
            .map(|i| as_given(self.given[i].1, self.given[i].2))
            .collect();
        if wrong.len() > REPEATED {
            format!("{}, …", wrong[..REPEATED].join(", "))
        } else {
            joined(&wrong)
        }
    }
}

/// Whether a number that was given with so many decimals is this one.
pub(super) fn is_it(given: f64, decimals: usize, number: f64) -> bool {
    near_given(given, decimals).is(number)
}

fn near_given(value: f64, decimals: usize) -> tolerance::GivenNumber {
    let decimals = i32::try_from(decimals).unwrap_or(i32::MAX);
    tolerance::GivenNumber { value, decimals }
}

/// A number with its decimals and a real minus sign.
pub(super) fn as_given(number: f64, decimals: usize) -> String {
    /// More than these a double does not have.
    const MOST: usize = 12;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = if decimals > MOST {
        write!(text, "{number}")
    } else {
        write!(text, "{number:.decimals$}")
    };
    text.replace('-', "−")
}

/// What is said of a slip of working that gives the answer: made at one of the steps alone, or wherever it can be.
fn worked(
    asked: &SlipSearch,
    accepted: &[Accepted],
    slip: Slip,
    answer: &WrongAnswer,
) -> Option<String> {
    let is_it = |value: &Array2<f64>| answer.is(|i| value.get(answer.given[i].0).copied());
    if slip.decimals().is_some() {
        let is_found = is_rounded_early(asked, accepted, slip, is_it);
        return is_found.then(|| clause(asked, slip, None));
    }
    let attempt = |only: Option<usize>| {
        let sheet = Solver::with(&asked.desk, slip).only_at(only);
        let (value, places) = sheet.work_told(asked.symbol)?;
        let value = asked.part(&value)?;
        let on_paper = |accepted| {
            Solver::with_on_paper(&asked.desk, slip, ON_SCREEN)
                .going_on_with(accepted)
                .only_at(only)
                .work_slipped(asked.symbol)
                .and_then(|value| asked.part(&value))
                .is_some_and(|value| is_it(&value))
        };
        let is_found =
            is_it(&value) || on_paper(&[]) || (!accepted.is_empty() && on_paper(accepted));
        Some(SlipResult {
            is_found,
            is_right: value == asked.value,
            places,
        })
    };
    // Where it can be made nowhere, it cannot be made at one step either.
    let everywhere = attempt(None)?;
    let last = asked.steps_before;
    let mut steps: Vec<usize> = everywhere.places.iter().map(|place| place.at).collect();
    steps.dedup();
    if steps.is_empty() || steps == [last] {
        return everywhere
            .is_found
            .then(|| clause(asked, slip, everywhere.places.first()));
    }
    // What is said of the step that is asked for is the easiest to follow; there it may be possible only where it was
    // not made before.
    if steps.last() != Some(&last) {
        steps.push(last);
    }
    let mut first = None;
    for &step in steps.iter().rev() {
        let Some(alone) = attempt(Some(step)) else {
            continue;
        };
        if alone.is_found {
            return Some(clause(asked, slip, alone.places.first()));
        }
        // Not all steps have a share in what is asked for.
        if !alone.is_right {
            first = Some(step);
        }
    }
    everywhere.is_found.then(|| {
        let place = everywhere
            .places
            .iter()
            .find(|place| first.is_none_or(|first| place.at == first));
        clause(asked, slip, place.or(everywhere.places.first()))
    })
}

/// What comes of a slip.
struct SlipResult {
    /// Whether it gives the answer.
    is_found: bool,
    /// Whether it makes no difference.
    is_right: bool,
    places: Vec<SlipPlace>,
}

/// `that is …; …`, of the step that makes the answer, or what it comes of, of one before.
fn clause(asked: &SlipSearch, slip: Slip, place: Option<&SlipPlace>) -> String {
    let Some(place) = place else {
        let (decimals, few) = match slip.decimals() {
            Some(1) => ("one decimal", "one is"),
            _ => ("two decimals", "two are"),
        };
        return format!(
            "that comes of numbers rounded to {decimals} on the way; {few} too few, so keep three or more to the end"
        );
    };
    let super::misconceptions::Misconception { is, but } = &place.said;
    if place.at == asked.steps_before && place.symbol == asked.symbol {
        format!("that is {is}; {but}")
    } else {
        let new = match place.symbol {
            Quantity::Weights(_) | Quantity::Scale(_) => "the new ",
            _ => "",
        };
        format!(
            "{CARRIED} {is} for {new}{}; {but}",
            asked.desk.name(place.symbol)
        )
    }
}
