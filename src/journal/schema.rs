//! What a journal may hold under one policy: its kinds of event, their fields and the words that these take.

use crate::base::time::Calendar;
use crate::policy::{DeclaredField, Policy};
use crate::vocabulary::events::{FIELDS, FieldId, FieldRow, FieldType, KINDS, KindId, Words};
use rustc_hash::FxHashMap;

/// The kinds, fields and words of one policy; built once for each policy.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(super) calendar: Calendar,
    /// By number.
    kinds: Vec<KindSchema>,
    by_name: FxHashMap<Box<str>, u16>,
    /// Names of the fields, by number.
    fields: Vec<Box<str>>,
}

/// A kind of event.
#[derive(Clone, Debug)]
pub(super) struct KindSchema {
    pub id: KindId,
    pub name: Box<str>,
    pub fields: Vec<FieldSchema>,
}

/// A field of a kind.
#[derive(Clone, Debug)]
pub(super) struct FieldSchema {
    pub id: FieldId,
    pub name: Box<str>,
    pub holds: FieldType,
    pub required: bool,
    /// The words that it takes; none: any.
    pub words: Option<Vec<Box<str>>>,
}

impl Schema {
    /// What a journal may hold under a policy.
    pub fn of(policy: &Policy) -> Schema {
        let mut schema = Schema::with(policy.calendar.clone(), Some(policy));
        schema
            .fields
            .extend(policy.fields.iter().map(|name| name.as_str().into()));
        for declared in &policy.events {
            let index = usize::from(declared.kind.0);
            while schema.kinds.len() <= index {
                let id = KindId(schema.kinds.len() as u16);
                let (name, fields) = ("".into(), Vec::new());
                schema.kinds.push(KindSchema { id, name, fields });
            }
            let kind = &mut schema.kinds[index];
            if kind.name.is_empty() {
                kind.name = declared.name.as_str().into();
            }
            for field in &declared.fields {
                kind.add(field, policy);
            }
        }
        schema.index();
        schema
    }

    /// What a journal may hold while no policy is known: the interface's own kinds, any role and violation, times in
    /// UTC. Good for finding out which policy a `policy` event names.
    pub fn bare() -> Schema {
        let calendar = Calendar::new("UTC", 0).expect("UTC is in the zone database");
        let mut schema = Schema::with(calendar, None);
        schema.index();
        schema
    }

    fn with(calendar: Calendar, policy: Option<&Policy>) -> Schema {
        let kinds = KINDS.iter().zip(0..).map(|(row, number)| KindSchema {
            id: KindId(number),
            name: row.name.into(),
            fields: row
                .fields
                .iter()
                .map(|row| FieldSchema::of(row, policy))
                .collect(),
        });
        Schema {
            calendar,
            kinds: kinds.collect(),
            by_name: FxHashMap::default(),
            fields: FIELDS.iter().map(|name| (*name).into()).collect(),
        }
    }

    fn index(&mut self) {
        let named = self.kinds.iter().filter(|kind| !kind.name.is_empty());
        self.by_name = named.map(|kind| (kind.name.clone(), kind.id.0)).collect();
    }

    /// The office's zone and day.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Names of the kinds of event, in the order of their numbers.
    pub fn kind_names(&self) -> impl Iterator<Item = &str> {
        self.kinds
            .iter()
            .map(|kind| &*kind.name)
            .filter(|name| !name.is_empty())
    }

    /// Name of a kind of event.
    pub fn kind_name(&self, kind: KindId) -> &str {
        self.kinds
            .get(usize::from(kind.0))
            .map_or("", |kind| &kind.name)
    }

    /// Name of a field.
    pub fn field_name(&self, field: FieldId) -> &str {
        self.fields
            .get(usize::from(field.0))
            .map_or("", |name| name)
    }

    /// The kind of that name.
    #[inline]
    pub(super) fn kind(&self, name: &str) -> Option<&KindSchema> {
        self.by_name
            .get(name)
            .map(|index| &self.kinds[usize::from(*index)])
    }
}

impl KindSchema {
    /// Where the field of that name stands among the kind's.
    #[inline]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| *field.name == *name)
    }

    /// The name of one of its fields.
    pub fn name_of(&self, field: FieldId) -> &str {
        let row = self.fields.iter().find(|row| row.id == field);
        row.map_or("", |row| &row.name)
    }

    /// Adds a field that a policy declares, or its words to a field that the kind has.
    fn add(&mut self, declared: &DeclaredField, policy: &Policy) {
        let words = declared.words.iter().map(|word| word.as_str().into());
        if let Some(known) = self
            .fields
            .iter_mut()
            .find(|known| known.id == declared.field)
        {
            known.required |= declared.required;
            if let Some(list) = &mut known.words {
                list.extend(words);
            }
            return;
        }
        let (field, holds, required) = (declared.field, declared.holds, declared.required);
        let row = FieldRow {
            field,
            holds,
            required,
        };
        let mut added = FieldSchema::of(&row, Some(policy));
        added.name = declared.name.as_str().into();
        if !declared.words.is_empty() {
            added.words.get_or_insert_default().extend(words);
        }
        self.fields.push(added);
    }
}

impl FieldSchema {
    fn of(row: &FieldRow, policy: Option<&Policy>) -> FieldSchema {
        let name = FIELDS
            .get(usize::from(row.field.0))
            .copied()
            .unwrap_or_default();
        FieldSchema {
            id: row.field,
            name: name.into(),
            holds: row.holds,
            required: row.required,
            words: words_of(row.holds, policy),
        }
    }
}

/// The words that a field takes; none: any.
fn words_of(holds: FieldType, policy: Option<&Policy>) -> Option<Vec<Box<str>>> {
    let FieldType::Word(words) = holds else {
        return None;
    };
    match words {
        Words::Any => None,
        Words::List(list) => Some(list.iter().map(|word| (*word).into()).collect()),
        Words::Role => policy.map(|policy| {
            let names = policy
                .roles
                .iter()
                .map(|role| policy.words[role.name.0 as usize].as_str());
            names.map(Box::from).collect()
        }),
        Words::ViolationKind => policy.map(|policy| {
            policy
                .violations
                .iter()
                .map(|(name, _)| name.as_str().into())
                .collect()
        }),
    }
}
