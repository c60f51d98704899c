//! The small cast and the letter most tests start from.

use std::sync::Arc;

use connect::mail::{Address, Attachment, Letter};

pub fn address(name: &str, email: &str) -> Address {
    Address::new(name, email).unwrap()
}

pub fn alice() -> Address {
    address("Alice Archer", "alice@acme.example")
}

pub fn bob() -> Address {
    address("", "bob@acme.example")
}

/// Somebody at whose address the test server acts up.
pub fn wishing(outcome: &str) -> Address {
    address("", &format!("alice+{outcome}@acme.example"))
}

/// An invoice mail to these recipients.
pub fn letter(to: &[Address]) -> Letter {
    Letter {
        message_id: "inv-1043.2026-11-02".to_owned(),
        from: address("West Prairie Technology", "billing@provider.example"),
        reply_to: None,
        to: to.to_vec(),
        cc: vec![],
        subject: "Invoice INV-1043: $412.00, due 1 Dec 2026".to_owned(),
        text: "Dear Alice,\n\nyour invoice is attached.\n".to_owned(),
        html: "<p>Dear Alice,</p>\n<p>your invoice is attached.</p>\n".to_owned(),
        attachments: vec![],
        date: "2026-11-02T15:02:00Z".parse().unwrap(),
    }
}

pub fn pdf(file_name: &str, size_bytes: usize) -> Attachment {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(size_bytes).collect();
    Attachment { file_name: file_name.to_owned(), media_type: "application/pdf".to_owned(), bytes: Arc::from(bytes) }
}
