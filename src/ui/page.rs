//! The page, on the left: formula, matrix equation, narration or question, and the explanation of the number under the
//! cursor.

mod explanation;
mod matrix;
mod scroll;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::algebra::RichText;
use crate::algebra::lines::aligned;
use crate::session::StepView;
use crate::trace::StepKind;
use crate::ui::question::{self, QuestionLines};
use crate::ui::style::Role;
use crate::ui::text::{Line, indented, put, put_line, put_right, wrapped};
use crate::ui::view::View;
use explanation::{chain_lines, explanation_lines};
use matrix::Equation;
use scroll::{LEAST_ASKED, QuestionForms};

/// The least lines of the narration, however large the equation is.
const LEAST_TEXT: usize = 3;

/// The height in rows below which text and explanation get their least.
const LOW: usize = 12;

/// The height in rows from which the steps before are shown too; below it, empty lines are more useful.
const ROOMY: usize = 28;

/// The least lines in which a longer text can be read: one of the text, and one that says how much more there is.
const SHORTEST_TEXT: usize = 2;

/// The least rows of the equation when there is hardly any room.
const LEAST_EQUATION: usize = 4;

/// The least rows of an equation that is shown in part; with fewer, the text scrolls instead.
const LEAST_PARTIAL: usize = 7;

/// The columns beside the page, on each side, that an equation may use.
const MARGIN: usize = 1;

/// A page whose parts have their places.
pub(super) struct Page<'a> {
    formula: Vec<Vec<(String, bool)>>,
    equation: Option<Equation>,
    /// The step as lines of NumPy, below the formula; empty if they stand before the text instead.
    code: Vec<Line>,
    text: Vec<Line>,
    /// Whether the input line stands below the text, which scrolls; otherwise it is part of the text.
    pinned: bool,
    explanation: Vec<String>,
    /// The rows at which the sections begin and end, from the top of the area.
    equation_at: usize,
    equation_end: usize,
    text_at: usize,
    text_rows: usize,
    explanation_at: usize,
    /// Whether the explanation is an example that nobody has asked for.
    is_example: bool,
    /// The steps before this one, the last first, if there is room for more matrices.
    earlier: Vec<Earlier<'a>>,
}

/// The place of the step's lines of NumPy.
enum Code<'c> {
    /// Nowhere.
    None,
    /// Below the formula.
    Below(&'c [Line]),
    /// Before the text, with which it scrolls.
    Scrolling(&'c [Line]),
}

/// A step before the one that the page shows.
struct Earlier<'a> {
    step_view: StepView<'a>,
    formula: Vec<Vec<(String, bool)>>,
    equation: Equation,
    /// The first row, from the top of the area.
    at: usize,
}

impl<'a> Page<'a> {
    /// Returns the page of a step, with a place for everything in `width` columns and `height` rows.
    pub(super) fn fit(view: &View<'a>, width: usize, height: usize) -> Self {
        let plain = Self::fit_code(view, width, height, &Code::None);
        if !view.session.shows_numpy() || view.is_veiled() {
            return plain;
        }
        let code = code_lines(view, width);
        if code.is_empty() {
            return plain;
        }
        if plain.is_partial() {
            return Self::fit_code(view, width, height, &Code::Scrolling(&code));
        }
        let below = Self::fit_code(view, width, height, &Code::Below(&code));
        let rows = |page: &Self| page.equation.as_ref().map_or(0, |equation| equation.height);
        let is_whole = below.most_scroll() == 0 && !below.is_text_hidden() && !below.is_partial();
        if is_whole && rows(&below) == rows(&plain) {
            return below;
        }
        // If there is no room for it, it scrolls with the text.
        Self::fit_code(view, width, height, &Code::Scrolling(&code))
    }

