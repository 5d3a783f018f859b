//! What is shown of a class: the line about it, its question, and a teacher's console.

use super::{Classroom, Front, Typing};
use crate::class::message::ByeReason;
use crate::class::{
    AskedKind, Driver, MemberRow, Pace, QuestionPhase, QuestionView, Role, RowAnswer, SlipCount,
    Tally, TallyView,
};
use crate::session::Position;
use crate::tutor::Outcome;
use crate::ui::{Board, BoardRow, Role as Ink};

/// The number of minutes after which somebody who has done nothing is said to be idle.
const IDLE: u64 = 3;

/// The most characters of an answer, or of what is being typed, that are shown.
const LONGEST_SHOWN: usize = 60;

/// Said above the names of the students.
const CHOOSE_STUDENT: &str = "↑ ↓ choose; d lets them drive, N renames, x removes or brings back.";

/// What a teacher is told of the question of a step before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Asking {
    /// The step asks something, or its number can be asked for.
    Here,
    /// The number of the next step is asked for, which is this one: the class stays, since it stands there.
    Next(usize),
    /// The class goes to the next step, which is this one, and is asked its question.
    Onward(usize),
    /// The step asks for other numbers.
    Task,
}

/// The most slips that are listed.
const MOST_SLIPS: usize = 6;

impl Classroom {
    /// Returns the line about the class: what is to be known, and the keys. `looks_away` says whether one has left what is
    /// opened in the lab, `has_hint` whether there is a hint more for the question to the class.
    pub(in crate::app) fn line(
        &self,
        own: Option<&Position>,
        looks_away: bool,
        has_hint: bool,
    ) -> (String, String) {
        let follows = self.follows && !(looks_away && self.goes_along());
        let keys = match self.role {
            Role::Teacher if self.front.is_none() && self.left.is_some() => "T class  q quits",
            Role::Teacher if self.front.is_none() => "T class",
            Role::Teacher | Role::Projector => "",
            Role::Student if self.is_over_for_guest() => "any key leaves",
            Role::Student if self.left.is_some() => "q quits",
            Role::Student if self.front.is_some() && self.mode().is_some() && has_hint => {
                "Ctrl-T hint  Esc lesson"
            }
            Role::Student if self.front.is_some() => "Esc lesson",
            Role::Student => {
                let keys = [
                    (!follows, "F follow"),
                    (self.view.question.is_some(), "T question"),
                    (self.is_free(), "D done"),
                    (true, "R hand"),
                ];
                let keys = keys.into_iter().filter(|(is_for_now, _)| *is_for_now);
                &keys.map(|(_, key)| key).collect::<Vec<_>>().join("  ")
            }
        };
        let typed = self
            .count
            .map(|count| format!("{count} f: free until there"));
        let keys = typed.as_deref().unwrap_or(keys);
        let mut said = vec![format!("Class {}", self.name)];
        if let Some(reason) = self.left {
            said.push(
                match reason {
                    ByeReason::Ended => "has ended",
                    ByeReason::OtherLine => "you are in it on another screen",
                    ByeReason::Removed => "you were taken out",
                    _ => "you have left it",
                }
                .to_owned(),
            );
            return (said.join(" · "), keys.to_owned());
        } else if !self.is_connected {
            said.push("not connected".to_owned());
        }
        match self.role {
            Role::Student => said.extend(self.of_student(own, follows)),
            Role::Teacher | Role::Projector => said.extend(self.counted()),
        }
        (said.join(" · "), keys.to_owned())
    }

    /// Returns what a student is told: where they are beside the class, and whether their hand is up.
    fn of_student(&self, own: Option<&Position>, follows: bool) -> Vec<String> {
        let mut said = Vec::new();
        let own_view = self.own.as_ref();
        if own_view.is_some_and(|own| own.drives) {
            said.push("you drive".to_owned());
        } else {
            said.push(match (self.view.pace, self.view.limit) {
                (Pace::Free { .. }, Some(limit)) => format!("on your own until step {limit}"),
                (Pace::Free { .. }, None) => "on your own".to_owned(),
                _ if follows => "you follow".to_owned(),
                _ if self.follows => "you look around".to_owned(),
                _ => self.distance(own),
            });
        }
        // Whose name that is, only a teacher knows.
        if self.view.driver == Driver::Student && own_view.is_some_and(|own| !own.drives) {
            said.push("a student drives".to_owned());
        }
        if own_view.is_some_and(|own| own.done) && self.is_free() {
            said.push("done".to_owned());
        }
        if own_view.is_some_and(|own| own.hand) {
            said.push("hand up".to_owned());
        }
        if let Some(question) = &self.view.question
            && self.front != Some(Front::Question)
        {
            said.push(
                match question.phase {
                    QuestionPhase::Open => "a question is open",
                    QuestionPhase::Revealed if has_answer(question) => "its answer is shown",
                    QuestionPhase::Closed | QuestionPhase::Revealed => "a question is closed",
                }
                .to_owned(),
            );
        }
        said
    }

