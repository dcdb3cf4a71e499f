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
            settles: false,
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
        if matches!(
            value.is,
            Type::Sanction | Type::Event | Type::Office | Type::Window
        ) {
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

#[cfg(test)]
mod tests {
    use crate::check::check;
    use crate::files::from_memory;
    use crate::finding::{Severity, Sources};
    use crate::policy::Piece;

    const PAGE: &str = r#"
name = "small"
title = { en = "T", zh = "文" }
zone = "Asia/Shanghai"
remainder = ["owner"]
undecided = { asks = "head", id = "A" }
role.head = { title = { en = "T", zh = "文" } }
rota.main = {}
[[clause]]
id = "A"
title = { en = "T", zh = "文" }
on = "visit"
then.own = { receiver = "active" }
says = { en = "SAYS", zh = "文" }
"#;

    fn pieces(says: &str) -> String {
        let page = PAGE.replace("SAYS", says);
        let files = from_memory(vec![("policy.toml".to_owned(), page)]);
        let (policy, findings) = check(&files, &mut Sources::default());
        let Some(policy) = policy else {
            let errors = findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error);
            let codes: Vec<_> = errors.map(|finding| finding.code.word()).collect();
            return codes.join(", ");
        };
        let says = policy.clauses[0].says.as_ref().expect("it says something");
        let shown = says.en.iter().map(|piece| match piece {
            Piece::Text(text) => format!("<{text}>"),
            Piece::Value(term) => format!("{term:?}"),
        });
        shown.collect()
    }

    #[test]
    fn places_are_filled_and_doubled_braces_stay() {
        assert_eq!(pieces("a {customer}."), "<a >Customer<.>");
        assert_eq!(pieces("{customer}{visit}"), "CustomerVisit");
        assert_eq!(pieces("{{a}} 客"), "<{a} 客>");
    }

    #[test]
    fn what_cannot_be_filled_is_found() {
        assert_eq!(pieces("{"), "bad-template");
        assert_eq!(pieces("a } b"), "bad-template");
        assert_eq!(pieces("{}"), "bad-template");
        assert_eq!(pieces("{客户}"), "bad-template");
        assert_eq!(pieces("{nobody}"), "unknown-name");
        assert_eq!(pieces("{event}"), "bad-template");
        assert_eq!(
            pieces(&format!("{{owner{}}}", ".first_visit.receiver".repeat(40))),
            "bad-template"
        );
    }
}
