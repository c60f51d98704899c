//! What a serving process does besides answering: it makes the runs whose day has come, renders and delivers what waits,
//! sends codes, reads what came back, and forgets.

use std::path::PathBuf;
use std::time::Duration;

use connect::gateway::Gateway;
use tokio::task::JoinHandle;
use tokio::time::timeout_at;

use crate::actions::add_method::keep_left_methods;
use crate::actions::compare_payments::compare_daily;
use crate::actions::deliver_mail::deliver_mail;
use crate::actions::forget_expired;
use crate::actions::keep_schedule::keep_schedule;
use crate::actions::look_up_payments::look_up_payments;
use crate::actions::refund_payment::send_refunds;
use crate::actions::render_documents::render_documents;
use crate::actions::take_event::{Taken, take_event};
use crate::app::App;
use crate::bounce_folder::Watch;
use crate::ending::GRACE;
use crate::error::Result;
use crate::post;

/// How often a worker looks without being woken: other processes can't ring its bell.
const POLL: Duration = Duration::from_secs(5);
/// How often the folder of reports about mail is read.
const BOUNCES: Duration = Duration::from_secs(60);
/// How often Microsoft's metadata are read, and how often while it doesn't answer.
const MICROSOFT: Duration = Duration::from_secs(3600);
const MICROSOFT_SILENT: Duration = Duration::from_secs(20);
/// After the grace for work under way: the time to give back what wasn't finished.
const GIVING_BACK: Duration = Duration::from_millis(500);

/// The running workers; dropped, they stop at their next wait.
pub struct Workers {
    app: App,
    /// Those that claim work, and have to stop before another process takes over.
    claiming: Vec<JoinHandle<()>>,
    /// Those that don't.
    standing: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts them.
    pub fn start(app: &App) -> Self {
        if app.mailer.is_none() {
            tracing::warn!("no mail server is set: invoices are not mailed and codes can't be sent");
        }
        let mut standing = vec![tokio::spawn(post::work(app.clone())), tokio::spawn(forget_expired::work(app.clone()))];
        if app.microsoft.is_some() {
            standing.push(tokio::spawn(watch_microsoft(app.clone())));
        }
        if let Some(folder) = app.config.mail.bounces.clone() {
            standing.push(tokio::spawn(read_bounces(app.clone(), folder)));
        }
        Self { app: app.clone(), claiming: claiming(app), standing }
    }

    /// Lets them finish or give back what they have claimed, in little more than `GRACE`, and claim nothing more.
    pub async fn pause(&mut self) {
        self.app.ending.begin();
        let patience = self.app.ending.begun().await + GRACE + GIVING_BACK;
        for mut handle in self.claiming.drain(..) {
            if timeout_at(patience, &mut handle).await.is_err() {
                handle.abort();
            }
        }
    }

    /// They go on.
    pub fn resume(&mut self) {
        self.app.ending.take_back();
        self.claiming = claiming(&self.app);
    }

    /// Like `pause`, and codes on their way are sent.
    pub async fn end(mut self) {
        self.pause().await;
        let patience = self.app.ending.begun().await + GRACE + GIVING_BACK;
        if timeout_at(patience, self.app.post.is_settled()).await.is_err() {
            tracing::warn!("letters with codes were not sent before the end");
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for handle in self.claiming.iter().chain(&self.standing) {
            handle.abort();
        }
    }
}

fn claiming(app: &App) -> Vec<JoinHandle<()>> {
    let mut handles = vec![tokio::spawn(render(app.clone())), tokio::spawn(schedule(app.clone()))];
    if app.mailer.is_some() {
        handles.push(tokio::spawn(deliver(app.clone())));
    }
    if app.gateway.is_some() {
        handles.push(tokio::spawn(pay(app.clone())));
    }
    handles
}

/// Payments whose outcome isn't known are asked for, methods left on a page are kept, and the sandbox tells what happened in it.
async fn pay(app: App) {
    while !app.ending.is_begun() {
        let done = async {
            tell_sandbox_events(&app).await?;
            look_up_payments(&app).await?;
            send_refunds(&app).await?;
            keep_left_methods(&app, None).await?;
            compare_daily(&app).await
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "payments wait");
        }
        rest(&app, app.wake.payments.notified()).await;
    }
}

/// What the sandbox's processor tells, as if it had come over the net.
async fn tell_sandbox_events(app: &App) -> Result<()> {
    let Some(gateway @ Gateway::Sandbox(sandbox)) = &app.gateway else { return Ok(()) };
    for event in sandbox.due_events() {
        if take_event(app, gateway, event.body, &event.signature).await? == Taken::Yes {
            sandbox.told(&event.id);
        }
    }
    Ok(())
}

async fn schedule(app: App) {
    while !app.ending.is_begun() {
        // Another process may have moved a sandbox's clock or imported new settings.
        if let Err(error) = app.refresh().await {
            tracing::warn!(%error, "the provider's profile could not be read again");
        }
        if let Err(error) = keep_schedule(&app).await {
            tracing::warn!(%error, "scheduled runs wait");
        }
        rest(&app, std::future::pending()).await;
    }
}

async fn render(app: App) {
    while !app.ending.is_begun() {
        if let Err(error) = render_documents(&app, |_, _| ()).await {
            tracing::warn!(%error, "rendering waits");
        }
        rest(&app, app.wake.render.notified()).await;
    }
}

async fn deliver(app: App) {
    while !app.ending.is_begun() {
        if let Err(error) = deliver_mail(&app, |_| ()).await {
            tracing::warn!(%error, "delivery waits");
        }
        rest(&app, app.wake.mail.notified()).await;
    }
}

/// Until the bell rings, or it is time to look, or the process ends.
async fn rest(app: &App, bell: impl Future<Output = ()>) {
    tokio::select! {
        () = bell => {}
        () = tokio::time::sleep(POLL) => {}
        _ = app.ending.begun() => {}
    }
}

/// Keeps Microsoft's metadata and keys at hand; while it is silent it is asked more often.
async fn watch_microsoft(app: App) {
    let Some(microsoft) = &app.microsoft else { return };
    loop {
        microsoft.refresh(app.clock.real()).await;
        tokio::time::sleep(if microsoft.is_down() { MICROSOFT_SILENT } else { MICROSOFT }).await;
    }
}

/// Reads what mail servers report about our letters.
async fn read_bounces(app: App, folder: PathBuf) {
    let mut watch = Watch::default();
    loop {
        if let Err(error) = watch.read(&app, &folder).await {
            tracing::warn!(%error, "reports of mail servers wait");
        }
        tokio::time::sleep(BOUNCES).await;
    }
}
