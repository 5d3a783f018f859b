//! Reads JSON: an object of arrays, or the lines of a trace.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::compare::names::{Meaning, Role, Which, meaning};
use crate::lesson::{decoded, is_utf16};

use super::{Digits, NamedArray, Precision, ReadError, Written, check_count, digits_of, refused};

/// The most bytes, because the numbers take several times as many once they are read.
const MOST_BYTES: usize = 16 << 20;

/// A value of JSON, which keeps the order of keys, and keys that stand there twice.
enum Node {
    /// A number, and how it is written.
    Number(f64, Digits),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
    Text(String),
    Other,
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("numbers")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(number(f64::from(u8::from(value))))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(number(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Object(entries))
    }
}

/// Returns a number of which it is not known yet how it is written.
fn number(value: f64) -> Node {
    Node::Number(value, Digits::default())
}

/// Returns how each number of a text in JSON is written, in the order in which they stand there; what is true or false is one
/// too.
fn written(text: &str) -> Vec<Digits> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => {
                let mut is_escaped = false;
                let end = rest[1..].find(|c| {
                    let ends = c == '"' && !is_escaped;
                    is_escaped = c == '\\' && !is_escaped;
                    ends
                });
                end.map_or(rest.len(), |end| end + 2)
            }
            '-' | '0'..='9' => {
                let is_part = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                found.push(digits_of(&rest[..length]));
                length
            }
            't' | 'f' | 'n' => {
                if c != 'n' {
                    found.push(Digits::default());
                }
                let length = rest.find(|c: char| !c.is_ascii_alphabetic());
                length.unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        rest = &rest[length..];
    }
    found
}

/// Tells the numbers in a value how they are written.
fn tell(node: &mut Node, written: &mut impl Iterator<Item = Digits>) {
    match node {
        Node::Number(_, to) => *to = written.next().unwrap_or_default(),
        Node::List(items) => items.iter_mut().for_each(|item| tell(item, written)),
        Node::Object(entries) => entries.iter_mut().for_each(|(_, item)| tell(item, written)),
        Node::Text(_) | Node::Other => {}
    }
}

/// Returns the arrays of an object, or those of the steps of a trace.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<NamedArray>, ReadError> {
    let text = decoded(bytes).unwrap_or_default();
    let text = &*text;
    if !text.trim_start().starts_with(['{', '[']) {
        return refused(if is_utf16(bytes) {
            "this is UTF-16, as PowerShell writes it behind >, and no JSON: let your program write the file, with np.savez"
        } else {
            "this is neither an array or archive of NumPy nor JSON"
        });
    }
    if text.len() > MOST_BYTES {
        return refused(format!(
            "JSON of more than {} MB: save it with np.savez, or the arrays of one update only",
            MOST_BYTES >> 20
        ));
    }
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Node>() {
        match value {
            Ok(value) => values.push(value),
            Err(error) => return refused(unread(text, &error)),
        }
    }
    let mut written = written(text).into_iter();
    for value in &mut values {
        tell(value, &mut written);
    }
    let mut arrays = Vec::new();
    if values.iter().any(|value| symbol(value).is_some()) {
        for (line, value) in values.iter().enumerate() {
            step(value, line + 1, &mut arrays)?;
        }
    } else {
        let [Node::Object(entries)] = &values[..] else {
            return refused(
                "expected an object with a name for each array, such as {\"z1\": [[0.2], [0.9]]}",
            );
        };
        object(entries, "", &mut arrays)?;
    }
    Ok(arrays)
}

fn unread(text: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let at = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let before: String = at.chars().take(column.saturating_sub(1)).collect();
    let is_there = |word: &&&str| {
        at.contains(**word) && before.ends_with(|c: char| !c.is_ascii_digit() && c != '"')
    };
    match ["NaN", "Infinity"].iter().find(is_there) {
        Some(word) => format!(
            "line {line}: {word} is no number of JSON, and no value of a network that works: look for what has made it"
        ),
        None => format!("line {line}, column {column}: this is no JSON"),
    }
}

fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Node::Object(entries) = node else {
        return None;
    };
    let found = entries.iter().find(|(name, _)| name == key);
    found.map(|(_, value)| value)
}

/// Returns the value of a line of a trace, if it is one.
fn symbol(node: &Node) -> Option<&Node> {
    get(node, "kind")?;
    get(node, "step")?;
    get(node, "value")
}

