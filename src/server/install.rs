//! How the workshop puts a policy in force: through the decider, between two events.

use super::app::App;
use super::commands::{Command, Install, Refused};
use super::prepared::{InForce, Installer, Prepared};
use std::sync::Arc;
use tokio::sync::oneshot;

/// The way to the decider, for a thread that may wait.
pub struct Doors {
    /// What every request can reach.
    pub app: Arc<App>,
}

impl Installer for Doors {
    fn in_force(&self, office: &str) -> Option<InForce> {
        let core = self.app.core().ok()?;
        let place = core.places.get(office)?;
        let force = core.served[*place].force.load();
        Some(InForce {
            name: force.policy.name.clone(),
            digest: force.policy.digest.clone(),
        })
    }

    fn install(&self, office: &str, prepared: Arc<Prepared>) -> Result<(), String> {
        let core = self.app.core().map_err(|problem| problem.detail.clone())?;
        let office = *core.places.get(office).ok_or_else(|| {
            format!("the office `{office}` is not served: start the server again to serve it")
        })?;
        let (reply, answer) = oneshot::channel();
        let install = Install {
            office,
            prepared,
            reply,
        };
        let ends = || "the server ends".to_owned();
        let sent = core.commands.send(Command::Install(install));
        sent.map_err(|_| ends())?;
        match answer.blocking_recv().map_err(|_| ends())? {
            Ok(_) => Ok(()),
            Err(Refused::Malformed(_, fault) | Refused::Line(fault)) => Err(fault.message),
            Err(Refused::Full) => Err("there is no room left on the disk".into()),
            Err(Refused::Unwritten(sentence) | Refused::Broken(sentence)) => Err(sentence),
        }
    }
}
