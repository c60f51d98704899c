//! The mailbox, the people and the clock of a sandbox whose mail stays in memory. Anywhere else these pages don't exist.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect};
use billing::calendar::shift;
use billing::staff::Rights;
use connect::mail::{Address, Mailbox, Received};
use documents::Paper;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::account::{AccountRow, ContactRow};
use store::staff::StaffMember;

use crate::actions::enter_demo_office::enter_demo_office;
use crate::actions::move_clock::{self, morning};
use crate::app::App;
use crate::paper::receipt::receipt_paper;
use crate::receipt::{Receipt, Since};
use crate::web::answer::{Answer, Page, Problem};
use crate::web::coming_in::{browser, come_in};
use crate::web::cookie::Cookie;
use crate::web::form::Form;
use crate::web::moment::moment;
use crate::web::next::own_path;
use crate::web::pages::{Day, DemoClock, ErrorKind, File, Link, Mail, MailPage, MailRow, MailboxPage, Person};
use crate::web::portal::shown::invoice::size;
use crate::web::session::MaybeSignedIn;

const PER_PAGE: usize = 50;
/// How long an answer waits for the clock.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the list goes on.
#[derive(Deserialize)]
pub struct After {
    after: Option<u64>,
}

/// `GET /demo/mailbox`
pub async fn mailbox(State(app): State<App>, who: MaybeSignedIn, Query(from): Query<After>) -> Answer {
    let received = opened(&app)?.received();
    let start =
        from.after.and_then(|after| received.iter().position(|mail| mail.number == after).map(|place| place + 1));
    let mut rest = received.iter().skip(start.unwrap_or(0));
    let shown: Vec<&Arc<Received>> = rest.by_ref().take(PER_PAGE).collect();
    let more = match (rest.next(), shown.last()) {
        (Some(_), Some(last)) => format!("/demo/mailbox?after={}", last.number),
        _ => String::new(),
    };
    let mails = shown.into_iter().map(|mail| mail_row(&app, mail)).collect();
    let clock = standing(&app);
    let (staff, people) = (staff(&app).await?, people(&app).await?);
    Ok(Page(MailboxPage { frame: who.frame(&app), mails, more, staff, people, clock }).into_response())
}

/// The clock as the page shows it.
fn standing(app: &App) -> DemoClock {
    let now = app.clock.now().to_zoned(app.zone());
    let text = now.strftime("%A, %-d %B %Y, %H:%M").to_string();
    let next = shift(now.date(), 1).to_string();
    DemoClock { now: Day::new(now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(), text), next }
}

/// Where to move the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveClock {
    to: Date,
}

/// `POST /demo/clock`: moves the clock to 9:00 of a day. A long way goes on behind, and the page shows how far it is.
pub async fn move_clock(State(app): State<App>, Form(ask): Form<MoveClock>) -> Answer {
    opened(&app)?;
    // Every run of the way is made: some years are enough.
    let farthest = shift(app.today(), 3 * 366);
    let target = morning(&app, ask.to).filter(|target| *target > app.clock.now() && ask.to <= farthest);
    let target = target.ok_or(ErrorKind::NotUnderstood)?;
    let mover = app.clone();
    let moving = tokio::spawn(async move {
        if let Err(error) = move_clock::move_clock(&mover, target, |_| ()).await {
            tracing::error!(%error, "the clock stopped on its way");
        }
    });
    let _ = tokio::time::timeout(PATIENCE, moving).await;
    Ok(Redirect::to("/demo/mailbox").into_response())
}

/// Who of the staff comes in, and where they were going.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComeIn {
    email: String,
    #[serde(default)]
    next: String,
}

/// `POST /demo/office`: a member of the invented staff comes into the office.
pub async fn come_into_office(
    State(app): State<App>,
    (headers, extensions): (HeaderMap, Extensions),
    Form(ask): Form<ComeIn>,
) -> Answer {
    let opened = enter_demo_office(&app, &ask.email, browser(&headers, &extensions)).await?;
    Ok(come_in(&opened, Cookie::SignIn, own_path(&ask.next).unwrap_or("/office")))
}

