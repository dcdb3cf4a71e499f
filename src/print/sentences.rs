//! One decision as one sentence.

use super::look::Lang;
use super::words;
use crate::base::fraction::Fraction;
use crate::base::money::Fen;
use crate::base::time::Instant;
use crate::decision::{Because, Costs, Decision, Levied, OfPriority, Payee, Portion, What};
use crate::event::Ids;
use crate::vocabulary::words::{ClaimKind, ClaimState, Identified, ShareState, TurnEffect};

/// A decision in words.
pub fn sentence(ids: &Ids, decision: &Decision, lang: Lang) -> String {
    let speaker = Speaker {
        ids,
        decision,
        lang,
    };
    match &decision.what {
        What::Identify { .. } => speaker.identify(),
        What::Receive { .. } | What::Turn { .. } => speaker.reception(),
        What::Own { .. } => speaker.own(),
        What::Share { .. } => speaker.share(),
        What::Bar { .. } | What::Violation { .. } | What::Sanction { .. } => speaker.conduct(),
        What::Refuse { reason } => speaker.refuse(reason),
        What::Notify { to, message } => {
            let (to, message) = (speaker.role(to), lang.of(message));
            match lang {
                Lang::En => format!("{to} is told: {message}"),
                Lang::Zh => format!("告知 {to}：{message}"),
            }
        }
        What::Undecided { .. } => speaker.undecided(),
    }
}

struct Speaker<'a> {
    ids: &'a Ids,
    decision: &'a Decision,
    lang: Lang,
}

