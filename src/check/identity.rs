//! Who is this customer: the fields by which one is found again, and the answers of `identify`.

use super::Checker;
use super::scope::{Needs, Scope};
use super::tools::{did_you_mean, number};
use crate::finding::Code;
use crate::policy::{Identify, IdentityKey, Term};
use crate::script::Segment;
use crate::syntax::{Text, WrittenIdentify};
use crate::vocabulary::events::FieldType;
use crate::vocabulary::facts::Type;

/// The most fields by which a customer is found again.
const MOST_KEYS: usize = 16;
/// What stands for all keys at once in `record.same_all`.
const ALL: &str = "all";

impl Checker<'_> {
    /// `[identity]`: each key is a text field of some event.
    pub fn declare_keys(&mut self) {
        let written = self.written;
        for key in &written.title.identity {
            let texts = self.events.kinds.iter().flat_map(|kind| &kind.fields);
            let texts: Vec<(u16, String)> = texts
                .filter(|field| field.holds == FieldType::Text)
                .map(|field| (field.field.0, field.name.clone()))
                .collect();
            if self.keys.iter().any(|known| known.name == key.value) {
                let message = format!("`{}` stands here twice", key.value);
                self.error(Code::DuplicateName, message, &key.place, "again");
            } else if self.keys.len() == MOST_KEYS {
                let message = format!("a customer is found by at most {MOST_KEYS} keys");
                self.error(Code::TooMuch, message, &key.place, "one too many");
            } else if let Some((field, _)) = texts.iter().find(|(_, name)| *name == key.value) {
                let field = crate::vocabulary::events::FieldId(*field);
                self.keys.push(IdentityKey {
                    field,
                    name: key.value.clone(),
                    last: None,
                });
            } else {
                let names = texts.iter().map(|(_, name)| name.as_str());
                let help = did_you_mean(&key.value, names, "text fields");
                let message = format!("no event has a text field `{}`", key.value);
                let help = format!("{help} (an event gets one by `fields = {{ … = \"text\" }}`)");
                self.helped(Code::UnknownName, message, &key.place, "never told", help);
            }
        }
    }

    /// `last = { phone = 8 }`: only so many characters at the end of that key are compared.
    pub fn declare_key_ends(&mut self) {
        for (name, last) in &self.written.title.identity_last {
            let count = usize::try_from(*last).ok().filter(|last| *last > 0);
            let named = self.keys.iter().position(|key| key.name == name.value);
            if let (Some(at), Some(count)) = (named, count) {
                self.keys[at].last = Some(count);
            } else if named.is_none() {
                let names = self.keys.iter().map(|key| key.name.as_str());
                let help = did_you_mean(&name.value, names, "keys of `[identity]`");
                let message = format!(
                    "`{}` is not a key by which a customer is found again",
                    name.value
                );
                self.helped(Code::UnknownName, message, &name.place, "not a key", help);
            } else {
                let message = format!("`{last}` characters are not an end to compare");
                let help = "write how many characters at the end are compared, or leave it out to compare all";
                self.helped(Code::WrongType, message, &name.place, "nothing", help);
            }
        }
    }

    /// `record`; without keys nobody is found again.
    pub fn record(&mut self, first: &Segment, text: &Text) -> Option<Term> {
        if !self.written.title.identity.is_empty() {
            return Some(Term::Record);
        }
        let help = "say on the title page by which fields a customer is found again: `[identity]` with `keys`";
        let place = text.within(first.at.clone());
        let message = "there is no `record`: nothing says by what a customer is found again";
        self.helped(Code::NotAvailable, message, &place, "never found", help);
        None
    }

    /// `record.same_<key>`, `record.same_all`
    pub fn same_key(&mut self, key: &str, segment: &Segment, text: &Text) -> Option<Term> {
        if key == ALL {
            return Some(Term::SameKeys);
        }
        if let Some(at) = self.keys.iter().position(|known| known.name == key) {
            return u8::try_from(number(at)).ok().map(Term::SameKey);
        }
        let names = self.keys.iter().map(|known| known.name.as_str());
        let help = did_you_mean(key, names.chain([ALL]), "keys of `[identity]`");
        let message = format!("`{key}` is not a key by which a customer is found again");
        let place = text.within(segment.at.clone());
        self.helped(Code::UnknownName, message, &place, "not a key", help);
        None
    }

    /// `then.identify`
    pub fn identify(
        &mut self,
        identify: &WrittenIdentify,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<Identify> {
        match identify {
            WrittenIdentify::New => Some(Identify::New),
            WrittenIdentify::Ask(ask) => Some(Identify::Ask(self.ask(ask))),
            WrittenIdentify::SameAs(text) => {
                self.customer(text, scope, needs).map(Identify::SameAs)
            }
            WrittenIdentify::HouseholdOf(text) => {
                self.customer(text, scope, needs).map(Identify::HouseholdOf)
            }
        }
    }

    /// A path that is a customer.
    fn customer(&mut self, text: &Text, scope: &Scope, needs: &mut Needs) -> Option<Term> {
        let value = self.term(text, scope)?;
        if value.is != Type::Customer {
            let message = format!("`{}` is {}, not a customer", text.value, value.is.text());
            let help = "write `record`, or a customer that the event names, as in \"registration.relative_of\"";
            self.helped(
                Code::TypeMismatch,
                message,
                &text.place,
                "not a customer",
                help,
            );
            return None;
        }
        needs.add(&value.needs);
        Some(value.term)
    }
}
