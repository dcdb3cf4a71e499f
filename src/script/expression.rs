//! One condition or term: rhai's text in, our small tree out.
//!
//! Three steps: the words are read and everything that has no place in a condition is refused
//! with its place (`tokens`); rhai's parser settles what binds to what; its tree is lowered to
//! `Expr` (`lower`). Nothing is evaluated and no constant is folded.

mod lower;
mod print;
#[cfg(test)]
mod tests;
mod tokens;

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use rhai::{Engine, OptimizationLevel, ParseError, ParseErrorType};

use super::place::{Places, word_at};

/// The longest text of a condition, in bytes.
pub const MAX_TEXT: usize = 4096;
/// How deep a condition may be nested, and how many names a path may have.
pub const MAX_DEPTH: usize = 32;

/// How many operators rhai's parser may meet in one expression; it counts `a && b && c` as depth.
const PARSER_DEPTH: usize = 256;

/// A condition or a term, as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub node: Node,
    /// Where it stands in the text, in bytes; for a path the whole path, without brackets.
    pub at: Range<usize>,
}

/// The shapes that a condition can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// `a.b.c`; never empty.
    Path(Vec<Segment>),
    /// `"text"`
    Text(String),
    /// `42` or `-42`
    Int(i64),
    /// `true` or `false`
    Bool(bool),
    /// `["a", "b"]`
    List(Vec<Expr>),
    /// `!a`
    Not(Box<Expr>),
    /// `a && b && c`, flattened: at least two, none of them `All`.
    All(Vec<Expr>),
    /// `a || b || c`, flattened: at least two, none of them `Any`.
    Any(Vec<Expr>),
    /// `a < b`
    Compare {
        /// The operator.
        op: CompareOp,
        /// What stands on its left.
        left: Box<Expr>,
        /// What stands on its right.
        right: Box<Expr>,
    },
    /// `a in b` or `a !in b`
    In {
        /// What is looked for.
        item: Box<Expr>,
        /// Where it is looked for.
        set: Box<Expr>,
        /// Written `!in`.
        negated: bool,
    },
    /// `a + b`
    Arithmetic {
        /// The operator.
        op: ArithmeticOp,
        /// What stands on its left.
        left: Box<Expr>,
        /// What stands on its right.
        right: Box<Expr>,
    },
    /// `-a`
    Negative(Box<Expr>),
    /// `module::function(a, b)`
    Call {
        /// The script that has the function, if the text names one.
        module: Option<String>,
        /// The function's name.
        function: String,
        /// What it is given.
        args: Vec<Expr>,
        /// Where the name stands, with its module.
        at: Range<usize>,
    },
}

/// One name of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The name.
    pub name: String,
    /// Where it stands in the text, in bytes.
    pub at: Range<usize>,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// How two numbers, times or lengths are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
}

/// Why a text is not a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpressionFault {
    /// It is not rhai.
    Syntax {
        /// What is wrong.
        message: String,
        /// Where, in bytes.
        at: Range<usize>,
    },
    /// A word that rhai keeps for itself stands where a name should.
    Reserved {
        /// The word.
        word: String,
        /// Where, in bytes.
        at: Range<usize>,
    },
    /// It is rhai, but has no place in a condition.
    NotAnExpression {
        /// What was found.
        what: String,
        /// Where, in bytes.
        at: Range<usize>,
        /// What to write instead.
        help: String,
    },
    /// It is longer than [`MAX_TEXT`] or nested deeper than [`MAX_DEPTH`].
    TooLarge {
        /// Which of the two.
        message: String,
        /// Where, in bytes.
        at: Range<usize>,
    },
}

