//! Random journals: an office that follows no plan, with many events on the edges of the windows.

use chrono::{Datelike, Days, Duration, NaiveDate};
use serde_json::{Map, Value, json};

use super::Run;
use super::claims::State;
use super::clock::{self, Moment};
use super::deals::{self, Standing};
use super::office::Office;
use super::random::Random;
use super::visits::{Role, VisitState};

mod odd;

/// What a journal may contain besides the ordinary.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Violations that somebody records: their penalties are the office's, not the model's.
    pub violations: bool,
    /// `deal_stage` events, whose words a policy has to declare.
    pub deal_stages: bool,
    /// Rulings on undecided deals.
    pub rulings: bool,
    /// Well-formed but impossible events.
    pub impossible: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            violations: false,
            deal_stages: false,
            rulings: true,
            impossible: true,
        }
    }
}

/// A journal of that many days, the same for the same seed.
pub fn journal(seed: u64, days: u32) -> String {
    journal_with(seed, days, Options::default())
}

/// A journal with or without the extras.
pub fn journal_with(seed: u64, days: u32, options: Options) -> String {
    let mut writer = Writer::new(seed, options);
    writer.open_office();
    for day in 0..days {
        writer.day(day, days);
    }
    let mut text = writer.lines.join("\n");
    text.push('\n');
    text
}

const SITE: &str = "site";
const SALES: &str = "sales";
const PROJECT: &str = "project";
const AGENTS: [&str; 7] = ["lin", "wu", "zhao", "qian", "sun", "li", "zhou"];

#[derive(Clone, Copy)]
enum Kind {
    Visit,
    VisitEnd,
    Recognition,
    Deal,
    DealCancelled,
    AwayOrBack,
    Sign,
    Swap,
    Inspection,
    Replacement,
    Roster,
    Ruling,
    Tick,
    Undecisive,
    Impossible,
    Repeated,
    Violation,
    Person,
}

struct Writer {
    random: Random,
    options: Options,
    run: Run,
    lines: Vec<String>,
    first: NaiveDate,
    now: Moment,
    /// Everybody who ever was an agent here.
    agents: Vec<String>,
    /// Those who have not left.
    staying: Vec<String>,
    busy: i64,
    quiet_days: usize,
    most_customers: usize,
    forgetful: usize,
    customers: usize,
    visits: usize,
    deals: usize,
    calls: usize,
    ids: Vec<(String, String)>,
}

impl Writer {
    fn new(seed: u64, options: Options) -> Self {
        let mut random = Random::new(seed);
        let starts = [
            (2024, 1, 27),
            (2024, 1, 29),
            (2024, 2, 27),
            (2024, 3, 29),
            (2024, 5, 30),
            (2024, 12, 29),
            (2025, 1, 28),
            (2025, 8, 30),
        ];
        let (year, month, day) = random.of(&starts);
        let first = NaiveDate::from_ymd_opt(year, month, day).expect("a date")
            + Days::new(random.below(3) as u64);
        let count = random.between(4, 7) as usize;
        let agents: Vec<String> = AGENTS[..count].iter().map(ToString::to_string).collect();
        Writer {
            options,
            run: Run::new(),
            lines: Vec::new(),
            first,
            now: clock::midnight(first) + Duration::hours(8),
            staying: agents.clone(),
            agents,
            busy: random.between(3, 26),
            quiet_days: random.of(&[0, 0, 20, 50, 70]),
            most_customers: random.between(4, 40) as usize,
            forgetful: random.of(&[30, 50, 75, 90]),
            customers: 0,
            visits: 0,
            deals: 0,
            calls: 0,
            ids: Vec::new(),
            random,
        }
    }

    fn office(&self) -> &Office {
        &self.run.office
    }

