//! A scenario file replayed: its story as a journal, under the policies that it names.

use super::library::{Folder, Refused};
use super::suite::Suite;
use crate::base::time::Instant;
use crate::finding::{Finding, Severity};
use crate::policy::Policy;
use crate::replay::Library;
use std::path::Path;
use std::sync::Arc;

/// A story, ready to be replayed.
pub struct Telling {
    /// One event a line.
    pub journal: String,
    /// The policy that it begins under, then those that its steps put in force.
    pub policies: Vec<Arc<Policy>>,
    /// When its last step is.
    pub until: Option<Instant>,
    /// Whether everything in it happens as its steps expect, impossible events included.
    pub passes: bool,
}

/// Reads a scenario file with its policies.
pub fn read(path: &Path) -> Result<Telling, Refused> {
    let mut suite = Suite::default();
    suite.add_file(path).map_err(|error| {
        Refused::Unreadable(format!("{}: cannot be read: {error}", path.display()))
    })?;
    suite.load_policies();
    let results = suite.play(false);
    let first = suite.files.first().zip(results.first());
    let told = first.and_then(|(file, result)| {
        Some((suite.books(file)?, result.story.as_ref()?, &result.played))
    });
    match told {
        Some((books, story, played)) => Ok(Telling {
            journal: story.journal(&books),
            policies: [books.first]
                .into_iter()
                .chain(books.later.values().copied())
                .map(|book| book.policy.clone())
                .collect(),
            until: story.steps.last().map(|step| step.at),
            passes: played.passed(),
        }),
        None => {
            let of_policies = suite
                .policies
                .iter()
                .flat_map(|loaded| loaded.findings.clone());
            let of_file = results
                .iter()
                .filter_map(|result| result.played.outcome.as_ref());
            let findings = of_policies.chain(of_file.flat_map(|outcome| outcome.findings.clone()));
            let errors: Vec<Finding> = findings
                .filter(|finding| finding.severity == Severity::Error)
                .collect();
            Err(Refused::Unsound(suite.sources, errors))
        }
    }
}

/// The policies of a story, and behind them those of a folder.
#[derive(Default)]
pub struct Shelf {
    /// Found by name and digest.
    pub policies: Vec<Arc<Policy>>,
    /// Where the others are looked for.
    pub folder: Folder,
}

impl Library for Shelf {
    fn find(
        &self,
        name: &str,
        digest: &str,
        files: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        let here = self
            .policies
            .iter()
            .find(|policy| policy.name == name && policy.digest == digest);
        match here.filter(|_| files.is_none()) {
            Some(policy) => Ok(policy.clone()),
            None => self.folder.find(name, digest, files),
        }
    }
}
