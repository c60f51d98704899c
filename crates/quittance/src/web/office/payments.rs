//! `/office/payments`: what customers paid by the processor, what doesn't fit, money back, and checks that came.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use billing::Money;
use billing::payment::PaymentState;
use billing::staff::Rights;
use jiff::civil::Date;
use serde::Deserialize;
use store::payment::{GatewayPaymentRow, PaymentExceptionRow};
use store::refund::{RefundRow, RefundState};
use store::{AccountId, ExceptionId, InvoiceId, PaymentId, RefundId, Tx};

use super::{Office, by_hand};
use crate::actions::book_deed::{BookDeed, Deed, book_deed};
use crate::actions::decide_request::Verdict;
use crate::actions::refund_payment::{RefundPayment, decide_refund, refund_payment};
use crate::actions::resolve_exception::resolve_exception;
use crate::app::App;
use crate::error::Error;
use crate::random::Token;
use crate::receipt::{Receipt, Since};
use crate::web::answer::{Answer, Page, Problem, see_other, sentence};
use crate::web::form::Form;
use crate::web::pages::{
    CheckForm, ExceptionLine, OfficePaymentLine, OfficePaymentPage, OfficePaymentsPage, PaymentLine, RefundLine,
};
use crate::web::portal::pay::{amount_of, no_amount};
use crate::web::portal::payments::{shown, shown_whole};
use crate::web::portal::query::Asked;
use crate::web::portal::receipts;
use crate::web::portal::shown::{Today, payment};

/// How many are listed.
const MOST: i64 = 100;

/// `GET /office/payments`
pub async fn list(State(app): State<App>, office: Office, RawQuery(asked): RawQuery) -> Answer {
    let mut asked = Asked::new(asked.as_deref());
    let account = asked.value("account", |text| Some(text.to_owned())).unwrap_or_default();
    let mut page = page(&app, &office, CheckForm { account, ..CheckForm::default() }).await?;
    let recorded = asked.value("recorded", |text| text.parse::<i64>().ok()).map(InvoiceId::from);
    if let Some(booking) = recorded {
        page.frame.notices.extend(app.store.read(move |tx| by_hand::recorded(tx, booking)).await?);
    }
    Ok(Page(page).into_response())
}

async fn page(app: &App, office: &Office, mut check: CheckForm) -> Result<OfficePaymentsPage, Problem> {
    let today = Today::new(app.today(), &app.provider());
    let days = today.clone();
    let read = app.store.read(move |tx| {
        let mut rows = by_hand::lines(tx, MOST, &days)?;
        rows.extend(online(tx, &days)?);
        Ok::<_, store::Error>((rows, tx.open_exceptions(MOST)?))
    });
    let (mut rows, exceptions) = read.await?;
    rows.sort_by(|(a, _), (b, _)| b.cmp(a));
    rows.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    if check.on.is_empty() {
        check.on = today.day.to_string();
    }
    if check.key.is_empty() {
        check.key = Token::new().reveal();
    }
    let exception = |row: &PaymentExceptionRow| ExceptionLine {
        action: format!("/office/payments/exceptions/{}", i64::from(row.exception_id)),
        day: today.day(row.made_at.to_zoned(today.zone.clone()).date()),
        words: sentence(&row.words),
    };
    Ok(OfficePaymentsPage {
        frame: office.frame(app),
        rows: rows.into_iter().map(|(_, line)| line).collect(),
        exceptions: exceptions.iter().map(exception).collect(),
        may_act: office.staff.rights.cover(Rights::Billing),
        check,
    })
}

/// The newest payments by the processor, each with its day.
fn online(tx: &mut Tx, today: &Today) -> Result<Vec<(Date, OfficePaymentLine)>, store::Error> {
    let mut rows = Vec::new();
    for payment in tx.newest_payments(PaymentId::from(i64::MAX), MOST)? {
        let parts = tx.payment_parts(payment.payment_id)?;
        let mut accounts: Vec<AccountId> = parts.iter().map(|part| part.account_id).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let codes: Vec<String> = tx.accounts_of(&accounts)?.into_iter().map(|account| account.code).collect();
        let made_at = payment.made_at.to_zoned(today.zone.clone()).date();
        let day = payment.charge_on.unwrap_or(made_at);
        let line = payment::line(&shown(tx, payment, &parts)?, today);
        let line = PaymentLine { href: format!("/office{}", line.href), ..line };
        rows.push((day, OfficePaymentLine { line, accounts: codes.join(", ") }));
    }
    Ok(rows)
}

