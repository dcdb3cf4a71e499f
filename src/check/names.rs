//! The names that a policy gives: ASCII words, none reserved, none that already means something else.

use super::Checker;
use super::tools::is_snake_case;
use crate::finding::Code;
use crate::script::is_reserved;
use crate::syntax::{Text, WrittenHow};
use crate::vocabulary::events::KIND_NAMES;
use crate::vocabulary::facts::{Part, Type, fact_named};

/// Words that mean something of their own where a person is named.
const ANSWERS: &[&str] = &[
    "rota",
    "rota_would_choose",
    "last_in_order",
    "nobody",
    "others",
    "ask",
    "reason",
    "claims",
    "staff",
];
/// What a question of the policy's own cannot be called: it stands beside these in `then` and in rows.
const QUESTIONS: &[&str] = &[
    "allow",
    "recognise",
    "own",
    "receive",
    "turn",
    "sanction",
    "share",
    "bar",
    "identify",
    "levy",
    "pay",
    "id",
    "key",
    "title",
    "says",
    "is",
    "when",
    "unless",
    "also",
    "overrides",
    "until",
];
/// Moments of the runtime.
const MOMENTS: &[&str] = &[
    "identified",
    "recognised",
    "rota_chooses",
    "passed_over",
    "round_ends",
    "received",
    "day_ends",
    "week_ends",
    "month_ends",
    "quarter_ends",
    "year_ends",
];

