//! Connections that read the store, lent to whoever reads entries: a connection serves one at a time.

use crate::store::{Reader, Store};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Connections at rest.
pub struct Readers {
    rest: Mutex<Vec<Store>>,
    file: PathBuf,
}

/// How many connections rest at most; others are closed.
const MOST_AT_REST: usize = 8;

impl Readers {
    /// Lends connections to a data file that the server holds.
    pub fn new(file: &Path) -> Readers {
        Readers {
            rest: Mutex::new(Vec::new()),
            file: file.to_owned(),
        }
    }

    /// Reads with a connection of its own; to be called where waiting holds nobody up.
    ///
    /// # Errors
    ///
    /// A sentence: the store cannot be read.
    pub fn with<T>(&self, read: impl FnOnce(&Reader) -> Result<T, String>) -> Result<T, String> {
        let rested = self.lock().pop();
        let reader = match rested {
            Some(reader) => reader,
            None => Store::join(&self.file).map_err(|error| error.to_string())?,
        };
        let done = read(&reader);
        let mut rest = self.lock();
        if rest.len() < MOST_AT_REST {
            rest.push(reader);
        }
        done
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Store>> {
        // A thread that failed ends the process; a list of connections is whole in any case.
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
