//! Measures a class of real processes: each student is the program on a terminal of its own, and a teacher's key is timed until
//! the last byte on the last of their screens.
//!
//! `cargo bench --bench room` prints one line for each number of students, `cargo bench --bench room -- 1000` for 1,000. The
//! first line has one student: what a step takes on this machine where nobody else is in the class.

// Nothing here depends on a user: what cannot be made is a mistake in this file.
#![allow(clippy::expect_used)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// The keys that are measured.
const KEYS: usize = 40;
/// All is drawn once nothing has come for so long.
const QUIET: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(300);
/// The least bytes of a first frame.
const FRAME: usize = 1_500;

/// What has come to a terminal: how many bytes, and when the last one, in nanoseconds since the clock began.
#[derive(Default)]
struct Seen {
    bytes: AtomicUsize,
    last: AtomicU64,
}

/// The program on a terminal.
struct Seat {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    seen: Arc<Seen>,
}

impl Seat {
    fn new(arguments: &[&str], state: &Path, clock: Instant) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_nn-tutor"));
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("XDG_STATE_HOME", state);
        let child = pair.slave.spawn_command(command).expect("it runs");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let seen = Arc::new(Seen::default());
        let theirs = Arc::clone(&seen);
        let read = move || {
            let mut bytes = [0; 16 * 1024];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let now = u64::try_from(clock.elapsed().as_nanos()).unwrap_or(u64::MAX);
                theirs.last.store(now, Ordering::Relaxed);
                theirs.bytes.fetch_add(count, Ordering::Relaxed);
            }
        };
        // A thread that only reads and notes the time needs hardly any stack.
        let thread = std::thread::Builder::new().stack_size(64 * 1024);
        thread.spawn(read).expect("a thread");
        Self {
            child,
            master: pair.master,
            seen,
        }
    }

    /// Returns the kilobytes of memory that are resident, shared out among all processes that share them, and its own alone.
    fn memory(&self) -> Option<[u64; 3]> {
        let process = self.child.process_id()?;
        let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
        let of = |name: &str| -> u64 {
            let line = text.lines().find(|line| line.starts_with(name));
            let number = line.and_then(|line| line.split_whitespace().nth(1));
            number.and_then(|number| number.parse().ok()).unwrap_or(0)
        };
        let own = of("Private_Clean:") + of("Private_Dirty:");
        Some([of("Rss:"), of("Pss:"), own])
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until nothing has come to any terminal for a while.
fn settle(seats: &[Seat], clock: Instant) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        std::thread::sleep(Duration::from_millis(20));
        let last = seats
            .iter()
            .map(|seat| seat.seen.last.load(Ordering::Relaxed))
            .max();
        let last = Duration::from_nanos(last.unwrap_or(0));
        if clock.elapsed().saturating_sub(last) > QUIET {
            return;
        }
        assert!(Instant::now() < deadline, "it never gets quiet");
    }
}

fn measure(students: usize) {
    let clock = Instant::now();
    let state = tempfile::tempdir().expect("a folder");
    let name = format!("bench-{}", std::process::id());
    let class = ["class", "open", "grounded", "--name", name.as_str()];
    let teacher = Seat::new(&class, state.path(), clock);
    let mut keys = teacher.master.take_writer().expect("a writer");
    settle(std::slice::from_ref(&teacher), clock);
    let began = Instant::now();
    let seats: Vec<Seat> = (0..students)
        .map(|number| {
            let student = format!("s{number:04}");
            Seat::new(
                &["class", "join", &name, "--as", &student],
                state.path(),
                clock,
            )
        })
        .collect();
    let is_in = |seat: &Seat| seat.seen.bytes.load(Ordering::Relaxed) > FRAME;
    while !seats.iter().all(is_in) {
        assert!(began.elapsed() < PATIENCE, "not all have come");
        std::thread::sleep(Duration::from_millis(20));
    }
    let joined = began.elapsed();
    settle(&seats, clock);
    keys.write_all(b"\x1b").expect("the teacher is there");
    std::thread::sleep(Duration::from_secs(1));
    settle(&seats, clock);
    let bytes = || -> usize {
        seats
            .iter()
            .map(|seat| seat.seen.bytes.load(Ordering::Relaxed))
            .sum()
    };
    let before = bytes();
    let mut times: Vec<f64> = (0..KEYS)
        .map(|key| {
            // Up and down the first steps of the lesson, before its first question.
            let arrow: &[u8] = if key % 20 < 10 { b"\x1b[C" } else { b"\x1b[D" };
            let pressed = clock.elapsed();
            keys.write_all(arrow).expect("the teacher is there");
            std::thread::sleep(QUIET);
            settle(&seats, clock);
            let seen = seats
                .iter()
                .map(|seat| seat.seen.last.load(Ordering::Relaxed));
            let seen: Vec<Duration> = seen.map(Duration::from_nanos).collect();
            let all = seen.iter().all(|last| *last > pressed);
            assert!(all, "somebody has not seen the step");
            let last = seen.into_iter().max().unwrap_or_default();
            last.saturating_sub(pressed).as_secs_f64() * 1e3
        })
        .collect();
    let bytes = (bytes() - before) / (KEYS * students);
    times.sort_by(f64::total_cmp);
    let memory: Vec<[u64; 3]> = seats.iter().take(50).filter_map(Seat::memory).collect();
    let mean = |at: usize| {
        let sum: u64 = memory.iter().map(|all| all[at]).sum();
        sum as f64 / memory.len().max(1) as f64 / 1024.0
    };
    println!(
        "{students:>8} {:>7.1} s {:>7.1} ms {:>7.1} ms {:>7.1} ms {bytes:>9} {:>9.1} {:>9.1} {:>9.1}",
        joined.as_secs_f64(),
        times[KEYS / 2],
        times[KEYS * 99 / 100],
        times[KEYS - 1],
        mean(0),
        mean(1),
        mean(2),
    );
    drop(seats);
    // The class ends with its teacher's word, and the hub with it.
    keys.write_all(b"TEE").expect("the teacher is there");
    std::thread::sleep(Duration::from_secs(1));
}

fn main() {
    let asked: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|count| count.parse().ok())
        .collect();
    let counts = if asked.is_empty() {
        vec![1, 200]
    } else {
        asked
    };
    println!(
        "{:>8} {:>9} {:>10} {:>10} {:>10} {:>9} {:>9} {:>9} {:>9}",
        "students", "all in", "median", "p99", "max", "bytes", "RSS, MB", "PSS, MB", "own, MB"
    );
    for students in counts {
        measure(students);
    }
}
