//! Questions that the policy itself declares: read like facts, answered by clauses.

use super::Checker;
use super::amounts::Kind;
use super::conditions::plain;
use super::facts::FactSign;
use super::paths::{Typed, WordSet};
use super::scope::{Needs, Scope};
use super::tools::number;
use crate::base::fraction::Fraction;
use crate::finding::{Code, Finding, Place};
use crate::policy::{Const, FactHow, FactId, Term};
use crate::syntax::{Text, WrittenAnswers, WrittenCell, WrittenHow};
use crate::vocabulary::facts::Type;

/// What an answer may be.
const ANSWERS: &[(&str, Type)] = &[
    ("part", Type::Fraction),
    ("word", Type::Word),
    ("count", Type::Count),
    ("flag", Type::Flag),
    ("money", Type::Money),
];

impl Checker<'_> {
    /// `[question.x]`, with what the clauses that answer it read.
    pub fn question(
        &mut self,
        name: &Text,
        answer: &Text,
        absent: Option<&WrittenCell>,
        of: Type,
    ) -> Option<(FactSign, FactHow)> {
        let is = self.one_of(answer, ANSWERS, "what answers a question")?;
        let written = self.written;
        let scope = Scope::open(of == Type::Person);
        let mut needs = Needs::default();
        let mut words: Vec<String> = Vec::new();
        let mut found = false;
        for clause in &written.clauses {
            let rows = clause.rows.iter().map(|row| (&row.then, Some(row)));
            for (then, row) in std::iter::once((&clause.then, None)).chain(rows) {
                let Some((_, value)) = answer_in(then, &name.value) else {
                    continue;
                };
                found = true;
                let mut conditions = vec![&clause.when, &clause.unless];
                conditions.extend(row.iter().flat_map(|row| [&row.when, &row.unless]));
                for texts in conditions {
                    needs.add(&self.conditions(texts, &scope).1);
                }
                for (column, cell) in row
                    .iter()
                    .flat_map(|row| clause.columns.iter().zip(&row.is))
                {
                    self.cell(column, cell, &scope, &mut needs);
                }
                words.extend(word_of(value));
            }
        }
        if !found {
            let message = format!("no clause answers the question `{}`", name.value);
            let help = format!("write a clause with `then.{}`", name.value);
            self.helped(Code::Unused, message, &name.place, "nobody answers", help);
        }
        let absent = match absent {
            Some(cell) => {
                words.extend(word_of(cell));
                Some(self.answer_value(is, cell)?.term)
            }
            None => None,
        };
        let words = match is {
            Type::Word => {
                words.sort();
                words.dedup();
                WordSet::These(words, "answers of this question")
            }
            _ => WordSet::Any,
        };
        Some((FactSign { is, words, needs }, FactHow::Question(absent)))
    }

    /// `then.x`: the question, and its answer.
    pub fn answer_to(&mut self, name: &Text, answer: &WrittenCell) -> Option<(FactId, Typed)> {
        let at = self.question_named(&name.value)?;
        let id = FactId(number(at));
        let is = self.resolve_fact(id)?.is;
        let value = self.answer_value(is, answer)?;
        Some((id, value))
    }

    /// Of what a question is.
    pub fn question_of(&self, name: &str) -> Option<Type> {
        self.facts[self.question_named(name)?].of
    }

    fn question_named(&self, name: &str) -> Option<usize> {
        self.written.facts.iter().position(|fact| {
            fact.name.value == name && matches!(fact.how, Some(WrittenHow::Question { .. }))
        })
    }

    /// An answer of the type that the question wants.
    fn answer_value(&mut self, is: Type, cell: &WrittenCell) -> Option<Typed> {
        let term = match (is, cell) {
            (Type::Count, WrittenCell::Whole(number, _)) => Term::Const(Const::Count(*number)),
            (Type::Flag, WrittenCell::Flag(flag, _)) => Term::Const(Const::Flag(*flag)),
            (Type::Word, WrittenCell::Text(text)) => Term::Const(Const::Word(self.free_word(text))),
            (Type::Count, WrittenCell::Text(text)) => {
                Term::Amount(self.amount_of(text, &[Kind::Count, Kind::Parts], "this answer")?)
            }
            (Type::Money, WrittenCell::Text(text)) => {
                Term::Amount(self.amount_of(text, &[Kind::Money], "this answer")?)
            }
            (Type::Fraction, WrittenCell::Text(text)) if text.value.starts_with("amount.") => {
                Term::Amount(self.amount_of(text, &[Kind::Fraction], "this answer")?)
            }
            (Type::Fraction, WrittenCell::Text(text)) => self.fraction_written(text)?,
            _ => {
                let message = format!("this question is answered with {}", is.text());
                let wanted = match is {
                    Type::Fraction => "write an amount, as in \"amount.first_part\"",
                    Type::Flag => "write `true` or `false`",
                    Type::Count => "write a whole number or an amount",
                    _ => "write a word or an amount in \"quotes\"",
                };
                self.helped(
                    Code::WrongType,
                    message,
                    cell.place(),
                    "another answer",
                    wanted,
                );
                return None;
            }
        };
        Some(plain(term, is))
    }

    fn fraction_written(&mut self, text: &Text) -> Option<Term> {
        match text.value.parse::<Fraction>() {
            Ok(part) => {
                self.draft(&text.place);
                Some(Term::Const(Const::Fraction(part)))
            }
            Err(error) => {
                let help = error.help();
                self.helped(
                    Code::BadAmount,
                    error.sentence(),
                    &text.place,
                    "not a share",
                    help,
                );
                None
            }
        }
    }

    /// A clause that answers a question of the policy's own does nothing else, and has no `on`.
    pub fn only_asked(&mut self, at: &Place, stray: Option<(&Place, String)>) {
        let Some((place, what)) = stray else { return };
        let message = format!(
            "a question of the policy's own is answered whenever it is read, and {what} belongs to an event"
        );
        let finding = Finding::new(
            Code::MixedSorts,
            message,
            place.clone(),
            "asked when something happens",
        );
        let help = "write two clauses with the same id";
        self.push(
            finding
                .other(at.clone(), "asked when it is read")
                .help(help),
        );
    }
}

fn answer_in<'w>(then: &'w WrittenAnswers, name: &str) -> Option<&'w (Text, WrittenCell)> {
    then.asked.iter().find(|(known, _)| known.value == name)
}

fn word_of(cell: &WrittenCell) -> Option<String> {
    match cell {
        WrittenCell::Text(text) => Some(text.value.clone()),
        _ => None,
    }
}