    /// Writes one event at the present moment, and reads it at once so as to know what it did.
    fn emit(&mut self, kind: &str, fields: Value) {
        let at = self.now.format("%Y-%m-%dT%H:%M:%S%.3f");
        let offset = if self.random.percent(20) {
            "+08:00"
        } else {
            ""
        };
        let mut event = Map::new();
        event.insert("at".into(), json!(format!("{at}{offset}")));
        event.insert("event".into(), json!(kind));
        if let Value::Object(fields) = fields {
            event.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
        if self.random.percent(4) {
            let id = format!("e{}", self.lines.len() + 1);
            event.insert("id".into(), json!(id));
            let line = Value::Object(event).to_string();
            self.ids.push((id, line.clone()));
            self.write(line);
        } else {
            self.write(Value::Object(event).to_string());
        }
    }

    fn write(&mut self, line: String) {
        self.run.line(&line);
        self.lines.push(line);
    }

    // The days.

    fn open_office(&mut self) {
        for (person, role) in [
            (SITE, "site_manager"),
            (SALES, "sales_manager"),
            (PROJECT, "project_manager"),
        ] {
            self.emit("person", json!({ "person": person, "role": role }));
        }
        for agent in self.agents.clone() {
            self.emit("person", json!({ "person": agent, "role": "agent" }));
        }
        self.roster();
    }

    fn day(&mut self, day: u32, days: u32) {
        let date = self.first + Days::new(u64::from(day));
        if day > 0 {
            self.around_midnight(date);
        }
        if self.random.percent(self.quiet_days) {
            return;
        }
        if day > days / 3 && self.staying.len() > 4 && self.random.percent(2) {
            self.go_to(clock::midnight(date) + Duration::hours(8));
            self.person_left();
        }
        let opening = Duration::minutes(self.random.between(480, 600));
        self.go_to(clock::midnight(date) + opening);
        self.morning();
        let closing = clock::midnight(date) + Duration::hours(23);
        for _ in 0..self.random.between(1, self.busy) {
            let gap = self.gap();
            if self.now + gap >= closing {
                break;
            }
            self.go_to(self.now + gap);
            self.step(&[]);
        }
        if self.random.percent(60) {
            for visit in self.visits_in(VisitState::Open) {
                if self.random.percent(70) {
                    self.emit("visit_end", json!({ "visit": visit }));
                }
            }
        }
    }

    /// Most of those who cannot receive put that right.
    fn morning(&mut self) {
        for staff in self.staying.clone() {
            let person = self.office().people[&staff].clone();
            if person.absence.is_some() && self.random.percent(60) {
                self.back(staff.clone());
            }
            if person.signed_out && self.random.percent(70) {
                self.emit("sign_in", json!({ "staff": staff }));
            }
            for item in person.failed {
                if self.random.percent(60) {
                    self.inspected(&staff, &item, true);
                }
            }
        }
    }

    fn go_to(&mut self, at: Moment) {
        self.now = self.now.max(at);
    }

    fn gap(&mut self) -> Duration {
        let (low, high) = self.random.weighted(&[
            (8, (0, 0)),
            (5, (1, 1)),
            (8, (2, 999)),
            (16, (1_000, 59_000)),
            (50, (60_000, 1_500_000)),
            (13, (1_500_000, 9_000_000)),
        ]);
        Duration::milliseconds(self.random.between(low, high))
    }

    /// Events just before, at and just after 00:00, more of them when windows end there.
    fn around_midnight(&mut self, date: NaiveDate) {
        let midnight = clock::midnight(date);
        let mut ending = Vec::new();
        for (name, customer) in &self.office().customers {
            let ends = customer.ledger.live().any(
                |(_, claim)| matches!(claim.state, State::Sleeping { until, .. } if until == midnight),
            );
            if ends {
                ending.push(name.clone());
            }
        }
        let chance = match (ending.is_empty(), date.day()) {
            (false, _) => 85,
            (true, 1) => 40,
            (true, _) => 12,
        };
        if !self.random.percent(chance) {
            return;
        }
        let most = if ending.is_empty() { 4 } else { 10 };
        let count = self.random.between(1, most);
        let mut offsets: Vec<i64> = (0..count)
            .map(|_| {
                self.random
                    .of(&[-1_000, -999, -500, -1, -1, -1, 0, 0, 0, 1, 1, 999, 1_000])
            })
            .collect();
        offsets.sort_unstable();
        for offset in offsets {
            self.go_to(midnight + Duration::milliseconds(offset));
            self.step(&ending);
        }
    }

    /// One event; when windows are about to end, mostly about their customers.
    fn step(&mut self, ending: &[String]) {
        let kind = if ending.is_empty() {
            self.ordinary()
        } else {
            self.random.weighted(&[
                (40, Kind::Recognition),
                (20, Kind::Deal),
                (25, Kind::Visit),
                (10, Kind::VisitEnd),
                (5, Kind::Tick),
            ])
        };
        match kind {
            Kind::Visit => self.visit(ending),
            Kind::VisitEnd => self.visit_end(),
            Kind::Recognition => self.recognition(ending),
            Kind::Deal => self.deal(ending),
            Kind::DealCancelled => self.deal_cancelled(),
            Kind::AwayOrBack => self.away_or_back(),
            Kind::Sign => self.sign(),
            Kind::Swap => self.swap(),
            Kind::Inspection => self.inspection(),
            Kind::Replacement => self.replacement(),
            Kind::Roster => self.roster(),
            Kind::Ruling => self.ruling(),
            Kind::Tick => self.emit("tick", json!({})),
            Kind::Undecisive => self.undecisive(),
            Kind::Impossible => self.impossible(),
            Kind::Repeated => self.repeated(),
            Kind::Violation => self.violation(),
            Kind::Person => {
                let agent = self.random.of(&self.staying);
                self.emit("person", json!({ "person": agent, "role": "agent" }));
            }
        }
    }

    fn ordinary(&mut self) -> Kind {
        let extra = |wanted: bool, weight: usize| if wanted { weight } else { 0 };
        self.random.weighted(&[
            (30, Kind::Visit),
            (22, Kind::VisitEnd),
            (11, Kind::Recognition),
            (9, Kind::Deal),
            (2, Kind::DealCancelled),
            (9, Kind::AwayOrBack),
            (4, Kind::Sign),
            (3, Kind::Swap),
            (4, Kind::Inspection),
            (6, Kind::Replacement),
            (1, Kind::Roster),
            (extra(self.options.rulings, 1), Kind::Ruling),
            (1, Kind::Tick),
            (3, Kind::Undecisive),
            (extra(self.options.impossible, 3), Kind::Impossible),
            (1, Kind::Repeated),
            (extra(self.options.violations, 4), Kind::Violation),
            (1, Kind::Person),
        ])
    }

    // Who and what is there.

    fn visits_in(&self, state: VisitState) -> Vec<String> {
        let visits = self.office().visits.iter();
        visits
            .filter(|(_, visit)| visit.state == state)
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn known_customers(&self) -> Vec<String> {
        self.office().customers.keys().cloned().collect()
    }

    /// Known customers who are not here.
    fn absent_customers(&self) -> Vec<String> {
        let known = self.known_customers().into_iter();
        known
            .filter(|name| self.office().visit_now(name).is_none())
            .collect()
    }

    /// Who has a claim of that state on the customer, the owner left out.
    fn claimants(&self, customer: &str, asleep: bool) -> Vec<String> {
        let ledger = &self.office().customers[customer].ledger;
        let ids = if asleep {
            ledger.sleeping()
        } else {
            ledger.sharing()
        };
        ids.into_iter()
            .map(|id| ledger.get(id).staff.clone())
            .collect()
    }

    /// Whether the owner began to receive the customer today.
    fn received_today(&self, customer: &str) -> bool {
        let ledger = &self.office().customers[customer].ledger;
        let owner = ledger.owner().map(|owner| ledger.get(owner));
        owner
            .and_then(|owner| owner.reception.as_ref())
            .is_some_and(|reception| reception.day == self.now.date())
    }

    fn customers_with_sleepers(&self) -> Vec<String> {
        let known = self.known_customers().into_iter();
        known
            .filter(|name| !self.claimants(name, true).is_empty())
            .collect()
    }

    fn new_customer(&mut self) -> String {
        self.customers += 1;
        format!("c{:02}", self.customers)
    }

    fn anybody(&mut self) -> String {
        let mut people = self.agents.clone();
        people.extend([SITE, SALES, PROJECT].map(str::to_string));
        self.random.of(&people)
    }

    /// The person who may, mostly; else somebody who may not, or nobody.
    fn authority(&mut self, right: &str) -> Option<String> {
        match self.random.below(10) {
            0 => None,
            1 | 2 => Some(self.anybody()),
            _ => Some(right.to_string()),
        }
    }

    // The kinds of event.

    fn roster(&mut self) {
        let mut order = self.staying.clone();
        self.random.shuffle(&mut order);
        if order.len() > 3 && self.random.percent(35) {
            order.pop();
        }
        let desk = self.random.percent(20).then_some("walk_in");
        self.emit("roster", json!({ "order": order, "desk": desk }));
    }

    fn person_left(&mut self) {
        let at = self.random.below(self.staying.len());
        let person = self.staying.remove(at);
        let successor = self.random.percent(50).then(|| self.staying[0].clone());
        self.emit(
            "person_left",
            json!({ "person": person, "successor": successor }),
        );
    }

    fn sign(&mut self) {
        let out: Vec<String> = self
            .staying
            .iter()
            .filter(|staff| self.office().people[*staff].signed_out)
            .cloned()
            .collect();
        let back_in = self.random.pick(&out).filter(|_| self.random.percent(70));
        match back_in {
            Some(staff) => self.emit("sign_in", json!({ "staff": staff })),
            None => {
                let staff = self.random.of(&self.staying);
                let kind = self.random.of(&["sign_in", "sign_out"]);
                self.emit(kind, json!({ "staff": staff }));
            }
        }
    }

    fn back(&mut self, staff: String) {
        let verified = self.random.percent(60).then(|| self.authority(PROJECT));
        self.emit(
            "back",
            json!({ "staff": staff, "verified_by": verified.flatten() }),
        );
    }

    fn away_or_back(&mut self) {
        let (away, here): (Vec<String>, Vec<String>) = self
            .staying
            .clone()
            .into_iter()
            .partition(|staff| self.office().people[staff].absence.is_some());
        let back = self.random.pick(&away).filter(|_| self.random.percent(60));
        if let Some(staff) = back {
            self.back(staff);
        } else if let Some(staff) = self.random.pick(&here) {
            let reason = self.random.of(&[
                Some("assigned"),
                Some("assigned"),
                Some("assigned"),
                Some("lunch"),
                None,
            ]);
            let verified = self.random.percent(55).then(|| self.authority(PROJECT));
            let ordered = self.random.percent(40).then_some(SALES);
            self.emit(
                "away",
                json!({
                    "staff": staff,
                    "reason": reason,
                    "ordered_by": ordered,
                    "verified_by": verified.flatten(),
                }),
            );
        }
    }

    fn swap(&mut self) {
        let unspent: Vec<String> = self
            .staying
            .iter()
            .filter(|staff| self.office().rota.unspent(staff))
            .cloned()
            .collect();
        let from = if unspent.len() > 1 && self.random.percent(75) {
            unspent
        } else {
            self.staying.clone()
        };
        let staff = self.random.of(&from);
        let counterpart = self.random.of(&from);
        if staff != counterpart {
            let approved = self.authority(SITE);
            self.emit(
                "swap",
                json!({ "staff": staff, "counterpart": counterpart, "approved_by": approved }),
            );
        }
    }

    fn inspection(&mut self) {
        let barred: Vec<(String, String)> = self
            .staying
            .iter()
            .flat_map(|staff| {
                let failed = self.office().people[staff].failed.iter();
                failed.map(|item| (staff.clone(), item.clone()))
            })
            .collect();
        let again = self
            .random
            .pick(&barred)
            .filter(|_| self.random.percent(65));
        let (staff, item) = match again {
            Some(again) => again,
            None => {
                let items = ["attire", "attire", "materials", "information", "attention"];
                (self.random.of(&self.staying), self.random.of(&items).into())
            }
        };
        let passed = self.random.percent(if barred.is_empty() { 30 } else { 65 });
        self.inspected(&staff, &item, passed);
    }

    fn visit(&mut self, ending: &[String]) {
        let absent = self.absent_customers();
        let here_by_other = absent
            .iter()
            .filter(|name| !self.office().customers[*name].brought_in.is_empty())
            .cloned()
            .collect::<Vec<_>>();
        let focus = ending
            .iter()
            .filter(|name| absent.contains(name))
            .cloned()
            .collect::<Vec<_>>();
        let fresh = self.customers < self.most_customers && self.random.percent(35);
        let known = match self.random.below(10) {
            0 => self.random.pick(&here_by_other),
            _ if !focus.is_empty() => self.random.pick(&focus),
            _ if fresh => None,
            _ => self.random.pick(&absent),
        };
        let remembers = match &known {
            Some(known) => self.remembered(known),
            None => self.claimed(),
        };
        let customer = known.unwrap_or_else(|| self.new_customer());
        let brings = self.brought(&customer);
        self.visits += 1;
        let returning = match self.random.below(3) {
            0 => None,
            1 => Some(remembers.is_some()),
            _ => Some(self.office().customers.contains_key(&customer)),
        };
        let purpose = self.random.weighted(&[
            (70, None),
            (7, Some("buy")),
            (7, Some("view")),
            (5, Some("formalities")),
            (5, Some("service")),
            (4, Some("courier")),
            (2, Some("competitor")),
        ]);
        let brings = (!brings.is_empty()).then_some(brings);
        self.emit(
            "visit",
            json!({
                "visit": format!("v{}", self.visits),
                "customer": customer,
                "returning": returning,
                "remembers": remembers,
                "brings": brings,
                "purpose": purpose,
            }),
        );
    }

    /// Whom a customer whom nobody knows claims to know.
    fn claimed(&mut self) -> Option<String> {
        self.random
            .percent(12)
            .then(|| self.random.of(&self.agents))
    }

    /// Whom a known customer remembers, rightly or wrongly.
    fn remembered(&mut self, customer: &str) -> Option<String> {
        if self.random.percent(self.forgetful) {
            return None;
        }
        let owner = self.office().owner_of(customer);
        let sleeping = self.claimants(customer, true);
        let sharing = self.claimants(customer, false);
        match self.random.below(10) {
            0..=2 => owner,
            3..=5 => self.random.pick(&sleeping),
            6 | 7 => self.random.pick(&sharing),
            _ => Some(self.random.of(&self.agents)),
        }
    }

    fn brought(&mut self, bringer: &str) -> Vec<String> {
        if !self.random.percent(14) {
            return Vec::new();
        }
        let mut brought = Vec::new();
        for _ in 0..self.random.between(1, 2) {
            let absent = self.absent_customers();
            let known = self
                .random
                .pick(&absent)
                .filter(|_| self.random.percent(40));
            let one = known.unwrap_or_else(|| self.new_customer());
            if one != bringer && !brought.contains(&one) {
                brought.push(one);
            }
        }
        brought
    }

    fn visit_end(&mut self) {
        let mut visits = self.visits_in(VisitState::Open);
        if visits.is_empty() || self.random.percent(8) {
            visits = self.visits_in(VisitState::Waiting);
        }
        if let Some(visit) = self.random.pick(&visits) {
            self.emit("visit_end", json!({ "visit": visit }));
        }
    }

    fn recognition(&mut self, ending: &[String]) {
        let waiting: Vec<String> = self
            .visits_in(VisitState::Waiting)
            .iter()
            .map(|visit| self.office().visits[visit].customer.clone())
            .collect();
        let asleep = self.customers_with_sleepers();
        let known = self.known_customers();
        let today: Vec<String> = asleep
            .iter()
            .filter(|name| self.office().visit_now(name).is_some() || self.received_today(name))
            .cloned()
            .collect();
        let from = match self.random.below(20) {
            2..=10 if ending.is_empty() && !today.is_empty() => &today[..],
            0 | 1 if !waiting.is_empty() => &waiting[..],
            2..=16 if !ending.is_empty() => ending,
            2..=17 if !asleep.is_empty() => &asleep[..],
            _ => &known[..],
        };
        let Some(customer) = self.random.pick(from) else {
            return;
        };
        let sleeping = self.claimants(&customer, true);
        let sleeper = self
            .random
            .pick(&sleeping)
            .filter(|_| self.random.percent(85));
        let staff = match (sleeper, self.office().owner_of(&customer)) {
            (Some(staff), _) => staff,
            (None, Some(owner)) if self.random.percent(40) => owner,
            _ => self.random.of(&self.agents),
        };
        let by_whom = self.random.weighted(&[
            (40, None),
            (20, Some("staff")),
            (33, Some("customer")),
            (7, Some("system")),
        ]);
        self.emit(
            "recognition",
            json!({ "customer": customer, "staff": staff, "by_whom": by_whom }),
        );
    }

    fn replacement(&mut self) {
        let open = self.visits_in(VisitState::Open);
        let fitting: Vec<String> = open
            .iter()
            .filter(|visit| {
                let visit = &self.office().visits[*visit];
                let by_rota = matches!(visit.role, Some(Role::Duty | Role::Replacement));
                by_rota && !visit.claimed_before
            })
            .cloned()
            .collect();
        let fits = self
            .random
            .pick(&fitting)
            .filter(|_| self.random.percent(85));
        let Some(visit) = fits.or_else(|| self.random.pick(&open)) else {
            return;
        };
        let approved = self.authority(SALES);
        let fault = self.random.of(&["none", "ordinary", "serious"]);
        let yes = |wanted: usize| [None, Some(false), Some(true), Some(true)][wanted];
        let insists = yes(self.random.below(4));
        let priority = yes(self.random.below(4));
        self.emit(
            "replacement",
            json!({
                "visit": visit,
                "fault": fault,
                "insists": insists,
                "priority": priority,
                "approved_by": approved,
            }),
        );
    }

    fn deal(&mut self, ending: &[String]) {
        let here = |state: VisitState| -> Vec<String> {
            self.visits_in(state)
                .iter()
                .map(|visit| self.office().visits[visit].customer.clone())
                .collect()
        };
        let open = here(VisitState::Open);
        let waiting = here(VisitState::Waiting);
        let asleep = self.customers_with_sleepers();
        let known = self.known_customers();
        let from = match self.random.below(20) {
            0..=13 if !ending.is_empty() => ending,
            0..=6 if !open.is_empty() => &open[..],
            7 | 8 if !waiting.is_empty() => &waiting[..],
            9..=14 if !asleep.is_empty() => &asleep[..],
            _ => &known[..],
        };
        let Some(customer) = self.random.pick(from) else {
            return;
        };
        let now = self.office().visit_now(&customer);
        let receiving = now
            .as_ref()
            .and_then(|visit| self.office().visits[visit].staff.clone());
        let closer = match self.random.below(4) {
            0 => receiving,
            1 | 2 => Some(self.random.of(&self.agents)),
            _ => None,
        };
        let visit = now.filter(|_| self.random.percent(50));
        self.deals += 1;
        let commission = match self.random.below(6) {
            0 => self
                .random
                .of(&["0.01", "0.05", "1", "12.5", "100.00", "0.07"])
                .into(),
            1 => format!("{}", self.random.between(1, 90_000)),
            _ => deals::yuan(self.random.between(1, 5_000_000)),
        };
        self.emit(
            "deal",
            json!({
                "deal": format!("d{}", self.deals),
                "customer": customer,
                "commission": commission,
                "closer": closer,
                "visit": visit,
            }),
        );
    }

    fn deals_in(&self, wanted: impl Fn(Standing) -> bool) -> Vec<String> {
        let deals = self.office().deals.iter();
        deals
            .filter(|(_, deal)| wanted(deal.standing()))
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn deal_cancelled(&mut self) {
        let deals = self.deals_in(|standing| standing != Standing::Cancelled);
        if let Some(deal) = self.random.pick(&deals) {
            let reason = self.random.percent(50).then_some("returned");
            self.emit("deal_cancelled", json!({ "deal": deal, "reason": reason }));
        }
    }

    fn ruling(&mut self) {
        let deals = self.deals_in(|standing| standing == Standing::Undecided);
        let Some(name) = self.random.pick(&deals) else {
            return;
        };
        let fen = self.office().deals[&name].fen;
        let mut people = self.staying.clone();
        self.random.shuffle(&mut people);
        people.truncate(self.random.between(1, 2) as usize);
        let shares: Vec<Value> = deals::divide(fen, people, &[])
            .into_iter()
            .map(|(staff, share, fen)| {
                json!({ "staff": staff, "share": share, "amount": deals::yuan(fen) })
            })
            .collect();
        let decided_by = if self.random.percent(80) { SALES } else { SITE };
        self.emit(
            "ruling",
            json!({
                "about": name,
                "question": "share",
                "decided_by": decided_by,
                "state": "final",
                "shares": shares,
                "reason": "settled",
            }),
        );
    }

    /// An event that decides nothing here.
    fn undecisive(&mut self) {
        let known = self.known_customers();
        let staff = self.random.of(&self.staying);
        let fresh =
            known.is_empty() || (self.customers < self.most_customers && self.random.percent(25));
        let customer = if fresh {
            self.new_customer()
        } else {
            self.random.of(&known)
        };
        match self.random.below(7) {
            0 => self.emit(
                "registration",
                json!({ "customer": customer, "staff": staff, "name": "Chen", "phone": "13900000000" }),
            ),
            1 => self.emit("claim_made", json!({ "customer": customer, "staff": staff })),
            2 => {
                self.calls += 1;
                let call = format!("t{}", self.calls);
                let remembers = self.claimed();
                self.emit(
                    "phone_inquiry",
                    json!({ "call": call, "customer": customer, "staff": staff, "remembers": remembers }),
                );
            }
            3 if !fresh => self.emit(
                "follow_up",
                json!({ "customer": customer, "staff": staff, "method": "phone", "connected": true, "seconds": 60 }),
            ),
            4 => {
                let owner = self.random.of(&self.agents);
                let outcome = self.random.of(&["reached", "unreachable"]);
                self.emit(
                    "owner_contact",
                    json!({ "staff": staff, "owner": owner, "outcome": outcome }),
                );
            }
            5 => {
                let open = self.visits_in(VisitState::Open);
                if let Some(visit) = self.random.pick(&open) {
                    self.emit(
                        "assignment",
                        json!({ "visit": visit, "staff": staff, "role": "helper", "approved_by": SITE }),
                    );
                }
            }
            6 if self.options.deal_stages => {
                let deals = self.deals_in(|_| true);
                if let Some(deal) = self.random.pick(&deals) {
                    self.emit("deal_stage", json!({ "deal": deal, "stage": "signed" }));
                }
            }
            _ => self.emit("tick", json!({})),
        }
        if fresh && !self.office().customers.contains_key(&customer) {
            self.customers -= 1;
        }
    }
}
