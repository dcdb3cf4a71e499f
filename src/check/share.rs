//! How a commission is shared: parts that make the whole.

use super::Checker;
use super::amounts::Kind;
use super::paths::Typed;
use super::scope::{Needs, Scope};
use crate::base::fraction::Fraction;
use crate::base::time::Instant;
use crate::finding::{Code, Finding, Place};
use crate::policy::{AmountId, AmountValue, Figure, Share, SharePart, Weight, Who};
use crate::syntax::{Text, WrittenPart, WrittenShare};
use crate::vocabulary::facts::Type;

/// A part with what a proof needs to know of it.
struct Part {
    who: Who,
    part: SharePart,
    group: bool,
}

impl Checker<'_> {
    /// A share; what cannot be resolved has findings.
    pub fn share(
        &mut self,
        share: &WrittenShare,
        place: &Place,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<Share> {
        let (written, others) = match share {
            WrittenShare::Nothing => return Some(Share::Nothing),
            WrittenShare::Held => return Some(Share::Held),
            WrittenShare::Ask(ask) => return Some(Share::Ask(self.ask(ask))),
            WrittenShare::Parts { parts, others } => (parts, others),
        };
        self.somebody_named(written.is_empty(), place);
        let mut parts: Vec<Part> = Vec::new();
        for (who, part) in written {
            let Some(value) = self.anybody(who, scope) else {
                continue;
            };
            needs.add(&value.needs);
            let crate::policy::Term::Who(person) = value.term else {
                continue;
            };
            if parts.iter().any(|known| known.who == person) {
                let message = format!("`{}` has a part already", who.value);
                self.error(Code::DuplicateName, message, &who.place, "named twice");
            }
            let part = self.part(part, who, value.group, scope, needs);
            parts.extend(part.map(|part| Part {
                who: person,
                part,
                group: value.group,
            }));
        }
        if parts.len() != written.len() {
            return None;
        }
        self.adds_up(&parts, place);
        let parts = parts
            .into_iter()
            .map(|part| (part.who, part.part))
            .collect();
        Some(Share::Parts {
            parts,
            others_none: others.is_some(),
        })
    }

    fn part(
        &mut self,
        part: &WrittenPart,
        who: &Text,
        group: bool,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<SharePart> {
        let text = match part {
            WrittenPart::Text(text) => text,
            WrittenPart::Whole(number, place) => {
                self.each(false, group, who, place);
                return self.bare_parts(*number, place);
            }
        };
        let (value, each) = match text.value.strip_suffix(" each") {
            Some(value) => (value, true),
            None => (text.value.as_str(), false),
        };
        let whole = value == "all" || value == "rest";
        if whole && group {
            let message = format!("`{}` are several, and each cannot have {value}", who.value);
            self.helped(
                Code::GroupAsPerson,
                message,
                &text.place,
                "to a group",
                "give each a part, as in \"1 each\"",
            );
            return None;
        }
        self.each(each, group, who, &text.place);
        if let Some(range) = self.range(value, text) {
            return range;
        }
        match value {
            "all" => Some(SharePart::All),
            "rest" => Some(SharePart::Rest),
            _ if value.starts_with("amount.") => self.amount_part(text, value),
            _ if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.bare_parts(value.parse().unwrap_or(-1), &text.place)
            }
            _ if value.contains('/') || value.ends_with('%') => {
                self.bare_fraction(value, &text.place)
            }
            _ if super::tools::is_snake_case(value) => self.own_part(text, value, scope, needs),
            _ => self.term_part(text, value, scope, needs),
        }
    }

    /// A fact, or a question of the policy's own, about whoever gets the part: `"grade each"`.
    fn own_part(
        &mut self,
        text: &Text,
        value: &str,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<SharePart> {
        let of_person = self
            .facts
            .iter()
            .any(|entry| entry.is_named(Type::Person, value));
        if !of_person {
            return self.term_part(text, value, scope, needs);
        }
        let scope = Scope {
            it: true,
            ..scope.clone()
        };
        let path = Text {
            value: format!("it.{value}"),
            inner: None,
            ..text.clone()
        };
        self.term_part(&path, &path.value, &scope, needs)
    }

    /// `"n% to m%"`, `"at least n%"`, `"at most n%"`; nothing if it is none of these.
    fn range(&mut self, value: &str, text: &Text) -> Option<Option<SharePart>> {
        let (low, high) = if let Some(low) = value.strip_prefix("at least ") {
            (Some(low), None)
        } else if let Some(high) = value.strip_prefix("at most ") {
            (None, Some(high))
        } else {
            let (low, high) = value.split_once(" to ")?;
            (Some(low), Some(high))
        };
        let (below, above) = (
            low.map(|low| self.figure(low.trim(), text)),
            high.map(|high| self.figure(high.trim(), text)),
        );
        let complete = below.as_ref().is_none_or(Option::is_some)
            && above.as_ref().is_none_or(Option::is_some);
        let (low, high) = (below.flatten(), above.flatten());
        if let (Some(below), Some(above)) = (&low, &high) {
            self.range_in_order(below, above, text);
        }
        Some(complete.then_some(SharePart::Range { low, high }))
    }

    /// From less to more, at every date at which one of the two changes.
    fn range_in_order(&mut self, low: &Figure, high: &Figure, text: &Text) {
        let dates = [low, high].into_iter().filter_map(|figure| match figure {
            Figure::Amount(id) => Some(*id),
            Figure::Fraction(_) => None,
        });
        let dates: Vec<Instant> = dates
            .flat_map(|id| &self.amounts[id.index()].amount.values)
            .map(|(from, _)| *from)
            .chain([Instant::MIN])
            .collect();
        let wrong = |at: &Instant| self.figure_at(low, *at) >= self.figure_at(high, *at);
        if dates.iter().any(wrong) {
            let message = format!("`{}` leaves nothing to agree on", text.value);
            let help = "a range goes from less to more, as in \"n% to m%\"";
            self.helped(
                Code::ShareSum,
                message,
                &text.place,
                "not from less to more",
                help,
            );
        }
    }

    fn figure_at(&self, figure: &Figure, at: Instant) -> Fraction {
        match figure {
            Figure::Fraction(fraction) => *fraction,
            Figure::Amount(id) => match self.amounts[id.index()].amount.at(at) {
                AmountValue::Fraction(fraction) => *fraction,
                _ => Fraction::ZERO,
            },
        }
    }

    /// `each` says of a group that every one of them has the part.
    pub fn each(&mut self, each: bool, group: bool, who: &Text, place: &Place) {
        let (code, message, help) = match (each, group) {
            (true, false) => (
                Code::PersonAsGroup,
                format!("`{}` is one person", who.value),
                "leave `each` out",
            ),
            (false, true) => (
                Code::GroupAsPerson,
                format!("`{}` are several", who.value),
                "say that each has the part: \"… each\"",
            ),
            _ => return,
        };
        self.helped(code, message, place, "of how many?", help);
    }

    fn amount_part(&mut self, text: &Text, value: &str) -> Option<SharePart> {
        let name = Text {
            value: value.to_owned(),
            ..text.clone()
        };
        let id = self.amount_of(
            &name,
            &[Kind::Parts, Kind::Fraction],
            "a part of a commission",
        )?;
        match self.amounts[id.index()].kind {
            Kind::Parts => Some(SharePart::Weight(Weight::Amount(id))),
            Kind::Fraction => Some(SharePart::FractionAmount(id)),
            _ => None,
        }
    }

    fn bare_parts(&mut self, number: i64, place: &Place) -> Option<SharePart> {
        let Some(number) = u64::try_from(number)
            .ok()
            .filter(|number| *number <= 1_000_000_000)
        else {
            self.error(
                Code::WrongType,
                "this is no number of parts",
                place,
                "0 to 1000000000",
            );
            return None;
        };
        self.draft(place);
        Some(SharePart::Weight(Weight::Number(number)))
    }

    fn bare_fraction(&mut self, value: &str, place: &Place) -> Option<SharePart> {
        match value.parse::<Fraction>() {
            Ok(fraction) => {
                self.draft(place);
                Some(SharePart::Fraction(fraction))
            }
            Err(error) => {
                let help = error.help();
                self.helped(
                    Code::BadAmount,
                    error.sentence(),
                    place,
                    "not a share",
                    help,
                );
                None
            }
        }
    }

    /// A fact that gives a number of parts.
    fn term_part(
        &mut self,
        text: &Text,
        value: &str,
        scope: &Scope,
        needs: &mut Needs,
    ) -> Option<SharePart> {
        let message = "not a part of a commission";
        let help = "write \"all\", \"rest\", \"amount.… each\", \"n%\" or a fact";
        let found = self.fact_for(text, value, scope, (message, "not a part", help))?;
        if found.is == Type::Fraction {
            needs.add(&found.needs);
            return Some(SharePart::FractionTerm(found.term));
        }
        if found.is != Type::Count {
            let message = format!("a part is a number, and this is {}", found.is.text());
            self.error(Code::TypeMismatch, message, &text.place, found.is.text());
            return None;
        }
        needs.add(&found.needs);
        Some(SharePart::Weight(Weight::Term(found.term)))
    }

    /// The fact of a path of several names, as a part or a levy says it; anything else is not what it should be.
    pub fn fact_for(
        &mut self,
        text: &Text,
        value: &str,
        scope: &Scope,
        (message, label, help): (&str, &str, &str),
    ) -> Option<Typed> {
        let segments =
            super::conditions::segments_of(value, 0).filter(|segments| segments.len() > 1);
        let Some(segments) = segments else {
            let message = format!("`{}` is {message}", text.value);
            self.helped(Code::BadAmount, message, &text.place, label, help);
            return None;
        };
        self.value_path(&segments, text, scope)
    }

    /// What can be proved of the sum: `all` stands alone, fixed shares make the whole.
    fn adds_up(&mut self, parts: &[Part], place: &Place) {
        let count = |is: fn(&SharePart) -> bool| parts.iter().filter(|one| is(&one.part)).count();
        let all = count(|part| matches!(part, SharePart::All));
        let rest = count(|part| matches!(part, SharePart::Rest));
        let weights = count(|part| matches!(part, SharePart::Weight(_)));
        let ranges = count(|part| matches!(part, SharePart::Range { .. }));
        let fixed = parts.len() - all - rest - weights;
        if all > 1 || all == 1 && (rest > 0 || fixed > 0 || weights > 0) {
            let help = "whoever has \"all\" stands alone, with `others = 0`";
            self.helped(
                Code::ShareSum,
                "this is more than the whole",
                place,
                "`all` and more",
                help,
            );
        } else if rest > 1 {
            let help = "give the others parts of their own";
            self.helped(
                Code::ShareSum,
                "the rest goes to one person",
                place,
                "two rests",
                help,
            );
        } else if weights > 0 && fixed + rest > 0 {
            let message = "parts and fixed shares do not add up";
            let help = "write all of them as parts (`3`, `1`) or all as shares of the whole (`n%`, `rest`)";
            self.helped(Code::ShareSum, message, place, "two ways to count", help);
        } else if weights > 0
            && parts
                .iter()
                .all(|part| matches!(part.part, SharePart::Weight(Weight::Number(0))))
        {
            self.error(
                Code::ShareSum,
                "nobody has a part",
                place,
                "all parts are 0",
            );
        } else if fixed > 0
            && !parts.iter().any(|part| {
                part.group && !matches!(part.part, SharePart::Rest)
                    || matches!(part.part, SharePart::FractionTerm(_))
            })
        {
            self.fixed_sum(parts, rest + ranges > 0, place);
        }
    }

    /// Fixed shares, at every date at which one of them changes.
    fn fixed_sum(&mut self, parts: &[Part], rest: bool, place: &Place) {
        let amounts: Vec<AmountId> = parts
            .iter()
            .filter_map(|part| match part.part {
                SharePart::FractionAmount(id) => Some(id),
                SharePart::Range {
                    low: Some(Figure::Amount(id)),
                    ..
                } => Some(id),
                _ => None,
            })
            .collect();
        let dates = amounts.iter().flat_map(|id| {
            self.amounts[id.index()]
                .amount
                .values
                .iter()
                .map(|(from, _)| *from)
        });
        let mut dates: Vec<Instant> = dates.chain([Instant::MIN]).collect();
        dates.sort();
        for at in dates {
            let sum = parts.iter().try_fold(Fraction::ZERO, |sum, part| {
                sum.plus(match &part.part {
                    SharePart::Fraction(fraction) => *fraction,
                    SharePart::FractionAmount(id) => match self.amounts[id.index()].amount.at(at) {
                        AmountValue::Fraction(fraction) => *fraction,
                        _ => Fraction::ZERO,
                    },
                    SharePart::Range { low: Some(low), .. } => self.figure_at(low, at),
                    _ => Fraction::ZERO,
                })
            });
            let Some(sum) = sum else { return };
            if sum > Fraction::ONE || !rest && sum != Fraction::ONE {
                let message = format!("these shares add up to {sum}, not to the whole");
                let help = "shares of the whole add up to 1; \"rest\" takes what is left";
                let finding =
                    Finding::new(Code::ShareSum, message, place.clone(), format!("{sum}"));
                let finding = finding.help(help);
                let one = amounts.last().map(|id| &self.amounts[id.index()]);
                let other = one.map(|entry| (entry.place.clone(), entry.amount.at(at)));
                self.push(match other {
                    Some((place, AmountValue::Fraction(part))) => {
                        let label = format!("{part} of it");
                        finding.other(place, label)
                    }
                    _ => finding,
                });
                return;
            }
        }
    }
}
