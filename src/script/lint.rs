//! What a script's syntax tree tells: silent mistakes that rhai would find late or never.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTFlags, ASTNode, Expr, FnCallExpr, Position, Stmt, Token};

use super::fault::{ScriptFault, fatal};
use super::library;
use super::limits::LIMITS;
use super::place::{Places, word_at};

/// The functions of a script that others may call, with their numbers of parameters.
pub(super) type Functions = BTreeMap<String, usize>;

/// Looks through the syntax tree of one script.
pub(super) fn lint(
    module: &str,
    text: &str,
    ast: &AST,
    others: &BTreeMap<String, Functions>,
) -> Vec<ScriptFault> {
    let own = ast
        .iter_functions()
        .map(|found| (found.name.to_owned(), found.params.len()));
    let mut lint = Lint {
        module,
        text,
        places: Places::new(text),
        own: own.collect(),
        constants: BTreeSet::new(),
        others,
        faults: Vec::new(),
    };
    lint.top_level(ast.statements());
    lint.signatures(ast);
    ast.walk(&mut |path| {
        lint.node(path);
        true
    });
    lint.faults
}

/// What rhai's parser says about a plain name that is a constant of the script.
pub(super) fn constant_names(text: &str) -> BTreeSet<&str> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("const "));
    lines
        .filter_map(|rest| rest.split(['=', ' ']).find(|word| !word.is_empty()))
        .collect()
}

struct Lint<'a> {
    module: &'a str,
    text: &'a str,
    places: Places<'a>,
    own: Functions,
    constants: BTreeSet<String>,
    others: &'a BTreeMap<String, Functions>,
    faults: Vec<ScriptFault>,
}

