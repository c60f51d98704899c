//! What a credit note does to the disputes about its invoice.

use billing::Money;
use billing::question::{Said, taken_by_credit};
use store::credit::CreditNoteRow;
use store::notice::Audience;
use store::{PersonId, Tx};

use super::telling::{About, about, customers};
use super::{Desk, Message, Speaker};
use crate::error::Result;

impl Desk {
    /// Lowers what the disputes about an invoice hold by what a credit note takes back, and settles those of which nothing
    /// is held any more. `lines` are the numbers of its lines with what is taken of each, tax included.
    ///
    /// # Errors
    /// Those of the database.
    pub fn note_credit(&self, tx: &mut Tx, note: &CreditNoteRow, lines: &[(i64, i64)]) -> Result<()> {
        let open = tx.open_disputes(note.account_id, note.invoice_id)?;
        let held: Vec<_> = open.iter().map(|row| (row.line_no, row.held_minor)).collect();
        let (mut deeds, mut askers, mut told) = (Vec::new(), Vec::new(), None);
        for (question, taken) in open.into_iter().zip(taken_by_credit(&held, lines, note.total_minor)) {
            if taken == 0 {
                continue;
            }
            let standing = question.standing().credited(taken);
            let question = question.standing_at(standing, self.now);
            let words = format!("{} credits {} of it.", note.number, Money::new(taken, note.currency).with_currency());
            let message = Message { speaker: &Speaker::Staff, said: Said::Credited, words: &words };
            let row = self.write(tx, &question, message)?;
            let about = about(tx, &question)?;
            deeds.push(self.deed(&question, &row, &about));
            askers.push(question.asked_by);
            told = Some(about);
        }
        if let Some(about) = told {
            self.tell_of_credit(tx, (note, &about), &askers)?;
        }
        Ok(tx.append_audit(&deeds)?)
    }

    /// One mail, however many disputes it is about.
    fn tell_of_credit(&self, tx: &mut Tx, (note, about): (&CreditNoteRow, &About), askers: &[PersonId]) -> Result<()> {
        let key = format!("question.credit.{}", note.number);
        let subject = format!("{} credits what was disputed of {}", note.number, about.number);
        let total = Money::new(note.total_minor, note.currency).with_currency();
        let place = format!("{}/credit-notes/{}", self.base_url, note.number);
        let body = format!("{subject}: {total}.\n\nRead all of it after signing in: {place}");
        let people = customers(tx, note.account_id, askers)?;
        Ok(tx.tell_people(&self.notice(key, Audience::People, (subject, body)), &people)?)
    }
}
