//! Issues a credit note: number, frozen rows, a balanced entry, balances and a rendering job in one transaction.

use std::sync::Arc;

use billing::crediting::{Choice, Credit, CreditError, LineLeft, Part, ShareLeft, credit};
use billing::ledger::{Entry, EntryKind};
use billing::money::Money;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::audit::AuditKind;
use store::books::EntryRow;
use store::credit::{CreditNoteLineRow, CreditNoteRow, CreditNoteTaxRow, TakenRow};
use store::document::JobRow;
use store::invoice::{DocumentKind, InvoiceLineRow, InvoiceTaxRow, NumberRow, WholeInvoice};
use store::provider::ProviderRow;
use store::{EntryId, InvoiceId, JobId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::books::{CREDIT_NOTES, post, take_number};
use crate::error::{Error, Result};
use crate::questions::Desk;

/// What is to be credited, and why.
#[derive(Clone, Debug)]
pub struct CreditInvoice {
    /// The invoice's number.
    pub invoice: String,
    /// All, some lines, or an amount.
    pub choice: Choice,
    /// For the customer.
    pub reason: String,
    /// Names the command: one that runs twice credits once.
    pub key: String,
}

/// What a credit note takes, and where it goes.
#[derive(Clone, Debug)]
pub struct Credited {
    /// The invoice.
    pub whole: WholeInvoice,
    /// What was left of its lines before, and of its taxes.
    pub left: (Vec<LineLeft>, Vec<ShareLeft>),
    /// What the credit note takes.
    pub credit: Credit,
    /// What comes off the invoice's balance; the rest becomes the account's credit.
    pub settled: i64,
}

/// Issues the credit note and gives its number; the one that was issued before where the same command has run already.
///
/// # Errors
/// `Refused` with the sentence that says why there is none.
pub async fn credit_invoice(app: &App, ask: CreditInvoice, by: &Actor) -> Result<(CreditNoteRow, bool)> {
    app.may_act().await?;
    if ask.reason.trim().is_empty() {
        return Err(Error::refused("a credit note needs a reason; the customer reads it"));
    }
    let issue = Issue {
        ask,
        provider: app.provider(),
        today: app.today(),
        now: app.clock.now(),
        note_id: app.ids.mint(),
        entry_id: app.ids.mint(),
        job_id: app.ids.mint(),
        desk: Desk::of(app, by),
    };
    let by = by.clone();
    let written = app.store.write(move |tx| {
        let (note, is_repeated) = issue.write(tx)?;
        if !is_repeated {
            let after = json!({ "total_minor": note.total_minor, "invoice": issue.ask.invoice, "reason": note.reason });
            let deed = by.did(AuditKind::CreditNote, note.number.clone()).of(note.account_id);
            tx.append_audit(&[deed.after(after)])?;
        }
        Ok::<_, Error>((note, is_repeated))
    });
    let issued = written.await?;
    app.wake.render.notify_waiters();
    app.wake.mail.notify_waiters();
    Ok(issued)
}

/// What a credit note of this choice would take; nothing is written.
///
/// # Errors
/// As [`credit_invoice`].
pub fn decide(tx: &mut Tx, number: &str, choice: &Choice) -> Result<Credited> {
    let refused = || Error::Refused(format!("there is no invoice {number}"));
    let known = tx.number(number)?.filter(|row| row.kind == DocumentKind::Invoice).ok_or_else(refused)?;
    let (account, id) = (known.account_id, known.document_id);
    let whole = tx.whole_invoice(account, id)?.ok_or_else(refused)?;
    let state = tx.invoice_state(account, id)?.ok_or_else(refused)?;
    let (lines, taxes) = tx.credited(account, id)?;
    let left = left(&whole, &lines, &taxes);
    let credit = credit(&left.0, &left.1, choice).map_err(|error| refusal(&whole, error))?;
    let settled = credit.total.min(state.balance_minor);
    Ok(Credited { whole, left, credit, settled })
}

fn left(whole: &WholeInvoice, lines: &[TakenRow], taxes: &[TakenRow]) -> (Vec<LineLeft>, Vec<ShareLeft>) {
    let taken = |rows: &[TakenRow], no: i64| {
        rows.iter().find(|row| row.no == no).map_or((0, 0), |row| (row.minor, row.tax_minor))
    };
    let mut categories: Vec<&str> = whole.taxes.iter().map(|share| share.tax_category.as_str()).collect();
    categories.dedup();
    let place = |category: &str| categories.iter().position(|known| *known == category);
    let prices = whole.invoice.prices;
    let part = |amount: i64, tax: i64| Part { net: prices.net(amount, tax), tax };
    let line = |row: &InvoiceLineRow| {
        let (credited, credited_tax) = taken(lines, row.line_no);
        LineLeft {
            invoiced: part(row.amount_minor, row.tax_minor),
            credited: part(credited, credited_tax),
            category: place(&row.tax_category).filter(|_| row.taxable),
        }
    };
    let share = |row: &InvoiceTaxRow| ShareLeft {
        category: place(&row.tax_category).unwrap_or_default(),
        amount: row.tax_minor,
        credited: taken(taxes, row.tax_no).0,
    };
    (whole.lines.iter().map(line).collect(), whole.taxes.iter().map(share).collect())
}

fn refusal(whole: &WholeInvoice, error: CreditError) -> Error {
    let invoice = &whole.invoice;
    match error {
        CreditError::TooMuch(left) => Error::Refused(format!(
            "{}: {error}, {}; credit that or less",
            invoice.number,
            Money::new(left, invoice.currency).with_currency()
        )),
        CreditError::NoSuchLine(_) | CreditError::LineTaken(_) => Error::Refused(format!(
            "{}: {error}; `quittance credit note {} --all --reason - --plan` lists its lines",
            invoice.number, invoice.number
        )),
        _ => Error::Refused(format!("{}: {error}", invoice.number)),
    }
}

/// Everything a credit note needs, made before its transaction.
struct Issue {
    ask: CreditInvoice,
    provider: Arc<ProviderRow>,
    today: Date,
    now: Timestamp,
    note_id: InvoiceId,
    entry_id: EntryId,
    job_id: JobId,
    /// Disputes end by a credit.
    desk: Desk,
}

impl Issue {
    fn write(&self, tx: &mut Tx) -> Result<(CreditNoteRow, bool)> {
        let receivables = &self.provider.receivables;
        let series = (receivables.credit_number_prefix.as_str(), receivables.credit_number_start);
        let known = tx.number(&self.ask.invoice)?;
        if let Some(known) = known
            && let Some(note) = tx.credit_note_by_key(known.account_id, &self.ask.key)?
        {
            return Ok((note, true));
        }
        let (number, serial) = take_number(tx, CREDIT_NOTES, series)?;
        let credited = decide(tx, &self.ask.invoice, &self.ask.choice)?;
        let note = self.note(&credited, number, serial);
        self.insert(tx, &credited, &note)?;
        let head = EntryRow {
            account_id: note.account_id,
            entry_id: self.entry_id,
            kind: EntryKind::CreditNote,
            document_id: note.credit_note_id,
            posted_on: note.issued_on,
            currency: note.currency,
        };
        post(tx, &head, &entry(&credited, &note)?)?;
        let lines = credited.whole.lines.iter().zip(&credited.credit.lines);
        let taken: Vec<_> = lines.map(|(line, part)| (line.line_no, part.net.saturating_add(part.tax))).collect();
        self.desk.note_credit(tx, &note, &taken)?;
        Ok((note, false))
    }

    fn note(&self, credited: &Credited, number: String, serial: i64) -> CreditNoteRow {
        let (invoice, credit) = (&credited.whole.invoice, &credited.credit);
        CreditNoteRow {
            account_id: invoice.account_id,
            credit_note_id: self.note_id,
            number,
            series: CREDIT_NOTES.to_owned(),
            serial,
            invoice_id: invoice.invoice_id,
            key: self.ask.key.clone(),
            provider_version: self.provider.version,
            issued_on: self.today,
            issued_at: self.now,
            currency: invoice.currency,
            net_minor: credit.net,
            tax_minor: credit.tax,
            total_minor: credit.total,
            settled_minor: credited.settled,
            credit_minor: credit.total - credited.settled,
            reason: self.ask.reason.trim().to_owned(),
        }
    }

    fn insert(&self, tx: &mut Tx, credited: &Credited, note: &CreditNoteRow) -> Result<()> {
        let (account_id, credit_note_id, invoice_id) = (note.account_id, note.credit_note_id, note.invoice_id);
        let prices = credited.whole.invoice.prices;
        let lines = credited.whole.lines.iter().zip(&credited.credit.lines).filter(|(_, part)| !part.is_zero());
        let lines: Vec<CreditNoteLineRow> = lines
            .map(|(line, part)| CreditNoteLineRow {
                account_id,
                credit_note_id,
                line_no: line.line_no,
                invoice_id,
                amount_minor: prices.priced(part.net, part.tax),
                tax_minor: part.tax,
            })
            .collect();
        let taxes = credited.whole.taxes.iter().zip(&credited.credit.shares).filter(|(_, amount)| **amount != 0);
        let taxes: Vec<CreditNoteTaxRow> = taxes
            .map(|(share, amount)| {
                let tax_no = share.tax_no;
                CreditNoteTaxRow { account_id, credit_note_id, tax_no, invoice_id, amount_minor: *amount }
            })
            .collect();
        tx.insert(std::slice::from_ref(note))?;
        tx.insert(&lines)?;
        tx.insert(&taxes)?;
        tx.insert(&[NumberRow {
            number: note.number.clone(),
            account_id,
            document_id: credit_note_id,
            kind: DocumentKind::CreditNote,
        }])?;
        Ok(tx.insert(&[render_job(self.job_id, account_id, credit_note_id)])?)
    }
}

/// A rendering that waits behind whatever a person waits for.
pub fn render_job(job_id: JobId, account_id: store::AccountId, subject_id: InvoiceId) -> JobRow {
    JobRow {
        job_id,
        kind: "render".to_owned(),
        account_id,
        subject_id,
        priority: 1,
        due_at: Timestamp::UNIX_EPOCH,
        lease_until: Timestamp::UNIX_EPOCH,
        attempts: 0,
        last_error: None,
    }
}

fn entry(credited: &Credited, note: &CreditNoteRow) -> Result<Entry> {
    let (whole, credit) = (&credited.whole, &credited.credit);
    let lines = whole.lines.iter().zip(&credit.lines).map(|(line, part)| (line.item_kind, part.net));
    let shares = whole.taxes.iter().zip(&credit.shares).map(|(share, amount)| (share.jurisdiction.as_str(), *amount));
    let parts = (note.settled_minor, note.credit_minor);
    Entry::of_credit_note(note.invoice_id.into(), whole.invoice.stream, lines, shares, parts).map_err(Error::internal)
}
