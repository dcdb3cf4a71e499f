//! The people, visits, customers and deals that a story names, and what sort of thing each field of an event holds.

use super::tree::{Key, Node, Value};
use crate::policy::Policy;
use crate::vocabulary::events::{FieldType, KINDS, field_named, kind_named};
use std::collections::BTreeSet;

/// Every id that a story uses, by sort.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// People of the office.
    pub people: BTreeSet<String>,
    /// Visits.
    pub visits: BTreeSet<String>,
    /// Customers.
    pub customers: BTreeSet<String>,
    /// Deals.
    pub deals: BTreeSet<String>,
}

/// What a field of a kind of event holds under a policy, if there is such a field.
pub(super) fn holds(policy: &Policy, kind: &str, field: &str) -> Option<FieldType> {
    let built_in = kind_named(kind).and_then(|kind| {
        let row = KINDS.get(usize::from(kind.0))?;
        let field = field_named(field)?;
        row.fields
            .iter()
            .find(|known| known.field == field)
            .map(|known| known.holds)
    });
    built_in.or_else(|| {
        let declared = policy.events.iter().find(|event| event.name == kind)?;
        declared
            .fields
            .iter()
            .find(|known| known.name == field)
            .map(|known| known.holds)
    })
}

impl Named {
    /// Adds what the fields of an event name.
    pub fn event(&mut self, policy: &Policy, kind: &str, fields: &[(Key, Node)]) {
        for (key, node) in fields {
            if key.text == "by" {
                self.people.extend(node.text().map(String::from));
            }
            let Some(holds) = holds(policy, kind, &key.text) else {
                continue;
            };
            let set = match holds {
                FieldType::Person | FieldType::Persons => &mut self.people,
                FieldType::Customer | FieldType::Customers => &mut self.customers,
                FieldType::Visit => &mut self.visits,
                FieldType::Deal => &mut self.deals,
                FieldType::Asleep | FieldType::Shares => {
                    let items = node.list().unwrap_or_default().iter();
                    let staff = items.filter_map(|item| item.get("staff")?.text());
                    self.people.extend(staff.map(String::from));
                    continue;
                }
                FieldType::Event => {
                    if let (Value::Table(inner), Some(kind)) = (&node.value, node.get("event")) {
                        self.event(policy, kind.text().unwrap_or_default(), inner);
                    }
                    continue;
                }
                _ => continue,
            };
            match node.list() {
                Some(items) => set.extend(items.iter().filter_map(Node::text).map(String::from)),
                None => set.extend(node.text().map(String::from)),
            }
        }
    }
}
