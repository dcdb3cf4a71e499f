//! What happens in a busy office, as events to be posted: each desk has its own customers, visits and deals, so that it
//! does not matter whose event comes first.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::VecDeque;

/// As many events as one case may have.
const LONGEST_CASE: usize = 8;

/// Agents of the office.
pub const AGENTS: u64 = 30;

/// Numbers that look random and are the same for the same seed.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    /// A number from 0 to `end`, excluded.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

/// Name of an agent.
#[must_use]
pub fn agent(number: u64) -> String {
    format!("agent-{number:02}")
}

/// People, roster and who signs in: the events of the morning, as one batch.
#[must_use]
pub fn opening() -> Vec<String> {
    let managers = [
        ("site", "site_manager"),
        ("sales", "sales_manager"),
        ("project", "project_manager"),
    ];
    let person = |name: &str, role: &str| {
        format!(
            r#"{{"event":"person","person":"{name}","role":"{role}","id":"p-{name}","by":"front-desk"}}"#
        )
    };
    let mut events: Vec<String> = managers
        .iter()
        .map(|(name, role)| person(name, role))
        .collect();
    events.extend((0..AGENTS).map(|number| person(&agent(number), "agent")));
    let order: Vec<String> = (0..AGENTS)
        .map(|number| format!("\"{}\"", agent(number)))
        .collect();
    events.push(format!(
        r#"{{"event":"roster","order":[{}],"id":"roster-1","by":"front-desk"}}"#,
        order.join(",")
    ));
    events.extend((0..AGENTS).map(|number| {
        let staff = agent(number);
        format!(r#"{{"event":"sign_in","staff":"{staff}","id":"in-{staff}","by":"front-desk"}}"#)
    }));
    events
}

/// The events of one desk, without end.
pub struct Desk {
    name: String,
    random: Random,
    events: u64,
    customers: u64,
    visits: u64,
    deals: u64,
    planned: VecDeque<String>,
}

impl Desk {
    /// A desk of its own name; the same name and seed tell the same story.
    #[must_use]
    pub fn new(name: &str, seed: u64) -> Desk {
        Desk {
            name: name.to_owned(),
            random: Random(seed),
            events: 0,
            customers: 0,
            visits: 0,
            deals: 0,
            planned: VecDeque::new(),
        }
    }

    /// The next event, with an id of its own.
    pub fn next(&mut self) -> String {
        loop {
            if let Some(text) = self.planned.pop_front() {
                self.events += 1;
                let (name, number) = (&self.name, self.events);
                return format!(r#"{{{text},"id":"{name}-{number:07}","by":"front-desk"}}"#);
            }
            self.plan();
        }
    }

    /// So many events that leave no visit open: whole cases, and calls for what is left.
    pub fn batch(&mut self, count: usize) -> Vec<String> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            if self.planned.is_empty() && count - events.len() < LONGEST_CASE {
                let (customer, staff) = (self.customer(self.customers), self.staff());
                self.plan_text(format!(
                    r#""event":"follow_up","customer":"{customer}","staff":"{staff}","method":"phone","connected":false"#
                ));
            }
            events.push(self.next());
        }
        events
    }

    /// A new customer from the first call to the deal, or one of before who comes again.
    fn plan(&mut self) {
        if self.customers > 0 && self.random.percent(30) {
            let back = self.random.below(self.customers.min(40));
            let customer = self.customer(self.customers - back);
            let staff = self.staff();
            self.visit(
                &customer,
                &format!(r#","returning":true,"remembers":"{staff}""#),
            );
            return;
        }
        self.customers += 1;
        let customer = self.customer(self.customers);
        let staff = self.staff();
        if self.random.percent(50) {
            let phone = 13_800_000_000 + self.random.below(99_999_999);
            self.plan_text(format!(
                r#""event":"registration","customer":"{customer}","staff":"{staff}","name":"客户{}","phone":"{phone}""#,
                self.customers
            ));
        }
        self.visit(&customer, "");
        for _ in 0..self.random.below(3) {
            let seconds = self.random.below(400);
            self.plan_text(format!(
                r#""event":"follow_up","customer":"{customer}","staff":"{staff}","method":"phone","connected":true,"seconds":{seconds}"#
            ));
        }
        if self.random.percent(5) {
            let item = ["attire", "materials", "information"][self.random.below(3) as usize];
            self.plan_text(format!(
                r#""event":"inspection","staff":"{staff}","item":"{item}","passed":true,"inspector":"site""#
            ));
        }
    }

    fn visit(&mut self, customer: &str, further: &str) {
        self.visits += 1;
        let visit = format!("v-{}-{:06}", self.name, self.visits);
        let purpose = ["view", "buy", "formalities"][self.random.below(3) as usize];
        self.plan_text(format!(
            r#""event":"visit","visit":"{visit}","customer":"{customer}"{further},"purpose":"{purpose}""#
        ));
        if self.random.percent(12) {
            let staff = self.staff();
            self.plan_text(format!(
                r#""event":"recognition","customer":"{customer}","staff":"{staff}","by_whom":"customer""#
            ));
        }
        if self.random.percent(15) {
            self.deals += 1;
            let yuan = 1000 + self.random.below(90_000);
            let closer = self.staff();
            self.plan_text(format!(
                r#""event":"deal","deal":"d-{}-{:05}","customer":"{customer}","commission":"{yuan}.37","closer":"{closer}""#,
                self.name, self.deals
            ));
        }
        self.plan_text(format!(r#""event":"visit_end","visit":"{visit}""#));
    }

    fn plan_text(&mut self, text: String) {
        self.planned.push_back(text);
    }

    fn customer(&self, number: u64) -> String {
        format!("c-{}-{number:06}", self.name)
    }

    fn staff(&mut self) -> String {
        agent(self.random.below(AGENTS))
    }
}

/// The id that an event of these carries.
#[must_use]
pub fn id_of(event: &str) -> &str {
    let from = event.rfind(r#","id":""#).expect("every event has one") + 7;
    let length = event[from..].find('"').expect("it ends");
    &event[from..from + length]
}
