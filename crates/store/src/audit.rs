//! The audit log: every deed that matters, in one chain of hashes, appended in the transaction of the deed.

use jiff::Timestamp;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::{AccountId, Error, One, PersonId, Tx, record, statements, text_words};

text_words! {
    /// What was done.
    pub enum AuditKind {
        /// Somebody signed in.
        SessionBegun = "session_begun",
        /// A session was ended before its time.
        SessionEnded = "session_ended",
        /// Somebody proved again who they are.
        Proved = "proved",
        /// A passkey was added.
        PasskeyAdded = "passkey_added",
        /// A passkey was removed.
        PasskeyRemoved = "passkey_removed",
        /// A Microsoft identity was linked.
        MicrosoftLinked = "microsoft_linked",
        /// The Microsoft identities of somebody were unlinked.
        MicrosoftUnlinked = "microsoft_unlinked",
        /// A tenant of Microsoft was approved for an account, or no longer is.
        TenantChanged = "tenant_changed",
        /// Somebody became a contact.
        ContactAdded = "contact_added",
        /// A contact's name, role or mail was changed.
        ContactChanged = "contact_changed",
        /// Somebody is no contact any more.
        ContactRemoved = "contact_removed",
        /// An address that only receives invoices was added, changed or removed.
        RecipientChanged = "recipient_changed",
        /// An invoice was mailed to an address that somebody named.
        InvoiceForwarded = "invoice_forwarded",
        /// An account's own data were changed.
        AccountChanged = "account_changed",
        /// An agreement was changed.
        AgreementChanged = "agreement_changed",
        /// What an hour of a role costs was set.
        RateSet = "rate_set",
        /// An amount was agreed for a ticket.
        TicketAgreed = "ticket_agreed",
        /// A credit note was issued.
        CreditNote = "credit_note",
        /// Money was booked by hand.
        Booking = "booking",
        /// A payment was begun or planned.
        PaymentStarted = "payment_started",
        /// A planned payment was called off, or one that nobody had finished.
        PaymentCanceled = "payment_canceled",
        /// Somebody of staff wants money to go back.
        RefundAsked = "refund_asked",
        /// A second one approved it.
        RefundApproved = "refund_approved",
        /// Money was sent back.
        PaymentRefunded = "payment_refunded",
        /// Money doesn't go back: the second one or the processor refused.
        RefundRefused = "refund_refused",
        /// A rule of Auto Pay was proposed.
        AutoPayProposed = "autopay_proposed",
        /// Both agreed to a rule.
        AutoPayConfirmed = "autopay_confirmed",
        /// A proposed rule was turned down or taken back.
        AutoPayRefused = "autopay_refused",
        /// A rule rests, or goes on.
        AutoPayPaused = "autopay_paused",
        /// An invoice is skipped, or isn't any more.
        AutoPaySkipped = "autopay_skipped",
        /// A rule ended.
        AutoPayEnded = "autopay_ended",
        /// A method was kept.
        MethodAdded = "method_added",
        /// A method was named, made the default, replaced.
        MethodChanged = "method_changed",
        /// A method was removed.
        MethodRemoved = "method_removed",
        /// Something that didn't fit was seen to.
        ExceptionResolved = "exception_resolved",
        /// Late fees were charged.
        LateFees = "late_fees",
        /// Drafts were approved, held or excluded.
        DraftsDecided = "drafts_decided",
        /// The provider's profile or settings were changed.
        ProviderChanged = "provider_changed",
        /// A text of mails or help was changed.
        WordingChanged = "wording_changed",
        /// An export was imported.
        Imported = "imported",
        /// A setting of an account or of the house was changed.
        SettingChanged = "setting_changed",
        /// An address that mail came back from is sent to again.
        AddressCleared = "address_cleared",
        /// A held instance issues and mails again.
        Resumed = "resumed",
        /// Somebody was invited to the provider's staff.
        StaffInvited = "staff_invited",
        /// A member of staff registered a passkey by the one-time link.
        StaffJoined = "staff_joined",
        /// The rights of a member of staff were changed.
        StaffChanged = "staff_changed",
        /// Somebody is no member of staff any more.
        StaffRemoved = "staff_removed",
        /// Something was asked of staff.
        RequestMade = "request_made",
        /// A member of staff took the first step of a request.
        RequestChecked = "request_checked",
        /// A request was granted.
        RequestApproved = "request_approved",
        /// A request was turned down.
        RequestRefused = "request_refused",
        /// Somebody asked about an invoice, or disputes a part of it.
        QuestionAsked = "question_asked",
        /// Something was said about a question.
        QuestionAnswered = "question_answered",
        /// A question is over.
        QuestionSettled = "question_settled",
        /// A member of staff looked at the portal as an account sees it.
        ViewedAs = "viewed_as",
    }
}

