//! `/accounts/{account}/contacts`: who may see and pay an account's invoices, and who receives them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use billing::account::{Role, Routing};
use connect::mail::Address;
use serde::Deserialize;
use store::account::ContactRow;
use store::bounce::MailAddressRow;
use store::recipient::{RecipientAddressRow, UnreachedRow};
use store::scope::ScopedAccount;
use store::{PersonId, Tx};

use super::accounts::{administered, own, role_name};
use crate::actions::add_contact::{AddContact, Added, add_contact};
use crate::actions::change_contact::{ChangeContact, Changed, change_contact};
use crate::actions::remove_contact::{LastAdmin, Removed, remove_contact};
use crate::app::App;
use crate::error::Error;
use crate::outbox::address::{hard, hard_addresses};
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::{Form, Nothing};
use crate::web::pages::{
    Choice, ContactLine, ContactPage, ContactsPage, Deed, NewContact, NewReceiver, Notice, NoticeKind, ReceiverLine,
};
use crate::web::proved::Proved;
use crate::web::session::SignedIn;

/// What is said of an address that is none.
pub const NO_ADDRESS: &str = "This is not an e-mail address. It needs an @ and a domain, like name@company.example.";

/// What the page reads.
struct Read {
    contacts: Vec<ContactRow>,
    receivers: Vec<RecipientAddressRow>,
    hard: Vec<MailAddressRow>,
    unreached: Vec<UnreachedRow>,
}

/// `GET /accounts/{account}/contacts`
pub async fn contacts(State(app): State<App>, me: SignedIn, Path(code): Path<String>) -> Answer {
    let account = own(&me, &code)?;
    Ok(Page(page(&app, &me, &account, NewContact::default()).await?).into_response())
}

/// The form of a new contact.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddForm {
    email: String,
    name: String,
    role: String,
    #[serde(default)]
    confirmed: String,
}

/// `POST /accounts/{account}/contacts`
pub async fn add(
    State(app): State<App>,
    Proved(me): Proved,
    Path(code): Path<String>,
    Form(form): Form<AddForm>,
) -> Answer {
    let account = administered(&me, &code)?;
    let role: Role = form.role.parse().map_err(|_| Problem::not_understood())?;
    let typed = |foreign: &str, error: &str| NewContact {
        email: form.email.clone(),
        name: form.name.clone(),
        role: role.as_str().to_owned(),
        foreign: foreign.to_owned(),
        error: error.to_owned(),
    };
    let Ok(email) = Address::new("", form.email.trim()) else {
        let again = typed("", NO_ADDRESS);
        return refused(&app, &me, &account, again).await;
    };
    let ask = AddContact { email, name: form.name.clone(), role, confirmed: form.confirmed.clone() };
    match add_contact(&app, &account, ask, &me.actor(&app)).await {
        Ok(Added::Yes) => Ok(see_other(&format!("/accounts/{code}/contacts"))),
        Ok(Added::Foreign(domain)) => Ok(Page(page(&app, &me, &account, typed(&domain, "")).await?).into_response()),
        Ok(Added::Known) => {
            refused(&app, &me, &account, typed("", "This person is a contact already; change them in the list.")).await
        }
        Err(Error::Refused(why)) => refused(&app, &me, &account, typed("", &why)).await,
        Err(other) => Err(other.into()),
    }
}

async fn refused(app: &App, me: &SignedIn, account: &ScopedAccount, again: NewContact) -> Answer {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page(app, me, account, again).await?)).into_response())
}

