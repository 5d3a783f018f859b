//! The lab: where a run stands, in panels, with a line that says how it is going.

mod changing;
mod data;
mod history;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::layout::{draw_title, stack};
use super::list::{changes, help};
use super::panel::{self, Drawer};
use super::status::{field, file_field, fitting_hints, inset, prompt, put_hints, put_message};
use super::style::{Role, Theme};
use super::text::{
    Line, first_fitting, fitted, line_width, put, put_line, put_over, put_right, wrapped,
};
use super::view::View;
use crate::keys::{self, Hint};
use crate::lesson::Panel;
use crate::session::{Asked, Command, KeptRun, Lab, Mode, Starts};
use crate::trace::{End, Reached};

pub(super) use data::plane;

/// The width from which there are two columns of panels, and three.
const TWO_COLUMNS: u16 = 72;
const THREE_COLUMNS: u16 = 150;

/// The rows of a column for each panel in it, about.
const ROWS_A_PANEL: u16 = 10;

/// The rows of a loss map, with a loss curve below it from twice as many on.
const ROWS_OF_MAP: u16 = 14;

/// The most rows of what random starts have come to.
const ROWS_OF_STARTS: u16 = 9;

/// The most rows of the table of runs for each of them.
const ROWS_A_RUN: u16 = 3;

/// Draws the lab.
pub(super) fn draw(lab: &Lab, theme: &Theme, area: Rect, buf: &mut Buffer) {
    header(lab, theme, area, buf);
    if lab.mode() == Mode::Help {
        help::draw_of_lab(lab, theme, super::body(area), buf);
    } else if lab.mode() == Mode::Changes {
        changes::draw_of_lab(lab, theme, super::body(area), buf);
    } else {
        let step_view = &lab.picture().view();
        let view = &View {
            step_view,
            theme,
            hand: lab.hand(),
        };
        if lab.hand().is_some() {
            data::status(lab, view, inset(area, area.y + 1), buf);
        } else {
            status(lab, view, inset(area, area.y + 1), buf);
        }
        let outer = outer(area);
        match (lab.mode(), shown_large(lab)) {
            (Mode::LabNumbers | Mode::Change | Mode::Choices, _) => {
                changing::draw(lab, view, outer, buf);
            }
            (_, Some(panel)) => large(lab, view, panel, outer, buf),
            (_, None) => panels(lab, view, outer, buf),
        }
    }
    footer(lab, theme, area, buf);
}

/// Returns the area of the panels and their borders.
fn outer(area: Rect) -> Rect {
    Rect {
        y: area.y + 2,
        height: area.height.saturating_sub(3),
        ..area
    }
}

/// Draws the first line: what is trained, how far, and whether it plays.
fn header(lab: &Lab, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let line = inset(area, area.y);
    let width = usize::from(line.width);
    let run = lab.run();
    let dot = theme.pick(" · ", " | ");
    let update = format!("update {}", run.here());
    let epoch = format!("epoch {}", run.epoch().0);
    let speed = match lab.speed() {
        Some(speed) => format!("{speed}/s"),
        None => "full speed".to_owned(),
    };
    let led = lab.led_to().filter(|_| lab.way_to().is_none());
    let state = if let Some(to) = led {
        // How fast it plays, only whoever leads knows.
        let playing = theme.pick("▶ playing", "> playing");
        if to.is_playing { playing } else { "paused" }.to_owned()
    } else if lab.is_playing() {
        format!("{} {speed}", theme.pick("▶ playing", "> playing"))
    } else if let Some(goal) = lab.way_to() {
        format!("on the way to {goal}")
    } else {
        format!("paused, {speed}")
    };
    let short = if let Some(goal) = lab.way_to() {
        format!("{} {goal}", theme.pick("→", "->"))
    } else {
        let word = state.split([' ', ',']).find(|word| word.len() > 3);
        word.unwrap_or("paused").to_owned()
    };
    let forms = [
        vec![update.clone(), epoch.clone(), state.clone()],
        vec![update.clone(), epoch, short.clone()],
        vec![update.clone(), state],
        vec![update.clone(), short],
        vec![update],
    ];
    let forms = forms.map(|parts| parts.join(dot));
    let place = first_fitting(&forms, width.saturating_sub(8)).unwrap_or_default();
    let title = format!("Lab: {}", run.lesson().title);
    let room = width.saturating_sub(place.width() + 2);
    let title = fitted(&theme.text(&title), room, theme);
    put(buf, line, line.x, line.y, &title, theme.style(Role::Title));
    put_right(buf, line, line.y, place, theme.style(Role::Text));
}

