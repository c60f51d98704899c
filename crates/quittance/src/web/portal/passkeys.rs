//! `/passkeys`: a person's passkeys; and signing in with one.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use store::door::Door;
use store::passkey::{PasskeyDeclinedRow, PasskeyRow};
use store::{PasskeyId, PersonId};

use crate::actions::add_passkey::{AddPasskey, Added, LONGEST_NAME, add_passkey, named};
use crate::actions::enter_by_passkey::{self, EnterByPasskey, Entered};
use crate::actions::offer_passkey::{Holder, offer_passkey};
use crate::actions::remove_passkey::remove_passkey;
use crate::app::App;
use crate::formats::Formats;
use crate::random::Token;
use crate::web::agent;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::coming_in::{HOME, browser, come_in, may_knock};
use crate::web::cookie::Cookie;
use crate::web::form::Form;
use crate::web::moment::moment;
use crate::web::next::{own_path, prove_then, sign_in_then};
use crate::web::pages::{Deed, MicrosoftRow, NewPasskeyPage, Notice, NoticeKind, PasskeysPage};
use crate::web::proved::Proved;
use crate::web::said::Said;
use crate::web::session::{MaybeSignedIn, SignedIn};

const PAGE: &str = "/passkeys";

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// `GET /passkeys`
pub async fn list(State(app): State<App>, me: SignedIn, Query(Done { done }): Query<Done>) -> Answer {
    let person = me.scope.person();
    let read =
        app.store.read(move |tx| Ok::<_, store::Error>((tx.passkeys(person)?, tx.microsoft_identities(person)?)));
    let (stored, linked) = read.await?;
    let mut frame = me.frame(&app);
    let notice = match done.as_deref() {
        Some("added") => Some(("Your passkey is ready.", "Use it the next time you sign in, in place of a code.")),
        Some("unlinked") => {
            Some(("Microsoft no longer opens the portal for you.", "Sign in with it again to link it anew."))
        }
        Some("removed") => {
            Some(("The passkey is gone.", "Nobody signs in with it any more. Delete it from your device, too."))
        }
        _ => None,
    };
    frame.notices.extend(notice.map(|(first, rest)| Notice {
        kind: NoticeKind::Done,
        first: first.to_owned(),
        rest: rest.to_owned(),
        link: None,
    }));
    let (formats, now) = (me.formats(&app), app.clock.real());
    let page = PasskeysPage {
        frame,
        possible: app.passkeys.is_some(),
        passkeys: stored.into_iter().map(|passkey| row(&app, formats, passkey)).collect(),
        accounts: linked
            .into_iter()
            .map(|link| MicrosoftRow {
                linked: moment(&app, formats, link.linked_at, now),
                used: moment(&app, formats, link.used_at, now),
            })
            .collect(),
        unlink: Deed::new("/sign-in/microsoft/unlink", "Unlink Microsoft"),
    };
    Ok(Page(page).into_response())
}

fn row(app: &App, formats: Formats, passkey: PasskeyRow) -> crate::web::pages::PasskeyRow {
    let now = app.clock.real();
    let id = i64::from(passkey.passkey_id);
    crate::web::pages::PasskeyRow {
        made: moment(app, formats, passkey.made_at, now),
        used: passkey.used_at.map(|at| moment(app, formats, at, now)),
        name: passkey.name,
        rename: format!("{PAGE}/{id}/name"),
        remove: Deed::new(format!("{PAGE}/{id}/remove"), "Remove"),
    }
}

/// `GET /passkeys/new`
pub async fn new(State(app): State<App>, Proved(me): Proved, headers: HeaderMap) -> Answer {
    let page = new_page(&app, &me, agent::device(&headers), "")?;
    Ok(page.into_response())
}

fn new_page(app: &App, me: &SignedIn, name: String, refused: &str) -> Result<Page<NewPasskeyPage>, Problem> {
    if app.passkeys.is_none() {
        return Err(Problem::not_found());
    }
    let or_microsoft = app.microsoft.is_some() && me.scope.staff_alone().is_some();
    let (frame, refused) = (me.frame(app), refused.to_owned());
    Ok(Page(NewPasskeyPage { frame, name, longest: LONGEST_NAME, or_microsoft, refused }))
}

/// `POST /passkeys/new`, by script: what the authenticator is to be asked.
pub async fn offer(State(app): State<App>, Proved(me): Proved) -> Answer {
    let holder = Holder { person: me.scope.person(), email: me.email.clone(), name: me.name.clone() };
    let offer = offer_passkey(&app, &holder).await?;
    Ok(Json(json!({ "ticket": offer.ticket.reveal(), "options": offer.options })).into_response())
}

