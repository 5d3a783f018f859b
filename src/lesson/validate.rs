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
use super::form::{self, KINDS, SENTENCES, called_here, is_one_of, keys_called, not_here};
use super::limits::MAX_NUMBER;
use super::sanitize::quoted;
use super::schema::{Bounds, ExactlyOne, Form, Items, Keys, Kind, LESSON, flow};
use super::suggest::{all_of, did_you_mean, nearest, one_of};
use super::typing;
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

/// Keys that are not indented under the one to whose map they belong.
struct Beside {
    owner: String,
    /// The index of the problem with the first of them.
    problem: usize,
    keys: Vec<String>,
}

impl Validator {
    fn is_full(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }

    /// Reports a value and replaces it by one that the form allows.
    fn refuse(&mut self, form: &Form, node: &mut Node, problem: Problem) {
        let typed = match form.kind {
            Kind::Text { .. } | Kind::Name => None,
            // A whole number has no decimals.
            Kind::Whole(..) => node.text().and_then(|text| {
                let other = || typing::otherwise(text).filter(|_| !text.contains(','));
                typing::otherwise_whole(text).or_else(other)
            }),
            _ => node.text().and_then(typing::otherwise),
        };
        let help = form.help.as_ref().map(|help| {
            let number = node.text().filter(|_| node.kind() == "a number");
            help.replace("{}", number.unwrap_or("3"))
        });
        self.problems.push(problem.help(typed).help_unless(help));
        *node = form.stand_in(node.span());
    }

