//! What the form says, and whether it can be paid so.

use billing::Currency;
use billing::money::{NoAmount, digits, parse_minor};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::method::MethodKind;

use super::read::{Read, Row};
use crate::actions::start_payment::{Keeping, StartPayment, With};
use crate::web::answer::Problem;

/// What was typed and chosen so far.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Documents, with the amounts as typed; empty: what is open.
    pub items: Vec<(String, String)>,
    /// The account that may pay ahead, and how much, as typed; both may be empty.
    pub ahead_for: String,
    pub ahead: String,
    /// `card`, `bank`, or a kept method's; empty: nothing chosen yet.
    pub method: String,
    /// Whether a new method is kept.
    pub keeping: Keeping,
    /// Whether later invoices are left to Auto Pay, with the permission as it was read.
    pub leaves: bool,
    pub permission: String,
    /// The later day, as typed; empty: now.
    pub on: String,
    /// Names the form.
    pub key: String,
    /// What its button promised, where it had one.
    pub agreed: Option<String>,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something about the whole of it.
    Whole(String),
    /// The amount of the row at this place.
    Amount(usize, String),
    /// What is paid ahead.
    Ahead(String),
}

impl Draft {
    /// Of an address: everything is still to be chosen.
    pub fn of_numbers(numbers: Vec<String>, key: String) -> Self {
        Self {
            items: numbers.into_iter().map(|number| (number, String::new())).collect(),
            ahead_for: String::new(),
            ahead: String::new(),
            method: String::new(),
            keeping: Keeping::Once,
            leaves: false,
            permission: String::new(),
            on: String::new(),
            key,
            agreed: None,
            fault: None,
        }
    }

    /// Of a form's fields: `number` and `amount` in pairs, `method`, `key`; `ahead-for`, `ahead`, `keep`, `autopay`, `permission`, `when`, `on` and
    /// `agreed` where they are there.
    ///
    /// # Errors
    /// 422 for a field that no form of ours has, one that stands twice, and a form without its key.
    pub fn read(fields: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut draft = Self::of_numbers(Vec::new(), String::new());
        let (mut numbers, mut amounts, mut seen, mut when) = (Vec::new(), Vec::new(), Vec::new(), String::new());
        for (name, value) in fields {
            let value = value.trim().to_owned();
            match name.as_str() {
                "number" => numbers.push(value),
                "amount" => amounts.push(value),
                _ if seen.contains(&name) => return Err(Problem::not_understood()),
                "ahead-for" => draft.ahead_for = value,
                "ahead" => draft.ahead = value,
                "method" => draft.method = value,
                "keep" => draft.keeping = if value == "yes" { Keeping::Kept } else { Keeping::Once },
                "autopay" => draft.leaves = value == "yes",
                "permission" => draft.permission = value,
                "when" => when = value,
                "on" => draft.on = value,
                "key" => draft.key = value,
                "agreed" => draft.agreed = Some(value),
                _ => return Err(Problem::not_understood()),
            }
            if !matches!(name.as_str(), "number" | "amount") {
                seen.push(name);
            }
        }
        if when == "now" {
            draft.on.clear();
        }
        let is_key = (8..=100).contains(&draft.key.len()) && draft.key.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_key
            || (numbers.is_empty() && !draft.is_ahead())
            || numbers.len() > super::MOST
            || amounts.len() > numbers.len()
        {
            return Err(Problem::not_understood());
        }
        let amounts = amounts.into_iter().chain(std::iter::repeat(String::new()));
        draft.items = numbers.into_iter().zip(amounts).collect();
        Ok(draft)
    }

