//! Every sample of the documents is true: commands run, their output is what is printed, edits apply, files parse.
//!
//! A document is walked from top to bottom in a copy of `policies/` and `scenarios/` of its own, so that a later sample
//! sees the edits of the earlier ones, as its reader does. What a code block is, its first line says:
//!
//! | block          | what happens                                                                                   |
//! |----------------|------------------------------------------------------------------------------------------------|
//! | `console`      | each `$ command` runs; what follows is its output (`...` any lines, `[..]` any text in a line);  |
//! |                | `? 1` right after the command is its exit status, 0 when not said                               |
//! | `window`       | `$ command` starts in a second window and goes on; what follows is what it shows by then; `^C`   |
//! |                | interrupts it, and it must end well. 127.0.0.1:8080 is made a free address                      |
//! | `sh`           | each line runs and must succeed; `cargo test` is this very run and is not started again          |
//! | `diff`         | is applied to the copy; its old lines must stand in the file exactly once                       |
//! | `toml FILE`    | becomes the file (the same for any other language)                                              |
//! | `toml`, `json` | must parse                                                                                       |
//! | `text`         | is a picture, no sample                                                                          |
//!
//! A block of another sort fails: it would be a sample that nobody runs. (trycmd runs console blocks too, but not the
//! edits between them.)

mod blocks;
mod compare;
mod facts;
mod patch;
mod tables;
mod walk;
mod window;

use std::fs;
use std::path::Path;

/// The document, if the repository has it.
fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// Walks the document and insists that each of its samples was looked at.
fn assert_true(path: &str, text: &str) {
    let ran = walk::walk(path, text).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(
        ran,
        blocks::count_fences(text) / 2,
        "{path}: a block was not looked at"
    );
}

#[test]
fn every_sample_of_the_readme_is_true() {
    let text = read("README.md").expect("the repository has a README.md");
    let has_walk = text.contains("walk");
    let has_console = text.lines().any(|line| line.trim() == "```console");
    assert!(
        has_console || !has_walk,
        "README.md speaks of a walk and shows no console block"
    );
    assert_true("README.md", &text);
}

#[test]
fn every_sample_of_the_policies_readme_is_true() {
    if let Some(text) = read("policies/README.md") {
        assert_true("policies/README.md", &text);
    }
}

#[test]
fn every_sample_of_the_operators_page_is_true() {
    let text = read("OPERATING.md").expect("the repository has a page for operators");
    assert_true("OPERATING.md", &text);
}
