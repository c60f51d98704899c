//! `/office/requests`: what waits for staff. One calls the number on file, another decides.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use billing::Money;
use jiff::Timestamp;
use serde::Deserialize;
use store::account::{AccountRow, ContactRow};
use store::payment::GatewayPaymentRow;
use store::refund::RefundRow;
use store::request::{RequestKind, RequestRow, RequestState};
use store::staff::StaffMember;
use store::{RequestId, Tx};

use super::{DECIDES, Office};
use crate::actions::check_request::{CheckRequest, check_request};
use crate::actions::decide_request::{Seen, Verdict, decide_request};
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Page, Problem, see_other, sentence};
use crate::web::form::Form;
use crate::web::moment::moment;
use crate::web::pages::{ContactOnFile, RequestLine, RequestPage, RequestsPage};
use crate::web::portal::query::Asked;
use crate::web::portal::{certificates, profile};

/// How many are listed.
pub const MOST: i64 = 200;

/// `GET /office/requests`
pub async fn list(State(app): State<App>, office: Office) -> Answer {
    let requests = app.store.read(open).await?.lines(&app);
    Ok(Page(RequestsPage { frame: office.frame(&app), requests }).into_response())
}

/// What waits for a decision.
pub struct Open {
    requests: Vec<RequestRow>,
    refunds: Vec<(RefundRow, GatewayPaymentRow)>,
}

/// Reads it.
///
/// # Errors
/// Those of the database.
pub fn open(tx: &mut Tx) -> Result<Open, store::Error> {
    Ok(Open { requests: tx.open_requests(MOST)?, refunds: tx.waiting_refunds(MOST)? })
}

impl Open {
    /// As a list shows it, the oldest first of each kind.
    pub fn lines(&self, app: &App) -> Vec<RequestLine> {
        let refund = |(row, payment): &(RefundRow, GatewayPaymentRow)| RequestLine {
            href: format!("/office/payments/{}", payment.number),
            what: format!("{} back", Money::new(row.amount_minor, payment.currency).with_currency()),
            company: format!("{}, {}", payment.number, payment.payer_name),
            at: moment(app, app.formats(None), row.made_at, app.clock.real()),
            state: "Waits for a second person".to_owned(),
        };
        self.requests.iter().map(|row| line(app, row)).chain(self.refunds.iter().map(refund)).collect()
    }
}

/// A request in a list.
pub fn line(app: &App, row: &RequestRow) -> RequestLine {
    RequestLine {
        href: format!("/office/requests/{}", i64::from(row.request_id)),
        what: match row.kind {
            RequestKind::BillingContact => "Another billing contact",
            RequestKind::Objection => "“This wasn’t me”",
            RequestKind::Company => "Another name or address",
            RequestKind::Exemption => "Exemption certificate",
        }
        .to_owned(),
        company: row.company.clone(),
        at: moment(app, app.formats(None), row.made_at, app.clock.real()),
        state: match row.state {
            RequestState::Waiting => "Waits for somebody to look",
            RequestState::Checked => "Waits for a second person",
            RequestState::Approved => "Done",
            RequestState::Refused => "Turned down",
        }
        .to_owned(),
    }
}

/// `GET /office/requests/{id}`, with `?account=` to see its contacts and their numbers.
pub async fn request(
    State(app): State<App>,
    office: Office,
    Path(id): Path<String>,
    RawQuery(asked): RawQuery,
) -> Answer {
    let code = Asked::new(asked.as_deref()).value("account", |text| Some(text.trim().to_owned())).unwrap_or_default();
    Ok(Page(page(&app, &office, (&id, code), "").await?).into_response())
}

/// `GET /office/requests/{id}/certificate`: what was handed in with it.
pub async fn certificate(State(app): State<App>, _: Office, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let row = app.store.read(move |tx| tx.request(id)).await?.ok_or_else(Problem::not_found)?;
    let (Some(account), Some(certificate)) = (row.account_id, row.certificate_id) else {
        return Err(Problem::not_found());
    };
    certificates::certificate(&app, account, certificate).await
}

/// What whoever checks a request found.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckForm {
    account: String,
    leaver: String,
    how: String,
}

/// `POST /office/requests/{id}`: the number on file was called.
pub async fn check(
    State(app): State<App>,
    office: Office,
    Path(id): Path<String>,
    Form(form): Form<CheckForm>,
) -> Answer {
    office.needs(DECIDES)?;
    let code = form.account.clone();
    let ask = CheckRequest { account: form.account, leaver: form.leaver, how: form.how };
    let done = check_request(&app, id_of(&id)?, ask, &office.actor(&app)).await;
    told(&app, &office, (&id, code), done).await
}