    /// Returns how far one who looks back is from the class.
    fn distance(&self, own: Option<&Position>) -> String {
        let (Some(own), Some(class)) = (own, &self.view.position) else {
            return "you look around".to_owned();
        };
        if own.lesson != class.lesson {
            return "the class is in another lesson".to_owned();
        }
        let far = class.step.abs_diff(own.step);
        let s = if far == 1 { "" } else { "s" };
        if far == 0 && class.lab.is_some() {
            "the class is in the lab".to_owned()
        } else if own.opened != class.opened || far == 0 {
            "you look around".to_owned()
        } else if class.step > own.step {
            format!("the class is {far} step{s} further")
        } else {
            format!("the class is {far} step{s} back")
        }
    }

    /// Returns the members, counted, in words.
    fn counted(&self) -> Vec<String> {
        let counts = self.counts;
        let mut said = vec![format!("{} here", counts.here)];
        if self.is_free() {
            said.push(format!("free, {} done", counts.done));
        } else {
            said.push(format!("{} follow", counts.following));
        }
        if self.view.driver == Driver::Student {
            said.push("a student drives".to_owned());
        }
        if let Some(question) = &self.view.question {
            said.push(match question.phase {
                QuestionPhase::Open => format!("{} answered", counts.answered),
                QuestionPhase::Revealed if has_answer(question) => "answer shown".to_owned(),
                QuestionPhase::Closed | QuestionPhase::Revealed => "closed".to_owned(),
            });
        }
        if counts.hands > 0 {
            let s = if counts.hands == 1 { "" } else { "s" };
            said.push(format!("{} hand{s} up", counts.hands));
        }
        if self.is_locked() {
            said.push("locked".to_owned());
        }
        said
    }

    /// Returns whether nobody new can join, as far as a teacher's screen knows.
    pub(super) fn is_locked(&self) -> bool {
        self.teacher.as_ref().is_some_and(|view| view.locked)
    }

    /// Returns what is shown of the question to the class, if it is on this screen.
    pub(in crate::app) fn question_board(&self) -> Option<Board> {
        if self.front != Some(Front::Question) {
            return None;
        }
        self.board(false)
    }

    /// Returns the same as lines of text have it, also for a teacher; wherever one is.
    pub(super) fn spoken_board(&self) -> Option<Board> {
        if self.role == Role::Teacher {
            self.view.question.as_ref()?;
            return Some(Board {
                rows: self.question_rows(true, false, Asking::Here),
                ..Board::default()
            });
        }
        self.board(true)
    }

    fn board(&self, is_spoken: bool) -> Option<Board> {
        let question = self.view.question.as_ref()?;
        let mut rows = words_of(question);
        let mut pinned = Vec::new();
        let hints = self.hints.iter();
        rows.extend(hints.map(|hint| BoardRow::item(format!("Hint: {hint}"), Ink::Dim)));
        if question.phase == QuestionPhase::Open {
            let form = form_of(question);
            if self.left.is_some() {
                // No answer is taken any more.
            } else if is_spoken {
                rows.push(BoardRow::text(format!("Type your answer {form}.")));
            } else if self.role == Role::Student {
                pinned.push(BoardRow::of_role(
                    format!("› {}▏  {form}", end_of(&self.field)),
                    Ink::Lit,
                ));
            }
            pinned.extend(self.taken(question));
        } else {
            if is_spoken && question.phase == QuestionPhase::Closed {
                rows.push(BoardRow::text("It is closed."));
            }
            let votes = question.tallies.iter().enumerate();
            for (vote, tally) in votes {
                let number = (question.tallies.len() > 1).then_some(vote + 1);
                rows.extend(tally_rows(question, tally, number));
            }
            if question.phase == QuestionPhase::Revealed {
                rows.extend(self.own_rows(question));
                rows.extend(answer_rows(question));
            } else if self.role == Role::Student {
                rows.extend(self.taken(question));
            }
        }
        Some(Board {
            rows,
            pinned,
            ..Board::default()
        })
    }

