//! Tables of the names that a journal uses: people, customers, visits, deals, words, event ids.

use crate::base::names::{Name, Names};
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident),+ $(,)?) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $id(pub u32);
        impl $id {
            /// As an index into a list by this id.
            pub const fn index(self) -> usize { self.0 as usize }
        }
        impl From<Name> for $id {
            fn from(name: Name) -> $id { $id(name.number()) }
        }
        impl From<$id> for Name {
            fn from(id: $id) -> Name { Name::from_number(id.0) }
        })+
    };
}
ids! {
    /// A person of the office, numbered in the order in which the journal first names them.
    PersonId,
    /// A customer, numbered likewise.
    CustomerId,
    /// A visit, numbered likewise.
    VisitId,
    /// A deal, numbered likewise.
    DealId,
}

/// Every name that a journal has used, by sort; each costs its own bytes and about 24 more.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ids {
    /// People.
    pub people: Names,
    /// Customers.
    pub customers: Names,
    /// Visits.
    pub visits: Names,
    /// Deals.
    pub deals: Names,
    /// Words of events and policies.
    pub words: Names,
    /// Ids of events.
    pub events: Names,
}

impl Ids {
    /// The name of a person.
    pub fn person(&self, id: PersonId) -> &str {
        self.people.text(id.into())
    }
    /// The name of a customer.
    pub fn customer(&self, id: CustomerId) -> &str {
        self.customers.text(id.into())
    }
    /// The name of a visit.
    pub fn visit(&self, id: VisitId) -> &str {
        self.visits.text(id.into())
    }
    /// The name of a deal.
    pub fn deal(&self, id: DealId) -> &str {
        self.deals.text(id.into())
    }
    /// A word.
    pub fn word(&self, word: Name) -> &str {
        self.words.text(word)
    }
}
