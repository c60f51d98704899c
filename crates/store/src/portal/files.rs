//! Documents of several invoices and late fees, to be downloaded together: names and sizes first, bytes one at a time.

use crate::scope::AccountScope;
use crate::{AccountId, Error, InvoiceId, Tx, record, statements};

record! {
    /// A document that is to be downloaded.
    pub struct FileRow {
        pub account_id: AccountId,
        pub invoice_id: InvoiceId,
        pub number: String,
        /// Bytes; nothing while it isn't rendered yet.
        pub size: Option<i64>,
    }
}

statements! {
    FILES: (Integer; many Integer) -> FileRow = "SELECT n.account_id, n.document_id AS invoice_id, n.number, d.size FROM document_number n \
        LEFT JOIN document d ON d.account_id = n.account_id AND d.document_id = n.document_id \
        WHERE n.account_id = $1 AND n.document_id IN ($keys) ORDER BY n.document_id";
}

impl Tx {
    /// The documents of these invoices, in the order of accounts and issue; what isn't in the scope is left out.
    pub fn files(&mut self, scope: &AccountScope, invoices: &[(AccountId, InvoiceId)]) -> Result<Vec<FileRow>, Error> {
        let mut files: Vec<FileRow> = Vec::new();
        for account in scope.accounts() {
            let own = invoices.iter().filter(|(id, _)| *id == account.account_id).map(|(_, invoice)| *invoice);
            files.append(&mut self.rows_by(&FILES, &[&account.account_id], &own.collect::<Vec<InvoiceId>>())?);
        }
        files.sort_by_key(|file| (file.account_id, file.invoice_id));
        Ok(files)
    }

    /// The bytes of a document of the scope.
    pub fn scoped_bytes(
        &mut self,
        scope: &AccountScope,
        account: AccountId,
        document: InvoiceId,
    ) -> Result<Option<Vec<u8>>, Error> {
        match scope.account(account) {
            Some(account) => self.document_bytes(account.account_id, document),
            None => Ok(None),
        }
    }
}
