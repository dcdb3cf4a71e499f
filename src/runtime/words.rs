//! Values as people read them: in messages and in the facts of a trace.

use super::case::{Reader, Val};
use crate::base::names::Name;
use crate::event::Ids;
use crate::policy::Term;

impl Reader<'_> {
    /// A term's value in words; several people are listed.
    pub fn text_of(&self, term: &Term, ids: &Ids, zh: bool) -> String {
        if let Term::Who(who) = term {
            let names: Vec<&str> = self
                .people(*who)
                .iter()
                .map(|someone| ids.person(someone.staff))
                .collect();
            return match (names.is_empty(), zh) {
                (true, false) => "nobody".to_owned(),
                (true, true) => "无人".to_owned(),
                (false, false) => names.join(", "),
                (false, true) => names.join("、"),
            };
        }
        self.val_text(self.read(term), ids, zh)
    }

    /// A value in words.
    pub fn val_text(&self, value: Val, ids: &Ids, zh: bool) -> String {
        let calendar = &self.law.policy.calendar;
        match value {
            Val::Missing => if zh { "无" } else { "nothing" }.to_owned(),
            Val::Flag(true) => if zh { "是" } else { "yes" }.to_owned(),
            Val::Flag(false) => if zh { "否" } else { "no" }.to_owned(),
            Val::Count(count) => count.to_string(),
            Val::Word(word) => self.word_text(word, ids, zh),
            Val::Time(at) => calendar.format_short(at).to_string(),
            Val::Day(day) => day.to_string(),
            Val::Clock(clock) => clock.to_string(),
            Val::Who(someone) => ids.person(someone.staff).to_owned(),
            Val::Visit(visit) => ids.visit(visit).to_owned(),
            Val::Customer(customer) => ids.customer(customer).to_owned(),
            Val::Deal(deal) => ids.deal(deal).to_owned(),
            Val::Money(fen) => fen.to_string(),
            Val::Part(part) => part.to_string(),
            Val::Here => "this".to_owned(),
        }
    }

    /// A word as people read it: the title of a role or of a violation, else the word itself.
    fn word_text(&self, word: Name, ids: &Ids, zh: bool) -> String {
        let plain = ids.word(word);
        let role = self.law.role(word).map(|role| &role.title);
        let violation = self
            .law
            .policy
            .violations
            .iter()
            .find(|(name, _)| name == plain)
            .map(|(_, title)| title);
        match role.or(violation) {
            Some(title) if zh => title.zh.clone(),
            Some(title) => title.en.clone(),
            None => plain.to_owned(),
        }
    }
}
