//! A class as lines of text: for screen readers, and for terminals that cannot move their cursor.

use std::collections::BTreeSet;
use std::time::Duration;

use crossterm::event::KeyCode;
use ratatui::layout::Size;

use super::console::own_question;
use super::{Classroom, NOT_FREE, is_same_step_of_lesson};
use crate::app::transcript;
use crate::app::typed_words::in_typed_words;
use crate::app::{App, Event};
use crate::class::message::{ToAsk, ToHub};
use crate::class::{Driver, MemberId, Pace, QuestionId, QuestionPhase, Role, StepRef};
use crate::export::text::TextStyle;
use crate::keys::{ctrl, key};
use crate::session::{Command, Effect, Lab, LabPosition, Mode, Position, Session};
use crate::ui::{Color, Theme};

/// What a student can type.
const STUDENT_HELP: &str = "\
a number, a letter, words
               an answer to the question to the class; without one, to that of
               the step
answer TEXT    the same, also where the text is one of these words
question       the question to the class once more
hint           a hint for it; it is counted, and costs nothing
step           the step once more
next, back     a step on, never further than the class; a step back
go 12          to step 12
follow         to where the class stands, and on with it
where          where you stand, and the class
set W(0)[1,1] 0.9
               changes a number, when you drive or work on your own; undo takes
               the last change back, compare shows the lesson as it was and
               then your changes again, changes lists them
done           says that your work is done, when you work on your own
hand           raises your hand, or lowers it
help           this help
quit           leaves the class
";

/// What a teacher can type.
const TEACHER_HELP: &str = "\
next, back     leads the class a step on, or back
go 12          leads it to step 12
ask            asks the question of this step or, where it has none, that of
               the next one
ask Which is larger?; the weight; *the sum
               a question of your own: options, the right ones with a star
ask What is z? = 0.5
               one for a number; without options and number, one in words
close          no answer is taken any more
reveal         shows the answer to everybody
vote           a second vote, after a discussion
away           takes the question off the screens
free, free 12  lets everybody work on their own, until step 12
gather         ends that
set W(0)[1,1] 0.9
               changes a number for all; undo takes the last change back,
               compare shows all the lesson as it was and then your changes
               again, changes lists them
step           the step once more
who            who is here, and what they do
hands          who has a hand up; hands down: lowers them
where          where the class stands
lesson         the next lesson of the class
end            typed twice, ends the class for everybody
help           this help
quit           leaves; the class goes on
";

/// Said to whoever is on their own where the class was led through the lab.
const ALONE: &str =
    "You are out of the lab: in lines of text one is there only while the class is led through it.";

/// The most changes in the lab that are told one by one.
const MOST_CHANGES: usize = 5;

/// What has been told of a class.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)]
struct Told {
    /// Where the class stood.
    class: Option<Position>,
    /// Where the one who is told stood.
    own: Option<Position>,
    pace: Pace,
    drives: bool,
    hand: bool,
    done: bool,
    /// The question, its vote, and whether it was open, closed or shown.
    question: Option<(QuestionId, usize, QuestionPhase)>,
    /// The lines about it.
    lines: Vec<String>,
    hands: BTreeSet<MemberId>,
    have_all_answered: bool,
    /// That somebody has guessed at the join code too often.
    guessed: Option<String>,
    is_connected: bool,
    /// What was told of the lab.
    lab: Option<ToldOfLab>,
}

/// What is told of the lab that the class is led through.
struct ToldOfLab {
    at: LabPosition,
    /// The changes of its run, each with the number of updates before it.
    changes: Vec<(usize, String)>,
    state: String,
}

impl ToldOfLab {
    /// Returns what is to be told where the class stands now; `to` is where it is led to.
    fn of(lab: &Lab, to: &LabPosition) -> Self {
        let marks = lab.run().marks().iter();
        Self {
            at: to.clone(),
            changes: marks
                .map(|mark| {
                    (
                        mark.update,
                        mark.change.words(&lab.run().now().data.classes),
                    )
                })
                .collect(),
            state: lab.state(),
        }
    }

