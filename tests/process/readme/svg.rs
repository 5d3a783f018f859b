//! Frames of a terminal as a moving picture.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// The width and height of a cell in pixels.
const CELL: (u16, u16) = (9, 19);
const BASELINE: u16 = 14;
const MARGIN: u16 = 10;
const PAPER: &str = "#16181d";
const INK: &str = "#d8dce3";
/// Sets the picture off from a page that is as dark.
const EDGE: &str = "#4a5160";

/// A frame of a moving picture.
pub(crate) struct Frame {
    pub(crate) screen: Buffer,
    /// The time for which it is seen, in seconds.
    pub(crate) seconds: u16,
}

/// Returns frames in the colours of a dark terminal, one after the other and again from the start. Where motion is not
/// wanted, or nothing can move, the frame with the index `still` is seen.
///
/// Rows that look the same in several frames are drawn once. Each group of rows that are seen at the same times has a
/// timetable of its own, in CSS.
pub(crate) fn moving(frames: &[Frame], still: usize) -> String {
    let area = frames[0].screen.area;
    let (width, height) = (
        area.width * CELL.0 + 2 * MARGIN,
        area.height * CELL.1 + 2 * MARGIN,
    );
    // Each row as it is drawn, with the frames that have it, in the order in which they appear.
    let mut rows: Vec<(String, Vec<usize>)> = Vec::new();
    for (at, frame) in frames.iter().enumerate() {
        assert_eq!(frame.screen.area, area);
        for y in area.top()..area.bottom() {
            let row = row(&frame.screen, y);
            match rows.iter_mut().find(|(other, _)| *other == row) {
                Some((_, seen)) => seen.push(at),
                None => rows.push((row, vec![at])),
            }
        }
    }
    let mut groups: Vec<(Vec<usize>, String)> = Vec::new();
    for (row, mut seen) in rows.into_iter().filter(|(row, _)| !row.is_empty()) {
        seen.dedup();
        match groups.iter_mut().find(|(other, _)| *other == seen) {
            Some((_, drawn)) => drawn.push_str(&row),
            None => groups.push((seen, row)),
        }
    }
    let all: u16 = frames.iter().map(|frame| frame.seconds).sum();
    let mut times = String::new();
    let mut timetables = String::new();
    let mut drawn = String::new();
    for (i, (seen, rows)) in groups.iter().enumerate() {
        if seen.len() == frames.len() {
            write!(drawn, "<g>\n{rows}</g>\n").unwrap();
            continue;
        }
        let hidden = if seen.contains(&still) {
            ""
        } else {
            " visibility=\"hidden\""
        };
        write!(drawn, "<g class=\"t{i}\"{hidden}>\n{rows}</g>\n").unwrap();
        writeln!(times, ".t{i}{{animation-name:t{i}}}").unwrap();
        writeln!(timetables, "{}", timetable(&format!("t{i}"), seen, frames)).unwrap();
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\" fill=\"{INK}\">\n\
         <style>\n@media (prefers-reduced-motion: no-preference) {{\n\
         g{{animation:{all}s step-end infinite}}\n{times}}}\n{timetables}</style>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"{PAPER}\" stroke=\"{EDGE}\"/>\n\
         {drawn}</svg>\n",
        width - 1,
        height - 1
    )
}

/// Returns when something is seen that some of the frames have.
fn timetable(name: &str, seen: &[usize], frames: &[Frame]) -> String {
    let all: u16 = frames.iter().map(|frame| frame.seconds).sum();
    let mut rules = String::new();
    let mut now = 0;
    let mut before = None;
    for (at, frame) in frames.iter().enumerate() {
        let is_seen = seen.contains(&at);
        if before != Some(is_seen) {
            let visibility = if is_seen { "visible" } else { "hidden" };
            let percent = 100.0 * f64::from(now) / f64::from(all);
            write!(rules, "{percent:.3}%{{visibility:{visibility}}}").unwrap();
            before = Some(is_seen);
        }
        now += frame.seconds;
    }
    format!("@keyframes {name}{{{rules}}}")
}

/// Returns a row as it is drawn. Each word is stretched to the width of its cells, because some characters may come from
/// fonts with other widths.
fn row(frame: &Buffer, y: u16) -> String {
    let area = frame.area;
    let mut svg = String::new();
    let mut x = area.left();
    while x < area.right() {
        let first = &frame[(x, y)];
        let mut end = x + 1;
        while end < area.right() && goes_on(first, &frame[(end, y)]) {
            end += 1;
        }
        let word: String = (x..end).map(|x| frame[(x, y)].symbol()).collect();
        draw(&mut svg, first, &word, (x, y), end - x);
        x = end;
    }
    svg
}

/// Returns whether a cell belongs to the word that begins with another one.
fn goes_on(first: &Cell, next: &Cell) -> bool {
    let is_space = |cell: &Cell| cell.symbol() == " ";
    is_space(first) == is_space(next) && first.style() == next.style()
}

fn draw(svg: &mut String, style: &Cell, word: &str, (x, y): (u16, u16), cells: u16) {
    let (left, top) = (MARGIN + x * CELL.0, MARGIN + y * CELL.1);
    let width = cells * CELL.0;
    let has = |modifier| style.modifier.contains(modifier);
    let ink = paint(style.fg, INK);
    let (ink, paper) = if has(Modifier::REVERSED) {
        (paint(style.bg, PAPER), Some(ink))
    } else {
        (
            ink,
            (style.bg != Color::Reset).then(|| paint(style.bg, PAPER)),
        )
    };
    if let Some(paper) = paper {
        let height = CELL.1;
        writeln!(svg, "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>").unwrap();
    }
    if word.trim().is_empty() {
        return;
    }
    let mut more = String::new();
    for (modifier, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::DIM, " opacity=\"0.6\""),
    ] {
        if has(modifier) {
            more.push_str(attribute);
        }
    }
    if ink != INK {
        write!(more, " fill=\"{ink}\"").unwrap();
    }
    // Letters come from one font, and only need to be set apart.
    if !word.is_ascii() {
        more.push_str(" lengthAdjust=\"spacingAndGlyphs\"");
    }
    let word = word.replace('&', "&amp;").replace('<', "&lt;");
    let baseline = top + BASELINE;
    writeln!(
        svg,
        "<text x=\"{left}\" y=\"{baseline}\" textLength=\"{width}\"{more}>{word}</text>"
    )
    .unwrap();
}

/// Returns one of the terminal's sixteen colours.
fn paint(color: Color, default: &'static str) -> &'static str {
    match color {
        Color::Reset => default,
        Color::Black => PAPER,
        Color::Red => "#f2777a",
        Color::Green => "#8fc97f",
        Color::Yellow => "#ffd166",
        Color::Blue => "#6cb0f5",
        Color::Magenta => "#d59be0",
        Color::Cyan => "#6fd3d3",
        Color::Gray => "#b6bcc6",
        Color::DarkGray => "#7d8593",
        Color::LightRed => "#ff9a9c",
        Color::LightGreen => "#b5e3a8",
        Color::LightYellow => "#ffe29a",
        Color::LightBlue => "#9bcbff",
        Color::LightMagenta => "#e9bdf0",
        Color::LightCyan => "#a3ebeb",
        Color::White => "#ffffff",
        Color::Indexed(_) | Color::Rgb(..) => panic!("{color:?} is not one of the sixteen"),
    }
}
