//! `/accounts/{account}/profile`: an account's own data. A PO number is the customer's to set; what bears on tax or on who
//! owes is asked for.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use billing::account::Role;
use documents::{DateOrder, PaperSize};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use store::account::{AccountFormats, AccountRow};
use store::agreement::AgreementRow;
use store::certificate::{CertificateRow, W9};
use store::request::{RequestKind, RequestRow};
use store::scope::ScopedAccount;

use super::accounts::{administered, own};
use super::shown::Today;
use super::shown::invoice::size;
use crate::actions::ask_company::{Company, ask_company};
use crate::actions::set_formats::set_formats;
use crate::actions::set_po_number::{SetPoNumber, set_po_number};
use crate::app::App;
use crate::error::Error;
use crate::formats::Formats;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::Form;
use crate::web::moment::moment;
use crate::web::pages::{
    CertificateLine, Choice, CompanyFields, FieldChange, PoLine, ProfilePage, WaitingChange, WrongForm,
};
use crate::web::proved::Proved;
use crate::web::session::SignedIn;

/// `GET /accounts/{account}/profile`
pub async fn profile(State(app): State<App>, me: SignedIn, Path(code): Path<String>) -> Answer {
    let account = own(&me, &code)?;
    Ok(Page(page(&app, &me, &account).await?).into_response())
}

/// The form of a name and address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanyForm {
    name: String,
    address_1: String,
    address_2: String,
    city: String,
    region: String,
    postal_code: String,
    country: String,
}

/// `POST /accounts/{account}/profile`: another name or address waits for staff.
pub async fn ask(
    State(app): State<App>,
    Proved(me): Proved,
    Path(code): Path<String>,
    Form(form): Form<CompanyForm>,
) -> Answer {
    let account = administered(&me, &code)?;
    let company = Company {
        name: form.name,
        address_1: form.address_1,
        address_2: form.address_2,
        city: form.city,
        region: form.region,
        postal_code: form.postal_code,
        country: form.country,
    };
    let typed = fields(&company);
    let done = ask_company(&app, &account, company, &me.actor(&app)).await;
    match told(&app, &me, &account, (WrongForm::Company, done)).await? {
        None => Ok(see_other(&format!("/accounts/{code}/profile"))),
        Some(page) => Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(ProfilePage { typed, ..page })).into_response()),
    }
}

/// The form of a PO number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoForm {
    agreement: String,
    po_number: String,
}

/// `POST /accounts/{account}/po-numbers`
pub async fn set_po(
    State(app): State<App>,
    Proved(me): Proved,
    Path(code): Path<String>,
    Form(form): Form<PoForm>,
) -> Answer {
    let account = administered(&me, &code)?;
    let ask = SetPoNumber { agreement: form.agreement, po_number: form.po_number };
    let done = set_po_number(&app, &account, ask, &me.actor(&app)).await;
    match told(&app, &me, &account, (WrongForm::PoNumber, done)).await? {
        None => Ok(see_other(&format!("/accounts/{code}/profile"))),
        Some(page) => Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response()),
    }
}

/// The form of formats.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatsForm {
    formats: String,
}

/// `POST /accounts/{account}/formats`
pub async fn save_formats(
    State(app): State<App>,
    Proved(me): Proved,
    Path(code): Path<String>,
    Form(form): Form<FormatsForm>,
) -> Answer {
    let account = administered(&me, &code)?;
    let chosen = match form.formats.as_str() {
        "" => Ok(None),
        word => word.parse().map(Some).map_err(|()| Error::refused("Choose one of the formats in the list.")),
    };
    let done = match chosen {
        Ok(chosen) => set_formats(&app, account.account_id, chosen, &me.actor(&app)).await,
        Err(error) => Err(error),
    };
    match told(&app, &me, &account, (WrongForm::Formats, done)).await? {
        None => Ok(see_other(&format!("/accounts/{code}/profile#formats"))),
        Some(page) => Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response()),
    }
}

/// The page again where a form was refused; nothing where it was taken.
pub async fn told(
    app: &App,
    me: &SignedIn,
    account: &ScopedAccount,
    (wrong, done): (WrongForm, Result<(), Error>),
) -> Result<Option<ProfilePage>, Problem> {
    match done {
        Ok(()) => Ok(None),
        Err(Error::Refused(error)) => Ok(Some(ProfilePage { wrong, error, ..page(app, me, account).await? })),
        Err(Error::TooMany(_)) => Err(Problem::too_many("tomorrow, or call us", 24 * 60 * 60)),
        Err(other) => Err(other.into()),
    }
}

struct Read {
    account: AccountRow,
    agreements: Vec<AgreementRow>,
    certificates: Vec<CertificateRow>,
    open: Vec<RequestRow>,
    has_w9: bool,
}

