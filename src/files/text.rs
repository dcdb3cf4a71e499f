//! One text file that somebody wrote, and what is wrong with its bytes.

use super::MAX_FILE;
use crate::finding::{Code, Finding, Place};
use std::io::{self, Read};
use std::path::Path;

/// What is wrong with the bytes of a file.
#[derive(Debug)]
pub struct Unreadable {
    code: Code,
    message: String,
    at: usize,
}

impl Unreadable {
    /// The same as a finding, once the file has its number.
    pub fn finding(self, file: usize) -> Finding {
        let place = Place {
            file,
            span: self.at..self.at,
        };
        Finding::new(self.code, self.message, place, "here")
    }
}

/// The text of a file; what is not text in it, and what is too much of it, is left out and said.
///
/// # Errors
///
/// If the disk says no.
pub fn read_text(path: &Path) -> io::Result<(String, Option<Unreadable>)> {
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        let fault = Unreadable {
            code: Code::FileTooLarge,
            message: format!("this file is larger than {MAX_FILE} bytes"),
            at: 0,
        };
        return Ok((String::new(), Some(fault)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((text, None)),
        Err(error) => {
            let fault = Unreadable {
                code: Code::NotUtf8,
                message: "this file is not UTF-8 from here on".into(),
                at: error.utf8_error().valid_up_to(),
            };
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            Ok((text, Some(fault)))
        }
    }
}
