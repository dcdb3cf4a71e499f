//! Clauses: their order in the book, what has to happen, in which case, what they answer.

use super::Checker;
use super::answers::Answered;
use super::proofs::Proof;
use super::scope::{Needs, Scope, is_asked};
use super::tools::{bilingual, number};
use crate::finding::{Code, Finding, Place};
use crate::policy::{
    Addressee, Also, Clause, ClauseKind, Condition, Moment, ViolationOf, WindowId,
};
use crate::syntax::{
    Text, WrittenAnswers, WrittenClause, WrittenRow, WrittenTableRow, WrittenText,
};
use crate::vocabulary::events::kind;
use crate::vocabulary::facts::Part;
use crate::vocabulary::words::Question;

/// A clause with its place in the book, before its names are resolved.
pub struct Draft<'w> {
    /// Its number as printed.
    pub id: String,
    /// Its unique key.
    pub key: String,
    /// The key of the table whose row it is.
    pub table: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// What it answers.
    pub questions: Vec<Question>,
    /// Its text.
    pub from: From<'w>,
}

/// Where a clause comes from.
#[derive(Clone, Copy)]
pub enum From<'w> {
    /// `[[clause]]`
    Clause(&'w WrittenClause),
    /// A row of a clause's table.
    TableRow(&'w WrittenClause, &'w WrittenTableRow),
    /// A row of a rota's table of reasons and effects.
    RotaRow(&'w WrittenRow),
}

impl Draft<'_> {
    /// Whether it is the row of a rota that stands there.
    pub fn is_row_at(&self, place: &Place) -> bool {
        matches!(self.from, From::RotaRow(_)) && self.place == *place
    }
}

/// `on` with what the moments have in common.
struct Asked {
    moments: Vec<Moment>,
    scope: Scope,
    complete: bool,
}

