//! The rules of money and dates: pure functions without clock, randomness or I/O. The same input gives the same output.
//!
//! Read `money` and `calendar` first; `agreement`, `life` and `work` say what is charged; `invoice` puts lines, tax and totals
//! together; `ledger` turns an invoice into a balanced entry. What is here for facts of other systems alone says so at its head.

pub mod words;

pub mod account;
pub mod ageing;
pub mod agreement;
pub mod anchored;
pub mod autopay;
pub mod business_days;
pub mod cadence;
pub mod calendar;
pub mod cash;
pub mod crediting;
pub mod difference;
pub mod discount;
pub mod due;
pub mod dunning;
pub mod einvoice;
pub mod fraction;
pub mod hours;
pub mod invoice;
pub mod item;
pub mod ledger;
pub mod life;
pub mod lifecycle;
pub mod money;
pub mod not_to_exceed;
pub mod number;
pub mod payment;
pub mod period;
pub mod prepaid;
pub mod proration;
pub mod question;
pub mod rates;
pub mod receivables;
pub mod run;
pub mod schedule;
pub mod settling;
pub mod split;
pub mod staff;
pub mod statement;
pub mod tax;
pub mod work;

pub use agreement::{Billing, Charge, Proration, Terms};
pub use business_days::Holidays;
pub use cadence::{Cadence, Grid};
pub use calendar::Month;
pub use iso_currency::Currency;
pub use life::Life;
pub use money::{Money, Overflow};
pub use period::Span;
pub use receivables::Receivables;
pub use run::Stream;
pub use schedule::Schedule;
