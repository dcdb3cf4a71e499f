//! Connections: taken one by one, served by HTTP/1, limited in number and in time, ended in order.

use super::app::{App, Phase};
use super::guarded::{Guarded, Held, Serving};
use super::http::{self, Peer};
use super::problem::Problem;
use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::Service;

/// How long nothing is accepted after the system gave no connection: it has no more file descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// Serves until the server ends, and then until the last request is answered.
pub async fn serve(listener: TcpListener, app: Arc<App>) {
    let mut phase = app.phase.subscribe();
    let router = http::router(&app);
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ending(&mut phase) => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        match app.limiter.connection() {
            Ok(place) => {
                let connection = graceful.watch(connection(stream, peer, &app, router.clone()));
                tokio::spawn(async move {
                    // What a client did wrong is its own to see.
                    drop(connection.await);
                    drop(place);
                });
            }
            Err(problem) => {
                tokio::spawn(turn_away(stream, problem));
            }
        }
    }
    drop(listener);
    let patience = app.settings.limits.stop_time;
    drop(tokio::time::timeout(patience, graceful.shutdown()).await);
}

/// Waits until the server ends.
async fn ending(phase: &mut watch::Receiver<Phase>) {
    // Where nobody is left to say so, it has ended.
    drop(phase.wait_for(|phase| *phase == Phase::Ending).await);
}

/// Tells a client that there is no room for it, in as few bytes as that takes.
async fn turn_away(stream: TcpStream, problem: Problem) {
    let body = problem.json();
    let text = format!(
        "{:?} 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        Version::HTTP_11,
        body.len()
    );
    let told = async {
        // What the client has sent is read, or the system would take the answer back.
        stream.readable().await?;
        drop(stream.try_read(&mut [0; 4096]));
        stream.writable().await?;
        stream.try_write(text.as_bytes())
    };
    drop(tokio::time::timeout(Duration::from_secs(1), told).await);
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: &App,
    router: Router,
) -> impl GracefulConnection<Error = hyper::Error> + Send + use<> {
    // Without it answers only wait longer.
    drop(stream.set_nodelay(true));
    let limits = &app.settings.limits;
    let serving = Serving::default();
    let (head, write) = (limits.header_time, limits.write_time);
    let stream = Guarded::new(stream, serving.clone(), head, write);
    let service = service_fn(move |request: Request<Incoming>| {
        let answering = serving.begin();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        let answer = router.clone().call(request);
        async move {
            let response = match answer.await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            Ok::<_, Infallible>(response.map(|body| Held::new(body, answering)))
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle_time)
        .serve_connection(TokioIo::new(stream), service)
}