    /// Returns what whoever leads has changed since something was told, in a sentence.
    fn changed_since(&self, told: &Self) -> Option<String> {
        if !self.at.run.is_in_run_of(&told.at.run) {
            return Some("It is another run now.".to_owned());
        }
        let both = self.changes.iter().zip(&told.changes);
        let same = both.take_while(|(now, told)| now == told).count();
        let words = |changes: &[(usize, String)]| listed(&changes[same..]);
        match (words(&self.changes), words(&told.changes)) {
            (now, back) if now.is_empty() && back.is_empty() => None,
            (now, back) if now.is_empty() => Some(format!("Taken back: {back}.")),
            (now, _) => Some(format!("Changed: {now}.")),
        }
    }
}

/// Returns changes in words; where they are many, how many: more than a sentence is not listened to.
fn listed(changes: &[(usize, String)]) -> String {
    let words = changes.iter().map(|(_, words)| words.as_str());
    match changes.last() {
        Some((_, last)) if changes.len() > MOST_CHANGES => {
            format!("{} numbers, the last one {last}", changes.len())
        }
        _ => words.collect::<Vec<_>>().join(", "),
    }
}

/// A class as a conversation: a member types lines, and is told in lines what the class does.
pub struct ClassTranscript {
    app: App,
    style: TextStyle,
    told: Told,
    out: String,
}

impl ClassTranscript {
    /// Returns the conversation of a member with an application that is in a class.
    pub fn new(mut app: App, style: TextStyle) -> Self {
        // Its frames are never drawn; a window of this size hides nothing.
        app.handle(Event::Resize(Size::new(80, 24)), Duration::ZERO);
        let mut transcript = Self {
            app,
            style,
            told: Told {
                is_connected: true,
                ..Told::default()
            },
            out: String::new(),
        };
        if let Some(room) = transcript.app.classroom.as_mut() {
            room.front = None;
            let line = format!(
                "Class {}. `help` says what can be typed, `quit` leaves.",
                room.name
            );
            let invited = (room.role == Role::Teacher).then(|| room.invited());
            transcript.line(&line);
            if let Some(invited) = invited {
                transcript.line(&invited);
            }
        }
        transcript
    }

    /// Sets the width of lines, in columns.
    pub const fn resize(&mut self, width: usize) {
        self.style.width = width;
    }

