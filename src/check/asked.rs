//! What has to happen for a clause to be asked, and whether its questions are asked then.

use super::Checker;
use super::draft::{Draft, From};
use super::scope::{Scope, is_asked};
use crate::finding::{Code, Finding, Place};
use crate::policy::Moment;
use crate::syntax::{Text, WrittenClause};
use crate::vocabulary::facts::Type;
use crate::vocabulary::words::Question;

/// `on` with what the moments have in common.
pub struct Asked {
    /// The moments.
    pub moments: Vec<Moment>,
    /// What there is at all of them.
    pub scope: Scope,
    /// Whether every moment could be resolved.
    pub complete: bool,
}

/// What a clause that stands may speak of: only what is paid may look at how a deal stands by now.
fn standing_scope(question: Question, answered: &[(Question, Place)]) -> Scope {
    let settles = |(known, _): &(Question, Place)| *known != Question::Pay;
    match question.is_of_deal() {
        true if answered.iter().any(settles) => Scope::share(),
        true => Scope::pay(),
        false => Scope::bar(),
    }
}

impl Checker<'_> {
    /// `on`, and whether each question is asked then.
    pub fn asked(
        &mut self,
        one: &Draft<'_>,
        written: &WrittenClause,
        answered: &[(Question, Place)],
    ) -> Asked {
        let of_row = match one.from {
            From::TableRow(_, row) => row.also.place.as_ref(),
            _ => None,
        };
        let has_effects = written.also.place.as_ref().or(of_row).is_some();
        if !one.asked.is_empty() {
            return self.asked_itself(one, written, answered);
        }
        if answered.is_empty() && !has_effects {
            let message = "this clause answers nothing and has no effect";
            let help =
                "add `then.…` or `also.…`; a clause that is only cited has `kind = \"principle\"`";
            self.helped(
                Code::ClauseWithoutEffect,
                message,
                &one.place,
                "decides nothing",
                help,
            );
        }
        let moments = self.moments(written);
        let complete = moments.len() == written.on.len();
        if let Some((question, place)) =
            answered.iter().find(|(question, _)| question.is_standing())
        {
            self.only_standing(*question, place, written, answered);
            return Asked {
                moments: Vec::new(),
                scope: standing_scope(*question, answered),
                complete,
            };
        }
        if written.on.is_empty() && (has_effects || !answered.is_empty()) {
            let message = "nothing says what has to happen";
            let help = "add `on = \"visit\"` or another event; only `share`, `levy`, `pay` and `bar` stand without one";
            self.helped(Code::WrongMoment, message, &one.place, "no `on`", help);
        }
        let mut common: Option<Scope> = None;
        for (text, moment) in &moments {
            let scope = self.scope_of(*moment);
            self.is_asked_then(text, *moment, &scope, answered);
            common = Some(match common {
                Some(known) => known.and(&scope),
                None => scope,
            });
        }
        let scope = common.unwrap_or(Scope {
            open: true,
            ..Scope::default()
        });
        Asked {
            moments: moments.into_iter().map(|(_, moment)| moment).collect(),
            scope,
            complete,
        }
    }

    /// A clause that answers questions of the policy's own: whatever is at hand when they are read may be spoken of.
    fn asked_itself(
        &mut self,
        one: &Draft<'_>,
        written: &WrittenClause,
        answered: &[(Question, Place)],
    ) -> Asked {
        let on = written.on.first().map(|on| (&on.place, "`on`".to_owned()));
        let other = answered
            .first()
            .map(|(question, place)| (place, format!("`{question}`")));
        let also = written.also.place.as_ref();
        let also = also.map(|place| (place, "`also`".to_owned()));
        self.only_asked(&one.place, on.or(other).or(also));
        let person = one
            .asked
            .iter()
            .all(|name| self.question_of(name) == Some(Type::Person));
        Asked {
            moments: Vec::new(),
            scope: Scope::open(person),
            complete: true,
        }
    }

    /// The moments that `on` names, each once.
    pub fn moments<'w>(&mut self, written: &'w WrittenClause) -> Vec<(&'w Text, Moment)> {
        let mut moments: Vec<(&Text, Moment)> = Vec::new();
        for text in &written.on {
            let Some(moment) = self.moment(text) else {
                continue;
            };
            if moments.iter().any(|(_, known)| *known == moment) {
                self.error(
                    Code::DuplicateName,
                    format!("`{}` stands here twice", text.value),
                    &text.place,
                    "again",
                );
            } else {
                moments.push((text, moment));
            }
        }
        moments
    }

    fn is_asked_then(
        &mut self,
        text: &Text,
        moment: Moment,
        scope: &Scope,
        answered: &[(Question, Place)],
    ) {
        for (question, place) in answered {
            if !is_asked(*question, moment, scope) {
                let message = format!("nobody asks `{question}` on `{}`", text.value);
                let finding = Finding::new(
                    Code::WrongMoment,
                    message,
                    place.clone(),
                    "would never be asked",
                );
                self.push(finding.other(text.place.clone(), "on this"));
            }
        }
    }

    /// Standing questions have no `on` and stand alone.
    fn only_standing(
        &mut self,
        standing: Question,
        place: &Place,
        written: &WrittenClause,
        answered: &[(Question, Place)],
    ) {
        let of_deal = standing.is_of_deal();
        let beside = |known: Question| known == standing || of_deal && known.is_of_deal();
        let other = answered.iter().find(|(question, _)| !beside(*question));
        let stray = written
            .on
            .first()
            .map(|on| (&on.place, "`on`".to_owned()))
            .or(other.map(|(question, place)| (place, format!("`{question}`"))))
            .or(written
                .also
                .place
                .as_ref()
                .map(|place| (place, "`also`".to_owned())));
        if let Some((at, what)) = stray {
            let message =
                format!("`{standing}` stands without an event, and {what} belongs to one");
            let finding = Finding::new(
                Code::MixedSorts,
                message,
                at.clone(),
                "asked when something happens",
            );
            let help = "write two clauses with the same id: one that stands, one with `on`";
            self.push(
                finding
                    .other(place.clone(), "asked again whenever a fact changes")
                    .help(help),
            );
        }
    }
}
