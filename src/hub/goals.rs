//! Finds out whether changes of students reach a goal, on a thread beside the hub's: a lesson is compiled again for each.
//!
//! What waits is bounded, of each student and of all, and so is the time for one of them. The last changes of a student at a
//! step take the place of those before; the same changes of several students are worked out once.

use std::collections::{HashMap, VecDeque};
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use mio::Waker;

use crate::class::{MemberId, StepRef};

use crate::lesson::Edit;
use crate::session::GoalTried;
use crate::trace::{Interrupt, Trace};

/// The largest number of tries that wait.
const MOST_WAITING: usize = 2_000;
/// The largest number of steps at which tries of one student wait.
const MOST_OF_ONE: usize = 4;
/// The largest number of results that are remembered.
const MOST_REMEMBERED: usize = 4_096;
/// The size in bytes of the changes of a try.
const LARGEST: usize = 8 << 10;

/// Changes with which a student tries to reach a goal.
pub(super) struct Try {
    /// The student.
    pub(super) member: MemberId,
    /// The step that asks for it.
    pub(super) step: StepRef,
    /// The lesson.
    pub(super) trace: Arc<Trace>,
    /// The changes.
    pub(super) edits: Vec<Edit>,
}

/// What has come of a try.
pub(super) struct Tried {
    pub(super) member: MemberId,
    pub(super) step: StepRef,
    pub(super) result: Result<GoalTried, NotTried>,
}

/// Why nothing has come of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTried {
    /// It took too long.
    Late,
    /// The changes cannot be made.
    Refused,
}

/// The tries that wait, and what works them out.
pub(super) struct Goals {
    queue: Arc<Queue>,
    tried: (Sender<Tried>, Receiver<Tried>),
    waker: Arc<Waker>,
    /// The longest time for one.
    patience: Duration,
    has_begun: bool,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    news: Condvar,
}

#[derive(Default)]
struct Waiting {
    tries: VecDeque<Try>,
    /// Since when one is worked out.
    under_way: Option<(Instant, Interrupt)>,
    /// Whether nobody waits for results any more.
    is_over: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing panics while it is held.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Goals {
    /// Returns what wakes the hub whenever there are results.
    pub(super) fn new(waker: Arc<Waker>, patience: Duration) -> Self {
        Self {
            queue: Arc::default(),
            tried: channel(),
            waker,
            patience,
            has_begun: false,
        }
    }

    /// Takes up a try.
    ///
    /// # Errors
    /// If there are too many, or it is too large; the message says so.
    pub(super) fn take(&mut self, new: Try) -> Result<(), String> {
        let size = serde_json::to_string(&new.edits).map_or(usize::MAX, |json| json.len());
        if size > LARGEST {
            return Err("These are more changes than a class takes.".to_owned());
        }
        {
            let mut waiting = self.queue.lock();
            let tries = &mut waiting.tries;
            let is_same = |old: &&mut Try| (old.member, &old.step) == (new.member, &new.step);
            if let Some(old) = tries.iter_mut().find(is_same) {
                *old = new;
                return Ok(());
            }
            let of_one = tries.iter().filter(|old| old.member == new.member);
            if tries.len() >= MOST_WAITING || of_one.count() >= MOST_OF_ONE {
                return Err("That was many changes at once: wait a moment.".to_owned());
            }
            tries.push_back(new);
        }
        self.queue.news.notify_one();
        if !self.has_begun {
            let (queue, tried) = (Arc::clone(&self.queue), self.tried.0.clone());
            let waker = Arc::clone(&self.waker);
            let thread = thread::Builder::new().spawn(move || work(&queue, &tried, &waker));
            // Without a thread it is tried with the next one.
            self.has_begun = thread.is_ok();
        }
        Ok(())
    }

    /// Returns what has been found out.
    pub(super) fn tried(&self) -> Vec<Tried> {
        self.tried.1.try_iter().collect()
    }

    /// Gives up what takes too long.
    pub(super) fn look(&self, now: Instant) {
        if let Some((since, interrupt)) = &self.queue.lock().under_way
            && now.saturating_duration_since(*since) >= self.patience
        {
            interrupt.set(true);
        }
    }
}

impl Drop for Goals {
    fn drop(&mut self) {
        let mut waiting = self.queue.lock();
        waiting.is_over = true;
        if let Some((_, interrupt)) = &waiting.under_way {
            interrupt.set(true);
        }
        self.queue.news.notify_one();
    }
}

/// Works out one try after the other.
fn work(queue: &Queue, tried: &Sender<Tried>, waker: &Waker) {
    let mut remembered: HashMap<(StepRef, String), Result<GoalTried, NotTried>> = HashMap::new();
    loop {
        let interrupt = Interrupt::default();
        let next = {
            let mut waiting = queue.lock();
            waiting.under_way = None;
            loop {
                if waiting.is_over {
                    return;
                }
                if let Some(next) = waiting.tries.pop_front() {
                    waiting.under_way = Some((Instant::now(), interrupt.clone()));
                    break next;
                }
                let woken = queue.news.wait(waiting);
                waiting = woken.unwrap_or_else(PoisonError::into_inner);
            }
        };
        let Try {
            member,
            step,
            trace,
            edits,
        } = next;
        let key = (
            step.clone(),
            serde_json::to_string(&edits).unwrap_or_default(),
        );
        let result = if let Some(known) = remembered.get(&key) {
            known.clone()
        } else {
            let index = step.step.saturating_sub(1);
            // The class goes on, whatever somebody finds to change.
            let found = panic::catch_unwind(AssertUnwindSafe(|| {
                GoalTried::with(trace, index, edits, &interrupt)
            }));
            let found = found.unwrap_or(None).ok_or(if interrupt.is_set() {
                NotTried::Late
            } else {
                NotTried::Refused
            });
            if remembered.len() >= MOST_REMEMBERED {
                remembered.clear();
            }
            remembered.insert(key, found.clone());
            found
        };
        let is_told = tried.send(Tried {
            member,
            step,
            result,
        });
        if is_told.is_err() || waker.wake().is_err() {
            return;
        }
    }
}
