//! What standing questions about a deal have in common: the clauses that stand, whom they wait for, the windows that
//! concern the deal.

use super::act::{Clauses, Grounds};
use super::ask::{facts_of, holding, standing_of, with_asked};
use super::case::Reader;
use super::law::Law;
use super::world::{Deal, Subject};
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{Levied, Wants};
use crate::event::{DealId, Ids};
use crate::policy::{Asking, Clause, ClauseId, Of, WindowId};
use crate::vocabulary::words::Question;

/// The deal at hand.
pub fn deal_of<'a>(reader: &Reader<'a>) -> Option<&'a Deal> {
    reader.world.deal(reader.case.deal?)
}

fn said_by(reader: &Reader<'_>, role: Name) -> Option<bool> {
    let choices = &deal_of(reader)?.choices;
    let found = choices.iter().find(|(known, _)| *known == role);
    found.map(|(_, yes)| *yes)
}

/// Whether the role that a clause waits for has said no.
pub fn is_refused(reader: &Reader<'_>, clause: &Clause) -> bool {
    match clause.ask {
        Some(Asking::Yes(role)) => said_by(reader, reader.law.word(role)) == Some(false),
        _ => false,
    }
}

/// The role that has yet to say yes or no.
pub fn waits_for(reader: &Reader<'_>, clause: &Clause) -> Option<Name> {
    match clause.ask {
        Some(Asking::Yes(role)) => {
            let role = reader.law.word(role);
            said_by(reader, role).is_none().then_some(role)
        }
        _ => None,
    }
}

/// The clauses that stand, with what their conditions read, if somebody wants to know.
pub fn grounds_of(reader: &Reader<'_>, wants: Wants, ids: &Ids, clauses: &[ClauseId]) -> Grounds {
    Grounds {
        clauses: match wants {
            Wants::Nothing => clauses.iter().copied().collect(),
            _ => with_asked(reader, clauses.iter().copied().collect()),
        },
        facts: match wants {
            Wants::Traces => facts_of(reader, ids, clauses),
            Wants::Nothing | Wants::Decisions => Vec::new(),
        },
    }
}

/// The clauses of a standing question about the deal at hand that stand. `Err`: one could not be evaluated.
pub fn standing(reader: &Reader<'_>, question: Question) -> Result<Clauses, (ClauseId, String)> {
    let policy = &reader.law.policy;
    let clauses = policy.index.standing(question).iter().copied();
    let clauses = clauses.filter(|id| !is_refused(reader, policy.clause(*id)));
    let holding = holding(reader, clauses.collect())?;
    Ok(standing_of(policy, &holding))
}

/// Whether the deal at hand was cancelled.
pub fn is_cancelled(reader: &Reader<'_>) -> bool {
    let deal = reader.case.deal.and_then(|deal| reader.world.deal(deal));
    deal.is_some_and(|deal| deal.cancelled)
}

/// What levies leave of the commission.
pub fn left_of(reader: &Reader<'_>, levies: &[Levied]) -> Fen {
    let deal = reader.case.deal.and_then(|deal| reader.world.deal(deal));
    let commission = deal.map_or(Fen::ZERO, |deal| deal.commission);
    commission - levies.iter().map(|levied| levied.amount).sum()
}

/// A window of the deal at hand or of one of its claims.
pub struct Span {
    /// First instant outside.
    pub end: Instant,
    /// It has not ended.
    pub open: bool,
}

/// Whose window of a name concerns a deal, if it is no claim's.
pub fn own_subject(law: &Law, deal: &Deal, id: DealId, window: WindowId) -> Option<Subject> {
    match law.policy.windows[window.index()].of {
        Of::Deal => Some(Subject::Deal(id)),
        Of::Customer => Some(Subject::Customer(deal.customer)),
        Of::Visit => deal.during.map(Subject::Visit),
        _ => None,
    }
}

/// The last window of a name of the deal at hand and its claims.
pub fn span_of(reader: &Reader<'_>, window: WindowId) -> Option<Span> {
    let deal = reader.world.deal(reader.case.deal?)?;
    let name = reader.law.window_name(window);
    let claims = deal.claims.iter().copied().map(Subject::Claim);
    let own = own_subject(reader.law, deal, reader.case.deal?, window);
    let spans = claims
        .chain(own)
        .filter_map(|of| reader.world.window(of, name))
        .map(|window| Span {
            end: window.end,
            open: window.timer.is_some(),
        });
    spans.max_by_key(|span| span.end)
}
