//! The decider: the one thread that decides. It takes what waits, decides it on top of all that was decided before, hands
//! it on to the committer, and goes on: whoever posted hears when it is on disk.

use super::ahead::Ahead;
use super::book::{Book, Untaken};
use super::clock::Clock;
use super::commands::{
    Answered, Command, Import, Install, Installed, MOST_BYTES, MOST_ENTRIES, Post, Refused,
};
use super::committer::{Told, refusal};
use super::desk::{Desk, Hand, Room};
use super::import;
use super::lines::Line;
use super::metrics::OfficeMetrics;
use super::mirror::{Mirror, ToMirror};
use super::queue::Gone;
use super::served::Served;
use super::shelf::Shelf;
use crate::policy::Policy;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the decider waits at most before it looks at the clock again: clocks are set, machines sleep.
const MOST_PATIENCE: i64 = 1_000;

/// How long it waits at least, in milliseconds, when nothing can be written.
const BREATH: i64 = 200;

/// What the decider works with.
pub struct Decider {
    /// The offices, by their place.
    pub desks: Vec<Desk>,
    /// What others see of them, likewise.
    pub served: Arc<Vec<Served>>,
    /// What it is asked to do.
    pub commands: Receiver<Command>,
    /// The way to the committer.
    pub ahead: Ahead,
    /// Who has what is committed.
    pub mirror: Mirror,
    /// The policies.
    pub shelf: Arc<Shelf>,
    /// What is counted of the offices, by their place.
    pub counts: Vec<OfficeMetrics>,
    /// Where decisions are printed.
    pub room: Room,
    /// The clock of the edge.
    pub clock: Clock,
    /// Why nothing could be written when it was last tried; nothing is decided before something can be.
    pub stuck: Option<Refused>,
}

/// Why the decider goes no further.
#[derive(Debug)]
enum Ends {
    /// It was told to, or another thread is gone and has said why.
    Quietly,
    /// It cannot be trusted with its state; a sentence.
    Broken(String),
}

impl From<Gone> for Ends {
    fn from(_: Gone) -> Ends {
        Ends::Quietly
    }
}

type Waiting<T> = oneshot::Sender<Result<T, Refused>>;
type Answers = Result<Vec<Answered>, Refused>;

