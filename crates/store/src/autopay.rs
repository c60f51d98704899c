//! Auto Pay: rules in all their versions, pauses and skips, and what was announced and charged.

use billing::autopay::Rule;
use billing::payment::PaymentState;
use billing::work::WorkType;
use billing::{Currency, Stream};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::payment::DeclineClass;
use crate::{
    AccountId, Error, Field, InvoiceId, Kind, MandateId, MethodId, PauseId, PersonId, RuleId, RuleVersionId, Tx, Value,
    record, statements, text_words,
};

/// JSON: nothing in SQL looks into it.
impl Field for Rule {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(serde_json::to_string(self).unwrap_or_default().into())
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        serde_json::from_str(&value.text()?).map_err(|_| Error::corrupt("not a rule of Auto Pay"))
    }
}

text_words! {
    /// How far a version of a rule is.
    pub enum RuleState {
        /// Somebody has to agree to it.
        Proposed = "proposed",
        /// It holds.
        InForce = "in_force",
        /// It held, and nothing took its place.
        Ended = "ended",
        /// A newer version took its place.
        Replaced = "replaced",
        /// It never held.
        Refused = "refused",
    }
}

text_words! {
    /// Who has to agree to a proposal.
    pub enum Side {
        /// The provider's staff.
        Staff = "staff",
        /// An admin or payer of the account.
        Customer = "customer",
    }
}

record! {
    /// A version of a rule.
    pub struct RuleRow in "autopay_rule" key(account_id, version_id) {
        pub account_id: AccountId,
        pub version_id: RuleVersionId,
        /// Of all versions of the rule.
        pub rule_id: RuleId,
        pub state: RuleState,
        pub rule: Rule,
        pub waits_for: Option<Side>,
        pub proposed_by: Option<PersonId>,
        pub proposed_name: String,
        pub proposed_at: Timestamp,
        pub mandate_id: Option<MandateId>,
        pub confirmed_by: Option<PersonId>,
        pub confirmed_name: Option<String>,
        pub confirmed_at: Option<Timestamp>,
        pub starts_on: Option<Date>,
        pub ended_name: Option<String>,
        pub ended_at: Option<Timestamp>,
        pub ended_because: Option<String>,
    }
}

record! {
    /// Days on which a rule rests: from the first up to, but not on, the last.
    pub struct PauseRow in "autopay_pause" key(account_id, pause_id) {
        pub account_id: AccountId,
        pub pause_id: PauseId,
        pub rule_id: RuleId,
        pub from_on: Date,
        pub until_on: Date,
        pub made_name: String,
        pub made_at: Timestamp,
    }
}

record! {
    /// An invoice that isn't to be charged.
    pub struct SkipRow in "autopay_skip" key(account_id, document_id) {
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub made_name: String,
        pub made_at: Timestamp,
    }
}

record! {
    /// A charge that was announced.
    pub struct AnnouncedRow in "autopay_notice" key(account_id, document_id, charge_on) {
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub charge_on: Date,
        pub rule_id: RuleId,
        pub method_id: MethodId,
        pub amount_minor: i64,
        pub made_at: Timestamp,
        pub withdrawn_at: Option<Timestamp>,
    }
}

record! {
    /// A charge, written before its payment.
    pub struct ChargeRow in "autopay_charge" key(account_id, document_id, attempt) {
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub attempt: i64,
        /// Of the payment.
        pub key: String,
        pub rule_id: RuleId,
        pub method_id: MethodId,
        pub charged_on: Date,
        pub amount_minor: i64,
    }
}

record! {
    /// A charge with what became of its payment; nothing where that was never written.
    pub struct ChargedRow {
        pub document_id: InvoiceId,
        pub attempt: i64,
        pub rule_id: RuleId,
        pub method_id: MethodId,
        pub charged_on: Date,
        pub amount_minor: i64,
        pub state: Option<PaymentState>,
        pub ended_at: Option<Timestamp>,
        pub decline: Option<String>,
        pub decline_class: Option<DeclineClass>,
    }
}

record! {
    /// An invoice as Auto Pay looks at it.
    pub struct ChargeableRow {
        pub invoice_id: InvoiceId,
        pub number: String,
        pub stream: Stream,
        pub issued_on: Date,
        pub due_on: Date,
        pub currency: Currency,
        pub total_minor: i64,
        pub balance_minor: i64,
        pub credited_minor: i64,
        pub written_off_minor: i64,
        pub po_number: Option<String>,
    }
}

record! {
    /// What an invoice bills: an agreement, or work of a ticket.
    pub struct BilledRow {
        pub invoice_id: InvoiceId,
        pub agreement_code: Option<String>,
        pub ticket: Option<String>,
        pub work_type: Option<WorkType>,
    }
}

record! {
    /// The newest refusal of a method that another attempt wouldn't help.
    pub struct RefusedRow {
        pub method_id: MethodId,
        pub ended_at: Timestamp,
        pub decline_class: DeclineClass,
    }
}

record! {
    /// A method that is gone, and what took its place.
    pub struct ReplacedRow {
        pub method_id: MethodId,
        pub replaced_by: MethodId,
    }
}

