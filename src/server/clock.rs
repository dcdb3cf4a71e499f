//! The clock of the edge: the only look at the time of day that an entry is stamped with.

use std::time::SystemTime;

/// Gives milliseconds since 1970-01-01T00:00:00Z.
pub type Clock = fn() -> i64;

/// The machine's clock. One that stands before 1970 counts as 1970: an entry is never before the one above it anyway.
#[expect(
    clippy::disallowed_methods,
    reason = "the running office stamps what is recorded; nothing decides by this clock, only by the stamp"
)]
pub fn system() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
