//! Reports of mail servers about letters of ours (RFC 3464): read with suspicion, because anybody can send one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::line::one_line;

/// So many bytes of a report are read: what counts stands at its beginning, the letter that came back follows.
pub const REPORT_BYTES: usize = 256 * 1024;
const MOST_RECIPIENTS: usize = 100;
const TEXT_CHARACTERS: usize = 200;

/// What a server says of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The Message-IDs that may name the letter, without brackets: as its envelope's id and in the part that came back.
    pub message_ids: Vec<String>,
    /// What became of it, for each recipient that is named.
    pub outcomes: Vec<Outcome>,
}

/// What became of a letter for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The addresses it is known by: where it ended, and what it was addressed to.
    pub recipients: Vec<String>,
    pub action: Action,
    /// As in RFC 3463, such as `5.1.1`.
    pub status: String,
    /// The server's own words, on one line; may be empty.
    pub said: String,
}

/// What the server did with the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It gave up.
    Failed,
    /// It still tries.
    Delayed,
    /// It delivered it, or handed it on.
    Done,
}

/// Why something can't be read as a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("this is no report about a delivery")]
    NoReport,
    #[error("this is a broken report: {0}")]
    Broken(&'static str),
}

/// Reads a report. Only the first [`REPORT_BYTES`] count; what is wrong in a report names nothing in it.
pub fn read_report(bytes: &[u8]) -> Result<Report, Unreadable> {
    let head = bytes.get(..REPORT_BYTES).unwrap_or(bytes);
    // The parser is well tested, but it reads what strangers wrote: a fault in it must not stop a server.
    catch_unwind(AssertUnwindSafe(|| parse(head))).unwrap_or(Err(Unreadable::Broken("it can't be parsed")))
}

fn parse(bytes: &[u8]) -> Result<Report, Unreadable> {
    let message = MessageParser::default().parse(bytes).ok_or(Unreadable::NoReport)?;
    let kind = message.content_type().ok_or(Unreadable::NoReport)?;
    let is_report = kind.ctype().eq_ignore_ascii_case("multipart")
        && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
        && kind.attribute("report-type").is_some_and(|report| report.eq_ignore_ascii_case("delivery-status"));
    if !is_report {
        return Err(Unreadable::NoReport);
    }
    let status = part(&message, &["delivery-status", "global-delivery-status"]);
    let text = status.and_then(text_of).ok_or(Unreadable::Broken("it has no delivery-status"))?;
    let mut groups = groups(&text);
    let about = groups.next().unwrap_or_default();
    let outcomes: Vec<Outcome> = groups.take(MOST_RECIPIENTS).filter_map(|group| outcome(&group)).collect();
    if outcomes.is_empty() {
        return Err(Unreadable::Broken("it names no recipient"));
    }
    let ids = [field(&about, "original-envelope-id").map(str::to_owned), returned_id(&message)];
    let ids = ids.into_iter().flatten().map(|id| one_line(id.trim_matches(['<', '>', ' ']), TEXT_CHARACTERS));
    Ok(Report { message_ids: ids.filter(|id| id.contains('@')).collect(), outcomes })
}

/// The Message-ID of the letter that came back, whole or in its head.
fn returned_id(message: &Message<'_>) -> Option<String> {
    let returned = part(message, &["rfc822", "rfc822-headers", "global", "global-headers"])?;
    if let PartType::Message(letter) = &returned.body {
        return letter.message_id().map(str::to_owned);
    }
    let head = text_of(returned)?;
    let letter = MessageParser::default().parse_headers(head.as_bytes())?;
    letter.message_id().map(str::to_owned)
}

fn part<'m, 'x>(message: &'m Message<'x>, subtypes: &[&str]) -> Option<&'m MessagePart<'x>> {
    message.parts.iter().find(|part| {
        let subtype = part.content_type().and_then(|kind| kind.subtype());
        subtype.is_some_and(|subtype| subtypes.iter().any(|wanted| subtype.eq_ignore_ascii_case(wanted)))
    })
}

fn text_of(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => Some(text.as_ref().to_owned()),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        PartType::Message(_) | PartType::Multipart(_) => None,
    }
}

type Group = Vec<(String, String)>;

