//! Renders what waits: claims jobs, makes documents in child processes, and stores bytes and outbox row together.

use std::sync::Arc;
use std::time::Duration;

use billing::calendar::shift;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use store::digest::Rhythm;
use store::document::{DocumentBytesRow, DocumentRow, JobRow};
use store::mail::{MailCause, MailRow};
use store::{AccountId, InvoiceId, Tx};

use crate::actions::tell_staff::{Notice, tell_staff};
use crate::app::App;
use crate::error::Result;
use crate::issued::{Issued, Kind};
use crate::lease::{LEASE, LOOK_AGAIN, holding};
use crate::outbox::digests::gather_at;
use crate::outbox::message::{Gathers, message_id, recipients};
use crate::outbox::notices::{notice, stamp};
use crate::renderer::Document;

/// A failure of the machine passes in so many attempts; then staff are told.
const ATTEMPTS_UNTOLD: i64 = 3;
/// How often to look for a document that another process renders: two minutes in all.
const PATIENCE: u32 = 480;
/// How long a credit note or late fee goes by itself.
const DAYS: i32 = 6;

/// Renders everything that waits, and gives how many documents were made. A document that can't be made stays in line
/// with its reason and is tried again later. `progress` is told how many are done and how many wait.
///
/// # Errors
/// Those of the database.
pub async fn render_documents(app: &App, progress: impl Fn(usize, usize)) -> Result<usize> {
    let mut made = 0;
    let mut running = FuturesUnordered::new();
    loop {
        let free = app.renderer.size().saturating_sub(running.len());
        if free > 0 && !app.ending.is_begun() {
            for job in claim(app, free).await? {
                running.push(render_job(app, job));
            }
        }
        match running.next().await {
            Some(done) => {
                made += usize::from(done?);
                if made.is_multiple_of(20) {
                    let waiting = app.store.read(Tx::waiting_jobs).await?;
                    progress(made, made + usize::try_from(waiting).unwrap_or(0));
                }
            }
            None => return Ok(made),
        }
    }
}

