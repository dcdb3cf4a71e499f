//! The shipped policy against an independent reading of the rulebook: random journals must come out the same.

#[path = "model/mod.rs"]
mod model;

use panke::decision::{Because, Collect, Wants, What};
use panke::finding::Sources;
use panke::journal::Schema;
use panke::policy::Policy;
use panke::runtime::State;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The shipped policy.
fn changsha() -> Arc<Policy> {
    let files = panke::files::load_policy(Path::new("policies"), "changsha-vanke")
        .expect("the shipped policy can be read");
    let (policy, findings) = panke::check::check(&files, &mut Sources::default());
    assert!(findings.is_empty(), "{findings:#?}");
    Arc::new(policy.expect("the shipped policy has no findings"))
}

/// What the engine makes of a journal, in the shape of the model's outcome.
fn decided(policy: &Arc<Policy>, journal: &str) -> model::Outcome {
    let schema = Schema::of(policy);
    let mut state = State::new(policy.clone());
    let mut read = Collect {
        wants: Wants::Decisions,
        decisions: Vec::new(),
    };
    for (line, seq) in journal.lines().zip(1..) {
        let event = schema
            .parse(state.ids_mut(), seq, line.as_bytes())
            .unwrap_or_else(|fault| panic!("line {seq}: {fault:?}\n{line}"));
        state.step(&event, &mut read).expect("times are in order");
    }
    let refusals = read.decisions.iter().filter(|decision| {
        matches!(decision.what, What::Refuse { .. })
            || matches!(decision.because, Because::Input(_))
    });
    let mut refused: Vec<u64> = refusals.map(|decision| decision.seq).collect();
    refused.dedup();
    let report = serde_json::to_value(state.report()).expect("a report is plain data");
    model::Outcome { report, refused }
}

/// What the two must agree on, in one shape: people's figures, owners, visits, deals, the rota.
fn essence(report: &Value) -> Value {
    let staff = pick(&report["staff"], |person| {
        let names = [
            "role",
            "commission",
            "provisional",
            "turns_used",
            "turns_forfeited",
            "receptions",
            "can_receive",
        ];
        names
            .iter()
            .map(|name| ((*name).to_owned(), person[*name].clone()))
            .collect()
    });
    let deals = pick(&report["deals"], |deal| {
        let shares = deal["shares"].as_array().cloned().unwrap_or_default();
        let shares: BTreeMap<String, Value> = shares
            .iter()
            .map(|share| (share["staff"].to_string(), share["amount"].clone()))
            .collect();
        [
            ("state".to_owned(), deal["state"].clone()),
            ("shares".to_owned(), json!(shares)),
        ]
        .into()
    });
    json!({
        "staff": staff,
        "deals": deals,
        "owners": pick(&report["customers"], |customer| [("owner".to_owned(), customer["owner"].clone())].into()),
        "visits": pick(&report["visits"], |visit| {
            ["staff", "role", "state"].iter().map(|name| ((*name).to_owned(), visit[*name].clone())).collect()
        }),
        "rota": pick(&report["rota"], |rota| {
            ["round", "next", "priority"].iter().map(|name| ((*name).to_owned(), rota[*name].clone())).collect()
        }),
    })
}

fn pick(table: &Value, of: impl Fn(&Value) -> BTreeMap<String, Value>) -> Value {
    let rows = table.as_object().cloned().unwrap_or_default();
    json!(
        rows.iter()
            .map(|(name, row)| (name.clone(), of(row)))
            .collect::<BTreeMap<_, _>>()
    )
}

/// The first line after which the two differ, with what differs.
fn first_difference(policy: &Arc<Policy>, journal: &str) -> Option<String> {
    let lines: Vec<&str> = journal.lines().collect();
    let differs = |count: usize| {
        let part = lines[..count].join("\n");
        let (ours, theirs) = (decided(policy, &part), model::run(&part));
        let refused = ours.refused != theirs.refused;
        let (mine, other) = (essence(&ours.report), essence(&theirs.report));
        (refused || mine != other)
            .then(|| (differences("", &mine, &other), ours.refused, theirs.refused))
    };
    differs(lines.len())?;
    let (mut same, mut other) = (0, lines.len());
    while other - same > 1 {
        let middle = usize::midpoint(same, other);
        match differs(middle) {
            Some(_) => other = middle,
            None => same = middle,
        }
    }
    let (rows, ours, theirs) = differs(other)?;
    let refused = format!(
        "refused: engine {:?}, model {:?}",
        ours.last(),
        theirs.last()
    );
    Some(format!(
        "line {other}: {}\n{}\n{refused}",
        lines[other - 1],
        rows.join("\n")
    ))
}

fn differences(path: &str, ours: &Value, theirs: &Value) -> Vec<String> {
    match (ours.as_object(), theirs.as_object()) {
        (Some(a), Some(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            let of = |key: &&String| {
                differences(
                    &format!("{path}.{key}"),
                    &ours[key.as_str()],
                    &theirs[key.as_str()],
                )
            };
            keys.iter().flat_map(of).collect()
        }
        _ if ours == theirs => Vec::new(),
        _ => vec![format!("  {path}: engine {ours}, model {theirs}")],
    }
}

fn compare(seeds: std::ops::Range<u64>, days: u32) {
    let policy = changsha();
    let differing: Vec<String> = seeds
        .filter_map(|seed| {
            let journal = model::generate::journal(seed, days);
            first_difference(&policy, &journal).map(|what| format!("seed {seed}, {what}"))
        })
        .collect();
    assert!(
        differing.is_empty(),
        "{} journals differ:\n{}",
        differing.len(),
        differing.join("\n\n")
    );
}

#[test]
fn random_weeks_come_out_as_the_rulebook_says() {
    compare(0..60, 7);
}

#[test]
fn random_two_months_come_out_as_the_rulebook_says() {
    compare(1000..1040, 60);
}
