//! Journal lines that repeat another or cannot be.

use serde_json::json;

use super::super::deals::Standing;
use super::super::visits::VisitState;
use super::{SALES, SITE, Writer};

impl Writer {
    pub(super) fn inspected(&mut self, staff: &str, item: &str, passed: bool) {
        let inspector = self.authority(SITE).unwrap_or_else(|| SALES.to_string());
        self.emit(
            "inspection",
            json!({ "staff": staff, "item": item, "passed": passed, "inspector": inspector }),
        );
    }

    pub(super) fn violation(&mut self) {
        let kinds = [
            "private_listing",
            "late_greeting",
            "distraction",
            "cold_treatment",
        ];
        let staff = self.random.of(&self.staying);
        let kind = self.random.of(&kinds);
        self.emit(
            "violation",
            json!({ "staff": staff, "kind": kind, "reported_by": SITE }),
        );
    }

    /// A line that was there before, or its id with another content.
    pub(super) fn repeated(&mut self) {
        let Some((id, line)) = self.random.pick(&self.ids) else {
            return;
        };
        if self.random.percent(60) {
            self.write(line);
        } else if self.options.impossible {
            self.emit("tick", json!({ "id": id, "note": "another" }));
        }
    }

    /// Something well-formed that cannot be.
    pub(super) fn impossible(&mut self) {
        let staff = self.random.of(&self.staying);
        let known = self.known_customers();
        let customer = self.random.pick(&known);
        let ended = self.visits_in(VisitState::Ended);
        let ended = self.random.pick(&ended);
        match (self.random.below(14), customer, ended) {
            (0, _, _) => self.emit("sign_in", json!({ "staff": "nobody" })),
            (1, _, _) => self.emit(
                "recognition",
                json!({ "customer": "c_unknown", "staff": staff }),
            ),
            (2, _, _) => self.emit("visit_end", json!({ "visit": "v_unknown" })),
            (3, _, Some(ended)) => self.emit("visit_end", json!({ "visit": ended })),
            (4, _, Some(ended)) => {
                let customer = self.new_customer();
                self.customers -= 1;
                self.emit("visit", json!({ "visit": ended, "customer": customer }));
            }
            (5, _, _) => {
                let mut order = self.staying.clone();
                order.push(order[0].clone());
                self.emit("roster", json!({ "order": order }));
            }
            (6, _, _) => {
                let mut order = self.staying.clone();
                order.push(SITE.to_string());
                self.emit("roster", json!({ "order": order }));
            }
            (7, _, _) => self.emit(
                "swap",
                json!({ "staff": staff, "counterpart": staff, "approved_by": SITE }),
            ),
            (which, customer, ended) => self.impossible_too(which, &staff, customer, ended),
        }
    }

    fn impossible_too(
        &mut self,
        which: usize,
        staff: &str,
        customer: Option<String>,
        ended: Option<String>,
    ) {
        match (which, customer, ended) {
            (8, _, Some(ended)) => self.emit(
                "replacement",
                json!({ "visit": ended, "fault": "serious", "approved_by": SALES }),
            ),
            (9, Some(customer), _) => {
                let deals = self.deals_in(|_| true);
                if let Some(deal) = self.random.pick(&deals) {
                    self.emit(
                        "deal",
                        json!({ "deal": deal, "customer": customer, "commission": "10.00" }),
                    );
                }
            }
            (10, _, _) => {
                let deals = self.deals_in(|standing| standing == Standing::Cancelled);
                let deal = self.random.pick(&deals).unwrap_or("d_unknown".into());
                self.emit("deal_cancelled", json!({ "deal": deal }));
            }
            (11, _, _) => {
                let away = self.office().people[staff].absence.is_some();
                let kind = if away { "away" } else { "back" };
                self.emit(kind, json!({ "staff": staff }));
            }
            (12, Some(customer), _) => {
                // Impossible when the customer is here, an ordinary visit otherwise.
                self.visits += 1;
                let visit = format!("v{}", self.visits);
                self.emit("visit", json!({ "visit": visit, "customer": customer }));
            }
            (_, Some(customer), _) => {
                self.visits += 1;
                let visit = format!("v{}", self.visits);
                self.emit(
                    "visit",
                    json!({ "visit": visit, "customer": customer, "remembers": "nobody" }),
                );
            }
            _ => self.emit("back", json!({ "staff": SITE })),
        }
    }
}
