//! Agreements and their lines.

use billing::agreement::{Billing, Proration};
use billing::discount::DiscountKind;
use billing::item::ItemKind;
use billing::life::{ChangeKind, Every};
use billing::{Currency, Month};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::invoice::Source;
use crate::run::DraftState;
use crate::{
    AccountId, AgreementChangeId, AgreementId, AgreementLineId, DiscountId, Error, ItemId, Tx, record, statements,
};

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
        /// The next renewal; then every so many months, each time by so many percent.
        pub renews_on: Option<Date>,
        pub renews_months: Option<u32>,
        pub uplift_percent: Option<Decimal>,
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
        pub every: Every,
        pub minimum_quantity: Decimal,
        /// Periods after this day are owed even if their run is over.
        pub owed_from: Option<Date>,
        /// Prepaid hours for a unit and month.
        pub included_hours: Option<Decimal>,
        /// For so many further months unused ones live.
        pub hours_carry_months: u32,
    }
}

record! {
    /// Something that happens to a line on a day, or to all lines of an agreement.
    pub struct AgreementChangeRow in "agreement_change" key(account_id, change_id) {
        pub account_id: AccountId,
        pub change_id: AgreementChangeId,
        pub agreement_id: AgreementId,
        pub line_id: Option<AgreementLineId>,
        pub code: String,
        pub kind: ChangeKind,
        pub takes_effect_on: Date,
        pub value: Option<Decimal>,
        /// The earliest day on which it was ever told to hold: periods after it are looked at again.
        pub owed_from: Date,
        pub made_at: Timestamp,
    }
}

record! {
    /// A discount on an agreement or one of its lines.
    pub struct DiscountRow in "discount" key(account_id, discount_id) {
        pub account_id: AccountId,
        pub discount_id: DiscountId,
        pub agreement_id: AgreementId,
        pub line_id: Option<AgreementLineId>,
        /// Of all lines of an item.
        pub item_id: Option<ItemId>,
        pub code: String,
        pub description: String,
        pub kind: DiscountKind,
        pub value: Decimal,
        pub from_month: Month,
        pub months: Option<u32>,
        pub made_at: Timestamp,
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
        pub every: Every,
        pub minimum_quantity: Decimal,
        pub owed_from: Option<Date>,
        pub included_hours: Option<Decimal>,
        pub hours_carry_months: u32,
        pub agreement_id: AgreementId,
        pub agreement_code: String,
        pub agreement_name: String,
        pub agreement_po: Option<String>,
        pub agreement_starts_on: Date,
        pub agreement_ends_on: Option<Date>,
        pub billing: Billing,
        pub renews_on: Option<Date>,
        pub renews_months: Option<u32>,
        pub uplift_percent: Option<Decimal>,
        pub item_id: ItemId,
        pub item_code: String,
        pub item_kind: ItemKind,
        pub unit: String,
        pub taxable: bool,
        pub tax_category: String,
    }
}

record! {
    /// What invoices charged for a month of an agreement line, or took off for a discount; apart by what it is taxed and
    /// booked as.
    pub struct ChargedSum {
        pub account_id: AccountId,
        pub source: Source,
        pub source_id: i64,
        pub month: Month,
        pub item_kind: ItemKind,
        pub taxable: bool,
        pub tax_category: String,
        pub amount_minor: i64,
        /// How many lines it is.
        pub pieces: i64,
    }
}

