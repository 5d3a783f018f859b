//! Every step of every lesson that comes with the program, on the screens it is made for: everything is there, whole
//! and in its place, and means the same without colour.

use crate::common::picture;
use nn_tutor::algebra::{Decimals, Operation, Phase, RichText};
use nn_tutor::check;
use nn_tutor::engine::Trainer;
use nn_tutor::keys::{self, Hint};
use nn_tutor::lesson::{Lesson, Library, NetworkSpec, Panel, Source};
use nn_tutor::session::{Command, Group, Menu, MenuEntry, Mode, Session};
use nn_tutor::trace::{CellText, Explanation, Operand, Part, Step, StepKind, Trace};
use nn_tutor::tutor::Kind;
use nn_tutor::ui::{self, Color, Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color as Paint, Modifier};
use unicode_width::UnicodeWidthStr as _;

const UNICODE: Theme = Theme {
    color: Color::Dark,
    ascii: false,
};
const ASCII: Theme = Theme {
    ascii: true,
    ..UNICODE
};

fn shipped() -> Vec<(String, Session)> {
    let library = Library::embedded();
    let open = |name: &str| {
        let lesson = library.open(name).unwrap();
        Session::new(Trace::compile(lesson.into()).unwrap())
    };
    let names = library.names();
    assert!(names.len() >= 3, "{names:?}");
    names
        .into_iter()
        .map(|name| (name.to_owned(), open(name)))
        .collect()
}

fn session(name: &str) -> Session {
    let lesson = Library::embedded().open(name).unwrap();
    Session::new(Trace::compile(lesson.into()).unwrap())
}

/// Returns a session of a lesson at the first step of a training that is done.
fn trained(name: &str) -> Session {
    let mut session = session(name);
    let trace = session.trace();
    let is_it = |index: &usize| trace.step(*index).title().starts_with("After ");
    let index = (0..trace.len()).find(is_it).unwrap();
    session.go_to(index);
    reveal(&mut session);
    session
}

/// Returns a session of a lesson at the first step with a title, with the cursor on its result or without.
fn at(name: &str, title: &str, cursor: bool) -> Session {
    let mut session = session(name);
    let trace = session.trace();
    let index = (0..trace.len())
        .find(|&i| trace.step(i).title() == title)
        .unwrap_or_else(|| panic!("no step {title:?}"));
    session.go_to(index);
    reveal(&mut session);
    if cursor {
        session.apply(Command::Numbers);
        assert_eq!(session.mode(), Mode::Numbers);
    }
    session
}

fn rendered(session: &Session, theme: Theme, (width, height): (u16, u16)) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    ui::render(session, &theme, area, &mut buffer);
    buffer
}

/// A screen line by line, with one string per cell.
struct Screen<'a> {
    theme: Theme,
    buffer: &'a Buffer,
    rows: Vec<Vec<&'a str>>,
    /// The column of the line between the page and the panels, or of the right border.
    divider: usize,
    /// The row of the line below the page.
    end: usize,
    /// Whether the page has no border around it.
    open: bool,
}

/// A row of numbers between brackets, with the column of each number.
struct Bracketed<'a> {
    left: usize,
    right: usize,
    numbers: Vec<(usize, String)>,
    open: &'a str,
    close: &'a str,
}

