//! The list of invoices and its filter bar.

use std::collections::BTreeSet;

use billing::invoice::{InvoiceStatus, stream_name};
use billing::ledger::EntryKind;
use billing::payment::PaymentState;
use billing::{Money, Month, Span, Stream};
use store::books::AccountMonthRow;
use store::invoice::DocumentKind;
use store::payment::HolderRow;
use store::portal::{InvoicePage, ListFilter, ListedRow, Place, SettledRow, Show};
use store::question::HeldRow;
use store::scope::AccountScope;

use super::Today;
use super::questions;
use super::status::Standing;
use crate::issued::path;
use crate::paper::words;
use crate::sums::Sums;
use crate::web::pages::{Choice, Empty, Filter, Group, InvoiceRow, Link, Listing, Status, StatusKind};
use crate::web::portal::autopay::outlook::Outlook;
use crate::web::portal::query::ListQuery;
use crate::web::portal::statements::href as statement_href;

/// At most so many documents in one archive.
pub const MOST_DOCUMENTS: i64 = 500;
/// How many months the period offers one by one; older ones by January.
const RECENT_MONTHS: usize = 24;

/// How many invoices there are and what they amount to.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Open ones: how many, and what is left of them.
    pub open: (i64, Sums),
    /// Paid ones: how many, and their totals.
    pub paid: (i64, Sums),
    /// All of them: how many, and their totals.
    pub all: (i64, Sums),
}

impl Counted {
    /// From the maintained months, without looking at any invoice.
    pub fn of_months(scope: &AccountScope, months: &[AccountMonthRow], filter: &ListFilter) -> Self {
        let mut counted = Self::default();
        let is_shown = |row: &&AccountMonthRow| {
            filter.stream.is_none_or(|stream| stream == row.stream)
                && filter.since.is_none_or(|since| row.month >= since.to_string())
        };
        for row in months.iter().filter(is_shown) {
            let Some(account) = scope.account(row.account_id) else { continue };
            counted.open.0 += row.open_count;
            counted.open.1.add(row.open_minor, account.currency);
            counted.all.0 += row.issued_count;
            counted.all.1.add(row.issued_minor, account.currency);
            counted.paid.0 += row.issued_count - row.open_count;
            counted.paid.1.add(row.issued_minor - row.open_total_minor, account.currency);
        }
        counted
    }

    /// From the rows a search found.
    pub fn of_rows(rows: &[ListedRow]) -> Self {
        let mut counted = Self::default();
        for row in rows {
            let (count, minor) = match row.status {
                InvoiceStatus::Open => (&mut counted.open, row.balance_minor),
                InvoiceStatus::Paid => (&mut counted.paid, row.total_minor),
            };
            count.0 += 1;
            count.1.add(minor, row.currency);
            counted.all.0 += 1;
            counted.all.1.add(row.total_minor, row.currency);
        }
        counted
    }

    /// Of one group.
    pub fn shown(&self, show: Show) -> &(i64, Sums) {
        match show {
            Show::Open => &self.open,
            Show::Paid => &self.paid,
            Show::All => &self.all,
        }
    }
}

/// What the list is made of.
pub struct ListParts<'a> {
    /// What was asked for.
    pub query: &'a ListQuery,
    /// The accounts asked for.
    pub scope: &'a AccountScope,
    /// The maintained months of these accounts.
    pub months: &'a [AccountMonthRow],
    /// How many there are and what they amount to.
    pub counted: &'a Counted,
    /// Whether a search found more than it shows.
    pub is_cut: bool,
    /// The rows.
    pub page: InvoicePage,
    /// Payments that are under way or planned for any of them.
    pub holders: &'a [HolderRow],
    /// What Auto Pay does with the open ones.
    pub outlook: &'a Outlook,
    /// What is in dispute of any of them.
    pub held: &'a [HeldRow],
    /// What was paid last of those that are paid.
    pub settled: &'a [SettledRow],
}

/// The list under the filter bar.
pub fn listing(parts: ListParts<'_>, today: &Today) -> Listing {
    let (count, _) = parts.counted.shown(parts.query.filter.show);
    let more = parts.page.next.map(|place: Place| parts.query.next_href(place)).unwrap_or_default();
    let has_rows = !parts.page.rows.is_empty();
    Listing {
        count_line: count_line(&parts, today),
        zip: if has_rows && *count <= MOST_DOCUMENTS { parts.query.href("/invoices.zip") } else { String::new() },
        csv: if has_rows { parts.query.href("/invoices.csv") } else { String::new() },
        statement: statement(&parts, today).unwrap_or_default(),
        empty: (!has_rows).then(|| nothing(&parts, today)),
        groups: groups(&parts.page.rows, &parts, today),
        more,
    }
}

