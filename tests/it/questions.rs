//! The questions of lessons: the step that each answer is taken from, what is hidden, and that every lesson of the
//! course asks.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::common::{building, grounded, techniques};
use ndarray::array;
use nn_tutor::algebra::{Cell, Operation, Quantity};
use nn_tutor::export::json;
use nn_tutor::lesson::{Answer, Lesson, Library, ValueName};
use nn_tutor::trace::{CellText, CompileError, Hidden, Part, Target, Trace};
use serde_json::{Value, json};

/// Returns the trace of the grounded example with a script.
fn trace(script: &str) -> Trace {
    building::compiled(&grounded::with(script), |_| ())
}

fn compiled(script: &str) -> Result<Trace, CompileError> {
    Trace::compile(building::lesson(&grounded::with(script), |_| ()).into())
}

fn target(trace: &Trace, index: usize) -> Target {
    trace.target(index).unwrap()
}

/// Returns the index of the first step of an operation.
fn step_of(trace: &Trace, operation: Operation) -> usize {
    (0..trace.len())
        .find(|&index| trace.step(index).operation() == Some(operation))
        .unwrap()
}

#[test]
fn a_scene_asks_for_what_the_next_scene_makes() {
    let trace = trace(
        "  - {ask: What?, number: 'z(1)[2]'}
  - {ask: How many?, number: connections}
  - {ask: How wrong?, number: data J}
  - {ask: The weights?, matrix: W(0)}
  - walk: {sample: 1}
  - {ask: Again?, number: J}
  - train: {epochs: 3}
",
    );
    let sums = step_of(&trace, Operation::WeightedSum(1));
    assert_eq!(target(&trace, 0).step, sums);
    assert_eq!(
        target(&trace, 0).number(&trace).to_bits(),
        trace.step(sums).value().unwrap()[[1, 0]].to_bits()
    );
    assert_eq!(target(&trace, 1).value(&trace), array![[9.0]]);
    let end = step_of(&trace, Operation::PredictionLoss);
    assert_eq!(target(&trace, 2).step, end);
    let update = step_of(&trace, Operation::Update(0));
    assert_eq!(target(&trace, 3).step, update);
    assert_eq!(
        target(&trace, 3).value(&trace),
        trace.step(update).value().unwrap()
    );
    // No later step makes a J of a sample: it is the one that is known.
    assert_eq!(target(&trace, end + 1).step, end + 1);
    assert_eq!(
        target(&trace, end + 1).number(&trace).to_bits(),
        trace.step(end).loss().unwrap().to_bits()
    );
}

#[test]
fn a_direction_is_from_now_to_the_end_of_what_follows() {
    let trace = trace(
        "  - {ask: Up?, direction: y_hat}
  - {ask: Down?, direction: data J}
  - walk: {sample: 1, questions: {prediction J: {direction: J}, prediction x(2): {direction: data J}}}
  - {ask: On?, direction: data J}
  - train: {epochs: 3, every: 1}
",
    );
    let walk_end = step_of(&trace, Operation::PredictionLoss);
    // ŷ is not known yet: it is compared from when it is first made.
    let from = trace.direction_from(0).unwrap();
    assert_eq!(from.step, step_of(&trace, Operation::Activation(2)));
    assert_eq!(target(&trace, 0).step, walk_end);
    assert!(target(&trace, 0).number(&trace) > from.number(&trace));
    let again = step_of(&trace, Operation::Prediction);
    assert_eq!(
        trace.direction_from(again).unwrap().step,
        step_of(&trace, Operation::Sample)
    );
    assert_eq!(target(&trace, again).step, again);
    assert_eq!(trace.direction_from(1).unwrap().step, 1);
    assert_eq!(target(&trace, 1).step, walk_end);
    assert_eq!(trace.direction_from(walk_end).unwrap().step, walk_end - 1);
    assert_eq!(target(&trace, walk_end).step, walk_end);
    let asked = walk_end + 1;
    assert_eq!(trace.direction_from(asked).unwrap().step, asked);
    assert_eq!(target(&trace, asked).step, trace.len() - 1);
}

