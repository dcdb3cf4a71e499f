//! How a commission is shared: what the policy says of a deal, and the amounts that follow to the fen.

use super::act::{Clauses, Grounds, Unsettled};
use super::ask::{Phase, facts_of, holding, is_overridden, with_asked};
use super::case::{Reader, Val};
use super::world::{Deal, Parts};
use crate::base::fraction::{Fraction, share_of, split};
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::decision::{Portion, Wants};
use crate::event::{Ids, PersonId};
use crate::policy::{AmountValue, ClauseId, Share, SharePart, Term, Weight, Who, WindowId};
use crate::vocabulary::words::Question;
use smallvec::SmallVec;

/// What the policy says of a deal.
pub struct Agreed {
    /// Who has which part.
    pub parts: Parts,
    /// Why.
    pub grounds: Grounds,
    /// The windows on which that waits.
    pub windows: SmallVec<[WindowId; 1]>,
}

/// Amounts of each part; the fen that do not divide go, all of them, to the first in line who has a part.
pub fn portions(deal: &Deal, parts: &Parts, in_line: &[PersonId]) -> SmallVec<[Portion; 2]> {
    let whole = parts
        .iter()
        .fold(1u64, |whole, (_, part)| lcm(whole, part.den()));
    let weights: SmallVec<[u64; 4]> = parts
        .iter()
        .map(|(_, part)| whole / part.den() * part.num())
        .collect();
    let (amounts, rest) = split(deal.commission, &weights);
    let mut portions: SmallVec<[Portion; 2]> = parts
        .iter()
        .zip(amounts)
        .map(|((staff, share), amount)| Portion {
            staff: *staff,
            share: *share,
            amount,
        })
        .collect();
    let lucky = in_line
        .iter()
        .find_map(|staff| portions.iter().position(|portion| portion.staff == *staff));
    if let Some(portion) = portions.get_mut(lucky.unwrap_or(0)) {
        portion.amount += rest;
    }
    portions
}

fn lcm(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).saturating_mul(b)
}

/// What changes from one sharing to the next, for each person; only what is not zero.
pub fn entries(before: &[Portion], after: &[Portion]) -> Vec<(PersonId, Fen)> {
    let mut entries: Vec<(PersonId, Fen)> = Vec::new();
    let mut add = |staff: PersonId, amount: Fen| match entries
        .iter_mut()
        .find(|(known, _)| *known == staff)
    {
        Some((_, sum)) => *sum += amount,
        None => entries.push((staff, amount)),
    };
    for portion in after {
        add(portion.staff, portion.amount);
    }
    for portion in before {
        add(portion.staff, -portion.amount);
    }
    entries.retain(|(_, amount)| *amount != Fen::ZERO);
    entries
}

/// What the policy says of the deal at hand.
pub fn sharing(reader: &Reader<'_>, wants: Wants, ids: &Ids) -> Result<Agreed, Unsettled> {
    let policy = &reader.law.policy;
    let grounds = |clauses: &[ClauseId]| Grounds {
        clauses: match wants {
            Wants::Nothing => clauses.iter().copied().collect(),
            _ => with_asked(reader, clauses.iter().copied().collect()),
        },
        facts: match wants {
            Wants::Traces => facts_of(reader, ids, clauses),
            Wants::Nothing | Wants::Decisions => Vec::new(),
        },
    };
    let clauses = policy.index.standing(Question::Share).iter().copied();
    let holding = holding(reader, clauses.collect(), Phase::Both)
        .map_err(|(clause, reason)| Unsettled::new(reason, grounds(&[clause])))?;
    let standing = holding
        .iter()
        .copied()
        .filter(|id| !is_overridden(policy, *id, &holding));
    let standing: Clauses = standing.collect();
    let mut found: Option<Parts> = None;
    let mut windows: SmallVec<[WindowId; 1]> = SmallVec::new();
    for id in &standing {
        let parts = answered(reader, ids, *id).map_err(|(asks, reason)| Unsettled {
            asks,
            reason,
            grounds: grounds(&[*id]),
        })?;
        if found.as_ref().is_some_and(|known| *known != parts) {
            let reason = "two clauses share the deal differently".to_owned();
            return Err(Unsettled::new(reason, grounds(&standing)));
        }
        found = Some(parts);
        windows.extend(policy.clause(*id).until);
    }
    match found {
        Some(parts) => Ok(Agreed {
            parts,
            grounds: grounds(&standing),
            windows,
        }),
        None => Err(Unsettled::new(
            "no clause says how the deal is shared".to_owned(),
            Grounds::default(),
        )),
    }
}

