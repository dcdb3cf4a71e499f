//! The workshop: a thread that watches the policies, proves what was saved beside what is in force, and hands what is
//! sound to the decider. What is broken changes nothing and is told.
//!
//! One reload at a time; whatever asks for one meanwhile is answered by the next.
//!
//! What is read is what the folder held at one moment: two readings must agree. Files that are saved one after the other
//! with a pause between them are two moments, and the first may be sound by chance. Who saves many files at once swaps
//! the folder (a link that is put in the place of another), or makes the quiet time longer than the pause.

#[cfg(test)]
mod tests;

use super::prepared::{Attempt, Found, Installer, Outcome, Played, Prepared, Standing};
use super::prove::{Prover, about, code};
use crate::files::PolicyFiles;
use crate::script::STACK;
use crate::watching::{self, Notice, Watch};
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

/// What the workshop works on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of policies.
    pub policies: PathBuf,
    /// The folder of scenarios.
    pub scenarios: PathBuf,
    /// Each office with the name of its policy's folder; none: an office for each folder, now and later.
    pub offices: Vec<(String, String)>,
    /// Look at the folders so often, instead of listening.
    pub poll: Option<Duration>,
    /// How long nothing must have been saved before what was saved is looked at.
    pub quiet: Duration,
}

/// How each office stands with its policy, by its name.
pub type Standings = BTreeMap<String, Arc<Standing>>;
/// What came of a reload, by the name of the office.
pub type Attempts = BTreeMap<String, Attempt>;
/// Takes what came of a reload that somebody asked for.
pub type Answer = Box<dyn FnOnce(Attempts) + Send>;

/// Something that is told to the log and the metrics.
#[derive(Debug)]
pub enum Event<'a> {
    /// A reload is over.
    Reloaded(&'a str, &'a Attempt),
    /// The watch says something about itself.
    Watch(&'a Notice),
}

/// Takes what is told.
pub type Teller = Box<dyn Fn(Event<'_>) + Send>;

/// A workshop; it closes when this is dropped.
pub struct Workshop {
    orders: Sender<Order>,
    standings: Arc<ArcSwap<Standings>>,
    /// Ends before the thread that it tells.
    watch: Option<Watch>,
    thread: Option<JoinHandle<()>>,
}

enum Order {
    Notice(Notice),
    Reload(Instant, Option<Answer>),
    Validate(Instant, Answer),
    Stop,
}

impl Workshop {
    /// Opens the workshop. Nothing is proved before something is saved or a reload is asked for.
    ///
    /// # Errors
    ///
    /// If the system gives no threads.
    pub fn open(
        settings: Settings,
        installer: Box<dyn Installer>,
        teller: Teller,
    ) -> io::Result<Workshop> {
        let (orders, received) = channel();
        let standings = Arc::new(ArcSwap::default());
        let mut roots =
            watching::Settings::of(vec![settings.policies.clone(), settings.scenarios.clone()]);
        roots.poll = settings.poll;
        roots.quiet = settings.quiet;
        roots.most = roots.most.max(settings.quiet * 10);
        let bench = Bench {
            prover: Prover::new(settings.policies.clone(), settings.scenarios.clone()),
            offices: settings.offices.iter().cloned().collect(),
            open: settings.offices.is_empty(),
            keys: BTreeMap::new(),
            standings: Arc::clone(&standings),
            installer,
            teller,
        };
        let thread = std::thread::Builder::new()
            .name("panke-workshop".into())
            .stack_size(STACK)
            .spawn(move || bench.run(&received))?;
        let notices = orders.clone();
        // The thread is gone only when the workshop closes.
        let tell = move |notice| notices.send(Order::Notice(notice)).unwrap_or(());
        let mut workshop = Workshop {
            orders,
            standings,
            watch: None,
            thread: Some(thread),
        };
        workshop.watch = Some(watching::watch(roots, tell)?);
        Ok(workshop)
    }

    /// Asks for a reload.
    pub fn reload(&self) {
        self.order(Order::Reload(now(), None));
    }

    /// Asks for a reload; what came of it is given to `answer`, on the workshop's thread.
    pub fn reload_then(&self, answer: Answer) {
        self.order(Order::Reload(now(), Some(answer)));
    }

    /// Asks for a reload that puts nothing in force.
    pub fn validate_then(&self, answer: Answer) {
        self.order(Order::Validate(now(), answer));
    }

    /// How every office stands; this never waits.
    pub fn standings(&self) -> Arc<Standings> {
        self.standings.load_full()
    }

    /// An order to a workshop that has closed is dropped, and its answer with it.
    fn order(&self, order: Order) {
        self.orders.send(order).unwrap_or(());
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        drop(self.watch.take());
        self.order(Order::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported where it happened.
            thread.join().unwrap_or(());
        }
    }
}

/// What was asked for since the last round.
#[derive(Default)]
struct Asked {
    /// The first sign that something was saved.
    touched: Option<Instant>,
    /// When a reload was first asked for.
    reload: Option<Instant>,
    reloads: Vec<Answer>,
    validate: Option<Instant>,
    validations: Vec<Answer>,
    stop: bool,
}

/// What an office's folder and its scenarios held when they were last looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    policy: String,
    scenarios: [u8; 32],
}

