//! How much is trained at a time, so that a key is answered at once, the speed is kept, and others have their share of
//! the processor.

use std::time::Duration;

use super::frames::Frames;

/// The time that training may take before a key is looked for.
const SLICE: Duration = Duration::from_millis(4);

/// The work of the first slice, in units of the limit on a lesson's work: much less than a millisecond.
const FIRST_WORK: u64 = 20_000;

/// The most work of a slice, however fast it seems to go.
const MOST_WORK: u64 = 200_000_000;

/// A share of a processor, in percent from 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(u32);

impl Default for Share {
    fn default() -> Self {
        Self(50)
    }
}

impl Share {
    /// Returns a share; `None` if it is not from 1 to 100 percent.
    pub fn percent(percent: u32) -> Option<Self> {
        (1..=100).contains(&percent).then_some(Self(percent))
    }

    /// Returns the time to rest after so much work.
    fn rest(self, work: Duration) -> Duration {
        work * (100 - self.0) / self.0
    }
}

#[derive(Debug, Clone)]
pub(super) struct Pace {
    share: Share,
    /// The work of a slice.
    slice: u64,
    /// When the last slice began, and the rest that was to follow it; `None` if a frame has been drawn since, whose time
    /// is unknown.
    last: Option<(Duration, Duration)>,
    /// The work that the last slice has done.
    done: u64,
    /// The time to wait before the next slice.
    rest: Duration,
    /// Since when the speed is kept, and the updates made since then.
    since: Option<(Duration, u64)>,
    pub(super) frames: Frames,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            share: Share::default(),
            slice: FIRST_WORK,
            last: None,
            done: 0,
            rest: Duration::ZERO,
            since: None,
            frames: Frames::default(),
        }
    }
}

impl Pace {
    pub(super) const fn set_share(&mut self, share: Share) {
        self.share = share;
    }

    /// Begins to keep a speed.
    pub(super) const fn start(&mut self) {
        self.since = None;
        self.last = None;
        self.rest = Duration::ZERO;
    }

    pub(super) const fn stop(&mut self) {
        self.start();
        self.frames.stop();
    }

    /// Begins a slice. Returns the work that it may do.
    pub(super) fn begin(&mut self, now: Duration) -> u64 {
        if let Some((began, rest)) = self.last
            && self.done * 2 >= self.slice
        {
            // What was waited for longer than wanted counts as work: rather too little is done than too much.
            let taken = now.saturating_sub(began).saturating_sub(rest);
            if taken > SLICE + SLICE / 2 {
                self.slice = (self.slice / 2).max(1);
            } else if taken < SLICE / 2 {
                self.slice = (self.slice * 2).min(MOST_WORK);
            }
            self.rest = self.share.rest(taken.min(20 * SLICE));
        }
        self.last = Some((now, self.rest));
        self.slice
    }

    /// Returns the number of updates that are due by now.
    pub(super) fn due(&mut self, now: Duration, speed: u32) -> usize {
        let (since, made) = *self.since.get_or_insert((now, 0));
        let due = now.saturating_sub(since).as_micros() * u128::from(speed) / 1_000_000;
        // The first one comes at once.
        let due = u64::try_from(due).unwrap_or(u64::MAX) + 1;
        let left = due.saturating_sub(made);
        if left > u64::from(speed / 4 + 1) {
            // It cannot be kept: what has not been made is not made up for.
            self.since = Some((now, 0));
            return usize::try_from(speed / 4 + 1).unwrap_or(1);
        }
        usize::try_from(left).unwrap_or(0)
    }

    /// Ends a slice in which so much work and so many updates were done.
    pub(super) fn worked(&mut self, work: u64, updates: usize) {
        self.done = work;
        if let Some((_, made)) = &mut self.since {
            *made += updates as u64;
        }
    }

    pub(super) fn framed(&mut self, now: Duration) {
        self.frames.show(now);
        self.last = None;
    }

    /// Returns how long to wait for the next slice, at this speed.
    pub(super) fn patience(&self, speed: Option<u32>) -> Duration {
        match speed {
            Some(speed) => (Duration::from_secs(1) / speed).max(SLICE).max(self.rest),
            None => self.rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays on a machine that does so much work in a millisecond. Returns the updates made, the time, and the part of it
    /// that was worked.
    fn play(
        pace: &mut Pace,
        speed: Option<u32>,
        unit: u64,
        rate: u64,
        ticks: usize,
    ) -> (usize, Duration, f64) {
        let (mut now, mut made, mut busy) = (Duration::ZERO, 0, Duration::ZERO);
        for _ in 0..ticks {
            let slice = pace.begin(now);
            let due = speed.map_or(usize::MAX, |speed| pace.due(now, speed));
            let updates = due.min(usize::try_from(slice.div_ceil(unit)).unwrap());
            let work = updates as u64 * unit;
            let took = Duration::from_nanos(work * 1_000_000 / rate);
            pace.worked(work, updates);
            made += updates;
            busy += took;
            now += took + pace.patience(speed);
        }
        (made, now, busy.as_secs_f64() / now.as_secs_f64())
    }

    #[test]
    fn a_slice_takes_some_milliseconds_and_leaves_room_on_any_machine() {
        for (unit, rate) in [
            (41, 100_000),
            (730, 300_000),
            (20_000, 1_000_000),
            (10_000_000, 2_000_000),
        ] {
            for (percent, least, most) in [(100, 0.99, 1.0), (50, 0.40, 0.60), (10, 0.05, 0.15)] {
                let mut pace = Pace::default();
                pace.set_share(Share::percent(percent).unwrap());
                play(&mut pace, None, unit, rate, 30);
                let (_, time, busy) = play(&mut pace, None, unit, rate, 200);
                let each = time / 200;
                assert!((least..=most).contains(&busy), "{percent} %: {busy}");
                let work = each.mul_f64(busy);
                let longest = SLICE * 2 + Duration::from_nanos(unit * 1_000_000 / rate);
                assert!(work <= longest, "{work:?}");
            }
        }
    }

    #[test]
    fn a_speed_is_kept_or_as_much_of_it_as_there_is_time_for() {
        for speed in [1, 5, 50, 1_000, 10_000] {
            let mut pace = Pace::default();
            let (made, time, _) = play(&mut pace, Some(speed), 700, 300_000, 500);
            let wanted = f64::from(speed) * time.as_secs_f64();
            let kept = made as f64 / wanted;
            assert!((0.9..1.2).contains(&kept), "{speed}: {kept}");
        }
        // What is too slow for it is not made up for later.
        let mut pace = Pace::default();
        let (made, time, _) = play(&mut pace, Some(10_000), 700_000, 300_000, 500);
        assert!((made as f64) < 5_000.0 * time.as_secs_f64());
    }

    #[test]
    fn a_share_is_a_percentage() {
        assert_eq!(Share::percent(0), None);
        assert_eq!(Share::percent(101), None);
        let second = Duration::from_secs(1);
        assert_eq!(
            Share::percent(100).map(|share| share.rest(second)),
            Some(Duration::ZERO)
        );
        assert_eq!(
            Share::percent(25).map(|share| share.rest(second)),
            Some(3 * second)
        );
    }
}
