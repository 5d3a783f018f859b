//! The lab: a run that plays, is gone back in, changed, opened and compared.

// What is placed and set is kept to the bit.
#![allow(clippy::float_cmp)]

mod told;
mod turned;

use std::sync::Arc;
use std::time::Duration;

use crate::common::key_strings::key;
use nn_tutor::algebra::{Cell as Place, Phase, Quantity};
use nn_tutor::app::{App, Catalogue, Event, LabTranscript, ProgressKeeper};
use nn_tutor::engine::{Network, Trainer};
use nn_tutor::export::text::TextStyle;
use nn_tutor::keys::{self, PointerEvent};
use nn_tutor::lesson::{Assignment, Lesson, Library, NetworkSpec, Panel};
use nn_tutor::session::{ChooseWhat, Command, Effect, Lab, Mode, Plane, Pointing, Session};
use nn_tutor::terminal::Screen;
use nn_tutor::trace::{Change, DataChange, MapStep, Run, Trace};
use nn_tutor::ui::{self, Color, Theme};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Rect, Size};

const DARK: Theme = Theme {
    color: Color::Dark,
    ascii: false,
};
const PLAIN: Theme = Theme {
    color: Color::None,
    ascii: false,
};
const ASCII: Theme = Theme {
    color: Color::None,
    ascii: true,
};

fn lesson(name: &str) -> Lesson {
    match Library::embedded().open(name) {
        Ok(lesson) => lesson,
        Err(_) => Lesson::of_data_set(name).unwrap().unwrap(),
    }
}

fn lab(name: &str) -> Lab {
    let lesson = lesson(name);
    Lab::new(Run::of_lesson(&lesson, lesson.trained_last()).unwrap()).unwrap()
}

/// Returns a lab as lines of text.
fn transcript(name: &str, ascii: bool) -> LabTranscript {
    let style = TextStyle {
        ascii,
        width: 80,
        decimals: nn_tutor::algebra::Decimals::default(),
    };
    LabTranscript::new(lab(name), style)
}

/// Presses keys, and waits for what takes longer.
fn press(lab: &mut Lab, text: &str) -> Option<Effect> {
    let mut last = None;
    for c in text.chars() {
        if let Some(command) = keys::command(lab.mode(), key(c)) {
            last = Some(lab.apply(command));
            if !lab.is_playing() {
                lab.arrive();
            }
        }
    }
    last
}

fn lines(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let rows = buffer.content.chunks(width);
    let lines = rows.map(|row| {
        let line: String = row.iter().map(Cell::symbol).collect();
        line.trim_end().to_owned() + "\n"
    });
    lines.collect()
}

fn rendered(lab: &Lab, theme: Theme, (width, height): (u16, u16)) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    ui::render_lab(lab, &theme, area, &mut buffer);
    lines(&buffer)
}

/// Returns the plane of samples on a screen of this size, and where it is.
fn plane(lab: &Lab, (width, height): (u16, u16)) -> Option<(Plane, Rect)> {
    ui::lab_plane(lab, &PLAIN, Rect::new(0, 0, width, height))
}

#[test]
fn keys_lead_forth_and_back_and_to_any_update_and_epoch() {
    let mut lab = lab("xor");
    for (keys, update, epoch) in [
        ("→", 1, 0),
        ("3→", 4, 1),
        ("→↓", 8, 2),
        ("→→↑", 8, 2),
        ("↑", 4, 1),
        ("10↓", 44, 11),
        ("←", 43, 10),
        ("40←", 3, 0),
        ("99←", 0, 0),
        ("G", 44, 11),
        ("g", 0, 0),
        (":500⏎", 500, 125),
        (":12⌫⏎", 1, 0),
        (":7⎋", 1, 0),
        ("e50⏎", 200, 50),
        ("7G", 7, 1),
        ("hl⌫", 6, 1),
        ("5⎋→", 7, 1),
    ] {
        press(&mut lab, keys);
        let run = lab.run();
        assert_eq!((run.here(), run.epoch().0), (update, epoch), "{keys}");
        assert_eq!(lab.picture().step().updates(), update, "{keys}");
        assert_eq!(lab.mode(), Mode::Lab);
    }
    press(&mut lab, "g←");
    assert_eq!(lab.message(), Some("The run begins after update 0."));
    // Without a lesson below Esc only says what does quit.
    assert_eq!(press(&mut lab, "⎋"), Some(Effect::Draw));
    assert!(lab.message().unwrap().contains("q quits"));
    assert_eq!(press(&mut lab, "q"), Some(Effect::Leave));
    assert_eq!(press(&mut lab, "m"), Some(Effect::Menu));
    press(&mut lab, "?");
    assert_eq!(lab.mode(), Mode::Help);
    assert!(rendered(&lab, PLAIN, (80, 60)).contains("opens the next update"));
    press(&mut lab, "⎋");
    assert_eq!(lab.mode(), Mode::Lab);
}

#[test]
fn a_change_is_a_mark_that_is_gone_back_before_and_taken_back() {
    let mut lab = lab("xor");
    press(&mut lab, "100→");
    let before = rendered(&lab, DARK, (80, 24));
    press(&mut lab, "]");
    assert_eq!(lab.message(), Some("From update 100 on: ρ 1."));
    press(&mut lab, "]200→");
    let after = lab.run().curve();
    assert!(rendered(&lab, PLAIN, (80, 24)).contains("ρ 2 · 2 changes"));
    assert!(rendered(&lab, PLAIN, (80, 24)).contains('┊'));
    // Before it, nothing has changed yet; after it, all is as it was.
    press(&mut lab, ":99⏎");
    assert!(rendered(&lab, PLAIN, (80, 24)).contains("ρ 0.5 ·"));
    press(&mut lab, ":300⏎");
    assert_eq!(lab.run().curve(), after);
    // Two were made, and two are taken back.
    press(&mut lab, "u");
    assert_eq!(
        lab.message(),
        Some("Taken back: ρ 2, from update 300 back to 100.")
    );
    press(&mut lab, "u");
    assert_eq!(lab.run().here(), 100);
    assert!(lab.run().marks().is_empty());
    press(&mut lab, "←→");
    assert_eq!(rendered(&lab, DARK, (80, 24)), before);
    press(&mut lab, "u");
    assert_eq!(lab.message(), Some("Nothing has been changed."));
    // A change before another one drops that.
    press(&mut lab, "[:50⏎[");
    assert_eq!(lab.run().marks().len(), 1);
    assert_eq!(lab.run().furthest(), 50);
}

#[test]
fn numbers_are_set_by_their_names() {
    let mut lab = lab("batch-norm");
    press(&mut lab, "5→");
    let change = |lab: &Lab, name: &str, value| Change::named(name, value, lab.run().now());
    for (name, value) in [
        ("rho", 0.25),
        ("alpha", 0.01),
        ("alpha1", 0.01),
        ("batch", 3.0),
        ("W(0)[0,1]", 0.5),
    ] {
        let made = change(&lab, name, value).unwrap();
        lab.change(made).unwrap();
        press(&mut lab, "2→");
    }
    let training = lab.run().now().training;
    assert_eq!((training.batch_size, training.penalty.is_any()), (3, true));
    for (name, value) in [
        ("batch", 0.5),
        ("W(9)[1,1]", 1.0),
        ("W(0)[99,1]", 1.0),
        ("x(1)[1,1]", 1.0),
        ("W(0)", 1.0),
        ("?", 1.0),
        ("before rho", 1.0),
    ] {
        assert!(change(&lab, name, value).is_err(), "{name}");
    }
    for (name, value) in [
        ("rho", -1.0),
        ("rho", 1e9),
        ("alpha", 1e9),
        ("W(0)[0,1]", 1e9),
    ] {
        let wrong = change(&lab, name, value).unwrap();
        assert!(lab.change(wrong).is_err(), "{name}");
    }
    let weights = lab.run().marks().last().unwrap().change.words(&[]);
    assert_eq!(weights, "w₀,₁⁽⁰⁾ 0.500");
}

#[test]
fn playing_keeps_its_speed_makes_few_frames_and_costs_nothing_when_paused() {
    let mut lab = lab("moons");
    assert_eq!(lab.patience(), None);
    press(&mut lab, " ");
    assert!(lab.is_playing());
    let (mut now, mut frames, mut ticks) = (Duration::ZERO, 0, 0);
    while now < Duration::from_secs(4) {
        frames += usize::from(lab.tick(now));
        ticks += 1;
        now += lab.patience().unwrap().max(Duration::from_millis(1));
    }
    // Fifty a second.
    let made = lab.run().here();
    assert!((190..=210).contains(&made), "{made}");
    assert!((10..=120).contains(&frames), "{frames}");
    assert!(ticks < 1_100, "{ticks}");
    press(&mut lab, " ");
    assert_eq!((lab.is_playing(), lab.patience()), (false, None));
    assert!(!lab.tick(now));
    // As fast as it goes, until all is right; there it stops, in a sentence.
    press(&mut lab, "++++++++++");
    assert_eq!(lab.speed(), None);
    press(&mut lab, " ");
    while lab.is_playing() {
        lab.tick(now);
        now += lab.patience().unwrap_or_default() + Duration::from_millis(3);
        assert!(now < Duration::from_secs(600));
    }
    let said = lab.message().unwrap().to_owned();
    assert!(said.contains("right") || said.contains("loss"), "{said}");
    let reached = lab.last_reached().unwrap();
    assert_eq!(reached.update, lab.run().here());
    assert_eq!(lab.picture().step().updates(), lab.run().here());
}

#[test]
fn what_grows_beyond_all_bounds_is_said_and_gone_back_from() {
    let mut lab = lab("sin");
    for _ in 0..9 {
        press(&mut lab, "]");
    }
    press(&mut lab, "++++++++++ ");
    let mut now = Duration::ZERO;
    while lab.is_playing() {
        lab.tick(now);
        now += Duration::from_millis(5);
        assert!(now < Duration::from_secs(600));
    }
    let said = lab.message().unwrap().to_owned();
    let here = lab.run().here();
    assert!(said.starts_with("Training diverges: in epoch "), "{said}");
    assert!(said.contains(&format!("(update {}), ", here + 1)), "{said}");
    assert!(said.contains("a smaller learning rate"), "{said}");
    press(&mut lab, "→");
    assert_eq!(
        (lab.run().here(), lab.message()),
        (here, Some(said.as_str()))
    );
    press(&mut lab, " ");
    assert!(!lab.is_playing());
    assert!(rendered(&lab, PLAIN, (80, 24)).contains("diverges with the next update"));
    // The update with which they grow is opened as far as it goes.
    press(&mut lab, "o");
    let opened = lab.opened().unwrap();
    let said = opened.message().unwrap();
    assert!(
        said.starts_with(&format!("Update {}, up to its gradient", here + 1)),
        "{said}"
    );
    let phases = |at| opened.trace().step(at).phase();
    let last = opened.trace().len() - 1;
    assert_eq!(
        (phases(0), phases(last)),
        (Some(Phase::Feedforward), Some(Phase::Gradient))
    );
    lab.close_opened();
    press(&mut lab, "g[[[[[[[[[100→");
    assert_eq!(lab.run().here(), 100);
}

/// Says which number grows: a weight, a γ or a β, or the loss alone.
#[test]
fn a_diverged_run_names_the_number_that_grows() {
    let diverged = |name: &str, rho: f64| {
        let mut lab = self::lab(name);
        lab.change(Change::rate(rho)).unwrap();
        lab.run_until(100_000);
        let reached = lab.last_reached().unwrap();
        (lab.run().here() + 1, reached.sentence(4))
    };
    let mut names = Vec::new();
    for (name, rho) in [("free-fall", 25.6), ("free-fall", 1e6), ("sin", 51.2)] {
        let (update, said) = diverged(name, rho);
        let (place, what) = said.split_once(" of it").unwrap();
        let what = what.split(';').next().unwrap();
        assert!(place.starts_with("Training diverges: in epoch "), "{said}");
        assert!(
            what.starts_with(&format!(" (update {update}), "))
                || place.ends_with(&format!("epoch 1, at update {update}")),
            "{said}"
        );
        let number = what.split_once("), ").map_or(what, |what| what.1);
        names.push(format!("{name} {rho}: {number}"));
    }
    insta::assert_snapshot!(names.join("\n"));
}

