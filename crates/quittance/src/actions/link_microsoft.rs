//! What is told when a work account of Microsoft is linked to a person.

use store::audit::AuditKind;
use store::{PersonId, Tx};

use crate::actions::begin_session::NewSession;
use crate::told::Telling;

/// Writes it into the log, and mails it to the person.
///
/// # Errors
/// Those of the database.
pub fn tell_linked(
    tx: &mut Tx,
    person: PersonId,
    (session, telling): (&NewSession, &Telling),
) -> Result<(), store::Error> {
    let Some(person) = tx.person(person)? else { return Ok(()) };
    telling.tell_person(tx, person.person_id, "A Microsoft account was linked.")?;
    tx.append_audit(&[session.actor(&person).did(AuditKind::MicrosoftLinked, person.email.clone())])
}
