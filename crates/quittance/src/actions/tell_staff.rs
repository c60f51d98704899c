//! Tells staff something, once: written down here, mailed from the outbox, listed by `quittance notices`.

use store::notice::{Audience, NoticeRow};

use crate::app::App;
use crate::error::Result;

/// What staff should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The matter: the same key is told once.
    pub key: String,
    /// One line.
    pub subject: String,
    /// What happened and what to do; paragraphs apart by an empty line.
    pub body: String,
}

/// Writes a notice down unless its matter was told before; true where it is news.
///
/// # Errors
/// Those of the database.
pub async fn tell_staff(app: &App, notice: Notice) -> Result<bool> {
    let row = NoticeRow {
        notice_id: app.ids.mint(),
        key: notice.key,
        subject: notice.subject,
        body: notice.body,
        audience: Audience::Staff,
        made_at: app.clock.now(),
        mailed_at: None,
        receipt_of: None,
    };
    tracing::info!(matter = row.key, "staff are told");
    let news = app.store.write(move |tx| tx.tell_staff(&row)).await?;
    app.wake.mail.notify_waiters();
    Ok(news)
}
