//! Amounts: every figure that an office may change, dated.

use super::tools::bilingual;
use super::{AmountEntry, Checker};
use crate::base::fraction::Fraction;
use crate::base::money::{Fen, Sign};
use crate::base::time::{Instant, Length, Unit};
use crate::finding::{Code, Finding};
use crate::policy::{Amount, AmountId, AmountValue};
use crate::syntax::{Text, WrittenAmount, WrittenValue};
use crate::vocabulary::facts::Type;

/// What an amount is at every date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Length,
    Money,
    Count,
    Parts,
    Fraction,
    Words,
}

impl Kind {
    /// As a finding names it.
    pub const fn text(self) -> &'static str {
        match self {
            Kind::Length => "a length of time",
            Kind::Money => "an amount of money",
            Kind::Count => "a count",
            Kind::Parts => "a number of parts",
            Kind::Fraction => "a fixed share",
            Kind::Words => "a list of words",
        }
    }

    /// What it is in a condition.
    pub const fn is(self) -> Option<Type> {
        match self {
            Kind::Money => Some(Type::Money),
            Kind::Count => Some(Type::Count),
            Kind::Words => Some(Type::Words),
            Kind::Length | Kind::Parts | Kind::Fraction => None,
        }
    }
}

/// The kind of a value.
pub fn kind_of(value: &AmountValue) -> Kind {
    match value {
        AmountValue::Length(_) => Kind::Length,
        AmountValue::Money(_) => Kind::Money,
        AmountValue::Count(..) => Kind::Count,
        AmountValue::Parts(_) => Kind::Parts,
        AmountValue::Fraction(_) => Kind::Fraction,
        AmountValue::Words(_) => Kind::Words,
    }
}

