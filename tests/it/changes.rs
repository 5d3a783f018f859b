//! The learner's changes: that the lesson with them is what a file with these values would be, and that taking them back
//! leaves nothing behind.

mod told;
mod turned;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::common::building;
use crate::common::grounded;
use crate::common::key_strings::press;
use nn_tutor::algebra::notation::ascii;
use nn_tutor::algebra::{Phase, Quantity};
use nn_tutor::engine::{DataSet, Interrupt, Side};
use nn_tutor::lesson::{Edit, Lesson, Library, Source};
use nn_tutor::session::{Amount, Change, ChooseWhat, Command, Effect, Mode, Session};
use nn_tutor::trace::{EditedTrace, Trace};
use nn_tutor::ui::{self, Color, Theme};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const AREA: Rect = Rect::new(0, 0, 120, 40);
const THEME: Theme = Theme {
    color: Color::Dark,
    ascii: false,
};

fn frame(session: &Session) -> Buffer {
    let mut buf = Buffer::empty(AREA);
    ui::render(session, &THEME, AREA, &mut buf);
    buf
}

fn text(session: &Session) -> String {
    let buf = frame(session);
    let rows = AREA.rows().map(|row| {
        let cells = row
            .columns()
            .map(|at| buf[(at.x, at.y)].symbol().to_owned());
        cells.collect::<String>().trim_end().to_owned() + "\n"
    });
    rows.collect()
}

fn session_of(name: &str) -> Session {
    let lesson = Library::embedded().open(name).unwrap();
    Session::new(Trace::compile(Arc::new(lesson)).unwrap())
}

fn grounded_session(script: &str) -> Session {
    Session::new(building::compiled(&grounded::with(script), |_| ()))
}

/// Returns the bits of all that a step shows.
fn bits(trace: &Trace, index: usize) -> Vec<u64> {
    let step = trace.step(index);
    let mut bits: Vec<u64> = Vec::new();
    for l in 0..step.last() {
        bits.extend(step.network().weights(l).iter().map(|w| w.to_bits()));
        for symbol in [
            Quantity::Gradient(l),
            Quantity::Delta(l + 1),
            Quantity::Output(l),
        ] {
            let value = step.exact(symbol, false).into_iter().flatten();
            bits.extend(value.map(f64::to_bits));
        }
    }
    bits.extend(step.value().into_iter().flatten().map(f64::to_bits));
    bits.push(step.measure().loss.to_bits());
    bits
}

/// Asserts that what a session shows is what its file reads back as, at every step.
fn assert_reads_back(session: &Session, name: &str) {
    /// The most bytes of a lesson file.
    const LARGEST: usize = 512 << 10;
    let Some(text) = session.changed_text() else {
        return;
    };
    if text.len() > LARGEST {
        // With a changed sample all of them are written out: `w` says that this is too large for a file.
        return;
    }
    let source = Source {
        name: "mine.yaml".into(),
        text: text.clone(),
    };
    let read = Lesson::parse_in(source, Path::new("lessons"));
    let read = read.unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
    let trace = Trace::compile(Arc::new(read)).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(session.is_changed());
    let ours = session.trace();
    assert_eq!(ours.len(), trace.len(), "{name}\n{text}");
    for index in 0..trace.len() {
        let (one, other) = (ours.step(index), trace.step(index));
        assert_eq!(one.title(), other.title(), "{name} {index}");
        assert_eq!(one.narration(), other.narration(), "{name} {index}");
        assert!(bits(ours, index) == bits(&trace, index), "{name} {index}");
    }
}

#[test]
fn a_weight_holds_from_where_one_stands_and_everything_follows() {
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    press(&mut session, "→⇥⇥");
    assert_eq!(session.mode(), Mode::Numbers);
    let before = session.trace().len();
    press(&mut session, "+");
    assert!(session.is_changed());
    assert_eq!(session.trace().len(), before + 1, "a scene sets the weight");
    assert_eq!(session.index(), 2, "the step is the same");
    let weight = |session: &Session| session.step().network().weights(0)[[0, 0]];
    assert!((weight(&session) - 0.41).abs() < 1e-12);
    // A number held is one change.
    press(&mut session, "+++");
    assert_eq!(session.changes().len(), 1);
    assert!((weight(&session) - 0.44).abs() < 1e-12);
    let why = session.explanation().unwrap();
    assert!(why.remark.unwrap().ends_with("(was 0.400, now 0.440)"));
    let shown = text(&session);
    assert!(shown.contains("* 1 change"), "{shown}");
    press(&mut session, " ");
    let shown = text(&session);
    assert!(shown.contains("*0.560"), "x₁ has followed:\n{shown}");
    assert_reads_back(&session, "grounded");
    press(&mut session, "x");
    assert!(session.is_set_aside() && text(&session).contains("as it was"));
    assert!(!text(&session).contains("*0."));
    press(&mut session, "x-");
    assert!(
        text(&session).contains("x₁⁽¹⁾ is computed"),
        "{}",
        text(&session)
    );
    press(&mut session, "⎋u");
    assert!(session.changes().is_empty() && !session.is_changed());
    assert_eq!(session.trace().len(), before);
}

/// The step that sets a number has the number of the one behind it, with a mark wherever it is named.
#[test]
fn a_step_that_sets_a_number_is_named_with_its_mark() {
    let mut session = session_of("gates");
    press(&mut session, "→→→⇥=1⏎");
    let shown = text(&session);
    assert!(
        shown.contains("step 4/") && shown.contains("Enter: step 4*"),
        "{shown}"
    );
}

#[test]
fn a_value_is_typed_into_a_field() {
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    press(&mut session, "→⇥⇥=");
    assert_eq!(session.mode(), Mode::Change);
    assert!(
        text(&session).contains("w₀,₁⁽⁰⁾ is 0.400. New: _"),
        "{}",
        text(&session)
    );
    press(&mut session, "x⏎");
    assert!(session.changes().is_empty());
    assert!(session.message().unwrap().contains("no number"));
    assert_eq!(session.mode(), Mode::Change, "it is there to be mended");
    press(&mut session, "☓*2⏎");
    assert!((session.step().network().weights(0)[[0, 0]] - 0.8).abs() < 1e-12);
    press(&mut session, "=0.4⏎");
    assert!(
        session.changes().is_empty(),
        "back at its value, nothing is changed"
    );
    press(&mut session, "=1e99⏎");
    assert!(session.changes().is_empty(), "{:?}", session.changes());
    assert!(
        session.message().unwrap().starts_with("That does not go"),
        "{:?}",
        session.message()
    );
}

