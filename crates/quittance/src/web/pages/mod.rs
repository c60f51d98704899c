//! What each page of the portal shows, as text ready to print: no store, no HTTP, no clock.
//! Every page is an askama template; call `render()` on it. Empty strings mean "nothing to say" and print nothing.

pub mod autopay;
mod chart;
mod demo;
mod elsewhere;
mod error;
mod frame;
mod help;
mod invoice;
mod invoices;
mod making;
mod office;
mod parts;
mod passkeys;
mod payments;
mod people;
mod plain;
mod profile;
mod prove;
mod questions;
mod sessions;
mod sign_in;
mod statements;
mod work;

pub use chart::{Bar, Chart, Month};
pub use demo::{DemoClock, Mail, MailPage, MailRow, MailboxPage, Person};
pub use elsewhere::ElsewherePage;
pub use error::{ErrorKind, ErrorPage};
pub use frame::{Demo, Frame, Notice, NoticeKind, Provider, Visitor};
pub use help::{ButtonPage, HelpPage, HelpSection};
pub use invoice::{
    Agreement, AgreementLine, ChangeRow, Changes, Delivery, Entry, Fact, File, ForwardForm, HowToPay, InvoicePage, Pdf,
    Ticket, Total,
};
pub use invoices::{
    AccountChoice, Accounts, Choice, Empty, Filter, Group, InvoiceRow, InvoicesPage, Listing, NextDue, Overdue, Summary,
};
pub use making::{MakingPage, Waiting};
pub use office::{
    BillingContactPage, BillingContactState, CheckForm, CodeLine, ContactOnFile, DoctorPage, ExceptionLine, JoinPage,
    OfficeAccountLine, OfficeAccountsPage, OfficeAuditPage, OfficePage, OfficePaymentLine, OfficePaymentPage,
    OfficePaymentsPage, RefundLine, RequestLine, RequestPage, RequestsPage, TypedRequest, UnreachedLine,
};
pub use parts::{Day, Deed, Link, Piece, Price, Status, StatusKind};
pub use passkeys::{MicrosoftRow, NewPasskeyPage, PasskeyRow, PasskeysPage};
pub use payments::{
    AccountMethods, MethodLine, MethodsPage, Pair, PayAhead, PayAutoPay, PayMethod, PayPage, PayRow, PaymentLine,
    PaymentPage, PaymentsPage, SandboxPayPage, Step, TestChoice,
};
pub use people::{
    AccountPlace, AccountsPage, AuditLine, AuditPage, ContactLine, ContactPage, ContactsPage, NewContact, NewReceiver,
    ObjectionPage, ReceiverLine,
};
pub use plain::PlainPage;
pub use profile::{CertificateLine, CompanyFields, FieldChange, PoLine, ProfilePage, WaitingChange, WrongForm};
pub use prove::ProvePage;
pub use questions::{AskForm, Asked, QuestionLine, QuestionPage, QuestionsPage, ReplyForm, Thread, ThreadMessage};
pub use sessions::{SessionRow, SessionsPage};
pub use sign_in::{CodePage, CodeState, LandingPage, MicrosoftDoor, SignInPage, SignInState};
pub use statements::{MovementRow, StatementsPage};
pub use work::{Billed, WorkDay, WorkPage, WorkRow};