/// `GET /office/payments/{number}`
pub async fn one(State(app): State<App>, office: Office, Path(number): Path<String>) -> Answer {
    Ok(Page(payment_page(&app, &office, &number, "").await?).into_response())
}

async fn payment_page(app: &App, office: &Office, number: &str, error: &str) -> Result<OfficePaymentPage, Problem> {
    let asked = number.to_owned();
    let found = app.store.read(move |tx| {
        let Some(payment) = tx.gateway_payment_by_number(&asked)? else { return Ok(None) };
        let parts = tx.payment_parts(payment.payment_id)?;
        let account = tx.accounts_of(&[payment.account_id])?.into_iter().next();
        let refunds = tx.refunds_of(payment.payment_id)?;
        Ok::<_, store::Error>(Some((shown_whole(tx, payment, &parts)?, account, refunds)))
    });
    let (shown, account, refunds) = found.await?.ok_or_else(Problem::not_found)?;
    let today = Today::new(app.today(), &app.provider());
    let row = &shown.payment;
    let left = row.amount_minor - row.refunded_minor;
    let is_free = refunds.iter().all(|row| matches!(row.state, RefundState::Sent | RefundState::Refused));
    let may_act = office.staff.rights.cover(Rights::Billing);
    let may_refund = row.state == PaymentState::Settled && left > 0 && is_free && may_act;
    let refund = |refund: &RefundRow| refund_line(refund, row, office, &today);
    let inner = payment::page(&shown, 0, &today, (office.frame(app), false));
    Ok(OfficePaymentPage {
        account: account.map(|account| format!("{} {}", account.code, account.name)).unwrap_or_default(),
        payer: format!("{} {}", row.payer_name, row.email).trim().to_owned(),
        charge: row.charge.clone().unwrap_or_default(),
        receipt: row.settled_at.map(|_| format!("/office/payments/{number}/receipt.pdf")).unwrap_or_default(),
        error: error.to_owned(),
        refund: if may_refund { format!("/office/payments/{number}/refunds") } else { String::new() },
        refunds: refunds.iter().map(refund).collect(),
        left: Money::new(left, row.currency).with_currency(),
        key: Token::new().reveal(),
        frame: inner.frame,
        number: inner.number,
        status: inner.status,
        sentence: inner.sentence,
        warning: inner.warning,
        rows: inner.rows,
        total: inner.total,
    })
}

fn refund_line(refund: &RefundRow, payment: &GatewayPaymentRow, office: &Office, today: &Today) -> RefundLine {
    let (waits, own) = (refund.state == RefundState::Waiting, refund.asked_by == Some(office.staff.person_id));
    let decided = refund.decided_name.as_deref().map(|name| format!(", decided by {name}")).unwrap_or_default();
    RefundLine {
        words: format!("{}: {}", Money::new(refund.amount_minor, payment.currency).with_currency(), refund.reason),
        hint: format!("Asked for by {}{decided}", refund.asked_name),
        day: today.day(refund.made_at.to_zoned(today.zone.clone()).date()),
        state: match refund.state {
            RefundState::Waiting if own => "Waits for somebody else of the staff".to_owned(),
            RefundState::Waiting => "Waits for a second person".to_owned(),
            RefundState::Asked => "The payment company has not answered yet; we ask again by ourselves".to_owned(),
            RefundState::Sent => "Sent".to_owned(),
            RefundState::Refused => format!("Not sent: {}", refund.why.as_deref().unwrap_or_default()),
        },
        action: if waits && office.staff.rights.cover(Rights::Billing) {
            format!("/office/payments/{}/refunds/{}", payment.number, i64::from(refund.refund_id))
        } else {
            String::new()
        },
        may_approve: waits && !own,
    }
}

/// `GET /office/payments/{number}/receipt.pdf`
pub async fn receipt(State(app): State<App>, _: Office, Path(number): Path<String>) -> Answer {
    let zone = app.zone();
    let read = app.store.read(move |tx| {
        let Some(payment) = tx.gateway_payment_by_number(&number)? else { return Ok(None) };
        let parts = tx.payment_parts(payment.payment_id)?;
        Receipt::read(tx, (payment, &parts), Since::Told, &zone)
    });
    receipts::document(&app, read.await?).await
}

/// What goes back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundForm {
    #[serde(default)]
    amount: String,
    reason: String,
    key: String,
}

