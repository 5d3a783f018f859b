//! A lesson as a conversation in lines of text: for screen readers, for terminals that cannot move their cursor,
//! and for answers from a file. The learner stands in the same [`Session`] as before a screen.

mod asking;

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal as _, Read as _, Write};

use crossterm::event::KeyCode;

use super::note::{Note, PREPARING};
use super::{Failure, library};
use crate::export::text::{self, Look};
use crate::keys;
use crate::lesson::Library;
use crate::session::{Command, Effect, Mode, Session, VEILED};
use crate::terminal;
use crate::trace::{CompileError, Operand, Trace};

/// What can be typed.
const HELP: &str = "\
Enter      the next step
b          back one step
12         to step 12
10l 10b    ten steps on, ten back
j k        to the next phase, to the phase before
] [        to the next epoch or sample, to the one before
e 2,1      explains a number: row 2, column 1 of the result
e x(1) 3   explains row 3 of another matrix of the step
o          opens the epoch of a training step, operation by operation
r          returns from there
. ,        one decimal more, one fewer
n          the steps as lines of NumPy too, or not
again      asks the question of the step once more
hide       hides what steps make until you answer, or no longer
m          to the list of lessons
?          this help
q          quits
";

/// Bytes of a line; longer ones are no answers.
const LONGEST_LINE: u64 = 4096;

/// Bytes of a line that is no answer which are passed over.
const LONGEST_INPUT: u64 = 1 << 20;

/// How a lesson was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// For good, or the input has ended.
    Quit,
    /// For the list of lessons.
    Menu,
    /// For another exercise.
    Exercise,
}

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked<'a> {
    /// A command, so many times.
    Do(Option<usize>, Command),
    GoTo(usize),
    Explain(&'a str),
    Help,
    Unknown,
}

/// The two ends of the conversation.
pub(super) struct Plain<R, W> {
    input: R,
    output: W,
    look: Look,
    /// Whether somebody sits there and is to be shown that it is their turn.
    prompt: bool,
    /// Whether it has been said how to answer.
    told: bool,
}

impl<R: BufRead, W: Write> Plain<R, W> {
    pub(super) fn new(input: R, output: W, look: Look) -> Self {
        Self {
            input,
            output,
            look,
            prompt: io::stdin().is_terminal(),
            told: false,
        }
    }

    /// A lesson of the list, with its name; `None` where the learner quits.
    pub(super) fn choose(
        &mut self,
        library: &Library,
    ) -> Result<Option<(String, Session)>, Failure> {
        let entries = library::entries(library.glance());
        self.say(&library::text(&entries, &self.look))?;
        self.line("Which lesson? Its name opens it, q quits.")?;
        loop {
            let Some(line) = self.answer()? else {
                return Ok(None);
            };
            match line.trim() {
                "" => self.line("Which lesson? Its name opens it, q quits.")?,
                "q" | "quit" | "exit" => return Ok(None),
                "?" | "h" | "help" => self.say(&library::text(&entries, &self.look))?,
                name => {
                    let note = Note::new(PREPARING);
                    let trace = library.open(name).and_then(|lesson| {
                        Trace::compile(lesson.into()).map_err(|CompileError::Lesson(error)| error)
                    });
                    note.end();
                    match trace {
                        Ok(trace) => return Ok(Some((name.to_owned(), Session::new(trace)))),
                        Err(error) => self.line(&error.to_string())?,
                    }
                }
            }
        }
    }

