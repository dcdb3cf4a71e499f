//! The facts that a condition may read about an event, a person, a visit, a customer or a deal, with their types.

/// What a value is; comparisons are checked against it when a policy is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Yes or no.
    Flag,
    /// A whole number.
    Count,
    /// A snake_case word.
    Word,
    /// A list of words (an amount).
    Words,
    /// A moment, in milliseconds.
    Time,
    /// A day of the office's calendar.
    Day,
    /// A time of day.
    Clock,
    /// A person, with the claim that the person has in this case.
    Person,
    /// A visit.
    Visit,
    /// A customer.
    Customer,
    /// A deal.
    Deal,
    /// A violation, by its place in the story.
    Violation,
    /// Money, in fen.
    Money,
    /// A part of a whole.
    Fraction,
    /// A stretch of time; only for `in`.
    Window,
    /// What a violation costs; only as an answer.
    Sanction,
    /// The event itself; only its facts are read.
    Event,
    /// The office as a whole; only its facts are read.
    Office,
}

impl Type {
    /// As a finding names it.
    pub const fn text(self) -> &'static str {
        match self {
            Type::Flag => "yes or no",
            Type::Count => "a number",
            Type::Word => "a word",
            Type::Words => "a list of words",
            Type::Time => "a time",
            Type::Day => "a day",
            Type::Clock => "a time of day",
            Type::Person => "a person",
            Type::Visit => "a visit",
            Type::Customer => "a customer",
            Type::Deal => "a deal",
            Type::Violation => "a violation",
            Type::Money => "an amount of money",
            Type::Fraction => "a part of a whole",
            Type::Window => "a window",
            Type::Sanction => "a sanction",
            Type::Event => "an event",
            Type::Office => "the office",
        }
    }
}

/// A person by the part that he or she has in the case, as the program knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Who does what is recorded: the event's `staff` (`person` for `person_left`); for a bar, whom it is about.
    Actor,
    /// Holds the active claim on the customer; in a question about a deal, the owner then.
    Owner,
    /// Held the active claim when the event came in.
    OwnerBefore,
    /// Whom the visit asks for.
    Named,
    /// Is receiving the visit (before `receive` is answered).
    Current,
    /// Receives after `receive` is answered; in a question about a deal, who was receiving at the deal.
    Receiver,
    /// Whom the event names as closer of the deal.
    Closer,
    /// Whose window has ended.
    Holder,
    /// Whose turn is passed over, or not taken when the round ends.
    Passed,
    /// Whom the rota would give the visit.
    Chosen,
    /// Who is recognised by this event.
    Recognised,
    /// The other agent of a swap.
    Counterpart,
    /// Named by `approved_by`.
    Approver,
    /// Named by `inspector`.
    Inspector,
    /// Named by `verified_by`.
    Verifier,
    /// Owns the customer who brought this one along.
    BringerOwner,
    /// Owned the first customer with an owner who introduced this one, when the visit came in.
    IntroducerOwner,
    /// Whom the office tried to reach: the `owner` of `owner_contact`.
    Contacted,
    /// Named to receive in somebody's place.
    StandIn,
    /// Named by `person_left` to follow whoever leaves.
    Successor,
    /// Named by `decided_by`.
    Decider,
    /// Named by `reported_by`.
    Reporter,
    /// The person whom a `choice` names.
    ChosenPerson,
    /// Owns the other record, when two records turn out to be one customer.
    OtherOwner,
    /// Owns the first other member of the customer's household who is owned.
    HouseholdOwner,
}

impl Part {
    /// Every part, with the name by which clauses speak of it.
    pub const ALL: &'static [(Part, &'static str)] = &[
        (Part::Actor, "actor"),
        (Part::Owner, "owner"),
        (Part::OwnerBefore, "owner_before"),
        (Part::Named, "named"),
        (Part::Current, "current"),
        (Part::Receiver, "receiver"),
        (Part::Closer, "closer"),
        (Part::Holder, "holder"),
        (Part::Passed, "passed"),
        (Part::Chosen, "chosen"),
        (Part::Recognised, "recognised"),
        (Part::Counterpart, "counterpart"),
        (Part::Approver, "approver"),
        (Part::Inspector, "inspector"),
        (Part::Verifier, "verifier"),
        (Part::BringerOwner, "bringer_owner"),
        (Part::IntroducerOwner, "introducer_owner"),
        (Part::Contacted, "contacted"),
        (Part::StandIn, "stand_in"),
        (Part::Successor, "successor"),
        (Part::Decider, "decider"),
        (Part::Reporter, "reporter"),
        (Part::ChosenPerson, "chosen_person"),
        (Part::OtherOwner, "other_owner"),
        (Part::HouseholdOwner, "household_owner"),
    ];

    /// The part of that name.
    pub fn named(name: &str) -> Option<Part> {
        Part::ALL
            .iter()
            .find(|(_, text)| *text == name)
            .map(|(part, _)| *part)
    }

    /// The name by which clauses speak of it.
    pub fn text(self) -> &'static str {
        Part::ALL[self as usize].1
    }
}

