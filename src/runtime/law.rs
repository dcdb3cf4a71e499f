//! A policy in force: the policy with its words translated, once, into the names that the journal uses.

use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::{Instant, Length, Period};
use crate::event::Ids;
use crate::policy::{
    AmountId, AmountValue, ClauseId, Moment, Policy, Role, Window, WindowId, WordId,
};
use crate::vocabulary::words::{
    ClaimKind, ClaimState, Question, ReceptionRole, ShareState, Weekday,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The mode of an office of which no event has said another.
const NORMAL_MODE: &str = "normal";
/// By whom somebody is recognised, if the event does not say.
const BY_STAFF: &str = "staff";

/// A policy in force.
#[derive(Debug)]
pub struct Law {
    /// The policy.
    pub policy: Arc<Policy>,
    /// By [`WordId`].
    words: Vec<Name>,
    /// Names of windows, by [`WindowId`].
    windows: Vec<Name>,
    /// Names of declared facts, by number.
    pub facts: Vec<Name>,
    states: Vec<Name>,
    roles: Vec<Name>,
    kinds: Vec<Name>,
    weekdays: Vec<Name>,
    /// Facts told by the story about claims: number of the fact, and the moment that tells.
    pub told: Vec<(usize, Moment)>,
    /// Facts told of customers, visits, deals and the staff, likewise.
    pub told_else: Vec<(usize, Moment)>,
    /// Windows that start or are closed by a time that must be read.
    pub moving: Vec<WindowId>,
    /// Periods of the calendar at whose end something is asked or told.
    pub closings: Vec<Period>,
    /// Whether something is asked, done or told when a reception begins.
    pub hears_received: bool,
    /// Facts that count violations.
    pub counted: Vec<usize>,
    /// Whether any clause bars.
    pub bars: bool,
    /// The word for the mode in which an office is when no event has said another.
    pub normal_mode: Name,
    /// By whom somebody is recognised, if the event does not say.
    pub by_staff: Name,
    /// Whether any clause says what is due of a share.
    pub pays: bool,
    share_states: Vec<Name>,
}

/// The moments at which something is asked, done or told.
fn heard<'a>(policy: &Policy, told: impl Iterator<Item = &'a (usize, Moment)>) -> BTreeSet<Moment> {
    let asked = policy.index.on.iter().flatten().map(|(moment, _)| *moment);
    let also = policy.index.also.iter().map(|(moment, _)| *moment);
    let told = told.map(|(_, moment)| *moment);
    told.chain(asked).chain(also).collect()
}

/// Periods of the calendar at whose end something is asked, done or told.
fn closings(heard: &BTreeSet<Moment>) -> Vec<Period> {
    let ends = |moment: &Moment| match moment {
        Moment::PeriodEnds(period) => Some(*period),
        _ => None,
    };
    heard.iter().filter_map(ends).collect()
}

/// Windows that start or are closed by a time that must be read.
fn moving(policy: &Policy) -> Vec<WindowId> {
    let windows = (0u16..).map(WindowId).zip(&policy.windows);
    windows
        .filter(|(_, window)| !window.follows_claim() && window.back_from.is_none())
        .map(|(id, _)| id)
        .collect()
}

