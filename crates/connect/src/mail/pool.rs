//! A few connections to the relay, kept open between letters.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::transport::smtp::{
    authentication::Mechanism, client::AsyncSmtpConnection, commands::Noop, response::Response,
};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    Refusal,
    failure::{Stage, step},
    settings::{Route, Security},
};

/// A firewall may have forgotten an idle connection without a word; a new one is quicker than waiting for it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(3);
const FAREWELL: Duration = Duration::from_secs(1);

/// A few connections; idle ones are asked whether they still live before they are used again.
pub struct Pool {
    pub route: Route,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
    permits: Semaphore,
}

/// A connection in use.
pub struct Lease<'a> {
    pub connection: AsyncSmtpConnection,
    pool: &'a Pool,
    _permit: SemaphorePermit<'a>,
}

impl Pool {
    pub fn new(route: Route) -> Self {
        let permits = Semaphore::new(route.connections);
        Self { route, idle: Mutex::default(), permits }
    }

    /// A connection that answered just now, ready for a transaction.
    pub async fn lease(&self) -> Result<Lease<'_>, Refusal> {
        let permit = self.permits.acquire().await.map_err(|error| Refusal::Unreachable(error.to_string()))?;
        let connection = match self.living().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(Lease { connection, pool: self, _permit: permit })
    }

    async fn living(&self) -> Option<AsyncSmtpConnection> {
        while let Some(mut connection) = self.pop() {
            let answer = step(SIGN_OF_LIFE, Stage::Ourselves, connection.command(Noop)).await;
            if answer.is_ok() {
                return Some(connection);
            }
        }
        None
    }

    fn pop(&self) -> Option<AsyncSmtpConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let route = &self.route;
        let server = (route.host.as_str(), route.port);
        let tls = (route.security == Security::Tls).then(|| route.tls.clone());
        let dial = AsyncSmtpConnection::connect_tokio1(server, None, &route.hello, tls, None);
        let mut connection = step(route.step, Stage::Ourselves, dial).await?;
        if route.security == Security::Starttls {
            step(route.step, Stage::Ourselves, connection.starttls(route.tls.clone(), &route.hello)).await?;
        }
        if let Some(credentials) = &route.credentials {
            let sign_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
            let _welcome: Response = step(route.step, Stage::Ourselves, sign_in).await?;
        }
        Ok(connection)
    }
}

impl Lease<'_> {
    /// Keeps the connection for the next letter.
    pub fn keep(self) {
        self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.connection);
    }

    /// Ends the connection politely if the relay still listens; what it answers no longer matters.
    pub async fn end(mut self) {
        let _farewell = tokio::time::timeout(FAREWELL, self.connection.abort()).await;
    }
}
