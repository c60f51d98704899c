//! Planning: from an account's agreements or work to the lines, tax and total of an invoice. Pure; nothing is stored here.

mod recurring;

use std::collections::HashMap;

use billing::invoice::{Totals, makes_invoice, totals};
use billing::item::ItemKind;
use billing::run::RunKey;
use billing::tax::{DatedRate, Rate, TaxTerms, category_on, is_exempt, rates_on};
use billing::work::{Coverage, delivery_amount, is_taken_by};
use billing::{Money, Overflow};
use jiff::civil::Date;
pub use recurring::{Agreements, changes_of, life, months_before, recurring_lines};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use store::account::AccountRow;
use store::invoice::{InvoiceLineRow, InvoiceTaxRow, Source};
use store::item::TaxRateRow;
use store::run::DraftRow;
use store::work::{UnbilledDelivery, UnbilledEntry};
use store::{InvoiceId, Sink, Stored, Value};

use crate::reckon::{Reckoned, Unreckoned, WorkBasis, reckon};

/// An invoice that could be issued: everything but its number.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Whom it bills.
    pub account: AccountRow,
    /// Its lines; the invoice id is filled in when it is issued.
    pub lines: Vec<InvoiceLineRow>,
    /// Sums and tax.
    pub totals: Totals,
    /// How it is taxed.
    pub tax: TaxTerms,
    /// SHA-256 of what a reviewer looks at: account, lines, totals.
    pub fingerprint: [u8; 32],
}

impl Planned {
    /// The shares of its tax as rows of an invoice.
    pub fn tax_rows(&self, invoice_id: InvoiceId) -> impl Iterator<Item = InvoiceTaxRow> {
        self.totals.shares.iter().zip(1..).map(move |(share, tax_no)| InvoiceTaxRow {
            account_id: self.account.account_id,
            invoice_id,
            tax_no,
            tax_category: share.category.clone(),
            jurisdiction: share.rate.jurisdiction.clone(),
            rate_percent: share.rate.percent,
            base_minor: share.base,
            tax_minor: share.amount,
        })
    }

    /// Why it is not issued, whoever approves it, and what to do: its document can't be made, or it would pay the customer.
    /// Such a draft is held before it gets a number.
    pub fn held_because(&self) -> Option<String> {
        if !self.can_be_printed() {
            return Some(format!(
                "{TOO_LARGE} ({} lines; {} fit, fewer where texts are long): give part of the work a later approved_on and \
                 import it, then plan again",
                self.lines.len(),
                documents::MOST_LINES
            ));
        }
        let total = Money::new(self.totals.total, self.account.currency);
        (total.minor() < 0).then(|| format!("{GIVES_BACK} ({}): {MAKE_UP}", total.with_currency()))
    }

    fn can_be_printed(&self) -> bool {
        let texts =
            |line: &InvoiceLineRow| line.description.len() + line.ticket_summary.as_ref().map_or(0, String::len);
        documents::can_hold(self.lines.len(), self.lines.iter().map(texts).sum())
    }
}

/// How the reason of a draft begins whose document can't be made.
const TOO_LARGE: &str = "Its document would be too large";
/// And of one that would pay the customer.
const GIVES_BACK: &str = "It gives back more than it charges";
/// What becomes of that one.
const MAKE_UP: &str = "it waits until later charges make up for it, or give it as a credit note and exclude it here";

/// The same of a stored draft, as far as it tells: why it can't be approved, and what to do. What a person said of it since
/// stands in the place of the reason; issuing asks [`Planned::held_because`] in any case.
pub fn held_because(draft: &DraftRow) -> Option<String> {
    let told = draft.reason.as_ref().filter(|told| told.starts_with(TOO_LARGE) || told.starts_with(GIVES_BACK));
    let below_zero = || (draft.total_minor < 0).then(|| format!("{GIVES_BACK}: {MAKE_UP}"));
    told.cloned().or_else(below_zero)
}

/// Tax rates by region, as dated rows.
#[derive(Clone, Debug, Default)]
pub struct TaxTable(HashMap<String, Vec<DatedRate>>);

impl TaxTable {
    /// Sorts stored rows by region.
    pub fn new(rows: Vec<TaxRateRow>) -> Self {
        let mut regions: HashMap<String, Vec<DatedRate>> = HashMap::new();
        for row in rows {
            let rate = DatedRate {
                jurisdiction: row.jurisdiction,
                category: row.tax_category,
                from_on: row.from_on,
                percent: row.rate_percent,
            };
            regions.entry(row.tax_region).or_default().push(rate);
        }
        Self(regions)
    }

    /// What holds for a category on an issue date; nothing where the account is exempt.
    pub fn rates(&self, account: &AccountRow, category: &str, issued_on: Date) -> Vec<Rate> {
        match self.0.get(&account.tax_region) {
            Some(region) if !exempt_on(account, issued_on) => rates_on(region, category, issued_on),
            _ => Vec::new(),
        }
    }

