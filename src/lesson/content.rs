//! What a lesson says, whatever its text looks like.

use std::fmt::Write as _;

use super::Lesson;
use super::yaml::{self, Node, Value};

impl Lesson {
    /// Returns what the text of the lesson says: its keys and values in their order, without comments, and however it is
    /// laid out; with the samples of its CSV files, if it has any. It is the same in every release, and only good for being
    /// compared.
    pub fn content(&self) -> String {
        self.said(Part::All)
    }

    /// Returns what the lesson asks, and of which numbers: its [content](Self::content) without the words around the
    /// questions, the place in the menu and what is shown beside the steps. Answers to lessons in which it is the same are
    /// judged alike.
    pub fn judged(&self) -> String {
        // The numbers of a student follow from the title, too.
        let title = if self.own_numbers { &self.title } else { "" };
        format!("{}:{title}{}", title.len(), self.said(Part::Judged))
    }

    fn said(&self, part: Part) -> String {
        let mut said = String::new();
        match yaml::parse(&self.source.text) {
            Ok(root) => say(&root, part, &mut said),
            // A lesson that has been read is YAML.
            Err(_) => said.clone_from(&self.source.text),
        }
        if !self.table_names.is_empty() {
            self.say_samples(&mut said);
        }
        said
    }

    /// Adds the samples, which may come from another file.
    fn say_samples(&self, said: &mut String) {
        for spec in &self.networks {
            for data in std::iter::once(&spec.data).chain(&spec.held_out) {
                for number in data.x.iter().chain(&data.y) {
                    let _ = write!(said, ",{:x}", number.to_bits());
                }
                said.push(';');
            }
        }
    }
}

/// What counts of a part of the text.
#[derive(Debug, Clone, Copy)]
enum Part {
    All,
    /// What is judged of a lesson.
    Judged,
    /// What is judged of its scenes.
    Scenes,
    /// That something is said, and where: the steps depend on it.
    Place,
}

impl Part {
    /// Returns what counts of the value of a key; `None` if nothing does.
    fn of(self, key: &str) -> Option<Self> {
        match (self, key) {
            (
                Self::Judged,
                "title" | "summary" | "order" | "part" | "needs" | "topics" | "numpy",
            ) => None,
            (Self::Judged | Self::Scenes, "panels") => None,
            (Self::Judged, "script") => Some(Self::Scenes),
            // A network may have any name, also one of these.
            (Self::Judged, _) => Some(Self::All),
            (Self::Scenes, "hint" | "because" | "lecture") => None,
            (Self::Scenes, "say" | "notes") => Some(Self::Place),
            (part, _) => Some(part),
        }
    }
}

