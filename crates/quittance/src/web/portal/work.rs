//! `GET /work`: everything that was done, covered and not yet billed work as well.

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use jiff::civil::Date;
use store::Tx;
use store::portal::{WorkPlace, WorkRow};
use store::scope::AccountScope;

use super::query::{WorkQuery, misread};
use super::shown::accounts::{menu, only_name};
use super::shown::work::{count_line, days, filter, nothing};
use crate::app::App;
use crate::error::Result;
use crate::web::answer::{Answer, Page};
use crate::web::pages::WorkPage;
use crate::web::session::SignedIn;

/// Pieces of work on one page.
const PAGE: usize = 50;
/// A month mostly stands on one page.
const MONTH_PAGE: usize = 500;
/// A search reads so many at a time,
const PIECE: usize = 1_000;
/// and so often; the next page goes on from there.
const MOST_PIECES: usize = 20;

/// Rows of a page and the place behind which the next one begins.
struct Read {
    rows: Vec<WorkRow>,
    next: Option<WorkPlace>,
}

/// The list of work.
pub async fn work(State(app): State<App>, signed_in: SignedIn, RawQuery(asked): RawQuery) -> Answer {
    let query = WorkQuery::read(asked.as_deref(), &signed_in.scope);
    let scope = query.scope(&signed_in.scope);
    let provider = app.provider();
    let today = signed_in.today(&app);
    let read = if query.words.is_empty() {
        listed(&app, &scope, &query).await?
    } else {
        searched(&app, &scope, &query).await?
    };

    let (all, shown) = (signed_in.scope.clone(), scope.clone());
    let ids: Vec<_> = all.accounts().iter().map(|account| account.account_id).collect();
    let about = move |tx: &mut Tx| Ok::<_, store::Error>((tx.account_states(&ids)?, tx.work_days(&shown)?));
    let (states, worked_between) = app.store.read(about).await?;
    let to = |code: Option<&str>| WorkQuery { account: code.map(str::to_owned), ..WorkQuery::default() }.href(None);
    let mut frame = signed_in.frame(&app);
    frame.notices.extend(query.is_misread.then(|| misread("/work")));
    let is_all = read.next.is_none();
    let page = WorkPage {
        frame,
        account_name: only_name(&signed_in.scope),
        accounts: menu(&signed_in.scope, query.account.as_deref(), &states, &today, to),
        filter: filter(&query, worked_between),
        count_line: count_line(&read.rows, &query, is_all),
        more: read.next.map(|place| query.href(Some(place))).unwrap_or_default(),
        empty: read.rows.is_empty().then(|| nothing(&query, worked_between.is_some())).filter(|_| is_all),
        days: days(&read.rows, &scope, provider.billing_starts_on, &today),
    };
    Ok(Page(page).into_response())
}

/// First day and place of what is asked for.
fn bounds(query: &WorkQuery) -> (Date, WorkPlace) {
    let from_on = query.month.map_or(Date::ZERO, |month| month.first());
    let until = query.month.map_or(Date::MAX, |month| month.next().first());
    // Nothing of this day itself.
    let end = WorkPlace { is_delivery: true, on: until, id: i64::MIN };
    (from_on, query.after.filter(|after| after.on < until).unwrap_or(end))
}

async fn listed(app: &App, scope: &AccountScope, query: &WorkQuery) -> Result<Read> {
    let size = if query.month.is_some() { MONTH_PAGE } else { PAGE };
    let (from_on, after) = bounds(query);
    let scope = scope.clone();
    let mut rows = app.store.read(move |tx| tx.work_page(&scope, from_on, after, size + 1)).await?;
    let has_more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| has_more).map(|row| row.place);
    Ok(Read { rows, next })
}

/// Reads piece by piece, each in a transaction of its own, until a page is full.
async fn searched(app: &App, scope: &AccountScope, query: &WorkQuery) -> Result<Read> {
    let words = query.words.to_lowercase();
    let (from_on, mut after) = bounds(query);
    let mut rows: Vec<WorkRow> = Vec::new();
    for _ in 0..MOST_PIECES {
        let scope = scope.clone();
        let piece = app.store.read(move |tx| tx.work_page(&scope, from_on, after, PIECE)).await?;
        let is_last = piece.len() < PIECE;
        for row in piece {
            after = row.place;
            if row.has(&words) {
                rows.push(row);
            }
            if rows.len() == PAGE {
                return Ok(Read { rows, next: Some(after) });
            }
        }
        if is_last {
            return Ok(Read { rows, next: None });
        }
    }
    Ok(Read { rows, next: Some(after) })
}
