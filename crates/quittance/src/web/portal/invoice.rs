//! `GET /invoices/{number}`, and by its ending `….pdf` and `….csv`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use store::invoice::DocumentKind;

use super::csv::lines_csv;
use super::download;
use super::shown::{Today, invoice::page};
use crate::app::App;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::pages::{InvoicePage, Notice, NoticeKind};
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
    let scope = signed_in.scope.clone();
    let found = app.store.read(move |tx| tx.scoped_invoice(&scope, &number)).await?.ok_or_else(Problem::not_found)?;
    let today = Today::new(app.today(), &app.provider());
    let csv_bytes = lines_csv(&found.whole)?.len();
    let mut page = page(&found, &today, signed_in.frame(app), csv_bytes);
    if signed_in.scope.accounts().len() > 1 {
        page.account_name = found.account.name.clone();
    }
    Ok(page)
}
