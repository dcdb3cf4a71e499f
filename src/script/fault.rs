//! What is wrong with a script before it runs, and what went wrong when it ran.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

use rhai::{Dynamic, EvalAltResult};

use super::operators::{LIST, TEXT};
use super::value::{ScriptValue, kind};

/// Something about a script that its author should change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptFault {
    /// The script, by the stem of its file.
    pub module: String,
    /// Its stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead, if there is more to say than the message does.
    pub help: Option<String>,
    /// Where, in bytes of the script's text.
    pub at: Range<usize>,
    /// Whether the scripts cannot be used; otherwise it is a warning.
    pub fatal: bool,
}

impl ScriptFault {
    /// The same with a help line.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A fault with which the scripts cannot be used.
pub(super) fn fatal(
    module: &str,
    code: &'static str,
    message: impl Into<String>,
    at: Range<usize>,
) -> ScriptFault {
    let (module, message) = (module.to_owned(), message.into());
    ScriptFault {
        module,
        code,
        message,
        help: None,
        at,
        fatal: true,
    }
}

/// A fault with which they can.
pub(super) fn warning(
    module: &str,
    code: &'static str,
    message: impl Into<String>,
    at: Range<usize>,
) -> ScriptFault {
    ScriptFault {
        fatal: false,
        ..fatal(module, code, message, at)
    }
}

/// Which limit a script ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Steps of one call.
    Operations,
    /// Calls within calls.
    CallDepth,
    /// Variables alive at once.
    Variables,
    /// The size of a text.
    Text,
    /// The size of a list.
    List,
    /// The size of a map.
    Map,
    /// Lists and maps inside each other.
    Nesting,
}

/// What kind of failure ended a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptErrorKind {
    /// It ran into a limit.
    Limit(Limit),
    /// It threw this, as text.
    Threw(String),
    /// A value was of a kind that cannot be used so.
    WrongType,
    /// A number was too large, or a division was not exact.
    Arithmetic,
    /// A property, an index or a name does not exist.
    Missing,
    /// There is no such function, or it takes another number of arguments.
    UnknownFunction,
    /// Anything else.
    Other,
}

/// Why a call of a script's function has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// What kind of failure it is.
    pub kind: ScriptErrorKind,
    /// What happened.
    pub message: String,
    /// The script in which it happened.
    pub module: String,
    /// The line, from 1; that of the function where rhai does not tell.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl Display for ScriptError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            message,
            module,
            line,
            column,
            ..
        } = self;
        write!(f, "{module}.rhai:{line}:{column}: {message}")
    }
}

impl std::error::Error for ScriptError {}

/// Where the failing function stands, for failures that carry no place.
pub(super) struct Origin<'a> {
    /// Its script.
    pub(super) module: &'a str,
    /// The line and the character of its name.
    pub(super) place: (usize, usize),
}

impl Origin<'_> {
    /// A failure of the call itself.
    pub(super) fn error(&self, kind: ScriptErrorKind, message: impl Into<String>) -> ScriptError {
        ScriptError {
            kind,
            message: message.into(),
            module: self.module.to_owned(),
            line: self.place.0,
            column: self.place.1,
        }
    }

    /// A failure that rhai reports, at its innermost place.
    pub(super) fn translate(&self, error: EvalAltResult) -> ScriptError {
        let (mut inner, mut module) = (error, None);
        while let EvalAltResult::ErrorInFunctionCall(_, source, cause, _) = inner {
            module = Some(source).filter(|source| !source.is_empty()).or(module);
            inner = *cause;
        }
        let (kind, message) = describe(&inner);
        let mut found = self.error(kind, message);
        // Errors about limits carry the place of the outermost call, which is not in any script.
        if let (Some(module), Some(line)) = (module, inner.position().line()) {
            found.module = module;
            found.line = line;
            found.column = inner.position().position().unwrap_or(1);
        }
        found
    }
}

fn describe(error: &EvalAltResult) -> (ScriptErrorKind, String) {
    use EvalAltResult as E;
    use ScriptErrorKind as K;
    match error {
        E::ErrorTooManyOperations(_) => limit(Limit::Operations, "takes too many steps"),
        E::ErrorStackOverflow(_) => limit(Limit::CallDepth, "calls itself too deeply"),
        E::ErrorTooManyVariables(_) => limit(Limit::Variables, "has too many variables"),
        E::ErrorDataTooLarge(what, _) => match what.as_str() {
            TEXT => limit(Limit::Text, "makes a text that is too large"),
            LIST => limit(Limit::List, "makes a list that is too large"),
            "Size of object map" => limit(Limit::Map, "makes a map that is too large"),
            _ => limit(Limit::Nesting, "nests lists or maps too deeply"),
        },
        E::ErrorRuntime(value, _) => {
            let text = thrown(value);
            (
                K::Threw(text.clone()),
                format!("the script gave up: {text}"),
            )
        }
        E::ErrorMismatchDataType(wanted, found, _) if found.is_empty() => {
            (K::WrongType, wanted.clone())
        }
        E::ErrorMismatchDataType(..)
        | E::ErrorMismatchOutputType(..)
        | E::ErrorIndexingType(..)
        | E::ErrorFor(_)
        | E::ErrorDotExpr(..)
        | E::ErrorFunctionNotFound(..) => (K::WrongType, bare(error)),
        E::ErrorArithmetic(text, _) => (K::Arithmetic, text.clone()),
        E::ErrorPropertyNotFound(name, _) => {
            (K::Missing, format!("there is no `{name}` in the map"))
        }
        E::ErrorVariableNotFound(..)
        | E::ErrorIndexNotFound(..)
        | E::ErrorArrayBounds(..)
        | E::ErrorStringBounds(..)
        | E::ErrorBitFieldBounds(..) => (K::Missing, bare(error)),
        _ => (K::Other, bare(error)),
    }
}

fn limit(limit: Limit, what: &str) -> (ScriptErrorKind, String) {
    (ScriptErrorKind::Limit(limit), format!("the script {what}"))
}

/// What was thrown, as text: a text as it is, anything else as it is written.
fn thrown(value: &Dynamic) -> String {
    match ScriptValue::from_dynamic(value) {
        Ok(ScriptValue::Text(text)) => text,
        Ok(value) => value.to_string(),
        Err(_) => kind(value).to_owned(),
    }
}

/// rhai's message without its place.
fn bare(error: &EvalAltResult) -> String {
    let text = error.to_string();
    let place = format!(" ({})", error.position());
    text.strip_suffix(&place).map(str::to_owned).unwrap_or(text)
}

/// Line and character of a byte offset, both from 1.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[start..].chars().count() + 1,
    )
}
