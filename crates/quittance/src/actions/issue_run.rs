//! Issues the approved drafts of a run: numbers, frozen rows, entry, balances and a rendering job in short transactions.
//! It can be killed anywhere and started again; two at once make no duplicate, because a draft turns into an invoice once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use billing::invoice::InvoiceStatus;
use billing::ledger::{Entry, EntryKind};
use billing::money::{Money, digits};
use billing::number::Prefix;
use billing::{Month, Schedule, Stream};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use jiff::civil::Date;
use store::account::AccountRow;
use store::books::{AccountDueRow, AccountMonthRow, AccountStateRow, EntryRow, PostingRow};
use store::document::JobRow;
use store::invoice::{DocumentKind, InvoiceLineRow, InvoiceRow, InvoiceStateRow, InvoiceTaxRow, NumberRow, Source};
use store::provider::ProviderRow;
use store::run::{DraftRow, DraftState, RunRow};
use store::{AccountId, DeliveryId, EntryId, InvoiceId, JobId, TimeEntryId, Tx};

use super::plan_run::{BATCH, Basis, Draft, basis, basis_of, plan_accounts};
use crate::app::App;
use crate::error::{Error, Result};
use crate::plan;

/// The series of invoice numbers.
pub const SERIES: &str = "invoice";

/// What issuing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Issued {
    /// Invoices made now.
    pub invoices: usize,
    /// Approved drafts that had changed since and wait again.
    pub changed: usize,
}

/// Issues every approved draft of the run, in the order of the accounts' codes. `progress` is told how many of how many
/// are done.
///
/// # Errors
/// Those of the database; `Refused` where the run may not be made.
pub async fn issue_run(app: &App, run: &RunRow, progress: impl Fn(usize, usize)) -> Result<Issued> {
    may_issue(app, run).await?;
    let run_id = run.run_id;
    let read = app.store.read(move |tx| Ok::<_, Error>((tx.drafts(run_id)?, tx.accounts()?)));
    let (drafts, mut accounts) = read.await?;
    let mut approved: HashSet<AccountId> =
        drafts.into_iter().filter(|draft| draft.state == DraftState::Approved).map(|draft| draft.account_id).collect();
    // By bytes, whatever the collation of the database.
    accounts.sort_by(|a, b| a.code.cmp(&b.code));
    let approved: Vec<AccountId> =
        accounts.iter().map(|account| account.account_id).filter(|account| approved.remove(account)).collect();
    let invoices = issue_in_order(app, run, &approved, progress).await?;
    let drafts = app.store.read(move |tx| tx.drafts(run_id)).await?;
    Ok(Issued { invoices, changed: approved_among(&drafts) })
}

/// Issues the approved drafts of some accounts, each named once, in the order given: what one invoice costs is the same
/// however large the run is.
///
/// # Errors
/// As [`issue_run`].
pub async fn issue_accounts(app: &App, run: &RunRow, accounts: Vec<AccountId>) -> Result<Issued> {
    may_issue(app, run).await?;
    let invoices = issue_in_order(app, run, &accounts, |_, _| ()).await?;
    if invoices == accounts.len() {
        return Ok(Issued { invoices, changed: 0 });
    }
    let run_id = run.run_id;
    let drafts = app.store.read(move |tx| tx.drafts_of(run_id, &accounts)).await?;
    Ok(Issued { invoices, changed: approved_among(&drafts) })
}

async fn may_issue(app: &App, run: &RunRow) -> Result<()> {
    app.may_act().await?;
    let (key, issue_on, today) = (run.key(), run.issue_on, app.today());
    if issue_on <= today {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{key}: its invoices are dated {issue_on}, which is after today, {today}; they are issued on that day"
    )))
}

/// Drafts that were not issued though they are approved: they have changed since.
fn approved_among(drafts: &[DraftRow]) -> usize {
    drafts.iter().filter(|draft| draft.state == DraftState::Approved).count()
}

