//! Puts another system's invoices of a past time beside ours: those that were issued then, else what would have been
//! billed, made on a copy. Nothing is written but on the copy.

use std::collections::{BTreeMap, BTreeSet};

use billing::money::{digits, half_up};
use billing::schedule::Schedule;
use billing::tax::Rate;
use billing::work::{delivery_amount, entry_amount};
use billing::{Currency, Month, Stream};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::account::AccountRow;
use store::invoice::WholeInvoice;
use store::provider::ProviderRow;
use store::{Store, Tx};

use crate::actions::issue_run::issue_run;
use crate::actions::plan_run::{Review, plan_run};
use crate::app::App;
use crate::comparison::{Ours, Pair, Reason, Theirs, Waiting, pairs};
use crate::error::{Error, Result};
use crate::import::others::OtherInvoice;
use crate::plan::TaxTable;

/// How many invoices are read at a time.
const PAGE: i64 = 1000;
/// Billing on the copy begins so many months before what is compared: its first runs also bill what began before.
const AHEAD: usize = 2;
/// Days by which dates may differ and the invoices still be of one period.
const NEAR: i32 = 15;

/// What was found, by account and stream.
pub struct Compared {
    /// Code, stream, currency and the pair; those that agree too.
    pub pairs: Vec<(String, Stream, Currency, Pair)>,
    /// Streams whose invoices were planned on a copy, because none of that time was issued.
    pub planned: BTreeSet<Stream>,
}

/// The streams of the file for which nothing was issued in its time: they are to be planned on a copy.
///
/// # Errors
/// `Refused` where the file reaches beyond `today`; those of the database.
pub async fn to_plan(store: &Store, today: Date, others: &[OtherInvoice]) -> Result<BTreeSet<Stream>> {
    let (first, last) = span(others);
    if last > today {
        return Err(Error::Refused(format!("the file holds an invoice of {last}, which is after today, {today}")));
    }
    let issued: BTreeSet<Stream> =
        listed(store).await?.into_iter().filter(|one| first <= one.1 && one.1 <= last).map(|one| one.0).collect();
    Ok(others.iter().map(|one| one.stream).filter(|stream| !issued.contains(stream)).collect())
}

/// Compares. `app` is a copy of everything, or, where `planned` holds streams, one on which nothing was billed.
///
/// # Errors
/// Those of planning and of the database.
pub async fn compare(
    app: &App,
    issued: &Store,
    others: Vec<OtherInvoice>,
    planned: BTreeSet<Stream>,
) -> Result<Compared> {
    let (first, last) = span(&others);
    if !planned.is_empty() {
        bill(app, &planned, needed(&app.provider().schedule(), &planned, &others), last).await?;
    }
    let read = app.store.read(|tx| Ok::<_, store::Error>((tx.accounts()?, tx.tax_rates()?)));
    let (accounts, rates) = read.await?;
    let taxes = TaxTable::new(rates);
    let mut groups: BTreeMap<(String, Stream), Vec<OtherInvoice>> = BTreeMap::new();
    let streams: BTreeSet<Stream> = others.iter().map(|one| one.stream).collect();
    for account in &accounts {
        for stream in &streams {
            groups.entry((account.code.clone(), *stream)).or_default();
        }
    }
    for one in others {
        groups.entry((one.account.clone(), one.stream)).or_default().push(one);
    }
    let (of_copy, of_issued) = (listed(&app.store).await?, listed(issued).await?);
    let mut found = Vec::new();
    for ((code, stream), theirs) in groups {
        let Some(account) = accounts.iter().find(|account| account.code == code) else {
            let currency = app.provider().currency;
            found.extend(theirs.iter().map(|one| (code.clone(), stream, currency, unknown(one, currency))));
            continue;
        };
        let (store, all) = if planned.contains(&stream) { (&app.store, &of_copy) } else { (issued, &of_issued) };
        let (from, until) = (billing::calendar::shift(first, -NEAR), billing::calendar::shift(last, NEAR));
        let own = all.iter().filter(|one| one.0 == stream && one.2 == code && from <= one.1 && one.1 <= until);
        let ours = ours(store, own.map(|one| one.3.clone()).collect(), account, &taxes).await?;
        let waiting = waiting(store, account, last).await?;
        let theirs = theirs.iter().map(|one| in_minor(one, account.currency)).collect::<Result<Vec<_>>>()?;
        let pairs = pairs(stream, theirs, ours, &waiting, (first, last));
        found.extend(pairs.into_iter().map(|pair| (code.clone(), stream, account.currency, pair)));
    }
    Ok(Compared { pairs: found, planned })
}

/// The first and the last date of the file.
pub fn span(others: &[OtherInvoice]) -> (Date, Date) {
    let days = || others.iter().map(|one| one.issued_on);
    (days().min().unwrap_or(Date::MAX), days().max().unwrap_or(Date::MIN))
}

fn unknown(one: &OtherInvoice, currency: Currency) -> Pair {
    let total = half_up(one.total, currency).unwrap_or(i64::MAX);
    let words = "there is no such account here; is it imported, under this code?".to_owned();
    Pair {
        theirs: Some(Theirs { issued_on: one.issued_on, total, lines: Vec::new() }),
        ours: None,
        reasons: vec![Reason { cause: "unknown_account", amount: total, words }],
    }
}