/// A fact that the program itself knows, of a value of some type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described in its row of FACTS")]
pub enum Fact {
    EventAt,
    ChoiceYes,
    ChoiceNo,
    Corrects,
    CorrectedAt,
    CorrectedDaysAgo,
    OfficeMode,
    TimeHappened,
    TimeDay,
    TimeClock,
    DayName,
    DayWeekday,
    DayNumber,
    DayMonth,
    DayOdd,
    PersonExists,
    PersonRole,
    PersonReceives,
    PersonRostered,
    PersonCanReceive,
    PersonReceiving,
    PersonReceivingCount,
    PersonBusyWithOwn,
    PersonOwnOnSite,
    PersonCalled,
    PersonReached,
    PersonAway,
    PersonAwayReason,
    PersonAbsenceVerifier,
    PersonLostTurnWhileAway,
    PersonSignedOut,
    PersonSuspended,
    PersonBarred,
    PersonLeft,
    PersonHasFailedItem,
    PersonFailedItem,
    PersonTurnUnspent,
    PersonTurnKept,
    PersonTurnOpen,
    PersonPlace,
    PersonIsNext,
    PersonLastTurn,
    PersonSignedInAt,
    PersonMakeUps,
    PersonTurnsUsed,
    PersonReceptions,
    ClaimState,
    ClaimKind,
    ClaimOpened,
    ClaimFirstVisit,
    ClaimSlept,
    ClaimSleptIn,
    ClaimRecognised,
    ClaimWoke,
    ClaimShared,
    ClaimEnded,
    VisitExists,
    VisitAt,
    VisitOpen,
    VisitWaiting,
    VisitReceiver,
    VisitReceivedAs,
    VisitPurpose,
    VisitChannel,
    VisitReturning,
    VisitBringsSomeone,
    VisitBringsSomeoneNew,
    VisitBringsCount,
    VisitNamesSomeone,
    VisitIntroduced,
    VisitIntroducersCount,
    VisitIntroducer,
    VisitFirstEver,
    VisitSameDayRepeat,
    VisitReceivedAt,
    VisitCustomer,
    CustomerExists,
    CustomerOwned,
    CustomerHadClaims,
    CustomerBrought,
    CustomerBought,
    CustomerDeal,
    CustomerPhoned,
    CustomerFirstSeen,
    CustomerLastVisitAt,
    CustomerLastReceiver,
    CustomerReceiversCount,
    DealExists,
    CustomerOwner,
    CustomerIsNew,
    CustomerRegistered,
    CustomerHousehold,
    CustomerHouseholdSize,
    DealAt,
    DealDuring,
    DealCancelled,
    DealCommission,
    DealCustomer,
    DealStage,
    DealReceived,
    DealState,
    ViolationKind,
    ViolationRecorded,
}

/// A row of [`FACTS`].
#[derive(Clone, Copy, Debug)]
pub struct FactRow {
    /// Of what.
    pub of: Type,
    /// By which name: `owner.can_receive`.
    pub name: &'static str,
    /// Which fact.
    pub fact: Fact,
    /// What it is.
    pub is: Type,
    /// Whether it is only true at the moment, so that a standing question about a deal may not read it.
    pub momentary: bool,
    /// A sentence for the author.
    pub text: &'static str,
}

const fn row(
    of: Type,
    name: &'static str,
    fact: Fact,
    is: Type,
    momentary: bool,
    text: &'static str,
) -> FactRow {
    FactRow {
        of,
        name,
        fact,
        is,
        momentary,
        text,
    }
}

