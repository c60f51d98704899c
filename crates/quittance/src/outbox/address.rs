//! What bounces mean for an address and for staff.

use connect::mail::blames_sender;
use jiff::Timestamp;
use store::bounce::{AddressState, MailAddressRow};
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

/// Notes that mail to an address came back, or was refused at once, with this status and reason. One that failed for good
/// is sent nothing more, unless the server minded the letter or us, and not the address.
///
/// # Errors
/// Those of the database.
pub fn note_bounce(tx: &mut Tx, (email, status, reason): (&str, &str, &str), now: Timestamp) -> Result<(), Error> {
    let email = email.to_lowercase();
    let known = tx.mail_address(&email)?;
    let was_hard = known.as_ref().is_some_and(|known| known.state == AddressState::Hard);
    let is_hard = is_wrong(status, reason);
    tx.replace(&[MailAddressRow {
        email,
        state: if was_hard || is_hard { AddressState::Hard } else { AddressState::Soft },
        status: status.to_owned(),
        reason: if reason.is_empty() { "no reason was given".to_owned() } else { reason.to_owned() },
        bounces: known.as_ref().map_or(0, |known| known.bounces) + 1,
        first_at: known.map_or(now, |known| known.first_at),
        last_at: now,
    }])
}

/// Whether a status (RFC 3463) and the words with it mean that an address is wrong for good: not where they are about the
/// letter or about its sender.
pub fn is_wrong(status: &str, said: &str) -> bool {
    let blames_us = blames_sender(status) || blames_sender(said);
    status.starts_with('5') && !is_about_the_letter(status) && !blames_us
}

/// RFC 3463: the letter's size, its content, or a policy about it. Another letter may pass.
fn is_about_the_letter(status: &str) -> bool {
    status == "5.3.4" || status.starts_with("5.6.") || status.starts_with("5.7.")
}

/// The status in a refusal's words where it says that the address is wrong: `5.1.1` and its like, or `5.2.1`. What was
/// refused for now, for days, was about us or passes, whatever its status.
pub fn wrong_address(reply: &str) -> Option<&str> {
    let said = reply.strip_prefix("refused (")?;
    let status = said.split_whitespace().find(|word| word.starts_with("5.1.") || *word == "5.2.1")?;
    let is_status = status.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_status && is_wrong(status, said)).then_some(status)
}

#[cfg(test)]
mod tests {
    use connect::mail::Refusal;

    use super::wrong_address;

    #[test]
    fn an_address_is_wrong_where_the_server_says_so_and_means_it() {
        let for_good = |text: &str| Refusal::Permanent { code: 550, text: text.to_owned() }.to_string();
        let for_now = |text: &str| Refusal::Temporary { code: 550, text: text.to_owned() }.to_string();
        assert_eq!(wrong_address(&for_good("5.1.1 No such user here")), Some("5.1.1"));
        assert_eq!(wrong_address(&for_good("5.2.1 The mailbox is closed")), Some("5.2.1"));
        for reply in [
            for_good("5.7.1 Message rejected as spam"),
            for_good("5.1.8 Access denied, bad outbound sender"),
            for_good("5.1.0 <b@p.example>: Sender address rejected: User unknown"),
            for_now("5.1.2 Our domain is unknown there"),
            Refusal::Unreachable("5.1.1".to_owned()).to_string(),
        ] {
            assert_eq!(wrong_address(&reply), None, "{reply}");
        }
    }
}
