//! `/office/autopay`: rules that wait for staff, with the same preview that the customer saw; and rules made for a customer on the
//! telephone, who agrees to them after signing in.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use store::RuleVersionId;
use store::account::AccountRow;
use store::autopay::{RuleRow, RuleState, Side};

use super::{DECIDES, Office};
use crate::actions::confirm_autopay::{ConfirmAutoPay, confirm_autopay};
use crate::actions::end_autopay::end_autopay;
use crate::actions::propose_autopay::{ProposeAutoPay, propose_autopay};
use crate::app::App;
use crate::autopay::open_rules;
use crate::autopay::sight::Sight;
use crate::error::Error;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::Form;
use crate::web::pages::Deed;
use crate::web::pages::autopay::{OfficeAutoPayPage, OfficeAutoPayRulePage, OfficeRule, RuleLine};
use crate::web::portal::autopay::draft::Draft;
use crate::web::portal::autopay::shown::{form, pauses_of, preview, rule_line, texts};
use crate::web::portal::mandates;
use crate::web::portal::shown::Today;

/// What keeps a rule from being made.
const NO_METHOD: &str =
    "has no card or bank account here yet. Ask them to add one under Cards and bank accounts first.";

/// The page of a new rule.
const NEW: &str = "/office/autopay/new";

/// `GET /office/autopay`
pub async fn list(State(app): State<App>, office: Office) -> Answer {
    let read = app.store.read(|tx| Ok::<_, store::Error>((open_rules(tx)?, tx.accounts()?)));
    let (rows, accounts) = read.await?;
    let today = Today::new(app.today(), &app.provider());
    let name = |row: &RuleRow| {
        let known = accounts.iter().find(|account| account.account_id == row.account_id);
        known.map_or_else(Default::default, |account| (account.code.clone(), account.name.clone()))
    };
    let of = |waits: Option<Side>, state: &str| {
        let own = rows.iter().filter(|(row, _)| row.waits_for == waits);
        let shown = own.map(|(row, methods)| {
            let (code, name) = name(row);
            OfficeRule {
                href: format!("/office/autopay/{code}/{}", i64::from(row.version_id)),
                account: format!("{code} {name}"),
                state: state.to_owned(),
                rule: rule_line(row, methods, &[], &today),
            }
        });
        shown.collect::<Vec<_>>()
    };
    let groups = vec![
        ("Waits for us".to_owned(), of(Some(Side::Staff), "Look at it")),
        ("Waits for customers".to_owned(), of(Some(Side::Customer), "")),
        ("In force".to_owned(), of(None, "")),
    ];
    Ok(Page(OfficeAutoPayPage { frame: office.frame(&app), groups }).into_response())
}

/// What the pages of one account read.
struct Seen {
    account: AccountRow,
    sight: Sight,
    agreements: Vec<(String, String)>,
    today: Today,
}

async fn read(app: &App, code: &str) -> Result<Seen, Problem> {
    let (day, zone, code) = (app.today(), app.zone(), code.to_owned());
    let read = app.store.read(move |tx| {
        let Some(account) = tx.account_by_code(&code)? else { return Ok(None) };
        let sight = Sight::read(tx, account.account_id, (day, &zone))?;
        let agreements = tx.agreement_names(account.account_id)?;
        Ok::<_, store::Error>(Some((account, sight, agreements)))
    });
    let (account, sight, agreements) = read.await?.ok_or_else(Problem::not_found)?;
    Ok(Seen { account, sight, agreements, today: Today::new(day, &app.provider()) })
}

/// `GET /office/autopay/{account}/{version}`
pub async fn rule(State(app): State<App>, office: Office, Path((code, version)): Path<(String, String)>) -> Answer {
    page(&app, &office, (&code, &version), "").await
}

async fn page(app: &App, office: &Office, (code, version): (&str, &str), error: &str) -> Answer {
    let seen = read(app, code).await?;
    let id = id(version)?;
    let row = seen.sight.versions.iter().find(|row| row.version_id == id).ok_or_else(Problem::not_found)?;
    let deed = |what: &str, text: &str| Deed {
        action: format!("/office/autopay/{code}/{version}/{what}"),
        text: text.to_owned(),
    };
    let may = office.staff.rights.cover(DECIDES);
    let waits = row.waits_for == Some(Side::Staff) && may;
    let is_open = matches!(row.state, RuleState::InForce | RuleState::Proposed) && may;
    let pauses = pauses_of(&seen.sight.autopay.rules, row);
    let line = rule_line(row, &seen.sight.autopay.methods, pauses, &seen.today);
    let end = if row.state == RuleState::InForce { "End it" } else { "Turn it down" };
    let words = seen.sight.mandates.iter().find(|mandate| Some(mandate.mandate_id) == row.mandate_id);
    let agreed = seen.sight.as_it_stands(row);
    let page = OfficeAutoPayRulePage {
        frame: office.frame(app),
        error: error.to_owned(),
        account_name: format!("{} {}", seen.account.code, seen.account.name),
        rule: RuleLine { end: is_open.then(|| deed("end", end)), may_say_why: is_open, ..line },
        confirm: waits.then(|| deed("confirmation", "Confirm this rule")),
        form: None,
        preview: preview(&seen.sight.preview(&agreed), &row.rule, (&seen.today, Side::Staff), None),
        text: words.map(|mandate| mandate.words.clone()).unwrap_or_default(),
        texts: texts(&seen.sight.mandates, &seen.today, &format!("/office/autopay/{code}")),
        send: None,
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Page(page)).into_response())
}

