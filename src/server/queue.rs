//! A queue from threads to one thread, which is bounded twice: by how many things wait in it, and by their bytes.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// How many bytes wait.
#[derive(Debug, Default)]
struct Waiting {
    bytes: Mutex<usize>,
    less: Condvar,
}

impl Waiting {
    fn lock(&self) -> std::sync::MutexGuard<'_, usize> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where things are put.
#[derive(Debug)]
pub struct Entrance<T> {
    to: SyncSender<(T, usize)>,
    waiting: Arc<Waiting>,
    most_bytes: usize,
}

impl<T> Clone for Entrance<T> {
    fn clone(&self) -> Entrance<T> {
        Entrance {
            to: self.to.clone(),
            waiting: self.waiting.clone(),
            most_bytes: self.most_bytes,
        }
    }
}

/// Where they are taken.
#[derive(Debug)]
pub struct Exit<T> {
    from: Receiver<(T, usize)>,
    waiting: Arc<Waiting>,
}

/// Nobody takes anything any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Gone;

/// Why something was not put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too many wait.
    Full,
    /// Nobody takes anything any more.
    Gone,
}

/// A queue in which so many things may wait, and things of so many bytes.
pub fn queue<T>(most: usize, most_bytes: usize) -> (Entrance<T>, Exit<T>) {
    let (to, from) = sync_channel(most);
    let waiting = Arc::new(Waiting::default());
    let entrance = Entrance {
        to,
        waiting: waiting.clone(),
        most_bytes,
    };
    (entrance, Exit { from, waiting })
}

impl<T> Entrance<T> {
    /// Puts something that has so many bytes; waits while too much waits before it.
    ///
    /// # Errors
    ///
    /// Nobody takes anything any more.
    pub fn put(&self, what: T, bytes: usize) -> Result<(), Gone> {
        let much = |waiting: &mut usize| *waiting > self.most_bytes;
        let room = self.waiting.less.wait_while(self.waiting.lock(), much);
        *room.unwrap_or_else(PoisonError::into_inner) += bytes;
        self.to.send((what, bytes)).map_err(|_| Gone)
    }

    /// Puts something small, and does not wait.
    ///
    /// # Errors
    ///
    /// Too many wait, or nobody takes anything any more.
    pub fn try_put(&self, what: T) -> Result<(), Refused> {
        self.to.try_send((what, 0)).map_err(|error| match error {
            TrySendError::Full(_) => Refused::Full,
            TrySendError::Disconnected(_) => Refused::Gone,
        })
    }
}

impl<T> Exit<T> {
    /// The next thing, waited for; none when nothing can come any more.
    pub fn take(&self) -> Option<T> {
        self.from.recv().ok().map(|taken| self.out(taken))
    }

    /// The next thing, if it is there.
    pub fn try_take(&self) -> Option<T> {
        self.from.try_recv().ok().map(|taken| self.out(taken))
    }

    fn out(&self, (what, bytes): (T, usize)) -> T {
        if bytes > 0 {
            *self.waiting.lock() -= bytes;
            self.waiting.less.notify_all();
        }
        what
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn what_is_put_comes_out_in_its_order_and_ends() {
        let (entrance, exit) = queue(2, 100);
        assert_eq!(entrance.put("a", 60), Ok(()));
        assert_eq!(entrance.try_put("b"), Ok(()));
        assert_eq!(entrance.try_put("c"), Err(Refused::Full));
        assert_eq!((exit.take(), exit.try_take()), (Some("a"), Some("b")));
        assert_eq!(exit.try_take(), None);
        drop(entrance);
        assert_eq!(exit.take(), None);
    }

    #[test]
    fn whoever_puts_too_many_bytes_waits_for_room() {
        let (entrance, exit) = queue(10, 100);
        // One that is larger than all that may wait goes in, as long as no more waits.
        assert_eq!(entrance.put(1, 500), Ok(()));
        let next = thread::spawn(move || entrance.put(2, 1));
        assert_eq!(exit.take(), Some(1));
        assert_eq!(exit.take(), Some(2));
        assert_eq!(next.join().expect("it ends"), Ok(()));
    }

    #[test]
    fn nothing_is_put_where_nobody_takes() {
        let (entrance, exit) = queue(10, 100);
        drop(exit);
        assert_eq!(entrance.put(1, 500), Err(Gone));
        assert_eq!(entrance.try_put(1), Err(Refused::Gone));
    }
}
