//! What `panke watch` keeps between two saves: what every file held, and what every scenario came to.

use crate::files;
use crate::finding::{Finding, Sources};
use crate::print::{Look, scenarios};
use crate::scenario::Played;
use crate::suite::{self, LIBRARY, SCENARIOS, Suite};
use crate::watching::{Contents, Digests};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What a scenario came to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Passed,
    /// With what failed, as it was printed.
    Failed(String),
}

/// What is remembered of a scenario.
#[derive(Default)]
struct Known {
    /// The folders of its policy; none if that was not found.
    folders: Vec<PathBuf>,
    /// What it came to when it was last played.
    last: Option<Verdict>,
    /// Whether it is played at all: its policy loads.
    played: bool,
}

/// What is remembered from round to round.
pub struct Rounds {
    /// The policies that were asked for; empty: all.
    asked: Vec<String>,
    /// The folders of policies and scenarios.
    roots: Vec<PathBuf>,
    look: Look,
    contents: Contents,
    scenarios: BTreeMap<PathBuf, Known>,
    /// Findings by the policy or scenario that they were found for, as text without colour.
    findings: BTreeMap<String, BTreeSet<String>>,
    first: bool,
}

impl Rounds {
    /// Nothing is known yet.
    pub fn new(asked: Vec<String>, roots: Vec<PathBuf>, look: Look) -> Rounds {
        Rounds {
            asked,
            roots,
            look,
            contents: Contents::default(),
            scenarios: BTreeMap::new(),
            findings: BTreeMap::new(),
            first: true,
        }
    }

    /// Looks at what has changed, plays what that touches, and prints what came out differently. Does nothing if every
    /// file holds what it held.
    pub fn round(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let before = self.contents.digests();
        if !self.contents.look(&self.roots) && !self.first {
            return Ok(());
        }
        let now = self.contents.digests();
        let changed = changed(&before, &now);
        if !self.first {
            self.announce(&changed, out)?;
        }
        let suite = self.read(&now, &changed)?;
        self.report_findings(&suite, out)?;
        let results = suite.play(false);
        self.report_results(&suite, &results, out)?;
        self.first = false;
        self.total(out)?;
        out.flush()
    }

    /// Names the files that changed.
    fn announce(&self, changed: &BTreeSet<PathBuf>, out: &mut dyn Write) -> io::Result<()> {
        const NAMED: usize = 3;
        let mut names: Vec<String> = changed
            .iter()
            .take(NAMED)
            .map(|path| files::shown(path))
            .collect();
        if changed.len() > NAMED {
            names.push(format!("and {} more", changed.len() - NAMED));
        }
        writeln!(
            out,
            "\n{}",
            self.look.strong(format!("changed: {}", names.join(", ")))
        )
    }

    /// Reads the scenarios that the changed files touch, and the policies.
    fn read(&mut self, now: &Digests, changed: &BTreeSet<PathBuf>) -> io::Result<Suite> {
        let mut suite = Suite::default();
        let files = files::scenarios_under(Path::new(SCENARIOS)).unwrap_or_default();
        self.scenarios.retain(|path, _| files.contains(path));
        for path in files {
            let known = self.scenarios.entry(path.clone()).or_default();
            let under = |folder: &PathBuf| changed.iter().any(|file| file.starts_with(folder));
            if known.folders.is_empty()
                || changed.contains(&path)
                || known.folders.iter().any(under)
            {
                // A file that is gone again by now is for the next round.
                if suite.add_file(&path).is_err() {
                    self.scenarios.remove(&path);
                }
            }
        }
        suite.load_policies();
        for name in self.library(now) {
            // One that is gone again by now is for the next round.
            if suite.add_policy(&name, false).is_err() {
                continue;
            }
        }
        Ok(suite)
    }

    /// The policies of the library that are there, or those of them that were asked for.
    fn library(&self, now: &Digests) -> Vec<String> {
        let page = |path: &PathBuf| {
            let folder = path.parent().filter(|_| path.ends_with("policy.toml"))?;
            let name = folder.strip_prefix(LIBRARY).ok()?.to_str()?;
            (!name.contains('/')).then(|| name.to_string())
        };
        let there: Vec<String> = now.keys().filter_map(page).collect();
        match self.asked.is_empty() {
            true => there,
            false => self.asked.clone(),
        }
    }

