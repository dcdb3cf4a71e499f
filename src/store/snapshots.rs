//! Snapshots of an office: files beside the data file that shorten the start, and nothing more. One that is cut, changed,
//! of another version or of another journal is ignored, with the reason, and the journal is played instead.
//!
//! `FILE-snapshots/OFFICE-SEQ.snap` is written under another name, synced and renamed, so that it is there whole or not at
//! all. It begins with [`MAGIC`], the length of all that follows its first 48 bytes (8 bytes, as all numbers big-endian)
//! and the SHA-256 of that, which is: the version of the program and the office, each with its length before it, SEQ, the
//! journal's chain of digests at SEQ, and the body.

use super::Chain;
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How a snapshot begins; the last byte is the number of its form.
const MAGIC: &[u8; 8] = b"pankesn\x01";
/// Where what is summed begins, after its length and its sum.
const SUMMED: usize = MAGIC.len() + 8 + 32;
/// How a snapshot's name ends.
const WHOLE: &str = ".snap";
/// How it ends while the snapshot is written.
const PART: &str = ".part";

/// The snapshots of one office.
#[derive(Clone, Debug)]
pub struct Snapshots {
    folder: PathBuf,
    office: String,
    version: String,
}

/// Where a journal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The last entry.
    pub seq: u64,
    /// The chain of digests up to it.
    pub chain: Chain,
}

/// What was found of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// The newest snapshot that can be used: its entry, and what was loaded of it.
    pub loaded: Option<(u64, T)>,
    /// Newer ones, which cannot.
    pub ignored: Vec<Ignored>,
}

/// A snapshot that is not used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The file.
    pub path: PathBuf,
    /// The reason.
    pub why: Why,
}

/// Why a snapshot is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It cannot be read.
    Unreadable(String),
    /// It is no snapshot, or of another form.
    Foreign,
    /// It has an end too early, or too late.
    Cut,
    /// Its bytes are not those that were written.
    Changed,
    /// Another version of the program wrote it.
    Version(String),
    /// It is of another office, or its name says another entry.
    Misnamed,
    /// The journal is another one at that entry.
    OtherJournal,
    /// What it holds cannot be used.
    Unusable(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Unreadable(why) => write!(f, "it cannot be read: {why}"),
            Why::Foreign => f.write_str("it is no snapshot of this form"),
            Why::Cut => f.write_str("it is cut"),
            Why::Changed => f.write_str("its bytes have changed"),
            Why::Version(version) => write!(f, "panke {version} wrote it"),
            Why::Misnamed => f.write_str("it is not what its name says"),
            Why::OtherJournal => f.write_str("it is of another journal"),
            Why::Unusable(why) => write!(f, "{why}"),
        }
    }
}

impl Snapshots {
    /// Those of an office whose journal is in a data file. The version is that of the program, with its build.
    pub fn beside(data: &Path, office: &str, version: &str) -> Snapshots {
        let mut folder = data.as_os_str().to_owned();
        folder.push("-snapshots");
        Snapshots {
            folder: folder.into(),
            office: office.to_owned(),
            version: version.to_owned(),
        }
    }

