//! Small things that a policy may say, each in a story of a few lines: what is decided, and why.

mod office;

use office::{Office, policy_in};
use panke::policy::Policy;
use std::sync::{Arc, LazyLock};

static HOUSE: LazyLock<Arc<Policy>> = LazyLock::new(|| policy_in("tests/answers", "house"));

const STAFF: &str = r#"
"event":"person","person":"an","role":"seller"
"event":"person","person":"bo","role":"seller"
"event":"person","person":"ma","role":"chief"
"event":"person","person":"cy","role":"clerk"
"event":"roster","order":["an","bo"]
"#;

/// Plays lines after the staff and gives what was decided of them, a line for each decision.
fn decided(lines: &str) -> (Office, String) {
    let mut office = Office::new(&HOUSE);
    let mut told = String::new();
    for (place, lines) in [STAFF, lines].iter().enumerate() {
        for line in lines.trim().lines() {
            let at = r#""at":"2024-03-01T09:00:00","#;
            let at = if line.starts_with(r#""at""#) { "" } else { at };
            for decision in office.play(&format!("{{{at}{line}}}")) {
                if place == 1 {
                    panke::print::push_decision(&mut told, office.state.ids(), &decision);
                    told.push('\n');
                }
            }
        }
    }
    (office, told)
}

/// What is decided of the lines holds each of these, in this order.
fn expect(lines: &str, parts: &[&str]) {
    let (_, told) = decided(lines);
    let mut rest = told.as_str();
    for part in parts {
        let Some(at) = rest.find(part) else {
            panic!("{part} is missing:\n{told}");
        };
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn whether_something_held_is_kept() {
    let helped = r#"
"event":"visit","visit":"v1","customer":"li","remembers":"an"
"event":"visit_end","visit":"v1"
"#;
    expect(helped, &[r#""role":"helper""#, r#""decision":"notify""#]);
    let not = r#"
"event":"visit","visit":"v1","customer":"li"
"event":"visit_end","visit":"v1"
"#;
    assert!(!decided(not).1.contains("notify"));
}

#[test]
fn somebody_new_a_roster_and_a_mode_are_announced() {
    expect(
        r#"
"event":"person","person":"di","role":"seller"
"event":"roster","order":["di","an"]
"event":"calendar_mode","mode":"launch"
"#,
        &[
            r#""to":"chief","message":{"en":"di is here."#,
            r#""to":"di""#,
            r#""to":"an""#,
            r#""to":"chief""#,
        ],
    );
    let (_, told) = decided(r#""event":"person","person":"ed","role":"clerk""#);
    assert_eq!(told, "", "a clerk does not receive");
}

#[test]
fn a_swap_is_asked_what_becomes_of_turns() {
    let swap = r#""event":"swap","staff":"an","counterpart":"bo""#;
    expect(swap, &[r#""decision":"turn""#, r#""effect":"priority""#]);
}

#[test]
fn what_was_taken_is_paid_back_apart_from_fines() {
    let (office, told) = decided(
        r#"
"event":"violation","staff":"an","kind":"skimming","reported_by":"ma"
"event":"found","staff":"an"
"#,
    );
    assert!(
        told.contains(r#""fine":"50.00","pay_back":"300.00""#),
        "{told}"
    );
    assert!(
        told.contains(r#""kind":"careless","pay_back":"300.00""#),
        "{told}"
    );
    let report = panke::print::report_json(&office.state.report()).expect("it prints");
    let an = r#""fines":"50.00","pay_back":"600.00""#;
    assert!(report.contains(an), "{report}");
    assert_eq!(report.matches("pay_back").count(), 1, "{report}");
}

#[test]
fn nothing_is_chosen_or_agreed_on_that_nobody_knows() {
    expect(
        r#"
"event":"choice","about":"d9","chosen":"yes","decided_by":"ma"
"event":"agreement","about":"v9","between":["an","bo"]
"event":"visit","visit":"v1","customer":"li"
"event":"agreement","about":"li","between":["an","bo"]
"event":"choice","about":"bo","chosen":"an","decided_by":"ma"
"#,
        &["input.unknown_matter", "input.unknown_matter", "receive"],
    );
    let known = r#"
"event":"visit","visit":"v1","customer":"li"
"event":"agreement","about":"li","between":["an","bo"]
"event":"choice","about":"bo","chosen":"an","decided_by":"ma"
"#;
    assert!(!decided(known).1.contains("refuse"));
}

#[test]
fn a_share_hears_only_whom_it_asks() {
    let story = |who: &str| {
        format!(
            r#"
"event":"visit","visit":"v1","customer":"li"
"event":"deal","deal":"d1","customer":"li","commission":"100.00"
"event":"choice","about":"d1","chosen":"yes","decided_by":"{who}"
"#
        )
    };
    let waits = r#""asks":"clerk""#;
    let refused = r#""reason":"may_not_decide""#;
    let all = r#""state":"final","shares":[{"staff":"an","share":"1","amount":"100.00"}]"#;
    expect(&story("an"), &[waits, refused]);
    assert!(!decided(&story("an")).1.contains("final"));
    expect(&story("cy"), &[waits, all]);
    expect(&story("ma"), &[waits, all]);
}

#[test]
fn an_order_that_breaks_leaves_open_who_receives() {
    let moved = "\"event\":\"moved\",\"staff\":\"an\"\n".repeat(3);
    for (names, clause) in [("", "1"), (r#","remembers":"an""#, "2")] {
        let visit = format!(r#"{moved}"event":"visit","visit":"v1","customer":"li"{names}"#);
        let clause = format!(r#""clause":"{clause}""#);
        expect(
            &visit,
            &[
                r#""undecided""#,
                r#""question":"receive""#,
                &clause,
                "moved too often",
            ],
        );
    }
}

#[test]
fn of_equals_the_next_key_picks() {
    let question = r#""event":"question","customer":"li""#;
    let (an, bo) = (
        r#""event":"moved","staff":"an""#,
        r#""event":"moved","staff":"bo""#,
    );
    let visit = r#""event":"visit","visit":"v1","customer":"li""#;
    expect(&format!("{visit}\n{question}"), &["To bo, then an."]);
    expect(
        &format!("{an}\n{bo}\n{visit}\n{question}"),
        &["To bo, then an."],
    );
    expect(&format!("{visit}\n{bo}\n{question}"), &["To an, then bo."]);
    expect(question, &["To an, then bo."]);
}

#[test]
fn a_deal_waits_for_the_new_end_of_a_window_that_starts_anew() {
    let story = |before: &str| {
        format!(
            r#"
"event":"visit","visit":"v1","customer":"li"
"event":"claim_made","customer":"li","staff":"bo"{before}
"event":"deal","deal":"d1","customer":"li","commission":"100.00"
"event":"choice","about":"d1","chosen":"yes","decided_by":"cy"
"at":"2024-03-03T09:00:00","event":"follow_up","customer":"li","staff":"bo"
"at":"2024-03-09T09:00:00","event":"tick"
"#
        )
    };
    let called = "\n\"event\":\"follow_up\",\"customer\":\"li\",\"staff\":\"bo\"";
    let parts = [
        r#""state":"provisional""#,
        r#""until":"2024-03-05T00:00:00.000+08:00""#,
        r#""until":"2024-03-07T00:00:00.000+08:00""#,
        r#""at":"2024-03-07T00:00:00.000+08:00","decision":"share""#,
        r#""state":"final""#,
    ];
    expect(&story(called), &parts);
    let (_, told) = decided(&story(""));
    assert!(
        !told.contains("provisional"),
        "it had not opened then\n{told}"
    );
}

#[test]
fn what_else_a_violation_brings_comes_though_somebody_is_dismissed_for_it() {
    let stolen = r#"
"event":"visit","visit":"v1","customer":"li"
"event":"visit_end","visit":"v1"
"event":"stolen","customer":"li","staff":"an"
"#;
    expect(
        stolen,
        &[
            r#""dismissed":true"#,
            r#""customer":"li""#,
            r#""claim":"void""#,
        ],
    );
}

#[test]
fn a_customer_is_nobody_s_while_the_answer_waits_for_a_yes() {
    let asked = r#"
"event":"visit","visit":"v1","customer":"li","channel":"fair","remembers":"an"
"#;
    let (office, told) = decided(asked);
    assert!(told.contains(r#""decision":"undecided""#), "{told}");
    assert!(!told.contains(r#""decision":"own""#), "{told}");
    assert_eq!(office.state.report().customers["li"].owner, None);
    let yes = format!(
        "{asked}{}",
        r#""event":"choice","about":"li","chosen":"yes","decided_by":"ma"
"#
    );
    expect(
        &yes,
        &[
            r#""decision":"undecided""#,
            r#""decision":"own""#,
            r#""staff":"an""#,
        ],
    );
}
