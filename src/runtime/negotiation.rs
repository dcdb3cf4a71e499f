//! What a share leaves open: ranges that people agree on or a role fixes, and clauses that wait for a yes.

use super::case::Reader;
use super::of_deal::{deal_of, span_of};
use super::world::{Agreement, Parts};
use crate::base::fraction::Fraction;
use crate::base::names::Name;
use crate::event::PersonId;
use crate::policy::{Asking, ClauseId, WindowId};
use smallvec::SmallVec;

/// One person's part, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whose.
    pub staff: PersonId,
    /// At least.
    pub low: Fraction,
    /// At most.
    pub high: Fraction,
}

impl Part {
    /// A part of which nothing is open.
    pub const fn exactly(staff: PersonId, part: Fraction) -> Part {
        Part {
            staff,
            low: part,
            high: part,
        }
    }
}

/// Parts that can make the whole; people in the order of their numbers, so that equal ones are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds(SmallVec<[Part; 4]>);

impl Bounds {
    /// The parts, if nothing is open.
    pub fn exact(&self) -> Option<Parts> {
        let exact = self.0.iter().all(|part| part.low == part.high);
        exact.then(|| self.undisputed())
    }

    /// What each has whatever is agreed.
    pub fn undisputed(&self) -> Parts {
        let parts = self.0.iter().filter(|part| part.low != Fraction::ZERO);
        parts.map(|part| (part.staff, part.low)).collect()
    }

    /// Whether parts, in the order of people's numbers, make the whole and are within these.
    pub fn hold(&self, parts: &Parts) -> bool {
        if !is_whole(parts) || parts.windows(2).any(|two| two[0].0 == two[1].0) {
            return false;
        }
        let of = |staff: PersonId| {
            let found = parts.iter().find(|(known, _)| *known == staff);
            found.map_or(Fraction::ZERO, |(_, part)| *part)
        };
        let known = |staff: PersonId| self.0.iter().any(|part| part.staff == staff);
        let within = |part: &Part| part.low <= of(part.staff) && of(part.staff) <= part.high;
        self.0.iter().all(within) && parts.iter().all(|(staff, _)| known(*staff))
    }
}

/// Whether parts make the whole.
fn is_whole(parts: &Parts) -> bool {
    sum(parts.iter().map(|(_, part)| *part)) == Ok(Fraction::ONE)
}

fn too_fine() -> String {
    "the parts are too fine to be added exactly".to_owned()
}

fn sum(parts: impl Iterator<Item = Fraction>) -> Result<Fraction, String> {
    let mut parts = parts;
    parts
        .try_fold(Fraction::ZERO, Fraction::plus)
        .ok_or_else(too_fine)
}

/// What is left of the whole; nothing, if there is more than the whole already.
fn left(taken: Fraction) -> Result<Fraction, String> {
    match taken >= Fraction::ONE {
        true => Ok(Fraction::ZERO),
        false => Fraction::ONE.minus(taken).ok_or_else(too_fine),
    }
}

/// Adds what one person has in several ways, gives the rest to whom it is due, and proves that the parts can make the
/// whole. Each is then as narrow as the others leave it.
pub fn between(parts: &[Part], rest: &[PersonId]) -> Result<Bounds, String> {
    let mut merged: SmallVec<[Part; 4]> = SmallVec::new();
    for part in parts {
        add(&mut merged, *part)?;
    }
    let low = sum(merged.iter().map(|part| part.low))?;
    let high = sum(merged.iter().map(|part| part.high))?;
    if let [staff] = rest {
        if low > Fraction::ONE {
            return Err("the parts are more than the whole".to_owned());
        }
        let part = Part {
            staff: *staff,
            low: left(high)?,
            high: left(low)?,
        };
        add(&mut merged, part)?;
    } else if low > Fraction::ONE || high < Fraction::ONE {
        let found = if low == high {
            low.to_string()
        } else {
            format!("{low} to {high}")
        };
        return Err(format!("the parts make {found} of the whole"));
    }
    let mut narrow: SmallVec<[Part; 4]> = SmallVec::new();
    for (at, part) in merged.iter().enumerate() {
        let others = || (merged.iter().enumerate()).filter(move |(other, _)| *other != at);
        let most = sum(others().map(|(_, other)| other.high))?;
        let least = sum(others().map(|(_, other)| other.low))?;
        narrow.push(Part {
            staff: part.staff,
            low: part.low.max(left(most)?),
            high: part.high.min(left(least)?),
        });
    }
    narrow.retain(|part| part.high != Fraction::ZERO);
    narrow.sort_unstable_by_key(|part| part.staff);
    Ok(Bounds(narrow))
}