/// What is decided.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionForm {
    verdict: String,
    #[serde(default)]
    why: String,
    /// What the page showed: when it was checked last, in microseconds; may be empty.
    #[serde(default)]
    seen: String,
    /// Of another address.
    #[serde(default)]
    tax_region: String,
}

/// `POST /office/requests/{id}/decision`
pub async fn decide(
    State(app): State<App>,
    office: Office,
    Path(id): Path<String>,
    Form(form): Form<DecisionForm>,
) -> Answer {
    office.needs(DECIDES)?;
    let verdict = match form.verdict.as_str() {
        "approve" => Verdict::Approve,
        "refuse" => Verdict::Refuse(form.why.trim().chars().take(1_000).collect()),
        _ => return Err(Problem::not_understood()),
    };
    let checked_at = form.seen.parse().ok().and_then(|us| Timestamp::from_microsecond(us).ok());
    let seen = Seen { request: id_of(&id)?, checked_at, tax_region: form.tax_region };
    let done = decide_request(&app, seen, verdict, &office.actor(&app)).await;
    told(&app, &office, (&id, String::new()), done).await
}

async fn told(app: &App, office: &Office, (id, code): (&str, String), done: Result<(), Error>) -> Answer {
    match done {
        Ok(()) => Ok(see_other(&format!("/office/requests/{id}"))),
        Err(Error::Refused(why)) => {
            let page = page(app, office, (id, code), &sentence(&why)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn id_of(text: &str) -> Result<RequestId, Problem> {
    text.parse::<i64>().map(RequestId::from).map_err(|_| Problem::not_found())
}

/// What the page reads.
struct Read {
    row: RequestRow,
    account: Option<AccountRow>,
    contacts: Vec<ContactRow>,
    staff: Vec<StaffMember>,
}

async fn page(app: &App, office: &Office, (id, code): (&str, String), error: &str) -> Result<RequestPage, Problem> {
    let request = id_of(id)?;
    let read = app.store.read(move |tx| {
        let Some(row) = tx.request(request)? else { return Ok::<_, store::Error>(None) };
        let account = match row.account_id {
            _ if !code.is_empty() => tx.account_by_code(&code)?,
            Some(account) => tx.accounts_of(&[account])?.pop(),
            None => None,
        };
        let contacts =
            account.as_ref().map(|account| tx.contacts_of(account.account_id)).transpose()?.unwrap_or_default();
        let staff = tx.all_staff()?;
        Ok(Some(Read { row, account, contacts, staff }))
    });
    let read = read.await?.ok_or_else(Problem::not_found)?;
    let row = &read.row;
    let name = |person: Option<store::PersonId>| {
        let known = read.staff.iter().find(|staff| Some(staff.person_id) == person);
        known.map_or_else(String::new, |staff| staff.name.clone())
    };
    let leaver = read.contacts.iter().find(|contact| Some(contact.person_id) == row.leaver_id);
    let is_open = matches!(row.state, RequestState::Waiting | RequestState::Checked);
    let on_file = |contact: &ContactRow| ContactOnFile {
        name: contact.name.clone(),
        email: contact.email.clone(),
        role: contact.role.as_str().to_owned(),
        phone: contact.phone.clone().unwrap_or_default(),
        leaves: Some(contact.person_id) == row.leaver_id,
    };
    Ok(RequestPage {
        frame: office.frame(app),
        line: line(app, row),
        action: format!("/office/requests/{id}"),
        error: error.to_owned(),
        name: row.name.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        words: row.words.clone(),
        network: row.network.clone(),
        account: read.account.as_ref().map(|account| account.code.clone()).unwrap_or_default(),
        account_name: read.account.as_ref().map(|account| account.name.clone()).unwrap_or_default(),
        contacts: read.contacts.iter().map(on_file).collect(),
        leaver: leaver.map(|contact| contact.email.clone()).unwrap_or_default(),
        checked_by: name(row.checked_by),
        seen: row.checked_at.map(|at| at.as_microsecond().to_string()).unwrap_or_default(),
        checked_how: row.checked_how.clone().unwrap_or_default(),
        decided_by: name(row.decided_by),
        decided_why: row.decided_why.clone().unwrap_or_default(),
        changes: profile::changes(row),
        tax_region: match (row.kind, &read.account) {
            (RequestKind::Company, Some(account)) => account.tax_region.clone(),
            _ => String::new(),
        },
        has_file: row.certificate_id.is_some(),
        is_hand_over: row.kind == RequestKind::BillingContact,
        may_check: is_open && row.kind == RequestKind::BillingContact,
        may_decide: is_open
            && (row.kind != RequestKind::BillingContact
                || (row.state == RequestState::Checked && row.checked_by != Some(office.staff.person_id))),
        is_open,
    })
}
