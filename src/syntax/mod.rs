//! TOML text to what an author wrote, with its places; the only home of the TOML crate.
//!
//! Three steps: a file becomes a [`Table`] of [`Node`]s that know where they stand; the files of a folder, and those
//! of the folders that it extends, become one [`Book`]; the book is read into the structures of [`Written`]. Every
//! step gathers findings and goes on with what is left. Nothing here knows what a name refers to: that is `check`'s.

mod answers;
mod book;
mod clauses;
mod declarations;
mod merge;
mod read;
mod title;
mod tree;
mod written;

pub use book::{Book, Chapters, KeyedClause, LayerText, Removed};
pub use read::Reader;
pub use tree::{Entry, Node, Table, Text, Value, extends_of, parse_file};
pub use written::*;

use crate::finding::Finding;

/// Reads the folders of a policy, the one that is extended last first, into what their author wrote.
pub fn assemble(layers: &[LayerText<'_>]) -> (Written, Vec<Finding>) {
    let mut findings = Vec::new();
    let book = Book::of(layers, &mut findings);
    let written = written::read(book, &mut findings);
    (written, findings)
}