#[test]
fn the_learning_rate_of_an_update_is_changed_where_it_stands() {
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    while !session.step().settings().contains(&Quantity::Rate) {
        press(&mut session, "→");
    }
    press(&mut session, "⇥");
    let on_rate = |session: &Session| {
        session
            .cursor()
            .is_some_and(|place| place.cell.symbol == Quantity::Rate)
    };
    while !on_rate(&session) {
        press(&mut session, "⇥");
    }
    press(&mut session, "=0.5⏎");
    assert!((session.step().spec().training.rho - 0.5).abs() < 1e-12);
    let shown = text(&session);
    assert!(shown.contains("− *0.5 ·"), "{shown}");
    assert!(shown.contains("(was 1, now 0.500)"), "{shown}");
    assert!(on_rate(&session), "the cursor stays");
    // What is typed is a change of its own; what is moved step by step is one.
    press(&mut session, "--");
    assert_eq!(session.changes().len(), 2);
    assert_reads_back(&session, "grounded");
    press(&mut session, "u");
    assert!((session.step().spec().training.rho - 0.5).abs() < 1e-12);
    press(&mut session, "u");
    assert!(!session.is_changed());
}

#[test]
fn keys_that_change_are_offered_where_they_do() {
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    press(&mut session, "→⇥");
    assert!(!session.offers(Command::Raise), "a sum is computed");
    press(&mut session, "⇥");
    assert!(session.offers(Command::Raise), "a weight is given");
}

#[test]
fn panels_mark_what_is_changed_without_colour_too() {
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    press(&mut session, "→⇥⇥+⎋→");
    let shown = text(&session);
    assert!(
        shown.matches("*0.55").count() >= 2,
        "matrix and network:\n{shown}"
    );
}

#[test]
fn samples_are_changed_for_the_whole_lesson() {
    let mut session = session_of("xor");
    let walks: Vec<usize> = (0..session.trace().len())
        .filter(|&index| {
            session
                .trace()
                .step(index)
                .exact(Quantity::Output(0), false)
                .is_some()
        })
        .collect();
    session.go_to(walks[0]);
    session.change_named("x(0)[1]", "0.5");
    session.edit_now();
    assert!(session.is_changed(), "{:?}", session.message());
    let sample = session.step().samples()[0] - 1;
    let x = &session.step().spec().data.x;
    assert!((x[[sample, 0]] - 0.5).abs() < 1e-12);
    assert_eq!(x.len(), 8, "the set is written out");
    assert_reads_back(&session, "xor");
    // The bias is always 1.
    session.change_named("x(0)[0]", "0.5");
    assert!(session.message().unwrap().contains("bias unit"));
    session.change_named("z(1)[1]", "0.5");
    assert!(session.message().is_some());
    // What is a setting of the whole lesson is a choice, by its name too.
    if session.change_named("rho", "0.5") == Effect::Edit {
        session.edit_now();
    }
    assert!((session.step().spec().training.rho - 0.5).abs() < 1e-12);
    session.apply(Command::TakeAllBack);
    assert!(!session.is_changed());
}

#[test]
fn a_change_behind_a_training_trains_the_rest_again() {
    let mut session = session_of("xor");
    let training = (0..session.trace().len())
        .find(|&index| {
            session.trace().step(index).operation().is_none()
                && session.trace().step(index).epoch() > 0
        })
        .unwrap();
    session.go_to(training + 1);
    let epoch = session.step().epoch();
    session.change_named("W(0)[0,1]", "*2");
    session.edit_now();
    assert!(session.is_changed(), "{:?}", session.message());
    assert_eq!(
        session.step().epoch(),
        epoch,
        "the step sets it behind the training"
    );
    assert!(text(&session).contains("* 1 change"));
    assert_reads_back(&session, "xor");
    session.change_named("W(0)[0,1]", "*2");
    session.edit_now();
    assert_eq!(session.changes().len(), 2, "each value that is typed");
}

#[test]
fn choices_turn_and_what_does_not_fit_is_refused() {
    let mut session = session_of("xor");
    session.go_to(usize::MAX);
    press(&mut session, "c");
    assert_eq!(session.mode(), Mode::Choices);
    let shown = text(&session);
    for label in [
        "data set",
        "layer 1: units",
        "learning rate",
        "optimizer",
        "seed",
    ] {
        assert!(shown.contains(label), "{label}:\n{shown}");
    }
    let all = session.choices().len();
    let (mut refused, mut passed_over) = (0, 0);
    for row in 0..all {
        for turn in ["→", "→→←"] {
            press(&mut session, "⤒");
            press(&mut session, &"↓".repeat(row));
            press(&mut session, turn);
            assert_eq!(session.mode(), Mode::Choices, "{row}");
            let said = session.message().unwrap_or_default();
            refused += usize::from(said.contains(" cannot be chosen: "));
            passed_over += usize::from(said.contains("What does not fit was passed over: "));
            let label = session.choices()[row].label.clone();
            let always = [
                "samples",
                "seed",
                "units",
                "epochs",
                "learning rate",
                "hidden layers",
            ];
            if turn == "→" && always.iter().any(|name| label.ends_with(name)) {
                assert!(session.is_changed(), "{label}: {:?}", session.message());
            }
            assert_reads_back(&session, &label);
            press(&mut session, "U");
            if session.mode() != Mode::Choices {
                press(&mut session, "c");
            }
            assert!(session.changes().is_empty());
        }
    }
    assert!(refused + passed_over > 0, "some cannot be combined");
    assert!(passed_over > 0, "names that do not fit");
    // A learning rate holds from here on.
    let rate = |session: &Session| {
        let rows = session.choices();
        rows.iter()
            .position(|row| row.label.starts_with("learning rate"))
            .unwrap()
    };
    let row = rate(&session);
    press(&mut session, "⤒");
    press(&mut session, &"↓".repeat(row));
    let before = session.step().spec().training.rho;
    press(&mut session, "→→");
    assert!(session.step().spec().training.rho > before);
    assert_eq!(session.changes().len(), 1);
    let earlier = session.trace().step(session.index() - 2);
    assert_eq!(earlier.spec().training.rho.to_bits(), before.to_bits());
    assert_reads_back(&session, "rho");
    press(&mut session, "s");
    assert!(session.is_changed(), "another seed");
    press(&mut session, "⎋");
    assert_eq!(session.mode(), Mode::Walk);
}

/// Points the list of choices at one of them, and turns it.
fn turn(session: &mut Session, label: &str) {
    if session.mode() != Mode::Choices {
        press(session, "c");
    }
    let rows = session.choices();
    let row = rows.iter().position(|row| row.label == label);
    let row = row.unwrap_or_else(|| panic!("no {label} among {rows:?}"));
    press(session, "⤒");
    press(session, &"↓".repeat(row));
    press(session, "→");
}