record! {
    /// A link of the chain.
    pub struct AuditRow in "audit" {
        /// From 1, without a gap.
        pub serial: i64,
        /// In real time.
        pub made_at: Timestamp,
        pub account_id: Option<AccountId>,
        pub person_id: Option<PersonId>,
        /// An e-mail address, `console` or `program`.
        pub actor: String,
        /// As whom, where staff look as a customer.
        pub acting_as: Option<String>,
        pub kind: AuditKind,
        /// What it is about, in a few words.
        pub subject: String,
        /// JSON.
        pub before: Option<String>,
        /// JSON.
        pub after: Option<String>,
        /// `192.0.2.0/24`, or `console`.
        pub network: String,
        /// The hash of the row before; zeros for the first.
        pub previous_hash: [u8; 32],
        pub hash: [u8; 32],
    }
}

record! {
    /// The end of the chain.
    pub struct AuditHeadRow in "audit_head" key(one) {
        pub one: i64,
        /// Of the last row; 0 where there is none.
        pub serial: i64,
        pub hash: [u8; 32],
    }
}

/// A deed as it is told to the log: a row that has no place in the chain yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    pub made_at: Timestamp,
    pub account_id: Option<AccountId>,
    pub person_id: Option<PersonId>,
    pub actor: String,
    pub acting_as: Option<String>,
    pub kind: AuditKind,
    pub subject: String,
    pub before: Option<Json>,
    pub after: Option<Json>,
    pub network: String,
}

impl Deed {
    /// The same, about an account: its admins see it.
    #[must_use]
    pub fn of(self, account: AccountId) -> Self {
        Self { account_id: Some(account), ..self }
    }

    /// The same, with what was there before.
    #[must_use]
    pub fn before(self, before: Json) -> Self {
        Self { before: Some(before), ..self }
    }

    /// The same, with what is there now.
    #[must_use]
    pub fn after(self, after: Json) -> Self {
        Self { after: Some(after), ..self }
    }

    fn row(&self, serial: i64, previous_hash: [u8; 32]) -> AuditRow {
        let mut row = AuditRow {
            serial,
            made_at: self.made_at,
            account_id: self.account_id,
            person_id: self.person_id,
            actor: self.actor.clone(),
            acting_as: self.acting_as.clone(),
            kind: self.kind,
            subject: self.subject.clone(),
            before: self.before.as_ref().map(Json::to_string),
            after: self.after.as_ref().map(Json::to_string),
            network: self.network.clone(),
            previous_hash,
            hash: [0; 32],
        };
        row.hash = row.expected_hash();
        row
    }
}

impl AuditRow {
    /// What the row's hash has to be: SHA-256 over its columns in their order, each with its length, and the hash before.
    pub fn expected_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let columns = [
            number(Some(self.serial)),
            number(Some(self.made_at.as_microsecond())),
            number(self.account_id.map(i64::from)),
            number(self.person_id.map(i64::from)),
            Some(self.actor.clone()),
            self.acting_as.clone(),
            Some(self.kind.as_str().to_owned()),
            Some(self.subject.clone()),
            self.before.clone(),
            self.after.clone(),
            Some(self.network.clone()),
        ];
        for column in &columns {
            // A column that is empty and one that is absent are not the same.
            let length = column.as_ref().map_or(u64::MAX, |text| u64::try_from(text.len()).unwrap_or(u64::MAX));
            hash.update(length.to_be_bytes());
            hash.update(column.as_deref().unwrap_or_default());
        }
        hash.update(self.previous_hash);
        hash.finalize().into()
    }
}

/// Which rows of the log; whatever is empty or nothing filters nothing.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub account: Option<AccountId>,
    /// Lower-cased.
    pub actor: String,
    pub kind: Option<AuditKind>,
}

const FIRST: [u8; 32] = [0; 32];

