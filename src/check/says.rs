//! What people are told: a text with places for facts.

use super::Checker;
use super::conditions::segments_of;
use super::draft::Draft;
use super::paths::Resolved;
use super::scope::Scope;
use crate::finding::Code;
use crate::policy::{Piece, Says, Term};
use crate::syntax::{Text, WrittenText};
use crate::vocabulary::facts::Type;

impl Checker<'_> {
    /// Both texts; a clause that answers something needs them.
    pub fn says(
        &mut self,
        written: Option<&WrittenText>,
        scope: &Scope,
        needed: bool,
        one: &Draft<'_>,
    ) -> Option<Says> {
        let Some(written) = written else {
            if needed {
                let message = format!(
                    "the clause `{}` needs `says`: what the person concerned is told",
                    one.id
                );
                let help = "add `says = { en = \"{receiver} receives.\", zh = \"…\" }`";
                self.helped(
                    Code::MissingKey,
                    message,
                    &one.place,
                    "no `says` here",
                    help,
                );
            }
            return None;
        };
        // A text may tell what is true at the moment at which it is written.
        let scope = Scope {
            story_only: false,
            ..scope.clone()
        };
        Some(Says {
            en: self.pieces(&written.en, &scope),
            zh: self.pieces(&written.zh, &scope),
        })
    }

    fn pieces(&mut self, text: &Text, scope: &Scope) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text.value.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let (start, brace) = (text.value.len() - rest.len() + at, &rest[at..at + 1]);
            let after = &rest[at + 1..];
            if let Some(more) = after.strip_prefix(brace) {
                plain.push_str(brace);
                rest = more;
            } else if let Some(end) = after.find('}').filter(|_| brace == "{") {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.extend(
                    self.place_for(&after[..end], start + 1, text, scope)
                        .map(Piece::Value),
                );
                rest = &after[end + 1..];
            } else {
                let message = "a brace that has no partner";
                let help = "write `{{` or `}}` for a brace that is meant";
                self.helped(
                    Code::BadTemplate,
                    message,
                    &text.within(start..start + 1),
                    "alone",
                    help,
                );
                rest = after;
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        pieces
    }

    /// The fact that stands in a place.
    fn place_for(&mut self, path: &str, start: usize, text: &Text, scope: &Scope) -> Option<Term> {
        let at = text.within(start..start + path.len());
        let Some(segments) = segments_of(path, start) else {
            let help = "write a person or a fact, as in `{receiver}` or `{visit.purpose}`";
            self.helped(
                Code::BadTemplate,
                format!("`{path}` is not a fact"),
                &at,
                "not a name",
                help,
            );
            return None;
        };
        let value = match self.path(&segments, text, scope)? {
            Resolved::Amount(id) => return Some(Term::Amount(id)),
            Resolved::Value(value) => value,
            Resolved::Window(..) => {
                let help = format!("tell when it ends: `{{{path}.ends}}`");
                self.helped(
                    Code::BadTemplate,
                    "a window is not told",
                    &at,
                    "a window",
                    help,
                );
                return None;
            }
        };
        if matches!(value.is, Type::Sanction | Type::Event | Type::Window) {
            self.error(
                Code::BadTemplate,
                format!("{} is not told", value.is.text()),
                &at,
                "cannot be written out",
            );
            return None;
        }
        Some(value.term)
    }
}
