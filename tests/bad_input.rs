//! Input that is wrong, seen from outside: the exit status, the essential words with their place, what stands on standard
//! output, and that nothing is half-done.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod program;

use program::{Desk, Ran};
use std::io::{BufRead, BufReader, Read, Write};
use std::thread;
use std::time::{Duration, Instant};

/// Two agents on the roster and a visit, which is received.
const MORNING: &str = r#"{"at":"2024-03-01 08:00","event":"person","person":"an","role":"agent"}
{"at":"2024-03-01 08:00","event":"person","person":"bo","role":"agent"}
{"at":"2024-03-01 08:30","event":"roster","order":["an","bo"]}
{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li"}
"#;
/// The line after the morning.
const NEXT: usize = 5;

/// An event after the morning, with these fields behind its time.
fn event(fields: &str) -> String {
    format!("{{\"at\":\"2024-03-01 10:00\",{fields}}}\n")
}

/// The morning, then these events.
fn morning_and(events: &[&str]) -> String {
    let events: String = events.iter().map(|fields| event(fields)).collect();
    format!("{MORNING}{events}")
}

/// Does something that must not hang, nor take noticeably long.
#[expect(
    clippy::disallowed_methods,
    reason = "whether it hangs is seen on a clock"
)]
#[track_caller]
fn promptly<T>(work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    assert!(started.elapsed() < Duration::from_secs(20));
    done
}

#[track_caller]
fn says(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.err.contains(word), "`{word}` is not in\n{}", ran.err);
    }
}

/// The morning's decisions stand and nothing follows them; there is no report; the message names the place.
#[track_caller]
fn malformed(desk: &Desk, line: impl AsRef<[u8]>, column: usize, words: &[&str]) {
    let before = desk.replay(MORNING, &["--format", "ndjson"]).out;
    assert_eq!(before.lines().count(), 3, "{before}");
    let after = event("\"event\":\"visit_end\",\"visit\":\"v1\"");
    let journal = [MORNING.as_bytes(), line.as_ref(), b"\n", after.as_bytes()].concat();
    let ran = desk.replay(&journal, &["--format", "ndjson"]);
    assert_eq!((ran.status, &ran.out), (Some(2), &before), "{}", ran.err);
    let place = format!("day.ndjson:{NEXT}:{column}");
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_digit());
    let at_place = ran
        .err
        .split_once(&place)
        .is_some_and(|(_, rest)| ends(rest));
    assert!(at_place, "{place} is not in\n{}", ran.err);
    says(&ran, words);
    let report = desk.replay(&journal, &["--report"]);
    assert_eq!((report.status, report.out.as_str()), (Some(2), ""));
    assert_eq!(report.err, ran.err);
}

#[test]
fn unknown_names_are_malformed_and_the_nearest_is_named() {
    let desk = Desk::new();
    let visit = r#""event":"visit","visit":"v2","customer":"wu""#;
    let cases = [
        (
            r#""event":"visti","visit":"v2""#.to_owned(),
            34,
            ["`visti`", "did you mean `visit`?"],
        ),
        (
            format!("{visit},\"remembrs\":\"an\""),
            71,
            ["no field `remembrs`", "did you mean `remembers`?"],
        ),
        (
            r#""event":"visit","visit":"v2""#.to_owned(),
            34,
            ["`visit`", "`customer`"],
        ),
        (
            r#""event":"person","person":"cai","role":"agnt""#.to_owned(),
            65,
            ["`agnt`", "did you mean `agent`?"],
        ),
        (
            r#""event":"violation","staff":"an","kind":"late_greting","reported_by":"bo""#
                .to_owned(),
            66,
            ["`late_greting`", "did you mean `late_greeting`?"],
        ),
        (
            r#""event":"replacement","visit":"v1","fault":"grave""#.to_owned(),
            69,
            ["`grave`", "`serious`"],
        ),
    ];
    for (fields, column, words) in cases {
        malformed(&desk, event(&fields).trim_end(), column, &words);
    }
}

