//! `panke replay`: streams a journal through a policy and prints what is decided, or how things are at the end.

use super::library::{Folder, Refused};
use super::suite::Suite;
use super::{Exit, Lang, common};
use crate::journal::LineReader;
use crate::policy::Policy;
use crate::print::{Human, JsonLines, Look, input_sentence, malformed, report_json, report_table};
use crate::replay::{Replay, Silence, Stop};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `panke replay` takes.
#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// A journal (one event a line), a scenario file, or `-` for standard input
    pub journal: PathBuf,
    /// The policy until the journal's first `policy` event: a folder, or the name of one under policies/
    #[arg(long, value_name = "POLICY")]
    pub policy: Option<String>,
    /// Keep that policy throughout, whatever the journal says
    #[arg(long, requires = "policy")]
    pub draft: bool,
    /// How it is printed [default: human on a terminal, else ndjson; a report: JSON]
    #[arg(long, value_enum)]
    pub format: Option<ReplayFormat>,
    /// Print how things are at the end, instead of what is decided
    #[arg(long)]
    pub report: bool,
    /// Language of what is printed for people
    #[arg(long, value_enum, default_value_t)]
    pub lang: Lang,
}

/// How `panke replay` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReplayFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Ndjson,
}

/// How much a journal holds before its replay shows progress.
const LARGE: u64 = 16 << 20;
/// How much of a journal is read at once.
const BUFFER: usize = 256 << 10;

