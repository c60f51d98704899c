//! `/accounts/{account}/certificates`: exemption certificates, handed in and downloaded; and the provider's W-9.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::certificate::W9;
use store::{AccountId, CertificateId};

use super::accounts::{administered, own};
use super::download::file;
use super::profile::told;
use crate::actions::hand_in_certificate::{HandIn, hand_in_certificate};
use crate::app::App;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::pages::WrongForm;
use crate::web::proved::Proved;
use crate::web::session::SignedIn;
use crate::web::upload::Upload;

/// `POST /accounts/{account}/certificates`
pub async fn hand_in(
    State(app): State<App>,
    Proved(me): Proved,
    Path(code): Path<String>,
    mut upload: Upload,
) -> Answer {
    let account = administered(&me, &code)?;
    let (Some(number), Some(expires_on)) = (upload.take("number"), upload.take("expires_on")) else {
        return Err(Problem::not_understood());
    };
    if !upload.is_empty() {
        return Err(Problem::not_understood());
    }
    let ask =
        HandIn { file_name: upload.file_name, bytes: upload.bytes, number, expires_on: expires_on.trim().parse().ok() };
    let done = hand_in_certificate(&app, &account, ask, &me.actor(&app)).await;
    match told(&app, &me, &account, (WrongForm::Certificate, done)).await? {
        None => Ok(see_other(&format!("/accounts/{code}/profile"))),
        Some(page) => Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response()),
    }
}

/// `GET /accounts/{account}/certificates/{id}`, for every contact of the account.
pub async fn download(State(app): State<App>, me: SignedIn, Path((code, id)): Path<(String, String)>) -> Answer {
    let account = own(&me, &code)?;
    let id: i64 = id.parse().map_err(|_| Problem::not_found())?;
    certificate(&app, account.account_id, CertificateId::from(id)).await
}

/// A certificate as a file; it is never shown inside a page of ours.
pub async fn certificate(app: &App, account: AccountId, id: CertificateId) -> Answer {
    let read = app.store.read(move |tx| {
        let Some(row) = tx.certificate(account, id)? else { return Ok::<_, store::Error>(None) };
        Ok(tx.certificate_bytes(account, id)?.map(|bytes| (row, bytes)))
    });
    let (row, bytes) = read.await?.ok_or_else(Problem::not_found)?;
    let disposition = format!("attachment; filename=\"{}\"", row.file_name);
    let headers = [(header::CONTENT_TYPE, row.media_type), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

/// `GET /w9.pdf`, for whoever is signed in.
pub async fn w9(State(app): State<App>, _: SignedIn) -> Result<Response, Problem> {
    let paper = app.store.read(|tx| tx.provider_paper(W9)).await?.ok_or_else(Problem::not_found)?;
    Ok(file("application/pdf", "w9.pdf", Body::from(paper)))
}
