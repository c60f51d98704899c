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
    }
}

statements! {
    INSTANCE: () -> InstanceRow = "SELECT one, instance_id, made_at, sandbox, clock_offset_us FROM instance WHERE one = 1";
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

    /// Moves the business clock of a sandbox; 0 rows where it isn't one.
    pub fn set_clock_offset(&mut self, offset_us: i64) -> Result<u64, Error> {
        self.execute(&SET_CLOCK, &[&offset_us])
    }
}
