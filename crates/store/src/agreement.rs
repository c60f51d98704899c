//! Agreements and their lines.

use billing::agreement::{Billing, Proration};
use billing::item::ItemKind;
use billing::{Currency, Month};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{AccountId, AgreementId, AgreementLineId, Error, ItemId, Tx, record, statements};

record! {
    /// What an account is billed for every month.
    pub struct AgreementRow in "agreement" key(account_id, agreement_id) {
        pub account_id: AccountId,
        pub agreement_id: AgreementId,
        pub code: String,
        pub name: String,
        pub starts_on: Date,
        pub ends_on: Option<Date>,
        pub billing: Billing,
        pub po_number: Option<String>,
    }
}

record! {
    /// One item of an agreement.
    pub struct AgreementLineRow in "agreement_line" key(account_id, line_id) {
        pub account_id: AccountId,
        pub line_id: AgreementLineId,
        pub agreement_id: AgreementId,
        pub code: String,
        pub item_id: ItemId,
        pub description: String,
        pub starts_on: Date,
        pub ends_on: Option<Date>,
        pub quantity: Decimal,
        pub unit_price: Decimal,
        pub prorate: Proration,
    }
}

record! {
    /// An agreement line with all that its charge needs.
    pub struct BillableLine {
        pub account_id: AccountId,
        pub line_id: AgreementLineId,
        pub code: String,
        pub description: String,
        pub starts_on: Date,
        pub ends_on: Option<Date>,
        pub quantity: Decimal,
        pub unit_price: Decimal,
        pub prorate: Proration,
        pub agreement_code: String,
        pub agreement_name: String,
        pub agreement_starts_on: Date,
        pub agreement_ends_on: Option<Date>,
        pub billing: Billing,
        pub item_code: String,
        pub item_kind: ItemKind,
        pub unit: String,
        pub taxable: bool,
    }
}

record! {
    /// A line and a month that an invoice has charged.
    pub struct TakenCharge {
        pub source_id: AgreementLineId,
        pub month: Month,
    }
}

record! {
    /// A month of an agreement line that an invoice has taken.
    pub struct ChargedMonth {
        pub source_id: AgreementLineId,
        pub month: Month,
        pub amount_minor: i64,
        pub number: String,
        pub currency: Currency,
    }
}

statements! {
    AGREEMENTS: () -> AgreementRow = "SELECT account_id, agreement_id, code, name, starts_on, ends_on, billing, po_number \
        FROM agreement ORDER BY code";
    AGREEMENT_LINES: () -> AgreementLineRow = "SELECT account_id, line_id, agreement_id, code, item_id, description, starts_on, ends_on, \
        quantity, unit_price, prorate FROM agreement_line ORDER BY code";
    BILLABLE_LINES: (; many Integer) -> BillableLine = "SELECT l.account_id, l.line_id, l.code, l.description, l.starts_on, l.ends_on, \
        l.quantity, l.unit_price, l.prorate, a.code AS agreement_code, a.name AS agreement_name, a.starts_on AS agreement_starts_on, \
        a.ends_on AS agreement_ends_on, a.billing, i.code AS item_code, i.kind AS item_kind, i.unit, i.taxable \
        FROM agreement_line l JOIN agreement a ON a.account_id = l.account_id AND a.agreement_id = l.agreement_id \
        JOIN item i ON i.item_id = l.item_id WHERE l.account_id IN ($keys) ORDER BY l.account_id, a.code, l.code";
    CHARGES_TAKEN: (Text, Text; many Integer) -> TakenCharge = "SELECT source_id, month FROM invoice_line \
        WHERE source = 'agreement' AND month IN ($1, $2) AND account_id IN ($keys) ORDER BY source_id, month";
    CHARGED_MONTHS: (Integer) -> ChargedMonth = "SELECT l.source_id, l.month, l.amount_minor, i.number, i.currency \
        FROM invoice_line l JOIN invoice i ON i.account_id = l.account_id AND i.invoice_id = l.invoice_id \
        WHERE l.account_id = $1 AND l.source = 'agreement' ORDER BY l.source_id, l.month";
}

impl Tx {
    /// Every agreement, by code.
    pub fn agreements(&mut self) -> Result<Vec<AgreementRow>, Error> {
        self.rows(&AGREEMENTS, &[])
    }

    /// Every agreement line, by code.
    pub fn agreement_lines(&mut self) -> Result<Vec<AgreementLineRow>, Error> {
        self.rows(&AGREEMENT_LINES, &[])
    }

    /// The lines of these accounts with all that charging them needs; those of one account by agreement and code.
    pub fn billable_lines(&mut self, accounts: &[AccountId]) -> Result<Vec<BillableLine>, Error> {
        self.rows_by(&BILLABLE_LINES, &[], accounts)
    }

    /// Which lines of these accounts invoices have charged for either of two months.
    pub fn charges_taken(&mut self, months: [Month; 2], accounts: &[AccountId]) -> Result<Vec<TakenCharge>, Error> {
        let [one, other] = months;
        self.rows_by(&CHARGES_TAKEN, &[&one, &other], accounts)
    }

    /// The months of an account's agreement lines that invoices have taken.
    pub fn charged_months(&mut self, account: AccountId) -> Result<Vec<ChargedMonth>, Error> {
        self.rows(&CHARGED_MONTHS, &[&account])
    }
}
