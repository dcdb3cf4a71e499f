//! `panke watch`: each save is answered with what came out differently; folders may vanish and come back.

use super::{AMOUNTS, Office, TURNS, WINDOW};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a round may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it must be quiet to count as no answer.
const SILENCE: Duration = Duration::from_millis(700);

/// A watch that is running.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(office: &Office) -> Watch {
        let mut command = office.command(&["watch"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            out.lines()
                .map_while(Result::ok)
                .for_each(|line| drop(sender.send(line)))
        });
        Watch { child, lines }
    }

    /// Everything up to the line that closes a round.
    fn round(&self) -> String {
        let mut text = String::new();
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no round ended: {text}"));
            text.push_str(&line);
            text.push('\n');
            if line.contains(" passed, ") {
                return text;
            }
        }
    }

    /// Rounds until one ends so: a save may be seen in two pieces.
    fn until(&self, ending: &str) -> String {
        let mut text = String::new();
        while !text.trim_end().ends_with(ending) {
            text.push_str(&self.round());
        }
        text
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let status = self.child.wait().unwrap();
        if !std::thread::panicking() {
            assert!(status.success(), "{status}");
        }
    }
}

#[test]
fn a_save_is_answered_with_what_it_changes() {
    let office = Office::new();
    let watch = Watch::start(&office);
    assert_eq!(watch.until("2 passed, 0 failed"), "2 passed, 0 failed\n");

    office.edit(AMOUNTS, "60 days", "45 days");
    let round = watch.until("1 passed, 1 failed");
    assert!(round.contains(&format!("changed: {AMOUNTS}")), "{round}");
    assert!(
        round.contains(&format!("FAIL {WINDOW}")) && !round.contains(TURNS),
        "{round}"
    );

    // Saved as editors do it: written beside, then renamed.
    let text = office.read(AMOUNTS).replace("45 days", "60 days");
    fs::write(office.path("policies/my-office/amounts.toml.new"), text).unwrap();
    fs::rename(
        office.path("policies/my-office/amounts.toml.new"),
        office.path(AMOUNTS),
    )
    .unwrap();
    let round = watch.until("2 passed, 0 failed");
    assert!(round.contains(&format!("ok   {WINDOW}")), "{round}");

    // The same text again is no change.
    office.write(AMOUNTS, &office.read(AMOUNTS));
    assert!(watch.lines.recv_timeout(SILENCE).is_err());
}

#[test]
fn a_half_written_file_gives_findings_and_no_stale_verdict() {
    let office = Office::new();
    let watch = Watch::start(&office);
    watch.until("2 passed, 0 failed");
    let whole = office.read(AMOUNTS);
    office.write(AMOUNTS, &whole[..whole.rfind("60 days").unwrap()]);
    let round = watch.until("2 not played: their policy does not load");
    assert!(
        round.contains("toml-syntax") && round.contains("0 passed, 0 failed"),
        "{round}"
    );
    office.write(AMOUNTS, &whole);
    let round = watch.until("2 passed, 0 failed");
    assert!(
        round.contains("mended") && !round.contains("FAIL"),
        "{round}"
    );

    let story = office.read(TURNS);
    office.write(TURNS, &story[..story.len() / 2]);
    let round = watch.until("1 passed, 1 failed");
    assert!(round.contains(&format!("FAIL {TURNS}")), "{round}");
    office.write(TURNS, &story);
    watch.until("2 passed, 0 failed");
}

#[test]
fn folders_that_vanish_and_come_back_are_watched_again() {
    let office = Office::new();
    let watch = Watch::start(&office);
    watch.until("2 passed, 0 failed");
    fs::rename(office.path("scenarios"), office.path("elsewhere")).unwrap();
    watch.until("0 passed, 0 failed");
    fs::rename(office.path("elsewhere"), office.path("scenarios")).unwrap();
    watch.until("2 passed, 0 failed");
    office.edit(WINDOW, "\"lapsed\"", "\"void\"");
    let round = watch.until("1 passed, 1 failed");
    assert!(round.contains("void · by 1.4"), "{round}");
}
