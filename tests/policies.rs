//! The policies that ship with the program load, and nothing is found in them.

use panke::check::check;
use panke::files::load_policy;
use panke::finding::Sources;
use panke::print::{Look, findings_human};
use std::path::Path;

#[test]
fn the_shipped_books_load_without_a_finding() {
    let entries = std::fs::read_dir("policies").unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in names {
        let files = load_policy(Path::new("policies"), &name).expect("the policy is there");
        let mut sources = Sources::default();
        let (policy, findings) = check(&files, &mut sources);
        let text = findings_human(&findings, &sources, Look::PLAIN);
        assert!(findings.is_empty(), "{name}: {text}");
        assert_eq!(policy.expect("there is a policy").name, name);
    }
}
