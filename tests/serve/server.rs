//! The built server as a child process, on a data file of its own on a real disk.

#![allow(dead_code, reason = "each test uses a part of it")]

use super::client::Client;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The office of these tests, and its policy.
pub const OFFICE: &str = "changsha";
/// The policy of that office.
pub const POLICY: &str = "changsha-vanke";
/// How long a server may take to be ready or to end.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder in which a server is at home: its data, and policies that may be edited.
pub struct Place {
    dir: tempfile::TempDir,
    address: SocketAddr,
}

impl Place {
    /// A new folder in the target folder, with a copy of the policy.
    #[must_use]
    pub fn new() -> Place {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        copy(
            &shipped.join(POLICY),
            &dir.path().join("policies").join(POLICY),
        );
        // As the operators' page has it: whoever watches the policies is not woken by what is stored.
        fs::create_dir(dir.path().join("data")).expect("a folder");
        Place {
            dir,
            address: free_address(),
        }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The data file.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.path().join("data/panke.db")
    }

    /// The folder of the policy that may be edited.
    #[must_use]
    pub fn policy(&self) -> PathBuf {
        self.path().join("policies").join(POLICY)
    }

    /// What servers of this place have said, without what they say about waiting for them.
    #[must_use]
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.path().join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log
            .lines()
            .filter(|line| !line.contains("starting"))
            .collect();
        lines[lines.len().saturating_sub(50)..].join("\n")
    }

    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// The arguments of a server on a data file, listening here.
    #[must_use]
    pub fn arguments(&self, data: &Path) -> Vec<String> {
        let policies = self.path().join("policies");
        [
            "serve",
            "--data",
            &data.to_string_lossy(),
            "--policies",
            &policies.to_string_lossy(),
            "--office",
            &format!("{OFFICE}={POLICY}"),
            "--listen",
            &self.address.to_string(),
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// Starts a server, and does not wait for it.
    #[must_use]
    pub fn spawn(&self, further: &[&str]) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_panke"));
        command.args(self.arguments(&self.data())).args(further);
        self.spawn_as(command)
    }

    /// Starts a server by a command of the test's own.
    #[must_use]
    pub fn spawn_as(&self, mut command: Command) -> Server {
        let log = self.path().join("server.log");
        let log = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log");
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let child = command
            .current_dir(self.path())
            .env("PANKE_SCENARIOS", scenarios)
            .env("PANKE_LIMIT_RATE", "1000000")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the same file"))
            .stderr(log)
            .spawn()
            .expect("it runs");
        Server { child }
    }

    /// Starts a server and waits until it is ready.
    #[must_use]
    pub fn start(&self, further: &[&str]) -> Server {
        let mut server = self.spawn(further);
        self.await_ready(&mut server);
        server
    }

    /// Waits until the server says that it is ready.
    pub fn await_ready(&self, server: &mut Server) {
        let start = now();
        loop {
            if let Ok(answer) = self.client().get("/readyz")
                && answer.status == 200
            {
                return;
            }
            if let Some(status) = server.child.try_wait().expect("it is ours") {
                panic!("the server ended with {status}:\n{}", self.log());
            }
            assert!(
                start.elapsed() < PATIENCE,
                "the server is not ready after {PATIENCE:?}:\n{}",
                self.log()
            );
            pause(Duration::from_millis(1));
        }
    }

    /// A command of the program in this place.
    #[must_use]
    pub fn panke(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_panke"))
            .current_dir(self.path())
            .args(args)
            .stdin(Stdio::null())
            .output()
            .expect("it runs");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }
}

impl Default for Place {
    fn default() -> Place {
        Place::new()
    }
}

/// A server that runs until it is stopped; gone with the test.
pub struct Server {
    child: Child,
}

impl Server {
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power failure would end its process.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it is ours");
    }

    /// Asks it to end, and waits until it has.
    #[must_use]
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.child.id())])
            .status()
            .expect("there is a shell");
        assert!(sent.success(), "the server cannot be reached by a signal");
    }

    /// Waits until it has ended by itself.
    #[must_use]
    pub fn ended(&mut self) -> ExitStatus {
        let start = now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            pause(Duration::from_millis(2));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whoever has ended already cannot be killed, and that is as well.
        if self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}

/// An address of this machine that nobody listens at.
#[must_use]
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

/// The clock, for waiting and measuring.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "waiting for a process ends at some time, and a bench looks at the clock"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// Lets time pass.
#[expect(
    clippy::disallowed_methods,
    reason = "another process is waited for, which tells nobody what it does"
)]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
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
