//! How often the training is shown while it plays, so that a slow line can carry it.

use std::collections::VecDeque;
use std::time::Duration;

/// The least time between two frames.
const FRAME: Duration = Duration::from_millis(120);

/// The same with a loss map, which takes longer to work out.
const FRAME_OF_MAP: Duration = Duration::from_millis(350);

/// The time after which a frame follows even the largest one, if the line has room.
const LONGEST: Duration = Duration::from_millis(250);

/// The most bytes of frames in any second. A line that carries 12 KB has room for the answer to a key, and for what a
/// run has come to, which is shown at once.
const BYTES: usize = 10_000;

const SECOND: Duration = Duration::from_secs(1);

/// The frames of a training that plays.
#[derive(Debug, Clone, Default)]
pub(super) struct Frames {
    /// When the training was shown last.
    shown: Option<Duration>,
    /// When each frame of the last second was written, and its bytes.
    written: VecDeque<(Duration, usize)>,
}

impl Frames {
    /// Returns whether the training is to be shown once more.
    pub(super) fn is_due(&self, now: Duration, has_map: bool) -> bool {
        let recent = self.written.iter().filter(|(at, _)| is_recent(*at, now));
        let bytes: usize = recent.map(|(_, bytes)| bytes).sum();
        // The next one may be a quarter larger than the last one.
        let next = self
            .written
            .back()
            .map_or(0, |(_, bytes)| bytes + bytes / 4);
        let least = if has_map { FRAME_OF_MAP } else { FRAME };
        // What the line carries is spread evenly.
        let least = least.max(LONGEST.min(SECOND.mul_f64(next as f64 / BYTES as f64)));
        let waited = self.shown.map(|shown| now.saturating_sub(shown));
        waited.is_none_or(|waited| waited >= least) && (bytes == 0 || bytes + next <= BYTES)
    }

    /// The training has been shown.
    pub(super) const fn show(&mut self, now: Duration) {
        self.shown = Some(now);
    }

    /// It plays no more: what comes next is shown at once.
    pub(super) const fn stop(&mut self) {
        self.shown = None;
    }

    /// Counts the bytes of a frame, of whatever it shows.
    pub(super) fn written(&mut self, bytes: usize, now: Duration) {
        self.written.retain(|(at, _)| is_recent(*at, now));
        self.written.push_back((now, bytes));
    }
}

/// Returns whether something was less than a second ago.
fn is_recent(at: Duration, now: Duration) -> bool {
    now.saturating_sub(at) < SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_takes_more_than_a_slow_line_carries() {
        for bytes in [40, 900, 1_400, 2_600, 5_000] {
            let mut frames = Frames::default();
            // A whole screen.
            frames.written(6_000, Duration::ZERO);
            let mut written = vec![(Duration::ZERO, 6_000)];
            for milliseconds in (4..10_000).step_by(4) {
                let now = Duration::from_millis(milliseconds);
                if frames.is_due(now, false) {
                    // Not all are of a size.
                    let bytes = bytes - bytes / 10 * (written.len() % 3);
                    frames.show(now);
                    frames.written(bytes, now);
                    written.push((now, bytes));
                }
            }
            let seconds = written.len() as f64 / 10.0;
            let wanted = (0.6 * BYTES as f64 / bytes as f64).min(7.0);
            assert!(seconds > wanted, "{bytes}: {seconds} a second");
            for (from, _) in &written {
                let within = written
                    .iter()
                    .filter(|(at, _)| at >= from && is_recent(*from, *at));
                let sum: usize = within.map(|(_, bytes)| bytes).sum();
                assert!(sum <= BYTES, "{bytes}: {sum} from {from:?}");
            }
        }
    }
}
