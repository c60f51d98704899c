//! `GET /office/doctor?address=`: what keeps somebody from signing in.

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;

use super::Office;
use crate::actions::begin_session::live_at;
use crate::actions::diagnose::diagnose;
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Page};
use crate::web::moment::moment;
use crate::web::pages::{CodeLine, DoctorPage};
use crate::web::portal::query::Asked;

/// By address or trace number.
pub async fn doctor(State(app): State<App>, office: Office, RawQuery(asked): RawQuery) -> Answer {
    let asked = Asked::new(asked.as_deref()).value("address", |text| Some(text.trim().to_owned())).unwrap_or_default();
    let mut page = DoctorPage { frame: office.frame(&app), asked, ..DoctorPage::default() };
    if page.asked.is_empty() {
        return Ok(Page(page).into_response());
    }
    let (formats, now) = (app.formats(None), app.clock.real());
    match diagnose(&app, &page.asked, live_at(now)).await {
        Ok(found) => {
            let code = |(at, trace, became): &(_, String, String)| CodeLine {
                at: moment(&app, formats, *at, now),
                trace: trace.clone(),
                became: became.clone(),
            };
            page.codes = found.codes.iter().map(code).collect();
            page.email = found.email;
            page.findings = found.findings;
        }
        Err(Error::NotFound) => page.is_unknown = true,
        Err(other) => return Err(other.into()),
    }
    Ok(Page(page).into_response())
}
