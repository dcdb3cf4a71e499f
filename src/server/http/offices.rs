//! Which offices there are, how far each is, and under which policy.

use super::events::json;
use super::gate::Asked;
use super::openapi::{OfficeAnswer, OfficesAnswer, PolicyInForce};
use super::{query, reads};
use crate::base::time::{Calendar, Instant};
use crate::server::app::Core;
use crate::server::force::Force;
use crate::server::problem::Problem;
use crate::server::roles::Right;
use axum::extract::{Path, RawQuery};
use axum::response::Response;

/// Every office.
#[utoipa::path(get, path = "/v1/offices", tag = "offices",
    responses((status = 200, description = "The offices", body = OfficesAnswer)))]
pub async fn offices(asked: Asked, query: RawQuery) -> Result<Response, Problem> {
    query::none(&query)?;
    let core = asked.may(Right::ReadPolicy)?;
    let mut offices = Vec::new();
    for (name, place) in &core.places {
        // A token for one office sees that one.
        let may = asked
            .app
            .access
            .allow(&asked.who, Right::ReadPolicy, Some(name));
        if may.is_ok() {
            offices.push(one(&asked, core, *place).await?);
        }
    }
    Ok(json(reads::text(&OfficesAnswer { offices })))
}

/// One office: its last entry, when something is due next, the policy in force, and how the last reload went.
#[utoipa::path(get, path = "/v1/offices/{office}", tag = "offices",
    params(("office" = String, Path, description = "Name of the office")),
    responses((status = 200, description = "The office", body = OfficeAnswer)))]
pub async fn office(
    asked: Asked,
    Path(office): Path<String>,
    query: RawQuery,
) -> Result<Response, Problem> {
    query::none(&query)?;
    let (core, place) = asked.may_in(&office, Right::ReadPolicy)?;
    let one = one(&asked, core, place).await?;
    Ok(json(reads::text(&one)))
}

async fn one(asked: &Asked, core: &Core, place: usize) -> Result<OfficeAnswer, Problem> {
    let served = &core.served[place];
    let told = core.mirror.ask(place, |seen| {
        let office = &seen.one.office;
        let due = office.state().next_due();
        let due = due.filter(|_| seen.one.head.seq > 0);
        (seen.one.head, due)
    });
    let (head, due) = told.await?;
    let force = served.force.load();
    let calendar = &force.policy.calendar;
    Ok(OfficeAnswer {
        office: served.name.clone(),
        seq: head.seq,
        at: (head.seq > 0).then(|| written(calendar, head.at)),
        chain: head.chain.to_string(),
        next_due: due.map(|due| calendar.format(due).to_string()),
        policy: in_force(&force),
        reload: asked.app.standing(&served.name),
    })
}

/// A policy, and since when it is in force.
pub fn in_force(force: &Force) -> PolicyInForce {
    let since = force.since;
    PolicyInForce {
        name: force.policy.name.clone(),
        digest: force.policy.digest.clone(),
        since: since.map(|since| written(&force.policy.calendar, since.at)),
        seq: since.map(|since| since.seq),
    }
}

/// A time as it stands in the journal.
fn written(calendar: &Calendar, at: i64) -> String {
    let at = Instant::from_millis(at).unwrap_or(Instant::MIN);
    calendar.format(at).to_string()
}
