//! Words of messages: suggestions of a right word for a wrong one, and lists.

use crate::engine::Activation;

/// Returns the candidate most similar to `word`, if it is similar enough to be meant: at most a third of the letters
/// differ, or only their case. Of equally similar candidates it is the first.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    near(word, candidates).into_iter().next()
}

/// Returns all candidates that are similar enough, the most similar first.
pub(crate) fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // A longer text is not a misspelt word, and the cost of distances is quadratic.
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
            // A beginning of a word counts as that word.
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

/// Returns a question such as ``did you mean `layers`?``
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, candidates).map(|right| format!("did you mean `{right}`?"))
}

/// Returns a list in words, such as `a, b or c`.
pub(crate) fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Returns a list in words, such as `a, b and c`.
pub(crate) fn all_of(names: &[String]) -> String {
    match names {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        _ => names.concat(),
    }
}

/// Returns an output with this activation, in words: `an elu output with alpha 0.5`.
pub(crate) fn output_of(phi: Activation) -> String {
    let name = phi.plain().name();
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    let parameter = phi
        .unusual_parameter()
        .map_or_else(String::new, |parameter| format!(" with {parameter}"));
    format!("{article} {name} output{parameter}")
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
