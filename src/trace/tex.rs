//! The lecture's notation as LaTeX, converted from Unicode, for handouts.

use std::fmt::Write as _;

/// The command for a letter that common fonts lack, with its Unicode code point in hexadecimal as argument: the
/// document has to define it.
pub const LETTER: &str = "\\letter";

/// The maximum nesting of superscripts. TeX allows a few more, but nobody can read them.
const HIGHEST: usize = 6;

/// Converts a formula for LaTeX's math mode: `δ₁⁽¹⁾` becomes `\delta_{1}^{(1)}`, `W⁽⁰⁾ᵀ` becomes `W^{(0)\top}`.
///
/// Words among the symbols are set upright. A letter without a counterpart becomes a [`LETTER`].
pub fn math(formula: &str) -> String {
    math_at(formula, 0)
}

/// Returns the letters that stand in a document as [`LETTER`], each once.
pub fn lacking(document: &str) -> Vec<char> {
    let mut found = Vec::new();
    for part in document.split("\\letter{").skip(1) {
        let number = part.split('}').next().unwrap_or_default();
        let letter = u32::from_str_radix(number, 16).ok();
        let letter = letter.and_then(char::from_u32);
        found.extend(letter.filter(|letter| !found.contains(letter)));
    }
    found
}

/// Converts a formula that is nested in `height` superscripts.
fn math_at(formula: &str, height: usize) -> String {
    let mut writer = Writer {
        height,
        ..Writer::default()
    };
    let mut rest = formula;
    while let Some(c) = rest.chars().next() {
        rest = writer.take(c, rest);
    }
    writer.flush();
    writer.out
}

/// Converts a sentence for LaTeX's text mode; the notation in it goes to math mode.
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
                // A run of symbols ends at the end of a sentence or of its part.
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

/// Escapes what LaTeX would take for commands.
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
            '€' => out.push_str("\\texteuro{}"),
            '™' => out.push_str("\\texttrademark{}"),
            '†' => out.push_str("\\textdagger{}"),
            '‡' => out.push_str("\\textdaggerdbl{}"),
            '‰' => out.push_str("\\textperthousand{}"),
            '‹' => out.push_str("\\guilsinglleft{}"),
            '›' => out.push_str("\\guilsinglright{}"),
            '‚' => out.push_str("\\quotesinglbase{}"),
            '№' => out.push_str("\\textnumero{}"),
            '‐' | '‑' => out.push('-'),
            '\u{a0}' | '\u{202f}' | '\u{2009}' => out.push('~'),
            c if c.is_ascii() => {
                // TeX would set the two as one other sign.
                if is_ligature(out.chars().next_back(), c) {
                    out.push_str("{}");
                }
                out.push(c);
            }
            c => {
                if let Some(command) = notation(c) {
                    let _ = write!(out, "${command}$");
                } else if is_in_fonts(c) {
                    out.push(c);
                } else {
                    let _ = write!(out, "{LETTER}{{{:04X}}}", u32::from(c));
                }
            }
        }
    }
    out
}

/// Returns whether TeX sets two successive characters as one sign.
const fn is_ligature(before: Option<char>, c: char) -> bool {
    matches!(
        (before, c),
        (Some('-'), '-') | (Some('`' | '?' | '!'), '`') | (Some('\''), '\'') | (Some(','), ',')
    )
}

/// Returns a letter or sign of the notation for math mode, by itself.
fn notation(c: char) -> Option<String> {
    let script = |sign: &str, script: &str| format!("{{}}{sign}{{{script}}}");
    symbol(c)
        .map(str::to_owned)
        // Superscripts that the fonts have stay as they are in a text.
        .or_else(|| {
            superscript(c)
                .filter(|_| !is_in_fonts(c))
                .map(|above| script("^", above))
        })
        .or_else(|| subscript(c).map(|below| script("_", below)))
}