/// The form of `/passkeys/new`, filled by script.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    name: String,
    ticket: String,
    credential: String,
}

/// `POST /passkeys`
pub async fn add(State(app): State<App>, Proved(me): Proved, Form(form): Form<NewForm>) -> Answer {
    let ticket = Token::parse(&form.ticket);
    let name = form.name.clone();
    let ask = AddPasskey { person: me.scope.person(), ticket, credential: form.credential, name: form.name };
    let refused = match add_passkey(&app, ask, &me.actor(&app)).await? {
        Added::Yes => return Ok(see_other("/passkeys?done=added")),
        Added::Expired => "That took too long. No passkey was added here. Try again.",
        Added::Refused => {
            "Your device’s answer could not be used. No passkey was added here. Try again, or with another device."
        }
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&app, &me, name, refused)?).into_response())
}

/// The form of a passkey's name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameForm {
    name: String,
}

/// `POST /passkeys/{id}/name`
pub async fn rename(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(form): Form<NameForm>,
) -> Answer {
    let (person, passkey, name) = (me.scope.person(), id_of(&id)?, named(&form.name));
    match app.store.write(move |tx| tx.rename_passkey(person, passkey, &name)).await? {
        0 => Err(Problem::not_found()),
        _ => Ok(see_other(PAGE)),
    }
}

/// `POST /passkeys/{id}/remove`
pub async fn remove(State(app): State<App>, Proved(me): Proved, Path(id): Path<String>) -> Answer {
    remove_passkey(&app, me.scope.person(), id_of(&id)?, &me.actor(&app)).await?;
    Ok(see_other("/passkeys?done=removed"))
}

/// `POST /passkeys/not-now`: the offer is not made again.
pub async fn not_now(State(app): State<App>, me: SignedIn) -> Answer {
    let row = PasskeyDeclinedRow { person_id: me.scope.person(), declined_at: app.clock.real() };
    app.store.write(move |tx| tx.decline_passkey(row.clone())).await?;
    Ok(see_other(HOME))
}

/// Whether a passkey is offered to somebody: once they came in by a code just now, have none, and didn't decline.
pub async fn is_offered(app: &App, me: &SignedIn) -> Result<bool, Problem> {
    if app.passkeys.is_none() || me.proof.is_strong() || !crate::web::proved::is_fresh(me.proved_at, app.clock.real()) {
        return Ok(false);
    }
    let person: PersonId = me.scope.person();
    let read = app
        .store
        .read(move |tx| Ok::<_, store::Error>(tx.passkeys(person)?.is_empty() && !tx.has_declined_passkey(person)?));
    Ok(read.await?)
}

fn id_of(text: &str) -> Result<PasskeyId, Problem> {
    text.parse::<i64>().map(PasskeyId::from).map_err(|_| Problem::not_found())
}

/// `GET /sign-in/passkey`: somebody reloaded the answer of a form.
pub async fn nowhere() -> Response {
    see_other("/sign-in")
}

/// `POST /sign-in/passkey/challenge`, by script. The same for everybody.
pub async fn challenge(State(app): State<App>, headers: HeaderMap, extensions: Extensions) -> Answer {
    if app.passkeys.is_none() {
        return Err(Problem::not_found());
    }
    may_knock(&app, Door::Passkey, &headers, &extensions).await?;
    let (ticket, options) = enter_by_passkey::challenge(&app).await?;
    Ok(Json(json!({ "ticket": ticket.reveal(), "options": options })).into_response())
}

/// The form of signing in with a passkey, filled by script.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterForm {
    #[serde(default)]
    next: String,
    ticket: String,
    credential: String,
}

/// `POST /sign-in/passkey`
pub async fn enter(
    State(app): State<App>,
    who: MaybeSignedIn,
    (headers, extensions): (HeaderMap, Extensions),
    Form(form): Form<EnterForm>,
) -> Answer {
    let ticket = Token::parse(&form.ticket);
    let enter = EnterByPasskey { ticket, credential: form.credential, browser: browser(&headers, &extensions) };
    let said = match enter_by_passkey::enter_by_passkey(&app, enter).await? {
        Entered::SignedIn(opened) => return Ok(come_in(&opened, Cookie::SignIn, &form.next)),
        Entered::Expired => Said::Expired,
        Entered::Refused => Said::Passkey,
    };
    let next = own_path(&form.next).unwrap_or_default();
    let door = if who.person.is_some() { prove_then(next) } else { sign_in_then(next) };
    Ok(see_other(&said.at(&door)))
}
