//! Where windows begin and end: a length from an instant on, or back from it, by the calendar.

use super::calendar::Calendar;
use super::civil::{days_from_civil, month_len};
use super::length::{Length, Unit};
use super::point::{Day, Instant};

/// Whether the day on which a window is anchored counts as one of its days.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FirstDay {
    /// It is not counted: the next day is day 1.
    Day0,
    /// It is counted: it is day 1.
    Day1,
}

/// Whether the last day of a count of days lies inside the window.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LastDay {
    /// It lies inside, to its last millisecond.
    Included,
    /// The window ends where that day begins.
    Excluded,
}

/// How a window counts days. Windows of hours, minutes and seconds ignore it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SpanRule {
    /// Whether the day of the anchor counts.
    pub first_day: FirstDay,
    /// Whether the last day lies inside.
    pub last_day: LastDay,
}

impl Calendar {
    /// Where a window that opens at `start` ends: the first instant outside it, and whether a
    /// month was too short and its last day was taken.
    ///
    /// Seconds, minutes and hours are exact. Days, weeks, months and years count business days of
    /// the office: the last day is so many days after the day of `start`, or the same day number
    /// so many months later (the last day of a month that is too short; that is said); with
    /// [`FirstDay::Day1`] one day earlier. The end never lies before `start`, and not after
    /// [`Instant::MAX`].
    pub fn end_of(&self, start: Instant, length: Length, rule: SpanRule) -> (Instant, bool) {
        let steps = match steps_of(length) {
            Steps::Millis(millis) => return (Instant::clamped(start.millis() + millis), false),
            steps => steps,
        };
        let (last, clamped) = step(self.day_of(start), steps, 1);
        let counted = i64::from(rule.first_day == FirstDay::Day1);
        let inside = i64::from(rule.last_day == LastDay::Included);
        let end = self.start_of(last.plus(inside - counted));
        (end.max(start), clamped)
    }

    /// Where a window that looks back from `end` begins: the first instant inside it, and whether
    /// a month was too short and its last day was taken.
    ///
    /// The mirror image of [`Calendar::end_of`]: `first_day` says whether the day of `end` counts,
    /// `last_day` whether the day farthest from it lies inside. The beginning never lies after
    /// `end`, and not before [`Instant::MIN`].
    pub fn begin_of(&self, end: Instant, length: Length, rule: SpanRule) -> (Instant, bool) {
        let steps = match steps_of(length) {
            Steps::Millis(millis) => return (Instant::clamped(end.millis() - millis), false),
            steps => steps,
        };
        let (far, clamped) = step(self.day_of(end), steps, -1);
        let counted = i64::from(rule.first_day == FirstDay::Day1);
        let outside = i64::from(rule.last_day == LastDay::Excluded);
        let begin = self.start_of(far.plus(counted + outside));
        (begin.min(end), clamped)
    }
}

/// A length in the terms in which it is added.
enum Steps {
    Millis(i64),
    Days(i64),
    Months(i64),
}

fn steps_of(length: Length) -> Steps {
    let count = i64::from(length.count);
    match length.unit {
        Unit::Seconds => Steps::Millis(count * 1000),
        Unit::Minutes => Steps::Millis(count * 60_000),
        Unit::Hours => Steps::Millis(count * 3_600_000),
        Unit::Days => Steps::Days(count),
        Unit::Weeks => Steps::Days(count * 7),
        Unit::Months => Steps::Months(count),
        Unit::Years => Steps::Months(count * 12),
    }
}

/// The day that lies so many steps after a day (`direction` 1) or before it (-1), and whether its
/// month was too short.
fn step(day: Day, steps: Steps, direction: i64) -> (Day, bool) {
    match steps {
        Steps::Days(count) => (day.plus(count * direction), false),
        Steps::Months(count) => step_months(day, count * direction),
        Steps::Millis(_) => unreachable!("milliseconds are added without a calendar"),
    }
}

