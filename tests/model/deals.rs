//! Deals and who shares their commission (3.7.g to 3.7.j, several deals, fen that do not divide).

use super::claims::{ClaimId, Ledger, Recognised, State};

/// Somebody's part: the person, the fraction as text, the amount in fen.
pub type Part = (String, String, i64);

/// How a deal stands in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A claim that slept at the deal may still be recognised.
    Provisional,
    /// Nothing can change the shares any more.
    Final,
    /// Nobody owned the customer: a manager has to rule.
    Undecided,
    /// Reversed.
    Cancelled,
}

impl Standing {
    /// The report's word.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Provisional => "provisional",
            Standing::Final => "final",
            Standing::Undecided => "undecided",
            Standing::Cancelled => "cancelled",
        }
    }
}

/// Whose the deal is, by the claims that it concerns.
#[derive(Clone, Debug)]
pub enum Basis {
    /// The owner at the deal, or the original agent who took over by 3.7.g.
    Owned {
        /// The owner's claim; nothing while a brought customer only counts as theirs.
        claim: Option<ClaimId>,
        /// The owner.
        owner: String,
        /// Claims that share besides.
        parties: Vec<ClaimId>,
        /// Claims that slept at the deal and still do.
        pending: Vec<ClaimId>,
    },
    /// Nobody owned the customer.
    Nobody,
    /// A manager ruled.
    Ruled(Vec<Part>),
}

/// One deal.
#[derive(Clone, Debug)]
pub struct Deal {
    /// Whose deal it is.
    pub customer: String,
    /// The commission in fen.
    pub fen: i64,
    /// Who takes the fen that do not divide, in order: closer, who was receiving, owner at the deal.
    pub odd_fen: Vec<String>,
    /// Whose it is.
    pub basis: Basis,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

impl Deal {
    /// The basis of a deal made now of a customer with that ledger.
    pub fn basis(ledger: &Ledger, owner: Option<&str>) -> Basis {
        match owner {
            None => Basis::Nobody,
            Some(owner) => Basis::Owned {
                claim: ledger.owner(),
                owner: owner.to_string(),
                parties: ledger.sharing(),
                pending: ledger.sleeping(),
            },
        }
    }

    /// Takes up what happened to the claims that slept at the deal.
    pub fn follow(&mut self, ledger: &Ledger, recognised: Option<&Recognised>) {
        let Basis::Owned {
            claim,
            owner,
            parties,
            pending,
        } = &mut self.basis
        else {
            return;
        };
        if let Some(Recognised::ReceivesAgain { original, void }) = recognised
            && *claim == Some(*void)
            && pending.contains(original)
        {
            // 3.7.g: full commission to the original agent, the new agent's side is out.
            *claim = Some(*original);
            *owner = ledger.get(*original).staff.clone();
            pending.retain(|id| id != original);
            parties.retain(|id| ledger.get(*id).state != State::Void);
        }
        for id in std::mem::take(pending) {
            match ledger.get(id).state {
                State::Sleeping { .. } => pending.push(id),
                State::Active => parties.push(id),
                State::Void | State::Lapsed => {}
            }
        }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        match &self.basis {
            _ if self.cancelled => Standing::Cancelled,
            Basis::Nobody => Standing::Undecided,
            Basis::Ruled(_) => Standing::Final,
            Basis::Owned { pending, .. } if pending.is_empty() => Standing::Final,
            Basis::Owned { .. } => Standing::Provisional,
        }
    }

    /// Everybody's part; nothing for an undecided or a cancelled deal.
    pub fn parts(&self, ledger: &Ledger) -> Vec<Part> {
        match &self.basis {
            _ if self.cancelled => Vec::new(),
            Basis::Nobody => Vec::new(),
            Basis::Ruled(parts) => parts.clone(),
            Basis::Owned { owner, parties, .. } => {
                let mut people = vec![owner.clone()];
                for id in parties {
                    let staff = &ledger.get(*id).staff;
                    if !people.contains(staff) {
                        people.push(staff.clone());
                    }
                }
                divide(self.fen, people, &self.odd_fen)
            }
        }
    }
}

/// Equal parts; the fen that do not divide all go to the first of `odd_fen` who has a part, or
/// else to the first of the people, who is the deal's owner.
pub fn divide(fen: i64, people: Vec<String>, odd_fen: &[String]) -> Vec<Part> {
    let count = people.len() as i64;
    let lucky = odd_fen
        .iter()
        .find(|who| people.contains(who))
        .unwrap_or(&people[0])
        .clone();
    let fraction = if count == 1 {
        "1".to_string()
    } else {
        format!("1/{count}")
    };
    people
        .into_iter()
        .map(|staff| {
            let odd = if staff == lucky { fen % count } else { 0 };
            (staff, fraction.clone(), fen / count + odd)
        })
        .collect()
}

/// Reads decimal yuan with at most two places as fen.
pub fn fen(text: &str) -> i64 {
    let (yuan, places) = text.split_once('.').unwrap_or((text, ""));
    let number = format!("{yuan}{places:0<2}");
    match number.parse() {
        Ok(fen) if places.len() <= 2 => fen,
        _ => panic!("not an amount of yuan: {text}"),
    }
}

/// Writes fen as decimal yuan with two places.
pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
