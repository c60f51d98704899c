//! What a customer's people are told when somebody changes who may do what: a mail to whoever is concerned and to the
//! account's admins, with a way to say that it wasn't them.

use billing::account::Role;
use billing::staff::Rights;
use store::account::ContactRow;
use store::notice::{Audience, NoticeRow};
use store::{NoticeId, PersonId, Tx};

use crate::app::Inner;
use crate::audit::Actor;

/// Everything a notice needs, made before the transaction that decides.
#[derive(Clone, Debug)]
pub struct Telling {
    notice_id: NoticeId,
    /// Of what the admins are told besides.
    second_id: NoticeId,
    by: Actor,
    made_at: jiff::Timestamp,
    base_url: String,
    provider: (String, String),
}

impl Telling {
    /// By whoever does the deed.
    pub fn of(app: &Inner, by: &Actor) -> Self {
        let provider = app.provider();
        Self {
            notice_id: app.ids.mint(),
            second_id: app.ids.mint(),
            by: by.clone(),
            made_at: app.clock.now(),
            base_url: app.config.base_url.clone(),
            provider: (provider.name.clone(), provider.phone.clone()),
        }
    }

    /// The same, by somebody who is found in the transaction.
    pub fn by(&self, by: &Actor) -> Self {
        Self { by: by.clone(), ..self.clone() }
    }

    /// Tells a person, and the other admins of their accounts, what changed about how the person signs in. `what` is one
    /// sentence that begins with "A passkey …".
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell_person(&self, tx: &mut Tx, person: PersonId, what: &str) -> Result<(), store::Error> {
        let Some(known) = tx.person(person)? else { return Ok(()) };
        let (provider, phone) = &self.provider;
        let subject = what.trim_end_matches('.').to_owned();
        let body = format!(
            "{what}\n\nIt is about how you sign in at {provider}.\n\nIf it was you, there is nothing to do. If it wasn't, end the \
             sessions that you don't know, {}/sessions, and call {phone}.",
            self.base_url
        );
        tx.tell_people(&self.row(self.notice_id, subject.clone(), body), std::slice::from_ref(&known.email))?;
        let others = other_admins(tx, person)?;
        let body = format!(
            "{what}\n\nIt is about how {} signs in at {provider}.\n\nIf they know of it, there is nothing to do. If they don't, \
             take them out of your contacts, {}/accounts, say there that this wasn't one of you, or call {phone}.",
            known.email, self.base_url
        );
        tx.tell_people(&self.row(self.second_id, format!("{subject}: {}", known.email), body), &others)
    }

    /// Tells the admins of the staff, and the one concerned, what changed about them. `what` is one sentence.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell_staff(&self, tx: &mut Tx, concerned: &str, what: &str) -> Result<(), store::Error> {
        let admins = tx.all_staff()?.into_iter().filter(|staff| staff.rights == Rights::Admin);
        let mut emails: Vec<String> = admins.map(|staff| staff.email).collect();
        emails.push(concerned.to_lowercase());
        emails.sort();
        emails.dedup();
        let body = format!(
            "{what}\n\nIt was done by {}. If it isn't right, an admin of the staff puts it right: quittance staff, and \
             {}/office/audit says who did what.",
            self.who(),
            self.base_url
        );
        tx.tell_people(&self.row(self.notice_id, format!("Staff: {}", what.trim_end_matches('.')), body), &emails)
    }

    /// As a mail names whoever did it.
    fn who(&self) -> &str {
        if self.by.person.is_some() { &self.by.name } else { &self.provider.0 }
    }

    /// Tells the desk what it and a customer agreed on. `what` is in sentences.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell_desk(&self, tx: &mut Tx, subject: &str, what: &str) -> Result<(), store::Error> {
        let row = self.row(self.second_id, subject.trim_end_matches('.').to_owned(), what.to_owned());
        tx.tell_staff(&NoticeRow { audience: Audience::Staff, ..row }).map(drop)
    }

    fn row(&self, notice_id: NoticeId, subject: String, body: String) -> NoticeRow {
        NoticeRow {
            notice_id,
            key: format!("people.{}", i64::from(notice_id)),
            subject,
            body,
            audience: Audience::People,
            made_at: self.made_at,
            mailed_at: None,
            receipt_of: None,
        }
    }

    /// Tells the account's admins and the person concerned. `what` is one sentence; contacts are those before the deed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell(
        &self,
        tx: &mut Tx,
        account: (&str, &str),
        people: (&[ContactRow], &[&str]),
        what: &str,
    ) -> Result<(), store::Error> {
        self.tell_more(tx, account, people, (what, what))
    }

    /// The same with a subject of its own, where more than a sentence is told.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell_more(
        &self,
        tx: &mut Tx,
        (code, name): (&str, &str),
        (contacts, concerned): (&[ContactRow], &[&str]),
        (subject, what): (&str, &str),
    ) -> Result<(), store::Error> {
        let admins =
            contacts.iter().filter(|contact| contact.role == Role::Admin).map(|contact| contact.email.as_str());
        let mut emails: Vec<String> = admins.chain(concerned.iter().copied()).map(str::to_lowercase).collect();
        emails.sort();
        emails.dedup();
        let (provider, phone) = &self.provider;
        let body = format!(
            "{what}\n\nIt was done by {} for {name} at {provider}.\n\nIf it is right, there is nothing to do. If it wasn't you, \
             or you don't know of it, say so here after signing in: {}/accounts/{code}/objections\nOr call {phone}.",
            self.who(),
            self.base_url
        );
        let row = self.row(self.notice_id, format!("{name}: {}", subject.trim_end_matches('.')), body);
        tx.tell_people(&row, &emails)
    }
}

/// The admins of all of a person's accounts, but for the person.
fn other_admins(tx: &mut Tx, person: PersonId) -> Result<Vec<String>, store::Error> {
    let mut emails = Vec::new();
    for account in tx.accounts_of_person(person)? {
        let contacts = tx.contacts_of(account.account_id)?;
        let admins = contacts.into_iter().filter(|one| one.role == Role::Admin && one.person_id != person);
        emails.extend(admins.map(|admin| admin.email.to_lowercase()));
    }
    emails.sort();
    emails.dedup();
    Ok(emails)
}
