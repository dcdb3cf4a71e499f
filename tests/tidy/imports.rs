//! Data flows one way: a module imports only modules that `lib.rs` declares above it, and the files of one folder do
//! not import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::{Module, ModulePath, Modules};
use crate::rust::Source;
use crate::{Finding, assert_tidy, tree};

const ORDER_CURE: &str = "import only what `src/lib.rs` declares above; move the shared part down, or hand it in as a \
    value (a unit test that needs a later module belongs into `tests/`)";
const UNKNOWN_CURE: &str =
    "declare the module in `src/lib.rs`, at its place in the reading order, and import from it";
const CIRCLE_CURE: &str =
    "one of them knows too much: move what both need into a third file that imports neither";

#[test]
fn modules_import_only_what_is_declared_above_them() {
    assert_tidy(out_of_order(&library()));
}

#[test]
fn files_of_one_folder_do_not_import_each_other_in_circles() {
    assert_tidy(circles(&library()));
}

fn library() -> Modules {
    Modules::new(tree::rust_files(&["src"]))
}

fn out_of_order(modules: &Modules) -> Vec<Finding> {
    let mut findings = Vec::new();
    for module in &modules.all {
        let Some(top) = module.path.first() else {
            continue;
        };
        let Some(place) = place(modules, top) else {
            let what = format!("`src/lib.rs` does not declare the module `{top}`");
            findings.push(finding(module, 0, what, UNKNOWN_CURE));
            continue;
        };
        for path in &module.uses {
            let target = modules.target(module, path);
            let Some(name) = target.as_ref().and_then(|target| target.first()) else {
                continue;
            };
            if name == top {
                continue;
            }
            match self::place(modules, name) {
                Some(other) if other < place => {}
                Some(_) => {
                    let what = format!("`{top}` imports `{name}`, which is declared below it");
                    findings.push(finding(module, path.at, what, ORDER_CURE));
                }
                None => {
                    let what = format!("`crate::{name}` is no module of the library");
                    findings.push(finding(module, path.at, what, UNKNOWN_CURE));
                }
            }
        }
    }
    findings
}

fn place(modules: &Modules, top: &str) -> Option<usize> {
    modules.order.iter().position(|name| name == top)
}

fn finding(module: &Module, at: usize, what: String, cure: &'static str) -> Finding {
    Finding {
        file: module.source.path.clone(),
        line: module.source.line(at),
        what,
        cure,
    }
}

/// Who imports whom among the children of one folder, and where it says so first.
type Imports = BTreeMap<String, BTreeMap<String, (String, usize)>>;

fn circles(modules: &Modules) -> Vec<Finding> {
    let mut folders: BTreeMap<ModulePath, Imports> = BTreeMap::new();
    for module in modules.all.iter().filter(|module| !module.is_test) {
        for path in &module.uses {
            if module.source.is_test(path.at) {
                continue;
            }
            let Some(target) = modules.target(module, path) else {
                continue;
            };
            let Some((folder, from, to)) = siblings(modules, &module.path, &target) else {
                continue;
            };
            let imports = folders.entry(folder).or_default();
            let place = (module.source.path.clone(), module.source.line(path.at));
            imports.entry(from).or_default().entry(to).or_insert(place);
        }
    }
    folders.values().filter_map(circle).collect()
}

/// The folder where the two part, and the child of it on either side.
fn siblings(
    modules: &Modules,
    from: &[String],
    to: &[String],
) -> Option<(ModulePath, String, String)> {
    let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let (child, other) = (from.get(common)?, to.get(common)?);
    let is_file = modules.is_known(&to[..=common]);
    (common > 0 && is_file).then(|| (from[..common].to_vec(), child.clone(), other.clone()))
}

/// One circle, if there is any.
fn circle(imports: &Imports) -> Option<Finding> {
    let mut done = BTreeSet::new();
    let steps = imports
        .keys()
        .find_map(|start| walk(imports, start, &mut Vec::new(), &mut done))?;
    let told: Vec<String> = steps
        .iter()
        .map(|(from, to)| {
            let (file, line) = &imports[from][to];
            format!("{from} → {to} ({file}:{line})")
        })
        .collect();
    let (file, line) = &imports[&steps[0].0][&steps[0].1];
    Some(Finding {
        file: file.clone(),
        line: *line,
        what: format!("a circle of imports: {}", told.join(", ")),
        cure: CIRCLE_CURE,
    })
}

fn walk<'a>(
    imports: &'a Imports,
    name: &'a str,
    way: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<(String, String)>> {
    if let Some(start) = way.iter().position(|step| *step == name) {
        let round = way[start..]
            .iter()
            .zip(way[start + 1..].iter().chain([&name]));
        return Some(
            round
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect(),
        );
    }
    if done.contains(name) {
        return None;
    }
    way.push(name);
    let targets = imports.get(name).into_iter().flat_map(BTreeMap::keys);
    for target in targets {
        let found = walk(imports, target, way, done);
        if found.is_some() {
            return found;
        }
    }
    way.pop();
    done.insert(name);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(files: &[(&str, &str)]) -> Modules {
        let sources = files.iter().map(|(path, text)| Source::new(*path, *text));
        Modules::new(sources.collect())
    }

    #[test]
    fn an_import_from_below_is_found() {
        let modules = sample(&[
            ("src/lib.rs", "pub mod base;\npub mod rota;\n"),
            (
                "src/base.rs",
                "// crate::rota\nuse crate::{\n    rota::Turn,\n};\n",
            ),
            (
                "src/rota.rs",
                "use crate::base::Fen;\nfn f() { crate::desk::g() }\n",
            ),
        ]);
        let findings = out_of_order(&modules);
        assert_eq!(crate::lines_of(&findings), [3, 2]);
        assert!(findings[0].what.contains("declared below"));
        assert!(findings[1].what.contains("no module"));
    }

    #[test]
    fn a_module_that_nobody_declares_is_found() {
        let modules = sample(&[("src/lib.rs", ""), ("src/lost.rs", "")]);
        assert_eq!(out_of_order(&modules).len(), 1);
    }

    #[test]
    fn a_circle_of_siblings_is_found_also_through_what_the_folder_hands_on() {
        let modules = sample(&[
            ("src/lib.rs", "pub mod m;"),
            ("src/m/mod.rs", "mod a; mod b;\npub use b::Thing;"),
            ("src/m/a.rs", "use super::Thing;"),
            ("src/m/b.rs", "fn f() { crate::m::a::g() }"),
        ]);
        let findings = circles(&modules);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].what.contains("a → b (src/m/a.rs:1)"));
    }

    #[test]
    fn siblings_that_import_one_way_are_well() {
        let modules = sample(&[
            ("src/lib.rs", "pub mod m;"),
            ("src/m/mod.rs", "mod a; mod b; mod c;"),
            ("src/m/a.rs", "use super::{b::X, c::Y};"),
            (
                "src/m/b.rs",
                "use super::c::Y;\n#[cfg(test)]\nmod tests { use crate::m::a::Z; }",
            ),
            ("src/m/c.rs", ""),
        ]);
        assert_eq!(circles(&modules), []);
    }
}
