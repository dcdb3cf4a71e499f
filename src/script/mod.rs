//! The only home of rhai: conditions become our own small tree, scripts run behind a fence.
//!
//! Nothing outside this module sees a rhai type. A condition is parsed by rhai's own parser, so
//! that there is one expression language everywhere, and is then lowered to [`Expr`].

mod expression;
mod place;

pub use expression::{
    ArithmeticOp, CompareOp, Expr, ExpressionFault, MAX_DEPTH, MAX_TEXT, Node, Segment,
    is_reserved, parse, paths,
};

mod stand_in;
pub use stand_in::*;
