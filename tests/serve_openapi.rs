//! The interface is what its served description says: requests that follow it, and requests that nearly do, are answered
//! as it declares, whatever they are.

mod serve;

use serde_json::{Map, Value, json};
use serve::client::connect;
use serve::crash::events_path;
use serve::schema::{Schemas, event, mutate, text};
use serve::server::{OFFICE, Place};
use serve::story::{Random, opening};
use serve::wire::{Answer, answer, request};
use std::fmt::Write as _;
use std::io::{Read, Write};

/// From this all requests follow.
const SEED: u64 = 31;
/// Requests of each operation.
const EACH: usize = 60;
/// Every how many rounds it is asked what takes long: to prove policies, to copy the data.
const SELDOM: usize = 10;
const METHODS: &[&str] = &["get", "post", "put", "delete", "patch"];

/// What can be asked: a method at a path.
struct Operation<'a> {
    method: String,
    path: &'a str,
    told: &'a Value,
    parameters: Vec<&'a Value>,
}

fn operations<'a>(document: &'a Value, schemas: &Schemas<'a>) -> Vec<Operation<'a>> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in METHODS {
            let Some(told) = item.get(*method) else {
                continue;
            };
            let lists = [item.get("parameters"), told.get("parameters")];
            let parameters = lists
                .into_iter()
                .flatten()
                .filter_map(Value::as_array)
                .flatten();
            all.push(Operation {
                method: method.to_uppercase(),
                path,
                told,
                parameters: parameters.map(|one| schemas.resolved(one)).collect(),
            });
        }
    }
    all
}

/// A text as part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string grows");
        }
    }
    out
}

impl<'a> Operation<'a> {
    /// The id of a record that there is.
    fn known(&self) -> &'static str {
        match self.path {
            path if path.contains("/customers/") => "c1",
            path if path.contains("/visits/") => "v1",
            path if path.contains("/deals/") => "d1",
            _ => "agent-01",
        }
    }

    fn takes_long(&self) -> bool {
        ["/v1/policies/reload", "/v1/policies/validate", "/v1/backup"].contains(&self.path)
    }

    /// A request that follows the description, or nearly.
    fn request(&self, schemas: &Schemas<'a>, random: &mut Random) -> Vec<u8> {
        let mut path = self.path.to_owned();
        let mut query = Vec::new();
        let mut headers: Vec<(String, String)> = Vec::new();
        for parameter in &self.parameters {
            let name = parameter["name"].as_str().expect("a name");
            let required = parameter["required"].as_bool().unwrap_or(false);
            if !required && random.percent(50) {
                continue;
            }
            let value = match name {
                "office" if random.percent(90) => OFFICE.to_owned(),
                "id" if random.percent(50) => self.known().to_owned(),
                "code" if random.percent(50) => "unknown-office".to_owned(),
                _ if random.percent(15) => text(random),
                _ => match schemas.some(&parameter["schema"], random, 1) {
                    Value::String(text) => text,
                    other => other.to_string(),
                },
            };
            match parameter["in"].as_str() {
                Some("path") => {
                    // An empty part would be another address.
                    let value = if value.is_empty() { "x" } else { &value };
                    path = path.replace(&format!("{{{name}}}"), &encoded(value));
                }
                Some("query") => query.push(format!("{name}={}", encoded(&value))),
                Some("header") if value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) => {
                    headers.push((name.to_owned(), value));
                }
                _ => {}
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let (kind, body) = self.body(schemas, random);
        headers.extend(kind.map(|kind| ("content-type".to_owned(), kind)));
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        request(&self.method, &path, &headers, &body)
    }

    fn body(&self, schemas: &Schemas<'a>, random: &mut Random) -> (Option<String>, Vec<u8>) {
        let Some(content) = self
            .told
            .pointer("/requestBody/content")
            .and_then(Value::as_object)
        else {
            return (None, Vec::new());
        };
        let (kind, media) = content.iter().next().expect("a type");
        let kind = match random.below(20) {
            0 => None,
            1 => Some("text/plain".to_owned()),
            _ => Some(kind.clone()),
        };
        let json = kind.as_deref() == Some("application/json");
        let mut value = match media.get("schema") {
            Some(schema) if json => schemas.some(schema, random, 3),
            _ => event(random),
        };
        while random.percent(40) {
            mutate(&mut value, random);
        }
        let mut bytes = value.to_string().into_bytes();
        if random.percent(5) {
            bytes.truncate(bytes.len() / 2);
        }
        (kind, bytes)
    }

    /// What is wrong with an answer; nothing if it is as declared.
    fn faults(&self, schemas: &Schemas<'a>, answer: &Answer) -> Vec<String> {
        if answer.status >= 500 {
            return vec![format!("a fault of the server's: {}", answer.status)];
        }
        let responses = &self.told["responses"];
        let family = format!("{}XX", answer.status / 100);
        let declared = [answer.status.to_string(), family, "default".to_owned()];
        let Some(response) = declared.iter().find_map(|key| responses.get(key)) else {
            return vec![format!("the status {} is not declared", answer.status)];
        };
        let content = schemas
            .resolved(response)
            .get("content")
            .and_then(Value::as_object);
        let kind = answer.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let empty = Map::new();
        let content = content.unwrap_or(&empty);
        if content.is_empty() && answer.body.is_empty() {
            return Vec::new();
        }
        let Some(media) = content.get(kind) else {
            return vec![format!("{} with `{kind}` is not declared", answer.status)];
        };
        match media.get("schema") {
            Some(schema) if kind == "application/json" || kind.ends_with("+json") => {
                schemas.faults(schema, &answer.json())
            }
            _ => Vec::new(),
        }
    }
}

