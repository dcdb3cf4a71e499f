//! `panke watch`: checks and plays again what a saved file touches, and prints what came out differently.

use super::rounds::{Rounds, snapshot};
use super::{Exit, Lang};
use crate::print::Look;
use crate::suite::{LIBRARY, SCENARIOS};
use clap::Args;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// What `panke watch` takes.
#[derive(Args, Clone, Debug, Default)]
pub struct WatchArgs {
    /// Policies to be checked, by their names under policies/ [default: all of those]
    #[arg(value_name = "POLICY")]
    pub policies: Vec<String>,
    /// Language of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub lang: Lang,
}

/// How long nothing must have been saved before what was saved is looked at.
const QUIET: Duration = Duration::from_millis(50);
/// After so many touches without a pause, what there is by then is looked at.
const MOST_SIGNALS: usize = 10_000;

/// What ends a wait.
enum Signal {
    /// A file was touched.
    Touched,
    /// Standard input was closed.
    Stop,
}

/// Runs the command until standard input is closed.
pub fn run(
    args: &WatchArgs,
    look: Look,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Exit> {
    let roots: Vec<PathBuf> = [LIBRARY, SCENARIOS]
        .into_iter()
        .map(PathBuf::from)
        .collect();
    if !roots.iter().any(|root| root.is_dir()) {
        writeln!(err, "there is neither {LIBRARY}/ nor {SCENARIOS}/ here")?;
        return Ok(Exit::Nothing);
    }
    let (sender, signals) = channel();
    let touched = sender.clone();
    // The receiver is gone only when the command ends.
    let watcher = notify::recommended_watcher(move |_| touched.send(Signal::Touched).unwrap_or(()));
    let mut watcher = watcher.map_err(io::Error::other)?;
    listen_for_the_end(sender);
    let mut rounds = Rounds::new(args.policies.clone(), look);
    loop {
        attend(&mut watcher, &roots)?;
        rounds.round(snapshot(&roots), out)?;
        if !wait(&signals) {
            return Ok(Exit::Good);
        }
    }
}

/// Watches the folders and what they are in: a watch on a folder dies with it, and sees nothing of one that is put in
/// its place.
fn attend(watcher: &mut RecommendedWatcher, roots: &[PathBuf]) -> io::Result<()> {
    watcher
        .watch(Path::new("."), RecursiveMode::NonRecursive)
        .map_err(io::Error::other)?;
    for root in roots.iter().filter(|root| root.is_dir()) {
        // One that goes away at this moment is seen through the folder that it was in.
        watcher.watch(root, RecursiveMode::Recursive).unwrap_or(());
    }
    Ok(())
}

/// Says when standard input is closed.
fn listen_for_the_end(sender: Sender<Signal>) {
    std::thread::spawn(move || {
        let mut byte = [0];
        let mut input = io::stdin().lock();
        while matches!(input.read(&mut byte), Ok(1)) {}
        sender.send(Signal::Stop).unwrap_or(());
    });
}

/// Waits until something was saved and nothing has been for a moment; no if it is over.
fn wait(signals: &Receiver<Signal>) -> bool {
    let mut signal = signals.recv().ok();
    for _ in 0..MOST_SIGNALS {
        if !matches!(signal, Some(Signal::Touched)) {
            return false;
        }
        signal = match signals.recv_timeout(QUIET) {
            Ok(next) => Some(next),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => None,
        };
    }
    true
}
