//! Carrying out what a client asks for.

use std::time::Instant;

use super::Hub;
use crate::class::message::{ByeReason, ToAsk, ToHub};
use crate::class::{
    Act, Given, MemberId, QuestionPhase, Refusal, Role, StepRef, Touched, Verdict, cleaned,
};
use crate::hub::goals::{NotTried, Tried, Try};
use crate::hub::judge::kept;
use crate::lesson::Edit;
use crate::session::Position;
use crate::tutor::Outcome;

/// Said where a question of the lesson is asked about numbers that are not those of the lesson.
const CHANGED: &str = "The numbers are not those of the lesson. Put the lesson back first (U; out of the lab, q), or ask a question of your own.";

/// Said to a student whose changes the class has given up to work out.
const LATE: &str = "The class could not work out in time whether that reaches the goal: it was not counted. Try other numbers, \
                           or show it to the teacher.";

/// The same where they cannot be made.
const NOT_MADE: &str = "These changes cannot be made in the class's lesson: they were not counted. Try other numbers, or show it to \
                        the teacher.";

/// The most tries at a goal that are counted: the one that reaches it is.
const MOST_TRIED: usize = 90;

impl Hub {
    /// Carries out what a client asks for.
    pub(super) fn obey(
        &mut self,
        at: usize,
        (role, member): (Role, Option<MemberId>),
        message: ToHub,
        now: Instant,
    ) {
        let what = kind_of(&message);
        match message {
            ToHub::Hello(_) => return self.refuse(at, what, "You are in the class already.", now),
            ToHub::Leave => return self.bye(at, ByeReason::Left, "Until next time.", now),
            ToHub::Fetch { lesson } => {
                if self.judge.texts(&lesson).is_none() {
                    let why = "The class has no such lesson.";
                    return self.refuse(at, what, why, now);
                }
                if let Some(client) = self.clients.get(at) {
                    client.wants = Some(lesson);
                    self.clients.untold.insert(at);
                }
                return;
            }
            _ => {}
        }
        let Some(member) = member.filter(|_| role != Role::Projector) else {
            return self.refuse(at, what, "A projector only shows.", now);
        };
        if matches!(message, ToHub::Move { .. })
            && let Some(client) = self.clients.get(at)
        {
            client.moves += 1;
            self.clients.untold.insert(at);
        }
        if let ToHub::Try { step, edits } = message {
            if let Err(why) = self.begin_try(at, (role, member), step, edits, now) {
                self.refuse(at, what, &why, now);
            }
            return;
        }
        let act = match self.act(at, role, member, message, now) {
            Ok(act) => act,
            Err(why) => return self.refuse(at, what, &why, now),
        };
        let answers = matches!(act, Act::Answer { .. } | Act::Work { .. });
        let removed = match act {
            Act::Remove { member } => Some(member),
            _ => None,
        };
        let plays = match &act {
            Act::Move { position } => Some(position.lab.as_ref().is_some_and(|lab| lab.is_playing)),
            _ => None,
        };
        match self.apply(member, act, now) {
            Ok(_) => {
                if let Some(plays) = plays {
                    self.player = plays.then_some(at);
                }
                if answers {
                    // Also what was known already is confirmed.
                    self.note(&Touched {
                        members: vec![member],
                        ..Touched::default()
                    });
                }
                if let Some(line) = removed.and_then(|it| self.clients.lines.get(&it).copied()) {
                    self.bye(line, ByeReason::Removed, &Refusal::Removed.to_string(), now);
                }
            }
            Err(refusal) => self.refuse(at, what, &refusal.to_string(), now),
        }
    }

