//! Passes that are known: one step that opens, with the same numbers as all the steps it stands for.

use std::sync::Arc;

use nn_tutor::algebra::{Cell, Decimals, Operation, Phase, Quantity};
use nn_tutor::check::Pace;
use nn_tutor::export::{json, numpy};
use nn_tutor::lesson::{Lesson, Source};
use nn_tutor::session::{Command, Effect, Session};
use nn_tutor::trace::Trace;

use crate::common::key_strings::press;

const NETWORK: &str = "format: 1
title: Known passes
summary: They are one step.
network:
  inputs: 2
  layers: [{units: 2, activation: logistic}, {units: 1, activation: logistic}]
  weights: [[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]
loss: neg-log-loss
data: [{x: [0, 1], y: [1]}, {x: [1, 1], y: [0]}]
script:
";

fn lesson(script: &str) -> Lesson {
    let source = Source {
        name: "known.yaml".into(),
        text: format!("{NETWORK}{script}"),
    };
    Lesson::parse(source).unwrap()
}

fn compiled(script: &str) -> Trace {
    Trace::compile(Arc::new(lesson(script))).unwrap()
}

/// Returns what each step stands for, in the symbols of a trace.
fn steps(trace: &Trace) -> Vec<String> {
    let name = |index: usize| {
        let step = trace.step(index);
        let layers = step.network().layers();
        let key = |operation: &Operation| operation.symbol(layers).key();
        match step.folded() {
            [] => step
                .symbol()
                .map_or_else(|| step.kind().to_owned(), Quantity::key),
            folded => folded.iter().map(key).collect::<Vec<_>>().join(" "),
        }
    };
    (0..trace.len()).map(name).collect()
}

const ALL: &str = "[feedforward, loss, backpropagation, gradient, update]";

#[test]
fn phases_that_belong_together_are_one_step() {
    let trace = compiled(&format!("  - walk: {{sample: 1, fold: {ALL}}}"));
    assert_eq!(
        steps(&trace),
        [
            "x(0) z(1) x(1) z(2) x(2) J",
            "delta(2) W(1)delta(2) delta(1) grad(1) grad(0)",
            "W(1) W(0) x(2) J",
        ]
    );
    assert_eq!(trace.step(0).title(), "Feedforward, loss: 6 steps");
    let formula = |index: usize| {
        trace
            .step(index)
            .formula()
            .unwrap()
            .text(Decimals::default())
    };
    assert_eq!(formula(0), "x⁽⁰⁾ → x⁽¹⁾ → ŷ, J");
    assert_eq!(formula(1), "δ⁽²⁾ → δ⁽¹⁾, ∇⁽¹⁾, ∇⁽⁰⁾");
    assert_eq!(formula(2), "new W⁽¹⁾, new W⁽⁰⁾, new ŷ, new J");
}

/// Notes and questions keep their steps, and the rest is folded into them.
#[test]
fn a_step_with_a_note_or_a_question_stays() {
    let trace = compiled(
        "  - walk:
      sample: 1
      until: loss
      fold: [feedforward]
      notes: {'x(1)': A note.}
      questions: {'z(2)': {number: 'z(2)[1]'}}",
    );
    assert_eq!(steps(&trace), ["x(1)", "z(2)", "J"]);
    assert!(trace.ask(1).is_some());
}

#[test]
fn what_was_walked_with_the_same_numbers_is_folded_by_itself() {
    let again = |walk: &str| {
        let script = format!("  - walk: {{sample: 1, until: loss}}\n  - walk: {walk}");
        steps(&compiled(&script))[6..].to_vec()
    };
    let folded = "x(0) z(1) x(1) z(2) x(2) J";
    assert_eq!(again("{sample: 1, until: loss}"), [folded]);
    assert_eq!(
        again("{sample: 1, until: gradient}")[..2],
        [folded, "delta(2)"]
    );
    // Another sample, an author who says so, and one who has something to say.
    assert_eq!(again("{sample: 2, until: loss}").len(), 6);
    assert_eq!(again("{sample: 1, until: loss, fold: []}").len(), 6);
    assert_eq!(
        again("{sample: 1, until: loss, notes: {'z(1)': Look.}}").len(),
        6
    );
    // Other weights.
    let script = "  - walk: {sample: 1}\n  - walk: {sample: 1}";
    assert_eq!(compiled(script).len(), 2 * 15);
    // An epoch that is walked: each sample once.
    assert_eq!(compiled("  - walk:").len(), 2 * 15);
}

/// Opened, it has all its steps, and they have the same numbers as if nothing had been folded.
#[test]
fn a_folded_pass_opens_into_its_steps() {
    let folded = compiled(&format!(
        "  - say: Before.\n  - walk: {{sample: 1, fold: {ALL}}}\n  - say: '{{z(1)[2]}}'"
    ));
    let plain = compiled("  - say: Before.\n  - walk: {sample: 1}\n  - say: '{z(1)[2]}'");
    let (all, range) = folded.unfolded(0..folded.len());
    assert_eq!((all.len(), range), (plain.len(), 0..plain.len()));
    for index in 0..plain.len() {
        assert_eq!(all.step(index).value(), plain.step(index).value());
    }
    assert_eq!(folded.unfolded(2..3).1, 7..12);
    for (index, count) in [(1, 6), (2, 5), (3, 4)] {
        let (opened, first) = folded.open(index).unwrap();
        assert_eq!((first, opened.len()), (index, folded.len() + count - 1));
        assert!((first..first + count).all(|step| !opened.step(step).is_folded()));
        // Nothing is left to open in it.
        assert!(opened.open(first).is_none());
        // Opened steps say all that there is to say.
        assert!(!opened.step(first).narration().is_empty());
    }
    let said = |trace: &Trace| trace.step(trace.len() - 1).narration()[0].text(Decimals::ALL);
    assert_eq!(said(&folded), said(&plain));
    assert!(plain.open(1).is_none());
}

/// Every number of the page is explained by the operation that has made it.
#[test]
fn numbers_of_a_folded_pass_are_explained() {
    let trace = compiled(&format!("  - walk: {{sample: 1, fold: {ALL}}}"));
    let plain = compiled("  - walk: {sample: 1}");
    for index in 0..trace.len() {
        let step = trace.step(index);
        for operand in step.operands() {
            for (row, column) in (0..operand.rows())
                .flat_map(|row| (0..operand.columns()).map(move |column| (row, column)))
            {
                let cell = operand.cell(row, column);
                let why = step.explain(cell).unwrap();
                let made = (0..plain.len())
                    .rev()
                    .find(|&at| plain.step(at).symbol() == Some(cell.symbol));
                let made =
                    made.filter(|_| index < 2 || !matches!(cell.symbol, Quantity::Output(_)));
                if let Some(plainly) = made.and_then(|at| plain.step(at).explain(cell))
                    && index == 2
                {
                    assert_eq!(why.formula, plainly.formula, "{cell:?}");
                    assert_eq!(why.terms.len(), plainly.terms.len(), "{cell:?}");
                }
            }
        }
    }
}

/// A trace has one line for it, as for an epoch; a script has every step.
#[test]
fn exports_keep_what_is_folded() {
    let folded = compiled(&format!("  - walk: {{sample: 1, fold: {ALL}}}"));
    let plain = compiled("  - walk: {sample: 1}");
    let written = |trace: &Trace, write: &dyn Fn(&Trace, &mut Vec<u8>)| {
        let mut out = Vec::new();
        write(trace, &mut out);
        String::from_utf8(out).unwrap()
    };
    let script =
        |trace: &Trace, out: &mut Vec<u8>| numpy::write(trace, 0..trace.len(), out).unwrap();
    assert_eq!(written(&folded, &script), written(&plain, &script));
    let lines = |trace: &Trace, out: &mut Vec<u8>| json::write(trace, 0..trace.len(), out).unwrap();
    let lines = written(&folded, &lines);
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        (&lines[0]["kind"], &lines[0]["symbol"]),
        (&"loss".into(), &"J".into())
    );
    assert_eq!(lines[0]["folded"][1], "z(1)");
    assert_eq!(lines[0]["target"][0][0], 1.0);
}

