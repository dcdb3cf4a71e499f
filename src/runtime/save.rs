//! A state as bytes, so that an office starts without playing its whole journal again.
//!
//! The same state gives the same bytes. What is written is the form of this version of the program: another version
//! must not read it, and whoever keeps the bytes keeps a checksum and the version with them. Bytes that were not written
//! here never make `load` panic, but only the checksum says that what it gives is what was saved.
//!
//! Layout: a [`Head`], then the parts that it lists, each by postcard. A policy is written as its name and digest; its
//! law is made anew, once for each policy. The parts are about two halves of the work, for two cores.

use super::State;
use super::law::Law;
use super::laws::{is_same, with_table};
use super::world::World;
use crate::base::names::Names;
use crate::event::Ids;
use crate::policy::Policy;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, Write};
use std::panic::resume_unwind;
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

/// What stands before the parts.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    /// Policies, by name and digest: first the one in force.
    policies: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Words, which laws are made of.
    words: Cow<'a, Names>,
    /// The parts, in their order.
    parts: Vec<Part>,
}

/// Where a part is, and which laws it speaks of by their places in this list.
#[derive(Serialize, Deserialize)]
struct Part {
    bytes: u64,
    laws: Vec<usize>,
}

/// Names of all sorts, words apart.
type Texts = (Names, Names, Names, Names, Names);

/// A part that was written.
struct Packed {
    bytes: Vec<u8>,
    laws: Vec<Arc<Law>>,
}

/// Does two things, on two cores if there are.
fn both<A: Send, B>(beside: impl Fn() -> A + Sync, here: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let other = std::thread::Builder::new().spawn_scoped(scope, &beside);
        let here = here();
        match other {
            Ok(other) => (
                other.join().unwrap_or_else(|fault| resume_unwind(fault)),
                here,
            ),
            // Where the system gives no more threads, this one does the work.
            Err(_) => (beside(), here),
        }
    })
}

/// Writes a part of about so many bytes.
fn packed<T: Serialize + ?Sized>(what: &T, about: usize) -> Result<Packed, SaveError> {
    let (bytes, laws) = with_table(Vec::new(), || {
        postcard::to_extend(what, Vec::with_capacity(about))
    });
    let bytes = bytes.map_err(|error| SaveError::Form(error.to_string()))?;
    Ok(Packed { bytes, laws })
}

fn form(error: impl ToString) -> LoadError {
    LoadError::Form(error.to_string())
}

/// Parts that were written, with their laws.
struct Parts<'a> {
    rest: &'a [u8],
    parts: std::vec::IntoIter<Part>,
    laws: &'a [Arc<Law>],
}

/// A part that was cut out.
type Cut<'a> = Result<(&'a [u8], Vec<Arc<Law>>), LoadError>;

impl<'a> Parts<'a> {
    fn next(&mut self) -> Cut<'a> {
        let part = self.parts.next().ok_or_else(|| form("a part is missing"))?;
        let length = usize::try_from(part.bytes).map_err(form)?;
        let cut = self.rest.split_at_checked(length);
        let (bytes, rest) = cut.ok_or_else(|| form("a part is cut"))?;
        self.rest = rest;
        let law = |number: &usize| self.laws.get(*number).cloned();
        let laws: Option<_> = part.laws.iter().map(law).collect();
        Ok((bytes, laws.ok_or_else(|| form("a law is missing"))?))
    }
}

/// Reads a part.
fn unpacked<T: DeserializeOwned>(part: &Cut<'_>) -> Result<T, LoadError> {
    let (bytes, laws) = part.as_ref().map_err(LoadError::clone)?;
    match with_table(laws.clone(), || postcard::take_from_bytes(bytes)).0 {
        Ok((it, [])) => Ok(it),
        Ok(_) => Err(form("there is more than was written")),
        Err(error) => Err(form(error)),
    }
}