statements! {
    TAKE_HEAD: (Integer) -> AuditHeadRow = "UPDATE audit_head SET serial = serial + $1 WHERE one = 1 RETURNING one, serial, hash";
    SET_HEAD: (Bytes) = "UPDATE audit_head SET hash = $1 WHERE one = 1";
    HEAD: () -> AuditHeadRow = "SELECT one, serial, hash FROM audit_head WHERE one = 1";
    FROM: (Integer, Integer) -> AuditRow = "SELECT serial, made_at, account_id, person_id, actor, acting_as, kind, subject, before, after, \
        network, previous_hash, hash FROM audit WHERE serial > $1 ORDER BY serial LIMIT $2";
    NEWEST: (Integer, Text, Integer) -> AuditRow = "SELECT serial, made_at, account_id, person_id, actor, acting_as, kind, subject, before, after, \
        network, previous_hash, hash FROM audit WHERE serial < $1 AND ($2 = '' OR kind = $2) ORDER BY serial DESC LIMIT $3";
    NEWEST_OF_ACTOR: (Integer, Text, Integer, Text) -> AuditRow = "SELECT serial, made_at, account_id, person_id, actor, acting_as, kind, subject, \
        before, after, network, previous_hash, hash FROM audit WHERE actor = $4 AND serial < $1 AND ($2 = '' OR kind = $2) \
        ORDER BY serial DESC LIMIT $3";
    NEWEST_OF_ACCOUNT: (Integer, Text, Integer, Integer, Text) -> AuditRow = "SELECT serial, made_at, account_id, person_id, actor, acting_as, kind, \
        subject, before, after, network, previous_hash, hash FROM audit WHERE account_id = $4 AND serial < $1 AND ($2 = '' OR kind = $2) \
        AND ($5 = '' OR actor = $5) ORDER BY serial DESC LIMIT $3";
    OF_CUSTOMER: (Integer, Integer, Integer) -> AuditRow = "SELECT serial, made_at, account_id, person_id, actor, acting_as, kind, \
        subject, before, after, network, previous_hash, hash FROM audit WHERE account_id = $2 AND serial < $1 AND kind <> 'drafts_decided' \
        ORDER BY serial DESC LIMIT $3";
    COUNT: (Integer, Text, Integer) -> One<i64> = "SELECT count(*) FROM audit WHERE account_id = $1 AND kind = $2 AND made_at > $3";
    OWN_OF_PEOPLE: (Integer, Integer, Integer) -> AuditRow = "SELECT serial, made_at, account_id, person_id, actor, acting_as, kind, subject, \
        before, after, network, previous_hash, hash FROM audit WHERE account_id IS NULL AND person_id IN (SELECT person_id FROM contact WHERE account_id = $2) \
        AND kind IN ('session_begun', 'session_ended', 'passkey_added', 'passkey_removed', 'microsoft_linked', 'microsoft_unlinked') \
        AND serial < $1 ORDER BY serial DESC LIMIT $3";
}

impl Tx {
    /// Appends deeds to the log. The last thing a transaction does: from here on, others that append wait for its end.
    pub fn append_audit(&mut self, deeds: &[Deed]) -> Result<(), Error> {
        if deeds.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(deeds.len()).map_err(|error| Error::Other(error.to_string()))?;
        let mut head: Option<AuditHeadRow> = self.row(&TAKE_HEAD, &[&count])?;
        if head.is_none() {
            self.insert_or_skip(&[AuditHeadRow { one: 1, serial: 0, hash: FIRST }])?;
            head = self.row(&TAKE_HEAD, &[&count])?;
        }
        let head = head.ok_or_else(|| Error::Other("the audit log has no head".to_owned()))?;
        let mut rows: Vec<AuditRow> = Vec::with_capacity(deeds.len());
        let mut last = head.hash;
        for (deed, serial) in deeds.iter().zip(head.serial - count + 1..) {
            let row = deed.row(serial, last);
            last = row.hash;
            rows.push(row);
        }
        self.insert(&rows)?;
        self.execute(&SET_HEAD, &[&last]).map(drop)
    }

    /// The end of the chain; nothing while nothing was done.
    pub fn audit_head(&mut self) -> Result<Option<AuditHeadRow>, Error> {
        self.row(&HEAD, &[])
    }

    /// Rows after a serial, in their order.
    pub fn audit_from(&mut self, after: i64, limit: i64) -> Result<Vec<AuditRow>, Error> {
        self.rows(&FROM, &[&after, &limit])
    }

    /// Rows before a serial, the newest first.
    pub fn audit_before(&mut self, before: i64, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditRow>, Error> {
        let kind = filter.kind.map_or("", |kind| kind.as_str());
        match filter.account {
            Some(account) => self.rows(&NEWEST_OF_ACCOUNT, &[&before, &kind, &limit, &account, &filter.actor.as_str()]),
            None if filter.actor.is_empty() => self.rows(&NEWEST, &[&before, &kind, &limit]),
            None => self.rows(&NEWEST_OF_ACTOR, &[&before, &kind, &limit, &filter.actor.as_str()]),
        }
    }

    /// How often something was done about an account after an instant.
    pub fn audited_since(&mut self, account: AccountId, kind: AuditKind, after: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&COUNT, &[&account, &kind, &after])?.unwrap_or(0))
    }

    /// An account's part, before a serial, the newest first: what was done about it, and how its present contacts sign in.
    /// Why staff hold a draft is theirs alone.
    pub fn account_audit(&mut self, account: AccountId, before: i64, limit: i64) -> Result<Vec<AuditRow>, Error> {
        let mut rows: Vec<AuditRow> = self.rows(&OF_CUSTOMER, &[&before, &account, &limit])?;
        rows.extend(self.rows::<AuditRow>(&OWN_OF_PEOPLE, &[&before, &account, &limit])?);
        rows.sort_by_key(|row| std::cmp::Reverse(row.serial));
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(rows)
    }
}
