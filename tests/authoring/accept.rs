//! `panke test --accept`: what happens is written down, and nothing else of the file changes.

use super::{AMOUNTS, Office, TURNS, WINDOW};

#[test]
fn what_happens_is_written_in_place_of_what_was_expected() {
    let office = Office::new();
    let good = office.read(TURNS);
    office.edit(
        TURNS,
        "[\"an\", \"owner\", \"1.3\"]",
        "[\"bo\", \"duty\", \"1.1\"]",
    );
    office.edit(
        TURNS,
        "expect.turn    = { an = [\"not_used\", \"1.3\"] }\n",
        "",
    );
    office.edit(TURNS, "an = \"8000.00\"", "an = \"7000.00\"");
    let accepted = office.run(&["test", "--accept"]);
    assert_eq!(accepted.status, 0, "{}{}", accepted.out, accepted.err);
    assert!(
        accepted.err.contains("accepted what happens in 2 steps"),
        "{}",
        accepted.err
    );
    assert_eq!(office.read(TURNS), good);
    assert!(office.run(&["test"]).out.ends_with("2 passed, 0 failed\n"));
}

#[test]
fn an_empty_expectation_is_filled_in() {
    let office = Office::new();
    office.edit(WINDOW, "expect.own    = { li = { an = [\"lapsed\", \"1.4\"] } }\nexpect.report = { customers.li.owner = \"none\" }", "expect = {}");
    assert_eq!(office.run(&["test"]).status, 1);
    assert_eq!(office.run(&["test", "--accept"]).status, 0);
    assert!(
        office
            .read(WINDOW)
            .contains("expect.own = { li = { an = [\"lapsed\", \"1.4\"] } }")
    );
}

#[test]
fn nothing_is_accepted_in_ci() {
    let office = Office::new();
    office.edit(AMOUNTS, "60 days", "45 days");
    let before = office.read(WINDOW);
    let output = office
        .command(&["test", "--accept"])
        .env("CI", "true")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(office.read(WINDOW), before);
}
