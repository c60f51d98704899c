//! `/payments`: what was paid here, and how each payment stands. `POST /payments/{number}/cancel` calls one off.

use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use billing::payment::PaymentState;
use jiff::tz::TimeZone;
use store::payment::{GatewayPaymentRow, PaymentPartRow};
use store::scope::{AccountScope, ScopedAccount};
use store::{PaymentId, Tx};

use super::query::Asked;
use super::shown::payment::{self, Shown};
use crate::actions::cancel_payment::cancel_payment;
use crate::actions::look_up_payments::look_up_payment;
use crate::app::App;
use crate::receipt::{Receipt, Since, asked_lines, paid_lines};
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::{Form, Nothing};
use crate::web::pages::{ErrorKind, Link, PaymentLine, PaymentsPage};
use crate::web::session::SignedIn;

/// How many stand on a page of the list.
const PAGE: usize = 50;

/// A payment with the numbers of what it is asked for.
pub fn shown(tx: &mut Tx, payment: GatewayPaymentRow, parts: &[PaymentPartRow]) -> Result<Shown, store::Error> {
    let lines = asked_lines(tx, parts)?;
    Ok(Shown { payment, lines })
}

/// A payment with what it paid; before it did, with what it is asked for.
pub fn shown_whole(tx: &mut Tx, payment: GatewayPaymentRow, parts: &[PaymentPartRow]) -> Result<Shown, store::Error> {
    let lines = paid_lines(tx, &payment, parts)?;
    Ok(Shown { payment, lines })
}

/// `GET /payments`
pub async fn payments(State(app): State<App>, me: SignedIn, RawQuery(query): RawQuery) -> Answer {
    let before = Asked::new(query.as_deref()).value("before", |text| text.parse::<i64>().ok()).unwrap_or(i64::MAX);
    let scope = me.scope.clone();
    let read = app.store.read(move |tx| list(tx, &scope, PaymentId::from(before)));
    let mut rows = read.await?;
    let today = me.today(&app);
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let last = rows.last().filter(|_| more).map(|shown| i64::from(shown.payment.payment_id));
    let page = PaymentsPage {
        frame: me.frame(&app),
        rows: rows.iter().map(|shown| payment::line(shown, &today)).collect::<Vec<PaymentLine>>(),
        more: last.map(|id| format!("/payments?before={id}")).unwrap_or_default(),
        may_pay: app.gateway.is_some(),
        ahead: if app.gateway.is_some() { ahead(&me.scope) } else { Vec::new() },
    };
    Ok(Page(page).into_response())
}

/// Who may pay ahead; named where there are several.
fn ahead(scope: &AccountScope) -> Vec<Link> {
    let accounts = scope.narrowed(|account| account.role.may_pay());
    let is_one = accounts.accounts().len() == 1;
    let link = |account: &ScopedAccount| {
        let text = if is_one { "Pay ahead".to_owned() } else { format!("Pay ahead for {}", account.name) };
        Link::new(format!("/pay?ahead={}", account.code), text)
    };
    accounts.accounts().iter().map(link).collect()
}

fn list(tx: &mut Tx, scope: &AccountScope, before: PaymentId) -> Result<Vec<Shown>, store::Error> {
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let mut rows = Vec::new();
    for payment in tx.payments_of(scope, before, limit)? {
        let mut parts = tx.payment_parts(payment.payment_id)?;
        // Of somebody else's payment for several accounts only the own part is seen.
        parts.retain(|part| scope.account(part.account_id).is_some());
        rows.push(shown(tx, payment, &parts)?);
    }
    Ok(rows)
}

/// `GET /payments/{number}`
pub async fn payment(State(app): State<App>, me: SignedIn, Path(number): Path<String>) -> Answer {
    let (scope, asked, zone) = (me.scope.clone(), number.clone(), app.zone());
    let found = app.store.read(move |tx| {
        let Some((payment, parts)) = tx.scoped_payment_part(&scope, &asked)? else { return Ok(None) };
        let whole = payment.amount_minor;
        let payment = own_part(tx, payment, &parts, &zone)?;
        let is_whole = payment.amount_minor == whole;
        let states = tx.account_states(&scope.accounts().iter().map(|one| one.account_id).collect::<Vec<_>>())?;
        let owed: i64 = states.iter().map(|state| state.balance_minor).sum();
        Ok::<_, store::Error>(Some((shown_whole(tx, payment, &parts)?, owed, is_whole)))
    });
    let (shown, owed, is_whole) = found.await?.ok_or_else(Problem::not_found)?;
    ask_soon(&app, &shown.payment);
    let today = me.today(&app);
    let may_act = is_whole && may_pay(&me.scope, &shown);
    Ok(Page(payment::page(&shown, owed, &today, (me.frame(&app), may_act))).into_response())
}

/// Of somebody else's payment for several accounts the own part, as if it were all.
fn own_part(
    tx: &mut Tx,
    payment: GatewayPaymentRow,
    parts: &[PaymentPartRow],
    zone: &TimeZone,
) -> Result<GatewayPaymentRow, store::Error> {
    let amount_minor = parts.iter().map(|part| part.amount_minor).sum();
    if amount_minor == payment.amount_minor {
        return Ok(payment);
    }
    let receipt = Receipt::read(tx, (payment.clone(), parts), Since::Told, zone)?;
    let refunded_minor = receipt.map_or(0, |receipt| receipt.refunded());
    Ok(GatewayPaymentRow { amount_minor, refunded_minor, ..payment })
}

fn may_pay(scope: &AccountScope, shown: &Shown) -> bool {
    scope.account(shown.payment.account_id).is_some_and(|account| account.role.may_pay())
}

/// Whoever looks at a payment under way needn't wait for the worker's turn. It learns nothing that the worker wouldn't.
pub fn ask_soon(app: &App, payment: &GatewayPaymentRow) {
    if !matches!(payment.state, PaymentState::Asked | PaymentState::Unknown) {
        return;
    }
    let (app, id) = (app.clone(), payment.payment_id);
    tokio::spawn(async move {
        if let Err(error) = look_up_payment(&app, id).await {
            tracing::warn!(%error, "a payment could not be asked for");
        }
    });
}

/// `POST /payments/{number}/cancel`
pub async fn cancel(
    State(app): State<App>,
    me: SignedIn,
    Path(number): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Answer {
    let (scope, asked) = (me.scope.clone(), number.clone());
    let found = app.store.read(move |tx| tx.scoped_payment(&scope, &asked)).await?;
    let (payment, _) = found.ok_or_else(Problem::not_found)?;
    if me.scope.account(payment.account_id).is_none_or(|account| !account.role.may_pay()) {
        return Err(ErrorKind::NotAllowed.into());
    }
    cancel_payment(&app, payment.payment_id, &me.actor(&app)).await?;
    // It says how it stands now, called off or not.
    Ok(see_other(&format!("/payments/{number}")))
}
