//! Frames of a program, encoded as bytes for a terminal.

use std::mem;

use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal};

use super::encode::Encoder;

/// The largest width and height of a frame; the rest of a larger screen stays blank. It bounds memory against a
/// terminal that claims to be 65,535 columns wide.
const LARGEST: u16 = 1000;

/// The screen of one terminal: what it shows, and what to send to change it.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<Encoder>,
}

impl Screen {
    /// Returns a screen of which only the size is known.
    pub fn new(size: Size) -> Self {
        let Ok(terminal) = Terminal::new(Encoder::new(bounded(size)));
        Self { terminal }
    }

    /// Sets the size of the terminal. Terminals move text about when they are resized, so the next frame is drawn in
    /// full.
    pub fn resize(&mut self, size: Size) {
        let size = bounded(size);
        self.terminal.backend_mut().size = size;
        let Ok(()) = self.terminal.resize(Rect::from((Position::ORIGIN, size)));
    }

    /// Returns the size of the next frame.
    pub fn size(&self) -> Size {
        self.terminal.backend().size
    }

    /// Draws a frame and returns the bytes to send. The attributes must be reset before it, and are reset after it.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> String {
        let Ok(_) = self.terminal.draw(|frame| {
            draw(frame);
            // The last barrier: whatever a text contains, no control sequence reaches the terminal.
            for cell in &mut frame.buffer_mut().content {
                if cell.symbol().chars().any(char::is_control) {
                    cell.set_symbol(" ");
                }
            }
        });
        mem::take(&mut self.terminal.backend_mut().frame)
    }
}

fn bounded(size: Size) -> Size {
    Size::new(size.width.min(LARGEST), size.height.min(LARGEST))
}

#[cfg(test)]
mod tests {
    use ratatui::widgets::Paragraph;

    use super::*;

    fn text(screen: &mut Screen, text: &str) -> String {
        screen
            .draw(|frame| frame.render_widget(Paragraph::new(text), frame.area()))
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
