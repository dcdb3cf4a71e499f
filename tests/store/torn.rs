//! A power failure tears the log; a disk changes bytes.

use crate::recorded::{DATA, add, inspect, last};
use panke::store::{Store, Trouble};
use std::fs;
use std::path::Path;

/// How many entries each commit of the torn log has.
const COMMITS: [u64; 6] = [1, 5, 40, 1, 100, 3];

/// Opens what was left, and says where its journal ends.
fn opened(data: &[u8], log: &[u8]) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATA);
    fs::write(&path, data).unwrap();
    fs::write(folder.path().join("panke.db-wal"), log).unwrap();
    let mut store = Store::open(&path).unwrap();
    let end = last(&store);
    // It goes on where it ended.
    add(&mut store, 2);
    store.close().unwrap();
    let (codes, inspected, _) = inspect(&path).unwrap();
    assert_eq!(codes, [] as [&str; 0]);
    assert_eq!(inspected.head.seq, end + 2);
    end
}

#[test]
fn of_a_torn_log_the_whole_commits_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATA);
    let mut store = Store::open(&path).unwrap();
    let read = |path: &Path| fs::read(path).unwrap();
    let log = folder.path().join("panke.db-wal");
    let mut ends = vec![(0, 0)];
    let mut end = 0;
    for count in COMMITS {
        add(&mut store, count);
        end += count;
        ends.push((read(&log).len(), end));
    }
    // A copy of both, as the disk has them while the server runs.
    let (data, log) = (read(&path), read(&log));
    let mut cuts: Vec<usize> = (0..log.len()).step_by(2503).collect();
    cuts.extend(ends.iter().flat_map(|(at, _)| [at.saturating_sub(1), *at]));
    for cut in cuts {
        let whole = ends.iter().rev().find(|(at, _)| *at <= cut).unwrap().1;
        assert_eq!(opened(&data, &log[..cut]), whole, "cut at {cut}");
        // Behind the tear may be what the disk had there before.
        let mut dirty = log.clone();
        dirty[cut..].fill(0xa5);
        assert_eq!(opened(&data, &dirty), whole, "torn at {cut}");
    }
}

#[test]
fn a_log_without_its_file_is_not_lost_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATA);
    fs::write(folder.path().join("panke.db-wal"), "x").unwrap();
    let error = Store::open(&path).err().unwrap();
    assert!(matches!(error.trouble, Trouble::Damaged(_)), "{error}");
    assert!(error.to_string().contains("panke.db-wal"), "{error}");
}

#[test]
fn a_copy_is_not_mixed_with_the_log_of_what_it_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATA);
    let mut server = Store::open(&path).unwrap();
    add(&mut server, 5);
    let copy = folder.path().join("copy.db");
    server.backup(&copy).unwrap();
    add(&mut server, 70);
    // The machine stops; somebody puts the copy in the place of the file, and leaves the log where it is.
    let restored = folder.path().join("restored.db");
    let log = folder.path().join("restored.db-wal");
    fs::copy(&copy, &restored).unwrap();
    fs::copy(folder.path().join("panke.db-wal"), &log).unwrap();
    let error = Store::open(&restored).err().unwrap();
    assert!(error.to_string().contains("move that one away"), "{error}");
    fs::remove_file(&log).unwrap();
    assert_eq!(last(&Store::open(&restored).unwrap()), 5);
}

#[test]
fn no_changed_byte_is_both_believed_and_unseen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATA);
    let mut store = Store::open(&path).unwrap();
    add(&mut store, 150);
    store.close().unwrap();
    let (_, _, told) = inspect(&path).unwrap();
    let data = fs::read(&path).unwrap();
    let (mut refused, mut seen) = (0, 0);
    for at in (0..data.len()).step_by(263).chain(0..200) {
        let mut changed = data.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(&path, &changed).unwrap();
        match inspect(&path) {
            Err(_) => refused += 1,
            Ok((codes, ..)) if !codes.is_empty() => seen += 1,
            Ok((_, _, now)) => assert_eq!(now, told, "byte {at}"),
        }
        // Whatever a server says to it, it says it.
        if let Ok(store) = Store::open(&path) {
            last(&store);
        }
    }
    assert!(refused > 10 && seen > 50, "{refused} {seen}");
}
