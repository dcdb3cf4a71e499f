//! A deal as it stands.

use super::law::Law;
use super::val::ClaimId;
use crate::base::few::Few;
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{Levied, Portion};
use crate::event::{CustomerId, PersonId, VisitId};
use crate::policy::ClauseId;
use crate::vocabulary::words::{ReceptionRole, ShareState};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::sync::Arc;

/// A deal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deal {
    /// Who bought.
    pub customer: CustomerId,
    /// When it was recorded.
    pub at: Instant,
    /// The commission.
    pub commission: Fen,
    /// Who is named as closer.
    pub closer: Option<PersonId>,
    /// The customer's visit that was open.
    pub during: Option<VisitId>,
    /// Who received it then.
    pub receiver: Option<PersonId>,
    /// As what.
    pub role: Option<ReceptionRole>,
    /// The owner then, with the claim if it was of record.
    pub owner: Option<(PersonId, Option<ClaimId>)>,
    /// Claims that were active, asleep or sharing then.
    pub claims: SmallVec<[ClaimId; 4]>,
    /// The policy under which it is shared, while the shares can still change.
    #[serde(with = "super::laws::option")]
    pub law: Option<Arc<Law>>,
    /// Was cancelled.
    pub cancelled: bool,
    /// How certain the shares are.
    pub state: ShareState,
    /// Who has which part.
    pub shares: SmallVec<[Portion; 2]>,
    /// First instant outside the last window that can change them.
    pub until: Option<Instant>,
    /// What came off before the shares.
    pub levies: Few<Levied>,
    /// What is nobody's yet.
    pub held: Fen,
    /// What of each share may be paid now.
    pub due: Few<(PersonId, Fen)>,
    /// The clauses by which it is shared, where the policy asks what is due.
    pub because: Few<ClauseId>,
    /// The last stage that was recorded.
    pub stage: Option<Name>,
    /// What was recorded as received.
    pub received: Option<Fen>,
    /// What people agreed about it.
    pub agreements: Few<Agreement>,
    /// What roles said of it: the last word of each.
    pub choices: Few<(Name, bool)>,
    /// It has been asked about.
    pub asked: bool,
}

/// What people agreed about a deal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// When.
    pub at: Instant,
    /// Who.
    pub between: SmallVec<[PersonId; 2]>,
    /// Who has which part.
    pub parts: Parts,
}

/// A part of a whole while shares are worked out.
pub type Parts = SmallVec<[(PersonId, Fraction); 4]>;
