//! Why Auto Pay leaves an invoice: a closed list, each with a sentence that a customer may read.

use iso_currency::Currency;
use jiff::civil::Date;

use super::facts::UnderWay;
use super::ladder::Stop;
use crate::calendar::Month;
use crate::money::Money;
use crate::run::Stream;

/// Why an invoice is not charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No rule is in force.
    NoRule,
    /// It has no number yet.
    Draft,
    /// It was taken back.
    Void,
    /// It was written off.
    WrittenOff,
    /// A part of it is disputed.
    Disputed,
    /// Nothing is open of it.
    NothingOpen,
    /// The account's credit pays all of it.
    CreditPays,
    /// A payment isn't over.
    UnderWay(UnderWay),
    /// The customer planned to pay it on this day.
    YoursOn(Date),
    /// The rule takes this stream alone.
    OtherStream(Stream),
    /// The rule takes another invoice, this one.
    OtherInvoice(String),
    /// It bills this agreement, which the rule doesn't name.
    OtherAgreement(String),
    /// It bills work or products, and the rule takes agreements alone.
    MoreThanAgreements,
    /// The rule leaves this PO number out.
    LeftOutPo(String),
    /// The rule leaves this project out.
    LeftOutProject(String),
    /// The customer said so.
    Skipped,
    /// It was overdue when the rule started.
    Overdue,
    /// It falls due before the rule starts, on this day.
    DueBeforeStart(Date),
    /// It was open when the rule started.
    OpenBeforeStart,
    /// The rule's limits are in this currency.
    OtherCurrency(Currency),
    /// It is above the limit for one invoice.
    AboveInvoiceLimit(Money),
    /// With it a month would come to more than its limit.
    AboveMonthLimit {
        /// The limit.
        limit: Money,
        /// The month.
        month: Month,
        /// What the month would come to.
        with_it: Money,
    },
    /// Its day lies in a pause that ends before this day.
    Paused(Date),
    /// No method plays the rule's part.
    NoMethod,
    /// The method's last day is over.
    Expired(String),
    /// It will be on the day of the charge.
    ExpiresBefore(String, Date),
    /// The bank account isn't confirmed.
    Unverified(String),
    /// No permission is in force for the method.
    NoMandate(String),
    /// The bank wants a yes from the owner.
    AsksYou(String),
    /// The method was refused and isn't tried again.
    Refused(String, Stop),
}

impl Reason {
    /// What stands after "INV-20480 would not: ", or "Not by Auto Pay: ". `day` writes a date.
    #[must_use]
    pub fn sentence(&self, day: impl Fn(Date) -> String) -> String {
        match self {
            Self::NoRule => "no Auto Pay rule is in force".to_owned(),
            Self::Draft => "it is not issued yet".to_owned(),
            Self::Void => "it was taken back".to_owned(),
            Self::WrittenOff => "it was written off".to_owned(),
            Self::Disputed => "it is in dispute".to_owned(),
            Self::NothingOpen => "nothing is left to pay".to_owned(),
            Self::CreditPays => "your credit pays it".to_owned(),
            Self::UnderWay(UnderWay::OnItsWay) => "your payment is on its way".to_owned(),
            Self::UnderWay(UnderWay::Unknown) => "we don’t know yet what became of a payment".to_owned(),
            Self::YoursOn(on) => format!("you pay it yourself on {}", day(*on)),
            Self::Skipped => "you skipped it".to_owned(),
            Self::Overdue => "it is already overdue".to_owned(),
            Self::DueBeforeStart(starts_on) => format!("it falls due before the rule starts on {}", day(*starts_on)),
            Self::OpenBeforeStart => "it was open before the rule started".to_owned(),
            Self::Paused(until) => format!("paused until {}", day(*until)),
            Self::OtherStream(_)
            | Self::OtherInvoice(_)
            | Self::OtherAgreement(_)
            | Self::MoreThanAgreements
            | Self::LeftOutPo(_)
            | Self::LeftOutProject(_) => self.of_scope(),
            Self::OtherCurrency(currency) => format!("your limits are in {}", currency.code()),
            Self::AboveInvoiceLimit(limit) => format!("above your {} limit", limit.with_currency()),
            Self::AboveMonthLimit { limit, .. } => format!("above your {} a month", limit.with_currency()),
            _ => self.of_method(day),
        }
    }

    fn of_scope(&self) -> String {
        match self {
            Self::OtherStream(Stream::Recurring) => "your rule takes recurring invoices only".to_owned(),
            Self::OtherStream(Stream::Biweekly) => "your rule takes bi-weekly invoices only".to_owned(),
            Self::OtherInvoice(number) => format!("your rule takes {number} only"),
            Self::OtherAgreement(code) => format!("it bills {code}, which your rule doesn’t name"),
            Self::LeftOutPo(number) => format!("you left out PO {number}"),
            Self::LeftOutProject(ticket) => format!("you left out project {ticket}"),
            _ => "it bills more than the agreements your rule names".to_owned(),
        }
    }

    fn of_method(&self, day: impl Fn(Date) -> String) -> String {
        match self {
            Self::Expired(label) => format!("{label} has expired"),
            Self::ExpiresBefore(label, on) => format!("{label} expires before {}", day(*on)),
            Self::Unverified(label) => format!("{label} is not confirmed yet"),
            Self::NoMandate(label) => format!("no permission to charge {label} is in force"),
            Self::AsksYou(label) => format!("the bank of {label} wants you to confirm the payment"),
            Self::Refused(label, Stop::Hard) => format!("{label} was declined and isn’t tried again"),
            Self::Refused(label, Stop::NoPermission) => format!("{label} needs a new permission from you"),
            Self::Refused(label, Stop::Enough) => format!("{label} was declined too often"),
            _ => "there is no method to charge".to_owned(),
        }
    }

    /// A second sentence that helps: what the month would come to, what to do. None where the first says it all.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::AboveMonthLimit { month, with_it, .. } => {
                format!("With it, {} comes to {}.", month.first().strftime("%B"), with_it.with_currency())
            }
            Self::Overdue | Self::DueBeforeStart(_) => {
                "A new rule takes only what falls due after it starts.".to_owned()
            }
            Self::OpenBeforeStart => "A new rule takes what is open already only if you say so.".to_owned(),
            Self::Expired(_) | Self::ExpiresBefore(..) | Self::Refused(_, Stop::Hard) => {
                "Replace the method, and it is charged again.".to_owned()
            }
            Self::NoMethod => "Add a method to have it charged.".to_owned(),
            Self::UnderWay(UnderWay::Unknown) => "Please don’t pay again until we know.".to_owned(),
            _ => return None,
        })
    }

    /// Whether the customer has to do something, or the charge doesn't come: they and staff are told of it.
    #[must_use]
    pub const fn is_trouble(&self) -> bool {
        matches!(
            self,
            Self::AboveInvoiceLimit(_)
                | Self::AboveMonthLimit { .. }
                | Self::OtherCurrency(_)
                | Self::NoMethod
                | Self::Expired(_)
                | Self::ExpiresBefore(..)
                | Self::Unverified(_)
                | Self::NoMandate(_)
                | Self::AsksYou(_)
                | Self::Refused(..)
        )
    }
}
