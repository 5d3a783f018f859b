//! Walking through lessons, written as strings of keys.

use std::sync::Arc;

use crate::common::building::compiled;
use crate::common::key_strings::press;
use crossterm::event::KeyCode;
use nn_tutor::algebra::{Cell, Quantity};
use nn_tutor::keys;
use nn_tutor::lesson::{Action, Library, Panel};
use nn_tutor::session::{CellPlace, Command, Effect, Group, Mode, Position, Session};
use nn_tutor::trace::Trace;
use nn_tutor::ui::{self, Color, Theme};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const THEME: Theme = Theme {
    color: Color::Dark,
    ascii: false,
};

/// Returns a session of a lesson without its questions, which `tests/it/asking.rs` tests.
fn session(name: &str) -> Session {
    let mut lesson = Library::embedded().open(name).unwrap();
    for scene in &mut lesson.scenes {
        match &mut scene.action {
            Action::Ask(ask) => scene.action = Action::Say(ask.text.clone()),
            Action::Walk(walk) => walk.questions.clear(),
            _ => {}
        }
    }
    Session::new(Trace::compile(Arc::new(lesson)).unwrap())
}

/// Returns a session of a lesson with its questions.
fn asking(name: &str) -> Session {
    let lesson = Library::embedded().open(name).unwrap();
    Session::new(Trace::compile(Arc::new(lesson)).unwrap())
}

fn screen(session: &Session) -> Buffer {
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    ui::render(session, &THEME, area, &mut buffer);
    buffer
}

/// Returns the number of the step that a string of keys leads to from the first step.
fn leads_to(name: &str, text: &str) -> usize {
    let mut session = session(name);
    press(&mut session, text);
    session.index() + 1
}

/// The commands that a count repeats.
const REPEATED: [Command; 14] = [
    Command::Next,
    Command::Back,
    Command::NextPhase,
    Command::BackPhase,
    Command::NextEpoch,
    Command::BackEpoch,
    Command::Left,
    Command::Right,
    Command::Up,
    Command::Down,
    Command::ScrollDown,
    Command::ScrollUp,
    Command::NextPanel,
    Command::BackPanel,
];

/// Returns sessions at some steps of a lesson, walking and among the numbers.
fn places(name: &str) -> Vec<Session> {
    let own = session(name);
    let steps = own.trace().len();
    let mut places = Vec::new();
    for index in (0..steps).step_by(steps.div_ceil(12)) {
        let mut session = own.clone();
        session.go_to(index);
        places.push(session.clone());
        press(&mut session, "⇥");
        places.push(session.clone());
        press(&mut session, "⇥⇥");
        places.push(session);
    }
    places
}

fn counted(session: &Session, count: &str, command: Command) -> Session {
    let mut session = session.clone();
    press(&mut session, count);
    session.apply(command);
    session
}

#[test]
fn a_count_does_what_as_many_keys_do() {
    let state = |session: &Session| {
        let place = (session.index(), session.cursor(), session.mode());
        (place, session.scroll(), panels(session))
    };
    for name in ["grounded", "batch", "digits", "xor"] {
        for session in places(name) {
            for command in REPEATED {
                let mut by_keys = session.clone();
                for count in 1..=40 {
                    // Past the last step a lesson ends: a count goes no farther than to it.
                    if command != Command::Next || !by_keys.is_at_end() {
                        by_keys.apply(command);
                    }
                    if count == 1 || session.is_at_end() && command == Command::Next {
                        continue;
                    }
                    let at_once = counted(&session, &count.to_string(), command);
                    assert_eq!(
                        state(&at_once),
                        state(&by_keys),
                        "{name}: {count} of {command:?} from {:?}",
                        state(&session)
                    );
                }
            }
        }
    }
}

/// Work is counted in allocations, because computing a step allocates.
#[test]
fn a_count_is_no_more_work_than_what_there_is() {
    for name in ["grounded", "batch", "digits", "xor"] {
        for session in places(name) {
            let bindings: Vec<_> = keys::bindings(session.mode()).collect();
            for binding in bindings {
                let command = binding.command;
                let work = |count: &str| {
                    let mut session = session.clone();
                    press(&mut session, count);
                    let work = || drop(session.apply(command));
                    allocation_counter::measure(work).count_total
                };
                let (once, often) = (work("1"), work("99999"));
                // Across a batch a cursor goes through a few matrices; steps far away are worked out anew.
                assert!(
                    often <= 20 * once + 2000,
                    "{name}: {command:?} from step {}: {often} for {once}",
                    session.index() + 1
                );
            }
        }
    }
}

