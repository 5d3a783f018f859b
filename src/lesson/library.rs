//! The lessons that come with the program, and those of the user's own folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::SystemTime;

use super::sanitize::{quoted, readable, sanitised, shown};
use super::suggest::{near, nearest, one_of};
use super::{Head, Lesson, LessonError, Source, file};

/// The names and texts of `lessons/*.yaml`, written by the build script.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// The largest number of lessons of a folder that are listed.
const MAX_LESSONS: usize = 1_000;
/// The number of bytes at the start of a lesson in which its head must lie.
const HEAD_BYTES: usize = 16 * 1024;
/// The number of bytes of lessons that are read and checked in full when a list must appear at once: some milliseconds'
/// worth.
const GLANCED_BYTES: u64 = 128 * 1024;

/// A library of lessons, which are found by name.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// The names and paths of the folder's lessons, by name.
    own: Vec<(String, PathBuf)>,
    /// The displayed name of the folder, and the number of its lessons that are too many to be listed.
    left_out: Option<(String, usize)>,
}

/// The times of the last changes to the files of a library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(Vec<Option<(u64, SystemTime)>>);

/// A lesson of a library, or the error that prevents opening it.
#[derive(Debug, Clone)]
pub struct LibraryEntry {
    /// The name that opens it.
    pub name: String,
    /// The head of the lesson, or the error.
    pub lesson: Result<Head, LessonError>,
}

impl LibraryEntry {
    fn part(&self) -> Option<String> {
        self.lesson.as_ref().ok()?.part.clone()
    }
}

impl Library {
    /// Returns the library of the lessons that come with the program.
    pub fn embedded() -> Self {
        Self::default()
    }

    /// Returns the library of the lessons `*.yaml` and `*.yml` of a folder and those that come with the program; if two
    /// have the same name, it has the one of the folder.
    ///
    /// # Errors
    /// When the folder cannot be read. Its lessons are not opened yet.
    pub fn with_dir(folder: &Path) -> Result<Self, LessonError> {
        let shown = shown(folder);
        let entries = fs::read_dir(folder).map_err(|error| {
            LessonError::of_file(
                Some(&shown),
                &format!("the folder of lessons cannot be read: {error}"),
                None,
            )
        })?;
        let mut own: Vec<(String, PathBuf)> = lesson_files(entries)
            .filter_map(|path| Some((readable(path.file_stem()?), path)))
            .collect();
        // A name that could disturb a menu can still be opened as a path.
        own.retain(|(name, _)| sanitised(name) == *name);
        own.sort();
        // `a.yaml` before `a.yml`, where both are there.
        own.dedup_by(|second, first| second.0 == first.0);
        let too_many = own.len().saturating_sub(MAX_LESSONS);
        own.truncate(MAX_LESSONS);
        let left_out = (too_many > 0).then_some((shown, too_many));
        Ok(Self { own, left_out })
    }

    /// Returns a message where not all lessons of the folder can be listed, or some stand in the place of others.
    pub fn notice(&self) -> Option<String> {
        let left_out = self.left_out.as_ref().map(|(folder, too_many)| {
            format!(
                "{folder} has {} lessons, and the first {MAX_LESSONS} by name are listed. The others open by their path.",
                MAX_LESSONS + too_many
            )
        });
        let own = self.own.iter().map(|(name, _)| OsStr::new(name));
        let said: Vec<String> = left_out
            .into_iter()
            .chain(own.filter_map(|name| self.replacement(name)))
            .collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Returns a message about a name that opens a file in the place of a lesson that comes with the program.
    pub fn replacement(&self, name: &OsStr) -> Option<String> {
        let name = self.name(name)?;
        let file = self.file(name)?;
        let is_embedded = EMBEDDED.iter().any(|(embedded, _)| *embedded == name);
        is_embedded.then(|| {
            format!(
                "`{name}` is {}, in place of the lesson that comes with the program.",
                shown(&file)
            )
        })
    }

    /// Returns the size and the time of the last change of each lesson of the folder, where they are known.
    pub fn changes(&self) -> Changes {
        let stamp = |(_, path): &(String, PathBuf)| {
            let metadata = fs::metadata(path).ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        };
        Changes(self.own.iter().map(stamp).collect())
    }

    /// Returns the names of all lessons, in alphabetical order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .own
            .iter()
            .map(|(name, _)| name.as_str())
            .chain(EMBEDDED.iter().map(|(name, _)| *name))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the names that a lesson may need: those of [`names`](Self::names) and, for a file, of the files beside
    /// it.
    pub fn names_for(&self, name_or_path: impl AsRef<OsStr>) -> Vec<String> {
        let path = Path::new(&name_or_path);
        let folder = path.parent().map(|folder| match folder.to_str() {
            Some("") => Path::new("."),
            _ => folder,
        });
        let beside = folder
            .filter(|_| path.is_file())
            .and_then(|folder| fs::read_dir(folder).ok())
            .into_iter()
            .flat_map(lesson_files)
            .filter_map(|path| Some(readable(path.file_stem()?)));
        let own = self.names().into_iter().map(str::to_owned);
        own.chain(beside).collect()
    }

    /// Returns every lesson in the order of the menu: by `order`, then by name; those without `order`, and those that
    /// cannot be opened, at the end. The lessons of one part of the course stand together, at the position of the first
    /// one.
    ///
    /// Each lesson is opened and checked in full, as many at a time as the machine has processors.
    pub fn menu(&self) -> Vec<LibraryEntry> {
        let names = self.names();
        let next = AtomicUsize::new(0);
        let open_some = || {
            let mut opened = Vec::new();
            // Threads share only this index and what they return.
            while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                opened.push(self.listed(name));
            }
            opened
        };
        let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut entries: Vec<LibraryEntry> = thread::scope(|scope| {
            let others: Vec<_> = (1..processors.min(names.len()))
                .map(|_| scope.spawn(open_some))
                .collect();
            let mut entries = open_some();
            for other in others {
                // A panic in a thread is passed on.
                let opened = other
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                entries.extend(opened);
            }
            entries
        });
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        ordered(entries)
    }

