//! How every sort of decision, a report and a malformed line look, for programs and for people in both languages.

use super::*;
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::names::Name;
use crate::base::time::Instant;
use crate::decision::{
    Because, ClaimReport, Costs, CustomerReport, DealReport, Decision, Levied, LevyReport,
    MakeUpReport, Payee, Portion, Report, RotaReport, ShareReport, Sink, StaffReport, TracedClause,
    UndecidedReport, VisitReport, What, WindowReport,
};
use crate::event::{CustomerId, DealId, Ids, PersonId, VisitId};
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

/// Names for what is decided.
struct Cast {
    an: PersonId,
    bo: PersonId,
    li: CustomerId,
    v1: VisitId,
    d1: DealId,
    desk: Name,
    kind: Name,
    item: Name,
    boss: Name,
    until: Option<Instant>,
}

impl Cast {
    fn new(policy: &Policy, ids: &mut Ids) -> Cast {
        Cast {
            an: ids.people.intern("an").into(),
            bo: ids.people.intern("博").into(),
            li: ids.customers.intern("li").into(),
            v1: ids.visits.intern("v1").into(),
            d1: ids.deals.intern("d1").into(),
            desk: ids.words.intern("walk_in"),
            kind: ids.words.intern("late_greeting"),
            item: ids.words.intern("attire"),
            boss: ids.words.intern("sales_manager"),
            until: policy.calendar.parse("2024-04-13 00:00").ok(),
        }
    }

    fn receptions(&self) -> Vec<What> {
        let (visit, staff, desk) = (self.v1, self.bo, self.desk);
        let receive = |staff, role| What::Receive { visit, staff, role };
        vec![
            receive(Some(self.an), Some(ReceptionRole::Duty)),
            receive(None, None),
            What::Turn {
                staff,
                desk,
                effect: TurnEffect::Forfeited,
                of: None,
            },
        ]
    }

    fn claims(&self) -> Vec<What> {
        let (customer, staff) = (self.li, self.an);
        let own = |kind, claim| What::Own {
            customer,
            staff,
            kind,
            claim,
        };
        vec![
            own(ClaimKind::Owner, ClaimState::Active),
            own(ClaimKind::Owner, ClaimState::Sleeping),
            own(ClaimKind::Share, ClaimState::Lapsed),
        ]
    }

    fn deals(&self) -> Vec<What> {
        let half = |staff| Portion {
            staff,
            share: Fraction::new(1, 2).unwrap(),
            amount: Fen::new(640_000),
        };
        let nothing = |state, held| What::Share {
            deal: self.d1,
            state,
            shares: vec![],
            until: None,
            entries: vec![],
            levies: vec![],
            held,
            due: None,
        };
        vec![
            What::Share {
                deal: self.d1,
                state: ShareState::Provisional,
                shares: vec![half(self.an), half(self.bo)],
                until: self.until,
                entries: vec![
                    (Payee::Person(self.an), Fen::new(-640_000)),
                    (Payee::Person(self.bo), Fen::new(640_000)),
                ],
                levies: vec![],
                held: Fen::ZERO,
                due: None,
            },
            What::Share {
                deal: self.d1,
                state: ShareState::Final,
                shares: vec![half(self.an)],
                until: None,
                entries: vec![],
                levies: vec![Levied {
                    to: Payee::Person(self.bo),
                    amount: Fen::new(640_000),
                }],
                held: Fen::ZERO,
                due: Some(vec![(self.an, Fen::new(320_000))]),
            },
            nothing(ShareState::Undecided, Fen::new(1_280_000)),
            nothing(ShareState::Cancelled, Fen::ZERO),
        ]
    }

    fn conduct(&self) -> Vec<What> {
        let (staff, kind) = (self.an, self.kind);
        let bar = |barred, item| What::Bar {
            staff,
            barred,
            item,
        };
        let violation = |about| What::Violation { staff, kind, about };
        let sanction = |costs| What::Sanction { staff, kind, costs };
        let costs = Costs {
            fine: Some(Fen::new(5000)),
            points: Some(2),
            suspended_turns: Some(1),
            suspended_until: self.until,
            desk: None,
            warning: true,
            dismissed: true,
            pay_back: Some(Fen::new(20_000)),
            paid_by: Some(self.boss),
        };
        vec![
            bar(true, Some(self.item)),
            bar(false, None),
            violation(Some("v1".into())),
            violation(None),
            sanction(costs),
            sanction(Costs::default()),
        ]
    }

