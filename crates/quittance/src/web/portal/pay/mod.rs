//! `GET /pay`: what is to be paid, with what and when, before anything happens. `POST /payments` and
//! `POST /invoices/{number}/payments`: pays it.

mod draft;
pub mod link;
mod page;
mod read;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::autopay::Side;
use store::payment::GatewayPaymentRow;
use store::scope::AccountScope;

use self::draft::{Draft, Fault};
pub use self::draft::{amount as amount_of, no_amount, plain};
use self::read::Whose;
use super::query::Asked;
use crate::actions::ask_processor::{Next, ask_processor};
use crate::actions::propose_autopay::{ProposeAutoPay, propose_autopay};
use crate::actions::start_payment::{Payer, StartPayment, start_payment};
use crate::app::App;
use crate::audit::Actor;
use crate::config::SetBy;
use crate::error::Error;
use crate::random::Token;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::Form;
use crate::web::pages::{ElsewherePage, Frame};
use crate::web::portal::shown::Today;
use crate::web::proved::is_fresh;
use crate::web::session::SignedIn;

/// At most so many documents in one payment.
const MOST: usize = 200;

/// Who is paying, and the page they do it on.
struct Visitor {
    payer: Payer,
    whose: Whose,
    by: Actor,
    frame: Frame,
    /// As they have dates written.
    today: Today,
    /// Where the form goes.
    action: String,
    /// Whether they may agree to Auto Pay here: they proved a moment ago who they are, and it isn't staff who set it up.
    may_agree: bool,
}

impl Visitor {
    fn signed(app: &App, me: &SignedIn) -> Self {
        let scope = payable(&me.scope);
        Self {
            payer: Payer::Signed { scope: scope.clone(), email: me.email.clone(), name: me.name.clone() },
            whose: Whose::Scope(scope),
            by: me.actor(app),
            frame: me.frame(app),
            today: me.today(app),
            action: "/payments".to_owned(),
            may_agree: is_fresh(me.proved_at, app.clock.real()) && app.config.autopay.set_by != SetBy::Staff,
        }
    }
}

/// The accounts that the person may pay for.
fn payable(scope: &AccountScope) -> AccountScope {
    scope.narrowed(|account| account.role.may_pay())
}

/// `GET /pay?number=…`; without numbers everything that is open. `?ahead=CODE`: credit of an account, and nothing else. Whoever changes
/// a planned payment comes with what it says: `amount` with each number, `method`, `on`.
pub async fn pay(State(app): State<App>, me: SignedIn, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::new(query.as_deref());
    let (mut numbers, amounts) = (asked.all("number"), asked.all("amount"));
    numbers.truncate(MOST);
    let one = |name: &str| asked.all(name).pop().unwrap_or_default();
    let (ahead_for, method, on) = (one("ahead"), one("method"), one("on"));
    let mut visitor = Visitor::signed(&app, &me);
    if let ([code], Whose::Scope(scope)) = (asked.all("account").as_slice(), &visitor.whose) {
        visitor.whose = Whose::Scope(scope.only(code).ok_or_else(Problem::not_found)?);
    }
    let mut draft = Draft { ahead_for, method, on, ..Draft::of_numbers(numbers, Token::new().reveal()) };
    draft.items.iter_mut().zip(amounts).for_each(|((_, amount), asked)| *amount = asked);
    show(&app, visitor, draft).await
}

/// The page, and what is wrong with what was typed.
async fn show(app: &App, visitor: Visitor, draft: Draft) -> Answer {
    let (whose, asked, today, zone) = (visitor.whose.clone(), draft.clone(), app.today(), app.zone());
    let read = app.store.read(move |tx| read::read(tx, &whose, &asked, (today, &zone))).await?;
    let draft = draft.filled(&read);
    let status = if draft.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = page::page(app, visitor, (&read, &draft));
    Ok((status, Page(page)).into_response())
}

/// `POST /payments`: several documents.
pub async fn start(State(app): State<App>, me: SignedIn, Form(fields): Form<Vec<(String, String)>>) -> Answer {
    begin(&app, Visitor::signed(&app, &me), Draft::read(fields)?).await
}

/// `POST /invoices/{number}/payments`: one.
pub async fn start_one(
    State(app): State<App>,
    me: SignedIn,
    Path(number): Path<String>,
    Form(mut fields): Form<Vec<(String, String)>>,
) -> Answer {
    fields.push(("number".to_owned(), number));
    begin(&app, Visitor::signed(&app, &me), Draft::read(fields)?).await
}

/// Writes the payment down, asks the processor, and leads on: to its page, or to how the payment stands.
async fn begin(app: &App, visitor: Visitor, draft: Draft) -> Answer {
    if let Some((payment, is_same)) = sent_before(app, &visitor, &draft).await? {
        if !is_same {
            let why = "This form was sent before with something else in it. Look at it again.".to_owned();
            let draft = Draft { key: Token::new().reveal(), ..draft.with(Fault::Whole(why)) };
            return show(app, visitor, draft).await;
        }
        let next = payment.page_url.filter(|_| payment.state.is_under_way()).map_or(Next::Read, Next::Go);
        return Ok(onward(app, visitor, &payment.number, next));
    }
    let (whose, asked, today, zone) = (visitor.whose.clone(), draft.clone(), app.today(), app.zone());
    let read = app.store.read(move |tx| read::read(tx, &whose, &asked, (today, &zone))).await?;
    if read.rows.is_empty() && read.held.is_empty() && !(draft.is_ahead() && read.ahead.is_some()) {
        return Err(Problem::not_found());
    }
    let ask = match draft.ask(&read, today) {
        Ok(ask) => ask,
        Err(fault) => return show(app, visitor, draft.with(fault)).await,
    };
    match pay_now(app, &visitor, ask).await {
        Ok(Some((number, next))) => match leave_the_rest(app, &visitor, (&read, &draft)).await? {
            Some(elsewhere) if next == Next::Read => Ok(see_other(&elsewhere)),
            _ => Ok(onward(app, visitor, &number, next)),
        },
        // Credit has paid all of it: there is no payment to look at, but its invoices.
        Ok(None) => Ok(see_other(&paid_by_credit(&visitor, &read))),
        Err(Error::Refused(why)) => show(app, visitor, draft.with(Fault::Whole(why))).await,
        Err(other) => Err(other.into()),
    }
}

