//! Policies that extend another, policies in memory, digests; and that no broken text makes the check fall over.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first thing that is not as it should be, and is told by the environment what to do"
)]

use panke::check::check;
use panke::files::{PolicyFiles, from_memory, load_policy};
use panke::finding::{Finding, Severity, Sources};
use panke::policy::{AmountValue, ClauseKind, Policy};
use panke::print::{Look, findings_github, findings_human, findings_json, findings_sarif};
use panke::vocabulary::words::Question;
use std::path::Path;

const BOOK: &str = "policies/changsha-vanke";

fn book() -> Vec<(String, String)> {
    load_policy(Path::new("policies"), BOOK)
        .unwrap()
        .to_memory()
}

/// The book, extended by one file.
fn extended(page: &str) -> PolicyFiles {
    over(book(), page)
}

/// Some files, extended by one.
fn over(files: Vec<(String, String)>, page: &str) -> PolicyFiles {
    let below = files
        .into_iter()
        .map(|(path, text)| (format!("extends/{path}"), text));
    let page = format!("name = \"other\"\nextends = \"below\"\n{page}");
    from_memory(below.chain([("policy.toml".to_owned(), page)]).collect())
}

fn checked(files: &PolicyFiles) -> (Option<Policy>, Vec<Finding>, Sources) {
    let mut sources = Sources::default();
    let (policy, findings) = check(files, &mut sources);
    (policy, findings, sources)
}

/// A small policy, which is quickly checked.
fn office() -> Vec<(String, String)> {
    let files = load_policy(Path::new("tests/bad"), "_office").unwrap();
    files.to_memory()
}

#[track_caller]
fn good(page: &str) -> Policy {
    let (policy, findings, sources) = checked(&extended(page));
    assert!(
        findings.is_empty(),
        "{}",
        findings_human(&findings, &sources, Look::PLAIN)
    );
    policy.unwrap()
}

fn codes(page: &str) -> Vec<&'static str> {
    checked(&extended(page))
        .1
        .iter()
        .map(|finding| finding.code.word())
        .collect()
}

fn clause<'p>(policy: &'p Policy, key: &str) -> &'p panke::policy::Clause {
    policy
        .clauses
        .iter()
        .find(|clause| clause.key == key)
        .unwrap()
}

#[test]
fn a_policy_comes_back_from_memory_with_its_digest() {
    let files = load_policy(Path::new("policies"), BOOK).unwrap();
    let memory = from_memory(files.to_memory());
    assert_eq!(memory.digest, files.digest);
    assert_eq!(files.digest.len(), 64);
    let (one, two) = (checked(&files).0.unwrap(), checked(&memory).0.unwrap());
    assert_eq!(one.stamp(), two.stamp());
    assert_ne!(extended("").digest, files.digest);
    assert_eq!(
        from_memory(extended("").to_memory()).digest,
        extended("").digest
    );
}

#[test]
fn tables_merge_key_by_key_and_dates_too() {
    let policy = good("[amount.recognition_month]\nis = { 2024-07-01 = \"45 days\" }\n");
    let amount = policy
        .amounts
        .iter()
        .find(|amount| amount.name == "recognition_month")
        .unwrap();
    let values: Vec<String> = amount
        .values
        .iter()
        .map(|(_, value)| format!("{value:?}"))
        .collect();
    assert_eq!(values.len(), 2);
    assert!(matches!(&amount.values[1].1, AmountValue::Length(length) if length.count == 45));
    assert_eq!(amount.source, "3.7.i");
}

/// The small office with two windows and a fact, under an overlay: the codes of what is found.
#[track_caller]
fn windows_under(page: &str) -> Vec<&'static str> {
    let mut files = office();
    let title = files.iter_mut().find(|(path, _)| path == "policy.toml");
    let (_, title) = title.unwrap();
    title.push_str(
        r#"
[amount.some]
is = { 2020-01-01 = "3 days" }
source = "w"
text = { en = "Text", zh = "文字" }
[window.one]
of = "visit"
source = "w"
text = { en = "Text", zh = "文字" }
starts = "visit.at"
length = "amount.some"
last_day = "excluded"
[fact.in_one]
of = "visit"
source = "w"
text = { en = "Text", zh = "文字" }
is = 'event.at in visit.one'
[fact.bonus]
of = "customer"
source = "w"
text = { en = "Text", zh = "文字" }
sum = "deal.commission"
"#,
    );
    let (_, findings, _) = checked(&over(files, page));
    let unused = |finding: &&Finding| finding.code.word() != "unused";
    (findings.iter().filter(unused))
        .map(|finding| finding.code.word())
        .collect()
}

