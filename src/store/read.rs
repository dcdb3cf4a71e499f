//! Reading a journal: heads, single entries, streams of entries, policies that were in force.

use super::chain::Chain;
use super::error::{At, Result, StoreError, Trouble};
use rusqlite::{Connection, OptionalExtension, Row};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// An office of a data file, by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfficeId(u32);

/// How many bits of an entry's key its seq has; the office stands above them, so that the entries of an office are
/// one range of keys, in their order.
const SEQ_BITS: u32 = 40;
/// The last seq that a journal can have.
pub const LAST_SEQ: u64 = (1 << SEQ_BITS) - 1;
/// The last number that an office can have: a key is not negative.
const LAST_OFFICE: u32 = (1 << (63 - SEQ_BITS)) - 1;

impl OfficeId {
    /// The number as the database has it; none if it is not one that panke gave.
    pub(super) fn of(number: i64) -> Option<OfficeId> {
        let number = u32::try_from(number).ok()?;
        (1..=LAST_OFFICE)
            .contains(&number)
            .then_some(OfficeId(number))
    }

    /// The number as the database has it.
    pub(super) fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// The key of one of its entries.
    pub(super) fn key(self, seq: u64) -> i64 {
        self.number() << SEQ_BITS | seq.min(LAST_SEQ).cast_signed()
    }
}

/// The number of the office of a key, whether it is one that panke gave or not.
pub(super) fn number_of(key: i64) -> i64 {
    key >> SEQ_BITS
}

/// The last key that an office of that number could have.
pub(super) fn last_key_of(number: i64) -> i64 {
    number << SEQ_BITS | LAST_SEQ.cast_signed()
}

/// The seq of a key.
pub(super) fn seq_of(key: i64) -> u64 {
    key.cast_unsigned() & LAST_SEQ
}

/// Where the journal of an office stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The seq of its last entry; 0 if it has none.
    pub seq: u64,
    /// The time of its last entry, in milliseconds since 1970.
    pub at: i64,
    /// The value of the chain after it.
    pub chain: Chain,
}

impl Head {
    /// That of an empty journal.
    pub const START: Head = Head {
        seq: 0,
        at: i64::MIN,
        chain: Chain::START,
    };
}

/// An entry while it is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored<'a> {
    /// Its place in the journal, from 1.
    pub seq: u64,
    /// Its time, in milliseconds since 1970.
    pub at: i64,
    /// The event: one line of JSON, without a line end.
    pub line: &'a [u8],
    /// What was decided: lines of JSON, without a last line end; empty if nothing was.
    pub decisions: &'a [u8],
    /// The value of the chain after it, as it was recorded.
    pub chain: Chain,
}

/// An entry that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place in the journal, from 1.
    pub seq: u64,
    /// Its time, in milliseconds since 1970.
    pub at: i64,
    /// The event: one line of JSON, without a line end.
    pub line: Vec<u8>,
    /// What was decided: lines of JSON, without a last line end; empty if nothing was.
    pub decisions: Vec<u8>,
    /// The value of the chain after it, as it was recorded.
    pub chain: Chain,
}

/// A policy that was in force at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPolicy {
    /// Its digest, in hexadecimal.
    pub digest: String,
    /// The name under which it was first kept.
    pub name: String,
    /// Its files: path and text, sorted by path; what it extends stands under `extends/`.
    pub files: Vec<(String, String)>,
}

/// Reads a data file; one for each thread. What it reads is committed, unless it is that of a
/// [`Writing`](super::Writing), which also sees what it has written itself.
pub struct Reader {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
}

impl Reader {
    /// The data file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every office, in the order in which they were first seen.
    pub fn offices(&self) -> Result<Vec<(OfficeId, String)>> {
        let mut query = self
            .db
            .prepare_cached("SELECT id, name FROM offices ORDER BY id")
            .at(&self.path)?;
        let mut rows = query.query(()).at(&self.path)?;
        let mut offices = Vec::new();
        while let Some(row) = rows.next().at(&self.path)? {
            let number = row.get(0).at(&self.path)?;
            let id = OfficeId::of(number)
                .ok_or_else(|| self.damaged(format!("there is an office number {number}")))?;
            offices.push((id, row.get(1).at(&self.path)?));
        }
        Ok(offices)
    }

    /// The office of that name, if it was ever seen.
    pub fn find_office(&self, name: &str) -> Result<Option<OfficeId>> {
        let offices = self.offices()?;
        Ok(offices
            .into_iter()
            .find(|(_, known)| known == name)
            .map(|(id, _)| id))
    }