    /// Walks a lesson, which was left at the step of an index before. Somebody watches: at the start, and after all
    /// that the learner types.
    pub(super) fn walk(
        &mut self,
        session: &mut Session,
        left_at: Option<usize>,
        mut watch: impl FnMut(&Session),
    ) -> Result<Left, Failure> {
        let title = &session.trace().lesson().title;
        let title = format!("{title}. Enter: next step, b: back, ?: help, q: quit.");
        self.line(&title)?;
        if let Some(index) = left_at {
            let (step, of) = (index + 1, session.trace().len());
            // Where something is asked, a number alone is an answer.
            let colon = if session.asked().is_some() { ":" } else { "" };
            let offer = format!("You left at step {step} of {of}: {colon}{step} goes on there.");
            self.line(&offer)?;
        }
        self.line("")?;
        self.show(session)?;
        loop {
            watch(session);
            // In lines one is asked until one has answered or seen the answer.
            let waits = session.asked().is_some_and(|asked| !asked.revealed);
            if waits && session.mode() == Mode::Walk {
                session.apply(Command::AskAgain);
            }
            let Some(line) = self.answer()? else {
                return Ok(Left::Quit);
            };
            let line = line.trim();
            let effect = match session.asked().filter(|asked| asked.typing) {
                Some(asked) => match asking::read(line, &asked.question.kind) {
                    asking::Line::Answer(answer) => self.judge(session, answer)?,
                    asking::Line::Do(Command::Hint) => self.hint(session)?,
                    asking::Line::Do(command) => self.carry_out(session, command)?,
                    asking::Line::Elsewhere(line) => {
                        session.apply(Command::Return);
                        self.obey(session, line)?
                    }
                    asking::Line::Help => {
                        self.say(asking::HELP)?;
                        Effect::Draw
                    }
                },
                None => self.obey(session, line)?,
            };
            match effect {
                Effect::Quit => return Ok(Left::Quit),
                Effect::Menu => return Ok(Left::Menu),
                Effect::Exercise => return Ok(Left::Exercise),
                Effect::Draw | Effect::Open(_) | Effect::Suspend => {}
            }
            if session.mode() == Mode::Review {
                let review = asking::review(&session.review(), &self.look);
                self.say(&review)?;
                session.apply(Command::Return);
                self.message(session)?;
            }
        }
    }

    /// Does what a line asks for where no answer is waited for.
    fn obey(&mut self, session: &mut Session, line: &str) -> Result<Effect, Failure> {
        match read(line) {
            Asked::Help => self.say(HELP)?,
            Asked::Unknown => {
                self.line("That is not known here. ? shows what can be typed.")?;
            }
            Asked::Explain(_) if session.is_veiled() => {
                self.line(VEILED)?;
            }
            Asked::Explain(what) => {
                let explained = explain(session, what, &self.look);
                self.say(&explained)?;
            }
            Asked::GoTo(number) => {
                session.apply(Command::GoTo);
                type_number(session, number);
                session.apply(Command::Confirm);
                self.message(session)?;
                self.show(session)?;
            }
            Asked::Do(count, command) => {
                if let Some(count) = count {
                    type_number(session, count);
                }
                return self.carry_out(session, command);
            }
        }
        Ok(Effect::Draw)
    }

    /// Has an answer judged, and says what is to be said of it; with none, shows the right one.
    fn judge(&mut self, session: &mut Session, answer: &str) -> Result<Effect, Failure> {
        session.apply(Command::Clear);
        for c in answer.chars() {
            session.apply(Command::Type(c));
        }
        if session.message().is_some() {
            // It is too long to be one.
            self.message(session)?;
            return Ok(session.apply(Command::Clear));
        }
        let was_veiled = session.is_veiled();
        let tries = |session: &Session| {
            let given = session.asked().and_then(|asked| asked.given);
            given.map_or(0, |given| given.tries)
        };
        let before = tries(session);
        let effect = session.apply(Command::Answer);
        let message = session.message().map(str::to_owned);
        let Some(asked) = session.asked() else {
            return Ok(effect);
        };
        let mut out = String::new();
        if tries(session) > before
            && let Some(given) = asked.given
        {
            asking::paragraphs(&mut out, &given.verdict.feedback, &self.look);
        }
        if let Some(why) = asked.unreadable {
            self.look.wrap(&mut out, why, [0, 0]);
        }
        if asked.revealed {
            asking::answer(&mut out, session, &asked, &self.look);
            if was_veiled {
                out.push_str(&text::result(&session.step(), &self.look));
                Self::numpy(session, &mut out);
            }
        }
        if let Some(line) = message {
            self.look.wrap(&mut out, &line, [0, 0]);
        }
        self.say(&out)?;
        Ok(effect)
    }