    fn fit_code(view: &View<'a>, width: usize, height: usize, code: &Code) -> Self {
        let formula = formula_lines(view, width);
        let is_low = height < LOW;
        let asking = asking(view, width);
        let mut text = match &asking {
            Some(asked) => asked.airy.clone(),
            // Its answer is told here no sooner than there.
            None if is_asked_elsewhere(view) => Vec::new(),
            None => text_lines(view, width, is_low, false),
        };
        let below = match code {
            Code::Below(lines) => lines.to_vec(),
            Code::None | Code::Scrolling(_) => Vec::new(),
        };
        if let Code::Scrolling(lines) = code {
            text.splice(0..0, lines.iter().cloned());
        }
        let most_explanation = if is_low { 2 } else { height / 3 };
        let explanation = explained(view, width, most_explanation);
        // A rule parts the explanation from the text.
        let explanation_rows = if explanation.is_empty() {
            0
        } else {
            explanation.len() + 1
        };
        let above = height.saturating_sub(explanation_rows);
        let air = usize::from(height >= 14);
        let equation_at = (formula.len() + below.len() + air).min(above);
        let [least, text_rows] = least_rows(asking.is_some(), is_low, explanation.is_empty());
        let room = above.saturating_sub(equation_at + least.min(text.len()) + air);
        let most = above.saturating_sub(equation_at + text_rows.min(text.len()));
        let room = room.max(LEAST_EQUATION.min(most));
        let mut equation = Equation::fit(view, width + 2 * MARGIN, room);
        // A matrix that is shown in part anyway leaves room for the text.
        if let Some(large) = equation.as_ref().filter(|equation| equation.partial) {
            let needed = equation_at + large.height + air + text.len();
            let rows = large.height.saturating_sub(needed.saturating_sub(above));
            if needed > above && rows >= LEAST_PARTIAL && !is_low {
                equation = Equation::fit(view, width + 2 * MARGIN, rows);
            }
        }
        let is_training = matches!(view.step.what, StepKind::Train { .. });
        if is_training && view.explanation.is_none() {
            // Rows of weights that are cut off tell nothing of a training. The cursor brings them.
            equation = equation.filter(|equation| !equation.partial);
        }
        // What has come of a question is to be read whole: the empty lines and the shapes give way to it.
        let is_answered =
            asking.is_none() && view.asked.is_some() && view.session.lecture().is_none();
        let asked_rows = match &asking {
            Some(asked) => asked.least(),
            None if is_answered => text.iter().filter(|line| !line.is_empty()).count(),
            None => 0,
        };
        let used = |air: usize| equation.as_ref().map_or(0, |large| large.height + air);
        let (mut air, mut equation_at) = (air, equation_at);
        if asked_rows > 0 && equation_at + used(air) + text.len() > above {
            if is_answered {
                text.retain(|line| !line.is_empty());
            }
            if equation_at + used(air) + asked_rows > above {
                equation_at -= air.min(equation_at);
                air = 0;
            }
            let rows = above.saturating_sub(equation_at + asked_rows);
            equation = equation.map(|large| large.lowered_to(view, width + 2 * MARGIN, rows));
        }
        let equation_rows = equation.as_ref().map_or(0, |equation| equation.height);
        let gap = if equation_rows > 0 { air } else { 0 };
        let mut text_at = (equation_at + equation_rows + gap).min(above);
        let mut text_rows = above - text_at;
        let mut equation_end = text_at;
        if is_training && asking.is_none() && equation_rows > 0 && text_rows >= LEAST_TEXT {
            // A training leads with its result; what it has made of the weights stands below.
            (text_at, text_rows) = (equation_at, text_rows.min(text.len()));
            equation_at = text_at + text_rows + gap;
            equation_end = above;
        }
        let mut page = Self {
            text_rows,
            explanation_at: above,
            equation_end,
            formula,
            equation,
            code: below,
            text,
            pinned: false,
            explanation,
            equation_at,
            text_at,
            is_example: false,
            earlier: Vec::new(),
        };
        if page.text_rows < SHORTEST_TEXT.min(page.text.len()) {
            page.text_rows = 0;
        }
        match asking {
            Some(asked) => page.set_question(asked),
            None => page.put_answer_first(view, width, code),
        }
        page.add_example(view, width);
        page.add_earlier(view, width, height);
        page
    }

    /// Puts what has come of a question before the question, if there is no room for both.
    fn put_answer_first(&mut self, view: &View, width: usize, code: &Code) {
        if view.asked.is_some() && self.text.len() > self.text_rows {
            self.text = text_lines(view, width, false, true);
            self.text.retain(|line| !line.is_empty());
            if let Code::Scrolling(lines) = code {
                self.text.splice(0..0, lines.iter().cloned());
            }
        }
    }

