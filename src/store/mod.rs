//! What an office has recorded, on disk: entries, policies, tokens. The only home of the database.
//!
//! One SQLite file, and beside it its log (`FILE-wal`), the index of that (`FILE-shm`) and the lock of the server that
//! runs (`FILE.lock`). A commit is on the disk when it returns: the log is appended to and synced.
//!
//! What is found when: [`Store::open`] refuses a file of another program or of a later version, one that is held
//! already, one that is gone while its log is there, and one whose journals do not end in entries that follow from
//! one another ([`LAST`] of them). Pages that cannot be read are found when they are read. A change further back, a
//! gap, a policy that is not what its digest says are found by `panke journal verify`, which reads everything.

mod backup;
mod chain;
mod error;
mod export;
mod open;
mod read;
pub mod snapshots;
mod tokens;
mod verify;
mod walk;

pub use chain::Chain;
pub use error::{Result, StoreError, Trouble};
pub use export::ExportError;
pub use read::{Head, Kept, KeptPolicy, LAST_SEQ, OfficeId, Reader, Stored};
pub use tokens::{Grant, Holder, Secret, Seen, Token, Tokens};
pub use verify::{Inspected, Inspection, MOST_WRONG, Wrong, Wrongs};
pub use walk::{Flaw, Walk};

use error::At;
use rusqlite::CachedStatement;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Deref;
use std::path::Path;

/// How many entries at the end of each journal are looked at when a server starts.
pub const LAST: u64 = 1000;

/// A data file.
pub struct Store {
    disk: Reader,
    /// Where each journal stands that was written to.
    heads: Heads,
    /// The lock of the server; none for whoever works beside it. Let go last.
    lock: Option<File>,
}

/// An entry to be written.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its place in the journal: that of the last entry, and one more.
    pub seq: u64,
    /// Its time, in milliseconds since 1970; not before that of the last entry.
    pub at: i64,
    /// The event: one line of JSON, without a line end.
    pub line: &'a [u8],
    /// What was decided: lines of JSON, without a last line end; empty if nothing was.
    pub decisions: &'a [u8],
}

impl Store {
    /// Opens a data file to write journals, as one process at a time can; makes it if there is none.
    pub fn open(path: &Path) -> Result<Store> {
        let place = open::resolve(path)?;
        let lock = open::hold(&place)?;
        open::make(&place)?;
        open::own_log(&place)?;
        let mut db = open::connect_to(&place)?;
        let version = open::version(&db, path)?;
        open::keep_log(&db, path)?;
        open::bring_up(&mut db, path, version)?;
        let store = Store {
            disk: Reader {
                db,
                path: path.to_owned(),
            },
            heads: Heads::default(),
            lock: Some(lock),
        };
        for (office, _) in store.offices()? {
            store.sound_end(office, LAST)?;
        }
        Ok(store)
    }

    /// Opens a data file beside the server that may run on it: to read, to copy, to change tokens.
    pub fn join(path: &Path) -> Result<Store> {
        let db = open::connect_to(path)?;
        open::current(&db, path)?;
        Ok(Store {
            disk: Reader {
                db,
                path: path.to_owned(),
            },
            heads: Heads::default(),
            lock: None,
        })
    }

    /// The same, for whoever prepares a file that no server has run on yet: it is made if there is none.
    pub fn join_or_make(path: &Path) -> Result<Store> {
        if !path.try_exists().at(path)? {
            Store::open(path)?.close()?;
        }
        Store::join(path)
    }

    /// One more that reads, for another thread.
    pub fn reader(&self) -> Result<Reader> {
        let db = open::connect_to(&self.path)?;
        db.pragma_update(None, "query_only", "ON").at(&self.path)?;
        Ok(Reader {
            db,
            path: self.path.clone(),
        })
    }

    /// The office of that name; made if it was never seen.
    pub fn office(&mut self, name: &str) -> Result<OfficeId> {
        if let Some(office) = self.find_office(name)? {
            return Ok(office);
        }
        self.db
            .execute("INSERT INTO offices (name) VALUES (?1)", (name,))
            .at(&self.path)?;
        let number = self.db.last_insert_rowid();
        OfficeId::of(number).ok_or_else(|| self.damaged(format!("{number} offices are too many")))
    }

