//! `GET /office`: what waits for staff, and whose invoices reach nobody.

use axum::extract::State;
use axum::response::IntoResponse;
use store::recipient::UnreachedRow;

use super::{Office, requests};
use crate::app::App;
use crate::paper::words::thousands;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::pages::{OfficePage, UnreachedLine};

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
        Ok::<_, store::Error>((open, unreached, tx.waiting_questions()?))
    });
    let (open, unreached, asked) = read.await?;
    Ok(OfficePage {
        frame: office.frame(app),
        error: error.to_owned(),
        viewed: office.viewed(),
        questions: match asked {
            0 => String::new(),
            1 => "1 question waits for an answer".to_owned(),
            many => format!("{} questions wait for an answer", thousands(many)),
        },
        requests: open.lines(app),
        unreached: unreached.iter().map(line).collect(),
    })
}

fn line(row: &UnreachedRow) -> UnreachedLine {
    let which = match (row.recurring, row.biweekly) {
        (false, false) => "no invoices reach anybody",
        (false, true) => "recurring invoices reach nobody",
        _ => "bi-weekly invoices reach nobody",
    };
    UnreachedLine { code: row.code.clone(), name: row.name.clone(), which: which.to_owned() }
}
