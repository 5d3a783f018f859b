//! The commands: from arguments to what is printed or shown, and from every error to one message.
//!
//! Nothing is printed with `println!`, which panics if standard output is closed or full: commands write to a buffer
//! and check for errors. A closed pipe means that the reader has seen enough, and ends the program quietly.

mod args;
mod check;
mod class;
mod compare;
mod completions;
mod confirm;
mod csv;
mod date;
mod export;
mod grade;
mod hand_in;
mod lab;
mod lesson;
mod library;
mod link;
mod new;
mod note;
mod output;
mod plain;
mod practice;
mod progress;
mod reset;
mod review;
mod scaffold;
mod screen;
mod train;
mod worksheet;

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, Parser as _};

use crate::algebra::Decimals;
use crate::app::{Catalogue, Numbers, OpenError, ProgressKeeper, quoted};
use crate::export::text::TextStyle;
use crate::export::{json, text};
use crate::lesson::{
    LESSON_FORMAT, Lesson, LessonError, Library, json_schema, nearest, readable, shown,
};
use crate::session::PositionError;
use crate::store::{Store, StoreError, with_causes};
use crate::terminal::{self, Capabilities, ColorDepth, TerminalError};
use crate::trace::{CompileError, Trace};
use crate::tutor::practice::Student;

