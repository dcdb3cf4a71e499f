//! `panke check`: findings with their places, in every format; the exit status says whether there are any.

use super::{AMOUNTS, CHAPTER, Office};

#[test]
fn a_mistake_is_shown_where_it_stands() {
    let office = Office::new();
    office.edit(CHAPTER, "owner.exists", "owner.exist");
    let checked = office.run(&["check", "my-office"]);
    assert_eq!(checked.status, 1);
    assert!(
        checked.out.contains("01-reception.toml:"),
        "{}",
        checked.out
    );
    assert!(checked.out.contains("exists"), "{}", checked.out);
}

#[test]
fn each_format_is_what_it_says() {
    let office = Office::new();
    office.edit(
        AMOUNTS,
        "is     = { 2020-01-01 = \"60 days\"",
        "is     = { 2020-01-01 = \"1/0\"",
    );
    let json = office.run(&["check", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(json.out.lines().next().unwrap()).unwrap();
    assert!(json.to_string().contains("amounts.toml"), "{json}");
    let sarif = office.run(&["check", "--format", "sarif"]);
    let sarif: serde_json::Value = serde_json::from_str(&sarif.out).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let github = office.run(&["check", "--format", "github"]);
    assert!(
        github
            .out
            .starts_with("::error file=policies/my-office/amounts.toml,line="),
        "{}",
        github.out
    );
    assert_eq!(github.status, 1);
}

#[test]
fn a_policy_that_is_not_there_is_wrong_usage() {
    let office = Office::new();
    let checked = office.run(&["check", "my-ofice"]);
    assert_eq!(checked.status, 2);
    assert!(checked.err.contains("my-office"), "{}", checked.err);
}

#[test]
fn nothing_to_check_is_no_success() {
    let dir = tempfile::tempdir().unwrap();
    let checked = super::ran(super::command(dir.path(), &["check"]).output().unwrap());
    assert_eq!(checked.status, 4);
}
