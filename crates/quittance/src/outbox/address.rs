//! What bounces mean for an address and for staff.

use store::bounce::MailAddressRow;
use store::{Error, Tx};

/// Why nothing is sent to an address.
pub fn why_skipped(address: &MailAddressRow) -> String {
    format!("mail to this address came back ({}): {}", address.status, address.reason)
}

/// Those of some addresses, as written, to which nothing is sent.
///
/// # Errors
/// Those of the database.
pub fn hard_addresses<'a>(tx: &mut Tx, emails: impl Iterator<Item = &'a str>) -> Result<Vec<MailAddressRow>, Error> {
    let emails: Vec<String> = emails.map(str::to_lowercase).collect();
    tx.hard_addresses(&emails)
}

/// The one of them that an address is.
pub fn hard<'a>(addresses: &'a [MailAddressRow], email: &str) -> Option<&'a MailAddressRow> {
    let email = email.to_lowercase();
    addresses.iter().find(|address| address.email == email)
}
