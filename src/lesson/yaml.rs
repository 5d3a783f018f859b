//! YAML as a tree that knows where each of its nodes stands.
//!
//! The tree is built from parser events, and serde reads it without its places: every scene, text, weight and number
//! must be able to say its line and column, also long after reading, which serde tells of its own errors only. Aliases,
//! tags and directives are refused as they come by, so that what is read can never be larger than the file, and no
//! scalar means anything but what it looks like.

use serde_json::Value as Json;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, options};

use super::Span;
use super::clean::{forbidden, quoted};
use super::error::{Checked, Problem};
use super::file::forbidden_character;
use super::limits::MAX_DEPTH;

/// A node of the document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
    /// Whether it stands for something that is wrong or missing in the file.
    pub(crate) is_broken: bool,
}

/// A place in the tree: a node, and its key where it has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    key: Span,
    node: &'a Node,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Boxed, since a file has many nodes and none of them grows.
    Scalar {
        text: Box<str>,
        style: Style,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Quoted,
    Folded,
    /// Behind `|`: line breaks stay.
    Literal,
}

impl<'a> At<'a> {
    pub(crate) fn root(node: &'a Node) -> Self {
        Self {
            key: node.span,
            node,
        }
    }

    pub(crate) fn node(self) -> &'a Node {
        self.node
    }

    /// The value.
    pub(crate) fn span(self) -> Span {
        self.node.span
    }

    /// Its key, or itself where it has none.
    pub(crate) fn key(self) -> Span {
        self.key
    }

    /// What stands behind a key; the map where the key is left out.
    pub(crate) fn get(self, key: &str) -> Self {
        self.entry(key).unwrap_or(self)
    }

    pub(crate) fn entry(self, key: &str) -> Option<Self> {
        self.entries().find(|at| at.0 == key).map(|(_, at)| at)
    }

    /// The keys of a map and what stands behind each.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'a str, Self)> {
        let entries = match &self.node.value {
            Value::Map(entries) => &entries[..],
            _ => &[],
        };
        entries.iter().filter_map(|(key, node)| match &key.value {
            Value::Scalar { text, .. } => Some((
                &**text,
                Self {
                    key: key.span,
                    node,
                },
            )),
            _ => None,
        })
    }

    /// The items of a list.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let nodes = match &self.node.value {
            Value::List(nodes) => &nodes[..],
            _ => &[],
        };
        nodes.iter().map(Self::root)
    }

    /// An item of a list; the list where there is none.
    pub(crate) fn item(self, index: usize) -> Self {
        match &self.node.value {
            Value::List(nodes) => nodes.get(index).map_or(self, Self::root),
            _ => self,
        }
    }

    /// Whether all that is here stands so in the file.
    pub(crate) fn is_sound(self) -> bool {
        self.node.is_sound()
    }

    /// Whether what these keys say, where they are given, stands so in the file.
    pub(crate) fn are_sound(self, keys: &[&str]) -> bool {
        !self.node.is_broken
            && keys
                .iter()
                .all(|key| self.entry(key).is_none_or(Self::is_sound))
    }
}

impl Value {
    /// A scalar without quotes.
    pub(crate) fn word(text: &str) -> Self {
        Self::Scalar {
            text: text.into(),
            style: Style::Plain,
        }
    }
}

impl Node {
    pub(crate) fn of(span: Span, value: Value) -> Self {
        Self {
            span,
            value,
            is_broken: false,
        }
    }

    /// What JSON says, all of it at one place.
    pub(crate) fn of_json(json: &Json, span: Span) -> Self {
        let value = match json {
            Json::Object(map) => Value::Map(
                map.iter()
                    .map(|(key, value)| {
                        (Self::of(span, Value::word(key)), Self::of_json(value, span))
                    })
                    .collect(),
            ),
            Json::Array(list) => Value::List(
                list.iter()
                    .map(|value| Self::of_json(value, span))
                    .collect(),
            ),
            Json::String(text) => Value::Scalar {
                text: text.as_str().into(),
                style: Style::Quoted,
            },
            other => Value::word(&other.to_string()),
        };
        Self::of(span, value)
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Whether it is a scalar of this text.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        self.text() == Some(wanted)
    }

