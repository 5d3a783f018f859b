//! Colours, attributes and characters, by what they mean.
//!
//! No meaning depends on colour alone: every role also has an attribute, a sign or a mark, so that a screen without
//! colour says the same.

use crate::algebra::notation;
use std::borrow::Cow;

use ratatui::style::{Color as Paint, Modifier, Style};

/// The colours that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// None: attributes only.
    None,
    /// For dark backgrounds.
    Dark,
    /// For light backgrounds.
    Light,
}

/// The meaning of a piece of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Plain text and numbers.
    Text,
    /// Something that is secondary: shapes, hints, axes.
    Dim,
    /// Borders.
    Frame,
    /// Headings.
    Title,
    /// The part of a formula or the network that the step is about.
    Lit,
    /// A number that the step computes.
    Result,
    /// A number that belongs to a bias unit.
    Bias,
    /// A placeholder, or a number that is dropped.
    Placeholder,
    /// The number under the cursor.
    Cursor,
    /// The numbers that the one under the cursor comes from.
    Source,
    /// A number that is not as the lesson was written; it has a mark too.
    Changed,
    /// A positive weight, error or gradient.
    Positive,
    /// A negative one; its sign or its line shows it too.
    Negative,
    /// A saturated unit, a wrong answer; it has a mark too.
    Warning,
    /// A right answer; it has a mark too.
    Right,
    /// The name of a key.
    Key,
    /// The filled part of a plot; the style of what stands on it is [`Theme::on_region`].
    Region,
}

/// The colours of a heat map, from the lowest level on, each with the one that stands out on it.
const LEVELS: [(Paint, Paint); 6] = [
    (Paint::Blue, Paint::White),
    (Paint::Cyan, Paint::Black),
    (Paint::Green, Paint::Black),
    (Paint::Yellow, Paint::Black),
    (Paint::Red, Paint::White),
    (Paint::Magenta, Paint::White),
];

/// The colours and characters that the screen is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// The colours.
    pub color: Color,
    /// Whether only ASCII characters may be used.
    pub ascii: bool,
}

impl Theme {
    /// Returns the style of a role.
    ///
    /// Only the sixteen colours of the terminal's own palette are used: the learner has made them readable, and they
    /// cost few bytes over a slow line.
    pub fn style(&self, role: Role) -> Style {
        let style = Style::new();
        let style = match role {
            Role::Text | Role::Frame => style,
            Role::Dim | Role::Bias => style,
            Role::Changed
            | Role::Title
            | Role::Result
            | Role::Key
            | Role::Warning
            | Role::Right => style.add_modifier(Modifier::BOLD),
            Role::Lit => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Role::Placeholder => style.add_modifier(Modifier::DIM),
            Role::Cursor => style.add_modifier(Modifier::REVERSED | Modifier::BOLD),
            Role::Source => style.add_modifier(Modifier::UNDERLINED),
            Role::Positive | Role::Negative | Role::Region => style,
        };
        let paint = match (self.color, role) {
            (Color::None, Role::Dim | Role::Frame | Role::Region) => {
                return style.add_modifier(Modifier::DIM);
            }
            (Color::None, _) => return style,
            // Set explicitly, so that text over a border does not take on its colour.
            (_, Role::Text | Role::Title | Role::Cursor | Role::Result) => Paint::Reset,
            (Color::Dark, Role::Dim | Role::Frame | Role::Placeholder) => Paint::DarkGray,
            (Color::Light, Role::Dim | Role::Frame | Role::Placeholder) => Paint::DarkGray,
            (Color::Dark, Role::Lit) => Paint::Yellow,
            (Color::Light, Role::Lit) => Paint::Blue,
            (_, Role::Bias) => Paint::Magenta,
            (_, Role::Source) => Paint::Cyan,
            (_, Role::Positive | Role::Right) => Paint::Green,
            (_, Role::Negative | Role::Warning) => Paint::Red,
            (Color::Dark, Role::Key) => Paint::Cyan,
            (Color::Light, Role::Key) => Paint::Blue,
            (Color::Dark, Role::Changed) => Paint::Yellow,
            (Color::Light, Role::Changed) => Paint::Magenta,
            (_, Role::Region) => self.region(),
        };
        style.fg(paint)
    }

    /// Returns the style of something on a filled part of a plot: it keeps the role's attributes, but no colour that
    /// might not stand out from the fill.
    pub fn on_region(&self, role: Role) -> Style {
        let style = Style {
            fg: None,
            ..self.style(role)
        };
        // Reversed, as without colour: the text has the terminal's background colour.
        let style = style.add_modifier(Modifier::REVERSED);
        if self.color == Color::None {
            return style;
        }
        style.fg(self.region())
    }

    /// Returns whether a level of a heat map mixes two colours, and its style, which says nothing without colour. The
    /// lowest of so many levels is 0.
    pub fn level(&self, level: usize, levels: usize) -> (bool, Style) {
        if self.color == Color::None {
            return (false, Style::new());
        }
        let tones = 2 * LEVELS.len() - 1;
        let tone = level.min(levels.max(1) - 1) * (tones - 1) / (levels.max(2) - 1);
        let (below, is_mixed) = (LEVELS[tone / 2], tone % 2 == 1);
        let style = Style::new().bg(below.0);
        if is_mixed {
            (true, style.fg(LEVELS[tone / 2 + 1].0))
        } else {
            (false, style.fg(below.1))
        }
    }

    /// Returns the colour of what stands on a level; `None` if that is not the background of one.
    pub fn on_level(&self, background: Paint) -> Option<Paint> {
        let level = LEVELS.iter().find(|level| level.0 == background)?;
        Some(level.1)
    }

    /// Returns the colour of a number above 0 or below it, stronger for a large one. Only where there is colour.
    pub(in crate::ui) const fn signed(&self, is_positive: bool, is_large: bool) -> Paint {
        let is_bright = match self.color {
            Color::Light => !is_large,
            Color::None | Color::Dark => is_large,
        };
        match (is_positive, is_bright) {
            (true, false) => Paint::Green,
            (true, true) => Paint::LightGreen,
            (false, false) => Paint::Red,
            (false, true) => Paint::LightRed,
        }
    }

    /// Returns the colour of a region. The terminal's own background is readable on it.
    const fn region(&self) -> Paint {
        match self.color {
            Color::Light => Paint::Blue,
            Color::None | Color::Dark => Paint::Cyan,
        }
    }

    /// Returns a text as the terminal can show it.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.ascii && !text.is_ascii() {
            Cow::Owned(notation::ascii(text))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Returns one of two forms of a mark, as the terminal can show it.
    pub const fn pick(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { unicode }
    }
}
