//! What is owed, account by account and by age, from the sums by due date.

use billing::Currency;
use jiff::civil::Date;

use crate::{Error, Tx, record, statements};

record! {
    /// What an account owes, by due date.
    pub struct AgeingRow {
        pub code: String,
        pub name: String,
        pub currency: Currency,
        /// Due on the first of the dates or later.
        pub current_minor: i64,
        /// Due before that, and on the second of the dates or later; and so on.
        pub first_minor: i64,
        pub second_minor: i64,
        pub third_minor: i64,
        /// Due before the last of the dates.
        pub oldest_minor: i64,
    }
}

impl AgeingRow {
    /// The five columns, the youngest first.
    pub fn columns(&self) -> [i64; 5] {
        [self.current_minor, self.first_minor, self.second_minor, self.third_minor, self.oldest_minor]
    }
}

statements! {
    AGEING: (Text, Text, Text, Text) -> AgeingRow = "SELECT a.code, a.name, a.currency, \
        d.current_minor, d.first_minor, d.second_minor, d.third_minor, d.oldest_minor FROM account a JOIN (SELECT account_id, \
        CAST(coalesce(sum(open_minor) FILTER (WHERE due_on >= $1), 0) AS BIGINT) AS current_minor, \
        CAST(coalesce(sum(open_minor) FILTER (WHERE due_on < $1 AND due_on >= $2), 0) AS BIGINT) AS first_minor, \
        CAST(coalesce(sum(open_minor) FILTER (WHERE due_on < $2 AND due_on >= $3), 0) AS BIGINT) AS second_minor, \
        CAST(coalesce(sum(open_minor) FILTER (WHERE due_on < $3 AND due_on >= $4), 0) AS BIGINT) AS third_minor, \
        CAST(coalesce(sum(open_minor) FILTER (WHERE due_on < $4), 0) AS BIGINT) AS oldest_minor \
        FROM account_due WHERE open_count > 0 GROUP BY account_id) d ON d.account_id = a.account_id ORDER BY a.code";
}

impl Tx {
    /// What every account owes, by due date: in columns that begin at these dates, the youngest first. Accounts that
    /// owe nothing are left out.
    pub fn ageing(&mut self, first_due_dates: [Date; 4]) -> Result<Vec<AgeingRow>, Error> {
        let [current, first, second, third] = &first_due_dates;
        self.rows(&AGEING, &[current, first, second, third])
    }
}