record! {
    /// An agreement's code and name.
    pub struct NamedRow {
        pub code: String,
        pub name: String,
    }
}

macro_rules! rule_columns {
    () => {
        "SELECT account_id, version_id, rule_id, state, rule, waits_for, proposed_by, proposed_name, proposed_at, mandate_id, confirmed_by, \
        confirmed_name, confirmed_at, starts_on, ended_name, ended_at, ended_because FROM autopay_rule "
    };
}

macro_rules! chargeable_columns {
    () => {
        "SELECT i.invoice_id, i.number, i.stream, i.issued_on, s.due_on, i.currency, i.total_minor, s.balance_minor, s.credited_minor, \
        s.written_off_minor, i.po_number FROM invoice i JOIN invoice_state s ON s.account_id = i.account_id AND s.invoice_id = i.invoice_id "
    };
}

statements! {
    VERSIONS: (Integer) -> RuleRow = concat!(rule_columns!(), "WHERE account_id = $1 ORDER BY version_id DESC");
    VERSION: (Integer, Integer) -> RuleRow = concat!(rule_columns!(), "WHERE account_id = $1 AND version_id = $2");
    VERSION_ALONE: (Integer) -> RuleRow = concat!(rule_columns!(), "WHERE version_id = $1 ORDER BY account_id LIMIT 1");
    WAITING: () -> RuleRow = concat!(rule_columns!(), "WHERE state = 'proposed' ORDER BY proposed_at, version_id");
    IN_FORCE: () -> RuleRow = concat!(rule_columns!(), "WHERE state = 'in_force' ORDER BY account_id, version_id");
    HAS_RULE: (Integer) -> crate::One<i64> = "SELECT count(*) FROM autopay_rule WHERE account_id = $1 AND state = 'in_force'";
    WITH_RULES: () -> crate::One<AccountId> = "SELECT DISTINCT account_id FROM autopay_rule WHERE state = 'in_force' ORDER BY account_id";
    PAUSES: (Integer) -> PauseRow = "SELECT account_id, pause_id, rule_id, from_on, until_on, made_name, made_at FROM autopay_pause \
        WHERE account_id = $1 ORDER BY pause_id";
    SKIPS: (Integer) -> SkipRow = "SELECT account_id, document_id, made_name, made_at FROM autopay_skip WHERE account_id = $1 ORDER BY document_id";
    UNSKIP: (Integer, Integer) = "DELETE FROM autopay_skip WHERE account_id = $1 AND document_id = $2";
    ANNOUNCED: (Integer, Text) -> AnnouncedRow = "SELECT account_id, document_id, charge_on, rule_id, method_id, amount_minor, made_at, withdrawn_at \
        FROM autopay_notice WHERE account_id = $1 AND withdrawn_at IS NULL AND charge_on >= $2 ORDER BY document_id, charge_on";
    WITHDRAW: (Integer, Integer, Integer) = "UPDATE autopay_notice SET withdrawn_at = $3 WHERE account_id = $1 AND document_id = $2 AND withdrawn_at IS NULL";
    CHARGED: (Integer, Text) -> ChargedRow = "SELECT c.document_id, c.attempt, c.rule_id, c.method_id, c.charged_on, c.amount_minor, p.state, p.ended_at, \
        p.decline, p.decline_class FROM autopay_charge c LEFT JOIN payment p ON p.key = c.key \
        WHERE c.account_id = $1 AND c.charged_on >= $2 ORDER BY c.document_id, c.attempt";
    OPEN: (Integer) -> ChargeableRow = concat!(chargeable_columns!(), "WHERE s.account_id = $1 AND s.status = 'open' ORDER BY s.due_on, i.invoice_id");
    ISSUED_SINCE: (Integer, Text) -> ChargeableRow = concat!(chargeable_columns!(), "WHERE i.account_id = $1 AND i.issued_on >= $2 ORDER BY i.issued_on, i.invoice_id");
    BILLED: (Integer; many Integer) -> BilledRow = "SELECT DISTINCT invoice_id, agreement_code, CASE WHEN work_type = 'Project' THEN ticket END AS ticket, \
        work_type FROM invoice_line WHERE account_id = $1 AND invoice_id IN ($keys) ORDER BY invoice_id, agreement_code, ticket, work_type";
    REFUSED: (Integer) -> RefusedRow = "SELECT method_id, ended_at, decline_class FROM payment WHERE account_id = $1 AND method_id IS NOT NULL \
        AND ended_at IS NOT NULL AND decline_class IN ('hard', 'no_permission') ORDER BY method_id, ended_at";
    REPLACED: (Integer) -> ReplacedRow = "SELECT method_id, replaced_by FROM method WHERE account_id = $1 AND replaced_by IS NOT NULL ORDER BY method_id";
    NAMED: (Integer) -> NamedRow = "SELECT code, name FROM agreement WHERE account_id = $1 ORDER BY code";
    OBJECTED: (Integer) -> crate::One<InvoiceId> = "SELECT DISTINCT x.document_id FROM payment_part x JOIN payment p ON p.payment_id = x.payment_id \
        WHERE x.account_id = $1 AND x.document_id IS NOT NULL AND p.state IN ('disputed', 'charged_back') ORDER BY x.document_id";
}