    /// Returns what a message does, with the verdict on an answer.
    #[allow(clippy::too_many_lines, reason = "one arm for each message")]
    fn act(
        &mut self,
        at: usize,
        role: Role,
        member: MemberId,
        message: ToHub,
        now: Instant,
    ) -> Result<Act, String> {
        Ok(match message {
            ToHub::Hello(_) | ToHub::Leave | ToHub::Fetch { .. } | ToHub::Try { .. } => {
                unreachable!("these are obeyed before")
            }
            ToHub::Look(place) => {
                if let Some(step) = &place.step {
                    self.judge.check_step(&step.lesson, step.step, false)?;
                }
                Act::Look(place)
            }
            ToHub::Answer {
                question: id,
                round,
                number,
                typed,
            } => {
                let question = self.class.question().filter(|question| question.id == id);
                // What will be refused, or is known, is not judged.
                let asked = question
                    .filter(|question| {
                        let tries = question.given(member, round).map_or(0, |given| given.tries);
                        question.phase == QuestionPhase::Open
                            && round == question.round()
                            && number == tries + 1
                    })
                    .map(|question| question.asked.clone());
                let verdict = match asked.filter(|_| role == Role::Student) {
                    Some(asked) => {
                        self.spend_answer(at, now)?;
                        self.judge.answer(id, &asked, &typed)?
                    }
                    None => unjudged(),
                };
                Act::Answer {
                    question: id,
                    round,
                    number,
                    typed,
                    verdict,
                }
            }
            ToHub::Work {
                step,
                number,
                typed,
            } => {
                let verdict = if role == Role::Student {
                    self.spend_answer(at, now)?;
                    self.judge.work(&step, &typed)?
                } else {
                    unjudged()
                };
                Act::Work {
                    step,
                    number,
                    typed,
                    verdict,
                }
            }
            ToHub::Hint { step, shown } => {
                if let Some(step) = &step {
                    self.judge.check_step(&step.lesson, step.step, false)?;
                }
                Act::Hint { step, shown }
            }
            ToHub::Hand { up } => Act::Hand { up },
            ToHub::Done { done } => Act::Done { done },
            ToHub::Move { position } => {
                // A teacher knows the lesson; a student is not let past its end.
                let step = position.opened.first().unwrap_or(&position.step);
                let is_student = role == Role::Student;
                self.judge.check_step(&position.lesson, *step, is_student)?;
                Act::Move { position }
            }
            ToHub::Free { until } => Act::Free { until },
            ToHub::Gather => Act::Gather,
            ToHub::HandOver { to } => Act::HandOver { to },
            ToHub::Ask { ask } => {
                if role != Role::Teacher {
                    return Err(Refusal::NotTeacher.to_string());
                }
                // Answers are judged by the lesson as it was written.
                let position = self.class.position();
                let is_changed = position.is_some_and(Position::has_other_numbers);
                if is_changed && matches!(ask, ToAsk::Step { .. }) {
                    return Err(CHANGED.to_owned());
                }
                Act::Ask {
                    question: Box::new(self.judge.asked(&ask)?),
                }
            }
            ToHub::Close => Act::Close,
            ToHub::Reveal => Act::Reveal,
            ToHub::VoteAgain => Act::VoteAgain,
            ToHub::PutAway => Act::PutAway,
            ToHub::Lock { locked } => Act::Lock { locked },
            ToHub::Rename { member: of, name } => {
                if role != Role::Teacher {
                    return Err(Refusal::NotTeacher.to_string());
                }
                let wanted = cleaned(&name).map_err(|error| error.to_string())?;
                let name = self.class.name_for(&wanted, None, Some(of));
                let name = name.map_err(|error| error.to_string())?;
                if name != wanted {
                    // A teacher says who is who; a number behind a name would say it for them.
                    return Err(format!("Somebody else is called {wanted}, or nearly so."));
                }
                Act::Rename { member: of, name }
            }
            ToHub::Remove { member } => Act::Remove { member },
            ToHub::Restore { member } => Act::Restore { member },
            ToHub::LowerHand { member } => Act::LowerHand { member },
            ToHub::End => Act::End,
        })
    }

