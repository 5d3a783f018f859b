//! The validation of a file's tree against the [schema](super::schema): every value that is of another kind, out of
//! bounds or misspelt, and every key that is unknown, missing or excluded is reported at its place.
//!
//! Mistakes are also repaired in the tree where possible, so that reading can continue and find others; replacements
//! are marked, and their consequences are not reported.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value as Json;

use super::Span;
use super::error::{MOST_PROBLEMS, Problem};
use super::form::called_here;
use super::limits::MAX_NUMBER;
use super::sanitize::quoted;
use super::schema::{Bounds, ExactlyOne, Form, Items, Keys, Kind, LESSON, flow};
use super::suggest::{did_you_mean, nearest, one_of};
use super::yaml::{Entries, Node, Style, Value};

/// Returns the mistakes in the tree of a lesson, in the order of the file. Afterwards the tree conforms to the schema.
pub(crate) fn check(root: &mut Node) -> Vec<Problem> {
    let mut validator = Validator {
        problems: Vec::new(),
    };
    // A missing key of the lesson is shown at the first line, not at the whole lesson.
    let top = Span {
        start: root.span().start,
        len: 0,
    };
    validator.value(&LESSON, root, &ValueLabel::Lesson, top);
    validator.problems
}

/// The name of a value in messages. It is formatted only when a message needs it.
enum ValueLabel<'a> {
    Lesson,
    Key(&'a str),
    Item {
        each: &'a str,
        index: usize,
        of: &'a ValueLabel<'a>,
    },
    Entry {
        each: &'a str,
        key: &'a str,
    },
}

impl fmt::Display for ValueLabel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lesson => f.write_str("the lesson"),
            Self::Key(key) => f.write_str(&quoted(key)),
            Self::Item { each, index, of } => {
                let text = each.replace("{i}", &index.to_string());
                let text = text.replace("{n}", &(index + 1).to_string());
                f.write_str(&text.replace("{}", &of.to_string()))
            }
            Self::Entry { each, key } => f.write_str(&each.replace("{}", &quoted(key))),
        }
    }
}

struct Validator {
    problems: Vec<Problem>,
}

impl Validator {
    fn is_full(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }

    /// Reports a value and replaces it by one that the form allows.
    fn refuse(&mut self, form: &Form, node: &mut Node, problem: Problem) {
        self.problems.push(problem.help_unless(form.help.clone()));
        *node = form.stand_in(node.span());
    }

    /// Checks the value at `key`, which is called `what` in messages.
    fn value(&mut self, form: &Form, node: &mut Node, what: &ValueLabel<'_>, key: Span) {
        if self.is_full() {
            return;
        }
        match &form.kind {
            Kind::Any(forms) => return self.any(form, forms, node, what, key),
            Kind::Map(keys) if matches!(node.value, Value::Map(_)) => {
                return self.map(keys, node, what, key);
            }
            Kind::List {
                of,
                items,
                most,
                is_set,
                ..
            } => {
                self.items(of, items, *most, node, what);
                if *is_set {
                    self.once(node, what);
                }
            }
            Kind::Entries { of, items, .. } if matches!(node.value, Value::Map(_)) => {
                self.entries(of, items, node, what);
            }
            _ => {}
        }
        if let Err(problem) = fits(form, node, what, key) {
            self.refuse(form, node, problem);
        }
    }

