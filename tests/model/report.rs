//! The report of the interface, as far as it does not depend on the office's figures for penalties.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::claims::{Claim, Kind, State};
use super::clock;
use super::deals::{self, Standing};
use super::office::Office;

/// Writes the report as of the office's present moment.
pub fn write(office: &Office) -> Value {
    json!({
        "rota": { "walk_in": {
            "round": office.rota.round,
            "next": office.rota.next(),
            "priority": office.rota.priorities(),
        }},
        "staff": staff(office),
        "customers": customers(office),
        "visits": visits(office),
        "deals": deals(office),
    })
}

/// A table with a row for each name.
fn table<'a, T: 'a>(
    rows: impl IntoIterator<Item = (&'a String, &'a T)>,
    row: impl Fn(&'a String, &'a T) -> Value,
) -> Value {
    let rows = rows.into_iter();
    let table: Map<String, Value> = rows
        .map(|(name, item)| (name.clone(), row(name, item)))
        .collect();
    Value::Object(table)
}

fn staff(office: &Office) -> Value {
    let mut commission: BTreeMap<String, i64> = BTreeMap::new();
    let mut provisional: BTreeMap<String, i64> = BTreeMap::new();
    for deal in office.deals.values() {
        let sums = match deal.standing() {
            Standing::Final => &mut commission,
            Standing::Provisional => &mut provisional,
            Standing::Undecided | Standing::Cancelled => continue,
        };
        for (staff, _, fen) in deal.parts(&office.customers[&deal.customer].ledger) {
            *sums.entry(staff).or_default() += fen;
        }
    }
    let sum = |sums: &BTreeMap<String, i64>, name: &str| {
        deals::yuan(sums.get(name).copied().unwrap_or_default())
    };
    table(&office.people, |name, person| {
        json!({
            "role": person.role,
            "commission": sum(&commission, name),
            "provisional": sum(&provisional, name),
            "turns_used": person.turns_used,
            "turns_forfeited": person.turns_forfeited,
            "receptions": person.receptions,
            "can_receive": office.can_receive(name),
        })
    })
}

fn customers(office: &Office) -> Value {
    table(&office.customers, |name, record| {
        let owner = office.owner_of(name);
        let mut claims: Vec<(String, &str, &str, Option<String>)> = record
            .ledger
            .live()
            .map(|(_, claim)| words(claim))
            .collect();
        if record.ledger.owner().is_none()
            && let Some(owner) = &owner
        {
            claims.push((owner.clone(), "owner", "active", None));
        }
        claims.sort();
        claims.dedup();
        let claims: Vec<Value> = claims
            .into_iter()
            .map(|(staff, kind, claim, until)| {
                json!({ "staff": staff, "kind": kind, "claim": claim, "until": until })
            })
            .collect();
        json!({ "owner": owner, "claims": claims })
    })
}

fn words(claim: &Claim) -> (String, &'static str, &'static str, Option<String>) {
    let kind = match claim.kind {
        Kind::Owner => "owner",
        Kind::Share { .. } => "share",
    };
    let (word, until) = match claim.state {
        State::Active => ("active", None),
        State::Sleeping { until, .. } => ("sleeping", Some(clock::print(until))),
        State::Void => ("void", None),
        State::Lapsed => ("lapsed", None),
    };
    (claim.staff.clone(), kind, word, until)
}

fn visits(office: &Office) -> Value {
    table(&office.visits, |_, visit| {
        json!({
            "staff": visit.staff,
            "role": visit.role.map(|role| role.word()),
            "state": visit.state.word(),
        })
    })
}

fn deals(office: &Office) -> Value {
    table(&office.deals, |_, deal| {
        let mut parts = deal.parts(&office.customers[&deal.customer].ledger);
        parts.sort();
        let shares: Vec<Value> = parts
            .into_iter()
            .map(|(staff, share, fen)| {
                json!({ "staff": staff, "share": share, "amount": deals::yuan(fen) })
            })
            .collect();
        json!({ "state": deal.standing().word(), "shares": shares })
    })
}
