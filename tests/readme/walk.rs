//! Walks one document: does in a copy of the shipped files what its reader is told to do.

use std::fs;
use std::path::Path;

use crate::blocks::{Block, blocks};
use crate::window::{self, Window};
use crate::{compare, patch};

/// What a copy holds, from the repository's root.
const COPIED: [&str; 2] = ["policies", "scenarios"];

/// How a document calls the program, with the toolchain only.
const BY_CARGO: &str = "cargo run --release --";

/// The commands of an `sh` block that are this very run.
const THIS_RUN: &str = "cargo test";

/// How a reader takes every edit back; in a walk's copy there is no repository, so it is copied again.
const RESTORE: &str = "git restore policies scenarios";

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
    restore(folder.path())?;
    let mut reader = Reader {
        root: folder.path(),
        address: window::free_address()?,
        window: None,
    };
    for block in &blocks {
        let done = reader.run(block);
        done.map_err(|fault| format!("{path}:{}: {fault}", block.line))?;
    }
    Ok(blocks.len())
}

/// Makes the copy as the repository has it.
fn restore(root: &Path) -> Result<(), String> {
    for name in COPIED {
        let (from, to) = (
            Path::new(env!("CARGO_MANIFEST_DIR")).join(name),
            root.join(name),
        );
        let cleared = if to.exists() {
            fs::remove_dir_all(&to)
        } else {
            Ok(())
        };
        let copied = cleared.and_then(|()| copy(&from, &to));
        copied.map_err(|error| format!("{}: {error}", to.display()))?;
    }
    Ok(())
}

/// Who does what the document says.
struct Reader<'a> {
    /// The copy.
    root: &'a Path,
    /// What stands for [`window::PRINTED`].
    address: String,
    /// What goes on in the second window.
    window: Option<Window>,
}

impl Reader<'_> {
    fn run(&mut self, block: &Block) -> Result<(), String> {
        if block.language == "window" {
            return self.second_window(&block.lines);
        }
        run(block, self.root, &self.address)
    }

    /// `^C` ends what runs in the window; a command starts there and goes on; then come the lines that it shows.
    fn second_window(&mut self, lines: &[String]) -> Result<(), String> {
        let printed = |line: &str| line.replace(&self.address, window::PRINTED);
        let Some((first, output)) = lines.split_first() else {
            return Err("a window in which nothing happens".into());
        };
        if first == window::INTERRUPT {
            let mut open = self.window.take().ok_or("nothing runs in the window")?;
            return open.interrupt(output, printed);
        }
        let command = first
            .strip_prefix("$ ")
            .ok_or("a window begins with `$ command` or `^C`")?;
        let script = format!("exec {}", command.replace(window::PRINTED, &self.address));
        let open = Window::open(window::shell(&script, self.root, program()?), command)?;
        open.shows(output, printed)?;
        self.window = Some(open);
        Ok(())
    }
}

fn run(block: &Block, root: &Path, address: &str) -> Result<(), String> {
    if let Some(file) = &block.file {
        return write(&root.join(file), &block.lines);
    }
    match block.language.as_str() {
        "console" => console(&block.lines, root, address),
        "sh" => shell(&block.lines, root, address),
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
            "nobody runs a block `{other}`; name the file that it is, or make it console, window, sh, diff, toml, json or text"
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

fn shell(lines: &[String], root: &Path, address: &str) -> Result<(), String> {
    for line in lines {
        let command = line.trim();
        if command.is_empty() || command.starts_with('#') || command.starts_with(THIS_RUN) {
            continue;
        }
        if command == RESTORE {
            restore(root)?;
            continue;
        }
        let (status, output) = execute(command, root, address)?;
        if status != 0 {
            return Err(format!("`{command}` ended with status {status}:\n{output}"));
        }
    }
    Ok(())
}

fn console(lines: &[String], root: &Path, address: &str) -> Result<(), String> {
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
        let (actual_status, actual) = execute(&command, root, address)?;
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
fn execute(command: &str, root: &Path, address: &str) -> Result<(i32, String), String> {
    let command = command
        .replace(BY_CARGO, "panke")
        .replace(window::PRINTED, address);
    let run = window::shell(&command, root, program()?)
        .output()
        .map_err(|error| format!("sh: {error}"))?;
    let status = run.status.code().ok_or("the command was killed")?;
    let output = String::from_utf8_lossy(&run.stdout);
    Ok((status, output.replace(address, window::PRINTED)))
}

/// The folder of the program.
fn program() -> Result<&'static Path, String> {
    let program = Path::new(env!("CARGO_BIN_EXE_panke"));
    program
        .parent()
        .ok_or_else(|| "the program stands in no folder".into())
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
    fn what_runs_in_a_second_window_goes_on_until_it_is_interrupted() {
        let text = "\
```window
$ panke serve --data w.db --policies policies --office seat-order --listen 127.0.0.1:8080
...
[..] INFO every office is up ms=[..]
```
```console
$ echo 127.0.0.1:8080
127.0.0.1:8080
```
```window
^C
...
```
";
        assert_eq!(walk("sample.md", text), Ok(3));
        let told = fault(&text.replace("^C\n...", "^C\nover"));
        assert!(told.contains("something else"), "{told}");
        assert!(fault("```window\n^C\n```\n").contains("nothing runs"));
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