/// Draws the second line: how good the network is here, and what it is trained by.
fn status(lab: &Lab, view: &View, line: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let run = lab.run();
    let samples = run.now().data.len();
    let now = view.step.measure();
    let loss = format!("J {}", view.number(now.loss));
    let right = now.right.map(|right| format!("{right} of {samples} right"));
    let held_out = view.step.held_out().map(|held_out| {
        let all = run.now().held_out.as_ref().map_or(0, |set| set.len());
        match held_out.right {
            Some(right) => format!("held out {right} of {all} right"),
            None => format!("held out J {}", view.number(held_out.loss)),
        }
    });
    let training = run.now().training;
    let rate = format!("ρ {}", training.rho);
    let here = run.here();
    let changes = run
        .marks()
        .iter()
        .filter(|mark| mark.update <= here)
        .count();
    let changes = match changes {
        0 => None,
        1 => Some("1 change".to_owned()),
        _ => Some(format!("{changes} changes")),
    };
    let seed = run.seed().map(|seed| format!("seed {seed}"));
    let last = lab.last_reached();
    let right_since = run.reached().find(|reached| reached.end == End::AllRight);
    let is_over = |reached: &&Reached| matches!(reached.end, End::Diverged(_));
    let reached = last.filter(is_over).or(right_since).or(last);
    let reached = reached.map(|reached| in_short(reached, run.start()));
    let parts = [
        Some(loss),
        right,
        reached,
        Some(rate),
        held_out,
        changes,
        seed,
    ];
    put_parts(parts, theme, line, buf);
}

/// Draws the parts of a line, the most important first; what does not fit is left out from the end.
fn put_parts(
    parts: impl IntoIterator<Item = Option<String>>,
    theme: &Theme,
    line: Rect,
    buf: &mut Buffer,
) {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let dot = theme.pick(" · ", " | ");
    let joined = |count: usize| theme.text(&parts[..count].join(dot)).into_owned();
    let forms: Vec<String> = (1..=parts.len()).rev().map(joined).collect();
    if let Some(text) = first_fitting(&forms, usize::from(line.width)) {
        put(buf, line, line.x, line.y, text, theme.style(Role::Text));
    }
}

/// Returns what a run that began after some updates has come to, in two or three words.
fn in_short(reached: &Reached, start: usize) -> String {
    match &reached.end {
        // Nobody knows since when.
        End::AllRight if reached.update == start => "all right from the start".to_owned(),
        End::AllRight => format!("first all right: epoch {}", reached.epoch),
        End::LossBelow(bound) => format!("first J below {bound}: epoch {}", reached.epoch),
        End::Stuck(..) => "no progress".to_owned(),
        End::Diverged(_) => "diverges with the next update".to_owned(),
    }
}

/// Returns the area inside of a border.
const fn inside(outer: Rect) -> Rect {
    Rect {
        x: outer.x + 1,
        y: outer.y + 1,
        width: outer.width.saturating_sub(2),
        height: outer.height.saturating_sub(2),
    }
}

