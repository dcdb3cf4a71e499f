//! A connection that does not wait for ever: a head that comes too slowly ends it, and so does an answer that is not
//! taken.

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// What is being served on a connection: then no head is awaited.
#[derive(Clone, Debug, Default)]
pub struct Serving(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// How many heads have come.
    heads: AtomicU64,
    /// How many of them have not been answered to the end.
    open: AtomicUsize,
}

impl Serving {
    /// A head has come; what is given back is held until its answer has gone out.
    pub fn begin(&self) -> Answering {
        self.0.heads.fetch_add(1, Ordering::Relaxed);
        self.0.open.fetch_add(1, Ordering::Relaxed);
        Answering(self.clone())
    }
}

/// An answer on its way.
#[derive(Debug)]
pub struct Answering(Serving);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The body of an answer, which is on its way until its last byte.
pub struct Held {
    body: Body,
    _answering: Answering,
}

impl Held {
    /// Holds that an answer is on its way for as long as there is something of its body.
    pub fn new(body: Body, answering: Answering) -> Held {
        Held {
            body,
            _answering: answering,
        }
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The connection.
pub struct Guarded {
    stream: TcpStream,
    serving: Serving,
    head_time: Duration,
    write_time: Duration,
    /// How many heads had come when it was last read from.
    heads: u64,
    /// Until when the head must have come of which something is here.
    head: Option<Pin<Box<Sleep>>>,
    /// Until when something must be taken.
    write: Option<Pin<Box<Sleep>>>,
}

impl Guarded {
    /// Guards a connection.
    pub fn new(
        stream: TcpStream,
        serving: Serving,
        head_time: Duration,
        write_time: Duration,
    ) -> Guarded {
        Guarded {
            stream,
            serving,
            head_time,
            write_time,
            heads: 0,
            head: None,
            write: None,
        }
    }

    /// The end of a write: one that waits gets a deadline, one that is done needs none.
    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.write = None;
            return poll;
        }
        let until = self
            .write
            .get_or_insert_with(|| Box::pin(sleep(self.write_time)));
        match until.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
        }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        let heads = self.serving.0.heads.load(Ordering::Relaxed);
        if heads != self.heads {
            // The head that was awaited has come, perhaps a while ago.
            self.heads = heads;
            self.head = None;
        }
        if self.serving.0.open.load(Ordering::Relaxed) > 0 {
            return poll;
        }
        if poll.is_ready() && buf.filled().len() > before && self.head.is_none() {
            let until = Instant::now() + self.head_time;
            self.head = Some(Box::pin(tokio::time::sleep_until(until)));
        }
        match (poll, &mut self.head) {
            (Poll::Pending, Some(until)) => match until.as_mut().poll(cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            },
            (poll, _) => poll,
        }
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        self.written(cx, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
