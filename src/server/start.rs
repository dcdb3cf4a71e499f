//! Raising the offices: each journal is followed to its end, all of them at once, before anything is answered.

use super::desk::Desk;
use super::follow;
use super::force::{Force, Since};
use super::mirror::Mirrored;
use super::prepared::Prepared;
use super::shelf::Shelf;
use super::snapshots::Shelves;
use crate::check::check;
use crate::decision::Nobody;
use crate::files::{self, PolicyFiles};
use crate::finding::Sources;
use crate::replay::Office;
use crate::script::STACK;
use crate::store::{Head, OfficeId, Reader, Store, Stored};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// An office that is to be served, and the folder of its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub office: String,
    /// The name of its policy's folder; none: the policy that its journal names stays.
    pub policy: Option<String>,
}

/// An office that has been raised: for the decider, and for the mirror.
pub struct Raised {
    /// Its name.
    pub name: String,
    /// For the decider.
    pub desk: Desk,
    /// For the mirror.
    pub mirrored: Mirrored,
}

/// What offices are raised with.
#[derive(Clone)]
pub struct Raising {
    /// The policies that were in force.
    pub shelf: Arc<Shelf>,
    /// The folder of policies.
    pub policies: PathBuf,
    /// Where snapshots are.
    pub snapshots: Shelves,
}

/// Raises every office, each on a thread of its own.
///
/// # Errors
///
/// A sentence: a journal cannot be followed, or an office without one has no policy.
pub fn raise(
    store: &mut Store,
    raising: &Raising,
    wanted: &[Wanted],
) -> Result<Vec<Raised>, String> {
    let mut threads = Vec::new();
    for (place, one) in wanted.iter().enumerate() {
        let id = store.office(&one.office);
        let id = id.map_err(|error| error.to_string())?;
        let reader = store.reader().map_err(|error| error.to_string())?;
        let (raising, one) = (raising.clone(), one.clone());
        let work = move || raising.office((place, id), &reader, &one);
        let thread = thread::Builder::new()
            .name(format!("start-{place}"))
            .stack_size(STACK)
            .spawn(work)
            .map_err(|error| format!("the system gives no thread to start on: {error}"))?;
        threads.push(thread);
    }
    let joined = |thread: JoinHandle<Result<Raised, String>>| {
        let raised = thread.join();
        raised.map_err(|_| "a fault in panke itself".to_owned())?
    };
    threads.into_iter().map(joined).collect()
}

/// An office as it was raised.
struct Opened {
    office: Office,
    force: Force,
    /// After which entry its snapshot was taken; 0 without one.
    saved: u64,
}

impl Raising {
    fn office(
        &self,
        (place, id): (usize, OfficeId),
        reader: &Reader,
        wanted: &Wanted,
    ) -> Result<Raised, String> {
        let about = |sentence: String| format!("the office `{}`: {sentence}", wanted.office);
        let head = reader.head(id).map_err(|error| error.to_string())?;
        let opened = match head.seq {
            0 => self.empty(wanted),
            _ => self.followed(reader, id, &wanted.office, head),
        };
        let Opened {
            office,
            force,
            saved,
        } = opened.map_err(about)?;
        let mirrored = Mirrored {
            id,
            office: office.clone(),
            head,
            since: force.since,
            saved,
        };
        let desk = Desk {
            place,
            id,
            office,
            seq: head.seq,
            at: head.at,
            first: force.fresh.clone(),
            force: Arc::new(force),
        };
        let name = wanted.office.clone();
        Ok(Raised {
            name,
            desk,
            mirrored,
        })
    }

    /// An office where nothing has happened yet, under the policy of its folder.
    fn empty(&self, wanted: &Wanted) -> Result<Opened, String> {
        let Some(name) = &wanted.policy else {
            return Err("nothing has happened there, and no folder of a policy is named".into());
        };
        let files = files::load_policy(&self.policies, name).map_err(|error| error.to_string())?;
        let prepared = prepare(name, &files)?;
        self.shelf.put(&prepared.policy);
        let policy = prepared.policy.clone();
        let office = Office::new(policy.clone());
        let force = Force {
            policy,
            since: None,
            fresh: Some(Arc::new(prepared)),
            schema: Arc::new(office.schema().clone()),
        };
        Ok(Opened {
            office,
            force,
            saved: 0,
        })
    }

    /// An office as its journal tells it, from the newest snapshot on.
    fn followed(
        &self,
        reader: &Reader,
        id: OfficeId,
        name: &str,
        head: Head,
    ) -> Result<Opened, String> {
        let policies = |digest: &str| self.shelf.by_digest(digest).ok();
        let newest = self.snapshots.newest(name, (reader, id), &policies);
        let (office, last, since) = match newest {
            Some(restored) => (restored.office, restored.head, restored.since),
            None => {
                let first = reader.entry(id, 1).map_err(|error| error.to_string())?;
                let first = first.ok_or("its first entry is missing")?;
                (
                    follow::opened(&*self.shelf, &first.line)?,
                    Head::START,
                    None,
                )
            }
        };
        let saved = last.seq;
        let mut following = Following {
            office,
            last,
            since,
        };
        let mut failed = Ok(());
        let read = reader.entries(id, saved + 1, head.seq, &mut |entry| {
            failed = following.take(&self.shelf, (reader, id), &entry);
            match failed {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        read.map_err(|error| error.to_string())?;
        failed?;
        if following.last != head {
            return Err(format!("entry {} is missing", following.last.seq + 1));
        }
        let policy = following.office.state().policy().clone();
        let force = Force {
            policy,
            since: following.since,
            fresh: None,
            schema: Arc::new(following.office.schema().clone()),
        };
        Ok(Opened {
            office: following.office,
            force,
            saved,
        })
    }
}

/// An office whose journal is being followed.
struct Following {
    office: Office,
    last: Head,
    since: Option<Since>,
}

impl Following {
    /// Takes an entry, which must be the next one and just as it was written.
    fn take(
        &mut self,
        shelf: &Shelf,
        known: (&Reader, OfficeId),
        entry: &Stored<'_>,
    ) -> Result<(), String> {
        let (seq, at) = (entry.seq, entry.at);
        if seq != self.last.seq + 1 {
            return Err(format!("entry {} is missing", self.last.seq + 1));
        }
        let chain = self.last.chain.after(seq, entry.line, entry.decisions);
        if chain != entry.chain {
            return Err(format!(
                "entry {seq} is not what was written: somebody has changed it; restore a backup"
            ));
        }
        let before = Arc::as_ptr(self.office.state().policy());
        let line = entry.line;
        let checked = None;
        let following = follow::Following {
            seq,
            at,
            line,
            checked,
        };
        follow::step(&mut self.office, shelf, known, &following, &mut Nobody)?;
        if seq == 1 || before != Arc::as_ptr(self.office.state().policy()) {
            self.since = Some(Since { at, seq });
        }
        self.last = Head { seq, at, chain };
        Ok(())
    }
}

/// A sound policy of a folder.
fn prepare(name: &str, files: &PolicyFiles) -> Result<Prepared, String> {
    let mut sources = Sources::default();
    let (policy, findings) = check(files, &mut sources);
    let Some(policy) = policy else {
        let first = findings.first().map_or("", |finding| &finding.message);
        return Err(format!(
            "the policy `{name}` does not load: {first} (`panke check {name}` says more)"
        ));
    };
    Ok(Prepared {
        name: policy.name.clone(),
        digest: files.digest.clone(),
        files: files.to_memory(),
        policy: Arc::new(policy),
    })
}