/// The groups of fields that empty lines separate, with folded lines put together.
fn groups(text: &str) -> impl Iterator<Item = Group> {
    let mut groups: Vec<Group> = vec![Vec::new()];
    for line in text.lines() {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            if !group.is_empty() {
                groups.push(Vec::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups.into_iter().filter(|group| !group.is_empty())
}

fn field<'a>(group: &'a Group, name: &str) -> Option<&'a str> {
    group.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

fn outcome(group: &Group) -> Option<Outcome> {
    let action = match field(group, "action")?.split_whitespace().next()?.to_ascii_lowercase().as_str() {
        "failed" => Action::Failed,
        "delayed" => Action::Delayed,
        "delivered" | "relayed" | "expanded" => Action::Done,
        _ => return None,
    };
    let names = ["final-recipient", "original-recipient"];
    let recipients: Vec<String> = names.iter().filter_map(|name| address(field(group, name)?)).collect();
    let status = field(group, "status").and_then(|status| status.split_whitespace().next()).unwrap_or("4.0.0");
    let said = field(group, "diagnostic-code").unwrap_or_default();
    let said = said.split_once(';').map_or(said, |(_, words)| words);
    (!recipients.is_empty()).then(|| Outcome {
        recipients,
        action,
        status: one_line(status, 12),
        said: one_line(said, TEXT_CHARACTERS),
    })
}

/// The address of `rfc822; alice@acme.example`.
fn address(field: &str) -> Option<String> {
    let (kind, address) = field.split_once(';')?;
    let address = address.trim().trim_matches(['<', '>']);
    let known = ["rfc822", "utf-8"].iter().any(|known| kind.trim().eq_ignore_ascii_case(known));
    (known && address.contains('@') && address.len() <= 320).then(|| one_line(address, 320))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\r\n\r\n\
        --b1\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
        --b1\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; mx.example\r\n\r\n\
        Final-Recipient: rfc822; alice@acme.example\r\nOriginal-Recipient: rfc822;Alice@Acme.example\r\n\
        Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such\r\n user here\r\n\r\n\
        Final-Recipient: rfc822; bob@acme.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n\
        --b1\r\nContent-Type: message/rfc822\r\n\r\n\
        Message-ID: <invoice.INV-7.aa@provider.example>\r\nSubject: x\r\n\r\nBody\r\n--b1--\r\n";

    #[test]
    fn a_report_names_the_letter_and_each_outcome() {
        let report = read_report(REPORT.as_bytes()).unwrap();
        assert_eq!(report.message_ids, ["invoice.INV-7.aa@provider.example"]);
        let [failed, delayed] = report.outcomes.as_slice() else { panic!("{report:?}") };
        assert_eq!(failed.recipients, ["alice@acme.example", "Alice@Acme.example"]);
        assert_eq!((failed.action, failed.status.as_str()), (Action::Failed, "5.1.1"));
        assert_eq!(failed.said, "550 5.1.1 no such user here");
        assert_eq!((delayed.action, delayed.status.as_str()), (Action::Delayed, "4.4.1"));
    }

    #[test]
    fn the_head_alone_and_the_envelopes_id_name_it_too() {
        let head = REPORT.replace("message/rfc822", "text/rfc822-headers");
        assert_eq!(read_report(head.as_bytes()).unwrap().message_ids, ["invoice.INV-7.aa@provider.example"]);
        let with_id =
            REPORT.replace("Reporting-MTA", "Original-Envelope-Id: <other@provider.example>\r\nReporting-MTA");
        assert_eq!(
            read_report(with_id.as_bytes()).unwrap().message_ids,
            ["other@provider.example", "invoice.INV-7.aa@provider.example"]
        );
    }

    #[test]
    fn nothing_else_is_a_report() {
        let no_report = |text: String| assert_eq!(read_report(text.as_bytes()), Err(Unreadable::NoReport), "{text}");
        no_report(String::new());
        no_report("\0\0\0".to_owned());
        no_report("Subject: hello\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n".to_owned());
        no_report(REPORT.replace("report-type=delivery-status; ", ""));
        no_report(REPORT.replace("delivery-status; ", "disposition-notification; "));
        let broken =
            |text: String| assert!(matches!(read_report(text.as_bytes()), Err(Unreadable::Broken(_))), "{text}");
        broken(REPORT.replace("message/delivery-status", "text/plain"));
        broken(REPORT.replace("Action: ", "Action: un"));
        broken(REPORT.replace("rfc822; ", "x400; ").replace("rfc822;A", "x400;A"));
    }

    /// Every prefix, every missing line and some bytes flipped: no panic reaches the caller, nothing is made up.
    #[test]
    fn damaged_reports_do_no_harm() {
        let bytes = REPORT.as_bytes();
        for end in 0..bytes.len() {
            let _ = read_report(&bytes[..end]);
            let mut flipped = bytes.to_vec();
            flipped[end] ^= 0x1f;
            if let Ok(report) = read_report(&flipped) {
                assert!(report.outcomes.len() <= 3);
            }
        }
        let many = "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.0.0\r\n\r\n".repeat(50_000);
        let long = REPORT.replace("Final-Recipient: rfc822; bob", &format!("{many}Final-Recipient: rfc822; bob"));
        assert!(read_report(long.as_bytes()).unwrap().outcomes.len() <= MOST_RECIPIENTS);
        let deep =
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n".repeat(5_000);
        let _ = read_report(deep.as_bytes());
        let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(9_000);
        let _ = read_report(nested.as_bytes());
        let hidden = REPORT.replace("550 5.1.1", "\u{1b}[31m\u{202e}550");
        assert!(!read_report(hidden.as_bytes()).unwrap().outcomes[0].said.contains(['\u{1b}', '\u{202e}']));
    }
}