impl Decider {
    /// Works until it is told to stop.
    ///
    /// # Errors
    ///
    /// A sentence: its state cannot be trusted, so the process must end.
    pub fn run(mut self) -> Result<(), String> {
        loop {
            let first = match self.commands.recv_timeout(self.patience()) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            match self.turn(first) {
                Ok(()) => {}
                Err(Ends::Quietly) => return Ok(()),
                Err(Ends::Broken(sentence)) => return Err(sentence),
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

    fn turn(&mut self, first: Option<Command>) -> Result<(), Ends> {
        if self.stuck.is_none() && self.ahead.has_failed() {
            self.stuck = self.take_back()?;
        }
        if self.stuck.is_some() {
            self.stuck = self.ahead.resume()?;
        }
        if let Some(refused) = &self.stuck {
            return first.map_or(Ok(()), |command| turn_away(command, refused));
        }
        let (posts, other) = self.gather(first);
        self.group(posts)?;
        match other {
            None => Ok(()),
            Some(Command::Stop) => Err(Ends::Quietly),
            Some(Command::Ping(reply)) => {
                let told: Told = Box::new(move |done| answered(reply, done));
                Ok(self.ahead.send(vec![told])?)
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
            bytes += post.lines.iter().map(|line| line.text.len()).sum::<usize>();
            posts.push(post);
            if entries >= MOST_ENTRIES || bytes >= MOST_BYTES {
                break;
            }
            next = self.commands.try_recv().ok();
        }
        (posts, None)
    }

    /// Decides ticks that are due and what was posted, as one group.
    fn group(&mut self, posts: Vec<Post>) -> Result<(), Ends> {
        let now = (self.clock)();
        let is_due = |desk: &Desk| desk.due().is_some_and(|due| due <= now);
        if posts.is_empty() && !self.desks.iter().any(is_due) {
            return Ok(());
        }
        let (mut replies, mut asked) = (Vec::new(), Vec::new());
        for post in posts {
            let (reply, office, given) = Given::of(post);
            replies.push((office, reply));
            asked.push((office, given));
        }
        let mut answers = Vec::with_capacity(asked.len());
        let done = self.decided(|desks, hand| {
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
            Ok(()) => {
                let told = replies.into_iter().zip(answers);
                let told = told.map(|((office, reply), answers)| {
                    self.count_repeats(office, &answers);
                    let told: Told = Box::new(move |done| answered(reply, done.and(answers)));
                    told
                });
                let told = told.collect();
                Ok(self.ahead.send(told)?)
            }
            Err(untaken) => {
                let replies = replies.into_iter().map(|(_, reply)| reply);
                self.failed(untaken, replies.collect())
            }
        }
    }

    /// Does something whose entries belong together.
    fn decided<T>(
        &mut self,
        work: impl FnOnce(&mut [Desk], &mut Hand<'_>) -> Result<T, Untaken>,
    ) -> Result<T, Untaken> {
        let mut hand = Hand {
            book: &mut self.ahead,
            shelf: &self.shelf,
            counts: &mut self.counts,
            room: &mut self.room,
        };
        work(&mut self.desks, &mut hand)
    }

    fn count_repeats(&self, office: usize, answers: &Answers) {
        for _ in answers.iter().flatten().filter(|one| one.repeated) {
            self.counts[office].repeat();
        }
    }

    /// Undoes what cannot go on: the states are again what is committed. Then says whether one may go on.
    fn failed<T>(&mut self, untaken: Untaken, replies: Vec<Waiting<T>>) -> Result<(), Ends> {
        let refused = match untaken {
            Untaken::Malformed(fault) => Refused::Malformed(None, fault),
            Untaken::Past(sentence) => Refused::Broken(sentence),
            Untaken::Refused(refused) => refused,
            Untaken::Store(error) => refusal(&error),
            Untaken::Gone => return Err(Ends::Quietly),
        };
        for reply in replies {
            answered(reply, Err(refused.clone()));
        }
        if let Refused::Broken(sentence) = refused {
            return Err(Ends::Broken(sentence));
        }
        self.stuck = self.take_back()?.or(Some(refused));
        Ok(())
    }

    /// Takes the states of the mirror, when it holds exactly what is committed. Says why something was not.
    fn take_back(&mut self) -> Result<Option<Refused>, Ends> {
        self.ahead.forget();
        let refused = self.ahead.mark()?;
        let offices = self.mirror.copies()?;
        for (desk, (office, head)) in self.desks.iter_mut().zip(offices) {
            desk.office = office;
            (desk.seq, desk.at) = (head.seq, head.at);
            desk.force = self.served[desk.place].force.load_full();
        }
        Ok(refused)
    }

    fn import(&mut self, import: Import) -> Result<(), Ends> {
        let Import {
            office,
            journal,
            reply,
        } = import;
        if let Err(untaken) = self.ahead.settle() {
            return self.failed(untaken, vec![reply]);
        }
        let mut lent = self.ahead.lend()?;
        let now = (self.clock)();
        let (shelf, counts, room) = (&self.shelf, &mut self.counts, &mut self.room);
        let desk = &mut self.desks[office];
        let done = lent.store.write().map_err(Untaken::from);
        let done = done.and_then(|mut writing| {
            let mut hand = Hand {
                book: &mut writing,
                shelf,
                counts,
                room,
            };
            let done = import::journal(desk, &mut hand, &journal, now)?;
            writing.commit()?;
            Ok(done)
        });
        lent.give_back();
        match done {
            Ok((imported, last)) => {
                let served = &self.served[office];
                served.durable.store(imported.seq, Ordering::Release);
                served.force.store(desk.force.clone());
                self.mirror.put(ToMirror::UpTo(office, imported.seq))?;
                if let Some(last) = last {
                    served.tell(&last);
                }
                answered(reply, Ok(imported));
                Ok(())
            }
            Err(Untaken::Malformed(fault)) => {
                answered(reply, Err(Refused::Line(fault)));
                self.take_back().map(drop)
            }
            Err(untaken) => self.failed(untaken, vec![reply]),
        }
    }

    fn install(&mut self, install: Install) -> Result<(), Ends> {
        let Install {
            office,
            prepared,
            reply,
        } = install;
        let now = (self.clock)();
        let desk = &mut self.desks[office];
        if desk.seq == 0 {
            desk.replace(&self.shelf, prepared);
            let instead = Box::new(desk.office.clone());
            self.served[office].force.store(desk.force.clone());
            self.mirror.put(ToMirror::Instead(office, instead))?;
            answered(reply, Ok(Installed { seq: None }));
            return Ok(());
        }
        let done = self.decided(|desks, hand| {
            let at = desks[office].moment(now);
            desks[office].install(hand, &prepared, at)
        });
        match done {
            Ok(entry) => {
                let seq = Some(entry.seq);
                let told: Told =
                    Box::new(move |done| answered(reply, done.map(|()| Installed { seq })));
                Ok(self.ahead.send(vec![told])?)
            }
            Err(untaken) => self.failed(untaken, vec![reply]),
        }
    }
}

/// Events that somebody gives, as they are entered.
struct Given {
    lines: Vec<Line>,
    batch: bool,
    checked: Arc<Policy>,
}

impl Given {
    /// What was posted: who waits, the office, and the events.
    fn of(post: Post) -> (Waiting<Vec<Answered>>, usize, Given) {
        let given = Given {
            lines: post.lines,
            batch: post.batch,
            checked: post.checked,
        };
        (post.reply, post.office, given)
    }

    /// Enters all of them, or none: one that is malformed under the policy in force is told before any is entered.
    fn enter(mut self, desk: &mut Desk, hand: &mut Hand<'_>, now: i64) -> Result<Answers, Untaken> {
        let at = desk.moment(now);
        let stamp = desk.stamp(at);
        if !Arc::ptr_eq(&self.checked, desk.office.state().policy()) {
            for (index, line) in self.lines.iter_mut().enumerate() {
                match desk.office.schema().check(&line.text) {
                    Ok(checked) => line.checked = checked,
                    Err(fault) => {
                        let index = self.batch.then_some(index);
                        return Ok(Err(Refused::Malformed(index, fault)));
                    }
                }
            }
        }
        let mut answers = Vec::with_capacity(self.lines.len());
        for line in self.lines {
            match desk.enter(hand, line, (at, &stamp)) {
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
fn turn_away(command: Command, refused: &Refused) -> Result<(), Ends> {
    match command {
        Command::Post(post) => answered(post.reply, Err(refused.clone())),
        Command::Import(import) => answered(import.reply, Err(refused.clone())),
        Command::Install(install) => answered(install.reply, Err(refused.clone())),
        Command::Ping(reply) => answered(reply, Ok(())),
        Command::Stop => return Err(Ends::Quietly),
    }
    Ok(())
}
