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

const POLICY: &str = "changsha-vanke";
const UNKNOWN: &str = r#"{"at":"2024-03-01 09:30","event":"visit_end","visit":"v9"}"#;
const TICK: &str = r#"{"id":"t1","at":"2024-03-01 10:00","event":"tick"}"#;

/// Replays lines under the shipped policy.
fn replay(lines: &[&str], further: &[&str]) -> super::Ran {
    let args = [&["replay", "-", "--policy", POLICY], further].concat();
    run_on(&args, [lines.join("\n").into_bytes()])
}

#[test]
fn impossible_events_are_printed_listed_with_their_lines_and_end_with_status_one() {
    for format in ["ndjson", "human"] {
        let ran = replay(
            &[TICK, "", &UNKNOWN.replace("09:30", "10:30")],
            &["--format", format],
        );
        assert_eq!(ran.status, Some(1));
        assert!(ran.out.contains("input.unknown_visit"), "{}", ran.out);
        assert_eq!(
            ran.err,
            "standard input:3: input.unknown_visit: there is no such visit\n"
        );
    }
    let ran = replay(&[UNKNOWN], &["--report", "--lang", "zh"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(
        ran.err,
        "standard input:1: input.unknown_visit: 没有这次来访\n"
    );
    assert!(ran.out.starts_with("{\"events\":1,"), "{}", ran.out);
}

#[test]
fn repeated_events_are_counted_and_no_fault() {
    let ran = replay(&[TICK, TICK, TICK], &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), ""));
    assert_eq!(
        ran.err,
        "standard input: repeated with the same id and content, and ignored: 2\n"
    );
}

#[test]
fn what_was_decided_before_a_malformed_line_stands_and_there_is_no_report() {
    let lines = [
        UNKNOWN,
        TICK,
        "{\"at\":\"2024-03-01 09:00\",\"event\":\"tick\"}",
    ];
    let ran = replay(&lines, &["--format", "ndjson"]);
    assert_eq!((ran.status, ran.out.lines().count()), (Some(2), 1));
    assert!(
        ran.err.contains("time goes back") && ran.err.contains("standard input:3:7"),
        "{}",
        ran.err
    );
    let ran = replay(&lines, &["--report"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
}

#[test]
fn a_digest_that_is_not_the_folders_ends_the_run_and_names_both() {
    let event = |digest: &str| {
        format!(
            r#"{{"at":"2024-03-01 08:00","event":"policy","policy":"{POLICY}","digest":"{digest}"}}"#
        )
    };
    let ran = run_on(&["replay", "-"], [event("0abc").into_bytes()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    let words = ran
        .err
        .split(|character: char| !character.is_ascii_hexdigit());
    let digest = words
        .into_iter()
        .find(|word| word.len() == 64)
        .expect("the folder's digest");
    assert!(ran.err.contains("0abc"), "{}", ran.err);
    let lines = [&event(digest), UNKNOWN].join("\n").into_bytes();
    let ran = run_on(&["replay", "-", "--format", "ndjson"], [lines]);
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.out.contains(&format!("{POLICY}@{}", &digest[..12])),
        "{}",
        ran.out
    );
    // A draft does not look for the policies of the journal.
    let ran = replay(&[&event("0abc"), TICK], &["--draft"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
}

#[test]
fn a_scenario_file_is_a_journal_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("story.toml");
    let story = format!(
        "policy = \"{POLICY}\"\ntitle = \"A bell\"\n[[step]]\nat = \"2024-03-01 09:00\"\nevent = \"tick\"\nexpect.nothing = true\n"
    );
    fs::write(&path, &story).expect("written");
    let path = path.to_str().expect("UTF-8");
    let ran = run(&["replay", path, "--report"]);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    assert!(
        ran.out.contains("\"at\":\"2024-03-01T09:00:00.000+08:00\""),
        "{}",
        ran.out
    );
    fs::write(path, story.replace("tick", "tock")).expect("written");
    let ran = run(&["replay", path]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("story.toml:5:"), "{}", ran.err);
}

#[test]
fn a_reader_of_decisions_who_goes_away_ends_it_quietly() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("long.ndjson");
    fs::write(&path, [UNKNOWN, "\n"].concat().repeat(20_000)).expect("written");
    let path = path.to_str().expect("UTF-8");
    let args = ["replay", path, "--policy", POLICY];
    let mut child = panke(&args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

/// A journal of a shipped office in which an entry is corrected.
const CORRECTED: &str = r#"{"at":"2024-03-01 09:00","event":"person","person":"an","role":"agent"}

{"at":"2024-03-01 09:00","event":"roster","order":["an"]}
{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li","id":"e1"}
{"at":"2024-03-01 09:30","event":"deal","deal":"d1","customer":"li","commission":"100.00","id":"e2"}
{"at":"2024-03-01 10:00","event":"correction","about":"e2","reason":"slip","instead":{"event":"deal","deal":"d1","customer":"li","commission":"80.00"}}
"#;

#[test]
fn a_correction_is_followed_from_a_file_and_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("day.ndjson");
    fs::write(&path, CORRECTED).unwrap();
    let args = ["--policy", "changsha-vanke", "--format", "ndjson"];
    let file = run(&[&["replay", path.to_str().unwrap()], &args[..]].concat());
    assert_eq!((file.status, file.err.as_str()), (Some(0), ""));
    let last = file.out.lines().last().unwrap();
    let entries = r#""entries":[{"staff":"an","amount":"-20.00"}]"#;
    assert!(
        last.starts_with(r#"{"seq":6,"#) && last.contains(entries),
        "{last}"
    );
    let pieces = CORRECTED.as_bytes().chunks(7).map(<[u8]>::to_vec);
    let stdin = run_on(&[&["replay", "-"], &args[..]].concat(), pieces);
    assert_eq!((stdin.status, stdin.out), (Some(0), file.out));
}

#[test]
fn a_journal_of_another_version_says_so_once_and_decides_the_same() {
    let digest = "0".repeat(64);
    let line = format!(
        r#"{{"at":"2024-03-01 09:00","event":"policy","policy":"changsha-vanke","digest":"{digest}","panke":"0.0.1"}}"#
    );
    let args = ["replay", "-", "--policy", "changsha-vanke", "--draft"];
    let text = format!("{line}\n{line}\n{CORRECTED}");
    let ran = run_on(&args, [text.into_bytes()]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        ran.err,
        format!(
            "standard input: line 1 was recorded by panke 0.0.1; this is panke {version}: decisions may differ\n"
        )
    );
}
