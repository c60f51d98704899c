//! Data to bytes: an invoice becomes one PDF that is PDF/A-3a and PDF/UA-1 at once.
//! The same paper gives the same bytes, in any process; nothing here reads a file, a clock or the network.

mod paper;

pub use paper::*;

/// A finished document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The file: PDF/A-3a and PDF/UA-1.
    pub pdf: Vec<u8>,
    pub pages: u32,
}

/// Why a document could not be made. Neither is the reader's fault; both are bugs worth a report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The template did not compile or the file would break its standards.
    #[error("the document could not be typeset: {0}")]
    Typeset(String),
    /// The QR code cannot hold the invoice's address.
    #[error("the invoice's address is too long for a QR code ({0} bytes)")]
    Address(usize),
}

/// Renders an invoice.
///
/// # Errors
/// Returns [`Error`] where the file cannot be made; no text in the paper can cause one, only a bug or an address over 1,000 bytes.
pub fn render(_paper: &InvoicePaper) -> Result<Rendered, Error> {
    Err(Error::Typeset("not written yet".to_owned()))
}
