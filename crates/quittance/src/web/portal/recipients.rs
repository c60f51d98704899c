//! `POST /accounts/{account}/recipients`: addresses that receive invoices and sign in nowhere.

use axum::extract::{Path, State};
use billing::account::Routing;
use connect::mail::Address;
use serde::Deserialize;

use super::accounts::administered;
use crate::actions::set_recipient::{SetRecipient, set_recipient};
use crate::app::App;
use crate::web::answer::{Answer, Problem, see_other};
use crate::web::form::Form;
use crate::web::proved::Proved;

/// The form of an address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiverForm {
    email: String,
    #[serde(default)]
    name: String,
    recurring: String,
    biweekly: String,
}

/// Adds or changes one.
pub async fn set(
    State(app): State<App>,
    Proved(me): Proved,
    Path(code): Path<String>,
    Form(form): Form<ReceiverForm>,
) -> Answer {
    let account = administered(&me, &code)?;
    let ask = SetRecipient {
        email: Address::new("", form.email.trim()).map_err(|_| Problem::not_understood())?,
        name: form.name,
        recurring_mail: form.recurring.parse().map_err(|_| Problem::not_understood())?,
        biweekly_mail: form.biweekly.parse().map_err(|_| Problem::not_understood())?,
    };
    set_recipient(&app, &account, ask, &me.actor(&app)).await?;
    Ok(see_other(&format!("/accounts/{code}/contacts")))
}

/// The address to take away.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovalForm {
    email: String,
}

/// Takes one away.
pub async fn remove(
    State(app): State<App>,
    Proved(me): Proved,
    Path(code): Path<String>,
    Form(form): Form<RemovalForm>,
) -> Answer {
    let account = administered(&me, &code)?;
    let email = Address::new("", form.email.trim()).map_err(|_| Problem::not_understood())?;
    let (recurring_mail, biweekly_mail) = (Routing::No, Routing::No);
    let ask = SetRecipient { email, name: String::new(), recurring_mail, biweekly_mail };
    set_recipient(&app, &account, ask, &me.actor(&app)).await?;
    Ok(see_other(&format!("/accounts/{code}/contacts")))
}
