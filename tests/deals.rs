//! No fen is created or lost, whatever happens to a deal: levies, ranges, agreements, rulings, stages, cancellation.

mod office;

use office::{Office, policy_in};
use panke::base::money::Fen;
use panke::decision::{Levied, Payee, What};
use panke::policy::Policy;
use panke::vocabulary::words::ShareState;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

static MONEY: LazyLock<Arc<Policy>> = LazyLock::new(|| policy_in("tests/deals", "money"));

const STORY: &str = r#"
{"at":"2024-03-01T08:00:00","event":"person","person":"an","role":"seller"}
{"at":"2024-03-01T08:00:00","event":"person","person":"bo","role":"seller"}
{"at":"2024-03-01T08:00:00","event":"person","person":"ma","role":"chief"}
{"at":"2024-03-01T08:00:00","event":"roster","order":["an","bo"]}
{"at":"2024-03-01T09:00:00","event":"visit","visit":"v1","customer":"li"}
{"at":"2024-03-01T10:00:00","event":"visit_end","visit":"v1"}
"#;

/// One thing that happens to the deal, by number.
fn thing(number: u8, (num, den): (u8, u8)) -> String {
    let (num, den) = (num.min(den), den.max(1));
    let shares = format!(
        r#"[{{"staff":"an","share":"{num}/{den}"}},{{"staff":"bo","share":"{}/{den}"}}]"#,
        den - num
    );
    match number {
        0..=3 => {
            let stage = ["hold", "deposit", "contract", "full_price"][usize::from(number)];
            format!(r#""event":"deal_stage","deal":"d1","stage":"{stage}","received":"{num}.00""#)
        }
        4 => format!(r#""event":"agreement","about":"d1","between":["an","bo"],"shares":{shares}"#),
        5 => format!(r#""event":"agreement","about":"d1","between":["an"],"shares":{shares}"#),
        6 => r#""event":"choice","about":"d1","chosen":"yes","decided_by":"ma""#.to_owned(),
        7 => r#""event":"choice","about":"d1","chosen":"no","decided_by":"ma""#.to_owned(),
        8 => format!(
            r#""event":"ruling","about":"d1","question":"share","decided_by":"ma","shares":{shares}"#
        ),
        9 => r#""event":"deal_cancelled","deal":"d1""#.to_owned(),
        10 => format!(
            r#""event":"agreement","about":"d1","between":["an","bo"],"shares":[{{"staff":"an","share":"{num}/{den}"}},{{"staff":"bo","share":"1/3"}}]"#
        ),
        _ => r#""event":"tick""#.to_owned(),
    }
}

fn journal(fen: u32, closer: bool, things: &[(u8, (u8, u8))]) -> String {
    let mut journal = STORY.trim().to_owned();
    let closer = if closer { r#","closer":"bo""# } else { "" };
    let commission = format!("{}.{:02}", fen / 100, fen % 100);
    journal.push_str(&format!(
        "\n{{\"at\":\"2024-03-01T11:00:00\",\"event\":\"deal\",\"deal\":\"d1\",\"customer\":\"li\",\"commission\":\"{commission}\"{closer}}}"
    ));
    for (nth, (number, part)) in things.iter().enumerate() {
        let (day, hour) = (2 + nth / 3, 9 + nth % 3);
        let what = thing(*number, *part);
        journal.push_str(&format!(
            "\n{{\"at\":\"2024-03-{day:02}T{hour:02}:00:00\",{what}}}"
        ));
    }
    journal
}

fn sum(amounts: impl Iterator<Item = Fen>) -> Fen {
    amounts.sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Shares, levies and what is held make the commission; entries make what is given; nothing due is more than a share.
    #[test]
    fn no_fen_is_created_or_lost(
        fen in 1u32..100_000,
        closer in any::<bool>(),
        things in prop::collection::vec((0u8..12, (0u8..10, 1u8..10)), 0..14),
    ) {
        let mut office = Office::new(&MONEY);
        let mut booked: BTreeMap<Payee, Fen> = BTreeMap::new();
        for decision in office.play_all(&journal(fen, closer, &things)) {
            let What::Share { state, shares, entries, levies, held, due, .. } = &decision.what else { continue };
            let given = sum(shares.iter().map(|part| part.amount)) + sum(levies.iter().map(|it| it.amount));
            let whole = if *state == ShareState::Cancelled { Fen::ZERO } else { Fen::new(i64::from(fen)) };
            prop_assert_eq!(given + *held, whole);
            prop_assert!(*held >= Fen::ZERO);
            if matches!(state, ShareState::Undecided) { prop_assert_eq!(*held, whole); }
            if matches!(state, ShareState::Final) { prop_assert_eq!(*held, Fen::ZERO); }
            for (payee, amount) in entries {
                *booked.entry(*payee).or_insert(Fen::ZERO) += *amount;
            }
            booked.retain(|_, amount| *amount != Fen::ZERO);
            let mut shown: BTreeMap<Payee, Fen> = BTreeMap::new();
            for part in shares { *shown.entry(Payee::Person(part.staff)).or_insert(Fen::ZERO) += part.amount; }
            for Levied { to, amount } in levies { *shown.entry(*to).or_insert(Fen::ZERO) += *amount; }
            shown.retain(|_, amount| *amount != Fen::ZERO);
            prop_assert_eq!(&booked, &shown);
            for (staff, due) in due.iter().flatten() {
                let share = shares.iter().find(|part| part.staff == *staff).expect("due of a share");
                prop_assert!(*due <= share.amount);
            }
        }
    }
}

#[test]
fn random_stories_reach_every_state() {
    let mut office = Office::new(&MONEY);
    let agreed = [(1, (0, 1)), (4, (3, 5)), (2, (0, 1)), (9, (0, 1))];
    let decisions = office.play_all(&journal(1001, true, &agreed));
    let states: Vec<ShareState> = decisions
        .iter()
        .filter_map(|decision| match decision.what {
            What::Share { state, .. } => Some(state),
            _ => None,
        })
        .collect();
    use ShareState::{Cancelled, Final, Provisional};
    assert_eq!(states, [Provisional, Provisional, Final, Final, Cancelled]);
    assert_eq!(office.state.report().accounts["house"], "0.00");
}
