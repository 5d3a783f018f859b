//! Questions and grading, on lessons of all kinds and on random networks.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::common::building;
use crate::common::techniques::{
    CHANGING, CURVES, HELD, MADE, MASKED, OPTIMIZERS, SCALED, SHORT, SIGNS, SUMS, WITH_TECHNIQUES,
};
use nn_tutor::algebra::{Decimals, RichText};
use nn_tutor::lesson::Library;
use nn_tutor::trace::{Hidden, Part, Trace};
use nn_tutor::tutor::practice::exercise;
use nn_tutor::tutor::{Kind, Level, Outcome, Question, Verdict, question, question_at_level, slip};
use proptest::prelude::*;

fn compiled(text: &str) -> Trace {
    building::compiled(text, |_| ())
}

fn shipped(name: &str) -> Trace {
    let lesson = Library::embedded().open(name).unwrap();
    Trace::compile(Arc::new(lesson)).unwrap()
}

fn told(paragraphs: &[RichText]) -> String {
    let lines: Vec<String> = paragraphs
        .iter()
        .map(|line| line.text(Decimals::default()))
        .collect();
    lines.join("\n")
}

const ASKING: &str = "
format: 1
title: Questions
summary: One of each kind.
network:
  inputs: 2
  layers:
    - {units: 2, activation: logistic}
    - {units: 1, activation: logistic}
  weights:
    - [[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]]
    - [[-0.3], [0.5], [0.1]]
loss: neg-log-loss
learning_rate: 1.0
data:
  - {x: [0, 1], y: [1]}
  - {x: [1, 1], y: [0]}
script:
  - {ask: How many connections has this network?, number: connections}
  - {ask: Which shape has the first matrix?, shape: W(0)}
  - {ask: 'Will ŷ rise, fall or stay in this walk?', direction: y_hat, because: 'The target is {y}.'}
  - walk:
      sample: 1
      questions:
        z(1): {number: 'z(1)[2]'}
        x(1): {matrix: x(1), hint: Squash them.}
        delta(2): {sign: 'delta(2)[1]'}
        delta(1):
          ask: How much of the error belongs to the hidden neurons?
          matrix: delta(1)
          because: Only the part that came through each one's weight.
        grad(0): {number: 'grad(0)[0,2]'}
        W(1): {shape: W(1)}
        W(0): {matrix: W(0)}
        prediction x(2): {direction: y_hat}
        prediction J: {number: J}
  - ask: Which of these keep δ⁽¹⁾ from reaching the bias?
    options:
      - {right: 'The `[1+]`.', because: It drops the first row.}
      - {wrong: The transposed matrix., because: It only brings the shapes together.}
      - {right: That no weight leads to it.}
      - {wrong: Nothing.}
  - {ask: Why has the output no bias unit?, answer: Nothing comes after it., because: It is the last.}
";

/// Returns the question whose text begins with these words.
fn find(trace: &Trace, begins: &str) -> Question {
    (0..trace.len())
        .filter_map(|index| question(trace, index))
        .find(|question| told(&question.text).starts_with(begins))
        .unwrap_or_else(|| panic!("nobody asks {begins}"))
}

#[test]
fn the_program_words_what_the_author_leaves_to_it() {
    let trace = compiled(ASKING);
    let asked: Vec<String> = (0..trace.len())
        .filter_map(|index| question(&trace, index))
        .map(|question| told(&question.text))
        .collect();
    assert_eq!(
        asked,
        [
            "How many connections has this network?",
            "Which shape has the first matrix?",
            "Will ŷ rise, fall or stay in this walk?",
            "What is z₂⁽¹⁾?",
            "What is x⁽¹⁾? 2 numbers.",
            "Is δ⁽²⁾ above 0, below 0 or 0?",
            "How much of the error belongs to the hidden neurons?",
            "What is ∂J/∂w₀,₂⁽⁰⁾?",
            "Which shape has W⁽¹⁾? Rows × columns.",
            "What is the new W⁽⁰⁾? 6 numbers, row by row.",
            "Will ŷ rise, fall or stay?",
            "What is the new J?",
            "Which of these keep δ⁽¹⁾ from reaching the bias?",
            "Why has the output no bias unit?",
        ]
    );
}

#[test]
fn a_step_of_a_walk_hides_what_it_is_asked_for() {
    let trace = compiled(ASKING);
    for (asks, hidden) in [
        ("What is z₂⁽¹⁾", Hidden::Cell(1, 0)),
        ("What is x⁽¹⁾", Hidden::All),
        ("Is δ⁽²⁾ above", Hidden::All),
        ("What is ∂J/∂w₀,₂⁽⁰⁾", Hidden::Cell(0, 1)),
        ("What is the new J", Hidden::Cell(0, 0)),
    ] {
        let question = find(&trace, asks);
        let concealed = question.concealed.unwrap();
        assert_eq!(
            (concealed.known, concealed.hidden),
            (question.step - 1, hidden)
        );
    }
    assert_eq!(find(&trace, "How many connections").concealed, None);
}

