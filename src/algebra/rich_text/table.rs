//! A table of names and numbers, as lines of text.

use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::{Decimals, Fragment, RichText};

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum TableCell {
    /// A name, a count, a setting; may be empty.
    Words(String),
    /// A number, with the decimals that the reader chooses.
    Number(f64),
}

impl TableCell {
    /// Returns whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Words(words) if words.is_empty())
    }

    fn text(&self, decimals: Decimals) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Number(value) => decimals.number(*value),
        }
    }
}

/// Rows of as many cells each, of which the first names the columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    rows: Vec<Vec<TableCell>>,
}

impl Table {
    /// The width of the text on a screen of 80 columns.
    pub const NARROW: usize = 48;

    /// Creates a table of rows. If it is too wide for a screen of 80 columns, and not when it is turned, its columns become
    /// its rows.
    pub fn new(rows: Vec<Vec<TableCell>>) -> Self {
        let table = Self { rows };
        let turned = table.turned();
        let is_too_wide = |table: &Self| table.width(1, Decimals::default()) > Self::NARROW;
        if is_too_wide(&table) && !is_too_wide(&turned) {
            turned
        } else {
            table
        }
    }

    fn turned(&self) -> Self {
        let columns = self.rows.first().map_or(0, Vec::len);
        let column = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells.cloned().collect()
        };
        Self {
            rows: (0..columns).map(column).collect(),
        }
    }

    /// Returns the lines, one for each row.
    pub fn lines(self) -> Vec<RichText> {
        let count = self.rows.len();
        let table = Arc::new(self);
        let line = |row| RichText::new().piece(Fragment::Row(Arc::clone(&table), row), false);
        (0..count).map(line).collect()
    }

    /// Returns the width of each column.
    fn widths(&self, decimals: Decimals) -> Vec<usize> {
        let columns = self.rows.first().map_or(0, Vec::len);
        let cells = |at: usize| self.rows.iter().filter_map(move |row| row.get(at));
        let width = |at| cells(at).map(|cell| cell.text(decimals).width()).max();
        (0..columns).map(|at| width(at).unwrap_or(0)).collect()
    }

    fn width(&self, gap: usize, decimals: Decimals) -> usize {
        let widths = self.widths(decimals);
        widths.iter().sum::<usize>() + gap * widths.len().saturating_sub(1)
    }

    /// Returns a row as text.
    pub(super) fn text(&self, row: usize, decimals: Decimals) -> String {
        let gap = if self.width(2, decimals) > Self::NARROW {
            " "
        } else {
            "  "
        };
        let cells = self.rows[row].iter().zip(self.widths(decimals));
        let cells = cells.enumerate().map(|(at, (cell, width))| {
            let cell = cell.text(decimals);
            let space = " ".repeat(width.saturating_sub(cell.width()));
            // Names begin at the left, numbers end at the right.
            if at == 0 {
                cell + &space
            } else {
                space + &cell
            }
        });
        cells.collect::<Vec<_>>().join(gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: &[&str], facts: usize) -> Vec<RichText> {
        let words = |text: &str| TableCell::Words(text.to_owned());
        let head =
            std::iter::once(words("")).chain((0..facts).map(|fact| words(&format!("fact {fact}"))));
        let row = |name: &&str| {
            let numbers = (0..facts).map(|fact| TableCell::Number(fact as f64 + 1.0 / 3.0));
            std::iter::once(words(name)).chain(numbers).collect()
        };
        let rows = std::iter::once(head.collect()).chain(names.iter().map(row));
        Table::new(rows.collect()).lines()
    }

    #[test]
    fn a_table_fits_a_narrow_screen_where_it_can() {
        let text = |lines: &[RichText], decimals| -> Vec<String> {
            lines.iter().map(|line| line.text(decimals)).collect()
        };
        let three = Decimals::default();
        let few = table(&["one", "other"], 2);
        assert_eq!(
            text(&few, three),
            [
                "       fact 0  fact 1",
                "one     0.333   1.333",
                "other   0.333   1.333"
            ]
        );
        // As many decimals as the reader wants.
        assert_eq!(text(&few, Decimals::new(6))[1], "one    0.333333  1.333333");
        // Six facts go close together, nine become rows.
        assert_eq!(
            text(&table(&["the first"], 5), three)[1],
            "the first  0.333  1.333  2.333  3.333  4.333"
        );
        let turned = table(&["the first", "the second"], 9);
        assert_eq!(turned.len(), 10);
        assert_eq!(
            text(&turned, three)[..2],
            [
                "        the first  the second",
                "fact 0      0.333       0.333"
            ]
        );
        for facts in 1..12 {
            for line in text(&table(&["the first", "the second"], facts), three) {
                assert!(line.width() <= Table::NARROW, "{line}");
            }
        }
    }
}
