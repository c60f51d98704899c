//! Searching the list: number, amount, PO number and tickets, in a lower-cased column, with a limit.

use billing::Stream;

use super::list::{ListFilter, ListedRow, listed, order};
use crate::scope::AccountScope;
use crate::{Error, Tx, statements};

/// How many invoices of an account a search finds at most.
pub const MOST_FOUND: usize = 500;

/// What a search found, in the order of the list, open and paid.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// In order.
    pub rows: Vec<ListedRow>,
    /// Whether there is more than is shown.
    pub is_cut: bool,
}

statements! {
    SEARCH: (Integer, Text, Text, Text, Text, Integer) -> ListedRow = concat!(listed!(), "WHERE s.account_id = $1 \
        AND (i.search LIKE $2 ESCAPE '\\' OR lower(f.number) LIKE $2 ESCAPE '\\' OR EXISTS (SELECT 1 FROM credit_note c \
        WHERE c.account_id = s.account_id AND c.invoice_id = s.invoice_id AND lower(c.number) LIKE $2 ESCAPE '\\')) \
        AND s.issued_on >= $3 AND i.stream IN ($4, $5) ORDER BY s.account_id DESC, s.invoice_id DESC LIMIT $6");
}

/// The words as a pattern that finds them anywhere: lower-cased, with `%`, `_` and `\` standing for themselves.
pub fn pattern(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.trim().to_lowercase().chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

impl Tx {
    /// Invoices whose number, amount, PO number or tickets hold these words, whatever `filter.show` says: the newest
    /// [`MOST_FOUND`] of each account.
    pub fn search_invoices(&mut self, scope: &AccountScope, filter: &ListFilter, words: &str) -> Result<Found, Error> {
        let pattern = pattern(words);
        let since = filter.since_on();
        let [one, other]: [Stream; 2] = filter.streams();
        let limit = i64::try_from(MOST_FOUND.saturating_add(1)).unwrap_or(i64::MAX);
        let mut found = Found::default();
        for account in scope.accounts() {
            let parameters: [&dyn crate::ToValue; 6] = [&account.account_id, &pattern, &since, &one, &other, &limit];
            let mut rows: Vec<ListedRow> = self.rows(&SEARCH, &parameters)?;
            found.is_cut |= rows.len() > MOST_FOUND;
            rows.truncate(MOST_FOUND);
            found.rows.extend(rows);
        }
        found.rows.sort_by_key(|row| order(row.place()));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn signs_of_patterns_stand_for_themselves() {
        assert_eq!(pattern(" PO_7%\\ É "), "%po\\_7\\%\\\\ é%");
    }
}
