//! Cells: what stands in a row of a table is what its column must be; what stands in a case is what a fact is then.

use super::Checker;
use super::amounts::Kind;
use super::conditions::{Reading, describe, plain, segments_of};
use super::facts::FactSign;
use super::paths::{Resolved, Typed, WordSet};
use super::scope::{Needs, Scope};
use super::tools::is_snake_case;
use crate::finding::{Code, Finding, Place};
use crate::policy::{Comparison, Condition, Const, FactCase, FactHow, Term, Test};
use crate::script::{Expr, Node};
use crate::syntax::{Text, WrittenCase, WrittenCell};
use crate::vocabulary::facts::{Part, Type};

/// Comparisons that may stand before a number or an amount in a cell.
const COMPARISONS: &[(&str, Comparison)] = &[
    (">= ", Comparison::GreaterOrEqual),
    ("<= ", Comparison::LessOrEqual),
    ("> ", Comparison::Greater),
    ("< ", Comparison::Less),
    ("!= ", Comparison::NotEqual),
];

/// A column with what reading it needs.
struct Column<'t> {
    value: Typed,
    text: &'t Text,
}

impl Checker<'_> {
    /// The condition that a cell stands for; `"*"` stands for none.
    pub fn cell(
        &mut self,
        column: &Text,
        cell: &WrittenCell,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<Option<Condition>> {
        if matches!(cell, WrittenCell::Text(text) if text.value == "*") {
            return Some(None);
        }
        if let WrittenCell::Flag(wanted, _) = cell {
            let (mut condition, more) = self.condition(column, scope)?;
            needs.add(&more);
            if !wanted {
                condition.text = format!("!({})", condition.text);
                condition.test = Test::Not(Box::new(condition.test));
            }
            return Some(Some(condition));
        }
        let value = self.term(column, scope)?;
        needs.add(&value.needs);
        let column = Column {
            value,
            text: column,
        };
        let (test, said) = self.cell_test(&column, cell)?;
        let name = column.text.value.trim().to_owned();
        Some(Some(Condition {
            text: format!("{name} {said}"),
            test,
            reads: vec![(name, column.value.term)],
        }))
    }

    fn cell_test(&mut self, column: &Column<'_>, cell: &WrittenCell) -> Option<(Test, String)> {
        match cell {
            WrittenCell::Text(text) => self.text_test(column, text),
            WrittenCell::Whole(number, place) => {
                self.fits(column, Type::Count, place)?;
                let term = Term::Const(Const::Count(*number));
                let test = Test::Compare(column.value.term.clone(), Comparison::Equal, term);
                Some((test, format!("== {number}")))
            }
            WrittenCell::Flag(_, place) => {
                let help = "a yes or no stands in a cell of its own";
                let message = "a list in a cell holds words or numbers";
                self.helped(Code::WrongType, message, place, "yes or no", help);
                None
            }
            WrittenCell::List(cells, _) => {
                let tests: Option<Vec<_>> = cells
                    .iter()
                    .map(|cell| self.cell_test(column, cell))
                    .collect();
                let (tests, said): (Vec<Test>, Vec<String>) = tests?.into_iter().unzip();
                let said: Vec<&str> = said
                    .iter()
                    .map(|said| said.trim_start_matches("== "))
                    .collect();
                Some((Test::Any(tests), format!("in [{}]", said.join(", "))))
            }
        }
    }

    fn text_test(&mut self, column: &Column<'_>, text: &Text) -> Option<(Test, String)> {
        let found = COMPARISONS
            .iter()
            .find(|(sign, _)| text.value.starts_with(sign));
        let (sign, how) = found.map_or(("", Comparison::Equal), |(sign, how)| (*sign, *how));
        let bare = text.value[sign.len()..].trim();
        let said = match sign {
            "" => format!("== {bare}"),
            _ => format!("{sign}{bare}"),
        };
        if let Ok(number) = bare.parse::<i64>()
            && !sign.is_empty()
        {
            self.fits(column, Type::Count, &text.place)?;
            let term = Term::Const(Const::Count(number));
            return Some((Test::Compare(column.value.term.clone(), how, term), said));
        }
        if let Some(segments) =
            segments_of(bare, sign.len()).filter(|path| path[0].name == "amount" && path.len() > 1)
        {
            let Resolved::Amount(id) = self.path(&segments, text, &Scope::open(false))? else {
                return None;
            };
            let kind = self.amounts[id.index()].kind;
            if kind == Kind::Words && sign.is_empty() {
                let scope = Scope::open(false);
                let whole = Expr {
                    node: Node::Bool(true),
                    at: 0..text.value.len(),
                };
                self.words_of_amount(&column.value, id, &whole, &Reading::new(text, &scope))?;
                return Some((
                    Test::InAmount(column.value.term.clone(), id),
                    format!("in {bare}"),
                ));
            }
            self.fits(column, kind.is().unwrap_or(Type::Window), &text.place)?;
            let term = Term::Amount(id);
            return Some((Test::Compare(column.value.term.clone(), how, term), said));
        }
        if !sign.is_empty() && how != Comparison::NotEqual {
            let help = "write a whole number or an amount after it, as in \">= amount.too_many\"";
            let message = format!("`{bare}` has no order");
            self.helped(
                Code::TypeMismatch,
                message,
                &text.place,
                "not a number",
                help,
            );
            return None;
        }
        let scope = Scope::open(false);
        let whole = Expr {
            node: Node::Bool(true),
            at: 0..text.value.len(),
        };
        let id = self.word_of(&column.value, bare, &whole, &Reading::new(text, &scope))?;
        let test = Test::Compare(column.value.term.clone(), how, Term::Const(Const::Word(id)));
        let sign = if sign.is_empty() { "== " } else { sign };
        Some((test, format!("{sign}\"{bare}\"")))
    }

    /// Whether a column is of the type of its cell.
    fn fits(&mut self, column: &Column<'_>, wanted: Type, place: &Place) -> Option<()> {
        if column.value.is == wanted && !column.value.group {
            return Some(());
        }
        let message = format!(
            "`{}` is {}, and this cell is {}",
            column.text.value.trim(),
            describe(&column.value),
            wanted.text()
        );
        let finding = Finding::new(Code::TypeMismatch, message, place.clone(), "never equal");
        self.push(finding.other(column.text.place.clone(), "the column"));
        None
    }

    /// `cases`: every case gives a value of one type.
    pub fn cases(&mut self, cases: &[WrittenCase], person: bool) -> Option<(FactSign, FactHow)> {
        let scope = Scope::open(person);
        let mut needs = Needs::default();
        let mut found: Vec<FactCase> = Vec::new();
        let mut values: Vec<(Typed, Place)> = Vec::new();
        let mut complete = !cases.is_empty();
        let people = self.speaks_of_people(cases);
        for (at, case) in cases.iter().enumerate() {
            let (when, more) = self.conditions(&case.when, &scope);
            needs.add(&more);
            let (unless, more) = self.conditions(&case.unless, &scope);
            needs.add(&more);
            complete &= when.len() == case.when.len() && unless.len() == case.unless.len();
            if when.is_empty() && unless.is_empty() && complete && at + 1 < cases.len() {
                self.never_reached(&case.place, &cases[at + 1].place);
            }
            let value = case
                .is
                .as_ref()
                .and_then(|is| self.case_value(is, people, &scope));
            let Some(value) = value else {
                complete = false;
                continue;
            };
            needs.add(&value.needs);
            found.push(FactCase {
                when,
                unless,
                is: value.term.clone(),
            });
            values.push((value, case.is.as_ref()?.place().clone()));
        }
        let is = self.one_type(&values)?;
        let words = words_of(&values);
        complete.then_some((FactSign { is, words, needs }, FactHow::Cases(found)))
    }

    /// Whether every word of the cases names a person of the case.
    fn speaks_of_people(&self, cases: &[WrittenCase]) -> bool {
        let names = |text: &Text| {
            Part::named(&text.value).is_some()
                || text.value == "it"
                || self.people.iter().any(|entry| entry.name() == text.value)
        };
        let mut words = cases.iter().filter_map(|case| match &case.is {
            Some(WrittenCell::Text(text)) if !text.value.contains('.') => Some(text),
            _ => None,
        });
        words.all(names)
    }

    /// What a fact is in a case: a word, a number, yes or no, a person, or what a path tells.
    fn case_value(&mut self, cell: &WrittenCell, people: bool, scope: &Scope) -> Option<Typed> {
        let text = match cell {
            WrittenCell::Whole(number, _) => {
                return Some(plain(Term::Const(Const::Count(*number)), Type::Count));
            }
            WrittenCell::Flag(flag, _) => {
                return Some(plain(Term::Const(Const::Flag(*flag)), Type::Flag));
            }
            WrittenCell::Text(text) => text,
            WrittenCell::List(..) => return None,
        };
        if text.value.contains('.') || people {
            let segments = segments_of(&text.value, 0);
            let value = match segments {
                Some(segments) => self.value_path(&segments, text, scope)?,
                None => {
                    let help = "write a word, a name such as \"owner\", or a path such as \"amount.some_count\"";
                    let message = format!("`{}` is not a value", text.value);
                    self.helped(Code::WrongType, message, &text.place, "not a value", help);
                    return None;
                }
            };
            self.can_be_kept(&value, text, &[Type::Sanction])?;
            return Some(value);
        }
        if !is_snake_case(&text.value) {
            let help = "write small letters, digits and `_`";
            let message = format!("`{}` is not a word", text.value);
            self.helped(Code::BadName, message, &text.place, "not snake_case", help);
            return None;
        }
        let word = self.word(&text.value);
        Some(Typed {
            words: WordSet::These(vec![text.value.clone()], "words of this fact"),
            ..plain(Term::Const(Const::Word(word)), Type::Word)
        })
    }

    fn one_type(&mut self, values: &[(Typed, Place)]) -> Option<Type> {
        let ((first, at), rest) = values.split_first()?;
        match rest.iter().find(|(other, _)| other.is != first.is) {
            None => Some(first.is),
            Some((other, place)) => {
                let message = format!(
                    "one case is {}, another {}",
                    first.is.text(),
                    other.is.text()
                );
                let finding =
                    Finding::new(Code::TypeMismatch, message, place.clone(), other.is.text());
                self.push(
                    finding
                        .other(at.clone(), first.is.text())
                        .help("a fact is of one type in every case"),
                );
                None
            }
        }
    }

    fn never_reached(&mut self, all: &Place, next: &Place) {
        let message = "no case behind this one is ever looked at";
        let finding = Finding::new(Code::UnreachableRow, message, next.clone(), "never applies");
        self.push(
            finding
                .other(all.clone(), "takes every case")
                .help("put the case without conditions last"),
        );
    }
}

/// Every word that a case gives; any, where one case reads a word that journals choose.
fn words_of(values: &[(Typed, Place)]) -> WordSet {
    let mut all = Vec::new();
    for (value, _) in values {
        match &value.words {
            WordSet::These(words, _) => all.extend(words.iter().cloned()),
            WordSet::Any => return WordSet::Any,
        }
    }
    all.sort();
    all.dedup();
    WordSet::These(all, "words of this fact")
}
