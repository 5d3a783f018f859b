//! The lecture's notation as LaTeX: what is written once in Unicode, for handouts.

use std::fmt::Write as _;

/// A formula for LaTeX's math mode: `δ₁⁽¹⁾` becomes `\delta_{1}^{(1)}`, `W⁽⁰⁾ᵀ` becomes `W^{(0)\top}`.
///
/// Words among the symbols stand upright. What has no counterpart becomes `?`.
pub fn math(formula: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = formula;
    while let Some(c) = rest.chars().next() {
        rest = writer.take(c, rest);
    }
    writer.flush();
    writer.out
}

/// A sentence for LaTeX's text mode; the notation in it goes to math mode.
pub fn text(sentence: &str) -> String {
    let mut out = String::new();
    let mut run: Vec<&str> = Vec::new();
    for (i, line) in sentence.split('\n').enumerate() {
        if i > 0 {
            end_run(&mut out, &mut run);
            out.push('\n');
        }
        for word in line.split(' ') {
            if is_symbolic(word) {
                run.push(word);
                // A run of symbols ends with the sentence or its part.
                if word.ends_with(['.', ',', ';', ':', '?']) {
                    end_run(&mut out, &mut run);
                }
            } else {
                end_run(&mut out, &mut run);
                put_word(&mut out, &escaped(word));
            }
        }
    }
    end_run(&mut out, &mut run);
    out
}

/// Words as they are, with what LaTeX would take for commands escaped.
pub fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '#' | '$' | '%' | '&' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("\\textless{}"),
            '>' => out.push_str("\\textgreater{}"),
            '|' => out.push_str("\\textbar{}"),
            '"' => out.push_str("\\textquotedbl{}"),
            '…' => out.push_str("\\ldots{}"),
            '—' => out.push_str("---"),
            '–' => out.push_str("--"),
            '‘' => out.push('`'),
            '’' => out.push('\''),
            '“' => out.push_str("``"),
            '”' => out.push_str("''"),
            '„' => out.push_str("\\quotedblbase{}"),
            '\u{a0}' | '\u{202f}' | '\u{2009}' => out.push('~'),
            // What the T1 fonts have.
            c if c.is_ascii() || ('\u{a1}'..='\u{17f}').contains(&c) && c.is_alphabetic() => {
                out.push(c);
            }
            c => match symbol(c) {
                Some(command) => {
                    let _ = write!(out, "${command}$");
                }
                None => out.push('?'),
            },
        }
    }
    out
}

fn put_word(out: &mut String, word: &str) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push(' ');
    }
    out.push_str(word);
}

/// Writes the symbols that have come one after the other, what stands around them outside of math mode.
fn end_run(out: &mut String, run: &mut Vec<&str>) {
    if run.is_empty() {
        return;
    }
    let joined = run.join(" ");
    run.clear();
    if !joined.chars().any(is_notation) {
        put_word(out, &escaped(&joined));
        return;
    }
    let core = joined.trim_end_matches(['.', ',', ';', ':', '?']);
    let behind = &joined[core.len()..];
    put_word(out, &format!("${}${behind}", math(core)));
}

/// Whether a word belongs into math mode: it has notation in it, or is an operator or a number beside some.
fn is_symbolic(word: &str) -> bool {
    if word.is_empty() || word.contains(['"', '“', '”', '\'']) {
        return false;
    }
    let letters = word.split(|c: char| !c.is_alphabetic());
    let has_word = letters
        .filter(|run| !run.chars().any(is_notation))
        .any(|run| run.chars().count() > 2 && function(run).is_none());
    if has_word {
        return false;
    }
    word.chars().any(is_notation)
        || word
            .chars()
            .all(|c| "+-=<>/()[].,;:".contains(c) || c.is_ascii_digit())
            && word
                .chars()
                .any(|c| "+=<>/".contains(c) || c.is_ascii_digit())
}

/// Whether a character is one of the lecture's notation rather than of prose.
fn is_notation(c: char) -> bool {
    superscript(c).is_some()
        || subscript(c).is_some()
        || (symbol(c).is_some() && !matches!(c, '…' | '–' | '—'))
}

/// Writes a formula character by character; scripts wait until all of a base have come.
#[derive(Default)]
struct Writer {
    out: String,
    above: String,
    below: String,
}

