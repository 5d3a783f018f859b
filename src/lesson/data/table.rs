//! Samples from a CSV file beside the lesson: columns of numbers as inputs, columns of numbers or one of labels as
//! targets.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ndarray::Array2;

use super::Sources;
use super::found::{Found, Origin};
use crate::engine::{Samples, Targets};
use crate::lesson::clean::quoted;
use crate::lesson::csv::{Cell, Rows, check_characters};
use crate::lesson::error::{Checked, Problem};
use crate::lesson::file::{self, Unread};
use crate::lesson::form::{Csv, Name as Written, Names};
use crate::lesson::limits::{MAX_CSV_BYTES, MAX_NAME, MAX_NUMBER, MAX_SAMPLES, MAX_UNITS};
use crate::lesson::nearest::{did_you_mean, nearest};
use crate::lesson::shape::count;
use crate::lesson::yaml::At;
use crate::lesson::{Source, Span};

/// A name in the lesson, of a column or a class.
type Name<'a> = (&'a str, Span);

/// The samples of the file that `data` names.
pub(super) fn read<'a>(given: &Csv, place: At<'a>, sources: &Sources<'_>) -> Checked<Found<'a>> {
    let at = place.get("csv");
    let columns = ["x", "y"].map(|key| place.get(key).span());
    let (x, y) = (
        names(&given.x, place.get("x")),
        names(&given.y, place.get("y")),
    );
    let classes = place.get("classes");
    if given.classes.is_some() && y.len() > 1 {
        return Err(
            Problem::new(classes.span(), "`classes` goes with one column of labels")
                .also(columns[1], "`y` has more columns"),
        );
    }
    let classes = given.classes.as_ref().map(|given| names(given, classes));
    let file = Arc::new(open(&given.csv, at, sources)?);
    let table = Table {
        text: &file.text,
        header: Vec::new(),
    };
    let (samples, targets) =
        table
            .read(&x, &y, classes.as_deref())
            .map_err(|mistake| match mistake {
                Mistake::InFile(problem) => problem
                    .in_file(&file)
                    .also(at.span(), "the file is named here"),
                Mistake::InLesson(problem) => problem,
            })?;
    sources.keep(samples.x.len() + 3 * targets.len(), at.span())?;
    Ok(Found {
        samples: Arc::new(samples),
        values: [0.0, 1.0],
        origin: Origin::Table {
            at: at.span(),
            columns,
            file,
            targets: Arc::new(targets),
        },
    })
}

/// Names and their places.
fn names<'a>(given: &'a Names, at: At<'_>) -> Vec<Name<'a>> {
    let names = given.0.iter().zip(at.items());
    names
        .map(|(name, at)| (name.0.as_str(), at.span()))
        .collect()
}

/// The text of a file beside the lesson.
fn open(Written(name): &Written, at: At<'_>, sources: &Sources<'_>) -> Checked<Source> {
    let problem = |message: String| Problem::new(at.span(), message);
    let Some(folder) = sources.folder else {
        return Err(
            problem("this lesson is in no folder, so no file is beside it".to_owned())
                .expected("samples in the lesson itself, or a named `dataset`"),
        );
    };
    let outside = || {
        problem(format!(
            "the file {} is not in the folder of the lesson",
            quoted(name)
        ))
        .expected("expected a file beside the lesson, or in a folder there")
    };
    let path = Path::new(name);
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.trim().is_empty() || !path.components().all(inside) {
        return Err(outside());
    }
    let full = folder.join(path);
    // A link may lead out of the folder as well.
    if let (Ok(folder), Ok(full)) = (folder.canonicalize(), full.canonicalize())
        && !full.starts_with(folder)
    {
        return Err(outside());
    }
    let source = file::text(&full, MAX_CSV_BYTES).map_err(|why| match why {
        Unread::Missing => problem(format!("there is no file {}", quoted(name)))
            .expected("expected a file beside the lesson")
            .help(near_file(&full)),
        Unread::Folder => {
            problem(format!("{} is a folder", quoted(name))).expected("expected a CSV file")
        }
        Unread::Special => problem(format!("{} is not a regular file", quoted(name)))
            .expected("expected a CSV file"),
        Unread::TooLarge => problem(format!("the file {} is too large", quoted(name))).expected(
            format!("at most {} MiB are allowed", MAX_CSV_BYTES / 1024 / 1024),
        ),
        Unread::Failed(error) => {
            problem(format!("the file {} cannot be read: {error}", quoted(name)))
        }
        Unread::NotText(source, problem) => problem
            .in_file(&Arc::new(source))
            .also(at.span(), "the file is named here"),
    })?;
    match check_characters(&source.text) {
        Ok(()) => Ok(source),
        Err(problem) => Err(problem
            .in_file(&Arc::new(source))
            .also(at.span(), "the file is named here")),
    }
}

