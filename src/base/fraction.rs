//! Exact fractions, and dividing money by them without losing a fen.

use crate::base::money::Fen;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The digits that each number in a text may have.
const MOST_DIGITS: usize = 9;

/// An exact number from zero on, always reduced: `1/3`. Equal fractions are equal values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "(u64, u64)", into = "(u64, u64)")]
pub struct Fraction {
    num: u64,
    den: u64,
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Fraction = Fraction { num: 0, den: 1 };
    /// The whole.
    pub const ONE: Fraction = Fraction { num: 1, den: 1 };

    /// `num / den`, reduced; `None` if `den` is zero.
    pub const fn new(num: u64, den: u64) -> Option<Fraction> {
        if den == 0 {
            return None;
        }
        let common = gcd(num as u128, den as u128) as u64;
        Some(Fraction {
            num: num / common,
            den: den / common,
        })
    }

    /// The number above the line, reduced.
    pub const fn num(self) -> u64 {
        self.num
    }

    /// The number below the line, reduced; never zero.
    pub const fn den(self) -> u64 {
        self.den
    }

    /// The sum; `None` if it needs more than 64 bits.
    pub fn plus(self, other: Fraction) -> Option<Fraction> {
        let left = u128::from(self.num) * u128::from(other.den);
        let right = u128::from(other.num) * u128::from(self.den);
        self.reduced(left.checked_add(right)?, other)
    }

    /// The difference; `None` if it is below zero or needs more than 64 bits.
    pub fn minus(self, other: Fraction) -> Option<Fraction> {
        let left = u128::from(self.num) * u128::from(other.den);
        let right = u128::from(other.num) * u128::from(self.den);
        self.reduced(left.checked_sub(right)?, other)
    }

    /// `num` over the product of both denominators, reduced.
    fn reduced(self, num: u128, other: Fraction) -> Option<Fraction> {
        let den = u128::from(self.den) * u128::from(other.den);
        let common = gcd(num, den);
        Some(Fraction {
            num: u64::try_from(num / common).ok()?,
            den: u64::try_from(den / common).ok()?,
        })
    }
}

/// The greatest common divisor; `b` is not zero.
const fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl From<Fraction> for (u64, u64) {
    fn from(fraction: Fraction) -> (u64, u64) {
        (fraction.num, fraction.den)
    }
}

impl TryFrom<(u64, u64)> for Fraction {
    type Error = &'static str;

    fn try_from((num, den): (u64, u64)) -> Result<Fraction, &'static str> {
        Fraction::new(num, den).ok_or("a fraction with nothing below the line")
    }
}

impl Default for Fraction {
    fn default() -> Fraction {
        Fraction::ZERO
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        let left = u128::from(self.num) * u128::from(other.den);
        let right = u128::from(other.num) * u128::from(self.den);
        left.cmp(&right)
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.den {
            1 => write!(f, "{}", self.num),
            _ => write!(f, "{}/{}", self.num, self.den),
        }
    }
}

impl FromStr for Fraction {
    type Err = FractionError;

    /// Reads `1/3`, `20%`, `12.5%` or a whole number; at most nine digits in each number.
    fn from_str(text: &str) -> Result<Fraction, FractionError> {
        read(text).map_err(|fault| FractionError {
            text: text.into(),
            fault,
        })
    }
}

fn read(text: &str) -> Result<Fraction, FractionFault> {
    if let Some(percent) = text.strip_suffix('%') {
        return read_percent(percent);
    }
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    let (num, den) = (read_digits(num)?, read_digits(den)?);
    Fraction::new(num, den).ok_or(FractionFault::OverZero)
}

fn read_percent(text: &str) -> Result<Fraction, FractionFault> {
    let (whole, places) = match text.split_once('.') {
        Some((whole, places)) => (whole, Some(places)),
        None => (text, None),
    };
    let whole = read_digits(whole)?;
    let (part, scale) = match places {
        Some(places) => (read_digits(places)?, 10_u64.pow(places.len() as u32)),
        None => (0, 1),
    };
    // Below 10^9 * 10^9 + 10^9, and 10^9 * 100.
    Fraction::new(whole * scale + part, 100 * scale).ok_or(FractionFault::OverZero)
}

