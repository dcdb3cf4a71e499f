//! How soon a saved rule decides, and what a load notices of hundreds of reloads: nothing.

use crate::crash::{Load, Poster, events_path, kept, lost};
use crate::figures::{Met, Row, millis, quantile};
use crate::server::{OFFICE, POLICY, Place, now, pause};
use crate::story::Random;
use crate::{Size, say};
use std::fs;
use std::time::Duration;

/// How long a reload may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A policy that is edited, and events that ask which one decides.
struct Editor {
    place: Place,
    amounts: String,
    edits: u64,
    probes: u64,
    client: crate::client::Client,
}

impl Editor {
    fn new(place: Place) -> Editor {
        let amounts = fs::read_to_string(place.policy().join("amounts.toml")).expect("amounts");
        let client = place.client();
        Editor {
            place,
            amounts,
            edits: 0,
            probes: 0,
            client,
        }
    }

    /// Saves another value of an amount, far in the future, as an editor does: a new file in the place of the old.
    /// Tells the digest that the policy has now.
    fn save(&mut self) -> String {
        self.edits += 1;
        let value = r#"is     = { 2020-01-01 = "1 month" }"#;
        let days = self.edits % 60 + 31;
        let text = format!(
            r#"is     = {{ 2020-01-01 = "1 month", {}-01-01 = "{days} days" }}"#,
            2100 + self.edits
        );
        let edited = self.amounts.replacen(value, &text, 1);
        assert_ne!(edited, self.amounts, "the amount is there");
        let draft = self.place.policy().join(".amounts.toml.swp");
        fs::write(&draft, edited).expect("written");
        fs::rename(&draft, self.place.policy().join("amounts.toml")).expect("saved");
        let library = self.place.path().join("policies");
        let files = panke::files::load_policy(&library, POLICY).expect("it can be read");
        files.digest
    }

    /// Saves, and asks until the new policy decides: how long that took, in nanoseconds.
    fn reload(&mut self) -> u64 {
        let saved = now();
        let digest = self.save();
        while !self.decides(&digest) {
            assert!(
                saved.elapsed() < PATIENCE,
                "the saved policy does not decide:\n{}",
                self.place.log()
            );
        }
        u64::try_from(saved.elapsed().as_nanos()).expect("seconds")
    }

    /// Whether an event is decided under the policy of that digest.
    fn decides(&mut self, digest: &str) -> bool {
        self.probes += 1;
        let number = self.probes;
        let event = format!(
            r#"{{"event":"visit","visit":"probe-{number}","customer":"probe-{number}","purpose":"delivery","id":"probe-{number}"}}"#
        );
        let answer = self.client.post(&events_path(), &event).expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text());
        let stamp = answer.json()["decisions"][0]["policy"].clone();
        stamp.as_str().is_some_and(|stamp| stamp.ends_with(digest))
    }
}

/// From the save to the first decision under what was saved.
pub fn reload(size: &Size) -> Vec<Row> {
    let place = Place::new();
    let server = place.start(&[]);
    crate::opened(&place, &server);
    let mut editor = Editor::new(place);
    let mut random = Random(4);
    let mut times: Vec<u64> = (0..size.reloads)
        .map(|_| {
            pause(Duration::from_millis(20 + random.below(150)));
            editor.reload()
        })
        .collect();
    drop(server);
    times.sort_unstable();
    let p99 = quantile(&times, 990);
    vec![
        Row {
            what: format!("save to first decision, p99 of {}", size.reloads),
            measured: millis(p99),
            least: "250 ms".to_owned(),
            aim: "60 ms".to_owned(),
            met: Met::at_most(p99, 250_000_000, 60_000_000),
        },
        Row::told("  the middle one", millis(quantile(&times, 500))),
        Row::told("  the slowest", millis(quantile(&times, 1000))),
    ]
}

/// Reloads one after the other while desks post.
pub fn under_load(size: &Size) -> Vec<Row> {
    let place = Place::new();
    let server = place.start(&[]);
    crate::opened(&place, &server);
    let load = Load::start(
        place.address(),
        Poster::desks(16, 99),
        Duration::from_millis(2),
    );
    let mut editor = Editor::new(place);
    for _ in 0..size.loaded_reloads {
        editor.reload();
    }
    let (_, posted) = load.end();
    let place = editor.place;
    let failed: u64 = posted.refused.values().sum();
    let broken = posted.refused.iter().map(|what| format!("{what:?}"));
    let mixed = posted
        .acknowledged
        .iter()
        .filter(|event| is_mixed(&event.decisions))
        .count() as u64;
    let kept = kept(&place, 1);
    let lost = lost(&posted.acknowledged, &kept);
    broken
        .chain(lost.iter().take(5).cloned())
        .for_each(|fault| say(&fault));
    let different = replayed_differently(&place);
    assert!(server.stop().success(), "{}", place.log());
    let counts = [failed, mixed, lost.len() as u64, different];
    let zero = |what: &str, count: u64| Row {
        what: format!("  {what}"),
        measured: count.to_string(),
        least: "0".to_owned(),
        aim: String::new(),
        met: Met::at_most(count, 0, 0),
    };
    let [failed, mixed, lost, different] = counts;
    vec![
        Row::told(
            format!("{} reloads under load", size.loaded_reloads),
            format!(
                "{} events, {} entries",
                posted.acknowledged.len(),
                kept.head
            ),
        ),
        zero("failed requests", failed),
        zero("decisions under a mixed policy", mixed),
        zero("events lost", lost),
        zero(
            "decisions that a replay of the export gives otherwise",
            different,
        ),
    ]
}

/// Whether decisions of one entry name two policies.
fn is_mixed(decisions: &str) -> bool {
    let decisions: Vec<serde_json::Value> = serde_json::from_str(decisions).expect("a list");
    decisions
        .windows(2)
        .any(|two| two[0]["policy"] != two[1]["policy"])
}

/// How many lines of `panke replay` of the export are not the decisions that the server stored.
fn replayed_differently(place: &Place) -> u64 {
    let path = format!("/v1/offices/{OFFICE}/journal");
    let export = place.client().get(&path).expect("an export");
    fs::write(place.path().join("export.ndjson"), &export.body).expect("written");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_panke"))
        .current_dir(place.path())
        .args(["replay", "export.ndjson", "--format", "ndjson"])
        .output()
        .expect("it runs");
    let replayed = String::from_utf8_lossy(&output.stdout).into_owned();
    let stored = crate::crash::all_decisions(place);
    let pairs = replayed.lines().zip(stored.iter().map(String::as_str));
    let different = pairs.filter(|(one, other)| one != other).count() as u64;
    let missing = replayed.lines().count().abs_diff(stored.len()) as u64;
    if different + missing > 0 {
        say(&String::from_utf8_lossy(&output.stderr));
    }
    different + missing
}
