//! The report: how things are, by name.

use super::State;
use super::case::{Case, Reader};
use super::desks::{PriorityTurn, RotaState};
use super::order::make_ups;
use super::presence::can_receive;
use super::world::{Claim, ClaimId, Subject, Timer};
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{
    Board, BoardStaff, BoardVisit, ClaimReport, CustomerReport, DealReport, DueReport, LevyReport,
    MakeUpReport, Report, RotaReport, ShareReport, StaffReport, UndecidedReport, VisitReport,
    WindowReport,
};
use crate::event::{CustomerId, DealId, PersonId, VisitId};
use crate::policy::RotaRound;
use crate::vocabulary::words::{ClaimState, VisitState};
use std::cell::RefCell;
use std::collections::BTreeMap;

impl State {
    /// How things are now, by name.
    pub fn report(&self) -> Report {
        let mut report = Report {
            events: self.world.events,
            policy: self.law.policy.stamp(),
            at: self.world.now.map(|at| self.time(at)),
            rota: self.rotas(),
            staff: self.staff(),
            customers: self.customers(),
            visits: self.visits(),
            deals: self.deals(),
            accounts: self.accounts(),
            open_windows: self.windows(),
            undecided: self.questions(),
            state_digest: String::new(),
        };
        report.state_digest = self.digest(&report);
        report
    }

    /// What hangs on the wall: how the desks stand, who may receive, who is here. Costs what is alive, not what was.
    pub fn board(&self) -> Board {
        let people = numbers(self.world.people.len()).map(PersonId);
        let staff = people.filter_map(|id| Some((self.name(id), self.on_board(id)?)));
        let visits = self.world.here.iter().filter_map(|id| {
            let report = self.visit_on_board(*id)?;
            Some((self.ids.visit(*id).to_owned(), report))
        });
        Board {
            policy: self.law.policy.stamp(),
            at: self.world.now.map(|at| self.time(at)),
            rota: self.rotas(),
            staff: staff.collect(),
            visits: visits.collect(),
        }
    }

    fn on_board(&self, id: PersonId) -> Option<BoardStaff> {
        let person = self.world.person(id).filter(|person| !person.left)?;
        Some(BoardStaff {
            role: self.ids.word(person.role?).to_owned(),
            can_receive: can_receive(&self.world, id),
            receptions: person.receptions,
            turns_used: person.used,
            turns_forfeited: person.forfeited,
        })
    }

    fn visit_on_board(&self, id: VisitId) -> Option<BoardVisit> {
        let visit = self.world.visit(id)?;
        let VisitReport { staff, role, state } = self.visit_of(id)?;
        Some(BoardVisit {
            customer: self.ids.customer(visit.customer).to_owned(),
            at: self.time(visit.at),
            staff,
            role,
            state,
        })
    }

    fn time(&self, at: Instant) -> String {
        self.law.policy.calendar.format(at).to_string()
    }

    fn name(&self, id: PersonId) -> String {
        self.ids.person(id).to_owned()
    }

    fn rotas(&self) -> BTreeMap<String, RotaReport> {
        let rotas = self.world.rotas.iter().enumerate();
        let by_desk = rotas.map(|(number, rota)| {
            let desk = self.ids.word(rota.desk).to_owned();
            (desk, self.rota(number, rota))
        });
        by_desk.collect()
    }

    /// Priority turns first, then unspent turns by place, as if all could receive.
    fn rota(&self, number: usize, rota: &RotaState) -> RotaReport {
        let fault = RefCell::new(None);
        let reader = self.reader(&fault);
        let turns: Vec<&PriorityTurn> = reader.priority_turns(number).collect();
        let priority: Vec<String> = turns.iter().map(|turn| self.name(turn.staff)).collect();
        let rounds = self.law.policy.rotas[number].round == RotaRound::OneEach;
        let order = reader.in_order(number);
        let unspent = order
            .iter()
            .filter(|staff| !rounds || rota.turn(**staff).is_unspent());
        let next = priority
            .iter()
            .cloned()
            .chain(unspent.map(|staff| self.name(*staff)))
            .collect();
        RotaReport {
            round: rota.round,
            next,
            priority,
            make_ups: turns.iter().map(|turn| self.make_up(turn)).collect(),
        }
    }

    /// The ledger's line: where a priority turn comes from.
    fn make_up(&self, turn: &PriorityTurn) -> MakeUpReport {
        let clauses = turn.because.iter();
        let mut because: Vec<String> = clauses
            .map(|id| turn.law.policy.clause(*id).id.clone())
            .collect();
        because.dedup();
        MakeUpReport {
            staff: self.name(turn.staff),
            kind: self.ids.word(turn.kind).to_owned(),
            given: turn.given,
            at: self.time(turn.age.0),
            because,
            until: turn.until.map(|at| self.time(at)),
        }
    }