/// Returns whether `pdflatex` can set a letter with only the common fonts and `textcomp`.
const fn is_in_fonts(c: char) -> bool {
    matches!(
        c,
        '\u{a1}'..='\u{ac}'
            | '\u{ae}'..='\u{125}'
            | '\u{128}'..='\u{137}'
            | '\u{139}'..='\u{13e}'
            | '\u{141}'..='\u{148}'
            | '\u{14a}'..='\u{165}'
            | '\u{168}'..='\u{17e}'
            | '\u{218}'..='\u{21b}'
    )
}

fn put_word(out: &mut String, word: &str) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push(' ');
    }
    out.push_str(word);
}

/// Writes the collected symbols in math mode, and the punctuation around them outside of it.
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

/// Returns the length of the power of ten of a number, such as `e−4`; 0 if there is none.
fn power_of_ten(text: &str) -> usize {
    let Some(power) = text.strip_prefix('e') else {
        return 0;
    };
    let size = power.trim_start_matches(['−', '-']);
    let digits = size.find(|c: char| !c.is_ascii_digit());
    match digits.unwrap_or(size.len()) {
        0 => 0,
        digits => text.len() - size.len() + digits,
    }
}

/// Returns whether a word belongs in math mode: it contains notation, or is an operator or a number next to
/// some.
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

/// Returns whether a character belongs to the lecture's notation rather than to prose.
fn is_notation(c: char) -> bool {
    is_script(c) || c == '′' || c == HAT || (symbol(c).is_some() && c != '…')
}

/// Returns whether a formula ends with a number, a name of one letter, or the end of something in brackets or bars.
fn ends_a_number_or_name(formula: &str) -> bool {
    let mut back = formula.chars().rev();
    match back.next() {
        // The last letter of a command is none.
        Some(c) if c.is_ascii_alphabetic() => back
            .next()
            .is_none_or(|c| !c.is_ascii_alphabetic() && c != '\\'),
        Some(c) => c.is_ascii_digit() || "}),|".contains(c),
        None => false,
    }
}

/// Writes a formula character by character; the scripts of a base are collected and written together.
#[derive(Default)]
struct Writer {
    out: String,
    above: String,
    below: String,
    /// The start of the last base in `out`, with its scripts.
    base: usize,
    is_raised: bool,
    is_lowered: bool,
    /// The number of superscripts that it is nested in.
    height: usize,
}

