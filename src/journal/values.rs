//! The value of one field: checked against what the field holds.

use super::draft::{Draft, Stands};
use super::raw::{Field, FieldFault, RawValue, listed, short};
use super::schema::{FieldSchema, Schema};
use crate::base::fraction::Fraction;
use crate::base::money::{Fen, Sign};
use crate::base::names::nearest;
use crate::base::time::Instant;
use crate::event::{Portion, Value};
use crate::vocabulary::events::{FieldType, field};
use rustc_hash::FxHashSet;
use std::ops::Range;

/// What is wrong with a value, before its field and place are known.
pub(super) struct ValueFault {
    says: Says,
    help: Option<String>,
}

/// How a fault says what is wrong.
enum Says {
    /// What comes after the name of the field.
    OfField(String),
    /// A whole sentence.
    Whole(String),
    /// A part of the value is wrong, whose place is known.
    Inside(Box<FieldFault>),
}

type Valued<T> = Result<T, ValueFault>;

impl ValueFault {
    #[cold]
    fn new(after_name: impl Into<String>) -> ValueFault {
        let says = Says::OfField(after_name.into());
        ValueFault { says, help: None }
    }

    #[cold]
    fn whole(sentence: String, help: String) -> ValueFault {
        let says = Says::Whole(sentence);
        ValueFault {
            says,
            help: Some(help),
        }
    }

    #[cold]
    fn inside(fault: FieldFault) -> ValueFault {
        let says = Says::Inside(Box::new(fault));
        ValueFault { says, help: None }
    }

    fn help(mut self, help: impl Into<String>) -> ValueFault {
        self.help = Some(help.into());
        self
    }

    /// The fault of the field whose value this is.
    #[cold]
    pub fn at(self, field: &Field<'_>) -> FieldFault {
        let message = match self.says {
            Says::OfField(rest) => format!("`{}`{rest}", short(&field.key)),
            Says::Whole(sentence) => sentence,
            Says::Inside(mut fault) => {
                if fault.at.is_empty() {
                    fault.at = place_of(field);
                }
                return fault.of(&field.key);
            }
        };
        let mut fault = FieldFault::new(place_of(field), message).of(&field.key);
        fault.help = self.help;
        fault
    }
}

/// Where a value stands; a value without a place stands where its key does.
fn place_of(field: &Field<'_>) -> Range<usize> {
    if field.value_at.is_empty() {
        field.key_at.clone()
    } else {
        field.value_at.clone()
    }
}

#[cold]
fn wrong_type(takes: &str, value: &RawValue<'_>) -> ValueFault {
    let fault = ValueFault::new(format!(" takes {takes}, not {}", value.described()));
    match value {
        RawValue::Null => fault.help("leave out a field that says nothing"),
        _ => fault,
    }
}

/// A text that is not empty: an id.
pub(super) fn name<'v>(value: &'v RawValue<'_>) -> Valued<&'v str> {
    match value {
        RawValue::Text(text) if !text.is_empty() => Ok(text),
        RawValue::Text(_) => Err(ValueFault::new(" is empty")),
        RawValue::Int(number) => {
            Err(wrong_type("an id, as text", value).help(format!("write \"{number}\"")))
        }
        _ => Err(wrong_type("an id, as text", value)),
    }
}

/// A snake_case word.
pub(super) fn word<'v>(value: &'v RawValue<'_>) -> Valued<&'v str> {
    let RawValue::Text(text) = value else {
        return Err(wrong_type("a word", value));
    };
    if is_word(text) {
        return Ok(text);
    }
    let fault = ValueFault::new(format!(
        " takes a word in snake_case, not `{}`",
        short(text)
    ));
    let snake = snake(text);
    Err(if is_word(&snake) {
        fault.help(format!("write `{}`", short(&snake)))
    } else {
        fault.help("a word has small letters, digits and `_`, and begins with a letter")
    })
}

#[inline]
fn is_word(text: &str) -> bool {
    let bytes = text.as_bytes();
    let inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_';
    bytes.first().is_some_and(u8::is_ascii_lowercase) && bytes.iter().all(inner)
}

/// A text as a word in snake_case, as far as it goes.
fn snake(text: &str) -> String {
    let mut word = String::new();
    for character in text.trim().chars() {
        match character {
            ' ' | '-' | '.' => word.push('_'),
            'A'..='Z' if word.ends_with(|last: char| last.is_ascii_lowercase()) => {
                word.push('_');
                word.push(character.to_ascii_lowercase());
            }
            _ => word.push(character.to_ascii_lowercase()),
        }
    }
    word
}