impl<'a> Screen<'a> {
    fn of(buffer: &'a Buffer, theme: Theme) -> Self {
        let width = usize::from(buffer.area.width);
        let rows: Vec<Vec<&str>> = buffer
            .content
            .chunks(width)
            .map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect())
            .collect();
        // In a low window there is only the line with the heading.
        let open = !["╭", "+"].contains(&rows[1][0]);
        if open {
            return Self {
                theme,
                buffer,
                divider: width,
                end: rows.len() - 1,
                rows,
                open,
            };
        }
        // In ASCII every corner is a plus, and a title may have one too.
        let divider = (1..width)
            .find(|&x| {
                ["┬", "╮", "+"].contains(&rows[1][x])
                    && rows[2..rows.len() - 2]
                        .iter()
                        .all(|row| ["│", "├", "┤", "|", "+"].contains(&row[x]))
            })
            .expect("a line at the right of the page");
        // In a tall and narrow window the panels stand below the page.
        let end = (2..rows.len() - 2)
            .find(|&y| ["├", "+"].contains(&rows[y][0]))
            .unwrap_or(rows.len() - 2);
        Self {
            theme,
            buffer,
            rows,
            divider,
            end,
            open,
        }
    }

    fn line(&self, y: usize) -> String {
        self.rows[y].concat()
    }

    /// Returns the page without its border, line by line.
    fn page(&self) -> Vec<String> {
        (2..self.end)
            .map(|y| self.rows[y][usize::from(!self.open)..self.divider].concat())
            .collect()
    }

    fn text(&self, text: &str) -> String {
        self.theme.text(text).into_owned()
    }

    /// Checks that the borders are whole: nothing is written over them, and every line ends where another begins.
    fn check_frame(&self) {
        let pick = |unicode, ascii| self.theme.pick(unicode, ascii);
        if self.open {
            assert_eq!(self.rows[1][0], pick("─", "-"));
            return;
        }
        let (line, post) = (pick("─", "-"), pick("│", "|"));
        let (right, bottom) = (self.rows[0].len() - 1, self.rows.len() - 2);
        assert_eq!(self.rows[1][0], pick("╭", "+"));
        assert_eq!(self.rows[1][right], pick("╮", "+"));
        assert_eq!(self.rows[bottom][0], pick("╰", "+"));
        assert_eq!(self.rows[bottom][right], pick("╯", "+"));
        let has_panels = self.divider < right;
        let is_stacked = self.end < bottom;
        assert!(!(has_panels && is_stacked));
        if has_panels {
            assert_eq!(self.rows[1][self.divider], pick("┬", "+"));
            assert_eq!(self.rows[bottom][self.divider], pick("┴", "+"));
        }
        for (x, &symbol) in self.rows[bottom].iter().enumerate() {
            if ![0, right, self.divider].contains(&x) {
                assert_eq!(symbol, line, "bottom, column {x}");
            }
        }
        for y in 2..bottom {
            let row = &self.rows[y];
            let joint_at = if is_stacked { 0 } else { self.divider };
            let joint = (has_panels || is_stacked) && row[joint_at] == pick("├", "+");
            if !(joint && is_stacked) {
                assert_eq!(row[0], post, "left, row {y}");
            }
            let end = if joint { pick("┤", "+") } else { post };
            assert_eq!(row[right], end, "right, row {y}");
            if has_panels && !joint {
                assert_eq!(row[self.divider], post, "divider, row {y}");
            }
            if joint {
                self.check_heading(y, joint_at, right);
            }
        }
        self.check_heading(1, 0, self.divider);
        if has_panels {
            self.check_heading(1, self.divider, right);
        }
    }

    /// Checks a line with one heading in it, with a blank on each side.
    fn check_heading(&self, y: usize, left: usize, right: usize) {
        let line = self.theme.pick("─", "-");
        let text = self.rows[y][left + 1..right].concat();
        let heading = text.trim_matches(|c| line.contains(c));
        assert!(
            heading.starts_with(' ') && heading.ends_with(' ') && !heading.trim().is_empty(),
            "row {y}: {text:?}"
        );
        assert!(text.starts_with(line) && text.ends_with(line), "{text:?}");
    }

    /// Checks that the title of the step stands over the page, and that the first line ends with the step's number.
    fn check_place(&self, session: &Session) {
        let title = self.text(&session.step().title());
        let heading = self.rows[1][..self.divider].concat();
        let shown = format!(" {title} ");
        assert!(heading.contains(&shown), "{heading:?} without {title:?}");
        let step = format!("step {}/{}", session.index() + 1, session.trace().len());
        let first = self.line(0);
        assert!(first.ends_with(&format!(" {step} ")), "{first:?}");
        let lesson = self.text(&session.trace().lesson().title);
        let mark = self.theme.pick("…", "~");
        let cut = first.trim_start().split(mark).next().unwrap();
        assert!(
            first.starts_with(&format!(" {lesson}  "))
                || (!cut.is_empty() && lesson.starts_with(cut)),
            "{first:?}"
        );
    }

    /// Checks that every key in the last line is whole and has its word, and that the most important ones are there.
    fn check_footer(&self, session: &Session) {
        let last = self.line(self.rows.len() - 1);
        if let Some(message) = session.message() {
            assert_eq!(last.trim(), self.text(message));
            return;
        }
        let mut rest = last.trim();
        let is_answered = session.asked().is_some_and(|asked| asked.revealed);
        let offered = keys::bindings(session.mode());
        let offered = offered.filter(|binding| session.offers(binding.command));
        let hints = offered.filter_map(|binding| match binding.command {
            Command::Answer if is_answered => Some(&keys::ON),
            _ => binding.hint.as_ref(),
        });
        for hint in hints {
            match rest.strip_prefix(&self.hint(hint)) {
                Some(behind) => rest = behind.trim_start(),
                None => assert_ne!(hint.rank, 0, "{last:?} without {:?}", hint.word),
            }
        }
        assert_eq!(rest, "", "{last:?}");
    }

    fn hint(&self, hint: &Hint) -> String {
        let names: Vec<String> = hint
            .keys
            .iter()
            .map(|key| keys::name(*key, self.theme.ascii))
            .collect();
        let are_arrows = hint.keys.iter().all(|key| keys::is_arrow(*key));
        let keys = match (are_arrows, self.theme.ascii, names.len()) {
            (true, true, 4) => "arrows".into(),
            (true, true, _) => names.join("/"),
            (true, false, _) => names.concat(),
            (false, ..) => names.join(" "),
        };
        format!("{keys} {}", hint.word)
    }

    /// Finds the words of a text on the page, in their order from a line on. Returns the line of the last.
    fn find_words(&self, page: &[String], from: usize, text: &str) -> Result<usize, String> {
        // Words may be broken behind a slash or a bar.
        let pieces = |text: &'_ str| -> Vec<String> {
            let words = text.split_whitespace();
            words
                .flat_map(|word| word.split_inclusive(['/', '|']))
                .map(str::to_owned)
                .collect()
        };
        let text = self.text(text);
        let wanted = pieces(&text);
        let mut words = wanted.iter().map(String::as_str);
        let Some(mut word) = words.next() else {
            return Ok(from);
        };
        // What is left of a word that is longer than a line.
        let mut rest: Option<&str> = None;
        for (y, line) in page.iter().enumerate().skip(from) {
            for shown in &pieces(line) {
                let shown = shown.as_str();
                let is_last = line.trim_end().ends_with(shown);
                let wanted = match rest.take() {
                    Some(left) if shown == left => word,
                    Some(left) if is_last && left.starts_with(shown) => {
                        rest = left.strip_prefix(shown);
                        continue;
                    }
                    _ => shown,
                };
                if wanted == word {
                    match words.next() {
                        Some(next) => word = next,
                        None => return Ok(y),
                    }
                } else if is_last {
                    rest = word.strip_prefix(shown);
                }
            }
        }
        Err(format!("no {word:?} of {text:?}"))
    }

    /// Returns the rows of numbers between brackets on a line of the page.
    fn bracketed(&self, y: usize) -> Vec<Bracketed<'a>> {
        let row = &self.rows[y];
        let is_bracket = |x: &usize| {
            ["[", "]", "⎡", "⎤", "⎢", "⎥", "⎣", "⎦"].contains(&row[*x])
                || (self.theme.ascii && row[*x] == "|")
        };
        let brackets: Vec<usize> = (usize::from(!self.open)..self.divider)
            .filter(is_bracket)
            .collect();
        brackets
            .windows(2)
            .map(|pair| {
                let (left, right) = (pair[0], pair[1]);
                let mut numbers: Vec<(usize, String)> = Vec::new();
                for x in left + 1..right {
                    match numbers.last_mut() {
                        _ if row[x] == " " => {}
                        Some((_, number)) if row[x - 1] != " " => number.push_str(row[x]),
                        _ => numbers.push((x, row[x].to_owned())),
                    }
                }
                Bracketed {
                    left,
                    right,
                    numbers,
                    open: row[left],
                    close: row[right],
                }
            })
            .collect()
    }

    /// Returns the place of a matrix that is shown whole: its first row on the screen, and the columns of its
    /// brackets.
    fn find_matrix(
        &self,
        operand: &Operand,
        session: &Session,
        taken: &[(usize, usize)],
    ) -> Option<Vec<(usize, Bracketed<'a>)>> {
        let rows = operand.rows();
        let expected: Vec<Vec<String>> = (0..rows)
            .map(|r| {
                (0..operand.columns())
                    .map(|c| self.number(operand, session, r, c))
                    .collect()
            })
            .collect();
        let is_row = |r: usize| {
            let wanted = &expected[r];
            let brackets = match (r, rows) {
                (_, 1) => ("[", "]"),
                _ if self.theme.ascii => ("|", "|"),
                (0, _) => ("⎡", "⎤"),
                (r, rows) if r + 1 == rows => ("⎣", "⎦"),
                _ => ("⎢", "⎥"),
            };
            move |found: &Bracketed| {
                (found.open, found.close) == brackets
                    && found.numbers.len() == wanted.len()
                    && found.numbers.iter().zip(wanted).all(|((_, a), b)| a == b)
            }
        };
        // An index in a line of NumPy is no matrix.
        let is_code = |y: usize| {
            let row = self.rows[y].concat();
            let row = row.trim_start_matches(['│', '|', ' ']);
            row.starts_with(">>> ") || row.starts_with("... ")
        };
        for y in (2..=self.end.saturating_sub(rows)).filter(|y| !is_code(*y)) {
            for first in self.bracketed(y).into_iter().filter(is_row(0)) {
                let (left, right) = (first.left, first.right);
                if taken.contains(&(left, y)) {
                    continue;
                }
                let mut block = vec![(y, first)];
                for r in 1..rows {
                    let next = self
                        .bracketed(y + r)
                        .into_iter()
                        .filter(|found| (found.left, found.right) == (left, right))
                        .find(is_row(r));
                    block.extend(next.map(|found| (y + r, found)));
                }
                // Without corners, it is whole where no row of it is above or below.
                let goes_on = |y: usize| {
                    let rows = self.bracketed(y);
                    rows.iter()
                        .any(|row| (row.left, row.right) == (left, right))
                };
                let is_part = self.theme.ascii && rows > 1 && (goes_on(y - 1) || goes_on(y + rows));
                if block.len() == rows && !is_part {
                    return Some(block);
                }
            }
        }
        None
    }

    fn number(&self, operand: &Operand, session: &Session, row: usize, column: usize) -> String {
        match operand.shown(row, column) {
            CellText::Number(value) => self.text(&operand.number(value, session.decimals())),
            CellText::Hidden => panic!("hidden from nobody"),
            CellText::Placeholder => self.theme.pick("·", ".").into(),
            CellText::Dropped => self.theme.pick("╌╌╌", "---").into(),
        }
    }

    /// Checks that every matrix of the equation is whole: all rows one below the other, the brackets, the name above,
    /// the shape below, the bias marked; the cursor and its sources lit, and nothing else.
    fn check_matrices(&self, session: &Session) {
        let cursor = session.cursor();
        let sources = session.explanation();
        let mut taken = Vec::new();
        for (number, operand) in operands(session).iter().enumerate() {
            let label = &operand.label;
            let block = self
                .find_matrix(operand, session, &taken)
                .unwrap_or_else(|| panic!("{label} is not there"));
            let (top, left, right) = (block[0].0, block[0].1.left, block[0].1.right);
            taken.push((left, top));
            let rows = operand.rows();
            let has_above = |y: usize, text: &str| {
                let cells = &self.rows[y];
                (left..=right).any(|x| {
                    let end = (x + text.width()).min(self.divider);
                    cells[x..end].concat() == text
                })
            };
            let shape = operand.shape();
            let shape = self.text(&format!("{}×{}", shape.0, shape.1));
            // Where there is little room, the shapes give way first, to a long text or an explanation.
            if self.rows.len() >= 60 && session.decimals() == Decimals::default() {
                assert!(has_above(top + rows, &shape), "{label} without {shape}");
            }
            let name = self.text(label);
            let has_tags = operand.transposed && (operand.bias || operand.dropped);
            // On a low screen the tags of columns give way to an explanation.
            let is_low = self.rows.len() < 24 && cursor.is_some();
            let has_tags = has_tags && !(is_low && has_above(top - 1, &name));
            let name_at = if has_tags { top - 2 } else { top - 1 };
            assert!(has_above(name_at, &name), "no {name:?} over its matrix");
            if has_tags {
                let tag = if operand.dropped { "dropped" } else { "bias" };
                assert!(has_above(top - 1, tag), "{label} without {tag:?}");
            } else if operand.bias
                && !operand.transposed
                && !operand.dropped
                && !operand.placeholder
                // Where there is little room, a row without a number needs no tag.
                && operand.shown(0, 0) != CellText::Placeholder
            {
                let behind = self.rows[top][right + 1..].concat();
                assert!(
                    behind.starts_with(" bias") || behind.starts_with(self.theme.pick("₀", "<")),
                    "{label}: {behind:?}"
                );
            }

            for (r, (y, row)) in block.iter().enumerate() {
                for (c, (x, shown)) in row.numbers.iter().enumerate() {
                    let cell = operand.cell(r, c);
                    let is_cursor = cursor.is_some_and(|place| {
                        place.cell == cell && place.group == Group::Matrix(number)
                    });
                    let is_source = sources.as_ref().is_some_and(|why| {
                        why.sources.iter().any(|(symbol, before, region)| {
                            (*symbol, *before) == (cell.symbol, cell.before)
                                && region.contains(cell.row, cell.column)
                        })
                    });
                    let marks = if is_cursor {
                        Modifier::REVERSED
                    } else if is_source {
                        Modifier::UNDERLINED
                    } else {
                        Modifier::empty()
                    };
                    for x in *x..x + shown.width() {
                        let style = self.style(x, *y) & (Modifier::REVERSED | Modifier::UNDERLINED);
                        assert_eq!(style, marks, "{label}, row {r}, column {c}");
                    }
                }
            }
        }
    }

    /// Returns whether a training shows none of its matrices.
    fn leaves_out_weights(&self, session: &Session) -> bool {
        let is_training = matches!(session.step().what, StepKind::Train { .. });
        let page = self.page();
        // |x| is a text, too.
        let opens = |line: &String| {
            line.contains(['⎡', '⎢', '⎣', '[', '⋮']) || self.theme.ascii && line.contains('|')
        };
        is_training && session.cursor().is_none() && !page.iter().any(opens)
    }

    /// Checks that every matrix that is shown in part has its name, and that the number under the cursor is there.
    fn check_parts(&self, session: &Session) {
        let page = self.page();
        let mark = self.theme.pick("…", "~");
        // At the very edge it stands for matrices that are left out.
        let is_cut = page.iter().any(|line| line.ends_with(mark));
        for (number, operand) in operands(session).iter().enumerate() {
            let label = self.text(&operand.label);
            assert!(
                is_cut || page.iter().any(|line| line.contains(&label)),
                "no {label}"
            );
            if let Some(place) = session.cursor()
                && place.group == Group::Matrix(number)
                && let Some((row, column)) = operand.find(place.cell)
            {
                let reversed: String = (2..self.end)
                    .flat_map(|y| (usize::from(!self.open)..self.divider).map(move |x| (x, y)))
                    .filter(|&(x, y)| self.style(x, y).contains(Modifier::REVERSED))
                    .map(|(x, y)| self.rows[y][x])
                    .collect();
                assert_eq!(reversed, self.number(operand, session, row, column));
            }
        }
        let marks = [mark, self.theme.pick("⋮", ":")];
        assert!(
            page.iter()
                .any(|line| marks.iter().any(|mark| line.contains(mark))),
            "nothing says that a matrix is shown in part"
        );
    }

    fn style(&self, x: usize, y: usize) -> Modifier {
        self.buffer[(u16::try_from(x).unwrap(), u16::try_from(y).unwrap())].modifier
    }

    /// Checks the explanation of the number under the cursor: all of it, or its result and how much is left out.
    fn check_why(&self, session: &Session, why: &Explanation) {
        let page = self.page();
        let decimals = session.decimals();
        let line = why.line(decimals);
        // Where there is little room, the formula gives way: it stands at the top of the page.
        let short = Explanation {
            formula: nn_tutor::algebra::RichText::new(),
            ..why.clone()
        };
        // So do digits that are only there for the line to come out.
        let rough = |why: &Explanation| {
            let (sides, comes_out) = why.rough_sides(decimals);
            let signs = (1..=sides.len()).map(|i| i < sides.len() || comes_out);
            let sides = signs.zip(&sides).map(|(is_equal, side)| {
                let sign = if is_equal { "=" } else { "≈" };
                format!(" {sign} {side}")
            });
            why.name.clone() + &sides.collect::<String>()
        };
        let is_whole = self
            .find_words(&page, 0, &line)
            .or_else(|_| self.find_words(&page, 0, &short.line(decimals)))
            .or_else(|_| self.find_words(&page, 0, &rough(why)))
            .or_else(|_| self.find_words(&page, 0, &rough(&short)));
        if is_whole.is_err() {
            let hidden = self.text("… ");
            let says = |line: &String| {
                (line.contains(&hidden) && line.contains("more lines"))
                    || (why.terms.is_empty()
                        && line.trim_end().ends_with(self.theme.pick("…", "~")))
            };
            let at = page
                .iter()
                .position(says)
                .unwrap_or_else(|| panic!("{is_whole:?}"));
            if why.terms.is_empty() {
                // A remark is cut at its end, and marked.
                return;
            }
            let last = why
                .remark
                .clone()
                .or(why.rough_sides(decimals).0.last().cloned())
                .unwrap();
            let last = last.split_whitespace().last().unwrap().to_owned();
            self.find_words(&page, at, &last).unwrap();
        }
    }
}

