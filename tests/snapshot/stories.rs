//! Every shipped scenario, saved and loaded after each of its events: whatever a clause needs to know comes back.

use crate::{Printed, Shelf, again, saved};
use panke::finding::Sources;
use panke::replay::{Around, Office};
use panke::scenario::{self, Rulebook, Rulebooks, Story};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Policies by the folders in which they stand.
#[derive(Default)]
struct Books(BTreeMap<PathBuf, Rulebook>);

impl Books {
    /// The folder of a policy, as a scenario of a folder names it.
    fn folder(scenario: &Path, name: &str) -> PathBuf {
        let folder = match name.strip_prefix('.') {
            Some(_) => scenario.parent().expect("a file is in a folder").join(name),
            None => root("policies").join(name),
        };
        folder.canonicalize().expect("the policy is there")
    }

    /// Reads a policy, unless it was read before.
    fn read(&mut self, folder: &Path) {
        if !self.0.contains_key(folder) {
            let name = folder.to_string_lossy();
            let files = panke::files::load_policy(&root("policies"), &name);
            let files = files.expect("the policy can be read");
            let (policy, findings) = panke::check::check(&files, &mut Sources::default());
            let policy = policy.unwrap_or_else(|| panic!("{findings:#?}"));
            self.0.insert(folder.to_owned(), Rulebook::new(policy));
        }
    }
}

fn root(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// Scenario files under a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be listed") {
        let path = entry.expect("a folder can be listed").path();
        let is_policy = path.join("policy.toml").exists();
        if path.is_dir() && !is_policy {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "toml") {
            found.push(path);
        }
    }
}

/// Plays a story in one go and cut after each event, and says how many there were.
fn compare(story: &Story, books: &Rulebooks<'_>) -> usize {
    let mut shelf = Shelf::default();
    shelf.add(&books.first.policy);
    books
        .later
        .values()
        .for_each(|book| shelf.add(&book.policy));
    let play = |cuts: bool| {
        let mut office = Office::new(books.first.policy.clone());
        let events = story
            .events(books, office.ids_mut())
            .expect("a sound story");
        let mut past: Vec<String> = events.iter().map(|staged| staged.line.clone()).collect();
        let mut told = Printed::default();
        for staged in &events {
            let mut around = Around {
                library: books,
                past: &mut past,
            };
            let line = staged.line.as_bytes();
            let taken = office.take(&staged.event, line, &mut around, &mut told);
            taken.expect("a story is in order of time");
            if cuts {
                let state = again(office.state(), &shelf);
                office = Office::with_state(state).begun_under(books.first.policy.clone());
            }
        }
        let state = office.state().clone();
        (events.len(), told.0, state)
    };
    let (whole, cut) = (play(false), play(true));
    assert_eq!(whole.1, cut.1, "{}", story.title);
    assert_eq!(whole.2.report(), cut.2.report(), "{}", story.title);
    assert!(saved(&whole.2) == saved(&cut.2), "{}", story.title);
    whole.0
}

#[test]
fn every_scenario_goes_on_after_each_of_its_events() {
    let mut found = Vec::new();
    files(&root("scenarios"), &mut found);
    found.sort();
    let mut books = Books::default();
    let mut events = 0;
    for path in &found {
        let text = fs::read_to_string(path).expect("a scenario can be read");
        let (root, findings) = scenario::parse(0, &text);
        assert!(findings.is_empty(), "{findings:#?}");
        let header = scenario::header(0, &root).0.expect("policy and title");
        let named = |name: &str| Books::folder(path, name);
        books.read(&named(&header.policy));
        for (name, _) in &header.changes {
            books.read(&named(name));
        }
        let later = header.changes.iter();
        let later = later.map(|(name, _)| (name.clone(), &books.0[&named(name)]));
        let books = Rulebooks {
            first: &books.0[&named(&header.policy)],
            later: later.collect(),
        };
        let (story, findings) = scenario::story(0, &root, &header.title, &books);
        let story = story.unwrap_or_else(|| panic!("{findings:#?}"));
        events += compare(&story, &books);
    }
    assert!(
        found.len() > 500 && events > 5000,
        "{} files, {events} events",
        found.len()
    );
}
