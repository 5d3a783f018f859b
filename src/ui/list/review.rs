//! The review at the end of a lesson: the missed questions, each with the learner's answer, the right one, and the
//! slip.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::window::{ListWindow, draw_bar, draw_count, inset, pointer};
use crate::algebra::RichText;
use crate::session::{Missed, Session};
use crate::tutor::Outcome;
use crate::ui::question::{self, paragraphs};
use crate::ui::style::Role;
use crate::ui::text::{Line, fitted, line_width, put, put_line};
use crate::ui::view::View;

/// Draws the list of missed questions, with the chosen one in sight.
pub(in crate::ui) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let inner = inset(area);
    let width = usize::from(inner.width);
    let score = score_line(view.session);
    put(
        buf,
        inner,
        inner.x,
        inner.y,
        &theme.text(&score),
        theme.style(Role::Title),
    );
    let list = Rect {
        y: inner.y + 2,
        height: inner.height.saturating_sub(2),
        ..inner
    };
    let missed = view.session.review();
    let at = view.session.review_at().min(missed.len().saturating_sub(1));
    let blocks: Vec<Vec<Line>> = missed
        .iter()
        .enumerate()
        .map(|(i, missed)| block(view, missed, i == at, width))
        .collect();
    let start = blocks[..at].iter().map(Vec::len).sum();
    let chosen = start..start + blocks.get(at).map_or(0, Vec::len);
    let lines = blocks.concat();
    let window = ListWindow::around(&chosen, lines.len(), usize::from(list.height));
    for (y, line) in (list.y..list.bottom()).zip(window.shown(&lines)) {
        if line.first().is_some_and(|(_, role)| *role == Role::Cursor) {
            draw_bar(list, y, theme, buf);
        }
        put_line(buf, list, list.x, y, line, theme);
    }
    if window.most_scroll() > 0 {
        let count = format!("{} of {}", at + 1, missed.len());
        draw_count(&count, inner, area.y + 1, theme, buf);
    }
}

/// Returns the heading: `4 of 6 questions right. Not yet:`
fn score_line(session: &Session) -> String {
    let score = session.score();
    let s = if score.asked == 1 { "" } else { "s" };
    format!(
        "{} of {} question{s} right. Not yet:",
        score.right, score.asked
    )
}

/// Returns the lines of a missed question: its step, the question, the learner's answer with its feedback, and the
/// right answer.
fn block(view: &View, missed: &Missed, is_chosen: bool, width: usize) -> Vec<Line> {
    let theme = view.theme;
    let pointer = pointer(is_chosen, theme);
    let step = view.session.trace().step(missed.step);
    let number = view.session.trace().number(missed.step);
    let head = if step.is_ask() {
        format!("{pointer}step {number}")
    } else {
        format!("{pointer}step {number}: {}", step.title())
    };
    let head = theme.text(&head).into_owned();
    let role = if is_chosen { Role::Cursor } else { Role::Title };
    let mut lines = vec![vec![(fitted(&head, width, theme), role)]];
    let room = width.saturating_sub(INDENT);
    let mut add = |text: &[RichText], lead: &[(String, Role)], indent: usize| {
        for mut line in paragraphs(view, text, lead, indent, room) {
            line.insert(0, (" ".repeat(INDENT), Role::Text));
            lines.push(line);
        }
    };
    add(&missed.question, &[], 0);
    if missed.given.is_empty() {
        add(&[RichText::from("Not answered.")], &[], 0);
    } else {
        let rich_text =
            question::answer_and_feedback(view, &missed.given, &missed.feedback, 1, room);
        let lead = question::outcome_mark(Outcome::Wrong, theme);
        add(&rich_text, &lead, line_width(&lead));
    }
    let lead = question::outcome_mark(Outcome::Right, theme);
    add(&missed.answer, &lead, line_width(&lead));
    lines.push(Line::new());
    lines
}

/// The columns by which the lines below a question are indented.
const INDENT: usize = 4;
