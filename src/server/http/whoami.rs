//! Who asks, and what they may do.

use super::events::json;
use super::gate::Asked;
use super::{query, reads};
use crate::server::access::Who;
use crate::server::problem::Problem;
use crate::server::roles::{Right, may};
use axum::extract::RawQuery;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// Who asks, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhoAnswer {
    /// The role of the token; `everybody` where no token is asked for.
    role: &'static str,
    /// The id of the token, as `panke token list` shows it.
    token: Option<String>,
    /// The person whose token it is.
    person: Option<String>,
    /// The only office that it opens.
    office: Option<String>,
    /// What may be done with it.
    rights: Vec<&'static str>,
}

/// Who asks, and what they may do with their token.
#[utoipa::path(get, path = "/v1/whoami", tag = "operation",
    responses((status = 200, description = "Who asks", body = WhoAnswer)))]
pub async fn whoami(asked: Asked, query: RawQuery) -> Result<Response, Problem> {
    query::none(&query)?;
    let rights = Right::ALL.iter().filter(|right| match &asked.who {
        Who::Everybody => true,
        Who::Holder(pass) => may(pass.role, **right),
    });
    let pass = match &asked.who {
        Who::Everybody => None,
        Who::Holder(pass) => Some(pass),
    };
    Ok(json(reads::text(&WhoAnswer {
        role: asked.who.role(),
        token: pass.map(|pass| pass.id.clone()),
        person: pass.and_then(|pass| pass.person.clone()),
        office: pass.and_then(|pass| pass.office.clone()),
        rights: rights.map(|right| right.word()).collect(),
    })))
}
