//! Messages where commands are typed: what is typed in place of keys, and how a choice is typed.

use crate::session::ChooseWhat;

/// The words about keys, and those about what is typed instead.
const WORDS: [(&str, &str); 17] = [
    (
        "u takes it back, x compares, C lists the changes, w writes a lesson file",
        "undo takes it back, compare shows the lesson as it was, changes lists them, write NAME.yaml writes a \
         lesson file",
    ),
    ("Esc, then →", "→"),
    ("→ shows the training", "Enter shows the training"),
    (
        "→ goes on with the lesson's own numbers",
        "Enter goes on with the lesson's own numbers",
    ),
    ("x shows yours again", "compare shows yours again"),
    (
        "x shows your changes again",
        "compare shows your changes again",
    ),
    (
        "x leads back to your changes",
        "compare leads back to your changes",
    ),
    (
        "Enter leads to the numbers that it comes from",
        "e explains it",
    ),
    (
        "u takes the last change back",
        "undo takes the last change back",
    ),
    (
        "u brings the one before back",
        "undo brings the one before back",
    ),
    ("counts (x)", "counts (compare)"),
    (
        "x shows them, u takes a change back",
        "compare shows them, undo takes a change back",
    ),
    (
        "The class sees what you change. x shows everybody the lesson as it was, and again your changes.",
        "The class sees what you change; undo takes the last change back.",
    ),
    (
        "f frees the class for it",
        "`free` lets everybody work on it",
    ),
    (
        "Tab goes to the numbers; + and − change the one under the cursor",
        "set NAME VALUE changes a number",
    ),
    (" Space plays on.", ""),
    ("in the choices (c)", "in the choices"),
];

/// Returns a message with what is typed here in place of keys.
pub(super) fn in_typed_words(said: &str) -> String {
    WORDS.iter().fold(said.to_owned(), |said, (keys, words)| {
        said.replace(keys, words)
    })
}

/// Returns which choice is turned, counted from 1, and to what: `3`, `-3`, `3 0.02`.
pub(super) fn choice(typed: &str) -> Option<(usize, ChooseWhat<'_>)> {
    let (number, what) = match typed.split_once(char::is_whitespace) {
        Some((number, value)) => (number, ChooseWhat::Value(value.trim())),
        None => match typed.strip_prefix(['-', '−']) {
            Some(number) => (number, ChooseWhat::Before),
            None => (typed, ChooseWhat::Next),
        },
    };
    let number = number.parse().ok().filter(|number| *number > 0)?;
    Some((number, what))
}

/// Returns the same in the lab, where a network is trained with this learning rate.
pub(super) fn in_typed_words_of_lab(said: &str, rho: f64) -> String {
    let halves = format!("set rho {} halves ρ", rho / 2.0);
    in_typed_words(said).replace("[ halves ρ", &halves)
}
