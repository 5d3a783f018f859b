//! Samples from a CSV file beside the lesson. Inputs are columns of numbers or words, targets are columns of numbers or
//! one column of labels.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ndarray::Array2;

use super::Sources;
use super::located::{LocatedSamples, Origin, WordOf};
use crate::engine::{Samples, Targets};
use crate::lesson::csv::{self, CsvCell, CsvRows, check_characters};
use crate::lesson::error::{Checked, MOST_PROBLEMS, Problem, Report};
use crate::lesson::file::{self, Unread};
use crate::lesson::form::{Csv, DecimalSign, Name as Written, Names};
use crate::lesson::limits::{
    MAX_CSV_BYTES, MAX_INPUTS, MAX_NAME, MAX_NUMBER, MAX_SAMPLES, MAX_UNITS,
};
use crate::lesson::sanitize::{quoted, sanitised};
use crate::lesson::suggest::{did_you_mean, nearest};
use crate::lesson::typing;
use crate::lesson::validate::count;
use crate::lesson::yaml::At;
use crate::lesson::{LessonError, Source, Span, Tables};

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
    if let Some(problem) = labels_of_several_columns(given, place) {
        report.push(problem);
    }
    // How the file is to be read decides on everything in it.
    if !place.are_sound(&[
        "csv",
        "separator",
        "decimal",
        "header",
        "missing",
        "one_hot",
    ]) {
        return None;
    }
    let file = Arc::new(report.keep(open(&given.csv, at, sources))?);
    let of_file = |problem: Problem| {
        problem
            .in_file(&file)
            .also(at.span(), "the file is named here")
    };
    let before_file = report.len();
    let separator = match given.separator {
        Some(said) => said.0.character(),
        None => csv::separator(&file.text),
    };
    for problem in check_characters(&file.text, separator).take(MOST_PROBLEMS) {
        report.push(of_file(problem));
    }
    if report.len() > before_file {
        return None;
    }
    let mut table = Table {
        text: &file.text,
        separator,
        decimal: given.decimal.map(|said| said.0),
        has_names: given.header,
        drops_missing: given.missing.is_some(),
        header: Vec::new(),
        mistakes: Vec::new(),
        texts: Vec::new(),
        left_out: 0,
        words: Vec::new(),
    };
    let one_hot = given.one_hot.as_ref();
    let one_hot = one_hot.map_or_else(Vec::new, |given| names(given, place.get("one_hot")));
    for (name, at) in &one_hot {
        if place.get("x").is_sound() && !given.x.0.iter().any(|x| x.0 == *name) {
            let what = format!("{} is no column of `x`", quoted(name));
            let help = "`one_hot` names those of its columns that have words".to_owned();
            report.push(Problem::new(*at, what).help(help));
        }
    }
    let classes = given.classes.as_ref();
    let classes = classes.map(|given| names(given, place.get("classes")));
    // The columns and classes are known if the lesson has no mistake in them.
    let is_known = report.len() == before && place.is_sound();
    let read = table.read(
        &names(&given.x, place.get("x")),
        &names(&given.y, place.get("y")),
        classes.as_deref(),
        &one_hot,
        is_known,
    );
    let (left_out, words) = (table.left_out, std::mem::take(&mut table.words));
    let counts = given.header.is_none().then(|| table.counts()).flatten();
    let is_right = is_known && table.mistakes.is_empty();
    for mistake in table.mistakes {
        report.push(match mistake {
            Mistake::InFile(problem) => of_file(problem),
            Mistake::InLesson(problem) => problem,
        });
    }
    let (samples, targets) = read?;
    if is_right {
        if let Some(note) = counts {
            report.note(of_file(note));
        }
        report.keep(sources.keep(samples.x.len() + 3 * targets.len(), at.span()));
    }
    Some(LocatedSamples {
        samples: Arc::new(samples),
        values: [0.0, 1.0],
        // The words of a column are known only if every row is right.
        knows_x: is_list(place, "x") && (one_hot.is_empty() || is_right),
        // The classes are known only if every label is right.
        knows_y: is_list(place, "y") && (given.y.0.len() > 1 || is_right),
        // A row that cannot be read may belong to a class that is not wanted.
        knows_count: is_right || classes.is_none() && given.missing.is_none(),
        origin: Origin::Table {
            left_out,
            words: words.into(),
            at: at.span(),
            columns,
            file,
            targets: Arc::new(targets),
        },
    })
}

