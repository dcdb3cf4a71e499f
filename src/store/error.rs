//! What can be wrong with a data file, told apart by the database's own codes, and what people do about it.

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Something is wrong with a data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// Which file.
    pub path: PathBuf,
    /// What.
    pub trouble: Trouble,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another server holds it.
    Held,
    /// There is no such file.
    Missing,
    /// It is no data file of panke; how that shows.
    Foreign(String),
    /// A later panke wrote it: its version of the file.
    Newer(u32),
    /// An earlier panke wrote it, and only a server that holds it brings it up to date: its version of the file.
    Older(u32),
    /// It is there already, and would be lost.
    Taken,
    /// It cannot be written.
    ReadOnly,
    /// The disk is full; what was being written was not written at all.
    Full,
    /// Another program keeps it locked.
    Busy,
    /// The disk or the system failed; what it said. Nothing can be concluded about what is on the disk.
    Failed(String),
    /// What it holds is not what was written; where that shows.
    Damaged(String),
}

/// The result of everything that touches a data file.
pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// What is wrong with that file.
    pub fn new(path: &Path, trouble: Trouble) -> StoreError {
        StoreError {
            path: path.to_owned(),
            trouble,
        }
    }

    /// What the system says about a file.
    pub(super) fn of_system(path: &Path, error: &io::Error) -> StoreError {
        let trouble = match error.kind() {
            io::ErrorKind::NotFound => Trouble::Missing,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::Full,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Trouble::ReadOnly
            }
            _ => Trouble::Failed(error.to_string()),
        };
        StoreError::new(path, trouble)
    }
}

impl Trouble {
    /// What a failure of the database means.
    pub(super) fn of(error: &rusqlite::Error) -> Trouble {
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            // A column of another type, a row that must be there and is not: somebody else wrote here.
            return Trouble::Damaged(error.to_string());
        };
        match failure.code {
            ErrorCode::DiskFull => Trouble::Full,
            // The shared memory beside the file could not grow: that, too, is a lack of room.
            ErrorCode::SystemIoFailure if failure.extended_code == SQLITE_IOERR_SHMSIZE => {
                Trouble::Full
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Trouble::Busy,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Trouble::ReadOnly,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                Trouble::Damaged(error.to_string())
            }
            // Constraints hold in what only panke writes, and its tables exist: here they do not.
            ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::Unknown => {
                Trouble::Damaged(error.to_string())
            }
            _ => Trouble::Failed(error.to_string()),
        }
    }
}

/// Gives a failure of the database its file and its meaning.
pub(super) trait At<T> {
    /// The same, about that file.
    fn at(self, path: &Path) -> Result<T>;
}

impl<T> At<T> for rusqlite::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|error| StoreError::new(path, Trouble::of(&error)))
    }
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|error| StoreError::of_system(path, &error))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.trouble {
            Trouble::Held => write!(
                f,
                "{path} is held by another server: stop that one first, or give this one a file of its own"
            ),
            Trouble::Missing => write!(f, "{path}: there is no such file"),
            Trouble::Foreign(how) => write!(
                f,
                "{path} is no data file of panke ({how}): name another file, or restore this one from a backup"
            ),
            Trouble::Newer(version) => write!(
                f,
                "{path} was written by a later panke (version {version} of the file): use that one"
            ),
            Trouble::Older(version) => write!(
                f,
                "{path} was written by an earlier panke (version {version} of the file): start the server once, which brings it up to date"
            ),
            Trouble::Taken => write!(f, "{path} is there already: name a file that is not"),
            Trouble::ReadOnly => write!(
                f,
                "{path} cannot be written: let the user that runs panke write the file and its folder"
            ),
            Trouble::Full => write!(
                f,
                "there is no room left on the disk of {path}: make room; nothing was written in part"
            ),
            Trouble::Busy => write!(
                f,
                "{path} is locked by another program: end that one, or try again"
            ),
            Trouble::Failed(what) => write!(
                f,
                "{path}: the disk or the system failed ({what}): look at the system's log before anything is started again"
            ),
            Trouble::Damaged(what) => write!(
                f,
                "{path} is damaged ({what}): keep it as it is, and restore a backup under another name"
            ),
        }
    }
}

impl std::error::Error for StoreError {}
