//! Joining a class: as a student, as its teacher, or as a projector.

use std::io::{self, BufRead as _, IsTerminal as _, Write};
use std::thread;
use std::time::{Duration, Instant};

use super::{Failure, find, find_all, plain};
use crate::app::{App, Catalogue, ClassTranscript, Classroom, Event};
use crate::class::message::{ByeReason, FromHub, Hello, ToHub, VERSION, Welcome};
use crate::class::{ClassView, Role};
use crate::cli::args::Screen as Shown;
use crate::cli::lesson::{is_plain, lines, mouse, theme};
use crate::cli::link::{Link, Way};
use crate::cli::screen;
use crate::export::text::TextStyle;
use crate::hub::{Line, LineError, OpenClass, Pauses, account_name, check_name};
use crate::lesson::Library;

/// The time within which a hub answers.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most times that somebody is asked the same.
const TRIES: usize = 5;

/// What is known of somebody who joins.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// The name that the door vouches for.
    pub(super) door_name: Option<String>,
    /// The name that they want to have.
    pub(super) name: Option<String>,
    /// The join code.
    pub(super) code: Option<String>,
    /// The word to come back with.
    pub(super) word: Option<String>,
}

/// Joins a class as a student: one on this machine, or on a host, by its name there if several are open.
pub(super) fn join(
    [class, there]: [Option<&str>; 2],
    known: &Known,
    shown: Shown,
    no_save: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let way = match (class, there) {
        // At a door no ssh is started.
        (Some(host), Some(class)) if known.door_name.is_none() => {
            check_name(class)?;
            Way::Host {
                host: host.to_owned(),
                class: Some(class.to_owned()),
                ssh: None,
            }
        }
        (class, _) => way_to(class, known.door_name.is_some(), out)?,
    };
    let hello = Hello {
        door_name: known.door_name.clone(),
        name: known.name.clone(),
        code: known.code.clone(),
        word: known.word.clone(),
        ..Hello::new(Role::Student)
    };
    enter(way, hello, shown, no_save, out)
}

/// Comes to a class of one's own, as its teacher or as a projector.
pub(super) fn attach(
    class: Option<&str>,
    role: Role,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    // Nobody else's class lets one be that.
    let class = find(class, true)?;
    enter(Way::Local(class), Hello::new(role), shown, true, out)
}

/// Returns the way to the class that is meant, and asks which if there are several.
fn way_to(class: Option<&str>, is_door: bool, out: &mut impl Write) -> Result<Way, Failure> {
    let mut classes = find_all(class, false);
    match (classes.len(), class) {
        // Who comes by a door acts for the teacher's account, which is to run nothing else for them.
        (0, _) if is_door => Err(Failure::Other("the class is not open now".to_owned())),
        (0, Some(host)) => Ok(Way::Host {
            host: host.to_owned(),
            class: None,
            ssh: None,
        }),
        (0, None) => Err(Failure::Other(
            "no class is open on this machine; if it is on another one, `nn-tutor class join HOST`"
                .to_owned(),
        )),
        (1, _) => Ok(Way::Local(classes.remove(0))),
        (count, _) => {
            writeln!(out, "Several classes are open:")?;
            let names: Vec<[String; 2]> = classes.iter().map(names_of).collect();
            for (number, [_, full]) in (1..).zip(&names) {
                writeln!(out, "  {number}  {full}")?;
            }
            for _ in 0..TRIES {
                let typed = ask(
                    "Which one? ",
                    "say which one: `nn-tutor class join NAME`",
                    out,
                )?;
                if let Some(at) = chosen(&typed, &names) {
                    return Ok(Way::Local(classes.remove(at)));
                }
                writeln!(
                    out,
                    "Type a number from 1 to {count}, or the name of one of them."
                )?;
            }
            Err(Failure::Other("no class was chosen".to_owned()))
        }
    }
}

/// Returns the name of a class, alone and with its teacher's.
fn names_of(class: &OpenClass) -> [String; 2] {
    let teacher =
        account_name(class.teacher).unwrap_or_else(|| format!("account {}", class.teacher));
    [class.name.clone(), format!("{} of {teacher}", class.name)]
}

