//! Folders that somebody edits, and when what they hold changes: the only home of notify.
//!
//! A watch says "look again", never what happened: events get lost, come twice, and name other files than those that
//! changed (a mounted folder is swapped by one link that no policy names). Whoever is told reads what is there and
//! compares digests ([`Contents`]). Nothing is told while somebody is still saving: a moment must have been quiet, but
//! not for ever. Where the system cannot listen, or somebody says so, the folders are looked at again and again; and
//! now and then they are looked at although something listens, since a watch may die without a word.

mod contents;
mod ears;
#[cfg(test)]
mod tests;

pub use contents::{Contents, Digests};

use ears::{Ears, Heard};
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What is watched, and how patiently.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folders; each may be missing, go away and come back.
    pub roots: Vec<PathBuf>,
    /// How long nothing must have been touched before that is told.
    pub quiet: Duration,
    /// How long after the first touch it is told at the latest.
    pub most: Duration,
    /// Look at the folders so often, instead of listening.
    pub poll: Option<Duration>,
    /// Look at the folders so often although something listens.
    pub sweep: Duration,
}

impl Settings {
    /// What suits a disk and an editor.
    pub fn of(roots: Vec<PathBuf>) -> Settings {
        Settings {
            roots,
            quiet: Duration::from_millis(15),
            most: Duration::from_millis(200),
            poll: None,
            sweep: Duration::from_secs(10),
        }
    }
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Something may be different from before.
    Touched {
        /// When the first sign of it came.
        since: Instant,
    },
    /// The folders are looked at every so often, since the system cannot listen to them.
    Polling {
        /// How often.
        every: Duration,
        /// Why it cannot.
        why: String,
    },
    /// The system listens again.
    Listening,
}

/// How often folders are looked at that the system cannot listen to.
pub const EVERY: Duration = Duration::from_secs(1);
/// After so many looks it is tried again to listen.
const RETRY: u32 = 60;

/// A watch; it ends when this is dropped.
pub struct Watch {
    sender: Sender<Signal>,
    thread: Option<JoinHandle<()>>,
}

enum Signal {
    Heard(Heard, Instant),
    Stop,
}

/// Watches the folders: what is touched after this returns is told.
///
/// # Errors
///
/// If the system gives no thread.
pub fn watch(settings: Settings, tell: impl FnMut(Notice) + Send + 'static) -> io::Result<Watch> {
    watch_with(settings, Ears::on_channel, tell)
}

/// How listening begins.
type Listen = fn(&[PathBuf], Sender<Signal>) -> Result<Ears, String>;

impl Ears {
    fn on_channel(roots: &[PathBuf], sender: Sender<Signal>) -> Result<Ears, String> {
        // The receiver is gone only when the watch ends.
        Ears::on(roots, move |heard| {
            sender.send(Signal::Heard(heard, now())).unwrap_or(());
        })
    }
}

fn watch_with(
    settings: Settings,
    listen: Listen,
    tell: impl FnMut(Notice) + Send + 'static,
) -> io::Result<Watch> {
    let (sender, signals) = channel();
    let mut watcher = Watcher {
        settings,
        listen,
        tell: Box::new(tell),
        sender: sender.clone(),
        signals,
        ears: None,
        unheard: None,
        contents: Contents::default(),
    };
    watcher.attend();
    watcher.contents.look(&watcher.settings.roots);
    let thread = std::thread::Builder::new()
        .name("panke-watch".into())
        .spawn(move || watcher.run())?;
    Ok(Watch {
        sender,
        thread: Some(thread),
    })
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.sender.send(Signal::Stop).unwrap_or(());
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported where it happened.
            thread.join().unwrap_or(());
        }
    }
}

struct Watcher {
    settings: Settings,
    listen: Listen,
    tell: Box<dyn FnMut(Notice) + Send>,
    sender: Sender<Signal>,
    signals: Receiver<Signal>,
    ears: Option<Ears>,
    /// Looks since the system was last asked to listen, while it cannot.
    unheard: Option<u32>,
    contents: Contents,
}

impl Watcher {
    fn run(mut self) {
        loop {
            match self.signals.recv_timeout(self.pause()) {
                Ok(Signal::Heard(heard, since)) => {
                    if !self.settle(heard, since) {
                        return;
                    }
                }
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    if !self.look() {
                        return;
                    }
                }
            }
        }
    }

    /// How long nothing is done if nothing is heard.
    fn pause(&self) -> Duration {
        match (self.settings.poll, self.unheard) {
            (Some(every), _) => every,
            (None, Some(_)) => EVERY,
            (None, None) => self.settings.sweep,
        }
    }

    /// Listens to what is there now. The new ears hear before the old ones are gone.
    fn attend(&mut self) {
        if self.settings.poll.is_some() {
            return;
        }
        match (self.listen)(&self.settings.roots, self.sender.clone()) {
            Ok(ears) => {
                self.ears = Some(ears);
                if self.unheard.take().is_some() {
                    (self.tell)(Notice::Listening);
                }
            }
            Err(why) => {
                self.ears = None;
                if self.unheard.replace(0).is_none() {
                    (self.tell)(Notice::Polling { every: EVERY, why });
                }
            }
        }
    }

    /// Waits until a moment is quiet, then tells; no if the watch is over.
    fn settle(&mut self, heard: Heard, since: Instant) -> bool {
        let mut moved = heard == Heard::Moved;
        let latest = since + self.settings.most;
        loop {
            let left = latest.saturating_duration_since(now());
            if left.is_zero() {
                break;
            }
            match self.signals.recv_timeout(self.settings.quiet.min(left)) {
                Ok(Signal::Heard(heard, _)) => moved |= heard == Heard::Moved,
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => break,
            }
        }
        // Before it is told, so that whatever comes later is found by a later look, heard or not.
        self.contents.look(&self.settings.roots);
        (self.tell)(Notice::Touched { since });
        if moved {
            // What stands in another's place now is heard from here on; what was saved there meanwhile is seen.
            let since = now();
            self.attend();
            if self.contents.look(&self.settings.roots) {
                (self.tell)(Notice::Touched { since });
            }
        }
        true
    }

    /// Looks at the folders without having heard anything; no if the watch is over.
    fn look(&mut self) -> bool {
        let since = now();
        if self.unheard.is_some_and(|looks| looks >= RETRY) {
            self.attend();
        }
        self.unheard = self.unheard.map(|looks| looks + 1);
        if !self.contents.look(&self.settings.roots) {
            return true;
        }
        // Either nothing listens, or what listened is dead.
        while now().saturating_duration_since(since) < self.settings.most {
            match self.signals.recv_timeout(self.settings.quiet) {
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
                Ok(Signal::Heard(..)) => {}
                Err(RecvTimeoutError::Timeout) => {
                    if !self.contents.look(&self.settings.roots) {
                        break;
                    }
                }
            }
        }
        self.attend();
        (self.tell)(Notice::Touched { since });
        true
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long nothing was touched; it reaches no decision"
)]
fn now() -> Instant {
    Instant::now()
}
