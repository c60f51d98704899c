//! A document with a number, whichever it is, with everything that paper and mail say of it.

use billing::{Money, Stream};
use documents::Paper;
use store::credit::{LateFeeRow, WholeCreditNote};
use store::invoice::{DocumentKind, WholeInvoice};
use store::provider::ProviderRow;
use store::{AccountId, InvoiceId, Tx};

use crate::error::{Error, Result};
use crate::paper::invoice_paper;
use crate::paper::plain::{credit_note_paper, late_fee_paper};

/// What a document is besides the invoice that it is, or is about.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The invoice, and the one before it in its stream.
    Invoice(Option<Box<WholeInvoice>>),
    /// A credit note about the invoice.
    CreditNote(WholeCreditNote),
    /// A fee for paying the invoice late.
    LateFee(LateFeeRow),
}

/// A document as it was issued.
#[derive(Clone, Debug)]
pub struct Issued {
    /// What it is.
    pub kind: Kind,
    /// The invoice that it is, or is about.
    pub whole: WholeInvoice,
    /// The provider as it was when the document was issued.
    pub provider: ProviderRow,
}

impl Issued {
    /// Reads a document; the caller has made sure that it is the asker's to have.
    ///
    /// # Errors
    /// `Internal` where there is none; those of the database.
    pub fn load(tx: &mut Tx, account: AccountId, id: InvoiceId) -> Result<Self> {
        let missing = || Error::internal("a document that doesn't exist is asked for");
        let known = tx.number_of(account, id)?.ok_or_else(missing)?;
        let (kind, invoice, version) = match known.kind {
            DocumentKind::Invoice => (Kind::Invoice(None), id, None),
            DocumentKind::CreditNote => {
                let note = tx.whole_credit_note(account, id)?.ok_or_else(missing)?;
                let (invoice, version) = (note.note.invoice_id, note.note.provider_version);
                (Kind::CreditNote(note), invoice, Some(version))
            }
            DocumentKind::LateFee => {
                let fee = tx.late_fee(account, id)?.ok_or_else(missing)?;
                let (invoice, version) = (fee.invoice_id, fee.provider_version);
                (Kind::LateFee(fee), invoice, Some(version))
            }
        };
        let whole = tx.whole_invoice(account, invoice)?.ok_or_else(missing)?;
        let version = version.unwrap_or(whole.invoice.provider_version);
        let provider = tx.provider_version(version)?.ok_or_else(missing)?;
        let kind = match (kind, whole.invoice.previous_id) {
            (Kind::Invoice(_), Some(previous)) => Kind::Invoice(tx.whole_invoice(account, previous)?.map(Box::new)),
            (kind, _) => kind,
        };
        Ok(Self { kind, whole, provider })
    }

    /// Its number.
    pub fn number(&self) -> &str {
        match &self.kind {
            Kind::Invoice(_) => &self.whole.invoice.number,
            Kind::CreditNote(note) => &note.note.number,
            Kind::LateFee(fee) => &fee.number,
        }
    }

    /// Whose recipients get it: a credit or fee goes where its invoice went.
    pub fn stream(&self) -> Stream {
        self.whole.invoice.stream
    }

    /// Its paper.
    pub fn paper(&self) -> Paper {
        match &self.kind {
            Kind::Invoice(previous) => {
                Paper::Invoice(Box::new(invoice_paper(&self.whole, &self.provider, previous.as_deref())))
            }
            Kind::CreditNote(note) => Paper::Plain(Box::new(credit_note_paper(note, &self.whole, &self.provider))),
            Kind::LateFee(fee) => Paper::Plain(Box::new(late_fee_paper(fee, &self.whole, &self.provider))),
        }
    }

    /// `Credit note`, `Late fee`, `Invoice`.
    pub fn called(&self) -> &'static str {
        match &self.kind {
            Kind::Invoice(_) => "Invoice",
            Kind::CreditNote(_) => "Credit note",
            Kind::LateFee(_) => "Late fee",
        }
    }

    /// The page of it: `/credit-notes/CN-1001`.
    pub fn path(&self) -> String {
        let kind = match &self.kind {
            Kind::Invoice(_) => DocumentKind::Invoice,
            Kind::CreditNote(_) => DocumentKind::CreditNote,
            Kind::LateFee(_) => DocumentKind::LateFee,
        };
        path(kind, self.number())
    }

    /// What it comes to.
    pub fn total(&self) -> Money {
        let minor = match &self.kind {
            Kind::Invoice(_) => self.whole.invoice.total_minor,
            Kind::CreditNote(note) => note.note.total_minor,
            Kind::LateFee(fee) => fee.total_minor,
        };
        Money::new(minor, self.whole.invoice.currency)
    }
}

/// The page of a document: `/credit-notes/CN-1001`.
pub fn path(kind: DocumentKind, number: &str) -> String {
    let folder = match kind {
        DocumentKind::Invoice => "invoices",
        DocumentKind::CreditNote => "credit-notes",
        DocumentKind::LateFee => "late-fees",
    };
    format!("/{folder}/{number}")
}
