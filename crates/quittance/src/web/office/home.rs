//! `GET /office`: what waits for staff, and whose invoices reach nobody.

use axum::extract::State;
use axum::response::IntoResponse;
use store::autopay::Side;
use store::recipient::UnreachedRow;

use super::{Office, requests};
use crate::app::App;
use crate::paper::words::thousands;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::pages::{Link, OfficePage, UnreachedLine};

/// How many accounts are named.
const MOST: i64 = 200;

/// The desk.
pub async fn home(State(app): State<App>, office: Office) -> Answer {
    Ok(Page(page(&app, &office, "").await?).into_response())
}

/// The page, with what was refused.
pub async fn page(app: &App, office: &Office, error: &str) -> Result<OfficePage, Problem> {
    let read = app.store.read(|tx| {
        let (open, unreached) = (requests::open(tx)?, tx.all_unreached(MOST)?);
        let proposals = tx.autopay_proposals()?.into_iter().filter(|rule| rule.waits_for == Some(Side::Staff)).count();
        let counts = [tx.waiting_questions()?, count(proposals), count(tx.open_exceptions(MOST)?.len())];
        Ok::<_, store::Error>((open, unreached, counts))
    });
    let (open, unreached, [questions, proposals, misfits]) = read.await?;
    let waits = [
        wait(questions, ("question waits for an answer", "questions wait for an answer"), "/office/questions"),
        wait(
            proposals,
            ("rule of Auto Pay waits for our word", "rules of Auto Pay wait for our word"),
            "/office/autopay",
        ),
        wait(misfits, ("thing about payments doesn’t fit", "things about payments don’t fit"), "/office/payments"),
    ];
    Ok(OfficePage {
        frame: office.frame(app),
        error: error.to_owned(),
        viewed: office.viewed(),
        waits: waits.into_iter().flatten().collect(),
        requests: open.lines(app),
        unreached: unreached.iter().map(line).collect(),
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `3 questions wait for an answer`; nothing where none does.
fn wait(number: i64, (one, many): (&str, &str), href: &str) -> Option<Link> {
    match number {
        0 => None,
        1 => Some(Link::new(href, format!("1 {one}"))),
        number => Some(Link::new(href, format!("{} {many}", thousands(number)))),
    }
}

fn line(row: &UnreachedRow) -> UnreachedLine {
    let which = match (row.recurring, row.biweekly) {
        (false, false) => "no invoices reach anybody",
        (false, true) => "recurring invoices reach nobody",
        _ => "bi-weekly invoices reach nobody",
    };
    UnreachedLine { code: row.code.clone(), name: row.name.clone(), which: which.to_owned() }
}
