//! What a condition may speak of: which people and things there are at each moment, and which questions it may answer.

use crate::policy::{Moment, Of};
use crate::vocabulary::events::{FieldType, KindId, field, kind};
use crate::vocabulary::facts::{Part, Type};
use crate::vocabulary::words::Question;

/// Things at hand, as bits.
pub mod root {
    /// The event.
    pub const EVENT: u8 = 1;
    /// The visit.
    pub const VISIT: u8 = 2;
    /// The customer, and so the claims on the customer.
    pub const CUSTOMER: u8 = 4;
    /// The deal.
    pub const DEAL: u8 = 8;
    /// The violation.
    pub const VIOLATION: u8 = 16;
    /// The office.
    pub const OFFICE: u8 = 32;
    /// The other customer with whom the event shares most keys.
    pub const RECORD: u8 = 64;
}

/// The things at hand by the name that conditions use.
pub const ROOTS: &[(&str, u8, Type)] = &[
    ("event", root::EVENT, Type::Event),
    ("visit", root::VISIT, Type::Visit),
    ("customer", root::CUSTOMER, Type::Customer),
    ("deal", root::DEAL, Type::Deal),
    ("violation", root::VIOLATION, Type::Violation),
    ("office", root::OFFICE, Type::Office),
    ("record", root::RECORD, Type::Customer),
];

/// What something reads of the case, its own subject left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Parts, as bits.
    pub parts: u32,
    /// Things, as bits of [`root`].
    pub roots: u8,
    /// Kinds of event whose fields are read.
    pub kinds: Vec<KindId>,
    /// A fact that is only true at the moment, by its name.
    pub momentary: Option<String>,
    /// How a deal is shared.
    pub settled: bool,
}

impl Needs {
    /// Adds what something else reads.
    pub fn add(&mut self, other: &Needs) {
        self.parts |= other.parts;
        self.roots |= other.roots;
        for kind in &other.kinds {
            if !self.kinds.contains(kind) {
                self.kinds.push(*kind);
            }
        }
        self.settled |= other.settled;
        if self.momentary.is_none() {
            self.momentary.clone_from(&other.momentary);
        }
    }

    /// Whether a part is read.
    pub fn part(&self, part: Part) -> bool {
        self.parts & bit(part) != 0
    }
}

/// What a condition may speak of.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// As a finding names it: "when a `visit` comes in".
    pub when: String,
    /// Parts that there are, as bits.
    pub parts: u32,
    /// Things that there are, as bits of [`root`].
    pub roots: u8,
    /// Kinds of event whose fields can be read.
    pub kinds: Vec<KindId>,
    /// Whether there is `it`.
    pub it: bool,
    /// A declaration: everything may be read, and is asked for where the declaration is used.
    pub open: bool,
    /// Only the story may be read, nothing that is only true at the moment.
    pub story_only: bool,
    /// The answer settles how a deal is shared, and may not read that.
    pub settles: bool,
}

/// A part as a bit.
pub fn bit(part: Part) -> u32 {
    1 << part as u32
}

pub fn bits(parts: &[Part]) -> u32 {
    parts.iter().fold(0, |bits, part| bits | bit(*part))
}

impl Scope {
    /// For a declaration, which may be used anywhere.
    pub fn open(it: bool) -> Scope {
        Scope {
            when: "in a declaration".to_owned(),
            it,
            open: true,
            ..Scope::default()
        }
    }

    /// For shares: the deal with its people, and the story only.
    pub fn share() -> Scope {
        Scope {
            when: "when a deal is shared".to_owned(),
            parts: bits(&[
                Part::Owner,
                Part::Receiver,
                Part::Closer,
                Part::IntroducerOwner,
            ]),
            roots: root::DEAL | root::CUSTOMER | root::OFFICE,
            story_only: true,
            settles: true,
            ..Scope::default()
        }
    }

    /// For what is due of shares: these are settled.
    pub fn pay() -> Scope {
        Scope {
            settles: false,
            ..Scope::share()
        }
    }

    /// For bars: the agent.
    pub fn bar() -> Scope {
        Scope {
            when: "when an agent is barred".to_owned(),
            parts: bit(Part::Actor),
            roots: root::OFFICE,
            ..Scope::default()
        }
    }

    /// For a row of the table of reasons and effects.
    pub fn passed_over() -> Scope {
        Scope::inner(Moment::PassedOver)
    }

