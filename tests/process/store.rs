//! Saved progress: several writers, a writer that is killed, a file that is not valid, a full disk.
//!
//! The processes that write are this test binary itself, run again with only the test `writer`.

#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use nn_tutor::session::Record;
use nn_tutor::store::{LessonVisit, Progress, Store, StoreError, Unusable, fingerprint};
use nn_tutor::tutor::schedule::Grade;
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Returns a record of an answer.
fn record(step: usize, given: &str, outcome: &str) -> Record {
    Record {
        step,
        question: String::new(),
        given: given.to_owned(),
        before: Vec::new(),
        looked: false,
        outcome: outcome.to_owned(),
        tries: 2,
        hints: 1,
        slips: vec!["psi-forgotten".to_owned()],
    }
}

/// Returns a visit of a lesson of 100,000 steps, with these answers.
fn visit(step: usize, answers: Vec<Record>) -> LessonVisit {
    LessonVisit {
        title: "The grounded example".to_owned(),
        fingerprint: fingerprint("the lesson's text"),
        step,
        moved: 0,
        of: 100_000,
        done: false,
        asked: 5,
        here: String::new(),
        taken: Vec::new(),
        untyped: BTreeSet::new(),
        fresh: answers.iter().map(|record| record.step).collect(),
        answers,
    }
}

fn folder() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    (folder, store)
}

/// Adds a visit with one right answer at a step; it must be saved.
fn answer(store: &Store, lesson: &str, step: usize) {
    let visit = visit(step, vec![record(step, "0.25", "right")]);
    let aside = store
        .update(|progress| progress.visit(lesson, &visit, 1_000))
        .unwrap();
    assert_eq!(aside, None);
}

/// Returns the steps with saved answers.
fn steps(progress: &Progress, lesson: &str) -> BTreeSet<usize> {
    progress
        .lessons
        .get(lesson)
        .map_or_else(BTreeSet::new, |walked| {
            let steps = walked.answers.iter();
            steps.map(|answer| answer.record.step).collect()
        })
}

/// Returns the names in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn what_is_kept_comes_back() {
    let (folder, store) = folder();
    assert_eq!(store.read().unwrap(), Progress::default());
    assert_eq!(names(folder.path()), set([]), "reading makes nothing");

    let answers = vec![record(3, "−0.06", "right"), record(7, "0,25", "wrong")];
    let mut visited = visit(12, answers.clone());
    visited.done = true;
    store
        .update(|progress| {
            progress.visit("xor", &visited, 1_700_000_000);
            progress.practise("xor", 2, 5, 7, 1_700_000_001);
        })
        .unwrap();

    let kept = store.read().unwrap();
    let xor = &kept.lessons["xor"];
    assert_eq!(xor.title, "The grounded example");
    assert_eq!(xor.place(), Some((12, 100_000)));
    assert!(xor.done && xor.at == 1_700_000_000);
    assert!(xor.is_of(&fingerprint("the lesson's text"), 100_000));
    assert!(!xor.is_of(&fingerprint("another text"), 100_000));
    assert!(!xor.is_of(&fingerprint("the lesson's text"), 99));
    let records: Vec<Record> = xor.answers.iter().map(|a| a.record.clone()).collect();
    assert_eq!(records, answers);
    assert_eq!(xor.score(), (1, 5));
    let practised = &kept.practice["xor"];
    let numbers = (practised.level, practised.right, practised.asked);
    assert_eq!((numbers, practised.at), ((2, 5, 7), 1_700_000_001));

    assert_eq!(
        names(folder.path()),
        set(["progress.json", "progress.lock"])
    );
    let mode = fs::metadata(store.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only the user may read it");
}

#[test]
fn the_fingerprint_never_changes() {
    // The reference values of FNV-1a, 64 bits.
    assert_eq!(fingerprint(""), "cbf29ce484222325");
    assert_eq!(fingerprint("a"), "af63dc4c8601ec8c");
    assert_eq!(fingerprint("foobar"), "85944171f73967e8");
}