    /// Prints the findings that are new and those that are gone.
    fn report_findings(&mut self, suite: &Suite, out: &mut dyn Write) -> io::Result<()> {
        let mut now: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut new = Vec::new();
        for loaded in &suite.policies {
            let before = self.findings.get(&loaded.name);
            let texts = loaded
                .findings
                .iter()
                .map(|finding| (said(&suite.sources, finding), finding));
            for (text, finding) in texts {
                if before.is_none_or(|before| !before.contains(&text)) {
                    new.push(finding.clone());
                }
                now.entry(loaded.name.clone()).or_default().insert(text);
            }
            let gone = before
                .into_iter()
                .flatten()
                .filter(|text| !now.get(&loaded.name).is_some_and(|now| now.contains(*text)));
            for text in gone {
                writeln!(out, "{} {text}", self.look.good("mended"))?;
            }
        }
        super::common::findings(out, &suite.sources, &new, self.look)?;
        self.findings = now;
        Ok(())
    }

    /// Prints what came to something else than before.
    fn report_results(
        &mut self,
        suite: &Suite,
        results: &[suite::Result],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for (file, result) in suite.files.iter().zip(results) {
            let known = self.scenarios.entry(file.path.clone()).or_default();
            known.folders = suite.folders(file);
            known.played = result.played.outcome.is_some();
            if !known.played {
                continue;
            }
            let verdict = verdict(&suite.sources, &result.played)?;
            let changed = match (&known.last, &verdict) {
                (None, Verdict::Passed) => false,
                (last, verdict) => last.as_ref() != Some(verdict),
            };
            known.last = Some(verdict);
            if changed {
                let findings = result
                    .played
                    .outcome
                    .as_ref()
                    .map(|outcome| outcome.findings.as_slice());
                super::common::findings(
                    out,
                    &suite.sources,
                    findings.unwrap_or_default(),
                    self.look,
                )?;
                scenarios::file(out, self.look, &suite.sources, &result.played)?;
            }
        }
        Ok(())
    }

    /// How many scenarios pass, fail and cannot be played now.
    fn total(&self, out: &mut dyn Write) -> io::Result<()> {
        let played = self.scenarios.values().filter(|known| known.played);
        let passed = played
            .clone()
            .filter(|known| known.last == Some(Verdict::Passed))
            .count();
        let failed = played.count() - passed;
        let waiting = self.scenarios.len() - passed - failed;
        write!(out, "{passed} passed, {failed} failed")?;
        if waiting > 0 {
            write!(out, ", {waiting} not played: their policy does not load")?;
        }
        writeln!(out)
    }
}

/// The files that came, went or hold something else.
fn changed(before: &Digests, now: &Digests) -> BTreeSet<PathBuf> {
    let new = now
        .iter()
        .filter(|(path, digest)| before.get(*path) != Some(digest))
        .map(|(path, _)| path);
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    new.chain(gone).cloned().collect()
}

/// A finding in one line, without its place in the text: that moves when something above it is edited.
fn said(sources: &Sources, finding: &Finding) -> String {
    let path = finding
        .place
        .as_ref()
        .map_or("", |place| sources.files[place.file].path.as_str());
    format!("{} [{}] {path}", finding.message, finding.code.word())
}

/// What a scenario came to, with everything that is printed of it.
fn verdict(sources: &Sources, played: &Played) -> io::Result<Verdict> {
    if played.passed() {
        return Ok(Verdict::Passed);
    }
    let mut text = Vec::new();
    scenarios::file(&mut text, Look::PLAIN, sources, played)?;
    let findings = played.outcome.iter().flat_map(|outcome| &outcome.findings);
    let findings: Vec<String> = findings.map(|finding| said(sources, finding)).collect();
    Ok(Verdict::Failed(format!(
        "{}{}",
        String::from_utf8_lossy(&text),
        findings.join("\n")
    )))
}
