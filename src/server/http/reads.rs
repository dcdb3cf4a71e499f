//! What is read of an office: answered by the mirror, after every entry that was answered before.

use super::events::json;
use super::gate::Asked;
use super::openapi::Anything;
use super::query;
use crate::server::mirror::Mirrored;
use crate::server::problem::{self, Problem};
use crate::server::roles::Right;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use serde::Serialize;

type Read = Result<Response, Problem>;

/// How things are: rotas, people, customers, visits, deals, windows, open questions. The same as `panke replay --report`.
#[utoipa::path(get, path = "/v1/offices/{office}/report", tag = "reads",
    params(("office" = String, Path, description = "Name of the office")),
    responses((status = 200, description = "The report", body = Anything)))]
pub async fn report(asked: Asked, Path(office): Path<String>, query: RawQuery) -> Read {
    query::none(&query)?;
    told(&asked, &office, Right::ReadReport, |one| {
        one.office.state().report()
    })
    .await
}

/// What hangs on the wall: whose turn it is, who is here, which visits are open or wait; no money.
#[utoipa::path(get, path = "/v1/offices/{office}/board", tag = "reads",
    params(("office" = String, Path, description = "Name of the office")),
    responses((status = 200, description = "The board", body = Anything)))]
pub async fn board(asked: Asked, Path(office): Path<String>, query: RawQuery) -> Read {
    query::none(&query)?;
    told(&asked, &office, Right::ReadBoard, |one| {
        one.office.state().board()
    })
    .await
}

/// One customer: the owner, and every claim.
#[utoipa::path(get, path = "/v1/offices/{office}/customers/{id}", tag = "reads",
    params(("office" = String, Path, description = "Name of the office"), ("id" = String, Path, description = "Id of the customer")),
    responses((status = 200, description = "The customer", body = Anything)))]
pub async fn customer(
    asked: Asked,
    Path((office, id)): Path<(String, String)>,
    query: RawQuery,
) -> Read {
    query::none(&query)?;
    found(&asked, &office, ("customer", id), |one, id| {
        one.office.state().report_of_customer(id)
    })
    .await
}

/// One visit: who receives it, as what, and how it stands.
#[utoipa::path(get, path = "/v1/offices/{office}/visits/{id}", tag = "reads",
    params(("office" = String, Path, description = "Name of the office"), ("id" = String, Path, description = "Id of the visit")),
    responses((status = 200, description = "The visit", body = Anything)))]
pub async fn visit(
    asked: Asked,
    Path((office, id)): Path<(String, String)>,
    query: RawQuery,
) -> Read {
    query::none(&query)?;
    found(&asked, &office, ("visit", id), |one, id| {
        one.office.state().report_of_visit(id)
    })
    .await
}

/// One deal: how its commission is shared, and until when that can change.
#[utoipa::path(get, path = "/v1/offices/{office}/deals/{id}", tag = "reads",
    params(("office" = String, Path, description = "Name of the office"), ("id" = String, Path, description = "Id of the deal")),
    responses((status = 200, description = "The deal", body = Anything)))]
pub async fn deal(
    asked: Asked,
    Path((office, id)): Path<(String, String)>,
    query: RawQuery,
) -> Read {
    query::none(&query)?;
    found(&asked, &office, ("deal", id), |one, id| {
        one.office.state().report_of_deal(id)
    })
    .await
}

/// One person of the office: role, turns, receptions, commission.
#[utoipa::path(get, path = "/v1/offices/{office}/staff/{id}", tag = "reads",
    params(("office" = String, Path, description = "Name of the office"), ("id" = String, Path, description = "Id of the person")),
    responses((status = 200, description = "The person", body = Anything)))]
pub async fn staff(
    asked: Asked,
    Path((office, id)): Path<(String, String)>,
    query: RawQuery,
) -> Read {
    query::none(&query)?;
    found(&asked, &office, ("person", id), |one, id| {
        one.office.state().report_of_staff(id)
    })
    .await
}

/// Asks the mirror and answers in JSON.
async fn told<T: Serialize + Send + 'static>(
    asked: &Asked,
    office: &str,
    right: Right,
    read: impl FnOnce(&Mirrored) -> T + Send + 'static,
) -> Read {
    let (core, office) = asked.may_in(office, right)?;
    let told = core.mirror.ask(office, |seen| read(seen.one)).await?;
    Ok(json(text(&told)))
}

/// The same about one record, which there may not be.
async fn found<T: Serialize + Send + 'static>(
    asked: &Asked,
    office: &str,
    (what, id): (&str, String),
    read: impl FnOnce(&Mirrored, &str) -> Option<T> + Send + 'static,
) -> Read {
    let (core, office) = asked.may_in(office, Right::ReadReport)?;
    let wanted = id.clone();
    let told = core
        .mirror
        .ask(office, move |seen| read(seen.one, &wanted))
        .await?;
    let told = told.ok_or_else(|| {
        let id: String = id.chars().take(80).collect();
        let detail = format!("the office knows no {what} `{id}`");
        Problem::new(&problem::UNKNOWN_RECORD, detail)
    })?;
    Ok(json(text(&told)))
}

/// Plain data as JSON.
pub fn text(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("plain texts, numbers and lists become JSON")
}
