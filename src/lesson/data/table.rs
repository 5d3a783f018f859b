//! Samples from a CSV file beside the lesson. Inputs are columns of numbers, targets are columns of numbers or one
//! column of labels.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ndarray::Array2;

use super::Sources;
use super::located::{LocatedSamples, Origin};
use crate::engine::{Samples, Targets};
use crate::lesson::csv::{CsvCell, CsvRows, check_characters};
use crate::lesson::error::{Checked, MOST_PROBLEMS, Problem, Report};
use crate::lesson::file::{self, Unread};
use crate::lesson::form::{Csv, Name as Written, Names};
use crate::lesson::limits::{MAX_CSV_BYTES, MAX_NAME, MAX_NUMBER, MAX_SAMPLES, MAX_UNITS};
use crate::lesson::sanitize::quoted;
use crate::lesson::suggest::{did_you_mean, nearest};
use crate::lesson::validate::count;
use crate::lesson::yaml::At;
use crate::lesson::{Source, Span};

/// The name of a column or a class in the lesson, with its place.
type Name<'a> = (&'a str, Span);

/// Reads the samples of the file that `data` names; `None` if it cannot be read.
pub(super) fn read<'a>(
    given: &Csv,
    place: At<'a>,
    sources: &Sources<'_>,
    report: &mut Report,
) -> Option<LocatedSamples<'a>> {
    let at = place.get("csv");
    let columns = ["x", "y"].map(|key| place.get(key).span());
    let before = report.len();
    if given.classes.is_some()
        && given.y.0.len() > 1
        && is_list(place, "y")
        && is_list(place, "classes")
    {
        let problem = Problem::new(
            place.get("classes").span(),
            "`classes` goes with one column of labels",
        );
        report.push(problem.also(columns[1], "`y` has more columns"));
    }
    if !at.is_sound() {
        return None;
    }
    let file = Arc::new(report.keep(open(&given.csv, at, sources))?);
    let of_file = |problem: Problem| {
        problem
            .in_file(&file)
            .also(at.span(), "the file is named here")
    };
    let before_file = report.len();
    for problem in check_characters(&file.text).take(MOST_PROBLEMS) {
        report.push(of_file(problem));
    }
    if report.len() > before_file {
        return None;
    }
    let mut table = Table {
        text: &file.text,
        header: Vec::new(),
        mistakes: Vec::new(),
        texts: Vec::new(),
    };
    let classes = given.classes.as_ref();
    let classes = classes.map(|given| names(given, place.get("classes")));
    // The columns and classes are known if the lesson has no mistake in them.
    let is_known = report.len() == before && place.is_sound();
    let read = table.read(
        &names(&given.x, place.get("x")),
        &names(&given.y, place.get("y")),
        classes.as_deref(),
        is_known,
    );
    let is_right = is_known && table.mistakes.is_empty();
    for mistake in table.mistakes {
        report.push(match mistake {
            Mistake::InFile(problem) => of_file(problem),
            Mistake::InLesson(problem) => problem,
        });
    }
    let (samples, targets) = read?;
    if is_right {
        report.keep(sources.keep(samples.x.len() + 3 * targets.len(), at.span()));
    }
    Some(LocatedSamples {
        samples: Arc::new(samples),
        values: [0.0, 1.0],
        knows_x: is_list(place, "x"),
        // The classes are known only if every label is right.
        knows_y: is_list(place, "y") && (given.y.0.len() > 1 || is_right),
        // A row that cannot be read may belong to a class that is not wanted.
        knows_count: is_right || classes.is_none(),
        origin: Origin::Table {
            at: at.span(),
            columns,
            file,
            targets: Arc::new(targets),
        },
    })
}

/// Returns whether a list in the lesson has as many items as the file says.
fn is_list(place: At<'_>, key: &str) -> bool {
    !place.get(key).node().is_broken
}

