//! The title page: the calendar, the roles and what they may do, the rotas, and who settles what is left open.

use super::scope::Scope;
use super::tools::{bilingual, did_you_mean, number};
use super::windows::REACHES;
use super::{Checker, Listed};
use crate::base::time::{Calendar, parse_day_ends};
use crate::finding::{Code, Finding};
use crate::policy::{
    Bilingual, Clause, ClauseId, PermissionId, Reach, Role, Undecided, WhileBrought, Who,
};
use crate::syntax::{Text, TitlePage};
use crate::vocabulary::facts::Part;

/// The most visits that a role may receive at once.
const MOST_AT_ONCE: i64 = 100;

/// What the title page says, resolved.
pub struct Title {
    /// Name of the policy.
    pub name: String,
    /// Title of the book.
    pub title: Bilingual,
    /// Kinds of violation.
    pub violations: Vec<(String, Bilingual)>,
    /// Who is first in line for the fen that do not divide.
    pub remainder: Vec<Who>,
    /// Who settles what no clause settles.
    pub undecided: Undecided,
    /// Who owns a customer who is being brought.
    pub while_brought: Option<WhileBrought>,
    /// Whether a change reaches provisional deals.
    pub deals_change: Reach,
}

/// The office's calendar; where the title page has none, one that lets the rest be checked.
pub fn calendar(title: &TitlePage, findings: &mut Vec<Finding>) -> Calendar {
    let mut day_ends = 0;
    if let Some(text) = &title.day_ends {
        match parse_day_ends(&text.value) {
            Ok(millis) => day_ends = millis,
            Err(error) => findings.push(
                Finding::new(
                    Code::BadDayEnd,
                    error.sentence(),
                    text.place.clone(),
                    "not a time of day",
                )
                .help(error.help()),
            ),
        }
    }
    let zone = title
        .zone
        .as_ref()
        .map_or("Etc/UTC", |zone| zone.value.as_str());
    Calendar::new(zone, day_ends).unwrap_or_else(|error| {
        if let Some(zone) = &title.zone {
            let finding = Finding::new(
                Code::BadZone,
                error.sentence(),
                zone.place.clone(),
                "no such time zone",
            );
            findings.push(finding.help(error.help()));
        }
        Calendar::new("Etc/UTC", day_ends).expect("UTC is a time zone")
    })
}

impl Checker<'_> {
    /// Roles, permissions and kinds of violation: the words that others are compared with.
    pub fn declare_words(&mut self) {
        for role in &self.written.title.roles {
            self.roles.push(listed(&role.name));
            for may in &role.may {
                if !self.permissions.iter().any(|known| known.name == may.value) {
                    self.permissions.push(listed(may));
                }
            }
        }
        for (name, _) in &self.written.violations {
            self.violations.push(listed(name));
        }
    }

    /// Roles as they are meant.
    pub fn resolve_roles(&mut self) -> Vec<Role> {
        let mut roles = Vec::new();
        for written in &self.written.title.roles {
            let receives = match &written.receives {
                Some((count, place)) if !(0..=MOST_AT_ONCE).contains(count) => {
                    let message = format!("a role receives 0 to {MOST_AT_ONCE} visits at once");
                    self.error(Code::WrongType, message, place, "too few or too many");
                    0
                }
                Some((count, _)) => u32::try_from(*count).unwrap_or(0),
                None => 0,
            };
            let known = |may: &Text| {
                self.permissions
                    .iter()
                    .position(|known| known.name == may.value)
            };
            let may = written
                .may
                .iter()
                .filter_map(known)
                .map(|at| PermissionId(number(at)))
                .collect();
            let name = self.word(&written.name.value);
            roles.push(Role {
                name,
                title: bilingual(written.title.as_ref()),
                receives,
                may,
            });
        }
        roles
    }

    /// The rest of the title page; nothing if something of it is missing.
    pub fn resolve_title(&mut self, clauses: &[Clause]) -> Option<Title> {
        let page = &self.written.title;
        let mut remainder = Vec::new();
        for who in &page.remainder {
            remainder.extend(
                self.somebody(who, &Scope::share(), "whoever gets the odd fen")
                    .map(|person| person.who),
            );
        }
        let undecided = page.undecided.as_ref().and_then(|(role, id)| {
            let asks = self.role_word(role);
            self.clause_of(id, clauses)
                .map(|clause| Undecided { asks, clause })
        });
        let while_brought = page.while_brought.as_ref().and_then(|(who, id)| {
            let owner = self.one_of(
                who,
                &[("bringer_owner", Part::BringerOwner)],
                "who owns a brought customer",
            );
            let clause = self.clause_of(id, clauses);
            Some(WhileBrought {
                owner: owner?,
                clause: clause?,
            })
        });
        let reach = self.optional(page.deals_change.as_ref(), REACHES, "whom a change reaches");
        let violations = self.written.violations.iter();
        Some(Title {
            name: page.name.as_ref()?.value.clone(),
            title: bilingual(page.title.as_ref()),
            violations: violations
                .map(|(name, text)| (name.value.clone(), bilingual(Some(text))))
                .collect(),
            remainder,
            undecided: undecided?,
            while_brought,
            deals_change: reach.unwrap_or(Reach::NewCases),
        })
    }

    /// The first clause of an id, or the one of a key.
    fn clause_of(&mut self, id: &Text, clauses: &[Clause]) -> Option<ClauseId> {
        let found = clauses
            .iter()
            .position(|clause| clause.id == id.value || clause.key == id.value);
        if found.is_none() {
            let message = format!("there is no clause `{}`", id.value);
            let help = did_you_mean(
                &id.value,
                clauses.iter().map(|clause| clause.id.as_str()),
                "clauses",
            );
            self.helped(
                Code::UnknownClause,
                message,
                &id.place,
                "no such clause",
                help,
            );
        }
        found.map(|at| ClauseId(number(at)))
    }
}

fn listed(name: &Text) -> Listed {
    Listed {
        name: name.value.clone(),
        place: name.place.clone(),
        used: false,
    }
}
