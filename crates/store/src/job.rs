//! A closure on its way to a thread of the store, and its answer on the way back.

use std::any::type_name;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::{Error, Tx};

/// A closure should take at most 20 ms; one that takes ten times as long gets a line in the log.
const SLOW: Duration = Duration::from_millis(200);

/// A transaction waiting to be run. Which types it answers with is only known to its [`Task`].
pub(crate) trait Job: Send {
    /// Runs the closure, perhaps again, and keeps its answer. The engine then keeps or undoes what was written.
    fn run(&mut self, tx: &mut Tx) -> Verdict;
    /// Sends the answer kept, or this error instead of it when the transaction as a whole failed.
    fn finish(self: Box<Self>, outcome: Result<(), Error>);
    /// True when nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
}

/// What is to become of the writes of a closure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

pub(crate) struct Task<F, T, E> {
    work: F,
    answer: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Task<F, T, E> {
    pub(crate) fn new(work: F) -> (Task<F, T, E>, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Task { work, answer: None, reply }, answer)
    }
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: Fn(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx) -> Verdict {
        tx.start();
        let started = Instant::now();
        // The closure is `Fn`, and what it left half done in the transaction is undone, so nothing broken is seen.
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)));
        if started.elapsed() > SLOW {
            let (name, took) = (type_name::<F>(), started.elapsed());
            tracing::warn!("a transaction took {took:?}, and others waited for it: {name}");
        }
        let answer = match result {
            Ok(Ok(value)) => tx.failure().map_or(Ok(value), |error| Err(E::from(error))),
            Ok(Err(error)) => Err(error),
            Err(panic) => Err(E::from(Error::Other(format!("a transaction panicked: {}", words_of(&*panic))))),
        };
        let verdict = if answer.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.answer = Some(answer);
        verdict
    }

    fn finish(self: Box<Self>, outcome: Result<(), Error>) {
        let answer = match (outcome, self.answer) {
            (Err(error), _) => Err(E::from(error)),
            (Ok(()), Some(answer)) => answer,
            (Ok(()), None) => Err(E::from(Error::Other("a transaction was not run".to_owned()))),
        };
        // Nobody waiting is fine: the caller went away, and what was written stays written.
        drop(self.reply.send(answer));
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
