//! Conditions and terms in the form in which they are evaluated: a small typed tree over facts, words and amounts.

use super::{AmountId, FactId, PeopleId, PermissionId, WindowId, WordId};
use crate::base::fraction::Fraction;
use crate::vocabulary::events::FieldId;
use crate::vocabulary::facts::{Fact, Part};

/// A condition, with what its author wrote.
#[derive(Debug)]
pub struct Condition {
    /// The text, for findings and traces.
    pub text: String,
    /// What it tests.
    pub test: Test,
    /// The terms that it reads, each with its text, for traces ("named.exists: yes").
    pub reads: Vec<(String, Term)>,
}

/// A yes/no test.
#[derive(Debug)]
pub enum Test {
    /// A yes/no term; something missing is no.
    Is(Term),
    /// Not.
    Not(Box<Test>),
    /// All of them.
    All(Vec<Test>),
    /// Any of them.
    Any(Vec<Test>),
    /// A comparison; with something missing it is false, whichever way it compares.
    Compare(Term, Comparison, Term),
    /// The word is one of these.
    OneOf(Term, Vec<WordId>),
    /// The word is one of an amount's words.
    InAmount(Term, AmountId),
    /// The time lies in a window of a value.
    InWindow(Term, Term, WindowId),
}

/// How two terms are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the six comparisons")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value to be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A constant.
    Const(Const),
    /// An amount, as dated.
    Amount(AmountId),
    /// A person or a group.
    Who(Who),
    /// The event at hand.
    Event,
    /// The visit at hand.
    Visit,
    /// The customer at hand.
    Customer,
    /// The other customer with whom the event shares most keys.
    Record,
    /// Whether the event shares this key with the record, by its place among the policy's.
    SameKey(u8),
    /// Whether the event shares every key of the policy with the record.
    SameKeys,
    /// The deal at hand.
    Deal,
    /// The violation at hand.
    Violation,
    /// The office as a whole.
    Office,
    /// A field of the event at hand (a word, flag, count, money or person).
    Field(FieldId),
    /// Whether the event at hand says anything in a field.
    Given(FieldId),
    /// A fact of the program about a value.
    Fact(Box<Term>, Fact),
    /// Whether a person's role may do something.
    May(Box<Term>, PermissionId),
    /// A declared fact about a value.
    Declared(Box<Term>, FactId),
    /// The first instant outside a window of a value.
    WindowEnds(Box<Term>, WindowId),
    /// The first instant inside.
    WindowStarts(Box<Term>, WindowId),
    /// Whether it is open: begun, not closed, not over.
    WindowOpen(Box<Term>, WindowId),
    /// How many people a group has.
    CountOf(Who),
    /// A sum, difference or product of two numbers or amounts of money.
    Arithmetic(Box<Term>, Arithmetic, Box<Term>),
}

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the three operations")]
pub enum Arithmetic {
    Plus,
    Minus,
    Times,
}

/// A constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Const {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Count(i64),
    /// A word.
    Word(WordId),
    /// A part of a whole.
    Fraction(Fraction),
}

/// A person or group that a clause speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// By a part that the program knows.
    Part(Part),
    /// As the policy declares.
    People(PeopleId),
    /// The one at hand in a `where`, and the holder of the claim in a fact or window of a claim.
    It,
}
