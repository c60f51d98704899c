//! Who is told of a message, and how it reads in a mail.

use billing::account::Role;
use billing::question::{Said, Side};
use billing::{Currency, Money};
use store::invoice::InvoiceLineRow;
use store::notice::{Audience, NoticeRow};
use store::question::{QuestionMessageRow, QuestionRow};
use store::{AccountId, PersonId, Tx};

use super::Desk;
use crate::error::{Error, Result};
use crate::paper::words::capital;

/// What a question is about, in words.
pub(super) struct About {
    pub number: String,
    currency: Currency,
    /// `INV-20299, Monitor 27 in`.
    what: String,
    account: String,
}

impl Desk {
    /// Tells the other side.
    pub(super) fn tell(
        &self,
        tx: &mut Tx,
        question: &QuestionRow,
        row: &QuestionMessageRow,
        about: &About,
    ) -> Result<()> {
        let id = i64::from(question.question_id);
        let key = format!("question.{id}.{}", row.message_no);
        let amount = Money::new(row.held_minor, about.currency).with_currency();
        let (who, number) = (self.who(row), &about.number);
        let (what, does) = (&about.what, deed_words(row.said, &amount));
        let said = format!("{who} {does} {what}.");
        let said = if row.words.is_empty() { said } else { format!("{said}\n\n{}", row.words) };
        if row.side == Side::Customer {
            let body = format!("{said}\n\nAnswer it: {}/office/questions/{id}", self.base_url);
            let subject = format!("{}: {} {number}", about.account, subject(row.said));
            return Ok(tx.tell_staff(&self.notice(key, Audience::Staff, (subject, body))).map(drop)?);
        }
        let body = format!("{said}\n\nRead all of it and reply after signing in: {}/invoices/{number}", self.base_url);
        let subject = capital(&format!("{} {number}", subject(row.said)));
        let people = customers(tx, question.account_id, &[question.asked_by])?;
        Ok(tx.tell_people(&self.notice(key, Audience::People, (subject, body)), &people)?)
    }

    /// The author, for the other side.
    fn who(&self, row: &QuestionMessageRow) -> String {
        match (row.side, row.author.as_str()) {
            (Side::Staff, "") => self.provider.clone(),
            (Side::Staff, name) => format!("{name}, {},", self.provider),
            (Side::Customer, name) => format!("{name} ({})", self.by.name),
        }
    }

    /// A mail about it; the same key is told once.
    pub(super) fn notice(&self, key: String, audience: Audience, (subject, body): (String, String)) -> NoticeRow {
        let (notice_id, made_at) = (self.notice_id, self.now);
        NoticeRow { notice_id, key, subject, body, audience, made_at, mailed_at: None, receipt_of: None }
    }
}

/// Who of an account is told: those who asked, as long as they are contacts, and its admins.
pub(super) fn customers(tx: &mut Tx, account: AccountId, askers: &[PersonId]) -> Result<Vec<String>> {
    let contacts = tx.contacts_of(account)?;
    let told = contacts.iter().filter(|contact| contact.role == Role::Admin || askers.contains(&contact.person_id));
    let mut emails: Vec<String> = told.map(|contact| contact.email.to_lowercase()).collect();
    emails.sort();
    emails.dedup();
    Ok(emails)
}

/// After the name of who says it.
fn deed_words(said: Said, amount: &str) -> String {
    match said {
        Said::Asked => "asks about".to_owned(),
        Said::Disputed => format!("disputes {amount} of"),
        Said::Replied => "replied about".to_owned(),
        Said::Answered | Said::Credited => "answered about".to_owned(),
        Said::Released => "answered, and ended the hold of what was disputed of".to_owned(),
        Said::Settled => "settled the question about".to_owned(),
    }
}

/// Before the number of the invoice.
fn subject(said: Said) -> &'static str {
    match said {
        Said::Asked => "question about",
        Said::Disputed => "dispute of",
        Said::Replied => "reply about",
        Said::Answered | Said::Released | Said::Credited => "answer about",
        Said::Settled => "settled: question about",
    }
}

/// The first line of what an invoice's line says, cut where it is long.
pub fn line_words(line: &InvoiceLineRow) -> String {
    let first = line.description.lines().next().unwrap_or_default().trim();
    let cut: String = first.chars().take(80).collect();
    if cut.len() < first.len() { format!("{cut}…") } else { cut }
}

/// What a question is about.
pub(super) fn about(tx: &mut Tx, question: &QuestionRow) -> Result<About> {
    let missing = || Error::internal("a question is about an invoice that isn't there");
    let whole = tx.whole_invoice(question.account_id, question.invoice_id)?.ok_or_else(missing)?;
    let line = whole.lines.iter().find(|line| Some(line.line_no) == question.line_no).map(line_words);
    let number = whole.invoice.number.clone();
    Ok(About {
        what: line.map_or_else(|| number.clone(), |line| format!("{number}, {line}")),
        currency: whole.invoice.currency,
        account: whole.invoice.bill_to_name.clone(),
        number,
    })
}
