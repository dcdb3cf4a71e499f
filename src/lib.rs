//! panke (判客): a declarative policy engine for sales offices.
//!
//! The modules in reading order. A module may use only those above it; `tests/tidy` holds the order.

pub mod base;
pub mod vocabulary;
pub mod finding;
pub mod script;
pub mod policy;
pub mod event;
pub mod decision;
pub mod syntax;
pub mod files;
pub mod check;
pub mod runtime;
pub mod journal;
pub mod scenario;
