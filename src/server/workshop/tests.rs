//! Saves of every kind against a workshop with an installer that only remembers.

use super::*;
use crate::server::prepared::InForce;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, mpsc};
use tempfile::TempDir;

/// How long a reload may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

const OFFICE: &str = "my-office";
const AMOUNTS: &str = "policies/my-office/amounts.toml";
const CHAPTER: &str = "policies/my-office/01-reception.toml";
const WINDOW: &str = "scenarios/my-office/01.4-a-claim-ends-with-its-time.toml";

/// An office with what was put in force in it.
type Installed = (String, Arc<Prepared>);

/// What was put in force, in order.
#[derive(Clone, Default)]
struct Memory {
    installed: Arc<Mutex<Vec<Installed>>>,
    refuses: Arc<Mutex<Option<String>>>,
}

impl Installer for Memory {
    fn in_force(&self, office: &str) -> Option<InForce> {
        let installed = self.installed.lock().unwrap();
        let of_office = installed.iter().rev().find(|(name, _)| name == office);
        of_office.map(|(_, prepared)| InForce {
            name: prepared.name.clone(),
            digest: prepared.digest.clone(),
        })
    }

    fn install(&self, office: &str, prepared: Arc<Prepared>) -> Result<(), String> {
        if let Some(why) = self.refuses.lock().unwrap().clone() {
            return Err(why);
        }
        let mut installed = self.installed.lock().unwrap();
        installed.push((office.to_owned(), prepared));
        Ok(())
    }
}

/// A workshop over the starter policy, which is in force.
struct Rig {
    folder: TempDir,
    memory: Memory,
    attempts: mpsc::Receiver<(String, Attempt)>,
    workshop: Option<Workshop>,
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &to),
            false => drop(fs::copy(&path, &to).unwrap()),
        }
    }
}

impl Rig {
    fn new() -> Rig {
        Rig::with(|_| {})
    }

    fn with(change: impl Fn(&mut Settings)) -> Rig {
        let rig = Rig::closed();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/starter"),
            rig.folder.path(),
        );
        let mut rig = rig;
        rig.open(change);
        let first = rig.asked(Workshop::reload_then);
        assert_eq!(first[OFFICE].outcome, Outcome::Applied, "{first:?}");
        assert_eq!(first[OFFICE].scenarios.passed, 2);
        rig.next();
        rig
    }

    fn closed() -> Rig {
        Rig {
            folder: TempDir::new().unwrap(),
            memory: Memory::default(),
            attempts: mpsc::channel().1,
            workshop: None,
        }
    }

    fn open(&mut self, change: impl Fn(&mut Settings)) {
        let mut settings = Settings {
            policies: self.folder.path().join("policies"),
            scenarios: self.folder.path().join("scenarios"),
            offices: Vec::new(),
            poll: None,
            quiet: Duration::from_millis(15),
        };
        change(&mut settings);
        let (sender, attempts) = mpsc::channel();
        self.attempts = attempts;
        let teller = Box::new(move |event: Event<'_>| {
            if let Event::Reloaded(office, attempt) = event {
                let told = (office.to_owned(), attempt.clone());
                sender.send(told).unwrap_or(());
            }
        });
        let memory = Box::new(self.memory.clone());
        self.workshop = Some(Workshop::open(settings, memory, teller).unwrap());
    }

    fn workshop(&self) -> &Workshop {
        self.workshop.as_ref().unwrap()
    }

    /// The next thing that is told.
    fn next(&self) -> (String, Attempt) {
        self.attempts.recv_timeout(PATIENCE).unwrap()
    }

    /// What is told until a reload ends so: a save may be seen in two pieces.
    fn until(&self, outcome: Outcome) -> Attempt {
        loop {
            let (_, attempt) = self.next();
            if attempt.outcome == outcome {
                return attempt;
            }
        }
    }

    fn asked(&self, ask: impl Fn(&Workshop, Answer)) -> Attempts {
        let (sender, answer) = mpsc::channel();
        let give = Box::new(move |attempts| sender.send(attempts).unwrap_or(()));
        ask(self.workshop(), give);
        answer.recv_timeout(PATIENCE).unwrap()
    }

    fn installs(&self) -> usize {
        self.memory.installed.lock().unwrap().len()
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no `{from}`");
        self.write(path, &text.replace(from, to));
    }

    fn last(&self, office: &str) -> Attempt {
        self.workshop().standings()[office].last.clone().unwrap()
    }
}

#[test]
fn a_broken_file_changes_nothing_and_is_told_with_its_place() {
    let rig = Rig::new();
    let whole = rig.read(AMOUNTS);
    rig.write(AMOUNTS, &whole[..whole.rfind("60 days").unwrap()]);
    let attempt = rig.until(Outcome::Failed);
    let found = &attempt.findings[0];
    assert_eq!(found.code, "toml-syntax");
    assert!(found.path.as_ref().unwrap().ends_with(AMOUNTS), "{found:?}");
    assert_eq!(found.line, Some(5));
    assert!(found.column.is_some());
    assert_eq!(rig.last(OFFICE).findings, attempt.findings);
    assert_eq!(rig.installs(), 1);

    rig.write(AMOUNTS, &whole);
    let attempt = rig.until(Outcome::Unchanged);
    assert_eq!((attempt.findings.len(), rig.installs()), (0, 1));
}

