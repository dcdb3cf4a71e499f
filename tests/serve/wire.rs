//! HTTP/1.1 as bytes: requests that are written, answers that are read, by tests and by the load generator.

#![allow(dead_code, reason = "each test uses a part of it")]

/// A request as it goes over the wire.
#[must_use]
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: office\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || matches!(method, "POST" | "PUT") {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A `POST` of JSON.
#[must_use]
pub fn post(path: &str, body: &[u8]) -> Vec<u8> {
    request("POST", path, &[("content-type", "application/json")], body)
}

/// An answer that has arrived whole.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// The lines of the head after the first, as they came.
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|fault| panic!("{fault}: {} {}", self.status, self.text()))
    }

    /// The code of the problem that this answer tells, empty if it tells none.
    #[must_use]
    pub fn code(&self) -> String {
        if !self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/problem+json"))
        {
            return String::new();
        }
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then_some(value.trim())
    })
}

/// How much of what has arrived is the first answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub status: u16,
    /// Where the body begins.
    pub body: usize,
    /// Where the next answer begins.
    pub end: usize,
}

/// Where the first answer ends; nothing as long as it is not whole. Of a body without a length (`Content-Length` or
/// chunks) all that is there counts as soon as the other side has `closed`.
#[must_use]
pub fn extent(bytes: &[u8], closed: bool) -> Option<Extent> {
    let body = find(bytes, b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..body]).ok()?;
    let status = head.get(9..12)?.parse().ok()?;
    let end = if let Some(length) = header(head, "content-length") {
        body + length.parse::<usize>().ok()?
    } else if header(head, "transfer-encoding").is_some_and(|coding| coding == "chunked") {
        body + chunks(&bytes[body..], &mut |_| ())?
    } else if closed || status == 204 || status == 304 || status < 200 {
        if closed { bytes.len() } else { body }
    } else {
        return None;
    };
    (end <= bytes.len()).then_some(Extent { status, body, end })
}

/// The first answer, and how many bytes it took.
#[must_use]
pub fn answer(bytes: &[u8], closed: bool) -> Option<(Answer, usize)> {
    let extent = extent(bytes, closed)?;
    let head = String::from_utf8_lossy(&bytes[..extent.body]).into_owned();
    let raw = &bytes[extent.body..extent.end];
    let mut body = Vec::with_capacity(raw.len());
    if header(&head, "transfer-encoding").is_some_and(|coding| coding == "chunked") {
        chunks(raw, &mut |part| body.extend_from_slice(part));
    } else {
        body.extend_from_slice(raw);
    }
    let status = extent.status;
    Some((Answer { status, head, body }, extent.end))
}

/// Tells each chunk; how long they are together with what frames them, once the last has arrived.
fn chunks(bytes: &[u8], each: &mut dyn FnMut(&[u8])) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = find(&bytes[at..], b"\r\n")?;
        let size = std::str::from_utf8(&bytes[at..at + line]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        let start = at + line + 2;
        let end = start + size;
        if bytes.len() < end + 2 {
            return None;
        }
        each(&bytes[start..end]);
        at = end + 2;
        if size == 0 {
            return Some(at);
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}
