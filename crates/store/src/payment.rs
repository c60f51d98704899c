//! Payments by a processor: what they are for, where they stand, what the processor told about them.

use billing::Currency;
use billing::payment::{Known, Money, Objection, Origin, PaymentState};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::method::{GatewayName, MethodKind};
use crate::scope::AccountScope;
use crate::{
    AccountId, Error, ExceptionId, InvoiceId, MethodId, PaymentId, PersonId, Tx, record, statements, text_words,
};

text_words! {
    /// What a decline means for trying again.
    pub enum DeclineClass {
        /// Later it may work.
        Soft = "soft",
        /// It never will, with this method.
        Hard = "hard",
        /// Its owner has to say yes on the bank's own page.
        Authentication = "authentication",
        /// Not without a new permission.
        NoPermission = "no_permission",
    }
}

text_words! {
    /// What a part keeps its document from.
    pub enum Hold {
        /// From being planned again.
        Planned = "planned",
        /// From any other payment.
        UnderWay = "under_way",
        /// From nothing any more.
        Over = "over",
    }
}

record! {
    /// A payment by a processor.
    pub struct GatewayPaymentRow in "payment" key(payment_id) {
        pub payment_id: PaymentId,
        pub number: String,
        pub key: String,
        pub origin: Origin,
        pub person_id: Option<PersonId>,
        /// Where the receipt goes.
        pub email: String,
        pub payer_name: String,
        pub account_id: AccountId,
        pub method_id: Option<MethodId>,
        pub kind: MethodKind,
        /// `Visa 4242`; empty until it is known.
        pub method_words: String,
        /// Whether the method is kept.
        pub keep: bool,
        pub gateway: GatewayName,
        pub live: bool,
        pub currency: Currency,
        pub amount_minor: i64,
        pub state: PaymentState,
        pub charge_on: Option<Date>,
        pub attempt: i64,
        pub page: Option<String>,
        pub page_url: Option<String>,
        /// The processor's name of the charge.
        pub charge: Option<String>,
        pub money: Money,
        pub is_returned: bool,
        pub objection: Objection,
        pub refunded_minor: i64,
        pub decline: Option<String>,
        pub decline_class: Option<DeclineClass>,
        /// In business time, as the other instants but the last ones.
        pub made_at: Timestamp,
        pub asked_at: Option<Timestamp>,
        pub settled_at: Option<Timestamp>,
        pub ended_at: Option<Timestamp>,
        /// In real time.
        pub next_at: Timestamp,
        pub looks: i64,
        pub lease_until: Timestamp,
    }
}

impl GatewayPaymentRow {
    /// What is known and booked.
    pub fn known(&self) -> Known {
        Known {
            money: self.money,
            returned: self.is_returned,
            objection: self.objection,
            refunded: self.refunded_minor,
        }
    }

    /// Takes over what is known.
    pub fn learn(&mut self, known: Known) {
        self.money = known.money;
        self.is_returned = known.returned;
        self.objection = known.objection;
        self.refunded_minor = known.refunded;
    }

    /// The key of the attempt at the processor's.
    pub fn attempt_key(&self) -> String {
        format!("{}-{}", i64::from(self.payment_id), self.attempt)
    }
}

record! {
    /// What a payment is for.
    pub struct PaymentPartRow in "payment_part" key(account_id, payment_id, part_no) {
        pub account_id: AccountId,
        pub payment_id: PaymentId,
        pub part_no: i64,
        /// Nothing: paid ahead.
        pub document_id: Option<InvoiceId>,
        pub amount_minor: i64,
        pub hold: Hold,
    }
}

record! {
    /// A payment that holds a document, with what it takes of it.
    pub struct HolderRow {
        pub payment_id: PaymentId,
        pub number: String,
        pub state: PaymentState,
        pub origin: Origin,
        pub charge_on: Option<Date>,
        pub method_words: String,
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub amount_minor: i64,
    }
}

record! {
    /// An event of a processor, as it came.
    pub struct GatewayEventRow in "gateway_event" {
        pub gateway: GatewayName,
        pub event: String,
        pub kind: String,
        pub body: Vec<u8>,
        /// In real time.
        pub received_at: Timestamp,
    }
}

record! {
    /// Something that doesn't fit, for staff.
    pub struct PaymentExceptionRow in "payment_exception" key(exception_id) {
        pub exception_id: ExceptionId,
        pub key: String,
        pub payment_id: Option<PaymentId>,
        pub words: String,
        pub made_at: Timestamp,
        pub resolved_by: Option<String>,
        pub resolved_at: Option<Timestamp>,
        pub resolution: Option<String>,
    }
}

