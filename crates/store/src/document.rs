//! Documents: their bytes, and the jobs that render them.

use jiff::Timestamp;

use crate::{AccountId, Error, InvoiceId, JobId, Tx, record, statements};

record! {
    /// A rendered document. Never updated: the first rendering wins.
    pub struct DocumentRow in "document" {
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub sha256: [u8; 32],
        pub pages: i64,
        /// Bytes.
        pub size: i64,
        pub rendered_at: Timestamp,
    }
}

record! {
    /// The bytes of a document, apart from everything that is listed.
    pub struct DocumentBytesRow in "document_bytes" {
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub bytes: Vec<u8>,
    }
}

record! {
    /// A rendering that waits.
    pub struct JobRow in "job" {
        pub job_id: JobId,
        /// `render`.
        pub kind: String,
        pub account_id: AccountId,
        pub subject_id: InvoiceId,
        /// Lower goes first; 0 is asked for by a person.
        pub priority: i64,
        pub due_at: Timestamp,
        pub lease_until: Timestamp,
        pub attempts: i64,
        pub last_error: Option<String>,
    }
}

statements! {
    DOCUMENT: (Integer, Integer) -> DocumentRow = "SELECT account_id, document_id, sha256, pages, size, rendered_at FROM document \
        WHERE account_id = $1 AND document_id = $2";
    DOCUMENT_BYTES: (Integer, Integer) -> DocumentBytesRow = "SELECT account_id, document_id, bytes FROM document_bytes \
        WHERE account_id = $1 AND document_id = $2";
    CLAIM: (Integer, Integer, Integer) -> JobRow = "UPDATE job SET lease_until = $2, attempts = attempts + 1 WHERE job_id IN \
        (SELECT job_id FROM job WHERE kind = 'render' AND lease_until < $1 AND due_at <= $1 ORDER BY priority, job_id LIMIT $3) \
        AND lease_until < $1 \
        RETURNING job_id, kind, account_id, subject_id, priority, due_at, lease_until, attempts, last_error";
    RENEW: (Integer, Integer, Integer) = "UPDATE job SET lease_until = $3 WHERE job_id = $1 AND lease_until = $2";
    DUE: (Integer) -> crate::One<i64> = "SELECT count(*) AS due FROM job WHERE kind = 'render' AND due_at <= $1";
    HURRY_FAILED: () = "UPDATE job SET due_at = 0 WHERE last_error IS NOT NULL";
    HURRY: (Integer, Integer) = "UPDATE job SET priority = 0, due_at = 0 WHERE kind = 'render' AND account_id = $1 AND subject_id = $2";
    FINISH: (Integer) = "DELETE FROM job WHERE job_id = $1";
    POSTPONE: (Integer, Integer, Text) = "UPDATE job SET lease_until = 0, due_at = $2, last_error = $3 WHERE job_id = $1";
    WAITING_JOBS: () -> crate::One<i64> = "SELECT count(*) AS waiting FROM job WHERE kind = 'render'";
    FAILED_JOBS: () -> JobRow = "SELECT job_id, kind, account_id, subject_id, priority, due_at, lease_until, attempts, last_error \
        FROM job WHERE last_error IS NOT NULL ORDER BY job_id";
}

impl Tx {
    /// Whether and what was rendered of an invoice.
    pub fn document(&mut self, account: AccountId, document: InvoiceId) -> Result<Option<DocumentRow>, Error> {
        self.row(&DOCUMENT, &[&account, &document])
    }

    /// A document's bytes.
    pub fn document_bytes(&mut self, account: AccountId, document: InvoiceId) -> Result<Option<Vec<u8>>, Error> {
        let row: Option<DocumentBytesRow> = self.row(&DOCUMENT_BYTES, &[&account, &document])?;
        Ok(row.map(|row| row.bytes))
    }

    /// Takes at most `limit` renderings until `lease_until`.
    pub fn claim_jobs(&mut self, now: Timestamp, lease_until: Timestamp, limit: i64) -> Result<Vec<JobRow>, Error> {
        self.rows(&CLAIM, &[&now, &lease_until, &limit])
    }

    /// Keeps a rendering claimed until `lease_until` in the same hands until `renewed_until`; 0 where it is in others.
    pub fn renew_job(&mut self, job: JobId, lease_until: Timestamp, renewed_until: Timestamp) -> Result<u64, Error> {
        self.execute(&RENEW, &[&job, &lease_until, &renewed_until])
    }

    /// How many renderings are due, those in somebody's hands, perhaps a dead process's, included.
    pub fn due_jobs(&mut self, now: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&DUE, &[&now])?.unwrap_or(0))
    }

    /// Puts a document's rendering first: somebody waits for it.
    pub fn hurry_job(&mut self, account: AccountId, document: InvoiceId) -> Result<(), Error> {
        self.execute(&HURRY, &[&account, &document]).map(drop)
    }

    /// Makes what failed before due at once: a person asks for it.
    pub fn hurry_failed_jobs(&mut self) -> Result<(), Error> {
        self.execute(&HURRY_FAILED, &[]).map(drop)
    }

    /// Removes a job that is done.
    pub fn finish_job(&mut self, job: JobId) -> Result<(), Error> {
        self.execute(&FINISH, &[&job]).map(drop)
    }

    /// Gives a job back, to be tried again later.
    pub fn postpone_job(&mut self, job: JobId, due_at: Timestamp, error: &str) -> Result<(), Error> {
        self.execute(&POSTPONE, &[&job, &due_at, &error]).map(drop)
    }

    /// How many renderings wait.
    pub fn waiting_jobs(&mut self) -> Result<i64, Error> {
        Ok(self.value(&WAITING_JOBS, &[])?.unwrap_or(0))
    }

    /// Renderings that failed and will be tried again.
    pub fn failed_jobs(&mut self) -> Result<Vec<JobRow>, Error> {
        self.rows(&FAILED_JOBS, &[])
    }
}
