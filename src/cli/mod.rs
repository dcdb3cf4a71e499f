//! The command line: which commands there are, and what their exit status says. Each command is a file of its own.
//!
//! To add one: a file with `…Args` and `run`, and its lines in [`Command`] and [`Command::run`].

mod check;
mod common;
mod completions;
mod edge;
mod init;
mod journal;
mod kept;
mod library;
mod offspring;
mod past;
mod replay;
mod rounds;
mod serve;
mod settings;
mod story;
mod test;
mod token;
mod watch;

use crate::print::{self, Look};
use clap::{Parser, Subcommand, ValueEnum};
use std::io::{self, Write};
use std::process::ExitCode;

/// What the exit status says; the same for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All well; refusals by a clause and `undecided` included.
    Good = 0,
    /// `check` or `test` found something, or a journal had impossible events that no step expected.
    Found = 1,
    /// Wrong usage, a path that cannot be read, a malformed journal, or a policy that does not load.
    Usage = 2,
    /// A fault in panke itself.
    Fault = 3,
    /// Nothing was selected, or nothing ran: an empty run is never a success.
    Nothing = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// The language of what is printed for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    #[default]
    En,
}

impl From<Lang> for print::Lang {
    fn from(lang: Lang) -> print::Lang {
        match lang {
            Lang::Zh => print::Lang::Zh,
            Lang::En => print::Lang::En,
        }
    }
}

/// panke (判客): whose turn, whose customer, whose commission, and by which clause
#[derive(Debug, Parser)]
#[command(name = "panke", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Exit status: 0 all well, 1 something was found, 2 wrong usage or input, 3 a fault in panke, 4 nothing ran.
#[derive(Debug, Subcommand)]
enum Command {
    /// Play scenarios through their policies and say what is not as expected
    Test(test::TestArgs),
    /// Load and prove policies without running anything
    Check(check::CheckArgs),
    /// Check and play again what a saved file touches, until standard input is closed
    Watch(watch::WatchArgs),
    /// Write a small policy with comments, or one that extends another office, and scenarios that pass
    Init(init::InitArgs),
    /// Stream a journal through a policy and print what is decided
    Replay(replay::ReplayArgs),
    /// Run an office: take events over HTTP, store them, and answer what they decide
    Serve(serve::ServeArgs),
    /// Look whether a journal is as it was written, write it out, copy it
    Journal(journal::JournalArgs),
    /// Give tokens to who may use the server, list them, revoke them
    Token(token::TokenArgs),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
}

impl Command {
    fn run(&self, color: bool, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Exit> {
        let look = |lang: Lang| Look {
            color,
            lang: lang.into(),
        };
        match self {
            Command::Test(args) => test::run(args, look(args.lang), out, err),
            Command::Check(args) => check::run(args, look(Lang::En), out, err),
            Command::Watch(args) => watch::run(args, look(args.lang), out, err),
            Command::Init(args) => init::run(args, out, err),
            Command::Replay(args) => replay::run(args, look(args.lang), out, err),
            Command::Serve(args) => serve::run(args, color, out, err),
            Command::Journal(args) => journal::run(args, out, err),
            Command::Token(args) => token::run(args, out, err),
            Command::Completions(args) => completions::run(args, out),
        }
    }
}

/// Does what the command line says; the only entry.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Good
            };
            return if error.print().is_ok() {
                exit.into()
            } else {
                Exit::Usage.into()
            };
        }
    };
    edge::run(move |color, out, err| cli.command.run(color, out, err)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_draft_needs_a_policy() {
        assert!(Cli::try_parse_from(["panke", "replay", "day.ndjson", "--draft"]).is_err());
        assert!(Cli::try_parse_from(["panke", "replay", "-", "--policy", "x", "--draft"]).is_ok());
    }
}
