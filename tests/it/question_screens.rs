//! Questions on the screen: nothing that is asked for is shown before it is answered, the input line is always there,
//! and the answer stays beside the step afterwards.

use std::collections::HashSet;
use std::sync::Arc;

use crate::common::{building, grounded, picture};
use nn_tutor::algebra::{Decimals, Operation, Quantity};
use nn_tutor::export::text::{self, TextStyle};
use nn_tutor::lesson::Library;
use nn_tutor::session::{Command, Menu, MenuEntry, Mode, Session};
use nn_tutor::trace::{CellText, Part, Step, Trace};
use nn_tutor::tutor::{Kind, Level, practice};
use nn_tutor::ui::{self, Color, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color as Paint;

const UNICODE: Theme = Theme {
    color: Color::Dark,
    ascii: false,
};
const ASCII: Theme = Theme {
    ascii: true,
    ..UNICODE
};

/// One question of each kind about the grounded example.
const QUESTIONS: &str = "  - ask: How many connections has this network?
    number: connections
  - ask: Which shape has the first transfer matrix?
    shape: W(0)
  - walk:
      sample: 1
      questions:
        z(1): {shape: z(1)}
        delta(2): {sign: 'delta(2)[1]'}
        delta(1):
          ask: How much of the error belongs to the hidden neurons?
          matrix: delta(1)
          because: Only the part that came through each one's weight.
  - ask: Which of these keeps δ⁽¹⁾ from reaching the bias?
    options:
      - right: '`[1+]`, which drops the first row: the bias unit has no input that could have done better.'
      - wrong: The transposed matrix.
        because: It only brings the shapes together.
  - ask: Why has the output no bias unit?
    answer: Nothing comes after it that could use one.
";

fn parsed(text: &str) -> Trace {
    building::compiled(text, |_| ())
}

fn questions() -> Session {
    Session::new(parsed(&grounded::with(QUESTIONS)))
}

/// Returns a session with those questions, at the first step with a title.
fn at(title: &str) -> Session {
    let mut session = questions();
    let trace = session.trace();
    let index = (0..trace.len()).find(|&i| trace.step(i).title() == title);
    session.go_to(index.unwrap());
    assert_eq!(session.mode(), Mode::Ask);
    session
}

fn typed(session: &mut Session, text: &str) {
    for character in text.chars() {
        session.apply(Command::Type(character));
    }
}

fn answered(session: &mut Session, text: &str) {
    typed(session, text);
    session.apply(Command::Answer);
}

/// Shows the answer to what waits; where nothing does, goes on.
fn reveal(session: &mut Session) {
    let waits = session.asked().is_some_and(|asked| !asked.revealed);
    for _ in 0..=usize::from(waits) {
        session.apply(Command::Answer);
    }
}

fn rendered(session: &Session, theme: Theme, (width, height): (u16, u16)) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    ui::render(session, &theme, area, &mut buffer);
    buffer
}

fn lines(session: &Session, theme: Theme, size: (u16, u16)) -> Vec<String> {
    let buffer = rendered(session, theme, size);
    let rows = buffer.content.chunks(usize::from(size.0));
    rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect())
        .collect()
}

fn picture(session: &Session, size: (u16, u16)) -> String {
    picture::of(
        |theme, area, buffer| ui::render(session, theme, area, buffer),
        size,
    )
}

fn ascii_picture(session: &Session, size: (u16, u16)) -> String {
    picture::in_characters(
        true,
        |theme, area, buffer| ui::render(session, theme, area, buffer),
        size,
    )
}

