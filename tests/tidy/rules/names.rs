//! What the policies name, gathered from their TOML without knowing its exact shape.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::tree::File;

/// What a policy's name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Amount,
    Clause,
    Fact,
    Person,
    Reason,
    Role,
    Violation,
    Window,
}

/// The tables of a policy whose keys are names.
const TABLES: &[(&str, Kind)] = &[
    ("amount", Kind::Amount),
    ("amounts", Kind::Amount),
    ("fact", Kind::Fact),
    ("facts", Kind::Fact),
    ("people", Kind::Person),
    ("person", Kind::Person),
    ("role", Kind::Role),
    ("roles", Kind::Role),
    ("violation", Kind::Violation),
    ("violations", Kind::Violation),
    ("window", Kind::Window),
    ("windows", Kind::Window),
];

/// Words that a policy may use as names although they are the program's own: the public interface fixes them, so they
/// are in every office the same. A word belongs here only if it is on the interface's page; a word of one rulebook
/// never does.
const INTERFACE: &[(&str, &str)] = &[
    (
        "kinds of event",
        "person person_left roster sign_in sign_out away back swap inspection visit visit_end recognition replacement \
         registration follow_up deal deal_cancelled violation owner_contact phone_inquiry claim_made assignment \
         deal_stage calendar_mode agreement choice ruling policy correction opening tick",
    ),
    (
        "questions and decisions",
        "allow identify receive turn own sanction share levy pay bar notify refuse undecided",
    ),
    (
        "as what somebody receives",
        "duty owner helper original replacement",
    ),
    (
        "what becomes of a turn",
        "used not_used forfeited kept open returned bye priority",
    ),
    (
        "states of a claim, a deal and a visit",
        "active sleeping sharing lapsed void provisional final cancelled waiting ended not_received",
    ),
    (
        "people whom an event brings",
        "actor owner named current receiver closer holder passed chosen",
    ),
    (
        "why somebody cannot receive now",
        "receiving away signed_out barred suspended",
    ),
    (
        "values that the interface gives to fields",
        "walk_in buy none ordinary serious reached unreachable",
    ),
];

/// The names, each with what it stands for and the file that has it.
pub struct Names(BTreeMap<String, (Kind, String)>);

impl Names {
    /// The names in the files of the policies.
    pub fn of(policies: &[File]) -> Names {
        let mut names = Names(BTreeMap::new());
        for file in policies {
            let table = match file.text.parse::<Table>() {
                Ok(table) => table,
                Err(error) => panic!("{}: {error}", file.path),
            };
            names.declared(&table, &file.path);
            names.written(&Value::Table(table), &file.path);
        }
        let Names(all) = &mut names;
        all.retain(|word, _| !is_interface(word));
        names
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Kind, &str)> {
        let Names(all) = self;
        all.iter()
            .map(|(word, (kind, file))| (word.as_str(), *kind, file.as_str()))
    }

    /// `[amount.x]`, `[role.x]` and the like: at the top, or inside another table.
    fn declared(&mut self, table: &Table, file: &str) {
        for (key, value) in table {
            let Value::Table(inner) = value else { continue };
            let kind = TABLES.iter().find(|(name, _)| name == key);
            match kind {
                Some((_, kind)) => {
                    for name in inner.keys() {
                        self.add(name, *kind, file);
                    }
                }
                None => self.declared(inner, file),
            }
        }
    }

    /// `id` in arrays of tables, `reason` and `refuse` wherever they stand.
    fn written(&mut self, value: &Value, file: &str) {
        match value {
            Value::Table(table) => {
                for (key, value) in table {
                    if let (Value::String(word), "reason" | "refuse") = (value, key.as_str()) {
                        self.add(word, Kind::Reason, file);
                    }
                    self.written(value, file);
                }
            }
            Value::Array(items) => {
                for item in items {
                    if let Some(Value::String(id)) = item.get("id") {
                        self.add(id, Kind::Clause, file);
                    }
                    self.written(item, file);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, word: &str, kind: Kind, file: &str) {
        let Names(all) = self;
        all.entry(word.to_owned())
            .or_insert_with(|| (kind, file.to_owned()));
    }
}

fn is_interface(word: &str) -> bool {
    let mut words = INTERFACE
        .iter()
        .flat_map(|(_, words)| words.split_whitespace());
    words.any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_gathered_wherever_they_stand() {
        let text = r#"
            [role.site_chief]
            text = "x"
            [amount.recall_month]
            is = { 2020-01-01 = "1 month" }
            [people.missed]
            from = "claims"
            [[rota.passed_over]]
            id = "R.lost_turn"
            reason = "gone_fishing"
            [[clause]]
            id = "9.7.x"
            then.allow = { refuse = "no_such_right" }
            rows = [{ id = "9.8", is = ["away"] }]
            also.violation = { reason = "away" }
        "#;
        let file = File {
            path: "policies/p/a.toml".to_owned(),
            text: text.to_owned(),
        };
        let names = Names::of(&[file]);
        let words: Vec<&str> = names.iter().map(|(word, ..)| word).collect();
        let expected = [
            "9.7.x",
            "9.8",
            "R.lost_turn",
            "gone_fishing",
            "missed",
            "no_such_right",
            "recall_month",
            "site_chief",
        ];
        assert_eq!(words, expected, "and not `away`, which is the interface's");
    }
}