#[test]
fn steps_phases_and_ends() {
    for (keys, step) in [
        ("", 1),
        ("→", 2),
        ("→→→←", 3),
        ("←", 1),
        (" lf⏎", 5),
        (" ⌫h", 1),
        ("→→hb", 1),
        ("G", 23),
        ("⤓→→", 23),
        ("G⤒", 1),
        ("Gg", 1),
        ("10→", 11),
        ("10→3←", 8),
        ("99→", 23),
        ("7G", 7),
        ("7g", 7),
        ("12:⏎", 12),
        (":12⏎", 12),
        (":19⌫2⏎", 12),
        (":12⎋", 1),
        (":500⏎", 23),
        ("0→", 2),
    ] {
        assert_eq!(leads_to("grounded", keys), step, "{keys}");
    }
}

/// Digits that no movement follows do nothing, whatever follows them.
#[test]
fn a_number_without_a_movement_is_forgotten() {
    for (keys, step) in [
        ("5G12⏎", 5),
        ("5G12⏎→", 6),
        ("5G0.25⏎", 5),
        ("5G12⎋→", 6),
        ("5G12⇥12⏎⎋→", 6),
    ] {
        let mut session = session("grounded");
        let decimals = session.decimals();
        press(&mut session, keys);
        assert_eq!(session.index() + 1, step, "{keys}");
        assert_eq!(session.decimals(), decimals, "{keys}");
        assert_eq!((session.typed(), session.depth()), (None, 0), "{keys}");
    }
    // What is pending stands below the text, not in the last line.
    let mut session = session("grounded");
    press(&mut session, "5G12");
    let buffer = screen(&session);
    let row = |y: u16| -> String { (0..50).map(|x| buffer[(x, y)].symbol()).collect() };
    let rows: Vec<u16> = (0..24).filter(|&y| row(y).contains("› 12▏")).collect();
    assert!(matches!(rows[..], [y] if y < 23), "{rows:?}");
}

/// From wherever one has jumped to, the same key goes back, and once more there again.
#[test]
fn one_key_goes_back_from_any_jump() {
    for (lesson, from, jump) in [
        ("grounded", "7G", "G"),
        ("grounded", "7G", "g"),
        ("grounded", "7G", "12G"),
        ("grounded", "7G", ":15⏎"),
        ("grounded", "7G", "9→"),
        ("grounded", "9G", "5←"),
        ("grounded", "4G", "↓"),
        ("grounded", "20G", "↑"),
        ("xor", "2G", "e"),
        ("grounded", "11G⇥⇥↓", "⏎"),
        ("grounded", "11G⇥⇥↓⏎", "⎋"),
    ] {
        let mut session = session(lesson);
        press(&mut session, from);
        let state = |session: &Session| {
            let place = (session.index(), session.mode(), session.cursor());
            (place, session.depth())
        };
        let before = state(&session);
        press(&mut session, jump);
        let after = state(&session);
        assert_ne!(before, after, "{lesson}: {jump}");
        press(&mut session, "→←'");
        assert_eq!(state(&session).0, before.0, "{lesson}: {jump}");
        assert_eq!(state(&session), before, "{lesson}: {jump}");
        // A step more or less is no jump.
        if before.0.0.abs_diff(after.0.0) > 1 {
            press(&mut session, "'");
            // At the last step the step on and back ended one before.
            let there = session.index();
            assert!(there.abs_diff(after.0.0) <= 1, "{lesson}: {jump}");
        }
    }
    let mut session = session("grounded");
    press(&mut session, "→'");
    assert_eq!(session.index(), 1);
    assert!(session.message().unwrap().contains("no jump"));
}

/// Out of the numbers first, then out of what was opened before them.
#[test]
fn escape_leaves_one_thing_at_a_time() {
    let mut session = session("xor");
    press(&mut session, "e");
    press(&mut session, "o");
    assert_eq!((session.depth(), session.mode()), (1, Mode::Walk));
    press(&mut session, "→⇥");
    assert_eq!((session.depth(), session.mode()), (1, Mode::Numbers));
    press(&mut session, "⎋");
    assert_eq!((session.depth(), session.mode()), (1, Mode::Walk));
    press(&mut session, "⎋");
    assert_eq!((session.depth(), session.mode()), (0, Mode::Walk));
    // By one key it is opened again.
    press(&mut session, "'");
    assert_eq!(session.depth(), 1);
}

