//! `[[never]]`: what the book rules out.

use super::Checker;
use super::draft::Draft;
use super::scope::{Scope, is_asked};
use crate::finding::{Code, Finding};
use crate::policy::Clause;
use crate::syntax::WrittenClause;
use crate::vocabulary::facts::Part;
use crate::vocabulary::words::Question;

impl Checker<'_> {
    /// The case that cannot happen: on which event, and when.
    pub fn never(&mut self, one: &Draft<'_>, written: &WrittenClause, clause: &mut Clause) {
        let answer = written.then.questions().into_iter().next();
        let answer = answer.map(|(_, place)| place);
        let other = written.also.place.clone();
        let rows = written.rows.first().map(|row| row.place.clone());
        if let Some(place) = answer.or(other).or(rows).or(written.otherwise.clone()) {
            let message = "what cannot happen has no answer";
            let help = "say only `on`, `when`, `unless` and `why`; what happens after all goes to whoever rules";
            self.helped(
                Code::PrincipleWithAnswers,
                message,
                &place,
                "in a case that cannot happen",
                help,
            );
        }
        if written.on.is_empty() {
            let message = "nothing says what has to happen";
            let help = "add `on = \"visit\"` or another event";
            self.helped(Code::WrongMoment, message, &one.place, "no `on`", help);
        }
        let mut scope: Option<Scope> = None;
        for (text, moment) in self.moments(written) {
            let there = self.scope_of(moment);
            if !is_asked(Question::Allow, moment, &there) {
                let message = format!("`{}` is no event that could be held back", text.value);
                let finding = Finding::new(
                    Code::WrongMoment,
                    message,
                    text.place.clone(),
                    "happens by itself",
                );
                self.push(finding.help("name the event that cannot come so"));
            }
            clause.on.push(moment);
            scope = Some(match scope {
                Some(known) => known.and(&there),
                None => there,
            });
        }
        let scope = scope.unwrap_or_else(|| Scope::open(false));
        let (when, mut needs) = self.conditions(&written.when, &scope);
        let (unless, more) = self.conditions(&written.unless, &scope);
        needs.add(&more);
        if let Some(condition) = written.when.iter().chain(&written.unless).next()
            && needs.part(Part::Receiver)
        {
            let message =
                "this is asked before anybody receives, and the case speaks of `receiver`";
            let help = "speak of `current` or `owner`";
            self.helped(
                Code::TooEarly,
                message,
                &condition.place,
                "asked too early",
                help,
            );
        }
        (clause.when, clause.unless) = (when, unless);
        clause.says = self.says(written.says.as_ref(), &scope, false, one);
    }
}
