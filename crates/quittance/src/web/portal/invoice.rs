//! `GET /invoices/{number}`, and by its ending `….pdf` and `….csv`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use billing::Money;
use store::invoice::DocumentKind;
use store::payment::HolderRow;
use store::portal::ScopedInvoice;

use super::autopay::outlook::{May, Outlook};
use super::csv::lines_csv;
use super::download;
use super::shown::listing::under_way;
use super::shown::questions::{self, Talk, Typed};
use super::shown::{Today, invoice::page};
use crate::app::App;
use crate::questions::Threads;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::pages::{InvoicePage, Link, Notice, NoticeKind, Piece, StatusKind};
use crate::web::session::SignedIn;

/// The page of an invoice, its document or its lines. What is another's doesn't exist.
pub async fn invoice(State(app): State<App>, signed_in: SignedIn, Path(name): Path<String>) -> Answer {
    if let Some(number) = name.strip_suffix(".pdf") {
        return download::pdf(&app, &signed_in, DocumentKind::Invoice, number).await;
    }
    if let Some(number) = name.strip_suffix(".csv") {
        return download::invoice_csv(&app, &signed_in, number).await;
    }
    Ok(Page(page_of(&app, &signed_in, name, None).await?).into_response())
}

/// The page again, with the address of a colleague to whom it could not be sent, and why.
pub async fn refused(app: &App, signed_in: &SignedIn, number: String, (email, why): (&str, &str)) -> Answer {
    let mut page = page_of(app, signed_in, number, None).await?;
    page.is_refused = true;
    match &mut page.forward {
        Some(form) => (form.email, form.error) = (email.to_owned(), why.to_owned()),
        // While the document is being made, the form isn't there.
        None => page.frame.notices.push(Notice {
            kind: NoticeKind::Refusal,
            first: "It was not sent.".to_owned(),
            rest: why.to_owned(),
            link: None,
        }),
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
}

/// The page of an invoice, and what was typed on it and refused.
pub async fn page_of(
    app: &App,
    signed_in: &SignedIn,
    number: String,
    typed: Option<&Typed>,
) -> Result<InvoicePage, Problem> {
    let (scope, when) = (signed_in.scope.clone(), (app.today(), app.zone()));
    let read = app.store.read(move |tx| {
        let Some(found) = tx.scoped_invoice(&scope, &number)? else { return Ok(None) };
        let (account, id) = (found.account.account_id, found.whole.invoice.invoice_id);
        let holder = tx.holders(account)?.into_iter().find(|holder| holder.document_id == id);
        let own = scope.only(&found.account.code).unwrap_or_else(|| scope.narrowed(|_| false));
        let outlook = Outlook::read(tx, &own, (when.0, &when.1))?;
        Ok::<_, store::Error>(Some((found, holder, outlook, Threads::read(tx, account, id)?)))
    });
    let (found, holder, outlook, threads) = read.await?.ok_or_else(Problem::not_found)?;
    let (today, provider) = (signed_in.today(app), app.provider());
    let csv_bytes = lines_csv(&found.whole)?.len();
    let mut page = page(&found, &today, signed_in.frame(app), csv_bytes);
    let role = found.account.role;
    let may_pay = app.gateway.is_some() && role.may_pay();
    paying(&mut page, holder.as_ref(), may_pay, &today);
    if let (Some(pay), None) = (&mut page.pay, &holder) {
        let may = if may_pay { May::Decide } else { May::Look };
        outlook.explain((found.account.account_id, found.whole.invoice.invoice_id), &today, may, pay);
    }
    disputed(&mut page, &found, threads.held());
    if signed_in.scope.accounts().len() > 1 {
        page.account_name = found.account.name.clone();
    }
    let visitor = signed_in.scope.viewed().is_none().then(|| (signed_in.scope.person(), role));
    let (threads, whole, provider) = (&threads, &found.whole, provider.name.as_str());
    questions::fill(&mut page, &Talk { threads, whole, visitor, typed, provider, today: &today });
    Ok(page)
}

/// That something of it is in dispute, and what is left to pay meanwhile.
fn disputed(page: &mut InvoicePage, found: &ScopedInvoice, held: i64) {
    let (open, currency) = (found.state.balance_minor, found.whole.invoice.currency);
    if held <= 0 {
        return;
    }
    if !matches!(page.status.kind, StatusKind::Processing | StatusKind::Unknown) {
        page.status = questions::in_dispute();
    }
    let Some(pay) = &mut page.pay else { return };
    let money = |minor: i64| Money::new(minor, currency).with_currency();
    let rest = money(open.saturating_sub(held));
    pay.sentence.extend([Piece::text(" "), Piece::strong(money(held)), Piece::text(" of it is in dispute and held")]);
    if held >= open {
        return pay.sentence.push(Piece::text(": nothing has to be paid until that is settled."));
    }
    pay.sentence.extend([Piece::text(": until that is settled, pay "), Piece::strong(rest.clone()), Piece::text(".")]);
    if let Some(now) = &mut pay.pay_now {
        now.text = format!("Pay {rest}");
    }
}

/// How to pay it here, or that it is being paid.
fn paying(page: &mut InvoicePage, holder: Option<&HolderRow>, may_pay: bool, today: &Today) {
    let Some(pay) = &mut page.pay else { return };
    let is_held = holder.is_some_and(|holder| holder.state.is_under_way());
    if let Some(holder) = holder {
        let link = Link::new(format!("/payments/{}", holder.number), "Look at it");
        let (first, rest) = match holder.charge_on.filter(|_| !is_held) {
            Some(on) => (
                format!("You pay it on {}.", today.weekday(on)),
                "Paying it here before that cancels the planned payment.",
            ),
            None => (format!("A payment of it is under way, {}.", holder.number), "Please don’t pay it again."),
        };
        page.frame.notices.push(Notice { kind: NoticeKind::Neutral, first, rest: rest.to_owned(), link: Some(link) });
        page.status = under_way(holder).unwrap_or_else(|| page.status.clone());
    }
    if may_pay && !is_held {
        pay.pay_now = Some(Link::new(format!("/pay?number={}", page.number), format!("Pay {}", page.amount)));
    }
}
