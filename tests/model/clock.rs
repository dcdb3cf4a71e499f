//! The office's clock: local moments of Asia/Shanghai, which has kept UTC+8 without summer time throughout the years used.

use chrono::{Months, NaiveDate, NaiveDateTime, NaiveTime};

/// A local moment of the office, to the millisecond.
pub type Moment = NaiveDateTime;

/// Reads `at`: local time, with nothing or `+08:00` behind it.
pub fn parse(text: &str) -> Moment {
    let local = text.strip_suffix("+08:00").unwrap_or(text);
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| Moment::parse_from_str(local, form).ok())
        .unwrap_or_else(|| panic!("not a local time of the office: {text}"))
}

/// Writes a moment with the office's offset and milliseconds.
pub fn print(moment: Moment) -> String {
    moment.format("%Y-%m-%dT%H:%M:%S%.3f+08:00").to_string()
}

/// 00:00 of a day.
pub fn midnight(day: NaiveDate) -> Moment {
    day.and_time(NaiveTime::MIN)
}

/// R. One month: the first instant outside a window that opened on `day`. The same day number
/// a month later (clamped to the month's last day) is still inside, so this is 00:00 of the day after.
pub fn month_after(day: NaiveDate) -> Moment {
    let last = day
        .checked_add_months(Months::new(1))
        .and_then(|last| last.succ_opt())
        .expect("a date within the calendar");
    midnight(last)
}
