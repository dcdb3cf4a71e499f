//! How every sort of decision, a report and a malformed line look, for programs and for people in both languages.

use super::*;
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::time::Instant;
use crate::decision::{
    Because, ClaimReport, Costs, CustomerReport, DealReport, Decision, Portion, Report, RotaReport,
    ShareReport, Sink, StaffReport, TracedClause, UndecidedReport, VisitReport, What, WindowReport,
};
use crate::event::Ids;
use crate::journal::Schema;
use crate::journal::testing::policy;
use crate::policy::{Bilingual, ClauseId, Policy};
use crate::replay::{Audience, Told};
use crate::runtime::Stepped;
use crate::vocabulary::words::{
    ClaimKind, ClaimState, Question, ReceptionRole, ShareState, TurnEffect,
};
use smallvec::smallvec;
use std::collections::BTreeMap;
use std::sync::Arc;

const ZH: Look = Look {
    color: false,
    lang: Lang::Zh,
};

fn both(en: &str, zh: &str) -> Bilingual {
    Bilingual {
        en: en.into(),
        zh: zh.into(),
    }
}

fn decision(policy: &Arc<Policy>, at: &str, what: What) -> Decision {
    Decision {
        seq: 5,
        at: policy.calendar.parse(at).unwrap(),
        what,
        because: Because::Clauses(smallvec![ClauseId(0), ClauseId(1), ClauseId(2)]),
        policy: policy.clone(),
        trace: Vec::new(),
    }
}

/// One decision of every sort.
fn every_sort(policy: &Arc<Policy>, ids: &mut Ids) -> Vec<Decision> {
    let (an, bo) = (
        ids.people.intern("an").into(),
        ids.people.intern("博").into(),
    );
    let (li, v1, d1) = (
        ids.customers.intern("li").into(),
        ids.visits.intern("v1").into(),
        ids.deals.intern("d1").into(),
    );
    let desk = ids.words.intern("walk_in");
    let (kind, item, boss) = (
        ids.words.intern("late_greeting"),
        ids.words.intern("attire"),
        ids.words.intern("sales_manager"),
    );
    let until: Option<Instant> = policy.calendar.parse("2024-04-13 00:00").ok();
    let half = |staff| Portion {
        staff,
        share: Fraction::new(1, 2).unwrap(),
        amount: Fen::new(640_000),
    };
    let share = |state, shares, until, entries, held| What::Share {
        deal: d1,
        state,
        shares,
        until,
        entries,
        held,
    };
    let own = |kind, claim| What::Own {
        customer: li,
        staff: an,
        kind,
        claim,
    };
    let costs = Costs {
        fine: Some(Fen::new(5000)),
        points: Some(2),
        suspended_turns: Some(1),
        suspended_until: until,
        warning: true,
        dismissed: true,
        paid_by: Some(boss),
    };
    let all = vec![
        What::Receive {
            visit: v1,
            staff: Some(an),
            role: Some(ReceptionRole::Duty),
        },
        What::Receive {
            visit: v1,
            staff: None,
            role: None,
        },
        What::Turn {
            staff: bo,
            desk,
            effect: TurnEffect::Forfeited,
        },
        own(ClaimKind::Owner, ClaimState::Active),
        own(ClaimKind::Owner, ClaimState::Sleeping),
        own(ClaimKind::Share, ClaimState::Lapsed),
        share(
            ShareState::Provisional,
            vec![half(an), half(bo)],
            until,
            vec![(an, Fen::new(-640_000)), (bo, Fen::new(640_000))],
            Fen::ZERO,
        ),
        share(
            ShareState::Undecided,
            vec![],
            None,
            vec![],
            Fen::new(1_280_000),
        ),
        share(ShareState::Cancelled, vec![], None, vec![], Fen::ZERO),
        What::Bar {
            staff: an,
            barred: true,
            item: Some(item),
        },
        What::Bar {
            staff: an,
            barred: false,
            item: None,
        },
        What::Violation {
            staff: an,
            kind,
            about: Some("v1".into()),
        },
        What::Violation {
            staff: an,
            kind,
            about: None,
        },
        What::Sanction {
            staff: an,
            kind,
            costs,
        },
        What::Sanction {
            staff: an,
            kind,
            costs: Costs::default(),
        },
        What::Refuse {
            reason: "not_approved".into(),
        },
        What::Notify {
            to: "sales_manager".into(),
            message: both("li has come.", "li 来了。"),
        },
        What::Undecided {
            about: "d1".into(),
            question: Question::Share,
            clause: "".into(),
            reason: "no clause answers".into(),
            asks: boss,
        },
        What::Undecided {
            about: "d1".into(),
            question: Question::Own,
            clause: "3.1, 3.7".into(),
            reason: "two differ".into(),
            asks: boss,
        },
    ];
    let mut decisions: Vec<_> = all
        .into_iter()
        .map(|what| decision(policy, "2024-03-01 09:00", what))
        .collect();
    let refused = What::Refuse {
        reason: "unknown_visit".into(),
    };
    decisions.push(decision(policy, "2024-03-01 09:00:07.125", refused));
    if let Some(last) = decisions.last_mut() {
        last.because = Because::Input("input.unknown_visit");
    }
    decisions
}