    /// Whether something is to be paid ahead.
    pub fn is_ahead(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// The same with something wrong.
    pub fn with(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// What nothing was chosen for is filled in: all that is open, the method that is used first.
    pub fn filled(mut self, read: &Read) -> Self {
        let typed =
            |number: &str| self.items.iter().find(|(known, _)| known == number).map(|(_, amount)| amount.clone());
        let filled = read.rows.iter().map(|row| {
            let amount = typed(&row.listed.number).filter(|amount| !amount.is_empty() && row.net > 0);
            (row.listed.number.clone(), amount.unwrap_or_else(|| plain(row.asked_for(), row.listed.currency)))
        });
        self.items = filled.collect();
        if !read.values().any(|value| value == self.method) {
            self.method = read.first_value();
        }
        self
    }

    /// What is to be paid.
    ///
    /// # Errors
    /// `Fault` with the sentence that says what is wrong.
    pub fn ask(&self, read: &Read, today: Date) -> Result<StartPayment, Fault> {
        let draft = self.clone().filled(read);
        let is_asked = |row: &Row| self.items.iter().any(|(number, _)| *number == row.listed.number);
        if self.items.len() != read.rows.len() || !read.rows.iter().all(is_asked) {
            return Err(Fault::Whole(
                "One of these invoices can't be paid here any more. This is what is left.".to_owned(),
            ));
        }
        let mut parts = Vec::new();
        for (place, (row, (number, typed))) in read.rows.iter().zip(&draft.items).enumerate() {
            let amount = match row.net {
                0 => 0,
                _ => paid(typed, row.listed.currency, "Pay more than nothing, or take this invoice out.")
                    .map_err(|why| Fault::Amount(place, why))?,
            };
            parts.push((number.clone(), amount));
        }
        let ahead = match &read.ahead {
            Some(ahead) if self.is_ahead() => {
                let amount = paid(&self.ahead, ahead.currency, "Pay more than nothing.");
                Some((ahead.account, amount.map_err(Fault::Ahead)?))
            }
            None if self.is_ahead() => return Err(Fault::Whole("This account can't be paid ahead here.".to_owned())),
            _ => None,
        };
        let is_by_credit = ahead.is_none() && parts.iter().all(|(_, amount)| *amount == 0);
        let with = match self.method.as_str() {
            // No money moves: nothing had to be chosen.
            "" if is_by_credit => With::New(MethodKind::Card, Keeping::Once),
            "card" => With::New(MethodKind::Card, self.keeping),
            "bank" => With::New(MethodKind::Bank, self.keeping),
            other => read.kept(other).ok_or_else(|| Fault::Whole("Choose how to pay.".to_owned()))?,
        };
        let on = if draft.on.is_empty() { None } else { Some(day(&draft.on, today)?) };
        if draft.agreed.as_ref().is_some_and(|agreed| *agreed != draft.promise(read)) {
            return Err(Fault::Whole("Please look at the sum again: it follows what you have changed.".to_owned()));
        }
        Ok(StartPayment { parts, ahead, with, on, key: draft.key })
    }

    /// What the button promises: amount, method, day. The form sends it back, so that nobody pays something else than they read.
    pub fn promise(&self, read: &Read) -> String {
        format!("{}/{}/{}", self.total(read), self.method, self.on)
    }

    /// The sum of what can be read of the amounts, minor units.
    pub fn total(&self, read: &Read) -> i64 {
        let rows = read.rows.iter().zip(&self.items);
        let amounts = rows.filter_map(|(row, (_, typed))| amount(typed, row.listed.currency).ok());
        let ahead = read.ahead.as_ref().and_then(|ahead| amount(&self.ahead, ahead.currency).ok());
        amounts.chain(ahead).fold(0, i64::saturating_add)
    }
}

fn day(typed: &str, today: Date) -> Result<Date, Fault> {
    let day: Option<Date> = typed.parse().ok();
    let wrong = || Fault::Whole(format!("Choose a day between tomorrow and {}.", last_day(today)));
    day.filter(|day| *day > today && *day <= last_day(today)).ok_or_else(wrong)
}

/// The last day that a payment can be planned for.
pub fn last_day(today: Date) -> Date {
    billing::calendar::shift(today, 180)
}

/// `3163.73`, as it stands in a field.
pub fn plain(minor: i64, currency: Currency) -> String {
    Decimal::new(minor, u32::from(digits(currency))).to_string()
}

/// Minor units of what was typed: `3163.73`, `3,163.73`, `$3163`.
///
/// # Errors
/// What is wrong with it: [`no_amount`] says it in a sentence.
pub fn amount(typed: &str, currency: Currency) -> Result<i64, NoAmount> {
    let bare: String = typed.chars().filter(|c| !matches!(c, ',' | '$' | ' ' | '\u{a0}')).collect();
    parse_minor(&bare, currency)
}

/// What is wrong with an amount that was typed.
pub fn no_amount(why: NoAmount, typed: &str, currency: Currency) -> String {
    let example = || plain(10_i64.saturating_pow(u32::from(digits(currency)) + 2) + 50, currency);
    match why {
        NoAmount::Unreadable => format!("“{typed}” is not an amount. Write it like {}.", example()),
        NoAmount::TooPrecise => format!("“{typed}” has too many digits after the point."),
        NoAmount::TooLarge => "That is more than can be written down.".to_owned(),
        NoAmount::Nothing => "Write an amount of more than nothing.".to_owned(),
    }
}

/// An amount that is to be paid; `nothing` is said where it is 0.
fn paid(typed: &str, currency: Currency, nothing: &str) -> Result<i64, String> {
    amount(typed, currency).map_err(|why| match why {
        NoAmount::Nothing => nothing.to_owned(),
        why => no_amount(why, typed, currency),
    })
}
