//! Nothing unfinished, nothing unsafe, no test that skips itself, and no path of somebody's machine.

use std::sync::LazyLock;

use regex::Regex;

use crate::rust::{Source, line};
use crate::tree::File;
use crate::{Finding, assert_tidy, tree};

/// What may not stand in code, as a pattern, and what to do instead.
const LOOSE: &[(&str, &str)] = &[
    (r"\btodo\s*!", "finish it, or leave it out until it works"),
    (
        r"\bunimplemented\s*!",
        "finish it, or leave it out until it works",
    ),
    (r"\bdbg\s*!", "take it out"),
    (
        r"\bunsafe\b",
        "find the safe way; the package forbids the other",
    ),
    (
        r"#\s*\[\s*ignore\b",
        "a test that is skipped proves nothing: mend it or delete it",
    ),
];

const PATH_CURE: &str = "use a path from the repository's root, or tempfile";

#[test]
fn no_loose_ends_in_code() {
    let sources = tree::rust_files(&["src", "tests", "benches", "fuzz"]);
    assert_tidy(sources.iter().flat_map(loose_ends).collect());
}

#[test]
fn no_file_names_a_path_of_a_machine() {
    assert_tidy(tree::files("").iter().flat_map(machine_paths).collect());
}

fn loose_ends(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (pattern, cure) in LOOSE {
        let pattern = Regex::new(pattern).expect("valid");
        findings.extend(pattern.find_iter(&source.code).map(|found| Finding {
            file: source.path.clone(),
            line: source.line(found.start()),
            what: format!("`{}`", found.as_str()),
            cure,
        }));
    }
    findings
}

/// Absolute paths; not what follows a name (`docs/home/`, `https://example.org/work/`).
fn machine_paths(file: &File) -> Vec<Finding> {
    static ABSOLUTE: LazyLock<Regex> = LazyLock::new(|| {
        let roots = ["home", "root", "work", "tmp", "Users", "mnt", "private"].join("|");
        let pattern = format!(r"(?m)(?:^|[^\w./~}}*-])(/(?:{roots})/|[A-Z]:\\Users\\)");
        Regex::new(&pattern).expect("valid")
    });
    let found = ABSOLUTE.captures_iter(&file.text);
    found
        .map(|found| {
            let path = found.get(1).expect("the pattern has it");
            Finding {
                file: file.path.clone(),
                line: line(&file.text, path.start()),
                what: format!("`{}` is a path of one machine", path.as_str()),
                cure: PATH_CURE,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_ends_are_found_in_code_only() {
        let text =
            "fn a() { todo!() }\n// dbg!\nfn b() { \"unsafe\"; dbg!(1) }\n#[ignore = \"slow\"]\n";
        let mut lines = crate::lines_of(&loose_ends(&Source::new("src/a.rs", text)));
        lines.sort_unstable();
        assert_eq!(lines, [1, 3, 4]);
    }

    #[test]
    fn paths_of_a_machine_are_found_and_others_are_not() {
        let bad = ["home", "root", "work", "tmp"].map(|root| format!("open(\"/{root}/a.toml\")\n"));
        let good = "docs/home/a.md, https://example.org/work/, ./tmp/, {root}/tmp/\n";
        let file = File {
            path: "README.md".to_owned(),
            text: bad.concat() + good,
        };
        assert_eq!(crate::lines_of(&machine_paths(&file)), [1, 2, 3, 4]);
    }
}
