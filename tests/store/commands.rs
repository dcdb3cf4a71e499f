//! `panke journal` and `panke token`, as people run them.

use crate::program::{Desk, Ran};
use crate::recorded::{DATA, OFFICE, add, record};
use panke::store::Store;
use rusqlite::Connection;
use serde_json::Value;

impl Desk {
    fn edit(&self, sql: &str) {
        let db = Connection::open(self.path().join(DATA)).unwrap();
        db.execute_batch(sql).unwrap();
    }

    fn verify(&self, further: &[&str]) -> Ran {
        self.run(&[&["journal", "verify", "--data", DATA], further].concat())
    }
}

#[test]
fn a_journal_that_is_written_out_decides_the_same_again() {
    let desk = Desk::new();
    let decided = record(&desk);
    let ran = desk.run(&["journal", "export", "--data", DATA, "--office", OFFICE]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    // Nothing but the export is needed.
    std::fs::remove_dir_all(desk.path().join("policies")).unwrap();
    desk.write("export.ndjson", &ran.out);
    let again = desk.run(&["replay", "export.ndjson", "--format", "ndjson"]);
    assert_eq!(again.out, decided);
    let from = ["--office", OFFICE, "--from", "5"];
    let rest = desk.run(&[&["journal", "export", "--data", DATA][..], &from].concat());
    assert!(ran.out.ends_with(&rest.out));
    assert_eq!(rest.out.lines().count() + 4, ran.out.lines().count());
}

#[test]
fn a_journal_as_it_was_written_passes_and_says_its_head() {
    let desk = Desk::new();
    record(&desk);
    let ran = desk.verify(&["--replay"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert!(ran.out.contains("decided the same again"), "{}", ran.out);
    let (_, head) = ran.out.trim_end().rsplit_once("head ").unwrap();
    assert_eq!(desk.verify(&["--head", head]).status, Some(0));

    let json = desk.verify(&["--format", "json"]);
    let found: Value = serde_json::from_str(&json.out).unwrap();
    let journal = &found["offices"][0];
    assert_eq!(journal["office"], OFFICE);
    assert_eq!(journal["seq"], journal["entries"]);
    let again = format!("{}:{}", journal["seq"], journal["chain"].as_str().unwrap());
    assert_eq!(again, head);
    assert_eq!(found["count"], 0);

    // Entries that were cut off at the end are seen by whoever noted the head, and by nobody else.
    desk.edit("DELETE FROM entries WHERE key = (SELECT max(key) FROM entries)");
    assert_eq!(desk.verify(&[]).status, Some(0));
    let ran = desk.verify(&["--head", head]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.out.contains("[head-differs]"), "{}", ran.out);
}

#[test]
fn a_decision_that_comes_out_otherwise_is_named_with_who_recorded_it() {
    let desk = Desk::new();
    record(&desk);
    let old =
        "line = CAST(replace(CAST(line AS TEXT), '\"panke\":\"', '\"panke\":\"0.0.') AS BLOB)";
    desk.edit(&format!("UPDATE entries SET {old}"));
    let staff = "decisions = CAST(replace(CAST(decisions AS TEXT), '\"decision\":\"turn\"', '\"decision\":\"bar\"') AS BLOB)";
    desk.edit(&format!("UPDATE entries SET {staff}"));
    let ran = desk.verify(&["--replay"]);
    assert_eq!(ran.status, Some(1));
    let said = ran
        .out
        .lines()
        .find(|line| line.contains("[decision-differs]"));
    let said = said.unwrap_or_else(|| panic!("{}", ran.out.get(..3000).unwrap_or(&ran.out)));
    assert!(said.contains("by panke 0.0.0.1.0"), "{said}");
    assert!(said.contains("\"decision\":\"bar\""), "{said}");
    assert!(said.contains("decided again it is {"), "{said}");
    assert_eq!(ran.out.matches("[decision-differs]").count(), 1);
}

#[test]
fn what_cannot_be_read_is_said_with_its_path() {
    let desk = Desk::new();
    let none = desk.verify(&[]);
    assert_eq!(none.status, Some(2));
    assert_eq!(none.err, "panke.db: there is no such file\n");
    desk.write(DATA, "a text");
    assert!(
        desk.verify(&[])
            .err
            .contains("panke.db is no data file of panke")
    );
    std::fs::remove_file(desk.path().join(DATA)).unwrap();
    Store::open(&desk.path().join(DATA))
        .unwrap()
        .close()
        .unwrap();
    assert_eq!(desk.verify(&[]).status, Some(4));
    add(&mut Store::open(&desk.path().join(DATA)).unwrap(), 1);
    let other = desk.verify(&["--office", "eats"]);
    assert_eq!(other.status, Some(2));
    assert!(other.err.contains("did you mean `east`?"), "{}", other.err);
    assert_eq!(desk.verify(&["--head", "1:xy"]).status, Some(2));
}

#[test]
fn a_copy_is_made_beside_a_server_and_never_over_a_file() {
    let desk = Desk::new();
    let mut server = Store::open(&desk.path().join(DATA)).unwrap();
    add(&mut server, 30);
    let copy = || desk.run(&["journal", "backup", "--data", DATA, "copy.db"]);
    assert_eq!(copy().status, Some(0));
    add(&mut server, 1);
    let again = copy();
    assert_eq!(again.status, Some(2));
    assert!(
        again.err.contains("copy.db is there already"),
        "{}",
        again.err
    );
    let ran = desk.run(&["journal", "verify", "--data", "copy.db"]);
    assert!(
        ran.out.starts_with("east: 30 entries, as it was written"),
        "{}",
        ran.out
    );
    let names = std::fs::read_dir(desk.path()).unwrap();
    let left = names.filter(|name| {
        let name = name.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("copy.db")
    });
    assert_eq!(left.count(), 1);
    // The copy is a data file like any other.
    add(&mut Store::open(&desk.path().join("copy.db")).unwrap(), 1);
}

#[test]
fn a_token_is_shown_once() {
    let desk = Desk::new();
    let token = |args: &[&str]| {
        let command = [&["token", args[0], "--data", DATA], &args[1..]].concat();
        desk.run(&command)
    };
    let made = token(&[
        "add", "--role", "desk", "--office", OFFICE, "--desk", "walk_in",
    ]);
    assert_eq!(made.status, Some(0), "{}", made.err);
    let secret = made.out.trim_end();
    assert!(secret.starts_with("pk_") && made.out.lines().count() == 1);
    let listed = token(&["list"]);
    assert!(
        listed
            .out
            .starts_with("1: desk, desk walk_in, office east, made 20"),
        "{}",
        listed.out
    );
    assert!(!listed.out.contains(&secret[3..]));
    assert_eq!(token(&["revoke", "1"]).status, Some(0));
    assert_eq!(token(&["revoke", "1"]).status, Some(2));
    assert!(token(&["list"]).out.contains(", revoked 20"));
    for wrong in [
        &["add", "--role", "boss", "--person", "Liu"][..],
        &["add", "--role", "agent"],
        &["add", "--role", "agent", "--person", " "],
        &[
            "add", "--role", "agent", "--person", "Liu", "--desk", "walk_in",
        ],
    ] {
        assert_eq!(token(wrong).status, Some(2), "{wrong:?}");
    }
}
