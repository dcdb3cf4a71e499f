//! What survives: servers that are killed, disks that fill up or fail, files that are torn or damaged. An acknowledged
//! event is there afterwards, at its place and with its decisions; or the server refuses, and says what is wrong.

mod serve;

use serve::client::Client;
use serve::crash::{Acknowledged, Kept, Load, Poster, acknowledged, events_path, kept, lost};
use serve::server::{OFFICE, Place, Server, now, pause};
use serve::story::{Desk, Random, id_of, opening};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Posts the events of the morning.
fn open(place: &Place) {
    let body = format!("[{}]", opening().join(","));
    let answer = place.client().post(&events_path(), &body).expect("ready");
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Posts so many events, one after the other, each a commit of its own.
fn post_each(place: &Place, desk: &mut Desk, count: usize) -> Vec<Acknowledged> {
    let mut client = place.client();
    (0..count)
        .map(|_| {
            let event = desk.next();
            let answer = client.post(&events_path(), &event).expect("an answer");
            assert_eq!(answer.status, 200, "{event}: {}", answer.text());
            acknowledged(id_of(&event), &answer.body)
        })
        .collect()
}

fn assert_nothing_lost(acknowledged: &[Acknowledged], kept: &Kept) {
    let lost = lost(acknowledged, kept);
    assert!(lost.is_empty(), "{} lost: {lost:#?}", lost.len());
}

fn verify(place: &Place) -> (Option<i32>, String) {
    place.panke(&[
        "journal",
        "verify",
        "--data",
        &place.data().to_string_lossy(),
    ])
}

fn assert_verified(place: &Place) {
    let (status, said) = verify(place);
    assert_eq!(status, Some(0), "{said}");
}

#[test]
fn killed_at_random_instants_it_loses_nothing() {
    const SEED: u64 = 11;
    let place = Place::new();
    let mut random = Random(SEED);
    let mut server = place.start(&[]);
    open(&place);
    let mut posters = Poster::desks(8, SEED);
    let mut all = Vec::new();
    for _ in 0..10 {
        let load = Load::start(place.address(), posters, Duration::ZERO);
        pause(Duration::from_micros(random.below(300_000)));
        server.kill();
        let (again, posted) = load.end();
        assert!(posted.refused.is_empty(), "{:?}", posted.refused);
        posters = again;
        all.extend(posted.acknowledged);
        server = place.start(&[]);
        assert_nothing_lost(&all, &kept(&place, 1));
    }
    assert!(all.len() > 100, "only {} were acknowledged", all.len());
    assert!(server.stop().success(), "{}", place.log());
    assert_verified(&place);
}

#[test]
fn a_second_server_on_the_same_file_refuses() {
    let place = Place::new();
    let first = place.start(&[]);
    open(&place);
    let mut arguments = place.arguments(&place.data());
    let listen = arguments.last_mut().expect("the address");
    *listen = "127.0.0.1:0".to_owned();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (status, said) = place.panke(&arguments);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("panke.db"), "it names the file: {said}");
    let mut desk = Desk::new("k", 1);
    let posted = post_each(&place, &mut desk, 5);
    first.kill();
    // Nobody holds the file any more, however its holder ended.
    let server = place.start(&[]);
    assert_nothing_lost(&posted, &kept(&place, 1));
    assert!(server.stop().success());
}

/// A file system of a few megabytes that only this test and its servers see.
struct SmallDisk {
    holder: Child,
    path: PathBuf,
}

