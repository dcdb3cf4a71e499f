//! Times from text: RFC 3339 with an offset, or the office's own local time without one.

use super::calendar::Calendar;
use super::civil::{DAY_MS, days_from_civil, month_len};
use super::point::{Instant, read_ymd, two_digits};
use super::zone::Local;
use std::fmt;

/// What a text says, before the office's zone is asked.
struct Reading {
    /// Milliseconds of local time, as if the zone were UTC.
    local: i64,
    /// Milliseconds that it is ahead of UTC, if the text says so.
    offset: Option<i64>,
}

impl Calendar {
    /// Reads a time: `2024-03-01T09:00:00.000+08:00`, with `T` or a space between, seconds or not,
    /// up to three digits after them, and an offset (`Z`, `+08:00`) or, without one, the office's
    /// local time.
    ///
    /// Fails if the text is not written so, if there is no such date or time of day, if the
    /// office's clocks skip it or show it twice, or if it lies outside the range of [`Instant`].
    #[inline]
    pub fn parse(&self, text: &str) -> Result<Instant, TimeError> {
        let fail = |fault| self.fail(text, fault);
        let reading = read(text.as_bytes()).map_err(fail)?;
        let millis = match reading.offset {
            Some(offset) => reading.local - offset,
            None => self.in_office(reading.local).map_err(fail)?,
        };
        Instant::from_millis(millis).ok_or_else(|| fail(TimeFault::OutOfRange))
    }

    /// The time (milliseconds, UTC) at which the office's clocks show a local time.
    #[inline]
    fn in_office(&self, local: i64) -> Result<i64, TimeFault> {
        let text = |millis| self.format(Instant::clamped(millis)).to_string().into();
        match self.zone.resolve(local) {
            Local::Once(at) => Ok(at),
            Local::Skipped { at } => Err(TimeFault::Skipped { next: text(at) }),
            Local::Twice { first, second } => Err(TimeFault::Twice {
                first: text(first),
                second: text(second),
            }),
        }
    }

    #[cold]
    fn fail(&self, text: &str, fault: TimeFault) -> TimeError {
        TimeError {
            text: text.into(),
            zone: self.zone_name(),
            fault,
        }
    }
}

/// Takes a text apart: date, time of day, fraction, offset.
#[inline]
fn read(text: &[u8]) -> Result<Reading, TimeFault> {
    let (date, rest) = text.split_at_checked(10).ok_or(TimeFault::NotATime)?;
    let (year, month, day) = read_ymd(date).ok_or(TimeFault::NotATime)?;
    let [b'T' | b' ', h1, h2, b':', m1, m2, rest @ ..] = rest else {
        return Err(TimeFault::NotATime);
    };
    let hour = two_digits(*h1, *h2).ok_or(TimeFault::NotATime)?;
    let minute = two_digits(*m1, *m2).ok_or(TimeFault::NotATime)?;
    let (millis, rest) = read_seconds(rest)?;
    let offset = read_offset(rest)?;
    if day == 0 || day > month_len(year, month) {
        return Err(TimeFault::ImpossibleDate);
    }
    if hour > 23 || minute > 59 || millis >= 60_000 {
        return Err(TimeFault::ImpossibleHour);
    }
    if year < 1900 {
        return Err(TimeFault::OutOfRange);
    }
    let days = i64::from(days_from_civil(year, month, day));
    let minutes = i64::from(hour) * 60 + i64::from(minute);
    let local = days * DAY_MS + minutes * 60_000 + millis;
    Ok(Reading { local, offset })
}

/// Reads `:SS` and `.mmm`, if they are there; gives milliseconds and what is left.
#[inline]
fn read_seconds(text: &[u8]) -> Result<(i64, &[u8]), TimeFault> {
    let [b':', s1, s2, rest @ ..] = text else {
        return Ok((0, text));
    };
    let seconds = two_digits(*s1, *s2).ok_or(TimeFault::NotATime)?;
    let whole = i64::from(seconds) * 1000;
    let [b'.', rest @ ..] = rest else {
        return Ok((whole, rest));
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, rest) = rest.split_at(digits);
    let value = |unit: i64, digit: &u8| i64::from(digit - b'0') * unit;
    let millis = match fraction {
        [] => return Err(TimeFault::NotATime),
        [a] => value(100, a),
        [a, b] => value(100, a) + value(10, b),
        [a, b, c] => value(100, a) + value(10, b) + value(1, c),
        _ => return Err(TimeFault::TooFine),
    };
    Ok((whole + millis, rest))
}

