//! A clause: what has to happen, in which case, what it answers, what it overrides, and what people are told.

use super::{Answers, Asking, Bilingual, ClauseId, Condition, FactId, Term, Who, WindowId, WordId};
use crate::base::time::{Instant, Period};
use crate::vocabulary::events::KindId;
use crate::vocabulary::words::Question;

/// A clause of the book.
#[derive(Debug)]
pub struct Clause {
    /// Its number as printed; several clauses may carry one: the parts of one printed rule.
    pub id: String,
    /// Unique: the id, or the id with `#2`, `#3` for later parts, or as the author names it.
    pub key: String,
    /// What it is for.
    pub kind: ClauseKind,
    /// The rule in our own words.
    pub title: Bilingual,
    /// What the person concerned is told.
    pub says: Option<Says>,
    /// What has to happen: any of these; empty for a standing clause, a principle or a row.
    pub on: Vec<Moment>,
    /// All of these hold …
    pub when: Vec<Condition>,
    /// … and none of these.
    pub unless: Vec<Condition>,
    /// Stands where nothing else does.
    pub otherwise: bool,
    /// What it answers.
    pub answers: Answers,
    /// What happens besides.
    pub also: Also,
    /// Clauses that it takes its own answers away from, while both hold.
    pub overrides: Vec<ClauseId>,
    /// The answer is provisional while a window of one of these names is open on the deal or one of its claims.
    pub until: Vec<WindowId>,
    /// Whom the answer waits for.
    pub ask: Option<Asking>,
    /// From when (first instant) until when (first instant outside) it is in force.
    pub in_force: (Option<Instant>, Option<Instant>),
    /// Where it stands.
    pub place: Place,
    /// Whether an answer or a condition reads `receiver`, so that it is asked after `receive` is answered.
    pub reads_receiver: bool,
}

impl Clause {
    /// Whether it answers a question; if not, it has effects only, or decides nothing.
    pub fn answers_something(&self) -> bool {
        self.questions().next().is_some()
    }

    /// The questions that it answers.
    pub fn questions(&self) -> impl Iterator<Item = Question> + use<> {
        let answers = &self.answers;
        let answered = [
            (Question::Allow, answers.allow.is_some()),
            (Question::Identify, answers.identify.is_some()),
            (Question::Recognise, answers.recognise.is_some()),
            (Question::Own, answers.own.is_some()),
            (Question::Receive, answers.receive.is_some()),
            (
                Question::Turn,
                !answers.turn.is_empty() || answers.turn_ask.is_some(),
            ),
            (
                Question::Sanction,
                !answers.sanction.is_empty() || answers.sanction_ask.is_some(),
            ),
            (Question::Share, answers.share.is_some()),
            (Question::Levy, !answers.levy.is_empty()),
            (Question::Pay, answers.pay.is_some()),
            (Question::Bar, answers.bar.is_some()),
        ];
        answered
            .into_iter()
            .filter(|(_, yes)| *yes)
            .map(|(question, _)| question)
    }

    /// Whether something happens besides its answers.
    pub fn has_effects(&self) -> bool {
        !self.also.notify.is_empty() || !self.also.violation.is_empty() || self.also.names.is_some()
    }

    /// The question with whose answer the effects of the clause come: the first of those that it answers.
    pub fn carries(&self) -> Option<Question> {
        let order = [
            Question::Allow,
            Question::Identify,
            Question::Receive,
            Question::Sanction,
            Question::Own,
            Question::Turn,
            Question::Recognise,
        ];
        order
            .into_iter()
            .find(|question| self.questions().any(|answered| answered == *question))
    }
}

/// What a clause is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClauseKind {
    /// Answers questions or has effects.
    Rule,
    /// Decides nothing; may be cited.
    Principle,
    /// A row of a table on the title page; cited, never asked.
    Row,
    /// Says what cannot happen; if it does, nobody knows.
    Never,
}

