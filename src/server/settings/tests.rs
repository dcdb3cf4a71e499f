//! Which of what was said counts, and everything that is wrong at once.

use super::*;
use crate::finding::Sources;
use std::time::Duration;

fn given(origin: Origin, key: &'static str, value: &str) -> Given {
    Given {
        key,
        value: value.into(),
        origin,
    }
}

fn with(given: &[Given], file: Option<&str>) -> Result<Resolved, Vec<String>> {
    let mut sources = Sources::default();
    let file = file.map(|text| sources.add("s.toml".into(), text.into()));
    resolve(given, file, &sources).map_err(|findings| {
        let said = findings.into_iter().map(|finding| {
            let place = finding.place.map(|place| sources.line_column(&place));
            format!(
                "{place:?} {} {}",
                finding.message,
                finding.help.unwrap_or_default()
            )
        });
        said.collect()
    })
}

fn shown<'r>(resolved: &'r Resolved, key: &str) -> (&'r str, &'static str) {
    let shown = resolved
        .shown
        .iter()
        .find(|shown| shown.key == key)
        .unwrap();
    (&shown.value, shown.origin.text())
}

#[test]
fn a_flag_goes_before_the_environment_that_before_the_file_that_before_the_default() {
    let file = "data = \"f.db\"\n[limits]\nbatch = 3\nstreams = 3\nconnections = 3\n";
    let flag = given(Origin::Flag, "limits.batch", "1");
    let env = given(Origin::Environment, "limits.streams", "2");
    let resolved = with(&[flag, env], Some(file)).unwrap();
    assert_eq!(shown(&resolved, "limits.batch"), ("1", "flag"));
    assert_eq!(shown(&resolved, "limits.streams"), ("2", "environment"));
    assert_eq!(shown(&resolved, "limits.connections"), ("3", "file"));
    assert_eq!(shown(&resolved, "limits.rate"), ("2000", "default"));
    assert_eq!(shown(&resolved, "limits.body"), ("4MiB", "default"));
    let limits = &resolved.settings.limits;
    assert_eq!(
        (limits.batch, limits.streams, limits.connections),
        (1, 2, 3)
    );
    assert_eq!(resolved.settings.data.to_str(), Some("f.db"));
}

#[test]
fn every_slip_is_said_at_once_with_its_place() {
    let file = "data = 4\nlisten = \"nowhere\"\n[limits]\nbody_time = \"10\"\n[office.a]\napprovals = \"dsk\"\n";
    let flag = given(Origin::Flag, "limits.rate", "0");
    let env = given(Origin::Environment, "log", "jsn");
    let said = with(&[flag, env], Some(file)).unwrap_err();
    let all = said.join("\n");
    assert_eq!(said.len(), 6, "{all}");
    for words in [
        "Some((1, 8)) `data` takes a text",
        "Some((2, 10)) `listen` cannot be taken: `nowhere` is not an address",
        "Some((4, 13)) `limits.body_time` cannot be taken: `10` is not a whole number with its unit",
        "Some((6, 13)) `approvals` cannot be taken: `dsk` is not one of its words did you mean `desk`?",
        "None `--limit-rate` cannot be taken: it is out of its limits it goes from 1 to 1000000",
        "None `PANKE_LOG` cannot be taken: `jsn` is not one of its words did you mean `json`?",
    ] {
        assert!(all.contains(words), "{words} is not in\n{all}");
    }
}

#[test]
fn a_slip_behind_a_flag_is_said_all_the_same() {
    let flags = [
        given(Origin::Flag, "data", "x.db"),
        given(Origin::Flag, "limits.rate", "5"),
    ];
    assert!(with(&flags, Some("[limits]\nrate = 0\n")).is_err());
}

#[test]
fn without_a_data_file_nothing_begins() {
    let said = with(&[], None).unwrap_err();
    assert!(
        said[0].contains("--data FILE") && said[0].contains("PANKE_DATA"),
        "{said:?}"
    );
}

#[test]
fn offices_have_their_own_policy_and_approvals() {
    let data = given(Origin::Flag, "data", "x.db");
    let file = "approvals = \"own_token\"\n[office.east]\npolicy = \"p\"\napprovals = \"desk\"\n[office.west]\n";
    let offices = |given: &[Given]| {
        let resolved = with(given, Some(file)).unwrap();
        let each = resolved.settings.offices.into_iter();
        each.map(|office| (office.name, office.policy, office.approvals))
            .collect::<Vec<_>>()
    };
    let own = Approvals::OwnToken;
    let expected = [
        ("east".to_owned(), "p".to_owned(), Approvals::Desk),
        ("west".to_owned(), "west".to_owned(), own),
    ];
    assert_eq!(offices(std::slice::from_ref(&data)), expected);
    // A flag says which offices there are; how their approvals are recorded is still the file's.
    let flag = given(Origin::Flag, "office", "east=q,north");
    let expected = [
        ("east".to_owned(), "q".to_owned(), Approvals::Desk),
        ("north".to_owned(), "north".to_owned(), own),
    ];
    assert_eq!(offices(&[data, flag]), expected);
}

#[test]
fn names_of_offices_are_plain() {
    let data = given(Origin::Flag, "data", "x.db");
    let long = "x".repeat(65);
    for bad in ["", "a,", "-a", "a/b", "..", "一", "a=", "a,a", &long] {
        let flag = given(Origin::Flag, "office", bad);
        assert!(with(&[data.clone(), flag], None).is_err(), "{bad}");
    }
    let said = with(std::slice::from_ref(&data), Some("[office.\"a b\"]\n")).unwrap_err();
    assert!(said[0].contains("`a b` is no name"), "{said:?}");
    let flag = given(Origin::Flag, "office", &"x".repeat(64));
    assert!(with(&[data, flag], None).is_ok());
}

#[test]
fn figures_are_taken_to_their_limits_and_shown_as_they_can_be_written() {
    let limits = [
        ("limits.body", "1KiB", "1023B", "1KiB"),
        ("limits.body", "1GiB", "1025MiB", "1GiB"),
        ("limits.header_time", "50ms", "49ms", "50ms"),
        ("limits.header_time", "10min", "601s", "600s"),
        ("limits.batch", "1", "0", "1"),
        ("limits.batch", "100000", "100001", "100000"),
        ("limits.body", "2 MB", "2 M", "2000000B"),
        ("listen", "localhost:80", "localhost", "127.0.0.1:80"),
        ("poll", "true", "yes", "true"),
    ];
    for (key, good, bad, written) in limits {
        let data = given(Origin::Flag, "data", "x.db");
        let resolved = with(&[data.clone(), given(Origin::Flag, key, good)], None).unwrap();
        assert_eq!(shown(&resolved, key), (written, "flag"));
        assert!(with(&[data.clone(), given(Origin::Flag, key, written)], None).is_ok());
        assert!(
            with(&[data, given(Origin::Flag, key, bad)], None).is_err(),
            "{key} {bad}"
        );
    }
    assert_eq!(Limits::default().header_time, Duration::from_secs(10));
}
