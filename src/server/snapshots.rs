//! Snapshots: states as they were after an entry, so that a start need not follow the whole journal. They only shorten
//! the start: one that does not fit the journal, or is another version's, is left aside.

use super::force::Since;
use crate::replay::{Office, VERSION};
use crate::runtime::State;
use crate::store::{Head, OfficeId, Reader};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the first line of a snapshot begins with.
const MAGIC: &str = "panke-snapshot-1";
/// How many of an office are kept.
const KEPT: usize = 2;

/// The folder of snapshots beside a data file.
#[derive(Clone, Debug)]
pub struct Snapshots {
    folder: PathBuf,
    build: String,
}

/// The first line of a snapshot.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Title {
    magic: String,
    panke: String,
    build: String,
    office: String,
    seq: u64,
    at: i64,
    chain: String,
    since: Option<(i64, u64)>,
    sha256: String,
}

/// An office as a snapshot has it.
pub struct Restored {
    /// The office.
    pub office: Office,
    /// The entry after which it was so.
    pub head: Head,
    /// Since when its policy was in force.
    pub since: Option<Since>,
}

/// Finds a policy by its digest.
pub type Policies<'a> = &'a dyn Fn(&str) -> Option<Arc<crate::policy::Policy>>;

impl Snapshots {
    /// The snapshots beside a data file.
    pub fn beside(data: &Path) -> Snapshots {
        let mut folder = OsString::from(data);
        folder.push("-snapshots");
        Snapshots {
            folder: folder.into(),
            build: build(),
        }
    }

    /// Writes the state of an office after an entry; it is there whole or not at all.
    ///
    /// # Errors
    ///
    /// The disk takes it not, or the state cannot be written.
    pub fn save(
        &self,
        name: &str,
        state: &State,
        head: &Head,
        since: Option<Since>,
    ) -> io::Result<()> {
        let mut body = Vec::new();
        state.save(&mut body).map_err(io::Error::other)?;
        let title = Title {
            magic: MAGIC.into(),
            panke: VERSION.into(),
            build: self.build.clone(),
            office: name.into(),
            seq: head.seq,
            at: head.at,
            chain: head.chain.to_string(),
            since: since.map(|since| (since.at, since.seq)),
            sha256: hex(&Sha256::digest(&body)),
        };
        fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(file_name(name, head.seq));
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        serde_json::to_writer(&mut file, &title)?;
        file.write_all(b"\n")?;
        file.write_all(&body)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(&self.folder)?.sync_all()?;
        for old in self.files(name).into_iter().skip(KEPT) {
            fs::remove_file(old)?;
        }
        Ok(())
    }

    /// The newest snapshot of an office that fits its journal; for each that does not, a sentence says why.
    pub fn newest(
        &self,
        name: &str,
        (reader, id): (&Reader, OfficeId),
        policies: Policies<'_>,
        say: &dyn Fn(String),
    ) -> Option<Restored> {
        for path in self.files(name) {
            match self.load(&path, name, (reader, id), policies) {
                Ok(restored) => return Some(restored),
                Err(why) => say(format!(
                    "the snapshot {} is left aside: {why}",
                    path.display()
                )),
            }
        }
        None
    }

    fn load(
        &self,
        path: &Path,
        name: &str,
        (reader, id): (&Reader, OfficeId),
        policies: Policies<'_>,
    ) -> Result<Restored, String> {
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or("it has no first line")?;
        let title: Title =
            serde_json::from_slice(&bytes[..end]).map_err(|error| error.to_string())?;
        let body = &bytes[end + 1..];
        if title.magic != MAGIC || title.office != name {
            return Err("it is another office's, or none".into());
        }
        if title.panke != VERSION || title.build != self.build {
            return Err(format!("another build of panke ({}) wrote it", title.panke));
        }
        let chain = reader.chain_at(id, title.seq);
        let chain = chain.map_err(|error| error.to_string())?;
        let chain = chain.filter(|chain| chain.to_string() == title.chain);
        let chain = chain.ok_or("the journal is another than it was")?;
        if hex(&Sha256::digest(body)) != title.sha256 {
            return Err("it is damaged".into());
        }
        let state = State::load(body, policies).map_err(|error| error.to_string())?;
        let head = Head {
            seq: title.seq,
            at: title.at,
            chain,
        };
        let since = title.since.map(|(at, seq)| Since { at, seq });
        Ok(Restored {
            office: Office::with_state(state),
            head,
            since,
        })
    }

    /// The snapshots of an office, the newest first.
    fn files(&self, name: &str) -> Vec<PathBuf> {
        let prefix = format!("{}-", plain(name));
        let entries = fs::read_dir(&self.folder).into_iter().flatten();
        let mut found: Vec<(u64, PathBuf)> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let file = path.file_name()?.to_str()?.strip_prefix(&prefix)?;
                let seq = file.strip_suffix(".snap")?.parse().ok()?;
                Some((seq, path))
            })
            .collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.into_iter().map(|(_, path)| path).collect()
    }
}

fn file_name(name: &str, seq: u64) -> String {
    format!("{}-{seq}.snap", plain(name))
}

/// The name of an office as a part of a file's name; two offices never have the same.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => plain.push(char::from(byte)),
            other => plain.push_str(&format!("%{other:02x}")),
        }
    }
    plain
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What tells one build of the program from another: a state that one has written, another may understand differently.
fn build() -> String {
    let about = std::env::current_exe().and_then(fs::metadata);
    let Ok(about) = about else {
        return String::new();
    };
    let changed = about.modified().ok();
    let since = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let millis = since.map_or(0, |since| since.as_millis());
    format!("{}-{millis}", about.len())
}
