//! Worksheets in Markdown.

use std::io::{self, Write};

use super::WorksheetVariant;
use crate::export::markdown::plain;
use crate::trace::tex;

/// Returns a box to write a number in, with so many decimals.
pub(super) fn blank(decimals: usize) -> String {
    let point = if decimals > 0 { "." } else { "" };
    format!("\\boxed{{\\phantom{{-0{point}{}}}}}", "0".repeat(decimals))
}

pub(super) fn write(
    variants: impl Iterator<Item = WorksheetVariant>,
    out: &mut impl Write,
) -> io::Result<()> {
    for (index, variant) in variants.enumerate() {
        if index > 0 {
            out.write_all(b"\n---\n\n")?;
        }
        self::variant(&variant, out)?;
    }
    Ok(())
}

fn variant(variant: &WorksheetVariant, out: &mut impl Write) -> io::Result<()> {
    let key = if variant.answers { "Key: " } else { "" };
    writeln!(out, "# {key}{}\n", plain(&variant.title))?;
    if let Some(student) = &variant.student {
        writeln!(out, "Student: {}\n", plain(student))?;
    } else if !variant.answers {
        let line = "\\_".repeat(24);
        writeln!(out, "Name: {line} Date: {line}\n")?;
    }
    writeln!(out, "## The network\n")?;
    for (index, row) in variant.layers.iter().enumerate() {
        let [layer, units, phi, formulas @ ..] = row;
        let formulas = formulas.each_ref().map(|formula| match formula.as_str() {
            "" => String::new(),
            formula => format!("${}$", tex::math(formula)),
        });
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            plain(layer),
            units,
            plain(phi),
            formulas.join(" | ")
        )?;
        if index == 0 {
            writeln!(out, "|---|---|---|---|---|")?;
        }
    }
    out.write_all(b"\n")?;
    for formula in &variant.settings {
        writeln!(out, "- ${}$", tex::math(formula))?;
    }
    out.write_all(b"\n")?;
    for words in &variant.words {
        writeln!(out, "{}\n", plain(words))?;
    }
    writeln!(out, "Given:\n")?;
    for given in &variant.given {
        math(given, out)?;
    }
    for (phase, tasks) in &variant.phases {
        writeln!(out, "## {phase}\n")?;
        for task in tasks {
            writeln!(out, "**{}. {}**\n", task.number, plain(&task.title))?;
            for line in task.formula.iter().chain(&task.lines) {
                math(line, out)?;
            }
        }
    }
    writeln!(out, "*{}*", plain(&variant.foot))?;
    Ok(())
}

fn math(formula: &str, out: &mut impl Write) -> io::Result<()> {
    // All in one line: an empty line would end the formula.
    writeln!(out, "$$\n{formula}\n$$\n")
}
