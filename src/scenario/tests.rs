//! The expectation language: what is read, what is refused, what compares as equal, what is written back.

use super::actual::{Actual, Shown, Sort};
use super::compare::{compare, leaf_values};
use super::outcome::{Outcome, StepFailure};
use super::play::PlayedStep;
use super::*;
use crate::finding::{Code, Place};
use crate::journal::testing;
use crate::policy::Policy;

const TOP: &str = r#"policy = "book"
title = "t"
people = { an = "agent", bo = "agent" }
roster = ["an", "bo"]
"#;

fn book() -> Policy {
    testing::policy("book")
}

fn read(text: &str) -> (Option<Story>, Vec<(Code, String, String)>) {
    let (root, syntax) = parse(0, text);
    assert_eq!(syntax, [], "{text}");
    let (_, mut findings) = header(0, &root);
    let (story, more) = story(0, &root, "t", &Rulebooks::only(&Rulebook::new(book())));
    findings.extend(more);
    let short = |finding: crate::finding::Finding| {
        let place = finding
            .place
            .map_or(String::new(), |place| text[place.span].to_string());
        (
            finding.code,
            place,
            format!("{} | {}", finding.message, finding.help.unwrap_or_default()),
        )
    };
    (story, findings.into_iter().map(short).collect())
}

fn good(body: &str) -> Story {
    let (story, findings) = read(&format!("{TOP}{body}"));
    assert_eq!(findings, []);
    story.expect("no findings")
}

/// Code and marked text of the findings.
fn bad(body: &str) -> Vec<(Code, String)> {
    let (story, findings) = read(&format!("{TOP}{body}"));
    assert!(story.is_none(), "{body}");
    findings
        .into_iter()
        .map(|(code, place, _)| (code, place))
        .collect()
}

fn step(expect: &str) -> String {
    format!(
        "[[step]]\nat = \"2024-03-01 09:00\"\nevent = \"visit\"\nvisit = \"v1\"\ncustomer = \"li\"\n{expect}\n\
         [[step]]\nat = \"2024-03-01 09:01\"\nevent = \"deal\"\ndeal = \"d1\"\ncustomer = \"li\"\ncommission = \"5.00\"\n"
    )
}

