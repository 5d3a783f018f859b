//! CSV as in RFC 4180, with a separator of the author's choice, read row by row with the place of every cell. Rows are
//! not collected, because an author's file may be large.

use std::borrow::Cow;

use super::Span;
use super::error::{Checked, Problem};
use super::limits::MAX_COLUMNS;
use super::sanitize::{all_forbidden, code_point};

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CsvCell<'t> {
    /// The place of the cell, with its quotes and without the spaces around it.
    pub(super) span: Span,
    /// The text of the cell.
    pub(super) text: Cow<'t, str>,
}

/// The rows of a text that have not been read yet.
pub(super) struct CsvRows<'t> {
    text: &'t str,
    at: usize,
    separator: char,
}

impl<'t> CsvRows<'t> {
    pub(super) fn new(text: &'t str, separator: char) -> Self {
        Self {
            text,
            at: 0,
            separator,
        }
    }

    /// Reads the cells of the next line that is not empty into `cells`. Returns the place of the line, or `None` at the
    /// end.
    pub(super) fn next(&mut self, cells: &mut Vec<CsvCell<'t>>) -> Checked<Option<Span>> {
        cells.clear();
        while self.at < self.text.len() {
            let start = self.at;
            let rest = &self.text[start..];
            let line = rest.split('\n').next().unwrap_or_default();
            self.at = (start + line.len() + 1).min(self.text.len());
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.trim().is_empty() {
                continue;
            }
            split(line, (start, self.separator), cells)?;
            let span = Span {
                start,
                len: line.len(),
            };
            return Ok(Some(span));
        }
        Ok(None)
    }
}

/// Splits a line, which begins at offset `start` of the text, into cells.
fn split<'t>(
    line: &'t str,
    (start, separator): (usize, char),
    cells: &mut Vec<CsvCell<'t>>,
) -> Checked<()> {
    // A tab that parts columns is no blank around a cell.
    let is_blank = |c: char| c.is_whitespace() && c != separator;
    let mut at = 0;
    loop {
        let rest = &line[at..];
        let blank = rest.len() - rest.trim_start_matches(is_blank).len();
        let (text, from, len) = if rest[blank..].starts_with('"') {
            let (text, len) = quoted(&rest[blank..], start + at + blank)?;
            (text, at + blank, len)
        } else {
            let cell = rest.split(separator).next().unwrap_or_default();
            if let Some(quote) = cell.find('"') {
                return Err(
                    Problem::new(place(start + at + quote, 1), "a quote inside a cell")
                        .expected("a cell with quotes begins and ends with one")
                        .help("write `\"a \"\"quoted\"\" word\"`".to_owned()),
                );
            }
            // A cell of spaces is an empty one at its comma.
            let blank = blank.min(cell.len());
            (Cow::Borrowed(cell.trim()), at + blank, cell.trim().len())
        };
        if cells.len() == MAX_COLUMNS {
            return Err(
                Problem::new(place(start + from, len), "too many columns in a line")
                    .expected(format!("at most {MAX_COLUMNS} are allowed")),
            );
        }
        cells.push(CsvCell {
            span: place(start + from, len),
            text,
        });
        let end = from + len;
        let rest = &line[end..];
        let after = rest.trim_start_matches(is_blank);
        at = line.len() - after.len() + 1;
        if after.is_empty() {
            return Ok(());
        }
        if !after.starts_with(separator) {
            return Err(
                Problem::new(place(start + at - 1, 1), "something stands behind a quote")
                    .expected("expected the end of the column or of the line")
                    .help("a quote inside quotes is written twice: `\"\"`".to_owned()),
            );
        }
    }
}