record! {
    /// A recurring run that has not charged an account: its draft is open, or the account was excluded.
    pub struct PassedOver {
        pub account_id: AccountId,
        pub period_from: Date,
        pub state: DraftState,
        /// Minor units.
        pub total_minor: i64,
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

macro_rules! agreement_columns {
    () => {
        "account_id, agreement_id, code, name, starts_on, ends_on, billing, po_number, renews_on, renews_months, uplift_percent \
        FROM agreement "
    };
}

macro_rules! line_columns {
    () => {
        "account_id, line_id, agreement_id, code, item_id, description, starts_on, ends_on, quantity, unit_price, prorate, every, \
        minimum_quantity, owed_from, included_hours, hours_carry_months FROM agreement_line "
    };
}

macro_rules! change_columns {
    () => {
        "account_id, change_id, agreement_id, line_id, code, kind, takes_effect_on, value, owed_from, made_at FROM agreement_change "
    };
}

macro_rules! discount_columns {
    () => {
        "account_id, discount_id, agreement_id, line_id, item_id, code, description, kind, value, from_month, months, made_at \
        FROM discount "
    };
}

statements! {
    AGREEMENTS: () -> AgreementRow = concat!("SELECT ", agreement_columns!(), "ORDER BY code");
    OF_ACCOUNT: (Integer) -> AgreementRow = concat!("SELECT ", agreement_columns!(), "WHERE account_id = $1 ORDER BY code");
    AGREEMENT: (Text) -> AgreementRow = concat!("SELECT ", agreement_columns!(), "WHERE code = $1");
    AGREEMENT_OF: (Integer, Integer) -> AgreementRow = concat!("SELECT ", agreement_columns!(), "WHERE account_id = $1 AND agreement_id = $2");
    AGREEMENT_LINES: () -> AgreementLineRow = concat!("SELECT ", line_columns!(), "ORDER BY code");
    AGREEMENT_LINE: (Text) -> AgreementLineRow = concat!("SELECT ", line_columns!(), "WHERE code = $1");
    LINES_OF: (Integer, Integer) -> AgreementLineRow = concat!("SELECT ", line_columns!(),
        "WHERE account_id = $1 AND agreement_id = $2 ORDER BY code");
    BILLABLE_LINES: (; many Integer) -> BillableLine = "SELECT l.account_id, l.line_id, l.code, l.description, l.starts_on, l.ends_on, \
        l.quantity, l.unit_price, l.prorate, l.every, l.minimum_quantity, l.owed_from, l.included_hours, l.hours_carry_months, a.agreement_id, a.code AS agreement_code, a.name AS agreement_name, a.po_number AS agreement_po, a.starts_on AS agreement_starts_on, \
        a.ends_on AS agreement_ends_on, a.billing, a.renews_on, a.renews_months, a.uplift_percent, i.item_id, i.code AS item_code, i.kind AS item_kind, i.unit, i.taxable, i.tax_category \
        FROM agreement_line l JOIN agreement a ON a.account_id = l.account_id AND a.agreement_id = l.agreement_id \
        JOIN item i ON i.item_id = l.item_id WHERE l.account_id IN ($keys) ORDER BY l.account_id";
    ALL_CHANGES: () -> AgreementChangeRow = concat!("SELECT ", change_columns!(), "ORDER BY takes_effect_on, change_id");
    CHANGES: (; many Integer) -> AgreementChangeRow = concat!("SELECT ", change_columns!(),
        "WHERE account_id IN ($keys) ORDER BY account_id, takes_effect_on, change_id");
    CHANGE: (Text) -> AgreementChangeRow = concat!("SELECT ", change_columns!(), "WHERE code = $1");
    DROP_CHANGE: (Text) = "DELETE FROM agreement_change WHERE code = $1";
    DROP_DISCOUNT: (Text) = "DELETE FROM discount WHERE code = $1";
    ALL_DISCOUNTS: () -> DiscountRow = concat!("SELECT ", discount_columns!(), "ORDER BY code");
    DISCOUNTS: (; many Integer) -> DiscountRow = concat!("SELECT ", discount_columns!(), "WHERE account_id IN ($keys) ORDER BY account_id, code");
    DISCOUNT: (Text) -> DiscountRow = concat!("SELECT ", discount_columns!(), "WHERE code = $1");
    CHARGED_SINCE: (Text; many Integer) -> ChargedSum = "SELECT account_id, source, source_id, month, item_kind, taxable, tax_category, \
        CAST(sum(amount_minor) AS BIGINT) AS amount_minor, count(*) AS pieces FROM invoice_line \
        WHERE source IN ('agreement', 'discount') AND month >= $1 AND account_id IN ($keys) \
        GROUP BY account_id, source, source_id, month, item_kind, taxable, tax_category \
        ORDER BY account_id, source, source_id, month, item_kind, taxable, tax_category";
    PASSED_OVER: (Text; many Integer) -> PassedOver = "SELECT d.account_id, r.period_from, d.state, d.total_minor FROM draft d JOIN run r ON r.run_id = d.run_id \
        WHERE r.stream = 'recurring' AND d.state <> 'issued' AND r.period_from >= $1 AND d.account_id IN ($keys) \
        ORDER BY d.account_id, r.period_from";
    CHARGED_MONTHS: (Integer) -> ChargedMonth = "SELECT l.source_id, l.month, l.amount_minor, i.number, i.currency \
        FROM invoice_line l JOIN invoice i ON i.account_id = l.account_id AND i.invoice_id = l.invoice_id \
        WHERE l.account_id = $1 AND l.source = 'agreement' ORDER BY l.source_id, l.month";
}

impl Tx {
    /// Every agreement, by code.
    pub fn agreements(&mut self) -> Result<Vec<AgreementRow>, Error> {
        self.rows(&AGREEMENTS, &[])
    }

