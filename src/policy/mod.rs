//! A policy as it is meant: checked, resolved, and ready to be asked. It exists only when it is valid.
//!
//! Built by `check` from what an author wrote; read by the runtime. All names are resolved to numbers of this policy
//! (`AmountId`, `PeopleId`, …); words are kept in one list so that the runtime can translate them once into its own.

mod answers;
mod clauses;
mod terms;

pub use answers::*;
pub use clauses::*;
pub use terms::*;

use crate::base::time::{Calendar, Clock, Instant, Length, Period, SpanRule};
use crate::script::Scripts;
use crate::vocabulary::events::{FieldId, FieldType, KindId};
use crate::vocabulary::facts::{Part, Type};
use crate::vocabulary::words::{PassReason, TurnEffect};
use serde::{Deserialize, Serialize};

/// Numbers of the things that a policy declares: indexes into the lists of [`Policy`].
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u16);
        impl $name {
            /// As an index into the list of the policy.
            pub const fn index(self) -> usize { self.0 as usize }
        })+
    };
}
ids! {
    /// A word of [`Policy::words`].
    WordId,
    /// An amount of [`Policy::amounts`].
    AmountId,
    /// A declared person or group of [`Policy::people`].
    PeopleId,
    /// A declared fact of [`Policy::facts`].
    FactId,
    /// A window of [`Policy::windows`].
    WindowId,
    /// An account of [`Policy::accounts`].
    AccountId,
    /// A clause of [`Policy::clauses`].
    ClauseId,
    /// A role of [`Policy::roles`].
    RoleId,
    /// A permission of [`Policy::permissions`].
    PermissionId,
    /// A rota of [`Policy::rotas`].
    RotaId,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// A rulebook, ready to be asked.
#[derive(Debug)]
pub struct Policy {
    /// Name on the title page.
    pub name: String,
    /// SHA-256, in hexadecimal, over the sorted paths and bytes of the folder and of what it extends.
    pub digest: String,
    /// Title of the book.
    pub title: Bilingual,
    /// The office's zone and the end of its day.
    pub calendar: Calendar,
    /// Every word that a condition or an answer compares with or gives.
    pub words: Vec<String>,
    /// Roles, in the order of the title page.
    pub roles: Vec<Role>,
    /// Names of what a role may do.
    pub permissions: Vec<String>,
    /// The rotas; the first serves a visit that no other claims.
    pub rotas: Vec<Rota>,
    /// Amounts.
    pub amounts: Vec<Amount>,
    /// Declared people and groups.
    pub people: Vec<People>,
    /// Declared facts.
    pub facts: Vec<DeclaredFact>,
    /// Windows.
    pub windows: Vec<Window>,
    /// Kinds of violation.
    pub violations: Vec<(String, Bilingual)>,
    /// Accounts of the office that levies go to.
    pub accounts: Vec<Account>,
    /// Fields that this policy adds to events; [`FieldId`]s continue after the built-in ones.
    pub fields: Vec<String>,
    /// Kinds of event that this policy adds, and fields that it adds to known ones.
    pub events: Vec<DeclaredEvent>,
    /// Clauses in the order of the book.
    pub clauses: Vec<Clause>,
    /// Which clauses answer which question on which moment.
    pub index: ClauseIndex,
    /// Who is first in line for the fen that do not divide.
    pub remainder: Vec<Who>,
    /// Which role settles what no clause settles, and the clause that says so.
    pub undecided: Undecided,
    /// Who counts as owner of a customer who was brought along, until the visit ends.
    pub while_brought: Option<WhileBrought>,
    /// Fields by which a customer is found again.
    pub keys: Vec<IdentityKey>,
    /// Whether a change of policy reaches deals that are still provisional.
    pub deals_change: Reach,
    /// Compiled scripts.
    pub scripts: Option<Scripts>,
}

/// A field by which a customer is found again.
#[derive(Clone, Debug)]
pub struct IdentityKey {
    /// Which.
    pub field: FieldId,
    /// Its name.
    pub name: String,
    /// How many characters at its end are compared; else all.
    pub last: Option<usize>,
}

/// A role of the title page.
#[derive(Debug)]
pub struct Role {
    /// Its word in events.
    pub name: WordId,
    /// What people call it.
    pub title: Bilingual,
    /// How many visits it may receive at once; 0: it does not receive.
    pub receives: u32,
    /// What it may do.
    pub may: Vec<PermissionId>,
}

/// An account of the office: a pool, the house.
#[derive(Debug)]
pub struct Account {
    /// Its word.
    pub name: WordId,
    /// What people call it.
    pub title: Bilingual,
}

/// How a rota turns.
#[derive(Debug)]
pub struct Rota {
    /// Name of the desk.
    pub desk: WordId,
    /// Channels that it serves; empty: all that no other rota claims.
    pub channels: Vec<WordId>,
    /// In which order people stand.
    pub order: RotaOrder,
    /// Whether everybody has one turn a round.
    pub round: RotaRound,
    /// A word of a person (`it`): turns belong to those of whom it is the same.
    pub unit: Option<Term>,
    /// What happens at the end of the office's day.
    pub day: RotaDay,
    /// What becomes of a turn that is passed over: the first row that applies.
    pub passed_over: Vec<PassedOver>,
}

/// In which order people stand in a rota.
#[derive(Clone, Debug, PartialEq)]
pub enum RotaOrder {
    /// As the roster says, or as people sign in.
    By(Line),
    /// By values of each person (`it`), smaller first, what is missing last; `ties` settles what is equal.
    Keys {
        /// The values, the weightiest first.
        keys: Vec<Term>,
        /// Who of equals comes first.
        ties: Line,
    },
}

/// An order in which nobody is equal to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// As the roster says.
    Roster,
    /// By the first sign-in of the day; who has not signed in comes last, as the roster says.
    SignIn,
}