impl Tx {
    /// All versions of an account's rules, the newest first.
    pub fn autopay_rules(&mut self, account: AccountId) -> Result<Vec<RuleRow>, Error> {
        self.rows(&VERSIONS, &[&account])
    }

    /// One of them.
    pub fn autopay_rule(&mut self, account: AccountId, version: RuleVersionId) -> Result<Option<RuleRow>, Error> {
        self.row(&VERSION, &[&account, &version])
    }

    /// The version of this number, whosever it is: for staff.
    pub fn autopay_version(&mut self, version: RuleVersionId) -> Result<Option<RuleRow>, Error> {
        self.row(&VERSION_ALONE, &[&version])
    }

    /// Proposals that somebody has to agree to, the oldest first.
    pub fn autopay_proposals(&mut self) -> Result<Vec<RuleRow>, Error> {
        self.rows(&WAITING, &[])
    }

    /// The rules in force of all accounts.
    pub fn autopay_in_force(&mut self) -> Result<Vec<RuleRow>, Error> {
        self.rows(&IN_FORCE, &[])
    }

    /// Whether a rule holds for an account.
    pub fn has_autopay(&mut self, account: AccountId) -> Result<bool, Error> {
        Ok(self.value::<i64>(&HAS_RULE, &[&account])?.is_some_and(|count| count > 0))
    }

    /// The accounts with a rule in force.
    pub fn autopay_accounts(&mut self) -> Result<Vec<AccountId>, Error> {
        Ok(self.rows::<crate::One<AccountId>>(&WITH_RULES, &[])?.into_iter().map(|row| row.0).collect())
    }

    /// An account's pauses, the oldest first.
    pub fn autopay_pauses(&mut self, account: AccountId) -> Result<Vec<PauseRow>, Error> {
        self.rows(&PAUSES, &[&account])
    }

    /// What an account skips.
    pub fn autopay_skips(&mut self, account: AccountId) -> Result<Vec<SkipRow>, Error> {
        self.rows(&SKIPS, &[&account])
    }

    /// An invoice is skipped no more.
    pub fn unskip(&mut self, account: AccountId, document: InvoiceId) -> Result<u64, Error> {
        self.execute(&UNSKIP, &[&account, &document])
    }

    /// What was announced for a day or later and not withdrawn.
    pub fn announced(&mut self, account: AccountId, since: Date) -> Result<Vec<AnnouncedRow>, Error> {
        self.rows(&ANNOUNCED, &[&account, &since])
    }

    /// What was announced of an invoice doesn't come.
    pub fn withdraw_announced(
        &mut self,
        account: AccountId,
        document: InvoiceId,
        now: Timestamp,
    ) -> Result<u64, Error> {
        self.execute(&WITHDRAW, &[&account, &document, &now])
    }

    /// What was charged from a day on, with what became of it, by invoice and attempt.
    pub fn autopay_charges(&mut self, account: AccountId, since: Date) -> Result<Vec<ChargedRow>, Error> {
        self.rows(&CHARGED, &[&account, &since])
    }

    /// The open invoices of an account, by due date.
    pub fn chargeable(&mut self, account: AccountId) -> Result<Vec<ChargeableRow>, Error> {
        self.rows(&OPEN, &[&account])
    }

    /// All invoices of an account from a day on, by the day of issue.
    pub fn issued_since(&mut self, account: AccountId, since: Date) -> Result<Vec<ChargeableRow>, Error> {
        self.rows(&ISSUED_SINCE, &[&account, &since])
    }

    /// What invoices bill.
    pub fn billed(&mut self, account: AccountId, invoices: &[InvoiceId]) -> Result<Vec<BilledRow>, Error> {
        self.rows_by(&BILLED, &[&account], invoices)
    }

    /// When the account's methods were refused for good, oldest first.
    pub fn refusals(&mut self, account: AccountId) -> Result<Vec<RefusedRow>, Error> {
        self.rows(&REFUSED, &[&account])
    }

    /// The methods of an account that another one has taken the place of.
    pub fn replaced_methods(&mut self, account: AccountId) -> Result<Vec<ReplacedRow>, Error> {
        self.rows(&REPLACED, &[&account])
    }

    /// Code and name of an account's agreements.
    pub fn agreement_names(&mut self, account: AccountId) -> Result<Vec<(String, String)>, Error> {
        Ok(self.rows::<NamedRow>(&NAMED, &[&account])?.into_iter().map(|row| (row.code, row.name)).collect())
    }

    /// Documents of which a payment is disputed at the payer's bank, or was taken back by it.
    pub fn objected(&mut self, account: AccountId) -> Result<Vec<InvoiceId>, Error> {
        Ok(self.rows::<crate::One<InvoiceId>>(&OBJECTED, &[&account])?.into_iter().map(|row| row.0).collect())
    }
}