    /// Returns the same as [`menu`](Self::menu) at once, however many and however long the lessons of the folder are:
    /// only the start of long ones is read, and mistakes further on appear when the lesson is opened.
    pub fn glance(&self) -> Vec<LibraryEntry> {
        let mut left = GLANCED_BYTES;
        let entries = self.names().into_iter().map(|name| LibraryEntry {
            name: name.to_owned(),
            lesson: self.glanced(name, &mut left),
        });
        ordered(entries.collect())
    }

    fn listed(&self, name: &str) -> LibraryEntry {
        LibraryEntry {
            name: name.to_owned(),
            lesson: self.named(name, None).map(Head::from),
        }
    }

    /// Returns the head of a lesson by name, from the whole text if that is short and not many were read before.
    fn glanced(&self, name: &str, left: &mut u64) -> Result<Head, LessonError> {
        let in_full = || self.named(name, None).map(Head::from);
        let head = match self.own.iter().find(|(own, _)| own == name) {
            Some((_, path)) => {
                let Ok((start, length)) = file::start(path, HEAD_BYTES) else {
                    return in_full();
                };
                // A lesson may depend on other files, such as a table.
                if length <= *left && !start.contains("csv") {
                    *left -= length;
                    return in_full();
                }
                Head::at_start(&start)
            }
            // Those that come with the program have no mistakes.
            None => EMBEDDED
                .iter()
                .find(|(embedded, _)| *embedded == name)
                .and_then(|(_, text)| Head::at_start(text)),
        };
        head.map_or_else(in_full, Ok)
    }

    /// Opens a lesson by name, or a file. A name with a path separator or the ending `.yaml` or `.yml` is a path, as is
    /// one that no lesson has and that exists as a file.
    ///
    /// # Errors
    /// When there is no such lesson or file, it cannot be read, or it has mistakes; the error gives the place of each.
    pub fn open(&self, name_or_path: impl AsRef<OsStr>) -> Result<Lesson, LessonError> {
        self.open_among(name_or_path.as_ref(), None)
    }

    /// Opens a lesson as [`open`](Self::open) does, and also checks that every lesson it needs exists: in the library
    /// or, for a file, beside it.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when a needed lesson does not exist.
    pub fn check(&self, name_or_path: impl AsRef<OsStr>) -> Result<Lesson, LessonError> {
        let names = self.names_for(&name_or_path);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.open_among(name_or_path.as_ref(), Some(&names))
    }

    fn open_among(&self, name: &OsStr, names: Option<&[&str]>) -> Result<Lesson, LessonError> {
        let path = Path::new(name);
        match self.name(name) {
            Some(name) => self.named(name, names),
            None if is_table(path) => Err(table(path)),
            None if is_path(path) || path.exists() => Lesson::load_among(path, names),
            None => Err(self.no_such_lesson(&readable(path))),
        }
    }

