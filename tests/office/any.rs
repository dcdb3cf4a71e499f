//! Random journals for any shipped office, in the words of that office.

use crate::{model, office};
use panke::policy::Policy;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// Every folder under `policies/`.
pub fn offices() -> Vec<Arc<Policy>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let found = std::fs::read_dir(folder).expect("there are policies");
    let mut names: Vec<String> = found
        .map(|entry| entry.expect("a folder can be listed"))
        .filter(|entry| entry.path().join("policy.toml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.iter().map(|name| office::policy(name)).collect()
}

/// A random journal with the roles of an office, and with what happens to deals after they are made.
pub fn journal(policy: &Policy, seed: u64) -> Vec<String> {
    let word = |id: panke::policy::WordId| policy.words[id.index()].as_str();
    let receives = policy.roles.iter().find(|role| role.receives > 0);
    let receives = word(receives.expect("somebody receives").name);
    let rules = word(policy.undecided.asks);
    let mut lines = Vec::new();
    for line in model::generate::journal(seed, 12).lines() {
        let mut event: Value = serde_json::from_str(line).expect("a line is JSON");
        if event["event"] == "person" {
            let role = if event["role"] == "agent" {
                receives
            } else {
                rules
            };
            event["role"] = role.into();
        }
        let after = after(&event, seed, rules);
        lines.push(event.to_string());
        lines.extend(after.iter().map(Value::to_string));
    }
    lines
}

/// What a deal goes through at the moment at which it is made, in an order that the seed chooses.
fn after(event: &Value, seed: u64, boss: &str) -> Vec<Value> {
    let (at, deal) = (&event["at"], &event["deal"]);
    let closer = event["closer"].as_str();
    if event["event"] != "deal" || deal.as_str().is_none() {
        return Vec::new();
    }
    let mut all = vec![
        json!({ "at": at, "event": "deal_stage", "deal": deal, "stage": "deposit" }),
        json!({ "at": at, "event": "deal_stage", "deal": deal, "stage": "contract", "received": "100.01" }),
        json!({ "at": at, "event": "choice", "about": deal, "chosen": "yes", "decided_by": boss }),
    ];
    if let Some(closer) = closer {
        let shares = json!([{ "staff": closer, "share": "1/1" }]);
        all.push(json!({ "at": at, "event": "agreement", "about": deal, "between": [closer], "shares": shares }));
        all.push(json!({ "at": at, "event": "ruling", "about": deal, "question": "share", "decided_by": boss, "shares": shares }));
    }
    let turn = usize::try_from(seed).expect("a small seed") % all.len();
    all.rotate_left(turn);
    all
}
