//! Numbers of the processes that make ids: leased, so that no two processes have the same one at a time.

use jiff::Timestamp;

use crate::{Error, One, Tx, record, statements};

/// How many numbers there are: ten bits of an id.
pub const NODES: i64 = 1024;

record! {
    /// A number and who has it.
    pub struct NodeRow in "node" key(number) {
        /// 0 to 1023.
        pub number: i64,
        /// Random bytes that the process made when it started.
        pub token: Vec<u8>,
        /// Free for another process after this.
        pub lease_until: Timestamp,
    }
}

statements! {
    HELD: (Integer) -> One<i64> = "SELECT number FROM node WHERE lease_until >= $1 ORDER BY number";
    RENEW: (Integer, Bytes, Integer) = "UPDATE node SET lease_until = $3 WHERE number = $1 AND token = $2";
}

impl Tx {
    /// Takes the lowest number that is free at `now` until `lease_until`; nothing where all are held.
    pub fn claim_node(&mut self, token: &[u8], now: Timestamp, lease_until: Timestamp) -> Result<Option<i64>, Error> {
        let held: Vec<One<i64>> = self.rows(&HELD, &[&now])?;
        let Some(number) = (0..NODES).find(|number| !held.iter().any(|One(taken)| taken == number)) else {
            return Ok(None);
        };
        self.replace(&[NodeRow { number, token: token.to_vec(), lease_until }])?;
        Ok(Some(number))
    }

    /// Moves the end of a lease; false where another process has taken the number meanwhile.
    pub fn renew_node(&mut self, number: i64, token: &[u8], lease_until: Timestamp) -> Result<bool, Error> {
        Ok(self.execute(&RENEW, &[&number, &token.to_vec(), &lease_until])? == 1)
    }
}