/// Returns the inner areas of the columns, and their panels, the most important first.
fn columns(lab: &Lab, view: &View, outer: Rect) -> Vec<(Rect, Vec<Panel>)> {
    let inner = inside(outer);
    let (main, mut second) = (lab.main_panel(), lab.second_panels());
    let has_map = lab.map().is_some();
    let most = usize::from((inner.height / ROWS_A_PANEL).max(2));
    let side = |x: u16, width: u16| Rect { x, width, ..inner };
    let mut large = vec![if has_map { Panel::LossMap } else { main }];
    if !has_map || inner.height >= 2 * ROWS_OF_MAP {
        large.push(Panel::Loss);
    }
    if outer.width < TWO_COLUMNS {
        let mut panels: Vec<Panel> = lab.chosen_panel().into_iter().collect();
        // The loss stands in the second line too.
        panels.extend([main, Panel::Loss, Panel::Network]);
        panels.truncate(most);
        if has_map {
            panels = vec![Panel::LossMap];
        }
        return vec![(inner, panels)];
    }
    if outer.width < THREE_COLUMNS {
        let right = (inner.width * 35 / 100).max(26);
        let left = inner.width - right - 1;
        let column = side(inner.x + left + 1, right);
        let pictures = panel::rows_for_pictures(view, (column.width, column.height));
        if pictures.is_some() {
            without_units(lab, &mut second);
        }
        let mut beside = vec![Panel::Network];
        beside.extend(second);
        beside.truncate(most);
        return vec![(side(inner.x, left), large.clone()), (column, beside)];
    }
    let third = (inner.width - 2) / 3;
    let left = inner.width - 2 - 2 * third;
    if panel::rows_for_pictures(view, (third, inner.height)).is_some() {
        without_units(lab, &mut second);
    }
    let mut far = second;
    far.truncate(most);
    vec![
        (side(inner.x, left), large.clone()),
        (side(inner.x + left + 1, third), vec![Panel::Network]),
        (side(inner.x + left + third + 2, third), far),
    ]
}

/// Takes out the panel of the units where the network has pictures of them that say the same, unless it was chosen.
fn without_units(lab: &Lab, second: &mut Vec<Panel>) {
    if lab.chosen_panel() != Some(Panel::Units) {
        second.retain(|panel| *panel != Panel::Units);
    }
}

/// Returns the panel that fills the screen: the loss map if it is open, the plane as long as samples are placed in it.
fn shown_large(lab: &Lab) -> Option<Panel> {
    let large = lab.large_panel()?;
    Some(if lab.map().is_some() {
        Panel::LossMap
    } else if lab.hand().is_some() {
        lab.main_panel()
    } else {
        large
    })
}

/// Returns how many cells the loss map has on the screen, across and down; `None` if it is not on it.
pub(super) fn map_size(lab: &Lab, theme: &Theme, area: Rect) -> Option<(usize, usize)> {
    lab.map()?;
    let step_view = &lab.picture().view();
    let view = &View {
        step_view,
        theme,
        hand: lab.hand(),
    };
    let outer = outer(area);
    if lab.large_panel().is_some() {
        return panel::loss_map_size(view, inside(outer));
    }
    let mut columns = columns(lab, view, outer).into_iter();
    let (column, panels) = columns.find(|column| column.1.contains(&Panel::LossMap))?;
    let place = panels.iter().position(|panel| *panel == Panel::LossMap)?;
    let drawers: Vec<Drawer> = panels.iter().map(|panel| Drawer::new(*panel)).collect();
    let (area, _) = *stacked(view, &panels, &drawers, column).get(place)?;
    panel::loss_map_size(view, area)
}