#[test]
fn the_state_directory_is_that_of_the_standard() {
    let path = |variables: &[(&str, &str)]| {
        let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
        Store::locate(|name| variables.get(name).map(OsString::from)).map(|store| store.path())
    };
    let at = |path: &str| PathBuf::from(path).join("nn-tutor/progress.json");
    assert_eq!(
        path(&[("XDG_STATE_HOME", "/s"), ("HOME", "/h")]).unwrap(),
        at("/s")
    );
    for relative in ["", "s", "./s"] {
        let variables = [("XDG_STATE_HOME", relative), ("HOME", "/h")];
        assert_eq!(path(&variables).unwrap(), at("/h/.local/state"));
    }
    for variables in [&[][..], &[("HOME", "")], &[("XDG_STATE_HOME", "s")]] {
        assert!(matches!(path(variables), Err(StoreError::NoHome)));
    }
}

#[test]
fn answers_are_joined_and_the_later_one_stays() {
    let (_folder, store) = folder();
    let write = |visit: &LessonVisit, at| {
        store
            .update(|progress| progress.visit("xor", visit, at))
            .unwrap();
        store.read().unwrap().lessons["xor"].clone()
    };
    let given = |walked: &nn_tutor::store::Walked| -> Vec<(usize, String)> {
        let answers = walked.answers.iter().map(|answer| &answer.record);
        answers.map(|r| (r.step, r.given.clone())).collect()
    };
    let pairs = |pairs: &[(usize, &str)]| -> Vec<(usize, String)> {
        pairs.iter().map(|(s, g)| (*s, (*g).to_owned())).collect()
    };

    let first = visit(9, vec![record(3, "a", "wrong"), record(5, "b", "right")]);
    write(&first, 10);
    let mut second = visit(20, vec![record(3, "c", "right"), record(8, "d", "right")]);
    second.done = true;
    let walked = write(&second, 20);
    assert_eq!(given(&walked), pairs(&[(3, "c"), (5, "b"), (8, "d")]));

    // The first visitor knows the old answer to 3 and gives another to 5: 3 stays as the second has left it.
    let mut again = visit(6, vec![record(3, "a", "wrong"), record(5, "e", "right")]);
    again.fresh = BTreeSet::from([5]);
    let walked = write(&again, 30);
    assert_eq!(given(&walked), pairs(&[(3, "c"), (5, "e"), (8, "d")]));
    assert!(walked.done, "the end was reached once");
    assert_eq!((walked.place(), walked.at), (Some((6, 100_000)), 30));

    // Opened and left at once: the place is not lost.
    let walked = write(&visit(1, Vec::new()), 40);
    assert_eq!(walked.place(), Some((6, 100_000)));

    // Another text: its answers are its own, and the place is kept while there is one.
    let mut changed = visit(1, vec![record(2, "f", "right")]);
    changed.fingerprint = fingerprint("another text");
    changed.of = 50;
    changed.fresh.clear();
    let walked = write(&changed, 50);
    assert_eq!(given(&walked), pairs(&[(2, "f")]));
    assert_eq!(walked.place(), Some((6, 50)));
    changed.of = 5;
    assert_eq!(write(&changed, 60).place(), Some((1, 5)));
}

#[test]
fn what_a_later_release_adds_is_carried_along() {
    let (folder, store) = folder();
    let mut document = json!({
        "version": 1,
        "theme": {"dark": [1, 2.5, -3]},
        "lessons": {"xor": {
            "title": "XOR", "fingerprint": fingerprint("the lesson's text"),
            "step": 4, "of": 100_000, "done": false, "at": 5, "stars": 3,
            "answers": [{
                "step": 2, "given": "1", "outcome": "right", "tries": 1, "hints": 0, "seconds": 1.1
            }],
        }},
        "practice": {"xor": {"level": 1, "right": 2, "asked": 3, "at": 4, "streak": 2}},
        "review": {},
    });
    let path = folder.path().join("progress.json");
    fs::write(&path, document.to_string()).unwrap();
    answer(&store, "grounded", 1);
    answer(&store, "xor", 4);
    store
        .update(|progress| progress.practise("xor", 2, 1, 1, 9))
        .unwrap();

    let mut written: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let grounded = written["lessons"]
        .as_object_mut()
        .unwrap()
        .remove("grounded");
    assert!(grounded.is_some());
    let added = written["lessons"]["xor"]["answers"].as_array_mut().unwrap();
    assert_eq!(added.pop().unwrap()["step"], 4);
    document["lessons"]["xor"]["at"] = 1_000.into();
    document["lessons"]["xor"]["asked"] = 5.into();
    document["lessons"]["xor"]["title"] = "The grounded example".into();
    document["practice"]["xor"] = json!({"level": 2, "right": 3, "asked": 4, "at": 9, "streak": 2});
    assert_eq!(written, document);
}