    /// Returns what is known of one's own answer while no more is to be said.
    fn taken(&self, question: &QuestionView) -> Vec<BoardRow> {
        if self.role != Role::Student {
            let of = self.counts.here;
            return vec![BoardRow::of_role(
                format!("{} of {of} have answered.", self.counts.answered),
                Ink::Dim,
            )];
        }
        let own = self.own.iter().flat_map(|own| &own.answers);
        let mut own = own.filter(|answer| answer.question == question.id);
        let last = own.next_back();
        let mine = last.filter(|answer| answer.round == question.round);
        let before = last.filter(|answer| answer.round < question.round);
        let before = before.map(|answer| {
            let typed = begin_of(&answer.typed);
            format!("In vote {} you have answered {typed}", answer.round)
        });
        let is_open = question.phase == QuestionPhase::Open && self.left.is_none();
        let said = match (&self.sent, mine) {
            (Some(_), _) if self.left.is_some() => "Your last answer was not taken.".to_owned(),
            (Some(_), _) if !self.is_connected => {
                "Not sent yet: it is sent again once the class is reached.".to_owned()
            }
            (Some(_), _) => "Sending…".to_owned(),
            (None, Some(mine)) if is_open => format!(
                "Taken: {}. Another answer replaces it until the question is closed.",
                begin_of(&mine.typed)
            ),
            (None, Some(mine)) => format!("Your answer: {}.", begin_of(&mine.typed)),
            (None, None) => match before {
                Some(before) if is_open => format!("{before}."),
                Some(before) => format!("{before}, in this one you have not."),
                None if is_open => "Nobody sees who answers what but the teacher.".to_owned(),
                None => "You have not answered.".to_owned(),
            },
        };
        vec![BoardRow::of_role(said, Ink::Dim)]
    }

    /// Returns what became of one's own answers.
    fn own_rows(&self, question: &QuestionView) -> Vec<BoardRow> {
        let mut own = self.own.iter().flat_map(|own| &own.answers);
        let mine = own.rfind(|answer| answer.question == question.id);
        let Some(mine) = mine else {
            return Vec::new();
        };
        let Some(result) = &mine.result else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        let (mark, ink) = mark_of(result.outcome);
        let vote = if question.round > 1 {
            format!(" in vote {}", mine.round)
        } else {
            String::new()
        };
        let partly = partly(result.outcome);
        rows.push(BoardRow::of_role(
            format!(
                "{mark} Your answer{vote}: {}{partly}",
                begin_of(&mine.typed)
            ),
            ink,
        ));
        // Why the right answer is right stands with that.
        let answer = answer_of(question);
        let is_said = |said: &&String| {
            let because = said.split_once(". ").map_or("", |(_, because)| because);
            answer.contains(*said) || !because.is_empty() && answer.contains(because)
        };
        let feedback = result.feedback.iter().filter(|said| !is_said(said));
        rows.extend(feedback.map(|said| BoardRow::item(said.clone(), Ink::Text)));
        rows
    }

