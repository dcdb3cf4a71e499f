//! Scenario files and the policies that they need: found and read on disk, each policy once, played on every core.

use crate::check::check;
use crate::files::{self, PolicyFiles, plain, shown};
use crate::finding::{Code, Finding, Place, Sources};
use crate::scenario::{self, Coverage, Header, Outcome, Played, Rulebook, Rulebooks, Story};
use crate::script::STACK;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

mod tale;

pub use tale::Tale;

/// Where policies are looked for by name, if nobody says otherwise.
pub const LIBRARY: &str = "policies";
/// Where scenarios are looked for, if nobody says otherwise.
pub const SCENARIOS: &str = "scenarios";

/// A policy that some scenario needs, or that was asked for.
pub struct Loaded {
    /// As it was asked for.
    pub name: String,
    /// Whether it was asked for by its name in the library.
    pub by_name: bool,
    /// Its folder, and those that it extends.
    pub folders: Vec<PathBuf>,
    /// The policy, if it can be used.
    pub book: Option<Rulebook>,
    /// What was found in its files.
    pub findings: Vec<Finding>,
}

/// A scenario file that was read.
pub struct ScenarioFile {
    /// Where it is.
    pub path: PathBuf,
    /// Number of the file among the sources.
    pub number: usize,
    /// Its policy, as an index of [`Suite::policies`].
    pub policy: Option<usize>,
    /// The policies that its steps put in force, by the words of the steps.
    later: Vec<(String, usize)>,
    tale: Arc<Tale>,
    findings: Vec<Finding>,
}

impl ScenarioFile {
    /// Policy and title, if it has both.
    pub fn header(&self) -> Option<&Header> {
        self.tale.header.as_ref()
    }
}

/// What a scenario file asks for by the name of its policy, and whether that is a path.
fn asked(file: &Path, name: &str) -> (String, bool) {
    let is_path = name.starts_with('.');
    match file.parent().filter(|_| is_path) {
        Some(folder) => (shown(&folder.join(name)), is_path),
        None => (name.to_string(), is_path),
    }
}

/// A path is read as one even if a policy of the library has that name.
fn path(asked: &str, is_path: bool) -> String {
    match is_path && !asked.contains('/') {
        true => format!("./{asked}"),
        false => asked.to_string(),
    }
}

/// A scenario file that was played, with its story if it could be read.
pub struct Result {
    /// What came of it.
    pub played: Played,
    /// What it told.
    pub story: Option<Story>,
}

/// Policies and scenarios, read.
pub struct Suite {
    /// Where policies are looked for by name.
    library: PathBuf,
    /// Everything that was read.
    pub sources: Sources,
    /// Policies, in the order in which they were first needed.
    pub policies: Vec<Loaded>,
    /// Scenario files, in order of path.
    pub files: Vec<ScenarioFile>,
    by_folder: BTreeMap<PathBuf, usize>,
}

impl Default for Suite {
    fn default() -> Suite {
        Suite::of(LIBRARY)
    }
}

impl Suite {
    /// Nothing is read yet; policies are found by name under that folder.
    pub fn of(library: impl Into<PathBuf>) -> Suite {
        Suite {
            library: library.into(),
            sources: Sources::default(),
            policies: Vec::new(),
            files: Vec::new(),
            by_folder: BTreeMap::new(),
        }
    }

    /// Reads a scenario file.
    ///
    /// # Errors
    ///
    /// If the disk says no.
    pub fn add_file(&mut self, path: &Path) -> io::Result<()> {
        self.add_tale(path, &Arc::new(Tale::read(path)?));
        Ok(())
    }

    /// Takes a scenario file that was read already.
    pub fn add_tale(&mut self, path: &Path, tale: &Arc<Tale>) {
        let number = self.sources.add(shown(path), tale.text.clone());
        self.files.push(ScenarioFile {
            path: path.to_owned(),
            number,
            policy: None,
            later: Vec::new(),
            findings: tale.findings(number),
            tale: Arc::clone(tale),
        });
    }

    /// Keeps the files whose path or title fits.
    pub fn keep(&mut self, fits: impl Fn(&str) -> bool) {
        let sources = &self.sources;
        self.files.retain(|file| {
            let title = file.header().map_or("", |header| header.title.as_str());
            fits(&sources.files[file.number].path) || fits(title)
        });
    }

    /// Reads the policies of all files.
    pub fn load_policies(&mut self) {
        for index in 0..self.files.len() {
            let file = &self.files[index];
            let Some(header) = file.header().cloned() else {
                continue;
            };
            self.files[index].policy = self.policy_of(index, &header.policy, &header.policy_at);
            for (name, at) in header.changes {
                if let Some(policy) = self.policy_of(index, &name, &at) {
                    self.files[index].later.push((name, policy));
                }
            }
        }
    }

    /// The policy that a file names; a finding if there is none.
    fn policy_of(&mut self, index: usize, name: &str, at: &Range<usize>) -> Option<usize> {
        let file = &self.files[index];
        let (asked, is_path) = asked(&file.path, name);
        let place = Place {
            file: file.number,
            span: at.clone(),
        };
        let found = self.add_policy(&asked, is_path);
        let finding = |error: files::FilesError| {
            Finding::new(
                Code::ScenarioUnknownPolicy,
                error.to_string(),
                place,
                "not found",
            )
        };
        found
            .map_err(|error| self.files[index].findings.push(finding(error)))
            .ok()
    }

