//! Characters that look like those of YAML and are others, as word processors, web pages and phones write them: dashes,
//! quotes and blanks; and what else keyboards of other countries write.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::Span;
use super::error::Problem;
use super::sanitize::{code_point, quoted};
use super::schema::{Form, Kind, LESSON};
use super::suggest::all_of;
use super::yaml::{At, Entries, Node, Style, Value};

/// Dashes that are no hyphen, and bullets.
const DASHES: [char; 9] = ['–', '—', '−', '‐', '‑', '‒', '―', '•', '·'];
/// Quotes that are none to YAML.
const QUOTES: [char; 9] = ['“', '”', '„', '‟', '‘', '’', '‚', '«', '»'];

/// Those of them that are also apostrophes.
const SINGLE: [char; 3] = ['‘', '’', '‚'];

/// Returns whether a character is a blank, and no space to YAML.
pub(crate) const fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Returns how a value is written whose characters are others than they look like; `None` if there are none.
pub(crate) fn otherwise(text: &str) -> Option<String> {
    if let Some((bare, why)) = bare(text) {
        let bare = otherwise_number(bare).map_or_else(|| bare.to_owned(), |(number, _)| number);
        return Some(format!("there is {why}: write {}", quoted(&bare)));
    }
    if let Some((number, why)) = otherwise_number(text) {
        return Some(format!("{why}: write {}", quoted(&number)));
    }
    if let Some(percent) = text.strip_suffix('%').map(str::trim_end)
        && let Ok(number) = percent.parse::<f64>()
    {
        let share = number / 100.0;
        return Some(format!(
            "a number has no `%`: write `{share}` for a share of 1, else `{percent}`"
        ));
    }
    let blank = text.chars().find(|c| is_blank(*c))?;
    Some(format!(
        "there is a blank that is no space ({}) in it",
        code_point(blank)
    ))
}

/// Returns how a whole number is written that has marks between its thousands.
pub(crate) fn otherwise_whole(text: &str) -> Option<String> {
    let mut groups = text.split([',', '.']);
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let starts = groups
        .next()
        .is_some_and(|group| (1..=3).contains(&group.len()) && is_number(group));
    let mut rest = groups.peekable();
    let goes_on = rest.peek().is_some() && rest.all(|group| group.len() == 3 && is_number(group));
    let number = quoted(&text.replace([',', '.'], ""));
    (starts && goes_on).then(|| format!("nothing stands between thousands: write {number}"))
}

/// Returns the numbers of a text that has several, parted by semicolons or blanks.
pub(crate) fn several_numbers(text: &str) -> Option<Vec<&str>> {
    let is_between = |c: char| c == ';' || c.is_whitespace();
    if !text.contains(is_between) {
        return None;
    }
    let parts = text.split(is_between);
    let numbers: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let are_numbers = numbers.iter().all(|number| number.parse::<f64>().is_ok());
    (numbers.len() > 1 && are_numbers && otherwise(text).is_none()).then_some(numbers)
}

/// Returns a number with the minus and the decimal sign of YAML, and what it had instead.
fn otherwise_number(text: &str) -> Option<(String, String)> {
    let minus = text.chars().find(|c| DASHES.contains(c));
    let has_comma = text.matches(',').count() == 1 && !text.contains('.');
    let plain = text.replace(DASHES, "-");
    let plain = if has_comma {
        plain.replace(',', ".")
    } else {
        plain
    };
    let (plain, parted) =
        without_groups(&plain).map_or((plain, None), |(plain, c)| (plain, Some(c)));
    if plain == text || plain.parse::<f64>().is_err() {
        return None;
    }
    let why = match (minus, parted) {
        (Some(minus), _) => format!("the minus is {minus} ({})", code_point(minus)),
        (None, Some(blank)) if is_blank(blank) => {
            format!("a blank ({}) stands in the number", code_point(blank))
        }
        (None, Some(parted)) => format!("`{parted}` stands in the number"),
        (None, None) => "decimals stand behind a point, not a comma".to_owned(),
    };
    Some((plain, why))
}

