//! `quittance agreement`: what an account is billed for every month, and what happens to it on which day.

use std::process::ExitCode;

use billing::discount::DiscountKind;
use billing::life::{ChangeKind, Every};
use billing::staff::Rights;
use billing::{Billing, Month, Proration};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::Tx;
use store::account::AccountRow;
use store::agreement::{AgreementChangeRow, AgreementLineRow, AgreementRow, BillableLine, DiscountRow};

use super::agreement_hours::Hours;
use super::{Place, say};
use crate::actions::change_agreement::{
    Amount, Deed, NewAgreement, NewDiscount, NewLine, change_agreement, renewal_code,
};
use crate::error::{Error, Result};
use crate::plan;

/// Agreements and their lines. A line or an agreement is named by its code; days are the first on which something holds.
#[derive(Subcommand)]
pub enum Agreement {
    /// List the agreements, or those of one account.
    List { account: Option<String> },
    /// Show an agreement: its lines today, what happens to them, its discounts.
    Show { agreement: String },
    /// Show the balance of its prepaid hours, month by month.
    Hours(Hours),
    /// Agree on something new with an account.
    Add {
        account: String,
        /// The agreement's code.
        code: String,
        /// As it stands on the invoice.
        name: String,
        /// Its first day.
        #[arg(long)]
        from: Date,
        /// The first day that is not covered any more.
        #[arg(long)]
        until: Option<Date>,
        /// arrears or advance.
        #[arg(long, default_value = "arrears")]
        billing: Billing,
    },
    /// Add a line to an agreement. Months that were run already are caught up on the next invoice.
    AddLine(AddLine),
    /// Change the number of seats of a line: 12, +3 or -2.
    Seats {
        line: String,
        #[arg(allow_hyphen_values = true, value_parser = amount)]
        seats: Amount,
        /// The first day on which it holds.
        #[arg(long)]
        on: Date,
    },
    /// Change the price of a line.
    Price {
        line: String,
        #[arg(value_parser = decimal)]
        price: Decimal,
        #[arg(long)]
        on: Date,
    },
    /// Raise the prices of a line or agreement by a percentage, once.
    Uplift {
        subject: String,
        #[arg(value_parser = decimal)]
        percent: Decimal,
        #[arg(long)]
        on: Date,
    },
    /// Let an agreement renew itself: prices rise on a day, and again every so many months.
    Renew {
        agreement: String,
        #[arg(long)]
        on: Date,
        #[arg(long, default_value_t = 12)]
        months: u32,
        #[arg(long, value_parser = decimal)]
        uplift: Decimal,
    },
    /// Suspend a line or agreement: it is not charged until it is resumed.
    Suspend {
        subject: String,
        #[arg(long)]
        on: Date,
    },
    /// Resume what was suspended.
    Resume {
        subject: String,
        #[arg(long)]
        on: Date,
    },
    /// Cancel a line or agreement.
    Cancel {
        subject: String,
        /// The first day on which it is not served any more.
        #[arg(long)]
        on: Date,
    },
    /// End a line and begin another one, of another item, on the same day.
    Upgrade {
        line: String,
        /// The code of the new line.
        #[arg(long)]
        code: String,
        /// Its item.
        #[arg(long)]
        to: String,
        #[arg(long)]
        on: Date,
        /// Its quantity; that of the old line if it isn't given.
        #[arg(long, value_parser = decimal)]
        quantity: Option<Decimal>,
        /// Its price; the list price if it isn't given.
        #[arg(long, value_parser = decimal)]
        price: Option<Decimal>,
    },
    /// Bill an agreement in advance or in arrears from a month on: no month is left out, and none charged twice.
    Bill {
        agreement: String,
        /// advance or arrears.
        billing: Billing,
        /// The first month, such as 2026-11.
        #[arg(long)]
        from: Month,
    },
    /// Take something off an agreement or a line every month.
    Discount {
        subject: String,
        /// The discount's code.
        code: String,
        /// Only of the agreement's lines of this item.
        #[arg(long)]
        item: Option<String>,
        /// So many percent of what is charged.
        #[arg(long, value_parser = decimal, required_unless_present = "amount", conflicts_with = "amount")]
        percent: Option<Decimal>,
        /// So much a month.
        #[arg(long, value_parser = decimal)]
        amount: Option<Decimal>,
        /// The first month, such as 2026-11.
        #[arg(long)]
        from: Month,
        /// For so many months; without end if it isn't given.
        #[arg(long)]
        months: Option<u32>,
        /// As it stands on the invoice.
        #[arg(long)]
        description: String,
    },
    /// Take back a change, a renewal or a discount.
    Undo {
        /// As `quittance agreement show` lists it.
        code: String,
    },
}

