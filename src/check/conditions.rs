//! Conditions and terms: rhai's expression as a typed tree over facts, words and amounts.

use super::Checker;
use super::amounts::Kind;
use super::paths::{Resolved, Typed, WordSet};
use super::scope::{Needs, Scope};
use crate::finding::{Code, Place};
use crate::policy::{Arithmetic, Comparison, Condition, Const, Term, Test};
use crate::script::{ArithmeticOp, CompareOp, Expr, ExpressionFault, MAX_DEPTH, Node, parse};
use crate::syntax::Text;
use crate::syntax::slips;
use crate::vocabulary::facts::Type;
use std::ops::Range;

/// A condition that is being read.
pub struct Reading<'t> {
    /// Its text.
    pub text: &'t Text,
    scope: &'t Scope,
    reads: Vec<(String, Term)>,
    needs: Needs,
}

impl Checker<'_> {
    /// A condition, with what it reads of the case.
    pub fn condition(&mut self, text: &Text, scope: &Scope) -> Option<(Condition, Needs)> {
        let expr = self.parse(text)?;
        let mut reading = Reading::new(text, scope);
        let test = self.test(&expr, &mut reading)?;
        let Reading { reads, needs, .. } = reading;
        Some((
            Condition {
                text: text.value.trim().to_owned(),
                test,
                reads,
            },
            needs,
        ))
    }

    /// Several conditions; those that cannot be read have findings.
    pub fn conditions(&mut self, texts: &[Text], scope: &Scope) -> (Vec<Condition>, Needs) {
        let mut needs = Needs::default();
        let mut conditions = Vec::new();
        for text in texts {
            if let Some((condition, more)) = self.condition(text, scope) {
                needs.add(&more);
                conditions.push(condition);
            }
        }
        (conditions, needs)
    }

    /// A value.
    pub fn term(&mut self, text: &Text, scope: &Scope) -> Option<Typed> {
        let expr = self.parse(text)?;
        let mut reading = Reading::new(text, scope);
        let mut value = self.value(&expr, &mut reading)?;
        value.needs.add(&reading.needs);
        Some(value)
    }

    /// Whether an expression is a value that is no yes or no; a path must be looked up to know.
    pub fn is_value(&mut self, text: &Text) -> bool {
        match parse(&text.value).map(|expr| expr.node) {
            Ok(Node::Path(segments)) => {
                let before = self.findings.len();
                let found = self.value_path(&segments, text, &Scope::open(true));
                self.findings.truncate(before);
                found.is_some_and(|value| value.is != Type::Flag)
            }
            Ok(Node::Arithmetic { .. } | Node::Text(_) | Node::Int(_) | Node::Negative(_)) => true,
            _ => false,
        }
    }

    /// Whether an expression says yes or no by its form.
    pub fn is_test(&self, text: &Text) -> bool {
        use Node::{All, Any, Compare, In, Not};
        let expr = parse(&text.value).map(|expr| expr.node);
        matches!(
            expr,
            Ok(Not(_) | All(_) | Any(_) | Compare { .. } | In { .. })
        )
    }

    fn parse(&mut self, text: &Text) -> Option<Expr> {
        let fault = match parse(&text.value) {
            Ok(expr) => return Some(expr),
            Err(fault) => fault,
        };
        let code = match fault {
            ExpressionFault::Syntax { .. } => Code::ExpressionSyntax,
            ExpressionFault::Reserved { .. } => Code::ExpressionReservedWord,
            ExpressionFault::NotAnExpression { .. } => Code::ExpressionNotAllowed,
            ExpressionFault::TooLarge { .. } => Code::ExpressionTooLarge,
        };
        let finding =
            crate::finding::Finding::new(code, fault.to_string(), text.within(fault.at()), "here");
        let help = fault
            .help()
            .or_else(|| slips::in_condition(&text.value, &fault.at()));
        self.push(match help {
            Some(help) => finding.help(help),
            None => finding,
        });
        None
    }

    fn test(&mut self, expr: &Expr, reading: &mut Reading<'_>) -> Option<Test> {
        match &expr.node {
            Node::Not(inner) => Some(Test::Not(Box::new(self.test(inner, reading)?))),
            Node::All(parts) => Some(Test::All(self.tests(parts, reading)?)),
            Node::Any(parts) => Some(Test::Any(self.tests(parts, reading)?)),
            Node::Compare { op, left, right } => self.compare(*op, left, right, reading),
            Node::In { item, set, negated } => {
                let test = self.membership(item, set, reading)?;
                Some(if *negated {
                    Test::Not(Box::new(test))
                } else {
                    test
                })
            }
            Node::Bool(flag) => Some(Test::Is(Term::Const(Const::Flag(*flag)))),
            _ => {
                let value = self.value(expr, reading)?;
                if value.is != Type::Flag {
                    let message =
                        format!("a condition is yes or no, and this is {}", value.is.text());
                    let help = "compare it, as in `a == b`";
                    self.mismatch(message, expr, reading, value.is.text(), help);
                    return None;
                }
                Some(Test::Is(value.term))
            }
        }
    }

    /// Every part is read, so that every mistake is found.
    fn tests(&mut self, parts: &[Expr], reading: &mut Reading<'_>) -> Option<Vec<Test>> {
        let tests: Vec<Option<Test>> = parts.iter().map(|part| self.test(part, reading)).collect();
        tests.into_iter().collect()
    }

    fn compare(
        &mut self,
        op: CompareOp,
        left: &Expr,
        right: &Expr,
        reading: &mut Reading<'_>,
    ) -> Option<Test> {
        let op = comparison(op);
        let (one, two) = self.both(left, right, reading)?;
        let whole = Expr {
            node: Node::Bool(true),
            at: left.at.start..right.at.end,
        };
        let ordered = !matches!(op, Comparison::Equal | Comparison::NotEqual);
        let orderly = matches!(
            one.is,
            Type::Count | Type::Time | Type::Day | Type::Clock | Type::Money | Type::Fraction
        );
        let comparable = !matches!(
            one.is,
            Type::Words | Type::Sanction | Type::Event | Type::Office | Type::Window
        );
        if one.is != two.is || one.group || two.group {
            let message = format!("{} is compared with {}", describe(&one), describe(&two));
            self.mismatch(
                message,
                &whole,
                reading,
                "different types",
                "compare two values of one type",
            );
            return None;
        }
        if ordered && !orderly {
            let message = format!("{} has no order", one.is.text());
            self.mismatch(message, &whole, reading, "no order", "use `==` or `!=`");
            return None;
        }
        if !comparable {
            let message = format!("{} is not compared", one.is.text());
            self.mismatch(
                message,
                &whole,
                reading,
                "cannot be compared",
                "ask `word in amount.…`",
            );
            return None;
        }
        Some(Test::Compare(one.term, op, two.term))
    }

    /// Both sides of a comparison; a word is what the other side can be.
    fn both(
        &mut self,
        left: &Expr,
        right: &Expr,
        reading: &mut Reading<'_>,
    ) -> Option<(Typed, Typed)> {
        match (&left.node, &right.node) {
            (_, Node::Text(word)) => {
                let one = self.value(left, reading)?;
                let two = self.word_like(&one, word, right, reading)?;
                Some((one, two))
            }
            (Node::Text(word), _) => {
                let two = self.value(right, reading)?;
                let one = self.word_like(&two, word, left, reading)?;
                Some((one, two))
            }
            _ => {
                let (one, two) = (self.value(left, reading), self.value(right, reading));
                one.zip(two)
            }
        }
    }

    /// `word in ["a", "b"]`, `word in amount.words`, `time in person.window`.
    fn membership(&mut self, item: &Expr, set: &Expr, reading: &mut Reading<'_>) -> Option<Test> {
        let value = self.value(item, reading)?;
        match &set.node {
            Node::List(items) => {
                let mut words = Vec::new();
                for item in items {
                    let Node::Text(word) = &item.node else {
                        let message = "a list in a condition holds words";
                        self.mismatch(
                            message,
                            item,
                            reading,
                            "not a word",
                            "write `[\"a\", \"b\"]`",
                        );
                        return None;
                    };
                    words.push(self.word_of(&value, word, item, reading)?);
                }
                Some(Test::OneOf(value.term, words))
            }
            Node::Path(segments) => match self.path(segments, reading.text, reading.scope)? {
                Resolved::Window(person, window) => {
                    if value.is != Type::Time {
                        let message = format!("{} cannot lie in a window", describe(&value));
                        self.mismatch(
                            message,
                            item,
                            reading,
                            value.is.text(),
                            "a time can, as in `event.at`",
                        );
                        return None;
                    }
                    let ends = Term::WindowEnds(Box::new(person.term.clone()), window);
                    reading.needs.add(&person.needs);
                    reading.read(format!("{}.ends", path_text(segments)), &ends);
                    Some(Test::InWindow(value.term, person.term, window))
                }
                Resolved::Amount(id) if self.amounts[id.index()].kind == Kind::Words => {
                    self.words_of_amount(&value, id, item, reading)?;
                    reading.read(path_text(segments), &Term::Amount(id));
                    Some(Test::InAmount(value.term, id))
                }
                _ => self.no_set(set, reading),
            },
            _ => self.no_set(set, reading),
        }
    }

    fn no_set(&mut self, set: &Expr, reading: &Reading<'_>) -> Option<Test> {
        let help = "write `in [\"a\", \"b\"]`, `in amount.words` or `in person.window`";
        self.mismatch(
            "nothing can lie in this".to_owned(),
            set,
            reading,
            "neither a list nor a window",
            help,
        );
        None
    }

    fn value(&mut self, expr: &Expr, reading: &mut Reading<'_>) -> Option<Typed> {
        match &expr.node {
            Node::Path(segments) => {
                let value = self.value_path(segments, reading.text, reading.scope)?;
                reading.needs.add(&value.needs);
                reading.read(path_text(segments), &value.term);
                Some(value)
            }
            Node::Bool(flag) => Some(plain(Term::Const(Const::Flag(*flag)), Type::Flag)),
            Node::Text(word) => {
                let message = format!("nothing says what the word \"{word}\" is compared with");
                self.mismatch(
                    message,
                    expr,
                    reading,
                    "a word alone",
                    "write the fact on the other side",
                );
                None
            }
            Node::Int(_) | Node::Negative(_) => {
                let place = reading.text.within(expr.at.clone());
                let help = "declare it under `[amount.…]` and write `amount.` and its name";
                self.helped(
                    Code::BareNumber,
                    "a condition holds no bare number",
                    &place,
                    "a figure of the office",
                    help,
                );
                None
            }
            Node::Arithmetic { op, left, right } => {
                self.arithmetic(*op, left, right, expr, reading)
            }
            Node::Call {
                module,
                function,
                at,
                ..
            } => {
                let place = reading.text.within(at.clone());
                self.no_call(module.as_deref(), function, &place);
                None
            }
            _ => {
                let place = reading.text.within(expr.at.clone());
                let help = "declare it as a fact with `is`";
                self.helped(
                    Code::TypeMismatch,
                    "yes or no is not compared further",
                    &place,
                    "a condition",
                    help,
                );
                None
            }
        }
    }

    fn no_call(&mut self, module: Option<&str>, function: &str, place: &Place) {
        let name = module.map_or(function.to_owned(), |module| {
            format!("{module}::{function}")
        });
        let message = format!("a condition does not call `{name}`");
        let help = format!(
            "declare a fact with `script = \"{name}\"`, `reads` and `type`, and read the fact"
        );
        self.helped(Code::ExpressionNotAllowed, message, place, "a call", help);
    }

    fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        left: &Expr,
        right: &Expr,
        whole: &Expr,
        reading: &mut Reading<'_>,
    ) -> Option<Typed> {
        let (one, two) = (self.value(left, reading), self.value(right, reading));
        let (one, two) = (one?, two?);
        let sum = |is| (one.is == is && two.is == is).then_some(is);
        let (op, is) = match op {
            ArithmeticOp::Add => (Arithmetic::Plus, sum(Type::Count).or(sum(Type::Money))),
            ArithmeticOp::Subtract => (Arithmetic::Minus, sum(Type::Count).or(sum(Type::Money))),
            ArithmeticOp::Multiply => {
                let is = match (one.is, two.is) {
                    (Type::Count, Type::Count) => Some(Type::Count),
                    (Type::Count | Type::Fraction, Type::Money)
                    | (Type::Money, Type::Count | Type::Fraction) => Some(Type::Money),
                    _ => None,
                };
                (Arithmetic::Times, is)
            }
        };
        let Some(is) = is else {
            let message = format!("{} and {} do not add up", describe(&one), describe(&two));
            self.mismatch(
                message,
                whole,
                reading,
                "not two numbers",
                "numbers and amounts of money do; money times a part is that part of it",
            );
            return None;
        };
        Some(plain(
            Term::Arithmetic(Box::new(one.term), op, Box::new(two.term)),
            is,
        ))
    }

    /// Values of types that do not go together.
    pub fn mismatch(
        &mut self,
        message: impl Into<String>,
        at: &Expr,
        reading: &Reading<'_>,
        label: &str,
        help: &str,
    ) {
        let place = reading.text.within(at.at.clone());
        self.helped(Code::TypeMismatch, message, &place, label, help);
    }
}

