//! What the database refuses at present, as far as its threads have seen.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::Error;
use crate::engine::Access;

/// The last trouble with reading and with writing; nothing where the last transaction of its kind went well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// `Unreachable` or `WrongInstance`.
    pub reading: Option<Error>,
    /// These, `Full` or `ReadOnly`.
    pub writing: Option<Error>,
}

/// Where the threads write it down.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    health: Mutex<Health>,
    /// So that nobody waits for the lock while all is well.
    is_troubled: AtomicBool,
}

impl Watch {
    /// Notes how a transaction went. Refusals of the schema and of the closure are no trouble of the database.
    pub(crate) fn note(&self, access: Access, outcome: Result<(), &Error>) {
        let trouble = outcome.err().filter(|error| is_trouble(access, error));
        if trouble.is_none() && !self.is_troubled.load(Ordering::Relaxed) {
            return;
        }
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match access {
            Access::Read => &mut health.reading,
            Access::Write => &mut health.writing,
        };
        match (place.is_some(), trouble) {
            (false, Some(error)) => tracing::error!(%error, ?access, "the database is in trouble"),
            (true, None) => tracing::warn!(?access, "the database works again"),
            _ => {}
        }
        *place = trouble.cloned();
        self.is_troubled.store(*health != Health::default(), Ordering::Relaxed);
    }

    pub(crate) fn health(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn is_trouble(access: Access, error: &Error) -> bool {
    match error {
        Error::Unreachable(_) | Error::WrongInstance => true,
        // A reading closure that writes is a bug.
        Error::Full | Error::ReadOnly => access == Access::Write,
        _ => false,
    }
}
