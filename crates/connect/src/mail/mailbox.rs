//! A mailbox in memory, in place of a relay: for tests and the demo.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use super::{Accepted, Address, Attachment, Letter, Refusal};

const CAPACITY: usize = 500;

/// Holds the 500 letters of the latest date. Clones share the content.
#[derive(Clone, Debug, Default)]
pub struct Mailbox {
    shelf: Arc<Mutex<Shelf>>,
}

/// One letter as one recipient got it.
#[derive(Clone, Debug)]
pub struct Received {
    /// Counts all letters of this mailbox from 1; forgotten letters keep their number.
    pub number: u64,
    pub message_id: String,
    pub from: Address,
    pub reply_to: Option<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    /// Whose mailbox this is: one of `to` or `cc`.
    pub recipient: Address,
    /// As recipients see it, on one line.
    pub subject: String,
    pub text: String,
    pub html: String,
    pub enclosures: Vec<Enclosure>,
    /// The letter's own date.
    pub sent_at: Timestamp,
}

/// An attachment that arrived.
#[derive(Clone, Debug)]
pub struct Enclosure {
    pub file_name: String,
    pub media_type: String,
    pub size_bytes: usize,
    /// Kept only by [`Mailbox::keeping_attachments`].
    pub bytes: Option<Arc<[u8]>>,
}

#[derive(Debug, Default)]
struct Shelf {
    newest_first: VecDeque<Arc<Received>>,
    count: u64,
    failures: VecDeque<Refusal>,
    is_down: bool,
    keeps_attachments: bool,
}

impl Mailbox {
    /// A mailbox that remembers names and sizes of attachments, but not their content.
    pub fn new() -> Self {
        Self::default()
    }

    /// A mailbox that keeps the content of attachments as well.
    pub fn keeping_attachments() -> Self {
        let mailbox = Self::default();
        mailbox.shelf().keeps_attachments = true;
        mailbox
    }

    /// All letters, the newest first.
    pub fn received(&self) -> Vec<Arc<Received>> {
        self.shelf().newest_first.iter().cloned().collect()
    }

    /// The letters that arrived at one address, the newest first.
    pub fn received_by(&self, email: &str) -> Vec<Arc<Received>> {
        let theirs = |letter: &&Arc<Received>| letter.recipient.email().eq_ignore_ascii_case(email);
        self.shelf().newest_first.iter().filter(theirs).cloned().collect()
    }

    /// The next letter meets this refusal; several wait in line. After [`Refusal::Unknown`] the letter is there all
    /// the same, as with a relay that took it and then went silent.
    pub fn fail_next(&self, refusal: Refusal) {
        self.shelf().failures.push_back(refusal);
    }

    /// From now on nobody answers.
    pub fn take_down(&self) {
        self.shelf().is_down = true;
    }

    /// Ends [`Mailbox::take_down`].
    pub fn bring_up(&self) {
        self.shelf().is_down = false;
    }

    pub(super) fn probe(&self) -> Result<(), Refusal> {
        self.shelf().check_is_up()
    }

    /// Refuses what a relay would never get to see, so that tests meet the same rules.
    pub(super) fn send(&self, letter: &Letter, recipient: &Address) -> Result<Accepted, Refusal> {
        letter.mime_for(recipient, None)?;
        let mut shelf = self.shelf();
        shelf.check_is_up()?;
        let failure = shelf.failures.pop_front();
        if matches!(failure, None | Some(Refusal::Unknown(_))) {
            shelf.put(letter, recipient);
        }
        failure.map_or_else(|| Ok(Accepted { text: format!("letter {} of the mailbox", shelf.count) }), Err)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn check_is_up(&self) -> Result<(), Refusal> {
        if self.is_down { Err(Refusal::Unreachable("the mailbox is down".to_owned())) } else { Ok(()) }
    }

    fn put(&mut self, letter: &Letter, recipient: &Address) {
        self.count += 1;
        let received = Arc::new(Received {
            number: self.count,
            message_id: letter.message_id.clone(),
            from: letter.from.clone(),
            reply_to: letter.reply_to.clone(),
            to: letter.to.clone(),
            cc: letter.cc.clone(),
            recipient: recipient.clone(),
            subject: letter.subject_line(),
            text: letter.text.clone(),
            html: letter.html.clone(),
            enclosures: letter.attachments.iter().map(|attachment| self.enclosure(attachment)).collect(),
            sent_at: letter.date,
        });
        // By date, so that letters of a past that is being made don't bury today's.
        let place = self.newest_first.partition_point(|known| known.sent_at > received.sent_at);
        self.newest_first.insert(place, received);
        self.newest_first.truncate(CAPACITY);
    }

    fn enclosure(&self, attachment: &Attachment) -> Enclosure {
        Enclosure {
            file_name: attachment.safe_file_name(),
            media_type: attachment.media_type.clone(),
            size_bytes: attachment.bytes.len(),
            bytes: self.keeps_attachments.then(|| Arc::clone(&attachment.bytes)),
        }
    }
}