    /// Returns what a teacher sees of the class, if it is on this screen.
    pub(in crate::app) fn console_board(
        &self,
        here: Option<&str>,
        asking: Asking,
    ) -> Option<Board> {
        if self.front != Some(Front::Console) {
            return None;
        }
        let mut rows = Vec::new();
        let mut chosen = None;
        if let Some(typing) = &self.typing {
            let what = match typing {
                Typing::Question => {
                    "A question to the class. Options behind `;`, the right ones with `*`; a number behind `=`, which \
                     counts rounded to the decimals that you give it:"
                        .to_owned()
                }
                Typing::Name(id) => {
                    let name = self.members.get(id).map(|row| row.name.as_str());
                    format!("Another name for {}:", name.unwrap_or("this student"))
                }
            };
            rows.push(BoardRow::of_role(what, Ink::Title));
            chosen = Some(rows.len());
            rows.push(BoardRow::of_role(
                format!("› {}▏", end_of(&self.field)),
                Ink::Lit,
            ));
            rows.push(BoardRow::Blank);
        }
        let is_over = self.left.is_some();
        let is_first =
            !is_over && self.typing.is_none() && self.view.question.is_none() && !self.shows_names;
        if let Some(why) = self.silence().filter(|_| is_over) {
            rows.push(BoardRow::of_role(why, Ink::Title));
        }
        if is_first {
            rows.extend(self.who_may_come());
        }
        let teacher = self.teacher.as_ref();
        if let Some(trouble) = teacher.and_then(|view| view.trouble.as_ref()) {
            rows.push(BoardRow::of_role(format!("! {trouble}"), Ink::Warning));
        }
        if !is_over {
            let guessed = self.guessed();
            rows.extend(guessed.map(|said| BoardRow::of_role(format!("! {said}"), Ink::Warning)));
            rows.push(BoardRow::text(self.state()));
        }
        rows.extend(here.map(|here| BoardRow::of_role(here, Ink::Dim)));
        rows.push(BoardRow::Blank);
        rows.extend(self.question_rows(false, self.shows_names, asking));
        if self.shows_names {
            rows.push(BoardRow::Blank);
            let students = self.students();
            if students.is_empty() {
                rows.push(BoardRow::text("Nobody has joined yet."));
            } else if !is_over {
                rows.push(BoardRow::of_role(CHOOSE_STUDENT, Ink::Dim));
            }
            let marked = self.marked();
            for id in students {
                let Some(row) = self.members.get(&id) else {
                    continue;
                };
                let is_chosen = marked == Some(id);
                if is_chosen && self.typing.is_none() {
                    chosen = Some(rows.len());
                }
                rows.push(self.member_row(row, is_chosen));
            }
        }
        let large = if is_first {
            let code = self.join_code().map(|code| format!("code: {code}"));
            self.invitation.iter().cloned().chain(code).collect()
        } else {
            if !is_over {
                rows.push(BoardRow::Blank);
                rows.extend(self.who_may_come());
            }
            Vec::new()
        };
        Some(Board {
            large,
            rows,
            pinned: Vec::new(),
            chosen,
        })
    }

    /// Returns who may come, and how.
    fn who_may_come(&self) -> Vec<BoardRow> {
        let who = if self.is_locked() {
            "The class is locked: nobody new comes in."
        } else if self.by_roster {
            "Whoever is on the roster may come."
        } else if self.join_code().is_some() {
            "Whoever has the code may come."
        } else {
            "Whoever has an account on this machine may come."
        };
        vec![BoardRow::of_role(
            format!("{} {who}", self.invited()),
            Ink::Dim,
        )]
    }

    /// Returns the join code that whoever is new is told.
    fn join_code(&self) -> Option<&str> {
        let long = self
            .teacher
            .as_ref()
            .and_then(|view| view.long_code.as_ref());
        long.or(self.code.as_ref()).map(String::as_str)
    }

    /// Returns what a teacher is told once somebody has guessed at the join code too often.
    pub(super) fn guessed(&self) -> Option<String> {
        let long = self.teacher.as_ref()?.long_code.as_ref()?;
        Some(format!(
            "Somebody has guessed at the join code too often. Whoever is new types this one: {long}. It always lets in."
        ))
    }

    /// Returns what students type.
    pub(super) fn invited(&self) -> String {
        let code = match self.join_code() {
            Some(code) => format!(" The join code is {code}."),
            None => String::new(),
        };
        format!("Students type: {}.{code}", self.invitation.join(", then "))
    }

    /// Returns the members and the pace in a sentence.
    pub(super) fn state(&self) -> String {
        let counts = self.counts;
        let gone = counts.joined.saturating_sub(counts.here);
        let gone = if gone > 0 {
            format!(", {gone} gone")
        } else {
            String::new()
        };
        let pace = match self.view.pace {
            // Where the class has been everybody may go.
            Pace::Free { until: Some(step) } => {
                let step = self.view.limit.unwrap_or(step);
                format!("everybody on their own until step {step}")
            }
            Pace::Free { until: None } => "everybody on their own".to_owned(),
            _ => format!("{} follow", counts.following),
        };
        let driver = self.teacher.as_ref().and_then(|view| view.driver);
        let driver = driver.and_then(|id| self.members.get(&id));
        let driver = driver.map_or_else(String::new, |row| format!("; {} drives", row.name));
        let hands = match counts.hands {
            0 => String::new(),
            1 => ", 1 hand up".to_owned(),
            hands => format!(", {hands} hands up"),
        };
        let locked = if self.is_locked() { "; locked" } else { "" };
        format!("{} here{gone}: {pace}{hands}{driver}{locked}.", counts.here)
    }

