//! The kinds of event that a journal may hold and the fields of each, as documented in README ("Events").

/// A kind of event: one of [`KINDS`], or one that a policy declares (numbered after them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KindId(pub u16);

/// A field of an event: one of [`FIELDS`], or one that a policy declares (numbered after them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FieldId(pub u16);

/// A list of words that a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Any snake_case word.
    Any,
    /// The roles of the policy's title page.
    Role,
    /// The kinds of violation that the policy declares.
    ViolationKind,
    /// A closed list; a policy may declare more.
    List(&'static [&'static str]),
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A person of the office, by id.
    Person,
    /// People of the office, in order.
    Persons,
    /// A customer, by id.
    Customer,
    /// Customers, in order.
    Customers,
    /// A visit, by id.
    Visit,
    /// A deal, by id.
    Deal,
    /// A person, `yes` or `no`.
    Chosen,
    /// A deal, visit, customer, person or event, by id.
    About,
    /// A snake_case word.
    Word(Words),
    /// Free text; never read by a condition.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number, not negative.
    Count,
    /// Decimal text in yuan, held in fen.
    Money,
    /// A list of {`staff`, `share`}.
    Shares,
    /// Clause ids, as printed.
    Clauses,
    /// A whole event.
    Event,
    /// A list of {`staff`, `since`}.
    Asleep,
    /// {path: text}.
    Files,
}

/// One field of a kind: which, what it holds, and whether it must be there.
#[derive(Clone, Copy, Debug)]
pub struct FieldRow {
    /// Which field.
    pub field: FieldId,
    /// What it holds.
    pub holds: FieldType,
    /// Whether an event without it is malformed.
    pub required: bool,
}

/// One kind of event.
#[derive(Clone, Copy, Debug)]
pub struct KindRow {
    /// Its name in journals and scenarios.
    pub name: &'static str,
    /// Its own fields; `at`, `event`, `id`, `by`, `note` are everybody's.
    pub fields: &'static [FieldRow],
}

macro_rules! numbered {
    ($list:ident : $id:ident { $($constant:ident = $name:literal),+ $(,)? }) => {
        numbered!(@count $id 0u16; $($constant)+);
        /// Names, in the order of their numbers.
        pub const $list: &[&str] = &[$($name),+];
    };
    (@count $id:ident $n:expr; $first:ident $($rest:ident)*) => {
        #[expect(missing_docs, reason = "named after the word of the interface")]
        pub const $first: $id = $id($n);
        numbered!(@count $id $n + 1; $($rest)*);
    };
    (@count $id:ident $n:expr;) => {};
}

/// Field numbers.
pub mod field {
    use super::FieldId;
    numbered!(FIELDS: FieldId {
        PERSON = "person", ROLE = "role", SUCCESSOR = "successor", ORDER = "order", DESK = "desk", STAFF = "staff",
        REASON = "reason", ORDERED_BY = "ordered_by", VERIFIED_BY = "verified_by", COUNTERPART = "counterpart",
        APPROVED_BY = "approved_by", ITEM = "item", PASSED = "passed", INSPECTOR = "inspector", VISIT = "visit",
        CUSTOMER = "customer", RETURNING = "returning", REMEMBERS = "remembers", BRINGS = "brings",
        PURPOSE = "purpose", CHANNEL = "channel", INTRODUCED_BY = "introduced_by", BY_WHOM = "by_whom",
        FAULT = "fault", INSISTS = "insists", PRIORITY = "priority", NAME = "name", PHONE = "phone",
        METHOD = "method", CONNECTED = "connected", SECONDS = "seconds", DEAL = "deal", COMMISSION = "commission",
        CLOSER = "closer", KIND = "kind", REPORTED_BY = "reported_by", LEVEL = "level", ABOUT = "about",
        PLEA = "plea", OWNER = "owner", OUTCOME = "outcome", STAND_IN = "stand_in", CALL = "call", STAGE = "stage",
        RECEIVED = "received", MODE = "mode", BETWEEN = "between", SHARES = "shares", CHOSEN = "chosen",
        DECIDED_BY = "decided_by", QUESTION = "question", CITES = "cites", CLAIM = "claim", EFFECT = "effect",
        POLICY = "policy", DIGEST = "digest", FILES = "files", INSTEAD = "instead", ASLEEP = "asleep",
        STATE = "state", ROUND = "round", SPENT = "spent", BARRED = "barred",
        VIOLATION = "violation", FINE = "fine", POINTS = "points", SUSPENDED_TURNS = "suspended_turns",
        SUSPENDED_DAYS = "suspended_days", WARNING = "warning", DISMISSED = "dismissed", PAID_BY = "paid_by", AS = "as", OF = "of",
        PAY_BACK = "pay_back", PANKE = "panke",
    });
}
pub use field::FIELDS;