impl Writer {
    /// Writes what begins with `c` and returns the rest.
    fn take<'a>(&mut self, c: char, rest: &'a str) -> &'a str {
        let after = &rest[c.len_utf8()..];
        // In a sentence it has no base that it could be the index of.
        let has_base = !(self.above.is_empty() && self.below.is_empty())
            || self.out.ends_with(|c: char| !c.is_whitespace());
        if let Some(after) = rest.strip_prefix(WITHOUT_BIAS).filter(|_| has_base) {
            self.below.push_str("[1+]");
            return after;
        }
        if let Some(script) = prime(c).or_else(|| superscript(c)) {
            push(&mut self.above, script);
            return after;
        }
        if let Some(script) = subscript(c) {
            push(&mut self.below, script);
            return after;
        }
        let is_between = |next: char| subscript(next).is_some();
        if c == ',' && !self.below.is_empty() && after.starts_with(is_between) {
            self.below.push(',');
            return after;
        }
        if c == '^' {
            let end = exponent(after);
            if end > 0 && self.height < HIGHEST {
                if !self.above.is_empty() {
                    // `x²^3` is the third power of x².
                    self.flush();
                }
                self.above = math_at(&after[..end], self.height + 1);
                return &after[end..];
            }
        }
        self.flush();
        if c == ' ' {
            // What follows the space is still a script of the base before it.
            self.out.push(' ');
            return after;
        }
        self.base = self.out.len();
        (self.is_raised, self.is_lowered) = (false, false);
        if let Some(after) = after.strip_prefix(HAT).filter(|_| c.is_ascii_alphabetic()) {
            let _ = write!(self.out, "\\hat{{{c}}}");
            return after;
        }
        if c.is_alphabetic() && symbol(c).is_none() {
            return self.letters(rest);
        }
        match c {
            '\\' => push(&mut self.out, "\\backslash"),
            '^' => push(&mut self.out, "\\text{\\textasciicircum}"),
            '#' | '$' | '%' | '&' | '_' | '{' | '}' => {
                self.out.push('\\');
                self.out.push(c);
            }
            '~' => push(&mut self.out, "\\sim"),
            c if c.is_ascii() => self.out.push(c),
            c => match symbol(c) {
                Some(command) => push(&mut self.out, command),
                None => {
                    let _ = write!(
                        self.out,
                        "\\text{{{}}}",
                        escaped(c.encode_utf8(&mut [0; 4]))
                    );
                }
            },
        }
        after
    }

    /// Writes letters and returns the rest: one letter is a variable, several are a function or words.
    fn letters<'a>(&mut self, rest: &'a str) -> &'a str {
        let is_word = |c: char| c.is_alphabetic() && symbol(c).is_none() && !is_script(c);
        let length = |text: &str| text.find(|c| !is_word(c)).unwrap_or(text.len());
        let end = length(rest);
        let word = &rest[..end];
        let power = power_of_ten(rest);
        if power > 0 && self.out.ends_with(|c: char| c.is_ascii_digit()) {
            let exponent = rest[1..power].replace('−', "-");
            let is_digit = |c: char| c.is_ascii_digit() || c == '.';
            // The whole number is what a power of it is raised on.
            self.base = self.out.trim_end_matches(is_digit).len();
            self.is_raised = true;
            let _ = write!(self.out, "\\cdot 10^{{{exponent}}}");
            return &rest[power..];
        }
        if word.chars().count() == 1 && word.is_ascii() {
            push(&mut self.out, word);
            return &rest[end..];
        }
        if let Some(function) = function(word) {
            push(&mut self.out, function);
            if rest[end..].starts_with(|next: char| next.is_ascii_digit()) {
                self.out.push(' ');
            }
            return &rest[end..];
        }
        // Successive words stay together, with their hyphens and spaces.
        let mut all = end;
        while let Some(next) = rest[all..].strip_prefix([' ', '-']) {
            let more = length(next);
            // In `neg-log-loss`, `log` is not the function.
            let is_function = rest[all..].starts_with(' ') && function(&next[..more]).is_some();
            if next[..more].chars().count() < 2 || is_function {
                break;
            }
            all += 1 + more;
        }
        if rest[all..].starts_with(' ') {
            all += 1;
        }
        // In math mode the blank between a number or a name and a word would be lost. Signs have their own.
        let blank = self
            .out
            .strip_suffix(' ')
            .filter(|before| ends_a_number_or_name(before))
            .map_or(0, str::len);
        if blank > 0 {
            self.out.truncate(blank);
            self.base = blank;
        }
        let space = if blank > 0 { " " } else { "" };
        let _ = write!(self.out, "\\text{{{space}{}}}", escaped(&rest[..all]));
        &rest[all..]
    }

    /// Writes the collected scripts. A base that already has one of that kind is put in braces with it.
    fn flush(&mut self) {
        let is_twice = (self.is_raised && !self.above.is_empty())
            || (self.is_lowered && !self.below.is_empty());
        if is_twice {
            self.out.insert(self.base, '{');
            self.out.push('}');
            (self.is_raised, self.is_lowered) = (false, false);
        }
        for (sign, script, has_one) in [
            ("_", &mut self.below, &mut self.is_lowered),
            ("^", &mut self.above, &mut self.is_raised),
        ] {
            if !script.is_empty() {
                let _ = write!(self.out, "{sign}{{{script}}}");
                script.clear();
                *has_one = true;
            }
        }
    }
}

/// Appends TeX, with a space where it would otherwise lengthen the command before it.
fn push(out: &mut String, tex: &str) {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let bare = out.trim_end_matches(is_letter);
    if bare.len() < out.len() && bare.ends_with('\\') && tex.starts_with(is_letter) {
        out.push(' ');
    }
    out.push_str(tex);
}

