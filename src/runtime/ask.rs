//! Asks the policy a question in the case at hand: which clauses hold, which of them stand, and what they answer.

use super::act::{Act, Clauses, Grounds, Held, Unsettled};
use super::case::{People, Reader, Someone};
use super::open::{WAITS, yes_of};
use crate::decision::Wants;
use crate::event::{Ids, PersonId};
use crate::policy::{
    Allow, Ask, Clause, ClauseId, Identify, Moment, Own, OwnTo, Policy, Receive, Share, SharePart,
    TurnTo, Weight, Who, WordId,
};
use crate::vocabulary::words::Question;
use smallvec::SmallVec;
use std::cell::RefCell;

/// Which clauses of `own` and `turn` are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Those that do not read `receiver`.
    Before,
    /// Those that do.
    After,
    /// All of them; of those on `recognised`, which are asked before, only those that do.
    Arrived,
    /// All of them.
    Both,
}

/// What stands.
#[derive(Debug)]
pub enum Answer<T> {
    /// No clause holds.
    Gap,
    /// One answer, with the clauses that give it.
    One(T, Grounds),
    /// None that the program may choose.
    Open(Unsettled),
}

impl<T> Answer<T> {
    fn broken(clauses: Clauses, reason: String) -> Answer<T> {
        Answer::Open(Unsettled::new(
            reason,
            Grounds {
                clauses,
                facts: Vec::new(),
            },
        ))
    }
}

/// One person's answer while the clauses are being compared.
struct Said<T> {
    staff: PersonId,
    someone: Someone,
    answer: T,
    clauses: Clauses,
}

