//! The scripts of one policy: compiled once, checked, and called inside the fence.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rhai::{AST, Dynamic, Engine, Module, ParseErrorType, Scope, Shared};

use super::engine::{build, with_stack};
use super::expression::is_reserved;
use super::fault::{
    Limit, Origin, ScriptError, ScriptErrorKind, ScriptFault, fatal, line_and_column,
};
use super::limits::LIMITS;
use super::lint::{self, Functions};
use super::place::{Places, word_at};
use super::scan::{Scan, scan};
use super::value::{Foreign, ScriptValue};

/// One script as it was read.
#[derive(Debug, Clone, Copy)]
pub struct ScriptSource<'a> {
    /// The stem of its file: `evidence` for `scripts/evidence.rhai`.
    pub module: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// A function that a policy may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionInfo {
    /// The names of its parameters.
    pub params: Vec<String>,
    /// Where its name stands, in bytes of the script's text.
    pub at: Range<usize>,
}

/// All scripts of a policy, ready to be called from any thread.
#[derive(Debug)]
pub struct Scripts {
    engine: Engine,
    modules: BTreeMap<String, BTreeMap<String, Callable>>,
}

#[derive(Debug)]
struct Callable {
    info: FunctionInfo,
    place: (usize, usize),
    /// The call, with the arguments as variables: so rhai finds the script's own constants.
    entry: AST,
}

/// The names that the arguments of a call have outside the function.
const ARGUMENTS: [&str; LIMITS.parameters] = [
    "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14",
    "a15",
];

