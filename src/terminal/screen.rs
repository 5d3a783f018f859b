//! Frames of a program → bytes for a terminal, whichever way they get there.

use std::mem;

use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal};

use super::encode::Encoder;

/// Larger screens are used up to this; the rest stays blank. It bounds memory against a terminal that
/// claims to be 65,535 columns wide.
const LARGEST: u16 = 1000;

/// What one terminal shows.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<Encoder>,
}

impl Screen {
    /// A screen of which nothing is known but its size.
    pub fn new(size: Size) -> Self {
        let Ok(terminal) = Terminal::new(Encoder::new(bounded(size)));
        Self { terminal }
    }

    /// The terminal has this size now. Terminals move text about when they are resized, so the next frame
    /// is drawn in full.
    pub fn resize(&mut self, size: Size) {
        let size = bounded(size);
        self.terminal.backend_mut().size = size;
        let Ok(()) = self.terminal.resize(Rect::from((Position::ORIGIN, size)));
    }

    /// The size of the next frame.
    pub fn size(&self) -> Size {
        self.terminal.backend().size
    }

    /// Draws a frame; what to send for it. Attributes must be reset at its start and are at its end.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> String {
        let Ok(_) = self.terminal.draw(|frame| {
            draw(frame);
            // The last wall: whatever a text holds, no control sequence gets through to the terminal.
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