impl Act<'_> {
    /// Clauses that answer the question on one of the moments, whose case holds, in the order of the book. `Err`: one
    /// could not be evaluated.
    fn holding(
        &self,
        question: Question,
        moments: &[Moment],
        phase: Phase,
    ) -> Result<Clauses, (ClauseId, String)> {
        let policy = &self.law.policy;
        let answering = |moment: &Moment| policy.index.answering(question, *moment);
        let mut lists = moments.iter().map(answering).filter(|it| !it.is_empty());
        let Some(first) = lists.next() else {
            return Ok(Clauses::new());
        };
        let mut all: SmallVec<[ClauseId; 32]> = SmallVec::new();
        for more in lists {
            all.extend_from_slice(more);
        }
        let found = if all.is_empty() {
            first
        } else {
            all.extend_from_slice(first);
            all.sort_unstable();
            all.dedup();
            &all
        };
        let is_asked = |id: &ClauseId| {
            phase == Phase::Both || is_of_phase(policy.clause(*id), question, phase)
        };
        let mut found = found.iter().copied().filter(is_asked).peekable();
        if found.peek().is_none() {
            return Ok(Clauses::new());
        }
        let held = self.held.borrow();
        let held = held
            .as_ref()
            .filter(|held| self.is_of_reception(question, held));
        let is_held = |id: &ClauseId| {
            let held = held?;
            let clause = policy.clause(*id);
            let asked = clause.answers.receive.is_some() && !clause.otherwise;
            asked.then(|| held.clauses.contains(id))
        };
        holding_but(&self.reader(), found, is_held)
    }

    /// Whether it is known which clauses held when it was asked who receives the visit at hand, for what is asked of that
    /// reception.
    fn is_of_reception(&self, question: Question, held: &Held) -> bool {
        matches!(question, Question::Own | Question::Turn) && Some(held.visit) == self.case.visit
    }

    /// Keeps which clauses hold now that it is asked who receives.
    fn holds_for_reception(&self, clauses: &Clauses) {
        let facts = match self.wants {
            Wants::Traces => facts_of(&self.reader(), self.ids, clauses),
            _ => Vec::new(),
        };
        let clauses = clauses.clone();
        let held = self.case.visit.map(|visit| Held {
            visit,
            clauses,
            facts,
        });
        self.held.replace(held);
    }

    /// What the conditions of each clause read: when it was asked who receives, where they answered that.
    fn facts_read(&self, clauses: &[ClauseId]) -> Vec<Vec<(String, String)>> {
        let mut facts = facts_of(&self.reader(), self.ids, clauses);
        let held = self.held.borrow();
        let held = held
            .iter()
            .filter(|held| Some(held.visit) == self.case.visit);
        for held in held {
            let then = held.clauses.iter().zip(&held.facts);
            for (id, read) in then {
                if let Some(place) = clauses.iter().position(|other| other == id) {
                    facts[place].clone_from(read);
                }
            }
        }
        facts
    }

    /// With what their conditions read, if somebody wants to know.
    pub fn grounds(&self, clauses: Clauses) -> Grounds {
        let facts = match self.wants {
            Wants::Traces => self.facts_read(&clauses),
            _ => Vec::new(),
        };
        let clauses = match self.wants {
            Wants::Nothing => clauses,
            _ => with_asked(&self.reader(), clauses),
        };
        Grounds { clauses, facts }
    }

    /// A question that has one answer for the whole case.
    fn ask_whole<T: PartialEq>(
        &self,
        question: Question,
        moments: &[Moment],
        phase: Phase,
        answer: impl Fn(&Clause) -> Option<T>,
    ) -> Answer<T> {
        match self.holding(question, moments, phase) {
            Err((clause, reason)) => Answer::broken(Clauses::from_slice(&[clause]), reason),
            Ok(holding) => {
                let policy = &self.law.policy;
                let standing = standing_of(policy, &holding);
                let mut answers = standing.iter().filter_map(|id| answer(policy.clause(*id)));
                let Some(first) = answers.next() else {
                    return Answer::Gap;
                };
                if answers.all(|other| other == first) {
                    return Answer::One(first, self.grounds(standing));
                }
                Answer::Open(Unsettled::new(
                    differ(policy, &standing),
                    self.grounds(standing),
                ))
            }
        }
    }

    /// Every refusal that stands, each reason with its clauses; beside them the clauses that allow it.
    pub fn refusals(&self, moment: Moment) -> Answer<Vec<(WordId, Grounds)>> {
        let policy = &self.law.policy;
        let holding = match self.holding(Question::Allow, &[moment], Phase::Both) {
            Ok(holding) => holding,
            Err((clause, reason)) => return Answer::broken(Clauses::from_slice(&[clause]), reason),
        };
        let mut refusals: Vec<(WordId, Clauses)> = Vec::new();
        let mut allowed = Clauses::new();
        for id in standing_of(policy, &holding) {
            let Some(Allow::Refuse(reason)) = policy.clause(id).answers.allow else {
                allowed.push(id);
                continue;
            };
            match refusals.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, clauses)) => clauses.push(id),
                None => refusals.push((reason, Clauses::from_slice(&[id]))),
            }
        }
        let refusals = refusals
            .into_iter()
            .map(|(reason, clauses)| (reason, self.grounds(clauses)))
            .collect();
        Answer::One(refusals, self.grounds(allowed))
    }

    /// Who the customer at hand is.
    pub fn ask_identify(&self, moment: Moment) -> Answer<Identify> {
        let answer = |clause: &Clause| clause.answers.identify.clone();
        match self.ask_whole(Question::Identify, &[moment], Phase::Both, answer) {
            Answer::One(Identify::Ask(ask), grounds) => self.asked(ask, grounds.clauses),
            answer => answer,
        }
    }

    /// Who is recognised.
    pub fn ask_recognise(&self, moment: Moment) -> Answer<Who> {
        self.ask_whole(Question::Recognise, &[moment], Phase::Both, |clause| {
            clause.answers.recognise
        })
    }

    /// Who receives: the number of a clause whose answer stands.
    pub fn ask_receive(&self, moments: &[Moment]) -> Answer<ClauseId> {
        let policy = &self.law.policy;
        let holding = match self.holding(Question::Receive, moments, Phase::Both) {
            Ok(holding) => holding,
            Err((clause, reason)) => return Answer::broken(Clauses::from_slice(&[clause]), reason),
        };
        self.holds_for_reception(&holding);
        let standing = standing_of(policy, &holding);
        let Some(first) = standing.first().copied() else {
            return Answer::Gap;
        };
        let answer = |id: &ClauseId| policy.clause(*id).answers.receive.as_ref();
        if standing.iter().any(|id| answer(id) != answer(&first)) {
            return Answer::Open(Unsettled::new(
                differ(policy, &standing),
                self.grounds(standing),
            ));
        }
        if let Some(Receive::Ask(ask)) = answer(&first) {
            return self.asked(*ask, standing);
        }
        if let Some(waiting) = self.waiting(&standing) {
            return Answer::Open(waiting);
        }
        Answer::One(first, self.grounds(standing))
    }

    fn asked<T>(&self, ask: Ask, standing: Clauses) -> Answer<T> {
        Answer::Open(self.goes_to(ask, standing))
    }

    /// The first of the clauses that stand whose answer waits for a yes.
    pub fn waiting(&self, standing: &[ClauseId]) -> Option<Unsettled> {
        let (id, role) = standing
            .iter()
            .find_map(|id| Some((*id, self.waits_for(*id)?)))?;
        Some(Unsettled {
            asks: Some(self.law.word(role)),
            reason: WAITS.to_owned(),
            grounds: self.grounds(Clauses::from_slice(&[id])),
        })
    }

    /// A question that a clause gives to a role.
    pub fn goes_to(&self, ask: Ask, standing: Clauses) -> Unsettled {
        Unsettled {
            asks: Some(self.law.word(ask.role)),
            reason: self.ids.word(self.law.word(ask.reason)).to_owned(),
            grounds: self.grounds(standing),
        }
    }

    /// What becomes of the claims: one answer for each person named; nobody: all keep what they have.
    pub fn ask_own(
        &self,
        moments: &[Moment],
        phase: Phase,
    ) -> Answer<Vec<(Someone, OwnTo, Grounds)>> {
        let policy = &self.law.policy;
        let mut holding = match self.holding(Question::Own, moments, phase) {
            Ok(holding) => holding,
            Err((clause, reason)) => return Answer::broken(Clauses::from_slice(&[clause]), reason),
        };
        let mut standing = standing_of(policy, &holding);
        for id in standing.clone() {
            let clause = policy.clause(id);
            let ask = match clause.answers.own {
                Some(Own::Ask(ask)) => Some(ask),
                _ => None,
            };
            let is_open = ask.is_some() || self.waits_for(id).is_some();
            if is_open && phase == Phase::After && !clause.reads_receiver {
                // Asked before: what it overrides does not answer now.
                holding.retain(|of| *of != id && !overrides(policy, id, *of));
                standing = standing_of(policy, &holding);
            } else if let Some(ask) = ask {
                return self.asked(ask, Clauses::from_slice(&[id]));
            }
        }
        if holding.is_empty() {
            return Answer::Gap;
        }
        if let Some(waiting) = self.waiting(&standing) {
            return Answer::Open(waiting);
        }
        let holding = owning(policy, holding);
        let parts = |id| own_parts(policy, id).unwrap_or(&[]);
        let said = match each_person(
            &self.reader(),
            &holding,
            |reader, who| reader.claims_of(who),
            parts,
            |_, _| false,
        ) {
            Ok(said) => said,
            Err(clauses) => return self.differing(policy, clauses),
        };
        let unchanged = |id: &ClauseId| own_parts(policy, *id).is_none();
        if !said.is_empty() && holding.iter().any(unchanged) {
            return Answer::Open(Unsettled::new(
                differ(policy, &holding),
                self.grounds(holding),
            ));
        }
        let said: Vec<_> = said
            .into_iter()
            .map(|said| (said.someone, said.answer, self.grounds(said.clauses)))
            .collect();
        let grounds = self.grounds(holding);
        Answer::One(said, grounds)
    }

    /// What becomes of turns: for each person what it becomes, and which turns are given besides.
    pub fn ask_turn(
        &self,
        moments: &[Moment],
        phase: Phase,
    ) -> Answer<Vec<(PersonId, TurnTo, Grounds)>> {
        let policy = &self.law.policy;
        let holding = match self.holding(Question::Turn, moments, phase) {
            Ok(holding) => holding,
            Err((clause, reason)) => return Answer::broken(Clauses::from_slice(&[clause]), reason),
        };
        if holding.is_empty() {
            return Answer::Gap;
        }
        let standing = standing_of(policy, &holding);
        for id in &standing {
            if let Some(ask) = policy.clause(*id).answers.turn_ask {
                return self.asked(ask, Clauses::from_slice(&[*id]));
            }
        }
        if let Some(waiting) = self.waiting(&standing) {
            return Answer::Open(waiting);
        }
        let parts = |id: ClauseId| policy.clause(id).answers.turn.as_slice();
        let all = match each_person(
            &self.reader(),
            &holding,
            |reader, who| reader.people(who),
            parts,
            TurnTo::is_apart_from,
        ) {
            Ok(said) => said,
            Err(clauses) => return self.differing(policy, clauses),
        };
        let said = all
            .into_iter()
            .map(|said| (said.staff, said.answer, self.grounds(said.clauses)))
            .collect();
        Answer::One(said, Grounds::default())
    }

    fn differing<T>(&self, policy: &Policy, clauses: Clauses) -> Answer<T> {
        Answer::Open(Unsettled::new(
            differ(policy, &clauses),
            self.grounds(clauses),
        ))
    }
}

