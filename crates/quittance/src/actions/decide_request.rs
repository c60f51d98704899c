//! A second member of staff decides a request. Another billing contact is handed over in one transaction: the new one is in,
//! and everything of the old one ends.

use billing::account::{Role, Routing};
use serde_json::json;
use store::account::ContactRow;
use store::audit::AuditKind;
use store::request::{RequestKind, RequestRow, RequestState};
use store::{AccountId, PersonId, RequestId, Tx};

use crate::actions::add_contact::person;
use crate::actions::remove_contact::end_access;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Do it; of an objection: it was seen to.
    Approve,
    /// Don't; why.
    Refuse(String),
}

/// Decides.
///
/// # Errors
/// `NotFound`; `Refused` where it isn't checked yet, was checked by the same person, or is decided already.
pub async fn decide_request(app: &App, request: RequestId, verdict: Verdict, by: &Actor) -> Result<()> {
    let (new_id, telling, by): (PersonId, _, _) = (app.ids.mint(), Telling::of(app, by), by.clone());
    let written = app.store.write(move |tx| {
        let row = tx.request(request)?.ok_or(Error::NotFound)?;
        if matches!(row.state, RequestState::Approved | RequestState::Refused) {
            return Err(Error::refused("This request is decided already."));
        }
        if let Verdict::Refuse(why) = &verdict {
            return close(tx, row, (RequestState::Refused, why), &by);
        }
        if row.kind == RequestKind::Objection {
            return close(tx, row, (RequestState::Approved, "seen to"), &by);
        }
        let (Some(account), RequestState::Checked) = (row.account_id, row.state) else {
            return Err(Error::refused("Somebody has to call the number on file first."));
        };
        if by.person.is_none() || row.checked_by == by.person {
            return Err(Error::refused("You checked it yourself. Somebody else of the staff has to approve it."));
        }
        hand_over(tx, &row, (account, new_id), (&telling, &by))?;
        close(tx, row, (RequestState::Approved, ""), &by)
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

fn close(tx: &mut Tx, row: RequestRow, (state, why): (RequestState, &str), by: &Actor) -> Result<()> {
    let kind = if state == RequestState::Approved { AuditKind::RequestApproved } else { AuditKind::RequestRefused };
    let mut deed = by.did(kind, format!("{}: {}", row.kind.as_str().replace('_', " "), row.company));
    deed.account_id = row.account_id;
    deed.after = (!why.is_empty()).then(|| json!({ "why": why }));
    let (decided_by, decided_at, decided_why) = (by.person, Some(by.at), Some(why.to_owned()));
    tx.replace(&[RequestRow { state, decided_by, decided_at, decided_why, ..row }])?;
    Ok(tx.append_audit(&[deed])?)
}

/// The new contact is an admin and receives what the old one received; the old one's access and mail end.
fn hand_over(
    tx: &mut Tx,
    row: &RequestRow,
    (account, new_id): (AccountId, PersonId),
    (telling, by): (&Telling, &Actor),
) -> Result<()> {
    let contacts = tx.contacts_of(account)?;
    let leaver = contacts.iter().find(|contact| Some(contact.person_id) == row.leaver_id);
    if row.leaver_id.is_some() && leaver.is_none() {
        return Err(Error::refused("The contact who was to leave is none any more. Check the request again."));
    }
    let email = row.email.to_lowercase();
    let person_id = person(tx, &email, new_id)?;
    let mails = leaver.map_or((Routing::To, Routing::To), |leaver| (leaver.recurring_mail, leaver.biweekly_mail));
    let known = contacts.iter().find(|contact| contact.person_id == person_id);
    let new = ContactRow {
        account_id: account,
        person_id,
        email: known.map_or_else(|| row.email.clone(), |known| known.email.clone()),
        name: known.map_or_else(|| row.name.clone(), |known| known.name.clone()),
        phone: Some(row.phone.clone()).filter(|phone| !phone.is_empty()),
        role: Role::Admin,
        recurring_mail: mails.0,
        biweekly_mail: mails.1,
    };
    tx.replace(std::slice::from_ref(&new))?;
    let mut deeds = vec![
        by.did(AuditKind::ContactAdded, new.email.clone())
            .of(account)
            .after(json!({ "name": new.name, "role": new.role.as_str(), "approved": true })),
    ];
    if let Some(leaver) = leaver.filter(|leaver| leaver.person_id != person_id) {
        end_access(tx, leaver, by)?;
        let before = json!({ "name": leaver.name, "role": leaver.role.as_str() });
        deeds.push(by.did(AuditKind::ContactRemoved, leaver.email.clone()).of(account).before(before));
    }
    if let Some(known) = tx.accounts_of(&[account])?.first() {
        let gone = leaver.map_or(String::new(), |leaver| format!(" in place of {}", leaver.email));
        let what = format!("{} ({}) is the billing contact now{gone}.", new.name, new.email);
        let old = leaver.map_or("", |leaver| leaver.email.as_str());
        let concerned: Vec<&str> = [new.email.as_str(), old].into_iter().filter(|email| !email.is_empty()).collect();
        telling.tell(tx, (&known.code, &known.name), (&contacts, &concerned), &what)?;
    }
    Ok(tx.append_audit(&deeds)?)
}
