//! Connections: taken one by one, served by HTTP/1, limited in number and in time, ended in order.

use super::app::{App, Phase};
use super::http;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// How long a request's head may take, and a connection rest.
const HEAD: Duration = Duration::from_secs(30);
/// How long requests that run may take once the server ends.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How many connections may be open.
const MOST_CONNECTIONS: usize = 1024;
/// How long nothing is accepted after the system gave no connection: it has no more file descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// Serves until the server ends, and then until the last request is answered.
pub async fn serve(listener: TcpListener, app: Arc<App>) {
    let mut phase = app.phase.subscribe();
    let router = http::router(app);
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ending(&mut phase) => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        // Whoever comes when it is full is not served, and sees it at once.
        let Ok(place) = room.clone().try_acquire_owned() else {
            continue;
        };
        let connection = graceful.watch(connection(stream, router.clone()));
        tokio::spawn(async move {
            // What a client did wrong is its own to see.
            drop(connection.await);
            drop(place);
        });
    }
    drop(listener);
    drop(tokio::time::timeout(LAST_REQUESTS, graceful.shutdown()).await);
}

/// Waits until the server ends.
async fn ending(phase: &mut watch::Receiver<Phase>) {
    // Where nobody is left to say so, it has ended.
    drop(phase.wait_for(|phase| *phase == Phase::Ending).await);
}

type Connection = http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>>;

fn connection(stream: TcpStream, router: Router) -> Connection {
    // Without it answers only wait longer.
    drop(stream.set_nodelay(true));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
}
