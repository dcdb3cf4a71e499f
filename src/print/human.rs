//! A day as people read it: each event with its time, and under it what was decided, by which clause, on which facts.

use super::look::{Lang, Look, tame};
use super::sentences::sentence;
use super::words;
use crate::base::time::{Calendar, Instant};
use crate::decision::{Because, Decision, Sink, TracedClause, Wants};
use crate::event::{Event, Ids, PersonId, Value};
use crate::journal::Schema;
use crate::policy::{ClauseId, Policy};
use crate::replay::{Audience, Told};
use crate::runtime::Stepped;
use std::fmt::Display;
use std::io::{self, Write};
use std::sync::Arc;

/// Writes events and decisions for people.
pub struct Human<W> {
    out: W,
    look: Look,
    /// The day under which lines are being written.
    day: String,
    /// The event that is about to be taken, until something is written under it.
    coming: Option<Heading>,
    /// Line of the event, or time and line of the window, under which lines are being written.
    under: Option<(Instant, u64)>,
    /// Clauses whose text and facts stand under this heading already.
    shown: Vec<Shown>,
    failed: Option<io::Error>,
}

/// An event with its place in time.
struct Heading {
    at: Instant,
    seq: u64,
    day: String,
    text: String,
}

/// What was told of a clause.
struct Shown {
    clause: ClauseId,
    policy: Arc<Policy>,
    facts: Vec<(String, String)>,
}

impl<W: Write> Human<W> {
    /// Writes to `out`, which is best buffered.
    pub fn new(out: W, look: Look) -> Human<W> {
        Human {
            out,
            look,
            day: String::new(),
            coming: None,
            under: None,
            shown: Vec::new(),
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

    fn line(&mut self, text: impl Display) {
        if self.failed.is_none() {
            self.failed = writeln!(self.out, "{text}").err();
        }
    }

    /// Writes the day if it is another than before, and the heading of an event or window.
    fn heading(&mut self, heading: Heading) {
        if self.day != heading.day {
            let gap = if self.day.is_empty() { "" } else { "\n" };
            self.line(format!("{gap}{}", self.look.strong(&heading.day)));
            self.day = heading.day;
        }
        self.line(heading.text);
        self.under = Some((heading.at, heading.seq));
        self.shown.clear();
    }

    /// Sees to it that the heading to which a decision belongs has been written.
    fn under(&mut self, decision: &Decision) {
        let place = (decision.at, decision.seq);
        if let Some(coming) = self
            .coming
            .take_if(|coming| (coming.at, coming.seq) == place)
        {
            return self.heading(coming);
        }
        if self.under == Some(place) {
            return;
        }
        let (day, time) = day_and_time(&decision.policy.calendar, decision.at);
        let what = match self.look.lang {
            Lang::En => format!("time is up (it began on line {})", decision.seq),
            Lang::Zh => format!("期限届满（第 {} 行起算）", decision.seq),
        };
        let text = format!("{}  {}", self.look.strong(time), self.look.faint(what));
        self.heading(Heading {
            at: decision.at,
            seq: decision.seq,
            day,
            text,
        });
    }

    /// The clauses under a decision: the rule's own text, what the person is told, and the facts, each once.
    fn grounds(&mut self, decision: &Decision) {
        let Because::Clauses(clauses) = &decision.because else {
            return;
        };
        for clause in clauses {
            let traced = decision
                .trace
                .iter()
                .find(|traced| traced.clause == *clause);
            self.ground(decision, *clause, traced);
        }
    }

    fn ground(&mut self, decision: &Decision, id: ClauseId, traced: Option<&TracedClause>) {
        let facts = traced
            .map(|traced| traced.facts.as_slice())
            .unwrap_or_default();
        let same =
            |shown: &&Shown| shown.clause == id && Arc::ptr_eq(&shown.policy, &decision.policy);
        let known = self
            .shown
            .iter()
            .filter(same)
            .any(|shown| shown.facts == facts);
        if known {
            return;
        }
        let clause = decision.policy.clause(id);
        if !self.shown.iter().any(|shown| same(&shown)) {
            let title = tame(self.look.lang.of(&clause.title));
            self.line(format!(
                "         {}  {title}",
                self.look.clause(&clause.id)
            ));
        }
        if !facts.is_empty() {
            let colon = self.look.lang.pick(": ", "：");
            let list: Vec<String> = facts
                .iter()
                .map(|(text, value)| format!("{}{colon}{}", tame(text), tame(self.value(value))))
                .collect();
            self.line(format!("           {}", self.look.faint(list.join(" · "))));
        }
        let says = traced
            .map(|traced| self.look.lang.of(&traced.says))
            .unwrap_or_default();
        if !says.is_empty() {
            let quoted = match self.look.lang {
                Lang::En => format!("\"{}\"", tame(says)),
                Lang::Zh => format!("“{}”", tame(says)),
            };
            self.line(format!("           {quoted}"));
        }
        let (policy, facts) = (decision.policy.clone(), facts.to_vec());
        self.shown.push(Shown {
            clause: id,
            policy,
            facts,
        });
    }

    /// A fact's value in the language.
    fn value<'t>(&self, value: &'t str) -> &'t str {
        match (self.look.lang, value) {
            (Lang::Zh, "yes") => "是",
            (Lang::Zh, "no") => "否",
            (Lang::Zh, "nothing") => "无",
            (Lang::Zh, "nobody") => "无人",
            _ => value,
        }
    }
}

