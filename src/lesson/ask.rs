//! Questions to the learner: what is asked, and where its answer comes from. What can be computed is named, never
//! typed: the engine gives the answer.

use super::error::{Checked, Problem};
use super::fields::{self, Fields, list};
use super::limits::{MAX_OPTIONS, MAX_TEXT};
use super::nearest::one_of;
use super::schema;
use super::text::text;
use super::value::value;
use super::yaml::Node;
use super::{NetworkSpec, Quantity, Span, Text, ValueName};

pub(crate) const KINDS: &[&str] = &[
    "number",
    "matrix",
    "shape",
    "sign",
    "direction",
    "options",
    "answer",
];
pub(crate) const ASK_KEYS: &[&str] = &schema::ASK.names::<{ schema::ASK.len() }>();
pub(crate) const OPTION_KEYS: &[&str] = &schema::OPTION.names::<{ schema::OPTION.len() }>();

/// A question to the learner.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The question in the author's words; empty where the program words it.
    pub text: Text,
    /// What is asked for.
    pub answer: Answer,
    /// The author's own hint, before those of the program.
    pub hint: Option<Text>,
    /// Why the answer is what it is, told with it.
    pub because: Option<Text>,
    /// Where the question stands in the source.
    pub span: Span,
}

/// What a question asks for.
#[derive(Debug, Clone)]
pub enum Answer {
    /// One number: `z(1)[2]`, `J`, `connections`.
    Number(ValueName),
    /// A whole vector or matrix: `delta(1)`.
    Matrix(ValueName),
    /// Rows and columns of a value: `W(0)`.
    Shape(ValueName),
    /// Whether a number is above 0, below 0 or 0.
    Sign(ValueName),
    /// Whether a number will rise, fall or stay.
    Direction(ValueName),
    /// One or several of these, which are at least two, one of them right.
    Options(Vec<Choice>),
    /// Nothing that can be judged: the learner thinks, then compares with this.
    Open(Text),
}

impl Answer {
    /// The key in lesson files, which is the name of the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Matrix(_) => "matrix",
            Self::Shape(_) => "shape",
            Self::Sign(_) => "sign",
            Self::Direction(_) => "direction",
            Self::Options(_) => "options",
            Self::Open(_) => "answer",
        }
    }

    /// The value that it is read off.
    pub const fn value(&self) -> Option<&ValueName> {
        match self {
            Self::Number(name)
            | Self::Matrix(name)
            | Self::Shape(name)
            | Self::Sign(name)
            | Self::Direction(name) => Some(name),
            Self::Options(_) | Self::Open(_) => None,
        }
    }
}

/// One of several options.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What it says.
    pub text: Text,
    /// Whether it is right.
    pub right: bool,
    /// What is told to who chooses it.
    pub because: Option<Text>,
}

/// A question about a step of a walk: its result is hidden until the learner has answered.
#[derive(Debug, Clone)]
pub struct Question {
    /// As in a [`Note`](super::Note).
    pub kind: Option<String>,
    /// As in a [`Note`](super::Note).
    pub symbol: String,
    /// The question.
    pub ask: Ask,
}

