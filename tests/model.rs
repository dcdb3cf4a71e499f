//! Trust in the oracle: examples derived by hand from the rulebook, and properties of random journals.

#[path = "model/mod.rs"]
mod model;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use model::claims::{Kind, State};
use model::visits::VisitState;
use model::{Outcome, Run, generate};

/// A journal written by hand.
#[derive(Clone)]
struct Book {
    text: String,
    lines: u64,
    refused_so_far: Vec<u64>,
}

impl Book {
    /// The three managers and these agents, rostered in this order, on 1 January 2024.
    fn new(agents: &[&str]) -> Self {
        let mut book = Book {
            text: String::new(),
            lines: 0,
            refused_so_far: Vec::new(),
        };
        let start = "2024-01-01T08:00";
        for role in ["site_manager", "sales_manager", "project_manager"] {
            let person = role.trim_end_matches("_manager");
            book.at(start, "person", json!({ "person": person, "role": role }));
        }
        for agent in agents {
            book.at(start, "person", json!({ "person": agent, "role": "agent" }));
        }
        book.at(start, "roster", json!({ "order": agents }));
        book
    }

    fn at(&mut self, at: &str, event: &str, mut fields: Value) -> &mut Self {
        fields["at"] = json!(at);
        fields["event"] = json!(event);
        self.text += &format!("{fields}\n");
        self.lines += 1;
        self
    }

    /// The event written last is one that has to be refused.
    fn refused(&mut self) -> &mut Self {
        self.refused_so_far.push(self.lines);
        self
    }

    /// A visit of somebody who remembers nobody.
    fn comes(&mut self, at: &str, visit: &str, customer: &str) -> &mut Self {
        self.at(at, "visit", json!({ "visit": visit, "customer": customer }))
    }

    /// A visit of somebody who names an agent.
    fn names(&mut self, at: &str, visit: &str, customer: &str, staff: &str) -> &mut Self {
        let visit = json!({ "visit": visit, "customer": customer, "remembers": staff });
        self.at(at, "visit", visit)
    }

    fn ends(&mut self, at: &str, visit: &str) -> &mut Self {
        self.at(at, "visit_end", json!({ "visit": visit }))
    }

    /// A visit that begins and ends.
    fn passes(&mut self, at: &str, visit: &str, customer: &str) -> &mut Self {
        self.comes(at, visit, customer).ends(at, visit)
    }

    fn recognised(&mut self, at: &str, customer: &str, staff: &str) -> &mut Self {
        self.at(
            at,
            "recognition",
            json!({ "customer": customer, "staff": staff }),
        )
    }

    fn deal(&mut self, at: &str, deal: &str, customer: &str, commission: &str) -> &mut Self {
        let deal = json!({ "deal": deal, "customer": customer, "commission": commission });
        self.at(at, "deal", deal)
    }

    fn tick(&mut self, at: &str) -> &mut Self {
        self.at(at, "tick", json!({}))
    }

    /// What it comes to; the refusals have to be those announced.
    fn outcome(&self) -> Outcome {
        let outcome = model::run(&self.text);
        assert_eq!(outcome.refused, self.refused_so_far);
        outcome
    }

    fn report(&self) -> Value {
        self.outcome().report
    }
}

fn owner<'a>(report: &'a Value, customer: &str) -> &'a Value {
    &report["customers"][customer]["owner"]
}

fn next(report: &Value) -> Value {
    report["rota"]["walk_in"]["next"].clone()
}

/// A deal's state and the amounts, as `state a:1.00 b:2.00`.
fn deal(report: &Value, deal: &str) -> String {
    let deal = &report["deals"][deal];
    let mut text = deal["state"].as_str().unwrap_or_default().to_string();
    for part in deal["shares"].as_array().into_iter().flatten() {
        let word = |field: &str| part[field].as_str().unwrap_or_default().to_string();
        text += &format!(" {}:{}", word("staff"), word("amount"));
    }
    text
}

/// A visit as `state role staff`.
fn visit(report: &Value, visit: &str) -> String {
    let visit = &report["visits"][visit];
    let word = |field: &str| visit[field].as_str().unwrap_or("-").to_string();
    format!("{} {} {}", word("state"), word("role"), word("staff"))
}

