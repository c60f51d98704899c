//! What becomes of invoices and payments.

use billing::lifecycle::{Account, Event, Impossible};
use serde_json::{Map, Value, json};

use super::{Asked, refusal};
use crate::given::{Given, Read, Unsupported, unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    (asked.op == "ledger").then(|| ledger(asked))
}

fn ledger(asked: Asked<'_>) -> Read<Value> {
    let mut account = Account::new();
    if let Some(amount) = asked.given.maybe("account_credit_minor")?.filter(|amount| *amount != 0)
        && let Err(reason) = account.happened(&Event::AccountCredited { amount })
    {
        return Ok(refusal(&reason));
    }
    let mut after = Vec::new();
    for (number, event) in asked.events().enumerate() {
        if let Some(event) = event_of(asked.given, event, number)?
            && let Err(reason) = account.happened(&event)
        {
            return Ok(refusal(&reason));
        }
        match state(&account) {
            Ok(state) => after.push(state),
            Err(reason) => return Ok(refusal(&reason)),
        }
    }
    Ok(json!({ "final": after.last().cloned().unwrap_or_default(), "after": after }))
}

fn state(account: &Account) -> Result<Value, Impossible> {
    let balances: Map<String, Value> =
        account.balances().map(|(invoice, balance)| (invoice.to_owned(), balance.into())).collect();
    Ok(json!({
        "invoice_balances": balances,
        "account_credit_minor": account.credit(),
        "account_balance_minor": account.balance()?,
    }))
}

/// An event in the words of `billing`; none where nothing comes of it: a payment that failed at once.
pub fn event_of(given: Given<'_>, event: Given<'_>, number: usize) -> Read<Option<Event>> {
    let payment = || event.text("payment").or_else(|_| event.text("id"));
    let invoice = || event.text("invoice");
    let amount = || event.int("amount_minor");
    Ok(Some(match event.text("type")?.as_str() {
        "issue" | "issued" | "commit" => issued(given, event)?,
        "payment" | "paid" | "manual_payment" => {
            let payment = event.maybe("id")?.unwrap_or_else(|| format!("payment {number}"));
            Event::Paid { payment, invoice: event.maybe("invoice")?, amount: amount()? }
        }
        "payment_pending" | "pending_payment" => {
            let payment = event.maybe("id")?.unwrap_or_else(|| format!("payment {number}"));
            Event::Pending { payment, invoice: event.maybe("invoice")?, amount: amount()? }
        }
        "payment_settled" | "payment_succeeded" | "payment_completed" | "payment_confirmed" | "payment_success" => {
            Event::Settled { payment: payment()?, arrived: true }
        }
        "payment_failed" | "payment_failure" if event.get("payment").is_none() => return Ok(None),
        "payment_failed" | "payment_failure" => Event::Settled { payment: payment()?, arrived: false },
        "refund" => Event::Refunded { payment: payment()?, amount: event.maybe("amount_minor")? },
        "refund_with_item_adjustment" | "refund_with_credit" => {
            Event::RefundedWithCredit { payment: payment()?, amount: event.maybe("amount_minor")? }
        }
        "chargeback" | "payment_reversed_by_processor" | "bank_return" => Event::ChargedBack { payment: payment()? },
        "chargeback_reversal" | "chargeback_reversed" => Event::ChargebackReversed { payment: payment()? },
        "item_adjustment" | "credit_on_invoice" | "credit_note" => {
            Event::Credited { invoice: invoice()?, amount: amount()? }
        }
        "credit" | "account_credit" => Event::AccountCredited { amount: amount()? },
        "void" | "voided" | "void_invoice" => Event::Voided { invoice: invoice()? },
        "write_off" | "written_off" | "write_off_invoice" => Event::WrittenOff { invoice: invoice()? },
        other => return unsupported(format!("the event {other} is unknown")),
    }))
}

/// An invoice is listed in the input with its amount, or says it itself.
fn issued(given: Given<'_>, event: Given<'_>) -> Read<Event> {
    let invoice = event.text("invoice")?;
    let listed = given.list("invoices")?.into_iter().find(|known| known.text("id").is_ok_and(|id| id == invoice));
    let amount = match (event.maybe("amount_minor")?, listed) {
        (Some(amount), _) => amount,
        (None, Some(listed)) => listed.int("amount_minor")?,
        (None, None) => return Err(Unsupported(format!("the invoice {invoice} has no amount"))),
    };
    let due = event.any(&["due_date", "due"]).or_else(|| listed.and_then(|listed| listed.any(&["due_date", "due"])));
    Ok(Event::Issued { invoice, due_on: due.map(crate::given::parse).transpose()?, amount })
}