    /// Adds the steps before this one below the text, if there is still room.
    fn add_earlier(&mut self, view: &View<'a>, width: usize, height: usize) {
        if height < ROOMY || view.step.operation().is_none() {
            return;
        }
        let mut at = self.text_at + self.text.len() + 1;
        // A learner who is asked sees only steps that they know.
        let end = match &view.known {
            Some(known) => view.step.index.min(known.index + 1),
            None => view.step.index,
        };
        for index in (0..end).rev() {
            let step = view.session.trace().step(index);
            if step.operation().is_none() || step.samples() != view.step.samples() {
                break;
            }
            let step_view = view.earlier(step);
            let there = View {
                step_view: &step_view,
                ..*view
            };
            let formula = formula_lines(&there, width);
            // A rule, the formula, and an empty line below.
            let used = at + 1 + formula.len();
            let room = self.explanation_at.saturating_sub(used + 1);
            let Some(equation) = Equation::fit(&there, width + 2 * MARGIN, room) else {
                break;
            };
            if equation.partial || equation.height > room {
                break;
            }
            let end = used + equation.height;
            self.earlier.push(Earlier {
                step_view,
                formula,
                equation,
                at,
            });
            at = end + 1;
        }
    }

    fn draw_earlier(&self, view: &View, area: Rect, buf: &mut Buffer) {
        let dim = view.theme.style(Role::Frame);
        for earlier in &self.earlier {
            let y = area.y + u16::try_from(earlier.at).unwrap_or(u16::MAX / 2);
            let rule = view.theme.pick("┄", ".").repeat(usize::from(area.width));
            put(buf, area, area.x, y, &rule, dim);
            let title = format!(" before: {} ", earlier.step_view.step.title());
            let title = view.theme.text(&title).into_owned();
            put(
                buf,
                area,
                area.x + 2,
                y,
                &title,
                view.theme.style(Role::Dim),
            );
            let there = View {
                step_view: &earlier.step_view,
                ..*view
            };
            draw_formula(&there, &earlier.formula, area, y + 1, buf);
            let top = y + 1 + u16::try_from(earlier.formula.len()).unwrap_or(0);
            let place = equation_place(area, top, area.bottom());
            earlier.equation.draw(&there, place, buf);
        }
    }

    /// Adds the explanation of one number as an example, if the text leaves room.
    fn add_example(&mut self, view: &View, width: usize) {
        let Some(example) = &view.example else { return };
        let spare = self.text_rows.saturating_sub(self.text.len() + 2);
        // All of it or nothing: nobody has asked for it.
        let mut lines = explanation_lines(view, example, width, usize::MAX);
        let chain = chain_lines(view, example, width);
        if lines.len() + chain.len() <= spare {
            lines.extend(chain);
        }
        if example.remark.is_none() && lines.len() <= spare {
            let rows = lines.len() + 1;
            self.explanation = lines;
            self.explanation_at -= rows;
            self.text_rows -= rows;
            self.is_example = true;
        }
    }

    /// Returns whether there is text but no room for it.
    pub(super) fn is_text_hidden(&self) -> bool {
        let has_words = |line: &Line| line.iter().any(|part| !part.0.trim().is_empty());
        self.text_rows == 0 && self.text.iter().any(has_words)
    }

    /// Returns whether a matrix is shown in part.
    pub(super) fn is_partial(&self) -> bool {
        self.equation.as_ref().is_some_and(|e| e.partial)
    }

    /// Draws the page.
    pub(super) fn draw(&self, view: &View, area: Rect, buf: &mut Buffer) {
        let row = |count: usize| {
            area.y
                .saturating_add(u16::try_from(count).unwrap_or(u16::MAX))
        };
        draw_formula(view, &self.formula, area, row(0), buf);
        for (i, line) in self.code.iter().enumerate() {
            let y = row(self.formula.len() + i);
            put_line(buf, area, area.x, y, line, view.theme);
        }
        if let Some(equation) = &self.equation {
            let place = equation_place(area, row(self.equation_at), row(self.equation_end));
            equation.draw(view, place, buf);
        }
        self.draw_text(view, area, buf);
        self.draw_earlier(view, area, buf);
        self.draw_pending(view, area, buf);
        if !self.explanation.is_empty() {
            let rule = view.theme.pick("─", "-").repeat(usize::from(area.width));
            let y = row(self.explanation_at);
            put(buf, area, area.x, y, &rule, view.theme.style(Role::Frame));
            if self.is_text_hidden() {
                // If Esc first goes back to another number, it does not bring the text yet.
                let hint = if view.session.depth() == 0 {
                    " Esc: text "
                } else {
                    " text hidden "
                };
                put(buf, area, area.x, y, hint, view.theme.style(Role::Key));
            }
            if self.is_example {
                let hint = " for example (Tab asks the others) ";
                put_right(buf, area, y, hint, view.theme.style(Role::Dim));
            }
            if let Some(made) = view.explanation.as_ref().and_then(|e| e.made_at) {
                let from = view
                    .theme
                    .text(&format!(
                        " Enter: step {} ",
                        view.session.trace().number_shown(made)
                    ))
                    .into_owned();
                put_right(buf, area, y, &from, view.theme.style(Role::Dim));
            }
            for (i, line) in self.explanation.iter().enumerate() {
                let style = view.theme.style(Role::Text);
                put(
                    buf,
                    area,
                    area.x,
                    row(self.explanation_at + 1 + i),
                    line,
                    style,
                );
            }
        }
    }
}

