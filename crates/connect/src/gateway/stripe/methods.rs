//! What may be known of a card or account.

use jiff::civil::Date;
use serde_json::Value;

use super::thing::Thing;
use crate::gateway::{Method, MethodKind};

/// A method, as far as it can be charged by what it says itself.
pub(super) fn method(thing: Thing<'_>) -> Option<Method> {
    used(thing, thing.text("id")?, thing.name_of("customer").unwrap_or_default())
}

/// What a charge says of its method, or the method itself: `card` or `us_bank_account` stand in both.
pub(super) fn used(thing: Thing<'_>, id: &str, customer: &str) -> Option<Method> {
    let (id, customer) = (id.to_owned(), customer.to_owned());
    if let Some(card) = thing.whole("card") {
        let (brand, last4) = (brand(card.text("brand").unwrap_or("card")), card.owned("last4"));
        return Some(Method {
            id,
            customer,
            kind: MethodKind::Card,
            brand,
            last4,
            expires_on: last_day(card),
            is_verified: true,
        });
    }
    let account = thing.whole("us_bank_account")?;
    let is_blocked = account.at("status_details").whole("blocked").is_some();
    Some(Method {
        id,
        customer,
        kind: MethodKind::Bank,
        brand: account.text("bank_name").unwrap_or("Bank account").to_owned(),
        last4: account.owned("last4"),
        expires_on: None,
        is_verified: !is_blocked,
    })
}

/// Whether an account's owner has shown that it is theirs, by what became of the asks to keep it. One that was kept by
/// paying with it was shown then.
pub(super) fn is_shown(setups: &[Value]) -> bool {
    setups.is_empty() || setups.iter().any(|setup| Thing(setup).text("status") == Some("succeeded"))
}

fn last_day(card: Thing<'_>) -> Option<Date> {
    let year = i16::try_from(card.number("exp_year")?).ok()?;
    let month = i8::try_from(card.number("exp_month")?).ok()?;
    Some(Date::new(year, month, 1).ok()?.last_of_month())
}

/// As people write it.
fn brand(code: &str) -> String {
    let name = match code {
        "amex" => "American Express",
        "cartes_bancaires" => "Cartes Bancaires",
        "diners" => "Diners Club",
        "discover" => "Discover",
        "eftpos_au" => "eftpos",
        "jcb" => "JCB",
        "mastercard" => "Mastercard",
        "unionpay" => "UnionPay",
        "visa" => "Visa",
        "unknown" | "card" => "Card",
        other => other,
    };
    name.to_owned()
}
