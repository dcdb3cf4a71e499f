//! A state as bytes, so that an office starts without playing its whole journal again.
//!
//! The same state gives the same bytes. What is written is the form of this version of the program: another version
//! must not read it, and whoever keeps the bytes keeps a checksum and the version with them. Bytes that were not written
//! here never make `load` panic, but only the checksum says that what it gives is what was saved.
//!
//! Layout: a [`Head`], then the names, then everything else, each by postcard. A policy is written as its name and
//! digest; its law is made anew, once for each policy.

use super::State;
use super::law::Law;
use super::laws::with_table;
use super::world::World;
use crate::event::Ids;
use crate::policy::Policy;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::sync::Arc;

/// Why a state could not be saved.
#[derive(Debug)]
pub enum SaveError {
    /// The world's: nothing more can be written.
    Io(io::Error),
    /// It cannot be put into bytes.
    Form(String),
}

/// Why a state could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// A policy that it needs is not to be had.
    Policy {
        /// Its name.
        name: String,
        /// Its digest.
        digest: String,
    },
    /// The bytes are not those of a state.
    Form(String),
}

impl std::fmt::Display for SaveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SaveError::Io(error) => write!(f, "the state cannot be written: {error}"),
            SaveError::Form(why) => write!(f, "the state cannot be put into bytes: {why}"),
        }
    }
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LoadError::Policy { name, digest } => {
                write!(f, "the policy `{name}@{digest}` is not to be had")
            }
            LoadError::Form(why) => write!(f, "these bytes are no state: {why}"),
        }
    }
}

impl std::error::Error for SaveError {}
impl std::error::Error for LoadError {}

/// What stands before the rest.
#[derive(Serialize, Deserialize)]
struct Head {
    /// Policies, by name and digest: first the one in force.
    policies: Vec<(String, String)>,
    /// How many bytes the names take; what follows them is everything else.
    ids: u64,
}

fn packed<T: Serialize>(what: &T) -> Result<Vec<u8>, SaveError> {
    postcard::to_allocvec(what).map_err(|error| SaveError::Form(error.to_string()))
}

fn form(error: impl ToString) -> LoadError {
    LoadError::Form(error.to_string())
}

fn unpacked<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, LoadError> {
    match postcard::take_from_bytes(bytes).map_err(form)? {
        (it, []) => Ok(it),
        _ => Err(form("there is more than was written")),
    }
}

impl State {
    /// Writes everything that is so.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub fn save(&self, out: &mut dyn Write) -> Result<(), SaveError> {
        let ids = packed(&self.ids)?;
        let (world, laws) = with_table(vec![self.law.clone()], || packed(&self.world));
        let name = |law: &Arc<Law>| (law.policy.name.clone(), law.policy.digest.clone());
        let head = Head {
            policies: laws.iter().map(name).collect(),
            ids: ids.len() as u64,
        };
        for part in [packed(&head)?, ids, world?] {
            out.write_all(&part).map_err(SaveError::Io)?;
        }
        Ok(())
    }

    /// The state of which these are the bytes, with policies by their digests. The caller has compared a checksum.
    ///
    /// # Errors
    ///
    /// If a policy is not to be had, or the bytes are no state.
    pub fn load(
        bytes: &[u8],
        policies: &dyn Fn(&str) -> Option<Arc<Policy>>,
    ) -> Result<State, LoadError> {
        let (head, rest): (Head, _) = postcard::take_from_bytes(bytes).map_err(form)?;
        let cut = usize::try_from(head.ids).ok();
        let (ids, world) = cut
            .and_then(|cut| rest.split_at_checked(cut))
            .ok_or_else(|| form("the names are cut"))?;
        let mut ids: Ids = unpacked(ids)?;
        let laws = laws(&head, &mut ids, policies)?;
        let law = laws.first().cloned().ok_or_else(|| form("no policy"))?;
        let world: World = with_table(laws, || unpacked(world)).0?;
        if !fits(&world, &ids, &law) {
            return Err(form("names and records differ"));
        }
        Ok(State { ids, law, world })
    }
}

/// The laws of the policies; their words are among the names, since they were in force.
fn laws(
    head: &Head,
    ids: &mut Ids,
    policies: &dyn Fn(&str) -> Option<Arc<Policy>>,
) -> Result<Vec<Arc<Law>>, LoadError> {
    let words = ids.words.len();
    let mut laws = Vec::new();
    for (name, digest) in &head.policies {
        let policy = policies(digest)
            .filter(|policy| policy.name == *name && policy.digest == *digest)
            .ok_or_else(|| LoadError::Policy {
                name: name.clone(),
                digest: digest.clone(),
            })?;
        laws.push(Arc::new(Law::new(policy, ids)));
    }
    if ids.words.len() != words {
        return Err(form("a policy has words that were never heard"));
    }
    Ok(laws)
}

/// Whether there are names for all records and rotas for all desks, as there are in whatever was played.
fn fits(world: &World, ids: &Ids, law: &Law) -> bool {
    world.people.len() <= ids.people.len()
        && world.customers.len() <= ids.customers.len()
        && world.visits.len() <= ids.visits.len()
        && world.deals.len() <= ids.deals.len()
        && world.heard.len() <= ids.events.len()
        && world.rotas.len() == law.policy.rotas.len()
}
