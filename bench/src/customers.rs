//! Customers with a payer and an agreement each, as an import would have left them.

use billing::account::{AccountStatus, Role, Routing};
use billing::agreement::{Billing, Proration};
use billing::item::ItemKind;
use billing::ledger::Ledger;
use billing::life::Every;
use billing::{Currency, Month};
use jiff::civil::Date;
use quittance::app::App;
use rust_decimal::Decimal;
use store::account::{AccountRow, ContactRow, PersonRow};
use store::agreement::{AgreementLineRow, AgreementRow};
use store::books::LedgerRow;
use store::item::{ItemRow, TaxRateRow};
use store::run::ImportRow;
use store::{AccountId, AgreementId, AgreementLineId, Error, ImportId, ItemId, PersonId};

use crate::Result;

/// Code, name, kind, price in cents, whether it is taxed.
const ITEMS: [(&str, &str, ItemKind, i64, bool); 8] = [
    ("MWS", "Managed workstation", ItemKind::Service, 6500, false),
    ("MSV", "Managed server", ItemKind::Service, 18900, false),
    ("NET", "Managed network", ItemKind::Service, 9500, false),
    ("BKP", "Cloud backup, per 100 GB", ItemKind::Service, 2200, true),
    ("M365", "Microsoft 365 Business Premium", ItemKind::Licence, 2640, true),
    ("EDR", "Endpoint protection", ItemKind::Licence, 875, true),
    ("AWR", "Security awareness training", ItemKind::Licence, 349, true),
    ("VOIP", "Telephone seat", ItemKind::Service, 2199, true),
];

/// Accounts written in one transaction.
const BATCH: i64 = 500;

/// How many, and with how many lines each.
#[derive(Clone, Copy)]
pub struct Book {
    /// Accounts; their ids are 1, 2, 3 …
    pub accounts: usize,
    /// Lines of each one's agreement.
    pub lines: usize,
    /// Whether the accounts are there already.
    pub known: Known,
}

/// Whether the accounts are there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// They are made, each with a payer.
    New,
    /// They get an agreement and nothing else.
    Already,
}

impl Book {
    /// So many new accounts with agreements of eight lines.
    pub fn of(accounts: usize) -> Self {
        Self { accounts, lines: ITEMS.len(), known: Known::New }
    }
}

/// The e-mail of the payer of an account, counted from 0; each customer has a domain of its own.
pub fn payer(number: i64) -> String {
    format!("payer@customer{number}.example")
}

/// The rows of some accounts.
#[derive(Default)]
struct Customers {
    accounts: Vec<AccountRow>,
    people: Vec<PersonRow>,
    contacts: Vec<ContactRow>,
    agreements: Vec<AgreementRow>,
    lines: Vec<AgreementLineRow>,
}

/// Writes items, rates and so many accounts, each with one agreement since before the first month. One in ten has a line
/// that begins in the middle of the first month, one in twelve is exempt from tax.
pub async fn insert(app: &App, book: Book, months: &[Month]) -> Result<()> {
    let first = months.first().ok_or("no months")?.first();
    app.store.write(insert_catalogue).await?;
    let accounts = i64::try_from(book.accounts)?;
    for from in (0..accounts).step_by(usize::try_from(BATCH)?) {
        let mut customers = Customers::default();
        for number in from..(from + BATCH).min(accounts) {
            if book.known == Known::New {
                customers.add(number);
            }
            customers.agree(number, book.lines, first)?;
        }
        app.store
            .write(move |tx| {
                tx.insert(&customers.accounts)?;
                tx.insert(&customers.people)?;
                tx.insert(&customers.contacts)?;
                tx.insert(&customers.agreements)?;
                tx.insert(&customers.lines)
            })
            .await?;
    }
    Ok(())
}

