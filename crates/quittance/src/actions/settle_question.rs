//! A question is over: the asker says that this answers it, or staff close it with a word.

use billing::account::Role;
use billing::question::{Said, may_settle};
use store::QuestionId;
use store::question::QuestionRow;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::questions::{Desk, Message, Speaker, plain};

/// Settles it; what it held is asked for again. Done twice, it is done once. A customer needs no words for it.
///
/// # Errors
/// `NotFound` for a question that isn't the speaker's; `Refused` with the sentence that says what is wrong.
pub async fn settle_question(app: &App, speaker: Speaker, question: QuestionId, words: &str, by: &Actor) -> Result<()> {
    let words = match &speaker {
        Speaker::Contact(_) if words.trim().is_empty() => String::new(),
        _ => plain(words)?,
    };
    let desk = Desk::of(app, by);
    let written = app.store.write(move |tx| {
        let question = speaker.question(tx, question)?;
        let message = Message { speaker: &speaker, said: Said::Settled, words: &words };
        if desk.is_repeated(tx, &question, message)? {
            return Ok(());
        }
        permit(&speaker, &question)?;
        let standing = question.standing().after(Said::Settled).map_err(Error::refused)?;
        desk.say(tx, question, standing, message)
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

/// The asker, and the account's admins; who only looks doesn't end what is held.
///
/// # Errors
/// `Refused`.
fn permit(speaker: &Speaker, question: &QuestionRow) -> Result<()> {
    let Speaker::Contact(scope) = speaker else { return Ok(()) };
    let role = scope.account(question.account_id).map_or(Role::Viewer, |own| own.role);
    if may_settle(role, (scope.person(), question.asked_by), question.held_minor) {
        return Ok(());
    }
    Err(Error::refused("Only who asked, or an admin, can say that this answers it."))
}