#[test]
fn what_is_kept_stays_small_and_can_be_shown() {
    let (folder, store) = folder();
    let long = format!("\u{1b}[31m{}", "7".repeat(100_000));
    store
        .update(|progress| {
            for file in 0..700 {
                let visited = visit(2, vec![record(2, &long, "wrong"), record(0, "", "seen")]);
                progress.visit(&format!("/lessons/{file:03}.yaml"), &visited, 1_000 + file);
            }
            progress.visit("xor", &visit(2, Vec::new()), 1);
        })
        .unwrap();
    let kept = store.read().unwrap();
    let keys: Vec<&String> = kept.lessons.keys().collect();
    assert_eq!(keys.len(), 501);
    assert_eq!(keys[0], "/lessons/200.yaml", "the oldest are dropped");
    assert_eq!(
        keys[500], "xor",
        "a lesson of the program's own is none of them"
    );
    let answers = &kept.lessons["/lessons/200.yaml"].answers;
    assert_eq!(answers.len(), 1, "there is no step 0");
    let given = &answers[0].record.given;
    assert!(
        given.chars().count() <= 400 && !given.contains('\u{1b}'),
        "{given:?}"
    );

    // Even where every lesson is full of long answers.
    store
        .update(|progress| {
            for file in 0..400 {
                let answers = (1..100).map(|step| record(step, &long, "wrong")).collect();
                let key = format!("/lessons/{file:03}.yaml");
                progress.visit(&key, &visit(2, answers), 5_000 + file);
            }
        })
        .unwrap();
    assert!(fs::metadata(store.path()).unwrap().len() <= 4 << 20);
    let kept = store.read().unwrap();
    assert_eq!(steps(&kept, "/lessons/399.yaml").len(), 99);
    assert!(kept.lessons.contains_key("xor"));
    assert_eq!(names(folder.path()).len(), 2);
}

/// Replaces the file and checks that it is set aside whole, with a message, and that the program goes on without it.
fn is_set_aside(put: impl FnOnce(&Path), kind: &str) {
    let (folder, store) = folder();
    // A file that was set aside before is never overwritten.
    let taken = folder.path().join(format!("progress.json.{kind}-1"));
    symlink("nowhere", &taken).unwrap();
    put(&store.path());
    let before = fs::symlink_metadata(store.path()).unwrap();
    assert!(matches!(store.read(), Err(StoreError::Unusable { .. })));

    let (progress, aside) = store.open().unwrap();
    assert_eq!(progress, Progress::default());
    let aside = aside.unwrap();
    let to = folder.path().join(format!("progress.json.{kind}-2"));
    assert_eq!(aside.to, to);
    assert!(aside.to_string().contains(&to.display().to_string()));
    let after = fs::symlink_metadata(&to).unwrap();
    assert_eq!(after.file_type(), before.file_type());
    assert_eq!(after.len(), before.len());
    assert!(!store.path().exists());

    answer(&store, "xor", 1);
    assert_eq!(steps(&store.read().unwrap(), "xor"), BTreeSet::from([1]));
}

