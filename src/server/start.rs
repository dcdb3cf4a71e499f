//! Raising the offices: each journal is followed to its end, all of them at once, before anything is answered.

use super::desk::Desk;
use super::follow;
use super::force::{Force, Since};
use super::mirror::Mirrored;
use super::prepared::Prepared;
use super::shelf::Shelf;
use crate::check::check;
use crate::files::{self, PolicyFiles};
use crate::finding::Sources;
use crate::replay::Office;
use crate::store::{Chain, Head, OfficeId, Reader, Store};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::thread;

/// The stack of a thread that decides: scripts may call deeply.
pub const STACK: usize = 64 << 20;

/// An office that is to be served, and the folder of its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub office: String,
    /// The name of its policy's folder; none: the policy that its journal names stays.
    pub policy: Option<String>,
}

/// An office that has been raised: for the writer, and for the mirror.
pub struct Raised {
    /// For the writer.
    pub desk: Desk,
    /// For the mirror.
    pub mirrored: Mirrored,
}

/// Raises every office, each on a thread of its own.
///
/// # Errors
///
/// A sentence: a journal cannot be followed, or an office without one has no policy.
pub fn raise(
    store: &mut Store,
    shelf: &Arc<Shelf>,
    policies: &Path,
    wanted: &[Wanted],
) -> Result<Vec<Raised>, String> {
    let mut threads = Vec::new();
    for (place, one) in wanted.iter().enumerate() {
        let id = store
            .office(&one.office)
            .map_err(|error| error.to_string())?;
        let reader = store.reader().map_err(|error| error.to_string())?;
        let (shelf, one, policies) = (shelf.clone(), one.clone(), policies.to_owned());
        let work = move || one_office(place, id, &reader, &shelf, &policies, &one);
        let thread = thread::Builder::new()
            .name(format!("start-{place}"))
            .stack_size(STACK)
            .spawn(work)
            .map_err(|error| format!("the system gives no thread to start on: {error}"))?;
        threads.push(thread);
    }
    let raised = threads.into_iter().map(|thread| {
        thread
            .join()
            .map_err(|_| "a fault in panke itself".to_owned())?
    });
    raised.collect()
}

fn one_office(
    place: usize,
    id: OfficeId,
    reader: &Reader,
    shelf: &Shelf,
    policies: &Path,
    wanted: &Wanted,
) -> Result<Raised, String> {
    let about = |sentence: String| format!("the office `{}`: {sentence}", wanted.office);
    let head = reader.head(id).map_err(|error| error.to_string())?;
    let followed = match head.seq {
        0 => opened(shelf, policies, wanted),
        _ => followed(reader, id, shelf, head),
    };
    let (office, force, first) = followed.map_err(about)?;
    let mirrored = Mirrored {
        id,
        office: office.clone(),
        head,
    };
    let desk = Desk {
        place,
        id,
        office,
        head,
        first,
        force: Arc::new(force),
    };
    Ok(Raised { desk, mirrored })
}

type Opened = (Office, Force, Option<Arc<Prepared>>);

/// An office where nothing has happened yet, under the policy of its folder.
fn opened(shelf: &Shelf, policies: &Path, wanted: &Wanted) -> Result<Opened, String> {
    let Some(name) = &wanted.policy else {
        return Err("nothing has happened there, and no folder of a policy is named".into());
    };
    let files = files::load_policy(policies, name).map_err(|error| error.to_string())?;
    let prepared = prepare(name, &files)?;
    shelf.put(&prepared.policy);
    let policy = prepared.policy.clone();
    let force = Force {
        policy: policy.clone(),
        since: None,
    };
    Ok((Office::new(policy), force, Some(Arc::new(prepared))))
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

/// An office as its journal tells it.
fn followed(reader: &Reader, id: OfficeId, shelf: &Shelf, head: Head) -> Result<Opened, String> {
    let first = reader.entry(id, 1).map_err(|error| error.to_string())?;
    let first = first.ok_or("its first entry is missing")?;
    let mut office = follow::opened(shelf, &first.line)?;
    let mut since = None;
    let (mut chain, mut next) = (Chain::START, 1);
    let mut failed = Ok(());
    let read = reader.entries(id, 1, head.seq, &mut |entry| {
        chain = chain.after(entry.seq, entry.line, entry.decisions);
        failed = if entry.seq != next {
            Err(format!("entry {next} is missing"))
        } else if chain != entry.chain {
            Err(format!("entry {} is not what was written", entry.seq))
        } else {
            let before = Arc::as_ptr(office.state().policy());
            let line = (entry.seq, entry.line);
            let done = follow::step(&mut office, shelf, (reader, id), line);
            if before != Arc::as_ptr(office.state().policy()) || entry.seq == 1 {
                let (at, seq) = (entry.at, entry.seq);
                since = Some(Since { at, seq });
            }
            done
        };
        next += 1;
        match failed {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    read.map_err(|error| error.to_string())?;
    failed?;
    let policy = office.state().policy().clone();
    Ok((office, Force { policy, since }, None))
}
