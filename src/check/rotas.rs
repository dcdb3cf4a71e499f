//! The rotas of the title page: in which order people stand, whether turns go round, what becomes of those passed over.

use super::Checker;
use super::draft::Draft;
use super::paths::Typed;
use super::scope::{Scope, root};
use super::tools::number;
use crate::finding::{Code, Finding, Place};
use crate::policy::{ClauseId, Line, PassedOver, Rota, RotaDay, RotaOrder, RotaRound, Term};
use crate::syntax::{Text, WrittenRota, WrittenRow, WrittenSanction};
use crate::vocabulary::facts::Type;
use crate::vocabulary::words::{PassReason, TurnEffect};

/// What a reception that is passed over can do to a turn.
const EFFECTS: &[(&str, TurnEffect)] = &[
    ("kept", TurnEffect::Kept),
    ("forfeited", TurnEffect::Forfeited),
    ("open", TurnEffect::Open),
];

/// Orders in which nobody is equal to another.
const LINES: &[(&str, Line)] = &[("roster", Line::Roster), ("sign_in", Line::SignIn)];

const DAYS: &[(&str, RotaDay)] = &[
    ("carries_over", RotaDay::CarriesOver),
    ("restarts", RotaDay::Restarts),
];

const ROUNDS: &[(&str, RotaRound)] = &[("one_each", RotaRound::OneEach), ("none", RotaRound::None)];

fn has_no_rounds(rota: &WrittenRota) -> bool {
    rota.round
        .as_ref()
        .is_some_and(|round| round.value == "none")
}

