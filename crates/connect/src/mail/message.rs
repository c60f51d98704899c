//! A letter and its MIME form. The same letter always gives the same bytes.

use std::{sync::Arc, time::SystemTime};

use jiff::Timestamp;
use lettre::message::{
    Body, Mailbox, Mailboxes, Message, MessageBuilder, MultiPart, SinglePart,
    header::{self, ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
};

use super::{
    Address, Refusal, Signer,
    address::{check_domain, is_atext},
    line::one_line,
};

const SUBJECT_CHARACTERS: usize = 250;
const FILE_NAME_CHARACTERS: usize = 120;

// Every part is quoted-printable or base64, and neither can hold "=_" (RFC 2045, 5.1): these need no randomness.
const MIXED_BOUNDARY: &str = "=_quittance-mixed";
const ALTERNATIVE_BOUNDARY: &str = "=_quittance-alternative";

/// One transactional letter. Every recipient sees all of `to` and `cc`.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Stable over all attempts: `local` or `local@domain`, without brackets. The domain of `from` is added to a bare
    /// local part.
    pub message_id: String,
    /// Also the envelope's sender, unless the relay's settings name a return path.
    pub from: Address,
    pub reply_to: Option<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    /// Put on one line and cut at 250 characters.
    pub subject: String,
    pub text: String,
    /// May be empty: the letter is then text only.
    pub html: String,
    pub attachments: Vec<Attachment>,
    /// The `Date` header: when the letter was written, not when it is tried again.
    pub date: Timestamp,
}

/// A file that travels with a letter.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Control characters and path separators are replaced.
    pub file_name: String,
    /// For example `application/pdf`.
    pub media_type: String,
    pub bytes: Arc<[u8]>,
}

impl Letter {
    /// The subject as recipients see it.
    pub fn subject_line(&self) -> String {
        one_line(&self.subject, SUBJECT_CHARACTERS)
    }

    /// [`Letter::mime`], signed, if `to` or `cc` names the recipient: nobody gets a hidden copy.
    pub(super) fn mime_for(&self, recipient: &Address, signer: Option<&Signer>) -> Result<Vec<u8>, Refusal> {
        if !self.to.iter().chain(&self.cc).any(|named| named.reaches_the_same_as(recipient)) {
            return Err(Refusal::Invalid(format!("neither To nor Cc names {}", recipient.email())));
        }
        let mut message = self.message()?;
        if let Some(signer) = signer {
            signer.sign(&mut message);
        }
        Ok(message.formatted())
    }

    /// The letter as it goes over the wire: ASCII, lines ended by CRLF, or [`Refusal::Invalid`].
    pub fn mime(&self) -> Result<Vec<u8>, Refusal> {
        Ok(self.message()?.formatted())
    }

    fn message(&self) -> Result<Message, Refusal> {
        let builder = self.head()?;
        let content = self.content()?;
        let message = if self.attachments.is_empty() {
            builder.multipart(content)
        } else {
            let mut mixed = MultiPart::mixed().boundary(MIXED_BOUNDARY).multipart(content);
            for attachment in &self.attachments {
                mixed = mixed.singlepart(attachment.part()?);
            }
            builder.multipart(mixed)
        };
        message.map_err(|error| Refusal::Invalid(error.to_string()))
    }

    fn head(&self) -> Result<MessageBuilder, Refusal> {
        if self.date < Timestamp::UNIX_EPOCH {
            return Err(Refusal::Invalid(format!("its date {} is before 1970", self.date)));
        }
        let mut builder = Message::builder()
            .mailbox(header::From::from(mailboxes([&self.from])?))
            .subject(self.subject_line())
            .message_id(Some(format!("<{}>", self.whole_message_id()?)))
            .date(SystemTime::from(self.date))
            // RFC 3834: nobody's absence note answers this letter. Exchange has a header of its own for that.
            .raw_header(raw("Auto-Submitted", "auto-generated"))
            .raw_header(raw("X-Auto-Response-Suppress", "All"));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.mailbox(header::ReplyTo::from(mailboxes([reply_to])?));
        }
        if !self.to.is_empty() {
            builder = builder.mailbox(header::To::from(mailboxes(&self.to)?));
        }
        if !self.cc.is_empty() {
            builder = builder.mailbox(header::Cc::from(mailboxes(&self.cc)?));
        }
        Ok(builder)
    }

    fn whole_message_id(&self) -> Result<String, Refusal> {
        let (local, domain) = self.message_id.split_once('@').unwrap_or((&self.message_id, self.from.domain()));
        let atoms = local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext));
        if !atoms || check_domain(domain).is_err() {
            let shown = one_line(&self.message_id, SUBJECT_CHARACTERS);
            return Err(Refusal::Invalid(format!("“{shown}” can't be a Message-ID")));
        }
        Ok(format!("{local}@{domain}"))
    }

    fn content(&self) -> Result<MultiPart, Refusal> {
        let part = |media_type, content: &str| {
            Ok(SinglePart::builder()
                .header(media_type)
                .body(encoded(content.to_owned(), ContentTransferEncoding::QuotedPrintable)?))
        };
        let mut alternatives = MultiPart::alternative()
            .boundary(ALTERNATIVE_BOUNDARY)
            .singlepart(part(ContentType::TEXT_PLAIN, &self.text)?);
        if !self.html.is_empty() {
            alternatives = alternatives.singlepart(part(ContentType::TEXT_HTML, &self.html)?);
        }
        Ok(alternatives)
    }
}

impl Attachment {
    /// The file name as recipients see it: a name only, never a path.
    pub fn safe_file_name(&self) -> String {
        let name = one_line(&self.file_name.replace(['/', '\\'], "-"), FILE_NAME_CHARACTERS);
        if name.is_empty() { "attachment".to_owned() } else { name }
    }

    fn part(&self) -> Result<SinglePart, Refusal> {
        let media_type = ContentType::parse(&self.media_type)
            .map_err(|_| Refusal::Invalid(format!("“{}” is not a media type", one_line(&self.media_type, 80))))?;
        Ok(SinglePart::builder()
            .header(ContentDisposition::attachment(&self.safe_file_name()))
            .header(media_type)
            .body(encoded(self.bytes.to_vec(), ContentTransferEncoding::Base64)?))
    }
}

fn encoded(
    content: impl Into<lettre::message::MaybeString>,
    encoding: ContentTransferEncoding,
) -> Result<Body, Refusal> {
    Body::new_with_encoding(content, encoding).map_err(|_| Refusal::Invalid("a part can't be encoded".to_owned()))
}

fn mailboxes<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Result<Mailboxes, Refusal> {
    let mailbox = |address: &Address| {
        let name = Some(address.name().to_owned()).filter(|name| !name.is_empty());
        envelope_address(address).map(|email| Mailbox::new(name, email))
    };
    addresses.into_iter().map(mailbox).collect()
}

/// The address as the SMTP library wants it.
pub(super) fn envelope_address(address: &Address) -> Result<lettre::Address, Refusal> {
    let email = address.email();
    email.parse().map_err(|error| Refusal::Invalid(format!("{email}: {error}")))
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
