//! Writes a payment down, before any processor hears of it: what it is for, how much, by which method, when.

mod credit;

use billing::Money;
use billing::payment::{Known, Origin, PaymentState};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::audit::AuditKind;
use store::method::{GatewayName, MethodKind, MethodRow};
use store::payment::{GatewayPaymentRow, Hold, HolderRow, PaymentPartRow};
use store::scope::AccountScope;
use store::{AccountId, InvoiceId, MethodId, PaymentId, PersonId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::books::take_number;
use crate::error::{Error, Result};
use crate::gateway::name_of;

/// The series of payments.
const PAYMENTS: &str = "payment";
/// Their numbers.
const NUMBERS: (&str, i64) = ("P-", 1001);
/// After so long nobody waits for an answer any more, and it is asked for.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(30);

/// Who pays, and so for which accounts.
#[derive(Clone, Debug)]
pub enum Payer {
    /// Somebody who is signed in; for the accounts that they may pay for.
    Signed { scope: AccountScope, email: String, name: String },
    /// Whoever has the link of a mail; for its document alone.
    Link { account: AccountId, document: InvoiceId },
    /// The program, as an account's rule says.
    AutoPay { account: AccountId },
}

impl Payer {
    /// Whether this document, or credit of the account, is theirs to pay.
    pub fn may_pay(&self, account: AccountId, document: Option<InvoiceId>) -> bool {
        match self {
            Self::Signed { scope, .. } => scope.account(account).is_some_and(|own| own.role.may_pay()),
            Self::Link { account: own, document: only } => account == *own && document == Some(*only),
            Self::AutoPay { account: own } => account == *own,
        }
    }

    fn origin(&self) -> Origin {
        match self {
            Self::Signed { .. } => Origin::Page,
            Self::Link { .. } => Origin::Link,
            Self::AutoPay { .. } => Origin::AutoPay,
        }
    }

    fn person(&self) -> Option<PersonId> {
        if let Self::Signed { scope, .. } = self { Some(scope.person()) } else { None }
    }
}

/// With what is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// A kept method.
    Kept(AccountId, MethodId),
    /// One that is entered on the processor's page; whether it is kept.
    New(MethodKind, Keeping),
}

/// Whether a new method is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// For later payments.
    Kept,
    /// This once.
    Once,
}

/// What is to be paid.
#[derive(Clone, Debug)]
pub struct StartPayment {
    /// Documents by number, and minor units of each; none of one that the account's credit pays as a whole.
    pub parts: Vec<(String, i64)>,
    /// Minor units that an account pays ahead, as credit.
    pub ahead: Option<(AccountId, i64)>,
    /// With what.
    pub with: With,
    /// On a later day, in the provider's zone; else now.
    pub on: Option<Date>,
    /// Names the form: sent twice, it is one payment.
    pub key: String,
}

/// A payment that stands written.
#[derive(Clone, Debug)]
pub struct Started {
    /// As it stands; nothing where credit has paid all of it and no money moves.
    pub payment: Option<GatewayPaymentRow>,
    /// What it is for.
    pub parts: Vec<PaymentPartRow>,
    /// The planned payments that it took the place of.
    pub replaced: Vec<String>,
    /// Whether the same form had written it before.
    pub is_repeated: bool,
}

/// Everything that is made before the transaction, which may run again.
struct Desk {
    payer: Payer,
    ask: StartPayment,
    by: Actor,
    gateway: GatewayName,
    live: bool,
    allows_parts: bool,
    payment_id: PaymentId,
    credit_ids: Vec<(i64, i64)>,
    today: Date,
    now: Timestamp,
    next_at: Timestamp,
}

/// Writes the payment down, once. Whoever asks the processor comes after: see `ask_processor`.
///
/// # Errors
/// `Refused` with the sentence that says what can't be paid and why; `NotFound` for a document that the payer may not pay.
pub async fn start_payment(app: &App, payer: Payer, ask: StartPayment, by: &Actor) -> Result<Started> {
    app.may_act().await?;
    let gateway = app
        .gateway
        .as_ref()
        .ok_or_else(|| Error::refused("nothing can be paid here online; the invoice says how to pay"))?;
    let desk = Desk {
        credit_ids: ask.parts.iter().map(|_| (app.ids.mint(), app.ids.mint())).collect(),
        gateway: name_of(gateway),
        live: gateway.is_live(),
        allows_parts: app.config.payments.parts,
        payment_id: app.ids.mint(),
        today: app.today(),
        now: app.clock.now(),
        next_at: app.clock.real() + FIRST_LOOK,
        by: by.clone(),
        payer,
        ask,
    };
    let written = app.store.write(move |tx| desk.write(tx)).await;
    written.map_err(|error| match error {
        Busy::Held => Error::refused("a payment of one of these invoices is under way; please don't pay it again"),
        Busy::Other(error) => error,
    })
}

