//! Values of settings from their text: numbers with units, words, addresses, offices.

use super::OfficeSettings;
use super::rows::Holds;
use crate::base::names::nearest;
use std::net::SocketAddr;
use std::time::Duration;

/// What a setting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A path or a word.
    Text(String),
    /// An address.
    Address(SocketAddr),
    /// Yes or no.
    Flag(bool),
    /// A count, or bytes.
    Number(u64),
    /// A length of time.
    Span(Duration),
    /// Offices; how their approvals are recorded is said elsewhere.
    Offices(Vec<(String, String)>),
}

/// A value that cannot be taken: why, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    pub said: String,
    pub help: String,
    /// Whether the word is unknown, rather than the figure unreadable.
    pub is_word: bool,
}

impl Bad {
    fn figure(said: String, help: impl Into<String>) -> Bad {
        let help = help.into();
        Bad {
            said,
            help,
            is_word: false,
        }
    }
}

/// Units of bytes, and how many each is.
const BYTES: &[(&str, u64)] = &[
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

/// Units of time, in milliseconds.
const SPANS: &[(&str, u64)] = &[
    ("ms", 1),
    ("s", 1_000),
    ("min", 60_000),
    ("m", 60_000),
    ("h", 3_600_000),
];

/// Reads a value.
pub fn parse(holds: &Holds, text: &str) -> Result<Setting, Bad> {
    match holds {
        Holds::Path if text.is_empty() => Err(Bad::figure("it is empty".into(), "write a path")),
        Holds::Path => Ok(Setting::Text(text.into())),
        Holds::Address => address(text).map(Setting::Address),
        Holds::Flag => match text {
            "true" => Ok(Setting::Flag(true)),
            "false" => Ok(Setting::Flag(false)),
            _ => Err(Bad::figure(
                format!("`{text}` is neither yes nor no"),
                "write `true` or `false`",
            )),
        },
        Holds::Word(words) => word(words, text),
        Holds::Count(range) => {
            let number = text.parse().map_err(|_| {
                Bad::figure(
                    format!("`{text}` is not a whole number"),
                    "write digits only",
                )
            })?;
            within(
                number,
                range.contains(&number),
                &format!("{} to {}", range.start(), range.end()),
            )
            .map(Setting::Number)
        }
        Holds::Bytes(range) => {
            let number = figure(text, BYTES, "4MiB")?;
            let limits = format!(
                "{} to {}",
                show_bytes(*range.start()),
                show_bytes(*range.end())
            );
            within(number, range.contains(&number), &limits).map(Setting::Number)
        }
        Holds::Span(range) => {
            let span = Duration::from_millis(figure(text, SPANS, "10s")?);
            let limits = format!(
                "{} to {}",
                show_span(*range.start()),
                show_span(*range.end())
            );
            within(span, range.contains(&span), &limits).map(Setting::Span)
        }
        Holds::Offices => offices(text).map(Setting::Offices),
    }
}

fn within<T>(value: T, is_within: bool, limits: &str) -> Result<T, Bad> {
    if is_within {
        return Ok(value);
    }
    Err(Bad::figure(
        "it is out of its limits".into(),
        format!("it goes from {limits}"),
    ))
}

fn word(words: &[&str], text: &str) -> Result<Setting, Bad> {
    if words.contains(&text) {
        return Ok(Setting::Text(text.into()));
    }
    let help = match nearest(text, words.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("it is one of {}", words.join(", ")),
    };
    Err(Bad {
        said: format!("`{text}` is not one of its words"),
        help,
        is_word: true,
    })
}

fn address(text: &str) -> Result<SocketAddr, Bad> {
    let numeric = text.replacen("localhost:", "127.0.0.1:", 1);
    numeric.parse().map_err(|_| {
        Bad::figure(
            format!("`{text}` is not an address with a port"),
            "write it as in `127.0.0.1:8080` or `[::1]:8080`",
        )
    })
}

/// A whole number with its unit.
fn figure(text: &str, units: &[(&str, u64)], example: &str) -> Result<u64, Bad> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = (&text[..end], text[end..].trim_start());
    let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
    let wrong = || {
        Bad::figure(
            format!("`{text}` is not a whole number with its unit"),
            format!(
                "write it as in `{example}`; the units are {}",
                names.join(", ")
            ),
        )
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let (_, times) = units
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(wrong)?;
    number.checked_mul(*times).ok_or_else(wrong)
}

/// Offices, separated by commas, each `NAME` or `NAME=POLICY`.
fn offices(text: &str) -> Result<Vec<(String, String)>, Bad> {
    let mut offices: Vec<(String, String)> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let (name, policy) = part.split_once('=').unwrap_or((part, part));
        office_name(name).map_err(|said| Bad::figure(said, "write `NAME` or `NAME=POLICY`"))?;
        if policy.is_empty() {
            let said = format!("the office `{name}` has an empty policy");
            return Err(Bad::figure(said, "write `NAME` or `NAME=POLICY`"));
        }
        if offices.iter().any(|(other, _)| other == name) {
            let said = format!("the office `{name}` is named twice");
            return Err(Bad::figure(said, "name each office once"));
        }
        offices.push((name.into(), policy.into()));
    }
    Ok(offices)
}

/// The longest name of an office.
const LONGEST_NAME: usize = 64;

/// A name of an office stands in addresses, file names and metrics, so it is plain.
pub fn office_name(name: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let begins = name
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    if begins && name.len() <= LONGEST_NAME && name.bytes().all(is_plain) {
        return Ok(());
    }
    Err(format!(
        "`{name}` is no name of an office: up to {LONGEST_NAME} ASCII letters, digits, `-` and `_`, first a letter or digit"
    ))
}

/// A number of bytes with the largest unit that says it whole.
pub fn show_bytes(number: u64) -> String {
    let unit = [("GiB", 30), ("MiB", 20), ("KiB", 10)]
        .into_iter()
        .find(|(_, bits)| number != 0 && number.trailing_zeros() >= *bits);
    match unit {
        Some((name, bits)) => format!("{}{name}", number >> bits),
        None => format!("{number}B"),
    }
}

/// A length of time with the largest unit that says it whole.
pub fn show_span(span: Duration) -> String {
    match span.as_millis() {
        ms if ms % 1_000 == 0 => format!("{}s", ms / 1_000),
        ms => format!("{ms}ms"),
    }
}

/// A value as it is shown, and can be written again.
pub fn show(holds: &Holds, value: &Setting) -> String {
    match value {
        Setting::Text(text) => text.clone(),
        Setting::Address(address) => address.to_string(),
        Setting::Flag(flag) => flag.to_string(),
        Setting::Number(number) if matches!(holds, Holds::Bytes(_)) => show_bytes(*number),
        Setting::Number(number) => number.to_string(),
        Setting::Span(span) => show_span(*span),
        Setting::Offices(offices) => {
            let each = offices
                .iter()
                .map(|(name, policy)| format!("{name}={policy}"));
            each.collect::<Vec<_>>().join(",")
        }
    }
}

/// Offices with how their approvals are recorded.
pub fn with_approvals(
    offices: &[(String, String)],
    approvals: &dyn Fn(&str) -> super::Approvals,
) -> Vec<OfficeSettings> {
    let each = offices.iter().map(|(name, policy)| OfficeSettings {
        name: name.clone(),
        policy: policy.clone(),
        approvals: approvals(name),
    });
    each.collect()
}
