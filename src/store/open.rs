//! Opening a data file: the lock beside it, its making, its version, and how the database is told to keep it.
//!
//! FILE itself is never opened but by SQLite: closing any descriptor of a file drops every POSIX lock that the process
//! has on it, and so would let another process into a database that SQLite believes locked. What must not run twice
//! is therefore held by a lock on `FILE.lock`, which nobody removes: a lock on a removed file keeps nobody out.

use super::error::{At, Result, StoreError, Trouble};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the database knows a file of panke: `pank`, in ASCII.
const APPLICATION: i32 = 0x7061_6e6b;
/// What brings a file from each version to the next; the first makes it. Only ever add to these.
const STEPS: [&str; 1] = [include_str!("version1.sql")];
/// The version of a file after all of [`STEPS`].
const VERSION: u32 = STEPS.len() as u32;
/// How long a lock of another process is waited for. Nobody keeps one for long: a token is one row.
const PATIENCE: Duration = Duration::from_secs(5);
/// The size of a page of a new file, in bytes. Every page that is written is a call of the system, twice: with 4 KiB,
/// batches ran at 0.36 of the echo, with 16 KiB at 0.42, in runs by turns (`cargo bench --bench serve -- batches`); events
/// that came one by one ran the same.
const PAGE: u32 = 16 << 10;
/// How far the write-ahead log grows, in pages, before a commit moves it into the file. That commit takes longer than
/// the others, and the longer the log is: 4 MiB keep nearly every answer within 10 ms at half load, 16 MiB did not
/// (`cargo bench --bench serve -- latency`).
const LOG_PAGES: u32 = (4 << 20) / PAGE;
/// How much of a commit is gathered in memory, in KiB: more than the largest has, so that it is written in one piece.
const CACHE_KIB: i32 = 32 << 10;
/// Where the header of a file says whether it has a log, and what it says then.
const LOGGED: (usize, u8) = (18, 2);
/// What is left of the log on the disk after it was moved, in bytes.
const LOG_BYTES: u32 = 64 << 20;

/// Another file beside a data file.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Where the file is, whatever links lead there: two names of one file have one lock.
pub(super) fn resolve(path: &Path) -> Result<PathBuf> {
    match fs::canonicalize(path) {
        Ok(place) if place.is_dir() => Err(folder(path)),
        Ok(place) => Ok(place),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().ok_or_else(|| folder(path))?;
            let around = fs::canonicalize(folder_of(path)).at(path)?;
            Ok(around.join(name))
        }
        Err(error) => Err(StoreError::of_system(path, &error)),
    }
}

fn folder(path: &Path) -> StoreError {
    StoreError::new(path, Trouble::Foreign("it is a folder".into()))
}

/// Takes the lock beside a file, and keeps it as long as what is returned.
pub(super) fn hold(path: &Path) -> Result<File> {
    let lock = beside(path, ".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock)
        .at(&lock)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::new(path, Trouble::Held)),
        Err(TryLockError::Error(error)) => Err(StoreError::of_system(&lock, &error)),
    }
}

