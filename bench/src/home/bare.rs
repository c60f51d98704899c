//! The floor of the home: an axum handler with the same statements, run by rusqlite in the thread of the request, and the
//! same template, filled with what the rows say and no more.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Html;
use axum::routing::get;
use axum::serve::ListenerExt;
use jiff::civil::Date;
use quittance::app::App;
use quittance::web::cookie::Cookie;
use quittance::web::frame::bare_frame;
use quittance::web::pages::{
    Chart, Choice, Day, Filter, Frame, Group, InvoiceRow, InvoicesPage, Link, Listing, Month, NextDue, Overdue, Piece,
    Status, StatusKind, Summary, Visitor,
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use crate::Result;

/// Invoices on one page.
const PAGE: usize = 50;

const SESSION: &str = "SELECT token_hash, session_id, person_id, made_at, seen_at, expires_at, ended_at, agent, network FROM session \
    WHERE token_hash = ?1 AND ended_at IS NULL AND expires_at > ?2 AND seen_at > ?3";
const SCOPE: &str = "SELECT a.account_id, a.code, a.name, a.currency, a.status, c.role, c.name AS contact_name, \
    c.email AS contact_email FROM contact c JOIN account a ON a.account_id = c.account_id WHERE c.person_id = ?1 ORDER BY a.code";
const BALANCES: &str =
    "SELECT account_id, balance_minor FROM account_state WHERE account_id IN (?1) ORDER BY account_id";
const MONTHS: &str = "SELECT account_id, month, stream, issued_count, issued_minor, open_count, open_minor, \
    open_total_minor FROM account_month WHERE account_id = ?1 ORDER BY month, stream";
const LATE: &str = "SELECT account_id, CAST(sum(open_count) AS BIGINT) AS open_count, \
    CAST(sum(open_minor) AS BIGINT) AS open_minor FROM account_due WHERE account_id = ?1 AND due_on < ?2 AND open_count > 0 \
    GROUP BY account_id ORDER BY account_id";
const NEXT: &str = "SELECT account_id, due_on, open_count, open_minor FROM account_due \
    WHERE account_id = ?1 AND due_on >= ?2 AND open_count > 0 ORDER BY due_on LIMIT 1";
const OPEN: &str = "SELECT s.account_id, s.invoice_id, i.number, i.stream, \
    i.period_from, i.period_until, s.issued_on, s.due_on, i.currency, i.subtotal_minor, i.tax_minor, i.total_minor, s.balance_minor, \
    s.status, i.po_number, d.size \
    FROM invoice_state s JOIN invoice i ON i.account_id = s.account_id AND i.invoice_id = s.invoice_id \
    LEFT JOIN document d ON d.account_id = s.account_id AND d.document_id = s.invoice_id \
    WHERE s.account_id = ?1 AND s.status = 'open' AND (s.due_on, s.invoice_id) > (?2, ?3) AND s.issued_on >= ?4 \
    AND i.stream IN (?5, ?6) ORDER BY s.due_on, s.invoice_id LIMIT ?7";
const PAID: &str = "SELECT s.account_id, s.invoice_id, i.number, i.stream, \
    i.period_from, i.period_until, s.issued_on, s.due_on, i.currency, i.subtotal_minor, i.tax_minor, i.total_minor, s.balance_minor, \
    s.status, i.po_number, d.size \
    FROM invoice_state s JOIN invoice i ON i.account_id = s.account_id AND i.invoice_id = s.invoice_id \
    LEFT JOIN document d ON d.account_id = s.account_id AND d.document_id = s.invoice_id \
    WHERE s.account_id = ?1 AND s.status = 'paid' AND (s.issued_on, s.invoice_id) < (?2, ?3) AND s.issued_on >= ?4 \
    AND i.stream IN (?5, ?6) ORDER BY s.issued_on DESC, s.invoice_id DESC LIMIT ?7";

/// What the handler needs.
struct Floor {
    file: PathBuf,
    frame: Frame,
    today: String,
}

thread_local! {
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Serves the floor on a free port until the program ends.
pub async fn serve(app: &App, file: PathBuf, today: Date) -> Result<SocketAddr> {
    let floor = Floor { file, frame: bare_frame(app), today: today.to_string() };
    let router = Router::new().route("/invoices", get(home)).with_state(Arc::new(floor));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn home(State(floor): State<Arc<Floor>>, headers: HeaderMap) -> std::result::Result<Html<String>, StatusCode> {
    let token = Cookie::Session.read(&headers).ok_or(StatusCode::UNAUTHORIZED)?;
    let page = CONNECTION.with_borrow_mut(|place| {
        let connection = match place {
            Some(connection) => connection,
            None => place.insert(connect(&floor.file)?),
        };
        connection.execute_batch("BEGIN")?;
        let page = page(connection, &floor, &token.hash());
        connection.execute_batch("ROLLBACK")?;
        page
    });
    page.and_then(|page| Ok(page.render()?)).map(Html).map_err(|error| {
        eprintln!("the floor fails: {error}");
        StatusCode::INTERNAL_SERVER_ERROR
    })
}

fn connect(file: &Path) -> Result<Connection> {
    let connection =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.execute_batch("PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;")?;
    Ok(connection)
}

/// A month of a stream: month, stream, how many, what they amount to, how many are open, what is open.
type Issued = (String, String, i64, i64, i64, i64);

fn page(connection: &Connection, floor: &Floor, token_hash: &[u8; 32]) -> Result<InvoicesPage> {
    let person: i64 = connection.prepare_cached(SESSION)?.query_row(params![token_hash, 0, 0], |row| row.get(2))?;
    let (account, name, contact): (i64, String, String) =
        connection.prepare_cached(SCOPE)?.query_row([person], |row| Ok((row.get(0)?, row.get(2)?, row.get(6)?)))?;
    let owed: i64 = connection.prepare_cached(BALANCES)?.query_row([account], |row| row.get(1))?;
    let months: Vec<Issued> = connection
        .prepare_cached(MONTHS)?
        .query_map([account], |row| Ok((row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let day = params![account, floor.today];
    let late: i64 = connection.prepare_cached(LATE)?.query_row(day, |row| row.get(2)).optional()?.unwrap_or(0);
    let next: i64 = connection.prepare_cached(NEXT)?.query_row(day, |row| row.get(3)).optional()?.unwrap_or(0);
    let oldest = rows(connection, OPEN, account, ("0000-01-01", i64::MIN), 2)?;
    let coming = rows(connection, OPEN, account, (&floor.today, i64::MIN), 2)?;
    let mut open = rows(connection, OPEN, account, ("0000-01-01", i64::MIN), PAGE + 1)?;
    let mut paid = if open.len() <= PAGE {
        rows(connection, PAID, account, ("9999-12-31", i64::MAX), PAGE + 1)?
    } else {
        Vec::new()
    };
    open.truncate(PAGE);
    paid.truncate(PAGE - open.len());
    let count: i64 = months.iter().map(|month| month.2).sum();
    let frame = Frame {
        visitor: Some(Visitor { name: contact, detail: name.clone(), is_staff: false }),
        ..floor.frame.clone()
    };
    Ok(InvoicesPage {
        may_pay: false,
        frame,
        account_name: name,
        accounts: None,
        summary: Some(Summary {
            pay_all: None,
            takes_next: None,
            label: "You owe".to_owned(),
            owed: dollars(owed),
            note: vec![Piece::text(format!("{} invoices.", open.len()))],
            overdue: Some(Overdue { amount: dollars(late), late: late > 0, note: link(&oldest) }),
            next_due: Some(NextDue { amount: dollars(next), note: link(&coming) }),
            chart: Some(chart(&months)),
        }),
        filter: Some(filter(&months, count)),
        listing: Listing {
            count_line: format!("{count} invoices"),
            zip: "/invoices.zip".to_owned(),
            csv: "/invoices.csv".to_owned(),
            statement: format!("/statements.pdf?account=C-1&from={}-01&to={}", &floor.today[..7], floor.today),
            groups: [("Open", "open", open), ("Paid", "paid", paid)]
                .map(|(title, id, rows)| Group { title: title.to_owned(), id: id.to_owned(), rows })
                .into(),
            more: format!("/invoices?after=paid-{}-1", floor.today),
            empty: None,
        },
    })
}

fn rows(connection: &Connection, sql: &str, account: i64, after: (&str, i64), limit: usize) -> Result<Vec<InvoiceRow>> {
    let parameters = params![account, after.0, after.1, "0000-01-01", "recurring", "biweekly", i64::try_from(limit)?];
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(parameters, invoice_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn invoice_row(row: &Row<'_>) -> rusqlite::Result<InvoiceRow> {
    let (number, issued, due): (String, String, String) = (row.get(2)?, row.get(6)?, row.get(7)?);
    let (total, balance): (i64, i64) = (row.get(11)?, row.get(12)?);
    let is_open = balance > 0;
    let minor = if is_open { balance } else { total };
    let pdf = row.get::<_, Option<i64>>(15)?.map(|_| format!("/invoices/{number}.pdf")).unwrap_or_default();
    Ok(InvoiceRow {
        href: format!("/invoices/{number}"),
        pdf,
        account: String::new(),
        stream: row.get(3)?,
        services: format!("{}–{}", row.get::<_, String>(4)?, row.get::<_, String>(5)?),
        issued: Day::new(issued.clone(), issued),
        due: Day::new(due.clone(), due),
        amount: dollars(minor),
        minor,
        currency: "USD",
        digits: 2,
        status: if is_open { Status::new(StatusKind::Due, "Open") } else { Status::new(StatusKind::Paid, "Paid") },
        next: "Nothing planned".to_owned(),
        number,
    })
}

fn chart(months: &[Issued]) -> Chart {
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (month, stream, _, minor, ..) in months {
        let sum = sums.entry(month).or_default();
        if stream == "recurring" { sum.0 += minor } else { sum.1 += minor }
    }
    let bars = sums.into_iter().rev().take(12).map(|(month, (recurring_minor, biweekly_minor))| Month {
        short: month.get(5..).unwrap_or_default().to_owned(),
        long: month.to_owned(),
        recurring_minor,
        biweekly_minor,
        recurring: dollars(recurring_minor),
        biweekly: dollars(biweekly_minor),
        total: dollars(recurring_minor + biweekly_minor),
        total_short: ((recurring_minor + biweekly_minor) / 100).to_string(),
    });
    let mut bars: Vec<Month> = bars.collect();
    bars.reverse();
    Chart::new("USD", bars)
}

fn filter(months: &[Issued], count: i64) -> Filter {
    let choice = |value: &str, text: &str| Choice {
        value: value.to_owned(),
        text: text.to_owned(),
        count: count.to_string(),
        chosen: false,
    };
    let mut periods: Vec<&str> = months.iter().map(|month| month.0.as_str()).collect();
    periods.dedup();
    Filter {
        tabs: [("/invoices?show=open", "Open"), ("/invoices?show=paid", "Paid"), ("/invoices", "All")]
            .map(|(to, text)| choice(to, text))
            .into(),
        show: String::new(),
        streams: [("", "Both"), ("recurring", "Recurring"), ("biweekly", "Bi-weekly")]
            .map(|(value, text)| choice(value, text))
            .into(),
        periods: periods.iter().rev().take(24).map(|month| choice(month, month)).collect(),
        search: String::new(),
        account: String::new(),
    }
}

fn link(rows: &[InvoiceRow]) -> Vec<Piece> {
    rows.first().map(|row| Piece::Link(Link::new(row.href.clone(), row.number.clone()))).into_iter().collect()
}

fn dollars(minor: i64) -> String {
    format!("${}.{:02}", minor / 100, minor % 100)
}
