//! How an expectation of each sort is written, for whoever wrote it otherwise.

use super::actual::Sort;

/// What an expected sanction may say.
pub(super) const SANCTION: &[&str] = &[
    "kind",
    "fine",
    "pay_back",
    "points",
    "suspended_turns",
    "suspended_until",
    "desk",
    "warning",
    "dismissed",
    "paid_by",
];
/// What an expected turn may say, where it is written as a table.
pub(super) const TURN: &[&str] = &["effect", "kind", "until", "desk"];

/// How one expectation of a sort is written.
pub(super) const fn shape(sort: Sort) -> &'static str {
    match sort {
        Sort::Identify => {
            "as in `identify = { li2 = [\"same_as\", \"li\", \"A1\"] }`, `[\"household_of\", \"li\", \"A1\"]` or `[\"new\", \"A2\"]`"
        }
        Sort::Receive => {
            "as in `receive = { v1 = [\"an\", \"duty\", \"A1\"] }`, `[\"waits\", \"A1\"]` or `[\"nobody\", \"A2\"]`"
        }
        Sort::Turn => "as in `turn = { an = [\"used\", \"A1\"] }`",
        Sort::Own => "as in `own = { li = { an = [\"active\", \"A1\"] } }`",
        Sort::Share => {
            "as in `share = { d1 = { state = \"final\", shares = { an = \"5000.00\" }, because = [\"A3\"] } }`"
        }
        Sort::Bar => "as in `bar = { an = [true, \"A4\"] }`",
        Sort::Violation => "as in `violation = { an = [\"shouting\", \"A5\"] }`",
        Sort::Sanction => {
            "as in `sanction = { an = { kind = \"shouting\", points = 3, because = [\"A6\"] } }`"
        }
        Sort::Refuse => "as in `refuse = [\"too_late\", \"A7\"]`, or a list of such",
        Sort::Undecided => "as in `undecided = { d1 = [\"share\", \"A8\"] }`",
        Sort::Notify => "as in `notify = { an = \"A9\" }`",
    }
}
