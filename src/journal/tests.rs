//! What is an event and what is malformed, with the place and the words in which that is said.

use super::testing::policy;
use super::*;
use crate::event::Value;
use crate::vocabulary::events::{KIND_NAMES, field, kind};
use proptest::prelude::*;
use std::io::{BufReader, Read};

fn parse(line: &str) -> Result<(Event, Ids), Box<Malformed>> {
    let mut ids = Ids::default();
    let event = Schema::of(&policy("book")).parse(&mut ids, 7, line.as_bytes())?;
    Ok((event, ids))
}

/// A line of an ordinary time with these further fields.
fn with(fields: &str) -> String {
    format!(r#"{{"at":"2024-03-01 09:00",{fields}}}"#)
}

/// The fault of a line, as a short text: column, field, message, help, and the marked piece.
fn fault(line: &str) -> String {
    let Err(fault) = parse(line) else {
        panic!("well-formed: {line}")
    };
    let marked = &fault.excerpt.text[fault.excerpt.marked.clone()];
    let help = fault
        .help
        .map_or(String::new(), |help| format!("\n  help: {help}"));
    let field = fault
        .field
        .map_or(String::new(), |field| format!(" ({field})"));
    assert_eq!(fault.line, 7);
    format!(
        "column {}{field}: {}\n  marked: {marked}{help}",
        fault.column, fault.message
    )
}

fn faults(lines: &[&str]) -> String {
    lines
        .iter()
        .map(|line| format!("{line}\n  {}\n", fault(line)))
        .collect()
}

#[test]
fn a_line_becomes_an_event_with_its_fields_in_the_order_of_the_kind() {
    let line = with(
        r#""event":"visit","remembers":"安","visit":"v1","customer":"li","brings":["wu"],"by":"desk""#,
    );
    let (event, ids) = parse(&line).unwrap();
    assert_eq!((event.seq, event.kind, event.id), (7, kind::VISIT, None));
    assert_eq!(event.at.millis(), 1_709_254_800_000);
    let order: Vec<_> = event.fields.iter().map(|(field, _)| *field).collect();
    assert_eq!(
        order,
        [
            field::VISIT,
            field::CUSTOMER,
            field::REMEMBERS,
            field::BRINGS
        ]
    );
    assert_eq!(ids.person(event.person(field::REMEMBERS).unwrap()), "安");
    assert_eq!(ids.person(event.by.unwrap()), "desk");
    assert_eq!(ids.customer(event.customers(field::BRINGS)[0]), "wu");
    assert!(!event.flag(field::RETURNING));
}

#[test]
fn every_kind_of_the_interface_is_known_and_says_what_it_needs() {
    for name in KIND_NAMES {
        let line = with(&format!(r#""event":"{name}""#));
        match parse(&line) {
            Ok((event, _)) => assert_eq!(*name, "tick", "{event:?}"),
            Err(fault) => assert!(
                fault.message.starts_with(&format!("`{name}` needs `"))
                    || fault.message == "`opening` says nothing",
                "{name}"
            ),
        }
    }
}

#[test]
fn what_is_checked_is_what_is_parsed_and_leaves_no_names() {
    let schema = Schema::of(&policy("book"));
    let good = with(r#""event":"visit","visit":"v1","customer":"li""#);
    assert!(schema.check(good.as_bytes()).is_ok());
    for bad in [
        "{",
        r#"{"event":"tick"}"#,
        &with(r#""event":"vist""#),
        &with(r#""event":"visit","visit":"v1","customer":7"#),
    ] {
        let mut ids = Ids::default();
        let parsed = schema.parse(&mut ids, 1, bad.as_bytes()).map(drop);
        assert_eq!(schema.check(bad.as_bytes()).map(drop), parsed);
        assert!(parsed.is_err());
    }
    assert!(schema.check(b"{\"\xff\":1}").is_err());
}

#[test]
fn a_policy_adds_words_fields_and_events() {
    for line in [
        r#""event":"recognition","customer":"li","staff":"an","stage_seen":"paid""#,
        r#""event":"inspection","staff":"an","item":"name_badge","passed":true,"inspector":"mo""#,
        r#""event":"inspection","staff":"an","item":"attire","passed":true,"inspector":"mo""#,
        r#""event":"filing","customer":"li","agency":"Lianjia""#,
        r#""event":"person","person":"mo","role":"site_manager""#,
        r#""event":"violation","staff":"an","kind":"late_greeting","reported_by":"mo""#,
    ] {
        parse(&with(line)).unwrap();
    }
}

#[test]
fn values_of_every_sort_are_read() {
    let (event, ids) = parse(&with(
        r#""event":"ruling","about":"d1","question":"share","decided_by":"mo","shares":[{"staff":"an","share":"1/3"},{"share":"2/3","staff":"bo"}],"cites":["1.1","3.7.i"]"#,
    ))
    .unwrap();
    let Some(Value::Shares(shares)) = event.field(field::SHARES) else {
        panic!("{event:?}")
    };
    let shares: Vec<_> = shares
        .iter()
        .map(|(who, part)| format!("{} {}", ids.person(*who), part.share))
        .collect();
    assert_eq!(shares, ["an 1/3", "bo 2/3"]);
    let (event, _) = parse(&with(r#""event":"opening","customer":"li","owner":"an","asleep":[{"staff":"bo","since":"2024-02-01 10:00"}]"#)).unwrap();
    assert!(matches!(event.field(field::ASLEEP), Some(Value::Asleep(list)) if list.len() == 1));
    let (event, _) = parse(&with(
        r#""event":"correction","about":"e1","reason":"typo","instead":{"at":"2024-02-01 10:00","event":"tick"}"#,
    ))
    .unwrap();
    assert!(
        matches!(event.field(field::INSTEAD), Some(Value::Event(inner)) if inner.kind == kind::TICK)
    );
    let (event, _) = parse(&with(
        r#""event":"correction","about":"e1","reason":"typo","instead":{"event":"visit_end","visit":"v1"}"#,
    ))
    .unwrap();
    assert!(
        matches!(event.field(field::INSTEAD), Some(Value::Event(inner)) if inner.at == event.at)
    );
    let (event, _) = parse(&with(
        r#""event":"policy","policy":"book","digest":"ab","files":{"policy.toml":"x\n"}"#,
    ))
    .unwrap();
    assert!(
        matches!(event.field(field::FILES), Some(Value::Files(files)) if &*files[0].1 == "x\n")
    );
    let (event, _) = parse(&with(
        r#""event":"deal","deal":"d1","customer":"li","commission":"12800.5""#,
    ))
    .unwrap();
    assert_eq!(event.money(field::COMMISSION).unwrap().get(), 1_280_050);
}

#[test]
fn what_is_no_json_object_is_malformed() {
    insta::assert_snapshot!(faults(&[
        "hello",
        "[1]",
        "\"text\"",
        "{",
        r#"{"at":"2024-03-01 09:00""#,
        r#"{"at":"2024-03-01 09:00","event":"tick"} {"#,
        r#"{"at":"2024-03-01 09:00","event":"tick",}"#,
        r#"{"at":"2024-03-01 09:00","event":'tick'}"#,
        r#"{'at':"2024-03-01 09:00"}"#,
        r#"{"at":"2024-03-01 09:00","event":"tick","note":01}"#,
        r#"{"at":"2024-03-01 09:00","event":"tick","note":1.}"#,
        r#"{"at":"2024-03-01 09:00","event":"tick","note":tru}"#,
        r#"{"at":"2024-03-01 09:00","event":"tick","note":"never closed}"#,
        "{\"at\":\"2024-03-01\t09:00\"}",
        r#"{"at":"\x"}"#,
        r#"{"at":"\u12"}"#,
        r#"{"at":"\ud83d"}"#,
        r#"{"at":[[[[[[[[[[[[[[[[[[[["#,
    ]));
}

#[test]
fn unknown_names_are_malformed_and_the_nearest_is_named() {
    let visit = r#""event":"visit","visit":"v1","customer":"li","#;
    insta::assert_snapshot!(faults(&[
        &with(r#""event":"visti""#),
        &with(r#""event":"lunch""#),
        &with(r#""event":7"#),
        &with(&format!(r#"{visit}"remember":"an""#)),
        &with(&format!(r#"{visit}"客户":"李""#)),
        &with(r#""event":"person","person":"an","role":"agnet""#),
        &with(r#""event":"person","person":"an","role":"king""#),
        &with(r#""event":"violation","staff":"an","kind":"picking_customer","reported_by":"mo""#),
        &with(r#""event":"replacement","visit":"v1","fault":"severe""#),
        &with(r#""event":"inspection","staff":"an","item":"shoes","passed":true,"inspector":"mo""#),
        &with(r#""event":"recognition","customer":"li","staff":"an","stage_seen":"payed""#),
    ]));
}

#[test]
fn a_field_that_is_missing_or_stands_twice_is_malformed() {
    insta::assert_snapshot!(faults(&[
        "{}",
        r#"{"event":"tick"}"#,
        r#"{"at":"2024-03-01 09:00"}"#,
        &with(r#""event":"visit","visit":"v1""#),
        &with(r#""event":"visit","visit":"v1","customer":"li","visit":"v2""#),
        &with(r#""event":"tick","at":"2024-03-01 09:00""#),
        &with(r#""event":"tick","event":"tick""#),
        &with(
            r#""event":"agreement","about":"d1","between":["an","bo"],"shares":[{"staff":"an","staff":"bo","share":"1"}]"#
        ),
        &with(
            r#""event":"agreement","about":"d1","between":["an","bo"],"shares":[{"staff":"an"}]"#
        ),
        &with(r#""event":"correction","about":"e1","reason":"typo","instead":{"event":"visit"}"#),
        &with(r#""event":"correction","about":"e1","reason":"typo","instead":{}"#),
    ]));
}

#[test]
fn an_opening_is_about_a_customer_or_a_round() {
    let read = |fields: &str| parse(&with(&format!(r#""event":"opening"{fields}"#)));
    for good in [
        r#","customer":"li","owner":"an""#,
        r#","customer":"li","asleep":[{"staff":"an","since":"2024-01-01 09:00"}]"#,
        r#","round":4,"spent":["an"]"#,
        r#","spent":["an"],"desk":"walk_in""#,
    ] {
        assert!(read(good).is_ok(), "{good}");
    }
    for (bad, message) in [
        (r#","customer":"li","owner":"an","round":2"#, "not both"),
        (r#","owner":"an""#, "whose claims these are on"),
        (r#","customer":"li""#, "who has the customer"),
        (r#","desk":"walk_in""#, "says nothing"),
        ("", "says nothing"),
    ] {
        let fault = read(bad).expect_err(bad);
        assert!(fault.message.contains(message), "{bad}: {}", fault.message);
    }
}

#[test]
fn a_value_of_another_type_is_malformed() {
    let visit = r#""event":"visit","visit":"v1","customer":"li","#;
    insta::assert_snapshot!(faults(&[
        &with(r#""event":"visit","visit":1,"customer":"li""#),
        &with(r#""event":"visit","visit":"","customer":"li""#),
        &with(&format!(r#"{visit}"returning":"yes""#)),
        &with(&format!(r#"{visit}"returning":null"#)),
        &with(&format!(r#"{visit}"brings":"wu""#)),
        &with(&format!(r#"{visit}"brings":["wu",3]"#)),
        &with(&format!(r#"{visit}"purpose":"看房""#)),
        &with(&format!(r#"{visit}"purpose":"Walk-In Tour""#)),
        &with(&format!(r#"{visit}"note":"came by car""#)),
        &with(&format!(r#"{visit}"id":{{}}"#)),
        &with(r#""event":"follow_up","customer":"li","staff":"an","seconds":-1"#),
        &with(r#""event":"follow_up","customer":"li","staff":"an","seconds":1.5"#),
        &with(r#""event":"follow_up","customer":"li","staff":"an","seconds":99999999999999999999"#),
        &with(
            r#""event":"ruling","about":"d1","question":"share","decided_by":"mo","shares":[{"staff":"an","share":0.5}]"#
        ),
        &with(
            r#""event":"ruling","about":"d1","question":"share","decided_by":"mo","shares":[{"staff":"an","shares":"1/2"}]"#
        ),
        &with(
            r#""event":"ruling","about":"d1","question":"share","decided_by":"mo","shares":{"an":"1/2"}"#
        ),
    ]));
}

#[test]
fn money_that_is_no_decimal_text_is_malformed() {
    let deal = |commission: &str| {
        with(&format!(
            r#""event":"deal","deal":"d1","customer":"li","commission":{commission}"#
        ))
    };
    let lines: Vec<_> = [
        "12800",
        "12800.0",
        "\"0.00\"",
        "\"-5\"",
        "\"1.234\"",
        "\"12,800\"",
        "\"1e4\"",
        "\"99999999999999\"",
    ]
    .map(deal)
    .into();
    insta::assert_snapshot!(faults(
        &lines.iter().map(String::as_str).collect::<Vec<_>>()
    ));
}

#[test]
fn a_time_that_does_not_exist_is_malformed() {
    let tick = |at: &str| format!(r#"{{"event":"tick","at":{at}}}"#);
    let lines: Vec<_> = [
        "\"2024-02-30 09:00\"",
        "\"2024-03-01\"",
        "\"yesterday\"",
        "\"2024-03-01 24:00\"",
        "1709254800",
        "\"1986-05-04 02:30\"",
        "\"1986-09-14 01:30\"",
        "\"2024-03-01T09:00:00.0001+08:00\"",
    ]
    .map(tick)
    .into();
    insta::assert_snapshot!(faults(
        &lines.iter().map(String::as_str).collect::<Vec<_>>()
    ));
}

#[test]
fn columns_count_characters_in_chinese_text() {
    let line = r#"{"at":"2024-03-01 09:00","event":"visit","visit":"来访一","customer":"李","purpos":"buy"}"#;
    let fault = parse(line).unwrap_err();
    let expected = line
        .chars()
        .take_while(|character| *character != '李')
        .count()
        + "李\",".chars().count()
        + 1;
    assert_eq!(fault.column, expected);
    assert_eq!(fault.field.as_deref(), Some("purpos"));
}

#[test]
fn bytes_that_are_no_text_are_malformed() {
    let mut line = with(r#""event":"visit","visit":"来"#).into_bytes();
    line.truncate(line.len() - 2);
    let fault = Schema::bare()
        .parse(&mut Ids::default(), 1, &line)
        .unwrap_err();
    assert_eq!(fault.message, "the line is not UTF-8: byte 0xe6");
    let utf16 = b"\xff\xfe{\0\"\0";
    let fault = Schema::bare()
        .parse(&mut Ids::default(), 1, utf16)
        .unwrap_err();
    assert_eq!(
        (fault.column, fault.message.as_str()),
        (1, "the line is not UTF-8: byte 0xff")
    );
}

#[test]
fn a_malformed_line_leaves_no_names_behind() {
    let mut ids = Ids::default();
    let schema = Schema::of(&policy("book"));
    let line = with(r#""event":"visit","visit":"v1","customer":"li","brings":["wu",3]"#);
    schema.parse(&mut ids, 1, line.as_bytes()).unwrap_err();
    assert!(ids.visits.is_empty() && ids.customers.is_empty());
}

#[test]
fn the_same_content_has_the_same_number_however_it_is_written() {
    let number = |line: &str| parse(line).unwrap().0.id.unwrap().1;
    let one = r#"{"id":"e1","at":"2024-03-01 09:00","event":"deal","deal":"d1","customer":"li","commission":"5.50"}"#;
    let same = r#"{"customer":"li","commission":"5.5","event":"deal","deal":"d1","at":"2024-03-01T01:00:00Z","id":"e1"}"#;
    assert_eq!(number(one), number(same));
    for other in [
        one.replace("5.50", "5.51"),
        one.replace("09:00", "09:01"),
        one.replace("\"li\"", "\"lo\""),
        one.replace("\"d1\"", "\"d2\""),
        one.replace("}", ",\"note\":\"x\"}"),
        one.replace("}", ",\"by\":\"an\"}"),
        one.replace("}", ",\"closer\":\"an\"}"),
    ] {
        assert_ne!(number(one), number(&other), "{other}");
    }
}

/// Lines of many sorts, each as it is written.
const WRITTEN: &[&str] = &[
    r#"{"at":"2024-03-01T09:00:00.000+08:00","event":"visit","id":"e \"1\"","by":"mo","visit":"来访","customer":"li","returning":true,"brings":["wu","xu"]}"#,
    r#"{"at":"2024-03-01T09:00:00.000+08:00","event":"deal","deal":"d1","customer":"li","commission":"12800.00","closer":"an"}"#,
    r#"{"at":"2024-03-01T09:00:00.000+08:00","event":"ruling","about":"d1","question":"share","decided_by":"mo","shares":[{"staff":"an","share":"1/3"},{"staff":"bo","share":"2/3"}],"cites":["1.1"]}"#,
    r#"{"at":"2024-03-01T09:00:00.000+08:00","event":"opening","customer":"li","asleep":[{"staff":"an","since":"2024-02-01T09:00:00.000+08:00"}]}"#,
    r#"{"at":"2024-03-01T09:00:00.000+08:00","event":"correction","about":"e1","reason":"typo","instead":{"at":"2024-03-01T08:00:00.000+08:00","event":"roster","order":[]}}"#,
    r#"{"at":"2024-03-01T09:00:00.000+08:00","event":"policy","policy":"book","digest":"ab","files":{"a.toml":"x = 1\n","b":""}}"#,
    r#"{"at":"2024-03-01T09:00:00.000+08:00","event":"filing","customer":"li","agency":"链家"}"#,
];

#[test]
fn an_event_is_written_as_it_is_read() {
    let schema = Schema::of(&policy("book"));
    for line in WRITTEN {
        let mut ids = Ids::default();
        let event = schema.parse(&mut ids, 1, line.as_bytes()).unwrap();
        let mut out = String::new();
        schema.write_event(&ids, &event, &mut out);
        assert_eq!(out, *line);
    }
}

#[test]
fn a_checked_line_makes_the_event_as_which_it_is_parsed() {
    let schema = Schema::of(&policy("book"));
    let escaped = r#"{"at":"2024-03-01T09:00:00.000+08:00","id":"\u0065\n","event":"visit","visit":"v\/1","customer":"\u5f20","brings":["w\"u","xu"]}"#;
    let within = r#"{"at":"2024-03-01T09:00:00.000+08:00","id":"c1","event":"correction","about":"e1","reason":"typo","instead":{"id":"e2","event":"roster","order":["an","bo"]}}"#;
    for line in WRITTEN.iter().copied().chain([escaped, within]) {
        let (mut parsed, mut checked) = (Ids::default(), Ids::default());
        let event = schema.parse(&mut parsed, 7, line.as_bytes()).unwrap();
        let sheet = schema.check(line.as_bytes()).unwrap();
        // It is made under other names, and more than once.
        checked.people.intern("somebody");
        for _ in 0..2 {
            let again = sheet.event(line.as_bytes(), &mut checked, 7, event.at);
            let written = |ids: &Ids, event: &Event| {
                let mut out = String::new();
                schema.write_event(ids, event, &mut out);
                (out, event.seq, event.id.map(|(_, content)| content))
            };
            assert_eq!(written(&checked, &again), written(&parsed, &event));
        }
    }
}

#[test]
fn a_checked_line_takes_another_time() {
    let schema = Schema::of(&policy("book"));
    for line in WRITTEN {
        let later = line.replacen("2024-03-01T09", "2025-07-31T23", 1);
        let (mut one, mut other) = (Ids::default(), Ids::default());
        let event = schema.parse(&mut one, 1, later.as_bytes()).unwrap();
        let sheet = schema.check(line.as_bytes()).unwrap();
        let again = sheet.event(later.as_bytes(), &mut other, 1, event.at);
        assert_eq!(again, event);
    }
}

#[test]
fn lines_are_read_with_any_line_end_and_blank_ones_are_counted() {
    let text = "\u{feff}a\r\n\n  \t\nb\r\n\r\nc";
    let mut lines = LineReader::new(text.as_bytes());
    let mut read = Vec::new();
    while let Some((number, line)) = lines.next_line().unwrap() {
        read.push((number, String::from_utf8_lossy(line).into_owned()));
    }
    assert_eq!(read, [(1, "a".into()), (4, "b".into()), (6, "c".into())]);
    assert_eq!(lines.bytes(), text.len() as u64);
}

#[test]
fn the_longest_line_is_read_and_one_byte_more_is_not() {
    for start in ["", "\u{feff}"] {
        for end in ["", "\n", "\r\n"] {
            let longest = format!("{start}{}{end}", "x".repeat(LINE_LIMIT));
            let mut lines = LineReader::new(longest.as_bytes());
            assert_eq!(lines.next_line().unwrap().unwrap().1.len(), LINE_LIMIT);
            let longer = format!("{start}{}{end}", "x".repeat(LINE_LIMIT + 1));
            let mut lines = LineReader::new(longer.as_bytes());
            assert!(matches!(lines.next_line(), Err(LineFault::TooLong(1))));
        }
    }
}

#[test]
fn a_hundred_megabytes_on_one_line_are_not_read_into_memory() {
    let endless = std::io::repeat(b'x').take(100 << 20);
    let mut lines = LineReader::new(BufReader::new(endless));
    assert!(matches!(lines.next_line(), Err(LineFault::TooLong(1))));
    assert!(lines.bytes() < 2 << 20);
}

#[test]
fn an_excerpt_of_a_long_line_is_short_and_marks_the_fault() {
    let line = with(&format!(
        r#""event":"visit","visit":"{}","customer":"{}","x":1,"note":"{}""#,
        "来".repeat(300),
        "李".repeat(300),
        "y".repeat(900)
    ));
    let fault = parse(&line).unwrap_err();
    assert!(fault.excerpt.text.len() < 200);
    assert_eq!(&fault.excerpt.text[fault.excerpt.marked], "\"x\"");
}

/// A value of JSON, as text; keys of one object may be equal.
fn json() -> impl Strategy<Value = String> {
    let text = prop_oneof!["[a-c ]{0,3}", any::<String>()]
        .prop_map(|text| serde_json::to_string(&text).unwrap());
    let leaf = prop_oneof![
        Just("null".to_string()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,2})\\.[0-9]{1,3}([eE][+-]?[0-9]{1,2})?",
        text,
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec(("[a-d]{1,2}", inner), 0..5).prop_map(|fields| {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(key, value)| format!("\"{key}\" : {value}"))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

/// The value as serde_json has it.
fn as_serde(value: &RawValue<'_>) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        RawValue::Text(text) => Json::from(&**text),
        RawValue::Int(number) => Json::from(*number),
        RawValue::Flag(flag) => Json::from(*flag),
        RawValue::Float => Json::from("some other number"),
        RawValue::Null => Json::Null,
        RawValue::List(values) => values.iter().map(as_serde).collect(),
        RawValue::Table(fields) => table(fields),
    }
}

fn table(fields: &[Field<'_>]) -> serde_json::Value {
    fields
        .iter()
        .map(|field| (field.key.to_string(), as_serde(&field.value)))
        .collect()
}

/// The same with every number that is no `i64` replaced.
fn without_floats(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::Number(number) if number.as_i64().is_none() => Json::from("some other number"),
        Json::Array(values) => values.into_iter().map(without_floats).collect(),
        Json::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (key, without_floats(value)))
            .collect(),
        other => other,
    }
}

proptest! {
    #[test]
    fn the_scanner_agrees_with_serde_json(value in json(), cut in any::<prop::sample::Index>(), put in "[\\PC{}\",\\\\0-9u]{0,2}") {
        let whole = format!("{{\"k\": {value}}}");
        let fields = scan(&whole).unwrap();
        prop_assert_eq!(table(&fields), without_floats(serde_json::from_str(&whole).unwrap()));
        for field in &fields {
            prop_assert_eq!(&whole[field.key_at.clone()], "\"k\"");
            prop_assert_eq!(&whole[field.value_at.clone()], &value);
        }
        // Break it somewhere; both must say the same about what comes out.
        let at = whole.floor_char_boundary(cut.index(whole.len()));
        let next = whole[at..].chars().next().map_or(0, char::len_utf8);
        let broken = format!("{}{put}{}", &whole[..at], &whole[at + next..]);
        let serde = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&broken);
        // serde_json refuses numbers beyond 1e308, which here are just no whole numbers.
        let out_of_range = serde.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
        prop_assert!(out_of_range || scan(&broken).is_ok() == serde.is_ok(), "{broken}");
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Err(fault) = Schema::bare().parse(&mut Ids::default(), 1, &bytes) {
            prop_assert!(!fault.message.is_empty());
        }
    }

    #[test]
    fn no_line_that_is_nearly_an_event_makes_it_panic(
        kind in prop::sample::select(KIND_NAMES), value in json(), key in prop::sample::select(crate::vocabulary::events::FIELDS),
        at in any::<prop::sample::Index>(), put in "\\PC{0,3}",
    ) {
        let line = with(&format!(r#""event":"{kind}","{key}":{value},"{key}x":{value}"#));
        let place = line.floor_char_boundary(at.index(line.len()));
        let line = format!("{}{put}{}", &line[..place], &line[place..]);
        if let Err(fault) = parse(&line) {
            prop_assert!(fault.column <= line.chars().count() + 1);
            prop_assert!(fault.excerpt.text.get(fault.excerpt.marked).is_some());
        }
    }
}
