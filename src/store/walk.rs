//! Walking along a journal and looking whether each entry follows from the one before.

use super::error::Result;
use super::read::{Head, OfficeId, Reader, Stored};
use std::fmt;
use std::ops::ControlFlow;

/// What is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The entry after that seq is missing; the next that there is, if any.
    Gap(u64, Option<u64>),
    /// The entry of that seq, or the one before it, is not what was recorded.
    Chain(u64),
    /// The entry of that seq is earlier than the one before it.
    WentBack(u64),
}

impl Flaw {
    /// The entry where it shows.
    pub fn seq(&self) -> u64 {
        match self {
            Flaw::Gap(after, _) => after + 1,
            Flaw::Chain(seq) | Flaw::WentBack(seq) => *seq,
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Flaw::Gap(..) => "entry-missing",
            Flaw::Chain(_) => "chain-broken",
            Flaw::WentBack(_) => "time-goes-back",
        }
    }

    /// What is wrong with that entry, in a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Flaw::Gap(_, Some(next)) => format!("it is missing; the next that there is is {next}"),
            Flaw::Gap(_, None) => "it is missing".to_owned(),
            Flaw::Chain(_) => {
                "it does not fit the chain: it, or what is recorded of the chain before it, was changed"
                    .to_owned()
            }
            Flaw::WentBack(_) => "it is earlier than the one before it".to_owned(),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}: {}", self.seq(), self.sentence())
    }
}

/// Where a walk along a journal is.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    head: Head,
}

impl Walk {
    /// Begins before the first entry.
    pub const START: Walk = Walk { head: Head::START };

    /// Begins after an entry that is taken as it is.
    pub fn after(head: Head) -> Walk {
        Walk { head }
    }

    /// The last entry that was walked over.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Goes on to the next entry, and says what is wrong with it; goes on behind it all the same.
    pub fn step(&mut self, entry: &Stored<'_>) -> Option<Flaw> {
        let before = self.head;
        self.head = Head {
            seq: entry.seq,
            at: entry.at,
            chain: entry.chain,
        };
        if entry.seq != before.seq + 1 {
            return Some(Flaw::Gap(before.seq, Some(entry.seq)));
        }
        if entry.chain != before.chain.after(entry.seq, entry.line, entry.decisions) {
            return Some(Flaw::Chain(entry.seq));
        }
        (entry.at < before.at).then_some(Flaw::WentBack(entry.seq))
    }
}

impl Reader {
    /// Looks whether the last entries of a journal follow from one another; returns where it stands.
    ///
    /// What a start finds is a torn or changed end, in a time that does not grow with the journal. A change further
    /// back is found by `panke journal verify`, which walks along the whole.
    pub(super) fn sound_end(&self, office: OfficeId, last: u64) -> Result<Head> {
        let head = self.head(office)?;
        let from = head.seq.saturating_sub(last);
        let chain = self.chain_at(office, from)?;
        let Some(chain) = chain else {
            return Err(self.damaged(Flaw::Gap(from.saturating_sub(1), None).to_string()));
        };
        let mut walk = Walk::after(Head {
            seq: from,
            at: i64::MIN,
            chain,
        });
        let mut flaw = None;
        self.entries(office, from + 1, head.seq, &mut |entry| {
            flaw = walk.step(&entry);
            match flaw {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        })?;
        match flaw {
            Some(flaw) => Err(self.damaged(flaw.to_string())),
            None => Ok(head),
        }
    }
}
