//! Changes an agreement from a day on: seats, price, suspension, end, renewal, discount, new lines. Nothing that was issued
//! changes; what it should have been stands on the next invoice.

mod carry_out;
mod lines;

pub use carry_out::renewal_code;

use billing::discount::DiscountKind;
use billing::life::{ChangeKind, Every};
use billing::{Billing, Month, Proration};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::audit::AuditKind;
use store::run::ImportRow;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// How the code of a new line's set-up fee ends, which is delivered once.
pub const SETUP: &str = "-setup";

/// What is to be done. Codes are those of the provider's systems.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Something happens to a line, or to all lines of an agreement.
    Change {
        /// A line's or an agreement's code.
        subject: String,
        /// What.
        kind: ChangeKind,
        /// How much, where the kind says how much.
        value: Option<Amount>,
        /// From this day on.
        on: Date,
    },
    /// Prices rise on a day, and again every so many months.
    Renew { agreement: String, on: Date, months: u32, percent: Decimal },
    /// A new agreement.
    Agreement(NewAgreement),
    /// A new line.
    Line(NewLine),
    /// One line ends and another, of another item, begins on the same day.
    Upgrade {
        /// The line that ends.
        line: String,
        /// The code of the new one.
        code: String,
        /// Its item.
        item: String,
        /// Its quantity; that of the old one where `None`.
        quantity: Option<Decimal>,
        /// Its price; the list price where `None`.
        unit_price: Option<Decimal>,
        /// The day.
        on: Date,
    },
    /// A discount on an agreement or a line.
    Discount(NewDiscount),
    /// Takes back a change, a renewal or a discount by its code.
    Undo { code: String },
}

/// A number, or a difference to what holds on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// This.
    Exactly(Decimal),
    /// So many units more, or less.
    By(Decimal),
}

/// An agreement that begins.
#[derive(Clone, Debug)]
pub struct NewAgreement {
    /// Whose it is.
    pub account: String,
    /// Its code.
    pub code: String,
    /// As it stands on the invoice.
    pub name: String,
    /// Its span.
    pub from: Date,
    /// Its span.
    pub until: Option<Date>,
    /// Arrears or advance.
    pub billing: Billing,
}

/// A discount that begins.
#[derive(Clone, Debug)]
pub struct NewDiscount {
    /// A line's or an agreement's code.
    pub subject: String,
    /// Of an agreement: the item whose lines it is taken off; of all where `None`.
    pub item: Option<String>,
    /// Its own code.
    pub code: String,
    /// As it stands on the invoice.
    pub description: String,
    /// Percent or fixed.
    pub kind: DiscountKind,
    /// How much.
    pub value: Decimal,
    /// The first month.
    pub from: Month,
    /// For so many months.
    pub months: Option<u32>,
}

/// A line that begins.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// Where it belongs.
    pub agreement: String,
    /// Its code.
    pub code: String,
    /// A service or licence.
    pub item: String,
    /// The item's name where `None`.
    pub description: Option<String>,
    /// Its span.
    pub from: Date,
    /// Its span.
    pub until: Option<Date>,
    /// Units.
    pub quantity: Decimal,
    /// The list price where `None`.
    pub unit_price: Option<Decimal>,
    /// Whether part of a period is charged in part.
    pub prorate: Proration,
    /// How often.
    pub every: Every,
    /// Never fewer units.
    pub minimum: Decimal,
    /// Prepaid hours for a unit and month, and for how many further months unused ones live.
    pub included_hours: Option<Decimal>,
    pub hours_carry_months: u32,
    /// A fee on the bi-weekly stream when it begins: its item and its price.
    pub setup: Option<(String, Decimal)>,
}

/// Carries out one deed, and says what it did.
///
/// # Errors
/// `Refused` with what is wrong: an unknown code, a day outside the line, a change that stands already in another way.
pub async fn change_agreement(app: &App, deed: Deed, by: &Actor) -> Result<String> {
    let by = by.clone();
    let desk = Desk { ids: [app.ids.mint(), app.ids.mint(), app.ids.mint()], now: app.clock.now(), today: app.today() };
    let import = ImportRow { import_id: app.ids.mint(), made_at: desk.now, rows_added: 0, rows_changed: 1 };
    app.store
        .write(move |tx| {
            let account = carry_out::account_of(tx, &deed)?;
            let said = desk.carry_out(tx, &deed)?;
            // Runs notice by this that their data have changed.
            tx.insert(std::slice::from_ref(&import))?;
            let mut told = by.did(AuditKind::AgreementChanged, said.replace('\n', " "));
            told.account_id = account;
            tx.append_audit(&[told])?;
            Ok::<String, Error>(said)
        })
        .await
}

/// What a deed needs besides the data; made before its transaction.
struct Desk {
    ids: [i64; 3],
    now: Timestamp,
    today: Date,
}