    /// One hint more; the last one is the answer.
    fn hint(&mut self, session: &mut Session) -> Result<Effect, Failure> {
        let shown = session.asked().map_or(0, |asked| asked.hints);
        let was_veiled = session.is_veiled();
        let effect = session.apply(Command::Hint);
        let Some(asked) = session.asked() else {
            return Ok(effect);
        };
        let mut out = String::new();
        asking::hints(&mut out, session, &asked, shown, &self.look);
        if asked.revealed {
            asking::answer(&mut out, session, &asked, &self.look);
            if was_veiled {
                out.push_str(&text::result(&session.step(), &self.look));
                Self::numpy(session, &mut out);
            }
        }
        self.say(&out)?;
        Ok(effect)
    }

    /// Carries out a command, and shows the step where that has changed anything.
    fn carry_out(&mut self, session: &mut Session, command: Command) -> Result<Effect, Failure> {
        let state = |session: &Session| {
            let numpy = session.shows_numpy();
            let revealed = session.asked().map(|asked| asked.revealed);
            let place = (session.index(), session.depth(), session.decimals());
            (place, numpy, revealed)
        };
        let before = state(session);
        let is_training = session.step().operation().is_none();
        let effect = session.apply(command);
        if effect != Effect::Draw || session.mode() == Mode::Review {
            return Ok(effect);
        }
        if command == Command::Hide {
            self.message(session)?;
        }
        if state(session) != before {
            if session.depth() > before.0.1 {
                self.line("The epoch is open, operation by operation. r returns.")?;
            }
            self.show(session)?;
            return Ok(effect);
        }
        let last = session.trace().len() - 1;
        let nothing = match command {
            Command::Hide => return Ok(effect),
            // It waits for an answer already.
            Command::AskAgain if session.asked().is_some() => {
                return self.show(session).map(|()| effect);
            }
            Command::AskAgain => "Nothing is asked at this step.",
            Command::WhereFrom if session.is_veiled() => VEILED,
            Command::WhereFrom if !is_training || session.step().symbol().is_none() => {
                "Only a step of training has an epoch to open. e explains a number."
            }
            Command::Return => "There is nothing to return from.",
            Command::MoreDecimals => "These are all decimals.",
            Command::FewerDecimals => "Fewer than one decimal cannot be.",
            Command::Answer | Command::Next if session.score().asked > 0 => {
                return self.message(session).map(|()| effect);
            }
            _ if session.index() == 0 => "This is the first step.",
            _ if session.index() == last => "This is the last step. q quits.",
            _ => "Nothing has changed.",
        };
        self.line(nothing)?;
        Ok(effect)
    }

    fn show(&mut self, session: &Session) -> Result<(), Failure> {
        self.look.width = usize::from(terminal::width());
        self.look.decimals = session.decimals();
        let view = session.view();
        let waits = view.waiting();
        let words = match waits {
            Some(asked) => asked.question.text.clone(),
            None if view.is_veiled() => Vec::new(),
            None => view.step.narration(),
        };
        let formula = view.formula();
        let equation = view.equation();
        let mut lines = text::page(&view.step, formula.as_ref(), &equation, &words, &self.look);
        if let Some(asked) = &view.asked {
            asking::question(&mut lines, session, asked, &self.look);
        }
        if waits.is_some() && !self.told {
            self.told = true;
            lines.push('\n');
            self.look.wrap(&mut lines, asking::HOW, [0, 0]);
        }
        Self::numpy(session, &mut lines);
        self.say(&lines)
    }

    /// The step as lines of NumPy, where they are wished for and tell nothing that is asked.
    fn numpy(session: &Session, out: &mut String) {
        if session.shows_numpy() && !session.is_veiled() {
            for line in session.step().numpy() {
                let _ = writeln!(out, ">>> {line}");
            }
        }
    }

