//! YAML as a tree whose nodes have their places in the text.
//!
//! The tree is built from parser events, and serde reads it without the places: every scene, text, weight and number
//! needs its line and column, even long after reading, while serde only has them for its own errors. Aliases, tags and
//! directives are refused, so that the tree cannot be larger than the file and every scalar means what it shows.

pub(crate) mod emit;

use std::iter;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, options};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Value as Json, json};

use super::Span;
use super::error::{Checked, Problem};
use super::file::forbidden_character;
use super::limits::MAX_DEPTH;
use super::sanitize::{forbidden, quoted};
use crate::engine::DataSet;

/// A node of the document. It is small, because a file may have a quarter of a million nodes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node<'t> {
    start: u32,
    len: u32,
    pub(crate) value: Value<'t>,
    /// The style of a scalar.
    pub(crate) style: Style,
    /// `true` if it replaces something that is wrong or missing in the file.
    pub(crate) is_broken: bool,
}

/// The keys of a map with their values.
pub(crate) type Entries<'t> = Vec<(Node<'t>, Node<'t>)>;

/// A node of the tree, with its key if it has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'a> {
    key: Span,
    node: &'a Node<'a>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'t> {
    /// A scalar whose text is letter by letter that of the file.
    Word(&'t str),
    /// Any other scalar.
    Text(Box<str>),
    List(Vec<Node<'t>>),
    Map(Entries<'t>),
    /// A list of samples that the program has as numbers. It is the same as if they were written out, but they need not be
    /// read again.
    Samples(Arc<DataSet>),
}

/// The style of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Quoted,
    Folded,
    /// A block scalar after `|`, which keeps line breaks.
    Literal,
}

impl<'a> At<'a> {
    pub(crate) fn root(node: &'a Node<'a>) -> Self {
        Self {
            key: node.span(),
            node,
        }
    }

    pub(crate) fn node(self) -> &'a Node<'a> {
        self.node
    }

    /// Returns the place of the value.
    pub(crate) fn span(self) -> Span {
        self.node.span()
    }

    /// Returns the place of the key, or of the value if it has none.
    pub(crate) fn key(self) -> Span {
        self.key
    }

    /// Returns the value of a key; the map itself if the key is missing.
    pub(crate) fn get(self, key: &str) -> Self {
        self.entry(key).unwrap_or(self)
    }

    pub(crate) fn entry(self, key: &str) -> Option<Self> {
        self.entries().find(|at| at.0 == key).map(|(_, at)| at)
    }

    /// Returns the keys of a map with their values.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'a str, Self)> {
        let entries = match &self.node.value {
            Value::Map(entries) => &entries[..],
            _ => &[],
        };
        entries.iter().filter_map(|(key, node)| {
            let at = Self {
                key: key.span(),
                node,
            };
            Some((key.text()?, at))
        })
    }

    /// Returns the items of a list.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let nodes = match &self.node.value {
            Value::List(nodes) => &nodes[..],
            _ => &[],
        };
        nodes.iter().map(Self::root)
    }

    /// Returns an item of a list; the list itself if there is none.
    pub(crate) fn item(self, index: usize) -> Self {
        match &self.node.value {
            Value::List(nodes) => nodes.get(index).map_or(self, Self::root),
            _ => self,
        }
    }

    /// Returns whether everything in it is as in the file.
    pub(crate) fn is_sound(self) -> bool {
        self.node.is_sound()
    }

    /// Returns whether the values of these keys, as far as they are given, are as in the file.
    pub(crate) fn are_sound(self, keys: &[&str]) -> bool {
        !self.node.is_broken
            && keys
                .iter()
                .all(|key| self.entry(key).is_none_or(Self::is_sound))
    }
}