    /// Returns the question as a teacher sees it: how many have answered, and what, once it is closed. What can be done with
    /// it is a key, or a word to be typed. In short it leaves room for the names.
    #[allow(clippy::too_many_lines, reason = "one part after the other")]
    fn question_rows(&self, is_spoken: bool, is_short: bool, asking: Asking) -> Vec<BoardRow> {
        let [close, vote, reveal, away] = if is_spoken {
            ["`close`", "`vote`", "`reveal`", "`away`"]
        } else {
            ["c", "v", "r", "p"]
        };
        let teacher = self.teacher.as_ref();
        let Some(question) = &self.view.question else {
            let work = teacher.and_then(|view| view.work.as_ref());
            let said = match asking {
                Asking::Here => "a asks the class the question of this step.".to_owned(),
                Asking::Next(step) => {
                    format!("a asks the class for the number of step {step}, and stays at this one.")
                }
                Asking::Onward(step) => {
                    format!("a goes to step {step} with the class and asks its question.")
                }
                Asking::Task if self.is_free() => {
                    "This step is a task: who reaches its goal is counted here.".to_owned()
                }
                Asking::Task => {
                    "This step is a task: f frees the class for it, and then counts here who reaches its goal."
                        .to_owned()
                }
            };
            let said = BoardRow::of_role(said, Ink::Dim);
            let mut rows: Vec<_> = self.left.is_none().then_some(said).into_iter().collect();
            if !is_spoken && self.left.is_none() && !self.is_free() && asking != Asking::Task {
                let frees = "f lets everybody work on their own, 40f until step 40.";
                rows.push(BoardRow::of_role(frees, Ink::Dim));
            }
            if let Some(work) = work {
                rows.push(BoardRow::text(if asking == Asking::Task {
                    let have = if work.answers == 1 { "has" } else { "have" };
                    format!(
                        "Its goal: {} of {} who {have} tried {have} reached it.",
                        work.right, work.answers
                    )
                } else {
                    format!("At this step, at their own pace: {}.", of_tally(work))
                }));
                rows.extend(slip_rows(&work.slips));
            }
            return rows;
        };
        let mut rows = if is_short {
            vec![BoardRow::text(format!(
                "Asked: {}",
                begin_of(&question.text.join(" "))
            ))]
        } else {
            words_of(question)
        };
        let tallies = teacher.map(|view| view.tallies.as_slice());
        let tallies = tallies.unwrap_or_default();
        let asked = teacher.and_then(|view| view.asked.as_ref());
        let can_be_shown =
            asked.is_none_or(|asked| !asked.answer.is_empty() || !asked.right.is_empty());
        match question.phase {
            // Nothing can be done with it any more.
            _ if self.left.is_some() => {}
            QuestionPhase::Open => rows.push(BoardRow::of_role(
                format!(
                    "Open: {} of {} have answered. {close} closes it.",
                    self.counts.answered, self.counts.here
                ),
                Ink::Title,
            )),
            QuestionPhase::Closed if !can_be_shown => rows.push(BoardRow::of_role(
                format!("Closed. {vote} lets vote again, {away} puts the question away."),
                Ink::Title,
            )),
            QuestionPhase::Closed => rows.push(BoardRow::of_role(
                format!("Closed. {vote} lets vote again, {reveal} shows the answer to all."),
                Ink::Title,
            )),
            QuestionPhase::Revealed if !can_be_shown => rows.push(BoardRow::of_role(
                format!("It has no answer to show. {away} puts the question away."),
                Ink::Title,
            )),
            QuestionPhase::Revealed => rows.push(BoardRow::of_role(
                format!("Its answer is shown to all. {away} puts the question away."),
                Ink::Title,
            )),
        }
        let closed = match question.phase {
            QuestionPhase::Open => question.round - 1,
            _ => question.round,
        };
        let right = teacher.and_then(|view| view.asked.as_ref());
        let right = right
            .map(|asked| asked.right.as_slice())
            .unwrap_or_default();
        for (vote, tally) in tallies.iter().take(closed).enumerate() {
            let said = if is_judged(question, right) {
                of_tally(tally)
            } else {
                answers(tally.answers)
            };
            if is_short {
                let vote = if question.round > 1 {
                    format!("Vote {}: ", vote + 1)
                } else {
                    String::new()
                };
                let options = in_short(&tally.options);
                rows.push(BoardRow::text(format!("{vote}{options}{said}.")));
                continue;
            }
            if question.round > 1 {
                rows.push(BoardRow::text(format!("Vote {}", vote + 1)));
            }
            rows.extend(bars(question, &tally.options, tally.answers, right));
            rows.push(BoardRow::text(format!("{said}.")));
            rows.extend(slip_rows(&tally.slips));
        }
        let answer = teacher.and_then(|view| view.asked.as_ref());
        let answer = answer
            .map(|asked| asked.answer.as_slice())
            .unwrap_or_default();
        if closed > 0 && question.phase != QuestionPhase::Open && !answer.is_empty() {
            rows.push(BoardRow::of_role(
                format!("The answer: {}", joined(answer)),
                Ink::Dim,
            ));
        }
        rows
    }

