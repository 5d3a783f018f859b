//! The file of progress, which anything may have written: it is read or set aside, and what is added stays.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nn_tutor::store::Store;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|data: &[u8]| {
    let store = Store::new(FOLDER.path());
    fs::write(store.path(), data).expect("a file of progress");
    if store
        .update(|progress| progress.practise("xor", 2, 1, 3, 7))
        .is_ok()
    {
        let progress = store.read().expect("what was just written");
        assert!(progress.knows("xor"));
    }
    // What was set aside need not be kept here.
    for file in fs::read_dir(FOLDER.path()).expect("the folder").flatten() {
        let _ = fs::remove_file(file.path());
    }
});
