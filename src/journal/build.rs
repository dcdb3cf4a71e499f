//! An event from its fields: every check that needs no story, first; names are interned only when all is well.

use super::content::Content;
use super::draft::{Draft, Drafted, Stands};
use super::raw::{Field, FieldFault, RawValue, listed, short};
use super::schema::{FieldSchema, KindSchema, Schema};
use crate::base::names::nearest;
use crate::base::time::Instant;
use crate::event::{Event, Ids};
use crate::vocabulary::events::kind::OPENING;
use crate::vocabulary::events::{FieldId, FieldType};
use smallvec::SmallVec;

type Built<T> = Result<T, FieldFault>;

/// Where a field that is not there stands among those given.
const ABSENT: usize = usize::MAX;

/// Which of the fields given is which, by its place among them.
struct Sorted {
    at: usize,
    event: usize,
    id: usize,
    by: usize,
    note: usize,
    /// In the order of the kind's fields.
    own: SmallVec<[usize; 16]>,
}

impl Schema {
    /// The event that fields make: line or step `seq`. Its names are added to `ids` only if nothing is wrong.
    pub fn build(
        &self,
        ids: &mut Ids,
        seq: u64,
        fields: &[Field<'_>],
    ) -> Result<Event, FieldFault> {
        match self.draft(fields, Stands::Alone) {
            Ok(drafted) => Ok(drafted.event("", ids, seq, Instant::MIN)),
            Err(mut fault) => {
                let holds = |field: &Field<'_>| {
                    field.key_at.start <= fault.at.start && fault.at.end <= field.value_at.end
                };
                fault.key = fields.iter().position(holds);
                Err(fault)
            }
        }
    }

    /// Checks the fields of an event; one that stands inside another may leave out its time.
    pub(super) fn draft<'v>(
        &self,
        fields: &'v [Field<'_>],
        stands: Stands,
    ) -> Built<Drafted<&'v str>> {
        let event = fields.iter().find(|field| field.key == "event");
        let Some(event) = event else {
            return Err(FieldFault::new(0..0, "`event` is missing: what happened?")
                .help("every event says its kind, as in \"event\": \"visit\"")
                .of("event"));
        };
        let kind = self.kind_of(event)?;
        let sorted = sort(kind, fields)?;
        let at = match (fields.get(sorted.at), stands) {
            (Some(at), _) => Some(self.time(&at.value).map_err(|fault| fault.at(at))?),
            (None, Stands::Within | Stands::Unstamped) => None,
            (None, Stands::Alone) => return Err(no_time(event)),
        };
        let mut drafts = SmallVec::new();
        for (row, &index) in kind.fields.iter().zip(&sorted.own) {
            match fields.get(index) {
                Some(field) => {
                    let draft = self.value(row, &field.value);
                    let draft = draft.map_err(|fault| fault.at(field))?;
                    drafts.push((row.id, row.holds, draft));
                }
                None if row.required => return Err(missing(kind, row, event)),
                None => {}
            }
        }
        if kind.id == OPENING {
            opening(&drafts, event)?;
        }
        let note = common(fields, sorted.note, true)?;
        let mut drafted = Drafted {
            at,
            kind: kind.id,
            id: common(fields, sorted.id, false)?,
            content: Content::default(),
            by: common(fields, sorted.by, false)?,
            fields: drafts,
        };
        if drafted.id.is_some() || stands == Stands::Within {
            drafted.content = drafted.content(kind, note);
        }
        Ok(drafted)
    }

    fn kind_of(&self, event: &Field<'_>) -> Built<&KindSchema> {
        let fault = |message: String| FieldFault::new(event.value_at.clone(), message).of("event");
        let RawValue::Text(name) = &event.value else {
            return Err(fault(format!(
                "`event` is a word, not {}",
                event.value.described()
            )));
        };
        self.kind(name).ok_or_else(|| {
            let help = match nearest(name, self.kind_names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("events are {}", listed(self.kind_names())),
            };
            fault(format!("there is no event `{}`", short(name))).help(help)
        })
    }
}