/// Where something stands in a policy's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Path inside the folder.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// What has to happen for a clause to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// An event of this kind.
    Event(KindId),
    /// A violation, recorded or found.
    Violation,
    /// Two records turn out to be one customer: an answer of `identify` stands.
    Identified,
    /// Somebody is recognised: an answer of `recognise` stands.
    Recognised,
    /// The rota would give the visit to somebody.
    RotaChooses,
    /// A turn is passed over.
    PassedOver,
    /// A round ends with a turn unspent.
    RoundEnds,
    /// A reception has begun, or changed hands.
    Received,
    /// The office's day, week, month, quarter or year is over; asked of each person who receives.
    PeriodEnds(Period),
    /// A window of this name ends without having been closed.
    WindowEnds(WindowId),
}

/// What happens besides the answers.
#[derive(Debug, Default)]
pub struct Also {
    /// Who is told: people by their part, or roles.
    pub notify: Vec<Addressee>,
    /// Who has committed a violation, and of which kind.
    pub violation: Vec<(Who, ViolationOf)>,
    /// The visit that waits is taken to have named this person.
    pub names: Option<Who>,
}

impl Also {
    /// Adds what happens besides in one row of a table.
    pub fn add(&mut self, row: Also) {
        self.notify.extend(row.notify);
        self.violation.extend(row.violation);
        self.names = row.names.or(self.names);
    }
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// A person of the case.
    Who(Who),
    /// Everybody of a role, told as the role.
    Role(WordId),
}

/// Which violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationOf {
    /// The kind that the event records.
    AsRecorded,
    /// This kind.
    Kind(WordId),
}

/// A text with places for facts: `"{current} was replaced by {receiver}."`
#[derive(Debug)]
pub struct Says {
    /// English.
    pub en: Vec<Piece>,
    /// Chinese.
    pub zh: Vec<Piece>,
}

/// A piece of a text.
#[derive(Debug)]
pub enum Piece {
    /// As it is.
    Text(String),
    /// A value of the case.
    Value(Term),
}

/// Which clauses answer which question on which moment, in the order of the book.
#[derive(Debug, Default)]
pub struct ClauseIndex {
    /// For questions asked on a moment: by the number of the question, then by moment.
    pub on: Vec<Vec<(Moment, Vec<ClauseId>)>>,
    /// Clauses with effects (`also`) by moment.
    pub also: Vec<(Moment, Vec<ClauseId>)>,
    /// Standing clauses by question.
    pub standing: Vec<(Question, Vec<ClauseId>)>,
    /// Clauses that answer a question which the policy declares.
    pub asked: Vec<(FactId, Vec<ClauseId>)>,
    /// Clauses that say what cannot happen, by moment.
    pub never: Vec<(Moment, Vec<ClauseId>)>,
}

impl ClauseIndex {
    /// Clauses that answer a question on a moment.
    pub fn answering(&self, question: Question, moment: Moment) -> &[ClauseId] {
        self.on
            .get(question as usize)
            .and_then(|on| on.iter().find(|(m, _)| *m == moment))
            .map_or(&[], |(_, ids)| ids)
    }

    /// Clauses that say what cannot happen on a moment.
    pub fn never(&self, moment: Moment) -> &[ClauseId] {
        self.never
            .iter()
            .find(|(m, _)| *m == moment)
            .map_or(&[], |(_, ids)| ids)
    }

    /// Clauses with effects on a moment.
    pub fn effects(&self, moment: Moment) -> &[ClauseId] {
        self.also
            .iter()
            .find(|(m, _)| *m == moment)
            .map_or(&[], |(_, ids)| ids)
    }

    /// Clauses that answer a question which the policy declares.
    pub fn asked(&self, question: FactId) -> &[ClauseId] {
        self.asked
            .iter()
            .find(|(known, _)| *known == question)
            .map_or(&[], |(_, ids)| ids)
    }

    /// Standing clauses that answer a question.
    pub fn standing(&self, question: Question) -> &[ClauseId] {
        self.standing
            .iter()
            .find(|(q, _)| *q == question)
            .map_or(&[], |(_, ids)| ids)
    }
}
