//! What stands after the `?` of an address: what a route does not know is refused, so that a slip is seen.

use crate::server::problem::{self, Problem};
use axum::extract::{Query, RawQuery};
use axum::http::Uri;
use serde::de::DeserializeOwned;

/// Refuses any query.
pub fn none(query: &RawQuery) -> Result<(), Problem> {
    match query.0.as_deref() {
        None | Some("") => Ok(()),
        Some(_) => {
            let detail = "this route takes no query: leave out what stands after `?`";
            Err(Problem::new(&problem::BAD_REQUEST, detail))
        }
    }
}

/// The query as a route wants it.
pub fn parsed<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    Query::try_from_uri(uri)
        .map(|Query(query)| query)
        .map_err(|error| {
            let detail = format!("the query cannot be taken: {}", error.body_text());
            Problem::new(&problem::BAD_REQUEST, detail)
        })
}

/// A number of the query, if it is within its limits.
pub fn within(name: &str, number: usize, least: usize, most: usize) -> Result<usize, Problem> {
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    let detail = format!("`{name}` is {least} to {most}, not {number}");
    Err(Problem::new(&problem::BAD_REQUEST, detail))
}
