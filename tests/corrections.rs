//! What must hold of corrections in every shipped office: random journals, an entry of which turns out to be wrong.

#[path = "office/any.rs"]
mod any;
#[path = "model/mod.rs"]
mod model;
mod office;

use any::{journal, offices};
use model::random::Random;
use panke::base::money::Fen;
use panke::decision::{Decision, Payee, Sink, Wants, What};
use panke::event::Ids;
use panke::policy::Policy;
use panke::print::push_decision;
use panke::replay::{Around, Fault, Library, Office};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// No `policy` events.
struct NoLibrary;

impl Library for NoLibrary {
    fn find(
        &self,
        name: &str,
        _: &str,
        _: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        Err(format!("there is no `{name}`"))
    }
}

/// Every entry that was ever printed, added up, and the lines of what was printed.
#[derive(Clone, Default)]
struct Printed {
    sums: BTreeMap<(String, String), Fen>,
    lines: Vec<String>,
}

impl Sink for Printed {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        let mut line = String::new();
        push_decision(&mut line, ids, &decision);
        self.lines.push(line);
        if let What::Share { deal, entries, .. } = &decision.what {
            for (payee, amount) in entries {
                let payee: Payee = *payee;
                let key = (ids.deal(*deal).to_owned(), payee.text(ids).to_owned());
                *self.sums.entry(key).or_default() += *amount;
            }
        }
    }
}

/// An office and its journal.
#[derive(Clone)]
struct Journal {
    office: Office,
    lines: Vec<String>,
    printed: Printed,
}

impl Journal {
    fn new(policy: &Arc<Policy>) -> Journal {
        Journal {
            office: Office::new(policy.clone()),
            lines: Vec::new(),
            printed: Printed::default(),
        }
    }

    /// Plays a line, unless it is malformed in this office; gives what was printed.
    fn play(&mut self, line: &str) -> Option<Vec<String>> {
        self.play_with(line, &NoLibrary)
    }

    fn play_with(&mut self, line: &str, library: &dyn Library) -> Option<Vec<String>> {
        let seq = self.lines.len() as u64 + 1;
        let event = self.office.parse(seq, line.as_bytes()).ok()?;
        let before = self.printed.lines.len();
        let mut around = Around {
            library,
            past: &mut self.lines,
        };
        self.office
            .take(&event, line.as_bytes(), &mut around, &mut self.printed)
            .ok()?;
        self.lines.push(line.to_owned());
        Some(self.printed.lines[before..].to_vec())
    }

    fn play_all(policy: &Arc<Policy>, lines: &[String]) -> Journal {
        let mut journal = Journal::new(policy);
        for line in lines {
            journal.play(line);
        }
        journal
    }

    /// The time of its last line.
    fn last(&self) -> String {
        time(self.lines.last().expect("a journal has lines"))
    }

    fn correct(&mut self, id: &str, about: &str, instead: Option<&Value>) -> Vec<String> {
        let mut event = json!({
            "at": self.last(), "event": "correction", "id": id, "about": about, "reason": "slip"
        });
        if let Some(instead) = instead {
            event["instead"] = instead.clone();
        }
        self.play(&event.to_string()).expect("it is well-formed")
    }

    /// The report, without what a correction itself adds and the lines on which things stand.
    fn report(&self) -> Value {
        let mut report = serde_json::to_value(self.office.state().report()).expect("a report");
        let fields = report.as_object_mut().expect("an object");
        fields.remove("events");
        fields.remove("state_digest");
        for rota in fields["rota"].as_object_mut().expect("desks").values_mut() {
            for turn in rota["make_ups"].as_array_mut().into_iter().flatten() {
                turn.as_object_mut().expect("a turn").remove("given");
            }
        }
        report
    }

    /// Whatever was printed of each deal adds up to what people have of it.
    fn adds_up(&self, what: &str) {
        let report = self.office.state().report();
        let mut shares: BTreeMap<(String, String), String> = BTreeMap::new();
        for (deal, known) in &report.deals {
            for share in &known.shares {
                shares.insert((deal.clone(), share.staff.clone()), share.amount.clone());
            }
            for levy in &known.levies {
                shares.insert((deal.clone(), levy.to.clone()), levy.amount.clone());
            }
        }
        let printed = self
            .printed
            .sums
            .iter()
            .filter(|(_, sum)| **sum != Fen::ZERO);
        let printed: BTreeMap<_, _> = printed
            .map(|(key, sum)| (key.clone(), sum.to_string()))
            .collect();
        shares.retain(|_, amount| *amount != Fen::ZERO.to_string());
        assert_eq!(printed, shares, "{what}");
    }
}

