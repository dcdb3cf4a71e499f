//! The same journal under the same policy gives the same bytes, whatever the machine around it is like.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[path = "model/mod.rs"]
mod model;
mod program;

use program::{Desk, SHIPPED, home, panke};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What is printed: every decision, or how things are at the end.
const OUTPUTS: [&[&str]; 3] = [
    &["--format", "ndjson"],
    &["--report"],
    &["--format", "human", "--lang", "zh"],
];
const SEEDS: [u64; 2] = [11, 2024];
const DAYS: u32 = 20;
const NAME: &str = "office.ndjson";

/// A desk with the random journal of a seed.
fn desk(seed: u64) -> Desk {
    let options = model::generate::Options {
        violations: true,
        ..model::generate::Options::default()
    };
    let desk = Desk::new();
    desk.write(NAME, model::generate::journal_with(seed, DAYS, options));
    desk
}

/// The replay of a desk's journal, not yet started.
fn replay(desk: &Desk, journal: &str, output: &[&str]) -> Command {
    let args = ["replay", journal, "--policy", SHIPPED];
    panke(desk.path(), &[&args[..], output].concat())
}

/// What a replay printed; the journals have impossible events in them, and nothing worse.
#[track_caller]
fn printed(output: Output) -> (Vec<u8>, Vec<u8>) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.len() > 1000, "something was decided");
    (output.stdout, output.stderr)
}

/// Replays each journal as it is and once more as `changed` has it, and compares.
#[track_caller]
fn same(changed: impl Fn(&Desk, &[&str]) -> Command) {
    for seed in SEEDS {
        let desk = desk(seed);
        for output in OUTPUTS {
            let plain = printed(replay(&desk, NAME, output).output().unwrap());
            let other = printed(changed(&desk, output).output().unwrap());
            assert!(plain.0 == other.0, "seed {seed}, {output:?}: other bytes");
        }
    }
}

#[test]
fn in_every_time_zone() {
    for zone in [
        "UTC",
        "America/New_York",
        "Asia/Shanghai",
        "Pacific/Kiritimati",
        "nowhere",
    ] {
        same(|desk, output| {
            let mut command = replay(desk, NAME, output);
            command.env("TZ", zone);
            command
        });
    }
}

#[test]
fn in_every_locale() {
    for locale in ["C", "en_US.UTF-8", "zh_CN.GB18030", "tr_TR.UTF-8"] {
        same(|desk, output| {
            let mut command = replay(desk, NAME, output);
            command
                .env("LANG", locale)
                .env("LC_ALL", locale)
                .env("LANGUAGE", locale);
            command
        });
    }
}

#[test]
fn with_another_stack_and_with_hardly_any_environment() {
    for stack in ["65536", "268435456"] {
        same(|desk, output| {
            let mut command = replay(desk, NAME, output);
            command.env("RUST_MIN_STACK", stack);
            command
        });
    }
    same(|desk, output| {
        let mut command = replay(desk, NAME, output);
        command.env_clear();
        command
    });
}

#[test]
fn from_another_folder_with_the_policy_as_a_path() {
    let elsewhere = tempfile::tempdir().unwrap();
    same(|desk, output| {
        let (journal, policy) = (
            desk.path().join(NAME),
            home().join("policies").join(SHIPPED),
        );
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let args = ["replay", &text(&journal), "--policy", &text(&policy)];
        panke(elsewhere.path(), &[&args[..], output].concat())
    });
}

#[test]
fn from_a_file_from_a_stream_and_with_other_line_ends() {
    same(|desk, output| {
        let mut command = replay(desk, "-", output);
        command.stdin(File::open(desk.path().join(NAME)).unwrap());
        command
    });
    same(|desk, output| {
        let text = fs::read_to_string(desk.path().join(NAME)).unwrap();
        desk.write(
            "windows.ndjson",
            format!("\u{feff}{}", text.replace('\n', "\r\n")),
        );
        replay(desk, "windows.ndjson", output)
    });
}

#[test]
fn several_at_once() {
    let desk = desk(SEEDS[0]);
    for output in OUTPUTS {
        let start = || {
            let mut command = replay(&desk, NAME, output);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        };
        let children: Vec<_> = (0..3).map(|_| start()).collect();
        let ended = children
            .into_iter()
            .map(|child| printed(child.wait_with_output().unwrap()));
        let ended: Vec<_> = ended.collect();
        assert!(
            ended.windows(2).all(|pair| pair[0] == pair[1]),
            "{output:?}"
        );
    }
}

/// A policy is its files and their names, not the folder that they stand in.
#[test]
fn the_digests_do_not_depend_on_where_the_policy_stands() {
    let (here, there) = (desk(SEEDS[0]), Desk::new());
    assert_eq!(here.digest(SHIPPED), there.digest(SHIPPED));
    let report = printed(replay(&here, NAME, &["--report"]).output().unwrap()).0;
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let short = &here.digest(SHIPPED);
    assert_eq!(report["policy"], format!("{SHIPPED}@{short}"));
    assert_eq!(report["state_digest"].as_str().unwrap().len(), 64);
}
