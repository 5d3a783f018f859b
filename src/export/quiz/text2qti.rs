//! Questions as the text that `text2qti` reads: Markdown behind marks at the beginnings of lines.
//!
//! # Source
//! Geoffrey Poore: text2qti, its README, "Question types" and "File format".

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Item, ItemAnswer, Quiz, decimal};

/// The least size of an acceptable answer: Canvas rounds what is smaller to 0.
const LEAST: f64 = 1e-4;

/// How far behind its mark a text stands.
const INDENT: &str = "    ";

pub(super) fn write(quiz: &Quiz, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Quiz title: {}\n", one_line(&quiz.title))?;
    let mut number = 0;
    // It refuses to ask the same twice.
    let mut asked: HashMap<&[String], usize> = HashMap::new();
    for variants in &quiz.questions {
        let is_group = variants.len() > 1;
        if is_group {
            writeln!(out, "GROUP\npick: 1\npoints per question: 1\n")?;
        }
        for item in variants {
            number += 1;
            let times = asked.entry(&item.text).or_default();
            *times += 1;
            self::item(number, item, *times, is_group, out)?;
        }
        if is_group {
            writeln!(out, "END_GROUP\n")?;
        }
    }
    Ok(())
}

/// Writes a question, whose text comes for so many times.
fn item(
    number: usize,
    item: &Item,
    times: usize,
    is_in_group: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let Item {
        name,
        text,
        answer,
        feedback,
    } = item;
    writeln!(out, "Title: {}", one_line(name))?;
    if !is_in_group {
        writeln!(out, "Points: 1")?;
    }
    let mut said = paragraphs(text);
    if times > 1 {
        let _ = write!(said, "\n\n({times})");
    }
    chunk(&format!("{number}."), &said, out)?;
    if !feedback.is_empty() {
        chunk("...", &paragraphs(feedback), out)?;
    }
    match answer {
        ItemAnswer::Number(number, within) => {
            let mut within = *within;
            while (number - within).abs() < LEAST || (number + within).abs() < LEAST {
                within += 2.0 * LEAST;
            }
            writeln!(out, "=   {} +- {}", decimal(*number), decimal(within))?;
        }
        ItemAnswer::Options(options) => {
            let several = options.iter().filter(|option| option.right).count() > 1;
            for (letter, option) in ('a'..='z').zip(options) {
                let mark = match (several, option.right) {
                    (true, true) => "[*]".to_owned(),
                    (true, false) => "[ ]".to_owned(),
                    (false, true) => format!("*{letter})"),
                    (false, false) => format!("{letter})"),
                };
                chunk(&mark, &escaped(&option.text), out)?;
                if !option.because.is_empty() {
                    chunk("...", &escaped(&option.because), out)?;
                }
            }
        }
        ItemAnswer::Words(words) => {
            for word in words {
                writeln!(out, "*   {}", one_line(word))?;
            }
        }
        ItemAnswer::Open => writeln!(out, "____")?,
    }
    writeln!(out)
}

/// Writes a text behind its mark; all lines after the first are as far in as that.
fn chunk(mark: &str, text: &str, out: &mut impl Write) -> io::Result<()> {
    let width = INDENT.len().max(mark.chars().count() + 1);
    let indent = " ".repeat(width);
    for (index, line) in text.lines().enumerate() {
        match (index, line) {
            (0, line) => writeln!(out, "{mark:<width$}{line}")?,
            (_, "") => writeln!(out)?,
            (_, line) => writeln!(out, "{indent}{line}")?,
        }
    }
    Ok(())
}

/// Returns lines of text as paragraphs of Markdown.
fn paragraphs(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    lines.join("\n\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns one line of text in which nothing is a mark of Markdown, of a formula or of HTML.
fn escaped(text: &str) -> String {
    let text = one_line(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_mark = "\\`*_{}[]$".contains(c)
            || at == 0 && "+-#!".contains(c)
            || at == digits && digits > 0 && ".)".contains(c);
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '^' => out.push_str("&#94;"),
            '~' => out.push_str("&#126;"),
            '|' => out.push_str("&#124;"),
            // A definition would follow.
            ':' if at == 0 => out.push_str("&#58;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '-' if out.ends_with('-') => out.push_str("&#45;"),
            c if is_mark => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_mark() {
        for (text, written) in [
            ("1. *a* <b> $5", "1\\. \\*a\\* &lt;b&gt; \\$5"),
            ("- x_1 -- 2^3", "\\- x\\_1 -&#45; 2&#94;3"),
            ("0.25", "0\\.25"),
        ] {
            assert_eq!(escaped(text), written);
        }
    }
}