#[test]
fn pictures_of_a_goal() {
    let ask =
        "  - ask: Change the weights until the prediction is above 0.9, and both samples are right.
    goal: {y_hat: above 0.9, right: all, 'W(0)[1,2]': between -0.5 and 0.5}
    hint: The bias of the output moves every prediction.
    because: The first hidden unit can tell the samples apart by x₁. Now ŷ is {y_hat}.
";
    let script = format!(
        "  - walk: {{sample: 1}}\n{ask}  - set: {{'W(1)[0,1]': -4, 'W(0)[1,2]': 0, 'W(0)[1,1]': -9, 'W(1)[1,1]': 9, 'W(0)[0,1]': 4}}\n{ask}"
    );
    let mut session = Session::new(parsed(&grounded::with(&script)));
    let asks = |session: &Session| {
        let trace = session.trace();
        (0..trace.len())
            .filter(|&index| trace.ask(index).is_some())
            .collect::<Vec<_>>()
    };
    let [first, second] = asks(&session)[..] else {
        panic!("two goals")
    };
    session.go_to(first);
    insta::assert_snapshot!("goal", picture(&session, (80, 24)));
    insta::assert_snapshot!("goal_large", picture(&session, (120, 40)));
    insta::assert_snapshot!("goal_small", ascii_picture(&session, (40, 12)));
    for _ in 0..3 {
        session.apply(Command::Hint);
    }
    insta::assert_snapshot!("goal_hints", picture(&session, (80, 24)));
    session.apply(Command::Numbers);
    insta::assert_snapshot!("goal_numbers", picture(&session, (80, 24)));
    session.apply(Command::Return);
    session.apply(Command::Answer);
    session.apply(Command::Answer);
    insta::assert_snapshot!("goal_given_up", picture(&session, (80, 24)));
    for _ in first..second {
        session.apply(Command::Next);
    }
    insta::assert_snapshot!("goal_reached", picture(&session, (80, 24)));
}

#[test]
fn pictures_of_questions_and_answers() {
    let mut session = at("Error of layer 1");
    insta::assert_snapshot!("waiting", picture(&session, (80, 24)));
    insta::assert_snapshot!("waiting_large", picture(&session, (120, 40)));
    session.apply(Command::Hint);
    session.apply(Command::Hint);
    insta::assert_snapshot!("hints", picture(&session, (80, 24)));
    answered(&mut session, "-0.244 -0.049");
    insta::assert_snapshot!("wrong", picture(&session, (80, 24)));
    insta::assert_snapshot!("wrong_ascii", ascii_picture(&session, (80, 24)));
    insta::assert_snapshot!("wrong_small", picture(&session, (40, 12)));
    typed(&mut session, "one");
    session.apply(Command::Answer);
    insta::assert_snapshot!("unreadable", picture(&session, (80, 24)));
    session.apply(Command::Clear);
    session.apply(Command::Return);
    insta::assert_snapshot!("put_off", picture(&session, (80, 24)));
    session.apply(Command::AskAgain);
    answered(&mut session, "-0.06 -0.01");
    insta::assert_snapshot!("right", picture(&session, (80, 24)));
    insta::assert_snapshot!("right_small", ascii_picture(&session, (40, 12)));
}

#[test]
fn pictures_of_questions_in_scenes() {
    let mut session = questions();
    let of_options = (0..session.trace().len()).rev().nth(1).unwrap();
    session.go_to(of_options);
    insta::assert_snapshot!("options", picture(&session, (80, 24)));
    insta::assert_snapshot!("options_small", ascii_picture(&session, (40, 12)));
    answered(&mut session, "b");
    insta::assert_snapshot!("options_wrong", picture(&session, (80, 24)));
    answered(&mut session, "a");
    insta::assert_snapshot!("options_right", picture(&session, (80, 24)));
    session.apply(Command::Next);
    answered(&mut session, "it is the last one");
    insta::assert_snapshot!("open", picture(&session, (80, 24)));
}

#[test]
fn pictures_of_what_lies_around_a_lesson() {
    let mut session = questions();
    answered(&mut session, "8");
    session.apply(Command::Next);
    answered(&mut session, "2x3");
    session.go_to(6);
    session.apply(Command::Hide);
    session.go_to(usize::MAX);
    reveal(&mut session);
    session.apply(Command::Next);
    assert_eq!(session.mode(), Mode::Review);
    session.apply(Command::Down);
    insta::assert_snapshot!("review", picture(&session, (80, 24)));
    insta::assert_snapshot!("review_small", ascii_picture(&session, (40, 12)));

    let mut session = questions();
    session.offer_to_resume(11);
    insta::assert_snapshot!("offer", picture(&session, (80, 24)));
    insta::assert_snapshot!("offer_small", ascii_picture(&session, (40, 12)));

    let trace = parsed(&grounded::with(QUESTIONS).replace(
        "  - ask: How many",
        "  - walk: {sample: 2}\n  - ask: How many",
    ));
    let mut session = Session::practice(trace, Level::Value);
    session.apply(Command::Next);
    answered(&mut session, "0.12345");
    insta::assert_snapshot!("practice", picture(&session, (80, 24)));

    let mut menu = map();
    let draw = |menu: &Menu, ascii, size| {
        picture::in_characters(
            ascii,
            |theme, area, buffer| ui::render_menu(menu, theme, area, buffer),
            size,
        )
    };
    insta::assert_snapshot!("map", draw(&menu, false, (80, 24)));
    menu.apply(Command::Down);
    insta::assert_snapshot!("map_small", draw(&menu, true, (40, 12)));
}

