//! Every metric of the table is there, with its help, and counts what it says.

use super::office::{MOST_POLICIES, MOST_REASONS};
use super::*;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{Because, Decision, What};
use crate::journal::testing::policy;
use crate::policy::{ClauseId, Policy};
use crate::vocabulary::words::Question;
use smallvec::smallvec;

/// The value of a series, as it is written.
fn value<'t>(text: &'t str, series: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    line.unwrap_or_else(|| panic!("{series} is not in\n{text}"))
        .trim()
}

/// A decision under a policy, because of these clauses.
fn decision(policy: &Arc<Policy>, what: What, because: Because) -> Decision {
    Decision {
        seq: 1,
        at: Instant::from_millis(0).unwrap(),
        what,
        because,
        policy: Arc::clone(policy),
        trace: Vec::new(),
    }
}

/// Notes a decision, and counts it at once.
fn note(office: &mut OfficeMetrics, decision: &Decision) {
    let mut tally = Tally::new();
    office.note(decision, &mut tally);
    office.count(&tally);
}

/// What is shown when everything has happened once, and the printed id of the first clause.
fn all_once() -> (String, String) {
    let metrics = Metrics::new();
    let mut office = metrics.office("east");
    office.event(7);
    office.repeat();
    let first = decide(&mut office);
    metrics.policy("east", "p\"q", "abc");
    metrics.commit(3, Duration::from_millis(2));
    metrics.commit_failed();
    metrics.reload("east", "applied", Duration::from_millis(20));
    metrics.snapshot(Duration::from_millis(20));
    metrics.started(Duration::from_millis(1500));
    metrics.http("/v1/offices", 200, Duration::from_millis(1));
    let open = metrics.stream();
    let text = metrics.render();
    drop(open);
    assert_eq!(value(&metrics.render(), "panke_streams"), "0");
    (text, first)
}

/// An undecided question and two refusals; both clauses of the first two have one printed id.
fn decide(office: &mut OfficeMetrics) -> String {
    let policy = Arc::new(policy("p"));
    let undecided = What::Undecided {
        about: "d".into(),
        question: Question::Share,
        clause: "".into(),
        reason: "".into(),
        asks: Name::from_number(0),
    };
    let refuse = |reason: &str| What::Refuse {
        reason: reason.into(),
    };
    let clauses = || Because::Clauses(smallvec![ClauseId(0), ClauseId(1)]);
    let input = Because::Input("input.unknown_person");
    note(office, &decision(&policy, undecided, clauses()));
    note(office, &decision(&policy, refuse("not_now"), clauses()));
    note(office, &decision(&policy, refuse("unknown_person"), input));
    policy.clauses[0].id.clone()
}

#[test]
fn each_series_counts_what_it_says() {
    let (text, first) = all_once();
    let clauses = format!("clauses_total{{office=\"east\",clause=\"{first}\"}}");
    let series = [
        ("events_total{office=\"east\"}", "1"),
        ("last_seq{office=\"east\"}", "7"),
        ("repeats_total{office=\"east\"}", "1"),
        ("decisions_total{office=\"east\",decision=\"refuse\"}", "2"),
        ("undecided_total{office=\"east\",question=\"share\"}", "1"),
        ("refusals_total{office=\"east\",reason=\"not_now\"}", "1"),
        (
            "refusals_total{office=\"east\",reason=\"input.unknown_person\"}",
            "1",
        ),
        (&clauses, "2"),
        (
            "policy_info{office=\"east\",policy=\"p\\\"q\",digest=\"abc\"}",
            "1",
        ),
        ("commits_failed_total", "1"),
        ("commit_seconds_bucket{le=\"0.002\"}", "1"),
        ("commit_events_bucket{le=\"2\"}", "0"),
        ("reloads_total{office=\"east\",outcome=\"applied\"}", "1"),
        ("start_seconds", "1.5"),
        (
            "http_requests_total{route=\"/v1/offices\",status=\"200\"}",
            "1",
        ),
        ("streams", "1"),
    ];
    for (name, expected) in series {
        let name = format!("{}{name}", rows::PREFIX);
        assert_eq!(value(&text, &name), expected, "{name}");
    }
}

#[test]
fn every_metric_of_the_table_is_shown_with_its_help_and_no_other() {
    let (text, _) = all_once();
    for row in METRICS {
        let full = row.full();
        let help = format!("# HELP {full} {}", row.text);
        assert!(
            text.lines().any(|line| line == help),
            "{help} is not in\n{text}"
        );
        let series = text.lines().find(|line| line.starts_with(&full));
        let series = series.unwrap_or_else(|| panic!("{full} has no series in\n{text}"));
        let has = |label: &&&str| series.contains(&format!("{label}=\""));
        assert_eq!(
            row.labels.iter().find(|label| !has(label)),
            None,
            "{series}"
        );
    }
    let is_known = |line: &&str| METRICS.iter().any(|row| line.starts_with(&row.full()));
    let mut series = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    assert_eq!(series.find(|line| !is_known(line)), None);
}

#[test]
fn refusals_routes_and_policies_have_an_end() {
    let metrics = Metrics::new();
    let mut office = metrics.office("east");
    let law = Arc::new(policy("p"));
    for number in 0..2 * MOST_REASONS {
        let reason = format!("reason_{number}").into();
        let because = Because::Clauses(smallvec![]);
        note(
            &mut office,
            &decision(&law, What::Refuse { reason }, because),
        );
    }
    assert!(
        office.refusals.len() <= MOST_REASONS + 1,
        "{}",
        office.refusals.len()
    );
    for number in 0..2 * MOST_ROUTES {
        metrics.http(&format!("/{number}"), 200, Duration::ZERO);
    }
    assert!(metrics.routes.read().unwrap().len() <= MOST_ROUTES + 1);
    let text = metrics.render();
    let other = value(
        &text,
        "panke_refusals_total{office=\"east\",reason=\"other\"}",
    );
    assert_eq!(other, MOST_REASONS.to_string());
    for _ in 0..2 * MOST_POLICIES {
        let law = Arc::new(policy("p"));
        let because = Because::Clauses(smallvec![ClauseId(0)]);
        note(
            &mut office,
            &decision(&law, What::Refuse { reason: "x".into() }, because),
        );
    }
    assert_eq!(office.clauses.len(), MOST_POLICIES);
}

#[test]
fn what_nobody_collects_takes_no_more_room() {
    let metrics = Metrics::new();
    for _ in 0..100 {
        metrics.commit(1, Duration::from_millis(1));
    }
    metrics.upkeep();
    assert_eq!(
        value(&metrics.render(), "panke_commit_seconds_count"),
        "100"
    );
}
