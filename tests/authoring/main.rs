//! What a policy author meets, driven as a process: `init`, `check`, `test`, `watch`, on the starter that `init` writes.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod accept;
mod check;
mod edits;
mod init;
mod test;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The starter's scenario of a window.
const WINDOW: &str = "scenarios/my-office/01.4-a-claim-ends-with-its-time.toml";
/// The starter's first scenario.
const TURNS: &str = "scenarios/my-office/01.1-sellers-receive-in-turn.toml";
const CHAPTER: &str = "policies/my-office/01-reception.toml";
const AMOUNTS: &str = "policies/my-office/amounts.toml";

/// A folder with the starter in it.
struct Office {
    dir: tempfile::TempDir,
}

/// What a command came to.
struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Office {
    fn new() -> Office {
        let office = Office {
            dir: tempfile::tempdir().unwrap(),
        };
        let ran = office.run(&["init", "."]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        office
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    /// Replaces a text that must be there.
    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from}");
        self.write(path, &text.replace(from, to));
    }

    fn command(&self, args: &[&str]) -> Command {
        command(self.dir.path(), args)
    }

    fn run(&self, args: &[&str]) -> Ran {
        ran(self.command(args).output().unwrap())
    }
}

/// The program in a folder, with nothing of the machine's that could change what it does.
fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_panke"));
    command
        .current_dir(dir)
        .args(args)
        .env_remove("CI")
        .env_remove("NO_COLOR");
    command
}

fn ran(output: Output) -> Ran {
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