fn time(line: &str) -> String {
    let event: Value = serde_json::from_str(line).expect("a line is JSON");
    event["at"].as_str().expect("a time").to_owned()
}

/// A random journal, each line with an id; those that repeat another, or have its id, are left out.
fn identified(policy: &Policy, seed: u64) -> Vec<String> {
    let mut lines = Vec::new();
    for (line, number) in journal(policy, seed).iter().zip(1..) {
        let mut event: Value = serde_json::from_str(line).expect("a line is JSON");
        event["id"] = format!("e{number}").into();
        lines.push(event.to_string());
    }
    lines
}

/// For each office a few journals with the entry that was wrong.
fn each(mut check: impl FnMut(&Arc<Policy>, &Journal, usize, &str)) {
    for policy in offices() {
        for seed in 0..2 {
            let journal = Journal::play_all(&policy, &identified(&policy, seed));
            let mut random = Random::new(seed * 31 + 7);
            let mut tried = 0;
            while tried < 6 {
                let wrong = random.below(journal.lines.len());
                let line = &journal.lines[wrong];
                // That time passes is no entry of anybody's.
                if line.contains("\"tick\"") {
                    continue;
                }
                tried += 1;
                let what = format!(
                    "{}, journal {seed}, line {}: {line}",
                    policy.name,
                    wrong + 1
                );
                check(&policy, &journal, wrong, &what);
            }
        }
    }
}

fn id(line: &str) -> String {
    let event: Value = serde_json::from_str(line).expect("a line is JSON");
    event["id"].as_str().expect("an id").to_owned()
}

fn tick(at: &str) -> String {
    json!({ "at": at, "event": "tick" }).to_string()
}

#[test]
fn an_entry_that_is_voided_leaves_the_office_as_if_it_had_never_been_recorded() {
    let mut changed = 0;
    each(|policy, journal, wrong, what| {
        let mut corrected = journal.clone();
        let decided = corrected.correct("c1", &id(&journal.lines[wrong]), None);
        assert!(
            !decided.iter().any(|line| line.contains("\"refuse\"")),
            "{what}: {decided:?}"
        );
        changed += usize::from(!decided.is_empty());
        let mut without = journal.lines.clone();
        without.remove(wrong);
        without.push(tick(&journal.last()));
        let without = Journal::play_all(policy, &without);
        assert_eq!(corrected.report(), without.report(), "{what}");
        corrected.adds_up(what);

        // Nothing of it is lost: the correction was wrong itself.
        corrected.correct("c2", "c1", None);
        let mut with = journal.clone();
        with.play(&tick(&journal.last()));
        assert_eq!(corrected.report(), with.report(), "{what}: brought back");
        corrected.adds_up(what);
    });
    assert!(changed > 20, "{changed}");
}

#[test]
fn an_entry_that_is_replaced_by_itself_changes_nothing() {
    each(|_, journal, wrong, what| {
        let line = &journal.lines[wrong];
        let same: Value = serde_json::from_str(line).expect("a line is JSON");
        let mut corrected = journal.clone();
        let decided = corrected.correct("c1", &id(line), Some(&same));
        let impossible = decided.iter().any(|line| line.contains("\"input."));
        assert!(decided.is_empty() || impossible, "{what}: {decided:?}");
        let mut plain = journal.clone();
        plain.play(&tick(&journal.last()));
        assert_eq!(corrected.report(), plain.report(), "{what}");
        corrected.adds_up(what);
    });
}

