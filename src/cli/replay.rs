//! `panke replay`: streams a journal through a policy and prints what is decided, or how things are at the end.

use super::library::{Folder, Refused};
use super::past::{Before, Keeping};
use super::story::{self, Shelf};
use super::{Exit, Lang, common};
use crate::journal::LineReader;
use crate::print::{Human, JsonLines, Look, input_sentence, malformed, report_json, report_table};
use crate::replay::{Around, Audience, Replay, Silence, Stop, VERSION};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};

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
    let asked = args
        .policy
        .as_deref()
        .map(|name| Folder::default().policy(name));
    let mut source = match open(&args.journal) {
        Ok(source) => source,
        Err(refused) => return refuse(refused, look, err),
    };
    let policy = match asked {
        None => source.shelf.policies.first().cloned(),
        Some(Ok(policy)) => Some(policy),
        Some(Err(refused)) => return refuse(refused, look, err),
    };
    // Under another policy, what the steps of a story expect says nothing.
    let expected = source.impossible.filter(|_| args.policy.is_none());
    let is_story = source.impossible.is_some();
    let shelf = std::mem::take(&mut source.shelf);
    let mut before = std::mem::replace(&mut source.before, Before::Story(Vec::new()));
    let around = Around {
        library: &shelf,
        past: &mut before,
    };
    let mut replay = Replay::new(around, policy, args.draft);
    let ended = play(args, look, &mut replay, source, out);
    Run {
        args,
        look,
        replay: &replay,
        expected,
        is_story,
    }
    .end(ended?, out, err)
}

/// A journal that has been opened.
struct Source {
    lines: LineReader<Box<dyn BufRead>>,
    /// Where its lines are read again.
    before: Before,
    /// How large it is, if that is known.
    size: Option<u64>,
    /// The policies that it brings, for a story.
    shelf: Shelf,
    /// How many of its events its steps expect to be impossible, for a story.
    impossible: Option<u64>,
}

impl Source {
    fn new(input: Box<dyn BufRead>, before: Before) -> Source {
        Source {
            lines: LineReader::new(input),
            before,
            size: None,
            shelf: Shelf::default(),
            impossible: None,
        }
    }
}

/// Opens a journal, a scenario file or standard input.
fn open(path: &Path) -> Result<Source, Refused> {
    let sentence =
        |error| Refused::Unreadable(format!("{}: cannot be read: {error}", path.display()));
    if path.as_os_str() == "-" {
        let (input, kept) = Keeping::new(io::stdin()).map_err(sentence)?;
        let input = BufReader::with_capacity(BUFFER, input);
        return Ok(Source::new(Box::new(input), kept));
    }
    if path.extension().is_some_and(|ending| ending == "toml") {
        let told = story::read(path)?;
        let before = Before::Story(told.journal.lines().map(String::from).collect());
        let mut source = Source::new(Box::new(io::Cursor::new(told.journal)), before);
        source.shelf.policies = told.policies;
        source.impossible = Some(told.impossible);
        return Ok(source);
    }
    let file = File::open(path).map_err(sentence)?;
    let data = file.metadata().map_err(sentence)?;
    let before = Before::File(path.to_owned());
    let mut source = Source::new(Box::new(BufReader::with_capacity(BUFFER, file)), before);
    source.size = data.is_file().then_some(data.len());
    Ok(source)
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
    mut source: Source,
    out: &mut dyn Write,
) -> io::Result<Result<(), Stop>> {
    let bar = progress(source.size, args);
    let mut hear = |audience: &mut dyn Audience| {
        let ended = replay.read(&mut source.lines, audience, |bytes| bar.set_position(bytes));
        bar.finish_and_clear();
        ended
    };
    if args.report {
        return Ok(hear(&mut Silence));
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
            let ended = hear(&mut human);
            human.finish().map(|()| ended)
        }
        ReplayFormat::Ndjson => {
            let mut json = JsonLines::new(out);
            let ended = hear(&mut json);
            json.finish().map(|()| ended)
        }
    }
}

/// A replay that is over.
struct Run<'a> {
    args: &'a ReplayArgs,
    look: Look,
    replay: &'a Replay<'a>,
    /// How many impossible events were expected.
    expected: Option<u64>,
    /// A story has events, a journal has lines.
    is_story: bool,
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
                let refused = self.replay.refusals().count;
                Ok(if refused > self.expected.unwrap_or_default() {
                    Exit::Found
                } else {
                    Exit::Good
                })
            }
            Err(Stop::Malformed(fault)) => {
                err.write_all(malformed(&self.path(), &fault, self.look).as_bytes())?;
                Ok(Exit::Usage)
            }
            Err(Stop::Unreadable(error)) => {
                writeln!(err, "{}: cannot be read: {error}", self.path())?;
                Ok(Exit::Usage)
            }
            Err(Stop::Past(sentence)) => {
                writeln!(err, "{}: {sentence}", self.path())?;
                Ok(Exit::Usage)
            }
            // What could not be printed has been said where it failed.
            Err(Stop::Unheard) => Ok(Exit::Good),
        }
    }

    /// Counts repeated events, lists the impossible ones, and says which other versions have recorded the journal.
    fn counted(&self, err: &mut dyn Write) -> io::Result<()> {
        let path = self.path();
        for (line, version) in self.replay.versions() {
            writeln!(
                err,
                "{path}: line {line} was recorded by panke {version}; this is panke {VERSION}: decisions may differ"
            )?;
        }
        let repeated = self.replay.repeated();
        if repeated > 0 {
            writeln!(
                err,
                "{path}: repeated with the same id and content, and ignored: {repeated}"
            )?;
        }
        let refusals = self.replay.refusals();
        let event = if self.is_story { " event " } else { "" };
        for (line, code) in &refusals.first {
            writeln!(
                err,
                "{path}:{event}{line}: {code}: {}",
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

fn refuse(refused: Refused, look: Look, err: &mut dyn Write) -> io::Result<Exit> {
    match refused {
        Refused::Unreadable(sentence) => writeln!(err, "{sentence}")?,
        Refused::Unsound(sources, findings) => common::findings(err, &sources, &findings, look)?,
    }
    Ok(Exit::Usage)
}