impl Writer {
    /// Takes what begins with `c`, and gives back what is left.
    fn take<'a>(&mut self, c: char, rest: &'a str) -> &'a str {
        let after = &rest[c.len_utf8()..];
        if let Some(after) = rest.strip_prefix("₍₁₊₎") {
            self.below.push_str("[1+]");
            return after;
        }
        if let Some(script) = superscript(c) {
            self.above.push_str(script);
            return after;
        }
        if let Some(script) = subscript(c) {
            self.below.push_str(script);
            return after;
        }
        let is_between = |next: char| subscript(next).is_some();
        if c == ',' && !self.below.is_empty() && after.starts_with(is_between) {
            self.below.push(',');
            return after;
        }
        self.flush();
        if c.is_alphabetic() && symbol(c).is_none() {
            return self.letters(rest);
        }
        match c {
            '\\' => self.out.push_str("\\backslash "),
            '#' | '$' | '%' | '&' | '_' | '{' | '}' => {
                self.out.push('\\');
                self.out.push(c);
            }
            '^' => {
                let end = exponent(after);
                let _ = write!(self.out, "^{{{}}}", math(&after[..end]));
                return &after[end..];
            }
            '~' => self.out.push_str("\\sim "),
            c if c.is_ascii() => self.out.push(c),
            c => match symbol(c) {
                Some(command) => {
                    self.out.push_str(command);
                    // A command ends where no letter follows.
                    if command.ends_with(|last: char| last.is_ascii_alphabetic())
                        && after.starts_with(|next: char| next.is_ascii_alphabetic())
                    {
                        self.out.push(' ');
                    }
                }
                None => self.out.push('?'),
            },
        }
        after
    }

    /// Letters: one is a variable, several are a function or words.
    fn letters<'a>(&mut self, rest: &'a str) -> &'a str {
        let is_word = |c: char| c.is_alphabetic() && symbol(c).is_none() && !is_script(c);
        let length = |text: &str| text.find(|c| !is_word(c)).unwrap_or(text.len());
        let end = length(rest);
        let word = &rest[..end];
        if word.chars().count() == 1 && word.is_ascii() {
            self.out.push_str(word);
            return &rest[end..];
        }
        if let Some(function) = function(word) {
            self.out.push_str(function);
            if rest[end..].starts_with(|next: char| next.is_alphanumeric()) {
                self.out.push(' ');
            }
            return &rest[end..];
        }
        // Words in a row stay together, with their hyphens and spaces.
        let mut all = end;
        while let Some(next) = rest[all..].strip_prefix([' ', '-']) {
            let more = length(next);
            // In `neg-log-loss` no logarithm is taken.
            let is_function = rest[all..].starts_with(' ') && function(&next[..more]).is_some();
            if next[..more].chars().count() < 2 || is_function {
                break;
            }
            all += 1 + more;
        }
        if rest[all..].starts_with(' ') {
            all += 1;
        }
        let _ = write!(self.out, "\\text{{{}}}", escaped(&rest[..all]));
        &rest[all..]
    }

    fn flush(&mut self) {
        for (sign, script) in [("_", &mut self.below), ("^", &mut self.above)] {
            if !script.is_empty() {
                let _ = write!(self.out, "{sign}{{{script}}}");
                script.clear();
            }
        }
    }
}

/// The length of what stands behind `^`: a number, a name or a bracket, perhaps with a minus.
fn exponent(text: &str) -> usize {
    let bare = text.trim_start_matches(['−', '-']);
    let sign = text.len() - bare.len();
    let mut depth = 0_usize;
    for (at, c) in bare.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth > 1 => depth -= 1,
            ')' if depth == 1 => return sign + at + 1,
            _ if depth > 0 || c.is_alphanumeric() || c == '.' => {}
            _ => return sign + at,
        }
    }
    text.len()
}

fn is_script(c: char) -> bool {
    superscript(c).is_some() || subscript(c).is_some()
}

fn function(word: &str) -> Option<&'static str> {
    Some(match word {
        "log" => "\\log",
        "max" => "\\max",
        "tanh" => "\\tanh",
        "exp" => "\\exp",
        _ => return None,
    })
}

fn superscript(c: char) -> Option<&'static str> {
    Some(match c {
        '⁽' => "(",
        '⁾' => ")",
        '⁰' => "0",
        '¹' => "1",
        '²' => "2",
        '³' => "3",
        '⁴' => "4",
        '⁵' => "5",
        '⁶' => "6",
        '⁷' => "7",
        '⁸' => "8",
        '⁹' => "9",
        '⁻' => "-",
        '⁺' => "+",
        'ᵀ' => "\\top",
        'ᶻ' => "z",
        'ˡ' => "l",
        _ => return None,
    })
}

