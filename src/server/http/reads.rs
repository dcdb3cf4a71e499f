//! What is read of an office: answered by the mirror, after every entry that was answered before.

use super::events::json;
use super::query;
use crate::server::app::App;
use crate::server::mirror::Mirrored;
use crate::server::problem::{self, Problem};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use std::sync::Arc;

/// The routes of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/offices/{office}/report", get(report))
        .route("/v1/offices/{office}/board", get(board))
        .route("/v1/offices/{office}/customers/{id}", get(customer))
        .route("/v1/offices/{office}/visits/{id}", get(visit))
        .route("/v1/offices/{office}/deals/{id}", get(deal))
        .route("/v1/offices/{office}/staff/{id}", get(staff))
}

type Read = Result<Response, Problem>;

/// Everything, as `panke replay --report` prints it.
async fn report(State(app): State<Arc<App>>, Path(office): Path<String>, query: RawQuery) -> Read {
    query::none(&query)?;
    told(&app, &office, |one| one.office.state().report()).await
}

/// What hangs on the wall: whose turn it is, who is here, which visits are open or wait.
async fn board(State(app): State<Arc<App>>, Path(office): Path<String>, query: RawQuery) -> Read {
    query::none(&query)?;
    told(&app, &office, |one| one.office.state().board()).await
}

/// One customer.
async fn customer(
    State(app): State<Arc<App>>,
    Path((office, id)): Path<(String, String)>,
    query: RawQuery,
) -> Read {
    query::none(&query)?;
    found(&app, &office, ("customer", id), |one, id| {
        one.office.state().report_of_customer(id)
    })
    .await
}

/// One visit.
async fn visit(
    State(app): State<Arc<App>>,
    Path((office, id)): Path<(String, String)>,
    query: RawQuery,
) -> Read {
    query::none(&query)?;
    found(&app, &office, ("visit", id), |one, id| {
        one.office.state().report_of_visit(id)
    })
    .await
}

/// One deal.
async fn deal(
    State(app): State<Arc<App>>,
    Path((office, id)): Path<(String, String)>,
    query: RawQuery,
) -> Read {
    query::none(&query)?;
    found(&app, &office, ("deal", id), |one, id| {
        one.office.state().report_of_deal(id)
    })
    .await
}

/// One person of the office.
async fn staff(
    State(app): State<Arc<App>>,
    Path((office, id)): Path<(String, String)>,
    query: RawQuery,
) -> Read {
    query::none(&query)?;
    found(&app, &office, ("person", id), |one, id| {
        one.office.state().report_of_staff(id)
    })
    .await
}

/// Asks the mirror and answers in JSON.
async fn told<T: Serialize + Send + 'static>(
    app: &App,
    office: &str,
    read: impl FnOnce(&Mirrored) -> T + Send + 'static,
) -> Read {
    let core = app.core()?;
    let office = core.place(office)?;
    let told = core.mirror.ask(office, |one| read(one)).await?;
    Ok(json(text(&told)))
}

/// The same about one record, which there may not be.
async fn found<T: Serialize + Send + 'static>(
    app: &App,
    office: &str,
    (what, id): (&str, String),
    read: impl FnOnce(&Mirrored, &str) -> Option<T> + Send + 'static,
) -> Read {
    let core = app.core()?;
    let office = core.place(office)?;
    let asked = id.clone();
    let told = core
        .mirror
        .ask(office, move |one| read(one, &asked))
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
