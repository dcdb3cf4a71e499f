//! The offsets of one time zone as a sorted table, read once from the zone database.

use super::point::Instant;
use crate::base::names::nearest;
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::fmt;

/// Where the table starts: 1900-01-01T00:00:00Z. Before it the first offset holds.
const FIRST: i64 = -2_208_988_800_000;
/// Where the table ends: 2101-01-01T00:00:00Z. After it the last offset holds, as in the database.
const LAST: i64 = 4_133_980_800_000;
/// No zone changes its offset twice within so many milliseconds (4 days; the database: 6.9).
const STEP: i64 = 4 * 86_400_000;
/// A bucket of the index spans 2^33 milliseconds, 99 days.
const BUCKET_BITS: u32 = 33;
/// No offset is as large as this (16 hours, in milliseconds).
const FAR: i64 = 16 * 3_600_000;

/// The time from one change of the offset to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// The first millisecond (UTC) of the span.
    pub from: i64,
    /// Milliseconds that local time is ahead of UTC.
    pub offset: i64,
}

/// What the clocks of a zone make of one local time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Local {
    /// It happens at this time (milliseconds, UTC).
    Once(i64),
    /// The clocks go forward over it, at this time.
    Skipped { at: i64 },
    /// The clocks go back over it: it happens at both times.
    Twice { first: i64, second: i64 },
}

/// One time zone: immutable, without lookups in the zone database once it is built.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    name: &'static str,
    spans: Box<[Span]>,
    /// For each bucket from `FIRST` on, the span in which it starts.
    buckets: Box<[u16]>,
}

impl Zone {
    /// The zone of that name in the IANA database, such as `Asia/Shanghai`.
    pub fn new(name: &str) -> Result<Zone, ZoneError> {
        let zone: Tz = name.parse().map_err(|_| ZoneError::new(name))?;
        let spans = spans_of(zone);
        let buckets = (0..=(LAST - FIRST) >> BUCKET_BITS)
            .map(|bucket| {
                let start = FIRST + (bucket << BUCKET_BITS);
                let index = spans.partition_point(|span| span.from <= start) - 1;
                u16::try_from(index).expect("a zone has fewer than 65536 spans")
            })
            .collect();
        Ok(Zone {
            name: zone.name(),
            spans,
            buckets,
        })
    }

    /// The zone's name in the database.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// All spans in order; the first one starts before all time.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The index of the span in which a time (milliseconds, UTC) lies.
    #[inline]
    pub fn span_at(&self, millis: i64) -> usize {
        let bucket = (millis - FIRST).max(0) >> BUCKET_BITS;
        let bucket = (bucket as usize).min(self.buckets.len() - 1);
        let mut index = usize::from(self.buckets[bucket]);
        while self.ends(index) <= millis {
            index += 1;
        }
        index
    }

    /// Milliseconds that local time is ahead of UTC at a time (milliseconds, UTC).
    #[inline]
    pub fn offset_at(&self, millis: i64) -> i64 {
        self.spans[self.span_at(millis)].offset
    }

    /// When a local time happens; `local` is in milliseconds, as if the zone were UTC.
    #[inline]
    pub fn resolve(&self, local: i64) -> Local {
        let start = self.span_at(local - FAR);
        if self.ends(start) > local + FAR {
            return Local::Once(local - self.spans[start].offset);
        }
        self.resolve_near_change(local, start)
    }

    /// The same, when the offset changes at about that time.
    #[cold]
    fn resolve_near_change(&self, local: i64, start: usize) -> Local {
        let mut found = None;
        let mut change = None;
        for (index, span) in self.spans.iter().enumerate().skip(start) {
            if span.from > local + FAR {
                break;
            }
            let at = local - span.offset;
            if span.from <= at && at < self.ends(index) {
                if let Some(first) = found {
                    return Local::Twice { first, second: at };
                }
                found = Some(at);
            }
            if at < span.from {
                change = change.or(Some(span.from));
            }
        }
        match (found, change) {
            (Some(at), _) => Local::Once(at),
            (None, Some(at)) => Local::Skipped { at },
            (None, None) => unreachable!("the last span has no end"),
        }
    }

    /// The first millisecond (UTC) after a span; the largest number for the last one.
    #[inline]
    fn ends(&self, index: usize) -> i64 {
        self.spans.get(index + 1).map_or(i64::MAX, |next| next.from)
    }
}

/// The offset of a zone in the database, in milliseconds.
fn database_offset(zone: Tz, millis: i64) -> i64 {
    let utc = DateTime::from_timestamp_millis(millis).expect("a year of four digits");
    let offset = zone.offset_from_utc_datetime(&utc.naive_utc()).fix();
    i64::from(offset.local_minus_utc()) * 1000
}

/// All spans of a zone between `FIRST` and `LAST`.
fn spans_of(zone: Tz) -> Box<[Span]> {
    let mut offset = database_offset(zone, FIRST);
    let mut spans = vec![Span {
        from: i64::MIN,
        offset,
    }];
    let mut known = FIRST;
    while known < LAST {
        let probe = known + STEP;
        let next = database_offset(zone, probe);
        if next != offset {
            let from = change_between(zone, known, probe, offset);
            spans.push(Span { from, offset: next });
            offset = next;
        }
        known = probe;
    }
    spans.into()
}

