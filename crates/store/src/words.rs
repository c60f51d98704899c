//! The ids, and the words and dates of `billing` as fields of the database.

use billing::account::{AccountStatus, Role, Routing};
use billing::agreement::{Billing, Part, Proration};
use billing::discount::DiscountKind;
use billing::hours::WorkTerms;
use billing::invoice::InvoiceStatus;
use billing::item::ItemKind;
use billing::ledger::{EntryKind, LedgerKind};
use billing::life::{ChangeKind, Every};
use billing::payment;
use billing::question;
use billing::schedule::Settings;
use billing::staff::Rights;
use billing::tax::{PriceTax, TaxRounding, TaxTerms};
use billing::work::{Coverage, WorkType};
use billing::{Currency, Month, Receivables, Stream};

use crate::{Error, Field, Kind, Value, ids, text_enum};

ids! {
    /// A customer company.
    AccountId;
    /// A person who signs in.
    PersonId;
    /// What can stand on an invoice.
    ItemId;
    /// An agreement of an account.
    AgreementId;
    /// A line of an agreement.
    AgreementLineId;
    /// Something that happens to an agreement.
    AgreementChangeId;
    /// A discount.
    DiscountId;
    /// A time entry.
    TimeEntryId;
    /// A delivery of a product or fee.
    DeliveryId;
    /// A run of a stream.
    RunId;
    /// An invoice or another document with a number, or a booking: what a ledger entry is about.
    InvoiceId;
    /// A ledger entry.
    EntryId;
    /// A message of the outbox.
    MailId;
    /// A mail in place of several.
    DigestId;
    /// A job that waits.
    JobId;
    /// An import.
    ImportId;
    /// Something staff are told.
    NoticeId;
    /// A certificate that a customer handed in.
    CertificateId;
    /// A passkey, as its person sees it.
    PasskeyId;
    /// A rule of Auto Pay, in all its versions.
    RuleId;
    /// A version of a rule.
    RuleVersionId;
    /// Days on which a rule rests.
    PauseId;
    /// A kept card or bank account.
    MethodId;
    /// A permission to charge.
    MandateId;
    /// A payment by a processor.
    PaymentId;
    /// Money that goes back.
    RefundId;
    /// Something about a payment that doesn't fit.
    ExceptionId;
    /// A question about an invoice.
    QuestionId;
    /// Something asked of staff.
    RequestId;
    /// A session, as the person sees it; the token is another thing.
    SessionId;
}

text_enum!(Stream, as_str);
text_enum!(Role, as_str);
text_enum!(Routing, as_str);
text_enum!(Rights, as_str);
text_enum!(AccountStatus, as_str);
text_enum!(ItemKind, as_str);
text_enum!(Billing, as_str);
text_enum!(Proration, as_str);
text_enum!(Every, as_str);
text_enum!(ChangeKind, as_str);
text_enum!(DiscountKind, as_str);
text_enum!(Part, as_str);
text_enum!(WorkType, as_str);
text_enum!(Coverage, as_str);
text_enum!(InvoiceStatus, as_str);
text_enum!(TaxRounding, as_str);
text_enum!(PriceTax, as_str);
text_enum!(LedgerKind, as_str);
text_enum!(EntryKind, as_str);
text_enum!(payment::PaymentState, as_str);
text_enum!(payment::Origin, as_str);
text_enum!(payment::Money, as_str);
text_enum!(payment::Objection, as_str);
text_enum!(question::QuestionState, as_str);
text_enum!(question::Said, as_str);
text_enum!(question::Side, as_str);
text_enum!(Month);

/// JSON: nothing in SQL looks into it, and a version of the profile keeps what it was made with.
impl Field for Settings {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(serde_json::to_string(self).unwrap_or_default().into())
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        serde_json::from_str(&value.text()?).map_err(|_| Error::corrupt("not a schedule"))
    }
}

/// JSON, as the schedule.
impl Field for Receivables {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(serde_json::to_string(self).unwrap_or_default().into())
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        serde_json::from_str(&value.text()?).map_err(|_| Error::corrupt("no settings of receivables"))
    }
}

/// JSON, as the schedule.
impl Field for WorkTerms {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(serde_json::to_string(self).unwrap_or_default().into())
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        serde_json::from_str(&value.text()?).map_err(|_| Error::corrupt("not terms of work"))
    }
}

/// JSON, as the schedule.
impl Field for TaxTerms {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(serde_json::to_string(self).unwrap_or_default().into())
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        serde_json::from_str(&value.text()?).map_err(|_| Error::corrupt("not terms of tax"))
    }
}

/// An ISO 4217 code.
impl Field for Currency {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(self.code().into())
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        Currency::from_code(&value.text()?).ok_or_else(|| Error::corrupt("not a currency"))
    }
}
