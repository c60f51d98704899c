//! The cards and accounts of the sandbox: a closed list, one for each thing that can happen.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::last_of_month;
use crate::gateway::MethodKind;

/// A test card or account. Leaving one for later always works; what its label says happens when it is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestMethod {
    /// Settles at once.
    CardSettles,
    /// `insufficient_funds`: soft.
    CardInsufficientFunds,
    /// `lost_card`: hard.
    CardLost,
    /// `do_not_honor`: soft.
    CardDoNotHonour,
    /// `expired_card`: hard. Its last day was in the month before.
    CardExpired,
    /// Without its owner `authentication_required`; on a page it settles.
    CardAuthentication,
    /// Processing, and settles ten minutes later.
    CardProcessing,
    /// Charged, and the answer is lost: `Unknown`. Asked again with the same key it answers.
    CardAnswerLost,
    /// Not charged, and the answer is lost: `Unknown`. Asked again with the same key it settles.
    CardAskLost,
    /// The processor can't be reached with it, ever.
    CardUnreachable,
    /// Settles; disputed 5 days later, won 20 days after that.
    CardDisputeWon,
    /// Settles; disputed 5 days later, lost 20 days after that.
    CardDisputeLost,
    /// Settles; its last day is that of the next month, after which it is declined as expired.
    CardExpiresNextMonth,
    /// Settles; 7 days after it was left the network gives it another number.
    CardReplaced,
    /// Settles after 3 business days.
    BankSettles,
    /// Fails with `R01` (not enough money) after 2 days.
    BankInsufficientFunds,
    /// Fails with `R02` (closed) after 2 days.
    BankClosed,
    /// Settles after 3 business days; returned with `R10` (not permitted) 40 days later.
    BankReturned,
    /// Its owner shows by micro-deposits that it is theirs, which takes 2 business days; then as `BankSettles`.
    BankUnverified,
}

impl TestMethod {
    /// All of them, cards first.
    pub const ALL: [Self; 19] = [
        Self::CardSettles,
        Self::CardInsufficientFunds,
        Self::CardLost,
        Self::CardDoNotHonour,
        Self::CardExpired,
        Self::CardAuthentication,
        Self::CardProcessing,
        Self::CardAnswerLost,
        Self::CardAskLost,
        Self::CardUnreachable,
        Self::CardDisputeWon,
        Self::CardDisputeLost,
        Self::CardExpiresNextMonth,
        Self::CardReplaced,
        Self::BankSettles,
        Self::BankInsufficientFunds,
        Self::BankClosed,
        Self::BankReturned,
        Self::BankUnverified,
    ];