/// Somebody's turns used, turns forfeited and receptions.
fn counts(report: &Value, staff: &str) -> Value {
    let staff = &report["staff"][staff];
    json!([
        staff["turns_used"],
        staff["turns_forfeited"],
        staff["receptions"]
    ])
}

#[test]
fn the_rota_rolls_and_carries_over_to_the_next_day() {
    let mut book = Book::new(&["a", "b", "c"]);
    book.passes("2024-01-01T09:00", "v1", "x")
        .passes("2024-01-01T10:00", "v2", "y")
        .passes("2024-01-02T09:00", "v3", "z")
        .passes("2024-01-02T10:00", "v4", "w");
    let report = book.report();
    assert_eq!(visit(&report, "v3"), "ended duty c");
    assert_eq!(visit(&report, "v4"), "ended duty a");
    assert_eq!(report["rota"]["walk_in"]["round"], 2);
    assert_eq!(next(&report), json!(["b", "c"]));
}

#[test]
fn a_round_with_every_turn_spent_runs_until_a_visit_comes() {
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x")
        .passes("2024-01-01T10:00", "v2", "y");
    let report = book.report();
    assert_eq!(report["rota"]["walk_in"]["round"], 1);
    assert_eq!(next(&report), json!([]));
}

#[test]
fn passed_over_while_away_forfeits_and_a_visit_that_waits_costs_nothing() {
    let mut book = Book::new(&["a", "b", "c"]);
    book.at("2024-01-01T09:00", "away", json!({ "staff": "b" }))
        .passes("2024-01-01T09:01", "v1", "x") // a; nobody is passed over
        .comes("2024-01-01T09:02", "v2", "y") // c; b loses the turn
        .comes("2024-01-01T09:03", "v3", "z") // a again, in round 2
        .comes("2024-01-01T09:04", "v4", "w"); // nobody: it waits
    let report = book.report();
    assert_eq!(counts(&report, "a"), json!([2, 0, 2]));
    assert_eq!(counts(&report, "b"), json!([0, 1, 0]));
    assert_eq!(visit(&report, "v4"), "waiting - -");
    assert_eq!(report["rota"]["walk_in"]["round"], 2);
    assert_eq!(next(&report), json!(["b", "c"]));
    // Back, b receives the visit that waits.
    book.at("2024-01-01T09:05", "back", json!({ "staff": "b" }));
    assert_eq!(visit(&book.report(), "v4"), "open duty b");
}

#[test]
fn a_turn_kept_at_the_round_s_end_is_a_priority_turn() {
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .comes("2024-01-01T09:01", "v2", "y") // b
        .passes("2024-01-01T09:02", "v3", "z") // a, round 2
        .passes("2024-01-01T09:03", "v4", "w") // b's turn of round 2 is kept: priority; a, round 3
        .ends("2024-01-01T09:04", "v2");
    let report = book.report();
    assert_eq!(report["rota"]["walk_in"]["round"], 3);
    assert_eq!(report["rota"]["walk_in"]["priority"], json!(["b"]));
    assert_eq!(next(&report), json!(["b", "b"]));
}

#[test]
fn an_assignment_verified_only_on_return_brings_back_the_first_turn() {
    let mut book = Book::new(&["a", "b"]);
    book.at(
        "2024-01-01T09:00",
        "away",
        json!({ "staff": "a", "reason": "assigned", "verified_by": "site" }),
    )
    .passes("2024-01-01T09:01", "v1", "x") // b, a loses the turn
    .passes("2024-01-01T09:02", "v2", "y") // b, round 2, a loses the turn
    .at(
        "2024-01-01T09:03",
        "back",
        json!({ "staff": "a", "verified_by": "project" }),
    );
    let report = book.report();
    assert_eq!(counts(&report, "a"), json!([0, 1, 0]));
    assert_eq!(report["rota"]["walk_in"]["priority"], json!(["a"]));
    assert_eq!(next(&report), json!(["a"]));
}