    /// Has it found out whether changes reach a goal.
    fn begin_try(
        &mut self,
        at: usize,
        (role, member): (Role, MemberId),
        step: StepRef,
        edits: Vec<Edit>,
        now: Instant,
    ) -> Result<(), String> {
        if role != Role::Student {
            return Err(Refusal::NotStudent.to_string());
        }
        let limit = self.class.limit(&step.lesson);
        if limit.is_some_and(|limit| step.step > limit) {
            return Err(Refusal::NotFreed.to_string());
        }
        if self.tries(member, &step).is_none() {
            // It was reached before.
            return Ok(());
        }
        self.spend_answer(at, now)?;
        let trace = self.judge.trace(&step.lesson)?;
        let is_goal = step.step.checked_sub(1);
        if is_goal.is_none_or(|index| index >= trace.len() || trace.goal(index).is_none()) {
            return Err("Nothing is to be reached at this step.".to_owned());
        }
        self.goals.take(Try {
            member,
            step,
            trace,
            edits,
        })
    }

    /// Returns how often a member has tried to reach a goal; `None` once it is reached.
    fn tries(&self, member: MemberId, step: &StepRef) -> Option<usize> {
        match self.class.worked(member, step) {
            None => Some(0),
            Some(given) if given.verdict.outcome == Outcome::Right => None,
            Some(given) => Some(given.tries),
        }
    }

    /// Takes up what has been found out about goals.
    pub(super) fn take_tried(&mut self, now: Instant) {
        for Tried {
            member,
            step,
            result,
        } in self.goals.tried()
        {
            let Some(tries) = self.tries(member, &step) else {
                continue;
            };
            let result = match result {
                Ok(result) => result,
                Err(why) => {
                    if let Some(line) = self.clients.lines.get(&member).copied() {
                        let said = match why {
                            NotTried::Late => LATE,
                            NotTried::Refused => NOT_MADE,
                        };
                        self.refuse(line, "try", said, now);
                    }
                    continue;
                }
            };
            let is_told = |given: &Given| given.typed == result.told;
            let is_known = self.class.worked(member, &step).is_some_and(is_told);
            if result.reached.is_none() && (is_known || tries >= MOST_TRIED) {
                continue;
            }
            let verdict = match &result.reached {
                Some(verdict) => kept(verdict, Vec::new()),
                None => Verdict {
                    outcome: Outcome::Wrong,
                    ..unjudged()
                },
            };
            let act = Act::Work {
                step,
                number: tries + 1,
                typed: result.told,
                verdict,
            };
            // Who was removed meanwhile has reached nothing.
            let _ = self.apply(member, act, now);
        }
    }

    /// Takes one of the answers that a client may give in a time.
    fn spend_answer(&mut self, at: usize, now: Instant) -> Result<(), String> {
        let may = self.clients.get(at).is_some_and(|it| it.answers.take(now));
        may.then_some(())
            .ok_or_else(|| "That was many answers at once: wait a moment.".to_owned())
    }
}

/// Returns the verdict on an answer that is refused, or known already, whatever it is.
const fn unjudged() -> Verdict {
    Verdict {
        outcome: Outcome::Open,
        chosen: Vec::new(),
        slips: Vec::new(),
        feedback: Vec::new(),
    }
}

/// Returns the type of a message, as its line has it.
const fn kind_of(message: &ToHub) -> &'static str {
    match message {
        ToHub::Hello(_) => "hello",
        ToHub::Fetch { .. } => "fetch",
        ToHub::Look(_) => "look",
        ToHub::Answer { .. } => "answer",
        ToHub::Work { .. } => "work",
        ToHub::Try { .. } => "try",
        ToHub::Hint { .. } => "hint",
        ToHub::Hand { .. } => "hand",
        ToHub::Done { .. } => "done",
        ToHub::Move { .. } => "move",
        ToHub::Free { .. } => "free",
        ToHub::Gather => "gather",
        ToHub::HandOver { .. } => "hand-over",
        ToHub::Ask { .. } => "ask",
        ToHub::Close => "close",
        ToHub::Reveal => "reveal",
        ToHub::VoteAgain => "vote-again",
        ToHub::PutAway => "put-away",
        ToHub::Lock { .. } => "lock",
        ToHub::Rename { .. } => "rename",
        ToHub::Remove { .. } => "remove",
        ToHub::Restore { .. } => "restore",
        ToHub::LowerHand { .. } => "lower-hand",
        ToHub::End => "end",
        ToHub::Leave => "leave",
    }
}
