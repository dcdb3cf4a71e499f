//! The writer: the one thread that stores and decides. It takes what waits, enters it in one transaction, commits,
//! hands what is committed to the mirror, and only then answers.

use super::clock::Clock;
use super::commands::{
    Answered, Command, Import, Install, Installed, MOST_BYTES, MOST_ENTRIES, Post, Refused,
};
use super::desk::{Desk, Hand, Untaken};
use super::entry::Committed;
use super::import;
use super::lines;
use super::metrics::{Metrics, OfficeMetrics};
use super::mirror::{Mirror, ToMirror};
use super::served::Served;
use super::shelf::Shelf;
use crate::policy::Policy;
use crate::store::{Store, Trouble};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long the writer waits at most before it looks at the clock again: clocks are set, machines sleep.
const MOST_PATIENCE: i64 = 1_000;

/// How long it waits at least, in milliseconds, when nothing can be written.
const BREATH: i64 = 200;

/// What the writer works with.
pub struct Writer {
    /// Where entries are stored.
    pub store: Store,
    /// The offices, by their place.
    pub desks: Vec<Desk>,
    /// What others see of them, likewise.
    pub served: Arc<Vec<Served>>,
    /// What it is asked to do.
    pub commands: Receiver<Command>,
    /// Who hears first of what was committed.
    pub mirror: Mirror,
    /// The policies.
    pub shelf: Arc<Shelf>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is counted of the offices, by their place.
    pub counts: Vec<OfficeMetrics>,
    /// The clock of the edge.
    pub clock: Clock,
    /// Why nothing could be written when it was last tried; nothing is entered before something can be.
    pub stuck: Option<Refused>,
}

/// How a turn of the writer ended.
enum Turn {
    /// There may be more.
    Goes,
    /// It was told to stop.
    Stops,
}

/// What a transaction has brought, which is on disk.
struct Entered<T> {
    /// What was to be done.
    done: T,
    /// Its entries, in their order.
    fresh: Vec<Arc<Committed>>,
    /// How long the commit took.
    took: Duration,
}

/// Why the writer cannot go on; a sentence.
pub type Broken = String;

type Waiting<T> = oneshot::Sender<Result<T, Refused>>;