/// The page again, with what is wrong with an address that only receives.
pub async fn refused_receiver(app: &App, me: &SignedIn, account: &ScopedAccount, again: NewReceiver) -> Answer {
    let page = ContactsPage { new_receiver: again, ..page(app, me, account, NewContact::default()).await? };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// `GET /accounts/{account}/contacts/{person}`
pub async fn contact(
    State(app): State<App>,
    Proved(me): Proved,
    Path((code, person)): Path<(String, String)>,
) -> Answer {
    let account = administered(&me, &code)?;
    let contact = found(&app, &account, &person).await?;
    Ok(Page(contact_page(&app, &me, &account, &contact, "")).into_response())
}

/// The form of a contact.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeForm {
    role: String,
    recurring: String,
    biweekly: String,
}

const LAST: &str =
    "This is the last admin. Make somebody else an admin first; nobody could manage the contacts otherwise.";

/// `POST /accounts/{account}/contacts/{person}`
pub async fn change(
    State(app): State<App>,
    Proved(me): Proved,
    Path((code, person)): Path<(String, String)>,
    Form(form): Form<ChangeForm>,
) -> Answer {
    let account = administered(&me, &code)?;
    let contact = found(&app, &account, &person).await?;
    let ask = ChangeContact {
        role: form.role.parse().map_err(|_| Problem::not_understood())?,
        recurring_mail: form.recurring.parse().map_err(|_| Problem::not_understood())?,
        biweekly_mail: form.biweekly.parse().map_err(|_| Problem::not_understood())?,
    };
    match change_contact(&app, &account, contact.person_id, ask, &me.actor(&app)).await? {
        Changed::Yes => Ok(see_other(&format!("/accounts/{code}/contacts"))),
        Changed::LastAdmin => last_admin(&app, &me, &account, &contact),
    }
}

