//! Writes messages down: the row, who is told, and the log.

use billing::question::{QuestionState, Said, Standing};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::audit::{AuditKind, Deed};
use store::question::{QuestionMessageRow, QuestionRow};
use store::{AccountId, NoticeId, PersonId, Tx};

use super::telling::{About, about};
use super::{Message, Speaker};
use crate::app::Inner;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// How many messages a customer's person writes within a day.
const MOST: i64 = 20;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Everything that writing a message down takes, made before its transaction.
#[derive(Clone, Debug)]
pub struct Desk {
    pub(super) by: Actor,
    pub(super) notice_id: NoticeId,
    pub(super) now: Timestamp,
    pub(super) base_url: String,
    pub(super) provider: String,
}

impl Desk {
    /// Of whoever says something.
    pub fn of(app: &Inner, by: &Actor) -> Self {
        Self {
            by: by.clone(),
            notice_id: app.ids.mint(),
            now: app.clock.now(),
            base_url: app.config.base_url.clone(),
            provider: app.provider().name.clone(),
        }
    }

    /// When it is said, in business time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets a customer's person write.
    ///
    /// # Errors
    /// `TooMany` where they have written very much today.
    pub fn may_write(&self, tx: &mut Tx, speaker: &Speaker) -> Result<()> {
        let Speaker::Contact(scope) = speaker else { return Ok(()) };
        let since = self.by.at.saturating_sub(DAY).unwrap_or(Timestamp::MIN);
        if tx.messages_written(scope.person(), since)? < MOST {
            return Ok(());
        }
        Err(Error::TooMany(format!("You have sent {MOST} messages in a day. Please call us, or write again tomorrow.")))
    }

    /// Writes a message down, tells the other side, and leaves a row in the log. The same said twice in a row is said once.
    ///
    /// # Errors
    /// Those of the database.
    pub fn say(&self, tx: &mut Tx, question: QuestionRow, standing: Standing, message: Message<'_>) -> Result<()> {
        let question = question.standing_at(standing, self.now);
        let row = self.write(tx, &question, message)?;
        let about = about(tx, &question)?;
        self.tell(tx, &question, &row, &about)?;
        Ok(tx.append_audit(&[self.deed(&question, &row, &about)])?)
    }

    /// Whether the last thing said was this.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_repeated(&self, tx: &mut Tx, question: &QuestionRow, message: Message<'_>) -> Result<bool> {
        let messages = tx.question_messages(question.account_id, question.question_id)?;
        let (side, person) = (message.speaker.side(), self.person(message.speaker));
        Ok(messages.last().is_some_and(|last| {
            (last.side, last.person_id, last.said, last.words.as_str()) == (side, person, message.said, message.words)
        }))
    }

    fn person(&self, speaker: &Speaker) -> Option<PersonId> {
        if let Speaker::Contact(scope) = speaker { Some(scope.person()) } else { self.by.person }
    }

    /// Writes it down, and nothing else.
    pub(super) fn write(
        &self,
        tx: &mut Tx,
        question: &QuestionRow,
        message: Message<'_>,
    ) -> Result<QuestionMessageRow> {
        let (account_id, question_id) = (question.account_id, question.question_id);
        let before = tx.question_messages(account_id, question_id)?.len();
        let row = QuestionMessageRow {
            account_id,
            question_id,
            message_no: i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1),
            side: message.speaker.side(),
            said: message.said,
            person_id: self.person(message.speaker),
            author: self.author(tx, account_id, message.speaker)?,
            words: message.words.to_owned(),
            held_minor: question.held_minor,
            made_at: self.now,
            written_at: self.by.at,
        };
        tx.say(question, &row)?;
        Ok(row)
    }

    /// As they are called; nothing for the provider's own commands.
    fn author(&self, tx: &mut Tx, account: AccountId, speaker: &Speaker) -> Result<String> {
        if let Speaker::Contact(scope) = speaker {
            return Ok(scope.account(account).map(|own| own.contact_name.clone()).unwrap_or_default());
        }
        let staff = self.by.person.map(|person| tx.staff(person)).transpose()?.flatten();
        Ok(staff.map(|staff| staff.name).unwrap_or_default())
    }

    /// What the log says of it.
    pub(super) fn deed(&self, question: &QuestionRow, row: &QuestionMessageRow, about: &About) -> Deed {
        let kind = match row.said {
            Said::Asked | Said::Disputed => AuditKind::QuestionAsked,
            _ if question.state == QuestionState::Settled => AuditKind::QuestionSettled,
            _ => AuditKind::QuestionAnswered,
        };
        let line = question.line_no.map(|line| format!(", line {line}")).unwrap_or_default();
        let after = json!({ "said": row.said.as_str(), "held_minor": row.held_minor });
        self.by.did(kind, format!("{}{line}", about.number)).of(question.account_id).after(after)
    }
}