#[test]
fn an_unknown_key_is_told_with_what_was_meant() {
    let rig = Rig::new();
    rig.edit(CHAPTER, "title =", "titel =");
    let attempt = rig.until(Outcome::Failed);
    let found = attempt.findings.iter().find(|it| it.code == "unknown-key");
    let found = found.expect("the key is found");
    assert!(found.help.as_ref().unwrap().contains("title"), "{found:?}");
    assert_eq!(rig.installs(), 1);
}

#[test]
fn a_failing_scenario_changes_nothing_until_it_is_mended() {
    let rig = Rig::new();
    rig.edit(AMOUNTS, "60 days", "45 days");
    let attempt = rig.until(Outcome::Failed);
    assert_eq!((attempt.scenarios.passed, attempt.scenarios.failed), (1, 1));
    let failure = &attempt.scenarios.failures[0];
    assert!(failure.path.ends_with(WINDOW), "{failure:?}");
    assert!(failure.text.contains("lapsed"), "{}", failure.text);
    assert_eq!(rig.installs(), 1);

    // The policy stays as it is: its scenario is what was wrong.
    let story = rig.read(WINDOW);
    let story = story.replace("2024-04-30", "2024-04-15");
    rig.write(WINDOW, &story.replace("2024-05-01", "2024-04-16"));
    let attempt = rig.until(Outcome::Applied);
    assert_eq!((attempt.scenarios.passed, attempt.scenarios.failed), (2, 0));
    let installed = rig.memory.installed.lock().unwrap();
    let (_, prepared) = installed.last().unwrap();
    assert_eq!(prepared.digest, attempt.digest);
    let amounts = prepared
        .files
        .iter()
        .find(|(path, _)| path == "amounts.toml");
    assert!(amounts.unwrap().1.contains("45 days"));
}

#[test]
fn scenarios_that_are_broken_or_about_nothing_fail_and_those_of_others_do_not_count() {
    let rig = Rig::new();
    let story = rig.read(WINDOW);
    let beside = "scenarios/my-office/beside.toml";
    let now = |rig: &Rig| rig.asked(Workshop::validate_then)[OFFICE].clone();
    for (text, passed, failed) in [
        (story.clone(), 3, 0),
        (
            story[..story.floor_char_boundary(story.len() / 2)].to_owned(),
            2,
            1,
        ),
        (
            story.replace("policy  = \"my-office\"", "policy  = \"my-ofice\""),
            2,
            1,
        ),
        (
            story.replace("policy  = \"my-office\"", "policy  = \"./other\""),
            2,
            0,
        ),
    ] {
        fs::create_dir_all(rig.folder.path().join("scenarios/my-office/other")).unwrap();
        rig.write(beside, &text);
        let attempt = now(&rig);
        let counted = (attempt.scenarios.passed, attempt.scenarios.failed);
        assert_eq!(counted, (passed, failed), "{text}\n{attempt:?}");
        assert_eq!(attempt.outcome == Outcome::Failed, failed > 0);
    }
    // Nothing proves it at all: that is said.
    fs::rename(
        rig.folder.path().join("scenarios"),
        rig.folder.path().join("elsewhere"),
    )
    .unwrap();
    assert_eq!(now(&rig).findings[0].code, code::UNPROVED);
    fs::rename(
        rig.folder.path().join("elsewhere"),
        rig.folder.path().join("scenarios"),
    )
    .unwrap();
    // Scenarios may stand beside the chapters, too.
    fs::remove_file(rig.folder.path().join(beside)).unwrap();
    fs::create_dir_all(rig.folder.path().join("policies/my-office/stories")).unwrap();
    rig.write("policies/my-office/stories/a.toml", &story);
    rig.write("policies/my-office/b.toml", &story);
    assert_eq!(now(&rig).scenarios.passed, 4);
    assert_eq!(rig.installs(), 1);
}

#[test]
fn a_script_without_end_fails_its_scenario() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut rig = Rig::closed();
    copy(
        &root.join("policies/changsha-vanke"),
        &rig.folder.path().join("policies/changsha-vanke"),
    );
    let stories = rig.folder.path().join("scenarios/changsha-vanke");
    fs::create_dir_all(&stories).unwrap();
    for entry in fs::read_dir(root.join("scenarios/changsha-vanke")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text.contains("P.serious") {
            fs::write(stories.join(path.file_name().unwrap()), text).unwrap();
        }
    }
    rig.open(|_| {});
    let first = rig.asked(Workshop::reload_then);
    assert_eq!(
        first["changsha-vanke"].outcome,
        Outcome::Applied,
        "{first:?}"
    );
    rig.edit(
        "policies/changsha-vanke/scripts/ladder.rhai",
        "repeats += 1;",
        "repeats += 0;",
    );
    let attempt = rig.until(Outcome::Failed);
    assert!(attempt.scenarios.failed > 0, "{attempt:?}");
    assert_eq!(rig.installs(), 1);
}

