//! The keys of a question to the class, and of a teacher's console.

use ratatui::layout::{Position, Rect};

use super::boards::Asking;
use super::{Classroom, Typing, console_area};
use crate::app::App;
use crate::class::message::{ToAsk, ToHub};
use crate::class::{MemberId, Role, StepRef};
use crate::session::{Command, Effect};
use crate::tutor;

/// The largest number of characters that are typed.
const LONGEST: usize = 400;

/// What changes nothing of the class in the console.
pub(super) const LOOKS: &[Command] = &[
    Command::Return,
    Command::Quit,
    Command::Help,
    Command::Names,
    Command::Down,
    Command::Up,
    Command::PageDown,
    Command::PageUp,
];

/// Said where a teacher locks the class, and where they open it again.
const LOCKED: &str = "The class is locked: nobody new comes in until you press l again.";
const UNLOCKED: &str = "The class is open again: who is new may come.";

impl Classroom {
    fn type_in_field(&mut self, command: Command) {
        match command {
            Command::Type(character) if self.field.chars().count() < LONGEST => {
                self.field.push(character);
            }
            Command::Type(_) => {
                self.message = Some(format!(
                    "That is as long as it can be: {LONGEST} characters."
                ));
            }
            Command::Erase => drop(self.field.pop()),
            Command::Clear => self.field.clear(),
            _ => {}
        }
    }

    /// Carries out a command while an answer is typed.
    pub(super) fn apply_to_question(&mut self, command: Command) -> Effect {
        if matches!(command, Command::Type(_)) && std::mem::take(&mut self.is_answered) {
            // Another answer takes the place of the one that is taken.
            self.field.clear();
        }
        match command {
            Command::Confirm => self.answer(),
            Command::Return => self.front = None,
            command => self.type_in_field(command),
        }
        Effect::Draw
    }

    /// Carries out a command while a question or a name is typed.
    pub(super) fn apply_to_field(&mut self, command: Command) -> Effect {
        match command {
            Command::Confirm => {
                let typed = std::mem::take(&mut self.field);
                match self.typing.take() {
                    Some(Typing::Question) if !typed.trim().is_empty() => {
                        self.send(ToHub::Ask {
                            ask: own_question(&typed),
                        });
                    }
                    Some(Typing::Name(member)) if !typed.trim().is_empty() => {
                        self.send(ToHub::Rename {
                            member,
                            name: typed,
                        });
                    }
                    _ => {}
                }
            }
            Command::Return => {
                self.typing = None;
                self.field.clear();
            }
            command => self.type_in_field(command),
        }
        Effect::Draw
    }

    /// Returns the students in the order of the console.
    pub(super) fn students(&self) -> Vec<MemberId> {
        let mut rows: Vec<_> = self
            .members
            .values()
            .filter(|row| row.role == Role::Student)
            .collect();
        rows.sort_by_key(|row| {
            (
                row.removed,
                row.hand.is_none(),
                row.hand,
                row.name.to_lowercase(),
            )
        });
        rows.into_iter().map(|row| row.id).collect()
    }

    /// Returns the student who is marked: the one who was chosen, or else the first.
    pub(super) fn marked(&self) -> Option<MemberId> {
        let students = self.students();
        let chosen = self.chosen.filter(|chosen| students.contains(chosen));
        chosen.or_else(|| students.first().copied())
    }

    /// Marks a student so many rows on, or back.
    fn mark(&mut self, rows: isize) {
        let students = self.students();
        let marked = self.marked();
        let at = students.iter().position(|id| Some(*id) == marked);
        let to = at.unwrap_or(0).saturating_add_signed(rows);
        let last = students.len().saturating_sub(1);
        self.chosen = students.get(to.min(last)).copied();
    }

    fn chosen(&mut self) -> Option<MemberId> {
        let chosen = self.marked();
        if !self.shows_names || chosen.is_none() {
            self.message =
                Some("Choose a student first: n shows the names, ↑ ↓ choose.".to_owned());
            return None;
        }
        self.chosen = chosen;
        chosen
    }

    /// Marks another student or, without the names, scrolls.
    fn scroll_by(&mut self, rows: usize, back: bool, most: usize) {
        let rows = isize::try_from(rows).unwrap_or(isize::MAX);
        let rows = if back { -rows } else { rows };
        if self.shows_names {
            self.mark(rows);
        } else {
            self.scroll = self.scroll.saturating_add_signed(rows).min(most);
        }
    }

