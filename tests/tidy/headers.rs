//! Every file says in its first line what it is for.

use crate::tree::File;
use crate::{Finding, assert_tidy, tree};

const RUST_CURE: &str = "begin with a sentence in `//!` that says what the file is for";
const DATA_CURE: &str =
    "begin with a comment that says what the file is for, or with its `name` or `title`";

#[test]
fn every_rust_file_opens_with_its_purpose() {
    let folders = ["src", "tests", "benches", "fuzz"];
    let files = folders
        .iter()
        .flat_map(|folder| tree::files_ending(folder, ".rs"));
    assert_tidy(files.filter_map(|file| rust_header(&file)).collect());
}

#[test]
fn every_policy_and_scenario_file_opens_with_its_purpose() {
    let mut findings = Vec::new();
    for folder in ["policies", "scenarios"] {
        for file in tree::files(folder) {
            findings.extend(data_header(&file));
        }
    }
    assert_tidy(findings);
}

fn rust_header(file: &File) -> Option<Finding> {
    let lines = file.text.lines().map_while(|line| line.strip_prefix("//!"));
    let first: Vec<&str> = lines
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let text = first.join(" ");
    let is_sentence = text.split_whitespace().count() >= 3 && text.ends_with(['.', ':', '?']);
    let what = if text.is_empty() {
        "no purpose line"
    } else {
        "the purpose line is no sentence"
    };
    (!is_sentence).then(|| finding(file, what, RUST_CURE))
}

fn data_header(file: &File) -> Option<Finding> {
    let mut lines = file
        .text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let opens = if file.path.ends_with(".rhai") {
        comment(first, "//")
    } else if file.path.ends_with(".toml") {
        // A scenario begins with its policy, then says in its title what it claims.
        comment(first, "#") || is_name(first) || lines.next().is_some_and(is_name)
    } else {
        true
    };
    (!opens).then(|| finding(file, "no purpose line", DATA_CURE))
}

fn comment(line: &str, mark: &str) -> bool {
    let text = line.strip_prefix(mark);
    text.is_some_and(|text| text.trim_start_matches(['/', '!', '#']).trim().len() >= 3)
}

fn is_name(line: &str) -> bool {
    let key = line.split_once('=').map(|(key, _)| key.trim());
    key.is_some_and(|key| {
        let root = key.split('.').next().unwrap_or_default();
        root == "name" || root == "title"
    })
}

fn finding(file: &File, what: &str, cure: &'static str) -> Finding {
    Finding {
        file: file.path.clone(),
        line: 1,
        what: what.to_owned(),
        cure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_rust_file_without_a_sentence_is_found() {
        let bad = [
            "",
            "use x;\n",
            "//! panke.\n",
            "//! Turns of the rota\n\n",
            "// A comment is not it.\n",
        ];
        for text in bad {
            assert!(rust_header(&file("a.rs", text)).is_some(), "{text:?}");
        }
        let good = "//! Turns, as the rota\n//! counts them.\n//!\n//! More\n";
        assert!(rust_header(&file("a.rs", good)).is_none());
    }

    #[test]
    fn a_data_file_without_a_purpose_is_found() {
        assert!(data_header(&file("p/a.toml", "[[clause]]\nid = \"x\"\n")).is_some());
        assert!(data_header(&file("p/a.rhai", "fn f() {}\n")).is_some());
        assert!(data_header(&file("p/a.toml", "#\n")).is_some());
        let good = [
            ("p/a.toml", "# Amounts.\n"),
            ("p/a.toml", "[scenario]\nname = \"x\"\n"),
            ("p/a.toml", "title.en = \"Penalties\"\n"),
            ("p/a.rhai", "// The ladder.\n"),
        ];
        for (path, text) in good {
            assert!(data_header(&file(path, text)).is_none(), "{text:?}");
        }
    }
}
