//! The text of the page and, if something is asked, the question with the input line: how they share the rows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::Page;
use crate::session::{Command, Mode};
use crate::ui::question::{self, QuestionLines};
use crate::ui::style::Role;
use crate::ui::text::{Line, first_fitting, put, put_line, put_right};
use crate::ui::view::View;

/// The least lines of a question and its answers, with the input line: usually, and in few rows.
pub(super) const LEAST_ASKED: [usize; 2] = [6, 3];

/// The lines of a question, in the forms in which they can stand on the page.
pub(super) struct QuestionForms {
    /// Question, input line and replies one below the other, with empty lines between them.
    pub airy: Vec<Line>,
    /// The same without empty lines; and without the numbers as they are typed, which the input line holds as well.
    tight: [Vec<Line>; 2],
    /// The question and the replies without the input line, the newest first.
    newest: Vec<Line>,
}

impl QuestionForms {
    pub(super) fn new(asking: &QuestionLines, input: Line) -> Self {
        let QuestionLines {
            question,
            cells,
            keeps_cells,
            replies,
            newest,
        } = asking;
        let kept = if *keeps_cells { &cells[..] } else { &[] };
        let air = vec![Line::new()];
        let behind = if replies.is_empty() { &[][..] } else { &air };
        let input = [input];
        Self {
            airy: [question, &air[..], cells, &input, behind, replies].concat(),
            tight: [
                [question, cells, &input[..], replies].concat(),
                [question, kept, &input[..], replies].concat(),
            ],
            newest: [kept, newest, question].concat(),
        }
    }
}

impl QuestionForms {
    /// Returns the rows of the shortest form in which all of it is in sight.
    pub(super) fn least(&self) -> usize {
        let rows = self.tight.iter().map(Vec::len);
        rows.min().unwrap_or(0)
    }
}

impl Page<'_> {
    /// Sets the question, the input line and the replies one below the other. If there is no room for all, the input
    /// line is at the end, with the newest reply first above it.
    pub(super) fn set_question(&mut self, asked: QuestionForms) {
        let rows = self.text_rows;
        if asked.airy.len() <= rows {
            self.text = asked.airy;
        } else if let Some(tight) = asked.tight.into_iter().find(|tight| tight.len() <= rows) {
            self.text = tight;
        } else {
            self.text = asked.newest;
            self.pinned = true;
            self.text_rows = rows.saturating_sub(1);
        }
    }

    /// Returns the number of rows by which the text can be scrolled.
    pub(in crate::ui) fn most_scroll(&self) -> usize {
        if self.text.len() <= self.text_rows || self.text_rows == 0 {
            0
        } else {
            // The last row says that there is more; so does the input line.
            let own = usize::from(!self.pinned);
            self.text.len() - self.text_rows.saturating_sub(own).max(1)
        }
    }

    /// Returns the number of rows of a text that scrolls.
    pub(in crate::ui) fn rows_in_sight(&self) -> usize {
        let own = usize::from(!self.pinned);
        self.text_rows.saturating_sub(own).max(1)
    }

    pub(super) fn draw_text(&self, view: &View, area: Rect, buf: &mut Buffer) {
        let top = area.y + u16::try_from(self.text_at).unwrap_or(u16::MAX);
        let scroll = view.session.scroll().min(self.most_scroll());
        let left = self.text.len() - scroll;
        let cut = left > self.text_rows;
        let says_more = (cut || scroll > 0) && self.text_rows > 0;
        let shown = if says_more && !self.pinned {
            self.text_rows.saturating_sub(1).min(left)
        } else {
            self.text_rows.min(left)
        };
        let lines = self.text.iter().skip(scroll).take(shown);
        for (y, line) in (top..).zip(lines) {
            put_line(buf, area, area.x, y, line, view.theme);
        }
        let last = self.text_rows.saturating_sub(usize::from(!self.pinned));
        let y = top + u16::try_from(last).unwrap_or(u16::MAX);
        let more = if says_more {
            let more = self.more(view, left.saturating_sub(shown));
            put_right(buf, area, y, &more, view.theme.style(Role::Key));
            more.width() + 2
        } else {
            0
        };
        if let Some(asked) = view.waiting().filter(|_| self.pinned) {
            let input =
                question::input_line(view, asked, usize::from(area.width).saturating_sub(more));
            put_line(buf, area, area.x, y, &input, view.theme);
        }
    }

    /// Draws a number that waits for a movement, below the text, or over its last line.
    pub(super) fn draw_pending(&self, view: &View, area: Rect, buf: &mut Buffer) {
        let session = view.session;
        let Some(number) = session.typed().filter(|_| session.mode() != Mode::GoTo) else {
            return;
        };
        let theme = view.theme;
        let typed = format!("{}{number}{}", theme.pick("› ", "> "), theme.pick("▏", "_"));
        let forms = [
            format!("{typed}  then → so many steps on, G to that step, Esc forgets it"),
            format!("{typed}  then →, ←, ↓ … or G"),
            typed,
        ]
        .map(|form| theme.text(&form).into_owned());
        let [.., least] = &forms;
        let width = usize::from(area.width);
        let text = first_fitting(&forms, width).unwrap_or(least);
        let last = self.explanation_at.saturating_sub(1);
        let below = self.text_at + self.text.len().min(self.text_rows) + 1;
        let y = area.y + u16::try_from(below.min(last)).unwrap_or(u16::MAX / 2);
        put(
            buf,
            area,
            area.x,
            y,
            &" ".repeat(width),
            theme.style(Role::Text),
        );
        put(buf, area, area.x, y, text, theme.style(Role::Title));
    }

    /// Returns the line that says how much of the text lies below, and the key that scrolls to it.
    fn more(&self, view: &View, hidden: usize) -> String {
        let more = if hidden > 0 {
            let s = if hidden == 1 { "" } else { "s" };
            let lines = if self.pinned {
                String::new()
            } else {
                format!(" line{s}")
            };
            let key = view.key(Command::PageDown);
            let key = key.or_else(|| view.key(Command::ScrollDown));
            let key = key.unwrap_or_else(|| "J".into());
            format!("↓ {hidden} more{lines}: {key}")
        } else {
            let key = view.key(Command::PageUp);
            let key = key.or_else(|| view.key(Command::ScrollUp));
            let key = key.unwrap_or_else(|| "K".into());
            format!("↑ back: {key}")
        };
        view.theme.text(&more).into_owned()
    }
}
