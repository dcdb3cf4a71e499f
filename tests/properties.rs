//! What must hold of every journal, tried on random ones of all kinds of event.

#[path = "model/mod.rs"]
mod model;
mod office;

use office::Office;
use panke::base::money::{Fen, Sign};
use panke::decision::{Decision, Payee, What};
use panke::policy::Policy;
use panke::vocabulary::words::{ClaimState, ShareState, TurnEffect};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

static CHANGSHA: LazyLock<Arc<Policy>> = LazyLock::new(|| office::policy("changsha-vanke"));

/// A random journal of some days.
fn journal() -> impl Strategy<Value = String> {
    (any::<u64>(), 1u32..40).prop_map(|(seed, days)| model::generate::journal(seed, days))
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The commission of each deal of a journal, in fen.
fn commissions(journal: &str) -> BTreeMap<String, Fen> {
    let lines = journal
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let deals = lines.filter(|event| event["event"] == "deal");
    let of = |event: serde_json::Value| {
        let yuan = event["commission"].as_str().expect("a commission is text");
        let fen = Fen::parse(yuan, Sign::Forbidden).expect("a commission is yuan");
        (event["deal"].as_str().expect("an id").to_owned(), fen)
    };
    // An id used twice is refused: the first counts.
    let mut all = BTreeMap::new();
    for (deal, commission) in deals.map(of) {
        all.entry(deal).or_insert(commission);
    }
    all
}

proptest! {
    #![proptest_config(config())]

    /// Shares and what is held add up to the commission; entries add up to the shares, and to zero once cancelled.
    #[test]
    fn no_fen_is_created_or_lost(journal in journal()) {
        let mut office = Office::new(&CHANGSHA);
        let decisions = office.play_all(&journal);
        let commissions = commissions(&journal);
        let mut booked: BTreeMap<String, BTreeMap<u32, Fen>> = BTreeMap::new();
        for decision in &decisions {
            let What::Share { deal, state, shares, entries, levies, held, .. } = &decision.what else { continue };
            let name = office.state.ids().deal(*deal).to_owned();
            let sum: Fen = shares.iter().map(|portion| portion.amount).sum();
            let whole = if *state == ShareState::Cancelled { Fen::ZERO } else { commissions[&name] };
            let levied: Fen = levies.iter().map(|levied| levied.amount).sum();
            prop_assert_eq!(sum + levied + *held, whole, "{} {:?}", name, state);
            let book = booked.entry(name).or_default();
            for (payee, amount) in entries {
                let Payee::Person(staff) = payee else { continue };
                *book.entry(staff.0).or_insert(Fen::ZERO) += *amount;
            }
            book.retain(|_, amount| *amount != Fen::ZERO);
            let shown = shares.iter().filter(|portion| portion.amount != Fen::ZERO);
            let shown: BTreeMap<u32, Fen> = shown.map(|portion| (portion.staff.0, portion.amount)).collect();
            prop_assert_eq!(&*book, &shown);
        }
    }

    /// At most one active owner; whoever receives could receive; turns are conserved.
    #[test]
    fn every_line_leaves_the_office_in_order(journal in journal()) {
        let mut office = Office::new(&CHANGSHA);
        let mut turns: BTreeMap<u32, i64> = BTreeMap::new();
        for line in journal.lines() {
            let before = office.state.report();
            let decisions = office.play(line);
            let after = office.state.report();
            for (name, customer) in &after.customers {
                let owners = customer.claims.iter().filter(|claim| claim.kind == "owner" && claim.claim == "active");
                prop_assert!(owners.count() <= 1, "{name}: {customer:?}");
            }
            let open = after.visits.values().filter(|visit| visit.state == "open");
            let mut receiving: BTreeMap<&str, u32> = BTreeMap::new();
            for visit in open {
                *receiving.entry(visit.staff.as_deref().expect("an open visit has a receiver")).or_default() += 1;
            }
            prop_assert!(receiving.values().all(|visits| *visits == 1), "{receiving:?}");
            could_receive(&before, &decisions, &office)?;
            count_turns(&decisions, &mut turns);
        }
        let ids = office.state.ids();
        for (staff, report) in &office.state.report().staff {
            let id = ids.people.get(staff).expect("a person of the report has an id");
            let counted = turns.get(&id.number()).copied().unwrap_or(0);
            prop_assert_eq!(report.turns_used, counted, "{}", staff);
        }
    }

    /// A journal that is cut anywhere and resumed gives the same report as in one run.
    #[test]
    fn a_journal_can_be_cut_anywhere(journal in journal(), cut in any::<prop::sample::Index>()) {
        let lines: Vec<&str> = journal.lines().collect();
        let cut = cut.index(lines.len());
        let mut whole = Office::new(&CHANGSHA);
        whole.play_all(&journal);
        let mut first = Office::new(&CHANGSHA);
        first.play_all(&lines[..cut].join("\n"));
        // Reading how things are, and letting the clock reach what it has reached, changes nothing.
        let now = first.state.now();
        first.state.report();
        if let Some(now) = now {
            first.state.advance(now, &mut panke::decision::Nobody);
        }
        let mut resumed = first.clone();
        drop(first);
        resumed.play_all(&lines[cut..].join("\n"));
        prop_assert_eq!(whole.state.report(), resumed.state.report());
    }
}

/// Whoever begins to receive in a step could receive before it, or was freed by the step itself.
fn could_receive(
    before: &panke::decision::Report,
    decisions: &[Decision],
    office: &Office,
) -> Result<(), TestCaseError> {
    for decision in decisions {
        let What::Receive {
            visit,
            staff: Some(staff),
            ..
        } = &decision.what
        else {
            continue;
        };
        let name = office.state.ids().person(*staff);
        let visit = office.state.ids().visit(*visit);
        let goes_on = before
            .visits
            .get(visit)
            .is_some_and(|known| known.staff.as_deref() == Some(name));
        let now = &office.state.report().staff[name];
        let left = before
            .staff
            .get(name)
            .is_none_or(|person| person.role != "agent");
        prop_assert!(!left, "{name} does not receive");
        prop_assert!(
            goes_on || !now.can_receive,
            "{name} receives {visit} and is still free"
        );
    }
    Ok(())
}

/// Turns used, less those returned and byes, as the decisions tell them.
fn count_turns(decisions: &[Decision], turns: &mut BTreeMap<u32, i64>) {
    for decision in decisions {
        let What::Turn { staff, effect, .. } = &decision.what else {
            continue;
        };
        let is_back = decision.because_ids() == ["3.4"];
        *turns.entry(staff.0).or_default() += match effect {
            TurnEffect::Used => 1,
            TurnEffect::Returned if !is_back => -1,
            TurnEffect::Bye => -1,
            _ => 0,
        };
    }
}

#[test]
fn claims_have_a_state_that_the_interface_knows() {
    // `sharing` and `none` are words of conditions; decisions and the report say active, sleeping, lapsed or void.
    let shown = ["active", "sleeping", "lapsed", "void"];
    let mut office = Office::new(&CHANGSHA);
    for decision in office.play_all(&model::generate::journal(7, 60)) {
        if let What::Own { claim, .. } = decision.what {
            assert!(shown.contains(&claim.text()), "{claim}");
            assert_ne!(claim, ClaimState::Sharing);
        }
    }
}