#[test]
fn a_question_of_a_walk_is_about_its_step() {
    let trace = trace(
        "  - walk:
      sample: 1
      questions:
        delta(1): {matrix: delta(1)}
        prediction J: {number: J}
",
    );
    let asked: Vec<usize> = (0..trace.len())
        .filter(|&index| trace.ask(index).is_some())
        .collect();
    let error = step_of(&trace, Operation::Error(1));
    let again = step_of(&trace, Operation::PredictionLoss);
    assert_eq!(asked, [error, again]);
    for index in asked {
        assert!(!trace.is_ask_scene(index));
        assert_eq!(trace.known_at(index), index - 1);
        let target = target(&trace, index);
        assert_eq!(target.step, index);
        assert_eq!(target.value(&trace), trace.step(index).value().unwrap());
    }
}

#[test]
fn what_a_learner_does_not_know_is_hidden_in_the_equation() {
    let trace = trace("  - walk: {sample: 1}\n");
    let shown = |index: usize, known: usize, hidden: Hidden| {
        let mut numbers = (Vec::new(), Vec::new());
        for part in trace
            .step(index)
            .veiled_equation(&trace.step(known), hidden)
        {
            let Part::Matrix(operand) = part else {
                continue;
            };
            for row in 0..operand.rows() {
                for column in 0..operand.columns() {
                    match operand.shown(row, column) {
                        CellText::Number(_) => numbers.0.push((operand.label.clone(), row)),
                        CellText::Hidden => numbers.1.push((operand.label.clone(), row)),
                        CellText::Placeholder | CellText::Dropped => {}
                    }
                }
            }
        }
        numbers
    };
    let names = |cells: &[(String, usize)]| {
        let mut names: Vec<String> = cells.iter().map(|(name, _)| name.clone()).collect();
        names.dedup();
        names
    };
    let outputs = step_of(&trace, Operation::Activation(1));
    // The bias unit's 1 is no secret.
    let (known, hidden) = shown(outputs, outputs - 1, Hidden::All);
    assert_eq!(names(&known), ["z⁽¹⁾", "x⁽¹⁾"]);
    assert_eq!(hidden, [("x⁽¹⁾".to_owned(), 1), ("x⁽¹⁾".to_owned(), 2)]);
    let (_, hidden) = shown(outputs, outputs - 1, Hidden::Cell(2, 0));
    assert_eq!(hidden, [("x⁽¹⁾".to_owned(), 2)]);
    // From further back what lies between is not known either: what there is to begin with stands there.
    let (known, hidden) = shown(outputs, outputs - 2, Hidden::All);
    assert_eq!(names(&known), ["W⁽⁰⁾", "x⁽⁰⁾", "x⁽¹⁾"]);
    assert_eq!(names(&hidden), ["x⁽¹⁾"]);
    let sample = step_of(&trace, Operation::Sample);
    let prediction = step_of(&trace, Operation::Activation(2));
    let (known, hidden) = shown(prediction, sample, Hidden::All);
    assert_eq!(names(&known), ["W⁽⁰⁾", "x⁽⁰⁾", "W⁽¹⁾"]);
    assert_eq!(names(&hidden), ["ŷ"]);
    let update = step_of(&trace, Operation::Update(0));
    let (known, hidden) = shown(update, sample, Hidden::All);
    assert_eq!(names(&known), ["W⁽⁰⁾", "x⁽⁰⁾", "W⁽¹⁾", "y"]);
    assert_eq!(names(&hidden), ["new W⁽⁰⁾"]);
    // An update shows the matrix as it was, not as it will be.
    let update = step_of(&trace, Operation::Update(1));
    let (known, hidden) = shown(update, update - 1, Hidden::All);
    assert_eq!(names(&hidden), ["new W⁽¹⁾"]);
    assert_eq!(names(&known), ["W⁽¹⁾", "∇⁽¹⁾"]);
    // The new prediction is made with new weights; from before the update they are not known.
    let again = step_of(&trace, Operation::Prediction);
    let phase = step_of(&trace, Operation::Update(1));
    let (_, hidden) = shown(again, phase - 1, Hidden::All);
    assert!(names(&hidden).contains(&"new ŷ".to_owned()), "{hidden:?}");
}