/// Draws the formula from a row on. The part that is computed is lit if the step is the learner's current one.
fn draw_formula(
    view: &View,
    lines: &[Vec<(String, bool)>],
    area: Rect,
    top: u16,
    buf: &mut Buffer,
) {
    for (y, line) in (top..).zip(lines) {
        let mut x = area.x;
        for (text, lit) in line {
            let role = if *lit && !view.past {
                Role::Lit
            } else {
                Role::Text
            };
            x = put(buf, area, x, y, text, view.theme.style(role));
        }
    }
}

/// The prompts of the first line of code and of its continuations.
const PROMPTS: [&str; 2] = [">>> ", "... "];

/// Returns the step as lines of NumPy, broken at spaces. The prompts say that it is code.
fn code_lines(view: &View, width: usize) -> Vec<Line> {
    let [first, more] = PROMPTS;
    let room = width.saturating_sub(first.len());
    let mut lines = Vec::new();
    for line in view.step.numpy() {
        let line = view.theme.text(&line);
        let indent = " ".repeat(line.len() - line.trim_start().len());
        let parts = wrapped(&line, room.saturating_sub(indent.len() + 4));
        for (i, part) in parts.into_iter().enumerate() {
            let prompt = if i == 0 { first } else { more };
            let deeper = if i == 0 { "" } else { "    " };
            lines.push(vec![
                (prompt.to_owned(), Role::Dim),
                (format!("{indent}{deeper}{part}"), Role::Title),
            ]);
        }
    }
    lines
}

/// Returns whether the question that waits is asked in another place on the screen.
fn is_asked_elsewhere(view: &View) -> bool {
    let class = view.session.in_class();
    view.waiting().is_some() && class.is_some_and(|class| class.is_asked_elsewhere)
}

/// Returns the question that waits; a note that was opened stands in its place.
fn asking(view: &View, width: usize) -> Option<QuestionForms> {
    let is_shown = view.session.lecture().is_none() && !is_asked_elsewhere(view);
    let waiting = view.waiting().filter(|_| is_shown);
    waiting.map(|asked| {
        QuestionForms::new(
            &QuestionLines::new(view, asked, width),
            question::input_line(view, asked, width),
        )
    })
}

/// Returns the least rows of the text, and those where there is hardly any room: then an explanation that was asked for
/// replaces it.
const fn least_rows(is_asking: bool, is_low: bool, is_bare: bool) -> [usize; 2] {
    match (is_asking, is_low, is_bare) {
        (true, true, _) => [LEAST_ASKED[1]; 2],
        (true, false, _) => LEAST_ASKED,
        (false, true, true) => [SHORTEST_TEXT; 2],
        (false, true, false) => [0, 0],
        (false, false, true) => [LEAST_TEXT, SHORTEST_TEXT],
        (false, false, false) => [LEAST_TEXT, 0],
    }
}

/// Returns the explanation of the number under the cursor in at most so many lines, with the chain rule if there is room.
fn explained(view: &View, width: usize, most: usize) -> Vec<String> {
    let Some(why) = &view.explanation else {
        return Vec::new();
    };
    let mut lines = explanation_lines(view, why, width, most);
    let chain = chain_lines(view, why, width);
    if lines.len() + chain.len() <= most {
        lines.extend(chain);
    }
    lines
}

/// Returns the area of the rows from `top` to `end`, with the margins that an equation may use.
fn equation_place(area: Rect, top: u16, end: u16) -> Rect {
    let margin = u16::try_from(MARGIN).unwrap_or(0);
    Rect {
        x: area.x - margin,
        y: top,
        width: area.width + 2 * margin,
        height: end.saturating_sub(top),
    }
}

