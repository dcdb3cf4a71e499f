//! What comes off a commission before it is shared, which part is due now, and whom a share waits for.

use super::amounts::{Kind, money_of};
use super::scope::{Needs, Scope};
use super::tools::{bilingual, did_you_mean, number};
use super::{Checker, Listed};
use crate::base::fraction::Fraction;
use crate::base::money::{Fen, Sign};
use crate::finding::{Code, Finding, Place};
use crate::policy::{
    Account, AccountId, Asking, Figure, LevyPart, LevyTo, Of, Share, SharePart, Term, WindowId,
};
use crate::syntax::{Text, WrittenAsking, WrittenClause};
use crate::vocabulary::facts::{Part, Type};
use crate::vocabulary::words::Question;

/// Questions on an event whose answers may wait for a yes.
const WAITS: [Question; 4] = [
    Question::Own,
    Question::Receive,
    Question::Turn,
    Question::Sanction,
];

impl Checker<'_> {
    /// The accounts of the office; their names are those of nobody else.
    pub fn declare_accounts(&mut self) {
        for (name, _) in &self.written.accounts {
            let person = Part::named(&name.value).is_some()
                || (self.written.people.iter()).any(|people| people.name.value == name.value)
                || self.roles.iter().any(|role| role.name == name.value);
            if person {
                let message = format!("`{}` already is somebody's name", name.value);
                let help = "choose another name";
                let label = "means somebody else";
                self.helped(Code::NameCollision, message, &name.place, label, help);
            }
            self.free_word(name);
            self.accounts.push(Listed {
                name: name.value.clone(),
                place: name.place.clone(),
                used: false,
            });
        }
    }

    /// Accounts as they are meant.
    pub fn built_accounts(&mut self) -> Vec<Account> {
        let written = &self.written.accounts;
        let accounts = written.iter().map(|(name, title)| Account {
            name: self.word(&name.value),
            title: bilingual(title.as_ref()),
        });
        accounts.collect()
    }

    /// `then.levy`
    pub fn levy(
        &mut self,
        written: &[(Text, Text)],
        place: &Place,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Vec<(LevyTo, LevyPart)> {
        self.somebody_named(written.is_empty(), place);
        let mut levies = Vec::new();
        for (who, part) in written {
            let account = (self.accounts.iter()).position(|known| known.name == who.value);
            let (to, group) = match account {
                Some(at) => {
                    self.accounts[at].used = true;
                    (Some(LevyTo::Account(AccountId(number(at)))), false)
                }
                None if self.is_no_name(who) => (self.no_payee(who), false),
                None => self.payee(who, scope, needs),
            };
            let (value, each) = match part.value.strip_suffix(" each") {
                Some(value) => (value, true),
                None => (part.value.as_str(), false),
            };
            self.each(each, group, who, &part.place);
            levies.extend(to.zip(self.levy_part(part, value, scope, needs)));
        }
        levies
    }

    fn payee(&mut self, who: &Text, scope: &Scope, needs: &mut Needs) -> (Option<LevyTo>, bool) {
        let Some(value) = self.anybody(who, scope) else {
            return (None, false);
        };
        needs.add(&value.needs);
        match value.term {
            Term::Who(person) => (Some(LevyTo::Who(person)), value.group),
            _ => (None, false),
        }
    }

    /// Neither an account, nor a part, nor declared people.
    fn is_no_name(&self, who: &Text) -> bool {
        let people = &self.written.people;
        !who.value.contains('.')
            && Part::named(&who.value).is_none()
            && !people.iter().any(|people| people.name.value == who.value)
    }

    fn no_payee(&mut self, who: &Text) -> Option<LevyTo> {
        let accounts = self.accounts.iter().map(|known| known.name.as_str());
        let people = (self.written.people.iter()).map(|people| people.name.value.as_str());
        let help = did_you_mean(&who.value, accounts.chain(people), "accounts and people");
        let message = format!("there is no account and nobody called `{}`", who.value);
        let help = format!(
            "{help}; an account is declared as `[account.{}]`",
            who.value
        );
        self.helped(Code::UnknownName, message, &who.place, "unknown", help);
        None
    }

    fn levy_part(
        &mut self,
        text: &Text,
        value: &str,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<LevyPart> {
        if value == "all" {
            return Some(LevyPart::Part(Figure::Fraction(Fraction::ONE)));
        }
        if let Some(part) = value.strip_suffix(" of rest") {
            return self.figure(part, text).map(LevyPart::OfRest);
        }
        if value.starts_with("amount.") {
            let name = Text {
                value: value.to_owned(),
                ..text.clone()
            };
            let id = self.amount_of(&name, &[Kind::Money, Kind::Fraction], "a levy")?;
            return match self.amounts[id.index()].kind {
                Kind::Money => Some(LevyPart::MoneyAmount(id)),
                _ => Some(LevyPart::Part(Figure::Amount(id))),
            };
        }
        if let Some((money, _)) = money_of(value) {
            self.draft(&text.place);
            return match Fen::parse(money, Sign::Forbidden) {
                Ok(fen) => Some(LevyPart::Money(fen)),
                Err(error) => {
                    let help = error.help();
                    let message = error.sentence();
                    self.helped(Code::BadAmount, message, &text.place, "no money", help);
                    None
                }
            };
        }
        if value.contains('/') || value.ends_with('%') {
            return self.figure(value, text).map(LevyPart::Part);
        }
        self.levy_term(text, value, scope, needs)
    }

    /// A fact that gives money.
    fn levy_term(
        &mut self,
        text: &Text,
        value: &str,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<LevyPart> {
        let message = "no part of a commission and no money";
        let help = "write \"amount.…\", \"n%\", \"all\" or a fact that is money";
        let found = self.fact_for(text, value, scope, (message, "not a levy", help))?;
        if found.is != Type::Money {
            let message = format!("a levy is money, and this is {}", found.is.text());
            self.error(Code::TypeMismatch, message, &text.place, found.is.text());
            return None;
        }
        needs.add(&found.needs);
        Some(LevyPart::Term(found.term))
    }

    /// `then.pay`
    pub fn pay(&mut self, text: &Text) -> Option<Figure> {
        match text.value.as_str() {
            "all" => Some(Figure::Fraction(Fraction::ONE)),
            "nothing" => Some(Figure::Fraction(Fraction::ZERO)),
            value => self.figure(value, text),
        }
    }

    /// A fraction of the whole: an amount, or written out for a draft.
    pub fn figure(&mut self, value: &str, text: &Text) -> Option<Figure> {
        if value.starts_with("amount.") {
            let name = Text {
                value: value.to_owned(),
                ..text.clone()
            };
            let id = self.amount_of(&name, &[Kind::Fraction], "a part of the whole")?;
            return Some(Figure::Amount(id));
        }
        let fraction = match value.parse::<Fraction>() {
            Ok(fraction) if value.contains('/') || value.ends_with('%') => fraction,
            Ok(_) => {
                let message = format!("`{value}` is no part of the whole");
                let help = "write \"amount.…\" or \"n%\"";
                self.helped(Code::BadAmount, message, &text.place, "of what?", help);
                return None;
            }
            Err(error) => {
                let (message, help) = (error.sentence(), error.help());
                self.helped(Code::BadAmount, message, &text.place, "not a part", help);
                return None;
            }
        };
        self.draft(&text.place);
        if fraction > Fraction::ONE {
            let message = format!("`{value}` is more than the whole");
            let help = "a part is at most 1";
            self.helped(Code::ShareSum, message, &text.place, "too much", help);
            return None;
        }
        Some(Figure::Fraction(fraction))
    }

    /// `ask` of a clause, which a share waits for.
    pub fn asking(
        &mut self,
        written: &WrittenClause,
        answered: &[(Question, Place)],
        share: Option<&Share>,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<Asking> {
        let open = open_part(share);
        let shares = answered.iter().find(|(known, _)| *known == Question::Share);
        let Some(asking) = &written.ask else {
            if let Some((_, place)) = shares.filter(|_| open) {
                let message = "nobody is asked to fix this range";
                let help = "add `ask = { whom = [\"…\"], within = \"…\", else = \"a_role\" }`, or `ask = \"a_role\"`";
                self.helped(Code::RangeWithoutAsk, message, place, "who says?", help);
            }
            return None;
        };
        let place = match asking {
            WrittenAsking::Role(role) => &role.place,
            WrittenAsking::Agreement { place, .. } => place,
        };
        if let (None, WrittenAsking::Role(role)) = (shares, asking)
            && !answered.is_empty()
            && answered
                .iter()
                .all(|(question, _)| WAITS.contains(question))
        {
            return Some(Asking::Yes(self.role_word(role)));
        }
        if shares.is_none() {
            let message = "only a share waits for people who agree, and only `own`, `receive`, `turn` and `sanction` on an event for a role";
            let help = "name a role; or write the answer as a clause `on = \"choice\"` or `on = \"agreement\"`";
            self.helped(Code::IdleAsk, message, place, "asks nothing", help);
            return None;
        }
        match asking {
            WrittenAsking::Role(role) if open => Some(Asking::Fixes(self.role_word(role))),
            WrittenAsking::Role(role) => Some(Asking::Yes(self.role_word(role))),
            WrittenAsking::Agreement { .. } if !open => {
                let message = "these people have nothing to agree on: no part is a range";
                let help = "write a range, as in \"n% to m%\" or \"at least n%\"";
                self.helped(Code::IdleAsk, message, place, "nothing is open", help);
                None
            }
            WrittenAsking::Agreement {
                whom,
                within,
                otherwise,
                ..
            } => Some(Asking::Agreement {
                whom: (whom.iter())
                    .filter_map(|who| self.any(who, scope, needs))
                    .collect(),
                within: within.as_ref().and_then(|text| self.window_by_name(text)),
                otherwise: otherwise.as_ref().map(|role| self.role_word(role)),
            }),
        }
    }

    /// A window that a clause names.
    pub fn window_by_name(&mut self, text: &Text) -> Option<WindowId> {
        let found = (self.windows.iter()).position(|entry| entry.window.name == text.value);
        let Some(at) = found else {
            let names = self.windows.iter().map(|entry| entry.window.name.as_str());
            let help = did_you_mean(&text.value, names, "windows");
            let message = format!("there is no window `{}`", text.value);
            let label = "no such window";
            self.helped(Code::UnknownName, message, &text.place, label, help);
            return None;
        };
        self.windows[at].used = true;
        let of = self.windows[at].window.of;
        if matches!(of, Of::Staff | Of::Event) || self.written.windows[at].ends.is_some() {
            let help = "name a window of a claim, of the deal, of its customer or its visit";
            let message = format!("a share cannot wait for `{}`", text.value);
            let label = "no window of the deal";
            self.helped(Code::IdleUntil, message, &text.place, label, help);
        }
        Some(WindowId(number(at)))
    }

    /// A figure that stands in a clause may do for a draft.
    pub fn draft(&mut self, place: &Place) {
        let message = "a figure of the office stands in a clause";
        let finding = Finding::new(Code::DraftFigure, message, place.clone(), "not an amount");
        let help = "declare it under `[amount.…]` with its dates and source, and name it here";
        self.push(finding.help(help).warning());
    }
}

/// Whether a share leaves something open.
fn open_part(share: Option<&Share>) -> bool {
    matches!(share, Some(Share::Parts { parts, .. })
        if parts.iter().any(|(_, part)| matches!(part, SharePart::Range { .. })))
}
