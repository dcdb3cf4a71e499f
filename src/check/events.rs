//! Kinds of event and their fields: those of the interface with what the policy adds, and the policy's own.

use super::Checker;
use super::scope::{ROOTS, Scope, bit, bits, from_field, identifies, of_customer, root};
use super::tools::{did_you_mean, number};
use crate::base::time::Period;
use crate::finding::{Code, Finding};
use crate::policy::{DeclaredEvent, DeclaredField, Moment, Of, WindowId};
use crate::syntax::{Text, WrittenEvent, WrittenField};
use crate::vocabulary::events::{
    FIELDS, FieldId, FieldType, KIND_NAMES, KINDS, KindId, Words, field, field_named, kind,
};
use crate::vocabulary::facts::Part;

/// Every kind of event with its fields.
#[derive(Default)]
pub struct EventTable {
    /// In the order of their numbers.
    pub kinds: Vec<KindEntry>,
    /// Names of fields that the policy adds, numbered after the built-in ones.
    fields: Vec<String>,
    declared: Vec<DeclaredEvent>,
}

/// A kind of event.
pub struct KindEntry {
    /// Its name.
    pub name: String,
    /// Its fields.
    pub fields: Vec<FieldEntry>,
}

/// A field of a kind.
pub struct FieldEntry {
    /// Which field.
    pub field: FieldId,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: FieldType,
    /// Words that it takes besides those of `holds`.
    pub words: Vec<String>,
}

/// Types that a declared field may have.
const TYPES: &[(&str, FieldType)] = &[
    ("word", FieldType::Word(Words::Any)),
    ("flag", FieldType::Flag),
    ("count", FieldType::Count),
    ("money", FieldType::Money),
    ("person", FieldType::Person),
    ("customer", FieldType::Customer),
    ("text", FieldType::Text),
];

/// What a declared event may be about.
const ABOUT: &[(&str, (FieldId, FieldType))] = &[
    ("staff", (field::STAFF, FieldType::Person)),
    ("customer", (field::CUSTOMER, FieldType::Customer)),
    ("visit", (field::VISIT, FieldType::Visit)),
    ("deal", (field::DEAL, FieldType::Deal)),
];

/// Moments of the runtime that a clause may name.
const INNER: &[(&str, Moment)] = &[
    ("identified", Moment::Identified),
    ("recognised", Moment::Recognised),
    ("rota_chooses", Moment::RotaChooses),
    ("passed_over", Moment::PassedOver),
    ("round_ends", Moment::RoundEnds),
    ("received", Moment::Received),
    ("day_ends", Moment::PeriodEnds(Period::Day)),
    ("week_ends", Moment::PeriodEnds(Period::Week)),
    ("month_ends", Moment::PeriodEnds(Period::Month)),
    ("quarter_ends", Moment::PeriodEnds(Period::Quarter)),
    ("year_ends", Moment::PeriodEnds(Period::Year)),
    ("violation", Moment::Violation),
];

impl EventTable {
    /// The kind of that name.
    pub fn kind(&self, name: &str) -> Option<KindId> {
        self.kinds
            .iter()
            .position(|entry| entry.name == name)
            .map(|at| KindId(number(at)))
    }

    /// A kind.
    pub fn entry(&self, id: KindId) -> &KindEntry {
        &self.kinds[usize::from(id.0)]
    }

    /// Declared events and the names of added fields, for the policy.
    pub fn declared(&mut self) -> (Vec<DeclaredEvent>, Vec<String>) {
        (
            std::mem::take(&mut self.declared),
            std::mem::take(&mut self.fields),
        )
    }

    fn field(&mut self, name: &str) -> FieldId {
        if let Some(id) = field_named(name) {
            return id;
        }
        let at = self
            .fields
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| {
                self.fields.push(name.to_owned());
                self.fields.len() - 1
            });
        FieldId(number(FIELDS.len() + at))
    }
}