fn say(node: &Node<'_>, part: Part, said: &mut String) {
    match &node.value {
        Value::List(items) => {
            said.push('[');
            for item in items {
                say(item, part, said);
            }
            said.push(']');
        }
        Value::Map(entries) => {
            said.push('{');
            for (key, value) in entries {
                if let Some(part) = part.of(key.text().unwrap_or_default()) {
                    say(key, Part::All, said);
                    say(value, part, said);
                }
            }
            said.push('}');
        }
        Value::Samples(set) => say(&Node::listed(set), part, said),
        Value::Word(_) | Value::Text(_) if matches!(part, Part::Place) => {}
        Value::Word(_) | Value::Text(_) => {
            let text = node.text().unwrap_or_default();
            // With its length, so that no text reads as two.
            let quote = if node.kind() == "a text" { "\"" } else { "" };
            let _ = write!(said, "{quote}{}:{text}", text.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lesson::{Lesson, Source};

    fn lesson(text: &str) -> Lesson {
        let name = "lesson".to_owned();
        let text = text.to_owned();
        Lesson::parse(Source { name, text }).unwrap()
    }

    fn content(text: &str) -> String {
        lesson(text).content()
    }

    #[test]
    fn comments_and_layout_say_nothing() {
        let text = include_str!("../../lessons/grounded.yaml");
        let said = content(text);
        let title = text
            .lines()
            .find(|line| line.starts_with("title:"))
            .unwrap();
        for same in [
            format!("# Of week 3\n\n{text}\n# The end\n"),
            text.replace('\n', "\r\n"),
            text.replace(
                title,
                &format!(
                    "title:   \"{}\" # of the lecture",
                    &title["title: ".len()..]
                ),
            ),
        ] {
            assert!(same != text && content(&same) == said, "{same}");
        }
        for other in [
            text.replace(title, &format!("{title} "))
                .replace("0.4", "0.41"),
            text.replace(title, &format!("{title}!")),
        ] {
            assert!(content(&other) != said, "{other}");
        }
    }

    #[test]
    fn words_around_the_questions_are_not_judged() {
        const LESSON: &str = "format: 1
title: My homework
summary: One sample.
part: Week 3
network:
  inputs: 1
  layers: [{units: 1, activation: logistic}]
  weights: [[[0.4], [0.7]]]
loss: neg-log-loss
data: [{x: [1], y: [1]}]
script:
  - say: Welcome.
  - walk:
      sample: 1
      notes: {z(1): The sum.}
      lecture: {z(1): Slide 4.}
      questions:
        x(1): {ask: What is ŷ?, number: y_hat, within: 0.1, hint: It is φ of z.}
  - ask: Does it grow?
    options:
      - {right: Yes, because: The target is 1.}
      - {wrong: No.}
    because: The error is negative.
";
        let judged = |text: &str| lesson(text).judged();
        let said = judged(LESSON);
        let with = |from: &str, to: &str| {
            assert!(LESSON.contains(from), "{from}");
            LESSON.replace(from, to)
        };
        for (from, to) in [
            ("My homework", "Our homework"),
            ("One sample.", "A sample."),
            ("part: Week 3", "order: 4\nnumpy: true"),
            ("Welcome.", "'Hello: {x(0)}.'"),
            ("The sum.", "'A sum, {z(1)}.'"),
            ("      lecture: {z(1): Slide 4.}\n", ""),
            (", hint: It is φ of z.", ", because: So it is."),
            (", because: The target is 1.", ""),
            ("The error is negative.", "δ is negative."),
            (
                "  - walk:\n",
                "  # It goes on.\n  - walk:\n      panels: [loss]\n",
            ),
        ] {
            assert_eq!(judged(&with(from, to)), said, "{from}");
        }
        for (from, to) in [
            ("0.4", "0.5"),
            ("neg-log-loss", "mean-squared"),
            ("y: [1]", "y: [0]"),
            ("  - say: Welcome.\n", ""),
            ("notes: {z(1)", "notes: {x(1)"),
            ("What is ŷ?", "How much is ŷ?"),
            ("number: y_hat", "number: J"),
            ("within: 0.1", "within: 0.2"),
            ("right: Yes", "right: It does"),
            ("wrong: No.", "right: No."),
            ("loss: n", "learning_rate: 0.5\nloss: n"),
        ] {
            assert_ne!(judged(&with(from, to)), said, "{from}");
        }
        // The numbers of students follow from the title.
        let own = |title: &str| {
            judged(&with("My homework", title).replace("part: Week 3", "own_numbers: true"))
        };
        assert_ne!(own("My homework"), own("Our homework"));
        assert_eq!(own("My homework"), own("'My homework'"));
        // A network may be called like a key.
        let named = |weight: &str| {
            with("network:\n", "networks:\n  summary:\n")
                .replace("  inputs", "    inputs")
                .replace("  layers", "    layers")
                .replace("  weights", "    weights")
                .replace("0.4", weight)
        };
        assert_ne!(judged(&named("0.4")), judged(&named("0.5")));
    }

    /// Samples of a file beside the lesson count as those in it.
    #[test]
    fn samples_of_a_file_are_judged() {
        let with = |rows: &str| {
            let text = "format: 1\ntitle: A\nsummary: B.\nnetwork:\n  inputs: 1\n  \
                layers: [{units: 1, activation: logistic}]\n  weights: [[[0.4], [0.7]]]\n\
                loss: neg-log-loss\ndata: {csv: a.csv, x: [x], y: [y]}\nscript: [{walk: {sample: 1}}]\n";
            let source = Source {
                name: "lesson".to_owned(),
                text: text.to_owned(),
            };
            let tables = [("a.csv".to_owned(), format!("x,y\n{rows}"))];
            let lesson = Lesson::parse_with(source, tables.into()).unwrap();
            (lesson.content(), lesson.judged())
        };
        let said = with("1,1\n2,0\n");
        assert_eq!(with("1.0,1\n2,0"), said);
        let other = with("1,1\n2.5,0\n");
        assert!(other.0 != said.0 && other.1 != said.1);
    }
}
