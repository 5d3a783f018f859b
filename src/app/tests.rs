//! The application as a state machine: events go in, no terminal is used, and time passes only when a test says so.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::losses::LOSES;
use super::*;
use crate::algebra::Decimals;
use crate::export::text::TextStyle;
use crate::lesson::Library;
use crate::session::Reached;
use crate::store::Store;
use crate::trace::Run;
use crate::tutor::schedule::Grade;
use crate::ui::{self, Color};

const THEME: Theme = Theme {
    color: Color::None,
    ascii: false,
};

/// An application, and the time that it is told.
struct Stage {
    app: App,
    now: Duration,
    size: Size,
}

impl Stage {
    fn new(app: App) -> Self {
        let mut stage = Self {
            app,
            now: Duration::ZERO,
            size: Size::default(),
        };
        stage.resize(80, 24);
        stage
    }

    fn menu(catalogue: &Catalogue) -> Self {
        let keeper = ProgressKeeper::of_this_run();
        Self::new(App::menu(catalogue.clone(), keeper, THEME))
    }

    /// Returns an application in a lesson, with the progress saved in a folder.
    fn lesson(name: &str, folder: Option<&Path>) -> Self {
        let catalogue = Catalogue::new(Library::embedded());
        let keeper = folder.map_or_else(ProgressKeeper::of_this_run, |folder| {
            ProgressKeeper::open(Ok(Store::new(folder)))
        });
        let app = App::lesson(
            catalogue,
            keeper,
            name.as_ref(),
            None,
            THEME,
            Duration::ZERO,
        );
        let mut stage = Self::new(app.unwrap());
        stage.settle();
        stage
    }

    fn event(&mut self, event: Event) -> Option<Effect> {
        self.app.handle(event, self.now)
    }

    fn resize(&mut self, width: u16, height: u16) {
        self.size = Size::new(width, height);
        self.event(Event::Resize(self.size));
    }

    fn follow(&mut self, position: &Position) {
        self.event(Event::Follow(position.clone()));
        self.settle();
    }

    /// Presses one key per character: ⏎ Enter, ⎋ Escape, ⇥ Tab, → an arrow, ⇟ and ⇞ for pages, ⌫ Backspace. Returns the effect of the last one.
    fn press(&mut self, keys: &str) -> Option<Effect> {
        let mut last = None;
        for c in keys.chars() {
            let code = match c {
                '⏎' => KeyCode::Enter,
                '⎋' => KeyCode::Esc,
                '⇥' => KeyCode::Tab,
                '→' => KeyCode::Right,
                '⇟' => KeyCode::PageDown,
                '⇞' => KeyCode::PageUp,
                '⌫' => KeyCode::Backspace,
                c => KeyCode::Char(c),
            };
            last = self.event(Event::Key(code.into()));
            self.settle();
        }
        last
    }

    /// Waits for the lesson that is being opened, however busy the machine is.
    fn settle(&mut self) {
        while self.app.opening.is_some() {
            self.event(Event::Tick);
            std::thread::yield_now();
        }
    }

    /// Waits until all is on the disk, however busy the machine is.
    fn write(&mut self) {
        while self.app.keeper.patience().is_some() {
            self.event(Event::Tick);
            std::thread::yield_now();
        }
        self.event(Event::Tick);
    }

    fn screen(&self) -> Buffer {
        let backend = TestBackend::new(self.size.width, self.size.height);
        let mut terminal = Terminal::new(backend).unwrap();
        terminal
            .draw(|frame| self.app.draw(frame.buffer_mut()))
            .unwrap();
        terminal.backend().buffer().clone()
    }

    fn shows(&self, text: &str) -> bool {
        let screen = self.screen();
        let row = |y| (0..self.size.width).map(move |x| (x, y));
        (0..self.size.height).any(|y| {
            let line: String = row(y).map(|at| screen[at].symbol()).collect();
            line.contains(text)
        })
    }
}

#[test]
fn keys_lead_from_the_menu_through_a_lesson_and_back() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    assert!(stage.shows("Neurons and networks"));
    assert_eq!(stage.app.position(), None);
    assert_eq!(stage.press("⏎"), Some(Effect::Draw));
    let position = stage.app.position().unwrap();
    assert_eq!((position.lesson.as_str(), position.step), ("neuron", 1));
    stage.press("→→");
    assert!(stage.shows("step 3/"));
    assert_eq!(stage.press("m"), Some(Effect::Draw));
    assert!(stage.shows("Neurons and networks"));
    // The lesson goes on where it was left.
    stage.press("⏎");
    assert_eq!(stage.app.position().unwrap().step, 3);
    assert_eq!(stage.press("q"), Some(Effect::Quit));
}

/// Returns the name of the selected lesson.
fn selected(stage: &Stage) -> &str {
    let menu = stage.app.menu.as_ref().unwrap();
    &menu.entries()[menu.at()].name
}

#[test]
fn a_search_shows_what_is_found_as_one_types() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    stage.press("/back");
    assert!(stage.shows("Search: back_"));
    assert_eq!(selected(&stage), "backprop");
    assert!(!stage.shows("softmax"));
    // A letter is a letter here, whatever it means elsewhere.
    stage.press("q");
    let all = Library::embedded().names().len();
    assert!(stage.shows(&format!("Search: backq_  0 of {all}")));
    assert!(stage.shows("No lesson has that"));
    stage.press("⏎");
    assert_eq!(stage.app.position(), None);
    stage.press("⌫⏎");
    assert_eq!(stage.app.position().unwrap().lesson, "backprop");
    // Afterwards all lessons are there again.
    stage.press("m");
    assert!(!stage.shows("Search:") && stage.shows(&format!("of {all}")));
    assert_eq!(selected(&stage), "backprop");
    // Topics and titles are found too, by several words in any order.
    stage.press("/stop when");
    assert!(stage.shows("epochs"));
    stage.press("⎋");
    assert!(!stage.shows("Search:"));
    // Backspace on an empty line ends it as well.
    stage.press("/x⌫⌫");
    assert!(!stage.shows("Search:"));
    assert_eq!(stage.press("⎋"), Some(Effect::Quit));
}

