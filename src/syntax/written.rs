//! A policy as its author wrote it: every value with its place, no name looked up yet.

use super::tree::Text;
use crate::finding::Place;
use crate::vocabulary::words::Question;

/// A text in both languages.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the two languages and the place")]
pub struct WrittenText {
    pub en: Text,
    pub zh: Text,
    pub place: Place,
}

/// Everything that stands in the files of a policy.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "each is a section of a policy")]
pub struct Written {
    pub title: TitlePage,
    pub amounts: Vec<WrittenAmount>,
    pub facts: Vec<WrittenFact>,
    pub people: Vec<WrittenPeople>,
    pub windows: Vec<WrittenWindow>,
    pub events: Vec<WrittenEvent>,
    pub violations: Vec<(Text, WrittenText)>,
    pub accounts: Vec<(Text, Option<WrittenText>)>,
    pub clauses: Vec<WrittenClause>,
    pub removed: Vec<String>,
}

/// The title page.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct TitlePage {
    pub place: Option<Place>,
    pub name: Option<Text>,
    pub title: Option<WrittenText>,
    pub zone: Option<Text>,
    pub day_ends: Option<Text>,
    pub in_force_from: Option<Text>,
    pub remainder: Vec<Text>,
    /// The role, and the clause that gives it the word.
    pub undecided: Option<(Text, Text)>,
    /// The person, and the clause that says so.
    pub while_brought: Option<(Text, Text)>,
    /// Fields by which a customer is found again.
    pub identity: Vec<Text>,
    /// Of which of them only so many characters at the end are compared.
    pub identity_last: Vec<(Text, i64)>,
    pub deals_change: Option<Text>,
    pub roles: Vec<WrittenRole>,
    pub rotas: Vec<WrittenRota>,
}

/// `[role.x]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenRole {
    pub name: Text,
    pub title: Option<WrittenText>,
    pub receives: Option<(i64, Place)>,
    pub may: Vec<Text>,
}

/// `[rota.x]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenRota {
    pub name: Text,
    pub channels: Vec<Text>,
    /// A word, or facts of a person.
    pub order: Vec<Text>,
    pub ties: Option<Text>,
    pub round: Option<Text>,
    pub unit: Option<Text>,
    pub day: Option<Text>,
    pub passed_over: Vec<WrittenRow>,
}

/// `[[rota.x.passed_over]]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenRow {
    pub place: Place,
    pub id: Option<Text>,
    pub title: Option<WrittenText>,
    pub reason: Option<Text>,
    pub when: Vec<Text>,
    pub effect: Option<Text>,
}

/// `[amount.x]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenAmount {
    pub name: Text,
    /// Each date with its value, in the order of the file.
    pub values: Vec<(Text, WrittenValue)>,
    pub source: Option<Text>,
    pub text: Option<WrittenText>,
}

/// A value of an amount.
#[derive(Clone, Debug)]
pub enum WrittenValue {
    /// `"1 month"`, `"50.00 yuan"`, `"1/3"`
    Text(Text),
    /// `["buy", "view"]`
    Words(Vec<Text>, Place),
}

/// `[fact.x]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenFact {
    pub name: Text,
    pub of: Option<Text>,
    pub text: Option<WrittenText>,
    pub source: Option<Text>,
    pub is_a: Option<Text>,
    pub how: Option<WrittenHow>,
}

/// How a declared fact is found.
#[derive(Debug)]
pub enum WrittenHow {
    /// `is`, with `absent`.
    Is(Text, Option<(bool, Place)>),
    /// `count`, `sum`, `first` or `last`.
    Story(WrittenStory),
    /// `script`, with `reads`.
    Script(Text, Vec<Text>),
    /// `cases`: the first that holds.
    Cases(Vec<WrittenCase>),
    /// `customers`: how many of the person's customers are so.
    Customers(Vec<Text>),
    /// `[question.x]`: clauses answer it.
    Question {
        /// What an answer is.
        answer: Option<Text>,
        /// Its value where no clause answers.
        absent: Option<WrittenCell>,
    },
}

/// A plain value as written.
#[derive(Clone, Debug)]
pub enum WrittenCell {
    /// A word, the name of an amount, `"*"`, `">= amount.x"`.
    Text(Text),
    /// A whole number.
    Whole(i64, Place),
    /// `true` or `false`.
    Flag(bool, Place),
    /// Any of these.
    List(Vec<WrittenCell>, Place),
}

