//! How a commission is shared: what the policy says of a deal, and the amounts that follow to the fen.

use super::act::{Grounds, Unsettled};
use super::case::{Reader, Val};
use super::levies::{figure, levies};
use super::negotiation::{Bounds, Part, as_agreed, between};
use super::of_deal::{grounds_of, is_cancelled, left_of, standing, waits_for};
use super::world::Parts;
use crate::base::few::Few;
use crate::base::fraction::{Fraction, share_of, split};
use crate::base::money::Fen;
use crate::decision::{Levied, Payee, Portion, Wants};
use crate::event::{Ids, PersonId};
use crate::policy::{AmountValue, ClauseId, Share, SharePart, Term, Weight, Who, WindowId};
use crate::vocabulary::words::Question;
use smallvec::SmallVec;

/// What the policy says of a deal.
pub struct Agreed {
    /// What comes off first.
    pub levies: Few<Levied>,
    /// Who has which part of what is left. What they leave of it is held.
    pub parts: Parts,
    /// Why.
    pub grounds: Grounds,
    /// The windows on which that waits.
    pub windows: SmallVec<[WindowId; 1]>,
    /// Something is still to be said of it, whatever windows there are.
    pub open: bool,
}

/// Amounts of each part of what is left after levies, and what is held of it. Of a whole, the fen that do not divide
/// go, all of them, to the first in line who has a part.
pub fn portions(left: Fen, parts: &Parts, in_line: &[PersonId]) -> (SmallVec<[Portion; 2]>, Fen) {
    let whole = parts
        .iter()
        .fold(1u64, |whole, (_, part)| lcm(whole, part.den()));
    let mut weights: SmallVec<[u64; 4]> = parts
        .iter()
        .map(|(_, part)| whole / part.den() * part.num())
        .collect();
    let sum = weights.iter().fold(0u64, |sum, w| sum.saturating_add(*w));
    let is_held = sum < whole;
    weights.push(whole.saturating_sub(sum));
    let (amounts, rest) = split(left, &weights);
    let mut portions: SmallVec<[Portion; 2]> = parts
        .iter()
        .zip(amounts)
        .map(|((staff, share), amount)| Portion {
            staff: *staff,
            share: *share,
            amount,
        })
        .collect();
    if !is_held {
        let lucky = in_line
            .iter()
            .find_map(|staff| portions.iter().position(|portion| portion.staff == *staff));
        if let Some(portion) = portions.get_mut(lucky.unwrap_or(0)) {
            portion.amount += rest;
        }
    }
    let given: Fen = portions.iter().map(|portion| portion.amount).sum();
    (portions, left - given)
}

fn lcm(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).saturating_mul(b)
}

/// What is given of a commission.
pub type Given<'a> = (&'a [Portion], &'a [Levied]);

/// What changes from one sharing to the next, for each person and account; only what is not zero.
pub fn entries(before: Given<'_>, after: Given<'_>) -> Vec<(Payee, Fen)> {
    let mut entries: Vec<(Payee, Fen)> = Vec::new();
    let mut add =
        |payee: Payee, amount: Fen| match entries.iter_mut().find(|(known, _)| *known == payee) {
            Some((_, sum)) => *sum += amount,
            None => entries.push((payee, amount)),
        };
    let mut all = |given: Given<'_>, sign: i64| {
        for portion in given.0 {
            let amount = Fen::new(portion.amount.get() * sign);
            add(Payee::Person(portion.staff), amount);
        }
        for levied in given.1 {
            add(levied.to, Fen::new(levied.amount.get() * sign));
        }
    };
    all(after, 1);
    all(before, -1);
    entries.retain(|(_, amount)| *amount != Fen::ZERO);
    entries
}

const NOBODY: &str = "nobody has a part of a deal that is not cancelled";

/// What the policy says of the deal at hand.
pub fn sharing(reader: &Reader<'_>, wants: Wants, ids: &Ids) -> Result<Agreed, Unsettled> {
    let policy = &reader.law.policy;
    let grounds = |clauses: &[ClauseId]| grounds_of(reader, wants, ids, clauses);
    let (levies, mut all) = match is_cancelled(reader) {
        true => Default::default(),
        false => levies(reader, wants, ids)?,
    };
    let left = left_of(reader, &levies);
    let standing = standing(reader, Question::Share)
        .map_err(|(clause, reason)| Unsettled::new(reason, grounds(&[clause])))?;
    let mut found: Option<Said> = None;
    let mut windows: SmallVec<[WindowId; 1]> = SmallVec::new();
    for id in &standing {
        let said = answered(reader, ids, *id).map_err(|(asks, reason)| Unsettled {
            asks,
            reason,
            grounds: grounds(&[*id]),
        })?;
        if found.as_ref().is_some_and(|known| *known != said) {
            let reason = "two clauses share the deal differently".to_owned();
            return Err(Unsettled::new(reason, grounds(&standing)));
        }
        found = Some(said);
        windows.extend_from_slice(&policy.clause(*id).until);
    }
    all.add(grounds(&standing));
    let agreed = |parts, open| Agreed {
        levies: levies.clone(),
        parts,
        grounds: all.clone(),
        windows: windows.clone(),
        open,
    };
    let unsettled = |asks, reason: &str| Unsettled {
        asks,
        reason: reason.to_owned(),
        grounds: grounds(&standing),
    };
    match found {
        Some(Said::Held) => Ok(agreed(Parts::new(), true)),
        Some(Said::Nothing) if left == Fen::ZERO || is_cancelled(reader) => {
            Ok(agreed(Parts::new(), false))
        }
        Some(Said::Nothing) => Err(unsettled(None, NOBODY)),
        Some(Said::Parts(bounds)) => match bounds.exact() {
            Some(parts) => Ok(agreed(parts, false)),
            None => as_agreed(reader, &standing, &bounds)
                .map(|(parts, within)| Agreed {
                    open: within.is_open(),
                    windows: windows.iter().copied().chain(within.window()).collect(),
                    ..agreed(parts, false)
                })
                .map_err(|(asks, reason)| unsettled(asks, reason)),
        },
        None if left == Fen::ZERO && !levies.is_empty() => Ok(agreed(Parts::new(), false)),
        None => Err(Unsettled::new(
            "no clause says how the deal is shared".to_owned(),
            Grounds::default(),
        )),
    }
}

