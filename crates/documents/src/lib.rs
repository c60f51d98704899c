//! Data to bytes: an invoice, credit note, late fee, statement, receipt or permission becomes one PDF that is PDF/A-3a and
//! PDF/UA-1 at once.
//! The same paper gives the same bytes, in any process; nothing here reads a file, a clock or the network.

mod fonts;
mod paper;
mod qr;
mod sheet;
mod text;
mod typeset;
mod words;
mod world;

pub use paper::*;
pub use text::covered;

use sheet::Sheet;

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

/// The most that a document may hold, in lines; 750 characters weigh as much as a line. Of this size, it took 15
/// seconds of a core and 2.5 GB: a rendering process may take 60 seconds and 4 GB.
pub const MOST_LINES: usize = 20_000;

/// Whether a document of so many lines and characters can be made. All else that a paper may hold can be printed.
pub const fn can_hold(lines: usize, characters: usize) -> bool {
    lines.saturating_add(characters / 750) <= MOST_LINES
}

/// Renders an invoice.
///
/// A logo that typst cannot read, or that would break the standards, gives way to the monogram.
/// It takes some 40 ms of one core for two pages; call it where no request waits and no transaction is open.
///
/// # Errors
/// [`Error::Address`] where `invoice_url` is longer than 1,000 bytes; [`Error::Typeset`] is a bug, no text in the paper can cause it.
pub fn render(paper: &InvoicePaper) -> Result<Rendered, Error> {
    let sheet = Sheet::of(paper)?;
    let ident = format!("{} {}", paper.provider.legal_name, paper.number);
    match typeset::typeset(json(&sheet)?, &ident, paper.issued_on) {
        Err(Error::Typeset(_)) if sheet.has_logo() => {
            typeset::typeset(json(&sheet.without_logo())?, &ident, paper.issued_on)
        }
        settled => settled,
    }
}

/// Renders a document that is no invoice.
///
/// # Errors
/// [`Error::Typeset`] is a bug, no text in the paper can cause it.
pub fn render_plain(paper: &PlainPaper) -> Result<Rendered, Error> {
    let ident = format!("{} {} {}", paper.provider.legal_name, paper.called, paper.number);
    typeset::typeset(json(&Sheet::of_plain(paper))?, &ident, paper.dated)
}

/// Renders a document of either kind.
///
/// # Errors
/// As [`render`] and [`render_plain`].
pub fn render_paper(paper: &Paper) -> Result<Rendered, Error> {
    match paper {
        Paper::Invoice(paper) => render(paper),
        Paper::Plain(paper) => render_plain(paper),
    }
}

fn json(sheet: &Sheet) -> Result<String, Error> {
    serde_json::to_string(sheet).map_err(|error| Error::Typeset(error.to_string()))
}
