//! What is listened to: the folders, what they are in, and where links lead; the only place that names notify.
//!
//! A watch stands on a folder of the disk, not on its name: it goes with a folder that is moved, dies with one that is
//! deleted, and hears nothing of what is put in its place. So the folder around is listened to as well, and everything
//! is set up anew after each event that may have put something in another's place.

use crate::files::{Missing, files_under, plain};
use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How many links may lead to one another.
const MOST_LINKS: usize = 40;

/// Something that was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A file was written.
    Written,
    /// Something was put in another's place, came or went.
    Moved,
}

/// Listens until it is dropped.
pub struct Ears {
    _watcher: RecommendedWatcher,
}

impl Ears {
    /// Listens to the folders, of which each may be missing; why not, if the system has no more of what that takes.
    pub fn on(roots: &[PathBuf], tell: impl Fn(Heard) + Send + 'static) -> Result<Ears, String> {
        let around = Around::of(roots);
        let relevant = around.names.clone();
        let hear = move |event: notify::Result<Event>| {
            if let Some(heard) = meaning(&event, &relevant) {
                tell(heard);
            }
        };
        let watcher = notify::recommended_watcher(hear);
        let mut watcher = watcher.map_err(|error| error.to_string())?;
        for folder in &around.folders {
            add(&mut watcher, folder, RecursiveMode::NonRecursive)?;
        }
        for root in around.roots.iter().filter(|root| root.is_dir()) {
            add(&mut watcher, root, RecursiveMode::Recursive)?;
        }
        Ok(Ears { _watcher: watcher })
    }
}

/// What goes away at this moment is heard of through the folder that it was in.
fn add(watcher: &mut RecommendedWatcher, path: &Path, mode: RecursiveMode) -> Result<(), String> {
    match watcher.watch(path, mode) {
        Err(error) if !is_gone(&error) => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound | ErrorKind::WatchNotFound => true,
        ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

/// What an event means to those who listen for these names; nothing if it is about others, or only somebody reading.
fn meaning(event: &notify::Result<Event>, names: &BTreeSet<PathBuf>) -> Option<Heard> {
    let Ok(event) = event else {
        return Some(Heard::Moved);
    };
    if event.need_rescan() || event.paths.is_empty() {
        return Some(Heard::Moved);
    }
    let about = |path: &PathBuf| {
        let near = |name: &PathBuf| path.starts_with(name) || name.starts_with(path);
        names.iter().any(near)
    };
    if !event.paths.iter().any(about) {
        return None;
    }
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Heard::Written),
        EventKind::Access(_) => None,
        EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)) => Some(Heard::Written),
        _ => Some(Heard::Moved),
    }
}

/// Where events come from, and which of them matter.
#[derive(Default)]
struct Around {
    roots: Vec<PathBuf>,
    /// Folders in which one of the names stands.
    folders: BTreeSet<PathBuf>,
    /// The roots, and everything that a link on the way or inside leads through.
    names: BTreeSet<PathBuf>,
}

impl Around {
    fn of(roots: &[PathBuf]) -> Around {
        let absolute = |root: &PathBuf| std::path::absolute(root).unwrap_or_else(|_| root.clone());
        let mut around = Around {
            roots: roots.iter().map(absolute).collect(),
            ..Around::default()
        };
        for root in around.roots.clone() {
            around.follow(&root, MOST_LINKS);
            let links = RefCell::new(Vec::new());
            let note = |folder: &Path| {
                links.borrow_mut().push(folder.to_owned());
                true
            };
            let files = files_under(&root, Missing::IsNoMatter, &note, &|_| true);
            let inside = files.unwrap_or_default().into_iter().chain(links.take());
            for link in inside.filter(|path| path.is_symlink()) {
                around.follow(&link, MOST_LINKS);
            }
        }
        around
    }

    /// Notes a path, the folder that it is in, and where each link on its way leads.
    fn follow(&mut self, path: &Path, links: usize) {
        self.names.insert(path.to_owned());
        let folders = path.ancestors().skip(1);
        self.folders.extend(
            folders
                .into_iter()
                .find(|folder| folder.is_dir())
                .map(Path::to_owned),
        );
        if links == 0 {
            return;
        }
        for link in path.ancestors().filter(|part| part.is_symlink()) {
            let (Some(folder), Ok(target)) = (link.parent(), std::fs::read_link(link)) else {
                continue;
            };
            self.folders.insert(folder.to_owned());
            self.names.insert(link.to_owned());
            let rest = path.strip_prefix(link).unwrap_or(Path::new(""));
            // The first link of the way is enough: the others stand on what it leads to.
            self.follow(&plain(&folder.join(target).join(rest)), links - 1);
        }
    }
}