    /// Marks all of it.
    pub(crate) fn set_broken(&mut self) {
        self.is_broken = true;
        match &mut self.value {
            Value::Scalar { .. } => {}
            Value::List(nodes) => nodes.iter_mut().for_each(Self::set_broken),
            Value::Map(entries) => entries.iter_mut().for_each(|(_, node)| node.set_broken()),
        }
    }

    /// Whether nothing in it is broken.
    pub(crate) fn is_sound(&self) -> bool {
        !self.is_broken
            && match &self.value {
                Value::Scalar { .. } => true,
                Value::List(nodes) => nodes.iter().all(Self::is_sound),
                Value::Map(entries) => entries.iter().all(|(_, value)| value.is_sound()),
            }
    }

    /// The node without its places, as serde reads it. What is a number or a flag is left to
    /// the types.
    pub(crate) fn to_value(&self) -> serde_yaml::Value {
        use serde_yaml::Value as Yaml;
        match &self.value {
            Value::Scalar { .. } if self.is_nothing() => Yaml::Null,
            Value::Scalar { text, .. } => Yaml::String(text.to_string()),
            Value::List(nodes) => Yaml::Sequence(nodes.iter().map(Self::to_value).collect()),
            Value::Map(entries) => {
                let mut map = serde_yaml::Mapping::with_capacity(entries.len());
                for (key, node) in entries {
                    if let Value::Scalar { text, .. } = &key.value {
                        map.insert(Yaml::String(text.to_string()), node.to_value());
                    }
                }
                Yaml::Mapping(map)
            }
        }
    }

    /// What the node is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Scalar {
                text,
                style: Style::Plain,
            } => match &**text {
                "" | "~" | "null" | "Null" | "NULL" => "nothing",
                "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => "true or false",
                number if looks_like_number(number) => "a number",
                _ => "a text",
            },
            Value::Scalar { .. } => "a text",
        }
    }

    /// Whether there is only a key and no value.
    pub(crate) fn is_nothing(&self) -> bool {
        self.kind() == "nothing"
    }

    /// The node with its value in a few words: `` the text `two` ``, `a list`.
    pub(crate) fn describe(&self) -> String {
        match (&self.value, self.kind()) {
            (Value::Scalar { .. }, "nothing") => "nothing".to_owned(),
            (Value::Scalar { text, .. }, "a text") => format!("the text {}", quoted(text)),
            (Value::Scalar { text, .. }, _) => quoted(text),
            (_, kind) => kind.to_owned(),
        }
    }
}

/// Whether YAML reads a plain scalar as a number, finite or not.
fn looks_like_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_word = match unsigned.to_ascii_lowercase().as_str() {
        ".inf" | "inf" | "infinity" => true,
        // Not a number has no sign.
        ".nan" | "nan" => unsigned.len() == text.len(),
        _ => false,
    };
    is_word
        || unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && text.parse::<f64>().is_ok()
}

/// Reads the one document of a text.
pub(crate) fn parse(text: &str) -> Checked<Node> {
    let events = Parser::new_from_str_with_options(
        text,
        options! {
            disallow_directives: true,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        },
    );
    let mut tree = Tree {
        text,
        open: Vec::new(),
        root: None,
    };
    for event in events {
        let (event, span) = event.map_err(|error| problem_of(text, &error))?;
        let range = span.byte_range().unwrap_or(0..0);
        let mut at = Span {
            start: range.start,
            len: range.len(),
        };
        if let Some(tag) = span.tag_span().and_then(|tag| tag.byte_range()) {
            return Err(Problem::new(
                Span {
                    start: tag.start,
                    len: tag.len(),
                },
                "a lesson has no YAML tags",
            )
            .help(
                "leave the word with the `!` out; a text that begins with `!` stands in quotes"
                    .to_owned(),
            ));
        }
        match event {
            Event::Alias(_) | Event::UnresolvedAlias(_) | Event::Anchor(..) => {
                return Err(alias(at));
            }
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(_, anchor, _)
            | Event::MappingStart(_, anchor, _)
                if anchor != 0 =>
            {
                // The span is that of the node; its anchor stands before it.
                if let Some(back) = text[..at.start].rfind('&') {
                    at = Span {
                        start: back,
                        len: 1,
                    };
                }
                return Err(alias(at));
            }
            Event::DocumentStart(..) if tree.root.is_some() => {
                return Err(Problem::new(
                    at,
                    "a file holds one lesson, here a second document begins",
                )
                .help("remove the `---`".to_owned()));
            }
            Event::Scalar(value, style, ..) => tree.scalar(at, &value, style)?,
            Event::SequenceStart(..) => tree.begin(at, Value::List(Vec::new()))?,
            Event::MappingStart(..) => tree.begin(at, Value::Map(Vec::new()))?,
            Event::SequenceEnd | Event::MappingEnd => tree.end(at)?,
            _ => {}
        }
    }
    match tree.root {
        Some(root) if !(root.is_nothing() && root.span.len == 0) => Ok(root),
        _ => Err(Problem::new(Span::default(), "the file is empty")
            .help("a lesson begins with `format: 1`".to_owned())),
    }
}

