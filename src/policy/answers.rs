//! What clauses answer: a closed list. A new answer is a change here; a new rule never is.

use super::{AccountId, AmountId, FactId, RotaId, Term, Who, WindowId, WordId};
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::time::Period;
use crate::vocabulary::words::{ClaimState, ReceptionRole, TurnEffect};

/// Every answer of one clause.
#[derive(Debug, Default)]
pub struct Answers {
    /// `then.allow`
    pub allow: Option<Allow>,
    /// `then.identify`
    pub identify: Option<Identify>,
    /// `then.recognise`
    pub recognise: Option<Who>,
    /// `then.own`
    pub own: Option<Own>,
    /// `then.receive`
    pub receive: Option<Receive>,
    /// `then.turn`: one for each person.
    pub turn: Vec<(Who, TurnTo)>,
    /// `then.turn = { ask = … }`: a role rules.
    pub turn_ask: Option<Ask>,
    /// `then.sanction`: one for each person.
    pub sanction: Vec<(Who, Sanction)>,
    /// `then.sanction = { ask = … }`: a role rules.
    pub sanction_ask: Option<Ask>,
    /// `then.share`
    pub share: Option<Share>,
    /// `then.levy`: what comes off first, one for each payee.
    pub levy: Vec<(LevyTo, LevyPart)>,
    /// `then.pay`: which part of each share is due now.
    pub pay: Option<Figure>,
    /// `then.bar`: why this agent may not receive now.
    pub bar: Option<WordId>,
    /// Questions that the policy itself declares, each with its answer.
    pub asked: Vec<(FactId, Term)>,
}

/// May the event take effect?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Yes.
    Yes,
    /// No, for this reason.
    Refuse(WordId),
}

/// Who a customer turns out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Identify {
    /// Nobody who was known before.
    New,
    /// The same as this customer: from now on both ids mean one.
    SameAs(Term),
    /// Of one household with this customer.
    HouseholdOf(Term),
    /// A role rules.
    Ask(Ask),
}

/// A question that goes to a person: no answer stands until a ruling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The role that rules.
    pub role: WordId,
    /// Why.
    pub reason: WordId,
}

/// What becomes of the claims.
#[derive(Debug)]
pub enum Own {
    /// Everybody keeps what they have.
    Unchanged,
    /// Each of these; whoever is not named keeps what they have.
    Each(Vec<(Who, OwnTo)>),
    /// A role rules.
    Ask(Ask),
}

/// What one person's claim becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnTo {
    /// Active, sleeping, sharing, lapsed or void.
    pub state: ClaimState,
    /// The claim with which it sleeps, wakes and ends.
    pub rests_on: Option<Who>,
}

/// Who receives.
#[derive(Debug, PartialEq)]
pub enum Receive {
    /// Nobody is assigned.
    Nobody,
    /// Somebody, as something.
    By {
        /// In order of preference: the first who can receive. If none can, the visit waits.
        by: Vec<By>,
        /// As what.
        role: ReceptionRole,
        /// Even who is away or busy: somebody with the right to do so has decided it.
        regardless: bool,
    },
    /// A role rules.
    Ask(Ask),
}

/// What one person's turn becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnTo {
    /// Used, kept, given besides …
    pub effect: TurnEffect,
    /// At which desk, if not at the one at hand.
    pub desk: Option<RotaId>,
    /// What a priority turn is called, if not [`TurnEffect::Priority`]'s word.
    pub kind: Option<WordId>,
    /// How long a priority turn is good; without it, until it is used.
    pub valid: Option<Valid>,
}

/// How long a priority turn is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Valid {
    /// An amount that is a length at every date.
    Length(AmountId),
    /// To the end of the office's day.
    Day,
    /// To the end of the round.
    Round,
}

impl TurnTo {
    /// At the desk at hand, with nothing more to say.
    pub const fn just(effect: TurnEffect) -> TurnTo {
        TurnTo {
            effect,
            desk: None,
            kind: None,
            valid: None,
        }
    }

    /// Whether two answers speak of different things, so that both may stand for one person: other desks, what is given
    /// besides, priority turns of different kinds.
    pub fn is_apart_from(&self, other: &TurnTo) -> bool {
        let besides = |to: &TurnTo| to.effect == TurnEffect::Priority;
        self.desk != other.desk || besides(self) != besides(other) || self.kind != other.kind
    }
}

