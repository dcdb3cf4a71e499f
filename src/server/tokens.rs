//! The tokens of the store, as the gate knows them: looked at again while the server serves, since `panke token` changes
//! them beside it.

use super::access::{Access, Pass};
use crate::store::{Holder, Reader, Seen};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// For how long what was seen is taken to be so.
const FRESH: Duration = Duration::from_millis(1);

/// Every token that was ever made.
///
/// # Errors
///
/// A sentence: the store cannot be read.
pub fn passes(reader: &Reader) -> Result<Vec<Pass>, String> {
    let tokens = reader.tokens().map_err(|error| error.to_string())?;
    let passes = tokens.list().iter().map(|token| Pass {
        id: token.id.to_string(),
        hash: token.digest,
        role: token.grant.role,
        person: match &token.grant.holder {
            Holder::Person(person) => Some(person.clone()),
            Holder::Desk(_) => None,
        },
        office: token.grant.office.clone(),
        revoked: token.revoked.is_some(),
    });
    Ok(passes.collect())
}

/// The tokens beside the server, and what has been seen of them.
pub struct Watched {
    inner: Mutex<Inner>,
}

struct Inner {
    reader: Reader,
    seen: Seen,
    looked: Instant,
}

impl Watched {
    /// Watches them through a connection of its own.
    pub fn new(reader: Reader) -> Watched {
        let inner = Inner {
            reader,
            seen: Seen::default(),
            looked: Instant::now(),
        };
        Watched {
            inner: Mutex::new(inner),
        }
    }

    /// Tells the gate if tokens have changed. Every request asks, so that a token which was revoked opens nothing more:
    /// it takes longer to end the command that revoked it than to look again.
    pub fn look(&self, access: &Access) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.looked.elapsed() < FRESH {
            return;
        }
        let Inner { reader, seen, .. } = &mut *inner;
        match reader.tokens_changed(seen) {
            Ok(false) => {}
            Ok(true) => match passes(reader) {
                Ok(passes) => access.replace(passes),
                Err(error) => tracing::error!(error, "tokens cannot be read"),
            },
            Err(error) => tracing::error!(%error, "tokens cannot be read"),
        }
        inner.looked = Instant::now();
    }
}
