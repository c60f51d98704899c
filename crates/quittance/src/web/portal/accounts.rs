//! `GET /accounts`: the accounts of a person, with what there is to decide and to look up for each.

use axum::extract::State;
use axum::response::IntoResponse;
use billing::account::Role;
use store::scope::ScopedAccount;

use crate::app::App;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::pages::{AccountPlace, AccountsPage, ErrorKind};
use crate::web::session::SignedIn;

/// The list; who has one account goes straight to its contacts.
pub async fn accounts(State(app): State<App>, me: SignedIn) -> Answer {
    if me.scope.accounts().is_empty() {
        return Ok(see_other("/office"));
    }
    if let [only] = me.scope.accounts() {
        return Ok(see_other(&format!("/accounts/{}/contacts", only.code)));
    }
    let place = |account: &ScopedAccount| AccountPlace {
        name: account.name.clone(),
        role: role_name(account.role).to_owned(),
        href: format!("/accounts/{}/contacts", account.code),
    };
    let accounts = me.scope.accounts().iter().map(place).collect();
    Ok(Page(AccountsPage { frame: me.frame(&app), accounts }).into_response())
}

/// An account of the person. Another's is absent.
pub fn own(me: &SignedIn, code: &str) -> Result<ScopedAccount, Problem> {
    me.scope.accounts().iter().find(|account| account.code == code).cloned().ok_or_else(Problem::not_found)
}

/// An account that the person administers; refused where they may only see or pay.
pub fn administered(me: &SignedIn, code: &str) -> Result<ScopedAccount, Problem> {
    let account = own(me, code)?;
    if account.role == Role::Admin { Ok(account) } else { Err(ErrorKind::NotAllowed.into()) }
}

/// A role as pages say it.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "Admin",
        Role::Payer => "Sees and pays",
        Role::Viewer => "Sees",
    }
}
