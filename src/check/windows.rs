//! Windows: stretches of time that every claim has its own of, and that act when they end.

use super::amounts::Kind;
use super::tools::bilingual;
use super::{Checker, WindowEntry};
use crate::base::time::{FirstDay, LastDay, SpanRule};
use crate::policy::{AmountId, ClaimTime, Reach, Window};
use crate::syntax::{Text, WrittenWindow};

/// The times of a claim.
const TIMES: &[(&str, ClaimTime)] = &[
    ("claim.opened", ClaimTime::Opened),
    ("claim.slept", ClaimTime::Slept),
    ("claim.recognised", ClaimTime::Recognised),
    ("claim.woke", ClaimTime::Woke),
    ("claim.shared_at", ClaimTime::Shared),
    ("claim.ended", ClaimTime::Ended),
];

/// Whom a change reaches.
pub const REACHES: &[(&str, Reach)] = &[
    ("new_cases", Reach::NewCases),
    ("open_ones", Reach::OpenOnes),
];

impl Checker<'_> {
    /// Reads every window.
    pub fn declare_windows(&mut self) {
        for written in &self.written.windows {
            let window = self.window(written);
            self.windows.push(WindowEntry {
                window,
                place: written.name.place.clone(),
                used: false,
            });
        }
    }

    fn window(&mut self, written: &WrittenWindow) -> Window {
        if let Some(of) = &written.of {
            self.one_of(of, &[("claim", ())], "what a window is of");
        }
        let length = written
            .length
            .as_ref()
            .and_then(|text| self.amount_of(text, &[Kind::Length], "a window's length"));
        let first_day = [("day_0", FirstDay::Day0), ("day_1", FirstDay::Day1)];
        let last_day = [
            ("included", LastDay::Included),
            ("excluded", LastDay::Excluded),
        ];
        let reach = self.optional(written.changes.as_ref(), REACHES, "whom a change reaches");
        Window {
            name: written.name.value.clone(),
            text: bilingual(written.text.as_ref()),
            source: written
                .source
                .as_ref()
                .map_or_else(String::new, |source| source.value.clone()),
            starts: self
                .optional(written.starts.as_ref(), TIMES, "times of a claim")
                .unwrap_or(ClaimTime::Opened),
            closed_by: (written.closed_by.iter())
                .filter_map(|text| self.one_of(text, TIMES, "times of a claim"))
                .collect(),
            length: length.unwrap_or(AmountId(0)),
            rule: SpanRule {
                first_day: self
                    .optional(
                        written.first_day.as_ref(),
                        &first_day,
                        "ways to count the first day",
                    )
                    .unwrap_or(FirstDay::Day0),
                last_day: self
                    .optional(
                        written.last_day.as_ref(),
                        &last_day,
                        "ways to count the last day",
                    )
                    .unwrap_or(LastDay::Included),
            },
            changes: reach.unwrap_or(Reach::NewCases),
        }
    }

    /// One of a few words, where there is one.
    pub fn optional<T: Copy>(
        &mut self,
        text: Option<&Text>,
        words: &[(&str, T)],
        what: &str,
    ) -> Option<T> {
        text.and_then(|text| self.one_of(text, words, what))
    }
}
