//! Every kind of save is told, listened for or polled; what is no save is not.

use super::*;
use std::fs;
use std::path::Path;
use std::sync::mpsc::Receiver;
use tempfile::TempDir;

/// How long a notice may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any test runs.
const NEVER: Duration = Duration::from_secs(3600);

/// A folder that is watched.
struct Rig {
    folder: TempDir,
    notices: Receiver<Notice>,
    contents: Contents,
    settings: Settings,
    _watch: Watch,
}

impl Rig {
    fn new(make: impl Fn(&mut Settings)) -> Rig {
        Rig::with(Ears::on_channel, make)
    }

    fn with(listen: Listen, make: impl Fn(&mut Settings)) -> Rig {
        let folder = TempDir::new().unwrap();
        let office = folder.path().join("policies/office");
        fs::create_dir_all(office.join("scripts")).unwrap();
        fs::write(office.join("policy.toml"), "title").unwrap();
        fs::write(office.join("amounts.toml"), "60 days").unwrap();
        let mut settings = Settings::of(vec![folder.path().join("policies")]);
        settings.sweep = NEVER;
        make(&mut settings);
        let mut contents = Contents::default();
        contents.look(&settings.roots);
        let (sender, notices) = channel();
        let tell = move |notice| sender.send(notice).unwrap_or(());
        let watch = watch_with(settings.clone(), listen, tell).unwrap();
        Rig {
            folder,
            notices,
            contents,
            settings,
            _watch: watch,
        }
    }

    fn office(&self) -> PathBuf {
        self.folder.path().join("policies/office")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.office().join(name), text).unwrap();
    }

    /// Waits until somebody who looks whenever that is told has seen this text in a file; none: no such file.
    fn until(&mut self, what: &str, name: &str, text: Option<&str>) {
        let path = self.office().join(name);
        loop {
            let notice = self.notices.recv_timeout(PATIENCE);
            assert!(notice.is_ok(), "{what}: nothing more is told");
            self.contents.look(&self.settings.roots);
            let now = self.contents.digests().contains_key(&path);
            let now = now.then(|| fs::read_to_string(&path).unwrap());
            if now.as_deref() == text {
                return;
            }
        }
    }

    /// Takes what was told, until an answer to a save of a file that nobody else writes.
    fn drained(&mut self, round: usize) {
        let text = format!("drain {round}");
        self.write("drain.toml", &text);
        self.until("drained", "drain.toml", Some(&text));
    }
}

fn polling(settings: &mut Settings) {
    settings.poll = Some(Duration::from_millis(20));
}

fn both_ways(test: impl Fn(&mut Rig)) {
    test(&mut Rig::new(|_| {}));
    test(&mut Rig::new(polling));
}

#[test]
fn a_plain_save_and_an_atomic_one_are_told() {
    both_ways(|rig| {
        for days in 1..20 {
            let text = format!("{days} days");
            rig.write("amounts.toml", &text);
            rig.until("written over", "amounts.toml", Some(&text));
            let text = format!("{days} days beside");
            rig.write("amounts.toml~", &text);
            fs::rename(
                rig.office().join("amounts.toml~"),
                rig.office().join("amounts.toml"),
            )
            .unwrap();
            rig.until("renamed over", "amounts.toml", Some(&text));
        }
    });
}

#[test]
fn a_half_written_save_is_told_to_its_end() {
    use std::io::Write;
    both_ways(|rig| {
        let mut file = fs::File::create(rig.office().join("amounts.toml")).unwrap();
        file.write_all(b"45 ").unwrap();
        rig.until("half", "amounts.toml", Some("45 "));
        file.write_all(b"days").unwrap();
        drop(file);
        rig.until("whole", "amounts.toml", Some("45 days"));
    });
}

#[test]
fn many_files_at_once_are_told_to_the_last() {
    both_ways(|rig| {
        for number in 0..150 {
            rig.write(&format!("{number}.toml"), "many");
        }
        rig.until("the last of many", "149.toml", Some("many"));
        for number in 0..150 {
            fs::remove_file(rig.office().join(format!("{number}.toml"))).unwrap();
        }
        rig.until("gone again", "149.toml", None);
    });
}