#[test]
fn phases_go_from_start_to_start() {
    // say | 5 feedforward | loss | 3 backpropagation | 2 gradient | 4 update | say | 2 feedforward | ask | ask | ask | say
    for (keys, step) in [
        ("↓", 2),
        ("↓↓", 7),
        ("↓↓↓", 8),
        ("jjjj", 11),
        ("5↓", 13),
        ("6↓", 17),
        ("7↓", 18),
        ("8↓", 20),
        ("9↓", 21),
        ("11↓", 23),
        ("99↓", 23),
        ("G↑", 22),
        ("20G↑", 18),
        ("20G↑↑", 17),
        ("20G↑↑↑", 13),
        ("15G↑", 13),
        ("13G↑", 11),
        ("G12↑", 1),
    ] {
        assert_eq!(leads_to("grounded", keys), step, "{keys}");
    }
}

#[test]
fn epochs_and_samples_are_found() {
    let mut session = session("xor");
    press(&mut session, "e");
    assert_eq!(session.step().epoch(), 200);
    press(&mut session, "e");
    assert_eq!(session.step().samples(), [1, 2, 3, 4]);
    press(&mut session, "e");
    assert_eq!(session.step().samples(), [2]);
    press(&mut session, "EE");
    assert_eq!(session.step().epoch(), 200);
    press(&mut session, "9E");
    assert_eq!(session.index(), 0);
}

#[test]
fn the_cursor_moves_over_all_numbers_and_explains_them() {
    let mut session = session("grounded");
    // The weighted sums of layer 1.
    press(&mut session, "3G⇥");
    let place = session.cursor().unwrap();
    assert_eq!(place.cell.symbol, Quantity::Sum(1));
    assert_eq!((place.cell.row, place.cell.column), (0, 0));
    let line = session.explanation().unwrap().line(session.decimals());
    assert_eq!(
        line,
        "z₁⁽¹⁾ = Σᵢ wᵢ,₁⁽⁰⁾ xᵢ⁽⁰⁾ = 0.400·1 + 0.700·0 − 0.200·1 = 0.200"
    );
    press(&mut session, "↓");
    assert_eq!(session.cursor().unwrap().cell.row, 1);
    // Down from the last row stays; left goes into the operands, and through them.
    press(&mut session, "↓←");
    assert_eq!(session.cursor().unwrap().cell.symbol, Quantity::Output(0));
    press(&mut session, "←");
    let place = session.cursor().unwrap();
    assert_eq!(place.cell.symbol, Quantity::Weights(0));
    assert_eq!((place.cell.row, place.cell.column), (2, 1));
    press(&mut session, "↑←");
    let place = session.cursor().unwrap();
    assert_eq!((place.cell.row, place.cell.column), (1, 0));
    // Tab goes through the groups, round and round.
    let mut groups = Vec::new();
    for _ in 0..8 {
        groups.push(session.cursor().unwrap().group);
        press(&mut session, "⇥");
    }
    assert!(groups.contains(&Group::Network));
    assert_eq!(
        groups[0],
        groups[groups.iter().skip(1).position(|g| *g == groups[0]).unwrap() + 1]
    );
    press(&mut session, "⎋");
    assert_eq!(session.mode(), Mode::Walk);
    assert!(session.cursor().is_none());
}

#[test]
fn the_example_of_the_issue_is_said_word_for_word() {
    let mut session = session("grounded");
    press(&mut session, "10G⇥");
    let line = session.explanation().unwrap().line(session.decimals());
    assert_eq!(
        line,
        "δ₁⁽¹⁾ = ψ(x₁⁽¹⁾) · Σ = 0.550·(1−0.550) · (0.500·−0.488) = −0.060"
    );
}