    /// The category under which an item is taxed where an account is: its own, or the general one, which is empty.
    pub fn category(&self, account: &AccountRow, (taxable, own): (bool, &str), issued_on: Date) -> String {
        let region = self.0.get(&account.tax_region).filter(|_| taxable);
        region.map(|region| category_on(region, own, issued_on).to_owned()).unwrap_or_default()
    }
}

/// Whether an account pays no tax on an invoice of this day.
pub fn exempt_on(account: &AccountRow, issued_on: Date) -> bool {
    is_exempt(account.tax_exempt, account.exempt_until, issued_on)
}

/// The invoice of `lines`, or nothing where no line has an amount.
///
/// # Errors
/// `Overflow` where sums leave 64 bits of minor units.
pub fn invoice(
    account: &AccountRow,
    mut lines: Vec<InvoiceLineRow>,
    rates: impl Fn(&str) -> Vec<Rate>,
    tax: TaxTerms,
) -> Result<Option<Planned>, Overflow> {
    if !makes_invoice(lines.iter().map(|line| line.amount_minor)) {
        return Ok(None);
    }
    let taxed = lines.iter().map(|line| (line.amount_minor, line.taxable.then_some(line.tax_category.as_str())));
    let totals = totals(taxed, rates, tax)?;
    for ((line, number), of_line) in lines.iter_mut().zip(1_i64..).zip(&totals.line_taxes) {
        line.line_no = number;
        line.tax_minor = *of_line;
    }
    let fingerprint = fingerprint(account, &lines, (&totals, tax));
    Ok(Some(Planned { account: account.clone(), lines, totals, tax, fingerprint }))
}

/// The lines of a bi-weekly run for one account: time entries in the order given, then deliveries.
///
/// # Errors
/// [`Unreckoned`]: a product leaves 64 bits of minor units, or there is no rate.
pub fn biweekly_lines(
    account: &AccountRow,
    entries: &[UnbilledEntry],
    deliveries: &[UnbilledDelivery],
    basis: &WorkBasis,
    (run_on, billing_starts_on): (Date, Date),
) -> Result<Vec<InvoiceLineRow>, Unreckoned> {
    let mut planned = Vec::new();
    let is_taken = |entry: &&UnbilledEntry| is_taken_by(run_on, entry.worked_on, entry.approved_on, billing_starts_on);
    let taken: Vec<&UnbilledEntry> = entries.iter().filter(is_taken).collect();
    for (entry, reckoned) in taken.iter().zip(reckon(&taken, basis, account.currency)?) {
        planned.push(entry_line(account, entry, &reckoned));
    }
    for delivery in
        deliveries.iter().filter(|row| is_taken_by(run_on, row.delivered_on, row.approved_on, billing_starts_on))
    {
        let amount = delivery_amount(delivery.quantity, delivery.unit_price, account.currency)?;
        planned.push(delivery_line(account, delivery, amount));
    }
    Ok(planned)
}

fn entry_line(account: &AccountRow, entry: &UnbilledEntry, reckoned: &Reckoned) -> InvoiceLineRow {
    let charged_price = if entry.coverage.may_cost() { reckoned.rate } else { Decimal::ZERO };
    let is_prepaid = entry.coverage == Coverage::Prepaid;
    InvoiceLineRow {
        source: Source::Time,
        source_id: entry.entry_id.into(),
        source_code: entry.code.clone(),
        item_kind: ItemKind::Labour,
        description: entry.notes.clone(),
        from_on: entry.worked_on,
        until_on: next_day(entry.worked_on),
        quantity: reckoned.billed.hours,
        unit_price: reckoned.rate,
        charged_price,
        amount_minor: reckoned.amount,
        agreement_code: entry.agreement_code.clone().filter(|_| is_prepaid),
        agreement_name: entry.agreement_name.clone().filter(|_| is_prepaid),
        ticket: Some(entry.ticket.clone()),
        ticket_summary: Some(entry.ticket_summary.clone()),
        requester: Some(entry.requester.clone()),
        site: Some(entry.site.clone()),
        started_at: Some(entry.started_at.clone()),
        ended_at: Some(entry.ended_at.clone()),
        technician: Some(entry.technician.clone()),
        work_type: Some(entry.work_type),
        hours_worked: Some(entry.hours_worked),
        coverage: Some(entry.coverage),
        approved_on: entry.approved_on,
        role: entry.role.clone().filter(|_| reckoned.by_role),
        rate_factor: reckoned.factor,
        minimum_hours: reckoned.billed.minimum,
        prepaid_hours: reckoned.drawn.map(|drawn| drawn.hours),
        prepaid_of: reckoned.drawn.map(|drawn| drawn.of),
        prepaid_left: reckoned.drawn.map(|drawn| drawn.left),
        over_minor: reckoned.over.map(|(over, _)| over),
        agreed_minor: reckoned.over.map(|(_, agreed)| agreed),
        ..blank(account)
    }
}

