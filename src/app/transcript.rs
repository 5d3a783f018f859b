//! A lesson as a conversation in lines of text: for screen readers, for terminals that cannot move their cursor, and
//! for answers from a file. The learner has the same [`Session`] as at a screen.

mod asking;
mod explain;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use crossterm::event::KeyCode;

use super::LabTranscript;
use super::catalogue::Catalogue;
use super::keeper::{Occasion, Pending, ProgressKeeper, Scope};
use super::learner::{Learner, Numbers, fresh_seed};
use super::opening::{OpenError, OpeningKind};
use super::typed_words::{choice, in_typed_words};
use super::written::{self, Written};
use super::{PRACTISES, entries, list_text, reviews_told, sheets};
use crate::algebra::{Decimals, RichText};
use crate::export::text::{self, TextStyle};
use crate::keys;
use crate::lesson::{Lesson, LessonError, readable};
use crate::session::{
    Change, ChooseWhat, Command, Effect, Lab, Menu, MenuEntry, Mode, Session, VEILED,
};
use crate::trace::{Run, Trace};
use crate::tutor::{self, practice::NoPractice};
use crate::ui::WRITTEN_BEFORE;

/// The help: what can be typed.
const HELP: &str = "\
Enter      the next step
b          back one step
12         to step 12
10l 10b    ten steps on, ten back
j k        to the next phase, to the phase before
] [        to the next epoch or sample, to the one before
e 2,1      explains a number: row 2, column 1 of the result
e x(1) 3   explains row 3 of another matrix of the step
e W(0)[1,1]
           explains the number that set calls so
o          opens the epoch of a training step, operation by operation
r          returns from there
. ,        one decimal more, one fewer
set W(0)[1,1] 0.9
           changes a number of the step from here on: 0.9, *2, +0.1;
           row 0 of W is that of the bias
undo       takes the last change back; undo all: all of them
compare    the lesson as it was, and with the changes again
changes    lists the changes
choices    what network and training are made of
choose 3   turns the third of them on; choose -3: back
choose 3 0.02
           to a value of its own; set rho 0.02 does the same by its name
seed 2     other first weights: those that this seed draws
write mine.yaml
           writes the lesson with the changes to a file
lab        the lab: trains on from here with these weights; quit comes back
n          the steps as lines of NumPy too, or not
symbols    what the symbols mean
again      asks the question of the step once more
hide       hides what steps make until you answer, or no longer
N          the next lesson
P          practice: the questions of this lesson with new numbers
review     at the end: questions that you missed in earlier lessons
m          to the list of lessons
?          this help
q          quits
";

/// The question after the list of lessons.
const WHICH: &str = "Which lesson? Its name opens it, q quits.";

/// What can be typed there.
const CHOOSING: &str = "\
xor              opens the lesson
practice xor     its questions with new numbers
review           the questions of all lessons that are due
lab xor          the lab: its network learns, and you change what you like
worksheet xor    writes exercises for paper to a file in the folder you are in
/ gradient       the lessons that have a word in name, title, summary or topics
list             all lessons
?                this help
q                quits
";

/// The request that a line makes.
#[derive(Debug, PartialEq, Eq)]
enum TranscriptQuestion<'a> {
    /// A command, repeated a number of times.
    Do(Option<usize>, Command),
    GoTo(usize),
    Explain(&'a str),
    /// A number by its name, and what it is to be.
    Set(&'a str, &'a str),
    UndoAll,
    Changes,
    Choices,
    /// Turns a choice, by its number.
    Choose(usize, ChooseWhat<'a>),
    Write(&'a str),
    Help,
    Unknown,
}

/// A conversation: takes lines from the learner and answers each.
pub struct Transcript {
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    pub(super) learner: Option<Learner>,
    /// The learner in the lesson from whose end a review was begun.
    back_to: Option<Learner>,
    /// Whether the list of lessons comes after a review.
    lists: bool,
    /// The lab, over the lesson or the list of lessons.
    lab: Option<LabTranscript>,
    /// The list of lessons, while the learner chooses one.
    list: Vec<MenuEntry>,
    style: TextStyle,
    /// The decimals that numbers have at first.
    decimals: Decimals,
    /// Whether the learner has been told how to answer.
    told: bool,
    /// The same of goals.
    told_to_try: bool,
    /// The output that has not been taken yet.
    out: String,
}

impl Transcript {
    /// Returns a conversation; begin it with [`choose`](Self::choose), [`enter`](Self::enter) or
    /// [`practise`](Self::practise).
    pub fn new(catalogue: Catalogue, keeper: ProgressKeeper, style: TextStyle) -> Self {
        Self {
            catalogue,
            keeper,
            learner: None,
            back_to: None,
            lists: false,
            lab: None,
            list: Vec::new(),
            decimals: style.decimals,
            style,
            told: false,
            told_to_try: false,
            out: String::new(),
        }
    }

    /// Begins with the list of lessons.
    pub fn choose(&mut self) {
        self.list = entries(self.catalogue.library().glance());
        self.list_lessons();
        self.lists = true;
        let reviews = self.keeper.reviews(&self.catalogue);
        if reviews.due > 0 {
            let due = reviews_told(&reviews, self.keeper.now());
            self.line(&format!("{due} review asks them."));
        }
        self.line(WHICH);
    }

    /// Begins a lesson that was opened by a name, at the step with an index or at its start.
    ///
    /// # Errors
    /// Returns an error if the lesson has no such step.
    pub fn enter(
        &mut self,
        name: &OsStr,
        trace: Arc<Trace>,
        step: Option<usize>,
    ) -> Result<(), OpenError> {
        let session = Session::new(trace);
        OpeningKind::of_step(step).check(&session)?;
        let key = self.catalogue.key(name);
        let (mut learner, left_at) = Learner::begin(&mut self.keeper, key, readable(name), session);
        if let Some(index) = step {
            learner.session.go_to(index);
        }
        learner.session.show_decimals(self.decimals);
        self.learner = Some(learner);
        self.begin(left_at.filter(|_| step.is_none()));
        Ok(())
    }

    /// Says why a lesson cannot be opened.
    pub fn refuse(&mut self, error: &LessonError) {
        self.line(&error.to_string());
    }

    /// Begins to practise.
    pub fn practise(&mut self, mut learner: Learner) {
        learner.session.show_decimals(self.decimals);
        self.learner = Some(learner);
        self.begin(None);
    }

    /// Sets the width of lines, in columns.
    pub const fn resize(&mut self, width: usize) {
        self.style.width = width;
    }

    /// Takes the output for the learner.
    pub fn take_output(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// Takes the next warning, which goes to standard error.
    pub fn warning(&mut self) -> Option<String> {
        self.keeper.warning()
    }

    /// Returns what is to be saved if the program ends before the next line.
    pub fn pending(&mut self) -> Option<Pending> {
        self.learner.as_mut()?.pending(&self.keeper)
    }

    /// Ends the conversation and saves where the learner stands.
    pub fn end(&mut self) {
        if let Some(learner) = &mut self.learner {
            learner.keep(&mut self.keeper, Occasion::Left);
        }
    }

    /// Returns the progress keeper and the learner.
    pub fn into_parts(self) -> (ProgressKeeper, Option<Learner>) {
        (self.keeper, self.learner)
    }

    /// Handles a line. Returns what the caller has to do: go on, open a lesson, quit, or show the list of lessons
    /// after practice.
    ///
    /// # Errors
    /// Returns an error if there is no further exercise.
    pub fn take_in(&mut self, line: &str) -> Result<Effect, NoPractice> {
        let line = line.trim();
        if let Some(lab) = self.lab.take() {
            self.go_on_in_lab(lab, line);
            return Ok(Effect::Draw);
        }
        let Some(mut learner) = self.learner.take() else {
            return Ok(self.chosen(line));
        };
        let effect = self.answer(&mut learner.session, line);
        let reviews = learner.reviews();
        let practises = learner.practises() && !reviews;
        match effect {
            // The transcript ends, which saves.
            Effect::Quit => {}
            Effect::Menu if practises => {}
            Effect::Menu
            | Effect::Exercise
            | Effect::NextLesson
            | Effect::Practise
            | Effect::Review => {
                learner.keep(&mut self.keeper, Occasion::Left);
            }
            Effect::Draw
            | Effect::Edit
            | Effect::Write { .. }
            | Effect::Open(_)
            | Effect::Suspend
            | Effect::Worksheet
            | Effect::Lab
            | Effect::Leave => {
                learner.keep(&mut self.keeper, Occasion::Line);
            }
        }
        let learner = self.learner.insert(learner);
        match effect {
            Effect::Exercise => {
                if learner.next_exercise(&mut self.keeper)? {
                    self.begin(None);
                    return Ok(Effect::Draw);
                }
                Ok(self.end_review(false))
            }
            Effect::Review => {
                let name = learner.lesson().map(str::to_owned);
                self.begin_review(name.as_deref());
                Ok(Effect::Draw)
            }
            Effect::Menu if reviews => Ok(self.end_review(true)),
            Effect::Menu if !practises => {
                self.learner = None;
                self.choose();
                Ok(Effect::Draw)
            }
            Effect::Lab => {
                let lab = if learner.practises() {
                    Err(PRACTISES.to_owned())
                } else {
                    let lab = Lab::of_session(&learner.session);
                    lab.map_err(|error| format!("This cannot be trained: {error}."))
                };
                self.open_lab(lab, "the lesson");
                Ok(Effect::Draw)
            }
            Effect::NextLesson => {
                let name = learner.lesson().map(str::to_owned);
                Ok(self.next_lesson(name.as_deref()))
            }
            Effect::Practise => {
                let lesson = learner.session.trace().lesson().as_ref().clone();
                match learner.lesson().map(str::to_owned) {
                    Some(name) => self.begin_practice(&name, lesson),
                    None => self.line(PRACTISES),
                }
                Ok(Effect::Draw)
            }
            effect => {
                self.offer_earlier();
                Ok(effect)
            }
        }
    }

    /// Opens the lab, or says why there is none.
    fn open_lab(&mut self, lab: Result<Lab, String>, below: &'static str) {
        match lab {
            Ok(lab) => {
                let mut lab = LabTranscript::over(lab, self.style, below);
                self.out.push_str(&lab.take_output());
                self.lab = Some(lab);
            }
            Err(why) => self.line(&why),
        }
    }

    /// Handles a line in the lab.
    fn go_on_in_lab(&mut self, mut lab: LabTranscript, line: &str) {
        lab.resize(self.style.width);
        let effect = lab.take_in(line);
        self.out.push_str(&lab.take_output());
        if effect != Effect::Quit {
            self.lab = Some(lab);
            return;
        }
        match self.learner.take() {
            Some(learner) => {
                self.line("Back in the lesson.");
                self.line("");
                self.show(&learner.session);
                self.learner = Some(learner);
            }
            None => self.line(WHICH),
        }
    }

    /// Offers at the end of a lesson what was missed in earlier ones.
    fn offer_earlier(&mut self) {
        let Some(learner) = &mut self.learner else {
            return;
        };
        let Some(name) = learner.lesson() else {
            return;
        };
        let key = learner
            .session
            .ends_here()
            .then(|| self.catalogue.key(name));
        let count = key.map_or(0, |key| self.keeper.earlier(&self.catalogue, &key));
        if learner.session.offer_earlier(count) {
            self.line(&format!("{}: review", Session::missed_earlier(count)));
        }
    }

    /// Begins a review: at the end of a lesson of what was missed in earlier ones, else of all that is due.
    fn begin_review(&mut self, lesson: Option<&str>) {
        let key = lesson.map(|name| self.catalogue.key(name));
        let scope = key.as_deref().map_or(Scope::All, Scope::Earlier);
        match Learner::review_of(&mut self.keeper, &self.catalogue, scope) {
            Ok(review) => {
                self.back_to = self.learner.take();
                self.practise(review);
            }
            Err(nothing) => self.line(&nothing),
        }
    }

    /// Ends a review, says how it went, and goes back to where it was begun.
    fn end_review(&mut self, leaves: bool) -> Effect {
        let review = self.learner.take();
        let said = review
            .as_ref()
            .and_then(|review| review.summary(&self.keeper));
        if let Some(learner) = self.back_to.take() {
            self.line(&said.unwrap_or_default());
            self.line("");
            self.show(&learner.session);
            self.learner = Some(learner);
        } else if leaves || self.lists {
            self.line(&said.unwrap_or_default());
            self.choose();
        } else {
            // The caller says how it went.
            self.learner = review;
            return Effect::Quit;
        }
        Effect::Draw
    }

    /// Returns the effect that opens the lesson after one with a name, if there is one.
    fn next_lesson(&mut self, name: Option<&str>) -> Effect {
        let menu = Menu::new(entries(self.catalogue.library().glance()));
        if let Some(next) = name.and_then(|name| menu.after(name)) {
            return Effect::Open(next.to_owned());
        }
        self.line("No lesson follows this one: m leads to the list.");
        Effect::Draw
    }

    /// Begins to practise a lesson, or says why that is not possible.
    fn begin_practice(&mut self, name: &str, lesson: Lesson) {
        let key = self.catalogue.key(name);
        let numbers = Numbers::Seed(fresh_seed());
        match Learner::practise(&self.keeper, key, lesson, None, numbers, None) {
            Ok(practice) => self.practise(practice),
            Err(no) => self.line(&no.to_string()),
        }
    }

    /// Handles a line while the learner chooses a lesson.
    fn chosen(&mut self, line: &str) -> Effect {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match (word, rest) {
            ("", _) => self.line(WHICH),
            ("q" | "quit" | "exit", "") => return Effect::Quit,
            ("?" | "h" | "help", "") => self.say(CHOOSING),
            ("list", "") => self.list_lessons(),
            ("review", "") => self.begin_review(None),
            ("lab", name) if !name.is_empty() => match self.catalogue.library().open_name(name) {
                Ok(lesson) => {
                    let run = Run::of_lesson(&lesson, lesson.trained_last());
                    let lab = run.and_then(Lab::new).map(Lab::over_menu);
                    let lab = lab.map_err(|error| format!("This cannot be trained: {error}."));
                    self.open_lab(lab, "the list of lessons");
                }
                Err(error) => self.refuse(&error),
            },
            ("practice" | "worksheet", name) if !name.is_empty() => {
                match self.catalogue.library().open_name(name) {
                    Ok(lesson) if word == "practice" => self.begin_practice(name, lesson),
                    Ok(lesson) => {
                        let written = sheets::write_new(&lesson, Path::new("."));
                        let said = written.unwrap_or_else(|why| why);
                        self.style.wrap(&mut self.out, &said, [0, 0]);
                    }
                    Err(error) => self.refuse(&error),
                }
            }
            _ if line.starts_with('/') && !line[1..].contains(std::path::is_separator) => {
                self.search(line[1..].trim());
            }
            _ => return Effect::Open(line.to_owned()),
        }
        Effect::Draw
    }

    /// Lists the lessons that have what is searched for.
    fn search(&mut self, text: &str) {
        let mut menu = Menu::new(self.list.clone());
        menu.apply(Command::Search);
        for c in text.chars() {
            menu.apply(Command::Type(c));
        }
        let found: Vec<MenuEntry> = menu
            .shown()
            .into_iter()
            .map(|i| menu.entries()[i].clone())
            .collect();
        if found.is_empty() {
            self.line("No lesson has that in its name, title, summary or topics.");
        } else {
            let list = list_text(&found, &self.style);
            self.say(&list);
        }
    }

    fn list_lessons(&mut self) {
        let list = list_text(&self.list, &self.style);
        self.say(&list);
    }

    /// Introduces the lesson, and says at which step it was left before.
    fn begin(&mut self, left_at: Option<usize>) {
        let Some(mut learner) = self.learner.take() else {
            return;
        };
        let session = &learner.session;
        let title = &session.trace().lesson().title;
        let title = match session.posed().map(|posed| posed.left) {
            None => format!("{title}. Enter: next step, b: back, ?: help, q: quit."),
            Some(0) => format!("Review, the last one: {title}."),
            Some(left) => format!("Review, {left} left: {title}."),
        };
        self.line(&title);
        if learner.lesson().is_some() {
            let length = format!("{}.", session.length());
            self.line(&length);
        }
        if let Some(index) = left_at {
            let (step, of) = (index + 1, session.trace().len());
            // If something is asked, a number alone would be an answer.
            let colon = if session.asked().is_some() { ":" } else { "" };
            let offer = format!("You left at step {step} of {of}: {colon}{step} goes on there.");
            self.line(&offer);
        }
        self.line("");
        self.show(&learner.session);
        learner.keep(&mut self.keeper, Occasion::Line);
        self.learner = Some(learner);
        self.offer_earlier();
    }

    /// Handles a line in a lesson or in practice.
    fn answer(&mut self, session: &mut Session, line: &str) -> Effect {
        // A number belongs to its own line.
        session.forget_typed();
        // In a transcript the question stays open until it is answered or its answer is shown.
        let waits = session.asked().is_some_and(|asked| !asked.revealed);
        if waits && session.mode() == Mode::Walk {
            session.apply(Command::AskAgain);
        }
        let effect = match session.asked().filter(|asked| asked.typing) {
            Some(asked) => match asking::parse(line, &asked.question.kind) {
                asking::Line::Answer(answer) => self.grade(session, answer),
                asking::Line::Do(Command::Hint) => self.hint(session),
                asking::Line::Do(command) => self.carry_out(session, command),
                asking::Line::Elsewhere(line) => {
                    session.apply(Command::Return);
                    self.obey(session, line)
                }
                asking::Line::Help(help) => {
                    self.say(help);
                    Effect::Draw
                }
            },
            None => self.obey(session, line),
        };
        if session.mode() == Mode::Review {
            let review = asking::review(&session.review(), &self.style);
            self.say(&review);
            session.apply(Command::Return);
            self.message(session);
        }
        effect
    }

    /// Handles a line where no answer is waited for.
    fn obey(&mut self, session: &mut Session, line: &str) -> Effect {
        match parse(line) {
            TranscriptQuestion::Help => self.say(HELP),
            TranscriptQuestion::Unknown => {
                self.line("That is not known here. ? shows what can be typed.");
            }
            TranscriptQuestion::Explain(_) if session.is_veiled() => {
                self.line(VEILED);
            }
            TranscriptQuestion::Explain(what) => {
                let explained = explain::number(session, what, &self.style);
                self.say(&explained);
            }
            TranscriptQuestion::Set(name, value) => {
                self.changed(session, |session| {
                    session.change_named(name, value);
                });
            }
            TranscriptQuestion::UndoAll => {
                self.changed(session, |session| {
                    session.apply(Command::TakeAllBack);
                });
            }
            TranscriptQuestion::Changes => self.list_changes(session),
            TranscriptQuestion::Choices => self.list_choices(session),
            TranscriptQuestion::Choose(number, _) if number > session.choices().len() => {
                let count = session.choices().len();
                self.line(&format!("There are {count} choices."));
            }
            TranscriptQuestion::Choose(number, what) => {
                self.changed(session, |session| {
                    session.choose(number - 1, what);
                });
            }
            TranscriptQuestion::Write(name) => {
                let said = match session.changed_text() {
                    Some(text) => written::write(&text, Path::new(name), false)
                        .map_or_else(|why| why, Written::said),
                    None => "Nothing is changed: there is nothing to write.".to_owned(),
                };
                self.line(&said);
            }
            TranscriptQuestion::GoTo(number) => {
                session.apply(Command::GoTo);
                type_number(session, number);
                session.apply(Command::Confirm);
                self.message(session);
                self.show(session);
            }
            TranscriptQuestion::Do(count, command) => {
                if let Some(count) = count {
                    type_number(session, count);
                }
                return self.carry_out(session, command);
            }
        }
        Effect::Draw
    }

    /// Has an answer graded and prints the feedback; an empty answer shows the right one.
    fn grade(&mut self, session: &mut Session, answer: &str) -> Effect {
        // Between two empty lines, which give up a goal, nothing else is to happen.
        if !answer.is_empty() || session.has_typed() {
            session.apply(Command::Clear);
        }
        for c in answer.chars() {
            session.apply(Command::Type(c));
        }
        if session.message().is_some() && !answer.is_empty() {
            // The line is too long to be an answer.
            self.message(session);
            return session.apply(Command::Clear);
        }
        let was_veiled = session.is_veiled();
        let tries = |session: &Session| {
            let given = session.asked().and_then(|asked| asked.given);
            given.map_or(0, |given| given.tries)
        };
        let before = tries(session);
        let mut effect = session.apply(Command::Answer);
        // That an empty line shows it has been said before.
        let gives_up = session
            .asked()
            .is_some_and(|asked| asked.question.goal().is_some());
        if answer.is_empty() && !gives_up && session.asked().is_some_and(|asked| !asked.revealed) {
            effect = session.apply(Command::Answer);
        }
        let message = session.message().map(str::to_owned);
        let Some(asked) = session.asked() else {
            return effect;
        };
        let mut out = String::new();
        if tries(session) > before
            && let Some(given) = asked.given
        {
            asking::paragraphs(&mut out, &given.verdict.feedback, &self.style);
        }
        if let Some(why) = asked.unreadable {
            self.style.wrap(&mut out, why, [0, 0]);
        }
        if asked.revealed {
            asking::answer(&mut out, session, &asked, &self.style);
            if was_veiled {
                out.push_str(&text::result(&session.step(), &self.style));
                Self::numpy(session, &mut out);
            }
        }
        if let Some(line) = message {
            self.style.wrap(&mut out, &line, [0, 0]);
        }
        self.say(&out);
        effect
    }

    /// Gives one more hint; the last one is the answer.
    fn hint(&mut self, session: &mut Session) -> Effect {
        let shown = session.asked().map_or(0, |asked| asked.hints);
        let was_veiled = session.is_veiled();
        let effect = session.apply(Command::Hint);
        let Some(asked) = session.asked() else {
            return effect;
        };
        let mut out = String::new();
        asking::hints(&mut out, session, &asked, shown, &self.style);
        if let Some(message) = session.message().filter(|_| !asked.revealed) {
            self.style.wrap(&mut out, message, [0, 0]);
        }
        if asked.revealed {
            asking::answer(&mut out, session, &asked, &self.style);
            if was_veiled {
                out.push_str(&text::result(&session.step(), &self.style));
                Self::numpy(session, &mut out);
            }
        }
        self.say(&out);
        effect
    }

    /// Carries out a command, and prints the step if that has changed anything.
    fn carry_out(&mut self, session: &mut Session, command: Command) -> Effect {
        let state = |session: &Session| {
            let numpy = session.shows_numpy();
            let asked = session.asked();
            let revealed = asked.as_ref().map(|asked| asked.revealed);
            let goal = asked.and_then(|asked| asked.question.goal().cloned());
            let place = (session.index(), session.depth(), session.decimals());
            // Another form of the lesson may have the same number of a step.
            (place, numpy, revealed, (goal, session.is_changed()))
        };
        if matches!(
            command,
            Command::TakeBack
                | Command::Compare
                | Command::Raise
                | Command::Lower
                | Command::AnotherSeed
        ) {
            self.changed(session, |session| {
                session.apply(command);
            });
            return Effect::Draw;
        }
        let before = state(session);
        let is_training = session.step().operation().is_none();
        let effect = session.apply(command);
        if effect != Effect::Draw || session.mode() == Mode::Review {
            return effect;
        }
        if matches!(command, Command::Hide | Command::Review) {
            self.message(session);
        }
        if command == Command::Lecture && session.lecture().is_some() {
            let lecture = session.lecture_here();
            session.apply(Command::Lecture);
            let mut out = String::from("In the lecture:");
            text::paragraphs(&mut out, &lecture, &self.style);
            self.say(&out);
            return effect;
        }
        if command == Command::Symbols {
            session.apply(Command::Return);
            self.symbols(session);
            return effect;
        }
        if state(session) != before {
            if session.depth() > before.0.1 {
                self.line(if is_training {
                    "The epoch is open, operation by operation. r returns."
                } else {
                    "These steps are open. r returns."
                });
            }
            if before.3.1 && !session.is_changed() {
                self.message(session);
            }
            self.show(session);
            return effect;
        }
        let last = session.trace().len() - 1;
        let nothing = match command {
            Command::Hide | Command::Review => return effect,
            // The question waits for an answer already.
            Command::AskAgain if session.asked().is_some() => {
                self.show(session);
                return effect;
            }
            Command::AskAgain => "Nothing is asked at this step.",
            Command::WhereFrom if session.is_veiled() => VEILED,
            Command::WhereFrom if !is_training || session.step().symbol().is_none() => {
                "Only a step of training, or several steps in one, can be opened. e explains a number."
            }
            Command::Return => "There is nothing to return from.",
            Command::MoreDecimals => "These are all decimals.",
            Command::FewerDecimals => "Fewer than one decimal cannot be.",
            Command::Answer | Command::Next if session.score().asked > 0 => {
                self.message(session);
                return effect;
            }
            _ if session.index() == 0 => "This is the first step.",
            _ if session.index() == last => "This is the last step. q quits.",
            _ => "Nothing has changed.",
        };
        self.line(nothing);
        effect
    }

    /// Makes a change and takes it up, and prints what it comes to: the line that has changed, and how the goal stands or, where none is
    /// asked for, the step.
    fn changed(&mut self, session: &mut Session, change: impl FnOnce(&mut Session)) {
        let before = session.changes().to_vec();
        // A change may put a step in front.
        let (was, place) = (session.is_changed(), session.place());
        let goal = |session: &Session| {
            let asked = session.asked()?;
            asked.question.goal().map(|_| asked.revealed)
        };
        let was_done = goal(session);
        change(session);
        let said = session.message().map(str::to_owned);
        session.edit_now();
        let said = session.message().map(str::to_owned).or(said);
        let is_taken_up = session.is_changed() != was || session.changes() != before;
        let mut said = said.unwrap_or_default();
        if let Some(change) = session
            .changes()
            .last()
            .filter(|_| session.changes() != before && session.changes().len() >= before.len())
        {
            let mut out = String::new();
            let line = changed_line(change, session.decimals());
            self.style.wrap(&mut out, &format!("* {line}"), [0, 2]);
            self.out.push_str(&out);
            // The line says it.
            if let Some(rest) = said.strip_prefix(&change.sentence(session.decimals())) {
                said = rest.trim_start().to_owned();
            }
        }
        if !said.is_empty() {
            let mut out = String::new();
            self.style.wrap(&mut out, &in_typed_words(&said), [0, 0]);
            self.out.push_str(&out);
        }
        if !is_taken_up {
            return;
        }
        let Some(asked) = session
            .asked()
            .filter(|_| was_done == Some(false) && session.place() == place)
            // The other lesson is shown as a whole.
            .filter(|_| session.changes() != before)
        else {
            self.show(session);
            return;
        };
        let mut out = String::new();
        if asked.revealed {
            asking::question(&mut out, session, &asked, &self.style);
        } else {
            asking::conditions(&mut out, session, &asked, &self.style);
        }
        self.say(&out);
    }

    fn list_changes(&mut self, session: &Session) {
        let out = changes(session, &self.style);
        self.say(&out);
    }

    fn list_choices(&mut self, session: &Session) {
        let mut out = String::new();
        for (number, row) in session.choices().iter().enumerate() {
            let mark = if row.is_changed { "* " } else { "" };
            let line = format!("{}. {mark}{}: {}", number + 1, row.label, row.shown());
            self.style.wrap(&mut out, &line, [0, 3]);
        }
        self.say(&out);
    }

    fn show(&mut self, session: &Session) {
        self.style.decimals = session.decimals();
        let mut lines = page(session, &self.style);
        let view = session.view();
        if let Some(asked) = view.waiting() {
            let is_goal = asked.question.goal().is_some();
            let (told, how) = if is_goal {
                (&mut self.told_to_try, asking::HOW_TO_TRY)
            } else {
                (&mut self.told, asking::HOW)
            };
            if !std::mem::replace(told, true) {
                lines.push('\n');
                self.style.wrap(&mut lines, how, [0, 0]);
            }
        }
        Self::numpy(session, &mut lines);
        self.say(&lines);
    }

    /// Adds the step as lines of NumPy, if the learner has switched them on and they do not give an answer away.
    fn numpy(session: &Session, out: &mut String) {
        if session.shows_numpy() && !session.is_veiled() {
            for line in session.step().numpy() {
                let _ = writeln!(out, ">>> {line}");
            }
        }
    }

    /// Prints what the symbols of the steps so far mean.
    fn symbols(&mut self, session: &Session) {
        let mut out = String::new();
        for known in session.symbols() {
            let line = format!("{}  {}", known.symbol.sign, known.words());
            self.style.wrap(&mut out, &line, [0, 2]);
        }
        if out.is_empty() {
            self.style
                .wrap(&mut out, "No symbol has come up yet.", [0, 0]);
        }
        self.say(&out);
    }

    fn message(&mut self, session: &Session) {
        if let Some(message) = session.message() {
            self.line(&in_typed_words(message));
        }
    }

    fn line(&mut self, text: &str) {
        let text = self.style.plain(text);
        let _ = writeln!(self.out, "{text}");
    }

    /// Prints lines and an empty one.
    fn say(&mut self, lines: &str) {
        let _ = writeln!(self.out, "{lines}");
    }
}

/// Returns the step where a learner stands, with what is asked there, and without what that hides.
pub(super) fn page(session: &Session, style: &TextStyle) -> String {
    let view = session.view();
    let words = match view.waiting() {
        Some(asked) => {
            let before = asked.may_be_false.then(|| WRITTEN_BEFORE.to_owned().into());
            let mut words: Vec<RichText> = before.into_iter().collect();
            words.extend(asked.question.text.iter().cloned());
            // On the screen these numbers stand between the matrices.
            let is_drawn = session.level().is_some() || session.posed().is_some();
            if is_drawn && !asked.question.has_given {
                words.extend(tutor::settings(session.trace(), session.index()));
            }
            words
        }
        None if view.is_veiled() => Vec::new(),
        None => {
            let (mut holds, may_be_false) = view.narration();
            if !may_be_false.is_empty() {
                if !holds.is_empty() {
                    holds.push(RichText::new());
                }
                holds.push(RichText::from(WRITTEN_BEFORE));
                holds.extend(may_be_false);
            }
            holds
        }
    };
    let (formula, equation) = (view.formula(), view.equation());
    let mut lines = text::page(&view.step, formula.as_ref(), &equation, &words, style);
    if let Some(asked) = &view.asked {
        asking::question(&mut lines, session, asked, style);
    }
    lines
}

/// Returns the changes in lines.
pub(super) fn changes(session: &Session, style: &TextStyle) -> String {
    let mut out = String::new();
    for (number, change) in session.changes().iter().enumerate() {
        let line = changed_line(change, session.decimals());
        style.wrap(&mut out, &format!("{}. {line}", number + 1), [0, 3]);
    }
    if out.is_empty() {
        style.wrap(&mut out, "Nothing is changed.", [0, 0]);
    }
    out
}

/// Returns what a change was of, and what it was and is.
fn changed_line(change: &Change, decimals: Decimals) -> String {
    let (from, to) = change.told(decimals);
    let along = change
        .along()
        .map_or_else(String::new, |along| format!("; {along}"));
    format!("{}: was {from}, is {to}{along}.", change.name)
}

/// Parses a line. A single character means what the same key does at a screen, except `e`, `h` and `r`.
fn parse(line: &str) -> TranscriptQuestion<'_> {
    // The same words as at a question.
    let line = match line.strip_prefix(':') {
        Some(rest) if !rest.is_empty() => rest.trim(),
        _ => line,
    };
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    // A number with more digits than fit is larger than any lesson.
    let number = (digits > 0).then(|| number.parse().unwrap_or(usize::MAX));
    let rest = rest.trim();
    if let (Some(number), "") = (number, rest) {
        return TranscriptQuestion::GoTo(number);
    }
    if let Some(what) = rest.strip_prefix('e')
        && number.is_none()
        // `exit` is no question.
        && !what.starts_with(char::is_alphabetic)
    {
        return TranscriptQuestion::Explain(what.trim());
    }
    if let (Some((word, what)), None) = (rest.split_once(char::is_whitespace), number) {
        let what = what.trim();
        match word {
            "set" => {
                if let Some((name, value)) = what.rsplit_once(char::is_whitespace) {
                    return TranscriptQuestion::Set(name.trim(), value);
                }
            }
            "seed" => return TranscriptQuestion::Set("seed", what),
            "choose" => {
                if let Some((number, what)) = choice(what) {
                    return TranscriptQuestion::Choose(number, what);
                }
            }
            "write" => return TranscriptQuestion::Write(what),
            _ => {}
        }
    }
    let command = match rest {
        "" => Some(Command::Answer),
        "next" => Some(Command::Next),
        "hide" => Some(Command::Hide),
        "symbols" => Some(Command::Symbols),
        "lecture" => Some(Command::Lecture),
        "again" => Some(Command::AskAgain),
        "seed" => Some(Command::AnotherSeed),
        "review" => Some(Command::Review),
        "lab" => Some(Command::Lab),
        "undo" => Some(Command::TakeBack),
        "undo all" => return TranscriptQuestion::UndoAll,
        "compare" => Some(Command::Compare),
        "changes" => return TranscriptQuestion::Changes,
        "choices" => return TranscriptQuestion::Choices,
        "back" => Some(Command::Back),
        "menu" => Some(Command::Menu),
        "quit" | "exit" => Some(Command::Quit),
        "r" | "return" => Some(Command::Return),
        "?" | "h" | "help" => return TranscriptQuestion::Help,
        _ => {
            let mut characters = rest.chars();
            match (characters.next(), characters.next()) {
                (Some(c), None) => keys::command(Mode::Walk, KeyCode::Char(c).into()),
                _ => None,
            }
        }
    };
    match command {
        Some(Command::Choices) => TranscriptQuestion::Choices,
        Some(Command::Changes) => TranscriptQuestion::Changes,
        Some(Command::TakeAllBack) => TranscriptQuestion::UndoAll,
        // These commands make sense on a screen only.
        None
        | Some(
            Command::Change
            | Command::Write
            | Command::Raise
            | Command::Lower
            | Command::Help
            | Command::GoTo
            | Command::Numbers
            | Command::NumbersBack
            | Command::ScrollDown
            | Command::ScrollUp
            | Command::NextPanel
            | Command::BackPanel
            | Command::Glyphs
            | Command::Suspend
            // A second number.
            | Command::Digit(_),
        ) => TranscriptQuestion::Unknown,
        Some(command) => TranscriptQuestion::Do(number, command),
    }
}

fn type_number(session: &mut Session, number: usize) {
    for digit in number.to_string().bytes() {
        session.apply(Command::Digit(digit - b'0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_a_number_or_a_question() {
        let once = |command| TranscriptQuestion::Do(None, command);
        for (line, asked) in [
            ("", once(Command::Answer)),
            ("next", once(Command::Next)),
            (":12", TranscriptQuestion::GoTo(12)),
            (": ?", TranscriptQuestion::Help),
            ("b", once(Command::Back)),
            ("10 b", TranscriptQuestion::Do(Some(10), Command::Back)),
            ("12", TranscriptQuestion::GoTo(12)),
            ("]", once(Command::NextEpoch)),
            ("e", TranscriptQuestion::Explain("")),
            ("e2,1", TranscriptQuestion::Explain("2,1")),
            ("e  x(1) 2", TranscriptQuestion::Explain("x(1) 2")),
            ("exit", once(Command::Quit)),
            ("h", TranscriptQuestion::Help),
            (":", TranscriptQuestion::Unknown),
            ("J", TranscriptQuestion::Unknown),
            ("3 e", TranscriptQuestion::Do(Some(3), Command::NextEpoch)),
            ("choose 3", TranscriptQuestion::Choose(3, ChooseWhat::Next)),
            (
                "choose -3",
                TranscriptQuestion::Choose(3, ChooseWhat::Before),
            ),
            (
                "choose 20  0.02",
                TranscriptQuestion::Choose(20, ChooseWhat::Value("0.02")),
            ),
            ("choose 0", TranscriptQuestion::Unknown),
            ("seed 2", TranscriptQuestion::Set("seed", "2")),
        ] {
            assert_eq!(parse(line), asked, "{line:?}");
        }
    }
}
