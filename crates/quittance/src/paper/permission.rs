//! A permission to charge as a paper: the text as it was agreed to, by whom, when and from where, and how it ended.

use documents::PlainPaper;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::account::AccountRow;
use store::method::{MandateRow, MethodRow};
use store::provider::ProviderRow;

use super::plain::{blank, customer, pair};
use super::words;
use crate::formats::Formats;

/// A permission with what it names.
#[derive(Clone, Debug)]
pub struct Given {
    /// As it was accepted.
    pub mandate: MandateRow,
    /// The card or bank account that it names.
    pub method: MethodRow,
    /// Whose it is.
    pub account: AccountRow,
}

/// The paper of a permission.
pub fn permission_paper(given: &Given, provider: &ProviderRow) -> PlainPaper {
    let (mandate, account) = (&given.mandate, &given.account);
    let zone = TimeZone::get(&provider.timezone).unwrap_or(TimeZone::UTC);
    let formats = Formats::of(provider, account.formats);
    let local = |at: Timestamp| at.to_zoned(zone.clone());
    let day = |at: Timestamp| formats.long_date(local(at).date());
    let ended = mandate.ended_at.map(day);
    let mut references = vec![pair("Account", account.code.clone())];
    references.push(pair("Charges", format!("{} {}", given.method.brand, given.method.last4)));
    references.extend(mandate.network.contains('/').then(|| pair("Agreed from", mandate.network.clone())));
    let agreed = local(mandate.accepted_at);
    let agreed_at =
        format!("{}, {} {}", day(mandate.accepted_at), words::clock(&agreed, formats.order), agreed.strftime("%Z"));
    let newest_at = mandate.ended_at.unwrap_or(mandate.accepted_at);
    PlainPaper {
        called: "Permission".to_owned(),
        number: format!("{}, text {}", account.code, mandate.version),
        references,
        amount_label: "Auto Pay".to_owned(),
        amount: if ended.is_some() { "Ended" } else { "Given" }.to_owned(),
        facts: vec![pair("Agreed to by", who(&mandate.accepted_by, provider)), pair("Agreed to on", agreed_at)],
        heading: format!("Text {}, as it was agreed to", mandate.version),
        text: Some(mandate.words.clone()),
        notes: mandate.ended_because.clone().map(|why| format!("Ended on {}: {why}", ended.unwrap_or_default())),
        ..blank((provider, formats), customer(account), local(newest_at).date())
    }
}

/// Who agreed; of what was done at the console, the provider.
fn who(accepted_by: &str, provider: &ProviderRow) -> String {
    if accepted_by.contains('@') { accepted_by.to_owned() } else { provider.legal_name.clone() }
}
