//! Journals played from end to end: which policy is in force, what ends a replay, what is counted.

use super::*;
use crate::decision::{Decision, Sink, Wants};
use crate::journal::testing::policy;

/// Policies `book` and `draft`, each with the digest `d` followed by its name.
struct Shelf;

impl Library for Shelf {
    fn find(
        &self,
        name: &str,
        digest: &str,
        files: Option<&[(Box<str>, Box<str>)]>,
    ) -> Result<Arc<Policy>, String> {
        let mut policy = policy(name);
        policy.digest = if files.is_some() {
            "from files".into()
        } else {
            format!("d{name}")
        };
        match policy.digest == digest {
            true if ["book", "draft"].contains(&name) => Ok(Arc::new(policy)),
            true => Err(format!("there is no policy `{name}`")),
            false => Err(format!(
                "the policy `{name}` has the digest {}, not {digest}",
                policy.digest
            )),
        }
    }
}

/// Keeps what is told as short texts.
#[derive(Default)]
struct Heard {
    all: Vec<String>,
    most: Option<usize>,
}

impl Sink for Heard {
    fn wants(&self) -> Wants {
        Wants::Decisions
    }
    fn decision(&mut self, _: &Ids, decision: Decision) {
        self.all.push(format!(
            "{} {} {}",
            decision.seq,
            decision.what.word(),
            decision.policy.stamp()
        ));
    }
}

impl Audience for Heard {
    fn is_gone(&self) -> bool {
        self.most.is_some_and(|most| self.all.len() >= most)
    }
}

/// A replay that corrects nothing.
fn replay(first: Option<Arc<Policy>>, throughout: bool) -> Replay<'static> {
    let around = Around {
        library: &Shelf,
        past: Box::leak(Box::new(NoPast)),
    };
    Replay::new(around, first, throughout)
}

/// Plays a journal; what was heard, and how it ended.
fn play(
    lines: &[&str],
    first: Option<&str>,
    throughout: bool,
) -> (Replay<'static>, Heard, Result<(), Stop>) {
    let first = first.map(|name| Shelf.find(name, &format!("d{name}"), None).unwrap());
    let mut replay = replay(first, throughout);
    let mut heard = Heard::default();
    let text = lines.join("\n");
    let ended = replay.read(&mut LineReader::new(text.as_bytes()), &mut heard, |_| {});
    (replay, heard, ended)
}

fn message(ended: Result<(), Stop>) -> String {
    match ended {
        Err(Stop::Malformed(fault)) => {
            let help = fault.help.unwrap_or_default();
            let field = fault.field.unwrap_or_default();
            format!(
                "{}:{} {field}: {} / {help}",
                fault.line, fault.column, fault.message
            )
        }
        other => panic!("not malformed: {other:?}"),
    }
}

const AN: &str = r#"{"at":"2024-03-01 08:00","event":"person","person":"an","role":"agent"}"#;
const UNKNOWN: &str = r#"{"at":"2024-03-01 09:00","event":"visit_end","visit":"v9"}"#;
const BOOK: &str = r#"{"at":"2024-03-01 08:30","event":"policy","policy":"book","digest":"dbook"}"#;
const DRAFT: &str =
    r#"{"at":"2024-03-01 09:30","event":"policy","policy":"draft","digest":"ddraft"}"#;
const LATER: &str = r#"{"at":"2024-03-01 10:00","event":"visit_end","visit":"v8"}"#;

#[test]
fn impossible_events_are_refused_and_listed_with_their_lines() {
    let (replay, heard, ended) = play(&[AN, "", UNKNOWN, LATER], Some("book"), false);
    assert!(ended.is_ok());
    assert_eq!(heard.all, ["3 refuse book@dbook", "4 refuse book@dbook"]);
    assert_eq!(
        replay.refusals().first,
        [(3, "input.unknown_visit"), (4, "input.unknown_visit")]
    );
    assert_eq!((replay.refusals().count, replay.events()), (2, 3));
}

#[test]
fn refusals_are_listed_even_if_nobody_hears_decisions() {
    let mut replay = replay(Shelf.find("book", "dbook", None).ok(), false);
    replay.line(1, UNKNOWN.as_bytes(), &mut Silence).unwrap();
    assert_eq!(replay.refusals().count, 1);
}

#[test]
fn the_first_event_may_name_the_policy_and_a_later_one_another() {
    let (replay, heard, ended) = play(&[BOOK, UNKNOWN, DRAFT, LATER], None, false);
    assert!(ended.is_ok());
    assert_eq!(heard.all, ["2 refuse book@dbook", "4 refuse draft@ddraft"]);
    assert_eq!(replay.state().unwrap().policy().name, "draft");
    assert_eq!(replay.events(), 4);
}

#[test]
fn a_draft_stays_in_force_throughout() {
    let (replay, heard, ended) = play(&[BOOK, UNKNOWN, LATER], Some("draft"), true);
    assert!(ended.is_ok());
    assert_eq!(
        heard.all,
        ["2 refuse draft@ddraft", "3 refuse draft@ddraft"]
    );
    assert_eq!(replay.state().unwrap().policy().name, "draft");
}

