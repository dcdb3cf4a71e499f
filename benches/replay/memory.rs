//! What an office costs in memory: growth of the process for each customer, visit and deal.
//!
//! The crate forbids `unsafe`, so no allocator can count; the kernel does, where there is a `/proc`. Pages that a list
//! has reserved and not yet touched do not count, so the growth is that of the records.

use crate::{Office, journal};
use panke::policy::Policy;
use std::fs;
use std::sync::Arc;

/// Bytes that one more of each costs.
pub struct Costs {
    /// A customer with the first visit and the claim that it makes.
    pub customer: u64,
    /// A later visit of a known customer.
    pub visit: u64,
    /// A deal.
    pub deal: u64,
    /// An id that an event carries.
    pub id: u64,
}

/// Measures `count` of each, one after the other in one office; nothing where the kernel does not tell.
pub fn costs(policy: &Arc<Policy>, count: u64) -> Option<Costs> {
    let mut office = Office::new(policy);
    for line in journal::opening() {
        office.play(&line);
    }
    let mut day = Day {
        number: 1,
        visit: 0,
    };
    let customer = grown(count, |number| day.visit(&mut office, number))?;
    let visit = grown(count, |number| day.visit(&mut office, number))?;
    let deal = grown(count, |number| day.deal(&mut office, number))?;
    let id = grown(count, |number| {
        let text = format!("\"event\":\"tick\",\"id\":\"e{number:07}\"");
        office.play(&at(day.number, &text));
    })?;
    Some(Costs {
        customer,
        visit,
        deal,
        id,
    })
}

/// A day that never gets far: each thing happens in its first second.
struct Day {
    number: u64,
    visit: u64,
}

impl Day {
    /// A visit from beginning to end.
    fn visit(&mut self, office: &mut Office, customer: u64) {
        self.visit += 1;
        let visit = self.visit;
        self.number = 1 + visit / 500;
        let text = format!(
            "\"event\":\"visit\",\"visit\":\"v{visit:07}\",\"customer\":\"c{customer:07}\",\"purpose\":\"view\""
        );
        office.play(&at(self.number, &text));
        let text = format!("\"event\":\"visit_end\",\"visit\":\"v{visit:07}\"");
        office.play(&at(self.number, &text));
    }

    fn deal(&mut self, office: &mut Office, number: u64) {
        let text = format!(
            "\"event\":\"deal\",\"deal\":\"d{number:06}\",\"customer\":\"c{number:07}\",\"commission\":\"1000.00\""
        );
        office.play(&at(self.number, &text));
    }
}

/// A line without an id of its own.
fn at(day: u64, text: &str) -> String {
    let (year, month, date) = (2024 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
    format!("{{\"at\":\"{year}-{month:02}-{date:02}T10:00:00+08:00\",{text}}}")
}

/// How many bytes the process has grown for each time that something was done.
fn grown(count: u64, mut act: impl FnMut(u64)) -> Option<u64> {
    let before = resident()?;
    (0..count).for_each(&mut act);
    Some(resident()?.saturating_sub(before) / count)
}

/// Bytes of the process that are in memory.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