#[test]
fn a_new_folder_and_what_is_saved_in_it_are_told() {
    both_ways(|rig| {
        fs::create_dir(rig.office().join("more")).unwrap();
        rig.drained(1);
        rig.write("more/a.toml", "a");
        rig.until("in a new folder", "more/a.toml", Some("a"));
        rig.write("scripts/a.rhai", "fn a() {}");
        rig.until("a script", "scripts/a.rhai", Some("fn a() {}"));
    });
}

#[test]
fn a_folder_that_goes_and_comes_back_is_told_and_watched_again() {
    both_ways(|rig| {
        let office = rig.office();
        let roots = rig.folder.path().join("policies");
        for (round, gone) in [&office, &roots].into_iter().enumerate() {
            fs::rename(gone, rig.folder.path().join("elsewhere")).unwrap();
            rig.until("moved away", "amounts.toml", None);
            fs::rename(rig.folder.path().join("elsewhere"), gone).unwrap();
            rig.until("moved back", "amounts.toml", Some("60 days"));
            fs::remove_dir_all(gone).unwrap();
            rig.until("deleted", "amounts.toml", None);
            fs::create_dir_all(&office).unwrap();
            rig.write("amounts.toml", "60 days");
            rig.until("made again", "amounts.toml", Some("60 days"));
            let text = format!("{round} days");
            rig.write("amounts.toml", &text);
            rig.until("saved in it", "amounts.toml", Some(&text));
            rig.write("amounts.toml", "60 days");
            rig.until("restored", "amounts.toml", Some("60 days"));
        }
    });
}

#[cfg(unix)]
#[test]
fn a_mounted_folder_that_is_swapped_by_a_link_is_told() {
    use std::os::unix::fs::symlink;
    both_ways(|rig| {
        let office = rig.office();
        let swap = |number: usize, text: &str| {
            let version = format!("..version_{number}");
            fs::create_dir(office.join(&version)).unwrap();
            fs::write(office.join(&version).join("amounts.toml"), text).unwrap();
            symlink(&version, office.join("..data_tmp")).unwrap();
            fs::rename(office.join("..data_tmp"), office.join("..data")).unwrap();
        };
        swap(0, "60 days");
        fs::remove_file(office.join("amounts.toml")).unwrap();
        symlink("..data/amounts.toml", office.join("amounts.toml")).unwrap();
        for number in 1..10 {
            let text = format!("{number} days");
            swap(number, &text);
            fs::remove_dir_all(office.join(format!("..version_{}", number - 1))).unwrap();
            rig.until("swapped", "amounts.toml", Some(&text));
        }
    });
}