    /// Returns a student in a row of the console.
    fn member_row(&self, row: &MemberRow, is_chosen: bool) -> BoardRow {
        let ink = if is_chosen {
            Ink::Cursor
        } else if row.hand.is_some() {
            Ink::Title
        } else if row.here.is_none() || row.removed {
            Ink::Dim
        } else {
            Ink::Text
        };
        // There is room for a long answer of one of them.
        let words = self.member_words(row, is_chosen);
        BoardRow::Text {
            text: if is_chosen {
                format!("▸ {words}")
            } else {
                words
            },
            role: ink,
            indent: [if is_chosen { 0 } else { 2 }, 4],
        }
    }

    /// Returns what there is to know of a student: of their answer, all or the beginning. While a question is on the screens,
    /// that is their answer to it and no other.
    pub(super) fn member_words(&self, row: &MemberRow, is_whole: bool) -> String {
        let mut said = vec![row.name.clone()];
        let idle = self.now().saturating_sub(row.seen) / 60_000;
        if row.removed {
            said.push("removed".to_owned());
        } else if row.here.is_none() {
            said.push("gone".to_owned());
        } else if self.teacher.as_ref().and_then(|view| view.driver) == Some(row.id) {
            said.push("drives".to_owned());
        } else if row.place.follows && !self.is_free() {
            said.push("follows".to_owned());
        } else if let Some(step) = &row.place.step {
            said.push(format!("at step {}", step.step));
        }
        if row.hand.is_some() {
            said.push("hand up".to_owned());
        }
        let phase = self.view.question.as_ref().map(|question| question.phase);
        let answer = match phase {
            Some(_) => &row.answer,
            None => &row.work,
        };
        match answer {
            Some(_) if phase == Some(QuestionPhase::Open) => said.push("has answered".to_owned()),
            Some(answer) => said.push(answered(answer, is_whole)),
            None => {}
        }
        // Those for the question that their answer is to.
        let hints = if self.view.question.is_some() {
            row.hints
        } else {
            row.work_hints
        };
        if hints > 0 {
            let s = if hints == 1 { "" } else { "s" };
            said.push(format!("{hints} hint{s}"));
        }
        if row.done {
            said.push("done".to_owned());
        }
        if row.here.is_some() && idle >= IDLE {
            said.push(format!("idle for {idle} minutes"));
        }
        said.join(" · ")
    }
}

/// Returns an answer as a teacher sees it: what was typed, or its beginning, its mark, the slips and the tries.
fn answered(answer: &RowAnswer, is_whole: bool) -> String {
    let mark = match answer.outcome {
        // Its mark stands between the parts of the row.
        Outcome::Open => "answer:",
        outcome => mark_of(outcome).0,
    };
    let typed = if is_whole {
        answer.typed.clone()
    } else {
        begin_of(&answer.typed)
    };
    let partly = partly(answer.outcome);
    let slips: Vec<&str> = answer.slips.iter().map(|slip| slip.text.as_str()).collect();
    let slips = if slips.is_empty() {
        String::new()
    } else {
        format!(" ({})", slips.join(", "))
    };
    let tries = if answer.tries > 1 {
        format!(", {} tries", answer.tries)
    } else {
        String::new()
    };
    format!("{mark} {typed}{partly}{slips}{tries}")
}

