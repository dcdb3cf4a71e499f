//! Scenario files and the policies that they need: found and read on disk, each policy once, played on every core.

use super::edge::STACK;
use crate::check::check;
use crate::files::{self, MAX_FILE};
use crate::finding::{Code, Finding, Place, Sources};
use crate::scenario::{self, Coverage, Header, Node, Outcome, Played, Rulebook, Rulebooks, Story};
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

pub use super::library::POLICIES as LIBRARY;

/// Where scenarios are looked for.
pub const SCENARIOS: &str = "scenarios";
/// The file that makes a folder a policy.
const TITLE_PAGE: &str = "policy.toml";
/// How deep folders are searched.
const DEPTH: usize = 32;

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
    /// Policy and title, if it has both.
    pub header: Option<Header>,
    /// Its policy, as an index of [`Suite::policies`].
    pub policy: Option<usize>,
    /// The policies that its steps put in force, by the words of the steps.
    later: Vec<(String, usize)>,
    root: Node,
    findings: Vec<Finding>,
}

/// A scenario file that was played, with its story if it could be read.
pub struct Result {
    /// What came of it.
    pub played: Played,
    /// What it told.
    pub story: Option<Story>,
}

/// Policies and scenarios, read.
#[derive(Default)]
pub struct Suite {
    /// Everything that was read.
    pub sources: Sources,
    /// Policies, in the order in which they were first needed.
    pub policies: Vec<Loaded>,
    /// Scenario files, in order of path.
    pub files: Vec<ScenarioFile>,
    by_folder: BTreeMap<PathBuf, usize>,
}

/// A path as people read it: with `/`, without `./` in front.
pub fn shown(path: &Path) -> String {
    let parts: Vec<_> = plain(path)
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/").replacen("//", "/", 1)
}

/// A path without its `.` parts, and without folders that it leaves again.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        let inside = matches!(plain.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::CurDir => {}
            Component::ParentDir if inside => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    match plain.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => plain,
    }
}

/// The scenario files under a path, in order: a file is itself; in a folder every `*.toml` that is no title page.
pub fn scenarios_under(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if path.is_dir() {
        walk(path, DEPTH, &mut found)?;
        found.sort();
    } else {
        fs::metadata(path)?;
        found.push(plain(path));
    }
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let is_policy = folder.join(TITLE_PAGE).is_file();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = plain(&entry.path());
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(['.', '#', '~']) || entry.file_type()?.is_symlink() && path.is_dir() {
            continue;
        }
        if path.is_dir() {
            if depth > 0 && !(is_policy && name == "scripts") {
                walk(&path, depth - 1, found)?;
            }
        } else if name.ends_with(".toml") && name != TITLE_PAGE {
            found.push(path);
        }
    }
    Ok(())
}

impl Suite {
    /// Reads a scenario file, and its policy if that has not been read yet.
    pub fn add_file(&mut self, path: &Path) -> io::Result<()> {
        let (text, fault) = read_text(path)?;
        let number = self.sources.add(shown(path), text);
        let mut findings: Vec<Finding> = fault
            .map(|fault| fault.finding(number))
            .into_iter()
            .collect();
        let (root, syntax) = scenario::parse(number, &self.sources.files[number].text);
        findings.extend(syntax);
        let (header, more) = scenario::header(number, &root);
        if findings.is_empty() {
            findings.extend(more);
        }
        self.files.push(ScenarioFile {
            path: path.to_owned(),
            number,
            header,
            policy: None,
            later: Vec::new(),
            root,
            findings,
        });
        Ok(())
    }

    /// Keeps the files whose path or title fits.
    pub fn keep(&mut self, fits: impl Fn(&str) -> bool) {
        let sources = &self.sources;
        self.files.retain(|file| {
            let title = file
                .header
                .as_ref()
                .map_or("", |header| header.title.as_str());
            fits(&sources.files[file.number].path) || fits(title)
        });
    }

    /// Reads the policies of all files.
    pub fn load_policies(&mut self) {
        for index in 0..self.files.len() {
            let file = &self.files[index];
            let Some(header) = file.header.clone() else {
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
        let is_path = name.starts_with('.');
        let asked = match file.path.parent().filter(|_| is_path) {
            Some(folder) => shown(&folder.join(name)),
            None => name.to_string(),
        };
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

    /// The folders of every policy of a file.
    pub fn folders(&self, file: &ScenarioFile) -> Vec<PathBuf> {
        let later = file.later.iter().map(|(_, policy)| *policy);
        let all = file.policy.into_iter().chain(later);
        all.flat_map(|policy| self.policies[policy].folders.clone())
            .collect()
    }

    /// Reads and checks a policy, unless it has been already; its index.
    pub fn add_policy(
        &mut self,
        asked: &str,
        is_path: bool,
    ) -> std::result::Result<usize, files::FilesError> {
        // A path is read as one even if a policy of the library has that name.
        let path = if is_path && !asked.contains('/') {
            format!("./{asked}")
        } else {
            asked.to_string()
        };
        let files = files::load_policy(Path::new(LIBRARY), &path)?;
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
            return Ok(*known);
        }
        let (policy, findings) = check(&files, &mut self.sources);
        self.policies.push(Loaded {
            name: asked.to_string(),
            by_name: key.parent() == Some(Path::new(LIBRARY)),
            folders,
            book: policy.map(Rulebook::new),
            findings,
        });
        self.by_folder.insert(key, self.policies.len() - 1);
        Ok(self.policies.len() - 1)
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
            .header
            .as_ref()
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
        let title = file
            .header
            .as_ref()
            .map_or("", |header| header.title.as_str());
        let (story, more) = scenario::story(file.number, &file.root, title, &books);
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

/// What is wrong with the bytes of a file.
struct Unreadable {
    code: Code,
    message: String,
    at: usize,
}

impl Unreadable {
    fn finding(self, file: usize) -> Finding {
        let place = Place {
            file,
            span: self.at..self.at,
        };
        Finding::new(self.code, self.message, place, "here")
    }
}

/// The text of a file; what is not text in it, and what is too much of it, is left out and said.
fn read_text(path: &Path) -> io::Result<(String, Option<Unreadable>)> {
    let file = fs::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        let fault = Unreadable {
            code: Code::FileTooLarge,
            message: format!("this file is larger than {MAX_FILE} bytes"),
            at: 0,
        };
        return Ok((String::new(), Some(fault)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, None)),
        Err(error) => {
            let fault = Unreadable {
                code: Code::NotUtf8,
                message: "this file is not UTF-8 from here on".into(),
                at: error.utf8_error().valid_up_to(),
            };
            Ok((
                String::from_utf8_lossy(error.as_bytes()).into_owned(),
                Some(fault),
            ))
        }
    }
}
