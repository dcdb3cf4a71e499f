//! What the files under some folders hold, as digests: read again only where size, time or place on the disk moved.

use crate::files::{MAX_FILE, Missing, files_under};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What each file holds.
pub type Digests = BTreeMap<PathBuf, [u8; 32]>;

/// How coarse the clock of a file system may be: a file that was written so shortly before it was read may have been
/// written once more without a trace.
const COARSE: Duration = Duration::from_secs(2);

/// The files of policies and scenarios under some folders, as they were when they were last looked at.
#[derive(Debug, Default)]
pub struct Contents {
    files: BTreeMap<PathBuf, Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    stamp: Stamp,
    /// It was written just before it was read: it is read again although its stamp stays.
    young: bool,
    digest: [u8; 32],
}

/// What moves when a file is written or another takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Where the system tells them: device, number, and the time of the last change of the file's own entry.
    entry: [i64; 4],
}

impl Contents {
    /// Looks at every file under the folders; whether anything came, went or holds something else.
    pub fn look(&mut self, roots: &[PathBuf]) -> bool {
        let counts = |name: &str| name.ends_with(".toml") || name.ends_with(".rhai");
        let now = clock();
        let mut files = BTreeMap::new();
        for root in roots {
            // Folders without end are nobody's policies.
            let paths = files_under(root, Missing::IsNoMatter, &|_| true, &counts);
            for path in paths.unwrap_or_default() {
                if let Some(kept) = self.kept(&path, now) {
                    files.insert(path, kept);
                }
            }
        }
        let same = files.len() == self.files.len()
            && files.iter().all(|(path, kept)| {
                let before = self.files.get(path);
                before.is_some_and(|before| before.digest == kept.digest)
            });
        self.files = files;
        !same
    }

    /// What every file held.
    pub fn digests(&self) -> Digests {
        let digests = self.files.iter();
        digests
            .map(|(path, kept)| (path.clone(), kept.digest))
            .collect()
    }

    /// A file as it is now; one that goes away at this moment is not there.
    fn kept(&self, path: &Path, now: SystemTime) -> Option<Kept> {
        let stamp = stamp(&fs::metadata(path).ok()?);
        if let Some(before) = self.files.get(path)
            && before.stamp == stamp
            && !before.young
        {
            return Some(before.clone());
        }
        let mut hash = Sha256::new();
        let mut file = fs::File::open(path).ok()?.take(MAX_FILE + 1);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        hash.update(&bytes);
        let young = stamp.modified.is_none_or(|modified| {
            now.duration_since(modified).is_ok_and(|age| age < COARSE) || modified > now
        });
        Some(Kept {
            stamp,
            young,
            digest: hash.finalize().into(),
        })
    }
}

fn stamp(metadata: &Metadata) -> Stamp {
    Stamp {
        size: metadata.len(),
        modified: metadata.modified().ok(),
        entry: entry(metadata),
    }
}

#[cfg(unix)]
fn entry(metadata: &Metadata) -> [i64; 4] {
    use std::os::unix::fs::MetadataExt;
    // Only compared, so that it does not matter what the bits mean.
    [
        metadata.dev().cast_signed(),
        metadata.ino().cast_signed(),
        metadata.ctime(),
        metadata.ctime_nsec(),
    ]
}

#[cfg(not(unix))]
fn entry(_: &Metadata) -> [i64; 4] {
    [0; 4]
}

#[expect(
    clippy::disallowed_methods,
    reason = "the age of a file says whether its time can be trusted; it reaches no decision"
)]
fn clock() -> SystemTime {
    SystemTime::now()
}