fn operands(session: &Session) -> Vec<Operand> {
    session
        .step()
        .equation()
        .into_iter()
        .filter_map(|part| match part {
            Part::Matrix(operand) => Some(operand),
            Part::Sign(_) => None,
        })
        .collect()
}

/// Checks everything about one screen of a lesson.
fn check_screen(session: &Session, theme: Theme, size: (u16, u16)) {
    let buffer = rendered(session, theme, size);
    if theme.ascii {
        for cell in &buffer.content {
            assert!(cell.symbol().is_ascii(), "{:?}", cell.symbol());
        }
    }
    let screen = Screen::of(&buffer, theme);
    screen.check_frame();
    screen.check_place(session);
    screen.check_footer(session);
    let page = screen.page();
    let decimals = session.decimals();
    if let Some(formula) = session.step().formula() {
        screen
            .find_words(&page, 0, &formula.text(decimals))
            .unwrap();
    }
    let misfits = ui::misfits(session, &theme, size.0, size.1);
    if screen.leaves_out_weights(session) {
        // They would be cut off; they are there once one is looked at, which leaves them less room.
        let mut looked = session.clone();
        looked.apply(Command::Numbers);
        let misfits = ui::misfits(&looked, &theme, size.0, size.1);
        let is_cut = misfits.iter().any(|what| what.contains("matrix"));
        assert!(is_cut || size.1 < 24, "weights that would fit are left out");
    } else if misfits.iter().any(|what| what.contains("matrix")) {
        screen.check_parts(session);
    } else {
        screen.check_matrices(session);
    }
    if let Some(why) = session.explanation() {
        screen.check_why(session, &why);
    }
    check_narration(session, theme, size, &screen);
}