impl<W: Write> Sink for Human<W> {
    fn wants(&self) -> Wants {
        Wants::Traces
    }

    fn decision(&mut self, ids: &Ids, decision: Decision) {
        self.under(&decision);
        let sentence = tame(&sentence(ids, &decision, self.look.lang));
        let because: Vec<String> = decision
            .because_ids()
            .iter()
            .map(|id| self.look.clause(id))
            .collect();
        self.line(format!("       {sentence}  [{}]", because.join(", ")));
        self.grounds(&decision);
    }
}

impl<W: Write> Audience for Human<W> {
    fn event(&mut self, told: &Told<'_>) {
        let (day, time) = day_and_time(told.schema.calendar(), told.event.at);
        let line = match self.look.lang {
            Lang::En => format!("line {}", told.event.seq),
            Lang::Zh => format!("第 {} 行", told.event.seq),
        };
        let kind = words::kind(told.schema.kind_name(told.event.kind), self.look.lang);
        let fields = tame(&fields(told.schema, told.ids, told.event, self.look.lang));
        let text = format!(
            "{}  {}{fields}  {}",
            self.look.strong(time),
            self.look.strong(kind),
            self.look.faint(line)
        );
        self.coming = Some(Heading {
            at: told.event.at,
            seq: told.event.seq,
            day,
            text,
        });
    }

    fn done(&mut self, stepped: Stepped) {
        if let Some(coming) = self.coming.take()
            && stepped == Stepped::Done
        {
            self.heading(coming);
        }
    }

    fn is_gone(&self) -> bool {
        self.failed.is_some()
    }
}

/// Day and time of day in the office's time.
fn day_and_time(calendar: &Calendar, at: Instant) -> (String, String) {
    let text = calendar.format_short(at).to_string();
    match text.split_once(' ') {
        Some((day, time)) => (day.into(), time.into()),
        None => (text, String::new()),
    }
}

/// The fields of an event: ` v1 · customer li`; the first without its name if that is the kind's.
fn fields(schema: &Schema, ids: &Ids, event: &Event, lang: Lang) -> String {
    let mut text = String::new();
    let kind = schema.kind_name(event.kind);
    for (field, value) in &event.fields {
        let name = schema.field_name(*field);
        let is_kind = text.is_empty() && name == kind;
        text.push_str(if is_kind { " " } else { " · " });
        if !is_kind {
            text.push_str(&words::field(name, lang));
            text.push(' ');
        }
        text.push_str(&shown(schema, ids, value, lang));
    }
    text
}

/// A value of an event in a few words.
fn shown(schema: &Schema, ids: &Ids, value: &Value, lang: Lang) -> String {
    let people = |list: &[PersonId]| {
        list.iter()
            .map(|id| ids.person(*id))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match value {
        Value::Person(id) => ids.person(*id).into(),
        Value::Persons(list) => people(list),
        Value::Customer(id) => ids.customer(*id).into(),
        Value::Customers(list) => list
            .iter()
            .map(|id| ids.customer(*id))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Visit(id) => ids.visit(*id).into(),
        Value::Deal(id) => ids.deal(*id).into(),
        Value::Word(word) => ids.word(*word).into(),
        Value::Text(text) => text.to_string(),
        Value::Flag(flag) => if *flag {
            lang.pick("yes", "是")
        } else {
            lang.pick("no", "否")
        }
        .into(),
        Value::Count(count) => count.to_string(),
        Value::Money(fen) => fen.to_string(),
        Value::Shares(shares) => shares
            .iter()
            .map(|(who, part)| format!("{} {}", ids.person(*who), part.share))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Clauses(clauses) => clauses.join(", "),
        Value::Event(event) => words::kind(schema.kind_name(event.kind), lang),
        Value::Asleep(list) => {
            let since = |at| schema.calendar().format_short(at);
            list.iter()
                .map(|(who, at)| format!("{} {}", ids.person(*who), since(*at)))
                .collect::<Vec<_>>()
                .join(", ")
        }
        Value::Files(files) => files.len().to_string(),
    }
}
