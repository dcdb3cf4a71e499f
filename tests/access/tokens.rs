//! Each role against each right, own tokens for approvals, and tokens that are revoked.

use crate::serve::server::{OFFICE, Place, now};
use crate::{ask, of_office, open, request, seq, token};
use panke::server::roles::{Right, may, table};
use panke::vocabulary::roles::Role;
use std::collections::BTreeMap;
use std::io::Read;
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

/// A request that needs a right.
fn needing(right: Right) -> (&'static str, String, &'static str) {
    let event = |body| ("POST", of_office("events"), body);
    let get = |path: &str| ("GET", of_office(path), "");
    match right {
        Right::RecordReception => event(r#"{"event":"visit_end","visit":"none"}"#),
        Right::RecordCustomer => event(r#"{"event":"follow_up","customer":"none","staff":"none"}"#),
        Right::RecordDeal => event(r#"{"event":"deal_cancelled","deal":"none"}"#),
        Right::RecordStaff => event(r#"{"event":"person","person":"an","role":"agent"}"#),
        Right::Rule => {
            event(r#"{"event":"choice","about":"none","chosen":"yes","decided_by":"mo"}"#)
        }
        Right::Correct => event(r#"{"event":"correction","about":"none","reason":"slip"}"#),
        Right::ReadReport => get("report"),
        Right::ReadBoard => get("board"),
        Right::ReadOwn | Right::ReadAllDecisions => get("decisions"),
        Right::Stream => get("stream"),
        Right::DryRun => (
            "POST",
            of_office("dry-run"),
            r#"{"event":"visit_end","visit":"none"}"#,
        ),
        Right::Validate => ("POST", "/v1/policies/validate".into(), ""),
        Right::Reload => ("POST", "/v1/policies/reload".into(), ""),
        Right::ReadPolicy => get("policy"),
        Right::Import => ("POST", of_office("journal"), "no event\n"),
        Right::Export => get("journal"),
        Right::Backup => ("GET", "/v1/backup".into(), ""),
        Right::Metrics => ("GET", "/metrics".into(), ""),
    }
}

#[test]
fn each_role_may_what_the_table_says_and_nothing_else() {
    let place = Place::new();
    let tokens: BTreeMap<Role, String> = Role::ALL
        .iter()
        .map(|role| {
            (
                *role,
                token(&place, role.text(), &["--person", role.text()]),
            )
        })
        .collect();
    std::fs::create_dir(place.path().join("none")).unwrap();
    let _server = place.start(&["--scenarios", "none"]);
    for (role, token) in &tokens {
        for right in Right::ALL {
            let (method, path, body) = needing(*right);
            let (status, stream) = open(&place, &request(token, method, &path, body));
            drop(stream);
            let sees_own = *right == Right::ReadAllDecisions && may(*role, Right::ReadOwn);
            let expected = may(*role, *right) || sees_own;
            assert_eq!(status != 403, expected, "{role} {} {status}", right.word());
            assert!(
                status != 401 && status < 500,
                "{role} {} {status}",
                right.word()
            );
        }
    }
    let agent = &tokens[&Role::Agent];
    let refused = ask(&place, agent, "GET", "/v1/backup", "").json();
    assert_eq!(refused["code"], "right-missing");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.contains("`backup`") && detail.contains("operator"),
        "{detail}"
    );
}

#[test]
fn the_table_is_printed_by_the_program() {
    let place = Place::new();
    let (status, printed) = place.panke(&["token", "roles"]);
    assert_eq!((status, printed), (Some(0), table()));
}

#[test]
fn whoever_asks_is_told_who_they_are() {
    let place = Place::new();
    let manager = token(
        &place,
        "site_manager",
        &["--person", "mo", "--office", OFFICE],
    );
    let _server = place.start(&[]);
    let who = ask(&place, &manager, "GET", "/v1/whoami", "").json();
    assert_eq!(
        (&who["role"], &who["person"]),
        (&"site_manager".into(), &"mo".into())
    );
    assert_eq!(who["office"], OFFICE);
    let rights = who["rights"].as_array().unwrap();
    assert!(rights.contains(&"correct".into()) && !rights.contains(&"backup".into()));
    let nobody = ask(&place, "", "GET", "/v1/whoami", "");
    assert_eq!((nobody.status, nobody.code()), (401, "token-needed".into()));
    assert_eq!(
        nobody.header("www-authenticate"),
        Some("Bearer realm=\"panke\"")
    );
    let open = Place::new();
    let _server = open.start(&[]);
    let who = ask(&open, "", "GET", "/v1/whoami", "").json();
    assert_eq!(who["role"], "everybody");
}

/// An office with two agents and a manager, where an approval needs the approver's own token.
fn strict(place: &Place) -> (String, String) {
    let desk = token(place, "desk", &["--desk", "front"]);
    let manager = token(place, "site_manager", &["--person", "mo"]);
    (desk, manager)
}

const PEOPLE: &str = r#"[{"event":"person","person":"an","role":"agent"},{"event":"person","person":"bo","role":"agent"},
    {"event":"person","person":"mo","role":"site_manager"},{"event":"roster","order":["an","bo"]}]"#;

#[test]
fn an_approval_needs_the_own_token_and_is_not_stored_without() {
    let place = Place::new();
    let (desk, manager) = strict(&place);
    let _server = place.start(&["--approvals", "own_token"]);
    let events = of_office("events");
    assert_eq!(ask(&place, &desk, "POST", &events, PEOPLE).status, 200);
    let before = seq(&place, &desk);
    let swap = r#"{"event":"swap","staff":"an","counterpart":"bo","approved_by":"mo"}"#;
    let inspection =
        r#"{"event":"inspection","staff":"an","item":"attire","passed":true,"inspector":"mo"}"#;
    let correction =
        format!(r#"{{"event":"correction","about":"x","reason":"slip","instead":{swap}}}"#);
    let batch = format!(r#"[{{"event":"sign_in","staff":"an"}},{swap}]"#);
    for body in [swap, inspection, &correction, &batch] {
        let refused = ask(&place, &desk, "POST", &events, body);
        assert_eq!(
            (refused.status, refused.code()),
            (403, "approval-needs-own-token".into())
        );
    }
    let refused = ask(&place, &desk, "POST", &events, &batch).json();
    assert_eq!(refused["index"], 1);
    assert_eq!(seq(&place, &desk), before, "nothing was stored");
    let allowed = ask(&place, &manager, "POST", &events, swap);
    assert_eq!(allowed.status, 200, "{}", allowed.text());
    assert_eq!(seq(&place, &desk), before + 1);
    assert_eq!(
        ask(
            &place,
            &desk,
            "POST",
            &events,
            r#"{"event":"sign_in","staff":"an"}"#
        )
        .status,
        200
    );
}

#[test]
fn a_desk_may_record_that_a_named_person_approved_where_the_office_does_not_say_otherwise() {
    let place = Place::new();
    let (desk, _) = strict(&place);
    let _server = place.start(&[]);
    let events = of_office("events");
    assert_eq!(ask(&place, &desk, "POST", &events, PEOPLE).status, 200);
    let swap = r#"{"event":"swap","staff":"an","counterpart":"bo","approved_by":"mo"}"#;
    assert_eq!(ask(&place, &desk, "POST", &events, swap).status, 200);
}

#[test]
fn an_agent_reads_own_decisions_only() {
    let place = Place::new();
    let (desk, _) = strict(&place);
    let agent = token(&place, "agent", &["--person", "bo"]);
    let _server = place.start(&[]);
    let events = of_office("events");
    assert_eq!(ask(&place, &desk, "POST", &events, PEOPLE).status, 200);
    let visits = r#"[{"event":"visit","visit":"v1","customer":"c1"},{"event":"visit","visit":"v2","customer":"c2"}]"#;
    assert_eq!(ask(&place, &desk, "POST", &events, visits).status, 200);
    let read = |token: &str| ask(&place, token, "GET", &of_office("decisions"), "").text();
    let (all, own) = (read(&desk), read(&agent));
    assert!(
        all.contains("\"staff\":\"an\"") && all.contains("\"staff\":\"bo\""),
        "{all}"
    );
    assert!(
        !own.contains("\"staff\":\"an\"") && own.contains("\"staff\":\"bo\""),
        "{own}"
    );
}

/// Reads an answer of unknown length to its end; it fails if that does not come.
fn to_the_end(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let mut part = [0; 4096];
    while !rest.ends_with(b"0\r\n\r\n") {
        match stream.read(&mut part).unwrap() {
            0 => return,
            length => rest.extend_from_slice(&part[..length]),
        }
    }
}

#[test]
fn a_revoked_token_ends_at_once_and_its_event_stream_with_it() {
    let place = Place::new();
    let desk = token(&place, "desk", &["--desk", "front"]);
    let auditor = token(&place, "auditor", &["--person", "au"]);
    let _server = place.start(&[]);
    let (status, mut stream) = open(&place, &request(&auditor, "GET", &of_office("stream"), ""));
    assert_eq!(status, 200);
    let data = place.data();
    let data = data.to_string_lossy();
    let (_, listed) = place.panke(&["token", "list", "--data", &data]);
    let line = listed
        .lines()
        .find(|line| line.contains("auditor"))
        .unwrap();
    let id = line.split(':').next().unwrap();
    let (status, said) = place.panke(&["token", "revoke", "--data", &data, id]);
    assert_eq!(status, Some(0), "{said}");
    let refused = ask(&place, &auditor, "GET", &of_office("report"), "");
    assert_eq!(
        (refused.status, refused.code()),
        (401, "token-unknown".into())
    );
    let begun = now();
    to_the_end(&mut stream);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "the stream went on"
    );
    assert_eq!(
        ask(&place, &desk, "GET", &of_office("report"), "").status,
        200
    );
}

#[test]
fn the_first_token_closes_a_server_that_was_open() {
    let place = Place::new();
    let _server = place.start(&[]);
    assert_eq!(ask(&place, "", "GET", &of_office("board"), "").status, 200);
    let (status, mut stream) = open(&place, &request("", "GET", &of_office("stream"), ""));
    assert_eq!(status, 200);
    let desk = token(&place, "desk", &["--desk", "front"]);
    assert_eq!(ask(&place, "", "GET", &of_office("board"), "").status, 401);
    assert_eq!(
        ask(&place, &desk, "GET", &of_office("board"), "").status,
        200
    );
    to_the_end(&mut stream);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            ask(&place, "", "GET", path, "").status,
            200,
            "{path} is asked by whoever watches"
        );
    }
}

#[test]
fn an_address_that_others_can_reach_needs_a_token() {
    let place = Place::new();
    let port = place.address().port();
    let start = |address: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_panke"));
        let mut arguments = place.arguments(&place.data());
        *arguments.last_mut().unwrap() = address.into();
        command.args(arguments);
        place.spawn_as(command)
    };
    for address in [format!("0.0.0.0:{port}"), format!("[::]:{port}")] {
        assert_eq!(start(&address).ended().code(), Some(2), "{address}");
        assert!(place.log().contains("panke token add"), "{}", place.log());
    }
    token(&place, "desk", &["--desk", "front"]);
    let mut server = start(&format!("0.0.0.0:{port}"));
    place.await_ready(&mut server);
}
