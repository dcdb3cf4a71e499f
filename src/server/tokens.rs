//! The tokens of the store, as the gate knows them: looked at again while the server serves, since `panke token` changes
//! them beside it.

use super::access::Pass;
use super::app::{App, Phase};
use crate::store::{Holder, Reader, Seen, Store};
use std::sync::Arc;
use std::time::Duration;

/// How often it is asked whether tokens have changed.
const OFTEN: Duration = Duration::from_millis(250);

/// Every token that was ever made.
///
/// # Errors
///
/// A sentence: the store cannot be read.
pub fn passes(reader: &Reader) -> Result<Vec<Pass>, String> {
    let tokens = reader.tokens().map_err(|error| error.to_string())?;
    let passes = tokens.list().iter().map(|token| Pass {
        id: token.id.to_string(),
        hash: token.digest,
        role: token.grant.role,
        person: match &token.grant.holder {
            Holder::Person(person) => Some(person.clone()),
            Holder::Desk(_) => None,
        },
        office: token.grant.office.clone(),
        revoked: token.revoked.is_some(),
    });
    Ok(passes.collect())
}

/// Follows the tokens until the server ends.
pub async fn follow(app: Arc<App>) {
    let store = match Store::join(&app.settings.data) {
        Ok(store) => store,
        Err(error) => return tracing::error!(%error, "tokens cannot be followed"),
    };
    let mut phase = app.phase.subscribe();
    let mut seen = Seen::default();
    while *phase.borrow_and_update() != Phase::Ending {
        match store.tokens_changed(&mut seen) {
            Ok(false) => {}
            Ok(true) => match passes(&store) {
                Ok(passes) => app.access.replace(passes),
                Err(error) => tracing::error!(error, "tokens cannot be read"),
            },
            Err(error) => tracing::error!(%error, "tokens cannot be read"),
        }
        // What changes the phase is looked at again at once.
        drop(tokio::time::timeout(OFTEN, phase.changed()).await);
    }
}
