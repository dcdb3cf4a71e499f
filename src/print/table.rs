//! A table for a terminal: columns as wide as their widest cell, Chinese counted double.

use super::look::{Look, tame};
use unicode_width::UnicodeWidthStr;

/// Rows under a heading.
pub struct Table {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Columns of numbers stand at the right.
    right: Vec<bool>,
}

impl Table {
    /// A table with these columns; `>` before a name sets the column to the right.
    pub fn new(columns: &[&str]) -> Table {
        let name = |column: &&str| column.trim_start_matches('>').to_owned();
        Table {
            heading: columns.iter().map(name).collect(),
            rows: Vec::new(),
            right: columns
                .iter()
                .map(|column| column.starts_with('>'))
                .collect(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|cell| tame(&cell)).collect());
    }

    /// The table under a title; nothing if it has no rows.
    pub fn print(&self, title: &str, look: Look, out: &mut String) {
        if self.rows.is_empty() {
            return;
        }
        let width = |column: usize| {
            let cells = self
                .rows
                .iter()
                .chain([&self.heading])
                .filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.heading.len()).map(width).collect();
        let line = |row: &[String]| {
            let cells = row
                .iter()
                .zip(&widths)
                .zip(&self.right)
                .map(|((cell, width), right)| {
                    let gap = " ".repeat(width.saturating_sub(cell.width()));
                    if *right {
                        format!("{gap}{cell}")
                    } else {
                        format!("{cell}{gap}")
                    }
                });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        out.push_str(&format!(
            "\n{}\n  {}\n",
            look.strong(title),
            look.faint(line(&self.heading))
        ));
        for row in &self.rows {
            out.push_str(&format!("  {}\n", line(row)));
        }
    }
}
