//! `panke test`: what is selected, what is printed, and the exit status.

use super::{AMOUNTS, CHAPTER, Office, TURNS, WINDOW};

#[test]
fn a_step_that_fails_says_what_was_expected_what_happened_and_by_which_clause() {
    let office = Office::new();
    office.edit(
        TURNS,
        "[\"an\", \"owner\", \"1.3\"]",
        "[\"bo\", \"duty\", \"1.1\"]",
    );
    let tested = office.run(&["test"]);
    assert_eq!(tested.status, 1);
    for part in [
        &format!("FAIL {TURNS}"),
        "receive v2",
        "bo, duty · by 1.1",
        "an, owner · by 1.3",
        "A customer who belongs to somebody",
        "owner_before.exists: yes",
    ] {
        assert!(
            tested.out.contains(part),
            "{part} is not in\n{}",
            tested.out
        );
    }
    assert!(
        tested.out.lines().any(|line| line == "1 passed, 1 failed"),
        "{}",
        tested.out
    );
    let chinese = office.run(&["test", "--lang", "zh"]);
    assert!(
        chinese.out.contains("已有归属的客户由归属人接待"),
        "{}",
        chinese.out
    );
}

#[test]
fn a_changed_amount_fails_the_scenario_of_its_window() {
    let office = Office::new();
    office.edit(AMOUNTS, "60 days", "45 days");
    let tested = office.run(&["test"]);
    assert!(
        tested.out.contains(&format!("FAIL {WINDOW}")),
        "{}",
        tested.out
    );
    assert!(tested.out.contains("lapsed · by 1.4"), "{}", tested.out);
}

#[test]
fn what_is_selected_is_played_and_an_empty_selection_is_no_success() {
    let office = Office::new();
    let one = office.run(&["test", "--run", "ends-with-its-time"]);
    assert!(one.out.ends_with("1 passed, 0 failed\n"), "{}", one.out);
    let by_title = office.run(&["test", "--run", "^Sellers receive"]);
    assert!(
        by_title.out.ends_with("1 passed, 0 failed\n"),
        "{}",
        by_title.out
    );
    assert_eq!(office.run(&["test", TURNS]).out.lines().count(), 2);
    let none = office.run(&["test", "--run", "nothing is called so"]);
    assert_eq!((none.status, none.out.as_str()), (4, ""));
    assert_eq!(office.run(&["test", "scenarios/none"]).status, 2);
    assert_eq!(office.run(&["test", "--run", "("]).status, 2);
}

#[test]
fn a_policy_that_does_not_load_fails_its_scenarios_and_is_said_once() {
    let office = Office::new();
    office.edit(CHAPTER, "owner_before.exists", "owner_befor.exists");
    let tested = office.run(&["test"]);
    assert_eq!(tested.status, 1);
    assert_eq!(
        tested.out.matches("its policy does not load").count(),
        2,
        "{}",
        tested.out
    );
    assert_eq!(tested.err.matches("error[").count(), 1, "{}", tested.err);
    assert!(tested.out.contains("0 passed, 2 failed"), "{}", tested.out);
}

#[test]
fn a_scenario_with_mistakes_fails_with_findings() {
    let office = Office::new();
    office.edit(TURNS, "my-office\"", "my-ofice\"");
    office.edit(WINDOW, "expect.nothing = true", "expect.nothin = true");
    let tested = office.run(&["test"]);
    assert_eq!(tested.status, 1);
    for part in [
        "scenario-unknown-policy",
        "did you mean `my-office`",
        "scenario-unknown-key",
        "did you mean `nothing`",
    ] {
        assert!(
            tested.err.contains(part),
            "{part} is not in\n{}",
            tested.err
        );
    }
}