#[test]
fn a_value_of_another_type_is_malformed() {
    let desk = Desk::new();
    let cases = [
        (
            r#""event":"visit","visit":7,"customer":"wu""#,
            50,
            "an id, as text, not the number 7",
        ),
        (
            r#""event":"visit","visit":"v2","customer":"wu","returning":"yes""#,
            83,
            "true or false",
        ),
        (
            r#""event":"visit","visit":"v2","customer":"wu","brings":"xu""#,
            80,
            "a list",
        ),
        (
            r#""event":"visit","visit":"v2","customer":null"#,
            66,
            "`customer`",
        ),
        (
            r#""event":"visit","visit":"v2","visit":"v2","customer":"wu""#,
            55,
            "`visit` stands twice",
        ),
        (
            r#""event":"away","staff":"an","reason":"At Lunch""#,
            63,
            "write `at_lunch`",
        ),
    ];
    for (fields, column, words) in cases {
        malformed(&desk, event(fields).trim_end(), column, &[words]);
    }
}

#[test]
fn a_commission_is_positive_decimal_text_with_two_places() {
    let desk = Desk::new();
    let cases = [
        ("\"100.005\"", "finer than a fen"),
        ("\"-100.00\"", "less than nothing"),
        ("\"0.00\"", "more than nothing"),
        ("\"1e3\"", "not an amount of money"),
        ("\"1,000.00\"", "not an amount of money"),
        ("\"99999999999999999999\"", "more money than"),
        ("100", "in quotes"),
        ("100.50", "in quotes"),
    ];
    for (commission, words) in cases {
        let fields =
            format!(r#""event":"deal","deal":"d1","customer":"li","commission":{commission}"#);
        malformed(
            &desk,
            event(&fields).trim_end(),
            82,
            &["(field `commission`)", words],
        );
    }
}

#[test]
fn time_that_goes_back_and_times_that_do_not_exist_are_malformed() {
    let desk = Desk::new();
    let cases = [
        ("2024-03-01 08:59:59.999", "time goes back"),
        ("2024-02-30 09:00", "does not exist"),
        ("2024-03-01 24:00", "2024-03-01 24:00"),
        ("yesterday", "yesterday"),
    ];
    for (at, words) in cases {
        let line = format!("{{\"at\":\"{at}\",\"event\":\"tick\"}}");
        malformed(&desk, line, 7, &["(field `at`)", words]);
    }
}

/// Shanghai put its clocks forward on 16 April 1989 and back on 17 September.
#[test]
fn local_times_that_are_skipped_or_happen_twice_ask_for_an_offset() {
    let desk = Desk::new();
    let tick = |at: &str| format!("{{\"at\":\"{at}\",\"event\":\"tick\"}}\n");
    for (at, words, offsets) in [
        ("1989-04-16 02:30", "does not exist", &["+09:00"][..]),
        (
            "1989-09-17 01:30",
            "happens twice",
            &["+09:00", "+08:00"][..],
        ),
    ] {
        let ran = desk.replay(tick(at), &[]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
        says(&ran, &["day.ndjson:1:7", words, "Asia/Shanghai"]);
        says(&ran, offsets);
        let with_offset = tick(&format!("{}+08:00", at.replace(' ', "T")));
        assert_eq!(desk.replay(with_offset, &["--report"]).status, Some(0));
    }
}

#[test]
fn what_is_no_json_object_in_utf8_is_malformed() {
    let desk = Desk::new();
    malformed(
        &desk,
        "an came at nine",
        1,
        &["not JSON", "write one object a line"],
    );
    malformed(&desk, "[1, 2]", 1, &["a list"]);
    malformed(&desk, "{\"at\": 1, \"event\": NaN}", 20, &["not JSON"]);
    malformed(
        &desk,
        event("\"event\":\"tick\"").trim_end().to_owned() + ",",
        41,
        &["something follows the event"],
    );
    // A line that was cut in the middle, as by a full disk.
    malformed(
        &desk,
        "{\"at\":\"2024-03-01 10:00\",\"event\":\"vis",
        34,
        &["has no end"],
    );
    // A column counts characters, not bytes.
    let bytes = [b"{\"note\":\"\xe6\x9d\xa5\xe8\xae\xbf", &b"\xff\"}"[..]].concat();
    malformed(&desk, bytes, 12, &["not UTF-8: byte 0xff"]);
}

#[test]
fn a_journal_cut_in_the_middle_of_its_last_line_keeps_what_was_decided_before() {
    let desk = Desk::new();
    let whole = desk.replay(MORNING, &["--format", "ndjson"]);
    let cut = MORNING.len() - 20;
    let ran = desk.replay(&MORNING[..cut], &["--format", "ndjson"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    says(&ran, &["day.ndjson:4:"]);
    // Only the line end is missing: the line is whole.
    let ran = desk.replay(MORNING.trim_end(), &["--format", "ndjson"]);
    assert_eq!((ran.status, ran.out), (Some(0), whole.out));
}

/// Refused because of this, listed with its line, and otherwise as if the line were not there.
#[track_caller]
fn impossible(desk: &Desk, fields: &str, code: &str) {
    let journal = morning_and(&[fields]);
    let ran = desk.replay(&journal, &["--format", "ndjson"]);
    assert_eq!(ran.status, Some(1), "{fields}: {}", ran.err);
    let last: serde_json::Value = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["decision"], "refuse", "{fields}");
    assert_eq!(last["because"][0], format!("input.{code}"), "{fields}");
    assert_eq!(
        (ran.out.lines().count(), &last["seq"]),
        (4, &NEXT.into()),
        "{fields}"
    );
    says(&ran, &[&format!("day.ndjson:{NEXT}: input.{code}: ")]);
    let report = |journal: &str| -> serde_json::Value {
        serde_json::from_str(&desk.replay(journal, &["--report"]).out).unwrap()
    };
    let (with, without) = (
        report(&journal),
        report(&morning_and(&["\"event\":\"tick\""])),
    );
    for part in [
        "rota",
        "staff",
        "customers",
        "visits",
        "deals",
        "open_windows",
        "undecided",
    ] {
        assert_eq!(with[part], without[part], "{fields}");
    }
}

#[test]
fn what_nobody_knows_is_refused_and_has_no_other_effect() {
    let desk = Desk::new();
    let deal = r#""event":"deal","deal":"d1","customer""#;
    for (fields, code) in [
        (
            r#""event":"sign_out","staff":"zz""#.to_owned(),
            "unknown_person",
        ),
        (
            r#""event":"visit","visit":"v2","customer":"wu","remembers":"zz""#.to_owned(),
            "unknown_person",
        ),
        (
            format!(r#"{deal}:"li","commission":"5.00","closer":"zz""#),
            "unknown_person",
        ),
        (
            r#""event":"swap","staff":"an","counterpart":"bo","approved_by":"zz""#.to_owned(),
            "unknown_person",
        ),
        (
            r#""event":"visit_end","visit":"v9""#.to_owned(),
            "unknown_visit",
        ),
        (
            format!(r#"{deal}:"li","commission":"5.00","visit":"v9""#),
            "unknown_visit",
        ),
        (
            format!(r#"{deal}:"wu","commission":"5.00""#),
            "unknown_customer",
        ),
        (
            r#""event":"recognition","customer":"wu","staff":"an""#.to_owned(),
            "unknown_customer",
        ),
        (
            r#""event":"deal_cancelled","deal":"d9""#.to_owned(),
            "unknown_deal",
        ),
        (
            r#""event":"roster","order":["an"],"desk":"tower""#.to_owned(),
            "unknown_desk",
        ),
        (
            r#""event":"visit","visit":"v1","customer":"wu""#.to_owned(),
            "duplicate_visit",
        ),
        (
            r#""event":"roster","order":["an","bo","an"]"#.to_owned(),
            "named_twice",
        ),
        (r#""event":"back","staff":"an""#.to_owned(), "not_away"),
    ] {
        impossible(&desk, &fields, code);
    }
}

#[test]
fn an_id_repeated_is_ignored_with_the_same_content_and_refused_with_another() {
    let desk = Desk::new();
    let end = r#""id":"e5","event":"visit_end","visit":"v1""#;
    let other = r#""id":"e5","event":"visit","visit":"v2","customer":"wu""#;
    let once = desk.replay(morning_and(&[end]), &["--report"]);
    let twice = desk.replay(morning_and(&[end, end]), &["--report"]);
    assert_eq!((twice.status, &twice.out), (Some(0), &once.out));
    assert_eq!(
        twice.err,
        "day.ndjson: repeated with the same id and content, and ignored: 1\n"
    );
    // The id is looked at before the time: a repeated line may come late.
    let later = "{\"at\":\"2024-03-02 10:00\",\"event\":\"tick\"}\n";
    let late = [&morning_and(&[end]), later, &event(end)].concat();
    let ran = desk.replay(late, &["--format", "ndjson"]);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let ran = desk.replay(morning_and(&[end, other, end]), &["--format", "ndjson"]);
    assert_eq!((ran.status, ran.out.lines().count()), (Some(1), 4));
    assert!(ran.out.contains("input.duplicate_id"), "{}", ran.out);
    says(&ran, &["ignored: 1\n", "day.ndjson:6: input.duplicate_id"]);
}

#[test]
fn a_journal_that_cannot_be_read_or_is_empty_is_no_success() {
    let desk = Desk::new();
    let ran = desk.replay("", &["--report"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(4), ""));
    says(&ran, &["day.ndjson: no event"]);
    for journal in ["none.ndjson", "none.toml", "policies"] {
        let ran = desk.run(&["replay", journal, "--policy", program::SHIPPED]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""), "{journal}");
        says(&ran, &[journal]);
    }
}

#[test]
fn a_policy_that_does_not_load_ends_the_replay_before_anything_is_decided() {
    let desk = Desk::new();
    let ran = desk.replay_under("changsha-wanke", MORNING, &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    says(
        &ran,
        &["`changsha-wanke`", "did you mean `changsha-vanke`?"],
    );
    desk.write("policies/untitled/01-rules.toml", "");
    let ran = desk.replay_under("untitled", MORNING, &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    says(&ran, &["no-title-page", "policies/untitled/policy.toml"]);
    desk.overlay(
        "typo",
        "[amount.recognition_mont]\nis = { 2020-01-01 = \"45 days\" }\n",
    );
    let ran = desk.replay_under("typo", MORNING, &["--report"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    says(&ran, &["policies/typo/policy.toml:3:"]);
}

#[test]
fn check_shows_the_first_unreadable_place_of_each_file() {
    let desk = Desk::new();
    desk.overlay("torn", "fee = \n[amount.late\n");
    desk.write("policies/torn/rules.toml", "[[clause]\n");
    let ran = desk.run(&["check", "torn"]);
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    for place in [
        "policies/torn/policy.toml:3:",
        "policies/torn/rules.toml:1:",
    ] {
        assert!(ran.out.contains(place), "{place} is not in\n{}", ran.out);
    }
    assert_eq!(
        ran.out.matches("error[toml-syntax]").count(),
        2,
        "{}",
        ran.out
    );
    let both = desk.run(&["check", "torn", program::SHIPPED]);
    assert_eq!(both.status, Some(1));
}

#[test]
fn a_test_run_that_selects_nothing_is_no_success() {
    let desk = Desk::new();
    desk.write("scenarios/readme.txt", "Nothing to play.");
    let ran = desk.run(&["test"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(4), ""));
    says(&ran, &["no scenario"]);
}

/// An overlay whose script of serious violations begins with this.
fn misbehaving(desk: &Desk, name: &str, begins: &str) {
    desk.overlay(name, "");
    let script = format!(
        "/// As shipped.\nfn minor(nth, points, fine) {{ #{{ points: points }} }}\n\n\
         /// Misbehaves.\nfn serious(nth, points, fine, turns, days, dismissal_at) {{\n    {begins}\n    \
         #{{ points: points }}\n}}\n"
    );
    desk.write(&format!("policies/{name}/scripts/ladder.rhai"), script);
}

/// Overlays, how their script begins, and what is said of it.
const SCRIPTS: [(&str, &str, &str); 12] = [
    (
        "throws",
        "if nth == 1 { throw \"no figure\"; }",
        "no figure",
    ),
    ("loops", "loop { }", "too many steps"),
    (
        "counts",
        "let n = 0; while n >= 0 { n += 1; }",
        "too many steps",
    ),
    (
        "recurses",
        "let all = serious(nth, points, fine, turns, days, dismissal_at);",
        "too deeply",
    ),
    (
        "swells",
        "let text = \"x\"; while text.len() > 0 { text += text; }",
        "text that is too large",
    ),
    (
        "hoards",
        "let all = []; loop { all.push(nth); }",
        "list that is too large",
    ),
    (
        "overflows",
        "let most = 9223372036854775807; let more = most + nth;",
        "too large",
    ),
    (
        "shapeless",
        "if nth == 1 { return 3; }",
        "must give a map of parts, not a number",
    ),
    (
        "misspelt",
        "if nth == 1 { return #{ fien: fine }; }",
        "no part `fien`",
    ),
    (
        "mistaken",
        "if nth == 1 { return #{ fine: \"50\" }; }",
        "fine cannot be a text",
    ),
    (
        "boundless",
        "if nth == 1 { return #{ points: 9223372036854775807 }; }",
        "points cannot be",
    ),
    (
        "endless",
        "if nth == 1 { return #{ suspended_days: 9223372036854775807 }; }",
        "suspended_days cannot be",
    ),
];

#[test]
fn a_script_that_misbehaves_leaves_the_question_undecided_and_names_its_clause() {
    let desk = Desk::new();
    let violation =
        r#""event":"violation","staff":"an","kind":"picking_customers","reported_by":"bo""#;
    let journal = morning_and(&[violation, violation, r#""event":"visit_end","visit":"v1""#]);
    for (name, begins, reason) in SCRIPTS {
        misbehaving(&desk, name, begins);
        let ran = promptly(|| desk.replay_under(name, &journal, &["--format", "ndjson"]));
        assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""), "{name}");
        let lines = ran.out.lines();
        let decisions: Vec<serde_json::Value> = lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let made = |kind| {
            decisions
                .iter()
                .filter(move |made| made["decision"] == kind)
        };
        let first = made("undecided").next();
        let first = first.unwrap_or_else(|| panic!("{name}: {}", ran.out));
        let (clause, question) = (&first["clause"], &first["question"]);
        assert_eq!(
            (clause, question),
            (&"P.serious".into(), &"sanction".into())
        );
        let (seq, asks) = (&first["seq"], &first["asks"]);
        assert_eq!((seq, asks), (&NEXT.into(), &"sales_manager".into()));
        let given = first["reason"].as_str().unwrap();
        assert!(
            given.contains(reason) && given.contains("ladder"),
            "{name}: {given}"
        );
        // What the other clauses decide stands.
        assert_eq!(made("violation").count(), 2, "{name}");
    }
}

#[test]
fn a_script_may_not_import() {
    let desk = Desk::new();
    misbehaving(&desk, "imports", "import \"../../secrets\" as secrets;");
    let ran = desk.replay_under("imports", MORNING, &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    says(
        &ran,
        &["policies/imports/scripts/ladder.rhai:6:5", "import"],
    );
}

/// A line of 100 MB that never ends is answered long before it has been written, from a buffer that does not grow.
#[test]
fn an_endless_line_is_answered_at_once() {
    let desk = Desk::new();
    let mut child = desk.start(&[
        "replay",
        "-",
        "--policy",
        program::SHIPPED,
        "--format",
        "ndjson",
    ]);
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || {
        let mut written = 0_usize;
        let mut whole = stdin.write_all(MORNING.as_bytes()).is_ok();
        let piece = vec![b'{'; 1 << 20];
        while whole && written < 100 {
            whole = stdin.write_all(&piece).is_ok();
            written += 1;
        }
        written
    });
    let ran: Ran = promptly(|| child.wait_with_output().unwrap().into());
    let written = writer.join().unwrap();
    assert_eq!((ran.status, ran.out.lines().count()), (Some(2), 3));
    says(&ran, &["standard input:5:1", "longer than"]);
    assert!(ran.err.len() < 2000, "{} bytes", ran.err.len());
    // It went away after the line's first megabytes: it cannot have held the whole.
    assert!(written < 20, "{written} MiB were taken");
}

#[test]
fn a_reader_who_leaves_after_the_first_line_ends_it_quietly() {
    let desk = Desk::new();
    let tick = r#"{"at":"2024-03-01 09:00","event":"visit_end","visit":"v9"}"#;
    desk.write(
        "long.ndjson",
        [MORNING, &format!("{tick}\n").repeat(30_000)].concat(),
    );
    for further in [["--format", "ndjson"], ["--format", "human"]] {
        let args = ["replay", "long.ndjson", "--policy", program::SHIPPED];
        let mut child = desk.start(&[&args[..], &further].concat());
        let mut head = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        head.read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        drop(head);
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
    }
}

#[test]
fn decisions_come_out_while_the_journal_is_still_being_read() {
    let desk = Desk::new();
    let mut child = desk.start(&[
        "replay",
        "-",
        "--policy",
        program::SHIPPED,
        "--format",
        "ndjson",
    ]);
    let mut stdin = child.stdin.take().unwrap();
    let refused = event("\"event\":\"visit_end\",\"visit\":\"v9\"").repeat(20_000);
    let writer = thread::spawn(move || {
        let done = stdin.write_all([MORNING, &refused].concat().as_bytes());
        (stdin, done)
    });
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // More than fits a buffer, while the journal has not ended.
    for _ in 0..2_000 {
        assert!(lines.next().unwrap().unwrap().starts_with("{\"seq\":"));
    }
    let reader = thread::spawn(move || lines.count());
    let (stdin, done) = writer.join().unwrap();
    done.unwrap();
    drop(stdin);
    assert_eq!(reader.join().unwrap(), 20_003 - 2_000);
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(
        err.lines()
            .last()
            .unwrap()
            .contains("more impossible events"),
        "{err}"
    );
}
