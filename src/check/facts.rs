//! Facts that a policy declares: computed from others, told by the story, or worked out by a script.

use super::Checker;
use super::conditions::{describe, segments_of};
use super::paths::{Resolved, Typed, WordSet};
use super::people::{DEEPEST, State};
use super::scope::{Needs, ROOTS, Scope, root};
use super::tools::{bilingual, did_you_mean, number};
use crate::finding::{Code, Finding, Place};
use crate::policy::{AmountValue, Const, DeclaredFact, FactHow, FactId, Of, Term};
use crate::syntax::{Text, WrittenFact, WrittenHow};
use crate::vocabulary::facts::Type;

/// A declared fact while it is being resolved.
pub struct FactEntry {
    name: Text,
    /// Of what it is, if that is known.
    pub of: Option<Type>,
    subject: Option<Of>,
    state: State<FactSign, DeclaredFact>,
    /// Whether something reads it.
    pub used: bool,
}

/// What others need to know of a declared fact.
#[derive(Clone, Debug)]
pub struct FactSign {
    /// Its type.
    pub is: Type,
    /// The words that it can be.
    pub words: WordSet,
    /// What it reads of the case, besides what it is of.
    pub needs: Needs,
}

/// Of what a fact may be.
const OF: &[(&str, Of)] = &[
    ("claim", Of::Claim),
    ("staff", Of::Staff),
    ("visit", Of::Visit),
    ("customer", Of::Customer),
    ("deal", Of::Deal),
    ("violation", Of::Violation),
];

/// What a script may give.
const TYPES: &[(&str, Type)] = &[
    ("flag", Type::Flag),
    ("count", Type::Count),
    ("word", Type::Word),
    ("money", Type::Money),
    ("sanction", Type::Sanction),
];

impl FactEntry {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name.value
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.name.place
    }

    /// Whether it is this fact of such a value.
    pub fn is_named(&self, of: Type, name: &str) -> bool {
        self.of == Some(of) && self.name.value == name
    }

    /// Whether it is being resolved.
    pub fn in_progress(&self) -> bool {
        matches!(self.state, State::InProgress)
    }
}

/// What a script can be given.
const FOR_SCRIPTS: &[Type] = &[
    Type::Flag,
    Type::Count,
    Type::Money,
    Type::Word,
    Type::Time,
    Type::Day,
    Type::Clock,
];

