//! What an import would do: rows to add, rows to change with each field before and after, warnings.

use std::fmt;

use billing::Stream;
use billing::account::Routing;
use store::account::{AccountRow, ContactRow, ImportedContactRow, ImportedValueRow, PersonRow};
use store::agreement::{AgreementChangeRow, AgreementLineRow, AgreementRow, DiscountRow};
use store::books::LedgerRow;
use store::item::{ItemRow, TaxRateRow};
use store::provider::ProviderRow;
use store::reckoning::{AgreedTicketRow, RoleRateRow};
use store::run::{ImportRow, SeriesRow};
use store::{Error, Stored, Tx, Value};

use super::listed::Listed;
use super::progress::{Progress, Step};

/// Changed fields of a part of a file, or of a dry run, that are kept to be shown: about 25 MB. The rest is counted.
pub const SHOWN: usize = 100_000;
/// And of an import that writes.
pub const SHOWN_WRITTEN: usize = 200;

/// Characters of a value that are shown.
const LONGEST_SHOWN: usize = 200;

/// Changed fields in the order of the files: the first ones to be shown, all of them counted.
#[derive(Clone, Debug)]
pub struct Fields(Listed<FieldChange>);

impl Default for Fields {
    fn default() -> Self {
        Self::at_most(SHOWN)
    }
}

impl Fields {
    /// None yet, and at most so many to show.
    pub fn at_most(shown: usize) -> Self {
        Self(Listed::at_most(shown))
    }

    /// Those of a part of the work, after those known.
    pub fn append(&mut self, others: Fields) {
        self.0.append(others.0);
    }

    /// Those to show.
    pub fn shown(&self) -> &[FieldChange] {
        self.0.shown()
    }

    /// How many there are, shown or not.
    pub fn count(&self) -> usize {
        self.0.count()
    }
}

/// Rows of one table, new or different.
#[derive(Clone, Debug)]
pub struct Rows<R> {
    /// Not stored yet.
    pub added: Vec<R>,
    /// Stored with other values.
    pub changed: Vec<R>,
    /// What those were.
    pub was: Vec<R>,
    /// Stored just so.
    pub same: usize,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { added: Vec::new(), changed: Vec::new(), was: Vec::new(), same: 0 }
    }
}

/// One field of a changed row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// `accounts.csv:4 C-1003`.
    pub place: String,
    /// The column.
    pub column: &'static str,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} was {}, is {}", self.place, self.column, self.before, self.after)
    }
}

/// What an import would do to the rows of the small files, and what it counted in those of work.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub provider: Option<ProviderRow>,
    /// Where no number was given yet, numbers follow the profile.
    pub series: Option<SeriesRow>,
    pub accounts: Rows<AccountRow>,
    pub people: Rows<PersonRow>,
    pub contacts: Rows<ContactRow>,
    /// What the export says of contacts where it says something new.
    pub imported: Vec<ImportedContactRow>,
    /// What it says of values that the portal may change, where it says something new.
    pub imported_values: Vec<ImportedValueRow>,
    pub items: Rows<ItemRow>,
    pub tax_rates: Rows<TaxRateRow>,
    pub ledgers: Rows<LedgerRow>,
    pub agreements: Rows<AgreementRow>,
    pub lines: Rows<AgreementLineRow>,
    pub agreement_changes: Rows<AgreementChangeRow>,
    pub discounts: Rows<DiscountRow>,
    pub rates: Rows<RoleRateRow>,
    pub tickets: Rows<AgreedTicketRow>,
    /// Of `time_entries.csv` and `products.csv`.
    pub work: Vec<Count>,
    /// Every changed field, in the order of the files.
    pub fields: Fields,
    /// What is right but may not be meant.
    pub warnings: Vec<String>,
}

impl<R: Stored + PartialEq + Clone> Rows<R> {
    /// Sorts `row` into new, changed or same; the fields that differ go to `fields`.
    ///
    /// # Errors
    /// Those of reading the values.
    pub fn take(&mut self, row: R, stored: Option<&R>, place: &str, fields: &mut Fields) -> Result<(), Error> {
        match stored {
            None => self.added.push(row),
            Some(stored) if *stored == row => self.same += 1,
            Some(stored) => {
                differing(stored, &row, place, fields)?;
                self.changed.push(row);
                self.was.push(stored.clone());
            }
        }
        Ok(())
    }

