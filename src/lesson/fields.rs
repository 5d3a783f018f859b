//! From nodes to typed values, each refused where it stands when it is not what it must be.

use super::Span;
use super::clean::quoted;
use super::error::{Checked, Problem};
use super::limits::MAX_NUMBER;
use super::nearest::{did_you_mean, one_of};
use super::yaml::{Node, Style, Value};

/// The entries of a map whose keys have all been checked.
pub(crate) struct Fields<'a> {
    what: &'a str,
    at: Span,
    entries: Vec<(&'a str, Span, &'a Node)>,
}

impl<'a> Fields<'a> {
    /// The map `node`, called `what` in messages, of which no key is unknown or given twice. A missing key is
    /// reported at `at`.
    pub(crate) fn of(node: &'a Node, what: &'a str, at: Span, known: &[&str]) -> Checked<Self> {
        let entries = entries(node, what, "a map")
            .map_err(|problem| problem.help(format!("its keys are {}", known.join(", "))))?;
        for (key, span, _) in &entries {
            if !known.contains(key) {
                return Err(
                    Problem::new(*span, format!("unknown key {} in {what}", quoted(key))).help(
                        did_you_mean(key, known.iter().copied())
                            .unwrap_or_else(|| format!("its keys are {}", known.join(", "))),
                    ),
                );
            }
        }
        Ok(Self { what, at, entries })
    }

    /// The value of a key that may be left out.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The place of the key and its value.
    pub(crate) fn entry(&self, key: &str) -> Option<(Span, &'a Node)> {
        self.entries
            .iter()
            .find(|(name, ..)| *name == key)
            .map(|(_, span, node)| (*span, *node))
    }

    /// The value of a key that must be there, such as in `example`.
    pub(crate) fn need(&self, key: &str, example: &str) -> Checked<&'a Node> {
        self.get(key).ok_or_else(|| self.missing(key, example))
    }

    /// The error that a key is missing.
    pub(crate) fn missing(&self, key: &str, example: &str) -> Problem {
        Problem::new(self.at, format!("{} has no `{key}`", self.what))
            .help(format!("add, for example, `{key}: {example}`"))
    }

    /// Refuses two keys that say the same thing twice.
    pub(crate) fn either(&self, one: &str, other: &str) -> Checked<()> {
        match (self.entry(one), self.entry(other)) {
            (Some((first, _)), Some((second, _))) => Err(Problem::new(
                second,
                format!("{} has both `{one}` and `{other}`", self.what),
            )
            .expected("only one of them can be")
            .also(first, format!("`{one}` is here"))),
            _ => Ok(()),
        }
    }
}

/// Keys, their places and values of a map; no key is given twice.
pub(crate) fn entries<'a>(
    node: &'a Node,
    what: &str,
    expected: &str,
) -> Checked<Vec<(&'a str, Span, &'a Node)>> {
    let Value::Map(map) = &node.value else {
        return Err(wrong(node, what, expected));
    };
    let mut entries: Vec<(&str, Span, &Node)> = Vec::with_capacity(map.len());
    let mut seen = std::collections::HashMap::with_capacity(map.len());
    for (key, value) in map {
        // The tree has scalars only as keys.
        let Value::Scalar { text, .. } = &key.value else {
            continue;
        };
        if let Some(first) = seen.insert(text.as_str(), key.span) {
            return Err(Problem::new(
                key.span,
                format!("the key {} is given twice in {what}", quoted(text)),
            )
            .also(first, "first given here"));
        }
        entries.push((text, key.span, value));
    }
    Ok(entries)
}

/// The error that a value has the wrong type.
pub(crate) fn wrong(node: &Node, what: &str, expected: &str) -> Problem {
    Problem::new(node.span, format!("{what} is {}", node.describe()))
        .expected(format!("expected {expected}"))
}

/// The nodes of a list.
pub(crate) fn list<'a>(node: &'a Node, what: &str, expected: &str) -> Checked<&'a [Node]> {
    match &node.value {
        Value::List(nodes) => Ok(nodes),
        _ => Err(wrong(node, what, expected)),
    }
}