/// Why nothing was written.
enum Busy {
    Held,
    Other(Error),
}

impl From<Error> for Busy {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<store::Error> for Busy {
    fn from(error: store::Error) -> Self {
        if error.is_conflict("payment_part(account_id, document_id)") { Self::Held } else { Self::Other(error.into()) }
    }
}

/// A document that is to be paid, as it stands.
struct Wanted {
    account: AccountId,
    document: InvoiceId,
    number: String,
    balance: i64,
    /// What is in dispute of it: the rest may be paid without it.
    held: i64,
    /// What the account has in credit.
    credit: i64,
    amount: i64,
    currency: billing::Currency,
}

impl Desk {
    fn write(&self, tx: &mut Tx) -> Result<Started, Busy> {
        if let Some(payment) = tx.gateway_payment_by_key(&self.ask.key)? {
            return self.repeated(tx, payment);
        }
        let wanted = self.wanted(tx)?;
        let holders = self.holders(tx, &wanted)?;
        self.use_credit(tx, &wanted)?;
        let replaced = self.cancel_planned(tx, &holders)?;
        if self.ask.ahead.is_none() && !wanted.is_empty() && wanted.iter().all(|one| one.amount == 0) {
            tx.append_audit(&wanted.iter().map(|one| self.by_credit(one)).collect::<Vec<_>>())?;
            return Ok(Started { payment: None, parts: Vec::new(), replaced, is_repeated: false });
        }
        let (number, _) = take_number(tx, PAYMENTS, NUMBERS)?;
        let payment = self.payment(tx, number, &wanted)?;
        let parts = self.parts(&payment, &wanted);
        tx.insert(std::slice::from_ref(&payment))?;
        tx.insert(&parts)?;
        let after = json!({
            "amount_minor": payment.amount_minor,
            "documents": wanted.iter().map(|one| (one.number.as_str(), one.amount)).collect::<Vec<_>>(),
            "method": payment.method_words,
            "on": payment.charge_on.map(|on| on.to_string()),
        });
        let deed = self.by.did(AuditKind::PaymentStarted, payment.number.clone()).of(payment.account_id);
        tx.append_audit(&[deed.after(after)])?;
        Ok(Started { payment: Some(payment), parts, replaced, is_repeated: false })
    }

    /// The same form once more is the same payment; a different one under its key is none.
    fn repeated(&self, tx: &mut Tx, payment: GatewayPaymentRow) -> Result<Started, Busy> {
        let parts = tx.payment_parts(payment.payment_id)?;
        let total: i64 =
            self.ask.parts.iter().map(|(_, amount)| *amount).chain(self.ask.ahead.map(|(_, amount)| amount)).sum();
        let is_own = parts.iter().all(|part| self.payer.may_pay(part.account_id, part.document_id));
        if !is_own || total != payment.amount_minor {
            return Err(
                Error::refused("this form was sent before with something else in it; open the page again").into()
            );
        }
        Ok(Started { payment: Some(payment), parts, replaced: Vec::new(), is_repeated: true })
    }

    fn wanted(&self, tx: &mut Tx) -> Result<Vec<Wanted>, Busy> {
        let mut wanted: Vec<Wanted> = Vec::new();
        for (number, amount) in &self.ask.parts {
            let row = tx.number(number)?.filter(|row| self.payer.may_pay(row.account_id, Some(row.document_id)));
            let row = row.ok_or(Error::NotFound)?;
            if wanted.iter().any(|one| one.document == row.document_id) {
                return Err(Error::Refused(format!("{number} stands in this payment twice")).into());
            }
            let (account, document) = (row.account_id, row.document_id);
            let state = tx.invoice_state(account, document)?.ok_or(Error::NotFound)?;
            let currency = tx.currency_of(account)?.ok_or(Error::NotFound)?;
            let held = tx.held_by_dispute(account, document)?;
            let credit = tx.account_states(&[account])?.first().map_or(0, |state| state.credit_minor);
            let (number, balance) = (number.clone(), state.balance_minor);
            let one = Wanted { account, document, number, balance, held, credit, amount: *amount, currency };
            self.check(&one)?;
            wanted.push(one);
        }
        let first = wanted.first().map(|one| one.currency);
        if wanted.iter().any(|one| Some(one.currency) != first) {
            return Err(Error::refused(
                "these invoices are in different currencies; pay those of one currency together",
            )
            .into());
        }
        Ok(wanted)
    }

