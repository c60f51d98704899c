//! Where one is signed in, and how to end it.

use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::{AppendHeaders, IntoResponse};
use store::SessionId;
use store::session::SessionRow as Stored;

use crate::actions::begin_session::live_at;
use crate::actions::end_other_sessions::end_other_sessions;
use crate::actions::end_session::end_session;
use crate::actions::sign_out::sign_out as end_it;
use crate::app::App;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::cookie::Cookie;
use crate::web::moment::moment;
use crate::web::network::Network;
use crate::web::pages::{Deed, SessionRow, SessionsPage};
use crate::web::session::SignedIn;

const PAGE: &str = "/sessions";

/// `GET /sessions`
pub async fn sessions(State(app): State<App>, me: SignedIn) -> Answer {
    let (person, live) = (me.scope.person(), live_at(app.clock.real()));
    let mut stored = app.store.read(move |tx| tx.sessions(person, live)).await?;
    stored.sort_by_key(|session| session.session_id != me.session_id);
    let end_others = (stored.len() > 1).then(|| Deed::new("/sessions/end-others", "End all others"));
    let sessions = stored.into_iter().map(|session| row(&app, &me, session)).collect();
    Ok(Page(SessionsPage { frame: me.frame(&app), sessions, end_others }).into_response())
}

/// `POST /sessions/{id}/end`. Pressed twice, it leads to the same page: there the session is gone.
pub async fn end(State(app): State<App>, me: SignedIn, Path(id): Path<String>) -> Answer {
    let id: i64 = id.parse().map_err(|_| Problem::not_found())?;
    end_session(&app, &me.scope, SessionId::from(id), &me.actor(&app)).await?;
    Ok(see_other(PAGE))
}

/// `POST /sessions/end-others`
pub async fn end_others(State(app): State<App>, me: SignedIn) -> Answer {
    end_other_sessions(&app, &me.scope, me.session_id, &me.actor(&app)).await?;
    Ok(see_other(PAGE))
}

/// `POST /sign-out`. Also takes the cookie of a session that has ended already.
pub async fn sign_out(State(app): State<App>, headers: HeaderMap, extensions: Extensions) -> Answer {
    if let Some(token) = Cookie::Session.read(&headers) {
        end_it(&app, &token, Network::of(&headers, &extensions).to_string()).await?;
    }
    Ok((AppendHeaders([Cookie::Session.clear()]), see_other("/")).into_response())
}

fn row(app: &App, me: &SignedIn, session: Stored) -> SessionRow {
    let (formats, now) = (me.formats(app), app.clock.real());
    let id = i64::from(session.session_id);
    SessionRow {
        since: moment(app, formats, session.made_at, now),
        seen: moment(app, formats, session.seen_at, now),
        device: session.agent,
        network: session.network,
        end: (session.session_id != me.session_id).then(|| Deed::new(format!("/sessions/{id}/end"), "End it")),
    }
}
