//! What a hub withstands: each time the others are unaffected, and whoever waits gets a message.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use nn_tutor::class::{Place, Role};
use nn_tutor::hub::{ByeReason, FromHub, Hello, Line, OpenClass, ToHub, VERSION, own_uid};

use super::process::Process;
use super::room::{self, Client, PATIENCE, Room, at, go, options, step, student};

/// A line by which bytes are sent, be they a message or not.
fn raw(room: &Room) -> UnixStream {
    let stream = UnixStream::connect(room.class().socket()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Waits for the end of a line, and returns its reason.
#[track_caller]
fn bye(stream: &mut UnixStream) -> ByeReason {
    let mut all = Vec::new();
    // What was not read when it ended may break it at the end.
    let _ = stream.read_to_end(&mut all);
    let text = String::from_utf8(all).unwrap();
    let last = text.lines().last().expect("no last word");
    match serde_json::from_str(last).unwrap() {
        FromHub::Bye { reason, why } => {
            assert!(why.ends_with('.'), "{why}");
            reason
        }
        other => panic!("{other:?}"),
    }
}

fn hello(name: &str) -> Vec<u8> {
    let mut line = serde_json::to_vec(&ToHub::Hello(student(name))).unwrap();
    line.push(b'\n');
    line
}

/// Checks that a student hears of a step at once.
fn goes_on(teacher: &mut Client, ada: &mut Client, to: usize) {
    teacher.send(&go(to));
    ada.class(|view| at(view) == Some(to));
}

#[test]
fn five_hundred_join_at_once() {
    const STUDENTS: usize = 500;
    let room = Room::open();
    let mut teacher = room.teacher();
    let class = room.class();
    let mut lines: Vec<Line> = (0..STUDENTS)
        .map(|number| {
            let mut line = Line::connect(&class).unwrap();
            let hello = student(&format!("student {number}"));
            line.send(&ToHub::Hello(hello)).unwrap();
            line
        })
        .collect();
    for line in &mut lines {
        let first = line.wait(PATIENCE).unwrap();
        assert!(matches!(first, Some(FromHub::Welcome(_))), "{first:?}");
    }
    teacher.overview(|view| view.counts.here == STUDENTS);
    teacher.send(&go(5));
    for line in &mut lines {
        while !matches!(line.wait(PATIENCE).unwrap().unwrap(), FromHub::Class(view) if at(&view) == Some(5))
        {
        }
    }
    // All rows come, in messages of a bounded size.
    let mut named = std::collections::BTreeSet::new();
    let mut late = room.teacher();
    while named.len() < STUDENTS {
        let rows = late.until(|message| match message {
            FromHub::Members { rows } => Some(rows.clone()),
            _ => None,
        });
        assert!(rows.len() <= 100);
        named.extend(
            rows.into_iter()
                .filter(|it| it.role == Role::Student)
                .map(|it| it.name),
        );
    }
    // They leave as fast.
    drop(lines);
    teacher.overview(|view| view.counts.here == 0 && view.counts.joined == STUDENTS);
}

#[test]
fn who_says_nothing_or_only_a_little_is_not_waited_for() {
    let room = Room::with(|config| config.limits.hello = Duration::from_millis(300));
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    let mut silent = raw(&room);
    let mut slow = raw(&room);
    slow.write_all(&hello("Slow")[..20]).unwrap();
    goes_on(&mut teacher, &mut ada, 2);
    assert_eq!(bye(&mut silent), ByeReason::NoHello);
    assert_eq!(bye(&mut slow), ByeReason::NoHello);
    // Who is in may take any time for a line, also byte by byte.
    let mut bytes = raw(&room);
    for byte in hello("Bytes") {
        bytes.write_all(&[byte]).unwrap();
    }
    teacher.row(|row| row.name == "Bytes" && row.here.is_some());
    for byte in b"{\"type\":\"hand\"," {
        bytes.write_all(&[*byte]).unwrap();
        goes_on(&mut teacher, &mut ada, usize::from(*byte));
    }
    bytes.write_all(b"\"up\":true}\n").unwrap();
    teacher.row(|row| row.name == "Bytes" && row.hand.is_some());
    // Half a line at the end is no message.
    bytes
        .write_all(b"{\"type\":\"done\",\"done\":true}")
        .unwrap();
    drop(bytes);
    let row = teacher.row(|row| row.name == "Bytes" && row.here.is_none());
    assert!(!row.done);
}

#[test]
fn an_endless_line_is_not_read_to_its_end() {
    let room = Room::open();
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    for start in [Vec::new(), hello("Long")] {
        let mut long = raw(&room);
        long.write_all(&start).unwrap();
        let chunk = vec![b'x'; 1 << 20];
        let sent = (0..100)
            .take_while(|_| long.write_all(&chunk).is_ok())
            .count();
        assert!(sent < 100, "all was taken");
        assert_eq!(bye(&mut long), ByeReason::LongLine);
        goes_on(&mut teacher, &mut ada, 3 + start.len());
    }
}

#[test]
fn a_flood_of_lines_ends_itself_alone() {
    let room = Room::open();
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    let mut flood = raw(&room);
    flood.write_all(&hello("Flood")).unwrap();
    let lines =
        b"{\"type\":\"hand\",\"up\":true}\n{\"type\":\"hand\",\"up\":false}\n".repeat(1_000);
    let sent = (0..50)
        .take_while(|_| flood.write_all(&lines).is_ok())
        .count();
    assert!(sent < 50, "all was taken");
    assert_eq!(bye(&mut flood), ByeReason::TooFast);
    goes_on(&mut teacher, &mut ada, 4);
    // Empty lines count too.
    let mut empty = raw(&room);
    let lines = b"\n".repeat(1_000);
    while empty.write_all(&lines).is_ok() {}
    assert_eq!(bye(&mut empty), ByeReason::TooFast);
    goes_on(&mut teacher, &mut ada, 5);
}

#[test]
fn what_is_no_message_gets_one_clear_line() {
    let room = Room::open();
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    let version = |version: u32| {
        let mut hello = student("Other");
        hello.version = version;
        let mut line = serde_json::to_vec(&ToHub::Hello(hello)).unwrap();
        line.push(b'\n');
        line
    };
    let deep = format!("{}1{}\n", "[".repeat(20_000), "]".repeat(20_000));
    let mut broken = format!("{{\"type\":\"hello\",\"version\":{VERSION},\"as\":\"").into_bytes();
    broken.extend(b"\xc3\x28\"}\n");
    let first: [(&[u8], ByeReason); 12] = [
        (b"\xff\xfe{}\n", ByeReason::NoHello),
        (&broken, ByeReason::NoHello),
        (b"null\n", ByeReason::NoHello),
        (b"[]\n", ByeReason::NoHello),
        (b"\"hello\"\n", ByeReason::NoHello),
        (b"{}\n", ByeReason::NoHello),
        (
            b"{\"type\":\"hello\",\"version\":\"one\"}\n",
            ByeReason::NoHello,
        ),
        (b"{\"type\":\"end\"}\n", ByeReason::NoHello),
        (b"GET / HTTP/1.1\r\n", ByeReason::NoHello),
        (deep.as_bytes(), ByeReason::NoHello),
        (&version(0), ByeReason::Version),
        (&version(VERSION + 1), ByeReason::Version),
    ];
    for (number, (line, reason)) in first.into_iter().enumerate() {
        let mut other = raw(&room);
        other.write_all(line).unwrap();
        assert_eq!(bye(&mut other), reason, "{}", String::from_utf8_lossy(line));
        goes_on(&mut teacher, &mut ada, 10 + number);
    }
    // Of a later version, it need not even have the same keys.
    let mut other = raw(&room);
    other
        .write_all(b"{\"type\":\"greet\",\"version\":9,\"me\":[]}\n")
        .unwrap();
    assert_eq!(bye(&mut other), ByeReason::Version);
    for line in [
        &b"{\"type\":\"answer\",\"question\":\"one\",\"round\":1,\"number\":1,\"typed\":\"a\"}\n"[..],
        b"{\"type\":\"answer\",\"question\":-1,\"round\":1,\"number\":1,\"typed\":\"a\"}\n",
        b"{\"type\":\"answer\",\"question\":1,\"round\":1,\"number\":1,\"typed\":[\"a\"]}\n",
        b"{\"type\":\"look\",\"follows\":\"yes\"}\n",
        b"{\"type\":\"dance\"}\n",
        b"{\"type\":\"hand\",\"up\":true}}\n",
        b"\xc3\x28\n",
        b"7\n",
    ] {
        let mut other = raw(&room);
        other.write_all(&hello("Other")).unwrap();
        other.write_all(line).unwrap();
        assert_eq!(
            bye(&mut other),
            ByeReason::BadLine,
            "{}",
            String::from_utf8_lossy(line)
        );
    }
    goes_on(&mut teacher, &mut ada, 3);
}

/// Leads the class on, so far that the system keeps no more for who does not read; those who do are waited for now and
/// then. Ends where `is_enough` says so.
fn lead(teacher: &mut Client, ada: &mut Client, is_enough: impl Fn(&Client) -> bool) -> usize {
    for to in 1.. {
        teacher.send(&go(to));
        if to % 50 == 0 {
            ada.class(|view| at(view) == Some(to));
            ada.seen.clear();
            teacher.overview(|view| at(&view.class) == Some(to));
            if is_enough(teacher) {
                return to;
            }
            teacher.seen.clear();
        }
    }
    unreachable!("there are more numbers");
}

#[test]
fn who_reads_late_misses_positions() {
    const STEPS: usize = 20_000;
    let room = Room::with(|config| {
        config.limits.lines = (1_000_000, 1_000_000);
        config.limits.stuck = PATIENCE * 10;
    });
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    let mut later = room.student("Later");
    let steps = std::cell::Cell::new(0);
    let last = lead(&mut teacher, &mut ada, |_| {
        steps.set(steps.get() + 50);
        steps.get() >= STEPS
    });
    later.class(|view| at(view) == Some(last));
    assert!(later.seen.len() < STEPS / 2, "{}", later.seen.len());
    goes_on(&mut teacher, &mut later, 1);
}

#[test]
fn who_stops_reading_holds_nobody_up_and_is_dropped() {
    let room = Room::with(|config| {
        config.limits.lines = (1_000_000, 1_000_000);
        config.limits.stuck = Duration::from_millis(1);
        config.limits.farewell = Duration::from_millis(1);
    });
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    let mut stopped = room.student("Stopped");
    let member = stopped.welcome.member;
    lead(&mut teacher, &mut ada, |teacher| {
        teacher.seen.iter().any(|message| match message {
            FromHub::Members { rows } => {
                let mut rows = rows.iter().filter(|row| Some(row.id) == member);
                rows.any(|row| row.here.is_none())
            }
            _ => false,
        })
    });
    // What the system had kept for it is all that it gets.
    assert!(stopped.is_broken());
    goes_on(&mut teacher, &mut ada, 1);
}

#[test]
fn who_asks_and_never_reads_is_dropped() {
    let room = Room::with(|config| config.limits.lines = (1_000_000, 1_000_000));
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    let mut asks = raw(&room);
    asks.write_all(&hello("Asks")).unwrap();
    let lines =
        b"{\"type\":\"fetch\",\"lesson\":\"none\"}\n{\"type\":\"fetch\",\"lesson\":\"grounded\"}\n"
            .repeat(1_000);
    let sent = (0..1_000)
        .take_while(|_| asks.write_all(&lines).is_ok())
        .count();
    assert!(sent < 1_000, "all was taken");
    goes_on(&mut teacher, &mut ada, 4);
}

#[test]
fn who_is_killed_is_noticed_by_the_teacher_alone() {
    let room = Room::open();
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    let alan = room.student("Alan");
    let mut projector = room.client(&Hello::new(Role::Projector)).unwrap();
    teacher.row(|row| row.name == "Alan" && row.here.is_some());
    drop(alan);
    teacher.row(|row| row.name == "Alan" && row.here.is_none());
    projector.until(|message| match message {
        FromHub::Projector(view) => (view.counts.here == 1).then_some(()),
        _ => None,
    });
    // A teacher who is killed too.
    drop(teacher);
    let mut teacher = room.teacher();
    goes_on(&mut teacher, &mut ada, 3);
    let named = |message: &&FromHub| format!("{message:?}").contains("Alan");
    assert!(ada.seen.iter().find(named).is_none());
}

#[test]
fn nobody_answers_twice_too_late_or_for_another() {
    let room = Room::open();
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    let mut alan = room.student("Alan");
    teacher.send(&options(&["red", "blue"], 0));
    alan.class(|view| view.question.is_some());
    // As if it were Ada's.
    let member = ada.welcome.member.unwrap();
    let mut other = raw(&room);
    other.write_all(&hello("Other")).unwrap();
    let line = format!(
        "{{\"type\":\"answer\",\"by\":{0},\"member\":{0},\"id\":{0},\"question\":1,\"round\":1,\"number\":1,\"typed\":\"b\"}}\n",
        member.0
    );
    other.write_all(line.as_bytes()).unwrap();
    let row = teacher.row(|row| row.answer.is_some());
    assert_eq!(row.name, "Other");
    alan.answer(1, 1, "a");
    // The same once more, and one that jumps ahead.
    alan.send(&room::answer(1, 1, "a"));
    alan.own(|own| own.answers[0].tries == 1);
    for number in [0, 1, 3, usize::MAX] {
        alan.send(&room::answer(1, number, "b"));
        alan.refused("answer");
    }
    alan.send(&room::answer(2, 1, "a"));
    alan.refused("answer");
    teacher.send(&ToHub::Close);
    alan.class(|view| {
        view.question
            .as_ref()
            .is_some_and(|q| !q.tallies.is_empty())
    });
    alan.send(&room::answer(1, 2, "b"));
    assert!(alan.refused("answer").contains("closed"));
    // Sent once more after a reconnection, it is known.
    let mut back = room.student("Alan");
    back.answer(1, 1, "a");
    let view = teacher.overview(|view| {
        view.class
            .question
            .as_ref()
            .is_some_and(|q| !q.tallies.is_empty())
    });
    assert_eq!(view.tallies[0].options, [1, 1]);
    assert!(ada.own(|_| true).answers.is_empty());
}

#[test]
fn too_many_answers_at_once_are_put_off() {
    let room = Room::with(|config| config.limits.answers = (5, 1));
    let (mut teacher, mut ada) = (room.teacher(), room.student("Ada"));
    teacher.send(&options(&["red", "blue"], 0));
    ada.class(|view| view.question.is_some());
    for number in 1..=5 {
        ada.answer(1, number, "a");
    }
    ada.send(&room::answer(1, 6, "b"));
    ada.send(&room::answer(1, 6, "b"));
    assert!(ada.refused("answer").contains("wait"));
    goes_on(&mut teacher, &mut ada, 3);
    // What they say besides is heard.
    ada.send(&ToHub::Look(Place {
        step: Some(step(2)),
        follows: false,
    }));
    teacher.row(|row| row.place.step == Some(step(2)));
}

#[test]
fn a_full_class_says_so_and_recovers() {
    let room = Room::with(|config| config.limits.clients = 3);
    let mut teacher = room.teacher();
    let ada = room.student("Ada");
    let alan = room.student("Alan");
    assert_eq!(bye(&mut raw(&room)), ByeReason::Full);
    drop(alan);
    teacher.row(|row| row.name == "Alan" && row.here.is_none());
    let mut grace = room.student("Grace");
    goes_on(&mut teacher, &mut grace, 2);
    drop(ada);
}

#[test]
fn without_files_it_refuses_and_recovers() {
    let below = tempfile::tempdir().unwrap();
    let _hub = Process::hub(below.path(), Some(80), 40);
    let class = OpenClass::named("class", own_uid(), below.path()).unwrap();
    let mut teacher = Client::come(&class, &Hello::new(Role::Teacher)).unwrap();
    let mut students = Vec::new();
    let (reason, why) = loop {
        match Client::come(&class, &student(&format!("student {}", students.len()))) {
            Ok(client) => students.push(client),
            Err(refused) => break refused,
        }
        assert!(students.len() < 80, "there are files for all");
    };
    assert_eq!(reason, ByeReason::Full, "{why}");
    let count = students.len();
    assert!(count > 5, "{count}");
    let ada = &mut students[0];
    goes_on(&mut teacher, ada, 2);
    students.truncate(count - 3);
    teacher.overview(|view| view.counts.here == count - 3);
    let mut back = Client::come(&class, &student("late")).unwrap();
    goes_on(&mut teacher, &mut back, 3);
}