/// Returns the problem that classes are listed for several columns of targets.
fn labels_of_several_columns(given: &Csv, place: At<'_>) -> Option<Problem> {
    let are_several = given.y.0.len() > 1 && is_list(place, "y");
    if given.classes.is_none() || !are_several || !is_list(place, "classes") {
        return None;
    }
    let problem = Problem::new(
        place.get("classes").span(),
        "`classes` goes with one column of labels",
    );
    Some(problem.also(place.get("y").span(), "`y` has more columns"))
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
    let folder = match sources.tables {
        Some(Tables::Folder(folder)) => folder,
        Some(Tables::Given(texts)) => {
            let text = texts.get(name).cloned().ok_or_else(|| {
                problem(format!("there is no file {}", quoted(name)))
                    .expected("expected a file that came with the lesson")
            })?;
            if text.len() > MAX_CSV_BYTES {
                return Err(problem(format!("the file {} is too large", quoted(name))));
            }
            sources.note(name);
            return Ok(Source {
                name: sanitised(name),
                text,
            });
        }
        None => {
            return Err(
                problem("this lesson is in no folder, so no file is beside it".to_owned())
                    .expected("samples in the lesson itself, or a named `dataset`"),
            );
        }
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
    sources.note(name);
    file::text(&full, MAX_CSV_BYTES).map_err(|why| match why {
        Unread::Missing => problem(format!("there is no file {}", quoted(name)))
            .expected("expected a file beside the lesson")
            .help(near_file(folder, path)),
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

/// Returns the text of a file that a lesson has read.
pub(in crate::lesson) fn text_of(
    name: &str,
    tables: Option<&Tables>,
) -> Result<String, LessonError> {
    let unread = || {
        let message = format!("the file {} cannot be read any more", quoted(name));
        LessonError::of_file(None, &message, None)
    };
    match tables {
        Some(Tables::Folder(folder)) => file::text(&folder.join(name), MAX_CSV_BYTES)
            .map(|source| source.text)
            .map_err(|_| unread()),
        Some(Tables::Given(texts)) => texts.get(name).cloned().ok_or_else(unread),
        None => Err(unread()),
    }
}

/// Returns the CSV file below the folder of the lesson whose name is most similar, with its folder. One in the folder
/// that is named comes first, then those nearest to the lesson.
fn near_file(folder: &Path, named: &Path) -> Option<String> {
    const MOST: usize = 5_000;
    const DEEPEST: usize = 3;
    let stem = named.file_stem()?.to_str()?;
    let mut folders = vec![(PathBuf::new(), 0)];
    let mut found: Vec<PathBuf> = Vec::new();
    let mut seen = 0;
    let mut next = 0;
    while let Some((inner, depth)) = folders.get(next).cloned() {
        next += 1;
        let entries = fs::read_dir(folder.join(&inner)).into_iter().flatten();
        let mut names: Vec<PathBuf> = entries
            .take(MOST - seen)
            .filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())))
            .collect();
        seen += names.len();
        names.sort();
        for name in names {
            let path = inner.join(&name);
            let is_csv = name
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
            // Links may lead anywhere.
            let is_folder = || {
                let kind = fs::symlink_metadata(folder.join(&path));
                kind.is_ok_and(|kind| kind.is_dir())
            };
            if is_csv {
                found.push(path);
            } else if depth < DEEPEST && is_folder() {
                folders.push((path, depth + 1));
            }
        }
    }
    let beside = named.parent().unwrap_or(Path::new(""));
    found.sort_by_key(|path| path.parent() != Some(beside));
    let stem_of = |path: &PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    let stems: Vec<String> = found.iter().filter_map(stem_of).collect();
    // The same name in another folder is nearer than a similar one; a single letter is like every other.
    let near = stems
        .iter()
        .find(|other| other.eq_ignore_ascii_case(stem))
        .map(String::as_str)
        .or_else(|| nearest(stem, stems.iter().map(String::as_str)))?;
    let path = found
        .iter()
        .find(|path| stem_of(path).as_deref() == Some(near))?;
    let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    Some(format!("did you mean {}?", quoted(&parts.join("/"))))
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
    separator: char,
    /// The decimal sign, once it is known.
    decimal: Option<DecimalSign>,
    /// Whether the first line gives the names of the columns, if the lesson says so or once it is known.
    has_names: Option<bool>,
    /// Whether a row with a missing cell is left out.
    drops_missing: bool,
    /// The number of rows left out.
    left_out: usize,
    /// For each input, the index in `x` of its column, and the word of it for which it stands, if it does.
    words: Vec<WordOf>,
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
        one_hot: &[Name<'_>],
        is_known: bool,
    ) -> Option<(Samples, Vec<Option<Span>>)> {
        let mut rows = CsvRows::new(self.text, self.separator);
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
        let has = |(name, _): &Name<'_>| self.header.iter().any(|cell| cell.text == *name);
        let is_comment = |cell: &&CsvCell<'_>| cell.text.len() > 1 && cell.text.starts_with('#');
        if let Some(cell) = self.header.first().filter(is_comment)
            && !x.iter().chain(y).all(has)
        {
            let what = "the first line is a comment";
            let help = "take it out, or the `#` where the names of the columns stand behind it";
            let problem = Problem::new(cell.span, what).help(help.to_owned());
            self.mistakes.push(problem.into());
            return None;
        }
        let is_said = self.has_names.is_some();
        if !self.begins_with_names(x, y)? {
            // The first line is a sample as well.
            rows = CsvRows::new(self.text, self.separator);
        }
        let (x_columns, y_columns) = (self.columns(x), self.columns(y));
        let (x_columns, y_columns) = (x_columns?, y_columns?);
        let of_numbers = |name: &str| one_hot.iter().all(|(word, _)| *word != name);
        let numbers = x.iter().zip(&x_columns);
        let numbers = numbers.filter(|((name, _), _)| of_numbers(name));
        if self.denies_its_names(&numbers.map(|(_, column)| *column).collect::<Vec<_>>())
            && let (Some(cell), Some((name, at))) = (self.header.first(), x.first())
        {
            let what = "the first line looks like the names of the columns";
            let help = "leave out `header: false`, and call the columns by these names";
            self.mistakes.push(if is_said {
                Problem::new(cell.span, what).help(help.to_owned()).into()
            } else {
                let what = format!("{} is a number, and the columns have names", quoted(name));
                let names: Vec<&str> = self.header.iter().map(|cell| &*cell.text).collect();
                let help = format!(
                    "call the columns by their names: {}; if these are none, say `header: false`",
                    shown(&names)
                );
                Mistake::InLesson(Problem::new(*at, what).help(help))
            });
            return None;
        }
        if !is_known {
            return None;
        }
        let mut numbers = Vec::new();
        // The words of each column that has words, in the order in which they come.
        let mut words: Vec<Option<Vec<String>>> = x
            .iter()
            .map(|(name, _)| one_hot.iter().any(|(word, _)| word == name).then(Vec::new))
            .collect();
        // The inputs so far: a column of words has one for each word.
        let mut inputs = words.iter().filter(|words| words.is_none()).count();
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
            let mut used = x_columns.iter().chain(&y_columns);
            if self.drops_missing && used.any(|&i| is_missing(&cells[i].text)) {
                self.left_out += 1;
                continue;
            }
            let reading = reading.get_or_insert_with(|| {
                let label = &cells[y_columns[0]];
                let is_text = y.len() == 1 && self.parsed(&label.text).is_none();
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
                        let number = self.parsed(label);
                        match reading.take((label, number), cell.span, &mut skipped) {
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
            for (&column, words) in x_columns.iter().zip(&mut words) {
                let cell = &cells[column];
                let number = match words {
                    Some(words) => self.keep(place_among(words, cell, &mut inputs)),
                    None => self.number(column, cell, samples),
                };
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
            let problem = Problem::new(first, "the file has no samples");
            let problem = if self.left_out > 0 {
                problem.expected(format!(
                    "all {} lines are left out, for a cell is missing in each",
                    self.left_out
                ))
            } else {
                problem.expected("expected a line for each below the names")
            };
            self.mistakes.push(problem.into());
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
        let numbers = Array2::from_shape_vec((samples, x_columns.len()), numbers).ok()?;
        let names = x.iter().map(|(name, _)| {
            if self.has_names == Some(false) {
                format!("column {name}")
            } else {
                (*name).to_owned()
            }
        });
        let (x, features, of) = one_input_a_word(&numbers, names, words);
        self.words = of;
        let samples = Samples {
            x,
            targets: y,
            features,
            classes,
        };
        Some((samples, targets))
    }

    /// Returns whether the first line gives the names of the columns, as the lesson says or as it looks: it does not where
    /// all its cells are numbers or missing, or the lesson calls all columns by their numbers. `None` after a mistake.
    fn begins_with_names(&mut self, x: &[Name<'_>], y: &[Name<'_>]) -> Option<bool> {
        let header = &self.header;
        let is_number = |cell: &CsvCell<'_>| Self::is_number(&cell.text);
        let has_values = header
            .iter()
            .all(|cell| is_number(cell) || is_missing(&cell.text));
        let is_place = |name: &str| {
            name.parse()
                .is_ok_and(|place: usize| (1..=header.len()).contains(&place))
        };
        let said = || x.iter().chain(y);
        let has_names = self.has_names.unwrap_or_else(|| {
            let looks_like_a_sample = has_values && header.iter().any(is_number);
            !looks_like_a_sample && !said().all(|(name, _)| is_place(name))
        });
        let of_both = said().find(|(name, _)| header.iter().any(|cell| cell.text == *name));
        if let Some((name, at)) = of_both
            && self.has_names.is_none()
            && !has_names
            && !has_values
        {
            let what = format!("{} may be the name or the number of a column", quoted(name));
            let help = "say `header: true` if the first line gives names, else `header: false`";
            let problem = Problem::new(*at, what).help(help.to_owned());
            self.mistakes.push(Mistake::InLesson(problem));
            return None;
        }
        self.has_names = Some(has_names);
        Some(has_names)
    }

    /// Returns a note on a first line that counts 0, 1, 2, … or 1, 2, 3, … and is read as a sample: pandas and spreadsheets
    /// number columns so.
    fn counts(&self) -> Option<Problem> {
        const FEWEST: usize = 3;
        // A column of row numbers has no number itself.
        let cells = self.header.iter().enumerate();
        let mut cells = cells.filter(|(place, cell)| *place > 0 || !cell.text.is_empty());
        let number = |cell: &CsvCell<'_>| cell.text.parse::<usize>().ok();
        let (place, first) = cells.next()?;
        let start = number(first).filter(|start| *start < 2)?;
        let is_next =
            |(other, cell): (usize, &CsvCell<'_>)| number(cell) == Some(start + other - place);
        if self.has_names != Some(false)
            || self.header.len() < FEWEST + place
            || !cells.all(is_next)
        {
            return None;
        }
        let what = format!(
            "the first line counts {start}, {}, {}, …",
            start + 1,
            start + 2
        );
        let note = Problem::new(first.span, what).expected("it is read as a sample");
        Some(
            note.help(
                "say `header: true` if these are the names of the columns, else `header: false`"
                    .to_owned(),
            ),
        )
    }

    /// Returns whether the first line, which is said to be none of names, looks like one: all of it is words, and below them
    /// stand numbers in these columns.
    fn denies_its_names(&self, columns: &[usize]) -> bool {
        let is_word = |cell: &CsvCell<'_>| !Self::is_number(&cell.text) && !is_missing(&cell.text);
        if self.has_names != Some(false) || !self.header.iter().all(is_word) {
            return false;
        }
        let mut rows = CsvRows::new(self.text, self.separator);
        let mut second = Vec::new();
        let is_there = (0..2).all(|_| matches!(rows.next(&mut second), Ok(Some(_))));
        let is_number = |&column: &usize| {
            second
                .get(column)
                .is_some_and(|cell| Self::is_number(&cell.text))
        };
        is_there && !columns.is_empty() && columns.iter().all(is_number)
    }

    /// Returns the result of reading; if that is a problem, adds it to the mistakes and returns `None`.
    fn keep<T>(&mut self, read: Checked<T>) -> Option<T> {
        read.map_err(|problem| self.mistakes.push(problem.into()))
            .ok()
    }

    /// Returns the number in a cell of this sample. A column that begins with a text is a column of texts, which is one
    /// mistake.
    fn number(&mut self, column: usize, cell: &CsvCell<'_>, sample: usize) -> Option<f64> {
        match self.checked(cell) {
            Ok(number) => Some(number),
            Err(_) if self.texts.contains(&column) => None,
            Err(problem) => {
                self.mistakes.push(problem.into());
                if sample == 0 && self.parsed(&cell.text).is_none() {
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
        if self.has_names == Some(false) {
            return self.numbered(names);
        }
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
                (None, _) => {
                    let problem = self.no_column(name, *at);
                    self.mistakes.push(Mistake::InLesson(problem));
                }
            }
        }
        (self.mistakes.len() == known && columns.len() == names.len()).then_some(columns)
    }

    /// Returns the indices of columns without names, which the lesson calls by their numbers, from 1; `None` if one does
    /// not exist. All that are called by names are one mistake.
    fn numbered(&mut self, names: &[Name<'_>]) -> Option<Vec<usize>> {
        let columns = self.header.len();
        let place = |name: &str| {
            let number = name.parse::<usize>().ok()?;
            (1..=columns).contains(&number).then(|| number - 1)
        };
        if let Some((name, at)) = names.iter().find(|(name, _)| place(name).is_none()) {
            if self.mistakes.is_empty() {
                let what = format!("the file has no column {}", quoted(name));
                let by_number = format!("call the columns by their numbers, 1 to {columns}");
                let help = if self.header.iter().any(|cell| cell.text == *name) {
                    format!(
                        "say `header: true` if the numbers in its first line are names, else {by_number}"
                    )
                } else {
                    format!("its first line has numbers, no names: {by_number}")
                };
                let problem = Problem::new(*at, what).help(help);
                self.mistakes.push(Mistake::InLesson(problem));
            }
            return None;
        }
        names.iter().map(|(name, _)| place(name)).collect()
    }

    fn no_column(&self, name: &str, at: Span) -> Problem {
        let names = || self.header.iter().map(|cell| cell.text.as_ref());
        let help = if let Some(near) = nearest(name, names()) {
            format!("did you mean {}?", quoted(near))
        } else {
            format!("its columns are {}", shown(&names().collect::<Vec<_>>()))
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

    /// Returns whether a text is a number in one of the ways of writing decimals.
    fn is_number(text: &str) -> bool {
        text.parse::<f64>().is_ok() || with_comma(text).is_some()
    }

    /// Returns the number that a text is, in the file's own way of writing decimals; `None` for any other text.
    fn parsed(&self, text: &str) -> Option<f64> {
        match self.decimal {
            Some(DecimalSign::Comma) => with_comma(text),
            Some(DecimalSign::Point) => text.parse().ok(),
            // Between commas only a cell in quotes has a comma, which may stand between thousands.
            None if self.separator == ',' => {
                let plain = || with_comma(text).filter(|_| has_decimal_comma(text));
                text.parse().ok().or_else(plain)
            }
            None => text.parse().ok().or_else(|| with_comma(text)),
        }
    }

    /// Returns the number in a cell, which must be finite and not too large.
    fn checked(&mut self, cell: &CsvCell<'_>) -> Checked<f64> {
        let text = &cell.text;
        let refused = |what: String| Problem::new(cell.span, what);
        if text.is_empty() {
            return Err(refused("a cell is empty".to_owned())
                .expected("expected a number")
                .help(INCOMPLETE.to_owned()));
        }
        match self.parsed(text) {
            Some(number) if number.is_finite() && number.abs() <= MAX_NUMBER => {
                // The first number with decimals tells how the others are written.
                if text.contains('.') {
                    self.decimal.get_or_insert(DecimalSign::Point);
                } else if text.contains(',') {
                    self.decimal.get_or_insert(DecimalSign::Comma);
                }
                Ok(number)
            }
            Some(_) if !is_missing(text) => Err(refused(format!("a cell is {}", quoted(text)))
                .expected(format!(
                    "expected a finite number from -{MAX_NUMBER} to {MAX_NUMBER}"
                ))),
            _ => {
                let help = if is_missing(text) {
                    INCOMPLETE.to_owned()
                } else if with_comma(text).is_some() {
                    "a decimal comma: say `decimal: comma` if all numbers of the file have it"
                        .to_owned()
                } else if text.parse::<f64>().is_ok() {
                    "the numbers before have decimal commas, this one a point".to_owned()
                } else {
                    "a column of words can be an input for each word: `one_hot`".to_owned()
                };
                // A number that is misspelt is no word.
                let is_word = !text.contains(|c: char| c.is_ascii_digit());
                let help = (is_word || Self::is_number(text)).then_some(help);
                let help = help.or_else(|| typing::otherwise(text));
                Err(refused(format!("a cell is the text {}", quoted(text)))
                    .expected("expected a number")
                    .help(help))
            }
        }
    }
}

/// What can be done with a line in which a cell is missing.
const INCOMPLETE: &str = "take the line out, or say `missing: drop` to leave out all such lines";

/// Returns a list of the first of these names.
fn shown(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    first.join(", ") + more
}

/// Returns whether a cell says that there is no value.
fn is_missing(text: &str) -> bool {
    text.is_empty() || text == "?" || ["na", "n/a", "nan"].contains(&text.to_lowercase().as_str())
}

/// Returns the number of a text with a decimal comma; `None` for any other text.
fn with_comma(text: &str) -> Option<f64> {
    let is_one = !text.contains('.') && text.matches(',').count() <= 1;
    is_one
        .then(|| text.replace(',', ".").parse().ok())
        .flatten()
}

/// Returns whether the comma of a number stands before decimals, and not before a group of three digits.
fn has_decimal_comma(text: &str) -> bool {
    text.split_once(',').is_some_and(|(whole, decimals)| {
        decimals.len() != 3 || whole.trim_start_matches(['-', '+']) == "0"
    })
}

/// Returns the place of a word among those that came before it in its column, to which it is added if it is new: then it
/// is one of the `inputs`, of which there are so many over all columns.
fn place_among(words: &mut Vec<String>, cell: &CsvCell<'_>, inputs: &mut usize) -> Checked<f64> {
    let word = label(cell)?;
    if let Some(place) = words.iter().position(|known| known == word) {
        return Ok(place as f64);
    }
    *inputs = inputs.saturating_add(1);
    if *inputs == MAX_INPUTS + 1 {
        return Err(
            Problem::new(cell.span, "there are too many different words")
                .expected(format!("at most {MAX_INPUTS} inputs are allowed")),
        );
    }
    // Of those that are too many, only the first is told.
    if *inputs <= MAX_INPUTS {
        words.push(word.to_owned());
    }
    Ok(words.len().saturating_sub(1) as f64)
}

/// Returns the inputs with one for each word of the columns that have words, which hold the words' places so far, their
/// names, and the column of each with its word. A word that several columns have is named with its column.
fn one_input_a_word(
    numbers: &Array2<f64>,
    names: impl Iterator<Item = String>,
    words: Vec<Option<Vec<String>>>,
) -> (Array2<f64>, Vec<String>, Vec<WordOf>) {
    let mut columns_with: HashMap<String, usize> = HashMap::new();
    for word in words.iter().flatten().flatten() {
        *columns_with.entry(word.clone()).or_default() += 1;
    }
    let mut columns = Vec::new();
    let mut features = Vec::new();
    let mut of = Vec::new();
    let named = numbers.columns().into_iter().zip(names).zip(words);
    for (place_of_column, ((column, name), words)) in named.enumerate() {
        let Some(words) = words else {
            columns.push(column.to_vec());
            features.push(name);
            of.push((place_of_column, None));
            continue;
        };
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_unstable_by_key(|&place| &words[place]);
        for place in order {
            let is_it = |&number: &f64| f64::from(u8::from((number - place as f64).abs() < 0.5));
            columns.push(column.iter().map(is_it).collect());
            let word = &words[place];
            features.push(match columns_with.get(word) {
                Some(2..) => format!("{name}={word}"),
                _ => word.clone(),
            });
            of.push((place_of_column, Some(word.clone())));
        }
    }
    let shape = (numbers.nrows(), columns.len());
    (
        Array2::from_shape_fn(shape, |(row, column)| columns[column][row]),
        features,
        of,
    )
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

    /// Adds the label of a row, and the number that it is, if it is one. Returns whether the lesson wants the sample: a
    /// listed class that is a number takes every cell that is the same number.
    fn take(
        &mut self,
        (label, number): (&str, Option<f64>),
        at: Span,
        skipped: &mut Vec<String>,
    ) -> Checked<bool> {
        let Self::Labels {
            labels,
            names,
            wanted,
        } = self
        else {
            return Ok(true);
        };
        let same_number = |name: &String| number.is_some() && name.parse().ok() == number;
        let place = names.iter().position(|name| *name == label);
        let by_number = || wanted.and_then(|_| names.iter().position(same_number));
        let place = place.or_else(by_number);
        if let Some(place) = place {
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
                    let near = did_you_mean(name, skipped.iter().map(String::as_str));
                    let help = near.unwrap_or_else(|| {
                        let used = names.iter().enumerate();
                        let used = used.filter(|(class, _)| labels.contains(class));
                        let mut all: Vec<&str> = used.map(|(_, name)| name.as_str()).collect();
                        all.extend(skipped.iter().map(String::as_str));
                        format!("the classes of the file are {}", shown(&all))
                    });
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

/// Returns the name of a class in a cell.
fn label<'c>(cell: &'c CsvCell<'_>) -> Checked<&'c str> {
    if is_missing(&cell.text) {
        let what = if cell.text.is_empty() {
            "a label is empty".to_owned()
        } else {
            format!("a label is {}", quoted(&cell.text))
        };
        return Err(Problem::new(cell.span, what)
            .expected("expected a word")
            .help(INCOMPLETE.to_owned()));
    }
    if cell.text.chars().count() > MAX_NAME {
        return Err(Problem::new(cell.span, "a label is too long")
            .expected(format!("at most {MAX_NAME} characters are allowed")));
    }
    Ok(&cell.text)
}
