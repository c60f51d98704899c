//! `/methods`: kept cards and bank accounts, by account.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use store::MethodId;
use store::method::{MethodKind, MethodRow, MethodState};
use store::scope::ScopedAccount;

use super::accounts::own;
use super::pay::away;
use super::shown::Today;
use crate::actions::add_method::{keep_left_methods, open_method_page};
use crate::actions::change_method::{Change, change_method};
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::Form;
use crate::web::pages::{AccountMethods, Deed, ErrorKind, MethodLine, MethodsPage};
use crate::web::proved::Proved;
use crate::web::session::SignedIn;

/// So many days before its end a card is marked.
const SOON: i32 = 30;

/// `GET /methods`
pub async fn methods(State(app): State<App>, me: SignedIn) -> Answer {
    Ok(Page(page(&app, &me, "").await?).into_response())
}

/// `GET /methods/new`: back from the processor's page. What was left there is kept by whoever hears of it first.
pub async fn left(State(app): State<App>, me: SignedIn) -> Answer {
    keep_left_methods(&app, Some(me.scope.person())).await?;
    Ok(see_other("/methods"))
}

/// What is added.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddForm {}

/// `POST /methods/{account}/{kind}`: to the page on which a card or an account is left.
pub async fn add(
    State(app): State<App>,
    Proved(me): Proved,
    Path((code, kind)): Path<(String, String)>,
    Form(AddForm {}): Form<AddForm>,
) -> Answer {
    let account = manageable(&me, &code)?;
    let kind: MethodKind = kind.parse().map_err(|()| Problem::not_found())?;
    open(&app, &me, &account, (kind, None)).await
}

/// `POST /methods/{account}/{method}/replacement`
pub async fn replace(
    State(app): State<App>,
    Proved(me): Proved,
    Path((code, method)): Path<(String, String)>,
    Form(AddForm {}): Form<AddForm>,
) -> Answer {
    let account = manageable(&me, &code)?;
    let (id, method) = (account.account_id, id(&method)?);
    let row = app.store.read(move |tx| tx.method(id, method)).await?.ok_or_else(Problem::not_found)?;
    open(&app, &me, &account, (row.kind, Some(method))).await
}

async fn open(app: &App, me: &SignedIn, account: &ScopedAccount, what: (MethodKind, Option<MethodId>)) -> Answer {
    match open_method_page(app, account, what, &me.actor(app)).await {
        Ok(url) => Ok(away(app, me.frame(app), url)),
        Err(Error::Unreachable(_)) => {
            let error = "Our payment company can’t be reached. Please try again in a few minutes.";
            Ok((StatusCode::SERVICE_UNAVAILABLE, Page(page(app, me, error).await?)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// What is done with a method.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeForm {
    #[serde(default)]
    name: String,
}

/// `POST /methods/{account}/{method}/{deed}`: `name`, `default` or `removal`.
pub async fn change(
    State(app): State<App>,
    Proved(me): Proved,
    Path((code, method, deed)): Path<(String, String, String)>,
    Form(form): Form<ChangeForm>,
) -> Answer {
    let account = manageable(&me, &code)?;
    let change = match deed.as_str() {
        "name" => Change::Name(form.name),
        "default" => Change::Default,
        "removal" => Change::Remove,
        _ => return Err(Problem::not_found()),
    };
    match change_method(&app, (account.account_id, id(&method)?), change, &me.actor(&app)).await {
        Ok(()) => Ok(see_other("/methods")),
        Err(Error::Refused(why)) => {
            let why = format!("{why}.");
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page(&app, &me, &why).await?)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn id(text: &str) -> Result<MethodId, Problem> {
    text.parse::<i64>().map(MethodId::from).map_err(|_| Problem::not_found())
}

/// An account whose methods the person may change.
fn manageable(me: &SignedIn, code: &str) -> Result<ScopedAccount, Problem> {
    let account = own(me, code)?;
    if account.role.may_pay() { Ok(account) } else { Err(ErrorKind::NotAllowed.into()) }
}

async fn page(app: &App, me: &SignedIn, error: &str) -> Result<MethodsPage, Problem> {
    let scope = me.scope.clone();
    let rows = app.store.read(move |tx| tx.scoped_methods(&scope)).await?;
    let today = me.today(app);
    let several = me.scope.accounts().len() > 1;
    let accounts = me.scope.accounts().iter().map(|account| {
        let may_change = account.role.may_pay();
        let own = rows.iter().filter(|row| row.account_id == account.account_id);
        let adds = may_change && app.gateway.is_some();
        let add = |kind: &str, text: &str| Deed::new(format!("/methods/{}/{kind}", account.code), text);
        AccountMethods {
            name: if several { account.name.clone() } else { String::new() },
            methods: own.map(|row| line(row, account, may_change, &today)).collect(),
            add: if adds { vec![add("card", "Add a card"), add("bank", "Add a bank account")] } else { Vec::new() },
        }
    });
    Ok(MethodsPage { frame: me.frame(app), error: error.to_owned(), accounts: accounts.collect() })
}

fn line(row: &MethodRow, account: &ScopedAccount, may_change: bool, today: &Today) -> MethodLine {
    let deed = |what: &str, text: &str| {
        may_change.then(|| Deed::new(format!("/methods/{}/{}/{what}", account.code, i64::from(row.method_id)), text))
    };
    let added = today.full_day(row.added_at.to_zoned(today.zone.clone()).date()).text;
    let expires = row.expires_on.map(|on| format!("Expires {} · ", today.full_day(on).text)).unwrap_or_default();
    let kind = if row.kind == MethodKind::Card { "a new card" } else { "a new account" };
    let is_usable = row.is_usable(today.day);
    MethodLine {
        name: row.words(),
        hint: format!("{expires}added {added}"),
        warning: warning(row, today),
        is_default: row.is_default,
        make_default: deed("default", "Use first").filter(|_| !row.is_default && is_usable),
        replace: deed("replacement", &format!("Put {kind} in its place")),
        remove: deed("removal", "Remove"),
        rename: deed("name", "Save the name"),
        own_name: row.name.clone(),
    }
}

fn warning(row: &MethodRow, today: &Today) -> String {
    let soon = billing::calendar::shift(today.day, SOON);
    match (row.state, row.expires_on) {
        (MethodState::Unverified, _) => {
            "Your bank sends two small amounts in 1 to 2 business days; confirm them on the page our payment company mails you."
                .to_owned()
        }
        (_, Some(on)) if on < today.day => "It has expired. Put a new one in its place.".to_owned(),
        (_, Some(on)) if on <= soon => "It expires soon. Put a new one in its place.".to_owned(),
        _ => String::new(),
    }
}