    /// For moments of the runtime that are no event.
    pub fn inner(moment: Moment) -> Scope {
        let visit = root::VISIT | root::CUSTOMER;
        let claims = of_customer() | bit(Part::Receiver);
        let (when, parts, roots) = match moment {
            Moment::Identified => (
                "when two records are one customer",
                bits(&[Part::Owner, Part::OtherOwner]),
                root::CUSTOMER,
            ),
            Moment::Recognised => (
                "when somebody is recognised",
                claims | bit(Part::Recognised),
                visit,
            ),
            Moment::RotaChooses => (
                "when the rota chooses",
                claims | bits(&[Part::Recognised, Part::Chosen]),
                visit,
            ),
            Moment::PassedOver => (
                "when a turn is passed over",
                of_customer() | bits(&[Part::Passed, Part::Receiver]),
                visit,
            ),
            Moment::RoundEnds => ("when a round ends", bit(Part::Passed), 0),
            Moment::Violation => (
                "when there is a violation",
                of_customer() | bits(&[Part::Actor, Part::Reporter]),
                visit | root::DEAL | root::VIOLATION,
            ),
            Moment::Received => ("when a reception begins", claims, visit),
            Moment::PeriodEnds(_) => (
                "when a day, week, month, quarter or year ends",
                bit(Part::Actor),
                0,
            ),
            Moment::WindowEnds(_) => ("when a window ends", 0, 0),
            Moment::Event(_) => ("when an event comes in", 0, 0),
        };
        let kinds = if moment == Moment::Violation {
            vec![kind::VIOLATION]
        } else {
            Vec::new()
        };
        Scope {
            when: when.to_owned(),
            parts,
            roots: roots | root::EVENT | root::OFFICE,
            kinds,
            ..Scope::default()
        }
    }

    /// For the end of a window: what the window is of, and the people that it brings along.
    pub fn window_ends(of: Of) -> Scope {
        let (people, things) = (
            of_customer() | bit(Part::Receiver),
            root::CUSTOMER | root::VISIT,
        );
        let (parts, roots) = match of {
            Of::Claim => (people | bit(Part::Holder), things),
            Of::Customer | Of::Visit => (people, things),
            Of::Deal => (people | bit(Part::Closer), things | root::DEAL),
            Of::Staff => (bit(Part::Actor), 0),
            Of::Violation | Of::Event => (0, 0),
        };
        Scope {
            when: "when a window ends".to_owned(),
            parts,
            roots: roots | root::EVENT | root::OFFICE,
            ..Scope::default()
        }
    }

    /// What there is at both of two moments.
    #[must_use]
    pub fn and(mut self, other: &Scope) -> Scope {
        self.when = format!("{} and {}", self.when, other.when);
        self.parts &= other.parts;
        self.roots &= other.roots;
        self.kinds.retain(|kind| other.kinds.contains(kind));
        self
    }

    /// What something reads and is not there, by its name.
    pub fn lacks(&self, needs: &Needs) -> Option<String> {
        if self.open {
            return None;
        }
        let part = Part::ALL
            .iter()
            .find(|(part, _)| needs.part(*part) && self.parts & bit(*part) == 0);
        let thing = ROOTS
            .iter()
            .find(|(_, root, _)| needs.roots & root != 0 && self.roots & root == 0);
        let field = needs.kinds.iter().any(|kind| !self.kinds.contains(kind));
        part.map(|(_, name)| (*name).to_owned())
            .or_else(|| thing.map(|(name, ..)| (*name).to_owned()))
            .or_else(|| field.then(|| A_FIELD.to_owned()))
    }
}

/// What is missing where a condition reads what only another event says.
pub const A_FIELD: &str = "a field of another event";

/// Whom a customer at hand, and the visit of the customer, bring into the case.
pub fn of_customer() -> u32 {
    bits(&[
        Part::Owner,
        Part::OwnerBefore,
        Part::Current,
        Part::Named,
        Part::BringerOwner,
        Part::IntroducerOwner,
        Part::HouseholdOwner,
    ])
}

/// Whom and what a field of an event brings into the case.
pub fn from_field(id: u16, holds: FieldType) -> (u32, u8) {
    use crate::vocabulary::events::FieldId;
    let customer = of_customer();
    match (FieldId(id), holds) {
        (field::STAFF | field::PERSON, FieldType::Person) => (bit(Part::Actor), 0),
        (field::APPROVED_BY, _) => (bit(Part::Approver), 0),
        (field::VERIFIED_BY, _) => (bit(Part::Verifier), 0),
        (field::INSPECTOR, _) => (bit(Part::Inspector), 0),
        (field::COUNTERPART, _) => (bit(Part::Counterpart), 0),
        (field::CLOSER, _) => (bit(Part::Closer), 0),
        (field::REMEMBERS, _) => (bit(Part::Named), 0),
        (field::OWNER, FieldType::Person) => (bit(Part::Contacted), 0),
        (field::STAND_IN, _) => (bit(Part::StandIn), 0),
        (field::SUCCESSOR, _) => (bit(Part::Successor), 0),
        (field::DECIDED_BY, _) => (bit(Part::Decider), 0),
        (field::REPORTED_BY, _) => (bit(Part::Reporter), 0),
        (field::CHOSEN, _) => (bit(Part::ChosenPerson), 0),
        (field::ABOUT, FieldType::About) => (
            customer | bit(Part::Closer),
            root::DEAL | root::CUSTOMER | root::VISIT,
        ),
        (field::CUSTOMER | field::VISIT, _) => (customer, root::CUSTOMER | root::VISIT),
        (field::DEAL, _) => (
            customer | bits(&[Part::Receiver, Part::Closer]),
            root::DEAL | root::CUSTOMER | root::VISIT,
        ),
        _ => (0, 0),
    }
}

