//! Walks one document: does in a copy of the shipped files what its reader is told to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::blocks::{Block, blocks};
use crate::{compare, patch};

/// What a copy holds, from the repository's root.
const COPIED: [&str; 2] = ["policies", "scenarios"];

/// How a document calls the program, with the toolchain only.
const BY_CARGO: &str = "cargo run --release --";

/// The commands of an `sh` block that are this very run.
const THIS_RUN: &str = "cargo test";

/// One command of a console block.
struct Step {
    command: String,
    status: i32,
    output: Vec<String>,
}

/// Does every block of the document; says how many there were, or what is not true.
pub fn walk(path: &str, text: &str) -> Result<usize, String> {
    let blocks = blocks(text).map_err(|fault| format!("{path}:{fault}"))?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for name in COPIED {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        copy(&from, &folder.path().join(name)).map_err(|error| error.to_string())?;
    }
    for block in &blocks {
        let done = run(block, folder.path());
        done.map_err(|fault| format!("{path}:{}: {fault}", block.line))?;
    }
    Ok(blocks.len())
}

fn run(block: &Block, root: &Path) -> Result<(), String> {
    if let Some(file) = &block.file {
        return write(&root.join(file), &block.lines);
    }
    match block.language.as_str() {
        "console" => console(&block.lines, root),
        "sh" => shell(&block.lines, root),
        "diff" => patch::apply(&block.lines, root),
        "toml" => {
            let parsed = block.lines.join("\n").parse::<toml::Table>();
            parsed.map(drop).map_err(|error| error.to_string())
        }
        "json" => {
            let parsed = serde_json::from_str::<serde_json::Value>(&block.lines.join("\n"));
            parsed.map(drop).map_err(|error| error.to_string())
        }
        "text" => Ok(()),
        other => Err(format!(
            "nobody runs a block `{other}`; name the file that it is, or make it console, sh, diff, toml, json or text"
        )),
    }
}

fn write(path: &Path, lines: &[String]) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    let written =
        fs::create_dir_all(folder).and_then(|()| fs::write(path, lines.join("\n") + "\n"));
    written.map_err(|error| format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_file() {
        fs::copy(from, to)?;
    } else if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn shell(lines: &[String], root: &Path) -> Result<(), String> {
    for line in lines {
        let command = line.trim();
        if command.is_empty() || command.starts_with('#') || command.starts_with(THIS_RUN) {
            continue;
        }
        let (status, output) = execute(command, root)?;
        if status != 0 {
            return Err(format!("`{command}` ended with status {status}:\n{output}"));
        }
    }
    Ok(())
}

fn console(lines: &[String], root: &Path) -> Result<(), String> {
    let steps = steps(lines)?;
    if steps.is_empty() {
        return Err("a console block without a `$ command`".to_owned());
    }
    for Step {
        command,
        status,
        output,
    } in steps
    {
        let (actual_status, actual) = execute(&command, root)?;
        if actual_status != status {
            return Err(format!(
                "`{command}` ended with status {actual_status}, printed is {status}:\n{actual}"
            ));
        }
        if !compare::is_as_printed(&output, &actual) {
            let printed = output.join("\n");
            return Err(format!(
                "`{command}` gives another output.\n--- printed\n{printed}\n--- actual\n{actual}"
            ));
        }
    }
    Ok(())
}

fn steps(lines: &[String]) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for line in lines {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                command: command.to_owned(),
                status: 0,
                output: Vec::new(),
            });
            continue;
        }
        let step = steps
            .last_mut()
            .ok_or("output before the first `$ command`")?;
        let status = line
            .strip_prefix("? ")
            .and_then(|code| code.trim().parse().ok());
        match status {
            Some(status) if step.output.is_empty() => step.status = status,
            _ => step.output.push(line.clone()),
        }
    }
    Ok(steps)
}

/// Runs a command line in the copy: its status, and what it wrote to both streams, in order.
fn execute(command: &str, root: &Path) -> Result<(i32, String), String> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_panke"));
    let folder = program.parent().ok_or("the program stands in no folder")?;
    let command = command.replace(BY_CARGO, "panke");
    let script = format!("PATH=\"$PANKE_FOLDER:$PATH\"\nexec 2>&1\n{command}\n");
    let run = Command::new("sh")
        .args(["-c", &script])
        .current_dir(root)
        .env("PANKE_FOLDER", folder)
        .env("NO_COLOR", "1")
        // As at its reader's desk: where `CI` is set, `--accept` refuses.
        .env_remove("CI")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("sh: {error}"))?;
    let status = run.status.code().ok_or("the command was killed")?;
    Ok((status, String::from_utf8_lossy(&run.stdout).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        walk("sample.md", text).expect_err("the sample is not true")
    }

    const WALK: &str = "\
```toml policies/p/amounts.toml
is = \"1 month\"
```
```console
$ cat policies/p/amounts.toml
is = [..]
$ false
? 1
$ printf 'a\\nb\\nc\\n'
a
...
```
```diff
--- a/policies/p/amounts.toml
+++ b/policies/p/amounts.toml
-is = \"1 month\"
+is = \"45 days\"
```
```console
$ cat policies/p/amounts.toml
is = \"45 days\"
```
";

    #[test]
    fn a_reader_edits_a_file_and_sees_the_change() {
        assert_eq!(walk("sample.md", WALK), Ok(4));
    }

    #[test]
    fn an_output_that_is_not_so_is_a_fault_with_its_place() {
        let told = fault(&WALK.replace("amounts.toml\nis = \"45", "amounts.toml\nis = \"46"));
        assert!(told.contains("46 days"), "{told}");
        let told = fault("text\n\n```console\n$ echo a\nb\n```\n");
        assert!(
            told.starts_with("sample.md:3: `echo a` gives another output"),
            "{told}"
        );
    }

    #[test]
    fn the_program_itself_is_what_runs() {
        assert_eq!(
            walk(
                "sample.md",
                "```console\n$ command -v panke | wc -l\n[..]1\n```\n"
            ),
            Ok(1)
        );
    }

    #[test]
    fn another_status_an_unknown_block_and_bad_toml_are_faults() {
        let bad = [
            "```console\n$ exit 3\n```\n",
            "```sh\nexit 3\n```\n",
            "```console\nno command\n```\n",
            "```toml\na = \n```\n",
            "```json\n{\n```\n",
            "```rust\nfn f() {}\n```\n",
            "```\nwhat is it\n```\n",
        ];
        for text in bad {
            assert!(walk("sample.md", text).is_err(), "{text}");
        }
    }
}
