//! A decision as one line of JSON, its keys in the order of the interface's page.

use crate::base::json::{push_key, push_list, push_number, push_shown, push_text};
use crate::base::time::Instant;
use crate::decision::{Because, Costs, Decision, Payee, Portion, Sink, Wants, What};
use crate::event::Ids;
use crate::policy::Bilingual;
use crate::replay::Audience;
use std::io::{self, Write};

/// Writes each decision as one line of JSON.
pub struct JsonLines<W> {
    out: W,
    line: String,
    failed: Option<io::Error>,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `out`, which is best buffered.
    pub fn new(out: W) -> JsonLines<W> {
        JsonLines {
            out,
            line: String::with_capacity(1024),
            failed: None,
        }
    }

    /// Flushes, and says what went wrong while writing.
    ///
    /// # Errors
    ///
    /// The first write that failed.
    pub fn finish(mut self) -> io::Result<()> {
        self.failed.map_or_else(|| self.out.flush(), Err)
    }
}

impl<W: Write> Sink for JsonLines<W> {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        if self.failed.is_some() {
            return;
        }
        self.line.clear();
        push_decision(&mut self.line, ids, &decision);
        self.line.push('\n');
        self.failed = self.out.write_all(self.line.as_bytes()).err();
    }
}

impl<W: Write> Audience for JsonLines<W> {
    fn is_gone(&self) -> bool {
        self.failed.is_some()
    }
}

/// Appends a decision as one JSON object.
pub fn push_decision(out: &mut String, ids: &Ids, decision: &Decision) {
    out.push('{');
    push_key(out, "seq");
    push_number(out, decision.seq);
    push_time(out, decision, "at", decision.at);
    push_key(out, "decision");
    push_text(out, decision.what.word());
    push_key(out, "because");
    push_because(out, decision);
    push_key(out, "policy");
    push_stamp(out, decision);
    push_what(out, ids, decision);
    out.push('}');
}

/// A time in the office's offset.
fn push_time(out: &mut String, decision: &Decision, key: &'static str, at: Instant) {
    push_key(out, key);
    out.push('"');
    let written = decision.policy.calendar.write(at, out);
    written.expect("writing to a string cannot fail");
    out.push('"');
}

/// Ids as printed in the book, each once.
fn push_because(out: &mut String, decision: &Decision) {
    let clauses = match &decision.because {
        Because::Input(code) => return push_list(out, &[*code], |out, code| push_text(out, code)),
        Because::Clauses(clauses) => clauses,
    };
    let id = |index: usize| decision.policy.clause(clauses[index]).id.as_str();
    out.push('[');
    for index in 0..clauses.len() {
        if (0..index).any(|before| id(before) == id(index)) {
            continue;
        }
        if index > 0 {
            out.push(',');
        }
        push_text(out, id(index));
    }
    out.push(']');
}

/// `name@digest`, as [`crate::policy::Policy::stamp`] gives it.
fn push_stamp(out: &mut String, decision: &Decision) {
    let (name, digest) = (&decision.policy.name, &decision.policy.digest);
    push_text(out, name);
    out.pop();
    out.push('@');
    out.push_str(digest);
    out.push('"');
}

fn push_field(out: &mut String, key: &'static str, text: &str) {
    push_key(out, key);
    push_text(out, text);
}

/// A text, or null.
fn push_maybe(out: &mut String, key: &'static str, text: Option<&str>) {
    push_key(out, key);
    match text {
        Some(text) => push_text(out, text),
        None => out.push_str("null"),
    }
}

fn push_what(out: &mut String, ids: &Ids, decision: &Decision) {
    match &decision.what {
        What::Identify { customer, how, of } => {
            push_field(out, "customer", ids.customer(*customer));
            push_field(out, "as", how.text());
            push_maybe(out, "of", of.map(|of| ids.customer(of)));
        }
        What::Receive { visit, staff, role } => {
            push_field(out, "visit", ids.visit(*visit));
            push_maybe(out, "staff", staff.map(|staff| ids.person(staff)));
            push_maybe(out, "role", role.map(|role| role.text()));
        }
        What::Turn { .. } => push_turn(out, ids, decision),
        What::Own {
            customer,
            staff,
            kind,
            claim,
        } => {
            push_field(out, "customer", ids.customer(*customer));
            push_field(out, "staff", ids.person(*staff));
            push_field(out, "kind", kind.text());
            push_field(out, "claim", claim.text());
        }
        What::Share { .. } => push_share(out, ids, decision),
        What::Bar { .. } | What::Violation { .. } | What::Sanction { .. } => {
            push_conduct(out, ids, decision);
        }
        What::Refuse { reason } => push_field(out, "reason", reason),
        What::Notify { to, message } => {
            push_field(out, "to", to);
            push_key(out, "message");
            push_bilingual(out, message);
        }
        What::Undecided {
            about,
            question,
            clause,
            reason,
            asks,
        } => {
            push_field(out, "about", about);
            push_field(out, "question", question.text());
            push_maybe(
                out,
                "clause",
                Some(&**clause).filter(|clause| !clause.is_empty()),
            );
            push_field(out, "reason", reason);
            push_field(out, "asks", ids.word(*asks));
        }
    }
}

