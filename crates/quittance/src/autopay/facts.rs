//! Invoices as Auto Pay sees them: what holds them, what was announced, what was tried.

use std::collections::{BTreeMap, BTreeSet};

use billing::Money;
use billing::autopay::{Charged, InForce, Invoice, Refusal, State, Tried, UnderWay};
use billing::payment::PaymentState;
use billing::settling::{Open, settle};
use billing::work::WorkType;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::autopay::{AnnouncedRow, BilledRow, ChargeableRow, ChargedRow};
use store::payment::{DeclineClass, HolderRow};
use store::{AccountId, InvoiceId, Tx};

use super::AutoPay;
use super::methods::{Kept, kept};

/// Charges so many days back are looked at: for the months' limits and the networks' rules.
const LOOK_BACK_DAYS: i32 = 400;
/// Announcements so many days back: see `billing::autopay::decide`.
const ANNOUNCED_DAYS: i32 = 30;

/// What it is called when the processor was down: nobody's method was refused.
const NOT_ASKED: &str = "processor_unreachable";

/// What was learned of an account's invoices beside their rows.
struct Known {
    billed: Vec<BilledRow>,
    holders: Vec<HolderRow>,
    skipped: BTreeSet<InvoiceId>,
    disputed: BTreeSet<InvoiceId>,
    announced: Vec<AnnouncedRow>,
    charges: Vec<ChargedRow>,
    credit: BTreeMap<InvoiceId, i64>,
    kept: Kept,
    zone: TimeZone,
}

/// Reads an account's open invoices and methods.
pub fn read(
    tx: &mut Tx,
    account: AccountId,
    rules: Vec<InForce>,
    (today, zone): (Date, &TimeZone),
) -> Result<AutoPay, store::Error> {
    let rows = tx.chargeable(account)?;
    let ids: Vec<InvoiceId> = rows.iter().map(|row| row.invoice_id).collect();
    let shift = |days: i32| billing::calendar::shift(today, -days);
    let known = Known {
        billed: tx.billed(account, &ids)?,
        holders: tx.holders(account)?,
        skipped: tx.autopay_skips(account)?.into_iter().map(|row| row.document_id).collect(),
        disputed: disputed(tx, account)?,
        announced: tx.announced(account, shift(ANNOUNCED_DAYS))?,
        charges: tx.autopay_charges(account, shift(LOOK_BACK_DAYS))?,
        credit: credit(tx, account)?,
        kept: kept(tx, account)?,
        zone: zone.clone(),
    };
    let invoices = rows.iter().map(|row| known.invoice(row)).collect();
    let charged = charged(&known.charges);
    Ok(AutoPay { today, invoices, ids, rules, methods: known.kept.methods, charged, charges: known.charges })
}

/// The invoices of an account issued from a day on, in full, as they were when issued.
///
/// # Errors
/// Those of the database.
pub fn past(tx: &mut Tx, account: AccountId, since: Date) -> Result<Vec<Invoice>, store::Error> {
    let rows = tx.issued_since(account, since)?;
    let ids: Vec<InvoiceId> = rows.iter().map(|row| row.invoice_id).collect();
    let billed = tx.billed(account, &ids)?;
    Ok(rows.iter().map(|row| Invoice { balance: row.total_minor, ..bare(row, &billed) }).collect())
}

/// An invoice of which nothing but its row is known.
fn bare(row: &ChargeableRow, billed: &[BilledRow]) -> Invoice {
    let own = || billed.iter().filter(|line| line.invoice_id == row.invoice_id);
    let agreements: BTreeSet<&String> = own().filter_map(|line| line.agreement_code.as_ref()).collect();
    let projects: BTreeSet<&String> = own()
        .filter(|line| line.work_type == Some(WorkType::Project))
        .filter_map(|line| line.ticket.as_ref())
        .collect();
    Invoice {
        number: row.number.clone(),
        stream: row.stream,
        state: State::Issued,
        issued_on: row.issued_on,
        due_on: row.due_on,
        currency: row.currency,
        balance: row.balance_minor,
        from_credit: 0,
        po_number: row.po_number.clone(),
        agreements: agreements.into_iter().cloned().collect(),
        bills_more: own().any(|line| line.agreement_code.is_none()),
        projects: projects.into_iter().cloned().collect(),
        under_way: None,
        yours_on: None,
        is_skipped: false,
        announced_for: None,
        tried: Vec::new(),
    }
}

