//! `panke watch`: checks and plays again what a saved file touches, and prints what came out differently.

use super::rounds::Rounds;
use super::{Exit, Lang};
use crate::print::Look;
use crate::suite::{LIBRARY, SCENARIOS};
use crate::watching::{self, Notice, Settings};
use clap::Args;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};

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

/// What ends a wait.
enum Signal {
    /// The watch says something.
    Notice(Notice),
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
    let tell = move |notice| touched.send(Signal::Notice(notice)).unwrap_or(());
    let _watch = watching::watch(Settings::of(roots.clone()), tell)?;
    listen_for_the_end(sender);
    let mut rounds = Rounds::new(args.policies.clone(), roots, look);
    rounds.round(out)?;
    while let Ok(Signal::Notice(notice)) = signals.recv() {
        match notice {
            Notice::Touched { .. } => rounds.round(out)?,
            Notice::Polling { every, why } => {
                let seconds = every.as_secs();
                writeln!(
                    err,
                    "saves cannot be listened for ({why}): looking every {seconds} s"
                )?;
            }
            Notice::Listening => {}
        }
    }
    Ok(Exit::Good)
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