#[test]
fn inputs_are_switched_on_and_off() {
    let text = "format: 1\ntitle: Inputs\nsummary: To be switched.\nnetwork:\n  inputs: 2\n  \
                layers: [{units: 1, activation: tanh}]\n  weights: [[[0.1], [0.2], [-0.3]]]\n\
                loss: mean-squared\ndata: [{x: [0.5, -1], y: [1]}, {x: [2, 3], y: [-1]}]\n\
                script: [{walk: {sample: 1}}, {train: {epochs: 3}}, {say: Done.}]\n";
    let mut session = Session::new(building::compiled(text, |_| ()));
    let output = |session: &Session| {
        let steps = 0..session.trace().len();
        let mut outputs = steps.filter_map(|index| {
            let step = session.trace().step(index);
            step.exact(Quantity::Output(1), false)
        });
        outputs.next().unwrap()[[0, 0]]
    };
    let plain = output(&session);
    // A new input begins with a weight of 0: nothing changes until it is trained.
    turn(&mut session, "input x₁x₂");
    assert!(session.is_changed(), "{:?}", session.message());
    let spec = &session.trace().lesson().networks[0];
    assert_eq!(spec.inputs, 3);
    assert_eq!(spec.data.x.row(1).to_vec(), [2.0, 3.0, 6.0]);
    assert_eq!(output(&session).to_bits(), plain.to_bits());
    assert_eq!(session.changes()[0].name, "inputs");
    assert_reads_back(&session, "x₁x₂");
    let on = |session: &Session, label: &str| {
        let rows = session.choices();
        let row = rows.iter().find(|row| row.label == label).unwrap();
        (row.value == "on", row.is_changed)
    };
    assert_eq!(on(&session, "input x₁x₂"), (true, true));
    assert_eq!(on(&session, "input x₂"), (true, false));
    // One more and one less is one change; the weights go with their inputs.
    turn(&mut session, "input x₁");
    let spec = &session.trace().lesson().networks[0];
    assert_eq!(spec.made.as_ref().unwrap().features.len(), 2);
    let nn_tutor::lesson::Start::Weights(weights) = &spec.start else {
        panic!("{:?}", spec.start);
    };
    assert_eq!(weights[0].column(0).to_vec(), [0.1, -0.3, 0.0]);
    assert_eq!(session.changes().len(), 1);
    assert_reads_back(&session, "x₂, x₁x₂");
    // Back at what it was, nothing is changed.
    turn(&mut session, "input x₁x₂");
    turn(&mut session, "input x₁");
    assert!(session.changes().is_empty(), "{:?}", session.changes());
    assert_eq!(output(&session).to_bits(), plain.to_bits());
    // A network without inputs is refused in the words of the loader.
    turn(&mut session, "input x₁");
    turn(&mut session, "input x₂");
    assert!(session.message().unwrap().contains(" cannot be chosen: "));
    assert_eq!(session.trace().lesson().networks[0].inputs, 1);
    press(&mut session, "U");
    // Weights that are drawn are drawn anew.
    let drawn = text.replace(
        "weights: [[[0.1], [0.2], [-0.3]]]",
        "init: {scheme: xavier, seed: 4}",
    );
    let mut session = Session::new(building::compiled(&drawn, |_| ()));
    turn(&mut session, "input x₁²");
    turn(&mut session, "input sin x₂");
    let spec = &session.trace().lesson().networks[0];
    assert_eq!(spec.data.features, ["x₁", "x₂", "x₁²", "sin x₂"]);
    assert!(matches!(spec.start, nn_tutor::lesson::Start::Init(_)));
    assert_reads_back(&session, "drawn");
}

#[test]
fn of_an_input_that_is_made_the_raw_numbers_are_changed() {
    let mut session = Session::new(building::compiled(
        "format: 1\ntitle: Inputs\nsummary: Made.\nnetwork:\n  inputs: 2\n  layers: [{units: 1, activation: tanh}]\n  \
         weights: [[[0.1], [0.2], [-0.3]]]\nloss: mean-squared\nfeatures: [x1^2, x1*x2]\n\
         data: [{x: [0.5, -1], y: [1]}]\nscript: [{walk: {sample: 1}}]\n",
        |_| (),
    ));
    for (index, name) in [(0, "f[1]"), (1, "x(0)[1]"), (1, "f[2]")] {
        session.go_to(index);
        session.change_named(name, "3");
        assert!(
            session.message().unwrap().contains("is made of others"),
            "{name}"
        );
        assert!(session.changes().is_empty());
    }
    session.go_to(0);
    session.change_named("raw x[1]", "3");
    session.edit_now();
    assert!(session.is_changed(), "{:?}", session.message());
    let made = session.step().exact(Quantity::Feature, false).unwrap();
    assert_eq!(made.column(0).to_vec(), [9.0, -3.0]);
    assert_reads_back(&session, "raw");
    session.apply(Command::TakeAllBack);
    assert!(!session.is_changed());
}

#[test]
fn answers_to_changed_numbers_do_not_count() {
    let script = "  - walk: {sample: 1, questions: {'z(1)': {number: 'z(1)[2]'}, 'x(1)': {number: 'x(1)[2]'}}}\n";
    let mut session = grounded_session(script);
    press(&mut session, "→0.9⏎");
    let (records, score) = (session.records(), session.score());
    assert_eq!((records.len(), score.right), (1, 1));
    press(&mut session, "←⇥⇥⇥");
    session.change_named("W(0)[1,2]", "2");
    session.edit_now();
    assert!(session.is_changed(), "{:?}", session.message());
    press(&mut session, "⎋");
    while !session.is_veiled() {
        press(&mut session, "→");
    }
    press(&mut session, "0.1⏎");
    assert_eq!(
        (session.records(), session.score()),
        (records.clone(), score)
    );
    press(&mut session, "⎋⎋U");
    assert!(!session.is_changed());
    assert_eq!((session.records(), session.score()), (records, score));
}

#[test]
fn changes_are_listed_and_nothing_is_one() {
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    for keys in ["u", "U", "x", "w"] {
        press(&mut session, keys);
        assert!(
            session.message().unwrap().starts_with("Nothing is changed"),
            "{keys}"
        );
    }
    press(&mut session, "+");
    assert!(
        session
            .message()
            .unwrap()
            .starts_with("Tab goes to the numbers")
    );
    press(&mut session, "→⇥⇥+C");
    assert_eq!(session.mode(), Mode::Changes);
    assert!(
        text(&session).contains("1  w₀,₁⁽⁰⁾: 0.400 → 0.410"),
        "{}",
        text(&session)
    );
    press(&mut session, "C");
    assert_eq!(session.mode(), Mode::Numbers);
    press(&mut session, "⎋w");
    assert_eq!(session.mode(), Mode::Write);
    let asked = session.file_field().unwrap().text();
    assert!(asked.ends_with("-changed.yaml"), "{asked}");
    let effect = press(&mut session, "☓mine.yaml⏎");
    let wanted = Effect::Write {
        name: "mine.yaml".into(),
        replaces: false,
    };
    assert_eq!(effect, Some(wanted));
}