impl Checker<'_> {
    /// The kinds of the interface, then those of the policy.
    pub fn declare_events(&mut self) {
        for row in KINDS {
            let fields = row.fields.iter().map(|known| FieldEntry {
                field: known.field,
                name: FIELDS[usize::from(known.field.0)].to_owned(),
                holds: known.holds,
                words: Vec::new(),
            });
            self.events.kinds.push(KindEntry {
                name: row.name.to_owned(),
                fields: fields.collect(),
            });
        }
        for event in &self.written.events {
            self.declare_event(event);
        }
    }

    fn declare_event(&mut self, event: &WrittenEvent) {
        let name = event.name.value.clone();
        let known = self.events.kind(&name);
        let id = known.unwrap_or_else(|| {
            self.events.kinds.push(KindEntry {
                name: name.clone(),
                fields: Vec::new(),
            });
            KindId(number(self.events.kinds.len() - 1))
        });
        let mut fields = Vec::new();
        for about in &event.about {
            if known.is_some() {
                let message = format!("what a `{name}` is about is fixed");
                self.error(
                    Code::NameCollision,
                    message,
                    &about.place,
                    "only an event of your own is about something",
                );
            } else if let Some((id, holds)) = self.one_of(about, ABOUT, "what an event is about") {
                let name = about.value.clone();
                fields.push(DeclaredField {
                    field: id,
                    name,
                    holds,
                    words: Vec::new(),
                    required: true,
                });
            }
        }
        for written in &event.fields {
            fields.extend(self.declare_field(id, written));
        }
        let entry = &mut self.events.kinds[usize::from(id.0)];
        for added in &fields {
            match entry
                .fields
                .iter_mut()
                .find(|known| known.field == added.field)
            {
                Some(known) => known.words.extend(added.words.iter().cloned()),
                None => entry.fields.push(FieldEntry {
                    field: added.field,
                    name: added.name.clone(),
                    holds: added.holds,
                    words: added.words.clone(),
                }),
            }
        }
        self.events.declared.push(DeclaredEvent {
            kind: id,
            name,
            fields,
        });
    }

    fn declare_field(&mut self, kind: KindId, written: &WrittenField) -> Option<DeclaredField> {
        let name = written.name.value.clone();
        let words: Vec<String> = written
            .words
            .iter()
            .map(|word| word.value.clone())
            .collect();
        for word in &written.words {
            self.free_word(word);
        }
        let holds = match &written.is_a {
            Some(is_a) => self.one_of(is_a, TYPES, "the types of a field")?,
            None => FieldType::Word(Words::Any),
        };
        let is_word = matches!(holds, FieldType::Word(_));
        if is_word && words.is_empty() && written.is_a.is_none() || !is_word && !words.is_empty() {
            let message = format!("the field `{name}` lists its words, or names its type");
            let help = "as in `stage = [\"talking\", \"left\"]` or `insured = \"flag\"`";
            self.helped(
                Code::WrongType,
                message,
                &written.name.place,
                "neither, or both",
                help,
            );
            return None;
        }
        let entry = self.events.entry(kind);
        let known = entry.fields.iter().find(|known| known.name == name);
        if let Some(known) = known.map(|known| known.holds) {
            let listed =
                matches!(known, FieldType::Word(Words::List(_))) && is_word && !words.is_empty();
            if !listed {
                let message = format!("`{}` has a field `{name}` already", entry.name);
                let help = "a policy may add words to a field that lists its words";
                self.helped(
                    Code::NameCollision,
                    message,
                    &written.name.place,
                    "cannot be declared again",
                    help,
                );
                return None;
            }
            let field = self.events.field(&name);
            return Some(DeclaredField {
                field,
                name,
                holds: known,
                words,
                required: false,
            });
        }
        let field = self.events.field(&name);
        Some(DeclaredField {
            field,
            name,
            holds,
            words,
            required: written.required,
        })
    }

    /// The moment that a clause or a fact names.
    pub fn moment(&mut self, text: &Text) -> Option<Moment> {
        if let Some((_, moment)) = INNER.iter().find(|(name, _)| *name == text.value) {
            return Some(*moment);
        }
        if let Some(window) = text.value.strip_suffix(" ends") {
            return self.window_ends(text, window);
        }
        if let Some(id) = self
            .events
            .kind(&text.value)
            .filter(|id| *id != kind::VIOLATION)
        {
            return Some(Moment::Event(id));
        }
        let ends = self
            .windows
            .iter()
            .map(|entry| format!("{} ends", entry.window.name));
        let names: Vec<String> = (self.events.kinds.iter().map(|entry| entry.name.clone()))
            .chain(INNER.iter().map(|(name, _)| (*name).to_owned()))
            .chain(ends)
            .collect();
        let help = match crate::base::names::nearest(&text.value, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name an event, identified, recognised, rota_chooses, passed_over, round_ends, received, day_ends, week_ends, month_ends, quarter_ends, year_ends, violation or \"<window> ends\"".to_owned(),
        };
        let message = format!("nothing called `{}` happens", text.value);
        self.helped(
            Code::UnknownMoment,
            message,
            &text.place,
            "no such event or moment",
            help,
        );
        None
    }

    /// The end of a window.
    fn window_ends(&mut self, text: &Text, window: &str) -> Option<Moment> {
        if let Some(at) = self
            .windows
            .iter()
            .position(|entry| entry.window.name == window)
        {
            self.windows[at].used = true;
            if let Some(ends) = self.written.windows[at].ends.clone() {
                let message = format!("the window `{window}` looks back, so it never ends");
                let finding = Finding::new(
                    Code::UnknownMoment,
                    message,
                    text.place.clone(),
                    "would never come",
                );
                let finding = finding.other(ends.place, "looks back from this");
                self.push(finding.help("what acts at its end has `starts`"));
                return None;
            }
            return Some(Moment::WindowEnds(WindowId(number(at))));
        }
        let message = format!("there is no window `{window}`");
        let help = did_you_mean(
            window,
            self.windows.iter().map(|entry| entry.window.name.as_str()),
            "windows",
        );
        self.helped(
            Code::UnknownMoment,
            message,
            &text.place,
            "no such window",
            help,
        );
        None
    }

    /// What a condition may speak of at a moment.
    pub fn scope_of(&self, moment: Moment) -> Scope {
        match moment {
            Moment::Event(id) => {
                let mut scope = event_scope(id, self.events.entry(id));
                if !self.written.title.identity.is_empty() && identifies(id, &scope) {
                    scope.roots |= root::RECORD;
                }
                scope
            }
            Moment::WindowEnds(id) => {
                let entry = self.windows.get(id.index());
                Scope::window_ends(entry.map_or(Of::Claim, |entry| entry.window.of))
            }
            inner => Scope::inner(inner),
        }
    }

    /// Whether a name is taken by something that every condition may speak of.
    pub fn is_root(name: &str) -> bool {
        ROOTS.iter().any(|(root, ..)| *root == name)
            || ["it", "claim", "staff", "amount"].contains(&name)
            || KIND_NAMES.contains(&name)
    }
}

