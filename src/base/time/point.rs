//! Points in time: the instant, which is the same everywhere, and the civil day.

use super::civil::{civil_from_days, days_from_civil, month_len};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroI64;
use std::str::FromStr;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, always within [`Instant::MIN`] and
/// [`Instant::MAX`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Instant(
    /// Counted from the millisecond before the earliest, so that an instant that may be missing takes no more room.
    NonZeroI64,
);

/// The earliest millisecond, 1900-01-02T00:00:00Z.
const FIRST: i64 = -2_208_902_400_000;
/// The latest, 9999-12-30T23:59:59.999Z.
const LAST: i64 = 253_402_214_399_999;

impl Instant {
    /// The earliest instant, 1900-01-02T00:00:00Z: in every zone the year is 1900.
    pub const MIN: Instant = Instant::within(FIRST);
    /// The latest instant, 9999-12-30T23:59:59.999Z: in every zone the year is 9999.
    pub const MAX: Instant = Instant::within(LAST);

    /// The instant so many milliseconds after the Unix epoch (UTC); `None` outside the range.
    pub const fn from_millis(millis: i64) -> Option<Instant> {
        if millis < FIRST || millis > LAST {
            return None;
        }
        Some(Self::within(millis))
    }

    /// Milliseconds since the Unix epoch (UTC).
    pub const fn millis(self) -> i64 {
        self.0.get() + (FIRST - 1)
    }

    /// The nearest instant of the range.
    pub(super) fn clamped(millis: i64) -> Instant {
        Self::within(millis.clamp(FIRST, LAST))
    }

    /// The instant of a number that is within the range.
    const fn within(millis: i64) -> Instant {
        match NonZeroI64::new(millis - (FIRST - 1)) {
            Some(place) => Instant(place),
            None => panic!("no instant is before the earliest"),
        }
    }
}

impl From<Instant> for i64 {
    fn from(at: Instant) -> i64 {
        at.millis()
    }
}

impl TryFrom<i64> for Instant {
    type Error = &'static str;

    fn try_from(millis: i64) -> Result<Instant, &'static str> {
        Instant::from_millis(millis).ok_or("an instant out of range")
    }
}

impl From<Day> for i32 {
    fn from(day: Day) -> i32 {
        day.0
    }
}

impl TryFrom<i32> for Day {
    type Error = &'static str;

    fn try_from(number: i32) -> Result<Day, &'static str> {
        let day = Day(number);
        let within = (Day::MIN..=Day::MAX).contains(&day);
        within.then_some(day).ok_or("a day out of range")
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instant").field(&self.millis()).finish()
    }
}

/// A civil day, or a business day of an office: days since 1970-01-01, within the years 1900 to
/// 9999. Shown and read as `2024-03-01`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Day(i32);

impl Day {
    /// The first day, 1900-01-01.
    pub const MIN: Day = Day(days_from_civil(1900, 1, 1));
    /// The last day, 9999-12-31.
    pub const MAX: Day = Day(days_from_civil(9999, 12, 31));

