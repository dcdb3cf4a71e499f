//! Reloads of the running office: the workshop beside the server, what it tells, and who asks for a reload.

use super::app::App;
use super::install::Doors;
use super::metrics::Metrics;
use super::notify;
use super::prepared::{Attempt, Outcome};
use super::start::Wanted;
use super::workshop::{Event, Settings, Workshop};
use crate::watching::{self, Notice};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Opens the workshop, which looks at every policy at once: a folder may have changed while no server ran.
///
/// # Errors
///
/// If the system gives no threads.
pub fn open(app: &Arc<App>, wanted: &[Wanted]) -> io::Result<()> {
    let offices = wanted.iter().filter_map(|one| {
        let policy = one.policy.clone()?;
        Some((one.office.clone(), policy))
    });
    let settings = Settings {
        policies: app.settings.policies.clone(),
        scenarios: app.settings.scenarios.clone(),
        offices: offices.collect(),
        poll: app.settings.poll.then_some(watching::EVERY),
        quiet: app.settings.quiet,
    };
    let doors = Doors { app: app.clone() };
    let metrics = app.metrics.clone();
    let tell = move |event: Event<'_>| match event {
        Event::Reloaded(office, attempt) => reloaded(&metrics, office, attempt),
        Event::Watch(notice) => watched(notice),
    };
    let workshop = Workshop::open(settings, Box::new(doors), Box::new(tell))?;
    workshop.reload();
    app.workshop(Some(workshop));
    Ok(())
}

/// A reload is over.
fn reloaded(metrics: &Metrics, office: &str, attempt: &Attempt) {
    let took = Duration::from_millis(attempt.milliseconds);
    let (digest, ms) = (&attempt.digest, attempt.milliseconds);
    match attempt.outcome {
        Outcome::Applied => {
            metrics.reload(office, "applied", took);
            tracing::info!(office, digest, ms, "a policy is in force");
        }
        Outcome::Unchanged => {
            metrics.reload(office, "unchanged", took);
            tracing::debug!(office, digest, ms, "the policy is the one in force");
        }
        Outcome::Failed => {
            metrics.reload(office, "failed", took);
            let failed = attempt.scenarios.failed;
            tracing::warn!(office, digest, ms, failed, "a policy is not put in force");
            for found in &attempt.findings {
                let (path, line) = (found.path.as_deref().unwrap_or_default(), found.line);
                let (code, message) = (&found.code, &found.message);
                tracing::warn!(office, path, line, code, "{message}");
            }
            for failure in &attempt.scenarios.failures {
                let (path, title) = (&failure.path, &failure.title);
                tracing::warn!(office, path, title, "a scenario fails");
            }
        }
    }
}

fn watched(notice: &Notice) {
    match notice {
        Notice::Touched { .. } => {}
        Notice::Polling { every, why } => {
            let every = every.as_millis();
            tracing::warn!(
                every,
                why,
                "the folders of policies are looked at again and again"
            );
        }
        Notice::Listening => tracing::info!("the system tells what is saved"),
    }
}

/// Asks for a reload at each SIGHUP.
pub async fn at_hangup(app: Arc<App>) {
    let Ok(mut hangups) = signal(SignalKind::hangup()) else {
        return;
    };
    while hangups.recv().await.is_some() {
        notify::reloading();
        let asked = app.with_workshop(|workshop| {
            workshop.reload_then(Box::new(|_| notify::ready("serving")));
        });
        if asked.is_none() {
            notify::ready("serving");
        }
    }
}