fn list<'v, 'a>(takes: &str, value: &'v RawValue<'a>) -> Valued<&'v [RawValue<'a>]> {
    match value {
        RawValue::List(values) => Ok(values),
        _ => Err(wrong_type(takes, value)),
    }
}

fn names<'v>(takes: &str, value: &'v RawValue<'_>) -> Valued<Vec<&'v str>> {
    let RawValue::Text(one) = value else {
        return list(takes, value)?.iter().map(name).collect();
    };
    Err(wrong_type(takes, value).help(format!("write [\"{}\"]", short(one))))
}

fn count(value: &RawValue<'_>) -> Valued<i64> {
    match value {
        RawValue::Int(number) if *number >= 0 => Ok(*number),
        _ => Err(wrong_type("a whole number from 0 on", value)),
    }
}

/// Money; a commission is more than nothing.
fn yuan(value: &RawValue<'_>) -> Valued<Fen> {
    let RawValue::Text(text) = value else {
        return Err(wrong_type("money as decimal text", value)
            .help("write the amount in quotes, as in \"12800.00\""));
    };
    Fen::parse(&short(text), Sign::Forbidden)
        .map_err(|error| ValueFault::new(format!(": {}", error.sentence())).help(error.help()))
}

fn money(row: &FieldSchema, value: &RawValue<'_>) -> Valued<Fen> {
    let fen = yuan(value)?;
    if row.id == field::COMMISSION && fen <= Fen::ZERO {
        return Err(ValueFault::new(" must be more than nothing")
            .help("a deal that is off is a `deal_cancelled` event"));
    }
    if row.id == field::COMMISSION && fen > MOST_COMMISSION {
        return Err(ValueFault::new(format!(" is more than {MOST_COMMISSION}")));
    }
    Ok(fen)
}

/// The largest commission of one deal: ten thousand million yuan, so that no sum of a lifetime overflows.
const MOST_COMMISSION: Fen = Fen::new(1_000_000_000_000);

/// The fields of each item of a list: a person, what must be said about the person, and what may be.
fn items<'v, T: Default>(
    value: &'v RawValue<'_>,
    keys: &[&str],
    mut read: impl FnMut(&mut T, &str, &'v RawValue<'_>) -> Valued<()>,
) -> Valued<Vec<(&'v str, T)>> {
    let takes = format!("a list of {{\"staff\", \"{}\"}}", keys[0]);
    let mut items = Vec::new();
    for item in list(&takes, value)? {
        let RawValue::Table(fields) = item else {
            return Err(wrong_type(&takes, item));
        };
        let mut person = None;
        let mut about = T::default();
        for (number, field) in fields.iter().enumerate() {
            let inside = |fault: ValueFault| ValueFault::inside(fault.at(field));
            match &*field.key {
                "staff" => person = Some(name(&field.value).map_err(inside)?),
                key if keys.contains(&key) => {
                    read(&mut about, key, &field.value).map_err(inside)?;
                }
                key => return Err(strange(field, key, keys)),
            }
            if fields[..number].iter().any(|other| other.key == field.key) {
                let message = format!("`{}` stands twice", field.key);
                let fault = FieldFault::new(field.key_at.clone(), message);
                return Err(ValueFault::inside(fault));
            }
        }
        let person = person.filter(|_| fields.iter().any(|field| field.key == keys[0]));
        let Some(person) = person else {
            let message = format!(" has an item without `staff` or `{}`", keys[0]);
            return Err(ValueFault::new(message));
        };
        items.push((person, about));
    }
    Ok(items)
}

#[cold]
fn strange(field: &Field<'_>, key: &str, keys: &[&str]) -> ValueFault {
    let message = format!(
        "an item has `staff` and `{}`, not `{}`",
        keys[0],
        short(key)
    );
    let mut fault = FieldFault::new(field.key_at.clone(), message);
    let known = ["staff"].into_iter().chain(keys.iter().copied());
    fault.help = nearest(key, known).map(|near| format!("did you mean `{near}`?"));
    ValueFault::inside(fault)
}

/// A person's part: a fraction, and perhaps what it comes to.
fn share(part: &mut Portion, key: &str, value: &RawValue<'_>) -> Valued<()> {
    match key {
        "share" => part.share = fraction(value)?,
        _ => part.amount = Some(yuan(value)?),
    }
    Ok(())
}

fn fraction(value: &RawValue<'_>) -> Valued<Fraction> {
    let RawValue::Text(text) = value else {
        return Err(wrong_type("a fraction as text", value)
            .help("write two whole numbers and a stroke between them, in quotes"));
    };
    let read = short(text).parse::<Fraction>();
    read.map_err(|error| ValueFault::new(format!(": {}", error.sentence())).help(error.help()))
}