/// `GET /demo/mailbox/{number}`
pub async fn mail(State(app): State<App>, who: MaybeSignedIn, Path(number): Path<String>) -> Answer {
    let received = find(&app, &number)?;
    let attachments = received.enclosures.iter().map(|enclosure| File {
        href: format!("/demo/mailbox/{}/{}", received.number, enclosure.file_name),
        text: enclosure.file_name.clone(),
        size: size(enclosure.size_bytes),
    });
    let mail = Mail {
        subject: received.subject.clone(),
        from: received.from.to_string(),
        to: list(&received.to),
        cc: list(&received.cc),
        at: moment(&app, app.formats(None), received.sent_at, app.clock.now()),
        text: received.text.clone(),
        attachments: attachments.collect(),
        links: links(&app, &received.text),
    };
    Ok(Page(MailPage { frame: who.frame(&app), mail }).into_response())
}

/// `GET /demo/mailbox/{number}/{file}`
pub async fn enclosure(State(app): State<App>, Path((number, file)): Path<(String, String)>) -> Answer {
    let received = find(&app, &number)?;
    let enclosure =
        received.enclosures.iter().find(|enclosure| enclosure.file_name == file).ok_or_else(Problem::not_found)?;
    let bytes = match &enclosure.bytes {
        Some(bytes) => bytes.to_vec(),
        None => contents(&app, &file).await?.ok_or_else(Problem::not_found)?,
    };
    // Documents open, as they do in the portal.
    let way = if enclosure.media_type == "application/pdf" { "inline" } else { "attachment" };
    let disposition =
        HeaderValue::from_str(&format!("{way}; filename=\"{file}\"")).map_err(|_| Problem::not_found())?;
    let kind = HeaderValue::from_str(&enclosure.media_type).map_err(Problem::broken)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// What was attached under this name. The mailbox of a demo keeps no contents, so that its hundreds of documents stand in
/// memory no second time: they are those of the database, and a receipt is made again as it was mailed.
async fn contents(app: &App, file: &str) -> Result<Option<Vec<u8>>, Problem> {
    let Some(number) = file.strip_suffix(".pdf").map(str::to_owned) else { return Ok(None) };
    let Some(payment) = number.strip_prefix("receipt-").map(str::to_owned) else {
        let read = app.store.read(move |tx| match tx.number(&number)? {
            Some(row) => tx.document_bytes(row.account_id, row.document_id),
            None => Ok(None),
        });
        return Ok(read.await?);
    };
    let zone = app.zone();
    let read = app.store.read(move |tx| {
        let Some(payment) = tx.gateway_payment_by_number(&payment)? else { return Ok(None) };
        let parts = tx.payment_parts(payment.payment_id)?;
        Receipt::read(tx, (payment, &parts), Since::LeftOut, &zone)
    });
    let Some(receipt) = read.await? else { return Ok(None) };
    let paper = Paper::Plain(Box::new(receipt_paper(&receipt, &app.provider())));
    Ok(Some(app.renderer.render(&paper).await?.bytes))
}

#[derive(Serialize)]
struct MailJson {
    to: String,
    subject: String,
    sent_at: String,
    text: String,
    attachments: Vec<String>,
}

/// `GET /demo/mailbox.json`: newest first.
pub async fn mailbox_json(State(app): State<App>) -> Answer {
    let mails = opened(&app)?.received().into_iter().map(|mail| MailJson {
        to: mail.recipient.email().to_owned(),
        subject: mail.subject.clone(),
        sent_at: mail.sent_at.to_string(),
        text: mail.text.clone(),
        attachments: mail.enclosures.iter().map(|enclosure| enclosure.file_name.clone()).collect(),
    });
    Ok(Json(mails.collect::<Vec<_>>()).into_response())
}

#[derive(Serialize)]
struct PersonJson {
    account: String,
    email: String,
    name: String,
    role: &'static str,
}

/// `GET /demo/people.json`: who can sign in, by account.
pub async fn people_json(State(app): State<App>) -> Answer {
    opened(&app)?;
    let people = contacts(&app).await?.into_iter().map(|(account, contact)| PersonJson {
        account: account.code,
        email: contact.email,
        name: contact.name,
        role: contact.role.as_str(),
    });
    Ok(Json(people.collect::<Vec<_>>()).into_response())
}

fn opened(app: &App) -> Result<&Mailbox, Problem> {
    app.demo_mailbox().ok_or_else(Problem::not_found)
}

fn find(app: &App, number: &str) -> Result<Arc<Received>, Problem> {
    let number: u64 = number.parse().map_err(|_| Problem::not_found())?;
    opened(app)?.received().into_iter().find(|mail| mail.number == number).ok_or_else(Problem::not_found)
}

fn mail_row(app: &App, mail: &Received) -> MailRow {
    let names: Vec<&str> = mail.enclosures.iter().map(|enclosure| enclosure.file_name.as_str()).collect();
    MailRow {
        href: format!("/demo/mailbox/{}", mail.number),
        subject: mail.subject.clone(),
        to: mail.recipient.email().to_owned(),
        at: moment(app, app.formats(None), mail.sent_at, app.clock.now()),
        attachment: names.join(", "),
    }
}

fn list(addresses: &[Address]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The links into this portal that stand in a text, as paths: the demo may be reached under another address.
fn links(app: &App, text: &str) -> Vec<Link> {
    let bases = [app.config.base_url.clone(), app.provider().portal_url.clone()];
    let words = text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ')']));
    let paths = words.filter_map(|word| bases.iter().find_map(|base| word.strip_prefix(base.as_str())));
    paths.filter(|path| path.starts_with('/') && !path.starts_with("//")).map(|path| Link::new(path, path)).collect()
}