impl Value<'_> {
    /// Returns a scalar without a place.
    pub(crate) fn word(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl<'t> Node<'t> {
    pub(crate) fn new(span: Span, value: Value<'t>) -> Self {
        // No text is as long as that.
        let short = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        Self {
            start: short(span.start),
            len: short(span.len),
            value,
            style: Style::Plain,
            is_broken: false,
        }
    }

    /// Returns JSON as a node, all of it at one place.
    pub(crate) fn of_json(json: &Json, span: Span) -> Self {
        let of = |value| Self::of_json(value, span);
        let value = match json {
            Json::Object(map) => Value::Map(
                map.iter()
                    .map(|(key, value)| (Self::new(span, Value::word(key)), of(value)))
                    .collect(),
            ),
            Json::Array(list) => Value::List(list.iter().map(of).collect()),
            Json::String(text) => Value::word(text),
            other => Value::word(&other.to_string()),
        };
        let style = match json {
            Json::String(_) => Style::Quoted,
            _ => Style::Plain,
        };
        Self {
            style,
            ..Self::new(span, value)
        }
    }

    /// Returns the place of the node.
    pub(crate) fn span(&self) -> Span {
        Span {
            start: self.start as usize,
            len: self.len as usize,
        }
    }

    /// Returns the text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Word(text) => Some(text),
            Value::Text(text) => Some(text),
            Value::List(_) | Value::Map(_) | Value::Samples(_) => None,
        }
    }

    /// Returns samples as the list that they stand for.
    pub(crate) fn listed(set: &DataSet) -> Self {
        let rows = set.x.rows().into_iter().zip(set.y.rows());
        let samples = rows.map(|(x, y)| json!({"x": x.to_vec(), "y": y.to_vec()}));
        Self::of_json(&samples.collect(), Span::default())
    }

    /// Returns whether it is a scalar with this text.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        self.text() == Some(wanted)
    }

    /// Marks it and everything in it as broken.
    pub(crate) fn set_broken(&mut self) {
        self.is_broken = true;
        match &mut self.value {
            Value::Word(_) | Value::Text(_) | Value::Samples(_) => {}
            Value::List(nodes) => nodes.iter_mut().for_each(Self::set_broken),
            Value::Map(entries) => entries.iter_mut().for_each(|(_, node)| node.set_broken()),
        }
    }

    /// Returns whether nothing in it is broken.
    pub(crate) fn is_sound(&self) -> bool {
        !self.is_broken
            && match &self.value {
                Value::Word(_) | Value::Text(_) | Value::Samples(_) => true,
                Value::List(nodes) => nodes.iter().all(Self::is_sound),
                Value::Map(entries) => entries.iter().all(|(_, value)| value.is_sound()),
            }
    }

    /// Returns the kind of the node, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.value, self.text()) {
            (Value::List(_) | Value::Samples(_), _) => "a list",
            (Value::Map(_), _) => "a map",
            (_, Some(text)) if self.style == Style::Plain => match text {
                "" | "~" | "null" | "Null" | "NULL" => "nothing",
                "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => "true or false",
                number if looks_like_number(number) => "a number",
                _ => "a text",
            },
            _ => "a text",
        }
    }

    /// Returns whether there is only a key and no value.
    pub(crate) fn is_nothing(&self) -> bool {
        self.kind() == "nothing"
    }

    /// Returns the node and its value in a few words: `` the text `two` ``, `a list`.
    pub(crate) fn describe(&self) -> String {
        match (self.text(), self.kind()) {
            (Some(text), "a text") => format!("the text {}", quoted(text)),
            (Some(text), kind) if kind != "nothing" => quoted(text),
            (_, kind) => kind.to_owned(),
        }
    }
}

/// Returns whether YAML reads a plain scalar as a number, finite or not.
fn looks_like_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_word = match unsigned.to_ascii_lowercase().as_str() {
        ".inf" | "inf" | "infinity" => true,
        // NaN has no sign.
        ".nan" | "nan" => unsigned.len() == text.len(),
        _ => false,
    };
    is_word
        || unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && text.parse::<f64>().is_ok()
}

/// Parses a text of one document.
pub(crate) fn parse(text: &str) -> Checked<Node<'_>> {
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
    // The parser has read everything before.
    let mut read = 0;
    for event in events {
        let (event, span) = event.map_err(|error| problem_of(text, &error, tree.unread(read)))?;
        let range = span.byte_range().unwrap_or(0..0);
        read = range.end;
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
        Some(root) if !(root.is_nothing() && root.len == 0) => Ok(root),
        _ => Err(Problem::new(Span::default(), "the file is empty")
            .help("a lesson begins with `format: 1`".to_owned())),
    }
}

fn alias(at: Span) -> Problem {
    Problem::new(at, "a lesson has no YAML anchors and aliases")
        .help("write the value out; what networks share stands at the top of the lesson".to_owned())
}

/// The tree under construction: the open collections, the innermost last.
struct Tree<'a> {
    text: &'a str,
    open: Vec<(Node<'a>, Option<Node<'a>>)>,
    root: Option<Node<'a>>,
}

impl<'a> Tree<'a> {
    /// Returns the bracket that is open at the end of what has been read, and that end.
    fn unread(&self, read: usize) -> (Option<usize>, usize) {
        let open = self.open.last().map(|(node, _)| node.span().start);
        (
            open.filter(|&at| self.text[at..].starts_with(['[', '{'])),
            read,
        )
    }