impl Checker<'_> {
    /// Looks at every name that the policy gives.
    pub fn names(&mut self) {
        let written = self.written;
        for amount in &written.amounts {
            self.name(&amount.name, "an amount");
        }
        for fact in &written.facts {
            self.name(&fact.name, "a fact");
            let question = matches!(fact.how, Some(WrittenHow::Question { .. }));
            if question && QUESTIONS.contains(&fact.name.value.as_str()) {
                self.collision(&fact.name, "a question of the program, or a key of a row");
            }
            self.fact_name(
                &fact.name,
                fact.of.as_ref().map_or("", |of| of.value.as_str()),
            );
        }
        for people in &written.people {
            self.name(&people.name, "people");
            self.people_name(&people.name);
        }
        for window in &written.windows {
            self.name(&window.name, "a window");
            self.window_name(&window.name);
        }
        for event in &written.events {
            if !KIND_NAMES.contains(&event.name.value.as_str()) {
                self.name(&event.name, "an event");
                self.event_name(&event.name);
            }
            for field in &event.fields {
                self.name(&field.name, "a field");
                self.field_name(&event.name.value, &field.name);
            }
        }
        let words = written
            .violations
            .iter()
            .map(|(name, _)| name)
            .chain(written.title.roles.iter().map(|role| &role.name));
        for name in words.chain(written.title.roles.iter().flat_map(|role| &role.may)) {
            self.snake_case(name);
        }
        for rota in &written.title.rotas {
            self.snake_case(&rota.name);
        }
        if let Some(name) = &written.title.name {
            self.policy_name(name);
        }
    }

    /// The name of a policy is also that of a folder.
    fn policy_name(&mut self, name: &Text) {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
        if name.value.is_empty() || name.value.len() > 64 || !name.value.chars().all(plain) {
            let help = "use letters, digits, `-` and `_`, as in \"changsha-vanke\"";
            let message = format!("`{}` cannot be the name of a policy", name.value);
            self.helped(
                Code::BadName,
                message,
                &name.place,
                "not a plain name",
                help,
            );
        }
    }

    fn snake_case(&mut self, name: &Text) -> bool {
        let good = is_snake_case(&name.value);
        if !good {
            let message = format!("`{}` is not a name", name.value);
            let help = "write small ASCII letters, digits and `_`, beginning with a letter";
            self.helped(Code::BadName, message, &name.place, "not snake_case", help);
        }
        good
    }

    /// A name that conditions use.
    fn name(&mut self, name: &Text, what: &str) {
        if self.snake_case(name) && is_reserved(&name.value) {
            let message = format!(
                "`{}` is a word that conditions keep for themselves",
                name.value
            );
            let help = format!("give {what} another name");
            self.helped(Code::ReservedName, message, &name.place, "reserved", help);
        }
    }

    fn collision(&mut self, name: &Text, means: &str) {
        let message = format!("`{}` already is {means}", name.value);
        self.helped(
            Code::NameCollision,
            message,
            &name.place,
            "means something else",
            "choose another name",
        );
    }

    fn fact_name(&mut self, name: &Text, of: &str) {
        let is = match of {
            "claim" | "staff" => Type::Person,
            "visit" => Type::Visit,
            "customer" => Type::Customer,
            "deal" => Type::Deal,
            _ => Type::Violation,
        };
        if fact_named(is, &name.value).is_some() {
            self.collision(name, &format!("a fact of {}", is.text()));
        } else if self.root_or_part(&name.value) {
            self.collision(name, "the name of a person, a thing or an event");
        } else if self.says_field(of, &name.value) {
            self.collision(
                name,
                &format!("a field of the event `{of}`, which it would hide"),
            );
        } else if is == Type::Person && (name.value == "count" || name.value.starts_with("may_")) {
            self.collision(name, "how a condition asks of a person");
        } else if is == Type::Person
            && self
                .windows
                .iter()
                .any(|entry| entry.window.name == name.value)
        {
            self.collision(name, "a window");
        }
    }

    /// Whether the policy gives that event a field of that name.
    fn says_field(&self, event: &str, name: &str) -> bool {
        let mut events = self.written.events.iter();
        events.any(|known| {
            known.name.value == event && known.fields.iter().any(|field| field.name.value == name)
        })
    }

    fn people_name(&mut self, name: &Text) {
        if self.root_or_part(&name.value)
            || self
                .written
                .events
                .iter()
                .any(|event| event.name.value == name.value)
        {
            self.collision(name, "the name of a person, a thing or an event");
        } else if ANSWERS.contains(&name.value.as_str()) {
            self.collision(name, "a word of the answers");
        } else if self.roles.iter().any(|role| role.name == name.value) {
            self.collision(name, "a role");
        }
    }

    fn window_name(&mut self, name: &Text) {
        if fact_named(Type::Person, &name.value).is_some() {
            self.collision(name, "a fact of a person");
        } else if self.root_or_part(&name.value) {
            self.collision(name, "the name of a person, a thing or an event");
        }
    }

    fn event_name(&mut self, name: &Text) {
        let part = Part::named(&name.value).is_some();
        if part || ["it", "claim", "amount", "event", "customer"].contains(&name.value.as_str()) {
            self.collision(name, "the name of a person or a thing");
        } else if MOMENTS.contains(&name.value.as_str()) {
            self.collision(name, "a moment");
        }
    }

    /// `at` is every event's; a fact of a visit, deal or violation hides a field of that name.
    fn field_name(&mut self, event: &str, name: &Text) {
        let hidden = match event {
            "visit" => fact_named(Type::Visit, &name.value),
            "deal" => fact_named(Type::Deal, &name.value),
            "violation" => fact_named(Type::Violation, &name.value),
            _ => None,
        };
        let known = self.events.kind(event).is_some_and(|id| {
            crate::vocabulary::events::KINDS
                .get(usize::from(id.0))
                .is_some_and(|row| {
                    row.fields.iter().any(|row| {
                        crate::vocabulary::events::FIELDS[usize::from(row.field.0)] == name.value
                    })
                })
        });
        if ["at", "event", "id", "by", "note"].contains(&name.value.as_str()) {
            self.collision(name, "a field of every event");
        } else if hidden.is_some() && !known {
            self.collision(name, "a fact, which would hide the field");
        }
    }

    fn root_or_part(&self, name: &str) -> bool {
        Self::is_root(name) || Part::named(name).is_some()
    }
}
