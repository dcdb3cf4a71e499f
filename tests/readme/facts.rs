//! The author's guide lists every fact that a condition can read, in the words of the program's own list.

use panke::vocabulary::facts::{FACTS, Type};
use std::fmt::Write as _;
use std::path::Path;

const GUIDE: &str = "policies/README.md";
const FIRST: &str = "### Every fact\n";
const LAST: &str = "## Pages";

/// What facts are about, with how a condition begins to speak of it.
const SUBJECTS: &[(Type, &str)] = &[
    (
        Type::Person,
        "Of a person, and of the person's claim on the customer (`owner.…`, `it.…`)",
    ),
    (Type::Visit, "Of a visit (`visit.…`)"),
    (Type::Customer, "Of a customer (`customer.…`, `record.…`)"),
    (Type::Deal, "Of a deal (`deal.…`)"),
    (Type::Violation, "Of a violation (`violation.…`)"),
    (Type::Event, "Of an event (`event.at`, `choice.yes`)"),
    (Type::Office, "Of the office (`office.…`)"),
    (Type::Time, "Of a time (`event.at.…`, `owner.slept.…`)"),
    (Type::Day, "Of a day (`event.at.day.…`)"),
];

/// The section as it should be.
fn section() -> String {
    let mut text = format!("{FIRST}\n");
    text.push_str(
        "What the program itself knows. A *fact of the moment* may change by itself from one minute to the next: shares\n\
         may not read it, everything else may. Of a claim, a visit, a deal that is not there nothing can be read, and a\n\
         comparison with it is false.\n",
    );
    for (of, heading) in SUBJECTS {
        write!(
            text,
            "\n**{heading}**\n\n| fact | is | says |\n|---|---|---|\n"
        )
        .expect("a text takes all");
        for row in FACTS.iter().filter(|row| row.of == *of) {
            let moment = if row.momentary { ", of the moment" } else { "" };
            writeln!(
                text,
                "| `{}` | {}{moment} | {} |",
                row.name,
                row.is.text(),
                row.text
            )
            .expect("a text takes all");
        }
    }
    text.push('\n');
    text
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the environment says whether the list is to be written anew"
)]
fn every_fact_stands_in_the_guide() {
    let forgotten = FACTS
        .iter()
        .find(|row| !SUBJECTS.iter().any(|(of, _)| *of == row.of));
    assert!(
        forgotten.is_none(),
        "{forgotten:?} is about something that the guide does not list"
    );
    let text = super::read(GUIDE).expect("the repository has a guide");
    let from = text.find(FIRST).expect("the guide lists the facts");
    let to = from + text[from..].find(LAST).expect("pages follow the facts");
    let wanted = section();
    if text[from..to] == wanted {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let whole = format!("{}{wanted}{}", &text[..from], &text[to..]);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GUIDE);
        std::fs::write(path, whole).expect("the guide can be written");
        return;
    }
    panic!(
        "{GUIDE}: the list of facts is not the program's: UPDATE_EXPECT=1 cargo test --test readme writes it anew"
    );
}
