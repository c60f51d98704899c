//! An account's admin hands in an exemption certificate. It changes nothing until staff have looked at it.

use billing::calendar::shift;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::account::AccountRow;
use store::certificate::CertificateRow;
use store::request::RequestKind;
use store::scope::ScopedAccount;

use crate::actions::add_contact::one_line;
use crate::actions::ask_staff::{Asking, ask_staff};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// The largest file, in bytes.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// The longest number that fits beside "Tax exempt" on an invoice, in characters.
const LONGEST_NUMBER: usize = 60;
const LONGEST_FILE_NAME: usize = 120;

/// How an account stands with tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    pub tax_exempt: bool,
    /// The first day on which it is taxed again.
    pub exempt_until: Option<Date>,
    pub exemption_certificate: Option<String>,
}

impl Exemption {
    /// As it is.
    pub fn of(account: &AccountRow) -> Self {
        Self {
            tax_exempt: account.tax_exempt,
            exempt_until: account.exempt_until,
            exemption_certificate: account.exemption_certificate.clone(),
        }
    }

    /// The account with this in place of its own.
    pub fn put(self, account: AccountRow) -> AccountRow {
        AccountRow {
            tax_exempt: self.tax_exempt,
            exempt_until: self.exempt_until,
            exemption_certificate: self.exemption_certificate,
            ..account
        }
    }
}

/// What is handed in.
#[derive(Clone, Debug)]
pub struct HandIn {
    /// As the browser calls it.
    pub file_name: String,
    pub bytes: Vec<u8>,
    /// The certificate's own number; may be empty.
    pub number: String,
    /// The last day on which it holds.
    pub expires_on: Option<Date>,
}

/// Keeps the certificate and writes the request down.
///
/// # Errors
/// `Refused` with what is wrong; as [`ask_staff`].
pub async fn hand_in_certificate(app: &App, account: &ScopedAccount, ask: HandIn, by: &Actor) -> Result<()> {
    let number = one_line(&ask.number);
    if number.chars().count() > LONGEST_NUMBER {
        return Err(Error::refused("The certificate’s number has room for 60 characters."));
    }
    let Some(expires_on) = ask.expires_on.filter(|day| *day >= app.today()) else {
        return Err(Error::refused("Enter the last day on which the certificate holds. It can’t be over already."));
    };
    let Some(media_type) = media_type(&ask.bytes) else {
        return Err(Error::refused("Choose a PDF, or a picture as PNG or JPEG, of at most 10 MB."));
    };
    let id = account.account_id;
    let known = app.store.read(move |tx| tx.accounts_of(&[id])).await?;
    let before = known.first().map(Exemption::of).ok_or(Error::NotFound)?;
    let after = Exemption {
        tax_exempt: true,
        exempt_until: Some(shift(expires_on, 1)),
        exemption_certificate: Some(number).filter(|number| !number.is_empty()),
    };
    let row = CertificateRow {
        account_id: id,
        certificate_id: app.ids.mint(),
        file_name: plain_name(&ask.file_name, media_type),
        media_type: media_type.to_owned(),
        size: i64::try_from(ask.bytes.len()).unwrap_or(i64::MAX),
        sha256: Sha256::digest(&ask.bytes).into(),
        expires_on,
        made_by: by.person,
        made_at: by.at,
    };
    let json = |side: &Exemption| serde_json::to_value(side).map_err(Error::internal);
    let (before, after) = (Some(json(&before)?), Some(json(&after)?));
    let asking = Asking { before, after, certificate: Some((row, ask.bytes)), ..Asking::of(account) };
    let about = by.person.map(|person| (id, person));
    ask_staff(app, (RequestKind::Exemption, asking), about, by).await
}

/// What a file is, by its first bytes: what it is called says nothing.
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 3] =
        [(b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg")];
    let found = kinds.into_iter().find(|(first, _)| bytes.starts_with(first))?;
    (bytes.len() <= LARGEST).then_some(found.1)
}

/// A name that is safe to hand out again: no folder, nothing but letters, digits and a few marks, and the right ending.
fn plain_name(name: &str, media_type: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let plain = stem.chars().map(|c| if c.is_ascii_alphanumeric() || "-_ ".contains(c) { c } else { '_' });
    let plain: String = plain.take(LONGEST_FILE_NAME).collect();
    let stem = if plain.trim().is_empty() { "certificate" } else { plain.trim() };
    let ending = match media_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        _ => "pdf",
    };
    format!("{stem}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::{media_type, plain_name};

    #[test]
    fn the_first_bytes_say_what_a_file_is() {
        assert_eq!(media_type(b"%PDF-1.7 and more"), Some("application/pdf"));
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\nmore"), Some("image/png"));
        assert_eq!(media_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(media_type(b"<html>%PDF-"), None);
        assert_eq!(media_type(b""), None);
    }

    #[test]
    fn a_name_is_plain_before_it_is_handed_out_again() {
        assert_eq!(plain_name("C:\\forms\\ST3 \"x\".exe", "application/pdf"), "ST3 _x_.pdf");
        assert_eq!(plain_name("../../.png", "image/png"), "certificate.png");
    }
}