/// Returns the index of the class that is meant by its number in the list, or by a name that no other one has.
fn chosen(typed: &str, names: &[[String; 2]]) -> Option<usize> {
    let typed = typed.trim();
    let number = typed
        .parse()
        .ok()
        .filter(|at| (1..=names.len()).contains(at));
    let by_name = || {
        let mut named = (0..names.len()).filter(|at| {
            let is_meant = |name: &String| name.eq_ignore_ascii_case(typed);
            names[*at].iter().any(is_meant)
        });
        named.next().filter(|_| named.next().is_none())
    };
    number.map(|at: usize| at - 1).or_else(by_name)
}

/// Asks for something on the terminal. `else_` says what to do where there is none.
fn ask(what: &str, else_: &str, out: &mut impl Write) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Other(format!(
            "standard input is not a terminal, so nothing can be asked; {else_}"
        )));
    }
    write!(out, "{what}")?;
    out.flush()?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    if read.map_err(Failure::Input)? == 0 {
        return Err(Failure::Other("nothing was typed".to_owned()));
    }
    Ok(line.trim().to_owned())
}

/// Is let into a class: what it asks for is asked on the terminal.
fn knock(
    way: &mut Way,
    hello: &mut Hello,
    out: &mut impl Write,
) -> Result<(Line, Welcome), Failure> {
    let mut pauses = Pauses::new(std::process::id());
    for _ in 0..2 * TRIES {
        let mut line = way.connect(false)?;
        line.send(&ToHub::Hello(hello.clone()))?;
        let (reason, why) = match line.wait(PATIENCE) {
            Ok(Some(FromHub::Welcome(welcome))) if welcome.version != VERSION => {
                return Err(Failure::Other(format!(
                    "the class speaks version {} of the language of nn-tutor, and this program {VERSION}: one of the two has to be updated",
                    welcome.version
                )));
            }
            Ok(Some(FromHub::Welcome(welcome))) => return Ok((line, welcome)),
            Ok(Some(FromHub::Bye { reason, why })) => (reason, why),
            Ok(_) => {
                return Err(Failure::Other("the class does not answer".to_owned()));
            }
            Err(LineError::Gone) if matches!(way, Way::Host { .. }) => {
                return Err(Failure::Other(
                    "ssh has not reached a class; the host needs nn-tutor and a class that is open; of several, `nn-tutor class join HOST CLASS` names one"
                        .to_owned(),
                ));
            }
            Err(LineError::Unreadable(_)) if matches!(way, Way::Host { .. }) => {
                return Err(Failure::Other(
                    "the host prints something of its own before the class speaks, probably from a file such as ~/.bashrc; \
                     `ssh HOST true` has to print nothing"
                        .to_owned(),
                ));
            }
            Err(error) => return Err(error.into()),
        };
        match reason {
            ByeReason::CodeNeeded | ByeReason::WrongCode => {
                writeln!(out, "{why}")?;
                hello.code = Some(ask("Join code: ", "give it by `--code`", out)?);
            }
            ByeReason::NameNeeded | ByeReason::BadName => {
                writeln!(out, "{why}")?;
                hello.word = None;
                hello.name = Some(ask("Your name: ", "give it by `--name`", out)?);
            }
            ByeReason::WrongWord => {
                writeln!(out, "{why}")?;
                let typed = ask(
                    "Your word (or Enter for another name): ",
                    "use another name",
                    out,
                )?;
                if typed.is_empty() {
                    hello.word = None;
                    hello.name = Some(ask("Your name: ", "give it by `--name`", out)?);
                } else {
                    hello.word = Some(typed);
                }
            }
            reason if reason.is_passing() => thread::sleep(pauses.next_pause()),
            _ => return Err(Failure::Other(why)),
        }
    }
    Err(Failure::Other(
        "the class lets nobody in like this".to_owned(),
    ))
}

