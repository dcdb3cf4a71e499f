//! The life of a server: it opens its data, listens, raises the offices, serves, and ends in order.

use super::access::Access;
use super::ahead::Ahead;
use super::app::{App, Core, Phase};
use super::clock;
use super::commands::{self, Command};
use super::committer::{self, Committer};
use super::decider::Decider;
use super::desk::Room;
use super::metrics::{Metrics, OfficeMetrics};
use super::mirror::{Glass, Mirror, ToMirror};
use super::queue::queue;
use super::served::Served;
use super::settings::Settings;
use super::shelf::Shelf;
use super::snapshots::Shelves;
use super::start::{self, Raised, Raising, Wanted};
use super::{listen, notify, reloading, tokens};
use crate::script::STACK;
use crate::store::{Store, Trouble};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

/// How often measurements are folded.
const UPKEEP: Duration = Duration::from_secs(1);
/// How often tokens are looked at while nobody asks.
const TOKENS: Duration = Duration::from_millis(100);
/// How many threads serve requests; those that decide are others.
const SERVING: usize = 2;

/// The threads that hold the state, and the way to stop them.
struct Threads {
    commands: SyncSender<Command>,
    decider: JoinHandle<Option<()>>,
    committer: JoinHandle<Option<Store>>,
    mirror: Mirror,
    mirrored: JoinHandle<Option<()>>,
}

/// Serves until a signal says that it is enough.
///
/// # Errors
///
/// A sentence: it cannot start, or its store has failed.
pub fn run(settings: Settings) -> Result<(), String> {
    end_with_a_panic();
    let begun = Instant::now();
    let said = |error: crate::store::StoreError| error.to_string();
    let store = Store::open(&settings.data).map_err(said)?;
    let access = Access::new(tokens::passes(&store)?);
    let watched = tokens::Watched::new(store.reader().map_err(said)?);
    guarded(&settings, &access)?;
    let system = |error: io::Error| format!("the system gives no threads: {error}");
    let runtime = Builder::new_multi_thread()
        .worker_threads(SERVING)
        .enable_all()
        .build()
        .map_err(system)?;
    let listener = runtime.block_on(TcpListener::bind(settings.listen));
    let listener =
        listener.map_err(|error| format!("{} cannot be listened at: {error}", settings.listen))?;
    let address = listener.local_addr().map_err(system)?;
    tracing::info!("listening on http://{address}");
    if !access.asks() {
        tracing::warn!("there is no token: whoever reaches {address} may do everything");
    }
    let app = Arc::new(App::new(settings, access, watched, Metrics::new()));
    let (broken, trouble) = unbounded_channel();
    let raising = raise(store, app.clone(), broken, begun);
    // Where a thread has failed, the others may wait for it: nobody waits for them then.
    let ended = serve(&runtime, listener, &app, trouble).and_then(|()| finish(raising, &app));
    runtime.shutdown_background();
    ended
}

/// Ends the threads, in the order in which they wait for one another.
fn finish(raising: JoinHandle<Option<Threads>>, app: &App) -> Result<(), String> {
    let threads = raising.join().map_err(|_| fault())?;
    app.workshop(None);
    threads.map_or(Ok(()), stop)?;
    tracing::info!("ended");
    Ok(())
}

fn fault() -> String {
    "a fault in panke itself".into()
}

/// A fault in any thread ends the process: half of a server is worse than none.
fn end_with_a_panic() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        #[expect(
            clippy::exit,
            reason = "a thread has failed, and nobody waits for it: the process ends with the status of a fault"
        )]
        std::process::exit(3);
    }));
}

/// An address that others can reach needs tokens.
fn guarded(settings: &Settings, access: &Access) -> Result<(), String> {
    let address = settings.listen;
    if address.ip().is_loopback() || access.asks() {
        return Ok(());
    }
    Err(format!(
        "{address} can be reached by others, and there is no token: make one with `panke token add`, or listen at 127.0.0.1"
    ))
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
        tokio::spawn(upkeep(app.clone()));
        tokio::spawn(reloading::at_hangup(app.clone()));
        tokio::spawn(follow_tokens(app.clone()));
        tokio::spawn(say_alive(app.clone()));
        let ended = tokio::select! {
            () = told_to_end() => Ok(()),
            broken = trouble.recv() => Err(broken.unwrap_or_else(fault)),
        };
        notify::stopping("ending");
        app.phase.send_replace(Phase::Ending);
        match &ended {
            Ok(()) => {
                tracing::info!("told to end: streams end, requests finish");
                serving.await.map_err(|_| fault())?;
            }
            Err(sentence) => tracing::error!("{sentence}"),
        }
        ended
    })
}

/// Folds what is measured, now and then.
async fn upkeep(app: Arc<App>) {
    let mut phase = app.phase.subscribe();
    while *phase.borrow_and_update() != Phase::Ending {
        app.metrics.upkeep();
        // What changes the phase is looked at again at once.
        drop(tokio::time::timeout(UPKEEP, phase.changed()).await);
    }
}

/// Looks at the tokens while nobody asks: event streams end with their token.
async fn follow_tokens(app: Arc<App>) {
    let mut phase = app.phase.subscribe();
    while *phase.borrow_and_update() != Phase::Ending {
        app.tokens.look(&app.access);
        // What changes the phase is looked at again at once.
        drop(tokio::time::timeout(TOKENS, phase.changed()).await);
    }
}