#[test]
fn a_folder_that_goes_leaves_what_is_in_force_and_says_so() {
    let rig = Rig::new();
    let (office, away) = (
        rig.folder.path().join("policies/my-office"),
        rig.folder.path().join("away"),
    );
    fs::rename(&office, &away).unwrap();
    let attempt = rig.until(Outcome::Failed);
    assert_eq!(attempt.findings[0].code, code::GONE);
    let asked = rig.asked(Workshop::reload_then);
    assert_eq!(asked[OFFICE].findings[0].code, code::GONE);
    fs::rename(&away, &office).unwrap();
    rig.until(Outcome::Unchanged);
    assert_eq!(rig.installs(), 1);
}

#[test]
fn a_new_folder_opens_an_office() {
    let rig = Rig::new();
    let beside = rig.folder.path().join("beside");
    copy(&rig.folder.path().join("policies/my-office"), &beside);
    fs::rename(&beside, rig.folder.path().join("policies/other-office")).unwrap();
    let (office, attempt) = rig.next();
    assert_eq!(office, "other-office");
    assert_eq!(attempt.outcome, Outcome::Applied, "{attempt:?}");
    assert_eq!(rig.installs(), 2);
}

#[test]
fn offices_that_are_named_share_a_folder_and_no_other_is_opened() {
    let named = [("north", OFFICE), ("south", OFFICE)];
    let mut rig = Rig::closed();
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/starter"),
        rig.folder.path(),
    );
    rig.open(|settings| {
        let named = named
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        settings.offices = named.collect();
    });
    let offices: Vec<String> = rig.asked(Workshop::reload_then).into_keys().collect();
    assert_eq!(offices, ["north", "south"]);
    let installed = rig.memory.installed.lock().unwrap();
    assert!(Arc::ptr_eq(&installed[0].1, &installed[1].1), "proved once");
}

#[test]
fn what_cannot_be_put_in_force_fails_and_is_tried_again_when_asked() {
    let rig = Rig::new();
    *rig.memory.refuses.lock().unwrap() = Some("no room".into());
    rig.edit(CHAPTER, "is next and receives", "is next, and receives");
    let attempt = rig.until(Outcome::Failed);
    let found = attempt.findings.last().unwrap();
    assert_eq!(found.code, code::NOT_INSTALLED);
    assert!(found.message.contains("no room"));
    *rig.memory.refuses.lock().unwrap() = None;
    assert_eq!(
        rig.asked(Workshop::reload_then)[OFFICE].outcome,
        Outcome::Applied
    );
}

#[test]
fn reloads_asked_for_at_once_are_all_answered() {
    let rig = Rig::new();
    let (sender, answers) = mpsc::channel();
    for _ in 0..20 {
        let sender = sender.clone();
        rig.workshop().reload_then(Box::new(move |attempts| {
            sender.send(attempts).unwrap_or(());
        }));
        rig.workshop().reload();
    }
    for _ in 0..20 {
        let attempts: Attempts = answers.recv_timeout(PATIENCE).unwrap();
        assert_eq!(attempts[OFFICE].outcome, Outcome::Unchanged);
    }
    assert_eq!(rig.installs(), 1);
}

#[test]
fn of_many_quick_saves_the_last_is_in_force_and_no_broken_one_ever_was() {
    for poll in [None, Some(Duration::from_millis(10))] {
        let rig = Rig::with(|settings| {
            settings.poll = poll;
            settings.quiet = Duration::from_millis(1);
        });
        let whole = rig.read(CHAPTER);
        let mut sound = BTreeSet::new();
        for number in 0..50 {
            let text = whole.replace("is next and", &format!("is number {number} and"));
            // In place: truncated, half of it, all of it.
            rig.write(CHAPTER, &text[..text.floor_char_boundary(text.len() / 2)]);
            rig.write(CHAPTER, &text);
            sound.insert(text);
        }
        let last = rig.read(CHAPTER);
        let of = |prepared: &Prepared| {
            let mut files = prepared.files.iter();
            let chapter = files.find(|(path, _)| path == "01-reception.toml");
            chapter.unwrap().1.clone()
        };
        loop {
            rig.until(Outcome::Applied);
            let installed = rig.memory.installed.lock().unwrap();
            if of(&installed.last().unwrap().1) == last {
                break;
            }
        }
        let installed = rig.memory.installed.lock().unwrap();
        for (_, prepared) in installed.iter().skip(1) {
            assert!(sound.contains(&of(prepared)), "{}", of(prepared));
        }
    }
}
