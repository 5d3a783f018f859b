//! The lab: a run that plays, is gone back in, changed and opened, and the effect of each command on it, without input
//! or output. It knows no clock: its caller says what time it is.

mod changing;
mod compare;
mod data;
mod following;
mod frames;
mod listed;
mod lost;
mod map;
mod pace;
mod panels;
mod starts;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::changes::edits_of;
use super::{Command, Effect, InClass, Mode, Session};
use crate::algebra::Decimals;
use crate::lesson::{Assignment, Settings};
use crate::trace::{Change, CompileError, End, Mark, Reached, Run, Step, Trace};

pub use compare::KeptRun;
pub use data::{Hand, Kind, Plane, Pointing};
use following::Led;
use lost::Made;
use map::MapChoice;
pub use map::MapView;
use pace::Pace;
pub use pace::Share;
use panels::PanelChoice;
use starts::MOST_STARTS;
pub use starts::Starts;

/// The speeds, in updates a second; the last one is as fast as it goes.
const SPEEDS: [Option<u32>; 14] = [
    Some(1),
    Some(2),
    Some(5),
    Some(10),
    Some(20),
    Some(50),
    Some(100),
    Some(200),
    Some(500),
    Some(1_000),
    Some(2_000),
    Some(5_000),
    Some(10_000),
    None,
];

/// The speed at first: 50 updates a second.
const FIRST_SPEED: usize = 5;

/// The largest number that can be typed.
const MOST_TYPED: usize = 999_999_999;

/// The factor by which a key raises or lowers the learning rate.
const RATE_FACTOR: f64 = 2.0;

/// What the number is of that is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The number of an update.
    Update,
    /// The number of an epoch.
    Epoch,
}

/// A learner in the lab.
#[derive(Debug)]
// The flags are independent.
#[allow(clippy::struct_excessive_bools)]
pub struct Lab {
    run: Run,
    /// What the screen shows of where one stands: a session at the last step of its trace.
    picture: Session,
    /// The revisions of the run and of the kept runs that the picture shows.
    pictured: (u64, usize),
    /// The update that is opened into its operations.
    opened: Option<Session>,
    mode: Mode,
    /// What is different in a class.
    in_class: Option<InClass>,
    typed: Option<usize>,
    asked: Asked,
    speed: usize,
    is_playing: bool,
    pace: Pace,
    message: Option<String>,
    /// How much of what the run has come to has been said.
    told: usize,
    panels: PanelChoice,
    decimals: Decimals,
    help_scroll: usize,
    page: usize,
    kept: Vec<KeptRun>,
    /// What trainings from other random starts have come to.
    starts: Option<Starts>,
    /// Whether they were trained last, where the run is trained too.
    is_turn_of_starts: bool,
    map: MapChoice,
    /// The run before the one that was begun last.
    before: Option<Box<Run>>,
    /// How often a run has been kept or begun.
    changes: usize,
    /// Whether the last change is a number that was moved step by step: the next step of it is the same change.
    slides: bool,
    /// The cursor that places samples, and what the plane of the samples shows.
    hand: Option<Hand>,
    plane: Option<Plane>,
    /// Whether a lesson or the list of lessons lies below, to come back to.
    lies_over: bool,
    /// Where somebody else leads.
    led: Option<Led>,
    /// What was different when it was opened, and when it was last written to a file or said not to be kept.
    opened_with: Made,
    known: Made,
}

/// Returns what a run has come to, in a sentence, with the keys that lead out of it.
fn told(reached: &Reached, samples: usize, is_playing: bool) -> String {
    let said = reached.sentence(samples);
    match reached.end {
        End::Diverged(_) => format!("{said} [ halves ρ, u takes the last change back."),
        End::Stuck(..) if reached.end.is_jumping() => format!("{said} [ halves ρ."),
        _ if is_playing => format!("{said} Space plays on."),
        _ => said,
    }
}