/// Draws one panel over the whole area, with the names of all of them below it.
fn large(lab: &Lab, view: &View, panel: Panel, outer: Rect, buf: &mut Buffer) {
    let drawer = Drawer::new(panel);
    let inner = inside(outer);
    (drawer.draw)(view, inner, buf);
    let tile = (inner, (drawer.title)(view));
    frame(view, outer, &[(inner, vec![tile])], buf);
    let theme = view.theme;
    let line = Rect {
        x: outer.x + 3,
        y: outer.bottom().saturating_sub(1),
        width: outer.width.saturating_sub(6),
        height: 1,
    };
    let hints: Vec<&Hint> = offered(lab)
        .into_iter()
        .filter(|hint| PANEL_HINTS.contains(&hint.word))
        .collect();
    let (hints, _) = fitting_hints(hints, usize::from(line.width), theme);
    let x = put_hints(&hints, theme, line, buf);
    let room = usize::from(line.right().saturating_sub(x + 2));
    let mut names = names(&lab.panels(), panel, room, theme);
    names.insert(0, (" ".to_owned(), Role::Text));
    put(buf, outer, line.x - 1, line.y, " ", theme.style(Role::Text));
    put_line(buf, line, x, line.y, &names, theme);
}

/// The hints on the keys that choose a panel.
const PANEL_HINTS: [&str; 2] = ["panel", "large"];

/// Returns the names of panels, with one of them lit: as many as fit, around it.
fn names(panels: &[Panel], here: Panel, width: usize, theme: &Theme) -> Line {
    let more = theme.pick("…", "~");
    let at = panels.iter().position(|panel| *panel == here).unwrap_or(0);
    let line = |from: usize, to: usize| -> Line {
        let mut line = vec![(" ".to_owned(), Role::Dim)];
        if from > 0 {
            line.push((format!("{more} "), Role::Dim));
        }
        for (index, panel) in panels[..to].iter().enumerate().skip(from) {
            let is_here = index == at;
            let role = if is_here { Role::Lit } else { Role::Dim };
            line.push((panel.name().to_owned(), role));
            line.push((" ".to_owned(), Role::Dim));
        }
        if to < panels.len() {
            line.push((format!("{more} "), Role::Dim));
        }
        line
    };
    let (mut from, mut to) = (0, panels.len());
    while line_width(&line(from, to)) > width && to - from > 1 {
        // The further end gives way.
        if at - from >= to - 1 - at {
            from += 1;
        } else {
            to -= 1;
        }
    }
    line(from, to)
}

/// Draws panels in their places. Returns the places with their titles.
fn draw_tiles(view: &View, stacked: &[(Rect, Drawer)], buf: &mut Buffer) -> Vec<(Rect, String)> {
    for (area, panel) in stacked {
        (panel.draw)(view, *area, buf);
    }
    let titles = stacked.iter();
    titles
        .map(|(area, panel)| (*area, (panel.title)(view)))
        .collect()
}

