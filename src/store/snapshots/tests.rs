//! Snapshots that are whole, cut, changed, of others, and disks that do not take them.

use super::*;
use std::io::Cursor;
use tempfile::TempDir;

fn chain(byte: u8) -> Chain {
    Chain::from_bytes(&[byte; 32]).expect("32 bytes")
}

fn mark(seq: u64) -> Mark {
    let chain = chain(7);
    Mark { seq, chain }
}

fn desk() -> (TempDir, Snapshots) {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("office.db");
    (folder, Snapshots::beside(&data, "east", "0.1.0+abc"))
}

/// Writes a snapshot whose body tells its entry.
fn write(snapshots: &Snapshots, seq: u64) -> PathBuf {
    let body = |out: &mut dyn Write| write!(out, "state at {seq}");
    let (path, bytes) = snapshots.write(mark(seq), body).expect("room on the disk");
    assert_eq!(fs::metadata(&path).expect("a file").len(), bytes);
    path
}

/// What is loaded, and why others are not.
fn read(snapshots: &Snapshots) -> (Option<(u64, String)>, Vec<Why>) {
    let load = |body: &[u8]| Ok(String::from_utf8_lossy(body).into_owned());
    let ours = |mark: &Mark| mark.chain == chain(7);
    let found = snapshots.newest(ours, load).expect("a folder");
    (
        found.loaded,
        found.ignored.into_iter().map(|it| it.why).collect(),
    )
}

fn state(seq: u64) -> Option<(u64, String)> {
    Some((seq, format!("state at {seq}")))
}

fn names(snapshots: &Snapshots) -> Vec<String> {
    let entries = fs::read_dir(&snapshots.folder).expect("a folder");
    let name = |entry: io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn the_newest_is_read_and_two_are_kept() {
    let (_folder, snapshots) = desk();
    assert_eq!(read(&snapshots), (None, vec![]));
    for seq in [9, 100, 1000] {
        write(&snapshots, seq);
        assert_eq!(read(&snapshots), (state(seq), vec![]));
    }
    assert_eq!(names(&snapshots), ["east-100.snap", "east-1000.snap"]);
    // The same once more, as at a shutdown without an event since.
    write(&snapshots, 1000);
    assert_eq!(names(&snapshots), ["east-100.snap", "east-1000.snap"]);
}

#[test]
fn a_journal_that_was_put_back_does_not_keep_what_lies_ahead() {
    let (_folder, snapshots) = desk();
    write(&snapshots, 500);
    write(&snapshots, 600);
    write(&snapshots, 20);
    assert_eq!(names(&snapshots), ["east-20.snap"]);
}

#[test]
fn offices_and_other_files_are_left_alone() {
    let (_folder, snapshots) = desk();
    let other = Snapshots {
        office: "east-1".into(),
        ..snapshots.clone()
    };
    let odd = Snapshots {
        office: "../东".into(),
        ..snapshots.clone()
    };
    for office in [&snapshots, &other, &odd] {
        write(office, 5);
    }
    fs::write(snapshots.folder.join("notes-1.txt"), "mine").expect("a file");
    fs::write(snapshots.folder.join("east-007.snap"), "mine").expect("a file");
    fs::write(snapshots.folder.join("east-6.part"), "torn").expect("a file");
    write(&snapshots, 6);
    write(&snapshots, 7);
    assert_eq!(read(&other), (state(5), vec![]));
    assert_eq!(read(&odd), (state(5), vec![]));
    let all = [
        "%2E%2E%2F%E4%B8%9C-5.snap",
        "east-007.snap",
        "east-1-5.snap",
        "east-6.snap",
        "east-7.snap",
        "notes-1.txt",
    ];
    assert_eq!(names(&snapshots), all);
}

#[test]
fn one_that_is_cut_anywhere_is_ignored_and_the_one_before_is_read() {
    let (_folder, snapshots) = desk();
    write(&snapshots, 1);
    let path = write(&snapshots, 2);
    let bytes = fs::read(&path).expect("a file");
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).expect("a file");
        assert_eq!(read(&snapshots), (state(1), vec![Why::Cut]), "{length}");
    }
    fs::write(&path, [&bytes[..], b"!"].concat()).expect("a file");
    assert_eq!(read(&snapshots), (state(1), vec![Why::Cut]));
}