fn push_turn(out: &mut String, ids: &Ids, decision: &Decision) {
    let What::Turn {
        staff,
        desk,
        effect,
        of,
    } = &decision.what
    else {
        return;
    };
    push_field(out, "staff", ids.person(*staff));
    push_field(out, "desk", ids.word(*desk));
    push_field(out, "effect", effect.text());
    if let Some(of) = of {
        push_field(out, "kind", ids.word(of.kind));
        if let Some(until) = of.until {
            push_time(out, decision, "until", until);
        }
        push_key(out, "given");
        push_number(out, of.given);
    }
}

/// Bars, violations and sanctions.
fn push_conduct(out: &mut String, ids: &Ids, decision: &Decision) {
    match &decision.what {
        What::Bar {
            staff,
            barred,
            item,
        } => {
            push_field(out, "staff", ids.person(*staff));
            push_flag(out, "barred", *barred);
            push_maybe(out, "item", item.map(|item| ids.word(item)));
        }
        What::Violation { staff, kind, about } => {
            push_field(out, "staff", ids.person(*staff));
            push_field(out, "kind", ids.word(*kind));
            push_maybe(out, "about", about.as_deref());
        }
        What::Sanction { staff, kind, costs } => {
            push_field(out, "staff", ids.person(*staff));
            push_field(out, "kind", ids.word(*kind));
            push_costs(out, ids, decision, costs);
        }
        _ => {}
    }
}

fn push_part(out: &mut String, ids: &Ids, part: &Portion) {
    out.push('{');
    push_field(out, "staff", ids.person(part.staff));
    push_key(out, "share");
    push_shown(out, part.share);
    push_key(out, "amount");
    push_shown(out, part.amount);
    out.push('}');
}

fn push_share(out: &mut String, ids: &Ids, decision: &Decision) {
    let What::Share {
        deal,
        state,
        shares,
        until,
        entries,
        levies,
        held,
        due,
    } = &decision.what
    else {
        return;
    };
    push_field(out, "deal", ids.deal(*deal));
    push_field(out, "state", state.text());
    push_key(out, "shares");
    push_list(out, shares, |out, part| push_part(out, ids, part));
    if let Some(until) = until {
        push_time(out, decision, "until", *until);
    }
    push_key(out, "entries");
    push_list(out, entries, |out, (payee, amount)| {
        out.push('{');
        match payee {
            Payee::Person(staff) => push_field(out, "staff", ids.person(*staff)),
            Payee::Account(name) => push_field(out, "account", ids.word(*name)),
        }
        push_key(out, "amount");
        push_shown(out, amount);
        out.push('}');
    });
    if !levies.is_empty() {
        push_key(out, "levies");
        push_list(out, levies, |out, levied| {
            out.push('{');
            push_field(out, "to", levied.to.text(ids));
            push_key(out, "amount");
            push_shown(out, levied.amount);
            out.push('}');
        });
    }
    if held.get() != 0 {
        push_key(out, "held");
        push_shown(out, held);
    }
    if let Some(due) = due {
        push_key(out, "due");
        push_list(out, due, |out, (staff, amount)| {
            out.push('{');
            push_field(out, "staff", ids.person(*staff));
            push_key(out, "amount");
            push_shown(out, amount);
            out.push('}');
        });
    }
}

/// What applies of a sanction.
fn push_costs(out: &mut String, ids: &Ids, decision: &Decision, costs: &Costs) {
    if let Some(fine) = costs.fine {
        push_key(out, "fine");
        push_shown(out, fine);
    }
    for (key, number) in [
        ("points", costs.points),
        ("suspended_turns", costs.suspended_turns),
    ] {
        if let Some(number) = number {
            push_key(out, key);
            push_number(out, number);
        }
    }
    if let Some(until) = costs.suspended_until {
        push_time(out, decision, "suspended_until", until);
    }
    if let Some(desk) = costs.desk {
        push_field(out, "desk", ids.word(desk));
    }
    for (key, applies) in [("warning", costs.warning), ("dismissed", costs.dismissed)] {
        if applies {
            push_flag(out, key, true);
        }
    }
    if let Some(fen) = costs.pay_back {
        push_key(out, "pay_back");
        push_shown(out, fen);
    }
    if let Some(payer) = costs.paid_by {
        push_field(out, "paid_by", ids.word(payer));
    }
}

fn push_flag(out: &mut String, key: &'static str, flag: bool) {
    push_key(out, key);
    out.push_str(if flag { "true" } else { "false" });
}

/// A text in both languages.
fn push_bilingual(out: &mut String, text: &Bilingual) {
    out.push('{');
    push_field(out, "en", &text.en);
    push_field(out, "zh", &text.zh);
    out.push('}');
}