    /// Takes the output.
    pub fn take_output(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// Takes the messages for the hub of the class.
    pub fn take_messages(&mut self) -> Vec<ToHub> {
        self.app.take_messages()
    }

    /// Returns how long to wait at most before the next [`Event::Tick`].
    pub fn next_wake(&self) -> Option<Duration> {
        self.app.next_wake()
    }

    /// Returns whether there is nothing to come back to.
    pub fn has_ended(&self) -> bool {
        self.app.class_has_ended()
    }

    /// Takes up what has happened.
    pub fn hear(&mut self, event: Event, now: Duration) {
        self.app.handle(event, now);
        self.tell();
    }

    /// Handles a line. Returns whether the member leaves.
    pub fn take_in(&mut self, line: &str, now: Duration) -> bool {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let role = self.app.classroom.as_ref().map(|room| room.role);
        let asked_to_end = self
            .app
            .classroom
            .as_mut()
            .is_some_and(|room| std::mem::take(&mut room.asks_to_end));
        match (word.to_lowercase().as_str(), rest) {
            ("quit" | "exit", "") => return true,
            ("help" | "?", "") => {
                let help = if role == Some(Role::Teacher) {
                    TEACHER_HELP
                } else {
                    STUDENT_HELP
                };
                self.out.push_str(help);
            }
            ("where", "") => self.say_where(),
            ("next" | "", "") => self.go(|at| at + 1),
            ("back", "") => self.go(|at| at.saturating_sub(1)),
            ("go", number) if number.parse::<usize>().is_ok() => {
                let number: usize = number.parse().unwrap_or(1);
                self.go(|_| number.saturating_sub(1));
            }
            ("step", "") => (self.told.own, self.told.lab) = (None, None),
            ("changes", "") => self.list_changes(),
            (word @ ("set" | "undo" | "compare"), _) if self.may_change() => {
                self.change(word, rest, now);
            }
            (word, _) if role == Some(Role::Teacher) => self.teach(word, rest, asked_to_end),
            ("set" | "undo" | "compare", _) => self.line(NOT_FREE),
            ("hint", "") if self.asks() => self.app.give_hint(),
            ("hint", "") => self.give_hint_of_step(now),
            ("done", "") => self.press(KeyCode::Char('D'), now),
            ("lab", "") => {
                self.line("Lines of text follow the class: nobody goes into the lab alone here.");
            }
            ("follow", "") => self.press(KeyCode::Char('F'), now),
            ("hand", "") => self.press(KeyCode::Char('R'), now),
            ("question", "") => match self.question() {
                Some(lines) => self.lines(&lines),
                None => self.line("No question is asked now."),
            },
            ("answer", _) if !rest.is_empty() => self.answer(rest, now),
            _ => self.answer(line, now),
        }
        self.app.handle(Event::Tick, now);
        self.tell();
        false
    }

    /// Goes to a step, from the index of the one that is shown.
    fn go(&mut self, to: impl FnOnce(usize) -> usize) {
        let Some(learner) = &mut self.app.learner else {
            return;
        };
        let lesson = learner.lesson().unwrap_or_default().to_owned();
        let session = &mut learner.session;
        let (number, of) = session.place();
        let before = session.position(&lesson);
        let to = to(number - 1);
        if to >= of {
            self.line(&format!("The lesson has {of} steps."));
            return;
        }
        session.go_to(session.shown_index(to));
        self.app.window.forget();
        self.app.tell_class(Some(&before));
    }

    /// Returns whether the member leads the class.
    fn leads(&self) -> bool {
        self.app.classroom.as_ref().is_some_and(|room| room.leads())
    }

    /// Returns whether the member may change numbers: who leads, and everybody on their own.
    fn may_change(&self) -> bool {
        let room = self.app.classroom.as_ref();
        self.leads() || room.is_some_and(|room| room.is_free())
    }

    /// Returns whether the class is asked something now.
    fn asks(&self) -> bool {
        let question = self
            .app
            .classroom
            .as_ref()
            .and_then(|room| room.view.question.as_ref());
        question.is_some_and(|question| question.phase == QuestionPhase::Open)
    }

    /// Changes numbers for all who follow or, where everybody is on their own, for oneself; and says so, once.
    fn change(&mut self, word: &str, rest: &str, now: Duration) {
        let Some(learner) = &mut self.app.learner else {
            return;
        };
        let session = &mut learner.session;
        let effect = match (word, rest.rsplit_once(char::is_whitespace)) {
            ("undo", _) => session.apply(Command::TakeBack),
            ("compare", _) => session.apply(Command::Compare),
            (_, Some((name, value))) => session.change_named(name.trim(), value),
            (_, None) => {
                self.line("Name a number and its new value: set W(0)[1,1] 0.9");
                return;
            }
        };
        if effect == Effect::Edit {
            self.app.edit(now);
        }
        let message = self.app.learner.as_ref();
        let message = message.and_then(|learner| learner.session.message().map(str::to_owned));
        self.app.tell_class(None);
        if let Some(message) = message {
            self.line(&in_words_of_class(&message));
            self.told.own = self.app.place_in_class();
        }
    }

    /// Lists what is changed.
    fn list_changes(&mut self) {
        if let Some(learner) = &self.app.learner {
            self.out
                .push_str(&transcript::changes(&learner.session, &self.style));
        }
    }

    fn press(&mut self, code: KeyCode, now: Duration) {
        self.app.handle(Event::Key(key(code)), now);
    }

    /// Gives a hint for the question of the step.
    fn give_hint_of_step(&mut self, now: Duration) {
        let learner = self.app.learner.as_ref();
        if learner.is_some_and(|learner| learner.session.mode() == Mode::Ask) {
            self.app.handle(Event::Key(ctrl('t')), now);
            self.told.own = None;
        } else {
            self.line("No question is asked now.");
        }
    }

    /// Answers the question to the class or, without one, that of the step.
    fn answer(&mut self, typed: &str, now: Duration) {
        let Some(room) = self.app.classroom.as_mut() else {
            return;
        };
        let question = room.view.question.as_ref();
        match question.map(|question| question.phase) {
            Some(QuestionPhase::Open) if room.role == Role::Student => {
                typed.clone_into(&mut room.field);
                room.answer();
                return;
            }
            Some(QuestionPhase::Closed) => {
                self.line("The question is closed: no answer is taken any more.");
                return;
            }
            _ => {}
        }
        let is_asked = self.app.learner.as_ref().is_some_and(|learner| {
            let session = &learner.session;
            session.mode() == Mode::Ask && typed.chars().all(|c| session.takes(c))
        });
        if !is_asked {
            self.line("That is not known here. `help` says what can be typed.");
            return;
        }
        for code in typed.chars().map(KeyCode::Char) {
            self.press(code, now);
        }
        self.press(KeyCode::Enter, now);
        self.told.own = None;
    }

    /// Carries out what a teacher types.
    fn teach(&mut self, word: &str, rest: &str, asked_to_end: bool) {
        let own = match (word, rest) {
            ("close", "") => Ok(ToHub::Close),
            ("reveal", "") => Ok(ToHub::Reveal),
            ("vote", "") => Ok(ToHub::VoteAgain),
            ("away", "") => Ok(ToHub::PutAway),
            ("gather", "") => Ok(ToHub::Gather),
            ("free", "") => Ok(ToHub::Free { until: None }),
            ("free", number) => match number.parse() {
                Ok(step) => Ok(ToHub::Free { until: Some(step) }),
                Err(_) => Err("free, or free and the number of a step: free 12"),
            },
            ("ask", "") => Ok(ToHub::Ask {
                ask: self.question_here(),
            }),
            ("ask", text) => Ok(ToHub::Ask {
                ask: own_question(text),
            }),
            ("hands", "down") => Ok(ToHub::LowerHand { member: None }),
            ("hands", "") => return self.say_who(true),
            ("who", "") => return self.say_who(false),
            ("lesson", "") => {
                self.app.next_class_lesson();
                return;
            }
            ("end", "") if asked_to_end => Ok(ToHub::End),
            ("end", "") => {
                if let Some(room) = self.app.classroom.as_mut() {
                    room.asks_to_end = true;
                }
                Err("`end` once more ends the class for everybody.")
            }
            _ => Err("That is not known here. `help` says what can be typed."),
        };
        let Some(room) = self.app.classroom.as_mut() else {
            return;
        };
        match (own, room.silence()) {
            (Ok(_), Some(why)) | (Err(why), _) => self.line(why),
            (Ok(message), None) => room.send(message),
        }
    }

    /// Returns the question of the step or, where it has none, that for the number of the next one. To a question of the next
    /// step itself, the class goes first.
    fn question_here(&mut self) -> ToAsk {
        self.app.go_to_question();
        let step = self.app.place_in_class().map_or_else(
            || StepRef {
                lesson: String::new(),
                step: 1,
            },
            |position| {
                let asks = self.app.learner.as_ref();
                let asks = asks.is_some_and(|learner| learner.session.asks_here());
                StepRef {
                    lesson: position.lesson,
                    step: position.step + usize::from(!asks),
                }
            },
        );
        ToAsk::Step { step, cell: None }
    }

    /// Says who is here, or who has a hand up.
    fn say_who(&mut self, hands: bool) {
        let Some(room) = &self.app.classroom else {
            return;
        };
        let mut lines = vec![room.state()];
        for id in room.students() {
            let row = room.members.get(&id);
            let row = row.filter(|row| !hands || row.hand.is_some());
            lines.extend(row.map(|row| room.member_words(row, true)));
        }
        if hands && lines.len() == 1 {
            lines = vec!["No hand is up.".to_owned()];
        }
        self.lines(&lines);
    }

    /// Says where the member stands, and the class.
    fn say_where(&mut self) {
        let Some(room) = &self.app.classroom else {
            return;
        };
        let own = self.app.place_in_class();
        let (line, _) = room.line(own.as_ref(), false, false);
        let here = self.app.learner.as_ref().map(|learner| {
            let (step, of) = learner.session.place();
            format!("Step {step} of {of}: {}", learner.session.step().title())
        });
        let lab = self.app.lab.as_deref().map(|lab| room.words_of_lab(lab));
        self.line(&line);
        for said in here.into_iter().chain(lab.into_iter().flatten()) {
            self.line(&said);
        }
    }

    /// Returns the lines about the question to the class.
    fn question(&self) -> Option<Vec<String>> {
        let room = self.app.classroom.as_ref()?;
        let board = room.spoken_board()?;
        let text = board.text(
            self.style.width,
            &Theme {
                color: Color::None,
                ascii: self.style.ascii,
            },
        );
        Some(text.lines().map(str::to_owned).collect())
    }

    /// Tells what is new.
    fn tell(&mut self) {
        if self.app.lab.take_if(|lab| lab.led_to().is_none()).is_some() {
            // It is a screen's: here nobody would lead it.
            self.app.window.forget();
        }
        let own = self.app.place_in_class();
        let Some(room) = self.app.classroom.as_mut() else {
            return;
        };
        let message = room.message.take();
        let mut said: Vec<String> = message.iter().map(|said| in_words_of_class(said)).collect();
        let is_student = room.role == Role::Student;
        if room.is_connected && !self.told.is_connected {
            said.push("The class is reached again.".to_owned());
        }
        self.told.is_connected = room.is_connected;
        if room.view.pace != self.told.pace {
            self.told.pace = room.view.pace;
            said.push(match room.view.pace {
                Pace::Free { until: Some(step) } => {
                    let step = room.view.limit.unwrap_or(step);
                    format!("Everybody works on their own, until step {step}.")
                }
                Pace::Free { until: None } => "Everybody works on their own.".to_owned(),
                _ => "The class goes on together.".to_owned(),
            });
        }
        if is_student {
            said.extend(room.news_of_own(&mut self.told).map(str::to_owned));
        } else {
            said.extend(room.news_for_teacher(&mut self.told));
        }
        let class = room.view.position.clone();
        let has_moved = class.is_some()
            && self
                .told
                .class
                .as_ref()
                .is_none_or(|told| !is_same_step_of_lesson(class.as_ref(), told));
        let leads = room.leads();
        let follows = room.follows && !room.is_free();
        if has_moved {
            if let Some(class) = class.as_ref().filter(|_| !leads) {
                let title = self.app.learner.as_ref().and_then(|learner| {
                    let trace = learner.session.trace();
                    let is_here =
                        learner.lesson() == Some(&class.lesson) && class.opened.is_empty();
                    let is_step = is_here && class.step <= trace.len();
                    is_step.then(|| {
                        let index = learner.session.shown_index(class.step - 1);
                        format!(": {}", trace.step(index).title())
                    })
                });
                let title = title.unwrap_or_default();
                said.push(format!("The class is at step {}{title}.", class.step));
                if !follows && is_student {
                    said.push("`follow` goes there.".to_owned());
                }
            }
            self.told.class = class;
        }
        for line in said {
            self.line(&line);
        }
        let is_elsewhere = own.is_some()
            && self
                .told
                .own
                .as_ref()
                .is_none_or(|told| !is_same_step_of_lesson(own.as_ref(), told));
        if is_elsewhere {
            let told = std::mem::replace(&mut self.told.own, own);
            if let Some(learner) = &self.app.learner {
                let last = last_change(&learner.session, told.as_ref(), self.told.own.as_ref());
                if let Some(changed) = last {
                    // The step is known: what is another number now is enough.
                    let message = learner.session.message();
                    let own = message.filter(|_| self.may_change());
                    let said = own.map_or(changed, in_words_of_class);
                    self.line(&said);
                } else {
                    let page = transcript::page(&learner.session, &self.style);
                    self.out.push_str(&page);
                }
            }
        }
        self.tell_lab();
        self.tell_question();
    }

    /// Tells of the lab that the class is led through, once it rests: where its run stands, and what the network does there.
    fn tell_lab(&mut self) {
        let lab = self.app.lab.as_deref();
        let led = lab.and_then(|lab| Some((lab, lab.led_to()?)));
        let Some((lab, to)) = led else {
            if self.told.lab.take().is_some() {
                let room = self.app.classroom.as_ref();
                let class = room.and_then(|room| room.view.position.as_ref());
                let is_there = class.is_some_and(|class| class.lab.is_some());
                self.line(if is_there {
                    ALONE
                } else {
                    "The class is out of the lab."
                });
            }
            return;
        };
        let was = self.told.lab.as_ref();
        if to.is_playing || lab.is_on_the_way() || was.is_some_and(|told| told.at == *to) {
            return;
        }
        let now = ToldOfLab::of(lab, to);
        let mut said = vec![match was {
            None => Some("The class is in the lab.".to_owned()),
            Some(told) => now.changed_since(told),
        }];
        let opened = lab.opened().filter(|_| to.opened.is_some());
        let was_opened = was.is_some_and(|told| told.at.opened.is_some());
        said.push(match opened {
            None if was_opened => Some("The update is closed.".to_owned()),
            _ => None,
        });
        let is_new = was.is_none_or(|told| told.state != now.state);
        if is_new || opened.is_none() {
            said.push(Some(now.state.clone()));
        }
        if opened.is_some() && !was_opened {
            said.push(Some("The next update is opened.".to_owned()));
        }
        let page = opened.map(|opened| transcript::page(opened, &self.style));
        self.told.lab = Some(now);
        let said: Vec<String> = said.into_iter().flatten().collect();
        if !said.is_empty() {
            self.line(&said.join(" "));
        }
        self.out.push_str(&page.unwrap_or_default());
    }

    /// Tells of the question to the class: all of it when it is asked, closed or shown, else what is new.
    fn tell_question(&mut self) {
        let question = self.app.classroom.as_ref().and_then(|room| {
            let question = room.view.question.as_ref()?;
            Some((question.id, question.round, question.phase))
        });
        let lines = self.question().unwrap_or_default();
        if question == self.told.question {
            let is_new = |line: &&String| !self.told.lines.contains(line);
            let new: Vec<String> = lines.iter().filter(is_new).cloned().collect();
            self.lines(&new);
        } else {
            if question.is_none() {
                self.line("The question is put away.");
            }
            self.told.question = question;
            self.lines(&lines);
        }
        self.told.lines = lines;
    }

    fn line(&mut self, text: &str) {
        self.style.wrap(&mut self.out, text, [0, 0]);
    }

    fn lines(&mut self, lines: &[String]) {
        for line in lines {
            self.out.push_str(line);
            self.out.push('\n');
        }
    }
}

/// Returns a message in what is typed in a class: there no file is written.
fn in_words_of_class(said: &str) -> String {
    in_typed_words(said).replace(
        ", write NAME.yaml writes a lesson file.",
        ". `step` tells the step with it.",
    )
}

/// Returns what has been changed last, where the step is the same as the one that was told before.
fn last_change(
    session: &Session,
    told: Option<&Position>,
    now: Option<&Position>,
) -> Option<String> {
    let (told, now) = (told?, now?);
    let is_same = (&told.lesson, &told.opened, told.step) == (&now.lesson, &now.opened, now.step);
    let change = session
        .changes()
        .last()
        .filter(|_| session.is_changed() && is_same)?;
    let (from, to) = change.told(session.decimals());
    Some(format!(
        "Changed: {} {from} → {to}. `step` tells the step with it.",
        change.name
    ))
}

impl Classroom {
    /// Returns what is to be known of the lab that one is in: whose it is, where its run stands, and what is opened.
    fn words_of_lab(&self, lab: &Lab) -> Vec<String> {
        let whose = match (self.role, self.view.driver) {
            (Role::Student, _) if self.leads() => "and you lead",
            (Role::Teacher, Driver::Teacher) => "and you lead",
            (_, Driver::Student) => "and a student leads",
            _ => "and the teacher leads",
        };
        let mut said = vec![format!("The class is in the lab, {whose}. {}", lab.state())];
        if let Some(opened) = lab.opened() {
            // As the page of it says: the lesson below has other steps.
            let (trace, index) = (opened.trace(), opened.index());
            let (step, of) = (trace.number_shown(index), trace.steps());
            let title = opened.step().title();
            said.push(format!("Step {step} of {of} of the next update: {title}"));
        }
        said
    }

