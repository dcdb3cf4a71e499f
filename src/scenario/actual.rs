//! A decision in the words in which scenarios expect it.

use crate::base::time::Calendar;
use crate::decision::{Because, Costs, Decision, What};
use crate::event::Ids;
use crate::policy::{Clause, Receive};
use crate::vocabulary::words::{ClaimKind, ClaimState};
use std::fmt;

/// A sort of expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the sorts of decision")]
pub enum Sort {
    Identify,
    Receive,
    Turn,
    Own,
    Share,
    Bar,
    Violation,
    Sanction,
    Refuse,
    Undecided,
    Notify,
}

impl Sort {
    /// Every sort, in the order in which expectations are written.
    pub const ALL: [Sort; 11] = [
        Sort::Refuse,
        Sort::Identify,
        Sort::Receive,
        Sort::Turn,
        Sort::Own,
        Sort::Violation,
        Sort::Sanction,
        Sort::Bar,
        Sort::Share,
        Sort::Undecided,
        Sort::Notify,
    ];

    /// The key of `expect`.
    pub const fn word(self) -> &'static str {
        match self {
            Sort::Identify => "identify",
            Sort::Receive => "receive",
            Sort::Turn => "turn",
            Sort::Own => "own",
            Sort::Share => "share",
            Sort::Bar => "bar",
            Sort::Violation => "violation",
            Sort::Sanction => "sanction",
            Sort::Refuse => "refuse",
            Sort::Undecided => "undecided",
            Sort::Notify => "notify",
        }
    }

    /// Whether one is written as a table of fields, not as a list.
    pub const fn is_table(self) -> bool {
        matches!(self, Sort::Share | Sort::Sanction)
    }
}

/// What a field of a decision holds, as it is compared and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A word, a name, a time or money.
    Text(String),
    /// A number.
    Count(i64),
    /// Yes or no.
    Flag(bool),
    /// People with money, by name.
    Amounts(Vec<(String, String)>),
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Text(text) => f.write_str(text),
            Shown::Count(number) => write!(f, "{number}"),
            Shown::Flag(flag) => write!(f, "{flag}"),
            Shown::Amounts(list) => {
                let list: Vec<_> = list
                    .iter()
                    .map(|(who, amount)| format!("{who} {amount}"))
                    .collect();
                write!(f, "{{{}}}", list.join(", "))
            }
        }
    }
}

/// A decision, ready to be compared.
#[derive(Clone, Debug)]
pub struct Actual {
    /// Its sort.
    pub sort: Sort,
    /// What it is about: the keys under `expect.<sort>`.
    pub subject: Vec<String>,
    /// What was decided, in the order in which it is written.
    pub fields: Vec<(&'static str, Shown)>,
    /// The clauses that stand: id and key.
    pub clauses: Vec<(String, String)>,
    /// An event that is impossible.
    pub input: bool,
}

impl Actual {
    /// The decision in these words.
    pub fn of(ids: &Ids, decision: &Decision) -> Actual {
        let calendar = &decision.policy.calendar;
        let (sort, subject, fields) = match &decision.what {
            What::Sanction { staff, kind, costs } => {
                let fields = sanction(ids, calendar, ids.word(*kind), costs);
                (Sort::Sanction, vec![ids.person(*staff).into()], fields)
            }
            What::Share { deal, .. } => (
                Sort::Share,
                vec![ids.deal(*deal).into()],
                share(ids, calendar, &decision.what),
            ),
            _ => simple(ids, decision),
        };
        let (clauses, input) = match &decision.because {
            Because::Input(code) => (
                vec![(code.to_string(), code.to_string())],
                sort == Sort::Refuse,
            ),
            Because::Clauses(clauses) => {
                let clauses = clauses.iter().map(|id| decision.policy.clause(*id));
                (
                    clauses
                        .map(|clause| (clause.id.clone(), clause.key.clone()))
                        .collect(),
                    false,
                )
            }
        };
        Actual {
            sort,
            subject,
            fields,
            clauses,
            input,
        }
    }

    /// The clauses by id, each once.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for (id, _) in &self.clauses {
            if !ids.contains(&id.as_str()) {
                ids.push(id);
            }
        }
        ids
    }
}

