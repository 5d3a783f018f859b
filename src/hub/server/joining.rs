//! Who a client is, and whether it is let in.

use std::time::Instant;

use super::{FULL, Hub};
use crate::class::message::{ByeReason, FromHub, Hello, Invited, VERSION, Welcome};
use crate::class::{Act, Key, Member, MemberId, NameError, Refusal, Role, Touched, cleaned};
use crate::hub::connection::{Stage, Told, line};
use crate::hub::identity::{Typed, account_name, bare_word, fresh_word, is_same};

/// The number of lines of teachers and projectors.
const MOST_TEACHERS: usize = 32;
const NAME_NEEDED: &str = "Type the name that you have in the class.";
const TOO_MANY: &str = "There were too many wrong guesses at the join code. The teacher's screen shows a longer one now, which always lets you in.";

/// Who a client is found to be.
enum Found {
    /// Somebody who was there before.
    Known(MemberId),
    /// Somebody new.
    New {
        key: Key,
        name: String,
        account: Option<String>,
    },
}

/// Why a client is not let in, and the reason in words.
type NotIn = (ByeReason, String);

impl Hub {
    /// Finds out who a client is, and lets it in.
    pub(super) fn welcome(&mut self, at: usize, hello: &Hello, now: Instant) -> Result<(), NotIn> {
        let Some(uid) = self.clients.get(at).map(|client| client.uid) else {
            return Ok(());
        };
        let not_in = |reason, why: &str| Err((reason, why.to_owned()));
        if hello.role != Role::Student {
            if uid != self.owner {
                let why = "Only the account that has opened the class can be its teacher.";
                return not_in(ByeReason::NotAllowed, why);
            }
            if self.clients.overviews.len() >= MOST_TEACHERS {
                return not_in(ByeReason::Full, FULL);
            }
        }
        let mut word = None;
        let member = if hello.role == Role::Projector {
            None
        } else {
            let id = match self.who(uid, hello, now)? {
                Found::Known(id) => id,
                Found::New { key, name, account } => {
                    let id = self.class.next_id();
                    let join = Act::Join {
                        name,
                        role: hello.role,
                        key,
                        account,
                    };
                    self.apply(id, join, now).map_err(|refusal| {
                        let reason = match refusal {
                            Refusal::Locked => ByeReason::Locked,
                            Refusal::Full => ByeReason::Full,
                            Refusal::Ended => ByeReason::Ended,
                            _ => ByeReason::BadName,
                        };
                        (reason, refusal.to_string())
                    })?;
                    id
                }
            };
            if let Some(Key::Word { word: own, .. }) = self.class.member(id).map(|it| &it.key) {
                word = Some(own.clone());
            }
            Some(id)
        };
        if let Some(member) = member {
            if let Err(refusal) = self.apply(member, Act::Come, now) {
                return not_in(ByeReason::Removed, &refusal.to_string());
            }
            if hello.role == Role::Student
                && let Some(older) = self.clients.lines.insert(member, at)
                && older != at
            {
                // The newer line wins; the member has not left.
                let why = "You have come to the class from elsewhere; this line ends.";
                if let Some(client) = self.clients.get(older) {
                    client.end(ByeReason::OtherLine, why, now);
                    self.clients.untold.insert(older);
                }
                self.rest(older, member, now);
            }
        }
        if hello.role != Role::Student {
            self.clients.overviews.insert(at);
        }
        let welcome = FromHub::Welcome(Welcome {
            version: VERSION,
            class: self.name.clone(),
            member,
            role: hello.role,
            name: member
                .and_then(|id| self.class.member(id))
                .map(|member| member.name.clone()),
            word,
            lessons: self.judge.names(),
            invited: (hello.role != Role::Student).then(|| Invited {
                code: self.codes.as_ref().map(|codes| codes.own().to_owned()),
                by_roster: self.roster.is_some(),
                shared: self
                    .shared
                    .iter()
                    .filter_map(|uid| account_name(*uid))
                    .collect(),
            }),
            now: self.clock.at(now),
        });
        let work = member.map_or_else(Vec::new, |id| self.class.own_work(id));
        if let Some(client) = self.clients.get(at) {
            client.stage = Stage::In {
                role: hello.role,
                member,
            };
            client.since = now;
            client.told = Told::default();
            client.push(line(&welcome));
            if !work.is_empty() {
                client.push(line(&FromHub::Worked { work }));
            }
        }
        Ok(())
    }