    /// Checks a value that may have one of several forms; a list, a map or a word shows which one is meant.
    fn any(
        &mut self,
        form: &Form,
        forms: &[Form],
        node: &mut Node,
        what: &ValueLabel<'_>,
        key: Span,
    ) {
        let is_scalar = node.text().is_some();
        let mut meant = forms.iter().filter(|form| match form.kind {
            Kind::Map(_) | Kind::Entries { .. } => matches!(node.value, Value::Map(_)),
            Kind::List { .. } => matches!(node.value, Value::List(_)),
            _ => is_scalar,
        });
        if is_scalar
            && meant
                .clone()
                .any(|form| fits(form, node, what, key).is_ok())
        {
            return;
        }
        let mut words = meant
            .clone()
            .filter(|form| !matches!(form.kind, Kind::Nothing));
        match (words.next(), words.next()) {
            (Some(only), None) if !is_scalar || form.expected.is_none() => {
                return self.value(only, node, what, key);
            }
            _ => {}
        }
        let mut problem = wrong(node, what, &form.expectation());
        if let [
            ..,
            Form {
                kind: Kind::Map(keys),
                ..
            },
        ] = forms
            && meant.all(|form| matches!(form.kind, Kind::Nothing))
            && form.expected.is_none()
            && is_scalar
        {
            problem = problem.help(keys.are());
        }
        let written = forms
            .iter()
            .find_map(|form| match (&form.kind, node.text()) {
                (Kind::Words(words), Some(text)) => {
                    did_you_mean(text, words.iter().map(String::as_str))
                }
                _ => None,
            });
        self.refuse(form, node, problem.help(written));
    }

    /// Checks the items of a list, but no more than the list may have.
    fn items(
        &mut self,
        of: &Form,
        items: &Items,
        most: usize,
        node: &mut Node,
        list: &ValueLabel<'_>,
    ) {
        let Value::List(nodes) = &mut node.value else {
            return;
        };
        // If a pair of brackets is missing, every item is wrong, which is one mistake.
        let is_flat = matches!(of.kind, Kind::List { .. } | Kind::Map(_))
            && nodes.iter().all(|node| node.text().is_some());
        for (index, node) in nodes.iter_mut().enumerate().take(most) {
            let known = self.problems.len();
            let each = &items.each;
            let what = ValueLabel::Item {
                each,
                index,
                of: list,
            };
            let span = node.span();
            self.value(of, node, &what, span);
            if self.is_full() {
                return;
            }
            if is_flat && self.problems.len() > known {
                break;
            }
        }
        if is_flat {
            // A list that is too long is refused as a whole.
            let flat = nodes.iter_mut().take(most);
            // One that is refused already, and stands for what it should be, is no text any more.
            for node in flat.filter(|node| node.text().is_some()) {
                *node = of.stand_in(node.span());
            }
        }
    }

    /// Reports every scalar of a list that appears again.
    fn once(&mut self, node: &mut Node, what: &ValueLabel<'_>) {
        let Value::List(nodes) = &mut node.value else {
            return;
        };
        let mut seen: HashMap<String, Span> = HashMap::with_capacity(nodes.len());
        for node in nodes.iter_mut().filter(|node| !node.is_broken) {
            if let Some(text) = node.text()
                && let Some(first) = seen.insert(text.trim().to_owned(), node.span())
                && !self.is_full()
            {
                let message = format!("{} is given twice in {what}", quoted(text.trim()));
                let problem = Problem::new(node.span(), message);
                self.problems.push(problem.also(first, "first given here"));
                node.is_broken = true;
            }
        }
    }

    fn entries(&mut self, of: &Form, items: &Items, node: &mut Node, what: &ValueLabel<'_>) {
        let Value::Map(entries) = &mut node.value else {
            return;
        };
        self.once_each(entries, what);
        for (key, node) in entries {
            let span = key.span();
            let Some(key) = key.text() else { continue };
            let each = &items.each;
            self.value(of, node, &ValueLabel::Entry { each, key }, span);
        }
    }

    /// Reports and removes keys that appear again.
    fn once_each(&mut self, entries: &mut Entries<'_>, what: &ValueLabel<'_>) {
        // A few keys are compared pairwise; a file may have many.
        const FEW: usize = 32;
        let is_new = |(at, (key, _)): (usize, &(Node, Node))| {
            entries[..at]
                .iter()
                .all(|(other, _)| other.text() != key.text())
        };
        if entries.len() <= FEW && entries.iter().enumerate().all(is_new) {
            return;
        }
        let mut seen: HashMap<String, Span> = HashMap::with_capacity(entries.len());
        entries.retain(|(key, _)| {
            // All keys in the tree are scalars.
            let Some(text) = key.text() else { return false };
            let Some(first) = seen.get(text) else {
                seen.insert(text.to_string(), key.span());
                return true;
            };
            if !self.is_full() {
                let message = format!("the key {} is given twice in {what}", quoted(text));
                let problem = Problem::new(key.span(), message);
                self.problems.push(problem.also(*first, "first given here"));
            }
            false
        });
    }

