//! The interface of the running office over HTTP: one file a group of routes.

mod backup;
mod body;
mod decisions;
mod dry;
mod events;
mod gate;
mod journal;
mod offices;
mod openapi;
mod ops;
mod policies;
mod query;
mod reads;
mod rejected;
mod reloads;
mod stream;
mod visible;
mod whoami;

pub use gate::Peer;

use super::app::App;
use super::problem::{self, Problem};
use axum::Router;
use axum::http::{Method, Uri};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every route, behind the gate.
pub fn router(app: &Arc<App>) -> Router {
    let (routes, described) = every_route().split_for_parts();
    openapi::keep(described);
    routes
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_method)
        .layer(axum::middleware::map_response(rejected::told))
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            gate::through,
        ))
        .with_state(app.clone())
}

fn every_route() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::frame())
        .merge(of_offices())
        .merge(of_operation())
}

/// What is asked of an office.
fn of_offices() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(events::post_events))
        .routes(routes!(events::dry_run))
        .routes(routes!(offices::offices))
        .routes(routes!(offices::office))
        .routes(routes!(reads::report))
        .routes(routes!(reads::board))
        .routes(routes!(reads::customer))
        .routes(routes!(reads::visit))
        .routes(routes!(reads::deal))
        .routes(routes!(reads::staff))
        .routes(routes!(decisions::decisions))
        .routes(routes!(stream::stream))
        .routes(routes!(journal::export_journal, journal::import_journal))
        .routes(routes!(policies::of_office))
}

/// What is asked of the server.
fn of_operation() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(policies::by_digest))
        .routes(routes!(reloads::validate))
        .routes(routes!(reloads::reload))
        .routes(routes!(backup::backup))
        .routes(routes!(ops::healthz))
        .routes(routes!(ops::readyz))
        .routes(routes!(ops::metrics))
        .routes(routes!(whoami::whoami))
        .routes(routes!(ops::described))
        .routes(routes!(ops::explained))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_with_its_problems() {
        let (_, described) = every_route().split_for_parts();
        openapi::keep(described);
        let text: serde_json::Value = serde_json::from_str(openapi::text()).expect("JSON");
        assert!(
            text["openapi"]
                .as_str()
                .is_some_and(|it| it.starts_with("3.1"))
        );
        let source = include_str!("mod.rs");
        let routed = source.matches(".routes(routes!(").count() - 1;
        let paths = text["paths"].as_object().expect("paths");
        assert_eq!(paths.len(), routed, "each `routes!` is a path");
        for (path, item) in paths {
            for (method, operation) in item.as_object().expect("operations") {
                let responses = operation["responses"].as_object().expect("responses");
                assert!(responses.contains_key("200"), "{method} {path}");
                assert!(responses.contains_key("503"), "{method} {path}");
                assert!(operation["tags"][0].is_string(), "{method} {path}");
            }
        }
    }
}
