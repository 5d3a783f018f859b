//! Whatever is sent, the hub goes on, and its journal gives the class as it was.

use nn_tutor::class::{Class, Counts, MemberId, Place, QuestionId};
use nn_tutor::hub::{FromHub, ToAsk, ToHub, journal};

use super::room::{self, Client, Room, at, go, go_to, options, step};

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn is(&mut self) -> bool {
        self.below(2) == 0
    }

    fn member(&mut self) -> MemberId {
        MemberId(u32::try_from(self.below(6)).unwrap())
    }

    fn typed(&mut self) -> String {
        let typed = [
            "a",
            "b",
            "0.5",
            "17",
            "",
            "a b",
            "what?",
            "\u{1b}[2J",
            "ŷ",
            "1/4",
            "-0.25",
        ];
        typed[self.below(typed.len())].to_owned()
    }

    /// Returns any message but the end of the class.
    fn message(&mut self) -> ToHub {
        let steps = 30;
        match self.below(24) {
            0 | 1 => go(1 + self.below(500)),
            2 => go_to(self.below(steps)),
            3..=6 => ToHub::Answer {
                question: QuestionId(u32::try_from(self.below(8)).unwrap()),
                round: 1 + self.below(2),
                number: 1 + self.below(4),
                typed: self.typed(),
            },
            7 | 8 => ToHub::Work {
                step: step(self.below(steps)),
                number: 1 + self.below(3),
                typed: self.typed(),
            },
            9 => ToHub::Hint {
                step: self.is().then(|| step(self.below(steps))),
                shown: self.below(5),
            },
            10 => ToHub::Hand { up: self.is() },
            11 => ToHub::Done { done: self.is() },
            12 => ToHub::Look(Place {
                step: self.is().then(|| step(self.below(steps))),
                follows: self.is(),
            }),
            13 => options(&["red", "blue", "green"], self.below(3)),
            14 => ToHub::Ask {
                ask: ToAsk::Step {
                    step: step(self.below(steps)),
                    cell: self.is().then(|| (self.below(4), 0)),
                },
            },
            15 => ToHub::Ask {
                ask: ToAsk::Number {
                    text: "How many?".to_owned(),
                    answer: 0.5,
                    within: 0.0,
                },
            },
            16 => ToHub::Close,
            17 => ToHub::Reveal,
            18 => ToHub::VoteAgain,
            19 => ToHub::HandOver {
                to: self.is().then(|| self.member()),
            },
            20 => ToHub::Free {
                until: self.is().then(|| self.below(steps)),
            },
            21 => ToHub::Rename {
                member: self.member(),
                name: self.typed(),
            },
            22 => ToHub::Remove {
                member: self.member(),
            },
            _ => ToHub::Restore {
                member: self.member(),
            },
        }
    }
}

/// Waits until all is done that a client has asked for, and takes what has come; `None` if its line has ended.
fn settled(mut client: Client) -> Option<Client> {
    let fetch = ToHub::Fetch {
        lesson: "none".to_owned(),
    };
    client.send(&fetch);
    let is_there = client.until(|message| match message {
        FromHub::Refused { what, .. } if what == "fetch" => Some(true),
        FromHub::Bye { .. } => Some(false),
        _ => None,
    });
    is_there.then_some(client)
}

#[test]
fn the_journal_gives_the_class_as_it_was() {
    const ROUNDS: usize = 40;
    for seed in 1..=4 {
        let below = tempfile::tempdir().unwrap();
        let path = journal::path(below.path(), "class");
        let room = Room::below(below.path(), |config| {
            config.journal = Some(path.clone());
            config.limits.answers = (100_000, 100_000);
            config.limits.lines = (100_000, 100_000);
        });
        let mut random = Random(seed);
        let mut teacher = room.teacher();
        let names = ["Ada", "Alan", "Grace", "Emmy"];
        let mut students: Vec<Option<Client>> = names.map(|_| None).into();
        for round in 0..ROUNDS {
            for (student, name) in students.iter_mut().zip(names) {
                *student = match student.take() {
                    Some(client) => settled(client),
                    // Who was removed is not let in.
                    None => room.client(&room::student(name)).ok(),
                };
            }
            for _ in 0..20 {
                let message = random.message();
                if random.below(3) == 0 {
                    teacher.send(&message);
                } else if let Some(student) = &mut students[random.below(names.len())] {
                    student.send(&message);
                }
            }
            teacher = settled(teacher).unwrap();
            if round + 1 < ROUNDS {
                teacher.seen.clear();
            }
        }
        for student in &mut students {
            *student = student.take().and_then(settled);
        }
        teacher.send(&ToHub::HandOver { to: None });
        teacher.send(&go(10_007));
        let mut view = teacher.overview(|view| at(&view.class) == Some(10_007));
        assert_eq!(view.trouble, None);
        for student in students.iter_mut().flatten() {
            let seen = student.class(|view| at(view) == Some(10_007));
            assert_eq!(seen, view.class);
        }
        drop(room);
        let kept = journal::read(&path, "class").unwrap();
        assert_eq!(kept.unreadable, 0);
        let class = Class::replay(&kept.events);
        // Nobody is here any more.
        view.counts = Counts {
            joined: view.counts.joined,
            ..Counts::default()
        };
        assert_eq!(class.teacher_view(), view, "seed {seed}");
        assert_eq!(class.members().count(), 1 + names.len());
        assert!(class.questions().len() > 5, "{}", class.questions().len());
    }
}
