//! The step from the text of a lesson to its [form]: the tree is checked against the schema, then read by serde.

use serde::Deserialize as _;

use super::FORMAT_VERSION;
use super::error::{Problem, Report};
use super::form;
use super::validate;
use super::yaml::{At, Node};

/// Reads the form of a lesson from its tree. Mistakes are reported and replaced by placeholders, which are marked in
/// the tree, so that everything else is read as it is in the file. `None` if nothing can be read.
///
/// Serde reads the tree, not the text: scanning all lessons again would double the time to open them, and two YAML
/// readers do not read every text alike.
pub(crate) fn lesson(root: &mut Node, report: &mut Report) -> Option<form::Lesson> {
    if let Some(problem) = of_another_version(root) {
        // Another version of the format may allow everything that seems wrong here.
        report.push(problem);
        return None;
    }
    *report = Report::new(validate::check(root));
    if report.is_full() || root.is_broken {
        return None;
    }
    let read = form::Lesson::deserialize(&*root);
    // The schema leaves nothing for serde to refuse.
    report.keep(
        read.map_err(|error| Problem::new(root.span(), format!("this cannot be read: {error}"))),
    )
}

fn of_another_version(root: &Node) -> Option<Problem> {
    let at = At::root(root).entry("format")?;
    let version: usize = at.node().text()?.parse().ok()?;
    ((1..=1_000).contains(&version) && version != FORMAT_VERSION).then(|| {
        Problem::new(at.span(), "this format is not known")
            .expected(format!("expected {FORMAT_VERSION}"))
            .help("a newer nn-tutor may read it".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;
    use crate::lesson::Library;

    fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, serde_yaml::Error> {
        serde_yaml::from_str(text)
    }

    /// Checks that both readers of YAML, ours with places and that of serde, read all lessons alike.
    #[test]
    fn a_tree_is_read_as_the_file_is() {
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
            let mut report = Report::default();
            let ours = lesson(&mut root, &mut report);
            let theirs = read::<form::Lesson>(&text).unwrap_or_else(|error| panic!("{error}"));
            assert!(report.is_empty());
            assert_eq!(format!("{ours:#?}"), format!("{:#?}", Some(theirs)));
        }
    }

    /// Checks that the types refuse unknown keys by themselves, so that none is ignored.
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
}