#[test]
fn an_entry_that_stands_elsewhere_leaves_the_office_as_if_it_had_been_recorded_there() {
    each(|policy, journal, wrong, what| {
        let other = (wrong * 7 + 3) % journal.lines.len();
        let line = &journal.lines[wrong];
        let mut moved: Value = serde_json::from_str(line).expect("a line is JSON");
        moved["at"] = time(&journal.lines[other]).into();
        let mut corrected = journal.clone();
        let decided = corrected.correct("c1", &id(line), Some(&moved));
        corrected.adds_up(what);
        if decided
            .iter()
            .any(|line| line.contains("\"refuse\"") && line.contains("\"input."))
        {
            return;
        }
        let mut lines = journal.lines.clone();
        lines.remove(wrong);
        let order = |line: &String| {
            let at = policy.calendar.parse(&time(line));
            (at.expect("a time"), number(line))
        };
        let here = order(&moved.to_string());
        let place = lines.partition_point(|line| order(line) < here);
        lines.insert(place, moved.to_string());
        lines.push(tick(&journal.last()));
        let there = Journal::play_all(policy, &lines);
        assert_eq!(corrected.report(), there.report(), "{what}");
    });
}

/// A small day in the Changsha office.
fn day() -> Journal {
    let mut journal = Journal::new(&office::policy("changsha-vanke"));
    for event in [
        r#""event":"person","person":"an","role":"agent""#,
        r#""event":"person","person":"bo","role":"agent""#,
        r#""event":"roster","order":["an","bo"],"id":"r1""#,
        r#""event":"visit","visit":"v1","customer":"li","id":"e1""#,
        r#""event":"deal","deal":"d1","customer":"li","commission":"100.00","closer":"an","id":"e2""#,
        r#""event":"tick","id":"t1""#,
    ] {
        let line = format!(r#"{{"at":"2024-03-01 09:00",{event}}}"#);
        journal.play(&line).expect("it is well-formed");
    }
    journal
}

/// The ground and the sort of each decision.
fn told(lines: &[String]) -> Vec<String> {
    let told = lines.iter().map(|line| {
        let decision: Value = serde_json::from_str(line).expect("a decision is JSON");
        let because = decision["because"][0]
            .as_str()
            .expect("a ground")
            .to_owned();
        format!(
            "{} {because}",
            decision["decision"].as_str().expect("a sort")
        )
    });
    told.collect()
}

#[test]
fn what_an_entry_gave_is_taken_back_with_entries_and_its_grounds() {
    let mut journal = day();
    let decided = journal.correct("c1", "e2", None);
    assert_eq!(told(&decided), ["share input.corrected"], "{decided:?}");
    assert!(decided[0].contains(
        r#""state":"cancelled","shares":[],"entries":[{"staff":"an","amount":"-100.00"}]"#
    ));
    let other = json!({ "event": "deal", "deal": "d1", "customer": "li", "commission": "80.00" });
    let decided = journal.correct("c2", "e2", Some(&other));
    assert_eq!(told(&decided).len(), 1, "{decided:?}");
    assert!(
        decided[0].contains(r#""entries":[{"staff":"an","amount":"80.00"}]"#),
        "{decided:?}"
    );
    assert!(!decided[0].contains("input."), "{decided:?}");
    journal.adds_up("the small day");
    let decided = journal.correct("c3", "e1", None);
    assert!(
        told(&decided).contains(&"receive input.corrected".to_owned()),
        "{decided:?}"
    );
    assert!(
        told(&decided).contains(&"own input.corrected".to_owned()),
        "{decided:?}"
    );
    journal.adds_up("the small day without its visit");
}

#[test]
fn a_correction_that_cannot_be_is_refused_and_changes_nothing() {
    let later = json!({ "at": "2024-03-01 10:00", "event": "visit_end", "visit": "v1" });
    let unknown = json!({ "event": "visit_end", "visit": "v7" });
    let renamed = json!({ "event": "visit_end", "visit": "v1", "id": "e7" });
    let tick = json!({ "event": "tick" });
    for (about, instead, code) in [
        ("e9", None, "unknown_event"),
        ("t1", None, "cannot_be_corrected"),
        ("e1", Some(later), "instead_is_later"),
        ("e1", Some(unknown), "unknown_visit"),
        ("e1", Some(renamed), "instead_has_another_id"),
        ("e1", Some(tick), "cannot_stand_instead"),
    ] {
        let mut journal = day();
        let before = journal.report();
        let decided = journal.correct("c1", about, instead.as_ref());
        assert_eq!(told(&decided), [format!("refuse input.{code}")]);
        assert_eq!(journal.report(), before, "{code}");
        // Nor does it come back with the next one.
        journal.correct("c2", "e2", None);
        journal.correct("c3", "c2", None);
        assert_eq!(journal.report(), before, "{code}");
    }
    let mut journal = day();
    journal.correct("c1", "e2", None);
    let instead = json!({ "event": "visit_end", "visit": "v1" });
    let decided = journal.correct("c2", "c1", Some(&instead));
    assert_eq!(told(&decided), ["refuse input.cannot_stand_instead"]);
}

#[test]
fn where_the_past_cannot_be_read_nothing_changes() {
    let mut journal = day();
    let before = journal.report();
    let line = r#"{"at":"2024-03-01 09:00","event":"correction","about":"e2","reason":"slip"}"#;
    let event = journal.office.parse(7, line.as_bytes()).expect("an event");
    for past in [
        Vec::new(),
        journal.lines[..4].to_vec(),
        journal.lines[..5].to_vec(),
    ] {
        let mut past: Vec<String> = past;
        let mut around = Around {
            library: &NoLibrary,
            past: &mut past,
        };
        let taken = journal
            .office
            .take(&event, line.as_bytes(), &mut around, &mut journal.printed);
        assert!(matches!(taken, Err(Fault::Past(_))), "{taken:?}");
        assert_eq!(journal.report(), before);
    }
}

/// Two of the shipped policies.
struct Both;
impl Library for Both {
    fn find(
        &self,
        name: &str,
        digest: &str,
        _: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        let policy = office::policy(name);
        (policy.digest == digest)
            .then_some(policy)
            .ok_or_else(|| "another".to_owned())
    }
}

#[test]
fn an_entry_before_a_reload_is_corrected_under_the_policy_of_its_time() {
    let (old, new) = (office::policy("rota-7-day"), office::policy("rank-15-day"));
    let puts = |policy: &Policy, at: &str| {
        let (name, digest) = (&policy.name, &policy.digest);
        json!({ "at": at, "event": "policy", "policy": name, "digest": digest }).to_string()
    };
    let random = identified(&old, 5);
    let half = random.len() / 2;
    let begins = puts(&old, &time(&random[0]));
    let reload = puts(&new, &time(&random[half]));
    let mut lines = vec![begins];
    lines.extend_from_slice(&random[..half]);
    lines.push(reload);
    lines.extend_from_slice(&random[half..]);
    let play = |lines: &[String]| {
        let mut journal = Journal::new(&old);
        for line in lines {
            journal.play_with(line, &Both);
        }
        journal
    };
    let whole = play(&lines);
    assert_eq!(whole.office.state().policy().name, "rank-15-day");
    for wrong in [half / 3, half / 2, half - 2, half + 3] {
        let line = whole.lines[wrong].clone();
        assert!(
            !line.contains("\"tick\"") && !line.contains("\"policy\""),
            "choose another: {line}"
        );
        let at = whole.last();
        let correction = json!({
            "at": at, "event": "correction", "id": "c1", "about": id(&line), "reason": "slip"
        });
        // One office has played its journal, the other goes on from what was saved.
        let mut corrected = whole.clone();
        let mut resumed = whole.clone();
        resumed.office = Office::with_state(whole.office.state().clone());
        corrected
            .play_with(&correction.to_string(), &Both)
            .expect("an event");
        resumed
            .play_with(&correction.to_string(), &Both)
            .expect("an event");
        let mut without = lines.clone();
        without.retain(|other| *other != line);
        without.push(tick(&at));
        assert_eq!(corrected.report(), play(&without).report(), "{line}");
        assert_eq!(corrected.report(), resumed.report(), "{line}");
        assert_eq!(corrected.printed.lines, resumed.printed.lines, "{line}");
        corrected.adds_up(&line);
    }
}

/// Number of a line, from its id.
fn number(line: &str) -> usize {
    id(line)[1..].parse().expect("a number")
}

#[test]
fn corrections_give_the_same_bytes_in_every_run() {
    each(|policy, journal, wrong, what| {
        let mut corrected = journal.clone();
        corrected.correct("c1", &id(&journal.lines[wrong]), None);
        corrected.correct("c2", &id(&journal.lines[wrong / 2]), None);
        let again = Journal::play_all(policy, &corrected.lines);
        assert_eq!(corrected.printed.lines, again.printed.lines, "{what}");
        assert_eq!(
            corrected.office.state().report(),
            again.office.state().report(),
            "{what}"
        );
    });
}