/// Issues what is approved of these accounts in batches, and gives the number of invoices.
async fn issue_in_order(
    app: &App,
    run: &RunRow,
    accounts: &[AccountId],
    progress: impl Fn(usize, usize),
) -> Result<usize> {
    let mut issued = 0;
    let mut left = accounts;
    while !left.is_empty() {
        // The second time an import came in between, and what is left is planned again on what it brought.
        let basis = match left.len() {
            ..=BATCH => basis_of(app, run.key(), left.to_vec()).await?,
            _ => basis(app, run.key()).await?,
        };
        let by_id: HashMap<AccountId, &AccountRow> = basis.accounts.iter().map(|row| (row.account_id, row)).collect();
        let mut batches: Vec<Vec<AccountRow>> = Vec::new();
        for batch in left.chunks(BATCH) {
            batches.push(batch.iter().filter_map(|id| by_id.get(id)).copied().cloned().collect());
        }
        // The next batch is planned while this one is written: no account is in two of them.
        let mut plans = stream::iter(batches).map(|accounts| plan_accounts(app, &basis, accounts)).buffered(2);
        while let Some(drafts) = plans.try_next().await? {
            let Some(invoices) = issue_batch(app, run, &basis, drafts).await? else { break };
            issued += invoices;
            left = left.get(BATCH..).unwrap_or_default();
            progress(accounts.len() - left.len(), accounts.len());
        }
    }
    app.wake.render.notify_waiters();
    Ok(issued)
}

/// Everything a batch writes, made before its transaction.
struct Batch {
    run: RunRow,
    provider: Arc<ProviderRow>,
    schedule: Arc<Schedule>,
    /// The day its invoices are to be mailed.
    deliver_on: Date,
    data_version: i64,
    now: Timestamp,
    ready: Vec<Ready>,
}

/// A draft with the ids it will need.
struct Ready {
    draft: Draft,
    invoice_id: InvoiceId,
    entry_id: EntryId,
    job_id: JobId,
}

/// Issues one batch; nothing where the data changed since it was planned.
async fn issue_batch(app: &App, run: &RunRow, basis: &Basis, drafts: Vec<Draft>) -> Result<Option<usize>> {
    let ready = drafts
        .into_iter()
        .map(|draft| Ready { draft, invoice_id: app.ids.mint(), entry_id: app.ids.mint(), job_id: app.ids.mint() })
        .collect();
    let deliver_on = basis.schedule.deliver_on(run.stream, run.issue_on, app.today());
    let batch = Batch {
        run: run.clone(),
        provider: app.provider(),
        schedule: Arc::clone(&basis.schedule),
        deliver_on,
        data_version: basis.data_version,
        now: app.clock.now(),
        ready,
    };
    let batch = Arc::new(batch);
    app.store.write(move |tx| batch.write(tx)).await
}

impl Batch {
    fn write(&self, tx: &mut Tx) -> Result<Option<usize>> {
        // The hot row first: whoever else issues waits here, or is told to try again.
        let series = tx.lock_series(SERIES)?.ok_or_else(|| Error::internal("the series of invoices is missing"))?;
        if tx.data_version()? != self.data_version {
            return Ok(None);
        }
        let accounts: Vec<AccountId> = self.ready.iter().map(|ready| ready.draft.planned.account.account_id).collect();
        let stored = tx.drafts_of(self.run.run_id, &accounts)?;
        let approved: HashMap<AccountId, [u8; 32]> = stored
            .into_iter()
            .filter(|draft| draft.state == DraftState::Approved)
            .map(|draft| (draft.account_id, draft.fingerprint))
            .collect();
        let prefix: Prefix = series.prefix.parse().map_err(Error::internal)?;
        let mut rows = Rows::default();
        for ready in &self.ready {
            let account = ready.draft.planned.account.account_id;
            let is_approved = approved.get(&account) == Some(&ready.draft.planned.fingerprint);
            if is_approved && ready.draft.planned.held_because().is_none() {
                let serial = series.next + i64::try_from(rows.invoices.len()).map_err(Error::internal)?;
                rows.add(self, ready, serial, &prefix)?;
            }
        }
        let count = rows.invoices.len();
        rows.write(tx, &self.run)?;
        tx.advance_series(SERIES, series.next + i64::try_from(count).map_err(Error::internal)?)?;
        Ok(Some(count))
    }
}

/// The rows of a batch, table by table.
#[derive(Default)]
struct Rows {
    invoices: Vec<InvoiceRow>,
    lines: Vec<InvoiceLineRow>,
    taxes: Vec<InvoiceTaxRow>,
    states: Vec<InvoiceStateRow>,
    numbers: Vec<NumberRow>,
    entries: Vec<EntryRow>,
    postings: Vec<PostingRow>,
    jobs: Vec<JobRow>,
}