#[test]
fn o_opens_it_and_esc_closes_it_again() {
    let script =
        format!("  - say: Before.\n  - walk: {{sample: 1, fold: {ALL}}}\n  - say: Behind.");
    let mut session = Session::new(compiled(&script));
    press(&mut session, "→");
    assert!(session.offers(Command::WhereFrom));
    assert!(session.step().is_folded());
    press(&mut session, "o");
    assert_eq!((session.index(), session.depth()), (1, 1));
    assert_eq!(session.step().operation(), Some(Operation::Sample));
    // What it was opened from is where one stands in the lesson.
    assert_eq!(session.place(), (2, 5));
    let position = session.position("known");
    assert_eq!((&position.opened[..], position.step), (&[2][..], 2));
    assert_eq!(session.apply(Command::Return), Effect::Draw);
    assert!(session.step().is_folded() && session.depth() == 0);
    session.stand_at(&position).unwrap();
    assert_eq!(session.step().operation(), Some(Operation::Sample));
}

#[test]
fn phases_are_gone_through_step_by_step() {
    let trace = compiled(&format!(
        "  - walk: {{sample: 1, fold: [feedforward, loss]}}\n  - walk: {{sample: 2, fold: {ALL}}}"
    ));
    assert_eq!(trace.next_phase(0), 1);
    assert_eq!(trace.step(1).phase(), Some(Phase::Backpropagation));
    assert_eq!(trace.back_phase(1), 0);
    let last = trace.len() - 1;
    assert_eq!(
        (trace.back_phase(last), trace.next_phase(last - 2)),
        (last - 1, last - 1)
    );
}

