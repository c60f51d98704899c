//! `GET /invoices`: what is owed, and the list.

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use billing::account::Role;
use billing::invoice::InvoiceStatus;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::Tx;
use store::books::{AccountMonthRow, AccountStateRow};
use store::credit::OpenFeeRow;
use store::payment::HolderRow;
use store::portal::{Dues, Found, InvoicePage, ListFilter, ListedRow, SettledRow};
use store::question::HeldRow;
use store::recipient::UnreachedRow;
use store::scope::AccountScope;

use super::autopay::outlook::Outlook;
use super::contacts::reaches_nobody;
use super::passkeys::is_offered;
use super::query::{ListQuery, misread};
use super::shown::accounts::{counted, menu, only_name};
use super::shown::home::{HomeParts, summary};
use super::shown::listing::{Counted, ListParts, filter, listing};
use crate::app::App;
use crate::web::answer::{Answer, Page, see_other};
use crate::web::pages::{InvoicesPage, Link, Summary};
use crate::web::session::SignedIn;

/// Invoices on one page.
const PAGE: usize = 50;

/// All that the page reads: sums are maintained, so that their cost does not grow with the number of invoices.
struct Read {
    states: Vec<AccountStateRow>,
    months: Vec<AccountMonthRow>,
    dues: Dues,
    oldest: Vec<ListedRow>,
    coming: Vec<ListedRow>,
    late_fees: Vec<OpenFeeRow>,
    unreached: Vec<UnreachedRow>,
    page: InvoicePage,
    found: Option<Found>,
    holders: Vec<HolderRow>,
    outlook: Outlook,
    held: Vec<HeldRow>,
    settled: Vec<SettledRow>,
}

/// The landing page of everybody who is signed in.
pub async fn invoices(State(app): State<App>, signed_in: SignedIn, RawQuery(asked): RawQuery) -> Answer {
    if signed_in.scope.accounts().is_empty() {
        return Ok(see_other("/office"));
    }
    let query = ListQuery::read(asked.as_deref(), &signed_in.scope);
    let provider = app.provider();
    let today = signed_in.today(&app);
    let (all, wanted, when) = (signed_in.scope.clone(), query.clone(), (today.day, today.zone.clone()));
    let read = app.store.read(move |tx| read(tx, &all, &wanted, (when.0, &when.1))).await?;

    let scope = query.scope(&signed_in.scope);
    let counted = match &read.found {
        Some(found) => Counted::of_rows(&found.rows),
        None => Counted::of_months(&scope, &read.months, &query.filter),
    };
    let home = HomeParts {
        scope: &scope,
        states: &read.states,
        dues: &read.dues,
        months: &read.months,
        oldest: read.oldest.first(),
        coming: &read.coming,
        late_fees: &read.late_fees,
        grid: provider.schedule().grid(),
    };
    let to =
        |code: Option<&str>| ListQuery { account: code.map(str::to_owned), ..ListQuery::default() }.href("/invoices");
    let mut frame = signed_in.frame(&app);
    frame.offers_passkey = is_offered(&app, &signed_in).await?;
    frame.notices.extend(query.is_misread.then(|| misread("/invoices")));
    frame.notices.extend(read.unreached.iter().map(|row| reaches_nobody(row, &row.name)));
    let may_pay = app.gateway.is_some() && signed_in.scope.accounts().iter().any(|account| account.role.may_pay());
    let page = InvoicesPage {
        may_pay,
        frame,
        account_name: only_name(&signed_in.scope),
        accounts: menu(&signed_in.scope, query.account.as_deref(), &read.states, &today, to),
        summary: summary(&home, &today).map(|summary| Summary {
            pay_all: pay_all(&home, may_pay),
            takes_next: read.outlook.takes_next(&today),
            ..summary
        }),
        filter: filter(&query, &read.months, &counted),
        listing: listing(
            ListParts {
                query: &query,
                scope: &scope,
                months: &read.months,
                counted: &counted,
                is_cut: read.found.as_ref().is_some_and(|found| found.is_cut),
                page: read.page,
                holders: &read.holders,
                outlook: &read.outlook,
                held: &read.held,
                settled: &read.settled,
            },
            &today,
        ),
    };
    Ok(Page(page).into_response())
}

/// The way to pay everything at once, where something is owed.
fn pay_all(home: &HomeParts<'_>, may_pay: bool) -> Option<Link> {
    let owes =
        home.states.iter().any(|state| state.balance_minor > 0 && home.scope.account(state.account_id).is_some());
    (may_pay && owes).then(|| match home.scope.accounts() {
        [only] => Link::new(format!("/pay?account={}", only.code), "Pay all"),
        _ => Link::new("/pay", "Pay all"),
    })
}

fn read(
    tx: &mut Tx,
    all: &AccountScope,
    query: &ListQuery,
    (today, zone): (Date, &TimeZone),
) -> Result<Read, store::Error> {
    let scope = query.scope(all);
    let payable = counted(&scope);
    let accounts: Vec<_> = all.accounts().iter().map(|account| account.account_id).collect();
    let states = tx.account_states(&accounts)?;
    let mut months = Vec::new();
    for account in scope.accounts() {
        months.extend(tx.account_months(account.account_id)?);
    }
    let dues = tx.dues(&payable, today)?;
    let oldest = tx.open_from(&payable, Date::ZERO, 1)?;
    let coming = tx.open_from(&payable, today, 1)?;
    let late_fees = tx.open_late_fees(&payable)?;
    let administered = all.narrowed(|account| account.role == Role::Admin);
    let administered: Vec<_> = administered.accounts().iter().map(|account| account.account_id).collect();
    let unreached = tx.unreached(&administered)?;
    let (page, found) = page(tx, &scope, query)?;
    let paid = page.rows.iter().filter(|row| row.status == InvoiceStatus::Paid);
    let settled = tx.settled_last(&paid.map(|row| row.invoice_id).collect::<Vec<_>>())?;
    let (mut holders, mut held) = (Vec::new(), Vec::new());
    for account in scope.accounts() {
        holders.append(&mut tx.holders(account.account_id)?);
        held.append(&mut tx.held_of_account(account.account_id)?);
    }
    let outlook = Outlook::read(tx, &payable, (today, zone))?;
    Ok(Read {
        outlook,
        states,
        months,
        dues,
        oldest,
        coming,
        late_fees,
        unreached,
        page,
        found,
        holders,
        held,
        settled,
    })
}

fn page(tx: &mut Tx, scope: &AccountScope, query: &ListQuery) -> Result<(InvoicePage, Option<Found>), store::Error> {
    if query.words.is_empty() {
        return Ok((tx.invoice_page(scope, &query.filter, query.after, PAGE)?, None));
    }
    let found = tx.search_invoices(scope, &query.filter, query.needle())?;
    let rows = shown(&found, &query.filter);
    Ok((InvoicePage::of(rows, query.after, PAGE), Some(found)))
}

/// The found rows of the group that is shown.
pub fn shown(found: &Found, filter: &ListFilter) -> Vec<ListedRow> {
    found.rows.iter().filter(|row| filter.show.has(row.status)).cloned().collect()
}