/// Returns the formula in parts, each with whether it is lit, broken where a formula may be if it is too wide.
fn formula_lines(view: &View, width: usize) -> Vec<Vec<(String, bool)>> {
    let Some(formula) = view.formula() else {
        return Vec::new();
    };
    let mut text = String::new();
    let mut pieces = Vec::new();
    for (piece, lit) in formula.pieces() {
        let start = text.len();
        let piece = RichText::from_fragment(piece).text(view.session.decimals());
        text.push_str(&view.theme.text(&piece));
        pieces.push((start..text.len(), *lit));
    }
    let line = |(indent, line): (usize, Range<usize>)| {
        let parts = pieces.iter().filter_map(|(piece, lit)| {
            let part = piece.start.max(line.start)..piece.end.min(line.end);
            (!part.is_empty()).then(|| (text[part].to_owned(), *lit))
        });
        let indent = (indent > 0).then(|| (" ".repeat(indent), false));
        indent.into_iter().chain(parts).collect()
    };
    aligned(&text, width).into_iter().map(line).collect()
}

/// What stands over what the lecture says of a step.
pub(crate) const IN_THE_LECTURE: &str = "In the lecture:";

/// Returns the narration, wrapped; before it, the answer that was given at this step.
fn text_lines(view: &View, width: usize, is_low: bool, answer_first: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    let add = |lines: &mut Vec<Line>, words: &[RichText], role: Role| {
        for line in words {
            let text = line.text(view.session.decimals());
            let text = view.theme.text(&text).into_owned();
            let parts = indented(&text, width).into_iter();
            lines.extend(parts.map(|part| vec![(part, role)]));
        }
    };
    if let Some(lecture) = view.session.lecture() {
        lines = vec![vec![(IN_THE_LECTURE.to_owned(), Role::Key)]];
        add(&mut lines, &lecture, Role::Text);
        return lines;
    }
    if let Some(asked) = &view.asked {
        let [question, answer] = question::answer_lines(view, asked, width);
        if view.step.is_ask() {
            let parts = if answer_first && !answer.is_empty() {
                [answer, question]
            } else {
                [question, answer]
            };
            return parts.join(&Line::new());
        }
        lines = if answer_first {
            [answer, question].concat()
        } else {
            [question, answer].concat()
        };
        if !is_low && !lines.is_empty() {
            lines.push(Line::new());
        }
    }
    if view.is_veiled() {
        let text = "Hidden for now: a question further on asks for it.";
        let parts = wrapped(text, width).into_iter();
        return parts.map(|part| vec![(part, Role::Text)]).collect();
    }
    let (holds, may_be_false) = view.narration();
    add(&mut lines, &holds, Role::Text);
    if !may_be_false.is_empty() {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        let parts = wrapped(question::WRITTEN_BEFORE, width).into_iter();
        lines.extend(parts.map(|part| vec![(part, Role::Changed)]));
        add(&mut lines, &may_be_false, Role::Dim);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::Operation;
    use crate::session::{Command, Session};
    use crate::ui::fixture::{ASCII, Net, PLAIN, drawn, say, text, with_view};

    fn page(view: &View, area: Rect, buf: &mut Buffer) {
        let page = Page::fit(view, usize::from(area.width) - 2, usize::from(area.height));
        let inner = Rect {
            x: area.x + 1,
            width: area.width - 2,
            ..area
        };
        page.draw(view, inner, buf);
    }

    fn most_scroll(session: &Session, width: usize, height: usize) -> usize {
        with_view(session, PLAIN, |view| {
            Page::fit(view, width, height).most_scroll()
        })
    }

    #[test]
    fn formula_equation_and_text_from_top_to_bottom() {
        let session = Net::grounded().at(vec![0], Operation::OutputError);
        let shown = text(&drawn(&session, PLAIN, (50, 14), page));
        let mut lines = shown.lines();
        assert_eq!(lines.next(), Some(" δ⁽²⁾ = ŷ − y"));
        let rest: String = lines.collect();
        let equation = rest.find("0.512").unwrap();
        let words = rest.find("prediction").unwrap();
        assert!(equation < words, "{shown}");
    }

    #[test]
    fn a_long_formula_is_broken_between_terms() {
        let session = Net::grounded().at(vec![0], Operation::Loss);
        let shown = text(&drawn(&session, PLAIN, (26, 12), page));
        let formula: Vec<&str> = shown.lines().take(2).collect();
        assert_eq!(formula, [" J = −y log ŷ", "     − (1 − y) log(1 − ŷ)"]);
    }

    #[test]
    fn text_that_is_too_long_scrolls_line_by_line_and_says_so() {
        let mut session = Net::grounded().at(vec![0], Operation::WeightedSum(1));
        let size = (40, 10);
        let most = most_scroll(&session, 38, 10);
        assert!(most > 1);
        let lines = |session: &Session| -> Vec<String> {
            let shown = text(&drawn(session, PLAIN, size, page));
            shown.lines().map(str::to_owned).collect()
        };
        let mut before = lines(&session);
        let more = format!("↓ {most} more lines: PgDn");
        assert!(before[9].ends_with(&more), "{before:?}");
        for left in (0..most).rev() {
            session.apply(Command::ScrollDown);
            let after = lines(&session);
            assert_eq!(after[..7], before[..7], "only the text scrolls");
            assert_eq!(after[7], before[8], "by one line");
            let hint = match left {
                0 => "↑ back: PgUp".to_owned(),
                1 => "↓ 1 more line: PgDn".to_owned(),
                left => format!("↓ {left} more lines: PgDn"),
            };
            assert!(after[9].ends_with(&hint), "{after:?}");
            before = after;
        }
        let ascii = text(&drawn(&session, ASCII, size, page));
        assert!(ascii.contains("up back: PgUp"), "{ascii}");
    }

    #[test]
    fn an_explanation_takes_its_place_from_the_text() {
        let mut session = Net::grounded().at(vec![0], Operation::WeightedSum(1));
        session.apply(Command::Numbers);
        let shown = text(&drawn(&session, PLAIN, (50, 20), page));
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[16].trim(), "─".repeat(48));
        assert_eq!(lines[17], " z₁⁽¹⁾ = Σᵢ wᵢ,₁⁽⁰⁾ xᵢ⁽⁰⁾");
        assert_eq!(lines[18], "       = 0.400·1 + 0.700·0 − 0.200·1");
        assert_eq!(lines[19], "       = 0.200");
        // The operands were given at the step before.
        session.apply(Command::NumbersBack);
        let shown = text(&drawn(&session, PLAIN, (50, 20), page));
        assert!(shown.contains("Enter: step 1"), "{shown}");
        // In few rows: the result, and that there is more.
        session.apply(Command::Numbers);
        let shown = text(&drawn(&session, PLAIN, (38, 8), page));
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[5].contains("Esc: text"), "{shown}");
        assert_eq!(lines[6].trim(), "z₁⁽¹⁾ = 0.400·1 + 0.700·0 − 0.200·1");
        assert_eq!(lines[7].trim(), "= 0.200");
        assert_eq!(most_scroll(&session, 36, 8), 0);
    }

    #[test]
    fn code_stands_below_the_formula_or_scrolls_with_the_text() {
        let mut session = Net::grounded().at(vec![0], Operation::OutputError);
        session.apply(Command::NumPy);
        let buf = drawn(&session, PLAIN, (50, 20), page);
        let shown = text(&buf);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], " δ⁽²⁾ = ŷ − y");
        assert_eq!(lines[1], " >>> delta2 = x2 - y");
        let is_bold = |x: u16| {
            buf[(x, 1)]
                .modifier
                .contains(ratatui::style::Modifier::BOLD)
        };
        assert!(is_bold(5) && !is_bold(1), "the code and not the prompt");
        // It stays while the learner walks, and the next key hides it.
        session.apply(Command::Back);
        assert!(text(&drawn(&session, PLAIN, (50, 20), page)).contains(">>> J = "));
        session.apply(Command::NumPy);
        assert!(!text(&drawn(&session, PLAIN, (50, 20), page)).contains(">>>"));
        // With hardly any room, the code comes before the text, and a long line is broken.
        session.apply(Command::NumPy);
        let size = (38, 8);
        let most = most_scroll(&session, 36, 8);
        assert!(most > 0);
        let mut seen = String::new();
        for _ in 0..=most {
            seen += &text(&drawn(&session, PLAIN, size, page));
            session.apply(Command::ScrollDown);
        }
        assert!(
            seen.contains(">>> J = ") && seen.contains("...     "),
            "{seen}"
        );
        let ascii = text(&drawn(&session, ASCII, (50, 20), page));
        assert!(ascii.is_ascii());
    }

    #[test]
    fn a_step_without_numbers_is_all_text() {
        let session = Net::grounded().session(vec![say()]);
        with_view(&session, PLAIN, |view| {
            let page = Page::fit(view, 40, 10);
            assert!(page.equation.is_none() && page.formula.is_empty());
            assert!(!page.is_partial() && !page.is_text_hidden());
        });
    }
}
