//! `panke replay` from outside, as far as it needs no policy.

use super::{panke, run, run_on};
use std::fs;
use std::process::Stdio;

const PERSON: &str = r#"{"at":"2024-03-01 09:00","event":"person","person":"an","role":"seller"}"#;

#[test]
fn a_journal_that_cannot_be_read_is_status_two() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none.ndjson"), folder.path().to_owned()] {
        let path = path.to_str().unwrap();
        let ran = run(&["replay", path]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains(path), "{}", ran.err);
    }
}

#[test]
fn an_empty_journal_is_never_a_success() {
    for text in ["", "\n\r\n  \n", "\u{feff}\n"] {
        for further in [&[][..], &["--report"][..]] {
            let args = [&["replay", "-"], further].concat();
            let ran = run_on(&args, [text.as_bytes().to_vec()]);
            assert_eq!((ran.status, ran.out.as_str()), (Some(4), ""));
            assert_eq!(ran.err, "standard input: no event: nothing ran\n");
        }
    }
}

#[test]
fn a_malformed_line_is_shown_with_file_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("一天.ndjson");
    fs::write(
        &path,
        "\n{\"at\":\"2024-03-01 09:00\",\"event\":\"政策\"}\n",
    )
    .unwrap();
    let path = path.to_str().unwrap();
    let ran = run(&["replay", path, "--report"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains(&format!("{path}:2:34")), "{}", ran.err);
}

#[test]
fn without_a_policy_the_journal_must_begin_with_one() {
    let ran = run_on(&["replay", "-"], [PERSON.as_bytes().to_vec()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(
        ran.err.contains("standard input:1:34") && ran.err.contains("--policy"),
        "{}",
        ran.err
    );
}

#[test]
fn a_policy_that_there_is_not_is_status_two() {
    let ran = run(&["replay", "-", "--policy", "no/such/folder"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("no/such/folder"), "{}", ran.err);
    let event =
        r#"{"at":"2024-03-01 09:00","event":"policy","policy":"../elsewhere","digest":"00"}"#;
    let ran = run_on(&["replay", "-"], [event.as_bytes().to_vec()]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("../elsewhere"), "{}", ran.err);
}

#[test]
fn a_hundred_megabytes_on_one_line_end_with_a_message() {
    let ran = run_on(
        &["replay", "-"],
        std::iter::repeat_n(vec![b'x'; 1 << 20], 100),
    );
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(
        ran.err.contains("standard input:1:1") && ran.err.contains("longer than"),
        "{}",
        ran.err
    );
    assert!(ran.err.len() < 2000);
}

#[test]
fn a_reader_who_goes_away_ends_it_quietly() {
    let mut child = panke(&["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}
