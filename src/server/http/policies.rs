//! Policies: the one in force with its files, and any that ever was, by its digest.

use super::events::json;
use super::gate::Asked;
use super::offices::in_force;
use super::openapi::{KeptPolicyAnswer, PolicyAnswer};
use super::{query, reads};
use crate::server::app::{Core, unreadable};
use crate::server::problem::{self, Problem};
use crate::server::roles::Right;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use std::collections::BTreeMap;

/// The policy in force in an office, with its files.
#[utoipa::path(get, path = "/v1/offices/{office}/policy", tag = "policies",
    params(("office" = String, Path, description = "Name of the office")),
    responses((status = 200, description = "The policy", body = PolicyAnswer)))]
pub async fn of_office(
    asked: Asked,
    Path(office): Path<String>,
    query: RawQuery,
) -> Result<Response, Problem> {
    query::none(&query)?;
    let (core, place) = asked.may_in(&office, Right::ReadPolicy)?;
    let force = core.served[place].force.load_full();
    let (_, files) = kept(&asked, core, force.policy.digest.clone()).await?;
    let policy = in_force(&force);
    Ok(json(reads::text(&PolicyAnswer { policy, files })))
}

/// A policy that is or was in force, by its digest.
#[utoipa::path(get, path = "/v1/policies/{digest}", tag = "policies",
    params(("digest" = String, Path, description = "Digest of the policy, in hexadecimal")),
    responses((status = 200, description = "The policy", body = KeptPolicyAnswer)))]
pub async fn by_digest(
    asked: Asked,
    Path(digest): Path<String>,
    query: RawQuery,
) -> Result<Response, Problem> {
    query::none(&query)?;
    let core = asked.may(Right::ReadPolicy)?;
    let (name, files) = kept(&asked, core, digest.clone()).await?;
    Ok(json(reads::text(&KeptPolicyAnswer {
        name,
        digest,
        files,
    })))
}

type Files = BTreeMap<String, String>;

/// The name and the files of a policy.
async fn kept(asked: &Asked, core: &Core, digest: String) -> Result<(String, Files), Problem> {
    let forces = core.served.iter().map(|one| one.force.load_full());
    let fresh = forces
        .filter_map(|force| force.fresh.clone())
        .find(|fresh| fresh.digest == digest);
    if let Some(fresh) = fresh {
        return Ok((fresh.name.clone(), fresh.files.iter().cloned().collect()));
    }
    let app = asked.app.clone();
    let shown: String = digest.chars().take(80).collect();
    let read = tokio::task::spawn_blocking(move || {
        let core = app.core()?;
        let kept = core.readers.with(|reader| {
            let kept = reader.policy(&digest);
            kept.map_err(|error| error.to_string())
        });
        kept.map_err(unreadable)
    });
    let kept = read
        .await
        .map_err(|error| unreadable(error.to_string()))??;
    let kept = kept.ok_or_else(|| {
        let detail = format!("no policy of the digest `{shown}` was ever in force here");
        Problem::new(&problem::UNKNOWN_POLICY, detail)
    })?;
    Ok((kept.name, kept.files.into_iter().collect()))
}