#[test]
fn every_number_that_a_step_makes_can_be_asked_for() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lessons/everything.yaml");
    let mut traces = vec![Trace::compile(Lesson::load(&path).unwrap().into()).unwrap()];
    traces.push(trace("  - walk: {sample: 1, chain_rule: true}\n"));
    for text in [
        techniques::WITH_TECHNIQUES,
        techniques::SHORT,
        techniques::OPTIMIZERS,
        techniques::SUMS,
        techniques::CHANGING,
        techniques::SCALED,
        techniques::MADE,
    ] {
        traces.push(building::compiled(text, |_| ()));
    }
    let mut kinds = std::collections::BTreeSet::new();
    for trace in &traces {
        for index in 0..trace.len() {
            let step = trace.step(index);
            if step.operation().is_none() {
                continue;
            }
            let symbol = step.symbol().unwrap();
            let key = symbol.key();
            let name = ValueName::parse(&key).unwrap();
            assert_eq!(name.name(), key);
            assert_eq!(step.named(&name), step.get(symbol, false), "{key}");
            kinds.insert(key.split('(').next().unwrap().to_owned());
        }
    }
    assert_eq!(kinds.len(), 29, "{kinds:?}");
}

#[test]
fn a_question_without_an_answer_is_refused() {
    for (script, message) in [
        (
            "  - {ask: What?, number: z(1)}\n  - walk: {sample: 1}\n",
            "this question has no answer: z(1) is 2×1, and one number is asked for: name one, such as z(1)[1]",
        ),
        (
            "  - {ask: What?, number: 'delta(1)[1]'}\n  - walk: {sample: 1, until: loss}\n",
            "this question has no answer: delta(1)[1] has no value there",
        ),
        (
            "  - walk: {sample: 1, questions: {'z(1)': {number: 'delta(1)[1]'}}}\n",
            "this question has no answer: delta(1)[1] has no value there",
        ),
        (
            "  - {ask: 'It is {z(1)}?', number: 'z(1)[1]'}\n  - walk: {sample: 1}\n",
            "{z(1)} has no value yet at this step",
        ),
        (
            "  - walk: {sample: 1, questions: {'delta(1)': {number: 'delta(1)[0]'}}}\n",
            "this question has no answer: delta(1)[0] is only a placeholder",
        ),
        (
            "  - walk: {sample: 1}\n  - {ask: 'Up?', direction: J}\n",
            "this question has no answer: nothing follows in which J could change",
        ),
        (
            "  - {ask: 'Try.', goal: {y_hat: above 0.9}}\n  - walk: {sample: 1}\n",
            "this goal cannot be reached: y_hat has no value there",
        ),
        (
            "  - walk: {sample: 1}\n  - {ask: 'Try.', goal: {'z(1)': above 0.9}}\n",
            "this goal cannot be reached: z(1) is 2×1, and one number is asked for: name one, such as z(1)[1]",
        ),
        (
            "  - walk: {sample: 1}\n  - {ask: 'Try.', goal: {'delta(1)[0]': above 0.9}}\n",
            "this goal cannot be reached: delta(1)[0] is only a placeholder",
        ),
        (
            "  - walk: {sample: 1}\n  - {ask: 'Try.', goal: {y_hat: above 0.9}, after: train}\n  - train: {epochs: 1}\n",
            "this goal cannot be reached: y_hat has no value there",
        ),
        (
            "  - train: {epochs: 1}\n  - {ask: 'Try.', goal: {right: all}, after: train}\n",
            "this goal is never looked at: no training of this network follows",
        ),
        (
            "  - {ask: 'Try.', goal: {right: all}, because: 'It is {y_hat}.'}\n",
            "{y_hat} has no value yet at this step",
        ),
    ] {
        let CompileError::Lesson(error) = compiled(script).unwrap_err();
        assert_eq!(error.message(), message);
    }
}

/// Returns the numbers of a goal, each with whether its bound is kept.
fn goal(trace: &Trace, index: usize) -> Vec<(f64, bool)> {
    let state = trace.goal(index).unwrap();
    let parts = state.parts.iter();
    parts.map(|part| (part.value, part.is_met())).collect()
}

