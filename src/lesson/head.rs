//! The entry of a lesson in a list of lessons. In a long file it is read without the rest.

use super::error::Report;
use super::form::{self, Vocabulary as _};
use super::{Lesson, file, read, yaml};

/// The keys of a lesson that its entry in a list consists of.
const KEYS: [&str; 7] = [
    "format", "title", "summary", "order", "part", "needs", "topics",
];

/// A text that replaces the rest of a lesson, so that the head can be read like a whole lesson.
const REST: &str = "\
network: {inputs: 1, layers: [{units: 1, activation: linear}], init: {scheme: zeros}}
loss: mean-squared
data: [{x: [0], y: [0]}]
";

/// The entry of a lesson in a list of lessons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Its title.
    pub title: String,
    /// One line for the menu.
    pub summary: String,
    /// Its place in the menu; those without one come last.
    pub order: Option<usize>,
    /// The part of the course it belongs to.
    pub part: Option<String>,
    /// Lessons that should come before it, by their names.
    pub needs: Vec<String>,
    /// The topics it covers, by their names in [`TOPICS`](super::TOPICS); may be empty.
    pub topics: Vec<String>,
}

impl From<Lesson> for Head {
    fn from(lesson: Lesson) -> Self {
        Self {
            title: lesson.title,
            summary: lesson.summary,
            order: lesson.order,
            part: lesson.part,
            needs: lesson.needs,
            topics: lesson.topics,
        }
    }
}

impl From<&form::Lesson> for Head {
    fn from(form: &form::Lesson) -> Self {
        Self {
            title: form.title.text().to_owned(),
            summary: form.summary.text().to_owned(),
            order: form.order.map(|order| order.0),
            part: form.part.as_ref().map(|part| part.text().to_owned()),
            needs: form
                .needs
                .iter()
                .map(|need| need.text().to_owned())
                .collect(),
            topics: form
                .topics
                .iter()
                .map(|topic| topic.0.word().to_owned())
                .collect(),
        }
    }
}

impl Head {
    /// Returns the head at the beginning of a lesson's text, whatever follows; `None` if it cannot be determined
    /// without the rest.
    pub(super) fn at_start(text: &str) -> Option<Self> {
        let mut head = String::new();
        let mut is_head = true;
        let mut is_whole = false;
        for line in text.split_inclusive('\n') {
            // A line that does not begin with the name of a key belongs to the key before it.
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (key, _) = line.split_once(':')?;
                is_head = KEYS.contains(&key);
                // A value at the end of the text may be cut off; that is harmless only if it is not needed.
                is_whole = !is_head;
            }
            if is_head {
                head.push_str(line);
            }
        }
        if !is_whole {
            return None;
        }
        if !head.ends_with('\n') {
            head.push('\n');
        }
        head.push_str(REST);
        let mut report = Report::default();
        file::check_characters(&head, &mut report);
        if !report.is_empty() {
            return None;
        }
        let mut root = yaml::parse(&head).ok()?;
        let form = read::lesson(&mut root, &mut report)?;
        report.is_empty().then(|| Self::from(&form))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Library;
    use super::*;

    #[test]
    fn the_head_of_a_lesson_is_that_of_its_start() {
        let library = Library::embedded();
        for name in library.names() {
            let lesson = library.open(name).unwrap();
            let text = lesson.source.text.clone();
            let head = Some(Head::from(lesson));
            assert_eq!(Head::at_start(&text), head, "{name}");
            // A part of the text is enough if another key has begun.
            let cut = text.find("\nnetwork").or(text.find("\ndataset")).unwrap();
            assert_eq!(Head::at_start(&text[..cut + 20]), head, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        for text in [
            "",
            "format: 1\ntitle: T\nsummary: S\n",
            "format: 1\ntitle: T\nsummary: S\nneeds:\n- xor\n",
            "format: 2\ntitle: T\nsummary: S\nnetwork: {}\n",
            "format: 1\nsummary: S\nnetwork: {}\n",
            "format: 1\ntitle: T\u{1b}[2J\nsummary: S\nnetwork: {}\n",
            "{format: 1, title: T, summary: S, network: {}}\n",
            "format: 1\ntitle: T\ntitle: U\nsummary: S\nnetwork: {}\n",
        ] {
            assert_eq!(Head::at_start(text), None, "{text}");
        }
        let text = "# mine\nformat: 1\nnetwork:\n  inputs: 1\n# and\ntitle: T\nsummary: S\nneeds:\n- xor\ndata: []";
        let head = Head::at_start(text).unwrap();
        assert_eq!((head.title.as_str(), head.needs.len()), ("T", 1));
    }
}