/// Returns a number without the blanks or marks between groups of three digits, and the first of them; `None` where it has
/// none.
fn without_groups(text: &str) -> Option<(String, char)> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    // A single comma may stand before decimals.
    let commas = text.matches(',').count();
    let has_groups = (commas > 1 || text.contains('.')) && !decimals.contains(',');
    let is_mark =
        |c: char| is_blank(c) || matches!(c, ' ' | '_' | '\'' | '’') || has_groups && c == ',';
    let first = whole.chars().find(|c| is_mark(*c))?;
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.trim_start_matches(['-', '+']).split(is_mark);
    let starts = groups
        .next()
        .is_some_and(|group| (1..=3).contains(&group.len()) && digits(group));
    let goes_on = groups.all(|group| group.len() == 3 && digits(group));
    (starts && goes_on).then(|| (text.replace(is_mark, ""), first))
}

/// Returns advice for a list with more numbers than wanted, if it has as many as wanted where commas without a space
/// behind them are decimal ones.
pub(crate) fn decimal_commas(list: At<'_>, wanted: usize) -> Option<String> {
    let mut numbers: Vec<String> = Vec::new();
    let (mut end, mut has_decimals) = (None, false);
    let mut commas = 0;
    for item in list.items() {
        let (span, text) = (item.span(), item.node().text()?);
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
        match numbers.last_mut() {
            Some(last) if end == Some(span.start) && is_whole && !has_decimals => {
                last.push('.');
                last.push_str(text);
                has_decimals = true;
                commas += 1;
            }
            _ => {
                numbers.push(text.to_owned());
                has_decimals = text.contains('.');
            }
        }
        end = Some(span.start + span.len + 1);
    }
    (commas > 0 && numbers.len() == wanted).then(|| {
        format!(
            "if these are decimal commas, write points: {}",
            quoted(&format!("[{}]", numbers.join(", ")))
        )
    })
}

/// Joins the numbers of a map in braces that a decimal comma has parted: in `{momentum: 0,9}`, `9` is a key without a value
/// right behind the comma, as are `4 and 0` and `6` in `{J: between 0,4 and 0,6}`. `may` says at which keys a number can
/// stand.
pub(crate) fn join_decimals(entries: &mut Entries<'_>, may: impl Fn(&str) -> bool) {
    let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    entries.dedup_by(|(rest, nothing), (key, number)| {
        let (Some(whole), Some(decimals)) = (number.text(), rest.text()) else {
            return false;
        };
        // Words may stand around the numbers of a bound.
        let last = whole.rsplit(' ').next().unwrap_or_default();
        let unsigned = last.trim_start_matches(['+', '-']);
        let mut words = decimals.split(' ');
        let first = words.next().unwrap_or_default();
        let (start, end) = (number.span().start, rest.span().start + rest.span().len);
        let is_joined = start + whole.len() + 1 == rest.span().start
            && nothing.is_nothing()
            // Behind a line break, a colon stands between the key and nothing.
            && nothing.span().start <= end
            && [number.style, rest.style] == [Style::Plain; 2]
            && is_whole(unsigned.trim_start_matches(DASHES))
            && is_whole(first)
            && words.all(|word| word == "and" || is_whole(word.trim_start_matches('-')))
            && key.text().is_some_and(&may);
        if is_joined {
            let len = end - start;
            let joined = Value::word(&format!("{whole},{decimals}"));
            *number = Node::new(Span { start, len }, joined);
        }
        is_joined
    });
}

/// Returns a word without the blanks and quotes around it that are none to YAML, and what it had; `None` if it has none.
pub(crate) fn bare(text: &str) -> Option<(&str, String)> {
    let is_odd = |c: char| is_blank(c) || QUOTES.contains(&c);
    let bare = text.trim_matches(|c: char| is_odd(c) || c == ' ');
    let mut ends = text.chars().take(1).chain(text.chars().next_back());
    let odd = ends.find(|c| is_odd(*c))?;
    let why = if is_blank(odd) {
        format!("a blank that is no space ({})", code_point(odd))
    } else {
        format!("a quote that is none to YAML ({odd}, {})", code_point(odd))
    };
    (!bare.is_empty()).then_some((bare, why))
}

/// Returns the dash, other than a hyphen, that a text begins with as an item of a list does.
pub(crate) fn dash(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let dash = chars.next().filter(|c| DASHES.contains(c))?;
    chars.next().filter(|c| *c == ' ' || is_blank(*c))?;
    Some(dash)
}

/// Returns the problem of an item of a list that begins with another dash.
pub(crate) fn no_dash(start: usize, dash: char) -> Problem {
    let at = Span {
        start,
        len: dash.len_utf8(),
    };
    Problem::new(
        at,
        format!(
            "an item of a list begins with {dash} ({})",
            code_point(dash)
        ),
    )
    .expected("expected a hyphen (U+002D)")
    .help("write `- `".to_owned())
}