// A table of answers, and nothing else.
#[allow(clippy::too_many_lines)]
#[test]
fn answers_of_every_kind_are_judged() {
    use Outcome::{Open, Partly, Right, Wrong};
    let trace = compiled(ASKING);
    // z₂⁽¹⁾ = 0.6 + 0.3 = 0.9; x⁽¹⁾ = 0.549834, 0.710950; δ⁽¹⁾ = −0.0604, −0.0100.
    for (asks, answers) in [
        (
            "How many connections",
            &[
                ("9", Right, "Right."),
                ("9.0", Right, "Right."),
                ("6", Wrong, "The sign is right; the size is too small."),
                ("9.004", Wrong, "Too many."),
                ("5", Wrong, "Too few."),
            ][..],
        ),
        (
            "Which shape",
            &[
                ("3×2", Right, "Right."),
                ("3 by 2", Right, "Right."),
                ("2 columns, 3 rows", Right, "Right."),
                (
                    "3 columns, 2 rows",
                    Wrong,
                    "Rows and columns are swapped: rows come first.",
                ),
                (
                    "2x3",
                    Wrong,
                    "Rows and columns are swapped: rows come first.",
                ),
                (
                    "2x2",
                    Wrong,
                    "The columns are right; of the rows, that of the bias is missing.",
                ),
                ("3x1", Wrong, "The rows are right, the columns are not."),
                ("4x4", Wrong, "Neither rows nor columns are right."),
            ],
        ),
        (
            "What is z₂",
            &[
                ("0.9", Right, "Right."),
                ("9/10", Right, "Right."),
                (".90", Right, "Right."),
                ("0.9.", Right, "Right."),
                ("z2 = 0.9", Right, "Right."),
                ("0,900", Right, "Right."),
                ("1", Wrong, "The sign is right; the size is too large."),
                ("-0.9", Wrong, "The size is right, the sign is not."),
                ("0", Wrong, "It is not 0."),
                ("0.92", Wrong, "The sign is right; the size is too large."),
            ],
        ),
        (
            "What is x⁽¹⁾",
            &[
                ("0.550 0.711", Right, "Right."),
                ("0.55, 0.71", Right, "Right."),
                ("1 0.55 0.71", Right, "Right."),
                ("[0,55; 0,71]", Right, "Right."),
                ("0.5498339973 0.7109495026", Right, "Right."),
                ("0.55", Partly, "Right so far: 1 of 2."),
                ("1 0.55", Partly, "Right so far: 1 of 2."),
                (
                    "0.5 0.7",
                    Partly,
                    "Right as far as it goes; give two decimals at least.",
                ),
                (
                    "0.55 0.2",
                    Wrong,
                    "x₂⁽¹⁾ is not right, the other is.\nThe sign is right; the size is too small.",
                ),
                (
                    "1 0.55 0.2",
                    Wrong,
                    "x₂⁽¹⁾ is not right, the other is.\nThe sign is right; the size is too small.",
                ),
                (
                    "0.5 0.2",
                    Wrong,
                    "x₂⁽¹⁾ is not right; of the other, give two decimals at least.\nThe sign is right; the size is too small.",
                ),
                (
                    "0.5",
                    Partly,
                    "Right as far as it goes: 1 of 2; give two decimals at least.",
                ),
                ("0,55", Partly, "Right so far: 1 of 2."),
                (
                    "0.62",
                    Partly,
                    "1 of 2 numbers so far, and it is not right.",
                ),
                (
                    "0 0.55 0.71",
                    Wrong,
                    "The first row is that of the bias unit, whose output is always 1; it may be left out.",
                ),
            ],
        ),
        (
            "Is δ⁽²⁾",
            &[
                ("-", Right, "Right."),
                ("below 0", Right, "Right."),
                ("0 > it", Right, "Right."),
                ("0 < it", Wrong, "It is not above 0.\nδ⁽²⁾ = 0.512 − 1"),
                ("+", Wrong, "It is not above 0.\nδ⁽²⁾ = 0.512 − 1"),
                ("0", Wrong, "It is not 0.\nδ⁽²⁾ = 0.512 − 1"),
            ],
        ),
        (
            "How much of the error",
            &[
                (
                    "−0.060 −0.010",
                    Right,
                    "Right.\nOnly the part that came through each one's weight.",
                ),
                (
                    "0 −0.0605 −0.0100",
                    Right,
                    "Right.\nOnly the part that came through each one's weight.",
                ),
                ("-0.06", Partly, "Right so far: 1 of 2."),
            ],
        ),
        (
            "Will ŷ",
            &[
                (
                    "up",
                    Right,
                    "Right. ŷ rises, from 0.512 to 0.722.\nThe target is 1.",
                ),
                ("falls", Wrong, "It does not fall.\nThe target is 1."),
                (
                    "stays the same",
                    Wrong,
                    "It does not stay.\nThe target is 1.",
                ),
            ],
        ),
        (
            "Which of these keep",
            &[
                ("a c", Right, "Right.\na) It drops the first row."),
                ("ca", Right, "Right.\na) It drops the first row."),
                ("1, 3", Right, "Right.\na) It drops the first row."),
                (
                    "a",
                    Partly,
                    "Right so far; one is missing.\nIt drops the first row.",
                ),
                (
                    "b",
                    Wrong,
                    "b is not right; 2 are missing.\nIt only brings the shapes together.",
                ),
                ("nothing", Wrong, "d is not right; 2 are missing."),
                ("c d", Wrong, "d is not right; one is missing."),
                (
                    "abc",
                    Wrong,
                    "b is not right; the rest of yours is all there is.\na) It drops the first row.\nb) It only brings the shapes together.",
                ),
            ],
        ),
        (
            "Why has",
            &[("No unit follows", Open, "Compare it with the answer.")],
        ),
    ] {
        let question = find(&trace, asks);
        for (typed, outcome, words) in answers {
            let verdict = question.grade(&trace, typed).unwrap();
            assert_eq!(
                verdict.outcome,
                *outcome,
                "{asks}: {typed}: {}",
                told(&verdict.feedback)
            );
            if verdict.slips.is_empty() {
                assert_eq!(told(&verdict.feedback), *words, "{asks}: {typed}");
            }
        }
    }
}

/// The options are as short as their letters.
#[test]
fn an_option_is_chosen_by_its_words_however_short() {
    let trace = compiled(&format!(
        "{ASKING}{}",
        "
  - ask: How many rows has W⁽⁰⁾?
    options: [{wrong: '2'}, {right: '3'}, {wrong: '4'}]
  - ask: Which of these are odd?
    options: [{right: '3'}, {wrong: '2'}, {right: '1'}, {wrong: '−1.5'}]
  - ask: Which letter comes first?
    options: [{wrong: b}, {right: a}, {wrong: x}]
"
    ));
    for (asks, typed, outcome, words) in [
        ("How many rows", "3", Outcome::Right, "Right."),
        ("How many rows", "3.", Outcome::Right, "Right."),
        ("How many rows", "b", Outcome::Right, "Right."),
        ("How many rows", "2", Outcome::Wrong, "a is not right."),
        ("Which of these are odd", "1 3", Outcome::Right, "Right."),
        (
            "Which of these are odd",
            "3 and 1",
            Outcome::Right,
            "Right.",
        ),
        (
            "Which of these are odd",
            "-1.5",
            Outcome::Wrong,
            "d is not right; 2 are missing.",
        ),
        // A letter is a name before it is a word, where there is such an option.
        ("Which letter", "b", Outcome::Right, "Right."),
        ("Which letter", "x", Outcome::Wrong, "c is not right."),
    ] {
        let verdict = find(&trace, asks).grade(&trace, typed).unwrap();
        assert_eq!(told(&verdict.feedback), words, "{asks}: {typed}");
        assert_eq!(verdict.outcome, outcome, "{asks}: {typed}");
    }
    // No place in the list: the options are numbers themselves.
    let refused = find(&trace, "How many rows")
        .grade(&trace, "1")
        .unwrap_err();
    assert!(refused.0.starts_with("That is none of the options"));
}

