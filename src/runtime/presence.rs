//! Who is where: whether somebody can receive now, and if not, for which of the reasons that a policy may name.

use super::desks::DeskSuspension;
use super::world::{Person, World};
use crate::base::names::Name;
use crate::event::PersonId;
use crate::vocabulary::words::PassReason;

/// Whether the person stands on the roster of some desk.
pub fn is_rostered(world: &World, person: PersonId) -> bool {
    world.rotas.iter().any(|rota| rota.roster.contains(&person))
}

/// At the post, not barred, free for one more visit, and rostered at some desk without being suspended there.
pub fn can_receive(world: &World, person: PersonId) -> bool {
    (0..world.rotas.len()).any(|rota| can_receive_at(world, rota, person))
}

/// Of the office, and not gone: whoever has the right to may have such a person receive, away or busy.
pub fn is_here(world: &World, person: PersonId) -> bool {
    world
        .person(person)
        .is_some_and(|known| known.role.is_some() && !known.left)
}

/// The same at one desk.
pub fn can_receive_at(world: &World, rota: usize, person: PersonId) -> bool {
    let Some(desk) = world.rotas.get(rota) else {
        return false;
    };
    // Whether the person is free is seen at once; the roster must be gone through.
    let free = world.person(person).is_some_and(|known| {
        is_ready(known)
            && known.receiving.len() < known.receives as usize
            && !is_suspended_at(known, desk.desk)
    });
    free && desk.roster.contains(&person)
}

/// At the post, neither barred nor gone.
fn is_ready(person: &Person) -> bool {
    !person.left && person.away.is_none() && !person.signed_out && person.barred.is_none()
}

/// Suspended everywhere, by turns or until a time.
pub fn is_suspended(person: &Person) -> bool {
    person.suspended_turns > 0 || person.suspended_until.is_some()
}

/// Suspended everywhere, or at this desk.
pub fn is_suspended_at(person: &Person, desk: Name) -> bool {
    let here =
        |known: &DeskSuspension| known.desk == desk && (known.turns > 0 || known.until.is_some());
    is_suspended(person) || person.suspended_at.iter().any(here)
}

/// One turn of a suspension is lost: of the one at this desk, else of the one that holds everywhere.
pub fn suspension_counts(person: &mut Person, desk: Name) {
    let mut here = person.suspended_at.iter_mut();
    match here.find(|known| known.desk == desk && known.turns > 0) {
        Some(known) => known.turns -= 1,
        None => person.suspended_turns = (person.suspended_turns - 1).max(0),
    }
}

/// Whether a reason keeps the person from receiving at a desk.
pub fn is_kept_by(person: &Person, desk: Name, reason: PassReason) -> bool {
    match reason {
        PassReason::Receiving => {
            !person.receiving.is_empty() && person.receiving.len() >= person.receives as usize
        }
        PassReason::Suspended => is_suspended_at(person, desk),
        PassReason::Away => person.away.is_some(),
        PassReason::SignedOut => person.signed_out,
        PassReason::Barred => person.barred.is_some(),
    }
}
