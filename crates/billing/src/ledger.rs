//! Double entry: the chart of accounts, and entries that balance by construction.

use crate::item::ItemKind;
use crate::money::Overflow;
use crate::run::Stream;
use crate::tax::Share;
use crate::words::words;

words! {
    /// Which side a ledger account grows on.
    pub enum LedgerKind {
        /// What the provider has.
        Asset = "asset",
        /// What it owes.
        Liability = "liability",
        /// What it earned.
        Income = "income",
        /// What it lost or spent.
        Expense = "expense",
    }
}

words! {
    /// What an entry is about.
    pub enum EntryKind {
        /// An invoice was issued.
        Invoice = "invoice",
        /// An invoice was taken back, in whole or in part.
        CreditNote = "credit_note",
        /// A fee for paying late was issued.
        LateFee = "late_fee",
        /// Money came.
        Payment = "payment",
        /// Money went back.
        Refund = "refund",
        /// What nobody will pay was given up.
        WriteOff = "write_off",
        /// Credit of the account paid what was open.
        CreditUsed = "credit_used",
        /// The account was given credit, for no invoice.
        Goodwill = "goodwill",
        /// A payment came back: the bank did not cash it.
        Returned = "returned",
        /// A payment came back: its payer disputed it.
        Chargeback = "chargeback",
        /// A payment that had come back counts after all.
        Reinstated = "reinstated",
        /// The bank took something for itself.
        BankFee = "bank_fee",
        /// What the processor held arrived at the bank, less what it kept.
        Payout = "payout",
    }
}

impl EntryKind {
    /// Whether it takes a payment back.
    #[must_use]
    pub const fn takes_back(self) -> bool {
        matches!(self, Self::Returned | Self::Chargeback)
    }
}

/// An account of the ledger. Its code is stable: it stands in exports.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ledger {
    /// Money at the bank.
    Bank,
    /// Money that a payment processor holds on its way to the bank; it must come back to zero.
    ProcessorClearing,
    /// What customers owe; each posting names the customer's account and the document.
    Receivable,
    /// What the provider owes customers: paid or credited beyond what was open.
    CustomerCredit,
    /// Sales tax collected for a jurisdiction.
    TaxPayable(String),
    /// Earned, by stream and kind of item.
    Revenue(Stream, ItemKind),
    /// Earned by fees for paying late.
    LateFees,
    /// Credit given for no invoice: it lowers what was earned.
    Goodwill,
    /// What nobody paid.
    WriteOffs,
    /// What payment processors and banks keep.
    PaymentFees,
}