/// Checks that every word of the text is there, in order, or that the screen says that there is more and scrolling
/// shows it.
fn check_narration(session: &Session, theme: Theme, size: (u16, u16), screen: &Screen) {
    let text: Vec<String> = session
        .step()
        .narration()
        .iter()
        .map(|line: &RichText| line.text(session.decimals()))
        .collect();
    let text = text.join(" ");
    let page = screen.page();
    let Err(missing) = screen.find_words(&page, 0, &text) else {
        return;
    };
    let area = Rect::new(0, 0, size.0, size.1);
    let most = ui::most_scroll(session, &theme, area);
    if most == 0 {
        assert!(session.cursor().is_some(), "{missing}");
        assert!(
            page.iter().any(|line| line.contains("Esc: text")),
            "{missing}"
        );
        return;
    }
    assert!(
        page.iter()
            .any(|line| line.contains("more line") && line.contains(": PgDn")),
        "{missing}"
    );
    let mut seen = page;
    let mut scrolled = session.clone();
    for _ in 0..most {
        scrolled.apply(Command::ScrollDown);
        scrolled.limit_scroll(most);
        let buffer = rendered(&scrolled, theme, size);
        let page = Screen::of(&buffer, theme).page();
        assert_ne!(
            seen[seen.len() - page.len()..],
            page[..],
            "scrolling changes nothing"
        );
        seen.extend(page);
    }
    assert!(seen.last().is_some());
    assert!(seen.iter().any(|line| line.contains("back: PgUp")));
    screen.find_words(&seen, 0, &text).unwrap();
}

/// A guard that prints where a test has failed.
struct Place<'a> {
    lesson: &'a str,
    session: &'a Session,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (step, cursor) = (self.session.index() + 1, self.session.cursor());
            eprintln!("{}, step {step}, cursor {cursor:?}", self.lesson);
        }
    }
}

