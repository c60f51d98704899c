//! Every statement and every table of the crate, for the test that checks them against both databases.

use crate::{
    Statement, Stored, Table, Tx, account, account_statement, ageing, agreement, audit, autopay, books, bounce,
    certificate, check, credit, digest, document, door, instance, invoice, item, mail, method, microsoft, node, notice,
    passkey, payment, portal, provider, question, receipt, recipient, reckoning, refund, request, run, scheduled,
    scope, session, sign_in, staff, verify, viewing, work,
};

static STATEMENTS: &[&[&Statement]] = &[
    crate::copy::excerpt::ALL,
    crate::migrate::ALL,
    crate::store::ALL,
    account::ALL,
    account_statement::ALL,
    ageing::ALL,
    agreement::ALL,
    audit::ALL,
    autopay::ALL,
    books::ALL,
    bounce::ALL,
    certificate::ALL,
    credit::ALL,
    digest::ALL,
    document::ALL,
    door::ALL,
    instance::ALL,
    invoice::ALL,
    item::ALL,
    mail::ALL,
    method::ALL,
    microsoft::ALL,
    node::ALL,
    notice::ALL,
    passkey::ALL,
    payment::ALL,
    portal::dues::ALL,
    portal::files::ALL,
    portal::list::ALL,
    portal::search::ALL,
    portal::settled::ALL,
    portal::work::ALL,
    provider::ALL,
    question::ALL,
    receipt::ALL,
    recipient::ALL,
    reckoning::ALL,
    refund::ALL,
    request::ALL,
    run::ALL,
    scheduled::ALL,
    scope::ALL,
    session::ALL,
    sign_in::ALL,
    staff::ALL,
    verify::ALL,
    viewing::ALL,
    work::ALL,
];

/// Everything that is wrong with the crate's statements and tables on this database, one sentence each.
pub fn check_statements(tx: &mut Tx) -> Vec<String> {
    check::complaints(tx, STATEMENTS, &tables())
}

/// Every table.
pub(crate) fn tables() -> Vec<&'static Table> {
    [from_accounts_to_items(), from_mail_to_work()].concat()
}

fn from_accounts_to_items() -> Vec<&'static Table> {
    vec![
        account::AccountRow::table(),
        account::ContactRow::table(),
        account::ImportedContactRow::table(),
        account::ImportedValueRow::table(),
        account::PersonRow::table(),
        agreement::AgreementChangeRow::table(),
        agreement::AgreementLineRow::table(),
        agreement::AgreementRow::table(),
        agreement::DiscountRow::table(),
        audit::AuditHeadRow::table(),
        audit::AuditRow::table(),
        books::AccountDueRow::table(),
        books::AccountMonthRow::table(),
        books::AccountStateRow::table(),
        books::EntryRow::table(),
        books::LedgerRow::table(),
        books::PostingRow::table(),
        autopay::AnnouncedRow::table(),
        autopay::ChargeRow::table(),
        autopay::PauseRow::table(),
        autopay::RuleRow::table(),
        autopay::SkipRow::table(),
        bounce::BounceReportRow::table(),
        bounce::MailAddressRow::table(),
        certificate::CertificateBytesRow::table(),
        certificate::CertificateRow::table(),
        certificate::ProviderPaperRow::table(),
        credit::BookingRow::table(),
        credit::CreditNoteLineRow::table(),
        credit::CreditNoteRow::table(),
        credit::CreditNoteTaxRow::table(),
        credit::LateFeeRow::table(),
        digest::DigestRow::table(),
        digest::PersonDigestRow::table(),
        crate::migrate::AppliedRow::table(),
        door::DoorCountRow::table(),
        document::DocumentBytesRow::table(),
        document::DocumentRow::table(),
        document::JobRow::table(),
        instance::InstanceRow::table(),
        invoice::InvoiceLineRow::table(),
        invoice::InvoiceRow::table(),
        invoice::InvoiceStateRow::table(),
        invoice::InvoiceTaxRow::table(),
        invoice::NumberRow::table(),
        item::ItemRow::table(),
        item::TaxRateRow::table(),
    ]
}

fn from_mail_to_work() -> Vec<&'static Table> {
    vec![
        mail::MailRow::table(),
        mail::RecipientRow::table(),
        method::GatewayCustomerRow::table(),
        method::MandateRow::table(),
        method::MethodPageRow::table(),
        method::MethodRow::table(),
        microsoft::AccountTenantRow::table(),
        microsoft::MicrosoftAttemptRow::table(),
        microsoft::MicrosoftIdentityRow::table(),
        node::NodeRow::table(),
        notice::NoticeRecipientRow::table(),
        notice::NoticeRow::table(),
        passkey::PasskeyChallengeRow::table(),
        passkey::PasskeyDeclinedRow::table(),
        passkey::PasskeyRow::table(),
        payment::GatewayEventRow::table(),
        payment::GatewayPaymentRow::table(),
        payment::PayLinkRow::table(),
        payment::PaymentExceptionRow::table(),
        payment::PaymentPartRow::table(),
        provider::ProviderRow::table(),
        provider::WordingRow::table(),
        question::QuestionMessageRow::table(),
        question::QuestionRow::table(),
        recipient::RecipientAddressRow::table(),
        reckoning::AgreedTicketRow::table(),
        reckoning::RoleRateRow::table(),
        refund::RefundRow::table(),
        request::RequestRow::table(),
        run::DraftRow::table(),
        run::ImportRow::table(),
        run::RunRow::table(),
        run::SeriesRow::table(),
        scheduled::DailyRow::table(),
        scheduled::ScheduledRow::table(),
        session::KnownDeviceRow::table(),
        session::SessionRow::table(),
        sign_in::SignInRow::table(),
        staff::StaffInvitationRow::table(),
        staff::StaffRow::table(),
        viewing::ViewingRow::table(),
        work::DeliveryRow::table(),
        work::TimeEntryRow::table(),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::tables;

    /// The tables that records are declared for (`in "account"`) in the files of this crate.
    fn declared(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                declared(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let lines = text.lines().map(str::trim_start).filter(|line| line.starts_with("pub"));
                let tables = lines.filter_map(|line| line.split_once(" in \"")?.1.split_once('"'));
                found.extend(tables.map(|(table, _)| table.to_owned()));
            }
        }
    }

    #[test]
    fn every_table_is_listed() {
        let mut found = Vec::new();
        declared(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
        found.sort();
        let mut listed: Vec<&str> = tables().iter().map(|table| table.name).collect();
        listed.sort();
        assert_eq!(found, listed);
    }
}