/// Makes a file, if there is none. It is made under another name, so that none is ever there in part: an empty file
/// is never one of ours.
pub(super) fn make(path: &Path) -> Result<()> {
    if path.try_exists().at(path)? {
        return Ok(());
    }
    let log = beside(path, "-wal");
    if log.try_exists().at(&log)? {
        let what = format!(
            "it is gone, but {} is there, which is a part of it",
            log.display()
        );
        return Err(StoreError::new(path, Trouble::Damaged(what)));
    }
    let new = beside(path, ".new");
    for ending in ["", "-journal"] {
        remove(&beside(&new, ending))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut db = connect(&new, flags)?;
    db.pragma_update(None, "page_size", PAGE).at(&new)?;
    settle(&db).at(&new)?;
    db.pragma_update(None, "application_id", APPLICATION)
        .at(&new)?;
    bring_up(&mut db, &new, 0)?;
    db.close().map_err(|(_, error)| error).at(&new)?;
    publish(&new, path)
}

/// Refuses a copy beside which the log of another file was left: the database would write that log into the copy.
///
/// The one look at FILE itself, taken when nothing of this process has it open yet.
pub(super) fn own_log(path: &Path) -> Result<()> {
    let log = beside(path, "-wal");
    let length = match fs::metadata(&log) {
        Ok(log) => log.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(StoreError::of_system(&log, &error)),
    };
    if length == 0 {
        return Ok(());
    }
    let mut header = [0; 100];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    let (at, logged) = LOGGED;
    if read.is_err() || header[at] == logged {
        return Ok(());
    }
    let what = format!(
        "it is a copy, and {} beside it is part of another file: move that one away",
        log.display()
    );
    Err(StoreError::new(path, Trouble::Damaged(what)))
}

/// Gives a finished file its name, so that it is there whole or not at all, whatever happens.
pub(super) fn publish(new: &Path, path: &Path) -> Result<()> {
    File::open(new).and_then(|file| file.sync_all()).at(new)?;
    fs::rename(new, path).at(path)?;
    let folder = folder_of(path);
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .at(folder)
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::of_system(path, &error))
        }
        _ => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A connection to a file that is there.
pub(super) fn connect_to(path: &Path) -> Result<Connection> {
    let data = fs::metadata(path).at(path)?;
    let foreign = |how: &str| Err(StoreError::new(path, Trouble::Foreign(how.into())));
    if data.is_dir() {
        return Err(folder(path));
    }
    if data.len() == 0 {
        return foreign("it is empty");
    }
    let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    match db.pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0)) {
        Ok(APPLICATION) => {}
        Ok(_) => return foreign("it is a database of another program"),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return foreign("it does not begin like one");
        }
        Err(error) => return Err(error).at(path),
    }
    settle(&db).at(path)?;
    Ok(db)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).at(path)?;
    db.busy_timeout(PATIENCE).at(path)?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(db)
}

/// Tells a connection to keep what was committed, even if the machine loses its power, and to trust no page.
fn settle(db: &Connection) -> rusqlite::Result<()> {
    for (name, value) in [
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
        ("trusted_schema", "OFF"),
        ("cell_size_check", "ON"),
    ] {
        db.pragma_update(None, name, value)?;
    }
    db.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    db.pragma_update(None, "journal_size_limit", LOG_BYTES)
}

/// The file's version, if this panke can use it.
pub(super) fn version(db: &Connection, path: &Path) -> Result<u32> {
    let version = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .at(path)?;
    match version {
        0 => Err(StoreError::new(
            path,
            Trouble::Damaged("it has no version".into()),
        )),
        1..=VERSION => Ok(version),
        _ => Err(StoreError::new(path, Trouble::Newer(version))),
    }
}

/// Whether a file has the version that this panke reads and writes.
pub(super) fn current(db: &Connection, path: &Path) -> Result<()> {
    match version(db, path)? {
        VERSION => Ok(()),
        version => Err(StoreError::new(path, Trouble::Older(version))),
    }
}

/// Brings a file of an earlier version up to date, all steps at once or none.
pub(super) fn bring_up(db: &mut Connection, path: &Path, version: u32) -> Result<()> {
    if version >= VERSION {
        return Ok(());
    }
    let writing = db.transaction().at(path)?;
    for step in &STEPS[version as usize..] {
        writing.execute_batch(step).at(path)?;
    }
    writing
        .pragma_update(None, "user_version", VERSION)
        .at(path)?;
    writing.commit().at(path)
}

/// Readers beside a writer, and commits that are appended to a log: that is WAL.
pub(super) fn keep_log(db: &Connection, path: &Path) -> Result<()> {
    if db.is_readonly("main").at(path)? {
        return Err(StoreError::new(path, Trouble::ReadOnly));
    }
    let mode: String = db
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .at(path)?;
    if mode == "wal" {
        return db.pragma_update(None, "cache_size", -CACHE_KIB).at(path);
    }
    let what = format!("the file system allows no write-ahead log, only `{mode}`");
    Err(StoreError::new(path, Trouble::Failed(what)))
}