fn insert_catalogue(tx: &mut store::Tx) -> std::result::Result<(), Error> {
    let items = ITEMS.iter().zip(1..).map(|((code, name, kind, price, taxable), id)| ItemRow {
        item_id: ItemId::from(id),
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        kind: *kind,
        unit: "each".to_owned(),
        unit_price: Decimal::new(*price, 2),
        taxable: *taxable,
        tax_category: String::new(),
    });
    tx.insert(&items.collect::<Vec<_>>())?;
    let rates = [("Minnesota", Decimal::new(6875, 3)), ("St. Louis County", Decimal::new(5, 1))];
    tx.insert(&rates.map(|(jurisdiction, rate_percent)| TaxRateRow {
        tax_region: "MN".to_owned(),
        jurisdiction: jurisdiction.to_owned(),
        tax_category: String::new(),
        from_on: Date::constant(2020, 1, 1),
        rate_percent,
    }))?;
    tx.insert(&rates.map(|(jurisdiction, _)| {
        let ledger = Ledger::TaxPayable(jurisdiction.to_owned());
        LedgerRow { code: ledger.code(), name: ledger.name(), kind: ledger.kind() }
    }))?;
    let made_at = jiff::Timestamp::UNIX_EPOCH;
    tx.insert(&[ImportRow { import_id: ImportId::from(1), made_at, rows_added: 1, rows_changed: 0 }])
}

impl Customers {
    fn add(&mut self, number: i64) {
        let (account_id, person_id) = (AccountId::from(number + 1), PersonId::from(number + 1));
        self.accounts.push(account(account_id, number));
        self.people.push(PersonRow { person_id, email: payer(number) });
        self.contacts.push(ContactRow {
            account_id,
            person_id,
            email: payer(number),
            name: "Pat Payer".to_owned(),
            phone: None,
            role: Role::Payer,
            recurring_mail: Routing::To,
            biweekly_mail: Routing::To,
        });
    }

    fn agree(&mut self, number: i64, lines: usize, first: Date) -> Result<()> {
        let account_id = AccountId::from(number + 1);
        self.agreements.push(AgreementRow {
            account_id,
            agreement_id: AgreementId::from(number + 1),
            code: format!("AG-{number:06}"),
            name: "Managed IT".to_owned(),
            starts_on: Date::constant(2020, 1, 1),
            ends_on: None,
            billing: Billing::Arrears,
            po_number: None,
            renews_on: None,
            renews_months: None,
            uplift_percent: None,
        });
        let later = billing::calendar::shift(first, 14);
        let per_account = i64::try_from(lines)?;
        for ((item, (_, name, _, price, _)), place) in (1..=8).zip(ITEMS.iter()).cycle().take(lines).zip(0_i64..) {
            self.lines.push(AgreementLineRow {
                account_id,
                line_id: AgreementLineId::from(number * per_account + place + 1),
                agreement_id: AgreementId::from(number + 1),
                code: format!("L-{number:06}-{place}"),
                item_id: ItemId::from(item),
                description: (*name).to_owned(),
                starts_on: if place == 7 && number % 10 == 0 { later } else { Date::constant(2020, 1, 1) },
                ends_on: None,
                quantity: Decimal::from(1 + (number * 7 + place * 3) % 40),
                unit_price: Decimal::new(*price, 2),
                prorate: Proration::Daily,
                every: Every::Month,
                minimum_quantity: Decimal::ZERO,
                owed_from: None,
                included_hours: None,
                hours_carry_months: 0,
            });
        }
        Ok(())
    }
}

fn account(account_id: AccountId, number: i64) -> AccountRow {
    AccountRow {
        account_id,
        code: format!("C-{number:06}"),
        name: format!("Lakeshore Manufacturing {number}, Inc."),
        address_1: format!("{} Superior Street", 100 + number % 900),
        address_2: (number % 3 == 0).then(|| "Suite 200".to_owned()),
        city: "Duluth".to_owned(),
        region: "MN".to_owned(),
        postal_code: "55802".to_owned(),
        country: "US".to_owned(),
        currency: Currency::USD,
        recurring_terms_days: 30,
        tax_region: "MN".to_owned(),
        tax_exempt: number % 12 == 0,
        exempt_until: None,
        exemption_certificate: None,
        po_number: (number % 4 == 0).then(|| format!("PO-{number}")),
        formats: None,
        status: AccountStatus::Active,
    }
}