    /// Finds the member that a client is, or who it is to become.
    fn who(&mut self, uid: u32, hello: &Hello, now: Instant) -> Result<Found, NotIn> {
        let account = account_name(uid);
        if hello.role == Role::Teacher {
            let wanted = hello.name.clone().or_else(|| account.clone());
            let wanted = wanted.unwrap_or_else(|| "Teacher".to_owned());
            let key = Key::Teacher {
                name: cleaned(&wanted).map_err(|error| bad_name(&error))?,
            };
            return self.known_or_new(key, &wanted, None, false, account);
        }
        if let Some(name) = &hello.door_name {
            if uid != self.owner {
                let why = "Only the door of the class can say who somebody is.";
                return Err((ByeReason::NotAllowed, why.to_owned()));
            }
            let wanted = hello.name.as_ref().unwrap_or(name);
            let name = cleaned(name).map_err(|error| bad_name(&error))?;
            let key = Key::Door { name };
            return self.known_or_new(key, wanted, self.roster.as_deref(), true, None);
        }
        if self.shared.contains(&uid) {
            return self.by_word(uid, hello, now);
        }
        let key = Key::Account { uid };
        if self.class.known_by(&key).is_none() {
            self.check_code(uid, hello, now)?;
        }
        // On a roster of accounts, the account says who it is.
        let on_roster = |name: &String| {
            let roster = self.roster.as_ref();
            roster.is_some_and(|roster| roster.contains(name))
        };
        let wanted = account.clone().filter(on_roster);
        let wanted = wanted.or_else(|| hello.name.clone()).or(account.clone());
        let Some(wanted) = wanted else {
            return Err((ByeReason::NameNeeded, NAME_NEEDED.to_owned()));
        };
        self.known_or_new(key, &wanted, self.roster.as_deref(), true, account)
    }

    /// Finds the member that a key is of, or the name of somebody new.
    fn known_or_new(
        &self,
        key: Key,
        wanted: &str,
        roster: Option<&[String]>,
        is_student: bool,
        account: Option<String>,
    ) -> Result<Found, NotIn> {
        if let Some(member) = self.class.known_by(&key) {
            return Ok(Found::Known(member.id));
        }
        self.check_lock(is_student)?;
        let name = self.class.name_for(wanted, roster, None);
        Ok(Found::New {
            key,
            name: name.map_err(|error| bad_name(&error))?,
            account,
        })
    }

    /// Finds somebody in an account that several share, by name and word; without a word it is somebody new.
    fn by_word(&mut self, uid: u32, hello: &Hello, now: Instant) -> Result<Found, NotIn> {
        let Some(wanted) = &hello.name else {
            return Err((ByeReason::NameNeeded, NAME_NEEDED.to_owned()));
        };
        let wanted = cleaned(wanted).map_err(|error| bad_name(&error))?;
        if let Some(typed) = &hello.word {
            let typed = bare_word(typed);
            // A name that was asked for may have got a number.
            let small = wanted.to_lowercase();
            let is_it = |member: &&Member| match &member.key {
                Key::Word { uid: of, word } => {
                    let is_right = is_same(&bare_word(word), &typed);
                    let is_named = member.name.to_lowercase() == small;
                    *of == uid && is_named && is_right
                }
                _ => false,
            };
            if let Some(member) = self.class.members().find(is_it) {
                return Ok(Found::Known(member.id));
            }
            let why = "This word does not go with this name.";
            return Err((ByeReason::WrongWord, why.to_owned()));
        }
        self.check_code(uid, hello, now)?;
        let is_known = |member: &Member| {
            let is_here = matches!(&member.key, Key::Word { uid: of, .. } if *of == uid);
            is_here && member.name.to_lowercase() == wanted.to_lowercase()
        };
        if self.class.members().any(is_known) {
            let why = format!("{wanted} is in the class already. If that is you, type your word.");
            return Err((ByeReason::WrongWord, why));
        }
        self.check_lock(true)?;
        let name = self.class.name_for(&wanted, self.roster.as_deref(), None);
        let name = name.map_err(|error| bad_name(&error))?;
        let word = fresh_word().map_err(|_| {
            let why = "The system gives no random numbers.";
            (ByeReason::Full, why.to_owned())
        })?;
        Ok(Found::New {
            key: Key::Word { uid, word },
            name,
            account: None,
        })
    }

    fn check_lock(&self, is_student: bool) -> Result<(), NotIn> {
        if is_student && self.class.is_locked() {
            return Err((ByeReason::Locked, Refusal::Locked.to_string()));
        }
        Ok(())
    }

    /// Checks the join code of somebody new.
    fn check_code(&mut self, uid: u32, hello: &Hello, now: Instant) -> Result<(), NotIn> {
        let Some(codes) = self.codes.as_mut().filter(|_| uid != self.owner) else {
            return Ok(());
        };
        let Some(typed) = &hello.code else {
            let why = "The class has a join code: type it.";
            return Err((ByeReason::CodeNeeded, why.to_owned()));
        };
        let was_told = codes.long().is_some();
        let judged = codes.judge(uid, typed, now);
        let is_news = codes.long().is_some() && !was_told;
        if is_news {
            self.note(&Touched::default());
        }
        let why = match judged {
            Typed::Right => return Ok(()),
            Typed::Wrong => "That is not the join code of this class.",
            Typed::Unjudged => TOO_MANY,
        };
        Err((ByeReason::WrongCode, why.to_owned()))
    }
}

fn bad_name(error: &NameError) -> NotIn {
    (ByeReason::BadName, error.to_string())
}