/// Returns the menu of the lessons that come with the program, two of which were walked.
fn map() -> Menu {
    let entries = Library::embedded().menu().into_iter().map(|listed| {
        let lesson = listed.lesson.unwrap();
        MenuEntry {
            name: listed.name,
            title: lesson.title,
            summary: lesson.summary,
            topics: lesson.topics,
            part: lesson.part,
            needs: lesson.needs,
            sound: true,
            place: None,
            done: false,
            score: None,
        }
    });
    let entries: Vec<MenuEntry> = entries.collect();
    let names: Vec<String> = entries.iter().map(|entry| entry.name.clone()).collect();
    let mut menu = Menu::new(entries);
    menu.left(&names[0], 20, 20, true);
    menu.scored(&names[0], Some((5, 7)));
    menu.left(&names[1], 3, 12, false);
    menu.scored(&names[1], Some((0, 10)));
    menu
}

/// Returns the numbers on a screen that are whole, and those that are cut, each with a zero before its point.
fn numbers(lines: &[String]) -> (HashSet<String>, HashSet<String>) {
    let (mut whole, mut cut) = (HashSet::new(), HashSet::new());
    for line in lines {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '−' | '…');
        for word in line.split(|c| !is_part(c)) {
            let (word, words) = match word.strip_suffix('…') {
                Some(word) => (word, &mut cut),
                None => (word.trim_end_matches('.'), &mut whole),
            };
            let (sign, digits) = match word.strip_prefix('−') {
                Some(digits) => ("−", digits),
                None => ("", word),
            };
            let zero = if digits.starts_with('.') { "0" } else { "" };
            words.insert(format!("{sign}{zero}{digits}"));
        }
    }
    (whole, cut)
}

/// Returns the numbers of an equation that are not hidden, and those that are.
fn split(parts: &[Part], decimals: Decimals) -> (HashSet<String>, HashSet<String>) {
    let (mut shown, mut hidden) = (HashSet::new(), HashSet::new());
    for part in parts {
        let Part::Matrix(operand) = part else {
            continue;
        };
        for row in 0..operand.rows() {
            for column in 0..operand.columns() {
                let cell = operand.cell(row, column);
                match operand.shown(row, column) {
                    CellText::Number(value) => shown.insert(decimals.number(value)),
                    CellText::Hidden => {
                        hidden.insert(decimals.number(operand.values[[cell.row, cell.column]]))
                    }
                    CellText::Placeholder | CellText::Dropped => false,
                };
            }
        }
    }
    (shown, hidden)
}

/// Returns the numbers of a walk that a learner has seen: those of its steps up to `known`.
fn seen_before(known: &Step, decimals: Decimals) -> HashSet<String> {
    let trace = known.trace();
    let walk = (0..=known.index)
        .rev()
        .map(|index| trace.step(index))
        .take_while(|step| step.operation().is_some() && step.scene() == known.scene());
    walk.flat_map(|step| split(&step.equation(), decimals).0)
        .collect()
}

/// Calls `check` at every step of every lesson at which something is hidden.
fn wherever_hidden(
    level: Option<Level>,
    more_decimals: usize,
    mut check: impl FnMut(&str, &Session, &Arc<Trace>),
) {
    let library = Library::embedded();
    for name in library.names() {
        let lesson = library.open(name).unwrap();
        let lesson = match level {
            None => lesson,
            Some(_) => match practice::exercise(&lesson, 1, 0) {
                Ok(exercise) => exercise,
                Err(_) => continue,
            },
        };
        let trace = Arc::new(Trace::compile(lesson.into()).unwrap());
        let mut session = match level {
            None => Session::new(Arc::clone(&trace)),
            Some(level) => Session::practice(Arc::clone(&trace), level),
        };
        if level.is_none() {
            session.apply(Command::Hide);
            // The message about that command disappears with the next one.
            session.apply(Command::Start);
        }
        for _ in 0..more_decimals {
            session.apply(Command::MoreDecimals);
        }
        for index in 0..session.trace().len() {
            session.go_to(index);
            if session.is_veiled() {
                check(name, &session, &trace);
            }
        }
    }
}

