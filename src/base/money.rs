//! Money: a whole number of fen, and its decimal text in yuan.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// The digits of yuan that a text may have: amounts stay below 10^15 fen.
const MOST_DIGITS: usize = 13;

/// An amount of money in fen (a hundredth of a yuan); may be negative. Shown in yuan with two
/// places: `12800.00`.
///
/// Adding, subtracting and negating panic on overflow, which amounts that were read (below 10^15
/// fen) cannot reach by fewer than nine thousand additions.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Fen(i64);

/// Whether a text may have a minus sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// `-5.50` is an amount.
    Allowed,
    /// Only amounts from zero on.
    Forbidden,
}

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);

    /// An amount of so many fen.
    pub const fn new(fen: i64) -> Fen {
        Fen(fen)
    }

    /// The number of fen.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads an amount in yuan with at most two places: `12800.00`, `100`, `5.5`, and with
    /// [`Sign::Allowed`] also `-5.5`. No plus sign, no separators, no currency.
    ///
    /// Fails if the text is not written so, has more places, or comes to 10^15 fen or more.
    pub fn parse(text: &str, sign: Sign) -> Result<Fen, MoneyError> {
        read(text, sign).map(Fen).map_err(|fault| MoneyError {
            text: text.into(),
            fault,
        })
    }
}

fn read(text: &str, sign: Sign) -> Result<i64, MoneyFault> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (yuan, places) = match digits.split_once('.') {
        Some((_, "")) => return Err(MoneyFault::NotAnAmount),
        Some(parts) => parts,
        None => (digits, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || !all_digits(yuan) || !all_digits(places) {
        return Err(MoneyFault::NotAnAmount);
    }
    if negative && sign == Sign::Forbidden {
        return Err(MoneyFault::Negative);
    }
    if places.len() > 2 {
        return Err(MoneyFault::TooManyPlaces);
    }
    let yuan = yuan.trim_start_matches('0');
    if yuan.len() > MOST_DIGITS {
        return Err(MoneyFault::TooLarge);
    }
    let missing = 2 - places.len();
    let zeros = std::iter::repeat_n(b'0', missing);
    let fen = yuan
        .bytes()
        .chain(places.bytes())
        .chain(zeros)
        .fold(0, |fen, digit| fen * 10 + i64::from(digit - b'0'));
    Ok(if negative { -fen } else { fen })
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        let text = format_args!("{sign}{}.{:02}", fen / 100, fen % 100);
        match f.width() {
            None => f.write_fmt(text),
            Some(_) => f.pad(&text.to_string()),
        }
    }
}

impl Add for Fen {
    type Output = Fen;

    fn add(self, other: Fen) -> Fen {
        Fen(self.0.checked_add(other.0).expect("amounts overflow"))
    }
}

impl Sub for Fen {
    type Output = Fen;

    fn sub(self, other: Fen) -> Fen {
        Fen(self.0.checked_sub(other.0).expect("amounts overflow"))
    }
}

impl Neg for Fen {
    type Output = Fen;

    fn neg(self) -> Fen {
        Fen(self.0.checked_neg().expect("amounts overflow"))
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Fen) {
        *self = *self + other;
    }
}

impl SubAssign for Fen {
    fn sub_assign(&mut self, other: Fen) {
        *self = *self - other;
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(amounts: I) -> Fen {
        amounts.fold(Fen::ZERO, Add::add)
    }
}

/// What is wrong with an amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MoneyFault {
    /// The text is not written as an amount.
    NotAnAmount,
    /// More than two places: less than a fen.
    TooManyPlaces,
    /// Below zero where that makes no sense.
    Negative,
    /// 10^15 fen or more.
    TooLarge,
}

/// A text that is no amount of money, with what is wrong and what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MoneyError {
    /// What was written.
    pub text: Box<str>,
    /// What is wrong with it.
    pub fault: MoneyFault,
}

