//! `panke completions`: completions for a shell.

use super::{Cli, Exit};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::{self, Write};

/// What `panke completions` takes.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Runs the command.
pub fn run(args: &CompletionsArgs, out: &mut dyn Write) -> io::Result<Exit> {
    // The generator stops at a failed write, so it writes into memory.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "panke", &mut text);
    out.write_all(&text)?;
    Ok(Exit::Good)
}