fn files(value: &RawValue<'_>) -> Valued<Value> {
    let RawValue::Table(fields) = value else {
        return Err(wrong_type("an object of paths and texts", value));
    };
    let mut seen = FxHashSet::default();
    let mut files = Vec::new();
    for field in fields {
        let RawValue::Text(text) = &field.value else {
            let fault = wrong_type("the text of a file", &field.value);
            return Err(ValueFault::inside(fault.at(field)));
        };
        if !seen.insert(&*field.key) {
            let message = format!("the file `{}` stands twice", short(&field.key));
            return Err(ValueFault::inside(FieldFault::new(
                field.key_at.clone(),
                message,
            )));
        }
        files.push((Box::from(&*field.key), Box::from(&**text)));
    }
    Ok(Value::Files(files))
}

/// Any text.
fn text(value: &RawValue<'_>) -> Valued<Box<str>> {
    match value {
        RawValue::Text(text) => Ok(Box::from(&**text)),
        _ => Err(wrong_type("text", value)),
    }
}

impl Schema {
    /// A time; without an offset, the office's.
    pub(super) fn time(&self, value: &RawValue<'_>) -> Valued<Instant> {
        let RawValue::Text(text) = value else {
            return Err(
                wrong_type("a time as text", value).help("write it as in \"2024-03-01 09:00\"")
            );
        };
        let read = if text.len() < 64 {
            self.calendar.parse(text)
        } else {
            self.calendar.parse(&short(text))
        };
        read.map_err(|error| ValueFault::whole(error.sentence(), error.help()))
    }

    /// Checks the value of a field.
    pub(super) fn value<'v>(
        &self,
        row: &FieldSchema,
        value: &'v RawValue<'_>,
    ) -> Valued<Draft<&'v str>> {
        Ok(match row.holds {
            FieldType::Person | FieldType::Customer | FieldType::Visit | FieldType::Deal => {
                Draft::Name(name(value)?)
            }
            FieldType::Persons => Draft::Names(names("a list of people", value)?),
            FieldType::Customers => Draft::Names(names("a list of customers", value)?),
            FieldType::Word(_) => Draft::Name(row.word(value)?),
            FieldType::Chosen | FieldType::About => Draft::Plain(Value::Text(name(value)?.into())),
            FieldType::Text => Draft::Plain(Value::Text(text(value)?)),
            FieldType::Flag => match value {
                RawValue::Flag(flag) => Draft::Plain(Value::Flag(*flag)),
                _ => return Err(wrong_type("true or false", value)),
            },
            FieldType::Count => Draft::Plain(Value::Count(count(value)?)),
            FieldType::Money => Draft::Plain(Value::Money(money(row, value)?)),
            FieldType::Shares => Draft::Shares(items(value, &["share", "amount"], share)?),
            FieldType::Clauses => {
                let ids = list("a list of clause ids", value)?
                    .iter()
                    .map(|id| name(id).map(Box::from));
                Draft::Plain(Value::Clauses(ids.collect::<Valued<_>>()?))
            }
            FieldType::Event => match value {
                RawValue::Table(fields) => {
                    let inside = self.draft(fields, Stands::Within);
                    Draft::Event(Box::new(inside.map_err(ValueFault::inside)?))
                }
                _ => return Err(wrong_type("a whole event", value)),
            },
            FieldType::Asleep => {
                let since = |since: &mut Option<Instant>, _: &str, value: &RawValue<'_>| {
                    *since = Some(self.time(value)?);
                    Ok(())
                };
                let people = items(value, &["since"], since)?;
                let known = people
                    .into_iter()
                    .filter_map(|(person, at)| Some((person, at?)));
                Draft::Asleep(known.collect())
            }
            FieldType::Files => Draft::Plain(files(value)?),
        })
    }
}

impl FieldSchema {
    /// A word of those that the field takes.
    #[inline]
    fn word<'v>(&self, value: &'v RawValue<'_>) -> Valued<&'v str> {
        let word = word(value)?;
        match &self.words {
            Some(list) if !list.iter().any(|known| **known == *word) => {
                Err(self.no_such(word, list))
            }
            _ => Ok(word),
        }
    }

    #[cold]
    fn no_such(&self, word: &str, list: &[Box<str>]) -> ValueFault {
        let known = list.iter().map(|word| &**word);
        let help = match nearest(word, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", listed(known)),
        };
        ValueFault::new(format!(" does not take the word `{}`", short(word))).help(help)
    }
}