impl<'a> Checker<'a> {
    /// Every clause in the order of the book. A row of a rota stands right before the first clause of its id; one whose
    /// id no clause has stands at the end.
    pub fn draft_clauses(&mut self) -> Vec<Draft<'a>> {
        let written = self.written;
        let mut draft: Vec<Draft<'a>> = Vec::new();
        for clause in &written.clauses {
            if clause.rows.is_empty() {
                let id = clause
                    .id
                    .as_ref()
                    .map_or_else(String::new, |id| id.value.clone());
                let questions = clause
                    .then
                    .questions()
                    .into_iter()
                    .map(|(question, _)| question)
                    .collect();
                let (key, place) = (clause.key.clone(), clause.place.clone());
                draft.push(Draft {
                    id,
                    key,
                    table: None,
                    place,
                    questions,
                    from: From::Clause(clause),
                });
                continue;
            }
            for row in &clause.rows {
                let both = clause
                    .then
                    .questions()
                    .into_iter()
                    .chain(row.then.questions());
                let questions = both.map(|(question, _)| question).collect();
                let id = row
                    .id
                    .as_ref()
                    .map_or_else(String::new, |id| id.value.clone());
                let (key, place) = (row.key.clone(), row.place.clone());
                let table = Some(clause.key.clone());
                draft.push(Draft {
                    id,
                    key,
                    table,
                    place,
                    questions,
                    from: From::TableRow(clause, row),
                });
            }
        }
        for row in written
            .title
            .rotas
            .iter()
            .flat_map(|rota| &rota.passed_over)
        {
            let id = row
                .id
                .as_ref()
                .map_or_else(String::new, |id| id.value.clone());
            let key = free_key(&id, &draft);
            let first = draft
                .iter()
                .position(|known| known.id == id && !matches!(known.from, From::RotaRow(_)));
            let from = From::RotaRow(row);
            let fresh = Draft {
                id,
                key,
                table: None,
                place: row.place.clone(),
                questions: vec![Question::Turn],
                from,
            };
            draft.insert(first.unwrap_or(draft.len()), fresh);
        }
        draft
    }

    /// Clauses as they are meant, with proofs of what one clause can say about another.
    pub fn finish_clauses(&mut self, draft: Vec<Draft<'a>>) -> Vec<Clause> {
        let mut clauses = Vec::new();
        let mut proofs = Vec::new();
        for one in &draft {
            let (mut clause, proof) = match one.from {
                From::Clause(written) => self.clause(one, written, None),
                From::TableRow(written, row) => self.clause(one, written, Some(row)),
                From::RotaRow(row) => (self.rota_row(one, row), Proof::default()),
            };
            clause.overrides = self.overrides(one, &draft, number(clauses.len()));
            clauses.push(clause);
            proofs.push(proof);
        }
        self.prove(&clauses, &proofs);
        clauses
    }

    fn rota_row(&mut self, one: &Draft<'_>, row: &WrittenRow) -> Clause {
        let title = row.title.as_ref();
        Clause {
            kind: ClauseKind::Row,
            ..self.empty_clause(one, title)
        }
    }

    fn empty_clause(&self, one: &Draft<'_>, title: Option<&WrittenText>) -> Clause {
        Clause {
            id: one.id.clone(),
            key: one.key.clone(),
            kind: ClauseKind::Rule,
            title: bilingual(title),
            says: None,
            on: Vec::new(),
            when: Vec::new(),
            unless: Vec::new(),
            otherwise: false,
            answers: crate::policy::Answers::default(),
            also: Also::default(),
            overrides: Vec::new(),
            until: None,
            in_force: (None, None),
            place: self.kept_place(&one.place),
            reads_receiver: false,
        }
    }

    fn clause(
        &mut self,
        one: &Draft<'_>,
        written: &WrittenClause,
        row: Option<&WrittenTableRow>,
    ) -> (Clause, Proof) {
        let title = row
            .and_then(|row| row.title.as_ref())
            .or(written.title.as_ref());
        let mut clause = self.empty_clause(one, title);
        clause.in_force = self.in_force(written);
        let kinds = [
            ("rule", ClauseKind::Rule),
            ("principle", ClauseKind::Principle),
        ];
        clause.kind = self
            .optional(written.kind.as_ref(), &kinds, "kinds of clause")
            .unwrap_or(ClauseKind::Rule);
        if clause.kind == ClauseKind::Principle {
            self.principle(written);
            return (clause, Proof::default());
        }
        let mut answered = written.then.questions();
        answered.extend(row.map(|row| row.then.questions()).unwrap_or_default());
        let asked = self.asked(one, written, &answered);
        let (when, mut needs) = self.conditions(&written.when, &asked.scope);
        let (unless, more) = self.conditions(&written.unless, &asked.scope);
        needs.add(&more);
        let cells = row
            .map(|row| self.cells(written, row, &asked.scope, &mut needs))
            .unwrap_or_default();
        self.too_early(&needs, &answered);
        let mut all = Answered::default();
        self.answers(&written.then, &asked, &mut all);
        if let Some(row) = row {
            self.answers(&row.then, &asked, &mut all);
        }
        needs.add(&all.needs);
        let proof = Proof::new(written, row, &answered, asked.complete);
        clause.when = when.into_iter().chain(cells).collect();
        clause.unless = unless;
        clause.also = self.also(written, &asked, &mut needs);
        clause.reads_receiver = needs.part(Part::Receiver);
        clause.otherwise = self.otherwise(written);
        clause.until = self.until(written, &answered);
        let says = row
            .and_then(|row| row.says.as_ref())
            .or(written.says.as_ref());
        clause.says = self.says(says, &asked.scope, !answered.is_empty(), one);
        clause.on = asked.moments;
        clause.answers = all.answers;
        (clause, proof)
    }

    /// A principle decides nothing.
    fn principle(&mut self, written: &WrittenClause) {
        let answer = written
            .then
            .questions()
            .into_iter()
            .next()
            .map(|(_, place)| place);
        let condition = written
            .when
            .iter()
            .chain(&written.unless)
            .chain(&written.on)
            .chain(&written.overrides)
            .next();
        let place = answer
            .or(written.also.place.clone())
            .or(condition.map(|text| text.place.clone()));
        if let Some(place) = place {
            let message = "a principle decides nothing: it may be cited";
            let help = "leave out its `kind`, or what it asks and answers";
            self.helped(
                Code::PrincipleWithAnswers,
                message,
                &place,
                "in a principle",
                help,
            );
        }
    }

    /// `on`, and whether each question is asked then.
    fn asked(
        &mut self,
        one: &Draft<'_>,
        written: &WrittenClause,
        answered: &[(Question, Place)],
    ) -> Asked {
        let has_effects = written.also.place.is_some();
        if answered.is_empty() && !has_effects {
            let message = "this clause answers nothing and has no effect";
            let help =
                "add `then.…` or `also.…`; a clause that is only cited has `kind = \"principle\"`";
            self.helped(
                Code::ClauseWithoutEffect,
                message,
                &one.place,
                "decides nothing",
                help,
            );
        }
        let mut moments = Vec::new();
        for text in &written.on {
            let Some(moment) = self.moment(text) else {
                continue;
            };
            if moments.contains(&moment) {
                self.error(
                    Code::DuplicateName,
                    format!("`{}` stands here twice", text.value),
                    &text.place,
                    "again",
                );
            } else {
                moments.push(moment);
            }
        }
        let complete = moments.len() == written.on.len();
        let standing = answered.iter().find(|(question, _)| question.is_standing());
        if let Some((question, place)) = standing {
            self.only_standing(*question, place, written, answered);
            let scope = if *question == Question::Share {
                Scope::share()
            } else {
                Scope::bar()
            };
            return Asked {
                moments: Vec::new(),
                scope,
                complete,
            };
        }
        if written.on.is_empty() && (has_effects || !answered.is_empty()) {
            let message = "nothing says what has to happen";
            let help =
                "add `on = \"visit\"` or another event; only `share` and `bar` stand without one";
            self.helped(Code::WrongMoment, message, &one.place, "no `on`", help);
        }
        let scopes: Vec<Scope> = moments
            .iter()
            .map(|moment| self.scope_of(*moment))
            .collect();
        for (text, (moment, scope)) in written.on.iter().zip(moments.iter().zip(&scopes)) {
            self.is_asked_then(text, *moment, scope, answered);
        }
        let open = Scope {
            open: true,
            ..Scope::default()
        };
        let scope = scopes
            .into_iter()
            .reduce(|one, two| one.and(&two))
            .unwrap_or(open);
        Asked {
            moments,
            scope,
            complete,
        }
    }

    fn is_asked_then(
        &mut self,
        text: &Text,
        moment: Moment,
        scope: &Scope,
        answered: &[(Question, Place)],
    ) {
        for (question, place) in answered {
            if !is_asked(*question, moment, scope) {
                let message = format!("nobody asks `{question}` on `{}`", text.value);
                let finding = Finding::new(
                    Code::WrongMoment,
                    message,
                    place.clone(),
                    "would never be asked",
                );
                self.push(finding.other(text.place.clone(), "on this"));
            }
        }
    }

    /// Standing questions have no `on` and stand alone.
    fn only_standing(
        &mut self,
        standing: Question,
        place: &Place,
        written: &WrittenClause,
        answered: &[(Question, Place)],
    ) {
        let other = answered.iter().find(|(question, _)| *question != standing);
        let stray = written
            .on
            .first()
            .map(|on| (&on.place, "`on`".to_owned()))
            .or(other.map(|(question, place)| (place, format!("`{question}`"))))
            .or(written
                .also
                .place
                .as_ref()
                .map(|place| (place, "`also`".to_owned())));
        if let Some((at, what)) = stray {
            let message =
                format!("`{standing}` stands without an event, and {what} belongs to one");
            let finding = Finding::new(
                Code::MixedSorts,
                message,
                at.clone(),
                "asked when something happens",
            );
            let help = "write two clauses with the same id: one that stands, one with `on`";
            self.push(
                finding
                    .other(place.clone(), "asked again whenever a fact changes")
                    .help(help),
            );
        }
    }

    /// The cells of a row: each column is the word of that row.
    fn cells(
        &mut self,
        written: &WrittenClause,
        row: &WrittenTableRow,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Vec<Condition> {
        if written.columns.len() != row.is.len() || row.is.is_empty() {
            let message = format!(
                "the table has {} columns, and this row {}",
                written.columns.len(),
                row.is.len()
            );
            let help = "give `is` one word for each of `columns`";
            self.helped(
                Code::WrongType,
                message,
                &row.place,
                "another number of words",
                help,
            );
        }
        let mut cells = Vec::new();
        for (column, word) in written.columns.iter().zip(&row.is) {
            if let Some((condition, more)) = self.equals(column, word, scope) {
                needs.add(&more);
                cells.push(condition);
            }
        }
        cells
    }

    /// Whether it may be, who is recognised and who receives are asked before anybody receives.
    fn too_early(&mut self, needs: &Needs, answered: &[(Question, Place)]) {
        let early = [Question::Allow, Question::Recognise, Question::Receive];
        let found = answered
            .iter()
            .find(|(question, _)| early.contains(question));
        if let Some((question, place)) = found.filter(|_| needs.part(Part::Receiver)) {
            let message = format!(
                "`{question}` is answered before anybody receives, and the case speaks of `receiver`"
            );
            let help = "speak of `current`, `chosen` or `owner`, or answer only `turn` and `own`";
            self.helped(Code::TooEarly, message, place, "asked too early", help);
        }
    }

    fn otherwise(&mut self, written: &WrittenClause) -> bool {
        let condition = written.when.iter().chain(&written.unless).next();
        if let (Some(place), Some(condition)) = (&written.otherwise, condition) {
            let message = "`otherwise` stands where nothing else does, and has no conditions";
            let finding = Finding::new(
                Code::OtherwiseWithConditions,
                message,
                place.clone(),
                "in every other case",
            );
            self.push(finding.other(condition.place.clone(), "a condition"));
        }
        written.otherwise.is_some()
    }

    fn until(
        &mut self,
        written: &WrittenClause,
        answered: &[(Question, Place)],
    ) -> Option<WindowId> {
        let text = written.until.as_ref()?;
        let Some(at) = self
            .windows
            .iter()
            .position(|entry| entry.window.name == text.value)
        else {
            let names = self.windows.iter().map(|entry| entry.window.name.as_str());
            let help = super::tools::did_you_mean(&text.value, names, "windows");
            let message = format!("there is no window `{}`", text.value);
            self.helped(
                Code::UnknownName,
                message,
                &text.place,
                "no such window",
                help,
            );
            return None;
        };
        self.windows[at].used = true;
        if !answered
            .iter()
            .any(|(question, _)| *question == Question::Share)
        {
            let help = "on an event an answer is final; say what happens when a window ends with `on = \"… ends\"`";
            self.helped(
                Code::IdleUntil,
                "only shares are provisional",
                &text.place,
                "changes nothing",
                help,
            );
        }
        Some(WindowId(number(at)))
    }

    fn in_force(
        &mut self,
        written: &WrittenClause,
    ) -> (
        Option<crate::base::time::Instant>,
        Option<crate::base::time::Instant>,
    ) {
        let (from, until) = &written.in_force;
        let dates = (
            from.as_ref().and_then(|date| self.date(date)),
            until.as_ref().and_then(|date| self.date(date)),
        );
        if let ((Some(first), Some(last)), Some(until)) = (dates, until)
            && first >= last
        {
            let message = "this clause is never in force";
            let help = "`until` is the first day on which it is not in force";
            self.helped(
                Code::DatesOutOfOrder,
                message,
                &until.place,
                "not after `from`",
                help,
            );
        }
        dates
    }

    /// What happens besides.
    fn also(&mut self, written: &WrittenClause, asked: &Asked, needs: &mut Needs) -> Also {
        let mut also = Also::default();
        for text in &written.also.notify {
            if self.roles.iter().any(|role| role.name == text.value) {
                also.notify.push(Addressee::Role(self.role_word(text)));
            } else if let Some(value) = self.anybody(text, &asked.scope)
                && let crate::policy::Term::Who(who) = value.term
            {
                needs.add(&value.needs);
                also.notify.push(Addressee::Who(who));
            }
        }
        for (who, kind) in &written.also.violation {
            let person = self.anybody(who, &asked.scope);
            let kind = self.violation_of(kind, &asked.moments);
            if let (Some(value), Some(kind)) = (person, kind)
                && let crate::policy::Term::Who(who) = value.term
            {
                needs.add(&value.needs);
                also.violation.push((who, kind));
            }
        }
        if let Some(names) = &written.also.names {
            also.names = self
                .somebody(names, &asked.scope, "whom a visit is taken to name")
                .map(|person| {
                    needs.add(&person.needs);
                    person.who
                });
            if asked
                .moments
                .iter()
                .any(|moment| *moment != Moment::Event(kind::RECOGNITION))
            {
                let message =
                    "a visit that waits is taken to have named somebody only by a recognition";
                self.helped(
                    Code::WrongMoment,
                    message,
                    &names.place,
                    "nothing waits for this",
                    "use `on = \"recognition\"`",
                );
            }
        }
        also
    }

    fn violation_of(&mut self, text: &Text, moments: &[Moment]) -> Option<ViolationOf> {
        let recorded =
            !moments.is_empty() && moments.iter().all(|moment| *moment == Moment::Violation);
        if text.value == "as_recorded" {
            if !recorded {
                let message = "nothing records a violation here";
                self.helped(
                    Code::WrongMoment,
                    message,
                    &text.place,
                    "of which kind?",
                    "name the kind",
                );
            }
            return Some(ViolationOf::AsRecorded);
        }
        if recorded {
            let message = "a violation is not followed by another";
            self.helped(
                Code::WrongMoment,
                message,
                &text.place,
                "would never end",
                "write \"as_recorded\"",
            );
        }
        let Some(kind) = self
            .violations
            .iter_mut()
            .find(|kind| kind.name == text.value)
        else {
            let names = self.violations.iter().map(|kind| kind.name.as_str());
            let help = super::tools::did_you_mean(&text.value, names, "kinds of violation");
            let message = format!("there is no violation `{}`", text.value);
            self.helped(
                Code::UnknownName,
                message,
                &text.place,
                "not under `[violation]`",
                help,
            );
            return None;
        };
        kind.used = true;
        Some(ViolationOf::Kind(self.word(&text.value)))
    }

    /// Answers, added to those of the table whose row this is.
    fn answers(&mut self, then: &WrittenAnswers, asked: &Asked, all: &mut Answered) {
        self.resolve_answers(then, &asked.scope, all);
    }
}

/// A key that no clause has yet: the id, or the id with `#2`, `#3`.
fn free_key(id: &str, draft: &[Draft<'_>]) -> String {
    let mut key = id.to_owned();
    let mut count = 1;
    while draft.iter().any(|known| known.key == key) {
        count += 1;
        key = format!("{id}#{count}");
    }
    key
}
