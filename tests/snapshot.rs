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
use panke::journal::Schema;
use panke::policy::Policy;
use panke::print::push_decision;
use panke::runtime::{LoadError, State};
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

/// An office that plays lines, and changes its policy at one of them.
struct Playing {
    state: State,
    schema: Schema,
    next: Option<(usize, Arc<Policy>)>,
    line: usize,
    told: Printed,
}

impl Playing {
    fn new(first: &Arc<Policy>, next: (usize, Arc<Policy>)) -> Playing {
        Playing {
            state: State::new(first.clone()),
            schema: Schema::of(first),
            next: Some(next),
            line: 0,
            told: Printed::default(),
        }
    }

    /// Plays a line, unless it is malformed in this office.
    fn play(&mut self, line: &str) {
        self.line += 1;
        let seq = self.line as u64;
        let parsed = self
            .schema
            .parse(self.state.ids_mut(), seq, line.as_bytes());
        let Ok(event) = parsed else { return };
        if self.state.step(&event, &mut self.told).is_err() {
            return;
        }
        if let Some((_, policy)) = self.next.take_if(|(at, _)| *at <= self.line) {
            let at = self.schema.calendar().format(event.at).to_string();
            let line = format!(
                r#"{{"at":"{at}","event":"policy","policy":"{}","digest":"{}"}}"#,
                policy.name, policy.digest
            );
            let event = self
                .schema
                .parse(self.state.ids_mut(), seq, line.as_bytes())
                .expect("a policy event");
            let stepped = self.state.install(policy.clone(), &event, &mut self.told);
            stepped.expect("the same instant");
            self.schema = Schema::of(&policy);
        }
    }
}

/// Plays a journal in one go and cut at every `every`-th line, beginning with `first`, and compares.
fn compare(playing: impl Fn() -> Playing, lines: &[String], shelf: &Shelf, cuts: (usize, usize)) {
    let mut whole = playing();
    let mut cut = playing();
    for (number, line) in lines.iter().enumerate() {
        whole.play(line);
        cut.play(line);
        if number % cuts.1 == cuts.0 {
            cut.state = again(&cut.state, shelf);
        }
        assert_eq!(whole.told.0, cut.told.0, "line {}: {line}", number + 1);
        whole.told.0.clear();
        cut.told.0.clear();
    }
    let (whole, cut) = (whole.state, cut.state);
    assert_eq!(whole.report().state_digest, cut.report().state_digest);
    assert!(saved(&whole) == saved(&cut), "the states differ");
}

#[test]
fn in_every_office_a_journal_can_be_cut_anywhere_and_goes_on_across_a_change_of_policy() {
    let offices = any::offices();
    for (number, first) in offices.iter().enumerate() {
        let mut shelf = Shelf::default();
        for seed in 0..3 {
            let next = &offices[(number + 1 + seed) % offices.len()];
            shelf.add(first);
            shelf.add(next);
            let lines = any::journal(first, seed as u64);
            let change = lines.len() * (seed + 1) / 4;
            let playing = || Playing::new(first, (change, next.clone()));
            compare(playing, &lines, &shelf, (seed, 7));
            compare(playing, &lines, &shelf, (change, lines.len()));
        }
    }
}

#[test]
fn a_line_is_found_by_its_id_and_the_next_instant_by_itself() {
    let policy = office::policy("changsha-vanke");
    let mut shelf = Shelf::default();
    shelf.add(&policy);
    let mut office = Playing::new(&policy, (usize::MAX, policy.clone()));
    assert_eq!(office.state.next_due(), None);
    let person = |at, id, person| {
        format!(
            r#"{{"at":"2024-03-01T0{at}:00:00+08:00","event":"person","person":"{person}","role":"agent","id":"{id}"}}"#
        )
    };
    for (at, id, name) in [(8, "a", "li"), (9, "b", "wu"), (9, "a", "sun")] {
        office.play(&person(at, id, name));
    }
    let loaded = again(&office.state, &shelf);
    for state in [&office.state, &loaded] {
        assert_eq!(state.entry_of("a"), Some(1));
        assert_eq!(state.entry_of("b"), Some(2));
        assert_eq!(state.entry_of("c"), None);
        assert_eq!(state.entry_of("li"), None);
        assert_eq!(state.next_due(), office.state.next_due());
    }
}

#[test]
fn bytes_that_were_cut_or_changed_are_refused_or_give_another_state_and_never_panic() {
    let policy = office::policy("changsha-vanke");
    let mut shelf = Shelf::default();
    shelf.add(&policy);
    let mut office = Playing::new(&policy, (usize::MAX, policy.clone()));
    for line in any::journal(&policy, 5) {
        office.play(&line);
    }
    let bytes = saved(&office.state);
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
        let mut office = Playing::new(&policy, (usize::MAX, policy.clone()));
        for (number, line) in any::journal(&policy, 3).iter().enumerate() {
            office.play(line);
            if number % 9 == 0 {
                agree(&office.state);
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
