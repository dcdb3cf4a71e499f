//! The files of a policy among the sources that findings point into; trouble with files as findings; the scripts.

use crate::base::names::nearest;
use crate::files::{
    MAX_FILE, MAX_FILES, MAX_LAYERS, PolicyFiles, TITLE_PAGE, Trouble, TroubleKind,
};
use crate::finding::{Code, Finding, Place, Sources};
use crate::script::{FunctionInfo, ScriptSource, Scripts, compile};
use crate::syntax::{LayerText, extends_of};
use std::borrow::Cow;
use std::cell::Cell;

/// The files of a policy, with their numbers among the sources.
pub struct Read {
    /// By folder, the policy's own first: number, path inside the folder.
    files: Vec<Vec<(usize, String)>>,
    /// The scripts in force: stem and number. A script of the policy hides that of the same name that it extends.
    scripts: Vec<(String, usize)>,
    compiled: Cell<Option<Scripts>>,
    /// What can be called: (script, function, parameters).
    functions: Vec<(String, String, FunctionInfo)>,
    /// Whether the scripts compiled, so that a function that is not there is truly missing.
    pub complete: bool,
}

/// Adds the files to the sources and compiles the scripts.
pub fn read(files: &PolicyFiles, sources: &mut Sources) -> (Read, Vec<Finding>) {
    let mut numbered: Vec<Vec<(usize, String)>> = Vec::new();
    for (depth, layer) in files.layers.iter().enumerate() {
        let mut layer_files = Vec::new();
        for file in &layer.files {
            let number = sources.add(files.shown(depth, &file.path), file.text.clone());
            layer_files.push((number, file.path.clone()));
        }
        numbered.push(layer_files);
    }
    let mut findings: Vec<Finding> = files
        .troubles
        .iter()
        .map(|trouble| finding(trouble, files, &numbered))
        .collect();
    let mut read = Read {
        scripts: scripts(&numbered),
        files: numbered,
        compiled: Cell::new(None),
        functions: Vec::new(),
        complete: false,
    };
    read.compile(sources, &mut findings);
    (read, findings)
}

/// The scripts in force, by stem.
fn scripts(files: &[Vec<(usize, String)>]) -> Vec<(String, usize)> {
    let mut scripts: Vec<(String, usize)> = Vec::new();
    for (number, path) in files.iter().flatten() {
        let Some(stem) = path
            .strip_prefix("scripts/")
            .and_then(|name| name.strip_suffix(".rhai"))
        else {
            continue;
        };
        if !scripts.iter().any(|(known, _)| known == stem) {
            scripts.push((stem.to_owned(), *number));
        }
    }
    scripts
}

impl Read {
    /// The TOML files by folder, what is extended last first.
    pub fn layers<'s>(&'s self, sources: &'s Sources) -> Vec<LayerText<'s>> {
        let texts = |files: &'s Vec<(usize, String)>| LayerText {
            files: files
                .iter()
                .filter(|(_, path)| path.ends_with(".toml") && !path.contains('/'))
                .map(|(number, path)| {
                    (*number, path.as_str(), sources.files[*number].text.as_str())
                })
                .collect(),
        };
        self.files.iter().rev().map(texts).collect()
    }

    /// Whether a file stands in the policy's own folder.
    pub fn is_own(&self, file: usize) -> bool {
        self.files
            .first()
            .is_some_and(|own| own.iter().any(|(number, _)| *number == file))
    }

    /// The path of a file inside its folder.
    pub fn path(&self, file: usize) -> &str {
        self.files
            .iter()
            .flatten()
            .find(|(number, _)| *number == file)
            .map_or("", |(_, path)| path)
    }

    /// The compiled scripts, once.
    pub fn scripts(&self) -> Option<Scripts> {
        self.compiled.take()
    }

    /// A function of a script.
    pub fn function(&self, module: &str, function: &str) -> Option<&FunctionInfo> {
        self.functions
            .iter()
            .find(|(m, f, _)| m == module && f == function)
            .map(|(_, _, info)| info)
    }

    /// Every function, as it is called.
    pub fn functions(&self) -> impl Iterator<Item = String> + '_ {
        self.functions
            .iter()
            .map(|(module, function, _)| format!("{module}::{function}"))
    }

    /// Whether there is a script of that name.
    pub fn has_script(&self, module: &str) -> bool {
        self.scripts.iter().any(|(stem, _)| stem == module)
    }

    fn compile(&mut self, sources: &Sources, findings: &mut Vec<Finding>) {
        // The mark that some editors put before a text is no part of a script; its place stays, for what comes after.
        let plain = |number: &usize| {
            let text = sources.files[*number].text.as_str();
            text.strip_prefix('\u{feff}')
                .map_or(Cow::Borrowed(text), |rest| Cow::Owned(format!("   {rest}")))
        };
        let plain: Vec<Cow<'_, str>> = self
            .scripts
            .iter()
            .map(|(_, number)| plain(number))
            .collect();
        let named = self.scripts.iter().zip(&plain);
        let texts: Vec<ScriptSource<'_>> = named
            .map(|((stem, _), text)| ScriptSource { module: stem, text })
            .collect();
        let (compiled, faults) = compile(&texts);
        for fault in faults {
            let file = self
                .scripts
                .iter()
                .find(|(stem, _)| *stem == fault.module)
                .map_or(0, |(_, number)| *number);
            let code = Code::parse(fault.code).unwrap_or(Code::ScriptSyntax);
            let mut finding = Finding::new(
                code,
                fault.message,
                Place {
                    file,
                    span: fault.at,
                },
                "",
            );
            finding.help = fault.help;
            findings.push(if fault.fatal {
                finding
            } else {
                finding.warning()
            });
        }
        if let Some(scripts) = &compiled {
            self.complete = true;
            for module in scripts.modules() {
                for function in scripts.functions(module) {
                    if let Some(info) = scripts.function(module, function) {
                        self.functions
                            .push((module.to_owned(), function.to_owned(), info.clone()));
                    }
                }
            }
        }
        self.compiled = Cell::new(compiled);
    }
}

