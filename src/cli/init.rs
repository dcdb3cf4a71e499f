//! `panke init`: a small policy with comments, or an office begun from another one, and a scenario that it decides.

use super::{Exit, offspring};
use clap::Args;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What `panke init` takes.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// A folder that is empty or does not exist
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Begin from this policy: write a folder that extends it
    #[arg(long, value_name = "POLICY")]
    pub from: Option<String>,
    /// Copy that policy and its scenarios instead of extending it
    #[arg(long, requires = "from")]
    pub copy: bool,
}

macro_rules! starter {
    ($($path:literal),+ $(,)?) => { &[$(($path, include_str!(concat!("starter/", $path)))),+] };
}

/// The files of the starter.
const STARTER: &[(&str, &str)] = starter![
    "policies/my-office/policy.toml",
    "policies/my-office/amounts.toml",
    "policies/my-office/facts.toml",
    "policies/my-office/01-reception.toml",
    "scenarios/my-office/01.1-sellers-receive-in-turn.toml",
    "scenarios/my-office/01.4-a-claim-ends-with-its-time.toml",
];

/// Runs the command.
pub fn run(args: &InitArgs, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Exit> {
    if let Some(why) = occupied(&args.dir)? {
        writeln!(err, "{} {why}: nothing was written", args.dir.display())?;
        return Ok(Exit::Usage);
    }
    let files = match &args.from {
        None => STARTER
            .iter()
            .map(|(path, text)| (args.dir.join(path), (*text).to_owned()))
            .collect(),
        Some(from) => match offspring::files_of(&args.dir, from, args.copy) {
            Ok(files) => files,
            Err(why) => {
                writeln!(err, "{why}: nothing was written")?;
                return Ok(Exit::Usage);
            }
        },
    };
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        writeln!(
            err,
            "{} is there already: nothing was written",
            path.display()
        )?;
        return Ok(Exit::Usage);
    }
    for (path, text) in &files {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    for (path, _) in &files {
        writeln!(out, "{}", path.display())?;
    }
    let inside = args.from.is_some() && files.iter().any(|(path, _)| !path.starts_with(&args.dir));
    match inside {
        true => writeln!(err, "now run `panke test`")?,
        false => writeln!(err, "now run `panke test` in {}", args.dir.display())?,
    }
    Ok(Exit::Good)
}

/// Why a folder cannot be used, if so.
fn occupied(dir: &Path) -> io::Result<Option<&'static str>> {
    if !dir.exists() {
        return Ok(None);
    }
    if !dir.is_dir() {
        return Ok(Some("is not a folder"));
    }
    Ok(fs::read_dir(dir)?
        .next()
        .is_some()
        .then_some("is not empty"))
}