/// What a condition may speak of on an event: what its fields name.
fn event_scope(id: KindId, entry: &KindEntry) -> Scope {
    let (mut parts, mut roots) = (0, root::EVENT | root::OFFICE);
    for row in &entry.fields {
        // A correction is about an entry, and what that was about is not at hand.
        if id == kind::CORRECTION && row.field == field::ABOUT {
            continue;
        }
        let (more_parts, more_roots) = from_field(row.field.0, row.holds);
        parts |= more_parts;
        roots |= more_roots;
    }
    parts |= match id {
        kind::VISIT => bits(&[Part::Receiver, Part::Recognised]),
        kind::RECOGNITION => bits(&[Part::Receiver, Part::Recognised, Part::Named]),
        kind::REPLACEMENT | kind::ASSIGNMENT | kind::OWNER_CONTACT | kind::CHOICE => {
            bit(Part::Receiver)
        }
        id if usize::from(id.0) >= KINDS.len() && roots & root::CUSTOMER != 0 => {
            bit(Part::Receiver)
        }
        _ => 0,
    };
    if id == kind::PERSON_LEFT {
        parts |= of_customer() | bit(Part::Receiver);
        roots |= root::VISIT | root::CUSTOMER;
    }
    let when = format!("on `{}`", entry.name);
    Scope {
        when,
        parts,
        roots,
        kinds: vec![id],
        ..Scope::default()
    }
}
