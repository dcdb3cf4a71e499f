//! What waits for a person: questions that are open until a ruling, answers that stand once somebody says yes.

use super::law::Law;
use super::matter::Case;
use crate::base::names::Name;
use crate::event::Event;
use crate::policy::{Asking, Clause, ClauseId, WordId};
use crate::vocabulary::words::Question;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// As an open question tells that its answer waits for a yes.
pub const WAITS: &str = "waits for a yes";

/// A question that waits for a ruling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// An answer that stands only once somebody says yes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// About what, as it was told.
    pub about: Box<str>,
    /// Which question it answers.
    pub question: Question,
    /// The clause that gives it.
    pub clause: ClauseId,
    /// Whose yes it is.
    pub asks: Name,
    /// The case in which it was asked, its event apart.
    pub case: Case<'static>,
    /// The event of that case.
    pub event: Option<Arc<Event>>,
}

/// The role whose yes the answers of a clause on an event wait for; a share keeps its own.
pub fn yes_of(clause: &Clause) -> Option<WordId> {
    match &clause.ask {
        Some(Asking::Yes(role)) if clause.answers.share.is_none() => Some(*role),
        _ => None,
    }
}

/// What waits under one policy, waits under the next if that still has the clause and asks for a yes.
pub fn carry_over(pending: &mut Vec<Pending>, before: &Law, after: &Law) {
    pending.retain_mut(|pending| {
        let key = &before.policy.clause(pending.clause).key;
        let found = (after.policy.clauses.iter())
            .position(|clause| clause.key == *key && yes_of(clause).is_some());
        let number = found.and_then(|number| u16::try_from(number).ok());
        pending.clause = number.map_or(pending.clause, ClauseId);
        number.is_some()
    });
}