/// Enters a class, and stays in it until it is left.
fn enter(
    mut way: Way,
    mut hello: Hello,
    shown: Shown,
    no_save: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    check_screen(hello.role, shown)?;
    let (mut line, welcome) = knock(&mut way, &mut hello, out)?;
    let is_new = hello.word.is_none();
    hello.name.clone_from(&welcome.name);
    if welcome.word.is_some() {
        hello.word.clone_from(&welcome.word);
    }
    let mut heard = Vec::new();
    let view = first_view(&mut line, &mut heard)?;
    let position = view.position;
    let name = position
        .as_ref()
        .map(|position| position.lesson.clone())
        .or_else(|| welcome.lessons.first().map(|lesson| lesson.name.clone()))
        .unwrap_or_default();
    line.send(&ToHub::Fetch {
        lesson: name.clone(),
    })?;
    let texts = loop {
        match line.wait(PATIENCE)? {
            Some(FromHub::Lesson(texts)) => break texts,
            Some(FromHub::Bye { why, .. }) => return Err(Failure::Other(why)),
            Some(other) => heard.push(other),
            None => {
                return Err(Failure::Other(
                    "the class does not send its lesson".to_owned(),
                ));
            }
        }
    };
    let catalogue = Catalogue::new(Library::embedded());
    catalogue.give(&texts.lesson, texts.open()?);
    let step = position.as_ref().map_or(1, |position| {
        position.opened.first().copied().unwrap_or(position.step)
    });
    // In an account that is not the student's own nothing is kept.
    let is_guest = hello.door_name.is_some() || welcome.word.is_some();
    let app = App::lesson(
        catalogue,
        crate::cli::keeper(no_save || is_guest),
        name.as_ref(),
        Some(step.saturating_sub(1)),
        theme(shown),
        Duration::ZERO,
    )?;
    let app = app.with_decimals(shown.decimals).with_mouse(mouse(shown));
    let host = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let mut classroom = Classroom::new(&welcome, &host);
    if is_guest {
        classroom = classroom.of_guest();
    }
    if is_new {
        classroom.tell_word();
    }
    let mut app = app.in_class(classroom);
    for message in heard {
        app.handle(Event::Class(Box::new(message)), Duration::ZERO);
    }
    let link = Link::new(way, hello, line);
    let has_ended = if is_plain(shown) {
        plain::run(ClassTranscript::new(app, lines(shown)), link, out)?
    } else {
        screen::run_in_class(app, link, Instant::now())?
    };
    say_good_bye(&welcome, has_ended, &lines(shown), out)
}

/// Checks that there is what a class is shown on, before anything is done for it.
pub(super) fn check_screen(role: Role, shown: Shown) -> Result<(), Failure> {
    let why = if is_plain(shown) {
        if role != Role::Projector {
            return Ok(());
        }
        "a projector shows a screen; it has no --plain"
    } else if !io::stdin().is_terminal() {
        "standard input is not a terminal; `--plain` takes lines of text"
    } else if !io::stdout().is_terminal() {
        "standard output is not a terminal; `--plain` tells of the class in lines of text"
    } else {
        return Ok(());
    };
    Err(Failure::Other(why.to_owned()))
}

/// Waits for the first view of the class.
fn first_view(line: &mut Line, heard: &mut Vec<FromHub>) -> Result<ClassView, Failure> {
    loop {
        let Some(message) = line.wait(PATIENCE)? else {
            return Err(Failure::Other("the class does not answer".to_owned()));
        };
        let view = match &message {
            FromHub::Class(view) => Some(view.clone()),
            FromHub::Teacher(view) => Some(view.class.clone()),
            FromHub::Projector(view) => Some(view.class.clone()),
            FromHub::Bye { why, .. } => return Err(Failure::Other(why.clone())),
            _ => None,
        };
        heard.push(message);
        if let Some(view) = view {
            return Ok(view);
        }
    }
}

/// Says how to come back.
fn say_good_bye(
    welcome: &Welcome,
    has_ended: bool,
    style: &TextStyle,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if has_ended {
        return Ok(());
    }
    let class = &welcome.class;
    let said = match (welcome.role, &welcome.word, &welcome.name) {
        (Role::Teacher, ..) => format!(
            "The class {class} goes on. `nn-tutor class attach {class}` comes back to it, `nn-tutor class close {class}` ends it."
        ),
        (Role::Student, Some(word), Some(name)) => {
            format!("You come back as {name} with your word: {word}")
        }
        _ => return Ok(()),
    };
    let mut wrapped = String::new();
    style.wrap(&mut wrapped, &said, [0, 0]);
    Ok(out.write_all(wrapped.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_chosen_by_number_or_name() {
        let names = ["xor of ada", "gates of ada", "xor of bob"].map(|full| {
            let (name, _) = full.split_once(' ').unwrap();
            [name.to_owned(), full.to_owned()]
        });
        for (typed, at) in [
            ("2", Some(1)),
            (" Gates ", Some(1)),
            ("xor of bob", Some(2)),
            ("xor", None),
            ("0", None),
            ("4", None),
            ("", None),
        ] {
            assert_eq!(chosen(typed, &names), at, "{typed:?}");
        }
    }
}
