//! Laws within a state that is saved: a law is a number in a table that stands beside, for a policy cannot be written
//! down. The table is the thread's while one state is saved or loaded, since serde has nowhere else to keep it.

use super::law::Law;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static TABLE: RefCell<Vec<Arc<Law>>> = const { RefCell::new(Vec::new()) };
}

/// Does something with a table, and gives the table as it then is.
pub fn with_table<T>(table: Vec<Arc<Law>>, act: impl FnOnce() -> T) -> (T, Vec<Arc<Law>>) {
    TABLE.replace(table);
    let done = act();
    (done, TABLE.take())
}

/// Whether two laws are of one policy.
pub fn is_same(one: &Arc<Law>, other: &Arc<Law>) -> bool {
    let (a, b) = (&one.policy, &other.policy);
    Arc::ptr_eq(one, other) || a.digest == b.digest && a.name == b.name
}

/// The number of a law: two of one policy are the same.
fn number(law: &Arc<Law>) -> usize {
    TABLE.with_borrow_mut(|table| {
        let known = table.iter().position(|known| is_same(known, law));
        known.unwrap_or_else(|| {
            table.push(law.clone());
            table.len() - 1
        })
    })
}

fn numbered<E: Error>(number: usize) -> Result<Arc<Law>, E> {
    let law = TABLE.with_borrow(|table| table.get(number).cloned());
    law.ok_or_else(|| E::custom("a policy that is not in the table"))
}

/// Writes the number.
pub fn serialize<S: Serializer>(law: &Arc<Law>, to: S) -> Result<S::Ok, S::Error> {
    number(law).serialize(to)
}

/// Finds the law of a number.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Law>, D::Error> {
    numbered(usize::deserialize(from)?)
}

/// The same for a law that may be missing.
pub mod option {
    use super::{Arc, Deserialize, Deserializer, Law, Serialize, Serializer, number, numbered};

    /// Writes the number, if there is a law.
    pub fn serialize<S: Serializer>(law: &Option<Arc<Law>>, to: S) -> Result<S::Ok, S::Error> {
        law.as_ref().map(number).serialize(to)
    }

    /// Finds the law, if there is a number.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Arc<Law>>, D::Error> {
        Option::<usize>::deserialize(from)?
            .map(numbered)
            .transpose()
    }
}