impl Lab {
    /// Returns a lab with a run.
    ///
    /// # Errors
    /// If the numbers grow beyond all bounds before the first update.
    pub fn new(run: Run) -> Result<Self, CompileError> {
        let mut picture = picture_of(&run, Vec::new())?;
        picture.turn_units_to(0);
        let mut lab = Self {
            pictured: (run.revision(), 0),
            told: run.all_reached().len(),
            run,
            picture,
            opened: None,
            mode: Mode::Lab,
            typed: None,
            asked: Asked::Update,
            speed: FIRST_SPEED,
            is_playing: false,
            pace: Pace::default(),
            in_class: None,
            message: None,
            panels: PanelChoice::default(),
            decimals: Decimals::default(),
            help_scroll: 0,
            page: super::PAGE,
            kept: Vec::new(),
            starts: None,
            is_turn_of_starts: false,
            map: MapChoice::default(),
            before: None,
            changes: 0,
            slides: false,
            hand: None,
            plane: None,
            lies_over: false,
            led: None,
            opened_with: Made::default(),
            known: Made::default(),
        };
        lab.picture.of_run.base = Some(lab.base());
        lab.opened_with = lab.made();
        Ok(lab)
    }

    /// Returns a lab that goes on from where a session stands, and comes back there.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_session(session: &Session) -> Result<Self, CompileError> {
        let mut lab = Self::of_step(&session.step())?;
        lab.decimals = session.decimals();
        lab.lies_over = true;
        let (written, _) = session.written();
        let network = session.step().network_index();
        let edits = edits_of(session.changes());
        lab.run = lab
            .run
            .with_edits(Arc::clone(written.lesson()), network, &edits);
        lab.opened_with = lab.made();
        lab.picture.of_run.base = Some(lab.base());
        Ok(lab)
    }

    fn of_step(step: &Step<'_>) -> Result<Self, CompileError> {
        Self::new(Run::of_step(step)?)
    }

    /// Sets what is different in a class.
    pub const fn set_class(&mut self, class: InClass) {
        self.in_class = Some(class);
    }

    /// Returns what is different in a class; `None` outside of one.
    pub const fn in_class(&self) -> Option<InClass> {
        self.in_class
    }

    /// Returns whether a command is not for the learner now.
    fn withholds(&self, command: Command) -> bool {
        self.in_class
            .is_some_and(|class| class.withheld.contains(&command))
    }

    /// Sets the share of a processor that playing may take.
    pub const fn set_share(&mut self, share: Share) {
        self.pace.set_share(share);
    }

    /// Shows numbers with so many decimals from now on.
    pub const fn show_decimals(&mut self, decimals: Decimals) {
        self.decimals = decimals;
        self.picture.show_decimals(decimals);
    }

    /// Returns the run.
    pub const fn run(&self) -> &Run {
        &self.run
    }

    /// Returns what the screen shows of where one stands: a session at a step with its network and samples.
    pub const fn picture(&self) -> &Session {
        &self.picture
    }

    /// Returns the session of the update that is opened, if one is.
    pub const fn opened(&self) -> Option<&Session> {
        self.opened.as_ref()
    }

    /// Returns the same, to carry out commands in it.
    pub const fn opened_mut(&mut self) -> Option<&mut Session> {
        self.opened.as_mut()
    }

    /// Returns the mode, which decides what keys do.
    pub fn mode(&self) -> Mode {
        let over = self.mode_of_picture();
        over.filter(|_| self.mode == Mode::Lab).unwrap_or(self.mode)
    }

    /// Returns the number being typed, and what it is of, in [`Mode::GoTo`].
    pub fn asked(&self) -> Option<(Asked, Option<usize>)> {
        (self.mode == Mode::GoTo).then_some((self.asked, self.typed))
    }

    /// Returns whether it plays.
    pub const fn is_playing(&self) -> bool {
        self.is_playing
    }

    /// Returns whether one is on the way to an update that takes longer to train.
    pub const fn is_on_the_way(&self) -> bool {
        !self.is_playing && !self.run.is_there()
    }

    /// Returns the update that one is on the way to; `None` if one is on no way.
    pub fn way_to(&self) -> Option<usize> {
        self.is_on_the_way().then(|| self.run.goal())
    }

    /// Returns the speed in updates a second; `None` for as fast as it goes.
    pub const fn speed(&self) -> Option<u32> {
        SPEEDS[self.speed]
    }

    /// Returns the message about the last command, or what the run has come to.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Sets a message that is shown until the next command.
    pub fn say(&mut self, message: String) {
        self.message = Some(message);
    }

    /// Takes the message: where it is read out, it is said once.
    pub fn take_message(&mut self) -> Option<String> {
        self.message.take()
    }

    /// Returns whether somebody else leads, so that the keys that move on are not for the learner.
    pub fn is_led(&self) -> bool {
        self.led.is_some() && self.withholds(Command::Play)
    }

    /// Returns the number of lines that the help or the list of changes is scrolled by.
    pub const fn scroll(&self) -> usize {
        self.help_scroll
    }

    /// Limits scrolling to `most` lines: the screen has no more to show.
    pub fn limit_scroll(&mut self, most: usize) {
        self.help_scroll = self.help_scroll.min(most);
    }

    /// Sets how many lines of the help are in sight.
    pub fn set_page(&mut self, lines: usize) {
        self.page = lines.max(1);
    }

    /// Returns the number of decimals of numbers.
    pub const fn decimals(&self) -> Decimals {
        self.decimals
    }

    /// Returns the lab as one that lies over the list of lessons.
    #[must_use]
    pub fn over_menu(self) -> Self {
        Self {
            lies_over: true,
            ..self
        }
    }

    /// Returns the kept runs, the oldest first.
    pub fn kept(&self) -> &[KeptRun] {
        &self.kept
    }

    /// Returns whether a command would do something here that the learner may want to know about.
    pub fn offers(&self, command: Command) -> bool {
        match command {
            command if self.withholds(command) => false,
            Command::TakeBack => !self.run.marks().is_empty() || self.before.is_some(),
            Command::Seed | Command::Starts => self.run.seed().is_some(),
            Command::Data => self.has_plane(),
            Command::Redraw => self.draws_at_random(),
            Command::MoreNoise | Command::MoreSamples => self.run.now().drawn.is_some(),
            Command::Return if self.mode() == Mode::Lab => {
                self.lies_over
                    || self.is_on_the_way()
                    || self.map().is_some()
                    || self.large_panel().is_some()
            }
            Command::LossMap => self.map().is_none(),
            Command::MapAcross | Command::MapUp | Command::Narrower => self.map().is_some(),
            Command::Leave => !self.lies_over,
            Command::Left | Command::Right if self.mode() == Mode::Choices => {
                self.picture.offers(command)
            }
            _ => true,
        }
    }

    /// Returns whether the run is being trained.
    fn trains(&self) -> bool {
        self.opened.is_none() && (self.is_playing || self.is_on_the_way())
    }

    /// Returns whether the loss map is made finer, since nothing else is to do.
    fn refines_map(&self) -> bool {
        self.opened.is_none() && !self.trains() && self.has_coarse_map()
    }

    /// Returns how long to wait before [`tick`](Self::tick); `None` if nothing is under way.
    pub fn patience(&self) -> Option<Duration> {
        let starts = self.starts().filter(|starts| !starts.is_done());
        let speed = if self.is_playing { self.speed() } else { None };
        let speed = speed.filter(|_| starts.is_none());
        let is_busy = self.trains() || starts.is_some() || self.refines_map();
        is_busy.then(|| self.pace.patience(speed))
    }

    /// Trains on for a few milliseconds, as far as the speed allows. Returns whether there is something new to be seen.
    pub fn tick(&mut self, now: Duration) -> bool {
        let trains = self.trains();
        let is_asked_for = self.starts().is_some_and(|starts| !starts.is_done());
        let starts = self.starts.as_mut().filter(|_| is_asked_for);
        self.is_turn_of_starts = starts.is_some() && !(trains && self.is_turn_of_starts);
        if let Some(starts) = starts.filter(|_| self.is_turn_of_starts) {
            let slice = self.pace.begin(now);
            let done = starts.advance(slice);
            self.pace.worked(done, 0);
            let is_drawn = starts.is_done() || !trains && self.pace.frames.is_due(now, false);
            if is_drawn {
                self.pace.framed(now);
            }
            let is_done = starts.is_done();
            // Not every screen has room for the histogram.
            let summary = is_done.then(|| starts.summary());
            if let Some(summary) = summary {
                self.say(format!("Random starts: {summary}."));
            }
            return is_drawn;
        }
        if self.refines_map() {
            let slice = self.pace.begin(now);
            let (done, is_drawn) = self.refine_map(slice);
            self.pace.worked(done, 0);
            if is_drawn {
                self.pace.framed(now);
            }
            return is_drawn;
        }
        trains && self.tick_run(now)
    }

    /// Counts a frame that has been written, with its number of bytes.
    pub fn written(&mut self, bytes: usize, now: Duration) {
        self.pace.frames.written(bytes, now);
    }

    /// Trains the run on for a few milliseconds. Returns whether there is something new to be seen.
    fn tick_run(&mut self, now: Duration) -> bool {
        let slice = self.pace.begin(now);
        if self.is_playing {
            let due = self.speed().map(|speed| self.pace.due(now, speed));
            let here = self.run.here();
            self.run
                .play_to(due.map_or(usize::MAX, |due| here.saturating_add(due)));
        }
        let before = self.run.here();
        let work = self.run.advance(slice);
        self.pace.worked(work, self.run.here().abs_diff(before));
        let is_new = self.run.all_reached().len() > self.told;
        let has_ended = self.is_playing && is_new || self.run.is_lost();
        let is_at_limit = self.is_playing && self.run.limit() == Some(self.run.here());
        let has_arrived = !self.is_playing && self.run.is_there();
        if !(has_ended
            || has_arrived
            || is_at_limit
            || self.pace.frames.is_due(now, self.map().is_some()))
        {
            return false;
        }
        if self.pictured.0 == self.run.revision() && !is_at_limit {
            return false;
        }
        self.look();
        if is_at_limit {
            self.pause();
        }
        if has_arrived {
            self.follow_on();
        }
        self.pace.framed(now);
        true
    }

    /// Shows where one stands now: makes sure that its numbers are finite, stops at what the run has come to, and draws
    /// up the picture of it.
    fn look(&mut self) {
        let is_sound = self.run.settle();
        let reached = self.run.all_reached();
        let samples = self.run.now().data.len();
        if reached.len() > self.told && (!self.is_on_the_way() || !is_sound) {
            let new = reached[self.told..].iter();
            let said: Vec<String> = new
                .map(|reached| told(reached, samples, self.is_playing))
                .collect();
            self.told = reached.len();
            self.pause();
            self.message = Some(said.join(" "));
        }
        self.draw_up();
    }

    /// Draws up the picture of where one stands, if it is not up to date.
    fn draw_up(&mut self) {
        let shown = (self.run.revision(), self.changes);
        if shown == self.pictured {
            self.show_map();
            return;
        }
        // What cannot be shown is beyond all bounds, and has been said to be.
        if let Ok(mut picture) = picture_of(&self.run, self.curves_of_others()) {
            picture.show_decimals(self.decimals);
            picture.go_on_like(&self.picture);
            picture.of_run.base = Some(self.base());
            picture.turn_units_to(self.unit_page());
            picture.look_round();
            self.picture = picture;
            self.pictured = shown;
            self.show_map();
        }
    }

    fn curves_of_others(&self) -> Vec<Vec<(usize, f64)>> {
        self.kept.iter().map(|kept| kept.curve.clone()).collect()
    }

    /// Stops playing where one stands.
    pub fn pause(&mut self) {
        self.is_playing = false;
        self.show_map();
        self.run.stay();
        self.pace.stop();
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: Command) -> Effect {
        self.message = None;
        if let (Command::Digit(digit), true) = (command, self.mode != Mode::Data) {
            let number = self.typed.unwrap_or(0).saturating_mul(10) + usize::from(digit);
            self.typed = Some(number.min(MOST_TYPED));
            return Effect::Draw;
        }
        if command == Command::Erase && !matches!(self.mode(), Mode::Change | Mode::Write) {
            self.typed = self
                .typed
                .map(|number| number / 10)
                .filter(|&number| number > 0);
            return Effect::Draw;
        }
        match command {
            Command::Suspend => return Effect::Suspend,
            Command::Quit => return Effect::Quit,
            Command::Menu => return Effect::Menu,
            _ => {}
        }
        if self.mode == Mode::Lab
            && let Some(effect) = self.apply_to_picture(command)
        {
            return effect;
        }
        let typed = self.typed.take();
        match self.mode {
            Mode::GoTo => self.apply_asked(command, typed),
            Mode::Help | Mode::Changes => self.apply_reading(command),
            Mode::Data => return self.apply_hand(command),
            _ => return self.apply_in_run(command, typed),
        }
        Effect::Draw
    }

    /// Carries out a command while the number of an update or an epoch is typed.
    fn apply_asked(&mut self, command: Command, typed: Option<usize>) {
        match command {
            Command::Confirm => {
                self.mode = Mode::Lab;
                match (self.asked, typed) {
                    (_, None) => {}
                    (Asked::Update, Some(update)) => self.go_to(update),
                    (Asked::Epoch, Some(epoch)) => self.go_to(self.run.update_at_epoch(epoch)),
                }
            }
            Command::Return => self.mode = Mode::Lab,
            _ => self.typed = typed,
        }
    }

    /// Opens the help, or the list of changes.
    fn read(&mut self, mode: Mode) {
        self.pause();
        self.mode = mode;
        self.help_scroll = 0;
    }

    fn apply_reading(&mut self, command: Command) {
        let by = self.help_scroll;
        self.help_scroll = match command {
            Command::Help | Command::Return => {
                self.mode = if self.hand.is_some() {
                    Mode::Data
                } else {
                    Mode::Lab
                };
                0
            }
            Command::ScrollDown => by.saturating_add(1),
            Command::ScrollUp => by.saturating_sub(1),
            Command::PageDown => by.saturating_add(self.page),
            Command::PageUp => by.saturating_sub(self.page),
            Command::Start => 0,
            Command::End => usize::MAX,
            Command::TakeBack | Command::TakeAllBack => {
                self.take_back_some(command == Command::TakeAllBack);
                by
            }
            _ => by,
        };
    }

    fn apply_in_run(&mut self, command: Command, typed: Option<usize>) -> Effect {
        let count = typed.filter(|&number| number > 0).unwrap_or(1);
        let here = self.run.here();
        let (epoch, batches) = self.run.epoch();
        match command {
            Command::Play => self.play(),
            Command::Next => self.go_to(here.saturating_add(count)),
            Command::Back | Command::BackEpoch if here == self.run.start() => {
                self.pause();
                self.say(format!("The run begins after update {here}."));
            }
            Command::Back => self.go_to(here.saturating_sub(count)),
            Command::NextEpoch => self.go_to(self.run.update_at_epoch(epoch.saturating_add(count))),
            Command::BackEpoch => {
                let back = count - usize::from(batches > 0);
                self.go_to(self.run.update_at_epoch(epoch.saturating_sub(back)));
            }
            Command::Start => self.go_to(typed.unwrap_or(0)),
            Command::End => self.go_to(typed.unwrap_or(self.run.furthest())),
            Command::GoTo | Command::GoToEpoch => {
                self.pause();
                self.mode = Mode::GoTo;
                self.typed = typed;
                self.asked = if command == Command::GoTo {
                    Asked::Update
                } else {
                    Asked::Epoch
                };
            }
            Command::Faster | Command::Slower => self.change_speed(command == Command::Faster),
            Command::WhereFrom => self.open(),
            Command::RaiseRate => self.scale_rate(RATE_FACTOR),
            Command::LowerRate => self.scale_rate(1.0 / RATE_FACTOR),
            Command::TakeBack | Command::TakeAllBack => {
                self.take_back_some(command == Command::TakeAllBack);
            }
            Command::Changes => self.read(Mode::Changes),
            Command::Keep => self.keep(),
            Command::Again => self.again(),
            Command::Seed => self.another_seed(typed),
            Command::Starts if typed == Some(0) => {
                self.say(format!("Random starts are from 1 to {MOST_STARTS}."));
            }
            Command::Starts => self.ask_for_starts(typed),
            Command::Data => self.take_in_hand(),
            Command::NextPanel | Command::BackPanel => {
                self.choose_panel(command == Command::NextPanel, count);
            }
            Command::Enlarge => self.enlarge(),
            Command::PageDown | Command::PageUp => self.turn_units(command == Command::PageDown),
            Command::MoreDecimals => self.show_decimals(self.decimals.more()),
            Command::FewerDecimals => self.show_decimals(self.decimals.fewer()),
            Command::Help => self.read(Mode::Help),
            Command::LossMap if self.mode() == Mode::LabNumbers => self.map_number(),
            Command::LossMap => self.switch_map(),
            Command::MapAcross
            | Command::MapAcrossBack
            | Command::MapUp
            | Command::MapUpBack
            | Command::Narrower
            | Command::Wider => self.change_map(command, count),
            Command::Leave => return Effect::Leave,
            Command::Return if typed.is_some() => {}
            Command::Return if self.is_on_the_way() => {
                self.pause();
                self.look();
                self.say(format!(
                    "Stopped on the way, at update {}.",
                    self.run.here()
                ));
            }
            Command::Return if self.close_map() => {}
            Command::Return if self.large_panel().is_some() => self.enlarge(),
            Command::Return if self.lies_over => return Effect::Leave,
            Command::Return => self.say("q quits, m leads to the list of lessons.".to_owned()),
            _ => {}
        }
        Effect::Draw
    }

    /// Plays, or pauses.
    fn play(&mut self) {
        if self.is_playing || self.is_on_the_way() {
            self.pause();
            self.look();
            return;
        }
        if self.run.limit() == Some(self.run.here()) {
            self.say_why_it_ended();
            return;
        }
        self.is_playing = true;
        self.pace.start();
    }

    fn say_why_it_ended(&mut self) {
        let samples = self.run.now().data.len();
        let last = self.run.all_reached().last();
        self.message = last.map(|reached| told(reached, samples, false));
    }

    /// Goes all the way to where one wants to be, however long it takes.
    pub fn arrive(&mut self) {
        if self.is_on_the_way() {
            while !self.run.is_there() && !self.run.is_lost() {
                self.run.advance(u64::MAX);
            }
            self.look();
        }
    }

    /// Trains on until the run comes to something new, or to an update.
    pub fn run_until(&mut self, update: usize) {
        /// The work between two looks at it.
        const WORK: u64 = 10_000_000;
        self.message = None;
        if self.run.limit() == Some(self.run.here()) {
            self.say_why_it_ended();
            return;
        }
        self.is_playing = true;
        while self.is_playing {
            self.run.play_to(update);
            self.run.advance(WORK);
            let has_ended = self.run.all_reached().len() > self.told || self.run.is_lost();
            if has_ended || self.run.here() >= update {
                self.look();
                self.pause();
            }
        }
        self.draw_up();
    }

    /// Goes to an update. What is far away is trained on ticks.
    pub fn go_to(&mut self, update: usize) {
        let here = self.run.here();
        self.message = None;
        self.pause();
        self.run.seek(update);
        if self.run.is_there() && self.run.here() == here && update > here {
            self.say_why_it_ended();
            return;
        }
        if self.run.arrive() {
            self.look();
        } else {
            self.pace.start();
        }
    }

    fn change_speed(&mut self, faster: bool) {
        self.speed = if faster {
            (self.speed + 1).min(SPEEDS.len() - 1)
        } else {
            self.speed.saturating_sub(1)
        };
        if self.is_playing {
            self.pace.start();
        }
        self.say(match self.speed() {
            Some(1) => "1 update a second.".to_owned(),
            Some(speed) => format!("{speed} updates a second."),
            None => "As fast as it goes.".to_owned(),
        });
    }

    fn scale_rate(&mut self, factor: f64) {
        let rho = self.run.now().training.rho * factor;
        if let Err(why) = self.change(Change::rate(rho)) {
            self.say(why);
        }
    }

    /// Makes a change where one stands; what has been after that is dropped.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be.
    pub fn change(&mut self, change: Change) -> Result<(), String> {
        self.make(change, Run::change)
    }

    fn make(
        &mut self,
        change: Change,
        make: fn(&mut Run, Change) -> Result<(), String>,
    ) -> Result<(), String> {
        if !self.is_playing {
            self.run.stay();
        }
        if change == Change::default() {
            self.look();
            return Ok(());
        }
        let words = change.words(&self.run.now().data.classes);
        self.run.settle();
        let (before, made) = (self.run.marks().len(), change.clone());
        make(&mut self.run, change)?;
        self.told = self.told.min(self.run.all_reached().len());
        let update = self.run.here();
        let is_made = |mark: &Mark| mark.update == update && mark.change == made;
        if self.run.marks().len() < before && !self.run.marks().iter().any(is_made) {
            self.say(format!("From update {update} on as before: {words}."));
        } else {
            self.say(format!("From update {update} on: {words}."));
        }
        self.look();
        Ok(())
    }

    /// Changes how the network is trained from here on, as [`change`](Self::change) does.
    ///
    /// # Errors
    /// As there.
    pub fn change_settings(&mut self, settings: Settings) -> Result<(), String> {
        self.change(Change {
            settings,
            ..Change::default()
        })
    }

    /// Sets numbers of what is learned, as [`change`](Self::change) does.
    ///
    /// # Errors
    /// As there.
    pub fn set_numbers(&mut self, numbers: Vec<Assignment>) -> Result<(), String> {
        self.change(Change {
            numbers,
            ..Change::default()
        })
    }

    fn take_back(&mut self) {
        self.pause();
        let from = self.run.here();
        let Some(mark) = self.run.take_back() else {
            let said = match self.before.take() {
                Some(before) => {
                    self.begin(*before);
                    // Once more, and it is as it was before that.
                    format!("The run before is back, at update {}.", self.run.here())
                }
                None => "Nothing has been changed.".to_owned(),
            };
            self.say(said);
            return;
        };
        let words = mark.change.words(&self.run.now().data.classes);
        let update = mark.update;
        let jump = if from > update {
            format!(", from update {from} back to {update}")
        } else {
            format!(", at update {update}")
        };
        self.come_back_to(format!("Taken back: {words}{jump}."));
    }

    /// Comes to where a change was that has been taken back, and says so.
    fn come_back_to(&mut self, said: String) {
        self.told = self.told.min(self.run.all_reached().len());
        self.say(said);
        if self.run.arrive() {
            self.look();
        } else {
            self.pace.start();
        }
    }

    /// Begins a new run from the same start weights, trained as it is here.
    fn again(&mut self) {
        match self.run.anew() {
            Ok(run) => {
                self.begin(run);
                let update = self.run.start();
                self.say(format!(
                    "A new run from the same weights, at update {update}. u brings the one before back."
                ));
            }
            Err(error) => self.say(error.to_string()),
        }
    }

    /// Begins a new run from weights that the next seed draws, or the one that was typed.
    fn another_seed(&mut self, typed: Option<usize>) {
        let Some(now) = self.run.seed() else {
            self.say_no_seed();
            return;
        };
        let seed = typed.map_or(now.wrapping_add(1), |seed| seed as u64);
        self.begin_with_seed(seed);
    }

    fn say_no_seed(&mut self) {
        let given = if self.run.start() > 0 {
            "This run goes on from trained weights: no seed has drawn them."
        } else {
            "The lesson gives the start weights: no seed draws them."
        };
        self.say(format!(
            "{given} To have them drawn, turn “first weights” in the choices (c)."
        ));
    }

    /// Begins a new run from weights that a seed draws, trained as it is here. Does nothing if the weights are given.
    pub fn begin_with_seed(&mut self, seed: u64) {
        match self.run.with_seed(seed) {
            Some(Ok(run)) => {
                self.begin(run);
                self.say(format!(
                    "A new run, its weights drawn with seed {seed}. u brings the one before back."
                ));
            }
            Some(Err(error)) => self.say(error.to_string()),
            None => {}
        }
    }

    fn begin(&mut self, run: Run) {
        let was_playing = self.is_playing;
        self.pause();
        let before = std::mem::replace(&mut self.run, run);
        self.before = Some(Box::new(before));
        self.changes += 1;
        self.told = self.run.all_reached().len();
        self.draw_up();
        self.is_playing = was_playing;
        if was_playing {
            self.pace.start();
        }
    }

    /// Opens the next update into its operations.
    fn open(&mut self) {
        self.pause();
        self.look();
        match self.run.open(Vec::new()) {
            Ok(trace) => {
                let mut session = Session::aside(self.picture_trace(), trace);
                session.show_decimals(self.decimals);
                let update = self.run.here() + 1;
                let is_last = self.run.limit() == Some(self.run.here());
                let how = if is_last {
                    "up to its gradient: with the update itself numbers grow beyond all bounds"
                } else {
                    "operation by operation"
                };
                session.say(format!("Update {update}, {how}. Esc goes back to the run."));
                session.of_run.listed = self.listed();
                self.opened = Some(session);
            }
            Err(_) => self.say_why_it_ended(),
        }
    }

    fn picture_trace(&self) -> Arc<Trace> {
        Arc::clone(&self.picture.trace)
    }

    /// Closes the opened update again if its session has come back to where it began. Returns whether it has.
    pub fn close_if_left(&mut self) -> bool {
        let is_left = self
            .opened
            .as_ref()
            .is_some_and(|opened| opened.depth() == 0);
        if is_left {
            self.close_opened();
        }
        is_left
    }

    /// Returns where the run stands, in a sentence.
    pub fn state(&self) -> String {
        let (run, step) = (&self.run, self.picture.step());
        let now = step.measure();
        let samples = run.now().data.len();
        let mut said = format!(
            "Update {}, epoch {}: loss {}",
            run.here(),
            run.epoch().0,
            self.decimals.number(now.loss)
        );
        if let Some(right) = now.right {
            let _ = write!(said, ", {right} of {samples} right");
        }
        if let Some(held_out) = step.held_out() {
            let _ = write!(said, ", held out {}", self.decimals.number(held_out.loss));
        }
        said.push('.');
        said
    }

    /// Returns what the run has come to last, up to where one stands.
    pub fn last_reached(&self) -> Option<&Reached> {
        self.run.reached().last()
    }
}

impl Session {
    /// Returns a session in a trace that is opened from another one, at its first step: nothing is asked in it, and
    /// going back from there leads to the other one.
    fn aside(base: Arc<Trace>, opened: Trace) -> Self {
        let mut session = Self::at_start(base);
        session.visit(Arc::new(opened), 0);
        session
    }
}

/// Returns a session at the step that shows where a run stands.
fn picture_of(run: &Run, others: Vec<Vec<(usize, f64)>>) -> Result<Session, CompileError> {
    let mut session = Session::at_start(Arc::new(run.picture(others)?));
    session.index = session.trace.len() - 1;
    Ok(session)
}