#[test]
fn what_is_no_such_file_is_set_aside() {
    let document = |text: &'static str| move |path: &Path| fs::write(path, text).unwrap();
    for text in [
        "",
        "no JSON",
        "[]",
        "null",
        "{}",
        r#"{"lessons": {}}"#,
        r#"{"version": 0}"#,
        r#"{"version": -1}"#,
        r#"{"version": "1"}"#,
        r#"{"version": 1, "lessons": []}"#,
        r#"{"version": 1, "lessons": {"xor": {}}}"#,
        r#"{"version": 1} {"version": 1}"#,
        r#"{"version": 1, "lessons": {"x": {"title": "", "fingerprint": "", "step": -1, "of": 1, "done": false, "at": 0}}}"#,
        r#"{"version": 1, "lessons": {"x": {"title": "", "fingerprint": "", "step": 1, "of": 1, "done": 0, "at": 0}}}"#,
    ] {
        is_set_aside(document(text), "broken");
    }
    is_set_aside(
        |path| fs::write(path, b"{\"version\": 1, \"\xff\": 1}").unwrap(),
        "broken",
    );
    is_set_aside(|path| fs::create_dir(path).unwrap(), "broken");
    is_set_aside(|path| symlink("/dev/zero", path).unwrap(), "broken");
    is_set_aside(
        |path| symlink(path.file_name().unwrap(), path).unwrap(),
        "broken",
    );
    is_set_aside(
        |path| {
            let made = Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        },
        "broken",
    );
    is_set_aside(
        |path| {
            let deep = "[".repeat(1 << 20);
            fs::write(path, format!("{{\"version\": 1, \"deep\": {deep}")).unwrap();
        },
        "broken",
    );
    // Larger than any that is read: nothing but its length is on the disk.
    is_set_aside(
        |path| fs::File::create(path).unwrap().set_len(1 << 40).unwrap(),
        "broken",
    );
    is_set_aside(document(r#"{"version": 2, "lessons": 3}"#), "newer-2");
    is_set_aside(
        document(r#"{"version": 18446744073709551615}"#),
        "newer-18446744073709551615",
    );
}

#[test]
fn a_file_that_ends_early_is_set_aside_wherever_it_ends() {
    let (folder, store) = folder();
    store
        .update(|progress| {
            progress.visit("xor", &visit(12, vec![record(3, "−0.06", "right")]), 7);
            progress.practise("xor", 2, 5, 7, 8);
        })
        .unwrap();
    let whole = fs::read(store.path()).unwrap();
    let end = whole.trim_ascii_end().len();
    for len in 0..end {
        fs::write(store.path(), &whole[..len]).unwrap();
        let (progress, aside) = store.open().unwrap();
        assert_eq!(progress, Progress::default(), "{len} bytes");
        let aside = aside.unwrap();
        assert!(matches!(aside.why, Unusable::Broken(_)), "{len} bytes");
        assert_eq!(fs::read(&aside.to).unwrap(), &whole[..len]);
        fs::remove_file(aside.to).unwrap();
    }
    fs::write(store.path(), &whole[..end]).unwrap();
    assert_eq!(steps(&store.open().unwrap().0, "xor"), BTreeSet::from([3]));
    assert_eq!(names(folder.path()).len(), 2);
}

/// A strategy of numbers, mostly small, or of something else in their place.
fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => (0..200_u64).prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => ".{0,8}".prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

prop_compose! {
    /// A strategy of documents that are almost valid.
    fn document()(
        version in prop_oneof![9 => Just(Value::from(1)), 1 => number()],
        key in "(xor|/a|.{0,6})",
        text in prop::collection::vec(".{0,300}", 4),
        numbers in prop::collection::vec(number(), 8),
        done in any::<bool>(),
    ) -> Value {
        json!({
            "version": version,
            "lessons": {&key: {
                "title": text[0], "fingerprint": text[1], "step": numbers[0], "of": numbers[1],
                "done": done, "at": numbers[2],
                "answers": [{
                    "step": numbers[3], "given": text[2], "outcome": text[3], "tries": numbers[4],
                    "hints": 0, "slips": [text[0]],
                }],
            }},
            "practice": {&key: {"level": numbers[5], "right": numbers[6], "asked": numbers[7], "at": 1}},
        })
    }
}

/// Checks that a file with any content is read or set aside, and that the program goes on.
fn goes_on_after(bytes: &[u8]) {
    let (_folder, store) = folder();
    fs::write(store.path(), bytes).unwrap();
    let (progress, aside) = store.open().unwrap();
    if let Some(aside) = aside {
        assert_eq!(progress, Progress::default());
        assert_eq!(fs::read(aside.to).unwrap(), bytes);
    }
    for walked in progress.lessons.values() {
        let (right, asked) = walked.score();
        assert!(right <= asked);
        if let Some((step, of)) = walked.place() {
            assert!(1 <= step && step <= of);
        }
    }
    answer(&store, "xor", 1);
    let kept = store.read().unwrap();
    assert!(steps(&kept, "xor").contains(&1));
    for (key, walked) in &progress.lessons {
        assert!(
            key == "xor" || kept.lessons[key] == *walked,
            "{key:?} is lost"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        goes_on_after(&bytes);
    }

    #[test]
    fn any_document_is_survived(document in document()) {
        goes_on_after(document.to_string().as_bytes());
    }
}

#[test]
fn links_are_read_through_and_nothing_is_written_outside() {
    let outside = tempfile::tempdir().unwrap();
    let (inside, real) = folder();
    answer(&real, "xor", 1);

    // The folder may be a link.
    let link = outside.path().join("link");
    symlink(inside.path(), &link).unwrap();
    answer(&Store::new(&link), "xor", 2);
    assert_eq!(steps(&real.read().unwrap(), "xor"), BTreeSet::from([1, 2]));

    // The file may be one: what it leads to is read, and left as it is.
    let elsewhere = outside.path().join("elsewhere.json");
    fs::rename(real.path(), &elsewhere).unwrap();
    symlink(&elsewhere, real.path()).unwrap();
    let before = fs::read(&elsewhere).unwrap();
    answer(&real, "xor", 3);
    assert_eq!(
        steps(&real.read().unwrap(), "xor"),
        BTreeSet::from([1, 2, 3])
    );
    assert_eq!(fs::read(&elsewhere).unwrap(), before);

    // A link that leads nowhere is no file yet.
    fs::remove_file(real.path()).unwrap();
    let nowhere = outside.path().join("nowhere.json");
    symlink(&nowhere, real.path()).unwrap();
    answer(&real, "xor", 4);
    assert_eq!(steps(&real.read().unwrap(), "xor"), BTreeSet::from([4]));
    assert!(!nowhere.exists());

    // The lock is no link: nothing is opened for writing outside.
    let lock = inside.path().join("progress.lock");
    fs::remove_file(&lock).unwrap();
    symlink(outside.path().join("lock"), &lock).unwrap();
    assert!(real.update(|_| {}).is_err());
    assert_eq!(names(outside.path()), set(["elsewhere.json", "link"]));
}

#[test]
fn a_backup_is_made_before_something_is_taken_away() {
    let (folder, store) = folder();
    answer(&store, "xor", 1);
    let before = fs::read(store.path()).unwrap();
    for number in 1..=2 {
        let backup = store
            .update_with_backup(|progress| {
                progress.lessons.remove("xor");
            })
            .unwrap();
        let expected = folder.path().join(format!("progress.json.backup-{number}"));
        assert_eq!(backup, expected);
    }
    assert_eq!(
        fs::read(folder.path().join("progress.json.backup-1")).unwrap(),
        before
    );
    assert!(store.read().unwrap().is_empty());
}

#[test]
fn where_nothing_can_be_written_there_is_an_error_and_no_loss() {
    let (folder, _) = folder();
    // A file in the folder's place: not even root can make a folder there.
    let blocked = folder.path().join("file");
    fs::write(&blocked, "mine").unwrap();
    for store in [Store::new(&blocked), Store::new(blocked.join("deeper"))] {
        let error = store.update(|_| {}).unwrap_err();
        assert!(
            error.to_string().contains("cannot make the folder"),
            "{error}"
        );
    }
    assert_eq!(fs::read(&blocked).unwrap(), b"mine");
}

#[test]
fn who_waits_too_long_for_the_lock_gives_up() {
    let (folder, store) = folder();
    answer(&store, "xor", 1);
    let lock = fs::File::open(folder.path().join("progress.lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let hasty = store.clone().with_patience(Duration::from_millis(20));
    let error = hasty.update(|_| unreachable!("it is locked")).unwrap_err();
    assert!(matches!(error, StoreError::Busy(_)), "{error}");
    // Reading needs no lock.
    assert_eq!(steps(&store.read().unwrap(), "xor"), BTreeSet::from([1]));
    drop(lock);
    answer(&store, "xor", 2);
}

#[test]
#[ignore = "the process that the other tests start"]
fn writer() {
    let variable = |name| std::env::var(name).ok();
    let (Some(folder), Some(lesson), Some(range)) =
        (variable("STORE"), variable("LESSON"), variable("STEPS"))
    else {
        return;
    };
    let (first, last) = range.split_once('-').unwrap();
    // A learner gives up where one other takes long, and has lost something then.
    let gives_up = variable("PATIENCE").map(|ms| Duration::from_millis(ms.parse().unwrap()));
    let store = Store::new(folder);
    let store = match gives_up {
        Some(patience) => store.with_patience(patience),
        None => store,
    };
    for step in first.parse::<usize>().unwrap()..=last.parse().unwrap() {
        let visit = visit(step, vec![record(step, "0.25", "right")]);
        loop {
            match store.update(|progress| progress.visit(&lesson, &visit, 1_000)) {
                Ok(aside) => break assert_eq!(aside, None),
                Err(StoreError::Busy(_)) if gives_up.is_none() => {}
                Err(error) => panic!("{error}"),
            }
        }
        println!("saved {step}");
    }
}

fn start_writer(folder: &Path, lesson: &str, steps: &str) -> Child {
    writer_of(folder, lesson, steps).spawn().unwrap()
}

fn writer_of(folder: &Path, lesson: &str, steps: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--ignored",
            "--exact",
            "store::writer",
            "--nocapture",
            "--test-threads",
            "1",
        ])
        .envs([("LESSON", lesson), ("STEPS", steps)])
        .env("STORE", folder)
        .stdout(Stdio::piped());
    command
}

/// Returns the steps that a writer's output reports as saved.
fn saved(output: &str) -> impl Iterator<Item = usize> {
    // The last line may be half there.
    output
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .filter_map(|line| line.rsplit_once("saved ")?.1.trim().parse().ok())
}

#[test]
fn many_processes_and_threads_lose_nothing() {
    let (folder, store) = folder();
    let mut writers: Vec<Child> = (0..3)
        .map(|i| start_writer(folder.path(), &format!("own-{i}"), "1-12"))
        .chain((0..3).map(|i| {
            let steps = format!("{}-{}", i * 12 + 1, i * 12 + 12);
            start_writer(folder.path(), "shared", &steps)
        }))
        .collect();
    thread::scope(|scope| {
        for i in 0..3 {
            let store = store.clone().with_patience(Duration::from_secs(60));
            scope.spawn(move || {
                for step in 1..=12 {
                    answer(&store, &format!("thread-{i}"), step);
                    answer(&store, "shared", 100 + i * 12 + step);
                }
            });
        }
        // A reader never sees half a file.
        while writers
            .iter_mut()
            .any(|writer| writer.try_wait().unwrap().is_none())
        {
            store.read().unwrap();
        }
    });
    for writer in &mut writers {
        assert!(writer.wait().unwrap().success());
    }
    let kept = store.read().unwrap();
    for i in 0..3 {
        assert_eq!(steps(&kept, &format!("own-{i}")), (1..=12).collect());
        assert_eq!(steps(&kept, &format!("thread-{i}")), (1..=12).collect());
    }
    let shared = (1..=36).chain(101..=136).collect();
    assert_eq!(steps(&kept, "shared"), shared);
}

/// A whole class on one file: that others come first takes longer than one of them may, and nobody gives up for that.
#[test]
fn a_class_of_writers_loses_nothing_however_long_the_queue() {
    const WRITERS: usize = 28;
    const EACH: usize = 10;
    let (folder, store) = folder();
    answer(&store, "first", 1);
    let lock = fs::File::open(folder.path().join("progress.lock")).unwrap();
    // All come at once, and wait for the same.
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let mut writers: Vec<Child> = (0..WRITERS)
        .map(|i| {
            let steps = format!("{}-{}", i * EACH + 1, (i + 1) * EACH);
            let mut writer = writer_of(folder.path(), "shared", &steps);
            writer.env("PATIENCE", "3000").spawn().unwrap()
        })
        .collect();
    drop(lock);
    for writer in &mut writers {
        assert!(writer.wait().unwrap().success());
    }
    let all = (1..=WRITERS * EACH).collect();
    assert_eq!(steps(&store.read().unwrap(), "shared"), all);
}

/// Who waits is given as long again whenever another has written, and no longer.
#[test]
fn a_queue_that_moves_on_is_waited_for_and_one_that_does_not_is_not() {
    let (folder, store) = folder();
    answer(&store, "xor", 1);
    let lock = fs::File::open(folder.path().join("progress.lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let patience = Duration::from_millis(1_200);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let patient = store.clone().with_patience(patience);
            answer(&patient, "xor", 2);
        });
        // Others write in turn, for longer than one of them may take.
        for _ in 0..8 {
            thread::sleep(patience / 6);
            let path = folder.path().join("next");
            fs::copy(store.path(), &path).unwrap();
            fs::rename(&path, store.path()).unwrap();
        }
        drop(lock);
        waiting.join().unwrap();
    });
    assert_eq!(steps(&store.read().unwrap(), "xor"), BTreeSet::from([1, 2]));
}

#[test]
fn an_older_move_does_not_win() {
    let (_folder, store) = folder();
    let write = |visit: &LessonVisit, at| {
        store
            .update(|progress| progress.visit("xor", visit, at))
            .unwrap();
        store.read().unwrap().lessons["xor"].clone()
    };
    let moved = |step, moved, answers| LessonVisit {
        moved,
        ..visit(step, answers)
    };
    write(&moved(40, 20_000, Vec::new()), 20);
    let late = moved(10, 15_000, vec![record(9, "a", "right")]);
    let walked = write(&late, 30);
    assert_eq!((walked.step, walked.moved), (40, 20_000));
    assert_eq!(walked.answers.len(), 1, "what was answered counts");
    // Of another text, which was opened before it was changed, nothing else does.
    let mut other = moved(11, 16_000, vec![record(8, "b", "right")]);
    other.fingerprint = fingerprint("another text");
    other.of = 50;
    let walked = write(&other, 31);
    assert!(walked.is_of(&fingerprint("the lesson's text"), 100_000));
    assert_eq!(
        (walked.step, walked.answers.len(), walked.aside.len()),
        (40, 1, 1)
    );
    // A later one wins, and a clock that was wrong does not count for ever.
    assert_eq!(write(&moved(12, 32_000, Vec::new()), 32).step, 12);
    assert_eq!(write(&moved(13, 90_000_000, Vec::new()), 33).step, 13);
    assert_eq!(write(&moved(14, 40_000, Vec::new()), 40).step, 13);
    assert_eq!(write(&moved(15, 42_000, Vec::new()), 41).step, 15);
}

#[test]
fn a_writer_that_is_killed_loses_nothing_that_was_saved() {
    const KILLS: usize = 60;
    let (folder, store) = folder();
    let mut confirmed = BTreeSet::new();
    for round in 0..KILLS {
        let first = round * 1_000 + 1;
        let mut writer = start_writer(folder.path(), "xor", &format!("{first}-{}", first + 900));
        let mut output = BufReader::new(writer.stdout.take().unwrap());
        // The writer is at work from its first line on; the kills are spread over a few writes after it.
        let mut said = String::new();
        while !said.contains("saved ") {
            said.clear();
            assert_ne!(output.read_line(&mut said).unwrap(), 0, "the writer broke");
        }
        thread::sleep(Duration::from_micros(197 * (round as u64 % 40)));
        writer.kill().unwrap();
        writer.wait().unwrap();
        output.read_to_string(&mut said).unwrap();
        confirmed.extend(saved(&said));

        let kept = steps(&store.read().unwrap(), "xor");
        assert!(confirmed.is_subset(&kept), "after {round} kills");
        // At most the write that was not confirmed any more is there too.
        assert!(kept.len() <= confirmed.len() + round + 1);
    }
    assert!(confirmed.len() >= KILLS);
    answer(&store, "xor", 99_999);
    assert_eq!(
        names(folder.path()),
        set(["progress.json", "progress.lock"]),
        "what killed writers leave is removed"
    );
}

#[test]
fn no_more_is_right_than_was_asked() {
    let mut progress = Progress::default();
    progress.practise("xor", 1, 3, 1, 1);
    let practised = &progress.practice["xor"];
    assert_eq!((practised.right, practised.asked), (1, 1));
}
/// Two programs review at once: what each has graded stays.
#[test]
fn reviews_of_several_programs_are_all_kept() {
    let (_folder, store) = folder();
    let grade = |store: &Store, name: &str| {
        for number in 0..20 {
            let question = format!("{name}{number}");
            store
                .update(|progress| {
                    let cards = &mut progress.review;
                    cards.grade("xor", &question, 1, Grade::Again, 1_000);
                })
                .unwrap();
        }
    };
    thread::scope(|scope| {
        for name in ["a", "b"] {
            let store = store.clone();
            scope.spawn(move || grade(&store, name));
        }
    });
    assert_eq!(store.read().unwrap().review.of("xor").len(), 40);
}

/// A file of an earlier release knows of no reviews: what was missed in it comes back, and nothing else of it changes. One of
/// this release stays readable by those before it, which keep what they do not know.
#[test]
fn misses_in_a_file_of_an_earlier_release_come_back() {
    let (folder, store) = folder();
    let answer = |step: usize, outcome: &str| {
        json!({"step": step, "question": format!("q{step}"), "given": "1", "outcome": outcome, "tries": 1, "hints": 0,
               "since": 500, "at": 1_000})
    };
    let old = json!({"version": 1, "lessons": {"xor": {
        "title": "XOR", "fingerprint": "f", "step": 4, "of": 9, "done": false, "at": 2_000, "asked": 3,
        "answers": [answer(1, "right"), answer(2, "wrong"), answer(3, "seen"), answer(4, "partly")],
    }}, "mine": 7});
    fs::write(folder.path().join("progress.json"), old.to_string()).unwrap();
    let read = store.read().unwrap();
    let steps: Vec<usize> = read.review.of("xor").iter().map(|card| card.step).collect();
    assert_eq!(steps, [2, 3]);
    assert!(
        read.review
            .of("xor")
            .iter()
            .all(|card| card.missed && card.due == 1_600)
    );
    // Once they are answered or dropped they do not come back from the answers again.
    store
        .update(|progress| {
            progress.review.remove("xor", "q2");
            progress.review.remove("xor", "q3");
        })
        .unwrap();
    assert_eq!(store.read().unwrap().review.of("xor"), []);
    let text = fs::read_to_string(folder.path().join("progress.json")).unwrap();
    let kept: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&kept["mine"], &kept["version"]), (&json!(7), &json!(1)));
    assert_eq!(
        kept["lessons"]["xor"]["answers"].as_array().unwrap().len(),
        4
    );
}

/// Numbers in a file that no schedule has are brought within its bounds; keys that are not known stay.
#[test]
fn what_a_file_says_of_reviews_is_taken_with_care() {
    let (folder, store) = folder();
    let card = json!({"question": "q", "step": 0, "due": u64::MAX, "missed": true, "note": "mine",
                      "memory": {"stability": -3.0, "difficulty": 1e300, "at": 5}});
    let file = json!({"version": 1, "review": {"xor": [card]}});
    fs::write(folder.path().join("progress.json"), file.to_string()).unwrap();
    store
        .update(|progress| progress.review.grade("xor", "q", 2, Grade::Hard, 1_000_000))
        .unwrap();
    let text = fs::read_to_string(folder.path().join("progress.json")).unwrap();
    let kept: Value = serde_json::from_str(&text).unwrap();
    let card = &kept["review"]["xor"][0];
    assert_eq!((&card["note"], &card["step"]), (&json!("mine"), &json!(2)));
    let stability = card["memory"]["stability"].as_f64().unwrap();
    assert!((0.001..36_500.0).contains(&stability));
    assert!(card["due"].as_u64().unwrap() > 1_000_000);
    assert!(card["due"].as_u64().unwrap() < 1_000_000 + 40_000 * 86_400);
}