type Parts = (Sort, Vec<String>, Vec<(&'static str, Shown)>);

fn text(text: impl Into<String>) -> Shown {
    Shown::Text(text.into())
}

/// Everything that is written as a list.
fn simple(ids: &Ids, decision: &Decision) -> Parts {
    match &decision.what {
        What::Identify { customer, how, of } => {
            let mut fields = vec![("as", text(how.text()))];
            fields.extend(of.map(|of| ("of", text(ids.customer(of)))));
            (Sort::Identify, vec![ids.customer(*customer).into()], fields)
        }
        What::Receive { visit, staff, role } => {
            let mut fields = vec![(
                "staff",
                text(staff.map_or_else(|| absent(decision), |staff| ids.person(staff))),
            )];
            fields.extend(role.map(|role| ("role", text(role.text()))));
            (Sort::Receive, vec![ids.visit(*visit).into()], fields)
        }
        What::Turn { .. } => turn(ids, decision),
        What::Own {
            customer,
            staff,
            kind,
            claim,
        } => {
            let shares = *kind == ClaimKind::Share && *claim == ClaimState::Active;
            let claim = if shares { ClaimState::Sharing } else { *claim };
            let subject = vec![ids.customer(*customer).into(), ids.person(*staff).into()];
            (Sort::Own, subject, vec![("claim", text(claim.text()))])
        }
        What::Bar { staff, barred, .. } => (
            Sort::Bar,
            vec![ids.person(*staff).into()],
            vec![("barred", Shown::Flag(*barred))],
        ),
        What::Violation { staff, kind, .. } => (
            Sort::Violation,
            vec![ids.person(*staff).into()],
            vec![("kind", text(ids.word(*kind)))],
        ),
        What::Refuse { reason } => (Sort::Refuse, vec![], vec![("reason", text(&**reason))]),
        What::Undecided {
            about, question, ..
        } => (
            Sort::Undecided,
            vec![about.to_string()],
            vec![("question", text(question.text()))],
        ),
        What::Notify { to, .. } => (Sort::Notify, vec![to.to_string()], vec![]),
        What::Share { .. } | What::Sanction { .. } => unreachable!("written as tables"),
    }
}

/// What becomes of a turn: written as a list of the effect, or as a table.
fn turn(ids: &Ids, decision: &Decision) -> Parts {
    let What::Turn {
        staff,
        desk,
        effect,
        of,
    } = &decision.what
    else {
        unreachable!("asked of turns only");
    };
    let calendar = &decision.policy.calendar;
    let mut fields = vec![
        ("effect", text(effect.text())),
        ("desk", text(ids.word(*desk))),
    ];
    if let Some(of) = of {
        fields.push(("kind", text(ids.word(of.kind))));
        let until = of.until.map(|until| calendar.format_short(until));
        fields.extend(until.map(|until| ("until", text(until.to_string()))));
    }
    (Sort::Turn, vec![ids.person(*staff).into()], fields)
}

/// A visit without a receiver waits, unless a clause that stands says that nobody receives it, or it is no more.
fn absent(decision: &Decision) -> &'static str {
    let nobody = |clause: &Clause| matches!(clause.answers.receive, Some(Receive::Nobody));
    match &decision.because {
        Because::Clauses(clauses)
            if clauses.iter().any(|id| nobody(decision.policy.clause(*id))) =>
        {
            "nobody"
        }
        Because::Input(_) => "nobody",
        Because::Clauses(_) => "waits",
    }
}

fn share(ids: &Ids, calendar: &Calendar, what: &What) -> Vec<(&'static str, Shown)> {
    let What::Share {
        state,
        shares,
        until,
        entries,
        levies,
        held,
        due,
        ..
    } = what
    else {
        return Vec::new();
    };
    let sorted = |mut list: Vec<(String, String)>| {
        list.sort();
        Shown::Amounts(list)
    };
    let shares = shares
        .iter()
        .map(|part| (ids.person(part.staff).into(), part.amount.to_string()))
        .collect();
    let entries = entries
        .iter()
        .map(|(payee, amount)| (payee.text(ids).into(), amount.to_string()))
        .collect();
    let levies = levies
        .iter()
        .map(|levied| (levied.to.text(ids).into(), levied.amount.to_string()))
        .collect();
    let mut fields = vec![("state", text(state.text())), ("shares", sorted(shares))];
    fields.extend(until.map(|until| ("until", text(calendar.format_short(until).to_string()))));
    fields.push(("entries", sorted(entries)));
    fields.push(("levies", sorted(levies)));
    fields.push(("held", text(held.to_string())));
    fields.extend(due.as_ref().map(|due| {
        let due = due
            .iter()
            .map(|(staff, amount)| (ids.person(*staff).into(), amount.to_string()));
        ("due", sorted(due.collect()))
    }));
    fields
}

fn sanction(
    ids: &Ids,
    calendar: &Calendar,
    kind: &str,
    costs: &Costs,
) -> Vec<(&'static str, Shown)> {
    let mut fields = vec![("kind", text(kind))];
    fields.extend(costs.fine.map(|fine| ("fine", text(fine.to_string()))));
    fields.extend(costs.points.map(|points| ("points", Shown::Count(points))));
    fields.extend(
        costs
            .suspended_turns
            .map(|turns| ("suspended_turns", Shown::Count(turns))),
    );
    let until = costs
        .suspended_until
        .map(|until| calendar.format_short(until).to_string());
    fields.extend(until.map(|until| ("suspended_until", text(until))));
    fields.extend(costs.desk.map(|desk| ("desk", text(ids.word(desk)))));
    fields.extend(costs.warning.then_some(("warning", Shown::Flag(true))));
    fields.extend(costs.dismissed.then_some(("dismissed", Shown::Flag(true))));
    let pay_back = costs.pay_back.map(|fen| fen.to_string());
    fields.extend(pay_back.map(|fen| ("pay_back", text(fen))));
    fields.extend(
        costs
            .paid_by
            .map(|paid_by| ("paid_by", text(ids.word(paid_by)))),
    );
    fields
}
