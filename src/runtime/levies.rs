//! What comes off a commission before it is shared, and which part of each share is due now.

use super::act::{Grounds, Unsettled};
use super::case::{Reader, Val};
use super::of_deal::{grounds_of, left_of, standing};
use crate::base::few::Few;
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::decision::{Levied, Payee, Wants};
use crate::event::Ids;
use crate::policy::{AmountValue, Figure, LevyPart, LevyTo};
use crate::vocabulary::words::Question;
use smallvec::SmallVec;

/// The most fen that a fact may say comes off, or is paid in.
const MOST_MONEY: u64 = 1_000_000_000_000;

/// A fraction of the whole, as dated.
pub fn figure(reader: &Reader<'_>, figure: &Figure) -> Result<Fraction, String> {
    match figure {
        Figure::Fraction(fraction) => Ok(*fraction),
        Figure::Amount(amount) => match reader.law.amount(*amount, reader.case.at) {
            AmountValue::Fraction(fraction) => Ok(*fraction),
            _ => Err("an amount that is no fraction stands for a part".to_owned()),
        },
    }
}

/// A fraction of money, to the fen below.
pub fn part_of(money: Fen, part: Fraction) -> Fen {
    let fen = i128::from(money.get()) * i128::from(part.num()) / i128::from(part.den());
    Fen::new(i64::try_from(fen).unwrap_or(i64::MAX))
}

/// What comes off first: every levy that stands, added up for each payee, with the clauses that say so.
pub fn levies(
    reader: &Reader<'_>,
    wants: Wants,
    ids: &Ids,
) -> Result<(Few<Levied>, Grounds), Unsettled> {
    let mut levies: Few<Levied> = Few::new();
    let policy = &reader.law.policy;
    if policy.index.standing(Question::Levy).is_empty() {
        return Ok((levies, Grounds::default()));
    }
    let grounds = |clauses: &[_]| grounds_of(reader, wants, ids, clauses);
    let standing = standing(reader, Question::Levy)
        .map_err(|(clause, reason)| Unsettled::new(reason, grounds(&[clause])))?;
    for of_rest in [false, true] {
        let whole = left_of(reader, &levies);
        for id in &standing {
            let said = policy.clause(*id).answers.levy.iter();
            for (to, part) in
                said.filter(|(_, part)| matches!(part, LevyPart::OfRest(_)) == of_rest)
            {
                let broken = |reason: &str| Unsettled::new(reason, grounds(&[*id]));
                for payee in payees(reader, *to) {
                    let amount =
                        amount(reader, whole, part, *to).map_err(|reason| broken(&reason))?;
                    add(&mut levies, payee, amount).ok_or_else(|| broken("a levy is too large"))?;
                }
            }
        }
    }
    levies.retain(|levied| levied.amount != Fen::ZERO);
    if left_of(reader, &levies) < Fen::ZERO {
        let reason = "the levies are more than the commission";
        return Err(Unsettled::new(reason, grounds(&standing)));
    }
    Ok((levies, grounds(&standing)))
}

fn payees(reader: &Reader<'_>, to: LevyTo) -> SmallVec<[Payee; 2]> {
    match to {
        LevyTo::Account(account) => {
            let account = &reader.law.policy.accounts[account.index()];
            SmallVec::from_elem(Payee::Account(reader.law.word(account.name)), 1)
        }
        LevyTo::Who(who) => {
            let people = reader.people(who);
            people
                .iter()
                .map(|someone| Payee::Person(someone.staff))
                .collect()
        }
    }
}

/// An account may pay in: what is below zero is added to what is shared.
fn amount(reader: &Reader<'_>, whole: Fen, part: &LevyPart, to: LevyTo) -> Result<Fen, String> {
    match part {
        LevyPart::Part(part) | LevyPart::OfRest(part) => Ok(part_of(whole, figure(reader, part)?)),
        LevyPart::Money(fen) => Ok(*fen),
        LevyPart::MoneyAmount(amount) => reader
            .law
            .money(*amount, reader.case.at)
            .ok_or_else(|| "an amount that is no money stands for a levy".to_owned()),
        LevyPart::Term(term) => match reader.read(term) {
            Val::Money(fen) if fen.get().unsigned_abs() > MOST_MONEY => {
                Err("a levy is too large".to_owned())
            }
            Val::Money(fen) if fen >= Fen::ZERO || matches!(to, LevyTo::Account(_)) => Ok(fen),
            Val::Money(_) => Err("a levy is below zero".to_owned()),
            _ => {
                let why = reader.fault.borrow_mut().take();
                Err(why.unwrap_or_else(|| "a levy is missing".to_owned()))
            }
        },
    }
}

fn add(levies: &mut Few<Levied>, to: Payee, amount: Fen) -> Option<()> {
    match levies.iter_mut().find(|known| known.to == to) {
        Some(known) => known.amount = Fen::new(known.amount.get().checked_add(amount.get())?),
        None => levies.push(Levied { to, amount }),
    }
    let sum = levies
        .iter()
        .try_fold(0i64, |sum, it| sum.checked_add(it.amount.get()));
    sum.map(|_| ())
}

/// Which part of each share is due now, if a clause says so.
pub fn due_part(
    reader: &Reader<'_>,
    wants: Wants,
    ids: &Ids,
) -> Result<(Option<Fraction>, Grounds), Unsettled> {
    let policy = &reader.law.policy;
    let grounds = |clauses: &[_]| grounds_of(reader, wants, ids, clauses);
    let standing = standing(reader, Question::Pay)
        .map_err(|(clause, reason)| Unsettled::new(reason, grounds(&[clause])))?;
    let mut found: Option<Fraction> = None;
    for id in &standing {
        let Some(part) = &policy.clause(*id).answers.pay else {
            continue;
        };
        let part =
            figure(reader, part).map_err(|reason| Unsettled::new(reason, grounds(&[*id])))?;
        if found.is_some_and(|known| known != part) {
            let reason = "two clauses say differently what is due";
            return Err(Unsettled::new(reason, grounds(&standing)));
        }
        found = Some(part);
    }
    Ok((found, grounds(&standing)))
}