impl Writer {
    /// Works until it is told to stop.
    ///
    /// # Errors
    ///
    /// A sentence: nothing can be concluded about what is on the disk, so the process must end.
    pub fn run(mut self) -> Result<Store, Broken> {
        loop {
            let first = match self.commands.recv_timeout(self.patience()) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(self.store),
            };
            match self.turn(first)? {
                Turn::Goes => {}
                Turn::Stops => return Ok(self.store),
            }
        }
    }

    /// How long nothing is due.
    fn patience(&self) -> Duration {
        let now = (self.clock)();
        let due = self.desks.iter().filter_map(Desk::due).min();
        let wait = due.map_or(MOST_PATIENCE, |due| due.saturating_sub(now));
        // What is due cannot be stored before something can be written: that is not tried without a pause.
        let least = if self.stuck.is_some() { BREATH } else { 0 };
        Duration::from_millis(wait.clamp(least, MOST_PATIENCE).unsigned_abs())
    }

    fn turn(&mut self, first: Option<Command>) -> Result<Turn, Broken> {
        if let Some(refused) = self.still_stuck() {
            return Ok(match first {
                Some(command) => turn_away(command, &refused),
                None => Turn::Goes,
            });
        }
        let (posts, other) = self.gather(first);
        self.group(posts)?;
        match other {
            None => Ok(Turn::Goes),
            Some(Command::Stop) => Ok(Turn::Stops),
            Some(Command::Ping(reply)) => {
                answered(reply, Ok(()));
                Ok(Turn::Goes)
            }
            Some(Command::Import(import)) => self.import(import),
            Some(Command::Install(install)) => self.install(install),
            Some(Command::Post(_)) => unreachable!("posts are gathered"),
        }
    }

    /// The posts that wait, and what comes after them if it is no post.
    fn gather(&self, first: Option<Command>) -> (Vec<Post>, Option<Command>) {
        let (mut posts, mut entries, mut bytes) = (Vec::new(), 0, 0);
        let mut next = first;
        while let Some(command) = next {
            let Command::Post(post) = command else {
                return (posts, Some(command));
            };
            entries += post.lines.len();
            bytes += post.lines.iter().map(Vec::len).sum::<usize>();
            posts.push(post);
            if entries >= MOST_ENTRIES || bytes >= MOST_BYTES {
                break;
            }
            next = self.commands.try_recv().ok();
        }
        (posts, None)
    }

    /// Enters ticks that are due and what was posted, in one transaction.
    fn group(&mut self, posts: Vec<Post>) -> Result<(), Broken> {
        let now = (self.clock)();
        let is_due = |desk: &Desk| desk.due().is_some_and(|due| due <= now);
        if posts.is_empty() && !self.desks.iter().any(is_due) {
            return Ok(());
        }
        let mut answers = Vec::with_capacity(posts.len());
        let (mut replies, mut asked) = (Vec::new(), Vec::new());
        for post in posts {
            let Post {
                office,
                lines,
                batch,
                checked,
                reply,
            } = post;
            replies.push(reply);
            let given = Given {
                lines,
                batch,
                checked,
            };
            asked.push((office, given));
        }
        let done = self.entered(|desks, hand| {
            for desk in desks.iter_mut().filter(|desk| is_due(desk)) {
                let at = desk.moment(now);
                desk.tick(hand, at)?;
            }
            for (office, given) in asked {
                answers.push(given.enter(&mut desks[office], hand, now)?);
            }
            Ok(())
        });
        match done {
            Ok(Entered { fresh, took, .. }) => {
                self.metrics.commit(fresh.len(), took);
                self.publish(fresh)?;
                self.answer(replies, answers);
                Ok(())
            }
            Err(untaken) => self.failed(untaken, replies),
        }
    }

    /// Does something in one transaction, and commits it.
    fn entered<T>(
        &mut self,
        work: impl FnOnce(&mut [Desk], &mut Hand<'_, '_>) -> Result<T, Untaken>,
    ) -> Result<Entered<T>, Untaken> {
        let mut fresh = Vec::new();
        let mut writing = self.store.write()?;
        let mut hand = Hand {
            writing: &mut writing,
            shelf: &self.shelf,
            fresh: &mut fresh,
        };
        let done = work(&mut self.desks, &mut hand)?;
        let begun = Instant::now();
        writing.commit()?;
        let took = begun.elapsed();
        Ok(Entered { done, fresh, took })
    }

    /// Answers those who posted, all at once.
    fn answer(
        &self,
        replies: Vec<Waiting<Vec<Answered>>>,
        answers: Vec<Result<Vec<Answered>, Refused>>,
    ) {
        for (reply, answer) in replies.into_iter().zip(answers) {
            for one in answer.iter().flatten().filter(|one| one.repeated) {
                self.counts[one.entry.office].repeat();
            }
            answered(reply, answer);
        }
    }

    /// Tells the mirror and those who listen what is committed.
    fn publish(&mut self, fresh: Vec<Arc<Committed>>) -> Result<(), Broken> {
        self.show();
        // Whoever hears of an entry reads its effect: the mirror has it before anybody else.
        let is_heard = |entry: &&Arc<Committed>| self.served[entry.office].is_heard();
        let heard: Vec<Arc<Committed>> = fresh.iter().filter(is_heard).cloned().collect();
        self.mirror.committed(fresh)?;
        for entry in &heard {
            self.served[entry.office].tell(entry);
        }
        Ok(())
    }

    /// Shows which policies are in force.
    fn show(&self) {
        for (desk, served) in self.desks.iter().zip(self.served.iter()) {
            if !Arc::ptr_eq(&desk.force, &served.force.load()) {
                served.force.store(desk.force.clone());
            }
        }
    }

    /// Undoes a transaction that failed: the states are again what is committed. Then says whether one may go on.
    fn failed<T>(&mut self, untaken: Untaken, replies: Vec<Waiting<T>>) -> Result<(), Broken> {
        let refused = refusal(&untaken);
        self.metrics.commit_failed();
        self.stuck = Some(refused.clone());
        for reply in replies {
            answered(reply, Err(refused.clone()));
        }
        match refused {
            Refused::Broken(sentence) => Err(sentence),
            _ => self.restore(),
        }
    }

    /// Takes the states of the mirror, which holds exactly what is committed.
    fn restore(&mut self) -> Result<(), Broken> {
        let offices = self.mirror.copies()?;
        for (desk, (office, head)) in self.desks.iter_mut().zip(offices) {
            desk.office = office;
            desk.head = head;
            desk.force = self.served[desk.place].force.load_full();
        }
        Ok(())
    }

    /// Why nothing can be written yet, if nothing could be when it was last tried.
    fn still_stuck(&mut self) -> Option<Refused> {
        self.stuck.as_ref()?;
        if self.store.probe().is_ok() {
            self.stuck = None;
        }
        self.stuck.clone()
    }

    fn import(&mut self, import: Import) -> Result<Turn, Broken> {
        let Import {
            office,
            journal,
            reply,
        } = import;
        let now = (self.clock)();
        let done =
            self.entered(|desks, hand| import::journal(&mut desks[office], hand, &journal, now));
        match done.map(|entered| entered.done) {
            Ok((imported, last)) => {
                self.show();
                self.mirror.put(ToMirror::UpTo(office, imported.seq))?;
                if let Some(last) = last {
                    self.served[office].tell(&last);
                }
                answered(reply, Ok(imported));
                Ok(Turn::Goes)
            }
            Err(Untaken::Malformed(fault)) => {
                answered(reply, Err(Refused::Line(fault)));
                self.restore().map(|()| Turn::Goes)
            }
            Err(untaken) => self.failed(untaken, vec![reply]).map(|()| Turn::Goes),
        }
    }

    fn install(&mut self, install: Install) -> Result<Turn, Broken> {
        let Install {
            office,
            prepared,
            reply,
        } = install;
        let now = (self.clock)();
        let desk = &mut self.desks[office];
        if desk.head.seq == 0 {
            desk.replace(&self.shelf, prepared);
            let instead = Box::new(desk.office.clone());
            self.show();
            self.mirror.put(ToMirror::Instead(office, instead))?;
            answered(reply, Ok(Installed { seq: None }));
            return Ok(Turn::Goes);
        }
        let done = self.entered(|desks, hand| {
            let at = desks[office].moment(now);
            desks[office].install(hand, &prepared, at)
        });
        match done {
            Ok(Entered { done, fresh, .. }) => {
                self.publish(fresh)?;
                let seq = Some(done.seq);
                answered(reply, Ok(Installed { seq }));
                Ok(Turn::Goes)
            }
            Err(untaken) => self.failed(untaken, vec![reply]).map(|()| Turn::Goes),
        }
    }
}

