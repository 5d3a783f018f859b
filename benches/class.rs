//! Measures the hub of a class: from a teacher's step to the last of many followers, the memory that each takes, and how
//! long answers take to be judged.
//!
//! `cargo bench --bench class` prints one line for each number of followers. The hub is a process of its own; the
//! followers are simulated by one thread here, which reads what comes and looks for the step in it.

// Nothing here depends on a user: what cannot be made is a mistake in this file.
#![allow(clippy::expect_used)]

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mio::net::UnixStream;
use mio::{Events, Interest, Poll, Token};
use nn_tutor::algebra::{Cell, Decimals, Quantity};
use nn_tutor::class::{Role, StepRef};
use nn_tutor::hub::{Config, FromHub, Hello, Hub, Line, OpenClass, ToAsk, ToHub, own_uid};
use nn_tutor::lesson::Library;
use nn_tutor::session::{CellPlace, Position};

/// Says where the hub's folder is, to the process that is to hold the class.
const BELOW: &str = "NN_TUTOR_BENCH_BELOW";
/// The number of steps that are measured.
const STEPS: usize = 200;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    if let Some(below) = std::env::var_os(BELOW) {
        return hold(Path::new(&below));
    }
    println!(
        "{:>9} {:>12} {:>12} {:>12} {:>12} {:>14} {:>14} {:>12}",
        "followers", "all in", "median", "p99", "max", "hub a student", "hub in all", "idle CPU"
    );
    for followers in [200, 1_000, 5_000] {
        measure(followers);
    }
}

/// Holds a class until it is killed.
fn hold(below: &Path) {
    let lesson = Library::embedded().open_name("grounded");
    let lesson = lesson.expect("it comes with the program");
    let mut config = Config::new("bench", vec![("grounded".to_owned(), lesson)]);
    below.clone_into(&mut config.below);
    config.journal = Some(below.join("bench.jsonl"));
    config.limits.lines = (1_000_000, 1_000_000);
    let hub = Hub::open(config).expect("the folder is new");
    println!("ready");
    hub.run().expect("it is killed");
}

/// A process with a hub, which ends with this.
struct Holder(Child);

impl Drop for Holder {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Holder {
    fn start(below: &Path) -> Self {
        let program = std::env::current_exe().expect("it runs");
        let mut child = Command::new(program)
            .env(BELOW, below)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it has just been started");
        let output = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the hub says that it is ready");
        Self(child)
    }

