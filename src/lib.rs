//! panke.

pub mod script;
