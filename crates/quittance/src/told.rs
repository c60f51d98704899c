//! What a customer's people are told when somebody changes who may do what: a mail to whoever is concerned and to the
//! account's admins, with a way to say that it wasn't them.

use billing::account::Role;
use store::account::ContactRow;
use store::notice::{Audience, NoticeRow};
use store::{NoticeId, Tx};

use crate::app::Inner;
use crate::audit::Actor;

/// Everything a notice needs, made before the transaction that decides.
#[derive(Clone, Debug)]
pub struct Telling {
    notice_id: NoticeId,
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
            by: by.clone(),
            made_at: app.clock.now(),
            base_url: app.config.base_url.clone(),
            provider: (provider.name.clone(), provider.phone.clone()),
        }
    }

    /// Tells a person what changed about how they sign in. `what` is one sentence.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell_person(&self, tx: &mut Tx, email: &str, what: &str) -> Result<(), store::Error> {
        let (provider, phone) = &self.provider;
        let body = format!(
            "{what}\n\nIt is about how you sign in at {provider}.\n\nIf it was you, there is nothing to do. If it wasn't, end the \
             sessions that you don't know, {}/sessions, and call {phone}.",
            self.base_url
        );
        let subject = what.trim_end_matches('.').to_owned();
        tx.tell_people(&self.row(subject, body), &[email.to_lowercase()])
    }

    fn row(&self, subject: String, body: String) -> NoticeRow {
        NoticeRow {
            notice_id: self.notice_id,
            key: format!("people.{}", i64::from(self.notice_id)),
            subject,
            body,
            audience: Audience::People,
            made_at: self.made_at,
            mailed_at: None,
        }
    }

    /// Tells the account's admins and the person concerned. `what` is one sentence; contacts are those before the deed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell(
        &self,
        tx: &mut Tx,
        (code, name): (&str, &str),
        (contacts, concerned): (&[ContactRow], &[&str]),
        what: &str,
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
            self.by.name, self.base_url
        );
        let row = self.row(format!("{name}: {}", what.trim_end_matches('.')), body);
        tx.tell_people(&row, &emails)
    }
}