/// Finds out which field is which; one that the kind does not have, or that stands twice, is a fault.
fn sort(kind: &KindSchema, fields: &[Field<'_>]) -> Built<Sorted> {
    let mut sorted = Sorted {
        at: ABSENT,
        event: ABSENT,
        id: ABSENT,
        by: ABSENT,
        note: ABSENT,
        own: SmallVec::from_elem(ABSENT, kind.fields.len()),
    };
    for (index, field) in fields.iter().enumerate() {
        let place = match &*field.key {
            "at" => &mut sorted.at,
            "event" => &mut sorted.event,
            "id" => &mut sorted.id,
            "by" => &mut sorted.by,
            "note" => &mut sorted.note,
            key => match kind.position(key) {
                Some(position) => &mut sorted.own[position],
                None => return Err(unknown(kind, field)),
            },
        };
        if *place != ABSENT {
            return Err(FieldFault::new(
                field.key_at.clone(),
                format!("`{}` stands twice", field.key),
            )
            .help("write every field once")
            .of(&field.key));
        }
        *place = index;
    }
    Ok(sorted)
}

#[cold]
fn unknown(kind: &KindSchema, field: &Field<'_>) -> FieldFault {
    let own = kind.fields.iter().map(|row| &*row.name);
    let known = own.chain(["at", "event", "id", "by", "note"]);
    let help = match nearest(&field.key, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`{}` has {}", kind.name, listed(known)),
    };
    let message = format!("`{}` has no field `{}`", kind.name, short(&field.key));
    FieldFault::new(field.key_at.clone(), message)
        .help(help)
        .of(&field.key)
}

/// An opening says whose a customer is, or how far a round is; not both, and not neither.
fn opening(given: &[(FieldId, FieldType, Draft<&str>)], event: &Field<'_>) -> Built<()> {
    use crate::vocabulary::events::field::{ASLEEP, CUSTOMER, DESK, OWNER, ROUND, SPENT};
    let has = |field| given.iter().any(|(known, ..)| *known == field);
    let of_customer = has(CUSTOMER) || has(OWNER) || has(ASLEEP);
    let of_round = has(ROUND) || has(SPENT) || has(DESK);
    let message = match (of_customer, of_round) {
        (true, true) => "`opening` is about a customer or about a round, not both",
        (true, false) if !has(CUSTOMER) => "`opening` does not say whose claims these are on",
        (true, false) if !has(OWNER) && !has(ASLEEP) => {
            "`opening` does not say who has the customer"
        }
        (false, _) if !has(ROUND) && !has(SPENT) => "`opening` says nothing",
        _ => return Ok(()),
    };
    let help = "give `customer` with `owner`, `asleep` or both; or `round`, `spent` or both, with `desk` if there are several";
    Err(FieldFault::new(event.value_at.clone(), message)
        .help(help)
        .of("event"))
}

#[cold]
fn no_time(event: &Field<'_>) -> FieldFault {
    FieldFault::new(event.value_at.clone(), "`at` is missing: when was it?")
        .help("every event says its time, as in \"at\": \"2024-03-01 09:00\"")
        .of("at")
}

#[cold]
fn missing(kind: &KindSchema, row: &FieldSchema, event: &Field<'_>) -> FieldFault {
    let message = format!("`{}` needs `{}`", kind.name, row.name);
    let required = kind.fields.iter().filter(|row| row.required);
    let help = format!(
        "`{}` needs {}",
        kind.name,
        listed(required.map(|row| &*row.name))
    );
    FieldFault::new(event.value_at.clone(), message)
        .help(help)
        .of(&row.name)
}

/// The text of `id`, `by` or `note`.
fn common<'v>(fields: &'v [Field<'_>], index: usize, word: bool) -> Built<Option<&'v str>> {
    let Some(field) = fields.get(index) else {
        return Ok(None);
    };
    let text = if word {
        super::values::word(&field.value)
    } else {
        super::values::name(&field.value)
    };
    text.map(Some).map_err(|fault| fault.at(field))
}