impl Rows {
    fn add(&mut self, batch: &Batch, ready: &Ready, serial: i64, prefix: &Prefix) -> Result<()> {
        let (planned, id) = (&ready.draft.planned, ready.invoice_id);
        let account = planned.account.account_id;
        let invoice = invoice_row(batch, ready, serial, prefix);
        self.lines.extend(planned.lines.iter().cloned().map(|line| InvoiceLineRow { invoice_id: id, ..line }));
        self.taxes.extend(planned.tax_rows(id));
        self.states.push(InvoiceStateRow {
            account_id: account,
            invoice_id: id,
            status: InvoiceStatus::of(invoice.total_minor),
            due_on: invoice.due_on,
            issued_on: invoice.issued_on,
            balance_minor: invoice.total_minor,
            credited_minor: 0,
            written_off_minor: 0,
        });
        self.numbers.push(NumberRow {
            number: invoice.number.clone(),
            account_id: account,
            document_id: id,
            kind: DocumentKind::Invoice,
        });
        self.post(&invoice, ready)?;
        self.jobs.push(JobRow {
            job_id: ready.job_id,
            kind: "render".to_owned(),
            account_id: account,
            subject_id: id,
            // Newest first, behind whatever a person waits for.
            priority: i64::from(i32::MAX) - days_since_2000(invoice.issued_on),
            due_at: Timestamp::UNIX_EPOCH,
            lease_until: Timestamp::UNIX_EPOCH,
            attempts: 0,
            last_error: None,
        });
        self.invoices.push(invoice);
        Ok(())
    }

    fn post(&mut self, invoice: &InvoiceRow, ready: &Ready) -> Result<()> {
        let planned = &ready.draft.planned;
        let prices = planned.tax.prices;
        let lines = planned.lines.iter().map(|line| (line.item_kind, prices.net(line.amount_minor, line.tax_minor)));
        let entry = Entry::of_invoice(
            invoice.invoice_id.into(),
            invoice.stream,
            lines,
            &planned.totals.shares,
            invoice.total_minor,
        )
        .map_err(Error::internal)?;
        self.entries.push(EntryRow {
            account_id: invoice.account_id,
            entry_id: ready.entry_id,
            kind: EntryKind::Invoice,
            document_id: invoice.invoice_id,
            posted_on: invoice.issued_on,
            currency: invoice.currency,
        });
        for (posting, posting_no) in entry.postings().iter().zip(1..) {
            self.postings.push(PostingRow {
                account_id: invoice.account_id,
                entry_id: ready.entry_id,
                posting_no,
                ledger_code: posting.ledger.code(),
                document_id: posting.document.map(InvoiceId::from),
                amount_minor: posting.amount,
            });
        }
        Ok(())
    }

    fn write(&self, tx: &mut Tx, run: &RunRow) -> Result<()> {
        let accounts: Vec<AccountId> = self.invoices.iter().map(|invoice| invoice.account_id).collect();
        tx.settle_drafts(run.run_id, &accounts)?;
        tx.insert(&self.invoices)?;
        // Before the lines: their unique index would tell the same, in words for nobody.
        self.take_work(tx)?;
        tx.insert(&self.lines)?;
        tx.insert(&self.taxes)?;
        tx.insert(&self.numbers)?;
        tx.insert(&self.states)?;
        tx.insert(&self.entries)?;
        tx.insert(&self.postings)?;
        tx.insert(&self.jobs)?;
        self.add_to_balances(tx, run.stream)
    }

    /// Marks the work as taken. Work that was taken in the meantime fails the batch; it is then planned again.
    fn take_work(&self, tx: &mut Tx) -> Result<()> {
        for lines in self.lines.chunk_by(|a, b| a.invoice_id == b.invoice_id) {
            let Some(first) = lines.first() else { continue };
            let of = |source: Source| lines.iter().filter(move |line| line.source == source).map(|line| line.source_id);
            let entries: Vec<TimeEntryId> = of(Source::Time).map(TimeEntryId::from).collect();
            let deliveries: Vec<DeliveryId> = of(Source::Delivery).map(DeliveryId::from).collect();
            let mut taken = 0;
            if !entries.is_empty() {
                taken += tx.take_entries(first.account_id, first.invoice_id, &entries)?;
            }
            if !deliveries.is_empty() {
                taken += tx.take_deliveries(first.account_id, first.invoice_id, &deliveries)?;
            }
            if taken != u64::try_from(entries.len() + deliveries.len()).map_err(Error::internal)? {
                return Err(Error::refused(
                    "another run took the same work at the same moment; run it again, and what is left is issued",
                ));
            }
        }
        Ok(())
    }

