//! `GET /statements`, `/statements.csv` and `/statements.pdf`: what happened on one account of the scope in a time.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use billing::{Month, Span};
use documents::Paper;
use jiff::civil::Date;
use store::account::AccountRow;
use store::scope::{AccountScope, ScopedAccount};

use super::download::{self, file};
use super::query::{Asked, misread};
use super::shown::statements::page;
use crate::app::App;
use crate::error::Error;
use crate::formats::Formats;
use crate::paper::plain::statement_paper;
use crate::statement::{Statement, csv, statement};
use crate::web::answer::{Answer, Page, Problem};
use crate::web::session::SignedIn;

/// Which account and days.
#[derive(Clone, Debug)]
pub struct StatementQuery {
    /// One account of the scope.
    pub account: ScopedAccount,
    /// First day, and first day not shown.
    pub span: Span,
    /// Something could not be read.
    pub is_misread: bool,
}

impl StatementQuery {
    /// What an address asks for; where it says nothing, this month and the two before, of the first account.
    fn read(asked: Option<&str>, scope: &AccountScope, today: Date) -> Option<Self> {
        let mut asked = Asked::new(asked);
        let code = asked.account(scope);
        let named = code.and_then(|code| scope.accounts().iter().find(|account| account.code == code));
        let account = named.or_else(|| scope.accounts().first())?.clone();
        let day = |text: &str| text.parse::<Date>().ok().filter(|day| (1900..=2999).contains(&day.year()));
        let (from, to) = (asked.value("from", day), asked.value("to", day));
        let from = from.unwrap_or_else(|| Month::of(today).previous().previous().first());
        let to = to.unwrap_or(today);
        let is_backwards = to < from;
        let until = billing::calendar::shift(to.max(from), 1);
        Some(Self { account, span: Span::new(from, until), is_misread: asked.is_misread() || is_backwards })
    }

    /// The address of these days at `path`.
    pub fn href(&self, path: &str, span: Span) -> String {
        href(&self.account, span, path)
    }
}

/// The address of an account's days at `path`.
pub fn href(account: &ScopedAccount, span: Span, path: &str) -> String {
    let pairs = [("account", account.code.clone()), ("from", span.from.to_string()), ("to", span.last().to_string())];
    format!("{path}?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}

/// The page.
pub async fn statements(State(app): State<App>, signed_in: SignedIn, RawQuery(asked): RawQuery) -> Answer {
    let (query, made, _) = made(&app, &signed_in, asked.as_deref()).await?;
    let today = signed_in.today(&app);
    let mut frame = signed_in.frame(&app);
    frame.notices.extend(query.is_misread.then(|| misread("/statements")));
    Ok(Page(page(&query, &made, &signed_in.scope, &today, frame)).into_response())
}

/// The same for spreadsheets.
pub async fn statement_csv(State(app): State<App>, signed_in: SignedIn, RawQuery(asked): RawQuery) -> Answer {
    let (query, made, _) = made(&app, &signed_in, asked.as_deref()).await?;
    if query.is_misread {
        return Ok(download::misread(&app, &signed_in, "/statements"));
    }
    Ok(file("text/csv; charset=utf-8", &name(&query, "csv"), Body::from(csv(&made)?)))
}

/// The same as a document, made when it is asked for.
pub async fn statement_pdf(State(app): State<App>, signed_in: SignedIn, RawQuery(asked): RawQuery) -> Answer {
    let (query, made, account) = made(&app, &signed_in, asked.as_deref()).await?;
    if query.is_misread {
        return Ok(download::misread(&app, &signed_in, "/statements"));
    }
    let paper = Paper::Plain(Box::new(statement_paper(&made, &account, &app.provider())));
    let document = app.renderer.render(&paper).await?;
    Ok(file("application/pdf", &name(&query, "pdf"), Body::from(document.bytes)))
}

fn name(query: &StatementQuery, ending: &str) -> String {
    format!("statement-{}-{}-{}.{ending}", query.account.code, query.span.from, query.span.last())
}

async fn made(
    app: &App,
    signed_in: &SignedIn,
    asked: Option<&str>,
) -> Result<(StatementQuery, Statement, AccountRow), Problem> {
    let query = StatementQuery::read(asked, &signed_in.scope, app.today()).ok_or_else(Problem::not_found)?;
    let (wanted, scope) = (query.clone(), signed_in.scope.clone());
    let provider = app.provider();
    let read = app.store.read(move |tx| {
        let Some((account, parts)) = tx.scoped_statement(&scope, wanted.account.account_id, wanted.span)? else {
            return Ok(None);
        };
        let made = statement(&parts, wanted.span, account.currency, Formats::of(&provider, account.formats).order)?;
        Ok::<_, Error>(Some((made, account)))
    });
    let (made, account) = read.await?.ok_or_else(Problem::not_found)?;
    Ok((query, made, account))
}
