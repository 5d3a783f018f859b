//! The screen: it reads where the learner stands and never changes anything.
//!
//! From top to bottom, each module knowing only those below it:
//!
//! - `lab`: a run in the lab.
//! - `layout`: the places of the page and the panels, and the borders between them.
//! - `panel`: the panels beside the page, one file each.
//! - `page`: formula, matrix equation, narration or question, explanation.
//! - `list`: the menu, the review and the help, in one scrolling window.
//! - `question`: the lines of a question and its answers; `status`: the first and the last line.
//! - `plot`: axes, canvas, marks, bars.
//! - `view`: a view of a step with the theme that it is drawn in.
//! - `text`: cutting text, breaking it into lines, writing it into the buffer.
//! - `style`: colours and attributes by what they mean.
//!
//! Up to three panels stand beside the page. The lesson chooses them, or else the kind of network; the learner chooses
//! the second. If room is short, the third is left out first, then the second, then the first. What stays to the last
//! is the page with the formula, the matrices and the narration, which then scrolls. Below 40 × 12 one line says what
//! is needed.

mod board;
#[cfg(test)]
mod fixture;
mod lab;
mod layout;
mod list;
mod page;
mod panel;
mod plot;
mod question;
mod status;
mod style;
mod text;
mod view;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::lesson::NetworkSpec;
use crate::session::{Lab, Menu, Mode, Plane, Session};

use layout::Layout;
use list::{changes, choices, help, menu, review, symbols};
use page::Page;
use text::put;
use view::View;

pub use board::{Board, BoardRow, draw_class_line, draw_class_message, draw_keys, draw_rule};
pub(crate) use question::WRITTEN_BEFORE;
pub use style::{Color, Role, Theme};

/// The smallest screen that a lesson fits on, in columns and rows.
pub const LEAST: (u16, u16) = (40, 12);

/// Returns whether a screen is too small to show a lesson.
pub const fn is_too_small(area: Rect) -> bool {
    area.width < LEAST.0 || area.height < LEAST.1
}

/// Draws a lesson into a buffer.
pub fn render(session: &Session, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if too_small(theme, area, buf) {
        return;
    }
    with_views(session, theme, |view, beside| {
        status::header(view, area, buf);
        status::footer(view, area, buf);
        match session.mode() {
            Mode::Help => {
                let chapters = help::of_lesson(session);
                help::draw(theme, session.scroll(), &chapters, body(area), buf);
            }
            Mode::Symbols => symbols::draw(session, theme, body(area), buf),
            Mode::Changes => changes::draw(session, theme, body(area), buf),
            Mode::Review => review::draw(view, body(area), buf),
            _ => {
                let layout = layout(beside, area);
                layout::draw(view, beside, &layout, buf);
                if session.mode() == Mode::Choices {
                    choices::draw(view, layout.page, buf);
                } else {
                    let page = Page::fit(view, width(layout.page), height(layout.page));
                    page.draw(view, layout.page, buf);
                }
                for (area, panel) in &layout.panels {
                    (panel.draw)(beside, *area, buf);
                }
                status::offer(view, body(area), buf);
            }
        }
        status::message(view, area, buf);
    });
}

/// Draws in the last row, over whatever is there, the message that says what is waited for.
pub fn draw_waiting(what: &str, theme: &Theme, buf: &mut Buffer) {
    status::put_message(what, Role::Lit, theme, buf.area, buf);
}

/// Draws the list of lessons into a buffer.
pub fn render_menu(menu: &Menu, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if too_small(theme, area, buf) {
        return;
    }
    match menu.help() {
        Some(scroll) => help::draw(theme, scroll, &help::MENU, body(area), buf),
        None => menu::draw(menu, theme, body(area), buf),
    }
    status::menu_lines(menu, theme, area, buf);
    status::menu_message(menu, theme, area, buf);
}

/// Draws a run in the lab into a buffer.
pub fn render_lab(lab: &Lab, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if !too_small(theme, area, buf) {
        lab::draw(lab, theme, area, buf);
    }
}

/// Returns the loss map of a lab as lines of ASCII characters, and the number of points that it shows across and down.
pub fn loss_map(lab: &Lab, (width, height): (usize, usize)) -> (String, (usize, usize)) {
    let [width, height] = [width, height].map(|size| u16::try_from(size).unwrap_or(u16::MAX));
    let theme = &Theme {
        color: Color::None,
        ascii: true,
    };
    let step_view = &lab.picture().view();
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    let points = panel::draw_loss_map(
        &View {
            step_view,
            theme,
            hand: None,
        },
        area,
        &mut buf,
    );
    let rows = buf.content.chunks(usize::from(width.max(1)));
    let lines = rows.map(|row| {
        let line: String = row.iter().map(Cell::symbol).collect();
        line.trim_end().to_owned() + "\n"
    });
    (lines.collect(), points)
}

/// Returns the ends of the axis of an input, on which there is room for every sample.
pub(crate) fn ends_of_input(spec: &NetworkSpec, input: usize) -> [f64; 2] {
    let bounds = panel::span(spec, input);
    [bounds.low, bounds.high]
}