/// Returns the problem of a blank that is no space to YAML.
pub(crate) fn no_space(start: usize, blank: char) -> Problem {
    let at = Span {
        start,
        len: blank.len_utf8(),
    };
    Problem::new(
        at,
        format!("a blank that is no space ({})", code_point(blank)),
    )
    .expected("expected a space (U+0020)")
    .help("YAML is written with spaces".to_owned())
}

/// A text in which such characters are replaced, so that YAML can be read on.
pub(crate) struct Mended {
    pub(crate) text: String,
    /// The problems, at their places in the text that was mended.
    pub(crate) problems: Vec<Problem>,
    /// For each change, the offset behind it in the mended text and in the other.
    changes: Vec<(usize, usize)>,
}

impl Mended {
    /// Returns the place in the text as it was.
    pub(crate) fn place(&self, span: Span) -> Span {
        let offset = |at: usize| {
            let before = self.changes.partition_point(|(mended, _)| *mended <= at);
            let (mended, was) = before
                .checked_sub(1)
                .map_or((0, 0), |last| self.changes[last]);
            was + (at - mended)
        };
        let start = offset(span.start);
        let end = offset(span.start.saturating_add(span.len)).max(start);
        Span {
            start,
            len: end - start,
        }
    }

    /// Reports the keys that are to be indented under the one that an item has opened, the first of them at its place.
    fn tell_to_indent(&mut self, opened: &Opened<'_>, start: usize) {
        let Opened { owner, told, .. } = opened;
        let keys: Vec<String> = told.iter().map(|key| quoted(key)).collect();
        if let [key] = &told[..] {
            let at = Span {
                start,
                len: key.len(),
            };
            let what = format!("{} stands beside `{owner}`, not in it", quoted(key));
            self.problems.insert(opened.problem, Problem::new(at, what));
        }
        let help = match &keys[..] {
            [_] => format!("it belongs to `{owner}`: indent it"),
            _ => format!("{} belong to `{owner}`: indent them", all_of(&keys)),
        };
        let problem = &mut self.problems[opened.problem];
        *problem = problem.clone().help(help);
    }

    /// Replaces the characters from `at` on that are `len` long by others, after the text before them.
    fn replace(&mut self, text: &str, (from, at, len): (usize, usize, usize), by: &str) -> usize {
        self.text.push_str(&text[from..at]);
        self.text.push_str(by);
        self.changes.push((self.text.len(), at + len));
        at + len
    }
}

/// The most keys that are named in one sentence.
const MOST_TOLD: usize = 8;

/// A map that an item of a list has opened with nothing behind its key, so that its keys are to stand further to the right
/// than the hyphen.
struct Opened<'a> {
    owner: &'static str,
    keys: &'static HashSet<&'static str>,
    /// The column of the hyphen.
    indent: usize,
    /// The keys that stand there instead.
    told: Vec<&'a str>,
    /// The index of the problem with the first of them.
    problem: usize,
}

/// The keys of the map that a scene may open.
static INNER: LazyLock<HashMap<&'static str, HashSet<&'static str>>> = LazyLock::new(|| {
    let scene = LESSON.keys().and_then(|keys| keys.get("script"));
    let scene = scene.and_then(|script| match &script.kind {
        Kind::List { of, .. } => of.keys(),
        _ => None,
    });
    let all = scene.map_or(&[][..], |keys| &keys.all);
    let maps = all
        .iter()
        .filter_map(|(key, form)| Some((key.as_str(), form.keys()?.names().collect())));
    maps.collect()
});

/// Every key of the format.
static KEYS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    fn collect(form: &'static Form, keys: &mut HashSet<&'static str>) {
        match &form.kind {
            Kind::Map(map) => {
                keys.extend(map.names());
                map.all.iter().for_each(|(_, form)| collect(form, keys));
            }
            Kind::List { of, .. } | Kind::Entries { of, .. } => collect(of, keys),
            Kind::Any(forms) => forms.iter().for_each(|form| collect(form, keys)),
            _ => {}
        }
    }
    let mut keys = HashSet::new();
    collect(&LESSON, &mut keys);
    keys
});

