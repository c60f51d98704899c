//! An export: small files whole, the files of work as places to be read from in parts.

use super::problem::{Problems, Unread};
use super::progress::{Progress, Step};
use super::provider::ProviderIn;
use super::rows::{
    AccountIn, AgreementIn, ChangeIn, ContactIn, DiscountIn, ItemIn, LineIn, RateIn, TaxRateIn, TicketIn,
};
use super::source::Source;
use super::table::{Findings, Table};
use crate::error::Result;

/// Rows between two tellings of how far reading is.
const AT_ONCE: usize = 1_000;

/// Everything that came, file by file; a file that didn't come is an empty list or nothing.
#[derive(Clone, Default)]
pub struct Export {
    /// `provider.toml`, where it came.
    pub provider: Option<ProviderIn>,
    /// `accounts.csv`
    pub accounts: Vec<AccountIn>,
    /// `contacts.csv`
    pub contacts: Vec<ContactIn>,
    /// `items.csv`
    pub items: Vec<ItemIn>,
    /// `tax_rates.csv`
    pub tax_rates: Vec<TaxRateIn>,
    /// `agreements.csv`
    pub agreements: Vec<AgreementIn>,
    /// `agreement_lines.csv`
    pub lines: Vec<LineIn>,
    /// `agreement_changes.csv`
    pub agreement_changes: Vec<ChangeIn>,
    /// `discounts.csv`
    pub discounts: Vec<DiscountIn>,
    /// `rates.csv`
    pub rates: Vec<RateIn>,
    /// `tickets.csv`
    pub tickets: Vec<TicketIn>,
    /// `time_entries.csv`
    pub entries: Option<Source>,
    /// `products.csv`
    pub deliveries: Option<Source>,
    /// What is wrong with the values of the small files. Rows with a problem are in no list.
    pub problems: Problems,
    /// Which rows those are, so that rows that refer to them aren't blamed.
    pub unread: Unread,
    /// Where it is told how far reading and comparing are.
    pub progress: Progress,
}

impl Export {
    /// Rows of the small files; a contact counts twice, since it may bring a person.
    pub fn row_count(&self) -> usize {
        let customers = self.accounts.len() + 2 * self.contacts.len();
        let agreed = self.agreements.len() + self.lines.len() + self.agreement_changes.len() + self.discounts.len();
        customers + self.items.len() + agreed
    }

    /// Takes `provider.toml`.
    pub fn read_provider(&mut self, name: &str, bytes: &[u8]) {
        self.provider = ProviderIn::read(name, bytes, &mut self.problems);
    }

    /// Takes a CSV file: reads a small one, notes the place of one of work.
    ///
    /// # Errors
    /// `Refused` where it can't be read.
    pub fn add(&mut self, source: Source) -> Result<()> {
        let mut findings = Findings { problems: &mut self.problems, unread: &mut self.unread };
        macro_rules! read {
            ($list:ident, $row:ident) => {{
                let mut table = Table::open(&source, $row::COLUMNS, &mut findings)?;
                loop {
                    let rows = table.rows(AT_ONCE, &mut findings, $row::parse)?;
                    if rows.is_empty() {
                        break;
                    }
                    self.$list.extend(rows);
                    let (file, rows, bytes, of) = (source.name, self.$list.len(), table.bytes(), source.size);
                    self.progress.set(Step::Read { file, rows, bytes, of });
                }
            }};
        }
        match source.name {
            "accounts.csv" => read!(accounts, AccountIn),
            "contacts.csv" => read!(contacts, ContactIn),
            "items.csv" => read!(items, ItemIn),
            "tax_rates.csv" => read!(tax_rates, TaxRateIn),
            "agreements.csv" => read!(agreements, AgreementIn),
            "agreement_lines.csv" => read!(lines, LineIn),
            "agreement_changes.csv" => read!(agreement_changes, ChangeIn),
            "discounts.csv" => read!(discounts, DiscountIn),
            "rates.csv" => read!(rates, RateIn),
            "tickets.csv" => read!(tickets, TicketIn),
            "time_entries.csv" => self.entries = Some(source),
            _ => self.deliveries = Some(source),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Export, Source, Step};

    #[test]
    fn reading_a_small_file_is_told() {
        let rows = "A,First,fee,each,1.00,no\n".repeat(1_500);
        let text = format!("item,name,kind,unit,unit_price,taxable\n{rows}");
        let mut export = Export::default();
        export.add(Source::text("items.csv", &text).unwrap()).unwrap();
        let told = export.progress.last().map(|step| step.to_string());
        assert_eq!(told.as_deref(), Some("items.csv: 1,500 rows read, 100 %"));
        assert!(matches!(export.progress.last(), Some(Step::Read { rows: 1_500, .. })));
    }
}