impl MoneyError {
    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        let text = &self.text;
        match self.fault {
            MoneyFault::NotAnAmount => format!("`{text}` is not an amount of money"),
            MoneyFault::TooManyPlaces => format!("`{text}` is finer than a fen"),
            MoneyFault::Negative => format!("`{text}` is less than nothing"),
            MoneyFault::TooLarge => format!("`{text}` is more money than can be counted here"),
        }
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        match self.fault {
            MoneyFault::NotAnAmount => {
                "write digits with a point before the last two, as in `12800.00`; \
                 no separators, no currency"
            }
            MoneyFault::TooManyPlaces => "write at most two digits after the point",
            MoneyFault::Negative => "write it without the minus sign",
            MoneyFault::TooLarge => "write at most 13 digits before the point",
        }
        .into()
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.sentence(), self.help())
    }
}

impl std::error::Error for MoneyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(text: &str) -> MoneyFault {
        Fen::parse(text, Sign::Forbidden).unwrap_err().fault
    }

    #[test]
    fn amounts_are_read_in_yuan_and_shown_with_two_places() {
        for (text, fen, shown) in [
            ("12800.00", 1_280_000, "12800.00"),
            ("100", 10_000, "100.00"),
            ("-5.5", -550, "-5.50"),
            ("-0.05", -5, "-0.05"),
            ("0", 0, "0.00"),
            ("-0.00", 0, "0.00"),
            ("007.10", 710, "7.10"),
            ("9999999999999.99", 999_999_999_999_999, "9999999999999.99"),
            ("00000000000000000000001", 100, "1.00"),
        ] {
            let amount = Fen::parse(text, Sign::Allowed).unwrap();
            assert_eq!(amount, Fen::new(fen), "{text}");
            assert_eq!(amount.to_string(), shown);
        }
        assert_eq!(Fen::new(i64::MIN).to_string(), "-92233720368547758.08");
        assert_eq!(format!("{:>8}|", Fen::new(-5)), "   -0.05|");
    }

    #[test]
    fn what_is_not_written_as_an_amount_is_none() {
        for text in [
            "", "-", ".", ".5", "5.", "+5", "--5", "5.-1", "1,000", "1 000", " 5", "5 ", "¥5",
            "5元", "１", "0x10", "1e3", "1.2.3", "NaN",
        ] {
            assert_eq!(fault(text), MoneyFault::NotAnAmount, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_counted_in_fen_is_refused() {
        assert_eq!(fault("0.001"), MoneyFault::TooManyPlaces);
        assert_eq!(fault("1.000"), MoneyFault::TooManyPlaces);
        assert_eq!(fault("-5"), MoneyFault::Negative);
        assert_eq!(fault("10000000000000"), MoneyFault::TooLarge);
        assert_eq!(fault("99999999999999999999999999"), MoneyFault::TooLarge);
        for text in ["x", "0.001", "-5", "10000000000000"] {
            let error = Fen::parse(text, Sign::Forbidden).unwrap_err();
            assert_eq!(error.to_string().matches("\nhelp: ").count(), 1);
        }
    }

    #[test]
    fn amounts_add_up() {
        let amounts = [Fen::new(5), Fen::new(-7), Fen::new(100)];
        let total: Fen = amounts.into_iter().sum();
        assert_eq!(total, Fen::new(98));
        assert_eq!(total - Fen::new(100), Fen::new(-2));
        assert_eq!(-total, Fen::new(-98));
        let mut amount = Fen::ZERO;
        amount += total;
        amount -= Fen::new(1);
        assert_eq!(amount.get(), 97);
    }

    #[test]
    #[should_panic = "amounts overflow"]
    fn overflow_is_a_fault_of_ours() {
        assert_ne!(Fen::new(i64::MAX) + Fen::new(1), Fen::ZERO);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(fen in -999_999_999_999_999_i64..=999_999_999_999_999) {
            let amount = Fen::new(fen);
            prop_assert_eq!(Fen::parse(&amount.to_string(), Sign::Allowed), Ok(amount));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            drop(Fen::parse(&text, Sign::Allowed));
        }
    }
}
