//! Somebody goes on with a question: the customer replies, or staff answer and perhaps end what it holds.

use billing::question::Said;
use store::QuestionId;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::questions::{Desk, Message, Speaker, plain};

/// What an answer of staff does with a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// What is held stays held. A customer's reply always does this.
    Stays,
    /// Nothing is held any more.
    Ends,
}

/// Writes the message down and tells the other side; the same one sent twice is written once.
///
/// # Errors
/// `NotFound` for a question that isn't the speaker's; `Refused` with the sentence that says what is wrong; `TooMany`.
pub async fn answer_question(
    app: &App,
    speaker: Speaker,
    (question, hold): (QuestionId, Hold),
    words: &str,
    by: &Actor,
) -> Result<()> {
    let (words, desk) = (plain(words)?, Desk::of(app, by));
    let said = match (&speaker, hold) {
        (Speaker::Contact(_), _) => Said::Replied,
        (Speaker::Staff, Hold::Stays) => Said::Answered,
        (Speaker::Staff, Hold::Ends) => Said::Released,
    };
    let written = app.store.write(move |tx| {
        let question = speaker.question(tx, question)?;
        let message = Message { speaker: &speaker, said, words: &words };
        if desk.is_repeated(tx, &question, message)? {
            return Ok(());
        }
        desk.may_write(tx, &speaker)?;
        let standing = question.standing().after(said).map_err(Error::refused)?;
        desk.say(tx, question, standing, message)
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}
