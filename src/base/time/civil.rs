//! Arithmetic of the Gregorian calendar on plain numbers; knows no zone.

/// Milliseconds in a day of 24 hours.
pub(super) const DAY_MS: i64 = 86_400_000;

/// Days from 0000-03-01 to 1970-01-01.
const TO_EPOCH: i32 = 719_468;
/// Days in 400 years, after which the calendar repeats.
const ERA: i32 = 146_097;

/// The number of days from 1970-01-01 to a date that exists, of a year from 1 on.
pub(super) const fn days_from_civil(year: i32, month: u8, day: u8) -> i32 {
    let (month, day) = (month as i32, day as i32);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * ERA + day_of_era - TO_EPOCH
}

/// The date that lies `days` after 1970-01-01, of a year from 1 on.
///
/// Years begin in March here, so that the leap day is the last; the multiplications divide (after
/// Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms").
pub(super) const fn civil_from_days(days: i32) -> (i32, u8, u8) {
    let quarters = 4 * (days + TO_EPOCH) as u32 + 3;
    let century = quarters / ERA as u32;
    let of_century = (quarters % ERA as u32) | 3;
    let scaled = 2_939_745 * of_century as u64;
    let of_year = scaled as u32 / 2_939_745 / 4;
    let year = 100 * century + (scaled >> 32) as u32;
    let month_and_day = 2141 * of_year + 197_913;
    let (month, day) = (month_and_day >> 16, (month_and_day & 0xffff) / 2141 + 1);
    let next_year = of_year >= 306;
    let month = if next_year { month - 12 } else { month };
    (year as i32 + next_year as i32, month as u8, day as u8)
}

/// The number of days in a month: 28 to 31, or 0 when there is no such month.
pub(super) const fn month_len(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_range_survives_the_round_trip_and_follows_the_day_before() {
        let mut expected = (1899, 12, 1);
        for days in days_from_civil(1899, 12, 1)..=days_from_civil(9999, 12, 31) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!((year, month, day), expected);
            assert_eq!(days_from_civil(year, month, day), days);
            expected = if day < month_len(year, month) {
                (year, month, day + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
        }
    }

    #[test]
    fn the_epoch_is_day_zero() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(civil_from_days(-1), (1969, 12, 31));
    }

    #[test]
    fn centuries_are_leap_years_every_fourth_time() {
        assert_eq!(month_len(1900, 2), 28);
        assert_eq!(month_len(2000, 2), 29);
        assert_eq!(month_len(2023, 2), 28);
        assert_eq!(month_len(2024, 2), 29);
        assert_eq!(month_len(2024, 13), 0);
        assert_eq!(month_len(2024, 0), 0);
    }
}