/// With nothing typed, Enter shows the answer to a question to one who asks twice.
fn reveal(session: &mut Session) {
    if session.asked().is_some_and(|asked| !asked.revealed) {
        session.apply(Command::Answer);
        session.apply(Command::Answer);
    }
    assert!(!session.is_veiled());
    // Nothing is said in the last line.
    session.apply(Command::FewerDecimals);
    session.apply(Command::MoreDecimals);
}

/// Calls `check` at every step of every lesson: without a cursor, and with the cursor in every group of numbers.
fn everywhere(more_decimals: usize, check: impl Fn(&Session)) {
    for (lesson, mut session) in shipped() {
        for _ in 0..more_decimals {
            session.apply(Command::MoreDecimals);
        }
        for index in 0..session.trace().len() {
            session.go_to(index);
            let mut session = session.clone();
            reveal(&mut session);
            let mut met = Vec::new();
            loop {
                let place = Place {
                    lesson: &lesson,
                    session: &session,
                };
                check(place.session);
                drop(place);
                session.apply(Command::Numbers);
                match session.cursor() {
                    Some(place) if !met.contains(&place) => met.push(place),
                    _ => break,
                }
            }
        }
    }
}

/// Calls `check` at every step whose result was first predicted wrong and then shown.
fn after_predicting(check: impl Fn(&Session)) {
    for (lesson, mut session) in shipped() {
        session.apply(Command::Hide);
        for index in 0..session.trace().len() {
            session.go_to(index);
            let numbers = session.asked().map(|asked| match &asked.question.kind {
                Kind::Numbers { cells, .. } => cells.len(),
                _ => 0,
            });
            let Some(numbers @ 1..) = numbers else {
                continue;
            };
            let mut session = session.clone();
            for character in vec!["-987.65"; numbers].join(" ").chars() {
                session.apply(Command::Type(character));
            }
            session.apply(Command::Answer);
            assert!(session.asked().unwrap().given.is_some());
            reveal(&mut session);
            // Nothing is said in the last line any more.
            session.apply(Command::FewerDecimals);
            session.apply(Command::MoreDecimals);
            let place = Place {
                lesson: &lesson,
                session: &session,
            };
            check(place.session);
        }
    }
}

/// Returns whether a matrix of the lesson is larger than any page: then it is shown in part, and the cursor scrolls
/// it.
fn is_wide(session: &Session) -> bool {
    let networks = &session.trace().lesson().networks;
    let is_wide = |network: &NetworkSpec| network.inputs > 32 || network.layers.len() > 4;
    networks.iter().any(is_wide)
}

#[test]
fn every_lesson_passes_the_check() {
    let library = Library::embedded();
    for name in library.names() {
        let report = check::lesson(library.open(name).unwrap()).unwrap();
        assert!(report.steps > 10, "{name}");
        let mut misfits = report.misfits;
        if is_wide(&session(name)) {
            misfits.retain(|misfit| !misfit.what.contains("matrix"));
        }
        assert_eq!(misfits, [], "{name}");
    }
}

#[test]
fn every_step_at_80_by_24() {
    everywhere(0, |session| {
        check_screen(session, UNICODE, (80, 24));
        check_screen(session, ASCII, (80, 24));
    });
}

