//! From what was said, where, to the settings in force: a flag goes before the environment, that before the file, and
//! that before the default. Everything that is wrong is said at once.

use super::rows::{Holds, ROWS, Row, row};
use super::values::{self, Bad, Setting};
use super::{Limits, LogFormat, LogLevel, Settings};
use crate::finding::{Code, Finding, Place, Severity, Sources};
use crate::server::access::Approvals;
use crate::syntax::{self, SettingKey, Takes, WrittenSettings};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The settings file.
    File,
    /// A variable of the environment.
    Environment,
    /// A flag.
    Flag,
}

/// What the command line or the environment says of one setting.
#[derive(Clone, Debug)]
pub struct Given {
    /// The key.
    pub key: &'static str,
    /// The value, as text.
    pub value: String,
    /// Where it was said.
    pub origin: Origin,
}

/// A setting in force, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// The settings in force, and where each comes from.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// What the server is told.
    pub settings: Settings,
    /// Each of them, in the order of the table.
    pub shown: Vec<Shown>,
}

impl Origin {
    /// In a word.
    pub const fn text(self) -> &'static str {
        match self {
            Origin::Default => "default",
            Origin::File => "file",
            Origin::Environment => "environment",
            Origin::Flag => "flag",
        }
    }
}

/// What the keys of the table take in a file.
fn keys() -> Vec<SettingKey> {
    let in_file = ROWS
        .iter()
        .filter(|row| !matches!(row.holds, Holds::Offices));
    let each = in_file.map(|row| SettingKey {
        key: row.key,
        takes: match row.holds {
            Holds::Flag => Takes::Flag,
            Holds::Count(_) => Takes::Whole,
            _ => Takes::Text,
        },
    });
    each.collect()
}

