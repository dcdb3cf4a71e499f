//! What was decided and how things are, as text: JSON for programs, sentences and tables for people.

mod decision;
mod human;
pub mod junit;
mod malformed;
mod report;
pub mod scenarios;
mod sentences;
mod style;
mod table;
mod words;

pub use decision::{JsonLines, push_decision};
pub use human::Human;
pub use malformed::malformed;
pub use report::{report_json, report_table};
pub use style::{Lang, Style};
