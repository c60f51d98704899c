//! Documents, archives of documents, and files for spreadsheets.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use store::invoice::DocumentKind;
use store::portal::{FileRow, InvoicePage, ListedRow, Place};
use store::scope::AccountScope;
use store::{AccountId, InvoiceId, Tx};

use super::csv::{lines_csv, list_head, list_rows};
use super::invoices::shown;
use super::query::{Asked, ListQuery};
use super::shown::listing::MOST_DOCUMENTS;
use super::zip::Archive;
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::pages::{MakingPage, Waiting};
use crate::web::session::SignedIn;

/// Somebody who asks for a document that isn't made yet waits so long for it.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// Rows of the list read at a time.
const PIECE: usize = 500;

/// A document, made at once where it waits to be made.
pub async fn pdf(app: &App, signed_in: &SignedIn, kind: DocumentKind, number: &str) -> Answer {
    let (scope, wanted) = (signed_in.scope.clone(), number.to_owned());
    let found = app.store.read(move |tx| tx.scoped_document(&scope, kind, &wanted)).await?;
    let (account, invoice) = found.ok_or_else(Problem::not_found)?;
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut is_hurried = false;
    loop {
        let id = account.account_id;
        if let Some(bytes) = app.store.read(move |tx| tx.document_bytes(id, invoice)).await? {
            let about = [
                (header::CONTENT_TYPE, "application/pdf".to_owned()),
                (header::CONTENT_DISPOSITION, format!("inline; filename=\"{number}.pdf\"")),
            ];
            return Ok((about, bytes).into_response());
        }
        if !is_hurried {
            app.store.write(move |tx| tx.hurry_job(id, invoice)).await?;
            is_hurried = true;
        }
        app.wake.render.notify_one();
        if tokio::time::Instant::now() >= deadline {
            let href = format!("{}.pdf", crate::issued::path(kind, number));
            return Ok(making(app, signed_in, Waiting::One(number.to_owned()), href));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// 202: what is asked for is on its way. Browsers look again by themselves, scripts know when to.
fn making(app: &App, signed_in: &SignedIn, waiting: Waiting, href: String) -> Response {
    let refresh = HeaderValue::try_from(format!("3; url={href}")).unwrap_or(HeaderValue::from_static("3"));
    let headers = [(header::REFRESH, refresh), (header::RETRY_AFTER, HeaderValue::from_static("3"))];
    (StatusCode::ACCEPTED, headers, Page(MakingPage { frame: signed_in.frame(app), waiting, href })).into_response()
}

/// The lines of an invoice as a file.
pub async fn invoice_csv(app: &App, signed_in: &SignedIn, number: &str) -> Answer {
    let (scope, wanted) = (signed_in.scope.clone(), number.to_owned());
    let found = app.store.read(move |tx| tx.scoped_lines(&scope, &wanted)).await?;
    let whole = found.ok_or_else(Problem::not_found)?;
    Ok(file("text/csv; charset=utf-8", &format!("{number}.csv"), Body::from(lines_csv(&whole)?)))
}

pub fn file(kind: &'static str, name: &str, body: Body) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, body).into_response()
}

/// `GET /invoices.csv`: the list as it is shown, one row per invoice, however long it is.
pub async fn list_csv(State(app): State<App>, signed_in: SignedIn, RawQuery(asked): RawQuery) -> Answer {
    let query = ListQuery::read(asked.as_deref(), &signed_in.scope);
    if query.is_misread {
        return Ok(misread(&app, &signed_in, "/invoices"));
    }
    let scope = query.scope(&signed_in.scope);
    let head = list_head()?;
    // The first piece is read before the answer begins: what fails then is still a page.
    let first = piece(&app, &scope, &query, None).await?;
    let rest = pieces(app, scope.clone(), query, first.next);
    let written = stream::once(async { Ok(first) }).chain(rest).map(move |page| list_rows(&page?.rows, &scope));
    let body =
        stream::once(async { Ok(head) }).chain(written).map(|bytes: Result<Vec<u8>, Error>| bytes.map(Bytes::from));
    Ok(file("text/csv; charset=utf-8", "invoices.csv", Body::from_stream(body)))
}

/// The pages of the list behind a place.
fn pieces(
    app: App,
    scope: AccountScope,
    query: ListQuery,
    next: Option<Place>,
) -> impl Stream<Item = Result<InvoicePage, Error>> {
    stream::unfold(next, move |next| {
        let (app, scope, query) = (app.clone(), scope.clone(), query.clone());
        async move {
            let after = next?;
            let page = piece(&app, &scope, &query, Some(after)).await;
            let next = page.as_ref().ok().and_then(|page| page.next);
            Some((page, next))
        }
    })
}

async fn piece(app: &App, scope: &AccountScope, query: &ListQuery, after: Option<Place>) -> Result<InvoicePage, Error> {
    let (scope, query) = (scope.clone(), query.clone());
    let read = move |tx: &mut Tx| {
        if query.words.is_empty() {
            return tx.invoice_page(&scope, &query.filter, after, PIECE);
        }
        let found = tx.search_invoices(&scope, &query.filter, query.needle())?;
        Ok::<_, store::Error>(InvoicePage::of(shown(&found, &query.filter), after, PIECE))
    };
    Ok(app.store.read(read).await?)
}

/// `GET /invoices.zip`: the documents of ticked invoices (`number=…`, repeated), or of the list as it is shown.
pub async fn archive(State(app): State<App>, signed_in: SignedIn, RawQuery(asked): RawQuery) -> Answer {
    let numbers = Asked::new(asked.as_deref()).all("number");
    let most = usize::try_from(MOST_DOCUMENTS).unwrap_or(usize::MAX);
    if numbers.len() > most {
        return Ok(too_many(&app, &signed_in));
    }
    let query = ListQuery::read(asked.as_deref(), &signed_in.scope);
    let wanted = if numbers.is_empty() {
        if query.is_misread {
            return Ok(misread(&app, &signed_in, "/invoices"));
        }
        let page = piece(&app, &query.scope(&signed_in.scope), &query, None).await?;
        if page.next.is_some() {
            return Ok(too_many(&app, &signed_in));
        }
        page.rows.iter().map(|row: &ListedRow| (row.account_id, row.invoice_id)).collect()
    } else {
        ticked(&app, &signed_in.scope, numbers).await?
    };
    let scope = signed_in.scope.clone();
    let files = app.store.read(move |tx| tx.files(&scope, &wanted)).await?;
    if files.is_empty() {
        return Err(Problem::not_found());
    }
    let missing: Vec<(AccountId, InvoiceId)> =
        files.iter().filter(|file| file.size.is_none()).map(|file| (file.account_id, file.invoice_id)).collect();
    if !missing.is_empty() {
        let href = format!("/invoices.zip?{}", asked.unwrap_or_default());
        let waiting = Waiting::Several { missing: missing.len(), all: files.len() };
        hurry(&app, missing).await?;
        return Ok(making(&app, &signed_in, waiting, href));
    }
    Ok(streamed(app, signed_in.scope, files))
}

/// The invoices and late fees of these numbers; a number that is another's or doesn't exist ends in "not found", as everywhere.
async fn ticked(app: &App, scope: &AccountScope, numbers: Vec<String>) -> Result<Vec<(AccountId, InvoiceId)>, Problem> {
    let scope = scope.clone();
    let find = move |tx: &mut Tx| {
        let mut found = Vec::new();
        for number in &numbers {
            found.push(tx.scoped_listed(&scope, number)?.map(|(account, invoice)| (account.account_id, invoice)));
        }
        Ok::<_, store::Error>(found)
    };
    app.store.read(find).await?.into_iter().collect::<Option<Vec<_>>>().ok_or_else(Problem::not_found)
}

/// Puts these documents first in line.
async fn hurry(app: &App, missing: Vec<(AccountId, InvoiceId)>) -> Result<(), Problem> {
    app.store
        .write(move |tx| missing.iter().try_for_each(|(account, invoice)| tx.hurry_job(*account, *invoice)))
        .await?;
    app.wake.render.notify_one();
    Ok(())
}

/// 422, in words: a file can't say that part of what was asked for was left out, so none is made.
pub fn misread(app: &App, signed_in: &SignedIn, all: &str) -> Response {
    let page = MakingPage { frame: signed_in.frame(app), waiting: Waiting::Misread, href: all.to_owned() };
    (StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response()
}

/// 422, in words: an archive holds so many documents and no more.
fn too_many(app: &App, signed_in: &SignedIn) -> Response {
    let page = MakingPage {
        frame: signed_in.frame(app),
        waiting: Waiting::TooMany(MOST_DOCUMENTS),
        href: "/invoices".to_owned(),
    };
    (StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response()
}

/// The archive, one document in memory at a time.
fn streamed(app: App, scope: AccountScope, files: Vec<FileRow>) -> Response {
    let name = |file: &FileRow| format!("{}.pdf", file.number);
    let names: Vec<(String, u64)> = files
        .iter()
        .map(|file| (name(file), file.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0)))
        .collect();
    let length = Archive::length(names.iter().map(|(name, size)| (name.as_str(), *size)));
    let parts = stream::unfold((Some(Archive::default()), files.into_iter()), move |(archive, mut files)| {
        let (app, scope) = (app.clone(), scope.clone());
        async move {
            let mut archive = archive?;
            let Some(file) = files.next() else {
                return Some((archive.end().map_err(Error::internal), (None, files)));
            };
            let part = part(&app, scope, &mut archive, &file).await;
            let rest = part.is_ok().then_some(archive);
            Some((part, (rest, files)))
        }
    });
    let body = Body::from_stream(parts.map(|part| part.map(Bytes::from)));
    let mut response = file("application/zip", "invoices.zip", body);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// One document with its head.
async fn part(app: &App, scope: AccountScope, archive: &mut Archive, file: &FileRow) -> Result<Vec<u8>, Error> {
    let (account, invoice) = (file.account_id, file.invoice_id);
    let bytes = app.store.read(move |tx| tx.scoped_bytes(&scope, account, invoice)).await?;
    let bytes = bytes.ok_or_else(|| Error::internal(format!("{} has a document without bytes", file.number)))?;
    let mut part = archive.file(&format!("{}.pdf", file.number), &bytes).map_err(Error::internal)?;
    part.extend(bytes);
    Ok(part)
}