/// Runs the command.
pub fn run(
    args: &ReplayArgs,
    look: Look,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Exit> {
    let folder = Folder::default();
    let policy = match args.policy.as_deref().map(|name| folder.policy(name)) {
        None => None,
        Some(Ok(policy)) => Some(policy),
        Some(Err(refused)) => return refuse(refused, look, err),
    };
    let is_story = args
        .journal
        .extension()
        .is_some_and(|ending| ending == "toml");
    if is_story {
        return match Told::read(&args.journal, look, err)? {
            None => Ok(Exit::Usage),
            Some(told) => {
                let policy = policy.or_else(|| Some(Arc::clone(&told.policy)));
                let replay = Replay::new(&folder, policy, args.draft);
                told.play(args, look, replay, out, err)
            }
        };
    }
    let (input, size) = match open(&args.journal) {
        Ok(opened) => opened,
        Err(error) => return unreadable(&args.journal, &error, err),
    };
    let bar = progress(size, args);
    let mut replay = Replay::new(&folder, policy, args.draft);
    let ended = play(args, look, &mut replay, LineReader::new(input), &bar, out);
    bar.finish_and_clear();
    let run = Run {
        args,
        look,
        replay: &replay,
    };
    run.end(ended?, out, err)
}

/// A scenario file as a journal.
struct Told {
    /// One line for each event.
    lines: String,
    /// The policy that it begins under.
    policy: Arc<Policy>,
    /// How many of its events it expects to be impossible.
    impossible: u64,
}

impl Told {
    /// Reads a scenario with its policies; nothing if something is wrong with them, which has been said then.
    fn read(path: &Path, look: Look, err: &mut dyn Write) -> io::Result<Option<Told>> {
        let mut suite = Suite::default();
        if let Err(error) = suite.add_file(path) {
            unreadable(path, &error, err)?;
            return Ok(None);
        }
        suite.load_policies();
        let told = suite.files.first().map(|file| suite.story(file));
        match told {
            Some(Ok((story, books))) => Ok(Some(Told {
                lines: story.journal(&books),
                policy: Arc::clone(&books.first.policy),
                impossible: story.impossible(),
            })),
            Some(Err(found)) => {
                let unsound = suite.policies.iter().flat_map(|loaded| &loaded.findings);
                let findings: Vec<_> = unsound.cloned().chain(found).collect();
                common::findings(err, &suite.sources, &findings, look)?;
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Replays it under its own policy, or the one that was asked for.
    fn play(
        self,
        args: &ReplayArgs,
        look: Look,
        mut replay: Replay<'_>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> io::Result<Exit> {
        let input: Box<dyn BufRead> = Box::new(io::Cursor::new(self.lines));
        let bar = ProgressBar::hidden();
        let ended = play(args, look, &mut replay, LineReader::new(input), &bar, out)?;
        let run = Run {
            args,
            look,
            replay: &replay,
        };
        match run.end(ended, out, err)? {
            Exit::Found if replay.refusals().count == self.impossible => Ok(Exit::Good),
            exit => Ok(exit),
        }
    }
}

/// The journal, and how large it is if that is known.
fn open(path: &Path) -> io::Result<(Box<dyn BufRead>, Option<u64>)> {
    if path.as_os_str() == "-" {
        return Ok((
            Box::new(BufReader::with_capacity(BUFFER, io::stdin())),
            None,
        ));
    }
    let file = File::open(path)?;
    let size = file
        .metadata()
        .ok()
        .filter(std::fs::Metadata::is_file)
        .map(|data| data.len());
    Ok((Box::new(BufReader::with_capacity(BUFFER, file)), size))
}

/// A bar on a terminal that nothing else is printed on, for a large journal.
fn progress(size: Option<u64>, args: &ReplayArgs) -> ProgressBar {
    let alone = args.report || !io::stdout().is_terminal();
    match size.filter(|size| *size > LARGE && alone && io::stderr().is_terminal()) {
        None => ProgressBar::hidden(),
        Some(size) => {
            let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
            let style =
                ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} to go");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        }
    }
}

/// Plays the journal to whoever is to hear it; what could not be printed is an error.
fn play(
    args: &ReplayArgs,
    look: Look,
    replay: &mut Replay<'_>,
    mut lines: LineReader<Box<dyn BufRead>>,
    bar: &ProgressBar,
    out: &mut dyn Write,
) -> io::Result<Result<(), Stop>> {
    let progress = |bytes| bar.set_position(bytes);
    if args.report {
        return Ok(replay.read(&mut lines, &mut Silence, progress));
    }
    let terminal = || {
        if io::stdout().is_terminal() {
            ReplayFormat::Human
        } else {
            ReplayFormat::Ndjson
        }
    };
    match args.format.unwrap_or_else(terminal) {
        ReplayFormat::Human => {
            let mut human = Human::new(out, look);
            let ended = replay.read(&mut lines, &mut human, progress);
            human.finish().map(|()| ended)
        }
        ReplayFormat::Ndjson => {
            let mut json = JsonLines::new(out);
            let ended = replay.read(&mut lines, &mut json, progress);
            json.finish().map(|()| ended)
        }
    }
}

/// A replay that is over.
struct Run<'a> {
    args: &'a ReplayArgs,
    look: Look,
    replay: &'a Replay<'a>,
}

impl Run<'_> {
    fn path(&self) -> String {
        match self.args.journal.to_string_lossy() {
            path if path == "-" => "standard input".into(),
            path => path.into_owned(),
        }
    }

    /// Says how it ended.
    fn end(
        &self,
        ended: Result<(), Stop>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> io::Result<Exit> {
        out.flush()?;
        self.counted(err)?;
        match ended {
            Ok(()) if self.replay.events() + self.replay.repeated() == 0 => {
                writeln!(err, "{}: no event: nothing ran", self.path())?;
                Ok(Exit::Nothing)
            }
            Ok(()) => {
                if self.args.report {
                    self.report(out)?;
                }
                let refused = self.replay.refusals().count > 0;
                Ok(if refused { Exit::Found } else { Exit::Good })
            }
            Err(Stop::Malformed(fault)) => {
                err.write_all(malformed(&self.path(), &fault, self.look).as_bytes())?;
                Ok(Exit::Usage)
            }
            Err(Stop::Unreadable(error)) => unreadable(Path::new(&self.path()), &error, err),
            // What could not be printed has been said where it failed.
            Err(Stop::Unheard) => Ok(Exit::Good),
        }
    }

    /// Counts repeated events, and lists the impossible ones.
    fn counted(&self, err: &mut dyn Write) -> io::Result<()> {
        let path = self.path();
        let repeated = self.replay.repeated();
        if repeated > 0 {
            writeln!(
                err,
                "{path}: repeated with the same id and content, and ignored: {repeated}"
            )?;
        }
        let refusals = self.replay.refusals();
        for (line, code) in &refusals.first {
            writeln!(
                err,
                "{path}:{line}: {code}: {}",
                input_sentence(code, self.look.lang)
            )?;
        }
        match refusals.count - refusals.first.len() as u64 {
            0 => Ok(()),
            more => writeln!(err, "{path}: and {more} more impossible events"),
        }
    }

    fn report(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(state) = self.replay.state() else {
            return Ok(());
        };
        let report = state.report();
        let text = match self.args.format {
            Some(ReplayFormat::Human) => report_table(&report, self.look),
            _ => report_json(&report)?,
        };
        out.write_all(text.as_bytes())
    }
}

fn unreadable(path: &Path, error: &io::Error, err: &mut dyn Write) -> io::Result<Exit> {
    writeln!(err, "{}: cannot be read: {error}", path.display())?;
    Ok(Exit::Usage)
}

fn refuse(refused: Refused, look: Look, err: &mut dyn Write) -> io::Result<Exit> {
    match refused {
        Refused::Unreadable(sentence) => writeln!(err, "{sentence}")?,
        Refused::Unsound(sources, findings) => common::findings(err, &sources, &findings, look)?,
    }
    Ok(Exit::Usage)
}