/// An error that comes along a single path is told as one product of all factors from the loss on.
#[test]
fn the_chain_of_factors_is_one_product() {
    for walk in ["{sample: 1}", "{sample: 1, chain_rule: true}"] {
        let trace = compiled(&format!("  - walk: {walk}"));
        let at = |symbol| (0..trace.len()).find(|&at| trace.step(at).symbol() == Some(symbol));
        let gradient = trace.step(at(Quantity::Gradient(0)).unwrap());
        let cell = Cell::new(Quantity::Gradient(0), 2, 1);
        let why = gradient.explain(cell).unwrap();
        let chain = why.chain.as_ref().unwrap();
        let number = |symbol, row| gradient.number(Cell::new(symbol, row, 0)).unwrap();
        let first = if walk.contains("chain_rule") {
            vec![
                number(Quantity::LossSlope, 0),
                number(Quantity::Slope(2), 0),
            ]
        } else {
            vec![number(Quantity::Delta(2), 0)]
        };
        let others = [
            Quantity::Weights(1),
            Quantity::Slope(1),
            Quantity::Output(0),
        ];
        let others = others.map(|symbol| number(symbol, 2));
        assert_eq!(chain.factors, [first, others.to_vec()].concat());
        let product: f64 = chain.factors.iter().product();
        assert!((product - gradient.number(cell).unwrap()).abs() < 1e-15);
        let path = [
            Cell::new(Quantity::Weights(1), 2, 0),
            Cell::new(Quantity::Weights(0), 2, 1),
        ];
        assert_eq!(chain.path, path);
        let line = why.chain_line(Decimals::default()).unwrap();
        assert!(line.starts_with("as one product: "), "{line}");
        assert!(
            line.ends_with(&format!("= {}", Decimals::default().number(product))),
            "{line}"
        );
        // The error of the output is no longer chain than its own line.
        let output = trace.step(at(Quantity::Delta(2)).unwrap());
        let why = output.explain(Cell::new(Quantity::Delta(2), 0, 0)).unwrap();
        assert!(why.chain.is_none());
    }
    // Two outputs: two paths.
    let two = NETWORK
        .replace("{units: 1,", "{units: 2,")
        .replace(
            "[[-0.3], [0.5], [0.1]]",
            "[[-0.3, 0.1], [0.5, 0.2], [0.1, 0.4]]",
        )
        .replace("y: [1]", "y: [1, 0]")
        .replace("y: [0]", "y: [0, 1]");
    let source = Source {
        name: "two.yaml".into(),
        text: format!("{two}  - walk: {{sample: 1}}"),
    };
    let trace = Trace::compile(Arc::new(Lesson::parse(source).unwrap())).unwrap();
    let at = (0..trace.len()).find(|&at| trace.step(at).symbol() == Some(Quantity::Gradient(0)));
    let why = trace.explain(at.unwrap(), Cell::new(Quantity::Gradient(0), 2, 1));
    assert!(why.unwrap().chain.is_none());
}