    /// As it stands in forms: `card_settles`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CardSettles => "card_settles",
            Self::CardInsufficientFunds => "card_insufficient_funds",
            Self::CardLost => "card_lost",
            Self::CardDoNotHonour => "card_do_not_honour",
            Self::CardExpired => "card_expired",
            Self::CardAuthentication => "card_authentication",
            Self::CardProcessing => "card_processing",
            Self::CardAnswerLost => "card_answer_lost",
            Self::CardAskLost => "card_ask_lost",
            Self::CardUnreachable => "card_unreachable",
            Self::CardDisputeWon => "card_dispute_won",
            Self::CardDisputeLost => "card_dispute_lost",
            Self::CardExpiresNextMonth => "card_expires_next_month",
            Self::CardReplaced => "card_replaced",
            Self::BankSettles => "bank_settles",
            Self::BankInsufficientFunds => "bank_insufficient_funds",
            Self::BankClosed => "bank_closed",
            Self::BankReturned => "bank_returned",
            Self::BankUnverified => "bank_unverified",
        }
    }

    /// The one of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// What happens with it, for whoever chooses.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::CardSettles => "Paid at once",
            Self::CardInsufficientFunds => "Declined: not enough money",
            Self::CardLost => "Declined: reported lost",
            Self::CardDoNotHonour => "Declined: the bank gives no reason",
            Self::CardExpired => "Declined: expired",
            Self::CardAuthentication => "Paid here; charged later it needs its owner",
            Self::CardProcessing => "Paid after ten minutes",
            Self::CardAnswerLost => "Paid, but the answer gets lost",
            Self::CardAskLost => "Not paid, and the answer gets lost",
            Self::CardUnreachable => "The processor can't be reached",
            Self::CardDisputeWon => "Paid; disputed after 5 days, won 20 days later",
            Self::CardDisputeLost => "Paid; disputed after 5 days, lost 20 days later",
            Self::CardExpiresNextMonth => "Paid; the card expires next month",
            Self::CardReplaced => "Paid; the bank replaces the card after 7 days",
            Self::BankSettles => "Paid after 3 business days",
            Self::BankInsufficientFunds => "Fails after 2 days: not enough money (R01)",
            Self::BankClosed => "Fails after 2 days: account closed (R02)",
            Self::BankReturned => "Paid after 3 business days; taken back 40 days later (R10)",
            Self::BankUnverified => "Verified after 2 business days, then paid after 3 more",
        }
    }

    /// A card or an account.
    #[must_use]
    pub fn kind(self) -> MethodKind {
        if self >= Self::BankSettles { MethodKind::Bank } else { MethodKind::Card }
    }

    /// `Visa`, or a bank's name.
    #[must_use]
    pub fn brand(self) -> &'static str {
        match self {
            Self::CardDisputeWon | Self::CardDisputeLost | Self::CardReplaced => "Mastercard",
            Self::CardProcessing | Self::CardExpiresNextMonth => "American Express",
            Self::BankSettles | Self::BankUnverified => "Prairie State Bank",
            Self::BankInsufficientFunds | Self::BankClosed | Self::BankReturned => "First Test Bank",
            _ => "Visa",
        }
    }

    /// The last four digits, for each its own.
    #[must_use]
    pub fn last4(self) -> &'static str {
        match self {
            Self::CardSettles => "4242",
            Self::CardInsufficientFunds => "9995",
            Self::CardLost => "9987",
            Self::CardDoNotHonour => "0002",
            Self::CardExpired => "0069",
            Self::CardAuthentication => "3155",
            Self::CardProcessing => "0005",
            Self::CardAnswerLost => "0119",
            Self::CardAskLost => "0127",
            Self::CardUnreachable => "0135",
            Self::CardDisputeWon => "0259",
            Self::CardDisputeLost => "2685",
            Self::CardExpiresNextMonth => "1005",
            Self::CardReplaced => "4444",
            Self::BankSettles => "6789",
            Self::BankInsufficientFunds => "2222",
            Self::BankClosed => "2227",
            Self::BankReturned => "3335",
            Self::BankUnverified => "1116",
        }
    }

    /// The last day of a card that is left on a day.
    pub(super) fn expires_on(self, today: Date) -> Option<Date> {
        let months = match self {
            Self::CardExpired => -1,
            Self::CardExpiresNextMonth => 1,
            _ => 36,
        };
        (self.kind() == MethodKind::Card).then(|| last_of_month(today, months))
    }

    /// The code it is declined with at once.
    pub(super) fn declined(self, who: Presence) -> Option<&'static str> {
        match self {
            Self::CardInsufficientFunds => Some("insufficient_funds"),
            Self::CardLost => Some("lost_card"),
            Self::CardDoNotHonour => Some("do_not_honor"),
            Self::CardExpired => Some("expired_card"),
            Self::CardAuthentication if who == Presence::Away => Some("authentication_required"),
            _ => None,
        }
    }

    /// The code a debit fails with while it is processing.
    pub(super) fn fails(self) -> Option<&'static str> {
        match self {
            Self::BankInsufficientFunds => Some("R01"),
            Self::BankClosed => Some("R02"),
            _ => None,
        }
    }
}

/// Whether the owner is there and can say yes on the bank's own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    There,
    Away,
}
