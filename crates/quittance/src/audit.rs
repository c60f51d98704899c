//! Who does what: the words in which deeds are told to the audit log.

use jiff::Timestamp;
use store::account::AccountRow;
use store::audit::{AuditKind, AuditRow, Deed};
use store::{AccountId, PersonId, Tx};

use crate::app::Inner;

/// Who does something, from where and when. Made before the transaction, so that a repeated one tells the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// A contact or a member of staff.
    pub person: Option<PersonId>,
    /// Their address; `console` or `program` where it is nobody.
    pub name: String,
    /// As whom, where staff look as a customer.
    pub acting_as: Option<String>,
    /// `192.0.2.0/24`, or `console`.
    pub network: String,
    /// In real time.
    pub at: Timestamp,
}

/// From where commands come.
const CONSOLE: &str = "console";

impl Actor {
    /// Whoever runs a command and doesn't say who they are.
    pub fn console(app: &Inner) -> Self {
        Self::nobody(app, CONSOLE)
    }

    /// The program itself, on its schedule.
    pub fn program(app: &Inner) -> Self {
        Self::nobody(app, "program")
    }

    /// A member of staff at the console.
    pub fn at_console(app: &Inner, person: PersonId, email: &str) -> Self {
        Self::person(app, (person, email), CONSOLE.to_owned())
    }

    /// Somebody in a browser.
    pub fn person(app: &Inner, (person, email): (PersonId, &str), network: String) -> Self {
        Self { person: Some(person), name: email.to_lowercase(), acting_as: None, network, at: app.clock.real() }
    }

    fn nobody(app: &Inner, name: &str) -> Self {
        Self { person: None, name: name.to_owned(), acting_as: None, network: name.to_owned(), at: app.clock.real() }
    }

    /// A deed of theirs. `subject` says in a few words what it is about.
    pub fn did(&self, kind: AuditKind, subject: impl Into<String>) -> Deed {
        Deed {
            made_at: self.at,
            account_id: None,
            person_id: self.person,
            actor: self.name.clone(),
            acting_as: self.acting_as.clone(),
            kind,
            subject: subject.into(),
            before: None,
            after: None,
            network: self.network.clone(),
        }
    }
}

/// A kind of deed as pages and commands say it.
pub fn called(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::SessionBegun => "signed in",
        AuditKind::SessionEnded => "session ended",
        AuditKind::Proved => "proved again who they are",
        AuditKind::PasskeyAdded => "passkey added",
        AuditKind::PasskeyRemoved => "passkey removed",
        AuditKind::MicrosoftLinked => "Microsoft account linked",
        AuditKind::MicrosoftUnlinked => "Microsoft account unlinked",
        AuditKind::TenantChanged => "approved tenants changed",
        AuditKind::ContactAdded => "contact added",
        AuditKind::ContactChanged => "contact changed",
        AuditKind::ContactRemoved => "contact removed",
        AuditKind::RecipientChanged => "recipients changed",
        AuditKind::InvoiceForwarded => "invoice forwarded",
        AuditKind::AccountChanged => "account’s data changed",
        AuditKind::AgreementChanged => "agreement changed",
        AuditKind::RateSet => "rate set",
        AuditKind::TicketAgreed => "amount agreed for a ticket",
        AuditKind::CreditNote => "credit note issued",
        AuditKind::Booking => "booked by hand",
        AuditKind::PaymentStarted => "payment begun",
        AuditKind::PaymentCanceled => "payment called off",
        AuditKind::RefundAsked => "refund asked for",
        AuditKind::RefundApproved => "refund approved",
        AuditKind::PaymentRefunded => "payment refunded",
        AuditKind::RefundRefused => "refund refused",
        AuditKind::AutoPayProposed => "Auto Pay proposed",
        AuditKind::AutoPayConfirmed => "Auto Pay confirmed",
        AuditKind::AutoPayRefused => "Auto Pay turned down",
        AuditKind::AutoPayPaused => "Auto Pay paused",
        AuditKind::AutoPaySkipped => "invoice skipped by Auto Pay",
        AuditKind::AutoPayEnded => "Auto Pay ended",
        AuditKind::MethodAdded => "payment method kept",
        AuditKind::MethodChanged => "payment method changed",
        AuditKind::MethodRemoved => "payment method removed",
        AuditKind::ExceptionResolved => "payment exception seen to",
        AuditKind::LateFees => "late fees charged",
        AuditKind::DraftsDecided => "drafts decided",
        AuditKind::ProviderChanged => "provider’s profile changed",
        AuditKind::WordingChanged => "text changed",
        AuditKind::Imported => "export imported",
        AuditKind::SettingChanged => "setting changed",
        AuditKind::AddressCleared => "address sent to again",
        AuditKind::Resumed => "instance let go",
        AuditKind::StaffInvited => "staff invited",
        AuditKind::StaffJoined => "staff came in",
        AuditKind::StaffChanged => "staff’s rights changed",
        AuditKind::StaffRemoved => "staff removed",
        AuditKind::RequestMade => "request made",
        AuditKind::RequestChecked => "request checked",
        AuditKind::RequestApproved => "request approved",
        AuditKind::RequestRefused => "request refused",
        AuditKind::QuestionAsked => "asked about an invoice",
        AuditKind::QuestionAnswered => "said about a question",
        AuditKind::QuestionSettled => "question settled",
        AuditKind::ViewedAs => "staff looked as the customer",
    }
}

/// The accounts that deeds are about.
///
/// # Errors
/// Those of the database.
pub fn accounts_of(tx: &mut Tx, rows: &[AuditRow]) -> Result<Vec<AccountRow>, store::Error> {
    let about: Vec<AccountId> = rows.iter().filter_map(|row| row.account_id).collect();
    tx.accounts_of(&about)
}
