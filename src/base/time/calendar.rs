//! The calendar of an office: its zone, its business days and the periods that they make.

use super::civil::DAY_MS;
use super::point::{Day, Instant, two_digits};
use super::zone::{Local, Zone, ZoneError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A stretch of the calendar in which things are counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Period {
    /// A business day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months: January to March, and so on.
    Quarter,
    /// A calendar year.
    Year,
}

/// How one office counts days: its time zone, and when its business day ends. Immutable.
///
/// Days never run backwards: where clocks are set back over midnight, the day that has begun goes
/// on. For every instant `t` and day `d`, `day_of(t) >= d` exactly when `t >= start_of(d)`.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub(super) zone: Zone,
    /// Milliseconds after midnight at which the business day before ends.
    day_ends: i64,
    /// For each span of the zone, the number of the latest day that began before it.
    begun: Box<[i32]>,
}

impl Calendar {
    /// The calendar of an office.
    ///
    /// `zone_name` is a name of the IANA list. `day_ends` is in milliseconds after midnight, as
    /// [`parse_day_ends`] gives it: 0 for days that end at midnight, four hours for a business day
    /// that ends at 04:00.
    ///
    /// Fails if there is no such zone. Panics if `day_ends` is not within 0 to 12 hours, which is
    /// the caller's to have checked.
    pub fn new(zone_name: &str, day_ends: i64) -> Result<Calendar, ZoneError> {
        assert!((0..=DAY_MS / 2).contains(&day_ends), "day_ends: {day_ends}");
        let zone = Zone::new(zone_name)?;
        let mut latest = i32::MIN;
        let mut before: Option<i64> = None;
        let begun = zone.spans().iter().map(|span| {
            if let Some(offset) = before {
                let day = (span.from - 1 + offset - day_ends).div_euclid(DAY_MS);
                latest = latest.max(day as i32);
            }
            before = Some(span.offset);
            latest
        });
        let begun = begun.collect();
        Ok(Calendar {
            zone,
            day_ends,
            begun,
        })
    }

    /// The name of the time zone.
    pub fn zone_name(&self) -> &'static str {
        self.zone.name()
    }

    /// Milliseconds after midnight at which a business day ends.
    pub fn day_ends(&self) -> i64 {
        self.day_ends
    }

    /// The business day in which an instant lies. One that ends at 04:00 still holds 03:59 of the
    /// next date.
    #[inline]
    pub fn day_of(&self, at: Instant) -> Day {
        let span = self.zone.span_at(at.millis());
        let local = at.millis() + self.zone.spans()[span].offset;
        let day = (local - self.day_ends).div_euclid(DAY_MS);
        Day::clamped(day.max(i64::from(self.begun[span])))
    }

    /// Milliseconds from 1970-01-01T00:00 by the clock on the wall.
    pub(super) fn local_millis(&self, at: Instant) -> i64 {
        at.millis() + self.zone.offset_at(at.millis())
    }

    /// The first instant of a business day; where the clocks skip it, the first that exists.
    #[inline]
    pub fn start_of(&self, day: Day) -> Instant {
        let local = i64::from(day.number()) * DAY_MS + self.day_ends;
        let (Local::Once(at) | Local::Skipped { at } | Local::Twice { first: at, .. }) =
            self.zone.resolve(local);
        Instant::clamped(at)
    }

    /// Year and month (1 to 12) of a day.
    pub fn month_of(&self, day: Day) -> (i32, u8) {
        let (year, month, _) = day.ymd();
        (year, month)
    }

    /// Year and week (1 to 53) of a day as ISO 8601 counts them: weeks begin on Monday, and belong
    /// to the year that has their Thursday.
    pub fn week_of(&self, day: Day) -> (i32, u8) {
        let thursday = day.number() - (day.number() + 3).rem_euclid(7) + 3;
        let (year, ..) = super::civil::civil_from_days(thursday);
        let first = super::civil::days_from_civil(year, 1, 1);
        (year, ((thursday - first) / 7 + 1) as u8)
    }

    /// The last instant of the period in which an instant lies.
    pub fn last_of(&self, at: Instant, period: Period) -> Instant {
        let day = self.day_of(at);
        let (year, month, _) = day.ymd();
        let first_of = |year, month| Day::from_ymd(year, month, 1).unwrap_or(Day::MAX);
        let next = match period {
            Period::Day => day.plus(1),
            Period::Week => day.plus(i64::from(7 - (day.number() + 3).rem_euclid(7))),
            Period::Month if month == 12 => first_of(year + 1, 1),
            Period::Month => first_of(year, month + 1),
            Period::Quarter if month > 9 => first_of(year + 1, 1),
            Period::Quarter => first_of(year, (month - 1) / 3 * 3 + 4),
            Period::Year => first_of(year + 1, 1),
        };
        Instant::clamped(self.start_of(next).millis() - 1)
    }

    /// The first instant after the period in which an instant lies.
    pub fn after(&self, at: Instant, period: Period) -> Instant {
        Instant::clamped(self.last_of(at, period).millis() + 1)
    }

    /// A number that two instants share exactly when they lie in the same period; later periods
    /// have larger numbers, neighbours differ by one.
    pub fn period_of(&self, at: Instant, period: Period) -> i64 {
        let day = self.day_of(at);
        match period {
            Period::Day => i64::from(day.number()),
            Period::Week => i64::from((day.number() + 3).div_euclid(7)),
            Period::Month => {
                let (year, month, _) = day.ymd();
                i64::from(year) * 12 + i64::from(month) - 1
            }
            Period::Quarter => {
                let (year, month, _) = day.ymd();
                i64::from(year) * 4 + (i64::from(month) - 1) / 3
            }
            Period::Year => i64::from(day.ymd().0),
        }
    }
}

