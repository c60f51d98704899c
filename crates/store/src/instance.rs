//! The instance: who this database belongs to, and its clock.

use jiff::Timestamp;

use crate::{Error, Tx, record, statements};

record! {
    /// The one row that makes a database an instance of the product.
    pub struct InstanceRow in "instance" key(one) {
        /// Always 1.
        pub one: i64,
        /// 16 random bytes; every connection checks them.
        pub instance_id: Vec<u8>,
        pub made_at: Timestamp,
        /// Whether the business clock may be moved.
        pub sandbox: bool,
        /// Business time is real time plus this, in microseconds; 0 unless a sandbox.
        pub clock_offset_us: i64,
        /// Since when it neither makes runs nor mails, because another copy of it may have done so: restored, or moved
        /// elsewhere.
        pub held_at: Option<Timestamp>,
        /// "it was restored from a backup of 2026-11-24", where it is held.
        pub held_because: Option<String>,
    }
}

statements! {
    INSTANCE: () -> InstanceRow = "SELECT one, instance_id, made_at, sandbox, clock_offset_us, held_at, held_because \
        FROM instance WHERE one = 1";
    HOLD: (Integer, Text) = "UPDATE instance SET held_at = $1, held_because = $2 WHERE one = 1";
    LET_GO: () = "UPDATE instance SET held_at = NULL, held_because = NULL WHERE one = 1";
    ADVANCE_CLOCK: (Integer) = "UPDATE instance SET clock_offset_us = $1 WHERE one = 1 AND sandbox = 1 AND clock_offset_us <= $1";
    SET_CLOCK: (Integer) = "UPDATE instance SET clock_offset_us = $1 WHERE one = 1 AND sandbox = 1";
}

impl Tx {
    /// The instance, or nothing where `init` was not run.
    pub fn instance(&mut self) -> Result<Option<InstanceRow>, Error> {
        self.row(&INSTANCE, &[])
    }

    /// Makes the instance. `Conflict` where there is one already.
    pub fn insert_instance(&mut self, row: InstanceRow) -> Result<(), Error> {
        self.insert(&[row])
    }

    /// Has the instance neither make runs nor mail until it is let go.
    pub fn hold_instance(&mut self, at: Timestamp, because: &str) -> Result<(), Error> {
        self.execute(&HOLD, &[&at, &because]).map(drop)
    }

    /// Ends that.
    pub fn let_instance_go(&mut self) -> Result<(), Error> {
        self.execute(&LET_GO, &[]).map(drop)
    }

    /// Moves the business clock of a sandbox forward; 0 rows where it isn't one, or somebody moved it further.
    pub fn advance_clock_offset(&mut self, offset_us: i64) -> Result<u64, Error> {
        self.execute(&ADVANCE_CLOCK, &[&offset_us])
    }

    /// Sets the business clock of a sandbox, also back: the demo makes its past; 0 rows where it isn't one.
    pub fn set_clock_offset(&mut self, offset_us: i64) -> Result<u64, Error> {
        self.execute(&SET_CLOCK, &[&offset_us])
    }
}
