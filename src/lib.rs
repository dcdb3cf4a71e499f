//! panke (判客): a declarative policy engine for sales offices.
//!
//! The modules in reading order. A module may use only those above it; `tests/tidy` holds the order.

pub mod base;
pub mod decision;
pub mod event;
pub mod finding;
pub mod policy;
pub mod runtime;
pub mod script;
pub mod vocabulary;
