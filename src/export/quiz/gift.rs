//! Questions as GIFT.
//!
//! # Source
//! Moodle documentation, "GIFT format", and `question/format/gift/format.php`.

use std::io::{self, Write};

use super::{Item, ItemAnswer, ItemOption, Quiz, decimal};

pub(super) fn write(quiz: &Quiz, out: &mut impl Write) -> io::Result<()> {
    // A slash parts categories, two of them are one.
    let title = quiz.title.replace('/', "//");
    writeln!(out, "$CATEGORY: nn-tutor/{title}\n")?;
    for (question, variants) in (1..).zip(&quiz.questions) {
        for (variant, item) in (1..).zip(variants) {
            let number = if variants.len() > 1 {
                format!("{question:02}.{variant:03}")
            } else {
                format!("{question:02}")
            };
            self::item(&number, item, out)?;
        }
    }
    Ok(())
}

fn item(number: &str, item: &Item, out: &mut impl Write) -> io::Result<()> {
    let Item {
        name,
        text,
        answer,
        feedback,
    } = item;
    let feedback = match escaped(&feedback.join("\n")) {
        feedback if feedback.is_empty() => feedback,
        feedback => format!("####{feedback}"),
    };
    writeln!(
        out,
        "::{number} {}::[plain]{} {{{}{feedback}}}\n",
        escaped(name),
        escaped(&text.join("\n")),
        self::answer(answer)
    )
}

fn answer(answer: &ItemAnswer) -> String {
    match answer {
        ItemAnswer::Number(number, within) => {
            format!("#{}:{}", decimal(*number), decimal(*within))
        }
        ItemAnswer::Options(options) => self::options(options),
        ItemAnswer::Words(words) => {
            let words = words.iter().map(|word| format!("={} ", escaped(word)));
            words.collect::<String>().trim_end().to_owned()
        }
        ItemAnswer::Open => String::new(),
    }
}

/// Returns options. Where several are right each of them is worth its share, and a wrong one takes all.
fn options(options: &[ItemOption]) -> String {
    let right = options.iter().filter(|option| option.right).count();
    let share = decimal_share(right);
    let options = options.iter().map(|option| {
        let mark = match (right, option.right) {
            // Without a share: behind a `=` Moodle would show it.
            (1, true) => "=".to_owned(),
            (1, false) => "~%0%".to_owned(),
            (_, true) => format!("~%{share}%"),
            (_, false) => "~%-100%".to_owned(),
        };
        let because = match option.because.as_str() {
            "" => String::new(),
            because => format!("#{}", escaped(because)),
        };
        format!("{mark}{}{because}", escaped(&option.text))
    });
    options.collect::<Vec<_>>().join(" ")
}

/// Returns the share in percent of one of so many, as Moodle's list has it.
fn decimal_share(count: usize) -> String {
    let share = 100.0 / count.max(1) as f64;
    let text = format!("{share:.5}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns a text in which nothing is a mark. An arrow in an option would make it a pair to match.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().replace("->", "→").chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | '~' | '=' | '#' | '{' | '}' | ':' => out.extend(['\\', c]),
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
        assert_eq!(
            escaped(" {a} = 50% \\ b: ~c #1\n// x -> y "),
            "\\{a\\} \\= 50% \\\\ b\\: \\~c \\#1\\n// x → y"
        );
        assert_eq!(
            [1, 2, 3, 6].map(decimal_share),
            ["100", "50", "33.33333", "16.66667"]
        );
    }
}