impl Checker<'_> {
    /// Notes every fact, so that each can be found when first needed.
    pub fn declare_facts(&mut self) {
        for written in &self.written.facts {
            let subject = written
                .of
                .as_ref()
                .and_then(|of| self.one_of(of, OF, "what a fact is of"));
            let (name, state) = (written.name.clone(), State::Waiting);
            if let Some(known) = (self.facts.iter()).find(|known| known.name.value == name.value) {
                let message = format!("a fact and a question are both called `{}`", name.value);
                let finding =
                    Finding::new(Code::DuplicateName, message, name.place.clone(), "again");
                let finding = finding.other(known.name.place.clone(), "has the name already");
                self.findings.push(finding);
            }
            self.facts.push(FactEntry {
                name,
                of: subject.map(Of::is),
                subject,
                state,
                used: false,
            });
        }
    }

    /// Resolves those that nothing has needed.
    pub fn resolve_facts(&mut self) {
        for at in 0..self.facts.len() {
            self.resolve_fact(FactId(number(at)));
        }
    }

    /// What others need to know of a fact; nothing if it is wrong, or being resolved.
    pub fn resolve_fact(&mut self, id: FactId) -> Option<FactSign> {
        match &self.facts.get(id.index())?.state {
            State::Done(done) => return done.as_ref().map(|(sign, _)| sign.clone()),
            State::InProgress => return None,
            State::Waiting => {}
        }
        if self.depth >= DEEPEST {
            let place = self.facts[id.index()].place().clone();
            self.too_deep(&place);
            return None;
        }
        self.depth += 1;
        self.facts[id.index()].state = State::InProgress;
        let of = self.facts[id.index()].subject;
        let found = of.and_then(|of| self.fact_of(&self.written.facts[id.index()], of));
        let sign = found.as_ref().map(|(sign, _)| sign.clone());
        self.facts[id.index()].state = State::Done(found);
        self.depth -= 1;
        sign
    }

    fn fact_of(&mut self, written: &WrittenFact, of: Of) -> Option<(FactSign, DeclaredFact)> {
        let declared = written.is_a.as_ref();
        if let (
            Some(is_a),
            Some(
                WrittenHow::Is(..)
                | WrittenHow::Story(_)
                | WrittenHow::Cases(_)
                | WrittenHow::Customers(_),
            ),
        ) = (declared, &written.how)
        {
            let message = "only a script says what type it gives";
            self.helped(
                Code::WrongType,
                message,
                &is_a.place,
                "is known already",
                "leave `type` out",
            );
        }
        let (mut sign, how) = match written.how.as_ref()? {
            WrittenHow::Is(text, absent) => self.computed(text, absent.as_ref(), of)?,
            WrittenHow::Story(story) => self.told(written, story, of)?,
            WrittenHow::Script(text, reads) => self.scripted(written, text, reads, of)?,
            WrittenHow::Cases(cases) => self.cases(cases, of.is() == Type::Person)?,
            WrittenHow::Customers(so) => self.customers(written, so, of)?,
            WrittenHow::Question { answer, absent } => {
                self.question(&written.name, answer.as_ref()?, absent.as_ref(), of.is())?
            }
        };
        let own = ROOTS
            .iter()
            .find(|(_, _, is)| *is == of.is())
            .map_or(0, |(_, root, _)| *root);
        sign.needs.roots &= !own;
        if of == Of::Claim {
            sign.needs.roots |= root::CUSTOMER;
        }
        let fact = DeclaredFact {
            name: written.name.value.clone(),
            of: of.is(),
            is: sign.is,
            text: bilingual(written.text.as_ref()),
            source: written
                .source
                .as_ref()
                .map_or_else(String::new, |source| source.value.clone()),
            how,
        };
        Some((sign, fact))
    }

    /// What a fact can be; besides, not one of these.
    pub fn can_be_kept(&mut self, value: &Typed, text: &Text, nor: &[Type]) -> Option<()> {
        use Type::{Event, Office, Window, Words};
        let passing = matches!(value.is, Window | Words | Event | Office);
        if !value.group && !passing && !nor.contains(&value.is) {
            return Some(());
        }
        let message = format!("a fact cannot be {}", describe(value));
        let label = "not a value to keep";
        self.error(Code::TypeMismatch, message, &text.place, label);
        None
    }

    /// `is = '…'`
    fn computed(
        &mut self,
        text: &Text,
        absent: Option<&(bool, Place)>,
        of: Of,
    ) -> Option<(FactSign, FactHow)> {
        let scope = Scope::open(of.is() == Type::Person);
        if self.is_value(text) {
            let value = self.term(text, &scope)?;
            self.can_be_kept(&value, text, &[])?;
            if let Some((_, place)) = absent {
                let help = "leave it out: where something is missing, so is the fact";
                self.helped(
                    Code::TypeMismatch,
                    "`absent` is for a yes or no",
                    place,
                    "of another type",
                    help,
                );
            }
            let sign = FactSign {
                is: value.is,
                words: value.words,
                needs: value.needs,
            };
            return Some((sign, FactHow::Term(value.term, None)));
        }
        let (condition, needs) = self.condition(text, &scope)?;
        let sign = FactSign {
            is: Type::Flag,
            words: WordSet::Any,
            needs,
        };
        if let Some((true, _)) = absent {
            // Missing is no for a condition, so yes must be said of a term that holds the whole test.
            let crate::policy::Test::Is(term) = condition.test else {
                let place = &text.place;
                let help = "turn the condition round, and read it with `!`";
                self.helped(
                    Code::TypeMismatch,
                    "`absent = true` is for a plain fact",
                    place,
                    "a comparison",
                    help,
                );
                return None;
            };
            return Some((sign, FactHow::Term(term, Some(Const::Flag(true)))));
        }
        Some((sign, FactHow::Condition(condition)))
    }

    /// `customers = [ … ]`: how many of a person's customers are so; `it` is the person, with the claim on each.
    fn customers(
        &mut self,
        written: &WrittenFact,
        so: &[Text],
        of: Of,
    ) -> Option<(FactSign, FactHow)> {
        if of != Of::Staff {
            let message = "customers are counted of a person";
            let help = "write `of = \"staff\"`";
            let place = &written.name.place;
            self.helped(Code::WrongType, message, place, "has none", help);
            return None;
        }
        let (conditions, mut needs) = self.conditions(so, &Scope::open(true));
        if conditions.len() != so.len() {
            return None;
        }
        needs.roots &= !root::CUSTOMER;
        // What somebody has elsewhere is no affair of a deal.
        needs.momentary = Some(written.name.value.clone());
        let sign = FactSign {
            is: Type::Count,
            words: WordSet::Any,
            needs,
        };
        Some((sign, FactHow::Customers(conditions)))
    }

    /// `script = "module::function"`
    fn scripted(
        &mut self,
        written: &WrittenFact,
        text: &Text,
        reads: &[Text],
        of: Of,
    ) -> Option<(FactSign, FactHow)> {
        let is = match &written.is_a {
            Some(is_a) => self.one_of(is_a, TYPES, "what a script gives"),
            None => {
                let help = "add `type = \"count\"`, or flag, word, money, sanction";
                let message = format!("the fact `{}` needs `type`", written.name.value);
                self.helped(
                    Code::MissingKey,
                    message,
                    &written.name.place,
                    "what does the script give?",
                    help,
                );
                None
            }
        };
        let (module, function) = self.script_name(text)?;
        let scope = Scope::open(of.is() == Type::Person);
        let mut needs = Needs::default();
        let mut terms = Vec::new();
        for read in reads {
            terms.extend(self.script_argument(read, &scope, &mut needs));
        }
        if terms.len() != reads.len() {
            return None;
        }
        if let Some(info) = self.read.function(&module, &function)
            && info.params.len() != terms.len()
        {
            let wanted = info.params.join(", ");
            let message = format!(
                "`{}` takes {} arguments, and `reads` lists {}",
                text.value,
                info.params.len(),
                terms.len()
            );
            let help = format!("list what it takes: {wanted}");
            self.helped(
                Code::UnknownScript,
                message,
                &text.place,
                "another number of arguments",
                help,
            );
            return None;
        }
        self.script_units(&module, &function, reads, &terms)?;
        let sign = FactSign {
            is: is?,
            words: WordSet::Any,
            needs,
        };
        Some((
            sign,
            FactHow::Script {
                module,
                function,
                reads: terms,
            },
        ))
    }

    fn script_name(&mut self, text: &Text) -> Option<(String, String)> {
        let Some((module, function)) = text.value.split_once("::") else {
            let help = "write the file and the function, as in \"ladder::minor\"";
            let message = format!("`{}` does not name a function of a script", text.value);
            self.helped(
                Code::UnknownScript,
                message,
                &text.place,
                "not `module::function`",
                help,
            );
            return None;
        };
        // A script that does not compile has findings of its own.
        let missing = self.read.complete && self.read.function(module, function).is_none();
        if missing || !self.read.has_script(module) {
            let names: Vec<String> = self.read.functions().collect();
            let help = did_you_mean(&text.value, names.iter().map(String::as_str), "functions");
            let message = format!("there is no function `{}`", text.value);
            self.helped(
                Code::UnknownScript,
                message,
                &text.place,
                "no such function",
                help,
            );
            return None;
        }
        Some((module.to_owned(), function.to_owned()))
    }

    /// A script sees bare numbers: a length of time comes to it as a number of days, under a name that says so, and
    /// nothing else does. Otherwise a new unit would change what a number means without a word.
    fn script_units(
        &mut self,
        module: &str,
        function: &str,
        reads: &[Text],
        terms: &[Term],
    ) -> Option<()> {
        let Some(info) = self.read.function(module, function) else {
            return Some(());
        };
        let params = info.params.clone();
        let mut fits = true;
        for ((param, read), term) in params.iter().zip(reads).zip(terms) {
            let Term::Amount(id) = term else { continue };
            let amount = &self.amounts[id.index()];
            let in_days = param == "days" || param.ends_with("_days");
            let wrong = amount.amount.values.iter().find_map(|(_, value)| match value {
                AmountValue::Length(length) if length.days().is_none() => Some((
                    format!("`{length}` is not a number of days, as which a script gets a length of time"),
                    "write it in days or weeks".to_owned(),
                )),
                AmountValue::Length(length) if !in_days => Some((
                    format!("`{module}::{function}` gets `{length}` as a number of days, and calls it `{param}`"),
                    format!(
                        "write `{}` in the unit that the script works with; or have the script take `days` and work \
                         with days",
                        read.value
                    ),
                )),
                AmountValue::Count(count, unit) if in_days => Some((
                    format!("`{module}::{function}` takes `{param}`, and `{}` is `{count} {unit}`", read.value),
                    format!("write `{}` in days or weeks; or have the script work with {unit}", read.value),
                )),
                AmountValue::Fraction(part) => Some((
                    format!("a script works with whole numbers, and `{part}` is a share of the whole"),
                    "write it as a count, as in \"25 percent\"".to_owned(),
                )),
                AmountValue::Words(_) => Some((
                    "a script gets one value, and this is a list of words".to_owned(),
                    "ask with `in` in a fact that is yes or no, and give the script that".to_owned(),
                )),
                _ => None,
            });
            let Some((message, help)) = wrong else {
                continue;
            };
            fits = false;
            let place = amount.place.clone();
            let finding = Finding::new(
                Code::WrongAmount,
                message,
                read.place.clone(),
                "given to the script",
            );
            self.push(finding.other(place, "declared here").help(help));
        }
        fits.then_some(())
    }

    /// A fact or an amount; a length of time is given as its number of days.
    fn script_argument(&mut self, text: &Text, scope: &Scope, needs: &mut Needs) -> Option<Term> {
        let Some(segments) = segments_of(&text.value, 0) else {
            let message = format!("`{}` is not a fact or an amount", text.value);
            self.error(
                Code::UnknownName,
                message,
                &text.place,
                "`reads` lists names",
            );
            return None;
        };
        if let Some("amount") = segments.first().map(|segment| segment.name.as_str()) {
            return match self.path(&segments, text, scope)? {
                Resolved::Amount(id) => Some(Term::Amount(id)),
                _ => None,
            };
        }
        let value = self.value_path(&segments, text, scope)?;
        if !FOR_SCRIPTS.contains(&value.is) {
            let message = format!("a script cannot get {}", value.is.text());
            let help = "give it yes or no, a number, money, a word, a time or a day";
            let label = "a script has no use for it";
            self.helped(Code::WrongType, message, &text.place, label, help);
            return None;
        }
        needs.add(&value.needs);
        Some(value.term)
    }

    /// How a fact is found, once it is resolved.
    pub fn how_of(&self, id: FactId) -> Option<&FactHow> {
        match &self.facts.get(id.index())?.state {
            State::Done(Some((_, fact))) => Some(&fact.how),
            _ => None,
        }
    }

    /// The facts of the policy, if all could be resolved.
    pub fn built_facts(&mut self) -> Option<Vec<DeclaredFact>> {
        let done = std::mem::take(&mut self.facts)
            .into_iter()
            .map(|entry| match entry.state {
                State::Done(Some((_, fact))) => Some(fact),
                _ => None,
            });
        done.collect()
    }
}