impl WrittenCell {
    /// Where it stands.
    pub fn place(&self) -> &Place {
        match self {
            WrittenCell::Text(text) => &text.place,
            WrittenCell::Whole(_, place)
            | WrittenCell::Flag(_, place)
            | WrittenCell::List(_, place) => place,
        }
    }
}

/// A case of a fact.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenCase {
    pub place: Place,
    pub when: Vec<Text>,
    pub unless: Vec<Text>,
    pub is: Option<WrittenCell>,
}

/// A fact told by the story.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenStory {
    /// `count`, `sum`, `first` or `last`.
    pub keeps: &'static str,
    /// The moment; of a sum, the field of an event.
    pub moment: Text,
    pub filter: Vec<Text>,
    /// Whose story, for a fact of a person of the staff.
    pub whose: Option<Text>,
    pub same: Vec<Text>,
    pub period: Option<Text>,
    pub value: Option<Text>,
}

/// `[people.x]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenPeople {
    pub name: Text,
    pub from: Option<Text>,
    /// `is`: the first of these who exists.
    pub is: Vec<Text>,
    pub filter: Vec<Text>,
    pub pick: Option<WrittenPick>,
}

/// Which of those who fit.
#[derive(Debug)]
pub enum WrittenPick {
    /// `each = true`
    Each,
    /// `first = "it.opened"`, or several: a later one where those before are equal.
    First(Vec<Text>),
    /// `last = "it.opened"`
    Last(Vec<Text>),
}

/// `[window.x]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenWindow {
    pub name: Text,
    pub of: Option<Text>,
    pub text: Option<WrittenText>,
    pub source: Option<Text>,
    /// Times of which the latest that has come counts.
    pub starts: Vec<Text>,
    /// The time from which it looks back, instead.
    pub ends: Option<Text>,
    pub closed_by: Vec<Text>,
    pub length: Option<Text>,
    /// The calendar period to whose end it lasts, instead of a length.
    pub to_end_of: Option<Text>,
    pub first_day: Option<Text>,
    pub last_day: Option<Text>,
    pub changes: Option<Text>,
}

/// `[event.x]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenEvent {
    pub name: Text,
    pub about: Vec<Text>,
    pub fields: Vec<WrittenField>,
}

/// A field of an event.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenField {
    pub name: Text,
    /// `"flag"`, `"person"`, …; absent with `words`: a word.
    pub is_a: Option<Text>,
    pub words: Vec<Text>,
    pub required: bool,
}

/// `[[clause]]`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenClause {
    pub place: Place,
    pub key: String,
    pub id: Option<Text>,
    pub kind: Option<Text>,
    pub title: Option<WrittenText>,
    pub says: Option<WrittenText>,
    pub on: Vec<Text>,
    pub when: Vec<Text>,
    pub unless: Vec<Text>,
    pub otherwise: Option<Place>,
    pub then: WrittenAnswers,
    pub also: WrittenAlso,
    pub overrides: Vec<Text>,
    pub until: Vec<Text>,
    pub ask: Option<WrittenAsking>,
    pub in_force: (Option<Text>, Option<Text>),
    pub columns: Vec<Text>,
    pub rows: Vec<WrittenTableRow>,
}

/// A row of a clause's table.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenTableRow {
    pub place: Place,
    pub key: String,
    pub id: Option<Text>,
    pub title: Option<WrittenText>,
    pub says: Option<WrittenText>,
    pub is: Vec<WrittenCell>,
    pub when: Vec<Text>,
    pub unless: Vec<Text>,
    pub then: WrittenAnswers,
    pub also: WrittenAlso,
    pub overrides: Vec<Text>,
    pub until: Vec<Text>,
}

/// `then.…`, each with the place of its key.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "named after the questions")]
pub struct WrittenAnswers {
    pub allow: Option<(Place, WrittenAllow)>,
    pub identify: Option<(Place, WrittenIdentify)>,
    pub recognise: Option<(Place, Text)>,
    pub own: Option<(Place, WrittenOwn)>,
    pub receive: Option<(Place, WrittenReceive)>,
    pub turn: Option<(Place, Vec<(Text, WrittenTurn)>)>,
    pub sanction: Option<(Place, Vec<(Text, WrittenSanction)>)>,
    pub share: Option<(Place, WrittenShare)>,
    pub levy: Option<(Place, Vec<(Text, Text)>)>,
    pub pay: Option<(Place, Text)>,
    pub bar: Option<(Place, Text)>,
    /// Questions that the policy itself declares, each with its answer.
    pub asked: Vec<(Text, WrittenCell)>,
    /// Questions of turns and sanctions that go to a role.
    pub asks: Vec<(Question, Place, WrittenAsk)>,
}

