//! What a failed SMTP step means for the letter: it depends on how far the conversation had come.

use std::{error::Error, time::Duration};

use lettre::transport::smtp::{self, response::Response};

use super::{Accepted, Refusal, line::one_line};

const TEXT_CHARACTERS: usize = 300;
/// Statuses about the sender, whoever the recipient is: RFC 3463, 3.2, and Exchange's for somebody who isn't signed in
/// or may not send as this sender.
const OF_THE_SENDER: [&str; 5] = ["5.1.7", "5.1.8", "5.2.252", "5.7.57", "5.7.60"];
/// The same said by Postfix and Exchange, which may do so under any status; in lower case.
const SAID_OF_THE_SENDER: [&str; 2] = ["sender address rejected", "sendasdenied"];
/// How relays say that they take nothing from us; in lower case.
const SAID_OF_RELAYING: [&str; 6] = [
    "relay access denied",
    "relaying denied",
    "relay not permitted",
    "unable to relay",
    "allowed rcpthosts",
    "authentication required",
];

/// How far the conversation had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Greeting, encryption, signing in, our sender address: a refusal concerns us and holds no verdict on the letter.
    Ourselves,
    /// This recipient, or the readiness for the letter.
    Recipient,
    /// The letter was handed over.
    Letter,
}

/// Runs one step of the conversation with a time limit.
pub async fn step<T>(
    limit: Duration,
    stage: Stage,
    work: impl Future<Output = Result<T, smtp::Error>>,
) -> Result<T, Refusal> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(refusal(stage, &error)),
        Err(_) => Err(no_answer(stage, format!("no answer within {} s", limit.as_secs()))),
    }
}

/// The relay's acceptance in its own words.
pub fn accepted(response: &Response) -> Accepted {
    let text = response.message().collect::<Vec<_>>().join(" ");
    Accepted { text: one_line(&text, TEXT_CHARACTERS) }
}

fn refusal(stage: Stage, error: &smtp::Error) -> Refusal {
    let Some(code) = error.status().map(u16::from) else {
        return no_answer(stage, error.to_string());
    };
    let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let text = one_line(&said, TEXT_CHARACTERS);
    if error.is_permanent() && !concerns_us(stage, code, &text) {
        Refusal::Permanent { code, text }
    } else {
        Refusal::Temporary { code, text }
    }
}

fn no_answer(stage: Stage, text: String) -> Refusal {
    let text = one_line(&text, TEXT_CHARACTERS);
    match stage {
        Stage::Ourselves | Stage::Recipient => Refusal::Unreachable(text),
        Stage::Letter => Refusal::Unknown(text),
    }
}

/// Whether a refusal for good is about us, so that the letter is tried again once somebody has mended it.
///
/// Many relays say only at the recipient what they think of us. A refusal for policy (5.7.x) there would meet every
/// recipient of a run, so it is about us, unless it names the recipient's own rules ("Recipient address rejected") or a
/// mailing list (5.7.2). After the letter 5.7.x is also how a spam filter or a mailing list refuses this letter alone: there
/// only our sender and relaying, by status or in words, count. Where this is wrong, one recipient is given up days late;
/// the other way round, a whole run would be lost at once.
fn concerns_us(stage: Stage, code: u16, text: &str) -> bool {
    match stage {
        Stage::Ourselves => true,
        Stage::Recipient | Stage::Letter if about_signing_in(code) || blames_sender(text) => true,
        Stage::Recipient => says(text, &SAID_OF_RELAYING) || is_policy(text),
        Stage::Letter => says(text, &SAID_OF_RELAYING),
    }
}

/// RFC 4954, 6: some relays ask for a password only when they see the recipient.
fn about_signing_in(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

/// Whether a server's words, or a status alone, are about the sender of a letter and so say nothing of its recipient.
pub fn blames_sender(text: &str) -> bool {
    status(text).is_some_and(|status| OF_THE_SENDER.contains(&status)) || says(text, &SAID_OF_THE_SENDER)
}

/// A policy that is not one of this recipient's.
fn is_policy(text: &str) -> bool {
    let for_all = status(text).is_some_and(|status| status.starts_with("5.7.") && status != "5.7.2");
    for_all && !says(text, &["recipient address rejected"])
}

/// The first status for good (RFC 3463) in a server's words.
fn status(text: &str) -> Option<&str> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|number| number.trim_matches('.'));
    numbers.find(|number| number.starts_with("5.") && number.split('.').count() == 3)
}

fn says(text: &str, any: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    any.iter().any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::{Stage, blames_sender, concerns_us};

    #[test]
    fn what_is_about_us_is_told_from_what_is_about_a_recipient_or_a_letter() {
        let (recipient, letter) = (Stage::Recipient, Stage::Letter);
        for (stage, code, text, ours) in [
            (Stage::Ourselves, 550, "5.1.1 whatever", true),
            (recipient, 530, "5.7.0 Must issue a STARTTLS command first", true),
            (recipient, 554, "5.7.1 <bob@acme.example>: Relay access denied", true),
            (recipient, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", true),
            (recipient, 550, "5.7.64 TenantAttribution; Relay Access Denied", true),
            (recipient, 550, "relay not permitted", true),
            (recipient, 553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", true),
            (recipient, 553, "5.7.1 <b@p.example>: Sender address rejected: not owned by user", true),
            (recipient, 554, "5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", true),
            (recipient, 550, "5.1.8 Access denied, bad outbound sender", true),
            (recipient, 550, "5.1.7 Invalid address", true),
            (recipient, 550, "5.1.0 <b@p.example>: Sender address rejected: User unknown", true),
            (letter, 554, "5.2.252 SendAsDenied; a@p.example not allowed to send as b@p.example", true),
            (letter, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", true),
            (letter, 554, "5.7.1 Relay access denied", true),
            (recipient, 550, "5.1.1 <relay@acme.example>: Recipient address rejected: User unknown", false),
            (recipient, 550, "5.7.1 <bob@acme.example>: Recipient address rejected: Access denied", false),
            (recipient, 550, "5.7.2 The list takes mail of its members alone", false),
            (recipient, 550, "no such user", false),
            (letter, 550, "5.7.1 Message rejected as spam", false),
            (letter, 554, "5.7.1 You are not allowed to post to this mailing list", false),
            (letter, 552, "5.3.4 Message too big", false),
        ] {
            assert_eq!(concerns_us(stage, code, text), ours, "{stage:?} {code} {text}");
        }
    }

    #[test]
    fn a_status_alone_may_blame_the_sender() {
        assert!(["5.1.7", "5.1.8", "5.2.252"].into_iter().all(blames_sender));
        assert!(!["5.1.1", "5.2.1", "5.7.1", "4.1.8", "15.1.8", "5.1.8.1", ""].into_iter().any(blames_sender));
    }
}