    fn message(&mut self, session: &Session) -> Result<(), Failure> {
        match session.message() {
            Some(message) => self.line(message),
            None => Ok(()),
        }
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        let text = self.look.plain(text);
        Ok(writeln!(self.output, "{text}")?)
    }

    /// Lines that are ready to be printed, and an empty one.
    fn say(&mut self, lines: &str) -> Result<(), Failure> {
        Ok(writeln!(self.output, "{lines}")?)
    }

    /// The next line of the learner that is not too long; `None` at the end of input.
    fn answer(&mut self) -> Result<Option<String>, Failure> {
        let is_cut = |part: &[u8]| part.len() as u64 == LONGEST_LINE && !part.ends_with(b"\n");
        loop {
            if self.prompt {
                write!(self.output, "> ")?;
            }
            self.output.flush()?;
            let mut line = Vec::new();
            if self.read_part(&mut line)? == 0 {
                if self.prompt {
                    // The shell's prompt begins on a line of its own.
                    self.line("")?;
                }
                return Ok(None);
            }
            if !is_cut(&line) {
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
            // What is left of it is no answer either, and what never ends is no input.
            let mut left = LONGEST_INPUT;
            while is_cut(&line) {
                line.clear();
                self.read_part(&mut line)?;
                left = left.checked_sub(LONGEST_LINE).ok_or_else(|| {
                    Failure::Other("a line of standard input is far too long for an answer".into())
                })?;
            }
            self.line(&format!(
                "That line is too long: at most {LONGEST_LINE} bytes are read."
            ))?;
        }
    }

    /// Reads a line, or as much of one as is read at once.
    fn read_part(&mut self, line: &mut Vec<u8>) -> Result<usize, Failure> {
        let mut input = (&mut self.input).take(LONGEST_LINE);
        input.read_until(b'\n', line).map_err(Failure::Input)
    }
}

/// What a line asks for. A single character is what the same key is before a screen, but for `e`, `h` and `r`.
fn read(line: &str) -> Asked<'_> {
    // As at a question.
    let line = match line.strip_prefix(':') {
        Some(rest) if !rest.is_empty() => rest.trim(),
        _ => line,
    };
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    // More digits than a number holds are more than any lesson has steps.
    let number = (digits > 0).then(|| number.parse().unwrap_or(usize::MAX));
    let rest = rest.trim();
    if let (Some(number), "") = (number, rest) {
        return Asked::GoTo(number);
    }
    if let Some(what) = rest.strip_prefix('e')
        && number.is_none()
        // `exit` is no question.
        && !what.starts_with(char::is_alphabetic)
    {
        return Asked::Explain(what.trim());
    }
    let command = match rest {
        "" => Some(Command::Answer),
        "next" => Some(Command::Next),
        "hide" => Some(Command::Hide),
        "again" => Some(Command::AskAgain),
        "back" => Some(Command::Back),
        "menu" => Some(Command::Menu),
        "quit" | "exit" => Some(Command::Quit),
        "r" | "return" => Some(Command::Return),
        "?" | "h" | "help" => return Asked::Help,
        _ => {
            let mut characters = rest.chars();
            match (characters.next(), characters.next()) {
                (Some(c), None) => keys::command(Mode::Walk, KeyCode::Char(c).into()),
                _ => None,
            }
        }
    };
    match command {
        // What only a screen has.
        None
        | Some(
            Command::Help
            | Command::GoTo
            | Command::Numbers
            | Command::NumbersBack
            | Command::ScrollDown
            | Command::ScrollUp
            | Command::NextPanel
            | Command::BackPanel
            | Command::Suspend,
        ) => Asked::Unknown,
        Some(command) => Asked::Do(number, command),
    }
}

fn type_number(session: &mut Session, number: usize) {
    for digit in number.to_string().bytes() {
        session.apply(Command::Digit(digit - b'0'));
    }
}