/// Returns the text of a quoted cell at the beginning of `rest`, and its length in bytes, quotes included.
fn quoted(rest: &str, start: usize) -> Checked<(Cow<'_, str>, usize)> {
    let mut at = 1;
    while let Some(quote) = rest[at..].find('"') {
        at += quote + 1;
        if !rest[at..].starts_with('"') {
            let inside = &rest[1..at - 1];
            let text = if inside.contains('"') {
                Cow::Owned(inside.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(inside)
            };
            return Ok((text, at));
        }
        at += 1;
    }
    Err(Problem::new(place(start, 1), "a quote is not closed")
        .expected("a cell in quotes ends with a quote on the same line"))
}

fn place(start: usize, len: usize) -> Span {
    Span { start, len }
}

/// Returns the separator of a text, as its first line shows: a semicolon if there is one outside of quotes, else a tab,
/// else a comma. A tab beside commas parts the columns only where the commas belong to numbers.
pub(super) fn separator(text: &str) -> char {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or_default();
    let outside = line.split('"').step_by(2);
    let has = |sign: char| outside.clone().any(|part| part.contains(sign));
    let is_number = |cell: &str| cell.trim().replace(',', ".").parse::<f64>().is_ok();
    let owns_commas = |cell: &str| !cell.contains(',') || is_number(cell);
    if has(';') {
        ';'
    } else if has('\t') && (!has(',') || line.split('\t').all(owns_commas)) {
        '\t'
    } else {
        ','
    }
}

/// Returns a problem for every control character and every invisible one, other than the separator.
pub(super) fn check_characters(text: &str, separator: char) -> impl Iterator<Item = Problem> {
    let forbidden = all_forbidden(text).filter(move |(_, c, _)| *c != separator);
    forbidden.map(move |(span, c, what)| {
        let help = match c {
            '\t' => "columns are parted by something else here: to part them by tabs, say `separator: tab`",
            '\r' => "lines end with a line feed, or a carriage return and a line feed",
            _ => "a CSV file has visible characters, spaces and line breaks only",
        };
        let message = format!("{what} ({}) in a CSV file", code_point(c));
        Problem::new(span, message)
            .expected("not allowed here")
            .help(help.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the cells of every row, after checking their places.
    fn rows(text: &str) -> Vec<Vec<String>> {
        let mut rows = CsvRows::new(text, separator(text));
        let mut cells = Vec::new();
        let mut found = Vec::new();
        while rows.next(&mut cells).unwrap().is_some() {
            found.push(
                cells
                    .iter()
                    .map(|cell| {
                        let raw = &text[cell.span.start..cell.span.start + cell.span.len];
                        let bare = raw.trim_matches('"').replace("\"\"", "\"");
                        assert_eq!(cell.text, bare);
                        cell.text.clone().into_owned()
                    })
                    .collect(),
            );
        }
        found
    }

    #[test]
    fn rows_are_split_at_commas_outside_of_quotes() {
        assert_eq!(rows("a,b\n1,2"), [["a", "b"], ["1", "2"]]);
        assert_eq!(rows("a , b\r\n\r\n 1,\t2 \r\n"), [["a", "b"], ["1", "2"]]);
        assert_eq!(rows("\"a, b\", \"c\"\"d\" ,é\n"), [["a, b", "c\"d", "é"]]);
        assert_eq!(rows(",\n , ,\n"), [vec!["", ""], vec!["", "", ""]]);
        assert_eq!(rows("\"\",x"), [["", "x"]]);
        assert_eq!(rows("a;b\n 0,5;\"x;y\""), [["a", "b"], ["0,5", "x;y"]]);
        assert_eq!(rows("a\tb\n1\t\t"), [vec!["a", "b"], vec!["1", "", ""]]);
        assert_eq!(rows("0,5\t1"), [["0,5", "1"]]);
        assert_eq!(rows("0,5\tyes\t?\t"), [["0,5", "yes", "?", ""]]);
        assert_eq!(rows("a,b\t,1"), [["a", "b", "1"]]);
        assert!(rows("").is_empty() && rows("\n \n").is_empty());
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        for (text, wrong) in [
            ("a,b\n1,\"2\n", "\"2"),
            ("a\nx\"y\"\n", "\"y"),
            ("\"a\"b,c\n", "b,c"),
            ("\"a\"\"\n", "\"a"),
        ] {
            let mut rows = CsvRows::new(text, ',');
            let mut cells = Vec::new();
            let problem = loop {
                match rows.next(&mut cells) {
                    Ok(row) => assert!(row.is_some(), "{text} was read"),
                    Err(problem) => break problem,
                }
            };
            assert_eq!(problem.span().start, text.find(wrong).unwrap(), "{text}");
        }
        let wide = CsvRows::new(&",".repeat(MAX_COLUMNS), ',').next(&mut Vec::new());
        assert!(wide.is_err());
        assert!(
            CsvRows::new(&",".repeat(MAX_COLUMNS - 1), ',')
                .next(&mut Vec::new())
                .is_ok()
        );
    }

    #[test]
    fn no_character_is_let_through_that_a_terminal_obeys() {
        assert_eq!(check_characters("a,é\r\n1,2\n", ',').next(), None);
        for c in ['\t', '\u{1b}', '\u{202e}', '\0', '\r'] {
            let text = format!("a,b\n1,{c}2");
            let problems: Vec<_> = check_characters(&text, ',').collect();
            assert_eq!((problems.len(), problems[0].span().start), (1, 6));
        }
    }
}