/// The numbers of a sample that is scaled have the names of their columns.
#[test]
fn columns_are_named_where_a_sample_is_scaled() {
    let csv = "age,smokes,drinks,ill\n34,yes,no,1\n12,no,no,0\n55,yes,yes,1\n";
    let source = Source {
        name: "lesson.yaml".to_owned(),
        text: "format: 1\ntitle: Names\nsummary: Names.\nnetwork:\n  inputs: 5\n  \
               layers: [{units: 1, activation: logistic}]\n  init: {scheme: zeros}\nloss: neg-log-loss\n\
               scale: standard\ndata: {csv: own.csv, x: [age, smokes, drinks], one_hot: [smokes, drinks], y: [ill]}\n\
               script: [{walk: {sample: 1}}, {walk: {samples: [1, 2]}}]\n"
            .to_owned(),
    };
    let tables = [("own.csv".to_owned(), csv.to_owned())].into();
    let lesson = Lesson::parse_with(source, tables).unwrap();
    let mut session = Session::new(Trace::compile(lesson.into()).unwrap());
    let names = ["age", "smokes=no", "smokes=yes", "drinks=no", "drinks=yes"];
    let mut seen = 0;
    for at in 0..session.trace().len() {
        let operation = session.trace().step(at).operation();
        if !matches!(operation, Some(Operation::ScaleData(_))) {
            continue;
        }
        session.go_to(at);
        for size in [(80, 24), (100, 30), (130, 40)] {
            let picture = picture_of(&session, size);
            for name in names {
                assert!(picture.contains(name), "{name} at {size:?}:\n{picture}");
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 6);
}

#[test]
fn every_step_at_40_by_12() {
    everywhere(0, |session| {
        check_screen(session, UNICODE, (40, 12));
        check_screen(session, ASCII, (40, 12));
    });
}

/// The answer stands beside the step, and everything else of the step is still there.
#[test]
fn every_step_that_was_predicted() {
    after_predicting(|session| {
        for size in [(80, 24), (40, 12), (120, 40)] {
            check_screen(session, UNICODE, size);
        }
        check_screen(session, ASCII, (80, 24));
        let buffer = rendered(session, UNICODE, (80, 24));
        let page = Screen::of(&buffer, UNICODE).page().join(" ");
        assert!(page.contains("✗ ") && page.contains("−987.65"), "{page}");
    });
}

#[test]
fn every_step_at_200_by_60() {
    everywhere(0, |session| {
        check_screen(session, UNICODE, (200, 60));
        check_screen(session, ASCII, (200, 60));
        if !is_wide(session) {
            assert_eq!(ui::misfits(session, &UNICODE, 200, 60), [""; 0]);
        }
    });
}

/// Returns the lines of a panel, by the start of its heading; `None` if it is not there.
fn panel(screen: &Screen, heading: &str) -> Option<Vec<String>> {
    let width = screen.rows[0].len();
    let inner = |y: usize| screen.rows[y][(screen.divider + 1).min(width)..width - 1].concat();
    let line = screen.theme.pick("─", "-");
    let is_heading = |y: &usize| {
        let row = &screen.rows[*y];
        row.get(screen.divider + 1) == Some(&line)
    };
    let headings: Vec<usize> = (1..screen.rows.len() - 1).filter(is_heading).collect();
    let wanted = format!("{line} {}", screen.text(heading));
    let at = headings
        .iter()
        .position(|y| inner(*y).starts_with(&wanted))?;
    let end = headings.get(at + 1).copied()?;
    Some((headings[at] + 1..end).map(inner).collect())
}

/// Calls `check` with the screen of every step of every lesson, before and after its question is answered.
fn every_screen(theme: Theme, size: (u16, u16), check: impl Fn(&Session, &Screen)) {
    for (lesson, mut session) in shipped() {
        for index in 0..session.trace().len() {
            session.go_to(index);
            let mut revealed = session.clone();
            reveal(&mut revealed);
            for session in [&session, &revealed] {
                let place = Place {
                    lesson: &lesson,
                    session,
                };
                let buffer = rendered(session, theme, size);
                check(session, &Screen::of(&buffer, theme));
                drop(place);
            }
        }
    }
}

/// Returns the loss over the data set that a panel tells.
fn told_loss(line: &str) -> Option<&str> {
    let mut words = line
        .split_whitespace()
        .skip_while(|word| !["all", "all:", "train"].contains(word));
    let is_all = words.next()? == "all";
    words.nth(usize::from(is_all)).filter(|word| *word != "?")
}

/// Returns the loss over the data set with the weights in force and, at an update, with those before it.
fn loss_in_force(session: &Session) -> [f64; 2] {
    let view = session.view();
    let (step, trace) = (view.shown(), session.trace());
    let loss = |step: &Step| {
        let spec = step.spec();
        let mut trainer = Trainer::new(step.network(), &spec.data, &spec.training);
        trainer
            .evaluate(step.network(), &spec.data, spec.training.loss)
            .loss
    };
    let now = loss(step);
    let is_made = step
        .operation()
        .is_some_and(|operation| operation.phase() == Phase::Update);
    let walk = trace
        .walk_of(step.index)
        .filter(|_| is_made && step.operation() != Some(Operation::PredictionLoss));
    [now, walk.map_or(now, |walk| loss(&trace.step(walk.start)))]
}

/// The axis of a loss begins at 0, or the panel says that it does not; before the loss is computed there is no panel,
/// and before the first update no more than its number.
#[test]
fn losses_are_drawn_true_and_in_their_time() {
    for (theme, size) in [(UNICODE, (80, 24)), (ASCII, (80, 24)), (UNICODE, (120, 40))] {
        every_screen(theme, size, |session, screen| {
            let Some(shown) = panel(screen, "Loss") else {
                return;
            };
            let (trace, view) = (session.trace(), session.view());
            let index = view.shown().index;
            assert!(trace.is_loss_known(view.shown()), "{shown:#?}");
            if let Some(told) = told_loss(&shown[0]) {
                let loss = loss_in_force(session);
                let is_it = |loss: f64| {
                    told == session
                        .decimals()
                        .number(loss)
                        .replace('−', theme.pick("−", "-"))
                };
                // Until the loss with new weights is computed, that of the old ones stands.
                assert!(loss.into_iter().any(is_it), "{loss:?}: {shown:#?}");
            }
            let curve = trace.curve(index);
            if curve.len() < 2 {
                assert_eq!(shown.len(), 1, "{shown:#?}");
                return;
            }
            let is_flat = curve
                .iter()
                .all(|point| point.1.to_bits() == curve[0].1.to_bits());
            let says = |word: &str| shown.iter().any(|line| line.contains(word));
            let is_from_zero = shown.iter().any(|line| {
                line.trim_start()
                    .starts_with(&format!("0{}", theme.pick("┤", "+")))
            });
            let is_marked = says("log") || says("cut") && says(theme.pick("≈", "~"));
            assert!(is_flat || is_from_zero || is_marked, "{shown:#?}");
        });
    }
}

/// The heading of a panel is whole on the screen of a student.
#[test]
fn headings_of_panels_are_whole() {
    for theme in [UNICODE, ASCII] {
        let (line, cut) = (theme.pick("─", "-"), theme.pick("…", "..."));
        every_screen(theme, (80, 24), |_, screen| {
            let width = screen.rows[0].len();
            for row in &screen.rows[1..] {
                let inner = row[(screen.divider + 1).min(width)..width - 1].concat();
                let is_cut = inner.starts_with(&format!("{line} ")) && inner.contains(cut);
                assert!(!is_cut, "{inner}");
            }
        });
    }
}

/// What rounding leaves of 0 is 0 beside the samples of a batch.
#[test]
fn no_rounding_stands_beside_the_samples() {
    every_screen(UNICODE, (80, 24), |_, screen| {
        for line in panel(screen, "Batch").into_iter().flatten() {
            let is_noise = |word: &str| {
                let power = word
                    .split_once("e−")
                    .and_then(|(_, power)| power.parse::<i32>().ok());
                power.is_some_and(|power| power >= 13)
            };
            assert!(!line.split_whitespace().any(is_noise), "{line}");
        }
    });
}

/// Which samples are right is not seen before the first prediction while something is asked.
#[test]
fn a_question_before_the_first_prediction_shows_no_mark_of_a_wrong_sample() {
    let mut session = session("neuron");
    let asks = |index: &usize| {
        let ask = session.trace().ask(*index);
        ask.is_some_and(|ask| format!("{:?}", ask.text).contains("Which answers will be wrong"))
    };
    let index = (0..session.trace().len()).find(asks).unwrap();
    session.go_to(index);
    // The lesson shows another panel there.
    let has_regions = |session: &Session| {
        let buffer = rendered(session, UNICODE, (80, 24));
        panel(&Screen::of(&buffer, UNICODE), "Regions").is_some()
    };
    while !has_regions(&session) {
        session.apply(Command::NextPanel);
    }
    let shown = |session: &Session| {
        let buffer = rendered(session, UNICODE, (80, 24));
        let screen = Screen::of(&buffer, UNICODE);
        let panel = panel(&screen, "Regions").unwrap().concat();
        (screen.line(1) + &(1..24).map(|y| screen.line(y)).collect::<String>()).contains("wrong ─")
            || panel.contains('!')
    };
    assert!(!shown(&session));
    reveal(&mut session);
    assert!(shown(&session));
}

/// A line of text is at most 80 columns wide, and the panels have the rest of a wide screen.
#[test]
fn no_text_is_wider_than_80_columns() {
    for size in [(120, 40), (200, 50), (260, 70)] {
        every_screen(UNICODE, size, |_, screen| {
            assert!(screen.divider <= 83, "{}", screen.divider);
        });
    }
}

/// No picture is a field of question marks, and no layer of the network a blot.
#[test]
fn pictures_are_calm() {
    for (theme, size) in [(UNICODE, (80, 24)), (ASCII, (80, 24)), (UNICODE, (120, 40))] {
        every_screen(theme, size, |_, screen| {
            for y in 2..screen.rows.len() - 2 {
                let line = screen.rows[y][screen.divider..].concat();
                assert!(!line.contains("??"), "{line}");
            }
            let Some(network) = panel(screen, "Network") else {
                return;
            };
            let is_full = |c: char| {
                let dots = u32::from(c)
                    .checked_sub(0x2800)
                    .filter(|dots| *dots < 0x100);
                dots.is_some_and(|dots| dots.count_ones() >= 6)
            };
            let cells: Vec<char> = network.iter().flat_map(|line| line.chars()).collect();
            let full = cells.iter().filter(|c| is_full(**c)).count();
            assert!(
                4 * full <= cells.len(),
                "{full} of {}: {network:#?}",
                cells.len()
            );
        });
    }
}

/// Wherever weights are lines, both sizes at which they grow thicker are said, the same in the whole lesson; from 100
/// columns on, a weight stands on each line that has room for it.
#[test]
fn lines_have_their_sizes_and_numbers() {
    for size in [(80, 24), (120, 40)] {
        every_screen(UNICODE, size, |session, screen| {
            let Some(network) = panel(screen, "Network") else {
                return;
            };
            let legend = network.last().unwrap();
            if !legend.contains("⠒⠒") {
                return;
            }
            let sizes = session.trace().weight_sizes();
            assert!(legend.contains('<') || legend.contains("w>0"), "{legend}");
            // Below 100 columns, or beside the layers that are left out, there may be room for the signs alone.
            if size.0 >= 100 && !legend.starts_with("layers") {
                let from = |size: f64| legend.contains(&format!("<{size}"));
                assert!(
                    legend.contains('≥') && sizes.into_iter().any(from),
                    "{legend}"
                );
            }
        });
    }
}

/// The number that is explained without being asked for is one of the result, and the one that a note names.
#[test]
fn the_example_is_the_number_that_the_text_speaks_of() {
    let text = |why: &Explanation| format!("{why:?}");
    let mut others = 0;
    for (lesson, mut session) in shipped() {
        for index in 0..session.trace().len() {
            session.go_to(index);
            reveal(&mut session);
            let step = session.step();
            let view = session.view();
            let Some(example) = &view.example else {
                continue;
            };
            if let Some(told) = step.told_cell() {
                let wanted = step.explain(told).unwrap();
                let is_asked = session.asked().is_some();
                let is_told = text(example) == text(&wanted);
                assert!(is_asked || is_told, "{lesson} {index}");
            }
            let mut first = session.clone();
            first.apply(Command::Numbers);
            let is_first = first
                .explanation()
                .is_some_and(|why| text(&why) == text(example));
            others += usize::from(!is_first);
        }
    }
    assert!(others > 100, "{others}");
}

/// The step's lines of NumPy and the text are whole, at once or by scrolling.
#[test]
fn every_step_with_its_numpy() {
    for (theme, size) in [(UNICODE, (80, 24)), (ASCII, (40, 12)), (UNICODE, (120, 40))] {
        everywhere(0, |session| {
            // With the cursor an explanation may have the place of the text.
            if session.cursor().is_some() {
                return;
            }
            let mut session = session.clone();
            if !session.shows_numpy() {
                session.apply(Command::NumPy);
            }
            // The message about that key may cover the text until the next key.
            session.apply(Command::ScrollUp);
            let buffer = rendered(&session, theme, size);
            let screen = Screen::of(&buffer, theme);
            screen.check_frame();
            check_narration(&session, theme, size, &screen);
            let most = ui::most_scroll(&session, &theme, buffer.area);
            let mut seen = Vec::new();
            for _ in 0..=most {
                seen.extend(Screen::of(&rendered(&session, theme, size), theme).page());
                session.apply(Command::ScrollDown);
            }
            let is_code = |line: &String| {
                let line = line.trim_start();
                line.starts_with(">>> ") || line.starts_with("... ")
            };
            let code: Vec<String> = seen.iter().filter(|line| is_code(line)).cloned().collect();
            for line in session.step().numpy() {
                let words = format!(">>> {line}");
                assert!(
                    words
                        .split_whitespace()
                        .all(|word| code.iter().any(|line| line.contains(word))),
                    "{line} in {seen:#?}"
                );
            }
            assert_eq!(code.is_empty(), session.step().numpy().is_empty());
        });
    }
}

#[test]
fn every_step_at_odd_sizes() {
    for size in [(72, 15), (60, 60), (41, 31), (120, 40)] {
        everywhere(0, |session| check_screen(session, UNICODE, size));
    }
}

#[test]
fn every_step_with_all_decimals() {
    for size in [(80, 24), (40, 12), (120, 40)] {
        everywhere(20, |session| check_screen(session, UNICODE, size));
    }
}

#[test]
fn colours_are_added_and_nothing_else() {
    for ascii in [false, true] {
        for size in [(80, 24), (40, 12)] {
            everywhere(0, |session| {
                let [dark, light, none] = [Color::Dark, Color::Light, Color::None]
                    .map(|color| rendered(session, Theme { color, ascii }, size));
                // The levels of a loss map are colours or letters, weights as pictures colours or signs: their own tests hold
                // them.
                let panels = session.panels(&session.step());
                if panels.contains(&Panel::LossMap) || panels.contains(&Panel::Weights) {
                    return;
                }
                let mut painted = false;
                for ((dark, light), none) in
                    dark.content.iter().zip(&light.content).zip(&none.content)
                {
                    assert_eq!(dark.symbol(), light.symbol());
                    assert_eq!(dark.symbol(), none.symbol());
                    assert_eq!((none.fg, none.bg), (Paint::Reset, Paint::Reset));
                    // Without colour, coloured text may be dim instead, and text on a filled part of a plot reversed;
                    // the other attributes are the same.
                    assert_eq!(dark.modifier, light.modifier);
                    let mut added = none.modifier;
                    added.remove(Modifier::DIM);
                    let is_on_region = dark.bg != Paint::Reset;
                    if is_on_region {
                        assert_eq!(dark.fg, Paint::Reset);
                        assert!(light.bg != Paint::Reset && added.contains(Modifier::REVERSED));
                        added.remove(Modifier::REVERSED);
                    }
                    let mut marks = dark.modifier;
                    marks.remove(Modifier::DIM);
                    assert_eq!(added, marks);
                    // Elsewhere the background is the terminal's own: what is readable there stays readable.
                    assert_eq!(light.bg != Paint::Reset, is_on_region);
                    painted |= dark.fg != Paint::Reset;
                }
                assert!(painted);
            });
        }
    }
}

#[test]
fn roles_that_stand_side_by_side_differ_without_colour() {
    for color in [Color::None, Color::Dark, Color::Light] {
        let theme = Theme {
            color,
            ascii: false,
        };
        for side_by_side in [
            // In a matrix; the bias has a tag.
            &[
                Role::Cursor,
                Role::Source,
                Role::Result,
                Role::Text,
                Role::Placeholder,
            ][..],
            // In a formula.
            &[Role::Lit, Role::Text],
            // In the last line.
            &[Role::Key, Role::Dim],
            // In the network: weights and values of the step and others.
            &[Role::Cursor, Role::Lit, Role::Source, Role::Text],
        ] {
            let marks: Vec<Modifier> = side_by_side
                .iter()
                .map(|role| theme.style(*role).add_modifier)
                .collect();
            for (i, mark) in marks.iter().enumerate() {
                if color == Color::None || side_by_side[0] != Role::Key {
                    assert!(
                        !marks[i + 1..].contains(mark),
                        "{side_by_side:?}: {marks:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn any_size_can_be_drawn() {
    let sessions = [
        at("grounded", "The grounded example", false),
        at("grounded", "Gradient of W⁽⁰⁾", true),
        at("grounded", "Update of W⁽⁰⁾", true),
        trained("xor"),
        at("neuron", "Error of the output layer", true),
    ];
    let sizes = (0..=45)
        .flat_map(|width| (0..=16).map(move |height| (width, height)))
        .chain([(500, 1), (1, 500), (500, 12), (40, 300), (500, 300)]);
    for size in sizes {
        for session in &sessions {
            for theme in [UNICODE, ASCII] {
                let buffer = rendered(session, theme, size);
                check_small(&buffer, size);
                ui::most_scroll(session, &theme, buffer.area);
            }
        }
    }
    let menu = menu();
    for size in [(0, 0), (1, 1), (39, 24), (40, 11), (40, 12), (500, 300)] {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buffer = Buffer::empty(area);
        ui::render_menu(&menu, &UNICODE, area, &mut buffer);
        check_small(&buffer, size);
    }
}

/// Checks that a screen that is too small has one sentence, as far as it fits, and nothing else.
fn check_small(buffer: &Buffer, (width, height): (u16, u16)) {
    let text: Vec<String> = buffer
        .content
        .chunks(usize::from(width).max(1))
        .map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect())
        .collect();
    let text = text.join(" ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let by = if text.contains('×') { '×' } else { 'x' };
    let says = format!("This window is {width}{by}{height}; nn-tutor needs 40{by}12. q quits.");
    if width >= 40 && height >= 12 {
        assert_ne!(words.join(" "), says);
    } else if width >= 20 && height >= 4 {
        assert_eq!(words.join(" "), says);
    } else {
        // Words longer than a line are broken.
        let letters: String = words.concat();
        let all: String = says.split(' ').collect();
        assert!(all.starts_with(&letters), "{letters:?}");
        assert_eq!(letters.is_empty(), width == 0 || height == 0);
    }
}

fn menu() -> Menu {
    let entry = |name: &str, title: &str, summary: &str, sound| MenuEntry {
        name: name.into(),
        title: title.into(),
        summary: summary.into(),
        topics: vec!["S1".into(), "S8".into()],
        part: None,
        needs: Vec::new(),
        sound,
        place: None,
        done: false,
        score: None,
    };
    let library = Library::embedded();
    let mut entries: Vec<MenuEntry> = library
        .menu()
        .into_iter()
        .map(|listed| {
            let lesson = listed.lesson.unwrap();
            MenuEntry {
                topics: lesson.topics,
                part: lesson.part,
                needs: lesson.needs,
                ..entry(&listed.name, &lesson.title, &lesson.summary, true)
            }
        })
        .collect();
    entries.push(entry("mine", "mine.yaml", "line 3: no such key", false));
    Menu::new(entries)
}

fn picture_of(session: &Session, size: (u16, u16)) -> String {
    picture::of(
        |theme, area, buffer| ui::render(session, theme, area, buffer),
        size,
    )
}

#[test]
fn pictures() {
    let mut unit = at("grounded", "Error of layer 1", true);
    unit.apply(Command::Down);
    for (name, session, size) in [
        (
            "text",
            &at("grounded", "The grounded example", false),
            (80, 24),
        ),
        (
            "sum",
            &at("grounded", "Weighted sums of layer 1", true),
            (80, 24),
        ),
        (
            "sum_small",
            &at("grounded", "Weighted sums of layer 1", true),
            (40, 12),
        ),
        (
            "sum_large",
            &at("grounded", "Weighted sums of layer 1", true),
            (120, 40),
        ),
        ("error", &unit, (80, 24)),
        ("error_small", &unit, (40, 12)),
        (
            "gradient",
            &at("grounded", "Gradient of W⁽⁰⁾", false),
            (80, 24),
        ),
        ("update", &at("grounded", "Update of W⁽⁰⁾", false), (80, 24)),
        (
            "update_small",
            &at("grounded", "Update of W⁽⁰⁾", false),
            (40, 12),
        ),
        ("training", &trained("xor"), (80, 24)),
        (
            "training_large",
            &at("xor", "After 100 more epochs of training", false),
            (120, 40),
        ),
        (
            "chain_rule",
            &at("neuron", "Chain rule, first factor", false),
            (80, 24),
        ),
        (
            "saturation",
            &at("xor", "Activations of layer 1", true),
            (80, 24),
        ),
    ] {
        insta::assert_snapshot!(name, picture_of(session, size));
    }
    let mut help = session("grounded");
    help.apply(Command::Help);
    insta::assert_snapshot!("help", picture_of(&help, (80, 24)));
    help.apply(Command::ScrollDown);
    insta::assert_snapshot!("help_small", picture_of(&help, (40, 12)));
    let mut menu = menu();
    let menu_at = |menu: &Menu, size| {
        picture::of(
            |theme, area, buffer| ui::render_menu(menu, theme, area, buffer),
            size,
        )
    };
    insta::assert_snapshot!("menu", menu_at(&menu, (80, 24)));
    menu.apply(Command::End);
    insta::assert_snapshot!("menu_small", menu_at(&menu, (40, 12)));
}