/// Explains a number of the step: `2,1` of the result, `x(1) 2,1` of another matrix.
fn explain(session: &Session, what: &str, look: &Look) -> String {
    let step = session.step();
    let matrices: Vec<Operand> = step.operands().collect();
    let Some(result) = matrices
        .iter()
        .find(|operand| operand.result)
        .or(matrices.last())
    else {
        return "This step shows no numbers.\n".into();
    };
    let (name, place) = split_place(what);
    let names = |operand: &Operand| {
        let label = look.plain(&operand.label).into_owned();
        let bare = label.trim_start_matches("new ").to_owned();
        [operand.symbol.key(), label, operand.label.clone(), bare]
    };
    let chosen = if name.is_empty() {
        Some(result)
    } else {
        matrices
            .iter()
            .rev()
            .find(|operand| names(operand).iter().any(|known| known == name))
    };
    let Some(chosen) = chosen else {
        let known: Vec<String> = matrices
            .iter()
            .map(|operand| names(operand)[1].clone())
            .collect();
        return format!(
            "There is no such matrix: this step shows {}.\n",
            known.join(", ")
        );
    };
    let (rows, columns) = (chosen.rows(), chosen.columns());
    let place = match place {
        Place::None if rows * columns == 1 => Some((1, 1)),
        // In a single row the number is that of the column.
        Place::One(column) if rows == 1 => Some((1, column)),
        Place::One(row) if columns == 1 => Some((row, 1)),
        Place::None | Place::One(_) | Place::Wrong => None,
        Place::Two(row, column) => Some((row, column)),
    };
    let found = place
        .filter(|(row, column)| (1..=rows).contains(row) && (1..=columns).contains(column))
        .and_then(|(row, column)| {
            let cell = chosen.cell(row - 1, column - 1);
            session.trace().explain(session.index(), cell)
        });
    match found {
        Some(explanation) => text::explanation(&explanation, session.trace(), look),
        None => format!(
            "Which number? e ROW,COLUMN: {} has {rows} row{} and {columns} column{}.\n",
            names(chosen)[1],
            plural(rows),
            plural(columns)
        ),
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Where a number stands, as typed.
enum Place {
    None,
    One(usize),
    Two(usize, usize),
    Wrong,
}

/// `x(1) 2,1` as a name and a place; the name may be missing, and so may the place.
fn split_place(what: &str) -> (&str, Place) {
    let numeric = |c: char| c.is_ascii_digit() || c == ',' || c.is_whitespace();
    let start = what
        .char_indices()
        .rev()
        .take_while(|&(_, c)| numeric(c))
        .last()
        .map_or(what.len(), |(at, _)| at);
    let (name, place) = what.split_at(start);
    let numbers: Vec<Result<usize, _>> = place
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|number| !number.is_empty())
        .map(str::parse)
        .collect();
    let place = match numbers.as_slice() {
        [] => Place::None,
        [Ok(one)] => Place::One(*one),
        [Ok(row), Ok(column)] => Place::Two(*row, *column),
        _ => Place::Wrong,
    };
    (name.trim(), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_a_number_or_a_question() {
        let once = |command| Asked::Do(None, command);
        for (line, asked) in [
            ("", once(Command::Answer)),
            ("next", once(Command::Next)),
            (":12", Asked::GoTo(12)),
            (": ?", Asked::Help),
            ("b", once(Command::Back)),
            ("10 b", Asked::Do(Some(10), Command::Back)),
            ("12", Asked::GoTo(12)),
            ("]", once(Command::NextEpoch)),
            ("e", Asked::Explain("")),
            ("e2,1", Asked::Explain("2,1")),
            ("e  x(1) 2", Asked::Explain("x(1) 2")),
            ("exit", once(Command::Quit)),
            ("h", Asked::Help),
            (":", Asked::Unknown),
            ("J", Asked::Unknown),
            ("3 e", Asked::Do(Some(3), Command::NextEpoch)),
        ] {
            assert_eq!(read(line), asked, "{line:?}");
        }
    }
}