#[test]
fn programs_get_json_and_junit() {
    let office = Office::new();
    office.edit(
        TURNS,
        "[\"an\", \"owner\", \"1.3\"]",
        "[\"bo\", \"duty\", \"1.1\"]",
    );
    let json: serde_json::Value =
        serde_json::from_str(&office.run(&["test", "--format", "json"]).out).unwrap();
    assert_eq!((&json["passed"], &json["failed"]), (&1.into(), &1.into()));
    let failure = &json["files"][0]["failures"][0];
    assert_eq!(failure["about"], "receive v2");
    assert_eq!(failure["because"][0]["clause"], "1.3");
    let junit = office.run(&["test", "--format", "junit"]).out;
    assert!(junit.starts_with("<?xml"), "{junit}");
    assert!(
        junit.contains("tests=\"2\" failures=\"1\"") || junit.contains("failures=\"1\""),
        "{junit}"
    );
}

#[test]
fn coverage_names_what_no_scenario_touches() {
    let office = Office::new();
    let covered = office.run(&["test", "--coverage"]);
    assert_eq!(covered.status, 0);
    assert!(
        covered.out.contains("no scenario decides 1.5#2"),
        "{}",
        covered.out
    );
    assert!(
        !covered.out.contains("instant"),
        "both edges of the window are stood on: {}",
        covered.out
    );
    assert_eq!(
        office.run(&["test", "--coverage-threshold", "100"]).status,
        1
    );
    assert_eq!(
        office.run(&["test", "--coverage-threshold", "20"]).status,
        0
    );
    let inside_only = office.run(&["test", "--coverage", TURNS]);
    assert!(
        inside_only
            .out
            .contains("first instant outside the window protection"),
        "{}",
        inside_only.out
    );
}

#[test]
fn an_overlay_beside_its_scenario_is_its_policy() {
    let office = Office::new();
    let folder = "scenarios/my-office/readings/longer";
    office.write(
        &format!("{folder}/policy.toml"),
        "name = \"longer\"\nextends = \"my-office\"\n[amount.protection]\nis = { 2020-01-01 = \"90 days\" }\n",
    );
    let story = office
        .read(WINDOW)
        .replace("\"my-office\"", "\"./\"")
        .replace("clauses = [\"1.4\"]\n", "");
    let story = story
        .replace("2024-04-30", "2024-05-30")
        .replace("2024-05-01", "2024-05-31");
    office.write(&format!("{folder}/ninety-days.toml"), &story);
    let tested = office.run(&["test", folder]);
    assert_eq!(
        (tested.status, tested.out.lines().count()),
        (0, 2),
        "{}{}",
        tested.out,
        tested.err
    );
}

#[test]
fn a_step_can_put_another_policy_in_force() {
    let office = Office::new();
    office.write(
        "policies/shorter/policy.toml",
        "name = \"shorter\"\nextends = \"my-office\"\n[amount.protection]\nis = { 2020-01-01 = \"45 days\" }\n",
    );
    // The window that is open keeps its length; one that opens later has the new one.
    let visit = "[[step]]\nat = \"2024-03-15 09:00\"\nevent = \"visit\"\nvisit = \"v2\"\ncustomer = \"wu\"\n";
    let change = "[[step]]\nat = \"2024-03-10 09:00\"\nevent = \"policy\"\npolicy = \"shorter\"\n";
    let story = office.read(WINDOW).replacen(
        "[[step]]\nat = \"2024-04-30 23",
        &format!("{change}{visit}[[step]]\nat = \"2024-04-29 23"),
        1,
    );
    let story = story.replace(
        "[[step]]\nat = \"2024-05-01",
        "[[step]]\nat = \"2024-04-30 00:00\"\nexpect.own = { wu = { bo = [\"lapsed\", \"1.4\"] } }\n[[step]]\nat = \"2024-05-01",
    );
    office.write(WINDOW, &story);
    let tested = office.run(&["test", WINDOW]);
    assert_eq!(tested.status, 0, "{}{}", tested.out, tested.err);
    let replayed = office.run(&["replay", WINDOW, "--format", "ndjson"]);
    assert_eq!(replayed.status, 0, "{}", replayed.err);
    assert!(
        replayed.out.contains("\"policy\":\"shorter@"),
        "{}",
        replayed.out
    );
}
