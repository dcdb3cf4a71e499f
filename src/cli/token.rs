//! `panke token`: gives tokens, lists them, takes them back; also while a server runs.

use super::{Exit, common};
use crate::base::time::{Calendar, Instant};
use crate::server::roles;
use crate::store::{Grant, Holder, Store, StoreError, Token};
use crate::vocabulary::roles::Role;
use clap::builder::PossibleValuesParser;
use clap::{ArgGroup, Args, Subcommand};
use std::io::{self, Write};
use std::path::PathBuf;

/// What `panke token` takes.
#[derive(Args, Debug)]
pub struct TokenArgs {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token and print it, once
    Add(AddArgs),
    /// List the tokens that there are, and those that were revoked
    List(ListArgs),
    /// Revoke a token, at once
    Revoke(RevokeArgs),
    /// Print which role may do what
    Roles,
}

/// What `panke token add` takes.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("holder").required(true))]
struct AddArgs {
    /// The data file, made if there is none
    #[arg(long, value_name = "FILE", env = "PANKE_DATA")]
    data: PathBuf,
    /// What it may be used for
    #[arg(long, value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|role| role.text())))]
    role: String,
    /// In which office [default: in all]
    #[arg(long, value_parser = name)]
    office: Option<String>,
    /// The person whose it is, by the name that events know
    #[arg(long, group = "holder", value_parser = name)]
    person: Option<String>,
    /// The desk whose it is
    #[arg(long, group = "holder", value_name = "NAME", value_parser = name)]
    desk: Option<String>,
}

/// What `panke token list` takes.
#[derive(Args, Debug)]
struct ListArgs {
    /// The data file
    #[arg(long, value_name = "FILE", env = "PANKE_DATA")]
    data: PathBuf,
}

/// What `panke token revoke` takes.
#[derive(Args, Debug)]
struct RevokeArgs {
    /// The data file
    #[arg(long, value_name = "FILE", env = "PANKE_DATA")]
    data: PathBuf,
    /// The number of the token, as `panke token list` shows it
    id: i64,
}

fn name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err("a name has letters".to_owned());
    }
    Ok(text.to_owned())
}

/// Runs the command.
pub fn run(args: &TokenArgs, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Exit> {
    match &args.command {
        TokenCommand::Add(args) => match add(args) {
            Ok((id, secret)) => {
                out.write_all(format!("{secret}\n").as_bytes())?;
                out.flush()?;
                writeln!(
                    err,
                    "token {id}: it is shown this once, and kept nowhere; who loses it is given another"
                )?;
                Ok(Exit::Good)
            }
            Err(error) => common::refused(&error, err),
        },
        TokenCommand::Roles => out
            .write_all(roles::table().as_bytes())
            .map(|()| Exit::Good),
        TokenCommand::List(args) => match list(args) {
            Ok(text) => out.write_all(text.as_bytes()).map(|()| Exit::Good),
            Err(error) => common::refused(&error, err),
        },
        TokenCommand::Revoke(args) => match revoke(args) {
            Ok(true) => Ok(Exit::Good),
            Ok(false) => {
                writeln!(err, "there is no token {} that could be revoked", args.id)?;
                Ok(Exit::Usage)
            }
            Err(error) => common::refused(&error, err),
        },
    }
}

fn add(args: &AddArgs) -> Result<(i64, String), StoreError> {
    let holder = match (&args.person, &args.desk) {
        (Some(person), _) => Holder::Person(person.clone()),
        (None, desk) => Holder::Desk(desk.clone().expect("clap asks for one of the two")),
    };
    let grant = Grant {
        role: Role::parse(&args.role).expect("clap takes no other word"),
        office: args.office.clone(),
        holder,
    };
    // Before a server first runs there is no file, and a public one may not run before there is a token.
    let mut store = Store::join_or_make(&args.data)?;
    let (id, secret) = store.add_token(&grant, common::now())?;
    Ok((id, secret.reveal().to_owned()))
}

fn list(args: &ListArgs) -> Result<String, StoreError> {
    let tokens = Store::join(&args.data)?.tokens()?;
    let mut out = String::new();
    for token in tokens.list() {
        out.push_str(&shown(token));
    }
    Ok(out)
}

/// One line of the list.
fn shown(token: &Token) -> String {
    let Grant {
        role,
        office,
        holder,
    } = &token.grant;
    let holder = match holder {
        Holder::Person(name) => format!("person {name}"),
        Holder::Desk(name) => format!("desk {name}"),
    };
    let office = match office {
        Some(office) => format!("office {office}"),
        None => "all offices".to_owned(),
    };
    let revoked = match token.revoked {
        Some(at) => format!(", revoked {}", time(at)),
        None => String::new(),
    };
    format!(
        "{}: {}, {holder}, {office}, made {}{revoked}\n",
        token.id,
        role.text(),
        time(token.made)
    )
}

fn time(millis: i64) -> String {
    let calendar = Calendar::new("UTC", 0).expect("there is UTC");
    Instant::from_millis(millis).map_or_else(
        || "at no time".to_owned(),
        |at| calendar.format(at).to_string(),
    )
}

fn revoke(args: &RevokeArgs) -> Result<bool, StoreError> {
    Store::join(&args.data)?.revoke_token(args.id, common::now())
}
