//! From an export to changes: ids found or minted, references and tickets checked, what an invoice took left alone.

mod agreements;
mod catalogue;
mod customers;
mod discounts;
mod happenings;
mod left_out;
mod lost;
mod provider;
mod reckoning;

use std::collections::HashMap;
use std::iter::Copied;
use std::slice::Iter;
use std::sync::Arc;

use billing::ledger::Ledger;
use jiff::Timestamp;
use store::account::AccountRow;
use store::agreement::ChargedMonth;
use store::books::LedgerRow;
use store::{AccountId, Tx};

use super::changes::{Changes, Fields};
use super::check::{self, Complaints, Items};
use super::export::Export;
use super::problem::{Problems, Unread};
use super::progress::Step;
use super::work::Known;

pub use reckoning::minor;

/// What an import needs besides the files; nothing of it is made inside the transaction.
#[derive(Clone)]
pub struct Given {
    /// One id for each row of the export, and some to spare.
    pub ids: Arc<[i64]>,
    /// Now, for a new version of the provider.
    pub now: Timestamp,
    /// How many changed fields are shown.
    pub shown: usize,
}

/// Compares the small files of an export with what is stored, and gives what its rows of work may refer to. Nothing is
/// written here.
///
/// # Errors
/// Those of the database. What is wrong with the export goes to `problems`.
pub fn changes(
    tx: &mut Tx,
    export: &Export,
    given: &Given,
    problems: &mut Problems,
) -> Result<(Changes, Known), store::Error> {
    check::within_files(export, problems);
    let mut resolver = Resolver {
        changes: Changes { fields: Fields::at_most(given.shown), ..Changes::default() },
        ids: given.ids.iter().copied(),
        problems,
        unread: export.unread.clone(),
        charged: HashMap::new(),
    };
    let comparing = |file: &'static str, rows: usize| {
        if rows > 0 {
            export.progress.set(Step::Comparing { file, rows });
        }
    };
    resolver.provider(tx, export.provider.as_ref(), given.now)?;
    comparing("items.csv", export.items.len());
    resolver.items(tx, export)?;
    comparing("tax_rates.csv", export.tax_rates.len());
    resolver.tax_rates(tx, export)?;
    comparing("accounts.csv", export.accounts.len());
    let accounts = resolver.accounts(tx, export)?;
    comparing("contacts.csv", export.contacts.len());
    resolver.contacts(tx, export, &accounts)?;
    comparing("agreements.csv", export.agreements.len());
    let agreements = resolver.agreements(tx, export, &accounts)?;
    comparing("agreement_lines.csv", export.lines.len());
    let lines = resolver.lines(tx, export, &agreements)?;
    resolver.warn_left_out(tx, export, (&agreements, &lines), given.now)?;
    resolver.lost_months(tx, export, (&accounts, &agreements, &lines))?;
    comparing("agreement_changes.csv", export.agreement_changes.len());
    resolver.agreement_changes(tx, export, (&agreements, &lines), given.now)?;
    resolver.discounts(tx, export, (&agreements, &lines), given.now)?;
    let rates = resolver.rates(tx, export, &accounts, &agreements)?;
    let tickets = resolver.tickets(tx, export, &accounts)?;
    let known = Known {
        rates,
        tickets,
        accounts: accounts.into_iter().map(|(code, row)| (code, row.account_id)).collect(),
        agreements: agreements.into_iter().map(|(code, row)| (code, (row.account_id, row.agreement_id))).collect(),
        items: resolver.all_items(tx)?,
        unread: resolver.unread,
        billing_starts_on: tx.provider()?.map(|provider| provider.billing_starts_on),
        shown: given.shown,
    };
    Ok((resolver.changes, known))
}

struct Resolver<'a> {
    changes: Changes,
    ids: Copied<Iter<'a, i64>>,
    problems: &'a mut Problems,
    unread: Unread,
    charged: HashMap<AccountId, Vec<ChargedMonth>>,
}

type ByCode<R> = HashMap<String, R>;

impl Resolver<'_> {
    fn mint<T: From<i64>>(&mut self) -> Result<T, store::Error> {
        self.ids.next().map(T::from).ok_or_else(|| store::Error::Other("the import ran out of ids".to_owned()))
    }

    /// The account that a row names; told where there is none.
    fn known_account(
        &mut self,
        code: &str,
        line: u64,
        accounts: &ByCode<AccountRow>,
        file: &'static str,
    ) -> Option<AccountId> {
        let account = accounts.get(code).map(|row| row.account_id);
        if account.is_none() && !self.unread.may_hold("accounts.csv", code) {
            Complaints::about(file, self.problems).add(
                line,
                "account",
                code,
                "there is no such account",
                "an id of accounts.csv",
            );
        }
        account
    }

    /// Items as they will be.
    fn all_items(&self, tx: &mut Tx) -> Result<Items, store::Error> {
        let mut by_code = by_code(tx.items()?, |row| &row.code);
        let new = self.changes.items.added.iter().chain(&self.changes.items.changed);
        by_code.extend(new.map(|row| (row.code.clone(), row.clone())));
        Ok(Items { by_code, unread: self.unread.clone() })
    }
}

fn by_code<R>(rows: Vec<R>, code: impl Fn(&R) -> &String) -> ByCode<R> {
    rows.into_iter().map(|row| (code(&row).clone(), row)).collect()
}

/// A ledger account as a row.
pub fn ledger_row(ledger: &Ledger) -> LedgerRow {
    LedgerRow { code: ledger.code(), name: ledger.name(), kind: ledger.kind() }
}