record! {
    /// The link of a mailed document.
    pub struct PayLinkRow in "pay_link" {
        pub token_hash: [u8; 32],
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        /// In real time, as its end.
        pub made_at: Timestamp,
        pub expires_at: Timestamp,
    }
}

macro_rules! payment_columns {
    () => {
        "p.payment_id, p.number, p.key, p.origin, p.person_id, p.email, p.payer_name, p.account_id, p.method_id, p.kind, p.method_words, p.keep, \
        p.gateway, p.live, p.currency, p.amount_minor, p.state, p.charge_on, p.attempt, p.page, p.page_url, p.charge, p.money, p.is_returned, \
        p.objection, p.refunded_minor, p.decline, p.decline_class, p.made_at, p.asked_at, p.settled_at, p.ended_at, p.next_at, p.looks, \
        p.lease_until FROM payment p "
    };
}

macro_rules! part_columns {
    () => {
        "account_id, payment_id, part_no, document_id, amount_minor, hold FROM payment_part "
    };
}

macro_rules! holder_columns {
    () => {
        "p.payment_id, p.number, p.state, p.origin, p.charge_on, p.method_words, x.account_id, x.document_id, x.amount_minor \
        FROM payment_part x JOIN payment p ON p.payment_id = x.payment_id "
    };
}

macro_rules! exception_columns {
    () => {
        "exception_id, key, payment_id, words, made_at, resolved_by, resolved_at, resolution FROM payment_exception "
    };
}

statements! {
    PAYMENT: (Integer) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(), "WHERE p.payment_id = $1");
    LOCK: (Integer) = "UPDATE payment SET looks = looks WHERE payment_id = $1";
    BY_KEY: (Text) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(), "WHERE p.key = $1");
    BY_NUMBER: (Text) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(), "WHERE p.number = $1");
    BY_CHARGE: (Text, Text) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(), "WHERE p.gateway = $1 AND p.charge = $2 ORDER BY p.payment_id LIMIT 1");
    BY_PAGE: (Text, Text) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(), "WHERE p.gateway = $1 AND p.page = $2 ORDER BY p.payment_id LIMIT 1");
    PARTS: (Integer) -> PaymentPartRow = concat!("SELECT ", part_columns!(), "WHERE payment_id = $1 ORDER BY part_no");
    OF_ACCOUNT: (Integer, Integer, Integer) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(),
        "WHERE p.payment_id < $2 AND EXISTS (SELECT 1 FROM payment_part x WHERE x.account_id = $1 AND x.payment_id = p.payment_id) \
        ORDER BY p.payment_id DESC LIMIT $3");
    NEWEST: (Integer, Integer) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(), "WHERE p.payment_id < $1 ORDER BY p.payment_id DESC LIMIT $2");
    // One half for each of the partial indexes: neither walks what is over.
    HOLDERS: (Integer) -> HolderRow = concat!("SELECT ", holder_columns!(), "WHERE x.account_id = $1 AND x.document_id IS NOT NULL AND x.hold = 'under_way' \
        UNION ALL SELECT ", holder_columns!(), "WHERE x.account_id = $1 AND x.document_id IS NOT NULL AND x.hold = 'planned'");
    OF_DOCUMENT: (Integer, Integer) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(),
        "WHERE EXISTS (SELECT 1 FROM payment_part x WHERE x.account_id = $1 AND x.document_id = $2 AND x.payment_id = p.payment_id) ORDER BY p.payment_id");
    CLAIM: (Integer, Integer, Integer) -> GatewayPaymentRow = "UPDATE payment SET lease_until = $2, looks = looks + 1 \
        WHERE state IN ('asked', 'unknown', 'processing') AND lease_until < $1 AND payment_id IN (SELECT payment_id FROM payment \
        WHERE state IN ('asked', 'unknown', 'processing') AND lease_until < $1 AND next_at <= $1 ORDER BY next_at LIMIT $3) \
        RETURNING payment_id, number, key, origin, person_id, email, payer_name, account_id, method_id, kind, method_words, keep, \
        gateway, live, currency, amount_minor, state, charge_on, attempt, page, page_url, charge, money, is_returned, \
        objection, refunded_minor, decline, decline_class, made_at, asked_at, settled_at, ended_at, next_at, looks, lease_until";
    RENEW: (Integer, Integer) = "UPDATE payment SET lease_until = $2 WHERE lease_until = $1 AND state IN ('asked', 'unknown', 'processing')";
    DUE: (Text) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(), "WHERE p.state = 'planned' AND p.charge_on <= $1 ORDER BY p.charge_on, p.payment_id");
    USES_METHOD: (Integer, Integer) -> GatewayPaymentRow = concat!("SELECT ", payment_columns!(),
        "WHERE p.account_id = $1 AND p.method_id = $2 AND p.state IN ('planned', 'asked', 'unknown', 'processing') ORDER BY p.payment_id");
    LET_GO: (Integer) = "UPDATE payment_part SET hold = 'over' WHERE payment_id = $1 AND hold <> 'over'";
    TAKE_UP: (Integer) = "UPDATE payment_part SET hold = 'under_way' WHERE payment_id = $1 AND hold = 'planned'";
    DROP_PART: (Integer, Integer, Integer) = "DELETE FROM payment_part WHERE account_id = $1 AND payment_id = $2 AND part_no = $3 AND hold = 'planned'";
    EVENT: (Text, Text) -> crate::One<String> = "SELECT event FROM gateway_event WHERE gateway = $1 AND event = $2";
    EVENTS: (Text) -> GatewayEventRow = "SELECT gateway, event, kind, body, received_at FROM gateway_event WHERE gateway = $1 ORDER BY received_at, event";
    EXCEPTIONS: (Integer) -> PaymentExceptionRow = concat!("SELECT ", exception_columns!(), "WHERE resolved_at IS NULL ORDER BY exception_id LIMIT $1");
    EXCEPTION: (Integer) -> PaymentExceptionRow = concat!("SELECT ", exception_columns!(), "WHERE exception_id = $1");
    LINK: (Bytes, Integer) -> PayLinkRow = "SELECT token_hash, account_id, document_id, made_at, expires_at FROM pay_link WHERE token_hash = $1 AND expires_at > $2";
}