/// How the receiver is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The rota gives the visit: those before are passed over.
    Rota,
    /// Whom the rota would choose: nobody is passed over, no turn moves.
    RotaWouldChoose,
    /// The last in the order of the visit's desk who can receive: no turn moves.
    LastInOrder,
    /// Whoever is receiving goes on.
    Current,
    /// This person, if he or she can receive.
    Who(Who),
}

/// What a violation costs.
#[derive(Debug)]
pub enum Sanction {
    /// Its parts.
    Parts(SanctionParts),
    /// A declared fact of type sanction (a script's map).
    Fact(FactId),
}

/// How long somebody is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspend {
    /// Turns, or a length of time.
    For(AmountId),
    /// To the end of the office's day, week, month, quarter or year.
    ToEndOf(Period),
}

/// The parts of a sanction; what is left out does not apply.
#[derive(Debug, Default)]
pub struct SanctionParts {
    /// An amount of money.
    pub fine: Option<AmountId>,
    /// Money that goes back to whom it was taken from.
    pub pay_back: Option<AmountId>,
    /// Points.
    pub points: Option<AmountId>,
    /// Turns, or a length of time.
    pub suspend: Option<Suspend>,
    /// The only desk at which it suspends.
    pub desk: Option<RotaId>,
    /// A warning.
    pub warning: bool,
    /// Dismissal.
    pub dismiss: bool,
    /// Who pays, if not the person.
    pub paid_by: Option<WordId>,
}

/// How a commission is shared.
#[derive(Debug)]
pub enum Share {
    /// A cancelled deal: nobody has anything.
    Nothing,
    /// Nobody's yet.
    Held,
    /// Each of these; the parts make the whole.
    Parts {
        /// Who gets what; a group with `each` gets it once for each.
        parts: Vec<(Who, SharePart)>,
        /// Whether `others = 0` says that nobody else has a part.
        others_none: bool,
    },
    /// A role rules.
    Ask(Ask),
}

/// A part of a commission.
#[derive(Clone, Debug)]
pub enum SharePart {
    /// The whole.
    All,
    /// Parts of the sum of all parts (`3`, or an amount in parts), once for each person of a group.
    Weight(Weight),
    /// A fixed fraction of the whole, once for each person of a group.
    Fraction(Fraction),
    /// A fixed fraction that is an amount.
    FractionAmount(AmountId),
    /// A fraction that a fact of each person gives (`it` is the person).
    FractionTerm(Term),
    /// What the others leave.
    Rest,
    /// From the one to the other, as those concerned or a role say.
    Range {
        /// At least.
        low: Option<Figure>,
        /// At most.
        high: Option<Figure>,
    },
}

/// A fraction of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Written out (a draft).
    Fraction(Fraction),
    /// An amount that is a fraction.
    Amount(AmountId),
}

/// Who has a levy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevyTo {
    /// A person, or each of a group.
    Who(Who),
    /// An account of the office.
    Account(AccountId),
}

/// How much comes off.
#[derive(Clone, Debug)]
pub enum LevyPart {
    /// A fraction of the commission.
    Part(Figure),
    /// A fraction of what all other levies leave.
    OfRest(Figure),
    /// Money, written out (a draft).
    Money(Fen),
    /// An amount of money.
    MoneyAmount(AmountId),
    /// Money that a fact gives.
    Term(Term),
}

/// Whom an answer waits for.
#[derive(Debug)]
pub enum Asking {
    /// A role says yes or no; the clause stands once it is yes.
    Yes(WordId),
    /// A role fixes what the answer leaves open.
    Fixes(WordId),
    /// These people agree on what the answer leaves open.
    Agreement {
        /// All of them.
        whom: Vec<Who>,
        /// As long as this window is open.
        within: Option<WindowId>,
        /// Who rules after that.
        otherwise: Option<WordId>,
    },
}

/// A weight in parts.
#[derive(Clone, Debug)]
pub enum Weight {
    /// Written out (a draft).
    Number(u64),
    /// An amount in parts.
    Amount(AmountId),
    /// A value that a fact gives.
    Term(Term),
}
