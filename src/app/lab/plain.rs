//! The lab as a conversation in lines of text: for screen readers, and for commands from a file.

mod data;
mod show;

use std::fmt::Write as _;
use std::path::Path;

use crate::algebra::Cell;
use crate::app::typed_words::{choice, in_typed_words_of_lab};
use crate::app::written::{self, Written};
use crate::export::text::{self, TextStyle};
use crate::lesson::Panel;
use crate::session::{ChooseWhat, Command, Effect, Lab, typed_number};
use crate::trace::Change;
use crate::ui;

/// The help: what can be typed.
const HELP: &str = "\
train 100            a hundred updates on; train alone is one
epoch 3              three epochs on; epoch alone is one
run                  on until every sample is right, the loss is low or stays where it is
back 10              ten updates back; back alone is one
go 500               to update 500
go epoch 20          to the end of epoch 20
set rho 0.1          another learning rate from here on; also alpha, alpha1, batch
set rho *2           twice the one that is there; also /2, +0.1, +-0.1
set mu 0.5           the share that momentum keeps; also beta1, beta2, beta
set W(0)[1,1] 0.9    another weight from here on, row 0 is the bias
set gamma(1)[2] 1.5  γ of unit 2 of layer 1 in batch normalisation; also beta
choices              what the network, its data and its training are made of
choose 3             turns the third of them on; choose -3: back
choose 3 tanh        to a value of its own, from here on
undo, undo all       takes the last change back, and what came after it; all of them
open                 the next update, operation by operation
seeds 20             trains from 20 random starts: how many get all right, and how fast
show                 what can be shown
show regions         which class is where; also units, loss, saturation, layers, …
show weights         the weights
show weights 3       those into unit 3 of layer 1 as a picture, where inputs are one
show curve           the loss, epoch by epoch
map                  the loss over two weights, and where the next update leads
map W(0)[1,1]        the loss along this weight; with a second one, over both
show changes         what has been changed
show runs            the runs that are kept, and this one
keep                 keeps this run, to compare others with it
again                a new run from the same start weights
seed 7               a new run from weights that this seed draws
write FILE           a lesson file that begins with this network
. ,                  one decimal more, one fewer
help                 this help
";

/// The same of how it is left: alone, and where it lies over something.
const LEAVING: &str = "quit                 quits\n";
const COMING_BACK: &str = "quit                 comes back to where the lab was opened\n";

/// The most epochs that `run` trains.
const MOST_EPOCHS: usize = 100_000;

/// The most lines of a curve.
const MOST_LINES: usize = 16;

/// The most numbers of a matrix that are read out.
const MOST_NUMBERS: usize = 200;

/// The most columns, and the rows, of a loss map.
const MAP: (usize, usize) = (64, 22);

/// Returns a number of things, by the word for one.
fn counted(count: usize, of: &str) -> String {
    match count {
        1 => format!("1 {of}"),
        _ => format!("{count} {of}s"),
    }
}

/// A conversation about a run.
pub struct LabTranscript {
    lab: Lab,
    style: TextStyle,
    /// What lies below, where there is something.
    below: Option<&'static str>,
    out: String,
}

impl LabTranscript {
    /// Begins the conversation.
    pub fn new(lab: Lab, style: TextStyle) -> Self {
        Self::begin(lab, style, None)
    }

    /// Begins the conversation over another one, to which it comes back.
    pub fn over(lab: Lab, style: TextStyle, below: &'static str) -> Self {
        Self::begin(lab, style, Some(below))
    }

    fn begin(lab: Lab, style: TextStyle, below: Option<&'static str>) -> Self {
        let mut transcript = Self {
            lab,
            style,
            below,
            out: String::new(),
        };
        let title = transcript.lab.run().lesson().title.clone();
        let leads = below.map_or_else(|| "quits".to_owned(), |below| format!("back to {below}"));
        transcript.wrap(&format!(
            "The lab: {title}. help: what can be typed, quit: {leads}."
        ));
        transcript.state();
        transcript
    }

    /// Sets the width of lines, in columns.
    pub const fn resize(&mut self, width: usize) {
        self.style.width = width;
    }