    /// Returns what a student is told of their own: that they drive, that a hand is up, that they are done, or no longer.
    fn news_of_own(&self, told: &mut Told) -> impl Iterator<Item = &'static str> + use<> {
        let now = self
            .own
            .as_ref()
            .map_or([false; 3], |own| [own.drives, own.hand, own.done]);
        let before = [told.drives, told.hand, told.done];
        [told.drives, told.hand, told.done] = now;
        let words = [
            [
                "You do not drive any more.",
                "You drive: `next`, `back` and `go 12` lead the class.",
            ],
            ["Your hand is down.", "Your hand is up."],
            [
                "You are not done any more.",
                "The class is told that you are done.",
            ],
        ];
        let news = (0..3).filter(move |at| now[*at] != before[*at]);
        news.map(move |at| words[at][usize::from(now[at])])
    }

    /// Returns what a teacher is told of the members: hands, and that all have answered.
    fn news_for_teacher(&self, told: &mut Told) -> Vec<String> {
        let up = self.members.values().filter(|row| row.hand.is_some());
        let hands: BTreeSet<MemberId> = up.map(|row| row.id).collect();
        let new = hands.difference(&told.hands);
        let names = new.filter_map(|id| self.members.get(id));
        let mut said: Vec<String> = names
            .map(|row| format!("{} has a hand up.", row.name))
            .collect();
        told.hands = hands;
        let is_open = self
            .view
            .question
            .as_ref()
            .is_some_and(|question| question.phase == QuestionPhase::Open);
        let counts = self.counts;
        let have_all = is_open && counts.here > 0 && counts.answered >= counts.here;
        if have_all && !told.have_all_answered {
            said.push(format!("All {} have answered.", counts.here));
        }
        told.have_all_answered = have_all;
        let guessed = self.guessed();
        if guessed != told.guessed {
            said.extend(guessed.clone());
            told.guessed = guessed;
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_changes_are_a_number() {
        let changes: Vec<_> = (0..220).map(|at| (at, format!("ρ {at}"))).collect();
        assert_eq!(listed(&changes[..2]), "ρ 0, ρ 1");
        assert_eq!(listed(&changes), "220 numbers, the last one ρ 219");
        assert_eq!(listed(&[]), "");
    }

    #[test]
    fn no_line_of_the_help_is_wider_than_a_terminal() {
        for line in STUDENT_HELP.lines().chain(TEACHER_HELP.lines()) {
            assert!(line.chars().count() < 80, "{line}");
        }
    }
}