fn delivery_line(account: &AccountRow, delivery: &UnbilledDelivery, amount: i64) -> InvoiceLineRow {
    InvoiceLineRow {
        source: Source::Delivery,
        source_id: delivery.delivery_id.into(),
        source_code: delivery.code.clone(),
        item_code: Some(delivery.item_code.clone()),
        item_kind: delivery.item_kind,
        description: delivery.description.clone(),
        from_on: delivery.delivered_on,
        until_on: next_day(delivery.delivered_on),
        quantity: delivery.quantity,
        unit: Some(delivery.unit.clone()),
        unit_price: delivery.unit_price,
        charged_price: delivery.unit_price,
        amount_minor: amount,
        taxable: delivery.taxable,
        tax_category: delivery.tax_category.clone(),
        ticket: delivery.ticket.clone(),
        approved_on: delivery.approved_on,
        ..blank(account)
    }
}

fn next_day(day: Date) -> Date {
    billing::calendar::shift(day, 1)
}

/// A line that says nothing yet: what most lines leave empty.
fn blank(account: &AccountRow) -> InvoiceLineRow {
    InvoiceLineRow {
        account_id: account.account_id,
        invoice_id: InvoiceId::from(0),
        line_no: 0,
        source: Source::Time,
        source_id: 0,
        source_code: String::new(),
        month: String::new(),
        item_code: None,
        item_kind: ItemKind::Labour,
        description: String::new(),
        from_on: Date::ZERO,
        until_on: Date::ZERO,
        quantity: Decimal::ZERO,
        unit: None,
        unit_price: Decimal::ZERO,
        charged_price: Decimal::ZERO,
        part: None,
        of_days: None,
        piece: 0,
        amount_minor: 0,
        taxable: false,
        tax_category: String::new(),
        tax_minor: 0,
        agreement_code: None,
        agreement_name: None,
        agreement_po: None,
        ticket: None,
        ticket_summary: None,
        requester: None,
        site: None,
        started_at: None,
        ended_at: None,
        technician: None,
        work_type: None,
        hours_worked: None,
        coverage: None,
        approved_on: None,
        role: None,
        rate_factor: None,
        minimum_hours: None,
        prepaid_hours: None,
        prepaid_of: None,
        prepaid_left: None,
        over_minor: None,
        agreed_minor: None,
    }
}

/// When an invoice of a run is due, and after how many days: the account's terms for the recurring stream, the
/// provider's for the bi-weekly one.
pub fn terms_days(key: RunKey, account: &AccountRow, biweekly_terms_days: u32) -> u32 {
    match key {
        RunKey::Recurring(_) => account.recurring_terms_days,
        RunKey::Biweekly(_) => biweekly_terms_days,
    }
}

fn fingerprint(account: &AccountRow, lines: &[InvoiceLineRow], (totals, tax): (&Totals, TaxTerms)) -> [u8; 32] {
    let (mut hash, mut row) = (Sha256::new(), Written::default());
    // The values of a record can't fail to be read; a hash that lacked one would only hold a draft back.
    let _ = account.write_to(&mut row);
    for line in lines {
        let _ = line.write_to(&mut row);
        // A row at a time: a line has dozens of values of a few bytes.
        hash.update(&row.0);
        row.0.clear();
    }
    hash.update(&row.0);
    hash.update(tax.prices.as_str());
    hash.update(tax.rounding.as_str());
    for share in &totals.shares {
        hash.update(share.category.as_bytes());
        hash.update(share.rate.jurisdiction.as_bytes());
        hash.update(share.rate.percent.normalize().to_string().as_bytes());
        hash.update(share.amount.to_be_bytes());
    }
    hash.update(totals.total.to_be_bytes());
    hash.finalize().into()
}

/// The values of records as bytes, each with its kind and length.
#[derive(Default)]
struct Written(Vec<u8>);

impl Sink for Written {
    fn put(&mut self, value: Value<'_>) -> Result<(), store::Error> {
        match value {
            Value::Null => self.0.push(0),
            Value::Integer(number) => {
                self.0.push(1);
                self.0.extend_from_slice(&number.to_be_bytes());
            }
            Value::Text(text) => self.long(2, text.as_bytes()),
            Value::Bytes(bytes) => self.long(3, &bytes),
        }
        Ok(())
    }
}

impl Written {
    fn long(&mut self, kind: u8, bytes: &[u8]) {
        self.0.push(kind);
        self.0.extend_from_slice(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }
}
