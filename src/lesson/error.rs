//! The mistakes of a lesson and their places. There is one error per file, which shows each mistake with its line and a
//! caret.

use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::sanitize::sanitised;
use super::{Source, Span};

/// The largest number of mistakes that are reported for a file; later ones are left out.
pub(crate) const MOST_PROBLEMS: usize = 20;

/// An error that says why a lesson cannot be opened: its mistakes, from 1 to 20, in the order of the file.
///
/// `Display` shows the whole report on several lines, without colour. The text of the file appears in it only without
/// control characters, so that it is safe to print on a terminal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.render(false))]
pub struct LessonError {
    // Boxed, since a `Result` is moved often and an error is rare.
    inner: Box<Inner>,
    more: Vec<Inner>,
    /// `true` if there are more mistakes than are reported.
    is_cut: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    /// The place in the lesson's own file.
    span: Option<Span>,
    /// `true` for a note, which is no mistake.
    is_note: bool,
    file: Option<String>,
    message: String,
    expected: Option<String>,
    help: Option<String>,
    place: Option<LinePart>,
    other: Option<RelatedPlace>,
}

/// A second place that is related to a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RelatedPlace {
    /// The file of the second place, which may be another one.
    file: String,
    place: LinePart,
    why: String,
}

/// A part of a line with a marked range, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LinePart {
    /// The line number, from 1.
    line: usize,
    /// The column, from 1, in characters.
    column: usize,
    /// The line, sanitised and cut not far behind the range.
    excerpt: String,
    /// The range of bytes in `excerpt` that the caret points at.
    range: std::ops::Range<usize>,
}

/// A problem at a place of the text that is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    span: Span,
    /// The file that `span` belongs to; `None` for the lesson.
    file: Option<Arc<Source>>,
    message: String,
    expected: Option<String>,
    help: Option<String>,
    other: Option<(Span, String)>,
}

/// The result of checking a part of a lesson.
pub(crate) type Checked<T> = Result<T, Problem>;

impl Problem {
    /// Returns a problem at a place.
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            span,
            file: None,
            message: message.into(),
            expected: None,
            help: None,
            other: None,
        }))
    }

    /// Sets the expectation, which is shown at the caret.
    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    /// Sets the help, such as a suggested word; `None` keeps the help that is there.
    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.0.help = help.into().or(self.0.help.take());
        self
    }

    /// Changes the help, if it names a value in braces, for places where names have no braces.
    pub(crate) fn without_braces(mut self) -> Self {
        self.0.help = self.0.help.map(|help| {
            match help
                .strip_prefix("did you mean `{")
                .or_else(|| help.strip_prefix("write `{"))
                .and_then(|rest| rest.split_once("}`"))
            {
                Some((name, rest)) => format!("write `{name}`{rest}").replace("`?", "`"),
                None => help.replace("; a brace itself is written `{{`", ""),
            }
        });
        self
    }

    /// Moves the place to another file than the lesson, one that the lesson names.
    pub(crate) fn in_file(mut self, file: &Arc<Source>) -> Self {
        self.0.file = Some(Arc::clone(file));
        self
    }

    /// Returns the place.
    pub(crate) fn span(&self) -> Span {
        self.0.span
    }

    /// Sets the help if there is none yet.
    pub(crate) fn help_unless(mut self, help: Option<String>) -> Self {
        self.0.help = self.0.help.take().or(help);
        self
    }

    /// Appends text to the help.
    pub(crate) fn add_help(&mut self, more: &str) {
        self.0.help.get_or_insert_default().push_str(more);
    }

    /// Adds a second place in the lesson that is related to the problem.
    pub(crate) fn also(mut self, span: Span, why: impl Into<String>) -> Self {
        self.0.other = Some((span, why.into()));
        self
    }

    /// Returns the error of the file with this text.
    pub(crate) fn in_source(self, source: &Source) -> LessonError {
        LessonError {
            inner: Box::new(self.inner(source)),
            more: Vec::new(),
            is_cut: false,
        }
    }

    fn inner(self, source: &Source) -> Inner {
        let span = Some(self.place());
        let details = *self.0;
        let file = details.file.as_deref().unwrap_or(source);
        Inner {
            span,
            is_note: false,
            file: Some(sanitised(&file.name)),
            message: sanitised(&details.message),
            expected: details.expected.as_deref().map(sanitised),
            help: details.help.as_deref().map(sanitised),
            place: Some(LinePart::new(&file.text, details.span)),
            other: details.other.map(|(span, why)| RelatedPlace {
                file: sanitised(&source.name),
                place: LinePart::new(&source.text, span),
                why: sanitised(&why),
            }),
        }
    }

    /// Returns the place in the lesson, which for a problem in a table is where the lesson names the table.
    fn place(&self) -> Span {
        match (&self.0.file, &self.0.other) {
            (Some(_), Some((span, _))) => *span,
            _ => self.0.span,
        }
    }
}

