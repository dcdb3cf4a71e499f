//! A Rust file taken apart as far as the house style needs it: code without comments and strings, the string literals,
//! and the stretches that only tests see.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// One Rust file.
pub struct Source {
    pub path: String,
    pub text: String,
    /// The text, of the same length, with spaces where comments, strings and characters stand.
    pub code: String,
    pub literals: Vec<Literal>,
    /// The items under `#[cfg(test)]` and `#[test]`.
    tests: Vec<Range<usize>>,
}

/// A string literal: what stands between its quotes, as written, and where it begins.
pub struct Literal {
    pub text: String,
    pub at: usize,
}

impl Source {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Source {
        let text = text.into();
        let (code, literals) = scan(&text);
        let tests = test_items(&code);
        Source {
            path: path.into(),
            text,
            code,
            literals,
            tests,
        }
    }

    /// The line of an offset, from 1.
    pub fn line(&self, at: usize) -> usize {
        line(&self.text, at)
    }

    /// Whether only tests see what stands there.
    pub fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|item| item.contains(&at))
    }
}

/// The line of an offset in a text, from 1.
pub fn line(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}

/// The offset after the brace that closes the one at `open`; the end of the code if none does.
pub fn after_closing_brace(code: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// Where the item that begins at `from` has its body `{`, or `None` if it ends with `;` first.
pub fn body(code: &str, from: usize) -> Option<usize> {
    let mut depth = 0i32;
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth <= 0 => return Some(at),
            b';' if depth <= 0 => return None,
            _ => {}
        }
    }
    None
}

fn test_items(code: &str) -> Vec<Range<usize>> {
    static TEST: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"#\s*\[\s*(cfg\s*\(\s*test\s*\)|test)\s*\]").expect("valid"));
    let attributes = TEST.find_iter(code);
    attributes
        .filter_map(|found| {
            let open = body(code, found.end())?;
            Some(found.start()..after_closing_brace(code, open))
        })
        .collect()
}

fn scan(text: &str) -> (String, Vec<Literal>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = if let Some(end) = comment_end(bytes, at) {
            end
        } else if bytes[at] == b'"' {
            let inside = string_inside(bytes, at);
            literals.push(Literal {
                text: text[inside.clone()].to_owned(),
                at,
            });
            inside.end + 1
        } else if let Some(end) = character_end(text, at) {
            end
        } else {
            at += 1;
            continue;
        };
        blank(&mut code, at..end);
        at = end;
    }
    let code = String::from_utf8(code).expect("whole comments and literals were blanked");
    (code, literals)
}

fn blank(code: &mut [u8], range: Range<usize>) {
    let end = range.end.min(code.len());
    for byte in &mut code[range.start..end] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn comment_end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes[at..].starts_with(b"//") {
        let length = bytes[at..].iter().position(|&byte| byte == b'\n');
        return Some(length.map_or(bytes.len(), |length| at + length));
    }
    if !bytes[at..].starts_with(b"/*") {
        return None;
    }
    let (mut depth, mut now) = (0, at);
    while now < bytes.len() {
        if bytes[now..].starts_with(b"/*") {
            depth += 1;
            now += 2;
        } else if bytes[now..].starts_with(b"*/") {
            depth -= 1;
            now += 2;
        } else {
            now += 1;
        }
        if depth == 0 {
            return Some(now);
        }
    }
    Some(bytes.len())
}

/// What stands between the quote at `quote` and the one that closes it.
fn string_inside(bytes: &[u8], quote: usize) -> Range<usize> {
    let start = quote + 1;
    let end = match raw_hashes(bytes, quote) {
        Some(hashes) => raw_end(bytes, start, hashes),
        None => plain_end(bytes, start),
    };
    start..end
}

/// How many `#` the raw string whose quote this is has; `None` for an ordinary string.
fn raw_hashes(bytes: &[u8], quote: usize) -> Option<usize> {
    let before = &bytes[..quote];
    let hashes = before.iter().rev().take_while(|&&b| b == b'#').count();
    let before = before[..quote - hashes].strip_suffix(b"r")?;
    let before = before
        .strip_suffix(b"b")
        .or_else(|| before.strip_suffix(b"c"))
        .unwrap_or(before);
    let in_a_word = before.last().is_some_and(|&byte| is_word(byte));
    (!in_a_word).then_some(hashes)
}

fn raw_end(bytes: &[u8], start: usize, hashes: usize) -> usize {
    let closing = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let length = bytes[start..]
        .windows(closing.len())
        .position(|window| window == closing);
    length.map_or(bytes.len() - 1, |length| start + length)
}

fn plain_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at,
            _ => at += 1,
        }
    }
    bytes.len() - 1
}

/// The end of the character literal that begins here; `None` for a lifetime.
fn character_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix('\'')?;
    if rest.starts_with('\\') {
        let closing = rest.get(2..)?.find('\'')?;
        return Some(at + 1 + 2 + closing + 1);
    }
    let character = rest.chars().next()?;
    let after = character.len_utf8();
    rest[after..]
        .starts_with('\'')
        .then_some(at + 1 + after + 1)
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Source::new("x.rs", text).code
    }

    #[test]
    fn comments_and_literals_are_blanked_and_lifetimes_stay() {
        let text = "a /* x /* y */ z */ b // c\nd '\"' 'é' '\\'' &'q str \"s\\\"t\" e";
        let kept: String = code(text).split_whitespace().collect();
        assert_eq!(kept, "abd&'qstre");
        assert_eq!(code(text).len(), text.len());
    }

    #[test]
    fn raw_strings_end_at_their_own_hashes() {
        let source = Source::new("x.rs", "f(r#\"a \"b\" c\"#, br\"d\\\", \"判\")");
        let texts: Vec<&str> = source.literals.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(texts, ["a \"b\" c", "d\\", "判"]);
    }

    #[test]
    fn test_modules_and_test_functions_are_known() {
        let text =
            "fn a() {}\n#[cfg(test)]\nmod tests { fn b() {} }\nfn c() {}\n#[test]\nfn d() { e() }";
        let source = Source::new("x.rs", text);
        let is_test = |name: &str| source.is_test(text.find(name).expect("in the sample"));
        assert_eq!(
            ["a()", "b()", "c()", "e()"].map(is_test),
            [false, true, false, true]
        );
    }
}