impl Law {
    /// Puts a policy in force: its words become names of the journal.
    pub fn new(policy: Arc<Policy>, ids: &mut Ids) -> Law {
        use crate::policy::{FactHow, Of};
        let mut intern = |text: &str| ids.words.intern(text);
        let words = policy.words.iter().map(|word| intern(word)).collect();
        let windows = policy
            .windows
            .iter()
            .map(|window| intern(&window.name))
            .collect();
        let facts = policy.facts.iter().map(|fact| intern(&fact.name)).collect();
        let states = ClaimState::ALL.iter().map(|it| intern(it.text())).collect();
        let roles = ReceptionRole::ALL
            .iter()
            .map(|it| intern(it.text()))
            .collect();
        let kinds = ClaimKind::ALL.iter().map(|it| intern(it.text())).collect();
        let weekdays = Weekday::ALL.iter().map(|day| intern(day.text())).collect();
        let share_states = ShareState::ALL.iter().map(|it| intern(it.text())).collect();
        let (mut told, mut told_else) = (Vec::new(), Vec::new());
        let mut counted = Vec::new();
        for (number, fact) in policy.facts.iter().enumerate() {
            if let FactHow::Story(story) = &fact.how {
                match story.of {
                    Of::Violation => counted.push(number),
                    Of::Claim => told.push((number, story.moment)),
                    _ => told_else.push((number, story.moment)),
                }
            }
        }
        let normal_mode = intern(NORMAL_MODE);
        let by_staff = intern(BY_STAFF);
        let heard = heard(&policy, told.iter().chain(&told_else));
        let closings = closings(&heard);
        let hears_received = heard.contains(&Moment::Received);
        let moving = moving(&policy);
        let bars = !policy.index.standing(Question::Bar).is_empty();
        let pays = !policy.index.standing(Question::Pay).is_empty();
        Law {
            pays,
            share_states,
            policy,
            words,
            windows,
            facts,
            states,
            roles,
            kinds,
            weekdays,
            told,
            told_else,
            moving,
            closings,
            hears_received,
            counted,
            bars,
            normal_mode,
            by_staff,
        }
    }

    /// The name of a word of the policy.
    pub fn word(&self, word: WordId) -> Name {
        self.words[word.index()]
    }

    /// The name of a window of the policy.
    pub fn window_name(&self, window: WindowId) -> Name {
        self.windows[window.index()]
    }

    /// The window of a name, if the policy has it.
    pub fn window_named(&self, name: Name) -> Option<(WindowId, &Window)> {
        let index = self.windows.iter().position(|known| *known == name)?;
        let number = u16::try_from(index).ok()?;
        Some((WindowId(number), &self.policy.windows[index]))
    }

    /// The name of a state of a claim.
    pub fn state(&self, state: ClaimState) -> Name {
        self.states[state as usize]
    }

    /// The name of a state of a deal.
    pub fn share_state(&self, state: ShareState) -> Name {
        self.share_states[state as usize]
    }

    /// The name of a reception role.
    pub fn reception_role(&self, role: ReceptionRole) -> Name {
        self.roles[role as usize]
    }

    /// The name of a kind of claim.
    pub fn claim_kind(&self, kind: ClaimKind) -> Name {
        self.kinds[kind as usize]
    }

    /// The name of a day of the week, 1 for Monday.
    pub fn weekday(&self, number: u8) -> Name {
        self.weekdays[usize::from(number) - 1]
    }

    /// The role of a name, if the title page declares it.
    pub fn role(&self, name: Name) -> Option<&Role> {
        self.policy
            .roles
            .iter()
            .find(|role| self.word(role.name) == name)
    }

    /// The rota that serves a channel: the one that claims it, else the first that claims none.
    pub fn rota_for(&self, channel: Name) -> usize {
        let claims = |rota: &crate::policy::Rota| {
            rota.channels.iter().any(|word| self.word(*word) == channel)
        };
        let rotas = &self.policy.rotas;
        rotas
            .iter()
            .position(claims)
            .or_else(|| rotas.iter().position(|rota| rota.channels.is_empty()))
            .unwrap_or(0)
    }

    /// An amount as it is dated at an instant.
    pub fn amount(&self, amount: AmountId, at: Instant) -> &AmountValue {
        self.policy.amounts[amount.index()].at(at)
    }

    /// An amount that `check` has proved to be a length.
    pub fn length(&self, amount: AmountId, at: Instant) -> Length {
        match self.amount(amount, at) {
            AmountValue::Length(length) => *length,
            other => unreachable!("check lets only lengths be windows, not {other:?}"),
        }
    }

    /// An amount of money, if it is one.
    pub fn money(&self, amount: AmountId, at: Instant) -> Option<Fen> {
        match self.amount(amount, at) {
            AmountValue::Money(fen, _) => Some(*fen),
            _ => None,
        }
    }

    /// Whether a clause is in force at an instant.
    pub fn in_force(&self, clause: ClauseId, at: Instant) -> bool {
        let (from, to) = self.policy.clause(clause).in_force;
        from.is_none_or(|from| from <= at) && to.is_none_or(|to| at < to)
    }
}
