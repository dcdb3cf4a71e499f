//! What the running office is told: plain data, each value with its unit and its limits.

mod read;
mod rows;
mod values;

pub use read::{Given, Origin, Resolved, Shown, resolve};
pub use rows::{Holds, ROWS, Row};

use super::access::Approvals;
use crate::files;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that the running office is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The data file.
    pub data: PathBuf,
    /// The folder of policies.
    pub policies: PathBuf,
    /// The folder of scenarios that prove them.
    pub scenarios: PathBuf,
    /// The address at which it listens.
    pub listen: SocketAddr,
    /// Whether folders are looked at again and again, where the file system tells of no changes.
    pub poll: bool,
    /// How long nothing must have been saved before what was saved is looked at.
    pub quiet: Duration,
    /// The offices; none named: one for each policy folder.
    pub offices: Vec<OfficeSettings>,
    /// How approvals are recorded in an office that is not named.
    pub approvals: Approvals,
    /// How lines of the log are written.
    pub log: LogFormat,
    /// Which lines are written.
    pub level: LogLevel,
    /// What is taken, and how long is waited.
    pub limits: Limits,
}

/// One office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeSettings {
    /// Its name, in addresses of requests and in the store.
    pub name: String,
    /// The name of its policy's folder.
    pub policy: String,
    /// How its approvals are recorded.
    pub approvals: Approvals,
}

/// How lines of the log are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// Which lines of the log are written: those of this level and of those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What stops something.
    Error,
    /// What somebody should look at.
    Warn,
    /// What happens, each request included.
    #[default]
    Info,
    /// More than that.
    Debug,
}

/// What is taken, and how long is waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// Bytes of an imported journal.
    pub import: usize,
    /// Events of a batch.
    pub batch: usize,
    /// Open connections.
    pub connections: usize,
    /// Requests a second of one token, or of one address without a token.
    pub rate: u32,
    /// Open event streams.
    pub streams: usize,
    /// How long the head of a request may take, from its first byte.
    pub header_time: Duration,
    /// How long a body may take before it must come at a steady pace.
    pub body_time: Duration,
    /// How long a connection may stay open with no request.
    pub idle_time: Duration,
    /// How long a client may take none of its answer.
    pub write_time: Duration,
    /// How long requests may take to end when the server stops.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        read::defaults().limits
    }
}

impl Settings {
    /// The offices that are named, or else one for each folder of policies that has a title page, in order of name.
    ///
    /// # Errors
    ///
    /// A sentence: there is none, or a folder has a name that an office cannot have.
    pub fn all_offices(&self) -> Result<Vec<OfficeSettings>, String> {
        if !self.offices.is_empty() {
            return Ok(self.offices.clone());
        }
        let mut offices = Vec::new();
        for name in files::policies_in(&self.policies) {
            values::office_name(&name)
                .map_err(|said| format!("{said}; name the offices: `--office NAME=POLICY`"))?;
            offices.push(OfficeSettings {
                policy: name.clone(),
                name,
                approvals: self.approvals,
            });
        }
        if offices.is_empty() {
            let folder = self.policies.display();
            return Err(format!(
                "no folder of {folder} is a policy: there is no office to serve"
            ));
        }
        Ok(offices)
    }
}

#[cfg(test)]
mod tests;