impl Ledger {
    /// `1100`, `2200 Minnesota`, `4110`: number, and the jurisdiction where there is one ledger account each.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Bank => "1000".to_owned(),
            Self::ProcessorClearing => "1050".to_owned(),
            Self::Receivable => "1100".to_owned(),
            Self::CustomerCredit => "2100".to_owned(),
            Self::TaxPayable(jurisdiction) => format!("2200 {jurisdiction}"),
            Self::Revenue(Stream::Recurring, ItemKind::Service) => "4010".to_owned(),
            Self::Revenue(Stream::Recurring, _) => "4020".to_owned(),
            Self::Revenue(Stream::Biweekly, ItemKind::Labour) => "4110".to_owned(),
            Self::Revenue(Stream::Biweekly, ItemKind::Product) => "4120".to_owned(),
            Self::Revenue(Stream::Biweekly, _) => "4130".to_owned(),
            Self::LateFees => "4210".to_owned(),
            Self::Goodwill => "4900".to_owned(),
            Self::WriteOffs => "6100".to_owned(),
            Self::PaymentFees => "6200".to_owned(),
        }
    }

    /// The name a bookkeeper reads.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Bank => "Bank".to_owned(),
            Self::ProcessorClearing => "Payment processor clearing".to_owned(),
            Self::Receivable => "Accounts receivable".to_owned(),
            Self::CustomerCredit => "Customer credit".to_owned(),
            Self::TaxPayable(jurisdiction) => format!("Sales tax payable, {jurisdiction}"),
            Self::Revenue(Stream::Recurring, ItemKind::Service) => "Recurring services".to_owned(),
            Self::Revenue(Stream::Recurring, _) => "Recurring licences".to_owned(),
            Self::Revenue(Stream::Biweekly, ItemKind::Labour) => "Work".to_owned(),
            Self::Revenue(Stream::Biweekly, ItemKind::Product) => "Products".to_owned(),
            Self::Revenue(Stream::Biweekly, _) => "Fees".to_owned(),
            Self::LateFees => "Late fees".to_owned(),
            Self::Goodwill => "Goodwill credits".to_owned(),
            Self::WriteOffs => "Write-offs".to_owned(),
            Self::PaymentFees => "Payment fees".to_owned(),
        }
    }

    /// Asset, liability, income or expense.
    #[must_use]
    pub const fn kind(&self) -> LedgerKind {
        match self {
            Self::Bank | Self::ProcessorClearing | Self::Receivable => LedgerKind::Asset,
            Self::CustomerCredit | Self::TaxPayable(_) => LedgerKind::Liability,
            Self::Revenue(..) | Self::LateFees | Self::Goodwill => LedgerKind::Income,
            Self::WriteOffs | Self::PaymentFees => LedgerKind::Expense,
        }
    }

    /// Every account that exists without any data; those of tax jurisdictions come with their rates.
    #[must_use]
    pub fn chart() -> Vec<Self> {
        use ItemKind::{Fee, Labour, Licence, Product, Service};
        let mut chart = vec![Self::Bank, Self::ProcessorClearing, Self::Receivable, Self::CustomerCredit];
        chart.extend([Service, Licence].map(|kind| Self::Revenue(Stream::Recurring, kind)));
        chart.extend([Labour, Product, Fee].map(|kind| Self::Revenue(Stream::Biweekly, kind)));
        chart.extend([Self::LateFees, Self::Goodwill, Self::WriteOffs, Self::PaymentFees]);
        chart
    }
}

/// One side of an entry: minor units, debit positive, credit negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Where.
    pub ledger: Ledger,
    /// The document that the amount is owed on; of the receivable alone.
    pub document: Option<i64>,
    /// Minor units, never 0.
    pub amount: i64,
}

impl Posting {
    /// A posting to a ledger account other than the receivable.
    #[must_use]
    pub const fn to(ledger: Ledger, amount: i64) -> Self {
        Self { ledger, document: None, amount }
    }

    /// What is owed on a document grows by `amount`.
    #[must_use]
    pub const fn owed(document: i64, amount: i64) -> Self {
        Self { ledger: Ledger::Receivable, document: Some(document), amount }
    }
}

/// Postings of one currency that sum to zero. There is no other way to make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    postings: Vec<Posting>,
}

impl Entry {
    /// An entry of `postings`; those of 0 are left out, those to the same ledger account and document are joined.
    ///
    /// # Errors
    /// `Unbalanced` where they don't sum to zero.
    pub fn new(postings: impl IntoIterator<Item = Posting>) -> Result<Self, EntryError> {
        let mut joined: Vec<Posting> = Vec::new();
        for posting in postings {
            let same = |known: &&mut Posting| (&known.ledger, known.document) == (&posting.ledger, posting.document);
            match joined.iter_mut().find(same) {
                Some(known) => known.amount = known.amount.checked_add(posting.amount).ok_or(Overflow)?,
                None => joined.push(posting),
            }
        }
        joined.retain(|posting| posting.amount != 0);
        let sum: i128 = joined.iter().map(|posting| i128::from(posting.amount)).sum();
        if sum == 0 { Ok(Self { postings: joined }) } else { Err(EntryError::Unbalanced(sum)) }
    }

    /// The entry of an invoice: the customer owes the total, the lines are earned, the tax is owed on.
    ///
    /// `lines` are (kind of item, amount in minor units).
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits; `Unbalanced` where `total` is not what lines and shares sum to.
    pub fn of_invoice(
        document: i64,
        stream: Stream,
        lines: impl IntoIterator<Item = (ItemKind, i64)>,
        shares: &[Share],
        total: i64,
    ) -> Result<Self, EntryError> {
        let shares = shares.iter().map(|share| (share.rate.jurisdiction.as_str(), share.amount));
        Self::new([Posting::owed(document, total)].into_iter().chain(sold(stream, lines, shares, -1)))
    }

