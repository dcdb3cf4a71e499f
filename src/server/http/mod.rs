//! The interface of the running office over HTTP: one file a group of routes.

mod body;
mod events;
mod journal;
mod ops;
mod query;
mod reads;

use super::app::App;
use super::problem::{self, Problem};
use axum::Router;
use axum::http::{Method, Uri};
use std::sync::Arc;

/// Every route.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(events::routes())
        .merge(reads::routes())
        .merge(journal::routes())
        .merge(ops::routes())
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_method)
        .with_state(app)
}

async fn unknown_route(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    let detail = format!("nothing is at `{path}`; the routes are listed in /v1/openapi.json");
    Problem::new(&problem::UNKNOWN_ROUTE, detail)
}

async fn unknown_method(method: Method) -> Problem {
    let detail = format!("{method} is not taken here; the header `Allow` says what is");
    Problem::new(&problem::UNKNOWN_METHOD, detail)
}