/// What a goal names is computed with the weights in force where it stands, whatever came between the walk and it.
#[test]
fn a_goal_looks_at_the_network_as_it_is() {
    let goals = "{y_hat: above 0.7, J: below 0.1, 'z(1)[2]': between 0.5 and 1, right: all, data J: at least 0.5}";
    let errors = "{'delta(1)[2]': below 0, 'grad(0)[2,1]': above 0}";
    let script = format!(
        "  - walk: {{sample: 1}}
  - {{ask: Try., goal: {goals}}}
  - {{ask: Try., goal: {errors}}}
  - set: {{'W(1)[0,1]': 0.75, 'W(0)[2,2]': -0.5}}
  - {{ask: Try., goal: {goals}}}
  - train: {{epochs: 3}}
  - {{ask: Try., goal: {errors}}}
  - {{ask: Try., goal: {goals}}}
  - walk: {{sample: 1}}
"
    );
    let trace = trace(&script);
    let asks: Vec<usize> = (0..trace.len())
        .filter(|&i| trace.ask(i).is_some())
        .collect();
    let &[first, errors, set, trained_errors, trained] = &asks[..] else {
        panic!("{asks:?}")
    };
    let named = |index: usize, name: &str| {
        let name = ValueName::parse(name).unwrap();
        trace.step(index).named(&name).unwrap()[[0, 0]]
    };
    // The prediction at the end of a walk is that of its new weights.
    let end = first - 1;
    let now: Vec<f64> = ["y_hat", "J", "z(1)[2]", "right", "data J"]
        .map(|name| named(end, name))
        .to_vec();
    let numbers: Vec<f64> = goal(&trace, first).iter().map(|part| part.0).collect();
    assert_eq!(numbers, now);
    let state = goal(&trace, set);
    assert!(state[0].0 > numbers[0], "the bias has grown");
    assert_eq!(state[0].1, state[0].0 > 0.7);
    // What the next walk begins with.
    let walk = trained + 1;
    let sums = step_of_from(&trace, walk, Operation::WeightedSum(1));
    let prediction = step_of_from(&trace, walk, Operation::Activation(2));
    let loss = step_of_from(&trace, walk, Operation::Loss);
    let state = goal(&trace, trained);
    assert_eq!(state[0].0.to_bits(), named(prediction, "y_hat").to_bits());
    assert_eq!(state[1].0.to_bits(), named(loss, "J").to_bits());
    assert_eq!(state[2].0.to_bits(), named(sums, "z(1)[2]").to_bits());
    assert_eq!(
        state[4].0.to_bits(),
        trace.step(trained).measure().loss.to_bits()
    );
    let gradient = step_of_from(&trace, walk, Operation::Gradient(0));
    let state = goal(&trace, trained_errors);
    assert_eq!(
        state[0].0.to_bits(),
        named(gradient, "delta(1)[2]").to_bits()
    );
    assert_eq!(
        state[1].0.to_bits(),
        named(gradient, "grad(0)[2,1]").to_bits()
    );
    assert_ne!(goal(&trace, errors), state);
    // The screen shows the network at work, and nothing comes from the walk but what is given.
    let step = trace.step(trained);
    assert!(step.is_at_work() && step.operation().is_none());
    assert_eq!(step.shown_samples(), [1]);
    assert_eq!(trace.made_at(trained, Quantity::Sum(1), false), None);
    assert_eq!(step.get(Quantity::Delta(1), false), None);
}

/// Returns the index of the first step of an operation from a step on.
fn step_of_from(trace: &Trace, from: usize, operation: Operation) -> usize {
    (from..trace.len())
        .find(|&index| trace.step(index).operation() == Some(operation))
        .unwrap()
}

#[test]
fn a_goal_after_a_training_looks_at_its_end() {
    let trace = trace(
        "  - {ask: Try., goal: {data J: below 0.1, epoch: at most 7, right: at least 1, 'W(0)[1,1]': above 0}, after: train}
  - walk: {sample: 1}
  - train: {epochs: 7, every: 2}
  - train: {epochs: 7}
",
    );
    let end = (0..trace.len())
        .find(|&index| trace.step(index).epoch() == 7)
        .unwrap();
    let state = trace.goal(0).unwrap();
    assert!(state.after_training && state.parts.iter().all(|part| part.target.step == end));
    assert_eq!(
        state.parts[0].value.to_bits(),
        trace.step(end).measure().loss.to_bits()
    );
    assert_eq!((state.parts[1].value, state.parts[1].is_met()), (7.0, true));
    // No weight here moves what is known only there.
    assert!(trace.lever(0, &state.parts[0]).is_none());
    // Opened epochs are no other training.
    let (opened, _) = trace.open(end).unwrap();
    let again = opened.goal(0).unwrap();
    assert_eq!(
        again.parts[0].value.to_bits(),
        state.parts[0].value.to_bits()
    );
}

