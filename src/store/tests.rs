//! The data file: what is written is read, and what is not whole is refused.

use super::*;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panke.db");
    (folder, path)
}

/// Adds entries to the journal of an office, in one commit.
fn add(store: &mut Store, office: OfficeId, count: u64) -> Head {
    let mut writing = store.write().unwrap();
    let last = writing.head(office).unwrap().seq;
    for seq in last + 1..=last + count {
        let line =
            format!(r#"{{"at":"2026-01-01T09:00:00.000+08:00","event":"tick","note":"{seq}"}}"#);
        let decisions = format!(r#"{{"seq":{seq}}}"#);
        let entry = Entry {
            seq,
            at: seq.cast_signed() * 1000,
            line: line.as_bytes(),
            decisions: decisions.as_bytes(),
        };
        writing.append(office, &entry).unwrap();
    }
    writing.commit().unwrap();
    store.head(office).unwrap()
}

fn seqs(reader: &Reader, office: OfficeId, from: u64, to: u64) -> Vec<u64> {
    let mut seqs = Vec::new();
    reader
        .entries(office, from, to, &mut |entry| {
            seqs.push(entry.seq);
            ControlFlow::Continue(())
        })
        .unwrap();
    seqs
}

fn trouble<T>(result: Result<T>) -> Trouble {
    match result {
        Ok(_) => panic!("it should have been refused"),
        Err(error) => error.trouble,
    }
}

#[test]
fn what_was_committed_is_there_after_it_was_closed() {
    let (_folder, path) = place();
    let mut store = Store::open(&path).unwrap();
    let (east, west) = (store.office("east").unwrap(), store.office("west").unwrap());
    assert_eq!(store.head(east).unwrap(), Head::START);
    let head = add(&mut store, east, 3);
    add(&mut store, west, 2);
    let end = add(&mut store, east, 2);
    store.close().unwrap();

    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.office("west").unwrap(), west);
    assert_eq!(
        store.offices().unwrap(),
        [(east, "east".to_owned()), (west, "west".to_owned())]
    );
    assert_eq!(store.head(east).unwrap(), end);
    assert_eq!(end.seq, 5);
    assert_eq!(store.chain_at(east, 3).unwrap(), Some(head.chain));
    assert_eq!(store.chain_at(east, 0).unwrap(), Some(Chain::START));
    assert_eq!(store.chain_at(east, 6).unwrap(), None);
    assert_eq!(seqs(&store, east, 0, u64::MAX), [1, 2, 3, 4, 5]);
    assert_eq!(seqs(&store, east, 2, 3), [2, 3]);
    assert_eq!(seqs(&store, west, 1, u64::MAX), [1, 2]);
    assert_eq!(seqs(&store, west, 3, 2), [] as [u64; 0]);
    let kept = store.entry(west, 2).unwrap().unwrap();
    assert_eq!((kept.seq, kept.at), (2, 2000));
    assert_eq!(kept.decisions, br#"{"seq":2}"#);
    assert_eq!(store.entry(west, 3).unwrap(), None);
}

#[test]
fn what_was_not_committed_is_not_there() {
    let (_folder, path) = place();
    let mut store = Store::open(&path).unwrap();
    let office = store.office("east").unwrap();
    let head = add(&mut store, office, 1);
    let reader = store.reader().unwrap();
    let mut writing = store.write().unwrap();
    let entry = Entry {
        seq: 2,
        at: 5000,
        line: b"{}",
        decisions: b"",
    };
    writing.append(office, &entry).unwrap();
    assert_eq!(writing.head(office).unwrap().seq, 2);
    assert_eq!(reader.head(office).unwrap().seq, 1);
    drop(writing);
    assert_eq!(store.head(office).unwrap(), head);
    assert_eq!(add(&mut store, office, 1).seq, 2);
    assert_eq!(reader.head(office).unwrap().seq, 2);
}

#[test]
fn a_policy_is_kept_once() {
    let (_folder, path) = place();
    let mut store = Store::open(&path).unwrap();
    let files = vec![("policy.toml".to_owned(), "名 = \"x\"\n".to_owned())];
    for name in ["first", "second"] {
        let mut writing = store.write().unwrap();
        writing.keep_policy("ab", name, &files).unwrap();
        writing.commit().unwrap();
    }
    let kept = store.policy("ab").unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.files), ("first", files));
    assert_eq!(store.policy("cd").unwrap(), None);
    let list = store.policies().unwrap();
    assert_eq!(list, [("ab".to_owned(), "first".to_owned())]);
}

#[test]
#[should_panic(expected = "journals have no gaps")]
fn a_gap_is_a_fault_of_ours() {
    let (_folder, path) = place();
    let mut store = Store::open(&path).unwrap();
    let office = store.office("east").unwrap();
    let entry = Entry {
        seq: 2,
        at: 0,
        line: b"{}",
        decisions: b"",
    };
    let mut writing = store.write().unwrap();
    writing.append(office, &entry).unwrap();
}