/// A random change: which step, which number, by how much.
fn turns() -> impl Strategy<Value = Vec<(usize, usize, i32)>> {
    prop::collection::vec((0..1000_usize, 0..8_usize, -3..4), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_changes_read_back_and_are_taken_back(which in 0..31_usize, turns in turns()) {
        let library = Library::embedded();
        let names: Vec<&str> = library.names();
        let name = names[which % names.len()];
        let mut session = session_of(name);
        let len = session.trace().len();
        let shown: Vec<(usize, Buffer)> = (0..len)
            .step_by(len.div_ceil(7))
            .map(|index| {
                session.go_to(index);
                (index, frame(&session))
            })
            .collect();
        for (step, tabs, by) in turns {
            let steps = session.trace().len();
            session.go_to(step % steps);
            press(&mut session, "⎋");
            for _ in 0..=tabs {
                press(&mut session, "⇥");
            }
            let key = if by < 0 { "-" } else { "+" };
            press(&mut session, &key.repeat(by.unsigned_abs() as usize));
            press(&mut session, "⎋");
        }
        assert_reads_back(&session, name);
        press(&mut session, "⎋⎋U");
        prop_assert!(!session.is_changed());
        for (index, before) in shown {
            // The message is gone with the next key; on from the last step there is another one.
            press(&mut session, "←");
            session.go_to(index);
            prop_assert!(frame(&session) == before, "{} {}", name, index);
        }
    }
}

#[test]
fn no_key_leads_back_to_numbers_that_were_taken_back() {
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    press(&mut session, "→⇥⇥+");
    for keys in ["u", "+x", "x", "U"] {
        press(&mut session, keys);
        press(&mut session, "↶");
        let own = session.trace().step(session.index());
        let weights = own.network().weights(0);
        let is_changed = (weights[[0, 0]] - 0.4).abs() > 1e-12;
        assert_eq!(is_changed, session.is_changed(), "{keys}");
        assert_eq!(session.depth(), 0, "{keys}");
    }
}

#[test]
fn a_change_behind_a_part_that_is_gone_stays_behind_its_scene() {
    let script = "  - train: {epochs: 100, every: 10}\n  - walk: {sample: 1}\n";
    let mut session = grounded_session(script);
    session.go_to(5);
    assert_eq!(session.step().epoch(), 60);
    session.change_named("W(1)[0,1]", "7");
    session.edit_now();
    session.go_to(usize::MAX);
    press(&mut session, "c⤓←←");
    assert!(
        session.choices().last().unwrap().value == "20",
        "{:?}",
        session.message()
    );
    let text = session.changed_text().unwrap();
    let (train, set) = (text.find("train:").unwrap(), text.find("set:").unwrap());
    assert!(train < set, "{text}");
    assert_reads_back(&session, "fewer epochs");
}

/// Inside a training all pages keep their numbers, and that of the change has none of its own.
#[test]
fn a_change_in_the_midst_of_a_training_keeps_the_numbers_of_the_pages() {
    let mut session = grounded_session("  - train: {epochs: 100, say: First.}\n  - say: Done.\n");
    let epochs = |session: &Session| -> Vec<usize> {
        let steps = (0..session.trace().len()).map(|index| session.trace().step(index));
        steps.map(|step| step.epoch()).collect()
    };
    let before = epochs(&session);
    session.go_to(2);
    let at = session.step().epoch();
    session.change_named("rho", "0.25");
    session.edit_now();
    assert!(session.is_changed(), "{:?}", session.message());
    let mut after = epochs(&session);
    let set = after.iter().rposition(|epoch| *epoch == at).unwrap();
    after.remove(set);
    assert_eq!(after, before, "{}", text(&session));
    assert_eq!(session.trace().steps(), before.len());
    // The author's words stay at the first page.
    session.go_to(0);
    assert!(text(&session).contains("First."), "{}", text(&session));
    assert_reads_back(&session, "in a training");
}

/// The samples of a set are turned down and up again, to all that there are.
#[test]
fn samples_are_turned_back_to_all_of_them() {
    for (name, all) in [("iris", 150), ("digits", 400)] {
        let lesson = Lesson::of_data_set(name).unwrap().unwrap();
        let mut session = Session::new(Trace::compile(Arc::new(lesson)).unwrap());
        press(&mut session, "c");
        let rows = session.choices();
        let row = rows.iter().position(|row| row.label == "samples").unwrap();
        let value = |session: &Session| session.choices()[row].value.clone();
        assert_eq!(value(&session), all.to_string());
        press(&mut session, &format!("⤒{}←←", "↓".repeat(row)));
        assert_ne!(value(&session), all.to_string(), "{name}");
        press(&mut session, "→→→");
        assert_eq!(value(&session), all.to_string(), "{:?}", session.message());
        assert_eq!(session.choice_ways(), [true, false], "{name}");
    }
}

/// Names of inputs and classes stay with samples that are changed, and stand in the file.
#[test]
fn what_samples_are_called_stays_when_they_are_changed() {
    let iris = "format: 1
title: Iris
summary: Flowers with an input that is made.
network: {inputs: 3, layers: [{units: 3, activation: softmax}], init: {scheme: zeros}}
loss: cross-entropy
dataset: {name: iris, features: [petal-length, petal-width]}
features: [petal-length, petal-width, petal-length * petal-width]
scale: standard
held_out: {share: 0.2, seed: 1}
script: [{walk: {sample: 1}}]
";
    let source = Source {
        name: "iris.yaml".into(),
        text: iris.into(),
    };
    let iris = Session::new(Trace::compile(Arc::new(Lesson::parse(source).unwrap())).unwrap());
    let mut digits = session_of("digits");
    digits.go_to(7);
    for (mut session, name) in [(digits, "x(0)[1]"), (iris, "raw x[1]")] {
        let called = |session: &Session| {
            let spec = session.step().spec().clone();
            let names = |set: &DataSet| (set.features.clone(), set.classes.clone());
            (names(&spec.data), spec.held_out.as_deref().map(names))
        };
        let before = called(&session);
        assert!(!before.0.1.is_empty());
        let step = session.index();
        for index in step..session.trace().len() {
            session.go_to(index);
            session.change_named(name, "0.25");
            session.edit_now();
            if session.is_changed() {
                break;
            }
        }
        assert!(session.is_changed(), "{:?}", session.message());
        assert_eq!(called(&session), before);
        let text = session.changed_text().unwrap();
        assert!(text.contains("names:"), "{text}");
        let source = Source {
            name: "mine.yaml".into(),
            text,
        };
        let read = Lesson::parse(source).unwrap_or_else(|error| panic!("{error}"));
        let ours = &session.trace().lesson().networks[session.step().network_index()];
        let theirs = &read.networks[session.step().network_index()];
        assert_eq!(theirs.data, ours.data);
        assert_eq!(theirs.held_out, ours.held_out);
        assert_eq!(theirs.made, ours.made);
    }
}

/// Samples that stay as they are are shared, not written out and read again: work is counted in allocations.
#[test]
fn a_changed_number_costs_no_reading_of_all_samples() {
    let lesson = Library::embedded().open("digits").unwrap();
    let edit = Edit::Sample {
        network: 0,
        side: Side::Inputs,
        sample: 7,
        column: 12,
        value: 0.25,
    };
    let work = |edits: &[Edit]| {
        let read = || drop(lesson.edited(edits, &mut BTreeSet::new()).unwrap());
        allocation_counter::measure(read).count_total
    };
    let (none, one) = (work(&[]), work(&[edit]));
    assert!(one < 2 * none, "{one} for {none}");
}

/// In the field of a file one moves as in any line that is typed, also where only a part of it is seen.
#[test]
fn one_moves_in_the_name_of_a_file() {
    let row = |session: &Session| {
        let area = Rect::new(0, 0, 40, 12);
        let mut buf = Buffer::empty(area);
        ui::render(session, &THEME, area, &mut buf);
        let cells = (0..40).map(|x| buf[(x, 11)].symbol().to_owned());
        cells.collect::<String>().trim().to_owned()
    };
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    press(
        &mut session,
        "→⇥⇥+⎋w☓a_name_that_is_as_long_as_no_other.yaml",
    );
    assert_eq!(row(&session), "…o_other.yaml_  Enter write  Esc leave");
    press(&mut session, "←←←");
    let both = row(&session);
    assert!(
        both.starts_with('…') && both.matches('…').count() == 2,
        "{both}"
    );
    press(&mut session, "⤒");
    assert_eq!(row(&session), "a_name_that_…   Enter write  Esc leave");
    press(&mut session, "my_→⌫→→⌫⤓←←←←←s");
    assert_eq!(
        session.file_field().unwrap().text(),
        "my__ame_that_is_as_long_as_no_others.yaml"
    );
    press(&mut session, "☓xor-changed.yaml");
    assert_eq!(row(&session), "xor-changed.yaml_  Enter write");
    press(&mut session, "☓my.yaml");
    assert_eq!(row(&session), "File: my.yaml_  Enter write  Esc leave");
}

#[test]
fn a_number_that_comes_back_is_no_change_and_small_steps_count() {
    let mut session = grounded_session("  - walk: {sample: 1}\n");
    press(&mut session, "→⇥⇥");
    session.change_named("W(0)[0,1]", "0.5");
    session.edit_now();
    session.change_named("W(0)[1,1]", "0.5");
    session.edit_now();
    session.change_named("W(0)[0,1]", "0.4");
    session.edit_now();
    assert_eq!(session.changes().len(), 1);
    for _ in 0..20 {
        press(&mut session, ".");
    }
    press(&mut session, "+");
    assert_eq!(session.changes().len(), 2, "{:?}", session.message());
}

#[test]
fn in_an_opened_epoch_a_change_goes_from_its_beginning() {
    let mut session = grounded_session("  - train: {epochs: 20, every: 10}\n");
    press(&mut session, "→o");
    assert_eq!(session.depth(), 1, "the epoch is open");
    let first = session.step().network().weights(0)[[0, 0]];
    session.go_to(session.index() + 15);
    session.change_named("W(0)[0,1]", "+0.25");
    session.edit_now();
    assert!(session.is_changed(), "{:?}", session.message());
    let now = session.step().network().weights(0)[[0, 0]];
    assert!((now - first - 0.25).abs() < 1e-9, "{first} {now}");
}

#[test]
fn a_change_in_the_midst_of_a_walk_holds_where_scenes_before_it_are_left_out() {
    let text = "format: 1
title: Left out
summary: Two sentences about a unit that goes.
network:
  inputs: 2
  layers: [{units: 2, activation: tanh}, {units: 1, activation: logistic}]
  init: {scheme: xavier, seed: 1}
loss: neg-log-loss
dataset: xor
script:
  - say: 'It is {W(0)[1,2]}.'
  - say: 'Still {W(0)[1,2]}.'
  - walk:
";
    let source = Source {
        name: "left-out.yaml".into(),
        text: text.into(),
    };
    let lesson = Lesson::parse(source).unwrap();
    let mut session = Session::new(Trace::compile(Arc::new(lesson)).unwrap());
    press(&mut session, "c");
    let rows = session.choices();
    let units = rows.iter().position(|row| row.label == "layer 1: units");
    press(&mut session, &"↓".repeat(units.unwrap()));
    press(&mut session, "←⎋");
    let batch = |number| {
        move |session: &Session| {
            let trace = session.trace();
            let is_it = |index: &usize| {
                let step = trace.step(*index);
                step.batch_of_epoch() == Some((number, 4))
            };
            (0..trace.len()).find(is_it).unwrap()
        }
    };
    session.go_to(batch(3)(&session));
    session.change_named("W(0)[0,1]", "0.75");
    session.edit_now();
    assert_eq!(session.changes().len(), 2, "{:?}", session.message());
    assert!(session.changed_text().unwrap().contains("batches: [3, 4]"));
    assert_eq!(session.index(), batch(3)(&session));
    assert_reads_back(&session, "left out");
}

#[test]
fn one_stays_where_one_changes_a_weight_and_comes_back_there() {
    for name in ["features", "gates"] {
        let mut session = session_of(name);
        for index in 0..session.trace().len() {
            session.go_to(index);
            session.change_named("W(0)[1,1]", "+0.01");
            if session.edit_job().is_none() {
                continue;
            }
            session.edit_now();
            let changed = session.place();
            session.change_named("W(0)[1,1]", "+0.01");
            session.edit_now();
            assert_eq!(session.place(), changed, "{name}, step {}", index + 1);
            assert_eq!(session.changes().len(), 2, "{name}, step {}", index + 1);
            session.apply(Command::TakeAllBack);
            assert!(!session.is_changed(), "{name}, step {}", index + 1);
            assert_eq!(session.index(), index, "{name}: back at the step");
        }
    }
}

/// Changes may come from another program.
#[test]
fn what_fits_no_place_of_a_lesson_is_refused() {
    let lesson = Library::embedded().open("grounded").unwrap();
    for edit in [
        r#"{"set": {"at": {"scene": 1, "part": 0}, "network": 99, "name": "W(0)[0,1]", "value": 0.5}}"#,
        r#"{"set": {"at": {"scene": 99, "part": 0}, "network": 0, "name": "W(0)[0,1]", "value": 0.5}}"#,
        r#"{"set": {"at": {"scene": 1, "part": 0}, "network": 0, "name": "no such", "value": 0.5}}"#,
        r#"{"sample": {"network": 99, "side": "inputs", "sample": 0, "column": 0, "value": 0.5}}"#,
        r#"{"sample": {"network": 0, "side": "inputs", "sample": 4000000000, "column": 0, "value": 0.5}}"#,
        r#"{"sample": {"network": 0, "side": "inputs", "sample": 18446744073709551615, "column": 0, "value": 0.5}}"#,
        r#"{"sample": {"network": 0, "side": "targets", "sample": 0, "column": 4000000000, "value": 0.5}}"#,
        r#"{"network": {"network": 99, "puts": [{"path": ["loss"], "value": "hinge"}]}}"#,
        r#"{"network": {"network": 0, "puts": [{"path": ["layers", 4000000000], "value": 1}]}}"#,
        r#"{"network": {"network": 0, "puts": [{"path": [], "value": 1}]}}"#,
        r#"{"scene": {"scene": 99, "puts": [{"path": ["train", "epochs"], "value": 5}]}}"#,
        r#"{"scene": {"scene": 0, "puts": [{"path": ["say"], "value": "hello"}]}}"#,
    ] {
        let edit: Edit = serde_json::from_str(edit).unwrap();
        let edited = lesson.edited(std::slice::from_ref(&edit), &mut BTreeSet::new());
        assert!(edited.is_err(), "{edit:?}");
        let _ = edit.network(&lesson);
    }
}

/// The step that sets a number in front of a task is none.
#[test]
fn a_task_that_is_done_is_not_asked_in_front_of_it_again() {
    let mut session = with_task_done();
    assert!(session.message().unwrap().contains("The goal is reached"));
    assert!(session.asked().is_some_and(|asked| asked.revealed));
    session.apply(Command::Back);
    assert_eq!(session.step().title(), "New numbers");
    assert!(session.asked().is_none());
    // What is said after it was written for other numbers, also where it is about another network.
    let far = session.trace().len() - 1;
    session.go_to(far);
    assert!(session.may_be_false(&session.step()));
}

/// The output and its loss fit each other or not: the one that is not turned follows.
#[test]
fn an_output_takes_its_loss_along_and_a_loss_its_output() {
    for (label, other) in [
        ("output: activation", "loss"),
        ("loss", "output: activation"),
    ] {
        let mut session = session_of("xor");
        session.go_to(usize::MAX);
        let value = |session: &Session, label: &str| {
            let rows = session.choices();
            rows.into_iter().find(|row| row.label == label).unwrap()
        };
        let first = (value(&session, label).value, value(&session, other).value);
        let (mut seen, mut followed) = (vec![first.0.clone()], 0);
        loop {
            turn(&mut session, label);
            let now = value(&session, label).value;
            if now == first.0 {
                break;
            }
            assert!(!seen.contains(&now), "{label}: {now} again");
            seen.push(now);
            let said = session.message().unwrap().to_owned();
            assert!(!said.contains("cannot be chosen"), "{said}");
            // One change, however far it is turned.
            assert_eq!(session.changes().len(), 1, "{said}");
            let partner = value(&session, other);
            assert_eq!(partner.is_changed, partner.value != first.1, "{said}");
            if partner.is_changed {
                followed += 1;
                assert!(
                    said.contains(&format!("{other} → {} too", partner.value)),
                    "{said}"
                );
            }
            assert_reads_back(&session, &said);
        }
        assert!(seen.len() > 2 && followed > 0, "{label}: {seen:?}");
        // All the way round it is the lesson again; and one key takes both back.
        assert!(session.changes().is_empty());
        turn(&mut session, label);
        press(&mut session, "u");
        assert!(session.changes().is_empty());
        let last = (value(&session, label).value, value(&session, other).value);
        assert_eq!(last, first);
    }
}

#[test]
fn fewer_epochs_than_there_are_between_two_steps_are_few_steps() {
    let mut session = session_of("xor");
    let is_training = |row: &&nn_tutor::session::Change| row.name.ends_with("epochs");
    let rows = session.choices();
    let epochs = rows
        .iter()
        .position(|row| row.label.ends_with("epochs"))
        .unwrap();
    for _ in 0..12 {
        session.choose(epochs, ChooseWhat::Before);
        session.edit_now();
        let said = session.message().unwrap_or_default().to_owned();
        assert!(!said.contains("cannot be chosen"), "{said}");
    }
    assert_eq!(session.choices()[epochs].value, "1");
    assert_eq!(session.changes().iter().filter(is_training).count(), 1);
    assert_reads_back(&session, "one epoch");
    // What the loader says of anything else is said without its keys.
    let batch = session
        .choices()
        .iter()
        .position(|row| row.label == "batch")
        .unwrap();
    session.choose(batch, ChooseWhat::Value("9"));
    session.edit_now();
    let said = session.message().unwrap();
    assert!(
        said.contains("cannot be chosen") && !said.contains('`'),
        "{said}"
    );
    let set = session
        .choices()
        .iter()
        .position(|row| row.label == "data set")
        .unwrap();
    session.choose(set, ChooseWhat::Value("sin"));
    assert!(session.message().unwrap().contains("the set \"sin\" has"));
}

#[test]
fn a_seed_of_the_data_is_offered_where_it_draws_something() {
    for (name, offered) in [
        ("xor", false),
        ("moons", true),
        ("above-sin", true),
        ("digits", false),
    ] {
        let lesson = Lesson::of_data_set(name).unwrap().unwrap();
        let session = Session::new(Trace::compile(Arc::new(lesson)).unwrap());
        let rows = session.choices();
        let has = rows.iter().any(|row| row.label == "seed of the data");
        assert_eq!(has, offered, "{name}");
    }
}

#[test]
fn a_change_says_what_has_changed_and_its_keys_once() {
    let mut session = session_of("neuron");
    let is_task = |index: &usize| session.trace().goal(*index).is_some();
    let task = (0..session.trace().len()).find(is_task).unwrap();
    session.go_to(task);
    press(&mut session, "⇥+");
    let said = session.message().unwrap().to_owned();
    assert!(
        said.contains(" → ") && said.contains("u takes it back"),
        "{said}"
    );
    press(&mut session, "+");
    let said = session.message().unwrap().to_owned();
    assert!(
        said.contains(" → ") && !said.contains("u takes it back"),
        "{said}"
    );
    // What is said of the arrows is so where it is said.
    session.change_named("W(0)[0,1]", "-4");
    session.edit_now();
    let said = session.message().unwrap().to_owned();
    assert!(said.contains("Esc, then → goes on"), "{said}");
    press(&mut session, "⎋→");
    assert_ne!(session.index(), task, "they do");
}

/// Returns a session at the first task of the lesson of one neuron, which is done.
fn with_task_done() -> Session {
    let mut session = session_of("neuron");
    let is_task = |index: &usize| session.trace().goal(*index).is_some();
    let task = (0..session.trace().len()).find(is_task).unwrap();
    session.go_to(task);
    session.change_named("W(0)[0,1]", "-4");
    session.edit_now();
    session
}

/// Behind a task the lesson goes on as it was written, and what was changed for it can be seen again.
#[test]
fn the_lesson_goes_on_with_its_own_numbers_behind_a_task() {
    let mut session = with_task_done();
    assert!(text(&session).contains("goes on with the lesson's own numbers"));
    press(&mut session, "→");
    assert!(!session.is_changed());
    assert!(text(&session).contains("x shows yours again"));
    // List, footer and key agree that there is nothing to take back where one stands.
    press(&mut session, "u");
    assert_eq!(
        session.message(),
        Some("Nothing is changed here. x shows your changes again.")
    );
    press(&mut session, "C");
    assert!(!text(&session).contains("u takes one back"));
    press(&mut session, "⎋x");
    assert!(session.is_changed());
    press(&mut session, "x");
    // Another change after that is made to what was changed before; behind the task it begins anew.
    press(&mut session, "x←→");
    session.change_named("rho", "0.25");
    session.edit_now();
    assert_eq!(session.changes().len(), 1);
    // The next task is worked by keys, from the lesson's own numbers.
    let mut session = session_of("gates");
    let tasks: Vec<usize> = (0..session.trace().len())
        .filter(|index| session.trace().goal(*index).is_some())
        .collect();
    session.go_to(tasks[0]);
    session.change_named("W(0)[0,1]", "-0.5");
    session.edit_now();
    press(&mut session, "→");
    assert!(!session.is_changed() && !session.is_set_aside());
    // Seen again, it is still done.
    press(&mut session, "←");
    assert!(
        text(&session).contains("You have done it. "),
        "{}",
        text(&session)
    );
    session.go_to(tasks[1]);
    press(&mut session, "⇥+");
    session.edit_now();
    assert!(session.is_changed(), "{}", text(&session));
    assert_eq!(session.changes().len(), 1);
    // A training comes with the numbers that were chosen for it.
    let mut session = session_of("loss");
    let trains = |index: &usize| {
        let goal = session.trace().goal(*index);
        goal.is_some_and(|goal| goal.after_training)
    };
    let task = (0..session.trace().len()).find(trains).unwrap();
    session.go_to(task);
    session.change_named("rho", "5");
    session.edit_now();
    press(&mut session, "→");
    assert!(session.is_changed());
    while session.is_changed() && !session.is_at_end() {
        press(&mut session, "→");
    }
    assert!(!session.is_at_end());
}

/// A task that was done and undone again is told without its numbers.
#[test]
fn a_task_that_is_undone_is_told_in_the_past() {
    let mut session = with_task_done();
    assert!(text(&session).contains("You have done it: ŷ is "));
    press(&mut session, "u");
    let shown = text(&session);
    let words: Vec<&str> = shown.split_whitespace().collect();
    assert!(words.join(" ").contains("You have done it. "), "{shown}");
    assert!(!shown.contains("You have done it: ŷ is "), "{shown}");
}

/// On a small screen the footer names the keys that lead to what can be changed.
#[test]
fn a_task_names_the_keys_that_change_something_on_any_screen() {
    for name in ["neuron", "xor"] {
        let mut session = session_of(name);
        let is_task = |index: &usize| session.trace().goal(*index).is_some();
        let task = (0..session.trace().len()).find(is_task).unwrap();
        session.go_to(task);
        for (width, height) in [(40, 12), (80, 24), (120, 40)] {
            let area = Rect::new(0, 0, width, height);
            let mut buf = Buffer::empty(area);
            ui::render(&session, &THEME, area, &mut buf);
            let last = (0..width).map(|x| buf[(x, height - 1)].symbol());
            let last: String = last.collect();
            assert!(last.contains("Tab numbers  c choices"), "{name}: {last}");
        }
    }
}

/// Compiles the change that is asked for. Returns the lesson with it, what of it was there before the training behind the step,
/// and the number of epochs that were trained.
fn compiled_beside(session: &Session) -> (EditedTrace, Option<EditedTrace>, usize) {
    let (interrupt, early) = (Interrupt::default(), RefCell::new(None));
    let keep = |part| drop(early.replace(Some(part)));
    let whole = session.edit_job().unwrap().run(&interrupt, &keep);
    (
        whole.unwrap().unwrap(),
        early.into_inner(),
        interrupt.counted(),
    )
}

/// What is trained as before is not trained again, and the page does not wait for what is.
#[test]
fn only_what_comes_after_a_change_is_trained_again() {
    for (name, every) in [("digits", 5), ("xor", 2), ("epochs", 2)] {
        let session = session_of(name);
        let whole = session.trace();
        let epochs = |trace: &Trace, network: usize| -> usize {
            let steps = (0..trace.len()).map(|index| trace.step(index));
            let mine = steps.filter(|step| step.network_index() == network);
            mine.map(|step| step.epoch()).max().unwrap_or(0)
        };
        for index in (0..whole.len()).step_by(every) {
            let mut session = session.clone();
            session.go_to(index);
            session.change_named("W(0)[1,1]", "+0.01");
            if session.edit_job().is_none() {
                continue;
            }
            let network = session.step().network_index();
            let (made, early, trained) = compiled_beside(&session);
            let step = format!("{name}, step {}", index + 1);
            assert!(trained <= epochs(&made.trace, network), "{step}: {trained}");
            let Some(early) = early else {
                continue;
            };
            assert!(!early.trace.is_whole() && made.trace.is_whole());
            let shown = session.with_early(early.clone()).unwrap();
            session.take_edit(Ok(made));
            assert_eq!(shown.index(), session.index(), "{step}");
            assert_eq!(
                bits(&early.trace, shown.index()),
                bits(session.trace(), session.index()),
                "{step}"
            );
            assert!(
                text(&shown).contains(&format!(
                    "step {}/…",
                    early.trace.number_shown(shown.index())
                )),
                "{step}"
            );
            if trained > 0 {
                assert_reads_back(&session, &step);
            }
        }
    }
    // Behind the last training nothing is left to be trained.
    let mut session = session_of("digits");
    session.go_to(session.trace().len() - 1);
    session.change_named("rho", "0.25");
    if session.edit_job().is_some() {
        assert_eq!(compiled_beside(&session).2, 0);
    }
}

const BEFORE: &str = "Written for the lesson as it was";

/// An author's sentence is set apart where something of what it speaks of is another now, and nowhere else.
#[test]
fn sentences_are_set_apart_where_a_number_of_theirs_has_changed() {
    // Of another network.
    let mut session = with_task_done();
    session.go_to(session.index());
    let networks: Vec<usize> = (0..session.trace().len())
        .map(|index| session.trace().step(index).network_index())
        .collect();
    let mine = session.step().network_index();
    for (index, network) in networks.into_iter().enumerate() {
        session.go_to(index);
        if network != mine && session.is_changed() {
            assert!(!text(&session).contains(BEFORE), "{}", text(&session));
        }
    }
    // The learning rate plays no part before the update.
    let mut session = session_of("grounded");
    let row = session.choice_named("rho").unwrap();
    session.choose(row, ChooseWhat::Value("2"));
    session.edit_now();
    assert!(session.is_changed());
    let is_update = |index: &usize| {
        let step = session.trace().step(*index);
        step.phase() == Some(Phase::Update)
    };
    let updates: Vec<usize> = (0..session.trace().len()).filter(is_update).collect();
    for index in 0..updates[0] {
        session.go_to(index);
        let is_walked = session.step().operation().is_some();
        let is_set_apart = text(&session).contains(BEFORE);
        assert!(!(is_walked && is_set_apart), "{}", text(&session));
    }
    let is_set_apart = |index: usize| {
        let mut there = session.clone();
        there.go_to(index);
        text(&there).contains(BEFORE)
    };
    assert!(updates.into_iter().any(is_set_apart));
}

/// A task names numbers of the lesson as it was.
#[test]
fn a_task_says_which_numbers_it_was_written_for() {
    let session = with_task_done();
    assert!(text(&session).contains(BEFORE), "{}", text(&session));
}

/// The shares that an optimizer keeps are under the cursor where an update shows them, and have a name.
#[test]
fn what_an_optimizer_keeps_is_changed_where_it_stands() {
    let lesson = session_of("optimizers");
    let mut names = BTreeSet::new();
    for index in 0..lesson.trace().len() {
        let step = lesson.trace().step(index);
        let optimizer = step.spec().training.optimizer;
        for symbol in step.settings() {
            let Quantity::Kept(moment) = symbol else {
                continue;
            };
            let [letter, name] = optimizer.name_of_kept(moment);
            if !names.insert((name, step.network_index())) {
                continue;
            }
            // By its key, and by its letter as the page shows it and as it is typed: μ, mu.
            for name in [name, letter, &ascii(letter)] {
                let mut session = lesson.clone();
                session.go_to(index);
                session.change_named(name, "0.25");
                session.edit_now();
                let now = session.step().spec().training.optimizer.kept(moment);
                assert!(
                    (now - 0.25).abs() < 1e-12,
                    "{name}: {:?}",
                    session.message()
                );
            }
            let mut session = lesson.clone();
            session.go_to(index);
            session.change_named(name, "0.25");
            session.edit_now();
            assert_reads_back(&session, name);
            // The same with the cursor.
            let mut session = lesson.clone();
            session.go_to(index);
            press(&mut session, "⎋");
            let is_there = |session: &Session| {
                let cell = session.cursor().map(|place| place.cell);
                cell.is_some_and(|cell| cell.symbol == symbol)
            };
            for _ in 0..20 {
                press(&mut session, "⇥");
                if is_there(&session) {
                    break;
                }
                let before = session.cursor();
                press(&mut session, "→");
                if is_there(&session) {
                    break;
                }
                if session.cursor() != before {
                    press(&mut session, "←");
                }
            }
            assert!(is_there(&session), "{name}: {}", text(&session));
            press(&mut session, "-");
            session.edit_now();
            assert!(is_there(&session), "{name}: {}", text(&session));
            let now = session.step().spec().training.optimizer.kept(moment);
            assert!(
                (optimizer.kept(moment) - 0.01 - now).abs() < 1e-12,
                "{name}: {now}"
            );
        }
    }
    assert!(names.len() > 2, "{names:?}");
}

/// In every lesson: a task is not done by other samples, and the page says why.
#[test]
fn no_task_is_done_by_other_samples() {
    let mut tasks = 0;
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let trace = Arc::new(Trace::compile(Arc::new(lesson)).unwrap());
        let is_task = |index: &usize| trace.goal(*index).is_some();
        for index in (0..trace.len()).filter(is_task) {
            let step = trace.step(index);
            let network = step.network_index();
            let input = step.spec().data.x[[0, 0]];
            let change = Change {
                edit: Edit::Sample {
                    network,
                    side: Side::Inputs,
                    sample: 0,
                    column: 0,
                    value: input + 0.5,
                },
                name: "x".into(),
                from: Amount::Number(input),
                to: Amount::Number(input + 0.5),
            };
            let mut session = Session::new(Arc::clone(&trace));
            session.go_to(index);
            session.follow_changes(&[change], index + 1, None);
            session.edit_now();
            if !session.is_changed() {
                // Some inputs are words, which take no such number.
                continue;
            }
            let asked = session.asked().unwrap();
            let goal = asked.question.goal().unwrap();
            assert!(
                goal.other_samples && !goal.is_met() && !asked.revealed,
                "{name} {index}"
            );
            let lines = asked.question.conditions(session.trace());
            let told: String = lines
                .iter()
                .map(|(_, line)| line.text(session.decimals()))
                .collect();
            assert!(
                told.contains("The samples are others now"),
                "{name}: {told}"
            );
            tasks += 1;
        }
    }
    assert!(tasks > 30, "{tasks}");
}

