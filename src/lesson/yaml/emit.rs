//! A tree as YAML text that reads back as the same tree.
//!
//! `serde_yaml` writes every list and map on lines of its own, a matrix of weights one number a line, and knows no style of
//! a text; the styles matter here, since only a literal text keeps its line breaks. Comments are no part of a tree.

use serde_json::json;

use super::{Entries, Node, Style, Value};

/// The columns that a line keeps to where it can.
const WIDTH: usize = 110;

/// Returns the text of a document.
pub(crate) fn document(root: &Node<'_>) -> String {
    let mut text = String::new();
    match &root.value {
        Value::Map(entries) if !entries.is_empty() => map(&mut text, entries, 0),
        _ => text = flow(root) + "\n",
    }
    text
}

/// Writes the keys of a map; the first one goes on the line that is begun.
fn map(text: &mut String, entries: &Entries<'_>, indent: usize) {
    for (i, (key, value)) in entries.iter().enumerate() {
        if i > 0 {
            text.extend(std::iter::repeat_n(' ', indent));
        }
        text.push_str(&flow(key));
        text.push(':');
        behind(text, value, indent);
    }
}

/// Writes what stands behind a key or a dash, and ends the line.
fn behind(text: &mut String, node: &Node<'_>, indent: usize) {
    let column = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
    let room = WIDTH.saturating_sub(column + 1);
    let inside = indent + 2;
    match &node.value {
        Value::Word(_) | Value::Text(_) => {
            if let Some(block) = block(node, inside) {
                text.push(' ');
                text.push_str(&block);
                return;
            }
            let line = scalar(node, false);
            if !line.is_empty() {
                text.push(' ');
                text.push_str(&line);
            }
            text.push('\n');
        }
        Value::List(nodes) => {
            if is_line(node, room) {
                text.push(' ');
                text.push_str(&flow(node));
                text.push('\n');
                return;
            }
            text.push('\n');
            for node in nodes {
                text.extend(std::iter::repeat_n(' ', inside));
                text.push('-');
                match &node.value {
                    Value::Map(entries) if !is_line(node, WIDTH.saturating_sub(inside + 2)) => {
                        text.push(' ');
                        map(text, entries, inside + 2);
                    }
                    _ => behind(text, node, inside),
                }
            }
        }
        Value::Samples(set) => behind(text, &Node::listed(set), indent),
        Value::Map(entries) => {
            if is_line(node, room) {
                text.push(' ');
                text.push_str(&flow(node));
                text.push('\n');
                return;
            }
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', inside));
            map(text, entries, inside);
        }
    }
}

/// Returns whether a list or map is written in one line: it fits, or there is nothing in it.
fn is_line(node: &Node<'_>, room: usize) -> bool {
    let is_empty = match &node.value {
        Value::Word(_) | Value::Text(_) | Value::Samples(_) => false,
        Value::List(nodes) => nodes.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    };
    is_empty || (!has_block(node) && flow(node).chars().count() <= room)
}

/// Returns whether something in a node can be written in a block only.
fn has_block(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Word(_) | Value::Text(_) => matches!(node.style, Style::Literal | Style::Folded),
        Value::Samples(_) => false,
        Value::List(nodes) => nodes.iter().any(has_block),
        Value::Map(entries) => entries.iter().any(|(_, value)| has_block(value)),
    }
}

/// Returns a node in one line.
fn flow(node: &Node<'_>) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match &node.value {
        Value::Word(_) | Value::Text(_) => scalar(node, true),
        Value::Samples(set) => flow(&Node::listed(set)),
        Value::List(nodes) => format!("[{}]", joined(nodes.iter().map(flow).collect())),
        Value::Map(entries) => {
            let entry = |(key, value): &(Node<'_>, Node<'_>)| {
                format!("{}: {}", flow(key), flow(value))
                    .trim_end()
                    .to_owned()
            };
            format!("{{{}}}", joined(entries.iter().map(entry).collect()))
        }
    }
}

/// Returns a scalar in one line, in a flow collection or outside of one.
fn scalar(node: &Node<'_>, in_flow: bool) -> String {
    let text = node.text().unwrap_or_default();
    let is_plain = node.style == Style::Plain
        && !text.contains('\n')
        && !(in_flow && text.contains([',', '[', ']', '{', '}', ':', '#', '"', '\'']));
    if is_plain {
        text.to_owned()
    } else {
        // A text of JSON is one of YAML.
        json!(text).to_string()
    }
}

/// Returns a literal or folded text as a block below its key; `None` if it has another style, or begins or ends in a way
/// that a block cannot show.
fn block(node: &Node<'_>, indent: usize) -> Option<String> {
    let text = node.text()?;
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_odd = |line: &str| line.starts_with([' ', '\t']) || line.ends_with([' ', '\t']);
    if body.is_empty() || body.ends_with('\n') || body.starts_with('\n') {
        return None;
    }
    // An indented line tells of a literal text only how far all of it is indented, if it is the first.
    let is_odd = match node.style {
        Style::Literal => body.starts_with(' '),
        _ => body.split('\n').any(is_odd),
    };
    if is_odd || body.contains(['\r', '\t']) {
        return None;
    }
    let chomping = if body.len() == text.len() { "-" } else { "" };
    let margin = " ".repeat(indent);
    let mut lines = Vec::new();
    let sign = match node.style {
        Style::Literal => {
            lines.extend(body.split('\n').map(str::to_owned));
            '|'
        }
        Style::Folded => {
            let width = WIDTH.saturating_sub(indent).max(20);
            for (i, paragraph) in body.split('\n').enumerate() {
                // A line break that is kept is an empty line.
                if i > 0 {
                    lines.push(String::new());
                }
                if !paragraph.is_empty() {
                    lines.extend(folded(paragraph, width));
                }
            }
            '>'
        }
        Style::Plain | Style::Quoted => return None,
    };
    let lines: Vec<String> = lines
        .into_iter()
        .map(|line| {
            if line.is_empty() {
                line
            } else {
                format!("{margin}{line}")
            }
        })
        .collect();
    Some(format!("{sign}{chomping}\n{}\n", lines.join("\n")))
}