/// The weight that a hint names is set a little further, and the number goes where it is to go, more than with any other.
#[test]
fn the_lever_of_a_goal_moves_its_number_most() {
    for goal in [
        "y_hat: above 0.99",
        "J: below 0.01",
        "'z(1)[2]': below -9",
        "data J: below 0.01",
        "'delta(2)[1]': above 0.9",
        "'x(1)[1]': between -1 and -0.5",
    ] {
        let with = |set: &str| {
            trace(&format!(
                "  - walk: {{sample: 1, until: loss}}\n{set}  - {{ask: Try., goal: {{{goal}}}}}\n"
            ))
        };
        let before = with("");
        let index = before.len() - 1;
        let part = &before.goal(index).unwrap().parts[0];
        let lever = before.lever(index, part).unwrap();
        let grows = part.is_to_grow().unwrap();
        let mut moved = Vec::new();
        for l in 0..2 {
            let weights = before.step(index).network().weights(l).to_owned();
            for ((row, column), weight) in weights.indexed_iter() {
                let little = if (lever.slope > 0.0) == grows {
                    1e-3
                } else {
                    -1e-3
                };
                let set = format!(
                    "  - set: {{'W({l})[{row},{}]': {}}}\n",
                    column + 1,
                    weight + little
                );
                let after = with(&set);
                let now = after.goal(index + 1).unwrap().parts[0].value - part.value;
                if lever.cell == Cell::new(Quantity::Weights(l), row, column) {
                    assert_eq!(now > 0.0, grows, "{goal}");
                    assert!(
                        (now / little - lever.slope).abs() < 1e-2 * lever.slope.abs(),
                        "{goal}"
                    );
                    moved.insert(0, now.abs());
                } else {
                    moved.push(now.abs());
                }
            }
        }
        assert!(
            moved[1..].iter().all(|other| *other <= moved[0] * 1.01),
            "{goal}: {moved:?}"
        );
    }
}

/// The mistakes of questions and texts that show only once the lesson is computed are told together, in the order of the
/// file.
#[test]
fn every_question_without_an_answer_is_told() {
    let script =
        "  - walk: {sample: 1, questions: {'z(1)': {number: z(1)}, 'x(1)': {number: x(1)}}}
  - {ask: 'Up?', direction: W(0)}
  - {ask: 'It is {delta(1)}?', sign: 'z(1)[1]'}
  - walk: {sample: 1, until: loss, notes: {'z(1)': 'Soon {J}.'}}\n";
    let CompileError::Lesson(error) = compiled(script).unwrap_err();
    let told = error.to_string();
    let places: Vec<usize> = [
        "z(1) is 2×1",
        "x(1) is 3×1",
        "W(0) is 3×2, and one number is asked for: name one, such as W(0)[1,1]",
        "{J} has no value yet",
    ]
    .iter()
    .map(|what| told.find(what).unwrap_or_else(|| panic!("{what}: {told}")))
    .collect();
    assert!(places.is_sorted(), "{told}");
}