impl SmallDisk {
    fn new(place: &Place, megabytes: u32) -> SmallDisk {
        let path = place.path().join("small");
        fs::create_dir(&path).expect("a folder");
        let script =
            r#"mount -t tmpfs -o size="$2"m small "$1" && touch "$1/here" && exec sleep 1000"#;
        let holder = Command::new("unshare")
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                script,
                "sh",
            ])
            .arg(&path)
            .arg(megabytes.to_string())
            .stdin(Stdio::null())
            .spawn()
            .expect("unshare, of util-linux, is there");
        let mut disk = SmallDisk { holder, path };
        let start = now();
        while !disk.seen().join("here").exists() {
            let ended = disk.holder.try_wait().expect("it is ours");
            assert!(
                ended.is_none() && start.elapsed() < Duration::from_secs(20),
                "this test needs a small file system of its own (unshare --user --map-root-user --mount, then mount \
                 -t tmpfs), and this machine gives none"
            );
            pause(Duration::from_millis(5));
        }
        disk
    }

    /// Where this test sees what is on the disk.
    fn seen(&self) -> PathBuf {
        let root = format!("/proc/{}/root", self.holder.id());
        Path::new(&root).join(self.path.strip_prefix("/").expect("a whole path"))
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut file = File::create(self.seen().join("filler")).expect("a file");
        for size in [65536, 4096, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    /// Gives it back.
    fn empty(&self) {
        fs::remove_file(self.seen().join("filler")).expect("it is there");
    }

    /// Starts a server whose data is on this disk.
    fn start(&self, place: &Place) -> Server {
        let mut command = Command::new("nsenter");
        command
            .args(["--target", &self.holder.id().to_string()])
            .args(["--user", "--mount", "--preserve-credentials"])
            .arg(env!("CARGO_BIN_EXE_panke"))
            .args(place.arguments(&self.path.join("panke.db")));
        let mut server = place.spawn_as(command);
        place.await_ready(&mut server);
        server
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.holder.kill().is_ok() {
            drop(self.holder.wait());
        }
    }
}

/// Posts until the disk is full; what was acknowledged, and the event that was not.
fn post_until_full(client: &mut Client, desk: &mut Desk) -> (Vec<Acknowledged>, String) {
    let mut posted = Vec::new();
    for _ in 0..50_000 {
        let event = desk.next();
        let answer = client.post(&events_path(), &event).expect("an answer");
        if answer.status == 503 {
            assert_eq!(answer.code(), "storage-full", "{}", answer.text());
            return (posted, event);
        }
        assert_eq!(answer.status, 200, "{}", answer.text());
        posted.push(acknowledged(id_of(&event), &answer.body));
    }
    panic!("the disk does not fill up");
}

#[test]
fn a_full_disk_stops_writing_and_nothing_else() {
    let place = Place::new();
    let disk = SmallDisk::new(&place, 4);
    let server = disk.start(&place);
    open(&place);
    let mut client = place.client();
    let mut desk = Desk::new("k", 5);
    let mut all = post_each(&place, &mut desk, 20);
    for _ in 0..2 {
        disk.fill();
        let (posted, refused) = post_until_full(&mut client, &mut desk);
        all.extend(posted);
        let before = kept(&place, 1);
        assert_nothing_lost(&all, &before);
        assert!(
            !before.entries.contains_key(id_of(&refused)),
            "half applied"
        );
        let batch = [desk.next(), desk.next(), desk.next()];
        let path = format!("/v1/offices/{OFFICE}/report");
        let report = client.get(&path).expect("a report");
        assert_eq!(report.status, 200, "{}", report.text());
        let body = format!("[{}]", batch.join(","));
        let answer = client.post(&events_path(), &body).expect("an answer");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (503, "storage-full")
        );
        assert_eq!(kept(&place, 1).head, before.head, "nothing was written");
        let again = client.get(&path).expect("a report");
        assert_eq!(again.text(), report.text(), "nothing has happened");
        disk.empty();
        all.push(await_room(&mut client, &refused));
        all.extend(post_each(&place, &mut desk, 20));
        assert_nothing_lost(&all, &kept(&place, 1));
    }
    let mut server = server;
    for orderly in [true, false] {
        disk.fill();
        let mut client = place.client();
        let (posted, refused) = post_until_full(&mut client, &mut desk);
        all.extend(posted);
        if orderly {
            assert!(server.stop().success(), "{}", place.log());
        } else {
            server.kill();
        }
        disk.empty();
        server = disk.start(&place);
        assert_nothing_lost(&all, &kept(&place, 1));
        all.push(await_room(&mut place.client(), &refused));
    }
    assert!(server.stop().success(), "{}", place.log());
}

