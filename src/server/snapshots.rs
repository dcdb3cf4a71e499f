//! Snapshots of the offices: what is kept of a state so that a start need not follow the whole journal.

use super::force::Since;
use crate::policy::Policy;
use crate::replay::{Office, VERSION};
use crate::runtime::State;
use crate::store::snapshots::{Mark, Snapshots};
use crate::store::{Head, OfficeId, Reader};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// How many bytes stand before the state: the time of the entry, and time and number of the policy's entry.
const BEFORE: usize = 24;

/// Where the snapshots of every office are.
#[derive(Clone, Debug)]
pub struct Shelves {
    data: PathBuf,
    /// What tells one build of the program from another: what one has written, another may understand differently.
    version: String,
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
pub type Policies<'a> = &'a dyn Fn(&str) -> Option<Arc<Policy>>;

impl Shelves {
    /// Those beside a data file.
    pub fn beside(data: PathBuf) -> Shelves {
        Shelves {
            data,
            version: format!("{VERSION} {}", build()),
        }
    }

    fn of(&self, name: &str) -> Snapshots {
        Snapshots::beside(&self.data, name, &self.version)
    }

    /// Writes the state of an office after an entry.
    ///
    /// # Errors
    ///
    /// The disk does not take it.
    pub fn save(
        &self,
        name: &str,
        state: &State,
        head: &Head,
        since: Option<Since>,
    ) -> io::Result<()> {
        let (seq, chain) = (head.seq, head.chain);
        let since = since.unwrap_or(Since { at: 0, seq: 0 });
        let written = self.of(name).write(Mark { seq, chain }, |out| {
            out.write_all(&head.at.to_be_bytes())?;
            out.write_all(&since.at.to_be_bytes())?;
            out.write_all(&since.seq.to_be_bytes())?;
            state.save(out).map_err(io::Error::other)
        });
        written.map(drop)
    }

    /// The newest snapshot of an office that fits its journal; of each newer one that does not, the log says why.
    pub fn newest(
        &self,
        name: &str,
        (reader, id): (&Reader, OfficeId),
        policies: Policies<'_>,
    ) -> Option<Restored> {
        let mut marked = None;
        let is_ours = |mark: &Mark| {
            marked = Some(*mark);
            reader.chain_at(id, mark.seq).ok().flatten() == Some(mark.chain)
        };
        let found = self.of(name).newest(is_ours, |body| opened(body, policies));
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(office = name, %error, "snapshots cannot be looked for");
                return None;
            }
        };
        for ignored in found.ignored {
            let (path, why) = (ignored.path.display(), ignored.why);
            tracing::warn!(office = name, "the snapshot {path} is left aside: {why}");
        }
        let (Some((seq, (at, since, state))), Some(mark)) = (found.loaded, marked) else {
            return None;
        };
        let chain = mark.chain;
        Some(Restored {
            office: Office::with_state(state),
            head: Head { seq, at, chain },
            since,
        })
    }
}

/// What the body of a snapshot holds.
fn opened(body: &[u8], policies: Policies<'_>) -> Result<(i64, Option<Since>, State), String> {
    let (before, state) = body.split_at_checked(BEFORE).ok_or("it is cut")?;
    let number = |place: usize| {
        let bytes = before[8 * place..8 * place + 8].try_into();
        u64::from_be_bytes(bytes.expect("eight bytes"))
    };
    let (at, since_at, seq) = (number(0), number(1), number(2));
    let since = (seq > 0).then_some(Since {
        at: since_at.cast_signed(),
        seq,
    });
    let state = State::load(state, policies).map_err(|error| error.to_string())?;
    Ok((at.cast_signed(), since, state))
}

/// Size and time of the program's own file.
fn build() -> String {
    let about = std::env::current_exe().and_then(std::fs::metadata);
    let Ok(about) = about else {
        return String::new();
    };
    let changed = about.modified().ok();
    let since = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let millis = since.map_or(0, |since| since.as_millis());
    format!("{}-{millis}", about.len())
}