#[test]
fn a_window_and_a_sum_may_be_said_in_another_way() {
    let none: [&str; 0] = [];
    assert_eq!(windows_under(""), none);
    assert_eq!(windows_under("[window.one]\nto_end_of = \"month\""), none);
    assert_eq!(
        windows_under("[window.one]\nends = \"visit.at\""),
        none,
        "it looks back"
    );
    assert_eq!(
        windows_under("[fact.bonus]\ncount = \"deal\""),
        none,
        "the sum is gone"
    );
    assert_eq!(
        windows_under("[window.one]\nto_end_of = \"month\"\nlength = \"amount.some\""),
        ["wrong-type"]
    );
}

#[test]
fn a_clause_with_a_known_key_replaces_it_in_its_place() {
    let plain = good("");
    let at = |policy: &Policy| {
        policy
            .clauses
            .iter()
            .position(|clause| clause.key == "R.system_match")
            .unwrap()
    };
    let page = "[[clause]]\nkey = \"R.system_match\"\nid = \"R.system_match\"\nkind = \"principle\"\n\
                title = { en = \"A match counts.\", zh = \"比对亦算。\" }\n";
    let changed = good(page);
    assert_eq!(at(&plain), at(&changed));
    assert_eq!(changed.clauses[at(&changed)].kind, ClauseKind::Principle);
    assert_eq!(changed.clauses.len(), plain.clauses.len());
}

#[test]
fn a_table_given_by_key_and_rows_alone_changes_these_rows() {
    let files = || {
        let table = "[[clause]]\nid = \"T\"\nkey = \"table\"\ntitle = { en = \"T\", zh = \"文\" }\non = \"follow_up\"\n\
                     says = { en = \"T\", zh = \"文\" }\ncolumns = [\"follow_up.connected\"]\n\
                     rows = [{ id = \"T.1\", is = [true], allow = \"yes\" }, { id = \"T.2\", is = [false], allow = { refuse = \"no\" } }]\n";
        let mut files = book();
        let chapter = files.iter_mut().find(|(path, _)| path == "readings.toml");
        chapter.unwrap().1.push_str(table);
        files
    };
    let laid = |row: &str| {
        let page = format!("[[clause]]\nkey = \"table\"\nrows = [{row}]\n");
        checked(&over(files(), &page))
    };
    let ids = |policy: &Policy| -> Vec<String> {
        let ids = policy.clauses.iter().map(|clause| clause.id.clone());
        ids.filter(|id| id.starts_with('T')).collect()
    };
    let (policy, findings, _) =
        laid("{ id = \"T.3\", key = \"T.2\", is = [false], allow = { refuse = \"other\" } }");
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(ids(&policy.unwrap()), ["T.1", "T.3"]);
    let (policy, _, _) = laid("{ id = \"T.3\", is = [false], allow = { refuse = \"no\" } }");
    assert_eq!(ids(&policy.unwrap()), ["T.1", "T.2", "T.3"]);
    let (_, findings, _) = laid("{ id = \"T.1\", key = \"T.1\", is = [true], allow = \"yes\" }");
    let codes: Vec<&str> = findings.iter().map(|found| found.code.word()).collect();
    assert_eq!(codes, ["idle-overlay"]);
}

#[test]
fn an_id_is_removed_with_all_its_parts_and_a_key_alone() {
    let plain = good("");
    let parts = |policy: &Policy, id: &str| {
        policy
            .clauses
            .iter()
            .filter(|clause| clause.id == id)
            .count()
    };
    assert_eq!(parts(&plain, "3.7.g"), 3);
    assert_eq!(parts(&good("remove = [\"3.7.g\"]"), "3.7.g"), 0);
    assert_eq!(parts(&good("remove = [\"3.7.g#2\"]"), "3.7.g"), 2);
    assert_eq!(parts(&good("remove = [\"3.7.g#1\"]"), "3.7.g"), 2);
    assert_eq!(codes("remove = [\"3.7.z\"]"), ["unknown-removal"]);
}