    /// Returns its memory in use, in bytes.
    fn memory(&self) -> usize {
        let path = format!("/proc/{}/status", self.0.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        kilobytes.unwrap_or(0) * 1_024
    }

    /// Returns the time on a processor that it has taken.
    fn processor(&self) -> Duration {
        let path = format!("/proc/{}/stat", self.0.id());
        let stat = std::fs::read_to_string(path).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split(' ').collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
        let all = ticks(12).unwrap_or(0) + ticks(13).unwrap_or(0);
        Duration::from_millis(all * 10)
    }
}

fn measure(followers: usize) {
    let folder = tempfile::tempdir().expect("there is a disk");
    let hub = Holder::start(folder.path());
    let class = OpenClass::named("bench", own_uid(), folder.path()).expect("it is a name");
    let mut teacher = Line::connect(&class).expect("the hub is ready");
    let hello = ToHub::Hello(Hello::new(Role::Teacher));
    teacher.send(&hello).expect("the hub reads");
    until(&mut teacher, |message| {
        matches!(message, FromHub::Welcome(_))
    });
    let alone = hub.memory();

    let began = Instant::now();
    let mut crowd = Crowd::join(&class, followers);
    crowd.until("\"type\":\"own\"");
    let joined = began.elapsed();
    until(
        &mut teacher,
        |message| matches!(message, FromHub::Teacher(view) if view.counts.here == followers),
    );
    let mut times: Vec<Duration> = (1..=STEPS)
        .map(|step| {
            let began = Instant::now();
            teacher.send(&go(step)).expect("the hub reads");
            crowd.until(&format!("\"row\":{step},"));
            let time = began.elapsed();
            until(&mut teacher, |message| {
                matches!(message, FromHub::Teacher(view)
                    if view.class.position.as_ref().and_then(|it| Some(it.cursor?.cell.row)) == Some(step))
            });
            time
        })
        .collect();
    times.sort_unstable();
    let with_all = hub.memory();
    let before = hub.processor();
    let idle = Duration::from_secs(3);
    std::thread::sleep(idle);
    let busy = hub.processor().saturating_sub(before);
    println!(
        "{followers:>9} {joined:>12.1?} {:>12.1?} {:>12.1?} {:>12.1?} {:>11.1} KB {:>11.1} MB {:>11.1}%",
        times[STEPS / 2],
        times[STEPS * 99 / 100],
        times[STEPS - 1],
        (with_all.saturating_sub(alone)) as f64 / 1e3 / followers as f64,
        with_all as f64 / 1e6,
        100.0 * busy.as_secs_f64() / idle.as_secs_f64(),
    );
    if followers == 200 {
        measure_answers(&mut teacher, &mut crowd);
    }
}

/// Measures how long it takes until the wrong answers of all, each another one, are judged and confirmed.
fn measure_answers(teacher: &mut Line, crowd: &mut Crowd) {
    let ask = ToAsk::Step {
        step: StepRef {
            lesson: "grounded".to_owned(),
            step: 9,
        },
        cell: None,
    };
    teacher.send(&ToHub::Ask { ask }).expect("the hub reads");
    crowd.until("\"phase\":\"open\"");
    let began = Instant::now();
    for (number, follower) in crowd.followers.iter_mut().enumerate() {
        let typed = format!("{}.{number:03}", number + 3);
        let line = format!(
            "{{\"type\":\"answer\",\"question\":1,\"round\":1,\"number\":1,\"typed\":\"{typed}\"}}\n"
        );
        follower.write_all(line.as_bytes()).expect("the hub reads");
    }
    // The class goes on meanwhile.
    let stepped = Instant::now();
    teacher.send(&go(STEPS + 1)).expect("the hub reads");
    until(teacher, |message| {
        matches!(message, FromHub::Teacher(view)
            if view.class.position.as_ref().and_then(|it| Some(it.cursor?.cell.row)) == Some(STEPS + 1))
    });
    let step = stepped.elapsed();
    crowd.until("\"tries\":1");
    let time = began.elapsed();
    let each = time / u32::try_from(crowd.followers.len()).unwrap_or(1);
    println!(
        "          answers, all different and wrong: {time:.1?}, {each:.2?} each; a step meanwhile: {step:.1?}"
    );
}

fn go(step: usize) -> ToHub {
    ToHub::Move {
        position: Position {
            lesson: "grounded".to_owned(),
            opened: Vec::new(),
            step: (step - 1) % 10 + 1,
            // What tells it from the others.
            cursor: Some(CellPlace::in_equation(Cell::new(Quantity::Input, step, 0))),
            decimals: Decimals::default(),
            panel: None,
            changes: Vec::new(),
            shown: Vec::new(),
            lab: None,
        },
    }
}

/// Waits for a message.
fn until(line: &mut Line, is_it: impl Fn(&FromHub) -> bool) {
    loop {
        let message = line.wait(PATIENCE).expect("the hub is there");
        if is_it(&message.expect("it comes in time")) {
            return;
        }
    }
}

/// Followers, simulated.
struct Crowd {
    followers: Vec<UnixStream>,
    poll: Poll,
}

impl Crowd {
    /// Lets so many followers join, all at once.
    fn join(class: &OpenClass, count: usize) -> Self {
        let poll = Poll::new().expect("the system can wait");
        let followers = (0..count).map(|number| {
            let stream = std::os::unix::net::UnixStream::connect(class.socket());
            let mut stream = stream.expect("the hub lets all in");
            let mut hello = Hello::new(Role::Student);
            hello.door_name = Some(format!("student {number}"));
            let mut line = serde_json::to_vec(&ToHub::Hello(hello)).expect("it is JSON");
            line.push(b'\n');
            stream.write_all(&line).expect("the hub reads");
            stream.set_nonblocking(true).expect("the system can wait");
            let mut stream = UnixStream::from_std(stream);
            poll.registry()
                .register(&mut stream, Token(number), Interest::READABLE)
                .expect("the system can wait");
            stream
        });
        Self {
            followers: followers.collect(),
            poll,
        }
    }

    /// Waits until all have got something with this text in it.
    fn until(&mut self, text: &str) {
        let mut events = Events::with_capacity(1_024);
        let mut bytes = vec![0; 1 << 16];
        let mut missing: HashSet<usize> = (0..self.followers.len()).collect();
        // What had come before is looked at too.
        for at in 0..self.followers.len() {
            look(&mut self.followers[at], at, text, &mut bytes, &mut missing);
        }
        let deadline = Instant::now() + PATIENCE;
        while !missing.is_empty() {
            assert!(Instant::now() < deadline, "{} still wait", missing.len());
            self.poll
                .poll(&mut events, Some(PATIENCE))
                .expect("the system can wait");
            for event in &events {
                let at = event.token().0;
                look(&mut self.followers[at], at, text, &mut bytes, &mut missing);
            }
        }
    }
}

/// Reads what has come for one, and looks for a text in it.
fn look(
    follower: &mut UnixStream,
    at: usize,
    text: &str,
    bytes: &mut [u8],
    missing: &mut HashSet<usize>,
) {
    loop {
        match follower.read(bytes) {
            Ok(0) => panic!("a follower was dropped"),
            Ok(count) => {
                let found = bytes[..count]
                    .windows(text.len())
                    .any(|it| it == text.as_bytes());
                if found {
                    missing.remove(&at);
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("{error}"),
        }
    }
}
