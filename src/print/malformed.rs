//! A malformed line as people read it: what is wrong, where, the piece of the line, and what was meant.

use super::look::{Look, tame};
use crate::journal::Malformed;
use unicode_width::UnicodeWidthStr;

/// The message about a malformed line of the journal at `path`, with a line break at its end.
pub fn malformed(path: &str, fault: &Malformed, look: Look) -> String {
    let number = fault.line.to_string();
    let margin = " ".repeat(number.len());
    let bar = look.faint("|");
    let field = match &fault.field {
        Some(field) => format!(" (field `{}`)", tame(field)),
        None => String::new(),
    };
    let text = &fault.excerpt.text;
    let marked = tame(text.get(fault.excerpt.marked.clone()).unwrap_or_default());
    let before = tame(text.get(..fault.excerpt.marked.start).unwrap_or_default());
    let indent = " ".repeat(before.width());
    let mark = look.bad("^".repeat(marked.width().max(1)));
    let mut out = format!(
        "{}: {}\n{margin}{} {}:{}:{}{field}\n{margin} {bar}\n{} {bar} {}\n{margin} {bar} {indent}{mark}\n",
        look.bad("error"),
        tame(&fault.message),
        look.faint("-->"),
        tame(path),
        fault.line,
        fault.column,
        look.faint(number),
        tame(text),
    );
    if let Some(help) = &fault.help {
        out.push_str(&format!(
            "{margin} {} {}: {}\n",
            look.faint("="),
            look.strong("help"),
            tame(help)
        ));
    }
    out
}
