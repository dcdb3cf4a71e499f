//! Having edited policies looked at, and put in force if they are sound.

use super::events::json;
use super::gate::Asked;
use super::openapi::AttemptsAnswer;
use super::{query, reads};
use crate::server::app::ending;
use crate::server::prepared::Outcome;
use crate::server::problem::{self, Problem};
use crate::server::roles::Right;
use crate::server::workshop::{Answer, Attempts, Workshop};
use axum::extract::RawQuery;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::oneshot;

/// Have the policies checked and proved as they are saved now; nothing is put in force.
#[utoipa::path(post, path = "/v1/policies/validate", tag = "policies",
    responses((status = 200, description = "What was found, by office", body = AttemptsAnswer)))]
pub async fn validate(asked: Asked, query: RawQuery) -> Result<Response, Problem> {
    query::none(&query)?;
    asked.may(Right::Validate)?;
    let offices = tried(&asked, Workshop::validate_then).await?;
    Ok(json(reads::text(&AttemptsAnswer { offices })))
}

/// Put the policies in force as they are saved now, if they are sound. One that is not changes nothing.
#[utoipa::path(post, path = "/v1/policies/reload", tag = "policies",
    responses((status = 200, description = "Every policy is in force", body = AttemptsAnswer)))]
pub async fn reload(asked: Asked, query: RawQuery) -> Result<Response, Problem> {
    query::none(&query)?;
    asked.may(Right::Reload)?;
    let offices = tried(&asked, Workshop::reload_then).await?;
    let failed = offices
        .iter()
        .filter(|(_, attempt)| attempt.outcome == Outcome::Failed);
    let failed: Vec<&str> = failed.map(|(office, _)| office.as_str()).collect();
    if failed.is_empty() {
        return Ok(json(reads::text(&AttemptsAnswer { offices })));
    }
    let detail = format!("the policy in force stays in {}", failed.join(", "));
    let problem = Problem::new(&problem::POLICY_FAILED, detail);
    // The problem, and beside it what was found.
    let mut body = problem.json();
    body.pop();
    body.push_str(",\"offices\":");
    body.push_str(&reads::text(&offices));
    body.push('}');
    let kind = HeaderValue::from_static(problem::MEDIA_TYPE);
    let headers = [(header::CONTENT_TYPE, kind)];
    Ok((StatusCode::UNPROCESSABLE_ENTITY, headers, body).into_response())
}

/// Asks the workshop, and waits for what came of it.
async fn tried(asked: &Asked, ask: fn(&Workshop, Answer)) -> Result<Attempts, Problem> {
    let (to, from) = oneshot::channel();
    let answer: Answer = Box::new(|attempts| drop(to.send(attempts)));
    asked.app.in_workshop(|workshop| ask(workshop, answer))?;
    let mut attempts = from.await.map_err(|_| ending())?;
    // Whoever may see one office sees what was found there.
    attempts.retain(|office, _| {
        let access = &asked.app.access;
        access
            .allow(&asked.who, Right::Validate, Some(office))
            .is_ok()
    });
    Ok(attempts)
}
