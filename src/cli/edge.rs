//! Where the process meets the world: the three streams, the thread that does the work, and faults of the program.

use super::Exit;
use crate::script::STACK;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::thread;

/// How much is gathered before it is written to standard output.
const BUFFER: usize = 64 << 10;

/// Does the work on a thread with a large stack; it is told whether colours are wanted, and gets standard output and
/// standard error. A panic ends as [`Exit::Fault`], a reader who goes away ends everything quietly.
pub fn run<W>(work: W) -> Exit
where
    W: FnOnce(bool, &mut dyn Write, &mut dyn Write) -> io::Result<Exit> + Send + 'static,
{
    std::panic::set_hook(Box::new(report));
    let worker = thread::Builder::new()
        .name("panke".into())
        .stack_size(STACK)
        .spawn(move || {
            let mut out = BufWriter::with_capacity(BUFFER, io::stdout());
            let done = work(colours(), &mut out, &mut io::stderr());
            // What could be said is said even where the work failed.
            let flushed = out.flush();
            done.and_then(|exit| flushed.map(|()| exit))
        });
    match worker.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(exit))) => exit,
        Ok(Ok(Err(error))) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Good,
        Ok(Ok(Err(error))) => {
            say(&format!(
                "panke: what came out cannot be written: {error}\n"
            ));
            Exit::Usage
        }
        Ok(Err(_)) => Exit::Fault,
        Err(error) => {
            say(&format!(
                "panke: the system gives no thread to work on: {error}\n"
            ));
            Exit::Fault
        }
    }
}

/// Says that the fault is panke's own, and asks for a report.
fn report(panic: &PanicHookInfo<'_>) {
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    let place = panic.location().map_or(String::new(), |place| {
        format!(" ({}:{})", place.file(), place.line())
    });
    say(&format!(
        "panke: a fault in panke itself: {text}{place}\n\
         Nothing that you did should lead here: please report it, with the command and the files.\n"
    ));
}

/// The last word, on standard error; where even that cannot be written, the exit status says enough.
fn say(text: &str) {
    if io::stderr().write_all(text.as_bytes()).is_err() {}
}

/// Colours are wanted where people look at both streams and have not said no.
#[expect(clippy::disallowed_methods, reason = "the edge reads the environment")]
fn colours() -> bool {
    let asks_for_none = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let cannot = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    !asks_for_none && !cannot && io::stdout().is_terminal() && io::stderr().is_terminal()
}