/// Returns whether panels could compute the step's result before it is revealed: the loss of all samples, or ψ of the
/// outputs. Then it does not matter that the result is on the screen of the step before; in practice it never is.
fn worked_out_by_panels(step: &Step) -> bool {
    match step.operation() {
        Some(Operation::Loss) => step.samples().len() == step.spec().data.len(),
        Some(Operation::OutputSlope) => true,
        _ => false,
    }
}

/// Checks that no hidden number is on the screen, unless the learner knows it anyway. An unknown number is looked for
/// before it is revealed, and found afterwards.
fn check_nothing_is_told(level: Option<Level>, more_decimals: usize) {
    let (mut unknown, mut found) = (0, 0);
    let mut losses = HashSet::new();
    wherever_hidden(level, more_decimals, |name, session, trace| {
        let decimals = session.decimals();
        let place = format!("{name}, step {}", session.index() + 1);
        let view = session.view();
        let known = view.known.as_ref().unwrap();
        let (shown, hidden) = split(&view.equation(), decimals);
        assert!(!hidden.is_empty(), "{place}");
        let mut plain = Session::new(Arc::clone(trace));
        for _ in 0..more_decimals {
            plain.apply(Command::MoreDecimals);
        }
        plain.go_to(known.index);
        reveal(&mut plain);
        plain.go_to(known.index);
        let mut revealed = session.clone();
        reveal(&mut revealed);
        let seen: HashSet<String> = shown
            .into_iter()
            .chain(seen_before(known, decimals))
            .collect();
        if view.step.operation() == Some(Operation::Loss) && worked_out_by_panels(&view.step) {
            losses.insert((name.to_owned(), view.step.spec().data.len()));
        }
        for size in [(80, 24), (200, 50)] {
            let (whole, cut) = numbers(&lines(session, UNICODE, size));
            let mut legit = if level.is_some() || worked_out_by_panels(&view.step) {
                HashSet::new()
            } else {
                numbers(&lines(&plain, UNICODE, size)).0
            };
            legit.extend(seen.iter().cloned());
            // The weights as they are now stand on the lines of the network.
            let weights = (0..known.last()).filter_map(|l| known.get(Quantity::Weights(l), false));
            let weights = weights.flat_map(|matrix| matrix.into_iter().map(|w| decimals.term(w)));
            legit.extend(numbers(&weights.collect::<Vec<_>>()).0);
            let (after, _) = numbers(&lines(&revealed, UNICODE, size));
            for number in hidden.difference(&legit) {
                // Steps between the last known one and the question are not revealed by themselves.
                unknown += usize::from(session.asked().is_some());
                assert!(
                    !whole.contains(number),
                    "{place}, {size:?}: {number} is told"
                );
                let is_begun = cut.iter().any(|cut| {
                    let decimals = cut
                        .split_once('.')
                        .map_or(0, |(_, decimals)| decimals.len());
                    decimals > 1
                        && number.starts_with(cut)
                        && !legit.iter().any(|legit| legit.starts_with(cut))
                });
                assert!(!is_begun, "{place}, {size:?}: {number} is told in part");
                found += usize::from(after.contains(number));
            }
        }
    });
    // A lesson about a single sample, and one about several at once.
    assert!(losses.contains(&("grounded".to_owned(), 1)), "{losses:?}");
    assert!(losses.iter().any(|(_, samples)| *samples > 1), "{losses:?}");
    assert!(unknown > 100, "{unknown} numbers were looked for");
    let least = unknown / 2;
    assert!(
        found > least,
        "{found} of {unknown} are found once they are revealed"
    );
}

/// The same in practice at its hardest level, where a whole pass is hidden.
#[test]
fn no_hidden_number_is_on_the_screen_in_practice() {
    check_nothing_is_told(Some(Level::Value), 3);
    check_nothing_is_told(Some(Level::Phase), 3);
    check_nothing_is_told(Some(Level::Pass), 3);
}

