//! What is declared and never spoken of: nothing is dropped in silence.

use super::Checker;
use crate::finding::{Code, Finding, Place};

/// Permissions that the program itself asks for.
const OF_THE_PROGRAM: &[&str] = &["rule", "assign"];

impl Checker<'_> {
    /// Warns of what the policy's own folder declares and nothing uses. What it leaves unused of the policy that it
    /// extends is that policy's affair.
    pub fn unused(&mut self) {
        let mut idle: Vec<(String, Place)> = Vec::new();
        let mut note = |used: bool, what: &str, name: &str, place: &Place| {
            if !used {
                idle.push((
                    format!("{what} `{name}` is declared and never used"),
                    place.clone(),
                ));
            }
        };
        for entry in &self.amounts {
            note(entry.used, "the amount", &entry.amount.name, &entry.place);
        }
        for entry in &self.facts {
            note(entry.used, "the fact", entry.name(), entry.place());
        }
        for entry in &self.people {
            note(entry.used, "the people", entry.name(), entry.place());
        }
        for entry in &self.windows {
            note(entry.used, "the window", &entry.window.name, &entry.place);
        }
        for entry in &self.violations {
            note(entry.used, "the violation", &entry.name, &entry.place);
        }
        for entry in &self.accounts {
            note(entry.used, "the account", &entry.name, &entry.place);
        }
        for entry in &self.permissions {
            note(
                entry.used || OF_THE_PROGRAM.contains(&entry.name.as_str()),
                "the permission",
                &entry.name,
                &entry.place,
            );
        }
        for (message, place) in idle {
            if self.is_own(&place) {
                let finding = Finding::new(Code::Unused, message, place, "does nothing");
                self.push(finding.help("use it, or take it out").warning());
            }
        }
    }
}