impl Checker<'_> {
    /// Reads every amount.
    pub fn declare_amounts(&mut self) {
        let begins = self
            .written
            .title
            .in_force_from
            .as_ref()
            .and_then(|from| self.date(from));
        for written in &self.written.amounts {
            let values = self.dated_values(written);
            self.reaches_back(written, &values, begins);
            // A list of values is never empty, so that reading an amount needs no excuse.
            let kind = values
                .first()
                .map_or(Kind::Words, |(_, value)| kind_of(value));
            let values = if values.is_empty() {
                vec![(Instant::MIN, AmountValue::Words(Vec::new()))]
            } else {
                values
            };
            self.amounts.push(AmountEntry {
                amount: Amount {
                    name: written.name.value.clone(),
                    values,
                    source: written
                        .source
                        .as_ref()
                        .map_or_else(String::new, |source| source.value.clone()),
                    text: bilingual(written.text.as_ref()),
                },
                kind,
                place: written.name.place.clone(),
                used: false,
            });
        }
    }

    fn dated_values(&mut self, written: &WrittenAmount) -> Vec<(Instant, AmountValue)> {
        let mut values: Vec<(Instant, AmountValue)> = Vec::new();
        let mut first: Option<(Kind, &Text)> = None;
        if written.values.is_empty() {
            let message = format!("the amount `{}` has no value", written.name.value);
            let help = "write is = { 2020-01-01 = \"…\" }";
            self.helped(
                Code::BadAmount,
                message,
                &written.name.place,
                "no value",
                help,
            );
        }
        let mut dated: Vec<_> = written.values.iter().collect();
        // Dates of an overlay stand after those of the policy that it extends, in another file.
        dated.sort_by(|(one, _), (two, _)| {
            (one.place.file != two.place.file)
                .then(|| one.value.cmp(&two.value))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut last: Option<(&Text, Instant)> = None;
        for (date, value) in dated {
            let (from, value) = (self.date(date), self.amount_value(value));
            let (Some(from), Some(value)) = (from, value) else {
                continue;
            };
            if let Some((before, _)) =
                last.filter(|(before, at)| before.place.file == date.place.file && *at >= from)
            {
                let finding = Finding::new(
                    Code::DatesOutOfOrder,
                    "dates stand in their order",
                    date.place.clone(),
                    "earlier",
                );
                self.push(
                    finding
                        .other(before.place.clone(), "than this one")
                        .help("write the earliest date first"),
                );
            }
            last = Some((date, from));
            let kind = kind_of(&value);
            match first {
                Some((known, at)) if known != kind => {
                    let message = format!("this is {}, and was {}", kind.text(), known.text());
                    let finding =
                        Finding::new(Code::MixedAmount, message, date.place.clone(), kind.text());
                    self.push(finding.other(at.place.clone(), known.text()));
                }
                Some(_) => {}
                None => first = Some((kind, date)),
            }
            values.push((from, value));
        }
        values.sort_by_key(|(from, _)| *from);
        values
    }

    fn reaches_back(
        &mut self,
        written: &WrittenAmount,
        values: &[(Instant, AmountValue)],
        begins: Option<Instant>,
    ) {
        let (Some(begins), Some((first, _))) = (begins, values.first()) else {
            return;
        };
        if *first > begins {
            let place = written
                .values
                .first()
                .map_or(&written.name.place, |(date, _)| &date.place);
            let message = format!(
                "the amount `{}` begins after the policy",
                written.name.value
            );
            let finding = Finding::new(
                Code::AmountHole,
                message,
                place.clone(),
                "nothing holds before this date",
            );
            let finding =
                finding.help("give it a value from the day on which the policy is in force");
            let from = self
                .written
                .title
                .in_force_from
                .as_ref()
                .map(|from| from.place.clone());
            self.push(match from {
                Some(from) => finding.other(from, "in force from this day"),
                None => finding,
            });
        }
    }

    fn amount_value(&mut self, value: &WrittenValue) -> Option<AmountValue> {
        let text = match value {
            WrittenValue::Words(words, _) => {
                return Some(AmountValue::Words(
                    words.iter().map(|word| self.free_word(word)).collect(),
                ));
            }
            WrittenValue::Text(text) => text,
        };
        match read_amount(&text.value) {
            Ok(value) => Some(value),
            Err((message, help)) => {
                self.helped(
                    Code::BadAmount,
                    message,
                    &text.place,
                    "cannot be read",
                    help,
                );
                None
            }
        }
    }

    /// An amount that an answer or a window names (`"amount.x"`), of one of these kinds.
    pub fn amount_of(&mut self, text: &Text, kinds: &[Kind], what: &str) -> Option<AmountId> {
        let Some(name) = text.value.strip_prefix("amount.") else {
            let message = format!("{what} is an amount, and `{}` is none", text.value);
            let help = "declare it under `[amount.…]` and write \"amount.\" and its name";
            self.helped(
                Code::WrongAmount,
                message,
                &text.place,
                "not an amount",
                help,
            );
            return None;
        };
        let Some(at) = self
            .amounts
            .iter()
            .position(|entry| entry.amount.name == name)
        else {
            let names = self.amounts.iter().map(|entry| entry.amount.name.as_str());
            let help = super::tools::did_you_mean(name, names, "amounts");
            let start = "amount.".len();
            let place = text.within(start..text.value.len());
            self.helped(
                Code::UnknownName,
                format!("there is no amount `{name}`"),
                &place,
                "no such amount",
                help,
            );
            return None;
        };
        let entry = &mut self.amounts[at];
        entry.used = true;
        if !kinds.contains(&entry.kind) {
            let wanted = kinds
                .iter()
                .map(|kind| kind.text())
                .collect::<Vec<_>>()
                .join(" or ");
            let message = format!(
                "{what} takes {wanted}, and `{name}` is {}",
                entry.kind.text()
            );
            let other = entry.place.clone();
            let finding = Finding::new(
                Code::WrongAmount,
                message,
                text.place.clone(),
                entry.kind.text(),
            );
            self.push(finding.other(other, "declared here"));
            return None;
        }
        Some(AmountId(super::tools::number(at)))
    }
}

/// Reads a value: a message and a help line if it is none.
fn read_amount(text: &str) -> Result<AmountValue, (String, String)> {
    let shapes = || {
        let message = format!("`{text}` is not a value");
        (
            message,
            "write \"n days\", \"n.00 yuan\", \"n points\", \"n parts\", \"n%\" or two numbers with `/`"
                .to_owned(),
        )
    };
    if let Some(money) = text.strip_suffix(" yuan") {
        let fen =
            Fen::parse(money, Sign::Forbidden).map_err(|error| (error.sentence(), error.help()))?;
        return Ok(AmountValue::Money(fen));
    }
    if text.contains('/') || text.ends_with('%') {
        let fraction: Fraction =
            text.parse()
                .map_err(|error: crate::base::fraction::FractionError| {
                    (error.sentence(), error.help())
                })?;
        if fraction > Fraction::ONE {
            return Err((
                format!("`{text}` is more than the whole"),
                "a share is at most 1".to_owned(),
            ));
        }
        return Ok(AmountValue::Fraction(fraction));
    }
    let (number, unit) = text.split_once(' ').ok_or_else(shapes)?;
    if number.is_empty()
        || !number.bytes().all(|byte| byte.is_ascii_digit())
        || !super::tools::is_snake_case(unit)
    {
        return Err(shapes());
    }
    if Unit::named(unit).is_some() {
        let length: Length = text
            .parse()
            .map_err(|error: crate::base::time::LengthError| (error.sentence(), error.help()))?;
        return Ok(AmountValue::Length(length));
    }
    let count: i64 = number
        .parse()
        .ok()
        .filter(|count| *count <= 1_000_000_000)
        .ok_or_else(|| {
            (
                format!("`{number}` is too large"),
                "a count goes up to 1000000000".to_owned(),
            )
        })?;
    match unit {
        "part" | "parts" => Ok(AmountValue::Parts(count.unsigned_abs())),
        _ => Ok(AmountValue::Count(count, unit.to_owned())),
    }
}