    /// An account's agreements, by code.
    pub fn agreements_of(&mut self, account: AccountId) -> Result<Vec<AgreementRow>, Error> {
        self.rows(&OF_ACCOUNT, &[&account])
    }

    /// The agreement of a code.
    pub fn agreement_by_code(&mut self, code: &str) -> Result<Option<AgreementRow>, Error> {
        self.row(&AGREEMENT, &[&code])
    }

    /// An account's agreement.
    pub fn agreement(&mut self, account: AccountId, agreement: AgreementId) -> Result<Option<AgreementRow>, Error> {
        self.row(&AGREEMENT_OF, &[&account, &agreement])
    }

    /// The agreement line of a code.
    pub fn agreement_line_by_code(&mut self, code: &str) -> Result<Option<AgreementLineRow>, Error> {
        self.row(&AGREEMENT_LINE, &[&code])
    }

    /// The lines of an agreement, by code.
    pub fn lines_of_agreement(
        &mut self,
        account: AccountId,
        agreement: AgreementId,
    ) -> Result<Vec<AgreementLineRow>, Error> {
        self.rows(&LINES_OF, &[&account, &agreement])
    }

    /// Every agreement line, by code.
    pub fn agreement_lines(&mut self) -> Result<Vec<AgreementLineRow>, Error> {
        self.rows(&AGREEMENT_LINES, &[])
    }

    /// The lines of these accounts with all that charging them needs; those of one account by agreement and code.
    pub fn billable_lines(&mut self, accounts: &[AccountId]) -> Result<Vec<BillableLine>, Error> {
        let mut lines: Vec<BillableLine> = self.rows_by(&BILLABLE_LINES, &[], accounts)?;
        // Quicker than in the database, which moves whole rows about.
        lines.sort_by(|a, b| {
            (a.account_id, &a.agreement_code, &a.code).cmp(&(b.account_id, &b.agreement_code, &b.code))
        });
        Ok(lines)
    }

    /// Every change, in the order in which they hold.
    pub fn all_agreement_changes(&mut self) -> Result<Vec<AgreementChangeRow>, Error> {
        self.rows(&ALL_CHANGES, &[])
    }

    /// The changes of these accounts, in the order in which they hold.
    pub fn agreement_changes(&mut self, accounts: &[AccountId]) -> Result<Vec<AgreementChangeRow>, Error> {
        self.rows_by(&CHANGES, &[], accounts)
    }

    /// The change of a code.
    pub fn agreement_change_by_code(&mut self, code: &str) -> Result<Option<AgreementChangeRow>, Error> {
        self.row(&CHANGE, &[&code])
    }

    /// Takes a change back; false where there is none of that code.
    pub fn drop_agreement_change(&mut self, code: &str) -> Result<bool, Error> {
        Ok(self.execute(&DROP_CHANGE, &[&code])? > 0)
    }

    /// Every discount, by code.
    pub fn all_discounts(&mut self) -> Result<Vec<DiscountRow>, Error> {
        self.rows(&ALL_DISCOUNTS, &[])
    }

    /// The discounts of these accounts, by code.
    pub fn discounts(&mut self, accounts: &[AccountId]) -> Result<Vec<DiscountRow>, Error> {
        self.rows_by(&DISCOUNTS, &[], accounts)
    }

    /// The discount of a code.
    pub fn discount_by_code(&mut self, code: &str) -> Result<Option<DiscountRow>, Error> {
        self.row(&DISCOUNT, &[&code])
    }

    /// Takes a discount back; what invoices took off stays off. False where there is none of that code.
    pub fn drop_discount(&mut self, code: &str) -> Result<bool, Error> {
        Ok(self.execute(&DROP_DISCOUNT, &[&code])? > 0)
    }

    /// What invoices charged these accounts' agreements for a month and all later ones.
    pub fn charged_since(&mut self, month: Month, accounts: &[AccountId]) -> Result<Vec<ChargedSum>, Error> {
        self.rows_by(&CHARGED_SINCE, &[&month], accounts)
    }

    /// Which recurring runs of a month or later have drafts of these accounts that are not issued.
    pub fn passed_over(&mut self, month: Month, accounts: &[AccountId]) -> Result<Vec<PassedOver>, Error> {
        self.rows_by(&PASSED_OVER, &[&month.first()], accounts)
    }

    /// The months of an account's agreement lines that invoices have taken.
    pub fn charged_months(&mut self, account: AccountId) -> Result<Vec<ChargedMonth>, Error> {
        self.rows(&CHARGED_MONTHS, &[&account])
    }
}