fn asked(trace: &Trace) -> Vec<(Value, Value)> {
    let mut out = Vec::new();
    json::write(trace, 0..trace.len(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line.get("ask").is_some())
        .map(|line| (line["kind"].clone(), line["ask"].clone()))
        .collect()
}

#[test]
fn a_trace_tells_what_is_asked_and_what_is_right() {
    let trace = trace(
        "  - {ask: How many?, number: connections, because: 'They are {connections}.'}
  - {ask: Which shape?, shape: W(0)}
  - {ask: Up?, direction: y_hat}
  - {ask: Which?, options: [{right: This., because: It is.}, {wrong: That.}]}
  - {ask: Why?, answer: So.}
  - walk: {sample: 1, until: backpropagation, questions: {delta(2): {ask: Above 0?, sign: delta(2)}}}
",
    );
    assert_eq!(
        asked(&trace),
        [
            (
                json!("ask"),
                json!({"kind": "number", "text": "How many?", "of": "connections", "answer": [[9.0]],
                       "because": "They are 9."})
            ),
            (
                json!("ask"),
                json!({"kind": "shape", "text": "Which shape?", "of": "W(0)", "answer": [3, 2]})
            ),
            (
                json!("ask"),
                json!({"kind": "direction", "text": "Up?", "of": "y_hat", "answer": "stay"})
            ),
            (
                json!("ask"),
                json!({"kind": "options", "text": "Which?",
                       "options": [{"text": "This.", "right": true}, {"text": "That.", "right": false}]})
            ),
            (
                json!("ask"),
                json!({"kind": "answer", "text": "Why?", "answer": "So."})
            ),
            (
                json!("output-error"),
                json!({"kind": "sign", "text": "Above 0?", "of": "delta(2)", "answer": "negative"})
            ),
        ]
    );
}

#[test]
fn every_lesson_of_the_course_asks_three_times_at_least_and_once_for_numbers() {
    let library = Library::embedded();
    for name in library.names() {
        let trace = Trace::compile(library.open(name).unwrap().into()).unwrap();
        let kinds: Vec<&str> = (0..trace.len())
            .filter_map(|index| trace.ask(index))
            .map(|ask| ask.answer.kind())
            .collect();
        assert!(kinds.len() >= 3, "{name} asks {kinds:?}");
        let numeric = (0..trace.len())
            .filter_map(|index| trace.ask(index))
            .any(|ask| matches!(ask.answer, Answer::Number(_) | Answer::Matrix(_)));
        assert!(numeric, "{name} asks for no number");
    }
}

/// A question for a matrix that names one number is a mistake of the lesson; one of a matrix that has only one is not.
#[test]
fn a_matrix_is_not_one_number() {
    let script =
        |name: &str| format!("  - {{ask: What?, matrix: '{name}'}}\n  - walk: {{sample: 1}}\n");
    for name in ["z(1)[2]", "W(0)[1,2]", "delta(2)[1]", "J"] {
        let CompileError::Lesson(error) = compiled(&script(name)).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("and {name} is a single one"))
                && text.contains(&format!("`number: {name}`")),
            "{text}"
        );
    }
    for name in ["z(1)", "W(0)", "delta(2)", "x(2)"] {
        assert!(compiled(&script(name)).is_ok(), "{name}");
    }
}

/// In practice, whatever is needed for several steps at once and stands in no matrix is listed with the question.
#[test]
fn what_is_given_is_all_that_is_needed() {
    use nn_tutor::algebra::Decimals;
    use nn_tutor::tutor::{Level, practice, question_at_level};
    let mut checked = 0;
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let Ok(exercise) = practice::exercise(&lesson, 3, 0) else {
            continue;
        };
        let trace = Trace::compile(exercise.into()).unwrap();
        for level in [Level::Phase, Level::Pass] {
            for index in 0..trace.len() {
                let Some(question) = question_at_level(&trace, index, level) else {
                    continue;
                };
                let first = trace.walk_of(index).unwrap().start;
                let known = question.concealed.unwrap().known;
                let worked = &trace.operations_of_walk(index)[known + 1 - first..=index - first];
                let last = question.text.last().unwrap().text(Decimals::default());
                let needs = |is_one: fn(&Operation) -> bool, what: &str| {
                    let is_needed = worked.iter().any(is_one);
                    assert!(!is_needed || question.has_given, "{name}: {last}");
                    assert!(!is_needed || last.contains(what), "{name}, {what}: {last}");
                };
                needs(
                    |one| {
                        matches!(
                            one,
                            Operation::Activation(_) | Operation::Prediction | Operation::Error(_)
                        )
                    },
                    "φ is ",
                );
                needs(
                    |one| {
                        matches!(
                            one,
                            Operation::Loss | Operation::OutputError | Operation::PredictionLoss
                        )
                    },
                    "J is the ",
                );
                needs(
                    |one| {
                        matches!(
                            one,
                            Operation::Loss | Operation::OutputError | Operation::PredictionLoss
                        )
                    },
                    "y = ",
                );
                needs(
                    |one| matches!(one, Operation::Update(_) | Operation::ScaleUpdate(_)),
                    "ρ = ",
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 50, "{checked}");
}
