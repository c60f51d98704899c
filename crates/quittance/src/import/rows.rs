//! The rows of an export, typed; ids are still those of the provider's systems.

use billing::account::{AccountStatus, Role, Routing};
use billing::agreement::{Billing, Proration};
use billing::item::ItemKind;
use billing::work::{Coverage, WorkType};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::problem::{Problem, Unread};
use super::table::{RowReader, Table};

/// Everything that came, file by file; a file that didn't come is an empty list.
#[derive(Default)]
pub struct Export {
    /// `provider.toml`, where it came.
    pub provider: Option<super::provider::ProviderIn>,
    /// `accounts.csv`
    pub accounts: Vec<AccountIn>,
    /// `contacts.csv`
    pub contacts: Vec<ContactIn>,
    /// `items.csv`
    pub items: Vec<ItemIn>,
    /// `tax_rates.csv`
    pub tax_rates: Vec<TaxRateIn>,
    /// `agreements.csv`
    pub agreements: Vec<AgreementIn>,
    /// `agreement_lines.csv`
    pub lines: Vec<LineIn>,
    /// `time_entries.csv`
    pub entries: Vec<EntryIn>,
    /// `products.csv`
    pub deliveries: Vec<DeliveryIn>,
    /// What is wrong with values and files. Rows with a problem are in no list.
    pub problems: Vec<Problem>,
    /// Which rows those are, so that rows that refer to them aren't blamed.
    pub unread: Unread,
}

/// The names of the CSV files, in the order in which rows refer to each other.
pub const FILES: &[&str] = &[
    "accounts.csv",
    "contacts.csv",
    "items.csv",
    "tax_rates.csv",
    "agreements.csv",
    "agreement_lines.csv",
    "time_entries.csv",
    "products.csv",
];

macro_rules! rows {
    ($($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty = $read:ident($($argument:expr),*),)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name { pub line: u64, $(pub $field: $type,)+ }

        impl $name {
            const COLUMNS: &[&str] = &[$(column(stringify!($field))),+];

            fn parse(row: &mut RowReader<'_>) -> Self {
                Self { line: row.line(), $($field: row.$read(column(stringify!($field)) $(, $argument)*),)+ }
            }
        }
    )+};
}

/// Fields are named as their columns, but for two whose names are taken.
const fn column(field: &str) -> &str {
    match field.as_bytes() {
        b"coverage" => "billing",
        b"line_code" => "line",
        _ => field,
    }
}

rows! {
    /// A customer.
    AccountIn {
        account: String = id(), name: String = text(), address_1: String = text(), address_2: Option<String> = optional_text(),
        city: String = text(), region: String = text(), postal_code: String = text(), country: String = country(),
        currency: billing::Currency = currency(), recurring_terms_days: u32 = days(), tax_region: String = text(),
        tax_exempt: bool = yes_no(), po_number: Option<String> = optional_text(),
        status: AccountStatus = word(AccountStatus::Active),
    }
    /// A person of an account.
    ContactIn {
        account: String = id(), email: String = email(), name: String = text(), phone: Option<String> = optional_text(),
        role: Role = word(Role::Viewer), recurring_mail: Routing = word(Routing::No), biweekly_mail: Routing = word(Routing::No),
    }
    /// What can stand on an invoice.
    ItemIn {
        item: String = id(), name: String = text(), kind: ItemKind = word(ItemKind::Fee), unit: String = text(),
        unit_price: Decimal = decimal(), taxable: bool = yes_no(),
    }
    /// A jurisdiction's rate from a day on.
    TaxRateIn {
        tax_region: String = text(), jurisdiction: String = text(), rate_percent: Decimal = decimal(), from_on: Date = date(),
    }
    /// What an account is billed for every month.
    AgreementIn {
        agreement: String = id(), account: String = id(), name: String = text(), starts_on: Date = date(),
        ends_on: Option<Date> = optional_date(), billing: Billing = word(Billing::Arrears), po_number: Option<String> = optional_text(),
    }
    /// One item of an agreement.
    LineIn {
        line_code: String = id(), agreement: String = id(), item: String = id(), description: String = text(), starts_on: Date = date(),
        ends_on: Option<Date> = optional_date(), quantity: Decimal = decimal(), unit_price: Decimal = decimal(),
        prorate: Proration = word(Proration::Daily),
    }
    /// Work by the hour.
    EntryIn {
        entry: String = id(), account: String = id(), ticket: String = id(), ticket_summary: String = text(), requester: String = text(),
        site: String = text(), worked_on: Date = date(), started_at: String = time(), ended_at: String = time(),
        technician: String = text(), work_type: WorkType = word(WorkType::Remote), hours_worked: Decimal = decimal(),
        hours_billed: Decimal = decimal(), rate: Decimal = decimal(), coverage: Coverage = word(Coverage::Billable),
        agreement: Option<String> = optional_id(), notes: String = text(), internal_notes: Option<String> = optional_text(),
        approved_on: Option<Date> = optional_date(),
    }
    /// A product or fee.
    DeliveryIn {
        delivery: String = id(), account: String = id(), ticket: Option<String> = optional_id(), delivered_on: Date = date(),
        item: String = id(), description: String = text(), quantity: Decimal = decimal(), unit_price: Decimal = decimal(),
        approved_on: Option<Date> = optional_date(),
    }
}

impl Export {
    /// Rows of all files; a contact counts twice, since it may bring a person.
    pub fn row_count(&self) -> usize {
        self.accounts.len()
            + 2 * self.contacts.len()
            + self.items.len()
            + self.agreements.len()
            + self.lines.len()
            + self.entries.len()
            + self.deliveries.len()
    }

    /// Reads one CSV file into its list.
    ///
    /// # Errors
    /// The name, where it is no file of the contract.
    pub fn read_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let (problems, unread) = (&mut self.problems, &mut self.unread);
        macro_rules! read {
            ($list:ident, $row:ident) => {{
                let table = Table::read(name, bytes, $row::COLUMNS, problems, unread);
                self.$list.extend(table.rows(problems, unread, $row::parse))
            }};
        }
        match name {
            "accounts.csv" => read!(accounts, AccountIn),
            "contacts.csv" => read!(contacts, ContactIn),
            "items.csv" => read!(items, ItemIn),
            "tax_rates.csv" => read!(tax_rates, TaxRateIn),
            "agreements.csv" => read!(agreements, AgreementIn),
            "agreement_lines.csv" => read!(lines, LineIn),
            "time_entries.csv" => read!(entries, EntryIn),
            "products.csv" => read!(deliveries, DeliveryIn),
            other => return Err(other.to_owned()),
        }
        Ok(())
    }
}
