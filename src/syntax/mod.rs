//! What an author wrote, as it is written.

pub mod tree;
