//! Two records that turn out to be one customer: nothing of either is lost, whatever each had, and every later line may
//! name either. The policies' page shows the ordinary cases; here is what a desk rarely meets.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod program;

use program::{Desk, panke};
use serde_json::Value;

const OFFICE: &str = r#"
name      = "desk"
title     = { en = "Text", zh = "文字" }
zone      = "Asia/Shanghai"
chapters  = ["rules"]
remainder = ["owner"]
undecided = { asks = "chief", id = "0" }
in_force  = { from = 2024-01-01 }
[identity]
keys = ["phone"]
[role.seller]
title    = { en = "seller", zh = "售楼员" }
receives = 1
[role.chief]
title = { en = "chief", zh = "经理" }
may   = ["rule"]
[rota.walk_in]
order = "roster"
[event.visit]
fields = { phone = "text" }
[amount.term]
is     = { 2024-01-01 = "10 days" }
source = "3"
text   = { en = "Text", zh = "文字" }
[window.term]
of     = "claim"
source = "3"
text   = { en = "Text", zh = "文字" }
starts = "claim.opened"
length = "amount.term"
[fact.calls]
of     = "claim"
source = "4"
text   = { en = "Text", zh = "文字" }
count  = "follow_up"
where  = ['actor == it']
"#;

const RULES: &str = r#"
[[clause]]
id    = "0"
kind  = "principle"
title = { en = "Text.", zh = "文字。" }
[[clause]]
id    = "1"
title = { en = "Text.", zh = "文字。" }
on    = "visit"
then.receive = { by = "rota", as = "duty" }
then.turn    = { receiver = "used" }
says  = { en = "Text.", zh = "文字。" }
[[clause]]
id    = "1"
title = { en = "Text.", zh = "文字。" }
on    = "visit"
unless = ['owner_before.exists']
then.own = { receiver = "active" }
says  = { en = "Text.", zh = "文字。" }
[[clause]]
id    = "2"
title = { en = "Text.", zh = "文字。" }
on    = ["visit", "registration"]
when  = ['record.same_phone']
then.identify = { same_as = "record" }
says  = { en = "Text.", zh = "文字。" }
[[clause]]
id    = "3"
title = { en = "Text.", zh = "文字。" }
on    = "term ends"
when  = ['holder.calls == amount.none']
then.own = { holder = "lapsed" }
says  = { en = "Text.", zh = "文字。" }
[[clause]]
id    = "4"
title = { en = "Text.", zh = "文字。" }
when  = ['owner.exists']
then.share = { owner = "all", others = 0 }
says  = { en = "Text.", zh = "文字。" }
[amount.none]
is     = { 2024-01-01 = "0 calls" }
source = "3"
text   = { en = "Text", zh = "文字" }
"#;

const FIRST_COUNTS: &str = r#"
[[clause]]
id    = "5"
title = { en = "Text.", zh = "文字。" }
on    = "identified"
when  = ['other_owner.exists']
then.own = { other_owner = "void" }
says  = { en = "Text.", zh = "文字。" }
"#;

const LAST_COUNTS: &str = r#"
[[clause]]
id    = "5"
title = { en = "Text.", zh = "文字。" }
on    = "identified"
when  = ['other_owner.exists']
then.own = { owner = "void" }
says  = { en = "Text.", zh = "文字。" }
"#;

/// Two agents, a chief and the roster.
const STAFF: &str = r#"
{"at":"2024-03-01 08:00","event":"person","person":"an","role":"seller"}
{"at":"2024-03-01 08:00","event":"person","person":"bo","role":"seller"}
{"at":"2024-03-01 08:00","event":"person","person":"ma","role":"chief"}
{"at":"2024-03-01 08:00","event":"roster","order":["an","bo"]}
"#;