async fn contacts(app: &App) -> Result<Vec<(AccountRow, ContactRow)>, Problem> {
    let (accounts, contacts) = app.store.read(|tx| Ok::<_, store::Error>((tx.accounts()?, tx.contacts()?))).await?;
    let mut pairs: Vec<(AccountRow, ContactRow)> = contacts
        .into_iter()
        .filter_map(|contact| {
            let account = accounts.iter().find(|account| account.account_id == contact.account_id)?;
            Some((account.clone(), contact))
        })
        .collect();
    pairs.sort_by(|(a, x), (b, y)| (&a.code, &x.email).cmp(&(&b.code, &y.email)));
    Ok(pairs)
}

/// The staff, who come in by a click.
async fn staff(app: &App) -> Result<Vec<Person>, Problem> {
    let all = app.store.read(|tx| tx.all_staff()).await?;
    let person = |staff: StaffMember| Person {
        detail: match staff.rights {
            Rights::Read => "reads everything",
            Rights::Billing => "bills, answers and decides",
            Rights::Admin => "decides, and says who else may",
        }
        .to_owned(),
        name: staff.name,
        email: staff.email,
        href: String::new(),
    };
    Ok(all.into_iter().map(person).collect())
}

/// One row for each person, with what they may do.
async fn people(app: &App) -> Result<Vec<Person>, Problem> {
    let mut order = Vec::new();
    let mut parts: BTreeMap<String, Vec<(AccountRow, ContactRow)>> = BTreeMap::new();
    for (account, contact) in contacts(app).await? {
        let email = contact.email.to_lowercase();
        if !parts.contains_key(&email) {
            order.push(email.clone());
        }
        parts.entry(email).or_default().push((account, contact));
    }
    let person = |email: String| {
        let parts = parts.get(&email)?;
        let (account, contact) = parts.first()?;
        let detail = match parts.len() {
            1 => format!("{}, {}", account.name, contact.role.as_str()),
            many => format!("{many} accounts"),
        };
        let query = serde_urlencoded::to_string([("email", &contact.email)]).unwrap_or_default();
        Some(Person {
            name: contact.name.clone(),
            email: contact.email.clone(),
            detail,
            href: format!("/sign-in?{query}"),
        })
    };
    Ok(order.into_iter().filter_map(person).collect())
}