async fn page(app: &App, me: &SignedIn, account: &ScopedAccount) -> Result<ProfilePage, Problem> {
    let id = account.account_id;
    let read = app.store.read(move |tx| {
        let Some(account) = tx.accounts_of(&[id])?.into_iter().next() else { return Ok::<_, store::Error>(None) };
        let (agreements, certificates) = (tx.agreements_of(id)?, tx.certificates(id)?);
        let (open, has_w9) = (tx.open_requests_of(id)?, tx.has_provider_paper(W9)?);
        Ok(Some(Read { account, agreements, certificates, open, has_w9 }))
    });
    let read = read.await?.ok_or_else(Problem::not_found)?;
    let (formats, now) = (me.formats(app), app.clock.real());
    let today = me.today(app);
    let company = fields(&Company::of(&read.account));
    let place = format!("/accounts/{}", account.code);
    Ok(ProfilePage {
        frame: me.frame(app),
        account_name: account.name.clone(),
        typed: company.clone(),
        company,
        po_numbers: po_numbers(&read, &today),
        tax: tax(&read.account, &today),
        certificates: read.certificates.iter().map(|row| certificate(app, &place, row, (&today, formats))).collect(),
        waiting: read.open.iter().filter_map(|row| waiting(app, row, (formats, now))).collect(),
        has_w9: read.has_w9,
        formats: choices(app, read.account.formats),
        may_change: account.role == Role::Admin,
        wrong: WrongForm::None,
        error: String::new(),
        place,
    })
}

fn fields(company: &Company) -> CompanyFields {
    CompanyFields {
        name: company.name.clone(),
        address_1: company.address_1.clone(),
        address_2: company.address_2.clone(),
        city: company.city.clone(),
        region: company.region.clone(),
        postal_code: company.postal_code.clone(),
        country: company.country.clone(),
    }
}

/// One for all invoices, and one for each agreement that isn't over.
fn po_numbers(read: &Read, today: &Today) -> Vec<PoLine> {
    let po = |number: &Option<String>| number.clone().unwrap_or_default();
    let whole =
        PoLine { label: "All invoices".into(), agreement: String::new(), po_number: po(&read.account.po_number) };
    let live = read.agreements.iter().filter(|row| row.ends_on.is_none_or(|ends_on| ends_on >= today.day));
    let each =
        live.map(|row| PoLine { label: row.name.clone(), agreement: row.code.clone(), po_number: po(&row.po_number) });
    std::iter::once(whole).chain(each).collect()
}

fn tax(account: &AccountRow, today: &Today) -> String {
    let number =
        account.exemption_certificate.as_ref().map_or(String::new(), |number| format!(", by certificate {number}"));
    match account.exempt_until {
        _ if !account.tax_exempt => "Your invoices carry sales tax.".to_owned(),
        Some(until) if until <= today.day => "Your exemption is over; your invoices carry sales tax.".to_owned(),
        Some(until) => {
            let last = billing::calendar::shift(until, -1);
            format!("You are exempt from sales tax until {}{number}.", today.full_day(last).text)
        }
        None => format!("You are exempt from sales tax{number}."),
    }
}

fn certificate(app: &App, place: &str, row: &CertificateRow, (today, formats): (&Today, Formats)) -> CertificateLine {
    CertificateLine {
        href: format!("{place}/certificates/{}", i64::from(row.certificate_id)),
        file_name: row.file_name.clone(),
        size: size(usize::try_from(row.size).unwrap_or(0)),
        handed_in: moment(app, formats, row.made_at, app.clock.real()),
        expires: today.full_day(row.expires_on),
    }
}

fn waiting(app: &App, row: &RequestRow, (formats, now): (Formats, Timestamp)) -> Option<WaitingChange> {
    let what = match row.kind {
        RequestKind::Company => "Another name or address",
        RequestKind::Exemption => "Your exemption certificate",
        RequestKind::BillingContact | RequestKind::Objection => return None,
    };
    Some(WaitingChange { what: what.to_owned(), at: moment(app, formats, row.made_at, now), rows: changes(row) })
}

/// What is different, field by field.
pub fn changes(row: &RequestRow) -> Vec<FieldChange> {
    let side = |json: &Option<String>| -> Map<String, Json> {
        json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    };
    let (before, after) = (side(&row.before), side(&row.after));
    let text = |json: Option<&Json>| match json {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Bool(is)) => if *is { "yes" } else { "no" }.to_owned(),
        Some(other) => other.to_string(),
    };
    let differing = LABELS.iter().filter(|(field, _)| before.get(*field) != after.get(*field));
    let rows = differing.map(|(field, label)| FieldChange {
        label: (*label).to_owned(),
        before: text(before.get(*field)),
        after: text(after.get(*field)),
    });
    rows.collect()
}

const LABELS: [(&str, &str); 10] = [
    ("name", "Name"),
    ("address_1", "Street"),
    ("address_2", "Second line"),
    ("city", "City"),
    ("region", "State or province"),
    ("postal_code", "Postal code"),
    ("country", "Country"),
    ("tax_exempt", "Exempt from sales tax"),
    ("exempt_until", "Taxed again from"),
    ("exemption_certificate", "Certificate"),
];

/// What can be chosen, each as it is then written.
fn choices(app: &App, chosen: Option<AccountFormats>) -> Vec<Choice> {
    let usual = format!("As usual where {} is: ", app.provider().name);
    let choice = |formats: Option<AccountFormats>, called: &str| Choice {
        value: formats.map_or("", |formats| formats.as_str()).to_owned(),
        text: format!("{called}{}", example(app.formats(formats))),
        chosen: formats == chosen,
        ..Choice::default()
    };
    vec![choice(None, &usual), choice(Some(AccountFormats::Us), ""), choice(Some(AccountFormats::International), "")]
}

fn example(formats: Formats) -> String {
    let moment = match formats.order {
        DateOrder::MonthFirst => "Dec 1, 2026, 2:30 pm",
        DateOrder::DayFirst => "1 Dec 2026, 14:30",
    };
    let paper = match formats.size {
        PaperSize::Letter => "US Letter",
        PaperSize::A4 => "A4",
    };
    format!("{moment}, {paper}")
}