/// Whether turns go round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotaRound {
    /// Everybody has one turn a round.
    OneEach,
    /// No rounds: whoever stands first and can receive, each time anew.
    None,
}

/// What happens to the round at the end of the office's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotaDay {
    /// It goes on.
    CarriesOver,
    /// A new round begins at the top of the roster.
    Restarts,
}

/// A row of the table of reasons and effects.
#[derive(Debug)]
pub struct PassedOver {
    /// The reason for which the agent cannot receive.
    pub reason: PassReason,
    /// Further conditions (`passed`); all must hold.
    pub when: Vec<Condition>,
    /// What becomes of the turn.
    pub effect: TurnEffect,
    /// The clause (of kind [`ClauseKind::Row`]) that is cited.
    pub clause: ClauseId,
}

/// Whom a change reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What begins after the change.
    NewCases,
    /// What is still open, too.
    OpenOnes,
}

/// Which role settles what no clause settles.
#[derive(Debug)]
pub struct Undecided {
    /// The role.
    pub asks: WordId,
    /// The clause that gives it the word.
    pub clause: ClauseId,
}

/// Who counts as owner of a customer who was brought along, until the visit ends.
#[derive(Debug)]
pub struct WhileBrought {
    /// `bringer_owner`.
    pub owner: Part,
    /// The clause that says so.
    pub clause: ClauseId,
}

/// A figure that the office may change: dated values.
#[derive(Debug)]
pub struct Amount {
    /// Its name.
    pub name: String,
    /// Values, each with the first instant at which it holds, in order.
    pub values: Vec<(Instant, AmountValue)>,
    /// The clause or reading it comes from.
    pub source: String,
    /// What it is.
    pub text: Bilingual,
}

/// What an amount is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountValue {
    /// A length of time: `"1 month"`.
    Length(Length),
    /// Money, and the word of its currency: `"50.00 yuan"`.
    Money(crate::base::money::Fen, String),
    /// A count of something: `"2 visits"`, `"3 points"`, `"1 turn"`.
    Count(i64, String),
    /// A part of a whole: `"1 part"`, `"60 parts"`.
    Parts(u64),
    /// A fixed share: `"1/3"`, `"20%"`.
    Fraction(crate::base::fraction::Fraction),
    /// A time of day: `"18:30"`.
    Clock(Clock),
    /// Words: `["buy", "view"]`.
    Words(Vec<WordId>),
}