    fn write(&self, tx: &mut Tx, (file, progress): (&'static str, &Progress)) -> Result<(), Error> {
        let rows = self.added.len() + self.changed.len();
        if rows > 0 {
            progress.set(Step::Writing { file, rows });
        }
        tx.insert(&self.added)?;
        if self.changed.is_empty() { Ok(()) } else { tx.replace(&self.changed) }
    }
}

/// The fields in which a row differs from the stored one.
///
/// # Errors
/// Those of reading the values.
pub fn differing<R: Stored>(before: &R, after: &R, place: &str, fields: &mut Fields) -> Result<(), Error> {
    let (mut old, mut new): (Vec<Value<'static>>, Vec<Value<'static>>) = (Vec::new(), Vec::new());
    before.write_to(&mut old)?;
    after.write_to(&mut new)?;
    for (column, (old, new)) in R::COLUMNS.iter().zip(old.into_iter().zip(new)).filter(|(_, (old, new))| old != new) {
        let (before, after) = (shown(&old), shown(&new));
        fields.0.push(FieldChange { place: place.to_owned(), column: column.name, before, after });
    }
    Ok(())
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => match text.char_indices().nth(LONGEST_SHOWN) {
            Some((end, _)) => format!("{:?} …", text.get(..end).unwrap_or_default()),
            None => format!("{text:?}"),
        },
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// Counts of one file, for the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The file, or what is meant.
    pub name: &'static str,
    /// New rows.
    pub added: usize,
    /// Changed rows.
    pub changed: usize,
    /// Rows that were there just so.
    pub same: usize,
}

impl Changes {
    /// How many rows of each file are new, changed or the same.
    pub fn counts(&self) -> Vec<Count> {
        fn count<R>(name: &'static str, rows: &Rows<R>) -> Count {
            Count { name, added: rows.added.len(), changed: rows.changed.len(), same: rows.same }
        }
        let small = [
            Count { name: "provider.toml", added: 0, changed: usize::from(self.provider.is_some()), same: 0 },
            count("accounts.csv", &self.accounts),
            count("contacts.csv", &self.contacts),
            count("items.csv", &self.items),
            count("tax_rates.csv", &self.tax_rates),
            count("agreements.csv", &self.agreements),
            count("agreement_lines.csv", &self.lines),
            count("agreement_changes.csv", &self.agreement_changes),
            count("discounts.csv", &self.discounts),
            count("rates.csv", &self.rates),
            count("tickets.csv", &self.tickets),
        ];
        small.into_iter().chain(self.work.iter().copied()).collect()
    }

    /// New and changed rows of all files.
    pub fn total(&self) -> (usize, usize) {
        let counts = self.counts();
        (counts.iter().map(|count| count.added).sum(), counts.iter().map(|count| count.changed).sum())
    }

    /// Whether nothing has to be written.
    pub fn is_empty(&self) -> bool {
        let (added, changed) = self.total();
        added
            + changed
            + self.ledgers.added.len()
            + self.people.added.len()
            + self.imported.len()
            + self.imported_values.len()
            == 0
    }

    /// Writes the rows of the small files, in the order in which they refer to each other, and counts the import
    /// itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write(&self, tx: &mut Tx, import: ImportRow, progress: &Progress) -> Result<(), Error> {
        if let Some(provider) = &self.provider {
            tx.insert_provider(provider.clone())?;
            tx.replace(self.series.as_slice())?;
        }
        self.items.write(tx, ("items.csv", progress))?;
        self.tax_rates.write(tx, ("tax_rates.csv", progress))?;
        self.ledgers.write(tx, ("tax_rates.csv", progress))?;
        self.accounts.write(tx, ("accounts.csv", progress))?;
        self.people.write(tx, ("contacts.csv", progress))?;
        self.contacts.write(tx, ("contacts.csv", progress))?;
        tx.replace(&self.imported)?;
        tx.replace(&self.imported_values)?;
        withdraw_mails(tx, &self.contacts.changed)?;
        self.agreements.write(tx, ("agreements.csv", progress))?;
        self.lines.write(tx, ("agreement_lines.csv", progress))?;
        self.agreement_changes.write(tx, ("agreement_changes.csv", progress))?;
        self.discounts.write(tx, ("discounts.csv", progress))?;
        self.rates.write(tx, ("rates.csv", progress))?;
        self.tickets.write(tx, ("tickets.csv", progress))?;
        let (added, changed) = self.total();
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        tx.insert(&[ImportRow { rows_added: count(added), rows_changed: count(changed), ..import }])
    }
}

/// Ends the mail that waits for contacts who are not to receive it any more.
fn withdraw_mails(tx: &mut Tx, contacts: &[ContactRow]) -> Result<(), Error> {
    for contact in contacts {
        for stream in Stream::ALL.iter().copied().filter(|stream| contact.routing(*stream) == Routing::No) {
            tx.withdraw_mails_of(contact.account_id, contact.person_id, stream)?;
        }
    }
    Ok(())
}