    /// Carries out a command about the student who is marked.
    fn apply_to_member(&mut self, command: Command, member: MemberId) {
        match command {
            Command::HandOver => {
                let driver = self.teacher.as_ref().and_then(|view| view.driver);
                let to = (driver != Some(member)).then_some(member);
                self.send(ToHub::HandOver { to });
            }
            Command::Rename => {
                self.field.clear();
                self.typing = Some(Typing::Name(member));
            }
            _ => {
                let removed = self.members.get(&member).is_some_and(|row| row.removed);
                self.send(if removed {
                    ToHub::Restore { member }
                } else {
                    ToHub::Remove { member }
                });
            }
        }
    }

    /// Does something with the question. Whether that is possible is for the hub to say, which knows what keys before this
    /// one have led to.
    fn act(&mut self, message: ToHub) {
        if self.view.question.is_some() || self.outbox.iter().any(asks) {
            self.send(message);
        } else {
            self.message = Some("No question is asked: a asks one, o one of your own.".to_owned());
        }
    }
}

impl App {
    /// Returns the rows of the console that are in sight at once, and by how many it can be scrolled.
    fn console_rows(&self) -> (usize, usize) {
        let areas = self.areas(Rect::from((Position::ORIGIN, self.screen)));
        let above = Rect {
            height: areas.line.y.saturating_sub(areas.lesson.y),
            ..areas.lesson
        };
        let area = console_area(above);
        let board = self.classroom.as_ref();
        // The step is a row whatever it is called.
        let asking = self.asking();
        let board = board.and_then(|room| room.console_board(Some(""), asking));
        let most = board.map_or(0, |board| board.most_scroll(self.window.theme(), area));
        (usize::from(area.height.saturating_sub(2)).max(1), most)
    }

    /// Returns what is asked where one stands: where the step has no question, that of the next one.
    pub(super) fn asking(&self) -> Asking {
        let (Some(learner), Some(position)) = (&self.learner, self.place_in_class()) else {
            return Asking::Here;
        };
        let session = &learner.session;
        if session.has_goal() {
            Asking::Task
        } else if session.asks_here()
            || !position.opened.is_empty()
            || position.step >= session.trace().len()
        {
            Asking::Here
        } else if tutor::question(session.trace(), position.step).is_some()
            && self.lab.is_none()
            && !position.has_other_numbers()
        {
            Asking::Onward(position.step + 1)
        } else {
            Asking::Next(position.step + 1)
        }
    }

    /// Leads the class to the next step if that is where a question is asked: it is about what is seen there.
    pub(super) fn go_to_question(&mut self) {
        if let Asking::Onward(step) = self.asking()
            && let Some(learner) = &mut self.learner
        {
            let index = learner.session.shown_index(step - 1);
            learner.session.go_to(index);
            self.window.forget();
            self.tell_class(None);
        }
    }

