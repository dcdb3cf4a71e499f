//! Times as text: RFC 3339 for files and programs, a short form for people.

use super::calendar::Calendar;
use super::civil::{DAY_MS, civil_from_days};
use super::point::Instant;
use std::fmt;

const MINUTE: i64 = 60_000;

/// The shape in which a time is written.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// `2024-03-01T09:00:00.000+08:00`.
    Full,
    /// `2024-03-01 09:00`, with seconds and milliseconds only if there are any.
    Short,
}

/// An instant on its way into text; see [`Calendar::format`] and [`Calendar::format_short`].
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// Milliseconds of the office's local time, as if the zone were UTC.
    local: i64,
    /// Minutes that local time is ahead of UTC.
    offset: i64,
    shape: Shape,
}

impl Calendar {
    /// An instant in the office's time as RFC 3339 with milliseconds and offset:
    /// `2024-03-01T09:00:00.000+08:00`. Reading it back gives the same instant.
    ///
    /// Offsets of the distant past that are no whole minutes are rounded down to one.
    #[inline]
    pub fn format(&self, at: Instant) -> Written {
        Written::new(self, at, Shape::Full)
    }

    /// An instant in the office's time for people: `2024-03-01 09:00`, with seconds and
    /// milliseconds only if they are not zero.
    #[inline]
    pub fn format_short(&self, at: Instant) -> Written {
        Written::new(self, at, Shape::Short)
    }

    /// Writes an instant as [`Calendar::format`] does; allocates nothing.
    #[inline]
    pub fn write(&self, at: Instant, out: &mut impl fmt::Write) -> fmt::Result {
        let mut buffer = [0; LONGEST];
        out.write_str(self.format(at).fill(&mut buffer)?)
    }
}

/// Bytes in the longest shape.
const LONGEST: usize = 29;

impl Written {
    #[inline]
    fn new(calendar: &Calendar, at: Instant, shape: Shape) -> Written {
        let offset = calendar.zone.offset_at(at.millis()).div_euclid(MINUTE);
        let local = at.millis() + offset * MINUTE;
        Written {
            local,
            offset,
            shape,
        }
    }

    /// Writes the text into a buffer and gives the part that was used.
    fn fill(self, buffer: &mut [u8; LONGEST]) -> Result<&str, fmt::Error> {
        let days = self.local.div_euclid(DAY_MS) as i32;
        let of_day = self.local.rem_euclid(DAY_MS) as u32;
        let (year, month, day) = civil_from_days(days);
        let (minutes, millis) = (of_day / 60_000, of_day % 60_000);
        *buffer = *b"0000-00-00T00:00:00.000+00:00";
        put(buffer, 0, year as u32 / 100);
        put(buffer, 2, year as u32 % 100);
        put(buffer, 5, u32::from(month));
        put(buffer, 8, u32::from(day));
        put(buffer, 11, minutes / 60);
        put(buffer, 14, minutes % 60);
        put(buffer, 17, millis / 1000);
        put(buffer, 20, millis % 1000 / 10);
        buffer[22] = b'0' + (millis % 10) as u8;
        let used = match self.shape {
            Shape::Full => {
                let ahead = self.offset.unsigned_abs() as u32;
                buffer[23] = if self.offset < 0 { b'-' } else { b'+' };
                put(buffer, 24, ahead / 60);
                put(buffer, 27, ahead % 60);
                LONGEST
            }
            Shape::Short => {
                buffer[10] = b' ';
                match millis {
                    0 => 16,
                    _ if millis % 1000 == 0 => 19,
                    _ => 23,
                }
            }
        };
        std::str::from_utf8(&buffer[..used]).map_err(|_| fmt::Error)
    }
}

/// Writes a number below 100 as two digits.
#[inline]
fn put(buffer: &mut [u8; LONGEST], at: usize, number: u32) {
    buffer[at] = b'0' + (number / 10) as u8;
    buffer[at + 1] = b'0' + (number % 10) as u8;
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = [0; LONGEST];
        f.pad(self.fill(&mut buffer)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(zone: &str) -> Calendar {
        Calendar::new(zone, 0).unwrap()
    }

    #[test]
    fn an_instant_is_written_in_the_time_of_the_office() {
        let at = office("UTC").parse("2024-03-01T01:02:03.045Z").unwrap();
        for (zone, text) in [
            ("Asia/Shanghai", "2024-03-01T09:02:03.045+08:00"),
            ("America/New_York", "2024-02-29T20:02:03.045-05:00"),
            ("Asia/Kathmandu", "2024-03-01T06:47:03.045+05:45"),
            ("America/St_Johns", "2024-02-29T21:32:03.045-03:30"),
            ("UTC", "2024-03-01T01:02:03.045+00:00"),
        ] {
            let office = office(zone);
            assert_eq!(office.format(at).to_string(), text);
            let mut line = String::from("at ");
            office.write(at, &mut line).unwrap();
            assert_eq!(line, format!("at {text}"));
            assert_eq!(office.parse(text), Ok(at));
        }
    }

    #[test]
    fn people_see_seconds_only_if_there_are_any() {
        let office = office("Asia/Shanghai");
        for text in [
            "2024-03-01 09:00",
            "2024-03-01 09:00:01",
            "2024-03-01 09:00:00.001",
            "2024-03-01 23:59:59.999",
        ] {
            let at = office.parse(text).unwrap();
            assert_eq!(office.format_short(at).to_string(), text);
        }
        let at = office.parse("2024-03-01 09:00").unwrap();
        assert_eq!(
            format!("{:>18}|", office.format_short(at)),
            "  2024-03-01 09:00|"
        );
    }

    #[test]
    fn what_is_written_is_read_back_to_the_millisecond() {
        for zone in [
            "Asia/Shanghai",
            "Africa/Monrovia",
            "Europe/Amsterdam",
            "America/St_Johns",
        ] {
            let office = office(zone);
            let mut millis = Instant::MIN.millis();
            while let Some(at) = Instant::from_millis(millis) {
                let text = office.format(at).to_string();
                assert_eq!(office.parse(&text), Ok(at), "{zone} {text}");
                millis += 25_000_000_007;
            }
            for at in [Instant::MIN, Instant::MAX] {
                assert_eq!(office.parse(&office.format(at).to_string()), Ok(at));
            }
        }
    }
}
