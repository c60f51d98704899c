//! The list of invoices and late fees, page by page: one query per account and group over a partial index, merged here.

use std::cmp::Reverse;

use billing::invoice::InvoiceStatus;
use billing::{Currency, Month, Stream};
use jiff::civil::Date;

use super::Place;
use crate::scope::AccountScope;
use crate::{AccountId, Error, InvoiceId, Tx, record, statements};

record! {
    /// An invoice in the list, or a late fee: it stands beside the invoice that it is for, in its stream.
    pub struct ListedRow {
        pub account_id: AccountId,
        pub invoice_id: InvoiceId,
        pub number: String,
        /// Of a late fee: the invoice that was not paid in time.
        pub fee_for: Option<String>,
        pub stream: Stream,
        pub period_from: Date,
        pub period_until: Date,
        pub issued_on: Date,
        pub due_on: Date,
        pub currency: Currency,
        pub subtotal_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        pub balance_minor: i64,
        pub credited_minor: i64,
        pub written_off_minor: i64,
        pub status: InvoiceStatus,
        pub po_number: Option<String>,
        /// Bytes of its document; nothing while it isn't rendered yet.
        pub size: Option<i64>,
    }
}

impl ListedRow {
    /// Where it stands in the list.
    pub fn place(&self) -> Place {
        let on = match self.status {
            InvoiceStatus::Open => self.due_on,
            InvoiceStatus::Paid => self.issued_on,
        };
        Place { status: self.status, on, invoice: self.invoice_id }
    }
}

/// Which groups are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Something is left to pay.
    Open,
    /// Nothing is left.
    Paid,
    /// Open ones, then paid ones.
    #[default]
    All,
}

impl Show {
    /// Whether invoices of this status are shown.
    pub fn has(self, status: InvoiceStatus) -> bool {
        match self {
            Self::All => true,
            Self::Open => status == InvoiceStatus::Open,
            Self::Paid => status == InvoiceStatus::Paid,
        }
    }
}

/// What of the list is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Open, paid or both.
    pub show: Show,
    /// One stream, or both.
    pub stream: Option<Stream>,
    /// Issued in this month or later.
    pub since: Option<Month>,
}

impl ListFilter {
    /// The first day of issue that is shown.
    pub(super) fn since_on(&self) -> Date {
        self.since.map_or(Date::ZERO, |month| month.first())
    }

    /// Both parameters of `stream IN ($a, $b)`.
    pub(super) fn streams(&self) -> [Stream; 2] {
        [self.stream.unwrap_or(Stream::Recurring), self.stream.unwrap_or(Stream::Biweekly)]
    }
}

/// A page of the list.
#[derive(Clone, Debug, Default)]
pub struct InvoicePage {
    /// In the order of the list.
    pub rows: Vec<ListedRow>,
    /// The place behind which the next page begins; none where this is the last one.
    pub next: Option<Place>,
}

impl InvoicePage {
    /// The first `size` rows behind `after` of rows that are in order already.
    pub fn of(rows: Vec<ListedRow>, after: Option<Place>, size: usize) -> Self {
        let behind = |row: &ListedRow| after.is_none_or(|after| order(row.place()) > order(after));
        let mut rows: Vec<ListedRow> = rows.into_iter().filter(behind).take(size.saturating_add(1)).collect();
        let has_more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| has_more).map(ListedRow::place);
        Self { rows, next }
    }
}

/// A place as it sorts: the group, then the key of either group.
type Order = (bool, Option<(Date, InvoiceId)>, Option<Reverse<(Date, InvoiceId)>>);

/// Open ones first, by due date; then paid ones, newest first.
pub(super) fn order(place: Place) -> Order {
    let key = (place.on, place.invoice);
    match place.status {
        InvoiceStatus::Open => (false, Some(key), None),
        InvoiceStatus::Paid => (true, None, Some(Reverse(key))),
    }
}

/// The columns of [`ListedRow`] and where they come from; what follows narrows it. `s` is the state, `f` the late fee where it is
/// one, `i` the invoice that it is or is for.
macro_rules! listed {
    () => {
        "SELECT s.account_id, s.invoice_id, coalesce(f.number, i.number) AS number, \
        CASE WHEN f.late_fee_id IS NOT NULL THEN i.number END AS fee_for, i.stream, \
        i.period_from, i.period_until, s.issued_on, s.due_on, i.currency, coalesce(f.total_minor, i.subtotal_minor) AS subtotal_minor, \
        CASE WHEN f.late_fee_id IS NULL THEN i.tax_minor ELSE 0 END AS tax_minor, coalesce(f.total_minor, i.total_minor) AS total_minor, \
        s.balance_minor, s.credited_minor, s.written_off_minor, s.status, i.po_number, d.size \
        FROM invoice_state s LEFT JOIN late_fee f ON f.account_id = s.account_id AND f.late_fee_id = s.invoice_id \
        JOIN invoice i ON i.account_id = s.account_id AND i.invoice_id = coalesce(f.invoice_id, s.invoice_id) \
        LEFT JOIN document d ON d.account_id = s.account_id AND d.document_id = s.invoice_id "
    };
}
pub(super) use listed;

