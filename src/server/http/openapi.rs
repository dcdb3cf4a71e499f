//! What each route takes and answers, as OpenAPI 3.1: made from the routes themselves.

use crate::server::prepared::{Attempt, Standing};
use crate::server::problem::{self, Details};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Described, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi, ToSchema};

/// A JSON value whose shape is told elsewhere: by the README, by the policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct Anything(serde_json::Value);

/// One event: `event` says its kind, the other fields follow from the kind and from the policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostedEvent {
    /// The kind.
    pub event: String,
    /// An id of its own: the same event with the same id is answered as the first time.
    pub id: Option<String>,
    /// Who recorded it.
    pub by: Option<String>,
    /// A note.
    pub note: Option<String>,
}

/// What is posted: one event, or a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes what is posted")]
pub enum EventBody {
    /// One event.
    One(PostedEvent),
    /// Up to a thousand, stored all or none.
    Many(Vec<PostedEvent>),
}

/// An entry that an event became.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Whether it was there before, under the same id and with the same content.
    pub repeated: bool,
    /// What was decided.
    pub decisions: Vec<Anything>,
}

/// The entry of one event, or those of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes what is answered")]
pub enum EntryAnswer {
    /// Of one event.
    One(Entry),
    /// Of a list, in its order.
    Many {
        /// The entries.
        entries: Vec<Entry>,
    },
}

/// An entry that decided something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: String,
    /// What was decided.
    pub decisions: Vec<Anything>,
}

/// Entries that decided something.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionsAnswer {
    /// The entries, oldest first.
    pub entries: Vec<Decided>,
    /// Where to go on.
    pub next: u64,
}

/// What became of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportAnswer {
    /// How many entries were stored.
    pub entries: u64,
    /// How many lines repeat an entry, and were left out.
    pub repeated: u64,
    /// The last entry now.
    pub seq: u64,
}

/// A policy, and since when it is in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyInForce {
    /// Its name.
    pub name: String,
    /// SHA-256 over its files.
    pub digest: String,
    /// Since when; null where nothing has happened yet.
    pub since: Option<String>,
    /// The entry that says so.
    pub seq: Option<u64>,
}

/// An office.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeAnswer {
    /// Its name.
    pub office: String,
    /// Its last entry.
    pub seq: u64,
    /// When that was.
    pub at: Option<String>,
    /// The value of the chain after it.
    pub chain: String,
    /// When something happens next, if nothing is recorded until then.
    pub next_due: Option<String>,
    /// The policy in force.
    pub policy: PolicyInForce,
    /// How it stands with its policy's folder.
    pub reload: Option<Standing>,
}

/// Every office.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficesAnswer {
    /// The offices, by name.
    pub offices: Vec<OfficeAnswer>,
}

/// The policy in force, with its files.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyAnswer {
    /// The policy.
    #[serde(flatten)]
    pub policy: PolicyInForce,
    /// Its files: {path: text}.
    pub files: BTreeMap<String, String>,
}

/// A policy that was in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptPolicyAnswer {
    /// Its name.
    pub name: String,
    /// SHA-256 over its files.
    pub digest: String,
    /// Its files: {path: text}.
    pub files: BTreeMap<String, String>,
}

/// What came of looking at policies, by the name of the office.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptsAnswer {
    /// By the name of the office.
    pub offices: BTreeMap<String, Attempt>,
}

#[derive(OpenApi)]
#[openapi(
    info(title = "panke", description = "The running office: events in, decisions out."),
    components(schemas(Details)),
    security(("token" = []))
)]
struct Frame;

/// What every description begins with.
pub fn frame() -> Described {
    let mut described = Frame::openapi();
    let components = described.components.get_or_insert_default();
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token, as `panke token add` shows it once"))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    described
}

static TEXT: OnceLock<String> = OnceLock::new();

/// Keeps the description of the routes, with the problems that each may answer.
pub fn keep(mut described: Described) {
    for (path, item) in &mut described.paths.paths {
        let operations = [&mut item.get, &mut item.post];
        for operation in operations.into_iter().flatten() {
            add_problems(path, operation);
        }
    }
    let text = described.to_json();
    // The routes are the same however often they are described.
    TEXT.get_or_init(|| text.unwrap_or_default());
}

/// The description; empty before the routes were made.
pub fn text() -> &'static str {
    TEXT.get().map_or("", String::as_str)
}

/// Adds what a route may answer if it cannot do what is asked.
fn add_problems(path: &str, operation: &mut Operation) {
    let mut statuses = vec![429, 500, 503];
    if path.starts_with("/v1/") || path == "/metrics" {
        statuses.extend([400, 401, 403]);
    }
    if path.contains('{') {
        statuses.push(404);
    }
    if operation.request_body.is_some() {
        statuses.extend([408, 413, 415]);
    }
    if path == "/v1/policies/reload" || path == "/v1/policies/validate" {
        statuses.push(422);
    }
    for status in statuses {
        let sorts = problem::SORTS.iter().filter(|sort| sort.status == status);
        let codes: Vec<String> = sorts.map(|sort| format!("`{}`", sort.code)).collect();
        let content = ContentBuilder::new()
            .schema(Some(RefOr::Ref(Ref::from_schema_name("Details"))))
            .build();
        let response = ResponseBuilder::new()
            .description(format!("Not done: {}", codes.join(", ")))
            .content(problem::MEDIA_TYPE, content)
            .build();
        let responses = &mut operation.responses.responses;
        responses
            .entry(status.to_string())
            .or_insert(RefOr::T(response));
    }
}
