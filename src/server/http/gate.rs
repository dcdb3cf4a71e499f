//! What every request goes through: its rate is counted, its token is looked up, its answer is measured and logged.

use crate::server::access::{Scope, Who};
use crate::server::app::{App, Core};
use crate::server::limits::Client;
use crate::server::log;
use crate::server::problem::{Code, Problem};
use crate::server::roles::Right;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// From where a request comes.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Who asks, and what can be reached.
#[derive(Clone)]
pub struct Asked {
    /// What every request can reach.
    pub app: Arc<App>,
    /// Who asks.
    pub who: Who,
}

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Asked, Infallible> {
        let who = parts.extensions.get::<Who>().cloned();
        Ok(Asked {
            app: app.clone(),
            // Every route stands behind `through`, which says who asks.
            who: who.expect("the gate lets nobody through unnamed"),
        })
    }
}

impl Asked {
    /// Whether whoever asks has a right that is about no office.
    pub fn may(&self, right: Right) -> Result<&Core, Problem> {
        self.app.access.allow(&self.who, right, None)?;
        self.app.core()
    }

    /// The same in an office; gives its place.
    pub fn may_in(&self, office: &str, right: Right) -> Result<(&Core, usize), Problem> {
        self.app.access.allow(&self.who, right, Some(office))?;
        let core = self.app.core()?;
        Ok((core, core.place(office)?))
    }

    /// An office, and which of its decisions whoever asks may read.
    pub fn scope_in(&self, office: &str) -> Result<(&Core, usize, Scope), Problem> {
        let scope = self.app.access.scope(&self.who, office)?;
        let core = self.app.core()?;
        Ok((core, core.place(office)?, scope))
    }
}

/// The routes that ask for no token, look at no right and count for no rate: what watches over a server has none.
const OPEN: &[&str] = &[
    "/healthz",
    "/readyz",
    "/v1/openapi.json",
    "/problems/{code}",
];

/// Lets a request through that keeps to its rate and brings a good token, if tokens are asked for.
pub async fn through(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let uri = request.uri().clone();
    let is_open = matched
        .as_ref()
        .is_some_and(|route| OPEN.contains(&route.as_str()));
    let let_in = let_in(&app, &request, is_open);
    let (response, who) = match let_in {
        Ok(who) => {
            request.extensions_mut().insert(who.clone());
            (next.run(request).await, Some(who))
        }
        Err(problem) => (problem.into_response(), None),
    };
    let route = matched.as_ref().map_or("", MatchedPath::as_str);
    let took = begun.elapsed();
    let status = response.status().as_u16();
    app.metrics.http(route, status, took);
    log::request(log::Request {
        method: method.as_str(),
        route,
        status,
        ms: millis(took),
        office: office_of(&uri),
        role: who.as_ref().map_or("", Who::role),
        token: who.as_ref().map_or("", Who::token),
        code: response
            .extensions()
            .get::<Code>()
            .map_or("", |code| code.0),
    });
    response
}

/// Whoever asks, if they bring a good token where one is asked for, and do not ask too often. Guesses are counted by
/// where they come from.
fn let_in(app: &App, request: &Request, is_open: bool) -> Result<Who, Problem> {
    app.tokens.look(&app.access);
    let who = app.access.who(request.headers());
    if is_open {
        // What watches over a server is answered however much others ask from the same address, as behind a proxy.
        return Ok(who.unwrap_or(Who::Everybody));
    }
    let client = match (&who, request.extensions().get::<Peer>()) {
        (Ok(Who::Holder(pass)), _) => Client::Token(pass.hash),
        (_, Some(Peer(address))) => Client::from(*address),
        (_, None) => Client::Others,
    };
    app.limiter.request(client)?;
    who
}

/// The office that a request is about; empty if it is about none.
fn office_of(uri: &Uri) -> &str {
    let rest = uri.path().strip_prefix("/v1/offices/");
    rest.and_then(|rest| rest.split('/').next())
        .unwrap_or_default()
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