/// `POST /office/payments/{number}/refunds`
pub async fn refund(
    State(app): State<App>,
    office: Office,
    Path(number): Path<String>,
    Form(form): Form<RefundForm>,
) -> Answer {
    office.needs(Rights::Billing)?;
    let asked = number.clone();
    let payment =
        app.store.read(move |tx| tx.gateway_payment_by_number(&asked)).await?.ok_or_else(Problem::not_found)?;
    let amount = match form.amount.trim() {
        "" => Ok(None),
        typed => amount_of(typed, payment.currency).map(Some).map_err(|why| no_amount(why, typed, payment.currency)),
    };
    let refused = match amount {
        Ok(amount) => {
            let ask = RefundPayment { number: number.clone(), amount, reason: form.reason, key: form.key };
            match refund_payment(&app, ask, &office.actor(&app)).await {
                Ok(_) => return Ok(see_other(&format!("/office/payments/{number}"))),
                Err(Error::Refused(why)) => sentence(&why),
                Err(other) => return Err(other.into()),
            }
        }
        Err(why) => sentence(&why),
    };
    let page = payment_page(&app, &office, &number, &refused).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// What a second person decides about a refund.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundDecisionForm {
    verdict: String,
    #[serde(default)]
    why: String,
}

/// `POST /office/payments/{number}/refunds/{id}`
pub async fn decide(
    State(app): State<App>,
    office: Office,
    Path((number, id)): Path<(String, String)>,
    Form(form): Form<RefundDecisionForm>,
) -> Answer {
    office.needs(Rights::Billing)?;
    let verdict = match form.verdict.as_str() {
        "approve" => Verdict::Approve,
        "refuse" => Verdict::Refuse(form.why.trim().chars().take(300).collect()),
        _ => return Err(Problem::not_understood()),
    };
    let id = RefundId::from(id.parse::<i64>().map_err(|_| Problem::not_found())?);
    let named = number.clone();
    let read = app.store.read(move |tx| {
        let (refund, payment) = (tx.refund(id)?, tx.gateway_payment_by_number(&named)?);
        Ok::<_, store::Error>(
            refund.zip(payment).is_some_and(|(refund, payment)| refund.payment_id == payment.payment_id),
        )
    });
    if !read.await? {
        return Err(Problem::not_found());
    }
    match decide_refund(&app, id, verdict, &office.actor(&app)).await {
        Ok(_) => Ok(see_other(&format!("/office/payments/{number}"))),
        Err(Error::Refused(why)) => {
            let page = payment_page(&app, &office, &number, &sentence(&why)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// What was done about it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResolveForm {
    how: String,
}

/// `POST /office/payments/exceptions/{id}`
pub async fn resolve(
    State(app): State<App>,
    office: Office,
    Path(id): Path<String>,
    Form(form): Form<ResolveForm>,
) -> Answer {
    office.needs(Rights::Billing)?;
    let id: i64 = id.parse().map_err(|_| Problem::not_found())?;
    resolve_exception(&app, ExceptionId::from(id), &form.how, &office.actor(&app)).await?;
    Ok(see_other("/office/payments"))
}

/// `POST /office/payments`: a check or a transfer came.
pub async fn record(State(app): State<App>, office: Office, Form(form): Form<CheckForm>) -> Answer {
    office.needs(Rights::Billing)?;
    match record_check(&app, &office, &form).await {
        Ok(booking) => Ok(see_other(&format!("/office/payments?recorded={}", i64::from(booking)))),
        Err(Error::Refused(why)) => {
            let page = page(&app, &office, CheckForm { error: sentence(&why), ..form }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn record_check(app: &App, office: &Office, form: &CheckForm) -> Result<InvoiceId, Error> {
    let code = form.account.trim().to_owned();
    let asked = code.clone();
    let account = app.store.read(move |tx| tx.account_by_code(&asked)).await?;
    let account = account.ok_or_else(|| Error::no_account(&code))?;
    let wrong = |why| Error::Refused(no_amount(why, &form.amount, account.currency));
    let amount = amount_of(&form.amount, account.currency).map_err(wrong)?;
    let on = form.on.parse().map_err(|_| Error::refused("write the day like 2026-11-06"))?;
    let chosen = form.invoices.split([',', ' ']).filter(|number| !number.is_empty()).map(str::to_owned).collect();
    let (deed, reason, key) = (Deed::Payment { amount, chosen }, form.reference.clone(), form.key.clone());
    let ask = BookDeed { account: code, deed, reason, on, key: key.clone() };
    book_deed(app, ask, &office.actor(app)).await?;
    let booking = app.store.read(move |tx| tx.booking_by_key(account.account_id, &key)).await?;
    Ok(booking.ok_or(Error::NotFound)?.booking_id)
}