#[test]
fn a_row_of_reasons_is_replaced_where_reason_and_conditions_are_the_same() {
    let row = |when: &str, effect: &str| {
        format!(
            "[[rota.walk_in.passed_over]]\nid = \"R.receiving\"\nreason = \"receiving\"\n{when}effect = \"{effect}\"\n\
             title = {{ en = \"T\", zh = \"文\" }}\n"
        )
    };
    let plain = good("");
    let changed = good(&row("", "forfeited"));
    assert_eq!(
        changed.rotas[0].passed_over.len(),
        plain.rotas[0].passed_over.len()
    );
    assert_ne!(
        changed.rotas[0].passed_over[0].effect,
        plain.rotas[0].passed_over[0].effect
    );
    let more = good(&row("when = ['passed == owner']\n", "forfeited"));
    assert_eq!(
        more.rotas[0].passed_over.len(),
        plain.rotas[0].passed_over.len() + 1
    );
    assert_eq!(more.rotas[0].passed_over[0].when.len(), 1);
    let same = row("", "kept").replace(
        "{ en = \"T\", zh = \"文\" }",
        "{ en = \"Passed over while receiving: the turn is kept\", zh = \"接待中被跳过，可补接\" }",
    );
    assert_eq!(codes(&same), ["idle-overlay"]);
}

#[test]
fn rows_of_a_rota_stand_before_the_clauses_of_their_id() {
    let policy = good("");
    let of = |id: &str| {
        policy
            .clauses
            .iter()
            .filter(|clause| clause.id == id)
            .map(|clause| clause.kind)
            .collect::<Vec<_>>()
    };
    use ClauseKind::{Row, Rule};
    assert_eq!(of("3.4"), [Row, Row, Rule, Rule]);
    assert_eq!(policy.clauses.last().unwrap().kind, Row);
    assert_eq!(clause(&policy, "3.4#2").kind, Rule);
}

#[test]
fn the_rows_of_a_table_are_clauses_of_their_own() {
    let page = "[[clause]]\nid = \"T\"\ntitle = { en = \"T\", zh = \"文\" }\non = \"replacement\"\n\
        columns = [\"replacement.fault\"]\nsays = { en = \"T\", zh = \"文\" }\nrows = [\n\
        { id = \"T1\", is = [\"none\"], allow = { refuse = \"calm\" } },\n\
        { id = \"T2\", is = [\"ordinary\"], allow = { refuse = \"calm\" } },\n]\n\
        [[clause]]\nid = \"U\"\ntitle = { en = \"T\", zh = \"文\" }\non = \"replacement\"\n\
        when = ['replacement.insists']\nthen.allow = \"yes\"\noverrides = [\"T\"]\nsays = { en = \"T\", zh = \"文\" }\n";
    let policy = good(page);
    let row = clause(&policy, "T2");
    assert_eq!(row.when[0].text, "replacement.fault == \"ordinary\"");
    assert_eq!(row.questions().collect::<Vec<_>>(), [Question::Allow]);
    assert_eq!(clause(&policy, "U").overrides.len(), 2);
    assert_eq!(
        codes(&page.replace("\"none\"", "\"nonne\"")),
        ["unknown-word"]
    );
}

#[test]
fn events_and_fields_of_a_policy_are_read_like_those_of_the_interface() {
    let page = "[event.recognition]\nfields = { stage = [\"talking\", \"left\"] }\n\
        [event.inspection]\nfields = { item = [\"shoes\"] }\n\
        [event.tasting]\nabout = [\"staff\", \"customer\"]\nfields = { liked = \"flag\" }\n\
        [[clause]]\nid = \"T\"\ntitle = { en = \"T\", zh = \"文\" }\non = \"tasting\"\n\
        when = ['tasting.liked', 'owner != actor']\nthen.own = { owner = \"void\", actor = \"active\" }\n\
        says = { en = \"{actor}\", zh = \"{actor}\" }\n\
        [[clause]]\nid = \"U\"\ntitle = { en = \"T\", zh = \"文\" }\non = \"recognition\"\n\
        when = ['recognition.stage == \"left\"']\nthen.allow = { refuse = \"left\" }\nsays = { en = \"T\", zh = \"文\" }\n\
        [[clause]]\nid = \"V\"\ntitle = { en = \"T\", zh = \"文\" }\non = \"inspection\"\n\
        when = ['inspection.item == \"shoes\"']\nthen.allow = { refuse = \"shoes\" }\nsays = { en = \"T\", zh = \"文\" }\n";
    let policy = good(page);
    assert_eq!(policy.events.len(), 3);
    assert_eq!(policy.fields, ["liked"]);
    assert_eq!(
        codes(&page.replace("== \"left\"", "== \"gone\"")),
        ["unknown-word"]
    );
    assert_eq!(
        codes(&page.replace("'tasting.liked'", "'tasting.like'")),
        ["unknown-name"]
    );
}