/// Draws the panels, and under the network the runs, if there are several, and what random starts have come to.
fn panels(lab: &Lab, view: &View, outer: Rect, buf: &mut Buffer) {
    let mut columns = data::columns(lab, columns(lab, view, outer));
    let mut below: Vec<(Rect, String)> = Vec::new();
    let width_beside = columns.get(1).map_or(0, |column| column.0.width);
    let mut take = |rows: u16, title: &str| {
        let (column, _) = columns.get_mut(1)?;
        if column.height <= rows + 7 {
            return None;
        }
        column.height -= rows + 1;
        let area = Rect {
            y: column.bottom() + 1,
            height: rows,
            ..*column
        };
        below.insert(0, (area, title.to_owned()));
        Some(area)
    };
    if let Some(starts) = lab.starts() {
        let lines = lines_of_starts(view, starts, width_beside);
        let rows =
            u16::try_from(lines.len()).map_or(ROWS_OF_STARTS, |rows| rows.min(ROWS_OF_STARTS));
        if let Some(area) = take(rows, "Random starts") {
            for (y, (text, role)) in (area.y..area.bottom()).zip(lines) {
                put(buf, area, area.x, y, &text, view.theme.style(role));
            }
        }
    }
    let table = lab.table();
    if table.len() > 1 {
        let runs = lines_of_runs(lab, view, &table, usize::from(width_beside));
        let longest = runs.iter().map(Vec::len).max().unwrap_or(0);
        let count = u16::try_from(runs.len()).unwrap_or(0);
        // Where there is no room for all of it, a third line is left out.
        let longest = u16::try_from(longest).unwrap_or(ROWS_A_RUN);
        for rows in (2..=longest).rev() {
            if let Some(area) = take(rows * count, "Runs") {
                draw_runs(&runs, rows, view.theme, area, buf);
                break;
            }
        }
    }
    let mut tiles: Vec<(Rect, Vec<(Rect, String)>)> = Vec::new();
    for (column, panels) in &columns {
        let drawers: Vec<Drawer> = panels.iter().map(|panel| Drawer::new(*panel)).collect();
        let stacked = stacked(view, panels, &drawers, *column);
        tiles.push((*column, draw_tiles(view, &stacked, buf)));
    }
    if let Some((_, tiles)) = tiles.get_mut(1) {
        tiles.extend(below);
    }
    frame(view, outer, &tiles, buf);
    let line = Rect {
        y: outer.y,
        height: outer.height + 1,
        ..outer
    };
    more_hints(
        lab,
        view.theme,
        line,
        columns.iter().map(|column| column.0),
        buf,
    );
}

/// Returns the areas of the panels of a column. A network that can show what its units compute gets the rows for it.
fn stacked(view: &View, panels: &[Panel], drawers: &[Drawer], column: Rect) -> Vec<(Rect, Drawer)> {
    let rows = panel::rows_for_pictures(view, (column.width, column.height));
    let ([Panel::Network, _, ..], [network, others @ ..], Some(rows)) = (panels, drawers, rows)
    else {
        return stack(view, drawers, column);
    };
    let above = Rect {
        height: rows,
        ..column
    };
    let below = Rect {
        y: column.y + rows + 1,
        height: column.height.saturating_sub(rows + 1),
        ..column
    };
    let mut stacked = vec![(above, *network)];
    stacked.extend(stack(view, others, below));
    stacked
}

/// Returns how many random starts got every sample right, how fast, and which did not.
fn lines_of_starts(view: &View, starts: &Starts, width: u16) -> Vec<(String, Role)> {
    let theme = view.theme;
    let width = usize::from(width);
    let all = |text: &str, role: Role| -> Vec<(String, Role)> {
        let parts = wrapped(&theme.text(text), width).into_iter();
        parts.map(|part| (part, role)).collect()
    };
    let mut lines = all(&starts.summary(), Role::Text);
    let bars = starts.histogram();
    let most = bars.iter().map(|bar| bar.1).max().unwrap_or(0).max(1);
    let label = bars.iter().map(|bar| bar.0.width()).max().unwrap_or(0);
    let room = width.saturating_sub(label + 5).max(1);
    lines.extend(bars.into_iter().map(|(name, count)| {
        let bar = theme.pick("█", "#").repeat((count * room).div_ceil(most));
        let line = format!("{name:>label$} {bar} {count}");
        (fitted(&theme.text(&line), width, theme), Role::Dim)
    }));
    if let Some(without) = starts.without("{} s") {
        lines.extend(all(&without, Role::Dim));
    }
    lines
}

