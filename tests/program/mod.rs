//! The built program, run in a folder of its own that holds a copy of the shipped policies.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The shipped policy.
pub const SHIPPED: &str = "changsha-vanke";

/// A folder with a copy of `policies/`, for overlays and journals that only one test needs.
pub struct Desk {
    dir: tempfile::TempDir,
}

/// What came of a run.
pub struct Ran {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// The folder of the package.
pub fn home() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// The program, not yet started, with nothing of the machine's that could change what it does.
pub fn panke(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_panke"));
    command
        .current_dir(dir)
        .args(args)
        .env_remove("CI")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    command
}

impl Desk {
    /// A copy of the shipped policies.
    pub fn new() -> Desk {
        let dir = tempfile::tempdir().expect("a folder");
        copy(&home().join("policies"), &dir.path().join("policies"));
        Desk { dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file, and the folders that it stands in.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }

    /// Writes a policy that differs from the shipped one in what `changes` says.
    pub fn overlay(&self, name: &str, changes: &str) {
        let text = format!("name = \"{name}\"\nextends = \"{SHIPPED}\"\n{changes}");
        self.write(&format!("policies/{name}/policy.toml"), text);
    }

    /// The whole digest of a policy, as a `policy` event names it.
    pub fn digest(&self, name: &str) -> String {
        let folder = self.path().join("policies");
        let files = panke::files::load_policy(&folder, name).expect("it can be read");
        files.digest
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        panke(self.path(), args).output().expect("it runs").into()
    }

    /// Replays a journal under the shipped policy.
    pub fn replay(&self, journal: impl AsRef<[u8]>, further: &[&str]) -> Ran {
        self.replay_under(SHIPPED, journal, further)
    }

    /// Replays a journal under a policy.
    pub fn replay_under(&self, policy: &str, journal: impl AsRef<[u8]>, further: &[&str]) -> Ran {
        self.write("day.ndjson", journal);
        let args = ["replay", "day.ndjson", "--policy", policy];
        self.run(&[&args[..], further].concat())
    }

    /// Starts the program with its three streams as pipes.
    pub fn start(&self, args: &[&str]) -> Child {
        panke(self.path(), args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs")
    }
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("copied");
        }
    }
}
