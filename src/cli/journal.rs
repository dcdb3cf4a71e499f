//! `panke journal`: looks whether a journal is as it was written, writes it out, copies it.

use super::kept::Kept;
use super::{Exit, common};
use crate::base::json::{push_key, push_list, push_number, push_shown, push_text};
use crate::base::names::nearest;
use crate::store::{
    Chain, ExportError, Inspected, Inspection, LAST_SEQ, OfficeId, Reader, Store, StoreError,
    Trouble, Wrong, Wrongs,
};
use clap::{Args, Subcommand, ValueEnum};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// What `panke journal` takes.
#[derive(Args, Debug)]
pub struct JournalArgs {
    #[command(subcommand)]
    command: JournalCommand,
}

#[derive(Debug, Subcommand)]
enum JournalCommand {
    /// Read everything and say what is not as it was written
    Verify(VerifyArgs),
    /// Write the journal of an office to standard output, as `panke replay` reads it
    Export(ExportArgs),
    /// Copy the data file, also while a server runs on it
    Backup(BackupArgs),
}

/// What `panke journal verify` takes.
#[derive(Args, Debug)]
struct VerifyArgs {
    /// The data file
    #[arg(long, value_name = "FILE", env = "PANKE_DATA")]
    data: PathBuf,
    /// Only the journal of this office
    #[arg(long)]
    office: Option<String>,
    /// Decide everything again, under the policies that are kept, and compare
    #[arg(long)]
    replay: bool,
    /// A head that was noted earlier: the entry, and the value of the chain after it
    #[arg(long, value_name = "SEQ:HEX", value_parser = noted)]
    head: Option<(u64, Chain)>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: VerifyFormat,
}

/// How `panke journal verify` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum VerifyFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object.
    Json,
}

/// What `panke journal export` takes.
#[derive(Args, Debug)]
struct ExportArgs {
    /// The data file
    #[arg(long, value_name = "FILE", env = "PANKE_DATA")]
    data: PathBuf,
    /// The office
    #[arg(long)]
    office: String,
    /// The first entry that is written
    #[arg(long, value_name = "SEQ", default_value_t = 1)]
    from: u64,
}

/// What `panke journal backup` takes.
#[derive(Args, Debug)]
struct BackupArgs {
    /// The data file
    #[arg(long, value_name = "FILE", env = "PANKE_DATA")]
    data: PathBuf,
    /// The copy, which must not be there yet
    to: PathBuf,
}

/// Reads a head as `verify` prints it.
fn noted(text: &str) -> Result<(u64, Chain), String> {
    let parts = text.split_once(':');
    let head = parts.and_then(|(seq, chain)| Some((seq.parse().ok()?, Chain::from_hex(chain)?)));
    head.ok_or_else(|| "a head is as `panke journal verify` prints it: SEQ:HEX".to_owned())
}