/// The statement of the time shown, of one account; a statement knows no streams and no words.
fn statement(parts: &ListParts<'_>, today: &Today) -> Option<String> {
    let ([account], filter) = (parts.scope.accounts(), &parts.query.filter) else { return None };
    let first = || parts.months.iter().filter_map(|row| row.month.parse().ok()).min();
    let since: Month = filter.since.or_else(first)?;
    let is_all = filter.stream.is_none() && parts.query.words.is_empty();
    let span = Span::new(since.first(), today.day.tomorrow().ok()?);
    is_all.then(|| statement_href(account, span, "/statements.pdf"))
}

fn groups(rows: &[ListedRow], parts: &ListParts<'_>, today: &Today) -> Vec<Group> {
    let group = |title: &str, id: &str, status: InvoiceStatus| Group {
        title: title.to_owned(),
        id: id.to_owned(),
        rows: rows.iter().filter(|row| row.status == status).map(|row| shown_row(row, parts, today)).collect(),
    };
    let all = [group("Open", "open", InvoiceStatus::Open), group("Paid", "paid", InvoiceStatus::Paid)];
    all.into_iter().filter(|group| !group.rows.is_empty()).collect()
}

fn shown_row(row: &ListedRow, parts: &ListParts<'_>, today: &Today) -> InvoiceRow {
    let standing = Standing::of(row);
    let several = parts.scope.accounts().len() > 1;
    let holder = parts.holders.iter().find(|one| (one.account_id, one.document_id) == (row.account_id, row.invoice_id));
    let held = questions::held_of(parts.held, (row.account_id, row.invoice_id), row.balance_minor);
    let account = parts.scope.account(row.account_id).filter(|_| several);
    let settled = parts.settled.iter().find(|settled| settled.document_id == row.invoice_id);
    let minor = match row.status {
        InvoiceStatus::Open => row.balance_minor,
        InvoiceStatus::Paid => row.total_minor,
    };
    let (stream, services) = match &row.fee_for {
        Some(invoice) => ("Late fee".to_owned(), format!("for {invoice}")),
        None => (stream_name(row.stream).to_owned(), today.span(Span::new(row.period_from, row.period_until))),
    };
    InvoiceRow {
        href: href(row),
        pdf: row.size.map(|_| format!("{}.pdf", href(row))).unwrap_or_default(),
        account: account.map(|account| account.name.clone()).unwrap_or_default(),
        stream,
        services,
        issued: today.day(row.issued_on),
        due: today.day(row.due_on),
        amount: Money::new(minor, row.currency).with_currency(),
        minor,
        currency: row.currency.code(),
        digits: billing::money::digits(row.currency),
        status: holder.and_then(under_way).unwrap_or_else(|| match held {
            Some(_) => questions::in_dispute(),
            None => standing.told(settled, today),
        }),
        next: match (
            holder,
            held.map(|held| questions::next_of(held, row.balance_minor, row.currency))
                .or_else(|| parts.outlook.next(row.account_id, row.invoice_id, today)),
        ) {
            (Some(holder), _) => next_of(holder, today),
            (None, Some(next)) => next,
            (None, None) => settled.and_then(paid_with).unwrap_or_else(|| standing.next(today.day).to_owned()),
        },
        number: row.number.clone(),
    }
}

/// What paid it.
fn paid_with(settled: &SettledRow) -> Option<String> {
    match settled.kind {
        EntryKind::CreditUsed => Some("With account credit".to_owned()),
        EntryKind::Payment => Some(settled.reason.clone()).filter(|reason| !reason.is_empty()),
        _ => None,
    }
}

/// The word for a document that a payment under way holds.
pub fn under_way(holder: &HolderRow) -> Option<Status> {
    match holder.state {
        PaymentState::Unknown => Some(Status::new(StatusKind::Unknown, "We don’t know yet")),
        PaymentState::Asked | PaymentState::Processing => Some(Status::new(StatusKind::Processing, "Processing")),
        _ => None,
    }
}

/// What happens next with a document that a payment holds.
pub fn next_of(holder: &HolderRow, today: &Today) -> String {
    let number = &holder.number;
    match (holder.state, holder.charge_on) {
        (PaymentState::Planned, Some(on)) => format!("You pay it on {}, {number}", today.day(on).text),
        (PaymentState::Asked, _) => format!("{number} is not finished yet"),
        (PaymentState::Unknown, _) => format!("Please don’t pay again, {number}"),
        _ => format!("{number} is on its way"),
    }
}

/// Its page.
pub fn href(row: &ListedRow) -> String {
    let kind = if row.fee_for.is_some() { DocumentKind::LateFee } else { DocumentKind::Invoice };
    path(kind, &row.number)
}

