//! The settings file of the running office: keys with their places, every slip a finding.

use super::read::{Reader, wrong_type};
use super::tree::{Entry, Text, Value, parse_file};
use crate::finding::{Finding, Place};

/// What a key of the file takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A text.
    Text,
    /// A whole number.
    Whole,
    /// `true` or `false`.
    Flag,
}

/// A key that the file may have; `limits.x` stands in the table `[limits]`.
#[derive(Clone, Copy, Debug)]
pub struct SettingKey {
    /// The key.
    pub key: &'static str,
    /// What it takes.
    pub takes: Takes,
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct WrittenSettings {
    /// Keys with their values as text, each once.
    pub values: Vec<(&'static str, Text)>,
    /// Tables `[office.NAME]`.
    pub offices: Vec<WrittenOffice>,
}

/// One `[office.NAME]`.
#[derive(Clone, Debug)]
pub struct WrittenOffice {
    /// The name.
    pub name: Text,
    /// The policy; none: that of the same name.
    pub policy: Option<Text>,
    /// How its approvals are recorded.
    pub approvals: Option<Text>,
}

/// Reads a settings file; what is wrong in form becomes findings, all at once.
pub fn settings(
    file: usize,
    text: &str,
    keys: &[SettingKey],
    findings: &mut Vec<Finding>,
) -> WrittenSettings {
    let before = findings.len();
    let table = parse_file(file, text, findings);
    let mut written = WrittenSettings::default();
    if findings.len() > before {
        // What follows from it would hide it.
        return written;
    }
    let place = Place { file, span: 0..0 };
    let mut reader = Reader::new(table, place, "a settings file".into(), findings);
    for key in keys.iter().filter(|key| !key.key.contains('.')) {
        if let Some(entry) = reader.take(key.key) {
            let value = value_of(entry, key, key.key, reader.findings());
            written.values.extend(value.map(|value| (key.key, value)));
        }
    }
    if let Some(mut limits) = reader.table("limits", "`limits`") {
        for key in keys {
            let Some(inner) = key.key.strip_prefix("limits.") else {
                continue;
            };
            if let Some(entry) = limits.take(inner) {
                let value = value_of(entry, key, inner, limits.findings());
                written.values.extend(value.map(|value| (key.key, value)));
            }
        }
        limits.finish();
    }
    let offices = reader.named_tables("office");
    reader.finish();
    written.offices = offices
        .into_iter()
        .filter_map(|entry| office(entry, findings))
        .collect();
    written
}

/// A value as text, if it is what the key takes.
fn value_of(
    entry: Entry,
    key: &SettingKey,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<Text> {
    let wanted = match key.takes {
        Takes::Text => "a text",
        Takes::Whole => "a whole number",
        Takes::Flag => "`true` or `false`",
    };
    let value = match (&entry.node.value, key.takes) {
        (Value::Text(text, _), Takes::Text) => text.clone(),
        (Value::Whole(number), Takes::Whole) => number.to_string(),
        (Value::Flag(flag), Takes::Flag) => flag.to_string(),
        _ => {
            findings.push(wrong_type(&entry.node, name, wanted));
            return None;
        }
    };
    Some(Text {
        value,
        place: entry.node.place,
        inner: None,
    })
}

fn office(entry: Entry, findings: &mut Vec<Finding>) -> Option<WrittenOffice> {
    let what = format!("the office `{}`", entry.key.value);
    let key = format!("office.{}", entry.key.value);
    let mut reader = Reader::of(entry.node, what, &key, findings)?;
    let office = WrittenOffice {
        name: entry.key,
        policy: reader.text("policy"),
        approvals: reader.text("approvals"),
    };
    reader.finish();
    Some(office)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &[SettingKey] = &[
        SettingKey {
            key: "data",
            takes: Takes::Text,
        },
        SettingKey {
            key: "poll",
            takes: Takes::Flag,
        },
        SettingKey {
            key: "limits.body",
            takes: Takes::Text,
        },
        SettingKey {
            key: "limits.batch",
            takes: Takes::Whole,
        },
    ];

    fn read(text: &str) -> (WrittenSettings, Vec<String>) {
        let mut findings = Vec::new();
        let written = settings(0, text, KEYS, &mut findings);
        let said = findings.iter().map(|finding| {
            let help = finding.help.as_deref().unwrap_or_default();
            format!("{} {} {help}", finding.code.word(), finding.message)
        });
        (written, said.collect())
    }

    #[test]
    fn keys_tables_and_offices_are_read() {
        let text = "data = \"x.db\"\npoll = true\n[limits]\nbatch = 7\n[office.a]\npolicy = \"p\"\n[office.b]\n";
        let (written, said) = read(text);
        assert_eq!(said, [] as [&str; 0]);
        let values: Vec<_> = written
            .values
            .iter()
            .map(|(key, text)| (*key, text.value.as_str()))
            .collect();
        assert_eq!(
            values,
            [("data", "x.db"), ("poll", "true"), ("limits.batch", "7")]
        );
        let policies: Vec<_> = written
            .offices
            .iter()
            .map(|office| office.policy.as_ref().map(|text| &*text.value))
            .collect();
        assert_eq!(policies, [Some("p"), None]);
    }

    #[test]
    fn every_slip_is_said_at_once() {
        let text = "dta = \"x\"\npoll = \"yes\"\n[limits]\nbody = 4\nbtch = 1\n[office.a]\npolcy = \"p\"\n";
        let (_, said) = read(text);
        let all = said.join("\n");
        assert_eq!(said.len(), 5, "{all}");
        for words in [
            "did you mean `data`?",
            "`poll` takes `true` or `false`",
            "`body` takes a text",
            "did you mean `batch`?",
            "did you mean `policy`?",
        ] {
            assert!(all.contains(words), "{words} is not in\n{all}");
        }
    }

    #[test]
    fn what_is_no_toml_is_said_alone() {
        let (written, said) = read("data = \n");
        assert_eq!((written.values.len(), said.len()), (0, 1), "{said:?}");
    }
}