/// `GET /office/autopay/{account}/mandates/{version}.pdf`
pub async fn mandate(State(app): State<App>, _: Office, Path((code, name)): Path<(String, String)>) -> Answer {
    let account = app.store.read(move |tx| tx.account_by_code(&code)).await?.ok_or_else(Problem::not_found)?;
    mandates::document(&app, account.account_id, &name).await
}

fn id(text: &str) -> Result<RuleVersionId, Problem> {
    text.parse::<i64>().map(RuleVersionId::from).map_err(|_| Problem::not_found())
}

/// Why, where that is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionForm {
    #[serde(default)]
    why: String,
}

/// `POST /office/autopay/{account}/{version}/{deed}`: `confirmation` or `end`.
pub async fn decide(
    State(app): State<App>,
    office: Office,
    Path((code, version, deed)): Path<(String, String, String)>,
    Form(form): Form<DecisionForm>,
) -> Answer {
    office.needs(DECIDES)?;
    let (by, version_id, asked) = (office.actor(&app), id(&version)?, code.clone());
    let account = app.store.read(move |tx| tx.account_by_code(&asked)).await?.ok_or_else(Problem::not_found)?;
    let done = match deed.as_str() {
        "confirmation" => {
            let ask = ConfirmAutoPay { version: version_id, side: Side::Staff, agreed: None };
            confirm_autopay(&app, account.account_id, ask, &by).await
        }
        "end" => end_autopay(&app, (account.account_id, version_id), &form.why, &by).await,
        _ => return Err(Problem::not_found()),
    };
    match done {
        Ok(()) => Ok(see_other("/office/autopay")),
        Err(Error::Refused(why)) => page(&app, &office, (&code, &version), &why).await,
        Err(other) => Err(other.into()),
    }
}

/// `GET /office/autopay/new`: a rule for a customer on the telephone.
pub async fn new(State(app): State<App>, office: Office, RawQuery(query): RawQuery) -> Answer {
    let fields =
        serde_urlencoded::from_str(query.as_deref().unwrap_or_default()).map_err(|_| Problem::not_understood())?;
    new_page(&app, &office, Draft::read(fields)?, "").await
}

async fn new_page(app: &App, office: &Office, draft: Draft, error: &str) -> Answer {
    office.needs(DECIDES)?;
    let seen = read(app, &draft.account).await?;
    let draft = if draft.scope.is_empty() {
        let rule = billing::autopay::Rule::everything(seen.account.currency);
        Draft::of_rule(&rule, (&seen.account.code, draft.replaced()))
    } else {
        draft
    };
    let methods = &seen.sight.autopay.methods;
    let rule = draft.rule(seen.account.currency);
    let provider = app.provider();
    let text = rule.clone().and_then(|rule| {
        crate::autopay::mandates::text(&rule, methods, (&seen.account.name, &provider.legal_name))
            .map_err(|error| error.to_string())
    });
    let wrong = match &text {
        Err(_) if methods.is_empty() => format!("{} {}", seen.account.name, NO_METHOD),
        Err(why) => why.clone(),
        Ok(_) => String::new(),
    };
    let shown = match &rule {
        Ok(rule) => {
            let agreed = seen.sight.as_agreed(rule.clone(), draft.replaced());
            preview(&seen.sight.preview(&agreed), rule, (&seen.today, Side::Staff), Some((&draft, NEW)))
        }
        Err(_) => Default::default(),
    };
    let send = text.is_ok().then(|| Deed { action: NEW.to_owned(), text: "Send it to the customer".to_owned() });
    let page = OfficeAutoPayRulePage {
        frame: office.frame(app),
        error: error.to_owned(),
        account_name: format!("{} {}", seen.account.code, seen.account.name),
        rule: RuleLine::default(),
        confirm: None,
        form: Some(form(&draft, methods, &seen.agreements, (NEW, &wrong, Side::Staff))),
        preview: shown,
        text: text.unwrap_or_default(),
        texts: Vec::new(),
        send,
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Page(page)).into_response())
}

/// `POST /office/autopay/new`
pub async fn send(State(app): State<App>, office: Office, Form(fields): Form<Vec<(String, String)>>) -> Answer {
    office.needs(DECIDES)?;
    let draft = Draft::read(fields)?;
    let code = draft.account.clone();
    let account = app.store.read(move |tx| tx.account_by_code(&code)).await?.ok_or_else(Problem::not_found)?;
    let rule = match draft.rule(account.currency) {
        Ok(rule) => rule,
        Err(why) => return new_page(&app, &office, draft, &why).await,
    };
    let ask = ProposeAutoPay { rule, replaces: draft.replaced(), from: Side::Staff, agreed: None };
    match propose_autopay(&app, account.account_id, ask, &office.actor(&app)).await {
        Ok(_) => Ok(see_other("/office/autopay")),
        Err(Error::Refused(why)) => new_page(&app, &office, draft, &why).await,
        Err(other) => Err(other.into()),
    }
}
