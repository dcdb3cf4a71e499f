//! Who is who: by what a customer is found again, which ids mean one customer, who lives in one household.
//!
//! What this costs in memory: a value of a key (a telephone number, a name) is kept as 16 bytes of its SHA-256, never as
//! text, and with those who gave it takes about 65 bytes, however often it is told; an id that means another customer
//! about 40; a member of a household about 20.

use crate::event::{CustomerId, Event, Ids, Value, VisitId};
use crate::policy::IdentityKey;
use crate::vocabulary::events::{FieldId, field, kind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What remains of a value: which key, and what was said, beyond recovery.
type Trace = [u8; 16];

/// Who is who.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Known {
    /// Ids that mean another customer, each with the one whom they mean now.
    same: BTreeMap<CustomerId, CustomerId>,
    /// The same from the other side: the other ids of a customer.
    others: BTreeMap<CustomerId, BTreeSet<CustomerId>>,
    /// Who has given a value, in the order in which they did.
    given: BTreeMap<Trace, SmallVec<[CustomerId; 4]>>,
    /// Pairs whom a ruling has told apart, the smaller id first.
    apart: BTreeSet<(CustomerId, CustomerId)>,
    /// Households, each with its members in the order in which they came to it.
    households: Vec<Vec<CustomerId>>,
    /// Which household.
    member_of: BTreeMap<CustomerId, usize>,
    /// Further visits of customers who are here in several.
    pub also_here: BTreeMap<CustomerId, Vec<VisitId>>,
}

/// The other customer with whom an event shares most keys, and which: one bit for each key of the policy.
pub type Record = (CustomerId, u16);

impl Known {
    /// The customer whom an id means.
    pub fn one(&self, id: CustomerId) -> CustomerId {
        self.same.get(&id).copied().unwrap_or(id)
    }

    /// Whether an id means another customer.
    pub fn is_merged(&self, id: CustomerId) -> bool {
        self.same.contains_key(&id)
    }

    /// The other ids of a customer, in the order of their numbers.
    pub fn also(&self, id: CustomerId) -> impl Iterator<Item = CustomerId> {
        self.others.get(&id).into_iter().flatten().copied()
    }

    /// Every id that means another customer, with that one.
    pub fn merged(&self) -> impl Iterator<Item = (CustomerId, CustomerId)> {
        self.same.iter().map(|(later, one)| (*later, *one))
    }

    /// The event with every customer as the one whom the id means: from here on nothing knows of other ids.
    pub fn resolved<'e>(&self, event: &'e Event, ids: &Ids) -> Cow<'e, Event> {
        let stale = |(of, value): &(FieldId, Value)| self.changed(event, *of, value, ids).is_some();
        if self.same.is_empty() || !event.fields.iter().any(stale) {
            return Cow::Borrowed(event);
        }
        let mut one = event.clone();
        for (of, value) in &mut one.fields {
            if let Some(changed) = self.changed(event, *of, value, ids) {
                *value = changed;
            }
        }
        Cow::Owned(one)
    }

    /// What a field holds instead, if it names another id of a customer.
    fn changed(&self, event: &Event, of: FieldId, value: &Value, ids: &Ids) -> Option<Value> {
        match value {
            Value::Customer(id) => self.same.get(id).copied().map(Value::Customer),
            Value::Customers(list) if list.iter().any(|id| self.is_merged(*id)) => {
                let mut ones: Vec<CustomerId> = Vec::with_capacity(list.len());
                for one in list.iter().map(|id| self.one(*id)) {
                    if !ones.contains(&one) {
                        ones.push(one);
                    }
                }
                Some(Value::Customers(ones))
            }
            Value::Text(text) if of == field::ABOUT && event.kind != kind::CORRECTION => {
                let other = ids.visits.get(text).is_some() || ids.deals.get(text).is_some();
                let id = ids.customers.get(text).filter(|_| !other)?;
                let one = self.same.get(&id.into())?;
                Some(Value::Text(ids.customer(*one).into()))
            }
            _ => None,
        }
    }

    /// Another id of a customer is one from now on.
    pub fn merge(&mut self, later: CustomerId, earlier: CustomerId) {
        let mut others = self.others.remove(&later).unwrap_or_default();
        others.insert(later);
        self.same
            .extend(others.iter().map(|other| (*other, earlier)));
        self.others.entry(earlier).or_default().extend(others);
        let households = (self.member_of.remove(&later), self.member_of.get(&earlier));
        match households {
            (Some(number), None) => {
                for member in &mut self.households[number] {
                    if *member == later {
                        *member = earlier;
                    }
                }
                self.member_of.insert(earlier, number);
            }
            (Some(number), Some(_)) => {
                self.households[number].retain(|member| *member != later);
                if let Some(first) = self.households[number].first().copied() {
                    self.join(first, earlier);
                }
            }
            (None, _) => {}
        }
    }

    /// Remembers what an event says of a customer by the policy's keys.
    pub fn remember(&mut self, keys: &[IdentityKey], event: &Event, customer: CustomerId) {
        for (_, trace) in traces(keys, event) {
            let holders = self.given.entry(trace).or_default();
            if !holders.contains(&customer) {
                holders.push(customer);
            }
        }
    }

    /// The other customer with whom an event shares most keys; of several the one known first. Members of the household
    /// and those whom a ruling has told apart are settled, and not found again.
    pub fn record(
        &self,
        keys: &[IdentityKey],
        event: &Event,
        customer: CustomerId,
        since: impl Fn(CustomerId) -> u64,
    ) -> Option<Record> {
        let mut found: SmallVec<[Record; 4]> = SmallVec::new();
        for (key, trace) in traces(keys, event) {
            for holder in self.given.get(&trace).into_iter().flatten() {
                let one = self.one(*holder);
                if one == customer || self.is_settled(one, customer) {
                    continue;
                }
                match found.iter_mut().find(|(known, _)| *known == one) {
                    Some((_, shared)) => *shared |= 1 << key,
                    None => found.push((one, 1 << key)),
                }
            }
        }
        let order =
            |(one, shared): &Record| (std::cmp::Reverse(shared.count_ones()), since(*one), *one);
        found.into_iter().min_by_key(order)
    }

    fn is_settled(&self, one: CustomerId, two: CustomerId) -> bool {
        let household = self.member_of.get(&one);
        household.is_some() && household == self.member_of.get(&two)
            || self.apart.iter().any(|(a, b)| {
                let (a, b) = (self.one(*a), self.one(*b));
                (a, b) == (one, two) || (a, b) == (two, one)
            })
    }

    /// A ruling has told two customers apart.
    pub fn tell_apart(&mut self, one: CustomerId, two: CustomerId) {
        self.apart.insert((one.min(two), one.max(two)));
    }

    /// The household of a customer, this one included; nobody, if the customer has none.
    pub fn household(&self, customer: CustomerId) -> &[CustomerId] {
        let number = self.member_of.get(&customer);
        number.map_or(&[], |number| &self.households[*number])
    }

    /// Two customers are of one household; says whether they were not before.
    pub fn join(&mut self, first: CustomerId, second: CustomerId) -> bool {
        let number = |known: &Known, one| known.member_of.get(&one).copied();
        let (to, from) = match (number(self, first), number(self, second)) {
            (Some(one), Some(two)) if one == two => return false,
            (Some(one), Some(two)) => (one, two),
            (Some(one), None) => {
                self.households[one].push(second);
                self.member_of.insert(second, one);
                return true;
            }
            (None, Some(two)) => {
                self.households[two].push(first);
                self.member_of.insert(first, two);
                return true;
            }
            (None, None) => {
                self.households.push(vec![first, second]);
                let number = self.households.len() - 1;
                self.member_of.extend([(first, number), (second, number)]);
                return true;
            }
        };
        for member in std::mem::take(&mut self.households[from]) {
            self.households[to].push(member);
            self.member_of.insert(member, to);
        }
        true
    }

    /// Everything that the report leaves out, for the digest of the state.
    pub fn hidden(&self) -> impl Iterator<Item = u8> {
        let given = self.given.iter().flat_map(|(trace, holders)| {
            let holders = holders.iter().flat_map(|one| one.0.to_le_bytes());
            trace.iter().copied().chain(holders)
        });
        let pairs = self.apart.iter().flat_map(|(one, two)| [one.0, two.0]);
        given.chain(pairs.flat_map(u32::to_le_bytes))
    }
}