    /// Carries out a command in the console.
    pub(super) fn apply_to_console(&mut self, command: Command) -> Effect {
        let is_silent = self
            .classroom
            .as_ref()
            .is_none_or(|room| room.silence().is_some());
        if command == Command::AskClass && !is_silent {
            self.go_to_question();
        }
        let position = self.place_in_class();
        let step = position.as_ref().map(|position| StepRef {
            lesson: position.lesson.clone(),
            step: position.step,
        });
        let asks_here = self
            .learner
            .as_ref()
            .is_some_and(|learner| learner.session.asks_here());
        let is_inside = position.is_some_and(|position| !position.opened.is_empty());
        let (page, most) = self.console_rows();
        let Some(room) = self.classroom.as_mut() else {
            return Effect::Draw;
        };
        let is_local =
            LOOKS.contains(&command) || matches!(command, Command::Digit(_)) && room.left.is_none();
        if let Some(why) = room.silence().filter(|_| !is_local) {
            room.message = Some(why.to_owned());
            return Effect::Draw;
        }
        let count = room.count.take();
        let asked_to_end = std::mem::take(&mut room.asks_to_end);
        match command {
            Command::Digit(digit) => {
                let number = count.unwrap_or(0) * 10 + usize::from(digit);
                room.count = Some(number.min(99_999));
            }
            Command::Return => room.front = None,
            Command::Quit => return Effect::Quit,
            Command::AskClass if is_inside => {
                room.message =
                    Some("Close the epoch first: its steps have no questions.".to_owned());
            }
            Command::AskClass => {
                if let Some(mut step) = step {
                    // The number of this step is on everybody's screen already; that of the next is not.
                    step.step += usize::from(!asks_here);
                    room.send(ToHub::Ask {
                        ask: ToAsk::Step { step, cell: None },
                    });
                }
            }
            Command::MakeQuestion => {
                room.field.clear();
                room.typing = Some(Typing::Question);
            }
            Command::CloseQuestion => room.act(ToHub::Close),
            Command::Reveal => room.act(ToHub::Reveal),
            Command::VoteAgain => room.act(ToHub::VoteAgain),
            Command::PutAway => room.act(ToHub::PutAway),
            Command::Free if room.is_free() && count.is_none() => room.send(ToHub::Gather),
            Command::Free => room.send(ToHub::Free { until: count }),
            Command::Names => {
                room.shows_names = !room.shows_names;
                room.scroll = 0;
            }
            Command::Down => room.scroll_by(count.unwrap_or(1), false, most),
            Command::Up => room.scroll_by(count.unwrap_or(1), true, most),
            Command::PageDown => room.scroll_by(page, false, most),
            Command::PageUp => room.scroll_by(page, true, most),
            Command::HandOver | Command::Rename | Command::Remove => {
                if let Some(member) = room.chosen() {
                    room.apply_to_member(command, member);
                }
            }
            Command::LowerHands => room.send(ToHub::LowerHand { member: None }),
            Command::Lock => {
                let locked = !room.is_locked();
                let said = if locked { LOCKED } else { UNLOCKED };
                room.message = Some(said.to_owned());
                room.send(ToHub::Lock { locked });
            }
            Command::EndClass if asked_to_end => room.send(ToHub::End),
            Command::EndClass => {
                room.asks_to_end = true;
                room.message = Some("E once more ends the class for everybody.".to_owned());
            }
            _ => {}
        }
        Effect::Draw
    }
}

const fn asks(message: &ToHub) -> bool {
    matches!(message, ToHub::Ask { .. })
}

/// Returns the question that a teacher has typed: with options apart by `;`, for a number behind `=`, or a text.
pub(super) fn own_question(typed: &str) -> ToAsk {
    let mut parts = typed.split(';').map(str::trim);
    let text = parts.next().unwrap_or_default().to_owned();
    let options: Vec<&str> = parts.filter(|option| !option.is_empty()).collect();
    if !options.is_empty() {
        let right = (0..)
            .zip(&options)
            .filter(|(_, option)| option.starts_with('*'))
            .map(|(at, _)| at);
        return ToAsk::Options {
            text,
            right: right.collect(),
            options: options
                .iter()
                .map(|option| option.trim_start_matches('*').trim().to_owned())
                .collect(),
        };
    }
    if let Some((question, number)) = text.rsplit_once('=')
        && let Ok(answer) = number
            .trim()
            .replace('−', "-")
            .replace(',', ".")
            .parse::<f64>()
        && answer.is_finite()
    {
        // As many decimals as were typed count.
        let decimals = number
            .trim()
            .split_once(['.', ','])
            .map_or(0, |(_, digits)| digits.len());
        let within = 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap_or(9));
        return ToAsk::Number {
            text: question.trim().to_owned(),
            answer,
            within,
        };
    }
    ToAsk::Open {
        text,
        answer: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_of_ones_own_is_what_is_typed() {
        let ToAsk::Options {
            text,
            options,
            right,
        } = own_question("Which?; W; *z ; *δ")
        else {
            panic!("it has options");
        };
        assert_eq!((text.as_str(), right), ("Which?", vec![1, 2]));
        assert_eq!(options, ["W", "z", "δ"]);
        let ToAsk::Number {
            text,
            answer,
            within,
        } = own_question("What is z? = −0,25")
        else {
            panic!("it asks for a number");
        };
        assert_eq!(text, "What is z?");
        assert!((answer + 0.25).abs() < 1e-12 && (within - 0.005).abs() < 1e-12);
        assert!(matches!(
            own_question("Why is that = so?"),
            ToAsk::Open { .. }
        ));
    }
}
