//! What happens besides the answers: notices, violations, names for a visit that waits.

use super::Checker;
use super::asked::Asked;
use super::scope::Needs;
use crate::finding::{Code, Finding, Place};
use crate::policy::{Addressee, Also, Moment, ViolationOf};
use crate::syntax::{Text, WrittenAlso};
use crate::vocabulary::events::kind;
use crate::vocabulary::words::Question;

/// The violation that the event records, of whatever kind.
const AS_RECORDED: &str = "as_recorded";

impl Checker<'_> {
    /// What happens besides.
    pub fn also(&mut self, written: &WrittenAlso, asked: &Asked, needs: &mut Needs) -> Also {
        let mut also = Also::default();
        for text in &written.notify {
            if self.roles.iter().any(|role| role.name == text.value) {
                also.notify.push(Addressee::Role(self.role_word(text)));
            } else if let Some(value) = self.anybody(text, &asked.scope)
                && let crate::policy::Term::Who(who) = value.term
            {
                needs.add(&value.needs);
                also.notify.push(Addressee::Who(who));
            }
        }
        for (who, kind) in &written.violation {
            let person = self.anybody(who, &asked.scope);
            let kind = self.violation_of(kind, &asked.moments);
            if let (Some(value), Some(kind)) = (person, kind)
                && let crate::policy::Term::Who(who) = value.term
            {
                needs.add(&value.needs);
                also.violation.push((who, kind));
            }
        }
        if let Some(names) = &written.names {
            also.names = self
                .somebody(names, &asked.scope, "whom a visit is taken to name")
                .map(|person| {
                    needs.add(&person.needs);
                    person.who
                });
            if asked
                .moments
                .iter()
                .any(|moment| *moment != Moment::Event(kind::RECOGNITION))
            {
                let message =
                    "a visit that waits is taken to have named somebody only by a recognition";
                self.helped(
                    Code::WrongMoment,
                    message,
                    &names.place,
                    "nothing waits for this",
                    "use `on = \"recognition\"`",
                );
            }
        }
        also
    }

    /// What a violation costs is asked once a clause has said that it is one: no clause says both.
    pub fn records_alone(&mut self, also: &WrittenAlso, answered: &[(Question, Place)]) {
        let mut kinds = also.violation.iter().map(|(_, kind)| kind);
        let recorded = kinds.find(|kind| kind.value == AS_RECORDED);
        let (Some(recorded), Some((question, place))) = (recorded, answered.first()) else {
            return;
        };
        let message = format!("`{question}` is asked only once it is a violation");
        let finding = Finding::new(
            Code::WrongMoment,
            message,
            recorded.place.clone(),
            "would wait for itself",
        );
        let help = "say that it is a violation in a clause of its own, without `then`";
        self.push(finding.other(place.clone(), "asked later").help(help));
    }

    fn violation_of(&mut self, text: &Text, moments: &[Moment]) -> Option<ViolationOf> {
        let recorded =
            !moments.is_empty() && moments.iter().all(|moment| *moment == Moment::Violation);
        let after_another = moments.contains(&Moment::Violation);
        if text.value == AS_RECORDED {
            if !recorded {
                let message = "nothing records a violation here";
                self.helped(
                    Code::WrongMoment,
                    message,
                    &text.place,
                    "of which kind?",
                    "name the kind",
                );
            }
            return Some(ViolationOf::AsRecorded);
        }
        if after_another {
            let message = "a violation is not followed by another";
            self.helped(
                Code::WrongMoment,
                message,
                &text.place,
                "would never end",
                "write \"as_recorded\"; what this violation costs besides, `then.sanction` of a clause on `violation` says",
            );
        }
        let Some(kind) = self
            .violations
            .iter_mut()
            .find(|kind| kind.name == text.value)
        else {
            let names = self.violations.iter().map(|kind| kind.name.as_str());
            let help = super::tools::did_you_mean(&text.value, names, "kinds of violation");
            let message = format!("there is no violation `{}`", text.value);
            self.helped(
                Code::UnknownName,
                message,
                &text.place,
                "not under `[violation]`",
                help,
            );
            return None;
        };
        kind.used = true;
        Some(ViolationOf::Kind(self.word(&text.value)))
    }
}
