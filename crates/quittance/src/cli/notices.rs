//! `quittance notices`: what staff were told.

use std::process::ExitCode;

use clap::Args;
use store::mail::MailState;
use store::notice::{NoticeRecipientRow, NoticeRow};

use super::output::moment;
use super::{Place, say};
use crate::app::App;
use crate::error::Result;

/// List what staff were told, the newest first.
#[derive(Args)]
pub struct Notices {
    /// How many.
    #[arg(long, default_value_t = 20)]
    last: u32,
}

impl Notices {
    /// Prints them.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let last = i64::from(self.last);
        let notices = app.store.read(move |tx| {
            let notices = tx.notices(last)?;
            let with_recipients = notices.into_iter().map(|notice| {
                let recipients = tx.notice_recipients(notice.notice_id)?;
                Ok((notice, recipients))
            });
            with_recipients.collect::<std::result::Result<Vec<_>, store::Error>>()
        });
        let notices = notices.await?;
        for (notice, recipients) in &notices {
            show(&app, notice, recipients);
        }
        if notices.is_empty() {
            say("Nothing to tell.");
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn show(app: &App, notice: &NoticeRow, recipients: &[NoticeRecipientRow]) {
    say(&format!("{}  {}", moment(app, notice.made_at), notice.subject));
    for line in notice.body.lines().filter(|line| !line.is_empty()) {
        say(&format!("    {line}"));
    }
    match notice.mailed_at {
        Some(at) => say(&format!("    Mailed {} to {}.\n", moment(app, at), accepted(recipients))),
        None => say(&format!("    Not mailed yet.{}\n", why(recipients))),
    }
}

fn accepted(recipients: &[NoticeRecipientRow]) -> String {
    let accepted = recipients.iter().filter(|row| row.state == MailState::Accepted);
    accepted.map(|row| row.email.as_str()).collect::<Vec<_>>().join(", ")
}

fn why(recipients: &[NoticeRecipientRow]) -> String {
    let waiting = recipients.iter().filter(|row| row.state != MailState::Accepted);
    waiting.filter_map(|row| Some(format!(" {}: {}.", row.email, row.last_reply.as_ref()?))).collect()
}