/// Answers wrong. Returns `false` if no answer is certainly wrong.
fn answer_wrong(session: &mut Session) -> bool {
    let asked = session.asked().unwrap();
    let text = match &asked.question.kind {
        Kind::Numbers { cells, .. } => vec!["-987.65"; cells.len()].join(" "),
        Kind::Shape(_) => "9 x 99".into(),
        Kind::Options(_) | Kind::Sign(_) | Kind::Direction(..) | Kind::Open(_) | Kind::Goal(_) => {
            return false;
        }
    };
    answered(session, &text);
    assert!(session.is_veiled());
    true
}

/// Checks that the input line is whole, that all words of the question and of the feedback are there, at once or by
/// scrolling, and that ASCII mode shows nothing but ASCII.
fn check_asking(session: &Session, theme: Theme, size: (u16, u16)) {
    let area = Rect::new(0, 0, size.0, size.1);
    let most = ui::most_scroll(session, &theme, area);
    let mut session = session.clone();
    let asked = session.asked().unwrap();
    let decimals = session.decimals();
    let said = asked.given.map(|given| given.verdict.feedback.clone());
    let wanted: Vec<String> = asked
        .question
        .text
        .iter()
        .chain(said.iter().flatten())
        .map(|rich_text| theme.text(&rich_text.text(decimals)).into_owned())
        .collect();
    let typed = theme.text(asked.typed).into_owned();
    let mut seen = Vec::new();
    for scroll in 0..=most {
        let shown = lines(&session, theme, size);
        assert!(!theme.ascii || shown.iter().all(|line| line.is_ascii()));
        let bar = theme.pick("▏", "_");
        let end = match typed.char_indices().rev().nth(5) {
            Some((at, _)) => &typed[at..],
            None => &typed,
        };
        let prompt = theme.pick("› ", "> ");
        assert!(
            shown
                .iter()
                .any(|line| line.contains(prompt) && line.contains(&format!("{end}{bar}"))),
            "{shown:#?}"
        );
        let text = shown.join("\n");
        let says_more = text.contains(": PgDn");
        assert_eq!(
            says_more,
            scroll < most,
            "{scroll} of {most}, {size:?}: {shown:#?}"
        );
        seen.extend(shown);
        session.apply(Command::ScrollDown);
    }
    let seen = seen.join(" ");
    for word in wanted.iter().flat_map(|text| text.split_whitespace()) {
        assert!(seen.contains(word), "{word} of {wanted:?}: {seen}");
    }
}

#[test]
fn the_line_for_the_answer_is_always_there() {
    wherever_hidden(None, 0, |name, session, _| {
        // The same as one looks, with hints, after a wrong answer, and with more typed than there is room for.
        let mut hinted = session.clone();
        hinted.apply(Command::Hint);
        let mut wrong = hinted.clone();
        if !answer_wrong(&mut wrong) {
            return;
        }
        let mut long = wrong.clone();
        typed(&mut long, &"0.123 ".repeat(40));
        typed(&mut long, "−7.5");
        for (state, session) in [
            ("", session),
            ("hinted", &hinted),
            ("wrong", &wrong),
            ("long", &long),
        ] {
            let place = format!("{name}, step {}, {state}", session.index() + 1);
            let check = std::panic::catch_unwind(|| {
                for size in [(80, 24), (40, 12)] {
                    check_asking(session, UNICODE, size);
                    check_asking(session, ASCII, size);
                }
                check_asking(session, UNICODE, (72, 15));
                check_asking(session, UNICODE, (60, 60));
                check_asking(session, UNICODE, (200, 50));
            });
            assert!(check.is_ok(), "{place}");
        }
    });
}

/// Brackets and operands stay where they are when a predicted result is revealed.
#[test]
fn a_hidden_result_has_the_room_of_its_numbers() {
    let mut session = questions();
    session.apply(Command::Hide);
    let is_bracket = |c: &char| "⎡⎢⎣⎤⎥⎦[]".contains(*c);
    let mut compared = 0;
    for index in 0..session.trace().len() {
        session.go_to(index);
        let asked = session.asked().map(|asked| asked.question.kind.clone());
        if !matches!(asked, Some(Kind::Numbers { .. })) || !session.is_veiled() {
            continue;
        }
        let brackets = |session: &Session| -> Vec<Vec<usize>> {
            let shown = lines(session, UNICODE, (80, 24));
            // Formula, names and numbers; the text below has brackets of its own.
            shown[2..9]
                .iter()
                .map(|line| {
                    let cells = line.chars().take(50).enumerate();
                    cells
                        .filter(|(_, c)| is_bracket(c))
                        .map(|(x, _)| x)
                        .collect()
                })
                .collect()
        };
        let before = brackets(&session);
        let waiting = lines(&session, UNICODE, (80, 24));
        reveal(&mut session);
        let shown = lines(&session, UNICODE, (80, 24));
        assert_eq!(brackets(&session), before, "{waiting:#?} {shown:#?}");
        compared += 1;
    }
    assert!(compared > 8);
}

