//! `/office/join/{token}`: the one-time link of an invitation. Opening it changes nothing; its button begins.

use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::IntoResponse;

use crate::actions::join_staff::join_staff;
use crate::app::App;
use crate::random::Token;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::coming_in::{browser, come_in};
use crate::web::cookie::Cookie;
use crate::web::pages::JoinPage;
use crate::web::session::MaybeSignedIn;

/// `GET /office/join/{token}`: a link that doesn't work isn't there.
pub async fn page(State(app): State<App>, who: MaybeSignedIn, Path(token): Path<String>) -> Answer {
    let link = Token::parse(&token).ok_or_else(Problem::not_found)?;
    let (hash, now) = (link.hash(), app.clock.real());
    let read = app.store.read(move |tx| match tx.staff_invitation(&hash, now)? {
        Some(invitation) => tx.staff(invitation.person_id),
        None => Ok::<_, store::Error>(None),
    });
    let staff = read.await?.ok_or_else(Problem::not_found)?;
    let action = format!("/office/join/{token}");
    Ok(Page(JoinPage { frame: who.frame(&app), name: staff.name, email: staff.email, action }).into_response())
}

/// `POST /office/join/{token}`
pub async fn join(
    State(app): State<App>,
    Path(token): Path<String>,
    (headers, extensions): (HeaderMap, Extensions),
) -> Answer {
    let link = Token::parse(&token).ok_or_else(Problem::not_found)?;
    let opened = join_staff(&app, &link, browser(&headers, &extensions)).await?.ok_or_else(Problem::not_found)?;
    Ok(come_in(&opened, Cookie::SignIn, "/passkeys/new"))
}