#[test]
fn one_server_at_a_time() {
    let (folder, path) = place();
    let store = Store::open(&path).unwrap();
    assert_eq!(trouble(Store::open(&path)), Trouble::Held);
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(trouble(Store::open(&link)), Trouble::Held);
    assert!(Store::join(&path).is_ok());
    drop(store);
    assert!(Store::open(&link).is_ok());
}

#[test]
fn what_is_no_data_file_is_refused_and_left_as_it_is() {
    let (folder, path) = place();
    assert_eq!(trouble(Store::join(&path)), Trouble::Missing);
    let nowhere = folder.path().join("no").join("panke.db");
    assert_eq!(trouble(Store::open(&nowhere)), Trouble::Missing);
    let is_foreign = |path: &Path| {
        for result in [Store::open(path), Store::join(path)] {
            assert!(matches!(trouble(result), Trouble::Foreign(_)));
        }
    };
    is_foreign(folder.path());
    for text in ["", "a text\n".repeat(500).as_str()] {
        fs::write(&path, text).unwrap();
        is_foreign(&path);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::remove_file(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (c)").unwrap();
    is_foreign(&path);
}

#[test]
fn a_full_disk_loses_nothing_and_is_no_end() {
    let (_folder, path) = place();
    let mut store = Store::open(&path).unwrap();
    let office = store.office("east").unwrap();
    let head = add(&mut store, office, 50);
    let pages = |store: &Store, most: u32| store.db.pragma_update(None, "max_page_count", most);
    pages(&store, 1).unwrap(); // no more than there are
    let mut writing = store.write().unwrap();
    let mut full = None;
    for seq in head.seq + 1..head.seq + 1000 {
        let entry = Entry {
            seq,
            at: head.at,
            line: &[b'x'; 200],
            decisions: b"",
        };
        if let Err(error) = writing.append(office, &entry) {
            full = Some(error);
            break;
        }
    }
    let full = full.unwrap();
    assert_eq!(full.trouble, Trouble::Full);
    assert!(full.to_string().contains("make room"), "{full}");
    drop(writing);
    assert_eq!(store.head(office).unwrap(), head);
    pages(&store, 1 << 20).unwrap();
    assert_eq!(add(&mut store, office, 50).seq, 100);
    assert_eq!(seqs(&store, office, 1, LAST_SEQ).len(), 100);
}

#[test]
fn who_reads_does_not_write() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    let reader = store.reader().unwrap();
    let written = reader
        .db
        .execute("INSERT INTO offices (name) VALUES ('x')", ());
    assert_eq!(trouble(written.at(&path)), Trouble::ReadOnly);
}

#[test]
#[should_panic(expected = "whoever holds the file")]
fn who_has_joined_writes_no_journal() {
    let (_folder, path) = place();
    drop(Store::open(&path).unwrap());
    drop(Store::join(&path).unwrap().write());
}

#[test]
fn a_file_of_a_later_panke_is_left_alone() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    store.db.pragma_update(None, "user_version", 77).unwrap();
    store.close().unwrap();
    assert_eq!(trouble(Store::open(&path)), Trouble::Newer(77));
    assert_eq!(trouble(Store::join(&path)), Trouble::Newer(77));
}

#[test]
fn who_waits_too_long_is_told_so() {
    let (_folder, path) = place();
    let mut store = Store::open(&path).unwrap();
    let mut beside = Store::join(&path).unwrap();
    beside.db.busy_timeout(std::time::Duration::ZERO).unwrap();
    let writing = store.write().unwrap();
    assert_eq!(trouble(beside.revoke_token(1, 1)), Trouble::Busy);
    drop(writing);
    assert!(!beside.revoke_token(1, 1).unwrap());
}

#[test]
fn a_file_that_was_half_made_is_made_anew() {
    let (folder, path) = place();
    fs::write(folder.path().join("panke.db.new"), "half").unwrap();
    let mut store = Store::open(&path).unwrap();
    let office = store.office("east").unwrap();
    add(&mut store, office, 1);
    assert!(!folder.path().join("panke.db.new").exists());
}

#[test]
fn a_step_brings_an_earlier_file_up_to_date_or_changes_nothing() {
    let (_folder, path) = place();
    drop(Store::open(&path).unwrap());
    let mut db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("DROP TABLE meta").unwrap();
    // The first step makes tables that are there already: it fails, and the version stays.
    assert!(open::bring_up(&mut db, &path, 0).is_err());
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'";
    let count: i64 = db.query_row(tables, (), |row| row.get(0)).unwrap();
    assert_eq!(count, 0);
    assert_eq!(open::version(&db, &path).unwrap(), 1);
}
