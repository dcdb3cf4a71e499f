//! `panke init`: a folder that can be worked in at once, and nothing that is there already is touched.

use super::{Office, command, ran};

#[test]
fn the_starter_checks_and_its_scenarios_pass() {
    let office = Office::new();
    let checked = office.run(&["check"]);
    assert_eq!(
        (checked.status, checked.err.as_str()),
        (0, ""),
        "{}",
        checked.out
    );
    let tested = office.run(&["test"]);
    assert_eq!(tested.status, 0, "{}{}", tested.out, tested.err);
    assert!(
        tested.out.lines().any(|line| line == "2 passed, 0 failed"),
        "{}",
        tested.out
    );
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("mine.txt"), "mine").unwrap();
    let refused = ran(command(dir.path(), &["init", "."]).output().unwrap());
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("is not empty"), "{}", refused.err);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_does_not_exist_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let made = ran(command(dir.path(), &["init", "new/office"])
        .output()
        .unwrap());
    assert_eq!(made.status, 0, "{}", made.err);
    assert!(
        dir.path()
            .join("new/office/policies/my-office/policy.toml")
            .is_file()
    );
}
