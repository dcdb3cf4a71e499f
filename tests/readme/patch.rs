//! Applies the edits that a document shows as diffs. Line numbers are not needed: the old lines must stand in the file
//! exactly once, so that a diff that no longer fits is a fault and never a guess.

use std::fs;
use std::path::Path;

/// One hunk: the lines that stand there, and those that shall.
#[derive(Default)]
struct Hunk {
    old: Vec<String>,
    new: Vec<String>,
}

/// Applies a unified diff to the files under `root`.
pub fn apply(lines: &[String], root: &Path) -> Result<(), String> {
    let mut file: Option<String> = None;
    let mut hunk = Hunk::default();
    let mut applied = 0;
    for line in lines {
        if line.starts_with("--- ") || line.starts_with("@@") || line.starts_with("+++ ") {
            applied += finish(file.as_deref(), &mut hunk, root)?;
            if let Some(path) = line.strip_prefix("+++ ") {
                file = Some(path.strip_prefix("b/").unwrap_or(path).trim().to_owned());
            }
        } else if let Some(old) = line.strip_prefix('-') {
            hunk.old.push(old.to_owned());
        } else if let Some(new) = line.strip_prefix('+') {
            hunk.new.push(new.to_owned());
        } else {
            let both = line.strip_prefix(' ').unwrap_or(line);
            hunk.old.push(both.to_owned());
            hunk.new.push(both.to_owned());
        }
    }
    applied += finish(file.as_deref(), &mut hunk, root)?;
    if applied == 0 {
        return Err("the diff changes nothing".to_owned());
    }
    Ok(())
}

/// Applies the hunk gathered so far, if there is one.
fn finish(file: Option<&str>, hunk: &mut Hunk, root: &Path) -> Result<usize, String> {
    let Hunk { old, new } = std::mem::take(hunk);
    if old == new {
        return Ok(0);
    }
    let file = file.ok_or("the diff names no file (`+++ path`)")?;
    let path = root.join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
    let edited = replace(&text, &old, &new).map_err(|fault| format!("{file}: {fault}"))?;
    fs::write(&path, edited).map_err(|error| format!("{file}: {error}"))?;
    Ok(1)
}

fn replace(text: &str, old: &[String], new: &[String]) -> Result<String, String> {
    let lines: Vec<&str> = text.lines().collect();
    if old.is_empty() {
        return Err("a hunk shows no line that stands there".to_owned());
    }
    let places: Vec<usize> = (0..lines.len())
        .filter(|&at| {
            let here = lines[at..].iter().take(old.len());
            here.len() == old.len() && here.zip(old).all(|(a, b)| a == b)
        })
        .collect();
    let [place] = places[..] else {
        let times = places.len();
        return Err(format!(
            "stands there {times} times, not once:\n{}",
            old.join("\n")
        ));
    };
    let before = lines[..place].iter().copied();
    let after = lines[place + old.len()..].iter().copied();
    let edited: Vec<&str> = before
        .chain(new.iter().map(String::as_str))
        .chain(after)
        .collect();
    Ok(edited.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, diff: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a.toml");
        fs::write(&file, text).expect("writable");
        let lines: Vec<String> = diff.lines().map(str::to_owned).collect();
        apply(&lines, folder.path())?;
        Ok(fs::read_to_string(&file).expect("readable"))
    }

    #[test]
    fn a_diff_with_context_is_applied() {
        let diff =
            "--- a/a.toml\n+++ b/a.toml\n@@\n [x]\n-is = 1\n+is = 2\n+by = 3\n@@\n-z = 1\n+z = 2\n";
        let edited = edit("[w]\nis = 1\n[x]\nis = 1\nz = 1\n", diff);
        assert_eq!(
            edited.as_deref(),
            Ok("[w]\nis = 1\n[x]\nis = 2\nby = 3\nz = 2\n")
        );
    }

    #[test]
    fn a_diff_that_does_not_fit_is_a_fault() {
        let diff = "--- a/a.toml\n+++ b/a.toml\n-is = 1\n+is = 2\n";
        assert!(edit("is = 3\n", diff).is_err());
        assert!(edit("is = 1\nis = 1\n", diff).is_err());
        assert!(edit("is = 1\n", "-is = 1\n+is = 2\n").is_err());
        assert!(edit("is = 1\n", "--- a/a.toml\n+++ b/a.toml\n is = 1\n").is_err());
    }
}
