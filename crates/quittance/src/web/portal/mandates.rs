//! `GET /autopay/{account}/mandates/{version}.pdf`: a permission as it was given, the present one or an earlier one.

use axum::body::Body;
use axum::extract::{Path, State};
use documents::Paper;
use store::AccountId;

use super::accounts::own;
use super::download::file;
use crate::app::App;
use crate::paper::permission::{Given, permission_paper};
use crate::web::answer::{Answer, Problem};
use crate::web::session::SignedIn;

/// The permission, for every contact of the account.
pub async fn mandate(State(app): State<App>, me: SignedIn, Path((code, name)): Path<(String, String)>) -> Answer {
    let account = own(&me, &code)?;
    document(&app, account.account_id, &name).await
}

/// A permission of an account as a file. `name` is its version and `.pdf`.
pub async fn document(app: &App, account: AccountId, name: &str) -> Answer {
    let version = name.strip_suffix(".pdf").and_then(|version| version.parse::<i64>().ok());
    let version = version.ok_or_else(Problem::not_found)?;
    let read = app.store.read(move |tx| {
        let Some(mandate) = tx.mandates(account)?.into_iter().find(|row| row.version == version) else {
            return Ok(None);
        };
        let Some(method) = tx.method(account, mandate.method_id)? else { return Ok(None) };
        let account = tx.accounts_of(&[account])?.pop();
        Ok::<_, store::Error>(account.map(|account| Given { mandate, method, account }))
    });
    let given = read.await?.ok_or_else(Problem::not_found)?;
    let paper = Paper::Plain(Box::new(permission_paper(&given, &app.provider())));
    let document = app.renderer.render(&paper).await?;
    let name = format!("permission-{}-{version}.pdf", given.account.code);
    Ok(file("application/pdf", &name, Body::from(document.bytes)))
}