/// Runs the command.
pub fn run(args: &JournalArgs, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Exit> {
    let done = match &args.command {
        JournalCommand::Verify(args) => verify(args, out, err),
        JournalCommand::Export(args) => export(args, out, err),
        JournalCommand::Backup(args) => backup(args, err),
    };
    match done {
        Ok(exit) => Ok(exit),
        Err(ExportError::Out(error)) => Err(error),
        Err(ExportError::Store(error)) => common::refused(&error, err),
    }
}

type Done = Result<Exit, ExportError>;

/// The office of that name; otherwise says which there are.
fn office(
    reader: &Reader,
    name: &str,
    err: &mut dyn Write,
) -> Result<Option<OfficeId>, ExportError> {
    let offices = reader.offices()?;
    if let Some((id, _)) = offices.iter().find(|(_, known)| known == name) {
        return Ok(Some(*id));
    }
    let path = reader.path().display();
    let known: Vec<&str> = offices.iter().map(|(_, name)| name.as_str()).collect();
    let more = match nearest(name, known.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None => format!("; there are {}", known.join(", ")),
    };
    writeln!(err, "{path}: there is no office `{name}`{more}").map_err(ExportError::Out)?;
    Ok(None)
}

fn export(args: &ExportArgs, out: &mut dyn Write, err: &mut dyn Write) -> Done {
    let store = Store::join(&args.data)?;
    let Some(office) = office(&store, &args.office, err)? else {
        return Ok(Exit::Usage);
    };
    let count = store.export(office, (args.from, LAST_SEQ), out)?;
    Ok(if count == 0 {
        Exit::Nothing
    } else {
        Exit::Good
    })
}

fn backup(args: &BackupArgs, err: &mut dyn Write) -> Done {
    Store::join(&args.data)?.backup(&args.to)?;
    let (data, to) = (args.data.display(), args.to.display());
    writeln!(err, "{data} was copied to {to}").map_err(ExportError::Out)?;
    Ok(Exit::Good)
}

fn verify(args: &VerifyArgs, out: &mut dyn Write, err: &mut dyn Write) -> Done {
    let store = Store::join(&args.data)?;
    let mut offices = store.offices()?;
    if let Some(name) = &args.office {
        if office(&store, name, err)?.is_none() {
            return Ok(Exit::Usage);
        }
        offices.retain(|(_, known)| known == name);
    }
    if args.head.is_some() && offices.len() > 1 {
        let what = "--head is that of one journal: name its office with --office";
        writeln!(err, "{what}").map_err(ExportError::Out)?;
        return Ok(Exit::Usage);
    }
    let file = store.inspect_file()?;
    let mut journals = Vec::new();
    for (office, name) in offices {
        journals.push((name, inspect(args, &store, office)?));
    }
    let found = Found { file, journals };
    let text = match args.format {
        VerifyFormat::Human => found.human(args),
        VerifyFormat::Json => found.json(),
    };
    out.write_all(text.as_bytes()).map_err(ExportError::Out)?;
    Ok(found.exit())
}

/// Looks at every entry of one journal.
fn inspect(args: &VerifyArgs, store: &Store, office: OfficeId) -> Result<Inspected, StoreError> {
    let mut inspection = Inspection::new(store, args.head);
    let mut kept = Kept::new(store, office);
    let mut again = args.replay.then(|| kept.replay());
    let mut failed = None;
    let read = store.entries(office, 1, LAST_SEQ, &mut |entry| {
        let looked = inspection.entry(&entry);
        let differs = again.as_mut().and_then(|again| again.entry(&entry));
        if let Some((code, message)) = differs {
            inspection.wrongs().keep(Some(entry.seq), code, message);
            again = None;
        }
        failed = looked.err();
        match failed {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    });
    match failed.map_or(read, Err) {
        Ok(()) => {}
        // What can be read no further is found, too.
        Err(StoreError {
            trouble: Trouble::Damaged(what),
            ..
        }) => inspection.wrongs().keep(None, "page-damaged", what),
        Err(error) => return Err(error),
    }
    Ok(inspection.end())
}

/// What was found in a data file.
struct Found {
    file: Wrongs,
    journals: Vec<(String, Inspected)>,
}

impl Found {
    fn exit(&self) -> Exit {
        let wrong = self.journals.iter().map(|(_, found)| found.wrongs.count);
        if self.file.count + wrong.sum::<usize>() > 0 {
            Exit::Found
        } else if self.journals.is_empty() {
            Exit::Nothing
        } else {
            Exit::Good
        }
    }

    fn human(&self, args: &VerifyArgs) -> String {
        let mut out = String::new();
        let path = args.data.display().to_string();
        push_wrongs(&mut out, &path, &self.file);
        for (office, found) in &self.journals {
            let verdict = match found.wrongs.count {
                0 if args.replay => "as it was written, and decided the same again",
                0 => "as it was written",
                _ => "NOT as it was written",
            };
            out.push_str(&format!(
                "{office}: {} entries, {verdict}; head {}:{}\n",
                found.entries, found.head.seq, found.head.chain
            ));
            push_wrongs(&mut out, office, &found.wrongs);
        }
        if self.journals.is_empty() {
            out.push_str(&format!("{path}: no office has recorded anything\n"));
        }
        out
    }

    fn json(&self) -> String {
        let mut out = String::from("{");
        push_key(&mut out, "offices");
        push_list(&mut out, &self.journals, |out, (office, found)| {
            out.push('{');
            push_key(out, "office");
            push_text(out, office);
            push_key(out, "entries");
            push_number(out, found.entries);
            push_key(out, "seq");
            push_number(out, found.head.seq);
            push_key(out, "chain");
            push_shown(out, found.head.chain);
            push_findings(out, &found.wrongs);
            out.push('}');
        });
        push_findings(&mut out, &self.file);
        out.push_str("}\n");
        out
    }
}

fn push_wrongs(out: &mut String, whose: &str, wrongs: &Wrongs) {
    for Wrong { seq, code, message } in &wrongs.first {
        let entry = seq.map_or(String::new(), |seq| format!(" entry {seq}:"));
        out.push_str(&format!("{whose}:{entry} {message} [{code}]\n"));
    }
    let more = wrongs.count - wrongs.first.len();
    if more > 0 {
        out.push_str(&format!("{whose}: and {more} more\n"));
    }
}

fn push_findings(out: &mut String, wrongs: &Wrongs) {
    push_key(out, "count");
    push_number(out, wrongs.count);
    push_key(out, "findings");
    push_list(out, &wrongs.first, |out, wrong| {
        out.push('{');
        push_key(out, "code");
        push_text(out, wrong.code);
        if let Some(seq) = wrong.seq {
            push_key(out, "seq");
            push_number(out, seq);
        }
        push_key(out, "message");
        push_text(out, &wrong.message);
        out.push('}');
    });
}