/// A text of at most `most` characters, with something in it.
pub(crate) fn text<'a>(node: &'a Node, what: &str, most: usize) -> Checked<&'a str> {
    match &node.value {
        Value::Scalar { text, .. } if node.kind() == "a text" => {
            if text.trim().is_empty() {
                return Err(Problem::new(node.span, format!("{what} is empty")).expected("expected a text"));
            }
            let length = text.chars().count();
            if length > most {
                return Err(Problem::new(node.span, format!("{what} has {length} characters"))
                    .expected(format!("at most {most} are allowed")));
            }
            Ok(text)
        }
        Value::Scalar { text, style: Style::Plain } if !node.is_nothing() => {
            Err(wrong(node, what, "a text").help(format!("put it in quotes: \"{}\"", quoted(text).trim_matches('`'))))
        }
        Value::Map(_) => Err(wrong(node, what, "a text").help(
            "a text that begins with `{` or has `: ` in it stands in quotes or on the lines after `>`".to_owned(),
        )),
        _ => Err(wrong(node, what, "a text")),
    }
}

/// A text of one line.
pub(crate) fn line(node: &Node, what: &str, most: usize) -> Checked<String> {
    let text = text(node, what, most)?.trim();
    if text.contains('\n') {
        return Err(Problem::new(
            node.span,
            format!("{what} has more than one line"),
        ));
    }
    Ok(text.to_owned())
}

/// A finite number, not too large.
pub(crate) fn number(node: &Node, what: &str) -> Checked<f64> {
    const EXPECTED: &str = "a number";
    let (text, style) = match &node.value {
        Value::Scalar { text, style } => (text, *style),
        _ => return Err(wrong(node, what, EXPECTED)),
    };
    if style != Style::Plain && text.parse::<f64>().is_ok() {
        return Err(wrong(node, what, EXPECTED).help("leave the quotes out".to_owned()));
    }
    if node.kind() != "a number" {
        return Err(wrong(node, what, EXPECTED));
    }
    // `.inf` and `.nan` are numbers to YAML and not to Rust.
    let value = text.parse::<f64>().unwrap_or(f64::NAN);
    if !value.is_finite() || value.abs() > MAX_NUMBER {
        return Err(
            Problem::new(node.span, format!("{what} is {}", quoted(text))).expected(format!(
                "expected a finite number from -{MAX_NUMBER} to {MAX_NUMBER}"
            )),
        );
    }
    Ok(value)
}

/// A whole number within bounds.
pub(crate) fn whole(node: &Node, what: &str, least: usize, most: usize) -> Checked<usize> {
    let expected = format!("a whole number from {least} to {most}");
    let Value::Scalar {
        text,
        style: Style::Plain,
    } = &node.value
    else {
        return Err(wrong(node, what, &expected));
    };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<usize>() {
        Ok(value) if digits && (least..=most).contains(&value) => Ok(value),
        _ => Err(wrong(node, what, &expected)),
    }
}

/// True or false.
pub(crate) fn flag(node: &Node, what: &str) -> Checked<bool> {
    match &node.value {
        Value::Scalar {
            text,
            style: Style::Plain,
        } if text == "true" => Ok(true),
        Value::Scalar {
            text,
            style: Style::Plain,
        } if text == "false" => Ok(false),
        _ => Err(wrong(node, what, "true or false")),
    }
}

/// One of the words: its index.
pub(crate) fn word(node: &Node, what: &str, words: &[&str]) -> Checked<usize> {
    let expected = one_of(words);
    let Value::Scalar { text, .. } = &node.value else {
        return Err(wrong(node, what, &expected));
    };
    words.iter().position(|word| word == text).ok_or_else(|| {
        Problem::new(node.span, format!("{what} is {}", quoted(text)))
            .expected(format!("expected {expected}"))
            .help(did_you_mean(text, words.iter().copied()))
    })
}

/// `1 row`, `3 rows`
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