use args::{Args, Command, Format};
use note::{Note, PREPARING};

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Lesson(#[from] LessonError),
    #[error("cannot write to standard output")]
    Output(#[from] io::Error),
    #[error("cannot read standard input")]
    Input(#[source] io::Error),
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Other(String),
    /// It is the command that makes no sense, and no lesson is at fault.
    #[error("{0}")]
    Command(String),
    /// What is to be compared cannot be read.
    #[error(transparent)]
    Unread(Box<Self>),
    /// A failure whose message has been printed already.
    #[error("")]
    Said,
    /// What is compared agrees, and something is missing: that has been printed already.
    #[error("")]
    Incomplete,
}

impl From<CompileError> for Failure {
    fn from(error: CompileError) -> Self {
        match error {
            CompileError::Lesson(error) => Self::Lesson(error),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Lesson(error) => Self::Lesson(error),
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<PositionError> for Failure {
    fn from(error: PositionError) -> Self {
        Self::Other(error.to_string())
    }
}

/// Runs the command of the process. Returns 0 on success, 2 for wrong arguments and where nothing can be compared, 3 where
/// something to be compared is missing, and 1 for every other error.
pub fn main() -> ExitCode {
    // If that is not possible, a signal ends the program as it would have.
    let _ = terminal::survive_file_size_limit();
    let mut out = BufWriter::new(io::stdout().lock());
    let done = match Args::try_parse() {
        Ok(args) => run(args, &mut out),
        Err(error) if error.use_stderr() => {
            // If standard error is closed, the message cannot be shown.
            let _ = error.print();
            if let Some(hint) = lesson_hint(&error) {
                let _ = writeln!(io::stderr(), "\n{hint}");
            }
            return ExitCode::from(2);
        }
        // Help and version.
        Err(answer) => answer.print().map_err(Failure::Output),
    };
    match done.and_then(|()| Ok(out.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            report(&failure);
            match failure {
                Failure::Command(_) | Failure::Unread(_) => ExitCode::from(2),
                Failure::Incomplete => ExitCode::from(3),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// Prints the message of a failure on standard error.
fn report(failure: &Failure) {
    let message = match failure {
        Failure::Unread(inside) => return report(inside),
        Failure::Said | Failure::Incomplete | Failure::Terminal(TerminalError::Gone) => return,
        Failure::Lesson(error) => rendered(error),
        other => format!("error: {}", with_causes(other)),
    };
    let _ = writeln!(io::stderr(), "{message}");
}

/// Returns a report of a lesson for standard error.
fn rendered(error: &LessonError) -> String {
    let colour = io::stderr().is_terminal() && capabilities().color != ColorDepth::None;
    error.render(colour)
}

/// Prints a warning on standard error. The program goes on.
fn warn(warning: Option<String>) {
    if let Some(warning) = warning {
        let warning = format!("warning: {warning}");
        let _ = writeln!(io::stderr(), "{}", style(false).plain(&warning));
    }
}

/// Returns the warning that a student has no numbers of their own in a lesson.
fn shared(library: &Library, name: &OsStr, student: Option<&Student>) -> Option<String> {
    let student = student?;
    let is_shared = library.open(name).is_ok_and(|lesson| !lesson.own_numbers);
    is_shared.then(|| {
        format!(
            "the numbers of this lesson are its author's, the same for everybody; `nn-tutor practice {} --student {student}` has \
             others",
            quoted(&readable(name))
        )
    })
}

/// Returns the keeper of the learner's progress. With `no_save` it reads nothing, and saves nothing beyond this run.
fn keeper(no_save: bool) -> ProgressKeeper {
    if no_save {
        ProgressKeeper::of_this_run()
    } else {
        ProgressKeeper::open(Store::locate(|name| env::var_os(name)))
    }
}

/// Returns the catalogue of the lessons that can be opened: those of a folder, then those that come with the program,
/// and any file by its path.
fn catalogue(folder: Option<&Path>) -> Result<Catalogue, Failure> {
    let library = match folder {
        Some(folder) => Library::with_dir(folder).map_err(|error| {
            let (folder, why) = (shown(folder), error.message());
            Failure::Command(format!("{folder}: {why}"))
        })?,
        None => Library::embedded(),
    };
    Ok(Catalogue::new(library).with_paths())
}

fn capabilities() -> Capabilities {
    Capabilities::detect(|name| env::var(name).ok())
}

/// Returns the style of text on standard output, with the usual decimals.
fn style(ascii: bool) -> TextStyle {
    let unicode = if io::stdout().is_terminal() {
        capabilities().unicode
    } else {
        // In a file or a pipe only the locale counts, not the capabilities of the terminal.
        let anything = |name: &str| match name {
            "TERM" => Some("xterm".to_owned()),
            name => env::var(name).ok(),
        };
        Capabilities::detect(anything).unicode
    };
    TextStyle {
        ascii: ascii || !unicode,
        width: usize::from(terminal::width()),
        decimals: Decimals::default(),
    }
}

#[allow(clippy::too_many_lines, reason = "one arm for each command")]
fn run(args: Args, out: &mut impl Write) -> Result<(), Failure> {
    let catalogue = catalogue(args.lessons.as_deref())?;
    let library = catalogue.library();
    if let Some(name) = args.command.as_ref().and_then(Command::printed_lesson) {
        warn(library.replacement(name));
    }
    match args.command {
        None => lesson::menu(catalogue, keeper(args.no_save), args.screen, out),
        Some(Command::Lesson {
            name,
            step,
            student,
            screen,
        }) => {
            let keeper = keeper(args.no_save);
            warn(shared(library, &name, student.as_ref()));
            let catalogue = catalogue.of_student(student);
            let shown = screen.or(args.screen);
            lesson::open(catalogue, keeper, &name, step, shown, out)
        }
        Some(Command::List { names: true, .. }) => library::names(library, out),
        Some(Command::List { format, .. }) => {
            library::list(library, format, &style(false), out)?;
            out.flush()?;
            warn(library.notice());
            Ok(())
        }
        Some(Command::Progress { format }) => progress::run(library, format, &style(false), out),
        Some(Command::Reset { name, yes }) => {
            let order = reset::Order {
                name: name.as_deref(),
                no_save: args.no_save,
                yes,
            };
            reset::run(library, order, &style(false), out)
        }
        Some(Command::Check {
            files,
            strict,
            all,
            pace,
            watch,
        }) => {
            let order = check::Order { strict, all, pace };
            if watch {
                check::watch(library, &files, order, out)
            } else {
                check::run(library, &files, order, out)
            }
        }
        Some(Command::Trace {
            name,
            format,
            ascii,
            decimals,
        }) => {
            if decimals.is_some() && format == Format::Json {
                return Err(Failure::Command(
                    "--decimals is for text: in JSON every number has all its digits".to_owned(),
                ));
            }
            let trace = compile(&catalogue, &name)?;
            match format {
                Format::Json => json::write(&trace, 0..trace.len(), out)?,
                Format::Text => {
                    let style = TextStyle {
                        decimals: decimals.unwrap_or_default(),
                        ..style(ascii)
                    };
                    text::write(&trace, 0..trace.len(), true, &style, out)?;
                }
            }
            Ok(())
        }
        Some(Command::Export {
            name,
            format,
            output,
            steps,
            seeds,
            seed,
            ascii,
            no_answers,
            decimals,
        }) => {
            let order = export::Order {
                seeds,
                seed,
                format,
                steps,
                ascii,
                answers: !no_answers,
                decimals,
            };
            export::run(&catalogue, &name, order, output.as_deref(), out)
        }
        Some(Command::Compare {
            name,
            values,
            student,
            step,
            network,
            map,
            ascii,
        }) => compare::run(
            &catalogue.of_student(student),
            &compare::Order {
                name: &name,
                values: &values,
                step: step.map(NonZeroUsize::get),
                network: network.as_deref(),
                map: &map,
                ascii,
            },
            out,
        ),
        Some(Command::Scaffold {
            name,
            language,
            student,
            step,
            network,
            output,
        }) => {
            warn(shared(library, &name, student.as_ref()));
            let order = scaffold::Order {
                language: language.into(),
                step: step.map(NonZeroUsize::get),
                network: network.as_deref(),
            };
            let catalogue = catalogue.of_student(student);
            scaffold::run(&catalogue, &name, order, output.as_deref(), out)
        }
        Some(Command::Practice {
            name,
            network,
            seed,
            student,
            level,
            screen,
        }) => {
            let keeper = keeper(args.no_save);
            let order = practice::Order {
                network: network.as_deref(),
                numbers: student.map(Numbers::Student).or(seed.map(Numbers::Seed)),
                level,
                shown: screen.or(args.screen),
            };
            practice::run(catalogue, keeper, &name, order, out)
        }
        Some(Command::Review { student, screen }) => {
            let catalogue = catalogue.of_student(student);
            review::run(catalogue, args.no_save, screen.or(args.screen), out)
        }
        Some(Command::Worksheet {
            names,
            network,
            seed,
            student,
            same_numbers,
            count,
            format,
            answers,
            decimals,
            no_key,
            key,
            output,
        }) => {
            for name in &names {
                warn(library.replacement(name));
            }
            let sheets = worksheet::Order {
                network: network.as_deref(),
                numbers: worksheet::numbers(seed, student, same_numbers),
                count,
                format,
                answers,
                decimals: decimals.unwrap_or_default(),
                no_key,
                key: key.as_deref(),
            };
            worksheet::run(library, &names, &sheets, output.as_deref(), out)
        }
        Some(Command::HandIn {
            name,
            student,
            output,
        }) => hand_in::run(catalogue, &name, &student, output.as_deref(), out),
        Some(Command::Grade {
            folder,
            lesson,
            rubric,
            format,
            until,
        }) => {
            let order = grade::Order {
                rubric: rubric.as_deref(),
                format,
                until,
            };
            grade::run(library, &folder, &lesson, order, out)
        }
        Some(Command::Train {
            name,
            epochs,
            network,
            seed,
            seeds,
            weights,
            format,
        }) => {
            let order = train::Order {
                epochs: epochs.get(),
                network: network.as_deref(),
                seed,
                seeds,
                weights,
                format,
            };
            train::run(&library.open(&name)?, &order, out)
        }
        Some(Command::Lab {
            name,
            network,
            seed,
            cpu,
            screen,
        }) => {
            let order = lab::Order {
                network: network.as_deref(),
                seed,
                share: cpu,
                shown: screen.or(args.screen),
            };
            lab::run(catalogue, keeper(args.no_save), &name, order, out)
        }
        Some(Command::Class(command)) => {
            class::run(command, &catalogue, args.screen, args.no_save, out)
        }
        Some(Command::Format) => Ok(out.write_all(LESSON_FORMAT.as_bytes())?),
        Some(Command::New { name, output }) => new::run(
            &name,
            output.as_deref(),
            args.lessons.as_deref(),
            &style(false),
            out,
        ),
        Some(Command::Schema) => Ok(out.write_all(json_schema().as_bytes())?),
        Some(Command::Completions { shell }) => completions::run(shell, out),
        Some(Command::Man { command }) => manual(command.as_deref(), out),
    }
}

/// Prints the manual page of the program, or of one of its commands.
fn manual(command: Option<&str>, out: &mut impl Write) -> Result<(), Failure> {
    let mut program = Args::command();
    program.build();
    let page = match command {
        None => program,
        Some(name) => {
            let names = program.get_subcommands().map(clap::Command::get_name);
            let help = nearest(name, names).map_or_else(
                || "`nn-tutor help` shows all commands".to_owned(),
                |right| format!("did you mean `{right}`?"),
            );
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| {
                Failure::Other(format!("there is no command {name:?}\nhelp: {help}"))
            })?
        }
    };
    let source = concat!("nn-tutor ", env!("CARGO_PKG_VERSION"));
    let page_has_commands = page.has_subcommands();
    let usage = page.clone().render_usage().to_string();
    let examples = page.get_after_help().map(ToString::to_string);
    let page = clap_mangen::Man::new(page).source(source);
    page.render_title(out)?;
    page.render_name_section(out)?;
    // The generator's own versions leave the values of options out, and run command lines into one another.
    let usage = usage.trim_start_matches("Usage:").trim();
    out.write_all(as_typed("SYNOPSIS", usage).as_bytes())?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    if page_has_commands {
        page.render_subcommands_section(out)?;
    }
    let examples = examples.unwrap_or_default();
    let examples = examples.trim_start_matches("Examples:\n");
    if !examples.is_empty() {
        out.write_all(as_typed("EXAMPLES", examples).as_bytes())?;
    }
    Ok(())
}

/// Returns a section whose lines stay as they are.
fn as_typed(heading: &str, text: &str) -> String {
    let mut lines = vec![format!(".SH {heading}"), ".nf".to_owned()];
    lines.extend(text.lines().map(|line| {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        // man would take a line that begins with a dot or a quote for a command.
        if line.starts_with(['.', '\'']) {
            format!("\\&{line}")
        } else {
            line
        }
    }));
    lines.push(".fi\n".to_owned());
    lines.join("\n")
}

/// Returns a hint for those who type the name of a lesson as if it were a command.
fn lesson_hint(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let library = Library::embedded();
    let is_file = Path::new(word).is_file();
    let is_lesson = is_file || library.names().contains(&word.as_str());
    is_lesson.then(|| format!("To open this lesson: nn-tutor lesson {word}"))
}

/// Returns the index of the network of a lesson that has a name.
fn network_named(lesson: &Lesson, name: &str) -> Result<usize, Failure> {
    let names: Vec<&str> = lesson.networks.iter().map(|spec| &*spec.name).collect();
    let found = names.iter().position(|known| *known == name);
    found.ok_or_else(|| {
        Failure::Other(if names == [""] {
            "the only network of this lesson has no name: leave out --network".into()
        } else {
            let names = names.join(", ");
            format!("the lesson has no network of that name, it has: {names}")
        })
    })
}

/// Compiles a lesson, with a message if that takes long.
fn compile(catalogue: &Catalogue, name: impl AsRef<OsStr>) -> Result<Arc<Trace>, LessonError> {
    let note = Note::new(PREPARING);
    let trace = catalogue.open(name);
    note.end();
    trace
}