/// Reads `Z`, `+08:00` or nothing, up to the end; gives milliseconds ahead of UTC.
#[inline]
fn read_offset(text: &[u8]) -> Result<Option<i64>, TimeFault> {
    let (sign, rest) = match text {
        [] => return Ok(None),
        [b'Z'] => return Ok(Some(0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return Err(TimeFault::NotATime),
    };
    let [h1, h2, b':', m1, m2] = *rest else {
        return Err(TimeFault::NotATime);
    };
    let hours = two_digits(h1, h2).ok_or(TimeFault::NotATime)?;
    let minutes = two_digits(m1, m2).ok_or(TimeFault::NotATime)?;
    if hours > 23 || minutes > 59 {
        return Err(TimeFault::ImpossibleHour);
    }
    let minutes = i64::from(hours) * 60 + i64::from(minutes);
    Ok(Some(sign * minutes * 60_000))
}

/// What is wrong with a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TimeFault {
    /// The text is not written as a time.
    NotATime,
    /// The fraction of a second has more than three digits.
    TooFine,
    /// There is no such date, as 30 February.
    ImpossibleDate,
    /// There is no such time of day or offset, as 25:00.
    ImpossibleHour,
    /// The office's clocks go forward over that local time.
    Skipped {
        /// The first time after the gap, in full.
        next: Box<str>,
    },
    /// The office's clocks go back over that local time and show it twice.
    Twice {
        /// The earlier of the two, in full.
        first: Box<str>,
        /// The later of the two, in full.
        second: Box<str>,
    },
    /// The time is not within [`Instant::MIN`] and [`Instant::MAX`].
    OutOfRange,
}

/// A text that is no time, with what is wrong and what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimeError {
    /// What was written.
    pub text: Box<str>,
    /// The office's time zone.
    pub zone: &'static str,
    /// What is wrong with it.
    pub fault: TimeFault,
}

impl TimeError {
    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        let (text, zone) = (&self.text, self.zone);
        match &self.fault {
            TimeFault::NotATime => format!("`{text}` is not a time"),
            TimeFault::TooFine => format!("`{text}` is finer than a millisecond"),
            TimeFault::ImpossibleDate => format!("`{text}` names a date that does not exist"),
            TimeFault::ImpossibleHour => {
                format!("`{text}` names a time of day that does not exist")
            }
            TimeFault::Skipped { .. } => {
                format!("`{text}` does not exist in {zone}: the clocks go forward over it")
            }
            TimeFault::Twice { .. } => {
                format!("`{text}` happens twice in {zone}: the clocks go back over it")
            }
            TimeFault::OutOfRange => format!("`{text}` lies outside the years 1900 to 9999"),
        }
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        match &self.fault {
            TimeFault::NotATime => {
                "write date and time of day with all their digits, as in `2024-03-01 09:00` \
                 or `2024-03-01T09:00:00+08:00`"
                    .into()
            }
            TimeFault::TooFine => "write at most three digits after the second".into(),
            TimeFault::ImpossibleDate => "months run from 01 to 12 and have 28 to 31 days".into(),
            TimeFault::ImpossibleHour => {
                "hours run from 00 to 23, minutes and seconds from 00 to 59; \
                 midnight is 00:00 of the next day"
                    .into()
            }
            TimeFault::Skipped { next } => {
                format!("the next time that exists is `{next}`; or write an offset")
            }
            TimeFault::Twice { first, second } => {
                format!("write the offset: `{first}` or `{second}`")
            }
            TimeFault::OutOfRange => "write the year with its four digits, 1900 to 9999".into(),
        }
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.sentence(), self.help())
    }
}

