//! For each sort of mistake the smallest broken policy or scenario, with what a reader is told of it. `UPDATE_EXPECT=1 cargo test
//! --test bad` writes the expectations anew; look at what it changed.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first thing that is not as it should be, and is told by the environment what to do"
)]

use panke::check::check;
use panke::files::load_policy;
use panke::finding::{CODES, Finding, Severity, Sources};
use panke::print::{Look, findings_github, findings_human, findings_json, findings_sarif};
use std::fs;
use std::path::{Path, PathBuf};

const SAMPLES: &str = "tests/bad";
/// A sample that has it is a scenario.
const SCENARIO: &str = "scenario.toml";
/// The office that samples extend.
const OFFICE: &str = "_office";

/// Loads and checks a sample; files that would be too large to keep are written beside a copy of it.
fn check_sample(sample: &Path) -> (Sources, Vec<Finding>) {
    let library = Path::new(SAMPLES);
    let mut sources = Sources::default();
    let recipe = sample.join("generate.txt");
    if !recipe.exists() {
        let files = load_policy(library, &sample.to_string_lossy()).unwrap();
        let (policy, findings) = check(&files, &mut sources);
        let errors = findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        assert_eq!(
            policy.is_none(),
            errors,
            "a policy exists exactly when nothing is an error"
        );
        return (sources, findings);
    }
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(sample).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    generate(&fs::read_to_string(recipe).unwrap(), copy.path());
    let copied = copy.path().to_string_lossy().into_owned();
    let files = load_policy(library, &copied).unwrap();
    let (policy, mut findings) = check(&files, &mut sources);
    assert!(policy.is_none());
    let shown = sample.to_string_lossy().into_owned();
    for finding in &mut findings {
        finding.message = finding.message.replace(&copied, &shown);
    }
    for file in &mut sources.files {
        file.path = file.path.replace(&copied, &shown);
    }
    (sources, findings)
}

/// Writes what a recipe says: `big.toml: 1048577 bytes`.
fn generate(recipe: &str, folder: &Path) {
    let (name, what) = recipe.trim().split_once(": ").unwrap();
    let (count, what) = what.split_once(' ').unwrap();
    let count: usize = count.parse().unwrap();
    match what {
        "bytes" => fs::write(folder.join(name), "#".repeat(count)).unwrap(),
        "files" => {
            for number in 0..count {
                fs::write(
                    folder.join(format!("{name}-{number:03}.toml")),
                    "# Nothing.\n",
                )
                .unwrap();
            }
        }
        _ => {
            let facts: String = (0..count).map(chained_fact).collect();
            fs::write(folder.join(name), facts).unwrap();
        }
    }
}

fn chained_fact(number: usize) -> String {
    let next = number + 1;
    format!(
        "[fact.f{number}]\nof = \"deal\"\nsource = \"x\"\ntext = {{ en = \"T\", zh = \"文\" }}\nis = '!deal.f{next}'\n"
    )
}

/// What `panke test` says of a sample that is a scenario.
fn played(sample: &Path) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_panke"));
    let tested = command.arg("test").arg(sample.join(SCENARIO)).output();
    let tested = tested.unwrap();
    assert_eq!(tested.status.code(), Some(1), "{}", sample.display());
    let said = String::from_utf8(tested.stderr).unwrap();
    said.replace(&shipped(), "[policies]")
}

/// The names of the policies that ship with the program, as a finding lists them.
fn shipped() -> String {
    let entries = fs::read_dir("policies").unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.join(", ")
}

fn samples() -> Vec<PathBuf> {
    let entries = fs::read_dir(SAMPLES)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut samples: Vec<PathBuf> = entries
        .filter(|path| path.is_dir() && !path.ends_with(OFFICE))
        .collect();
    samples.sort();
    samples
}

fn name_of(sample: &Path) -> &str {
    sample.file_name().unwrap().to_str().unwrap()
}

#[test]
fn each_sample_is_answered_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for sample in samples() {
        let text = if sample.join(SCENARIO).exists() {
            played(&sample)
        } else {
            let (sources, findings) = check_sample(&sample);
            findings_human(&findings, &sources, Look::PLAIN)
        };
        let code = name_of(&sample);
        let found = text.contains(&format!("[{code}]"));
        if !found && !code.starts_with('_') {
            wrong.push(format!("{code} is not found in its sample:\n{text}"));
        }
        let expected = sample.join("expected.txt");
        if update {
            fs::write(&expected, &text).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != text {
            wrong.push(format!("{code}:\n{text}"));
        }
    }
    let help = "run with UPDATE_EXPECT=1 and look at the difference";
    assert!(
        wrong.is_empty(),
        "{} samples are answered otherwise; {help}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn each_code_has_a_sample_and_each_sample_a_code() {
    let samples = samples();
    for code in CODES {
        let has = samples.iter().any(|sample| name_of(sample) == code.word());
        assert!(has, "{SAMPLES}/{}/ is missing", code.word());
    }
    for sample in &samples {
        let name = name_of(sample);
        let known = CODES.iter().any(|code| code.word() == name);
        assert!(known || name.starts_with('_'), "{name} is no code");
    }
}

#[test]
fn the_office_that_samples_extend_is_well() {
    let (_, findings) = check_sample(&Path::new(SAMPLES).join(OFFICE));
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn columns_count_characters_in_every_format() {
    let (sources, findings) = check_sample(&Path::new(SAMPLES).join("_chinese-columns"));
    let file = "tests/bad/_chinese-columns/policy.toml";
    let json = findings_json(&findings, &sources);
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["file"], &first["line"], &first["column"]),
        (&file.into(), &9.into(), &23.into())
    );
    assert_eq!(first["end_column"], 28);
    let github = findings_github(&findings, &sources);
    assert!(github.starts_with(&format!(
        "::error file={file},line=9,col=23,endLine=9,endColumn=28,"
    )));
    let sarif: serde_json::Value =
        serde_json::from_str(&findings_sarif(&findings, &sources)).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (
            &place["region"]["startLine"],
            &place["region"]["startColumn"]
        ),
        (&9.into(), &23.into())
    );
    assert_eq!(place["artifactLocation"]["uri"], file);
}