#[test]
fn enter_goes_to_where_a_number_was_made_and_escape_comes_back() {
    let mut session = session("grounded");
    // The gradient of W(1): its operand x(1) was made at step 4.
    press(&mut session, "11G⇥");
    let before = screen(&session);
    press(&mut session, "⇥↓");
    assert_eq!(session.cursor().unwrap().cell.symbol, Quantity::Output(1));
    press(&mut session, "⏎");
    assert_eq!(session.index() + 1, 4);
    assert_eq!(session.cursor().unwrap().cell.symbol, Quantity::Output(1));
    // And on to what that was made of.
    press(&mut session, "←⏎");
    assert_eq!(session.index() + 1, 3);
    assert_eq!(session.depth(), 2);
    press(&mut session, "⎋⎋");
    assert_eq!(session.index() + 1, 11);
    press(&mut session, "⇤");
    assert_eq!(screen(&session), before);
    // A given number was made nowhere.
    press(&mut session, "2G⇥⏎");
    assert_eq!(session.index() + 1, 2);
    assert!(session.message().is_some());
}

/// Returns the number of the step of XOR after some epochs of training.
fn trained(session: &mut Session, epochs: usize) -> usize {
    let index = (0..session.trace().len())
        .find(|&index| {
            let step = session.trace().step(index);
            step.spec().name == "learner" && step.operation().is_none() && step.epoch() == epochs
        })
        .unwrap();
    session.go_to(index);
    index
}

#[test]
fn a_training_step_opens_into_its_last_epoch_and_closes_again() {
    let mut session = session("xor");
    let index = trained(&mut session, 309);
    let before = screen(&session);
    let steps = session.trace().len();
    press(&mut session, "o");
    // Four samples: five steps forward, a loss, three errors, two gradients, two updates and two more.
    assert_eq!(session.trace().len(), steps + 4 * 15);
    assert_eq!(session.step().samples(), [1]);
    assert_eq!(session.step().epoch(), 308);
    press(&mut session, "e");
    assert_eq!(session.step().epoch(), 309);
    // Opened it is already.
    press(&mut session, "o");
    assert!(session.message().unwrap().contains("open"));
    press(&mut session, "⎋");
    assert_eq!(session.trace().len(), steps);
    assert_eq!(session.index(), index);
    assert_eq!(screen(&session), before);
}

#[test]
fn a_trained_weight_leads_into_the_epoch_that_made_it() {
    let mut session = session("xor");
    let index = trained(&mut session, 409);
    press(&mut session, "⇥⇥⏎");
    let step = session.step();
    assert_eq!(step.symbol(), Some(Quantity::Weights(1)));
    assert_eq!(step.samples(), [4]);
    press(&mut session, "⎋");
    assert_eq!(session.index(), index);
}

#[test]
fn decimals_rise_and_fall_for_all() {
    let mut session = session("grounded");
    press(&mut session, "6G..");
    let text = format!("{:?}", screen(&session));
    assert!(text.contains("0.51150"), "{text}");
    press(&mut session, ",,,,,,,,,,");
    assert_eq!(session.decimals().count(), Some(1));
    press(&mut session, "............");
    assert_eq!(session.decimals().count(), None);
}

/// Returns the panels beside the current step.
fn panels(session: &Session) -> Vec<Panel> {
    session.panels(&session.step())
}

#[test]
fn the_second_panel_is_chosen_round_and_round_and_stays() {
    let mut session = session("xor");
    trained(&mut session, 309);
    let own = [Panel::Network, Panel::Regions, Panel::Loss];
    assert_eq!(panels(&session), own);
    let before = screen(&session);
    let mut seen = Vec::new();
    loop {
        press(&mut session, "v");
        let now = panels(&session);
        assert_eq!((now[0], now[2]), (own[0], own[2]));
        let name = now[1].name();
        assert_eq!(session.message(), Some(&*format!("Second panel: {name}.")));
        if now == own {
            break;
        }
        assert!(!seen.contains(&now[1]), "{name} twice");
        seen.push(now[1]);
    }
    // Two inputs are no picture, and not one.
    let all = Panel::ALL.into_iter();
    let not_here = [Panel::Fit, Panel::Picture, Panel::Weights];
    let others = all.filter(|panel| !not_here.contains(panel));
    assert_eq!(
        seen.len(),
        others.filter(|panel| !own.contains(panel)).count()
    );
    press(&mut session, ".,");
    assert_eq!(screen(&session), before);
    // The other way round, and on to other steps.
    press(&mut session, "V");
    let last = *seen.last().unwrap();
    assert_eq!(panels(&session)[1], last);
    press(&mut session, "vvv");
    assert_eq!(panels(&session)[1], seen[1]);
    press(&mut session, "gGEE");
    assert_eq!(panels(&session)[1], seen[1]);
}