fn step_months(day: Day, months: i64) -> (Day, bool) {
    let (year, month, number) = day.ymd();
    let target = i64::from(year) * 12 + i64::from(month) - 1 + months;
    let (year, month) = (target.div_euclid(12), target.rem_euclid(12) as u8 + 1);
    if year < 1900 {
        return (Day::MIN, false);
    }
    if year > 9999 {
        return (Day::MAX, false);
    }
    let year = year as i32;
    let len = month_len(year, month);
    let days = days_from_civil(year, month, number.min(len));
    (Day::clamped(i64::from(days)), number > len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOOK: SpanRule = rule(FirstDay::Day0, LastDay::Included);

    const fn rule(first_day: FirstDay, last_day: LastDay) -> SpanRule {
        SpanRule {
            first_day,
            last_day,
        }
    }

    fn shanghai() -> Calendar {
        Calendar::new("Asia/Shanghai", 0).unwrap()
    }

    /// The end as people write it, with `!` after it if a month was too short.
    fn end(office: &Calendar, start: &str, length: &str, rule: SpanRule) -> String {
        let start = office.parse(start).unwrap();
        shown(office, office.end_of(start, length.parse().unwrap(), rule))
    }

    fn begin(office: &Calendar, end: &str, length: &str, rule: SpanRule) -> String {
        let end = office.parse(end).unwrap();
        shown(office, office.begin_of(end, length.parse().unwrap(), rule))
    }

    fn shown(office: &Calendar, (at, clamped): (Instant, bool)) -> String {
        let mark = if clamped { "!" } else { "" };
        format!("{}{mark}", office.format_short(at))
    }

    #[test]
    fn a_month_ends_after_the_same_day_number_or_the_last_day_of_the_month() {
        for (start, length, expected) in [
            ("2024-01-15 10:30", "1 month", "2024-02-16 00:00"),
            ("2024-01-31 10:30", "1 month", "2024-03-01 00:00!"),
            ("2023-01-31 10:30", "1 month", "2023-03-01 00:00!"),
            ("2024-01-29 00:00", "1 month", "2024-03-01 00:00"),
            ("2023-01-29 00:00", "1 month", "2023-03-01 00:00!"),
            ("2024-02-29 23:59", "1 month", "2024-03-30 00:00"),
            ("2024-02-29 12:00", "1 year", "2025-03-01 00:00!"),
            ("2024-02-29 12:00", "4 years", "2028-03-01 00:00"),
            ("2023-12-10 12:00", "1 month", "2024-01-11 00:00"),
            ("2023-12-31 12:00", "2 months", "2024-03-01 00:00!"),
            ("2023-12-31 12:00", "1 month", "2024-02-01 00:00"),
            ("2024-03-31 12:00", "1 month", "2024-05-01 00:00!"),
            ("2024-05-31 12:00", "0 months", "2024-06-01 00:00"),
        ] {
            assert_eq!(
                end(&shanghai(), start, length, BOOK),
                expected,
                "{start} {length}"
            );
        }
    }

    #[test]
    fn the_rule_says_which_days_count() {
        let office = shanghai();
        for (first_day, last_day, month, days) in [
            (
                FirstDay::Day0,
                LastDay::Included,
                "2024-04-16 00:00",
                "2024-03-19 00:00",
            ),
            (
                FirstDay::Day0,
                LastDay::Excluded,
                "2024-04-15 00:00",
                "2024-03-18 00:00",
            ),
            (
                FirstDay::Day1,
                LastDay::Included,
                "2024-04-15 00:00",
                "2024-03-18 00:00",
            ),
            (
                FirstDay::Day1,
                LastDay::Excluded,
                "2024-04-14 00:00",
                "2024-03-17 00:00",
            ),
        ] {
            let rule = rule(first_day, last_day);
            assert_eq!(end(&office, "2024-03-15 09:00", "1 month", rule), month);
            assert_eq!(end(&office, "2024-03-15 09:00", "3 days", rule), days);
        }
        let first_counts = rule(FirstDay::Day1, LastDay::Included);
        assert_eq!(
            end(&office, "2024-03-15 09:00", "1 day", first_counts),
            "2024-03-16 00:00"
        );
        assert_eq!(
            end(&office, "2024-03-15 09:00", "1 week", first_counts),
            "2024-03-22 00:00"
        );
        assert_eq!(
            end(&office, "2024-01-31 09:00", "1 month", first_counts),
            "2024-02-29 00:00!"
        );
    }

    #[test]
    fn a_window_never_ends_before_it_starts() {
        let office = shanghai();
        let narrow = rule(FirstDay::Day1, LastDay::Excluded);
        for length in ["0 days", "1 day", "0 seconds"] {
            assert_eq!(
                end(&office, "2024-03-15 09:00", length, narrow),
                "2024-03-15 09:00"
            );
        }
        assert_eq!(
            begin(&office, "2024-03-15 09:00", "0 days", narrow),
            "2024-03-15 09:00"
        );
    }

    #[test]
    fn hours_minutes_and_seconds_are_exact() {
        let office = Calendar::new("America/New_York", 4 * 3_600_000).unwrap();
        for rule in [BOOK, rule(FirstDay::Day1, LastDay::Excluded)] {
            assert_eq!(
                end(&office, "2024-03-10 01:30", "2 hours", rule),
                "2024-03-10 04:30"
            );
            assert_eq!(
                end(&office, "2024-11-03 00:30", "2 hours", rule),
                "2024-11-03 01:30"
            );
            assert_eq!(
                end(&office, "2024-02-28 23:00", "90 minutes", rule),
                "2024-02-29 00:30"
            );
            assert_eq!(
                end(&office, "2024-02-28 23:59:59", "1 second", rule),
                "2024-02-29 00:00"
            );
            assert_eq!(
                begin(&office, "2024-03-10 04:30", "2 hours", rule),
                "2024-03-10 01:30"
            );
        }
    }

    #[test]
    fn days_are_calendar_days_even_if_they_have_23_or_25_hours() {
        let office = Calendar::new("America/New_York", 0).unwrap();
        assert_eq!(
            end(&office, "2024-03-09 12:00", "1 day", BOOK),
            "2024-03-11 00:00"
        );
        assert_eq!(
            end(&office, "2024-11-02 12:00", "1 day", BOOK),
            "2024-11-04 00:00"
        );
        let start = office.parse("2024-03-10 00:00").unwrap();
        let one = "0 days".parse().unwrap();
        let hours = |start: Instant| {
            (office.end_of(start, one, BOOK).0.millis() - start.millis()) / 3_600_000
        };
        assert_eq!(hours(start), 23);
        assert_eq!(hours(office.parse("2024-11-03 00:00").unwrap()), 25);
        // 00:00 of that day is skipped: the window ends at the first instant after the gap.
        let office = Calendar::new("America/Sao_Paulo", 0).unwrap();
        assert_eq!(
            end(&office, "2018-11-02 12:00", "1 day", BOOK),
            "2018-11-04 01:00"
        );
    }

    #[test]
    fn business_days_end_at_their_own_hour() {
        let office = Calendar::new("Asia/Shanghai", 4 * 3_600_000).unwrap();
        assert_eq!(
            end(&office, "2024-03-01 03:59", "1 month", BOOK),
            "2024-03-30 04:00"
        );
        assert_eq!(
            end(&office, "2024-03-01 04:00", "1 month", BOOK),
            "2024-04-02 04:00"
        );
        assert_eq!(
            end(&office, "2024-02-01 03:00", "1 month", BOOK),
            "2024-03-01 04:00!"
        );
        assert_eq!(
            begin(&office, "2024-03-01 03:59", "1 day", BOOK),
            "2024-02-28 04:00"
        );
    }

    #[test]
    fn looking_back_is_the_mirror_image() {
        let office = shanghai();
        for (end, length, expected) in [
            ("2024-03-15 09:00", "1 month", "2024-02-15 00:00"),
            ("2024-03-31 09:00", "1 month", "2024-02-29 00:00!"),
            ("2024-02-29 09:00", "1 year", "2023-02-28 00:00!"),
            ("2024-01-05 09:00", "1 month", "2023-12-05 00:00"),
            ("2024-03-01 00:00", "1 day", "2024-02-29 00:00"),
            ("2024-03-08 09:00", "1 week", "2024-03-01 00:00"),
        ] {
            assert_eq!(
                begin(&office, end, length, BOOK),
                expected,
                "{end} {length}"
            );
        }
        let narrow = rule(FirstDay::Day1, LastDay::Excluded);
        assert_eq!(
            begin(&office, "2024-03-15 09:00", "3 days", narrow),
            "2024-03-14 00:00"
        );
        let counted = rule(FirstDay::Day1, LastDay::Included);
        assert_eq!(
            begin(&office, "2024-03-15 09:00", "3 days", counted),
            "2024-03-13 00:00"
        );
    }

    #[test]
    fn the_ends_of_the_range_hold() {
        let office = shanghai();
        for unit in Unit::ALL {
            let length = Length {
                count: u32::MAX,
                unit,
            };
            if unit != Unit::Seconds {
                assert!(office.end_of(Instant::MAX, length, BOOK).0 <= Instant::MAX);
                assert_eq!(office.begin_of(Instant::MIN, length, BOOK).0, Instant::MIN);
            }
            assert!(office.end_of(Instant::MIN, length, BOOK).0 > Instant::MIN);
        }
    }

    proptest! {
        #[test]
        fn the_last_day_is_inside_and_the_day_after_is_not(
            millis in 0_i64..4_000_000_000_000,
            count in 0_u32..800,
        ) {
            let office = Calendar::new("America/New_York", 0).unwrap();
            let start = Instant::from_millis(millis).unwrap();
            let length = Length { count, unit: Unit::Days };
            let (end, clamped) = office.end_of(start, length, BOOK);
            let last = Instant::from_millis(end.millis() - 1).unwrap();
            prop_assert!(!clamped);
            prop_assert_eq!(office.day_of(last), office.day_of(start).plus(i64::from(count)));
            prop_assert_eq!(office.day_of(end), office.day_of(start).plus(i64::from(count) + 1));
            let (begin, _) = office.begin_of(last, length, BOOK);
            prop_assert_eq!(begin, office.start_of(office.day_of(start)));
        }
    }
}