/// Those of the clauses whose case holds. `Err`: one could not be evaluated.
pub fn holding(reader: &Reader<'_>, clauses: Clauses) -> Result<Clauses, (ClauseId, String)> {
    holding_but(reader, clauses, |_| None)
}

/// The same, where some are known to hold, or not to.
fn holding_but(
    reader: &Reader<'_>,
    clauses: impl IntoIterator<Item = ClauseId>,
    known: impl Fn(&ClauseId) -> Option<bool>,
) -> Result<Clauses, (ClauseId, String)> {
    let mut holding = Clauses::new();
    let mut otherwise = None;
    for id in clauses {
        let clause = reader.law.policy.clause(id);
        if !reader.law.in_force(id, reader.case.at) {
            continue;
        }
        let holds =
            known(&id).unwrap_or_else(|| reader.all(&clause.when) && !reader.any(&clause.unless));
        if let Some(reason) = reader.fault.borrow_mut().take() {
            return Err((id, reason));
        }
        match (holds, clause.otherwise) {
            (true, true) => otherwise = Some(id),
            (true, false) => holding.push(id),
            (false, _) => {}
        }
    }
    if holding.is_empty() {
        holding.extend(otherwise);
    }
    Ok(holding)
}

/// What is said of all claims at once holds in both phases, and so does what waits for a ruling or a yes.
fn is_of_phase(clause: &Clause, question: Question, phase: Phase) -> bool {
    match phase {
        Phase::Both => true,
        Phase::Before => !clause.reads_receiver,
        Phase::After => {
            let of_all = matches!(clause.answers.own, Some(Own::Unchanged | Own::Ask(_)))
                || yes_of(clause).is_some();
            clause.reads_receiver || (question == Question::Own && of_all)
        }
        Phase::Arrived => clause.reads_receiver || !clause.on.contains(&Moment::Recognised),
    }
}