/// A new line of an agreement.
#[derive(Args)]
pub struct AddLine {
    agreement: String,
    /// The line's code.
    code: String,
    /// A service or licence.
    #[arg(long)]
    item: String,
    #[arg(long, value_parser = decimal)]
    quantity: Decimal,
    /// The list price if it isn't given.
    #[arg(long, value_parser = decimal)]
    price: Option<Decimal>,
    #[arg(long)]
    from: Date,
    /// The first day that is not covered any more.
    #[arg(long)]
    until: Option<Date>,
    /// The item's name if it isn't given.
    #[arg(long)]
    description: Option<String>,
    /// month, quarter or year: the price is for that long.
    #[arg(long, default_value = "month")]
    every: Every,
    /// Never charge fewer.
    #[arg(long, default_value = "0", value_parser = decimal)]
    minimum: Decimal,
    /// A period that is covered in part costs the full price.
    #[arg(long)]
    no_proration: bool,
    /// Prepaid hours for one unit and month.
    #[arg(long, value_parser = decimal)]
    included_hours: Option<Decimal>,
    /// For so many further months unused hours live.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=120))]
    hours_carry_months: u32,
    /// A fee for setting it up, on the bi-weekly invoice.
    #[arg(long, value_parser = decimal, requires = "setup_item")]
    setup_fee: Option<Decimal>,
    /// The fee's item.
    #[arg(long)]
    setup_item: Option<String>,
}

pub(super) fn decimal(text: &str) -> Result<Decimal, String> {
    billing::money::parse_decimal(text).map_err(str::to_owned)
}

fn amount(text: &str) -> Result<Amount, String> {
    match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(more), _) => Ok(Amount::By(decimal(more)?)),
        (_, Some(less)) => Ok(Amount::By(-decimal(less)?)),
        _ => Ok(Amount::Exactly(decimal(text)?)),
    }
}

impl Agreement {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        match self {
            Self::Hours(ask) => ask.show(&app).await?,
            Self::List { account } => {
                let known = app.store.read(Known::read).await?;
                known.list(account.as_deref())?;
            }
            Self::Show { agreement } => {
                let known = app.store.read(Known::read).await?;
                known.show(&agreement, app.today())?;
            }
            deed => {
                let by = place.actor(&app, Rights::Billing).await?;
                say(&change_agreement(&app, deed.deed()?, &by).await?);
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn deed(self) -> Result<Deed> {
        let change = |subject, kind, value, on| Deed::Change { subject, kind, value, on };
        Ok(match self {
            Self::List { .. } | Self::Show { .. } | Self::Hours(_) => {
                return Err(Error::internal("looking changes nothing"));
            }
            Self::Add { account, code, name, from, until, billing } => {
                Deed::Agreement(NewAgreement { account, code, name, from, until, billing })
            }
            Self::AddLine(line) => Deed::Line(line.new_line()),
            Self::Seats { line, seats, on } => change(line, ChangeKind::Quantity, Some(seats), on),
            Self::Price { line, price, on } => change(line, ChangeKind::Price, Some(Amount::Exactly(price)), on),
            Self::Uplift { subject, percent, on } => {
                change(subject, ChangeKind::Uplift, Some(Amount::Exactly(percent)), on)
            }
            Self::Renew { agreement, on, months, uplift } => Deed::Renew { agreement, on, months, percent: uplift },
            Self::Suspend { subject, on } => change(subject, ChangeKind::Suspend, None, on),
            Self::Resume { subject, on } => change(subject, ChangeKind::Resume, None, on),
            Self::Cancel { subject, on } => change(subject, ChangeKind::End, None, on),
            Self::Upgrade { line, code, to, on, quantity, price } => {
                Deed::Upgrade { line, code, item: to, quantity, unit_price: price, on }
            }
            Self::Bill { agreement, billing, from } => {
                let kind = if billing == Billing::Advance { ChangeKind::Advance } else { ChangeKind::Arrears };
                change(agreement, kind, None, from.first())
            }
            Self::Discount { subject, code, item, percent, amount, from, months, description } => {
                let (kind, value) = match (percent, amount) {
                    (Some(percent), _) => (DiscountKind::Percent, percent),
                    (None, amount) => (DiscountKind::Fixed, amount.unwrap_or_default()),
                };
                Deed::Discount(NewDiscount { subject, item, code, description, kind, value, from, months })
            }
            Self::Undo { code } => Deed::Undo { code },
        })
    }
}

impl AddLine {
    fn new_line(self) -> NewLine {
        NewLine {
            agreement: self.agreement,
            code: self.code,
            item: self.item,
            description: self.description,
            from: self.from,
            until: self.until,
            quantity: self.quantity,
            unit_price: self.price,
            prorate: if self.no_proration { Proration::Never } else { Proration::Daily },
            every: self.every,
            minimum: self.minimum,
            included_hours: self.included_hours,
            hours_carry_months: self.hours_carry_months,
            setup: self.setup_item.zip(self.setup_fee),
        }
    }
}

/// What is agreed with everybody.
struct Known {
    accounts: Vec<AccountRow>,
    agreements: Vec<AgreementRow>,
    rows: Vec<AgreementLineRow>,
    lines: Vec<BillableLine>,
    changes: Vec<AgreementChangeRow>,
    discounts: Vec<DiscountRow>,
}

impl Known {
    fn read(tx: &mut Tx) -> Result<Self, store::Error> {
        let accounts = tx.accounts()?;
        let ids: Vec<_> = accounts.iter().map(|account| account.account_id).collect();
        Ok(Self {
            accounts,
            agreements: tx.agreements()?,
            rows: tx.agreement_lines()?,
            lines: tx.billable_lines(&ids)?,
            changes: tx.all_agreement_changes()?,
            discounts: tx.all_discounts()?,
        })
    }