/// Where a task was done by other numbers, what is offered behind it does something, and no page changes its number.
#[test]
fn behind_a_task_only_what_does_something_is_offered() {
    let mut session = session_of("gates");
    let task = (0..session.trace().len()).find(|index| session.trace().goal(*index).is_some());
    session.go_to(task.unwrap());
    let number = |session: &Session| session.trace().number(session.index());
    let before = (number(&session), session.trace().steps());
    press(&mut session, "⇥=-0.5⏎");
    assert!(session.asked().unwrap().revealed && session.is_changed());
    assert_eq!((number(&session), session.trace().steps()), before);
    assert!(text(&session).contains(&format!("step {}/{}", before.0, before.1)));
    assert!(session.offers(Command::TakeBack));
    press(&mut session, "⎋←");
    assert!(text(&session).contains(&format!("step {}*/{}", before.0, before.1)));
    press(&mut session, "→→");
    assert_eq!(number(&session), before.0 + 1);
    assert!(!session.offers(Command::TakeBack) && session.offers(Command::Compare));
    // With the changes again it is theirs to take back.
    press(&mut session, "x");
    assert!(session.offers(Command::TakeBack));
    press(&mut session, "u");
    assert!(session.changes().is_empty());
    // The number of a page leads to it.
    session.go_to(task.unwrap());
    press(&mut session, "⇥=-0.5⏎⎋");
    press(&mut session, "7G");
    assert_eq!(number(&session), 7);
}
