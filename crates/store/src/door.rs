//! How often a door was tried: one row for a network or device, a door and a quarter of an hour.

use jiff::Timestamp;

use crate::{Error, One, Tx, record, statements, text_words};

text_words! {
    /// A door at which a question is written down for whoever knocks.
    pub enum Door {
        /// Somebody is sent to Microsoft.
        Microsoft = "microsoft",
        /// A challenge is given out for a passkey.
        Passkey = "passkey",
    }
}

record! {
    /// How often a door was tried.
    pub struct DoorCountRow in "door_count" key(asked_by, door, window_at) {
        /// HMAC of the network or device.
        pub asked_by: [u8; 32],
        pub door: Door,
        /// When the quarter of an hour began, in real time.
        pub window_at: Timestamp,
        pub tries: i64,
    }
}

statements! {
    KNOCK: (Bytes, Text, Integer) -> One<i64> = "INSERT INTO door_count (asked_by, door, window_at, tries) VALUES ($1, $2, $3, 1) \
        ON CONFLICT (asked_by, door, window_at) DO UPDATE SET tries = door_count.tries + 1 RETURNING tries";
    FORGET: (Integer) = "DELETE FROM door_count WHERE window_at < $1";
}

impl Tx {
    /// Counts a try, and gives how many there are now.
    pub fn knock(&mut self, asked_by: &[u8; 32], door: Door, window_at: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&KNOCK, &[asked_by, &door, &window_at])?.unwrap_or(1))
    }

    /// Deletes what began before an instant.
    pub fn forget_door_counts(&mut self, before: Timestamp) -> Result<u64, Error> {
        self.execute(&FORGET, &[&before])
    }
}
