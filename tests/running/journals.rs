//! Journals out and in: what is exported is replayed to the same decisions, and imported to the same journal.

use super::{decisions, morning, of, page, taken};
use crate::serve::client::Client;
use crate::serve::server::Place;
use crate::serve::wire;
use std::fs;

/// Records a busy hour.
fn busy(client: &mut Client) {
    for number in 0..40 {
        let visit = format!(
            r#"[{{"event":"visit","visit":"v{number}","customer":"c{}"}},
                {{"event":"visit_end","visit":"v{number}","note":"n_{number}"}}]"#,
            number % 7
        );
        taken(client, &visit);
    }
    taken(
        client,
        r#"{"event":"deal","deal":"d1","customer":"c1","commission":"12800.00","closer":"li"}"#,
    );
    taken(
        client,
        r#"{ "event" : "away", "staff" : "li", "reason" : "lunch" }"#,
    );
}

#[test]
fn an_export_is_replayed_to_the_stored_decisions() {
    let (place, _server, mut client) = morning();
    busy(&mut client);
    let stored = decisions(&mut client);
    assert!(stored.lines().count() > 40);
    let journal = page(&mut client, &of("journal")).text();
    let path = place.path().join("export.ndjson");
    fs::write(&path, &journal).unwrap();
    // The policies of the folder are not asked: the export carries its own.
    fs::remove_dir_all(place.policy()).unwrap();
    let (_, replayed) = place.panke(&["replay", "export.ndjson", "--format", "ndjson"]);
    assert_eq!(replayed, stored);
}

#[test]
fn an_import_into_an_empty_office_is_exported_as_it_came() {
    let (_place, _server, mut client) = morning();
    busy(&mut client);
    let journal = page(&mut client, &of("journal")).text();
    let stored = decisions(&mut client);
    let other = Place::new();
    let _other_server = other.start(&[]);
    let mut other = other.client();
    let answer = imported(&mut other, &journal);
    assert_eq!(answer["entries"], journal.lines().count());
    assert_eq!(page(&mut other, &of("journal")).text(), journal);
    assert_eq!(decisions(&mut other), stored);
    let report = page(&mut client, &of("report")).json();
    assert_eq!(
        page(&mut other, &of("report")).json()["state_digest"],
        report["state_digest"]
    );
    // It goes on where the journal ends.
    assert_eq!(
        taken(&mut other, r#"{"event":"back","staff":"li"}"#)["seq"],
        journal.lines().count() + 1
    );
}

fn imported(client: &mut Client, journal: &str) -> serde_json::Value {
    let answer = import(client, journal);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn import(client: &mut Client, journal: &str) -> wire::Answer {
    let headers = [("content-type", "application/x-ndjson")];
    let request = wire::request("POST", &of("journal"), &headers, journal.as_bytes());
    client.send(&request).unwrap()
}

#[test]
fn a_journal_with_a_fault_is_not_imported_at_all() {
    let place = Place::new();
    let _server = place.start(&[]);
    let mut client = place.client();
    let good = r#"{"at":"2026-01-05 09:00","event":"person","person":"chen","role":"agent"}"#;
    for (line, field) in [
        (
            r#"{"at":"2026-01-05 09:01","event":"sign_on","staff":"chen"}"#,
            "event",
        ),
        (
            r#"{"at":"2026-01-05 08:59","event":"sign_in","staff":"chen"}"#,
            "at",
        ),
        (
            r#"{"at":"2999-01-05 09:01","event":"sign_in","staff":"chen"}"#,
            "at",
        ),
        (r#"{"event":"sign_in","staff":"chen"}"#, "at"),
    ] {
        let answer = import(&mut client, &format!("{good}\n\n{line}\n"));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "malformed-journal"),
            "{line}"
        );
        let problem = answer.json();
        assert_eq!(problem["line"], 3, "{problem}");
        assert_eq!(problem["field"], field, "{problem}");
        let office = page(&mut client, "/v1/offices/changsha").json();
        assert_eq!(office["seq"], 0, "nothing of it is stored");
    }
    let answer = imported(&mut client, &format!("{good}\n"));
    assert_eq!(answer["seq"], 2, "the policy in hand comes first");
    let journal = page(&mut client, &of("journal?from=2")).text();
    let stamped = good.replace("2026-01-05 09:00", "2026-01-05T09:00:00.000+08:00");
    assert_eq!(journal, format!("{stamped}\n"));
}
