//! The code blocks of a Markdown document.

/// One fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands after the fence: `console`, or `toml policies/x/amounts.toml`.
    pub language: String,
    pub file: Option<String>,
    pub lines: Vec<String>,
    /// The line of the opening fence, from 1.
    pub line: usize,
}

const FENCE: &str = "```";

/// How many lines open or close a block.
pub fn count_fences(text: &str) -> usize {
    let lines = text.lines();
    lines
        .filter(|line| line.trim_start().starts_with(FENCE))
        .count()
}

/// The blocks, in order; the indentation of a fence is taken off its lines.
pub fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut open: Option<(Block, usize)> = None;
    for (at, line) in text.lines().enumerate() {
        let inside = line.trim_start();
        let indent = line.len() - inside.len();
        match (&mut open, inside.strip_prefix(FENCE)) {
            (None, Some(info)) => open = Some((opened(info, at + 1), indent)),
            (None, None) => {}
            (Some(_), Some(_)) => blocks.extend(open.take().map(|(block, _)| block)),
            (Some((block, indent)), None) => {
                let kept = line.get(*indent..).unwrap_or_default();
                block.lines.push(kept.to_owned());
            }
        }
    }
    match open {
        Some((block, _)) => Err(format!("{}: the block is never closed", block.line)),
        None => Ok(blocks),
    }
}

fn opened(info: &str, line: usize) -> Block {
    let mut words = info.split_whitespace();
    Block {
        language: words.next().unwrap_or_default().to_owned(),
        file: words.next().map(str::to_owned),
        lines: Vec::new(),
        line,
    }
}

#[test]
fn blocks_are_found_with_their_language_file_and_line() {
    let text = "a\n```toml p/a.toml\nx = 1\n```\n\n- b\n  ```sh\n  ls\n    c\n  ```\n";
    let found = blocks(text).expect("all closed");
    assert_eq!(found.len() * 2, count_fences(text));
    assert_eq!(found[0].language, "toml");
    assert_eq!(found[0].file.as_deref(), Some("p/a.toml"));
    assert_eq!(
        (found[1].line, found[1].lines.join("|")),
        (7, "ls|  c".to_owned())
    );
}

#[test]
fn a_block_that_is_never_closed_is_a_fault() {
    assert!(blocks("```sh\nls\n").is_err());
}
