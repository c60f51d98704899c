//! `GET /invoices/{number}`, and by its ending `….pdf` and `….csv`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use billing::account::Role;
use store::invoice::DocumentKind;
use store::payment::HolderRow;

use super::autopay::outlook::{May, Outlook};
use super::csv::lines_csv;
use super::download;
use super::shown::listing::under_way;
use super::shown::{Today, invoice::page};
use crate::app::App;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::pages::{InvoicePage, Link, Notice, NoticeKind};
use crate::web::session::SignedIn;

/// The page of an invoice, its document or its lines. What is another's doesn't exist.
pub async fn invoice(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(name): Path<String>,
    headers: axum::http::HeaderMap,
) -> Answer {
    if let Some(number) = name.strip_suffix(".pdf") {
        return download::pdf(&app, &signed_in, (DocumentKind::Invoice, number), &headers).await;
    }
    if let Some(number) = name.strip_suffix(".csv") {
        return download::invoice_csv(&app, &signed_in, number).await;
    }
    Ok(Page(shown(&app, &signed_in, name).await?).into_response())
}

/// The page again, with why it could not be sent to a colleague.
pub async fn refused(app: &App, signed_in: &SignedIn, number: String, why: &str) -> Answer {
    let mut page = shown(app, signed_in, number).await?;
    page.frame.notices.push(Notice {
        kind: NoticeKind::Refusal,
        first: "It was not sent.".to_owned(),
        rest: why.to_owned(),
        link: None,
    });
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

async fn shown(app: &App, signed_in: &SignedIn, number: String) -> Result<InvoicePage, Problem> {
    let (scope, when) = (signed_in.scope.clone(), (app.today(), app.zone()));
    let read = app.store.read(move |tx| {
        let Some(found) = tx.scoped_invoice(&scope, &number)? else { return Ok(None) };
        let (account, id) = (found.account.account_id, found.whole.invoice.invoice_id);
        let holder = tx.holders(account)?.into_iter().find(|holder| holder.document_id == id);
        let own = scope.only(&found.account.code).unwrap_or_else(|| scope.narrowed(|_| false));
        let outlook = Outlook::read(tx, &own, (when.0, &when.1))?;
        Ok::<_, store::Error>(Some((found, holder, outlook)))
    });
    let (found, holder, outlook) = read.await?.ok_or_else(Problem::not_found)?;
    let today = Today::new(app.today(), &app.provider());
    let csv_bytes = lines_csv(&found.whole)?.len();
    let mut page = page(&found, &today, signed_in.frame(app), csv_bytes);
    let may_pay = app.gateway.is_some() && found.account.role != Role::Viewer;
    paying(&mut page, holder.as_ref(), may_pay, &today);
    if let (Some(pay), None) = (&mut page.pay, &holder) {
        let may = if may_pay { May::Decide } else { May::Look };
        outlook.explain((found.account.account_id, found.whole.invoice.invoice_id), &today, may, pay);
    }
    if signed_in.scope.accounts().len() > 1 {
        page.account_name = found.account.name.clone();
    }
    Ok(page)
}

/// How to pay it here, or that it is being paid.
fn paying(page: &mut InvoicePage, holder: Option<&HolderRow>, may_pay: bool, today: &Today) {
    let Some(pay) = &mut page.pay else { return };
    let is_held = holder.is_some_and(|holder| holder.state.is_under_way());
    if let Some(holder) = holder {
        let link = Link::new(format!("/payments/{}", holder.number), "Look at it");
        let (first, rest) = match holder.charge_on.filter(|_| !is_held) {
            Some(on) => (
                format!("You pay it on {}.", today.weekday(on)),
                "Paying it here before that cancels the planned payment.",
            ),
            None => (format!("A payment of it is under way, {}.", holder.number), "Please don’t pay it again."),
        };
        page.frame.notices.push(Notice { kind: NoticeKind::Neutral, first, rest: rest.to_owned(), link: Some(link) });
        page.status = under_way(holder).unwrap_or_else(|| page.status.clone());
    }
    if may_pay && !is_held {
        pay.pay_now = Some(Link::new(format!("/pay?number={}", page.number), format!("Pay {}", page.amount)));
    }
}