impl Amount {
    /// The value that holds at an instant: the last one that began by then, else the first.
    pub fn at(&self, at: Instant) -> &AmountValue {
        let later = self.values.partition_point(|(from, _)| *from <= at);
        &self.values[later.saturating_sub(1)].1
    }
}

/// A person or a group by its part in the case, as the policy declares it.
#[derive(Debug)]
pub struct People {
    /// Its name.
    pub name: String,
    /// Where they are drawn from.
    pub from: PeopleFrom,
    /// What must hold of each (`it`).
    pub filter: Vec<Condition>,
    /// Which of them.
    pub pick: Pick,
}

/// Where a declared person or group is drawn from.
#[derive(Debug)]
pub enum PeopleFrom {
    /// The claims on the customer (in a question about a deal, those of the deal).
    Claims,
    /// The claims on the customer who brought this one.
    BringerClaims,
    /// The claims on the other members of the customer's household.
    HouseholdClaims,
    /// The roster of the desk, by place.
    Staff,
    /// Everybody who has a role and has not left, whether on a roster or not, in the order in which they came.
    Office,
    /// Another person or group.
    Of(Who),
    /// The first of these who exists.
    FirstOf(Vec<Term>),
}

/// Which of those who fit.
#[derive(Debug)]
pub enum Pick {
    /// All of them.
    Each,
    /// The one with the smallest value of a term over `it`, or, where equal, of the next; the earlier in order if all
    /// are equal.
    First(Vec<Term>),
    /// The one with the greatest; the later in order if all are equal.
    Last(Vec<Term>),
    /// The only one, for `FirstOf`.
    One,
}

/// A fact that the policy declares.
#[derive(Debug)]
pub struct DeclaredFact {
    /// Its name.
    pub name: String,
    /// Of what: a deal, a violation, a claim (a person's), a visit, a customer.
    pub of: Type,
    /// What it is.
    pub is: Type,
    /// A sentence for the reader.
    pub text: Bilingual,
    /// The clause or reading it comes from.
    pub source: String,
    /// How it is found.
    pub how: FactHow,
}

/// How a declared fact is found.
#[derive(Debug)]
pub enum FactHow {
    /// A yes/no condition.
    Condition(Condition),
    /// A value computed from others, and its value when something it reads is missing.
    Term(Term, Option<Const>),
    /// Told by the story: kept up to date as events come in.
    Story(StoryFact),
    /// The value of the first case that holds; none: missing.
    Cases(Vec<FactCase>),
    /// How many of a person's customers are so: each claim that has not ended is `it` in turn.
    Customers(Vec<Condition>),
    /// Asked when it is read: clauses answer; with what it is where none does.
    Question(Option<Term>),
    /// A pure function of the facts that it lists.
    Script {
        /// File stem.
        module: String,
        /// Function.
        function: String,
        /// Arguments, in order.
        reads: Vec<Term>,
    },
}

/// A case of a fact.
#[derive(Debug)]
pub struct FactCase {
    /// All of these hold …
    pub when: Vec<Condition>,
    /// … and none of these.
    pub unless: Vec<Condition>,
    /// What the fact is then.
    pub is: Term,
}

/// Whose story something belongs to: of what a told fact is kept, of what each has its own windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// A claim, read as a person's.
    Claim,
    /// A person of the staff, whatever the customer.
    Staff,
    /// A customer.
    Customer,
    /// A visit.
    Visit,
    /// A deal.
    Deal,
    /// A violation: counted, never kept.
    Violation,
    /// The event at hand: windows that look back from it.
    Event,
}

impl Of {
    /// Of which type of value it is read.
    pub const fn is(self) -> Type {
        match self {
            Of::Claim | Of::Staff => Type::Person,
            Of::Customer => Type::Customer,
            Of::Visit => Type::Visit,
            Of::Deal => Type::Deal,
            Of::Violation => Type::Violation,
            Of::Event => Type::Event,
        }
    }
}

