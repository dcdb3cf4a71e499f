//! Every policy that an office has been under, by digest: those alive are shared, others are read from the store and
//! built again.

use crate::check::check;
use crate::files;
use crate::finding::Sources;
use crate::policy::Policy;
use crate::replay::Library;
use crate::store::Reader;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The policies.
pub struct Shelf {
    inside: Mutex<Inside>,
}

struct Inside {
    /// Where those are kept that nobody holds any longer.
    kept: Reader,
    /// Those that somebody may still hold.
    alive: BTreeMap<String, Weak<Policy>>,
}

impl Shelf {
    /// The policies that a store keeps.
    pub fn new(kept: Reader) -> Shelf {
        let alive = BTreeMap::new();
        Shelf {
            inside: Mutex::new(Inside { kept, alive }),
        }
    }

    /// Shares a policy that was built elsewhere.
    pub fn put(&self, policy: &Arc<Policy>) {
        let alive = &mut self.inside().alive;
        alive.retain(|_, known| known.strong_count() > 0);
        alive.insert(policy.digest.clone(), Arc::downgrade(policy));
    }

    /// The policy of that digest, if it was ever kept and still loads.
    ///
    /// # Errors
    ///
    /// A sentence: it was never kept, or this version of panke does not take it.
    pub fn by_digest(&self, digest: &str) -> Result<Arc<Policy>, String> {
        let mut inside = self.inside();
        if let Some(policy) = inside.alive.get(digest).and_then(Weak::upgrade) {
            return Ok(policy);
        }
        let kept = inside.kept.policy(digest);
        let kept = kept.map_err(|error| format!("the store cannot be read: {error}"))?;
        let kept = kept.ok_or_else(|| format!("no policy of the digest {digest} was ever kept"))?;
        let policy = build(&kept.name, digest, kept.files)?;
        inside
            .alive
            .insert(digest.to_owned(), Arc::downgrade(&policy));
        Ok(policy)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // A thread that failed ends the process; until then what it left behind is whole.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Library for Shelf {
    fn find(
        &self,
        name: &str,
        digest: &str,
        files: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        let alive = self.inside().alive.get(digest).and_then(Weak::upgrade);
        let Some(files) = files else {
            return self.by_digest(digest);
        };
        let texts = files
            .iter()
            .map(|(path, text)| (path.to_string(), text.to_string()));
        let texts: Vec<(String, String)> = texts.collect();
        let found = files::from_memory(texts.clone()).digest;
        if found != digest {
            return Err(format!(
                "the policy `{name}` has the digest {found}, not {digest}"
            ));
        }
        if let Some(policy) = alive {
            return Ok(policy);
        }
        let policy = build(name, digest, texts)?;
        self.put(&policy);
        Ok(policy)
    }
}

/// Builds a policy from its files.
fn build(name: &str, digest: &str, files: Vec<(String, String)>) -> Result<Arc<Policy>, String> {
    let files = files::from_memory(files);
    if files.digest != digest {
        return Err(format!(
            "the files of the policy `{name}` have the digest {}, not {digest}",
            files.digest
        ));
    }
    let mut sources = Sources::default();
    let (policy, findings) = check(&files, &mut sources);
    policy.map(Arc::new).ok_or_else(|| {
        let first = findings.first().map(|finding| finding.message.as_str());
        format!(
            "the policy `{name}`, as it was kept, does not load: {}",
            first.unwrap_or("nothing is said about it")
        )
    })
}