/// `12 invoices, $23,435.37 since July 2026`.
fn count_line(parts: &ListParts<'_>, today: &Today) -> String {
    let show = parts.query.filter.show;
    let (count, sums) = parts.counted.shown(show);
    let sum = sums.written(today.currency);
    let (one, many) = match show {
        Show::Open => ("open invoice", "open invoices"),
        Show::Paid => ("paid invoice", "paid invoices"),
        Show::All => ("invoice", "invoices"),
    };
    let counted = words::counted(*count, one, many);
    if parts.is_cut {
        return format!(
            "The newest {counted} with “{}”; there are more. Please search for something longer.",
            parts.query.words
        );
    }
    if !parts.query.words.is_empty() {
        return format!("{counted} with “{}”, {sum}", parts.query.words);
    }
    let since = parts.query.filter.since.or_else(|| first_month(parts.months));
    match since {
        Some(since) => format!("{counted}, {sum} since {}", words::month(since)),
        None => format!("{counted}, {sum}"),
    }
}

/// What an empty list says.
fn nothing(parts: &ListParts<'_>, today: &Today) -> Empty {
    let query = parts.query;
    let (all, _) = &parts.counted.all;
    if parts.months.is_empty() {
        let text = "An invoice for the services of a month is made on the 1st of the next, one for products and work every two weeks.";
        let link = Some(Link::new("/work", "See what we did for you so far"));
        return Empty { title: "No invoices yet".to_owned(), text: text.to_owned(), link };
    }
    if !query.words.is_empty() {
        let link =
            Some(Link::new(ListQuery { words: String::new(), ..query.clone() }.href("/invoices"), "Clear the search"));
        let text = "Searched: numbers, tickets, amounts, PO numbers.".to_owned();
        return Empty { title: format!("No invoice matches “{}”", query.words), text, link };
    }
    let bare = ListQuery { account: query.account.clone(), ..ListQuery::default() };
    if query.filter.show == Show::Open && *all > 0 {
        let text = format!("Of {}, none is open.", words::counted(*all, "invoice", "invoices"));
        return Empty {
            title: "You owe nothing".to_owned(),
            text,
            link: Some(Link::new(bare.href("/invoices"), "See all invoices")),
        };
    }
    if query.filter.show == Show::Paid && *all > 0 {
        let text = "An invoice stands here once it is paid in full.".to_owned();
        return Empty {
            title: "Nothing is paid yet".to_owned(),
            text,
            link: Some(Link::new(bare.href("/invoices"), "See all invoices")),
        };
    }
    let text = match query.filter.since {
        Some(since) => format!(
            "Nothing was issued since {} that fits. Today is {}.",
            words::month(since),
            today.full_day(today.day).text
        ),
        None => "Nothing was issued that fits.".to_owned(),
    };
    let link = Some(Link::new(bare.href("/invoices"), "See all invoices"));
    Empty { title: "No invoice fits".to_owned(), text, link }
}

fn first_month(months: &[AccountMonthRow]) -> Option<Month> {
    months.iter().filter(|row| row.issued_count > 0).map(|row| row.month.as_str()).min()?.parse().ok()
}

/// The filter bar; none before the first invoice.
pub fn filter(query: &ListQuery, months: &[AccountMonthRow], counted: &Counted) -> Option<Filter> {
    let first = first_month(months)?;
    let tab = |show: Show, text: &str| Choice {
        value: query.showing(show).href("/invoices"),
        text: text.to_owned(),
        count: words::thousands(counted.shown(show).0),
        chosen: query.filter.show == show,
    };
    let stream = |stream: Option<Stream>, text: &str| Choice {
        value: stream.map_or("", Stream::as_str).to_owned(),
        text: text.to_owned(),
        count: String::new(),
        chosen: query.filter.stream == stream,
    };
    Some(Filter {
        tabs: vec![tab(Show::Open, "Open"), tab(Show::Paid, "Paid"), tab(Show::All, "All")],
        show: match query.filter.show {
            Show::All => String::new(),
            Show::Open => "open".to_owned(),
            Show::Paid => "paid".to_owned(),
        },
        streams: vec![
            stream(None, "Both streams"),
            stream(Some(Stream::Recurring), stream_name(Stream::Recurring)),
            stream(Some(Stream::Biweekly), stream_name(Stream::Biweekly)),
        ],
        periods: periods(first, months, query.filter.since),
        search: query.words.clone(),
        account: query.account.clone().unwrap_or_default(),
    })
}

/// Everything first; then the newest months, then every January, and the chosen month wherever it stands.
fn periods(first: Month, months: &[AccountMonthRow], chosen: Option<Month>) -> Vec<Choice> {
    let issued: BTreeSet<Month> = months.iter().filter_map(|row| row.month.parse().ok()).collect();
    let newest = issued.iter().rev().take(RECENT_MONTHS);
    let januaries = issued.iter().filter(|month| month.first().month() == 1);
    let mut offered: BTreeSet<Month> = newest.chain(januaries).copied().filter(|month| *month != first).collect();
    offered.extend(chosen.filter(|month| *month != first));
    let choice = |month: Month, value: String| Choice {
        value,
        text: format!("Since {}", words::month(month)),
        count: String::new(),
        chosen: chosen == Some(month),
    };
    let everything = choice(first, String::new());
    std::iter::once(everything).chain(offered.into_iter().rev().map(|month| choice(month, month.to_string()))).collect()
}
