//! What a lesson says, whatever its text looks like.

use std::fmt::Write as _;

use super::Lesson;
use super::yaml::{self, Node, Value};

impl Lesson {
    /// Returns what the text of the lesson says: its keys and values in their order, without comments, and however it is
    /// laid out. It is the same in every release, and only good for being compared.
    pub fn content(&self) -> String {
        let mut said = String::new();
        match yaml::parse(&self.source.text) {
            Ok(root) => say(&root, &mut said),
            // A lesson that has been read is YAML.
            Err(_) => said.clone_from(&self.source.text),
        }
        said
    }
}

fn say(node: &Node<'_>, said: &mut String) {
    match &node.value {
        Value::List(items) => {
            said.push('[');
            for item in items {
                say(item, said);
            }
            said.push(']');
        }
        Value::Map(entries) => {
            said.push('{');
            for (key, value) in entries {
                say(key, said);
                say(value, said);
            }
            said.push('}');
        }
        Value::Samples(set) => say(&Node::listed(set), said),
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

    fn content(text: &str) -> String {
        let name = "lesson".to_owned();
        let text = text.to_owned();
        Lesson::parse(Source { name, text }).unwrap().content()
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
}
