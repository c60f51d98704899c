//! `/autopay`: the rules of an account, what a new one would do, and everything its people decide about it.

pub mod draft;
pub mod outlook;
mod page;
pub mod shown;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Deserialize;
use store::RuleVersionId;
use store::autopay::Side;
use store::scope::ScopedAccount;

use self::draft::Draft;
use self::page::Seen;
use super::accounts::own;
use crate::actions::confirm_autopay::{ConfirmAutoPay, confirm_autopay};
use crate::actions::end_autopay::end_autopay;
use crate::actions::pause_autopay::pause_autopay;
use crate::actions::propose_autopay::{ProposeAutoPay, propose_autopay};
use crate::actions::skip_autopay::{Skipping, skip_autopay};
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::Form;
use crate::web::pages::ErrorKind;
use crate::web::proved::Proved;
use crate::web::session::SignedIn;

/// What nobody has ticked.
const NOT_AGREED: &str = "Tick that you have read the permission and may agree to it.";

/// `GET /autopay`, with a rule in the query to see what it would do.
pub async fn autopay(State(app): State<App>, me: SignedIn, RawQuery(query): RawQuery) -> Answer {
    let draft = Draft::read(fields(query.as_deref())?)?;
    show(&app, &me, draft, "").await
}

/// `GET /autopay/preview`: the same, the preview alone.
pub async fn preview(State(app): State<App>, me: SignedIn, RawQuery(query): RawQuery) -> Answer {
    let draft = Draft::read(fields(query.as_deref())?)?;
    let seen = Seen::read(&app, &me, chosen(&me, &draft)?).await?;
    Ok(Page(page::alone(&app, &me, &seen, draft.filled(&seen))).into_response())
}

fn fields(query: Option<&str>) -> Result<Vec<(String, String)>, Problem> {
    serde_urlencoded::from_str(query.unwrap_or_default()).map_err(|_| Problem::not_understood())
}

/// The account that is asked for; else the first that the person may pay for, else the first.
fn chosen(me: &SignedIn, draft: &Draft) -> Result<ScopedAccount, Problem> {
    if !draft.account.is_empty() {
        return own(me, &draft.account);
    }
    let accounts = me.scope.accounts();
    let payable = accounts.iter().find(|account| account.role.may_pay());
    payable.or(accounts.first()).cloned().ok_or_else(Problem::not_found)
}

/// The account, where the person may decide about its money.
fn payable(me: &SignedIn, code: &str) -> Result<ScopedAccount, Problem> {
    let account = own(me, code)?;
    if account.role.may_pay() { Ok(account) } else { Err(ErrorKind::NotAllowed.into()) }
}

async fn show(app: &App, me: &SignedIn, draft: Draft, error: &str) -> Answer {
    let seen = Seen::read(app, me, chosen(me, &draft)?).await?;
    let page = page::page(app, me, &seen, draft.filled(&seen), error);
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Page(page)).into_response())
}

/// `POST /autopay`: the rule is proposed, with the permission as it was read.
pub async fn propose(State(app): State<App>, Proved(me): Proved, Form(fields): Form<Vec<(String, String)>>) -> Answer {
    let draft = Draft::read(fields)?;
    let account = payable(&me, &draft.account)?;
    if draft.yes != "yes" {
        return show(&app, &me, draft, NOT_AGREED).await;
    }
    let rule = match draft.rule(account.currency) {
        Ok(rule) => rule,
        Err(why) => return show(&app, &me, draft, &why).await,
    };
    let agreed = Some(draft.agreed.clone());
    let ask = ProposeAutoPay { rule, replaces: draft.replaced(), from: Side::Customer, agreed };
    match propose_autopay(&app, account.account_id, ask, &me.actor(&app)).await {
        Ok(_) => Ok(see_other(&format!("/autopay?account={}", account.code))),
        Err(Error::Refused(why)) => show(&app, &me, draft, &why).await,
        Err(other) => Err(other.into()),
    }
}

/// `GET /autopay/{account}/{version}`: what staff prepared.
pub async fn prepared(State(app): State<App>, me: SignedIn, Path((code, version)): Path<(String, String)>) -> Answer {
    agree_page(&app, &me, (&code, &version), "").await
}

async fn agree_page(app: &App, me: &SignedIn, (code, version): (&str, &str), error: &str) -> Answer {
    let account = own(me, code)?;
    let seen = Seen::read(app, me, account).await?;
    let row = seen.proposal(id(version)?).ok_or_else(Problem::not_found)?;
    let page = page::agree(app, me, (&seen, row), error);
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Page(page)).into_response())
}

fn id(text: &str) -> Result<RuleVersionId, Problem> {
    text.parse::<i64>().map(RuleVersionId::from).map_err(|_| Problem::not_found())
}

/// What is decided about a version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeedForm {
    #[serde(default)]
    until: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    agreed: String,
    #[serde(default)]
    yes: String,
}

/// `POST /autopay/{account}/{version}/{deed}`: `agreement`, `pause`, `resumption` or `end`.
pub async fn decide(
    State(app): State<App>,
    Proved(me): Proved,
    Path((code, version, deed)): Path<(String, String, String)>,
    Form(form): Form<DeedForm>,
) -> Answer {
    let account = payable(&me, &code)?;
    let which = (account.account_id, id(&version)?);
    let by = me.actor(&app);
    let done = match deed.as_str() {
        "agreement" if form.yes != "yes" => return agree_page(&app, &me, (&code, &version), NOT_AGREED).await,
        "agreement" => {
            let ask = ConfirmAutoPay { version: which.1, side: Side::Customer, agreed: Some(form.agreed) };
            match confirm_autopay(&app, which.0, ask, &by).await {
                Err(Error::Refused(why)) => return agree_page(&app, &me, (&code, &version), &why).await,
                other => other,
            }
        }
        "pause" => match form.until.parse::<Date>() {
            Ok(until) => pause_autopay(&app, which, until, &by).await,
            Err(_) => Err(Error::refused("Choose the day on which Auto Pay goes on, like 2026-12-01.")),
        },
        "resumption" => pause_autopay(&app, which, app.today(), &by).await,
        "end" => end_autopay(&app, which, &form.why, &by).await,
        _ => return Err(Problem::not_found()),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("/autopay?account={code}"))),
        Err(Error::Refused(why)) => show(&app, &me, Draft { account: code, ..Draft::default() }, &why).await,
        Err(other) => Err(other.into()),
    }
}

/// What becomes of an invoice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkipForm {
    skip: String,
}

/// `POST /invoices/{number}/autopay`: the invoice is skipped, or isn't.
pub async fn skip(
    State(app): State<App>,
    Proved(me): Proved,
    Path(number): Path<String>,
    Form(form): Form<SkipForm>,
) -> Result<Response, Problem> {
    let skipping = match form.skip.as_str() {
        "yes" => Skipping::Skip,
        "no" => Skipping::Take,
        _ => return Err(Problem::not_understood()),
    };
    let (scope, asked) = (me.scope.clone(), number.clone());
    let found = app.store.read(move |tx| tx.scoped_invoice(&scope, &asked)).await?.ok_or_else(Problem::not_found)?;
    let account = payable(&me, &found.account.code)?;
    skip_autopay(&app, (account.account_id, &number), skipping, &me.actor(&app)).await?;
    Ok(see_other(&format!("/invoices/{number}")))
}