/// The CSV file there that has the nearest name.
fn near_file(path: &Path) -> Option<String> {
    const MOST: usize = 1_000;
    let name = path.file_name()?.to_str()?;
    let is_csv = |path: &PathBuf| {
        path.extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
    };
    let mut beside: Vec<String> = fs::read_dir(path.parent()?)
        .ok()?
        .take(MOST)
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_csv)
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .collect();
    beside.sort();
    did_you_mean(name, beside.iter().map(String::as_str))
}

/// What is wrong, and with which file.
enum Mistake {
    InLesson(Problem),
    InFile(Problem),
}

/// What is wrong inside the CSV file is found most often.
impl From<Problem> for Mistake {
    fn from(problem: Problem) -> Self {
        Self::InFile(problem)
    }
}

struct Table<'t> {
    text: &'t str,
    /// The names of the columns.
    header: Vec<Cell<'t>>,
}

/// The targets while they are read.
enum Reading<'a> {
    Numbers(Vec<f64>),
    Labels {
        /// Of each sample, by the place of its name.
        labels: Vec<usize>,
        /// The classes in the order in which they were found, or are wanted.
        names: Vec<String>,
        /// Where the lesson says which ones it wants.
        wanted: Option<&'a [Name<'a>]>,
    },
}

impl Table<'_> {
    /// The samples, and the cells of their targets.
    fn read(
        mut self,
        x: &[Name<'_>],
        y: &[Name<'_>],
        classes: Option<&[Name<'_>]>,
    ) -> Result<(Samples, Vec<Span>), Mistake> {
        let mut rows = Rows::of(self.text);
        let Some(first) = rows.next(&mut self.header)? else {
            return Err(Problem::new(Span::default(), "the file is empty")
                .expected("expected the names of the columns")
                .into());
        };
        let x_columns = self.columns(x)?;
        let y_columns = self.columns(y)?;
        let mut numbers = Vec::new();
        let mut reading: Option<Reading<'_>> = None;
        let mut targets = Vec::new();
        let mut skipped: Vec<String> = Vec::new();
        let mut samples = 0;
        let mut cells = Vec::new();
        while let Some(line) = rows.next(&mut cells)? {
            self.check_width(&cells, line)?;
            let reading = reading.get_or_insert_with(|| {
                let label = &cells[y_columns[0]];
                let is_text = y.len() == 1 && label.text.parse::<f64>().is_err();
                Reading::of(classes, is_text && !label.text.is_empty())
            });
            if !reading.take(&y_columns, &cells, &mut skipped)? {
                continue;
            }
            for &column in &x_columns {
                numbers.push(number(&cells[column])?);
            }
            targets.extend(y_columns.iter().map(|&column| cells[column].span));
            samples += 1;
            if samples > MAX_SAMPLES {
                return Err(Problem::new(line, "the file has too many samples")
                    .expected(format!("at most {MAX_SAMPLES} are allowed"))
                    .into());
            }
        }
        let reading = match reading {
            Some(reading) => reading.finish(&skipped)?,
            None => {
                return Err(Problem::new(first, "the file has no samples")
                    .expected("expected a line for each below the names")
                    .into());
            }
        };
        let matrix = |columns, numbers| {
            Array2::from_shape_vec((samples, columns), numbers)
                .map_err(|error| Problem::new(first, error.to_string()))
        };
        let (y, classes) = match reading {
            Reading::Numbers(y) => (Targets::Numbers(matrix(y_columns.len(), y)?), Vec::new()),
            Reading::Labels { labels, names, .. } => {
                let count = names.len();
                (Targets::Classes { labels, count }, names)
            }
        };
        let samples = Samples {
            x: matrix(x_columns.len(), numbers)?,
            targets: y,
            features: x.iter().map(|(name, _)| (*name).to_owned()).collect(),
            classes,
        };
        Ok((samples, targets))
    }

    /// Where the columns are that the lesson names.
    fn columns(&self, names: &[Name<'_>]) -> Result<Vec<usize>, Mistake> {
        names
            .iter()
            .map(|(name, at)| {
                let mut places = (0..self.header.len()).filter(|&i| self.header[i].text == *name);
                match (places.next(), places.next()) {
                    (Some(place), None) => Ok(place),
                    (Some(_), Some(second)) => Err(Problem::new(
                        self.header[second].span,
                        format!("two columns are called {}", quoted(name)),
                    )
                    .into()),
                    (None, _) => Err(Mistake::InLesson(self.no_column(name, *at))),
                }
            })
            .collect()
    }

    fn no_column(&self, name: &str, at: Span) -> Problem {
        const SHOWN: usize = 12;
        let names = || self.header.iter().map(|cell| cell.text.as_ref());
        let all: Vec<String> = names().take(SHOWN).map(quoted).collect();
        let help = if let Some(near) = nearest(name, names()) {
            format!("did you mean {}?", quoted(near))
        } else if names().all(|name| name.parse::<f64>().is_ok()) {
            "the first line of the file gives the names of its columns".to_owned()
        } else if self.header.len() == 1 && self.header[0].text.contains(';') {
            "columns are parted by commas, not by `;`".to_owned()
        } else {
            let more = if self.header.len() > SHOWN {
                ", …"
            } else {
                ""
            };
            format!("its columns are {}{more}", all.join(", "))
        };
        Problem::new(at, format!("the file has no column {}", quoted(name))).help(help)
    }

    fn check_width(&self, cells: &[Cell<'_>], line: Span) -> Checked<()> {
        let wanted = self.header.len();
        if cells.len() == wanted {
            return Ok(());
        }
        let at = cells.get(wanted).map_or(line, |surplus| surplus.span);
        Err(Problem::new(
            at,
            format!("a line has {}", count(cells.len(), "cell", "cells")),
        )
        .expected(format!("expected {wanted}, as many as in the first line"))
        .help((cells.len() > wanted).then(|| {
            "a number has a point, no comma; a text with a comma in it stands in quotes".to_owned()
        })))
    }
}

impl<'a> Reading<'a> {
    fn of(wanted: Option<&'a [Name<'a>]>, is_text: bool) -> Self {
        if wanted.is_none() && !is_text {
            return Self::Numbers(Vec::new());
        }
        let names = wanted.unwrap_or_default().iter();
        Self::Labels {
            labels: Vec::new(),
            names: names.map(|(name, _)| (*name).to_owned()).collect(),
            wanted,
        }
    }

    /// Takes the targets of a row; whether the sample is wanted at all.
    fn take(
        &mut self,
        columns: &[usize],
        cells: &[Cell<'_>],
        skipped: &mut Vec<String>,
    ) -> Checked<bool> {
        match self {
            Self::Numbers(numbers) => {
                for &column in columns {
                    numbers.push(number(&cells[column])?);
                }
            }
            Self::Labels {
                labels,
                names,
                wanted,
            } => {
                let cell = &cells[columns[0]];
                let label = label(cell)?;
                let place = names.iter().position(|name| *name == label);
                if let Some(place) = place {
                    labels.push(place);
                } else if wanted.is_some() {
                    if skipped.len() < MAX_UNITS && !skipped.iter().any(|name| *name == label) {
                        skipped.push(label.to_owned());
                    }
                    return Ok(false);
                } else if names.len() == MAX_UNITS {
                    return Err(
                        Problem::new(cell.span, "there are too many different labels")
                            .expected(format!("at most {MAX_UNITS} classes are allowed")),
                    );
                } else {
                    labels.push(names.len());
                    names.push(label.to_owned());
                }
            }
        }
        Ok(true)
    }

    /// The classes in alphabetical order, where the lesson does not say another. Every class that is wanted must be
    /// there.
    fn finish(self, skipped: &[String]) -> Result<Self, Mistake> {
        let Self::Labels {
            labels,
            names,
            wanted,
        } = self
        else {
            return Ok(self);
        };
        for (class, (name, at)) in wanted.unwrap_or_default().iter().enumerate() {
            if !labels.contains(&class) {
                let problem = Problem::new(*at, format!("no sample is of class {}", quoted(name)))
                    .help(did_you_mean(name, skipped.iter().map(String::as_str)));
                return Err(Mistake::InLesson(problem));
            }
        }
        if wanted.is_some() {
            return Ok(Self::Labels {
                labels,
                names,
                wanted,
            });
        }
        let mut sorted = names.clone();
        sorted.sort_unstable();
        // Every name is in the sorted list too.
        let place = |name| sorted.iter().position(|other| other == name).unwrap_or(0);
        let places: Vec<usize> = names.iter().map(place).collect();
        Ok(Self::Labels {
            labels: labels.into_iter().map(|label| places[label]).collect(),
            names: sorted,
            wanted,
        })
    }
}

/// A finite number, not too large.
fn number(cell: &Cell<'_>) -> Checked<f64> {
    let refused = |what: String| Problem::new(cell.span, what);
    if cell.text.is_empty() {
        return Err(refused("a cell is empty".to_owned())
            .expected("expected a number")
            .help("leave out a line that is not complete".to_owned()));
    }
    match cell.text.parse::<f64>() {
        Ok(number) if number.is_finite() && number.abs() <= MAX_NUMBER => Ok(number),
        Ok(_) => Err(
            refused(format!("a cell is {}", quoted(&cell.text))).expected(format!(
                "expected a finite number from -{MAX_NUMBER} to {MAX_NUMBER}"
            )),
        ),
        Err(_) => Err(
            refused(format!("a cell is the text {}", quoted(&cell.text)))
                .expected("expected a number"),
        ),
    }
}

/// The name of a class.
fn label<'c>(cell: &'c Cell<'_>) -> Checked<&'c str> {
    if cell.text.is_empty() {
        return Err(Problem::new(cell.span, "a label is empty")
            .expected("expected the name of a class")
            .help("leave out a line that is not complete".to_owned()));
    }
    if cell.text.chars().count() > MAX_NAME {
        return Err(Problem::new(cell.span, "a label is too long")
            .expected(format!("at most {MAX_NAME} characters are allowed")));
    }
    Ok(&cell.text)
}
