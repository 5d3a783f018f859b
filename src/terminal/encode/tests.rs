use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Rect, Size};
use ratatui::style::{Color, Modifier, Style};

use crate::terminal::Screen;

/// One column of a terminal, as far as the emulator tells.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    symbol: String,
    fg: vt100::Color,
    bg: vt100::Color,
    modifier: Modifier,
}

/// The modifiers that the emulator knows.
const TOLD: Modifier = Modifier::BOLD
    .union(Modifier::DIM)
    .union(Modifier::ITALIC)
    .union(Modifier::UNDERLINED)
    .union(Modifier::REVERSED);

impl Seen {
    /// Returns the same without the attributes that cannot be seen.
    fn visible(mut self) -> Self {
        if self.symbol == " " && !self.modifier.contains(Modifier::REVERSED) {
            self.modifier &= Modifier::UNDERLINED;
            if self.modifier.is_empty() {
                self.fg = vt100::Color::Default;
            }
        }
        self
    }
}

fn color(color: Color) -> vt100::Color {
    match color {
        Color::Reset => vt100::Color::Default,
        Color::Black => vt100::Color::Idx(0),
        Color::Red => vt100::Color::Idx(1),
        Color::Green => vt100::Color::Idx(2),
        Color::Yellow => vt100::Color::Idx(3),
        Color::Blue => vt100::Color::Idx(4),
        Color::Magenta => vt100::Color::Idx(5),
        Color::Cyan => vt100::Color::Idx(6),
        Color::Gray => vt100::Color::Idx(7),
        Color::DarkGray => vt100::Color::Idx(8),
        Color::LightRed => vt100::Color::Idx(9),
        Color::LightGreen => vt100::Color::Idx(10),
        Color::LightYellow => vt100::Color::Idx(11),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::LightMagenta => vt100::Color::Idx(13),
        Color::LightCyan => vt100::Color::Idx(14),
        Color::White => vt100::Color::Idx(15),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
    }
}

fn modifier(cell: &vt100::Cell) -> Modifier {
    [
        (cell.bold(), Modifier::BOLD),
        (cell.dim(), Modifier::DIM),
        (cell.italic(), Modifier::ITALIC),
        (cell.underline(), Modifier::UNDERLINED),
        (cell.inverse(), Modifier::REVERSED),
    ]
    .into_iter()
    .filter_map(|(on, modifier)| on.then_some(modifier))
    .collect()
}

fn wanted(buffer: &Buffer) -> Vec<Seen> {
    let width = usize::from(buffer.area.width);
    let mut seen = Vec::new();
    for row in buffer.content.chunks(width) {
        let mut x = 0;
        while x < width {
            let cell = &row[x];
            let columns = usize::from(cell.symbol().cell_width());
            for part in 0..columns {
                seen.push(
                    Seen {
                        symbol: if part == 0 {
                            cell.symbol().to_string()
                        } else {
                            String::new()
                        },
                        fg: color(cell.fg),
                        bg: color(cell.bg),
                        modifier: cell.modifier & TOLD,
                    }
                    .visible(),
                );
            }
            x += columns;
        }
    }
    seen
}

fn shown(screen: &vt100::Screen, area: Rect) -> Vec<Seen> {
    let mut seen = Vec::new();
    for y in 0..area.height {
        for x in 0..area.width {
            let cell = screen.cell(y, x).unwrap();
            // The emulator keeps no style for the right half of a wide character.
            let style = if cell.is_wide_continuation() {
                screen.cell(y, x - 1).unwrap()
            } else {
                cell
            };
            let symbol = match cell.contents() {
                "" if !cell.is_wide_continuation() => " ",
                contents => contents,
            };
            seen.push(
                Seen {
                    symbol: symbol.to_string(),
                    fg: style.fgcolor(),
                    bg: style.bgcolor(),
                    modifier: modifier(style),
                }
                .visible(),
            );
        }
    }
    seen
}

fn any_color() -> impl Strategy<Value = Color> {
    prop_oneof![
        4 => Just(Color::Reset),
        1 => Just(Color::Red),
        1 => Just(Color::Gray),
        1 => Just(Color::DarkGray),
        1 => Just(Color::White),
        1 => any::<u8>().prop_map(Color::Indexed),
        1 => any::<[u8; 3]>().prop_map(|[red, green, blue]| Color::Rgb(red, green, blue)),
    ]
}

fn any_style() -> impl Strategy<Value = Style> {
    let modifier = prop_oneof![
        2 => Just(Modifier::empty()),
        1 => prop::sample::select(vec![
            Modifier::BOLD,
            Modifier::DIM,
            Modifier::ITALIC,
            Modifier::UNDERLINED,
            Modifier::REVERSED,
            Modifier::BOLD | Modifier::REVERSED,
            Modifier::DIM | Modifier::UNDERLINED,
        ]),
    ];
    (any_color(), any_color(), modifier)
        .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

const WIDTH: u16 = 24;
const HEIGHT: u16 = 5;

/// A strategy of buffers with runs of text in few styles, written over one another as on a real screen.
fn any_buffer() -> impl Strategy<Value = Buffer> {
    let text = prop_oneof![
        3 => "[ab0-9.]{1,12}",
        3 => " {1,24}",
        2 => "[δψ│╭─ ]{1,12}",
        1 => "[漢字 a]{1,6}",
        1 => "(e\u{301}|a){1,6}",
    ];
    let run = (0..WIDTH, 0..HEIGHT, text, any_style());
    prop::collection::vec(run, 0..14).prop_map(|runs| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
        for (x, y, text, style) in runs {
            buffer.set_string(x, y, text, style);
        }
        // Bold and dim at once look different on every terminal, and the emulator knows one weight only.
        for cell in &mut buffer.content {
            if cell.modifier.contains(Modifier::BOLD) {
                cell.modifier.remove(Modifier::DIM);
            }
        }
        // A wide character whose right half was overwritten is not a screen that exists.
        for y in 0..HEIGHT {
            for x in 0..WIDTH - 1 {
                if buffer[(x, y)].symbol().cell_width() == 2 {
                    buffer[(x + 1, y)] = Cell::EMPTY;
                }
            }
        }
        buffer
    })
}

