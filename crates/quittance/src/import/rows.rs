//! The rows of an export, typed; ids are still those of the provider's systems.

use billing::account::{AccountStatus, Role, Routing};
use billing::agreement::{Billing, Proration};
use billing::item::ItemKind;
use billing::life::{ChangeKind, Every};
use billing::work::{Coverage, WorkType};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::table::{Columns, RowReader, Told};

/// Declares rows: what each column is read as; after `+`, the columns that a header may leave out.
macro_rules! rows {
    ($($(#[$meta:meta])* $name:ident { $($field:ident: $type:ty = $read:ident($($argument:expr),*),)+ }
        $(+ { $($more:ident: $mtype:ty = $mread:ident($($margument:expr),*),)+ })?)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name { pub line: u64, $(pub $field: $type,)+ $($(pub $more: $mtype,)+)? }

        impl $name {
            /// The header of its file.
            pub const COLUMNS: Columns = Columns {
                required: &[$(column(stringify!($field))),+],
                optional: &[$($(column(stringify!($more))),+)?],
            };

            /// Reads one; what is wrong is told by the reader.
            pub fn parse(row: &mut RowReader<'_>) -> Self {
                Self {
                    line: row.line(),
                    $($field: row.$read(column(stringify!($field)) $(, $argument)*),)+
                    $($($more: row.$mread(column(stringify!($more)) $(, $margument)*),)+)?
                }
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
        account: String = account_id(), name: String = text(), address_1: String = text(), address_2: Option<String> = optional_text(),
        city: String = text(), region: String = text(), postal_code: String = text(), country: String = country(),
        currency: billing::Currency = currency(), recurring_terms_days: u32 = days(), tax_region: String = text(),
        tax_exempt: bool = yes_no(), po_number: Option<String> = optional_text(),
        status: AccountStatus = word(AccountStatus::Active),
    } + {
        exempt_until: Option<Date> = optional_date(), exemption_certificate: Option<String> = optional_text(),
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
    } + {
        tax_category: Option<String> = optional_text(),
    }
    /// A jurisdiction's rate from a day on.
    TaxRateIn {
        tax_region: String = text(), jurisdiction: String = text(), rate_percent: Decimal = percent(), from_on: Date = date(),
    } + {
        tax_category: Option<String> = optional_text(),
    }
    /// What an account is billed for every month.
    AgreementIn {
        agreement: String = id(), account: String = id(), name: String = text(), starts_on: Date = date(),
        ends_on: Option<Date> = optional_date(), billing: Billing = word(Billing::Arrears), po_number: Option<String> = optional_text(),
    } + {
        renews_on: Told<Date> = told(RowReader::optional_date), renews_months: Told<u32> = told(RowReader::optional_days),
        uplift_percent: Told<Decimal> = told(RowReader::optional_decimal),
    }
    /// One item of an agreement.
    LineIn {
        line_code: String = id(), agreement: String = id(), item: String = id(), description: String = text(), starts_on: Date = date(),
        ends_on: Option<Date> = optional_date(), quantity: Decimal = decimal(), unit_price: Decimal = decimal(),
        prorate: Proration = word(Proration::Daily),
    } + {
        every: Told<Every> = told(RowReader::optional_word), minimum_quantity: Told<Decimal> = told(RowReader::optional_decimal),
        included_hours: Told<Decimal> = told(RowReader::optional_decimal), hours_carry_months: Told<u32> = told(RowReader::optional_months),
    }
    /// What happens to an agreement or a line of it.
    ChangeIn {
        change: String = id(), agreement: String = id(), line_code: Option<String> = optional_id(), kind: ChangeKind = word(ChangeKind::Suspend),
        from_on: Date = date(), value: Option<Decimal> = optional_decimal(),
    }
    /// What is taken off an agreement, a line or an item of it.
    DiscountIn {
        discount: String = id(), agreement: String = id(), line_code: Option<String> = optional_id(), item: Option<String> = optional_id(),
        description: String = text(), percent: Option<Decimal> = optional_decimal(), amount: Option<Decimal> = optional_decimal(),
        from_on: Date = date(), months: Option<u32> = optional_months(),
    }
    /// Work by the hour.
    EntryIn {
        entry: String = id(), account: String = id(), ticket: String = id(), ticket_summary: String = text(), requester: String = text(),
        site: String = text(), worked_on: Date = date(), started_at: String = time(), ended_at: String = time(),
        technician: String = text(), work_type: WorkType = word(WorkType::Remote), hours_worked: Decimal = decimal(),
        hours_billed: Option<Decimal> = optional_decimal(), rate: Option<Decimal> = optional_decimal(), coverage: Coverage = word(Coverage::Billable),
        agreement: Option<String> = optional_id(), notes: String = text(), internal_notes: Option<String> = optional_text(),
        approved_on: Option<Date> = optional_date(),
    } + {
        role: Option<String> = optional_text(),
    }
    /// What an hour of a role costs.
    RateIn {
        role: String = text(), account: Option<String> = optional_id(), agreement: Option<String> = optional_id(), from_on: Date = date(),
        rate: Decimal = decimal(),
    }
    /// A ticket of which something is agreed.
    TicketIn {
        ticket: String = id(), account: String = id(), not_to_exceed: Option<Decimal> = optional_decimal(),
    }
    /// A product or fee.
    DeliveryIn {
        delivery: String = id(), account: String = id(), ticket: Option<String> = optional_id(), delivered_on: Date = date(),
        item: String = id(), description: String = text(), quantity: Decimal = decimal(), unit_price: Decimal = decimal(),
        approved_on: Option<Date> = optional_date(),
    }
}