    /// Writes a snapshot; gives its file and how many bytes it has. Of the others only the newest before it stays: what
    /// lies ahead of the journal is of another.
    ///
    /// # Errors
    ///
    /// If the disk is full or does not take it; the snapshots from before are then still there.
    pub fn write(
        &self,
        mark: Mark,
        body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<(PathBuf, u64)> {
        fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(self.name(mark.seq, WHOLE));
        let part = self.folder.join(self.name(mark.seq, PART));
        let written = self.write_part(&part, mark, body);
        let written = written.and_then(|bytes| fs::rename(&part, &path).map(|()| bytes));
        if written.is_err() {
            // It may never have been made; what counts is the first error.
            drop(fs::remove_file(&part));
        }
        let bytes = written?;
        File::open(&self.folder)?.sync_all()?;
        self.tidy(mark.seq)?;
        Ok((path, bytes))
    }

    fn write_part(
        &self,
        part: &Path,
        mark: Mark,
        body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<u64> {
        let mut file = File::create(part)?;
        let bytes = self.put(&mut file, mark, body)?;
        file.sync_all()?;
        Ok(bytes)
    }

    /// Length and sum come first and are known last.
    fn put<F: Write + Seek>(
        &self,
        file: &mut F,
        mark: Mark,
        body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<u64> {
        file.write_all(&[0; SUMMED])?;
        let mut summed = Summed {
            file,
            sum: Sha256::new(),
            bytes: 0,
        };
        for text in [&self.version, &self.office] {
            summed.write_all(&(text.len() as u64).to_be_bytes())?;
            summed.write_all(text.as_bytes())?;
        }
        summed.write_all(&mark.seq.to_be_bytes())?;
        summed.write_all(mark.chain.as_bytes())?;
        body(&mut summed)?;
        let Summed { file, sum, bytes } = summed;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(MAGIC)?;
        file.write_all(&bytes.to_be_bytes())?;
        file.write_all(&sum.finalize())?;
        Ok(bytes + SUMMED as u64)
    }

    /// Loads the newest snapshot that is whole, of this version and of this journal, and that can be used; gives what it
    /// holds with its entry, and which newer ones were ignored. `is_ours` is asked whether the journal stands so.
    ///
    /// # Errors
    ///
    /// If the folder is there and cannot be listed.
    pub fn newest<T>(
        &self,
        mut is_ours: impl FnMut(&Mark) -> bool,
        mut load: impl FnMut(&[u8]) -> Result<T, String>,
    ) -> io::Result<Found<T>> {
        let mut ignored = Vec::new();
        for (seq, path) in self.all(WHOLE)?.into_iter().rev() {
            match self.load(seq, &path, &mut is_ours, &mut load) {
                Ok(loaded) => {
                    let loaded = Some((seq, loaded));
                    return Ok(Found { loaded, ignored });
                }
                Err(why) => ignored.push(Ignored { path, why }),
            }
        }
        let loaded = None;
        Ok(Found { loaded, ignored })
    }

    fn load<T>(
        &self,
        seq: u64,
        path: &Path,
        is_ours: &mut dyn FnMut(&Mark) -> bool,
        load: &mut dyn FnMut(&[u8]) -> Result<T, String>,
    ) -> Result<T, Why> {
        let bytes = fs::read(path).map_err(|error| Why::Unreadable(error.to_string()))?;
        let (mark, body) = self.opened(&bytes)?;
        if mark.seq != seq {
            return Err(Why::Misnamed);
        }
        if !is_ours(&mark) {
            return Err(Why::OtherJournal);
        }
        load(body).map_err(Why::Unusable)
    }

    /// The mark and the body of a snapshot. Another version may have another form after the sum, so it is told first.
    fn opened<'b>(&self, bytes: &'b [u8]) -> Result<(Mark, &'b [u8]), Why> {
        let mut rest = bytes;
        if taken::<8>(&mut rest).ok_or(Why::Cut)? != MAGIC {
            return Err(Why::Foreign);
        }
        let length = u64::from_be_bytes(*taken(&mut rest).ok_or(Why::Cut)?);
        let sum = taken::<32>(&mut rest).ok_or(Why::Cut)?;
        if rest.len() as u64 != length {
            return Err(Why::Cut);
        }
        if Sha256::digest(rest).as_slice() != sum {
            return Err(Why::Changed);
        }
        let version = text(&mut rest).ok_or(Why::Foreign)?;
        if version != self.version.as_bytes() {
            return Err(Why::Version(String::from_utf8_lossy(version).into_owned()));
        }
        let office = text(&mut rest).ok_or(Why::Foreign)?;
        let seq = taken(&mut rest).ok_or(Why::Foreign)?;
        let chain = taken::<32>(&mut rest).ok_or(Why::Foreign)?;
        if office != self.office.as_bytes() {
            return Err(Why::Misnamed);
        }
        let chain = Chain::from_bytes(chain).ok_or(Why::Foreign)?;
        let seq = u64::from_be_bytes(*seq);
        Ok((Mark { seq, chain }, rest))
    }

    /// Keeps a snapshot and the newest before it, and nothing else of this office.
    fn tidy(&self, seq: u64) -> io::Result<()> {
        let all = self.all(WHOLE)?;
        let before = all.iter().rev().find(|(known, _)| *known < seq);
        let before = before.map(|(known, _)| *known);
        let others = all
            .iter()
            .filter(|(known, _)| *known != seq && Some(*known) != before);
        for (_, path) in others.chain(&self.all(PART)?) {
            fs::remove_file(path)?;
        }
        Ok(())
    }

    /// Files of this office with that end, in the order of their entries; none if there is no folder.
    fn all(&self, end: &str) -> io::Result<Vec<(u64, PathBuf)>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let number = name
                .and_then(|name| name.strip_suffix(end)?.rsplit_once('-')?.1.parse().ok())
                .filter(|seq| name == Some(&self.name(*seq, end)));
            all.extend(number.map(|seq| (seq, path.clone())));
        }
        all.sort();
        Ok(all)
    }

    /// The name of a file; letters of an office that mean something in a path are written by their number.
    fn name(&self, seq: u64, end: &str) -> String {
        let mut name = String::new();
        for byte in self.office.bytes() {
            match byte {
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' => name.push(byte.into()),
                _ => name.push_str(&format!("%{byte:02X}")),
            }
        }
        format!("{name}-{seq}{end}")
    }
}

/// Passes bytes on, and adds them up.
struct Summed<'f, F> {
    file: &'f mut F,
    sum: Sha256,
    bytes: u64,
}

impl<F: Write> Write for Summed<'_, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The next bytes.
fn taken<'b, const COUNT: usize>(rest: &mut &'b [u8]) -> Option<&'b [u8; COUNT]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(taken)
}

/// The next text, with its length before it.
fn text<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = u64::from_be_bytes(*taken(rest)?);
    let (text, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(text)
}

#[cfg(test)]
mod tests;