/// Adds the value of a line of a trace. Its name does not matter, for the step says what it is.
fn step(node: &Node, line: usize, arrays: &mut Vec<NamedArray>) -> Result<(), ReadError> {
    let (Some(Node::Number(step, _)), Some(value)) = (get(node, "step"), get(node, "value")) else {
        return refused(format!("line {line}: a trace has a step and a value here"));
    };
    if matches!(value, Node::Other) {
        return Ok(());
    }
    let name = format!("step {step}");
    let mut array = array(value, &name)?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number beyond the trace is that of no step"
    )]
    let step = *step as usize;
    array.step = Some(step);
    if let Some(Node::Text(symbol)) = get(node, "symbol") {
        array.symbol = Some(symbol.clone());
    }
    arrays.push(array);
    Ok(())
}

/// Adds the arrays of an object, whose names are those of the keys that lead to them.
fn object(
    entries: &[(String, Node)],
    under: &str,
    arrays: &mut Vec<NamedArray>,
) -> Result<(), ReadError> {
    for (key, value) in entries {
        let name = if under.is_empty() {
            key.clone()
        } else {
            format!("{under}.{key}")
        };
        match value {
            Node::Object(entries) => object(entries, &name, arrays)?,
            // Text beside the numbers, such as the name of whoever made them.
            Node::Text(_) | Node::Other => {}
            Node::List(items)
                if items.iter().any(|item| depth(item) > 1) || are_biases(items, &name) =>
            {
                for (at, item) in items.iter().enumerate() {
                    arrays.push(array_or_nothing(item, &format!("{name}.{at}"))?);
                }
            }
            _ => {
                if arrays.iter().any(|array| array.name == name) {
                    return refused(format!("there are two arrays with the name {name}"));
                }
                arrays.push(array_or_nothing(value, &name)?);
            }
        }
    }
    Ok(())
}

/// Returns whether lists of several lengths are the biases of one layer each.
fn are_biases(items: &[Node], name: &str) -> bool {
    let is_bias = |role: &Role| matches!(role, Role::Bias | Role::BiasGradient);
    let is_it = |of: Meaning| of.which == Which::Any && of.roles.iter().any(is_bias);
    let length = |item: &Node| shape(item).filter(|shape| shape.len() == 1);
    let lengths: Option<Vec<_>> = items.iter().map(length).collect();
    let differ = lengths.is_some_and(|lengths| lengths.windows(2).any(|two| two[0] != two[1]));
    differ && meaning(name).is_some_and(is_it)
}

/// Returns an array, or one without numbers where something else lies under a name that says nothing of an update, such as
/// objects of the program: it is not needed.
fn array_or_nothing(node: &Node, name: &str) -> Result<NamedArray, ReadError> {
    if meaning(name).is_none() && shape(node).is_none() {
        return Ok(NamedArray::without_numbers(name.to_owned()));
    }
    array(node, name)
}

/// Returns the shape of lists that have nothing but numbers, and are of one length where they lie beside each other.
fn shape(node: &Node) -> Option<Vec<usize>> {
    match node {
        Node::Number(..) => Some(Vec::new()),
        Node::List(items) => {
            let inner = items.first().map_or(Some(Vec::new()), shape)?;
            let is_it = |item| shape(item).is_some_and(|of| of == inner);
            let mut rest = items.iter().skip(1);
            rest.all(is_it)
                .then(|| [&[items.len()], &inner[..]].concat())
        }
        _ => None,
    }
}

/// Returns the number of lists inside one another.
fn depth(node: &Node) -> usize {
    match node {
        Node::List(items) => 1 + items.first().map_or(0, depth),
        _ => 0,
    }
}

/// Returns a number, a list of numbers or a list of rows of numbers as an array.
fn array(node: &Node, name: &str) -> Result<NamedArray, ReadError> {
    let mut shape = Vec::new();
    let mut at = node;
    while let Node::List(items) = at {
        shape.push(items.len());
        match items.first() {
            Some(first) => at = first,
            None => break,
        }
    }
    let (mut values, mut digits) = (Vec::new(), Vec::new());
    fill(node, &shape, name, &mut values, &mut digits)?;
    check_count(values.len())?;
    Ok(NamedArray {
        name: name.to_owned(),
        shape,
        values,
        precision: Precision::Written(Written::of(&digits)),
        step: None,
        symbol: None,
    })
}

/// Adds the numbers of a node, and their digits.
fn fill(
    node: &Node,
    shape: &[usize],
    name: &str,
    values: &mut Vec<f64>,
    digits: &mut Vec<Digits>,
) -> Result<(), ReadError> {
    match (node, shape) {
        (Node::Number(number, of), []) => {
            values.push(*number);
            digits.push(*of);
            Ok(())
        }
        (Node::List(items), [length, rest @ ..]) if items.len() == *length => items
            .iter()
            .try_for_each(|item| fill(item, rest, name, values, digits)),
        (Node::List(_) | Node::Number(..), _) => {
            refused(format!("the rows of {name} are not of one length"))
        }
        _ => refused(format!("in {name} there is something that is no number")),
    }
}
