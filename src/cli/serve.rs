//! `panke serve`: the running office, until a signal ends it; or what it would be told, or a unit that starts it.

use super::Exit;
use super::settings::{self, SettingsArgs};
use crate::server::settings::Settings;
use crate::server::{log, run as serve, unit};
use clap::Args;
use std::io::{self, Write};

/// What `panke serve` takes.
#[derive(Args, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Print each setting in force, its value and where it comes from, and end
    #[arg(long, conflicts_with = "unit")]
    show_settings: bool,
    /// Print a unit for systemd that starts the server with these settings, and end
    #[arg(long)]
    unit: bool,
}

/// Runs the command until a signal ends it.
pub fn run(
    args: &ServeArgs,
    color: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Exit> {
    let resolved = match args.settings.resolve(color, err)? {
        Ok(resolved) => resolved,
        Err(exit) => return Ok(exit),
    };
    if args.show_settings {
        settings::show(&resolved, args.settings.file.as_deref(), out)?;
        return Ok(Exit::Good);
    }
    if args.unit {
        out.write_all(unit_of(args, &resolved.settings)?.as_bytes())?;
        return Ok(Exit::Good);
    }
    let (format, level) = (resolved.settings.log, resolved.settings.level);
    log::begin(format, level, Box::new(io::stderr()));
    match serve(resolved.settings) {
        Ok(()) => Ok(Exit::Good),
        Err(sentence) => {
            writeln!(err, "panke: {sentence}")?;
            Ok(Exit::Usage)
        }
    }
}

/// The unit, with this program, these settings, and paths from this folder.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge resolves paths: a service begins in another folder"
)]
fn unit_of(args: &ServeArgs, settings: &Settings) -> io::Result<String> {
    let program = std::env::current_exe()?;
    let folder = std::env::current_dir()?;
    Ok(unit::unit(
        &program,
        args.settings.arguments(),
        &folder,
        &settings.data,
    ))
}
