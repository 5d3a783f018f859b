//! How an input that is made of others is written: `x₁²`, `x₁x₂`, `sin x₁`; in a lesson `x1^2`, `x1*x2`, `sin x1`.

use super::notation::{index, power};
use super::rich_text::RichText;
use crate::engine::Feature;

impl Feature {
    /// Returns its formula in the lecture's notation, of the raw numbers x₁, x₂, …
    pub fn name(&self) -> String {
        self.text(
            |number| format!("x{}", index(number + 1)),
            |exponent| match exponent {
                1 => String::new(),
                exponent => power(exponent),
            },
            "",
        )
    }

    /// Returns it as a lesson writes it.
    pub fn written(&self) -> String {
        self.text(
            |number| format!("x{}", number + 1),
            |exponent| match exponent {
                1 => String::new(),
                exponent => format!("^{exponent}"),
            },
            "*",
        )
    }

    /// Returns it as NumPy, by the code for a number of the sample.
    pub fn numpy(&self, number: impl Fn(usize) -> String) -> String {
        match self {
            Self::Product(_) => self.text(
                number,
                |exponent| match exponent {
                    1 => String::new(),
                    exponent => format!(" ** {exponent}"),
                },
                " * ",
            ),
            Self::Sine(of) => format!("np.sin({})", number(*of)),
            Self::Cosine(of) => format!("np.cos({})", number(*of)),
        }
    }

    /// Returns it with the numbers of a sample, negative ones in brackets: `0.5²`, `0.5·(−1)`, `sin(0.5)`.
    pub fn with_numbers(&self, number: impl Fn(usize) -> f64) -> RichText {
        let shown = |of: usize| {
            let text = RichText::new().number(number(of));
            if number(of).is_sign_negative() {
                RichText::from("(").then(text).words(")")
            } else {
                text
            }
        };
        match self {
            Self::Product(factors) => {
                let mut text = RichText::new();
                for (i, factor) in factors.iter().enumerate() {
                    if i > 0 {
                        text = text.words("·");
                    }
                    text = text.then(shown(factor.number));
                    if factor.exponent > 1 {
                        text = text.words(power(factor.exponent));
                    }
                }
                text
            }
            Self::Sine(of) => RichText::from("sin(").number(number(*of)).words(")"),
            Self::Cosine(of) => RichText::from("cos(").number(number(*of)).words(")"),
        }
    }

    fn text(
        &self,
        number: impl Fn(usize) -> String,
        exponent: impl Fn(u32) -> String,
        times: &str,
    ) -> String {
        match self {
            Self::Product(factors) => {
                let factors: Vec<String> = factors
                    .iter()
                    .map(|factor| number(factor.number) + &exponent(factor.exponent))
                    .collect();
                factors.join(times)
            }
            Self::Sine(of) => format!("sin {}", number(*of)),
            Self::Cosine(of) => format!("cos {}", number(*of)),
        }
    }
}

/// Returns the formulas of features, with commas; of many the first ones.
pub fn list_of(features: &[Feature]) -> String {
    const MOST: usize = 8;
    let names = features.iter().take(MOST).map(Feature::name);
    let mut names: Vec<String> = names.collect();
    if features.len() > MOST {
        names.push("…".to_owned());
    }
    names.join(", ")
}