    /// The day of that year, month (1 to 12) and day (1 to 31); `None` if there is no such day or
    /// its year is not 1900 to 9999.
    pub const fn from_ymd(year: i32, month: u8, day: u8) -> Option<Day> {
        if year < 1900 || year > 9999 || day == 0 || day > month_len(year, month) {
            return None;
        }
        Some(Day(days_from_civil(year, month, day)))
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    pub const fn ymd(self) -> (i32, u8, u8) {
        civil_from_days(self.0)
    }

    /// The day of the week: 1 for Monday to 7 for Sunday.
    pub const fn weekday(self) -> u8 {
        (self.0 + 3).rem_euclid(7) as u8 + 1
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day so many days later (earlier, if negative); stops at [`Day::MIN`] and [`Day::MAX`].
    pub fn plus(self, days: i64) -> Day {
        Day::clamped(i64::from(self.0).saturating_add(days))
    }

    /// The day of that number, or the nearest of the range.
    pub(super) fn clamped(number: i64) -> Day {
        let within = number.clamp(i64::from(Self::MIN.0), i64::from(Self::MAX.0));
        Day(within as i32)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = DayError;

    /// Reads `2024-03-01`.
    fn from_str(text: &str) -> Result<Day, DayError> {
        let error = |written_as_day| DayError {
            text: text.into(),
            written_as_day,
        };
        let (year, month, day) = read_ymd(text.as_bytes()).ok_or_else(|| error(false))?;
        Day::from_ymd(year, month, day).ok_or_else(|| error(true))
    }
}

/// The numbers in `YYYY-MM-DD`, whether or not there is such a day.
pub(super) fn read_ymd(text: &[u8]) -> Option<(i32, u8, u8)> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else {
        return None;
    };
    let year = i32::from(two_digits(y1, y2)?) * 100 + i32::from(two_digits(y3, y4)?);
    Some((year, two_digits(m1, m2)?, two_digits(d1, d2)?))
}

/// The number that two ASCII digits make.
pub(super) fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
}

/// Why a text is not a day: it is not written as one, or there is no such day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayError {
    text: Box<str>,
    written_as_day: bool,
}

impl DayError {
    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        let text = &self.text;
        if self.written_as_day {
            format!("there is no day `{text}`")
        } else {
            format!("`{text}` is not a day")
        }
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        if self.written_as_day {
            "days run from 1900-01-01 to 9999-12-31, and a month has 28 to 31 of them".into()
        } else {
            "write year, month and day with all their digits, as in `2024-03-01`".into()
        }
    }
}

impl fmt::Display for DayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.sentence(), self.help())
    }
}

impl std::error::Error for DayError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_outside_the_range_does_not_exist() {
        assert_eq!(Instant::from_millis(Instant::MIN.millis() - 1), None);
        assert_eq!(Instant::from_millis(Instant::MAX.millis() + 1), None);
        assert_eq!(Instant::from_millis(i64::MIN), None);
        assert_eq!(Instant::from_millis(FIRST), Some(Instant::MIN));
        assert_eq!(Instant::from_millis(0).map(Instant::millis), Some(0));
        assert_eq!(Instant::clamped(i64::MAX), Instant::MAX);
        assert_eq!(Instant::MAX.millis(), LAST);
        assert_eq!(size_of::<Option<Instant>>(), size_of::<Instant>());
    }

    #[test]
    fn days_are_written_as_they_are_read() {
        for text in ["1900-01-01", "1970-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        assert_eq!(Day::from_ymd(1970, 1, 2).unwrap().number(), 1);
        assert_eq!(Day::from_ymd(2024, 2, 29).unwrap().ymd(), (2024, 2, 29));
    }

    #[test]
    fn a_day_that_is_none_says_why() {
        let impossible = "2023-02-29".parse::<Day>().unwrap_err();
        assert_eq!(impossible.sentence(), "there is no day `2023-02-29`");
        assert!("2024-00-01".parse::<Day>().unwrap_err().written_as_day);
        assert!("1899-12-31".parse::<Day>().unwrap_err().written_as_day);
        for text in [
            "",
            "2024-3-1",
            "2024/03/01",
            "2024-03-01 ",
            "二〇二四年",
            "+024-03-01",
        ] {
            let error = text.parse::<Day>().unwrap_err();
            assert!(!error.written_as_day, "{text}");
            assert!(error.to_string().contains("\nhelp: "));
        }
    }

    #[test]
    fn adding_days_stops_at_the_ends_of_the_range() {
        let day = Day::from_ymd(2024, 2, 28).unwrap();
        assert_eq!(day.plus(2).to_string(), "2024-03-01");
        assert_eq!(day.plus(-59).to_string(), "2023-12-31");
        assert_eq!(day.plus(i64::MAX), Day::MAX);
        assert_eq!(day.plus(i64::MIN), Day::MIN);
    }
}