#[test]
fn every_sort_of_decision_is_one_line_of_json_in_the_order_of_the_page() {
    let (policy, mut ids) = (Arc::new(policy("book")), Ids::default());
    let mut lines = Vec::new();
    let mut json = JsonLines::new(&mut lines);
    for decision in every_sort(&policy, &mut ids) {
        json.decision(&ids, decision);
    }
    json.finish().unwrap();
    let text = String::from_utf8(lines).unwrap();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["policy"], "book@0123456789ab");
    }
    insta::assert_snapshot!(text);
}

fn told(look: Look) -> String {
    let (policy, mut ids) = (Arc::new(policy("book")), Ids::default());
    let mut out = Vec::new();
    let mut human = Human::new(&mut out, look);
    for decision in every_sort(&policy, &mut ids) {
        human.decision(&ids, decision);
    }
    human.finish().unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_sort_of_decision_reads_as_a_sentence_in_english() {
    insta::assert_snapshot!(told(Look::PLAIN));
}

#[test]
fn every_sort_of_decision_reads_as_a_sentence_in_chinese() {
    insta::assert_snapshot!(told(ZH));
}

#[test]
fn colours_change_nothing_but_colours() {
    let colourful = told(Look {
        color: true,
        lang: Lang::En,
    });
    let mut plain = String::new();
    let mut rest = colourful.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('m').unwrap() + 1..];
    }
    plain.push_str(rest);
    assert_eq!(plain, told(Look::PLAIN));
}

/// Two events of a day and the end of a window, with facts.
fn day(look: Look) -> String {
    let (policy, mut ids) = (Arc::new(policy("book")), Ids::default());
    let schema = Schema::of(&policy);
    let mut out = Vec::new();
    let mut human = Human::new(&mut out, look);
    let lines = [
        r#"{"at":"2024-03-01 08:55","event":"sign_in","staff":"an"}"#,
        r#"{"at":"2024-03-01 09:00","event":"visit","visit":"v1","customer":"li","returning":true,"brings":["wu","xu"]}"#,
        r#"{"at":"2024-03-01 09:00","event":"tick","id":"again"}"#,
        r#"{"at":"2024-04-13 09:00","event":"deal","deal":"d1","customer":"li","commission":"5.5"}"#,
        "{}",
    ];
    let all = every_sort(&policy, &mut ids);
    for (line, seq) in lines.iter().zip(4..) {
        let Ok(event) = schema.parse(&mut ids, seq, line.as_bytes()) else {
            break;
        };
        human.event(&Told {
            schema: &schema,
            ids: &ids,
            event: &event,
        });
        match seq {
            5 => {
                for index in [0, 2, 3] {
                    human.decision(&ids, traced(all[index].clone(), index));
                }
            }
            7 => {
                let mut lapse = decision(&policy, "2024-04-13 00:00", all[5].what.clone());
                lapse.seq = 5;
                human.decision(&ids, lapse);
                let mut share = decision(&policy, "2024-04-13 09:00", all[6].what.clone());
                share.seq = 7;
                human.decision(&ids, share);
            }
            _ => {}
        }
        human.done(if seq == 6 {
            Stepped::Repeated
        } else {
            Stepped::Done
        });
    }
    human.finish().unwrap();
    String::from_utf8(out).unwrap()
}

fn traced(mut decision: Decision, index: usize) -> Decision {
    decision.because = Because::Clauses(smallvec![
        ClauseId(if index == 3 { 1 } else { 0 }),
        ClauseId(2)
    ]);
    let facts = |list: &[(&str, &str)]| {
        list.iter()
            .map(|(text, value)| ((*text).into(), (*value).into()))
            .collect()
    };
    decision.trace = vec![
        TracedClause {
            clause: ClauseId(0),
            says: both("You are next, an.", "轮到 an 了。"),
            facts: facts(&[("visit.returning", "yes"), ("named.exists", "no")]),
        },
        TracedClause {
            clause: ClauseId(2),
            says: both("", ""),
            facts: if index == 2 {
                facts(&[("passed.away", "yes")])
            } else {
                facts(&[("owner", "nobody")])
            },
        },
    ];
    decision
}