/// The settings in force, or everything that is wrong with what was said. The file, if there is one, has been added to
/// the sources under this number.
pub fn resolve(
    given: &[Given],
    file: Option<usize>,
    sources: &Sources,
) -> Result<Resolved, Vec<Finding>> {
    let mut findings = Vec::new();
    let written = match file {
        Some(file) => syntax::settings(file, &sources.files[file].text, &keys(), &mut findings),
        None => WrittenSettings::default(),
    };
    let mut chosen = Chosen::default();
    for row in ROWS {
        chosen.choose(row, given, &written, &mut findings);
    }
    let own = own_approvals(&written, &mut findings);
    if !chosen.values.contains_key("data") && findings.is_empty() {
        findings.push(no_data());
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(chosen.resolved(&own))
}

/// What the settings are when nobody says anything, with an empty path for the data.
pub(super) fn defaults() -> Settings {
    let mut chosen = Chosen::default();
    let mut findings = Vec::new();
    for row in ROWS {
        chosen.choose(row, &[], &WrittenSettings::default(), &mut findings);
    }
    assert!(findings.is_empty(), "the defaults of the table are sound");
    chosen.resolved(&BTreeMap::new()).settings
}

fn no_data() -> Finding {
    said(Code::MissingKey, "no data file is named".into()).help(
        "say `--data FILE`, or set `PANKE_DATA`, or write `data = \"FILE\"` into the settings file",
    )
}

/// A finding that has no place in a file.
fn said(code: Code, message: String) -> Finding {
    Finding {
        code,
        severity: Severity::Error,
        message,
        place: None,
        label: String::new(),
        other: None,
        help: None,
    }
}

fn bad(bad: Bad, name: &str, place: Option<Place>) -> Finding {
    let code = if bad.is_word {
        Code::UnknownWord
    } else {
        Code::BadAmount
    };
    let mut finding = said(code, format!("`{name}` cannot be taken: {}", bad.said));
    finding.label = "this value".into();
    finding.place = place;
    finding.help(bad.help)
}

/// How each office of the file has its approvals recorded.
fn own_approvals(
    written: &WrittenSettings,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, Approvals> {
    let mut own = BTreeMap::new();
    for office in &written.offices {
        if let Err(said) = values::office_name(&office.name.value) {
            let help = "rename the table".into();
            let is_word = false;
            let name = format!("office.{}", office.name.value);
            findings.push(bad(
                Bad {
                    said,
                    help,
                    is_word,
                },
                &name,
                Some(office.name.place.clone()),
            ));
        }
        let Some(text) = &office.approvals else {
            continue;
        };
        match values::parse(&row("approvals").holds, &text.value) {
            Ok(setting) => {
                own.insert(office.name.value.clone(), approvals(&setting));
            }
            Err(fault) => findings.push(bad(fault, "approvals", Some(text.place.clone()))),
        }
    }
    own
}

fn approvals(setting: &Setting) -> Approvals {
    match setting {
        Setting::Text(word) if word == "own_token" => Approvals::OwnToken,
        _ => Approvals::Desk,
    }
}

/// The values that have been chosen.
#[derive(Default)]
struct Chosen {
    values: BTreeMap<&'static str, (Setting, Origin)>,
}

impl Chosen {
    /// Takes what the flag says, or else the environment, or else the file, or else the default. What stands behind
    /// another is still read, so that no slip waits for the day on which it counts.
    fn choose(
        &mut self,
        row: &'static Row,
        given: &[Given],
        written: &WrittenSettings,
        findings: &mut Vec<Finding>,
    ) {
        let mut take =
            |text: &str, origin: Origin, name: &str, place: Option<Place>| match values::parse(
                &row.holds, text,
            ) {
                Ok(setting) => {
                    let older = self.values.get(row.key).map(|(_, origin)| *origin);
                    if older.is_none_or(|older| older <= origin) {
                        self.values.insert(row.key, (setting, origin));
                    }
                }
                Err(fault) => findings.push(bad(fault, name, place)),
            };
        if !row.default.is_empty() {
            take(row.default, Origin::Default, row.key, None);
        }
        if let Some((_, text)) = written.values.iter().find(|(key, _)| *key == row.key) {
            take(&text.value, Origin::File, row.key, Some(text.place.clone()));
        }
        for given in given.iter().filter(|given| given.key == row.key) {
            let name = match given.origin {
                Origin::Environment => row.env.to_owned(),
                _ => format!("--{}", row.flag),
            };
            take(&given.value, given.origin, &name, None);
        }
        if matches!(row.holds, Holds::Offices)
            && !written.offices.is_empty()
            && !self.values.contains_key(row.key)
        {
            let each = written.offices.iter().map(|office| {
                let policy = office.policy.as_ref().unwrap_or(&office.name);
                (office.name.value.clone(), policy.value.clone())
            });
            self.values
                .insert(row.key, (Setting::Offices(each.collect()), Origin::File));
        }
    }

    fn resolved(&self, own: &BTreeMap<String, Approvals>) -> Resolved {
        let general = approvals(self.get("approvals"));
        let of = |name: &str| own.get(name).copied().unwrap_or(general);
        let offices = match self.values.get("office") {
            Some((Setting::Offices(offices), _)) => values::with_approvals(offices, &of),
            _ => Vec::new(),
        };
        let mut shown: Vec<Shown> = ROWS.iter().map(|row| self.shown(row)).collect();
        for (name, how) in own {
            let value = if *how == Approvals::OwnToken {
                "own_token"
            } else {
                "desk"
            };
            let key = format!("office.{name}.approvals");
            shown.push(Shown {
                key,
                value: value.into(),
                origin: Origin::File,
            });
        }
        Resolved {
            settings: self.settings(general, offices),
            shown,
        }
    }

    fn settings(&self, approvals: Approvals, offices: Vec<super::OfficeSettings>) -> Settings {
        Settings {
            data: self
                .values
                .get("data")
                .map(|_| self.text("data").into())
                .unwrap_or_default(),
            policies: self.text("policies").into(),
            scenarios: self.text("scenarios").into(),
            listen: self.address("listen"),
            poll: matches!(self.get("poll"), Setting::Flag(true)),
            quiet: self.span("quiet"),
            offices,
            approvals,
            log: if self.text("log") == "json" {
                LogFormat::Json
            } else {
                LogFormat::Human
            },
            level: match self.text("level") {
                "error" => LogLevel::Error,
                "warn" => LogLevel::Warn,
                "debug" => LogLevel::Debug,
                _ => LogLevel::Info,
            },
            limits: Limits {
                body: self.number("limits.body") as usize,
                import: self.number("limits.import") as usize,
                batch: self.number("limits.batch") as usize,
                connections: self.number("limits.connections") as usize,
                rate: u32::try_from(self.number("limits.rate")).unwrap_or(u32::MAX),
                streams: self.number("limits.streams") as usize,
                header_time: self.span("limits.header_time"),
                body_time: self.span("limits.body_time"),
                idle_time: self.span("limits.idle_time"),
                write_time: self.span("limits.write_time"),
                stop_time: self.span("limits.stop_time"),
            },
        }
    }

    fn shown(&self, row: &Row) -> Shown {
        let (value, origin) = match self.values.get(row.key) {
            Some((setting, origin)) => (values::show(&row.holds, setting), *origin),
            None => ("one for each policy folder".into(), Origin::Default),
        };
        Shown {
            key: row.key.into(),
            value,
            origin,
        }
    }

    fn get(&self, key: &str) -> &Setting {
        let found = self.values.get(key);
        &found
            .expect("a setting without a default has been asked for")
            .0
    }

    fn text(&self, key: &str) -> &str {
        match self.get(key) {
            Setting::Text(text) => text,
            _ => "",
        }
    }

    fn number(&self, key: &str) -> u64 {
        match self.get(key) {
            Setting::Number(number) => *number,
            _ => 0,
        }
    }

    fn span(&self, key: &str) -> Duration {
        match self.get(key) {
            Setting::Span(span) => *span,
            _ => Duration::ZERO,
        }
    }

    fn address(&self, key: &str) -> SocketAddr {
        match self.get(key) {
            Setting::Address(address) => *address,
            _ => SocketAddr::from(([127, 0, 0, 1], 0)),
        }
    }
}
