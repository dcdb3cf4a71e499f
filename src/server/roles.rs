//! Who may do what: a table of roles and rights, and which right an event of which kind needs.

use crate::vocabulary::roles::Role;
use Role::{
    Agent, Auditor, Author, Desk, Finance, Integration, Operator, ProjectManager, SalesManager,
    SiteManager,
};

/// Declares the rights with their words, what they allow, and which roles have them.
macro_rules! rights {
    ($($right:ident = $word:literal, $text:literal: [$($role:ident),+ $(,)?];)+) => {
        /// What somebody may do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Right { $(#[doc = $text] $right),+ }

        impl Right {
            /// Every right, in the order of the table.
            pub const ALL: &'static [Right] = &[$(Right::$right),+];
            /// The word by which problems and pages name it.
            pub const fn word(self) -> &'static str {
                match self { $(Right::$right => $word),+ }
            }
            /// What it allows, in a sentence.
            pub const fn text(self) -> &'static str {
                match self { $(Right::$right => $text),+ }
            }
            /// Which roles have it.
            pub const fn holders(self) -> &'static [Role] {
                match self { $(Right::$right => &[$($role),+]),+ }
            }
        }
    };
}

rights! {
    RecordReception = "record_reception", "Record visits, turns, presence, inspections and violations, and what the policy declares.":
        [Desk, SiteManager, SalesManager, ProjectManager, Integration];
    RecordCustomer = "record_customer", "Record registrations, follow-ups and claims.":
        [Desk, SiteManager, SalesManager, ProjectManager, Integration];
    RecordDeal = "record_deal", "Record deals, their stages and their cancellation.":
        [Desk, SiteManager, SalesManager, ProjectManager, Finance, Integration];
    RecordStaff = "record_staff", "Record who works here as what, who leaves, and how an office moves in.":
        [Desk, SiteManager, SalesManager, ProjectManager];
    Rule = "rule", "Record rulings, choices and agreements of the people whom they name.":
        [Desk, SiteManager, SalesManager, ProjectManager, Finance];
    Correct = "correct", "Record a correction of an earlier event.":
        [Desk, SiteManager, SalesManager, ProjectManager];
    ReadReport = "read_report", "Read the report, customers, visits, deals and people, with money.":
        [Desk, SiteManager, SalesManager, ProjectManager, Finance, Author, Auditor, Integration];
    ReadBoard = "read_board", "Read the board: rotas, who is there, open visits; no money.":
        [Desk, Agent, SiteManager, SalesManager, ProjectManager, Finance, Author, Auditor, Integration, Operator];
    ReadOwn = "read_own", "Read the decisions that concern the holder of the token.":
        [Desk, Agent, SiteManager, SalesManager, ProjectManager, Finance, Author, Auditor, Integration];
    ReadAllDecisions = "read_all_decisions", "Read every decision.":
        [Desk, SiteManager, SalesManager, ProjectManager, Finance, Author, Auditor, Integration];
    Stream = "stream", "Follow events and decisions as they come.":
        [Desk, SiteManager, SalesManager, ProjectManager, Finance, Author, Auditor, Integration];
    DryRun = "dry_run", "Ask what an event would decide.":
        [Desk, SiteManager, SalesManager, ProjectManager, Finance, Author, Auditor, Integration];
    Validate = "validate", "Have the edited policies checked.":
        [ProjectManager, Author, Operator];
    Reload = "reload", "Put the edited policies in force.":
        [ProjectManager, Author, Operator];
    ReadPolicy = "read_policy", "Read policies, which one is in force, and the last reload with its findings.":
        [Desk, SiteManager, SalesManager, ProjectManager, Finance, Author, Auditor, Integration, Operator];
    Import = "import", "Import a journal.":
        [Operator];
    Export = "export", "Export the journal.":
        [ProjectManager, Finance, Auditor, Operator];
    Backup = "backup", "Take a copy of the data file.":
        [Operator];
    Metrics = "metrics", "Read the metrics.":
        [Integration, Operator];
}

/// Whether a role has a right.
pub fn may(role: Role, right: Right) -> bool {
    right.holders().contains(&role)
}

/// Which right an event of a kind needs: the kinds of the interface, in the order in which it lists them. A kind that a
/// policy declares needs the first.
#[rustfmt::skip]
pub const RIGHT_OF_KIND: &[(Right, &[&str])] = &[
    (Right::RecordReception, &[
        "roster", "sign_in", "sign_out", "away", "back", "swap", "inspection", "visit", "visit_end", "recognition",
        "replacement", "violation", "owner_contact", "phone_inquiry", "assignment", "calendar_mode", "tick",
    ]),
    (Right::RecordCustomer, &["registration", "follow_up", "claim_made"]),
    (Right::RecordDeal, &["deal", "deal_cancelled", "deal_stage"]),
    (Right::RecordStaff, &["person", "person_left", "opening"]),
    (Right::Rule, &["agreement", "choice", "ruling"]),
    (Right::Correct, &["correction"]),
    (Right::Reload, &["policy"]),
];

/// The right that an event of that kind needs.
pub fn right_of(kind: &str) -> Right {
    let listed = RIGHT_OF_KIND
        .iter()
        .find(|(_, kinds)| kinds.contains(&kind));
    listed.map_or(RIGHT_OF_KIND[0].0, |(right, _)| *right)
}

/// The table as text, in Markdown: a line for each right, a column for each role.
pub fn table() -> String {
    let mut text = String::from("| right | allows |");
    for role in Role::ALL {
        text.push_str(&format!(" {role} |"));
    }
    text.push_str("\n|---|---|");
    text.push_str(&":-:|".repeat(Role::ALL.len()));
    for right in Right::ALL {
        text.push_str(&format!("\n| `{}` | {} |", right.word(), right.text()));
        for role in Role::ALL {
            text.push_str(if may(*role, *right) { " yes |" } else { " |" });
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::events::{KIND_NAMES, kind_named};

    #[test]
    fn each_kind_of_the_interface_needs_one_right() {
        for kind in KIND_NAMES {
            let rows = RIGHT_OF_KIND
                .iter()
                .filter(|(_, kinds)| kinds.contains(kind));
            assert_eq!(rows.count(), 1, "{kind}");
        }
        for kind in RIGHT_OF_KIND.iter().flat_map(|(_, kinds)| *kinds) {
            assert!(kind_named(kind).is_some(), "{kind}");
        }
        assert_eq!(right_of("what_an_office_declares"), right_of("visit"));
    }

    #[test]
    fn an_agent_reads_what_is_his_and_the_board() {
        let rights: Vec<_> = Right::ALL
            .iter()
            .filter(|right| may(Agent, **right))
            .collect();
        assert_eq!(rights, [&Right::ReadBoard, &Right::ReadOwn]);
    }

    #[test]
    fn an_auditor_changes_nothing() {
        let changing = [
            Right::RecordReception,
            Right::RecordCustomer,
            Right::RecordDeal,
            Right::RecordStaff,
            Right::Rule,
            Right::Correct,
            Right::Reload,
            Right::Import,
        ];
        assert!(changing.iter().all(|right| !may(Auditor, *right)));
    }

    #[test]
    fn each_role_has_a_right_and_the_table_shows_all() {
        for role in Role::ALL {
            assert!(Right::ALL.iter().any(|right| may(*role, *right)), "{role}");
        }
        let text = table();
        assert_eq!(text.lines().count(), Right::ALL.len() + 2);
        let columns = Role::ALL.len() + 3;
        assert!(
            text.lines()
                .all(|line| line.matches('|').count() == columns)
        );
    }
}