#[cfg(unix)]
#[test]
fn what_stands_outside_and_is_only_linked_to_is_told() {
    use std::os::unix::fs::symlink;
    both_ways(|rig| {
        let releases = rig.folder.path().join("releases");
        for number in [1, 2] {
            let office = releases.join(format!("{number}/office"));
            fs::create_dir_all(&office).unwrap();
            fs::write(office.join("amounts.toml"), format!("release {number}")).unwrap();
        }
        let current = rig.folder.path().join("current");
        symlink(releases.join("1"), &current).unwrap();
        fs::remove_dir_all(rig.folder.path().join("policies")).unwrap();
        symlink("current", rig.folder.path().join("policies")).unwrap();
        rig.until("a link to a link", "amounts.toml", Some("release 1"));
        let new = rig.folder.path().join("new");
        symlink(releases.join("2"), &new).unwrap();
        fs::rename(&new, &current).unwrap();
        rig.until("swapped on the way", "amounts.toml", Some("release 2"));
        fs::write(releases.join("2/office/amounts.toml"), "edited").unwrap();
        rig.until("edited where it is", "amounts.toml", Some("edited"));
        let shared = rig.folder.path().join("shared.toml");
        fs::write(&shared, "shared 1").unwrap();
        symlink(&shared, rig.office().join("shared.toml")).unwrap();
        rig.until("a linked file", "shared.toml", Some("shared 1"));
        fs::write(rig.folder.path().join("shared.new"), "shared 2").unwrap();
        fs::rename(rig.folder.path().join("shared.new"), &shared).unwrap();
        rig.until("saved where it is", "shared.toml", Some("shared 2"));
    });
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end() {
    let mut rig = Rig::new(|_| {});
    for number in 0..4 {
        std::os::unix::fs::symlink("..", rig.office().join(format!("again{number}"))).unwrap();
    }
    rig.write("amounts.toml", "1 day");
    rig.until("beside circles", "amounts.toml", Some("1 day"));
}

#[test]
fn reading_and_what_is_saved_beside_the_folder_are_no_change() {
    let rig = Rig::new(|_| {});
    for _ in 0..50 {
        fs::read(rig.office().join("amounts.toml")).unwrap();
        fs::read_dir(rig.office()).unwrap().for_each(drop);
        fs::write(rig.folder.path().join("data"), "journal").unwrap();
    }
    let read = now();
    rig.write("amounts.toml", "1 day");
    let Ok(Notice::Touched { since }) = rig.notices.recv_timeout(PATIENCE) else {
        panic!("nothing is told of the save")
    };
    assert!(since >= read, "what was told before it was no change");
}

#[test]
fn it_is_told_while_saves_never_stop() {
    let rig = Rig::new(|settings| settings.quiet = NEVER);
    let path = rig.office().join("amounts.toml");
    let (stop, stopped) = channel::<()>();
    let writer = std::thread::spawn(move || {
        let mut saves = 0;
        while stopped.recv_timeout(Duration::from_millis(1)).is_err() {
            fs::write(&path, format!("{saves} days")).unwrap();
            saves += 1;
        }
    });
    for _ in 0..3 {
        let notice = rig.notices.recv_timeout(PATIENCE);
        assert!(matches!(notice, Ok(Notice::Touched { .. })));
    }
    stop.send(()).unwrap();
    writer.join().unwrap();
}

#[test]
fn where_the_system_cannot_listen_the_folders_are_polled_and_that_is_said() {
    let deaf: Listen = |_, _| Err("no more watches".into());
    let mut rig = Rig::with(deaf, |_| {});
    let Ok(Notice::Polling { every, why }) = rig.notices.recv_timeout(PATIENCE) else {
        panic!("it is not said")
    };
    assert_eq!((every, why.as_str()), (EVERY, "no more watches"));
    rig.write("amounts.toml", "1 day");
    rig.until("polled", "amounts.toml", Some("1 day"));
}

#[test]
fn a_watch_that_died_without_a_word_is_found_and_begun_again() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static TIMES: AtomicUsize = AtomicUsize::new(0);
    let dying: Listen = |roots, sender| {
        // The first one hears nothing.
        match TIMES.fetch_add(1, Ordering::Relaxed) {
            0 => Ears::on_channel(&[], sender),
            _ => Ears::on_channel(roots, sender),
        }
    };
    let mut rig = Rig::with(dying, |settings| {
        settings.sweep = Duration::from_millis(50);
    });
    rig.write("amounts.toml", "1 day");
    rig.until("found by a look", "amounts.toml", Some("1 day"));
    assert!(TIMES.load(Ordering::Relaxed) > 1, "nothing listens again");
}

#[test]
fn a_look_finds_what_changed_although_size_and_time_stayed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.toml");
    fs::write(&path, "one").unwrap();
    let before = clock_of(&path);
    let mut contents = Contents::default();
    let roots = [folder.path().to_owned()];
    assert!(contents.look(&roots));
    assert!(!contents.look(&roots));
    fs::write(&path, "two").unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(before).unwrap();
    assert!(contents.look(&roots));
    fs::remove_file(&path).unwrap();
    assert!(contents.look(&roots) && contents.digests().is_empty());
}

fn clock_of(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}
