//! How dates and times are written for an account, and the sheet that its papers are laid out for.

use documents::{DateOrder, PaperSize};
use jiff::civil::Date;
use store::account::AccountFormats;
use store::provider::ProviderRow;

/// The formats of papers, mails and pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// Whether the month or the day comes first; with the month goes the clock of twelve hours.
    pub order: DateOrder,
    /// The sheet.
    pub size: PaperSize,
}

impl Formats {
    /// What the account chose; where it chose nothing, what is usual in the provider's country.
    pub fn of(provider: &ProviderRow, chosen: Option<AccountFormats>) -> Self {
        match chosen {
            None => {
                Self { order: DateOrder::of_country(&provider.country), size: PaperSize::of_country(&provider.country) }
            }
            Some(AccountFormats::Us) => Self { order: DateOrder::MonthFirst, size: PaperSize::Letter },
            Some(AccountFormats::International) => Self { order: DateOrder::DayFirst, size: PaperSize::A4 },
        }
    }

    /// What all of these accounts chose alike, so that a page about several reads as one; else as of no choice.
    pub fn shared(provider: &ProviderRow, mut chosen: impl Iterator<Item = Option<AccountFormats>>) -> Self {
        let first = chosen.next().flatten();
        Self::of(provider, first.filter(|first| chosen.all(|other| other == Some(*first))))
    }

    /// `December 1, 2026` or `1 December 2026`.
    pub fn long_date(self, day: Date) -> String {
        match self.order {
            DateOrder::MonthFirst => day.strftime("%B %-d, %Y").to_string(),
            DateOrder::DayFirst => day.strftime("%-d %B %Y").to_string(),
        }
    }
}
