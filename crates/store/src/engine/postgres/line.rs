//! The line to the server: requests go out in order, and some answers are waited for later.

use std::future::Future;
use std::mem::take;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join;
use tokio::runtime::Runtime;

use crate::Error;

/// Longer than any statement may take (`statement_timeout`): without an answer by then, the connection is dead.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long a server may take to let us in.
const CONNECTING: Duration = Duration::from_secs(5);

type Answer = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// A runtime for one connection and the requests sent on it whose answers nobody has looked at yet.
pub(super) struct Line {
    runtime: Runtime,
    unanswered: Vec<Answer>,
    patience: Duration,
}

impl Line {
    pub(super) fn new(runtime: Runtime) -> Line {
        Line { runtime, unanswered: Vec::new(), patience: CONNECTING }
    }

    /// From now on it is about statements, which take their time.
    pub(super) fn is_connected(&mut self) {
        self.patience = PATIENCE;
    }

    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Waits as long as it takes from now on: a migration may run for hours.
    pub(super) fn wait_forever(&mut self) {
        self.patience = Duration::MAX;
    }

    /// Whether every answer is known.
    pub(super) fn is_settled(&self) -> bool {
        self.unanswered.is_empty()
    }

    /// Sends a request and doesn't wait for its answer.
    pub(super) fn send(&mut self, request: impl Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static) {
        let mut request: Answer = Box::pin(request);
        let answered = self.runtime.block_on(async {
            // The first poll hands the request to the connection, the pause lets the connection write it.
            let early = std::future::poll_fn(|context| Poll::Ready(request.as_mut().poll(context))).await;
            tokio::task::yield_now().await;
            early
        });
        self.unanswered.push(match answered {
            Poll::Pending => request,
            Poll::Ready(result) => Box::pin(async { result }),
        });
    }

    /// Sends a request and waits for its answer and for those still open. The earliest error counts.
    pub(super) fn ask<T>(
        &mut self,
        request: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Error> {
        let earlier = take(&mut self.unanswered);
        let settle = async {
            let mut outcome = Ok(());
            for answer in earlier {
                outcome = outcome.and(answer.await);
            }
            outcome
        };
        let patience = self.patience;
        let all = async { tokio::time::timeout(patience, join(settle, request)).await };
        match self.runtime.block_on(all) {
            Ok((settled, answer)) => Ok(settled.and(answer)?),
            Err(_) => Err(Error::Unreachable("no answer from the server".to_owned())),
        }
    }
}
