//! A copy of a data file while a server goes on writing to it.

use super::error::{At, Result, StoreError, Trouble};
use super::open::{publish, remove};
use super::{Reader, open};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::path::{Path, PathBuf};

impl Reader {
    /// Copies the file as it is at this moment. What is committed meanwhile is not in the copy; what was before is,
    /// whole. The copy is one file, and is there under its name only when it is finished.
    ///
    /// # Errors
    ///
    /// About the copy, if it is there already or cannot be written; about this file, if it cannot be read.
    pub fn backup(&self, to: &Path) -> Result<()> {
        if to.try_exists().at(to)? {
            return Err(StoreError::new(to, Trouble::Taken));
        }
        let new = unfinished(to)?;
        let copied = self.copy(&new).and_then(|()| publish(&new, to));
        if copied.is_err() {
            remove(&new)?;
        }
        copied
    }

    /// Copies all pages in one transaction: page by page, every commit of a server would begin the copy anew.
    fn copy(&self, new: &Path) -> Result<()> {
        let mut copy = Connection::open(new).at(new)?;
        let backup = Backup::new(&self.db, &mut copy).at(new)?;
        let step = backup.step(-1);
        drop(backup);
        match step.at(new)? {
            StepResult::Done => {}
            _ => return Err(StoreError::new(&self.path, Trouble::Busy)),
        }
        // Without a log beside it, the copy is read where nothing can be written.
        let settle = |pragma| copy.query_row(pragma, (), |_| Ok(()));
        settle("PRAGMA journal_mode = DELETE").at(new)?;
        copy.close().map_err(|(_, error)| error).at(new)
    }
}

/// A name beside the copy that nobody else uses, even if two copies to one name are made at once.
fn unfinished(to: &Path) -> Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| {
        let what = format!("no random numbers: {error}");
        StoreError::new(to, Trouble::Failed(what))
    })?;
    let number = u64::from_be_bytes(random);
    Ok(open::beside(to, &format!(".{number:016x}.new")))
}
