//! One line of JSON taken apart, borrowed from the line, with the place of every key and value.
//!
//! Written by hand, because each value's place is wanted and nothing may be allocated for a plain line; it accepts what
//! RFC 8259 accepts, which a test holds against serde_json.

use super::raw::{Field, FieldFault, RawValue};
use crate::base::json::plain_until;
use crate::event::MOST_NESTED;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::ops::Range;

/// How deep objects and lists may stand in each other.
pub const DEPTH_LIMIT: usize = 16;
// Whatever was read can be saved and loaded.
const _: () = assert!(DEPTH_LIMIT <= MOST_NESTED);

/// The fields of a line; up to ten without allocation.
pub type ScannedFields<'a> = SmallVec<[Field<'a>; 10]>;

/// Faults are boxed, so that what is moved for every value is small.
type Scanned<T> = Result<T, Box<FieldFault>>;

/// The fields of a line that holds one JSON object and nothing else.
pub fn scan(text: &str) -> Result<ScannedFields<'_>, FieldFault> {
    let mut fields = ScannedFields::new();
    match scan_into(text, &mut fields) {
        Ok(()) => Ok(fields),
        Err(fault) => Err(*fault),
    }
}

/// The same into a list that is there already: a thousand bytes less to move.
pub(super) fn scan_into<'a>(text: &'a str, fields: &mut ScannedFields<'a>) -> Scanned<()> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.space();
    if scanner.peek() != Some(b'{') {
        return Err(scanner.no_object().into());
    }
    scanner.object(DEPTH_LIMIT, |field| fields.push(field))?;
    scanner.space();
    match scanner.peek() {
        None => Ok(()),
        Some(_) => Err(scanner
            .fault("something follows the event on its line")
            .help("write one event a line, and nothing after it")
            .into()),
    }
}

