//! panke.

pub mod base;
