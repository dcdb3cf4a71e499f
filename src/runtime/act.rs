//! One thing that happens, while it is being decided: what it reads and changes, and the decisions that it makes.

use super::case::{Case, Reader};
use super::law::Law;
pub use super::val::Clauses;
use super::world::{OpenQuestion, World};
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{Because, Decision, Sink, TracedClause, Wants, What};
use crate::event::{Event, Ids, PersonId, VisitId};
use crate::policy::{Bilingual, ClauseId, Piece, Says};
use crate::vocabulary::words::Question;
use std::cell::RefCell;
use std::sync::Arc;

/// Why something is decided: the clauses, and what their conditions read when they were asked.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// The clauses that stand.
    pub clauses: Clauses,
    /// For each, what was read; empty unless somebody wants traces.
    pub facts: Vec<Vec<(String, String)>>,
}

/// Why a question has no answer: a clause gives it to a role, no clause holds, two differ, or one cannot be evaluated.
#[derive(Clone, Debug)]
pub struct Unsettled {
    /// Who rules, if a clause says so; else whom the title page names.
    pub asks: Option<Name>,
    /// Why, in a sentence or as the clause's word.
    pub reason: String,
    /// The clauses concerned; none for a gap.
    pub grounds: Grounds,
}

impl Unsettled {
    /// For the role that the title page names.
    pub fn new(reason: impl Into<String>, grounds: Grounds) -> Unsettled {
        Unsettled {
            asks: None,
            reason: reason.into(),
            grounds,
        }
    }
}

impl Grounds {
    /// Adds other clauses that stand.
    pub fn add(&mut self, other: Grounds) {
        self.facts.resize_with(
            if other.facts.is_empty() {
                self.facts.len()
            } else {
                self.clauses.len()
            },
            Vec::new,
        );
        self.clauses.extend(other.clauses);
        self.facts.extend(other.facts);
    }

    /// One clause, nothing read.
    pub fn clause(clause: ClauseId) -> Grounds {
        Grounds {
            clauses: Clauses::from_slice(&[clause]),
            facts: Vec::new(),
        }
    }
}

/// One thing that happens: an event, or the end of a window.
pub struct Act<'a> {
    /// What is so.
    pub world: &'a mut World,
    /// The policy in force.
    pub law: &'a Arc<Law>,
    /// Names.
    pub ids: &'a Ids,
    /// Who reads the decisions.
    pub sink: &'a mut dyn Sink,
    /// How much the reader wants.
    pub wants: Wants,
    /// Line of the event; for the end of a window, the line that opened it.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// The case at hand.
    pub case: Case<'a>,
    /// The first thing that could not be evaluated since a question was asked.
    pub fault: RefCell<Option<String>>,
    /// Whom the rota has given the visit at hand, and by which priority turn, by its number.
    pub rota_gave: Option<(PersonId, Option<u64>)>,
    /// How many violations it has made.
    pub violations: u32,
    /// Whether the turns at hand are those of somebody who is back.
    pub returning: bool,
    /// Whether a round is ending.
    pub ending: bool,
    /// The clause of which somebody has said yes.
    pub granted: Option<ClauseId>,
    /// Whether the event was taken when it came first, where the journal is played again: then nobody is asked.
    pub settled: Option<bool>,
    /// Which clauses held when it was asked who receives a visit.
    pub held: RefCell<Option<Held>>,
}

/// Clauses that held when it was asked who receives a visit: they hold for all that they answer of that reception,
/// though by then its receiver is receiving.
#[derive(Clone, Debug)]
pub struct Held {
    /// The visit.
    pub visit: VisitId,
    /// The clauses.
    pub clauses: Clauses,
    /// What each of them read then, if somebody wants to know.
    pub facts: Vec<Vec<(String, String)>>,
}