/// What was decided on top of a commit that failed is taken back: it was not stored either.
#[test]
fn a_disk_that_fills_up_under_load_loses_nothing() {
    let place = Place::new();
    let disk = SmallDisk::new(&place, 32);
    let server = disk.start(&place);
    open(&place);
    let load = Load::start(
        place.address(),
        Poster::desks(8, 21),
        Duration::from_millis(20),
    );
    for _ in 0..3 {
        pause(Duration::from_millis(100));
        disk.fill();
        pause(Duration::from_millis(400));
        disk.empty();
    }
    pause(Duration::from_millis(600));
    let (_, posted) = load.end();
    let refused: Vec<&str> = posted.refused.keys().map(String::as_str).collect();
    assert_eq!(refused, ["503 storage-full"], "{}", place.log());
    let kept = kept(&place, 1);
    assert_nothing_lost(&posted.acknowledged, &kept);
    // Nothing stays that was answered with a refusal and not posted again: each desk has at most one such event.
    let surplus = kept.entries.len() - posted.acknowledged.len();
    assert!(surplus <= opening().len() + 8, "{surplus}");
    assert!(server.stop().success(), "{}", place.log());
}

/// Posts an event until it is taken: the server finds by itself that there is room again.
fn await_room(client: &mut Client, event: &str) -> Acknowledged {
    let start = now();
    loop {
        let answer = client.post(&events_path(), event).expect("an answer");
        if answer.status == 200 {
            return acknowledged(id_of(event), &answer.body);
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{}",
            answer.text()
        );
        pause(Duration::from_millis(20));
    }
}

#[test]
fn a_disk_that_fails_ends_the_server_and_loses_nothing() {
    let place = Place::new();
    // Files may grow to three megabytes; writing more is an error that is not "full".
    let script = r#"trap "" XFSZ; exec prlimit --fsize=3000000:unlimited -- "$@""#;
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_panke")])
        .args(place.arguments(&place.data()));
    let mut server = place.spawn_as(command);
    place.await_ready(&mut server);
    open(&place);
    let mut client = place.client();
    let mut desk = Desk::new("k", 6);
    let mut all = Vec::new();
    let mut refused = None;
    while let Ok(answer) = {
        let event = desk.next();
        let answer = client.post(&events_path(), &event);
        if let Ok(answer) = &answer
            && answer.status == 200
        {
            all.push(acknowledged(id_of(&event), &answer.body));
        }
        answer
    } {
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
        assert!(all.len() < 50_000, "the limit is never met");
    }
    if let Some(answer) = refused {
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert_ne!(answer.code(), "", "{}", answer.text());
    }
    assert_eq!(server.ended().code(), Some(2), "{}", place.log());
    assert!(place.log().contains("I/O"), "it says why: {}", place.log());
    let server = place.start(&[]);
    assert_nothing_lost(&all, &kept(&place, 1));
    assert!(server.stop().success(), "{}", place.log());
    assert_verified(&place);
}

/// The log in which what was written last stands.
fn wal(place: &Place) -> PathBuf {
    place.path().join("data/panke.db-wal")
}

#[test]
fn a_torn_end_of_the_log_costs_at_most_the_commit_that_was_torn() {
    for tear in ["garbage", "byte", "page", "flip"] {
        let place = Place::new();
        let server = place.start(&[]);
        open(&place);
        let all = post_each(&place, &mut Desk::new("k", 8), 20);
        server.kill();
        let mut bytes = fs::read(wal(&place)).expect("a log");
        let length = bytes.len();
        match tear {
            "garbage" => bytes.extend(std::iter::repeat_n(0xa5, 2000)),
            "byte" => bytes.truncate(length - 1),
            "page" => bytes.truncate(length - 4096),
            _ => bytes[length - 100] ^= 1,
        }
        fs::write(wal(&place), bytes).expect("written");
        let server = place.start(&[]);
        let kept = kept(&place, 1);
        let whole = match tear {
            "garbage" => &all[..],
            _ => &all[..all.len() - 1],
        };
        assert_nothing_lost(whole, &kept);
        let last = whole.last().expect("some were posted").seq;
        assert!(kept.head >= last, "{tear}: {} of {last}", kept.head);
        assert!(server.stop().success(), "{}", place.log());
        assert_verified(&place);
    }
}

