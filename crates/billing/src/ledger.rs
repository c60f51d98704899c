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
    }
}

/// An account of the ledger. Its code is stable: it stands in exports.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ledger {
    /// What customers owe; each posting names the customer's account.
    Receivable,
    /// Sales tax collected for a jurisdiction.
    TaxPayable(String),
    /// Earned, by stream and kind of item.
    Revenue(Stream, ItemKind),
}

impl Ledger {
    /// `1100`, `2200 Minnesota`, `4110`: number, and the jurisdiction where there is one ledger account each.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Receivable => "1100".to_owned(),
            Self::TaxPayable(jurisdiction) => format!("2200 {jurisdiction}"),
            Self::Revenue(Stream::Recurring, ItemKind::Service) => "4010".to_owned(),
            Self::Revenue(Stream::Recurring, _) => "4020".to_owned(),
            Self::Revenue(Stream::Biweekly, ItemKind::Labour) => "4110".to_owned(),
            Self::Revenue(Stream::Biweekly, ItemKind::Product) => "4120".to_owned(),
            Self::Revenue(Stream::Biweekly, _) => "4130".to_owned(),
        }
    }

    /// The name a bookkeeper reads.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Receivable => "Accounts receivable".to_owned(),
            Self::TaxPayable(jurisdiction) => format!("Sales tax payable, {jurisdiction}"),
            Self::Revenue(Stream::Recurring, ItemKind::Service) => "Recurring services".to_owned(),
            Self::Revenue(Stream::Recurring, _) => "Recurring licences".to_owned(),
            Self::Revenue(Stream::Biweekly, ItemKind::Labour) => "Work".to_owned(),
            Self::Revenue(Stream::Biweekly, ItemKind::Product) => "Products".to_owned(),
            Self::Revenue(Stream::Biweekly, _) => "Fees".to_owned(),
        }
    }

    /// Asset, liability or income.
    #[must_use]
    pub const fn kind(&self) -> LedgerKind {
        match self {
            Self::Receivable => LedgerKind::Asset,
            Self::TaxPayable(_) => LedgerKind::Liability,
            Self::Revenue(..) => LedgerKind::Income,
        }
    }

    /// Every account that exists without any data; those of tax jurisdictions come with their rates.
    #[must_use]
    pub fn chart() -> Vec<Self> {
        use ItemKind::{Fee, Labour, Licence, Product, Service};
        let mut chart = vec![Self::Receivable];
        chart.extend([Service, Licence].map(|kind| Self::Revenue(Stream::Recurring, kind)));
        chart.extend([Labour, Product, Fee].map(|kind| Self::Revenue(Stream::Biweekly, kind)));
        chart
    }
}

/// One side of an entry: minor units, debit positive, credit negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Where.
    pub ledger: Ledger,
    /// Minor units, never 0.
    pub amount: i64,
}

/// Postings of one currency that sum to zero. There is no other way to make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    postings: Vec<Posting>,
}

impl Entry {
    /// An entry of `postings`; those of 0 are left out, those to the same ledger account are joined.
    ///
    /// # Errors
    /// `Unbalanced` where they don't sum to zero.
    pub fn new(postings: impl IntoIterator<Item = Posting>) -> Result<Self, EntryError> {
        let mut joined: Vec<Posting> = Vec::new();
        for posting in postings {
            match joined.iter_mut().find(|known| known.ledger == posting.ledger) {
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
        stream: Stream,
        lines: impl IntoIterator<Item = (ItemKind, i64)>,
        shares: &[Share],
        total: i64,
    ) -> Result<Self, EntryError> {
        let owed = [Posting { ledger: Ledger::Receivable, amount: total }];
        let earned =
            lines.into_iter().map(|(kind, amount)| Posting { ledger: Ledger::Revenue(stream, kind), amount: -amount });
        let taxes = shares.iter().map(|share| Posting {
            ledger: Ledger::TaxPayable(share.rate.jurisdiction.clone()),
            amount: -share.amount,
        });
        Self::new(owed.into_iter().chain(earned).chain(taxes))
    }

    /// The postings, in the order given.
    #[must_use]
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
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
