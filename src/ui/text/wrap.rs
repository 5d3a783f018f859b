//! Breaking text into lines.

use crate::algebra::lines::{glued, unglued};

/// How much deeper an indented line goes on where it is broken.
const DEEPER: usize = 4;

/// Returns a text in lines of at most `width` columns.
pub(in crate::ui) fn wrapped(text: &str, width: usize) -> Vec<String> {
    hanging(text, 0, 0, width)
}

/// Returns a line of the author's in lines of at most `width` columns: indented as it is, what does not fit into the
/// first of them deeper, as in code.
pub(in crate::ui) fn indented(text: &str, width: usize) -> Vec<String> {
    let indent = (text.len() - text.trim_start_matches(' ').len()).min(width / 2);
    let others = if indent > 0 {
        (indent + DEEPER).min(width / 2)
    } else {
        0
    };
    let lines = hanging(text, indent, others, width).into_iter().enumerate();
    let lines = lines.map(|(i, line)| " ".repeat(if i == 0 { indent } else { others }) + &line);
    lines.collect()
}

/// Returns a text in lines that leave room to indent the first line and the others, each by a number of columns.
pub(in crate::ui) fn hanging(text: &str, first: usize, others: usize, width: usize) -> Vec<String> {
    let (first, others) = (" ".repeat(first), " ".repeat(others));
    let options = textwrap::Options::new(width.max(1))
        .initial_indent(&first)
        .subsequent_indent(&others)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
        // No break inside of a formula: `(δ⁽¹⁾[1+])ᵀ`, `∂J/∂w`.
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let text = glued(text.trim(), width / 2);
    let lines = textwrap::wrap(&text, options).into_iter().enumerate();
    let indent = |i| if i == 0 { first.len() } else { others.len() };
    lines
        .map(|(i, line)| unglued(line.get(indent(i)..).unwrap_or_default()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_long_words_where_they_must() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("  (0,0) → 0:  w ", 40), ["(0,0) → 0:  w"]);
        assert_eq!(wrapped("abcdefgh", 5), ["abcde", "fgh"]);
        assert_eq!(wrapped("", 5), [""]);
        assert_eq!(
            wrapped("so it is ŷ(1 − ŷ) all", 14),
            ["so it is", "ŷ(1 − ŷ) all"]
        );
    }

    #[test]
    fn lines_of_the_author_keep_their_indentation() {
        assert_eq!(indented("one two", 4), ["one", "two"]);
        assert_eq!(indented("  one two", 9), ["  one two"]);
        assert_eq!(indented("  one two", 8), ["  one", "    two"]);
        // However far it is indented, there is room for a word.
        assert_eq!(indented("          one", 10), ["     one"]);
    }
}
