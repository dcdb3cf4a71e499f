//! What waits for a person: questions that are open until a ruling.

use crate::base::names::Name;
use crate::vocabulary::words::Question;

/// A question that waits for a ruling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenQuestion {
    /// About what, as the ruling will name it.
    pub about: Box<str>,
    /// Which question.
    pub question: Question,
    /// Who rules.
    pub asks: Name,
    /// The kind of violation whose sanction it is.
    pub kind: Option<Name>,
}