/// What an event says by each key that it tells, by the place of the key.
fn traces(keys: &[IdentityKey], event: &Event) -> SmallVec<[(usize, Trace); 2]> {
    let mut traces = SmallVec::new();
    for (number, key) in keys.iter().enumerate() {
        let said = event.text(key.field).and_then(plain);
        if let Some(said) = said.and_then(|said| compared(&said, key.last)) {
            let mut hash = Sha256::new();
            hash.update(key.name.as_bytes());
            hash.update([0]);
            hash.update(said.as_bytes());
            let mut trace = Trace::default();
            trace.copy_from_slice(&hash.finalize()[..16]);
            traces.push((number, trace));
        }
    }
    traces
}

/// A value as it is compared: letters and digits only, small, of plain width. One that is masked by an asterisk, or has
/// neither, says nothing.
fn plain(text: &str) -> Option<String> {
    if text.contains(['*', '\u{ff0a}']) {
        return None;
    }
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let plain: String = text
        .chars()
        .map(narrow)
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    (!plain.is_empty()).then_some(plain)
}

/// Its last so many characters, where only these are compared: one that has fewer says nothing.
fn compared(said: &str, last: Option<usize>) -> Option<String> {
    let skipped = match last {
        Some(last) => said.chars().count().checked_sub(last)?,
        None => 0,
    };
    Some(said.chars().skip(skipped).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_by_their_letters_and_digits() {
        let number = plain("138 0000-1111");
        assert_eq!(number.as_deref(), Some("13800001111"));
        assert_eq!(number, plain("１３８００００１１１１"));
        assert_eq!(plain("Li  Wei").as_deref(), Some("liwei"));
        assert_eq!(plain("138****1111"), None, "a masked number says nothing");
        assert_eq!(plain(" - "), None);
    }

    #[test]
    fn an_id_means_the_same_customer_at_the_end_of_any_chain() {
        let id = CustomerId;
        let mut known = Known::default();
        known.merge(id(3), id(2));
        known.merge(id(2), id(1));
        assert_eq!((known.one(id(3)), known.one(id(2))), (id(1), id(1)));
        assert_eq!(known.also(id(1)).collect::<Vec<_>>(), [id(2), id(3)]);
        assert_eq!(known.also(id(2)).count(), 0);
    }

    #[test]
    fn households_join_and_keep_their_order() {
        let id = CustomerId;
        let mut known = Known::default();
        assert!(known.join(id(1), id(2)));
        assert!(known.join(id(3), id(4)));
        assert!(known.join(id(2), id(4)));
        assert!(!known.join(id(1), id(3)));
        assert_eq!(known.household(id(4)), [id(1), id(2), id(3), id(4)]);
        known.merge(id(4), id(1));
        assert_eq!(known.household(id(1)), [id(1), id(2), id(3)]);
    }
}
