//! The running office from outside: what is posted is stored, decided and answered; what was answered stays, whatever
//! becomes of the process.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod serve;

#[path = "running/events.rs"]
mod events;
#[path = "running/following.rs"]
mod following;
#[path = "running/journals.rs"]
mod journals;
#[path = "running/lives.rs"]
mod lives;

use serde_json::Value;
use serve::client::Client;
use serve::server::{OFFICE, Place};
use serve::wire::Answer;

/// The path of a route of the office.
fn of(rest: &str) -> String {
    format!("/v1/offices/{OFFICE}/{rest}")
}

/// Posts events, which are taken.
fn taken(client: &mut Client, body: &str) -> Value {
    let answer = client.post(&of("events"), body).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Gets a page that is there.
fn page(client: &mut Client, path: &str) -> Answer {
    let answer = client.get(path).unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer
}

/// Two agents who have signed in.
const MORNING: &str = r#"[{"event":"person","person":"chen","role":"agent"},
    {"event":"person","person":"li","role":"agent"},
    {"event":"roster","order":["chen","li"]},
    {"event":"sign_in","staff":"chen"},
    {"event":"sign_in","staff":"li","id":"li-signs-in"}]"#;

/// A server where the morning has been recorded.
fn morning() -> (Place, serve::server::Server, Client) {
    let place = Place::new();
    let server = place.start(&[]);
    let mut client = place.client();
    taken(&mut client, MORNING);
    (place, server, client)
}

/// The decisions that are stored, one line each.
fn decisions(client: &mut Client) -> String {
    let mut lines = String::new();
    let mut since = 0;
    loop {
        let page = page(client, &of(&format!("decisions?since={since}&limit=1000"))).json();
        for entry in page["entries"].as_array().unwrap() {
            for decision in entry["decisions"].as_array().unwrap() {
                lines.push_str(&format!("{decision}\n"));
            }
        }
        let next = page["next"].as_u64().unwrap();
        if next == since {
            return lines;
        }
        since = next;
    }
}