impl Lint<'_> {
    fn fault(&mut self, code: &'static str, message: String, position: Position, help: &str) {
        let at = word_at(self.text, self.places.offset(position));
        self.faults
            .push(fatal(self.module, code, message, at).help(help));
    }

    /// Only constants may stand beside the functions.
    fn top_level(&mut self, statements: &[Stmt]) {
        for statement in statements {
            match statement {
                Stmt::Noop(_) => {}
                Stmt::Var(parts, flags, _)
                    if flags.contains(ASTFlags::CONSTANT) && literal(&parts.1) =>
                {
                    self.constants.insert(parts.0.name.to_string());
                }
                other => self.fault(
                    "script-top-level",
                    "only functions and constants with literal values may stand here".to_owned(),
                    other.position(),
                    "put it into a function",
                ),
            }
        }
    }

    /// Functions must not hide those that every script has, nor have too many parameters.
    fn signatures(&mut self, ast: &AST) {
        for function in ast.iter_fn_def() {
            let (name, params) = (function.name.as_str(), &function.params);
            let place = function.body.start_position();
            if library::FUNCTIONS.iter().any(|(other, _)| *other == name) {
                let message = format!("`{name}` is the name of a function that every script has");
                self.fault("script-shadowed", message, place, "choose another name");
            }
            if params.len() > LIMITS.parameters {
                let message = format!("`{name}` has more than {} parameters", LIMITS.parameters);
                self.fault("script-too-large", message, place, "give it a map");
            }
        }
    }

    fn node(&mut self, path: &[ASTNode<'_>]) {
        match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, at)) | ASTNode::Stmt(Stmt::FnCall(call, at))) => {
                self.call(call, *at);
            }
            Some(ASTNode::Expr(Expr::MethodCall(call, at))) => {
                self.known(&call.name, call.args.len() + 1, *at, true);
                let object = path.iter().nth_back(1).and_then(|node| match node {
                    ASTNode::Expr(Expr::Dot(sides, ..)) => Some(&sides.lhs),
                    _ => None,
                });
                self.changed(&call.name, object, *at);
            }
            Some(ASTNode::Stmt(Stmt::Assignment(parts))) => self.assigned(&parts.1.lhs),
            Some(ASTNode::Expr(Expr::Variable(variable, _, at))) if !variable.2.is_empty() => {
                self.constant(variable.2.root(), &variable.1, *at);
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &FnCallExpr, at: Position) {
        if let (Some(op), [left, right]) = (&call.op_token, &call.args[..]) {
            self.comparison(op, left, right, at);
        }
        if call.is_operator_call() {
            return;
        }
        if !call.is_qualified() {
            self.changed(&call.name, call.args.first(), at);
            return self.known(&call.name, call.args.len(), at, false);
        }
        let root = call.namespace.root();
        let arity = self
            .others
            .get(root)
            .and_then(|functions| functions.get(call.name.as_str()));
        if arity != Some(&call.args.len()) || call.namespace.path.len() > 1 {
            let message = match arity {
                Some(arity) => format!("`{root}::{}` takes {arity} arguments", call.name),
                None => format!(
                    "there is no function `{}` in the script `{root}`",
                    call.name
                ),
            };
            let help = "call a function of that script which is not private";
            self.fault("script-unknown-function", message, at, help);
        }
    }

    /// rhai measures what an assignment makes only in these two shapes.
    fn assigned(&mut self, target: &Expr) {
        let checked = match target {
            Expr::Variable(..) => true,
            Expr::Dot(sides, ..) => plain(&sides.lhs) && matches!(sides.rhs, Expr::Property(..)),
            _ => false,
        };
        if !checked {
            let message = "only a variable or a property of one can be assigned to".to_owned();
            let help = "write `list.put(index, value)` or `map.put(key, value)`; \
                        take what is deeper out, change it, and put it back";
            self.fault(
                "script-nested-change",
                message,
                target.start_position(),
                help,
            );
        }
    }

    /// Elsewhere a change would be lost with a copy, or grow without being measured.
    fn changed(&mut self, name: &str, object: Option<&Expr>, at: Position) {
        if library::CHANGING.contains(&name) && !object.is_some_and(plain) {
            let message = format!("`{name}` can only change a variable");
            let help = "take it out with `let`, change it, and put it back";
            self.fault("script-nested-change", message, at, help);
        }
    }

    /// A call without a module: an own function or one that every script has.
    fn known(&mut self, name: &str, arity: usize, at: Position, method: bool) {
        if library::FUNCTIONS.contains(&(name, arity))
            || (!method && self.own.get(name) == Some(&arity))
        {
            return;
        }
        let mut counts: Vec<usize> = library::FUNCTIONS
            .iter()
            .filter(|(other, _)| *other == name)
            .map(|(_, arity)| *arity)
            .collect();
        counts.extend(self.own.get(name).filter(|_| !method));
        let (message, help) = match (counts.first(), self.own.contains_key(name)) {
            (None, true) => (
                format!("`{name}` cannot be called behind a dot: the value would be lost"),
                format!("write `{name}(value)`"),
            ),
            (None, false) => (format!("there is no function `{name}`"), self.similar(name)),
            (Some(count), _) => (
                format!("`{name}` takes {count} arguments, not {arity}"),
                "add or remove some".to_owned(),
            ),
        };
        self.fault("script-unknown-function", message, at, &help);
    }

    fn similar(&self, name: &str) -> String {
        let all = library::FUNCTIONS.iter().map(|(other, _)| *other);
        let best = all
            .chain(self.own.keys().map(String::as_str))
            .max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
        match best.filter(|best| strsim::jaro_winkler(name, best) > 0.8) {
            Some(best) => format!("did you mean `{best}`?"),
            None => "define it in this script with `fn`".to_owned(),
        }
    }

    fn constant(&mut self, root: &str, name: &str, at: Position) {
        if root == "global" && self.constants.contains(name) {
            return;
        }
        let message = format!("there is no constant `{root}::{name}`");
        let help = "write `global::NAME` for a `const NAME` of this script";
        self.fault("script-unknown-constant", message, at, help);
    }

    fn comparison(&mut self, op: &Token, left: &Expr, right: &Expr, at: Position) {
        let compares = matches!(
            op,
            Token::EqualsTo
                | Token::NotEqualsTo
                | Token::LessThan
                | Token::LessThanEqualsTo
                | Token::GreaterThan
                | Token::GreaterThanEqualsTo
        );
        if let (true, Some(left), Some(right)) = (compares, kind(left), kind(right))
            && left != right
        {
            let message = format!("{left} is compared with {right}");
            self.fault(
                "script-compare-types",
                message,
                at,
                "such a comparison always fails",
            );
        }
    }
}

/// A variable of the function itself.
fn plain(expr: &Expr) -> bool {
    matches!(expr, Expr::Variable(variable, ..) if variable.2.is_empty())
}

fn literal(expr: &Expr) -> bool {
    match expr {
        Expr::BoolConstant(..)
        | Expr::IntegerConstant(..)
        | Expr::StringConstant(..)
        | Expr::Unit(_) => true,
        Expr::Array(items, _) => items.iter().all(literal),
        Expr::Map(entries, _) => entries.0.iter().all(|(_, value)| literal(value)),
        _ => false,
    }
}

fn kind(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::BoolConstant(..) => "true or false",
        Expr::IntegerConstant(..) => "a number",
        Expr::StringConstant(..) => "a text",
        Expr::Array(..) => "a list",
        Expr::Map(..) => "a map",
        _ => return None,
    })
}
