//! Short journals, one story each, and everything that the program decides about them. The journals stand in
//! `tests/streams/`; `cargo insta review` shows what a change moves.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod program;

use program::{Desk, Ran, SHIPPED};
use regex::Regex;
use std::fs;

/// The name under which a story's journal puts its overlay in force.
const OVERLAY: &str = "overlay";

/// Replays a story in a desk of its own, with the overlay that it changes to, if it does.
fn told(story: &str, overlay: Option<&str>, further: &[&str]) -> Ran {
    let path = program::home().join(format!("tests/streams/{story}.ndjson"));
    let mut journal = fs::read_to_string(path).unwrap();
    let desk = Desk::new();
    if let Some(changes) = overlay {
        desk.overlay(OVERLAY, changes);
        journal = journal.replace("DIGEST", &desk.digest(OVERLAY));
    }
    desk.replay(journal, further)
}

/// What is the same after an edit that changes no outcome: digests are left out.
fn steady(text: &str) -> String {
    let digests = Regex::new(r#"@?\b[0-9a-f]{64}\b"#).unwrap();
    digests.replace_all(text, "@…").into_owned()
}

/// The decisions of a story, one a line, and how things are at its end.
fn stream(story: &str, overlay: Option<&str>) -> String {
    let decisions = told(story, overlay, &["--format", "ndjson"]);
    let report = told(story, overlay, &["--report"]);
    assert_eq!(
        (decisions.status, &decisions.err),
        (report.status, &report.err)
    );
    assert!(matches!(decisions.status, Some(0 | 1)), "{}", decisions.err);
    let report: serde_json::Value = serde_json::from_str(&report.out).unwrap();
    let mut text = decisions.out;
    if !decisions.err.is_empty() {
        text.push_str(&format!("\non standard error:\n{}", decisions.err));
    }
    text.push_str(&format!(
        "\nreport:\n{}\n",
        serde_json::to_string_pretty(&report).unwrap()
    ));
    steady(&text)
}

macro_rules! stories {
    ($($name:ident $(under $overlay:expr)?;)*) => {$(
        #[test]
        fn $name() {
            let overlay: Option<&str> = [$($overlay)?].into_iter().next();
            let told = stream(stringify!($name), overlay);
            insta::assert_snapshot!(stringify!($name), told);
        }
    )*};
}

const FORTY_FIVE_DAYS: &str = "[amount.recognition_month]\nis = { 2020-01-01 = \"45 days\" }\n";
const FORTY_FIVE_DAYS_FOR_ALL: &str = "[amount.recognition_month]\nis = { 2020-01-01 = \"45 days\" }\n\
     [window.recognition_month]\nchanges = \"open_ones\"\n";
const THREE_DAYS_FOR_ALL: &str = "[amount.recognition_month]\nis = { 2020-01-01 = \"3 days\" }\n\
     [window.recognition_month]\nchanges = \"open_ones\"\n";
const SIXTY_FORTY: &str = "[amount.original_part]\nis = { 2020-01-01 = \"40 parts\" }\n\
     [amount.new_part]\nis = { 2020-01-01 = \"60 parts\" }\n";

stories! {
    recognised_next_week_shares_equally;
    lapse_happens_with_no_event;
    three_agents_share_in_thirds;
    deal_on_the_spot_voids_the_sleeping_claim;
    same_day_recognition_returns_customer_and_turn;
    customer_brought_along_costs_one_turn;
    verified_assignment_is_served_first_on_return;
    replaced_visit_waits_at_the_head;
    unapproved_swap_is_refused_and_recorded;
    undecided_deal_waits_for_a_ruling;
    cancelled_deal_reverses_its_entries;
    third_serious_violation_in_a_month_dismisses;
    policy_event_keeps_running_windows under FORTY_FIVE_DAYS;
    policy_event_may_reach_open_windows under FORTY_FIVE_DAYS_FOR_ALL;
    window_shortened_past_its_end_closes_at_the_policy_event under THREE_DAYS_FOR_ALL;
    policy_event_keeps_the_shares_of_a_provisional_deal under SIXTY_FORTY;
}

#[test]
fn people_read_sentences_in_english_and_in_chinese() {
    for lang in ["en", "zh"] {
        let args = ["--format", "human", "--lang", lang];
        let ran = told("recognised_next_week_shares_equally", None, &args);
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
        insta::assert_snapshot!(format!("read_by_people_{lang}"), steady(&ran.out));
    }
}

#[test]
fn every_journal_is_the_story_of_a_test() {
    let text = fs::read_to_string(program::home().join("tests/streams.rs")).unwrap();
    for entry in fs::read_dir(program::home().join("tests/streams")).unwrap() {
        let path = entry.unwrap().path();
        let story = path.file_stem().unwrap().to_string_lossy();
        assert!(
            text.contains(&format!("    {story}")),
            "no test tells {story}"
        );
    }
}

/// When each window was to end, before and after the policy changed.
#[test]
fn a_policy_event_reaches_running_windows_only_if_the_policy_says_so() {
    let lapse = |overlay| {
        let story = "policy_event_keeps_running_windows";
        let ran = told(story, Some(overlay), &["--format", "ndjson"]);
        let lapsed = ran.out.lines().filter(|line| line.contains("\"lapsed\""));
        let read = lapsed.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let told = read.map(|decision| {
            let text = |field: &str| decision[field].as_str().unwrap_or_default().to_owned();
            (text("customer"), text("at")[..10].to_owned())
        });
        told.collect::<Vec<_>>()
    };
    let pair = |customer: &str, day: &str| (customer.to_owned(), day.to_owned());
    // Received on 5 March and on 12 March; the policy changes on 11 March.
    let kept = [pair("li", "2024-04-06"), pair("wu", "2024-04-27")];
    assert_eq!(lapse(FORTY_FIVE_DAYS), kept);
    let reached = [pair("li", "2024-04-20"), pair("wu", "2024-04-27")];
    assert_eq!(lapse(FORTY_FIVE_DAYS_FOR_ALL), reached);
}

/// A decision names the policy that it was made under: for a deal, that of the moment at which it was recorded.
#[test]
fn decisions_name_the_policy_that_they_were_made_under() {
    let story = "policy_event_keeps_the_shares_of_a_provisional_deal";
    let ran = told(story, Some(SIXTY_FORTY), &["--format", "ndjson"]);
    for line in ran.out.lines() {
        let decision: serde_json::Value = serde_json::from_str(line).unwrap();
        let policy = decision["policy"].as_str().unwrap();
        let (name, digest) = policy.split_once('@').unwrap();
        let changed = decision["seq"].as_u64() > Some(9) && decision["deal"] != "d1";
        assert_eq!(name, if changed { OVERLAY } else { SHIPPED }, "{line}");
        assert_eq!(digest.len(), 64);
    }
}
