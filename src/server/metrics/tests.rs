//! Every metric of the table is there, with its help, and counts what it says.

use super::*;
use crate::base::time::Instant;
use crate::journal::testing::policy;
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

#[test]
fn every_metric_of_the_table_is_shown_with_its_help() {
    let metrics = Metrics::new();
    let mut office = metrics.office("east");
    office.event(7);
    office.repeat();
    let policy = Arc::new(policy("p"));
    let (about, clause, reason) = ("d".into(), "".into(), "".into());
    let (question, asks) = (Question::Share, crate::base::names::Name::from_number(0));
    let undecided = What::Undecided {
        about,
        question,
        clause,
        reason,
        asks,
    };
    let refuse = |reason: &str| What::Refuse {
        reason: reason.into(),
    };
    let clauses = || Because::Clauses(smallvec![ClauseId(0), ClauseId(1)]);
    office.decision(&decision(&policy, undecided, clauses()));
    office.decision(&decision(&policy, refuse("not_now"), clauses()));
    office.decision(&decision(
        &policy,
        refuse("unknown_person"),
        Because::Input("input.unknown_person"),
    ));
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
    assert_eq!(value(&text, "panke_events_total{office=\"east\"}"), "1");
    assert_eq!(value(&text, "panke_last_seq{office=\"east\"}"), "7");
    assert_eq!(value(&text, "panke_repeats_total{office=\"east\"}"), "1");
    assert_eq!(value(&text, "panke_commits_failed_total"), "1");
    assert_eq!(
        value(
            &text,
            "panke_decisions_total{office=\"east\",decision=\"refuse\"}"
        ),
        "2"
    );
    assert_eq!(
        value(
            &text,
            "panke_undecided_total{office=\"east\",question=\"share\"}"
        ),
        "1"
    );
    assert_eq!(
        value(
            &text,
            "panke_refusals_total{office=\"east\",reason=\"not_now\"}"
        ),
        "1"
    );
    assert_eq!(
        value(
            &text,
            "panke_refusals_total{office=\"east\",reason=\"input.unknown_person\"}"
        ),
        "1"
    );
    let first = format!(
        "panke_clauses_total{{office=\"east\",clause=\"{}\"}}",
        policy.clauses[0].id
    );
    assert_eq!(value(&text, &first), "2");
    assert_eq!(
        value(
            &text,
            "panke_reloads_total{office=\"east\",outcome=\"applied\"}"
        ),
        "1"
    );
    assert_eq!(value(&text, "panke_streams"), "1");
    assert_eq!(value(&text, "panke_start_seconds"), "1.5");
    assert_eq!(
        value(&text, "panke_commit_seconds_bucket{le=\"0.002\"}"),
        "1"
    );
    assert_eq!(value(&text, "panke_commit_events_bucket{le=\"2\"}"), "0");
    assert_eq!(
        value(
            &text,
            "panke_http_requests_total{route=\"/v1/offices\",status=\"200\"}"
        ),
        "1"
    );
    let info = "panke_policy_info{office=\"east\",policy=\"p\\\"q\",digest=\"abc\"}";
    assert_eq!(value(&text, info), "1");
    assert_eq!(value(&metrics.render(), "panke_streams"), "0");
    for row in METRICS {
        let help = format!("# HELP {} {}", row.full(), row.text);
        assert!(
            text.lines().any(|line| line == help),
            "{help} is not in\n{text}"
        );
        let full = row.full();
        let series = text.lines().find(|line| line.starts_with(&full));
        let series = series.unwrap_or_else(|| panic!("{full} has no series in\n{text}"));
        for label in row.labels {
            assert!(
                series.contains(&format!("{label}=\"")),
                "{label} is not in {series}"
            );
        }
    }
    let known = |line: &str| METRICS.iter().any(|row| line.starts_with(&row.full()));
    let series = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in series {
        assert!(known(line), "{line} is not in the table");
    }
}

#[test]
fn refusals_routes_and_policies_have_an_end() {
    let metrics = Metrics::new();
    let mut office = metrics.office("east");
    let law = Arc::new(policy("p"));
    for number in 0..2 * MOST_REASONS {
        let reason = format!("reason_{number}").into();
        let because = Because::Clauses(smallvec![]);
        office.decision(&decision(&law, What::Refuse { reason }, because));
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
        office.decision(&decision(
            &law,
            What::Refuse { reason: "x".into() },
            because,
        ));
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
