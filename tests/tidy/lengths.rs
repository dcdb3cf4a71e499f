//! A function fits a screen, and a file has one purpose: both have a greatest length.

use std::sync::LazyLock;

use regex::Regex;

use crate::rust::{Source, after_closing_brace, body};
use crate::{Finding, assert_tidy, tree};

const FUNCTION: usize = 70;
const FILE_OF_SRC: usize = 600;
const FILE_OF_TESTS: usize = 900;

const FUNCTION_CURE: &str =
    "name a part of it and move it out; a table in code may be a const or a data file";
const FILE_CURE: &str = "split it by purpose, with a purpose line each";

#[test]
fn functions_and_files_are_short() {
    let sources = tree::rust_files(&["src", "tests", "benches", "fuzz"]);
    let mut findings = Vec::new();
    for source in &sources {
        findings.extend(long_functions(source));
        findings.extend(long_file(source));
    }
    assert_tidy(findings);
}

fn long_file(source: &Source) -> Option<Finding> {
    let is_test = !source.path.starts_with("src/") || source.path.ends_with("/tests.rs");
    let most = if is_test { FILE_OF_TESTS } else { FILE_OF_SRC };
    let lines = source.text.lines().count();
    (lines > most).then(|| Finding {
        file: source.path.clone(),
        line: lines,
        what: format!("the file has {lines} lines, more than {most}"),
        cure: FILE_CURE,
    })
}

fn long_functions(source: &Source) -> Vec<Finding> {
    static NAMED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bfn\s+((?:r#)?\w+)").expect("valid"));
    let mut findings = Vec::new();
    for function in NAMED.captures_iter(&source.code) {
        let whole = function.get(0).expect("the match itself");
        let Some(open) = body(&source.code, whole.end()) else {
            continue;
        };
        let first = source.line(whole.start());
        let last = source.line(after_closing_brace(&source.code, open) - 1);
        let lines = last - first + 1;
        if lines > FUNCTION {
            findings.push(Finding {
                file: source.path.clone(),
                line: first,
                what: format!(
                    "`fn {}` has {lines} lines, more than {FUNCTION}",
                    &function[1]
                ),
                cure: FUNCTION_CURE,
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(lines: usize) -> Source {
        let middle = "    // } fn x() {\n    f(\"}\", '}', [0; 2]);\n".repeat((lines - 2) / 2);
        let text = format!("trait T {{ fn g(a: [u8; 2]); }}\nfn f(a: [u8; 2]) {{\n{middle}}}\n");
        Source::new("src/a.rs", text)
    }

    #[test]
    fn a_function_over_the_limit_is_found_whatever_its_strings_hold() {
        assert_eq!(long_functions(&function(FUNCTION)), []);
        let findings = long_functions(&function(FUNCTION + 2));
        assert_eq!(crate::lines_of(&findings), [2]);
        assert!(findings[0].what.contains("72 lines"));
    }

    #[test]
    fn a_file_over_the_limit_is_found() {
        let text = "// x\n".repeat(FILE_OF_SRC + 1);
        assert!(long_file(&Source::new("src/a.rs", text.as_str())).is_some());
        assert!(long_file(&Source::new("tests/a.rs", text.as_str())).is_none());
        assert!(long_file(&Source::new("src/a/tests.rs", text.as_str())).is_none());
    }
}
