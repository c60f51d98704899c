//! `verify` finds what breaks an invariant: each is broken by hand, in the file of the database.

use std::path::Path;

use rusqlite::Connection;
use store::testing::Database;

use crate::export::Export;
use crate::house::House;

/// The sentence that no longer holds, and what breaks it.
const BROKEN: [(&str, &str); 36] = [
    ("every entry sums to zero", "UPDATE posting SET amount_minor = amount_minor - 1 WHERE ledger_code LIKE '4%'"),
    (
        "every invoice has its entry",
        "DELETE FROM posting WHERE account_id = (SELECT min(account_id) FROM account); \
         DELETE FROM entry WHERE account_id = (SELECT min(account_id) FROM account)",
    ),
    (
        "what an entry makes receivable is the invoice's total",
        "UPDATE posting SET ledger_code = '4130' WHERE ledger_code = '1100'",
    ),
    ("lines sum to the subtotal", "UPDATE invoice_line SET amount_minor = amount_minor + 1 WHERE line_no = 1"),
    ("lines sum to the subtotal", "UPDATE invoice_line SET taxable = 1 - taxable WHERE amount_minor > 0"),
    ("every invoice has lines", "DELETE FROM invoice_line WHERE invoice_id = (SELECT min(invoice_id) FROM invoice)"),
    ("shares sum to the tax", "UPDATE invoice_tax SET tax_minor = tax_minor + 1 WHERE tax_no = 1"),
    (
        "the tax of lines is that of their category",
        "UPDATE invoice_line SET tax_minor = tax_minor + 1 WHERE taxable = 1",
    ),
    ("tax is taken on what lines of the category come to", "UPDATE invoice_tax SET base_minor = base_minor + 1"),
    (
        "lines are earned by stream and kind, and tax is owed by jurisdiction",
        "UPDATE posting SET ledger_code = '4130' WHERE ledger_code = '4010'",
    ),
    (
        "lines are earned by stream and kind, and tax is owed by jurisdiction",
        "UPDATE posting SET ledger_code = '2200 Nowhere' WHERE ledger_code LIKE '2200 %'",
    ),
    ("entries have the date and currency of their invoice", "UPDATE entry SET posted_on = '2026-07-02'"),
    ("entries have the date and currency of their invoice", "UPDATE entry SET currency = 'CAD'"),
    ("the balance of every invoice equals its postings", "UPDATE invoice_state SET balance_minor = balance_minor - 1"),
    ("the balance of every invoice equals its postings", "UPDATE invoice_state SET due_on = '2030-01-01'"),
    ("the balance of every account equals its invoices", "UPDATE account_state SET balance_minor = balance_minor + 1"),
    ("sums by month equal the invoices and late fees", "UPDATE account_month SET issued_minor = issued_minor + 1"),
    ("sums by month equal the invoices and late fees", "UPDATE account_month SET open_total_minor = open_minor - 1"),
    ("every invoice is in the sums", "DELETE FROM account_month"),
    ("sums by due date equal the open invoices", "UPDATE account_due SET open_count = open_count + 1"),
    ("numbers are consecutive", "UPDATE series SET next = next + 1"),
    ("a number is its series' prefix and its serial", "UPDATE invoice SET number = 'INV-1' WHERE number = 'INV-20001'"),
    ("the directory knows every number", "DELETE FROM document_number WHERE number = 'INV-20001'"),
    ("every invoice comes from a draft", "UPDATE draft SET state = 'approved' WHERE state = 'issued'"),
    ("every issued draft is an invoice", "UPDATE draft SET state = 'issued' WHERE state = 'waiting'"),
    ("every time entry knows the invoice it stands on", "UPDATE time_entry SET invoice_id = NULL"),
    ("every delivery knows the invoice it stands on", "UPDATE delivery SET invoice_id = NULL"),
    (
        "a month of an agreement line is charged once",
        "UPDATE invoice_line SET piece = line_no, source_id = (SELECT min(source_id) FROM invoice_line WHERE source = 'agreement') \
         WHERE source = 'agreement'",
    ),
    ("the two streams never mix", "UPDATE invoice SET stream = 'biweekly'"),
    ("every document is rendered or waits to be", "DELETE FROM document_bytes; DELETE FROM document"),
    ("the audit log is one unbroken chain", "UPDATE audit SET subject = 'nothing at all' WHERE serial = 1"),
    ("the audit log is one unbroken chain", "DELETE FROM audit WHERE serial = 1"),
    ("the audit log is one unbroken chain", "DELETE FROM audit WHERE serial = (SELECT max(serial) FROM audit)"),
    ("the audit log is one unbroken chain", "DELETE FROM audit_head"),
    (
        "the audit log is one unbroken chain",
        "UPDATE audit SET serial = 0 - serial; UPDATE audit SET serial = 3 + serial WHERE serial IN (-1, -2); \
         UPDATE audit SET serial = 0 - serial WHERE serial < 0",
    ),
    ("documents keep their bytes", "UPDATE document_bytes SET bytes = x'25504446'"),
];

#[test]
fn every_broken_invariant_is_told() {
    let house = House::on(Database::Sqlite);
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    house.does(&["render"]);
    house.does(&["run", "recurring", "--for", "2026-08"]);
    house.is_sound();
    let file = house.data().join("quittance.db");
    checkpoint(&file);
    let whole = std::fs::read(&file).unwrap();
    for (holds, broken_by) in BROKEN {
        std::fs::write(&file, &whole).unwrap();
        breaks(&file, broken_by);
        let said = house.refuses(&["verify"]);
        let told = said.out.lines().any(|line| line.starts_with("BROKEN") && line.contains(holds));
        assert!(told, "{broken_by} breaks {holds:?}:\n{}", said.out);
    }
    std::fs::write(&file, &whole).unwrap();
    house.is_sound();
}

/// Runs statements that the schema itself would refuse.
fn breaks(file: &Path, statements: &str) {
    let raw = Connection::open(file).unwrap();
    raw.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    raw.execute_batch(statements).unwrap();
    drop(raw);
    checkpoint(file);
}

/// Brings everything into the one file.
fn checkpoint(file: &Path) {
    let raw = Connection::open(file).unwrap();
    raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}