/// The clauses, and those that answered the policy's own questions for them.
pub fn with_asked(reader: &Reader<'_>, mut clauses: Clauses) -> Clauses {
    let policy = &reader.law.policy;
    if policy.index.asked.is_empty() {
        return clauses;
    }
    let cited = RefCell::new(Clauses::new());
    let mut reader: Reader<'_> = *reader;
    reader.cited = Some(&cited);
    for id in &clauses {
        let clause = policy.clause(*id);
        reader.all(&clause.when);
        reader.any(&clause.unless);
        if let Some(Share::Parts { parts, .. }) = &clause.answers.share {
            for (who, part) in parts {
                if let SharePart::Weight(Weight::Term(term)) | SharePart::FractionTerm(term) = part
                {
                    for someone in reader.people(*who) {
                        reader.of_each(someone).read(term);
                    }
                }
            }
        }
    }
    reader.fault.borrow_mut().take();
    let cited = cited.into_inner();
    clauses.extend(cited);
    clauses
}

/// What the conditions of each clause read.
pub fn facts_of(
    reader: &Reader<'_>,
    ids: &Ids,
    clauses: &[ClauseId],
) -> Vec<Vec<(String, String)>> {
    let of = |id: &ClauseId| {
        let clause = reader.law.policy.clause(*id);
        let reads = clause
            .when
            .iter()
            .chain(&clause.unless)
            .flat_map(|condition| &condition.reads);
        let mut facts: Vec<(String, String)> = Vec::new();
        for (text, term) in reads {
            if !facts.iter().any(|(known, _)| known == text) {
                facts.push((text.clone(), reader.val_text(reader.read(term), ids, false)));
            }
        }
        facts
    };
    clauses.iter().map(of).collect()
}

