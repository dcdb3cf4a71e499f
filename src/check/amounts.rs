//! Amounts: every figure that an office may change, dated.

use super::tools::bilingual;
use super::{AmountEntry, Checker};
use crate::base::fraction::Fraction;
use crate::base::money::{Fen, Sign};
use crate::base::time::{Clock, Instant, Length, Unit};
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
    Clock,
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
            Kind::Clock => "a time of day",
            Kind::Words => "a list of words",
        }
    }

    /// What it is in a condition.
    pub const fn is(self) -> Option<Type> {
        match self {
            Kind::Money => Some(Type::Money),
            Kind::Count => Some(Type::Count),
            Kind::Words => Some(Type::Words),
            Kind::Clock => Some(Type::Clock),
            Kind::Fraction => Some(Type::Fraction),
            Kind::Length | Kind::Parts => None,
        }
    }
}

/// The kind of a value.
pub fn kind_of(value: &AmountValue) -> Kind {
    match value {
        AmountValue::Length(_) => Kind::Length,
        AmountValue::Money(..) => Kind::Money,
        AmountValue::Count(..) => Kind::Count,
        AmountValue::Parts(_) => Kind::Parts,
        AmountValue::Fraction(_) => Kind::Fraction,
        AmountValue::Clock(_) => Kind::Clock,
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
        self.one_currency();
    }

    /// Money of one book is of one currency: the runtime adds it up.
    fn one_currency(&mut self) {
        let mut known: Option<(&str, usize)> = None;
        let mut found = Vec::new();
        for (at, entry) in self.amounts.iter().enumerate() {
            for (_, value) in &entry.amount.values {
                let AmountValue::Money(_, currency) = value else {
                    continue;
                };
                match known {
                    Some((first, before)) if first != currency => {
                        let message = format!("this is in {currency}, and other money in {first}");
                        let place = entry.place.clone();
                        let finding = Finding::new(Code::MixedAmount, message, place, currency);
                        let other = self.amounts[before].place.clone();
                        found.push(
                            finding
                                .other(other, first)
                                .help("write all money in one currency"),
                        );
                    }
                    Some(_) => {}
                    None => known = Some((currency, at)),
                }
            }
        }
        found.into_iter().for_each(|finding| self.push(finding));
    }

    fn dated_values(&mut self, written: &WrittenAmount) -> Vec<(Instant, AmountValue)> {
        let mut values: Vec<(Instant, AmountValue)> = Vec::new();
        let mut first: Option<(Kind, &Text)> = None;
        let mut dated: Vec<_> = written.values.iter().collect();
        // What is extended comes first: its files have the higher numbers. Each file keeps its dates in order.
        dated.sort_by_key(|(date, _)| std::cmp::Reverse(date.place.file));
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

    /// What is named where an amount must be, and is none.
    fn no_amount(&mut self, text: &Text, what: &str) {
        let message = format!("{what} is an amount, and `{}` is none", text.value);
        let help = match text.value.starts_with("violation.") {
            true => {
                "a sanction that is worked out is named as a whole: `actor = \"violation.x\"`, a fact with `type = \"sanction\"` and a script"
            }
            false => "declare it under `[amount.…]` and write \"amount.\" and its name",
        };
        self.helped(
            Code::WrongAmount,
            message,
            &text.place,
            "not an amount",
            help,
        );
    }

    /// An amount that an answer or a window names (`"amount.x"`), of one of these kinds.
    pub fn amount_of(&mut self, text: &Text, kinds: &[Kind], what: &str) -> Option<AmountId> {
        let Some(name) = text.value.strip_prefix("amount.") else {
            self.no_amount(text, what);
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
        // What could not be read has its own finding.
        let unread = matches!(&entry.amount.values[..], [(Instant::MIN, AmountValue::Words(words))] if words.is_empty());
        if !unread && !kinds.contains(&entry.kind) {
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
            let mut finding = Finding::new(
                Code::WrongAmount,
                message,
                text.place.clone(),
                entry.kind.text(),
            );
            if entry.kind == Kind::Count && kinds.contains(&Kind::Money) {
                let help =
                    "money has two places and the currency in small letters, as in \"50.00 yuan\"";
                finding = finding.help(help);
            }
            self.push(finding.other(other, "declared here"));
            return None;
        }
        Some(AmountId(super::tools::number(at)))
    }
}

/// The digits of an amount of money and the word of its currency: yuan, or any word after two places.
pub fn money_of(text: &str) -> Option<(&str, &str)> {
    let (money, currency) = text.split_once(' ')?;
    let other = Unit::named(currency).is_some() || ["part", "parts"].contains(&currency);
    let places = money.split_once('.').map_or(0, |(_, places)| places.len());
    let written = places == 2 && super::tools::is_snake_case(currency) && !other;
    (written || currency == "yuan").then_some((money, currency))
}

/// Reads a value: a message and a help line if it is none.
fn read_amount(text: &str) -> Result<AmountValue, (String, String)> {
    let shapes = || {
        let message = format!("`{text}` is not a value");
        let help = meant(text).unwrap_or_else(|| {
            "write \"n days\", \"n.00 yuan\" (or another currency), \"n points\", \"n parts\", \"n%\" or two numbers with `/`".to_owned()
        });
        (message, help)
    };
    if let Some((money, currency)) = money_of(text) {
        let fen =
            Fen::parse(money, Sign::Forbidden).map_err(|error| (error.sentence(), error.help()))?;
        return Ok(AmountValue::Money(fen, currency.to_owned()));
    }
    if text.contains(':') {
        let clock = text.parse::<Clock>();
        let clock = clock.map_err(|error| (error.sentence(), error.help()))?;
        return Ok(AmountValue::Clock(clock));
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

/// Units as they are said in Chinese.
const SAID: [(&str, &str); 11] = [
    ("天", "days"),
    ("日", "days"),
    ("周", "weeks"),
    ("个月", "months"),
    ("月", "months"),
    ("小时", "hours"),
    ("分钟", "minutes"),
    ("元", "yuan"),
    ("份", "parts"),
    ("分", "points"),
    ("轮", "turns"),
];

/// What a value that is nearly one is to be: a number, one space, and a unit in small letters.
fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(money) = text.strip_prefix(|c| "$€£¥￥".contains(c)) {
        let money = money.trim().replace(',', "");
        let money = Fen::parse(&money, Sign::Forbidden).ok()?;
        return Some(format!(
            "write the currency as a word after the number, as in \"{money} dollars\""
        ));
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim().to_lowercase();
    if number.is_empty() {
        return None;
    }
    if unit.is_empty() {
        return Some(format!(
            "add the unit after a space: \"{number} days\", \"{number}.00 yuan\", \"{number} points\", \
             \"{number} parts\""
        ));
    }
    let said = SAID.iter().find(|(chinese, _)| *chinese == unit);
    let unit = said.map_or(unit.as_str(), |(_, unit)| unit);
    super::tools::is_snake_case(unit).then(|| format!("write \"{number} {unit}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_makes_its_sort_of_amount() {
        for (text, kind) in [
            ("1 month", Kind::Length),
            ("45 days", Kind::Length),
            ("50.00 yuan", Kind::Money),
            ("50 yuan", Kind::Money),
            ("50.00 dollars", Kind::Money),
            ("50 dollars", Kind::Count),
            ("3 points", Kind::Count),
            ("1 part", Kind::Parts),
            ("0 parts", Kind::Parts),
            ("1/3", Kind::Fraction),
            ("20%", Kind::Fraction),
            ("18:30", Kind::Clock),
        ] {
            let value = read_amount(text).unwrap_or_else(|(message, _)| panic!("{message}"));
            assert_eq!(kind_of(&value), kind, "{text}");
        }
    }

    #[test]
    fn a_sign_before_money_is_understood() {
        for (text, meant) in [("$1,500.5", "1500.50"), ("€ 20", "20.00"), ("¥3", "3.00")] {
            let (_, help) = read_amount(text).unwrap_err();
            assert!(help.contains(meant), "{help}");
        }
        assert!(read_amount("$x").is_err());
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            "1",
            "month",
            "1  month",
            "-1 day",
            "1.5 days",
            "1.50 days",
            "4/3",
            "120%",
            "1/0",
            "yuan",
            "1 客",
        ] {
            assert!(read_amount(text).is_err(), "{text}");
        }
        assert!(read_amount("99999999999 points").is_err());
        assert!(read_amount("99999999999 days").is_err());
    }
}
