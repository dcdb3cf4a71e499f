//! The life of a server: it opens its data, listens, raises the offices, serves, and ends in order.

use super::app::{App, Core, Phase};
use super::clock;
use super::commands::{self, Command};
use super::listen;
use super::mirror::{Glass, Mirror, ToMirror};
use super::readers::Readers;
use super::served::Served;
use super::settings::Settings;
use super::shelf::Shelf;
use super::start::{self, STACK, Wanted};
use super::writer::Writer;
use crate::store::Store;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What a server is told at its start.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its settings.
    pub settings: Settings,
    /// The offices.
    pub offices: Vec<Wanted>,
}

impl Plan {
    /// The plan of settings.
    ///
    /// # Errors
    ///
    /// A sentence: there is no office to serve.
    pub fn of(settings: Settings) -> Result<Plan, String> {
        let offices = settings.all_offices()?.into_iter().map(|office| Wanted {
            office: office.name,
            policy: Some(office.policy),
        });
        Ok(Plan {
            offices: offices.collect(),
            settings,
        })
    }
}

/// The threads that hold the state, and the way to stop them.
struct Threads {
    commands: SyncSender<Command>,
    writer: JoinHandle<Option<Store>>,
    mirror: Mirror,
    mirrored: JoinHandle<Option<()>>,
}

/// Serves until a signal says that it is enough.
///
/// # Errors
///
/// A sentence: it cannot start, or its store has failed.
pub fn run(plan: Plan) -> Result<(), String> {
    let store = Store::open(&plan.settings.data).map_err(|error| error.to_string())?;
    let system = |error: std::io::Error| format!("the system gives no threads: {error}");
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(system)?;
    let listener = runtime.block_on(TcpListener::bind(plan.settings.listen));
    let listener = listener
        .map_err(|error| format!("{} cannot be listened at: {error}", plan.settings.listen))?;
    let address = listener.local_addr().map_err(system)?;
    tracing::info!("listening on http://{address}");
    let app = Arc::new(App::new());
    let (broken, trouble) = unbounded_channel();
    let raising = raise(store, plan, app.clone(), broken);
    let ended = serve(&runtime, listener, &app, trouble);
    let threads = raising.join().map_err(|_| fault())?;
    let closed = threads.map(stop);
    runtime.shutdown_background();
    ended?;
    closed.unwrap_or(Ok(()))
}

fn fault() -> String {
    "a fault in panke itself".into()
}

/// Serves until a signal, or until a thread cannot go on.
fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    app: &Arc<App>,
    mut trouble: UnboundedReceiver<String>,
) -> Result<(), String> {
    runtime.block_on(async {
        let serving = tokio::spawn(listen::serve(listener, app.clone()));
        let ended = tokio::select! {
            () = told_to_end() => Ok(()),
            broken = trouble.recv() => Err(broken.unwrap_or_else(fault)),
        };
        app.phase.send_replace(Phase::Ending);
        if ended.is_ok() {
            serving.await.map_err(|_| fault())?;
        }
        ended
    })
}

/// Waits for SIGTERM or SIGINT.
async fn told_to_end() {
    let (Ok(mut term), Ok(mut int)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

/// Raises the offices beside the listener, and then lets requests in.
fn raise(
    store: Store,
    plan: Plan,
    app: Arc<App>,
    broken: UnboundedSender<String>,
) -> JoinHandle<Option<Threads>> {
    thread::spawn(move || match begin(store, &plan, &app, &broken) {
        Ok(threads) => Some(threads),
        Err(sentence) => {
            drop(broken.send(sentence));
            None
        }
    })
}

fn begin(
    mut store: Store,
    plan: &Plan,
    app: &Arc<App>,
    broken: &UnboundedSender<String>,
) -> Result<Threads, String> {
    let said = |error: crate::store::StoreError| error.to_string();
    let shelf = Arc::new(Shelf::new(store.reader().map_err(said)?));
    let raised = start::raise(&mut store, &shelf, &plan.settings.policies, &plan.offices)?;
    let (mut desks, mut offices, mut served) = (Vec::new(), Vec::new(), Vec::new());
    for (one, wanted) in raised.into_iter().zip(&plan.offices) {
        let force = one.desk.force.clone();
        served.push(Served::new(&wanted.office, one.desk.id, force));
        desks.push(one.desk);
        offices.push(one.mirrored);
    }
    let served = Arc::new(served);
    let (commands, taken) = sync_channel(commands::MOST_WAITING);
    let (mirror, asked) = Mirror::new();
    let glass = Glass {
        offices,
        shelf: shelf.clone(),
        reader: store.reader().map_err(said)?,
    };
    let writer = Writer {
        store,
        desks,
        served: served.clone(),
        commands: taken,
        mirror: mirror.clone(),
        shelf: shelf.clone(),
        clock: clock::system,
        full: false,
    };
    let mirrored = spawn("mirror", broken.clone(), move || glass.run(&asked))?;
    let writer = spawn("writer", broken.clone(), move || writer.run())?;
    let places = served.iter().enumerate();
    let places = places
        .map(|(place, one)| (one.name.clone(), place))
        .collect();
    app.up(Core {
        served,
        places,
        commands: commands.clone(),
        mirror: mirror.clone(),
        readers: Readers::new(&plan.settings.data),
        shelf,
    });
    Ok(Threads {
        commands,
        writer,
        mirror,
        mirrored,
    })
}

/// Starts a thread that decides; what it cannot go on with is told.
fn spawn<T: Send + 'static>(
    name: &str,
    broken: UnboundedSender<String>,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<JoinHandle<Option<T>>, String> {
    let thread = thread::Builder::new().name(name.into()).stack_size(STACK);
    let thread = thread.spawn(move || match work() {
        Ok(done) => Some(done),
        Err(sentence) => {
            drop(broken.send(sentence));
            None
        }
    });
    thread.map_err(|error| format!("the system gives no thread: {error}"))
}

/// Lets the writer finish what it was given, then the mirror, and closes the store.
fn stop(threads: Threads) -> Result<(), String> {
    // A writer that is gone has said why.
    drop(threads.commands.send(Command::Stop));
    let store = threads.writer.join().map_err(|_| fault())?;
    drop(threads.mirror.put(ToMirror::End));
    threads.mirrored.join().map_err(|_| fault())?;
    match store {
        Some(store) => store.close().map_err(|error| error.to_string()),
        None => Ok(()),
    }
}