    /// Where the journal of an office stands.
    pub fn head(&self, office: OfficeId) -> Result<Head> {
        let mut query = self
            .db
            .prepare_cached(
                "SELECT key, at, chain FROM entries WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1",
            )
            .at(&self.path)?;
        let mut rows = query
            .query((office.key(1), office.key(LAST_SEQ)))
            .at(&self.path)?;
        let Some(row) = rows.next().at(&self.path)? else {
            return Ok(Head::START);
        };
        Ok(Head {
            seq: seq_of(row.get(0).at(&self.path)?),
            at: row.get(1).at(&self.path)?,
            chain: self.chain(row, 2)?,
        })
    }

    /// One entry.
    pub fn entry(&self, office: OfficeId, seq: u64) -> Result<Option<Kept>> {
        let mut kept = None;
        self.entries(office, seq, seq, &mut |entry| {
            kept = Some(Kept {
                seq: entry.seq,
                at: entry.at,
                line: entry.line.to_vec(),
                decisions: entry.decisions.to_vec(),
                chain: entry.chain,
            });
            ControlFlow::Break(())
        })?;
        Ok(kept)
    }

    /// Tells the entries `from..=to` of an office in their order, one at a time; ends early if `each` says so. A gap
    /// is told as it is: `panke journal verify` and the start of a server look for gaps.
    pub fn entries(
        &self,
        office: OfficeId,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(Stored<'_>) -> ControlFlow<()>,
    ) -> Result<()> {
        if from > to || from > LAST_SEQ {
            return Ok(());
        }
        let mut query = self
            .db
            .prepare_cached(
                "SELECT key, at, chain, line, decisions FROM entries WHERE key BETWEEN ?1 AND ?2 ORDER BY key",
            )
            .at(&self.path)?;
        let mut rows = query
            .query((office.key(from.max(1)), office.key(to)))
            .at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            let entry = Stored {
                seq: seq_of(row.get(0).at(&self.path)?),
                at: row.get(1).at(&self.path)?,
                line: self.bytes(row, 3)?,
                decisions: self.bytes(row, 4)?,
                chain: self.chain(row, 2)?,
            };
            if each(entry).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The value of the chain after an entry; that before the first for 0, none if there is no such entry.
    pub fn chain_at(&self, office: OfficeId, seq: u64) -> Result<Option<Chain>> {
        if seq == 0 {
            return Ok(Some(Chain::START));
        }
        if seq > LAST_SEQ {
            return Ok(None);
        }
        let mut query = self
            .db
            .prepare_cached("SELECT chain FROM entries WHERE key = ?1")
            .at(&self.path)?;
        let mut rows = query.query((office.key(seq),)).at(&self.path)?;
        match rows.next().at(&self.path)? {
            Some(row) => self.chain(row, 0).map(Some),
            None => Ok(None),
        }
    }

    /// A policy that was in force, by its digest.
    pub fn policy(&self, digest: &str) -> Result<Option<KeptPolicy>> {
        let mut query = self
            .db
            .prepare_cached("SELECT name, files FROM policies WHERE digest = ?1")
            .at(&self.path)?;
        let found: Option<(String, String)> = query
            .query_row((digest,), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .at(&self.path)?;
        let Some((name, files)) = found else {
            return Ok(None);
        };
        let files = serde_json::from_str(&files)
            .map_err(|error| self.damaged(format!("the files of the policy {digest}: {error}")))?;
        Ok(Some(KeptPolicy {
            digest: digest.to_owned(),
            name,
            files,
        }))
    }

    /// Every policy that was ever in force: digest and name, in the order in which they were first kept.
    pub fn policies(&self) -> Result<Vec<(String, String)>> {
        let mut query = self
            .db
            .prepare_cached("SELECT digest, name FROM policies ORDER BY rowid")
            .at(&self.path)?;
        let rows = query
            .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
            .at(&self.path)?;
        rows.collect::<rusqlite::Result<_>>().at(&self.path)
    }

    pub(super) fn damaged(&self, what: String) -> StoreError {
        StoreError::new(&self.path, Trouble::Damaged(what))
    }

    fn chain(&self, row: &Row<'_>, column: usize) -> Result<Chain> {
        Chain::from_bytes(self.bytes(row, column)?)
            .ok_or_else(|| self.damaged("a value of the chain has another length".to_owned()))
    }

    fn bytes<'r>(&self, row: &'r Row<'_>, column: usize) -> Result<&'r [u8]> {
        row.get_ref(column)
            .and_then(|value| value.as_blob().map_err(Into::into))
            .at(&self.path)
    }
}