/// Sends a request and reads the answer; of an event stream only the head.
fn ask(place: &Place, bytes: &[u8]) -> Answer {
    let mut stream = connect(place.address()).expect("somebody listens");
    stream.write_all(bytes).expect("sent");
    let mut read = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        let count = stream.read(&mut part).expect("an answer");
        read.extend_from_slice(&part[..count]);
        let head = String::from_utf8_lossy(&read).to_lowercase();
        if head.contains("\r\n\r\n") && head.contains("content-type: text/event-stream") {
            let status = head[9..12].parse().expect("a status");
            let body = Vec::new();
            return Answer { status, head, body };
        }
        if let Some((answer, _)) = answer(&read, count == 0) {
            return answer;
        }
        assert_ne!(count, 0, "the connection ends without an answer: {head}");
    }
}

/// An office with a customer, a visit and a deal.
fn open_office(place: &Place) {
    let mut events = opening();
    events.push(r#"{"event":"visit","visit":"v1","customer":"c1"}"#.to_owned());
    events.push(r#"{"event":"deal","deal":"d1","customer":"c1","commission":"100.00"}"#.to_owned());
    let body = format!("[{}]", events.join(","));
    let opened = place.client().post(&events_path(), &body).expect("ready");
    assert_eq!(opened.status, 200, "{}", opened.text());
}

/// What the server says of itself.
fn described(place: &Place) -> Value {
    let document = place.client().get("/v1/openapi.json");
    let document = document.expect("the description");
    assert_eq!(document.status, 200, "{}", document.text());
    let document = document.json();
    let version = document["openapi"].as_str();
    assert_eq!(version.map(|version| &version[..4]), Some("3.1."));
    document
}

#[test]
fn every_answer_is_as_the_served_description_says() {
    let place = Place::new();
    let server = place.start(&[]);
    open_office(&place);
    let document = described(&place);
    let schemas = Schemas(&document);
    let operations = operations(&document, &schemas);
    assert!(
        operations.len() >= 20,
        "only {} operations",
        operations.len()
    );
    let mut random = Random(SEED);
    let mut seen = std::collections::BTreeMap::new();
    let mut faults = Vec::new();
    for round in 0..EACH {
        for operation in &operations {
            if operation.takes_long() && round % SELDOM != 0 {
                continue;
            }
            let bytes = operation.request(&schemas, &mut random);
            let answer = ask(&place, &bytes);
            let name = format!("{} {}", operation.method, operation.path);
            seen.entry(name.clone())
                .or_insert_with(Vec::new)
                .push(answer.status);
            let wrong = operation.faults(&schemas, &answer);
            if !wrong.is_empty() && faults.len() < 20 {
                let sent: String = String::from_utf8_lossy(&bytes).chars().take(600).collect();
                let got: String = answer.text().chars().take(400).collect();
                faults.push(format!(
                    "{name}, round {round}: {wrong:#?}\n{sent}\n-> {got}"
                ));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "seed {SEED}:\n{}\n{}",
        faults.join("\n\n"),
        place.log()
    );
    for (name, statuses) in &seen {
        let good = statuses.iter().any(|status| *status < 300);
        // Nobody guesses a digest, nor a time between the last entry and now.
        let guessed = name.contains("{digest}") || name == "POST /v1/offices/{office}/journal";
        assert!(
            good || guessed,
            "{name} was never answered well: {statuses:?}"
        );
    }
    assert!(server.stop().success(), "{}", place.log());
}

#[test]
fn the_checker_sees_what_is_not_as_declared() {
    let document = json!({"components": {"schemas": {"Name": {"type": "string", "minLength": 1}}}});
    let schemas = Schemas(&document);
    let schema = json!({
        "type": "object",
        "required": ["seq", "name"],
        "properties": {
            "seq": {"type": "integer", "minimum": 1},
            "name": {"$ref": "#/components/schemas/Name"},
            "state": {"oneOf": [{"type": "null"}, {"enum": ["open", "ended"]}]},
            "list": {"type": "array", "items": {"type": "boolean"}}
        },
        "additionalProperties": false
    });
    let good = json!({"seq": 1, "name": "a", "state": null, "list": [true]});
    assert_eq!(schemas.faults(&schema, &good), [] as [String; 0]);
    let bad = [
        json!({"seq": 1}),
        json!({"seq": 0, "name": "a"}),
        json!({"seq": "1", "name": "a"}),
        json!({"seq": 1, "name": ""}),
        json!({"seq": 1, "name": "a", "state": "shut"}),
        json!({"seq": 1, "name": "a", "list": [true, 1]}),
        json!({"seq": 1, "name": "a", "more": 1}),
        json!([]),
    ];
    for value in bad {
        assert_eq!(schemas.faults(&schema, &value).len(), 1, "{value}");
    }
}