/// Returns the names with their places, except mistaken ones.
fn names<'a>(given: &'a Names, at: At<'_>) -> Vec<Name<'a>> {
    let names = given.0.iter().zip(at.items());
    names
        .filter(|(_, at)| at.is_sound())
        .map(|(name, at)| (name.0.as_str(), at.span()))
        .collect()
}

/// Returns the text of a file beside the lesson.
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
    file::text(&full, MAX_CSV_BYTES).map_err(|why| match why {
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
    })
}

/// Returns the CSV file in the same folder whose name is most similar.
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

/// A problem with the lesson or with the CSV file.
enum Mistake {
    InLesson(Problem),
    InFile(Problem),
}

/// Problems are in the CSV file unless stated otherwise.
impl From<Problem> for Mistake {
    fn from(problem: Problem) -> Self {
        Self::InFile(problem)
    }
}

struct Table<'t> {
    text: &'t str,
    /// The cells with the names of the columns.
    header: Vec<CsvCell<'t>>,
    mistakes: Vec<Mistake>,
    /// The columns that contain texts instead of numbers.
    texts: Vec<usize>,
}

/// The targets read so far.
enum Reading<'a> {
    Numbers(Vec<f64>),
    Labels {
        /// The index in `names` of each sample's class.
        labels: Vec<usize>,
        /// The classes, in the order of appearance or as the lesson lists them.
        names: Vec<String>,
        /// The classes that the lesson lists; `None` if it lists none.
        wanted: Option<&'a [Name<'a>]>,
    },
}

