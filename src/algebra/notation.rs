//! The lecture's notation as text: superscripts, subscripts, and their counterparts in plain ASCII.

use std::fmt::Write as _;

/// Returns a layer index, `⁽ˡ⁾`.
pub fn layer(l: usize) -> String {
    let mut text = String::from("⁽");
    for digit in l.to_string().chars() {
        text.push(superscript(digit));
    }
    text.push('⁾');
    text
}

/// Returns a row index, `ᵢ`.
pub fn index(i: usize) -> String {
    i.to_string().chars().map(subscript).collect()
}

/// Returns a row and a column index, `ᵢ,ⱼ`.
pub fn indices(i: usize, j: usize) -> String {
    format!("{},{}", index(i), index(j))
}

/// Returns an exponent.
pub fn power(exponent: u32) -> String {
    exponent.to_string().chars().map(superscript).collect()
}

pub(super) const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
const SUBSCRIPTS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];

fn superscript(digit: char) -> char {
    digit
        .to_digit(10)
        .map_or(digit, |d| SUPERSCRIPTS[d as usize])
}

fn subscript(digit: char) -> char {
    digit.to_digit(10).map_or(digit, |d| SUBSCRIPTS[d as usize])
}

/// Returns a text with ASCII characters only: `δ₁⁽¹⁾` becomes `delta_1(1)`, `W⁽⁰⁾ᵀ` becomes `W(0)^T`.
///
/// Every text of the program is written once, in the lecture's notation; terminals and formats that are limited to
/// ASCII convert it with this function. A character without counterpart becomes `?`.
pub fn ascii(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c.is_ascii() {
            out.push(c);
        } else if let Some(plain) = raised(c) {
            // Inside ⁽ ⁾ a superscript is a layer; alone it begins a power, and the next ones go on with it.
            let before = text[..text.len() - rest.len()].chars().next_back();
            if !before.is_some_and(|p| p == '⁽' || raised(p).is_some()) {
                out.push('^');
            }
            out.push(plain);
        } else if let Some(d) = SUBSCRIPTS.iter().position(|&s| s == c) {
            let continues = out
                .rsplit('_')
                .next()
                .is_some_and(|tail| tail.chars().all(|p| p.is_ascii_digit() || p == ','))
                && out.contains('_');
            if !continues {
                out.push('_');
            }
            let _ = write!(out, "{d}");
        } else if c == '√' && !after.starts_with('(') {
            // Of a single name, which a word would run into.
            let ends = |c: char| c.is_whitespace() || ",;:/·)|".contains(c);
            let of = &after[..after.find(ends).unwrap_or(after.len())];
            let of = of.trim_end_matches(['.', '?', '!']);
            if of.is_empty() {
                out.push_str(counterpart(c));
            } else {
                let _ = write!(out, "sqrt({})", ascii(of));
            }
            rest = &after[of.len()..];
            continue;
        } else {
            out.push_str(counterpart(c));
        }
        rest = after;
    }
    out
}

/// Returns the character that a superscript raises; `None` for any other character.
fn raised(c: char) -> Option<char> {
    match c {
        '⁻' => Some('-'),
        '⁺' => Some('+'),
        '⁼' => Some('='),
        'ᴸ' => Some('L'),
        'ⁱ' => Some('i'),
        'ʲ' => Some('j'),
        'ᵏ' => Some('k'),
        'ˡ' => Some('l'),
        'ᵐ' => Some('m'),
        'ⁿ' => Some('n'),
        'ᵗ' => Some('t'),
        'ˣ' => Some('x'),
        'ᶻ' => Some('z'),
        _ => SUPERSCRIPTS
            .into_iter()
            .zip('0'..='9')
            .find_map(|(sign, digit)| (sign == c).then_some(digit)),
    }
}