/// Returns the plane in which samples are placed in the lab, and where it is on a screen of this size; `None` if it is not on
/// it.
pub fn lab_plane(lab: &Lab, theme: &Theme, area: Rect) -> Option<(Plane, Rect)> {
    if is_too_small(area) {
        return None;
    }
    lab::plane(lab, theme, area)
}

/// Returns how many cells the loss map of a lab has on a screen of this size, across and down; `None` if it is not on it.
pub fn lab_map_size(lab: &Lab, theme: &Theme, area: Rect) -> Option<(usize, usize)> {
    if is_too_small(area) {
        return None;
    }
    lab::map_size(lab, theme, area)
}

/// Returns the number of rows by which the help of the lab, or its list of changes, can be scrolled on a screen of this size.
pub fn most_lab_scroll(lab: &Lab, theme: &Theme, area: Rect) -> usize {
    lab::most_scroll(lab, theme, area)
}

/// Returns the number of rows by which the text, or the help that covers it, can be scrolled on a screen of this size.
pub fn most_scroll(session: &Session, theme: &Theme, area: Rect) -> usize {
    if session.mode() == Mode::Help {
        return help::most_scroll(theme, &help::of_lesson(session), body(area));
    }
    if session.mode() == Mode::Symbols {
        return symbols::most_scroll(session, theme, body(area));
    }
    if session.mode() == Mode::Changes {
        return changes::most_scroll(session, theme, body(area));
    }
    with_views(session, theme, |view, beside| {
        let layout = layout(beside, area);
        Page::fit(view, width(layout.page), height(layout.page)).most_scroll()
    })
}

/// Returns the number of rows of the text, or of what covers it, that are in sight at once on a screen of this size.
pub fn page_rows(session: &Session, theme: &Theme, area: Rect) -> usize {
    if matches!(session.mode(), Mode::Help | Mode::Symbols | Mode::Changes) {
        // The last row says how many more there are.
        return height(body(area)).saturating_sub(1);
    }
    with_views(session, theme, |view, beside| {
        let layout = layout(beside, area);
        Page::fit(view, width(layout.page), height(layout.page)).rows_in_sight()
    })
}

/// Returns the number of lessons of the menu that are in sight at once on a screen of this size.
pub fn menu_page(menu: &Menu, theme: &Theme, area: Rect) -> usize {
    if is_too_small(area) {
        return 1;
    }
    menu::page(menu, theme, body(area))
}

/// Returns the number of rows by which the help of the menu can be scrolled on a screen of this size.
pub fn most_menu_scroll(theme: &Theme, area: Rect) -> usize {
    help::most_scroll(theme, &help::MENU, body(area))
}

/// Returns one line for each thing in the step that does not fit at once on a screen of this size.
pub fn misfits(session: &Session, theme: &Theme, width_: u16, height_: u16) -> Vec<String> {
    with_views(session, theme, |view, beside| {
        let layout = layout(beside, Rect::new(0, 0, width_, height_));
        let page = Page::fit(view, width(layout.page), height(layout.page));
        let mut misfits = Vec::new();
        if page.most_scroll() > 0 {
            let lines = page.most_scroll();
            let s = if lines == 1 { "" } else { "s" };
            misfits.push(format!("the text is {lines} line{s} longer than its place"));
        }
        if page.is_text_hidden() {
            misfits.push("the text has no place".into());
        }
        if page.is_partial() {
            misfits.push("a matrix is shown in part".into());
        }
        if let Some(cut) = status::cut_title(view, width_) {
            misfits.push(format!("the title is cut to \"{cut}\""));
        }
        misfits
    })
}

fn layout(beside: &View, area: Rect) -> Layout {
    Layout::new(beside, &panel::beside(beside), body(area))
}

/// Calls a function with the view of the page and the view of the panels. While something of the step is hidden, the
/// panels show the last step that the learner knows.
fn with_views<T>(session: &Session, theme: &Theme, read: impl FnOnce(&View, &View) -> T) -> T {
    let step_view = &session.view();
    let known = step_view.last_known();
    let page = View {
        step_view,
        theme,
        hand: None,
    };
    let beside = View {
        step_view: known.as_ref().unwrap_or(step_view),
        theme,
        hand: None,
    };
    read(&page, &beside)
}

fn too_small(theme: &Theme, area: Rect, buf: &mut Buffer) -> bool {
    if !is_too_small(area) {
        return false;
    }
    let (least_width, least_height) = LEAST;
    let by = theme.pick("×", "x");
    let text = format!(
        "This window is {}{by}{}; nn-tutor needs {least_width}{by}{least_height}. q quits.",
        area.width, area.height
    );
    let lines = text::wrapped(&text, usize::from(area.width.max(1)));
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        put(buf, area, area.x, y, &line, theme.style(Role::Text));
    }
    true
}

/// Returns the area between header and footer.
const fn body(area: Rect) -> Rect {
    Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2),
        ..area
    }
}

fn width(area: Rect) -> usize {
    usize::from(area.width)
}

fn height(area: Rect) -> usize {
    usize::from(area.height)
}
