//! The policies that ship with the program load, and nothing is found in them.

use panke::check::check;
use panke::files::load_policy;
use panke::finding::Sources;
use std::path::Path;

#[test]
fn the_changsha_book_loads_without_a_finding() {
    let files = load_policy(Path::new("policies"), "changsha-vanke").expect("the policy is there");
    let mut sources = Sources::default();
    let (policy, findings) = check(&files, &mut sources);
    for f in &findings {
        let at = f
            .place
            .as_ref()
            .map(|p| (sources.files[p.file].path.clone(), sources.line_column(p)));
        println!(
            "{:?} {} {:?} | {} | {:?} {:?}",
            f.severity,
            f.code.word(),
            at,
            f.message,
            f.label,
            f.help
        );
    }
    assert!(findings.is_empty(), "{} findings", findings.len());
    let policy = policy.expect("there is a policy");
    assert_eq!(policy.name, "changsha-vanke");
}