fn subscript(c: char) -> Option<&'static str> {
    Some(match c {
        '₀' => "0",
        '₁' => "1",
        '₂' => "2",
        '₃' => "3",
        '₄' => "4",
        '₅' => "5",
        '₆' => "6",
        '₇' => "7",
        '₈' => "8",
        '₉' => "9",
        '₊' => "+",
        'ᵢ' => "i",
        'ⱼ' => "j",
        'ₖ' => "k",
        'ₙ' => "n",
        'ₛ' => "s",
        _ => return None,
    })
}

/// A symbol of math mode.
fn symbol(c: char) -> Option<&'static str> {
    Some(match c {
        'δ' => "\\delta",
        'Δ' => "\\Delta",
        'φ' => "\\varphi",
        'ψ' => "\\psi",
        'ρ' => "\\rho",
        'σ' => "\\sigma",
        'μ' => "\\mu",
        'α' => "\\alpha",
        'β' => "\\beta",
        'γ' => "\\gamma",
        'ε' => "\\varepsilon",
        'π' => "\\pi",
        'Σ' => "\\sum",
        '∇' => "\\nabla",
        '∂' => "\\partial",
        'ŷ' => "\\hat{y}",
        'ẑ' => "\\hat{z}",
        '⊕' => "\\oplus",
        '∘' => "\\circ",
        '×' => "\\times",
        '·' | '∙' | '⋅' | '•' => "\\cdot",
        '−' => "-",
        '±' => "\\pm",
        '≤' => "\\le",
        '≥' => "\\ge",
        '≠' => "\\neq",
        '≈' => "\\approx",
        '∞' => "\\infty",
        '√' => "\\surd",
        '½' => "\\tfrac12",
        '∈' => "\\in",
        '→' => "\\to",
        '←' => "\\leftarrow",
        '↑' => "\\uparrow",
        '↓' => "\\downarrow",
        '↔' => "\\leftrightarrow",
        '…' => "\\ldots",
        '‖' => "\\|",
        '′' => "'",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_keep_their_meaning() {
        for (unicode, tex) in [
            ("z⁽¹⁾ = W⁽⁰⁾ᵀ x⁽⁰⁾", "z^{(1)} = W^{(0)\\top} x^{(0)}"),
            ("(δ⁽¹⁾₍₁₊₎)ᵀ", "(\\delta_{[1+]}^{(1)})^{\\top}"),
            ("w₁,₂⁽⁰⁾", "w_{1,2}^{(0)}"),
            ("Σⱼ wᵢ,ⱼ δⱼ", "\\sum_{j} w_{i,j} \\delta_{j}"),
            (
                "∂J/∂ŷ · ∂ŷ/∂z",
                "\\partial J/\\partial\\hat{y} \\cdot \\partial\\hat{y}/\\partial z",
            ),
            ("−y log ŷ", "-y \\log \\hat{y}"),
            ("mean of (ŷ − y)²", "\\text{mean of }(\\hat{y} - y)^{2}"),
            ("1 ⊕ logistic(", "1 \\oplus \\text{logistic}("),
            ("neg-log-loss", "\\text{neg-log-loss}"),
            ("1 / (1 + e^−0.2)", "1 / (1 + e^{-0.2})"),
            ("e^−(0.5·1 − 2))", "e^{-(0.5\\cdot1 - 2)})"),
            ("字", "\\text{?}"),
        ] {
            assert_eq!(math(unicode), tex, "{unicode}");
        }
    }

    #[test]
    fn sentences_have_their_notation_in_math_mode() {
        for (unicode, tex) in [
            ("The target is y = 1.", "The target is y = 1."),
            (
                "In front stands x₀ = 1, the bias.",
                "In front stands $x_{0} = 1$, the bias.",
            ),
            ("w₀ + w₁x₁ > 0. So", "$w_{0} + w_{1}x_{1} > 0$. So"),
            (
                "ŷ is {x}: 50% & more",
                "$\\hat{y}$ is \\{x\\}: 50\\% \\& more",
            ),
            ("from −0.5 to 0.5", "from $-0.5$ to 0.5"),
            ("“yes” — no…", "``yes'' --- no\\ldots{}"),
            ("a\nb", "a\nb"),
        ] {
            assert_eq!(text(unicode), tex, "{unicode}");
        }
    }
}
