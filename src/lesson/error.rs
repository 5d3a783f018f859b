//! What is wrong with a lesson, and where: one error a file, shown with its line and a caret.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::clean::sanitised;
use super::{Source, Span};

/// Why a lesson cannot be opened. `Display` gives the whole report, several lines, without colour; none of
/// it is text of the file as it stands, so it is safe to print on a terminal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.render(false))]
pub struct LessonError {
    // Boxed, since a `Result` is moved often and an error is rare.
    inner: Box<Inner>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    file: Option<String>,
    message: String,
    expected: Option<String>,
    help: Option<String>,
    place: Option<Place>,
    other: Option<(Place, String)>,
}

/// A piece of a line with a range in it, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    /// The line, sanitised; only the part around the range when it is very long.
    excerpt: String,
    /// Bytes of `excerpt` that the caret points at.
    range: std::ops::Range<usize>,
    /// Whether `excerpt` is only a part.
    cut: bool,
}

/// Something wrong at a place of the text that is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem(Box<Details>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    span: Span,
    message: String,
    expected: Option<String>,
    help: Option<String>,
    other: Option<(Span, String)>,
}

/// The result of checking a part of a lesson.
pub(crate) type Checked<T> = Result<T, Problem>;

impl Problem {
    /// What is wrong, where.
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            span,
            message: message.into(),
            expected: None,
            help: None,
            other: None,
        }))
    }

    /// What should stand there; shown at the caret.
    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    /// How to go on, such as the nearest right word.
    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.0.help = help.into().or(self.0.help.take());
        self
    }

    /// A second place that has to do with it.
    pub(crate) fn also(mut self, span: Span, why: impl Into<String>) -> Self {
        self.0.other = Some((span, why.into()));
        self
    }

    /// The error of the file that this text is.
    pub(crate) fn in_source(self, source: &Source) -> LessonError {
        let details = *self.0;
        LessonError {
            inner: Box::new(Inner {
                file: Some(sanitised(&source.name)),
                message: sanitised(&details.message),
                expected: details.expected.as_deref().map(sanitised),
                help: details.help.as_deref().map(sanitised),
                place: Some(Place::of(&source.text, details.span)),
                other: details
                    .other
                    .map(|(span, why)| (Place::of(&source.text, span), sanitised(&why))),
            }),
        }
    }
}

impl LessonError {
    /// An error of a file as a whole: it is not there, or no lesson at all.
    pub(crate) fn of_file(file: Option<&str>, message: &str, help: Option<&str>) -> Self {
        Self {
            inner: Box::new(Inner {
                file: file.map(sanitised),
                message: sanitised(message),
                expected: None,
                help: help.map(sanitised),
                place: None,
                other: None,
            }),
        }
    }

    /// The file as it was named, or the name of an embedded lesson.
    pub fn file(&self) -> Option<&str> {
        self.inner.file.as_deref()
    }

    /// The line, from 1, where the error has one.
    pub fn line(&self) -> Option<usize> {
        self.inner.place.as_ref().map(|place| place.line)
    }

    /// The column, from 1, in characters.
    pub fn column(&self) -> Option<usize> {
        self.inner.place.as_ref().map(|place| place.column)
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// What was expected at the caret.
    pub fn expected(&self) -> Option<&str> {
        self.inner.expected.as_deref()
    }

    /// How to go on: the nearest right word, an example.
    pub fn help(&self) -> Option<&str> {
        self.inner.help.as_deref()
    }

    /// The whole report: message, file, line, column, the source line, a caret, what was expected, help.
    /// With `colour` it holds the terminal sequences for it.
    pub fn render(&self, colour: bool) -> String {
        const WIDTH: usize = 100;
        let inner = &*self.inner;
        let file = inner.file.as_deref().unwrap_or_default();
        let mut report = Vec::new();
        let mut group = Level::ERROR
            .primary_title(inner.message.as_str())
            .elements(std::iter::empty::<Origin<'_>>());
        if let Some(place) = &inner.place {
            group = place.draw(
                group,
                file,
                AnnotationKind::Primary,
                inner.expected.as_deref(),
            );
        } else if inner.file.is_some() {
            group = group.element(Origin::path(file));
        }
        if let Some(help) = &inner.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        report.push(group);
        if let Some((place, why)) = &inner.other {
            let group = Level::NOTE
                .secondary_title(why.as_str())
                .elements(std::iter::empty::<Origin<'_>>());
            report.push(place.draw(group, file, AnnotationKind::Primary, None));
        }
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.term_width(WIDTH).render(&report)
    }
}

impl Place {
    /// Where `span` begins, and as much of it as stands on that line.
    fn of(text: &str, span: Span) -> Self {
        /// A line longer than this is cut to what stands around the caret.
        const LONGEST: usize = 160;
        const BEFORE: usize = 40;
        const AFTER: usize = 80;
        let start = floor(text, span.start);
        let end = floor(text, span.start.saturating_add(span.len)).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line_end = line_end - usize::from(text[line_start..line_end].ends_with('\r'));
        let start = start.min(line_end);
        let end = end.clamp(start, line_end);
        let column = text[line_start..start].chars().count() + 1;
        let cut = text[line_start..line_end].chars().nth(LONGEST).is_some();
        let (from, to, end) = if cut {
            let from = text[line_start..start]
                .char_indices()
                .rev()
                .nth(BEFORE - 1)
                .map_or(line_start, |(at, _)| line_start + at);
            let to = text[start..line_end]
                .char_indices()
                .nth(AFTER)
                .map_or(line_end, |(at, _)| start + at);
            (from, to, end.min(to))
        } else {
            (line_start, line_end, end)
        };
        let before = sanitised(&text[from..start]);
        let marked = sanitised(&text[start..end]);
        let after = sanitised(&text[end..to]);
        let lead = if from > line_start { "…" } else { "" };
        let trail = if to < line_end { "…" } else { "" };
        let at = lead.len() + before.len();
        Self {
            line: text[..line_start].matches('\n').count() + 1,
            column,
            range: at..at + marked.len(),
            excerpt: format!("{lead}{before}{marked}{after}{trail}"),
            cut,
        }
    }

    fn draw<'a>(
        &'a self,
        group: Group<'a>,
        file: &'a str,
        kind: AnnotationKind,
        label: Option<&'a str>,
    ) -> Group<'a> {
        let mut annotation = kind.span(self.range.clone());
        if let Some(label) = label {
            annotation = annotation.label(label);
        }
        let snippet = Snippet::source(self.excerpt.as_str())
            .line_start(self.line)
            .annotation(annotation);
        if self.cut {
            // The column of the excerpt is not the column of the file.
            group
                .element(Origin::path(file).line(self.line).char_column(self.column))
                .element(snippet)
        } else {
            group.element(snippet.path(file))
        }
    }
}

/// The last boundary between characters that is not behind `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