/// Renders until nothing is due, whoever holds it: what another process renders is waited for, and what one held that
/// died is taken over when its lease ends.
///
/// # Errors
/// As [`render_documents`].
pub async fn finish_rendering(app: &App, progress: impl Fn(usize, usize)) -> Result<usize> {
    let mut made = 0;
    loop {
        made += render_documents(app, &progress).await?;
        let now = app.clock.real();
        if app.store.read(move |tx| tx.due_jobs(now)).await? == 0 {
            return Ok(made);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The bytes of one document, rendered now where it waits; nothing where it can't be made. What another process
/// renders is waited for.
///
/// # Errors
/// Those of the database.
pub async fn render_document(app: &App, account: AccountId, id: InvoiceId) -> Result<Option<Vec<u8>>> {
    for _ in 0..PATIENCE {
        if let Some(bytes) = app.store.read(move |tx| tx.document_bytes(account, id)).await? {
            return Ok(Some(bytes));
        }
        app.store.write(move |tx| tx.hurry_job(account, id)).await?;
        match claim(app, 1).await?.pop() {
            Some(job) => {
                let is_ours = job.subject_id == id;
                if !render_job(app, job).await? && is_ours {
                    return Ok(None);
                }
            }
            None => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
    Ok(None)
}

async fn claim(app: &App, limit: usize) -> Result<Vec<JobRow>> {
    let now = app.clock.real();
    let lease_until = now + LEASE;
    let limit = i64::try_from(limit).unwrap_or(1);
    Ok(app.store.write(move |tx| tx.claim_jobs(now, lease_until, limit)).await?)
}

/// Renders one job; false where it has to be tried again.
async fn render_job(app: &App, job: JobRow) -> Result<bool> {
    let (account, id, job_id) = (job.account_id, job.subject_id, job.job_id);
    let read = app.store.read(move |tx| Issued::load(tx, account, id)).await?;
    let paper = read.paper();
    let renew = move |tx: &mut Tx, ends, next| tx.renew_job(job_id, ends, next);
    let Some(rendered) = holding(app, job.lease_until, renew, app.renderer.render(&paper)).await else {
        // Another process has it: it is made there.
        return Ok(true);
    };
    match rendered {
        Ok(document) => keep(app, job, read, document).await.map(|()| true),
        Err(error) => {
            tracing::error!(number = read.number(), %error, "a document could not be rendered");
            let again_at =
                app.clock.real() + Duration::from_secs(60).saturating_mul(u32::try_from(job.attempts).unwrap_or(60));
            let reason = error.to_string();
            let told = reason.clone();
            app.store.write(move |tx| tx.postpone_job(job.job_id, again_at, &reason)).await?;
            if job.attempts >= ATTEMPTS_UNTOLD {
                tell_staff(app, not_made(read.number(), &told)).await?;
            }
            Ok(false)
        }
    }
}

fn not_made(number: &str, reason: &str) -> Notice {
    Notice {
        key: format!("document.{number}"),
        subject: format!("The document of {number} could not be made"),
        body: format!(
            "{reason}\n\nIt is tried on by itself, and mailed when it is made. To try at once: quittance render\n\nA document \
             that can't be made is an error of the program; please report it."
        ),
    }
}

/// Stores the document, where it is the first, and with it the message that carries it.
async fn keep(app: &App, job: JobRow, read: Issued, document: Document) -> Result<()> {
    let (account_id, document_id) = (job.account_id, job.subject_id);
    let row = DocumentRow {
        account_id,
        document_id,
        sha256: Sha256::digest(&document.bytes).into(),
        pages: i64::from(document.pages),
        size: i64::try_from(document.bytes.len()).unwrap_or(i64::MAX),
        rendered_at: app.clock.real(),
    };
    let bytes = DocumentBytesRow { account_id, document_id, bytes: document.bytes };
    let (deliver_on, deliver_by) = window(app, &read);
    let mail = MailRow {
        account_id,
        mail_id: app.ids.mint(),
        document_id,
        cause: MailCause::Issue,
        message_id: message_id(&read.provider.email, read.number()),
        deliver_on,
        deliver_by,
        released_on: None,
        asked_at: None,
        made_at: app.clock.now(),
    };
    let (stream, is_gathered) = (read.stream(), matches!(read.kind, Kind::Invoice(_)));
    let gathers = Gathers {
        daily: gather_at(app, Rhythm::Daily, (deliver_on, deliver_by)),
        weekly: gather_at(app, Rhythm::Weekly, (deliver_on, deliver_by)),
    };
    let nobody = nobody(app, &read, document_id);
    let all = Arc::new((row, bytes, mail, nobody));
    app.store
        .write(move |tx| {
            let (row, bytes, mail, nobody) = &*all;
            if tx.insert_or_skip(std::slice::from_ref(row))? == 1 {
                tx.insert(std::slice::from_ref(bytes))?;
                let mut recipients = recipients(tx, mail, stream, &gathers)?;
                if !is_gathered {
                    recipients.iter_mut().for_each(|row| row.gather_at = None);
                }
                if recipients.is_empty() {
                    tx.tell_staff(nobody)?;
                } else {
                    tx.insert(std::slice::from_ref(mail))?;
                    tx.insert(&recipients)?;
                }
            }
            tx.finish_job(job.job_id)
        })
        .await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

/// The day of its delivery window on which it is mailed, the one that its due date was reckoned with, and the last day
/// of that window.
fn window(app: &App, read: &Issued) -> (Date, Date) {
    if !matches!(read.kind, Kind::Invoice(_)) {
        // A credit or fee goes at once.
        return (app.today(), shift(app.today(), DAYS));
    }
    let invoice = &read.whole.invoice;
    // The zone of then: the due date was reckoned in it.
    let zone = TimeZone::get(&read.provider.timezone).unwrap_or(TimeZone::UTC);
    let issued_at = invoice.issued_at.to_zoned(zone).date();
    let schedule = read.provider.schedule();
    let deliver_on = schedule.deliver_on(invoice.stream, invoice.issued_on, issued_at);
    (deliver_on, schedule.window(invoice.stream, invoice.issued_on).last_on)
}

/// What staff are told of an invoice that nobody is set to receive.
fn nobody(app: &App, read: &Issued, document: InvoiceId) -> store::notice::NoticeRow {
    let (number, account) = (read.number(), &read.whole.invoice.account_code);
    let body = format!(
        "Nobody of {account} is set to receive {} invoices by e-mail, so {number} is in the portal only.\n\nSet somebody to \
         \"to\" where contacts are kept and import it, then: quittance mail resend {number}",
        read.stream()
    );
    let key = format!("mail.nobody.{}", i64::from(document));
    notice(stamp(app), key, (format!("{number} is mailed to nobody"), body))
}