    fn map(&mut self, keys: &Keys, node: &mut Node, what: &ValueLabel<'_>, key: Span) {
        let at = if keys.at_key || matches!(what, ValueLabel::Lesson) {
            key
        } else {
            node.span()
        };
        let Value::Map(entries) = &mut node.value else {
            return;
        };
        self.once_each(entries, what);
        let unknown = self.unknown(keys, entries, what);
        let has = |entries: &Entries<'_>, name: &str| entries.iter().any(|(key, _)| key.is(name));
        let missing = keys.required.iter().filter(|name| !has(entries, name));
        let missing: Vec<&String> = missing.collect();
        match (&missing[..], &unknown[..]) {
            // One unknown key and one missing key are probably the same mistake.
            ([missing], [unknown]) if keys.exactly_one.is_empty() => {
                let problem = &mut self.problems[*unknown];
                problem.add_help(&format!("; `{missing}` is missing"));
                self.stand_in(keys, missing, entries, at);
            }
            _ => {
                for name in missing {
                    self.missing(keys, name, entries, what, at);
                }
            }
        }
        for rule in &keys.exactly_one {
            if rule.beside.as_ref().is_some_and(|key| !has(entries, key)) {
                continue;
            }
            self.exactly_one(keys, rule, entries, what, at);
        }
        for pair in &keys.apart {
            self.apart(pair, entries, what, None);
        }
        for (key, node) in entries {
            let span = key.span();
            if let Some(key) = key.text()
                && let Some(form) = keys.get(key)
            {
                self.value(form, node, &ValueLabel::Key(key), span);
            }
        }
    }

    /// Reports keys that a map does not have. A misspelt key is read as the intended one unless the map has that as
    /// well. Returns the indices of the problems with keys that resemble none.
    fn unknown(
        &mut self,
        keys: &Keys,
        entries: &mut Entries<'_>,
        what: &ValueLabel<'_>,
    ) -> Vec<usize> {
        let mut unknown = Vec::new();
        let mut at = 0;
        while at < entries.len() {
            let (key, _) = &entries[at];
            let Some(text) = key.text() else { break };
            if keys.get(text).is_some() {
                at += 1;
                continue;
            }
            if self.is_full() {
                entries.truncate(at);
                break;
            }
            let help = did_you_mean(text, keys.names());
            let message = format!("unknown key {} in {what}", quoted(text));
            let problem = Problem::new(key.span(), message);
            self.problems
                .push(problem.help(help.unwrap_or_else(|| keys.are())));
            match nearest(text, keys.names()) {
                Some(meant) if !entries.iter().any(|(key, _)| key.is(meant)) => {
                    entries[at].0.value = Value::word(meant);
                    at += 1;
                }
                meant => {
                    if meant.is_none() {
                        unknown.push(self.problems.len() - 1);
                    }
                    entries.remove(at);
                }
            }
        }
        unknown
    }

    fn missing(
        &mut self,
        keys: &Keys,
        name: &str,
        entries: &mut Entries<'_>,
        what: &ValueLabel<'_>,
        at: Span,
    ) {
        let Some(form) = keys.get(name) else { return };
        let help = form.missing.clone().or_else(|| {
            let example = form.example.as_ref().map_or_else(String::new, flow);
            Some(format!("add, for example, `{name}: {example}`"))
        });
        let problem = Problem::new(at, format!("{what} has no `{name}`"));
        self.problems.push(problem.help(help));
        self.stand_in(keys, name, entries, at);
    }

    /// Inserts a missing key with a placeholder.
    fn stand_in(&self, keys: &Keys, name: &str, entries: &mut Entries<'_>, at: Span) {
        // A full report needs no placeholders, because reading stops.
        if let Some(form) = keys.get(name)
            && !self.is_full()
        {
            entries.push((Node::new(at, Value::word(name)), form.stand_in(at)));
        }
    }