    /// Returns the name of a lesson if this is one.
    pub fn name<'a>(&self, name_or_path: &'a OsStr) -> Option<&'a str> {
        let name = name_or_path.to_str()?;
        let is_own = || self.own.iter().any(|(own, _)| own == name);
        let is_embedded = || EMBEDDED.iter().any(|(embedded, _)| *embedded == name);
        (!is_path(Path::new(name)) && (is_own() || is_embedded())).then_some(name)
    }

    /// Returns the file that a name or path opens; `None` for a lesson that comes with the program, and for anything
    /// else.
    pub fn file(&self, name_or_path: impl AsRef<OsStr>) -> Option<PathBuf> {
        if let Some(name) = self.name(name_or_path.as_ref()) {
            let own = self.own.iter().find(|(own, _)| own == name);
            return own.map(|(_, path)| path.clone());
        }
        let path = Path::new(&name_or_path);
        path.exists().then(|| path.to_owned())
    }

    /// Returns the name of the lesson that is most similar to a misspelt one.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.names())
    }

    /// Opens a lesson by name, whatever files exist.
    ///
    /// # Errors
    /// When there is no such lesson, it cannot be read, or it has mistakes; the error gives the place of each.
    pub fn open_name(&self, name: &str) -> Result<Lesson, LessonError> {
        self.named(name, None)
    }

    fn named(&self, name: &str, names: Option<&[&str]>) -> Result<Lesson, LessonError> {
        if let Some((_, path)) = self.own.iter().find(|(own, _)| own == name) {
            return Lesson::load_among(path, names);
        }
        match EMBEDDED.iter().find(|(embedded, _)| *embedded == name) {
            Some((name, text)) => {
                let source = Source {
                    name: (*name).to_owned(),
                    text: (*text).to_owned(),
                };
                Lesson::parse_among(source, None, names)
            }
            None => Err(self.no_such_lesson(name)),
        }
    }

    fn no_such_lesson(&self, name: &str) -> LessonError {
        let close = near(name, self.names());
        let help = if close.is_empty() {
            "`nn-tutor list` shows all lessons".to_owned()
        } else {
            let close: Vec<String> = close
                .iter()
                .take(3)
                .map(|name| format!("`{name}`"))
                .collect();
            let close: Vec<&str> = close.iter().map(String::as_str).collect();
            format!(
                "did you mean {}? `nn-tutor list` shows all lessons",
                one_of(&close)
            )
        };
        LessonError::of_file(
            None,
            &format!("there is no lesson {}", quoted(name)),
            Some(&help),
        )
    }
}

/// Returns lessons, sorted by name, in the order of the menu.
fn ordered(mut entries: Vec<LibraryEntry>) -> Vec<LibraryEntry> {
    // The sort is stable and the names are sorted.
    entries.sort_by_key(|entry| match &entry.lesson {
        Ok(lesson) => (0, lesson.order.unwrap_or(usize::MAX)),
        Err(_) => (1, 0),
    });
    let parts: Vec<Option<String>> = entries.iter().map(LibraryEntry::part).collect();
    let mut grouped: Vec<(usize, LibraryEntry)> = (0..).zip(entries).collect();
    for (place, entry) in &mut grouped {
        let part = entry.part();
        if part.is_some() {
            *place = parts
                .iter()
                .position(|other| *other == part)
                .unwrap_or(*place);
        }
    }
    grouped.sort_by_key(|(place, _)| *place);
    grouped.into_iter().map(|(_, entry)| entry).collect()
}

/// Returns the lessons among the files of a folder.
fn lesson_files(entries: fs::ReadDir) -> impl Iterator<Item = PathBuf> {
    entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| is_yaml(path))
}

/// Returns whether this can only be the path of a lesson, not its name.
fn is_path(name_or_path: &Path) -> bool {
    let text = name_or_path.to_string_lossy();
    text.contains(std::path::is_separator) || is_yaml(name_or_path)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml")
    })
}