/// A place in a line.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Steps over a byte that must come next.
    #[inline]
    fn expect(&mut self, byte: u8, what: &str) -> Scanned<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.unexpected(what).into())
    }

    /// The bytes of the character that comes next; none at the end.
    fn here(&self) -> Range<usize> {
        let length = self.text[self.at..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        self.at..self.at + length
    }

    #[cold]
    fn fault(&self, message: impl Into<String>) -> FieldFault {
        FieldFault::new(self.here(), message)
    }

    #[cold]
    fn unexpected(&self, wanted: &str) -> FieldFault {
        match self.text[self.at..].chars().next() {
            None => self
                .fault(format!("not JSON: the line ends where {wanted} must come"))
                .help("write the whole event on one line"),
            Some(character) if character.is_control() => self.fault(format!(
                "not JSON: {} where {wanted} must come",
                character.escape_unicode()
            )),
            Some(character) => {
                self.fault(format!("not JSON: `{character}` where {wanted} must come"))
            }
        }
    }

    #[cold]
    fn no_object(&self) -> FieldFault {
        let help =
            "write one object a line, as in {\"at\": \"2024-03-01 09:00\", \"event\": \"tick\"}";
        let fault = match self.peek() {
            Some(b'[') => self.fault("a list, where one event must stand"),
            Some(b'"' | b'0'..=b'9' | b'-' | b't' | b'f' | b'n') => {
                self.fault("not an event: an event is a JSON object")
            }
            _ => self.unexpected("`{`"),
        };
        fault.help(help)
    }

    /// The fields of an object whose `{` comes next.
    fn object(&mut self, depth: usize, mut take: impl FnMut(Field<'a>)) -> Scanned<()> {
        let depth = self.deeper(depth)?;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            let key_start = self.at;
            self.expect(b'"', "a key in double quotes")?;
            let key = self.string(key_start)?;
            let key_at = key_start..self.at;
            self.space();
            self.expect(b':', "`:`")?;
            self.space();
            let start = self.at;
            let value = self.value(depth)?;
            let value_at = start..self.at;
            take(Field {
                key,
                value,
                key_at,
                value_at,
            });
            if self.ends(b'}', "`,` or `}`")? {
                return Ok(());
            }
        }
    }

    /// The values of a list whose `[` comes next.
    fn list(&mut self, depth: usize) -> Scanned<Vec<RawValue<'a>>> {
        let depth = self.deeper(depth)?;
        let mut values = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(values);
        }
        loop {
            self.space();
            values.push(self.value(depth)?);
            if self.ends(b']', "`,` or `]`")? {
                return Ok(values);
            }
        }
    }

    /// Steps over an opening bracket.
    fn deeper(&mut self, depth: usize) -> Scanned<usize> {
        let deeper = depth.checked_sub(1).ok_or_else(|| {
            self.fault(format!(
                "more than {DEPTH_LIMIT} objects and lists in each other"
            ))
        })?;
        self.at += 1;
        Ok(deeper)
    }

    /// Steps over `,` (gives no) or the closing bracket (gives yes).
    #[inline]
    fn ends(&mut self, close: u8, wanted: &str) -> Scanned<bool> {
        self.space();
        let byte = self.peek();
        if byte != Some(b',') && byte != Some(close) {
            return Err(self.unexpected(wanted).into());
        }
        self.at += 1;
        Ok(byte == Some(close))
    }

    #[inline]
    fn value(&mut self, depth: usize) -> Scanned<RawValue<'a>> {
        match self.peek() {
            Some(b'"') => {
                let start = self.at;
                self.at += 1;
                self.string(start).map(RawValue::Text)
            }
            Some(b'{') => {
                let mut fields = Vec::new();
                self.object(depth, |field| fields.push(field))?;
                Ok(RawValue::Table(fields))
            }
            Some(b'[') => self.list(depth).map(RawValue::List),
            Some(b't') => self.literal("true", RawValue::Flag(true)),
            Some(b'f') => self.literal("false", RawValue::Flag(false)),
            Some(b'n') => self.literal("null", RawValue::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.unexpected("a value").into()),
        }
    }

    fn literal(&mut self, word: &str, value: RawValue<'a>) -> Scanned<RawValue<'a>> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.unexpected("a value").into());
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Scanned<RawValue<'a>> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            whole = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = if whole {
            self.text[start..self.at].parse().ok()
        } else {
            None
        };
        Ok(number.map_or(RawValue::Float, RawValue::Int))
    }

    /// Steps over one digit or more.
    fn digits(&mut self) -> Scanned<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.unexpected("a digit").into());
        }
        Ok(())
    }

    /// The text of a string whose opening quote, at `start`, has been read.
    #[inline]
    fn string(&mut self, start: usize) -> Scanned<Cow<'a, str>> {
        let text = self.text;
        let from = self.at;
        self.at = plain_until(text.as_bytes(), from);
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                Ok(Cow::Borrowed(&text[from..self.at - 1]))
            }
            Some(b'\\') => self.escaped(start, from).map(Cow::Owned),
            _ => Err(self.bad_string(start).into()),
        }
    }

    /// The text of a string in which something is escaped; `from` is where it begins.
    #[cold]
    fn escaped(&mut self, start: usize, mut from: usize) -> Scanned<String> {
        let text = self.text;
        let mut out = String::new();
        loop {
            match self.peek() {
                Some(b'"') => {
                    out.push_str(&text[from..self.at]);
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    out.push_str(&text[from..self.at]);
                    out.push(self.escape()?);
                    from = self.at;
                }
                Some(byte) if byte >= b' ' => self.at += 1,
                _ => return Err(self.bad_string(start).into()),
            }
        }
    }

    #[cold]
    fn bad_string(&self, start: usize) -> FieldFault {
        match self.peek() {
            None => FieldFault::new(
                start..start + 1,
                "not JSON: the text that begins here has no end",
            )
            .help("close it with a double quote on the same line"),
            Some(byte) => self
                .fault(format!(
                    "not JSON: the control character 0x{byte:02x} stands inside a text"
                ))
                .help("write it with a backslash, as in `\\t`"),
        }
    }

    /// The character for which an escape stands, whose backslash comes next.
    fn escape(&mut self) -> Scanned<char> {
        let start = self.at;
        self.at += 1;
        let byte = self.peek();
        self.at += usize::from(byte.is_some_and(|byte| byte.is_ascii()));
        Ok(match byte {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                return Err(
                    FieldFault::new(start..self.at, "not JSON: there is no such escape")
                        .help("after a backslash comes one of \" \\ / b f n r t u")
                        .into(),
                );
            }
        })
    }

    /// The character of `\uXXXX`, or of two such that are a pair; the first `u` has been read.
    fn unicode(&mut self, start: usize) -> Scanned<char> {
        let first = self.hex(start)?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let lone = |end| {
            FieldFault::new(start..end, "not JSON: half of a pair of escapes")
                .help("write the character itself, or both halves, as in \\ud83d\\ude00")
        };
        if first >= 0xdc00 || !self.text[self.at..].starts_with("\\u") {
            return Err(lone(self.at).into());
        }
        self.at += 2;
        let second = self.hex(start)?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone(self.at).into());
        }
        let point = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        char::from_u32(point).ok_or_else(|| lone(self.at).into())
    }

    /// The number that the next four hexadecimal digits make.
    fn hex(&mut self, start: usize) -> Scanned<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let number = digits.and_then(|digits| {
            digits.iter().try_fold(0, |number, digit| {
                char::from(*digit)
                    .to_digit(16)
                    .map(|digit| number * 16 + digit)
            })
        });
        let number = number.ok_or_else(|| {
            FieldFault::new(
                start..self.at,
                "not JSON: an escape without four hexadecimal digits",
            )
        })?;
        self.at += 4;
        Ok(number)
    }
}
