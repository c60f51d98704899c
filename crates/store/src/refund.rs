//! Money that goes back by the processor: asked for by one of staff, above a limit approved by another, and then sent.

use jiff::Timestamp;

use crate::payment::GatewayPaymentRow;
use crate::{Error, PaymentId, PersonId, RefundId, Tx, record, statements, text_words};

text_words! {
    /// How far it is.
    pub enum RefundState {
        /// A second member of staff decides.
        Waiting = "waiting",
        /// The processor is asked until it answers.
        Asked = "asked",
        /// The processor sends it.
        Sent = "sent",
        /// The second member of staff or the processor said no.
        Refused = "refused",
    }
}

record! {
    /// A refund.
    pub struct RefundRow in "refund" key(refund_id) {
        pub refund_id: RefundId,
        pub payment_id: PaymentId,
        pub key: String,
        pub amount_minor: i64,
        pub reason: String,
        /// Whether it needs two.
        pub is_large: bool,
        pub state: RefundState,
        pub asked_by: Option<PersonId>,
        /// An e-mail address, or `console`.
        pub asked_name: String,
        pub made_at: Timestamp,
        pub decided_by: Option<PersonId>,
        pub decided_name: Option<String>,
        pub ended_at: Option<Timestamp>,
        /// Why it was refused.
        pub why: Option<String>,
        /// In real time.
        pub next_at: Timestamp,
        pub asks: i64,
    }
}

macro_rules! columns {
    () => {
        "refund_id, payment_id, key, amount_minor, reason, is_large, state, asked_by, asked_name, made_at, decided_by, decided_name, \
        ended_at, why, next_at, asks FROM refund "
    };
}

statements! {
    REFUND: (Integer) -> RefundRow = concat!("SELECT ", columns!(), "WHERE refund_id = $1");
    BY_KEY: (Text) -> RefundRow = concat!("SELECT ", columns!(), "WHERE key = $1");
    OF_PAYMENT: (Integer) -> RefundRow = concat!("SELECT ", columns!(), "WHERE payment_id = $1 ORDER BY refund_id");
    WAITING: (Integer) -> RefundRow = concat!("SELECT ", columns!(), "WHERE state = 'waiting' ORDER BY refund_id LIMIT $1");
    DUE: (Integer, Integer) -> RefundRow = concat!("SELECT ", columns!(), "WHERE state = 'asked' AND next_at <= $1 ORDER BY next_at LIMIT $2");
}

impl Tx {
    /// One refund.
    pub fn refund(&mut self, refund: RefundId) -> Result<Option<RefundRow>, Error> {
        self.row(&REFUND, &[&refund])
    }

    /// The refund of a form or command.
    pub fn refund_by_key(&mut self, key: &str) -> Result<Option<RefundRow>, Error> {
        self.row(&BY_KEY, &[&key])
    }

    /// Those of a payment, the oldest first.
    pub fn refunds_of(&mut self, payment: PaymentId) -> Result<Vec<RefundRow>, Error> {
        self.rows(&OF_PAYMENT, &[&payment])
    }

    /// What waits for a second member of staff, each with its payment.
    pub fn waiting_refunds(&mut self, limit: i64) -> Result<Vec<(RefundRow, GatewayPaymentRow)>, Error> {
        let mut found = Vec::new();
        let rows: Vec<RefundRow> = self.rows(&WAITING, &[&limit])?;
        for row in rows {
            let payment = self.gateway_payment(row.payment_id)?;
            found.extend(payment.map(|payment| (row, payment)));
        }
        Ok(found)
    }

    /// Those that the processor is to be asked for.
    pub fn due_refunds(&mut self, now: Timestamp, limit: i64) -> Result<Vec<RefundRow>, Error> {
        self.rows(&DUE, &[&now, &limit])
    }
}