/// A policy's folder in one round, for every office that has it.
struct Looked {
    read: Result<PolicyFiles, Box<Found>>,
    proved: Option<(Attempt, Option<Arc<Prepared>>)>,
}

impl Looked {
    fn digest(&self) -> &str {
        self.read.as_ref().map_or("", |files| &files.digest)
    }

    /// Proves what was read, once.
    fn proved(&mut self, prover: &mut Prover, policy: &str) -> (Attempt, Option<Arc<Prepared>>) {
        let read = &self.read;
        let prove = || match read {
            Ok(files) => {
                let proof = prover.prove(policy, files);
                let attempt = Attempt::of(proof.findings, proof.scenarios, &files.digest);
                (attempt, proof.prepared)
            }
            Err(found) => {
                let findings = vec![Found::clone(found)];
                (Attempt::of(findings, Played::default(), ""), None)
            }
        };
        self.proved.get_or_insert_with(prove).clone()
    }
}

/// The thread's own.
struct Bench {
    prover: Prover,
    /// The folder of each office.
    offices: BTreeMap<String, String>,
    /// Whether each folder that appears is an office.
    open: bool,
    keys: BTreeMap<String, Key>,
    standings: Arc<ArcSwap<Standings>>,
    installer: Box<dyn Installer>,
    teller: Teller,
}

