//! The catalogue: compiled lessons, shared by all who are in them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::Interrupt;
use crate::lesson::{Lesson, LessonError, Library, readable};
use crate::session::{Length, Session};
use crate::trace::{CompileError, Trace};
use crate::tutor::practice::Student;

/// A catalogue that opens lessons and compiles each once. Clones share the compiled lessons.
#[derive(Debug, Clone)]
pub struct Catalogue {
    library: Arc<Library>,
    opens_paths: bool,
    /// Who has numbers of their own in the lessons.
    student: Option<Student>,
    compiled: Arc<Mutex<HashMap<String, Arc<Trace>>>>,
    /// Lessons that were handed over, by the names that open them: before those of the library.
    given: Arc<Mutex<HashMap<String, Lesson>>>,
}

impl Catalogue {
    /// Returns the catalogue of a library. It opens lessons by name only.
    pub fn new(library: Library) -> Self {
        Self {
            library: Arc::new(library),
            opens_paths: false,
            student: None,
            compiled: Arc::default(),
            given: Arc::default(),
        }
    }

    /// Returns the same catalogue, which can now open any file by its path too.
    #[must_use]
    pub fn with_paths(self) -> Self {
        Self {
            opens_paths: true,
            ..self
        }
    }

    /// Returns the same catalogue, which opens every lesson as that of a student.
    #[must_use]
    pub fn of_student(self, student: Option<Student>) -> Self {
        Self { student, ..self }
    }

    /// Returns the key under which progress in a lesson is saved.
    pub fn key(&self, name: impl AsRef<OsStr>) -> String {
        let key = key(&self.library, name);
        match &self.student {
            Some(student) => key_of_student(&key, student),
            None => key,
        }
    }

    /// Returns the student, as whose every lesson is opened.
    pub const fn student(&self) -> Option<&Student> {
        self.student.as_ref()
    }

    /// Returns the name or path that opens the lesson whose progress is saved under a key; `None` if the key belongs to
    /// somebody else.
    pub(super) fn name_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        match &self.student {
            Some(student) => key.strip_suffix(&key_of_student("", student)),
            None => (!key.contains(" (student ")).then_some(key),
        }
    }

    /// Takes up a lesson that this name opens from now on.
    pub fn give(&self, name: &str, lesson: Lesson) {
        self.lock().remove(name);
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.insert(name.to_owned(), lesson);
    }

    /// Returns whether a lesson of this name was handed over.
    pub fn has_given(&self, name: &str) -> bool {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.contains_key(name)
    }

    /// Returns a lesson that was handed over.
    pub fn given(&self, name: &str) -> Option<Lesson> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.get(name).cloned()
    }

    /// Returns the library: the lessons that have names.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Returns a compiled lesson.
    ///
    /// # Errors
    /// Returns an error if there is no such lesson, or if it is not valid.
    pub fn open(&self, name: impl AsRef<OsStr>) -> Result<Arc<Trace>, LessonError> {
        let Some(opened) = self.open_until(name, &Interrupt::default()) else {
            unreachable!("nobody else knows of the interrupt");
        };
        opened
    }

    /// Returns a compiled lesson, or `None` if compiling was interrupted.
    ///
    /// # Errors
    /// Returns the same errors as [`open`](Self::open).
    pub fn open_until(
        &self,
        name: impl AsRef<OsStr>,
        interrupt: &Interrupt,
    ) -> Option<Result<Arc<Trace>, LessonError>> {
        let name = name.as_ref();
        if let Some(text) = name.to_str()
            && let Some(lesson) = self.given(text)
        {
            return match self.known(text) {
                Some(known) => Some(Ok(known)),
                None => self.compile(Some(text), lesson, interrupt),
            };
        }
        let named = self.library.name(name);
        // Lessons that come with the program cannot change.
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
        // A table beside the file may have changed even if the file has not.
        let is_whole = !lesson.source.text.contains("csv");
        if let Some(known) = named.and_then(|name| self.known(name))
            && self.student.is_none()
            && is_whole
            && known.lesson().source == lesson.source
        {
            return Some(Ok(known));
        }
        self.compile(named, lesson, interrupt)
    }

    /// Compiles a lesson, and keeps it under a name. Returns `None` if that was interrupted.
    fn compile(
        &self,
        name: Option<&str>,
        lesson: Lesson,
        interrupt: &Interrupt,
    ) -> Option<Result<Arc<Trace>, LessonError>> {
        let lesson = match &self.student {
            Some(student) => match student.lesson(&lesson) {
                Ok(lesson) => lesson,
                Err(error) => return Some(Err(error)),
            },
            None => lesson,
        };
        let compiled = match Trace::compile_until(lesson.into(), interrupt).transpose()? {
            // The stored trace must not share this caller's interrupt, which may be set again.
            Ok(trace) => Arc::new(trace.apart()),
            Err(CompileError::Lesson(error)) => return Some(Err(error)),
        };
        if let Some(name) = name {
            self.lock().insert(name.to_owned(), Arc::clone(&compiled));
        }
        Some(Ok(own(&compiled)))
    }

    /// Returns how much there is to do in a lesson of the library; `None` if it cannot be opened or that was
    /// interrupted. The lesson is not kept.
    pub(super) fn length(&self, name: &str, interrupt: &Interrupt) -> Option<Length> {
        let compile = || {
            let lesson = self.library.open_name(name).ok()?;
            let trace = Trace::compile_until(lesson.into(), interrupt).ok()??;
            Some(Arc::new(trace))
        };
        let trace = self.known(name).or_else(compile)?;
        Some(Session::new(trace).length()).filter(|_| !interrupt.is_set())
    }

    /// Returns a lesson that has been compiled before.
    fn known(&self, name: &str) -> Option<Arc<Trace>> {
        self.lock().get(name).map(own)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Trace>>> {
        // A panic while the lock was held cannot leave a half-made entry.
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the key under which a lesson's progress is saved: the name of a lesson that comes with the program, or else
/// the path of its file.
pub fn key(library: &Library, name: impl AsRef<OsStr>) -> String {
    let name = name.as_ref();
    let path = match library.file(name) {
        Some(file) => fs::canonicalize(&file)
            .or_else(|_| path::absolute(&file))
            .unwrap_or(file),
        None if library.name(name).is_some() => name.into(),
        // The file does not exist any more.
        None => path::absolute(name).unwrap_or_else(|_| name.into()),
    };
    readable(path)
}

/// Returns the key under which the progress of a student in a lesson is saved, whose own key it is made of.
pub fn key_of_student(key: &str, student: &Student) -> String {
    format!("{key} (student {student})")
}

/// Returns a trace with an interrupt of its own: a caller can interrupt only the work it waits for itself.
fn own(trace: &Arc<Trace>) -> Arc<Trace> {
    if trace.is_slow() {
        Arc::new(trace.apart())
    } else {
        Arc::clone(trace)
    }
}

#[cfg(test)]
mod tests {
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
