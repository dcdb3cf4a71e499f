//! What goes wrong for a client, as problem details (RFC 9457): a stable code, a status, and what to do about it.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::ops::{Deref, DerefMut};
use utoipa::ToSchema;

/// The media type of problem details.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The word of a problem, beside its answer, for the log.
#[derive(Clone, Copy, Debug)]
pub struct Code(pub &'static str);

/// Why a request was not done; small, so that what goes well stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(Box<Details>);

/// What is told of a problem.
#[derive(Clone, Debug, Default, Serialize, ToSchema, PartialEq, Eq)]
pub struct Details {
    /// A reference that names the sort of problem: `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sort of problem, in words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong here, and how to mend it.
    pub detail: String,
    /// The stable word of the sort of problem.
    pub code: &'static str,
    /// Which event of a batch it is about, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Line of an imported journal, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column of the event, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The field of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// After how many seconds another try may succeed; told in the header `Retry-After`.
    #[serde(skip)]
    pub retry_after: Option<u64>,
    /// Whether the connection ends with this answer.
    #[serde(skip)]
    pub closes: bool,
}

impl Problem {
    /// A problem of a sort.
    pub fn new(sort: &Sort, detail: impl Into<String>) -> Problem {
        Problem(Box::new(Details {
            kind: format!("/problems/{}", sort.code),
            title: sort.title.into(),
            status: sort.status,
            detail: detail.into(),
            code: sort.code,
            ..Details::default()
        }))
    }

    /// The same, with the seconds after which another try may succeed.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Problem {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// The same, as the last answer of its connection.
    #[must_use]
    pub fn closing(mut self) -> Problem {
        self.closes = true;
        self
    }

    /// Its body.
    pub fn json(&self) -> String {
        serde_json::to_string(&self.0).expect("plain texts and numbers become JSON")
    }
}

impl Deref for Problem {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.json()));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"panke\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.closes {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response.extensions_mut().insert(Code(self.code));
        response
    }
}

/// A sort of problem: its stable word, its status and its title.
#[derive(Clone, Copy, Debug)]
pub struct Sort {
    /// The stable word.
    pub code: &'static str,
    /// The status.
    pub status: u16,
    /// In words.
    pub title: &'static str,
    /// What it means, in a sentence.
    pub text: &'static str,
}

/// Declares the sorts of problem, and the list of them.
macro_rules! sorts {
    ($($(#[doc = $text:literal])+ $name:ident = $code:literal, $status:literal, $title:literal;)+) => {
        $($(#[doc = $text])+ pub const $name: Sort = Sort {
            code: $code, status: $status, title: $title, text: concat!($($text),+),
        };)+
        /// Every sort, in the order of the page that explains them.
        pub const SORTS: &[Sort] = &[$($name),+];
    };
}

sorts! {
    /// No token came with the request, or none that is known.
    TOKEN_NEEDED = "token-needed", 401, "A token is needed";
    /// The token came in a shape that cannot be read.
    TOKEN_UNREADABLE = "token-unreadable", 401, "The token cannot be read";
    /// The token is not known, or no longer.
    TOKEN_UNKNOWN = "token-unknown", 401, "The token is not known";
    /// The role of the token lacks a right.
    RIGHT_MISSING = "right-missing", 403, "This token may not do that";
    /// The token is for another office.
    OTHER_OFFICE = "other-office", 403, "This token is for another office";
    /// The event names somebody's approval, and comes from another's token.
    APPROVAL_NEEDS_OWN_TOKEN = "approval-needs-own-token", 403, "An approval needs the token of whoever approves";
    /// The body is larger than is taken.
    BODY_TOO_LARGE = "body-too-large", 413, "The body is too large";
    /// The batch has more events than are taken.
    BATCH_TOO_LARGE = "batch-too-large", 413, "The batch is too large";
    /// The body came too slowly.
    BODY_TOO_SLOW = "body-too-slow", 408, "The body came too slowly";
    /// The body ended too early, or was no body.
    BODY_BROKEN = "body-broken", 400, "The body could not be read";
    /// More requests came than are taken.
    TOO_MANY_REQUESTS = "too-many-requests", 429, "Too many requests";
    /// More connections are open than are taken.
    TOO_MANY_CONNECTIONS = "too-many-connections", 503, "Too many connections";
    /// More event streams are open than are taken.
    TOO_MANY_STREAMS = "too-many-streams", 503, "Too many event streams";
    /// Another journal is being imported.
    IMPORT_RUNS = "import-runs", 503, "Another journal is being imported";
    /// An event is none: it is not stored.
    MALFORMED_EVENT = "malformed-event", 400, "An event is malformed";
    /// A line of an imported journal is no event, or cannot stand there: nothing of the journal is stored.
    MALFORMED_JOURNAL = "malformed-journal", 400, "A line of the journal is malformed";
    /// The address, the query or the body is not what this route takes.
    BAD_REQUEST = "bad-request", 400, "The request cannot be understood";
    /// The body is of another type than this route takes.
    UNSUPPORTED_TYPE = "unsupported-type", 415, "The body has the wrong type";
    /// There is no such route.
    UNKNOWN_ROUTE = "unknown-route", 404, "There is nothing here";
    /// The route does not take this method.
    UNKNOWN_METHOD = "unknown-method", 405, "The method is not taken here";
    /// There is no such office.
    UNKNOWN_OFFICE = "unknown-office", 404, "There is no such office";
    /// The office knows nobody and nothing of that name.
    UNKNOWN_RECORD = "unknown-record", 404, "There is no such record";
    /// No policy of that digest was ever in force.
    UNKNOWN_POLICY = "unknown-policy", 404, "There is no such policy";
    /// A policy does not load or fails its scenarios: the one in force stays.
    POLICY_FAILED = "policy-failed", 422, "A policy was not put in force";
    /// The disk is full: nothing was stored.
    STORAGE_FULL = "storage-full", 503, "There is no room to store anything";
    /// The store cannot be written for the moment: nothing was stored.
    STORAGE_BUSY = "storage-busy", 503, "Nothing can be stored for the moment";
    /// The store has failed: the server ends.
    STORAGE_FAILED = "storage-failed", 503, "The store has failed";
    /// More waits than can be done soon.
    OVERLOADED = "overloaded", 503, "Too much is waiting";
    /// The journals are being read.
    STARTING = "starting", 503, "The server is starting";
    /// The server ends.
    ENDING = "ending", 503, "The server is ending";
    /// A fault in panke itself.
    FAULT = "fault", 500, "A fault in panke itself";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kebab_case_and_stand_once() {
        for (at, sort) in SORTS.iter().enumerate() {
            assert!(
                sort.code
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'-')
            );
            assert!((400..600).contains(&sort.status), "{}", sort.code);
            assert!(SORTS[..at].iter().all(|other| other.code != sort.code));
        }
    }

    #[test]
    fn a_problem_is_json_with_its_headers() {
        let problem = Problem::new(&TOO_MANY_REQUESTS, "wait").retry_after(0);
        let value: serde_json::Value = serde_json::from_str(&problem.json()).unwrap();
        assert_eq!(value["type"], "/problems/too-many-requests");
        assert_eq!(value["status"], 429);
        assert!(value.get("field").is_none());
        let response = problem.into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
        let denied = Problem::new(&TOKEN_NEEDED, "").into_response();
        assert!(denied.headers().contains_key(header::WWW_AUTHENTICATE));
    }
}
