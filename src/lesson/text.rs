//! Texts of the author with values in them: `The output is {x(2)}, it was {before x(2)}.`

use std::sync::Arc;

use super::error::{Checked, MOST_PROBLEMS, Problem, Report};
use super::form;
use super::network::{Known, called};
use super::sanitize::quoted;
use super::value::{check, unknown};
use super::yaml::{At, Node, Style};
use super::{Span, Text, TextPiece, ValueName};
use crate::algebra::Decimals;

/// What the texts and questions of a scene are checked against.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) source: &'a str,
    /// The network of the scene.
    pub(crate) known: &'a Known,
    /// The largest number of columns a batch may have.
    pub(crate) samples: usize,
    pub(crate) networks: &'a [Arc<Known>],
}

impl Scope<'_> {
    /// Reads a text and checks its values.
    pub(crate) fn text(self, words: &form::Text, at: At<'_>, report: &mut Report) -> Text {
        if !at.is_sound() {
            return Text::default();
        }
        let node = at.node();
        let words = words.0.as_str();
        let reader = Reader::new(self.source, node, words);
        let literal = node.style == Style::Literal;
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = words.char_indices().peekable();
        let before = report.len();
        while let Some((at, c)) = rest.next() {
            if report.len() - before >= MOST_PROBLEMS {
                break;
            }
            match c {
                '{' | '}' if rest.peek().is_some_and(|(_, next)| *next == c) => {
                    rest.next();
                    plain.push(c);
                }
                '{' => {
                    let span = reader.span(at);
                    let Some(length) = words[at..].find('}') else {
                        report.push(
                            Problem::new(reader.character(at), "a `{` without its `}`").help(
                                "a value is named like `{x(1)}`; a brace itself is written `{{`"
                                    .to_owned(),
                            ),
                        );
                        break;
                    };
                    let value = named(&words[at + 1..at + length], span, self);
                    if let Some(value) = report.keep(value) {
                        if !plain.is_empty() {
                            pieces.push(TextPiece::Words(std::mem::take(&mut plain)));
                        }
                        pieces.push(value);
                    }
                    while rest.next_if(|(next, _)| *next <= at + length).is_some() {}
                }
                '}' => {
                    report.push(
                        Problem::new(reader.character(at), "a `}` without its `{`")
                            .help("a brace itself is written `}}`".to_owned()),
                    );
                }
                // A line break that YAML has kept is an empty line or, after `|`, one of the author's own. Several empty
                // lines separate paragraphs as one does.
                '\n' => {
                    let blank = std::iter::once(c).chain(std::iter::from_fn(|| {
                        rest.next_if(|(_, next)| next.is_whitespace())
                            .map(|(_, c)| c)
                    }));
                    let blank: String = blank.collect();
                    let breaks = usize::from(!literal) + blank.matches('\n').count();
                    // Behind `|` a line keeps its indentation, as code needs it.
                    let indent = blank.rsplit('\n').next().filter(|_| literal);
                    plain.truncate(plain.trim_end().len());
                    let starts = plain.is_empty() && pieces.is_empty();
                    if !starts {
                        plain.push_str(if breaks > 1 { "\n\n" } else { "\n" });
                        plain.push_str(indent.unwrap_or_default());
                    }
                }
                _ => plain.push(c),
            }
        }
        plain.truncate(plain.trim_end().len());
        if !plain.is_empty() {
            pieces.push(TextPiece::Words(plain));
        }
        Text { pieces }
    }
}

/// Reads what stands between braces: the name of a value, behind `of` the network that it is of and, behind a colon, its
/// decimals.
fn named(inside: &str, span: Span, scope: Scope<'_>) -> Checked<TextPiece> {
    let (name, decimals) = match inside.rsplit_once(':') {
        Some((name, decimals)) => (name, Some(decimals.trim())),
        None => (inside, None),
    };
    let (name, network) = match name.trim_end().rsplit_once(" of ") {
        Some((name, other)) => {
            let other = other.trim();
            let what = format!("no network is called {}", quoted(other));
            (
                name,
                Some(called(
                    scope.networks,
                    other,
                    (what, &format!("of {other}")),
                    span,
                )?),
            )
        }
        None => (name, None),
    };
    let (known, samples) = match network {
        Some(other) => (&*scope.networks[other], scope.networks[other].samples()),
        None => (scope.known, scope.samples),
    };
    let value = ValueName::parse(name).map_err(|message| unknown(span, message, name, known))?;
    check(&value, span, known, samples)?;
    let decimals = decimals.map(|decimals| {
        decimals.parse().map_err(|expected: String| {
            // As a format of C or Python has it: `.3f`.
            let count = decimals.trim_start_matches('.').trim_end_matches('f');
            let count = if count.parse::<Decimals>().is_ok() {
                count
            } else {
                "6"
            };
            let problem = match decimals {
                "" => "no decimals are given behind `:`".to_owned(),
                other => format!("{} is no number of decimals", quoted(other)),
            };
            Problem::new(span, problem)
                .expected(expected)
                .help(format!(
                    "`{{{value}:{count}}}` tells {value} with {count} decimals, `{{{value}}}` with those of the screen"
                ))
        })
    });
    Ok(TextPiece::Value {
        decimals: decimals.transpose()?,
        name: value,
        network,
        span,
    })
}

/// A mapping from the text of a scalar, which may be folded or have escapes, to the source: braces have the same order
/// in both.
struct Reader<'a> {
    source: &'a str,
    node: &'a Node<'a>,
    /// The offsets of the braces in the text and in the source, if both have the same number.
    braces: Vec<(usize, usize)>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, node: &'a Node<'a>, words: &str) -> Self {
        let offsets = |text: &str| -> Vec<usize> {
            text.match_indices(['{', '}']).map(|(at, _)| at).collect()
        };
        let start = node.span().start;
        let here = offsets(words);
        let there = offsets(&source[start..start + node.span().len]);
        let braces = if here.len() == there.len() {
            here.into_iter()
                .zip(there.into_iter().map(|at| start + at))
                .collect()
        } else {
            // An escape such as `\x7b` stands for a brace.
            Vec::new()
        };
        Self {
            source,
            node,
            braces,
        }
    }

    /// Returns the place of the brace at this offset of the text.
    fn character(&self, at: usize) -> Span {
        self.find(at)
            .map_or(self.node.span(), |start| Span { start, len: 1 })
    }

    /// Returns the place from the `{` at this offset to its `}`.
    fn span(&self, at: usize) -> Span {
        let end = self.node.span().start + self.node.span().len;
        self.find(at).map_or(self.node.span(), |start| Span {
            start,
            len: self.source[start..end]
                .find('}')
                .map_or(1, |length| length + 1),
        })
    }

    fn find(&self, at: usize) -> Option<usize> {
        let index = self
            .braces
            .binary_search_by_key(&at, |(here, _)| *here)
            .ok()?;
        Some(self.braces[index].1)
    }
}
