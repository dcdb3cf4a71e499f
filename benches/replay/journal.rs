//! A long journal, the same on every run: an office of thirty agents, lines of about 150 bytes in order of time.

use std::fmt::Write;

/// Agents of the office.
pub const AGENTS: usize = 30;

/// One day of the office, in minutes from its opening.
const OPEN_FOR: u64 = 13 * 60;

/// How many visits one day has.
const VISITS_A_DAY: u64 = 120;

/// Numbers that look random and are the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

/// A line that will be written, with the millisecond of the day at which it happens.
struct Planned {
    at: u64,
    text: String,
}

/// A journal of at least `lines` lines.
pub fn journal(lines: usize) -> Vec<String> {
    let mut random = Random(20_240_301);
    let mut written = opening();
    let mut office = Office::default();
    let mut day = 0;
    while written.len() < lines {
        let mut planned = office.day(&mut random);
        planned.sort_by_key(|line| line.at);
        for line in planned {
            let id = written.len() + 1;
            written.push(stamped(day, line.at, id, &line.text));
        }
        day += 1;
    }
    written
}

/// People and the roster, on the morning of the first day.
pub fn opening() -> Vec<String> {
    let mut texts: Vec<String> = [("site", "site_manager"), ("sales", "sales_manager")]
        .iter()
        .map(|(person, role)| person_line(person, role))
        .collect();
    texts.extend((0..AGENTS).map(|number| person_line(&agent(number), "agent")));
    let order: Vec<String> = (0..AGENTS)
        .map(|number| format!("\"{}\"", agent(number)))
        .collect();
    texts.push(format!(
        "\"event\":\"roster\",\"order\":[{}]",
        order.join(",")
    ));
    texts
        .iter()
        .enumerate()
        .map(|(index, text)| stamped(0, index as u64, index + 1, text))
        .collect()
}

fn person_line(person: &str, role: &str) -> String {
    format!("\"event\":\"person\",\"person\":\"{person}\",\"role\":\"{role}\"")
}

/// Name of an agent.
pub fn agent(number: usize) -> String {
    format!("agent-{number:02}")
}

/// A line: when, on which day after the first of January 2024, and what; days of the twelve months of 28 days.
pub fn stamped(day: u64, milli: u64, id: usize, text: &str) -> String {
    let (year, month, date) = (2024 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
    let (hour, minute) = (9 + milli / 3_600_000, milli / 60_000 % 60);
    let (second, milli) = (milli / 1000 % 60, milli % 1000);
    format!(
        "{{\"at\":\"{year}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}+08:00\",{text},\
         \"id\":\"e{id:07}\",\"by\":\"front-desk\"}}"
    )
}

/// What the generator remembers of the office.
#[derive(Default)]
struct Office {
    customers: u64,
    visits: u64,
    deals: u64,
    /// Customers who are not to come again today.
    today: Vec<u64>,
}

impl Office {
    fn day(&mut self, random: &mut Random) -> Vec<Planned> {
        self.today.clear();
        let mut planned = Vec::new();
        for number in 0..VISITS_A_DAY {
            let start = number * OPEN_FOR * 60_000 / VISITS_A_DAY + random.below(300_000);
            self.visit(random, start, &mut planned);
        }
        planned
    }

    /// Half are new; of the others most remember somebody, and some come as if they were new.
    fn visit(&mut self, random: &mut Random, start: u64, planned: &mut Vec<Planned>) {
        let Some(customer) = self.customer(random) else {
            return;
        };
        self.visits += 1;
        let mut text = format!(
            "\"event\":\"visit\",\"visit\":\"v{:07}\",\"customer\":\"c{customer:07}\"",
            self.visits
        );
        if random.percent(25) {
            let staff = agent(random.below(AGENTS as u64) as usize);
            write!(text, ",\"returning\":true,\"remembers\":\"{staff}\"").expect("a string grows");
        }
        let purpose = ["view", "buy", "formalities"][random.below(3) as usize];
        write!(text, ",\"purpose\":\"{purpose}\"").expect("a string grows");
        planned.push(Planned { at: start, text });
        let length = 600_000 + random.below(6_000_000);
        if random.percent(12) {
            planned.push(Planned {
                at: start + random.below(length),
                text: recognition(random, customer),
            });
        }
        if random.percent(15) {
            self.deals += 1;
            planned.push(Planned {
                at: start + random.below(length),
                text: self.deal(random, customer),
            });
        }
        let text = format!("\"event\":\"visit_end\",\"visit\":\"v{:07}\"", self.visits);
        planned.push(Planned {
            at: start + length,
            text,
        });
    }

    fn customer(&mut self, random: &mut Random) -> Option<u64> {
        let customer = if self.customers == 0 || random.percent(50) {
            self.customers += 1;
            self.customers
        } else {
            // Whoever came lately is likelier to come again.
            let back = random.below(self.customers.min(4000));
            self.customers - back
        };
        if self.today.contains(&customer) {
            return None;
        }
        self.today.push(customer);
        Some(customer)
    }

    fn deal(&self, random: &mut Random, customer: u64) -> String {
        let yuan = 1000 + random.below(90_000);
        let closer = agent(random.below(AGENTS as u64) as usize);
        format!(
            "\"event\":\"deal\",\"deal\":\"d{:06}\",\"customer\":\"c{customer:07}\",\"commission\":\"{yuan}.37\",\
             \"closer\":\"{closer}\"",
            self.deals
        )
    }
}

fn recognition(random: &mut Random, customer: u64) -> String {
    let staff = agent(random.below(AGENTS as u64) as usize);
    format!(
        "\"event\":\"recognition\",\"customer\":\"c{customer:07}\",\"staff\":\"{staff}\",\"by_whom\":\"customer\""
    )
}
