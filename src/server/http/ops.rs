//! What operators ask: whether the server lives, and whether it serves.

use crate::server::app::{App, Phase, ending};
use crate::server::problem::{self, Problem};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use std::sync::Arc;

/// The routes of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/problems/{code}", get(explained))
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Every office is up, and the server does not end.
async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    let phase = *app.phase.borrow();
    match phase {
        Phase::Ready => Ok("ready\n"),
        Phase::Starting => app.core().map(|_| "ready\n"),
        Phase::Ending => Err(ending()),
    }
}

/// What a sort of problem is, for whoever follows the `type` of one.
async fn explained(Path(code): Path<String>) -> Result<String, Problem> {
    let sort = problem::SORTS.iter().find(|sort| sort.code == code);
    let sort = sort.ok_or_else(|| {
        let code: String = code.chars().take(80).collect();
        let detail = format!("there is no problem `{code}`");
        Problem::new(&problem::UNKNOWN_RECORD, detail)
    })?;
    Ok(format!(
        "{} ({})\n\n{}.\n",
        sort.code, sort.status, sort.title
    ))
}