impl Tx {
    /// A payment. Whose it is is for the caller to check: see [`Tx::scoped_payment`].
    pub fn gateway_payment(&mut self, payment: PaymentId) -> Result<Option<GatewayPaymentRow>, Error> {
        self.row(&PAYMENT, &[&payment])
    }

    /// A payment that whoever has it in this transaction changes alone: all others wait.
    pub fn lock_payment(&mut self, payment: PaymentId) -> Result<Option<GatewayPaymentRow>, Error> {
        self.execute(&LOCK, &[&payment])?;
        self.gateway_payment(payment)
    }

    /// A payment of a person's accounts, with its parts: all of them must be in the scope.
    pub fn scoped_payment(
        &mut self,
        scope: &AccountScope,
        number: &str,
    ) -> Result<Option<(GatewayPaymentRow, Vec<PaymentPartRow>)>, Error> {
        let Some(payment) = self.row::<GatewayPaymentRow>(&BY_NUMBER, &[&number])? else { return Ok(None) };
        let parts = self.payment_parts(payment.payment_id)?;
        let is_own = parts.iter().all(|part| scope.account(part.account_id).is_some());
        Ok((is_own && !parts.is_empty()).then_some((payment, parts)))
    }

    /// The payment of a form or charge.
    pub fn gateway_payment_by_key(&mut self, key: &str) -> Result<Option<GatewayPaymentRow>, Error> {
        self.row(&BY_KEY, &[&key])
    }

    /// The payment of this number.
    pub fn gateway_payment_by_number(&mut self, number: &str) -> Result<Option<GatewayPaymentRow>, Error> {
        self.row(&BY_NUMBER, &[&number])
    }

    /// The payment that a processor's charge belongs to.
    pub fn payment_of_charge(
        &mut self,
        gateway: GatewayName,
        charge: &str,
    ) -> Result<Option<GatewayPaymentRow>, Error> {
        self.row(&BY_CHARGE, &[&gateway, &charge])
    }

    /// The payment that a processor's page belongs to.
    pub fn payment_of_page(&mut self, gateway: GatewayName, page: &str) -> Result<Option<GatewayPaymentRow>, Error> {
        self.row(&BY_PAGE, &[&gateway, &page])
    }

    /// What a payment is for.
    pub fn payment_parts(&mut self, payment: PaymentId) -> Result<Vec<PaymentPartRow>, Error> {
        self.rows(&PARTS, &[&payment])
    }