#[test]
fn a_page_of_the_menu_is_what_is_in_sight() {
    let last = Library::embedded().names().len() - 1;
    for (size, least) in [((80, 24), 6), ((40, 12), 1), ((120, 40), 10)] {
        let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
        stage.resize(size.0, size.1);
        let at = |stage: &Stage| stage.app.menu.as_ref().unwrap().at();
        stage.press("⇟");
        let page = at(&stage);
        assert!(page >= least && page < last, "{size:?}: {page}");
        stage.press("⇞");
        assert_eq!(at(&stage), 0);
        stage.press(&"⇟".repeat(last + 1));
        assert_eq!(at(&stage), last);
    }
}

#[test]
fn the_help_of_the_menu_scrolls_to_its_end() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    stage.press("?");
    assert!(stage.shows("Choosing a lesson"));
    stage.press("G");
    assert!(stage.shows("25 min") && stage.shows("the end"));
    let end = stage.screen();
    stage.press("⇟j");
    assert_eq!(stage.screen(), end);
    stage.press("k");
    assert!(stage.shows("1 more line"));
    stage.press("⎋");
    assert!(stage.shows("Neurons and networks"));
}

#[test]
fn on_the_shorter_way_the_end_of_a_lesson_says_which_is_next() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    stage.press("/evening⏎⏎");
    for next in &crate::lesson::EVENING[1..] {
        stage.press("G→");
        let said = format!("N: {next}, next this evening, P");
        assert!(stage.shows(&said), "{said}");
        stage.press("N");
        assert_eq!(stage.app.position().unwrap().lesson, *next);
    }
    stage.press("G→");
    assert!(stage.shows("That was the evening. N: next lesson, P"));
}

#[test]
fn the_last_lesson_of_all_offers_no_next_one() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    stage.press("G⏎G");
    assert!(!stage.shows("N next lesson"));
    stage.press("→");
    assert!(!stage.shows("N: ") && stage.shows("m: menu."));
}

#[test]
fn the_end_of_a_lesson_leads_to_the_next_one_and_to_practice() {
    let mut stage = Stage::lesson("grounded", None);
    assert!(!stage.shows("N next lesson"));
    stage.press("G");
    assert!(stage.shows("N next lesson") && stage.shows("P practice"));
    stage.press("→");
    assert!(stage.shows("N: next lesson, P: practice, m: menu."));
    stage.press("N");
    assert_eq!(stage.app.position().unwrap().lesson, "recap-one-page");
    // Anywhere else the keys work too, and the place is kept.
    stage.press("→→P");
    assert!(stage.shows("level 1"));
    assert!(stage.app.learner.as_ref().unwrap().practises());
    stage.press("⎋P");
    assert!(stage.shows("This is practice"));
    stage.press("N");
    assert!(stage.shows("This is practice"));
    assert_eq!(stage.press("m"), Some(Effect::Menu));
    // After the last lesson there is no other.
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    stage.press("G⏎N");
    assert!(stage.shows("No lesson follows this one"));
    assert_eq!(stage.app.position().unwrap().lesson, "questions");
}

#[test]
fn practice_begins_in_the_menu_where_that_is_possible() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    stage.press("/grounded⎋P");
    let learner = stage.app.learner.as_ref().unwrap();
    assert!(learner.practises());
    assert_eq!(learner.exercises().unwrap().0, "grounded");
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    for name in ["digits", "questions", "code"] {
        stage.press(&format!("/{name}⎋P"));
        let practises = stage.app.learner.take().is_some();
        assert!(practises || stage.app.menu.as_ref().unwrap().message().is_some());
    }
}

#[test]
fn the_lab_opens_from_the_menu_and_comes_back_to_it() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    assert!(stage.shows("L lab"));
    stage.press("/xor⎋L");
    assert!(stage.shows("Lab: ") && stage.shows("Tab: numbers, Esc: back to the list of lessons."));
    stage.press("→");
    assert!(stage.shows("update 1"));
    assert_eq!(stage.press("⎋"), Some(Effect::Draw));
    assert!(stage.shows("L lab"));
}

#[test]
fn the_menu_begins_where_one_left_off() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let keeper = ProgressKeeper::open(Ok(Store::new(folder.path())));
        Stage::new(App::menu(
            Catalogue::new(Library::embedded()),
            keeper,
            THEME,
        ))
    };
    let mut stage = open();
    assert_eq!(selected(&stage), "neuron");
    stage.press("/xor⏎→→q");
    assert!(stage.app.end().is_ok());
    let mut stage = open();
    assert_eq!(selected(&stage), "xor");
    // After the end of a lesson, it is the next one's turn.
    stage.press("/batch⏎Gq");
    assert!(stage.app.end().is_ok());
    assert_eq!(selected(&open()), "epochs");
}

#[test]
fn the_lengths_of_lessons_come_while_one_looks_at_the_menu() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    while stage.app.counting.is_some() {
        assert!(stage.app.next_wake().is_some());
        stage.event(Event::Tick);
        std::thread::yield_now();
    }
    assert_eq!(stage.app.next_wake(), None);
    let menu = stage.app.menu.as_ref().unwrap();
    assert_eq!(menu.unmeasured(), [""; 0]);
    let length = menu.length(menu.at()).unwrap();
    assert!(length.steps > 10 && length.questions > 0);
    assert!(stage.shows(&format!("{length}")) || stage.shows(&format!("{} min", length.minutes())));
}

