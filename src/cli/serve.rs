//! `panke serve`: the running office.

use super::Exit;
use super::library::POLICIES;
use crate::files;
use crate::server::{Plan, Wanted, run as serve};
use clap::Args;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

/// What `panke serve` takes.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// The data file; made if there is none
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// The folder of policies
    #[arg(long, value_name = "DIR", default_value = POLICIES)]
    pub policies: PathBuf,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// An office, and the folder of its policy if that has another name; may be given several times [default: one for
    /// each policy]
    #[arg(long, value_name = "NAME[=POLICY]")]
    pub office: Vec<String>,
}

/// Runs the command until a signal ends it.
pub fn run(args: &ServeArgs, err: &mut dyn Write) -> io::Result<Exit> {
    let offices = match args.office.as_slice() {
        [] => files::policies_in(&args.policies),
        named => named.to_vec(),
    };
    let plan = Plan {
        data: args.data.clone(),
        policies: args.policies.clone(),
        listen: args.listen,
        offices: offices.iter().map(|office| wanted(office)).collect(),
    };
    let say = |line: &str| if writeln!(io::stderr(), "{line}").is_err() {};
    match serve(plan, &say) {
        Ok(()) => Ok(Exit::Good),
        Err(sentence) => {
            writeln!(err, "{sentence}")?;
            Ok(Exit::Usage)
        }
    }
}

fn wanted(office: &str) -> Wanted {
    let (office, policy) = office.split_once('=').unwrap_or((office, office));
    Wanted {
        office: office.to_owned(),
        policy: Some(policy.to_owned()),
    }
}
