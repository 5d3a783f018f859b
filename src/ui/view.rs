//! What every panel is given to read.

use unicode_width::UnicodeWidthStr;

use crate::keys;
use crate::session::{Asked, Command, Place, Session, Withheld};
use crate::trace::{Cell, Explanation, Hidden, Part, Prose, Step};
use crate::ui::style::Theme;

/// What a learner who is asked does not see yet.
#[derive(Clone, Copy)]
pub(super) struct Veiled<'a> {
    /// The last step whose results they know.
    pub known: &'a Step<'a>,
    /// What is hidden of the result.
    pub hidden: Hidden,
}

/// What a panel reads.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The learner's place.
    pub session: &'a Session,
    /// The step there.
    pub step: &'a Step<'a>,
    /// The number under the cursor.
    pub cursor: Option<Place>,
    /// Why that number is what it is.
    pub explanation: Option<&'a Explanation>,
    /// Why the first number of the result is what it is, where there is no cursor.
    pub example: Option<&'a Explanation>,
    /// Whether the step is one that lies behind the learner's.
    pub past: bool,
    /// What is asked at the step, and how it was answered.
    pub asked: Option<&'a Asked<'a>>,
    /// What of the step is hidden until it is answered.
    pub veil: Option<Veiled<'a>>,
    /// What panels may not work out by themselves.
    pub withheld: Withheld,
    /// How things look.
    pub theme: &'a Theme,
}

impl<'a> View<'a> {
    /// The view of what stands beside the page: while a step is hidden, of the last one that the learner knows.
    pub(super) const fn beside(&self) -> Self {
        match self.veil {
            None => *self,
            Some(veil) => View {
                step: veil.known,
                cursor: None,
                explanation: None,
                example: None,
                asked: None,
                veil: None,
                ..*self
            },
        }
    }

    /// The key to teach first for a command, where one has it now.
    pub(super) fn key(&self, command: Command) -> Option<String> {
        let mut bindings = keys::bindings(self.session.mode());
        let key = bindings.find(|binding| binding.command == command)?.keys;
        let key = key.first()?;
        Some(if self.theme.ascii {
            key.ascii_name()
        } else {
            key.name()
        })
    }

    /// What is asked here and not yet answered.
    pub(super) fn asking(&self) -> Option<&'a Asked<'a>> {
        self.asked.filter(|asked| !asked.revealed)
    }

    /// The step's formula, without what it would tell of a hidden result.
    pub(super) fn formula(&self) -> Option<Prose> {
        if self.veil.is_some() {
            self.step.veiled_formula()
        } else {
            self.step.formula()
        }
    }

    /// The step's equation, without what is hidden.
    pub(super) fn equation(&self) -> Vec<Part> {
        match self.veil {
            Some(veil) => self.step.veiled_equation(veil.known, veil.hidden),
            None => self.step.equation(),
        }
    }
}

impl View<'_> {
    /// The same view of a step that lies behind the learner's: nothing of it is asked for.
    pub(super) fn past<'b>(&self, step: &'b Step<'b>) -> View<'b>
    where
        Self: 'b,
    {
        View {
            step,
            cursor: None,
            explanation: None,
            example: None,
            past: true,
            asked: None,
            veil: None,
            withheld: Withheld::default(),
            session: self.session,
            theme: self.theme,
        }
    }

    /// A number with as many decimals as the learner wants, as the terminal can show it.
    pub(super) fn number(&self, value: f64) -> String {
        let number = self.session.decimals().number(value);
        self.theme.text(&number).into_owned()
    }

    /// A number with all the decimals that the learner wants, where it fits: whole numbers bare, and without the
    /// zero before the point if that helps.
    pub(super) fn whole_number(&self, value: f64, width: usize) -> Option<String> {
        let full = self
            .theme
            .text(&self.session.decimals().term(value))
            .into_owned();
        if full.width() <= width {
            return Some(full);
        }
        Some(without_zero(full)).filter(|bare| bare.width() <= width)
    }

    /// A number for a narrow place: where it does not fit as a [`whole_number`](Self::whole_number), with fewer
    /// decimals and a mark that there are more. Digits before the point are never left out: a number that is
    /// too long for that is a mark alone.
    pub(super) fn short_number(&self, value: f64, width: usize) -> String {
        if let Some(whole) = self.whole_number(value, width) {
            return whole;
        }
        let number = self.session.decimals().term(value);
        let bare = without_zero(self.theme.text(&number).into_owned());
        let mark = self.theme.pick("…", "~");
        let kept: String = bare.chars().take(width.saturating_sub(1)).collect();
        let is_honest = kept.contains('.') && !bare.contains('e');
        let short = if is_honest { kept + mark } else { mark.into() };
        if short.width() <= width {
            short
        } else {
            String::new()
        }
    }

    /// The column of a batch whose values are shown where there is room for one sample alone: the cursor's,
    /// else the first.
    pub(super) fn column(&self) -> usize {
        self.cursor
            .map(|place| place.cell)
            .filter(|cell| cell.symbol.has_sample_columns())
            .map_or(0, |cell| cell.column)
            .min(self.step.columns().saturating_sub(1))
    }

    /// Which sample that is, as `sample 3`; nothing outside of a walk.
    pub(super) fn sample(&self) -> Option<String> {
        let samples = self.step.shown_samples();
        let sample = samples.get(self.column())?;
        Some(format!("sample {sample}"))
    }

    /// Whether the cursor is on a cell, in whichever group.
    pub(super) fn is_cursor(&self, cell: Cell) -> bool {
        self.cursor.is_some_and(|place| place.cell == cell)
    }

    /// Whether a cell is among those that the number under the cursor comes from.
    pub(super) fn is_source(&self, cell: Cell) -> bool {
        self.explanation.is_some_and(|explanation| {
            explanation.sources.iter().any(|(symbol, before, region)| {
                *symbol == cell.symbol
                    && *before == cell.before
                    && region.contains(cell.row, cell.column)
            })
        })
    }
}

/// `.550` for `0.550`.
fn without_zero(number: String) -> String {
    match number.split_once("0.") {
        Some((sign @ ("" | "−" | "-"), decimals)) => format!("{sign}.{decimals}"),
        _ => number,
    }
}
