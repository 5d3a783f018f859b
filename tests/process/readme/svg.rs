//! A frame of a terminal as a picture.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// The width and height of a cell in pixels.
const CELL: (u16, u16) = (9, 19);
const BASELINE: u16 = 14;
const MARGIN: u16 = 10;
const PAPER: &str = "#16181d";
const INK: &str = "#d8dce3";

/// Returns the frame in the colours of a dark terminal. Each word is stretched to the width of its cells, because some
/// characters may come from fonts with other widths.
pub(crate) fn of(frame: &Buffer) -> String {
    let area = frame.area;
    let (width, height) = (
        area.width * CELL.0 + 2 * MARGIN,
        area.height * CELL.1 + 2 * MARGIN,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\" fill=\"{INK}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    for y in area.top()..area.bottom() {
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
    }
    svg + "</svg>\n"
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
    let word = word.replace('&', "&amp;").replace('<', "&lt;");
    let baseline = top + BASELINE;
    writeln!(
        svg,
        "<text x=\"{left}\" y=\"{baseline}\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\"{more}>{word}</text>"
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
