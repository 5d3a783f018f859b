//! A lab in which somebody else leads: where they stand, one comes too, by training there oneself.

use super::Lab;
use crate::session::LabPosition;
use crate::trace::Run;

/// Where somebody else leads.
#[derive(Debug)]
pub(super) struct Led {
    /// The run as both have begun it.
    first: Box<Run>,
    to: LabPosition,
    /// Whether what the run comes to on the way is news: not where it was trained for others before.
    is_news: bool,
}

impl Lab {
    /// Returns where one stands, for others who follow; `None` where they could not.
    pub fn position(&self) -> Option<LabPosition> {
        let run = self.run.position();
        let opened = self.opened.as_ref().map(|opened| opened.index + 1);
        run.can_be_followed().then_some(LabPosition {
            run,
            opened,
            is_playing: self.is_playing,
        })
    }

    /// Returns where somebody else leads to; `None` where one is on one's own.
    pub fn led_to(&self) -> Option<&LabPosition> {
        self.led.as_ref().map(|led| &led.to)
    }

    /// Takes note that nobody is known to play where somebody else leads.
    pub fn rest(&mut self) {
        if let Some(led) = &mut self.led {
            led.to.is_playing = false;
        }
    }

    /// Returns whether one has looked away from the update that is opened where somebody else leads.
    pub fn looks_away(&self) -> bool {
        let opened = self.led_to().and_then(|to| to.opened);
        opened.is_some() && self.opened.is_none() && !self.is_on_the_way()
    }

    /// Goes on on one's own.
    pub fn go_alone(&mut self) {
        if self.led.take().is_some() {
            // What was said is about the way that one was led.
            self.message = None;
        }
    }

    /// Goes where somebody else stands in a lab that was opened at the same step. What is far away is trained on ticks.
    pub fn follow(&mut self, to: LabPosition) {
        let was_news = self.led.as_ref().is_none_or(|led| led.is_news) || !self.is_on_the_way();
        let is_news = was_news && self.run.position().leads_to(&to.run);
        let first = match self.led.take() {
            Some(led) => led.first,
            None => Box::new(self.run.clone()),
        };
        self.led = Some(Led { first, to, is_news });
        self.message = None;
        self.pause();
        self.follow_on();
    }

    /// Goes on on the way there.
    pub(super) fn follow_on(&mut self) {
        let Some(led) = self.led.take() else {
            return;
        };
        match self.run.follow(&led.first, &led.to.run) {
            Ok(is_there) => {
                self.told = self.told.min(self.run.all_reached().len());
                // Another run may have the same revision.
                self.changes += 1;
                if is_there {
                    if !led.is_news {
                        self.told = self.run.all_reached().len();
                        self.message = None;
                    }
                    self.look();
                    self.show_opened(led.to.opened);
                } else {
                    self.pace.start();
                }
            }
            Err(why) => {
                self.changes += 1;
                self.run.stay();
                self.look();
                self.say(why);
            }
        }
        self.led = Some(led);
    }

    /// Opens the next update at a step, or closes it.
    fn show_opened(&mut self, step: Option<usize>) {
        let Some(step) = step else {
            self.close_opened();
            return;
        };
        if self.opened.is_none() {
            self.open();
        }
        if let Some(opened) = &mut self.opened {
            opened.go_to(step.min(opened.trace.len()).saturating_sub(1));
        }
    }
}