/// Kind numbers.
pub mod kind {
    use super::KindId;
    numbered!(KIND_NAMES: KindId {
        PERSON = "person", PERSON_LEFT = "person_left", ROSTER = "roster", SIGN_IN = "sign_in",
        SIGN_OUT = "sign_out", AWAY = "away", BACK = "back", SWAP = "swap", INSPECTION = "inspection",
        VISIT = "visit", VISIT_END = "visit_end", RECOGNITION = "recognition", REPLACEMENT = "replacement",
        REGISTRATION = "registration", FOLLOW_UP = "follow_up", DEAL = "deal", DEAL_CANCELLED = "deal_cancelled",
        VIOLATION = "violation", OWNER_CONTACT = "owner_contact", PHONE_INQUIRY = "phone_inquiry",
        CLAIM_MADE = "claim_made", ASSIGNMENT = "assignment", DEAL_STAGE = "deal_stage",
        CALENDAR_MODE = "calendar_mode", AGREEMENT = "agreement", CHOICE = "choice", RULING = "ruling",
        POLICY = "policy", CORRECTION = "correction", OPENING = "opening", TICK = "tick",
    });
}
pub use kind::KIND_NAMES;

const fn must(field: FieldId, holds: FieldType) -> FieldRow {
    FieldRow {
        field,
        holds,
        required: true,
    }
}
const fn may(field: FieldId, holds: FieldType) -> FieldRow {
    FieldRow {
        field,
        holds,
        required: false,
    }
}

const ANY: FieldType = FieldType::Word(Words::Any);
const ITEMS: FieldType = FieldType::Word(Words::List(&[
    "attire",
    "materials",
    "information",
    "attention",
]));
const FAULTS: FieldType = FieldType::Word(Words::List(&["none", "ordinary", "serious"]));
const BY_WHOM: FieldType = FieldType::Word(Words::List(&["staff", "customer", "system"]));
const OUTCOMES: FieldType = FieldType::Word(Words::List(&["reached", "unreachable"]));
const MODES: FieldType = FieldType::Word(Words::List(&["normal", "launch", "exhibition"]));
const STAGES: FieldType = FieldType::Word(Words::List(&[
    "hold",
    "deposit",
    "top_up",
    "full_deposit",
    "subscription",
    "contract",
    "loan_ready",
    "loan_paid",
    "first_payment",
    "full_price",
    "handover",
    "refund",
    "swap",
]));
const RECEPTION_ROLES: FieldType = FieldType::Word(Words::List(&[
    "duty",
    "owner",
    "helper",
    "original",
    "replacement",
]));
const QUESTIONS: FieldType = FieldType::Word(Words::List(&[
    "identify", "receive", "turn", "own", "share", "sanction",
]));
const IDENTIFIED: FieldType = FieldType::Word(Words::List(&["new", "same_as", "household_of"]));
const CLAIM_KINDS: FieldType = FieldType::Word(Words::List(&["owner", "share"]));
const CLAIM_STATES: FieldType =
    FieldType::Word(Words::List(&["active", "sleeping", "lapsed", "void"]));
const SHARE_STATES: FieldType = FieldType::Word(Words::List(&["final"]));
const EFFECTS: FieldType = FieldType::Word(Words::List(&[
    "used",
    "not_used",
    "forfeited",
    "kept",
    "open",
    "returned",
    "bye",
    "priority",
]));

use FieldType::{About, Asleep, Chosen, Clauses, Count, Customer, Customers, Deal, Files, Flag};
use FieldType::{Money, Person, Persons, Shares, Text, Visit, Word};
use field::*;
use serde::{Deserialize, Serialize};

