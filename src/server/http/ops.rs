//! What operators ask: whether the server lives, whether it serves, what it has counted, and what each route takes.

use super::events::json;
use super::gate::Asked;
use super::query;
use crate::server::app::{Phase, ending};
use crate::server::problem::{self, Problem};
use crate::server::roles::Right;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operation", security(()),
    responses((status = 200, description = "It lives", body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Every office is up, its policy is watched, and the server does not end.
#[utoipa::path(get, path = "/readyz", tag = "operation", security(()),
    responses((status = 200, description = "It serves", body = String, content_type = "text/plain")))]
pub async fn readyz(asked: Asked) -> Result<&'static str, Problem> {
    let phase = *asked.app.phase.borrow();
    match phase {
        Phase::Starting | Phase::Ready => {
            asked.app.core()?;
            asked.app.in_workshop(|_| "ready\n")
        }
        Phase::Ending => Err(ending()),
    }
}

/// What has been counted and measured, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")))]
pub async fn metrics(asked: Asked, query: RawQuery) -> Result<Response, Problem> {
    query::none(&query)?;
    asked.app.access.allow(&asked.who, Right::Metrics, None)?;
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], asked.app.metrics.render()).into_response())
}

/// What each route takes and answers, as OpenAPI.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "operation", security(()),
    responses((status = 200, description = "This description", body = super::openapi::Anything)))]
pub async fn described() -> Response {
    json(super::openapi::text().to_owned())
}

/// What a sort of problem is, for whoever follows the `type` of one.
#[utoipa::path(get, path = "/problems/{code}", tag = "operation", security(()),
    params(("code" = String, Path, description = "The code of a problem")),
    responses((status = 200, description = "What it means", body = String, content_type = "text/plain")))]
pub async fn explained(Path(code): Path<String>) -> Result<String, Problem> {
    let sort = problem::SORTS.iter().find(|sort| sort.code == code);
    let sort = sort.ok_or_else(|| {
        let code: String = code.chars().take(80).collect();
        let detail = format!("there is no problem `{code}`");
        Problem::new(&problem::UNKNOWN_RECORD, detail)
    })?;
    let text = sort.text.trim();
    Ok(format!(
        "{} ({})\n\n{}. {text}\n",
        sort.code, sort.status, sort.title
    ))
}