/// The hat on a letter that has none of its own in Unicode.
const HAT: char = '\u{302}';

/// The suffix of a quantity without its bias row.
const WITHOUT_BIAS: &str = "[1+]";

/// Returns the length of the exponent after `^`: a number, a name or a bracket, perhaps with a minus, with its
/// own scripts.
fn exponent(text: &str) -> usize {
    let bare = text.trim_start_matches(['−', '-']);
    let sign = text.len() - bare.len();
    let mut depth = 0_usize;
    let mut end = bare.len();
    for (at, c) in bare.char_indices() {
        match c {
            '(' if depth == 0 && at > 0 => {
                end = at;
                break;
            }
            '(' => depth += 1,
            ')' if depth > 1 => depth -= 1,
            ')' if depth == 1 => {
                end = at + 1;
                break;
            }
            _ if depth > 0 || c.is_alphanumeric() || c == '.' => {}
            _ => {
                end = at;
                break;
            }
        }
    }
    if end == 0 {
        return 0;
    }
    // `2e−1` is one number.
    if let Some(number) = bare[..end].strip_suffix('e')
        && number.ends_with(|c: char| c.is_ascii_digit())
    {
        end = number.len() + power_of_ten(&bare[number.len()..]).max(1);
    }
    loop {
        let rest = &bare[end..];
        if rest.starts_with(WITHOUT_BIAS) {
            end += WITHOUT_BIAS.len();
        } else if let Some(c) = rest.chars().next().filter(|&c| is_script(c)) {
            end += c.len_utf8();
        } else if let Some(above) = rest.strip_prefix('^') {
            match exponent(above) {
                0 => break,
                more => end += 1 + more,
            }
        } else {
            break;
        }
    }
    sign + end
}

fn prime(c: char) -> Option<&'static str> {
    match c {
        '′' | '\'' => Some("\\prime"),
        _ => None,
    }
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
        '⁼' => "=",
        'ᶻ' => "z",
        'ˡ' => "l",
        'ⁿ' => "n",
        'ⁱ' => "i",
        'ʲ' => "j",
        'ᵏ' => "k",
        'ᵐ' => "m",
        'ᵗ' => "t",
        'ˣ' => "x",
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
        '₋' => "-",
        '₌' => "=",
        '₍' => "(",
        '₎' => ")",
        'ₗ' => "l",
        'ₘ' => "m",
        'ₜ' => "t",
        'ₓ' => "x",
        'ᵣ' => "r",
        'ₚ' => "p",
        'ᵢ' => "i",
        'ⱼ' => "j",
        'ₖ' => "k",
        'ₙ' => "n",
        'ₛ' => "s",
        _ => return None,
    })
}