/// li is an's and li2 is bo's; then li2 gives li's number.
const TWO_OWNERS: &str = r#"
{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li","phone":"138 0000 1111"}
{"at":"2024-03-01 10:00","event":"visit_end","visit":"v1"}
{"at":"2024-03-03 09:00","event":"visit","visit":"v2","customer":"li2"}
{"at":"2024-03-03 10:00","event":"visit_end","visit":"v2"}
{"at":"2024-03-04 09:00","event":"registration","customer":"li2","staff":"bo","phone":"(138)0000-1111"}
"#;

struct Told {
    decisions: Vec<Value>,
    report: Value,
    text: String,
}

/// Plays lines under the office with one more chapter.
fn play(more: &str, lines: &[&str]) -> Told {
    let desk = Desk::new();
    desk.write("policies/desk/policy.toml", OFFICE);
    desk.write("policies/desk/rules.toml", format!("{RULES}{more}"));
    let journal: Vec<&str> = std::iter::once(&STAFF)
        .chain(lines)
        .flat_map(|part| part.lines())
        .filter(|line| !line.is_empty())
        .collect();
    desk.write("office.ndjson", journal.join("\n"));
    let run = |output: &[&str]| {
        let args = [&["replay", "office.ndjson", "--policy", "desk"], output].concat();
        let ran = panke(desk.path(), &args).output().unwrap();
        let text = String::from_utf8(ran.stdout).unwrap();
        assert!(
            matches!(ran.status.code(), Some(0 | 1)),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        text
    };
    let text = run(&["--format", "ndjson"]);
    let report = run(&["--report"]);
    assert_eq!(report, run(&["--report"]), "the same in every run");
    Told {
        decisions: text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        report: serde_json::from_str(&report).unwrap(),
        text: format!("{text}{report}"),
    }
}

impl Told {
    /// The decisions of a sort, each by some of its fields.
    fn of(&self, sort: &str, fields: &[&str]) -> Vec<String> {
        let those = self.decisions.iter().filter(|it| it["decision"] == sort);
        let shown = |it: &Value| {
            let values = fields.iter().map(|field| match &it[*field] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            values.collect::<Vec<_>>().join(" ")
        };
        those.map(shown).collect()
    }
}

#[test]
fn two_owners_and_no_clause_leave_both_records_as_they_are() {
    let told = play("", &[TWO_OWNERS]);
    assert_eq!(told.of("identify", &["customer"]), Vec::<String>::new());
    let open = told.of("undecided", &["about", "question", "asks"]);
    assert_eq!(open, ["li2 identify chief"]);
    assert_eq!(told.report["customers"]["li"]["owner"], "an");
    assert_eq!(told.report["customers"]["li2"]["owner"], "bo");
}

#[test]
fn a_clause_says_whose_claim_ends() {
    let told = play(FIRST_COUNTS, &[TWO_OWNERS]);
    assert_eq!(
        told.of("identify", &["customer", "as", "of"]),
        ["li2 same_as li"]
    );
    let own = told.of("own", &["customer", "staff", "claim"]);
    assert_eq!(own, ["li an active", "li2 bo active", "li bo void"]);
    let customers = &told.report["customers"];
    assert_eq!(customers["li"]["owner"], "an");
    assert_eq!(customers["li"]["also"][0], "li2");
    assert_eq!(customers["li"]["claims"].as_array().unwrap().len(), 2);
    assert!(customers.get("li2").is_none(), "one customer, one entry");

    let told = play(LAST_COUNTS, &[TWO_OWNERS]);
    let own = told.of("own", &["customer", "staff", "claim"]);
    assert_eq!(own[2..], ["li an void", "li bo active"]);
    assert_eq!(told.report["customers"]["li"]["owner"], "bo");
}

#[test]
fn a_ruling_says_who_somebody_is_and_names_the_owner() {
    let ruling = r#"{"at":"2024-03-05 09:00","event":"ruling","about":"li2","question":"identify","as":"same_as","of":"li","staff":"bo","decided_by":"ma"}"#;
    let told = play("", &[TWO_OWNERS, ruling]);
    assert_eq!(told.of("refuse", &["reason"]), Vec::<String>::new());
    assert_eq!(told.report["customers"]["li"]["owner"], "bo");
    assert_eq!(told.report["undecided"].as_array().unwrap().len(), 0);

    let apart = r#"
{"at":"2024-03-05 09:00","event":"ruling","about":"li2","question":"identify","as":"new","of":"li","decided_by":"ma"}
{"at":"2024-03-06 09:00","event":"registration","customer":"li2","staff":"bo","phone":"13800001111"}"#;
    let told = play("", &[TWO_OWNERS, apart]);
    let open = told.of("undecided", &["about"]);
    assert_eq!(open, ["li2"], "told apart, they are not asked about again");
    assert_eq!(told.report["undecided"].as_array().unwrap().len(), 0);
}

#[test]
fn later_lines_may_name_either_id() {
    let later = r#"
{"at":"2024-03-05 09:00","event":"visit","visit":"v3","customer":"li2"}
{"at":"2024-03-05 09:30","event":"visit","visit":"v4","customer":"li"}
{"at":"2024-03-05 10:00","event":"deal","deal":"d1","customer":"li2","commission":"100.00"}
{"at":"2024-03-05 11:00","event":"ruling","about":"li2","question":"own","staff":"bo","decided_by":"ma"}
"#;
    let told = play(FIRST_COUNTS, &[TWO_OWNERS, later]);
    let refused = told.of("refuse", &["reason"]);
    assert_eq!(
        refused,
        ["customer_already_here"],
        "one customer comes once"
    );
    assert_eq!(told.report["deals"]["d1"]["shares"][0]["staff"], "an");
    let own = told.of("own", &["customer", "staff", "claim"]);
    assert_eq!(own[3..], ["li an void", "li bo active"]);
}

#[test]
fn one_agents_two_claims_become_one_with_the_later_end_and_both_stories() {
    let lines = r#"
{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li","phone":"13800001111"}
{"at":"2024-03-01 10:00","event":"visit_end","visit":"v1"}
{"at":"2024-03-01 10:00","event":"sign_out","staff":"bo"}
{"at":"2024-03-05 09:00","event":"visit","visit":"v2","customer":"li2"}
{"at":"2024-03-05 10:00","event":"visit_end","visit":"v2"}
{"at":"2024-03-05 11:00","event":"follow_up","customer":"li2","staff":"an"}
{"at":"2024-03-06 09:00","event":"registration","customer":"li2","staff":"an","phone":"13800001111"}
"#;
    let told = play("", &[lines]);
    let customer = &told.report["customers"]["li"];
    let claims = customer["claims"].as_array().unwrap();
    assert_eq!(claims.len(), 1);
    let until = claims[0]["until"].as_str().unwrap();
    assert!(until.starts_with("2024-03-16T00:00"), "{until}");
    let windows = told.report["open_windows"].as_array().unwrap();
    assert_eq!(windows.len(), 1);
    assert_eq!(windows[0]["about"], "li/an");
    let end = r#"{"at":"2024-03-16 00:00","event":"tick"}"#;
    let told = play("", &[lines, end]);
    let lapsed = told.of("own", &["claim"]);
    assert!(
        !lapsed.contains(&"lapsed".to_owned()),
        "the follow-up counts for the one claim"
    );
    let silent: Vec<&str> = lines
        .lines()
        .filter(|line| !line.contains("follow_up"))
        .collect();
    let told = play("", &[&silent.join("\n"), end]);
    let own = told.of("own", &["customer", "staff", "claim", "at"]);
    assert_eq!(
        own.last().unwrap(),
        "li an lapsed 2024-03-16T00:00:00.000+08:00"
    );
    assert_eq!(own.iter().filter(|line| line.contains("lapsed")).count(), 1);
}

#[test]
fn both_may_be_here_when_they_turn_out_to_be_one() {
    let lines = r#"
{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li","phone":"13800001111","brings":["li2","qi"]}
{"at":"2024-03-01 09:10","event":"visit","visit":"v2","customer":"li2"}
{"at":"2024-03-01 09:20","event":"registration","customer":"li2","staff":"bo","phone":"13800001111"}
{"at":"2024-03-01 09:30","event":"visit_end","visit":"v1"}
{"at":"2024-03-01 09:40","event":"visit","visit":"v3","customer":"li2"}
{"at":"2024-03-01 09:50","event":"visit_end","visit":"v2"}
{"at":"2024-03-01 10:00","event":"visit","visit":"v4","customer":"li"}
"#;
    let told = play(FIRST_COUNTS, &[lines]);
    let refused = told.of("refuse", &["reason", "seq"]);
    assert_eq!(
        refused,
        ["customer_already_here 9"],
        "the second visit still stands"
    );
    assert_eq!(told.report["visits"]["v2"]["state"], "ended");
    assert_eq!(told.report["visits"]["v4"]["state"], "open");
}

#[test]
fn no_number_is_printed() {
    let told = play(FIRST_COUNTS, &[TWO_OWNERS]);
    assert!(!told.text.contains("13800001111") && !told.text.contains("138 0000 1111"));
}

const FAMILY: &str = r#"
[amount.one]
is     = { 2024-01-01 = "1 part" }
source = "6"
text   = { en = "Text", zh = "文字" }
[people.family]
from  = "household.claims"
where = ['it.state == "active"']
each  = true
[[clause]]
id    = "6"
title = { en = "Text.", zh = "文字。" }
when  = ['family.exists']
then.share = { family = "amount.one each", owner = "amount.one", others = 0 }
overrides  = ["4"]
says  = { en = "Text.", zh = "文字。" }
"#;

#[test]
fn a_household_shares_where_the_clauses_say_so() {
    let lines = r#"
{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li"}
{"at":"2024-03-01 10:00","event":"visit_end","visit":"v1"}
{"at":"2024-03-03 09:00","event":"visit","visit":"v2","customer":"ping"}
{"at":"2024-03-03 10:00","event":"visit_end","visit":"v2"}
{"at":"2024-03-04 08:00","event":"deal","deal":"d0","customer":"ping","commission":"100.00"}
{"at":"2024-03-04 09:00","event":"ruling","about":"ping","question":"identify","as":"household_of","of":"li","decided_by":"ma"}
{"at":"2024-03-04 10:00","event":"deal","deal":"d1","customer":"ping","commission":"100.00"}
"#;
    let told = play(FAMILY, &[lines]);
    assert_eq!(told.of("refuse", &["reason"]), Vec::<String>::new());
    let deals = &told.report["deals"];
    assert_eq!(
        deals["d0"]["shares"][0]["share"], "1",
        "what is final stays"
    );
    let shares = deals["d1"]["shares"].as_array().unwrap();
    assert!(shares.len() == 2 && shares.iter().all(|part| part["share"] == "1/2"));
    assert_eq!(told.report["customers"]["li"]["household"][0], "ping");
}

const COUNTS: &str = r#"
[amount.third]
is     = { 2024-01-01 = "3 visits" }
source = "7"
text   = { en = "Text", zh = "文字" }
[fact.comings]
of     = "customer"
source = "7"
text   = { en = "Text", zh = "文字" }
count  = "visit"
[[clause]]
id    = "7"
title = { en = "Text.", zh = "文字。" }
on    = "visit"
when  = ['customer.comings == amount.third']
also.notify = ["chief"]
says  = { en = "The third time.", zh = "第三次。" }
"#;

#[test]
fn what_was_told_of_both_records_is_told_of_the_one() {
    let third = r#"{"at":"2024-03-05 09:00","event":"visit","visit":"v3","customer":"li2"}"#;
    let told = play(&format!("{FIRST_COUNTS}{COUNTS}"), &[TWO_OWNERS, third]);
    assert_eq!(told.of("notify", &["to", "seq"]), ["chief 10"]);
}

#[test]
fn a_visit_that_waits_goes_out_as_the_one_customers() {
    let lines = r#"
{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li","phone":"13800001111"}
{"at":"2024-03-01 09:01","event":"visit_end","visit":"v1"}
{"at":"2024-03-01 09:10","event":"visit","visit":"v2","customer":"wu"}
{"at":"2024-03-01 09:11","event":"visit","visit":"v3","customer":"qi"}
{"at":"2024-03-01 09:12","event":"visit","visit":"v4","customer":"li2"}
{"at":"2024-03-01 09:13","event":"registration","customer":"li2","staff":"bo","phone":"13800001111"}
{"at":"2024-03-01 09:20","event":"visit_end","visit":"v2"}
"#;
    let told = play(FIRST_COUNTS, &[lines]);
    assert_eq!(told.report["visits"]["v4"]["state"], "open");
    let claims = told.report["customers"]["li"]["claims"].as_array().unwrap();
    assert_eq!(
        claims.len(),
        1,
        "the owner is known, so that nobody else gains the customer"
    );
    assert_eq!(told.report["customers"]["li"]["owner"], "an");
}

#[test]
fn a_turn_that_a_call_has_cost_can_be_given_back_though_the_caller_was_somebody_else() {
    let turns = r#"
[[clause]]
id    = "6"
title = { en = "Text.", zh = "文字。" }
on    = "phone_inquiry"
then.turn = { actor = "used" }
says  = { en = "Text.", zh = "文字。" }
[[clause]]
id    = "6"
title = { en = "Text.", zh = "文字。" }
on    = "follow_up"
then.turn = { actor = "returned" }
says  = { en = "Text.", zh = "文字。" }
"#;
    let lines = r#"
{"at":"2024-03-01 09:00","event":"registration","customer":"li","staff":"bo","phone":"138 0000 1111"}
{"at":"2024-03-01 10:00","event":"phone_inquiry","call":"k1","customer":"li2","staff":"an"}
{"at":"2024-03-01 11:00","event":"registration","customer":"li2","staff":"an","phone":"13800001111"}
{"at":"2024-03-01 12:00","event":"follow_up","customer":"li","staff":"an","method":"call"}
"#;
    let told = play(turns, &[lines]);
    assert_eq!(told.of("identify", &["customer", "of"]), ["li2 li"]);
    assert_eq!(
        told.of("turn", &["staff", "effect"]),
        ["an used", "an returned"]
    );
}
