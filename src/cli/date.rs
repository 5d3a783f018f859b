//! Dates and times in UTC.

/// Returns the date of a time in seconds since 1970, in UTC: `2026-11-22`.
///
/// # Source
/// Howard Hinnant: "chrono-compatible low-level date algorithms", `civil_from_days`.
pub(super) fn date(seconds: u64) -> String {
    /// The number of days in 400 years, after which the calendar repeats.
    const ERA: u64 = 146_097;
    // The year is taken to begin on March 1, so that a leap day is the last of its year.
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / ERA, days % ERA);
    let year = (day - day / 1_460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}

/// Returns the date and the time of seconds since 1970, in UTC: `2026-11-22 13:05:00`.
pub(super) fn date_and_time(seconds: u64) -> String {
    let (minutes, second) = (seconds / 60, seconds % 60);
    let (hours, minute) = (minutes / 60, minutes % 60);
    format!(
        "{} {:02}:{minute:02}:{second:02}",
        date(seconds),
        hours % 24
    )
}

/// Returns the time that a text says, in seconds since 1970: `2026-11-22`, which is the end of that day, or
/// `2026-11-22 13:05`, with seconds or without, with an offset such as `+01:00` or in UTC.
///
/// # Source
/// Howard Hinnant: "chrono-compatible low-level date algorithms", `days_from_civil`.
pub(super) fn time(text: &str) -> Option<u64> {
    let digits = |text: &str, most: usize| -> Option<u64> {
        let is_number = text.len() == most && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok())?
    };
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let mut parts = day.split('-');
    let (year, month, number) = (
        digits(parts.next()?, 4)?,
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
    );
    if parts.next().is_some() || year < 1970 || !(1..=12).contains(&month) {
        return None;
    }
    // The year is taken to begin on March 1, so that a leap day is the last of its year.
    let (shifted, place) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (shifted / 400, shifted % 400);
    let day_of_year = (153 * place + 2) / 5 + number.checked_sub(1)?;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    let midnight = (era * 146_097 + day_of_era).checked_sub(719_468)? * 86_400;
    // A day that the month does not have is one of the next month.
    if date(midnight) != day {
        return None;
    }
    if rest.is_empty() {
        return Some(midnight + 86_399);
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    let clock = |text: &str, parts: std::ops::RangeInclusive<usize>| -> Option<u64> {
        let numbers: Vec<u64> = text
            .split(':')
            .map(|part| digits(part, 2))
            .collect::<Option<_>>()?;
        let limits = [24, 60, 60];
        let is_clock = parts.contains(&numbers.len())
            && numbers
                .iter()
                .zip(limits)
                .all(|(number, limit)| *number < limit);
        let seconds = numbers
            .iter()
            .zip([3_600, 60, 1])
            .map(|(number, of)| number * of);
        is_clock.then(|| seconds.sum())
    };
    let at = rest.find(['+', '-', 'Z']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(at);
    let time = midnight + clock(time.trim_end(), 2..=3)?;
    match offset.split_at_checked(1) {
        None | Some(("Z", "")) => Some(time),
        Some(("+", offset)) => time.checked_sub(clock(offset, 2..=2)?),
        Some(("-", offset)) => Some(time + clock(offset, 2..=2)?),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_that_of_the_calendar() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (86_400, "1970-01-02"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_709_164_800, "2024-02-29"),
            (1_735_603_200, "2024-12-31"),
            (1_735_689_600, "2025-01-01"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(date(seconds), day);
        }
        // A clock may show any time.
        assert!(date(u64::MAX).starts_with("584554051223-"));
    }

    #[test]
    fn a_time_is_read_as_it_is_written() {
        for (text, seconds) in [
            ("1970-01-01", 86_399),
            ("1970-01-01 00:00", 0),
            ("1970-01-01T00:01:02Z", 62),
            ("2024-02-29 12:30", 1_709_209_800),
            ("2024-02-29 13:30+01:00", 1_709_209_800),
            ("2024-02-29 07:00-05:30", 1_709_209_800),
            ("2100-03-01 00:00:00 Z", 4_107_542_400),
        ] {
            assert_eq!(time(text), Some(seconds), "{text}");
        }
        assert_eq!(date_and_time(1_709_209_800), "2024-02-29 12:30:00");
        for text in [
            "",
            "today",
            "2024",
            "2024-02",
            "2024-02-30",
            "2023-02-29",
            "2024-13-01",
            "2024-1-1x",
            "1969-12-31",
            "2024-02-29 24:00",
            "2024-02-29 12:60",
            "2024-02-29 12",
            "2024-02-29 12:00+25:00",
            "2024-02-29 12:00 CET",
            "-2024-02-29",
            "2024-02-29 12:00:00:00",
            "99999-01-01",
            "2024-02-29 +1:00",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