/// Breaks a line at single spaces, where folding puts them back.
fn folded(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    let mut after_gap = true;
    for (i, word) in line.split(' ').enumerate() {
        let is_first = i == 0;
        let fits = current.chars().count() + 1 + word.chars().count() <= width;
        let breaks = !fits && !word.is_empty() && !after_gap && !current.is_empty();
        if breaks {
            lines.push(std::mem::take(&mut current));
        } else if !is_first {
            current.push(' ');
        }
        current.push_str(word);
        after_gap = word.is_empty();
    }
    lines.push(current);
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lesson::{Library, Span, yaml};

    /// Asserts that a tree is the same once it has been written and read again.
    fn assert_comes_back(root: &Node<'_>) {
        let text = document(root);
        let again = yaml::parse(&text).unwrap_or_else(|problem| panic!("{problem:?}\n{text}"));
        assert_same(root, &again, &text);
    }

    fn assert_same(one: &Node<'_>, other: &Node<'_>, all: &str) {
        assert_alike(one, other, all, |one, other| {
            assert_eq!(one.text(), other.text(), "{all}");
            let is_literal = |node: &Node<'_>| node.style == Style::Literal;
            assert_eq!(is_literal(one), is_literal(other), "{all}");
            assert_eq!(one.kind(), other.kind(), "{all}");
        });
    }

    /// Asserts that two trees have the same lists and maps, with keys and scalars that pass `scalars`.
    fn assert_alike(
        one: &Node<'_>,
        other: &Node<'_>,
        all: &str,
        scalars: impl Fn(&Node<'_>, &Node<'_>) + Copy,
    ) {
        match (&one.value, &other.value) {
            (Value::List(one), Value::List(other)) => {
                assert_eq!(one.len(), other.len(), "{all}");
                for (one, other) in one.iter().zip(other) {
                    assert_alike(one, other, all, scalars);
                }
            }
            (Value::Map(one), Value::Map(other)) => {
                assert_eq!(one.len(), other.len(), "{all}");
                for (one, other) in one.iter().zip(other) {
                    assert_alike(&one.0, &other.0, all, scalars);
                    assert_alike(&one.1, &other.1, all, scalars);
                }
            }
            _ => scalars(one, other),
        }
    }

    #[test]
    fn every_lesson_comes_back_and_is_shorter_than_its_numbers_in_rows() {
        let library = Library::embedded();
        for name in library.names() {
            let lesson = library.open(name).unwrap();
            let root = yaml::parse(&lesson.source.text).unwrap();
            assert_comes_back(&root);
            let lines = |text: &str| text.lines().count();
            let text = document(&root);
            assert!(
                lines(&text) <= 2 * lines(&lesson.source.text),
                "{name}:\n{text}"
            );
        }
    }

    fn scalar() -> impl Strategy<Value = Node<'static>> {
        let style = prop_oneof![
            Just(Style::Quoted),
            Just(Style::Folded),
            Just(Style::Literal)
        ];
        let text =
            r#"[a-c0-9 :#,\[\]{}"'\\&*!|>%@`~?é\-]{0,12}(\n{1,3}[a-c #:\-]{0,30}){0,3}\n{0,2}"#;
        (style, text).prop_map(|(style, text)| {
            let mut node = Node::new(Span::default(), Value::word(&text));
            node.style = style;
            node
        })
    }

    fn tree() -> impl Strategy<Value = Node<'static>> {
        scalar().prop_recursive(4, 40, 5, |inner| {
            let key = "[a-z]{1,8}".prop_map(|key| Node::new(Span::default(), Value::word(&key)));
            let node = |value| Node::new(Span::default(), value);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5)
                    .prop_map(move |nodes| node(Value::List(nodes))),
                prop::collection::vec((key, inner), 1..5).prop_map(move |mut entries| {
                    for (i, (key, _)) in entries.iter_mut().enumerate() {
                        key.value = Value::word(&format!("{}{i}", key.text().unwrap_or("k")));
                    }
                    node(Value::Map(entries))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_tree_comes_back(inside in tree()) {
            let key = Node::new(Span::default(), Value::word("all"));
            let root = Node::new(Span::default(), Value::Map(vec![(key, inside)]));
            let text = document(&root);
            let again = yaml::parse(&text).unwrap_or_else(|problem| panic!("{problem:?}\n{text}"));
            // A text that no block can show may have been quoted.
            assert_alike(&root, &again, &text, |one, other| {
                assert_eq!(one.text(), other.text(), "{text}");
            });
        }
    }
}
