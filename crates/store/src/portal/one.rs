//! One invoice by its number: what is another's is absent.

use crate::credit::{ComeBackRow, CreditNoteRow, LateFeeRow};
use crate::document::DocumentRow;
use crate::invoice::{DocumentKind, InvoiceStateRow, WholeInvoice};
use crate::mail::{MailRow, RecipientRow};
use crate::provider::ProviderRow;
use crate::scope::{AccountScope, ScopedAccount};
use crate::{Error, InvoiceId, Tx};

use super::SettledRow;

/// A message of an invoice and what became of it.
#[derive(Clone, Debug)]
pub struct Mailed {
    /// The message.
    pub mail: MailRow,
    /// Who it goes to, in order.
    pub recipients: Vec<RecipientRow>,
}

/// An invoice with everything its page shows.
#[derive(Clone, Debug)]
pub struct ScopedInvoice {
    /// Whose it is.
    pub account: ScopedAccount,
    /// What was issued.
    pub whole: WholeInvoice,
    /// What is left of it.
    pub state: InvoiceStateRow,
    /// The provider as it was when the invoice was issued.
    pub provider: ProviderRow,
    /// The invoice before it in its stream.
    pub previous: Option<WholeInvoice>,
    /// Its document, once it is rendered.
    pub document: Option<DocumentRow>,
    /// Its messages, oldest first.
    pub mailed: Vec<Mailed>,
    /// What takes it back, wholly or in part, oldest first.
    pub credit_notes: Vec<CreditNoteRow>,
    /// The fee for paying it late.
    pub late_fee: Option<LateFeeRow>,
    /// Payments of it that came back, and those that count after all.
    pub come_back: Vec<ComeBackRow>,
    /// What was paid of it last.
    pub settled: Option<SettledRow>,
}

impl Tx {
    /// The account and id of an invoice of the scope; nothing where it is another's or doesn't exist.
    pub fn scoped_number(
        &mut self,
        scope: &AccountScope,
        number: &str,
    ) -> Result<Option<(ScopedAccount, InvoiceId)>, Error> {
        self.scoped_document(scope, DocumentKind::Invoice, number)
    }

    /// The same of what stands in the list: an invoice or a late fee.
    pub fn scoped_listed(
        &mut self,
        scope: &AccountScope,
        number: &str,
    ) -> Result<Option<(ScopedAccount, InvoiceId)>, Error> {
        match self.scoped_number(scope, number)? {
            Some(found) => Ok(Some(found)),
            None => self.scoped_document(scope, DocumentKind::LateFee, number),
        }
    }

    /// The account and id of a document of this kind and number; nothing where it is another's, another kind's or doesn't
    /// exist.
    pub fn scoped_document(
        &mut self,
        scope: &AccountScope,
        kind: DocumentKind,
        number: &str,
    ) -> Result<Option<(ScopedAccount, InvoiceId)>, Error> {
        if number.contains('\0') {
            return Ok(None);
        }
        let found = self.number(number)?.filter(|row| row.kind == kind);
        Ok(found.and_then(|row| Some((scope.account(row.account_id)?.clone(), row.document_id))))
    }

    /// An invoice with lines and taxes; nothing where it is another's or doesn't exist.
    pub fn scoped_lines(&mut self, scope: &AccountScope, number: &str) -> Result<Option<WholeInvoice>, Error> {
        match self.scoped_number(scope, number)? {
            Some((account, invoice)) => self.whole_invoice(account.account_id, invoice),
            None => Ok(None),
        }
    }

    /// An invoice with everything its page shows; nothing where it is another's or doesn't exist.
    pub fn scoped_invoice(&mut self, scope: &AccountScope, number: &str) -> Result<Option<ScopedInvoice>, Error> {
        let Some((account, invoice)) = self.scoped_number(scope, number)? else { return Ok(None) };
        let id = account.account_id;
        let (Some(whole), Some(state)) = (self.whole_invoice(id, invoice)?, self.invoice_state(id, invoice)?) else {
            return Ok(None);
        };
        let Some(provider) = self.provider_version(whole.invoice.provider_version)? else { return Ok(None) };
        let previous = match whole.invoice.previous_id {
            Some(previous) => self.whole_invoice(id, previous)?,
            None => None,
        };
        let mut mailed = Vec::new();
        for mail in self.mails_of_invoice(id, invoice)? {
            mailed.push(Mailed { recipients: self.recipients(id, mail.mail_id)?, mail });
        }
        let document = self.document(id, invoice)?;
        let (credit_notes, late_fee) = (self.credit_notes(id, invoice)?, self.late_fee_of(id, invoice)?);
        let come_back = self.come_back(id, invoice)?;
        let settled = self.settled_last(&[invoice])?.pop();
        Ok(Some(ScopedInvoice {
            account,
            whole,
            state,
            provider,
            previous,
            document,
            mailed,
            credit_notes,
            late_fee,
            come_back,
            settled,
        }))
    }
}