    /// Checks the value at `key`, which is called `what` in messages.
    fn value(&mut self, form: &Form, node: &mut Node, what: &ValueLabel<'_>, key: Span) {
        if self.is_full() {
            return;
        }
        if let Value::Samples(set) = &node.value {
            // They have been read before; only numbers may have been put in since.
            let mut numbers = set.x.iter().chain(&set.y);
            if numbers.all(|number| number.abs() <= MAX_NUMBER) {
                return;
            }
            node.value = Node::listed(set).value;
        }
        if self.dashes(form, node) {
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

    /// Reports the items of a list that begin with a dash that is no hyphen, so that they are read as a map. Returns
    /// whether there are any.
    fn dashes(&mut self, form: &Form, node: &mut Node) -> bool {
        let (Kind::List { .. }, Value::Map(entries)) = (&form.kind, &node.value) else {
            return false;
        };
        let known = self.problems.len();
        for (key, _) in entries {
            if let Some(dash) = key.text().and_then(typing::dash)
                && !self.is_full()
            {
                let start = key.span().start;
                self.problems.push(typing::no_dash(start, dash));
            }
        }
        let are_there = self.problems.len() > known;
        if are_there {
            *node = form.stand_in(node.span());
        }
        are_there
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
        if matches!(of.kind, Kind::Number(_)) {
            self.part_numbers(nodes, items, list);
        }
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
            let is_word = matches!(list, ValueLabel::Key("x" | "y"))
                && matches!(of.kind, Kind::Number(_))
                && node
                    .text()
                    .is_some_and(|text| text.starts_with(char::is_alphabetic));
            self.value(of, node, &what, span);
            if self.is_full() {
                return;
            }
            if is_word && let [.., problem] = &mut self.problems[known..] {
                let help = "samples in a lesson are numbers, such as `y: [1, 0]` for the first of two classes; \
                            words stand in a CSV file";
                *problem = problem.clone().help_unless(Some(help.to_owned()));
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

    /// Reports items that are several numbers, parted by something else than commas, and parts them.
    fn part_numbers(&mut self, nodes: &mut Vec<Node>, items: &Items, list: &ValueLabel<'_>) {
        let mut index = 0;
        while index < nodes.len() && !self.is_full() {
            let (node, mut count) = (&nodes[index], 1);
            let numbers = node.text().and_then(typing::several_numbers);
            if let Some(numbers) = numbers.filter(|_| node.style == Style::Plain) {
                let each = &items.each;
                let what = ValueLabel::Item {
                    each,
                    index,
                    of: list,
                };
                let written = quoted(&numbers.join(", "));
                let help = format!("numbers are parted by commas: write {written}");
                let problem = wrong(node, &what, "a number").help(help);
                let broken = numbers.iter().map(|number| {
                    let mut number = Node::new(node.span(), Value::word(number));
                    number.set_broken();
                    number
                });
                let broken: Vec<Node> = broken.collect();
                count = broken.len();
                nodes.splice(index..=index, broken);
                self.problems.push(problem);
            }
            index += count;
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
        typing::join_decimals(entries, |_| !of.takes_text());
        self.bare_keys(entries);
        self.once_each(entries, what);
        for (key, node) in entries {
            let span = key.span();
            let Some(key) = key.text() else { continue };
            let each = &items.each;
            self.value(of, node, &ValueLabel::Entry { each, key }, span);
        }
    }

    /// Reports keys of the author's choice with blanks or quotes that are none to YAML around them, and takes these off.
    fn bare_keys(&mut self, entries: &mut Entries<'_>) {
        for (key, _) in entries {
            let Some((text, (bare, why))) = key
                .text()
                .and_then(|text| Some((text, typing::bare(text)?)))
            else {
                continue;
            };
            if self.is_full() {
                return;
            }
            let problem = Problem::new(key.span(), format!("the key {} has {why}", quoted(text)));
            let name = Value::word(bare);
            let bare = if bare.contains('[') {
                format!("\"{bare}\"")
            } else {
                bare.to_owned()
            };
            self.problems
                .push(problem.help(format!("write {}", quoted(&bare))));
            key.value = name;
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
        typing::join_decimals(entries, |key| !keys.get(key).is_some_and(Form::takes_text));
        self.once_each(entries, what);
        self.verdict(keys, entries, what);
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

    /// Reports an option whose text and verdict have a key each, as other programs write it, and reads it as what it says.
    fn verdict(&mut self, keys: &Keys, entries: &mut Entries<'_>, what: &ValueLabel<'_>) {
        const TEXTS: [&str; 8] = [
            "text", "option", "choice", "label", "answer", "say", "content", "value",
        ];
        const VERDICTS: [&str; 2] = ["right", "wrong"];
        if VERDICTS.iter().any(|key| keys.get(key).is_none()) || self.is_full() {
            return;
        }
        let is_text = |(key, value): &(Node<'_>, Node<'_>)| {
            let name = key.text().unwrap_or_default();
            keys.get(name).is_none() && value.text().is_some() && is_one_of(name, &TEXTS)
        };
        let Some(at) = entries.iter().position(is_text) else {
            return;
        };
        let called = |key: &Node<'_>| keys_called(key.text()?, VERDICTS.into_iter()).next();
        let verdict = entries.iter().position(|(key, _)| called(key).is_some());
        let right = match verdict.map(|at| &entries[at]) {
            None => None,
            Some((key, value)) => {
                let value = value.text().unwrap_or_default().to_lowercase();
                let holds = match &*value {
                    "true" | "yes" | "1" => true,
                    "false" | "no" | "0" => false,
                    _ => return,
                };
                Some(holds == (called(key) == Some("right")))
            }
        };
        let (key, value) = &mut entries[at];
        let written = |name: &str| {
            let text = value.text().unwrap_or_default();
            format!("`{name}: {}`", flow(&Json::from(text)))
        };
        let name = VERDICTS[usize::from(right == Some(false))];
        let help = match right {
            Some(_) => format!(
                "the key of its text says what it is: write {}",
                written(name)
            ),
            None => format!("write {}, or {}", written("right"), written("wrong")),
        };
        let message = format!(
            "unknown key {} in {what}",
            quoted(key.text().unwrap_or_default())
        );
        self.problems
            .push(Problem::new(key.span(), message).help(help));
        key.value = Value::word(name);
        if right.is_none() {
            value.is_broken = true;
        }
        if let Some(verdict) = verdict {
            entries.remove(verdict);
        }
    }

    /// Reports keys that a map does not have. A key whose meaning is clear is read as that, unless the map has it as
    /// well. Returns the indices of the problems with keys that resemble none.
    fn unknown(
        &mut self,
        keys: &Keys,
        entries: &mut Entries<'_>,
        what: &ValueLabel<'_>,
    ) -> Vec<usize> {
        let mut unknown = Vec::new();
        let mut at = 0;
        let mut beside: Option<Beside> = None;
        while at < entries.len() {
            let (key, _) = &entries[at];
            let Some(text) = key.text() else { break };
            // What follows keys that are not indented belongs to the same map where it excludes the key of that.
            let belongs = beside.as_ref().is_some_and(|Beside { owner, .. }| {
                let inner = keys.get(owner).and_then(Form::keys);
                let has = |rule: &ExactlyOne, name: &str| rule.keys.iter().any(|key| key == name);
                let mut rules = keys.exactly_one.iter();
                inner.is_some_and(|inner| inner.get(text).is_some())
                    && rules.any(|rule| has(rule, owner) && has(rule, text))
            });
            if keys.get(text).is_some() && !belongs {
                at += 1;
                continue;
            }
            if self.is_full() {
                entries.truncate(at);
                break;
            }
            let text = text.to_owned();
            let span = key.span();
            if let Some(owner) = owner(keys, entries, at, &text, beside.as_ref()) {
                self.indent(entries, (owner, at), &mut beside);
                continue;
            }
            if belongs {
                at += 1;
                continue;
            }
            let has =
                |entries: &Entries<'_>, name: &str| entries.iter().any(|(key, _)| key.is(name));
            let message = format!("unknown key {} in {what}", quoted(&text));
            if let Some((problem, name, value)) = otherwise_typed(&text, span, keys) {
                self.problems.push(problem);
                if has(entries, &name) {
                    entries.remove(at);
                } else {
                    entries[at].0.value = Value::word(&name);
                    if let Some(value) = value {
                        entries[at].1 = value;
                    }
                    at += 1;
                }
                continue;
            }
            let known = |name: &&str| keys.get(name).is_some();
            let called = keys_called(&text, keys.names()).next();
            if called.is_none() && self.says_the_kind(keys, entries, &mut at, &message) {
                continue;
            }
            let unwrapped = unwrapped(keys, &text, &entries[at].1, what);
            let sentence = SENTENCES.iter().find(|(others, (beside, _), _)| {
                called.is_none() && known(beside) && is_one_of(&text, others)
            });
            let (help, meant) = if let Some(called) = called {
                (called_or_meant(&text, called), Some(called))
            } else if let Some((_, (_, stands_for), sentence)) = sentence {
                let sentence = unwrapped.as_deref().unwrap_or(sentence);
                if let Some(name) = stands_for.filter(|name| !has(entries, name)) {
                    entries[at].0.value = Value::word(name);
                    if let Some(form) = keys.get(name) {
                        entries[at].1 = form.stand_in(span);
                    }
                    self.problems
                        .push(Problem::new(span, message).help(sentence.to_owned()));
                    at += 1;
                    continue;
                }
                (sentence.to_owned(), None)
            } else if let Some(home) = home(&text) {
                (format!("it belongs to {home}"), None)
            } else if let Some(unwrapped) = unwrapped {
                (unwrapped, None)
            } else if let Some(near) = nearest(&text, keys.names()) {
                (format!("did you mean `{near}`?"), Some(near))
            } else if let Some((called, home)) = home_called(&text) {
                (
                    format!("it is called `{called}` here, and belongs to {home}"),
                    None,
                )
            } else {
                (keys.are(), None)
            };
            self.problems.push(Problem::new(span, message).help(help));
            match meant {
                Some(meant) if !has(entries, meant) => {
                    entries[at].0.value = Value::word(meant);
                    at += 1;
                }
                _ => {
                    if meant.is_none() && sentence.is_none() {
                        unknown.push(self.problems.len() - 1);
                    }
                    entries.remove(at);
                }
            }
        }
        unknown
    }

    /// Reports the entry `at` where its key only says of which kind the map is, and reads it as what it stands for; else leaves
    /// it out. Returns whether it is such a key.
    fn says_the_kind(
        &mut self,
        keys: &Keys,
        entries: &mut Entries<'_>,
        at: &mut usize,
        message: &str,
    ) -> bool {
        let span = entries[*at].0.span();
        let name = entries[*at].0.text().unwrap_or_default();
        let Some((help, stands_for)) = keys.of_kind(name, entries, *at) else {
            return false;
        };
        self.problems.push(Problem::new(span, message).help(help));
        match stands_for.and_then(|name| Some((name, keys.get(name)?))) {
            Some((name, form)) => {
                entries[*at] = (Node::new(span, Value::word(name)), form.stand_in(span));
                *at += 1;
            }
            None => drop(entries.remove(*at)),
        }
        true
    }

    /// Reports the entry `at`, which belongs to the map of another entry and is not indented under it, and puts it
    /// there.
    fn indent(
        &mut self,
        entries: &mut Entries<'_>,
        (owner, at): (usize, usize),
        beside: &mut Option<Beside>,
    ) {
        let name = entries[owner].0.text().unwrap_or_default().to_owned();
        let text = entries[at].0.text().unwrap_or_default().to_owned();
        match beside {
            Some(known) if known.owner == name => {
                known.keys.push(text);
                let keys: Vec<String> = known.keys.iter().map(|key| quoted(key)).collect();
                let help = format!("{} belong to `{name}`: indent them", all_of(&keys));
                let problem = &mut self.problems[known.problem];
                *problem = problem.clone().help(help);
            }
            _ => {
                let message = format!("{} stands beside `{name}`, not in it", quoted(&text));
                let problem = Problem::new(entries[at].0.span(), message);
                if entries[owner].1.is_nothing() {
                    *beside = Some(Beside {
                        owner: name.clone(),
                        problem: self.problems.len(),
                        keys: vec![text],
                    });
                }
                let help = format!("it belongs to `{name}`: indent it");
                self.problems.push(problem.help(help));
            }
        }
        let moved = entries.remove(at);
        let (key, value) = &mut entries[owner];
        match &mut value.value {
            Value::Map(inner) => inner.push(moved),
            _ => *value = Node::new(key.span(), Value::Map(vec![moved])),
        }
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
            [] if rule.keys.iter().any(|key| key == "ask")
                && entries
                    .iter()
                    .any(|(key, _)| KINDS.iter().any(|kind| key.is(kind))) =>
            {
                self.missing(keys, "ask", entries, what, at);
                if let Some(problem) = self.problems.last_mut() {
                    *problem = Problem::new(at, "a question without its text")
                        .expected("expected `ask: text` beside what it asks for");
                }
            }
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

/// Returns the place among the entries before this one of the nearest key to whose map a key belongs, if that map is
/// empty or goes on in lines of its own. A map whose keys the author chooses takes any key, but only where it is empty
/// and the key resembles none that may stand here.
fn owner(
    keys: &Keys,
    entries: &Entries<'_>,
    at: usize,
    name: &str,
    beside: Option<&Beside>,
) -> Option<usize> {
    let resembles = || {
        let called = keys_called(name, keys.names()).next();
        called.or_else(|| nearest(name, keys.names())).is_some()
    };
    (0..at).rev().find(|&before| {
        let (key, value) = &entries[before];
        let Some(form) = key.text().and_then(|key| keys.get(key)) else {
            return false;
        };
        let is_new = match &value.value {
            Value::Map(inner) => inner.iter().all(|(key, _)| !key.is(name)),
            _ => value.is_nothing(),
        };
        let was_empty = || value.is_nothing() || beside.is_some_and(|beside| key.is(&beside.owner));
        is_new
            && match &form.kind {
                Kind::Entries { .. } => was_empty() && !resembles(),
                _ => form.keys().is_some_and(|keys| keys.get(name).is_some()),
            }
    })
}

/// Returns the problem of a key that is another one but for a character that looks like another, or for a blank: the
/// key, and the value that stands in it if there is no blank before that.
fn otherwise_typed(
    text: &str,
    span: Span,
    keys: &Keys,
) -> Option<(Problem, String, Option<Node<'static>>)> {
    if let Some((before, behind)) = text.split_once(':') {
        let (name, value) = (before.trim_end(), behind.trim());
        keys.get(name)?;
        let blank = behind.chars().next().filter(|c| typing::is_blank(*c));
        let problem = match blank {
            Some(blank) => typing::no_space(span.start + before.len() + 1, blank),
            None => Problem::new(
                span,
                format!("no space stands behind the colon of {}", quoted(text)),
            )
            .help(format!("write {}", quoted(&format!("{name}: {value}")))),
        };
        let start = span.start + text.len() - value.len();
        let at = Span {
            start,
            len: value.len(),
        };
        return Some((
            problem,
            name.to_owned(),
            Some(Node::new(at, Value::word(value))),
        ));
    }
    let (name, why) = typing::bare(text)?;
    keys.get(name)?;
    let problem = Problem::new(span, format!("the key {} has {why}", quoted(text)));
    Some((
        problem.help(format!("write `{name}`")),
        name.to_owned(),
        None,
    ))
}

/// Returns what a name is called here, or what is meant by one that is only written otherwise.
fn called_or_meant(name: &str, here: &str) -> String {
    if is_one_of(name, &[here]) {
        format!("did you mean `{here}`?")
    } else {
        format!("it is called `{here}` here")
    }
}

/// Returns advice for a map under an unknown key where what is in it belongs to the map of that key.
fn unwrapped(keys: &Keys, name: &str, value: &Node, what: &ValueLabel<'_>) -> Option<String> {
    let Value::Map(entries) = &value.value else {
        return None;
    };
    let of = |(key, value): &(Node, Node)| {
        let key = key.text()?;
        let here = keys.get(key).map(|_| key);
        let here = here.or_else(|| keys_called(key, keys.names()).next())?;
        Some(format!("{here}: {}", value.text()?))
    };
    let own: Vec<String> = entries.iter().filter_map(of).collect();
    let is_rate = |(key, _): &(Node, Node)| {
        let key = key.text().unwrap_or_default();
        keys.get("learning_rate").is_none()
            && keys_called(key, ["learning_rate"].into_iter()).count() > 0
    };
    let rate = if entries.iter().any(is_rate) {
        format!("; `learning_rate` stands beside {what}")
    } else {
        String::new()
    };
    (!own.is_empty()).then(|| {
        let own = quoted(&own.join(", "));
        format!("write {own} without {} around it{rate}", quoted(name))
    })
}

/// Returns in words to which maps a key belongs.
fn home(name: &str) -> Option<String> {
    fn look(form: &Form, called: &str, name: &str, found: &mut Vec<String>) {
        match &form.kind {
            Kind::Map(keys) => {
                if keys.get(name).is_some() && !found.iter().any(|other| other == called) {
                    found.push(called.to_owned());
                }
                for (key, form) in &keys.all {
                    look(form, &quoted(key), name, found);
                }
            }
            Kind::List { of, items, .. } | Kind::Entries { of, items, .. } => {
                // No more than the nearest list is named.
                let list = called.rsplit(' ').next().unwrap_or(called);
                look(of, &format!("a {} of {list}", items.one), name, found);
            }
            Kind::Any(forms) => forms
                .iter()
                .for_each(|form| look(form, called, name, found)),
            _ => {}
        }
    }
    const SHOWN: usize = 3;
    let mut found: Vec<String> = Vec::new();
    look(&LESSON, "the top of the lesson", name, &mut found);
    // A map that may also be a list is told once.
    let all = found.clone();
    found.retain(|called| {
        let list = called.rsplit_once(" of ").map(|(_, list)| list);
        list.is_none_or(|list| !all.iter().any(|other| other == list))
    });
    let homes: Vec<&str> = found.iter().take(SHOWN).map(String::as_str).collect();
    (!homes.is_empty()).then(|| one_of(&homes))
}

/// Returns the key of another map that has this name elsewhere, and where it belongs.
fn home_called(name: &str) -> Option<(String, String)> {
    let called = form::all_called(name)?;
    Some((called.to_owned(), home(called)?))
}

/// Checks that a value by itself has the form, apart from its content.
fn fits(form: &Form, node: &Node, what: &ValueLabel<'_>, key: Span) -> Result<(), Problem> {
    let refused = || {
        let problem = wrong(node, what, &form.expectation());
        Err(match &form.kind {
            Kind::Map(keys) if form.expected.is_none() => {
                let empty = || {
                    let may_be_empty = keys.required.is_empty() && keys.exactly_one.is_empty();
                    let ValueLabel::Key(name) = what else {
                        return None;
                    };
                    (node.is_nothing() && may_be_empty)
                        .then(|| format!("write `{name}: {{}}`, or give it keys; {}", keys.are()))
                };
                let help = node.text().and_then(|text| keys.as_map(text));
                problem.help(help.map(|(help, _)| help)).help_unless(
                    form.help
                        .clone()
                        .or_else(empty)
                        .or_else(|| Some(keys.are())),
                )
            }
            Kind::Map(keys) => {
                let help = node.text().and_then(|text| keys.as_map(text));
                problem.help(help.map(|(help, _)| help))
            }
            _ => problem,
        })
    };
    let text = match &node.value {
        Value::Word(text) => text,
        Value::Text(text) => &**text,
        Value::Samples(_) => return Ok(()),
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
            let here = called_here(text, words).map(|word| called_or_meant(text, word));
            let help = here
                .or_else(|| not_here(text, words).map(str::to_owned))
                .or_else(|| did_you_mean(text, words.iter().map(String::as_str)));
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
    /// Returns how an unknown key is written that only says of which kind its map is, and the key that it stands for, if
    /// any: `adam` in `{type: adam}`. In most maps nothing says that.
    fn of_kind(
        &self,
        name: &str,
        entries: &Entries<'_>,
        at: usize,
    ) -> Option<(String, Option<&str>)> {
        const KINDS: [&str; 6] = ["type", "kind", "name", "class", "class name", "method"];
        if !is_one_of(name, &KINDS) {
            return None;
        }
        let is_free = |name: &str| entries.iter().all(|(key, _)| !key.is(name));
        let mut rules = self.exactly_one.iter();
        let is_told = rules.any(|rule| !rule.keys.iter().all(|name| is_free(name)));
        let written = entries[at].1.text().filter(|_| !is_told);
        let written = written.and_then(|word| self.as_map(word));
        Some(match written {
            Some((help, key)) => (help, key.filter(|key| is_free(key))),
            None => ("leave it out".to_owned(), None),
        })
    }

    /// Returns how a word is written as a map that has it as a key or as the value of one, and that key.
    fn as_map(&self, text: &str) -> Option<(String, Option<&str>)> {
        if let Some((key, value)) = text.split_once(':') {
            self.get(key)?;
            let help = format!(
                "a space is missing behind the colon: {}",
                quoted(&format!("{key}: {}", value.trim()))
            );
            return Some((help, None));
        }
        let known = |name: &str| self.get(name).is_some();
        let sentence = SENTENCES
            .iter()
            .find(|(others, (beside, _), _)| known(beside) && is_one_of(text, others));
        if let Some((_, (_, stands_for), sentence)) = sentence {
            return Some(((*sentence).to_owned(), *stands_for));
        }
        if let Some(key) = keys_called(text, self.names()).next() {
            let example = self.get(key)?.example.as_ref();
            let example = example.map_or_else(String::new, flow);
            return Some((format!("write `{{{key}: {example}}}`"), Some(key)));
        }
        self.all.iter().find_map(|(key, form)| match &form.kind {
            Kind::Words(words) => {
                let is_word = words.iter().any(|word| word == text);
                let word = if is_word {
                    text
                } else {
                    called_here(text, words)?
                };
                Some((format!("write `{{{key}: {word}}}`"), Some(key.as_str())))
            }
            _ => None,
        })
    }

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
    /// Returns the keys, if it can be a map that has some.
    pub(crate) fn keys(&self) -> Option<&Keys> {
        match &self.kind {
            Kind::Map(keys) => Some(keys),
            Kind::Any(forms) => forms.iter().find_map(Self::keys),
            _ => None,
        }
    }

    /// Returns whether it can be any text, and not only a name or a bound.
    fn takes_text(&self) -> bool {
        match &self.kind {
            Kind::Text { .. } => self.expected.is_none(),
            Kind::Name => true,
            Kind::Any(forms) => forms.iter().any(Self::takes_text),
            _ => false,
        }
    }

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