/// Neither the number of hidden numbers nor the label below them shows a shape that is asked for.
#[test]
fn a_shape_that_is_asked_for_is_not_shown() {
    let mut session = at("Weighted sums of layer 1");
    let shown = lines(&session, UNICODE, (80, 24)).join("\n");
    assert_eq!(
        shown.matches("[       ? ]").count() + shown.matches("[      ? ]").count(),
        1,
        "{shown}"
    );
    assert!(shown.contains("?×?") && !shown.contains("2×1"), "{shown}");
    reveal(&mut session);
    let shown = lines(&session, UNICODE, (80, 24)).join("\n");
    assert!(!shown.contains('?') || shown.contains("? keys"), "{shown}");
    assert!(shown.contains("2×1") && shown.contains("0.900"), "{shown}");
}

/// The same in every lesson, in lines of text and on the screen.
#[test]
fn no_lesson_tells_a_shape_that_it_asks_for() {
    let mut checked = 0;
    let mut check = |name: &str, session: &Session, _: &Arc<Trace>| {
        if !matches!(session.asked().unwrap().question.kind, Kind::Shape(_)) {
            return;
        }
        let place = format!("{name}, step {}", session.index() + 1);
        checked += 1;
        let view = session.view();
        for (ascii, by) in [(false, "×"), (true, "x")] {
            let look = TextStyle {
                ascii,
                width: 80,
                decimals: session.decimals(),
            };
            let page = text::page(&view.step, None, &view.equation(), &[], &look);
            let mut result = page.lines().skip_while(|line| !line.starts_with("Result "));
            let label = result.next().unwrap();
            assert!(label.ends_with(&format!(", ? {by} ?:")), "{place}: {page}");
            assert_eq!(result.collect::<Vec<_>>(), ["  ?"], "{place}: {page}");
        }
        let shown = lines(session, UNICODE, (80, 24)).join("\n");
        assert!(shown.contains("?×?"), "{place}: {shown}");
        for size in [(80, 24), (40, 12), (200, 50)] {
            let shown = lines(session, UNICODE, size).join("\n");
            assert!(shown.matches(" ? ").count() <= 1, "{place}: {shown}");
        }
    };
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let trace = Arc::new(Trace::compile(lesson.into()).unwrap());
        let mut session = Session::new(Arc::clone(&trace));
        for index in 0..trace.len() {
            session.go_to(index);
            if session.is_veiled() {
                check(name, &session, &trace);
            }
        }
    }
    assert!(checked >= 3);
}

/// In every lesson: once a question with options is answered, what it comes to is in sight, and the options that are not
/// right are folded away.
#[test]
fn the_conclusion_is_in_sight_once_options_are_answered() {
    let mut checked = 0;
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let trace = Arc::new(Trace::compile(lesson.into()).unwrap());
        let mut session = Session::new(Arc::clone(&trace));
        for index in 0..trace.len() {
            session.go_to(index);
            let Some(asked) = session.asked() else {
                continue;
            };
            let Kind::Options(choices) = asked.question.kind.clone() else {
                continue;
            };
            checked += 1;
            let posed = asked.question.text.iter();
            let posed: String = posed.map(|text| text.text(session.decimals())).collect();
            let letters: String = asked
                .question
                .options()
                .filter(|(_, choice)| choice.right)
                .map(|(letter, _)| letter)
                .collect();
            answered(&mut session, &letters);
            let place = format!("{name}, step {}", index + 1);
            let given = session.asked().unwrap().given.unwrap().clone();
            let shown = lines(&session, UNICODE, (80, 24)).join("\n");
            let squeezed = |text: &str| text.replace(['\n', ' ', '│'], "");
            for text in &given.verdict.feedback {
                for word in text.text(session.decimals()).split_whitespace() {
                    assert!(
                        squeezed(&shown).contains(&squeezed(word)),
                        "{place}: {word}: {shown}"
                    );
                }
            }
            let wrong = choices.iter().filter(|choice| !choice.right);
            for text in wrong.flat_map(|choice| &choice.text) {
                let text = text.text(session.decimals());
                // What the question itself says stays in sight.
                let is_told = text.len() <= 20 || squeezed(&posed).contains(&squeezed(&text));
                assert!(
                    is_told || !squeezed(&shown).contains(&squeezed(&text)),
                    "{place}: {shown}"
                );
            }
        }
    }
    assert!(checked > 20);
}

