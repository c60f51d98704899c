//! What a failed SMTP step means for the letter: it depends on how far the conversation had come.

use std::{error::Error, time::Duration};

use lettre::transport::smtp::{self, response::Response};

use super::{Accepted, Refusal, line::one_line};

const TEXT_CHARACTERS: usize = 300;

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
    if error.is_permanent() && stage != Stage::Ourselves && !about_signing_in(code) {
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

/// RFC 4954, 6: some relays ask for a password only when they see the recipient.
fn about_signing_in(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}
