//! An office that moves in in mid-course: what an opening sets, and what it cannot.

mod office;

use office::Office;
use panke::decision::{Because, Decision, What};

const DAY: &str = r#"{"at":"2024-03-01 09:00","#;

/// The Changsha office with two agents, one who has left, and a manager.
fn begun() -> Office {
    let mut office = Office::new(&office::policy("changsha-vanke"));
    for event in [
        r#""event":"person","person":"an","role":"agent"}"#,
        r#""event":"person","person":"bo","role":"agent"}"#,
        r#""event":"person","person":"cy","role":"agent"}"#,
        r#""event":"roster","order":["an","bo"]}"#,
        r#""event":"person_left","person":"cy"}"#,
    ] {
        office.play(&format!("{DAY}{event}"));
    }
    office
}

fn open(office: &mut Office, fields: &str) -> Vec<Decision> {
    office.play(&format!(r#"{DAY}"event":"opening",{fields}}}"#))
}

fn told(decisions: &[Decision]) -> Vec<String> {
    let ground = |decision: &Decision| match decision.because {
        Because::Input(code) => code.to_owned(),
        Because::Clauses(_) => "clauses".to_owned(),
    };
    let told = decisions.iter();
    told.map(|decision| format!("{} {}", decision.what.word(), ground(decision)))
        .collect()
}

#[test]
fn claims_stand_as_the_opening_says_and_windows_run_from_when_they_fell_asleep() {
    let mut office = begun();
    let decided = open(
        &mut office,
        r#""customer":"li","owner":"an","asleep":[{"staff":"bo","since":"2024-02-20 10:00"}]"#,
    );
    assert_eq!(told(&decided), ["own input.opening", "own input.opening"]);
    let report = office.state.report();
    let li = &report.customers["li"];
    assert_eq!(li.owner.as_deref(), Some("an"));
    let sleeping = li.claims.iter().find(|claim| claim.claim == "sleeping");
    let until = sleeping.and_then(|claim| claim.until.clone());
    // A month from the day after it fell asleep.
    assert_eq!(until.as_deref(), Some("2024-03-21T00:00:00.000+08:00"));
}

#[test]
fn a_window_that_is_over_by_then_ends_at_once() {
    let mut office = begun();
    let decided = open(
        &mut office,
        r#""customer":"li","owner":"an","asleep":[{"staff":"bo","since":"2023-12-20 10:00"}]"#,
    );
    let lapsed = decided.iter().filter(
        |decision| matches!(&decision.what, What::Own { claim, .. } if claim.text() == "lapsed"),
    );
    assert_eq!(lapsed.count(), 1, "{decided:?}");
    assert!(decided.iter().all(|decision| decision.at == decided[0].at));
}

#[test]
fn a_round_stands_as_the_opening_says() {
    let mut office = begun();
    let decided = open(&mut office, r#""round":7,"spent":["an"]"#);
    assert_eq!(told(&decided), ["turn input.opening"]);
    let report = office.state.report();
    let rota = &report.rota["walk_in"];
    assert_eq!((rota.round, &*rota.next), (7, &["bo".to_owned()][..]));
    assert_eq!(report.staff["an"].turns_used, 1);
    // The same round again, and more of it: nobody's turn is spent twice.
    let decided = open(&mut office, r#""round":7,"spent":["an","bo"]"#);
    assert_eq!(told(&decided), ["turn input.opening"]);
    assert_eq!(office.state.report().staff["an"].turns_used, 1);
}

#[test]
fn an_opening_that_cannot_be_is_refused() {
    for (fields, code) in [
        (r#""customer":"li","owner":"xi""#, "unknown_person"),
        (r#""customer":"li","owner":"cy""#, "already_left"),
        (
            r#""customer":"li","owner":"an","asleep":[{"staff":"an","since":"2024-02-20 10:00"}]"#,
            "named_twice",
        ),
        (
            r#""customer":"li","asleep":[{"staff":"an","since":"2024-03-01 09:01"}]"#,
            "since_is_later",
        ),
        (
            r#""customer":"wu","owner":"an""#,
            "customer_is_known_already",
        ),
        (r#""round":0"#, "round_is_over"),
        (r#""spent":["an","an"]"#, "named_twice"),
        (r#""spent":["cy"]"#, "not_on_the_roster"),
        (r#""round":2,"desk":"moon""#, "unknown_desk"),
    ] {
        let mut office = begun();
        office.play(&format!(
            r#"{DAY}"event":"visit","visit":"v1","customer":"wu"}}"#
        ));
        let decided = open(&mut office, fields);
        assert_eq!(told(&decided), [format!("refuse input.{code}")], "{fields}");
    }
}
