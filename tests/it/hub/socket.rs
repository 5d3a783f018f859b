//! The folder and the socket of a class: what is left of another hub, or is somebody else's.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use nn_tutor::hub::{
    AddressError, Hub, HubError, Line, LineError, OpenClass, folder_of, open_classes, own_uid,
};
use tempfile::TempDir;

use super::room::{Client, Room, config, lesson, student, unlocked};

fn folder(below: &TempDir) -> PathBuf {
    folder_of(own_uid(), below.path())
}

fn opened(below: &TempDir) -> Result<Hub, AddressError> {
    match Hub::open(config(below.path(), lesson())) {
        Ok(hub) => Ok(hub),
        Err(HubError::Address(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

fn class(below: &TempDir) -> OpenClass {
    OpenClass::named("class", own_uid(), below.path()).unwrap()
}

fn connected(below: &TempDir) -> Result<Line, AddressError> {
    match Line::connect(&class(below)) {
        Ok(line) => Ok(line),
        Err(LineError::Address(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

fn set_mode(path: impl AsRef<std::path::Path>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn all_may_reach_a_class_and_only_the_teacher_changes_its_folder() {
    let below = tempfile::tempdir().unwrap();
    assert!(matches!(connected(&below), Err(AddressError::NoClass)));
    let hub = opened(&below).unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(folder(&below)), 0o755);
    assert_eq!(mode(folder(&below).join("class.sock")), 0o666);
    let classes = open_classes(below.path());
    assert_eq!(classes, [class(&below)]);
    assert_eq!(
        (classes[0].name.as_str(), classes[0].teacher),
        ("class", own_uid())
    );
    drop(hub);
    assert!(
        open_classes(below.path()).is_empty(),
        "nothing is left of it"
    );
}

#[test]
fn of_two_hubs_the_second_is_told() {
    let below = tempfile::tempdir().unwrap();
    let room = Room::below(below.path(), |_| {});
    let second = opened(&below);
    assert!(matches!(second, Err(AddressError::Open(name)) if name == "class"));
    assert!(
        room.client(&student("Ada")).is_ok(),
        "the first is unharmed"
    );
}

#[test]
fn a_stale_socket_is_replaced() {
    let below = tempfile::tempdir().unwrap();
    fs::create_dir(folder(&below)).unwrap();
    // Of a hub that was killed.
    drop(UnixListener::bind(folder(&below).join("class.sock")).unwrap());
    assert!(matches!(connected(&below), Err(AddressError::NoClass)));
    let room = Room::below(below.path(), |_| {});
    assert!(room.client(&student("Ada")).is_ok());
}

#[test]
fn a_socket_that_is_taken_away_comes_back() {
    let below = tempfile::tempdir().unwrap();
    let room = Room::below(below.path(), |_| {});
    let mut ada = room.student("Ada");
    let socket = folder(&below).join("class.sock");
    for takes_away in [
        &(|| fs::remove_file(&socket).unwrap()) as &dyn Fn(),
        &|| fs::remove_dir_all(folder(&below)).unwrap(),
        &|| {
            fs::remove_file(&socket).unwrap();
            fs::write(&socket, "in the way").unwrap();
        },
    ] {
        takes_away();
        // As soon as the hub has seen it; until then nothing is there, or nobody listens.
        let came = std::iter::repeat_with(|| connected(&below)).find(Result::is_ok);
        assert!(came.is_some());
        assert!(Client::come(&class(&below), &student("Alan")).is_ok());
    }
    ada.send(&nn_tutor::hub::ToHub::Hand { up: true });
    ada.own(|own| own.hand);
}

#[test]
fn what_others_could_have_made_is_not_connected_to() {
    let below = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let foreign = |what: &str| {
        assert!(open_classes(below.path()).is_empty(), "{what}");
        match connected(&below) {
            Err(AddressError::Foreign { what: said, .. }) => assert_eq!(said, what),
            other => panic!("{what}: {other:?}"),
        }
    };
    let socket = folder(&below).join("class.sock");
    let _listener = UnixListener::bind(elsewhere.path().join("class.sock")).unwrap();
    // A link in the place of the folder.
    symlink(elsewhere.path(), folder(&below)).unwrap();
    foreign("is no folder of its own");
    assert!(opened(&below).is_err());
    fs::remove_file(folder(&below)).unwrap();
    // A file in its place.
    fs::write(folder(&below), "").unwrap();
    foreign("is no folder of its own");
    assert!(opened(&below).is_err());
    fs::remove_file(folder(&below)).unwrap();
    // One that others may write to.
    fs::create_dir(folder(&below)).unwrap();
    let _other = UnixListener::bind(&socket).unwrap();
    for mode in [0o777, 0o775, 0o1777] {
        set_mode(folder(&below), mode);
        foreign("can be changed by others");
    }
    set_mode(folder(&below), 0o755);
    // A link or a file in the place of the socket.
    fs::remove_file(&socket).unwrap();
    symlink(elsewhere.path().join("class.sock"), &socket).unwrap();
    foreign("is no socket");
    fs::remove_file(&socket).unwrap();
    fs::write(&socket, "").unwrap();
    foreign("is no socket");
    // A hub takes its folder back, and clears what is in the way.
    set_mode(folder(&below), 0o777);
    let hub = opened(&below).unwrap();
    assert!(connected(&below).is_ok());
    drop(hub);
    unlocked(below.path());
    fs::create_dir(&socket).unwrap();
    assert!(matches!(opened(&below), Err(AddressError::Foreign { .. })));
}

#[test]
fn the_folder_of_somebody_else_is_left_alone() {
    let below = tempfile::tempdir().unwrap();
    fs::create_dir(folder(&below)).unwrap();
    let socket = folder(&below).join("class.sock");
    let _listener = UnixListener::bind(&socket).unwrap();
    if std::os::unix::fs::chown(folder(&below), Some(54_321), None).is_err() {
        println!("not run: only root may give a folder away");
        return;
    }
    for result in [connected(&below).map(drop), opened(&below).map(drop)] {
        match result {
            Err(AddressError::Foreign { what, .. }) => assert_eq!(what, "belongs to somebody else"),
            other => panic!("{other:?}"),
        }
    }
    assert!(open_classes(below.path()).is_empty());
    // Also where only the socket is somebody else's.
    std::os::unix::fs::chown(folder(&below), Some(own_uid()), None).unwrap();
    std::os::unix::fs::chown(&socket, Some(54_321), None).unwrap();
    assert!(matches!(
        connected(&below),
        Err(AddressError::Foreign { .. })
    ));
    assert!(open_classes(below.path()).is_empty());
}
