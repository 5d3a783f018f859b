//! A view of a step, with the theme that it is drawn in: all that a panel reads.

use std::ops::Deref;

use unicode_width::UnicodeWidthStr;

use crate::keys;
use crate::session::{Command, Hand, StepView};
use crate::ui::style::Theme;

/// A view of a step, and the theme that it is drawn in.
#[derive(Clone, Copy)]
// The view of a step is called so everywhere.
#[allow(clippy::struct_field_names)]
pub(super) struct View<'a> {
    pub step_view: &'a StepView<'a>,
    pub theme: &'a Theme,
    /// The cursor that places samples, in the lab.
    pub hand: Option<&'a Hand>,
}

impl<'a> Deref for View<'a> {
    type Target = StepView<'a>;

    fn deref(&self) -> &Self::Target {
        self.step_view
    }
}

impl View<'_> {
    /// Returns the name of the key to show for a command; `None` if it has none now.
    pub(super) fn key(&self, command: Command) -> Option<String> {
        let mut bindings = keys::bindings(self.session.mode());
        let key = bindings.find(|binding| binding.command == command)?.keys;
        let key = key.first()?;
        Some(keys::name(*key, self.theme.ascii))
    }

    /// Returns a number with the learner's decimals, as the terminal can show it.
    pub(super) fn number(&self, value: f64) -> String {
        let number = self.session.decimals().number(value);
        self.theme.text(&number).into_owned()
    }

    /// Returns a number with all of the learner's decimals; `None` if it does not fit. Whole numbers have none, and
    /// the zero before the point is left out if that helps.
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

    /// Returns a number for a narrow place. If it does not fit as a [`whole_number`](Self::whole_number), it has fewer
    /// decimals and a mark that there are more. Digits before the point are never left out: if they do not fit, there
    /// is only the mark.
    pub(super) fn short_number(&self, value: f64, width: usize) -> String {
        if let Some(whole) = self.whole_number(value, width) {
            return whole;
        }
        let decimals = self.session.decimals();
        let number = if value.abs() < 1.0 {
            decimals.rounded(value)
        } else {
            decimals.term(value)
        };
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

    /// Returns the name of the sample that is shown, as `sample 3`; `None` outside of a walk.
    pub(super) fn sample(&self) -> Option<String> {
        let samples = self.step.shown_samples();
        let sample = samples.get(self.column())?;
        Some(format!("sample {sample}"))
    }
}

/// Returns a number without the zero before its point: `.550` for `0.550`.
fn without_zero(number: String) -> String {
    match number.split_once("0.") {
        Some((sign @ ("" | "−" | "-"), decimals)) => format!("{sign}.{decimals}"),
        _ => number,
    }
}