/// Mends a text that YAML does not read, whose first mistake is at `wrong`; `None` if nothing looks like a character
/// that is another. Only where such a character cannot be one of a text: before a line, behind a colon, a bracket or a
/// dash; quotes only near the mistake. Where YAML reads it, `wrong` is `None`, and only hyphens without a blank are mended.
pub(crate) fn mend(text: &str, wrong: Option<usize>) -> Option<Mended> {
    let mut mended = Mended {
        text: String::with_capacity(text.len() + 16),
        problems: Vec::new(),
        changes: Vec::new(),
    };
    // Everything before has been copied.
    let mut done = 0;
    let mut block: Option<usize> = None;
    let mut opened: Option<Opened<'_>> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start_matches(|c| c == ' ' || is_blank(c));
        let indent = line[..line.len() - bare.len()].chars().count();
        let body = bare.trim_end();
        let line_start = start;
        start += line.len();
        if body.is_empty() || block.is_some_and(|outer| indent > outer) {
            continue;
        }
        block = ends_with_block(body).then_some(indent);
        if body.starts_with('#') {
            continue;
        }
        let first = line_start + line.len() - bare.len();
        if let Some(blank) = body.strip_prefix('-').and_then(|rest| rest.chars().next())
            && is_blank(blank)
            && wrong.is_none()
        {
            mended.problems.push(no_space(first + 1, blank));
            done = mended.replace(text, (done, first + 1, blank.len_utf8()), " ");
        }
        let is_item = body.starts_with('-');
        if let Some(open) = &mut opened {
            // Keys at the column of the hyphen belong to the map that the item has opened.
            let key = body.split_once(':').map(|(key, _)| key.trim_end());
            let is_inner = key.is_some_and(|key| open.keys.contains(key));
            let is_here = wrong.is_some_and(|wrong| (line_start..start).contains(&wrong));
            let goes_on = if open.told.is_empty() {
                indent == open.indent && is_inner && is_here
            } else {
                indent > open.indent || indent == open.indent && !is_item
            };
            if goes_on {
                let is_told = indent == open.indent && open.told.len() < MOST_TOLD;
                if let Some(key) = key.filter(|_| is_told) {
                    open.told.push(key);
                    mended.tell_to_indent(open, first);
                }
                done = mended.replace(text, (done, line_start, 0), "    ");
            } else {
                opened = None;
            }
        }
        let owner = body
            .strip_prefix("- ")
            .and_then(|rest| rest.trim().strip_suffix(':'));
        if let Some((owner, keys)) = owner.and_then(|owner| INNER.get_key_value(owner)) {
            opened = Some(Opened {
                owner,
                keys,
                indent,
                told: Vec::new(),
                problem: mended.problems.len(),
            });
        }
        if is_unspaced(body) {
            let at = Span {
                start: first,
                len: 1,
            };
            mended.problems.push(
                Problem::new(at, "a blank is missing behind `-`")
                    .expected("an item of a list begins with `- `"),
            );
            done = mended.replace(text, (done, first, 1), "- ");
        }
        let Some(wrong) = wrong else {
            continue;
        };
        let is_near = wrong <= start + 1 && line_start <= wrong + 1;
        let end = first + body.len();
        done = mend_line(text, (line_start, end), done, is_near, &mut mended);
    }
    mended.text.push_str(&text[done..]);
    (!mended.problems.is_empty()).then_some(mended)
}

/// Returns the problem of keys at the beginning of a line that belong to a map of the lesson above them, of which more stands
/// in the line of `wrong`, where YAML finds that indented.
pub(crate) fn unindented(text: &str, wrong: usize) -> Option<Problem> {
    let before = text.get(..wrong)?;
    let own = before.rsplit('\n').next()?;
    if own.is_empty() || !own.trim().is_empty() {
        return None;
    }
    let mut keys: Vec<(usize, &str)> = Vec::new();
    let mut start = before.len() - own.len();
    for line in before[..start].split_inclusive('\n').rev() {
        start -= line.len();
        let Some((key, rest)) = line
            .split_once(':')
            .filter(|_| !line.starts_with([' ', '#']))
        else {
            continue;
        };
        let inner = LESSON.keys()?.get(key).and_then(Form::keys);
        let has = |(_, key): &(usize, &str)| inner.is_some_and(|inner| inner.get(key).is_some());
        if rest.trim().is_empty() && !keys.is_empty() && keys.iter().all(has) {
            keys.reverse();
            let all: Vec<String> = keys
                .iter()
                .take(MOST_TOLD)
                .map(|(_, key)| quoted(key))
                .collect();
            let (start, first) = keys[0];
            let at = Span {
                start,
                len: first.len(),
            };
            let what = format!("{} stands beside `{key}`, not in it", quoted(first));
            let help = match &all[..] {
                [_] => format!("it belongs to `{key}`: indent it"),
                _ => format!("{} belong to `{key}`: indent them", all_of(&all)),
            };
            return Some(Problem::new(at, what).help(help));
        }
        keys.push((start, key));
    }
    None
}

