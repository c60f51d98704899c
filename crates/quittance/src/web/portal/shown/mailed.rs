//! What became of an invoice's mails: in the line of its dates, and as a notice where one was not delivered.

use store::mail::{MailCause, MailState, RecipientRow};
use store::portal::{Mailed, ScopedInvoice};

use super::Today;
use crate::web::pages::{Deed, ForwardForm, Notice, NoticeKind, Piece};

/// ` · e-mailed Sep 18, 9:02 am to …, accepted`, for each message.
pub fn pieces(found: &ScopedInvoice, today: &Today) -> Vec<Piece> {
    let mut recipients = found.mailed.iter().flat_map(|mailed| &mailed.recipients);
    if recipients.all(|row| row.state == MailState::Withdrawn) {
        let reason = match found.document {
            None => " · will be e-mailed once its PDF is made",
            Some(_) => " · not e-mailed: nobody is set to receive it",
        };
        return vec![Piece::text(reason)];
    }
    found.mailed.iter().flat_map(|mailed| message(mailed, today)).collect()
}

/// What to do about mails that were not delivered.
pub fn notices(found: &ScopedInvoice, today: &Today) -> Vec<Notice> {
    // Who got it another time needs no warning.
    let reached = |email: &str| {
        let mut all = found.mailed.iter().flat_map(|mailed| &mailed.recipients);
        all.any(|row| row.state == MailState::Accepted && row.email.eq_ignore_ascii_case(email))
    };
    let mut told: Vec<&str> = Vec::new();
    let mut notices = Vec::new();
    for row in found.mailed.iter().rev().flat_map(|mailed| &mailed.recipients) {
        let failed = matches!(row.state, MailState::Bounced | MailState::Refused | MailState::Skipped);
        if failed && !told.contains(&row.email.as_str()) && !reached(&row.email) {
            told.push(&row.email);
            notices.push(notice(row, found, today));
        }
    }
    notices
}

/// The button that mails it again; nothing for who may only look, or while its document is being made.
pub fn again(found: &ScopedInvoice) -> Option<Deed> {
    let may = found.account.role.may_pay() && found.document.is_some();
    may.then(|| Deed::new(format!("/invoices/{}/mails", found.whole.invoice.number), "E-mail it to me again"))
}

/// The form that mails it to a colleague; nothing as for [`again`].
pub fn forward(found: &ScopedInvoice) -> Option<ForwardForm> {
    let action = format!("/invoices/{}/forwards", found.whole.invoice.number);
    again(found).map(|_| ForwardForm { action, ..ForwardForm::default() })
}

fn notice(row: &RecipientRow, found: &ScopedInvoice, today: &Today) -> Notice {
    let why = match (row.state, row.bounced_at) {
        (MailState::Skipped, _) => "Earlier mail to this address came back, so nothing was sent to it.".to_owned(),
        (_, Some(at)) => format!("It came back on {}: {}.", today.instant(at).text, plain_words(row.bounce.as_deref())),
        _ => format!("It was refused: {}.", plain_words(row.last_reply.as_deref())),
    };
    let provider = &found.provider;
    Notice {
        kind: NoticeKind::Warning,
        first: format!("This invoice was not delivered to {}.", row.email),
        rest: format!(
            "{why} The invoice stands here all the same. To have the next ones arrive, tell us the right address: {}, {}.",
            provider.phone, provider.email
        ),
        link: None,
    }
}

/// What a mail server's status (RFC 3463) means, for somebody who has never seen one.
pub fn plain_words(said: Option<&str>) -> &'static str {
    let status = said.into_iter().flat_map(str::split_whitespace).find(|word| is_status(word)).unwrap_or_default();
    let mut parts = status.split('.').skip(1);
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        // 5.1.7, 5.1.8 and Exchange's 5.2.252 are about the sender.
        ("1", "7" | "8") | ("2", "252") | ("7", _) => "its mail server does not accept our mail",
        ("1", _) | ("2", "1") => "there is no such mailbox",
        ("2", "2") => "the mailbox is full",
        ("2", "3") | ("3", "4") => "the mail is larger than the mailbox takes",
        ("2", _) => "the mailbox takes no mail",
        ("4", _) => "its mail server could not be reached",
        _ => "its mail server did not take it",
    }
}

fn is_status(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let digits = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(digits) && matches!(parts.first(), Some(&"2" | &"4" | &"5"))
}

fn message(mailed: &Mailed, today: &Today) -> Vec<Piece> {
    let of = |state: MailState| mailed.recipients.iter().filter(move |recipient| recipient.state == state);
    let again = match mailed.mail.cause {
        MailCause::Issue => "",
        MailCause::Resend => " again",
        MailCause::Forward => " by one of you",
    };
    let mut pieces = Vec::new();
    if let Some(at) = of(MailState::Accepted).filter_map(|recipient| recipient.accepted_at).min() {
        let to = addresses(of(MailState::Accepted));
        pieces.extend([
            Piece::text(format!(" · e-mailed{again} ")),
            Piece::Day(today.instant(at)),
            Piece::text(format!(" to {to}, accepted")),
        ]);
    }
    if of(MailState::Waiting).next().is_some() {
        pieces.extend(waiting(mailed, &addresses(of(MailState::Waiting)), today));
    }
    let failed = [(MailState::Refused, "refused"), (MailState::Bounced, "returned"), (MailState::Skipped, "not sent")];
    for (state, word) in failed {
        if of(state).next().is_some() {
            pieces.push(Piece::text(format!(" · not delivered to {} ({word})", addresses(of(state)))));
        }
    }
    pieces
}

fn waiting(mailed: &Mailed, to: &str, today: &Today) -> Vec<Piece> {
    if mailed.mail.deliver_on > today.day {
        let day = Piece::Day(today.day(mailed.mail.deliver_on));
        return vec![Piece::text(" · will be e-mailed "), day, Piece::text(format!(" to {to}"))];
    }
    let again = if mailed.mail.cause == MailCause::Resend { "again " } else { "" };
    vec![Piece::text(format!(" · {again}on its way by e-mail to {to}"))]
}

fn addresses<'a>(recipients: impl Iterator<Item = &'a RecipientRow>) -> String {
    recipients.map(|recipient| recipient.email.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::plain_words;

    #[test]
    fn a_status_is_put_into_plain_words() {
        for (said, words) in [
            ("5.1.1 550 No such user", "there is no such mailbox"),
            ("refused (550): 5.1.1 No such user here", "there is no such mailbox"),
            ("5.1.8 Access denied, bad outbound sender", "its mail server does not accept our mail"),
            ("4.2.2", "the mailbox is full"),
            ("5.7.1 spam", "its mail server does not accept our mail"),
            ("4.4.7 expired", "its mail server could not be reached"),
            ("9.1.1", "its mail server did not take it"),
            ("10.0.0.1", "its mail server did not take it"),
            ("", "its mail server did not take it"),
        ] {
            assert_eq!(plain_words(Some(said)), words, "{said}");
        }
    }
}
