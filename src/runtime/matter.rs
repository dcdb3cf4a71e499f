//! What is at hand while something is decided: the event, the visit, the customer, the deal, and who has which part.

use super::known::Record;
use super::val::Someone;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::event::{CustomerId, DealId, Event, PersonId, VisitId};
use serde::{Deserialize, Serialize};

/// A violation, recorded or found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offence {
    /// Who.
    pub staff: PersonId,
    /// How.
    pub kind: Name,
    /// Somebody recorded it.
    pub recorded: bool,
}

/// What a `choice` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choice {
    /// There is none at hand.
    Nothing,
    /// Yes.
    Yes,
    /// No.
    No,
    /// This person.
    Person(PersonId),
}

/// The case at hand.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Case<'e> {
    /// When.
    pub at: Instant,
    /// The event, unless a window has ended.
    #[serde(skip)] // A case that is kept has its event beside it.
    pub event: Option<&'e Event>,
    /// The visit at hand.
    pub visit: Option<VisitId>,
    /// The desk at hand, where it is not the visit's.
    pub desk: Option<usize>,
    /// The customer at hand.
    pub customer: Option<CustomerId>,
    /// The deal at hand: in a standing question about it, people and claims are those of the deal.
    pub deal: Option<DealId>,
    /// Whether the question is a standing one about the deal.
    pub of_deal: bool,
    /// The violation at hand.
    pub offence: Option<Offence>,
    /// Whom the case is about, if not the event's `staff`.
    pub actor: Option<PersonId>,
    /// Who owned the customer when the event came in.
    pub owner_before: Option<Someone>,
    /// Who was receiving the visit when the event came in.
    pub current: Option<PersonId>,
    /// Who receives, after `receive` is answered.
    pub receiver: Option<PersonId>,
    /// Who could receive, before the reception at hand was given out to them: what is asked after it asks of before.
    pub could_receive: Option<PersonId>,
    /// Whose window has ended.
    pub holder: Option<Someone>,
    /// Whose turn is passed over.
    pub passed: Option<PersonId>,
    /// Whom the rota would choose.
    pub chosen: Option<PersonId>,
    /// Who is recognised.
    pub recognised: Option<Someone>,
    /// What the `choice` at hand says.
    pub choice: Choice,
    /// The other customer with whom the event shares most keys.
    pub record: Option<Record>,
    /// Who owns the other of two records that are one customer, where both have an owner.
    pub other_owner: Option<Someone>,
    /// The visit in which the customer at hand is being brought along.
    pub brought_in: Option<VisitId>,
    /// The one at hand in a `where`.
    pub it: Option<Someone>,
}

impl<'e> Case<'e> {
    /// A case about nothing yet.
    pub const fn at(at: Instant, event: Option<&'e Event>) -> Case<'e> {
        Case {
            at,
            event,
            visit: None,
            desk: None,
            customer: None,
            deal: None,
            of_deal: false,
            offence: None,
            actor: None,
            owner_before: None,
            current: None,
            receiver: None,
            could_receive: None,
            holder: None,
            passed: None,
            chosen: None,
            recognised: None,
            choice: Choice::Nothing,
            record: None,
            other_owner: None,
            brought_in: None,
            it: None,
        }
    }
}

impl Case<'_> {
    /// The same case to be kept, its event apart.
    pub const fn kept(&self) -> Case<'static> {
        Case {
            at: self.at,
            event: None,
            visit: self.visit,
            desk: self.desk,
            other_owner: self.other_owner,
            record: self.record,
            customer: self.customer,
            deal: self.deal,
            of_deal: self.of_deal,
            offence: self.offence,
            actor: self.actor,
            owner_before: self.owner_before,
            current: self.current,
            receiver: self.receiver,
            could_receive: self.could_receive,
            holder: self.holder,
            passed: self.passed,
            chosen: self.chosen,
            recognised: self.recognised,
            choice: self.choice,
            brought_in: self.brought_in,
            it: None,
        }
    }
}
