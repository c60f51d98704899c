//! Exemption certificates that customers handed in, and the provider's own papers.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::{AccountId, CertificateId, Error, One, PersonId, Tx, record, statements};

record! {
    /// A certificate as it was handed in.
    pub struct CertificateRow in "certificate" key(account_id, certificate_id) {
        pub account_id: AccountId,
        pub certificate_id: CertificateId,
        /// As the browser called it, without its folders.
        pub file_name: String,
        /// `application/pdf`, `image/png` or `image/jpeg`, as its first bytes say.
        pub media_type: String,
        /// Bytes.
        pub size: i64,
        pub sha256: [u8; 32],
        /// The last day on which it holds.
        pub expires_on: Date,
        pub made_by: Option<PersonId>,
        /// In real time.
        pub made_at: Timestamp,
    }
}

record! {
    /// What it holds, apart from the lists.
    pub struct CertificateBytesRow in "certificate_bytes" {
        pub account_id: AccountId,
        pub certificate_id: CertificateId,
        pub bytes: Vec<u8>,
    }
}

record! {
    /// A paper of the provider that customers may download.
    pub struct ProviderPaperRow in "provider_paper" key(name) {
        /// `w9`.
        pub name: String,
        /// A PDF.
        pub bytes: Vec<u8>,
        pub changed_at: Timestamp,
    }
}

/// The name of the provider's W-9.
pub const W9: &str = "w9";

statements! {
    OF_ACCOUNT: (Integer) -> CertificateRow = "SELECT account_id, certificate_id, file_name, media_type, size, sha256, expires_on, made_by, made_at \
        FROM certificate WHERE account_id = $1 ORDER BY certificate_id DESC LIMIT 50";
    ONE: (Integer, Integer) -> CertificateRow = "SELECT account_id, certificate_id, file_name, media_type, size, sha256, expires_on, made_by, made_at \
        FROM certificate WHERE account_id = $1 AND certificate_id = $2";
    BYTES: (Integer, Integer) -> One<Vec<u8>> = "SELECT bytes FROM certificate_bytes WHERE account_id = $1 AND certificate_id = $2";
    PAPER: (Text) -> One<Vec<u8>> = "SELECT bytes FROM provider_paper WHERE name = $1";
    HAS_PAPER: (Text) -> One<i64> = "SELECT count(*) FROM provider_paper WHERE name = $1";
}

impl Tx {
    /// An account's certificates, the newest first, at most 50.
    pub fn certificates(&mut self, account: AccountId) -> Result<Vec<CertificateRow>, Error> {
        self.rows(&OF_ACCOUNT, &[&account])
    }

    /// One of an account's certificates.
    pub fn certificate(
        &mut self,
        account: AccountId,
        certificate: CertificateId,
    ) -> Result<Option<CertificateRow>, Error> {
        self.row(&ONE, &[&account, &certificate])
    }

    /// What it holds.
    pub fn certificate_bytes(
        &mut self,
        account: AccountId,
        certificate: CertificateId,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.value(&BYTES, &[&account, &certificate])
    }

    /// Keeps a certificate.
    pub fn keep_certificate(&mut self, row: &CertificateRow, bytes: &[u8]) -> Result<(), Error> {
        let (account_id, certificate_id) = (row.account_id, row.certificate_id);
        self.insert(std::slice::from_ref(row))?;
        self.insert(&[CertificateBytesRow { account_id, certificate_id, bytes: bytes.to_vec() }])
    }

    /// A paper of the provider.
    pub fn provider_paper(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.value(&PAPER, &[&name])
    }

    /// Whether there is one.
    pub fn has_provider_paper(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.value(&HAS_PAPER, &[&name])?.unwrap_or(0_i64) > 0)
    }

    /// Sets a paper of the provider.
    pub fn set_provider_paper(&mut self, row: &ProviderPaperRow) -> Result<(), Error> {
        self.replace(std::slice::from_ref(row))
    }
}
