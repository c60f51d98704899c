//! Sending through an SMTP relay, one transaction per letter and recipient.

use std::sync::Arc;

use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt};

use super::{
    Accepted, Address, Letter, Refusal, Settings, Unusable,
    failure::{Stage, accepted, step},
    message::envelope_address,
    pool::{Lease, Pool},
    settings::Route,
};

/// The letter travels and is scanned before the relay answers, so it gets more time than a command.
const LETTER_STEPS: u32 = 4;

/// A relay. Clones share its connections.
#[derive(Clone)]
pub struct Smtp {
    pool: Arc<Pool>,
}

impl Smtp {
    /// Checks the settings; connects only when the first letter is sent.
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        Ok(Self { pool: Arc::new(Pool::new(Route::new(settings)?)) })
    }

    /// See [`super::Mailer::send`].
    pub async fn send(&self, letter: &Letter, recipient: &Address) -> Result<Accepted, Refusal> {
        let bytes = letter.mime_for(recipient, self.pool.route.signer.as_ref())?;
        let from = envelope_address(self.pool.route.return_path.as_ref().unwrap_or(&letter.from))?;
        let to = envelope_address(recipient)?;
        let mut lease = self.pool.lease().await?;
        let outcome =
            self.transaction(&mut lease, (Mail::new(Some(from), vec![]), Rcpt::new(to, vec![])), &bytes).await;
        match &outcome {
            Ok(_) => lease.keep(),
            Err(_) => lease.end().await,
        }
        outcome
    }

    /// See [`super::Mailer::probe`].
    pub async fn probe(&self) -> Result<(), Refusal> {
        let mut lease = self.pool.lease().await?;
        let answer = step(self.pool.route.step, Stage::Ourselves, lease.connection.command(Noop)).await;
        match answer {
            Ok(_) => lease.keep(),
            Err(refusal) => {
                lease.end().await;
                return Err(refusal);
            }
        }
        Ok(())
    }

    async fn transaction(
        &self,
        lease: &mut Lease<'_>,
        envelope: (Mail, Rcpt),
        bytes: &[u8],
    ) -> Result<Accepted, Refusal> {
        let limit = self.pool.route.step;
        let connection = &mut lease.connection;
        step(limit, Stage::Ourselves, connection.command(envelope.0)).await?;
        step(limit, Stage::Recipient, connection.command(envelope.1)).await?;
        step(limit, Stage::Recipient, connection.command(Data)).await?;
        // From here a lost connection leaves us not knowing: the relay may have taken the letter before it went away.
        let answer = step(limit * LETTER_STEPS, Stage::Letter, connection.message(bytes)).await?;
        Ok(accepted(&answer))
    }
}
