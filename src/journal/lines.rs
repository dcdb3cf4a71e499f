//! A journal read line by line into one buffer, whatever its size.

use std::io::{self, BufRead, Read};

/// The longest line, in bytes.
pub const LINE_LIMIT: usize = 1 << 20;

/// Reads lines; the same buffer serves them all.
pub struct LineReader<R> {
    input: R,
    buffer: Vec<u8>,
    line: u64,
    bytes: u64,
}

/// Why no line could be read.
#[derive(Debug)]
pub enum LineFault {
    /// The world's: the disk, the pipe.
    Io(io::Error),
    /// This line is longer than [`LINE_LIMIT`].
    TooLong(u64),
}

impl<R: BufRead> LineReader<R> {
    /// Reads from the first line on.
    pub fn new(input: R) -> LineReader<R> {
        LineReader {
            input,
            buffer: Vec::with_capacity(4096),
            line: 0,
            bytes: 0,
        }
    }

    /// The next line that is not blank, with its number from 1, without its line end; none at the end. A byte order
    /// mark before the first line is skipped, and blank lines are counted.
    pub fn next_line(&mut self) -> Result<Option<(u64, &[u8])>, LineFault> {
        loop {
            self.buffer.clear();
            // Room for a byte order mark and a line end, so that a line that was cut is longer than the limit.
            let limit = LINE_LIMIT as u64 + 8;
            let read = (&mut self.input)
                .take(limit)
                .read_until(b'\n', &mut self.buffer);
            let read = read.map_err(LineFault::Io)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            self.bytes += read as u64;
            if self.text().len() > LINE_LIMIT {
                return Err(LineFault::TooLong(self.line));
            }
            if !self.text().iter().all(u8::is_ascii_whitespace) {
                return Ok(Some((self.line, self.text())));
            }
        }
    }

    /// Number of the line that was read last.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes have been read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The line that was read last.
    pub fn text(&self) -> &[u8] {
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match self.line {
            1 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line),
            _ => line,
        }
    }
}