#[test]
fn the_cursor_goes_over_the_panels_that_are_there() {
    let mut session = session("xor");
    press(&mut session, "G");
    let groups = |session: &mut Session| {
        let mut groups = Vec::new();
        for _ in 0..12 {
            press(session, "⇥");
            groups.extend(session.cursor().map(|place| place.group));
        }
        press(session, "⎋");
        groups
    };
    while panels(&session)[1] != Panel::Saturation {
        press(&mut session, "v");
    }
    let before = groups(&mut session);
    assert!(before.contains(&Group::Meters) && !before.contains(&Group::Outputs));
    while panels(&session)[1] != Panel::Outputs {
        press(&mut session, "v");
    }
    let after = groups(&mut session);
    assert!(after.contains(&Group::Outputs) && !after.contains(&Group::Meters));
}

#[test]
fn numpy_stays_while_one_walks() {
    let mut session = session("grounded");
    press(&mut session, "n");
    // Words alone have none, and say so.
    assert!(session.message().unwrap().contains("NumPy"));
    press(&mut session, "→→");
    let text = |session: &Session| -> String {
        let buffer = screen(session);
        buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    };
    assert!(text(&session).contains(">>> z1 = W0.T @ x0"));
    press(&mut session, "⇥→");
    assert!(session.shows_numpy());
    press(&mut session, "n");
    assert!(!text(&session).contains(">>>"));
}

#[test]
fn help_and_quit() {
    let mut session = session("grounded");
    press(&mut session, "→?");
    assert_eq!(session.mode(), Mode::Help);
    press(&mut session, "?");
    assert_eq!(session.mode(), Mode::Walk);
    assert_eq!(session.index(), 1);
    assert_eq!(press(&mut session, "q"), Some(Effect::Quit));
    press(&mut session, "?");
    assert_eq!(press(&mut session, "q"), Some(Effect::Quit));
    press(&mut session, "⎋:");
    assert_eq!(press(&mut session, "q"), Some(Effect::Quit));
    assert_eq!(
        keys::command(Mode::Numbers, keys::ctrl('c')),
        keys::command(Mode::Walk, keys::key(KeyCode::Char('q')))
    );
}

#[test]
fn help_over_the_numbers_leaves_the_cursor_where_it_was() {
    let mut session = session("grounded");
    press(&mut session, "3G⇥↓");
    let before = screen(&session);
    press(&mut session, "?⎋");
    assert_eq!(screen(&session), before);
}

fn any_keys() -> impl Strategy<Value = String> {
    let keys = "→←↑↓⇥⇤⏎⌫⎋⤒⤓ eEgG.,?:o0123456789JKhjklnvVbfapS";
    let all: Vec<char> = keys.chars().collect();
    prop::collection::vec(prop::sample::select(all), 0..60)
        .prop_map(|keys| keys.into_iter().collect())
}

/// Returns a position as it arrives after being sent as JSON.
fn sent(position: &Position) -> Position {
    let written = serde_json::to_string(position).unwrap();
    serde_json::from_str(&written).unwrap()
}

#[test]
fn who_follows_sees_the_same_screen() {
    for name in [
        "grounded",
        "batch",
        "batch-norm",
        "xor",
        "neuron",
        "softmax",
    ] {
        let lesson = Library::embedded().open(name).unwrap();
        let trace = Arc::new(Trace::compile(Arc::new(lesson)).unwrap());
        let mut leader = Session::new(Arc::clone(&trace));
        let mut follower = Session::new(Arc::clone(&trace));
        let mut compare = |leader: &mut Session| {
            // A message about the last key is only for the one who pressed it.
            leader.apply(Command::Erase);
            let position = sent(&leader.position(name));
            follower.stand_at(&position).unwrap();
            assert_eq!(screen(&follower), screen(leader), "{position:?}");
            assert_eq!(follower.position(name), position);
        };
        loop {
            compare(&mut leader);
            if leader.mode() == Mode::Walk {
                for command in [
                    Command::NextPanel,
                    Command::Numbers,
                    Command::Down,
                    Command::Right,
                    Command::Numbers,
                    Command::MoreDecimals,
                    Command::Return,
                ] {
                    leader.apply(command);
                    compare(&mut leader);
                }
            }
            if leader.step().operation().is_none() && leader.step().symbol().is_some() {
                for command in [Command::WhereFrom, Command::Next, Command::Numbers] {
                    leader.apply(command);
                    assert_eq!(leader.depth(), 1);
                    compare(&mut leader);
                }
                // Out of the numbers, then out of the epoch.
                while leader.depth() > 0 {
                    leader.apply(Command::Return);
                    compare(&mut leader);
                }
            }
            if leader.is_at_end() {
                break;
            }
            leader.apply(Command::Next);
        }
    }
}

