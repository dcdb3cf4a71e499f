//! No rule of any office is in Rust: nothing that a policy names (clauses, roles, amounts, windows, people, facts,
//! violations, reasons) and no fraction or length of time stands in `src/`.

mod names;
mod search;

use crate::{assert_tidy, tree};
use names::Names;

#[test]
fn no_name_of_a_policy_stands_in_src() {
    let policies = tree::files_ending("policies", ".toml");
    let names = Names::of(&policies);
    assert!(
        policies.is_empty() || !names.is_empty(),
        "the policies name nothing: the search would prove nothing"
    );
    let sources = program();
    assert_tidy(
        sources
            .iter()
            .flat_map(|file| search::names(file, &names))
            .collect(),
    );
}

#[test]
fn no_fraction_and_no_length_of_time_stands_in_src() {
    let sources = program();
    let mut findings: Vec<_> = sources.iter().flat_map(search::quantities).collect();
    findings.extend(sources.iter().flat_map(search::stale_waivers));
    assert_tidy(findings);
}

/// What runs: the files of `src/` without those that only tests see.
fn program() -> Vec<crate::rust::Source> {
    let modules = crate::modules::Modules::new(tree::rust_files(&["src"]));
    let of_tests: Vec<String> = modules
        .all
        .iter()
        .filter(|module| module.is_test)
        .map(|module| module.source.path.clone())
        .collect();
    let mut sources = tree::rust_files(&["src"]);
    sources.retain(|source| !of_tests.contains(&source.path));
    sources
}
