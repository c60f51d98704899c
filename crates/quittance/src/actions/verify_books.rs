//! Checks every invariant of the stored data.

use sha2::{Digest, Sha256};
use store::verify::CHECKS;
use store::{AccountId, InvoiceId};

use crate::app::App;
use crate::error::Result;

/// One invariant and what breaks it; nothing where it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `I1`.
    pub id: &'static str,
    /// "every entry sums to zero".
    pub holds: &'static str,
    /// Numbers and codes that break it.
    pub broken: Vec<String>,
}

/// How many documents are read at a time.
const PAGE: i64 = 50;
/// How many rows of the audit log.
const CHAIN_PAGE: i64 = 1000;
/// How many of them are named.
const MOST_TOLD: usize = 20;

/// What is asked of the documents.
const DOCUMENTS: &str = "documents keep their bytes";
/// And of the audit log.
const CHAIN: &str = "the audit log is one unbroken chain";

/// Asks all of them.
///
/// # Errors
/// Those of the database.
pub async fn verify_books(app: &App) -> Result<Vec<Verdict>> {
    verify_books_telling(app, |_| ()).await
}

/// The same; `begins` is told what is asked next.
///
/// # Errors
/// Those of the database.
pub async fn verify_books_telling(app: &App, begins: impl Fn(&'static str)) -> Result<Vec<Verdict>> {
    let mut verdicts = Vec::new();
    for check in CHECKS {
        begins(check.holds);
        let broken = app.store.read(move |tx| tx.broken(check)).await?;
        verdicts.push(Verdict { id: check.id, holds: check.holds, broken });
    }
    begins(DOCUMENTS);
    verdicts.push(Verdict { id: "I9", holds: DOCUMENTS, broken: changed_documents(app).await? });
    begins(CHAIN);
    verdicts.push(Verdict { id: "I10", holds: CHAIN, broken: broken_chain(app).await? });
    Ok(verdicts)
}

/// The serials at which the chain breaks: a row changed, left out or put in; and its end, where rows are missing there.
async fn broken_chain(app: &App) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    let (mut serial, mut hash) = (0, [0_u8; 32]);
    // Its end first: what is appended meanwhile comes after it.
    let head = app.store.read(|tx| tx.audit_head()).await?;
    loop {
        let page = app.store.read(move |tx| tx.audit_from(serial, CHAIN_PAGE)).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            if row.serial != serial + 1 || row.previous_hash != hash || row.hash != row.expected_hash() {
                broken.push(row.serial.to_string());
            }
            (serial, hash) = (row.serial, row.hash);
            if head.as_ref().is_some_and(|head| head.serial == serial && head.hash != hash) {
                broken.push(format!("its end at {serial}"));
            }
        }
    }
    if head.is_some_and(|head| head.serial > serial)
        || (serial > 0 && app.store.read(|tx| tx.audit_head()).await?.is_none())
    {
        broken.push(format!("its end after {serial}"));
    }
    broken.truncate(MOST_TOLD);
    Ok(broken)
}

async fn changed_documents(app: &App) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    let mut after = (AccountId::from(i64::MIN), InvoiceId::from(i64::MIN));
    loop {
        let page = app.store.read(move |tx| tx.stored_documents(after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(broken) };
        after = (last.account_id, last.document_id);
        for document in page {
            let (account, id) = (document.account_id, document.document_id);
            let bytes = app.store.read(move |tx| tx.document_bytes(account, id)).await?;
            let hash: Option<[u8; 32]> = bytes.map(|bytes| Sha256::digest(bytes).into());
            if hash != Some(document.sha256) {
                broken.push(document.number);
            }
        }
    }
}