    fn check(&self, one: &Wanted) -> Result<()> {
        let shown = |minor: i64| Money::new(minor, one.currency).with_currency();
        let Wanted { number, balance, held, amount, credit, .. } = one;
        // What is in dispute stays, and the account's credit pays its part: the rest is the whole.
        let is_rest = *amount >= balance.saturating_sub(*held).saturating_sub(*credit);
        if *balance == 0 {
            return Err(Error::Refused(format!("nothing is left to pay of {number}")));
        }
        // What credit pays as a whole needs no money.
        if *amount == 0 && !self.is_later() && *credit >= *balance {
            return Ok(());
        }
        if *amount <= 0 || amount > balance {
            return Err(Error::Refused(format!(
                "{} is open of {number}; pay that or less, more than nothing",
                shown(*balance)
            )));
        }
        if amount < balance && !is_rest && !self.allows_parts && !matches!(self.payer, Payer::AutoPay { .. }) {
            let rest = match *held {
                0 => String::new(),
                held => format!(", or what isn't in dispute: {}", shown(balance.saturating_sub(held))),
            };
            return Err(Error::Refused(format!("{number} can only be paid as a whole: {}{rest}", shown(*balance))));
        }
        Ok(())
    }

    /// What holds the documents: nothing may be under way; what is planned gives way.
    fn holders(&self, tx: &mut Tx, wanted: &[Wanted]) -> Result<Vec<HolderRow>, Busy> {
        let mut accounts: Vec<AccountId> = wanted.iter().map(|one| one.account).collect();
        accounts.dedup();
        let mut held = Vec::new();
        for account in accounts {
            let holders = tx.holders(account)?.into_iter();
            held.extend(holders.filter(|row| {
                wanted.iter().any(|one| (one.account, one.document) == (row.account_id, row.document_id))
            }));
        }
        if let Some(row) = held.iter().find(|row| row.state.is_under_way()) {
            let number =
                wanted.iter().find(|one| one.document == row.document_id).map_or("", |one| one.number.as_str());
            return Err(Error::Refused(format!(
                "a payment of {number} is under way, {}; please don't pay it again",
                row.number
            ))
            .into());
        }
        Ok(held)
    }

    fn is_later(&self) -> bool {
        self.ask.on.is_some_and(|on| on > self.today)
    }

    /// The kept method, where it is one that may be used for this.
    fn kept(&self, tx: &mut Tx) -> Result<Option<MethodRow>, Busy> {
        let With::Kept(account, id) = &self.ask.with else { return Ok(None) };
        let is_own = !matches!(self.payer, Payer::Link { .. }) && self.payer.may_pay(*account, None);
        let method = if is_own { tx.method(*account, *id)? } else { None };
        let method = method.filter(|method| method.gateway == self.gateway && method.live == self.live);
        let method = method.ok_or(Error::NotFound)?;
        let on = self.ask.on.unwrap_or(self.today);
        if !method.is_usable(on) {
            return Err(
                Error::Refused(format!("{} can't be charged on {on}; choose another method", method.words())).into()
            );
        }
        Ok(Some(method))
    }