fn actual(
    sort: Sort,
    subject: &[&str],
    fields: &[(&'static str, &str)],
    clauses: &[&str],
) -> Actual {
    Actual {
        sort,
        subject: subject.iter().map(|text| text.to_string()).collect(),
        fields: fields
            .iter()
            .map(|(name, text)| (*name, Shown::Text(text.to_string())))
            .collect(),
        clauses: clauses
            .iter()
            .map(|id| (id.to_string(), format!("{id}#1")))
            .collect(),
        input: clauses.iter().any(|id| id.starts_with("input.")),
    }
}

fn received(by: &str, clause: &str) -> Actual {
    actual(
        Sort::Receive,
        &["v1"],
        &[("staff", by), ("role", "duty")],
        &[clause],
    )
}

/// What of the first step is not as expected: what about, expected, actual.
fn mismatches(expect: &str, happened: &[Actual]) -> Vec<(String, String, String)> {
    let story = good(&format!("{}expect.nothing = true\n", step(expect)));
    let played = PlayedStep {
        same: std::collections::BTreeMap::new(),
        decisions: happened
            .iter()
            .map(|actual| (actual.clone(), vec![]))
            .collect(),
        report: Some(
            serde_json::json!({ "events": 3, "staff": { "an": { "points": 2, "commission": "5.00" } },
            "customers": { "li": { "owner": null } }, "rota": { "walk_in": { "next": ["bo", "an"] } } }),
        ),
    };
    let shown = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let (found, _) = compare(&story, &story.steps[0], &played);
    found
        .into_iter()
        .map(|it| (it.about, shown(it.expected), shown(it.actual)))
        .collect()
}

fn clause() -> String {
    book().clauses[0].id.clone()
}

#[test]
fn a_decision_that_is_expected_by_its_clause_is_as_expected() {
    let id = clause();
    let expect = format!("expect.receive = {{ v1 = [\"an\", \"duty\", \"{id}\"] }}");
    assert_eq!(mismatches(&expect, &[received("an", &id)]), []);
    let listed = format!("expect.receive.v1 = [\"an\", \"duty\", [\"{id}\"]]");
    assert_eq!(mismatches(&listed, &[received("an", &id)]), []);
}

#[test]
fn the_right_outcome_for_the_wrong_reason_fails() {
    let (id, other) = (clause(), book().clauses[2].id.clone());
    let expect = format!("expect.receive = {{ v1 = [\"an\", \"duty\", \"{id}\"] }}");
    let found = mismatches(&expect, &[received("an", &other)]);
    let row = (
        "receive v1".into(),
        format!("an, duty · by {id}"),
        format!("an, duty · by {other}"),
    );
    assert_eq!(found, [row]);
    let both = Actual {
        clauses: vec![(id.clone(), id.clone()), (other.clone(), other.clone())],
        ..received("an", &id)
    };
    assert_eq!(mismatches(&expect, &[both]).len(), 1);
}

#[test]
fn what_is_not_expected_fails_a_step_that_expects_anything() {
    let id = clause();
    let turn = actual(Sort::Turn, &["an"], &[("effect", "used")], &[&id]);
    let expect = format!("expect.receive = {{ v1 = [\"an\", \"duty\", \"{id}\"] }}");
    let found = mismatches(&expect, &[received("an", &id), turn.clone()]);
    assert_eq!(
        found,
        [("turn an".into(), "-".into(), format!("used · by {id}"))]
    );
    assert_eq!(
        mismatches("expect.nothing = true", std::slice::from_ref(&turn)).len(),
        1
    );
    assert_eq!(mismatches("expect.nothing = true", &[]), []);
    assert_eq!(
        mismatches("expect.report.events = 3", std::slice::from_ref(&turn)).len(),
        1
    );
    assert_eq!(
        mismatches("", &[turn]),
        [],
        "a step that expects nothing may decide what it likes"
    );
    let notice = actual(Sort::Notify, &["an"], &[], &[&id]);
    assert_eq!(
        mismatches("expect.nothing = true", &[notice]),
        [],
        "notices count only if expected"
    );
}

#[test]
fn an_impossible_event_fails_unless_it_is_expected() {
    let refused = actual(
        Sort::Refuse,
        &[],
        &[("reason", "unknown_visit")],
        &["input.unknown_visit"],
    );
    assert_eq!(mismatches("", std::slice::from_ref(&refused)).len(), 1);
    let expect = "expect.refuse = [\"unknown_visit\", \"input.unknown_visit\"]";
    assert_eq!(mismatches(expect, std::slice::from_ref(&refused)), []);
    let twice = "expect.refuse = [[\"unknown_visit\", \"input.unknown_visit\"], [\"unknown_visit\", \"input.unknown_visit\"]]";
    assert_eq!(mismatches(twice, &[refused.clone(), refused.clone()]), []);
    assert_eq!(mismatches(twice, &[refused]).len(), 1);
}

#[test]
fn several_decisions_about_one_person_come_in_order() {
    let id = clause();
    let turn = |effect| actual(Sort::Turn, &["an"], &[("effect", effect)], &[&id]);
    let expect =
        format!("expect.turn = {{ an = [[\"used\", \"{id}\"], [\"returned\", \"{id}\"]] }}");
    assert_eq!(mismatches(&expect, &[turn("used"), turn("returned")]), []);
    let found = mismatches(&expect, &[turn("returned"), turn("used")]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].1,
        format!("used · by {id}; then returned · by {id}")
    );
}

#[test]
fn fields_that_are_left_out_are_not_compared() {
    let id = clause();
    let mut share = actual(
        Sort::Share,
        &["d1"],
        &[("state", "final"), ("held", "0.00")],
        &[&id],
    );
    share
        .fields
        .push(("shares", Shown::Amounts(vec![("an".into(), "5.00".into())])));
    let expect =
        |fields: &str| format!("expect.share = {{ d1 = {{ {fields}because = \"{id}\" }} }}");
    for right in [
        "",
        "state = \"final\", ",
        "shares = { an = \"5\" }, ",
        "until = \"none\", ",
    ] {
        assert_eq!(
            mismatches(&expect(right), std::slice::from_ref(&share)),
            [],
            "{right}"
        );
    }
    for wrong in [
        "state = \"provisional\", ",
        "shares = {}, ",
        "until = \"2024-04-01 00:00\", ",
        "held = \"5.00\", ",
    ] {
        assert_eq!(
            mismatches(&expect(wrong), std::slice::from_ref(&share)).len(),
            1,
            "{wrong}"
        );
    }
}

#[test]
fn a_part_of_the_report_is_compared() {
    assert_eq!(
        mismatches(
            "expect.report = { staff.an.points = 2, rota.walk_in.next = [\"bo\", \"an\"] }",
            &[]
        ),
        []
    );
    assert_eq!(
        mismatches("expect.report.customers.li.owner = \"none\"", &[]),
        []
    );
    let found = mismatches(
        "expect.report.staff.an = { points = 3, comission = \"5.00\" }",
        &[],
    );
    let row = |a: &str, b: &str, c: &str| (a.to_string(), b.to_string(), c.to_string());
    let points = row("report staff.an.points", "3", "2");
    assert_eq!(
        found,
        [points, row("report staff.an.comission", "\"5.00\"", "-")]
    );
}

#[test]
fn an_empty_expectation_never_passes() {
    assert_eq!(mismatches("expect = {}", &[]).len(), 1);
}

#[test]
fn days_lists_and_repetitions_are_spelt_out() {
    let story = good(
        "[[day]]\ndate = 2024-03-01\nstep = [ { at = \"08:00\", event = \"sign_in\", staff = [\"an\", \"bo\"] } ]\n\
         [[day]]\ndate = \"2024-03-02\"\n[[day.step]]\nat = \"09:00\"\nevent = \"visit\"\nvisit = \"w{n}\"\ncustomer = \"c{n}\"\n\
         repeat = { every = \"10 minutes\", times = 3 }\nexpect.receive.w3 = [\"waits\", \"input.x\"]\n\
         [[day.step]]\nat = \"18:00\"\n",
    );
    let times = |step: &Step| {
        step.occurrences
            .iter()
            .map(|event| book().calendar.format_short(event.at).to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        times(&story.steps[0]),
        ["2024-03-01 08:00", "2024-03-01 08:00"]
    );
    assert_eq!(
        times(&story.steps[1]),
        ["2024-03-02 09:00", "2024-03-02 09:10", "2024-03-02 09:20"]
    );
    assert!(story.steps[2].occurrences.is_empty());
    let policy = book();
    let mut ids = crate::event::Ids::default();
    let events = story
        .events(&Rulebooks::only(&Rulebook::new(policy)), &mut ids)
        .unwrap();
    let seqs: Vec<_> = events.iter().map(|staged| staged.event.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let steps: Vec<_> = events.iter().map(|staged| staged.step).collect();
    assert_eq!(steps, [0, 0, 0, 0, 0, 1, 1, 1, 2]);
    assert_eq!(
        ids.visits
            .iter()
            .map(|(_, name)| name.to_string())
            .collect::<Vec<_>>(),
        ["w1", "w2", "w3"]
    );
}

/// What a step expects, what is wrong with it, and where; ID stands for a clause.
const MISTAKES: &[(&str, Code, &str)] = &[
    ("expect.recieve = {}", Code::ScenarioUnknownKey, "recieve"),
    (
        "expect.receive = { v2 = [\"an\", \"duty\", \"ID\"] }",
        Code::ScenarioUnknownName,
        "v2",
    ),
    (
        "expect.receive = { v1 = [\"ann\", \"duty\", \"ID\"] }",
        Code::ScenarioUnknownName,
        "\"ann\"",
    ),
    (
        "expect.receive = { v1 = [\"an\", \"dutty\", \"ID\"] }",
        Code::ScenarioUnknownName,
        "\"dutty\"",
    ),
    (
        "expect.receive = { v1 = [\"an\", \"duty\", \"99\"] }",
        Code::ScenarioUnknownName,
        "\"99\"",
    ),
    (
        "expect.receive = { v1 = [\"an\", \"duty\"] }",
        Code::ScenarioNoClause,
        "[\"an\", \"duty\"]",
    ),
    (
        "expect.receive = { v1 = \"an\" }",
        Code::ScenarioForm,
        "\"an\"",
    ),
    (
        "expect.own = { li = { cy = [\"active\", \"ID\"] } }",
        Code::ScenarioUnknownName,
        "cy",
    ),
    (
        "expect.own = { wu = { an = [\"active\", \"ID\"] } }",
        Code::ScenarioUnknownName,
        "wu",
    ),
    (
        "expect.turn = { an = [\"spent\", \"ID\"] }",
        Code::ScenarioUnknownName,
        "\"spent\"",
    ),
    (
        "expect.share = { d1 = { stat = \"final\", because = \"ID\" } }",
        Code::ScenarioUnknownKey,
        "stat",
    ),
    (
        "expect.share = { d1 = { shares = { an = 5 }, because = \"ID\" } }",
        Code::ScenarioForm,
        "5",
    ),
    (
        "expect.share = { d1 = { until = \"soon\", because = \"ID\" } }",
        Code::ScenarioTime,
        "\"soon\"",
    ),
    (
        "expect.bar = { an = [\"yes\", \"ID\"] }",
        Code::ScenarioForm,
        "\"yes\"",
    ),
    ("expect.refuse = []", Code::ScenarioForm, "[]"),
    ("expect.nothing = false", Code::ScenarioForm, "false"),
    (
        "expect.report.staff.zed.points = 1",
        Code::ScenarioUnknownName,
        "zed",
    ),
    ("expect = 3", Code::ScenarioForm, "3"),
    (
        "retruning = true\nexpect.nothing = true",
        Code::ScenarioEvent,
        "retruning",
    ),
    (
        "returning = \"yes\"\nexpect.nothing = true",
        Code::ScenarioEvent,
        "\"yes\"",
    ),
    (
        "repeat = { every = \"1 day\", times = 2 }\nexpect.nothing = true",
        Code::ScenarioForm,
        "{ every = \"1 day\", times = 2 }",
    ),
];

#[test]
fn mistakes_are_found_where_they_stand() {
    for (expect, code, marked) in MISTAKES {
        let expect = expect.replace("ID", &clause());
        assert_eq!(
            bad(&step(&expect)),
            [(*code, marked.replace("ID", &clause()))],
            "{expect}"
        );
    }
}

#[test]
fn mistakes_of_the_story_are_found() {
    let visit = "event = \"visit\"\nvisit = \"v1\"\ncustomer = \"li\"\n";
    let cases = [
        (String::new(), Code::ScenarioAssertsNothing, "\"t\""),
        (step(""), Code::ScenarioAssertsNothing, "\"t\""),
        (
            "stepp = 1\n[[step]]\nat = \"2024-03-01 09:00\"\nexpect.nothing = true".into(),
            Code::ScenarioUnknownKey,
            "stepp",
        ),
        (
            "[[step]]\nat = \"2024-03-01\"\nexpect.nothing = true".into(),
            Code::ScenarioTime,
            "\"2024-03-01\"",
        ),
        (
            "[[step]]\nat = \"2024-03-01 09:00\"\nvisit = \"v1\"\nexpect.nothing = true".into(),
            Code::ScenarioUnknownKey,
            "visit",
        ),
        (
            format!(
                "[[step]]\nat = \"2024-03-02 09:00\"\n{visit}expect.nothing = true\n[[step]]\nat = \"2024-03-01 09:00\""
            ),
            Code::ScenarioTime,
            "[[step]]",
        ),
        (
            "clauses = [\"99\"]\n[[step]]\nat = \"2024-03-01 09:00\"\nexpect.nothing = true".into(),
            Code::ScenarioUnknownName,
            "\"99\"",
        ),
    ];
    for (body, code, marked) in cases {
        let found = bad(&body);
        let found: Vec<_> = found
            .into_iter()
            .filter(|(found, _)| *found == code)
            .collect();
        assert_eq!(found, [(code, marked.to_string())], "{body}");
    }
}

/// The file after what happened has been accepted.
fn accepted(body: &str, happened: Vec<Actual>) -> String {
    let text = format!("{TOP}{body}");
    let story = good(body);
    let played = PlayedStep {
        same: std::collections::BTreeMap::new(),
        decisions: happened
            .iter()
            .map(|actual| (actual.clone(), vec![]))
            .collect(),
        report: Some(serde_json::json!({ "events": 3 })),
    };
    let (mismatches, leaves) = compare(&story, &story.steps[0], &played);
    let place = Place {
        file: 0,
        span: 0..0,
    };
    let failure = StepFailure {
        number: 1,
        place,
        at: String::new(),
        kind: None,
        mismatches,
        happened,
        report: leaf_values(leaves),
    };
    let outcome = Outcome {
        failures: vec![failure],
        ..Outcome::default()
    };
    let accepted = accept(&text, &story, &outcome);
    assert_eq!(accepted.left, []);
    accepted
        .text
        .strip_prefix(TOP)
        .expect("the top stays")
        .to_string()
}

#[test]
fn accepting_rewrites_what_failed_and_nothing_else() {
    let id = clause();
    let turn = actual(Sort::Turn, &["an"], &[("effect", "used")], &[&id]);
    let body = step(&format!(
        "expect.receive = {{ v1 = [\"bo\", \"duty\", \"{id}\"] }} # why\nexpect.report = {{ events = 4 }} # n"
    ));
    let after = accepted(&body, vec![received("an", &id), turn.clone()]);
    let wanted = step(&format!(
        "expect.receive = {{ v1 = [\"an\", \"duty\", \"{id}\"] }} # why\nexpect.report = {{ events = 3 }} # n\n\
         expect.turn    = {{ an = [\"used\", \"{id}\"] }}"
    ));
    assert_eq!(after, wanted);
    let after = accepted(&step("expect = {}"), vec![received("an", &id)]);
    assert_eq!(
        after,
        step(&format!(
            "expect.receive = {{ v1 = [\"an\", \"duty\", \"{id}\"] }}"
        ))
    );
    let after = accepted(&step("expect.nothing = true"), vec![turn.clone()]);
    assert_eq!(
        after,
        step(&format!("expect.turn = {{ an = [\"used\", \"{id}\"] }}"))
    );
    let after = accepted(
        &step(&format!("expect.receive.v1 = [\"an\", \"duty\", \"{id}\"]")),
        vec![],
    );
    assert_eq!(after, step("expect.nothing = true"));
    let inline = |expect: &str| {
        format!(
            "step = [ {{ at = \"2024-03-01 09:00\", event = \"visit\", visit = \"v1\", customer = \"li\", {expect} }} ]\n"
        )
    };
    let after = accepted(&inline("expect.nothing = true"), vec![turn.clone()]);
    assert_eq!(
        after,
        inline(&format!("expect.turn = {{ an = [\"used\", \"{id}\"] }}"))
    );
    let after = accepted(
        &inline(&format!("expect.turn = {{ an = [\"used\", \"{id}\"] }}")),
        vec![turn, received("an", &id)],
    );
    assert_eq!(
        after,
        inline(&format!(
            "expect.turn = {{ an = [\"used\", \"{id}\"] }}, expect.receive = {{ v1 = [\"an\", \"duty\", \"{id}\"] }}"
        ))
    );
}