fn in_minor(one: &OtherInvoice, currency: Currency) -> Result<Theirs> {
    let wrong = |_| Error::Refused(format!("{} of {}: its total is too large", one.account, one.issued_on));
    if one.total.normalize().scale() > u32::from(digits(currency)) {
        return Err(Error::Refused(format!(
            "{} of {}: a total of {} has more decimals than {} knows",
            one.account,
            one.issued_on,
            one.total,
            currency.code()
        )));
    }
    let mut lines = Vec::new();
    for (description, amount) in &one.lines {
        lines.push((description.clone(), half_up(*amount, currency).map_err(wrong)?));
    }
    Ok(Theirs { issued_on: one.issued_on, total: half_up(one.total, currency).map_err(wrong)?, lines })
}

/// Every invoice by its stream, date, account and number.
async fn listed(store: &Store) -> Result<Vec<(Stream, Date, String, String)>> {
    let (mut all, mut after) = (Vec::new(), -1);
    loop {
        let page = store.read(move |tx| tx.listed_invoices(after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.serial;
        all.extend(page.into_iter().map(|one| (one.stream, one.issued_on, one.account_code, one.number)));
    }
}

async fn ours(store: &Store, numbers: Vec<String>, account: &AccountRow, taxes: &TaxTable) -> Result<Vec<Ours>> {
    let read = store.read(move |tx| {
        let mut all = Vec::new();
        for number in &numbers {
            if let Some(found) = tx.number(number)? {
                all.extend(tx.whole_invoice(found.account_id, found.document_id)?);
            }
        }
        Ok::<_, store::Error>(all)
    });
    let taxed = AccountRow { tax_exempt: false, ..account.clone() };
    let rates = |whole: &WholeInvoice| {
        let categories = whole.lines.iter().map(|line| line.tax_category.clone()).chain([String::new()]);
        let rate = |category: &str| {
            let rates = taxes.rates(&taxed, category, whole.invoice.issued_on);
            rates.iter().map(|rate: &Rate| rate.percent).sum::<Decimal>()
        };
        categories.map(|category| (category.clone(), rate(&category))).collect::<BTreeMap<_, _>>()
    };
    Ok(read.await?.into_iter().map(|whole| Ours { rates: rates(&whole), whole }).collect())
}

/// Work that was done before the end of what is compared and that none of ours took.
async fn waiting(store: &Store, account: &AccountRow, last: Date) -> Result<Vec<Waiting>> {
    let (id, currency) = (account.account_id, account.currency);
    let read = store.read(move |tx: &mut Tx| {
        Ok::<_, store::Error>((tx.unbilled_entries(last, &[id])?, tx.unbilled_deliveries(last, &[id])?))
    });
    let (entries, deliveries) = read.await?;
    let mut all = Vec::new();
    for work in entries {
        // What is reckoned when it is planned counts as it was worked, where its rate is known.
        let hours = work.hours_billed.unwrap_or(work.hours_worked);
        let amount = entry_amount(hours, work.rate.unwrap_or_default(), work.coverage, currency).unwrap_or(0);
        let is_approved = work.approved_on.is_some();
        all.push(Waiting { description: work.notes, done_on: work.worked_on, is_approved, amount });
    }
    for work in deliveries {
        let amount = delivery_amount(work.quantity, work.unit_price, currency).unwrap_or(0);
        let is_approved = work.approved_on.is_some();
        all.push(Waiting { description: work.description, done_on: work.delivered_on, is_approved, amount });
    }
    Ok(all)
}

/// The first day of the months that are to be billed on the copy, where that lies before the provider's billing starts.
fn needed(schedule: &Schedule, streams: &BTreeSet<Stream>, others: &[OtherInvoice]) -> Option<Month> {
    let starts_on = schedule.billing_starts_on;
    let first = |stream: Stream| others.iter().filter(|one| one.stream == stream).map(|one| one.issued_on).min();
    let of = streams.iter().filter_map(|stream| {
        let day = first(*stream)?;
        // A month's invoices are dated about its end; the first fortnight is billed after the start.
        let month = Month::of(billing::calendar::shift(day, -NEAR));
        let is_before = match stream {
            Stream::Recurring => month.first() < starts_on,
            Stream::Biweekly => day <= starts_on,
        };
        is_before.then_some(month)
    });
    of.min()
}

/// Makes every run of these streams up to the last date, on a copy that nothing was billed on. Billing starts before the
/// month that is `needed`, where one is.
async fn bill(app: &App, streams: &BTreeSet<Stream>, needed: Option<Month>, last: Date) -> Result<()> {
    let today = app.today();
    if let Some(needed) = needed {
        let earliest = (0..AHEAD).fold(needed, |month, _| month.previous()).first();
        let mut row = ProviderRow::clone(&app.provider());
        row.version += 1;
        row.billing_starts_on = earliest;
        app.store.write(move |tx| tx.insert_provider(row.clone())).await?;
        app.refresh().await?;
    }
    let schedule: Schedule = app.provider().schedule();
    let until = billing::calendar::shift(last, NEAR).min(today);
    for key in schedule.runs_between(schedule.billing_starts_on, until) {
        if streams.contains(&key.stream()) && schedule.issue_on(key) <= until {
            let run = plan_run(app, key, Review::Approve, |_, _| ()).await?;
            issue_run(app, &run, |_, _| ()).await?;
        }
    }
    Ok(())
}