/// What is missing may still come while one works, and does not where an answer is handed in.
#[test]
fn what_is_handed_in_unfinished_and_wrong_is_wrong() {
    let trace = shipped("xor");
    let asks = |index: &usize| {
        let asked = question(&trace, *index);
        asked.is_some_and(
            |asked| matches!(&asked.kind, Kind::Numbers { cells, .. } if cells.len() > 1),
        )
    };
    let asked = question(&trace, (0..trace.len()).find(asks).unwrap()).unwrap();
    let Kind::Numbers { target, cells } = &asked.kind else {
        unreachable!();
    };
    let first = target.value(&trace)[cells[0]];
    for (typed, outcome) in [(first, Outcome::Partly), (first + 7.0, Outcome::Wrong)] {
        let verdict = asked.grade(&trace, &typed.to_string()).unwrap();
        assert_eq!(verdict.outcome, Outcome::Partly);
        assert_eq!(verdict.when_handed_in(), outcome);
    }
}

/// Among several numbers, the wrong ones are named, and those with too few decimals too; the others are right.
#[test]
fn wrong_and_coarse_numbers_are_named() {
    let trace = compiled(ASKING);
    let question = find(&trace, "What is the new W⁽⁰⁾");
    for (wrong, coarse, words) in [
        (
            &[0][..],
            &[][..],
            "The new w₀,₁⁽⁰⁾ is not right, the others are.",
        ),
        (
            &[0, 3],
            &[1],
            "The new w₀,₁⁽⁰⁾ and the new w₁,₂⁽⁰⁾ are not right; of the new w₀,₂⁽⁰⁾, give two decimals at least. \
             The others are right.",
        ),
        (
            &[0, 1, 2, 3, 5],
            &[4],
            "The new w₀,₁⁽⁰⁾, the new w₀,₂⁽⁰⁾, the new w₁,₁⁽⁰⁾ and 2 more are not right; of the other, give two \
             decimals at least.",
        ),
    ] {
        let right = typed(&question, &trace, 4);
        let numbers: Vec<String> = right
            .split(' ')
            .enumerate()
            .map(|(i, number)| match number.parse::<f64>().unwrap() {
                number if wrong.contains(&i) => format!("{:.4}", number + 7.7),
                number if coarse.contains(&i) => format!("{number:.1}"),
                _ => number.to_owned(),
            })
            .collect();
        let verdict = question.grade(&trace, &numbers.join(" ")).unwrap();
        assert_eq!(told(&verdict.feedback[..1]), words, "{numbers:?}");
    }
}

/// `0,2` may be one number or two: the reading that is right counts.
#[test]
fn a_comma_is_read_as_what_is_better() {
    use Outcome::{Partly, Right, Wrong};
    for (bias, value) in [(-2.0, "0 and 2"), (-1.8, "0.2 and 2.2")] {
        let trace = compiled(&format!(
            "
format: 1
title: Commas
summary: Whole numbers and others.
network:
  inputs: 1
  layers: [{{units: 2, activation: linear}}]
  weights: [[[{bias}, {}], [2, 2]]]
loss: mean-squared
learning_rate: 1.0
data: [{{x: [1], y: [0, 0]}}]
script:
  - walk: {{sample: 1, questions: {{z(1): {{matrix: z(1)}}}}}}
",
            bias + 2.0
        ));
        let question = find(&trace, "What is z⁽¹⁾");
        let outcomes = |typed| question.grade(&trace, typed).unwrap().outcome;
        let is_whole = bias < -1.9;
        let expected = if is_whole {
            [Right, Partly, Wrong]
        } else {
            [Partly, Partly, Right]
        };
        let given = ["0,2", "0,20", "0,20 2,20"].map(outcomes);
        assert_eq!(given, expected, "{value}");
    }
}

/// Returns a lesson that asks for the sum of a neuron with these weights and inputs.
fn sum_of(weights: &[f64], inputs: &[f64]) -> Trace {
    let rows: Vec<String> = weights.iter().map(|w| format!("[{w:?}]")).collect();
    compiled(&format!(
        "format: 1\ntitle: Sum\nsummary: One sum.\nnetwork: {{inputs: {}, layers: [{{units: 1, activation: linear}}], \
         weights: [[{}]]}}\nloss: mean-squared\ndata: [{{x: {inputs:?}, y: [1]}}]\n\
         script: [{{walk: {{sample: 1, until: feedforward}}}}]\n",
        inputs.len(),
        rows.join(", ")
    ))
}

/// With the numbers on the screen, 0.5 + 0.4·0.574 − 0.7·0.786 is 0.1794.
#[test]
fn every_way_to_work_a_sum_by_hand_is_right() {
    let trace = sum_of(
        &[0.5, 0.4, -0.7],
        &[0.574_442_516_811_659, 0.785_834_983_042_558_6],
    );
    let question = question_at_level(&trace, 1, Level::Value).unwrap();
    for (typed, outcome, words) in [
        ("0.180", Outcome::Right, "Right."),
        ("0.1797", Outcome::Right, "Right."),
        (
            "0.1794",
            Outcome::Right,
            "Right; more exactly, 0.17969. By hand, from numbers with three decimals, it is 0.1794.",
        ),
        (
            "0.179",
            Outcome::Right,
            "Right; more exactly, 0.1797. By hand, from numbers with three decimals, it is 0.179.",
        ),
        // With four decimals: 0.5 + 0.22976 − 0.55006 = 0.1797; with the terms rounded 0.5 + 0.2298 − 0.5501.
        (
            "0.17970",
            Outcome::Right,
            "Right; more exactly, 0.179693. By hand, from numbers with four decimals, it is 0.17970.",
        ),
        // One of the terms is rounded and the other not, and one input is read with more decimals.
        (
            "0.1796",
            Outcome::Right,
            "Right; more exactly, 0.17969. Yours is as near as rounding on the way allows.",
        ),
        (
            "0.178",
            Outcome::Wrong,
            "Close: the sign is right, the size is a little too small.",
        ),
        (
            "0.181",
            Outcome::Wrong,
            "Close: the sign is right, the size is a little too large.",
        ),
        (
            "0.1785",
            Outcome::Wrong,
            "Close: the sign is right, the size is a little too small.",
        ),
    ] {
        let verdict = question.grade(&trace, typed).unwrap();
        assert_eq!(told(&verdict.feedback), words, "{typed}");
        assert_eq!(verdict.outcome, outcome, "{typed}");
    }
}