/// To the processor's page, or to how the payment stands.
fn onward(app: &App, visitor: Visitor, number: &str, next: Next) -> Response {
    match next {
        Next::Go(url) => away(app, visitor.frame, url),
        Next::Read => see_other(&read_at(&visitor, number)),
    }
}

/// Where the visitor reads how a payment stands: whoever only has a link, at that.
fn read_at(visitor: &Visitor, number: &str) -> String {
    match visitor.payer {
        Payer::Link { .. } => format!("{}?paid={number}", visitor.action.trim_end_matches("/payments")),
        _ => format!("/payments/{number}"),
    }
}

/// Where the visitor sees that what they had open is paid.
fn paid_by_credit(visitor: &Visitor, read: &read::Read) -> String {
    match (&visitor.payer, read.rows.as_slice()) {
        (Payer::Link { .. }, _) => visitor.action.trim_end_matches("/payments").to_owned(),
        (_, [one]) => super::shown::listing::href(&one.listed),
        _ => "/invoices".to_owned(),
    }
}

/// The payment that this form began before, and whether it was for the same documents. Another's form isn't known.
async fn sent_before(
    app: &App,
    visitor: &Visitor,
    draft: &Draft,
) -> Result<Option<(GatewayPaymentRow, bool)>, Problem> {
    let (payer, draft) = (visitor.payer.clone(), draft.clone());
    let read = app.store.read(move |tx| {
        let Some(payment) = tx.gateway_payment_by_key(&draft.key)? else { return Ok(None) };
        let (mut numbers, mut is_ahead) = (Vec::new(), false);
        for part in tx.payment_parts(payment.payment_id)? {
            if !payer.may_pay(part.account_id, part.document_id) {
                return Ok(None);
            }
            match part.document_id {
                Some(document) => numbers.extend(tx.number_of(part.account_id, document)?.map(|row| row.number)),
                None => is_ahead = true,
            }
        }
        // What credit has paid is no part of it.
        let is_same = is_ahead == draft.is_ahead()
            && numbers.iter().all(|number| draft.items.iter().any(|(known, _)| known == number))
            && draft.items.iter().all(|(number, amount)| numbers.contains(number) || is_nothing(amount));
        Ok::<_, store::Error>(Some((payment, is_same)))
    });
    Ok(read.await?)
}

/// Proposes that Auto Pay takes the account's later invoices, where that was ticked. What keeps it from being proposed is said on the
/// page of Auto Pay, whose place this gives.
async fn leave_the_rest(
    app: &App,
    visitor: &Visitor,
    (read, draft): (&read::Read, &Draft),
) -> Result<Option<String>, Problem> {
    let (Some(offer), Some(ahead), true) = (&read.offer, &read.ahead, draft.leaves) else { return Ok(None) };
    let elsewhere = Some(format!("/autopay?account={}", ahead.code));
    if !visitor.may_agree {
        return Ok(elsewhere);
    }
    let (rule, agreed) = (offer.rule.clone(), Some(draft.permission.clone()));
    let ask = ProposeAutoPay { rule, replaces: None, from: Side::Customer, agreed };
    match propose_autopay(app, offer.account, ask, &visitor.by).await {
        Ok(_) => Ok(None),
        Err(Error::Refused(why)) => {
            tracing::info!(why, "Auto Pay was not proposed with a payment");
            Ok(elsewhere)
        }
        Err(other) => Err(other.into()),
    }
}

/// `0.00`, as it stands in the field of what credit pays.
fn is_nothing(amount: &str) -> bool {
    !amount.is_empty() && amount.chars().all(|c| matches!(c, '0' | '.'))
}

/// The payment's number and what the payer does next; nothing where credit has paid all of it.
async fn pay_now(app: &App, visitor: &Visitor, ask: StartPayment) -> Result<Option<(String, Next)>, Error> {
    let started = start_payment(app, visitor.payer.clone(), ask, &visitor.by).await?;
    let Some(payment) = started.payment else { return Ok(None) };
    let number = payment.number.clone();
    let next = if payment.state.is_under_way() {
        ask_processor(app, payment.payment_id, &read_at(visitor, &number)).await?
    } else {
        Next::Read
    };
    app.wake.payments.notify_waiters();
    Ok(Some((number, next)))
}

/// On to the processor's page: by a page that leads there by itself, where it is another site's.
pub fn away(app: &App, frame: Frame, url: String) -> Response {
    if url.starts_with(&format!("{}/", app.config.base_url)) {
        return see_other(&url);
    }
    Page(ElsewherePage::to_processor(frame, url)).into_response()
}