/// Draws the borders around the columns and between their panels, with the titles in them.
fn frame(view: &View, outer: Rect, columns: &[(Rect, Vec<(Rect, String)>)], buf: &mut Buffer) {
    let theme = view.theme;
    let style = theme.style(Role::Frame);
    let (left, right) = (outer.x, outer.right().saturating_sub(1));
    let (top, bottom) = (outer.y, outer.bottom().saturating_sub(1));
    let (line, post) = (theme.pick("─", "-"), theme.pick("│", "|"));
    let mut at = |x: u16, y: u16, sign: &str| {
        put(buf, outer, x, y, sign, style);
    };
    for x in left..=right {
        at(x, top, line);
        at(x, bottom, line);
    }
    for y in top + 1..bottom {
        at(left, y, post);
        at(right, y, post);
    }
    let corners = [
        (left, top, "╭"),
        (right, top, "╮"),
        (left, bottom, "╰"),
        (right, bottom, "╯"),
    ];
    for (x, y, corner) in corners {
        at(x, y, theme.pick(corner, "+"));
    }
    for (column, _) in columns.iter().skip(1) {
        let x = column.x - 1;
        for y in top + 1..bottom {
            at(x, y, post);
        }
        at(x, top, theme.pick("┬", "+"));
        at(x, bottom, theme.pick("┴", "+"));
    }
    // Where lines of two columns meet at a post, they cross it.
    let lines = |index: usize| {
        let column = columns.get(index).map(|column| column.1.as_slice());
        column
            .unwrap_or_default()
            .iter()
            .skip(1)
            .map(|(area, _)| area.y - 1)
    };
    for (index, (column, _)) in columns.iter().enumerate() {
        for y in lines(index) {
            for x in column.x..column.right() {
                at(x, y, line);
            }
            let crosses = |other: Option<usize>| {
                other.is_some_and(|other| lines(other).any(|line| line == y))
            };
            let before = if crosses(index.checked_sub(1)) {
                "┼"
            } else {
                "├"
            };
            let after = if crosses(Some(index + 1)) {
                "┼"
            } else {
                "┤"
            };
            at(column.x - 1, y, theme.pick(before, "+"));
            at(column.right(), y, theme.pick(after, "+"));
        }
    }
    for (_, tiles) in columns {
        for (index, (area, title)) in tiles.iter().enumerate() {
            let y = if index == 0 { top } else { area.y - 1 };
            draw_title(view, *area, y, title, buf);
        }
    }
}

/// Returns the kept runs and this one in lines: what each is made of where that differs, how far its loss has come after how
/// many epochs, and when all samples were right, beside one of them if there is room.
fn lines_of_runs(
    lab: &Lab,
    view: &View,
    table: &[(String, KeptRun)],
    width: usize,
) -> Vec<Vec<(String, Role)>> {
    let theme = view.theme;
    let runs = table.iter().enumerate().map(|(index, (differs, run))| {
        let is_this = lab.is_this_run(index);
        let name = match lab.kept().get(index) {
            None => "now".to_owned(),
            Some(_) if is_this => format!("{}, now", index + 1),
            Some(_) => format!("{}", index + 1),
        };
        let mut name = match differs.as_str() {
            "" => name,
            differs => format!("{name}: {differs}"),
        };
        let epochs = match run.epochs {
            1 => "1 epoch".to_owned(),
            count => format!("{count} epochs"),
        };
        let short = format!("  J {} after {epochs}", view.number(run.loss));
        let with_held_out = run
            .held_out
            .map(|held_out| format!("{short}, held out {}", view.number(held_out)));
        let mut loss = with_held_out
            .filter(|line| line.width() <= width)
            .unwrap_or(short);
        let right = run
            .all_right
            .map(|epoch| format!("all right: epoch {epoch}"));
        let mut last = None;
        if let Some(right) = right {
            if loss.width() + 2 + right.width() <= width {
                loss = format!("{loss}  {right}");
            } else if name.width() + 2 + right.width() <= width {
                let gap = width - name.width() - right.width();
                name = format!("{name}{}{right}", " ".repeat(gap));
            } else {
                last = Some(format!("  {right}"));
            }
        }
        let role = if is_this { Role::Text } else { Role::Dim };
        let lines = [Some(name), Some(loss), last].into_iter().flatten();
        lines
            .map(|line| (fitted(&theme.text(&line), width, theme), role))
            .collect()
    });
    runs.collect()
}