#[test]
fn a_policy_that_is_not_to_be_had_ends_the_run_and_names_both_digests() {
    let other = DRAFT.replace("ddraft", "other");
    let (_, heard, ended) = play(&[BOOK, UNKNOWN, &other, LATER], None, false);
    assert_eq!(heard.all.len(), 1);
    assert_eq!(
        message(ended),
        "3:52 policy: the policy `draft` has the digest ddraft, not other / "
    );
    let unknown = BOOK.replace("book", "nook");
    assert_eq!(
        message(play(&[&unknown], None, false).2),
        "1:52 policy: there is no policy `nook` / "
    );
    let files = BOOK.replace("}", r#","files":{}}"#);
    let ended = play(&[&files], None, false).2;
    assert_eq!(
        message(ended),
        "1:52 policy: the policy `book` has the digest from files, not dbook / "
    );
}

#[test]
fn without_a_policy_nothing_is_played() {
    let help = "name one with `--policy`, or begin the journal with a `policy` event";
    let filing = r#"{"at":"2024-03-01 08:00","event":"filing"}"#;
    for line in [AN, filing] {
        assert_eq!(
            message(play(&[line], None, false).2),
            format!("1:34 event: no policy is in force yet / {help}")
        );
    }
    assert!(message(play(&["hello"], None, false).2).starts_with("1:1 : not JSON"));
    let wrong = BOOK.replace("digest", "digset");
    assert!(message(play(&[&wrong], None, false).2).contains("did you mean `digest`?"));
}

#[test]
fn other_versions_that_recorded_a_journal_are_told_once_each_and_change_nothing() {
    let by = |line: &str, version: &str| line.replace('}', &format!(r#","panke":"{version}"}}"#));
    let (old, older) = (by(BOOK, "0.0.2"), by(BOOK, "0.0.1"));
    let own = by(BOOK, VERSION);
    let (plain, heard, _) = play(&[BOOK, BOOK, BOOK, BOOK, UNKNOWN], None, false);
    let (replay, same, ended) = play(&[&own, &old, &older, &old, UNKNOWN], None, false);
    assert!(ended.is_ok());
    let told: Vec<_> = replay
        .versions()
        .iter()
        .map(|(line, version)| (*line, &**version))
        .collect();
    assert_eq!(told, [(2, "0.0.2"), (3, "0.0.1")]);
    assert_eq!(plain.versions(), []);
    assert_eq!(heard.all, same.all);
}

#[test]
fn time_that_goes_back_ends_the_run() {
    let (replay, heard, ended) = play(&[LATER, UNKNOWN], Some("book"), false);
    assert_eq!(heard.all.len(), 1);
    assert_eq!(
        message(ended),
        "2:7 at: time goes back: 2024-03-01 09:00 is before 2024-03-01 10:00, where the journal already is / \
         events stand in order of `at`; equal times keep their order"
    );
    assert_eq!(replay.events(), 1);
}

#[test]
fn a_repeated_event_is_ignored_and_counted_and_another_with_its_id_is_refused() {
    let once = AN.replace('{', r#"{"id":"e1","#);
    let spelled =
        r#"{"event":"person","role":"agent","person":"an","at":"2024-03-01T00:00:00Z","id":"e1"}"#;
    let other = once.replace("\"an\"", "\"bo\"");
    let (replay, _, ended) = play(
        &[
            &once,
            spelled,
            LATER,
            &once,
            &other.replace("08:00", "11:00"),
        ],
        Some("book"),
        false,
    );
    assert!(ended.is_ok());
    assert_eq!(replay.repeated(), 2);
    assert_eq!(
        replay.refusals().first,
        [(3, "input.unknown_visit"), (5, "input.duplicate_id")]
    );
}

#[test]
fn a_malformed_line_ends_the_run_and_leaves_what_was_before() {
    let (replay, heard, ended) = play(&[AN, UNKNOWN, "{}", LATER], Some("book"), false);
    assert_eq!(heard.all.len(), 1);
    assert!(message(ended).starts_with("3:1 event:"));
    assert_eq!(replay.events(), 2);
}

#[test]
fn an_audience_that_goes_away_ends_the_run() {
    let mut replay = replay(Shelf.find("book", "dbook", None).ok(), false);
    let mut heard = Heard {
        most: Some(1),
        ..Heard::default()
    };
    let text = [UNKNOWN, LATER, LATER].join("\n");
    let ended = replay.read(&mut LineReader::new(text.as_bytes()), &mut heard, |_| {});
    assert!(matches!(ended, Err(Stop::Unheard)));
    assert_eq!(heard.all.len(), 1);
}

#[test]
fn a_hundred_megabytes_on_one_line_end_with_a_message() {
    let endless = std::io::Read::take(std::io::repeat(b'['), 100 << 20);
    let mut replay = replay(None, false);
    let mut lines = LineReader::new(io::BufReader::new(endless));
    let ended = replay.read(&mut lines, &mut Silence, |_| {});
    assert_eq!(
        message(ended),
        "1:1 : the line is longer than 1024 KiB / write one event a line, each ended by a line break"
    );
}

#[test]
fn progress_is_told_now_and_then() {
    let lines = [AN; 1].into_iter().chain(std::iter::repeat_n(
        r#"{"at":"2024-03-01 09:00","event":"tick"}"#,
        9000,
    ));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut replay = replay(Shelf.find("book", "dbook", None).ok(), false);
    let mut told = Vec::new();
    replay
        .read(
            &mut LineReader::new(text.as_bytes()),
            &mut Silence,
            |bytes| told.push(bytes),
        )
        .unwrap();
    assert_eq!(told.len(), 2);
    assert!(told[0] < told[1]);
}
