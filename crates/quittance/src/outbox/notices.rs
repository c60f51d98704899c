//! Notices on their way: each is mailed once to everybody of `[staff] notices`, or to the people whom it was written for.

use connect::mail::{Address, Attachment, Letter};
use documents::Paper;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use store::mail::MailState;
use store::notice::{Audience, NoticeRecipientRow, NoticeRow};
use store::{NoticeId, Tx};

use crate::app::App;
use crate::error::Result;
use crate::lease::{LEASE, holding};
use crate::letter::sender;
use crate::outbox::attempt::{Columns, attempt};
use crate::outbox::{BATCH, Sending};
use crate::paper::receipt::receipt_paper;
use crate::receipt::{Receipt, Since};

/// The id of a notice, and when it was written: made before the transaction that decides whether it is told.
pub type Stamp = (NoticeId, Timestamp);

/// Of a notice that is written now.
pub fn stamp(app: &App) -> Stamp {
    (app.ids.mint(), app.clock.now())
}

/// A notice as a row: its matter, and subject and body.
pub fn notice((notice_id, made_at): Stamp, key: String, (subject, body): (String, String)) -> NoticeRow {
    NoticeRow { notice_id, key, subject, body, audience: Audience::Staff, made_at, mailed_at: None, receipt_of: None }
}

/// Sends a batch of what is due; gives how many recipients were claimed.
///
/// # Errors
/// Those of the database.
pub async fn deliver(app: &App, sending: &Sending<'_>) -> Result<usize> {
    address(app).await?;
    let now = app.clock.real();
    let lease_until = now + LEASE;
    let claimed = app.store.write(move |tx| tx.claim_notices(now, lease_until, BATCH)).await?;
    let count = claimed.len();
    let sends: Vec<_> = claimed.into_iter().map(|row| send(app, sending, row)).collect();
    let all = async {
        let mut outcomes = stream::iter(sends).buffer_unordered(app.config.mail.connections.max(1));
        while let Some(row) = outcomes.next().await {
            let (row, now) = (row?, app.clock.now());
            app.store.write(move |tx| keep(tx, &row, now)).await?;
        }
        Ok(())
    };
    holding(app, lease_until, Tx::renew_notices, all).await.unwrap_or(Ok(())).map(|()| count)
}

/// Writes down whom new notices go to.
async fn address(app: &App) -> Result<()> {
    let told = told(app);
    let new = app.store.read(|tx| tx.unaddressed_notices(BATCH)).await?;
    if new.is_empty() {
        return Ok(());
    }
    let row = NoticeRecipientRow::new;
    let rows: Vec<_> = new.iter().flat_map(|notice| told.iter().map(|email| row(notice.notice_id, email))).collect();
    app.store.write(move |tx| tx.insert_or_skip(&rows).map(drop)).await?;
    Ok(())
}

/// The people of the provider who are told.
fn told(app: &App) -> Vec<String> {
    let own = &app.config.staff.notices;
    let mut told = if own.is_empty() { vec![app.provider().email.clone()] } else { own.clone() };
    told.sort();
    told.dedup();
    told
}

async fn send(app: &App, sending: &Sending<'_>, mut row: NoticeRecipientRow) -> Result<NoticeRecipientRow> {
    let id = row.notice_id;
    let notice = app.store.read(move |tx| tx.notice(id)).await?;
    let to = Address::new("", &row.email).map_err(|malformed| malformed.to_string());
    let letter = match (&notice, &to) {
        (Some(notice), Ok(to)) => letter(app, notice, to).await.map_err(|error| error.to_string()),
        (None, _) => Err("the notice is gone".to_owned()),
        (_, Err(reason)) => Err(reason.clone()),
    };
    let fate = attempt(app, sending.mailer, &letter, to, row.attempts).await;
    fate.fill(Columns {
        state: &mut row.state,
        attempts: &mut row.attempts,
        next_at: &mut row.next_at,
        lease_until: &mut row.lease_until,
        last_reply: &mut row.last_reply,
    });
    Ok(row)
}

/// A notice as a letter: the same for each attempt, and for each of those who are told but for its To.
async fn letter(app: &App, notice: &NoticeRow, to: &Address) -> Result<Letter> {
    let provider = app.provider();
    Ok(Letter {
        message_id: format!("notice.{}", i64::from(notice.notice_id)),
        from: sender(app, &provider)?,
        reply_to: (notice.audience == Audience::People)
            .then(|| Address::new(&provider.name, &provider.email).ok())
            .flatten(),
        to: vec![to.clone()],
        cc: Vec::new(),
        subject: notice.subject.clone(),
        text: format!("{}\n\n{}\n", notice.body.trim_end(), app.config.base_url),
        html: String::new(),
        attachments: receipt(app, notice).await?.into_iter().collect(),
        date: notice.made_at,
    })
}

/// The receipt that goes with a notice, as it was when the money came: the same whenever it is sent.
async fn receipt(app: &App, notice: &NoticeRow) -> Result<Option<Attachment>> {
    let Some(id) = notice.receipt_of else { return Ok(None) };
    let zone = app.zone();
    let read = app.store.read(move |tx| {
        let Some(payment) = tx.gateway_payment(id)? else { return Ok(None) };
        let parts = tx.payment_parts(id)?;
        Receipt::read(tx, (payment, &parts), Since::LeftOut, &zone)
    });
    let Some(receipt) = read.await? else { return Ok(None) };
    let paper = Paper::Plain(Box::new(receipt_paper(&receipt, &app.provider())));
    let document = app.renderer.render(&paper).await?;
    Ok(Some(Attachment {
        file_name: format!("receipt-{}.pdf", receipt.payment.number),
        media_type: "application/pdf".to_owned(),
        bytes: document.bytes.into(),
    }))
}

fn keep(tx: &mut Tx, row: &NoticeRecipientRow, now: Timestamp) -> Result<(), store::Error> {
    tx.replace(std::slice::from_ref(row))?;
    if row.state == MailState::Waiting { Ok(()) } else { tx.note_notice_mailed(row.notice_id, now) }
}