    fn exactly_one(
        &mut self,
        keys: &Keys,
        rule: &ExactlyOne,
        entries: &mut Entries<'_>,
        what: &ValueLabel<'_>,
        at: Span,
    ) {
        let given: Vec<&String> = rule
            .keys
            .iter()
            .filter(|name| entries.iter().any(|(key, _)| key.is(name)))
            .collect();
        match given[..] {
            [_] => {}
            [] => {
                self.missing(keys, &rule.keys[0], entries, what, at);
                if let Some(problem) = self.problems.last_mut() {
                    let reworded = rule.message.as_ref();
                    let reworded = reworded.map(|message| Problem::new(at, message.clone()));
                    let mut replacement = match reworded {
                        Some(problem) => problem,
                        None => problem.clone(),
                    };
                    if let Some(expected) = &rule.expected {
                        replacement = replacement.expected(expected.clone());
                    }
                    *problem = replacement.help(rule.help.clone());
                }
            }
            [first, second, ..] => {
                let pair = [first.clone(), second.clone()];
                let what = match &rule.what {
                    Some(each) => &ValueLabel::Entry { each, key: "" },
                    None => what,
                };
                self.apart(&pair, entries, what, rule.both_help.clone());
                // More than two keys are one mistake.
                entries.retain(|(key, _)| {
                    !rule
                        .keys
                        .iter()
                        .any(|name| key.is(name) && *name != pair[0])
                });
            }
        }
    }

    /// Reports two keys that exclude each other, and removes the second.
    fn apart(
        &mut self,
        [one, other]: &[String; 2],
        entries: &mut Entries<'_>,
        what: &ValueLabel<'_>,
        help: Option<String>,
    ) {
        let place = |name: &str| entries.iter().position(|(key, _)| key.is(name));
        let (Some(first), Some(second)) = (place(one), place(other)) else {
            return;
        };
        let message = format!("{what} has both `{one}` and `{other}`");
        let problem = Problem::new(entries[second].0.span(), message)
            .expected("only one of them can be")
            .also(entries[first].0.span(), format!("`{one}` is here"));
        self.problems.push(problem.help(help));
        // It is unclear which of the two is meant.
        entries[first].1.set_broken();
        entries.remove(second);
    }
}

/// Checks that a value by itself has the form, apart from its content.
fn fits(form: &Form, node: &Node, what: &ValueLabel<'_>, key: Span) -> Result<(), Problem> {
    let refused = || {
        let problem = wrong(node, what, &form.expectation());
        Err(match &form.kind {
            Kind::Map(keys) if form.expected.is_none() => {
                problem.help_unless(form.help.clone().or_else(|| Some(keys.are())))
            }
            _ => problem,
        })
    };
    let text = match &node.value {
        Value::Word(text) => text,
        Value::Text(text) => &**text,
        Value::List(nodes) => {
            return match &form.kind {
                Kind::List {
                    least, most, items, ..
                } => counted(nodes.len(), (*least, *most), items, node.span(), what),
                _ => refused(),
            };
        }
        Value::Map(entries) => {
            return match &form.kind {
                Kind::Map(_) => Ok(()),
                Kind::Entries {
                    least, most, items, ..
                } => counted(entries.len(), (*least, *most), items, key, what),
                Kind::Text { .. } => Err(wrong(node, what, &form.expectation()).help(
                    "a text that begins with `{` or has `: ` in it stands in quotes or on the lines after `>`"
                        .to_owned(),
                )),
                _ => refused(),
            };
        }
    };
    match &form.kind {
        Kind::Text { most, is_line } => match node.kind() {
            "a text" => text_fits(text, (*most, *is_line), node, what),
            "nothing" => refused(),
            _ if form.help.is_some() => refused(),
            _ => Err(wrong(node, what, &form.expectation()).help(format!(
                "put it in quotes: \"{}\"",
                quoted(text).trim_matches('`')
            ))),
        },
        Kind::Number(bounds) => number_fits(text, (bounds, form), node, what),
        Kind::Whole(least, most) => {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text
                .parse::<usize>()
                .ok()
                .filter(|_| digits && node.style == Style::Plain);
            if number.is_some_and(|number| (*least..=*most).contains(&number)) {
                Ok(())
            } else {
                refused()
            }
        }
        Kind::Flag if node.style == Style::Plain && ["true", "false"].contains(&text) => Ok(()),
        Kind::Name if !text.trim().is_empty() && !node.is_nothing() => Ok(()),
        Kind::Nothing if node.is_nothing() => Ok(()),
        Kind::Words(words) if words.iter().any(|word| word == text) => Ok(()),
        Kind::Words(words) => {
            let here = called_here(text, words).map(|word| format!("it is called `{word}` here"));
            let help = here.or_else(|| did_you_mean(text, words.iter().map(String::as_str)));
            let problem = if node.is_nothing() {
                wrong(node, what, &form.expectation())
            } else {
                Problem::new(node.span(), format!("{what} is {}", quoted(text)))
                    .expected(format!("expected {}", form.expectation()))
            };
            Err(problem.help(help))
        }
        _ => refused(),
    }
}