/// A number of one to nine ASCII digits.
fn read_digits(text: &str) -> Result<u64, FractionFault> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FractionFault::NotAFraction);
    }
    if text.len() > MOST_DIGITS {
        return Err(FractionFault::TooManyDigits);
    }
    Ok(text
        .bytes()
        .fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

/// Divides `total` by `weights`: what each comes to, rounded towards zero to the fen, and the fen
/// that do not divide. Both together are `total`, to the fen; dividing the negative amount gives
/// the negative parts. If all weights are zero, or there are none, nothing divides.
pub fn split(total: Fen, weights: &[u64]) -> (SmallVec<[Fen; 4]>, Fen) {
    let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    let part_of = |&weight: &u64| {
        if weight == 0 {
            return Fen::ZERO;
        }
        // Below 2^63 * 2^64, and never more than the total.
        let part = i128::from(total.get()) * i128::from(weight) / sum;
        Fen::new(i64::try_from(part).expect("a part is at most the total"))
    };
    let parts: SmallVec<[Fen; 4]> = weights.iter().map(part_of).collect();
    let divided: Fen = parts.iter().copied().sum();
    (parts, total - divided)
}

/// The share that a weight has in the sum of all weights. Panics if the sum is zero or less than
/// the weight, which is the caller's to have checked.
pub fn share_of(weight: u64, sum: u64) -> Fraction {
    assert!(weight <= sum, "a weight of {weight} in a sum of {sum}");
    Fraction::new(weight, sum).expect("a sum of weights above zero")
}

/// What is wrong with a fraction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FractionFault {
    /// The text is not written as a fraction.
    NotAFraction,
    /// The number below the line is zero.
    OverZero,
    /// A number has more than nine digits.
    TooManyDigits,
}

/// A text that is no fraction, with what is wrong and what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FractionError {
    /// What was written.
    pub text: Box<str>,
    /// What is wrong with it.
    pub fault: FractionFault,
}

impl FractionError {
    /// What is wrong, in one sentence.
    pub fn sentence(&self) -> String {
        let text = &self.text;
        match self.fault {
            FractionFault::NotAFraction => format!("`{text}` is not a fraction"),
            FractionFault::OverZero => format!("`{text}` divides by zero"),
            FractionFault::TooManyDigits => format!("`{text}` has a number of over nine digits"),
        }
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        "write it as in `1/3`, `20%` or `12.5%`, or as a whole number".into()
    }
}

impl fmt::Display for FractionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.sentence(), self.help())
    }
}

