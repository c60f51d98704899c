//! What a serving process does besides answering: it makes the runs whose day has come, renders and delivers what waits.

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::actions::deliver_mail::deliver_mail;
use crate::actions::keep_schedule::keep_schedule;
use crate::actions::render_documents::render_documents;
use crate::app::App;

/// How often a worker looks without being woken: other processes can't ring its bell.
const POLL: Duration = Duration::from_secs(5);

/// The running workers; dropped, they stop at their next wait.
pub struct Workers {
    handles: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts them.
    pub fn start(app: &App) -> Self {
        let mut handles = vec![tokio::spawn(render(app.clone())), tokio::spawn(schedule(app.clone()))];
        if app.mailer.is_some() {
            handles.push(tokio::spawn(deliver(app.clone())));
        } else {
            tracing::warn!("no mail server is set: invoices are not mailed and codes can't be sent");
        }
        Self { handles }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for handle in &self.handles {
            handle.abort();
        }
    }
}

async fn schedule(app: App) {
    loop {
        // Another process may have moved a sandbox's clock or imported new settings.
        if let Err(error) = app.refresh().await {
            tracing::warn!(%error, "the provider's profile could not be read again");
        }
        if let Err(error) = keep_schedule(&app).await {
            tracing::warn!(%error, "scheduled runs wait");
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn render(app: App) {
    loop {
        if let Err(error) = render_documents(&app, |_, _| ()).await {
            tracing::warn!(%error, "rendering waits");
        }
        let _ = tokio::time::timeout(POLL, app.wake.render.notified()).await;
    }
}

async fn deliver(app: App) {
    loop {
        if let Err(error) = deliver_mail(&app, |_| ()).await {
            tracing::warn!(%error, "delivery waits");
        }
        let _ = tokio::time::timeout(POLL, app.wake.mail.notified()).await;
    }
}