impl<'a> Act<'a> {
    /// An act that has not begun.
    pub fn new(
        world: &'a mut World,
        law: &'a Arc<Law>,
        ids: &'a Ids,
        sink: &'a mut dyn Sink,
        (seq, at): (u64, Instant),
        event: Option<&'a Event>,
    ) -> Act<'a> {
        let wants = sink.wants();
        Act {
            world,
            law,
            ids,
            sink,
            wants,
            seq,
            at,
            case: Case::at(at, event),
            fault: RefCell::new(None),
            rota_gave: None,
            violations: 0,
            returning: false,
            ending: false,
            granted: None,
            settled: None,
            held: RefCell::new(None),
        }
    }

    /// Reads in the case at hand.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            world: self.world,
            law: self.law,
            ids: self.ids,
            case: self.case,
            fault: &self.fault,
            cited: None,
        }
    }

    /// Gives a decision to whoever reads.
    pub fn decide(&mut self, what: What, grounds: &Grounds) {
        if self.wants == Wants::Nothing {
            return;
        }
        let trace = if self.wants == Wants::Traces {
            self.trace(grounds)
        } else {
            Vec::new()
        };
        self.give(
            what,
            Because::Clauses(grounds.clauses.clone()),
            trace,
            self.law.policy.clone(),
        );
    }

    /// Tells of clauses that stand without a decision of their own.
    pub fn stood(&mut self, grounds: &Grounds) {
        if self.wants != Wants::Nothing {
            for clause in &grounds.clauses {
                self.sink.stood(&self.law.policy, *clause);
            }
        }
    }

    /// Gives a decision that rests on another policy than the one in force.
    pub fn decide_under(
        &mut self,
        law: &Arc<Law>,
        what: What,
        grounds: &Grounds,
        trace: Vec<TracedClause>,
    ) {
        if self.wants != Wants::Nothing {
            self.give(
                what,
                Because::Clauses(grounds.clauses.clone()),
                trace,
                law.policy.clone(),
            );
        }
    }

    /// Tells that nobody knows.
    pub fn undecided(&mut self, about: &str, question: Question, unsettled: &Unsettled) {
        let law = self.law;
        self.undecided_under(law, about, question, unsettled);
    }

    /// The same under another policy than the one in force.
    pub fn undecided_under(
        &mut self,
        law: &Arc<Law>,
        about: &str,
        question: Question,
        unsettled: &Unsettled,
    ) {
        let asks = unsettled
            .asks
            .unwrap_or_else(|| law.word(law.policy.undecided.asks));
        let open = OpenQuestion {
            about: about.into(),
            question,
            asks,
            kind: self
                .case
                .offence
                .filter(|_| question == Question::Sanction)
                .map(|offence| offence.kind),
        };
        if !self.world.undecided.contains(&open) {
            self.world.undecided.push(open);
        }
        self.keep_waiting(about, question, unsettled);
        let clauses = unsettled.grounds.clauses.iter();
        let mut ids: Vec<&str> = clauses
            .map(|id| law.policy.clause(*id).id.as_str())
            .collect();
        ids.dedup();
        let what = What::Undecided {
            about: about.into(),
            question,
            clause: ids.join(", ").into(),
            reason: unsettled.reason.as_str().into(),
            asks,
        };
        self.decide_under(law, what, &or_ruling(law, &unsettled.grounds), Vec::new());
    }

    /// Gives a decision because the event is impossible.
    pub fn refuse_input(&mut self, code: &'static str) {
        let reason = code.strip_prefix("input.").unwrap_or(code).into();
        self.give(
            What::Refuse { reason },
            Because::Input(code),
            Vec::new(),
            self.law.policy.clone(),
        );
    }

    /// Gives a decision that only repeats what the event says.
    pub fn decide_as_told(&mut self, what: What, code: &'static str) {
        if self.wants != Wants::Nothing {
            let policy = self.law.policy.clone();
            self.give(what, Because::Input(code), Vec::new(), policy);
        }
    }

    /// Refuses an event because of a clause.
    pub fn refuse_because(&mut self, reason: &str, clause: ClauseId) {
        self.decide(
            What::Refuse {
                reason: reason.into(),
            },
            &Grounds::clause(clause),
        );
    }

    fn give(
        &mut self,
        what: What,
        because: Because,
        trace: Vec<TracedClause>,
        policy: Arc<crate::policy::Policy>,
    ) {
        let mut because = because;
        if let Because::Clauses(clauses) = &mut because {
            clauses.sort_unstable();
            clauses.dedup();
        }
        let decision = Decision {
            seq: self.seq,
            at: self.at,
            what,
            because,
            policy,
            trace,
        };
        self.sink.decision(self.ids, decision);
    }

    /// What people are told by each clause that stands, and what it read.
    fn trace(&self, grounds: &Grounds) -> Vec<TracedClause> {
        let reader = self.reader();
        traced(&reader, self.ids, grounds)
    }
}

/// The clauses concerned, or, where there is none, the one that says who rules.
pub fn or_ruling(law: &Law, grounds: &Grounds) -> Grounds {
    match grounds.clauses.is_empty() {
        true => Grounds::clause(law.policy.undecided.clause),
        false => grounds.clone(),
    }
}

/// What people are told by each clause that stands, and what it read, in a reader's case.
pub fn traced(reader: &Reader<'_>, ids: &Ids, grounds: &Grounds) -> Vec<TracedClause> {
    let of = |(number, id): (usize, &ClauseId)| TracedClause {
        clause: *id,
        says: said(reader, ids, reader.law.policy.clause(*id).says.as_ref()),
        facts: grounds.facts.get(number).cloned().unwrap_or_default(),
    };
    grounds.clauses.iter().enumerate().map(of).collect()
}

/// A clause's text with the values of the case filled in.
pub fn said(reader: &Reader<'_>, ids: &Ids, says: Option<&Says>) -> Bilingual {
    let Some(says) = says else {
        return Bilingual::default();
    };
    let fill = |pieces: &[Piece], zh: bool| {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Value(term) => reader.text_of(term, ids, zh),
        };
        pieces.iter().map(text).collect::<String>()
    };
    Bilingual {
        en: fill(&says.en, false),
        zh: fill(&says.zh, true),
    }
}