/// The first millisecond after `low` and up to `high` at which the offset is not `before`.
fn change_between(zone: Tz, mut low: i64, mut high: i64, before: i64) -> i64 {
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if database_offset(zone, middle) == before {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// A name that is no time zone, and the zone that was perhaps meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZoneError {
    /// What was written.
    pub name: String,
    /// The zone whose name is nearest, if one is near.
    pub nearest: Option<String>,
}

impl ZoneError {
    fn new(name: &str) -> ZoneError {
        let zones = || TZ_VARIANTS.iter().map(|zone| zone.name());
        let city = |zone: &&str| zone.rsplit('/').next() == Some(name);
        let same = |zone: &&str| zone.eq_ignore_ascii_case(name);
        let nearest = zones()
            .find(same)
            .or_else(|| zones().find(city))
            .or_else(|| nearest(name, zones()));
        ZoneError {
            name: name.into(),
            nearest: nearest.map(String::from),
        }
    }

    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        format!("there is no time zone `{}`", self.name)
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        match &self.nearest {
            Some(zone) => format!("did you mean `{zone}`?"),
            None => "write a name of the IANA list, as in `Asia/Shanghai`, \
                     which is the zone of all mainland China"
                .into(),
        }
    }
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.sentence(), self.help())
    }
}

impl std::error::Error for ZoneError {}

const _: () = assert!(FIRST < Instant::MIN.millis());

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    /// Zones that go wrong easily: half hours, long jumps, odd minutes, changes at midnight.
    const ODD: [&str; 16] = [
        "Africa/Casablanca",
        "Africa/Monrovia",
        "America/Havana",
        "America/New_York",
        "America/Santiago",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Antarctica/Troll",
        "Asia/Gaza",
        "Asia/Kathmandu",
        "Asia/Shanghai",
        "Asia/Tehran",
        "Australia/Lord_Howe",
        "Europe/Dublin",
        "Pacific/Apia",
        "UTC",
    ];

    #[test]
    fn the_table_agrees_with_the_database() {
        for name in ODD {
            let zone = Zone::new(name).unwrap();
            let database: Tz = name.parse().unwrap();
            let mut at = FIRST;
            while at < LAST + 400 * STEP {
                assert_eq!(
                    zone.offset_at(at),
                    database_offset(database, at),
                    "{name} {at}"
                );
                at += 17 * HOUR + 1;
            }
            for span in &zone.spans[1..] {
                for at in [span.from - 1, span.from] {
                    assert_eq!(
                        zone.offset_at(at),
                        database_offset(database, at),
                        "{name} {at}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_zone_changes_twice_within_a_step_and_no_offset_is_far() {
        for variant in TZ_VARIANTS.iter().step_by(7) {
            let zone = Zone::new(variant.name()).unwrap();
            for pair in zone.spans[1..].windows(2) {
                let apart = pair[1].from - pair[0].from;
                assert!(apart > STEP + STEP / 2, "{} {pair:?}", zone.name());
            }
            assert!(zone.spans.iter().all(|span| span.offset.abs() < FAR));
        }
    }

    #[test]
    fn every_instant_is_found_again_from_its_local_time() {
        for name in ODD {
            let zone = Zone::new(name).unwrap();
            let near = |span: &Span| {
                let from = span.from;
                (-60..60).map(move |step| from + step * HOUR / 2)
            };
            for at in zone.spans[1..].iter().flat_map(near) {
                let local = at + zone.offset_at(at);
                match zone.resolve(local) {
                    Local::Once(found) => assert_eq!(found, at, "{name}"),
                    Local::Twice { first, second } => {
                        assert!(
                            first < second && (first == at || second == at),
                            "{name} {at}"
                        );
                        assert_eq!(first + zone.offset_at(first), local);
                        assert_eq!(second + zone.offset_at(second), local);
                    }
                    Local::Skipped { .. } => panic!("{name}: {at} exists"),
                }
            }
        }
    }

    #[test]
    fn a_skipped_local_time_names_the_change_that_skips_it() {
        let zone = Zone::new("America/New_York").unwrap();
        // 2024-03-10T07:00:00Z: 02:00 becomes 03:00.
        let change = 1_710_054_000_000;
        let local = change - 5 * HOUR;
        assert_eq!(zone.resolve(local - 1), Local::Once(change - 1));
        assert_eq!(zone.resolve(local), Local::Skipped { at: change });
        assert_eq!(
            zone.resolve(local + HOUR - 1),
            Local::Skipped { at: change }
        );
        assert_eq!(zone.resolve(local + HOUR), Local::Once(change));
    }

    #[test]
    fn a_name_that_is_no_zone_gets_the_nearest() {
        let nearest = |name| Zone::new(name).unwrap_err().nearest;
        assert_eq!(nearest("Asia/Shangai").as_deref(), Some("Asia/Shanghai"));
        assert_eq!(nearest("asia/shanghai").as_deref(), Some("Asia/Shanghai"));
        assert_eq!(nearest("Shanghai").as_deref(), Some("Asia/Shanghai"));
        assert_eq!(nearest("Asia/Beijing"), None);
        let error = Zone::new("").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("help: write a name of the IANA list")
        );
    }
}
