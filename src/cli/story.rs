//! A scenario file replayed: its story as a journal, under the policies that it names.

use super::library::{Folder, Refused};
use crate::finding::Finding;
use crate::policy::Policy;
use crate::replay::Library;
use crate::suite::Suite;
use std::path::Path;
use std::sync::Arc;

/// A story, ready to be replayed.
pub struct Telling {
    /// One event a line.
    pub journal: String,
    /// The policy that it begins under, then those that its steps put in force.
    pub policies: Vec<Arc<Policy>>,
    /// How many of its events its steps expect to be impossible.
    pub impossible: u64,
}

/// Reads a scenario file with its policies.
pub fn read(path: &Path) -> Result<Telling, Refused> {
    let mut suite = Suite::default();
    suite.add_file(path).map_err(|error| {
        Refused::Unreadable(format!("{}: cannot be read: {error}", path.display()))
    })?;
    suite.load_policies();
    let told = suite.files.first().map(|file| suite.story(file));
    match told {
        Some(Ok((story, books))) => {
            let books_of = [books.first]
                .into_iter()
                .chain(books.later.values().copied());
            Ok(Telling {
                journal: story.journal(&books),
                policies: books_of.map(|book| book.policy.clone()).collect(),
                impossible: story.impossible(),
            })
        }
        Some(Err(found)) => {
            let unsound = suite
                .policies
                .iter()
                .flat_map(|loaded| loaded.findings.clone());
            let findings: Vec<Finding> = unsound.chain(found).collect();
            Err(Refused::Unsound(suite.sources, findings))
        }
        None => Err(Refused::Unreadable(format!(
            "{}: nothing was read",
            path.display()
        ))),
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