    fn reader<'a>(&'a self, fault: &'a RefCell<Option<String>>) -> Reader<'a> {
        Reader {
            world: &self.world,
            law: &self.law,
            ids: &self.ids,
            case: Case::at(self.world.now.unwrap_or(Instant::MIN), None),
            fault,
            cited: None,
        }
    }

    /// How somebody of the staff stands; nothing about whoever never had a role.
    pub fn report_of_staff(&self, id: &str) -> Option<StaffReport> {
        self.staff_of(self.ids.people.get(id)?.into())
    }

    fn staff_of(&self, id: PersonId) -> Option<StaffReport> {
        let person = self.world.person(id)?;
        Some(StaffReport {
            role: self.ids.word(person.role?).to_owned(),
            commission: person.commission.to_string(),
            provisional: person.provisional.to_string(),
            fines: person.fines.to_string(),
            pay_back: (person.pay_back != Fen::ZERO).then(|| person.pay_back.to_string()),
            points: person.points,
            turns_used: person.used,
            turns_forfeited: person.forfeited,
            receptions: person.receptions,
            make_ups: make_ups(&self.world, id),
            can_receive: can_receive(&self.world, id),
        })
    }

    fn staff(&self) -> BTreeMap<String, StaffReport> {
        let people = numbers(self.world.people.len()).map(PersonId);
        let known = people.filter_map(|id| Some((self.name(id), self.staff_of(id)?)));
        known.collect()
    }

    /// How a customer stands, by any id that means them; nothing about one whom nothing has named yet.
    pub fn report_of_customer(&self, id: &str) -> Option<CustomerReport> {
        let id = self.ids.customers.get(id)?.into();
        self.customer_of(self.world.known.one(id))
    }

    fn customer_of(&self, id: CustomerId) -> Option<CustomerReport> {
        let customer = self.world.customer(id).filter(|customer| customer.known)?;
        let known = &self.world.known;
        let name = |id: CustomerId| self.ids.customer(id).to_owned();
        let household = known.household(id).iter().copied();
        let household = household.filter(|member| *member != id).map(name).collect();
        let claims = customer
            .claims
            .iter()
            .map(|claim| self.claim(*claim))
            .collect();
        Some(CustomerReport {
            owner: self.owner(id).map(|staff| self.name(staff)),
            claims,
            also: known.also(id).map(name).collect(),
            household,
        })
    }

    fn customers(&self) -> BTreeMap<String, CustomerReport> {
        let customers = numbers(self.world.customers.len()).map(CustomerId);
        let known = customers.filter_map(|id| {
            let report = self.customer_of(id)?;
            Some((self.ids.customer(id).to_owned(), report))
        });
        known.collect()
    }

    /// Who counts as owner: of record, or through whoever brings the customer along.
    fn owner(&self, id: CustomerId) -> Option<PersonId> {
        let fault = RefCell::new(None);
        let mut reader = self.reader(&fault);
        reader.case.customer = Some(id);
        reader.owner().map(|owner| owner.staff)
    }

    fn claim(&self, id: ClaimId) -> ClaimReport {
        let claim = self.world.claim(id);
        let state = if claim.state == ClaimState::Sharing {
            ClaimState::Active
        } else {
            claim.state
        };
        let until = open_until(claim).map(|at| self.time(at));
        ClaimReport {
            staff: self.name(claim.staff),
            kind: claim.kind.text().to_owned(),
            claim: state.text().to_owned(),
            until,
        }
    }

    /// How a visit stands.
    pub fn report_of_visit(&self, id: &str) -> Option<VisitReport> {
        self.visit_of(self.ids.visits.get(id)?.into())
    }

    fn visit_of(&self, id: VisitId) -> Option<VisitReport> {
        let visit = self.world.visit(id)?;
        let waits = visit.state == VisitState::Waiting;
        Some(VisitReport {
            staff: visit
                .receiver
                .filter(|_| !waits)
                .map(|staff| self.name(staff)),
            role: visit
                .role
                .filter(|_| !waits)
                .map(|role| role.text().to_owned()),
            state: visit.state.text().to_owned(),
        })
    }

    fn visits(&self) -> BTreeMap<String, VisitReport> {
        let visits = numbers(self.world.visits.len()).map(VisitId);
        let known = visits.filter_map(|id| {
            let report = self.visit_of(id)?;
            Some((self.ids.visit(id).to_owned(), report))
        });
        known.collect()
    }

    /// How a deal stands.
    pub fn report_of_deal(&self, id: &str) -> Option<DealReport> {
        self.deal_of(self.ids.deals.get(id)?.into())
    }