impl<'t> Reading<'t> {
    /// Begins to read a text.
    pub fn new(text: &'t Text, scope: &'t Scope) -> Reading<'t> {
        Reading {
            text,
            scope,
            reads: Vec::new(),
            needs: Needs::default(),
        }
    }

    /// Notes what is read, once.
    fn read(&mut self, text: String, term: &Term) {
        if !self.reads.iter().any(|(known, _)| *known == text) {
            self.reads.push((text, term.clone()));
        }
    }
}

/// A value that needs nothing.
pub fn plain(term: Term, is: Type) -> Typed {
    Typed {
        term,
        is,
        words: WordSet::Any,
        needs: Needs::default(),
        group: false,
    }
}

/// What a finding calls a value.
pub fn describe(value: &Typed) -> &'static str {
    if value.group {
        "a group of people"
    } else {
        value.is.text()
    }
}

fn path_text(segments: &[crate::script::Segment]) -> String {
    segments
        .iter()
        .map(|segment| segment.name.as_str())
        .collect::<Vec<_>>()
        .join(".")
}

/// The names of a path that stands in a text outside conditions: `violation.minor_penalty`.
pub fn segments_of(path: &str, start: usize) -> Option<Vec<crate::script::Segment>> {
    if path.matches('.').count() >= MAX_DEPTH {
        return None;
    }
    let mut at = start;
    let mut segments = Vec::new();
    for name in path.split('.') {
        let range: Range<usize> = at..at + name.len();
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return None;
        }
        segments.push(crate::script::Segment {
            name: name.to_owned(),
            at: range,
        });
        at += name.len() + 1;
    }
    Some(segments)
}

fn comparison(op: CompareOp) -> Comparison {
    match op {
        CompareOp::Equal => Comparison::Equal,
        CompareOp::NotEqual => Comparison::NotEqual,
        CompareOp::Less => Comparison::Less,
        CompareOp::LessOrEqual => Comparison::LessOrEqual,
        CompareOp::Greater => Comparison::Greater,
        CompareOp::GreaterOrEqual => Comparison::GreaterOrEqual,
    }
}