impl ExpressionFault {
    /// Where it is, in bytes of the condition's text.
    pub fn at(&self) -> Range<usize> {
        match self {
            Self::Syntax { at, .. }
            | Self::Reserved { at, .. }
            | Self::NotAnExpression { at, .. }
            | Self::TooLarge { at, .. } => at.clone(),
        }
    }

    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "expression-syntax",
            Self::Reserved { .. } => "expression-reserved-word",
            Self::NotAnExpression { .. } => "expression-not-allowed",
            Self::TooLarge { .. } => "expression-too-large",
        }
    }

    /// What to do about it, if there is more to say than the message does.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Syntax { .. } => None,
            Self::Reserved { word, .. } => Some(format!("choose another name than `{word}`")),
            Self::NotAnExpression { help, .. } => Some(help.clone()),
            Self::TooLarge { .. } => {
                Some("declare a part of it as a fact and use its name here".to_owned())
            }
        }
    }
}

impl fmt::Display for ExpressionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message, .. } | Self::TooLarge { message, .. } => f.write_str(message),
            Self::Reserved { word, .. } => {
                write!(
                    f,
                    "`{word}` is a word that the expression language keeps for itself"
                )
            }
            Self::NotAnExpression { what, .. } => write!(f, "{what} has no place in a condition"),
        }
    }
}

impl std::error::Error for ExpressionFault {}

/// Reads one condition or term.
///
/// # Errors
///
/// The first thing in the text that a condition may not contain.
pub fn parse(text: &str) -> Result<Expr, ExpressionFault> {
    if text.len() > MAX_TEXT {
        let message = format!(
            "the condition has {} bytes, more than {MAX_TEXT}",
            text.len()
        );
        return Err(ExpressionFault::TooLarge { message, at: 0..0 });
    }
    let places = Places::new(text);
    let pieces = tokens::read(text, &places)?;
    super::engine::with_stack(|| {
        let ast = engine()
            .compile_expression(text)
            .map_err(|error| syntax(text, &places, &error))?;
        lower::lower(ast.statements(), &pieces, &places)
    })
}

/// Whether rhai keeps a word for itself, so that no policy may use it as a name.
pub fn is_reserved(word: &str) -> bool {
    tokens::is_reserved(word)
}

/// Every path that an expression reads, from left to right, repeated as often as it is written.
pub fn paths(expr: &Expr) -> Vec<&[Segment]> {
    let mut found = Vec::new();
    collect_paths(expr, &mut found);
    found
}

fn collect_paths<'a>(expr: &'a Expr, found: &mut Vec<&'a [Segment]>) {
    match &expr.node {
        Node::Path(segments) => found.push(segments),
        Node::Text(_) | Node::Int(_) | Node::Bool(_) => {}
        Node::Not(inner) | Node::Negative(inner) => collect_paths(inner, found),
        Node::List(parts) | Node::All(parts) | Node::Any(parts) => {
            parts.iter().for_each(|part| collect_paths(part, found));
        }
        Node::Call { args, .. } => args.iter().for_each(|part| collect_paths(part, found)),
        Node::Compare { left, right, .. } | Node::Arithmetic { left, right, .. } => {
            collect_paths(left, found);
            collect_paths(right, found);
        }
        Node::In { item, set, .. } => {
            collect_paths(item, found);
            collect_paths(set, found);
        }
    }
}

/// The parser for expressions: no functions, no packages, nothing folded.
pub(super) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut engine = Engine::new_raw();
        engine.set_optimization_level(OptimizationLevel::None);
        engine.set_max_expr_depths(PARSER_DEPTH, PARSER_DEPTH);
        engine.set_max_strings_interned(0);
        engine.set_strict_variables(false);
        engine
    })
}

/// What rhai's parser said, with a place in bytes.
fn syntax(text: &str, places: &Places<'_>, error: &ParseError) -> ExpressionFault {
    let at = word_at(text, places.offset(error.position()));
    match error.err_type() {
        ParseErrorType::ExprTooDeep => ExpressionFault::TooLarge {
            message: format!("the condition has more than {PARSER_DEPTH} operators in a row"),
            at,
        },
        ParseErrorType::UnexpectedEOF => ExpressionFault::Syntax {
            message: "the condition is not complete".to_owned(),
            at,
        },
        other => ExpressionFault::Syntax {
            message: other.to_string(),
            at,
        },
    }
}