/// Returns whether a line is an item of a list whose hyphen has no blank behind it: before a bracket, a quote or a key.
fn is_unspaced(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('-') else {
        return false;
    };
    let is_key = |key: &str| KEYS.contains(key.trim_end());
    rest.starts_with(['{', '[', '"', '\''])
        || rest.split_once(':').is_some_and(|(key, _)| is_key(key))
}

/// Returns whether a block scalar follows a line.
fn ends_with_block(line: &str) -> bool {
    let last = line.rsplit(' ').next().unwrap_or_default();
    last.starts_with(['>', '|'])
        && last[1..]
            .chars()
            .all(|c| c.is_ascii_digit() || "+-".contains(c))
}

/// Mends what stands between two offsets on one line. Returns the offset up to which the text has been copied.
fn mend_line(
    text: &str,
    (start, end): (usize, usize),
    mut done: usize,
    is_near: bool,
    mended: &mut Mended,
) -> usize {
    let line = &text[start..end];
    // What stands before a character, blanks apart: a line begins as if behind a dash.
    let mut before = '-';
    let mut word_start = None;
    let mut quote: Option<char> = None;
    let mut chars = line.char_indices().peekable();
    let mut blanks_told = false;
    while let Some((at, c)) = chars.next() {
        let place = start + at;
        let next = chars.peek().map(|(_, next)| *next);
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
            continue;
        }
        let begins = "-:,[{".contains(before);
        match c {
            ' ' => continue,
            _ if is_blank(c) && begins => {
                if !std::mem::replace(&mut blanks_told, true) {
                    mended.problems.push(no_space(place, c));
                }
                done = mended.replace(text, (done, place, c.len_utf8()), " ");
                continue;
            }
            '"' | '\'' if begins => quote = Some(c),
            '#' if at > 0 && line[..at].ends_with(' ') => return done,
            '-' if before == '-' && next.is_none_or(|next| next == ' ' || is_blank(next)) => {
                continue;
            }
            _ if before == '-'
                && DASHES.contains(&c)
                && next.is_some_and(|next| next == ' ' || is_blank(next)) =>
            {
                mended.problems.push(no_dash(place, c));
                done = mended.replace(text, (done, place, c.len_utf8()), "-");
                continue;
            }
            _ if begins && is_near && QUOTES.contains(&c) => {
                let rest = &line[at + c.len_utf8()..];
                let close = if SINGLE.contains(&c) {
                    // One within is an apostrophe.
                    rest.rfind(SINGLE)
                } else {
                    rest.find(|c| QUOTES.contains(&c) && !SINGLE.contains(&c))
                };
                let close = close.map(|close| at + c.len_utf8() + close);
                if let Some(close) = close {
                    let len = line[close..].chars().next().map_or(0, char::len_utf8);
                    mended.problems.push(
                        Problem::new(
                            Span {
                                start: place,
                                len: c.len_utf8(),
                            },
                            format!("a quote that is none to YAML ({c}, {})", code_point(c)),
                        )
                        .expected("expected a quote (U+0022)")
                        .help("write `\"`, before the text and behind it".to_owned()),
                    );
                    done = mended.replace(text, (done, place, c.len_utf8()), "\"");
                    done = mended.replace(text, (done, start + close, len), "\"");
                    return done;
                }
            }
            ':' => {
                let key = word_start.map_or("", |from: usize| &line[from..at]);
                let key = key.trim_end();
                if let Some(next) = next
                    && next != ' '
                    && !is_blank(next)
                    && KEYS.contains(key)
                {
                    let (start, len) = (place, 1);
                    let what = format!("no space stands behind the colon of `{key}`");
                    let problem = Problem::new(Span { start, len }, what);
                    let help = format!("write `{key}: `");
                    mended.problems.push(problem.help(help));
                    done = mended.replace(text, (done, place, 1), ": ");
                }
                // Of colons in a row only the first ends a word, however many they are.
                word_start = None;
            }
            _ => {}
        }
        if begins && !"-:,[{".contains(c) {
            word_start = Some(at);
        }
        before = c;
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a megabyte of colons has one key in front.
    #[test]
    fn colons_in_a_row_end_one_key() {
        let text = format!("activation{} relu\n", ":".repeat(500_000));
        let mended = mend(&text, Some(0)).unwrap();
        assert_eq!(mended.problems.len(), 1);
        assert_eq!(mended.text, text.replacen("activation:", "activation: ", 1));
    }

    #[test]
    fn a_mended_text_keeps_its_places() {
        let text =
            "a: é\n\u{a0}\u{2003}x: 1\nlist:\n  – [1, 2]\n  —\u{a0}say:\u{a0}“So: é” # “\nloss:ü\n";
        let mended = mend(text, text.find("So")).unwrap();
        assert_eq!(
            mended.text,
            "a: é\n  x: 1\nlist:\n  - [1, 2]\n  - say: \"So: é\" # “\nloss: ü\n"
        );
        for (start, c) in mended
            .text
            .char_indices()
            .filter(|(_, c)| c.is_alphanumeric())
        {
            let at = mended.place(Span {
                start,
                len: c.len_utf8(),
            });
            assert_eq!(text[at.start..at.start + at.len].chars().next(), Some(c));
        }
        let wrong: Vec<char> = mended
            .problems
            .iter()
            .filter_map(|problem| text[problem.span().start..].chars().next())
            .collect();
        assert_eq!(wrong, ['\u{a0}', '–', '—', '\u{a0}', '“', ':']);
    }

    #[test]
    fn a_sound_text_is_not_mended() {
        let text = "a: >\n  – so, he said\n  loss:\u{a0}x\nb: \"– a “quote” loss:x\"\n# –\u{a0}c\nc: {d: 1}\n";
        assert!(mend(text, Some(0)).is_none());
    }

    #[test]
    fn numbers_are_read_as_they_are_meant() {
        for (written, meant) in [
            ("0,5", "0.5"),
            ("−0.3", "-0.3"),
            ("–0,3", "-0.3"),
            ("2\u{2003}", "2"),
            ("\u{a0}−2,5\u{a0}", "-2.5"),
            ("“1”", "1"),
            ("1e−3", "1e-3"),
            ("1,000,000", "1000000"),
            ("1,234.5", "1234.5"),
        ] {
            let help = otherwise(written).unwrap_or_default();
            assert!(
                help.ends_with(&format!("write `{meant}`")),
                "{written}: {help}"
            );
        }
        for sound in ["0.5", "-3", "two", "1,2.5", "1,234.5,6", "a–b", ""] {
            assert_eq!(otherwise(sound), None, "{sound}");
        }
    }

    #[test]
    fn a_hyphen_of_an_item_gets_its_blank_and_a_minus_none() {
        let text = "data:\n  -{x: [1], y: [1]}\n  -walk: x\n  - [\n  -0.5]\n  -say so\nsay: >\n  -walk: on\n";
        let mended = mend(text, None).unwrap();
        assert_eq!(
            mended.text,
            "data:\n  - {x: [1], y: [1]}\n  - walk: x\n  - [\n  -0.5]\n  -say so\nsay: >\n  -walk: on\n"
        );
        assert_eq!(mended.problems.len(), 2);
        assert!(mend("- {x: [-1]}\n- -0.5\n", None).is_none());
        // A blank that is no space behind it, but not in a text.
        let text = "script:\n  -\u{a0}walk\n  - say: >\n      -\u{a0}so\n";
        let mended = mend(text, None).unwrap();
        assert_eq!(mended.text, text.replacen('\u{a0}', " ", 1));
        assert_eq!(mended.problems.len(), 1);
    }

    /// Keys under the hyphen are indented with what belongs to them, however many they are.
    #[test]
    fn keys_at_the_column_of_a_hyphen_are_indented() {
        let text = "script:\n  - walk:\n  sample: 1\n  notes:\n    z(1): A.\n  - say: B.\n";
        let mended = mend(text, text.find("sample")).unwrap();
        assert_eq!(
            mended.text,
            "script:\n  - walk:\n      sample: 1\n      notes:\n        z(1): A.\n  - say: B.\n"
        );
        assert_eq!(mended.problems.len(), 1);
        let many = format!("script:\n  - walk:\n{}", "  sample: 1\n".repeat(40_000));
        let mended = mend(&many, many.find("sample")).unwrap();
        assert_eq!(mended.problems.len(), 1);
        // Where YAML fails elsewhere, or the key is none of the map, they stay.
        assert!(mend(text, text.find("say")).is_none());
        let other = text.replace("sample", "simple");
        assert!(mend(&other, other.find("simple")).is_none());
    }
}
