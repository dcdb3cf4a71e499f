//! Values that are read, and people with the claim by which a case speaks of them.

use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::{Clock, Day, Instant};
use crate::event::{CustomerId, DealId, PersonId, VisitId};
use crate::policy::{ClauseId, Of};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// Clauses that stand, in the order of the book. So many take no more room than a pointer to more of them would.
pub type Clauses = SmallVec<[ClauseId; 8]>;

/// A claim's place in the list of all claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClaimId(pub u32);

impl ClaimId {
    /// As an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What has a story and windows of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// A claim.
    Claim(ClaimId),
    /// A person of the staff, whatever the customer.
    Staff(PersonId),
    /// A customer.
    Customer(CustomerId),
    /// A visit.
    Visit(VisitId),
    /// A deal.
    Deal(DealId),
}

impl Subject {
    /// Of what its facts and windows are.
    pub const fn of(self) -> Of {
        match self {
            Subject::Claim(_) => Of::Claim,
            Subject::Staff(_) => Of::Staff,
            Subject::Customer(_) => Of::Customer,
            Subject::Visit(_) => Of::Visit,
            Subject::Deal(_) => Of::Deal,
        }
    }
}

/// A person of the case, with the claim by which the case speaks of the person, if it is a certain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Someone {
    /// Who.
    pub staff: PersonId,
    /// A certain claim; `None`: whichever speaks for the person on the customer at hand.
    pub claim: Option<ClaimId>,
}

impl Someone {
    /// A person by name only.
    pub const fn just(staff: PersonId) -> Someone {
        Someone { staff, claim: None }
    }
}

/// A value that was read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Val {
    /// There is none.
    Missing,
    /// Yes or no.
    Flag(bool),
    /// A number.
    Count(i64),
    /// A word.
    Word(Name),
    /// A moment.
    Time(Instant),
    /// A day.
    Day(Day),
    /// A time of day.
    Clock(Clock),
    /// A person.
    Who(Someone),
    /// A visit.
    Visit(VisitId),
    /// A customer.
    Customer(CustomerId),
    /// A deal.
    Deal(DealId),
    /// Money.
    Money(Fen),
    /// A part of a whole.
    Part(Fraction),
    /// The event or the violation at hand.
    Here,
}