/// Returns what the mark of an answer says that is not complete.
const fn partly(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Partly => " (right so far)",
        _ => "",
    }
}

/// Returns the end of what is being typed: that is what one looks at.
fn end_of(typed: &str) -> String {
    match typed.chars().count().checked_sub(LONGEST_SHOWN) {
        None | Some(0) => typed.to_owned(),
        Some(more) => format!("…{}", typed.chars().skip(more).collect::<String>()),
    }
}

/// Returns an answer, or its beginning: a row has no room for a whole page.
fn begin_of(typed: &str) -> String {
    if typed.chars().count() <= LONGEST_SHOWN {
        return typed.to_owned();
    }
    typed.chars().take(LONGEST_SHOWN).collect::<String>() + "…"
}

const fn mark_of(outcome: Outcome) -> (&'static str, Ink) {
    match outcome {
        Outcome::Right => ("✓", Ink::Right),
        Outcome::Partly => ("~", Ink::Text),
        Outcome::Wrong => ("✗", Ink::Warning),
        Outcome::Open => ("·", Ink::Text),
    }
}

/// Returns the letter of an option.
fn letter(option: usize) -> char {
    char::from(b'a' + u8::try_from(option).unwrap_or(0).min(25))
}

/// The number of the row in which the first words of a question stand.
pub(super) const QUESTION_ROW: usize = 1;

/// Returns a question in words, with its options.
fn words_of(question: &QuestionView) -> Vec<BoardRow> {
    let vote = if question.round > 1 {
        ", second vote"
    } else {
        ""
    };
    let mut rows = vec![BoardRow::of_role(
        format!("A question to the class{vote}"),
        Ink::Title,
    )];
    rows.extend(question.text.iter().map(BoardRow::text));
    // Once it is closed, they stand beside their bars.
    let is_open = question.phase == QuestionPhase::Open;
    let options = question.options.iter().enumerate().filter(|_| is_open);
    rows.extend(
        options.map(|(at, option)| BoardRow::item(format!("{}) {option}", letter(at)), Ink::Text)),
    );
    rows
}

/// Returns the form that an answer must have, as the lesson itself says it.
fn form_of(question: &QuestionView) -> String {
    if question.form.is_empty() {
        return String::new();
    }
    format!("({})", question.form)
}

/// Returns the votes for options in a line: `a 2, b 0: `.
fn in_short(counts: &[usize]) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let counts = counts.iter().enumerate();
    let counts = counts.map(|(at, count)| format!("{} {count}", letter(at)));
    format!("{}: ", counts.collect::<Vec<_>>().join(", "))
}

fn bars(
    question: &QuestionView,
    counts: &[usize],
    answers: usize,
    right: &[usize],
) -> Vec<BoardRow> {
    let options = question.options.iter().zip(counts).enumerate();
    options
        .map(|(at, (option, &count))| BoardRow::Bar {
            label: format!("{}) {option}", letter(at)),
            count,
            of: answers,
            is_right: right.contains(&at),
        })
        .collect()
}

/// Returns a vote that is closed as all see it.
fn tally_rows(question: &QuestionView, tally: &TallyView, vote: Option<usize>) -> Vec<BoardRow> {
    let vote = vote.map_or_else(String::new, |vote| format!("Vote {vote}: "));
    let said = match &tally.whole {
        Some(whole) if is_judged(question, &question.right) => of_tally(whole),
        _ => answers(tally.answers),
    };
    let mut rows = vec![BoardRow::text(format!("{vote}{said}."))];
    rows.extend(bars(
        question,
        &tally.options,
        tally.answers,
        &question.right,
    ));
    if let Some(whole) = &tally.whole {
        rows.extend(slip_rows(&whole.slips));
    }
    rows
}

fn answer_rows(question: &QuestionView) -> Vec<BoardRow> {
    let answer = answer_of(question);
    if answer.is_empty() {
        return Vec::new();
    }
    vec![BoardRow::of_role(
        format!("The answer: {answer}"),
        Ink::Title,
    )]
}

/// Returns the answer once it is shown.
fn answer_of(question: &QuestionView) -> String {
    joined(question.answer.as_deref().unwrap_or_default())
}

