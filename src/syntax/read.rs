//! Reading a table key by key: wrong types, missing keys and unknown keys become findings.

use super::tree::{Entry, Node, Table, Text, Value};
use super::written::WrittenText;
use crate::base::names::nearest;
use crate::finding::{Code, Finding, Place};

/// A table that is being read.
pub struct Reader<'f> {
    table: Table,
    place: Place,
    what: String,
    known: Vec<String>,
    missing: Vec<(&'static str, String)>,
    findings: &'f mut Vec<Finding>,
}

/// A value of another type than the key takes.
pub fn wrong_type(node: &Node, key: &str, wanted: &str) -> Finding {
    let message = format!("`{key}` takes {wanted}, not {}", node.kind());
    let finding = Finding::new(
        Code::WrongType,
        message,
        node.place.clone(),
        format!("{wanted} is needed"),
    );
    match &node.value {
        Value::Whole(number) if wanted == "a text" => {
            finding.help(format!("put it in quotes: \"{number}\""))
        }
        _ => finding,
    }
}

impl<'f> Reader<'f> {
    /// Begins to read a table; `what` is what a finding calls it ("the amount `x`").
    pub fn new(
        table: Table,
        place: Place,
        what: String,
        findings: &'f mut Vec<Finding>,
    ) -> Reader<'f> {
        Reader {
            table,
            place,
            what,
            known: Vec::new(),
            missing: Vec::new(),
            findings,
        }
    }

    /// Begins to read a value that must be a table.
    pub fn of(
        node: Node,
        what: String,
        key: &str,
        findings: &'f mut Vec<Finding>,
    ) -> Option<Reader<'f>> {
        match node.value {
            Value::Table(table) => Some(Reader::new(table, node.place, what, findings)),
            _ => {
                findings.push(wrong_type(&node, key, "a table"));
                None
            }
        }
    }

    /// Where the table stands.
    pub fn place(&self) -> Place {
        self.place.clone()
    }

    /// Where findings go.
    pub fn findings(&mut self) -> &mut Vec<Finding> {
        self.findings
    }

    /// Adds a finding about a value of another type than the key takes.
    pub fn wrong(&mut self, node: &Node, key: &str, wanted: &str) {
        self.findings.push(wrong_type(node, key, wanted));
    }

    /// The entry of a key, whatever it holds.
    pub fn take(&mut self, key: &'static str) -> Option<Entry> {
        self.known.push(key.to_owned());
        self.table.take(key)
    }

    /// The entry of a key that the policy itself has given a meaning.
    pub fn take_named(&mut self, key: &str) -> Option<Entry> {
        self.known.push(key.to_owned());
        self.table.take(key)
    }

    /// Every entry that has not been taken.
    pub fn take_rest(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.table.entries)
    }

    /// Notes that a key must be there; `example` shows what to write.
    pub fn need(&mut self, key: &'static str, example: &'static str) {
        self.missing.push((key, format!("add `{key} = {example}`")));
    }

    /// Notes that a table must be there; `example` is its heading.
    pub fn need_table(&mut self, key: &'static str, example: &'static str) {
        self.missing
            .push((key, format!("add a table such as `{example}`")));
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Option<Text> {
        let entry = self.take(key)?;
        let text = entry.node.text();
        if text.is_none() {
            self.wrong(&entry.node, key, "a text");
        }
        text
    }

    /// A text that must be there.
    pub fn must_text(&mut self, key: &'static str, example: &'static str) -> Option<Text> {
        if self.table.get(key).is_none() {
            self.need(key, example);
        }
        self.text(key)
    }

    /// `true` or `false`.
    pub fn flag(&mut self, key: &'static str) -> Option<(bool, Place)> {
        let entry = self.take(key)?;
        match entry.node.value {
            Value::Flag(flag) => Some((flag, entry.node.place)),
            _ => {
                self.wrong(&entry.node, key, "`true` or `false`");
                None
            }
        }
    }

    /// A whole number.
    pub fn whole(&mut self, key: &'static str) -> Option<(i64, Place)> {
        let entry = self.take(key)?;
        match entry.node.value {
            Value::Whole(number) => Some((number, entry.node.place)),
            _ => {
                self.wrong(&entry.node, key, "a whole number");
                None
            }
        }
    }

    /// A list of texts; absent: none.
    pub fn texts(&mut self, key: &'static str) -> Vec<Text> {
        match self.take(key) {
            Some(entry) => self.texts_of(&entry.node, key),
            None => Vec::new(),
        }
    }

    /// One text, or a list of texts.
    pub fn text_or_texts(&mut self, key: &'static str) -> Vec<Text> {
        match self.take(key) {
            Some(entry) => match entry.node.text() {
                Some(text) => vec![text],
                None => self.texts_of(&entry.node, key),
            },
            None => Vec::new(),
        }
    }

    /// The texts of a list.
    pub fn texts_of(&mut self, node: &Node, key: &str) -> Vec<Text> {
        let Value::List(items) = &node.value else {
            let finding = wrong_type(node, key, "a list of texts");
            self.findings.push(match node.value {
                Value::Text(..) => finding.help("put `[` and `]` around it"),
                _ => finding,
            });
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.text() {
                Some(text) => texts.push(text),
                None => self.wrong(item, key, "a list of texts"),
            }
        }
        texts
    }

    /// A date, with its place.
    pub fn date(&mut self, key: &'static str) -> Option<Text> {
        let entry = self.take(key)?;
        let place = entry.node.place.clone();
        match entry.node.value {
            Value::Date(value) | Value::Text(value, _) => Some(Text {
                value,
                place,
                inner: None,
            }),
            _ => {
                self.wrong(&entry.node, key, "a date, as in 2024-07-01");
                None
            }
        }
    }

    /// A table, to be read in turn.
    pub fn table(&mut self, key: &'static str, what: &str) -> Option<Reader<'_>> {
        let entry = self.take(key)?;
        Reader::of(entry.node, what.to_owned(), key, self.findings)
    }

    /// The declarations of a section: each a name and its table.
    pub fn named_tables(&mut self, key: &'static str) -> Vec<Entry> {
        let Some(entry) = self.take(key) else {
            return Vec::new();
        };
        match entry.node.value {
            Value::Table(table) => table.entries,
            _ => {
                self.wrong(&entry.node, key, "a table by name");
                Vec::new()
            }
        }
    }

    /// A text in both languages.
    pub fn bilingual(&mut self, key: &'static str) -> Option<WrittenText> {
        let entry = self.take(key)?;
        bilingual_of(entry.node, key, self.findings)
    }

    /// A text in both languages that must be there.
    pub fn must_bilingual(&mut self, key: &'static str) -> Option<WrittenText> {
        if self.table.get(key).is_none() {
            self.need(key, "{ en = \"…\", zh = \"…\" }");
        }
        self.bilingual(key)
    }

    /// Ends the reading: what is left is unknown, what was needed and not found is missing.
    pub fn finish(self) {
        let Reader {
            table,
            place,
            what,
            known,
            mut missing,
            findings,
        } = self;
        for entry in table.entries {
            let key = &entry.key.value;
            let meant = nearest(key, known.iter().map(String::as_str));
            let message = format!("{what} has no key `{key}`");
            let finding = Finding::new(
                Code::UnknownKey,
                message,
                entry.key.place.clone(),
                "unknown key",
            );
            findings.push(match meant {
                Some(word) => {
                    missing.retain(|(needed, _)| *needed != word);
                    finding.help(format!("did you mean `{word}`?"))
                }
                None => finding.help(format!("its keys are {}", known.join(", "))),
            });
        }
        for (key, help) in missing {
            let message = format!("{what} needs `{key}`");
            let finding = Finding::new(
                Code::MissingKey,
                message,
                place.clone(),
                format!("no `{key}` here"),
            );
            findings.push(finding.help(help));
        }
    }
}

/// A text in both languages; one that lacks a language is a finding.
pub fn bilingual_of(node: Node, key: &str, findings: &mut Vec<Finding>) -> Option<WrittenText> {
    let place = node.place.clone();
    let Value::Table(mut table) = node.value else {
        let finding = wrong_type(&node, key, "a text in both languages");
        findings.push(finding.help(format!("write `{key} = {{ en = \"…\", zh = \"…\" }}`")));
        return None;
    };
    let mut take = |language: &str| {
        table
            .take(language)
            .map(|entry| (entry.node.text(), entry.node))
    };
    let (en, zh) = (take("en"), take("zh"));
    for (language, found) in [("en", &en), ("zh", &zh)] {
        match found {
            Some((None, node)) => findings.push(wrong_type(node, language, "a text")),
            Some(_) => {}
            None => {
                let name = if language == "en" {
                    "English"
                } else {
                    "Chinese"
                };
                let message = format!("`{key}` is missing in {name}");
                let finding = Finding::new(
                    Code::MissingTranslation,
                    message,
                    place.clone(),
                    format!("no `{language}`"),
                );
                findings
                    .push(finding.help(format!("write `{key} = {{ en = \"…\", zh = \"…\" }}`")));
            }
        }
    }
    for entry in table.entries {
        let message = format!(
            "`{key}` is written in `en` and `zh`, not in `{}`",
            entry.key.value
        );
        findings.push(Finding::new(
            Code::UnknownKey,
            message,
            entry.key.place,
            "unknown language",
        ));
    }
    // The language that is missing has been told: nothing else need be.
    let (en, zh) = (en.map(|(text, _)| text), zh.map(|(text, _)| text));
    let (en, zh) = (en.clone().or_else(|| zh.clone())??, zh.or(en)??);
    Some(WrittenText { en, zh, place })
}