    fn account(&self, agreement: &AgreementRow) -> Option<&AccountRow> {
        self.accounts.iter().find(|account| account.account_id == agreement.account_id)
    }

    fn list(&self, account: Option<&str>) -> Result<()> {
        if let Some(code) = account.filter(|code| self.accounts.iter().all(|known| known.code != *code)) {
            return Err(Error::no_account(code));
        }
        for agreement in &self.agreements {
            let Some(of) = self.account(agreement) else { continue };
            if account.is_none_or(|code| code == of.code) {
                let until = agreement.ends_on.map_or(String::new(), |day| format!(", ends {day}"));
                say(&format!(
                    "{:<12} {:<10} {:<9} from {}{until}  {}",
                    agreement.code, of.code, agreement.billing, agreement.starts_on, agreement.name
                ));
            }
        }
        Ok(())
    }

    fn show(&self, code: &str, today: Date) -> Result<()> {
        let found = self.agreements.iter().find(|row| row.code == code);
        let agreement = found.ok_or_else(|| Error::Refused(format!("there is no agreement {code}")))?;
        let account = self.account(agreement).ok_or_else(|| Error::internal("an agreement without its account"))?;
        say(&format!("{} {}, {} {}", agreement.code, agreement.name, account.code, account.name));
        let ends = agreement.ends_on.map_or("without end".to_owned(), |day| format!("ends {day}"));
        say(&format!("From {}, {ends}, billed in {}.", agreement.starts_on, agreement.billing));
        if let (Some(on), Some(months), Some(percent)) =
            (agreement.renews_on, agreement.renews_months, agreement.uplift_percent)
        {
            let renewal = renewal_code(&agreement.code);
            say(&format!("Renews on {on} and every {months} months; prices rise by {percent} % ({renewal})."));
        }
        for line in self.lines.iter().filter(|line| line.agreement_id == agreement.agreement_id) {
            let life = plan::life(line, &self.changes, Month::of(today));
            let now = match life.on(today, account.currency)? {
                Some((quantity, price)) => format!("{quantity} {} at {price} a {}", line.unit, line.every),
                None => "not served today".to_owned(),
            };
            say(&format!("  {:<14} {:<40} {now}", line.code, line.description));
        }
        for change in self.changes.iter().filter(|row| row.agreement_id == agreement.agreement_id) {
            let of = self.rows.iter().find(|line| Some(line.line_id) == change.line_id);
            let of = of.map_or(agreement.code.as_str(), |line| line.code.as_str());
            let value = change.value.map_or(String::new(), |value| format!(" {value}"));
            say(&format!("  {}  {of}: {}{value}  ({})", change.takes_effect_on, change.kind, change.code));
        }
        for discount in self.discounts.iter().filter(|row| row.agreement_id == agreement.agreement_id) {
            let sign = if discount.kind == DiscountKind::Percent { " %" } else { "" };
            let line = self.rows.iter().find(|line| Some(line.line_id) == discount.line_id);
            let item = self.lines.iter().find(|line| Some(line.item_id) == discount.item_id);
            let of = line.map(|line| &line.code).or(item.map(|line| &line.item_code));
            let of = of.map_or(String::new(), |code| format!(" of {code}"));
            let length = discount.months.map_or(String::new(), |months| format!(" for {months} months"));
            say(&format!(
                "  {}  {} {}{sign}{of} from {}{length}",
                discount.code, discount.description, discount.value, discount.from_month
            ));
        }
        Ok(())
    }
}
