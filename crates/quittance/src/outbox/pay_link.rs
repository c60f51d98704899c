//! The link of a mailed document by which it can be paid without signing in. It is minted when the mail is sent and stands only in
//! the mail; the database has its hash.

use billing::invoice::InvoiceStatus;
use jiff::SignedDuration;
use store::payment::PayLinkRow;

use crate::app::App;
use crate::error::Result;
use crate::issued::Kind;
use crate::letter::Contents;
use crate::random::Token;

/// How long a link holds.
const HOLDS: SignedDuration = SignedDuration::from_hours(120 * 24);

/// The link for a message; nothing without a processor, where links are switched off, and for what nothing is open of. Made once
/// more, for a letter that has to be sent again, it is the same.
///
/// # Errors
/// Those of the database.
pub async fn mint(app: &App, contents: &Contents) -> Result<Option<String>> {
    let mail = &contents.mail;
    if app.gateway.is_none() || !app.config.payments.links || matches!(contents.issued.kind, Kind::CreditNote(_)) {
        return Ok(None);
    }
    let (account_id, document_id) = (mail.account_id, mail.document_id);
    let token = Token::of(app.keys.mac("pay link", &[mail.message_id.as_bytes()]));
    let now = app.clock.real();
    let row = PayLinkRow { token_hash: token.hash(), account_id, document_id, made_at: now, expires_at: now + HOLDS };
    let written = app.store.write(move |tx| {
        let state = tx.invoice_state(account_id, document_id)?;
        let is_open = state.is_some_and(|state| state.status == InvoiceStatus::Open);
        if is_open {
            tx.insert_or_skip(std::slice::from_ref(&row))?;
        }
        Ok::<_, store::Error>(is_open)
    });
    Ok(written.await?.then(|| format!("{}/pay/{}", app.config.base_url, token.reveal())))
}
