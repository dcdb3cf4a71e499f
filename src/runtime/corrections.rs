//! Corrections: which entries are voided or stand otherwise, and what the event that says so must be.
//!
//! A correction that is taken changes nothing here but this list; whoever holds the journal plays it again with what the
//! list says (`replay::correct`), because what follows from an entry is known only to whoever plays what came after it.

use super::act::Act;
use super::amended::{About, Amendments, Correction};
use super::heard::Entry;
use super::world::World;
use super::{State, WentBack};
use crate::base::names::Name;
use crate::decision::Sink;
use crate::event::{Event, Ids, Value};
use crate::policy::Moment;
use crate::vocabulary::events::{KIND_NAMES, field, kind};
use std::collections::BTreeSet;

impl World {
    /// Which entries are corrected, by id: of several corrections the last one counts, and none that another has voided.
    /// A correction that is voided stands among them, voided itself.
    fn amendments(&self) -> Amendments {
        let mut void: BTreeSet<Name> = BTreeSet::new();
        let mut amended = Amendments::new();
        for correction in self.corrections.iter().rev().filter(|one| one.taken) {
            let Some(about) = &correction.about else {
                continue;
            };
            if correction.id.is_some_and(|id| void.contains(&id)) {
                continue;
            }
            void.insert(about.entry);
            let instead = about.instead.clone().map(|text| (text, about.stands));
            amended.entry(about.entry).or_insert(instead);
        }
        amended
    }
}

impl State {
    /// Which entries are corrected, by the number of their id: what stands instead, and when if it says so.
    pub fn amendments(&self) -> Amendments {
        self.world.amendments()
    }

    /// Every correction of the journal, in order.
    pub fn corrections(&self) -> &[Correction] {
        &self.world.corrections
    }

    /// Line of the last event that was taken; 0 before the first.
    pub fn last_line(&self) -> u64 {
        self.world.last_line
    }

    /// Tells what the correction is about that is taken next: the step itself reads no journal.
    pub fn tell_about(&mut self, about: Option<About>) {
        self.world.corrected = about;
    }

    /// Takes a correction again that has been taken or refused before: nobody is asked whether it may be.
    ///
    /// # Errors
    ///
    /// If it is earlier than the event before it.
    pub fn step_again(
        &mut self,
        event: &Event,
        as_before: &Correction,
        sink: &mut dyn Sink,
    ) -> Result<(), WentBack> {
        self.come_to(event, sink)?;
        self.world.corrected.clone_from(&as_before.about);
        self.world.add_correction(event);
        if as_before.about.is_some() {
            let law = self.law.clone();
            let mut act = self.act(&law, sink, (event.seq, event.at), Some(event));
            act.settled = Some(as_before.taken);
            act.take(event);
        }
        self.settle_after(event, sink);
        Ok(())
    }

    /// Refuses a correction because what it says cannot stand.
    ///
    /// # Errors
    ///
    /// If it is earlier than the event before it.
    pub fn refuse_correction(
        &mut self,
        event: &Event,
        code: &'static str,
        sink: &mut dyn Sink,
    ) -> Result<(), WentBack> {
        self.come_to(event, sink)?;
        self.world.corrected = None;
        self.world.add_correction(event);
        let law = self.law.clone();
        self.act(&law, sink, (event.seq, event.at), Some(event))
            .refuse_input(code);
        self.settle_after(event, sink);
        Ok(())
    }

    /// Counts the events of a journal as another state does that has taken the same.
    pub fn has_taken_as_many(&mut self, other: &State) {
        let (of, world) = (&other.world, &mut self.world);
        (world.events, world.last_line) = (of.events, of.last_line);
    }

    /// An entry that does not stand as it was recorded: only its id is known, and if it is a correction, its place among
    /// them.
    pub fn pass_by(&mut self, event: &Event, correction: Option<&Correction>) {
        if let Some((id, content)) = event.id {
            let line = event.seq;
            self.world.heard.put(id, Entry { content, line });
        }
        self.world.corrections.extend(correction.cloned());
    }
}

/// Why a correction is impossible, if it is.
pub fn impossible(world: &World, ids: &Ids, event: &Event) -> Option<&'static str> {
    let about = world.corrections.last().and_then(|it| it.about.as_ref());
    let Some(about) = about else {
        return Some("input.unknown_event");
    };
    let is = |kind: crate::vocabulary::events::KindId| {
        ids.word(about.kind) == KIND_NAMES[usize::from(kind.0)]
    };
    if is(kind::POLICY) || is(kind::TICK) {
        return Some("input.cannot_be_corrected");
    }
    let Some(Value::Event(instead)) = event.field(field::INSTEAD) else {
        return None;
    };
    let never = [kind::POLICY, kind::TICK, kind::CORRECTION];
    if is(kind::CORRECTION) || never.contains(&instead.kind) {
        return Some("input.cannot_stand_instead");
    }
    if instead.id.is_some_and(|(id, _)| id != about.entry) {
        return Some("input.instead_has_another_id");
    }
    (instead.at > event.at).then_some("input.instead_is_later")
}

impl World {
    /// Keeps a correction, with what was told of it; it is not taken until something says so.
    pub fn add_correction(&mut self, event: &Event) {
        let (id, about) = (event.id.map(|(id, _)| id), self.corrected.take());
        self.corrections.push(Correction {
            id,
            about,
            taken: false,
        });
    }

    /// The correction at hand was impossible.
    pub fn drop_correction(&mut self) {
        if let Some(last) = self.corrections.last_mut() {
            last.about = None;
        }
    }
}

impl Act<'_> {
    /// A correction is taken.
    pub fn correction(&mut self, moment: Moment) {
        if let Some(last) = self.world.corrections.last_mut() {
            last.taken = true;
        }
        self.anything_else(moment);
    }
}
