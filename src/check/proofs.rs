//! What can be proved of clauses against one another without walking the cases: two that say different things about
//! word for word the same case, two that each take the other away, two that both stand where nothing else does.

use super::Checker;
use super::tools::number;
use crate::finding::{Code, Finding, Place};
use crate::policy::{Answers, Clause, ClauseId, ClauseKind, Condition, Own, Sanction};
use crate::syntax::{Text, WrittenClause};
use crate::vocabulary::words::Question;
use std::collections::BTreeMap;

/// What a clause is compared by.
#[derive(Default)]
pub struct Proof {
    /// Its conditions, in no order; nothing for what is never asked.
    case: Option<(Vec<String>, Vec<String>)>,
    /// Where each question is answered.
    places: Vec<(Question, Place)>,
    /// Where each question of the policy's own is answered.
    asked: Vec<(String, Place)>,
}

impl Proof {
    /// Of a clause, or of a row of its table.
    pub fn new(
        written: &WrittenClause,
        clause: &Clause,
        places: &[(Question, Place)],
        complete: bool,
    ) -> Proof {
        let texts = |conditions: &[Condition]| {
            conditions
                .iter()
                .map(|condition| plain(&condition.text))
                .collect::<Vec<_>>()
        };
        let (mut when, mut unless) = (texts(&clause.when), texts(&clause.unless));
        if written.otherwise.is_some() {
            when.push("otherwise".to_owned());
        }
        when.sort();
        unless.sort();
        Proof {
            case: complete.then_some((when, unless)),
            places: places.to_vec(),
            asked: Vec::new(),
        }
    }

    /// With where it answers questions of the policy's own.
    #[must_use]
    pub fn asking<'w>(mut self, names: impl Iterator<Item = &'w Text>) -> Proof {
        let places = names.map(|name| (name.value.clone(), name.place.clone()));
        self.asked = places.collect();
        self
    }

    fn asked(&self, name: &str) -> Option<&Place> {
        let found = self.asked.iter().find(|(known, _)| known == name);
        found.map(|(_, place)| place)
    }

    fn place(&self, question: Question) -> Option<&Place> {
        self.places
            .iter()
            .find(|(known, _)| *known == question)
            .map(|(_, place)| place)
    }
}