/// The problems of a file, in the order they were noticed.
#[derive(Debug, Default)]
pub(crate) struct Report {
    problems: Vec<Problem>,
    /// What an author may want to know, and is no mistake.
    notes: Vec<Problem>,
}

impl Report {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self {
            problems,
            notes: Vec::new(),
        }
    }

    /// Adds a note, which is no mistake.
    pub(crate) fn note(&mut self, note: Problem) {
        self.notes.push(note);
    }

    /// Returns the notes, each once, in the order of the file; `None` if there are none.
    pub(crate) fn notes(&self, source: &Source) -> Option<LessonError> {
        let mut notes = Self::new(self.notes.clone()).into_error(source)?;
        notes.inner.is_note = true;
        notes.more.iter_mut().for_each(|note| note.is_note = true);
        Some(notes)
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Adds the problems of another report, each at the place in the lesson that `place` gives for its own.
    pub(crate) fn add_moved(&mut self, other: Self, place: impl Fn(Span) -> Span) {
        for mut problem in other.problems {
            let details = &mut problem.0;
            if details.file.is_none() {
                details.span = place(details.span);
            }
            if let Some((span, _)) = &mut details.other {
                *span = place(*span);
            }
            self.problems.push(problem);
        }
    }

    /// Returns the result of reading; if that is a problem, adds it to the report and returns `None`.
    pub(crate) fn keep<T>(&mut self, read: Checked<T>) -> Option<T> {
        read.map_err(|problem| self.push(problem)).ok()
    }

    /// Replaces the expectation of the problems at a place by one that is more exact than a schema allows.
    pub(crate) fn expect(&mut self, at: Span, expected: &str) {
        for problem in self
            .problems
            .iter_mut()
            .filter(|problem| problem.0.span == at)
        {
            problem.0.expected = Some(format!("expected {expected}"));
        }
    }

    /// Returns whether the report has as many problems as are shown.
    pub(crate) fn is_full(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }

    /// Returns the number of problems.
    pub(crate) fn len(&self) -> usize {
        self.problems.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Returns the places of the problems in the lesson.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.problems.iter().map(Problem::place).collect()
    }

    /// Returns all problems as one error, each once, in the order of the file; `None` if there are none.
    pub(crate) fn into_error(mut self, source: &Source) -> Option<LessonError> {
        // Those in a file beside the lesson have their place in the lesson in common.
        self.problems
            .sort_by_key(|problem| (problem.place().start, problem.0.span.start));
        // Settings that networks share may be wrong for each of them.
        self.problems.dedup_by(|second, first| {
            (second.0.span, &second.0.message) == (first.0.span, &first.0.message)
        });
        let count = self.problems.len();
        let mistakes = self
            .problems
            .into_iter()
            .map(|problem| problem.inner(source));
        LessonError::first_of(mistakes, count)
    }
}

impl LessonError {
    /// Returns the first of `count` mistakes as one error, as many as are shown; `None` if there are none.
    fn first_of(mistakes: impl Iterator<Item = Inner>, count: usize) -> Option<Self> {
        let mut mistakes = mistakes.take(MOST_PROBLEMS);
        Some(Self {
            inner: Box::new(mistakes.next()?),
            more: mistakes.collect(),
            is_cut: count >= MOST_PROBLEMS,
        })
    }

    /// Returns several errors of one lesson as one, each once, in the order of the file; `None` if there are none.
    pub(crate) fn of_all(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let each = |error: Self| [*error.inner].into_iter().chain(error.more);
        let mut mistakes: Vec<Inner> = errors.into_iter().flat_map(each).collect();
        mistakes.sort_by_key(|mistake| {
            let place = mistake.place.as_ref();
            place.map(|place| (place.line, place.column))
        });
        mistakes.dedup();
        let count = mistakes.len();
        Self::first_of(mistakes.into_iter(), count)
    }

    /// Returns an error about a file as a whole, such as a missing one.
    pub(crate) fn of_file(file: Option<&str>, message: &str, help: Option<&str>) -> Self {
        Self {
            inner: Box::new(Inner {
                span: None,
                is_note: false,
                file: file.map(sanitised),
                message: sanitised(message),
                expected: None,
                help: help.map(sanitised),
                place: None,
                other: None,
            }),
            more: Vec::new(),
            is_cut: false,
        }
    }

