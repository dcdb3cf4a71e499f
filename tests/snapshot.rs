//! A state that is saved and loaded goes on as if nothing had been: the same decisions, byte for byte, and in the end the
//! same state, byte for byte. The bytes hold everything that serde sees, so a field that were forgotten would be missed.

#[path = "office/any.rs"]
mod any;
#[path = "model/mod.rs"]
mod model;
mod office;
#[path = "snapshot/stories.rs"]
mod stories;

use panke::decision::{Board, Decision, Report, Sink, Wants};
use panke::event::Ids;
use panke::policy::Policy;
use panke::print::push_decision;
use panke::replay::{Around, Library, Office};
use panke::runtime::{LoadError, State};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Decisions as they are printed.
#[derive(Default)]
struct Printed(String);

impl Sink for Printed {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        push_decision(&mut self.0, ids, &decision);
        self.0.push('\n');
    }
}

/// Policies by digest.
#[derive(Default)]
struct Shelf(BTreeMap<String, Arc<Policy>>);

impl Shelf {
    fn add(&mut self, policy: &Arc<Policy>) {
        self.0.insert(policy.digest.clone(), policy.clone());
    }

    fn load(&self, bytes: &[u8]) -> Result<State, LoadError> {
        State::load(bytes, &|digest| self.0.get(digest).cloned())
    }
}

fn saved(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    state.save(&mut bytes).expect("memory takes everything");
    bytes
}

/// Saved and loaded; saved again it must be the same.
fn again(state: &State, shelf: &Shelf) -> State {
    let bytes = saved(state);
    let loaded = shelf.load(&bytes).expect("what was saved can be loaded");
    assert!(bytes == saved(&loaded), "other bytes");
    loaded
}

/// A `policy` event finds what is on the shelf.
impl Library for Shelf {
    fn find(
        &self,
        name: &str,
        digest: &str,
        _: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        let found = self.0.get(digest).cloned();
        found.ok_or_else(|| format!("there is no `{name}`"))
    }
}

/// An office that plays lines.
struct Playing<'s> {
    office: Office,
    first: Arc<Policy>,
    shelf: &'s Shelf,
    lines: Vec<String>,
    told: Printed,
}

impl<'s> Playing<'s> {
    fn new(first: &Arc<Policy>, shelf: &'s Shelf) -> Playing<'s> {
        Playing {
            office: Office::new(first.clone()),
            first: first.clone(),
            shelf,
            lines: Vec::new(),
            told: Printed::default(),
        }
    }

    fn state(&self) -> &State {
        self.office.state()
    }

    /// Plays a line, unless it is malformed in this office; whether it was taken.
    fn play(&mut self, line: &str) -> bool {
        let seq = self.lines.len() as u64 + 1;
        let Ok(event) = self.office.parse(seq, line.as_bytes()) else {
            return false;
        };
        let mut around = Around {
            library: self.shelf,
            past: &mut self.lines,
        };
        let taken = self
            .office
            .take(&event, line.as_bytes(), &mut around, &mut self.told);
        if taken.is_ok() {
            self.lines.push(line.to_owned());
        }
        taken.is_ok()
    }

    /// Saved, loaded, and on.
    fn cut(&mut self) {
        let state = again(self.state(), self.shelf);
        self.office = Office::with_state(state).begun_under(self.first.clone());
    }
}

/// A journal in which every entry has an id, some are corrected later, and at one line another policy takes effect.
fn journal(
    first: &Policy,
    seed: u64,
    change: impl Fn(usize) -> usize,
    next: &Policy,
) -> Vec<String> {
    let plain = any::journal(first, seed);
    let change = change(plain.len());
    let mut lines = Vec::new();
    for (number, line) in plain.iter().enumerate() {
        let mut event: Value = serde_json::from_str(line).expect("a line is JSON");
        let at = event["at"].clone();
        if event["id"].is_null() {
            event["id"] = format!("s{number}").into();
        }
        lines.push(event.to_string());
        if number == change {
            let line =
                json!({ "at": at, "event": "policy", "policy": next.name, "digest": next.digest });
            lines.push(line.to_string());
        }
        if number % 11 == 10 {
            let about = format!("s{}", number - 3);
            let line = json!({ "at": at, "event": "correction", "about": about, "reason": "slip", "id": format!("k{number}") });
            lines.push(line.to_string());
        }
    }
    lines
}

/// Plays a journal in one go and cut after every line that `cuts` says, and compares; how many lines were
/// taken, and how many corrections changed something.
fn compare(
    first: &Arc<Policy>,
    lines: &[String],
    shelf: &Shelf,
    cuts: impl Fn(usize) -> bool,
) -> (usize, usize) {
    let mut whole = Playing::new(first, shelf);
    let mut cut = Playing::new(first, shelf);
    let mut corrected = 0;
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(whole.play(line), cut.play(line), "{line}");
        if cuts(number) {
            cut.cut();
        }
        assert_eq!(whole.told.0, cut.told.0, "line {}: {line}", number + 1);
        let told = &whole.told.0;
        let changed = !told.is_empty() && !told.contains("input.");
        corrected += usize::from(changed && line.contains("correction"));
        whole.told.0.clear();
        cut.told.0.clear();
    }
    let (whole, cut) = (whole.state(), cut.state());
    assert_eq!(whole.report(), cut.report());
    assert!(saved(whole) == saved(cut), "the states differ");
    let taken = usize::try_from(whole.report().events).expect("a few lines");
    (taken, corrected)
}

