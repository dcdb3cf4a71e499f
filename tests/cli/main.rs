//! The program from outside: its exit status, and what stands on which stream.

mod replay;

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// What came of a run.
struct Ran {
    status: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

fn panke(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_panke"));
    command
        .args(args)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Ran {
    panke(args).output().expect("it runs").into()
}

/// Runs with bytes on standard input.
fn run_on(args: &[&str], input: impl IntoIterator<Item = Vec<u8>>) -> Ran {
    let mut command = panke(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    for piece in input {
        // The program may have read enough.
        if stdin.write_all(&piece).is_err() {
            break;
        }
    }
    drop(stdin);
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn without_a_command_the_commands_are_shown() {
    let ran = run(&[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("replay"));
    let help = run(&["--help"]);
    assert_eq!((help.status, help.err.as_str()), (Some(0), ""));
    assert!(help.out.contains("replay"));
}

#[test]
fn wrong_usage_is_status_two_and_says_what_was_meant() {
    let ran = run(&["replya"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("'replay'"), "{}", ran.err);
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
        assert!(ran.out.contains("replay"), "{shell}");
    }
}

#[test]
fn an_office_begins_from_another_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let place = dir.path().join("work");
    let at = place.to_string_lossy().into_owned();
    let begun = run(&["init", &at, "--from", "changsha-vanke"]);
    assert_eq!(begun.status, Some(0), "{}", begun.err);
    let inside = |args: &[&str]| -> Ran {
        let mut command = panke(args);
        command
            .current_dir(&place)
            .output()
            .expect("it runs")
            .into()
    };
    for args in [&["check"][..], &["test"]] {
        let ran = inside(args);
        assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
    }
    let again = run(&["init", &at, "--from", "changsha-vanke"]);
    assert_eq!(again.status, Some(2));
    let copied = inside(&["init", "policies/twin", "--from", "my-office", "--copy"]);
    assert_eq!(copied.status, Some(0), "{}", copied.err);
    let played = inside(&["test", "scenarios/twin"]);
    assert_eq!(played.status, Some(0), "{}{}", played.out, played.err);
    let nowhere = inside(&["init", "policies/other", "--from", "no-such-office"]);
    assert_eq!(nowhere.status, Some(2));
    assert!(
        nowhere.err.contains("nothing was written"),
        "{}",
        nowhere.err
    );
}
