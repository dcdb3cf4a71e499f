//! What is said: settings with where they come from, and a log in which no number and no token stands.

use crate::serve::server::{OFFICE, Place};
use crate::{ask, of_office, token};
use std::process::Command;

/// Bodies that name a telephone number, wherever somebody could put one.
const BODIES: &[&str] = &[
    r#"{"event":"registration","customer":"13812345678","staff":"an","phone":"138 1234 5678"}"#,
    r#"{"event":"registration","customer":"c","staff":"an","phone":13812345678}"#,
    r#"{"event":"13812345678","staff":"an"}"#,
    r#"{"13812345678":"x"}"#,
    r#"{"event":"visit","visit":"１３８１２３４５６７８","customer":"+8613812345678","#,
    r#"[{"event":"sign_in","staff":"138-1234-5678"},{"event":"sign_in","staff":4}]"#,
    "13812345678",
];

/// What a server that writes its log so has said when all of that was posted, and asked for; and the token.
fn log_of(format: &str) -> (String, String) {
    let place = Place::new();
    let desk = token(&place, "desk", &["--desk", "front"]);
    let server = place.start(&["--log", format, "--level", "debug"]);
    for body in BODIES {
        ask(&place, &desk, "POST", &of_office("events"), body);
    }
    let journal = of_office("journal");
    ask(
        &place,
        &desk,
        "POST",
        &journal,
        "{\"event\":\"13812345678\"}\n",
    );
    for path in [
        "/v1/offices/13812345678/board",
        &of_office("customers/13812345678"),
        &format!("/v1/{desk}"),
    ] {
        ask(&place, &desk, "GET", path, "");
    }
    ask(&place, "pk_13812345678abcdefgh", "GET", "/metrics", "");
    assert_eq!(server.stop().code(), Some(0));
    (place.log(), desk)
}

#[test]
fn numbers_and_tokens_are_masked_wherever_they_are_said() {
    for format in ["human", "json"] {
        let (log, desk) = log_of(format);
        let wide = |c: char| u32::from(c).checked_sub(0xff10).filter(|n| *n < 10);
        let digits = log
            .chars()
            .filter_map(|c| c.to_digit(10).or_else(|| wide(c)));
        let digits: String = digits.map(|digit| digit.to_string()).collect();
        assert!(!digits.contains("13812345678"), "{log}");
        assert!(!log.contains(&desk) && !log.contains("pk_1"), "{log}");
        let route = "/v1/offices/{office}/events";
        assert!(
            log.contains(route),
            "requests are told by their route: {log}"
        );
    }
}

#[test]
fn a_request_is_one_line_of_json() {
    let (log, _) = log_of("json");
    let lines = log.lines().filter(|line| line.starts_with('{'));
    let parsed = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut posted = parsed.filter(|line| line["route"] == "/v1/offices/{office}/events");
    let first = posted.next().unwrap();
    assert_eq!(
        (&first["role"], &first["method"]),
        (&"desk".into(), &"POST".into())
    );
    assert!(first["status"].is_u64() && first["ms"].is_u64(), "{first}");
    assert_eq!(
        (&first["token"], &first["office"]),
        (&"1".into(), &OFFICE.into())
    );
    assert_eq!(posted.count() + 1, BODIES.len());
}

#[test]
fn settings_are_shown_with_where_they_come_from() {
    let place = Place::new();
    std::fs::write(
        place.path().join("s.toml"),
        "data = \"f.db\"\nlevel = \"warn\"\n[limits]\nbatch = 7\nrate = 7\n",
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_panke"))
        .current_dir(place.path())
        .args(["serve", "--show-settings", "--limit-batch", "5"])
        .env("PANKE_SETTINGS", "s.toml")
        .env("PANKE_LIMIT_BATCH", "6")
        .env("PANKE_LIMIT_RATE", "6")
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    let line = |key: &str| {
        let line = shown
            .lines()
            .find(|line| line.split_whitespace().next() == Some(key));
        let words = line
            .unwrap_or_else(|| panic!("{key} is not in\n{shown}"))
            .split_whitespace();
        words.skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("limits.batch"), "5 flag");
    assert_eq!(line("limits.rate"), "6 environment");
    assert_eq!(line("data"), "f.db file s.toml");
    assert_eq!(line("level"), "warn file s.toml");
    assert_eq!(line("log"), "human default");
}

#[test]
fn wrong_settings_are_said_all_at_once_and_nothing_starts() {
    let place = Place::new();
    std::fs::write(
        place.path().join("s.toml"),
        "dta = \"f.db\"\n[limits]\nbatch = \"7\"\n",
    )
    .unwrap();
    let (status, said) = place.panke(&["serve", "--settings", "s.toml", "--limit-rate", "no"]);
    assert_eq!(status, Some(2));
    for words in [
        "s.toml:1:1",
        "did you mean `data`?",
        "s.toml:3:9",
        "`batch` takes a whole number",
        "--limit-rate",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
    let (status, said) = place.panke(&["serve", "--settings", "none.toml"]);
    assert_eq!(status, Some(2));
    assert!(said.contains("none.toml: cannot be read"), "{said}");
}