impl WrittenAnswers {
    /// The questions that are answered, each with the place of its key.
    pub fn questions(&self) -> Vec<(Question, Place)> {
        let places = [
            (Question::Allow, self.allow.as_ref().map(|(place, _)| place)),
            (
                Question::Identify,
                self.identify.as_ref().map(|(place, _)| place),
            ),
            (
                Question::Recognise,
                self.recognise.as_ref().map(|(place, _)| place),
            ),
            (Question::Own, self.own.as_ref().map(|(place, _)| place)),
            (
                Question::Receive,
                self.receive.as_ref().map(|(place, _)| place),
            ),
            (Question::Turn, self.turn.as_ref().map(|(place, _)| place)),
            (
                Question::Sanction,
                self.sanction.as_ref().map(|(place, _)| place),
            ),
            (Question::Share, self.share.as_ref().map(|(place, _)| place)),
            (Question::Levy, self.levy.as_ref().map(|(place, _)| place)),
            (Question::Pay, self.pay.as_ref().map(|(place, _)| place)),
            (Question::Bar, self.bar.as_ref().map(|(place, _)| place)),
        ];
        let answered = places
            .into_iter()
            .filter_map(|(question, place)| Some((question, place?.clone())));
        let asks = self.asks.iter();
        answered
            .chain(asks.map(|(question, place, _)| (*question, place.clone())))
            .collect()
    }
}

/// `then.allow`
#[derive(Debug)]
#[expect(missing_docs, reason = "yes, or refused for a reason")]
pub enum WrittenAllow {
    Yes,
    Refuse(Text),
}

/// `then.identify`
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the policy")]
pub enum WrittenIdentify {
    New,
    SameAs(Text),
    HouseholdOf(Text),
    Ask(WrittenAsk),
}

/// `{ ask = "role", reason = "word" }`
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenAsk {
    pub role: Text,
    pub reason: Text,
}

/// `ask` of a clause
#[derive(Debug)]
pub enum WrittenAsking {
    /// `ask = "role"`
    Role(Text),
    /// `ask = { whom = […], within = "window", else = "role" }`
    Agreement {
        /// Who agrees.
        whom: Vec<Text>,
        /// The window.
        within: Option<Text>,
        /// The role.
        otherwise: Option<Text>,
        /// Where it stands.
        place: Place,
    },
}

/// `then.own`
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the policy")]
pub enum WrittenOwn {
    Unchanged,
    /// Who, which state, with whose claim it sleeps and wakes.
    Each(Vec<(Text, Text, Option<Text>)>),
    Ask(WrittenAsk),
}

/// `then.receive`
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the policy")]
pub enum WrittenReceive {
    Nobody,
    By {
        by: Vec<Text>,
        role: Text,
        regardless: bool,
    },
    Ask(WrittenAsk),
}

/// What becomes of somebody's turn.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenTurn {
    pub effect: Text,
    pub desk: Option<Text>,
    pub kind: Option<Text>,
    pub valid: Option<Text>,
}

/// What a violation costs.
#[derive(Debug)]
pub enum WrittenSanction {
    /// `"violation.x"`: a fact that gives it.
    Fact(Text),
    /// `{ fine = "amount.x" }`: its parts.
    Parts(Box<WrittenParts>),
}

/// The parts of a sanction.
#[derive(Debug)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenParts {
    pub place: Place,
    pub fine: Option<Text>,
    pub pay_back: Option<Text>,
    pub points: Option<Text>,
    pub suspend: Option<Text>,
    pub desk: Option<Text>,
    pub warning: bool,
    pub dismiss: bool,
    pub paid_by: Option<Text>,
}

/// `then.share`
#[derive(Debug)]
#[expect(missing_docs, reason = "as in the policy")]
pub enum WrittenShare {
    Nothing,
    Held,
    Parts {
        parts: Vec<(Text, WrittenPart)>,
        others: Option<Place>,
    },
    Ask(WrittenAsk),
}

/// A part of a commission.
#[derive(Debug)]
pub enum WrittenPart {
    /// `"all"`, `"amount.x each"`, `"1/3"`
    Text(Text),
    /// A bare number of parts.
    Whole(i64, Place),
}

/// `also.…`
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "named after the keys")]
pub struct WrittenAlso {
    pub place: Option<Place>,
    pub notify: Vec<Text>,
    pub violation: Vec<(Text, Text)>,
    pub names: Option<Text>,
}