fn is_table(path: &Path) -> bool {
    let ending = path.extension();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Returns the error for a table where a lesson is wanted.
fn table(path: &Path) -> LessonError {
    let name = path.file_name().map(readable).unwrap_or_default();
    let help = format!(
        "a lesson says which columns it learns from: `data: {{csv: {name}, x: [a, b], y: [c]}}` with their names; `nn-tutor \
         new` writes a lesson to start from"
    );
    LessonError::of_file(
        Some(&shown(path)),
        "this is a table, not a lesson",
        Some(&help),
    )
}

/// Returns the error for a path that does not exist, with the most similar file beside it or the lesson of that name.
pub(super) fn missing_file(path: &Path) -> LessonError {
    let name = path.file_name().map(readable).unwrap_or_default();
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut beside: Vec<String> = fs::read_dir(folder)
        .map(|entries| {
            lesson_files(entries)
                .filter_map(|path| path.file_name().map(readable))
                .collect()
        })
        .unwrap_or_default();
    beside.sort();
    let stem = path.file_stem().map(readable).unwrap_or_default();
    let library = Library::embedded();
    let help = if let Some(near) = nearest(&name, beside.iter().map(String::as_str)) {
        format!("did you mean `{}`?", shown(path.with_file_name(near)))
    } else if !folder.is_dir() {
        format!("there is no folder `{}` either", shown(folder))
    } else if let Some(lesson) = library.nearest(&stem) {
        format!("a lesson that comes with the program has no path: `nn-tutor lesson {lesson}`")
    } else {
        "`nn-tutor list` shows the lessons that come with the program".to_owned()
    };
    LessonError::of_file(Some(&shown(path)), "there is no such file", Some(&help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_lesson_opens() {
        let menu = Library::embedded().menu();
        assert!(!menu.is_empty());
        for entry in menu {
            if let Err(error) = entry.lesson {
                panic!("{error}");
            }
        }
    }

    #[test]
    fn a_folder_of_ones_own_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let text = include_str!("../../lessons/grounded.yaml");
        fs::write(
            folder.path().join("grounded.yaml"),
            text.replace("The grounded example", "Mine"),
        )
        .unwrap();
        fs::write(
            folder.path().join("zoo.yml"),
            text.replace("\norder: ", "\norder: 0 # "),
        )
        .unwrap();
        fs::write(folder.path().join("broken.yaml"), "format: 1\n").unwrap();
        fs::write(folder.path().join("a\u{1b}[2J.yaml"), text).unwrap();
        fs::write(folder.path().join("readme.txt"), "not a lesson").unwrap();
        let library = Library::with_dir(folder.path()).unwrap();
        assert_eq!(library.open("grounded").unwrap().title, "Mine");
        assert_eq!(
            Library::embedded().open("grounded").unwrap().title,
            "The grounded example"
        );
        let menu = library.menu();
        assert_eq!(menu[0].name, "zoo");
        assert_eq!(menu.last().unwrap().name, "broken");
        assert!(menu.last().unwrap().lesson.is_err());
        assert!(!library.names().iter().any(|name| name.contains("[2J")));
        assert!(!library.names().contains(&"readme"));
        assert_eq!(library.nearest("gruonded"), Some("grounded"));
    }

    #[test]
    fn a_part_of_the_course_stands_together() {
        let folder = tempfile::tempdir().unwrap();
        let text = include_str!("../../lessons/grounded.yaml");
        for (name, order, part) in [
            ("a", 3, "part: Losses"),
            ("b", 2, ""),
            ("c", 1, "part: Losses"),
            ("d", 0, "part: Neurons"),
        ] {
            let lines = text
                .lines()
                .filter(|line| !line.starts_with("order:") && !line.starts_with("part:"));
            let place = format!("order: {order}\n{part}");
            let text: Vec<&str> = [place.as_str()].into_iter().chain(lines).collect();
            let text = text.join("\n");
            fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
        }
        let menu = Library::with_dir(folder.path()).unwrap().menu();
        let own: Vec<&str> = menu
            .iter()
            .map(|entry| entry.name.as_str())
            .filter(|name| name.len() == 1)
            .collect();
        assert_eq!(own, ["d", "c", "a", "b"]);
    }

    #[test]
    fn a_name_that_is_not_there_is_answered_with_the_nearest() {
        let library = Library::embedded();
        let error = library.open("gronded").unwrap_err();
        assert_eq!(error.message(), "there is no lesson `gronded`");
        assert_eq!(
            error.help(),
            Some("did you mean `grounded`? `nn-tutor list` shows all lessons")
        );
        let error = library.open("colourful").unwrap_err();
        assert_eq!(error.help(), Some("`nn-tutor list` shows all lessons"));
    }

    #[test]
    fn a_path_that_is_not_there_is_answered_with_the_nearest_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("homework.yaml"), "").unwrap();
        let path = folder.path().join("homwork.yaml");
        let error = Library::embedded()
            .open(path.to_str().unwrap())
            .unwrap_err();
        assert!(error.help().unwrap().contains("homework.yaml"), "{error}");
        let error = Library::embedded()
            .open("no-such-folder/grounded.yaml")
            .unwrap_err();
        assert!(error.help().unwrap().contains("no folder"), "{error}");
        let error = Library::embedded().open("gruonded.yaml").unwrap_err();
        assert!(
            error.help().unwrap().contains("nn-tutor lesson grounded"),
            "{error}"
        );
    }
}