#[test]
fn a_barred_turn_stays_open_until_the_round_ends() {
    let mut book = Book::new(&["a", "b"]);
    let failed = json!({ "staff": "a", "item": "materials", "passed": false, "inspector": "site" });
    book.at("2024-01-01T09:00", "inspection", failed)
        .passes("2024-01-01T09:01", "v1", "x"); // b
    assert_eq!(next(&book.report()), json!(["a"]));
    book.passes("2024-01-01T09:02", "v2", "y"); // b, round 2: a's turn of round 1 is lost
    let report = book.report();
    assert_eq!(counts(&report, "a"), json!([0, 1, 0]));
    assert_eq!(next(&report), json!(["a"]));
}

#[test]
fn attire_forfeits_the_turn_and_only_the_site_manager_inspects() {
    let mut book = Book::new(&["a", "b"]);
    let failed = |inspector: &str| json!({ "staff": "a", "item": "attire", "passed": false, "inspector": inspector });
    book.at("2024-01-01T09:00", "inspection", failed("sales"))
        .refused()
        .at("2024-01-01T09:01", "inspection", failed("site"));
    let report = book.report();
    assert_eq!(counts(&report, "a"), json!([0, 1, 0]));
    assert_eq!(report["staff"]["a"]["can_receive"], false);
    assert_eq!(next(&report), json!(["b"]));
}

#[test]
fn only_an_approved_swap_of_unspent_turns_changes_places() {
    let swap = |by: &str| json!({ "staff": "a", "counterpart": "c", "approved_by": by });
    let mut book = Book::new(&["a", "b", "c"]);
    book.at("2024-01-01T09:00", "swap", swap("sales"))
        .refused()
        .at("2024-01-01T09:01", "swap", swap("site"))
        .passes("2024-01-01T09:02", "v1", "x")
        .at("2024-01-01T09:03", "swap", swap("site"))
        .refused();
    let report = book.report();
    assert_eq!(visit(&report, "v1"), "ended duty c");
    assert_eq!(next(&report), json!(["b", "a"]));
}

#[test]
fn the_owner_receives_out_of_turn_and_a_helper_takes_nothing() {
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .names("2024-01-01T10:00", "v2", "x", "a")
        .names("2024-01-01T10:01", "v3", "y", "a") // a is taken at their word, and busy
        .deal("2024-01-01T10:02", "d1", "y", "100");
    let report = book.report();
    assert_eq!(visit(&report, "v2"), "open owner a");
    assert_eq!(visit(&report, "v3"), "open helper b");
    assert_eq!(deal(&report, "d1"), "final a:100.00");
    assert_eq!(counts(&report, "a"), json!([1, 0, 2]));
    assert_eq!(counts(&report, "b"), json!([0, 0, 1]));
    assert_eq!(next(&report), json!(["b"]));
}

#[test]
fn a_pair_uses_one_turn_and_a_spent_one_is_owed() {
    let pair = |visit: &str, brings: &str| json!({ "visit": visit, "customer": "x", "remembers": "a", "brings": [brings] });
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a uses the turn of round 1
        .at("2024-01-01T10:00", "visit", pair("v2", "y"))
        .ends("2024-01-01T10:30", "v2")
        .passes("2024-01-01T11:00", "v3", "z") // b
        .passes("2024-01-01T12:00", "v4", "w") // round 2: a's turn is already used, so b
        .at("2024-01-01T13:00", "visit", pair("v5", "y")); // y is nobody new
    let report = book.report();
    assert_eq!(counts(&report, "a"), json!([2, 0, 3]));
    assert_eq!(visit(&report, "v4"), "ended duty b");
    assert_eq!(owner(&report, "y"), "a");
    assert_eq!(next(&report), json!([]));
}