/// Returns the ASCII counterpart of a character, `?` if it has none.
// One arm for each sign, and nothing else.
#[allow(clippy::too_many_lines)]
fn counterpart(c: char) -> &'static str {
    match c {
        '⁽' => "(",
        '⁾' => ")",
        'ᵀ' => "^T",
        '₍' => "(",
        '₎' => ")",
        '₊' => "+",
        '₋' => "-",
        '₌' => "=",
        'ᵢ' => "_i",
        'ⱼ' => "_j",
        'ₖ' => "_k",
        'ₗ' => "_l",
        'ₘ' => "_m",
        'ₙ' => "_n",
        'ₚ' => "_p",
        'ᵣ' => "_r",
        'ₛ' => "_s",
        'ₜ' => "_t",
        'ₓ' => "_x",
        'δ' => "delta",
        'Δ' => "Delta",
        'Γ' => "Gamma",
        'Θ' => "Theta",
        'Λ' => "Lambda",
        'Ξ' => "Xi",
        'Π' => "Pi",
        'Φ' => "Phi",
        'Ψ' => "Psi",
        'Ω' => "Omega",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' | 'ϑ' => "theta",
        'ι' => "iota",
        'κ' => "kappa",
        'λ' => "lambda",
        'ν' => "nu",
        'ξ' => "xi",
        'ο' => "o",
        'τ' => "tau",
        'υ' => "upsilon",
        'χ' => "chi",
        'ω' => "omega",
        'φ' | 'ϕ' => "phi",
        'ψ' => "psi",
        'ρ' => "rho",
        'σ' | 'ς' => "sigma",
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'ε' => "eps",
        'μ' => "mu",
        'π' => "pi",
        'Σ' | '∑' => "sum",
        '∏' => "prod",
        '∫' => "int",
        '∇' => "grad",
        '∂' => "d",
        '\u{302}' => "_hat",
        'ŷ' => "y_hat",
        'ẑ' => "z_hat",
        '⊕' => "(+)",
        '⊗' => "(x)",
        '∘' | '⊙' => ".*",
        '×' => "x",
        '·' | '∙' | '⋅' | '•' => "*",
        '−' | '–' | '‐' | '‑' => "-",
        '—' => "--",
        '±' => "+-",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '≈' => "~",
        '≡' => "==",
        '≪' => "<<",
        '≫' => ">>",
        '∝' => "prop. to",
        '∞' => "inf",
        '√' => "sqrt",
        '½' => "1/2",
        '¼' => "1/4",
        '¾' => "3/4",
        '∈' => "in",
        '∉' => "not in",
        '∅' => "{}",
        '∀' => "for all",
        '∃' => "exists",
        '⊂' => "subset of",
        '⊆' => "subset of or =",
        '∪' | '∨' => "or",
        '∩' | '∧' => "and",
        'ℝ' => "R",
        'ℕ' => "N",
        'ℤ' => "Z",
        '⟨' => "<",
        '⟩' => ">",
        '‖' => "||",
        '⇒' => "=>",
        '⇔' => "<=>",
        '⇥' => "Tab",
        '⎋' => "Esc",
        '→' => "->",
        '←' => "<-",
        '↑' => "up",
        '↓' => "down",
        '↔' => "<->",
        '⏎' => "Enter",
        '…' | '⋯' => "...",
        '⋮' => ":",
        '€' => "EUR",
        '™' => "(TM)",
        '†' => "+",
        '‡' => "++",
        '‰' => "per mille",
        '№' => "No.",
        '‚' => "'",
        '‹' => "<",
        '›' => ">",
        '‘' | '’' | '′' => "'",
        '“' | '”' | '„' | '″' => "\"",
        '«' => "<<",
        '»' => ">>",
        '\u{a0}' | '\u{2009}' | '\u{202f}' => " ",
        '✓' => "ok",
        '✗' => "x",
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'Ä' => "Ae",
        'Ö' => "Oe",
        'Ü' => "Ue",
        'ß' => "ss",
        'À' | 'Á' | 'Â' | 'Ã' | 'Å' => "A",
        'Æ' => "AE",
        'Ç' => "C",
        'È' | 'É' | 'Ê' | 'Ë' => "E",
        'Ì' | 'Í' | 'Î' | 'Ï' => "I",
        'Ñ' => "N",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' => "O",
        'Ù' | 'Ú' | 'Û' => "U",
        'Ý' => "Y",
        'æ' => "ae",
        'ø' => "o",
        'ý' | 'ÿ' => "y",
        '°' => " deg",
        '§' => "par. ",
        '÷' => "/",
        'µ' => "mu",
        '£' => "GBP",
        '©' => "(C)",
        '®' => "(R)",
        '´' => "'",
        '¬' => "not ",
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' => "o",
        'ù' | 'ú' | 'û' => "u",
        '│' => "|",
        '─' => "-",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_and_indices_are_written_as_in_the_lecture() {
        assert_eq!(layer(12), "⁽¹²⁾");
        assert_eq!(indices(1, 20), "₁,₂₀");
    }

    #[test]
    fn ascii_keeps_the_notation_readable() {
        for (unicode, plain) in [
            ("z⁽¹⁾ = W⁽⁰⁾ᵀ x⁽⁰⁾", "z(1) = W(0)^T x(0)"),
            ("W⁽¹⁾δ⁽²⁾", "W(1)delta(2)"),
            ("δ⁽¹²⁾[1+]", "delta(12)[1+]"),
            ("w₁,₂⁽⁰⁾", "w_1,2(0)"),
            ("x₁₂⁽¹⁾ − y₁", "x_12(1) - y_1"),
            ("ŷ²", "y_hat^2"),
            ("3² + 10⁻¹²", "3^2 + 10^-12"),
            ("e⁻ᶻ", "e^-z"),
            ("δ⁽⁻¹⁾ and W⁽ˡ⁻¹⁾", "delta(-1) and W(l-1)"),
            ("1 ⊕ φ(z⁽¹⁾)", "1 (+) phi(z(1))"),
            ("2 × 3 · −0.488", "2 x 3 * -0.488"),
            ("ẑ₁⁽²⁾ − μ₁⁽²⁾", "z_hat_1(2) - mu_1(2)"),
            ("√(σ²₁⁽¹⁾ + ε)", "sqrt(sigma^2_1(1) + eps)"),
            ("M̂ divided by √R̂.", "M_hat divided by sqrt(R_hat)."),
            (
                "1/√n, √2 and √(R̂⁽⁰⁾)",
                "1/sqrt(n), sqrt(2) and sqrt(R_hat(0))",
            ),
            ("σ²⁽¹⁾", "sigma^2(1)"),
            ("2ⁿ⁻¹ + 2ⁿ", "2^n-1 + 2^n"),
            ("xₜ ∈ ℝⁿ, λ‖w‖²", "x_t in R^n, lambda||w||^2"),
            ("字", "?"),
        ] {
            assert_eq!(ascii(unicode), plain);
        }
    }
}
