//! What was decided and how things are, as text: JSON for programs, sentences and tables for people.

mod decision;
mod findings;
mod human;
pub mod junit;
mod look;
mod malformed;
mod report;
pub mod scenarios;
mod sentences;
mod table;
mod words;

pub use decision::{JsonLines, push_decision};
pub use findings::{
    findings_count, findings_github, findings_human, findings_json, findings_sarif,
};
pub use human::Human;
pub use look::{Lang, Look, tame};
pub use malformed::malformed;
pub use report::{report_json, report_table};

/// Why an event is impossible, in words; `code` is the `input.…` of its refusal.
pub fn input_sentence(code: &str, lang: Lang) -> String {
    words::input(code.strip_prefix("input.").unwrap_or(code), lang)
}

#[cfg(test)]
mod tests;