/// Returns what the page says, without blanks, line by line.
fn page_text(session: &Session) -> String {
    let lines = lines(session, UNICODE, (80, 24));
    let page = lines
        .iter()
        .filter_map(|line| line.split(['│', '├']).nth(1));
    page.flat_map(str::chars).filter(|c| *c != ' ').collect()
}

/// In every lesson: after a wrong answer and the right one, or once it was looked up, the reason is whole on the page.
#[test]
fn the_reason_of_the_right_answer_is_whole() {
    let (mut checked, mut cut) = (0, Vec::new());
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let trace = Arc::new(Trace::compile(lesson.into()).unwrap());
        let mut session = Session::new(Arc::clone(&trace));
        for index in 0..trace.len() {
            session.go_to(index);
            let Some(asked) = session
                .asked()
                .filter(|asked| asked.question.goal().is_none())
            else {
                continue;
            };
            checked += 1;
            let letter = |right: bool| {
                let mut options = asked.question.options();
                options.find(|(_, choice)| choice.right == right)
            };
            let letters =
                [letter(false), letter(true)].map(|letter| letter.map(|(letter, _)| letter));
            match letters {
                [Some(wrong), Some(_)] => {
                    let right = asked.question.options().filter(|(_, choice)| choice.right);
                    let right: String = right.map(|(letter, _)| letter).collect();
                    answered(&mut session, &wrong.to_string());
                    answered(&mut session, &right);
                }
                _ => reveal(&mut session),
            }
            let asked = session.asked().unwrap();
            let said = match asked.given {
                Some(given) => given.verdict.feedback.clone(),
                None => asked.question.because.clone(),
            };
            let page = page_text(&session);
            for text in said {
                let text = text.text(session.decimals()).replace(' ', "");
                if !page.contains(&text) {
                    cut.push(format!("{name} {}: {text}", index + 1));
                }
            }
        }
    }
    assert!(checked > 300);
    assert!(cut.is_empty(), "{}: {}", cut.len(), cut.join("\n"));
}

/// In practice of whole phases and passes, no hint pushes what is given out of sight.
#[test]
fn hints_leave_what_is_given_in_sight() {
    for name in ["grounded", "softmax", "batch-norm"] {
        let lesson = Library::embedded().open(name).unwrap();
        let exercise = practice::exercise(&lesson, 5, 0).unwrap();
        let trace = Arc::new(Trace::compile(exercise.into()).unwrap());
        for level in [Level::Phase, Level::Pass] {
            let mut session = Session::practice(Arc::clone(&trace), level);
            for index in 0..trace.len() {
                session.go_to(index);
                let Some(asked) = session.asked().filter(|asked| asked.question.has_given) else {
                    continue;
                };
                let rungs = asked.question.hints(&trace).len();
                for _ in 0..rungs {
                    for size in [(80, 24), (120, 40)] {
                        let shown = lines(&session, UNICODE, size).join("\n");
                        assert!(
                            shown.contains("Given: "),
                            "{name}, step {}: {shown}",
                            index + 1
                        );
                    }
                    session.apply(Command::Hint);
                }
            }
        }
    }
}

/// A message beside a question does not count as a refused answer.
#[test]
fn messages_stand_in_the_footer_while_one_is_asked() {
    let mut session = at("Error of layer 1");
    let waiting = lines(&session, UNICODE, (80, 24));
    session.say("The disk is full: nothing is saved.".into());
    let shown = lines(&session, UNICODE, (80, 24));
    assert_eq!(shown[..23], waiting[..23]);
    assert!(shown[23].contains("The disk is full"), "{shown:#?}");
    typed(&mut session, "one");
    session.apply(Command::Answer);
    let shown = lines(&session, UNICODE, (80, 24));
    let marked = shown.iter().filter(|line| line.contains("! "));
    assert_eq!(marked.count(), 1, "{shown:#?}");
    assert!(shown[23].contains("Enter answer"), "{shown:#?}");
}

