//! Questions about invoices: who says something, in plain words, and what every message does besides.

mod credit;
mod desk;
mod telling;
mod threads;

use billing::question::{Said, Side};
use store::QuestionId;
use store::Tx;
use store::question::QuestionRow;
use store::scope::AccountScope;

use crate::error::{Error, Result};
use crate::paper::words::thousands;

pub use desk::Desk;
pub use telling::line_words;
pub use threads::Threads;

/// The longest message, in characters.
pub const LONGEST: usize = 5_000;

/// Who says something.
#[derive(Clone, Debug)]
pub enum Speaker {
    /// A person of an account, about what they may see.
    Contact(AccountScope),
    /// The provider's staff, or a command.
    Staff,
}

impl Speaker {
    /// A question that they may go on with, locked; `NotFound` where it is another's.
    ///
    /// # Errors
    /// `NotFound`, and those of the database.
    pub fn question(&self, tx: &mut Tx, question: QuestionId) -> Result<QuestionRow> {
        let found = tx.lock_question(question)?.ok_or(Error::NotFound)?;
        match self {
            Self::Contact(scope) if scope.account(found.account_id).is_none() => Err(Error::NotFound),
            _ => Ok(found),
        }
    }

    fn side(&self) -> Side {
        if let Self::Contact(_) = self { Side::Customer } else { Side::Staff }
    }
}

/// Something that is said.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub speaker: &'a Speaker,
    pub said: Said,
    /// Plain: see [`plain`].
    pub words: &'a str,
}

/// The words as they are kept: line breaks stay, what can't be seen goes.
///
/// # Errors
/// `Refused` where nothing is left, or it is too long.
pub fn plain(words: &str) -> Result<String> {
    let words: String = words.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|c| is_plain(*c)).collect();
    let words = words.trim();
    match words.chars().count() {
        0 => Err(Error::refused("Write a few words.")),
        count if count > LONGEST => Err(Error::Refused(format!(
            "This is {} characters long. Write at most {}; you can send a second message.",
            thousands(i64::try_from(count).unwrap_or(i64::MAX)),
            thousands(i64::try_from(LONGEST).unwrap_or(i64::MAX))
        ))),
        _ => Ok(words.to_owned()),
    }
}

/// Neither a control character nor one that turns the direction of what follows.
fn is_plain(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    matches!(c, '\n' | '\t') || !(c.is_control() || turns)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, plain};

    #[test]
    fn words_keep_their_lines_and_lose_what_cannot_be_seen() {
        assert_eq!(plain(" one\r\ntwo\rthree \n").unwrap(), "one\ntwo\nthree");
        assert_eq!(plain("a\0b\u{202e}c\u{7}\td").unwrap(), "abc\td");
        assert_eq!(plain("<b>&amp;").unwrap(), "<b>&amp;");
        assert!(plain(" \r\n\0").is_err());
        assert_eq!(plain(&"é".repeat(LONGEST)).unwrap().chars().count(), LONGEST);
        assert!(plain(&"é".repeat(LONGEST + 1)).is_err());
    }
}
