//! Frames of a program → bytes for a terminal, whichever way they get there.

use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use super::encode::encode;

/// Larger screens are used up to this; the rest stays blank. It bounds memory against a terminal that
/// claims to be 65,535 columns wide.
const LARGEST: u16 = 1000;

/// What one terminal shows.
#[derive(Debug)]
pub struct Screen {
    /// Only a `Terminal` makes frames. Its backend is never drawn to.
    frames: Terminal<TestBackend>,
    shown: Buffer,
    /// Whether the terminal really shows `shown`.
    known: bool,
    bytes: Vec<u8>,
}

impl Screen {
    /// A screen of which nothing is known but its size.
    pub fn new(size: Size) -> Self {
        let area = area(size);
        Self {
            frames: frames(area),
            shown: Buffer::empty(area),
            known: false,
            bytes: Vec::new(),
        }
    }

    /// The terminal has this size now. Terminals move text about when they are resized, so the next frame
    /// is drawn in full.
    pub fn resize(&mut self, size: Size) {
        let area = area(size);
        if area != self.shown.area {
            self.frames = frames(area);
            self.shown = Buffer::empty(area);
        }
        self.forget();
    }

    /// The next frame is drawn in full: something else has drawn on the terminal.
    pub fn forget(&mut self) {
        self.known = false;
    }

    /// Draws a frame; what to send for it. Attributes must be reset at its start and are at its end.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> &[u8] {
        draw(&mut self.frames.get_frame());
        let wanted = self.frames.current_buffer_mut();
        self.bytes.clear();
        encode(self.known.then_some(&self.shown), wanted, &mut self.bytes);
        std::mem::swap(&mut self.shown, wanted);
        wanted.reset();
        self.known = true;
        &self.bytes
    }
}

fn area(size: Size) -> Rect {
    Rect::new(0, 0, size.width.min(LARGEST), size.height.min(LARGEST))
}

fn frames(area: Rect) -> Terminal<TestBackend> {
    let options = TerminalOptions {
        viewport: Viewport::Fixed(area),
    };
    let Ok(frames) = Terminal::with_options(TestBackend::new(0, 0), options);
    frames
}

#[cfg(test)]
mod tests {
    use ratatui::widgets::Paragraph;

    use super::*;

    fn text(screen: &mut Screen, text: &str) -> String {
        screen
            .draw(|frame| frame.render_widget(Paragraph::new(text), frame.area()))
            .escape_ascii()
            .to_string()
    }

    #[test]
    fn frames_build_on_each_other_until_forgotten() {
        let mut screen = Screen::new(Size::new(10, 2));
        assert_eq!(text(&mut screen, "one"), r"\x1b[H\x1b[2Jone");
        assert_eq!(text(&mut screen, "one"), "");
        assert_eq!(text(&mut screen, "ore"), r"\x1b[;2Hr");
        assert_eq!(text(&mut screen, "one"), r"\x1b[;2Hn");
        screen.forget();
        assert_eq!(text(&mut screen, "one"), r"\x1b[H\x1b[2Jone");
        assert_eq!(text(&mut screen, "one"), "");
        screen.resize(Size::new(2, 2));
        assert_eq!(text(&mut screen, "one"), r"\x1b[H\x1b[2Jon");
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
