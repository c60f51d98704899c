//! `POST /invoices/{number}/mails` and `/forwards`: mails an invoice once more to whoever asks, or to a colleague.

use axum::extract::{Path, State};
use connect::mail::Address;
use serde::Deserialize;
use store::InvoiceId;
use store::scope::ScopedAccount;

use super::contacts::NO_ADDRESS;
use super::invoice::refused;
use crate::actions::resend_mail::{Resent, To, resend_mail};
use crate::app::App;
use crate::web::answer::{Answer, Problem, see_other};
use crate::web::form::{Form, Nothing};
use crate::web::pages::ErrorKind;
use crate::web::session::SignedIn;

/// What is shown again of an address that is none.
const LONGEST_ADDRESS: usize = 320;

/// A document of the caller's, who may more than look at it.
async fn payable(app: &App, me: &SignedIn, number: &str) -> Result<(ScopedAccount, InvoiceId), Problem> {
    let (scope, asked) = (me.scope.clone(), number.to_owned());
    let found = app.store.read(move |tx| tx.scoped_number(&scope, &asked)).await?;
    let (account, invoice) = found.ok_or_else(Problem::not_found)?;
    if account.role.may_pay() { Ok((account, invoice)) } else { Err(ErrorKind::NotAllowed.into()) }
}

/// Who may pay or administer gets the invoice mailed to their own address; the page then says so.
pub async fn mail_again(
    State(app): State<App>,
    me: SignedIn,
    Path(number): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Answer {
    let (account, invoice) = payable(&app, &me, &number).await?;
    let to = To::Asker { person: me.scope.person(), email: account.contact_email, name: account.contact_name };
    match resend_mail(&app, (account.account_id, invoice), to, &me.actor(&app)).await? {
        Resent::TooOften => Err(Problem::too_many("tomorrow", 24 * 60 * 60)),
        _ => Ok(see_other(&format!("/invoices/{number}"))),
    }
}

/// A colleague's address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colleague {
    email: String,
}

/// `POST /invoices/{number}/forwards`: mails an invoice to a colleague. The page of the invoice then says so.
pub async fn forward(
    State(app): State<App>,
    me: SignedIn,
    Path(number): Path<String>,
    Form(form): Form<Colleague>,
) -> Answer {
    let (account, invoice) = payable(&app, &me, &number).await?;
    let email: String = form.email.trim().chars().take(LONGEST_ADDRESS).collect();
    let Ok(address) = Address::new("", &email) else {
        return refused(&app, &me, number, (&email, NO_ADDRESS)).await;
    };
    match resend_mail(&app, (account.account_id, invoice), To::Colleague(address), &me.actor(&app)).await? {
        Resent::TooOften => Err(Problem::too_many("tomorrow", 24 * 60 * 60)),
        Resent::ComesBack { .. } => {
            let why = "Mail to this address has come back before. Look at the spelling, or call us.";
            refused(&app, &me, number, (&email, why)).await
        }
        _ => Ok(see_other(&format!("/invoices/{number}"))),
    }
}