    fn payment(&self, tx: &mut Tx, number: String, wanted: &[Wanted]) -> Result<GatewayPaymentRow, Busy> {
        let method = self.kept(tx)?;
        let ahead = self.ahead(tx, wanted)?;
        let first = wanted.first().map(|one| one.account).or(ahead.map(|(account, _)| account));
        let first = first.ok_or_else(|| Error::refused("choose at least one invoice to pay"))?;
        let currency = tx.currency_of(first)?.ok_or(Error::NotFound)?;
        let mut amounts = wanted.iter().map(|one| one.amount).chain(ahead.map(|(_, amount)| amount));
        let amount_minor = amounts.try_fold(0_i64, i64::checked_add).ok_or(billing::Overflow).map_err(Error::from)?;
        let is_later = self.is_later();
        if is_later && method.is_none() {
            return Err(Error::refused("a later day needs a kept method: add one first, or pay now").into());
        }
        let (email, payer_name) = self.receipt(tx, first)?;
        let (kind, keep) = match &self.ask.with {
            With::Kept(..) => (method.as_ref().map_or(MethodKind::Card, |method| method.kind), false),
            With::New(kind, keeping) => (*kind, *keeping == Keeping::Kept),
        };
        let Known { money, returned, objection, refunded } = Known::NOTHING;
        Ok(GatewayPaymentRow {
            payment_id: self.payment_id,
            number,
            key: self.ask.key.clone(),
            origin: self.payer.origin(),
            person_id: self.payer.person(),
            email,
            payer_name,
            account_id: method.as_ref().map_or(first, |method| method.account_id),
            method_words: method.as_ref().map(MethodRow::words).unwrap_or_default(),
            method_id: method.map(|method| method.method_id),
            kind,
            keep,
            gateway: self.gateway,
            live: self.live,
            currency,
            amount_minor,
            state: if is_later { PaymentState::Planned } else { PaymentState::Asked },
            charge_on: self.ask.on.filter(|_| is_later),
            attempt: 1,
            page: None,
            page_url: None,
            charge: None,
            money,
            is_returned: returned,
            objection,
            refunded_minor: refunded,
            decline: None,
            decline_class: None,
            made_at: self.now,
            asked_at: (!is_later).then_some(self.now),
            settled_at: None,
            ended_at: None,
            next_at: self.next_at,
            looks: 0,
            lease_until: Timestamp::UNIX_EPOCH,
        })
    }

    /// What is paid ahead, where that may be.
    fn ahead(&self, tx: &mut Tx, wanted: &[Wanted]) -> Result<Option<(AccountId, i64)>, Busy> {
        let Some((account, amount)) = self.ask.ahead else { return Ok(None) };
        if !self.payer.may_pay(account, None) {
            return Err(Error::NotFound.into());
        }
        if amount <= 0 {
            return Err(Error::refused("pay ahead more than nothing").into());
        }
        let currency = tx.currency_of(account)?.ok_or(Error::NotFound)?;
        if wanted.iter().any(|one| one.currency != currency) {
            return Err(Error::refused("what is paid ahead is in another currency; pay it on its own").into());
        }
        Ok(Some((account, amount)))
    }

    /// Who gets the receipt: whoever pays; else the first admin of the account.
    fn receipt(&self, tx: &mut Tx, account: AccountId) -> Result<(String, String), Busy> {
        if let Payer::Signed { email, name, .. } = &self.payer {
            return Ok((email.clone(), name.clone()));
        }
        let mut contacts = tx.contacts_of(account)?;
        contacts.sort_by_key(|contact| (contact.role, contact.email.clone()));
        Ok(contacts.into_iter().next().map(|contact| (contact.email, contact.name)).unwrap_or_default())
    }

    fn parts(&self, payment: &GatewayPaymentRow, wanted: &[Wanted]) -> Vec<PaymentPartRow> {
        let hold = if payment.state == PaymentState::Planned { Hold::Planned } else { Hold::UnderWay };
        let charged = wanted.iter().filter(|one| one.amount > 0);
        let documents = charged.map(|one| (one.account, Some(one.document), one.amount));
        let ahead = self.ask.ahead.map(|(account, amount)| (account, None, amount));
        let part = |((account_id, document_id, amount_minor), part_no)| PaymentPartRow {
            account_id,
            payment_id: payment.payment_id,
            part_no,
            document_id,
            amount_minor,
            hold,
        };
        documents.chain(ahead).zip(1..).map(part).collect()
    }

    /// Planned payments of the same documents give way as a whole: nothing is charged twice.
    fn cancel_planned(&self, tx: &mut Tx, holders: &[HolderRow]) -> Result<Vec<String>, Busy> {
        let mut replaced = Vec::new();
        for holder in holders {
            let Some(planned) = tx.gateway_payment(holder.payment_id)? else { continue };
            if planned.state == PaymentState::Planned {
                replaced.push(planned.number.clone());
                cancel(tx, planned, self.now)?;
            }
        }
        Ok(replaced)
    }
}

/// A payment that no processor has heard of, or none will carry out, is over.
///
/// # Errors
/// Those of the database.
pub fn cancel(tx: &mut Tx, payment: GatewayPaymentRow, now: Timestamp) -> Result<(), store::Error> {
    tx.let_go(payment.payment_id)?;
    tx.replace(&[GatewayPaymentRow { state: PaymentState::Canceled, ended_at: Some(now), ..payment }])
}
