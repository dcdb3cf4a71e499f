//! The log: structured lines on one stream, each masked as a whole before it is written. Bodies are never logged.

use super::mask::mask;
use super::settings::{LogFormat, LogLevel};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;

/// Where lines go: one stream, shared by all threads.
#[derive(Clone)]
struct Lines {
    out: Arc<Mutex<Box<dyn Write + Send>>>,
}

/// One line on its way.
struct Line {
    lines: Lines,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line {
            lines: self.clone(),
        }
    }
}

impl Write for Line {
    /// A line comes in one piece; a piece that is no text is written as far as it is.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut out = self
            .lines
            .out
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        out.write_all(mask(&text).as_bytes())?;
        out.flush()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to log to a stream, for the whole process; a log that has begun already stays as it is.
pub fn begin(format: LogFormat, level: LogLevel, out: Box<dyn Write + Send>) {
    let lines = Lines {
        out: Arc::new(Mutex::new(out)),
    };
    let own = Targets::new().with_target("panke", filter(level));
    // What libraries have to say is theirs; what goes wrong in them reaches us as errors.
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(lines)
        .with_ansi(false)
        .with_target(false)
        .with_span_events(FmtSpan::NONE);
    let begun = match format {
        LogFormat::Human => {
            let subscriber = tracing_subscriber::registry().with(own).with(layer);
            tracing::subscriber::set_global_default(subscriber)
        }
        LogFormat::Json => {
            let layer = layer
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false);
            let subscriber = tracing_subscriber::registry().with(own).with(layer);
            tracing::subscriber::set_global_default(subscriber)
        }
    };
    begun.unwrap_or(());
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    }
}

/// What the log says of a request: nothing of its path, its headers or its body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The route, with its places unfilled: `/v1/offices/{office}/events`.
    pub route: &'a str,
    /// The status of the answer.
    pub status: u16,
    /// How long it took.
    pub ms: u64,
    /// The office; empty if it is about none.
    pub office: &'a str,
    /// As what the client speaks.
    pub role: &'a str,
    /// The id of the token; empty without one.
    pub token: &'a str,
    /// The stable word of the problem; empty if it went well.
    pub code: &'a str,
}

/// Logs a request: at `debug` what was done, at `info` what was refused, and at `warn` where the server could not do what
/// it should.
pub fn request(it: Request<'_>) {
    let Request {
        method,
        route,
        status,
        ms,
        office,
        role,
        token,
        code,
    } = it;
    if status >= 500 {
        tracing::warn!(
            method, route, status, ms, office, role, token, code, "request"
        );
    } else if status >= 400 {
        tracing::info!(
            method, route, status, ms, office, role, token, code, "request"
        );
    } else {
        tracing::debug!(
            method, route, status, ms, office, role, token, code, "request"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_masked_as_a_whole() {
        let out = Arc::new(Mutex::new(Vec::new()));
        struct Shared(Arc<Mutex<Vec<u8>>>);
        impl Write for Shared {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let lines = Lines {
            out: Arc::new(Mutex::new(Box::new(Shared(Arc::clone(&out))))),
        };
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(lines)
            .with_ansi(false)
            .json();
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(
                phone = "138 1234 5678",
                "somebody sent pk_secret and １３９１２３４５６７８"
            );
        });
        let text = String::from_utf8(out.lock().unwrap().clone()).unwrap();
        assert!(
            text.contains("138****5678")
                && text.contains("139****5678")
                && text.contains("pk_****"),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}
