//! What comes out: decisions, each with the clauses that stand behind it; and the report of how things are.

mod report;

pub use report::*;

use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::event::{CustomerId, DealId, Ids, PersonId, VisitId};
use crate::policy::{Bilingual, ClauseId, Policy};
use crate::vocabulary::words::{
    ClaimKind, ClaimState, Identified, Question, ReceptionRole, ShareState, TurnEffect,
};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::sync::Arc;

/// One decision.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Line of the event that caused it; for the end of a window, the line that opened it.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// What was decided.
    pub what: What,
    /// Why.
    pub because: Because,
    /// The policy under which it was decided; the clause numbers of `because` are its.
    pub policy: Arc<Policy>,
    /// The facts that made the clauses apply, where somebody asked for them ([`Wants::Traces`]).
    pub trace: Vec<TracedClause>,
}

/// The ground of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The clauses that stand, in the order of the book.
    Clauses(SmallVec<[ClauseId; 8]>),
    /// The program's only own ground: the event is impossible (`input.unknown_person`).
    Input(&'static str),
}

/// A clause that stands, with the facts that its conditions read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedClause {
    /// Which clause.
    pub clause: ClauseId,
    /// What the person concerned is told, filled in.
    pub says: Bilingual,
    /// What was read, as the author wrote it, and what it was: ("visit.returning", "yes").
    pub facts: Vec<(String, String)>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Who a customer turns out to be.
    Identify {
        /// Which customer.
        customer: CustomerId,
        /// New, the same as another, or of another's household.
        how: Identified,
        /// Which other.
        of: Option<CustomerId>,
    },
    /// Who receives a visit; nobody: it waits, or nobody is assigned.
    Receive {
        /// Which visit.
        visit: VisitId,
        /// Who.
        staff: Option<PersonId>,
        /// As what.
        role: Option<ReceptionRole>,
    },
    /// What becomes of a turn.
    Turn {
        /// Whose.
        staff: PersonId,
        /// Of which rota.
        desk: Name,
        /// What.
        effect: TurnEffect,
        /// Of a priority turn: which one.
        of: Option<OfPriority>,
    },
    /// What becomes of a claim.
    Own {
        /// On whom.
        customer: CustomerId,
        /// Whose.
        staff: PersonId,
        /// The customer, or a part of the commission.
        kind: ClaimKind,
        /// Active, sleeping, lapsed or void.
        claim: ClaimState,
    },
    /// How a commission is shared.
    Share {
        /// Which deal.
        deal: DealId,
        /// How certain it is.
        state: ShareState,
        /// Who has which part; only people with a part.
        shares: Vec<Portion>,
        /// The first instant outside the last window that can change it, when provisional.
        until: Option<Instant>,
        /// What changes against the share before; only what is not zero.
        entries: Vec<(Payee, Fen)>,
        /// What came off before the shares.
        levies: Vec<Levied>,
        /// What waits for an agreement, a ruling or a later event.
        held: Fen,
        /// What of each share may be paid now, where the policy asks that.
        due: Option<Vec<(PersonId, Fen)>>,
    },
    /// Whether somebody may receive.
    Bar {
        /// Who.
        staff: PersonId,
        /// May not.
        barred: bool,
        /// The inspected item, if it is about one.
        item: Option<Name>,
    },
    /// Somebody has broken a rule.
    Violation {
        /// Who.
        staff: PersonId,
        /// How.
        kind: Name,
        /// About what, if the event says so.
        about: Option<Box<str>>,
    },
    /// What it costs.
    Sanction {
        /// Whom.
        staff: PersonId,
        /// For which kind of violation.
        kind: Name,
        /// How much.
        costs: Costs,
    },
    /// The event has no other effect than what is decided beside it.
    Refuse {
        /// A word; for an impossible event the rest of `input.…`.
        reason: Box<str>,
    },
    /// Somebody is told something.
    Notify {
        /// A person's id or a role's word.
        to: Box<str>,
        /// What.
        message: Bilingual,
    },
    /// No clause answers, two differ, or a script failed: a person rules.
    Undecided {
        /// The deal, visit, customer or person.
        about: Box<str>,
        /// Which question.
        question: Question,
        /// The clause that could not be evaluated, or those that differ; empty for a gap.
        clause: Box<str>,
        /// Why, in a sentence.
        reason: Box<str>,
        /// The role that rules.
        asks: Name,
    },
}