fn draw(screen: &mut Screen, buffer: &Buffer) -> String {
    screen.draw(|buf| buf.clone_from(buffer))
}

/// Returns the bytes that turn one buffer on a terminal into another.
fn encoded(before: &Buffer, after: &Buffer) -> String {
    let mut screen = Screen::new(before.area.as_size());
    draw(&mut screen, before);
    if after.area != before.area {
        screen.resize(after.area.as_size());
    }
    draw(&mut screen, after)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_terminal_shows_every_screen_of_a_sequence(
        buffers in prop::collection::vec(any_buffer(), 1..5),
        start in (0..HEIGHT, 0..WIDTH),
    ) {
        let mut terminal = vt100::Parser::new(HEIGHT.try_into().unwrap(), WIDTH.try_into().unwrap(), 0);
        terminal.process(format!("left over\x1b[{};{}H", start.0 + 1, start.1 + 1).as_bytes());
        let mut screen = Screen::new(Size::new(WIDTH, HEIGHT));
        for buffer in &buffers {
            let bytes = draw(&mut screen, buffer);
            terminal.process(bytes.as_bytes());
            prop_assert_eq!(
                shown(terminal.screen(), buffer.area),
                wanted(buffer),
                "{}",
                bytes.escape_debug(),
            );
            // Attributes are left reset.
            prop_assert_eq!(terminal.screen().fgcolor(), vt100::Color::Default);
            prop_assert_eq!(terminal.screen().bgcolor(), vt100::Color::Default);
            prop_assert!(!terminal.screen().bold() && !terminal.screen().inverse());
        }
    }

    #[test]
    fn any_cells_at_all_send_no_control_characters(symbols in prop::collection::vec("\\PC|\\pC|.{0,3}", 40)) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 5));
        for (cell, symbol) in buffer.content.iter_mut().zip(&symbols) {
            cell.set_symbol(symbol);
        }
        let mut screen = Screen::new(buffer.area.as_size());
        // Only the encoder's own sequences: ESC [ digits letter, and CR LF.
        let text = draw(&mut screen, &buffer);
        for (at, character) in text.char_indices().filter(|(_, character)| character.is_control()) {
            let rest = &text[at + 1..];
            match character {
                '\x1b' => {
                    let rest = rest.strip_prefix('[').unwrap();
                    let last = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
                    prop_assert!(last.starts_with(['H', 'J', 'K', 'C', 'm']), "{last:?}");
                }
                '\r' => prop_assert!(rest.starts_with('\n')),
                '\n' => prop_assert!(text[..at].ends_with('\r')),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

#[test]
fn an_unchanged_screen_costs_nothing() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 3));
    buffer.set_string(3, 1, "δ = ψ ∘ W", Style::new().fg(Color::Red));
    assert_eq!(encoded(&buffer, &buffer), "");
}

#[test]
fn the_style_of_a_blank_that_cannot_be_seen_costs_nothing() {
    let area = Rect::new(0, 0, 20, 1);
    let before = Buffer::empty(area);
    let mut after = before.clone();
    after.set_style(
        area,
        Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
    );
    assert_eq!(encoded(&before, &after), "");
}

#[test]
fn short_forms_are_used() {
    let area = Rect::new(0, 0, 40, 4);
    let mut before = Buffer::empty(area);
    before.set_string(0, 1, "0.123 0.456", Style::new());
    before.set_string(0, 2, "a long line of narration to erase", Style::new());
    let mut after = Buffer::empty(area);
    after.set_string(0, 1, "0.124", Style::new().fg(Color::LightRed));
    after.set_string(5, 1, " 0.457", Style::new());
    assert_eq!(
        encoded(&before, &after).escape_debug().to_string(),
        r"\u{1b}[2;1H\u{1b}[38;5;9m0.124\u{1b}[5C\u{1b}[0m7\r\n\u{1b}[K",
    );
}

#[test]
fn a_resized_screen_is_drawn_anew() {
    let before = Buffer::with_lines(["ab", "cd"]);
    let after = Buffer::with_lines(["abc"]);
    assert_eq!(encoded(&before, &after), "\x1b[1;1H\x1b[2Jabc");
}

#[test]
fn no_size_at_all_is_fine() {
    let mut screen = Screen::new(Size::ZERO);
    assert_eq!(
        draw(&mut screen, &Buffer::empty(Rect::ZERO)),
        "\x1b[1;1H\x1b[2J"
    );
}
