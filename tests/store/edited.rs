//! Somebody edits the past.

use crate::recorded::{DATA, add, inspect};
use panke::store::{Store, Trouble};
use rusqlite::Connection;
use std::path::PathBuf;
use tempfile::TempDir;

/// A journal of twenty entries; entry 1 has the key 2^40 + 1.
fn twenty() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATA);
    let mut store = Store::open(&path).unwrap();
    add(&mut store, 20);
    store.close().unwrap();
    (folder, path)
}

/// What is found after an edit.
#[track_caller]
fn found(edit: &str) -> Vec<&'static str> {
    let (_folder, path) = twenty();
    assert_eq!(inspect(&path).unwrap().0, [] as [&str; 0]);
    let db = Connection::open(&path).unwrap();
    db.execute_batch(edit).unwrap();
    db.close().unwrap();
    let (codes, inspected, _) = inspect(&path).unwrap();
    // The server looks at the end of the journal, which is all of this one: it does not start on what does not fit.
    let fits = codes
        .iter()
        .all(|code| !code.starts_with("chain") && !code.starts_with("entry"));
    match Store::open(&path) {
        Ok(_) => assert!(fits, "{codes:?}"),
        Err(error) => assert!(!fits && matches!(error.trouble, Trouble::Damaged(_))),
    }
    assert!(inspected.entries >= 18);
    codes
}

/// An edit of the entry of a seq.
fn update(what: &str, seq: u64) -> String {
    format!("UPDATE entries SET {what} WHERE key = (1 << 40) + {seq}")
}

#[test]
fn a_changed_line_is_seen() {
    let line = "line = CAST(replace(CAST(line AS TEXT), 'tick', 'tock') AS BLOB)";
    assert_eq!(found(&update(line, 7)), ["chain-broken"]);
}

#[test]
fn a_changed_decision_is_seen() {
    let decisions = "decisions = CAST('{\"seq\":7,\"decision\":\"all\"}' AS BLOB)";
    assert_eq!(found(&update(decisions, 7)), ["chain-broken"]);
    assert_eq!(found(&update(decisions, 20)), ["chain-broken"]);
}

#[test]
fn a_changed_time_is_seen() {
    assert_eq!(found(&update("at = at + 1", 7)), ["time-differs"]);
}

#[test]
fn a_changed_value_of_the_chain_is_seen() {
    let codes = found(&update("chain = zeroblob(32)", 7));
    assert_eq!(codes, ["chain-broken", "chain-broken"]);
}

#[test]
fn two_entries_that_changed_places_are_seen() {
    let swap = "UPDATE entries SET key = -1 WHERE key = (1 << 40) + 7;
        UPDATE entries SET key = key - 1 WHERE key = (1 << 40) + 8;
        UPDATE entries SET key = (1 << 40) + 8 WHERE key = -1";
    let codes = found(swap);
    // Of both, the value before and the own seq differ; so does the value before the one behind them.
    assert_eq!(codes, ["chain-broken"; 3]);
}

#[test]
fn an_entry_that_was_cut_out_is_seen() {
    let codes = found("DELETE FROM entries WHERE key = (1 << 40) + 7");
    assert_eq!(codes, ["entry-missing"]);
    let codes = found("DELETE FROM entries WHERE key <= (1 << 40) + 2");
    assert_eq!(codes, ["entry-missing"]);
}

#[test]
fn an_entry_of_nobody_is_seen() {
    let edit = "INSERT INTO entries SELECT key + (1 << 40), at, chain, line, decisions FROM entries LIMIT 1";
    assert_eq!(found(edit), ["office-unknown"]);
}

#[test]
fn a_policy_whose_files_were_changed_is_seen() {
    let edit = "INSERT INTO policies (digest, name, files) VALUES ('ab', 'x', '[[\"policy.toml\", \"\"]]')";
    assert_eq!(found(edit), ["policy-changed"]);
}