impl std::error::Error for TimeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(zone: &str, text: &str) -> TimeFault {
        let office = Calendar::new(zone, 0).unwrap();
        office.parse(text).unwrap_err().fault
    }

    #[test]
    fn every_way_to_write_a_time_gives_the_same_instant() {
        let office = Calendar::new("Asia/Shanghai", 0).unwrap();
        for text in [
            "2024-03-01T09:00:00.000+08:00",
            "2024-03-01 09:00",
            "2024-03-01T09:00:00",
            "2024-03-01T09:00:00.0",
            "2024-03-01T01:00Z",
            "2024-03-01 01:00:00.00+00:00",
            "2024-02-29T20:00:00-05:00",
            "2024-03-02T00:59:00+23:59",
        ] {
            let at = office.parse(text).map(Instant::millis);
            assert_eq!(at, Ok(1_709_254_800_000), "{text}");
        }
        let tenth = office.parse("1970-01-01 08:00:00.1").map(Instant::millis);
        assert_eq!(tenth, Ok(100));
        let before = office.parse("1969-12-31T23:59:59.99Z").map(Instant::millis);
        assert_eq!(before, Ok(-10));
    }

    #[test]
    fn what_is_not_written_as_a_time_is_none() {
        for text in [
            "",
            "2024-03-01",
            "2024-03-01T",
            "2024-03-01T9:00",
            "2024-03-01t09:00",
            "2024-03-01  09:00",
            "2024-03-01 09:00 ",
            " 2024-03-01 09:00",
            "2024-03-01 09:00:00.",
            "2024-03-01 09:00.5",
            "2024-03-01 09:00:0",
            "2024-03-01 09:00 +08:00",
            "2024-03-01 09:00+0800",
            "2024-03-01 09:00+08",
            "2024-03-01 09:00z",
            "2024-03-01 09：00",
            "+024-03-01 09:00",
            "二〇二四年三月",
            "12024-03-01 09:00",
        ] {
            assert_eq!(fault("Asia/Shanghai", text), TimeFault::NotATime, "{text}");
        }
    }

    #[test]
    fn what_is_written_as_a_time_may_still_be_impossible() {
        for (text, expected) in [
            ("2024-02-30 09:00", TimeFault::ImpossibleDate),
            ("2023-02-29 09:00", TimeFault::ImpossibleDate),
            ("2024-13-01 09:00", TimeFault::ImpossibleDate),
            ("2024-00-01 09:00", TimeFault::ImpossibleDate),
            ("2024-01-00 09:00", TimeFault::ImpossibleDate),
            ("2024-01-01 24:00", TimeFault::ImpossibleHour),
            ("2024-01-01 09:60", TimeFault::ImpossibleHour),
            ("2024-01-01 09:00:60", TimeFault::ImpossibleHour),
            ("2024-01-01 09:00+24:00", TimeFault::ImpossibleHour),
            ("2024-01-01 09:00:00.1234Z", TimeFault::TooFine),
            ("1899-12-31 09:00", TimeFault::OutOfRange),
            ("0000-01-01 00:00", TimeFault::OutOfRange),
            ("1900-01-01T00:00Z", TimeFault::OutOfRange),
            ("9999-12-31T23:59Z", TimeFault::OutOfRange),
        ] {
            assert_eq!(fault("UTC", text), expected, "{text}");
        }
    }

    #[test]
    fn a_local_time_in_the_gap_is_refused_with_the_next_that_exists() {
        let office = Calendar::new("America/New_York", 0).unwrap();
        let error = office.parse("2024-03-10 02:30").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`2024-03-10 02:30` does not exist in America/New_York: the clocks go forward over it\n\
             help: the next time that exists is `2024-03-10T03:00:00.000-04:00`; or write an offset"
        );
        assert!(office.parse("2024-03-10 02:30-05:00").is_ok());
        assert!(office.parse("2024-03-10 01:59:59.999").is_ok());
        assert!(office.parse("2024-03-10 03:00").is_ok());
    }

    #[test]
    fn a_local_time_in_the_overlap_is_refused_with_both_readings() {
        let office = Calendar::new("America/New_York", 0).unwrap();
        let error = office.parse("2024-11-03T01:30").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`2024-11-03T01:30` happens twice in America/New_York: the clocks go back over it\n\
             help: write the offset: `2024-11-03T01:30:00.000-04:00` or \
             `2024-11-03T01:30:00.000-05:00`"
        );
        let (first, second) = (
            office.parse("2024-11-03T01:30-04:00").unwrap(),
            office.parse("2024-11-03T01:30-05:00").unwrap(),
        );
        assert_eq!(second.millis() - first.millis(), 3_600_000);
        assert!(office.parse("2024-11-03T00:59:59.999").is_ok());
        assert!(office.parse("2024-11-03T02:00").is_ok());
    }

    #[test]
    fn shanghai_had_summer_time_once() {
        let fault = fault("Asia/Shanghai", "1988-04-17 02:30");
        assert!(matches!(fault, TimeFault::Skipped { .. }));
    }

    #[test]
    fn every_error_has_a_sentence_and_a_help_line() {
        let office = Calendar::new("UTC", 0).unwrap();
        for text in [
            "x",
            "2024-02-30 00:00",
            "2024-01-01 25:00",
            "1800-01-01 00:00",
        ] {
            let text = office.parse(text).unwrap_err().to_string();
            assert_eq!(text.matches("\nhelp: ").count(), 1);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let office = Calendar::new("UTC", 0).unwrap();
            drop(office.parse(&text));
        }

        #[test]
        fn no_text_like_a_time_makes_it_panic(
            text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{0,4})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
        ) {
            let office = Calendar::new("UTC", 0).unwrap();
            if let Ok(at) = office.parse(&text) {
                prop_assert_eq!(office.parse(&office.format(at).to_string()), Ok(at));
            }
        }
    }
}