/// ψ of a step unit or a linear output is the same everywhere: neither formula nor panel shows it before the answer
/// does.
#[test]
fn a_slope_that_is_always_the_same_is_not_told() {
    for (activation, psi, bound) in [("linear", "1", "ψ is 1"), ("step", "0", "ψ is 0")] {
        let yaml = grounded::with("  - walk: {sample: 1, chain_rule: true}\n")
            .replace(
                "units: 1, activation: logistic",
                &format!("units: 1, activation: {activation}"),
            )
            .replace("neg-log-loss", "mean-squared")
            + "panels: [network, activation, saturation]\n";
        let mut session = Session::new(parsed(&yaml));
        session.apply(Command::Hide);
        let trace = session.trace();
        let is_slope = |&i: &usize| trace.step(i).operation() == Some(Operation::OutputSlope);
        let index = (0..trace.len()).find(is_slope).unwrap();
        // Nor does the value itself, asked for at the step before.
        session.go_to(index - 1);
        reveal(&mut session);
        for _ in 0..9 {
            session.apply(Command::Numbers);
            let cursor = session.cursor().unwrap();
            assert_ne!(cursor.cell.symbol, Quantity::Slope(2), "{activation}");
        }
        session.go_to(index);
        let formula = format!("∂ŷ/∂z = ψ(ŷ) = {psi}");
        let shown = |session: &Session| lines(session, UNICODE, (120, 40)).join("\n");
        let waiting = shown(&session);
        assert!(
            session.is_veiled() && waiting.contains("∂ŷ/∂z = ψ(ŷ)"),
            "{waiting}"
        );
        assert!(
            !waiting.contains(&formula) && !waiting.contains(bound),
            "{waiting}"
        );
        assert!(waiting.contains("ψ ?"), "{waiting}");
        reveal(&mut session);
        assert!(shown(&session).contains(&formula), "{}", shown(&session));
    }
}

/// If there is no room for both, the newer one of hint and feedback is shown.
#[test]
fn what_was_said_last_comes_first() {
    let mut session = at("Error of layer 1");
    let size = (40, 12);
    let text = |session: &Session| lines(session, UNICODE, size).join("\n");
    assert!(text(&session).contains("How much"));
    answered(&mut session, "1 2");
    assert!(text(&session).contains("✗"), "{}", text(&session));
    session.apply(Command::ScrollDown);
    session.apply(Command::Hint);
    let hinted = text(&session);
    assert!(
        hinted.contains("Hint 1") && !hinted.contains("✗"),
        "{hinted}"
    );
    session.apply(Command::ScrollDown);
    answered(&mut session, "3 4");
    assert!(text(&session).contains("✗"), "{}", text(&session));
}

#[test]
fn colours_are_added_and_nothing_else() {
    let mut wrong = at("Error of layer 1");
    answered(&mut wrong, "1 2");
    let mut right = wrong.clone();
    answered(&mut right, "-0.06 -0.01");
    for session in [&wrong, &right] {
        let [dark, light, none] = [Color::Dark, Color::Light, Color::None].map(|color| {
            rendered(
                session,
                Theme {
                    color,
                    ascii: false,
                },
                (80, 24),
            )
        });
        let mark = if session.is_veiled() { "✗" } else { "✓" };
        let at = none
            .content
            .iter()
            .position(|cell| cell.symbol() == mark)
            .unwrap();
        let paint = if session.is_veiled() {
            Paint::Red
        } else {
            Paint::Green
        };
        assert_eq!((dark.content[at].fg, light.content[at].fg), (paint, paint));
        assert_eq!(none.content[at].fg, Paint::Reset);
        for ((dark, light), none) in dark.content.iter().zip(&light.content).zip(&none.content) {
            assert_eq!(
                (dark.symbol(), light.symbol()),
                (none.symbol(), none.symbol())
            );
        }
    }
}

#[test]
fn no_hidden_number_is_on_the_screen() {
    check_nothing_is_told(None, 0);
}

/// The same with more decimals, where hardly any two numbers look the same.
#[test]
fn no_hidden_number_is_on_the_screen_with_more_decimals() {
    check_nothing_is_told(None, 3);
}