fn text_fits(
    text: &str,
    (most, is_line): (usize, bool),
    node: &Node,
    what: &ValueLabel<'_>,
) -> Result<(), Problem> {
    let problem = |message: String| Problem::new(node.span(), message);
    if text.trim().is_empty() {
        return Err(problem(format!("{what} is empty")).expected("expected a text"));
    }
    let length = text.chars().count();
    if length > most {
        return Err(problem(format!("{what} has {length} characters"))
            .expected(format!("at most {most} are allowed")));
    }
    if is_line && text.trim().contains('\n') {
        return Err(problem(format!("{what} has more than one line")));
    }
    Ok(())
}

fn number_fits(
    text: &str,
    (bounds, form): (&Bounds, &Form),
    node: &Node,
    what: &ValueLabel<'_>,
) -> Result<(), Problem> {
    const EXPECTED: &str = "a number";
    if node.style != Style::Plain && text.parse::<f64>().is_ok() {
        return Err(wrong(node, what, EXPECTED).help("leave the quotes out".to_owned()));
    }
    if node.kind() != "a number" {
        return Err(wrong(
            node,
            what,
            form.expected.as_deref().unwrap_or(EXPECTED),
        ));
    }
    // `.inf` and `.nan` are numbers to YAML and not to Rust.
    let value = text.parse::<f64>().unwrap_or(f64::NAN);
    if !value.is_finite() || value.abs() > MAX_NUMBER {
        return Err(
            Problem::new(node.span(), format!("{what} is {}", quoted(text))).expected(format!(
                "expected a finite number from -{MAX_NUMBER} to {MAX_NUMBER}"
            )),
        );
    }
    if bounds.contain(value) {
        Ok(())
    } else {
        Err(wrong(node, what, &form.expectation()))
    }
}

fn counted(
    found: usize,
    (least, most): (usize, usize),
    items: &Items,
    at: Span,
    what: &ValueLabel<'_>,
) -> Result<(), Problem> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let message = format!("{what} has {}", count(found, &items.one, &items.many));
    let expected = if least == 0 {
        format!("expected at most {most}")
    } else if most == usize::MAX {
        format!("expected {least} or more")
    } else {
        format!("expected from {least} to {most}")
    };
    Err(Problem::new(at, message).expected(expected))
}

/// Returns the problem that a value is of another kind.
pub(crate) fn wrong(node: &Node, what: impl fmt::Display, expected: &str) -> Problem {
    Problem::new(node.span(), format!("{what} is {}", node.describe()))
        .expected(format!("expected {expected}"))
}

/// Returns a count in words, such as `1 row` or `3 rows`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

impl Keys {
    /// Returns a list of the keys: `its keys are units, activation`.
    fn are(&self) -> String {
        format!(
            "its keys are {}",
            self.names().collect::<Vec<_>>().join(", ")
        )
    }
}

