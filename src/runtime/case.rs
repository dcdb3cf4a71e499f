//! The case at hand, in which values are read: which event, visit, customer, deal, and who has which part in it.

use super::law::Law;
pub use super::matter::{Case, Choice, Offence};
use super::val::Clauses;
pub use super::val::{Someone, Val};
use super::world::World;
use crate::event::Ids;
use smallvec::SmallVec;
use std::cell::RefCell;

/// People found: one, or a group.
pub type People = SmallVec<[Someone; 4]>;

/// Reads in one case. What it can read stands in `read` (terms and conditions) and `told` (facts).
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// What is so.
    pub world: &'a World,
    /// The policy in force, or that of the deal at hand.
    pub law: &'a Law,
    /// Names.
    pub ids: &'a Ids,
    /// The case.
    pub case: Case<'a>,
    /// The first thing that could not be evaluated.
    pub fault: &'a RefCell<Option<String>>,
    /// Where clauses are noted that answer the policy's own questions, if somebody wants to know.
    pub cited: Option<&'a RefCell<Clauses>>,
}