statements! {
    LISTED: (Integer, Integer) -> ListedRow = concat!(listed!(), "WHERE s.account_id = $1 AND s.invoice_id = $2");
    OPEN_PAGE: (Integer, Text, Integer, Text, Text, Text, Integer) -> ListedRow = concat!(listed!(), "WHERE s.account_id = $1 \
        AND s.status = 'open' AND (s.due_on, s.invoice_id) > ($2, $3) AND s.issued_on >= $4 \
        AND i.stream IN ($5, $6) ORDER BY s.due_on, s.invoice_id LIMIT $7");
    PAID_PAGE: (Integer, Text, Integer, Text, Text, Text, Integer) -> ListedRow = concat!(listed!(), "WHERE s.account_id = $1 \
        AND s.status = 'paid' AND (s.issued_on, s.invoice_id) < ($2, $3) AND s.issued_on >= $4 \
        AND i.stream IN ($5, $6) ORDER BY s.issued_on DESC, s.invoice_id DESC LIMIT $7");
}

impl Tx {
    /// One document as the list shows it. Whose it is, is for the caller to know.
    pub fn listed(&mut self, account: AccountId, document: InvoiceId) -> Result<Option<ListedRow>, Error> {
        self.row(&LISTED, &[&account, &document])
    }

    /// A page of at most `size` invoices of all accounts of the scope, open ones by due date, then paid ones, newest first.
    pub fn invoice_page(
        &mut self,
        scope: &AccountScope,
        filter: &ListFilter,
        after: Option<Place>,
        size: usize,
    ) -> Result<InvoicePage, Error> {
        let is_past_open = after.is_some_and(|place| place.status == InvoiceStatus::Paid);
        let mut rows = Vec::new();
        if filter.show.has(InvoiceStatus::Open) && !is_past_open {
            rows = self.open_rows(scope, filter, after.map(|place| (place.on, place.invoice)), size)?;
        }
        if filter.show.has(InvoiceStatus::Paid) && rows.len() <= size {
            let after = after.filter(|_| is_past_open).map(|place| (place.on, place.invoice));
            rows.extend(self.paid_rows(scope, filter, after, size)?);
        }
        rows.sort_by_key(|row| order(row.place()));
        Ok(InvoicePage::of(rows, None, size))
    }

    /// The first `limit` open invoices due on or after a day, for the answers on top of the list.
    pub fn open_from(&mut self, scope: &AccountScope, due_on: Date, limit: usize) -> Result<Vec<ListedRow>, Error> {
        let mut rows =
            self.open_rows(scope, &ListFilter::default(), Some((due_on, InvoiceId::from(i64::MIN))), limit)?;
        rows.sort_by_key(|row| order(row.place()));
        rows.truncate(limit);
        Ok(rows)
    }

    /// One more than `size` of each account, so that the caller knows whether there are more.
    fn open_rows(
        &mut self,
        scope: &AccountScope,
        filter: &ListFilter,
        after: Option<(Date, InvoiceId)>,
        size: usize,
    ) -> Result<Vec<ListedRow>, Error> {
        let since = filter.since_on();
        // Nothing is due before it is issued: where the list begins, the index can skip what is too old.
        let (on, id) = after.unwrap_or((since, InvoiceId::from(i64::MIN)));
        let [one, other] = filter.streams();
        let mut rows: Vec<ListedRow> = Vec::new();
        for account in scope.accounts() {
            rows.extend(self.rows(&OPEN_PAGE, &[&account.account_id, &on, &id, &since, &one, &other, &limit(size)])?);
        }
        Ok(rows)
    }

    fn paid_rows(
        &mut self,
        scope: &AccountScope,
        filter: &ListFilter,
        after: Option<(Date, InvoiceId)>,
        size: usize,
    ) -> Result<Vec<ListedRow>, Error> {
        let since = filter.since_on();
        let (on, id) = after.unwrap_or((Date::MAX, InvoiceId::from(i64::MAX)));
        let [one, other] = filter.streams();
        let mut rows: Vec<ListedRow> = Vec::new();
        for account in scope.accounts() {
            rows.extend(self.rows(&PAID_PAGE, &[&account.account_id, &on, &id, &since, &one, &other, &limit(size)])?);
        }
        Ok(rows)
    }
}

fn limit(size: usize) -> i64 {
    i64::try_from(size.saturating_add(1)).unwrap_or(i64::MAX)
}
