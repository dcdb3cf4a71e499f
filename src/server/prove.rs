//! A policy folder beside the one in force: read as one save left it, checked, and proved by its own scenarios.
//!
//! Its own scenarios are the files under `<scenarios>/<policy>/` that name it, and those inside its folder. What did not
//! change is neither read nor parsed again.

use super::prepared::{Failure, Found, Played, Prepared};
use crate::files::{self, FilesError, Missing, PolicyFiles, files_under, plain, read_text};
use crate::finding::{Finding, Severity, Sources};
use crate::print::{Look, scenarios};
use crate::scenario;
use crate::suite::{self, Suite, Tale};
use crate::watching::{Contents, Digests};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often a folder is read until two readings agree.
const MOST_READINGS: u32 = 20;
/// How long to wait between two readings that did not.
const PAUSE: Duration = Duration::from_millis(3);
/// How many failed scenarios are told.
const MOST_FAILURES: usize = 20;
/// How many findings are told.
const MOST_FINDINGS: usize = 100;
/// How many bytes are told of a failed scenario.
const MOST_TEXT: usize = 4096;

/// What stands in the way of a reload besides what is written in a policy.
pub mod code {
    /// The folder of a policy is gone.
    pub const GONE: &str = "policy-folder-gone";
    /// The disk does not give it.
    pub const UNREADABLE: &str = "policy-unreadable";
    /// It never stays the same long enough to be read.
    pub const RESTLESS: &str = "policy-keeps-changing";
    /// No scenario says anything of it.
    pub const UNPROVED: &str = "policy-without-scenarios";
    /// It was proved, and could not be put in force.
    pub const NOT_INSTALLED: &str = "policy-not-installed";
}

/// What came of proving a policy.
#[derive(Debug)]
pub struct Proof {
    /// What was found.
    pub findings: Vec<Found>,
    /// How its scenarios went.
    pub scenarios: Played,
    /// The policy, if it is sound and its scenarios say so.
    pub prepared: Option<Arc<Prepared>>,
}

/// Reads and proves policies.
pub struct Prover {
    library: PathBuf,
    scenarios: PathBuf,
    contents: Contents,
    digests: Digests,
    tales: BTreeMap<PathBuf, ([u8; 32], Arc<Tale>)>,
}

impl Prover {
    /// Nothing is read yet.
    pub fn new(library: PathBuf, scenarios: PathBuf) -> Prover {
        Prover {
            library: plain(&library),
            scenarios: plain(&scenarios),
            contents: Contents::default(),
            digests: Digests::new(),
            tales: BTreeMap::new(),
        }
    }