/// Events that somebody gives, as they are entered.
struct Given {
    lines: Vec<Vec<u8>>,
    batch: bool,
    checked: Arc<Policy>,
}

impl Given {
    /// Enters all of them, or none: one that is malformed under the policy in force is told before any is entered.
    fn enter(
        self,
        desk: &mut Desk,
        hand: &mut Hand<'_, '_>,
        now: i64,
    ) -> Result<Result<Vec<Answered>, Refused>, Untaken> {
        let at = desk.moment(now);
        let stamp = desk.stamp(at);
        if !Arc::ptr_eq(&self.checked, desk.office.state().policy()) {
            for (index, line) in self.lines.iter().enumerate() {
                if let Err(fault) = desk.office.schema().check(line) {
                    let index = self.batch.then_some(index);
                    return Ok(Err(Refused::Malformed(index, fault)));
                }
            }
        }
        let mut answers = Vec::with_capacity(self.lines.len());
        for mut line in self.lines {
            lines::stamp(&mut line, &stamp);
            match desk.enter(hand, line, at) {
                Ok(answer) => answers.push(answer),
                Err(Untaken::Malformed(fault)) => {
                    let sentence = format!("an event that was sound is not: {}", fault.message);
                    return Err(Untaken::Past(sentence));
                }
                Err(untaken) => return Err(untaken),
            }
        }
        Ok(Ok(answers))
    }
}

/// Answers; whoever went away meanwhile does not hear it, and what was stored stays.
fn answered<T>(reply: Waiting<T>, answer: Result<T, Refused>) {
    drop(reply.send(answer));
}

/// Answers a command that cannot be done now.
fn turn_away(command: Command, refused: &Refused) -> Turn {
    match command {
        Command::Post(post) => answered(post.reply, Err(refused.clone())),
        Command::Import(import) => answered(import.reply, Err(refused.clone())),
        Command::Install(install) => answered(install.reply, Err(refused.clone())),
        Command::Ping(reply) => answered(reply, Ok(())),
        Command::Stop => return Turn::Stops,
    }
    Turn::Goes
}

/// What somebody is told whose event could not be stored.
fn refusal(untaken: &Untaken) -> Refused {
    match untaken {
        Untaken::Malformed(fault) => Refused::Malformed(None, fault.clone()),
        Untaken::Past(sentence) => Refused::Broken(sentence.clone()),
        Untaken::Store(error) => match &error.trouble {
            Trouble::Full => Refused::Full,
            Trouble::Busy | Trouble::ReadOnly => Refused::Unwritten(error.to_string()),
            _ => Refused::Broken(error.to_string()),
        },
    }
}