#[test]
fn a_day_reads_from_the_top_with_clauses_and_facts_told_once_in_english() {
    insta::assert_snapshot!(day(Look::PLAIN));
}

#[test]
fn a_day_reads_from_the_top_with_clauses_and_facts_told_once_in_chinese() {
    insta::assert_snapshot!(day(ZH));
}

fn report() -> Report {
    let staff = |role: &str, can_receive| StaffReport {
        role: role.into(),
        commission: "6400.00".into(),
        provisional: "0.00".into(),
        fines: "50.00".into(),
        points: 1,
        turns_used: 12,
        turns_forfeited: 1,
        receptions: 13,
        can_receive,
    };
    let claim = |kind: &str, claim: &str, until: Option<&str>| ClaimReport {
        staff: "an".into(),
        kind: kind.into(),
        claim: claim.into(),
        until: until.map(Into::into),
    };
    let part = ShareReport {
        staff: "张三".into(),
        share: "1/2".into(),
        amount: "6400.00".into(),
    };
    Report {
        events: 9,
        policy: "book@0123456789ab".into(),
        at: Some("2024-03-01T18:00:00.000+08:00".into()),
        rota: BTreeMap::from([(
            "walk_in".into(),
            RotaReport {
                round: 2,
                next: vec!["an".into(), "张三".into()],
                priority: vec![],
            },
        )]),
        staff: BTreeMap::from([
            ("an".into(), staff("agent", true)),
            ("张三".into(), staff("agent", false)),
        ]),
        customers: BTreeMap::from([(
            "li".into(),
            CustomerReport {
                owner: Some("an".into()),
                claims: vec![
                    claim("owner", "active", None),
                    claim("share", "sleeping", Some("2024-04-13T00:00:00.000+08:00")),
                ],
            },
        )]),
        visits: BTreeMap::from([(
            "v1".into(),
            VisitReport {
                staff: Some("an".into()),
                role: Some("duty".into()),
                state: "ended".into(),
            },
        )]),
        deals: BTreeMap::from([(
            "d1".into(),
            DealReport {
                state: "provisional".into(),
                shares: vec![part.clone(), part],
                until: Some("2024-04-13T00:00:30.250+08:00".into()),
            },
        )]),
        open_windows: vec![WindowReport {
            kind: "month".into(),
            about: "li an".into(),
            until: "2024-04-13T00:00:00.000+08:00".into(),
        }],
        undecided: vec![UndecidedReport {
            about: "d1".into(),
            question: "share".into(),
            asks: "sales_manager".into(),
        }],
        state_digest: "abcdef".into(),
    }
}

#[test]
fn a_report_is_a_page_of_tables() {
    insta::assert_snapshot!(format!(
        "{}\n=====\n{}",
        report_table(&report(), Look::PLAIN),
        report_table(&report(), ZH)
    ));
}

#[test]
fn a_report_is_one_json_object_on_one_line() {
    let text = report_json(&report()).unwrap();
    assert_eq!(text.lines().count(), 1);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["staff"]["张三"]["commission"], "6400.00");
    assert!(value["customers"]["li"]["claims"][0].get("until").is_none());
}

#[test]
fn a_malformed_line_is_shown_with_a_mark_under_the_fault() {
    let schema = Schema::of(&policy("book"));
    let lines = [
        r#"{"at":"2024-03-01 09:00","event":"visit","visit":"来访一","customer":"李","purpos":"buy"}"#.to_owned(),
        "{\"at\":\"2024-03-01 09:00\",\"event\":\"ti\u{1b}[31mck\"}".to_owned(),
        format!(r#"{{"at":"2024-03-01 09:00","event":"visit","visit":"{}","customer":7,"note":"{}"}}"#, "来".repeat(90), "x".repeat(90)),
        "{".to_owned(),
    ];
    let shown: String = lines
        .iter()
        .map(|line| {
            let fault = schema
                .parse(&mut Ids::default(), 12, line.as_bytes())
                .unwrap_err();
            malformed("day.ndjson", &fault, Look::PLAIN)
        })
        .collect();
    assert!(!shown.contains('\u{1b}'));
    insta::assert_snapshot!(shown);
}

#[test]
fn a_reader_who_goes_away_is_noticed() {
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (policy, mut ids) = (Arc::new(policy("book")), Ids::default());
    let decisions = every_sort(&policy, &mut ids);
    let (mut json, mut human) = (JsonLines::new(Gone), Human::new(Gone, Look::PLAIN));
    assert!(!json.is_gone() && !human.is_gone());
    json.decision(&ids, decisions[0].clone());
    human.decision(&ids, decisions[0].clone());
    assert!(json.is_gone() && human.is_gone());
    assert!(json.finish().is_err() && human.finish().is_err());
}