    /// Looks at what the folders of these policies and of their scenarios hold now.
    pub fn look<'p>(&mut self, policies: impl Iterator<Item = &'p String>) {
        let folders = [&self.scenarios, &self.library];
        let roots: BTreeSet<PathBuf> = policies
            .flat_map(|policy| folders.map(|folder| folder.join(policy)))
            .collect();
        let roots: Vec<PathBuf> = roots.into_iter().collect();
        if self.contents.look(&roots) {
            self.digests = self.contents.digests();
            let digests = &self.digests;
            self.tales.retain(|path, _| digests.contains_key(path));
        }
    }

    /// Where a policy is.
    pub fn folder(&self, policy: &str) -> PathBuf {
        self.library.join(policy)
    }

    /// The names of the policies that there are.
    pub fn policies(&self) -> Vec<String> {
        files::policies_in(&self.library)
    }

    /// The digest of everything that could be a scenario of a policy, as it was when it was looked at.
    pub fn scenarios_of(&self, policy: &str) -> [u8; 32] {
        let folders = [self.scenarios.join(policy), self.library.join(policy)];
        let mut hash = Sha256::new();
        for (path, digest) in &self.digests {
            if folders.iter().any(|folder| path.starts_with(folder)) {
                hash.update(path.as_os_str().as_encoded_bytes());
                hash.update(digest);
            }
        }
        hash.finalize().into()
    }

    /// Reads a policy's folder until two readings agree, so that no file is half of one save and half of the next.
    /// With `patient`, one that cannot be read may be put back in a moment: a save that moves the whole folder.
    pub fn read(&self, policy: &str, patient: bool) -> Result<PolicyFiles, Box<Found>> {
        let mut before = self.reading(policy);
        for _ in 1..MOST_READINGS {
            let now = self.reading(policy);
            match (&before, &now) {
                (Ok(one), Ok(two)) if one.digest == two.digest => return now,
                (Err(_), Err(_)) if !patient => return now,
                _ => pause(),
            }
            before = now;
        }
        before.and_then(|_| {
            let message = "the folder never held the same for two readings";
            let folder = self.library.join(policy);
            Err(Box::new(about(code::RESTLESS, &folder, message)))
        })
    }

    fn reading(&self, policy: &str) -> Result<PolicyFiles, Box<Found>> {
        let folder = self.library.join(policy);
        // A folder of the library and nothing else: not one of the working directory that happens to have that name.
        files::load_policy(&self.library, &path_of(&folder)).map_err(|error| {
            Box::new(match error {
                FilesError::NotFound { .. } => {
                    about(code::GONE, &folder, "the folder of this policy is gone")
                }
                FilesError::Io { ref path, .. } => {
                    about(code::UNREADABLE, path, &error.to_string())
                }
            })
        })
    }

    /// Checks a policy that was read and plays its own scenarios.
    pub fn prove(&mut self, policy: &str, files: &PolicyFiles) -> Proof {
        let mut suite = Suite::of(&self.library);
        let index = suite.put_policy(&path_of(&self.library.join(policy)), files);
        let loaded = &suite.policies[index];
        let mut findings = told(&loaded.findings, &suite.sources);
        if loaded.book.is_none() {
            findings.truncate(MOST_FINDINGS);
            return Proof {
                findings,
                scenarios: Played::default(),
                prepared: None,
            };
        }
        let unreadable = self.add_scenarios(policy, &mut suite);
        suite.keep_those_of(index);
        suite.load_policies();
        let results = suite.play(false);
        let scenarios = played(&suite, &results);
        for outcome in results.iter().filter_map(|it| it.played.outcome.as_ref()) {
            findings.extend(told(&outcome.findings, &suite.sources));
        }
        findings.extend(of_later_policies(&suite, index));
        if results.is_empty() {
            let message = "no scenario names this policy: nothing but `check` proves it";
            let mut found = about(code::UNPROVED, &self.scenarios.join(policy), message);
            found.severity = "warning".into();
            findings.push(found);
        }
        let sound = scenarios.failed == 0 && unreadable.is_empty();
        findings.extend(unreadable);
        findings.truncate(MOST_FINDINGS);
        let book = suite.policies.swap_remove(index).book;
        let prepared = book.filter(|_| sound).map(|book| {
            Arc::new(Prepared {
                name: book.policy.name.clone(),
                digest: files.digest.clone(),
                files: files.to_memory(),
                policy: book.policy,
            })
        });
        Proof {
            findings,
            scenarios,
            prepared,
        }
    }

    /// Adds every file that could be a scenario of a policy; what could not be read comes back.
    fn add_scenarios(&mut self, policy: &str, suite: &mut Suite) -> Vec<Found> {
        let mut unreadable = Vec::new();
        let (outside, inside) = (self.scenarios.join(policy), self.library.join(policy));
        for (folder, own) in [(outside, false), (inside, true)] {
            let counts = |name: &str| name.ends_with(".toml") && name != files::TITLE_PAGE;
            let enter = |path: &Path| !(own && path.ends_with("scripts"));
            let paths = match files_under(&folder, Missing::IsNotThere, &enter, &counts) {
                Ok(paths) => paths,
                Err(error) => {
                    unreadable.push(about(code::UNREADABLE, &folder, &error.to_string()));
                    continue;
                }
            };
            for path in paths {
                match self.tale(&path) {
                    // Chapters of the policy stand there too.
                    Ok(tale) if own && tale.root.get("policy").is_none() => {}
                    Ok(tale) => suite.add_tale(&path, &tale),
                    // It went away while the folder was read: the next round sees what came instead.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => {
                        unreadable.push(about(code::UNREADABLE, &path, &error.to_string()));
                    }
                }
            }
        }
        unreadable
    }

    /// A scenario file as it is now, parsed once for each thing that it ever held.
    fn tale(&mut self, path: &Path) -> io::Result<Arc<Tale>> {
        let now = self.digests.get(path);
        if let Some((digest, tale)) = self.tales.get(path)
            && now == Some(digest)
        {
            return Ok(Arc::clone(tale));
        }
        let (text, fault) = read_text(path)?;
        let digest = Sha256::digest(text.as_bytes()).into();
        let tale = Arc::new(Tale::of(text, fault));
        self.tales
            .insert(path.to_owned(), (digest, Arc::clone(&tale)));
        Ok(tale)
    }
}

/// A path that is read as one, even where it looks like a name.
fn path_of(folder: &Path) -> String {
    let path = folder.to_string_lossy().into_owned();
    match path.contains('/') {
        true => path,
        false => format!("./{path}"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing tells when somebody has put a folder back; this waits a moment, off the path of any decision"
)]
fn pause() {
    std::thread::sleep(PAUSE);
}

/// Something that is wrong with a path, not with what is written there.
pub fn about(code: &str, path: &Path, message: &str) -> Found {
    Found {
        code: code.into(),
        severity: "error".into(),
        message: message.into(),
        path: Some(files::shown(path)),
        line: None,
        column: None,
        help: None,
    }
}

/// What is wrong with the policies that steps of the scenarios put in force: their scenarios cannot be played.
fn of_later_policies(suite: &Suite, own: usize) -> Vec<Found> {
    let later = suite
        .policies
        .iter()
        .enumerate()
        .filter(|(index, loaded)| *index != own && loaded.book.is_none());
    later
        .flat_map(|(_, loaded)| told(&loaded.findings, &suite.sources))
        .collect()
}

fn told(findings: &[Finding], sources: &Sources) -> Vec<Found> {
    let found = |finding: &Finding| {
        let place = finding.place.as_ref();
        let at = place.map(|place| sources.line_column(place));
        Found {
            code: finding.code.word().into(),
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            }
            .into(),
            message: finding.message.clone(),
            path: place.map(|place| sources.files[place.file].path.clone()),
            line: at.map(|(line, _)| line),
            column: at.map(|(_, column)| column),
            help: finding.help.clone(),
        }
    };
    findings.iter().take(MOST_FINDINGS).map(found).collect()
}

fn played(suite: &Suite, results: &[suite::Result]) -> Played {
    let mut told = Played::default();
    for result in results {
        if result.played.passed() {
            told.passed += 1;
            continue;
        }
        told.failed += 1;
        if told.failures.len() < MOST_FAILURES {
            told.failures.push(failure(&suite.sources, &result.played));
        }
    }
    told
}

fn failure(sources: &Sources, played: &scenario::Played) -> Failure {
    let mut text = Vec::new();
    scenarios::file(&mut text, Look::PLAIN, sources, played).expect("memory takes what is written");
    let mut text = String::from_utf8_lossy(&text).into_owned();
    text.truncate(text.floor_char_boundary(MOST_TEXT));
    Failure {
        path: played.path.clone(),
        title: played.title.clone(),
        text,
    }
}
