//! Frames of a program, encoded as bytes for a terminal.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::encode::Encoder;

/// The largest width and height of a frame; the rest of a larger screen stays blank. It bounds memory against a
/// terminal that claims to be 65,535 columns wide.
const LARGEST: u16 = 1000;

/// The screen of one terminal: what it shows, and what to send to change it.
#[derive(Debug)]
pub struct Screen {
    encoder: Encoder,
    /// The next frame.
    buffer: Buffer,
}

impl Screen {
    /// Returns a screen of which only the size is known.
    pub fn new(size: Size) -> Self {
        Self {
            encoder: Encoder::new(),
            buffer: Buffer::empty(area(size)),
        }
    }

    /// Sets the size of the terminal. Terminals move text about when they are resized, so the next frame is drawn in
    /// full.
    pub fn resize(&mut self, size: Size) {
        self.buffer.resize(area(size));
        self.encoder.forget();
    }

    /// Returns the size of the next frame.
    pub fn size(&self) -> Size {
        self.buffer.area.as_size()
    }

    /// Draws a frame and returns the bytes to send. The attributes must be reset before it, and are reset after it.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Buffer)) -> String {
        self.buffer.reset();
        draw(&mut self.buffer);
        self.encoder.encode(&mut self.buffer)
    }
}

fn area(size: Size) -> Rect {
    let size = Size::new(size.width.min(LARGEST), size.height.min(LARGEST));
    Rect::from((Position::ORIGIN, size))
}

#[cfg(test)]
mod tests {
    use ratatui::widgets::{Paragraph, Widget as _};

    use super::*;

    fn text(screen: &mut Screen, text: &str) -> String {
        screen
            .draw(|buf| Paragraph::new(text).render(buf.area, buf))
            .as_bytes()
            .escape_ascii()
            .to_string()
    }

    #[test]
    fn frames_build_on_each_other_until_resized() {
        let mut screen = Screen::new(Size::new(10, 2));
        assert_eq!(text(&mut screen, "one"), r"\x1b[1;1H\x1b[2Jone");
        assert_eq!(text(&mut screen, "one"), "");
        assert_eq!(text(&mut screen, "ore"), r"\x1b[1;2Hr");
        assert_eq!(text(&mut screen, "one"), r"\x1b[1;2Hn");
        screen.resize(Size::new(10, 2));
        assert_eq!(text(&mut screen, "one"), r"\x1b[1;1H\x1b[2Jone");
        assert_eq!(text(&mut screen, "one"), "");
        screen.resize(Size::new(2, 2));
        assert_eq!(text(&mut screen, "one"), r"\x1b[1;1H\x1b[2Jon");
    }

    /// Terminals differ in how wide a character with a selector is: what it may leave free is blank.
    #[test]
    fn nothing_stays_beside_a_character_of_uncertain_width() {
        let mut screen = Screen::new(Size::new(4, 1));
        text(&mut screen, "abcd");
        let mut draw = |text: &str| screen.draw(|buf| Paragraph::new(text).render(buf.area, buf));
        assert_eq!(draw("❤\u{fe0f}cd"), "\x1b[1;1H  \x1b[1;1H❤\u{fe0f}");
        assert_eq!(draw("漢cd"), "\x1b[1;1H漢");
    }

    #[test]
    fn any_size_is_fine() {
        for size in [
            Size::ZERO,
            Size::new(1, 0),
            Size::new(u16::MAX, 1),
            Size::new(1, u16::MAX),
        ] {
            let mut screen = Screen::new(size);
            text(&mut screen, "one");
            screen.resize(Size::new(3, 1));
            assert!(text(&mut screen, "one").ends_with("one"));
        }
    }
}
