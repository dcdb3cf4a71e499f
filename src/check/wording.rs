//! Words in conditions: each must be a word that the value can be.

use super::Checker;
use super::conditions::{Reading, describe, plain};
use super::paths::{Typed, WordSet};
use super::tools::did_you_mean;
use crate::finding::{Code, Finding};
use crate::policy::{AmountId, AmountValue, Const, Term, WordId};
use crate::script::Expr;
use crate::vocabulary::facts::Type;

impl Checker<'_> {
    /// The words of an amount must be words that the value can be.
    pub fn words_of_amount(
        &mut self,
        value: &Typed,
        id: AmountId,
        item: &Expr,
        reading: &Reading<'_>,
    ) -> Option<()> {
        if value.is != Type::Word {
            let message = format!("{} is not a word", describe(value));
            self.mismatch(
                message,
                item,
                reading,
                value.is.text(),
                "an amount of words holds words",
            );
            return None;
        }
        let WordSet::These(known, what) = &value.words else {
            return Some(());
        };
        let mut strange = Vec::new();
        for (_, dated) in &self.amounts[id.index()].amount.values {
            let AmountValue::Words(ids) = dated else {
                continue;
            };
            strange.extend(
                ids.iter()
                    .map(|id| self.words[id.index()].clone())
                    .filter(|word| !known.contains(word)),
            );
        }
        self.use_violations(value, id);
        for word in strange {
            let entry = &self.amounts[id.index()];
            let message = format!(
                "the amount `{}` holds `{word}`, which is not one of the {what}",
                entry.amount.name
            );
            let place = entry.place.clone();
            let help = did_you_mean(&word, known.iter().map(String::as_str), what);
            let finding = Finding::new(Code::UnknownWord, message, place, "holds another word");
            let used = reading.text.within(item.at.clone());
            self.push(finding.help(help).other(used, "compared here"));
        }
        Some(())
    }

    /// Kinds of violation that an amount lists are used where it is.
    fn use_violations(&mut self, value: &Typed, id: AmountId) {
        if !matches!(&value.words, WordSet::These(_, "kinds of violation")) {
            return;
        }
        for (_, dated) in &self.amounts[id.index()].amount.values {
            let AmountValue::Words(ids) = dated else {
                continue;
            };
            for id in ids {
                let word = &self.words[id.index()];
                if let Some(kind) = self.violations.iter_mut().find(|kind| kind.name == *word) {
                    kind.used = true;
                }
            }
        }
    }

    /// A word as a value that is compared with another.
    pub fn word_like(
        &mut self,
        other: &Typed,
        word: &str,
        at: &Expr,
        reading: &Reading<'_>,
    ) -> Option<Typed> {
        let id = self.word_of(other, word, at, reading)?;
        Some(plain(Term::Const(Const::Word(id)), Type::Word))
    }

    /// A word that a value can be.
    pub fn word_of(
        &mut self,
        value: &Typed,
        word: &str,
        at: &Expr,
        reading: &Reading<'_>,
    ) -> Option<WordId> {
        if value.is != Type::Word || value.group {
            let message = format!("{} is compared with the word \"{word}\"", describe(value));
            let help = if value.is == Type::Person {
                "nobody is called by a name: speak of people by their part in the case"
            } else {
                "compare it with a value of its own type"
            };
            self.mismatch(message, at, reading, "a word", help);
            return None;
        }
        if let WordSet::These(known, what) = &value.words
            && !known.iter().any(|one| one == word)
        {
            let message = format!("\"{word}\" is not one of the {what}");
            let help = did_you_mean(word, known.iter().map(String::as_str), what);
            let place = reading.text.within(at.at.clone());
            self.helped(Code::UnknownWord, message, &place, "never equal", help);
            return None;
        }
        if let WordSet::These(_, "kinds of violation") = &value.words
            && let Some(kind) = self.violations.iter_mut().find(|kind| kind.name == word)
        {
            kind.used = true;
        }
        Some(self.word(word))
    }
}
