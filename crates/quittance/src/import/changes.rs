//! What an import would do: rows to add, rows to change with each field before and after, warnings.

use std::fmt;

use store::account::{AccountRow, ContactRow, PersonRow};
use store::agreement::{AgreementLineRow, AgreementRow};
use store::books::LedgerRow;
use store::item::{ItemRow, TaxRateRow};
use store::provider::ProviderRow;
use store::run::{ImportRow, SeriesRow};
use store::work::{DeliveryRow, TimeEntryRow};
use store::{Error, Stored, Tx, Value};

/// Rows of one table, new or different.
#[derive(Debug)]
pub struct Rows<R> {
    /// Not stored yet.
    pub added: Vec<R>,
    /// Stored with other values.
    pub changed: Vec<R>,
    /// Stored just so.
    pub same: usize,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { added: Vec::new(), changed: Vec::new(), same: 0 }
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

/// The whole plan of an import.
#[derive(Debug, Default)]
pub struct Changes {
    pub provider: Option<ProviderRow>,
    /// Where no number was given yet, numbers follow the profile.
    pub series: Option<SeriesRow>,
    pub accounts: Rows<AccountRow>,
    pub people: Rows<PersonRow>,
    pub contacts: Rows<ContactRow>,
    pub items: Rows<ItemRow>,
    pub tax_rates: Rows<TaxRateRow>,
    pub ledgers: Rows<LedgerRow>,
    pub agreements: Rows<AgreementRow>,
    pub lines: Rows<AgreementLineRow>,
    pub entries: Rows<TimeEntryRow>,
    pub deliveries: Rows<DeliveryRow>,
    /// Every changed field, in the order of the files.
    pub fields: Vec<FieldChange>,
    /// What is right but may not be meant.
    pub warnings: Vec<String>,
}

impl<R: Stored + PartialEq + Clone> Rows<R> {
    /// Sorts `row` into new, changed or same; the fields that differ go to `fields`.
    ///
    /// # Errors
    /// Those of reading the values.
    pub fn take(
        &mut self,
        row: R,
        stored: Option<&R>,
        place: &str,
        fields: &mut Vec<FieldChange>,
    ) -> Result<(), Error> {
        match stored {
            None => self.added.push(row),
            Some(stored) if *stored == row => self.same += 1,
            Some(stored) => {
                fields.extend(differing(stored, &row, place)?);
                self.changed.push(row);
            }
        }
        Ok(())
    }

    fn write(&self, tx: &mut Tx) -> Result<(), Error> {
        tx.insert(&self.added)?;
        if self.changed.is_empty() { Ok(()) } else { tx.replace(&self.changed) }
    }
}

fn differing<R: Stored>(before: &R, after: &R, place: &str) -> Result<Vec<FieldChange>, Error> {
    let (mut old, mut new): (Vec<Value<'static>>, Vec<Value<'static>>) = (Vec::new(), Vec::new());
    before.write_to(&mut old)?;
    after.write_to(&mut new)?;
    let pairs = R::COLUMNS.iter().zip(old.into_iter().zip(new));
    Ok(pairs
        .filter(|(_, (old, new))| old != new)
        .map(|(column, (old, new))| FieldChange {
            place: place.to_owned(),
            column: column.name,
            before: shown(&old),
            after: shown(&new),
        })
        .collect())
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
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
        vec![
            Count { name: "provider.toml", added: 0, changed: usize::from(self.provider.is_some()), same: 0 },
            count("accounts.csv", &self.accounts),
            count("contacts.csv", &self.contacts),
            count("items.csv", &self.items),
            count("tax_rates.csv", &self.tax_rates),
            count("agreements.csv", &self.agreements),
            count("agreement_lines.csv", &self.lines),
            count("time_entries.csv", &self.entries),
            count("products.csv", &self.deliveries),
        ]
    }

    /// New and changed rows of all files.
    pub fn total(&self) -> (usize, usize) {
        let counts = self.counts();
        (counts.iter().map(|count| count.added).sum(), counts.iter().map(|count| count.changed).sum())
    }

    /// Writes everything, in the order in which rows refer to each other, and counts the import itself; an import that
    /// changes nothing writes nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write(&self, tx: &mut Tx, import: ImportRow) -> Result<(), Error> {
        let (added, changed) = self.total();
        if added + changed + self.ledgers.added.len() + self.people.added.len() == 0 {
            return Ok(());
        }
        if let Some(provider) = &self.provider {
            tx.insert_provider(provider.clone())?;
            tx.replace(self.series.as_slice())?;
        }
        self.items.write(tx)?;
        self.tax_rates.write(tx)?;
        self.ledgers.write(tx)?;
        self.accounts.write(tx)?;
        self.people.write(tx)?;
        self.contacts.write(tx)?;
        self.agreements.write(tx)?;
        self.lines.write(tx)?;
        self.entries.write(tx)?;
        self.deliveries.write(tx)?;
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        tx.insert(&[ImportRow { rows_added: count(added), rows_changed: count(changed), ..import }])
    }
}