/// One clause's answer; `Err`: who rules, if the clause says so, and why.
fn answered(reader: &Reader<'_>, ids: &Ids, id: ClauseId) -> Result<Parts, (Option<Name>, String)> {
    match reader.law.policy.clause(id).answers.share.as_ref() {
        Some(Share::Ask(ask)) => {
            let reason = ids.word(reader.law.word(ask.reason)).to_owned();
            Err((Some(reader.law.word(ask.role)), reason))
        }
        Some(Share::Parts { parts, others_none }) => {
            let said = parts_of(reader, parts);
            let said = said.and_then(|said| {
                let spoken = *others_none || speaks_of_all(reader, parts);
                spoken.then_some(said).ok_or_else(|| {
                    "it does not say what everybody with a claim has: add `others = 0`".to_owned()
                })
            });
            said.map_err(|reason| (None, reason))
        }
        Some(Share::Nothing) | None => Ok(Parts::new()),
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

/// Who has which part of the whole; people in the order of their numbers, so that equal sharings are equal.
fn parts_of(reader: &Reader<'_>, parts: &[(Who, SharePart)]) -> Result<Parts, String> {
    let mut weights: SmallVec<[(PersonId, u64); 4]> = SmallVec::new();
    let mut fixed = Parts::new();
    let mut rest: SmallVec<[PersonId; 1]> = SmallVec::new();
    for (who, part) in parts {
        for someone in reader.people(*who) {
            let staff = someone.staff;
            match part {
                SharePart::All => fixed.push((staff, Fraction::ONE)),
                SharePart::Rest => rest.push(staff),
                SharePart::Fraction(part) => fixed.push((staff, *part)),
                SharePart::FractionAmount(amount) => match reader
                    .law
                    .amount(*amount, reader.case.at)
                {
                    AmountValue::Fraction(part) => fixed.push((staff, *part)),
                    _ => return Err("an amount that is no fraction stands for a part".to_owned()),
                },
                SharePart::FractionTerm(term) => {
                    fixed.push((staff, fraction_of(&reader.of_each(someone), term)?));
                }
                SharePart::Weight(weight) => {
                    weights.push((staff, weight_of(&reader.of_each(someone), weight)?));
                }
            }
        }
    }
    let sum: u64 = weights.iter().map(|(_, weight)| weight).sum();
    let mut all = fixed;
    if sum > 0 {
        all.extend(
            weights
                .iter()
                .map(|(staff, weight)| (*staff, share_of(*weight, sum))),
        );
    }
    whole(all, &rest)
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

/// Adds what one person has in several ways, gives the rest to whom it is due, and proves that the parts make the whole.
fn whole(all: Parts, rest: &[PersonId]) -> Result<Parts, String> {
    let too_fine = || "the parts are too fine to be added exactly".to_owned();
    let mut sum = Fraction::ZERO;
    let mut merged = Parts::new();
    let mut add = |staff: PersonId, part: Fraction| -> Result<(), String> {
        match merged.iter_mut().find(|(known, _)| *known == staff) {
            Some((_, known)) => *known = known.plus(part).ok_or_else(too_fine)?,
            None => merged.push((staff, part)),
        }
        Ok(())
    };
    for (staff, part) in all {
        sum = sum.plus(part).ok_or_else(too_fine)?;
        add(staff, part)?;
    }
    if let [staff] = rest {
        let left = Fraction::ONE
            .minus(sum)
            .ok_or_else(|| "the parts are more than the whole".to_owned())?;
        add(*staff, left)?;
        sum = Fraction::ONE;
    }
    merged.retain(|(_, part)| *part != Fraction::ZERO);
    merged.sort_unstable_by_key(|(staff, _)| *staff);
    match sum == Fraction::ONE {
        true => Ok(merged),
        false => Err(format!("the parts make {sum} of the whole")),
    }
}
