//! The running office: takes events, decides, answers over HTTP, and takes an edited policy while it runs.

mod prepared;

pub use prepared::{
    Attempt, Failure, Found, InForce, Installer, Outcome, Played, Prepared, Standing,
};
