//! Reading a tree of TOML with findings: unknown keys, missing keys, values of another kind, unknown names.

use super::tree::{Key, Node};
use crate::base::names::nearest;
use crate::finding::{Code, Finding, Place};
use std::ops::Range;

/// Gathers what is wrong with one file while it is read.
pub(super) struct Reader {
    /// Number of the file.
    pub file: usize,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Reader {
    /// Reads a file with that number.
    pub fn new(file: usize) -> Reader {
        Reader {
            file,
            findings: Vec::new(),
        }
    }

    /// A place in the file.
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place {
            file: self.file,
            span: span.clone(),
        }
    }

    /// Records that something is wrong.
    pub fn add(
        &mut self,
        code: Code,
        span: &Range<usize>,
        message: String,
        label: &str,
        help: Option<String>,
    ) {
        let mut finding = Finding::new(code, message, self.place(span), label);
        finding.help = help;
        self.findings.push(finding);
    }

    /// Records that a value is of the wrong kind.
    pub fn wrong(&mut self, node: &Node, what: &str, help: &str) {
        let message = format!("{what} takes another form than {}", node.kind());
        self.add(
            Code::ScenarioForm,
            &node.span,
            message,
            "here",
            Some(help.into()),
        );
    }

    /// Records each key that is not one of `known`.
    pub fn known_keys(&mut self, entries: &[(Key, Node)], known: &[&str], whose: &str) {
        for (key, _) in entries {
            if !known.contains(&key.text.as_str()) {
                let message = format!("{whose} has no key `{}`", key.text);
                let help = meant(&key.text, known.iter().copied())
                    .unwrap_or_else(|| format!("it has {}", listed(known.iter().copied())));
                self.add(
                    Code::ScenarioUnknownKey,
                    &key.span,
                    message,
                    "not known",
                    Some(help),
                );
            }
        }
    }

    /// The text of a key; a finding if it is missing or not text.
    pub fn text<'n>(
        &mut self,
        table: &'n Node,
        key: &str,
        whose: &str,
        help: &str,
    ) -> Option<&'n str> {
        let Some(node) = table.get(key) else {
            let message = format!("{whose} has no `{key}`");
            let start = table.span.start..table.span.start;
            let span = if table.span.len() > 80 {
                start
            } else {
                table.span.clone()
            };
            self.add(
                Code::ScenarioMissingKey,
                &span,
                message,
                "here",
                Some(help.into()),
            );
            return None;
        };
        let text = node.text();
        if text.is_none() {
            self.wrong(node, &format!("`{key}`"), help);
        }
        text
    }

    /// Records a name that stands for nothing, with the nearest that does.
    pub fn unknown<'k>(
        &mut self,
        span: &Range<usize>,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) {
        let message = format!("there is no {what} `{name}`");
        let help = meant(name, known.clone()).or_else(|| {
            let list = listed(known);
            (!list.is_empty()).then(|| format!("there is {list}"))
        });
        self.add(Code::ScenarioUnknownName, span, message, "not known", help);
    }
}

/// "did you mean …?", if one of the known names is near.
pub(super) fn meant<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    nearest(name, known).map(|near| format!("did you mean `{near}`?"))
}

/// The most names that a help line lists.
const LISTED: usize = 12;

/// A list of names for a help line: "`a`, `b`, `c`".
pub(super) fn listed<'k>(names: impl IntoIterator<Item = &'k str>) -> String {
    let mut names: Vec<_> = names.into_iter().collect();
    let more = names.len() > LISTED;
    names.truncate(LISTED);
    let mut list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if more {
        list.push("…".into());
    }
    list.join(", ")
}
