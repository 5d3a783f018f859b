//! The right word that is nearest to a wrong one.

/// The candidate nearest to `word`, if any is near enough to be what was meant: at most a third of the
/// letters differ, or only their case. Ties go to the candidate that comes first.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    near(word, candidates).into_iter().next()
}

/// All candidates that are near enough, the nearest first.
pub(crate) fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // Nothing so long is a misspelt word, and distances cost its square.
    const LONGEST: usize = 64;
    const SHORTEST_BEGINNING: usize = 3;
    let letters = word.chars().count();
    if letters == 0 || letters > LONGEST {
        return Vec::new();
    }
    let folded = word.to_lowercase();
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = candidate.to_lowercase();
            // Who writes the beginning of a word means it.
            if letters >= SHORTEST_BEGINNING && other.starts_with(&folded) {
                return Some((1, candidate));
            }
            let distance = strsim::damerau_levenshtein(&folded, &other);
            let allowed = (letters.max(candidate.chars().count()) / 3).max(1);
            (distance <= allowed && distance < letters).then_some((distance, candidate))
        })
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// ``did you mean `layers`?``
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, candidates).map(|right| format!("did you mean `{right}`?"))
}

/// `a, b or c`
pub(crate) fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let known = ["inputs", "layers", "weights", "init"];
        assert_eq!(nearest("leyers", known), Some("layers"));
        assert_eq!(nearest("LAYERS", known), Some("layers"));
        assert_eq!(nearest("input", known), Some("inputs"));
        assert_eq!(nearest("weig", known), Some("weights"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"layers".repeat(1000), known), None);
        assert_eq!(
            nearest("w", ["x"]),
            None,
            "a single letter is no misspelling of another"
        );
    }
}
