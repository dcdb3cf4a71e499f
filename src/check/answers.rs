//! What clauses answer, resolved.

use super::Checker;
use super::amounts::Kind;
use super::conditions::segments_of;
use super::scope::{Needs, Scope};
use super::story::PERIODS;
use super::tools::did_you_mean;
use crate::finding::{Code, Place};
use crate::policy::{
    Allow, AmountValue, Answers, Ask, By, Own, OwnTo, Receive, Sanction, SanctionParts, Suspend,
    Term, Who,
};
use crate::syntax::{
    Text, WrittenAllow, WrittenAnswers, WrittenAsk, WrittenOwn, WrittenReceive, WrittenSanction,
};
use crate::vocabulary::facts::Type;
use crate::vocabulary::words::{ClaimState, Question, ReceptionRole};

/// The answers of a clause, with what they read of the case.
#[derive(Default)]
pub struct Answered {
    /// The answers.
    pub answers: Answers,
    /// What they read.
    pub needs: Needs,
}

impl Checker<'_> {
    /// Resolves answers; what cannot be resolved has findings and is left out.
    pub fn resolve_answers(&mut self, then: &WrittenAnswers, scope: &Scope, all: &mut Answered) {
        if let Some((_, allow)) = &then.allow {
            all.answers.allow = Some(match allow {
                WrittenAllow::Yes => Allow::Yes,
                WrittenAllow::Refuse(reason) => Allow::Refuse(self.free_word(reason)),
            });
        }
        if let Some((_, identify)) = &then.identify {
            all.answers.identify = self.identify(identify, scope, &mut all.needs);
        }
        if let Some((_, who)) = &then.recognise {
            all.answers.recognise = self.one(who, scope, "whoever is recognised", &mut all.needs);
        }
        if let Some((place, own)) = &then.own {
            all.answers.own = Some(self.own(own, place, scope, &mut all.needs));
        }
        if let Some((_, receive)) = &then.receive {
            all.answers.receive = self.receive(receive, scope, &mut all.needs);
        }
        if let Some((place, turns)) = &then.turn {
            self.somebody_named(turns.is_empty(), place);
            for (who, turn) in turns {
                let person = self.any(who, scope, &mut all.needs);
                all.answers.turn.extend(person.zip(self.turn(turn)));
            }
        }
        if let Some((place, sanctions)) = &then.sanction {
            self.somebody_named(sanctions.is_empty(), place);
            for (who, sanction) in sanctions {
                let person = self.any(who, scope, &mut all.needs);
                let sanction = self.sanction(sanction, scope, &mut all.needs);
                all.answers.sanction.extend(person.zip(sanction));
            }
        }
        for (question, _, ask) in &then.asks {
            let ask = Some(self.ask(ask));
            match question {
                Question::Turn => all.answers.turn_ask = ask,
                _ => all.answers.sanction_ask = ask,
            }
        }
        if let Some((place, share)) = &then.share {
            all.answers.share = self.share(share, place, scope, &mut all.needs);
        }
        for (name, answer) in &then.asked {
            if let Some((id, value)) = self.answer_to(name, answer) {
                all.needs.add(&value.needs);
                all.answers.asked.push((id, value.term));
            }
        }
        if let Some((place, levies)) = &then.levy {
            all.answers.levy = self.levy(levies, place, scope, &mut all.needs);
        }
        if let Some((_, part)) = &then.pay {
            all.answers.pay = self.pay(part);
        }
        if let Some((_, reason)) = &then.bar {
            all.answers.bar = Some(self.free_word(reason));
        }
    }

    /// An answer for each person names at least one.
    pub fn somebody_named(&mut self, nobody: bool, place: &Place) {
        if nobody {
            let help = "write { person = … }";
            self.helped(
                Code::WrongType,
                "this answer names nobody",
                place,
                "empty",
                help,
            );
        }
    }

    fn one(&mut self, who: &Text, scope: &Scope, what: &str, needs: &mut Needs) -> Option<Who> {
        let person = self.somebody(who, scope, what)?;
        needs.add(&person.needs);
        Some(person.who)
    }

    /// A person or a group.
    pub fn any(&mut self, who: &Text, scope: &Scope, needs: &mut Needs) -> Option<Who> {
        let value = self.anybody(who, scope)?;
        needs.add(&value.needs);
        match value.term {
            Term::Who(who) => Some(who),
            _ => None,
        }
    }

    /// Who rules, and why.
    pub fn ask(&mut self, ask: &WrittenAsk) -> Ask {
        Ask {
            role: self.role_word(&ask.role),
            reason: self.free_word(&ask.reason),
        }
    }

    fn own(&mut self, own: &WrittenOwn, place: &Place, scope: &Scope, needs: &mut Needs) -> Own {
        let written = match own {
            WrittenOwn::Unchanged => return Own::Unchanged,
            WrittenOwn::Ask(ask) => return Own::Ask(self.ask(ask)),
            WrittenOwn::Each(written) => written,
        };
        self.somebody_named(written.is_empty(), place);
        let states: Vec<(&str, ClaimState)> = (ClaimState::ALL.iter())
            .filter(|state| **state != ClaimState::Absent)
            .map(|state| (state.text(), *state))
            .collect();
        let mut each = Vec::new();
        for (who, state, rests_on) in written {
            let person = self.any(who, scope, needs);
            let state_of = self.one_of(state, &states, "what a claim can become");
            let rests = rests_on
                .as_ref()
                .and_then(|text| self.one(text, scope, "whose claim it rests on", needs));
            if let (Some(text), Some(found)) = (rests_on, state_of)
                && found != ClaimState::Sharing
            {
                let message = "only a right to a part rests on another claim";
                self.helped(
                    Code::WrongType,
                    message,
                    &text.place,
                    "not of a share",
                    "leave `rests_on` out",
                );
            }
            if let (Some(person), Some(state)) = (person, state_of) {
                each.push((
                    person,
                    OwnTo {
                        state,
                        rests_on: rests,
                    },
                ));
            }
        }
        Own::Each(each)
    }

    fn receive(
        &mut self,
        receive: &WrittenReceive,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<Receive> {
        let (by, role, regardless) = match receive {
            WrittenReceive::Nobody => return Some(Receive::Nobody),
            WrittenReceive::Ask(ask) => return Some(Receive::Ask(self.ask(ask))),
            WrittenReceive::By {
                by,
                role,
                regardless,
            } => (by, role, *regardless),
        };
        let roles: Vec<(&str, ReceptionRole)> = ReceptionRole::ALL
            .iter()
            .map(|role| (role.text(), *role))
            .collect();
        let role = self.one_of(role, &roles, "roles in a reception");
        let mut found = Vec::new();
        for text in by {
            found.extend(match text.value.as_str() {
                "rota" => Some(By::Rota),
                "rota_would_choose" => Some(By::RotaWouldChoose),
                "last_in_order" => Some(By::LastInOrder),
                "current" => Some(By::Current),
                "receiver" => {
                    let message = "`receiver` is who receives after this is answered";
                    self.helped(
                        Code::TooEarly,
                        message,
                        &text.place,
                        "not known yet",
                        "say `current` or `chosen`",
                    );
                    None
                }
                _ => self
                    .one(text, scope, "whoever receives", needs)
                    .map(By::Who),
            });
        }
        let complete = found.len() == by.len();
        role.filter(|_| complete).map(|role| Receive::By {
            by: found,
            role,
            regardless,
        })
    }

    /// How long somebody is suspended: in turns, or in time.
    fn suspension(&mut self, text: &Text) -> Option<Suspend> {
        if let Some((_, period)) = PERIODS.iter().find(|(word, _)| *word == text.value) {
            return Some(Suspend::ToEndOf(*period));
        }
        let id = self.amount_of(text, &[Kind::Count, Kind::Length], "a suspension")?;
        let values = &self.amounts[id.index()].amount.values;
        let strange = values.iter().find_map(|(_, value)| match value {
            AmountValue::Count(_, unit) if unit != "turn" && unit != "turns" => Some(unit.clone()),
            _ => None,
        });
        if let Some(unit) = strange {
            let message = format!("a suspension is counted in turns or in time, not in {unit}");
            self.helped(
                Code::WrongAmount,
                message,
                &text.place,
                "of another unit",
                "as in \"n turns\" or \"n days\"",
            );
        }
        Some(Suspend::For(id))
    }

    fn sanction(
        &mut self,
        sanction: &WrittenSanction,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<Sanction> {
        let parts = match sanction {
            WrittenSanction::Fact(text) => return self.sanction_fact(text, scope, needs),
            WrittenSanction::Parts(parts) => parts,
        };
        let (warning, dismiss) = (parts.warning, parts.dismiss);
        let (fine, points, suspend) = (&parts.fine, &parts.points, &parts.suspend);
        let pay_back = &parts.pay_back;
        let amounts = [fine, points, suspend, pay_back];
        let nothing = amounts.iter().all(|part| part.is_none()) && !warning && !dismiss;
        self.somebody_named(nothing, &parts.place);
        let mut amount = |part: &Option<Text>, kind, what| {
            part.as_ref()
                .and_then(|text| self.amount_of(text, &[kind], what))
        };
        let fine = amount(fine, Kind::Money, "a fine");
        let pay_back = amount(pay_back, Kind::Money, "what is paid back");
        let points = amount(points, Kind::Count, "points");
        let long = suspend.as_ref().and_then(|text| self.suspension(text));
        let paid_by = parts.paid_by.as_ref().map(|text| self.free_word(text));
        let desk = parts.desk.as_ref().and_then(|text| self.desk(text));
        if let (Some(text), None) = (&parts.desk, suspend) {
            let message = "only a suspension is of one desk";
            let help = "leave it out, or say how long: suspend = \"amount.x\"";
            self.helped(
                Code::WrongType,
                message,
                &text.place,
                "suspends nobody",
                help,
            );
        }
        Some(Sanction::Parts(SanctionParts {
            fine,
            pay_back,
            points,
            suspend: long,
            desk,
            warning,
            dismiss,
            paid_by,
        }))
    }

    /// `"violation.x"`: a fact of type sanction.
    fn sanction_fact(&mut self, text: &Text, scope: &Scope, needs: &mut Needs) -> Option<Sanction> {
        let segments = segments_of(&text.value, 0).filter(|segments| segments.len() == 2);
        if let Some(segments) = segments {
            let value = self.value_path(&segments, text, scope)?;
            if let (Type::Sanction, Term::Declared(_, id)) = (value.is, &value.term) {
                needs.add(&value.needs);
                return Some(Sanction::Fact(*id));
            }
        }
        let facts = self
            .facts
            .iter()
            .filter(|entry| entry.of == Some(Type::Violation));
        let names: Vec<String> = facts
            .map(|entry| format!("violation.{}", entry.name()))
            .collect();
        let help = did_you_mean(
            &text.value,
            names.iter().map(String::as_str),
            "facts of a violation",
        );
        let message = format!("`{}` is not what a violation costs", text.value);
        self.helped(
            Code::TypeMismatch,
            message,
            &text.place,
            "not a fact of type \"sanction\"",
            help,
        );
        None
    }
}
