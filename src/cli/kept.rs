//! A journal in a data file decided again, under the policies that are kept there, and compared.

use super::library;
use crate::decision::{Decision, Sink, Wants};
use crate::event::Ids;
use crate::files;
use crate::policy::Policy;
use crate::print::push_decision;
use crate::replay::{Around, Audience, Library, Past, Replay, Stop};
use crate::store::{OfficeId, Reader, Stored};
use std::ops::ControlFlow;
use std::sync::Arc;

/// What a data file keeps, for one office's replay.
pub struct Kept<'r> {
    policies: Policies<'r>,
    entries: Entries<'r>,
}

/// The policies that were ever in force.
struct Policies<'r>(&'r Reader);

/// The entries of an office.
struct Entries<'r>(&'r Reader, OfficeId);

impl<'r> Kept<'r> {
    /// That of an office.
    pub fn new(reader: &'r Reader, office: OfficeId) -> Kept<'r> {
        Kept {
            policies: Policies(reader),
            entries: Entries(reader, office),
        }
    }

    /// Begins to decide everything again.
    pub fn replay(&mut self) -> Again<'_> {
        let around = Around {
            library: &self.policies,
            past: &mut self.entries,
        };
        Again {
            replay: Replay::new(around, None, false),
            decided: Decided(String::with_capacity(4096)),
        }
    }
}

impl Library for Policies<'_> {
    fn find(
        &self,
        name: &str,
        digest: &str,
        files: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        let files = match files {
            Some(files) => files
                .iter()
                .map(|(path, text)| (path.to_string(), text.to_string()))
                .collect(),
            None => match self.0.policy(digest).map_err(|error| error.to_string())? {
                Some(kept) => kept.files,
                None => return Err(format!("the files of the policy {digest} are not kept")),
            },
        };
        library::with_digest(name, digest, &files::from_memory(files))
    }
}

impl Past for Entries<'_> {
    fn lines(
        &mut self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let read = self
            .0
            .entries(self.1, from, to, &mut |entry| each(entry.seq, entry.line));
        read.map_err(|error| error.to_string())
    }
}

/// A replay of what is kept.
pub struct Again<'r> {
    replay: Replay<'r>,
    decided: Decided,
}

impl Again<'_> {
    /// Decides the next entry again; a code and a sentence if it comes out otherwise, and nothing behind it can be
    /// compared.
    pub fn entry(&mut self, entry: &Stored<'_>) -> Option<(&'static str, String)> {
        self.decided.0.clear();
        match self.replay.line(entry.seq, entry.line, &mut self.decided) {
            Ok(()) if self.decided.0.as_bytes() == entry.decisions => None,
            Ok(()) => Some(("decision-differs", self.difference(entry))),
            Err(stop) => Some(("replay-stopped", why(stop))),
        }
    }

    fn difference(&self, entry: &Stored<'_>) -> String {
        let recorded = String::from_utf8_lossy(entry.decisions);
        let (mut was, mut is) = (recorded.lines(), self.decided.0.lines());
        let (was, is) = loop {
            match (was.next(), is.next()) {
                (Some(was), Some(is)) if was == is => {}
                different => break different,
            }
        };
        let by = match self.replay.versions().last() {
            Some((_, version)) => format!(", by panke {version},"),
            None => String::new(),
        };
        format!(
            "recorded{by} was {}; decided again it is {}",
            was.unwrap_or("no decision"),
            is.unwrap_or("no decision")
        )
    }
}

/// In a sentence.
fn why(stop: Stop) -> String {
    match stop {
        Stop::Malformed(fault) => fault.message,
        Stop::Past(sentence) => sentence,
        Stop::Unreadable(error) => error.to_string(),
        Stop::Unheard => "nothing is compared any more".to_owned(),
    }
}

/// The decisions of one entry, as they are kept.
struct Decided(String);

impl Sink for Decided {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        push_decision(&mut self.0, ids, &decision);
    }
}

impl Audience for Decided {}
