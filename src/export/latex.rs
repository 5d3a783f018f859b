//! A lesson as a handout in LaTeX: a whole document for `pdflatex` or `xelatex`, using only common packages.

use std::io::{self, Write};
use std::ops::Range;

use super::{handout, question};
use crate::algebra::Decimals;
use crate::trace::{Step, Trace, tex};

/// The beginning of every document. A formula that is wider than the page is made smaller until it fits.
const PREAMBLE: &str = r"\documentclass[a4paper,11pt]{article}
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

/// The further preamble of a document with letters that the fonts may lack. `xelatex` sets each of them that
/// its font has; any other becomes its number in a box, and the end of the document explains that.
const LETTERS: &str = r##"\ifdefined\Uchar\usepackage{fontspec}\fi
\newif\iflacking
\DeclareRobustCommand{\letter}[1]{\ifdefined\Uchar\iffontchar\font"#1 \Uchar"#1 \else\lack{#1}\fi\else\lack{#1}\fi}
\DeclareRobustCommand{\lack}[1]{\global\lackingtrue\unicodebox{#1}}
\newcommand{\unicodebox}[1]{{\fboxsep=1pt\fbox{\scriptsize U+#1}}}
\AtEndDocument{\iflacking\par\bigskip\emph{A box such as \unicodebox{0416} stands for a letter that the font of this
  document lacks, by its number in Unicode. XeLaTeX sets those that its font has.}\fi}
"##;

/// Writes the beginning of a document whose other content is `rest`.
pub(super) fn begin(rest: &[u8], out: &mut impl Write) -> io::Result<()> {
    out.write_all(PREAMBLE.as_bytes())?;
    let letter = tex::LETTER.as_bytes();
    if rest.windows(letter.len()).any(|part| part == letter) {
        out.write_all(LETTERS.as_bytes())?;
    }
    Ok(())
}

/// Writes some steps of a lesson, given by their 0-based indices, as a document. Without `answers`, the result and the words of a
/// step that is asked about are left out.
///
/// # Errors
/// If writing fails.
pub fn write(
    trace: &Trace,
    steps: Range<usize>,
    answers: bool,
    decimals: Decimals,
    out: &mut impl Write,
) -> io::Result<()> {
    let lesson = trace.lesson();
    let mut rest = Vec::new();
    writeln!(
        rest,
        "\\title{{{}}}\n\\author{{}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n{}",
        tex::text(&lesson.title),
        tex::text(&lesson.summary)
    )?;
    for index in steps {
        step(&trace.step(index), answers, decimals, &mut rest)?;
    }
    writeln!(rest, "\n\\end{{document}}")?;
    begin(&rest, out)?;
    out.write_all(&rest)
}

fn step(step: &Step, answers: bool, decimals: Decimals, out: &mut impl Write) -> io::Result<()> {
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
    if asked.is_some() && !answers {
        return Ok(());
    }
    for math in handout::math(step, decimals) {
        writeln!(out, "\\fit{{{math}}}")?;
    }
    for line in question::paragraphs(step) {
        writeln!(out, "{}\n", tex::text(&line.text(decimals)))?;
    }
    if let Some(asked) = asked {
        writeln!(out, "\\textbf{{Answer:}} {}\n", tex::text(&asked.answer))?;
    }
    let lecture = question::words(&step.lecture(), decimals, " ");
    if !lecture.is_empty() {
        writeln!(out, "\\emph{{In the lecture:}} {}\n", tex::text(&lecture))?;
    }
    Ok(())
}
