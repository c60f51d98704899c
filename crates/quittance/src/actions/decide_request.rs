//! A second member of staff decides a request. Another billing contact is handed over in one transaction: the new one is in,
//! and everything of the old one ends.

use billing::account::{Role, Routing};
use jiff::Timestamp;
use serde_json::json;
use store::account::ContactRow;
use store::audit::AuditKind;
use store::request::{RequestKind, RequestRow, RequestState};
use store::run::ImportRow;
use store::{AccountId, PersonId, RequestId, Tx};

use crate::actions::add_contact::person;
use crate::actions::grant_change::{Granting, grant};
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

/// What is decided about, as whoever decides has seen it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub request: RequestId,
    /// When it was checked last.
    pub checked_at: Option<Timestamp>,
    /// Of another address: the region that decides the tax from then on; empty: as it is.
    pub tax_region: String,
}

/// Decides.
///
/// # Errors
/// `NotFound`; `Refused` where it isn't checked yet, was checked by the same person or anew since it was looked at, or is
/// decided already.
pub async fn decide_request(app: &App, seen: Seen, verdict: Verdict, by: &Actor) -> Result<()> {
    let (new_id, telling, by): (PersonId, _, _) = (app.ids.mint(), Telling::of(app, by), by.clone());
    let import = ImportRow { import_id: app.ids.mint(), made_at: app.clock.now(), rows_added: 0, rows_changed: 1 };
    let written = app.store.write(move |tx| {
        let row = tx.request(seen.request)?.ok_or(Error::NotFound)?;
        if matches!(row.state, RequestState::Approved | RequestState::Refused) {
            return Err(Error::refused("This request is decided already."));
        }
        if let Verdict::Refuse(why) = &verdict {
            tell_refused(tx, &row, why, &telling)?;
            return close(tx, row, (RequestState::Refused, why), &by);
        }
        if row.kind == RequestKind::Objection {
            return close(tx, row, (RequestState::Approved, "seen to"), &by);
        }
        if let (RequestKind::Company | RequestKind::Exemption, Some(account)) = (row.kind, row.account_id) {
            let granting = Granting { tax_region: &seen.tax_region, import: &import, telling: &telling, by: &by };
            let deeds = grant(tx, &row, account, &granting)?;
            close(tx, row, (RequestState::Approved, ""), &by)?;
            return Ok(tx.append_audit(&deeds)?);
        }
        if row.checked_at != seen.checked_at {
            return Err(Error::refused("Somebody has changed what was found meanwhile. Read it again, then decide."));
        }
        let (Some(account), RequestState::Checked) = (row.account_id, row.state) else {
            return Err(Error::refused("Somebody has to call the number on file first."));
        };
        if by.person.is_none() || row.checked_by.is_none() || row.checked_by == by.person {
            return Err(Error::refused("You checked it yourself. Somebody else of the staff has to approve it."));
        }
        hand_over(tx, &row, (account, new_id), (&telling, &by))?;
        close(tx, row, (RequestState::Approved, ""), &by)
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

/// Of a change to their account the admins hear that it was turned down, and why.
fn tell_refused(tx: &mut Tx, row: &RequestRow, why: &str, telling: &Telling) -> Result<()> {
    let is_change = matches!(row.kind, RequestKind::Company | RequestKind::Exemption);
    let Some(account) = row.account_id.filter(|_| is_change) else { return Ok(()) };
    let contacts = tx.contacts_of(account)?;
    if let Some(known) = tx.accounts_of(&[account])?.first() {
        let what = match row.kind {
            RequestKind::Company => "Another name or address was not taken over",
            _ => "The exemption certificate was not accepted",
        };
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        let what = format!("{what}{why}.").replace("..", ".");
        telling.tell(tx, (&known.code, &known.name), (&contacts, &[&row.email]), &what)?;
    }
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
        // The number on file is the one that is called back: what a request says never takes its place.
        phone: known
            .map_or_else(|| Some(row.phone.clone()).filter(|phone| !phone.is_empty()), |known| known.phone.clone()),
        role: Role::Admin,
        recurring_mail: known.map_or(mails.0, |known| more(known.recurring_mail, mails.0)),
        biweekly_mail: known.map_or(mails.1, |known| more(known.biweekly_mail, mails.1)),
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

/// Of two ways to receive invoices the one that receives more.
fn more(one: Routing, other: Routing) -> Routing {
    match (one, other) {
        (Routing::To, _) | (_, Routing::To) => Routing::To,
        (Routing::Cc, _) | (_, Routing::Cc) => Routing::Cc,
        _ => Routing::No,
    }
}