    /// Returns the places of the mistakes in the file of the lesson.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let all = std::iter::once(&*self.inner).chain(&self.more);
        all.filter_map(|inner| inner.span).collect()
    }

    /// Returns each mistake as a separate error, in the order of the file.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        let all = std::iter::once(&*self.inner).chain(&self.more);
        all.map(|inner| Self {
            inner: Box::new(inner.clone()),
            more: Vec::new(),
            is_cut: false,
        })
    }

    /// Returns the file as it was named, or the name of an embedded lesson; the CSV file if the first mistake is in
    /// one.
    pub fn file(&self) -> Option<&str> {
        self.inner.file.as_deref()
    }

    /// Returns the line of the first mistake, from 1; `None` if it has none.
    pub fn line(&self) -> Option<usize> {
        self.inner.place.as_ref().map(|place| place.line)
    }

    /// Returns the column of the first mistake, from 1, in characters; `None` if it has none.
    pub fn column(&self) -> Option<usize> {
        self.inner.place.as_ref().map(|place| place.column)
    }

    /// Returns the message of the first mistake, on one line.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// Returns what was expected at the caret.
    pub fn expected(&self) -> Option<&str> {
        self.inner.expected.as_deref()
    }

    /// Returns the help: a suggested word or an example.
    pub fn help(&self) -> Option<&str> {
        self.inner.help.as_deref()
    }

    /// Returns the whole report: for each mistake the message, file, line, column, source line, a caret, the
    /// expectation and the help. With `colour` it contains terminal escape sequences.
    pub fn render(&self, colour: bool) -> String {
        let all = std::iter::once(&*self.inner).chain(&self.more);
        let mut reports: Vec<String> = all.map(|inner| inner.render(colour)).collect();
        if self.is_cut {
            reports.push(format!(
                "These are the first {MOST_PROBLEMS} mistakes; more may show once they are mended."
            ));
        }
        reports.join("\n\n")
    }
}

impl Inner {
    fn render(&self, colour: bool) -> String {
        const WIDTH: usize = 100;
        let inner = self;
        let file = inner.file.as_deref().unwrap_or_default();
        let mut report = Vec::new();
        let level = if inner.is_note {
            Level::NOTE
        } else {
            Level::ERROR
        };
        let mut group = level
            .primary_title(inner.message.as_str())
            .elements(std::iter::empty::<Origin<'_>>());
        if let Some(place) = &inner.place {
            group = place.draw(group, file, inner.expected.as_deref());
        } else if inner.file.is_some() {
            group = group.element(Origin::path(file));
        }
        if let Some(help) = &inner.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        report.push(group);
        if let Some(RelatedPlace { file, place, why }) = &inner.other {
            let group = Level::NOTE
                .secondary_title(why.as_str())
                .elements(std::iter::empty::<Origin<'_>>());
            report.push(place.draw(group, file, None));
        }
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.term_width(WIDTH).render(&report)
    }
}

impl LinePart {
    /// Returns the line where `span` begins, with as much of the range as lies on that line.
    fn new(text: &str, span: Span) -> Self {
        /// The largest number of characters that carets mark.
        const MARKED: usize = 48;
        /// The number of characters shown from the caret on.
        const SHOWN: usize = 64;
        let start = floor(text, span.start);
        let end = floor(text, span.start.saturating_add(span.len));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line_end = line_end - usize::from(text[line_start..line_end].ends_with('\r'));
        let start = start.min(line_end);
        let ahead = |most: usize| {
            text[start..line_end]
                .char_indices()
                .nth(most)
                .map_or(line_end, |(at, _)| start + at)
        };
        let marked = end.clamp(start, ahead(MARKED));
        let shown = ahead(SHOWN);
        // The text before the caret is kept whole, so that the column is right; drawing cuts it. A tab is shown as one
        // blank, which keeps the columns.
        let quote = |text: &str| sanitised(&text.replace('\t', " "));
        let before = quote(&text[line_start..start]);
        let at = quote(&text[start..marked]);
        let after = quote(&text[marked..shown]);
        let more = if shown < line_end { "…" } else { "" };
        Self {
            line: text[..line_start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            range: before.len()..before.len() + at.len(),
            excerpt: format!("{before}{at}{after}{more}"),
        }
    }

    fn draw<'a>(&'a self, group: Group<'a>, file: &'a str, label: Option<&'a str>) -> Group<'a> {
        let annotation = AnnotationKind::Primary.span(self.range.clone());
        let annotation = match label {
            Some(label) => annotation.label(label),
            None => annotation,
        };
        group.element(
            Snippet::source(self.excerpt.as_str())
                .path(file)
                .line_start(self.line)
                .annotation(annotation),
        )
    }
}

/// Returns the last character boundary that is not behind `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
