//! This process's number, which stands in every id it makes: leased from the database, renewed while the process lives,
//! given back when it ends.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crate::app::Inner;
use crate::error::{Error, Result};
use crate::random;

/// How long a number is kept without being renewed: longer than a database is usually away.
const LEASE: Duration = Duration::from_secs(60);
/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// How long giving it back may take at the end. What isn't given back is free when its lease ends.
const FAREWELL: Duration = Duration::from_secs(1);

/// Who we are among the processes of this database.
#[derive(Debug)]
pub struct Node {
    token: [u8; 16],
    number: Mutex<Option<i64>>,
}

impl Default for Node {
    fn default() -> Self {
        Self { token: random::bytes(), number: Mutex::new(None) }
    }
}

impl Node {
    /// The number held; nothing where none could be leased yet.
    pub fn number(&self) -> Option<i64> {
        *self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, number: Option<i64>) {
        *self.number.lock().unwrap_or_else(PoisonError::into_inner) = number;
    }
}

impl Inner {
    /// Renews our number, or takes another one where we have none or lost it. Until it succeeds ids stay within the time
    /// of the old lease.
    ///
    /// # Errors
    /// Those of the database; `Unreachable` where 1,024 processes are at work.
    pub async fn hold_node(&self) -> Result<()> {
        let (token, held) = (self.node.token, self.node.number());
        let now = self.clock.real();
        // Ids may run ahead of the clock where very many are made at once, or where the clock was put back.
        let until = now.max(self.ids.minted_until()) + LEASE;
        let taken = self.store.write(move |tx| match held {
            Some(number) if tx.renew_node(number, &token, until)? => Ok(Some(number)),
            _ => tx.claim_node(&token, now, until),
        });
        let taken: std::result::Result<Option<i64>, store::Error> = taken.await;
        let Some(number) = taken? else {
            return Err(Error::Unreachable("1,024 processes work on this database, and no more can".to_owned()));
        };
        if held.is_some_and(|held| held != number) {
            tracing::warn!(number, "the lease of our number was lost; another one was taken");
        }
        self.ids.lease(number, now, until);
        self.node.set(Some(number));
        Ok(())
    }

    /// Gives our number back; ids made after this have a random one.
    pub async fn give_node_back(&self) {
        let Some(number) = self.node.number() else { return };
        self.node.set(None);
        let (token, until) = (self.node.token, self.ids.minted_until());
        let given = self.store.write(move |tx| tx.renew_node(number, &token, until));
        if !matches!(tokio::time::timeout(FAREWELL, given).await, Ok(Ok(_))) {
            tracing::debug!(number, "our number could not be given back; it is free in a minute");
        }
    }
}

/// Keeps the number as long as the instance is open.
pub(crate) async fn keep(app: Weak<Inner>) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let Some(app) = app.upgrade() else { return };
        hold(&app).await;
    }
}

/// Holds it now. Where that fails reading goes on, and writing does too if it can.
pub(crate) async fn hold(app: &Arc<Inner>) {
    if let Err(error) = app.hold_node().await {
        tracing::warn!(%error, "no number for our ids could be leased");
    }
}