    /// Begins to write; only who has opened the file can.
    pub fn write(&mut self) -> Result<Writing<'_>> {
        assert!(
            self.lock.is_some(),
            "journals are written by whoever holds the file"
        );
        self.disk
            .db
            .execute_batch("BEGIN IMMEDIATE")
            .at(&self.disk.path)?;
        Ok(Writing {
            heads: self.heads.clone(),
            store: self,
        })
    }

    /// Writes something to the disk that nobody reads: whether anything can be written at all.
    pub fn probe(&mut self) -> Result<()> {
        let writing = self.write()?;
        writing
            .db
            .execute_batch(
                "INSERT INTO policies (digest, name, files) VALUES ('', '', '[]'); DELETE FROM policies WHERE digest = ''",
            )
            .at(&writing.path)?;
        writing.commit()
    }

    /// Closes the file, with all that was committed in one piece. Without this, it is as safe, only in two pieces.
    pub fn close(self) -> Result<()> {
        let path = self.disk.path;
        self.disk
            .db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
            .at(&path)?;
        self.disk.db.close().map_err(|(_, error)| error).at(&path)
    }
}

impl Deref for Store {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.disk
    }
}

/// A transaction: all of it is committed, or nothing is. Reads through it see what it has written.
pub struct Writing<'s> {
    store: &'s mut Store,
    heads: Heads,
}

/// Where each journal stands that was written to.
#[derive(Clone, Default)]
struct Heads(BTreeMap<OfficeId, Head>);

impl Heads {
    /// Adds an entry, which must follow the last one.
    fn add(
        &mut self,
        disk: &Reader,
        insert: &mut CachedStatement<'_>,
        (office, entry): (OfficeId, &Entry<'_>),
    ) -> Result<Chain> {
        let head = match self.0.get(&office) {
            Some(head) => *head,
            None => disk.head(office)?,
        };
        let Entry { seq, at, .. } = *entry;
        assert!(seq == head.seq + 1, "journals have no gaps");
        assert!(seq <= LAST_SEQ, "a journal is longer than it can be");
        assert!(at >= head.at, "time does not go back");
        let chain = head.chain.after(seq, entry.line, entry.decisions);
        let key = office.key(seq);
        insert
            .execute((key, at, chain.as_bytes(), entry.line, entry.decisions))
            .at(&disk.path)?;
        self.0.insert(office, Head { seq, at, chain });
        Ok(chain)
    }
}

/// How an entry is written.
fn insert(disk: &Reader) -> Result<CachedStatement<'_>> {
    let text = "INSERT INTO entries (key, at, chain, line, decisions) VALUES (?1, ?2, ?3, ?4, ?5)";
    disk.db.prepare_cached(text).at(&disk.path)
}

impl Writing<'_> {
    /// Adds an entry to the journal of an office; returns the value of the chain after it.
    ///
    /// # Panics
    ///
    /// If the entry does not follow the last one, by its seq or by its time. Whoever writes has lost count, and must not
    /// go on.
    pub fn append(&mut self, office: OfficeId, entry: &Entry<'_>) -> Result<Chain> {
        let mut insert = insert(&self.store.disk)?;
        self.heads
            .add(&self.store.disk, &mut insert, (office, entry))
    }

    /// Adds entries in their order; returns the values of the chains after each.
    ///
    /// # Panics
    ///
    /// As `append`.
    pub fn append_all<'e>(
        &mut self,
        entries: impl Iterator<Item = (OfficeId, Entry<'e>)>,
    ) -> Result<Vec<Chain>> {
        let mut insert = insert(&self.store.disk)?;
        let add = |(office, entry): (OfficeId, Entry<'e>)| {
            self.heads
                .add(&self.store.disk, &mut insert, (office, &entry))
        };
        entries.map(add).collect()
    }

    /// Keeps the files of a policy, unless those of that digest are kept already. The paths are sorted.
    pub fn keep_policy(
        &mut self,
        digest: &str,
        name: &str,
        files: &[(String, String)],
    ) -> Result<()> {
        let files = serde_json::to_string(files).expect("texts can be written as JSON");
        let path = &self.store.path;
        self.store
            .db
            .prepare_cached(
                "INSERT INTO policies (digest, name, files) VALUES (?1, ?2, ?3) ON CONFLICT (digest) DO NOTHING",
            )
            .at(path)?
            .execute((digest, name, files))
            .at(path)?;
        Ok(())
    }

    /// Makes everything last; after this it is on the disk. If it fails, nothing of it was written.
    pub fn commit(mut self) -> Result<()> {
        let path = &self.store.path;
        self.store.db.execute_batch("COMMIT").at(path)?;
        self.store.heads = std::mem::take(&mut self.heads);
        Ok(())
    }
}

impl Deref for Writing<'_> {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.store.disk
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let db = &self.store.disk.db;
        // After some failures the database has rolled back by itself. Where it cannot, the next write fails, and says
        // so; and the log is cut behind the last commit when it is opened again.
        if !db.is_autocommit() && db.execute_batch("ROLLBACK").is_err() {}
    }
}

#[cfg(test)]
mod tests;