#[test]
fn the_same_day_the_original_agent_receives_again() {
    let mut book = Book::new(&["a", "b", "c"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .comes("2024-01-02T09:00", "v2", "x") // b
        .recognised("2024-01-02T09:10", "x", "a")
        .deal("2024-01-02T09:20", "d1", "x", "100");
    let report = book.report();
    assert_eq!(visit(&report, "v2"), "open original a");
    assert_eq!(owner(&report, "x"), "a");
    assert_eq!(deal(&report, "d1"), "final a:100.00");
    assert_eq!(counts(&report, "a"), json!([1, 0, 2]));
    assert_eq!(counts(&report, "b"), json!([0, 0, 0]));
    assert_eq!(next(&report), json!(["b", "c"]));
}

#[test]
fn the_new_agent_goes_on_as_helper_for_an_original_who_is_away() {
    let mut book = Book::new(&["a", "b", "c"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .comes("2024-01-02T09:00", "v2", "x") // b
        .at("2024-01-02T09:05", "away", json!({ "staff": "a" }))
        .recognised("2024-01-02T09:10", "x", "a");
    let report = book.report();
    assert_eq!(visit(&report, "v2"), "open helper b");
    assert_eq!(counts(&report, "b"), json!([0, 0, 1]));
    assert_eq!(owner(&report, "x"), "a");
}

#[test]
fn a_deal_on_the_spot_wins_over_a_later_recognition() {
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .comes("2024-01-02T09:00", "v2", "x") // b
        .deal("2024-01-02T09:10", "d1", "x", "100")
        .recognised("2024-01-02T09:20", "x", "a")
        .refused();
    let report = book.report();
    assert_eq!(deal(&report, "d1"), "final b:100.00");
    assert_eq!(owner(&report, "x"), "b");
}

#[test]
fn a_deal_after_the_visit_goes_back_whole_on_the_same_day_and_half_later() {
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .passes("2024-01-31T09:00", "v2", "x") // b
        .deal("2024-01-31T10:00", "d1", "x", "0.05");
    assert_eq!(deal(&book.report(), "d1"), "provisional b:0.05");
    let mut same_day = book.clone();
    same_day.recognised("2024-01-31T23:59:59.999", "x", "a");
    assert_eq!(deal(&same_day.report(), "d1"), "final a:0.05");
    let mut later = book;
    later.recognised("2024-02-01T00:00", "x", "a");
    assert_eq!(deal(&later.report(), "d1"), "final a:0.02 b:0.03");
}

#[test]
fn a_month_from_31_january_ends_with_29_february() {
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .passes("2024-01-31T09:00", "v2", "x") // b
        .deal("2024-02-01T10:00", "d1", "x", "10")
        .tick("2024-02-29T23:59:59.999");
    let inside = book.report();
    assert_eq!(deal(&inside, "d1"), "provisional b:10.00");
    assert_eq!(
        inside["customers"]["x"]["claims"][0]["until"],
        "2024-03-01T00:00:00.000+08:00"
    );
    book.recognised("2024-03-01T00:00", "x", "a").refused();
    assert_eq!(deal(&book.report(), "d1"), "final b:10.00");
}

#[test]
fn three_agents_share_when_both_are_recognised() {
    let mut book = Book::new(&["a", "b", "c"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .passes("2024-01-02T09:00", "v2", "x") // b; a until 3 February
        .passes("2024-01-03T09:00", "v3", "x") // c; b until 4 February
        .deal("2024-01-10T09:00", "d1", "x", "10")
        .recognised("2024-01-11T09:00", "x", "a");
    assert_eq!(deal(&book.report(), "d1"), "provisional a:5.00 c:5.00");
    book.recognised("2024-02-03T23:59:59.999", "x", "b");
    assert_eq!(deal(&book.report(), "d1"), "final a:3.33 b:3.33 c:3.34");
}

#[test]
fn a_share_sleeps_and_wakes_with_the_claim_it_rests_on() {
    let mut book = Book::new(&["a", "b", "c"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .passes("2024-01-02T09:00", "v2", "x") // b
        .recognised("2024-01-05T09:00", "x", "a") // a shares with b
        .passes("2024-01-06T09:00", "v3", "x") // c; b and a's share sleep
        .deal("2024-01-06T10:00", "d1", "x", "9")
        .recognised("2024-01-06T11:00", "x", "b"); // the same day: b again, and a's share wakes
    let report = book.report();
    assert_eq!(owner(&report, "x"), "b");
    assert_eq!(deal(&report, "d1"), "final a:4.50 b:4.50");
    assert_eq!(counts(&report, "c"), json!([0, 0, 1]));
}

#[test]
fn against_a_later_owner_the_same_day_is_only_a_share() {
    let mut book = Book::new(&["a", "b", "c"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .passes("2024-01-02T09:00", "v2", "x") // b
        .passes("2024-01-02T10:00", "v3", "x") // c
        .recognised("2024-01-02T11:00", "x", "a");
    let report = book.report();
    assert_eq!(owner(&report, "x"), "c");
    // b, the same day and still judged against c's reception, receives again; c is out, and a's
    // share, which rested on c's claim, with it.
    book.recognised("2024-01-02T12:00", "x", "b");
    let report = book.report();
    assert_eq!(owner(&report, "x"), "b");
    let claims = report["customers"]["x"]["claims"].as_array();
    assert_eq!(claims.map(Vec::len), Some(1));
}

#[test]
fn the_rota_s_choice_may_be_a_recognition() {
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .passes("2024-01-02T09:00", "v2", "x") // b
        .comes("2024-01-03T09:00", "v3", "x"); // a, round 2: a recognition, b follows up
    let report = book.report();
    assert_eq!(visit(&report, "v3"), "open owner b");
    assert_eq!(report["rota"]["walk_in"]["round"], 2);
    assert_eq!(next(&report), json!(["a", "b"]));
    assert_eq!(counts(&report, "a"), json!([1, 0, 1]));
    assert_eq!(report["customers"]["x"]["claims"][0]["kind"], "share");
}

#[test]
fn a_recognition_while_the_visit_waits_names_the_agent() {
    let mut book = Book::new(&["a", "b"]);
    book.passes("2024-01-01T09:00", "v1", "x") // a
        .comes("2024-01-02T09:00", "v2", "y") // b
        .at("2024-01-02T09:01", "sign_out", json!({ "staff": "a" }))
        .comes("2024-01-02T09:02", "v3", "x") // waits
        .recognised("2024-01-02T09:03", "x", "a")
        .recognised("2024-01-02T09:04", "x", "b")
        .refused()
        .ends("2024-01-02T09:05", "v2"); // b is free: a helper, not the duty agent
    let report = book.report();
    assert_eq!(visit(&report, "v3"), "open helper b");
    assert_eq!(owner(&report, "x"), "a");
}

#[test]
fn a_request_for_another_agent_needs_a_finding_and_a_new_customer() {
    let ask = |visit: &str, fault: &str, insists: bool, by: &str| json!({ "visit": visit, "fault": fault, "insists": insists, "priority": true, "approved_by": by });
    let mut book = Book::new(&["a", "b", "c"]);
    book.comes("2024-01-01T09:00", "v1", "x") // a
        .at(
            "2024-01-01T09:01",
            "replacement",
            ask("v1", "serious", false, "site"),
        )
        .refused()
        .at(
            "2024-01-01T09:02",
            "replacement",
            ask("v1", "none", false, "sales"),
        )
        .refused()
        .at(
            "2024-01-01T09:03",
            "replacement",
            ask("v1", "ordinary", false, "sales"),
        )
        .refused()
        .at(
            "2024-01-01T09:04",
            "replacement",
            ask("v1", "ordinary", true, "sales"),
        );
    let report = book.report();
    assert_eq!(visit(&report, "v1"), "open replacement b");
    assert_eq!(owner(&report, "x"), "b");
    assert_eq!(counts(&report, "a"), json!([0, 0, 0]));
    assert_eq!(next(&report), json!(["a", "c"]));
    book.at(
        "2024-01-01T09:05",
        "replacement",
        ask("v1", "serious", true, "sales"),
    )
    .ends("2024-01-01T09:06", "v1");
    let report = book.report();
    assert_eq!(visit(&report, "v1"), "ended replacement c");
    assert_eq!(report["rota"]["walk_in"]["priority"], json!(["a"]));
    // Once owned, the customer is no longer new.
    book.comes("2024-01-02T09:00", "v2", "x") // a, by priority
        .at(
            "2024-01-02T09:01",
            "replacement",
            ask("v2", "serious", true, "sales"),
        )
        .refused();
    assert_eq!(visit(&book.report(), "v2"), "open duty a");
}

#[test]
fn a_replaced_visit_waits_at_the_head_for_somebody_else() {
    let mut book = Book::new(&["a", "b"]);
    book.comes("2024-01-01T09:00", "v1", "x") // a
        .comes("2024-01-01T09:01", "v2", "y") // b
        .comes("2024-01-01T09:02", "v3", "z") // waits
        .at(
            "2024-01-01T09:03",
            "replacement",
            json!({ "visit": "v1", "fault": "serious", "approved_by": "sales" }),
        );
    let report = book.report();
    assert_eq!(visit(&report, "v1"), "waiting - -");
    assert_eq!(visit(&report, "v3"), "open duty a");
    book.ends("2024-01-01T09:04", "v2");
    assert_eq!(visit(&book.report(), "v1"), "open replacement b");
}

#[test]
fn a_deal_of_a_customer_whom_nobody_owns_waits_for_a_ruling() {
    let ruling = |by: &str| json!({ "about": "d1", "question": "share", "decided_by": by, "shares": [{ "staff": "a", "share": "1", "amount": "7.00" }] });
    let mut book = Book::new(&["a"]);
    book.at("2024-01-01T09:00", "sign_out", json!({ "staff": "a" }))
        .comes("2024-01-01T09:01", "v1", "x")
        .deal("2024-01-01T09:02", "d1", "x", "7")
        .at("2024-01-01T09:03", "ruling", ruling("site"))
        .refused();
    assert_eq!(deal(&book.report(), "d1"), "undecided");
    book.at("2024-01-01T09:04", "ruling", ruling("sales"));
    assert_eq!(deal(&book.report(), "d1"), "final a:7.00");
}

#[test]
fn who_is_not_to_be_received_uses_no_turn() {
    let mut book = Book::new(&["a", "b"]);
    let courier = json!({ "visit": "v1", "customer": "x", "purpose": "courier" });
    book.at("2024-01-01T09:00", "visit", courier);
    let report = book.report();
    assert_eq!(visit(&report, "v1"), "not_received - -");
    assert_eq!(owner(&report, "x"), &Value::Null);
    assert_eq!(next(&report), json!(["a", "b"]));
}

/// What always holds after a line.
fn check(run: &Run, at: &str) {
    let office = &run.office;
    let mut busy = BTreeSet::new();
    for (name, visit) in &office.visits {
        if visit.state == VisitState::Open {
            let staff = visit.staff.as_ref();
            assert!(
                staff.is_some_and(|staff| busy.insert(staff)),
                "{at}: {name} has nobody of its own"
            );
        }
    }
    for name in &office.queue {
        let floor = office.floor(name);
        let able = floor.standing.keys().find(|staff| floor.open_to(staff));
        assert_eq!(able, None, "{at}: {name} waits for nothing");
    }
    for (name, customer) in &office.customers {
        let ledger = &customer.ledger;
        for (id, claim) in ledger.live() {
            if claim.state == State::Active {
                let mut base = id;
                while let Kind::Share { base: next } = ledger.get(base).kind {
                    base = next;
                }
                assert_eq!(
                    Some(base),
                    ledger.owner(),
                    "{at}: {name} of {}",
                    claim.staff
                );
            }
        }
    }
    let received = office.visits.values().filter(|visit| visit.staff.is_some());
    let receptions: i64 = office.people.values().map(|one| one.receptions).sum();
    assert_eq!(received.count() as i64, receptions, "{at}: receptions");
    for (name, deal) in &office.deals {
        let parts = deal.parts(&office.customers[&deal.customer].ledger);
        let sum: i64 = parts.iter().map(|(_, _, fen)| fen).sum();
        let whole = matches!(deal.standing().word(), "provisional" | "final");
        assert_eq!(sum, if whole { deal.fen } else { 0 }, "{at}: {name}");
    }
}

#[test]
fn random_journals_keep_what_always_holds() {
    for seed in 0..240 {
        let days = [5, 20, 40, 60][seed as usize % 4];
        let journal = generate::journal(seed, days);
        let mut run = Run::new();
        for (at, line) in journal.lines().enumerate() {
            run.line(line);
            if at % 7 == 0 {
                check(&run, &format!("seed {seed}, line {}", at + 1));
            }
        }
        check(&run, &format!("seed {seed}, end"));
        if seed % 40 == 0 {
            assert_eq!(journal, generate::journal(seed, days));
        }
        let outcome = run.outcome();
        assert_eq!(outcome.report, model::report(&journal));
    }
}
