//! Exceptions by name, and which clauses are asked when.

use super::Checker;
use super::draft::{Draft, From};
use super::tools::{did_you_mean, number};
use crate::finding::{Code, Finding};
use crate::policy::{Clause, ClauseId, ClauseIndex, ClauseKind, FactId, Moment};
use crate::syntax::Text;
use crate::vocabulary::words::Question;

impl Checker<'_> {
    /// The clauses that a clause names as those to which it is an exception.
    pub fn overrides(&mut self, one: &Draft<'_>, draft: &[Draft<'_>], own: u16) -> Vec<ClauseId> {
        let written: Vec<&Text> = match one.from {
            From::Clause(written) => written.overrides.iter().collect(),
            From::TableRow(written, row) => {
                let of_row = row.overrides.iter();
                written.overrides.iter().chain(of_row).collect()
            }
            From::RotaRow(_) => return Vec::new(),
        };
        let mut found: Vec<ClauseId> = Vec::new();
        for (at, text) in written.iter().enumerate() {
            if written[..at]
                .iter()
                .any(|before| before.value == text.value)
            {
                self.error(
                    Code::DuplicateName,
                    format!("`{}` stands here twice", text.value),
                    &text.place,
                    "again",
                );
                continue;
            }
            let targets = self.targets(text, draft, own);
            let shares = |id: &ClauseId| {
                draft[id.index()]
                    .questions
                    .iter()
                    .any(|question| one.questions.contains(question))
                    || draft[id.index()]
                        .asked
                        .iter()
                        .any(|question| one.asked.contains(question))
            };
            if !targets.is_empty() && !targets.iter().any(shares) && self.is_own(&text.place) {
                self.idle_override(one, text, draft, &targets);
            }
            for id in targets {
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
        found.sort();
        found
    }

    /// The clauses of an id, a key, or a table.
    fn targets(&mut self, text: &Text, draft: &[Draft<'_>], own: u16) -> Vec<ClauseId> {
        let key = text.value.strip_suffix("#1").unwrap_or(&text.value);
        let by_id = |clause: &Draft<'_>| clause.id == text.value;
        let by_key = |clause: &Draft<'_>| clause.key == key || clause.table.as_deref() == Some(key);
        let all = |fits: &dyn Fn(&Draft<'_>) -> bool| -> Vec<ClauseId> {
            let numbers = draft
                .iter()
                .enumerate()
                .filter(|(_, clause)| fits(clause))
                .map(|(at, _)| number(at));
            numbers.map(ClauseId).collect()
        };
        let mut found = all(&by_id);
        if found.is_empty() {
            found = all(&by_key);
        }
        let had = !found.is_empty();
        found.retain(|id| id.0 != own);
        if found.is_empty() && had {
            let message = format!("`{}` is this clause itself", text.value);
            let help = "an exception names other clauses";
            self.helped(
                Code::UnknownClause,
                message,
                &text.place,
                "no other clause has it",
                help,
            );
        } else if found.is_empty()
            && !self
                .written
                .removed
                .iter()
                .any(|gone| gone == key || *gone == text.value)
        {
            let names: Vec<&str> = draft
                .iter()
                .flat_map(|clause| [clause.id.as_str(), clause.key.as_str()])
                .collect();
            let message = format!("there is no clause `{}`", text.value);
            let help = did_you_mean(&text.value, names, "clauses");
            self.helped(
                Code::UnknownClause,
                message,
                &text.place,
                "no such id or key",
                help,
            );
        }
        found
    }

    fn idle_override(
        &mut self,
        one: &Draft<'_>,
        text: &Text,
        draft: &[Draft<'_>],
        targets: &[ClauseId],
    ) {
        let words = |questions: &[Question], asked: &[String]| {
            let mut words: Vec<&str> = questions.iter().map(|question| question.text()).collect();
            words.extend(asked.iter().map(String::as_str));
            words.dedup();
            if words.is_empty() {
                "nothing".to_owned()
            } else {
                words.join(", ")
            }
        };
        let theirs: Vec<Question> = targets
            .iter()
            .flat_map(|id| draft[id.index()].questions.clone())
            .collect();
        let theirs_asked: Vec<String> = targets
            .iter()
            .flat_map(|id| draft[id.index()].asked.clone())
            .collect();
        let message = format!(
            "this takes nothing away from `{}`: it answers {}, and this clause {}",
            text.value,
            words(&theirs, &theirs_asked),
            words(&one.questions, &one.asked)
        );
        let finding = Finding::new(
            Code::IdleOverride,
            message,
            text.place.clone(),
            "no question in common",
        );
        let other = targets.first().map(|id| draft[id.index()].place.clone());
        let finding = finding
            .help("an exception takes away what it answers itself; leave the id out")
            .warning();
        self.push(match other {
            Some(place) => finding.other(place, "this clause"),
            None => finding,
        });
    }
}

impl ClauseIndex {
    /// Which of these clauses are asked when.
    pub fn of(clauses: &[Clause]) -> ClauseIndex {
        let mut on: Vec<std::collections::BTreeMap<Moment, Vec<ClauseId>>> = Vec::new();
        let mut also: std::collections::BTreeMap<Moment, Vec<ClauseId>> = Default::default();
        let mut standing: std::collections::BTreeMap<Question, Vec<ClauseId>> = Default::default();
        let mut asked: std::collections::BTreeMap<FactId, Vec<ClauseId>> = Default::default();
        let rules = clauses
            .iter()
            .enumerate()
            .filter(|(_, clause)| clause.kind == ClauseKind::Rule);
        for (at, clause) in rules {
            let id = ClauseId(number(at));
            for (question, _) in &clause.answers.asked {
                asked.entry(*question).or_default().push(id);
            }
            for question in clause.questions() {
                if question.is_standing() {
                    standing.entry(question).or_default().push(id);
                }
                if on.len() <= question as usize {
                    on.resize_with(question as usize + 1, Default::default);
                }
                for moment in &clause.on {
                    on[question as usize].entry(*moment).or_default().push(id);
                }
            }
            for moment in clause.on.iter().filter(|_| clause.has_effects()) {
                also.entry(*moment).or_default().push(id);
            }
        }
        ClauseIndex {
            on: on.into_iter().map(|on| on.into_iter().collect()).collect(),
            also: also.into_iter().collect(),
            standing: standing.into_iter().collect(),
            asked: asked.into_iter().collect(),
            never: never_of(clauses),
        }
    }
}

/// Clauses that say what cannot happen, by moment.
fn never_of(clauses: &[Clause]) -> Vec<(Moment, Vec<ClauseId>)> {
    let mut never: std::collections::BTreeMap<Moment, Vec<ClauseId>> = Default::default();
    let all = clauses.iter().enumerate();
    for (at, clause) in all.filter(|(_, clause)| clause.kind == ClauseKind::Never) {
        for moment in &clause.on {
            never.entry(*moment).or_default().push(ClauseId(number(at)));
        }
    }
    never.into_iter().collect()
}
