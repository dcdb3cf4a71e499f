//! Findings: for people with the text that they are about, for programs as JSON, SARIF and workflow commands.

use super::look::{Look, tame};
use crate::finding::{CODES, Finding, Place, Severity, Sources};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Map, Value, json};
use std::ops::Range;

/// Findings with the lines that they are about.
pub fn findings_human(findings: &[Finding], sources: &Sources, look: Look) -> String {
    let renderer = if look.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for finding in findings {
        text.push_str(&renderer.render(&[group(finding, sources)]));
        text.push_str("\n\n");
    }
    text
}

/// How many there are: "2 errors, 1 warning".
pub fn findings_count(findings: &[Finding]) -> String {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let count = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{count} {word}s")),
    };
    let parts = [
        count(errors, "error"),
        count(findings.len() - errors, "warning"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "no findings".to_owned()
    } else {
        parts.join(", ")
    }
}

fn group<'f>(finding: &'f Finding, sources: &'f Sources) -> Group<'f> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(tame(&finding.message))
        .id(finding.code.word());
    let mut group = Group::with_title(title);
    if let Some(place) = &finding.place {
        let marks = match &finding.other {
            Some((other, label)) if other.file == place.file => {
                vec![mark(AnnotationKind::Context, other, label, sources)]
            }
            _ => Vec::new(),
        };
        let primary = mark(AnnotationKind::Primary, place, &finding.label, sources);
        group = group.element(
            snippet(place.file, sources)
                .annotation(primary)
                .annotations(marks),
        );
        if let Some((other, label)) = finding
            .other
            .as_ref()
            .filter(|(other, _)| other.file != place.file)
        {
            let mark = mark(AnnotationKind::Context, other, label, sources);
            group = group.element(snippet(other.file, sources).annotation(mark));
        }
    }
    match &finding.help {
        Some(help) => group.element(Level::HELP.message(tame(help))),
        None => group,
    }
}

fn snippet<'s, T: Clone>(file: usize, sources: &'s Sources) -> Snippet<'s, T> {
    let source = &sources.files[file];
    Snippet::source(source.text.as_str()).path(source.path.as_str())
}

fn mark<'f>(
    kind: AnnotationKind,
    place: &Place,
    label: &'f str,
    sources: &Sources,
) -> Annotation<'f> {
    let span = span_in(&sources.files[place.file].text, &place.span);
    let mark = kind.span(span);
    if label.is_empty() {
        mark
    } else {
        mark.label(label)
    }
}

/// A stretch that lies in the text, on the borders of characters.
fn span_in(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor(text, span.start);
    let end = floor(text, span.end.max(span.start));
    start..end.max(start)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One JSON object a line.
pub fn findings_json(findings: &[Finding], sources: &Sources) -> String {
    let mut text = String::new();
    for finding in findings {
        let mut object = Map::new();
        object.insert("code".into(), finding.code.word().into());
        object.insert("severity".into(), severity(finding).into());
        object.insert("message".into(), finding.message.clone().into());
        if let Some(place) = &finding.place {
            where_it_is(&mut object, place, sources);
        }
        object.insert("label".into(), finding.label.clone().into());
        if let Some(help) = &finding.help {
            object.insert("help".into(), help.clone().into());
        }
        if let Some((place, label)) = &finding.other {
            let mut other = Map::new();
            where_it_is(&mut other, place, sources);
            other.insert("label".into(), label.clone().into());
            object.insert("other".into(), Value::Object(other));
        }
        text.push_str(&Value::Object(object).to_string());
        text.push('\n');
    }
    text
}

fn where_it_is(object: &mut Map<String, Value>, place: &Place, sources: &Sources) {
    let ((line, column), (end_line, end_column)) = from_to(place, sources);
    object.insert("file".into(), sources.files[place.file].path.clone().into());
    object.insert("line".into(), line.into());
    object.insert("column".into(), column.into());
    object.insert("end_line".into(), end_line.into());
    object.insert("end_column".into(), end_column.into());
}

/// Line and column of the start and of the end, from 1, in characters.
fn from_to(place: &Place, sources: &Sources) -> ((usize, usize), (usize, usize)) {
    let end = Place {
        file: place.file,
        span: place.span.end..place.span.end,
    };
    (sources.line_column(place), sources.line_column(&end))
}

const fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// SARIF 2.1.0, as code hosts read it.
pub fn findings_sarif(findings: &[Finding], sources: &Sources) -> String {
    let rules: Vec<Value> = CODES
        .iter()
        .filter(|code| findings.iter().any(|finding| finding.code == **code))
        .map(|code| json!({ "id": code.word(), "fullDescription": { "text": code.page() } }))
        .collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, sources))
        .collect();
    let driver = json!({
        "name": "panke",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    });
    format!("{log:#}\n")
}

fn result(finding: &Finding, sources: &Sources) -> Value {
    let message = match &finding.help {
        Some(help) => format!("{}. {help}", finding.message),
        None => finding.message.clone(),
    };
    let mut result = json!({
        "ruleId": finding.code.word(),
        "level": severity(finding),
        "message": { "text": message },
    });
    if let Some(place) = &finding.place {
        result["locations"] = json!([location(place, sources)]);
    }
    if let Some((place, label)) = &finding.other {
        let mut other = location(place, sources);
        other["message"] = json!({ "text": label });
        result["relatedLocations"] = json!([other]);
    }
    result
}

fn location(place: &Place, sources: &Sources) -> Value {
    let ((line, column), (end_line, end_column)) = from_to(place, sources);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&sources.files[place.file].path) },
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        },
    })
}

/// A path as part of an address: what is not plain ASCII stands as its bytes.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// Workflow commands, which a code host shows beside the changed lines.
pub fn findings_github(findings: &[Finding], sources: &Sources) -> String {
    let mut text = String::new();
    for finding in findings {
        let place = finding.place.as_ref().map_or_else(String::new, |place| {
            let ((line, column), (end_line, end_column)) = from_to(place, sources);
            let file = property(&sources.files[place.file].path);
            format!(
                "file={file},line={line},col={column},endLine={end_line},endColumn={end_column},"
            )
        });
        let message = match &finding.help {
            Some(help) => format!("{}\nhelp: {help}", finding.message),
            None => finding.message.clone(),
        };
        let (severity, code) = (severity(finding), finding.code.word());
        text.push_str(&format!(
            "::{severity} {place}title={code}::{}\n",
            data(&message)
        ));
    }
    text
}

/// A text that ends at the end of the line.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text that ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
