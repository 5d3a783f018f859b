//! Lessons that were compiled, shared by all who are in them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::Interrupt;
use crate::lesson::{LessonError, Library};
use crate::trace::{CompileError, Trace};

/// Opens lessons, each compiled once. Clones share what is compiled.
#[derive(Debug, Clone)]
pub struct Catalogue {
    library: Arc<Library>,
    opens_paths: bool,
    compiled: Arc<Mutex<HashMap<String, Arc<Trace>>>>,
}

impl Catalogue {
    /// Returns the catalogue of a library, which opens lessons by their names only.
    pub fn new(library: Library) -> Self {
        Self {
            library: Arc::new(library),
            opens_paths: false,
            compiled: Arc::default(),
        }
    }

    /// Returns the same catalogue, which opens any file by its path too.
    #[must_use]
    pub fn with_paths(self) -> Self {
        Self {
            opens_paths: true,
            ..self
        }
    }

    /// Returns the lessons that have names.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Returns a compiled lesson.
    ///
    /// # Errors
    /// When there is no such lesson, or something is wrong with it.
    pub fn open(&self, name: impl AsRef<OsStr>) -> Result<Arc<Trace>, LessonError> {
        let Some(opened) = self.open_until(name, &Interrupt::default()) else {
            unreachable!("nobody else knows of the interrupt");
        };
        opened
    }

    /// The same, unless it is interrupted: then `None`.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_until(
        &self,
        name: impl AsRef<OsStr>,
        interrupt: &Interrupt,
    ) -> Option<Result<Arc<Trace>, LessonError>> {
        let name = name.as_ref();
        let named = self.library.name(name);
        // What comes with the program stays as it is.
        if let Some(known) = named
            .filter(|name| self.library.file(name).is_none())
            .and_then(|name| self.known(name))
        {
            return Some(Ok(known));
        }
        let lesson = if self.opens_paths {
            self.library.open(name)
        } else {
            self.library.open_name(&name.to_string_lossy())
        };
        let lesson = match lesson {
            Ok(lesson) => lesson,
            Err(error) => return Some(Err(error)),
        };
        // A table beside the file may have changed though the text has not.
        let is_whole = !lesson.source.text.contains("csv");
        if let Some(known) = named.and_then(|name| self.known(name))
            && is_whole
            && known.lesson().source == lesson.source
        {
            return Some(Ok(known));
        }
        let compiled = match Trace::compile_until(lesson.into(), interrupt).transpose()? {
            // What has interrupted it may do so again.
            Ok(trace) => Arc::new(trace.apart()),
            Err(CompileError::Lesson(error)) => return Some(Err(error)),
        };
        if let Some(name) = named {
            self.lock().insert(name.to_owned(), Arc::clone(&compiled));
        }
        Some(Ok(own(&compiled)))
    }

    /// A lesson that was compiled before.
    fn known(&self, name: &str) -> Option<Arc<Trace>> {
        self.lock().get(name).map(own)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Trace>>> {
        // Whoever panicked while holding it has changed nothing by halves.
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The trace as it is handed out: what takes long in it is interrupted by whoever waits for that, and by nobody else.
fn own(trace: &Arc<Trace>) -> Arc<Trace> {
    if trace.is_slow() {
        Arc::new(trace.apart())
    } else {
        Arc::clone(trace)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn compiled_lessons_go_from_thread_to_thread() {
        const fn can_be_shared<T: Send + Sync>() {}
        can_be_shared::<Trace>();
        can_be_shared::<Catalogue>();
    }

    #[test]
    fn a_lesson_is_compiled_once_for_all_who_open_it() {
        let catalogue = Catalogue::new(Library::embedded());
        let theirs = catalogue.clone();
        let first = catalogue.open("grounded").unwrap();
        let second = std::thread::spawn(move || theirs.open("grounded").unwrap());
        assert!(Arc::ptr_eq(&first, &second.join().unwrap()));
    }

    #[test]
    fn a_file_is_compiled_again_once_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.yaml");
        let text = include_str!("../../lessons/grounded.yaml");
        fs::write(&path, text).unwrap();
        let catalogue = Catalogue::new(Library::with_dir(folder.path()).unwrap());
        let first = catalogue.open("mine").unwrap();
        assert!(Arc::ptr_eq(&first, &catalogue.open("mine").unwrap()));
        fs::write(&path, format!("{text}\n# changed\n")).unwrap();
        assert!(!Arc::ptr_eq(&first, &catalogue.open("mine").unwrap()));
    }

    #[test]
    fn a_path_opens_nothing_unless_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.yaml");
        fs::write(&path, include_str!("../../lessons/grounded.yaml")).unwrap();
        let catalogue = Catalogue::new(Library::embedded());
        for name in [path.as_os_str(), "mine".as_ref(), "Cargo.toml".as_ref()] {
            let error = catalogue.open(name).unwrap_err();
            assert!(error.message().starts_with("there is no lesson"), "{error}");
        }
        assert!(catalogue.with_paths().open(&path).is_ok());
    }

    #[test]
    fn what_is_slow_is_interrupted_by_one_alone() {
        let catalogue = Catalogue::new(Library::embedded());
        let trace = catalogue.open("grounded").unwrap();
        let apart = trace.apart();
        apart.interrupt().set(true);
        assert!(!trace.interrupt().is_set());
        assert_eq!(trace.len(), apart.len());
    }
}
