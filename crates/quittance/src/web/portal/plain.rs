//! `GET /credit-notes/{number}` and `GET /late-fees/{number}`, and by its ending `….pdf`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use store::invoice::DocumentKind;

use super::download;
use super::shown::plain::page;
use crate::app::App;
use crate::issued::Issued;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::session::SignedIn;

/// The page of a credit note, or its document.
pub async fn credit_note(State(app): State<App>, signed_in: SignedIn, Path(name): Path<String>) -> Answer {
    answer(&app, &signed_in, (DocumentKind::CreditNote, name)).await
}

/// The page of a late fee, or its document.
pub async fn late_fee(State(app): State<App>, signed_in: SignedIn, Path(name): Path<String>) -> Answer {
    answer(&app, &signed_in, (DocumentKind::LateFee, name)).await
}

async fn answer(app: &App, signed_in: &SignedIn, (kind, name): (DocumentKind, String)) -> Result<Response, Problem> {
    if let Some(number) = name.strip_suffix(".pdf") {
        return download::pdf(app, signed_in, kind, number).await;
    }
    let scope = signed_in.scope.clone();
    let read = app.store.read(move |tx| {
        let Some((account, id)) = tx.scoped_document(&scope, kind, &name)? else { return Ok(None) };
        let document = tx.document(account.account_id, id)?;
        let state = tx.invoice_state(account.account_id, id)?;
        let issued = Issued::load(tx, account.account_id, id)?;
        Ok::<_, crate::error::Error>(Some((account, issued, document, state)))
    });
    let (account, issued, document, state) = read.await?.ok_or_else(Problem::not_found)?;
    let today = signed_in.today(app);
    let mut page = page(&issued, (document, state), &today, signed_in.frame(app));
    if signed_in.scope.accounts().len() > 1 {
        page.account_name = account.name;
    }
    Ok(Page(page).into_response())
}