impl Speaker<'_> {
    fn time(&self, at: Instant) -> String {
        self.decision.policy.calendar.format_short(at).to_string()
    }

    /// The title of a role, or the person's id.
    fn role<'t>(&'t self, word: &'t str) -> &'t str {
        let policy = &self.decision.policy;
        let is_it = |index: usize| policy.words.get(index).is_some_and(|known| known == word);
        let role = policy.roles.iter().find(|role| is_it(role.name.index()));
        role.map_or(word, |role| self.lang.of(&role.title))
    }

    /// The title of a kind of violation.
    fn violation<'t>(&'t self, word: &'t str) -> &'t str {
        let kinds = &self.decision.policy.violations;
        let kind = kinds.iter().find(|(known, _)| known == word);
        kind.map_or(word, |(_, title)| self.lang.of(title))
    }

    /// Who a customer turns out to be.
    fn identify(&self) -> String {
        let What::Identify { customer, how, of } = &self.decision.what else {
            return String::new();
        };
        let customer = self.ids.customer(*customer);
        let of = of.map_or("", |of| self.ids.customer(of));
        match (how, self.lang) {
            (Identified::New, Lang::En) => format!("{customer} is a new customer"),
            (Identified::New, Lang::Zh) => format!("{customer} 是新客户"),
            (Identified::SameAs, Lang::En) => format!("{customer} is the same customer as {of}"),
            (Identified::SameAs, Lang::Zh) => format!("{customer} 与 {of} 为同一客户"),
            (Identified::HouseholdOf, Lang::En) => {
                format!("{customer} belongs to the household of {of}")
            }
            (Identified::HouseholdOf, Lang::Zh) => format!("{customer} 与 {of} 为一家人"),
        }
    }

    /// Who receives, and what becomes of a turn.
    fn reception(&self) -> String {
        let (ids, lang) = (self.ids, self.lang);
        match &self.decision.what {
            What::Receive { visit, staff, role } => {
                let visit = ids.visit(*visit);
                let role = role
                    .map(|role| words::received_as(role, lang))
                    .unwrap_or_default();
                match (staff.map(|staff| ids.person(staff)), lang) {
                    (Some(staff), Lang::En) => format!("{staff} receives {visit}, {role}"),
                    (Some(staff), Lang::Zh) => format!("{staff} 接待 {visit}（{role}）"),
                    (None, Lang::En) => format!("nobody receives {visit} now"),
                    (None, Lang::Zh) => format!("{visit} 现在无人接待"),
                }
            }
            What::Turn {
                staff,
                desk,
                effect,
                of,
            } => {
                let (staff, desk) = (ids.person(*staff), ids.word(*desk));
                let effect = words::effect(*effect, lang);
                let which = of.map(|of| self.which(of)).unwrap_or_default();
                match lang {
                    Lang::En => format!("{staff}'s turn at {desk} {effect}{which}"),
                    Lang::Zh => format!("{staff} 在 {desk} 的轮次{effect}{which}"),
                }
            }
            _ => String::new(),
        }
    }

    /// Which priority turn it is: its kind where the policy gave it a name, and its end.
    fn which(&self, of: OfPriority) -> String {
        let kind = Some(self.ids.word(of.kind)).filter(|kind| *kind != TurnEffect::Priority.text());
        let until = of.until.map(|until| self.time(until));
        match (kind, until, self.lang) {
            (None, None, _) => String::new(),
            (Some(kind), None, Lang::En) => format!(" ({kind})"),
            (None, Some(until), Lang::En) => format!(" (until {until})"),
            (Some(kind), Some(until), Lang::En) => format!(" ({kind}, until {until})"),
            (Some(kind), None, Lang::Zh) => format!("（{kind}）"),
            (None, Some(until), Lang::Zh) => format!("（至 {until}）"),
            (Some(kind), Some(until), Lang::Zh) => format!("（{kind}，至 {until}）"),
        }
    }

    /// Bars, violations and sanctions.
    fn conduct(&self) -> String {
        let (ids, lang) = (self.ids, self.lang);
        match &self.decision.what {
            What::Bar {
                staff,
                barred,
                item,
            } => self.bar(ids.person(*staff), *barred, item.map(|item| ids.word(item))),
            What::Violation { staff, kind, about } => {
                let (staff, kind) = (ids.person(*staff), self.violation(ids.word(*kind)));
                match (lang, about.as_deref()) {
                    (Lang::En, None) => format!("{staff} has broken a rule: {kind}"),
                    (Lang::Zh, None) => format!("{staff} 违规：{kind}"),
                    (Lang::En, Some(about)) => {
                        format!("{staff} has broken a rule about {about}: {kind}")
                    }
                    (Lang::Zh, Some(about)) => format!("{staff} 违规（{about}）：{kind}"),
                }
            }
            What::Sanction { staff, kind, costs } => {
                let (staff, kind) = (ids.person(*staff), self.violation(ids.word(*kind)));
                let costs = self.costs(costs);
                match lang {
                    Lang::En => format!("{staff} is sanctioned for {kind}: {costs}"),
                    Lang::Zh => format!("{staff} 因{kind}受罚：{costs}"),
                }
            }
            _ => String::new(),
        }
    }

    fn own(&self) -> String {
        let What::Own {
            customer,
            staff,
            kind,
            claim,
        } = &self.decision.what
        else {
            return String::new();
        };
        let (customer, staff) = (self.ids.customer(*customer), self.ids.person(*staff));
        match (self.lang, kind, claim) {
            (Lang::En, ClaimKind::Owner, ClaimState::Active) => {
                format!("{customer} is {staff}'s customer")
            }
            (Lang::Zh, ClaimKind::Owner, ClaimState::Active) => format!("{customer} 归 {staff}"),
            (Lang::En, ClaimKind::Owner, _) => {
                format!(
                    "{staff}'s claim on {customer} {}",
                    claim_becomes(*claim, self.lang)
                )
            }
            (Lang::Zh, ClaimKind::Owner, _) => {
                format!(
                    "{staff} 对 {customer} 的归属{}",
                    claim_becomes(*claim, self.lang)
                )
            }
            (Lang::En, ClaimKind::Share, _) => {
                let becomes = claim_becomes(*claim, self.lang);
                format!("{staff}'s right to a share in what {customer} buys {becomes}")
            }
            (Lang::Zh, ClaimKind::Share, _) => {
                format!(
                    "{staff} 对 {customer} 成交的分成权{}",
                    claim_becomes(*claim, self.lang)
                )
            }
        }
    }

    /// A person, or the title of an account.
    fn payee(&self, payee: Payee) -> String {
        let name = payee.text(self.ids);
        let policy = &self.decision.policy;
        let mut accounts = policy.accounts.iter();
        let account = match payee {
            Payee::Person(_) => None,
            Payee::Account(_) => {
                accounts.find(|account| policy.words[account.name.index()] == name)
            }
        };
        account.map_or_else(
            || name.to_owned(),
            |account| match self.lang {
                Lang::En => account.title.en.clone(),
                Lang::Zh => account.title.zh.clone(),
            },
        )
    }

    /// Who has what of a commission, what comes off first, what is held.
    fn given(
        &self,
        shares: &[Portion],
        levies: &[Levied],
        held: Fen,
        state: ShareState,
    ) -> Vec<String> {
        let lang = self.lang;
        let mut parts: Vec<String> = shares
            .iter()
            .map(|part| {
                let (staff, amount) = (self.ids.person(part.staff), part.amount);
                let share = match part.share {
                    Fraction::ONE => lang.pick("all of it", "全部").into(),
                    share => share.to_string(),
                };
                match lang {
                    Lang::En => format!("{staff} has {amount} ({share})"),
                    Lang::Zh => format!("{staff} 得 {amount}（{share}）"),
                }
            })
            .collect();
        for levied in levies {
            let (payee, amount) = (self.payee(levied.to), levied.amount);
            let pays_in = amount < Fen::ZERO;
            let amount = if pays_in { -amount } else { amount };
            parts.push(match (lang, pays_in) {
                (Lang::En, false) => format!("{amount} comes off for {payee}"),
                (Lang::Zh, false) => format!("先扣 {amount} 给 {payee}"),
                (Lang::En, true) => format!("{payee} adds {amount}"),
                (Lang::Zh, true) => format!("{payee}补 {amount}"),
            });
        }
        if held.get() != 0 {
            let waits = state == ShareState::Undecided;
            parts.push(format!(
                "{} {held}",
                match waits {
                    true => lang.pick("held until a ruling:", "待裁定前保留"),
                    false => lang.pick("held for the time being:", "暂时保留"),
                }
            ));
        }
        if parts.is_empty() {
            parts.push(lang.pick("nobody has a part", "无人分得").into());
        }
        parts
    }

    fn share(&self) -> String {
        let What::Share {
            deal,
            state,
            shares,
            until,
            entries,
            levies,
            held,
            due,
        } = &self.decision.what
        else {
            return String::new();
        };
        let (lang, deal) = (self.lang, self.ids.deal(*deal));
        let parts = self.given(shares, levies, *held, *state);
        let changes: Vec<String> = entries
            .iter()
            .map(|(payee, amount)| format!("{} {}", self.payee(*payee), signed(*amount)))
            .collect();
        let until = until.map(|until| match lang {
            Lang::En => format!(" until {}", self.time(until)),
            Lang::Zh => format!("至 {}", self.time(until)),
        });
        let (until, state) = (until.unwrap_or_default(), words::share_state(*state, lang));
        let mut sentence = match lang {
            Lang::En => format!("commission of {deal}, {state}{until}: {}", parts.join(", ")),
            Lang::Zh => format!("{deal} 的佣金（{state}{until}）：{}", parts.join("，")),
        };
        if !changes.is_empty() {
            let changes = changes.join(lang.pick(", ", "，"));
            sentence.push_str(&match lang {
                Lang::En => format!("; booked: {changes}"),
                Lang::Zh => format!("；入账：{changes}"),
            });
        }
        if let Some(due) = due.as_ref().filter(|due| !due.is_empty()) {
            let due = due
                .iter()
                .map(|(staff, amount)| format!("{} {amount}", self.ids.person(*staff)));
            let due = due.collect::<Vec<_>>().join(lang.pick(", ", "，"));
            sentence.push_str(&match lang {
                Lang::En => format!("; due now: {due}"),
                Lang::Zh => format!("；现可付：{due}"),
            });
        }
        sentence
    }

    fn bar(&self, staff: &str, barred: bool, item: Option<&str>) -> String {
        let item = item.map(|item| match self.lang {
            Lang::En => format!(" ({})", words::spaced(item)),
            Lang::Zh => format!("（{item}）"),
        });
        let item = item.unwrap_or_default();
        match (self.lang, barred) {
            (Lang::En, true) => format!("{staff} may not receive{item}"),
            (Lang::En, false) => format!("{staff} may receive again{item}"),
            (Lang::Zh, true) => format!("{staff} 暂停接待{item}"),
            (Lang::Zh, false) => format!("{staff} 恢复接待{item}"),
        }
    }

    fn costs(&self, costs: &Costs) -> String {
        let lang = self.lang;
        let mut list: Vec<String> = Vec::new();
        let mut add = |en: String, zh: String| list.push(if lang == Lang::En { en } else { zh });
        if let Some(fine) = costs.fine {
            add(format!("a fine of {fine}"), format!("罚款 {fine}"));
        }
        if let Some(points) = costs.points {
            add(format!("points: {points}"), format!("记分 {points}"));
        }
        if let Some(turns) = costs.suspended_turns {
            add(
                format!("suspended for turns: {turns}"),
                format!("停接轮数 {turns}"),
            );
        }
        if let Some(until) = costs.suspended_until {
            let until = self.time(until);
            add(
                format!("suspended until {until}"),
                format!("停接至 {until}"),
            );
        }
        if let Some(desk) = costs.desk {
            let desk = self.ids.word(desk);
            add(format!("at {desk} only"), format!("仅限 {desk}"));
        }
        if costs.warning {
            add("a warning".into(), "警告".into());
        }
        if costs.dismissed {
            add("dismissal".into(), "辞退".into());
        }
        if let Some(fen) = costs.pay_back {
            add(format!("pays back {fen}"), format!("退还 {fen}"));
        }
        if let Some(payer) = costs.paid_by {
            let payer = self.ids.word(payer);
            add(format!("paid by {payer}"), format!("由 {payer} 承担"));
        }
        match list.is_empty() {
            true => lang.pick("nothing", "无").into(),
            false => list.join(lang.pick(", ", "，")),
        }
    }

    fn refuse(&self, reason: &str) -> String {
        match (&self.decision.because, self.lang) {
            (Because::Input(_), Lang::En) => {
                format!("impossible: {}", words::input(reason, Lang::En))
            }
            (Because::Input(_), Lang::Zh) => {
                format!("不可能发生：{}", words::input(reason, Lang::Zh))
            }
            (_, Lang::En) => format!("refused: {}", words::spaced(reason)),
            (_, Lang::Zh) => format!("不予受理：{reason}"),
        }
    }

    fn undecided(&self) -> String {
        let What::Undecided {
            about,
            question,
            clause,
            reason,
            asks,
        } = &self.decision.what
        else {
            return String::new();
        };
        let question = words::question(*question, self.lang);
        let asks = self.role(self.ids.word(*asks));
        let clause = if clause.is_empty() {
            String::new()
        } else {
            format!(" [{clause}]")
        };
        match self.lang {
            Lang::En => {
                format!("undecided for {about}: {question}; the {asks} rules: {reason}{clause}")
            }
            Lang::Zh => format!("{about} 待裁定：{question}；由{asks}裁定：{reason}{clause}"),
        }
    }
}

/// What becomes of a claim.
const fn claim_becomes(claim: ClaimState, lang: Lang) -> &'static str {
    match claim {
        ClaimState::Active | ClaimState::Sharing => lang.pick("is in force", "有效"),
        ClaimState::Sleeping => lang.pick("sleeps", "转入休眠"),
        ClaimState::Lapsed => lang.pick("has lapsed", "到期失效"),
        ClaimState::Void => lang.pick("is void", "作废"),
        ClaimState::Absent => lang.pick("does not exist", "不存在"),
    }
}

/// An amount with its sign.
fn signed(amount: crate::base::money::Fen) -> String {
    if amount.get() > 0 {
        format!("+{amount}")
    } else {
        amount.to_string()
    }
}
