//! Signatures of events, as Stripe makes them: `t=` seconds, `v1=` HMAC-SHA256 of `t.body` in hexadecimal.
//! <https://docs.stripe.com/webhooks#verify-manually>

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::BadEvent;
use crate::Secret;

/// Older or newer messages are refused, so that a recorded one can't be sent again next year.
const TOLERANCE_S: i64 = 300;

/// The header of a message sent now.
pub(super) fn sign(body: &[u8], secret: &Secret, now: Timestamp) -> String {
    let seconds = now.as_second().to_string();
    let code = mac(secret, &seconds, body).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
    let hexadecimal: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hexadecimal}")
}

/// Whether one of the header's signatures is right; several stand there while a secret is being changed.
///
/// # Errors
/// `Signature`.
pub(super) fn check(body: &[u8], header: &str, secret: &Secret, now: Timestamp) -> Result<(), BadEvent> {
    let wrong = |reason: &str| BadEvent::Signature(reason.to_owned());
    let parts: Vec<(&str, &str)> = header.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let seconds = parts.iter().find(|(name, _)| *name == "t").map(|(_, value)| *value);
    let seconds = seconds.ok_or_else(|| wrong("it has no time (t=)"))?;
    let sent_at: i64 = seconds.parse().map_err(|_| wrong("its time can't be read"))?;
    let codes = parts.iter().filter(|(name, _)| *name == "v1").filter_map(|(_, value)| bytes(value));
    let mac = mac(secret, seconds, body).ok_or_else(|| wrong("the secret can't be used"))?;
    // Compared in constant time, each of them.
    if !codes.into_iter().any(|code| mac.clone().verify_slice(&code).is_ok()) {
        return Err(wrong("no signature of it fits (v1=)"));
    }
    if now.as_second().abs_diff(sent_at) > TOLERANCE_S.unsigned_abs() {
        return Err(wrong("it is more than five minutes old, or of the future"));
    }
    Ok(())
}

/// What is signed: exactly the seconds as they were sent, a point, and the body's bytes.
fn mac(secret: &Secret, seconds: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).ok()?;
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let is_even = hexadecimal.len().is_multiple_of(2);
    let pairs = hexadecimal.as_bytes().chunks(2).map(|pair| {
        let pair = str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect::<Option<Vec<u8>>>().filter(|_| is_even)
}
