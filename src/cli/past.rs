//! What a replay has read already, to be read again where a correction is followed: a file anew, standard input from a
//! temporary file without a name.

use crate::journal::{LineFault, LineReader};
use crate::replay::Past;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Where the lines of a journal stand that is being replayed.
pub enum Before {
    /// In a file.
    File(PathBuf),
    /// In memory: a story.
    Story(Vec<String>),
    /// In what is kept of standard input.
    Kept(File),
}

impl Past for Before {
    fn lines(
        &mut self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), String> {
        let read = match self {
            Before::File(path) => File::open(path).and_then(|file| lines(file, from, to, each)),
            Before::Story(story) => return story.lines(from, to, each),
            Before::Kept(file) => again(file, from, to, each),
        };
        read.map_err(|error| format!("the lines before cannot be read again: {error}"))
    }
}

fn lines(
    input: impl Read,
    from: u64,
    to: u64,
    each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
) -> io::Result<()> {
    let mut lines = LineReader::new(BufReader::new(input));
    loop {
        match lines.next_line() {
            Ok(Some((seq, line))) if seq <= to => {
                if seq >= from && each(seq, line).is_break() {
                    return Ok(());
                }
            }
            Ok(_) => return Ok(()),
            Err(LineFault::Io(error)) => return Err(error),
            Err(LineFault::TooLong(_)) => return Ok(()),
        }
    }
}

/// Reads what is kept from its start, and goes back to its end, where more is added.
fn again(
    file: &mut File,
    from: u64,
    to: u64,
    each: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>,
) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let read = lines(&*file, from, to, each);
    file.seek(SeekFrom::End(0))?;
    read
}

/// An input of which everything that is read is kept.
pub struct Keeping<R> {
    input: R,
    file: File,
}

impl<R: Read> Keeping<R> {
    /// What is read of an input, and what is kept of it.
    ///
    /// # Errors
    ///
    /// If no temporary file can be made.
    pub fn new(input: R) -> io::Result<(Keeping<R>, Before)> {
        let file = tempfile::tempfile()?;
        let kept = Before::Kept(file.try_clone()?);
        Ok((Keeping { input, file }, kept))
    }
}

impl<R: Read> Read for Keeping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.file.write_all(&buffer[..read])?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn told(before: &mut Before, from: u64, to: u64) -> Vec<(u64, String)> {
        let mut told = Vec::new();
        let mut each = |seq: u64, line: &[u8]| {
            told.push((seq, String::from_utf8_lossy(line).into_owned()));
            ControlFlow::Continue(())
        };
        before.lines(from, to, &mut each).expect("it can be read");
        told
    }

    #[test]
    fn what_was_read_is_read_again_and_more_is_added_behind_it() {
        let (mut keeping, mut kept) = Keeping::new(Cursor::new("a\n\nb\nc\n")).expect("a file");
        let mut half = [0; 5];
        keeping.read_exact(&mut half).expect("five bytes");
        assert_eq!(told(&mut kept, 1, 9), [(1, "a".into()), (3, "b".into())]);
        keeping.read_to_end(&mut Vec::new()).expect("the rest");
        assert_eq!(told(&mut kept, 3, 4), [(3, "b".into()), (4, "c".into())]);
        let mut story = Before::Story(vec!["x".into(), "y".into()]);
        assert_eq!(told(&mut story, 2, 2), [(2, "y".into())]);
    }

    #[test]
    fn a_file_that_is_gone_is_an_error_in_a_sentence() {
        let mut gone = Before::File("no/such/file".into());
        let read = gone.lines(1, 2, &mut |_, _| ControlFlow::Continue(()));
        assert!(read.is_err_and(|sentence| sentence.contains("cannot be read again")));
    }
}