fn finding(trouble: &Trouble, files: &PolicyFiles, numbered: &[Vec<(usize, String)>]) -> Finding {
    let shown = files.shown(trouble.layer, &trouble.path);
    let number = numbered[trouble.layer]
        .iter()
        .find(|(_, path)| *path == trouble.path)
        .map(|(number, _)| *number);
    let make = |code, message: String, label: &str| match number {
        Some(number) => Finding::new(code, message, trouble.place(number), label),
        None => Finding {
            place: None,
            ..Finding::new(code, message, trouble.place(0), label)
        },
    };
    match &trouble.kind {
        TroubleKind::NoTitlePage => make(
            Code::NoTitlePage,
            format!("there is no title page `{shown}`"),
            "",
        )
        .help("a policy is a folder with a `policy.toml`"),
        TroubleKind::NotUtf8 => make(
            Code::NotUtf8,
            format!("`{shown}` is not UTF-8 text"),
            "not UTF-8 from here",
        )
        .help("save it as UTF-8"),
        TroubleKind::TooLarge(size) => make(
            Code::FileTooLarge,
            format!("`{shown}` has {size} bytes, more than {MAX_FILE}"),
            "not read",
        )
        .help("divide it into chapters"),
        TroubleKind::TooManyFiles(count) => make(
            Code::TooManyFiles,
            format!("the folder has {count} files, more than {MAX_FILES}"),
            "",
        )
        .help("join some, or move what does not belong to the policy elsewhere"),
        TroubleKind::UnknownBase(name, known) => make(
            Code::UnknownBase,
            format!("there is no policy `{name}` to extend"),
            "no such folder",
        )
        .help(nearest_base(name, known)),
        TroubleKind::Circle(names) => {
            let finding = make(
                Code::CircularBase,
                format!("policies extend one another: {names}"),
                "comes back",
            )
            .help(format!(
                "a policy extends another that does not extend it, {MAX_LAYERS} deep at most"
            ));
            match began(files, numbered).filter(|_| trouble.layer > 0) {
                Some(place) => finding.other(place, "began here"),
                None => finding,
            }
        }
    }
}

/// How to name a base that exists.
fn nearest_base(name: &str, known: &[String]) -> String {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "name a folder under `policies/`, or write a path such as \"../base\"".to_owned(),
    }
}

/// Where the policy's own title page says what it extends.
fn began(files: &PolicyFiles, numbered: &[Vec<(usize, String)>]) -> Option<Place> {
    let page = files.layers.first()?.file(TITLE_PAGE)?;
    let numbers = numbered.first()?.iter();
    let number = numbers.clone().find(|(_, path)| *path == page.path);
    let (_, span) = extends_of(&page.text)?;
    Some(Place {
        file: number?.0,
        span,
    })
}
