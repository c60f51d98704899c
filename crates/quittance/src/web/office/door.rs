//! Who may come into the office: staff, by a passkey or by Microsoft with a second factor. To everybody else it isn't there.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use billing::staff::Rights;
use store::staff::StaffMember;

use crate::app::App;
use crate::audit::Actor;
use crate::web::answer::{Problem, see_other};
use crate::web::next::{prove_then, sign_in_then};
use crate::web::pages::{ErrorKind, Frame};
use crate::web::proved::{back_to, is_fresh};
use crate::web::session::SignedIn;

/// A member of staff in the office. As a handler's argument it sends who isn't signed in to the door, who came by a code to
/// prove it better, and everybody else nowhere.
pub struct Office {
    me: SignedIn,
    /// Who.
    pub staff: StaffMember,
}

impl Office {
    /// The frame of a page.
    pub fn frame(&self, app: &App) -> Frame {
        self.me.frame(app)
    }

    /// Who they are in the audit log.
    pub fn actor(&self, app: &App) -> Actor {
        self.me.actor(app)
    }

    /// Their session.
    pub fn session_hash(&self) -> [u8; 32] {
        self.me.session_hash()
    }

    /// The name of the account that they look at as it sees the portal; may be empty.
    pub fn viewed(&self) -> String {
        self.me.scope.viewed().map(|account| account.name.clone()).unwrap_or_default()
    }

    /// Refuses whose rights aren't enough.
    pub fn needs(&self, needed: Rights) -> Result<(), Problem> {
        if self.staff.rights.cover(needed) { Ok(()) } else { Err(ErrorKind::NotAllowed.into()) }
    }
}

impl FromRequestParts<App> for Office {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
        let back = back_to(parts, app).filter(|back| back != "/").unwrap_or_else(|| "/office".to_owned());
        let found = <SignedIn as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await;
        let found = found.map_err(IntoResponse::into_response)?;
        let Some(me) = found else { return Err(see_other(&sign_in_then(&back))) };
        let person = me.scope.person();
        let staff = app.store.read(move |tx| tx.staff(person)).await;
        let staff = staff.map_err(|error| Problem::from(error).into_response())?;
        let Some(staff) = staff else { return Err(Problem::not_found().into_response()) };
        // What changes something needs a proof that is fresh, besides.
        if !me.proof.is_strong() || (!is_read && !is_fresh(me.proved_at, app.clock.real())) {
            return Err(see_other(&prove_then(&back)));
        }
        Ok(Self { me, staff })
    }
}
