//! The modules of the library: which file is which, what they declare, and what a path in one of them leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::paths::{PathUse, paths};
use crate::rust::{Source, after_closing_brace};

/// A module's path from the root: `["base", "time"]`; the root itself is empty.
pub type ModulePath = Vec<String>;

/// One file of the library as a module.
pub struct Module {
    pub path: ModulePath,
    pub source: Source,
    pub uses: Vec<PathUse>,
    /// Declared under `#[cfg(test)]`, or inside a module that is.
    pub is_test: bool,
}

/// The library, in order of file path.
pub struct Modules {
    pub all: Vec<Module>,
    /// The top-level modules, in the order in which `lib.rs` declares them.
    pub order: Vec<String>,
    known: BTreeSet<ModulePath>,
    /// What a module imports under a name, so that a path through it leads to where the thing is at home.
    imported: BTreeMap<ModulePath, ModulePath>,
}

impl Modules {
    /// Takes the files of `src/`; those of the binary (`main.rs` and the modules that it declares) are left out.
    pub fn new(sources: Vec<Source>) -> Modules {
        let of_binary = declared_in(&sources, "src/main.rs");
        let order = declared_in(&sources, "src/lib.rs");
        let mut test_modules = BTreeSet::new();
        let mut all = Vec::new();
        for source in sources {
            let path = module_path(&source.path);
            let main = source.path == "src/main.rs";
            if main || path.first().is_some_and(|top| of_binary.contains(top)) {
                continue;
            }
            for name in test_declarations(&source.code) {
                test_modules.insert([path.clone(), vec![name]].concat());
            }
            all.push(Module {
                uses: paths(&source.code),
                path,
                source,
                is_test: false,
            });
        }
        for module in &mut all {
            module.is_test = test_modules
                .iter()
                .any(|test| module.path.starts_with(test));
        }
        let known = all.iter().map(|module| module.path.clone()).collect();
        let mut modules = Modules {
            all,
            order,
            known,
            imported: BTreeMap::new(),
        };
        modules.imported = modules.imports();
        modules
    }

    /// Whether there is a file for this module.
    pub fn is_known(&self, path: &[String]) -> bool {
        self.known.contains(path)
    }

    /// Where a path written in a module leads to inside the library: through `self`, `super`, `crate` and what other
    /// modules hand on. `None` if it leads outside.
    pub fn target(&self, module: &Module, path: &PathUse) -> Option<ModulePath> {
        let absolute = self.absolute(module, path)?;
        Some(self.at_home(absolute))
    }

    fn imports(&self) -> BTreeMap<ModulePath, ModulePath> {
        let mut imported = BTreeMap::new();
        for module in &self.all {
            for path in &module.uses {
                let Some(name) = &path.name else { continue };
                let Some(target) = self.absolute(module, path) else {
                    continue;
                };
                let here = [module.path.clone(), vec![name.clone()]].concat();
                if here != target && !module.source.is_test(path.at) {
                    imported.insert(here, target);
                }
            }
        }
        imported
    }

    fn absolute(&self, module: &Module, path: &PathUse) -> Option<ModulePath> {
        let mut here = module.path.clone();
        here.extend(inline_modules_around(&module.source.code, path.at));
        let mut segments = path.segments.as_slice();
        match segments.first()?.as_str() {
            "crate" => {
                here.clear();
                segments = &segments[1..];
            }
            "self" => segments = &segments[1..],
            "super" => {
                while segments.first().is_some_and(|first| first == "super") {
                    here.pop();
                    segments = &segments[1..];
                }
            }
            child => {
                here.push(child.to_owned());
                let is_child = self.is_known(&here);
                here.pop();
                if !is_child {
                    return None;
                }
            }
        }
        here.extend_from_slice(segments);
        Some(here)
    }

    /// Follows what modules import from others, a few steps at most (re-exports may point at each other).
    fn at_home(&self, mut path: ModulePath) -> ModulePath {
        for _ in 0..8 {
            let through = (1..=path.len()).find(|&length| {
                !self.is_known(&path[..length]) && self.imported.contains_key(&path[..length])
            });
            let Some(length) = through else { break };
            let target = self.imported[&path[..length]].clone();
            path = [target, path[length..].to_vec()].concat();
        }
        path
    }
}

/// `src/base/time/mod.rs` and `src/base/time.rs` are `["base", "time"]`.
fn module_path(file: &str) -> ModulePath {
    let inside = file.strip_prefix("src/").unwrap_or(file);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut path: ModulePath = inside.split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| last == "mod") || inside == "lib" || inside == "main" {
        path.pop();
    }
    path
}

fn declared_in(sources: &[Source], path: &str) -> Vec<String> {
    let file = sources.iter().find(|source| source.path == path);
    file.map_or_else(Vec::new, |file| declarations(&file.code))
}

fn declarations(code: &str) -> Vec<String> {
    static MODULE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bmod\s+(\w+)\s*;").expect("valid"));
    let found = MODULE.captures_iter(code);
    found.map(|module| module[1].to_owned()).collect()
}

fn test_declarations(code: &str) -> Vec<String> {
    static MODULE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"#\s*\[\s*cfg\s*\(\s*test\s*\)\s*\]\s*(?:pub\s+)?mod\s+(\w+)\s*;")
            .expect("valid")
    });
    let found = MODULE.captures_iter(code);
    found.map(|module| module[1].to_owned()).collect()
}

/// The names of the `mod name { … }` that an offset stands in, outermost first.
fn inline_modules_around(code: &str, at: usize) -> Vec<String> {
    static MODULE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bmod\s+(\w+)\s*\{").expect("valid"));
    let found = MODULE.captures_iter(code);
    let around = found.filter(|module| {
        let whole = module.get(0).expect("the match itself");
        whole.start() < at && at < after_closing_brace(code, whole.end() - 1)
    });
    around.map(|module| module[1].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_module() {
        assert_eq!(module_path("src/base/time.rs"), ["base", "time"]);
        assert_eq!(module_path("src/base/mod.rs"), ["base"]);
        assert!(module_path("src/lib.rs").is_empty());
    }

    #[test]
    fn super_is_counted_from_the_inline_module() {
        let modules = Modules::new(vec![
            Source::new("src/lib.rs", "mod a;"),
            Source::new("src/a/mod.rs", "mod b; mod c;"),
            Source::new("src/a/b.rs", "mod tests { use super::super::c::X; }"),
            Source::new("src/a/c.rs", ""),
        ]);
        let b = modules.all.iter().find(|module| module.path == ["a", "b"]);
        let b = b.expect("in the sample");
        let target = modules.target(b, &b.uses[0]);
        assert_eq!(target, Some(["a", "c", "X"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn a_file_declared_for_tests_is_a_test() {
        let modules = Modules::new(vec![
            Source::new("src/a.rs", "#[cfg(test)]\nmod tests;"),
            Source::new("src/a/tests.rs", ""),
        ]);
        let tests: Vec<bool> = modules.all.iter().map(|module| module.is_test).collect();
        assert_eq!(tests, [false, true]);
    }
}