/// Compiles all scripts of a policy. There are scripts if and only if no fault is fatal.
pub fn compile(sources: &[ScriptSource<'_>]) -> (Option<Scripts>, Vec<ScriptFault>) {
    let mut sources = sources.to_vec();
    sources.sort_by_key(|source| source.module);
    let mut faults = admissible(&sources);
    if faults.iter().any(|fault| fault.fatal) {
        return (None, faults);
    }
    let scans: Vec<Scan> = sources
        .iter()
        .map(|source| scan(source.module, source.text))
        .collect();
    let order = order(&sources, &scans, &mut faults);
    for scan in &scans {
        faults.extend(scan.faults.iter().cloned());
    }
    let mut compiling = Compiling {
        scripts: Scripts {
            engine: build(),
            modules: BTreeMap::new(),
        },
        public: BTreeMap::new(),
        faults,
    };
    for index in order {
        with_stack(|| compiling.script(&sources[index], &scans[index]));
    }
    let Compiling {
        scripts,
        mut faults,
        ..
    } = compiling;
    faults.sort_by(|a, b| (&a.module, a.at.start).cmp(&(&b.module, b.at.start)));
    let usable = !faults.iter().any(|fault| fault.fatal);
    (usable.then_some(scripts), faults)
}

/// Names and sizes, before anything is read.
fn admissible(sources: &[ScriptSource<'_>]) -> Vec<ScriptFault> {
    let mut faults = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let ScriptSource { module, text } = *source;
        let plain = module.starts_with(|c: char| c.is_ascii_lowercase())
            && module
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !plain || is_reserved(module) || module == "global" {
            let message = format!("{module:?} cannot be the name of a script");
            let help = "use small letters, digits and `_`, and no word of the language";
            faults.push(fatal(module, "script-name", message, 0..0).help(help));
        }
        if index > 0 && sources[index - 1].module == module {
            let message = format!("there are two scripts `{module}`");
            faults.push(fatal(module, "script-name", message, 0..0));
        }
        if text.len() > LIMITS.script {
            let message = format!(
                "the script has {} bytes, more than {}",
                text.len(),
                LIMITS.script
            );
            faults.push(fatal(module, "script-too-large", message, 0..0).help("divide it"));
        }
        if index == LIMITS.modules {
            let message = format!("there are more than {} scripts", LIMITS.modules);
            faults.push(fatal(module, "script-too-large", message, 0..0).help("join some"));
        }
    }
    faults
}

/// The order in which scripts that call each other can be compiled.
fn order(
    sources: &[ScriptSource<'_>],
    scans: &[Scan],
    faults: &mut Vec<ScriptFault>,
) -> Vec<usize> {
    let mut needs: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (index, scan) in scans.iter().enumerate() {
        let needed = needs.entry(index).or_default();
        for (name, at) in scan.modules.iter().filter(|(name, _)| name != "global") {
            match sources.iter().position(|source| source.module == name) {
                Some(other) => {
                    needed.insert(other);
                }
                None => {
                    let message = format!("there is no script `{name}`");
                    let help = "it must be a file of the policy's own folder `scripts`";
                    let fault = fatal(
                        sources[index].module,
                        "script-unknown-module",
                        message,
                        at.clone(),
                    );
                    faults.push(fault.help(help));
                }
            }
        }
    }
    let mut order = Vec::new();
    while let Some(next) = needs
        .iter()
        .find(|(_, needed)| needed.iter().all(|other| order.contains(other)))
        .map(|(index, _)| *index)
    {
        needs.remove(&next);
        order.push(next);
    }
    let circle: Vec<&str> = needs.keys().map(|index| sources[*index].module).collect();
    for index in needs.keys() {
        let references = &scans[*index].modules;
        let at = references
            .iter()
            .find(|(name, _)| circle.contains(&name.as_str()));
        let at = at.map_or(0..0, |(_, at)| at.clone());
        let message = format!("these scripts need each other: {}", circle.join(", "));
        let help = "move what they share into a script of its own";
        faults.push(fatal(sources[*index].module, "script-cycle", message, at).help(help));
    }
    order
}

struct Compiling {
    scripts: Scripts,
    public: BTreeMap<String, Functions>,
    faults: Vec<ScriptFault>,
}

impl Compiling {
    /// Compiles one script whose needs are compiled; with a fatal fault it is left out.
    fn script(&mut self, source: &ScriptSource<'_>, scan: &Scan) {
        let broken = scan.faults.iter().any(|fault| fault.fatal);
        let missing = |name: &str| name != "global" && !self.public.contains_key(name);
        if broken || scan.modules.iter().any(|(name, _)| missing(name)) {
            return;
        }
        let ast = match self.scripts.engine.compile(source.text) {
            Ok(ast) => ast,
            Err(error) => return self.faults.push(parse_fault(source, &error)),
        };
        let found = lint::lint(source.module, source.text, &ast, &self.public);
        let fatal = found.iter().any(|fault| fault.fatal);
        self.faults.extend(found);
        if !fatal {
            self.register(source, scan, ast);
        }
    }

    /// Makes the functions of a script known to the other scripts and to callers.
    fn register(&mut self, source: &ScriptSource<'_>, scan: &Scan, mut ast: AST) {
        let engine = &mut self.scripts.engine;
        ast.set_source(source.module);
        match Module::eval_ast_as_new(Scope::new(), &ast, engine) {
            Ok(module) => engine.register_static_module(source.module, Shared::new(module)),
            Err(error) => {
                let fault = fatal(source.module, "script-top-level", error.to_string(), 0..0);
                return self.faults.push(fault);
            }
        };
        let mut functions = BTreeMap::new();
        for found in ast
            .iter_functions()
            .filter(|found| !found.access.is_private())
        {
            let arity = found.params.len();
            let at = scan.functions.iter().find(|other| other.name == found.name);
            let at = at.map_or(0..0, |other| other.at.clone());
            let text = format!(
                "{}::{}({})",
                source.module,
                found.name,
                ARGUMENTS[..arity].join(", ")
            );
            match self
                .scripts
                .engine
                .compile_expression_with_scope(&arguments(arity), &text)
            {
                Ok(entry) => {
                    let place = line_and_column(source.text, at.start);
                    let params = found.params.iter().map(ToString::to_string).collect();
                    let info = FunctionInfo { params, at };
                    functions.insert(found.name.to_owned(), Callable { info, place, entry });
                }
                Err(error) => self.faults.push(parse_fault(source, &error)),
            }
        }
        let public = functions
            .iter()
            .map(|(name, found)| (name.clone(), found.info.params.len()));
        self.public
            .insert(source.module.to_owned(), public.collect());
        self.scripts
            .modules
            .insert(source.module.to_owned(), functions);
    }
}

/// A scope that has the arguments of a call, still without values.
fn arguments(arity: usize) -> Scope<'static> {
    let mut scope = Scope::new();
    for name in &ARGUMENTS[..arity] {
        scope.push_dynamic(*name, Dynamic::UNIT);
    }
    scope
}

/// What rhai's parser found.
fn parse_fault(source: &ScriptSource<'_>, error: &rhai::ParseError) -> ScriptFault {
    let places = Places::new(source.text);
    let at = word_at(source.text, places.offset(error.position()));
    let make = |code, message: String| fatal(source.module, code, message, at.clone());
    match error.err_type() {
        ParseErrorType::VariableUndefined(name) => {
            let fault = make(
                "script-unknown-variable",
                format!("there is no variable `{name}`"),
            );
            match lint::constant_names(source.text).contains(name.as_str()) {
                true => fault.help(format!("in a function a constant is `global::{name}`")),
                false => fault.help("declare it with `let`, or take it as a parameter"),
            }
        }
        ParseErrorType::VariableExists(name) => make(
            "script-shadowed",
            format!("`{name}` hides another variable"),
        )
        .help("choose another name"),
        ParseErrorType::ExprTooDeep => make(
            "script-too-large",
            "the script is nested too deeply".to_owned(),
        )
        .help("divide the function or the expression"),
        ParseErrorType::TooManyFunctions => make(
            "script-too-large",
            format!("more than {} functions", LIMITS.functions),
        )
        .help("divide the script"),
        ParseErrorType::LiteralTooLarge(..) => {
            make("script-too-large", error.err_type().to_string())
        }
        other @ ParseErrorType::MissingToken(token, _) => make("script-syntax", other.to_string())
            .help(format!(
                "`{token}` is missing before this, most likely at the end of what stands above"
            )),
        other => make("script-syntax", other.to_string()),
    }
}

impl Scripts {
    /// A function that may be called, if there is one of that name.
    pub fn function(&self, module: &str, name: &str) -> Option<&FunctionInfo> {
        self.modules.get(module)?.get(name).map(|found| &found.info)
    }

    /// The scripts, in order of their names.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }

    /// The functions of one script, in order of their names.
    pub fn functions(&self, module: &str) -> impl Iterator<Item = &str> {
        self.modules
            .get(module)
            .into_iter()
            .flat_map(|found| found.keys().map(String::as_str))
    }

    /// Calls a function.
    ///
    /// # Errors
    ///
    /// The script failed, ran into a limit, or there is no such function.
    pub fn call(
        &self,
        module: &str,
        name: &str,
        args: &[ScriptValue],
    ) -> Result<ScriptValue, ScriptError> {
        let Some(found) = self
            .modules
            .get(module)
            .and_then(|functions| functions.get(name))
        else {
            let message = format!("there is no function `{module}::{name}`");
            return Err(Origin {
                module,
                place: (1, 1),
            }
            .error(ScriptErrorKind::UnknownFunction, message));
        };
        let origin = Origin {
            module,
            place: found.place,
        };
        if args.len() != found.info.params.len() {
            let (wanted, given) = (found.info.params.len(), args.len());
            let message = format!("`{name}` takes {wanted} arguments, not {given}");
            return Err(origin.error(ScriptErrorKind::UnknownFunction, message));
        }
        with_stack(|| self.run(found, &origin, args))
    }

    fn run(
        &self,
        found: &Callable,
        origin: &Origin<'_>,
        args: &[ScriptValue],
    ) -> Result<ScriptValue, ScriptError> {
        let deep = || {
            let message = "lists or maps are nested too deeply";
            origin.error(ScriptErrorKind::Limit(Limit::Nesting), message)
        };
        let mut scope = Scope::with_capacity(args.len());
        for (name, arg) in ARGUMENTS.iter().zip(args) {
            let value = arg.to_dynamic().ok_or_else(deep)?;
            let checked = self.engine.ensure_data_size_within_limits(&value);
            checked.map_err(|error| origin.translate(*error))?;
            scope.push_dynamic(*name, value);
        }
        let value = self
            .engine
            .eval_ast_with_scope::<Dynamic>(&mut scope, &found.entry)
            .map_err(|error| origin.translate(*error))?;
        ScriptValue::from_dynamic(&value).map_err(|foreign| match foreign {
            Foreign::Deep => deep(),
            Foreign::Kind(kind) => {
                let message = format!("{kind} cannot be the result of a script");
                origin.error(ScriptErrorKind::WrongType, message)
            }
        })
    }
}
