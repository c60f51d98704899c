//! From data to a file: typst lays the sheet out, typst-pdf writes it under both standards.

use comemo::evict;
use jiff::civil::Date;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::world::PaperWorld;
use crate::{Error, Rendered};

/// Lays out and writes one document whose data is `json`.
///
/// `ident` names the document for good (PDF readers match copies by it), `dated` is the date written into the file.
///
/// # Errors
/// [`Error::Typeset`] with typst's own words.
pub fn typeset(json: String, ident: &str, dated: Date) -> Result<Rendered, Error> {
    let rendered = compile_and_export(json, ident, dated);
    // Without this each document leaves its layout in typst's caches for good, after a failure as well.
    evict(0);
    rendered
}

fn compile_and_export(json: String, ident: &str, dated: Date) -> Result<Rendered, Error> {
    let world = PaperWorld::new(json);
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|found| refusal(&found))?;
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|hinted| Error::Typeset(hinted.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Quittance".to_owned())),
        timestamp: timestamp(dated),
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|found| refusal(&found))?;
    let pages = u32::try_from(document.pages().len()).unwrap_or(u32::MAX);
    Ok(Rendered { pdf, pages })
}

/// Midnight UTC of a day: the paper knows days, and a clock would make every copy different.
fn timestamp(dated: Date) -> Option<Timestamp> {
    let month = u8::try_from(dated.month()).ok()?;
    let day = u8::try_from(dated.day()).ok()?;
    Datetime::from_ymd_hms(i32::from(dated.year()), month, day, 0, 0, 0).map(Timestamp::new_utc)
}

fn refusal(found: &[SourceDiagnostic]) -> Error {
    let said: Vec<String> = found.iter().take(3).map(|one| one.message.to_string()).collect();
    Error::Typeset(said.join("; "))
}
