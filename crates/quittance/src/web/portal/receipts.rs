//! `GET /payments/{number}/receipt.pdf`: what a payment paid of the person's accounts, and what went back since.

use axum::body::Body;
use axum::extract::{Path, State};
use documents::Paper;

use super::download::file;
use crate::app::App;
use crate::paper::receipt::receipt_paper;
use crate::receipt::{Receipt, Since};
use crate::web::answer::{Answer, Problem};
use crate::web::session::SignedIn;

/// The receipt, made when it is asked for.
pub async fn receipt(State(app): State<App>, me: SignedIn, Path(number): Path<String>) -> Answer {
    let (scope, zone) = (me.scope.clone(), app.zone());
    let read = app.store.read(move |tx| {
        let Some((payment, parts)) = tx.scoped_payment_part(&scope, &number)? else { return Ok(None) };
        Receipt::read(tx, (payment, &parts), Since::Told, &zone)
    });
    document(&app, read.await?).await
}

/// A receipt as a file; without one, no money came.
pub async fn document(app: &App, receipt: Option<Receipt>) -> Answer {
    let receipt = receipt.ok_or_else(Problem::not_found)?;
    let paper = Paper::Plain(Box::new(receipt_paper(&receipt, &app.provider())));
    let document = app.renderer.render(&paper).await?;
    Ok(file("application/pdf", &format!("receipt-{}.pdf", receipt.payment.number), Body::from(document.bytes)))
}
