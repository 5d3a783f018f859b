//! What can be typed behind `nn-tutor`.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgGroup, Args as Group, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::algebra::Decimals;
use crate::compare::Mapped;
use crate::compare::scaffold::Language;
use crate::lesson::limits::HIGHEST_SEED;
use crate::session::Share;
use crate::tutor::Level;
use crate::tutor::practice::{NoId, Student};

/// A time-travel debugger for learning how a neural network works.
#[derive(Debug, Parser)]
#[command(
    name = "nn-tutor",
    version,
    about = "Learn how a neural network works, one operation at a time",
    long_about = "Learn how a neural network works, one operation at a time: every step can be taken back, \
                  every number explains itself.\n\nWithout a command, a menu of the lessons.",
    after_help = "Examples:
  nn-tutor                        choose a lesson
  nn-tutor lesson grounded        walk a lesson: arrow keys, ? for help, q quits
  nn-tutor lesson homework.yaml   walk a lesson of your own
  nn-tutor check homework.yaml    is it right, and does it fit the screen?

`nn-tutor COMMAND --help` has more."
)]
pub(super) struct Args {
    /// A folder with lessons of your own, `*.yaml`, beside those that come with the program
    #[arg(long, global = true, value_name = "DIR")]
    pub lessons: Option<PathBuf>,
    /// Keep nothing of this run, and do not go on from what was kept
    #[arg(long, global = true)]
    pub no_save: bool,
    #[command(flatten)]
    pub screen: Screen,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Walk a lesson step by step, forth and back
    #[command(after_help = "Examples:
  nn-tutor lesson xor
  nn-tutor lesson xor --step 30
  nn-tutor lesson ./homework.yaml --theme light
  nn-tutor lesson grounded --plain    lines of text, for screen readers")]
    Lesson {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// Begin at this step
        #[arg(long, value_name = "N", value_parser = count)]
        step: Option<NonZeroUsize>,
        /// Whose lesson it is: with numbers of their own where the author allows it, kept for themselves, and ready for
        /// `nn-tutor hand-in`
        #[arg(long, value_name = "ID", value_parser = student)]
        student: Option<Student>,
        #[command(flatten)]
        screen: Screen,
    },
    /// List the lessons: name, title, topics, summary
    #[command(after_help = "Examples:
  nn-tutor list
  nn-tutor list --lessons ~/lessons
  nn-tutor list --format json
  nn-tutor list --names           one a line, and nothing else")]
    List {
        /// Text to read, or one JSON array
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// The names alone, in alphabetical order
        #[arg(long, conflicts_with = "format")]
        names: bool,
    },
    /// Show how far you are: lessons, answers, practice, reviews
    #[command(
        long_about = "Show how far you are: of every lesson that was begun, the step where it was left, whether its end \
                      was reached, how many of its questions were answered right, the level of practice, how many of its \
                      questions are due for review and how many come back at all, and the day (UTC) on which it was \
                      seen last.\n\n\
                      As JSON it is one array, one lesson a line. Keys: name (or path), title, step, of, done, right, \
                      asked (all six null where it was only practised), practice (level, right, asked; null without), \
                      review (due, questions, next: when the next of the others is due; null without), at and next in \
                      seconds since 1970.\n\n\
                      All of it is kept in nn-tutor/progress.json in $XDG_STATE_HOME, else in ~/.local/state.",
        after_help = "Examples:
  nn-tutor progress
  nn-tutor progress --format json | jq -r '.[] | select(.done) | .name'"
    )]
    Progress {
        /// Text to read, or one JSON array
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Forget how far you are, in one lesson or in all
    #[command(
        long_about = "Forget how far you are, in one lesson or in all: places, answers, practice and reviews. A copy of \
                      all that was kept stays beside it. Before all of them are forgotten, you are asked.",
        after_help = "Examples:
  nn-tutor reset xor
  nn-tutor reset ./homework.yaml
  nn-tutor reset                    all lessons
  nn-tutor reset --yes              the same, and nothing is asked"
    )]
    Reset {
        /// The name of a lesson or a YAML file; if left out, all of them
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: Option<OsString>,
        /// Do not ask before all lessons are forgotten
        #[arg(long, short)]
        yes: bool,
    },
    /// Check lesson files: is everything right, and does every step fit 80x24?
    #[command(
        long_about = "Check lesson files. Each is read, its training is done, every step is walked and drawn at \
                      80x24. Prints one line for a file that is sound; else what is wrong, where, and what to do, \
                      on standard error, and ends with 1.",
        after_help = "Examples:
  nn-tutor check homework.yaml
  nn-tutor check lessons/*.yaml
  nn-tutor check --strict --all homework.yaml
  nn-tutor check --pace lessons/*.yaml    how long they are, and what to do
  nn-tutor check --watch homework.yaml    again when it is saved"
    )]
    Check {
        /// YAML files, or names of lessons
        #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
        files: Vec<OsString>,
        /// Fail where not all of a step fits the screen at once
        #[arg(long)]
        strict: bool,
        /// Name everything that does not fit, not only the first of it
        #[arg(long)]
        all: bool,
        /// Say how long a lesson is, how often something is to be done in it, and what it says more than twice
        #[arg(long, conflicts_with_all = ["strict", "all"])]
        pace: bool,
        /// Check again whenever a file, or a table beside it, has changed, until Ctrl-C
        #[arg(long)]
        watch: bool,
    },
    /// Print a whole lesson, every step with its numbers
    #[command(
        long_about = "Print a whole lesson, every step with its numbers.\n\nAs JSON it is one object a line, one \
                      line a step. Keys: step, kind, network (in lessons with several), epoch, samples, title, \
                      symbol, formula, value, right (in training), text. `value` is a list of rows with full double \
                      precision; symbol and formula are ASCII; all three are null where a step only speaks.",
        after_help = "Examples:
  nn-tutor trace grounded --format text | less
  nn-tutor trace grounded --format text --decimals 6
  nn-tutor trace grounded --format json | jq -c '[.step, .symbol, .value]'
  nn-tutor trace homework.yaml --format json > homework.jsonl"
    )]
    Trace {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// Text to read, or JSON Lines
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Text in ASCII characters only
        #[arg(long)]
        ascii: bool,
        /// Decimals of the numbers in text, 0 to 15, or all; if left out, 3. JSON always has all
        #[arg(long, value_name = "N|all", value_parser = decimals)]
        decimals: Option<Decimals>,
    },
    /// Print a lesson as a handout, a script or questions: text, JSON, Markdown, LaTeX, NumPy, GIFT, text2qti
    #[command(
        long_about = "Print a lesson as something to keep.\n\n\
                      text and json are as `nn-tutor trace` has them. markdown and latex are handouts with every \
                      formula and matrix; markdown sets formulas between $$, latex is a document for pdflatex. \
                      numpy is a Python script with each step's own lines, which prints the same numbers.\n\n\
                      gift (Moodle) and text2qti (Canvas) are questions with their answers: those that the author asks, and one \
                      about each step of the lesson's network with new numbers, as `nn-tutor practice` has them; with --seeds each \
                      in several variants, in GIFT numbered, for Canvas a group of which one is picked. Numbers are right as near as \
                      three decimals lead; those below 0.001 are asked in units of a power of ten. Questions for a goal, and for \
                      numbers that only a training gives or that follow from very many, are left out.",
        after_help = "Examples:
  nn-tutor export grounded --format markdown -o grounded.md
  nn-tutor export grounded --format latex --steps 5-20 -o handout.tex
  nn-tutor export xor --format numpy | python3 -
  nn-tutor export grounded --format gift --seeds 20 -o grounded.gift"
    )]
    Export {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// What to print
        #[arg(long, value_enum)]
        format: Export,
        /// The file to write; if left out or -, standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Some steps only: 5-20, 5, 5- or -20
        #[arg(long, value_name = "STEPS", value_parser = Steps::parse, allow_hyphen_values = true)]
        steps: Option<Steps>,
        /// Of gift and text2qti: how many variants with new numbers a question has, at most 100; if left out, 1
        #[arg(long, value_name = "K", value_parser = variants)]
        seeds: Option<u64>,
        /// Of gift and text2qti: the seed of the first variant; if left out, 1
        #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
        seed: Option<u64>,
        /// Of text: ASCII characters only. The other formats are UTF-8
        #[arg(long)]
        ascii: bool,
        /// Questions without their answers: text, markdown and latex. The steps behind them still show their numbers; a
        /// sheet with blanks is `nn-tutor worksheet --same-numbers`
        #[arg(long)]
        no_answers: bool,
        /// Decimals of the numbers in text, markdown and latex, 0 to 15, or all; if left out, 3. The others always have
        /// all
        #[arg(long, value_name = "N|all", value_parser = decimals)]
        decimals: Option<Decimals>,
    },
    /// Find out where your own program goes wrong: compare its values with a lesson's
    #[command(
        long_about = "Compare what your own program has computed with an update of a lesson. In the order of the computation \
                      it says what agrees, and stops at the first that does not: its place, your number and the right one, \
                      and the usual mistake that gives just your numbers, if there is one. The right one is worked from your \
                      own numbers before it, so that what follows from a mistake is not called another.\n\n\
                      VALUES is an .npz or .npy file of NumPy, an object of arrays in JSON, {\"z1\": [[0.2], [0.9]]}, the \
                      output of `nn-tutor trace --format json`, or - for standard input. Names and layout are up to you: \
                      W1, w_1, Theta1, fc1.weight; dW1, grads.W1, grad1; a1, h1; samples as rows or columns, W or its \
                      transpose, the bias apart, first or last, sums or means, with a factor 1/2 or without, float32 or \
                      float64. The report says how it reads them. Gradients are compared with differences of the loss as \
                      well. That it all agrees is no proof of who wrote it.\n\n\
                      The update is the first that the lesson walks through; --step or --network choose another. Ends with 0 \
                      if all that was compared agrees and there is a gradient, or new weights, for all that is learned; \
                      1 if something does not agree; 2 if nothing can be compared; 3 if what is there agrees and something \
                      is still missing.",
        after_help = "Examples:
  nn-tutor compare grounded values.npz
  nn-tutor compare batch values.npz --step 7
  nn-tutor compare homework.yaml values.json --map mine=W0
  nn-tutor scaffold grounded --language numpy -o mine.py     a program to fill in"
    )]
    Compare {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// The values: .npz, .npy, JSON, a trace, or - for standard input
        #[arg(value_name = "VALUES", value_hint = ValueHint::FilePath)]
        values: PathBuf,
        /// Whose numbers it is about, in a lesson that has others for each student
        #[arg(long, value_name = "ID", value_parser = student)]
        student: Option<Student>,
        /// The update that this step of the lesson belongs to
        #[arg(long, value_name = "N", value_parser = count)]
        step: Option<NonZeroUsize>,
        /// The first update of this network of the lesson
        #[arg(long, value_name = "NAME")]
        network: Option<String>,
        /// What an array is where its name does not tell, as often as needed: mine=W0. Names: x0, y, W0, b1 (the bias of
        /// layer 1), z1, x1, J, `dy_hat`, delta1, e1 (W1 delta2), grad0, db1, `W0_new`, `b1_new`; those of a program of
        /// `scaffold`, and of a trace, such as W(0)
        #[arg(long, value_name = "ARRAY=QUANTITY", value_parser = super::compare::mapped)]
        map: Vec<Mapped>,
        /// Text in ASCII characters only
        #[arg(long)]
        ascii: bool,
    },
    /// Print a program to fill in: a function for each operation, which compares itself
    #[command(
        long_about = "Print a Python program for an update of a lesson.\n\n\
                      numpy has a function for each operation, for you to fill in. It runs as it is: what is there so far \
                      is saved, also where a function stops with an error, and `nn-tutor compare` says what agrees. pytorch is complete: it saves what autograd has, to \
                      compare a model of your own with the lesson. Both look for nn-tutor on the PATH, or in NN_TUTOR, and for \
                      a lesson that is a file beside themselves first: hand them out together.",
        after_help = "Examples:
  nn-tutor scaffold grounded --language numpy -o mine.py
  python3 mine.py
  nn-tutor scaffold batch --step 7 --language pytorch -o torch.py
  nn-tutor scaffold homework.yaml --student ib42 --language numpy -o ib42.py"
    )]
    Scaffold {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// What it is written with
        #[arg(long, value_enum)]
        language: ScaffoldLanguage,
        /// Whose numbers it is about, in a lesson that has others for each student
        #[arg(long, value_name = "ID", value_parser = student)]
        student: Option<Student>,
        /// The update that this step of the lesson belongs to
        #[arg(long, value_name = "N", value_parser = count)]
        step: Option<NonZeroUsize>,
        /// The first update of this network of the lesson
        #[arg(long, value_name = "NAME")]
        network: Option<String>,
        /// The file to write; if left out or -, standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Practise: a lesson's network with new numbers, worked out by you
    #[command(
        long_about = "Practise by hand: the network of a lesson with new weights, inputs and targets, small enough to be \
                      worked with pencil and calculator. What each step makes is blank until you have typed it.\n\n\
                      Level 1 blanks the last number of each step, 2 all of a step, 3 a whole phase, 4 the whole \
                      pass. Three right answers in a row, each at the first try and without a hint, raise the \
                      level; two misses in a row lower it, and an answer that was only looked at is a miss. The \
                      same seed gives the same exercises, here and everywhere.",
        after_help = "Examples:
  nn-tutor practice grounded
  nn-tutor practice backprop --level 3
  nn-tutor practice homework.yaml --seed 7
  nn-tutor practice grounded --student ib42"
    )]
    Practice {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// Which network of the lesson; if left out, the one that its walks go through furthest
        #[arg(long, value_name = "NAME")]
        network: Option<String>,
        /// The same exercises again; if left out, new ones
        #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
        seed: Option<u64>,
        /// Exercises that belong to this id, here and everywhere; none of them is degenerate
        #[arg(long, value_name = "ID", value_parser = student, conflicts_with = "seed")]
        student: Option<Student>,
        /// How much is blank at first: 1 the last number of a step, 2 a step, 3 a phase, 4 the pass; if left out, the
        /// level you had reached, or 1
        #[arg(long, value_name = "1-4", value_parser = level)]
        level: Option<Level>,
        #[command(flatten)]
        screen: Screen,
    },
    /// Review: questions of all your lessons that are due, ten minutes at a time
    #[command(
        long_about = "Review what you have answered in lessons: what you missed, and what is due, of all lessons mixed, with new \
                      numbers where a question can have some. It takes about ten minutes; what is left is asked next time.\n\n\
                      When a question comes back follows from how well you answered it, by the method FSRS: right at once, \
                      with a hint or a second try, or missed. What you miss comes back after ten minutes, at the end of the \
                      next lesson too; what you know, after days, then weeks.",
        after_help = "Examples:
  nn-tutor review
  nn-tutor review --plain
  nn-tutor review --student ib42"
    )]
    Review {
        /// What was answered in lessons opened with this id, with numbers that belong to it
        #[arg(long, value_name = "ID", value_parser = student)]
        student: Option<Student>,
        #[command(flatten)]
        screen: Screen,
    },
    /// Print exercises for paper, and the key to them
    #[command(
        group(ArgGroup::new("numbers").required(true).multiple(true).args(["seed", "student", "same_numbers"])),
        long_about = "Print a lesson's network with new numbers for paper: what is given, then task by task with blanks \
                      to fill in; with --answers the key, with every value.\n\n\
                      The same seed gives the same sheets, here and everywhere, with the same --network and \
                      --decimals; so does the same --student. The foot names all of them, which --no-key leaves out. Several lessons are \
                      mixed: for each seed, student and variant a sheet of each. Variant 1 is the first exercise of `nn-tutor practice` with this seed. \
                      latex is a document for pdflatex, A4; markdown sets formulas between $$.",
        after_help = "Examples:
  nn-tutor worksheet grounded --seed 7 --format latex -o sheet.tex
  nn-tutor worksheet grounded --seed 7 --format latex --answers -o key.tex
  nn-tutor worksheet backprop --seed 2026 --count 30 --format latex -o class.tex
  nn-tutor worksheet grounded batch --student ib42 --format latex -o ib42.tex --key ib42-key.tex
  nn-tutor worksheet mine.yaml --same-numbers --format markdown"
    )]
    Worksheet {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", required = true, value_hint = ValueHint::FilePath)]
        names: Vec<OsString>,
        /// Which network of the lesson; if left out, the one that its walks go through furthest
        #[arg(long, value_name = "NAME")]
        network: Option<String>,
        /// A number of your choice: the same one prints the same sheets again
        #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true,
            conflicts_with_all = ["student", "same_numbers"])]
        seed: Option<u64>,
        /// Instead of a seed, numbers that belong to this id, which the sheet names; several times for several sheets
        #[arg(long, value_name = "ID", value_parser = student)]
        student: Vec<Student>,
        /// The lesson's own network and samples instead of new numbers, for a lesson file of your own too
        #[arg(long)]
        same_numbers: bool,
        /// How many variants, at most 100
        #[arg(long, value_name = "K", default_value = "1", value_parser = variants, conflicts_with = "same_numbers")]
        count: u64,
        /// What to print
        #[arg(long, value_enum)]
        format: Sheet,
        /// The key instead: every task with its values
        #[arg(long)]
        answers: bool,
        /// Decimals to work with, and those of the key, 0 to 15, or all; if left out, 3
        #[arg(long, value_name = "N|all", value_parser = decimals)]
        decimals: Option<Decimals>,
        /// Name neither the lesson nor the seed on a sheet: nobody can make the key from it
        #[arg(long, conflicts_with = "answers")]
        no_key: bool,
        /// Write the key as well, to a file of its own
        #[arg(long, value_name = "FILE", conflicts_with = "answers")]
        key: Option<PathBuf>,
        /// The file to write; if left out or -, standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write what you have answered in a lesson to a file, to hand it in
    #[command(
        long_about = "Write what you have answered in a lesson to a file, to hand it in: what was typed at each question, \
                      how many tries and hints, when, and which lesson it was. It says nothing of what was right: that is \
                      judged again where it is graded.\n\n\
                      What counts is what was answered in `nn-tutor lesson NAME --student ID`, with the same id. The file is \
                      JSON. Whoever can write JSON can write such a file: it is no proof of who has answered.",
        after_help = "Examples:
  nn-tutor lesson homework.yaml --student ib42
  nn-tutor hand-in homework.yaml --student ib42 -o ib42.json"
    )]
    HandIn {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// Whose answers they are
        #[arg(long, value_name = "ID", value_parser = student)]
        student: Student,
        /// The file to write; if left out or -, standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Grade what students have handed in: a row a student, a column a question
    #[command(
        long_about = "Grade the files that students have made with `nn-tutor hand-in`: all files of a folder. What was typed is \
                      judged again, with the numbers of its student; no verdict in a file is believed. The times, tries and \
                      hints are what the file says.\n\n\
                      A file that cannot be graded is named on standard error in a line of its own, with the reason: then the \
                      rest is graded all the same, and the command ends with 1. Of two files of one student the later one \
                      counts. One from the future is graded and named, but counts only where there is no other. Folders, hidden \
                      files and read-me files are passed over, and named in one line. Links are not followed. A lesson that \
                      differs in comments and layout alone is the same lesson.\n\n\
                      The table has the points of each question; as JSON there is also what was typed, whether it is right, \
                      the slips that it shows, tries, hints and seconds. A question is one point, half of it for an answer \
                      that is right but not complete. A rubric says otherwise, in YAML; all keys may be left out:\n\n  \
                      points: 1            # of a question\n  \
                      questions: {9: 2}    # of the question at step 9\n  \
                      partly: 0.5          # the share for what is right but not complete\n  \
                      open: 0              # the share for any answer where the author compares\n  \
                      hint: 0              # the share that each hint takes off\n  \
                      try: 0               # the share that each try after the first takes off\n  \
                      looked: 0            # the share that looking the answer up takes off\n  \
                      late: 0              # the share of all points that being late takes off",
        after_help = "Examples:
  nn-tutor grade hand-ins/ --lesson homework.yaml > points.csv
  nn-tutor grade hand-ins/ --lesson homework.yaml --until '2026-12-01 23:59+01:00'
  nn-tutor grade hand-ins/ --lesson homework.yaml --rubric rubric.yaml --format json"
    )]
    Grade {
        /// The folder with the files
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
        /// The lesson that was handed in: its name or a YAML file
        #[arg(long, value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        lesson: OsString,
        /// What the questions are worth
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        rubric: Option<PathBuf>,
        /// A table, or one JSON object
        #[arg(long, value_enum, default_value_t = ResultsFormat::Csv)]
        format: ResultsFormat,
        /// Mark what was handed in later: 2026-12-01 (to its end), or with a time, such as 2026-12-01 23:59+01:00; without
        /// an offset it is UTC
        #[arg(long, value_name = "TIME", value_parser = time)]
        until: Option<u64>,
    },
    /// Train a lesson's network without a screen
    #[command(
        long_about = "Train a network of a lesson from its initial weights, without a screen, as fast as it goes; \
                      then print the loss over the data set, how many samples are right, the same of the samples \
                      that are held out, and samples per second. It takes the settings of the lesson and of the \
                      network; what scenes set from there on holds in the lesson alone, and a note tells of it.\n\n\
                      As JSON it is one object. Keys: network, epochs, samples (all that were trained on: epochs \
                      times the data set), seconds (the training loop alone), samples_per_second, loss, right (null \
                      for a regressor), data_set (its samples), held_out (samples, loss and right of those that \
                      are held out; null without), with --weights also weights (as a lesson has them). With --seeds it \
                      has network, epochs, data_set, starts (seed, loss and right of each; where one diverges both are \
                      null, and diverged is the epoch) and all_right (how many starts got every sample right; null \
                      for a regressor). Beside each right stands undecided where some samples are neither right nor \
                      wrong: the outputs that decide are equal within 1e-12.",
        after_help = "Examples:
  nn-tutor train xor --epochs 5000
  nn-tutor train homework.yaml --epochs 100 --format json
  nn-tutor train xor --epochs 1000 --seeds 20
  nn-tutor train xor --epochs 1000 --weights"
    )]
    Train {
        /// The name of a lesson (`nn-tutor list`) or a YAML file
        #[arg(value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// How many times the whole data set is used
        #[arg(long, value_name = "N", value_parser = count)]
        epochs: NonZeroUsize,
        /// Which network of the lesson; if left out, the one that the lesson trains last
        #[arg(long, value_name = "NAME")]
        network: Option<String>,
        /// Draw the initial weights with this seed instead of the lesson's
        #[arg(long, value_name = "N", value_parser = seed, conflicts_with = "seeds")]
        seed: Option<u64>,
        /// Train once with each of the seeds 0 to K − 1, at most 100000, and say what each comes to
        #[arg(long, value_name = "K", value_parser = starts, conflicts_with = "weights")]
        seeds: Option<usize>,
        /// Print the final weights as well, in the form that a lesson takes
        #[arg(long)]
        weights: bool,
        /// Text to read, or one JSON object
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Watch a network learn, forth and back, and change it on the way
    #[command(
        long_about = "Train a network on the screen, update by update or as fast as it goes, back to any update, with \
                      changes on the way. Any update can be opened into its operations.\n\nNAME is a lesson, whose \
                      network is trained from its initial weights, or a data set that comes with the program: and, or, \
                      xor, nand, nor, xnor, free-fall, square, sin, abs, step, circles, moons, spiral, blobs, above-sin, \
                      above-cubic, above-abs, iris, digits, with a small network for it. In a lesson, L does the same from where you stand.",
        after_help = "Examples:
  nn-tutor lab
  nn-tutor lab moons
  nn-tutor lab early-stop --network free
  nn-tutor lab homework.yaml --cpu 100
  nn-tutor lab spiral --plain             lines of text, for screen readers"
    )]
    Lab {
        /// The name of a lesson or a data set, or a YAML file
        #[arg(value_name = "NAME|FILE|DATASET", default_value = "xor", value_hint = ValueHint::FilePath)]
        name: OsString,
        /// Which network of the lesson; if left out, the one that the lesson trains last
        #[arg(long, value_name = "NAME")]
        network: Option<String>,
        /// Draw the initial weights with this seed instead of the lesson's
        #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
        seed: Option<u64>,
        /// The share of a processor that playing may take, in percent
        #[arg(long, value_name = "PERCENT", default_value = "50", value_parser = share)]
        cpu: Share,
        #[command(flatten)]
        screen: Screen,
    },
    /// Hold a class, or join one
    #[command(
        subcommand,
        long_about = "Hold a class, or join one: the teacher's step is everybody's, each on a screen of their own, and \
                      questions go to the whole room.",
        after_help = "Examples:
  nn-tutor class open xor         the teacher, on the host that all log in to
  nn-tutor class join             a student there"
    )]
    Class(Class),
    /// Write a lesson to start from
    #[command(
        long_about = "Write a lesson to start from: NAME.yaml, a small lesson with a comment at everything that can be \
                      changed. It can be walked at once. A file that is there is never overwritten.",
        after_help = "Examples:
  nn-tutor new homework                 writes homework.yaml
  nn-tutor new homework -o lessons      writes lessons/homework.yaml
  nn-tutor new homework -o week-3.yaml"
    )]
    New {
        /// Letters, digits, - and _; also its title
        #[arg(value_name = "NAME")]
        name: String,
        /// The file to write, or the folder to write it to; - is standard output; if left out, that of --lessons, or this
        /// one
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
    /// Print the lesson format as JSON Schema, for editors
    #[command(
        long_about = "Print the lesson format as JSON Schema (draft 2020-12), so that an editor completes keys, shows \
                      what they mean and marks mistakes while a lesson is written.\n\nEditors with the YAML language \
                      server (VS Code, Neovim, Helix, Emacs and others) read it where the first line of a lesson \
                      says so:\n\n  # yaml-language-server: $schema=lesson.schema.json\n\nWhat depends on the whole \
                      lesson, such as shapes, only `nn-tutor check` tells.",
        after_help = "Examples:
  nn-tutor schema > lesson.schema.json
  nn-tutor schema | jq '.properties.script'"
    )]
    Schema,
    /// Print the manual of the lesson format
    #[command(after_help = "Example:
  nn-tutor format | less")]
    Format,
    /// Print a script that completes commands in your shell
    #[command(after_help = "Examples:
  nn-tutor completions bash >> ~/.bash_completion
  nn-tutor completions zsh > ~/.zfunc/_nn-tutor
  nn-tutor completions fish > ~/.config/fish/completions/nn-tutor.fish")]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or that of a command, for man
    #[command(after_help = "Examples:
  nn-tutor man > ~/.local/share/man/man1/nn-tutor.1
  nn-tutor man practice > ~/.local/share/man/man1/nn-tutor-practice.1
  nn-tutor man | man -l -")]
    Man {
        /// The command; if left out, the program
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
    },
}

/// How a lesson is shown.
#[derive(Debug, Clone, Copy, Default, Group)]
pub(super) struct Screen {
    /// Lines of text instead of a screen: for screen readers; chosen by itself for TERM=dumb
    #[arg(long)]
    pub plain: bool,
    /// ASCII characters only; chosen by itself for TERM=linux and where the locale is not UTF-8, unless
    /// `NN_TUTOR_GLYPHS` is unicode or ascii; Ctrl-G on the screen changes it
    #[arg(long)]
    pub ascii: bool,
    #[arg(
        long,
        value_enum,
        value_name = "THEME",
        help = "Colours; auto goes by NO_COLOR, TERM and COLORFGBG"
    )]
    pub theme: Option<Theme>,
    /// Decimals of numbers at first, 0 to 15, or all; if left out, 3
    #[arg(long, value_name = "N|all", value_parser = decimals)]
    pub decimals: Option<Decimals>,
    /// Leave the mouse to the terminal, also where the lab would place samples with it; the same as
    /// `NN_TUTOR_MOUSE=off`
    #[arg(long)]
    pub no_mouse: bool,
}

impl Screen {
    /// What was said behind the command or, failing that, before it.
    pub(super) fn or(self, before: Self) -> Self {
        Self {
            plain: self.plain || before.plain,
            ascii: self.ascii || before.ascii,
            theme: self.theme.or(before.theme),
            decimals: self.decimals.or(before.decimals),
            no_mouse: self.no_mouse || before.no_mouse,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Theme {
    /// By the environment
    Auto,
    /// For dark backgrounds
    Dark,
    /// For light backgrounds
    Light,
    /// No colour
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// To read
    Text,
    /// For programs
    Json,
}

/// What a lesson is exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Export {
    /// To read
    Text,
    /// JSON Lines, one object a step
    Json,
    /// A handout in Markdown
    Markdown,
    /// A handout in LaTeX
    Latex,
    /// A Python script
    Numpy,
    /// Questions for Moodle
    Gift,
    /// Questions for Canvas, by way of text2qti
    Text2qti,
}

/// What a program to fill in is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ScaffoldLanguage {
    /// A function for each operation
    Numpy,
    /// Complete, for a model of your own
    Pytorch,
}

impl From<ScaffoldLanguage> for Language {
    fn from(language: ScaffoldLanguage) -> Self {
        match language {
            ScaffoldLanguage::Numpy => Self::Numpy,
            ScaffoldLanguage::Pytorch => Self::Pytorch,
        }
    }
}

/// What worksheets are printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Sheet {
    /// Markdown, formulas between double dollars
    Markdown,
    /// A document for pdflatex
    Latex,
}

/// Some steps of a lesson, from 1 on, the last one included; an open end is the lesson's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steps {
    pub first: Option<NonZeroUsize>,
    pub last: Option<NonZeroUsize>,
}

impl Steps {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "expected steps such as 5-20, 5, 5- or -20".to_owned();
        let number = |text: &str| match text.trim() {
            "" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| wrong()),
        };
        let (first, last) = match text.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(text)?, number(text)?),
        };
        match (first, last) {
            (None, None) => Err(wrong()),
            (Some(first), Some(last)) if first > last => {
                Err(format!("step {first} comes after step {last}"))
            }
            _ => Ok(Self { first, last }),
        }
    }
}

/// A number from 1 on.
fn count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "a whole number from 1 on is needed".to_owned())
}

/// Decimals, as in the texts of lessons.
fn decimals(text: &str) -> Result<Decimals, String> {
    text.parse()
}

/// A seed, as in lessons.
fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|seed| *seed <= HIGHEST_SEED as u64)
        .ok_or_else(|| format!("a whole number from 0 to {HIGHEST_SEED} is needed"))
}

/// A student.
fn student(text: &str) -> Result<Student, String> {
    text.parse().map_err(|no: NoId| no.to_string())
}

/// A time, in seconds since 1970.
fn time(text: &str) -> Result<u64, String> {
    super::date::time(text)
        .ok_or_else(|| "a time such as 2026-12-01 or 2026-12-01 23:59+01:00 is needed".to_owned())
}

/// A level of practice.
fn level(text: &str) -> Result<Level, String> {
    text.parse()
        .ok()
        .and_then(Level::of_number)
        .ok_or_else(|| "a level from 1 to 4 is needed".to_owned())
}

/// A share of a processor.
fn share(text: &str) -> Result<Share, String> {
    let percent = text.trim_end_matches('%').parse().ok();
    percent
        .and_then(Share::percent)
        .ok_or_else(|| "a percentage from 1 to 100 is needed".to_owned())
}

/// Variants of a worksheet.
fn variants(text: &str) -> Result<u64, String> {
    /// More than a class has; more would be a mistake of typing.
    const MOST: u64 = 100;
    text.parse()
        .ok()
        .filter(|count| (1..=MOST).contains(count))
        .ok_or_else(|| format!("a whole number from 1 to {MOST} is needed"))
}

/// Random starts.
fn starts(text: &str) -> Result<usize, String> {
    /// What each comes to is kept until the last is done.
    const MOST: usize = 100_000;
    text.parse()
        .ok()
        .filter(|count| (1..=MOST).contains(count))
        .ok_or_else(|| format!("a whole number from 1 to {MOST} is needed"))
}

impl Command {
    /// The lesson that is opened to print or train it, by its name or as a file.
    pub(super) fn printed_lesson(&self) -> Option<&OsStr> {
        match self {
            Self::Trace { name, .. }
            | Self::Export { name, .. }
            | Self::Practice { name, .. }
            | Self::Compare { name, .. }
            | Self::Scaffold { name, .. }
            | Self::Lab { name, .. }
            | Self::Train { name, .. } => Some(name),
            _ => None,
        }
    }
}

/// What can be done about a class.
#[derive(Debug, Subcommand)]
pub(super) enum Class {
    /// Open a class with a lesson, or with those of a folder
    #[command(after_help = "Examples:
  nn-tutor class open xor
  nn-tutor class open homework.yaml --name tuesday --code 4711
  nn-tutor class open lessons/ --roster names.txt")]
    Open {
        #[command(flatten)]
        order: ClassOrder,
        #[command(flatten)]
        screen: Screen,
    },
    /// Join a class that is open
    #[command(after_help = "Examples:
  nn-tutor class join
  nn-tutor class join tuesday --code 4711
  nn-tutor class join kim@host    drawn here, the class is there
  nn-tutor class join kim@host tuesday")]
    Join {
        /// The name of a class on this machine, or a host to reach by ssh; if left out, the class that is open here
        #[arg(value_name = "CLASS|HOST")]
        class: Option<String>,
        /// The name of a class on that host, where several are open
        #[arg(value_name = "CLASS")]
        there: Option<String>,
        /// The name that the door of the class vouches for
        #[arg(long = "as", value_name = "NAME")]
        door_name: Option<String>,
        /// The name to have in the class
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// The join code
        #[arg(long, value_name = "CODE")]
        code: Option<String>,
        #[command(flatten)]
        screen: Screen,
    },
    /// Come back to a class of your own, as its teacher
    Attach {
        /// The name of the class; if left out, the one that is open
        #[arg(value_name = "CLASS")]
        class: Option<String>,
        #[command(flatten)]
        screen: Screen,
    },
    /// Show a class on a projector, without names
    #[command(mut_arg("plain", |plain| plain.hide(true)))]
    Project {
        /// The name of the class; if left out, the one that is open
        #[arg(value_name = "CLASS")]
        class: Option<String>,
        #[command(flatten)]
        screen: Screen,
    },
    /// End a class
    Close {
        /// The name of the class; if left out, the one that is open
        #[arg(value_name = "CLASS")]
        class: Option<String>,
    },
    /// Print what a class has answered: a row a student, a column a question
    #[command(
        long_about = "Print what a class has answered: a row a student; of each question the last answer, whether it is \
                      right, how many tries and hints, the slip that it shows, and the seconds it took. Students are \
                      student-1, student-2 and so on, in the order in which they came; --names prints their names.\n\n\
                      A text that a program for tables would take for a formula has an apostrophe before it. Of classes \
                      of one name the last is meant; the one before it is NAME-1, or the highest number that is kept.",
        after_help = "Examples:
  nn-tutor class results tuesday > tuesday.csv
  nn-tutor class results tuesday --names
  nn-tutor class results tuesday --format json"
    )]
    Results {
        /// The name of the class; if left out, the only one that is kept
        #[arg(value_name = "CLASS")]
        class: Option<String>,
        /// A table, or one JSON object
        #[arg(long, value_enum, default_value_t = ResultsFormat::Csv)]
        format: ResultsFormat,
        /// Print the names of the students
        #[arg(long)]
        names: bool,
    },
    /// Delete what is kept of a class, or of one student
    #[command(
        long_about = "Delete what is kept of a class and of all earlier ones of its name, or of one student in them: \
                      names, answers, and keys that a door may have left. You are asked first; no copy stays. The \
                      class has to be closed.",
        after_help = "Examples:
  nn-tutor class forget tuesday --student Kim
  nn-tutor class forget tuesday --yes"
    )]
    Forget {
        /// The name of the class
        #[arg(value_name = "CLASS")]
        class: String,
        /// This student alone
        #[arg(long, value_name = "NAME")]
        student: Option<String>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Let students in without accounts of their own, by an ssh server that runs as you
    #[command(after_help = "Examples:
  nn-tutor class door --port 2222 --keys students.keys
  nn-tutor class door --print     what root adds to sshd_config for `ssh class@host`")]
    Door {
        /// The name of the class; if left out, the one that is open
        #[arg(value_name = "CLASS")]
        class: Option<String>,
        /// The port to listen on
        #[arg(long, value_name = "PORT", default_value_t = 2222, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
        /// The address to listen at; if left out, all of this machine
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<IpAddr>,
        /// The students' public keys, one a line, each with its student's name at the end
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, required_unless_present = "print")]
        keys: Option<PathBuf>,
        /// Print the block for an account that all share, for the host's own ssh server
        #[arg(long)]
        print: bool,
    },
    /// Carry the lines of a class over standard input and output, for `class join HOST`
    #[command(hide = true)]
    Pipe {
        /// The name of the class; if left out, the one that is open
        #[arg(value_name = "CLASS")]
        class: Option<String>,
    },
    /// Serve a class; `class open` starts it
    #[command(hide = true)]
    Hub {
        #[command(flatten)]
        order: ClassOrder,
    },
}

/// What a class is opened with.
#[derive(Debug, Clone, Group)]
pub(super) struct ClassOrder {
    /// The name of a lesson, a YAML file, or a folder of them
    #[arg(value_name = "LESSON|DIR", value_hint = ValueHint::AnyPath)]
    pub lesson: OsString,
    /// The name of the class; if left out, that of the lesson
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// A join code that students have to type
    #[arg(long, value_name = "CODE")]
    pub code: Option<String>,
    /// A file with the names that may join, one a line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub roster: Option<PathBuf>,
    /// An account that several students share, by its name: who is who is told by a name and a word
    #[arg(long, value_name = "ACCOUNT")]
    pub shared: Vec<String>,
}

/// The format of the results of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ResultsFormat {
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
}
