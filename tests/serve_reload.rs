//! Rules that change while the office runs, from outside: every kind of save, broken edits, signals, and an export that
//! replays to the same bytes.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod serve;

use panke::files;
use serde_json::Value;
use serde_json::value::RawValue;
use serve::server::{Place, Server, copy, now, pause};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const OFFICE: &str = "my-office";
/// How long a save may take to be in force on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);
const CHAPTER: &str = "01-reception.toml";
const AMOUNTS: &str = "amounts.toml";
const WINDOW: &str = "01.4-a-claim-ends-with-its-time.toml";

/// A server of a small office, whose rules and scenarios may be edited.
struct Rig {
    place: Place,
    server: Server,
}

impl Rig {
    fn new(further: &[&str]) -> Rig {
        let place = Place::new();
        let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/starter");
        copy(&starter, &place.path().join("small"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_panke"));
        command
            .args([
                "serve",
                "--data",
                "small.db",
                "--policies",
                "small/policies",
            ])
            .args(["--scenarios", "small/scenarios"])
            .args(["--listen", &place.address().to_string()])
            .args(further);
        let mut server = place.spawn_as(command);
        place.await_ready(&mut server);
        let rig = Rig { place, server };
        rig.until("the first look", |office| {
            office["reload"]["last"].is_object()
        });
        rig
    }

    fn policy(&self) -> PathBuf {
        self.place.path().join("small/policies").join(OFFICE)
    }

    fn scenario(&self, name: &str) -> PathBuf {
        let scenarios = self.place.path().join("small/scenarios");
        scenarios.join(OFFICE).join(name)
    }

    /// The digest of what the folder holds.
    fn saved(&self) -> String {
        let library = self.place.path().join("small/policies");
        files::load_policy(&library, OFFICE).unwrap().digest
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.place.client().get(path).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    fn office(&self) -> Value {
        self.get(&format!("/v1/offices/{OFFICE}"))
    }

    /// Asks until the office is so.
    fn until(&self, what: &str, so: impl Fn(&Value) -> bool) -> Value {
        let start = now();
        loop {
            let office = self.office();
            if so(&office) {
                return office;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{what}: {office:#}\n{}",
                self.place.log()
            );
            pause(Duration::from_millis(2));
        }
    }

    /// Waits until what the folder holds is in force, and posts an event: its decision must say so.
    fn in_force(&self, what: &str) {
        let saved = self.saved();
        self.until(what, |office| office["policy"]["digest"] == saved.as_str());
        let decision = &self.visit(what)["decisions"][0];
        let policy = decision["policy"].as_str().unwrap();
        assert_eq!(policy, format!("{OFFICE}@{saved}"), "{what}");
    }

    fn post(&self, event: &str) -> Value {
        let path = format!("/v1/offices/{OFFICE}/events");
        let answer = self.place.client().post(&path, event).unwrap();
        assert_eq!(answer.status, 200, "{event}: {}", answer.text());
        answer.json()
    }

    /// A visit of a new customer, which ends.
    fn visit(&self, name: &str) -> Value {
        let name = name.replace(' ', "_");
        let visit = format!(r#"{{"event":"visit","visit":"v_{name}","customer":"c_{name}"}}"#);
        let answer = self.post(&visit);
        self.post(&format!(r#"{{"event":"visit_end","visit":"v_{name}"}}"#));
        answer
    }

    fn people(&self) {
        self.post(r#"[{"event":"person","person":"an","role":"seller"},{"event":"person","person":"bo","role":"seller"}]"#);
        self.post(r#"{"event":"roster","order":["an","bo"]}"#);
        self.post(r#"[{"event":"sign_in","staff":"an"},{"event":"sign_in","staff":"bo"}]"#);
    }

    /// The count of reloads that came to this.
    fn reloads(&self, outcome: &str) -> u64 {
        let answer = self.place.client().get("/metrics").unwrap();
        let text = answer.text();
        let row = text.lines().find(|line| {
            line.starts_with("panke_reloads_total")
                && line.contains(&format!("office=\"{OFFICE}\""))
                && line.contains(&format!("outcome=\"{outcome}\""))
        });
        row.map_or(0, |row| row.rsplit(' ').next().unwrap().parse().unwrap())
    }
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} has no `{from}`", path.display());
    fs::write(path, text.replace(from, to)).unwrap();
}

/// Another rule: what is said at a reception.
fn other(text: &str, number: usize) -> String {
    text.replace("is next and", &format!("is next ({number}) and"))
}

fn every_kind_of_save(rig: &Rig) {
    let chapter = rig.policy().join(CHAPTER);
    let first = fs::read_to_string(&chapter).unwrap();

    fs::write(&chapter, other(&first, 1)).unwrap();
    rig.in_force("written over");

    let beside = rig.policy().join(format!(".{CHAPTER}.swp"));
    fs::write(&beside, other(&first, 2)).unwrap();
    fs::rename(&beside, &chapter).unwrap();
    rig.in_force("an atomic save");

    let text = other(&first, 3);
    let failed = rig.reloads("failed");
    fs::write(&chapter, &text[..text.floor_char_boundary(text.len() / 2)]).unwrap();
    rig.until("half of a save", |_| rig.reloads("failed") > failed);
    fs::write(&chapter, &text).unwrap();
    rig.in_force("the rest of it");

    // As a checkout does it: files go and come, one after the other.
    for name in [CHAPTER, AMOUNTS, "facts.toml"] {
        let path = rig.policy().join(name);
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, format!("{}# checked out\n", other(&text, 4))).unwrap();
    }
    rig.in_force("a checkout");

    let away = rig.place.path().join("away");
    fs::rename(rig.policy(), &away).unwrap();
    let gone = rig.until("the folder is gone", |office| {
        office["reload"]["last"]["outcome"] == "failed"
    });
    assert_eq!(
        gone["reload"]["last"]["findings"][0]["code"],
        "policy-folder-gone"
    );
    rig.visit("without a folder");
    edit(&away.join(CHAPTER), "is next (3)", "is next (5)");
    fs::rename(&away, rig.policy()).unwrap();
    rig.in_force("the folder is back");

    mounted(rig);
}

/// A mounted folder: its files are links through one link, and that is swapped.
fn mounted(rig: &Rig) {
    use std::os::unix::fs::symlink;
    let version = |number: usize| rig.policy().join(format!("..v{number}"));
    fs::create_dir(version(0)).unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(rig.policy()).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            fs::copy(entry.path(), version(0).join(entry.file_name())).unwrap();
            names.push(entry.file_name());
        }
    }
    let swap = |number: usize| {
        symlink(format!("..v{number}"), rig.policy().join("..data_tmp")).unwrap();
        fs::rename(rig.policy().join("..data_tmp"), rig.policy().join("..data")).unwrap();
    };
    swap(0);
    for name in names {
        let link = rig.policy().join("link");
        symlink(Path::new("..data").join(&name), &link).unwrap();
        fs::rename(link, rig.policy().join(name)).unwrap();
    }
    rig.in_force("mounted");
    for number in 1..4 {
        copy(&version(number - 1), &version(number));
        let chapter = version(number).join(CHAPTER);
        edit(&chapter, "is next (", &format!("is next (1{number}"));
        swap(number);
        fs::remove_dir_all(version(number - 1)).unwrap();
        rig.in_force(&format!("swapped {number}"));
    }
}

#[test]
fn every_kind_of_save_takes_effect() {
    let rig = Rig::new(&[]);
    rig.people();
    every_kind_of_save(&rig);
    exported_and_replayed(&rig);
}

#[test]
fn every_kind_of_save_takes_effect_where_folders_are_polled() {
    let rig = Rig::new(&["--poll"]);
    rig.people();
    every_kind_of_save(&rig);
}

/// What the journal's export gives on another machine is what was decided here, byte for byte.
fn exported_and_replayed(rig: &Rig) {
    #[derive(serde::Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        entries: Vec<Entry<'a>>,
        next: u64,
    }
    #[derive(serde::Deserialize)]
    struct Entry<'a> {
        #[serde(borrow)]
        decisions: Vec<&'a RawValue>,
    }
    let mut decided = String::new();
    let mut since = 0;
    loop {
        let path = format!("/v1/offices/{OFFICE}/decisions?since={since}");
        let text = rig.place.client().get(&path).unwrap().text();
        let page: Page<'_> = serde_json::from_str(&text).unwrap();
        if page.entries.is_empty() {
            break;
        }
        for decision in page.entries.iter().flat_map(|entry| &entry.decisions) {
            decided.push_str(decision.get());
            decided.push('\n');
        }
        since = page.next;
    }
    let path = format!("/v1/offices/{OFFICE}/journal");
    let export = rig.place.client().get(&path).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("export.ndjson"), &export.body).unwrap();
    let policies = export.text().matches("\"event\":\"policy\"").count();
    assert!(policies > 8, "{policies}");
    let replayed = Command::new(env!("CARGO_BIN_EXE_panke"))
        .current_dir(elsewhere.path())
        .args(["replay", "export.ndjson", "--format", "ndjson"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&replayed.stderr);
    assert_eq!(replayed.status.code(), Some(0), "{said}");
    let replayed = String::from_utf8(replayed.stdout).unwrap();
    for (number, (one, two)) in decided.lines().zip(replayed.lines()).enumerate() {
        assert_eq!(one, two, "decision {number}");
    }
    assert_eq!(decided, replayed);
}

#[test]
fn a_broken_edit_changes_nothing_and_says_why_everywhere() {
    let rig = Rig::new(&[]);
    rig.people();
    let before = rig.saved();
    edit(&rig.policy().join(CHAPTER), "title =", "titel =");
    let office = rig.until("broken", |office| {
        office["reload"]["last"]["outcome"] == "failed"
    });
    let found = &office["reload"]["last"]["findings"][0];
    assert_eq!(found["code"], "unknown-key");
    assert!(found["path"].as_str().unwrap().ends_with(CHAPTER));
    assert_eq!((&found["line"], &found["column"]), (&6.into(), &1.into()));
    assert_eq!(office["policy"]["digest"], before.as_str());
    assert_eq!(rig.reloads("failed"), 1);
    assert!(
        rig.place.log().contains("unknown-key"),
        "{}",
        rig.place.log()
    );

    let decision = &rig.visit("while broken")["decisions"][0];
    assert_eq!(decision["policy"], format!("{OFFICE}@{before}"));

    let mut client = rig.place.client();
    let answer = client.post("/v1/policies/reload", "").unwrap();
    assert_eq!(answer.status, 422, "{}", answer.text());
    let told = &answer.json()["offices"][OFFICE];
    assert_eq!(told["outcome"], "failed");
    assert_eq!(told["findings"][0]["code"], "unknown-key");
    let answer = client.post("/v1/policies/validate", "").unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["offices"][OFFICE]["outcome"], "failed");

    edit(&rig.policy().join(CHAPTER), "titel =", "title =");
    rig.until("mended", |office| {
        office["reload"]["last"]["outcome"] == "unchanged"
    });
    let answer = client.post("/v1/policies/reload", "").unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_hangup_asks_for_a_reload() {
    let rig = Rig::new(&[]);
    let before = rig.reloads("unchanged");
    rig.server.signal("HUP");
    // Nothing was saved: a save alone would not even be counted.
    rig.until("looked at again", |_| rig.reloads("unchanged") > before);
    rig.people();
    rig.visit("after a hangup");
    assert_eq!(rig.server.stop().code(), Some(0));
}

#[test]
fn a_failing_scenario_holds_a_rule_back_and_running_windows_keep_theirs() {
    let rig = Rig::new(&[]);
    rig.people();
    rig.visit("early");
    let until = |rig: &Rig, customer: &str| {
        let path = format!("/v1/offices/{OFFICE}/customers/{customer}");
        rig.get(&path)["claims"][0]["until"].clone()
    };
    let early = until(&rig, "c_early");
    assert!(early.is_string(), "{early}");

    edit(&rig.policy().join(AMOUNTS), "60 days", "45 days");
    let office = rig.until("held back", |office| {
        office["reload"]["last"]["outcome"] == "failed"
    });
    let scenarios = &office["reload"]["last"]["scenarios"];
    assert_eq!(
        (&scenarios["passed"], &scenarios["failed"]),
        (&1.into(), &1.into())
    );
    let failure = &scenarios["failures"][0];
    assert!(
        failure["path"].as_str().unwrap().ends_with(WINDOW),
        "{failure}"
    );
    assert!(
        failure["text"].as_str().unwrap().contains("lapsed"),
        "{failure}"
    );
    rig.visit("between");
    let between = until(&rig, "c_between");

    edit(&rig.scenario(WINDOW), "2024-04-30", "2024-04-15");
    edit(&rig.scenario(WINDOW), "2024-05-01", "2024-04-16");
    rig.in_force("proved");
    assert_eq!(until(&rig, "c_early"), early);
    assert_eq!(until(&rig, "c_between"), between);
    rig.visit("late");
    let late = until(&rig, "c_late");
    assert!(
        late.as_str().unwrap() < early.as_str().unwrap(),
        "{late} {early}"
    );
}