    fn add_to_balances(&self, tx: &mut Tx, stream: Stream) -> Result<()> {
        let mut totals: Vec<AccountStateRow> = Vec::new();
        let mut months: Vec<AccountMonthRow> = Vec::new();
        let mut dues: Vec<AccountDueRow> = Vec::new();
        // A run has at most one invoice for an account, so no key stands twice.
        for invoice in &self.invoices {
            let (account_id, minor) = (invoice.account_id, invoice.total_minor);
            // A discount may leave nothing to pay: such an invoice is never open.
            let open_count = i64::from(minor != 0);
            totals.push(AccountStateRow { account_id, balance_minor: minor, credit_minor: 0 });
            months.push(AccountMonthRow {
                account_id,
                month: Month::of(invoice.issued_on).to_string(),
                stream,
                issued_count: 1,
                issued_minor: minor,
                open_count,
                open_minor: minor,
                open_total_minor: minor,
            });
            dues.push(AccountDueRow { account_id, due_on: invoice.due_on, open_count, open_minor: minor });
        }
        tx.accumulate(&totals)?;
        tx.accumulate(&months)?;
        tx.accumulate(&dues)?;
        Ok(())
    }
}

fn invoice_row(batch: &Batch, ready: &Ready, serial: i64, prefix: &Prefix) -> InvoiceRow {
    let (planned, provider, run) = (&ready.draft.planned, &batch.provider, &batch.run);
    let account = &planned.account;
    let terms_days = plan::terms_days(run.key(), account, provider.biweekly_terms_days);
    let number = prefix.number(serial);
    let is_exempt = plan::exempt_on(account, run.issue_on);
    InvoiceRow {
        account_id: account.account_id,
        invoice_id: ready.invoice_id,
        search: search_text(&number, account, planned),
        number,
        series: SERIES.to_owned(),
        serial,
        stream: run.stream,
        run_id: run.run_id,
        previous_id: ready.draft.previous.as_ref().map(|previous| previous.invoice_id),
        provider_version: provider.version,
        period_from: run.period_from,
        period_until: run.period_until,
        issued_on: run.issue_on,
        due_on: batch.schedule.due_on(run.stream, run.issue_on, batch.deliver_on, terms_days),
        terms_days,
        issued_at: batch.now,
        currency: account.currency,
        line_count: i64::try_from(planned.lines.len()).unwrap_or(i64::MAX),
        subtotal_minor: planned.totals.subtotal,
        taxable_minor: planned.totals.taxable,
        tax_minor: planned.totals.tax,
        total_minor: planned.totals.total,
        prices: planned.tax.prices,
        tax_rounding: planned.tax.rounding,
        tax_exempt: is_exempt,
        exemption_certificate: account.exemption_certificate.clone().filter(|_| is_exempt),
        po_number: account.po_number.clone(),
        formats: account.formats,
        account_code: account.code.clone(),
        bill_to_name: account.name.clone(),
        bill_to_address_1: account.address_1.clone(),
        bill_to_address_2: account.address_2.clone(),
        bill_to_city: account.city.clone(),
        bill_to_region: account.region.clone(),
        bill_to_postal_code: account.postal_code.clone(),
        bill_to_country: account.country.clone(),
    }
}

/// What the search finds an invoice by: number, total with and without separators, PO number, tickets.
fn search_text(number: &str, account: &AccountRow, planned: &plan::Planned) -> String {
    let total = Money::new(planned.totals.total, account.currency);
    let plain = total.to_string().replace(',', "");
    let mut words = vec![number.to_owned(), total.to_string()];
    if digits(account.currency) > 0 && plain != total.to_string() {
        words.push(plain);
    }
    words.extend(account.po_number.clone());
    for line in &planned.lines {
        if let Some(ticket) = line.ticket.as_ref().filter(|ticket| !words.contains(ticket)) {
            words.push(ticket.clone());
        }
    }
    words.join(" ").to_lowercase()
}

fn days_since_2000(day: Date) -> i64 {
    let from = jiff::civil::date(2000, 1, 1);
    i64::from(billing::Span::new(from, day).days())
}