/// Whether an event brings a customer who may be somebody known already.
pub fn identifies(id: KindId, scope: &Scope) -> bool {
    let brings = [
        kind::VISIT,
        kind::PHONE_INQUIRY,
        kind::REGISTRATION,
        kind::CLAIM_MADE,
    ];
    let declared = usize::from(id.0) >= crate::vocabulary::events::KIND_NAMES.len();
    brings.contains(&id) || declared && scope.roots & root::CUSTOMER != 0
}

/// Events of the program itself, of which a policy has nothing to say.
const OF_THE_PROGRAM: &[KindId] = &[
    kind::POLICY,
    kind::TICK,
    kind::RULING,
    kind::OPENING,
    kind::CORRECTION,
    kind::PERSON,
    kind::ROSTER,
];

/// Those of them about which a policy may say whether they may be.
const JUDGED: &[KindId] = &[kind::RULING, kind::CORRECTION, kind::OPENING];

/// Events on which it is asked who receives.
const RECEPTIONS: &[KindId] = &[
    kind::VISIT,
    kind::RECOGNITION,
    kind::REPLACEMENT,
    kind::ASSIGNMENT,
    kind::PERSON_LEFT,
    kind::OWNER_CONTACT,
    kind::CHOICE,
];

/// Other events on which it is asked what becomes of turns.
const TURNS: &[KindId] = &[
    kind::VISIT_END,
    kind::INSPECTION,
    kind::AWAY,
    kind::BACK,
    kind::SIGN_IN,
    kind::SIGN_OUT,
    kind::SWAP,
    kind::PHONE_INQUIRY,
    kind::REGISTRATION,
    kind::FOLLOW_UP,
    kind::CLAIM_MADE,
    kind::OWNER_CONTACT,
    kind::DEAL,
    kind::DEAL_CANCELLED,
    kind::DEAL_STAGE,
    kind::CHOICE,
];

/// Whether a question is asked at a moment. A closed table: what it leaves out would never be asked.
pub fn is_asked(question: Question, moment: Moment, scope: &Scope) -> bool {
    use Moment::{
        Event, Identified, PassedOver, PeriodEnds, Received, Recognised, RotaChooses, RoundEnds,
        Violation, WindowEnds,
    };
    let declared = matches!(moment, Event(id) if usize::from(id.0) >= crate::vocabulary::events::KIND_NAMES.len());
    match (question, moment) {
        (Question::Allow, Event(id)) => JUDGED.contains(&id) || !OF_THE_PROGRAM.contains(&id),
        (Question::Allow, Violation) => true,
        (Question::Identify, Event(id)) => identifies(id, scope),
        (Question::Recognise, Event(id)) => [kind::VISIT, kind::RECOGNITION].contains(&id),
        (Question::Recognise | Question::Receive, RotaChooses) => true,
        (Question::Receive, Event(id)) => {
            RECEPTIONS.contains(&id) || declared && scope.roots & root::CUSTOMER != 0
        }
        (Question::Receive, Recognised) => true,
        (Question::Receive, WindowEnds(_)) => scope.roots & root::VISIT != 0,
        (Question::Own, Event(id)) => {
            scope.roots & root::CUSTOMER != 0 && !OF_THE_PROGRAM.contains(&id)
        }
        (Question::Own, WindowEnds(_)) => scope.roots & root::CUSTOMER != 0,
        (Question::Own, Identified | Recognised | RotaChooses | Received | Violation) => true,
        (Question::Turn, Event(id)) => declared || RECEPTIONS.contains(&id) || TURNS.contains(&id),
        (
            Question::Turn,
            Recognised | RotaChooses | PassedOver | RoundEnds | Received | WindowEnds(_)
            | PeriodEnds(_),
        ) => true,
        (Question::Sanction, Violation) => true,
        _ => false,
    }
}