#[test]
fn a_screen_is_drawn_in_the_size_that_it_has() {
    let mut stage = Stage::lesson("grounded", None);
    stage.press("→");
    let before = stage.screen();
    stage.resize(30, 8);
    assert!(stage.shows("needs 40"));
    stage.resize(80, 24);
    assert_eq!(stage.screen(), before);
    assert_eq!(stage.event(Event::Resize(Size::new(80, 24))), None);
    assert_eq!(stage.event(Event::Tick), None);
    assert_eq!(stage.app.next_wake(), None);
}

#[test]
fn a_text_scrolls_no_further_than_its_screen_needs() {
    let mut stage = Stage::lesson("neuron", None);
    stage.resize(80, 12);
    stage.press("JJJJJJJJJJJJJJJJJJJJJJJJJJJJJJ");
    let most = stage.app.learner.as_ref().unwrap().session.scroll();
    assert!(0 < most && most < 30);
    stage.resize(80, 60);
    stage.press("J");
    assert_eq!(stage.app.learner.as_ref().unwrap().session.scroll(), 0);
}

#[test]
fn what_takes_long_is_said_once_its_time_has_passed_and_goes_when_it_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let layers = "{units: 256, activation: tanh}, ".repeat(15);
    let lesson = format!(
        "format: 1\ntitle: A large lesson\nsummary: Slow.\nnetwork: {{inputs: 2, layers: [{layers}\
         {{units: 1, activation: tanh}}], init: {{scheme: xavier, seed: 1}}}}\nloss: mean-squared\n\
         dataset: {{name: blobs, samples: 10000}}\nscript: [{{walk: {{sample: 1}}}}]\n"
    );
    fs::write(folder.path().join("large.yaml"), lesson).unwrap();
    let catalogue = Catalogue::new(Library::with_dir(folder.path()).unwrap());
    let mut stage = Stage::menu(&catalogue);
    stage.event(Event::Key(KeyCode::Char('G').into()));
    assert_eq!(
        stage.event(Event::Key(KeyCode::Enter.into())),
        Some(Effect::Draw)
    );
    let wake = stage.app.next_wake().unwrap();
    assert!(Duration::ZERO < wake && wake < UNSAID);
    stage.now = wake;
    assert_eq!(stage.event(Event::Tick), None);
    assert!(!stage.shows("Preparing"));
    stage.now = UNSAID;
    assert_eq!(stage.event(Event::Tick), Some(Effect::Draw));
    assert!(stage.shows("Preparing the lesson"));
    // The warning is shown only once.
    assert_eq!(stage.event(Event::Tick), None);
    assert_eq!(
        stage.event(Event::Key(KeyCode::Esc.into())),
        Some(Effect::Draw)
    );
    assert!(!stage.shows("Preparing"));
    assert!(stage.shows("A large lesson"));
    assert_eq!(stage.app.next_wake(), None);
}

#[test]
fn who_follows_sees_what_the_other_sees() {
    let catalogue = Catalogue::new(Library::embedded());
    let mut leader = Stage::menu(&catalogue);
    let mut follower = Stage::menu(&catalogue);
    // The follower goes into another lesson, through its steps, and among its numbers.
    for keys in ["⏎", "→", "→", "mG⏎", "→", "→", "m→", "→", "→"] {
        leader.press(keys);
        let Some(position) = leader.app.position() else {
            continue;
        };
        follower.follow(&position);
        assert_eq!(follower.app.position(), Some(position));
        assert_eq!(follower.screen(), leader.screen());
    }
    // The lesson that the follower has left is still there.
    follower.press("m⎋");
}

#[test]
fn where_nobody_can_stand_nobody_goes() {
    let mut stage = Stage::lesson("grounded", None);
    stage.press("→");
    let here = stage.app.position().unwrap();
    let at = |lesson: &str, step| Position {
        lesson: lesson.into(),
        step,
        ..here.clone()
    };
    for (position, said) in [
        (at("grounded", 0), "Cannot follow: there is no step 0"),
        (at("grounded", 99), "Cannot follow: there is no step 99"),
        (at("no-such-lesson", 1), "there is no lesson"),
        (at("Cargo.toml", 1), "there is no lesson"),
        (at("lessons/xor.yaml", 1), "there is no lesson"),
    ] {
        stage.follow(&position);
        assert_eq!(stage.app.position().as_ref(), Some(&here));
        assert!(stage.shows(said), "{position:?}");
    }
    let opened = Position {
        opened: vec![2],
        ..here.clone()
    };
    stage.follow(&opened);
    assert!(stage.shows("has no epoch to open"));
    // In another lesson too, which is opened at its start then.
    stage.follow(&at("xor", 10_000));
    assert_eq!(stage.app.position().unwrap().lesson, "xor");
    assert!(stage.shows("Cannot follow: there is no step 10000"));
}

/// `PgDn` moves by what is in sight, in the help as in the text of a question.
#[test]
fn a_page_is_what_is_in_sight() {
    for rows in [12, 24, 40] {
        for key in ["?", "S"] {
            let mut stage = Stage::lesson("grounded", None);
            stage.resize(80, rows);
            stage.press("→→→→→→→→→→");
            stage.press(key);
            let scroll = |stage: &Stage| {
                let session = &stage.app.learner.as_ref().unwrap().session;
                let area = Rect::new(0, 0, 80, rows);
                (session.scroll(), ui::most_scroll(session, &THEME, area))
            };
            stage.press("⇟");
            let (scrolled, most) = scroll(&stage);
            // Header, footer, and the line that says how many more there are.
            assert_eq!(scrolled, usize::from(rows - 3).min(most), "{key} {rows}");
            stage.press("⇞");
            assert_eq!(scroll(&stage).0, 0);
        }
    }
}