/// Returns the command of math mode for a symbol.
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
        'ζ' => "\\zeta",
        'η' => "\\eta",
        'θ' => "\\theta",
        'ϑ' => "\\vartheta",
        'ι' => "\\iota",
        'κ' => "\\kappa",
        'λ' => "\\lambda",
        'ν' => "\\nu",
        'ξ' => "\\xi",
        'ο' => "o",
        'π' => "\\pi",
        'ς' => "\\varsigma",
        'τ' => "\\tau",
        'υ' => "\\upsilon",
        'ϕ' => "\\phi",
        'χ' => "\\chi",
        'ω' => "\\omega",
        'Γ' => "\\Gamma",
        'Θ' => "\\Theta",
        'Λ' => "\\Lambda",
        'Ξ' => "\\Xi",
        'Π' | '∏' => "\\prod",
        'Φ' => "\\Phi",
        'Ψ' => "\\Psi",
        'Ω' => "\\Omega",
        'Σ' | '∑' => "\\sum",
        '∫' => "\\int",
        'ℝ' => "\\mathbb{R}",
        'ℕ' => "\\mathbb{N}",
        'ℤ' => "\\mathbb{Z}",
        '∀' => "\\forall",
        '∃' => "\\exists",
        '∉' => "\\notin",
        '∅' => "\\emptyset",
        '⊂' => "\\subset",
        '⊆' => "\\subseteq",
        '∪' => "\\cup",
        '∩' => "\\cap",
        '∧' => "\\wedge",
        '∨' => "\\vee",
        '⊙' => "\\odot",
        '⊗' => "\\otimes",
        '≡' => "\\equiv",
        '∝' => "\\propto",
        '≪' => "\\ll",
        '≫' => "\\gg",
        '⇒' => "\\Rightarrow",
        '⇔' => "\\Leftrightarrow",
        '⟨' => "\\langle",
        '⟩' => "\\rangle",
        '⋯' => "\\cdots",
        '⋮' => "\\vdots",
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
            ("(δ⁽¹⁾[1+])ᵀ", "(\\delta_{[1+]}^{(1)})^{\\top}"),
            ("w₁,₂⁽⁰⁾", "w_{1,2}^{(0)}"),
            ("Σⱼ wᵢ,ⱼ δⱼ", "\\sum_{j} w_{i,j} \\delta_{j}"),
            (
                "∂J/∂ŷ · ∂ŷ/∂z",
                "\\partial J/\\partial\\hat{y} \\cdot \\partial\\hat{y}/\\partial z",
            ),
            ("−y log ŷ", "-y \\log \\hat{y}"),
            (
                "M\u{302}⁽⁰⁾ / R\u{302}⁽⁰⁾",
                "\\hat{M}^{(0)} / \\hat{R}^{(0)}",
            ),
            ("mean of (ŷ − y)²", "\\text{mean of }(\\hat{y} - y)^{2}"),
            ("1 ⊕ logistic(", "1 \\oplus \\text{logistic}("),
            ("neg-log-loss", "\\text{neg-log-loss}"),
            ("10) é²", "10)\\text{ é}^{2}"),
            (
                "½d² for |d| ≤ 1, else |d| − 0.5",
                "\\tfrac12d^{2}\\text{ for }|d| \\le 1,\\text{ else }|d| - 0.5",
            ),
            ("−y for yŷ < 1", "-y\\text{ for }y\\hat{y} < 1"),
            (
                "W ← W − ρ ∇, 60 times an epoch, the samples shuffled",
                "W \\leftarrow W - \\rho \\nabla, 60\\text{ times an epoch},\\text{ the samples shuffled}",
            ),
            ("1 / (1 + e^−0.2)", "1 / (1 + e^{-0.2})"),
            ("1 / (1 + e^−2e−1)", "1 / (1 + e^{-2\\cdot 10^{-1}})"),
            ("e^−1.5e−12 + 1", "e^{-1.5\\cdot 10^{-12}} + 1"),
            ("−7.4e−11·2", "-7.4\\cdot 10^{-11}\\cdot2"),
            ("1.235e7", "1.235\\cdot 10^{7}"),
            ("1−2e−4²", "1-{2\\cdot 10^{-4}}^{2}"),
            ("e^−(0.5·1 − 2))", "e^{-(0.5\\cdot1 - 2)})"),
            ("字", "\\text{\\letter{5B57}}"),
            ("x²^3", "{x^{2}}^{3}"),
            ("x² ^3", "{x^{2} }^{3}"),
            ("δ^a^b", "\\delta^{a^{b}}"),
            ("φ^2′", "\\varphi^{2\\prime}"),
            ("δ′′", "\\delta^{\\prime\\prime}"),
            ("e^−(x)²", "e^{-(x)^{2}}"),
            ("x₁ ₂", "{x_{1} }_{2}"),
            ("x₁^2[1+]", "x_{1}^{2_{[1+]}}"),
            ("Wᵀᶻ", "W^{\\top z}"),
            ("a^^b", "a\\text{\\textasciicircum}^{b}"),
            ("ζ и y", "\\zeta \\text{\\letter{0438} }y"),
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
