//! A class of several screens without terminals: a hub on a thread, and an application for each member, whose messages are
//! carried by hand.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;
use nn_tutor::algebra::Decimals;
use nn_tutor::app::{App, Catalogue, ClassTranscript, Classroom, Event, ProgressKeeper};
use nn_tutor::class::Role;
use nn_tutor::export::text::TextStyle;
use nn_tutor::hub::{
    Config, Ended, FromHub, Hello, Hub, HubError, Line, LineError, OpenClass, Stopper, ToHub,
    own_uid,
};
use nn_tutor::lesson::Library;
use nn_tutor::session::{Effect, Position};
use nn_tutor::ui::{Color, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use ratatui::style::Modifier;
use tempfile::TempDir;

use crate::common::key_strings;

/// The longest that anything is waited for: far more than any takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The lessons of the classes here.
pub(super) const LESSONS: [&str; 2] = ["grounded", "xor"];

/// The size of the screens.
const SIZE: (u16, u16) = (80, 24);

/// A member at a screen.
pub(super) struct Seat {
    pub(super) app: App,
    hello: Hello,
    line: Option<Line>,
    began: Instant,
    size: (u16, u16),
    /// What was sent.
    pub(super) sent: Vec<ToHub>,
    /// Every step that was stood at, in this order.
    pub(super) way: Vec<usize>,
    /// The effect of the last key.
    pub(super) effect: Option<Effect>,
    /// How many messages of the hub were heard.
    heard: usize,
    /// Whether what the hub says is not heard for the time being.
    pub(super) is_late: bool,
}

/// A class with its members.
pub(super) struct Room {
    folder: TempDir,
    serving: Option<(Stopper, JoinHandle<Result<Ended, HubError>>)>,
    shared: bool,
    pub(super) seats: Vec<Seat>,
}

impl Room {
    /// Opens a class with its teacher, who has left the console for the lesson, and students.
    pub(super) fn open(students: &[&str]) -> Self {
        Self::of(false, students)
    }

    /// Opens a class in an account that all share.
    pub(super) fn shared(students: &[&str]) -> Self {
        Self::of(true, students)
    }

    fn of(shared: bool, students: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut room = Self {
            folder,
            serving: None,
            shared,
            seats: Vec::new(),
        };
        room.serve();
        room.come(Hello::new(Role::Teacher));
        room.until("the first step", |room| room.step(0) == 1);
        room.press(0, "⎋");
        for name in students {
            room.student(name);
        }
        room
    }

    /// Opens the hub, with the journal of the one before.
    pub(super) fn serve(&mut self) {
        let lessons = LESSONS.map(|name| {
            let lesson = Library::embedded().open_name(name).unwrap();
            (name.to_owned(), lesson)
        });
        let mut config = Config::new("class", lessons.to_vec());
        config.below = self.below();
        config.journal = Some(self.below().join("journal.jsonl"));
        // Here keys are pressed faster than by anybody.
        config.limits.lines = (2_000, 1_000);
        if self.shared {
            config.shared = vec![own_uid()];
        }
        let hub = Hub::open(config).unwrap();
        let stopper = hub.stopper();
        self.serving = Some((stopper, std::thread::spawn(move || hub.run())));
    }

    pub(super) fn below(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Ends the hub without a word to the members of when it comes back.
    pub(super) fn stop(&mut self) {
        let (stopper, thread) = self.serving.take().unwrap();
        stopper.stop();
        thread.join().unwrap().unwrap();
    }

    /// Waits for the end of the class.
    pub(super) fn has_ended(&mut self) -> bool {
        let (_, thread) = self.serving.take().unwrap();
        thread.join().unwrap().unwrap() == Ended::Class
    }

    /// Lets a student in whom the door vouches for or, in a shared account, who says a name. Returns the seat.
    pub(super) fn student(&mut self, name: &str) -> usize {
        let mut hello = Hello::new(Role::Student);
        if self.shared {
            hello.name = Some(name.to_owned());
        } else {
            hello.door_name = Some(name.to_owned());
        }
        let seat = self.come(hello);
        self.until("the lesson", |room| {
            room.seats[seat].app.position().is_some()
        });
        seat
    }

    /// Lets somebody in. Returns the seat.
    pub(super) fn come(&mut self, hello: Hello) -> usize {
        let (app, hello, line, heard) = self.let_in(hello);
        let mut seat = Seat {
            app,
            hello,
            line: Some(line),
            began: Instant::now(),
            size: SIZE,
            sent: Vec::new(),
            way: Vec::new(),
            effect: None,
            heard: 0,
            is_late: false,
        };
        seat.resize(SIZE);
        for message in heard {
            seat.take(Event::Class(Box::new(message)));
        }
        self.seats.push(seat);
        self.seats.len() - 1
    }

    /// Lets in a student who follows in lines of text.
    pub(super) fn listener(&mut self, name: &str) -> Listener {
        let mut hello = Hello::new(Role::Student);
        hello.door_name = Some(name.to_owned());
        let (app, _, line, heard) = self.let_in(hello);
        let style = TextStyle {
            ascii: false,
            width: 79,
            decimals: Decimals::default(),
        };
        let mut listener = Listener {
            transcript: ClassTranscript::new(app, style),
            line,
            began: Instant::now(),
            said: String::new(),
        };
        for message in heard {
            listener.hear(Event::Class(Box::new(message)));
        }
        listener
    }

    /// Waits until somebody who listens has been told something since they were asked last. Returns all that they were told.
    #[track_caller]
    pub(super) fn hears(&mut self, listener: &mut Listener, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        while !listener.said.contains(text) {
            assert!(
                Instant::now() < deadline,
                "waited in vain for {text:?}: {}",
                listener.said
            );
            self.pump();
            listener.pump();
            std::thread::sleep(Duration::from_millis(2));
        }
        std::mem::take(&mut listener.said)
    }

    /// Waits until a text is on a screen, while somebody who listens has their line carried too.
    #[track_caller]
    pub(super) fn sees_beside(&mut self, listener: &mut Listener, seat: usize, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.screen(seat).contains(text) {
            assert!(
                Instant::now() < deadline,
                "waited in vain for {text:?}: {}{}",
                listener.said,
                self.screen(seat)
            );
            self.pump();
            listener.pump();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Lets somebody in. Returns the application, what it comes again with, its line, and what has been said on it.
    fn let_in(&mut self, hello: Hello) -> (App, Hello, Line, Vec<FromHub>) {
        let class = OpenClass::named("class", own_uid(), &self.below()).unwrap();
        let mut line = Line::connect(&class).unwrap();
        line.send(&ToHub::Hello(hello.clone())).unwrap();
        let Some(FromHub::Welcome(welcome)) = line.wait(PATIENCE).unwrap() else {
            panic!("not let in");
        };
        let mut heard = Vec::new();
        let position = loop {
            let message = line.wait(PATIENCE).unwrap().unwrap();
            let position = match &message {
                FromHub::Class(view) => Some(view.position.clone()),
                FromHub::Teacher(view) => Some(view.class.position.clone()),
                FromHub::Projector(view) => Some(view.class.position.clone()),
                _ => None,
            };
            heard.push(message);
            if let Some(position) = position {
                break position;
            }
        };
        let lesson = position
            .as_ref()
            .map_or(LESSONS[0], |position| &position.lesson);
        let catalogue = Catalogue::new(Library::embedded());
        catalogue.give(lesson, Library::embedded().open_name(lesson).unwrap());
        let app = App::lesson(
            catalogue,
            ProgressKeeper::of_this_run(),
            OsStr::new(lesson),
            position
                .as_ref()
                .filter(|position| position.opened.is_empty())
                .map(|position| position.step - 1),
            Theme {
                color: Color::None,
                ascii: false,
            },
            Duration::ZERO,
        );
        let mut classroom = Classroom::new(&welcome, "host");
        if welcome.word.is_some() {
            classroom = classroom.of_guest();
        }
        let is_new = hello.word.is_none();
        if is_new {
            classroom.tell_word();
        }
        let mut hello = hello;
        hello.name.clone_from(&welcome.name);
        hello.word.clone_from(&welcome.word);
        let app = app
            .unwrap_or_else(|error| panic!("{error}"))
            .in_class(classroom);
        (app, hello, line, heard)
    }

    /// Carries all messages that wait.
    pub(super) fn pump(&mut self) {
        for seat in &mut self.seats {
            seat.pump();
        }
    }

    /// Carries messages until something is so.
    #[track_caller]
    pub(super) fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            if Instant::now() > deadline {
                let screens: Vec<String> = (0..self.seats.len())
                    .map(|seat| format!("{:?}\n{}", self.seats[seat].way, self.screen(seat)))
                    .collect();
                let screens = screens.join("\n");
                panic!("waited in vain for {what}:{screens}");
            }
            self.pump();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until a text is on a screen.
    #[track_caller]
    pub(super) fn sees(&mut self, seat: usize, text: &str) {
        self.until(&format!("{text:?} at {seat}"), |room| {
            room.screen(seat).contains(text)
        });
    }

    /// Waits until somebody stands at a step.
    #[track_caller]
    pub(super) fn stands(&mut self, seat: usize, step: usize) {
        self.until(&format!("{seat} at step {step}"), |room| {
            room.step(seat) == step
        });
    }

    /// Presses keys. Where one asks something of the class, the next comes after the answer, as from somebody who looks.
    pub(super) fn press(&mut self, seat: usize, keys: &str) {
        /// What changes nothing is not answered.
        const LONGEST: Duration = Duration::from_secs(1);
        for key in keys.chars().map(key_strings::key) {
            self.pump();
            let (heard, sent) = (self.seats[seat].heard, self.seats[seat].sent.len());
            self.seats[seat].press(key);
            self.pump();
            let deadline = Instant::now() + LONGEST;
            while self.seats[seat].awaits_answer(sent)
                && self.seats[seat].heard == heard
                && Instant::now() < deadline
            {
                std::thread::sleep(Duration::from_millis(2));
                self.pump();
            }
        }
    }

    /// Sends a message as another program would.
    pub(super) fn say(&mut self, seat: usize, message: &ToHub) {
        let line = self.seats[seat].line.as_mut().unwrap();
        line.send(message).unwrap();
    }

    /// Breaks the line of a member.
    pub(super) fn lose(&mut self, seat: usize) {
        self.seats[seat].line = None;
        self.seats[seat].take(Event::ClassGone);
    }

    /// Breaks the line of a member, and makes it again.
    pub(super) fn reconnect(&mut self, seat: usize) {
        let class = OpenClass::named("class", own_uid(), &self.below()).unwrap();
        let seat = &mut self.seats[seat];
        let mut line = Line::connect(&class).unwrap();
        line.send(&ToHub::Hello(seat.hello.clone())).unwrap();
        seat.line = Some(line);
    }

    /// Returns the number of the step that somebody stands at; 0 while there is none.
    pub(super) fn step(&self, seat: usize) -> usize {
        let position = self.position(seat);
        position.map_or(0, |position| position.step)
    }

    pub(super) fn position(&self, seat: usize) -> Option<Position> {
        self.seats[seat].app.position()
    }

    /// Returns a screen as text.
    pub(super) fn screen(&self, seat: usize) -> String {
        text(&self.seats[seat].picture())
    }

    /// Returns the last line of a screen.
    pub(super) fn line(&self, seat: usize) -> String {
        self.screen(seat)
            .lines()
            .last()
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns a screen at another size.
    pub(super) fn screen_at(&mut self, seat: usize, size: (u16, u16)) -> String {
        let before = self.seats[seat].size;
        self.seats[seat].resize(size);
        self.pump();
        let screen = self.screen(seat);
        self.seats[seat].resize(before);
        screen
    }

    /// Returns the attributes of a screen, in the places of its characters.
    pub(super) fn marks(&self, seat: usize) -> String {
        let picture = self.seats[seat].picture();
        let mark = |cell: &ratatui::buffer::Cell| {
            let has = |mark| cell.modifier.contains(mark);
            match () {
                () if has(Modifier::REVERSED) => 'r',
                () if has(Modifier::BOLD) => 'b',
                () if has(Modifier::DIM) && cell.symbol() != " " => 'd',
                () => ' ',
            }
        };
        let rows = picture.content.chunks(usize::from(picture.area.width));
        rows.map(|row| {
            let marks: String = row.iter().map(mark).collect();
            marks.trim_end().to_owned() + "\n"
        })
        .collect()
    }
}

/// A student who follows in lines of text.
pub(super) struct Listener {
    transcript: ClassTranscript,
    line: Line,
    began: Instant,
    said: String,
}

impl Listener {
    /// Types a line.
    pub(super) fn say(&mut self, line: &str) {
        self.transcript.take_in(line, self.began.elapsed());
        self.send();
    }

    fn hear(&mut self, event: Event) {
        self.transcript.hear(event, self.began.elapsed());
        self.send();
    }

    fn send(&mut self) {
        self.said.push_str(&self.transcript.take_output());
        for message in self.transcript.take_messages() {
            self.line.send(&message).unwrap();
        }
    }

    fn pump(&mut self) {
        while let Some(message) = self.line.receive().unwrap() {
            self.hear(Event::Class(Box::new(message)));
        }
        self.hear(Event::Tick);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some((stopper, _)) = &self.serving {
            stopper.stop();
        }
    }
}

impl Seat {
    pub(super) fn press(&mut self, key: KeyEvent) {
        self.effect = None;
        self.take(Event::Key(key));
    }

    pub(super) fn resize(&mut self, (width, height): (u16, u16)) {
        self.size = (width, height);
        self.take(Event::Resize(Size::new(width, height)));
    }

    /// Returns whether a message after the first `before` is one of a teacher that changes the class for all.
    fn awaits_answer(&self, before: usize) -> bool {
        let is_answered = |message: &ToHub| {
            matches!(
                message,
                ToHub::Free { .. }
                    | ToHub::Gather
                    | ToHub::HandOver { .. }
                    | ToHub::Ask { .. }
                    | ToHub::Close
                    | ToHub::Reveal
                    | ToHub::VoteAgain
                    | ToHub::PutAway
            )
        };
        !self.is_late && self.line.is_some() && self.sent[before..].iter().any(is_answered)
    }

    fn take(&mut self, event: Event) {
        self.heard += usize::from(matches!(event, Event::Class(_)));
        let is_key = matches!(event, Event::Key(_));
        let effect = self.app.handle(event, self.began.elapsed());
        if is_key {
            self.effect = effect;
        }
        for message in self.app.take_messages() {
            if let Some(line) = &mut self.line {
                // A line that is broken is noticed where one reads.
                let _ = line.send(&message);
            }
            self.sent.push(message);
        }
        if let Some(step) = self.app.position().map(|position| position.step)
            && self.way.last() != Some(&step)
        {
            self.way.push(step);
        }
    }

    fn pump(&mut self) {
        if self.is_late {
            if let Some(line) = &mut self.line {
                line.flush().unwrap();
            }
            self.take(Event::Tick);
            return;
        }
        while let Some(line) = &mut self.line {
            match line.flush().and_then(|()| line.receive()) {
                Ok(Some(message)) => self.take(Event::Class(Box::new(message))),
                Ok(None) => break,
                Err(LineError::Gone | LineError::Io(_)) => {
                    self.line = None;
                    self.take(Event::ClassGone);
                }
                Err(error) => panic!("{error}"),
            }
        }
        self.take(Event::Tick);
    }

    fn picture(&self) -> Buffer {
        let (width, height) = self.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal
            .draw(|frame| self.app.draw(frame.buffer_mut()))
            .unwrap();
        terminal.backend().buffer().clone()
    }
}

fn text(picture: &Buffer) -> String {
    let rows = picture.content.chunks(usize::from(picture.area.width));
    rows.map(|row| {
        let row: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        row.trim_end().to_owned() + "\n"
    })
    .collect()
}
