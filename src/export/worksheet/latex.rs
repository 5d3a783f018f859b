//! Worksheets in LaTeX: one document, every variant on pages of its own.

use std::io::{self, Write};

use super::{Task, WorksheetVariant};
use crate::export::latex::begin;
use crate::trace::tex;

/// A box to write a number in, defined in `SHEET`.
pub(super) const BLANK: &str = "\\blank";

/// The width of a blank without decimals, in millimetres, and that of each of them.
const SIGN_AND_ONES: usize = 5;
const DIGIT: usize = 3;

/// The room below its blank to work out one number by hand, in millimetres; there is more beside it.
const WORKING: usize = 5;

/// The most room for a task, in millimetres: it stays on one page.
const MOST_WORKING: usize = 8 * WORKING;

/// The commands that a worksheet needs in addition to those of a handout: blanks as large as a number written
/// by hand, room below them to work them out, a foot that tells which worksheet it is, and tasks that stay on one page.
const SHEET: &str = r"\newcommand{\blank}{\raisebox{0pt}[6mm][3.6mm]{\framebox{\rule[-1.6mm]{0pt}{6mm}\rule{{width}mm}{0pt}}}}
\newcommand{\working}[1]{\par\rule{0pt}{#1mm}}
\newcommand{\foot}{}
\makeatletter
\newcommand{\ps@sheet}{\let\@oddhead\@empty\let\@evenhead\@empty
  \def\@oddfoot{\parbox[t]{\linewidth}{\footnotesize\foot\hfill page \thepage}}\let\@evenfoot\@oddfoot}
\makeatother
\pagestyle{sheet}
\newcommand{\row}[1]{{\par\medskip\raggedright\leftskip=1em\lineskip=2mm #1\par}\medskip}
\newenvironment{fitted}{\begin{lrbox}{\formula}}%
  {\end{lrbox}\ifdim\wd\formula>\linewidth\resizebox{\linewidth}{!}{\usebox{\formula}}\else\usebox{\formula}\fi}
\newenvironment{task}{\par\noindent\begin{minipage}{\linewidth}\setlength{\parskip}{0.3\baselineskip}}%
  {\end{minipage}\par\medskip}
";

pub(super) fn write(
    variants: impl Iterator<Item = WorksheetVariant>,
    decimals: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut rest = Vec::new();
    let width = SIGN_AND_ONES + DIGIT * decimals;
    let sheet = SHEET.replace("{width}", &width.to_string());
    writeln!(rest, "{sheet}\\begin{{document}}")?;
    for variant in variants {
        self::variant(&variant, &mut rest)?;
    }
    writeln!(rest, "\\end{{document}}")?;
    begin(&rest, out)?;
    out.write_all(&rest)
}

fn variant(variant: &WorksheetVariant, out: &mut impl Write) -> io::Result<()> {
    let key = if variant.answers { "Key: " } else { "" };
    writeln!(
        out,
        "\\clearpage\n\\setcounter{{page}}{{1}}\n\\renewcommand{{\\foot}}{{{}}}\n\
         \\section{{{key}{}}}",
        tex::escaped(&variant.foot),
        tex::escaped(&variant.title)
    )?;
    if let Some(student) = &variant.student {
        writeln!(out, "Student: {}\n", tex::escaped(student))?;
    } else if !variant.answers {
        writeln!(
            out,
            "Name: \\underline{{\\hspace{{75mm}}}}\\hfill Date: \\underline{{\\hspace{{40mm}}}}\n"
        )?;
    }
    writeln!(out, "\\subsection{{The network}}")?;
    writeln!(
        out,
        "\\begin{{fitted}}\n\\begin{{tabular}}{{@{{}}lrlll@{{}}}}"
    )?;
    for (index, row) in variant.layers.iter().enumerate() {
        let [layer, units, phi, formulas @ ..] = row;
        let formulas = formulas
            .each_ref()
            .map(|formula| format!("${}$", tex::math(formula)));
        writeln!(
            out,
            "{} & {units} & {} & {} \\\\",
            tex::escaped(layer),
            tex::escaped(phi),
            formulas.join(" & ")
        )?;
        if index == 0 {
            writeln!(out, "\\hline\\rule{{0pt}}{{2.6ex}}")?;
        }
    }
    writeln!(out, "\\end{{tabular}}\n\\end{{fitted}}\n")?;
    let settings: Vec<String> = variant
        .settings
        .iter()
        .map(|formula| format!("${}$", tex::math(formula)))
        .collect();
    writeln!(out, "{}\n", settings.join(",\\quad "))?;
    for words in &variant.words {
        writeln!(out, "{}\n", tex::text(words))?;
    }
    row(&variant.given, out)?;
    for (phase, tasks) in &variant.phases {
        writeln!(out, "\n\\subsection{{{phase}}}")?;
        for task in tasks {
            self::task(task, variant.answers, out)?;
        }
    }
    Ok(())
}

fn task(task: &Task, answers: bool, out: &mut impl Write) -> io::Result<()> {
    write!(
        out,
        "\\begin{{task}}\n\\textbf{{{}. {}}}",
        task.number,
        tex::text(&task.title)
    )?;
    if let Some(formula) = &task.formula {
        write!(out, "\\quad ${formula}$")?;
    }
    out.write_all(b"\n")?;
    if answers {
        for line in &task.lines {
            writeln!(out, "\\fit{{{line}}}")?;
        }
    } else {
        row(&task.lines, out)?;
        let blanks = task.lines.iter().map(|line| line.matches(BLANK).count());
        let room = (WORKING * blanks.sum::<usize>()).min(MOST_WORKING);
        writeln!(out, "\\working{{{room}}}")?;
    }
    writeln!(out, "\\end{{task}}")
}

/// Writes matrices side by side, in as many lines as they need.
fn row(matrices: &[String], out: &mut impl Write) -> io::Result<()> {
    let boxes: Vec<String> = matrices
        .iter()
        .map(|matrix| format!("\\mbox{{$\\displaystyle {matrix}$}}"))
        .collect();
    writeln!(out, "\\row{{{}}}", boxes.join("\\hspace{8mm} "))
}