    /// Takes the output for the learner.
    pub fn take_output(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// Returns the lab.
    pub const fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Handles a line. Returns whether to draw on, which is to go on, or to quit.
    pub fn take_in(&mut self, line: &str) -> Effect {
        let words: Vec<&str> = line.split_whitespace().collect();
        let here = self.lab.run().here();
        let (epoch, _) = self.lab.run().epoch();
        match words[..] {
            [] => self.state(),
            ["quit" | "q" | "exit"] => return Effect::Quit,
            ["lesson"] | ["back", "to", ..] if self.below.is_some() => return Effect::Quit,
            ["help" | "h" | "?"] => {
                self.out.push_str(HELP);
                self.out.push_str(if self.below.is_some() {
                    COMING_BACK
                } else {
                    LEAVING
                });
                self.out.push_str(data::HELP);
            }
            ["train" | "t"] => self.go_to(here + 1),
            ["back" | "b"] => self.go_to(here.saturating_sub(1)),
            ["epoch" | "e"] => self.go_to_epoch(epoch + 1),
            ["run" | "r"] => self.run_on(),
            ["train" | "t", count] => {
                self.with(count, |it, count| it.go_to(here.saturating_add(count)));
            }
            ["back" | "b", count] => {
                self.with(count, |it, count| it.go_to(here.saturating_sub(count)));
            }
            ["epoch" | "e", count] => {
                self.with(count, |it, count| {
                    it.go_to_epoch(epoch.saturating_add(count));
                });
            }
            ["go", update] => self.with(update, Self::go_to),
            ["go", "epoch", epoch] => self.with(epoch, Self::go_to_epoch),
            ["place", ref sample @ ..] => self.place(sample),
            ["move", sample, ref to @ ..] => self.move_sample(sample, to),
            ["turn", sample, ref to @ ..] => self.turn(sample, to),
            ["delete", sample] => self.delete(sample),
            ["samples"] => self.samples("1"),
            ["samples", "from", sample] => self.samples(sample),
            ["set", what @ ("noise" | "samples"), value] | [what @ "noise", value] => {
                self.draw(what, Some(value));
            }
            ["draw"] => self.draw("seed", None),
            ["draw", seed] => self.draw("seed", Some(seed)),
            ["set", "seed", seed] => self.with(seed, |it, seed| {
                it.type_number(seed);
                it.carry_out(Command::Seed);
            }),
            ["set", ref name @ .., value] if !name.is_empty() => self.set(&name.join(" "), value),
            ["choices"] => self.choices(),
            ["choose", ref what @ ..] => self.choose(&what.join(" ")),
            ["undo"] => self.carry_out(Command::TakeBack),
            ["undo", "all"] => self.carry_out(Command::TakeAllBack),
            ["keep"] => self.carry_out(Command::Keep),
            ["again"] => self.carry_out(Command::Again),
            ["seed"] => self.carry_out(Command::Seed),
            ["seed", seed] => self.with(seed, |it, seed| {
                it.type_number(seed);
                it.carry_out(Command::Seed);
            }),
            ["map"] => self.map(&[]),
            ["map", ref names @ ..] if names.len() <= 2 => self.map(names),
            ["."] => self.decimals(Command::MoreDecimals),
            [","] => self.decimals(Command::FewerDecimals),
            ["open" | "o"] => self.open(),
            ["write"] => self.line("One name of a file after write, such as mine.yaml."),
            ["write", ..] => self.write(line.trim_start().trim_start_matches("write").trim()),
            ["seeds"] => self.starts(),
            ["seeds", count] => self.with(count, |it, count| {
                it.type_number(count);
                if count > 0 {
                    it.starts();
                } else {
                    it.carry_out(Command::Starts);
                }
            }),
            ["show"] => self.show(None),
            ["show", name] => self.show(Some(name)),
            ["show", "weights", unit] => self.with(unit, Self::weights_of),
            ["show", ..] => self.line("One name after show. show alone says which there are."),
            _ => self.line("That is not known here. help shows what can be typed."),
        }
        Effect::Draw
    }

    /// Calls a function with a number that was typed, or says that it is none.
    fn with(&mut self, number: &str, act: impl FnOnce(&mut Self, usize)) {
        match number.parse() {
            Ok(number) => act(self, number),
            Err(_) => self.line(&format!("{number:?} is not a whole number from 0 on.")),
        }
    }

    fn go_to(&mut self, update: usize) {
        self.lab.go_to(update);
        self.lab.arrive();
        self.state();
    }

    fn go_to_epoch(&mut self, epoch: usize) {
        self.go_to(self.lab.run().update_at_epoch(epoch));
    }

    /// Trains on until the run comes to something new.
    fn run_on(&mut self) {
        let (epoch, _) = self.lab.run().epoch();
        let most = self.lab.run().update_at_epoch(epoch + MOST_EPOCHS);
        self.lab.run_until(most);
        if self.lab.message().is_none() {
            let epochs = self.lab.run().epoch().0 - epoch;
            self.lab.say(format!(
                "{epochs} epochs on, and nothing new has come of them."
            ));
        }
        self.state();
    }

    fn set(&mut self, name: &str, value: &str) {
        let picture = self.lab.picture();
        // What is a choice is changed as one, whatever it is called.
        if let Some(choice) = picture.choice_named(name) {
            self.lab.choose(choice, ChooseWhat::Value(value));
            self.state();
            return;
        }
        if picture.step().kept_named(name).is_some() {
            self.lab.change_named(name, value);
            self.state();
            return;
        }
        // A change of what is there, as on the screen.
        let is_change = value.starts_with(['+', '*', '×', '·', '/', ':', '÷']);
        let now = self.lab.run().value_named(name).filter(|_| is_change);
        let changed = now.map(|now| typed_number(value, now).map(|number| number.to_string()));
        let is_nothing = is_change && now.is_none();
        let Some(value) = changed.unwrap_or_else(|| (!is_nothing).then(|| value.to_owned())) else {
            self.line(
                "set takes a value such as 0.25, or *2, /2, +0.1, +-0.1 of a number that is there.",
            );
            return;
        };
        let Ok(number) = value.replace(',', ".").parse::<f64>() else {
            self.line(&format!("{value:?} is not a number."));
            return;
        };
        let made = Change::named(name, number, self.lab.run().now());
        if let Err(why) = made.and_then(|change| self.lab.change(change)) {
            self.line(&why);
            return;
        }
        self.state();
    }

    /// Lists the choices.
    fn choices(&mut self) {
        for (number, row) in self.lab.picture().choices().iter().enumerate() {
            let mark = if row.is_changed { "* " } else { "" };
            let line = format!("{}. {mark}{}: {}", number + 1, row.label, row.shown());
            self.wrap(&line);
        }
    }

    /// Turns a choice to its next value, the one before, or one that is named.
    fn choose(&mut self, typed: &str) {
        let count = self.lab.picture().choices().len();
        match choice(typed) {
            Some((number, what)) if number <= count => {
                self.lab.choose(number - 1, what);
                self.state();
            }
            Some(_) => self.line(&format!("There are {count} choices.")),
            None => self
                .line("The number of a choice after choose, and perhaps its value: choose 3 tanh."),
        }
    }

    /// Reads out the loss map over the numbers with these names, or over those that it has been over last.
    fn map(&mut self, names: &[&str]) {
        let spec = self.lab.run().now();
        let cells = names.iter().map(|name| Change::cell_named(name, spec));
        let cells: Result<Vec<Cell>, String> = cells.collect();
        let shown = cells.and_then(|cells| self.lab.show_map_of(&cells));
        if let Err(why) = shown {
            self.line(&why);
            return;
        }
        let size = (self.style.width.min(MAP.0), MAP.1);
        let (picture, points) = ui::loss_map(&self.lab, size);
        for sentence in self.lab.map_sentences(points) {
            self.wrap(&sentence);
        }
        self.out.push_str(&picture);
    }

    fn type_number(&mut self, number: usize) {
        for digit in number.to_string().bytes() {
            self.lab.apply(Command::Digit(digit - b'0'));
        }
    }

    fn carry_out(&mut self, command: Command) {
        self.lab.apply(command);
        self.lab.arrive();
        self.state();
    }

    /// Trains from many random starts, and says what they have come to.
    fn starts(&mut self) {
        self.lab.apply(Command::Starts);
        self.say();
        self.train_starts();
    }

    /// Writes a lesson file that begins where one stands.
    fn write(&mut self, name: &str) {
        let written = written::write_run(self.lab.run(), Path::new(name), false);
        self.wrap(&written.map_or_else(|why| why, Written::said));
    }

    fn decimals(&mut self, command: Command) {
        self.lab.apply(command);
        self.style.decimals = self.lab.decimals();
        self.state();
    }

    fn open(&mut self) {
        self.style.decimals = self.lab.decimals();
        let Ok(trace) = self.lab.run().open(Vec::new()) else {
            self.carry_out(Command::WhereFrom);
            return;
        };
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _ = text::write(&trace, 0..trace.len(), true, &self.style, &mut bytes);
        self.out.push_str(&String::from_utf8_lossy(&bytes));
        let here = self.lab.run().here();
        let update = here + 1;
        let said = if self.lab.run().limit() == Some(here) {
            format!(
                "That was update {update}, up to its gradient: with the update itself numbers grow beyond all bounds."
            )
        } else {
            format!("That was update {update}, operation by operation. train makes it.")
        };
        self.wrap(&said);
    }

    /// Says what the last command has led to.
    fn say(&mut self) {
        if let Some(message) = self.lab.take_message() {
            let rho = self.lab.run().now().training.rho;
            let message = in_typed_words_of_lab(&message, rho);
            self.wrap(&message);
        }
    }

    /// Says what the last command has led to, and where the run stands.
    fn state(&mut self) {
        self.say();
        let state = self.lab.state();
        self.wrap(&state);
    }

    fn weights(&mut self) {
        let step = self.lab.picture().step();
        let network = step.network();
        let mut out = String::new();
        for l in 0..network.last() {
            let weights = network.weights(l);
            let _ = writeln!(
                out,
                "W({l}), {}, {}:",
                counted(weights.nrows(), "row"),
                counted(weights.ncols(), "column")
            );
            if weights.len() > MOST_NUMBERS {
                let _ = writeln!(out, "  {} numbers are too many to read out.", weights.len());
                if l == 0 && Panel::Weights.suits(step.spec()) {
                    out.push_str("  show weights 1 shows those into unit 1 as a picture.\n");
                }
                continue;
            }
            for (row, numbers) in weights.rows().into_iter().enumerate() {
                let name = if row == 0 {
                    "bias".to_owned()
                } else {
                    format!("row {row}")
                };
                let numbers = numbers
                    .iter()
                    .map(|number| self.lab.decimals().number(*number));
                let numbers: Vec<String> = numbers.collect();
                let _ = writeln!(out, "  {name}: {}", numbers.join(" "));
            }
        }
        let out = self.style.plain(&out).into_owned();
        self.out.push_str(&out);
    }

    fn curve(&mut self) {
        let points: Vec<_> = self.lab.run().points().copied().collect();
        let decimals = self.lab.decimals();
        let every = points.len().div_ceil(MOST_LINES).max(1);
        let last = points.len().saturating_sub(1);
        let mut out = String::new();
        for (index, point) in points.iter().enumerate() {
            if index % every != 0 && index != last {
                continue;
            }
            let (epoch, loss) = (point.epoch, decimals.number(point.loss));
            let before = index.checked_sub(1).map(|before| &points[before]);
            let is_again = before.is_some_and(|before| before.epoch == epoch);
            let changed = match before {
                Some(before) if before.update == point.update => ", changed",
                _ if is_again => ", further",
                _ => "",
            };
            let _ = write!(out, "epoch {epoch}{changed}: loss {loss}");
            if let Some(right) = point.right {
                let _ = write!(out, ", {right} right");
            }
            if let Some((loss, _)) = point.held_out {
                let _ = write!(out, ", held out {}", decimals.number(loss));
            }
            out.push('\n');
        }
        self.out.push_str(&out);
    }

    fn changes(&mut self) {
        let classes = &self.lab.run().now().data.classes;
        let marks = self.lab.run().marks().iter();
        let marks = marks.map(|mark| {
            let words = mark.change.words(classes);
            format!("from update {} on: {words}", mark.update)
        });
        let differs = self.lab.not_as_in_lesson().into_iter();
        let lines: Vec<String> = differs
            .map(|differs| format!("from the start: {differs}"))
            .chain(marks)
            .collect();
        if lines.is_empty() {
            self.line("Nothing has been changed.");
        }
        for line in lines {
            self.line(&line);
        }
    }

    fn runs(&mut self) {
        let decimals = self.lab.decimals();
        let table = self.lab.table();
        for (index, (differs, run)) in table.into_iter().enumerate() {
            let is_this = self.lab.is_this_run(index);
            let name = match self.lab.kept().get(index) {
                None => "this run".to_owned(),
                Some(_) if is_this => format!("run {}, this one", index + 1),
                Some(_) => format!("run {}", index + 1),
            };
            let differs = if differs.is_empty() {
                differs
            } else {
                format!(", {differs}")
            };
            let epochs = counted(run.epochs, "epoch");
            let right = run.all_right.map_or_else(String::new, |epoch| {
                format!(", all right after {}", counted(epoch, "epoch"))
            });
            let held_out = run
                .held_out
                .map(|loss| format!(", held out {}", decimals.number(loss)));
            let (loss, held_out) = (decimals.number(run.loss), held_out.unwrap_or_default());
            self.wrap(&format!(
                "{name}{differs}: after {epochs} loss {loss}{held_out}{right}"
            ));
        }
    }

    fn line(&mut self, text: &str) {
        let text = self.style.plain(text);
        let _ = writeln!(self.out, "{text}");
    }

    fn wrap(&mut self, text: &str) {
        self.style.wrap(&mut self.out, text, [0, 0]);
    }
}
