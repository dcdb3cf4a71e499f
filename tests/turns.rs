//! Whatever `check` lets a clause say about a turn is asked when it happens: an office with a clause for each event.

mod program;

use program::Desk;

/// Each event on which a clause may give a turn, and to whom.
const ASKED: &[(&str, &str)] = &[
    ("visit_end", "current"),
    ("recognition", "actor"),
    ("replacement", "current"),
    ("assignment", "actor"),
    ("owner_contact", "contacted"),
    ("choice", "chosen_person"),
    ("person_left", "successor"),
    ("inspection", "actor"),
    ("away", "actor"),
    ("back", "actor"),
    ("sign_in", "actor"),
    ("sign_out", "actor"),
    ("swap", "actor"),
    ("phone_inquiry", "actor"),
    ("registration", "actor"),
    ("follow_up", "actor"),
    ("claim_made", "actor"),
    ("deal", "owner"),
    ("deal_stage", "owner"),
    ("deal_cancelled", "owner"),
    ("word_given", "actor"),
];

const OFFICE: &str = r#"
name      = "desk"
title     = { en = "Text", zh = "文字" }
zone      = "Asia/Shanghai"
chapters  = ["rules"]
remainder = ["owner"]
undecided = { asks = "chief", id = "0" }
in_force  = { from = 2024-01-01 }
[role.seller]
title    = { en = "seller", zh = "售楼员" }
receives = 1
[role.chief]
title = { en = "chief", zh = "经理" }
may   = ["rule"]
[rota.walk_in]
order = "roster"
[event.word_given]
about = "staff"
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
then.own     = { receiver = "active" }
says  = { en = "Text.", zh = "文字。" }
[[clause]]
id    = "2"
title = { en = "Text.", zh = "文字。" }
on    = "recognition"
then.recognise = "actor"
says  = { en = "Text.", zh = "文字。" }
"#;

const DAY: &str = r#"
{"at":"2024-03-01 08:00","event":"person","person":"an","role":"seller"}
{"at":"2024-03-01 08:00","event":"person","person":"bo","role":"seller"}
{"at":"2024-03-01 08:00","event":"person","person":"ci","role":"seller"}
{"at":"2024-03-01 08:00","event":"person","person":"ma","role":"chief"}
{"at":"2024-03-01 08:00","event":"roster","order":["an","bo","ci"]}
{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li"}
{"at":"2024-03-01 09:01","event":"word_given","staff":"bo"}
{"at":"2024-03-01 09:02","event":"sign_out","staff":"bo"}
{"at":"2024-03-01 09:03","event":"sign_in","staff":"bo"}
{"at":"2024-03-01 09:04","event":"away","staff":"bo"}
{"at":"2024-03-01 09:05","event":"back","staff":"bo"}
{"at":"2024-03-01 09:06","event":"inspection","staff":"bo","item":"attire","passed":true,"inspector":"ma"}
{"at":"2024-03-01 09:07","event":"swap","staff":"bo","counterpart":"ci","approved_by":"ma"}
{"at":"2024-03-01 09:08","event":"phone_inquiry","call":"k1","customer":"wu","staff":"bo"}
{"at":"2024-03-01 09:09","event":"registration","customer":"wu","staff":"bo"}
{"at":"2024-03-01 09:10","event":"follow_up","customer":"wu","staff":"bo"}
{"at":"2024-03-01 09:11","event":"claim_made","customer":"wu","staff":"bo"}
{"at":"2024-03-01 09:12","event":"owner_contact","staff":"an","owner":"bo","outcome":"reached"}
{"at":"2024-03-01 09:13","event":"choice","about":"v1","chosen":"bo","decided_by":"ma"}
{"at":"2024-03-01 09:14","event":"assignment","visit":"v1","staff":"bo","role":"helper","approved_by":"ma"}
{"at":"2024-03-01 09:15","event":"recognition","customer":"li","staff":"bo"}
{"at":"2024-03-01 09:20","event":"deal","deal":"d1","customer":"li","commission":"100.00"}
{"at":"2024-03-01 09:21","event":"deal_stage","deal":"d1","stage":"deposit"}
{"at":"2024-03-01 09:22","event":"deal_cancelled","deal":"d1"}
{"at":"2024-03-01 09:24","event":"replacement","visit":"v1","fault":"ordinary"}
{"at":"2024-03-01 09:30","event":"visit_end","visit":"v1"}
{"at":"2024-03-01 09:50","event":"person_left","person":"ci","successor":"bo"}
"#;

#[test]
fn a_turn_is_asked_about_on_every_event_that_may_speak_of_it() {
    for (event, who) in ASKED {
        let desk = Desk::new();
        desk.write("policies/desk/policy.toml", OFFICE);
        let clause = format!(
            "[[clause]]\nid = \"9\"\ntitle = {{ en = \"Text.\", zh = \"文字。\" }}\non = \"{event}\"\n\
             then.turn = {{ {who} = \"priority\" }}\nsays = {{ en = \"Text.\", zh = \"文字。\" }}\n"
        );
        desk.write("policies/desk/rules.toml", format!("{RULES}{clause}"));
        let day = DAY.trim_start();
        let ran = desk.replay_under("desk", day, &["--format", "ndjson"]);
        let given = |line: &&str| {
            line.contains(r#""decision":"turn","because":["9"]"#)
                && line.contains(r#""effect":"priority""#)
        };
        let count = ran.out.lines().filter(given).count();
        assert_eq!(count, 1, "{event}: {}\n{}", ran.out, ran.err);
    }
}