fn add(merged: &mut SmallVec<[Part; 4]>, part: Part) -> Result<(), String> {
    match merged.iter_mut().find(|known| known.staff == part.staff) {
        Some(known) => {
            known.low = known.low.plus(part.low).ok_or_else(too_fine)?;
            known.high = known.high.plus(part.high).ok_or_else(too_fine)?;
        }
        None => merged.push(part),
    }
    Ok(())
}

/// How far people are with what is open.
pub enum Within {
    /// It is fixed.
    Fixed,
    /// They may still agree, as long as the window is open, if there is one.
    Open(Option<WindowId>),
}

impl Within {
    /// Whether they may still agree.
    pub const fn is_open(&self) -> bool {
        matches!(self, Within::Open(_))
    }

    /// As long as this window is open.
    pub const fn window(&self) -> Option<WindowId> {
        match self {
            Within::Open(window) => *window,
            Within::Fixed => None,
        }
    }
}

/// What is fixed of an open range: as people agreed; while they may still agree, what is undisputed. `Err`: who rules
/// on it, and why.
pub fn as_agreed(
    reader: &Reader<'_>,
    standing: &[ClauseId],
    bounds: &Bounds,
) -> Result<(Parts, Within), (Option<Name>, &'static str)> {
    let law = reader.law;
    let asking = standing
        .iter()
        .find_map(|id| law.policy.clause(*id).ask.as_ref());
    match asking {
        Some(Asking::Fixes(role)) => Err((Some(law.word(*role)), "it leaves a range open")),
        Some(
            asking @ Asking::Agreement {
                within, otherwise, ..
            },
        ) => {
            let agreements = deal_of(reader).map_or(&[][..], |deal| &deal.agreements);
            let mut agreements = agreements.iter().rev();
            if let Some(agreed) = agreements.find(|it| fault(reader, asking, bounds, it).is_none())
            {
                return Ok((agreed.parts.clone(), Within::Fixed));
            }
            let over = within.and_then(|window| span_of(reader, window));
            if over.is_some_and(|span| !span.open) {
                let asks = otherwise.map(|role| law.word(role));
                return Err((asks, "they have not agreed in time"));
            }
            Ok((bounds.undisputed(), Within::Open(*within)))
        }
        Some(Asking::Yes(_)) | None => Err((None, "it leaves a range open")),
    }
}

/// Why an agreement fixes nothing: who has not agreed, when, or on what.
pub fn fault(
    reader: &Reader<'_>,
    asking: &Asking,
    bounds: &Bounds,
    agreed: &Agreement,
) -> Option<&'static str> {
    let Asking::Agreement { whom, within, .. } = asking else {
        return Some("nothing_to_agree_on");
    };
    let mut whom = whom.iter().flat_map(|who| reader.people(*who));
    let late = within
        .and_then(|window| span_of(reader, window))
        .is_some_and(|span| agreed.at >= span.end);
    if !whom.all(|someone| agreed.between.contains(&someone.staff)) {
        Some("not_everybody_agrees")
    } else if late {
        Some("too_late")
    } else if !is_whole(&agreed.parts) {
        Some("not_the_whole")
    } else if !bounds.hold(&agreed.parts) {
        Some("outside_the_range")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(staff: u32, low: &str, high: &str) -> Part {
        Part {
            staff: PersonId(staff),
            low: low.parse().unwrap(),
            high: high.parse().unwrap(),
        }
    }

    #[test]
    fn the_rest_is_what_ranges_leave() {
        let bounds = between(&[part(0, "3/10", "4/10")], &[PersonId(1)]).unwrap();
        assert_eq!(bounds.0[1], part(1, "6/10", "7/10"));
        assert_eq!(bounds.exact(), None);
    }

    #[test]
    fn a_range_is_as_narrow_as_the_others_leave_it() {
        let bounds = between(&[part(0, "1/2", "1"), part(1, "1/3", "1/3")], &[]).unwrap();
        let exact = bounds.exact().unwrap();
        assert_eq!(exact[0].1.to_string(), "2/3");
        let open = between(&[part(0, "1/2", "1"), part(1, "0", "1/3")], &[]).unwrap();
        assert_eq!(open.0[0], part(0, "2/3", "1"));
    }

    #[test]
    fn one_person_in_two_ways_has_both() {
        let bounds = between(&[part(0, "1/3", "1/3"), part(0, "2/3", "2/3")], &[]).unwrap();
        assert_eq!(bounds.exact().unwrap().len(), 1);
    }

    #[test]
    fn what_cannot_make_the_whole_is_refused() {
        assert!(between(&[part(0, "0", "1/3"), part(1, "1/3", "1/2")], &[]).is_err());
        assert!(between(&[part(0, "2/3", "1"), part(1, "2/3", "1")], &[]).is_err());
        assert!(between(&[], &[]).is_err());
    }
}