#[test]
fn large_and_small_numbers_are_judged_by_their_digits() {
    use Outcome::{Partly, Right, Wrong};
    for (weight, answers) in [
        (
            1234.5,
            &[
                ("1.23e3", Partly),
                ("1,234.5", Right),
                ("1 234,5", Right),
                ("1e3", Wrong),
                ("1234.50", Right),
            ][..],
        ),
        (
            1e-7,
            &[
                ("1e-7", Right),
                ("0.000", Right),
                ("5e-13", Wrong),
                ("1e-8", Wrong),
                ("5e-8", Wrong),
            ],
        ),
    ] {
        let trace = sum_of(&[0.0, weight], &[1.0]);
        let question = question_at_level(&trace, 1, Level::Value).unwrap();
        for &(typed, outcome) in answers {
            let verdict = question.grade(&trace, typed).unwrap();
            assert_eq!(
                verdict.outcome,
                outcome,
                "{typed} for {weight}: {}",
                told(&verdict.feedback)
            );
            assert!(
                outcome != Wrong || !told(&verdict.feedback).starts_with("Close"),
                "{typed} for {weight}"
            );
        }
    }
}

#[test]
fn numbers_may_stand_behind_their_names() {
    let trace = compiled(ASKING);
    let x = find(&trace, "What is x⁽¹⁾");
    for typed in [
        "x1=0.55, x2=0.71",
        "x₁⁽¹⁾ = 0.550 x₂⁽¹⁾ = 0.711",
        "x_1 = 0,55; x_2 = 0,71",
        "x1(1)=0.55,x2(1)=0.71",
        "x0 = 1, x1 = 0.55, x2 = 0.71",
        "x = 0.55 0.71",
    ] {
        let verdict = x.grade(&trace, typed).unwrap();
        assert_eq!(verdict.outcome, Outcome::Right, "{typed}: {verdict:?}");
    }
    // In another order, or with others between them, they are not read at all.
    for typed in ["x2=0.71, x1=0.55", "x1=0.55, x3=0.71", "x2=0.55 x3=0.71"] {
        x.grade(&trace, typed).unwrap_err();
    }
    let weights = find(&trace, "What is the new W⁽⁰⁾");
    let right = typed(&weights, &trace, 4);
    let named: Vec<String> = right
        .split(' ')
        .enumerate()
        .map(|(i, number)| format!("w{},{} = {number}", i / 2, i % 2 + 1))
        .collect();
    let verdict = weights.grade(&trace, &named.join("\n")).unwrap();
    assert_eq!(verdict.outcome, Outcome::Right, "{named:?}");
}