/// Every fact of the program, grouped by what it is about.
#[rustfmt::skip]
pub const FACTS: &[FactRow] = &[
    row(Type::Event, "at", Fact::EventAt, Type::Time, false, "when it happened"),
    row(Type::Event, "yes", Fact::ChoiceYes, Type::Flag, false, "the `choice` says yes"),
    row(Type::Event, "no", Fact::ChoiceNo, Type::Flag, false, "the `choice` says no"),
    row(Type::Event, "corrects", Fact::Corrects, Type::Word, false, "the kind of the entry that a `correction` is about"),
    row(Type::Event, "corrected_at", Fact::CorrectedAt, Type::Time, false, "when that entry was"),
    row(Type::Event, "days_ago", Fact::CorrectedDaysAgo, Type::Count, false, "days of the office since then; 0: today"),
    row(Type::Office, "mode", Fact::OfficeMode, Type::Word, true, "the last `calendar_mode`; normal at first"),
    row(Type::Time, "happened", Fact::TimeHappened, Type::Flag, false, "whether the time has come"),
    row(Type::Time, "day", Fact::TimeDay, Type::Day, false, "the office's day of the time"),
    row(Type::Time, "clock", Fact::TimeClock, Type::Clock, false, "the time of day; compared with an amount such as \"18:30\""),
    row(Type::Day, "name", Fact::DayName, Type::Word, false, "monday to sunday"),
    row(Type::Day, "weekday", Fact::DayWeekday, Type::Count, false, "1 for Monday to 7 for Sunday"),
    row(Type::Day, "number", Fact::DayNumber, Type::Count, false, "the day of the month"),
    row(Type::Day, "month", Fact::DayMonth, Type::Count, false, "1 for January to 12 for December"),
    row(Type::Day, "odd", Fact::DayOdd, Type::Flag, false, "the day of the month is 1, 3, 5 and so on"),
    row(Type::Person, "exists", Fact::PersonExists, Type::Flag, false, "there is such a person in this case"),
    row(Type::Person, "role", Fact::PersonRole, Type::Word, true, "role, as the title page declares"),
    row(Type::Person, "receives", Fact::PersonReceives, Type::Flag, true, "has a role that receives visits"),
    row(Type::Person, "rostered", Fact::PersonRostered, Type::Flag, true, "stands on the roster of the desk"),
    row(Type::Person, "can_receive", Fact::PersonCanReceive, Type::Flag, true, "rostered, at the post, not barred, not suspended, not receiving"),
    row(Type::Person, "receiving", Fact::PersonReceiving, Type::Flag, true, "is receiving a visit"),
    row(Type::Person, "receiving_count", Fact::PersonReceivingCount, Type::Count, true, "visits that are being received now"),
    row(Type::Person, "busy_with_own", Fact::PersonBusyWithOwn, Type::Flag, true, "is receiving a customer of their own"),
    row(Type::Person, "own_customer_on_site", Fact::PersonOwnOnSite, Type::Flag, true, "a customer of their own is here, received by anybody or waiting"),
    row(Type::Person, "called", Fact::PersonCalled, Type::Flag, true, "the office called about the visit at hand (`owner_contact`)"),
    row(Type::Person, "reached", Fact::PersonReached, Type::Flag, true, "was reached when the office last called about the visit at hand"),
    row(Type::Person, "away", Fact::PersonAway, Type::Flag, true, "is away from the post"),
    row(Type::Person, "away_reason", Fact::PersonAwayReason, Type::Word, true, "the reason given in `away`"),
    row(Type::Person, "absence_verifier", Fact::PersonAbsenceVerifier, Type::Person, true, "who verified the absence in `away`"),
    row(Type::Person, "lost_turn_while_away", Fact::PersonLostTurnWhileAway, Type::Flag, true, "the present absence cost a turn"),
    row(Type::Person, "signed_out", Fact::PersonSignedOut, Type::Flag, true, "has signed out"),
    row(Type::Person, "suspended", Fact::PersonSuspended, Type::Flag, true, "is suspended, by turns or until a time"),
    row(Type::Person, "barred", Fact::PersonBarred, Type::Flag, true, "is barred by a clause"),
    row(Type::Person, "left", Fact::PersonLeft, Type::Flag, true, "has left the office"),
    row(Type::Person, "has_failed_item", Fact::PersonHasFailedItem, Type::Flag, true, "an inspected item failed and has not passed since"),
    row(Type::Person, "failed_item", Fact::PersonFailedItem, Type::Word, true, "the last of them"),
    row(Type::Person, "turn_unspent", Fact::PersonTurnUnspent, Type::Flag, true, "this round's turn is unspent"),
    row(Type::Person, "turn_kept", Fact::PersonTurnKept, Type::Flag, true, "this round's turn is unspent and kept"),
    row(Type::Person, "turn_open", Fact::PersonTurnOpen, Type::Flag, true, "this round's turn is unspent, and no right to it is kept"),
    row(Type::Person, "place", Fact::PersonPlace, Type::Count, true, "place in the order of the desk at hand, from 1"),
    row(Type::Person, "is_next", Fact::PersonIsNext, Type::Flag, true, "is whom the desk at hand would choose now"),
    row(Type::Person, "last_turn", Fact::PersonLastTurn, Type::Time, true, "when the person last used or lost a turn"),
    row(Type::Person, "signed_in_at", Fact::PersonSignedInAt, Type::Time, true, "the first sign-in of the office's day"),
    row(Type::Person, "make_ups", Fact::PersonMakeUps, Type::Count, true, "priority turns that are left, at all desks"),
    row(Type::Person, "turns_used", Fact::PersonTurnsUsed, Type::Count, true, "turns used, less those returned and byes"),
    row(Type::Person, "receptions", Fact::PersonReceptions, Type::Count, true, "receptions, less those handed over"),
    row(Type::Person, "state", Fact::ClaimState, Type::Word, false, "state of the claim: active, sleeping, sharing, lapsed, void, none"),
    row(Type::Person, "claim_kind", Fact::ClaimKind, Type::Word, false, "owner, or share for a right to a part"),
    row(Type::Person, "opened", Fact::ClaimOpened, Type::Time, false, "when the claim began"),
    row(Type::Person, "first_visit", Fact::ClaimFirstVisit, Type::Visit, false, "the visit in which the claim began"),
    row(Type::Person, "slept", Fact::ClaimSlept, Type::Time, false, "when somebody else began to receive the customer as new"),
    row(Type::Person, "slept_in", Fact::ClaimSleptIn, Type::Visit, false, "the visit in which that was"),
    row(Type::Person, "recognised", Fact::ClaimRecognised, Type::Time, false, "when the person was recognised"),
    row(Type::Person, "woke", Fact::ClaimWoke, Type::Time, false, "when the sleeping claim became active again"),
    row(Type::Person, "shared_at", Fact::ClaimShared, Type::Time, false, "when the claim became, or became again, a right to a part"),
    row(Type::Person, "ended", Fact::ClaimEnded, Type::Time, false, "when the claim lapsed or became void"),
    row(Type::Visit, "exists", Fact::VisitExists, Type::Flag, false, "there is such a visit in this case"),
    row(Type::Visit, "at", Fact::VisitAt, Type::Time, false, "when it arrived"),
    row(Type::Visit, "open", Fact::VisitOpen, Type::Flag, true, "is being received"),
    row(Type::Visit, "waiting", Fact::VisitWaiting, Type::Flag, true, "waits for somebody who can receive"),
    row(Type::Visit, "receiver", Fact::VisitReceiver, Type::Person, false, "who receives it; of a deal's visit, who received it at the deal"),
    row(Type::Visit, "received_as", Fact::VisitReceivedAs, Type::Word, false, "duty, owner, helper, original or replacement; of a deal's visit, at the deal"),
    row(Type::Visit, "purpose", Fact::VisitPurpose, Type::Word, false, "why they came"),
    row(Type::Visit, "channel", Fact::VisitChannel, Type::Word, false, "how they came"),
    row(Type::Visit, "returning", Fact::VisitReturning, Type::Flag, false, "they say that they have been here before"),
    row(Type::Visit, "brings_someone", Fact::VisitBringsSomeone, Type::Flag, false, "they bring other customers along"),
    row(Type::Visit, "brings_someone_new", Fact::VisitBringsSomeoneNew, Type::Flag, false, "one of them was nobody's customer on arrival"),
    row(Type::Visit, "brings_count", Fact::VisitBringsCount, Type::Count, false, "how many customers they bring along"),
    row(Type::Visit, "names_someone", Fact::VisitNamesSomeone, Type::Flag, false, "they ask for somebody, whoever it is"),
    row(Type::Visit, "introduced", Fact::VisitIntroduced, Type::Flag, false, "another customer sent them, or brings them along"),
    row(Type::Visit, "introducers_count", Fact::VisitIntroducersCount, Type::Count, false, "how many customers sent them"),
    row(Type::Visit, "introducer", Fact::VisitIntroducer, Type::Customer, false, "the first customer who sent them, or who brings them along"),
    row(Type::Visit, "first_ever", Fact::VisitFirstEver, Type::Flag, false, "the customer had never come before"),
    row(Type::Visit, "same_day_repeat", Fact::VisitSameDayRepeat, Type::Flag, false, "somebody received the customer earlier on the same day"),
    row(Type::Visit, "received_at", Fact::VisitReceivedAt, Type::Time, false, "when the present, or last, receiver began to receive it"),
    row(Type::Visit, "customer", Fact::VisitCustomer, Type::Customer, false, "who came"),
    row(Type::Customer, "exists", Fact::CustomerExists, Type::Flag, false, "there is such a customer in this case"),
    row(Type::Customer, "owned", Fact::CustomerOwned, Type::Flag, false, "somebody has an active claim of record"),
    row(Type::Customer, "had_claims", Fact::CustomerHadClaims, Type::Flag, false, "somebody had a claim before the visit at hand"),
    row(Type::Customer, "brought", Fact::CustomerBrought, Type::Flag, false, "is being brought along in a visit that has not ended, or is ending now"),
    row(Type::Customer, "bought", Fact::CustomerBought, Type::Flag, true, "has a deal that is not cancelled"),
    row(Type::Customer, "deal", Fact::CustomerDeal, Type::Deal, true, "the last of these deals"),
    row(Type::Customer, "phoned", Fact::CustomerPhoned, Type::Flag, true, "has called (`phone_inquiry`)"),
    row(Type::Customer, "first_seen", Fact::CustomerFirstSeen, Type::Time, false, "when something first named the customer"),
    row(Type::Customer, "last_visit_at", Fact::CustomerLastVisitAt, Type::Time, true, "when the customer last came, the visit at hand left out"),
    row(Type::Customer, "last_receiver", Fact::CustomerLastReceiver, Type::Person, true, "who received the customer last, the visit at hand left out"),
    row(Type::Customer, "receivers_count", Fact::CustomerReceiversCount, Type::Count, true, "how many different people have received the customer"),
    row(Type::Deal, "exists", Fact::DealExists, Type::Flag, false, "there is such a deal in this case"),
    row(Type::Customer, "owner", Fact::CustomerOwner, Type::Person, true, "has the active claim of record"),
    row(Type::Customer, "is_new", Fact::CustomerIsNew, Type::Flag, true, "nothing had named the customer before this event"),
    row(Type::Customer, "is_registered", Fact::CustomerRegistered, Type::Flag, false, "a registration of the customer was accepted"),
    row(Type::Customer, "household", Fact::CustomerHousehold, Type::Flag, false, "belongs to a household with other customers"),
    row(Type::Customer, "household_size", Fact::CustomerHouseholdSize, Type::Count, false, "how many customers the household has, this one included"),
    row(Type::Deal, "at", Fact::DealAt, Type::Time, false, "when it was recorded"),
    row(Type::Deal, "during", Fact::DealDuring, Type::Visit, false, "this customer's visit that was open at the deal"),
    row(Type::Deal, "cancelled", Fact::DealCancelled, Type::Flag, false, "was cancelled"),
    row(Type::Deal, "commission", Fact::DealCommission, Type::Money, false, "the commission"),
    row(Type::Deal, "customer", Fact::DealCustomer, Type::Customer, false, "who bought"),
    row(Type::Deal, "stage", Fact::DealStage, Type::Word, false, "the last stage that `deal_stage` recorded"),
    row(Type::Deal, "received", Fact::DealReceived, Type::Money, false, "what `deal_stage` recorded as received, added up"),
    row(Type::Deal, "state", Fact::DealState, Type::Word, false, "provisional, final, undecided or cancelled; not for the questions `share` and `levy`, which it follows from"),
    row(Type::Violation, "kind", Fact::ViolationKind, Type::Word, false, "what was done"),
    row(Type::Violation, "recorded", Fact::ViolationRecorded, Type::Flag, false, "somebody recorded it; no: a clause found it"),
];

/// The row of a fact.
pub fn row_of(fact: Fact) -> &'static FactRow {
    FACTS
        .iter()
        .find(|row| row.fact == fact)
        .expect("every fact has a row")
}

/// The fact of that name that a value of that type has.
pub fn fact_named(of: Type, name: &str) -> Option<&'static FactRow> {
    FACTS.iter().find(|row| row.of == of && row.name == name)
}