#[test]
fn runs_are_kept_and_compared_three_at_most() {
    let mut lab = lab("xor");
    press(&mut lab, "1se400⏎k");
    let first = lab.run().curve();
    press(&mut lab, "r");
    assert_eq!(lab.run().here(), 0);
    press(&mut lab, "]e400⏎");
    let table = lab.table();
    assert_eq!(table.len(), 2);
    assert_eq!(table[0].0, "ρ 0.5");
    assert!(table[1].0.starts_with("ρ 1"), "{}", table[1].0);
    assert!(table[1].1.all_right < table[0].1.all_right);
    assert_eq!(lab.kept()[0].curve, first);
    press(&mut lab, "kskskk");
    assert_eq!(lab.kept().len(), 3);
    assert_eq!(lab.run().seed(), Some(3));
    press(&mut lab, "7s");
    assert_eq!(lab.run().seed(), Some(7));
    // What is trained as before in every way has the bits of before.
    let mut other = self::lab("xor");
    press(&mut other, "50→7s1s100→");
    press(&mut lab, "1s[100→");
    assert_eq!(
        lab.run().now().training.rho.to_bits(),
        other.run().now().training.rho.to_bits()
    );
    let weights = |lab: &Lab| lab.picture().step().network().clone();
    assert_eq!(weights(&lab), weights(&other));
    // Given weights have no seed.
    let mut given = self::lab("grounded");
    press(&mut given, "s");
    assert!(given.message().unwrap().contains("gives the start weights"));
    press(&mut given, "S");
    assert!(given.starts().is_none());
}

#[test]
fn random_starts_are_trained_and_summed_up() {
    let mut lab = lab("xor");
    press(&mut lab, "8S");
    assert!(!lab.starts().unwrap().is_done());
    // Slice by slice, also beside a run that plays.
    press(&mut lab, " ");
    let mut now = Duration::ZERO;
    while !lab.starts().unwrap().is_done() {
        lab.tick(now);
        now += Duration::from_millis(1) + lab.patience().unwrap();
    }
    assert!(lab.run().here() > 0, "the run has played on");
    let starts = lab.starts().unwrap();
    assert_eq!(starts.outcomes().len(), 8);
    for (seed, outcome) in (0..).zip(starts.outcomes()) {
        assert_eq!(outcome.seed, seed);
        // As a run with that seed does.
        let mut own = self::lab("xor");
        own.begin_with_seed(seed);
        own.run_until(4000);
        let right = own.run().all_reached().first().map(|reached| reached.epoch);
        assert_eq!(
            outcome.all_right,
            right.filter(|_| outcome.all_right.is_some())
        );
    }
    let right: usize = starts.histogram().iter().map(|bar| bar.1).sum();
    assert!(
        starts
            .summary()
            .starts_with(&format!("{right} of 8 get all right"))
    );
    assert_eq!(starts.without("{} s").is_some(), right < 8);
    let shown = rendered(&lab, PLAIN, (80, 24));
    assert!(shown.contains("Random starts"), "{shown}");
}

#[test]
fn screens_of_a_run() {
    let mut lab = lab("xor");
    insta::assert_snapshot!("lab_start", rendered(&lab, PLAIN, (80, 24)));
    press(&mut lab, "400→]]k:399⏎r]e200⏎");
    lab.apply(Command::NextPanel);
    lab.apply(Command::Digit(1));
    for (name, theme, size) in [
        ("lab_80x24", PLAIN, (80, 24)),
        ("lab_40x12", PLAIN, (40, 12)),
        ("lab_120x40", PLAIN, (120, 40)),
        ("lab_200x60", PLAIN, (200, 60)),
        ("lab_ascii", ASCII, (80, 24)),
    ] {
        insta::assert_snapshot!(name, rendered(&lab, theme, size));
    }
    assert!(rendered(&lab, ASCII, (120, 40)).is_ascii());
    // Without colour it says the same.
    assert_eq!(
        rendered(&lab, DARK, (120, 40)),
        rendered(&lab, PLAIN, (120, 40))
    );
    insta::assert_snapshot!(
        "lab_digits",
        rendered(&self::lab("digits"), PLAIN, (80, 24))
    );
    insta::assert_snapshot!("lab_curve", rendered(&self::lab("sin"), PLAIN, (80, 24)));
}

/// Returns the heading of the panel at the upper left.
fn heading(screen: &str) -> String {
    let line = screen.lines().nth(2).unwrap();
    let line = line.trim_start_matches(['╭', '─', ' ']);
    line.split(" ─").next().unwrap().to_owned()
}

#[test]
fn any_panel_fills_the_screen_and_makes_room_again() {
    for name in ["xor", "moons", "iris", "sin", "digits", "grounded"] {
        let mut lab = lab(name);
        press(&mut lab, "20→");
        let all = lab.panels();
        let before = rendered(&lab, PLAIN, (80, 24));
        press(&mut lab, "z");
        let mut headings = Vec::new();
        for panel in &all {
            assert_eq!(lab.large_panel(), Some(*panel), "{name}");
            for size in [(40, 12), (80, 24), (120, 40), (200, 60)] {
                let shown = rendered(&lab, PLAIN, size);
                let (last, lines) = (usize::from(size.1) - 2, shown.lines());
                let below = lines.clone().nth(last).unwrap();
                assert!(below.contains("v panel  z large"), "{shown}");
                assert!(below.contains(panel.name()), "{shown}");
                assert!(!shown.contains('┬'), "{shown}");
            }
            headings.push(heading(&rendered(&lab, PLAIN, (80, 24))));
            press(&mut lab, "v");
        }
        // Each has its own heading, and after the last comes the first.
        let count = headings.len();
        headings.dedup();
        assert_eq!(
            (headings.len(), lab.large_panel()),
            (count, Some(all[0])),
            "{name}"
        );
        press(&mut lab, "V");
        assert_eq!(lab.large_panel(), all.last().copied());
        // It goes on playing and training there.
        press(&mut lab, "5→");
        assert!(rendered(&lab, PLAIN, (80, 24)).contains("update 25"));
        press(&mut lab, "⎋5←");
        assert_eq!(lab.large_panel(), None);
        // The one that was large stays in sight; round once more, all is as before.
        assert_eq!(lab.second_panels().first(), all.last(), "{name}");
        press(&mut lab, "v");
        press(&mut lab, "z");
        assert_eq!(lab.large_panel(), lab.second_panels().first().copied());
        press(&mut lab, "z→←");
        assert_eq!(rendered(&lab, PLAIN, (80, 24)), before, "{name}");
    }
}

#[test]
fn v_chooses_what_a_narrow_screen_shows() {
    let mut lab = lab("xor");
    press(&mut lab, "v");
    let said = lab.message().unwrap().to_owned();
    assert_eq!(said, "Panel 2 of 7: layers. z makes it large.");
    press(&mut lab, ".,→");
    assert!(heading(&rendered(&lab, PLAIN, (40, 12))).starts_with("Size of δ"));
}

#[test]
fn the_network_shows_what_hidden_units_compute_where_there_is_room() {
    let mut lab = lab("xor");
    press(&mut lab, "1se400⏎");
    let wide = rendered(&lab, PLAIN, (120, 40));
    assert!(wide.contains("··░▒▓█") || wide.contains("░▒▓███"), "{wide}");
    // What they say is not said twice, unless that is wanted.
    assert!(!wide.contains("Units over"), "{wide}");
    press(&mut lab, "vV");
    assert!(rendered(&lab, PLAIN, (120, 40)).contains("Units over"));
    assert!(rendered(&lab, PLAIN, (80, 24)).contains("Units over"));
    // It follows the run.
    let before = rendered(&lab, PLAIN, (120, 40));
    press(&mut lab, "g");
    assert_ne!(rendered(&lab, PLAIN, (120, 40)), before);
}