impl State {
    /// Writes everything that is so.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub fn save(&self, out: &mut dyn Write) -> Result<(), SaveError> {
        let Ids {
            people,
            customers,
            visits,
            deals,
            words,
            events,
        } = &self.ids;
        let world = &self.world;
        let names = people.len() + customers.len() + visits.len() + deals.len() + events.len();
        let (claims_and_visits, others) = both(
            || {
                let claims = packed(&world.claims, 64 * world.claims.len());
                [claims, packed(&world.visits, 64 * world.visits.len())]
            },
            || {
                let texts = (people, customers, visits, deals, events);
                [
                    packed(&texts, 12 * names),
                    packed(&world.customers, 40 * world.customers.len()),
                    packed(world, 10 * events.len()),
                ]
            },
        );
        let mut policies = vec![self.law.clone()];
        let mut place = |law: &Arc<Law>| {
            let known = policies.iter().position(|known| is_same(known, law));
            known.unwrap_or_else(|| {
                policies.push(law.clone());
                policies.len() - 1
            })
        };
        let mut bodies = Vec::new();
        let mut parts = Vec::new();
        for part in others.into_iter().chain(claims_and_visits) {
            let part = part?;
            parts.push(Part {
                bytes: part.bytes.len() as u64,
                laws: part.laws.iter().map(&mut place).collect(),
            });
            bodies.push(part.bytes);
        }
        let text = |text: &'_ String| Cow::Owned(text.clone());
        let policies = policies.iter().map(|law| &law.policy);
        let head = Head {
            policies: policies
                .map(|policy| (text(&policy.name), text(&policy.digest)))
                .collect(),
            words: Cow::Borrowed(words),
            parts,
        };
        bodies.insert(0, packed(&head, 0)?.bytes);
        bodies
            .iter()
            .try_for_each(|bytes| out.write_all(bytes).map_err(SaveError::Io))
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
        let (head, rest): (Head<'_>, _) = postcard::take_from_bytes(bytes).map_err(form)?;
        let mut ids = Ids {
            words: head.words.into_owned(),
            ..Ids::default()
        };
        let laws = laws(&head.policies, &mut ids, policies)?;
        let law = laws.first().cloned().ok_or_else(|| form("no policy"))?;
        let mut parts = Parts {
            rest,
            parts: head.parts.into_iter(),
            laws: &laws,
        };
        let (texts, customers, world) = (parts.next(), parts.next(), parts.next());
        let (claims, visits) = (parts.next(), parts.next());
        let (claims_and_visits, others) = both(
            || (unpacked(&claims), unpacked(&visits)),
            || {
                (
                    unpacked::<Texts>(&texts),
                    unpacked(&customers),
                    unpacked(&world),
                )
            },
        );
        let (texts, customers, world) = others;
        (ids.people, ids.customers, ids.visits, ids.deals, ids.events) = texts?;
        let world = World {
            customers: customers?,
            claims: claims_and_visits.0?,
            visits: claims_and_visits.1?,
            ..world?
        };
        if !parts.rest.is_empty() || !fits(&world, &ids, &law) {
            return Err(form("names and records differ"));
        }
        Ok(State { ids, law, world })
    }
}

/// The laws of the policies; their words are among the names, since they were in force.
fn laws(
    named: &[(Cow<'_, str>, Cow<'_, str>)],
    ids: &mut Ids,
    policies: &dyn Fn(&str) -> Option<Arc<Policy>>,
) -> Result<Vec<Arc<Law>>, LoadError> {
    let words = ids.words.len();
    let mut laws = Vec::new();
    for (name, digest) in named {
        let policy = policies(digest)
            .filter(|policy| policy.name == *name && policy.digest == *digest)
            .ok_or_else(|| LoadError::Policy {
                name: name.to_string(),
                digest: digest.to_string(),
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

#[cfg(test)]
mod tests {
    use crate::base::time::Instant;
    use crate::event::{Event, MOST_NESTED, Value};
    use crate::vocabulary::events::{field, kind};

    /// So many events, each in the next.
    fn nested(count: usize) -> Event {
        let event = |inner: Option<Event>| Event {
            seq: 1,
            at: Instant::MIN,
            kind: kind::CORRECTION,
            id: None,
            by: None,
            fields: inner
                .map(|inner| (field::INSTEAD, Value::Event(Box::new(inner))))
                .into_iter()
                .collect(),
        };
        (1..count).fold(event(None), |inner, _| event(Some(inner)))
    }

    #[test]
    fn events_in_one_another_are_read_as_deep_as_a_journal_has_them() {
        let again = |event: &Event| {
            let bytes = postcard::to_allocvec(event).expect("memory");
            postcard::from_bytes::<Event>(&bytes)
        };
        let deepest = nested(MOST_NESTED + 1);
        assert_eq!(again(&deepest).as_ref(), Ok(&deepest));
        for _ in 0..2 {
            assert!(again(&nested(MOST_NESTED + 2)).is_err());
        }
    }
}
