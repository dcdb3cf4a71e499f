//! Reading everything that a data file holds, and saying what is not as it was written.

use super::chain::Chain;
use super::error::{At, Result};
use super::export::policy_of;
use super::read::{Head, Reader, Stored, last_key_of, number_of};
use super::walk::Walk;
use crate::base::time::Calendar;
use crate::files;
use crate::journal::{RawValue, scan};
use std::collections::BTreeSet;

/// How many things that are wrong are kept of each journal; the others are counted.
pub const MOST_WRONG: usize = 100;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which entry; none for what is no entry's.
    pub seq: Option<u64>,
    /// A stable word for programs.
    pub code: &'static str,
    /// What, in a sentence.
    pub message: String,
}

/// What is wrong.
#[derive(Clone, Debug, Default)]
pub struct Wrongs {
    /// The first of them.
    pub first: Vec<Wrong>,
    /// How many there are.
    pub count: usize,
}

impl Wrongs {
    /// One more.
    pub fn push(&mut self, seq: Option<u64>, code: &'static str, message: String) {
        if self.first.len() < MOST_WRONG {
            self.keep(seq, code, message);
        } else {
            self.count += 1;
        }
    }

    /// One more, of a kind of which there is only one: it is kept, however many others there are.
    pub fn keep(&mut self, seq: Option<u64>, code: &'static str, message: String) {
        self.count += 1;
        self.first.push(Wrong { seq, code, message });
    }
}

/// An inspection of one journal, entry by entry.
pub struct Inspection<'r> {
    reader: &'r Reader,
    walk: Walk,
    entries: u64,
    /// A head that was noted earlier, until it was met.
    noted: Option<(u64, Chain)>,
    /// Digests of policies that are kept.
    kept: BTreeSet<String>,
    calendar: Calendar,
    wrongs: Wrongs,
}

/// What an inspection has found.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// How many entries there are.
    pub entries: u64,
    /// Where the journal ends.
    pub head: Head,
    /// What is wrong.
    pub wrongs: Wrongs,
}

impl Inspection<'_> {
    /// Begins; with a head that was noted earlier, entries that were cut off since, or a chain that was made anew, can
    /// be seen too.
    pub fn new(reader: &Reader, noted: Option<(u64, Chain)>) -> Inspection<'_> {
        Inspection {
            reader,
            walk: Walk::START,
            entries: 0,
            noted,
            kept: BTreeSet::new(),
            calendar: Calendar::new("UTC", 0).expect("there is UTC"),
            wrongs: Wrongs::default(),
        }
    }

    /// What is wrong so far, for whoever finds more.
    pub fn wrongs(&mut self) -> &mut Wrongs {
        &mut self.wrongs
    }

    /// Looks at the next entry.
    pub fn entry(&mut self, entry: &Stored<'_>) -> Result<()> {
        self.entries += 1;
        if let Some(flaw) = self.walk.step(entry) {
            self.wrongs
                .push(Some(flaw.seq()), flaw.code(), flaw.sentence());
        }
        if let Some((seq, chain)) = self.noted
            && seq == entry.seq
        {
            self.noted = None;
            if chain != entry.chain {
                let what = format!(
                    "the head that was noted is {chain}, and the journal has {}",
                    entry.chain
                );
                self.wrongs.keep(Some(seq), "head-differs", what);
            }
        }
        self.line(entry)
    }

    /// Whether the line is an event of that time, and its policy is kept.
    fn line(&mut self, entry: &Stored<'_>) -> Result<()> {
        let seq = Some(entry.seq);
        let text = match std::str::from_utf8(entry.line) {
            Ok(text) if !text.contains('\n') => text,
            Ok(_) => {
                self.wrongs
                    .push(seq, "line-malformed", "it is more than one line".into());
                return Ok(());
            }
            Err(error) => {
                self.wrongs
                    .push(seq, "line-malformed", format!("it is not UTF-8: {error}"));
                return Ok(());
            }
        };
        let fields = match scan(text) {
            Ok(fields) => fields,
            Err(fault) => {
                self.wrongs.push(seq, "line-malformed", fault.message);
                return Ok(());
            }
        };
        let field = |key: &str| {
            let field = fields.iter().find(|field| field.key == key);
            match &field?.value {
                RawValue::Text(text) => Some(text.as_ref()),
                _ => None,
            }
        };
        // A time without an offset is the office's own; a replay reads it.
        let at = field("at").filter(|at| has_offset(at));
        let at = at.and_then(|at| self.calendar.parse(at).ok());
        if at.is_some_and(|at| at.millis() != entry.at) {
            let what = "its line has another time than its entry".to_owned();
            self.wrongs.push(seq, "time-differs", what);
        }
        match policy_of(&fields) {
            Some(digest) => self.policy(entry.seq, digest),
            None => Ok(()),
        }
    }

    /// Whether the files of a policy that was put in force are kept; what they are is looked at with the file.
    fn policy(&mut self, seq: u64, digest: &str) -> Result<()> {
        if self.kept.contains(digest) {
            return Ok(());
        }
        if self.reader.policy(digest)?.is_some() {
            self.kept.insert(digest.to_owned());
        } else {
            let what = format!("the files of the policy {digest} are not kept");
            self.wrongs.push(Some(seq), "policy-missing", what);
        }
        Ok(())
    }

    /// The end of the journal.
    pub fn end(mut self) -> Inspected {
        let head = self.walk.head();
        if let Some((seq, _)) = self.noted {
            let what = match seq {
                0 => "the head that was noted is that of an empty journal".to_owned(),
                _ => format!(
                    "entry {seq}, which was noted as the head, is not there: the journal ends with {}",
                    head.seq
                ),
            };
            self.wrongs.keep(Some(seq), "head-differs", what);
        }
        Inspected {
            entries: self.entries,
            head,
            wrongs: self.wrongs,
        }
    }
}

