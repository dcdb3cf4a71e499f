//! The life of a server: it ends in order, comes back with everything, and lets no other write its file.

use super::{MORNING, decisions, morning, of, page, taken};
use crate::serve::server::Place;
use std::fs;

#[test]
fn a_server_that_is_told_to_end_ends_well() {
    let (place, mut server, mut client) = morning();
    taken(
        &mut client,
        r#"{"event":"visit","visit":"v1","customer":"c1"}"#,
    );
    server.signal("TERM");
    assert!(server.ended().success(), "{}", place.log());
    let _server = place.start(&[]);
    assert_eq!(
        page(&mut place.client(), &of("visits/v1")).json()["staff"],
        "chen"
    );
}

#[test]
fn a_restart_keeps_all_with_a_snapshot_and_without() {
    let (place, server, mut client) = morning();
    taken(
        &mut client,
        r#"{"event":"visit","visit":"v1","customer":"c1"}"#,
    );
    let report = page(&mut client, &of("report")).text();
    let stored = decisions(&mut client);
    assert!(server.stop().success());
    let snapshots = place.path().join("data/panke.db-snapshots");
    assert_eq!(fs::read_dir(&snapshots).unwrap().count(), 1);
    for damaged in [false, true] {
        if damaged {
            let path = fs::read_dir(&snapshots)
                .unwrap()
                .next()
                .unwrap()
                .unwrap()
                .path();
            let mut bytes = fs::read(&path).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(&path, bytes).unwrap();
        }
        let server = place.start(&[]);
        let mut client = place.client();
        assert_eq!(page(&mut client, &of("report")).text(), report);
        assert_eq!(decisions(&mut client), stored);
        server.kill();
        assert_eq!(
            place.log().contains("is left aside"),
            damaged,
            "{}",
            place.log()
        );
    }
}

#[test]
fn a_second_server_on_one_file_is_refused() {
    let (place, server, mut client) = morning();
    let data = place.data();
    let (status, said) = place.panke(&[
        "serve",
        "--data",
        &data.to_string_lossy(),
        "--listen",
        "127.0.0.1:0",
    ]);
    assert_eq!(status, Some(2));
    assert!(said.contains("is held by another server"), "{said}");
    taken(
        &mut client,
        r#"{"event":"visit","visit":"v1","customer":"c1"}"#,
    );
    assert!(server.stop().success());
}

#[test]
fn an_office_without_a_sound_policy_does_not_start() {
    let place = Place::new();
    fs::write(place.policy().join("policy.toml"), "name = ").unwrap();
    let mut server = place.spawn(&[]);
    assert_eq!(server.ended().code(), Some(2));
    assert!(place.log().contains("does not load"), "{}", place.log());
}

#[test]
fn an_office_that_has_a_journal_starts_under_its_last_policy() {
    let (place, server, _client) = morning();
    assert!(server.stop().success());
    fs::write(place.policy().join("policy.toml"), "name = ").unwrap();
    let _server = place.start(&[]);
    let mut client = place.client();
    assert_eq!(
        taken(
            &mut client,
            r#"{"event":"visit","visit":"v1","customer":"c1"}"#
        )["seq"],
        7
    );
    let policy = page(&mut client, &of("policy")).json();
    assert_eq!(policy["name"], "changsha-vanke");
    assert!(policy["files"]["policy.toml"].as_str().unwrap().len() > 10);
}

#[test]
fn a_public_address_needs_a_token() {
    let place = Place::new();
    let data = place.data();
    let (status, said) = place.panke(&[
        "serve",
        "--data",
        &data.to_string_lossy(),
        "--listen",
        "0.0.0.0:0",
    ]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("token"), "{said}");
    assert!(MORNING.contains("chen"));
}