    fn others(&self) -> Vec<What> {
        let undecided = |question, clause: &str, reason: &str| What::Undecided {
            about: "d1".into(),
            question,
            clause: clause.into(),
            reason: reason.into(),
            asks: self.boss,
        };
        vec![
            What::Refuse {
                reason: "not_approved".into(),
            },
            What::Notify {
                to: "sales_manager".into(),
                message: both("li has come.", "li 来了。"),
            },
            undecided(Question::Share, "", "no clause answers"),
            undecided(Question::Own, "3.1, 3.7", "two differ"),
        ]
    }
}

/// One decision of every sort.
fn every_sort(policy: &Arc<Policy>, ids: &mut Ids) -> Vec<Decision> {
    let cast = Cast::new(policy, ids);
    let all = [
        cast.receptions(),
        cast.claims(),
        cast.deals(),
        cast.conduct(),
        cast.others(),
    ];
    let at = "2024-03-01 09:00";
    let mut decisions: Vec<_> = all
        .into_iter()
        .flatten()
        .map(|what| decision(policy, at, what))
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
        assert_eq!(
            value["policy"],
            "book@0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        );
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

fn staff(can_receive: bool) -> StaffReport {
    StaffReport {
        role: "agent".into(),
        commission: "6400.00".into(),
        provisional: "0.00".into(),
        fines: "50.00".into(),
        pay_back: Some("200.00".into()),
        points: 1,
        turns_used: 12,
        turns_forfeited: 1,
        receptions: 13,
        make_ups: 0,
        can_receive,
    }
}

fn claim(kind: &str, claim: &str, until: Option<&str>) -> ClaimReport {
    ClaimReport {
        staff: "an".into(),
        kind: kind.into(),
        claim: claim.into(),
        until: until.map(Into::into),
    }
}

fn deal() -> DealReport {
    let part = ShareReport {
        staff: "张三".into(),
        share: "1/2".into(),
        amount: "6400.00".into(),
    };
    DealReport {
        state: "provisional".into(),
        shares: vec![part.clone(), part],
        until: Some("2024-04-13T00:00:30.250+08:00".into()),
        levies: vec![LevyReport {
            to: "house".into(),
            amount: "100.00".into(),
        }],
        held: Some("20.00".into()),
        due: vec![],
        stage: None,
        received: None,
    }
}

fn report() -> Report {
    let until = "2024-04-13T00:00:00.000+08:00";
    let rota = RotaReport {
        round: 2,
        next: vec!["an".into(), "张三".into()],
        priority: vec![],
        make_ups: vec![MakeUpReport {
            staff: "an".into(),
            kind: "make_up".into(),
            given: 12,
            at: "2024-03-14T09:30:00.000+08:00".into(),
            because: vec!["3.7".into(), "3.8".into()],
            until: Some(until.into()),
        }],
    };
    let claims = vec![
        claim("owner", "active", None),
        claim("share", "sleeping", Some(until)),
    ];
    let customer = CustomerReport {
        owner: Some("an".into()),
        claims,
        also: Vec::new(),
        household: Vec::new(),
    };
    let visit = VisitReport {
        staff: Some("an".into()),
        role: Some("duty".into()),
        state: "ended".into(),
    };
    let undecided = UndecidedReport {
        about: "d1".into(),
        question: "share".into(),
        asks: "sales_manager".into(),
    };
    Report {
        events: 9,
        policy: "book@0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".into(),
        at: Some("2024-03-01T18:00:00.000+08:00".into()),
        rota: BTreeMap::from([("walk_in".into(), rota)]),
        staff: BTreeMap::from([("an".into(), staff(true)), ("张三".into(), staff(false))]),
        customers: BTreeMap::from([("li".into(), customer)]),
        visits: BTreeMap::from([("v1".into(), visit)]),
        deals: BTreeMap::from([("d1".into(), deal())]),
        accounts: BTreeMap::from([("house".into(), "0.00".into())]),
        open_windows: vec![WindowReport {
            kind: "month".into(),
            about: "li an".into(),
            until: until.into(),
        }],
        undecided: vec![undecided],
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
