//! A large instance, inserted table by table: what the home reads, in valid states.

use std::collections::BTreeMap;

use billing::account::{AccountStatus, Role, Routing};
use billing::calendar::shift;
use billing::invoice::InvoiceStatus;
use billing::{Currency, Month, Stream};
use jiff::Timestamp;
use jiff::civil::Date;
use quittance::app::App;
use store::account::{AccountRow, ContactRow, PersonRow};
use store::books::{AccountDueRow, AccountMonthRow, AccountStateRow};
use store::document::DocumentRow;
use store::invoice::{DocumentKind, InvoiceRow, InvoiceStateRow, NumberRow};
use store::run::RunRow;
use store::{AccountId, InvoiceId, PersonId, RunId};

use crate::Result;
use crate::instance::{Instance, Maker, today};

/// Invoices are issued over so many days until yesterday, in accounts of any size.
const DAYS: i64 = 960;
/// Invoices older than this are paid.
const PAID_AFTER: i64 = 75;
/// Invoices written in one transaction.
const BATCH: usize = 2000;

/// How many of what.
#[derive(Clone, Copy)]
pub struct Dose {
    /// Ordinary accounts.
    pub accounts: usize,
    /// Invoices of each.
    pub ordinary: usize,
    /// Invoices of the one large account.
    pub large: usize,
}

impl Dose {
    /// All of them.
    pub fn invoices(self) -> usize {
        self.accounts * self.ordinary + self.large
    }
}

/// The person of each account, that of the large one first.
pub fn people(dose: Dose) -> Vec<PersonId> {
    (0_i64..).take(dose.accounts + 1).map(|account| PersonId::from(account + 1)).collect()
}

/// Makes the instance.
pub async fn make(maker: &Maker, name: &str, dose: Dose) -> Result<Instance> {
    let until = today();
    let instance = maker.make(name, Month::of(shift(until, -1000)).first(), None)?;
    let app = instance.open_file().await?;
    insert_runs(&app, dose.large.max(dose.ordinary)).await?;
    let mut rows = Rows::default();
    let mut serial = 10_000;
    for account in 0..=dose.accounts {
        let invoices = if account == 0 { dose.large } else { dose.ordinary };
        rows.account(i64::try_from(account)?);
        let mut sums = Sums::default();
        for place in 0..invoices {
            serial += 1;
            let days = i64::try_from(place)? * DAYS / i64::try_from(invoices)?;
            let issued_on = shift(until, i32::try_from(days - DAYS)?);
            let invoice = invoice(i64::try_from(account)?, i64::try_from(place)?, serial, issued_on);
            let is_open = DAYS - days <= PAID_AFTER;
            sums.add(&invoice, is_open);
            rows.invoice(invoice, is_open);
            if rows.invoices.len() >= BATCH {
                write(&app, std::mem::take(&mut rows)).await?;
            }
        }
        rows.sums(i64::try_from(account)?, sums);
    }
    write(&app, rows).await?;
    instance.complete()?;
    Ok(instance)
}

/// As many runs as the large account has invoices, for an account has one invoice of a run. Their periods are long past and
/// shown nowhere.
async fn insert_runs(app: &App, count: usize) -> Result<()> {
    let numbers: Vec<i64> = (0..i64::try_from(count)?).collect();
    for numbers in numbers.chunks(BATCH) {
        let mut runs = Vec::new();
        for number in numbers {
            let from = shift(Date::constant(1000, 1, 1), i32::try_from(number / 2)?);
            runs.push(RunRow {
                run_id: RunId::from(number + 1),
                stream: stream(*number),
                period_from: from,
                period_until: shift(from, 1),
                issue_on: shift(from, 1),
                made_at: Timestamp::UNIX_EPOCH,
            });
        }
        app.store.write(move |tx| tx.insert(&runs)).await?;
    }
    Ok(())
}

fn stream(number: i64) -> Stream {
    if number % 2 == 0 { Stream::Recurring } else { Stream::Biweekly }
}

/// The rows of some invoices, and of the accounts that begin or end among them.
#[derive(Default)]
struct Rows {
    accounts: Vec<AccountRow>,
    people: Vec<PersonRow>,
    contacts: Vec<ContactRow>,
    invoices: Vec<InvoiceRow>,
    states: Vec<InvoiceStateRow>,
    numbers: Vec<NumberRow>,
    documents: Vec<DocumentRow>,
    balances: Vec<AccountStateRow>,
    months: Vec<AccountMonthRow>,
    dues: Vec<AccountDueRow>,
}

async fn write(app: &App, rows: Rows) -> Result<()> {
    let written = app.store.write(move |tx| {
        tx.insert(&rows.accounts)?;
        tx.insert(&rows.people)?;
        tx.insert(&rows.contacts)?;
        tx.insert(&rows.invoices)?;
        tx.insert(&rows.numbers)?;
        tx.insert(&rows.states)?;
        tx.insert(&rows.documents)?;
        tx.insert(&rows.balances)?;
        tx.insert(&rows.months)?;
        tx.insert(&rows.dues)
    });
    Ok(written.await?)
}

