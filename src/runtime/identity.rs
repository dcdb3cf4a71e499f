//! Asks who the customer at hand is, and makes one of two records, or one household of two customers.

use super::act::{Act, Grounds, Unsettled};
use super::ask::{Answer, Phase};
use super::case::{Someone, Val};
use super::world::ClaimId;
use crate::decision::What;
use crate::event::{CustomerId, Event, PersonId};
use crate::policy::{Identify, Moment, OwnTo};
use crate::vocabulary::events::{field, kind};
use crate::vocabulary::words::{ClaimState, Identified, Question};

/// What becomes of claims, by the clauses or by a ruling.
type Changes = Vec<(Someone, OwnTo, Grounds)>;

impl Act<'_> {
    /// Customers named by a visit, call, registration or filing are known from now on.
    pub fn make_known(&mut self, event: &Event) {
        let declared = usize::from(event.kind.0) >= crate::vocabulary::events::KINDS.len();
        let introduces = matches!(
            event.kind,
            kind::VISIT
                | kind::PHONE_INQUIRY
                | kind::REGISTRATION
                | kind::CLAIM_MADE
                | kind::OPENING
        );
        if declared || introduces {
            let brought = event.customers(field::BRINGS).iter().copied();
            for customer in event.customer(field::CUSTOMER).into_iter().chain(brought) {
                let (at, events) = (self.at, self.world.events);
                let known = self.world.customer_mut(customer);
                if !known.known {
                    (known.known, known.since) = (true, events);
                }
                known.first_seen.get_or_insert(at);
            }
        }
    }

    /// A registration that was accepted.
    pub fn registration(&mut self, moment: Moment) {
        if let Some(customer) = self.case.customer {
            self.world.customer_mut(customer).registered = true;
        }
        self.anything_else(moment);
    }

    /// Asks who the customer of an event is, and remembers by what to find the customer again. Says whether two ids have
    /// become one, so that the event must be looked at anew.
    pub fn who_is_it(&mut self, event: &Event, moment: Moment) -> bool {
        let Some(customer) = self.case.customer else {
            return false;
        };
        let policy = &self.law.policy;
        let asked = policy.index.answering(Question::Identify, moment);
        if asked.is_empty() && policy.keys.is_empty() {
            return false;
        }
        let before = self.case;
        let merged = match self.ask_identify(moment) {
            Answer::Gap => false,
            Answer::One(answer, grounds) => self.turns_out(customer, &answer, &grounds),
            Answer::Open(unsettled) => {
                let about = self.ids.customer(customer).to_owned();
                self.undecided(&about, Question::Identify, &unsettled);
                false
            }
        };
        self.case = before;
        let keys = &self.law.policy.keys;
        let one = self.world.known.one(customer);
        if event
            .customer(field::CUSTOMER)
            .is_none_or(|of| of == customer)
        {
            self.world.known.remember(keys, event, one);
        }
        merged
    }

    /// Does what an answer says of the customer.
    fn turns_out(&mut self, customer: CustomerId, answer: &Identify, grounds: &Grounds) -> bool {
        let (how, of) = match answer {
            Identify::SameAs(term) => (Identified::SameAs, self.reader().read(term)),
            Identify::HouseholdOf(term) => (Identified::HouseholdOf, self.reader().read(term)),
            Identify::New | Identify::Ask(_) => {
                let is_new = self.reader().is_new(customer);
                match is_new {
                    true => self.tell_identity(customer, Identified::New, None, grounds),
                    false => self.stood(grounds),
                }
                self.effects_with(Question::Identify, &grounds.clauses);
                return false;
            }
        };
        let about = self.ids.customer(customer).to_owned();
        let Val::Customer(of) = of else {
            let reason = "the answer speaks of a customer who is not there";
            let unsettled = Unsettled::new(reason, grounds.clone());
            self.undecided(&about, Question::Identify, &unsettled);
            return false;
        };
        let of = self.world.known.one(of);
        if how == Identified::HouseholdOf {
            if of != customer && self.world.known.join(of, customer) {
                self.tell_identity(customer, how, Some(of), grounds);
                self.world.touch_customer(customer);
            } else {
                self.stood(grounds);
            }
            self.effects_with(Question::Identify, &grounds.clauses);
            return false;
        }
        if of == customer {
            self.stood(grounds);
            return false;
        }
        match self.become_one(customer, of, None, grounds) {
            Ok(()) => true,
            Err(unsettled) => {
                self.undecided(&about, Question::Identify, &unsettled);
                false
            }
        }
    }

    fn tell_identity(
        &mut self,
        customer: CustomerId,
        how: Identified,
        of: Option<CustomerId>,
        grounds: &Grounds,
    ) {
        self.decide(What::Identify { customer, how, of }, grounds);
    }

    /// Two records are one customer. Where both have an owner, a clause on `identified` or a ruling says whose claim
    /// ends; else nothing happens, and a person rules.
    pub fn become_one(
        &mut self,
        one: CustomerId,
        two: CustomerId,
        ruled: Option<PersonId>,
        grounds: &Grounds,
    ) -> Result<(), Unsettled> {
        let (earlier, later) = match self.world.is_earlier(one, two) {
            true => (one, two),
            false => (two, one),
        };
        let asked = self.case;
        self.case.customer = Some(earlier);
        self.case.other_owner = self.contested(earlier, later);
        let owner = self.world.owner_claim(earlier);
        let changes = match (ruled, self.case.other_owner, owner) {
            (None, ..) => self.whose_claim_stands()?,
            (Some(staff), Some(other), Some(owner)) => {
                let ends = self.who_yields(staff, owner, other)?;
                let to = OwnTo {
                    state: ClaimState::Void,
                    rests_on: None,
                };
                vec![(ends, to, grounds.clone())]
            }
            (Some(_), ..) => Vec::new(),
        };
        if let (Some(other), Some(owner)) = (self.case.other_owner, owner) {
            let owners = [other.staff, self.world.claim(owner).staff];
            let claims = [other.claim, Some(owner)];
            let yields = |(someone, to, _): &(Someone, OwnTo, Grounds)| {
                let meant = someone.claim.is_none() || claims.contains(&someone.claim);
                to.state != ClaimState::Active && meant && owners.contains(&someone.staff)
            };
            if !changes.iter().any(yields) {
                let reason = "both records have an owner, and no clause on `identified` says whose claim ends";
                return Err(Unsettled::new(reason, grounds.clone()));
            }
        }
        let law = self.law;
        let moved = self.world.merge(law, self.ids, (later, earlier), self.at);
        // What people are told speaks of the customer as the event does.
        let settled = std::mem::replace(&mut self.case, asked);
        self.tell_identity(later, Identified::SameAs, Some(earlier), grounds);
        self.effects_with(Question::Identify, &grounds.clauses);
        self.case = settled;
        let contested = self.case.other_owner.and_then(|other| other.claim);
        for id in moved {
            if self.world.claim(id).is_live() && Some(id) != contested {
                self.tell_claim(id, grounds);
            }
        }
        self.change_claims(earlier, &changes);
        self.find_owner(earlier, grounds);
        self.stir_at_hand(None);
        Ok(())
    }

    /// The owner of the later record, where somebody else owns the earlier.
    fn contested(&self, earlier: CustomerId, later: CustomerId) -> Option<Someone> {
        let owner = self.world.owner_claim(earlier)?;
        let claim = self.world.owner_claim(later)?;
        let staff = self.world.claim(claim).staff;
        (staff != self.world.claim(owner).staff).then_some(Someone {
            staff,
            claim: Some(claim),
        })
    }

    fn whose_claim_stands(&mut self) -> Result<Changes, Unsettled> {
        match self.ask_own(&[Moment::Identified], Phase::Both) {
            Answer::Gap => Ok(Vec::new()),
            Answer::One(changes, grounds) => {
                self.stood(&grounds);
                Ok(changes)
            }
            Answer::Open(unsettled) => Err(unsettled),
        }
    }

    /// Whose claim ends when a ruling has named the owner.
    fn who_yields(
        &self,
        staff: PersonId,
        owner: ClaimId,
        other: Someone,
    ) -> Result<Someone, Unsettled> {
        let first = Someone {
            staff: self.world.claim(owner).staff,
            claim: Some(owner),
        };
        match () {
            () if staff == first.staff => Ok(other),
            () if staff == other.staff => Ok(first),
            () => {
                let reason = "the ruling names somebody who owns neither record";
                Err(Unsettled::new(reason, Grounds::default()))
            }
        }
    }

    /// After the claims have been settled, the one that is left in force makes the owner.
    fn find_owner(&mut self, customer: CustomerId, grounds: &Grounds) {
        let Some(known) = self.world.customer(customer) else {
            return;
        };
        let owns = |id: &&ClaimId| self.world.claim(**id).owns();
        if known.owner.is_none()
            && let Some(id) = known.claims.iter().find(owns).copied()
        {
            self.world.customer_mut(customer).owner = Some(id);
            self.tell_claim(id, grounds);
        }
    }

    /// A ruling says who a customer is: the same as another, or somebody else.
    pub fn rule_identify(&mut self, event: &Event, grounds: &Grounds) -> Option<()> {
        let about = self.ids.customers.get(event.text(field::ABOUT)?)?.into();
        let about = self.world.known.one(about);
        self.world.customer(about).filter(|known| known.known)?;
        let of = event.customer(field::OF).filter(|of| *of != about)?;
        let how = event.word(field::AS).map(|word| self.ids.word(word));
        match how.map_or(Some(Identified::SameAs), Identified::parse)? {
            Identified::New => self.world.known.tell_apart(about, of),
            Identified::HouseholdOf if !self.world.known.join(of, about) => return None,
            Identified::HouseholdOf => {}
            Identified::SameAs => {
                let kept = self.case;
                let ruled = event.person(field::STAFF);
                let done = self.become_one(about, of, ruled, grounds);
                self.case = kept;
                return done.ok();
            }
        }
        let how = how.and_then(Identified::parse)?;
        let told = (how != Identified::New).then_some(of);
        self.tell_identity(about, how, told, grounds);
        self.world.touch_customer(about);
        Some(())
    }
}