    fn scalar(&mut self, span: Span, text: &str, style: ScalarStyle) -> Checked<()> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Folded => Style::Folded,
            ScalarStyle::Literal => Style::Literal,
        };
        // The file itself has been checked; only an escape in a quoted scalar can add more such characters.
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
        let raw = &self.text[span.start..span.start + span.len];
        let value = if raw == text {
            Value::Word(raw)
        } else {
            Value::Text(text.into())
        };
        self.add(Node {
            style,
            ..Node::new(span, value)
        })
    }

    fn begin(&mut self, span: Span, value: Value<'a>) -> Checked<()> {
        // The parser limits the nesting of blocks and that of flow collections separately.
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.open.push((Node::new(span, value), None));
        Ok(())
    }

    fn end(&mut self, at: Span) -> Checked<()> {
        let Some((mut node, _)) = self.open.pop() else {
            return Ok(());
        };
        // A flow collection ends with its bracket, a block collection with its last child.
        let last = match &mut node.value {
            Value::List(nodes) => {
                // Most lists are short, and there may be many.
                nodes.shrink_to_fit();
                nodes.last()
            }
            Value::Map(entries) => {
                entries.shrink_to_fit();
                entries.last().map(|(_, value)| value)
            }
            Value::Word(_) | Value::Text(_) | Value::Samples(_) => None,
        };
        let start = node.start as usize;
        let end = match last {
            _ if self.text[start..].starts_with(['[', '{']) => at.start + at.len,
            Some(last) => (last.start + last.len) as usize,
            None => start,
        };
        let span = Span {
            start,
            len: end.saturating_sub(start),
        };
        self.add(Node::new(span, node.value))
    }

    fn add(&mut self, node: Node<'a>) -> Checked<()> {
        let Some((open, key)) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.value {
            Value::List(nodes) => nodes.push(node),
            Value::Map(entries) => match key.take() {
                Some(key) => entries.push((key, node)),
                None if node.text().is_some() => *key = Some(node),
                None => {
                    let what = format!("{} cannot be a key", node.kind());
                    return Err(Problem::new(node.span(), what)
                        .expected("expected a word")
                        .help("a text that begins with `{` or `[` stands in quotes".to_owned()));
                }
            },
            // Nothing else is ever open.
            Value::Word(_) | Value::Text(_) | Value::Samples(_) => {}
        }
        Ok(())
    }
}

/// The view of serde: it receives lists and maps one element at a time, so that there is no second tree, and scalars as
/// values of its own YAML. The types decide whether a scalar is a number or a flag.
impl<'de> Deserializer<'de> for &Node<'_> {
    type Error = serde_yaml::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        use serde_yaml::Value as Yaml;
        match &self.value {
            Value::List(nodes) => visitor.visit_seq(SeqDeserializer::new(nodes.iter())),
            // Whoever reads them finds them here.
            Value::Samples(_) => visitor.visit_seq(SeqDeserializer::new(iter::empty::<Self>())),
            Value::Map(entries) => {
                let entries = entries.iter();
                let entries = entries.filter_map(|(key, node)| Some((key.text()?, node)));
                visitor.visit_map(MapDeserializer::new(entries))
            }
            Value::Word(_) | Value::Text(_) => match self.text() {
                Some(text) if !self.is_nothing() => Yaml::String(text.to_owned()),
                _ => Yaml::Null,
            }
            .deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.is_nothing() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_, serde_yaml::Error> for &Node<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn too_deep(at: Span) -> Problem {
    Problem::new(
        at,
        format!("lists and maps are nested more than {MAX_DEPTH} deep"),
    )
}

/// Returns the offset and the length of the escape in a quoted scalar that stands for this character.
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

/// Returns the innermost bracket that is open in a line before `start` and never closed. The parser has read all up to an
/// offset, where a bracket may be open.
fn unclosed(text: &str, (open, read): (Option<usize>, usize), start: usize) -> Option<usize> {
    let mut open: Vec<usize> = open.into_iter().collect();
    let mut quote = None;
    // What stands before a character, blanks apart: within a text, brackets and quotes open nothing.
    let mut before = '-';
    let between = text.get(read..start).unwrap_or_default();
    for (at, c) in between.char_indices() {
        match c {
            _ if quote.is_some() => quote = quote.filter(|quote| *quote != c),
            '"' | '\'' if "-,:[{".contains(before) => quote = Some(c),
            '[' | '{' if "-,:[{".contains(before) => open.push(read + at),
            ']' | '}' => drop(open.pop()),
            _ => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    let open = *open.last()?;
    let mut depth = 0_usize;
    for c in text[open..].chars() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return None;
        }
    }
    text[open..start].contains('\n').then_some(open)
}

/// Returns the problem for an error of the parser, with advice for the likely cause of a text without quotes.
fn problem_of(text: &str, error: &ScanError, read: (Option<usize>, usize)) -> Problem {
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
    if let Some(open) = unclosed(text, read, start) {
        let (bracket, close) = if text[open..].starts_with('[') {
            ("[", "]")
        } else {
            ("{", "}")
        };
        let at = Span {
            start: open,
            len: 1,
        };
        return Problem::new(at, format!("a `{bracket}` is not closed"))
            .expected(format!("every `{bracket}` needs its `{close}`"));
    }
    // `{W(0)[1,2]: 0.5}` reads as a name and a list.
    let (before, behind) = text.split_at(start.min(text.len()));
    let name = before
        .rsplit(['{', ',', '\n'])
        .next()
        .unwrap_or_default()
        .trim_start();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(')')
        && behind.starts_with('[');
    let help = match kind {
        _ if is_name => "a name with brackets stands in quotes: `\"W(0)[1,2]\": 0.5`",
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
        let span = node.span();
        &text[span.start..span.start + span.len]
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
