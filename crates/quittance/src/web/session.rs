//! Who is asking: extractors that read the session's cookie and make the scope of what may be seen.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use store::SessionId;
use store::scope::{AccountScope, ScopedAccount};
use store::session::Proof;

use crate::actions::begin_session::live_at;
use crate::app::App;
use crate::audit::Actor;
use crate::formats::Formats;
use crate::web::answer::{Problem, see_other};
use crate::web::cookie::Cookie;
use crate::web::csrf;
use crate::web::frame::{Asked, Known, bare_frame};
use crate::web::network::Network;
use crate::web::next::sign_in_then;
use crate::web::pages::{ErrorKind, Frame, Link, Notice, NoticeKind, Visitor};
use crate::web::portal::shown::Today;

const SEEN_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Somebody is signed in. As a handler's argument it sends everybody else to `/sign-in` and back here afterwards.
#[derive(Clone)]
pub struct SignedIn {
    /// What they may see.
    pub scope: AccountScope,
    /// Which of their sessions this is.
    pub session_id: SessionId,
    /// Their e-mail address.
    pub email: String,
    /// By what they showed last who they are, and when.
    pub proof: Proof,
    /// In real time.
    pub proved_at: Timestamp,
    /// Their name, as the first of their accounts writes it.
    pub name: String,
    /// A form token, masked anew for each answer.
    pub csrf: String,
    nonce: String,
    visitor: Visitor,
    network: String,
    session_hash: [u8; 32],
}

impl SignedIn {
    /// Who they are in the audit log, from where they ask now.
    pub fn actor(&self, app: &App) -> Actor {
        Actor::person(app, (self.scope.person(), &self.email), self.network.clone())
    }

    /// What all their accounts chose alike.
    pub fn formats(&self, app: &App) -> Formats {
        Formats::shared(&app.provider(), self.scope.accounts().iter().map(|account| account.formats))
    }

    /// Today as they have dates written.
    pub fn today(&self, app: &App) -> Today {
        Today::written(app.today(), &app.provider(), self.formats(app))
    }

    /// The frame of a page for this person.
    pub fn frame(&self, app: &App) -> Frame {
        Frame {
            nonce: self.nonce.clone(),
            csrf: self.csrf.clone(),
            visitor: Some(self.visitor.clone()),
            notices: self.scope.viewed().map(viewing).into_iter().collect(),
            ..bare_frame(app)
        }
    }

    /// The hash of their session's token.
    pub fn session_hash(&self) -> [u8; 32] {
        self.session_hash
    }
}

/// Somebody, signed in or not.
#[derive(Clone)]
pub struct MaybeSignedIn {
    /// Who, if anybody.
    pub person: Option<SignedIn>,
    nonce: String,
}

impl MaybeSignedIn {
    /// The frame of a page for whoever it is.
    pub fn frame(&self, app: &App) -> Frame {
        self.person
            .as_ref()
            .map_or_else(|| Frame { nonce: self.nonce.clone(), ..bare_frame(app) }, |person| person.frame(app))
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let found = find(parts, app).await.map_err(IntoResponse::into_response)?;
        let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
        if !is_read && found.as_ref().is_some_and(|me| me.scope.viewed().is_some()) {
            // Whoever looks as a customer changes nothing.
            return Err(Problem::from(ErrorKind::NotAllowed).into_response());
        }
        found.ok_or_else(|| {
            let asked = parts.uri.path_and_query().map_or("/", |asked| asked.as_str());
            // A form can't be sent again by going there, so only what was read is come back to.
            see_other(&if is_read { sign_in_then(asked) } else { "/sign-in".to_owned() })
        })
    }
}

impl OptionalFromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Problem> {
        find(parts, app).await
    }
}

impl FromRequestParts<App> for MaybeSignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self { person: find(parts, app).await?, nonce: nonce(parts) })
    }
}

async fn find(parts: &Parts, app: &App) -> Result<Option<SignedIn>, Problem> {
    let Some(token) = Cookie::Session.read(&parts.headers) else { return Ok(None) };
    let hash = token.hash();
    let now = app.clock.real();
    let live = live_at(now);
    let read = app.store.read(move |tx| {
        let Some(session) = tx.session(&hash, live)? else { return Ok(None) };
        Ok::<_, store::Error>(tx.session_scope(&session, now)?.map(|scope| (session, scope)))
    });
    let Some((session, scope)) = read.await? else { return Ok(None) };
    note_use(app, hash, session.seen_at, now);
    let visitor = visitor(&scope);
    if let Some(asked) = parts.extensions.get::<Asked>() {
        asked.known.get_or_init(|| Known { visitor: visitor.clone(), session_hash: hash });
    }
    Ok(Some(SignedIn {
        session_id: session.session_id,
        proof: session.proof,
        proved_at: session.proved_at,
        email: email(&scope),
        name: visitor.name.clone(),
        csrf: csrf::token(&app.keys, &hash),
        nonce: nonce(parts),
        network: Network::of(&parts.headers, &parts.extensions).to_string(),
        visitor,
        session_hash: hash,
        scope,
    }))
}

/// Writes at most hourly that the session is in use, beside the request: reading goes on where writing fails.
fn note_use(app: &App, hash: [u8; 32], seen_at: Timestamp, now: Timestamp) {
    let since = now.saturating_sub(SEEN_EVERY).unwrap_or(Timestamp::MIN);
    if seen_at >= since {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = app.store.write(move |tx| tx.see_session(&hash, now, since)).await {
            tracing::warn!(%error, "a session's use could not be noted");
        }
    });
}

/// The banner of staff who look as a customer.
fn viewing(account: &ScopedAccount) -> Notice {
    Notice {
        kind: NoticeKind::Warning,
        first: format!("You see what {} sees.", account.name),
        rest: "Nothing can be changed from here, and their admins read that you looked.".to_owned(),
        link: Some(Link::new("/office", "Back to the office")),
    }
}

fn email(scope: &AccountScope) -> String {
    let contact = scope.accounts().first().map(|contact| contact.contact_email.clone());
    contact.or_else(|| scope.staff_alone().map(|staff| staff.email.clone())).unwrap_or_default()
}

fn visitor(scope: &AccountScope) -> Visitor {
    let (name, detail) = match scope.accounts() {
        [] => scope.staff_alone().map(|staff| (staff.name.clone(), "Staff".to_owned())).unwrap_or_default(),
        [only] => (only.contact_name.clone(), only.name.clone()),
        [first, ..] => (first.contact_name.clone(), first.contact_email.clone()),
    };
    Visitor { name, detail, is_staff: scope.accounts().is_empty() && scope.staff_alone().is_some() }
}

fn nonce(parts: &Parts) -> String {
    parts.extensions.get::<Asked>().map(|asked| asked.nonce.clone()).unwrap_or_default()
}