#[test]
fn the_keys_that_do_not_fit_below_stand_in_the_border() {
    let mut lab = lab("xor");
    let shown = rendered(&lab, PLAIN, (80, 24));
    for said in [
        "Tab numbers",
        "c choices",
        "d data",
        "L map",
        "[ ] rate",
        "S starts",
        "k keep",
        "r again",
        "w save",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let shown = rendered(&lab, PLAIN, (120, 40));
    for said in ["k keep", "s seed", "v panel", "z large", "[ ] rate"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let ascii = rendered(&lab, ASCII, (80, 24));
    assert!(ascii.is_ascii() && ascii.contains("d data"), "{ascii}");
    // Once something is changed, the key that takes it back is there.
    let mut changed = self::lab("xor");
    press(&mut changed, "]");
    changed.apply(Command::Digit(0));
    let shown = rendered(&changed, PLAIN, (80, 24));
    assert!(shown.contains("u undo"), "{shown}");
    // Without a lesson below, the help promises none.
    press(&mut lab, "?");
    let help = rendered(&lab, PLAIN, (160, 60));
    assert!(help.contains("back to the lesson or the list"), "{help}");
    assert!(
        !help.contains("back to the lesson, at the same step"),
        "{help}"
    );
}

#[test]
fn screens_of_pictures() {
    let mut moons = lab("moons");
    press(&mut moons, "e60⏎");
    for (name, keys, theme, size) in [
        ("moons_units_80x24", "vV", PLAIN, (80, 24)),
        ("moons_units_large_80x24", "z", PLAIN, (80, 24)),
        ("moons_units_large_40x12", "", PLAIN, (40, 12)),
        ("moons_units_large_120x40", "", PLAIN, (120, 40)),
        ("moons_units_large_ascii", "", ASCII, (80, 24)),
        ("moons_120x40", "z", PLAIN, (120, 40)),
        ("moons_200x60", "", PLAIN, (200, 60)),
    ] {
        press(&mut moons, keys);
        press(&mut moons, ".,→←");
        insta::assert_snapshot!(format!("lab_{name}"), rendered(&moons, theme, size));
    }
    assert_eq!(
        rendered(&moons, DARK, (200, 60)),
        rendered(&moons, PLAIN, (200, 60))
    );
    let mut digits = lab("digits");
    press(&mut digits, "vz");
    insta::assert_snapshot!("lab_digits_weights", rendered(&digits, PLAIN, (80, 24)));
    insta::assert_snapshot!("lab_digits_weights_dark", rendered(&digits, DARK, (80, 24)));
    // Where not all have room, a key turns to the others.
    let shown = |lab: &Lab| rendered(lab, DARK, (40, 12));
    let first = shown(&digits);
    assert!(first.contains("of 16, PgDn"), "{first}");
    digits.apply(Command::PageDown);
    assert_ne!(shown(&digits), first);
    digits.apply(Command::PageUp);
    assert_eq!(shown(&digits), first);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_size_and_no_keys_are_too_much(
        name in prop::sample::select(vec!["xor", "moons", "digits", "sin", "iris", "grounded", "early-stop"]),
        keys in "[ →←↑↓⇥⇤⇟0-9gGo:e⏎⎋+=*cfb\\[\\]uUkrsvV.,?LxXyYnNzdatHJK<>-]{0,32}",
        width in 1..220_u16,
        height in 1..70_u16,
    ) {
        let mut lab = lab(name);
        let mut now = Duration::ZERO;
        for c in keys.chars() {
            if lab.opened().is_some() {
                lab = self::lab(name);
            }
            if lab.mode() == Mode::Data && let Some((plane, _)) = plane(&lab, (width, height)) {
                lab.set_plane(plane);
            }
            if let Some(command) = keys::command(lab.mode(), key(c)) {
                lab.apply(command);
            }
            for _ in 0..3 {
                lab.tick(now);
                now += Duration::from_millis(40);
            }
            // Nothing is waited for but what is under way.
            prop_assert!(lab.patience().is_none() || lab.is_playing() || lab.is_on_the_way());
        }
        for theme in [DARK, ASCII] {
            rendered(&lab, theme, (width, height));
        }
    }
}

/// Sets numbers of what a network learns.
fn with(network: &Network, numbers: &[(Place, f64)]) -> Network {
    let mut network = network.clone();
    for (cell, value) in numbers {
        let set = Assignment {
            quantity: cell.symbol,
            place: [cell.row, cell.column],
            value: *value,
        };
        set.apply(&mut network);
    }
    network
}

/// Returns the loss over the data set as the engine has it, with the penalty.
fn loss(spec: &NetworkSpec, network: &Network) -> f64 {
    let training = spec.training;
    let mut trainer = Trainer::new(network, &spec.data, &training);
    trainer.evaluate(network, &spec.data, training.loss).loss + training.penalty.of(network)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_loss_map_says_what_the_engine_says(
        (name, l2) in prop::sample::select(vec![
            ("xor", 0.0),
            ("grounded", 0.01),
            ("batch-norm", 0.0),
            ("regularisation", 0.02),
            ("moons", 0.01),
            ("optimizers", 0.0),
            ("iris", 0.0),
            ("early-stop", 0.0),
        ]),
        updates in 0..40_usize,
        choice in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        size in (1..6_usize, 1..5_usize),
        (is_curve, zoom) in (any::<bool>(), -3..5_i32),
    ) {
        let mut lab = lab(name);
        if l2 > 0.0 {
            lab.change(Change::named("alpha", l2, lab.run().now()).unwrap()).unwrap();
        }
        lab.go_to(updates);
        lab.arrive();
        let learned = lab.picture().step().all_learned();
        let (first, second) = (*choice.0.get(&learned), *choice.1.get(&learned));
        let second = (!is_curve && second != first).then_some(second);
        lab.map_of(first, second).unwrap();
        for _ in 0..zoom.abs() {
            lab.apply(if zoom > 0 { Command::Narrower } else { Command::Wider });
        }
        let map = lab.map().unwrap().clone();
        let step = lab.picture().step();
        let (spec, network) = (step.spec(), step.network().clone());
        let plane = step.map_plane(&map.cells, &map.path, map.zoom);
        let size = (size.0, if map.cells.len() > 1 { size.1 } else { 1 });
        let points = step.loss_map(&plane.axes, size, usize::MAX);
        prop_assert_eq!((points.columns, points.rows), size);
        for (at, found) in points.losses.iter().enumerate() {
            let place = [(at % size.0, size.0), (at / size.0, size.1)];
            let set = plane.axes.iter().zip(place);
            let set: Vec<_> = set.map(|(axis, (part, all))| (axis.cell, axis.at(part, all))).collect();
            let expected = loss(spec, &with(&network, &set));
            let is_same = (found - expected).abs() <= 1e-12 * expected.abs().max(1.0);
            prop_assert!(is_same || found.is_nan() && expected.is_nan(), "{found} for {expected}");
        }
        let expected = loss(spec, &network);
        prop_assert!((plane.loss - expected).abs() <= 1e-12 * expected.abs().max(1.0));
        // The slope is that of a small nudge to both sides.
        for ((cell, slope), here) in map.cells.iter().zip(&plane.slopes).zip(&plane.here) {
            let nudged = |by: f64| loss(spec, &with(&network, &[(*cell, here + by)]));
            let nudge = 1e-5 * here.abs().max(1.0);
            let expected = (nudged(nudge) - nudged(-nudge)) / (2.0 * nudge);
            let near = 1e-6 * (expected.abs() + loss(spec, &network).abs()).max(1.0);
            prop_assert!((slope - expected).abs() <= near, "{slope} for {expected}");
        }
        // The axes show where the network is, and where it has been unless they are narrower.
        for (at, axis) in plane.axes.iter().enumerate() {
            let inside = |value: f64| (axis.low..=axis.high).contains(&value);
            prop_assert!(inside(plane.here[at]), "{axis:?} around {}", plane.here[at]);
            prop_assert!(zoom > 0 || map.path.iter().all(|point| inside(point[at])));
        }
        // The arrow ends where the next update leads.
        let next = plane.next.clone().unwrap();
        if plane.step == MapStep::Downhill {
            for ((here, next), slope) in plane.here.iter().zip(&next).zip(&plane.slopes) {
                let down = here - spec.training.rho * slope;
                prop_assert!((next - down).abs() <= 1e-12 * here.abs().max(1.0));
            }
        }
        let cells = map.cells;
        lab.apply(Command::Next);
        prop_assert_eq!(lab.run().here(), updates + 1);
        let then = lab.map().unwrap();
        let step = lab.picture().step();
        let plane = step.map_plane(&cells, &then.path, 0);
        prop_assert_eq!(&plane.here, &next);
    }
}

#[test]
fn a_loss_map_is_opened_chosen_for_and_closed() {
    let mut lab = lab("xor");
    press(&mut lab, "x");
    assert_eq!(
        lab.message(),
        Some("That key is for the loss map, which L opens.")
    );
    assert!(lab.map().is_none());
    press(&mut lab, "40→");
    let before = rendered(&lab, PLAIN, (80, 24));
    assert!(before.contains("L map"), "{before}");
    press(&mut lab, "L");
    let steepest = lab.map().unwrap().cells.clone();
    assert_eq!(steepest, lab.picture().step().steepest());
    let named = |lab: &Lab| {
        let cells = lab.map().unwrap().cells.iter();
        let names: Vec<String> = cells
            .map(|cell| nn_tutor::trace::name_of_learned(*cell))
            .collect();
        names.join(" ")
    };
    let cell = |row, column| Place::new(Quantity::Weights(0), row, column);
    lab.map_of(cell(1, 0), Some(cell(2, 1))).unwrap();
    for (keys, names) in [
        ("x", "W(0)[1,2] W(0)[2,2]"),
        ("2x", "W(1)[0,1] W(0)[2,2]"),
        ("3X", "W(0)[1,1] W(0)[2,2]"),
        ("X", "W(0)[0,2] W(0)[2,2]"),
        ("y", "W(0)[0,2] W(1)[0,1]"),
        ("3y", "W(0)[0,2]"),
        ("y", "W(0)[0,2] W(0)[0,1]"),
        ("Y", "W(0)[0,2]"),
        ("Y", "W(0)[0,2] W(1)[2,1]"),
    ] {
        press(&mut lab, keys);
        assert_eq!(named(&lab), names, "{keys}");
    }
    let shown = rendered(&lab, PLAIN, (80, 24));
    assert!(shown.contains("J → w₀,₂⁽⁰⁾, ↑ w₂,₁⁽¹⁾"), "{shown}");
    // It follows: on, back, changes, another run.
    let path = |lab: &Lab| lab.map().unwrap().path.clone();
    let at_40 = path(&lab);
    assert_eq!(at_40.len(), 41);
    press(&mut lab, "10→");
    assert_eq!(path(&lab).len(), 51);
    press(&mut lab, "20←");
    assert_eq!(path(&lab), at_40[..31]);
    press(&mut lab, "]10→");
    assert_eq!(path(&lab)[..31], at_40[..31]);
    assert_ne!(path(&lab)[31..], at_40[31..]);
    press(&mut lab, "u10→");
    assert_eq!(path(&lab), at_40);
    press(&mut lab, "s");
    assert_eq!(path(&lab).len(), 1);
    assert_eq!(named(&lab), "W(0)[0,2] W(1)[2,1]");
    let width = |lab: &Lab| {
        let map = lab.map().unwrap();
        let step = lab.picture().step();
        let axis = step.map_plane(&map.cells, &map.path, map.zoom).axes[0];
        axis.high - axis.low
    };
    let first = width(&lab);
    press(&mut lab, "n");
    assert!(width(&lab) < first);
    press(&mut lab, "NN");
    assert!(width(&lab) > first);
    // Esc closes it, and only then the lab; so does L. What was chosen stays.
    press(&mut lab, "⎋");
    assert!(lab.map().is_none());
    press(&mut lab, "L");
    assert_eq!(named(&lab), "W(0)[0,2] W(1)[2,1]");
    press(&mut lab, "L");
    assert!(lab.map().is_none());
    assert!(rendered(&lab, PLAIN, (80, 24)).contains("Regions"));
    // What is not learned cannot be chosen.
    let none = Place::new(Quantity::Weights(7), 0, 0);
    assert!(lab.map_of(none, None).is_err());
    assert!(lab.map().is_none());
}

#[test]
fn the_way_of_a_long_run_is_kept_in_few_points() {
    let mut lab = lab("xor");
    press(&mut lab, "L:100000⏎");
    let path = lab.map().unwrap().path.clone();
    assert!((200..2_000).contains(&path.len()), "{}", path.len());
    assert!(lab.run().bytes() < 32_000_000);
    // Back and on again it is the same.
    press(&mut lab, ":50000⏎:100000⏎");
    assert_eq!(lab.map().unwrap().path, path);
    // Where numbers are set it jumps.
    press(&mut lab, ":200⏎");
    let before = lab.map().unwrap().path.len();
    let cell = lab.map().unwrap().cells[0];
    let set = Assignment {
        quantity: cell.symbol,
        place: [cell.row, cell.column],
        value: 7.0,
    };
    lab.set_numbers(vec![set]).unwrap();
    let path = lab.map().unwrap().path.clone();
    assert!(path.len() > before);
    assert!((path.last().unwrap()[0] - 7.0).abs() < f64::EPSILON);
}

#[test]
fn screens_of_a_loss_map() {
    let mut lab = lab("xor");
    press(&mut lab, "400→L");
    for (name, theme, size) in [
        ("map_80x24", PLAIN, (80, 24)),
        ("map_40x12", PLAIN, (40, 12)),
        ("map_120x40", PLAIN, (120, 40)),
        ("map_200x60", PLAIN, (200, 60)),
        ("map_ascii", ASCII, (80, 24)),
        ("map_colour", DARK, (80, 24)),
    ] {
        insta::assert_snapshot!(name, rendered(&lab, theme, size));
    }
    assert!(rendered(&lab, ASCII, (120, 40)).is_ascii());
    press(&mut lab, "Y");
    let cells = lab.map().unwrap().cells.clone();
    lab.map_of(cells[0], None).unwrap();
    insta::assert_snapshot!("map_curve", rendered(&lab, PLAIN, (80, 24)));
    insta::assert_snapshot!("map_curve_ascii", rendered(&lab, ASCII, (80, 24)));
    let mut digits = self::lab("digits");
    press(&mut digits, "3↓L");
    insta::assert_snapshot!("map_digits", rendered(&digits, PLAIN, (80, 24)));
    let mut adam = self::lab("moons");
    press(&mut adam, "20↓L");
    insta::assert_snapshot!("map_batch", rendered(&adam, PLAIN, (80, 24)));
}

#[test]
fn the_loss_map_is_read_aloud() {
    let mut transcript = self::transcript("xor", false);
    for line in [
        "train 400",
        "map W(0)[1,2] W(1)[0,1]",
        "train 100",
        "map",
        "map W(1)[1,1]",
        "map W(9)[1,1]",
        "map rho",
        "map W(0)[1,2] W(1)[0,1] W(1)[1,1]",
    ] {
        transcript.take_in(line);
    }
    insta::assert_snapshot!("lab_plain_map", transcript.take_output());
}

/// An application, and the time that it is told.
struct Stage {
    app: App,
    now: Duration,
}

impl Stage {
    fn new(app: App) -> Self {
        let mut stage = Self {
            app,
            now: Duration::ZERO,
        };
        stage
            .app
            .handle(Event::Resize(Size::new(80, 24)), Duration::ZERO);
        stage
    }

    fn lesson(name: &str) -> Self {
        let catalogue = Catalogue::new(Library::embedded());
        let keeper = ProgressKeeper::of_this_run();
        let app = App::lesson(
            catalogue,
            keeper,
            name.as_ref(),
            None,
            PLAIN,
            Duration::ZERO,
        );
        let mut stage = Self::new(app.unwrap());
        while stage.app.position().is_none() {
            stage.tick();
        }
        stage
    }

    fn alone(name: &str) -> Self {
        let catalogue = Catalogue::new(Library::embedded());
        Self::new(App::lab(
            catalogue,
            ProgressKeeper::of_this_run(),
            lab(name),
            PLAIN,
        ))
    }

    fn press(&mut self, keys: &str) -> Option<Effect> {
        let mut last = None;
        for c in keys.chars() {
            last = self.app.handle(Event::Key(key(c)), self.now);
            self.tick();
        }
        last
    }

    fn tick(&mut self) {
        for _ in 0..1000 {
            let Some(wait) = self.app.next_wake() else {
                return;
            };
            self.now += wait.max(Duration::from_millis(1));
            self.app.handle(Event::Tick, self.now);
        }
    }

    fn screen(&self) -> String {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal
            .draw(|frame| self.app.draw(frame.buffer_mut()))
            .unwrap();
        lines(terminal.backend().buffer())
    }
}

/// Playing as fast as it goes on a slow machine, with any panel: of the frames of any second, a slow line carries all.
#[test]
fn a_second_of_playing_takes_at_most_12_kilobytes() {
    let mut most = 0;
    for name in ["moons", "spiral", "sin"] {
        for view in ["", "z", "vvv", "vvvz", "Lz"] {
            let mut stage = Stage::alone(name);
            stage.press("++++++++");
            stage.press(view);
            let mut screen = Screen::new(Size::new(80, 24));
            let mut frames = Vec::new();
            let mut event = Event::Key(key(' '));
            let began = stage.now;
            while stage.now < began + Duration::from_secs(2) {
                if stage.app.handle(event, stage.now).is_some() {
                    let bytes = screen.draw(|buf| stage.app.draw(buf)).len();
                    stage.app.written(bytes, stage.now);
                    frames.push((stage.now, bytes));
                }
                let Some(wait) = stage.app.next_wake() else {
                    break;
                };
                stage.now += wait.max(Duration::from_millis(15));
                event = Event::Tick;
            }
            for (from, _) in &frames {
                let within = frames.iter().filter(|(at, _)| {
                    at >= from && at.saturating_sub(*from) < Duration::from_secs(1)
                });
                let bytes: usize = within.map(|(_, bytes)| bytes).sum();
                assert!(bytes <= 12_000, "{name} {view}: {bytes} from {from:?}");
                most = most.max(bytes);
            }
        }
    }
    // So it is the limit that holds.
    assert!(most > 9_000, "{most}");
}

#[test]
fn an_update_is_opened_walked_and_left_again() {
    let mut stage = Stage::alone("xor");
    stage.press("50→");
    let before = stage.screen();
    assert!(before.contains("update 50"), "{before}");
    stage.press("o");
    let opened = stage.screen();
    assert!(
        opened.contains("Update 51, operation by operation"),
        "{opened}"
    );
    assert!(opened.contains("step 1/"), "{opened}");
    stage.press("→→→");
    assert!(stage.screen().contains("step 4/"));
    stage.press("⇥⏎");
    // Of what the lesson would do, nothing is done here.
    stage.press("⎋⎋NPL");
    for _ in 0..4 {
        stage.press("⎋");
    }
    stage.press("→←");
    assert_eq!(stage.screen(), before);
    // To the end of the update, which is where the next one begins.
    stage.press("oG");
    let last = stage.screen();
    assert!(
        last.contains("after epoch 12") || last.contains("step "),
        "{last}"
    );
    stage.press("→");
    assert!(
        stage.screen().contains("Esc goes back"),
        "{}",
        stage.screen()
    );
    stage.press("⎋");
    assert!(stage.screen().contains("update 50"));
    assert_eq!(stage.press("q"), Some(Effect::Quit));
    assert_eq!(stage.press("m"), Some(Effect::Draw));
    assert!(stage.screen().contains("Neurons and networks"));
}

/// In an update that is opened it is the changes of the run that are listed.
#[test]
fn an_opened_update_lists_the_changes_of_its_run() {
    let mut stage = Stage::alone("xor");
    let nothing = "Nothing is changed. Tab goes to the numbers";
    stage.press("oC");
    assert!(stage.screen().contains(nothing), "{}", stage.screen());
    stage.press("⎋q50→]50→]oC");
    let listed = stage.screen();
    let is_listed = listed.contains("Changes of this run");
    // One below the other, each with its last digit where the others have theirs.
    assert!(is_listed && listed.contains("\n  50  ρ 1"), "{listed}");
    assert!(listed.contains("\n 100  ρ 2"), "{listed}");
    assert!(!listed.contains(nothing), "{listed}");
}

#[test]
fn the_lab_goes_on_from_a_step_of_a_lesson_and_comes_back_to_it() {
    let library = Library::embedded();
    let trace = Trace::compile(library.open("xor").unwrap().into()).unwrap();
    let mut session = Session::new(trace);
    session.go_to(usize::MAX);
    let last = session.index();
    let app = App::lesson(
        Catalogue::new(library),
        ProgressKeeper::of_this_run(),
        "xor".as_ref(),
        Some(last),
        PLAIN,
        Duration::ZERO,
    );
    let mut stage = Stage::new(app.unwrap());
    // However long it takes to prepare the lesson.
    while stage.app.position().is_none() {
        stage.tick();
    }
    stage.press("⎋");
    let before = stage.screen();
    stage.press("L");
    let lab = stage.screen();
    assert!(
        lab.contains("Lab: XOR") && lab.contains("Tab: numbers, Esc: back to the lesson."),
        "{lab}"
    );
    assert!(
        lab.contains(&format!("update {}", session.step().updates())),
        "{lab}"
    );
    stage.press("20→]20→o→⎋");
    assert!(
        stage
            .screen()
            .contains(&format!("update {}", session.step().updates() + 40))
    );
    for key in ["⎋", "Lq"] {
        stage.press(key);
        let back = stage.screen();
        let body = |screen: &str| {
            screen
                .lines()
                .take(23)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(body(&back), body(&before), "{key}");
    }
}

#[test]
fn random_starts_are_trained_beside_the_keys() {
    let mut stage = Stage::alone("xor");
    stage.press("5S");
    let mut seen = String::new();
    while !seen.contains("of 5 get all right") || seen.contains("to come") {
        stage.tick();
        seen = stage.screen();
        std::thread::yield_now();
    }
    stage.press("⎋");
    assert_eq!(stage.app.next_wake(), None);
}

#[test]
fn the_lab_as_lines_of_text() {
    let mut transcript = self::transcript("xor", false);
    for line in [
        "help",
        "train 100",
        "back 10",
        "epoch 3",
        "go 500",
        "go epoch 20",
        "set rho 2",
        "set W(0)[1,2] 0.9",
        "train",
        "show changes",
        "undo",
        "undo",
        "undo",
        "run",
        "show weights",
        "show curve",
        "keep",
        "again",
        "seed 4",
        "epoch 10",
        "show runs",
        ".",
        ",",
        "",
        "train x",
        "set rho x",
        "set rho -1",
        "set foo 1",
        "show",
        "show foo",
        "show fit",
        "show fit x y",
        "seeds 3",
        "jump",
    ] {
        transcript.take_in(line);
    }
    insta::assert_snapshot!("lab_plain", transcript.take_output());
    assert_eq!(transcript.take_in("open"), Effect::Draw);
    let opened = transcript.take_output();
    assert!(opened.contains("That was update 41"), "{opened}");
    assert_eq!(transcript.take_in("quit"), Effect::Quit);
}

/// A number that is there is changed by a sign before what is typed, as on the screen.
#[test]
fn lines_of_text_change_what_is_there() {
    let mut transcript = self::transcript("xor", false);
    for (line, said) in [
        ("set rho 0,5", "learning rate ρ is that already."),
        ("set ρ *3", "learning rate ρ 0.5 → 1.5, from update 0 on."),
        (
            "set rho /2",
            "learning rate ρ 1.5 → 0.75, from update 0 on.",
        ),
        (
            "set learning_rate +-0,25",
            "learning rate ρ 0.75 → 0.5, from update 0 on.",
        ),
        ("set W(0)[1,2] 0.9", "w₁,₂⁽⁰⁾ 0.900."),
        ("set W(0)[1,2] *2", "w₁,₂⁽⁰⁾ 1.800."),
        ("set batch *2", "batch 1 → 2, from update 0 on."),
        ("set alpha +0.1", "l2 0 → 0.1, from update 0 on."),
        ("set foo *2", "set takes a value such as 0.25"),
        ("set rho *x", "That is no number."),
    ] {
        transcript.take_in(line);
        let told = transcript.take_output();
        assert!(told.contains(said), "{line}: {told}");
    }
}

#[test]
fn numbers_are_changed_where_one_stands_and_all_follows() {
    let mut lab = lab("xor");
    press(&mut lab, "200→");
    let before = rendered(&lab, DARK, (80, 24));
    let weight = |lab: &Lab| lab.picture().step().network().weights(0)[[0, 0]];
    let first = weight(&lab);
    press(&mut lab, "⇥");
    assert_eq!(lab.mode(), Mode::LabNumbers);
    // The first number is the first bias weight, and the cursor stays on it.
    press(&mut lab, "+++-");
    let moved = weight(&lab);
    assert!((moved - first - 0.02).abs() < 1e-9, "{first} {moved}");
    assert_eq!(lab.run().marks().len(), 1, "one number, one change");
    let said = lab.message().unwrap().to_owned();
    assert!(said.contains("from update 200 on"), "{said}");
    press(&mut lab, "=*2⏎");
    assert!((weight(&lab) - 2.0 * moved).abs() < 1e-9);
    // What was typed is a change of its own.
    assert_eq!(lab.run().marks().len(), 2);
    press(&mut lab, "⎋u⇥");
    assert_eq!(weight(&lab).to_bits(), moved.to_bits());
    press(&mut lab, "++-=*2⏎");
    assert_eq!(
        lab.run().marks().len(),
        3,
        "steps in a row after taking back"
    );
    press(&mut lab, "=nonsense⏎");
    assert_eq!(lab.mode(), Mode::Change);
    assert!(lab.message().unwrap().contains("no number"));
    press(&mut lab, "⎋");
    // Updates go on, with the cursor where it was.
    press(&mut lab, "3f");
    assert_eq!((lab.run().here(), lab.mode()), (203, Mode::LabNumbers));
    // Its curve leads up to where one stands, also where not every update is kept.
    press(&mut lab, "498f");
    let history = lab.number_history().unwrap();
    assert_eq!(history.last(), Some(&(701, weight(&lab))));
    press(&mut lab, "498b");
    press(&mut lab, "b");
    assert_eq!(lab.run().here(), 202);
    // Taken back, all is as it was, to the last sign on the screen.
    press(&mut lab, "⎋U");
    assert_eq!((lab.run().here(), lab.mode()), (200, Mode::Lab));
    press(&mut lab, "←→");
    assert_eq!(rendered(&lab, DARK, (80, 24)), before);
    assert_eq!(weight(&lab).to_bits(), first.to_bits());
}

#[test]
fn choices_remake_the_network_from_here_on() {
    let mut lab = lab("moons");
    press(&mut lab, "120→");
    let before = rendered(&lab, DARK, (80, 24));
    let network = |lab: &Lab| lab.picture().step().network().clone();
    let trained = network(&lab);
    press(&mut lab, "c");
    assert_eq!(lab.mode(), Mode::Choices);
    let row = |lab: &Lab, label: &str| {
        let rows = lab.picture().choices();
        let at = rows.iter().position(|row| row.label == label).unwrap();
        (at, rows[at].value.clone())
    };
    assert!(
        lab.picture()
            .choices()
            .iter()
            .all(|row| !row.label.contains("epochs"))
    );
    let choose = |lab: &mut Lab, label: &str, keys: &str| {
        let (at, _) = row(lab, label);
        press(lab, &format!("g{}{keys}", "↓".repeat(at)));
    };
    // Another activation keeps the weights.
    choose(&mut lab, "layer 1: activation", "←");
    assert_eq!(network(&lab).weights(0), trained.weights(0));
    assert_ne!(
        network(&lab).layers()[0].activation,
        trained.layers()[0].activation
    );
    assert!(
        lab.message().unwrap().contains("from update 120 on"),
        "{:?}",
        lab.message()
    );
    // More units: other weights; turned on and back again, none of that is left.
    choose(&mut lab, "layer 1: units", "→");
    assert_eq!(network(&lab).shape(0), (3, 6));
    assert!(
        lab.message().unwrap().ends_with("drawn anew."),
        "{:?}",
        lab.message()
    );
    press(&mut lab, "→→");
    assert_eq!(network(&lab).shape(0), (3, 8));
    assert_eq!(lab.run().marks().len(), 2);
    press(&mut lab, "←←←");
    assert_eq!(network(&lab).weights(0), trained.weights(0));
    assert_eq!(lab.run().marks().len(), 1);
    // What a scene could change is a setting; what does not fit is refused.
    choose(&mut lab, "optimizer", "→");
    assert_eq!(row(&lab, "optimizer").1, "momentum");
    choose(&mut lab, "momentum", "→");
    assert_eq!(row(&lab, "momentum").1, "0.95");
    choose(&mut lab, "loss", "←");
    let passed = lab.message().unwrap().to_owned();
    assert!(
        passed.ends_with("What does not fit was passed over: hinge."),
        "{passed}"
    );
    press(&mut lab, "u");
    choose(&mut lab, "noise", "→");
    let noise = row(&lab, "noise").1;
    press(&mut lab, "⎋50→");
    assert_eq!(lab.run().here(), 170);
    // Before the changes nothing has changed, and after them all is as it was.
    let after = rendered(&lab, DARK, (80, 24));
    press(&mut lab, ":119⏎c");
    assert_ne!(row(&lab, "noise").1, noise);
    assert_eq!(row(&lab, "optimizer").1, "descent");
    press(&mut lab, "⎋:170⏎");
    assert_eq!(rendered(&lab, DARK, (80, 24)), after);
    let all = lab.run().marks().len();
    press(&mut lab, "U");
    assert_eq!(
        lab.message(),
        Some(&*format!("All {all} changes are taken back."))
    );
    press(&mut lab, "←→");
    assert_eq!(rendered(&lab, DARK, (80, 24)), before);
}

#[test]
fn a_number_of_an_opened_update_is_changed_and_the_update_with_it() {
    let mut lab = lab("xor");
    press(&mut lab, "40→o");
    let opened = |lab: &mut Lab, keys: &str| {
        for c in keys.chars() {
            let session = lab.opened_mut().unwrap();
            let command = keys::command_in(session, key(c)).unwrap();
            if session.apply(command) == Effect::Edit {
                lab.change_opened();
            }
        }
    };
    opened(&mut lab, "→⇥");
    while !lab
        .opened()
        .unwrap()
        .cursor()
        .unwrap()
        .cell
        .symbol
        .to_string()
        .starts_with('W')
    {
        opened(&mut lab, "⇥");
    }
    let place = |lab: &Lab| {
        let session = lab.opened().unwrap();
        (session.index(), session.cursor(), session.mode())
    };
    let (index, cursor, mode) = place(&lab);
    let cell = cursor.unwrap().cell;
    assert!(cell.symbol.to_string().starts_with('W'), "{cell:?}");
    let number = |lab: &Lab| lab.opened().unwrap().step().number(cell).unwrap();
    let before = number(&lab);
    opened(&mut lab, "+");
    assert!((number(&lab) - before - 0.01).abs() < 1e-9);
    assert_eq!(place(&lab), (index, cursor, mode));
    assert_eq!(lab.run().marks()[0].update, 40);
    // A sample is changed for all updates from here on.
    let computed = lab.opened().unwrap().step().index;
    assert_eq!(computed, index);
    opened(&mut lab, "u");
    assert_eq!(number(&lab).to_bits(), before.to_bits());
    assert!(lab.run().marks().is_empty());
    assert!(lab.opened().is_some());
}

#[test]
fn a_lab_of_a_changed_lesson_goes_on_with_its_changes() {
    let lesson = lesson("xor");
    let mut session = Session::new(Trace::compile(lesson.into()).unwrap());
    session.apply(Command::End);
    let count = |session: &Session| session.step().network().shape(0).1;
    let units = count(&session);
    session.apply(Command::Choices);
    let rows = session.choices();
    let at = rows
        .iter()
        .position(|row| row.label == "layer 1: units")
        .unwrap();
    for _ in 0..at {
        session.apply(Command::Down);
    }
    session.apply(Command::Right);
    session.edit_now();
    session.apply(Command::Return);
    assert_eq!(count(&session), units + 1);
    let mut lab = Lab::of_session(&session).unwrap();
    let shape = |lab: &Lab| lab.picture().step().network().shape(0).1;
    assert_eq!(shape(&lab), units + 1);
    press(&mut lab, &format!("cg{}→", "↓".repeat(at)));
    assert_eq!(shape(&lab), units + 2, "{:?}", lab.message());
    press(&mut lab, "u");
    assert_eq!(shape(&lab), units + 1);
}

#[test]
fn every_panel_is_shown_in_lines_of_text() {
    for name in [
        "xor",
        "moons",
        "iris",
        "sin",
        "digits",
        "grounded",
        "batch-norm",
    ] {
        let lab = lab(name);
        let panels = lab.panels();
        for ascii in [false, true] {
            let mut transcript = self::transcript(name, ascii);
            transcript.take_in("train 20");
            transcript.take_output();
            for panel in &panels {
                transcript.take_in(&format!("show {}", panel.name()));
                let said = transcript.take_output();
                assert!(
                    said.lines().count() > 1 || *panel == Panel::Activation,
                    "{name}: {said}"
                );
                assert!(!said.contains("There is no"), "{said}");
                assert!(said.is_ascii() || !ascii, "{said}");
                assert!(
                    said.lines().all(|line| line.chars().count() <= 80),
                    "{said}"
                );
            }
            transcript.take_in("show");
            let said = transcript.take_output().replace('\n', " ");
            for panel in &panels {
                assert!(said.contains(panel.name()), "{said}");
            }
        }
    }
    let mut transcript = self::transcript("xor", false);
    transcript.take_in("go epoch 400");
    transcript.take_output();
    for command in [
        "show regions",
        "show units",
        "show loss",
        "show saturation",
        "show layers",
    ] {
        transcript.take_in(command);
    }
    insta::assert_snapshot!("lab_plain_panels", transcript.take_output());
    let mut transcript = self::transcript("digits", false);
    for command in [
        "show weights",
        "show weights 3",
        "show weights 99",
        "show picture",
    ] {
        transcript.take_in(command);
    }
    insta::assert_snapshot!("lab_plain_digits", transcript.take_output());
}

/// Returns the samples as they are given: inputs, then targets.
fn samples(lab: &Lab) -> Vec<Vec<f64>> {
    let samples = lab.run().samples().into_iter();
    samples
        .map(|sample| [sample.x, sample.y].concat())
        .collect()
}

#[test]
fn samples_are_placed_moved_turned_and_deleted_by_keys() {
    let mut lab = lab("xor");
    lab.set_plane(Plane {
        low: [-1.025, -1.05],
        high: [1.975, 1.95],
        cells: [60, 30],
    });
    // The middle, and steps of a cell: 0.05 across and 0.1 down, at the roundest number in it.
    press(&mut lab, "d");
    assert_eq!(lab.mode(), Mode::Data);
    assert_eq!(lab.hand().unwrap().at(), [0.5, 0.5]);
    press(&mut lab, "→↑");
    assert_eq!(lab.hand().unwrap().at(), [0.55, 0.6]);
    press(&mut lab, "H←KK");
    assert_eq!(lab.hand().unwrap().at(), [0.25, 1.6]);
    press(&mut lab, "LJ⏎");
    assert_eq!(lab.run().marks().len(), 1);
    assert_eq!(samples(&lab)[4], [0.5, 1.1, 1.0]);
    assert_eq!(
        lab.message(),
        Some("From update 0 on: a sample at (0.5, 1.1), y 1.")
    );
    // Turned, by a key and by a digit; a digit that is no class says so.
    press(&mut lab, "t");
    assert_eq!(samples(&lab)[4][2], 0.0);
    press(&mut lab, "1");
    assert_eq!(samples(&lab)[4][2], 1.0);
    press(&mut lab, "2");
    assert_eq!(lab.message(), Some("The classes are 0 to 1."));
    // Carried along, in one change; Esc brings it back.
    let marks = lab.run().marks().len();
    press(&mut lab, "g→→→↓");
    assert_eq!(samples(&lab)[4][..2], [0.65, 1.0]);
    assert_eq!(lab.hand().unwrap().carried(), Some(4));
    assert_eq!(lab.run().marks().len(), marks + 1);
    press(&mut lab, "⎋");
    assert_eq!(samples(&lab)[4][..2], [0.5, 1.1]);
    assert_eq!(
        (lab.mode(), lab.hand().unwrap().carried()),
        (Mode::Data, None)
    );
    press(&mut lab, "g↓⏎→");
    assert_eq!(samples(&lab)[4][..2], [0.5, 1.0]);
    // To the next ones by Tab, and deleted.
    press(&mut lab, "⇥⇥");
    assert_eq!(lab.hand().unwrap().at(), [0.0, 0.0]);
    press(&mut lab, "⇤x");
    assert_eq!(samples(&lab).len(), 4);
    press(&mut lab, "x");
    assert!(lab.message().unwrap().contains("Tab goes to the next one"));
    press(&mut lab, "⇥x⇥x⇥x⇥x");
    assert_eq!(samples(&lab).len(), 1);
    assert!(lab.message().unwrap().contains("The last sample stays"));
    // Taken back one by one, to what it was.
    let marks = lab.run().marks().len();
    press(&mut lab, &"u".repeat(marks));
    assert_eq!(samples(&lab), samples(&self::lab("xor")));
    assert!(lab.run().marks().is_empty());
    press(&mut lab, "⎋");
    assert_eq!((lab.mode(), lab.hand()), (Mode::Lab, None));
}

#[test]
fn the_plane_grows_where_the_cursor_leaves_it_and_stays_otherwise() {
    let mut lab = lab("moons");
    let (before, _) = plane(&lab, (80, 24)).unwrap();
    lab.set_plane(before);
    press(&mut lab, "d");
    let size = (80, 24);
    assert_eq!(plane(&lab, size).unwrap().0.low, before.low);
    lab.set_plane(plane(&lab, size).unwrap().0);
    for _ in 0..80 {
        press(&mut lab, "→");
    }
    let (grown, _) = plane(&lab, size).unwrap();
    assert!(grown.high[0] > before.high[0] + 1.0, "{grown:?}");
    assert_eq!((grown.low, grown.high[1]), (before.low, before.high[1]));
    press(&mut lab, "⏎");
    let outlier = samples(&lab).pop().unwrap();
    assert!(outlier[0] > before.high[0], "{outlier:?}");
    assert_eq!(plane(&lab, size).unwrap().0, grown);
    press(&mut lab, "⎋");
    assert!(plane(&lab, size).unwrap().0.high[0] > outlier[0]);
}

#[test]
fn beside_a_fit_the_height_is_the_target() {
    let mut lab = lab("sin");
    lab.set_plane(plane(&lab, (80, 24)).unwrap().0);
    press(&mut lab, "d↑↑⏎");
    let [x, y] = lab.hand().unwrap().at();
    assert_eq!(samples(&lab)[21], [x, y]);
    press(&mut lab, "g↑→⏎");
    let [x, y] = lab.hand().unwrap().at();
    assert_eq!(samples(&lab)[21], [x, y]);
    press(&mut lab, "t");
    assert!(lab.message().unwrap().contains("its target"));
    press(&mut lab, "x");
    assert_eq!(samples(&lab).len(), 21);
}

#[test]
fn what_has_no_plane_says_so() {
    let mut lab = lab("digits");
    press(&mut lab, "d");
    assert_eq!(lab.mode(), Mode::Lab);
    assert!(
        lab.message()
            .unwrap()
            .contains("This network has 64 inputs")
    );
}

#[test]
fn a_named_set_is_drawn_with_more_noise_and_more_samples() {
    let mut lab = lab("above-sin");
    let of = |lab: &Lab| {
        let drawn = lab.run().now().drawn.clone().unwrap();
        (
            drawn.options.samples,
            drawn.options.noise,
            drawn.options.seed,
        )
    };
    press(&mut lab, "d");
    assert_eq!(of(&lab), (100, 0.0, 0));
    press(&mut lab, "nnn");
    assert_eq!(of(&lab), (100, 0.15, 0));
    press(&mut lab, "N>s");
    assert_eq!(of(&lab), (200, 0.1, 1));
    // As many are held out as before, of all.
    assert_eq!(lab.run().now().data.len(), 140);
    assert_eq!(lab.run().now().held_out.as_ref().unwrap().len(), 60);
    press(&mut lab, "<<<<<<<<");
    assert_eq!(of(&lab).0, 4);
    assert_eq!(lab.message(), Some("That is as far as it goes."));
    let mut lab = self::lab("grounded");
    press(&mut lab, "dn");
    assert!(lab.message().unwrap().contains("given one by one"));
}

/// It plays on while samples are placed, and the run follows.
#[test]
fn it_plays_on_meanwhile() {
    let mut stage = Stage::alone("xor");
    stage.app.handle(Event::Key(key(' ')), stage.now);
    for _ in 0..20 {
        stage.now += Duration::from_millis(40);
        stage.app.handle(Event::Tick, stage.now);
    }
    for c in "d→→⏎↓↓".chars() {
        stage.app.handle(Event::Key(key(c)), stage.now);
        stage.now += Duration::from_millis(40);
        stage.app.handle(Event::Tick, stage.now);
    }
    assert!(stage.app.next_wake().is_some());
    let screen = stage.screen();
    assert!(
        screen.contains("playing") && screen.contains(" of 5 right"),
        "{screen}"
    );
}

#[test]
fn the_mouse_places_drags_and_turns_where_it_is_wanted() {
    use Pointing::{Drag, Press, Release, Turn};
    let mut stage = Stage::alone("xor");
    let mouse = |stage: &mut Stage, pointing: Pointing, column: u16, row: u16| {
        let report = PointerEvent {
            pointing,
            column,
            row,
        };
        stage.app.handle(Event::Pointer(report), stage.now)
    };
    assert!(!stage.app.wants_mouse());
    assert_eq!(mouse(&mut stage, Press, 20, 8), None);
    stage.press("d");
    assert!(stage.app.wants_mouse());
    mouse(&mut stage, Press, 20, 8);
    mouse(&mut stage, Release, 20, 8);
    let screen = stage.screen();
    let row = screen.lines().nth(8).unwrap();
    let around: String = row.chars().skip(19).take(3).collect();
    assert_eq!(around, "[●]", "{screen}");
    assert!(screen.contains(" of 5 right"), "{screen}");
    // Dragged, also beyond the edge, and turned.
    mouse(&mut stage, Press, 20, 8);
    mouse(&mut stage, Drag, 25, 10);
    let screen = stage.screen();
    let row = screen.lines().nth(10).unwrap();
    assert_eq!(row.chars().nth(25), Some('●'), "{screen}");
    assert!(screen.contains("carries sample 5"), "{screen}");
    mouse(&mut stage, Drag, 0, 23);
    mouse(&mut stage, Release, 0, 23);
    mouse(&mut stage, Drag, 30, 10);
    stage.press(" ");
    stage.press(" ");
    mouse(&mut stage, Turn, 6, 20);
    let screen = stage.screen();
    assert!(screen.contains(" of 5 right"), "{screen}");
    // Outside of the plane it has no use, nor where the user does without it.
    assert_eq!(mouse(&mut stage, Press, 70, 8), None);
    let alone = Stage::alone("xor");
    let mut without = Stage {
        app: alone.app.with_mouse(false),
        ..alone
    };
    without.press("d");
    assert!(!without.app.wants_mouse());
    assert_eq!(mouse(&mut without, Press, 20, 8), None);
}

/// Every cell of the plane leads to a sample that is drawn in that cell.
#[test]
fn a_cell_that_is_pointed_at_is_the_one_where_the_sample_is() {
    for (name, size) in [("xor", (80, 24)), ("moons", (120, 40)), ("sin", (100, 30))] {
        let mut lab = lab(name);
        lab.set_plane(plane(&lab, size).unwrap().0);
        press(&mut lab, "d");
        let (shown, plot) = plane(&lab, size).unwrap();
        lab.set_plane(shown);
        for (column, row) in (0..plot.width).step_by(3).zip((0..plot.height).cycle()) {
            let before = samples(&lab).len();
            lab.point(Pointing::Press, [column, row]);
            lab.point(Pointing::Release, [column, row]);
            if samples(&lab).len() == before {
                // One that was there is picked, or that beside it.
                continue;
            }
            let area = Rect::new(0, 0, size.0, size.1);
            let mut buffer = Buffer::empty(area);
            ui::render_lab(&lab, &DARK, area, &mut buffer);
            let (x, y) = (plot.x + column, plot.y + row);
            let symbol = buffer[(x, y)].symbol();
            assert!("○●".contains(symbol), "{name} {column} {row}: {symbol}");
            // Beside it stand the brackets of the cursor, lit.
            if x + 1 < plot.right() {
                let beside = &buffer[(x + 1, y)];
                assert_eq!(beside.symbol(), "]");
                assert_ne!(beside.style(), Cell::EMPTY.style());
            }
            lab.apply(Command::TakeBack);
        }
    }
}

#[test]
fn screens_of_data_by_hand() {
    let screen = |name: &str, keys: &str, theme: Theme, size: (u16, u16)| {
        let mut lab = lab(name);
        for c in keys.chars() {
            if let Some((plane, _)) = plane(&lab, size) {
                lab.set_plane(plane);
            }
            press(&mut lab, &c.to_string());
        }
        rendered(&lab, theme, size)
    };
    let xor = "200→d⏎HHt⏎L";
    insta::assert_snapshot!("lab_data_80x24", screen("xor", xor, PLAIN, (80, 24)));
    insta::assert_snapshot!("lab_data_120x40", screen("xor", xor, PLAIN, (120, 40)));
    insta::assert_snapshot!("lab_data_ascii", screen("moons", "dLLLKa", ASCII, (80, 24)));
    insta::assert_snapshot!("lab_data_fit", screen("sin", "300→dKK⏎", PLAIN, (80, 24)));
    insta::assert_snapshot!("lab_data_40x12", screen("xor", xor, PLAIN, (40, 12)));
    insta::assert_snapshot!("lab_data_carried", screen("xor", "d⇥g→→", PLAIN, (80, 24)));
}

/// Samples that are changed in the lab are in what is opened from it.
#[test]
fn an_update_is_opened_with_the_samples_of_the_run() {
    let mut stage = Stage::alone("xor");
    stage.press("4→d⏎⎋4→o");
    let screen = stage.screen();
    assert!(screen.contains("operation by operation"), "{screen}");
    assert!(screen.contains("sample 5"), "{screen}");
    assert!(screen.contains("0.5"), "{screen}");
}

#[test]
fn data_by_hand_as_lines_of_text() {
    let mut transcript = self::transcript("xor", false);
    for line in [
        "samples",
        "place 0.5 -1 class 1",
        "move 5 0.2 0.4",
        "turn 5",
        "turn 5 class 1",
        "turn 5 1",
        "samples from 4",
        "show changes",
        "train 10",
        "delete 5",
        "undo",
        "set noise 0.2",
        "set samples 40",
        "samples from 19",
        "draw",
        "draw 7",
        "noise 0",
        "place 0.5 class 1",
        "place 0.5 -1",
        "place 0.5 -1 class 3",
        "place 0.5 -1 target 2",
        "place 0.5 -1 red",
        "move 99 0 0",
        "turn x",
        "delete 0",
        "set samples 2",
        "set noise -1",
        "set noise much",
        "draw x",
    ] {
        transcript.take_in(line);
    }
    let mut iris = self::transcript("iris", false);
    for line in [
        "samples from 100",
        "place 5.1 3.5 1.4 0.2 class setosa",
        "samples from 106",
        "turn 1 3",
        "turn 1 0",
        "set noise 0.1",
        "set samples 30",
    ] {
        iris.take_in(line);
    }
    let mut fit = self::transcript("sin", false);
    for line in [
        "place 0.5 2",
        "move 22 0.6 1",
        "turn 22",
        "place 1 1 1",
        "samples from 22",
    ] {
        fit.take_in(line);
    }
    let mut all = transcript.take_output();
    all.push_str(&iris.take_output());
    all.push_str(&fit.take_output());
    insta::assert_snapshot!("lab_plain_data", all);
}

/// What is placed by hand in scaled data is scaled with them, and says what was typed.
#[test]
fn scaled_data_are_given_and_shown_as_they_are_given() {
    let mut lab = lab("iris");
    let change = DataChange::Put {
        sample: 0,
        x: Some(vec![5.0, 3.0, 1.0, 0.5]),
        y: None,
    };
    lab.change(Change::of_data(change)).unwrap();
    assert_eq!(samples(&lab)[0][..4], [5.0, 3.0, 1.0, 0.5]);
    let spec = lab.run().now();
    let columns = spec.scaled.inputs.as_ref().unwrap();
    assert_eq!(columns.raw[[0, 3]], 0.5);
    let mean: f64 = spec.data.x.column(3).sum() / spec.data.len() as f64;
    assert!(mean.abs() < 1e-12, "{mean}");
}

#[test]
fn the_loss_map_is_over_the_numbers_that_are_picked() {
    let mut lab = lab("xor");
    press(&mut lab, "20→⇥→L");
    assert_eq!(lab.mode(), Mode::Lab);
    let cells = |lab: &Lab| {
        let cells = lab.map().unwrap().cells.iter();
        let names: Vec<String> = cells
            .map(|cell| nn_tutor::trace::name_of_learned(*cell))
            .collect();
        names.join(" ")
    };
    assert_eq!(cells(&lab), "W(0)[0,2]");
    assert!(lab.message().unwrap().contains("make it a map"));
    press(&mut lab, "⇥↓L");
    assert_eq!(cells(&lab), "W(0)[1,1] W(0)[0,2]");
    press(&mut lab, "⎋");
    assert!(lab.map().is_none());
}

#[test]
fn a_run_is_written_as_a_lesson_that_begins_where_it_stands() {
    for (name, keys) in [
        ("xor", "30→"),
        ("xor", "30→]⇥+++⎋5→"),
        ("moons", "7→"),
        ("optimizers", "3→"),
        ("iris", "33→"),
        // Samples of one's own, then another start.
        ("moons", "d⏎⎋s7→"),
    ] {
        let mut lab = self::lab(name);
        press(&mut lab, keys);
        lab.arrive();
        let text = lab.run().lesson_text().unwrap();
        let lesson = Lesson::parse(nn_tutor::lesson::Source {
            name: format!("{name}-trained.yaml"),
            text: text.clone(),
        });
        let lesson = lesson.unwrap_or_else(|error| panic!("{error}\n{text}"));
        let read = Run::of_lesson(&lesson, 0).unwrap();
        // Its losses begin where its training does.
        let trace = Trace::compile(Arc::new(lesson)).unwrap();
        let begun = trace.curve(0).first().map(|(updates, _)| *updates);
        assert_eq!(begun, Some(lab.run().here()), "{name}");
        assert_same(&lab, read, name);
    }
    // One that cannot be written says why.
    let refused = self::lab("batch-norm").run().lesson_text();
    assert!(refused.unwrap_err().contains("running means"));
}

/// Checks that a run that was read from a file begins as one goes on.
fn assert_same(lab: &Lab, read: Run, name: &str) {
    let read = Lab::new(read).unwrap();
    let network = |lab: &Lab| lab.picture().step().network().clone();
    assert_eq!(network(lab), network(&read), "{name}");
    let (here, there) = (lab.run(), read.run());
    assert_eq!(here.now().training.rho, there.now().training.rho, "{name}");
    assert_eq!(here.samples(), there.samples(), "{name}");
    let loss = |lab: &Lab| lab.picture().step().measure().loss;
    assert_eq!(loss(lab), loss(&read), "{name}");
    assert_eq!(
        (here.here(), here.epoch()),
        (there.here(), there.epoch()),
        "{name}"
    );
}

#[test]
fn samples_by_hand_are_written_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.yaml");
    let mut transcript = self::transcript("moons", false);
    for line in ["train 7", "place 0.5 0.25 class 1", "delete 3"] {
        transcript.take_in(line);
    }
    transcript.take_in(&format!("write {}", path.display()));
    assert!(transcript.take_output().contains("is written"));
    transcript.take_in(&format!("write {}", path.display()));
    assert!(transcript.take_output().contains("is there already"));
    let lesson = Library::embedded().open(&path).unwrap();
    let mut lab = lab("moons");
    press(&mut lab, "7→");
    let read = Run::of_lesson(&lesson, 0).unwrap();
    assert_eq!(lab.run().samples().len(), read.samples().len());
    assert_ne!(lab.run().samples(), read.samples());
    let weights = |lab: &Lab| lab.picture().step().network().clone();
    assert_eq!(weights(&lab), weights(&Lab::new(read).unwrap()));
}

/// Classes keep their names when samples are changed by hand, on the screen and in the file.
#[test]
fn classes_keep_their_names() {
    let folder = tempfile::tempdir().unwrap();
    for (name, class) in [("digits", "3"), ("iris", "versicolor")] {
        let mut transcript = self::transcript(name, false);
        transcript.take_output();
        transcript.take_in(&format!("turn 1 class {class}"));
        let said = transcript.take_output();
        assert!(said.contains(&format!("sample 1 class {class}.")), "{said}");
        let path = folder.path().join(format!("{name}.yaml"));
        transcript.take_in("delete 2");
        transcript.take_in(&format!("write {}", path.display()));
        let lesson = Library::embedded().open(&path).unwrap();
        let own = Lesson::of_data_set(name).unwrap().unwrap();
        let names = |lesson: &Lesson| {
            let data = &lesson.networks[0].data;
            (data.features.clone(), data.classes.clone())
        };
        assert_eq!(names(&lesson), names(&own), "{name}");
    }
}

#[test]
fn a_run_that_another_one_takes_the_place_of_comes_back() {
    let mut lab = lab("xor");
    press(&mut lab, "50→s7→");
    assert_eq!(lab.run().here(), 7);
    press(&mut lab, "u");
    assert_eq!(lab.run().here(), 50);
    assert!(lab.message().unwrap().contains("The run before is back"));
    press(&mut lab, "u");
    assert_eq!(lab.run().here(), 7, "and the other one again");
    // Changes are taken back first, and listed.
    press(&mut lab, "]C");
    let listed = rendered(&lab, PLAIN, (80, 24));
    assert!(listed.contains("7  ρ 1"), "{listed}");
    press(&mut lab, "⎋uC");
    let listed = rendered(&lab, PLAIN, (80, 24));
    assert!(
        listed.contains("From the start not as in the lesson\n seed 2, in the lesson 1"),
        "{listed}"
    );
    press(&mut lab, "⎋");
    // What sets a number at the beginning tells two runs apart.
    press(&mut lab, "g⇥+⎋kr");
    let table = lab.table();
    assert!(table[0].0.contains("changed: w₀,₁⁽⁰⁾"), "{:?}", table[0].0);
}

#[test]
fn what_differs_from_the_lesson_from_the_start_is_listed() {
    let mut lab = lab("xor");
    press(&mut lab, "C");
    let listed = |lab: &Lab| rendered(lab, PLAIN, (80, 24));
    assert!(
        listed(&lab).contains("Nothing is changed."),
        "{}",
        listed(&lab)
    );
    press(&mut lab, "⎋]rC");
    let said = listed(&lab);
    assert!(
        said.contains("learning rate ρ 1, in the lesson 0.5"),
        "{said}"
    );
    let mut transcript = transcript("xor", false);
    for line in ["set rho 1", "again", "place 2 2 class 1", "again"] {
        transcript.take_in(line);
    }
    transcript.take_output();
    transcript.take_in("show changes");
    let said = transcript.take_output();
    assert!(
        said.contains("from the start: learning rate ρ 1, in the lesson 0.5"),
        "{said}"
    );
    assert!(said.contains("from the start: other samples"), "{said}");
}

#[test]
fn choices_of_the_lab_as_lines_of_text() {
    let mut transcript = self::transcript("xor", false);
    let mut said = |line: &str| {
        transcript.take_in(line);
        transcript.take_output()
    };
    said("");
    let list = said("choices");
    let number = |label: &str| {
        let line = list.lines().find(|line| line.contains(label)).unwrap();
        line.split('.').next().unwrap().to_owned()
    };
    for (label, value) in [
        ("layer 1: activation", "tanh"),
        ("layer 1: units", "4"),
        ("hidden layers", "2"),
        ("loss", "mean-squared"),
        ("optimizer", "adam"),
        ("input x₁x₂", "on"),
        ("learning rate", "0.25"),
        ("batch:", "all"),
    ] {
        let told = said(&format!("choose {} {value}", number(label)));
        assert!(
            told.contains(&format!("→ {value}")) || told.contains("inputs"),
            "{label}: {told}"
        );
        let now = said("choices");
        let line = now.lines().find(|line| line.contains(label)).unwrap();
        assert!(line.contains("* ") && line.ends_with(value), "{line}");
        said("undo");
        assert_eq!(said("choices"), list, "{label}");
    }
    let turned = said(&format!("choose {}", number("layer 1: units")));
    assert!(turned.contains("units 2 → 3"), "{turned}");
    assert!(said("set layer 1: units 5").contains("→ 5"));
    assert!(said("set l2 0.01").contains("→ 0.01"));
    assert!(said("choose x").contains("The number of a choice"));
    assert!(said("choose 99").contains("There are "));
    assert!(said("set seed 7").contains("seed 7"));
}

/// Where nothing fits alone, a partner comes along; what fits with nothing is passed over.
#[test]
fn no_choice_is_a_dead_end() {
    let mut lab = lab("digits");
    let rows = lab.picture().choices();
    for label in ["output: activation", "loss", "data set"] {
        let row = rows.iter().position(|row| row.label == label).unwrap();
        lab.choose(row, ChooseWhat::Next);
        let said = lab.message().unwrap().to_owned();
        if label == "data set" {
            assert!(said.contains("cannot be chosen: the set \""), "{said}");
            assert!(!said.contains('`'), "{said}");
            continue;
        }
        assert!(said.contains(" too, from update 0 on."), "{said}");
        press(&mut lab, "u");
        assert!(lab.run().marks().is_empty());
    }
    // Where it cannot work it is not offered.
    assert!(!lab.offers(Command::Data) && self::lab("moons").offers(Command::Data));
}

#[test]
fn what_cannot_be_read_as_a_number_is_said_in_the_lab_too() {
    for typed in ["abc", "2 3", "--5", "1/0"] {
        let mut lab = lab("xor");
        press(&mut lab, "⇥=");
        for c in typed.chars() {
            lab.apply(Command::Type(c));
        }
        lab.apply(Command::Confirm);
        assert_eq!(lab.mode(), Mode::Change, "{typed}");
        assert!(
            rendered(&lab, PLAIN, (80, 24)).contains("That is no number."),
            "{typed}"
        );
        // It stays, to be mended.
        lab.apply(Command::Erase);
        let shown = rendered(&lab, PLAIN, (80, 24));
        let rest = &typed[..typed.len() - 1];
        assert!(shown.contains(&format!("New: {rest}_")), "{shown}");
        assert!(lab.run().marks().is_empty());
    }
}

#[test]
fn the_way_to_a_far_update_is_shown_and_can_be_left() {
    let mut lab = lab("moons");
    for c in ":99999999⏎".chars() {
        if let Some(command) = keys::command(lab.mode(), key(c)) {
            lab.apply(command);
        }
    }
    assert!(lab.is_on_the_way());
    let shown = rendered(&lab, PLAIN, (80, 24));
    assert!(
        shown.contains("on the way to 99999999") && shown.contains("Esc stop"),
        "{shown}"
    );
    let narrow = rendered(&lab, PLAIN, (40, 12));
    assert!(narrow.contains("→ 99999999"), "{narrow}");
    lab.apply(Command::Return);
    assert!(!lab.is_on_the_way());
    // Whatever is asked for, the key that leaves it is named.
    let mut other = self::lab("moons");
    press(&mut other, ":99999999");
    let shown = rendered(&other, PLAIN, (40, 12));
    assert!(
        shown.contains("99999999_") && shown.contains("Esc stay"),
        "{shown}"
    );
    assert!(
        lab.message()
            .unwrap()
            .starts_with("Stopped on the way, at update ")
    );
}

#[test]
fn ends_are_told_in_the_words_of_what_is_typed() {
    let mut transcript = self::transcript("sin", false);
    let mut said = String::new();
    for line in ["set rho 100", "run", "run", "seed 2", "again", "seeds 0"] {
        transcript.take_in(line);
        said += &transcript.take_output();
    }
    let said = said.replace('\n', " ");
    assert!(
        said.contains("set rho 50 halves ρ, undo takes the last change back."),
        "{said}"
    );
    for key in ["[ halves", " u takes", " u brings", "Esc", "Tab"] {
        assert!(!said.contains(key), "{key}: {said}");
    }
    assert!(said.contains("Random starts are from 1 to 200."), "{said}");
}

#[test]
fn a_run_that_is_kept_stands_in_the_table_once() {
    let mut lab = lab("xor");
    press(&mut lab, "50→k");
    assert_eq!(lab.table().len(), 1);
    assert!(lab.is_this_run(0));
    press(&mut lab, "→");
    assert_eq!(lab.table().len(), 2);
    assert!(!lab.is_this_run(0) && lab.is_this_run(1));
}

/// Whatever is below a message, it looks the same.
#[test]
fn a_message_has_the_style_of_no_cell_below_it() {
    use ratatui::style::Modifier;
    let area = Rect::new(0, 0, 40, 12);
    let long =
        "A message that needs more than one line, since it says so much of what there is to say.";
    for theme in [DARK, PLAIN, ASCII] {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for keys in [
            "", "⇥", "c", "d", "z", "L", "?", "kr", "zv", "Lz", "⇥=", "p",
        ] {
            let mut lab = lab("moons");
            press(&mut lab, keys);
            lab.say(long.to_owned());
            let mut buffer = Buffer::empty(area);
            for cell in &mut buffer.content {
                cell.modifier = Modifier::REVERSED | Modifier::UNDERLINED;
            }
            ui::render_lab(&lab, &theme, area, &mut buffer);
            let from = buffer.content.len() - 3 * usize::from(area.width);
            rows.push(buffer.content[from..].to_vec());
        }
        let lesson = session_at_panels();
        for mode in ["", "⇥", "c", "C", "?", "s", ":"] {
            let mut session = lesson.clone();
            crate::common::key_strings::press(&mut session, mode);
            if session.mode() == Mode::GoTo {
                continue;
            }
            session.say(long.to_owned());
            let mut buffer = Buffer::empty(area);
            for cell in &mut buffer.content {
                cell.modifier = Modifier::REVERSED | Modifier::UNDERLINED;
            }
            ui::render(&session, &theme, area, &mut buffer);
            let from = buffer.content.len() - 3 * usize::from(area.width);
            rows.push(buffer.content[from..].to_vec());
        }
        assert!(rows.windows(2).all(|pair| pair[0] == pair[1]), "{theme:?}");
        assert!(
            rows[0].iter().all(|cell| {
                let lit = Modifier::REVERSED | Modifier::UNDERLINED;
                !cell.modifier.intersects(lit)
            }),
            "{theme:?}"
        );
    }
}

fn session_at_panels() -> Session {
    let lesson = lesson("xor");
    let mut session = Session::new(Trace::compile(std::sync::Arc::new(lesson)).unwrap());
    session.go_to(usize::MAX);
    session
}

/// A choice has the arrows that lead to another value, and no others; where none fits, it says so.
#[test]
fn a_choice_has_arrows_where_they_lead_on() {
    for name in ["xor", "free-fall"] {
        let mut lab = self::lab(name);
        press(&mut lab, "c");
        for at in 0..lab.picture().choices().len() {
            let row = lab.picture().choices()[at].clone();
            let ways = lab.picture().choice_ways();
            let screen = rendered(&lab, PLAIN, (80, 24));
            let line = screen.lines().find(|line| line.starts_with("│▸ ")).unwrap();
            let list = line.split(['│', '├', '┤']).nth(1).unwrap();
            let case = format!("{name}, {}: {list}", row.label);
            assert_eq!(list.contains('◂'), ways[0], "{case}");
            assert_eq!(list.ends_with('▸'), ways[1], "{case}");
            let is_stuck = ways == [false; 2];
            assert_eq!(list.contains("no other fits"), is_stuck, "{case}");
            assert_eq!(screen.contains("←→ turn"), !is_stuck, "{case}");
            for (key, leads) in [('←', ways[0]), ('→', ways[1])] {
                press(&mut lab, &key.to_string());
                let has_turned = lab.picture().choices().get(at) != Some(&row);
                let said = lab.message().unwrap_or_default().to_owned();
                // Inputs from 0 to 1 stay as they are when they are scaled to that.
                let is_same = said.contains("changes nothing here");
                assert_eq!(has_turned || is_same, leads, "{case}, {key}: {said}");
                if has_turned {
                    press(&mut lab, "u");
                }
                assert_eq!(lab.picture().choices()[at], row, "{case}");
            }
            press(&mut lab, "↓");
        }
    }
    for name in ["iris", "digits"] {
        let mut lab = self::lab(name);
        press(&mut lab, "c");
        assert_eq!(lab.picture().choice_ways(), [false; 2]);
        let screen = rendered(&lab, ASCII, (40, 12));
        assert!(
            screen.contains(&format!("{name}, no other fits")),
            "{screen}"
        );
    }
}

/// The list of changes scrolls on a small screen, and changes are taken back in it.
#[test]
fn changes_are_listed_with_their_updates_and_scroll() {
    let mut lab = lab("xor");
    for _ in 0..20 {
        press(&mut lab, "→]");
        press(&mut lab, "→[");
    }
    press(&mut lab, "C");
    assert_eq!(lab.mode(), Mode::Changes);
    let shown = |lab: &Lab| rendered(lab, PLAIN, (40, 12));
    assert!(shown(&lab).contains(" 1  ρ 1\n"), "{}", shown(&lab));
    assert!(shown(&lab).contains("more lines"), "{}", shown(&lab));
    assert!(shown(&lab).contains("scroll"), "{}", shown(&lab));
    press(&mut lab, "G");
    lab.limit_scroll(ui::most_lab_scroll(&lab, &PLAIN, Rect::new(0, 0, 40, 12)));
    assert!(shown(&lab).contains("40  ρ 0.5\n"), "{}", shown(&lab));
    press(&mut lab, "↓↓");
    assert_eq!(lab.run().here(), 40, "one reads, and does not train");
    press(&mut lab, "u");
    assert_eq!((lab.mode(), lab.run().marks().len()), (Mode::Changes, 39));
    press(&mut lab, "⎋5←C");
    lab.apply(Command::Start);
    assert!(rendered(&lab, PLAIN, (120, 60)).contains("39  ρ 1, still ahead"));
    // Also from the numbers, to which one comes back.
    press(&mut lab, "⎋⇥C⎋");
    assert_eq!(lab.mode(), Mode::LabNumbers);
}

/// A name that does not fit is seen from its end, in all the room beside the key that goes in.
#[test]
fn a_long_name_uses_the_room_that_there_is() {
    let mut lab = lab("xor");
    press(&mut lab, "w");
    let last = |lab: &Lab, size| {
        rendered(lab, PLAIN, size)
            .trim_end()
            .lines()
            .last()
            .unwrap()
            .to_owned()
    };
    assert!(
        last(&lab, (80, 24)).starts_with(" Write the lesson to: "),
        "{}",
        last(&lab, (80, 24))
    );
    for c in "-with-a-long-name.yaml".chars() {
        lab.apply(Command::Type(c));
    }
    let line = last(&lab, (40, 12));
    assert!(
        line.starts_with(" …") && line.ends_with("ng-name.yaml_  Enter write  Esc leave"),
        "{line}"
    );
    assert!((38..=39).contains(&line.chars().count()), "{line}");
    lab.apply(Command::Clear);
    for c in "a.yaml".chars() {
        lab.apply(Command::Type(c));
    }
    assert_eq!(
        last(&lab, (40, 12)),
        " File: a.yaml_  Enter write  Esc leave"
    );
}

/// A loss map that is too much work at once is made finer while nothing else is to do, up to the cells of the screen.
#[test]
fn a_coarse_loss_map_is_made_finer_in_rest() {
    let mut lab = lab("digits");
    press(&mut lab, "L");
    assert_eq!(lab.patience(), None, "no screen, no size");
    let size = (32, 16);
    lab.set_map_size(size);
    let axes = |lab: &Lab| {
        let view = lab.map().unwrap();
        lab.picture()
            .step()
            .map_plane(&view.cells, &view.path, view.zoom)
            .axes
            .clone()
    };
    let rough = {
        let view = lab.map().unwrap();
        lab.picture()
            .step()
            .loss_map(&axes(&lab), size, view.most_work)
    };
    assert!(rough.columns < size.0, "coarse at first: {}", rough.columns);
    let mut now = Duration::ZERO;
    let mut drawn = 0;
    while let Some(patience) = lab.patience() {
        now += patience + Duration::from_millis(5);
        drawn += usize::from(lab.tick(now));
        assert!(now < Duration::from_secs(600));
    }
    let fine = lab.map().unwrap().refined.clone().unwrap();
    assert_eq!((fine.columns, fine.rows), size);
    assert!(drawn >= 1);
    let at_once = lab.picture().step().loss_map(&axes(&lab), size, usize::MAX);
    assert_eq!(fine, at_once);
    // It is of this place only.
    press(&mut lab, "→");
    assert_eq!(lab.map().unwrap().refined, None);
    assert!(lab.patience().is_some());
    press(&mut lab, "⎋");
    assert_eq!(lab.patience(), None);
    // A map that is fine at once is left alone.
    let mut lab = self::lab("xor");
    press(&mut lab, "L");
    lab.set_map_size((50, 15));
    lab.tick(Duration::from_millis(5));
    assert_eq!((lab.patience(), &lab.map().unwrap().refined), (None, &None));
}

#[test]
fn a_loss_that_is_never_below_0_has_an_axis_from_0_on() {
    let mut lab = lab("xor");
    press(&mut lab, "200→L");
    let cell = Place::new(Quantity::Weights(1), 0, 0);
    lab.map_of(cell, None).unwrap();
    press(&mut lab, "z");
    let screen = rendered(&lab, PLAIN, (80, 24));
    let lowest = screen
        .lines()
        .rfind(|line| line.contains('┤') && !line.contains('─'))
        .unwrap();
    let label = lowest
        .trim_start_matches('│')
        .split('┤')
        .next()
        .unwrap()
        .trim();
    let low: f64 = label.replace('−', "-").parse().unwrap();
    assert!(low >= 0.0, "{screen}");
}

#[test]
fn the_help_of_the_lab_begins_with_what_is_done_there() {
    let mut lab = lab("moons");
    press(&mut lab, "?");
    let first = |lab: &Lab, line: usize| {
        rendered(lab, PLAIN, (80, 24))
            .lines()
            .nth(line)
            .unwrap()
            .to_owned()
    };
    assert_eq!(first(&lab, 1), " In the lab");
    press(&mut lab, "⎋d?");
    assert_eq!(first(&lab, 1), " Changing the data by hand (d)");
    assert!(
        first(&lab, 2).contains("the cursor one cell to the left"),
        "{}",
        first(&lab, 2)
    );
}

#[test]
fn an_opened_update_offers_no_key_that_leads_nowhere() {
    let mut lab = lab("xor");
    press(&mut lab, "o");
    let opened = lab.opened().unwrap();
    assert!(!opened.offers(Command::NextEpoch));
    let session = Session::new(Trace::compile(lesson("xor").into()).unwrap());
    assert!(session.offers(Command::NextEpoch));
}

#[test]
fn what_can_be_set_is_what_the_network_has() {
    let mut plain = transcript("xor", false);
    let mut said = |line: &str| {
        plain.take_in(line);
        plain.take_output()
    };
    let what = said("set z(1)[1] 3");
    assert!(
        what.contains("W(l)[i,j]") && !what.contains("S(l)"),
        "{what}"
    );
    assert!(
        said("set W(0)[1,1] 1e999").contains("numbers go to 1000000")
            || said("set W(0)[1,1] 1e999").contains("Numbers go to")
    );
    let weights = said("show weights");
    assert!(weights.contains("W(1), 3 rows, 1 column:"), "{weights}");
    for line in ["set W(0)[1,1] 0.9", "set W(0)[1,1] 0.8"] {
        said(line);
    }
    let curve = said("show curve");
    assert_eq!(curve.matches("epoch 0:").count(), 1, "{curve}");
    assert!(curve.contains("epoch 0, changed: loss "), "{curve}");
    let mut lab = lab("xor");
    press(&mut lab, "⇥=");
    for c in "1e999".chars() {
        lab.apply(Command::Type(c));
    }
    press(&mut lab, "⏎");
    assert_eq!(lab.mode(), Mode::Change, "it stays, to be mended");
    assert_eq!(
        lab.message(),
        Some("That is too large: numbers go to 1000000.")
    );
}

/// What a line has led to is said once, whatever is typed next.
#[test]
fn a_message_is_read_out_once() {
    let mut transcript = transcript("neuron", false);
    let mut said = |line: &str| {
        transcript.take_in(line);
        transcript.take_output()
    };
    said("set rho 1");
    assert!(said("undo").contains("Taken back: ρ 1"));
    for line in ["", "open", "back", "show runs", "", "train 1"] {
        let told = said(line);
        assert!(!told.contains("Taken back"), "{line:?}: {told}");
    }
}

/// What random starts have come to is shown as long as they would come to it again.
#[test]
fn random_starts_are_of_the_network_that_there_is() {
    let mut stage = Stage::alone("moons");
    stage.press("4S");
    assert!(
        stage.screen().contains("Random starts"),
        "{}",
        stage.screen()
    );
    // One of them is looked at.
    stage.press("2s");
    assert!(
        stage.screen().contains("Random starts"),
        "{}",
        stage.screen()
    );
    stage.press("]");
    assert!(
        !stage.screen().contains("Random starts"),
        "{}",
        stage.screen()
    );
    stage.press("u");
    assert!(
        stage.screen().contains("Random starts"),
        "{}",
        stage.screen()
    );
}

/// Who goes back to the lesson by mistake finds the run again, at the step where it was begun.
#[test]
fn the_lab_is_as_it_was_left() {
    let mut stage = Stage::lesson("xor");
    stage.press("L50→]⎋");
    assert!(stage.screen().contains("step 1/"), "{}", stage.screen());
    stage.press("L");
    let again = stage.screen();
    for said in ["The lab as you left it", "update 50", "1 change"] {
        assert!(again.contains(said), "{said}: {again}");
    }
    stage.press("⎋→L");
    assert!(stage.screen().contains("update 0"), "{}", stage.screen());
    stage.press("⎋hL");
    assert!(stage.screen().contains("update 50"), "{}", stage.screen());
}