#[test]
fn in_every_office_a_journal_can_be_cut_anywhere_across_corrections_and_a_change_of_policy() {
    let offices = any::offices();
    let (mut given, mut taken, mut corrected) = (0, 0, 0);
    for (number, first) in offices.iter().enumerate() {
        for seed in 0..3 {
            let next = &offices[(number + 1 + seed) % offices.len()];
            let mut shelf = Shelf::default();
            shelf.add(first);
            shelf.add(next);
            let change = |lines| lines * (seed + 1) / 4;
            let lines = journal(first, seed as u64, change, next);
            let once = change(lines.len());
            given += lines.len();
            compare(first, &lines, &shelf, |number| number == once);
            let counts = compare(first, &lines, &shelf, |number| number % 7 == seed);
            (taken, corrected) = (taken + counts.0, corrected + counts.1);
        }
    }
    let counts = format!("{taken} of {given} lines, {corrected} corrections");
    assert!(taken * 2 > given && corrected > 30, "{counts}");
}

#[test]
fn a_line_is_found_by_its_id_and_the_next_instant_by_itself() {
    let policy = office::policy("changsha-vanke");
    let mut shelf = Shelf::default();
    shelf.add(&policy);
    let mut office = Playing::new(&policy, &shelf);
    assert_eq!(office.state().next_due(), None);
    let person = |at, id, person| {
        format!(
            r#"{{"at":"2024-03-01T0{at}:00:00+08:00","event":"person","person":"{person}","role":"agent","id":"{id}"}}"#
        )
    };
    for (at, id, name) in [(8, "a", "li"), (9, "b", "wu"), (9, "a", "sun")] {
        office.play(&person(at, id, name));
    }
    let loaded = again(office.state(), &shelf);
    for state in [office.state(), &loaded] {
        assert_eq!(state.entry_of("a"), Some(1));
        assert_eq!(state.entry_of("b"), Some(2));
        assert_eq!(state.entry_of("c"), None);
        assert_eq!(state.entry_of("li"), None);
        assert_eq!(state.next_due(), office.state().next_due());
    }
}

#[test]
fn bytes_that_were_cut_or_changed_are_refused_or_give_another_state_and_never_panic() {
    let policy = office::policy("changsha-vanke");
    let mut shelf = Shelf::default();
    shelf.add(&policy);
    let mut office = Playing::new(&policy, &shelf);
    for line in any::journal(&policy, 5) {
        office.play(&line);
    }
    let bytes = saved(office.state());
    for length in 0..bytes.len() {
        assert!(shelf.load(&bytes[..length]).is_err(), "cut at {length}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(shelf.load(&longer).is_err());
    let mut changed = bytes.clone();
    let mut refused = 0;
    for place in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            changed[place] ^= flip;
            refused += usize::from(shelf.load(&changed).is_err());
            changed[place] = bytes[place];
        }
    }
    assert!(
        refused > bytes.len() / 4,
        "{refused} of {}",
        3 * bytes.len()
    );
}

#[test]
fn a_policy_that_is_not_to_be_had_is_named() {
    let policy = office::policy("changsha-vanke");
    let bytes = saved(&State::new(policy.clone()));
    let missing = LoadError::Policy {
        name: policy.name.clone(),
        digest: policy.digest.clone(),
    };
    let other = office::policy("two-rotas");
    for found in [None, Some(other)] {
        let loaded = State::load(&bytes, &|_| found.clone());
        assert_eq!(loaded.map(|_| ()), Err(missing.clone()));
    }
}

#[test]
fn one_record_is_what_the_whole_report_says_of_it() {
    for policy in any::offices() {
        let shelf = Shelf::default();
        let mut office = Playing::new(&policy, &shelf);
        for (number, line) in any::journal(&policy, 3).iter().enumerate() {
            office.play(line);
            if number % 9 == 0 {
                agree(office.state());
            }
        }
    }
}

/// Each record by its name, and the board, against the whole report.
fn agree(state: &State) {
    let report = state.report();
    for (id, customer) in &report.customers {
        assert_eq!(state.report_of_customer(id).as_ref(), Some(customer));
    }
    for (other, one) in state.merged_customers() {
        assert!(!report.customers.contains_key(other));
        assert_eq!(
            state.report_of_customer(other).as_ref(),
            report.customers.get(one)
        );
    }
    for (id, visit) in &report.visits {
        assert_eq!(state.report_of_visit(id).as_ref(), Some(visit));
    }
    for (id, deal) in &report.deals {
        assert_eq!(state.report_of_deal(id).as_ref(), Some(deal));
    }
    for (id, staff) in &report.staff {
        assert_eq!(state.report_of_staff(id).as_ref(), Some(staff));
    }
    agrees(&state.board(), &report);
    for unknown in ["", "nobody-of-that-name"] {
        assert_eq!(state.report_of_customer(unknown), None);
        assert_eq!(state.report_of_visit(unknown), None);
        assert_eq!(state.report_of_deal(unknown), None);
        assert_eq!(state.report_of_staff(unknown), None);
    }
}

fn agrees(board: &Board, report: &Report) {
    assert_eq!(board.rota, report.rota);
    for (id, shown) in &board.staff {
        let staff = &report.staff[id];
        assert_eq!(
            (&shown.role, shown.can_receive, shown.receptions),
            (&staff.role, staff.can_receive, staff.receptions)
        );
    }
    let here = report.visits.iter();
    let here = here.filter(|(_, visit)| ["open", "waiting"].contains(&visit.state.as_str()));
    let here: Vec<_> = here
        .map(|(id, visit)| (id, &visit.staff, &visit.role, &visit.state))
        .collect();
    let shown = board.visits.iter();
    let shown: Vec<_> = shown
        .map(|(id, visit)| (id, &visit.staff, &visit.role, &visit.state))
        .collect();
    assert_eq!(shown, here);
}