fn has_offset(at: &str) -> bool {
    at.ends_with('Z') || at.len() > 6 && matches!(at.as_bytes()[at.len() - 6], b'+' | b'-')
}

impl Reader {
    /// Looks at what is no single journal's: the pages of the file, the policies that are kept, entries of nobody.
    pub fn inspect_file(&self) -> Result<Wrongs> {
        let mut wrongs = Wrongs::default();
        let mut query = self
            .db
            .prepare_cached("PRAGMA quick_check")
            .at(&self.path)?;
        let mut rows = query.query(()).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            let said: String = row.get(0).at(&self.path)?;
            if said != "ok" {
                wrongs.push(None, "page-damaged", said);
            }
        }
        for (digest, _) in self.policies()? {
            self.inspect_policy(&digest, &mut wrongs)?;
        }
        self.strangers(&mut wrongs)?;
        Ok(wrongs)
    }

    fn inspect_policy(&self, digest: &str, wrongs: &mut Wrongs) -> Result<()> {
        let Some(policy) = self.policy(digest)? else {
            return Ok(());
        };
        let is = files::from_memory(policy.files).digest;
        if is != digest {
            let what = format!(
                "the files of the policy {} have the digest {is}, not {digest}",
                policy.name
            );
            wrongs.push(None, "policy-changed", what);
        }
        Ok(())
    }

    /// Entries of offices that there are not, found by stepping over those of offices that there are.
    fn strangers(&self, wrongs: &mut Wrongs) -> Result<()> {
        let known: BTreeSet<i64> = self
            .offices()?
            .into_iter()
            .map(|(office, _)| office.number())
            .collect();
        let mut after = i64::MIN;
        loop {
            let mut query = self
                .db
                .prepare_cached("SELECT min(key) FROM entries WHERE key > ?1")
                .at(&self.path)?;
            let next: Option<i64> = query.query_row((after,), |row| row.get(0)).at(&self.path)?;
            let Some(key) = next else {
                return Ok(());
            };
            let number = number_of(key);
            if !known.contains(&number) {
                let what = format!("there are entries of an office number {number}");
                wrongs.push(None, "office-unknown", what);
            }
            after = last_key_of(number);
        }
    }
}
