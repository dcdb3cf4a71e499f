//! A scenario file as it was read, before its policy is known: the same text need not be read twice.

use crate::files::{Unreadable, read_text};
use crate::finding::Finding;
use crate::scenario::{self, Header, Node};
use std::io;
use std::path::Path;

/// A scenario file that was read.
#[derive(Debug)]
pub struct Tale {
    /// Its text.
    pub text: String,
    /// Policy and title, if it has both.
    pub header: Option<Header>,
    /// What stands in it.
    pub root: Node,
    /// What is wrong with it, as if it were the first file that was read.
    findings: Vec<Finding>,
}

impl Tale {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If the disk says no.
    pub fn read(path: &Path) -> io::Result<Tale> {
        let (text, fault) = read_text(path)?;
        Ok(Tale::of(text, fault))
    }

    /// What a text tells.
    pub fn of(text: String, fault: Option<Unreadable>) -> Tale {
        let mut findings: Vec<Finding> = fault.map(|fault| fault.finding(0)).into_iter().collect();
        let (root, syntax) = scenario::parse(0, &text);
        findings.extend(syntax);
        let (header, more) = scenario::header(0, &root);
        if findings.is_empty() {
            findings.extend(more);
        }
        Tale {
            text,
            header,
            root,
            findings,
        }
    }

    /// What is wrong with it, once it has its number among the files that were read.
    pub fn findings(&self, number: usize) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        for finding in &mut findings {
            let places = finding
                .place
                .iter_mut()
                .chain(finding.other.iter_mut().map(|(place, _)| place));
            places.for_each(|place| place.file = number);
        }
        findings
    }
}