impl Checker<'_> {
    /// Rotas as they are meant.
    pub fn resolve_rotas(&mut self, draft: &[Draft<'_>]) -> Option<Vec<Rota>> {
        let mut rotas = Vec::new();
        for written in &self.written.title.rotas {
            let order = self.rota_order(written);
            let day = self.optional(
                written.day.as_ref(),
                DAYS,
                "what a rota does at the end of the day",
            );
            let round = self.optional(written.round.as_ref(), ROUNDS, "how turns go round");
            let unit = match &written.unit {
                Some(unit) => self.of_staff(unit, &[Type::Word], "to whom turns belong"),
                None => None,
            };
            let rows: Vec<Option<PassedOver>> = written
                .passed_over
                .iter()
                .map(|row| self.passed_over(row, draft))
                .collect();
            self.rows_apply(written);
            let rows: Option<Vec<PassedOver>> = rows.into_iter().collect();
            rotas.push(rows.zip(order).map(|(passed_over, order)| {
                Rota {
                    desk: self.word(&written.name.value),
                    channels: written
                        .channels
                        .iter()
                        .map(|channel| self.free_word(channel))
                        .collect(),
                    order,
                    round: round.unwrap_or(RotaRound::OneEach),
                    unit,
                    day: day.unwrap_or(RotaDay::CarriesOver),
                    passed_over,
                }
            }));
        }
        rotas.into_iter().collect()
    }

    /// A word, or facts of a person with a word that settles ties.
    fn rota_order(&mut self, written: &WrittenRota) -> Option<RotaOrder> {
        let is_key = |text: &Text| text.value.contains('.');
        if let ([word], true) = (written.order.as_slice(), !written.order.iter().any(is_key)) {
            if let Some(ties) = &written.ties {
                let message = "in this order nobody is equal to another";
                let help = "leave `ties` out";
                self.helped(Code::WrongType, message, &ties.place, "no ties", help);
            }
            return self
                .one_of(word, LINES, "orders of a rota")
                .map(RotaOrder::By);
        }
        let Some(first) = written.order.first() else {
            return Some(RotaOrder::By(Line::Roster));
        };
        let kinds = [Type::Count, Type::Time, Type::Day, Type::Flag, Type::Money];
        let keys: Vec<Term> = written
            .order
            .iter()
            .filter_map(|key| self.of_staff(key, &kinds, "an order"))
            .collect();
        let Some(ties) = &written.ties else {
            let message = format!(
                "the rota `{}` does not say who of equals comes first",
                written.name.value
            );
            let finding = Finding::new(
                Code::NoTieBreak,
                message,
                written.name.place.clone(),
                "no `ties`",
            );
            self.push(
                finding
                    .other(first.place.clone(), "two people may be equal in this")
                    .help("add ties = \"roster\", or \"sign_in\""),
            );
            return None;
        };
        let ties = self.one_of(ties, LINES, "what settles ties")?;
        (keys.len() == written.order.len()).then_some(RotaOrder::Keys { keys, ties })
    }

    /// `"staff.x"`: a fact of each person.
    fn of_staff(&mut self, text: &Text, kinds: &[Type], what: &str) -> Option<Term> {
        let scope = Scope {
            when: format!("in {what}"),
            it: true,
            roots: root::OFFICE,
            ..Scope::default()
        };
        let Typed {
            term, is, group, ..
        } = self.term(text, &scope)?;
        if kinds.contains(&is) && !group {
            return Some(term);
        }
        let wanted: Vec<&str> = kinds.iter().map(|kind| kind.text()).collect();
        let message = format!("`{}` is {}", text.value, is.text());
        let help = format!("{what} is {}", wanted.join(", "));
        self.helped(
            Code::TypeMismatch,
            message,
            &text.place,
            "another type is needed",
            help,
        );
        None
    }

    fn passed_over(&mut self, row: &WrittenRow, draft: &[Draft<'_>]) -> Option<PassedOver> {
        let reasons: Vec<(&str, PassReason)> = PassReason::ALL
            .iter()
            .map(|reason| (reason.text(), *reason))
            .collect();
        let reason = self.optional(
            row.reason.as_ref(),
            &reasons,
            "reasons why somebody cannot receive",
        );
        let effect = self.optional(
            row.effect.as_ref(),
            EFFECTS,
            "what becomes of a turn that is passed over",
        );
        let (when, _) = self.conditions(&row.when, &Scope::passed_over());
        let clause = draft
            .iter()
            .position(|clause| clause.is_row_at(&row.place))?;
        let complete = when.len() == row.when.len();
        let clause = ClauseId(number(clause));
        (complete).then_some(PassedOver {
            reason: reason?,
            when,
            effect: effect?,
            clause,
        })
    }

    /// Whether somebody can be passed over for that reason: only a policy that bars has agents who are barred.
    fn comes_about(&self, reason: &str) -> bool {
        let answers = || {
            let clauses = self.written.clauses.iter();
            clauses.flat_map(|clause| {
                std::iter::once(&clause.then).chain(clause.rows.iter().map(|row| &row.then))
            })
        };
        match PassReason::parse(reason) {
            Some(PassReason::Barred) => answers().any(|then| then.bar.is_some()),
            Some(PassReason::Suspended) => answers()
                .filter_map(|then| then.sanction.as_ref())
                .flat_map(|(_, each)| each)
                .any(|(_, sanction)| match sanction {
                    WrittenSanction::Fact(_) => true,
                    WrittenSanction::Parts(parts) => parts.suspend.is_some(),
                }),
            _ => true,
        }
    }

    /// Where turns do not go round, nobody is passed over.
    fn rows_are_idle(&mut self, rota: &WrittenRota) {
        if let (true, Some(round), Some(row)) =
            (has_no_rounds(rota), &rota.round, rota.passed_over.first())
        {
            let message = "nobody is passed over where turns do not go round";
            let finding = Finding::new(
                Code::UnreachableRow,
                message,
                row.place.clone(),
                "never applies",
            );
            // Rows of a policy that this one extends are of use there.
            if self.is_own(&row.place) {
                self.push(finding.other(round.place.clone(), "no rounds").warning());
            }
        }
    }

    /// A row after one of the same reason without conditions never applies; a reason without a row leaves a gap.
    fn rows_apply(&mut self, rota: &WrittenRota) {
        let mut settled: Vec<(&str, &Place)> = Vec::new();
        self.rows_are_idle(rota);
        for row in &rota.passed_over {
            let Some(reason) = &row.reason else { continue };
            if let Some((_, place)) = settled.iter().find(|(known, _)| *known == reason.value) {
                let message = format!(
                    "no turn comes to this row: `{}` is settled above",
                    reason.value
                );
                let finding = Finding::new(
                    Code::UnreachableRow,
                    message,
                    row.place.clone(),
                    "never applies",
                );
                self.push(
                    finding
                        .other((*place).clone(), "takes every case")
                        .help("put it before that row"),
                );
            } else if row.when.is_empty() {
                settled.push((&reason.value, &row.place));
            }
        }
        let answered = self
            .written
            .clauses
            .iter()
            .any(|clause| clause.on.iter().any(|on| on.value == "passed_over"));
        let missing: Vec<&str> = PassReason::ALL
            .iter()
            .map(|reason| reason.text())
            .filter(|reason| !settled.iter().any(|(known, _)| known == reason))
            .filter(|reason| self.comes_about(reason))
            .collect();
        if !missing.is_empty() && !answered && !has_no_rounds(rota) {
            let message = format!(
                "nothing says what becomes of the turn of somebody who is {}",
                missing.join(", ")
            );
            let place = rota
                .passed_over
                .first()
                .map_or(&rota.name.place, |row| &row.place);
            let finding = Finding::new(
                Code::ReasonWithoutRow,
                message,
                place.clone(),
                "not every reason has a row",
            );
            self.push(
                finding
                    .help("add a row without `when` for each, or a clause on `passed_over`")
                    .warning(),
            );
        }
    }
}
