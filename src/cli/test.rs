//! `panke test`: plays scenarios through their policies and says what is not as expected.

use super::{Exit, Lang, common};
use crate::files;
use crate::policy::Policy;
use crate::print::junit;
use crate::print::{Look, scenarios};
use crate::scenario::{self, Coverage, Played};
use crate::suite::{self, Suite};
use clap::{Args, ValueEnum};
use regex::Regex;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What `panke test` takes.
#[derive(Args, Clone, Debug, Default)]
pub struct TestArgs {
    /// Scenario files, or folders of them [default: scenarios]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only files whose path or title fits this regular expression
    #[arg(long, value_name = "REGEX")]
    pub run: Option<Regex>,
    /// How the outcome is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
    /// Name the clauses that no scenario decides and the windows on whose edges none stands
    #[arg(long)]
    pub coverage: bool,
    /// Fail if scenarios touch less than so many per cent of a policy
    #[arg(long, value_name = "PCT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub coverage_threshold: Option<u8>,
    /// Write what happens into the files in place of what was expected
    #[arg(long)]
    pub accept: bool,
    /// Language of what is printed for people
    #[arg(long, value_enum, default_value_t)]
    pub lang: Lang,
}

/// How `panke test` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// A JUnit report.
    Junit,
}

/// Runs the command.
pub fn run(
    args: &TestArgs,
    look: Look,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Exit> {
    if args.accept && common::in_ci() {
        writeln!(
            err,
            "--accept changes what is expected: not where `CI` is set"
        )?;
        return Ok(Exit::Usage);
    }
    let paths = match chosen(&args.paths) {
        Ok(paths) => paths,
        Err(message) => {
            writeln!(err, "{message}")?;
            return Ok(Exit::Usage);
        }
    };
    let coverage = args.coverage || args.coverage_threshold.is_some();
    let Some(mut suite) = read(args, &paths, err)? else {
        return Ok(Exit::Usage);
    };
    if suite.files.is_empty() {
        writeln!(err, "no scenario was selected")?;
        return Ok(Exit::Nothing);
    }
    let mut results = suite.play(coverage);
    if args.accept && accept(&suite, &results, err)? > 0 {
        let Some(again) = read(args, &paths, err)? else {
            return Ok(Exit::Usage);
        };
        suite = again;
        results = suite.play(coverage);
    }
    let run = Run {
        args,
        look,
        suite: &suite,
        coverage: if coverage {
            suite.coverage(&results)
        } else {
            Vec::new()
        },
        played: results.iter().map(|result| &result.played).collect(),
    };
    run.print(out, err)?;
    Ok(if run.is_good() {
        Exit::Good
    } else {
        Exit::Found
    })
}

/// The files that were asked for; each once, in order.
fn chosen(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let default = [PathBuf::from(suite::SCENARIOS)];
    let paths = if paths.is_empty() {
        &default[..]
    } else {
        paths
    };
    let mut files = Vec::new();
    for path in paths {
        let found =
            files::scenarios_under(path).map_err(|error| format!("{}: {error}", path.display()))?;
        files.extend(found);
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Reads the files that fit and their policies; nothing if a file cannot be read.
fn read(args: &TestArgs, paths: &[PathBuf], err: &mut dyn Write) -> io::Result<Option<Suite>> {
    let mut suite = Suite::default();
    for path in paths {
        if let Err(error) = suite.add_file(path) {
            writeln!(err, "{}: {error}", path.display())?;
            return Ok(None);
        }
    }
    if let Some(regex) = &args.run {
        suite.keep(|text| regex.is_match(text));
    }
    suite.load_policies();
    Ok(Some(suite))
}

/// Writes what happened into the files that failed; how many files changed.
fn accept(suite: &Suite, results: &[suite::Result], err: &mut dyn Write) -> io::Result<usize> {
    let mut changed = 0;
    for (file, result) in suite.files.iter().zip(results) {
        let (Some(story), Some(outcome)) = (&result.story, &result.played.outcome) else {
            continue;
        };
        if outcome.failures.is_empty() {
            continue;
        }
        let text = &suite.sources.files[file.number].text;
        let accepted = scenario::accept(text, story, outcome);
        for (step, why) in &accepted.left {
            writeln!(
                err,
                "{}: step {step} is left alone: {why}",
                result.played.path
            )?;
        }
        if accepted.text != *text {
            replace(&file.path, &accepted.text)?;
            changed += 1;
            writeln!(
                err,
                "{}: accepted what happens in {} {}",
                result.played.path,
                accepted.steps,
                if accepted.steps == 1 { "step" } else { "steps" }
            )?;
        }
    }
    Ok(changed)
}

/// Puts a new text in the place of a file: whole, or not at all.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.accepting"));
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}

/// A run that is over.
struct Run<'a> {
    args: &'a TestArgs,
    look: Look,
    suite: &'a Suite,
    coverage: Vec<(usize, Coverage)>,
    played: Vec<&'a Played>,
}

impl Run<'_> {
    fn is_good(&self) -> bool {
        let threshold = usize::from(self.args.coverage_threshold.unwrap_or(0));
        let covered = self.covered().iter().all(|(policy, coverage)| {
            let (touched, all) = coverage.touched(policy);
            touched * 100 >= threshold * all
        });
        let sound = self
            .suite
            .policies
            .iter()
            .all(|loaded| loaded.findings.is_empty());
        covered && sound && self.played.iter().all(|played| played.passed())
    }

    fn covered(&self) -> Vec<(&Policy, Coverage)> {
        let policy = |index: usize| {
            self.suite.policies[index]
                .book
                .as_ref()
                .map(|book| &*book.policy)
        };
        self.coverage
            .iter()
            .filter_map(|(index, coverage)| Some((policy(*index)?, coverage.clone())))
            .collect()
    }

    fn print(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<()> {
        let sources = &self.suite.sources;
        let of_policies = self
            .suite
            .policies
            .iter()
            .flat_map(|loaded| &loaded.findings);
        let of_files = self
            .played
            .iter()
            .filter_map(|played| played.outcome.as_ref())
            .flat_map(|outcome| &outcome.findings);
        let findings: Vec<_> = of_policies.chain(of_files).cloned().collect();
        match self.args.format {
            TestFormat::Human => {
                common::findings(err, sources, &findings, self.look)?;
                for played in &self.played {
                    scenarios::file(out, self.look, sources, played)?;
                }
                for (policy, coverage) in self.covered() {
                    scenarios::coverage(out, self.look, policy, &coverage)?;
                }
                scenarios::summary(out, &self.played)
            }
            TestFormat::Json => {
                scenarios::json(out, sources, &self.played, &findings, &self.covered())
            }
            TestFormat::Junit => {
                let policies = self
                    .suite
                    .policies
                    .iter()
                    .map(|loaded| (loaded.name.as_str(), loaded.findings.as_slice()));
                junit::report(out, sources, &self.played, &policies.collect::<Vec<_>>())
            }
        }
    }
}