    /// The entry of a credit note: what was earned and what tax is owed shrink, and with them what is open of the
    /// invoice, `settled`; what is more than that becomes the account's credit, `rest`.
    ///
    /// `lines` are (kind of item, amount), `shares` (jurisdiction, amount), all in positive minor units.
    ///
    /// # Errors
    /// As [`of_invoice`](Self::of_invoice).
    pub fn of_credit_note<'a>(
        invoice: i64,
        stream: Stream,
        lines: impl IntoIterator<Item = (ItemKind, i64)>,
        shares: impl IntoIterator<Item = (&'a str, i64)>,
        (settled, rest): (i64, i64),
    ) -> Result<Self, EntryError> {
        let customer = [Posting::owed(invoice, -settled), Posting::to(Ledger::CustomerCredit, -rest)];
        Self::new(sold(stream, lines, shares, 1).chain(customer))
    }

    /// The entry of what settles documents: money (`from` the bank), the account's own credit, a loss. `settled` are
    /// (document, amount); `rest` becomes the account's credit. Negative amounts are the way back: a refund.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn settling(from: Ledger, settled: &[(i64, i64)], rest: i64) -> Result<Self, EntryError> {
        let whole = settled.iter().try_fold(rest, |sum, (_, amount)| sum.checked_add(*amount)).ok_or(Overflow)?;
        let owed = settled.iter().map(|(document, amount)| Posting::owed(*document, -amount));
        let head = [Posting::to(from, whole), Posting::to(Ledger::CustomerCredit, -rest)];
        Self::new(head.into_iter().chain(owed))
    }

    /// The postings, in the order given.
    #[must_use]
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

/// Lines and tax shares of a document, times `sign`: what was sold is a credit.
fn sold<'a>(
    stream: Stream,
    lines: impl IntoIterator<Item = (ItemKind, i64)>,
    shares: impl IntoIterator<Item = (&'a str, i64)>,
    sign: i64,
) -> impl Iterator<Item = Posting> {
    let earned = lines.into_iter().map(move |(kind, amount)| Posting::to(Ledger::Revenue(stream, kind), sign * amount));
    let taxes =
        shares.into_iter().map(move |(name, amount)| Posting::to(Ledger::TaxPayable(name.to_owned()), sign * amount));
    earned.chain(taxes)
}

/// Why postings make no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// They don't sum to zero.
    #[error("the postings sum to {0} minor units, not to zero")]
    Unbalanced(i128),
    /// A figure is too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

#[cfg(test)]
mod tests {
    use super::{EntryKind, Ledger};

    /// Numbers, names and kinds stand in exports that others read: they change on purpose alone.
    #[test]
    fn the_chart_is_what_bookkeepers_know() {
        let mut chart = Ledger::chart();
        chart.push(Ledger::TaxPayable("Minnesota".to_owned()));
        let shown = |ledger: &Ledger| format!("{}, {}, {}", ledger.code(), ledger.name(), ledger.kind());
        let expected = [
            "1000, Bank, asset",
            "1050, Payment processor clearing, asset",
            "1100, Accounts receivable, asset",
            "2100, Customer credit, liability",
            "4010, Recurring services, income",
            "4020, Recurring licences, income",
            "4110, Work, income",
            "4120, Products, income",
            "4130, Fees, income",
            "4210, Late fees, income",
            "4900, Goodwill credits, income",
            "6100, Write-offs, expense",
            "6200, Payment fees, expense",
            "2200 Minnesota, Sales tax payable, Minnesota, liability",
        ];
        assert_eq!(chart.iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_return_and_a_chargeback_take_a_payment_back_and_nothing_else_does() {
        let back: Vec<EntryKind> = EntryKind::ALL.iter().copied().filter(|kind| kind.takes_back()).collect();
        assert_eq!(back, [EntryKind::Returned, EntryKind::Chargeback]);
    }
}