/// Tells the service manager that the server lives, as often as it wants to hear that; only if what decides
/// and what commits both answer.
async fn say_alive(app: Arc<App>) {
    let Some(often) = notify::watchdog() else {
        return;
    };
    let mut phase = app.phase.subscribe();
    while *phase.borrow_and_update() != Phase::Ending {
        let answered = match app.core() {
            Ok(core) => core.command(Command::Ping).await.is_ok(),
            // Long journals take their time.
            Err(_) => true,
        };
        if answered {
            notify::alive();
        }
        // What changes the phase is looked at again at once.
        drop(tokio::time::timeout(often, phase.changed()).await);
    }
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
    app: Arc<App>,
    broken: UnboundedSender<String>,
    begun: Instant,
) -> JoinHandle<Option<Threads>> {
    thread::spawn(move || match begin(store, &app, &broken) {
        Ok(threads) => {
            app.metrics.started(begun.elapsed());
            tracing::info!(ms = begun.elapsed().as_millis(), "every office is up");
            notify::ready("serving");
            Some(threads)
        }
        Err(sentence) => {
            drop(broken.send(sentence));
            None
        }
    })
}

/// The offices that are served: those that are named, or one for each policy; and whatever has a journal.
fn wanted(store: &Store, settings: &Settings) -> Result<Vec<Wanted>, String> {
    let named = settings.all_offices()?;
    let mut wanted: Vec<Wanted> = named
        .into_iter()
        .map(|named| Wanted {
            office: named.name,
            policy: Some(named.policy),
        })
        .collect();
    let known = store.offices().map_err(|error| error.to_string())?;
    for (id, office) in known {
        let head = store.head(id).map_err(|error| error.to_string())?;
        if head.seq > 0 && wanted.iter().all(|one| one.office != office) {
            let policy = None;
            wanted.push(Wanted { office, policy });
        }
    }
    Ok(wanted)
}

fn begin(
    mut store: Store,
    app: &Arc<App>,
    broken: &UnboundedSender<String>,
) -> Result<Threads, String> {
    let said = |error: crate::store::StoreError| error.to_string();
    let raising = Raising {
        shelf: Arc::new(Shelf::new(store.reader().map_err(said)?)),
        policies: app.settings.policies.clone(),
        snapshots: Shelves::beside(app.settings.data.clone()),
    };
    let wanted = wanted(&store, &app.settings)?;
    let raised = start::raise(&mut store, &raising, &wanted)?;
    let threads = start_threads(store, raised, raising, app, broken)?;
    let opened = reloading::open(app, &wanted);
    opened.map_err(|error| format!("the policies cannot be watched: {error}"))?;
    Ok(threads)
}

/// The threads that hold the state of the offices, and what requests reach them by.
fn start_threads(
    store: Store,
    raised: Vec<Raised>,
    raising: Raising,
    app: &Arc<App>,
    broken: &UnboundedSender<String>,
) -> Result<Threads, String> {
    let served = Arc::new(raised.iter().map(|one| shown(one, app)).collect::<Vec<_>>());
    let (desks, offices) = raised
        .into_iter()
        .map(|one| (one.desk, one.mirrored))
        .unzip();
    let counts = served.iter().map(|one| app.metrics.office(&one.name));
    let counts: Vec<OfficeMetrics> = counts.collect();
    let reader = || store.reader().map_err(|error| error.to_string());
    let (commands, taken) = sync_channel(commands::MOST_WAITING);
    let (orders, ordered) = queue(committer::MOST_WAITING, commands::MOST_BYTES);
    let (mirror, asked) = Mirror::new();
    let glass = Glass {
        offices,
        served: served.clone(),
        counts: counts.clone(),
        shelf: raising.shelf.clone(),
        reader: reader()?,
        snapshots: raising.snapshots,
        metrics: app.metrics.clone(),
    };
    let failed = Arc::default();
    let decider = Decider {
        desks,
        served: served.clone(),
        commands: taken,
        ahead: Ahead::new(orders, reader()?, served.clone(), Arc::clone(&failed)),
        mirror: mirror.clone(),
        shelf: raising.shelf,
        counts,
        room: Room::default(),
        clock: clock::system,
        stuck: None,
    };
    let committer = Committer {
        store,
        orders: ordered,
        served: served.clone(),
        mirror: mirror.clone(),
        metrics: app.metrics.clone(),
        failed,
        refusing: None,
    };
    let mirrored = spawn("mirror", broken.clone(), move || glass.run(&asked))?;
    let committer = spawn("committer", broken.clone(), move || committer.run())?;
    let decider = spawn("decider", broken.clone(), move || decider.run())?;
    app.up(Core::new(
        &app.settings.data,
        served,
        commands.clone(),
        mirror.clone(),
    ));
    Ok(Threads {
        commands,
        decider,
        committer,
        mirror,
        mirrored,
    })
}

/// What others see of an office that has been raised.
fn shown(one: &Raised, app: &App) -> Served {
    let force = one.desk.force.clone();
    let policy = &force.policy;
    app.metrics.policy(&one.name, &policy.name, &policy.digest);
    Served::new(&one.name, one.desk.id, one.desk.seq, force)
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

/// Lets what was given be decided, then committed, then mirrored, and closes the store.
fn stop(threads: Threads) -> Result<(), String> {
    // A decider that is gone has said why.
    drop(threads.commands.send(Command::Stop));
    threads.decider.join().map_err(|_| fault())?;
    let store = threads.committer.join().map_err(|_| fault())?;
    drop(threads.mirror.put(ToMirror::End));
    threads.mirrored.join().map_err(|_| fault())?;
    match store.map(Store::close) {
        // What was committed lies in the log, and is as safe there.
        Some(Err(error)) if error.trouble == Trouble::Full => {
            tracing::warn!("{error}");
            Ok(())
        }
        Some(closed) => closed.map_err(|error| error.to_string()),
        None => Ok(()),
    }
}