impl Bounds {
    fn contain(&self, value: f64) -> bool {
        self.least.is_none_or(|least| value >= least)
            && self.above.is_none_or(|above| value > above)
            && self.most.is_none_or(|most| value <= most)
            && self.below.is_none_or(|below| value < below)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")?;
        let least = self.least.filter(|least| *least > -MAX_NUMBER);
        let most = self.most.filter(|most| *most < MAX_NUMBER);
        let from = match (least, self.above) {
            (Some(least), _) => Some(format!(" from {least}")),
            (None, Some(above)) => Some(format!(" above {above}")),
            (None, None) => None,
        };
        let to = match (most, self.below) {
            (Some(most), _) => Some(format!("to {most}")),
            (None, Some(below)) if least.is_some() => Some(format!("to below {below}")),
            (None, Some(below)) => Some(format!("and below {below}")),
            (None, None) => None,
        };
        match (from, to) {
            (Some(from), Some(to)) => write!(f, "{from} {to}"),
            (Some(from), None) if least.is_some() => write!(f, "{from} on"),
            (Some(from), None) => f.write_str(&from),
            (None, _) => Ok(()),
        }
    }
}

impl Kind {
    /// Returns the expectation in words, with an example for a list if there is one.
    pub(crate) fn expectation(&self, example: Option<&Json>) -> String {
        match self {
            Self::Text { .. } => "a text".to_owned(),
            Self::Number(bounds) => bounds.to_string(),
            Self::Whole(least, most) if least == most => least.to_string(),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Flag => "true or false".to_owned(),
            Self::Name => "a name".to_owned(),
            Self::Nothing => "nothing".to_owned(),
            Self::Words(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                one_of(&words)
            }
            Self::List { items, .. } => match example {
                Some(example) => format!("a list of {} such as `{}`", items.many, flow(example)),
                None => format!("a list of {}", items.many),
            },
            Self::Map(_) | Self::Entries { .. } => "a map".to_owned(),
            Self::Any(forms) => {
                let forms = forms
                    .iter()
                    .filter(|form| !matches!(form.kind, Self::Nothing));
                forms
                    .map(Form::expectation)
                    .collect::<Vec<_>>()
                    .join(", or ")
            }
        }
    }
}

impl Form {
    /// Returns the expectation in words.
    fn expectation(&self) -> String {
        let expected = self.expected.clone();
        expected.unwrap_or_else(|| self.kind.expectation(self.example.as_ref()))
    }

    /// Returns a placeholder that the form allows, marked as broken.
    fn stand_in(&self, span: Span) -> Node<'static> {
        let mut node = match (&self.example, &self.kind) {
            (Some(example), _) => Node::of_json(example, span),
            (None, Kind::Text { .. } | Kind::Name) => Node::new(span, Value::word("text")),
            (None, Kind::Number(_)) => Node::new(span, Value::word("0")),
            (None, Kind::Whole(least, _)) => Node::new(span, Value::word(&least.to_string())),
            (None, Kind::Flag) => Node::new(span, Value::word("false")),
            (None, Kind::Nothing) => Node::new(span, Value::word("~")),
            (None, Kind::Words(words)) => {
                Node::new(span, Value::word(words.first().map_or("", String::as_str)))
            }
            (None, Kind::List { of, least, .. }) => {
                let nodes = (0..*least).map(|_| of.stand_in(span)).collect();
                Node::new(span, Value::List(nodes))
            }
            (None, Kind::Entries { .. }) => Node::new(span, Value::Map(Vec::new())),
            (None, Kind::Map(keys)) => {
                let rules = keys.exactly_one.iter().filter(|rule| rule.beside.is_none());
                let first = rules.filter_map(|rule| rule.keys.first());
                let entries = keys.required.iter().chain(first).filter_map(|name| {
                    let form = keys.get(name)?;
                    Some((Node::new(span, Value::word(name)), form.stand_in(span)))
                });
                Node::new(span, Value::Map(entries.collect()))
            }
            (None, Kind::Any(forms)) => match forms.first() {
                Some(form) => form.stand_in(span),
                None => Node::new(span, Value::word("~")),
            },
        };
        node.set_broken();
        node
    }
}
