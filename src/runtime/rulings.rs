//! Rulings: a person with the right to rule says what no clause settles, or what becomes of claims that a leaver had.

use super::act::{Act, Clauses, Grounds};
use super::case::{Offence, Someone};
use super::deals::Shared;
use super::effects::MOST;
use super::levies::levies;
use super::of_deal::left_of;
use super::sharing::portions;
use super::world::Parts;
use crate::base::few::Few;
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::decision::{Costs, Levied, What};
use crate::event::{DealId, Event, PersonId, Value};
use crate::policy::{ClauseKind, TurnTo};
use crate::vocabulary::events::field;
use crate::vocabulary::words::{ClaimState, Question, ReceptionRole, ShareState, TurnEffect};
use smallvec::SmallVec;
use std::cell::RefCell;

impl Act<'_> {
    /// Takes a ruling, or refuses it.
    pub fn ruling(&mut self, event: &Event) {
        if !self.may_rule(event) {
            return self.refuse_ruling("may_not_rule");
        }
        let question = event
            .word(field::QUESTION)
            .and_then(|word| Question::parse(self.ids.word(word)));
        let grounds = self.ruling_grounds(event);
        let done = match question {
            Some(Question::Identify) => self.rule_identify(event, &grounds).map(|()| true),
            Some(Question::Share) => self.rule_share(event, &grounds),
            Some(Question::Own) => self.rule_own(event, &grounds).map(|()| true),
            Some(Question::Receive) => self.rule_receive(event, &grounds).map(|()| true),
            Some(Question::Turn) => self.rule_turn(event, &grounds).map(|()| true),
            Some(Question::Sanction) => self.rule_sanction(event, &grounds).map(|()| true),
            _ => None,
        };
        match done {
            None => self.refuse_ruling("nothing_to_rule"),
            Some(false) => {}
            Some(true) => {
                // A ruling that makes one of two customers has renamed the question with them.
                let resolved = self.world.known.resolved(event, self.ids);
                let about = resolved.text(field::ABOUT).unwrap_or_default();
                let kind = self.case.offence.map(|offence| offence.kind);
                self.world.undecided.retain(|open| {
                    let other = kind.is_some() && open.kind != kind;
                    &*open.about != about || Some(open.question) != question || other
                });
            }
        }
    }

    /// Whether whoever decided has the role that the question asks, or one that may rule; where no role may, the title
    /// page's.
    fn may_rule(&self, event: &Event) -> bool {
        let role = event
            .person(field::DECIDED_BY)
            .and_then(|id| self.world.person(id))
            .filter(|person| !person.left);
        let Some(role) = role.and_then(|person| person.role) else {
            return false;
        };
        let about = event.text(field::ABOUT).unwrap_or_default();
        let question = event.word(field::QUESTION).map(|word| self.ids.word(word));
        let asked = self
            .world
            .undecided
            .iter()
            .filter(|open| &*open.about == about);
        let asked = asked
            .filter(|open| Some(open.question.text()) == question)
            .any(|open| open.asks == role);
        asked || self.rules(role)
    }

    /// Whether a role may rule; where none may, the title page's.
    pub fn rules(&self, role: Name) -> bool {
        let policy = &self.law.policy;
        match policy.permissions.iter().position(|name| name == "rule") {
            Some(rule) => self
                .law
                .role(role)
                .is_some_and(|role| role.may.iter().any(|permission| permission.index() == rule)),
            None => self.law.word(policy.undecided.asks) == role,
        }
    }

    fn refuse_ruling(&mut self, reason: &str) {
        let grounds = Grounds::clause(self.law.policy.undecided.clause);
        self.decide(
            What::Refuse {
                reason: reason.into(),
            },
            &grounds,
        );
    }

    /// The clauses that the ruling cites, and the one that gives the word.
    fn ruling_grounds(&self, event: &Event) -> Grounds {
        let policy = &self.law.policy;
        let mut clauses = Clauses::from_slice(&[policy.undecided.clause]);
        if let Some(Value::Clauses(cites)) = event.field(field::CITES) {
            let number = |cited: &str| {
                let first = |principles_only: bool| {
                    policy.clauses.iter().position(|clause| {
                        clause.id == cited
                            && (!principles_only || clause.kind == ClauseKind::Principle)
                    })
                };
                first(true).or_else(|| first(false))
            };
            let numbers = cites
                .iter()
                .filter_map(|cited| u16::try_from(number(cited)?).ok());
            clauses.extend(numbers.map(crate::policy::ClauseId));
        }
        self.grounds(clauses)
    }

    /// `None`: there is nothing to rule; `Some(false)`: the ruling is refused.
    fn rule_share(&mut self, event: &Event, grounds: &Grounds) -> Option<bool> {
        let about = event.text(field::ABOUT)?;
        let id = event
            .deal(field::DEAL)
            .or_else(|| self.ids.deals.get(about).map(Into::into))?;
        let deal = self
            .world
            .deal(id)
            .filter(|deal| deal.state == ShareState::Undecided && !deal.cancelled)?;
        let Some(Value::Shares(shares)) = event.field(field::SHARES) else {
            return None;
        };
        let of = |(staff, part): &(PersonId, crate::event::Portion)| (*staff, part.share);
        let parts: Parts = shares
            .iter()
            .map(of)
            .filter(|(_, part)| *part != Fraction::ZERO)
            .collect();
        let sum = parts
            .iter()
            .try_fold(Fraction::ZERO, |sum, (_, part)| sum.plus(*part))?;
        if sum != Fraction::ONE {
            return None;
        }
        if let Some(clause) = self.outside_of_range(id, &parts) {
            self.refuse_of_deal(id, "outside_the_range", clause);
            return Some(false);
        }
        let closer: SmallVec<[PersonId; 1]> = deal.closer.into_iter().collect();
        let (levies, left) = self.levied(id);
        let (mut ruled, _) = portions(left, &parts, &closer);
        let said = |staff: PersonId| shares.iter().find(|(known, _)| *known == staff)?.1.amount;
        for portion in &mut ruled {
            portion.amount = said(portion.staff).unwrap_or(portion.amount);
        }
        let total: Fen = ruled.iter().map(|portion| portion.amount).sum();
        if total != left {
            return None;
        }
        let law = self.law;
        self.apply_shares(
            id,
            law,
            Shared {
                shares: ruled,
                levies,
                held: Fen::ZERO,
                state: ShareState::Final,
                until: None,
            },
            grounds,
        );
        Some(true)
    }

    /// What comes off a deal before a ruling shares it, and what that leaves; nothing, where that is not known either.
    fn levied(&self, id: DealId) -> (Few<Levied>, Fen) {
        let deal = self.world.deal(id);
        let law = deal.and_then(|deal| deal.law.as_ref()).unwrap_or(self.law);
        let fault = RefCell::new(None);
        let reader = self.of_deal(id, law, &fault);
        let levies = levies(&reader, self.wants, self.ids);
        let levies = levies.map(|(levies, _)| levies).unwrap_or_default();
        let left = left_of(&reader, &levies);
        (levies, left)
    }

    fn rule_own(&mut self, event: &Event, grounds: &Grounds) -> Option<()> {
        let about = event.text(field::ABOUT)?;
        let customer = event
            .customer(field::CUSTOMER)
            .or_else(|| self.ids.customers.get(about).map(Into::into))?;
        let customer = self.world.known.one(customer);
        let staff = event.person(field::STAFF)?;
        let claim = event.word(field::CLAIM).map(|word| self.ids.word(word));
        let state = claim.map_or(Some(ClaimState::Active), ClaimState::parse)?;
        let is_share = event
            .word(field::KIND)
            .is_some_and(|word| self.ids.word(word) == "share");
        let state = if is_share && state == ClaimState::Active {
            ClaimState::Sharing
        } else {
            state
        };
        self.world.customer(customer).filter(|known| known.known)?;
        let owner = self.world.customer(customer).and_then(|known| known.owner);
        if state == ClaimState::Active
            && let Some(owner) = owner.filter(|id| self.world.claim(*id).staff != staff)
        {
            let before = self.world.claim(owner).staff;
            let someone = Someone {
                staff: before,
                claim: Some(owner),
            };
            self.change_claim(customer, someone, ClaimState::Void, None, grounds);
        }
        self.change_claim(customer, Someone::just(staff), state, owner, grounds);
        Some(())
    }

    fn rule_receive(&mut self, event: &Event, grounds: &Grounds) -> Option<()> {
        let about = event.text(field::ABOUT)?;
        let visit = event
            .visit(field::VISIT)
            .or_else(|| self.ids.visits.get(about).map(Into::into))?;
        let state = self.world.visit(visit)?.state;
        if !state.is_here() {
            return None;
        }
        let staff = event.person(field::STAFF)?;
        let role = event.word(field::ROLE).map(|word| self.ids.word(word));
        let role = role.map_or(Some(ReceptionRole::Duty), ReceptionRole::parse)?;
        if !self.may_receive(staff, visit) {
            return None;
        }
        let customer = self.world.visit(visit).map(|visit| visit.customer);
        (self.case.visit, self.case.customer) = (Some(visit), customer);
        self.receive(visit, staff, role, grounds);
        self.has_begun();
        Some(())
    }

    fn may_receive(&self, staff: PersonId, visit: crate::event::VisitId) -> bool {
        let receives = self.world.visit(visit).and_then(|visit| visit.receiver) == Some(staff);
        receives || super::presence::can_receive(self.world, staff)
    }

    fn rule_turn(&mut self, event: &Event, grounds: &Grounds) -> Option<()> {
        let about = event.text(field::ABOUT)?;
        let staff = event
            .person(field::STAFF)
            .or_else(|| self.ids.people.get(about).map(Into::into))?;
        let effect = TurnEffect::parse(self.ids.word(event.word(field::EFFECT)?))?;
        let desk = event.word(field::DESK);
        let rota = self.world.rotas.iter().position(|rota| match desk {
            Some(desk) => rota.desk == desk,
            None => rota.roster.contains(&staff),
        })?;
        self.turn_becomes(rota, staff, TurnTo::just(effect), grounds);
        Some(())
    }

    /// What a violation costs: of somebody about whom that is open; of several kinds the one named, else the first.
    fn rule_sanction(&mut self, event: &Event, grounds: &Grounds) -> Option<()> {
        let about = event.text(field::ABOUT)?;
        let staff = self.ids.people.get(about).map(PersonId::from)?;
        let named = event.word(field::VIOLATION);
        let kind = self
            .world
            .undecided
            .iter()
            .filter(|open| &*open.about == about && open.question == Question::Sanction)
            .filter_map(|open| open.kind)
            .find(|kind| named.is_none_or(|named| named == *kind))?;
        let costs = Costs {
            fine: event.money(field::FINE),
            pay_back: event.money(field::PAY_BACK),
            points: event.count(field::POINTS),
            suspended_turns: event.count(field::SUSPENDED_TURNS),
            desk: event.word(field::DESK),
            suspended_until: match event.count(field::SUSPENDED_DAYS) {
                Some(days) => Some(self.suspended_days(days)?),
                None => None,
            },
            warning: event.flag(field::WARNING),
            dismissed: event.flag(field::DISMISSED),
            paid_by: event.word(field::PAID_BY),
        };
        if [costs.points, costs.suspended_turns]
            .iter()
            .flatten()
            .any(|count| *count > MOST)
        {
            return None;
        }
        self.case.offence = Some(Offence {
            staff,
            kind,
            recorded: false,
        });
        self.impose(staff, kind, costs, grounds);
        Some(())
    }
}
