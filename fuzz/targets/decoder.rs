//! Bytes from a terminal to keys: whatever comes, and however it is cut, the keys are the same.
#![no_main]

use std::time::Instant;

use crossterm::event::KeyEvent;
use libfuzzer_sys::fuzz_target;
use nn_tutor::terminal::Decoder;

fn keys<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<KeyEvent> {
    let now = Instant::now();
    let mut decoder = Decoder::default();
    let mut keys = Vec::new();
    for piece in pieces {
        decoder.feed(piece, now, &mut keys);
    }
    if let Some(deadline) = decoder.deadline() {
        decoder.expire(deadline, &mut keys);
    }
    keys
}

fuzz_target!(|data: &[u8]| {
    let Some((&length, bytes)) = data.split_first() else {
        return;
    };
    let length = usize::from(length).max(1);
    assert_eq!(keys([bytes].into_iter()), keys(bytes.chunks(length)));
});
