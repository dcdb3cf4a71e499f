//! The only home of rhai: conditions become our own small tree, scripts run behind a fence.
//!
//! Nothing outside this module sees a rhai type. A condition is parsed by rhai's own parser, so
//! that there is one expression language everywhere, and is then lowered to [`Expr`]. What a
//! condition cannot say stands in `scripts/*.rhai`: pure functions, compiled once per policy by
//! [`compile`] and called through [`Scripts::call`], within [`LIMITS`].

mod engine;
mod expression;
mod fault;
mod library;
mod limits;
mod lint;
mod operators;
mod place;
mod scan;
mod scripts;
#[cfg(test)]
mod tests;
mod value;

pub use expression::{
    ArithmeticOp, CompareOp, Expr, ExpressionFault, MAX_DEPTH, MAX_TEXT, Node, Segment,
    is_reserved, parse, paths,
};
pub use fault::{Limit, ScriptError, ScriptErrorKind, ScriptFault};
pub use limits::{LIMITS, Limits, STACK};
pub use scripts::{FunctionInfo, ScriptSource, Scripts, compile};
pub use value::ScriptValue;
