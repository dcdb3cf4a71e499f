//! What must hold of every shipped office, whatever its rules: random journals, in the words of that office.

#[path = "office/any.rs"]
mod any;
#[path = "model/mod.rs"]
mod model;
mod office;

use any::{journal, offices};
use office::Office;
use panke::base::money::{Fen, Sign};
use panke::decision::{Decision, What};
use panke::vocabulary::words::ShareState;
use serde_json::Value;
use std::collections::BTreeMap;

/// The deal that a line records, with its commission.
fn deal(line: &str) -> Option<(String, Fen)> {
    let event: Value = serde_json::from_str(line).expect("a line is JSON");
    let of_deal = event["event"] == "deal";
    let (deal, yuan) = (event["deal"].as_str(), event["commission"].as_str());
    let (deal, yuan) = deal.zip(yuan).filter(|_| of_deal)?;
    let fen = Fen::parse(yuan, Sign::Forbidden).expect("a commission is yuan");
    Some((deal.to_owned(), fen))
}

#[test]
fn in_every_office_each_fen_is_somebodys_and_each_customer_has_one_owner_at_most() {
    for policy in offices() {
        let mut shared = 0;
        for seed in 0..16 {
            let lines = journal(&policy, seed);
            let mut commissions = BTreeMap::new();
            let mut office = Office::new(&policy);
            let mut taken = 0;
            for line in &lines {
                let Some(decisions) = office.try_play(line) else {
                    continue;
                };
                taken += 1;
                // A deal that is refused, or repeats a line that was, is not made.
                let is = |decision: &Decision, word| decision.what.word() == word;
                let made = decisions.iter().any(|decision| is(decision, "share"));
                let refused = decisions.iter().any(|decision| is(decision, "refuse"));
                commissions.extend(deal(line).filter(|_| made && !refused));
                for decision in &decisions {
                    let What::Share {
                        deal,
                        state,
                        shares,
                        levies,
                        held,
                        ..
                    } = &decision.what
                    else {
                        continue;
                    };
                    shared += 1;
                    let name = office.state.ids().deal(*deal);
                    let whole = match state {
                        ShareState::Cancelled => Fen::ZERO,
                        _ => commissions[name],
                    };
                    let parts: Fen = shares.iter().map(|portion| portion.amount).sum();
                    let levied: Fen = levies.iter().map(|levied| levied.amount).sum();
                    assert_eq!(
                        parts + levied + *held,
                        whole,
                        "{}, {seed}: {decision:?}",
                        policy.name
                    );
                }
            }
            // A word that an office does not know is malformed, and the line left out; most are known.
            assert!(
                taken * 3 > lines.len() * 2,
                "{}: {taken} of {} lines",
                policy.name,
                lines.len()
            );
            for (name, customer) in &office.state.report().customers {
                let owners = customer
                    .claims
                    .iter()
                    .filter(|claim| claim.kind == "owner" && claim.claim == "active");
                assert!(owners.count() <= 1, "{}: {name} {customer:?}", policy.name);
            }
        }
        assert!(shared > 0, "{}: no deal was shared", policy.name);
    }
}

#[test]
fn in_every_office_a_journal_played_twice_gives_the_same_report() {
    for policy in offices() {
        let lines = journal(&policy, 11);
        let play = || {
            let mut office = Office::new(&policy);
            for line in &lines {
                office.try_play(line);
            }
            office.state.report()
        };
        assert_eq!(play(), play(), "{}", policy.name);
    }
}
