//! Terms of explanations: numbers, products and powers, with the signs between them.

use super::{Explanation, Term};
use crate::algebra::RichText;

/// Joins terms, with their signs between them.
pub(super) fn joined(terms: &[Term]) -> RichText {
    terms
        .iter()
        .enumerate()
        .fold(RichText::new(), |text, (i, term)| {
            text.words(match (i, term.negative) {
                (0, false) => "",
                (0, true) => "−",
                (_, false) => " + ",
                (_, true) => " − ",
            })
            .then(term.text.clone())
        })
}

pub(super) fn placeholder(out: &mut Explanation) {
    out.value = None;
    out.remark = Some(
        "only a placeholder: the bias unit has no input, so no error reaches it; [1+] drops it"
            .into(),
    );
}

pub(super) fn given_by(samples: &[usize], column: usize, what: &str) -> String {
    samples.get(column).map_or_else(
        || format!("given as {what}"),
        |sample| format!("given: {what} of sample {sample}"),
    )
}

/// Returns `a·b`, with the sign of `a` in front.
pub(super) fn product(a: f64, b: f64) -> Term {
    Term {
        negative: a < 0.0,
        text: RichText::new().number(a.abs()).words("·").number(b),
    }
}

/// Returns `a²`, a negative number in brackets.
pub(super) fn squared(a: f64) -> RichText {
    let number = RichText::new().number(a);
    if a < 0.0 {
        RichText::from("(").then(number).words(")²")
    } else {
        number.words("²")
    }
}

/// Returns `−share · log p`; `None` if the share is 0.
pub(super) fn log_term(share: f64, p: f64) -> Option<Term> {
    if share == 0.0 {
        return None;
    }
    // Only a factor of exactly 1 is left out.
    #[allow(clippy::float_cmp)]
    let text = if share == 1.0 {
        RichText::from("log ")
    } else {
        RichText::new().number(share).words(" log ")
    };
    Some(Term {
        negative: true,
        text: text.telling(p),
    })
}

/// Returns a text times a share: `None` if the share is 0, without a factor if it is 1.
pub(super) fn share_of(share: f64, negative: bool, text: RichText) -> Option<Term> {
    // Compared exactly, as in `log_term`.
    #[allow(clippy::float_cmp)]
    let text = match share {
        0.0 => return None,
        1.0 => text,
        _ => RichText::new().number(share).words(" · ").then(text),
    };
    Some(Term { negative, text })
}

/// Returns `e^z`.
pub(super) fn power(z: f64) -> RichText {
    RichText::from("e^").number(z)
}

/// Returns `(1 + e^z)`: 1 over the logistic function of −z.
pub(super) fn one_and_power(z: f64) -> RichText {
    RichText::from("(1 + ").then(power(z)).words(")")
}

/// Returns the sum `(e^z + e^z)` over all sums z.
pub(super) fn powers(sums: impl IntoIterator<Item = f64>) -> RichText {
    let powers: Vec<Term> = sums.into_iter().map(|z| positive(power(z))).collect();
    RichText::from("(").then(joined(&powers)).words(")")
}

/// Returns the sign in front of a subtracted number of which only the magnitude is shown: ` + ` if it is
/// negative.
pub(super) fn signed_minus(value: f64) -> &'static str {
    if value < 0.0 { " + " } else { " − " }
}

/// The remark for an output so close to a limit of φ that its distance is computed from the sums.
pub(super) const FROM_SUMS: &str =
    "(from z: so near to a limit of φ, the digits of the output no longer tell how near)";

/// Fills in the names in braces in a text of an activation or a loss.
pub(super) fn filled(text: &str, stands_for: impl Fn(&str) -> RichText) -> RichText {
    let mut out = RichText::new();
    let mut rest = text;
    while let Some((words, (name, after))) = rest
        .split_once('{')
        .and_then(|(words, named)| Some((words, named.split_once('}')?)))
    {
        out = out.words(words.to_owned()).then(stands_for(name));
        rest = after;
    }
    out.words(rest.to_owned())
}

/// Returns a term of a single number.
pub(super) fn single(value: f64) -> Term {
    Term {
        negative: value < 0.0,
        text: RichText::new().number(value.abs()),
    }
}

/// Returns `(a − b)`.
pub(super) fn difference(a: f64, b: f64) -> RichText {
    RichText::new()
        .words("(")
        .number(a)
        .words(signed_minus(b))
        .number(b.abs())
        .words(")")
}

/// Returns a number, in brackets where it is negative.
pub(super) fn in_brackets(value: f64) -> RichText {
    let number = RichText::new().number(value);
    if value < 0.0 {
        RichText::from("(").then(number).words(")")
    } else {
        number
    }
}

/// Returns a term that is added.
pub(super) fn positive(text: RichText) -> Term {
    Term {
        negative: false,
        text,
    }
}

/// Returns the sum of the terms in parentheses, divided by the number of samples if there are several.
pub(super) fn mean(terms: &[Term]) -> RichText {
    let sum = RichText::from("(").then(joined(terms)).words(")");
    match terms.len() {
        0 | 1 => sum,
        samples => sum.words(format!(" / {samples}")),
    }
}