/// Returns paragraphs one behind the other, each with an end.
fn joined(paragraphs: &[String]) -> String {
    let last = paragraphs.len().saturating_sub(1);
    let ended = paragraphs.iter().enumerate().map(|(at, paragraph)| {
        let is_ended = at == last || paragraph.ends_with(['.', '!', '?', ':', ';', '…']);
        let stop = if is_ended { "" } else { "." };
        format!("{paragraph}{stop}")
    });
    ended.collect::<Vec<_>>().join(" ")
}

/// Returns whether a question whose answer is shown has one.
fn has_answer(question: &QuestionView) -> bool {
    question.answer.iter().flatten().next().is_some()
}

/// Returns whether an answer can be right: not in words of one's own, nor where no option is said to be the right one.
fn is_judged(question: &QuestionView, right: &[usize]) -> bool {
    match question.kind {
        AskedKind::Open => false,
        AskedKind::Options => question.options.is_empty() || !right.is_empty(),
        AskedKind::Numbers | AskedKind::Words => true,
    }
}

/// Said where there is nothing to count.
const NOBODY: &str = "Nobody has answered";

fn answers(count: usize) -> String {
    if count == 0 {
        return NOBODY.to_owned();
    }
    let s = if count == 1 { "" } else { "s" };
    format!("{count} answer{s}")
}

/// Returns how many answers are right: `9 of 14 right, 1 of these incomplete`.
fn of_tally(tally: &Tally) -> String {
    if tally.answers == 0 {
        return NOBODY.to_owned();
    }
    let partly = match tally.partly {
        0 => String::new(),
        partly => format!(", {partly} right so far"),
    };
    let s = if tally.answers == 1 { "" } else { "s" };
    format!(
        "{} of {} answer{s} right{partly}",
        tally.right, tally.answers
    )
}

/// Returns the slips that answers show, counted: `14: ψ left out`.
fn slip_rows(slips: &[SlipCount]) -> Vec<BoardRow> {
    let heading = (!slips.is_empty()).then(|| BoardRow::text("Slips behind wrong answers:"));
    let listed = slips.iter().take(MOST_SLIPS).map(|slip| {
        BoardRow::item(
            format!("{} × {}", slip.count, slip.found.text),
            Ink::Warning,
        )
    });
    heading.into_iter().chain(listed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::TeacherView;
    use crate::class::message::{Invited, VERSION, Welcome};
    use crate::ui::{Color, Theme};

    #[test]
    fn paragraphs_in_a_line_end_before_the_next_one() {
        let said = |paragraphs: &[&str]| {
            let paragraphs: Vec<String> = paragraphs.iter().map(|&it| it.to_owned()).collect();
            joined(&paragraphs)
        };
        assert_eq!(said(&["a) w > 0", "So it is."]), "a) w > 0. So it is.");
        assert_eq!(said(&["Is it?", "Yes", "b) x"]), "Is it? Yes. b) x");
        assert_eq!(said(&["c) one"]), "c) one");
        assert_eq!(said(&[]), "");
    }

    /// Once somebody has guessed too often, whoever is new is told the code that always lets in.
    #[test]
    fn the_long_code_is_shown_once_it_is_needed() {
        let welcome = Welcome {
            version: VERSION,
            class: "xor".to_owned(),
            member: None,
            role: Role::Teacher,
            name: None,
            word: None,
            lessons: Vec::new(),
            invited: Some(Invited {
                code: Some("4711".to_owned()),
                by_roster: false,
                shared: vec!["class".to_owned()],
            }),
            now: 0,
        };
        let mut room = Classroom::new(&welcome, "host");
        let shown = |room: &Classroom| {
            let theme = Theme {
                color: Color::None,
                ascii: false,
            };
            let board = room.console_board(None, Asking::Here).unwrap();
            board.text(300, &theme)
        };
        let before = shown(&room);
        assert!(
            before.contains("code: 4711") && !before.contains("guessed"),
            "{before}"
        );
        room.teacher = Some(TeacherView {
            long_code: Some("tomi-raku-besa".to_owned()),
            ..TeacherView::default()
        });
        let after = shown(&room);
        assert!(after.contains("code: tomi-raku-besa"), "{after}");
        assert!(
            after.contains("guessed at the join code too often"),
            "{after}"
        );
        assert!(!after.contains("4711"), "{after}");
    }
}