#[test]
fn one_of_which_any_byte_has_changed_is_ignored() {
    let (_folder, snapshots) = desk();
    write(&snapshots, 1);
    let path = write(&snapshots, 2);
    let bytes = fs::read(&path).expect("a file");
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x20;
        fs::write(&path, changed).expect("a file");
        let why = match place {
            0..8 => Why::Foreign,
            8..16 => Why::Cut,
            _ => Why::Changed,
        };
        assert_eq!(read(&snapshots), (state(1), vec![why]), "{place}");
    }
}

#[test]
fn one_of_another_version_office_entry_or_journal_is_ignored() {
    let (_folder, snapshots) = desk();
    let path = write(&snapshots, 2);
    let newer = Snapshots {
        version: "0.2.0".into(),
        ..snapshots.clone()
    };
    assert_eq!(read(&newer), (None, vec![Why::Version("0.1.0+abc".into())]));
    let west = Snapshots {
        office: "west".into(),
        ..snapshots.clone()
    };
    for (office, name) in [(&west, "west-2.snap"), (&snapshots, "east-3.snap")] {
        let copy = snapshots.folder.join(name);
        fs::copy(&path, &copy).expect("a file");
        assert_eq!(read(office).1, [Why::Misnamed]);
        fs::remove_file(copy).expect("a file");
    }
    let foreign = Mark {
        seq: 3,
        chain: chain(8),
    };
    let written = snapshots.write(foreign, |out| out.write_all(b"?"));
    written.expect("room on the disk");
    assert_eq!(read(&snapshots), (state(2), vec![Why::OtherJournal]));
}

#[test]
fn one_that_cannot_be_used_is_ignored_with_the_reason() {
    let (_folder, snapshots) = desk();
    write(&snapshots, 1);
    write(&snapshots, 2);
    let load = |body: &[u8]| match body {
        b"state at 2" => Err("no policy".to_owned()),
        body => Ok(body.len()),
    };
    let Found { loaded, ignored } = snapshots.newest(|_| true, load).expect("a folder");
    assert_eq!(loaded, Some((1, 10)));
    let path = snapshots.folder.join("east-2.snap");
    let why = Why::Unusable("no policy".into());
    assert_eq!(ignored, [Ignored { path, why }]);
}

/// A disk that takes so many bytes.
struct Disk(Cursor<Vec<u8>>, usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.1 - self.0.position() as usize;
        match bytes.len().min(room) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            taken => self.0.write(&bytes[..taken]),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_full_disk_is_an_error_wherever_it_is_full() {
    let (_folder, snapshots) = desk();
    let put = |room| {
        let mut disk = Disk(Cursor::default(), room);
        let body = |out: &mut dyn Write| out.write_all(b"state");
        snapshots
            .put(&mut disk, mark(1), body)
            .map(|_| disk.0.into_inner())
    };
    let whole = put(1000).expect("room");
    for room in 0..whole.len() {
        let error = put(room).expect_err("no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
    assert_eq!(put(whole.len()).expect("just room"), whole);
    assert_eq!(snapshots.opened(&whole), Ok((mark(1), &b"state"[..])));
}

#[test]
fn what_could_not_be_written_leaves_the_one_before() {
    let (folder, snapshots) = desk();
    write(&snapshots, 1);
    let full = |out: &mut dyn Write| {
        out.write_all(b"some of it")?;
        Err(io::ErrorKind::StorageFull.into())
    };
    let error = snapshots.write(mark(2), full).expect_err("no room");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert_eq!(names(&snapshots), ["east-1.snap"]);
    assert_eq!(read(&snapshots), (state(1), vec![]));
    // A folder that is none cannot be written, nor listed.
    fs::write(folder.path().join("b.db-snapshots"), "").expect("a file");
    let blocked = Snapshots::beside(&folder.path().join("b.db"), "east", "1");
    assert!(blocked.write(mark(1), |_| Ok(())).is_err());
    assert!(blocked.newest(|_| true, |_| Ok(())).is_err());
}