impl Table<'_> {
    /// Reads the samples and the places of their target cells; `None` if the columns are unknown. A mistaken row counts
    /// as a sample. Rows are read only if it `is_known` which columns and classes they should have.
    // One column after another, and then the rows.
    #[allow(clippy::too_many_lines)]
    fn read(
        &mut self,
        x: &[Name<'_>],
        y: &[Name<'_>],
        classes: Option<&[Name<'_>]>,
        is_known: bool,
    ) -> Option<(Samples, Vec<Option<Span>>)> {
        let mut rows = CsvRows::new(self.text);
        let mut header = Vec::new();
        let first = rows.next(&mut header);
        self.header = header;
        let Some(first) = self.keep(first)? else {
            self.mistakes.push(
                Problem::new(Span::default(), "the file is empty")
                    .expected("expected the names of the columns")
                    .into(),
            );
            return None;
        };
        let (x_columns, y_columns) = (self.columns(x), self.columns(y));
        let (x_columns, y_columns) = (x_columns?, y_columns?);
        if !is_known {
            return None;
        }
        let mut numbers = Vec::new();
        let mut reading: Option<Reading<'_>> = None;
        let mut targets = Vec::new();
        let mut skipped: Vec<String> = Vec::new();
        let mut samples = 0;
        let mut cells = Vec::new();
        loop {
            let row = rows.next(&mut cells);
            let row = match self.keep(row) {
                Some(None) => break,
                Some(Some(line)) => {
                    let fits = self.check_width(&cells, line);
                    self.keep(fits).map(|()| line)
                }
                None => None,
            };
            // Such a row counts as a sample and nothing else.
            let Some(line) = row else {
                if self.mistakes.len() >= MOST_PROBLEMS {
                    return None;
                }
                numbers.extend(x_columns.iter().map(|_| 0.0));
                targets.extend(y_columns.iter().map(|_| None));
                match reading.get_or_insert_with(|| Reading::new(classes, false)) {
                    Reading::Numbers(y) => y.extend(y_columns.iter().map(|_| 0.0)),
                    Reading::Labels { labels, .. } => labels.push(0),
                }
                samples += 1;
                continue;
            };
            let reading = reading.get_or_insert_with(|| {
                let label = &cells[y_columns[0]];
                let is_text = y.len() == 1 && label.text.parse::<f64>().is_err();
                Reading::new(classes, is_text && !label.text.is_empty())
            });
            let is_read = match reading {
                Reading::Numbers(y) => {
                    let read = y_columns
                        .iter()
                        .map(|&i| self.number(i, &cells[i], samples));
                    let read: Vec<Option<f64>> = read.collect();
                    y.extend(read.iter().map(|number| number.unwrap_or_default()));
                    read.iter().all(Option::is_some)
                }
                Reading::Labels { labels, .. } => {
                    let cell = &cells[y_columns[0]];
                    if let Some(label) = self.keep(label(cell)) {
                        match reading.take(label, cell.span, &mut skipped) {
                            Ok(true) => true,
                            Ok(false) => continue,
                            Err(problem) => {
                                self.mistakes.push(problem.into());
                                false
                            }
                        }
                    } else {
                        labels.push(0);
                        false
                    }
                }
            };
            targets.extend(y_columns.iter().map(|&i| is_read.then_some(cells[i].span)));
            for &column in &x_columns {
                let number = self.number(column, &cells[column], samples);
                numbers.push(number.unwrap_or_default());
            }
            samples += 1;
            if samples > MAX_SAMPLES {
                self.mistakes.push(
                    Problem::new(line, "the file has too many samples")
                        .expected(format!("at most {MAX_SAMPLES} are allowed"))
                        .into(),
                );
            }
            if samples > MAX_SAMPLES || self.mistakes.len() >= MOST_PROBLEMS {
                return None;
            }
        }
        let Some(reading) = reading else {
            self.mistakes.push(
                Problem::new(first, "the file has no samples")
                    .expected("expected a line for each below the names")
                    .into(),
            );
            return None;
        };
        let (y, classes) = match reading.finish(&skipped, &mut self.mistakes) {
            Reading::Numbers(y) => {
                let y = Array2::from_shape_vec((samples, y_columns.len()), y).ok()?;
                (Targets::Numbers(y), Vec::new())
            }
            Reading::Labels { labels, names, .. } => {
                let count = names.len();
                (Targets::Classes { labels, count }, names)
            }
        };
        let samples = Samples {
            x: Array2::from_shape_vec((samples, x_columns.len()), numbers).ok()?,
            targets: y,
            features: x.iter().map(|(name, _)| (*name).to_owned()).collect(),
            classes,
        };
        Some((samples, targets))
    }

    /// Returns the result of reading; if that is a problem, adds it to the mistakes and returns `None`.
    fn keep<T>(&mut self, read: Checked<T>) -> Option<T> {
        read.map_err(|problem| self.mistakes.push(problem.into()))
            .ok()
    }

    /// Returns the number in a cell of this sample. A column that begins with a text is a column of texts, which is one
    /// mistake.
    fn number(&mut self, column: usize, cell: &CsvCell<'_>, sample: usize) -> Option<f64> {
        match number(cell) {
            Ok(number) => Some(number),
            Err(_) if self.texts.contains(&column) => None,
            Err(problem) => {
                self.mistakes.push(problem.into());
                if sample == 0 && cell.text.parse::<f64>().is_err() {
                    self.texts.push(column);
                }
                None
            }
        }
    }

    /// Returns the indices of the columns that the lesson names; `None` if one does not exist.
    fn columns(&mut self, names: &[Name<'_>]) -> Option<Vec<usize>> {
        let known = self.mistakes.len();
        let mut columns = Vec::with_capacity(names.len());
        for (name, at) in names {
            let mut places = (0..self.header.len()).filter(|&i| self.header[i].text == *name);
            match (places.next(), places.next()) {
                (Some(place), None) => columns.push(place),
                (Some(_), Some(second)) => self.mistakes.push(
                    Problem::new(
                        self.header[second].span,
                        format!("two columns are called {}", quoted(name)),
                    )
                    .into(),
                ),
                // If the first line has no names, all missing columns are one mistake.
                (None, _) if self.has_no_names() && !self.mistakes.is_empty() => {}
                (None, _) => {
                    let problem = self.no_column(name, *at);
                    self.mistakes.push(Mistake::InLesson(problem));
                }
            }
        }
        (self.mistakes.len() == known && columns.len() == names.len()).then_some(columns)
    }

    /// Returns whether the first line contains only numbers, or columns that are not separated by commas.
    fn has_no_names(&self) -> bool {
        let is_number = |cell: &CsvCell<'_>| cell.text.parse::<f64>().is_ok();
        self.has_semicolons() || self.header.iter().all(is_number)
    }

    fn has_semicolons(&self) -> bool {
        self.header.len() == 1 && self.header[0].text.contains(';')
    }

    fn no_column(&self, name: &str, at: Span) -> Problem {
        const SHOWN: usize = 12;
        let names = || self.header.iter().map(|cell| cell.text.as_ref());
        let all: Vec<String> = names().take(SHOWN).map(quoted).collect();
        let help = if let Some(near) = nearest(name, names()) {
            format!("did you mean {}?", quoted(near))
        } else if self.has_semicolons() {
            "columns are parted by commas, not by `;`".to_owned()
        } else if self.has_no_names() {
            "the first line of the file gives the names of its columns".to_owned()
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

    fn check_width(&self, cells: &[CsvCell<'_>], line: Span) -> Checked<()> {
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
    fn new(wanted: Option<&'a [Name<'a>]>, is_text: bool) -> Self {
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

    /// Adds the label of a row. Returns whether the lesson wants the sample.
    fn take(&mut self, label: &str, at: Span, skipped: &mut Vec<String>) -> Checked<bool> {
        let Self::Labels {
            labels,
            names,
            wanted,
        } = self
        else {
            return Ok(true);
        };
        if let Some(place) = names.iter().position(|name| *name == label) {
            labels.push(place);
        } else if wanted.is_some() {
            if skipped.len() < MAX_UNITS && !skipped.iter().any(|name| *name == label) {
                skipped.push(label.to_owned());
            }
            return Ok(false);
        } else if names.len() == MAX_UNITS {
            labels.push(0);
            let problem = Problem::new(at, "there are too many different labels");
            return Err(problem.expected(format!("at most {MAX_UNITS} classes are allowed")));
        } else {
            labels.push(names.len());
            names.push(label.to_owned());
        }
        Ok(true)
    }

    /// Sorts the classes alphabetically if the lesson lists none; else reports every listed class without samples.
    fn finish(self, skipped: &[String], mistakes: &mut Vec<Mistake>) -> Self {
        let Self::Labels {
            labels,
            names,
            wanted,
        } = self
        else {
            return self;
        };
        let is_read = mistakes.is_empty();
        if let Some(classes) = wanted {
            for (class, (name, at)) in classes.iter().enumerate() {
                if is_read && !labels.contains(&class) {
                    let what = format!("no sample is of class {}", quoted(name));
                    let help = did_you_mean(name, skipped.iter().map(String::as_str));
                    mistakes.push(Mistake::InLesson(Problem::new(*at, what).help(help)));
                }
            }
            return Self::Labels {
                labels,
                names,
                wanted,
            };
        }
        let mut sorted = names.clone();
        sorted.sort_unstable();
        // Every name is in the sorted list too.
        let place = |name| sorted.iter().position(|other| other == name).unwrap_or(0);
        let places: Vec<usize> = names.iter().map(place).collect();
        // A label that cannot be read may be the only one.
        let places = |label: usize| places.get(label).copied().unwrap_or_default();
        Self::Labels {
            labels: labels.into_iter().map(places).collect(),
            names: sorted,
            wanted,
        }
    }
}

/// Returns the number in a cell, which must be finite and not too large.
fn number(cell: &CsvCell<'_>) -> Checked<f64> {
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

/// Returns the name of a class in a cell.
fn label<'c>(cell: &'c CsvCell<'_>) -> Checked<&'c str> {
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
