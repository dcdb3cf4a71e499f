//! What an office changes in a copy of the shipped policy has the effect that a reader expects, or is refused aloud.

use super::{Ran, command, ran};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

const BOOK: &str = "policies/changsha-vanke";
const FOLDERS: [&str; 2] = ["", "scripts"];

/// A copy of the shipped policy.
struct Copy {
    dir: tempfile::TempDir,
}

impl Copy {
    fn new() -> Copy {
        let dir = tempfile::tempdir().unwrap();
        for folder in FOLDERS {
            let (from, to) = (
                Path::new(BOOK).join(folder),
                dir.path().join(BOOK).join(folder),
            );
            fs::create_dir_all(&to).unwrap();
            for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_file() {
                    fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
                }
            }
        }
        Copy { dir }
    }

    /// Replaces a text that must be there.
    fn edit(self, file: &str, from: &str, to: &str) -> Copy {
        let path = self.dir.path().join(BOOK).join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
        self
    }

    fn add(self, file: &str, more: &str) -> Copy {
        let path = self.dir.path().join(BOOK).join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text + more).unwrap();
        self
    }

    fn check(&self) -> Ran {
        ran(command(self.dir.path(), &["check"]).output().unwrap())
    }

    /// What is decided after a day has begun with two agents and their superiors.
    fn decides(&self, journal: &str) -> String {
        let mut lines = String::new();
        for (person, role) in [
            ("an", "agent"),
            ("bo", "agent"),
            ("sm", "site_manager"),
            ("sal", "sales_manager"),
            ("pm", "project_manager"),
        ] {
            lines.push_str(&format!(
                "{{\"at\": \"2024-03-01T08:00\", \"event\": \"person\", \"person\": \"{person}\", \"role\": \"{role}\"}}\n"
            ));
        }
        lines.push_str(
            "{\"at\": \"2024-03-01T08:00\", \"event\": \"roster\", \"order\": [\"an\", \"bo\"]}\n",
        );
        lines.push_str(journal);
        let mut child = command(
            self.dir.path(),
            &["replay", "-", "--policy", BOOK, "--format", "human"],
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(lines.as_bytes())
            .unwrap();
        let ran = ran(child.wait_with_output().unwrap());
        assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
        ran.out
    }
}

/// Three serious violations would be too many; two of different people show who is counted together.
const TWO_LATE: &str = r#"{"at": "2024-03-01T09:00", "event": "violation", "staff": "an", "kind": "late_greeting", "reported_by": "sm"}
{"at": "2024-03-01T09:10", "event": "violation", "staff": "bo", "kind": "late_greeting", "reported_by": "sm"}
"#;

#[test]
fn violations_are_counted_together_by_what_is_the_same() {
    let shipped = Copy::new().decides(TWO_LATE);
    assert!(!shipped.contains("no. 2 of its kind"), "{shipped}");
    let of_the_office = Copy::new()
        .edit(
            "facts.toml",
            r#"same   = ["staff", "kind"]"#,
            r#"same   = ["kind"]"#,
        )
        .decides(TWO_LATE);
    assert!(
        of_the_office.contains("no. 2 of its kind"),
        "{of_the_office}"
    );
}

#[test]
fn a_length_comes_to_a_script_in_days_or_not_at_all() {
    let twice = r#"{"at": "2024-03-01T09:00", "event": "violation", "staff": "an", "kind": "speculation", "reported_by": "sm"}
{"at": "2024-03-01T09:10", "event": "violation", "staff": "an", "kind": "speculation", "reported_by": "sm"}
"#;
    let week = Copy::new().edit("penalties.toml", r#""3 days""#, r#""1 week""#);
    let out = week.decides(twice);
    assert!(out.contains("suspended until 2024-03-09 00:00"), "{out}");
    for (from, to, message) in [
        (r#""3 days""#, r#""1 month""#, "is not a number of days"),
        (r#""3 days""#, r#""2 turns""#, "takes `days`"),
        (r#""1 turn""#, r#""2 days""#, "and calls it `turns`"),
    ] {
        let ran = Copy::new().edit("penalties.toml", from, to).check();
        assert_eq!(ran.status, 1, "{to}");
        assert!(ran.out.contains(message), "{}", ran.out);
    }
}

#[test]
fn whoever_may_rule_rules() {
    let moved = Copy::new()
        .edit(
            "policy.toml",
            r#"["find_fault", "rule"]"#,
            r#"["find_fault"]"#,
        )
        .edit(
            "policy.toml",
            r#"["verify_absence"]"#,
            r#"["verify_absence", "rule"]"#,
        );
    let out = moved.decides(
        r#"{"at": "2024-03-01T09:00", "event": "visit", "visit": "v1", "customer": "li"}
{"at": "2024-03-01T09:10", "event": "ruling", "about": "li", "question": "own", "decided_by": "sal", "staff": "bo"}
{"at": "2024-03-01T09:20", "event": "ruling", "about": "li", "question": "own", "decided_by": "pm", "staff": "bo"}
"#,
    );
    let refused = out.find("refused: may not rule").expect(&out);
    let ruled = out.find("li is bo's customer").expect(&out);
    assert!(refused < ruled, "{out}");
}

#[test]
fn what_was_so_at_a_visit_or_a_deal_is_kept() {
    let kept = Copy::new()
        .add(
            "facts.toml",
            r#"
[fact.came_for]
of     = "claim"
source = "9.1"
text   = { en = "Why the customer came last", zh = "最近来访目的" }
last   = "visit"
value  = 'visit.purpose'
[fact.quickly]
of     = "claim"
source = "9.1"
text   = { en = "Whether the last deal was made on the spot", zh = "最近成交是否当场" }
last   = "deal"
value  = 'deal.on_the_spot'
"#,
        )
        .add(
            "03-reception.toml",
            r#"
[[clause]]
id    = "9.1"
title = { en = "Formalities.", zh = "手续。" }
when  = ['owner.exists', 'owner.came_for == "formalities"', '!owner.quickly']
then.share = { owner = "all", others = 0 }
overrides  = ["1.2", "R.helper_share"]
says  = { en = "{owner} did the paperwork.", zh = "{owner} 办理手续。" }
"#,
        );
    let out = kept.decides(
        r#"{"at": "2024-03-01T09:00", "event": "visit", "visit": "v1", "customer": "li"}
{"at": "2024-03-01T09:10", "event": "deal", "deal": "d1", "customer": "li", "commission": "100.00"}
{"at": "2024-03-01T09:30", "event": "visit_end", "visit": "v1"}
{"at": "2024-03-02T09:00", "event": "visit", "visit": "v2", "customer": "li", "remembers": "an", "purpose": "formalities"}
{"at": "2024-03-02T09:10", "event": "deal", "deal": "d2", "customer": "li", "commission": "100.00"}
"#,
    );
    let (first, second) = out.split_once("deal d2").expect(&out);
    assert!(!first.contains("[9.1]"), "{out}");
    assert!(second.contains("[9.1]"), "{out}");
}

#[test]
fn a_script_may_begin_with_the_mark_of_an_editor() {
    let marked = Copy::new().edit(
        "scripts/ladder.rhai",
        "// The ladder",
        "\u{feff}// The ladder",
    );
    let ran = marked.check();
    assert_eq!(ran.status, 0, "{}", ran.out);
}
