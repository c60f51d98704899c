//! `POST /accounts/{account}/recipients`: addresses that receive invoices and sign in nowhere.

use axum::extract::{Path, State};
use billing::account::Routing;
use connect::mail::Address;
use serde::Deserialize;

use super::accounts::administered;
use super::contacts::{NO_ADDRESS, refused_receiver};
use crate::actions::set_recipient::{SetRecipient, set_recipient};
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Problem, see_other};
use crate::web::form::Form;
use crate::web::pages::NewReceiver;
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
    let recurring_mail: Routing = form.recurring.parse().map_err(|_| Problem::not_understood())?;
    let biweekly_mail: Routing = form.biweekly.parse().map_err(|_| Problem::not_understood())?;
    let typed = form.email.trim().to_owned();
    let why = match Address::new("", &typed) {
        Err(_) => NO_ADDRESS.to_owned(),
        Ok(_) if recurring_mail == Routing::No && biweekly_mail == Routing::No => {
            "Choose what this address receives: recurring invoices, bi-weekly ones, or both.".to_owned()
        }
        Ok(email) => {
            let ask = SetRecipient { email, name: form.name, recurring_mail, biweekly_mail };
            match set_recipient(&app, &account, ask, &me.actor(&app)).await {
                Ok(()) => return Ok(see_other(&format!("/accounts/{code}/contacts"))),
                Err(Error::Refused(why)) => why,
                Err(other) => return Err(other.into()),
            }
        }
    };
    refused_receiver(&app, &me, &account, NewReceiver { email: typed, error: why }).await
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