fn alias(at: Span) -> Problem {
    Problem::new(at, "a lesson has no YAML anchors and aliases")
        .help("write the value out; what networks share stands at the top of the lesson".to_owned())
}

/// The tree under construction: the collections that are still open, the innermost last.
struct Tree<'a> {
    text: &'a str,
    open: Vec<(Node, Option<Node>)>,
    root: Option<Node>,
}

impl Tree<'_> {
    fn scalar(&mut self, span: Span, text: &str, style: ScalarStyle) -> Checked<()> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Folded => Style::Folded,
            ScalarStyle::Literal => Style::Literal,
        };
        // The text as it stands is clean; only an escape of a quoted scalar can bring in more.
        if let Some((c, what)) = text
            .chars()
            .find_map(|c| forbidden(c).map(|what| (c, what)))
        {
            let raw = &self.text[span.start..span.start + span.len];
            let at = escape_of(raw, c).map_or(span, |(start, len)| Span {
                start: span.start + start,
                len,
            });
            return Err(forbidden_character(at, c, what));
        }
        self.add(Node::of(
            span,
            Value::Scalar {
                text: text.into(),
                style,
            },
        ))
    }

    fn begin(&mut self, span: Span, value: Value) -> Checked<()> {
        // Block and flow nesting are limited by the parser each for itself.
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.open.push((Node::of(span, value), None));
        Ok(())
    }

    fn end(&mut self, at: Span) -> Checked<()> {
        let Some((mut node, _)) = self.open.pop() else {
            return Ok(());
        };
        // A flow collection ends with its bracket, a block collection with its last child.
        let last = match &node.value {
            Value::List(nodes) => nodes.last(),
            Value::Map(entries) => entries.last().map(|(_, value)| value),
            Value::Scalar { .. } => None,
        };
        let flow = self.text[node.span.start..].starts_with(['[', '{']);
        let end = match last {
            _ if flow => at.start + at.len,
            Some(last) => last.span.start + last.span.len,
            None => node.span.start + node.span.len,
        };
        node.span.len = end.saturating_sub(node.span.start);
        self.add(node)
    }

    fn add(&mut self, node: Node) -> Checked<()> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((
                Node {
                    value: Value::List(nodes),
                    ..
                },
                _,
            )) => nodes.push(node),
            Some((
                Node {
                    value: Value::Map(entries),
                    ..
                },
                key,
            )) => match key.take() {
                Some(key) => entries.push((key, node)),
                None if matches!(node.value, Value::Scalar { .. }) => *key = Some(node),
                None => {
                    return Err(Problem::new(
                        node.span,
                        format!("{} cannot be a key", node.kind()),
                    )
                    .expected("expected a word")
                    .help("a text that begins with `{` or `[` stands in quotes".to_owned()));
                }
            },
            Some((
                Node {
                    value: Value::Scalar { .. },
                    ..
                },
                _,
            )) => {}
        }
        Ok(())
    }
}

fn too_deep(at: Span) -> Problem {
    Problem::new(
        at,
        format!("lists and maps are nested more than {MAX_DEPTH} deep"),
    )
}