/// A question from the keys of its map, which may have others too.
pub(crate) fn ask(
    source: &str,
    fields: &Fields<'_>,
    at: Span,
    network: &NetworkSpec,
    samples: usize,
) -> Checked<Ask> {
    let words = |key: &str| {
        let what = format!("`{key}`");
        fields
            .get(key)
            .map(|node| text(source, node, &what, network, samples))
            .transpose()
    };
    let kinds: Vec<(Span, &str)> = KINDS
        .iter()
        .filter_map(|kind| fields.entry(kind).map(|(span, _)| (span, *kind)))
        .collect();
    let name = match kinds[..] {
        [(_, name)] => name,
        [] => {
            return Err(Problem::new(at, "a question without what it asks for")
                .expected(format!("expected {}", one_of(KINDS)))
                .help("for example `number: z(1)[2]`: the engine knows the answer".to_owned()));
        }
        [(first, one), (second, two), ..] => {
            return Err(
                Problem::new(second, format!("a question has both `{one}` and `{two}`"))
                    .expected("only one of them can be")
                    .also(first, format!("`{one}` is here")),
            );
        }
    };
    let named = || {
        let node = fields.need(name, "z(1)")?;
        value(node, &format!("`{name}`"), network, samples)
    };
    let answer = match name {
        "number" => Answer::Number(named()?),
        "matrix" => Answer::Matrix(named()?),
        "shape" => Answer::Shape(shaped(fields.need(name, "W(0)")?, named()?)?),
        "sign" => Answer::Sign(named()?),
        "direction" => Answer::Direction(changing(fields.need(name, "y_hat")?, named()?)?),
        "options" => {
            let node = fields.need(name, "- right: …")?;
            Answer::Options(options(source, node, network, samples)?)
        }
        _ => Answer::Open(words(name)?.unwrap_or_default()),
    };
    let text = words("ask")?.unwrap_or_default();
    if text.pieces.is_empty() && matches!(answer, Answer::Options(_) | Answer::Open(_)) {
        return Err(Problem::new(at, "a question without its words")
            .expected("expected `ask: text`")
            .help("the program words questions for a value, not those of the author".to_owned()));
    }
    Ok(Ask {
        text,
        answer,
        hint: words("hint")?,
        because: words("because")?,
        span: at,
    })
}

/// A value that has a shape to ask for: a whole one, of a layer.
fn shaped(node: &Node, name: ValueName) -> Checked<ValueName> {
    if name.row.is_some() || name.quantity.layer().is_none() {
        return Err(
            Problem::new(node.span, format!("{name} has no shape to ask for"))
                .expected("expected a whole vector or matrix such as W(0)"),
        );
    }
    Ok(name)
}

/// A value that can change at all.
fn changing(node: &Node, name: ValueName) -> Checked<ValueName> {
    if name.quantity.is_given() {
        return Err(Problem::new(node.span, format!("{name} never changes"))
            .expected("expected a value that may rise or fall, such as y_hat or data J"));
    }
    Ok(name)
}

/// From two to so many options, at least one of them right.
fn options(
    source: &str,
    node: &Node,
    network: &NetworkSpec,
    samples: usize,
) -> Checked<Vec<Choice>> {
    let nodes = list(
        node,
        "`options`",
        "a list such as `- right: It grows.` and `- wrong: It shrinks.`",
    )?;
    if !(2..=MAX_OPTIONS).contains(&nodes.len()) {
        return Err(Problem::new(
            node.span,
            format!(
                "`options` has {}",
                fields::count(nodes.len(), "option", "options")
            ),
        )
        .expected(format!("expected from 2 to {MAX_OPTIONS}")));
    }
    let mut options = Vec::with_capacity(nodes.len());
    let mut taken: Vec<(&str, Span)> = Vec::new();
    for node in nodes {
        let fields = Fields::of(node, "an option", node.span, OPTION_KEYS)?;
        fields.either("right", "wrong")?;
        let (right, key) = if fields.get("right").is_some() {
            (true, "right")
        } else {
            (false, "wrong")
        };
        let words = fields.need(key, "It grows.")?;
        let said = fields::text(words, &format!("`{key}`"), MAX_TEXT)?.trim();
        if let Some((_, first)) = taken.iter().find(|(other, _)| *other == said) {
            return Err(Problem::new(words.span, "two options say the same")
                .also(*first, "first said here"));
        }
        taken.push((said, words.span));
        options.push(Choice {
            text: text(source, words, &format!("`{key}`"), network, samples)?,
            right,
            because: fields
                .get("because")
                .map(|node| text(source, node, "`because`", network, samples))
                .transpose()?,
        });
    }
    if !options.iter().any(|option| option.right) {
        return Err(Problem::new(node.span, "none of the options is right")
            .expected("expected `right:` at one of them at least"));
    }
    Ok(options)
}

impl Quantity {
    /// Whether it is known before anything is computed: a fact of the lesson.
    pub const fn is_given(self) -> bool {
        matches!(
            self,
            Self::Rate
                | Self::Alpha
                | Self::Samples
                | Self::HeldOutSamples
                | Self::Connections
                | Self::Target
        )
    }
}
