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
    let document = compile(json)?;
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

fn compile(json: String) -> Result<PagedDocument, Error> {
    typst::compile::<PagedDocument>(&PaperWorld::new(json)).output.map_err(|found| refusal(&found))
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

#[cfg(test)]
mod tests {
    use typst::layout::{Abs, Frame, FrameItem, Point};

    use super::*;
    use crate::paper::InvoicePaper;
    use crate::sheet::Sheet;

    /// What is printed and where each piece of text ends, page after page.
    fn printed(paper: &InvoicePaper) -> (String, Vec<(Abs, String)>) {
        let document = compile(serde_json::to_string(&Sheet::of(paper).unwrap()).unwrap()).unwrap();
        let mut ends = Vec::new();
        for page in document.pages() {
            walk(&page.frame, Point::zero(), &mut ends);
        }
        (ends.iter().map(|(_, text)| text.as_str()).collect(), ends)
    }

    fn walk(frame: &Frame, at: Point, ends: &mut Vec<(Abs, String)>) {
        for (offset, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, at + *offset, ends),
                FrameItem::Text(text) => ends.push(((at + *offset).x + text.width(), text.text.to_string())),
                _ => {}
            }
        }
    }

    fn biweekly() -> InvoicePaper {
        serde_json::from_str(include_str!("../tests/it/papers/biweekly.json")).unwrap()
    }

    fn recurring() -> InvoicePaper {
        serde_json::from_str(include_str!("../tests/it/papers/recurring.json")).unwrap()
    }

    #[test]
    fn notes_print_as_their_characters() {
        let mut paper = biweekly();
        let hostile = [
            "#read(\"/etc/passwd\")",
            "*bold*_em_",
            "$x^2$",
            "<script>",
            "->",
            "(c)",
            "...",
            "--",
            "#{1+1}",
            "'q'",
            "=H",
        ];
        for (ticket, note) in paper.tickets.iter_mut().zip(hostile.chunks(3)) {
            ticket.entries.first_mut().unwrap().notes = note.join("\n");
        }
        let (text, _) = printed(&paper);
        for note in hostile {
            assert!(text.contains(note), "{note}");
        }
    }

    #[test]
    fn a_word_without_end_stays_inside_the_margins_and_loses_nothing() {
        for (mut paper, letter) in [(biweekly(), "x"), (biweekly(), "W"), (recurring(), "x"), (recurring(), "W")] {
            let word = letter.repeat(10_000);
            paper.notes = Some(word.clone());
            paper.provider.name.clone_from(&word);
            paper.bill_to.name.clone_from(&word);
            paper.account.clone_from(&word);
            for ticket in &mut paper.tickets {
                for text in [&mut ticket.number, &mut ticket.summary, &mut ticket.requester] {
                    text.clone_from(&word);
                }
                for entry in &mut ticket.entries {
                    for text in [&mut entry.notes, &mut entry.technician, &mut entry.work_type] {
                        *text = letter.repeat(200);
                    }
                }
            }
            for line in paper.agreements.iter_mut().flat_map(|agreement| &mut agreement.lines) {
                for text in [&mut line.description, &mut line.unit, &mut line.quantity] {
                    *text = letter.repeat(200);
                }
            }
            let (text, ends) = printed(&paper);
            assert!(text.matches(letter).count() >= 10_000);
            let margin = Abs::pt(612.0 - 45.0 + 0.5);
            let outside: Vec<&(Abs, String)> = ends.iter().filter(|(end, _)| *end > margin).collect();
            assert!(outside.is_empty(), "{outside:?}");
        }
    }

    #[test]
    fn amounts_say_what_they_are() {
        let (text, _) = printed(&biweekly());
        for expected in
            ["$3,163.73", "Covered", "No charge", "Work of Sep 3, approved Sep 4", "Sep 4 – 17, 2026", "Page 2 of 2"]
        {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        let (text, _) = printed(&recurring());
        for expected in ["$3,896.10", "15/30 days", "→ 4.13", "−363.00", "What changed since August", "Net 30"] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
    }
}