impl std::error::Error for FractionError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fraction(text: &str) -> Fraction {
        text.parse().unwrap()
    }

    #[test]
    fn fractions_are_read_and_shown_reduced() {
        for (text, shown) in [
            ("1/3", "1/3"),
            ("2/6", "1/3"),
            ("20%", "1/5"),
            ("12.5%", "1/8"),
            ("33.333333333%", "33333333333/100000000000"),
            ("100%", "1"),
            ("0%", "0"),
            ("0/7", "0"),
            ("7", "7"),
            ("10/5", "2"),
            ("0.000000001%", "1/100000000000"),
            ("999999999.999999999%", "999999999999999999/100000000000"),
        ] {
            assert_eq!(fraction(text).to_string(), shown, "{text}");
        }
        assert_eq!((fraction("2/6").num(), fraction("2/6").den()), (1, 3));
        assert_eq!(fraction("0/7"), Fraction::ZERO);
    }

    #[test]
    fn what_is_not_written_as_a_fraction_is_none() {
        for (text, fault) in [
            ("", FractionFault::NotAFraction),
            ("all", FractionFault::NotAFraction),
            ("1/", FractionFault::NotAFraction),
            ("/3", FractionFault::NotAFraction),
            ("1/3/4", FractionFault::NotAFraction),
            ("-1/3", FractionFault::NotAFraction),
            ("1 / 3", FractionFault::NotAFraction),
            ("0.5", FractionFault::NotAFraction),
            ("12.%", FractionFault::NotAFraction),
            (".5%", FractionFault::NotAFraction),
            ("%", FractionFault::NotAFraction),
            ("1/3%", FractionFault::NotAFraction),
            ("１/3", FractionFault::NotAFraction),
            ("1/0", FractionFault::OverZero),
            ("1/10000000000", FractionFault::TooManyDigits),
            ("1.0000000000%", FractionFault::TooManyDigits),
        ] {
            let error = text.parse::<Fraction>().unwrap_err();
            assert_eq!(error.fault, fault, "{text}");
            assert!(error.to_string().contains("\nhelp: "));
        }
    }

    #[test]
    fn fractions_add_exactly() {
        let sum = fraction("1/3").plus(fraction("1/6"));
        assert_eq!(sum, Some(fraction("1/2")));
        assert_eq!(Fraction::ONE.minus(fraction("20%")), Some(fraction("4/5")));
        assert_eq!(fraction("1/3").minus(fraction("1/2")), None);
        assert_eq!(fraction("1/3").minus(fraction("1/3")), Some(Fraction::ZERO));
        let tiny = Fraction::new(1, u64::MAX).unwrap();
        assert_eq!(tiny.plus(Fraction::new(1, u64::MAX - 1).unwrap()), None);
        let huge = Fraction::new(u64::MAX, 1).unwrap();
        assert_eq!(huge.plus(huge), None);
        assert!(fraction("1/3") < fraction("34%") && tiny > Fraction::ZERO);
    }

    #[test]
    fn what_does_not_divide_is_given_back() {
        let (parts, rest) = split(Fen::new(100), &[1, 1, 1]);
        assert_eq!(parts.as_slice(), [Fen::new(33); 3]);
        assert_eq!(rest, Fen::new(1));
        let (parts, rest) = split(Fen::new(-100), &[1, 1, 1]);
        assert_eq!(parts.as_slice(), [Fen::new(-33); 3]);
        assert_eq!(rest, Fen::new(-1));
        let (parts, rest) = split(Fen::new(1000), &[7, 3]);
        assert_eq!(parts.as_slice(), [Fen::new(700), Fen::new(300)]);
        assert_eq!(rest, Fen::ZERO);
    }

    #[test]
    fn without_weights_nothing_divides() {
        assert_eq!(split(Fen::new(5), &[]).1, Fen::new(5));
        let (parts, rest) = split(Fen::new(5), &[0, 0]);
        assert_eq!(parts.as_slice(), [Fen::ZERO; 2]);
        assert_eq!(rest, Fen::new(5));
    }

    #[test]
    fn the_largest_numbers_divide() {
        for total in [Fen::new(i64::MAX), Fen::new(i64::MIN)] {
            assert_eq!(split(total, &[u64::MAX]).0.as_slice(), [total]);
            let (parts, rest) = split(total, &[u64::MAX, u64::MAX]);
            assert_eq!(parts[0] + parts[1] + rest, total);
        }
    }

    #[test]
    fn a_share_is_a_weight_in_the_sum() {
        assert_eq!(share_of(3, 9), fraction("1/3"));
        assert_eq!(share_of(0, 9), Fraction::ZERO);
        assert_eq!(share_of(9, 9), Fraction::ONE);
    }

    #[test]
    #[should_panic = "a weight of 2 in a sum of 1"]
    fn a_share_is_at_most_the_whole() {
        share_of(2, 1);
    }

    proptest! {
        #[test]
        fn no_fen_is_made_or_lost(
            total in -999_999_999_999_999_i64..=999_999_999_999_999,
            weights in prop::collection::vec(any::<u64>(), 0..8),
        ) {
            let (parts, rest) = split(Fen::new(total), &weights);
            let sum: Fen = parts.iter().copied().sum();
            prop_assert_eq!(sum + rest, Fen::new(total));
            prop_assert!(weights.iter().all(|&weight| weight == 0)
                || rest.get().unsigned_abs() < weights.len() as u64);
            let (reversed, back) = split(Fen::new(-total), &weights);
            prop_assert_eq!(back, -rest);
            prop_assert!(parts.iter().zip(&reversed).all(|(&part, &back)| part == -back));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            drop(text.parse::<Fraction>());
        }

        #[test]
        fn what_was_added_can_be_taken_away(
            a in 0_u64..1_000_000, b in 1_u64..1_000_000, c in 0_u64..1_000_000, d in 1_u64..1_000_000,
        ) {
            let (left, right) = (Fraction::new(a, b).unwrap(), Fraction::new(c, d).unwrap());
            let sum = left.plus(right).unwrap();
            prop_assert_eq!(sum.minus(right), Some(left));
            prop_assert!(sum >= left);
        }
    }
}
