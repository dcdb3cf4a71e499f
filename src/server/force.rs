//! The policy in force, for whoever asks without waiting for the decider.

use super::prepared::Prepared;
use crate::journal::Schema;
use crate::policy::Policy;
use std::sync::Arc;

/// A policy, and since when it is in force.
#[derive(Clone, Debug)]
pub struct Force {
    /// The policy.
    pub policy: Arc<Policy>,
    /// Its entry; none where nothing has happened yet.
    pub since: Option<Since>,
    /// The policy with its files, where nothing has happened yet: it is not in the store before the first event.
    pub fresh: Option<Arc<Prepared>>,
    /// What its journal may hold.
    pub schema: Arc<Schema>,
}

/// The entry by which a policy came into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Its number.
    pub seq: u64,
}
