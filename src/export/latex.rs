//! A lesson as a handout in LaTeX: a whole document for `pdflatex`, with nothing but common packages.

use std::io::{self, Write};
use std::ops::Range;

use super::{handout, question};
use crate::trace::{Decimals, Step, Trace, tex};

/// What stands before the lesson. A formula that is wider than the page is made smaller until it fits.
pub(super) const PREAMBLE: &str = r"\documentclass[a4paper,11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage{textcomp}
\usepackage{amsmath,amssymb}
\usepackage{graphicx}
\usepackage[margin=22mm]{geometry}
\setcounter{MaxMatrixCols}{30}
\setcounter{secnumdepth}{0}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5\baselineskip}
\newsavebox{\formula}
\newcommand{\fit}[1]{%
  \sbox{\formula}{$\displaystyle #1$}%
  \par\medskip\hspace*{1em}%
  \ifdim\wd\formula>0.95\linewidth\resizebox{0.95\linewidth}{!}{\usebox{\formula}}%
  \else\usebox{\formula}\fi\par\medskip}
";

/// Writes some steps of a lesson, by their 0-based numbers, as a document.
///
/// # Errors
/// When writing fails.
pub fn write(trace: &Trace, steps: Range<usize>, out: &mut impl Write) -> io::Result<()> {
    let lesson = trace.lesson();
    out.write_all(PREAMBLE.as_bytes())?;
    writeln!(
        out,
        "\\title{{{}}}\n\\author{{}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n{}",
        tex::text(&lesson.title),
        tex::text(&lesson.summary)
    )?;
    for index in steps {
        step(&trace.step(index), out)?;
    }
    writeln!(out, "\n\\end{{document}}")
}

fn step(step: &Step, out: &mut impl Write) -> io::Result<()> {
    let decimals = Decimals::default();
    writeln!(
        out,
        "\n\\subsection*{{{}. {}}}",
        step.index + 1,
        tex::text(&step.title())
    )?;
    let place = handout::place(step);
    if !place.is_empty() {
        writeln!(out, "\\emph{{{}}}\n", tex::text(&place))?;
    }
    let asked = question::asked(step, decimals);
    if let Some(asked) = &asked {
        writeln!(
            out,
            "\\textbf{{Question:}} {}\n",
            tex::text(&asked.question)
        )?;
        for option in &asked.options {
            writeln!(out, "\\hspace*{{1em}}{}\n", tex::text(option))?;
        }
    }
    for math in handout::math(step, decimals) {
        writeln!(out, "\\fit{{{math}}}")?;
    }
    for line in question::said(step) {
        writeln!(out, "{}\n", tex::text(&line.text(decimals)))?;
    }
    if let Some(asked) = asked {
        writeln!(out, "\\textbf{{Answer:}} {}\n", tex::text(&asked.answer))?;
    }
    Ok(())
}