/// A fact told by the story.
#[derive(Debug)]
pub struct StoryFact {
    /// Whose story.
    pub of: Of,
    /// For a fact of a person of the staff: whose, at that moment.
    pub whose: Option<Who>,
    /// What is kept.
    pub keeps: StoryKeeps,
    /// Which moment is counted.
    pub moment: Moment,
    /// What must hold at that moment (`it` is the claim for a fact of a claim).
    pub filter: Vec<Condition>,
    /// For a fact of a violation: the fields that must be the same.
    pub same: Vec<SameField>,
    /// Only within the calendar period in which it is read.
    pub period: Option<Period>,
    /// What is added up; what is kept of the first or last, when not its time.
    pub value: Option<StoryValue>,
}

/// What a story fact keeps of the moment that tells it.
#[derive(Debug)]
pub enum StoryValue {
    /// A value.
    Term(Term),
    /// Whether something holds then.
    Test(Test),
}

/// What a story fact keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoryKeeps {
    /// How many.
    Count,
    /// What the values add up to.
    Sum,
    /// The first time, or the value then.
    First,
    /// The last time, or the value then.
    Last,
}

/// A field by which violations are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameField {
    /// The same person.
    Staff,
    /// The same kind.
    Kind,
}

/// A window: a stretch of time that each of its subjects has its own of.
#[derive(Debug)]
pub struct Window {
    /// Its name.
    pub name: String,
    /// A sentence for the reader.
    pub text: Bilingual,
    /// The clause or reading it comes from.
    pub source: String,
    /// Of what.
    pub of: Of,
    /// The times from which it runs: the latest that has come.
    pub starts: Vec<WindowTime>,
    /// Times that close it before its end.
    pub closed_by: Vec<WindowTime>,
    /// The time from which it looks back, instead; such a window is read and never acts.
    pub back_from: Option<Term>,
    /// The calendar period to whose end it lasts, instead of a length.
    pub to_end_of: Option<Period>,
    /// How long it is: an amount that is a length at every date.
    pub length: AmountId,
    /// Which days count.
    pub rule: SpanRule,
    /// Whom a new length reaches.
    pub changes: Reach,
}

impl Window {
    /// Whether only what becomes of a claim moves it, so that it opens and closes as that happens.
    pub fn follows_claim(&self) -> bool {
        let own = |time: &WindowTime| matches!(time, WindowTime::Claim(_));
        self.starts.iter().chain(&self.closed_by).all(own) && self.back_from.is_none()
    }
}

/// A time by which a window starts or is closed.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowTime {
    /// Something that becomes of a claim.
    Claim(ClaimTime),
    /// Any other time of its subject.
    Read(Term),
}

/// A time that every claim keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimTime {
    /// When it began.
    Opened,
    /// When somebody else began to receive the customer as new.
    Slept,
    /// When the holder was recognised.
    Recognised,
    /// When it became active again.
    Woke,
    /// When it became a right to a part.
    Shared,
    /// When it lapsed or became void.
    Ended,
}

/// A kind of event that the policy declares, or fields that it adds to a known kind.
#[derive(Debug)]
pub struct DeclaredEvent {
    /// The kind; numbers continue after the built-in ones.
    pub kind: KindId,
    /// Its name.
    pub name: String,
    /// The fields that this policy adds, with the words that a word takes (empty: any).
    pub fields: Vec<DeclaredField>,
}

/// A field that the policy adds to an event.
#[derive(Debug)]
pub struct DeclaredField {
    /// Which field.
    pub field: FieldId,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: FieldType,
    /// The words it takes, added to those that the kind has already; empty: any.
    pub words: Vec<String>,
    /// Whether an event without it is malformed.
    pub required: bool,
}

impl Policy {
    /// The clause of that number.
    pub fn clause(&self, id: ClauseId) -> &Clause {
        &self.clauses[id.index()]
    }

    /// `name@digest`, as decisions carry it.
    pub fn stamp(&self) -> String {
        format!("{}@{}", self.name, self.digest)
    }
}