/// Where in a quoted scalar the escape stands that gives this character: offset and length.
fn escape_of(raw: &str, wanted: char) -> Option<(usize, usize)> {
    let mut rest = raw.char_indices();
    while let Some((start, c)) = rest.next() {
        if c != '\\' {
            continue;
        }
        let (_, kind) = rest.next()?;
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let body = start + 1 + kind.len_utf8();
        let given = match kind {
            '0' => Some('\0'),
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            't' | '\t' => Some('\t'),
            'v' => Some('\u{b}'),
            'f' => Some('\u{c}'),
            'r' => Some('\r'),
            'e' => Some('\u{1b}'),
            'N' => Some('\u{85}'),
            'L' => Some('\u{2028}'),
            'P' => Some('\u{2029}'),
            'x' | 'u' | 'U' => raw
                .get(body..body + digits)
                .and_then(|hex| u32::from_str_radix(hex, 16).ok())
                .and_then(char::from_u32),
            _ => None,
        };
        if given == Some(wanted) {
            return Some((start, body + digits - start));
        }
    }
    None
}

/// The parser's error, with advice where the cause is likely to be a text without quotes.
fn problem_of(text: &str, error: &ScanError) -> Problem {
    let start = error.marker().byte_offset().unwrap_or(text.len());
    let span = Span {
        start,
        len: text[start.min(text.len())..]
            .chars()
            .next()
            .map_or(0, char::len_utf8),
    };
    let kind = error.kind();
    let message = match kind {
        ErrorKind::RecursionLimitExceeded => return too_deep(span),
        ErrorKind::UnknownAnchor | ErrorKind::AnchorCountOverflow => return alias(span),
        ErrorKind::DirectiveDisallowed => {
            return Problem::new(span, "a lesson has no YAML directives")
                .help("a text that begins with `%` stands in quotes".to_owned());
        }
        _ => format!("this is not YAML: {kind}"),
    };
    let help = match kind {
        ErrorKind::UnclosedQuotedScalar => "a text in quotes ends with the quote it began with",
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator => "every `[` needs its `]`, every `{` its `}`",
        ErrorKind::UnknownQuotedScalarEscape => {
            "write `\\\\` for a backslash, or use single quotes"
        }
        _ => {
            "check the indentation; a text with `: ` or ` #` in it, or one that begins with a special \
             character, stands in quotes or on the lines after `>`"
        }
    };
    Problem::new(span, message).help(help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'a>(text: &'a str, node: &Node) -> &'a str {
        &text[node.span.start..node.span.start + node.span.len]
    }

    #[test]
    fn every_node_knows_its_place() {
        let text = "é: ü\nlist:\n  - [1, -2.5]\n  - {x: 'a b'}\ntext: >\n  one\n  two\nlast: 1\n";
        let root = parse(text).unwrap();
        let Value::Map(entries) = &root.value else {
            panic!("{root:?}")
        };
        assert_eq!(at(text, &entries[0].0), "é");
        assert_eq!(at(text, &entries[0].1), "ü");
        let Value::List(items) = &entries[1].1.value else {
            panic!("{root:?}")
        };
        assert_eq!(at(text, &items[0]), "[1, -2.5]");
        let Value::List(numbers) = &items[0].value else {
            panic!("{root:?}")
        };
        assert_eq!(at(text, &numbers[1]), "-2.5");
        assert_eq!(at(text, &items[1]), "{x: 'a b'}");
        assert_eq!(at(text, &entries[1].1), "- [1, -2.5]\n  - {x: 'a b'}");
        let text_node = at(text, &entries[2].1);
        assert!(
            text_node.trim_start().starts_with("one") && text_node.trim_end().ends_with("two"),
            "{text_node:?}"
        );
        assert_eq!(at(text, &entries[3].1), "1");
    }

    #[test]
    fn escapes_are_found_in_a_quoted_scalar() {
        assert_eq!(escape_of(r#""a\n\\e\e[2J""#, '\u{1b}'), Some((7, 2)));
        assert_eq!(escape_of(r#""\u202e""#, '\u{202e}'), Some((1, 6)));
        assert_eq!(escape_of(r#""plain""#, '\u{1b}'), None);
    }
}
