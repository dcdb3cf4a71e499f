//! The time of day on the wall of the office.

use super::calendar::Calendar;
use super::civil::DAY_MS;
use super::point::{Instant, two_digits};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A time of day, to the millisecond: `18:30` and later within the same day is greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Clock(i64);

impl Clock {
    /// Milliseconds after midnight.
    pub const fn millis(self) -> i64 {
        self.0
    }
}

impl From<Clock> for i64 {
    fn from(clock: Clock) -> i64 {
        clock.0
    }
}

impl TryFrom<i64> for Clock {
    type Error = &'static str;

    fn try_from(millis: i64) -> Result<Clock, &'static str> {
        let within = (0..DAY_MS).contains(&millis);
        let clock = within.then_some(Clock(millis));
        clock.ok_or("a time of day out of range")
    }
}

impl Calendar {
    /// What the clock on the wall shows at an instant.
    pub fn clock_of(&self, at: Instant) -> Clock {
        Clock(self.local_millis(at).rem_euclid(DAY_MS))
    }
}

impl FromStr for Clock {
    type Err = ClockError;

    /// Reads `18:30`.
    fn from_str(text: &str) -> Result<Clock, ClockError> {
        let read = || {
            let [h1, h2, b':', m1, m2] = *text.as_bytes() else {
                return None;
            };
            let (hour, minute) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
            let within = hour < 24 && minute < 60;
            within.then(|| Clock((i64::from(hour) * 60 + i64::from(minute)) * 60_000))
        };
        read().ok_or_else(|| ClockError { text: text.into() })
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0 / 60_000;
        write!(f, "{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// A text that is no time of day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClockError {
    text: Box<str>,
}

impl ClockError {
    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        format!("`{}` is not a time of day", self.text)
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        "write two digits for the hour, to 23, and two for the minute, as in `18:30`".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_shows_the_zones_own_time() {
        let office = Calendar::new("Asia/Shanghai", 4 * 3_600_000).unwrap();
        let at = office.parse("2024-03-01 18:30:00").unwrap();
        assert_eq!(office.clock_of(at), "18:30".parse().unwrap());
        assert_eq!(office.clock_of(at).to_string(), "18:30");
    }

    #[test]
    fn what_is_no_time_of_day_is_refused() {
        for text in ["24:00", "18:60", "8:30", "18.30", "18:30:00", ""] {
            assert!(text.parse::<Clock>().is_err(), "{text}");
        }
    }
}
