//! Each third-party crate has one home, and what touches the world (output, environment, clock, network, disk) stays at
//! the edge.

use crate::paths::{PathUse, paths};
use crate::rust::Source;
use crate::{Finding, assert_tidy, tree};

/// Something that may be named in few files only.
struct Home {
    /// The paths that stand for it.
    paths: &'static [&'static str],
    /// What the path of a file must begin with.
    only_in: &'static [&'static str],
    cure: &'static str,
}

/// Where a process meets the world.
const EDGE: &[&str] = &["src/cli/", "src/cli.rs", "src/main.rs"];

/// The edge of an office that runs: its disk, its socket, its clock.
const RUNNING: &[&str] = &[
    "src/cli/",
    "src/cli.rs",
    "src/main.rs",
    "src/store/",
    "src/watching/",
    "src/server/",
];

const HOMES: &[Home] = &[
    Home {
        paths: &["rhai"],
        only_in: &["src/script/", "src/script.rs"],
        cure: "ask `src/script`, which fences rhai",
    },
    Home {
        paths: &["toml"],
        only_in: &["src/syntax/", "src/syntax.rs"],
        cure: "ask `src/syntax`, which reads TOML with its places",
    },
    Home {
        paths: &["chrono", "chrono_tz"],
        only_in: &["src/base/time"],
        cure: "ask `src/base/time`; no chrono type leaves it",
    },
    Home {
        paths: &["annotate_snippets", "anstyle", "quick_junit"],
        only_in: &["src/print/", "src/print.rs"],
        cure: "hand plain data to `src/print`",
    },
    Home {
        paths: &["clap", "clap_complete", "indicatif"],
        only_in: EDGE,
        cure: "hand plain data to `src/cli`",
    },
    Home {
        paths: &["notify"],
        only_in: &["src/watching/"],
        cure: "ask `src/watching`, which says when a folder holds something else",
    },
    Home {
        paths: &["rusqlite"],
        only_in: &["src/store/"],
        cure: "ask `src/store`; no type of the database leaves it",
    },
    Home {
        paths: &["postcard"],
        only_in: &["src/runtime/"],
        cure: "ask `src/runtime` to save and load a state",
    },
    Home {
        paths: &[
            "axum",
            "hyper",
            "hyper_util",
            "http_body_util",
            "tower",
            "tokio",
            "tokio_stream",
            "utoipa",
            "utoipa_axum",
            "governor",
            "metrics",
            "metrics_exporter_prometheus",
            "tracing",
            "tracing_subscriber",
            "sd_notify",
            "arc_swap",
        ],
        only_in: &["src/server/"],
        cure: "hand plain data to `src/server`, which alone serves",
    },
    Home {
        paths: &["std::io::stdout", "std::io::stderr", "std::io::stdin"],
        only_in: EDGE,
        cure: "take an `impl Write` or return a value; `src/cli` owns the three streams",
    },
    Home {
        paths: &["std::env", "std::process", "std::net"],
        only_in: RUNNING,
        cure: "take what you need as a value; `src/cli` reads the world",
    },
    Home {
        paths: &["std::time::SystemTime", "std::time::Instant"],
        only_in: RUNNING,
        cure: "time enters as data, with the event",
    },
    Home {
        paths: &["std::fs"],
        only_in: &[
            "src/cli/",
            "src/cli.rs",
            "src/main.rs",
            "src/files/",
            "src/files.rs",
            "src/store/",
            "src/watching/",
            "src/server/",
        ],
        cure: "take the text as a value; `src/files` is the one loader of folders",
    },
];

const PRINTING: [&str; 4] = ["print!", "println!", "eprint!", "eprintln!"];
const PRINTING_CURE: &str = "write to an `impl Write`, or return a value; only the edge prints";

#[test]
fn each_crate_and_each_way_to_the_world_has_one_home() {
    let sources = tree::rust_files(&["src"]);
    assert_tidy(sources.iter().flat_map(strays).collect());
}

fn strays(source: &Source) -> Vec<Finding> {
    let mut findings = printing(source);
    for path in paths(&source.code) {
        for home in HOMES {
            if is_in(source, home.only_in) {
                continue;
            }
            if let Some(stray) = home.paths.iter().find(|stray| reaches(&path, stray)) {
                findings.push(Finding {
                    file: source.path.clone(),
                    line: source.line(path.at),
                    what: format!("`{stray}` is used outside its home {:?}", home.only_in),
                    cure: home.cure,
                });
            }
        }
    }
    findings
}

fn is_in(source: &Source, folders: &[&str]) -> bool {
    folders.iter().any(|folder| source.path.starts_with(folder))
}

/// Whether a path names the thing, leads into it, or takes in all that is around it.
fn reaches(path: &PathUse, thing: &str) -> bool {
    let thing: Vec<&str> = thing.split("::").collect();
    let around = path.is_glob
        && path.segments.len() < thing.len()
        && path.segments.iter().zip(&thing).all(|(a, b)| a == b);
    path.is_under(&thing) || around
}

fn printing(source: &Source) -> Vec<Finding> {
    if is_in(source, EDGE) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for name in PRINTING {
        for (at, _) in source.code.match_indices(name) {
            let before = source.code[..at].chars().next_back();
            if before.is_some_and(|c| c == '_' || c.is_alphanumeric()) {
                continue;
            }
            findings.push(Finding {
                file: source.path.clone(),
                line: source.line(at),
                what: format!("`{name}` outside the edge"),
                cure: PRINTING_CURE,
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let mut lines = crate::lines_of(&strays(&Source::new(path, text)));
        lines.sort_unstable();
        lines
    }

    const BAD: &str = "use rhai::Engine;\n\
        use std::{fmt, fs};\n\
        use std::io;\n\
        fn f() { io::stdout(); }\n\
        use std::time::*;\n\
        // use toml;\n\
        fn g() { println!(\"notify::watch\") }\n\
        use std::time::Duration;\n";

    #[test]
    fn strays_are_found_however_they_are_imported() {
        assert_eq!(lines("src/runtime/step.rs", BAD), [1, 2, 4, 5, 7]);
    }

    #[test]
    fn the_edge_may_touch_the_world_but_not_rhai() {
        assert_eq!(lines("src/cli/test.rs", BAD), [1]);
        assert_eq!(
            lines("src/script/engine.rs", "use rhai::Engine;\n"),
            [] as [usize; 0]
        );
    }
}