/// `POST /accounts/{account}/contacts/{person}/removal`
pub async fn remove(
    State(app): State<App>,
    Proved(me): Proved,
    Path((code, person)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Answer {
    let account = administered(&me, &code)?;
    let contact = found(&app, &account, &person).await?;
    let whom = (contact.person_id, LastAdmin::Stays);
    match remove_contact(&app, account.account_id, whom, &me.actor(&app)).await? {
        // Who takes themselves out has nothing to see there any more.
        Removed::Yes if contact.person_id == me.scope.person() => Ok(see_other("/invoices")),
        Removed::Yes => Ok(see_other(&format!("/accounts/{code}/contacts"))),
        Removed::LastAdmin => last_admin(&app, &me, &account, &contact),
    }
}

fn last_admin(app: &App, me: &SignedIn, account: &ScopedAccount, contact: &ContactRow) -> Answer {
    let page = contact_page(app, me, account, contact, LAST);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

async fn found(app: &App, account: &ScopedAccount, person: &str) -> Result<ContactRow, Problem> {
    let person: i64 = person.parse().map_err(|_| Problem::not_found())?;
    let (id, person) = (account.account_id, PersonId::from(person));
    let contacts = app.store.read(move |tx| tx.contacts_of(id)).await?;
    contacts.into_iter().find(|contact| contact.person_id == person).ok_or_else(Problem::not_found)
}

fn read(tx: &mut Tx, account: store::AccountId) -> Result<Read, store::Error> {
    let (contacts, receivers) = (tx.contacts_of(account)?, tx.recipient_addresses(account)?);
    let emails = contacts.iter().map(|row| row.email.as_str()).chain(receivers.iter().map(|row| row.email.as_str()));
    let hard = hard_addresses(tx, emails)?;
    Ok(Read { contacts, receivers, hard, unreached: tx.unreached(&[account])? })
}

async fn page(app: &App, me: &SignedIn, account: &ScopedAccount, new: NewContact) -> Result<ContactsPage, Problem> {
    let id = account.account_id;
    let mut read = app.store.read(move |tx| read(tx, id)).await?;
    read.contacts.sort_by_key(|contact| (contact.role, contact.name.to_lowercase()));
    let may_change = account.role == Role::Admin;
    let place = format!("/accounts/{}", account.code);
    let comes_back = |email: &str| hard(&read.hard, email).is_some();
    let contact_line = |row: &ContactRow| ContactLine {
        name: row.name.clone(),
        email: row.email.clone(),
        role: role_name(row.role).to_owned(),
        recurring: routing_name(row.recurring_mail).to_owned(),
        biweekly: routing_name(row.biweekly_mail).to_owned(),
        comes_back: comes_back(&row.email),
        is_self: row.person_id == me.scope.person(),
        href: if may_change { format!("{place}/contacts/{}", i64::from(row.person_id)) } else { String::new() },
    };
    let receiver_line = |row: &RecipientAddressRow| ReceiverLine {
        email: row.email.clone(),
        name: row.name.clone(),
        recurring: routing_name(row.recurring_mail).to_owned(),
        biweekly: routing_name(row.biweekly_mail).to_owned(),
        comes_back: comes_back(&row.email),
    };
    let mut frame = me.frame(app);
    frame.notices.extend(read.unreached.iter().map(|row| reaches_nobody(row, "")));
    Ok(ContactsPage {
        frame,
        account_name: account.name.clone(),
        people: read.contacts.iter().map(contact_line).collect(),
        receivers: read.receivers.iter().map(receiver_line).collect(),
        roles: roles(Some(new.role.as_str())),
        routings: routings(Routing::To),
        new,
        new_receiver: NewReceiver::default(),
        may_change,
        place,
    })
}

/// That some of an account's invoices are mailed to nobody; with a link where it is to be told elsewhere.
pub fn reaches_nobody(row: &UnreachedRow, name: &str) -> Notice {
    let which = match (row.recurring, row.biweekly) {
        (false, false) => "Invoices",
        (false, true) => "Recurring invoices",
        _ => "Bi-weekly invoices",
    };
    let whose = if name.is_empty() { String::new() } else { format!(" of {name}") };
    let link = format!("/accounts/{}/contacts", row.code);
    Notice {
        kind: NoticeKind::Warning,
        first: format!("{which}{whose} are mailed to nobody."),
        rest: "They stand here all the same. Choose who receives them as “To”.".to_owned(),
        link: (!name.is_empty()).then(|| crate::web::pages::Link::new(link, "Contacts")),
    }
}

fn contact_page(app: &App, me: &SignedIn, account: &ScopedAccount, contact: &ContactRow, error: &str) -> ContactPage {
    let place = format!("/accounts/{}/contacts", account.code);
    let own = format!("{place}/{}", i64::from(contact.person_id));
    ContactPage {
        frame: me.frame(app),
        account_name: account.name.clone(),
        name: contact.name.clone(),
        email: contact.email.clone(),
        error: error.to_owned(),
        roles: roles(Some(contact.role.as_str())),
        recurring: routings(contact.recurring_mail),
        biweekly: routings(contact.biweekly_mail),
        removal: Deed::new(format!("{own}/removal"), "Remove"),
        action: own,
        back: place,
    }
}

/// The roles to choose from.
fn roles(chosen: Option<&str>) -> Vec<Choice> {
    let choice = |(role, text): (Role, &str)| Choice {
        value: role.as_str().to_owned(),
        text: text.to_owned(),
        chosen: chosen == Some(role.as_str()),
        ..Choice::default()
    };
    let named = [
        (Role::Viewer, "Sees invoices"),
        (Role::Payer, "Sees and pays invoices"),
        (Role::Admin, "Admin: also manages the contacts"),
    ];
    named.into_iter().map(choice).collect()
}

fn routings(chosen: Routing) -> Vec<Choice> {
    let choice = |routing: &Routing| Choice {
        value: routing.as_str().to_owned(),
        text: routing_name(*routing).to_owned(),
        chosen: *routing == chosen,
        ..Choice::default()
    };
    Routing::ALL.iter().map(choice).collect()
}

fn routing_name(routing: Routing) -> &'static str {
    match routing {
        Routing::To => "To",
        Routing::Cc => "Cc",
        Routing::No => "No mail",
    }
}
