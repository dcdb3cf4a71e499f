//! What the service manager is told: ready, reloading, stopping, how it goes, and that the threads which decide and commit still answer.
//!
//! Without a service manager (no `NOTIFY_SOCKET`) all of it does nothing.

use sd_notify::NotifyState;
use std::io;
use std::time::Duration;

/// Says that requests are taken.
pub fn ready(status: &str) {
    told(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Says that policies are being looked at again; [`ready`] ends that. The manager wants to know since when, on the clock
/// that never goes back.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(since) => told(&[NotifyState::Reloading, since]),
        Err(error) => unheard(&error),
    }
}

/// Says that the end has begun.
pub fn stopping(status: &str) {
    told(&[NotifyState::Stopping, NotifyState::Status(status)]);
}

/// Says in a sentence how it goes.
pub fn status(status: &str) {
    told(&[NotifyState::Status(status)]);
}

/// How often the manager wants to hear that the server is alive: half of what it waits; none if it does not ask.
pub fn watchdog() -> Option<Duration> {
    let waits = sd_notify::watchdog_enabled()?;
    Some((waits / 2).max(Duration::from_millis(1)))
}

/// Says that the server is alive; only whoever has just had an answer from them may.
pub fn alive() {
    told(&[NotifyState::Watchdog]);
}

fn told(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        unheard(&error);
    }
}

fn unheard(error: &io::Error) {
    tracing::warn!(%error, "the service manager cannot be told");
}