/// What one clause says.
#[derive(PartialEq)]
pub enum Said {
    /// Nobody has anything.
    Nothing,
    /// Nobody has anything yet.
    Held,
    /// Each of these, from the one part to the other.
    Parts(Bounds),
}

/// One clause's answer; `Err`: who rules, if the clause says so, and why.
pub fn answered(
    reader: &Reader<'_>,
    ids: &Ids,
    id: ClauseId,
) -> Result<Said, (Option<crate::base::names::Name>, String)> {
    let clause = reader.law.policy.clause(id);
    if let Some(role) = waits_for(reader, clause) {
        return Err((Some(role), "somebody has yet to say yes or no".to_owned()));
    }
    match clause.answers.share.as_ref() {
        Some(Share::Ask(ask)) => {
            let reason = ids.word(reader.law.word(ask.reason)).to_owned();
            Err((Some(reader.law.word(ask.role)), reason))
        }
        Some(Share::Parts { parts, others_none }) => {
            let said = parts_of(reader, parts);
            let said = said.and_then(|said| {
                let spoken = *others_none || speaks_of_all(reader, parts);
                spoken.then_some(Said::Parts(said)).ok_or_else(|| {
                    "it does not say what everybody with a claim has: add `others = 0`".to_owned()
                })
            });
            said.map_err(|reason| (None, reason))
        }
        Some(Share::Held) => Ok(Said::Held),
        Some(Share::Nothing) | None => Ok(Said::Nothing),
    }
}

/// Whether everybody with a claim in the deal is named.
fn speaks_of_all(reader: &Reader<'_>, parts: &[(Who, SharePart)]) -> bool {
    let deal = reader.case.deal.and_then(|deal| reader.world.deal(deal));
    let claims = deal.map_or(&[][..], |deal| &deal.claims);
    let named = |staff: PersonId| {
        let mut people = parts.iter().flat_map(|(who, _)| reader.people(*who));
        people.any(|someone| someone.staff == staff)
    };
    claims
        .iter()
        .all(|claim| named(reader.world.claim(*claim).staff))
}

/// Who has which part of the whole, from the least to the most.
fn parts_of(reader: &Reader<'_>, parts: &[(Who, SharePart)]) -> Result<Bounds, String> {
    let mut weights: SmallVec<[(PersonId, u64); 4]> = SmallVec::new();
    let mut fixed: SmallVec<[Part; 4]> = SmallVec::new();
    let mut rest: SmallVec<[PersonId; 1]> = SmallVec::new();
    let part = |id| figure(reader, id);
    for (who, said) in parts {
        for someone in reader.people(*who) {
            let staff = someone.staff;
            match said {
                SharePart::All => fixed.push(Part::exactly(staff, Fraction::ONE)),
                SharePart::Rest => rest.push(staff),
                SharePart::Fraction(part) => fixed.push(Part::exactly(staff, *part)),
                SharePart::FractionAmount(amount) => match reader
                    .law
                    .amount(*amount, reader.case.at)
                {
                    AmountValue::Fraction(part) => fixed.push(Part::exactly(staff, *part)),
                    _ => return Err("an amount that is no fraction stands for a part".to_owned()),
                },
                SharePart::FractionTerm(term) => {
                    let part = fraction_of(&reader.of_each(someone), term)?;
                    fixed.push(Part::exactly(staff, part));
                }
                SharePart::Weight(weight) => {
                    weights.push((staff, weight_of(&reader.of_each(someone), weight)?));
                }
                SharePart::Range { low, high } => fixed.push(Part {
                    staff,
                    low: low.as_ref().map_or(Ok(Fraction::ZERO), part)?,
                    high: high.as_ref().map_or(Ok(Fraction::ONE), part)?,
                }),
            }
        }
    }
    let sum: u64 = weights.iter().map(|(_, weight)| weight).sum();
    if sum > 0 {
        fixed.extend(
            weights
                .iter()
                .map(|(staff, weight)| Part::exactly(*staff, share_of(*weight, sum))),
        );
    }
    between(&fixed, &rest)
}

fn fraction_of(reader: &Reader<'_>, term: &Term) -> Result<Fraction, String> {
    match reader.read(term) {
        Val::Part(part) => Ok(part),
        _ => Err(missing_part(reader)),
    }
}

/// Why a part could not be read.
fn missing_part(reader: &Reader<'_>) -> String {
    let why = reader.fault.borrow_mut().take();
    why.unwrap_or_else(|| "a part is missing".to_owned())
}

fn weight_of(reader: &Reader<'_>, weight: &Weight) -> Result<u64, String> {
    match weight {
        Weight::Number(parts) => Ok(*parts),
        Weight::Amount(amount) => match reader.law.amount(*amount, reader.case.at) {
            AmountValue::Parts(parts) => Ok(*parts),
            _ => Err("an amount that is not in parts stands for a part".to_owned()),
        },
        Weight::Term(term) => match reader.read(term) {
            Val::Count(parts) => {
                u64::try_from(parts).map_err(|_| "a part is below zero".to_owned())
            }
            _ => Err(missing_part(reader)),
        },
    }
}
