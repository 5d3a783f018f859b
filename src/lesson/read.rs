//! From the text of a lesson to its [form]: the tree is held to the schema, then serde reads.

use super::FORMAT_VERSION;
use super::error::{Problem, Report};
use super::form;
use super::shape;
use super::yaml::{At, Node, Value};

/// What the text says. Where something is wrong with it, that is noted, and what stands in the file is read around it:
/// the places of all else are marked in the tree. `None` where nothing can be read.
pub(crate) fn lesson(text: &str, root: &mut Node, report: &mut Report) -> Option<form::Lesson> {
    if let Some(problem) = of_another_version(root) {
        // All else that is wrong may be right there.
        report.push(problem);
        return None;
    }
    let problems = shape::check(root);
    let written = |root: &Node| {
        let mut written = String::with_capacity(text.len());
        root.write(&mut written);
        written
    };
    if problems.is_empty() {
        let read = serde_yaml::from_str(text).or_else(|error| {
            // Not all that YAML allows is taken by every reader of it, such as `[:a]`.
            serde_yaml::from_str(&written(root)).map_err(|_| unread(text, root, &error))
        });
        return report.keep(read);
    }
    *report = Report::of(problems);
    if report.is_full() || root.is_broken {
        return None;
    }
    serde_yaml::from_str(&written(root)).ok()
}

fn of_another_version(root: &Node) -> Option<Problem> {
    let at = At::root(root).entry("format")?;
    let Value::Scalar { text, .. } = &at.node().value else {
        return None;
    };
    let version: usize = text.parse().ok()?;
    ((1..=1_000).contains(&version) && version != FORMAT_VERSION).then(|| {
        Problem::new(at.span(), "this format is not known")
            .expected(format!("expected {FORMAT_VERSION}"))
            .help("a newer nn-tutor may read it".to_owned())
    })
}

/// What serde refuses is shown at the innermost node of its place. The schema leaves nothing for it to refuse, as far
/// as both readers of YAML see the same in a text.
fn unread(text: &str, root: &Node, error: &serde_yaml::Error) -> Problem {
    let offset = error.location().map_or(0, |place| {
        // Counted in characters.
        let mut characters = text.char_indices();
        characters
            .nth(place.index())
            .map_or(text.len(), |(at, _)| at)
    });
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    Problem::new(
        root.innermost(offset).span,
        format!("this cannot be read: {message}"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;
    use crate::lesson::Library;

    fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, serde_yaml::Error> {
        serde_yaml::from_str(text)
    }

    /// What is read around mistakes is what stands in the file.
    #[test]
    fn a_written_tree_is_read_as_the_file_is() {
        let library = Library::embedded();
        let mut texts = vec![
            include_str!("../../tests/lessons/everything.yaml").to_owned(),
            include_str!("../../tests/lessons/data.yaml").to_owned(),
        ];
        for name in library.names() {
            let lesson = library.open(name).unwrap_or_else(|error| panic!("{error}"));
            texts.push(lesson.source.text.clone());
        }
        for text in texts {
            let mut root = yaml::parse(&text).unwrap_or_else(|problem| panic!("{problem:?}"));
            assert_eq!(shape::check(&mut root), []);
            let mut written = String::new();
            root.write(&mut written);
            let forms = [&text, &written].map(|text| {
                let form = read::<form::Lesson>(text);
                format!("{:#?}", form.unwrap_or_else(|error| panic!("{error}")))
            });
            assert_eq!(forms[0], forms[1]);
        }
    }

    /// The types refuse by themselves what they do not know, so that nothing is read past them.
    #[test]
    fn serde_takes_no_key_that_is_not_described() {
        for text in [
            "{units: 1, activation: tanh, colour: red}",
            "{x: [1], y: [1], colour: red}",
            "{say: Hello., colour: red}",
            "{epochs: 1, colour: red}",
        ] {
            let errors = [
                read::<form::Layer>(text).err(),
                read::<form::Sample>(text).err(),
                read::<form::Scene>(text).err(),
                read::<form::Train>(text).err(),
            ];
            for error in errors {
                assert!(error.is_some(), "{text}");
            }
        }
        let walk = read::<form::Scene>("walk:").unwrap_or_else(|error| panic!("{error}"));
        assert!(walk.walk.is_some());
    }

    /// An error of serde's is shown at the innermost node of its place.
    #[test]
    fn what_serde_refuses_has_its_place() {
        let text = "# é\ntitle: ö\ntopics: [S1]\n";
        let root = yaml::parse(text).unwrap_or_else(|problem| panic!("{problem:?}"));
        let error = read::<std::collections::BTreeMap<String, Vec<form::Word<form::Topic>>>>(&text);
        let error = error.err().unwrap_or_else(|| panic!("read"));
        let problem = unread(text, &root, &error);
        assert_eq!(&text[problem.span().start..], "ö\ntopics: [S1]\n");
    }
}