impl Known {
    fn invoice(&self, row: &ChargeableRow) -> Invoice {
        let id = row.invoice_id;
        let holders = || self.holders.iter().filter(|holder| holder.document_id == id);
        let under_way = holders().find_map(|holder| match holder.state {
            PaymentState::Unknown => Some(UnderWay::Unknown),
            state if state.is_under_way() => Some(UnderWay::OnItsWay),
            _ => None,
        });
        let announced = self.announced.iter().filter(|told| told.document_id == id);
        Invoice {
            state: if self.disputed.contains(&id) { State::Disputed } else { State::Issued },
            from_credit: self.credit.get(&id).copied().unwrap_or(0),
            under_way,
            yours_on: holders()
                .filter(|holder| holder.state == PaymentState::Planned)
                .find_map(|holder| holder.charge_on),
            is_skipped: self.skipped.contains(&id),
            announced_for: announced.map(|told| told.charge_on).max(),
            tried: self
                .charges
                .iter()
                .filter(|charge| charge.document_id == id)
                .filter_map(|one| self.tried(one))
                .collect(),
            ..bare(row, &self.billed)
        }
    }

    /// An attempt that counts. One that the bank had no permission for doesn't, once its owner has given a new one.
    fn tried(&self, charge: &ChargedRow) -> Option<Tried> {
        let is_over = matches!(charge.state, Some(PaymentState::Failed | PaymentState::Returned));
        let was_asked = charge.decline.as_deref() != Some(NOT_ASKED);
        let (ended_at, class) = (charge.ended_at?, charge.decline_class?);
        let is_settled =
            class == DeclineClass::NoPermission && self.kept.is_permitted_since(charge.method_id, ended_at);
        let on = ended_at.to_zoned(self.zone.clone()).date();
        let method = i64::from(charge.method_id);
        (is_over && was_asked && !is_settled).then_some(Tried { method, on, refusal: refusal(class) })
    }
}

/// What a decline means, in the words of `billing`.
pub fn refusal(class: DeclineClass) -> Refusal {
    match class {
        DeclineClass::Soft => Refusal::Soft,
        DeclineClass::Hard => Refusal::Hard,
        DeclineClass::Authentication => Refusal::Authentication,
        DeclineClass::NoPermission => Refusal::NoPermission,
    }
}

/// Invoices that are in dispute, with the provider or at the payer's bank: nothing of them is charged before that is over.
fn disputed(tx: &mut Tx, account: AccountId) -> Result<BTreeSet<InvoiceId>, store::Error> {
    let held = tx.held_of_account(account)?.into_iter().filter(|row| row.held_minor > 0).map(|row| row.invoice_id);
    Ok(tx.objected(account)?.into_iter().chain(held.collect::<Vec<_>>()).collect())
}

/// What the account's credit pays of which document, the oldest due first.
fn credit(tx: &mut Tx, account: AccountId) -> Result<BTreeMap<InvoiceId, i64>, store::Error> {
    let credit = tx.account_states(&[account])?.first().map_or(0, |state| state.credit_minor);
    let open = tx.open_documents(account)?;
    let open: Vec<Open> = open
        .iter()
        .map(|row| Open { document: row.invoice_id.into(), due_on: row.due_on, balance: row.balance_minor })
        .collect();
    let settled = settle(credit.max(0), &[], &open).unwrap_or_default();
    Ok(settled.parts.into_iter().map(|(document, part)| (InvoiceId::from(document), part)).collect())
}

/// What counts against the months' limits: what came, or is on its way.
fn charged(charges: &[ChargedRow]) -> Charged {
    use PaymentState::{Canceled, Failed, Returned};
    let mut charged = Charged::default();
    for charge in charges {
        if charge.state.is_some_and(|state| !matches!(state, Failed | Canceled | Returned)) {
            charged.add(charge.rule_id.into(), charge.charged_on, charge.amount_minor);
        }
    }
    charged
}

/// Minor units of an invoice's currency, in words.
pub fn shown(minor: i64, invoice: &Invoice) -> String {
    Money::new(minor, invoice.currency).with_currency()
}