    /// The newest payments of a scope before one of them, at most `limit` of each account; each stands once.
    pub fn payments_of(
        &mut self,
        scope: &AccountScope,
        before: PaymentId,
        limit: i64,
    ) -> Result<Vec<GatewayPaymentRow>, Error> {
        let mut payments: Vec<GatewayPaymentRow> = Vec::new();
        for account in scope.accounts() {
            payments.append(&mut self.rows(&OF_ACCOUNT, &[&account.account_id, &before, &limit])?);
        }
        payments.sort_by_key(|payment| std::cmp::Reverse(payment.payment_id));
        payments.dedup_by_key(|payment| payment.payment_id);
        Ok(payments)
    }

    /// The newest payments of all accounts before one of them.
    pub fn newest_payments(&mut self, before: PaymentId, limit: i64) -> Result<Vec<GatewayPaymentRow>, Error> {
        self.rows(&NEWEST, &[&before, &limit])
    }

    /// What holds the documents of an account: payments under way, and planned ones.
    pub fn holders(&mut self, account: AccountId) -> Result<Vec<HolderRow>, Error> {
        let mut holders: Vec<HolderRow> = self.rows(&HOLDERS, &[&account])?;
        holders.sort_by_key(|holder| (holder.document_id, holder.state == PaymentState::Planned, holder.payment_id));
        Ok(holders)
    }

    /// The payments for a document, oldest first.
    pub fn payments_for(&mut self, account: AccountId, document: InvoiceId) -> Result<Vec<GatewayPaymentRow>, Error> {
        self.rows(&OF_DOCUMENT, &[&account, &document])
    }

    /// Takes payments whose outcome is to be asked for, until `lease_until`, in real time.
    pub fn claim_payments(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<GatewayPaymentRow>, Error> {
        self.rows(&CLAIM, &[&now, &lease_until, &limit])
    }

    /// Keeps what was claimed until `lease_until` in the same hands until `renewed_until`; gives how many rows.
    pub fn renew_payments(&mut self, lease_until: Timestamp, renewed_until: Timestamp) -> Result<u64, Error> {
        self.execute(&RENEW, &[&lease_until, &renewed_until])
    }

    /// Planned payments whose day has come.
    pub fn due_payments(&mut self, today: Date) -> Result<Vec<GatewayPaymentRow>, Error> {
        self.rows(&DUE, &[&today])
    }

    /// Payments that still need a method.
    pub fn payments_with(&mut self, account: AccountId, method: MethodId) -> Result<Vec<GatewayPaymentRow>, Error> {
        self.rows(&USES_METHOD, &[&account, &method])
    }

    /// A payment's documents are free for others.
    pub fn let_go(&mut self, payment: PaymentId) -> Result<u64, Error> {
        self.execute(&LET_GO, &[&payment])
    }

    /// A planned payment begins: nothing else may take its documents. Errors: `Conflict` where something does.
    pub fn take_up(&mut self, payment: PaymentId) -> Result<u64, Error> {
        self.execute(&TAKE_UP, &[&payment])
    }

    /// A part of a planned payment that there is nothing left to pay of.
    pub fn drop_part(&mut self, part: &PaymentPartRow) -> Result<u64, Error> {
        self.execute(&DROP_PART, &[&part.account_id, &part.payment_id, &part.part_no])
    }

    /// Whether an event has been taken.
    pub fn is_taken(&mut self, gateway: GatewayName, event: &str) -> Result<bool, Error> {
        Ok(self.value::<String>(&EVENT, &[&gateway, &event])?.is_some())
    }

    /// Every event of a processor, in the order in which they came.
    pub fn gateway_events(&mut self, gateway: GatewayName) -> Result<Vec<GatewayEventRow>, Error> {
        self.rows(&EVENTS, &[&gateway])
    }

    /// What doesn't fit and nobody has seen to, the oldest first.
    pub fn open_exceptions(&mut self, limit: i64) -> Result<Vec<PaymentExceptionRow>, Error> {
        self.rows(&EXCEPTIONS, &[&limit])
    }

    /// One of them.
    pub fn payment_exception(&mut self, exception: ExceptionId) -> Result<Option<PaymentExceptionRow>, Error> {
        self.row(&EXCEPTION, &[&exception])
    }

    /// The document of a link that still holds.
    pub fn pay_link(&mut self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<PayLinkRow>, Error> {
        self.row(&LINK, &[token_hash, &now])
    }
}