fn overrides(policy: &Policy, by: ClauseId, of: ClauseId) -> bool {
    policy.clause(by).overrides.contains(&of)
}

/// Whether one of the clauses that hold overrides it; an overridden clause still overrides.
pub fn is_overridden(policy: &Policy, id: ClauseId, holding: &[ClauseId]) -> bool {
    holding.iter().any(|by| overrides(policy, *by, id))
}

/// Those that no other of them overrides.
pub fn standing_of(policy: &Policy, holding: &[ClauseId]) -> Clauses {
    let mut standing = Clauses::new();
    for id in holding {
        if !is_overridden(policy, *id, holding) {
            standing.push(*id);
        }
    }
    standing
}

/// What a clause says of each person's claims; nothing, if it leaves all as they are.
fn own_parts(policy: &Policy, id: ClauseId) -> Option<&[(Who, OwnTo)]> {
    match &policy.clause(id).answers.own {
        Some(Own::Each(parts)) => Some(parts),
        _ => None,
    }
}

/// Those of the clauses that are not taken away as a whole: by one that leaves all claims as they are, or being one.
fn owning(policy: &Policy, holding: Clauses) -> Clauses {
    let unchanged = |id: ClauseId| own_parts(policy, id).is_none();
    if !holding.iter().any(|id| unchanged(*id)) {
        return holding;
    }
    let kept = |id: ClauseId| {
        let taken = holding
            .iter()
            .any(|by| unchanged(*by) && overrides(policy, *by, id));
        let takes = unchanged(id) && is_overridden(policy, id, &holding);
        !taken && !takes
    };
    holding.iter().copied().filter(|id| kept(*id)).collect()
}

fn differ(policy: &Policy, clauses: &[ClauseId]) -> String {
    let keys: Vec<&str> = clauses
        .iter()
        .map(|id| policy.clause(*id).key.as_str())
        .collect();
    format!(
        "{} answer differently, and none overrides the other",
        keys.join(" and ")
    )
}

/// For each person whom a clause names, the answer that stands: an exception takes away only the same person's.
/// Answers about different things (what is given besides, another desk) do not collide. `Err`: the clauses that differ about one person.
fn each_person<'p, T: Copy + PartialEq + 'p>(
    reader: &Reader<'_>,
    holding: &Clauses,
    draw: impl Fn(&Reader<'_>, Who) -> People,
    parts: impl Fn(ClauseId) -> &'p [(Who, T)],
    apart: impl Fn(&T, &T) -> bool,
) -> Result<SmallVec<[Said<T>; 2]>, Clauses> {
    let policy = &reader.law.policy;
    let mut named: SmallVec<[(ClauseId, Someone, T); 4]> = SmallVec::new();
    for id in holding {
        for (who, answer) in parts(*id) {
            let people = draw(reader, *who).into_iter();
            named.extend(people.map(|someone| (*id, someone, *answer)));
        }
    }
    let mut said: SmallVec<[Said<T>; 2]> = SmallVec::new();
    for (id, someone, answer) in &named {
        let staff = someone.staff;
        if named
            .iter()
            .any(|(by, other, _)| other.staff == staff && overrides(policy, *by, *id))
        {
            continue;
        }
        let collides = |known: &&Said<T>| {
            known.staff == staff && known.answer != *answer && !apart(&known.answer, answer)
        };
        if let Some(known) = said.iter().find(collides) {
            return Err(known.clauses.iter().copied().chain([*id]).collect());
        }
        let same = |known: &&mut Said<T>| known.someone == *someone && known.answer == *answer;
        match said.iter_mut().find(same) {
            Some(known) => known.clauses.push(*id),
            None => said.push(Said {
                staff,
                someone: *someone,
                answer: *answer,
                clauses: Clauses::from_slice(&[*id]),
            }),
        }
    }
    Ok(said)
}
