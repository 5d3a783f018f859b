//! What the lecture says, in notes that a key opens, and trainings that are compared in a table.

use std::sync::Arc;

use nn_tutor::algebra::Decimals;
use nn_tutor::export::json;
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::session::{Command, Session};
use nn_tutor::trace::Trace;
use nn_tutor::ui::{self, Color, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::common::key_strings::press;

const LESSON: &str = "format: 1
title: Compared
summary: Two trainings.
networks:
  slow:
    inputs: 2
    layers: [{units: 2, activation: tanh}, {units: 1, activation: logistic}]
    init: {scheme: xavier, seed: 3}
    learning_rate: 0.1
  fast:
    inputs: 2
    layers: [{units: 2, activation: tanh}, {units: 1, activation: logistic}]
    init: {scheme: xavier, seed: 3}
    learning_rate: 2
loss: neg-log-loss
dataset: xor
script:
  - say: Here J is a mean.
    lecture: There it is a sum.
  - walk: {network: slow, sample: 1, until: loss, lecture: {'z(1)': 'There {z(1)[1]} is called a.'}}
  - train: {network: slow, epochs: 20, every: 20}
  - train: {network: fast, epochs: 300, every: 150}
  - say: Which is better?
    compare: [slow, fast]
    network: fast
";

fn trace() -> Trace {
    let source = Source {
        name: "compared.yaml".into(),
        text: LESSON.into(),
    };
    Trace::compile(Arc::new(Lesson::parse(source).unwrap())).unwrap()
}

fn screen(session: &Session) -> String {
    let area = Rect::new(0, 0, 80, 24);
    let theme = Theme {
        color: Color::Dark,
        ascii: false,
    };
    let mut buffer = Buffer::empty(area);
    ui::render(session, &theme, area, &mut buffer);
    let line = |y| (0..80).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..24).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_key_shows_what_the_lecture_says_and_hides_it() {
    let mut session = Session::new(trace());
    assert!(screen(&session).contains("in the lecture"));
    assert!(!screen(&session).contains("There it is a sum."));
    press(&mut session, "i");
    assert!(screen(&session).contains("There it is a sum."));
    press(&mut session, "i");
    assert!(!screen(&session).contains("There it is a sum."));
    // It is closed where one goes on.
    press(&mut session, "i→");
    assert!(session.lecture().is_none() && !session.offers(Command::Lecture));
    press(&mut session, "i");
    assert!(session.lecture().is_none() && session.message().is_some());
    press(&mut session, "→i");
    let z = session.step().value().unwrap()[[0, 0]];
    let z = Decimals::default().term(z);
    assert!(screen(&session).contains(&format!("There {z} is called a.")));
}

#[test]
fn a_trace_has_the_notes() {
    let trace = trace();
    let mut out = Vec::new();
    json::write(&trace, 0..3, &mut out).unwrap();
    let lines: Vec<serde_json::Value> = String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["lecture"], "There it is a sum.");
    assert!(lines[1].get("lecture").is_none());
    assert!(lines[2]["lecture"].as_str().unwrap().starts_with("There"));
}

#[test]
fn trainings_are_compared_in_a_table_with_their_curves() {
    let trace = trace();
    let last = trace.len() - 1;
    let lines: Vec<String> = trace
        .step(last)
        .narration()
        .iter()
        .map(|line| line.text(Decimals::default()))
        .collect();
    assert_eq!(lines[0], "Which is better?");
    let [head, slow, fast] = &lines[2..] else {
        panic!("{lines:?}")
    };
    // Only what differs has a column.
    let heads: Vec<&str> = head.split_whitespace().collect();
    assert_eq!(heads, ["ρ", "epochs", "right", "J"]);
    for (index, row, epochs) in [(last - 3, slow, "20"), (last - 1, fast, "300")] {
        let step = trace.step(index);
        let now = step.measure();
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells[1], step.spec().name);
        assert_eq!(cells[2], step.spec().training.rho.to_string());
        assert_eq!(cells[3], epochs);
        assert_eq!(cells[4], format!("{}/4", now.right.unwrap()));
        assert_eq!(cells[5], Decimals::default().number(now.loss));
    }
    // As many decimals as the reader wants, and the heads still above their columns.
    let six = Decimals::new(6);
    let lines = trace.step(last).narration();
    let [head, .., fast] = [2, 3, 4].map(|line| lines[line].text(six));
    let loss = trace.step(last - 1).measure().loss;
    assert!(fast.ends_with(&six.number(loss)), "{fast}");
    assert_eq!(head.chars().count(), fast.chars().count());
    assert_eq!(trace.place_in_comparison(last), Some(1));
    assert_eq!(trace.other_curves(last).to_vec(), [trace.curve(last - 3)]);
    assert!(trace.other_curves(last - 1).is_empty());
    let mut session = Session::new(trace);
    session.go_to(last);
    let shown = screen(&session);
    assert!(
        shown.contains("1 slow") && shown.contains("2 fast"),
        "{shown}"
    );
}

