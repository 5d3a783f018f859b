//! Telling each client what has changed.

use std::sync::Arc;
use std::time::Instant;

use super::Hub;
use crate::class::message::FromHub;
use crate::class::{MemberId, Role};
use crate::hub::connection::{Stage, line};

/// The number of members that one message has.
const ROWS: usize = 100;

impl Hub {
    /// Writes the journal, and then tells everybody what has changed.
    pub(super) fn tell(&mut self, now: Instant) {
        // An answer is on the disk before anybody hears of it.
        if self.journal.is_waiting() && self.journal.write() {
            self.changes.last += 1;
            let overviews = self.clients.overviews.iter();
            self.clients.untold.extend(overviews);
        }
        // What was held back of the overviews.
        for at in &self.clients.overviews {
            let client = self.clients.all.get(*at).and_then(Option::as_ref);
            if client.is_some_and(|client| client.told.view < self.changes.last) {
                self.clients.untold.insert(*at);
            }
        }
        // Students first: the others get more.
        let untold = std::mem::take(&mut self.clients.untold);
        let (overviews, students): (Vec<usize>, Vec<usize>) = untold
            .into_iter()
            .partition(|at| self.clients.overviews.contains(at));
        for at in students.into_iter().chain(overviews) {
            self.tell_client(at, now);
        }
    }

    /// Sends a client what it has not been told, one of each kind, as far as it takes it.
    fn tell_client(&mut self, at: usize, now: Instant) {
        loop {
            let Some(client) = self.clients.get(at) else {
                return;
            };
            client.write(now);
            if client.is_gone || client.stage == Stage::Closing && client.queued() == 0 {
                return self.drop_client(at, now);
            }
            // What waits is sent before anything newer, so that it is never much.
            if client.queued() > 0 {
                return;
            }
            let Some((role, member)) = client.role() else {
                return;
            };
            if let Some(lesson) = client.wants.take() {
                let Some(bytes) = self.lesson(&lesson) else {
                    return;
                };
                if let Some(client) = self.clients.get(at) {
                    client.push(bytes);
                }
                continue;
            }
            let has_more = match role {
                Role::Student => self.tell_student(at, member),
                Role::Teacher => self.tell_teacher(at, now),
                Role::Projector => self.tell_projector(at, now),
            };
            if !has_more {
                return;
            }
        }
    }

    /// Returns a lesson in the line of its message.
    fn lesson(&mut self, name: &str) -> Option<Arc<[u8]>> {
        if let Some(bytes) = self.lessons.get(name) {
            return Some(Arc::clone(bytes));
        }
        let texts = self.judge.texts(name)?.clone();
        let bytes = line(&FromHub::Lesson(texts));
        self.lessons.insert(name.to_owned(), Arc::clone(&bytes));
        Some(bytes)
    }

    /// Returns what all see, in the line of its message.
    fn view(&mut self) -> Arc<[u8]> {
        match &self.view {
            Some((change, bytes)) if *change == self.changes.class => Arc::clone(bytes),
            _ => {
                let bytes = line(&FromHub::Class(self.class.view()));
                self.view = Some((self.changes.class, Arc::clone(&bytes)));
                bytes
            }
        }
    }

    /// Returns how many moves a client has asked for.
    fn moves_of(&mut self, at: usize) -> usize {
        self.clients.get(at).map_or(0, |client| client.moves)
    }

    fn tell_student(&mut self, at: usize, member: Option<MemberId>) -> bool {
        let Some(told) = self.clients.get(at).map(|client| client.told) else {
            return false;
        };
        let Some(member) = member else {
            return false;
        };
        let mut told = told;
        let moves = self.moves_of(at);
        let bytes = if told.view < self.changes.class {
            told.view = self.changes.class;
            self.view()
        } else if told.own < self.changes.of(member) {
            told.own = self.changes.of(member);
            match self.class.own_view(member) {
                Some(own) => line(&FromHub::Own(own)),
                None => return false,
            }
        } else if told.moves != moves {
            told.moves = moves;
            line(&FromHub::Moved { count: moves })
        } else {
            return false;
        };
        if let Some(client) = self.clients.get(at) {
            client.told = told;
            client.push(bytes);
        }
        true
    }

    /// Returns whether an overview is due: the class has changed, or there was none for a while.
    fn is_due(&mut self, at: usize, now: Instant) -> bool {
        let (changes, shortest) = (&self.changes, self.limits.overview);
        let (class, last) = (changes.class, changes.last);
        self.clients.get(at).is_some_and(|client| {
            let waited = now.saturating_duration_since(client.since) >= shortest;
            client.told.view < class || client.told.view < last && waited
        })
    }

    fn tell_teacher(&mut self, at: usize, now: Instant) -> bool {
        let moves = self.moves_of(at);
        let has_moved = self
            .clients
            .get(at)
            .is_some_and(|it| it.told.moves != moves);
        let bytes = if self.is_due(at, now) {
            let mut view = self.class.teacher_view();
            view.trouble = self.journal.trouble();
            let codes = self.codes.as_ref();
            view.long_code = codes.and_then(|codes| codes.long().map(str::to_owned));
            let last = self.changes.last;
            if let Some(client) = self.clients.get(at) {
                client.told.view = last;
                client.since = now;
            }
            line(&FromHub::Teacher(Box::new(view)))
        } else if has_moved {
            if let Some(client) = self.clients.get(at) {
                client.told.moves = moves;
            }
            line(&FromHub::Moved { count: moves })
        } else {
            let Some(told) = self.clients.get(at).map(|client| client.told) else {
                return false;
            };
            // Rows come with the view that counts them.
            let (told, upto) = (told.rows, told.view);
            if self
                .clients
                .get(at)
                .is_none_or(|it| it.told.all_rows == upto)
            {
                return false;
            }
            let ids = self.class.members().map(|member| member.id);
            let mut new: Vec<(u64, Option<MemberId>)> = ids
                .map(|id| (self.changes.of(id), Some(id)))
                .filter(|row| *row > told && row.0 <= upto)
                .collect();
            new.sort_unstable();
            new.truncate(ROWS);
            let Some(last) = new.last().copied() else {
                if let Some(client) = self.clients.get(at) {
                    client.told.all_rows = upto;
                }
                return false;
            };
            let ids = new.iter().filter_map(|(_, id)| *id);
            let rows = ids.filter_map(|id| self.class.row(id)).collect();
            if let Some(client) = self.clients.get(at) {
                client.told.rows = last;
            }
            line(&FromHub::Members { rows })
        };
        if let Some(client) = self.clients.get(at) {
            client.push(bytes);
        }
        true
    }

    fn tell_projector(&mut self, at: usize, now: Instant) -> bool {
        if !self.is_due(at, now) {
            return false;
        }
        let view = line(&FromHub::Projector(self.class.projector_view()));
        let last = self.changes.last;
        if let Some(client) = self.clients.get(at) {
            client.told.view = last;
            client.since = now;
            client.push(view);
        }
        true
    }
}