impl Bench {
    fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let mut asked = Asked::default();
            self.ask(&mut asked, first);
            while let Ok(order) = orders.try_recv() {
                self.ask(&mut asked, order);
            }
            if asked.stop {
                return;
            }
            self.answer(asked);
        }
    }

    fn ask(&self, asked: &mut Asked, order: Order) {
        match order {
            Order::Notice(Notice::Touched { since }) => {
                asked.touched.get_or_insert(since);
            }
            Order::Notice(notice) => (self.teller)(Event::Watch(&notice)),
            Order::Reload(since, answer) => {
                asked.reload.get_or_insert(since);
                asked.reloads.extend(answer);
            }
            Order::Validate(since, answer) => {
                asked.validate.get_or_insert(since);
                asked.validations.push(answer);
            }
            Order::Stop => asked.stop = true,
        }
    }

    fn answer(&mut self, asked: Asked) {
        self.open_new_offices();
        self.prover.look(self.offices.values());
        let since = match (asked.touched, asked.reload) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        if let Some(since) = since {
            let attempts = self.round(since, asked.reload.is_some());
            for answer in asked.reloads {
                answer(attempts.clone());
            }
        }
        if let Some(since) = asked.validate {
            let attempts = self.validate(since);
            for answer in asked.validations {
                answer(attempts.clone());
            }
        }
    }

    /// Where nobody says which offices there are, each folder of a policy is one.
    fn open_new_offices(&mut self) {
        if self.open {
            for policy in self.prover.policies() {
                self.offices.entry(policy.clone()).or_insert(policy);
            }
        }
    }

    /// Looks at every office, and puts in force what is new and sound. Unless somebody asked, nothing is done and told
    /// of offices where nothing was saved.
    fn round(&mut self, since: Instant, asked: bool) -> Attempts {
        let mut looked = BTreeMap::new();
        let mut attempts = Attempts::new();
        for (office, policy) in self.offices.clone() {
            let one = self.looked(&mut looked, &office, &policy);
            let key = Key {
                policy: one.digest().to_owned(),
                scenarios: self.prover.scenarios_of(&policy),
            };
            let in_force = self.installer.in_force(&office);
            let unchanged = in_force.is_some_and(|it| it.digest == key.policy);
            let known = !asked && self.is_known(&office, &key, unchanged);
            self.keys.insert(office.clone(), key);
            if known {
                continue;
            }
            let mut attempt = match unchanged {
                true => Attempt::new(Outcome::Unchanged, one.digest()),
                false => self.replace(&office, &policy, one),
            };
            attempt.end(since);
            self.record(&office, policy, &attempt);
            attempts.insert(office, attempt);
        }
        attempts
    }

    /// Reads the folder of a policy, once in a round.
    fn looked<'l>(
        &self,
        looked: &'l mut BTreeMap<String, Looked>,
        office: &str,
        policy: &str,
    ) -> &'l mut Looked {
        // One that was not there the last time is not waited for.
        let patient = self
            .keys
            .get(office)
            .is_none_or(|key| !key.policy.is_empty());
        looked.entry(policy.to_owned()).or_insert_with(|| Looked {
            read: self.prover.read(policy, patient),
            proved: None,
        })
    }

    /// Proves what was read, and puts it in force if it is sound.
    fn replace(&mut self, office: &str, policy: &str, looked: &mut Looked) -> Attempt {
        let (mut attempt, prepared) = looked.proved(&mut self.prover, policy);
        if let Some(prepared) = prepared {
            match self.installer.install(office, prepared) {
                Ok(()) => attempt.outcome = Outcome::Applied,
                Err(why) => attempt.findings.push(self.not_installed(policy, &why)),
            }
        }
        attempt
    }

    /// Whether a save that nobody asks about says nothing new of an office.
    fn is_known(&self, office: &str, key: &Key, unchanged: bool) -> bool {
        let standings = self.standings.load();
        let last = standings.get(office).and_then(|it| it.last.as_ref());
        match last.map(|last| last.outcome) {
            Some(Outcome::Failed) => self.keys.get(office) == Some(key),
            // Another scenario does not prove again what is in force.
            _ => unchanged,
        }
    }

    /// What would come of a reload; what is in force is proved too.
    fn validate(&mut self, since: Instant) -> Attempts {
        let mut looked = BTreeMap::new();
        let mut attempts = Attempts::new();
        for (office, policy) in self.offices.clone() {
            let one = self.looked(&mut looked, &office, &policy);
            let (mut attempt, prepared) = one.proved(&mut self.prover, &policy);
            if prepared.is_some() {
                let in_force = self.installer.in_force(&office);
                let unchanged = in_force.is_some_and(|it| it.digest == attempt.digest);
                attempt.outcome = match unchanged {
                    true => Outcome::Unchanged,
                    false => Outcome::Applied,
                };
            }
            attempt.end(since);
            attempts.insert(office, attempt);
        }
        attempts
    }

    fn not_installed(&self, policy: &str, why: &str) -> Found {
        let message = format!("the policy was proved and could not be put in force: {why}");
        about(code::NOT_INSTALLED, &self.prover.folder(policy), &message)
    }

    fn record(&self, office: &str, policy: String, attempt: &Attempt) {
        let mut standings = Standings::clone(&self.standings.load());
        let standing = Standing {
            policy,
            last: Some(attempt.clone()),
        };
        standings.insert(office.to_owned(), Arc::new(standing));
        self.standings.store(Arc::new(standings));
        (self.teller)(Event::Reloaded(office, attempt));
    }
}

impl Attempt {
    fn new(outcome: Outcome, digest: &str) -> Attempt {
        Attempt {
            at: 0,
            outcome,
            digest: digest.to_owned(),
            milliseconds: 0,
            findings: Vec::new(),
            scenarios: Played::default(),
        }
    }

    /// One that failed, unless it turns out otherwise.
    fn of(findings: Vec<Found>, scenarios: Played, digest: &str) -> Attempt {
        Attempt {
            findings,
            scenarios,
            ..Attempt::new(Outcome::Failed, digest)
        }
    }

    /// It is over now.
    fn end(&mut self, since: Instant) {
        let took = now().saturating_duration_since(since).as_millis();
        self.milliseconds = u64::try_from(took).unwrap_or(u64::MAX);
        self.at = today();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a reload takes; it reaches no decision"
)]
fn now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "when a reload was over, as its status tells it; it reaches no decision"
)]
fn today() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