/// Every row of a comparison in the course stands on one line of a narrow screen.
#[test]
fn comparisons_fit_a_narrow_screen() {
    let library = Library::embedded();
    let mut count = 0;
    for name in library.names() {
        let lesson = library.open(name).unwrap();
        if lesson.scenes.iter().all(|scene| scene.compared.is_empty()) {
            continue;
        }
        let mut session = Session::new(Trace::compile(lesson.into()).unwrap());
        for index in 0..session.trace().len() {
            let trace = session.trace();
            let scene = &trace.lesson().scenes[trace.step(index).scene()];
            if scene.compared.is_empty() {
                continue;
            }
            session.go_to(index);
            let lines = session.step().narration();
            let rows = lines.iter().map(|line| line.text(Decimals::default()));
            let rows: Vec<String> = rows.skip_while(|line| !line.starts_with("  ")).collect();
            assert!(rows.len() > 2, "{name}: {rows:?}");
            let shown = screen(&session);
            for row in rows {
                assert!(shown.contains(row.trim_end()), "{name}: {row}\n{shown}");
                count += 1;
            }
        }
    }
    assert!(count > 20);
}

/// A training says first how many are right, and what has changed: twice in full, then in a line.
#[test]
fn a_training_leads_with_its_result() {
    let trace = trace();
    let last = trace.len() - 1;
    let text = |index: usize| trace.step(index).narration()[0].text(Decimals::default());
    let [before, now] = [last - 2, last - 1].map(|index| trace.step(index).measure());
    let [was, is] = [before, now].map(|of| Decimals::default().number(of.loss));
    let brief = text(last - 1);
    assert_eq!(
        brief,
        format!(
            "{} of 4 right (before: {}), J {was} → {is}. Epoch 300 of 300: the training ends here.",
            now.right.unwrap(),
            before.right.unwrap()
        )
    );
    let text = text(last - 2);
    assert!(
        text.starts_with(&format!("Right: {} of 4", before.right.unwrap())),
        "{text}"
    );
    assert!(text.contains(&format!(" and is now J = {was}")), "{text}");
    assert!(text.ends_with("Epoch 150 of 300."), "{text}");
    let mut session = Session::new(trace);
    session.go_to(last - 2);
    let shown = screen(&session);
    let at = |what: &str| shown.find(what).unwrap();
    assert!(at("Right: ") < at("W⁽⁰⁾"), "{shown}");
}

/// In every lesson: where a note is offered, its key shows it, beside a question once that is answered.
#[test]
fn every_note_of_the_course_is_shown() {
    let mut count = [0, 0];
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let mut session = Session::new(Trace::compile(Arc::new(lesson)).unwrap());
        for index in 0..session.trace().len() {
            session.go_to(index);
            let note = session.step().lecture();
            let Some(first) = note.first() else { continue };
            let first = first.text(Decimals::default());
            let beginning: String = first.chars().take(30).collect();
            let is_asked = session.asked().is_some_and(|asked| !asked.revealed);
            if is_asked {
                let mut early = session.clone();
                early.apply(Command::Return);
                early.apply(Command::Lecture);
                let shown = screen(&early);
                assert!(!shown.contains(&beginning), "{name} {index}: {shown}");
                assert!(shown.contains("once you have"), "{name} {index}: {shown}");
                session.apply(Command::Answer);
                session.apply(Command::Answer);
            }
            session.apply(Command::Lecture);
            let shown = screen(&session);
            assert!(shown.contains(&beginning), "{name} {index}: {shown}");
            count[usize::from(is_asked)] += 1;
        }
    }
    assert!(count[0] > 10 && count[1] > 10, "{count:?}");
}
