//! `/pay/{token}`: a mailed document, seen and paid by whoever has its link, without signing in: this one, nothing else, and never
//! with a kept method.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use billing::invoice::InvoiceStatus;
use serde::Deserialize;
use store::payment::PayLinkRow;

use super::draft::Draft;
use super::read::Whose;
use super::{Visitor, begin, show};
use crate::actions::start_payment::Payer;
use crate::app::App;
use crate::audit::Actor;
use crate::random::Token;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::form::Form;
use crate::web::pages::Frame;
use crate::web::portal::payments::{ask_soon, shown};
use crate::web::portal::shown::{Today, payment};
use crate::web::session::MaybeSignedIn;

/// What may stand in the address.
#[derive(Deserialize)]
pub struct Way {
    paid: Option<String>,
}

/// The link, and today as the account has dates written.
async fn linked(app: &App, token: &str) -> Result<(PayLinkRow, Today), Problem> {
    if !app.config.payments.links {
        return Err(Problem::not_found());
    }
    let hash = Token::parse(token).ok_or_else(Problem::not_found)?.hash();
    let now = app.clock.real();
    let read = app.store.read(move |tx| {
        let Some(link) = tx.pay_link(&hash, now)? else { return Ok::<_, store::Error>(None) };
        let formats = tx.formats_of(link.account_id)?;
        Ok(Some((link, formats)))
    });
    let (link, chosen) = read.await?.ok_or_else(Problem::not_found)?;
    Ok((link, Today::written(app.today(), &app.provider(), app.formats(chosen))))
}

fn visitor(app: &App, token: &str, (link, today): (&PayLinkRow, Today), frame: Frame) -> Visitor {
    let (account, document) = (link.account_id, link.document_id);
    Visitor {
        payer: Payer::Link { account, document },
        whose: Whose::One(account, document),
        by: Actor { name: "link in a mail".to_owned(), ..Actor::program(app) },
        frame,
        today,
        action: format!("/pay/{token}/payments"),
        may_agree: false,
    }
}

/// What is open of the document; or, where something was paid or is under way, how that stands.
pub async fn page(
    State(app): State<App>,
    visitor_: MaybeSignedIn,
    Path(token): Path<String>,
    Query(way): Query<Way>,
) -> Answer {
    let (link, today) = linked(&app, &token).await?;
    let frame = visitor_.frame(&app);
    let (account, document) = (link.account_id, link.document_id);
    let read = app.store.read(move |tx| {
        let state = tx.invoice_state(account, document)?;
        let payments = tx.payments_for(account, document)?;
        let newest =
            payments.into_iter().rfind(|one| one.origin == billing::payment::Origin::Link || one.state.is_under_way());
        let Some(newest) = newest else { return Ok((state, None)) };
        let parts: Vec<_> = tx
            .payment_parts(newest.payment_id)?
            .into_iter()
            .filter(|part| part.document_id == Some(document))
            .collect();
        Ok::<_, store::Error>((state, Some(shown(tx, newest, &parts)?)))
    });
    let (state, newest) = read.await?;
    let is_open = state.as_ref().is_some_and(|state| state.status == InvoiceStatus::Open);
    match newest {
        Some(shown) if way.paid.is_some() || shown.payment.state.is_under_way() || !is_open => {
            ask_soon(&app, &shown.payment);
            let mut page = payment::page(&shown, state.map_or(0, |state| state.balance_minor), &today, (frame, false));
            let to_go = shown.payment.page_url.as_ref().filter(|_| shown.payment.state.is_under_way());
            page.links = to_go
                .map(|url| crate::web::pages::Link::new(url.clone(), "Go on to the payment company"))
                .into_iter()
                .collect();
            page.rows.iter_mut().for_each(|row| row.href.clear());
            // Whose address the receipt goes to is not this visitor's to know.
            page.facts.retain(|fact| !fact.label.starts_with("Receipt"));
            Ok(Page(page).into_response())
        }
        _ => {
            show(
                &app,
                visitor(&app, &token, (&link, today), frame),
                Draft::of_numbers(Vec::new(), Token::new().reveal()),
            )
            .await
        }
    }
}

/// `POST /pay/{token}/payments`
pub async fn start(
    State(app): State<App>,
    visitor_: MaybeSignedIn,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Answer {
    let (link, today) = linked(&app, &token).await?;
    begin(&app, visitor(&app, &token, (&link, today), visitor_.frame(&app)), Draft::read(fields)?).await
}
