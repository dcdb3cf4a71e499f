//! Lengths of time as a policy writes them: a whole number and a unit.

use crate::base::names::nearest;
use std::fmt;
use std::str::FromStr;

/// What a length is counted in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unit {
    /// Exact seconds.
    Seconds,
    /// Exact minutes.
    Minutes,
    /// Exact hours of 60 minutes.
    Hours,
    /// Days of the office's calendar.
    Days,
    /// Seven days of the office's calendar.
    Weeks,
    /// Months of the calendar.
    Months,
    /// Years of the calendar.
    Years,
}

impl Unit {
    /// All units, shortest first.
    pub const ALL: [Unit; 7] = [
        Unit::Seconds,
        Unit::Minutes,
        Unit::Hours,
        Unit::Days,
        Unit::Weeks,
        Unit::Months,
        Unit::Years,
    ];

    /// The unit's name for one: `month`.
    pub const fn singular(self) -> &'static str {
        match self {
            Unit::Seconds => "second",
            Unit::Minutes => "minute",
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::Weeks => "week",
            Unit::Months => "month",
            Unit::Years => "year",
        }
    }

    /// The unit's name for any other number: `months`.
    pub const fn plural(self) -> &'static str {
        match self {
            Unit::Seconds => "seconds",
            Unit::Minutes => "minutes",
            Unit::Hours => "hours",
            Unit::Days => "days",
            Unit::Weeks => "weeks",
            Unit::Months => "months",
            Unit::Years => "years",
        }
    }

    /// The unit of that name, singular or plural.
    pub fn named(word: &str) -> Option<Unit> {
        let is_it = |unit: &Unit| word == unit.singular() || word == unit.plural();
        Unit::ALL.into_iter().find(is_it)
    }

    /// The most that a length may count in this unit: 1000 years, or as many seconds as fit.
    const fn most(self) -> u32 {
        match self {
            Unit::Seconds => u32::MAX,
            Unit::Minutes => 525_960_000,
            Unit::Hours => 8_766_000,
            Unit::Days => 365_250,
            Unit::Weeks => 52_178,
            Unit::Months => 12_000,
            Unit::Years => 1000,
        }
    }
}

/// A length of time: `45 days`, `1 month`. It has no fixed number of milliseconds: see
/// [`Calendar::end_of`](super::Calendar::end_of).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Length {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Length {
    /// How many days of the office's calendar it has, if that is the same wherever it begins.
    pub fn days(self) -> Option<i64> {
        match self.unit {
            Unit::Days => Some(i64::from(self.count)),
            Unit::Weeks => Some(i64::from(self.count) * 7),
            _ => None,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.count {
            1 => self.unit.singular(),
            _ => self.unit.plural(),
        };
        write!(f, "{} {unit}", self.count)
    }
}

impl FromStr for Length {
    type Err = LengthError;

    /// Reads a whole number, one space and a unit, singular or plural: `1 month`, `45 days`.
    fn from_str(text: &str) -> Result<Length, LengthError> {
        read(text).map_err(|fault| LengthError {
            text: text.into(),
            fault,
        })
    }
}

fn read(text: &str) -> Result<Length, LengthFault> {
    let (number, word) = text.split_once(' ').ok_or(LengthFault::NotALength)?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(LengthFault::NotALength);
    }
    let unit = Unit::named(word).ok_or_else(|| {
        let names = Unit::ALL
            .into_iter()
            .flat_map(|unit| [unit.singular(), unit.plural()]);
        LengthFault::UnknownUnit {
            word: word.into(),
            nearest: nearest(word, names).and_then(Unit::named),
        }
    })?;
    // All digits: it fails only if it is too large.
    let count = number.parse().map_err(|_| LengthFault::TooLong)?;
    if count > unit.most() {
        return Err(LengthFault::TooLong);
    }
    Ok(Length { count, unit })
}

/// What is wrong with a length.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LengthFault {
    /// The text is not a whole number, a space and a word.
    NotALength,
    /// The word is no unit of time.
    UnknownUnit {
        /// The word.
        word: Box<str>,
        /// The unit that is nearest to it, if one is near.
        nearest: Option<Unit>,
    },
    /// The length is more than 1000 years, or more seconds than 2^32 - 1.
    TooLong,
}

/// A text that is no length of time, with what is wrong and what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LengthError {
    /// What was written.
    pub text: Box<str>,
    /// What is wrong with it.
    pub fault: LengthFault,
}

impl LengthError {
    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        match &self.fault {
            LengthFault::NotALength => format!("`{}` is not a length of time", self.text),
            LengthFault::UnknownUnit { word, .. } => format!("`{word}` is not a unit of time"),
            LengthFault::TooLong => format!("`{}` is too long", self.text),
        }
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        match &self.fault {
            LengthFault::UnknownUnit {
                nearest: Some(unit),
                ..
            } => format!("did you mean `{}`?", unit.plural()),
            LengthFault::UnknownUnit { nearest: None, .. } => {
                let names = Unit::ALL.map(Unit::plural).join(", ");
                format!("the units are {names}")
            }
            LengthFault::NotALength => {
                "write a whole number, a space and a unit, as in `45 days` or `1 month`".into()
            }
            LengthFault::TooLong => "lengths go up to 1000 years, or 4294967295 seconds".into(),
        }
    }
}

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.sentence(), self.help())
    }
}

impl std::error::Error for LengthError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> LengthFault {
        text.parse::<Length>().unwrap_err().fault
    }

    #[test]
    fn lengths_are_written_as_they_are_read() {
        for text in [
            "1 month",
            "45 days",
            "2 hours",
            "90 minutes",
            "1 week",
            "10 seconds",
            "1000 years",
            "0 days",
        ] {
            assert_eq!(text.parse::<Length>().unwrap().to_string(), text);
        }
        let length: Length = "1 months".parse().unwrap();
        assert_eq!((length.count, length.unit), (1, Unit::Months));
        assert_eq!(length.to_string(), "1 month");
        assert_eq!("3 day".parse::<Length>().unwrap().to_string(), "3 days");
    }

    #[test]
    fn a_misspelt_unit_gets_the_nearest() {
        for (text, unit) in [
            ("3 dyas", Some(Unit::Days)),
            ("3 Months", Some(Unit::Months)),
            ("1 moth", Some(Unit::Months)),
            ("1 minuts", Some(Unit::Minutes)),
            ("3 visits", None),
            ("3 个月", None),
            ("3  days", Some(Unit::Days)),
        ] {
            let LengthFault::UnknownUnit { nearest, .. } = fault(text) else {
                panic!("{text}");
            };
            assert_eq!(nearest, unit, "{text}");
        }
        assert_eq!(
            "3 dyas".parse::<Length>().unwrap_err().to_string(),
            "`dyas` is not a unit of time\nhelp: did you mean `days`?"
        );
    }

    #[test]
    fn what_is_not_a_number_and_a_unit_is_no_length() {
        for text in [
            "",
            "month",
            "45",
            "1.5 months",
            "-1 day",
            "+1 day",
            "45days",
            "１ day",
            " 1 day",
        ] {
            assert_eq!(fault(text), LengthFault::NotALength, "{text}");
        }
    }

    #[test]
    fn nobody_waits_a_thousand_years() {
        assert_eq!(fault("1001 years"), LengthFault::TooLong);
        assert_eq!(fault("99999999999999999999 days"), LengthFault::TooLong);
        assert_eq!(fault("4294967296 seconds"), LengthFault::TooLong);
    }
}