#[test]
fn the_index_lists_clauses_in_the_order_of_the_book() {
    let policy = good("");
    for (_, ids) in policy.index.on.iter().flatten() {
        assert!(ids.is_sorted() && !ids.is_empty());
    }
    for asked in &policy.index.on {
        assert!(asked.is_sorted_by_key(|(moment, _)| *moment));
    }
    assert!(!policy.index.standing(Question::Share).is_empty());
    assert!(
        clause(&policy, "3.1").reads_receiver && !clause(&policy, "R.names_sleeper").reads_receiver
    );
}

/// Whatever is cut off or cut out, there are findings or a policy, and every format can print them. A few places of
/// each file do as a rule; `CUTS=1000000` tries every byte.
#[test]
fn no_cut_text_makes_the_check_fall_over() {
    let cuts = std::env::var("CUTS").map(|cuts| cuts.parse().unwrap());
    cut_everywhere(&book(), cuts.clone().unwrap_or(4));
    cut_everywhere(&office(), cuts.unwrap_or(100));
}

fn cut_everywhere(files: &[(String, String)], cuts: usize) {
    for (nth, (path, text)) in files.iter().enumerate() {
        let step = (text.len() / cuts).max(1);
        let places = (0..text.len()).step_by(step);
        for cut in places.filter(|cut| text.is_char_boundary(*cut)) {
            let gap: String = text[cut..].chars().skip(7).collect();
            for broken in [text[..cut].to_owned(), format!("{}{gap}", &text[..cut])] {
                let mut files = files.to_vec();
                files[nth] = (path.clone(), broken);
                never_falls(&from_memory(files), path, cut);
            }
        }
    }
}

fn never_falls(files: &PolicyFiles, path: &str, cut: usize) {
    let (policy, findings, sources) = checked(files);
    let errors = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    assert_eq!(policy.is_none(), errors, "{path} cut at {cut}");
    findings_human(
        &findings,
        &sources,
        Look {
            color: true,
            ..Look::PLAIN
        },
    );
    for text in [
        findings_json(&findings, &sources),
        findings_github(&findings, &sources),
    ] {
        assert_eq!(text.lines().count(), findings.len());
    }
    serde_json::from_str::<serde_json::Value>(&findings_sarif(&findings, &sources)).unwrap();
}

/// Values that no key takes.
const ODD: &[&str] = &[
    "1",
    "-1",
    "1.5",
    "true",
    "''",
    "'客户'",
    "[]",
    "[[]]",
    "{}",
    "{ x = 1 }",
    "1979-05-27",
    "[1, 'a', {}]",
];

#[test]
fn no_strange_value_makes_the_check_fall_over() {
    let office = office();
    for (nth, (path, text)) in office.iter().enumerate() {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some((key, _)) = line.split_once('=') else {
                continue;
            };
            for value in ODD {
                let changed = format!("{key}= {value}");
                let mut text = lines.clone();
                text[at] = &changed;
                let mut files = office.clone();
                files[nth] = (path.clone(), text.join("\n"));
                never_falls(&from_memory(files), &changed, at);
            }
        }
    }
}

/// A file that would be deep enough to exhaust the stack.
#[test]
fn no_depth_makes_the_check_fall_over() {
    let dots = "a.".repeat(200_000);
    for text in [
        format!("{dots}a = 1\n"),
        format!("[{dots}a]\nx = 1\n"),
        format!("x = {}{}\n", "[".repeat(100_000), "]".repeat(100_000)),
        format!(
            "x = {}1{}\n",
            "{ a = ".repeat(100_000),
            " }".repeat(100_000)
        ),
        format!("[fact.x]\nis = '{}owner.exists'\n", "!".repeat(100_000)),
        format!("[fact.x]\nis = '{}owner.exists'\n", "(".repeat(4000)),
        format!(
            "[fact.x]\nis = 'owner{}'\n",
            ".first_visit.receiver".repeat(190)
        ),
    ] {
        let mut files = office();
        files.push(("more.toml".to_owned(), text.clone()));
        never_falls(&from_memory(files), &text[..20], 0);
    }
}
