//! Checks the syntax of TeX, as far as our texts can break it.

/// The commands that documents may use.
const COMMANDS: &[&str] = &[
    "text",
    "letter",
    "textbackslash",
    "textasciitilde",
    "textasciicircum",
    "textless",
    "textgreater",
    "textbar",
    "textquotedbl",
    "ldots",
    "quotedblbase",
    "texteuro",
    "texttrademark",
    "textdagger",
    "textdaggerdbl",
    "textperthousand",
    "guilsinglleft",
    "guilsinglright",
    "quotesinglbase",
    "textnumero",
    "backslash",
    "sim",
    "prime",
    "log",
    "max",
    "tanh",
    "exp",
    "top",
    "delta",
    "Delta",
    "varphi",
    "psi",
    "rho",
    "sigma",
    "mu",
    "alpha",
    "beta",
    "gamma",
    "varepsilon",
    "pi",
    "sum",
    "nabla",
    "partial",
    "hat",
    "oplus",
    "circ",
    "times",
    "cdot",
    "pm",
    "le",
    "ge",
    "neq",
    "approx",
    "infty",
    "surd",
    "tfrac",
    "in",
    "to",
    "leftarrow",
    "uparrow",
    "downarrow",
    "leftrightarrow",
    "eta",
    "mathbb",
];

/// A group or formula that is open.
struct Group {
    is_math: bool,
    /// Whether a dollar sign opened it.
    is_dollar: bool,
    /// Whether the last base has a superscript, and whether it has a subscript.
    raised: [bool; 2],
}

impl Group {
    const fn new(is_math: bool, is_dollar: bool) -> Self {
        Self {
            is_math,
            is_dollar,
            raised: [false, false],
        }
    }
}

/// Checks a text, or a formula of math mode.
pub(crate) fn check(tex: &str, is_math: bool) -> Result<(), String> {
    let mut open = vec![Group::new(is_math, false)];
    let mut rest = tex;
    // What the next group is: a script belongs to the base before it, the argument of `\text` is no math.
    let (mut is_script, mut is_text) = (false, false);
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let depth = open.len();
        let Some(group) = open.last_mut() else {
            return Err("a brace too many".to_owned());
        };
        if is_script && c != '{' {
            return Err("a script without braces".to_owned());
        }
        match c {
            '\\' => {
                let length = rest
                    .find(|c: char| !c.is_ascii_alphabetic())
                    .unwrap_or(rest.len());
                let (word, after) = rest.split_at(length);
                if word.is_empty() {
                    let Some(sign) = rest.chars().next().filter(|c| "#$%&_{}|".contains(*c)) else {
                        return Err("an unknown sign behind a backslash".to_owned());
                    };
                    rest = &rest[sign.len_utf8()..];
                } else {
                    if !COMMANDS.contains(&word) {
                        return Err(format!("an unknown command, {word}"));
                    }
                    is_text = matches!(word, "text" | "letter");
                    rest = after;
                }
                group.raised = [false, false];
            }
            '{' => {
                if !is_script {
                    group.raised = [false, false];
                }
                let is_math = group.is_math && !is_text;
                open.push(Group::new(is_math, false));
                (is_script, is_text) = (false, false);
            }
            '}' if group.is_dollar || depth == 1 => return Err("a brace too many".to_owned()),
            '}' => {
                open.pop();
            }
            '$' if group.is_dollar => {
                open.pop();
            }
            '$' if group.is_math => return Err("a dollar in a formula".to_owned()),
            '$' => open.push(Group::new(true, true)),
            '^' | '_' if !group.is_math => return Err("a script in a text".to_owned()),
            '^' | '_' => {
                let raised = &mut group.raised[usize::from(c == '_')];
                if *raised {
                    return Err(format!("a second {c}"));
                }
                *raised = true;
                is_script = true;
            }
            '\'' if group.is_math => return Err("a prime beside scripts".to_owned()),
            '#' | '&' | '%' => return Err(format!("a bare {c}")),
            ' ' => {}
            c if !c.is_ascii() && (group.is_math || c > '\u{17f}') => {
                return Err(format!("a letter that is not set, {c}"));
            }
            _ => group.raised = [false, false],
        }
    }
    if open.len() == 1 && !is_script {
        Ok(())
    } else {
        Err("something is left open".to_owned())
    }
}
