//! Worksheets in Markdown.

use std::io::{self, Write};

use super::WorksheetVariant;
use crate::export::markdown::plain;
use crate::trace::tex;

/// A box to write a number in.
pub(super) const BLANK: &str = "\\boxed{\\phantom{-0.000}}";

pub(super) fn write(
    sheets: impl Iterator<Item = WorksheetVariant>,
    out: &mut impl Write,
) -> io::Result<()> {
    for (index, sheet) in sheets.enumerate() {
        if index > 0 {
            out.write_all(b"\n---\n\n")?;
        }
        self::sheet(&sheet, out)?;
    }
    Ok(())
}

fn sheet(sheet: &WorksheetVariant, out: &mut impl Write) -> io::Result<()> {
    let key = if sheet.answers { "Key: " } else { "" };
    writeln!(out, "# {key}{}\n", plain(&sheet.title))?;
    if !sheet.answers {
        let line = "\\_".repeat(24);
        writeln!(out, "Name: {line} Date: {line}\n")?;
    }
    writeln!(out, "## The network\n")?;
    for (index, row) in sheet.layers.iter().enumerate() {
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
    for formula in &sheet.settings {
        writeln!(out, "- ${}$", tex::math(formula))?;
    }
    out.write_all(b"\n")?;
    for words in &sheet.words {
        writeln!(out, "{}\n", plain(words))?;
    }
    writeln!(out, "Given:\n")?;
    for given in &sheet.given {
        math(given, out)?;
    }
    for (phase, tasks) in &sheet.phases {
        writeln!(out, "## {phase}\n")?;
        for task in tasks {
            writeln!(out, "**{}. {}**\n", task.number, plain(&task.title))?;
            for line in task.formula.iter().chain(&task.lines) {
                math(line, out)?;
            }
        }
    }
    writeln!(out, "*{}*", plain(&sheet.foot))?;
    if !sheet.answers {
        writeln!(out, "\nKey: `{}`", sheet.key)?;
    }
    Ok(())
}

fn math(formula: &str, out: &mut impl Write) -> io::Result<()> {
    // All in one line: an empty line would end the formula.
    writeln!(out, "$$\n{formula}\n$$\n")
}
