//! The files under a folder, however deep: hidden ones left out, links followed, circles of links not.

use super::TITLE_PAGE;
use super::plain;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// How deep folders are searched.
const DEPTH: usize = 32;
/// How many folders are looked into: links may lead to more of them than anybody has.
const MOST_FOLDERS: usize = 10_000;

/// What to do where a folder or file cannot be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Stop: somebody asked for all of it.
    Fails,
    /// Go on if it went away while it was read: then it is not there.
    IsNotThere,
    /// Go on: what can be seen is enough.
    IsNoMatter,
}

/// Every file under a folder of which `counts` says yes, in order of path; `enter` says which folders are looked into.
///
/// # Errors
///
/// If a folder cannot be read and that matters, or there are more folders than anybody has.
pub fn files_under(
    folder: &Path,
    missing: Missing,
    enter: &dyn Fn(&Path) -> bool,
    counts: &dyn Fn(&str) -> bool,
) -> io::Result<Vec<PathBuf>> {
    let mut walk = Walk {
        missing,
        enter,
        counts,
        above: Vec::new(),
        folders: 0,
        found: Vec::new(),
    };
    walk.folder(folder)?;
    walk.found.sort();
    Ok(walk.found)
}

/// The scenario files under a path, in order: a file is itself; in a folder every `*.toml` that is no title page.
///
/// # Errors
///
/// If there is no such path, or part of it cannot be read.
pub fn scenarios_under(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        fs::metadata(path)?;
        return Ok(vec![plain(path)]);
    }
    let no_scripts = |folder: &Path| {
        let policy = folder.parent().map(|policy| policy.join(TITLE_PAGE));
        !(folder.ends_with("scripts") && policy.is_some_and(|page| page.is_file()))
    };
    let counts = |name: &str| name.ends_with(".toml") && name != TITLE_PAGE;
    files_under(path, Missing::Fails, &no_scripts, &counts)
}

struct Walk<'a> {
    missing: Missing,
    enter: &'a dyn Fn(&Path) -> bool,
    counts: &'a dyn Fn(&str) -> bool,
    /// The true paths of the folders that this one is in.
    above: Vec<PathBuf>,
    folders: usize,
    found: Vec<PathBuf>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let Some(here) = self.or_missing(fs::canonicalize(folder))? else {
            return Ok(());
        };
        if self.above.contains(&here) || self.above.len() > DEPTH {
            return Ok(());
        }
        self.folders += 1;
        if self.folders > MOST_FOLDERS {
            return Err(io::Error::other(format!(
                "there are more than {MOST_FOLDERS} folders here"
            )));
        }
        let Some(entries) = self.or_missing(fs::read_dir(folder))? else {
            return Ok(());
        };
        self.above.push(here);
        for entry in entries {
            let Some(entry) = self.or_missing(entry)? else {
                continue;
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(['.', '#', '~']) {
                continue;
            }
            let Some(kind) = self.or_missing(entry.file_type())? else {
                continue;
            };
            let path = plain(&entry.path());
            if kind.is_dir() || kind.is_symlink() && path.is_dir() {
                if (self.enter)(&path) {
                    self.folder(&path)?;
                }
            } else if (self.counts)(&name) {
                self.found.push(path);
            }
        }
        self.above.pop();
        Ok(())
    }

    fn or_missing<T>(&self, result: io::Result<T>) -> io::Result<Option<T>> {
        match (result, self.missing) {
            (Ok(value), _) => Ok(Some(value)),
            (Err(_), Missing::IsNoMatter) => Ok(None),
            (Err(error), Missing::IsNotThere) if error.kind() == io::ErrorKind::NotFound => {
                Ok(None)
            }
            (Err(error), _) => Err(error),
        }
    }
}
