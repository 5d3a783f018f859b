//! Exercises for paper, made from a lesson.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::learner::fresh_seed;
use crate::algebra::Decimals;
use crate::export::worksheet::{self, Format, SheetNumbers, Worksheet};
use crate::lesson::Lesson;
use crate::trace::Trace;
use crate::tutor::practice::{NoPractice, drawn_apart, same_numbers};

/// The number of exercises that are written where nobody has asked for another one.
const COUNT: u64 = 10;

/// The most files of a lesson that are written into one folder.
const MOST_FILES: usize = 100;

/// Exercises from lessons, a sheet each.
pub(crate) struct Sheets<'a> {
    sheets: Vec<Sheet<'a>>,
}

/// A lesson that exercises are made from, and the index of its network that was asked for.
pub(crate) type SheetLesson = (Lesson, Option<usize>);

struct Sheet<'a> {
    lesson: &'a Lesson,
    /// The index of the network that was asked for.
    network: Option<usize>,
    numbers: &'a SheetNumbers,
    /// From 1 on.
    variant: usize,
    trace: Trace,
}

/// Returns a name as it is typed in a shell.
pub(crate) fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-/".contains(c);
    if name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

impl<'a> Sheets<'a> {
    /// Makes so many exercises from each of some lessons and each of some numbers; the sheets of a number stay together.
    ///
    /// # Errors
    /// Returns an error if nothing in one of the lessons can be practised.
    pub(crate) fn new(
        lessons: &'a [SheetLesson],
        numbers: &'a [SheetNumbers],
        count: u64,
    ) -> Result<Self, NoPractice> {
        let mut sheets = Vec::new();
        for numbers in numbers {
            for (variant, number) in (1..).zip(0..count) {
                for (lesson, network) in lessons {
                    let exercise = exercise(lesson, *network, numbers, number)
                        .map_err(|no| of_several(lessons, lesson, no))?;
                    sheets.push(Sheet {
                        lesson,
                        network: *network,
                        numbers,
                        variant,
                        trace: Trace::compile(exercise.into())?,
                    });
                }
            }
        }
        Ok(Self { sheets })
    }

    /// Writes the sheets, or their key.
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub(crate) fn write(
        &self,
        format: Format,
        decimals: Decimals,
        answers: bool,
        no_key: bool,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let names: Vec<String> = self.sheets.iter().map(Sheet::name).collect();
        let sheets = self.sheets.iter().zip(&names).map(|(sheet, name)| {
            let lesson = sheet.lesson;
            let worksheet = Worksheet {
                title: &lesson.title,
                lesson: name,
                network: sheet.network.map(|index| &*lesson.networks[index].name),
                numbers: sheet.numbers,
                decimals,
                answers,
                no_key,
            };
            (worksheet, sheet.variant, &sheet.trace)
        });
        worksheet::write(sheets, format, out)
    }
}

impl Sheet<'_> {
    /// Returns the name of the lesson as it is typed in a shell. Of a file only the name counts, not the folder: a sheet is
    /// the same wherever it is made.
    fn name(&self) -> String {
        quoted(file_name(&self.lesson.source.name))
    }
}

/// Returns why a lesson cannot be practised, with its name where there are several.
fn of_several(lessons: &[SheetLesson], lesson: &Lesson, no: NoPractice) -> NoPractice {
    if lessons.len() < 2 {
        return no;
    }
    NoPractice(format!("{}: {no}", file_name(&lesson.source.name)))
}

fn file_name(name: &str) -> &str {
    let file = Path::new(name).file_name();
    file.and_then(|file| file.to_str()).unwrap_or(name)
}

/// Returns an exercise with some numbers.
fn exercise(
    lesson: &Lesson,
    network: Option<usize>,
    numbers: &SheetNumbers,
    number: u64,
) -> Result<Lesson, NoPractice> {
    match numbers {
        SheetNumbers::Seed(seed) => drawn_apart(lesson, network, *seed, number),
        SheetNumbers::Student(student) => student.exercise(lesson, network, number),
        SheetNumbers::Same(None) => same_numbers(lesson, network),
        SheetNumbers::Same(Some(student)) => same_numbers(&student.lesson(lesson)?, network),
    }
}

/// Writes new exercises to a file in a folder, as `NAME-worksheet.md` or, where that exists, with a number. Returns what
/// there is to say about it.
///
/// # Errors
/// Returns the reason why there is no such file.
pub(super) fn write_new(lesson: &Lesson, folder: &Path) -> Result<String, String> {
    let seed = fresh_seed();
    let lessons = [(lesson.clone(), None)];
    let numbers = [SheetNumbers::Seed(seed)];
    let sheets = Sheets::new(&lessons, &numbers, COUNT).map_err(|no| no.to_string())?;
    let mut text = Vec::new();
    let refused = |error: io::Error| format!("The exercises cannot be written: {error}.");
    sheets
        .write(
            Format::Markdown,
            Decimals::default(),
            false,
            false,
            &mut text,
        )
        .map_err(refused)?;
    let stem = Path::new(file_name(&lesson.source.name)).file_stem();
    let stem = stem.and_then(|stem| stem.to_str()).unwrap_or("lesson");
    let names = (1..=MOST_FILES).map(|number| match number {
        1 => format!("{stem}-worksheet.md"),
        number => format!("{stem}-worksheet-{number}.md"),
    });
    for name in names {
        // What is there already stays as it is.
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(folder.join(&name));
        match opened {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => {
                opened
                    .and_then(|mut file| file.write_all(&text))
                    .map_err(refused)?;
                let lesson = quoted(&lesson.source.name);
                return Ok(format!(
                    "{name} is written, with {COUNT} exercises. Their key: nn-tutor worksheet {lesson} --seed {seed} \
                     --count {COUNT} --answers"
                ));
            }
        }
    }
    Err(format!(
        "There are {MOST_FILES} files of exercises here already."
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::lesson::Library;

    #[test]
    fn names_can_be_typed_again() {
        assert_eq!(quoted("grounded"), "grounded");
        assert_eq!(quoted("./week-3.yaml"), "./week-3.yaml");
        assert_eq!(quoted("it's mine.yaml"), r"'it'\''s mine.yaml'");
    }

    #[test]
    fn new_exercises_never_replace_a_file_and_say_nothing_of_their_key() {
        let folder = tempfile::tempdir().unwrap();
        let lesson = Library::embedded().open("grounded").unwrap();
        for name in ["grounded-worksheet.md", "grounded-worksheet-2.md"] {
            let said = write_new(&lesson, folder.path()).unwrap();
            assert!(said.starts_with(&format!("{name} is written")), "{said}");
            let sheets = fs::read_to_string(folder.path().join(name)).unwrap();
            assert_eq!(sheets.matches("# The grounded example").count(), 10);
            assert!(!sheets.contains("--answers"));
            let (_, key) = said.split_once("Their key: nn-tutor worksheet ").unwrap();
            let seed = key.split(' ').nth(2).unwrap();
            assert!(sheets.contains(&format!("seed {seed}")), "{said}");
        }
        let lost = write_new(&lesson, &folder.path().join("nowhere")).unwrap_err();
        assert!(lost.contains("cannot be written"), "{lost}");
    }
}
