//! The operators' page shows the program's own tables: settings, rights, metrics, problems.

use panke::server::{metrics, problem, roles, settings};
use std::fmt::Write as _;
use std::path::Path;

const PAGE: &str = "OPERATING.md";
const LAST: &str = "<!-- end -->\n";

/// The tables of the page, by the word of their mark.
fn tables() -> [(&'static str, String); 4] {
    [
        ("settings", of_settings()),
        ("roles", roles::table()),
        ("metrics", of_metrics()),
        ("problems", of_problems()),
    ]
}

fn of_settings() -> String {
    let mut text =
        String::from("| key | flag | environment | default | says |\n|---|---|---|---|---|\n");
    for row in settings::ROWS {
        let default = match row.default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        writeln!(
            text,
            "| `{}` | `--{} {}` | `{}` | {default} | {} |",
            row.key, row.flag, row.value, row.env, row.text
        )
        .expect("a text takes all");
    }
    text
}

fn of_metrics() -> String {
    let mut text = String::from("| metric | is | by | says |\n|---|---|---|---|\n");
    for row in metrics::METRICS {
        let kind = match row.kind {
            metrics::Kind::Counter => "counter",
            metrics::Kind::Gauge => "gauge",
            metrics::Kind::Histogram(_) => "histogram",
        };
        let labels: Vec<String> = row
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        let labels = labels.join(", ");
        writeln!(
            text,
            "| `{}` | {kind} | {labels} | {} |",
            row.full(),
            row.text
        )
        .expect("a text takes all");
    }
    text
}

fn of_problems() -> String {
    let mut text = String::from("| code | status | means |\n|---|---|---|\n");
    for sort in problem::SORTS {
        writeln!(
            text,
            "| `{}` | {} | {} |",
            sort.code, sort.status, sort.title
        )
        .expect("a text takes all");
    }
    text
}

/// The page with each table as it should be.
fn with_tables(page: &str) -> String {
    let mut page = page.to_owned();
    for (word, table) in tables() {
        let mark = format!("<!-- table: {word} -->\n");
        let from = page.find(&mark).map(|at| at + mark.len());
        let from = from.unwrap_or_else(|| panic!("{PAGE} has no place for the table of {word}"));
        let to = page[from..].find(LAST).map(|at| from + at);
        let to = to.unwrap_or_else(|| panic!("{PAGE}: the table of {word} has no end"));
        page.replace_range(from..to, &table);
    }
    page
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the environment says whether the tables are to be written anew"
)]
fn the_tables_of_the_operators_page_are_the_programs() {
    let page = super::read(PAGE).expect("the repository has a page for operators");
    let wanted = with_tables(&page);
    if page == wanted {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
        std::fs::write(path, wanted).expect("the page can be written");
        return;
    }
    panic!(
        "{PAGE}: a table is not the program's: UPDATE_EXPECT=1 cargo test --test readme writes it anew"
    );
}
