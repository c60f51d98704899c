//! What is overdue and what falls due next, summed in the database: a row or two per account, however long its history.

use jiff::civil::Date;

use crate::books::AccountDueRow;
use crate::scope::AccountScope;
use crate::{AccountId, Error, Tx, record, statements};

record! {
    /// What is open of an account and due before a day.
    pub struct LateRow {
        pub account_id: AccountId,
        pub open_count: i64,
        pub open_minor: i64,
    }
}

/// What is open of the accounts of a scope, as seen from a day.
#[derive(Clone, Debug, Default)]
pub struct Dues {
    /// Due before it; accounts with nothing late are left out.
    pub late: Vec<LateRow>,
    /// Of each account the next due date, the day itself counts; accounts with nothing to come are left out.
    pub next: Vec<AccountDueRow>,
}

statements! {
    LATE: (Integer, Text) -> LateRow = "SELECT account_id, CAST(sum(open_count) AS BIGINT) AS open_count, \
        CAST(sum(open_minor) AS BIGINT) AS open_minor FROM account_due WHERE account_id = $1 AND due_on < $2 AND open_count > 0 \
        GROUP BY account_id ORDER BY account_id";
    NEXT: (Integer, Text) -> AccountDueRow = "SELECT account_id, due_on, open_count, open_minor FROM account_due \
        WHERE account_id = $1 AND due_on >= $2 AND open_count > 0 ORDER BY due_on LIMIT 1";
}

impl Tx {
    /// What is open of these accounts, as seen from `today`.
    pub fn dues(&mut self, scope: &AccountScope, today: Date) -> Result<Dues, Error> {
        let mut dues = Dues::default();
        for account in scope.accounts() {
            dues.late.extend(self.row::<LateRow>(&LATE, &[&account.account_id, &today])?);
            dues.next.extend(self.row::<AccountDueRow>(&NEXT, &[&account.account_id, &today])?);
        }
        Ok(dues)
    }
}