#[test]
fn what_cannot_be_read_says_what_is_expected() {
    let trace = compiled(ASKING);
    for (asks, typed, expected) in [
        (
            "What is z₂",
            "x",
            "“x” is no number; expected a number such as 0.25 or 1/4.",
        ),
        (
            "What is z₂",
            "3 = 0.9",
            "“=” is no number; expected a number such as 0.25 or 1/4.",
        ),
        (
            "What is z₂",
            "1 2",
            "These are 2 numbers; one is asked for.",
        ),
        (
            "What is x⁽¹⁾",
            "1 2 3 4",
            "These are 4 numbers; 2 are asked for.",
        ),
        (
            "What is x⁽¹⁾",
            "1 two",
            "“two” is no number; expected 2 numbers such as 0.25 −0.5.",
        ),
        (
            "Which shape",
            "big",
            "That is no shape; expected rows × columns such as 3×2.",
        ),
        ("Is δ⁽²⁾", "blue", "That is no sign; expected +, − or 0."),
        (
            "Will ŷ",
            "maybe",
            "That is no direction; expected rise, fall or stay.",
        ),
        (
            "Which of these keep",
            "e",
            "That is none of the options; expected a letter from a to d, or several such as a c.",
        ),
        ("Why has", " ", "Nothing is written yet."),
    ] {
        let error = find(&trace, asks).grade(&trace, typed).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn hints_come_in_rungs_and_end_with_the_answer() {
    let trace = compiled(ASKING);
    for (asks, rungs) in [
        (
            "How many connections",
            &[
                "Each unit has one connection from every unit of the layer before, and one from its bias unit.",
                "(2 + 1) · 2 + (2 + 1) · 1",
                "The number of connections is 9.",
            ][..],
        ),
        (
            "Which shape",
            &[
                "W⁽⁰⁾ has a row for each unit of layer 0 and one for its bias unit, and a column for each unit of layer 1.",
                "2 + 1 rows, 2 columns.",
                "W⁽⁰⁾ is 3×2.",
            ],
        ),
        (
            "What is z₂",
            &[
                "z⁽¹⁾ = W⁽⁰⁾ᵀ x⁽⁰⁾",
                "z₂⁽¹⁾ = 0.600·1 − 0.400·0 + 0.300·1",
                "z₂⁽¹⁾ = 0.900.",
            ],
        ),
        (
            "What is x⁽¹⁾",
            &[
                "Squash them.",
                "x⁽¹⁾ = 1 ⊕ φ(z⁽¹⁾)",
                "x₁⁽¹⁾ = 1 / (1 + e^−0.200)\nx₂⁽¹⁾ = 1 / (1 + e^−0.900)",
                "x⁽¹⁾ = [0.550, 0.711].",
            ],
        ),
        (
            "Is δ⁽²⁾",
            &[
                "δ⁽²⁾ = ŷ − y",
                "δ⁽²⁾ = 0.512 − 1",
                "δ⁽²⁾ is below 0: −0.488.",
            ],
        ),
        (
            "Which of these keep",
            &[
                "b is not right.\nIt only brings the shapes together.",
                "a) The `[1+]`.\nc) That no weight leads to it.",
            ],
        ),
        ("Why has", &["Nothing comes after it.\nIt is the last."]),
    ] {
        let hints = find(&trace, asks).hints(&trace);
        let hints: Vec<String> = hints.iter().map(|rung| told(rung)).collect();
        assert_eq!(hints, rungs, "{asks}");
    }
}

/// If a whole phase or pass is asked for, the first hint is the formulas of the steps that lead there, and no others.
#[test]
fn the_formulas_of_all_that_is_to_be_worked_are_a_hint() {
    let trace = shipped("grounded");
    let walk = (0..trace.len())
        .find_map(|index| trace.walk_of(index))
        .unwrap();
    let first_rung = |level, nth: usize| {
        let question = walk
            .clone()
            .filter_map(|index| question_at_level(&trace, index, level))
            .nth(nth)
            .unwrap();
        told(&question.hints(&trace)[0])
    };
    assert_eq!(
        first_rung(Level::Phase, 0),
        "z⁽¹⁾ = W⁽⁰⁾ᵀ x⁽⁰⁾\nx⁽¹⁾ = 1 ⊕ φ(z⁽¹⁾)\nz⁽²⁾ = W⁽¹⁾ᵀ x⁽¹⁾\nŷ = x⁽²⁾ = φ(z⁽²⁾)"
    );
    assert_eq!(
        first_rung(Level::Phase, 2),
        "δ⁽²⁾ = ŷ − y\nδ⁽¹⁾ = ψ(x⁽¹⁾) ∘ (W⁽¹⁾ δ⁽²⁾)"
    );
    // The other gradient does not lead there.
    assert_eq!(first_rung(Level::Phase, 4), "∇⁽⁰⁾ = x⁽⁰⁾ (δ⁽¹⁾[1+])ᵀ");
    assert_eq!(
        first_rung(Level::Pass, 0),
        "z⁽¹⁾ = W⁽⁰⁾ᵀ x⁽⁰⁾\nx⁽¹⁾ = 1 ⊕ φ(z⁽¹⁾)\nz⁽²⁾ = W⁽¹⁾ᵀ x⁽¹⁾\nŷ = x⁽²⁾ = φ(z⁽²⁾)\nδ⁽²⁾ = ŷ − y\n∇⁽¹⁾ = x⁽¹⁾ δ⁽²⁾ᵀ\nW⁽¹⁾ ← W⁽¹⁾ − ρ ∇⁽¹⁾"
    );
}

/// At the easy levels only the result is hidden. At the others, numbers that nobody can compute stay visible.
#[test]
fn an_equation_hides_what_is_asked_for_and_what_comes_before_it() {
    let hidden_at = |trace: &Trace, level, index| -> Vec<(String, Hidden, bool)> {
        let question = question_at_level(trace, index, level).unwrap();
        let concealed = question.concealed.unwrap();
        let known = trace.step(concealed.known);
        trace
            .step(index)
            .veiled_equation(&known, concealed.hidden)
            .into_iter()
            .filter_map(|part| match part {
                Part::Matrix(operand) => Some((operand.label, operand.hidden, operand.result)),
                Part::Sign(_) => None,
            })
            .collect()
    };
    let trace = compiled(WITH_TECHNIQUES);
    let walk = trace.walk_of(0).unwrap();
    let mut asked = 0;
    for index in walk.clone() {
        if question_at_level(&trace, index, Level::Vector).is_none() {
            continue;
        }
        for (label, hidden, result) in hidden_at(&trace, Level::Vector, index) {
            let expected = if result { Hidden::All } else { Hidden::Nothing };
            assert_eq!(hidden, expected, "{label} at step {index}");
            asked += 1;
        }
    }
    assert!(asked > 100);
    let update = walk
        .clone()
        .find(|&i| trace.step(i).kind() == "update")
        .unwrap();
    // If a whole pass is asked for, its operands are shown, layer by layer.
    let pass = hidden_at(&trace, Level::Pass, update);
    let labels: Vec<&str> = pass.iter().map(|(label, ..)| label.as_str()).collect();
    assert_eq!(labels[..4], ["W⁽⁰⁾", "x⁽⁰⁾", "γ⁽¹⁾", "β⁽¹⁾"]);
    assert!(
        labels.contains(&"y") && labels.contains(&"m⁽¹⁾"),
        "{labels:?}"
    );
    let (last, givens) = pass.split_last().unwrap();
    assert_eq!(*last, ("new W⁽⁵⁾".into(), Hidden::All, true));
    assert!(
        givens
            .iter()
            .all(|(_, hidden, result)| *hidden == Hidden::Nothing && !result)
    );
    assert_eq!(
        hidden_at(&trace, Level::Phase, update)[1],
        ("∇⁽⁵⁾".into(), Hidden::Nothing, false)
    );
    // Random numbers are shown, even if no step after the samples is known.
    let dropout = walk
        .clone()
        .find(|&i| trace.step(i).kind() == "dropout")
        .unwrap();
    let veiled = trace
        .step(dropout)
        .veiled_equation(&trace.step(walk.start), Hidden::All);
    let hidden: Vec<(String, Hidden)> = veiled
        .into_iter()
        .filter_map(|part| match part {
            Part::Matrix(operand) => Some((operand.label, operand.hidden)),
            Part::Sign(_) => None,
        })
        .collect();
    assert!(hidden.contains(&("m⁽¹⁾".into(), Hidden::Nothing)));
    assert_eq!(hidden.last(), Some(&("x⁽¹⁾".into(), Hidden::All)));
}

/// Returns what is asked at a level: symbols with the count of their numbers, and how many steps back the last known
/// one is.
fn asked_at(trace: &Trace, level: Level, steps: std::ops::Range<usize>) -> String {
    let mut text = String::new();
    for index in steps {
        let Some(question) = question_at_level(trace, index, level) else {
            continue;
        };
        let Kind::Numbers { cells, .. } = &question.kind else {
            panic!("{question:?}");
        };
        assert_eq!(question.step, index);
        let known = question.concealed.unwrap().known;
        let symbol = trace.step(index).symbol().unwrap().key();
        let _ = write!(text, "{symbol}:{}@{} ", cells.len(), index - known);
    }
    text.trim_end().to_owned()
}

#[test]
fn the_grounded_example_asks_more_at_every_level() {
    let trace = shipped("grounded");
    let walk = (0..trace.len())
        .find_map(|index| trace.walk_of(index))
        .unwrap();
    let at = |level| asked_at(&trace, level, walk.clone());
    assert_eq!(
        at(Level::Value),
        "z(1):1@1 x(1):1@1 z(2):1@1 x(2):1@1 J:1@1 delta(2):1@1 W(1)delta(2):1@1 delta(1):1@1 grad(1):1@1 \
         grad(0):1@1 W(1):1@1 W(0):1@1 x(2):1@1 J:1@1"
    );
    assert_eq!(
        at(Level::Vector),
        "z(1):2@1 x(1):2@1 z(2):1@1 x(2):1@1 J:1@1 delta(2):1@1 W(1)delta(2):3@1 delta(1):2@1 grad(1):3@1 \
         grad(0):6@1 W(1):3@1 W(0):6@1 x(2):1@1 J:1@1"
    );
    assert_eq!(
        at(Level::Phase),
        "x(2):1@4 J:1@1 delta(1):2@3 grad(1):3@1 grad(0):6@2 W(1):3@1 W(0):6@2 x(2):1@1 J:1@1"
    );
    assert_eq!(at(Level::Pass), "W(1):3@11 W(0):6@12 x(2):1@13");
    assert_eq!(asked_at(&trace, Level::Vector, 0..walk.start), "");
}

#[test]
fn a_network_with_everything_asks_what_it_should() {
    let trace = compiled(SHORT);
    let walk = trace.walk_of(0).unwrap();
    assert_eq!(
        asked_at(&trace, Level::Vector, walk.clone()),
        "z(1):2@1 a(1):2@1 x(1):2@1 z(2):2@1 a(2):2@1 x(2):2@1 z(3):1@1 x(3):1@1 J:1@1 penalty:1@1 dJ/dy_hat:1@1 \
         dy_hat/dz:1@1 dz/dw:3@1 delta(3):1@1 W(2)delta(3):3@1 delta(2):2@1 W(1)delta(2):3@1 e(1):3@1 delta(1):2@1 \
         grad(2):3@1 grad(1):6@1 grad(0):6@1 W(2):3@1 W(1):6@1 W(0):6@1 x(3):1@1 J:1@1"
    );
    assert_eq!(
        asked_at(&trace, Level::Phase, walk.clone()),
        "x(3):1@8 J:1@1 penalty:1@2 delta(1):2@9 grad(2):3@1 grad(1):6@2 grad(0):6@3 W(2):3@1 W(1):6@2 W(0):6@3 \
         x(3):1@1 J:1@1"
    );
    let trace = compiled(WITH_TECHNIQUES);
    let batch = trace.walk_of(0).unwrap();
    // W(0) has nine numbers, W(1) twelve; three samples of three units are nine.
    assert_eq!(
        asked_at(&trace, Level::Pass, batch.clone()),
        "W(5):9@50 W(4):6@51 S(5):4@52 W(3):8@53 W(2):12@54 S(3):6@55 W(1):12@56 W(0):9@57 S(1):6@58 x(6):9@59"
    );
    // A walk that only predicts is asked for what it ends with.
    let predicting = (0..trace.len())
        .filter_map(|index| trace.walk_of(index))
        .find(|walk| trace.step(walk.end - 1).kind() == "penalty")
        .unwrap();
    assert_eq!(
        asked_at(&trace, Level::Pass, predicting),
        "J:1@23 penalty:1@24"
    );
}

/// Hints before the last do not contain the answer's name and value, and nothing panics on lessons with everything.
#[test]
fn every_step_of_every_kind_of_lesson_can_be_asked_judged_and_revealed() {
    let mut asked = 0;
    for text in [
        WITH_TECHNIQUES,
        SHORT,
        MASKED,
        SIGNS,
        CURVES,
        HELD,
        OPTIMIZERS,
        SUMS,
        CHANGING,
        SCALED,
        MADE,
        ASKING,
    ] {
        let trace = compiled(text);
        for index in 0..trace.len() {
            for level in Level::ALL {
                let Some(question) = question_at_level(&trace, index, level) else {
                    continue;
                };
                let hints = question.hints(&trace);
                let answer = told(hints.last().unwrap());
                assert!(hints.len() > 1, "step {index}: {answer}");
                assert!(answer.contains(" = "), "{answer}");
                let right = typed(&question, &trace, 6);
                let verdict = question.grade(&trace, &right).unwrap();
                assert_eq!(
                    verdict.outcome,
                    Outcome::Right,
                    "step {index}: {right}: {}",
                    told(&verdict.feedback)
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "only {asked} questions");
}

/// Returns the right numbers, typed with some decimals.
fn typed(question: &Question, trace: &Trace, decimals: usize) -> String {
    let Kind::Numbers { target, cells } = &question.kind else {
        panic!("{question:?}");
    };
    let value = target.value(trace);
    let numbers: Vec<String> = cells
        .iter()
        .map(|&cell| format!("{:.decimals$}", value[cell]))
        .collect();
    numbers.join(" ")
}

/// A strategy of lessons about a random network of two or three layers.
fn network() -> impl Strategy<Value = String> {
    let hidden = prop::sample::select(vec!["logistic", "tanh", "relu", "linear"]);
    let layers = prop::collection::vec((1_usize..=3, hidden), 1..=2);
    let output = prop::sample::select(vec![
        ("logistic", "neg-log-loss"),
        ("logistic", "mean-squared"),
        ("tanh", "mean-squared"),
        ("linear", "mean-squared"),
        ("softmax", "cross-entropy"),
    ]);
    let samples = prop::collection::vec((-20_i32..=20, -20_i32..=20, 0_usize..2), 1..=3);
    (layers, output, 2_usize..=3, samples, 0_u32..1000, 1_u32..=10).prop_map(
        |(layers, (activation, loss), outputs, samples, seed, rate)| {
            let outputs = if activation == "softmax" { outputs } else { 1 };
            let mut text = String::from(
                "format: 1\ntitle: Random\nsummary: Random.\nnetwork:\n  inputs: 2\n  layers:\n",
            );
            for (units, activation) in &layers {
                let _ = writeln!(text, "    - {{units: {units}, activation: {activation}}}");
            }
            let _ = writeln!(text, "    - {{units: {outputs}, activation: {activation}}}");
            let _ = writeln!(text, "  init: {{scheme: uniform, low: -1, high: 1, seed: {seed}}}");
            let _ = writeln!(text, "loss: {loss}\nlearning_rate: {}", f64::from(rate) / 10.0);
            let _ = writeln!(text, "batch: all\ndata:");
            for (one, two, class) in samples {
                let targets: Vec<String> = if outputs == 1 {
                    vec![class.to_string()]
                } else {
                    (0..outputs).map(|k| usize::from(k == class).to_string()).collect()
                };
                let _ = writeln!(
                    text,
                    "  - {{x: [{}, {}], y: [{}]}}",
                    f64::from(one) / 10.0,
                    f64::from(two) / 10.0,
                    targets.join(", ")
                );
            }
            text
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A right number, rounded to two decimals or more, is always graded as right.
    #[test]
    fn a_right_number_is_right(text in network(), decimals in 2_usize..=6) {
        let trace = compiled(&text);
        for index in 0..trace.len() {
            for level in Level::ALL {
                let Some(question) = question_at_level(&trace, index, level) else { continue };
                let typed = typed(&question, &trace, decimals);
                let verdict = question.grade(&trace, &typed).unwrap();
                prop_assert_eq!(verdict.outcome, Outcome::Right, "{}\n{:?}", typed, verdict);
                prop_assert!(verdict.slips.is_empty());
            }
        }
    }

    /// So is a number worked by hand with the three decimals of the screen, or in another way.
    #[test]
    fn a_number_worked_by_hand_is_right(
        text in network(),
        decimals in 3_usize..=4,
        other in 2_usize..40,
    ) {
        let trace = compiled(&text);
        for index in 0..trace.len() {
            for level in Level::ALL {
                let Some(question) = question_at_level(&trace, index, level) else { continue };
                let Kind::Numbers { cells, .. } = &question.kind else { unreachable!() };
                let ways = slip::by_hand(&trace, &question, &[]);
                for way in ways.iter().take(2).chain(ways.get(other)) {
                    let worked = &way.value;
                    if worked.iter().any(|v| !v.is_finite()) {
                        continue;
                    }
                    let numbers: Vec<String> =
                        cells.iter().map(|&cell| format!("{:.decimals$}", worked[cell])).collect();
                    let verdict = question.grade(&trace, &numbers.join(" ")).unwrap();
                    prop_assert_eq!(verdict.outcome, Outcome::Right, "{:?}\n{:?}", numbers, verdict);
                }
            }
        }
    }

    /// A number that rounding cannot explain is never right.
    #[test]
    fn a_wrong_number_is_never_right(
        text in network(),
        off in prop_oneof![0.02_f64..0.5, -0.5_f64..-0.02],
        which in 0_usize..100,
    ) {
        let trace = compiled(&text);
        for index in 0..trace.len() {
            for level in [Level::Value, Level::Vector] {
                let Some(question) = question_at_level(&trace, index, level) else { continue };
                let Kind::Numbers { target, cells } = &question.kind else { unreachable!() };
                let value = target.value(&trace);
                let wrong = which % cells.len();
                let numbers: Vec<String> = cells
                    .iter()
                    .enumerate()
                    .map(|(i, &cell)| {
                        let scale = value[cell].abs().max(1.0);
                        let off = if i == wrong { off * scale } else { 0.0 };
                        format!("{:.6}", value[cell] + off)
                    })
                    .collect();
                let verdict = question.grade(&trace, &numbers.join(" ")).unwrap();
                prop_assert_eq!(verdict.outcome, Outcome::Wrong, "{:?}\n{:?}", numbers, verdict);
                prop_assert!(!verdict.feedback.is_empty());
            }
        }
    }

    /// A number that is several times too large or too small is neither right nor close, whatever its size. (One too
    /// small to be seen on the screen may be 0.)
    #[test]
    fn no_number_of_another_size_is_right(
        digits in 1.0_f64..10.0,
        others in 1.0_f64..10.0,
        powers in (-6_i32..=3, -6_i32..=2),
        off in prop_oneof![0.02_f64..0.2, 5.0_f64..50.0, -50.0_f64..-0.02],
    ) {
        let trace = sum_of(
            &[0.0, digits * 10_f64.powi(powers.0)],
            &[others * 10_f64.powi(powers.1)],
        );
        let question = question_at_level(&trace, 1, Level::Value).unwrap();
        let Kind::Numbers { target, .. } = &question.kind else { unreachable!() };
        let value = target.value(&trace)[(0, 0)];
        let typed = format!("{:.3e}", value * off);
        let verdict = question.grade(&trace, &typed).unwrap();
        prop_assert_eq!(verdict.outcome, Outcome::Wrong, "{} for {}", typed, value);
        prop_assert!(!told(&verdict.feedback).starts_with("Close"), "{} for {}", typed, value);
    }

    /// Anything that is typed is graded or refused with a message.
    #[test]
    fn anything_can_be_typed(typed in "\\PC{0,40}|[-+−0-9.,;/eE×x ()\\[\\]a-d]{0,30}|[^a]{0,10}") {
        let trace = asking();
        for index in 0..trace.len() {
            for question in [question(trace, index), question_at_level(trace, index, Level::Vector)]
                .into_iter()
                .flatten()
            {
                match question.grade(trace, &typed) {
                    Ok(Verdict { feedback, .. }) => prop_assert!(!told(&feedback).is_empty()),
                    Err(refused) => prop_assert!(refused.0.ends_with('.'), "{refused}"),
                }
            }
        }
    }
}

/// Returns the lesson that asks everything, compiled once.
fn asking() -> &'static Trace {
    static TRACE: std::sync::LazyLock<Trace> = std::sync::LazyLock::new(|| compiled(ASKING));
    &TRACE
}

/// An answer of five decimals from the numbers on the screen is right, although two decimals lead to it too, by
/// chance.
#[test]
fn what_careful_work_leads_to_is_right_whatever_else_leads_there() {
    let lesson = Library::embedded().open("grounded").unwrap();
    let exercise = exercise(&lesson, 29_058, 7).unwrap();
    let trace = Trace::compile(Arc::new(exercise)).unwrap();
    let question = question_at_level(&trace, 13, Level::Phase).unwrap();
    for typed in ["0.25707", "0.2571", "0.257"] {
        let verdict = question.grade(&trace, typed).unwrap();
        assert_eq!(verdict.outcome, Outcome::Right, "{typed}: {verdict:?}");
    }
    let verdict = question.grade(&trace, "0.26707").unwrap();
    assert_eq!(verdict.outcome, Outcome::Wrong, "{verdict:?}");
}

/// How exact a number is to be is for the author to say, and only of numbers.
#[test]
fn a_number_is_as_exact_as_the_question_says() {
    let lesson = |asks: &str| {
        format!(
            "format: 1\ntitle: Exact\nsummary: A test.\nnetwork: {{inputs: 1, layers: [{{units: 1, activation: linear}}], \
             weights: [[[0.5], [2.4993]]]}}\nloss: mean-squared\ndata: [{{x: [3], y: [8]}}]\nscript:\n  \
             - {{ask: How far is it?, {asks}}}\n  - walk: {{sample: 1, until: feedforward}}\n"
        )
    };
    let exact = compiled(&lesson("number: y_hat"));
    let near = compiled(&lesson("number: y_hat, within: 0.05"));
    let question = find(&near, "How far");
    assert_eq!(told(&question.text), "How far is it? (To within 0.05.)");
    for (typed, outcome, words) in [
        (
            "8",
            Outcome::Right,
            "Right, to within 0.05; more exactly, 7.9979.",
        ),
        (
            "7.95",
            Outcome::Right,
            "Right, to within 0.05; more exactly, 7.9979.",
        ),
        ("7.998", Outcome::Right, "Right."),
        (
            "8.05",
            Outcome::Wrong,
            "Close: the sign is right, the size is a little too large.",
        ),
    ] {
        let verdict = question.grade(&near, typed).unwrap();
        assert_eq!(
            (verdict.outcome, told(&verdict.feedback).as_str()),
            (outcome, words),
            "{typed}"
        );
        // Near enough is not exact enough to go on with.
        let goes_on = verdict.accepted.is_some();
        assert!(!goes_on, "{typed}");
    }
    let strict = find(&exact, "How far").grade(&exact, "8").unwrap();
    assert_ne!(strict.outcome, Outcome::Right);
    for refused in [
        "shape: W(0), within: 0.05",
        "number: y_hat, within: 0",
        "sign: y_hat, within: 1",
    ] {
        let error = nn_tutor::lesson::Lesson::parse(nn_tutor::lesson::Source {
            name: "test".into(),
            text: lesson(refused),
        });
        assert!(error.is_err(), "{refused}");
    }
}

/// Where the screen has a mark for a placeholder, none need be typed, and a bias row that is left out is named.
#[test]
fn placeholders_need_no_number_and_the_row_of_the_bias_does() {
    let trace = compiled(ASKING);
    let asked = find(&trace, "How much of the error");
    for typed in [
        "· −0.060 −0.010",
        "[· −0.060 −0.010]",
        "_ -0.060 -0.010",
        // A sign of multiplication is no mark.
        "0.248 * -0.244 0.206 * -0.049",
    ] {
        let verdict = asked.grade(&trace, typed).unwrap();
        assert_eq!(verdict.outcome, Outcome::Right, "{typed}");
    }
    let index = (0..trace.len())
        .find(|&index| {
            trace
                .step(index)
                .symbol()
                .is_some_and(|symbol| symbol.key() == "grad(1)")
        })
        .unwrap();
    let gradient = question_at_level(&trace, index, Level::Vector).unwrap();
    let value = trace.step(index).value().unwrap();
    let without = format!("{:.4} {:.4}", value[[1, 0]], value[[2, 0]]);
    let verdict = gradient.grade(&trace, &without).unwrap();
    assert_eq!(verdict.outcome, Outcome::Partly);
    assert_eq!(
        told(&verdict.feedback),
        "These are right, but the first row is missing: that of the bias."
    );
}

/// A lost minus is named before what meets the number by chance.
#[test]
fn a_lost_sign_comes_before_a_coincidence() {
    let trace = compiled(
        "format: 1\ntitle: Sign\nsummary: A test.\nnetwork: {inputs: 1, layers: [{units: 2, activation: linear}, \
         {units: 1, activation: linear}], weights: [[[0.25, -0.25], [0, 0]], [[0.1], [1], [1]]]}\nloss: mean-squared\n\
         data: [{x: [1], y: [1]}]\nscript:\n  - walk: {sample: 1, questions: {z(1): {number: 'z(1)[2]'}}}\n",
    );
    let question = (0..trace.len())
        .find_map(|index| question(&trace, index))
        .unwrap();
    let verdict = question.grade(&trace, "0.25").unwrap();
    assert_eq!(
        told(&verdict.feedback),
        "You have 0.25: either the size is right, and a minus is missing. Or that is z₁⁽¹⁾; z₂⁽¹⁾ is asked for."
    );
}

/// Where several steps are to be worked at once, all that stands in no matrix is said, whatever hint is shown.
#[test]
fn a_phase_or_a_pass_says_all_that_is_needed() {
    let trace = Trace::compile(Arc::new(
        exercise(&Library::embedded().open("grounded").unwrap(), 7, 0).unwrap(),
    ))
    .unwrap();
    let said = |level| -> Vec<String> {
        let asked = (0..trace.len()).filter_map(|index| question_at_level(&trace, index, level));
        asked.map(|question| told(&question.text)).collect()
    };
    for text in said(Level::Pass) {
        for part in ["φ is logistic", "J is the neg-log-loss", "y = 0", "ρ = "] {
            assert!(text.contains(part), "{text}");
        }
    }
    assert!(
        said(Level::Phase)
            .iter()
            .any(|text| text.contains("J is the"))
    );
    assert!(
        said(Level::Value)
            .iter()
            .all(|text| !text.contains("Given"))
    );
}