    /// Keeps the files that are about a policy, and those of which nobody can say what they are about.
    pub fn keep_those_of(&mut self, policy: usize) {
        let own = self.policies[policy].folders.first().map(|it| plain(it));
        let library = &self.library;
        self.files.retain(|file| {
            let Some(header) = file.header() else {
                return true;
            };
            let (asked, is_path) = asked(&file.path, &header.policy);
            let folder = files::find(library, &path(&asked, is_path)).map(|it| plain(&it));
            folder.is_none() || folder == own
        });
    }

    /// The folders of every policy of a file.
    pub fn folders(&self, file: &ScenarioFile) -> Vec<PathBuf> {
        let later = file.later.iter().map(|(_, policy)| *policy);
        let all = file.policy.into_iter().chain(later);
        all.flat_map(|policy| self.policies[policy].folders.clone())
            .collect()
    }

    /// Reads and checks a policy, unless it has been already; its index.
    ///
    /// # Errors
    ///
    /// If there is no such policy, or the disk says no.
    pub fn add_policy(
        &mut self,
        asked: &str,
        is_path: bool,
    ) -> std::result::Result<usize, files::FilesError> {
        let path = path(asked, is_path);
        let found = files::find(&self.library, &path).map(|folder| plain(&folder));
        if let Some(known) = found.and_then(|folder| self.by_folder.get(&folder)) {
            return Ok(*known);
        }
        let files = files::load_policy(&self.library, &path)?;
        Ok(self.put_policy(asked, &files))
    }

    /// Checks a policy that was read already, unless one of that folder has been; its index.
    pub fn put_policy(&mut self, asked: &str, files: &PolicyFiles) -> usize {
        let folders: Vec<PathBuf> = files
            .layers
            .iter()
            .map(|layer| layer.root.clone())
            .collect();
        let key = folders
            .first()
            .map(|folder| plain(folder))
            .unwrap_or_default();
        if let Some(known) = self.by_folder.get(&key) {
            return *known;
        }
        let (policy, findings) = check(files, &mut self.sources);
        self.policies.push(Loaded {
            name: asked.to_string(),
            by_name: key.parent() == Some(&plain(&self.library)),
            folders,
            book: policy.map(Rulebook::new),
            findings,
        });
        self.by_folder.insert(key, self.policies.len() - 1);
        self.policies.len() - 1
    }

    /// Plays every file, on every core; the results are in the order of the files.
    pub fn play(&self, windows: bool) -> Vec<Result> {
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result)>> = Mutex::new(Vec::new());
        let cores = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(self.files.len().max(1));
        let work = || {
            while let Some(file) = self.files.get(next.fetch_add(1, Ordering::Relaxed)) {
                let result = self.play_one(file, windows);
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.push((file.number, result));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..cores {
                let worker = std::thread::Builder::new().stack_size(STACK);
                // Where the system gives no more threads, this one does the work.
                if worker.spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(number, _)| *number);
        done.into_iter().map(|(_, result)| result).collect()
    }

    fn play_one(&self, file: &ScenarioFile, windows: bool) -> Result {
        let path = self.sources.files[file.number].path.clone();
        let title = file
            .header()
            .map_or_else(|| path.clone(), |header| header.title.clone());
        let (outcome, story) = self.outcome(file, windows);
        Result {
            played: Played {
                path,
                title,
                outcome,
            },
            story,
        }
    }

    /// The policies of a file, if all of them load.
    pub fn books(&self, file: &ScenarioFile) -> Option<Rulebooks<'_>> {
        let first = self.policies[file.policy?].book.as_ref()?;
        let later = file
            .later
            .iter()
            .map(|(name, policy)| Some((name.clone(), self.policies[*policy].book.as_ref()?)));
        Some(Rulebooks {
            first,
            later: later.collect::<Option<_>>()?,
        })
    }

    /// The story of a file with its policies, or what is wrong with it; nothing is said of policies that do not load.
    pub fn story(
        &self,
        file: &ScenarioFile,
    ) -> std::result::Result<(Story, Rulebooks<'_>), Vec<Finding>> {
        let books = self.books(file).ok_or_else(|| file.findings.clone())?;
        let title = file.header().map_or("", |header| header.title.as_str());
        let (story, more) = scenario::story(file.number, &file.tale.root, title, &books);
        match story.filter(|_| file.findings.is_empty()) {
            Some(story) => Ok((story, books)),
            None => Err(file.findings.iter().cloned().chain(more).collect()),
        }
    }

    fn outcome(&self, file: &ScenarioFile, windows: bool) -> (Option<Outcome>, Option<Story>) {
        match self.story(file) {
            Ok((story, books)) => (Some(scenario::run(&story, &books, windows)), Some(story)),
            // Its policy does not load.
            Err(findings) if findings.is_empty() => (None, None),
            Err(findings) => {
                let outcome = Outcome {
                    findings,
                    ..Outcome::default()
                };
                (Some(outcome), None)
            }
        }
    }

    /// What the scenarios touch of each policy of the library.
    pub fn coverage(&self, results: &[Result]) -> Vec<(usize, Coverage)> {
        let mut all: BTreeMap<usize, Coverage> = BTreeMap::new();
        for (file, result) in self.files.iter().zip(results) {
            let index = file.policy.filter(|index| {
                self.policies[*index].by_name && self.policies[*index].book.is_some()
            });
            if let (Some(index), Some(outcome)) = (index, &result.played.outcome) {
                all.entry(index).or_default().add(outcome);
            }
        }
        all.into_iter().collect()
    }
}
