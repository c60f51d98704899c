//! `GET /pay`: what is to be paid, with what and when, before anything happens. `POST /payments` and
//! `POST /invoices/{number}/payments`: pays it.

mod draft;
pub mod link;
mod page;
mod read;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use billing::account::Role;
use store::scope::AccountScope;

pub use self::draft::amount as amount_of;
use self::draft::{Draft, Fault};
use self::read::{Read, Whose};
use super::query::Asked;
use crate::actions::ask_processor::{Next, ask_processor};
use crate::actions::start_payment::{Payer, StartPayment, start_payment};
use crate::app::App;
use crate::audit::Actor;
use crate::error::Error;
use crate::random::Token;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::Form;
use crate::web::pages::{ElsewherePage, Frame};
use crate::web::session::SignedIn;

/// At most so many documents in one payment.
const MOST: usize = 200;

/// Who is paying, and the page they do it on.
struct Visitor {
    payer: Payer,
    whose: Whose,
    by: Actor,
    frame: Frame,
    /// Where the form goes.
    action: String,
}

impl Visitor {
    fn signed(app: &App, me: &SignedIn) -> Self {
        let scope = payable(&me.scope);
        Self {
            payer: Payer::Signed { scope: scope.clone(), email: me.email.clone(), name: me.name.clone() },
            whose: Whose::Scope(scope),
            by: me.actor(app),
            frame: me.frame(app),
            action: "/payments".to_owned(),
        }
    }
}

/// The accounts that the person may pay for.
fn payable(scope: &AccountScope) -> AccountScope {
    scope.narrowed(|account| account.role != Role::Viewer)
}

/// `GET /pay?number=…`; without numbers everything that is open.
pub async fn pay(State(app): State<App>, me: SignedIn, RawQuery(query): RawQuery) -> Answer {
    let asked = Asked::new(query.as_deref());
    let mut numbers = asked.all("number");
    numbers.truncate(MOST);
    let mut visitor = Visitor::signed(&app, &me);
    if let ([code], Whose::Scope(scope)) = (asked.all("account").as_slice(), &visitor.whose) {
        visitor.whose = Whose::Scope(scope.only(code).ok_or_else(Problem::not_found)?);
    }
    let draft = Draft::of_numbers(numbers, Token::new().reveal());
    show(&app, visitor, draft).await
}

/// The page, and what is wrong with what was typed.
async fn show(app: &App, visitor: Visitor, draft: Draft) -> Answer {
    let (whose, asked, today) = (visitor.whose.clone(), draft.clone(), app.today());
    let read = app.store.read(move |tx| read::read(tx, &whose, &asked, today)).await?;
    let draft = draft.filled(&read);
    let status = if draft.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = page::page(app, visitor.frame, &visitor.action, (&read, &draft));
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
    let (whose, asked, today) = (visitor.whose.clone(), draft.clone(), app.today());
    let read = app.store.read(move |tx| read::read(tx, &whose, &asked, today)).await?;
    if read.rows.is_empty() {
        return Err(Problem::not_found());
    }
    let ask = match draft.ask(&read, today) {
        Ok(ask) => ask,
        Err(fault) => return show(app, visitor, draft.with(fault)).await,
    };
    let is_link = matches!(visitor.payer, Payer::Link { .. });
    match pay_now(app, &visitor, ask).await {
        Ok((_, Next::Go(url))) => Ok(away(app, visitor.frame, url)),
        Ok((number, Next::Read)) if is_link => Ok(see_other(&format!("{}?paid={number}", visitor.action.trim_end_matches("/payments")))),
        Ok((number, Next::Read)) => Ok(see_other(&format!("/payments/{number}"))),
        Err(Error::Refused(why)) => show(app, visitor, draft.with(Fault::Whole(why))).await,
        Err(other) => Err(other.into()),
    }
}

async fn pay_now(app: &App, visitor: &Visitor, ask: StartPayment) -> Result<(String, Next), Error> {
    let started = start_payment(app, visitor.payer.clone(), ask, &visitor.by).await?;
    let number = started.payment.number.clone();
    let next = if started.payment.state.is_under_way() {
        ask_processor(app, started.payment.payment_id).await?
    } else {
        Next::Read
    };
    app.wake.payments.notify_waiters();
    Ok((number, next))
}

/// On to the processor's page: by a page that leads there by itself, where it is another site's.
pub fn away(app: &App, frame: Frame, url: String) -> Response {
    if url.starts_with(&format!("{}/", app.config.base_url)) {
        return see_other(&url);
    }
    Page(ElsewherePage::to_processor(frame, url)).into_response()
}
