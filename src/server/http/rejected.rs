//! What the web framework itself refuses (a part of an address that is no text), told like every other problem.

use crate::server::problem::{self, MEDIA_TYPE, Problem};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The same answer; one that only says "bad request" becomes a problem with a code.
pub async fn told(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let ours = kind.is_some_and(|kind| kind.as_bytes() == MEDIA_TYPE.as_bytes());
    if response.status() != StatusCode::BAD_REQUEST || ours {
        return response;
    }
    let detail =
        "a part of the address cannot be read: what stands there is no UTF-8, or no such value";
    Problem::new(&problem::BAD_REQUEST, detail).into_response()
}