    fn deal_of(&self, id: DealId) -> Option<DealReport> {
        let deal = self.world.deal(id)?;
        let shares = deal.shares.iter().map(|portion| ShareReport {
            staff: self.name(portion.staff),
            share: portion.share.to_string(),
            amount: portion.amount.to_string(),
        });
        Some(DealReport {
            state: deal.state.text().to_owned(),
            shares: shares.collect(),
            until: deal.until.map(|at| self.time(at)),
            levies: (deal.levies.iter())
                .map(|levied| LevyReport {
                    to: levied.to.text(&self.ids).to_owned(),
                    amount: levied.amount.to_string(),
                })
                .collect(),
            held: (deal.held != Fen::ZERO).then(|| deal.held.to_string()),
            due: (deal.due.iter())
                .map(|(staff, amount)| DueReport {
                    staff: self.name(*staff),
                    amount: amount.to_string(),
                })
                .collect(),
            stage: deal.stage.map(|stage| self.ids.word(stage).to_owned()),
            received: deal.received.map(|fen| fen.to_string()),
        })
    }

    fn deals(&self) -> BTreeMap<String, DealReport> {
        let deals = numbers(self.world.deals.len()).map(DealId);
        let known = deals.filter_map(|id| {
            let report = self.deal_of(id)?;
            Some((self.ids.deal(id).to_owned(), report))
        });
        known.collect()
    }

    /// Levies of final deals; accounts of the policy are there from the start.
    fn accounts(&self) -> BTreeMap<String, String> {
        let of_policy = self.law.policy.accounts.iter();
        let names = of_policy.map(|account| self.law.word(account.name));
        let mut sums: BTreeMap<String, Fen> = names
            .map(|name| (self.ids.word(name).to_owned(), Fen::ZERO))
            .collect();
        for (name, sum) in &self.world.accounts {
            sums.insert(self.ids.word(*name).to_owned(), *sum);
        }
        let shown = sums.into_iter().map(|(name, sum)| (name, sum.to_string()));
        shown.collect()
    }

    /// In the order in which they end.
    fn windows(&self) -> Vec<WindowReport> {
        let mut windows = Vec::new();
        for ((end, _), timer) in &self.world.timers {
            let (kind, about) = match timer {
                Timer::Window { of, window, .. } => {
                    (self.ids.word(*window).to_owned(), self.subject(*of))
                }
                Timer::Closing { .. } => continue,
                Timer::Suspension { person, .. } => ("suspension".to_owned(), self.name(*person)),
                Timer::Priority { desk, number, .. } => {
                    let Some(turn) = self.priority(*desk, *number) else {
                        continue;
                    };
                    let kind = self.ids.word(turn.kind).to_owned();
                    (kind, self.name(turn.staff))
                }
            };
            windows.push(WindowReport {
                kind,
                about,
                until: self.time(*end),
            });
        }
        windows
    }

    /// What a window is of, by name.
    fn subject(&self, of: Subject) -> String {
        match of {
            Subject::Claim(claim) => {
                let claim = self.world.claim(claim);
                let (customer, staff) = (claim.customer, claim.staff);
                format!("{}/{}", self.ids.customer(customer), self.ids.person(staff))
            }
            Subject::Staff(person) => self.name(person),
            Subject::Customer(customer) => self.ids.customer(customer).to_owned(),
            Subject::Visit(visit) => self.ids.visit(visit).to_owned(),
            Subject::Deal(deal) => self.ids.deal(deal).to_owned(),
        }
    }

    fn priority(&self, desk: Name, number: u64) -> Option<&PriorityTurn> {
        let rota = self.world.rotas.iter().find(|rota| rota.desk == desk)?;
        rota.priority.iter().find(|turn| turn.number == number)
    }

    fn questions(&self) -> Vec<UndecidedReport> {
        let report = |open: &super::world::OpenQuestion| UndecidedReport {
            about: open.about.to_string(),
            question: open.question.text().to_owned(),
            asks: self.ids.word(open.asks).to_owned(),
        };
        self.world.undecided.iter().map(report).collect()
    }

    /// The same for the same journal and policy: over the report and what it leaves out.
    fn digest(&self, report: &Report) -> String {
        use sha2::Digest;
        let report = serde_json::to_string(report).expect("a report has only text keys");
        let rotas: Vec<_> = self
            .world
            .rotas
            .iter()
            .map(|rota| {
                let priority = rota.priority.iter();
                let priority: Vec<_> = priority
                    .map(|turn| (turn.age, turn.staff, turn.round))
                    .collect();
                (&rota.turns, &rota.debts, priority)
            })
            .collect();
        let hidden = format!("{rotas:?}{:?}{:?}", self.world.waiting, self.world.people);
        let mut hash = sha2::Sha256::new();
        hash.update(report.as_bytes());
        hash.update(hidden.as_bytes());
        hash.update(self.world.known.hidden().collect::<Vec<u8>>());
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Numbers of so many records.
fn numbers(count: usize) -> std::ops::Range<u32> {
    0..u32::try_from(count).expect("ids are 32 bits")
}

fn open_until(claim: &Claim) -> Option<Instant> {
    claim
        .windows
        .iter()
        .filter(|window| window.timer.is_some())
        .map(|window| window.end)
        .max()
}