impl Rows {
    fn account(&mut self, number: i64) {
        let (account_id, person_id) = (AccountId::from(number + 1), PersonId::from(number + 1));
        let email = format!("payer{number}@customer.example");
        self.accounts.push(AccountRow {
            account_id,
            code: format!("C-{number:06}"),
            name: format!("Lakeshore Manufacturing {number}, Inc."),
            address_1: "100 Superior Street".to_owned(),
            address_2: None,
            city: "Duluth".to_owned(),
            region: "MN".to_owned(),
            postal_code: "55802".to_owned(),
            country: "US".to_owned(),
            currency: Currency::USD,
            recurring_terms_days: 30,
            tax_region: "MN".to_owned(),
            tax_exempt: true,
            exempt_until: None,
            exemption_certificate: None,
            po_number: None,
            formats: None,
            status: AccountStatus::Active,
        });
        self.people.push(PersonRow { person_id, email: email.clone() });
        self.contacts.push(ContactRow {
            account_id,
            person_id,
            email,
            name: "Pat Payer".to_owned(),
            phone: None,
            role: Role::Payer,
            recurring_mail: Routing::To,
            biweekly_mail: Routing::To,
        });
    }

    fn invoice(&mut self, invoice: InvoiceRow, is_open: bool) {
        let (account_id, invoice_id) = (invoice.account_id, invoice.invoice_id);
        self.states.push(InvoiceStateRow {
            account_id,
            invoice_id,
            status: if is_open { InvoiceStatus::Open } else { InvoiceStatus::Paid },
            due_on: invoice.due_on,
            issued_on: invoice.issued_on,
            balance_minor: if is_open { invoice.total_minor } else { 0 },
            credited_minor: 0,
            written_off_minor: 0,
        });
        self.numbers.push(NumberRow {
            number: invoice.number.clone(),
            account_id,
            document_id: invoice_id,
            kind: DocumentKind::Invoice,
        });
        self.documents.push(DocumentRow {
            account_id,
            document_id: invoice_id,
            sha256: [7; 32],
            pages: 2,
            size: 43_000,
            rendered_at: Timestamp::UNIX_EPOCH,
        });
        self.invoices.push(invoice);
    }

    fn sums(&mut self, number: i64, sums: Sums) {
        let account_id = AccountId::from(number + 1);
        self.balances.push(AccountStateRow { account_id, balance_minor: sums.balance_minor, credit_minor: 0 });
        self.months.extend(sums.months.into_values());
        self.dues.extend(sums.dues.into_values());
    }
}

/// What the product maintains for an account.
#[derive(Default)]
struct Sums {
    balance_minor: i64,
    months: BTreeMap<(String, &'static str), AccountMonthRow>,
    dues: BTreeMap<Date, AccountDueRow>,
}

impl Sums {
    fn add(&mut self, invoice: &InvoiceRow, is_open: bool) {
        let (account_id, month, minor) =
            (invoice.account_id, Month::of(invoice.issued_on).to_string(), invoice.total_minor);
        let (open_count, open_minor) = if is_open { (1, minor) } else { (0, 0) };
        let key = (month.clone(), invoice.stream.as_str());
        let row = AccountMonthRow {
            account_id,
            month,
            stream: invoice.stream,
            issued_count: 0,
            issued_minor: 0,
            open_count: 0,
            open_minor: 0,
            open_total_minor: 0,
        };
        let row = self.months.entry(key).or_insert(row);
        row.issued_count += 1;
        row.issued_minor += minor;
        row.open_count += open_count;
        row.open_minor += open_minor;
        row.open_total_minor += open_minor;
        let due = AccountDueRow { account_id, due_on: invoice.due_on, open_count: 0, open_minor: 0 };
        let due = self.dues.entry(invoice.due_on).or_insert(due);
        due.open_count += open_count;
        due.open_minor += open_minor;
        self.balance_minor += open_minor;
    }
}

fn invoice(account: i64, place: i64, serial: i64, issued_on: Date) -> InvoiceRow {
    let (stream, minor) = (stream(place), 16_500 + (account * 7 + place * 13) % 90 * 1_337);
    let number = format!("INV-{serial}");
    InvoiceRow {
        account_id: AccountId::from(account + 1),
        invoice_id: InvoiceId::from(serial),
        search: number.to_lowercase(),
        number,
        series: "invoice".to_owned(),
        serial,
        stream,
        run_id: RunId::from(place + 1),
        previous_id: None,
        provider_version: 1,
        period_from: shift(issued_on, -14),
        period_until: issued_on,
        issued_on,
        due_on: shift(issued_on, 30),
        terms_days: 30,
        issued_at: Timestamp::UNIX_EPOCH,
        currency: Currency::USD,
        line_count: 8,
        subtotal_minor: minor,
        taxable_minor: 0,
        tax_minor: 0,
        total_minor: minor,
        prices: billing::tax::PriceTax::Exclusive,
        tax_rounding: billing::tax::TaxRounding::PerCategory,
        tax_exempt: true,
        exemption_certificate: None,
        po_number: None,
        formats: None,
        account_code: format!("C-{account:06}"),
        bill_to_name: format!("Lakeshore Manufacturing {account}, Inc."),
        bill_to_address_1: "100 Superior Street".to_owned(),
        bill_to_address_2: None,
        bill_to_city: "Duluth".to_owned(),
        bill_to_region: "MN".to_owned(),
        bill_to_postal_code: "55802".to_owned(),
        bill_to_country: "US".to_owned(),
    }
}