#[test]
fn a_changed_past_is_named() {
    let place = Place::new();
    let server = place.start(&[]);
    open(&place);
    let all = post_each(&place, &mut Desk::new("k", 9), 20);
    assert!(server.stop().success(), "{}", place.log());
    assert_verified(&place);
    let sound = fs::read(place.data()).expect("the data");
    let id = format!(r#""id":"{}""#, all[10].id);
    // Where the database has moved entries, their bytes may still stand at the old place, where nobody reads them.
    let mut changed = sound.clone();
    let places = 0..sound.len() - id.len();
    for at in places.filter(|at| sound[*at..].starts_with(id.as_bytes())) {
        changed[at + id.len() - 2] ^= 1;
    }
    assert_ne!(changed, sound, "the event is in the file");
    fs::write(place.data(), &changed).expect("written");
    let (status, said) = verify(&place);
    assert!(matches!(status, Some(1 | 2)), "{status:?}: {said}");
    assert!(
        said.contains(&all[10].seq.to_string()),
        "it names the entry: {said}"
    );
}

#[test]
fn a_damaged_file_is_refused_or_named() {
    let place = Place::new();
    let server = place.start(&[]);
    open(&place);
    post_each(&place, &mut Desk::new("k", 10), 200);
    assert!(server.stop().success(), "{}", place.log());
    let sound = fs::read(place.data()).expect("the data");
    // The header of the file says how large its pages are.
    let size = usize::from(u16::from_be_bytes([sound[16], sound[17]]));
    for page in 0..sound.len() / size {
        let mut changed = sound.clone();
        // The first bytes of a page say what it is and where its parts are.
        changed[page * size..page * size + 8].fill(0x5a);
        fs::write(place.data(), &changed).expect("written");
        let (status, said) = verify(&place);
        assert!(
            matches!(status, Some(0..=2)),
            "page {page}: {status:?} {said}"
        );
        assert!(status == Some(0) || said.len() > 20, "page {page}: {said}");
        assert!(!said.contains("panicked"), "page {page}: {said}");
        if page == 0 {
            assert_ne!(status, Some(0), "page {page}: {said}");
        }
    }
}

#[test]
fn a_backup_is_a_whole_office() {
    let place = Place::new();
    let server = place.start(&[]);
    open(&place);
    let mut desk = Desk::new("k", 12);
    let mut all = post_each(&place, &mut desk, 30);
    let load = Load::start(
        place.address(),
        Poster::desks(4, 50),
        Duration::from_millis(1),
    );
    pause(Duration::from_millis(100));
    let backup = place.client().get("/v1/backup").expect("a backup");
    assert_eq!(backup.status, 200, "{}", backup.text());
    let (_, posted) = load.end();
    let other = Place::new();
    fs::write(other.data(), &backup.body).expect("written");
    let restored = other.start(&[]);
    assert_nothing_lost(&all, &kept(&other, 1));
    let (here, there) = (kept(&place, 1), kept(&other, 1));
    assert!(there.head <= here.head);
    for (id, entry) in &there.entries {
        assert_eq!(here.entries.get(id), Some(entry), "{id}");
    }
    // The restored office goes on, and still knows what it was told.
    let repeated = other
        .client()
        .post(&events_path(), &opening()[0])
        .expect("an answer");
    assert_eq!(repeated.json()["repeated"], true, "{}", repeated.text());
    all.extend(post_each(&other, &mut desk, 5));
    assert_nothing_lost(&all, &kept(&other, 1));
    assert!(restored.stop().success(), "{}", other.log());
    assert_verified(&other);
    assert!(!posted.acknowledged.is_empty());
    assert!(server.stop().success(), "{}", place.log());
}