/// A condition without its spaces, so that layout does not count.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Checker<'_> {
    /// Compares clauses with one another.
    pub fn prove(&mut self, clauses: &[Clause], proofs: &[Proof]) {
        let mut cases: BTreeMap<&(Vec<String>, Vec<String>), Vec<usize>> = BTreeMap::new();
        for (at, proof) in proofs
            .iter()
            .enumerate()
            .filter(|(at, _)| clauses[*at].kind == ClauseKind::Rule)
        {
            if let Some(case) = &proof.case {
                cases.entry(case).or_default().push(at);
            }
        }
        for (case, group) in cases {
            let otherwise = case.0.iter().any(|text| text == "otherwise");
            for (nth, one) in group.iter().enumerate() {
                for two in &group[nth + 1..] {
                    let of = |at: usize| (&clauses[at], &proofs[at], ClauseId(number(at)));
                    self.same_case(of(*one), of(*two), otherwise);
                }
            }
        }
        for (one, clause) in clauses.iter().enumerate() {
            for two in clause
                .overrides
                .iter()
                .map(|id| id.index())
                .filter(|two| *two > one)
            {
                let back = clauses[two].overrides.iter().any(|id| id.index() == one);
                if back && self.own_clause(&proofs[two]) {
                    self.mutual(clause, &clauses[two], &proofs[one], &proofs[two]);
                }
            }
        }
    }

    fn own_clause(&self, proof: &Proof) -> bool {
        proof
            .places
            .first()
            .is_some_and(|(_, place)| self.is_own(place))
    }

    /// Two clauses of word for word the same case.
    fn same_case(
        &mut self,
        one: (&Clause, &Proof, ClauseId),
        two: (&Clause, &Proof, ClauseId),
        otherwise: bool,
    ) {
        let meets = one.0.on.iter().any(|moment| two.0.on.contains(moment))
            || one.0.on.is_empty() && two.0.on.is_empty();
        if !meets || !in_force_together(one.0, two.0) {
            return;
        }
        self.same_question(one, two);
        for question in one.0.questions() {
            let (Some(first), Some(second)) = (one.1.place(question), two.1.place(question)) else {
                continue;
            };
            if otherwise {
                let message = format!("two clauses answer `{question}` where nothing else does");
                let finding = Finding::new(
                    Code::TwoOtherwise,
                    message,
                    second.clone(),
                    format!("`{}`", two.0.key),
                );
                self.push(finding.other(first.clone(), format!("and `{}`", one.0.key)));
                continue;
            }
            let excepted = one.0.overrides.contains(&two.2) || two.0.overrides.contains(&one.2);
            if !excepted && differ(question, &one.0.answers, &two.0.answers) {
                self.differently(question.text(), (one.0, first), (two.0, second));
            }
        }
    }

    fn differently(&mut self, question: &str, one: (&Clause, &Place), two: (&Clause, &Place)) {
        let message = format!(
            "`{}` and `{}` answer `{question}` differently in word for word the same case",
            one.0.key, two.0.key
        );
        let finding = Finding::new(Code::ClausesDiffer, message, two.1.clone(), "one answer");
        let help = "add a condition to one of them, or say which is the exception with `overrides`";
        self.push(finding.other(one.1.clone(), "another").help(help));
    }

    /// The same of a question that the policy itself declares.
    fn same_question(
        &mut self,
        one: (&Clause, &Proof, ClauseId),
        two: (&Clause, &Proof, ClauseId),
    ) {
        let excepted = one.0.overrides.contains(&two.2) || two.0.overrides.contains(&one.2);
        for (question, answer) in &one.0.answers.asked {
            let name = self.facts[question.index()].name().to_owned();
            let (Some(first), Some(second)) = (one.1.asked(&name), two.1.asked(&name)) else {
                continue;
            };
            let mut other = two.0.answers.asked.iter();
            let differs = other.any(|(known, other)| known == question && other != answer);
            if differs && !excepted {
                self.differently(&name, (one.0, first), (two.0, second));
            }
        }
    }

    /// Each takes the other away: where both hold, neither stands.
    fn mutual(&mut self, one: &Clause, two: &Clause, first: &Proof, second: &Proof) {
        let Some(question) = one
            .questions()
            .find(|question| two.questions().any(|other| other == *question))
        else {
            return;
        };
        let (Some(first), Some(second)) = (first.place(question), second.place(question)) else {
            return;
        };
        let message = format!(
            "`{}` and `{}` each override the other: where both hold, neither stands",
            one.key, two.key
        );
        let finding = Finding::new(Code::MutualOverride, message, second.clone(), "taken away");
        self.push(
            finding
                .other(first.clone(), "taken away too")
                .help("keep one of the two")
                .warning(),
        );
    }
}

fn in_force_together(one: &Clause, two: &Clause) -> bool {
    let before = |one: &Clause, two: &Clause| matches!((one.in_force.1, two.in_force.0), (Some(end), Some(start)) if end <= start);
    !before(one, two) && !before(two, one)
}

/// Whether two answers to one question cannot both stand.
fn differ(question: Question, one: &Answers, two: &Answers) -> bool {
    match question {
        Question::Identify => one.identify != two.identify,
        Question::Recognise => one.recognise != two.recognise,
        Question::Receive => format!("{:?}", one.receive) != format!("{:?}", two.receive),
        Question::Share => format!("{:?}", one.share) != format!("{:?}", two.share),
        Question::Turn => conflict(&one.turn, &two.turn, |a, b| a != b && !a.is_apart_from(b)),
        Question::Own => match (&one.own, &two.own) {
            (Some(Own::Each(one)), Some(Own::Each(two))) => conflict(one, two, |a, b| a != b),
            (Some(Own::Unchanged), Some(Own::Each(_)))
            | (Some(Own::Each(_)), Some(Own::Unchanged)) => true,
            _ => false,
        },
        Question::Sanction => conflict(&one.sanction, &two.sanction, |a, b| match (a, b) {
            (Sanction::Parts(a), Sanction::Parts(b)) => {
                let differ = |a: Option<_>, b: Option<_>| a.is_some() && b.is_some() && a != b;
                differ(a.fine, b.fine)
                    || differ(a.points, b.points)
                    || (a.suspend.is_some() && b.suspend.is_some() && a.suspend != b.suspend)
            }
            (Sanction::Fact(a), Sanction::Fact(b)) => a != b,
            _ => false,
        }),
        Question::Pay => one.pay != two.pay,
        // What comes off adds up.
        Question::Allow | Question::Bar | Question::Levy => false,
    }
}

/// Whether some person has one answer here and another there.
fn conflict<W: PartialEq, T>(
    one: &[(W, T)],
    two: &[(W, T)],
    differ: impl Fn(&T, &T) -> bool,
) -> bool {
    one.iter()
        .any(|(who, a)| two.iter().any(|(other, b)| who == other && differ(a, b)))
}
