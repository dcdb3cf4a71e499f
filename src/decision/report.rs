//! How things are at the end of a journal, as plain data with the names of `README.md` ("Report").

use serde::Serialize;
use std::collections::BTreeMap;

/// The report, ready to be printed as one JSON object. Money is decimal text in yuan; times are in the office's offset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct Report {
    pub events: u64,
    pub policy: String,
    pub at: Option<String>,
    pub rota: BTreeMap<String, RotaReport>,
    pub staff: BTreeMap<String, StaffReport>,
    pub customers: BTreeMap<String, CustomerReport>,
    pub visits: BTreeMap<String, VisitReport>,
    pub deals: BTreeMap<String, DealReport>,
    /// Levies of final deals, by account.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, String>,
    pub open_windows: Vec<WindowReport>,
    pub undecided: Vec<UndecidedReport>,
    pub state_digest: String,
}

/// What hangs on the wall of an office: no money, and nothing of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct Board {
    pub policy: String,
    pub at: Option<String>,
    pub rota: BTreeMap<String, RotaReport>,
    /// Those who have not left.
    pub staff: BTreeMap<String, BoardStaff>,
    /// Those that are open or waiting.
    pub visits: BTreeMap<String, BoardVisit>,
}

/// A person, as everybody may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct BoardStaff {
    pub role: String,
    pub can_receive: bool,
    pub receptions: i64,
    pub turns_used: i64,
    pub turns_forfeited: i64,
}

/// A visit that is open or waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct BoardVisit {
    pub customer: String,
    /// When it came.
    pub at: String,
    pub staff: Option<String>,
    pub role: Option<String>,
    pub state: String,
}

/// A rota: the round, who is next, priority turns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct RotaReport {
    pub round: u64,
    pub next: Vec<String>,
    pub priority: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub make_ups: Vec<MakeUpReport>,
}

/// A priority turn: whose, of which kind, where it comes from, how long it is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct MakeUpReport {
    pub staff: String,
    pub kind: String,
    pub given: u64,
    pub at: String,
    pub because: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct StaffReport {
    pub role: String,
    pub commission: String,
    pub provisional: String,
    pub fines: String,
    /// What is to be paid back, apart from fines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_back: Option<String>,
    pub points: i64,
    pub turns_used: i64,
    pub turns_forfeited: i64,
    pub receptions: i64,
    pub make_ups: usize,
    pub can_receive: bool,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct CustomerReport {
    pub owner: Option<String>,
    pub claims: Vec<ClaimReport>,
    /// Other ids of the same customer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The other members of the household.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub household: Vec<String>,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct ClaimReport {
    pub staff: String,
    pub kind: String,
    pub claim: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct VisitReport {
    pub staff: Option<String>,
    pub role: Option<String>,
    pub state: String,
}

/// A deal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct DealReport {
    pub state: String,
    pub shares: Vec<ShareReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub levies: Vec<LevyReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<DueReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
}

/// What came off a commission before it was shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct LevyReport {
    pub to: String,
    pub amount: String,
}

/// What of a share may be paid now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct DueReport {
    pub staff: String,
    pub amount: String,
}

/// A part of a commission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct ShareReport {
    pub staff: String,
    pub share: String,
    pub amount: String,
}

/// A window that is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct WindowReport {
    pub kind: String,
    pub about: String,
    pub until: String,
}

/// A question that waits for a ruling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[expect(missing_docs, reason = "the names are those of the interface")]
pub struct UndecidedReport {
    pub about: String,
    pub question: String,
    pub asks: String,
}
