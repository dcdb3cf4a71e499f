//! Every path in a Rust file: those of `use` declarations, their groups taken apart, and those in the code itself.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

/// A path as written, and where: `crate::base::time`.
#[derive(Debug, PartialEq, Eq)]
pub struct PathUse {
    pub segments: Vec<String>,
    pub at: usize,
    /// The name that a `use` gives to it here; `None` for a path in the code.
    pub name: Option<String>,
    /// `use path::*`: everything under the path.
    pub is_glob: bool,
}

impl PathUse {
    /// Whether the path is the one given, or leads into it.
    pub fn is_under(&self, path: &[&str]) -> bool {
        self.segments.len() >= path.len() && self.segments.iter().zip(path).all(|(a, b)| a == b)
    }
}

/// Every path in code that `rust::Source` has stripped. A path in the code that begins with an imported name is given
/// in full: after `use std::io;` the path of `io::stdout` is `std::io::stdout`.
pub fn paths(code: &str) -> Vec<PathUse> {
    static USE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse\s+([^;]*);").expect("valid"));
    static INLINE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b[\p{L}_]\w*(\s*::\s*[\p{L}_]\w*)+").expect("valid"));
    let mut found = Vec::new();
    let mut rest = code.to_owned();
    for declaration in USE.captures_iter(code) {
        let tree = declaration.get(1).expect("the pattern has it");
        expand(&[], tree.as_str(), tree.start(), &mut found);
        let whole = declaration.get(0).expect("the match itself");
        rest.replace_range(whole.range(), &" ".repeat(whole.len()));
    }
    let names = names(&found);
    for path in INLINE.find_iter(&rest) {
        found.push(inline(path.as_str(), path.start(), &names));
    }
    found
}

fn names(uses: &[PathUse]) -> BTreeMap<String, Vec<String>> {
    let named = uses.iter().filter_map(|path| {
        let name = path.name.clone()?;
        Some((name, path.segments.clone()))
    });
    named.collect()
}

fn inline(text: &str, at: usize, names: &BTreeMap<String, Vec<String>>) -> PathUse {
    let mut segments = split(text);
    if let Some(full) = names.get(&segments[0]) {
        segments.splice(0..1, full.iter().cloned());
    }
    PathUse {
        segments,
        at,
        name: None,
        is_glob: false,
    }
}

fn split(path: &str) -> Vec<String> {
    let segments = path.split("::").map(str::trim);
    segments
        .filter(|segment| !segment.is_empty())
        .map(|segment| segment.trim_start_matches("r#").to_owned())
        .collect()
}

/// Takes a tree of `use` apart: `a::{b, c::{self, d as e}}`.
fn expand(before: &[String], tree: &str, at: usize, found: &mut Vec<PathUse>) {
    let lead = tree.len() - tree.trim_start().len();
    let (tree, at) = (tree.trim(), at + lead);
    let Some(open) = tree.find('{') else {
        return leaf(before, tree, at, found);
    };
    let prefix = [before, &split(&tree[..open])].concat();
    let inside = tree[open + 1..]
        .strip_suffix('}')
        .unwrap_or(&tree[open + 1..]);
    for (start, part) in parts(inside) {
        expand(&prefix, part, at + open + 1 + start, found);
    }
}

/// The parts of a group, split at the commas that stand in no group of their own.
fn parts(inside: &str) -> Vec<(usize, &str)> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, character) in inside.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push((start, &inside[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push((start, &inside[start..]));
    parts.retain(|(_, part)| !part.trim().is_empty());
    parts
}

fn leaf(before: &[String], text: &str, at: usize, found: &mut Vec<PathUse>) {
    static AS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s+as\s+").expect("valid"));
    let mut sides = AS.splitn(text, 2);
    let path = sides.next().unwrap_or_default();
    let mut segments = [before, &split(path)].concat();
    let is_glob = segments.last().is_some_and(|last| last == "*");
    let is_self = segments.len() > 1 && segments.last().is_some_and(|last| last == "self");
    if is_glob || is_self {
        segments.pop();
    }
    let name = match sides.next() {
        Some(alias) => Some(alias.trim().to_owned()),
        None if is_glob => None,
        None => segments.last().cloned(),
    };
    if !segments.is_empty() {
        found.push(PathUse {
            segments,
            at,
            name,
            is_glob,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(code: &str) -> Vec<String> {
        paths(code)
            .iter()
            .map(|path| path.segments.join("::"))
            .collect()
    }

    #[test]
    fn groups_are_taken_apart() {
        let code = "use crate::{a::{self, B}, c};\nuse d as e;\nuse f::*;";
        assert_eq!(
            joined(code),
            ["crate::a", "crate::a::B", "crate::c", "d", "f"]
        );
        assert!(paths(code)[4].is_glob);
    }

    #[test]
    fn an_imported_name_is_given_in_full() {
        let code = "use std::io::{self, Write};\nuse rhai as r;\nfn f() { io::stdout(); r::Engine::new() }";
        let all = joined(code);
        assert!(all.contains(&"std::io::stdout".to_owned()), "{all:?}");
        assert!(all.contains(&"rhai::Engine::new".to_owned()), "{all:?}");
    }

    #[test]
    fn offsets_point_at_the_part_itself() {
        let code = "use crate::{\n    a,\n    b,\n};";
        let parts: Vec<&str> = paths(code)
            .iter()
            .map(|path| &code[path.at..=path.at])
            .collect();
        assert_eq!(parts, ["a", "b"]);
    }
}
