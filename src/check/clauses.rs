//! Clauses: their order in the book, what has to happen, in which case, what they answer.

use super::Checker;
use super::answers::Answered;
use super::asked::Asked;
use super::draft::{Draft, From};
use super::proofs::Proof;
use super::scope::{Needs, Scope};
use super::tools::{bilingual, number};
use crate::finding::{Code, Finding, Place};
use crate::policy::{Also, Clause, ClauseKind, Condition, WindowId};
use crate::syntax::{
    Text, WrittenAnswers, WrittenClause, WrittenRow, WrittenTableRow, WrittenText,
};
use crate::vocabulary::facts::Part;
use crate::vocabulary::words::Question;

/// What a clause says it is for.
const KINDS: &[(&str, ClauseKind)] = &[
    ("rule", ClauseKind::Rule),
    ("principle", ClauseKind::Principle),
    ("never", ClauseKind::Never),
];

impl<'a> Checker<'a> {
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
            until: Vec::new(),
            ask: None,
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
        clause.kind = self
            .optional(written.kind.as_ref(), KINDS, "kinds of clause")
            .unwrap_or(ClauseKind::Rule);
        if clause.kind == ClauseKind::Principle {
            self.principle(written);
            return (clause, Proof::default());
        }
        if clause.kind == ClauseKind::Never {
            self.never(one, written, &mut clause);
            return (clause, Proof::default());
        }
        let mut answered = written.then.questions();
        answered.extend(row.map(|row| row.then.questions()).unwrap_or_default());
        let asked = self.asked(one, written, &answered);
        let before = self.findings.len();
        let mut needs = Needs::default();
        (clause.when, clause.unless) = self.case_of(written, row, &asked.scope, &mut needs);
        self.too_early(&needs, &answered);
        let mut all = Answered::default();
        self.answers(&written.then, &asked, &mut all);
        if let Some(row) = row {
            self.answers(&row.then, &asked, &mut all);
        }
        let share = all.answers.share.as_ref();
        clause.ask = self.asking(written, &answered, share, &asked.scope, &mut needs);
        needs.add(&all.needs);
        let read = self.findings.len() == before;
        let proof = Proof::new(written, &clause, &answered, asked.complete && read).asking(
            (written.then.asked.iter())
                .chain(row.iter().flat_map(|row| &row.then.asked))
                .map(|(name, _)| name),
        );
        clause.also = self.also(&written.also, &asked, &mut needs);
        self.records_alone(&written.also, &answered);
        if let Some(row) = row.filter(|row| row.also.place.is_some()) {
            let of_row = self.also(&row.also, &asked, &mut needs);
            self.records_alone(&row.also, &answered);
            clause.also.add(of_row);
        }
        clause.reads_receiver = needs.part(Part::Receiver);
        clause.otherwise = self.otherwise(written);
        let until = row.map(|row| &row.until).filter(|until| !until.is_empty());
        clause.until = self.until(until.unwrap_or(&written.until), &answered);
        let says = row
            .and_then(|row| row.says.as_ref())
            .or(written.says.as_ref());
        clause.says = self.says(says, &asked.scope, !answered.is_empty(), one);
        clause.on = asked.moments;
        clause.answers = all.answers;
        (clause, proof)
    }

    /// In which case a clause holds, with what its row adds: what must hold, and what must not.
    fn case_of(
        &mut self,
        written: &WrittenClause,
        row: Option<&WrittenTableRow>,
        scope: &Scope,
        needs: &mut Needs,
    ) -> (Vec<Condition>, Vec<Condition>) {
        let (mut when, more) = self.conditions(&written.when, scope);
        needs.add(&more);
        let (mut unless, more) = self.conditions(&written.unless, scope);
        needs.add(&more);
        if let Some(row) = row {
            when.extend(self.cells(written, row, scope, needs));
            let (of_row, more) = self.conditions(&row.unless, scope);
            needs.add(&more);
            unless.extend(of_row);
        }
        (when, unless)
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

    /// The cells of a row: each column is as that cell says.
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
            let help = "give `is` one value for each of `columns`; \"*\" takes every case";
            self.helped(
                Code::WrongType,
                message,
                &row.place,
                "another number of values",
                help,
            );
        }
        let mut cells = Vec::new();
        for (column, cell) in written.columns.iter().zip(&row.is) {
            cells.extend(self.cell(column, cell, scope, needs).flatten());
        }
        let (more, of_row) = self.conditions(&row.when, scope);
        needs.add(&of_row);
        cells.into_iter().chain(more).collect()
    }

    /// Whether it may be, who is recognised and who receives are asked before anybody receives.
    fn too_early(&mut self, needs: &Needs, answered: &[(Question, Place)]) {
        let early = [
            Question::Allow,
            Question::Identify,
            Question::Recognise,
            Question::Receive,
        ];
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

    fn until(&mut self, texts: &[Text], answered: &[(Question, Place)]) -> Vec<WindowId> {
        let found: Vec<WindowId> = (texts.iter())
            .filter_map(|text| self.window_by_name(text))
            .collect();
        let shares = answered
            .iter()
            .any(|(question, _)| *question == Question::Share);
        if let Some(text) = texts.first().filter(|_| !shares) {
            let help = "on an event an answer is final; say what happens when a window ends with `on = \"… ends\"`";
            self.helped(
                Code::IdleUntil,
                "only shares are provisional",
                &text.place,
                "changes nothing",
                help,
            );
        }
        found
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

    /// Answers, added to those of the table whose row this is.
    fn answers(&mut self, then: &WrittenAnswers, asked: &Asked, all: &mut Answered) {
        self.resolve_answers(then, &asked.scope, all);
    }
}