/// A sentence without a number stands once; a step with a note has not said it.
#[test]
fn a_sentence_of_the_programs_stands_once() {
    let text = |trace: &Trace, index: usize| {
        let lines = trace.step(index).narration();
        lines
            .iter()
            .map(|line| line.text(Decimals::default()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let twice = compiled("  - walk: {sample: 1, until: loss}\n  - walk: {sample: 2, until: loss}");
    assert!(text(&twice, 1).contains("each input times its weight"));
    assert_eq!(text(&twice, 7), "");
    // What has a number in it is said again.
    let j = twice.step(11).loss().unwrap();
    let j = Decimals::default().term(j);
    assert_eq!(text(&twice, 11), format!("Here J = {j}."));
    let noted = compiled(
        "  - walk: {sample: 1, until: loss, notes: {'z(1)': Mine.}}
  - walk: {sample: 2, until: loss}",
    );
    assert_eq!(text(&noted, 1), "Mine.");
    assert!(text(&noted, 7).contains("Every unit of layer 1 adds up"));
    let pace = Pace::of(&twice);
    assert!(pace.repeated.is_empty() && pace.to_do == 0);
    assert_eq!((pace.steps, pace.longest()), (12, 12));
}

/// The pace tells where nothing is to be done for longest.
#[test]
fn the_pace_counts_the_steps_between_two_things_to_do() {
    let trace = compiled(
        "  - ask: Up?
    options: [{right: 'Yes.'}, {wrong: 'No.'}]
  - walk: {sample: 1, until: loss, questions: {'z(2)': {number: 'z(2)[1]'}}}
  - say: End.",
    );
    let pace = Pace::of(&trace);
    assert_eq!((pace.steps, pace.to_do, pace.longest()), (8, 2, 3));
    assert_eq!(pace.stretch, Some(2..=4));
    assert_eq!(
        pace.to_string(),
        "8 steps, 2 things to do, at most 3 steps in a row without one (2 to 4)"
    );
}

const ASKED: &str = "  - walk:
      sample: 1
      until: loss
      fold: [feedforward]
      questions: {'x(2)': {number: 'x(2)[1]'}}";

/// What leads to a step with a note or a question, or to one that is not folded, needs no step of its own.
#[test]
fn known_steps_lead_to_one_that_is_not() {
    let trace = compiled(ASKED);
    assert_eq!(steps(&trace), ["x(2)", "J"]);
    let step = trace.step(0);
    assert!(step.is_led() && !step.is_folded() && step.stands_for().len() == 5);
    assert_eq!(step.place_in_phase(), Some((5, 5)));
    // What it is computed from is known there, and it is not.
    let known = trace.known(trace.known_at(0), 0);
    let plain = compiled("  - walk: {sample: 1, until: loss}");
    for symbol in [Quantity::Sum(2), Quantity::Output(1), Quantity::Target] {
        let value = known.get(symbol, false);
        assert!(value.is_some());
        assert_eq!(value, plain.step(5).get(symbol, false));
    }
    assert!(known.get(Quantity::Output(2), false).is_none());
    // A question before the walk is answered by what leads to a step as well.
    let before = ASKED.replace("  - walk", "  - ask: 'z?'\n    number: 'z(1)[2]'\n  - walk");
    let trace = compiled(&before);
    let target = trace.target(0).unwrap();
    assert_eq!(target.step, 1);
    assert_eq!(
        Some(target.number(&trace)),
        plain.step(1).number(Cell::new(Quantity::Sum(1), 1, 0))
    );
    // Which way a number goes is asked as seen from the step before.
    let script = "  - walk:
      sample: 1
      fold: [update]
      questions: {'W(0)': {direction: data J}}";
    assert_eq!(steps(&compiled(script))[11..], ["W(1)", "W(0)", "x(2) J"]);
}

/// They open once the answer is no secret any more.
#[test]
fn what_leads_to_a_question_opens_after_the_answer() {
    let mut session = Session::new(compiled(ASKED));
    assert!(session.is_veiled());
    let equation = session.view().equation();
    assert!(format!("{equation:?}").contains("z⁽²⁾"));
    // The sum is known, and it was made here: but nothing opens yet.
    session.apply(Command::Numbers);
    session.apply(Command::WhereFrom);
    assert_eq!(session.depth(), 0);
    assert!(
        session.message().unwrap().starts_with("Answer first"),
        "{:?}",
        session.message()
    );
    session.apply(Command::Return);
    press(&mut session, "⏎⏎");
    assert!(!session.is_veiled());
    assert!(session.offers(Command::WhereFrom));
    press(&mut session, "o");
    assert_eq!((session.index(), session.depth()), (0, 1));
    assert_eq!(session.step().operation(), Some(Operation::Sample));
    let position = session.position("known");
    session.apply(Command::Return);
    assert!(session.step().is_led());
    session.stand_at(&position).unwrap();
    assert_eq!(session.step().operation(), Some(Operation::Sample));
    // From the prediction, `o` leads to the sum, and from that to the step that made it.
    session.apply(Command::Return);
    session.apply(Command::Numbers);
    session.apply(Command::WhereFrom);
    assert!(session.step().is_led());
    session.apply(Command::WhereFrom);
    assert_eq!(session.step().symbol(), Some(Quantity::Sum(2)));
}

/// Who predicts is asked for the result of a pass that is folded, with all that leads to it.
#[test]
fn a_folded_pass_is_predicted() {
    let mut session = Session::new(compiled(&format!(
        "  - say: Before.\n  - walk: {{sample: 1, fold: {ALL}}}"
    )));
    press(&mut session, "p");
    let right: Vec<f64> = (1..4)
        .map(|index| {
            session
                .trace()
                .step(index)
                .number(Cell::new(
                    session.trace().step(index).symbol().unwrap(),
                    0,
                    0,
                ))
                .unwrap()
        })
        .collect();
    press(&mut session, "→");
    assert!(session.step().is_folded() && session.is_veiled());
    let view = session.view();
    assert!(view.shown().get(Quantity::Output(2), false).is_some());
    assert!(view.shown().loss().is_none());
    drop(view);
    session.apply(Command::Hint);
    for c in format!("{:.3}", right[0]).chars() {
        session.apply(Command::Type(c));
    }
    press(&mut session, "⏎");
    assert!(!session.is_veiled(), "{:?}", session.message());
}

/// A trace names all that such a step computes; a script has every line.
#[test]
fn exports_keep_what_leads_to_a_step() {
    let (led, plain) = (
        compiled(ASKED),
        compiled("  - walk: {sample: 1, until: loss}"),
    );
    let mut lines = Vec::new();
    json::write(&led, 0..led.len(), &mut lines).unwrap();
    let first = String::from_utf8(lines).unwrap();
    let first: serde_json::Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    assert_eq!(
        first["folded"],
        serde_json::json!(["x(0)", "z(1)", "x(1)", "z(2)", "x(2)"])
    );
    assert_eq!(
        (&first["symbol"], &first["target"][0][0]),
        (&"x(2)".into(), &1.0.into())
    );
    let script = |trace: &Trace| {
        let mut out = Vec::new();
        numpy::write(trace, 0..trace.len(), &mut out).unwrap();
        out
    };
    assert!(script(&led).len() >= script(&plain).len());
}