/// Every kind of the interface, in the order of [`kind`]'s numbers.
#[rustfmt::skip]
pub const KINDS: &[KindRow] = &[
    KindRow { name: "person", fields: &[must(PERSON, Person), must(ROLE, Word(Words::Role))] },
    KindRow { name: "person_left", fields: &[must(PERSON, Person), may(SUCCESSOR, Person)] },
    KindRow { name: "roster", fields: &[must(ORDER, Persons), may(DESK, ANY)] },
    KindRow { name: "sign_in", fields: &[must(STAFF, Person)] },
    KindRow { name: "sign_out", fields: &[must(STAFF, Person)] },
    KindRow { name: "away", fields: &[must(STAFF, Person), may(REASON, ANY), may(ORDERED_BY, Person), may(VERIFIED_BY, Person)] },
    KindRow { name: "back", fields: &[must(STAFF, Person), may(VERIFIED_BY, Person)] },
    KindRow { name: "swap", fields: &[must(STAFF, Person), must(COUNTERPART, Person), may(APPROVED_BY, Person)] },
    KindRow { name: "inspection", fields: &[must(STAFF, Person), must(ITEM, ITEMS), must(PASSED, Flag), must(INSPECTOR, Person)] },
    KindRow { name: "visit", fields: &[must(VISIT, Visit), must(CUSTOMER, Customer), may(RETURNING, Flag), may(REMEMBERS, Person), may(BRINGS, Customers), may(PURPOSE, ANY), may(CHANNEL, ANY), may(INTRODUCED_BY, Customers)] },
    KindRow { name: "visit_end", fields: &[must(VISIT, Visit)] },
    KindRow { name: "recognition", fields: &[must(CUSTOMER, Customer), must(STAFF, Person), may(field::BY_WHOM, BY_WHOM)] },
    KindRow { name: "replacement", fields: &[must(VISIT, Visit), must(FAULT, FAULTS), may(INSISTS, Flag), may(PRIORITY, Flag), may(APPROVED_BY, Person)] },
    KindRow { name: "registration", fields: &[must(CUSTOMER, Customer), must(STAFF, Person), may(NAME, Text), may(PHONE, Text)] },
    KindRow { name: "follow_up", fields: &[must(CUSTOMER, Customer), must(STAFF, Person), may(METHOD, ANY), may(CONNECTED, Flag), may(SECONDS, Count)] },
    KindRow { name: "deal", fields: &[must(DEAL, Deal), must(CUSTOMER, Customer), must(COMMISSION, Money), may(CLOSER, Person), may(VISIT, Visit)] },
    KindRow { name: "deal_cancelled", fields: &[must(DEAL, Deal), may(REASON, ANY)] },
    KindRow { name: "violation", fields: &[must(STAFF, Person), must(field::KIND, Word(Words::ViolationKind)), must(REPORTED_BY, Person), may(LEVEL, ANY), may(ABOUT, About), may(PLEA, ANY)] },
    KindRow { name: "owner_contact", fields: &[must(STAFF, Person), must(OWNER, Person), must(OUTCOME, OUTCOMES), may(STAND_IN, Person), may(VISIT, Visit), may(CUSTOMER, Customer)] },
    KindRow { name: "phone_inquiry", fields: &[must(CALL, About), must(CUSTOMER, Customer), must(STAFF, Person), may(REMEMBERS, Person)] },
    KindRow { name: "claim_made", fields: &[must(CUSTOMER, Customer), must(STAFF, Person)] },
    KindRow { name: "assignment", fields: &[must(VISIT, Visit), must(STAFF, Person), must(ROLE, RECEPTION_ROLES), must(APPROVED_BY, Person)] },
    KindRow { name: "deal_stage", fields: &[must(DEAL, Deal), must(STAGE, STAGES), may(RECEIVED, Money)] },
    KindRow { name: "calendar_mode", fields: &[must(MODE, MODES)] },
    KindRow { name: "agreement", fields: &[must(ABOUT, About), must(BETWEEN, Persons), may(SHARES, Shares)] },
    KindRow { name: "choice", fields: &[must(ABOUT, About), must(CHOSEN, Chosen), must(DECIDED_BY, Person)] },
    KindRow { name: "ruling", fields: &[must(ABOUT, About), must(QUESTION, QUESTIONS), must(DECIDED_BY, Person), may(VISIT, Visit), may(CUSTOMER, Customer), may(DEAL, Deal), may(STAFF, Person), may(ROLE, RECEPTION_ROLES), may(field::KIND, CLAIM_KINDS), may(CLAIM, CLAIM_STATES), may(DESK, ANY), may(EFFECT, EFFECTS), may(STATE, SHARE_STATES), may(SHARES, Shares), may(field::VIOLATION, Word(Words::ViolationKind)), may(FINE, Money), may(POINTS, Count), may(SUSPENDED_TURNS, Count), may(SUSPENDED_DAYS, Count), may(WARNING, Flag), may(DISMISSED, Flag), may(PAY_BACK, Money), may(PAID_BY, ANY), may(REASON, ANY), may(CITES, Clauses), may(AS, IDENTIFIED), may(OF, Customer)] },
    KindRow { name: "policy", fields: &[must(POLICY, Text), must(DIGEST, Text), may(FILES, Files), may(PANKE, Text)] },
    KindRow { name: "correction", fields: &[must(ABOUT, About), must(REASON, ANY), may(APPROVED_BY, Person), may(INSTEAD, FieldType::Event)] },
    KindRow { name: "opening", fields: &[may(CUSTOMER, Customer), may(OWNER, Person), may(ASLEEP, Asleep), may(ROUND, Count), may(SPENT, Persons), may(DESK, ANY)] },
    KindRow { name: "tick", fields: &[] },
];

/// Fields that every event may have, besides `at` and `event`.
pub const COMMON_FIELDS: &[&str] = &["id", "by", "note"];

/// The kind of that name, if the interface has it.
pub fn kind_named(name: &str) -> Option<KindId> {
    let index = KIND_NAMES.iter().position(|known| *known == name)?;
    u16::try_from(index).ok().map(KindId)
}

/// The field of that name, if the interface has it.
pub fn field_named(name: &str) -> Option<FieldId> {
    let index = FIELDS.iter().position(|known| *known == name)?;
    u16::try_from(index).ok().map(FieldId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_kinds_follows_their_numbers() {
        let names: Vec<_> = KINDS.iter().map(|row| row.name).collect();
        assert_eq!(names, KIND_NAMES);
    }
}
