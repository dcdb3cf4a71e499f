//! A second window: a program that goes on while the document does other things, until the document interrupts it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::compare;

/// The address that documents name; a walk listens elsewhere, so that walks do not meet.
pub const PRINTED: &str = "127.0.0.1:8080";
/// How a reader stops what runs in a window.
pub const INTERRUPT: &str = "^C";
/// How long a line that a document shows may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// An address on which nobody listens.
pub fn free_address() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok(address.to_string())
}

/// A program in a window of its own.
pub struct Window {
    child: Child,
    lines: Receiver<String>,
    command: String,
}

impl Window {
    /// Starts a command; what it writes to both streams can be read line by line.
    pub fn open(mut shell: Command, command: &str) -> Result<Window, String> {
        let fault = |error: std::io::Error| format!("`{command}`: {error}");
        let mut child = shell.stdout(Stdio::piped()).spawn().map_err(fault)?;
        let stdout = child.stdout.take().ok_or("the window has no output")?;
        let (tell, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Window {
            child,
            lines,
            command: command.to_owned(),
        })
    }

    /// Waits until it has printed what the document shows; `back` makes of its address the printed one.
    pub fn shows(&self, printed: &[String], back: impl Fn(&str) -> String) -> Result<(), String> {
        let mut actual = String::new();
        while !compare::is_as_printed(printed, &actual) {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    actual.push_str(&back(&line));
                    actual.push('\n');
                }
                Err(end) => {
                    let why = match end {
                        RecvTimeoutError::Timeout => "shows something else",
                        RecvTimeoutError::Disconnected => "has ended and shows something else",
                    };
                    let printed = printed.join("\n");
                    return Err(format!(
                        "`{}` {why}.\n--- printed\n{printed}\n--- actual\n{actual}",
                        self.command
                    ));
                }
            }
        }
        Ok(())
    }

    /// Interrupts it, as a reader does, and insists that it ends well and shows no more than the document.
    pub fn interrupt(
        &mut self,
        printed: &[String],
        back: impl Fn(&str) -> String,
    ) -> Result<(), String> {
        let kill = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        kill.map_err(|error| format!("kill: {error}"))?;
        let mut last = String::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => last.push_str(&format!("{}\n", back(&line))),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    return Err(format!("`{}`, interrupted, does not end", self.command));
                }
            }
        }
        let status = self.child.wait().map_err(|error| error.to_string())?;
        if status.code() != Some(0) || !compare::is_as_printed(printed, &last) {
            return Err(format!(
                "`{}`, interrupted, ended with {status} and shows something else.\n--- printed\n{}\n--- actual\n{last}",
                self.command,
                printed.join("\n")
            ));
        }
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It may have ended already; a document that stops half-way leaves nothing running.
        if self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}

/// The shell that runs a command in a folder, with the program on its path.
pub fn shell(script: &str, root: &Path, program: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args([
            "-c",
            &format!("PATH=\"$PANKE_FOLDER:$PATH\"\nexec 2>&1\n{script}\n"),
        ])
        .current_dir(root)
        .env("PANKE_FOLDER", program)
        .env("NO_COLOR", "1")
        // As at its reader's desk: where `CI` is set, `--accept` refuses.
        .env_remove("CI")
        .stdin(Stdio::null());
    shell
}