#[test]
fn a_position_is_a_few_words() {
    let mut session = session("grounded");
    press(&mut session, "3G⇥");
    let written = serde_json::to_string(&session.position("grounded")).unwrap();
    assert_eq!(
        written,
        r#"{"lesson":"grounded","step":3,"cursor":{"group":{"matrix":2},"cell":{"symbol":{"sum":1},"before":false,"row":0,"column":0}},"decimals":3,"panel":null}"#
    );
    let least: Position = serde_json::from_str(r#"{"lesson":"grounded","step":3}"#).unwrap();
    session.stand_at(&least).unwrap();
    assert_eq!(session.position("grounded"), least);
}

/// A strategy of positions, possible or not.
fn any_position() -> impl Strategy<Value = Position> {
    let number = || prop_oneof![0_usize..40, any::<usize>()];
    let layer = number().prop_map(Quantity::Output);
    let symbol = prop_oneof![
        layer,
        number().prop_map(Quantity::Delta),
        Just(Quantity::Loss)
    ];
    let group = prop_oneof![number().prop_map(Group::Matrix), Just(Group::Network)];
    let place = (group, symbol, number(), number(), any::<bool>());
    let cursor = place.prop_map(|(group, symbol, row, column, before)| CellPlace {
        group,
        cell: Cell {
            before,
            ..Cell::new(symbol, row, column)
        },
    });
    let panel = prop::sample::select(Panel::ALL.to_vec());
    let opened = prop_oneof![Just(Vec::new()), prop::collection::vec(number(), 0..3)];
    let looks = (
        prop::option::of(cursor),
        any::<u8>(),
        prop::option::of(panel),
    );
    (opened, number(), looks).prop_map(|(opened, step, (cursor, decimals, panel))| Position {
        lesson: "xor".into(),
        opened,
        step,
        cursor,
        decimals: decimals.into(),
        panel,
        changes: Vec::new(),
        shown: Vec::new(),
        lab: None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// A position that does not exist is refused and changes nothing; no position makes it panic.
    #[test]
    fn no_position_brings_it_down(position in any_position(), keys in any_keys()) {
        let mut session = asking("xor");
        let before = screen(&session);
        let stands = session.stand_at(&sent(&position));
        if let Err(error) = stands {
            prop_assert!(error.to_string().contains("step"));
            prop_assert_eq!(screen(&session), before);
        } else {
            prop_assert_eq!(session.index() + 1, position.step);
        }
        press(&mut session, &keys);
        screen(&session);
    }

    /// From anywhere, N steps forth and N back give the same screen.
    #[test]
    fn forth_and_back_is_the_same_screen(keys in any_keys(), steps in 1_usize..40) {
        for name in ["grounded", "xor", "neuron"] {
            let mut session = asking(name);
            press(&mut session, &keys);
            // Out of what lies over the step, so that the commands walk; and a question that waits is asked.
            while matches!(
                session.mode(),
                Mode::Help | Mode::Symbols | Mode::GoTo | Mode::Review
            ) {
                session.apply(Command::Return);
            }
            if session.asked().is_some_and(|asked| !asked.revealed) {
                session.apply(Command::AskAgain);
            }
            // A count that was being typed, and a message, end with the next command.
            session.apply(Command::MoreDecimals);
            session.apply(Command::FewerDecimals);
            let steps = steps.min(session.trace().len() - 1 - session.index());
            let before = screen(&session);
            for _ in 0..steps {
                session.apply(Command::Next);
            }
            for _ in 0..steps {
                session.apply(Command::Back);
            }
            prop_assert_eq!(screen(&session), before);
        }
    }

    /// No keys make it panic, at any size.
    #[test]
    fn no_keys_bring_it_down(keys in any_keys(), width in 1_u16..130, height in 1_u16..50) {
        let mut session = asking("xor");
        let area = Rect::new(0, 0, width, height);
        for c in keys.chars() {
            press(&mut session, &c.to_string());
            session.limit_scroll(ui::most_scroll(&session, &THEME, area));
            let mut buffer = Buffer::empty(area);
            ui::render(&session, &THEME, area, &mut buffer);
        }
    }
}

/// The cursor begins on a number that has been set, not on the first of all.
#[test]
fn tab_begins_at_what_is_set() {
    let text = format!(
        "{}\nscript:\n  - set: {{'W(1)[2,1]': 0.5, rho: 0.1}}\n  - walk: {{sample: 1}}\n",
        std::fs::read_to_string("tests/lessons/homework.yaml").unwrap()
    );
    let mut session = Session::new(compiled(&text, |_| {}));
    press(&mut session, "⇥");
    let cell = session.cursor().unwrap().cell;
    assert_eq!(
        (cell.symbol, cell.row, cell.column),
        (Quantity::Weights(1), 2, 0)
    );
}

/// What a key may change about a session, besides the message.
fn shape(session: &Session) -> impl PartialEq + use<> {
    let asked = session.asked();
    (
        (session.index(), session.depth(), session.mode()),
        (session.cursor(), session.decimals(), session.chosen_panel()),
        (session.shows_numpy(), session.hides(), session.lecture()),
        asked.map(|asked| (asked.hints, asked.revealed, asked.unreadable.is_some())),
        session.changes().len(),
    )
}

/// Presses every key that the footer offers, at every step of every lesson, also where a question has been left with Esc.
#[test]
fn every_key_that_is_offered_does_something() {
    for name in Library::embedded().names() {
        let mut session = asking(name);
        let mut refused = Vec::new();
        for index in 0..session.trace().len() {
            session.go_to(index);
            let mut left = session.clone();
            left.apply(Command::Return);
            let mut numbers = left.clone();
            numbers.apply(Command::Numbers);
            for session in [&session, &left, &numbers] {
                for binding in keys::bindings(session.mode()) {
                    let Some(hint) = binding.hint.filter(|_| session.offers(binding.command))
                    else {
                        continue;
                    };
                    let does = |key: &crossterm::event::KeyEvent| {
                        let mut pressed = session.clone();
                        let command = keys::command_in(session, *key);
                        // With nothing typed, Enter asks whether to show the answer.
                        let again = command.filter(|command| *command == Command::Answer);
                        let both = command.into_iter().chain(again);
                        let effect = both.map(|command| pressed.apply(command)).last();
                        effect.is_some_and(|effect| effect != Effect::Draw)
                            || shape(&pressed) != shape(session)
                    };
                    // Who asks where a number is from is told so where no other step made it.
                    let is_told =
                        session.mode() == Mode::Numbers && binding.command == Command::WhereFrom;
                    if !is_told && !hint.keys.iter().any(does) {
                        refused.push((index + 1, session.mode(), hint.word));
                    }
                }
            }
        }
        assert!(refused.is_empty(), "{name}: {refused:?}");
    }
}

/// In every lesson: Tab goes through all matrices before it goes to the panels.
#[test]
fn tab_goes_through_the_matrices_first() {
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let mut session = Session::new(Trace::compile(Arc::new(lesson)).unwrap());
        for index in 0..session.trace().len() {
            session.go_to(index);
            session.apply(Command::Numbers);
            let Some(first) = session.cursor() else {
                continue;
            };
            let mut has_left = false;
            while let Some(place) = session.cursor() {
                let is_matrix = matches!(place.group, Group::Matrix(_));
                assert!(!(is_matrix && has_left), "{name}, step {}", index + 1);
                has_left |= !is_matrix;
                session.apply(Command::Numbers);
                if session
                    .cursor()
                    .is_none_or(|next| next.group == first.group)
                {
                    break;
                }
            }
            session.apply(Command::Return);
            session.apply(Command::Return);
        }
    }
}

/// In every lesson: practice is offered at the end where there is some.
#[test]
fn practice_is_offered_where_there_is_some() {
    let mut without = 0;
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let is_possible = nn_tutor::tutor::practice::is_possible(&lesson);
        let mut session = Session::new(Trace::compile(Arc::new(lesson)).unwrap());
        session.go_to(usize::MAX);
        assert_eq!(session.offers(Command::Practise), is_possible, "{name}");
        without += usize::from(!is_possible);
    }
    assert!(without > 0);
}
