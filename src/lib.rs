//! panke.