/// Where the window is too small for the field, nothing is answered, shown or hinted at, and every key still moves.
#[test]
fn a_window_too_small_for_the_field_takes_no_answer() {
    let mut stage = Stage::lesson("network", None);
    let asks = |stage: &Stage| {
        stage
            .app
            .learner
            .as_ref()
            .unwrap()
            .session
            .asked()
            .is_some()
    };
    while !asks(&stage) {
        stage.press("→");
    }
    let at = stage.app.position().unwrap().step;
    stage.press("1");
    stage.resize(30, 8);
    for keys in ["⏎", "x", "2⏎", "⏎⏎"] {
        stage.press(keys);
    }
    assert!(stage.app.position().unwrap().step > at);
    let session = &stage.app.learner.as_ref().unwrap().session;
    assert!(session.records().is_empty());
}

/// A lesson is done once it was walked to its end, whatever was jumped to; the menu says the same as the file.
#[test]
fn done_means_walked() {
    for (keys, is_done) in [
        ("G", false),
        ("23G", false),
        (":23⏎", false),
        ("22→", false),
        ("G.,", false),
        ("22G→", true),
        ("→→→→→→→→→→→→→→→→→→→→→→→", true),
        ("jjjjjjjjjjjjjjj", true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::new(Library::embedded());
        let keeper = ProgressKeeper::open(Ok(Store::new(folder.path())));
        let mut stage = Stage::new(App::menu(catalogue.clone(), keeper, THEME));
        while stage.app.menu.as_ref().unwrap().entries()[stage.app.menu.as_ref().unwrap().at()].name
            != "grounded"
        {
            stage.press("j");
        }
        let at = stage.app.menu.as_ref().unwrap().at();
        stage.press("⏎");
        assert_eq!(stage.app.position().unwrap().lesson, "grounded");
        stage.press(keys);
        assert_eq!(stage.app.position().unwrap().step, 23, "{keys}");
        stage.press("⎋m");
        let reached = |stage: &Stage| stage.app.menu.as_ref().unwrap().reached(at);
        let expected = if is_done {
            Reached::Done
        } else {
            Reached::HalfWay
        };
        assert_eq!(reached(&stage), expected, "{keys}");
        stage.press("q");
        let kept = Store::new(folder.path()).read().unwrap();
        assert_eq!(kept.lessons["grounded"].done, is_done, "{keys}");
        // And at the next start.
        let keeper = ProgressKeeper::open(Ok(Store::new(folder.path())));
        let again = Stage::new(App::menu(catalogue, keeper, THEME));
        assert_eq!(reached(&again), expected, "{keys}");
    }
}

#[test]
fn what_was_reached_is_kept_however_it_ends() {
    for ending in [Event::Key(KeyCode::Char('q').into()), Event::Ending] {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = Stage::lesson("grounded", Some(folder.path()));
        stage.press("→→→");
        stage.event(ending);
        assert_eq!(stage.app.farewell(), [""; 0]);
        assert!(stage.app.end().is_ok());
        let mut again = Stage::lesson("grounded", Some(folder.path()));
        assert!(again.shows("You left at step 4"));
        again.press("⏎");
        assert_eq!(again.app.position().unwrap().step, 4);
    }
}

/// Whatever leads into a lesson or to practice, on the screen and in lines.
#[test]
fn all_begins_with_the_decimals_that_are_asked_for() {
    let catalogue = Catalogue::new(Library::embedded());
    let five = Decimals::new(5);
    let mut stage = Stage::menu(&catalogue);
    stage.app = stage.app.with_decimals(Some(five));
    stage.press("/grounded⏎⏎");
    let decimals = |stage: &Stage| stage.app.learner.as_ref().map(|one| one.session.decimals());
    assert_eq!(decimals(&stage), Some(five));
    stage.press(",,P");
    assert!(stage.app.learner.as_ref().is_some_and(Learner::practises));
    assert_eq!(decimals(&stage), Some(five));
    let mut usual = Stage::lesson("grounded", None);
    assert_eq!(decimals(&usual), Some(Decimals::default()));
    usual.app = usual.app.with_decimals(Some(five));
    assert_eq!(decimals(&usual), Some(five));

    let style = TextStyle {
        ascii: false,
        width: 80,
        decimals: five,
    };
    let mut transcript = Transcript::new(catalogue.clone(), ProgressKeeper::of_this_run(), style);
    let shown = |transcript: &mut Transcript, line: &str| {
        transcript.take_in(line).unwrap();
        transcript.take_output()
    };
    for _ in 0..2 {
        let trace = catalogue.open("grounded").unwrap();
        transcript
            .enter("grounded".as_ref(), trace, Some(1))
            .unwrap();
        assert!(transcript.take_output().contains("1.00000  bias"));
        // What the learner has chosen since is of that lesson.
        assert!(shown(&mut transcript, ",").contains("1.0000  bias"));
    }
    assert!(shown(&mut transcript, "P").contains("1.00000  bias"));
}

#[test]
fn lines_lead_into_the_lab_and_back() {
    let style = TextStyle {
        ascii: false,
        width: 80,
        decimals: Decimals::default(),
    };
    let catalogue = Catalogue::new(Library::embedded());
    let mut transcript = Transcript::new(catalogue.clone(), ProgressKeeper::of_this_run(), style);
    let said = |transcript: &mut Transcript, line: &str| {
        assert_eq!(transcript.take_in(line), Ok(Effect::Draw), "{line}");
        transcript.take_output()
    };
    // From the list, and back to it.
    transcript.choose();
    transcript.take_output();
    assert!(said(&mut transcript, "lab xor").contains("quit: back to the list of lessons."));
    assert!(said(&mut transcript, "train 3").contains("Update 3, epoch 0"));
    assert!(said(&mut transcript, "quit").contains("Which lesson?"));
    // From a step of a lesson, from where one stands, also where something is asked.
    let trace = catalogue.open("xor").unwrap();
    let trained = 14;
    assert!(trace.step(trained).epoch() > 0);
    for (step, line) in [(trained, "lab"), (trained, "L"), (4, "lab"), (4, ":lab")] {
        let trace = Arc::clone(&trace);
        transcript.enter("xor".as_ref(), trace, Some(step)).unwrap();
        let page = transcript.take_output();
        assert!(
            said(&mut transcript, line).contains("quit: back to the lesson."),
            "{line}"
        );
        let set = said(&mut transcript, "set W(0)[1,1] 0.25");
        assert!(set.contains("0.25"), "{set}");
        let help = said(&mut transcript, "help");
        assert!(help.contains("quit                 comes back"), "{help}");
        let back = said(&mut transcript, "back to the lesson");
        assert!(back.starts_with("Back in the lesson.\n"), "{back}");
        let step = format!("Step {} of ", step + 1);
        assert!(page.contains(&step) && back.contains(&step), "{back}");
    }
    let trace = catalogue.open("xor").unwrap();
    transcript.enter("xor".as_ref(), trace, Some(0)).unwrap();
    transcript.take_output();
    let help = said(&mut transcript, "?");
    assert!(help.contains("lab        the lab"), "{help}");
}

#[test]
fn lines_lead_from_the_list_through_a_lesson_and_back() {
    let style = TextStyle {
        ascii: false,
        width: 80,
        decimals: Decimals::default(),
    };
    let catalogue = Catalogue::new(Library::embedded());
    let mut transcript = Transcript::new(catalogue.clone(), ProgressKeeper::of_this_run(), style);
    transcript.choose();
    assert!(
        transcript
            .take_output()
            .ends_with("Its name opens it, q quits.\n")
    );
    let open = Effect::Open("grounded".to_owned());
    assert_eq!(transcript.take_in(" grounded\n"), Ok(open));
    let trace = catalogue.open("grounded").unwrap();
    let beyond = transcript.enter("grounded".as_ref(), Arc::clone(&trace), Some(trace.len()));
    assert!(beyond.is_err());
    transcript
        .enter("grounded".as_ref(), trace, Some(1))
        .unwrap();
    assert!(transcript.take_output().contains("Step 2 of"));
    assert_eq!(transcript.take_in(""), Ok(Effect::Draw));
    assert!(transcript.take_output().contains("Step 3 of"));
    assert_eq!(transcript.take_output(), "");
    assert_eq!(transcript.take_in("menu"), Ok(Effect::Draw));
    assert!(transcript.take_output().contains("Which lesson?"));
    assert_eq!(transcript.take_in("q"), Ok(Effect::Quit));
    transcript.end();
    assert_eq!(transcript.warning(), None);
}

#[test]
fn practice_goes_on_and_leads_to_the_menu_outside() {
    let library = Library::embedded();
    let lesson = library.open("grounded").unwrap();
    let keeper = ProgressKeeper::of_this_run();
    let learner = Learner::practise(
        &keeper,
        "grounded".into(),
        lesson,
        None,
        Numbers::Seed(7),
        None,
    )
    .unwrap();
    let mut stage = Stage::new(App::practice(
        Catalogue::new(library),
        keeper,
        learner,
        THEME,
    ));
    assert_eq!(stage.app.position(), None);
    // Without `follow`, nobody can move the learner.
    let elsewhere: Position = serde_json::from_str(r#"{"lesson":"xor","step":1}"#).unwrap();
    stage.follow(&elsewhere);
    assert!(stage.shows("nobody is followed"));
    assert_eq!(stage.event(Event::Key(ctrl('c'))), Some(Effect::Quit));
}

/// Returns a transcript of a lesson at the step of its first task or its last one, and the index of that.
fn at_task(name: &str, is_last: bool) -> (Transcript, usize) {
    let style = TextStyle {
        ascii: false,
        width: 80,
        decimals: Decimals::default(),
    };
    let catalogue = Catalogue::new(Library::embedded());
    let trace = catalogue.open(name).unwrap();
    let mut tasks = (0..trace.len()).filter(|index| trace.goal(*index).is_some());
    let task = if is_last {
        tasks.next_back()
    } else {
        tasks.next()
    };
    let task = task.unwrap();
    let mut transcript = Transcript::new(catalogue, ProgressKeeper::of_this_run(), style);
    transcript.enter(name.as_ref(), trace, Some(task)).unwrap();
    transcript.take_output();
    (transcript, task)
}

fn shown(transcript: &mut Transcript, line: &str) -> String {
    transcript.take_in(line).unwrap();
    transcript.take_output()
}

#[test]
fn two_empty_lines_give_up_a_task() {
    for name in ["neuron", "gates", "xor"] {
        let (mut transcript, task) = at_task(name, false);
        let first = shown(&mut transcript, "");
        assert!(
            first.contains("Enter once more gives up."),
            "{name}: {first}"
        );
        let second = shown(&mut transcript, "");
        assert!(
            second.contains("Answer: Any change will do"),
            "{name}: {second}"
        );
        let third = shown(&mut transcript, "");
        let next = format!("Step {} of", task + 2);
        assert!(third.contains(&next), "{name}: {third}");
        // Whatever else is done in between asks again.
        let (mut transcript, _) = at_task(name, false);
        shown(&mut transcript, "");
        shown(&mut transcript, "set W(0)[1,1] +0.001");
        assert!(!shown(&mut transcript, "").contains("Answer:"), "{name}");
    }
}

#[test]
fn choices_are_set_by_name_and_number_where_no_step_shows_them() {
    let (mut transcript, _) = at_task("xor", true);
    let list = shown(&mut transcript, "choices");
    let number = |label: &str| {
        let line = list.lines().find(|line| line.contains(label)).unwrap();
        line.split('.').next().unwrap().to_owned()
    };
    let edits = |transcript: &Transcript| {
        let changes = transcript.learner.as_ref().unwrap().session.changes();
        changes
            .iter()
            .map(|change| change.edit.clone())
            .collect::<Vec<_>>()
    };
    for (name, label, value) in [
        ("rho", "learning rate ρ", "0.2"),
        ("l2", "l2", "0.01"),
        ("alpha1", "l1", "0.01"),
        ("batch", "batch:", "2"),
        ("seed", "seed:", "9"),
        ("epochs", "epochs", "3"),
        ("noise", "noise", "0.25"),
        ("layer 1: units", "layer 1: units", "4"),
        ("optimizer", "optimizer", "adam"),
    ] {
        let by_name = shown(&mut transcript, &format!("set {name} {value}"));
        let one = edits(&transcript);
        assert_eq!(one.len(), 1, "{name}: {by_name}");
        let changed: Vec<&str> = by_name
            .lines()
            .filter(|line| line.contains(": was "))
            .collect();
        assert_eq!(changed.len(), 1, "{name}: {by_name}");
        assert!(
            changed[0].contains("was ") && changed[0].contains(value),
            "{by_name}"
        );
        assert!(!by_name.contains("1. data set"), "{by_name}");
        shown(&mut transcript, "undo all");
        let by_number = shown(
            &mut transcript,
            &format!("choose {} {value}", number(label)),
        );
        assert_eq!(edits(&transcript), one, "{name}");
        assert!(!by_number.contains("1. data set"), "{by_number}");
        shown(&mut transcript, "undo all");
    }
    // The task is told as it is then, once.
    let (mut transcript, _) = at_task("xor", true);
    let told = shown(&mut transcript, "set rho 0.0001");
    assert!(
        told.contains("After the training") && told.contains("; all should be."),
        "{told}"
    );
    assert!(!told.contains("From some weights"), "{told}");
    let told = shown(&mut transcript, "seed 2");
    assert!(told.contains("* seed: was 4, is 2."), "{told}");
    for (line, why) in [
        ("choose 99", "There are "),
        ("set foo 1", "no number that this step has, and no choice"),
        ("set rho abc", "That is no number."),
        ("set rho 2 3", "no number"),
        (
            "set batch 0.5",
            "batch: It is a whole number from 1 on, or all.",
        ),
        ("set optimizer foo", "optimizer: It is one of descent, "),
    ] {
        let said = shown(&mut transcript, line);
        assert!(said.contains(why), "{line}: {said}");
    }
}

#[test]
fn what_is_typed_is_told_of_no_keys() {
    let (mut transcript, _) = at_task("neuron", false);
    let mut said = String::new();
    for line in [
        "set W(0)[0,1] -4",
        "compare",
        "compare",
        "undo",
        "e y_hat",
        "set y_hat 1",
    ] {
        said += &shown(&mut transcript, line);
    }
    assert!(
        said.contains("The goal is reached. Enter goes on with the lesson"),
        "{said}"
    );
    for key in [
        "→ go",
        "U puts",
        "u takes",
        "Esc",
        "(x)",
        " x compares",
        "Tab",
    ] {
        assert!(!said.contains(key), "{key}: {said}");
    }
}

/// Lets the first questions of a lesson have been missed long ago.
fn miss(folder: &Path, lesson: &str, count: usize) {
    let trace = Catalogue::new(Library::embedded()).open(lesson).unwrap();
    let mut session = Session::new(trace);
    while session.records().len() < count {
        session.apply(if session.mode() == Mode::Ask {
            Command::Answer
        } else {
            Command::Next
        });
    }
    Store::new(folder)
        .update(|progress| {
            for record in session.records() {
                progress
                    .review
                    .grade(lesson, &record.question, record.step, Grade::Again, 1_000);
            }
        })
        .unwrap();
}

#[test]
fn the_end_of_a_lesson_offers_what_was_missed_in_earlier_ones() {
    let folder = tempfile::tempdir().unwrap();
    miss(folder.path(), "grounded", 3);
    let mut stage = Stage::lesson("recap-one-page", Some(folder.path()));
    assert!(!stage.shows("you missed earlier"));
    stage.press("r");
    assert!(stage.shows("At the end of a lesson"));
    stage.press("G");
    assert!(stage.shows("2 questions you missed earlier: r"));
    // Once that is read, the key for it stands in the last line.
    stage.press("?⎋");
    assert!(stage.shows("  r review  "));
    stage.press("r");
    assert!(stage.shows("The grounded example") && stage.shows("review, 1 left"));
    stage.press("⏎⏎→");
    assert!(stage.shows("review, the last one"));
    // Left before its end, it leads back as well.
    stage.press("⏎⏎");
    stage.write();
    stage.press("m");
    assert!(stage.shows("0 of 2 right. 1 question is due for review."));
    let position = stage.app.position().unwrap();
    assert_eq!(position.lesson, "recap-one-page");
    stage.press("r");
    assert!(stage.shows("review, the last one"));
    stage.press("⏎⏎");
    stage.write();
    stage.press("⏎");
    assert!(stage.shows("0 of 1 right. The next review is in 10 minutes."));
    assert_eq!(stage.app.position().unwrap().step, position.step);
    stage.press("r");
    assert!(stage.shows("Nothing that you missed in earlier lessons is due."));
    // What was missed in this very lesson is not offered.
    let mut stage = Stage::lesson("grounded", Some(folder.path()));
    miss(folder.path(), "grounded", 3);
    stage.press("G");
    assert!(!stage.shows("you missed earlier"));
}

#[test]
fn the_menu_leads_to_a_review_and_says_how_many_are_due() {
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    assert!(!stage.shows("due for review") && !stage.shows("r review"));
    stage.press("r");
    assert!(stage.shows("There is nothing to review yet"));
    let folder = tempfile::tempdir().unwrap();
    miss(folder.path(), "grounded", 2);
    miss(folder.path(), "backprop", 1);
    let keeper = ProgressKeeper::open(Ok(Store::new(folder.path())));
    let catalogue = Catalogue::new(Library::embedded());
    let mut stage = Stage::new(App::menu(catalogue, keeper, THEME));
    assert!(stage.shows("3 due for review: r") && stage.shows("r review"));
    stage.press("r");
    assert!(stage.shows("review, 2 left"));
    // Whoever looks elsewhere is led back to what waits.
    stage.press("⎋g→");
    assert!(stage.shows("review, 2 left"));
    assert_eq!(
        stage.app.learner.as_ref().unwrap().session.mode(),
        Mode::Ask
    );
    stage.press("⏎⏎");
    stage.write();
    stage.press("m");
    assert!(stage.shows("0 of 1 right."));
    assert!(stage.shows("2 due for review: r"));
    // In a review no key leads to what belongs to a lesson.
    stage.press("r");
    stage.press("⎋P");
    assert!(stage.shows("This is practice"));
    assert_eq!(stage.press("q"), Some(Effect::Quit));
}

#[test]
fn a_review_ends_where_its_last_question_was() {
    let folder = tempfile::tempdir().unwrap();
    miss(folder.path(), "grounded", 1);
    let mut keeper = ProgressKeeper::open(Ok(Store::new(folder.path())));
    let catalogue = Catalogue::new(Library::embedded());
    let learner = Learner::review(&mut keeper, &catalogue).unwrap();
    let mut stage = Stage::new(App::practice(catalogue, keeper, learner, THEME));
    stage.press("⏎⏎");
    stage.write();
    for key in ["⏎", "→"] {
        stage.press(key);
        assert!(stage.shows("0 of 1 right. The next review is in 10 minutes. m: menu, q: quit."));
    }
    let kept = Store::new(folder.path()).read().unwrap();
    let card = &kept.review.of("grounded")[0];
    assert!(card.missed && card.memory.at > 1_000);
    stage.press("m");
    assert!(stage.shows("0 of 1 right.") && stage.shows("time-travel"));
}

/// Where a text has lines below what is in sight, `PgDn` shows them before it leads on.
#[test]
fn a_page_down_leaves_no_line_unread() {
    for (columns, rows) in [(40, 12), (80, 24)] {
        let mut stage = Stage::lesson("neuron", None);
        stage.resize(columns, rows);
        let area = Rect::new(0, 0, columns, rows);
        let at = |stage: &Stage| {
            let session = &stage.app.learner.as_ref().unwrap().session;
            let most = ui::most_scroll(session, &THEME, area);
            (session.index(), session.scroll(), most, session.mode())
        };
        let mut scrolled = 0;
        for _ in 0..60 {
            let (index, by, most, mode) = at(&stage);
            stage.press("⇟");
            let (then, now, ..) = at(&stage);
            if by < most {
                assert!(then == index && now > by, "{index} at {columns}");
                scrolled += 1;
            } else if mode == Mode::Ask {
                // What is asked stays until it is answered.
                assert_eq!(then, index);
                stage.press("⎋");
            } else if then == index {
                break;
            }
        }
        assert!(columns > 40 || scrolled > 3, "{scrolled}");
    }
}

/// While a number is moved in front of a long training, the page has each new number long before that is done; and whatever is done
/// meanwhile, what is not yet as it was changed says so.
#[test]
fn a_held_key_moves_a_number_in_front_of_a_long_training() {
    let folder = tempfile::tempdir().unwrap();
    let lesson = "format: 1\ntitle: Long\nsummary: Long.\nnetwork:\n  inputs: 2\n  \
                  layers: [{units: 2, activation: tanh}, {units: 1, activation: logistic}]\n  \
                  init: {scheme: xavier, seed: 1}\nloss: neg-log-loss\nbatch: 1\ndataset: xor\nscript:\n  \
                  - walk: {sample: 1}\n  - train: {epochs: 20000}\n  - say: Done.\n";
    fs::write(folder.path().join("long.yaml"), lesson).unwrap();
    let catalogue = Catalogue::new(Library::with_dir(folder.path()).unwrap());
    let keeper = ProgressKeeper::of_this_run();
    let name = "long".as_ref();
    let app = App::lesson(catalogue, keeper, name, None, THEME, Duration::ZERO);
    let mut stage = Stage::new(app.unwrap());
    stage.settle();
    stage.press("→⇥⇥");
    let (mut pages, mut early) = (Vec::new(), 0);
    for _ in 0..5 {
        stage.press("+");
        assert!(stage.shows("* 1 change") || stage.shows("* training again"));
        early += usize::from(stage.app.editing.is_some() && stage.shows("* 1 change"));
        pages.push(stage.screen());
    }
    assert!(early > 0, "a page before the training is done");
    pages.dedup();
    assert!(pages.len() > 1, "each shows its number");
    // The cursor moves on that page; on another one the lesson is not yet as it was changed.
    stage.press("→");
    assert!(stage.app.editing.is_some(), "the training is long");
    // So does the list of changes.
    stage.press("C");
    assert!(stage.shows("Your changes") && !stage.shows("Nothing is changed"));
    stage.press("⎋");
    assert!(stage.shows("* 1 change"));
    stage.press("x");
    assert!(stage.shows("* 1 change"));
    stage.press("⎋→→");
    if stage.app.editing.is_some() {
        assert!(stage.shows("* training again"));
        stage.press("C");
        assert!(stage.app.editing.is_none() || stage.shows("The training is being done again"));
        stage.press("⎋");
    }
    while stage.app.editing.is_some() {
        stage.event(Event::Tick);
        std::thread::yield_now();
    }
    assert!(stage.shows("* 1 change") && !stage.shows("* training again"));
}

/// What would be lost is said while it can still be written, once; then the program ends.
#[test]
fn quitting_with_changes_says_once_that_they_are_lost() {
    let mut stage = Stage::lesson("neuron", None);
    let change = |stage: &mut Stage, name: &str, value: &str| {
        let session = &mut stage.app.learner.as_mut().unwrap().session;
        session.change_named(name, value);
        session.edit_now();
    };
    let said = |stage: &Stage| {
        stage
            .app
            .learner
            .as_ref()
            .unwrap()
            .session
            .message()
            .map(str::to_owned)
    };
    change(&mut stage, "rho", "0.25");
    assert_eq!(stage.press("q"), Some(Effect::Draw));
    assert_eq!(said(&stage).as_deref(), Some(LOSES));
    // Another change is not known to be lost.
    change(&mut stage, "rho", "0.125");
    assert_eq!(stage.press("q"), Some(Effect::Draw));
    assert_eq!(stage.press("q"), Some(Effect::Quit));
    // What is in a file is not lost.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.yaml");
    change(&mut stage, "rho", "0.5");
    change(&mut stage, "rho", "0.3");
    stage.app.write_lesson(path.to_str().unwrap(), false);
    assert_eq!(stage.press("q"), Some(Effect::Quit));
}

/// The same in the lab, be it opened alone or over something, and for what was left for the menu.
#[test]
fn quitting_with_changes_in_a_lab_says_once_that_they_are_lost() {
    let alone = || {
        let lesson = Library::embedded().open("xor").unwrap();
        let lab = Lab::new(Run::of_lesson(&lesson, lesson.trained_last()).unwrap()).unwrap();
        let catalogue = Catalogue::new(Library::embedded());
        Stage::new(App::lab(
            catalogue,
            ProgressKeeper::of_this_run(),
            lab,
            THEME,
        ))
    };
    assert_eq!(alone().press("q"), Some(Effect::Quit));
    assert_eq!(alone().press("]uq"), Some(Effect::Quit));
    for changed in ["]", "]r", "o⎋]"] {
        for key in ["q", "m"] {
            let mut stage = alone();
            stage.press(changed);
            assert_eq!(stage.press(key), Some(Effect::Draw), "{changed}");
            assert!(stage.shows(LOSES), "{changed}");
        }
        let mut stage = alone();
        stage.press(changed);
        assert_eq!(stage.press("qq"), Some(Effect::Quit), "{changed}");
    }
    let mut stage = alone();
    stage.press("]q]");
    assert_eq!(stage.press("q"), Some(Effect::Draw), "another change");
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("mine.yaml");
    let write = |stage: &mut Stage| {
        stage.press("]w");
        for _ in 0..40 {
            stage.press("⌫");
        }
        stage.press(name.to_str().unwrap());
        stage.press("⏎");
    };
    write(&mut stage);
    assert!(name.exists());
    assert_eq!(stage.press("q"), Some(Effect::Quit));

    // Over the menu it is kept, and so is a lesson that was left for it.
    let mut stage = Stage::menu(&Catalogue::new(Library::embedded()));
    stage.press("L]q");
    assert!(stage.app.lab.is_none());
    assert_eq!(stage.press("q"), Some(Effect::Draw));
    assert!(stage.shows("Your changes in the lab of "));
    stage.press("L");
    assert!(stage.shows("The lab as you left it") && stage.shows("1 change"));
    assert!(stage.shows("list of lessons."));
    stage.press("⎋");
    let mut stage = Stage::lesson("neuron", None);
    let session = &mut stage.app.learner.as_mut().unwrap().session;
    session.change_named("rho", "0.25");
    session.edit_now();
    stage.press("m");
    assert_eq!(stage.press("q"), Some(Effect::Draw));
    assert!(stage.shows("Changes of neuron are not kept: open it, then w writes them; q quits."));
    assert_eq!(stage.press("q"), Some(Effect::Quit));
}

/// A change is lost as well while the lesson with it is still being trained.
#[test]
fn a_change_that_is_under_way_is_not_lost_unasked() {
    let mut stage = Stage::lesson("neuron", None);
    let session = &mut stage.app.learner.as_mut().unwrap().session;
    session.change_named("rho", "0.25");
    assert!(session.changes().is_empty());
    assert_eq!(stage.press("q"), Some(Effect::Draw));
    assert!(stage.shows("Your changes are not kept"));
    assert_eq!(stage.press("q"), Some(Effect::Quit));
}

/// A lab is found again at each step at which one was left, also behind the menu.
#[test]
fn labs_are_found_again_where_they_were_left() {
    let mut stage = Stage::lesson("xor", None);
    stage.press("→→→L]⎋→L]]⎋");
    let step = stage.app.learner.as_ref().unwrap().session.place().0;
    stage.press("hL");
    assert!(stage.shows("The lab as you left it") && stage.shows("1 change"));
    stage.press("⎋lL");
    assert!(stage.shows("The lab as you left it") && stage.shows("2 changes"));
    stage.press("m⏎");
    assert_eq!(stage.app.learner.as_ref().unwrap().session.place().0, step);
    stage.press("L");
    assert!(stage.shows("The lab as you left it") && stage.shows("2 changes"));
    stage.press("⎋");
    assert_eq!(stage.press("q"), Some(Effect::Draw));
    assert!(
        stage
            .shows("Your changes in 2 labs are not kept: L opens each where it was left, q quits.")
    );
    assert_eq!(stage.press("q"), Some(Effect::Quit));
}