/// Draws the lines of runs, so many of each.
fn draw_runs(runs: &[Vec<(String, Role)>], rows: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    for (run, top) in runs.iter().zip((area.y..).step_by(usize::from(rows))) {
        for ((text, role), y) in run.iter().zip(top..top + rows) {
            put(buf, area, area.x, y, text, theme.style(*role));
        }
    }
}

/// Draws the last line: what is asked, a message, or the keys.
fn footer(lab: &Lab, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let line = inset(area, area.bottom().saturating_sub(1));
    let mut x = line.x;
    if let Some((asked, typed)) = lab.asked() {
        let typed = typed.map_or(String::new(), |number| number.to_string());
        let what = match asked {
            Asked::Update => "update",
            Asked::Epoch => "epoch",
        };
        let forms = [
            format!("Go to {what}: {typed}_   "),
            format!("{what}: {typed}_  "),
        ];
        let ask = prompt(forms, usize::from(line.width), theme);
        x = put(buf, line, x, line.y, &ask, theme.style(Role::Title));
    } else if let Some(message) = lab.message() {
        // Of what is typed too: it stays, to be mended.
        put_message(message, Role::Title, theme, area, buf);
        return;
    } else if let Some(ask) = field(lab.picture(), usize::from(line.width), theme)
        .or_else(|| file_field(lab.picture(), usize::from(line.width), theme))
    {
        x = ask.put(line, theme, buf);
    }
    let rest = Rect {
        x,
        width: line.right().saturating_sub(x),
        ..line
    };
    let (fitting, _) = fitting_hints(offered(lab), usize::from(rest.width), theme);
    put_hints(&fitting, theme, rest, buf);
}

/// Returns whether Esc closes the loss map, or the panel that fills the screen, and does not lead out of the lab.
fn closes(lab: &Lab) -> bool {
    lab.map().is_some() || lab.large_panel().is_some()
}

/// Returns the hints on the keys that do something here.
fn offered(lab: &Lab) -> Vec<&'static Hint> {
    let bindings = keys::bindings(lab.mode());
    let offered = bindings.filter(|binding| lab.offers(binding.command));
    offered
        .filter_map(|binding| match binding.command {
            Command::Play if lab.is_playing() => Some(&keys::PAUSE),
            Command::Return if lab.mode() == Mode::Lab && lab.is_on_the_way() => Some(&keys::STOP),
            Command::Return if lab.mode() == Mode::Lab && closes(lab) => Some(&keys::CLOSE),
            _ => binding.hint.as_ref(),
        })
        .collect()
}

/// Draws in the lower border of the columns the keys for which the last line has no room.
fn more_hints(
    lab: &Lab,
    theme: &Theme,
    area: Rect,
    columns: impl Iterator<Item = Rect>,
    buf: &mut Buffer,
) {
    let line = inset(area, area.bottom().saturating_sub(1));
    let (_, mut others) = fitting_hints(offered(lab), usize::from(line.width), theme);
    for column in columns {
        // A blank at both ends, and a piece of the border.
        let line = Rect {
            x: column.x + 2,
            y: line.y.saturating_sub(1),
            width: column.width.saturating_sub(4),
            height: 1,
        };
        let (fitting, rest) = fitting_hints(others, usize::from(line.width), theme);
        if !fitting.is_empty() {
            let end = put_hints(&fitting, theme, line, buf);
            for x in [line.x - 1, end] {
                put_over(buf, area, x, line.y, " ", theme.style(Role::Text));
            }
        }
        others = rest;
    }
}

/// Returns the number of rows by which the help, or the list of changes, can be scrolled on a screen of this size.
pub(super) fn most_scroll(lab: &Lab, theme: &Theme, area: Rect) -> usize {
    if lab.mode() == Mode::Changes {
        changes::most_scroll_of_lab(lab, theme, super::body(area))
    } else {
        help::most_scroll_of_lab(lab, theme, super::body(area))
    }
}