/// Which priority turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfPriority {
    /// What the policy calls it.
    pub kind: Name,
    /// First instant at which it is good no longer, if there is one.
    pub until: Option<Instant>,
    /// Line of the event by which it was given.
    pub given: u64,
}

/// Who has something of a commission: a person, or an account of the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Payee {
    /// A person.
    Person(PersonId),
    /// An account that the policy declares.
    Account(Name),
}

impl Payee {
    /// Its name in journals and decisions.
    pub fn text(self, ids: &Ids) -> &str {
        match self {
            Payee::Person(staff) => ids.person(staff),
            Payee::Account(name) => ids.word(name),
        }
    }
}

/// What comes off a commission before it is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levied {
    /// For whom.
    pub to: Payee,
    /// How much.
    pub amount: Fen,
}

/// One person's part of a commission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portion {
    /// Who.
    pub staff: PersonId,
    /// Which part.
    pub share: Fraction,
    /// How much.
    pub amount: Fen,
}

/// What a sanction costs; what is empty does not apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Money.
    pub fine: Option<Fen>,
    /// Points.
    pub points: Option<i64>,
    /// Turns.
    pub suspended_turns: Option<i64>,
    /// First instant at which the person may receive again.
    pub suspended_until: Option<Instant>,
    /// The only desk at which it suspends.
    pub desk: Option<Name>,
    /// A warning.
    pub warning: bool,
    /// Dismissal.
    pub dismissed: bool,
    /// Money that goes back to whom it was taken from.
    pub pay_back: Option<Fen>,
    /// Who pays, if not the person.
    pub paid_by: Option<Name>,
}

/// How much a reader of decisions wants to have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wants {
    /// Nothing: only the state changes.
    Nothing,
    /// Decisions.
    Decisions,
    /// Decisions with the facts that made their clauses apply.
    Traces,
}

/// A reader of decisions.
pub trait Sink {
    /// How much it wants.
    fn wants(&self) -> Wants;
    /// Takes one, in the order in which they are made.
    fn decision(&mut self, ids: &Ids, decision: Decision);
    /// Hears of a clause that stands and of which no decision tells: it says who is meant, or that nothing changes.
    fn stood(&mut self, _policy: &Policy, _clause: ClauseId) {}
}

/// Nobody reads.
pub struct Nobody;

impl Sink for Nobody {
    fn wants(&self) -> Wants {
        Wants::Nothing
    }
    fn decision(&mut self, _: &Ids, _: Decision) {}
}

/// Keeps every decision.
pub struct Collect {
    /// How much is wanted.
    pub wants: Wants,
    /// What came.
    pub decisions: Vec<Decision>,
}

impl Sink for Collect {
    fn wants(&self) -> Wants {
        self.wants
    }
    fn decision(&mut self, _: &Ids, decision: Decision) {
        self.decisions.push(decision);
    }
}

impl What {
    /// The words by which decisions and expectations name them, in order of [`What::number`].
    pub const WORDS: &[&str] = &[
        "identify",
        "receive",
        "turn",
        "own",
        "share",
        "bar",
        "violation",
        "sanction",
        "refuse",
        "notify",
        "undecided",
    ];

    /// Which sort it is, as a place in [`What::WORDS`].
    pub const fn number(&self) -> usize {
        match self {
            What::Identify { .. } => 0,
            What::Receive { .. } => 1,
            What::Turn { .. } => 2,
            What::Own { .. } => 3,
            What::Share { .. } => 4,
            What::Bar { .. } => 5,
            What::Violation { .. } => 6,
            What::Sanction { .. } => 7,
            What::Refuse { .. } => 8,
            What::Notify { .. } => 9,
            What::Undecided { .. } => 10,
        }
    }

    /// The word by which decisions and expectations name it.
    pub const fn word(&self) -> &'static str {
        What::WORDS[self.number()]
    }
}

impl Decision {
    /// Clause ids as printed, in the order of the book, each once; or `input.…`.
    pub fn because_ids(&self) -> Vec<&str> {
        match &self.because {
            Because::Input(code) => vec![code],
            Because::Clauses(clauses) => {
                let mut ids: Vec<&str> = clauses
                    .iter()
                    .map(|id| self.policy.clause(*id).id.as_str())
                    .collect();
                let mut seen = Vec::new();
                ids.retain(|id| {
                    !seen.contains(id) && {
                        seen.push(*id);
                        true
                    }
                });
                ids
            }
        }
    }
}