/// Reads when a business day ends: `24:00` (midnight), or a time up to `12:00` of the next date,
/// as in `04:00`. Gives milliseconds after midnight, for [`Calendar::new`].
pub fn parse_day_ends(text: &str) -> Result<i64, DayEndsError> {
    let error = || DayEndsError { text: text.into() };
    let [h1, h2, b':', m1, m2] = *text.as_bytes() else {
        return Err(error());
    };
    let hour = two_digits(h1, h2).ok_or_else(error)?;
    let minute = two_digits(m1, m2).ok_or_else(error)?;
    match (hour, minute) {
        (24, 0) => Ok(0),
        (0..=11, 0..=59) | (12, 0) => Ok((i64::from(hour) * 60 + i64::from(minute)) * 60_000),
        _ => Err(error()),
    }
}

/// A text that does not say when a business day ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayEndsError {
    text: Box<str>,
}

impl DayEndsError {
    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        format!("`{}` does not say when a business day ends", self.text)
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        "write `24:00` for midnight, or a time of the next date up to `12:00`, as in `04:00`".into()
    }
}

impl fmt::Display for DayEndsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.sentence(), self.help())
    }
}

impl std::error::Error for DayEndsError {}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_ends_at_midnight_of_the_office() {
        let office = Calendar::new("Asia/Shanghai", 0).unwrap();
        let last = office.parse("2024-02-29T23:59:59.999").unwrap();
        let first = Instant::from_millis(last.millis() + 1).unwrap();
        assert_eq!(office.day_of(last), day("2024-02-29"));
        assert_eq!(office.day_of(first), day("2024-03-01"));
        assert_eq!(office.start_of(day("2024-03-01")), first);
        assert_eq!(office.zone_name(), "Asia/Shanghai");
    }

    #[test]
    fn each_period_has_a_last_instant() {
        let office = Calendar::new("Asia/Shanghai", 0).unwrap();
        let at = |text| office.parse(text).unwrap();
        for (period, last) in [
            (Period::Day, "2024-02-28 23:59:59.999"),
            (Period::Week, "2024-03-03 23:59:59.999"),
            (Period::Month, "2024-02-29 23:59:59.999"),
            (Period::Quarter, "2024-03-31 23:59:59.999"),
            (Period::Year, "2024-12-31 23:59:59.999"),
        ] {
            let last = at(last);
            assert_eq!(office.last_of(at("2024-02-28 00:00"), period), last);
            assert_eq!(office.last_of(last, period), last);
            assert!(office.last_of(Instant::MAX, period) <= Instant::MAX);
        }
        let december = at("2024-12-30 12:00");
        for period in [Period::Month, Period::Quarter, Period::Year] {
            assert_eq!(
                office.last_of(december, period),
                at("2024-12-31 23:59:59.999")
            );
        }
    }

    #[test]
    fn a_business_day_that_ends_at_four_holds_the_small_hours_of_the_next_date() {
        let office = Calendar::new("Asia/Shanghai", 4 * HOUR).unwrap();
        let at = |text| office.parse(text).unwrap();
        assert_eq!(
            office.day_of(at("2024-03-01 03:59:59.999")),
            day("2024-02-29")
        );
        assert_eq!(office.day_of(at("2024-03-01 04:00")), day("2024-03-01"));
        assert_eq!(office.start_of(day("2024-03-01")), at("2024-03-01 04:00"));
        assert_eq!(office.day_ends(), 4 * HOUR);
        assert_eq!(
            office.period_of(at("2024-03-01 03:00"), Period::Month),
            office.period_of(at("2024-02-01 04:00"), Period::Month)
        );
    }

    #[test]
    fn a_day_without_midnight_starts_at_its_first_instant() {
        // In São Paulo summer time began at midnight: 00:00 became 01:00.
        let office = Calendar::new("America/Sao_Paulo", 0).unwrap();
        let start = office.start_of(day("2018-11-04"));
        assert_eq!(
            office.format(start).to_string(),
            "2018-11-04T01:00:00.000-02:00"
        );
        // Samoa had no 30 December 2011: that day is empty.
        let office = Calendar::new("Pacific/Apia", 0).unwrap();
        let missing = office.start_of(day("2011-12-30"));
        assert_eq!(missing, office.start_of(day("2011-12-31")));
        assert_eq!(office.day_of(missing), day("2011-12-31"));
    }

    #[test]
    fn a_day_that_has_begun_goes_on_when_clocks_are_set_back_over_midnight() {
        // In Newfoundland, 00:01 became 23:01 of the day before.
        let office = Calendar::new("America/St_Johns", 0).unwrap();
        let start = office.start_of(day("2010-11-07"));
        assert_eq!(
            office.format(start).to_string(),
            "2010-11-07T00:00:00.000-02:30"
        );
        for minutes in 0..120 {
            let at = Instant::from_millis(start.millis() + minutes * 60_000).unwrap();
            assert_eq!(office.day_of(at), day("2010-11-07"));
        }
    }

    #[test]
    fn days_begin_where_they_start_in_every_odd_zone() {
        let zones = [
            "America/Havana",
            "America/St_Johns",
            "Pacific/Apia",
            "Asia/Gaza",
        ];
        for (zone, ends) in zones.into_iter().zip([0, 0, HOUR, 2 * HOUR]) {
            let office = Calendar::new(zone, ends).unwrap();
            let mut before = office.start_of(day("1969-12-31"));
            for number in day("1970-01-01").number()..day("2101-01-01").number() {
                let day = Day::clamped(i64::from(number));
                let start = office.start_of(day);
                assert!(start >= before, "{zone} {day}");
                assert!(office.day_of(start) >= day, "{zone} {day}");
                let earlier = Instant::clamped(start.millis() - 1);
                assert!(office.day_of(earlier) < day, "{zone} {day}");
                before = start;
            }
        }
    }

    #[test]
    fn the_ends_of_the_range_have_days() {
        for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"] {
            for ends in [0, 12 * HOUR] {
                let office = Calendar::new(zone, ends).unwrap();
                assert_eq!(office.day_of(Instant::MIN).ymd().0, 1900);
                assert_eq!(office.day_of(Instant::MAX).ymd().0, 9999);
                assert!(office.start_of(Day::MIN) <= office.start_of(Day::MIN.plus(1)));
                assert_eq!(office.start_of(Day::MIN), Instant::MIN);
            }
        }
    }

    #[test]
    fn weeks_are_those_of_iso_8601() {
        let office = Calendar::new("UTC", 0).unwrap();
        for (text, week) in [
            ("2020-12-31", (2020, 53)),
            ("2021-01-03", (2020, 53)),
            ("2021-01-04", (2021, 1)),
            ("2024-12-30", (2025, 1)),
            ("1970-01-01", (1970, 1)),
            ("1900-01-01", (1900, 1)),
        ] {
            assert_eq!(office.week_of(day(text)), week, "{text}");
        }
        assert_eq!(office.month_of(day("2024-12-30")), (2024, 12));
    }

    #[test]
    fn periods_change_where_the_calendar_turns() {
        let office = Calendar::new("America/New_York", 0).unwrap();
        let of = |text, period| office.period_of(office.parse(text).unwrap(), period);
        for (before, after, turns) in [
            (
                "2024-03-10 23:59:59.999",
                "2024-03-11 00:00",
                vec![Period::Day, Period::Week],
            ),
            (
                "2024-02-29 23:59",
                "2024-03-01 00:00",
                vec![Period::Day, Period::Month],
            ),
            (
                "2024-03-31 23:59",
                "2024-04-01 00:00",
                vec![Period::Day, Period::Week, Period::Month, Period::Quarter],
            ),
            (
                "2024-12-31 23:59",
                "2025-01-01 00:00",
                vec![Period::Day, Period::Month, Period::Quarter, Period::Year],
            ),
            (
                "1969-12-28 23:59",
                "1969-12-29 00:00",
                vec![Period::Day, Period::Week],
            ),
        ] {
            for period in [
                Period::Day,
                Period::Week,
                Period::Month,
                Period::Quarter,
                Period::Year,
            ] {
                let turned = i64::from(turns.contains(&period));
                assert_eq!(
                    of(before, period) + turned,
                    of(after, period),
                    "{before} {period:?}"
                );
            }
        }
    }

    #[test]
    fn the_end_of_a_business_day_is_midnight_or_a_time_after_it() {
        assert_eq!(parse_day_ends("24:00"), Ok(0));
        assert_eq!(parse_day_ends("00:00"), Ok(0));
        assert_eq!(parse_day_ends("04:30"), Ok(4 * HOUR + HOUR / 2));
        assert_eq!(parse_day_ends("12:00"), Ok(12 * HOUR));
        for text in [
            "", "4:00", "12:01", "24:01", "04:60", "18:00", "0４:00", "04:00:00",
        ] {
            let error = parse_day_ends(text).unwrap_err();
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("`{text}` does not say"))
            );
        }
    }

    #[test]
    fn a_calendar_may_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Calendar>();
    }
}
