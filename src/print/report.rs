//! The report: one JSON object for programs, tables for people.

use super::look::{Lang, Look};
use super::table::Table;
use super::words;
use crate::decision::Report;

/// The report as one JSON object on one line, with a line break.
///
/// # Errors
///
/// Never in practice: the report is plain data.
pub fn report_json(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string(report).map(|line| line + "\n")
}

/// The report as tables.
pub fn report_table(report: &Report, look: Look) -> String {
    let page = Page { report, look };
    let mut out = page.head();
    page.rota(&mut out);
    page.make_ups(&mut out);
    page.staff(&mut out);
    page.customers(&mut out);
    page.visits(&mut out);
    page.deals(&mut out);
    page.accounts(&mut out);
    page.waiting(&mut out);
    out
}

struct Page<'a> {
    report: &'a Report,
    look: Look,
}

/// What stands where there is nothing.
const NOTHING: &str = "-";

impl Page<'_> {
    fn columns(&self, en: [&'static str; 8], zh: [&'static str; 8]) -> Table {
        let columns = if self.look.lang == Lang::En { en } else { zh };
        let named = columns
            .iter()
            .take_while(|column| !column.is_empty())
            .count();
        Table::new(&columns[..named])
    }

    fn state(&self, word: &str) -> String {
        words::state(word, self.look.lang)
    }

    /// A time as people read it.
    fn time(&self, text: &str) -> String {
        let date = text.get(..10).unwrap_or(text);
        let time = text.get(11..23).unwrap_or_default();
        let time = time.trim_end_matches(".000");
        let time = time
            .strip_suffix(":00")
            .filter(|rest| rest.len() == 5)
            .unwrap_or(time);
        format!("{date} {time}")
    }

    fn head(&self) -> String {
        let stamp = short_stamp(&self.report.policy);
        let report = self.report;
        let at = report
            .at
            .as_deref()
            .map_or(NOTHING.into(), |at| self.time(at));
        let text = match self.look.lang {
            Lang::En => format!("{} · events: {} · policy: {}", at, report.events, stamp),
            Lang::Zh => format!("{} · 事件数：{} · 制度：{}", at, report.events, stamp),
        };
        format!(
            "{}\n{}\n",
            self.look.strong(text),
            self.look.faint(&report.state_digest)
        )
    }

    fn rota(&self, out: &mut String) {
        let mut table = self.columns(
            ["desk", ">round", "next", "priority", "", "", "", ""],
            ["轮序", ">轮次", "下一位", "优先", "", "", "", ""],
        );
        for (desk, rota) in &self.report.rota {
            table.row([
                desk.clone(),
                rota.round.to_string(),
                rota.next.join(", "),
                rota.priority.join(", "),
            ]);
        }
        table.print(self.look.lang.pick("Rota", "轮序"), self.look, out);
    }

    /// The ledger of priority turns: whose, where from, for how long.
    fn make_ups(&self, out: &mut String) {
        let mut table = self.columns(
            ["desk", "person", "kind", "given", "by", "until", "", ""],
            ["轮序", "人员", "种类", "给予时间", "依据", "至", "", ""],
        );
        for (desk, rota) in &self.report.rota {
            for turn in &rota.make_ups {
                table.row([
                    desk.clone(),
                    turn.staff.clone(),
                    turn.kind.clone(),
                    self.time(&turn.at),
                    turn.because.join(", "),
                    turn.until
                        .as_deref()
                        .map_or(NOTHING.into(), |until| self.time(until)),
                ]);
            }
        }
        let title = self.look.lang.pick("Priority turns", "优先轮次");
        table.print(title, self.look, out);
    }

    fn staff(&self, out: &mut String) {
        let mut table = self.columns(
            [
                "person",
                "role",
                ">commission",
                ">provisional",
                ">fines",
                ">points",
                ">turns used / forfeited",
                ">receptions",
            ],
            [
                "人员",
                "角色",
                ">佣金",
                ">暂定佣金",
                ">罚款",
                ">记分",
                ">轮次 已用 / 作废",
                ">接待数",
            ],
        );
        for (person, staff) in &self.report.staff {
            let mark = if staff.can_receive { "" } else { " ×" };
            table.row([
                format!("{person}{mark}"),
                staff.role.clone(),
                staff.commission.clone(),
                staff.provisional.clone(),
                staff.fines.clone(),
                staff.points.to_string(),
                format!("{} / {}", staff.turns_used, staff.turns_forfeited),
                staff.receptions.to_string(),
            ]);
        }
        let title = self
            .look
            .lang
            .pick("People (× cannot receive now)", "人员（× 现在不能接待）");
        table.print(title, self.look, out);
        self.pay_back(out);
    }

    fn pay_back(&self, out: &mut String) {
        let mut table = self.columns(
            ["person", ">sum", "", "", "", "", "", ""],
            ["人员", ">金额", "", "", "", "", "", ""],
        );
        for (person, staff) in &self.report.staff {
            let sum = staff.pay_back.iter();
            sum.for_each(|sum| table.row([person.clone(), sum.clone()]));
        }
        let title = self.look.lang.pick("To be paid back", "应退还");
        table.print(title, self.look, out);
    }

    fn customers(&self, out: &mut String) {
        let mut table = self.columns(
            ["customer", "owner", "claims", "", "", "", "", ""],
            ["客户", "归属人", "权利", "", "", "", "", ""],
        );
        for (name, customer) in &self.report.customers {
            let claims = customer.claims.iter().map(|claim| {
                let until = claim
                    .until
                    .as_deref()
                    .map(|until| format!(" < {}", self.time(until)));
                let (kind, state) = (self.state(&claim.kind), self.state(&claim.claim));
                format!(
                    "{} {kind} {state}{}",
                    claim.staff,
                    until.unwrap_or_default()
                )
            });
            let claims = claims.collect::<Vec<_>>().join("; ");
            table.row([
                name.clone(),
                customer.owner.clone().unwrap_or(NOTHING.into()),
                claims,
            ]);
        }
        table.print(self.look.lang.pick("Customers", "客户"), self.look, out);
    }

    fn visits(&self, out: &mut String) {
        let mut table = self.columns(
            ["visit", "received by", "as", "state", "", "", "", ""],
            ["来访", "接待人", "身份", "状态", "", "", "", ""],
        );
        for (name, visit) in &self.report.visits {
            let role = visit
                .role
                .as_deref()
                .map_or(NOTHING.into(), |role| self.state(role));
            let staff = visit.staff.clone().unwrap_or(NOTHING.into());
            table.row([name.clone(), staff, role, self.state(&visit.state)]);
        }
        table.print(self.look.lang.pick("Visits", "来访"), self.look, out);
    }

    fn deals(&self, out: &mut String) {
        let mut table = self.columns(
            ["deal", "state", "shares", "until", "", "", "", ""],
            ["成交", "状态", "分配", "至", "", "", "", ""],
        );
        for (name, deal) in &self.report.deals {
            let shares = deal
                .shares
                .iter()
                .map(|part| format!("{} {} ({})", part.staff, part.amount, part.share));
            let levies = deal.levies.iter();
            let levies = levies.map(|levied| format!("{} {}", levied.to, levied.amount));
            let held = deal.held.as_ref().map(|held| {
                let word = self.look.lang.pick("held", "保留");
                format!("{word} {held}")
            });
            let shares: Vec<_> = shares.chain(levies).chain(held).collect();
            let shares = shares.join(", ");
            let until = deal
                .until
                .as_deref()
                .map_or(String::new(), |until| self.time(until));
            table.row([name.clone(), self.state(&deal.state), shares, until]);
        }
        table.print(self.look.lang.pick("Deals", "成交"), self.look, out);
    }

    fn accounts(&self, out: &mut String) {
        let mut table = self.columns(
            ["account", ">sum", "", "", "", "", "", ""],
            ["账户", ">金额", "", "", "", "", "", ""],
        );
        for (name, sum) in &self.report.accounts {
            table.row([name.clone(), sum.clone()]);
        }
        table.print(self.look.lang.pick("Accounts", "账户"), self.look, out);
    }

    fn waiting(&self, out: &mut String) {
        let mut windows = self.columns(
            ["window", "about", "until", "", "", "", "", ""],
            ["期限", "关于", "至", "", "", "", "", ""],
        );
        for window in &self.report.open_windows {
            windows.row([
                window.kind.clone(),
                window.about.clone(),
                self.time(&window.until),
            ]);
        }
        windows.print(
            self.look.lang.pick("Open windows", "未到期的期限"),
            self.look,
            out,
        );
        let mut rulings = self.columns(
            ["about", "question", "asks", "", "", "", "", ""],
            ["关于", "问题", "由谁裁定", "", "", "", "", ""],
        );
        for open in &self.report.undecided {
            rulings.row([open.about.clone(), open.question.clone(), open.asks.clone()]);
        }
        rulings.print(self.look.lang.pick("Undecided", "待裁定"), self.look, out);
    }
}

/// `name@digest` with as much of the digest as people compare.
fn short_stamp(stamp: &str) -> &str {
    let end = stamp.find('@').map_or(stamp.len(), |at| at + 13);
    stamp.get(..end).unwrap_or(stamp)
}
