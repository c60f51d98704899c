//! The help page and the sign-in button for the provider's own site.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use store::certificate::W9;

use crate::app::App;
use crate::help_texts::{extra_section, questions};
use crate::web::answer::{Answer, Page};
use crate::web::look;
use crate::web::pages::{ButtonPage, HelpPage, HelpSection};
use crate::web::session::MaybeSignedIn;

/// `GET /help`
pub async fn help(State(app): State<App>, who: MaybeSignedIn) -> Answer {
    let section = |(title, text): (String, String)| HelpSection::from_text(title, &text);
    let questions = questions(&app).await?.into_iter().map(section).collect();
    let sections = extra_section(&app).await?.map(section).into_iter().collect();
    let has_w9 = app.store.read(|tx| tx.has_provider_paper(W9)).await?;
    Ok(Page(HelpPage { frame: who.frame(&app), questions, sections, has_w9 }).into_response())
}

/// `GET /button`
pub async fn button(State(app): State<App>, who: MaybeSignedIn) -> Response {
    let sign_in_url = format!("{}/sign-in", app.config.base_url);
    let snippet = look::button_snippet(&app.provider().accent, &sign_in_url);
    Page(ButtonPage { frame: who.frame(&app), snippet, sign_in_url }).into_response()
}
