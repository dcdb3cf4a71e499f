//! The table of settings: what each is called, what it holds, its limits, and what it is when nobody says.

use std::ops::RangeInclusive;
use std::time::Duration;

/// What a setting holds.
#[derive(Clone, Debug)]
pub enum Holds {
    /// A file or folder.
    Path,
    /// An address and a port.
    Address,
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number.
    Count(RangeInclusive<u64>),
    /// A number of bytes, written with its unit.
    Bytes(RangeInclusive<u64>),
    /// A length of time, written with its unit.
    Span(RangeInclusive<Duration>),
    /// Offices, each with its policy.
    Offices,
}

/// A setting.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its key in the file; `limits.x` stands in the table `[limits]`.
    pub key: &'static str,
    /// Its flag, without the two dashes.
    pub flag: &'static str,
    /// Its variable of the environment.
    pub env: &'static str,
    /// What stands for its value in the help.
    pub value: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// What it is when nobody says; empty: it must be said, or is found out.
    pub default: &'static str,
    /// What it is for, in a sentence.
    pub text: &'static str,
}

const KIB: u64 = 1 << 10;
const GIB: u64 = 1 << 30;

const fn ms(number: u64) -> Duration {
    Duration::from_millis(number)
}

const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// Declares rows; a key, a flag and a variable follow from one another, and stand here for whoever searches.
macro_rules! rows {
    ($($key:literal, $flag:literal, $env:literal, $value:literal = $default:literal, $holds:expr, $text:literal;)+) => {
        /// Every setting, in the order in which they are shown.
        pub const ROWS: &[Row] = &[$(Row {
            key: $key, flag: $flag, env: $env, value: $value, holds: $holds, default: $default, text: $text,
        }),+];
    };
}

rows! {
    "data", "data", "PANKE_DATA", "FILE" = "", Holds::Path,
        "The data file: journal, policies that were in force, tokens. It is made if it is not there";
    "policies", "policies", "PANKE_POLICIES", "DIR" = "policies", Holds::Path,
        "The folder of policies, watched while the server runs";
    "scenarios", "scenarios", "PANKE_SCENARIOS", "DIR" = "scenarios", Holds::Path,
        "The folder of scenarios that an edited policy must pass";
    "listen", "listen", "PANKE_LISTEN", "ADDRESS" = "127.0.0.1:8080", Holds::Address,
        "The address and the port; one that others can reach needs tokens";
    "poll", "poll", "PANKE_POLL", "BOOL" = "false", Holds::Flag,
        "Look at the folders again and again, where the file system tells of no changes";
    "quiet", "quiet", "PANKE_QUIET", "TIME" = "15ms", Holds::Span(ms(1)..=seconds(60)),
        "How long nothing must have been saved before what was saved is looked at";
    "office", "office", "PANKE_OFFICE", "NAME[=POLICY]" = "", Holds::Offices,
        "An office and its policy; may be repeated [default: one for each policy folder]";
    "approvals", "approvals", "PANKE_APPROVALS", "WORD" = "desk", Holds::Word(&["desk", "own_token"]),
        "Who may record that a named person approved: a desk, or only a token of that person";
    "log", "log", "PANKE_LOG", "FORMAT" = "human", Holds::Word(&["human", "json"]),
        "How lines of the log are written";
    "level", "level", "PANKE_LEVEL", "LEVEL" = "info", Holds::Word(&["error", "warn", "info", "debug"]),
        "Which lines of the log are written";
    "limits.body", "limit-body", "PANKE_LIMIT_BODY", "BYTES" = "4MiB", Holds::Bytes(KIB..=GIB),
        "The largest body of a request";
    "limits.import", "limit-import", "PANKE_LIMIT_IMPORT", "BYTES" = "512MiB", Holds::Bytes(KIB..=64 * GIB),
        "The largest journal that can be imported";
    "limits.batch", "limit-batch", "PANKE_LIMIT_BATCH", "EVENTS" = "1000", Holds::Count(1..=100_000),
        "The most events of a batch";
    "limits.connections", "limit-connections", "PANKE_LIMIT_CONNECTIONS", "NUMBER" = "1024", Holds::Count(1..=1_000_000),
        "The most open connections";
    "limits.rate", "limit-rate", "PANKE_LIMIT_RATE", "NUMBER" = "2000", Holds::Count(1..=1_000_000),
        "The most requests a second of one token, or of one address without a token";
    "limits.streams", "limit-streams", "PANKE_LIMIT_STREAMS", "NUMBER" = "256", Holds::Count(1..=1_000_000),
        "The most open event streams";
    "limits.header_time", "limit-header-time", "PANKE_LIMIT_HEADER_TIME", "TIME" = "10s", Holds::Span(ms(50)..=seconds(600)),
        "How long the head of a request may take, from its first byte";
    "limits.body_time", "limit-body-time", "PANKE_LIMIT_BODY_TIME", "TIME" = "30s", Holds::Span(ms(50)..=seconds(600)),
        "How long a body may take before it must come at a steady pace of 64 KiB a second";
    "limits.idle_time", "limit-idle-time", "PANKE_LIMIT_IDLE_TIME", "TIME" = "75s", Holds::Span(ms(50)..=seconds(3600)),
        "How long a connection may stay open with no request";
    "limits.write_time", "limit-write-time", "PANKE_LIMIT_WRITE_TIME", "TIME" = "30s", Holds::Span(ms(50)..=seconds(600)),
        "How long a client may take none of its answer before it is dropped";
    "limits.stop_time", "limit-stop-time", "PANKE_LIMIT_STOP_TIME", "TIME" = "10s", Holds::Span(ms(50)..=seconds(600)),
        "How long requests may take to end when the server stops";
}

/// The setting of that key.
pub(super) fn row(key: &str) -> &'static Row {
    ROWS.iter()
        .find(|row| row.key == key)
        .expect("a key of the table")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_variables_follow_from_the_keys() {
        for (at, row) in ROWS.iter().enumerate() {
            let flag = row.key.replace("limits.", "limit-").replace('_', "-");
            assert_eq!(row.flag, flag);
            assert_eq!(
                row.env,
                format!("PANKE_{}", flag.replace('-', "_").to_uppercase())
            );
            assert!(ROWS[..at].iter().all(|other| other.key != row.key));
            assert!(!row.text.ends_with('.'), "{}", row.key);
        }
    }
}
