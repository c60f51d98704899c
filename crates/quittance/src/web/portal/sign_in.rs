//! Signing in: the page of the address, the page of the code.

use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use store::sign_in::SignInRow;

use crate::actions::ask_code::{AskCode, Asked, TRIES, ask_code};
use crate::actions::enter_code::{EnterCode, Entered, enter_code};
use crate::app::App;
use crate::letter::sender_email;
use crate::web::answer::{Answer, Page, see_other};
use crate::web::coming_in::{HOME, browser, come_in, in_words, seconds_until};
use crate::web::cookie::Cookie;
use crate::web::form::Form;
use crate::web::network::Network;
use crate::web::next::{own_path, sign_in_then};
use crate::web::pages::{CodePage, CodeState, MicrosoftDoor, Notice, NoticeKind, SignInPage, SignInState};
use crate::web::record::Trace;
use crate::web::said::Said;
use crate::web::session::MaybeSignedIn;

/// So long the page waits before it offers another code. Nothing but the page does.
const WAIT_S: i64 = 60;
const LONGEST_ADDRESS: usize = 320;

/// What may stand in the address of `/sign-in`.
#[derive(Deserialize)]
pub struct Arrival {
    #[serde(default)]
    next: String,
    #[serde(default)]
    email: String,
    said: Option<Said>,
}

/// `GET /sign-in`
pub async fn address_page(
    State(app): State<App>,
    who: MaybeSignedIn,
    (headers, extensions): (HeaderMap, Extensions),
    Query(arrival): Query<Arrival>,
) -> Response {
    let next = own_path(&arrival.next).unwrap_or_default();
    if who.person.is_some() {
        return see_other(if next.is_empty() { HOME } else { next });
    }
    let state = if app.mail_is_down() { SignInState::MailDown } else { SignInState::Fresh };
    let email: String = arrival.email.chars().take(LONGEST_ADDRESS).collect();
    let trace = trace(&app, &state, (&headers, &extensions)).await;
    let page = SignInPage { trace, ..address(&app, &who, state, (email, next.to_owned())) };
    Page(match arrival.said {
        None => page,
        Some(said) => SignInPage {
            notice: Some(notice(said)),
            link: said == Said::Link,
            choose: matches!(said, Said::Personal | Said::Refused),
            admin_text: if said == Said::Consent { for_administrator(&app) } else { String::new() },
            ..page
        },
    })
    .into_response()
}

fn notice(said: Said) -> Notice {
    let kind = match said {
        Said::Link => NoticeKind::Neutral,
        Said::Consent | Said::Cancelled | Said::Down => NoticeKind::Warning,
        Said::Expired | Said::Refused | Said::Personal | Said::Passkey => NoticeKind::Refusal,
    };
    Notice { kind, first: String::new(), rest: said.sentence().to_owned(), link: None }
}

/// The form of `/sign-in`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressForm {
    email: String,
    #[serde(default)]
    next: String,
    /// `1`: the right code links who they are at Microsoft.
    #[serde(default)]
    link: String,
}

/// `POST /sign-in`
pub async fn ask(
    State(app): State<App>,
    who: MaybeSignedIn,
    (headers, extensions): (HeaderMap, Extensions),
    Form(form): Form<AddressForm>,
) -> Answer {
    let email: String = form.email.trim().chars().take(LONGEST_ADDRESS).collect();
    let next = own_path(&form.next).unwrap_or_default().to_owned();
    let ask = AskCode {
        email: email.clone(),
        next: next.clone(),
        network: Network::of(&headers, &extensions).to_string(),
        device: Cookie::Device.read(&headers),
        previous: Cookie::SignIn.read(&headers),
        microsoft: Cookie::Microsoft.read(&headers).filter(|_| form.link == "1"),
    };
    let link = form.link == "1";
    let (status, retry_after_s, state) = match ask_code(&app, ask).await? {
        Asked::OnItsWay(token) => {
            return Ok((AppendHeaders([Cookie::SignIn.set(&token)]), see_other("/sign-in/code")).into_response());
        }
        Asked::NoAddress => (StatusCode::UNPROCESSABLE_ENTITY, None, SignInState::Invalid),
        Asked::MailDown => (StatusCode::SERVICE_UNAVAILABLE, Some(60), SignInState::MailDown),
        Asked::TooMany(at) => {
            let left_s = seconds_until(at, app.clock.real());
            (StatusCode::TOO_MANY_REQUESTS, Some(left_s), SignInState::TooMany(in_words(left_s)))
        }
    };
    let trace = trace(&app, &state, (&headers, &extensions)).await;
    let page = Page(SignInPage { link, trace, ..address(&app, &who, state, (email, next)) });
    let mut answer = (status, page).into_response();
    if let Some(seconds) = retry_after_s {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(answer)
}

/// What to read out on the phone: the code that this browser asked for last, so that its mail is found; where it has asked
/// for none and can't, this very request, which stands in the log.
async fn trace(app: &App, state: &SignInState, (headers, extensions): (&HeaderMap, &Extensions)) -> String {
    let asked = match Cookie::SignIn.read(headers).map(|token| token.hash()) {
        // The door opens as well where nothing can be read.
        Some(hash) => app.store.read(move |tx| tx.sign_in(&hash)).await.ok().flatten(),
        None => None,
    };
    match asked {
        Some(row) => row.trace,
        None if matches!(state, SignInState::Fresh | SignInState::Invalid) => String::new(),
        None => extensions.get::<Trace>().map(|trace| trace.0.clone()).unwrap_or_default(),
    }
}

/// What may stand in the address of `/sign-in/code`.
#[derive(Deserialize)]
pub struct Keyboard {
    letters: Option<String>,
}

/// `GET /sign-in/code`
pub async fn code_page(
    State(app): State<App>,
    who: MaybeSignedIn,
    Query(keyboard): Query<Keyboard>,
    headers: HeaderMap,
) -> Answer {
    let Some(token) = Cookie::SignIn.read(&headers) else { return Ok(see_other("/sign-in")) };
    let (hash, now) = (token.hash(), app.clock.real());
    let Some(row) = app.store.read(move |tx| tx.sign_in(&hash)).await? else { return Ok(see_other("/sign-in")) };
    if row.used_at.is_some() || row.expires_at <= now {
        return Ok(see_other(&sign_in_then(&row.next_path)));
    }
    // What was typed before makes no difference, until nothing more can be typed.
    let state = if row.tries >= TRIES { CodeState::UsedUp } else { CodeState::Fresh };
    let letters = keyboard.letters.as_deref() == Some("1");
    Ok(Page(CodePage { letters, ..code(&app, &who, state, Some(&row)) }).into_response())
}

/// The form of `/sign-in/code`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeForm {
    code: String,
}

/// `POST /sign-in/code`
pub async fn enter(
    State(app): State<App>,
    who: MaybeSignedIn,
    (headers, extensions): (HeaderMap, Extensions),
    Form(form): Form<CodeForm>,
) -> Answer {
    let enter = EnterCode {
        typed: form.code.clone(),
        token: Cookie::SignIn.read(&headers),
        browser: browser(&headers, &extensions),
    };
    let typed: String = form.code.chars().take(24).collect();
    let (status, page) = match enter_code(&app, enter).await? {
        Entered::SignedIn { opened, next } => return Ok(come_in(&opened, Cookie::SignIn, &next)),
        Entered::Nothing(row) => (StatusCode::OK, code(&app, &who, CodeState::Fresh, Some(&row))),
        Entered::Wrong(row, left) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            // The keyboard stays the one that it was typed with.
            CodePage {
                letters: typed.chars().any(char::is_alphabetic),
                typed,
                ..code(&app, &who, CodeState::Wrong(left), Some(&row))
            },
        ),
        Entered::UsedUp(row) => (StatusCode::UNPROCESSABLE_ENTITY, code(&app, &who, CodeState::UsedUp, Some(&row))),
        Entered::Expired(row) => {
            (StatusCode::UNPROCESSABLE_ENTITY, code(&app, &who, CodeState::Expired, row.as_deref()))
        }
    };
    Ok((status, Page(page)).into_response())
}

fn address(app: &App, who: &MaybeSignedIn, state: SignInState, (email, next): (String, String)) -> SignInPage {
    SignInPage {
        frame: who.frame(app),
        state,
        email,
        next,
        trace: String::new(),
        sender: sender_email(app, &app.provider()).to_owned(),
        microsoft: microsoft_door(app),
        choose: false,
        passkeys: app.passkeys.is_some(),
        notice: None,
        link: false,
        admin_text: String::new(),
    }
}

fn microsoft_door(app: &App) -> MicrosoftDoor {
    match &app.microsoft {
        None => MicrosoftDoor::Absent,
        Some(microsoft) if microsoft.is_down() => MicrosoftDoor::Down,
        Some(_) => MicrosoftDoor::Open,
    }
}

/// What somebody forwards to whoever looks after Microsoft at their company; nothing where there is no such door.
fn for_administrator(app: &App) -> String {
    let Some(microsoft) = &app.microsoft else { return String::new() };
    let provider = app.provider();
    format!(
        "Hello,\n\nI would like to sign in to the billing portal of {} with my Microsoft work account. Our company has not \
         allowed that yet.\n\nThe portal asks for nothing but who I am (openid, profile, email); it can read no mail and no \
         files. You allow it for all of us here:\n\n{}\n\nQuestions: {}, {}",
        provider.name,
        microsoft.consent_address(),
        provider.phone,
        provider.email
    )
}

fn code(app: &App, who: &MaybeSignedIn, state: CodeState, row: Option<&SignInRow>) -> CodePage {
    let mut frame = who.frame(app);
    if app.mail_is_down() {
        frame.notices.push(Notice {
            kind: NoticeKind::Warning,
            first: "We can’t send codes right now.".to_owned(),
            rest: format!(
                "A code that came already still works. Try again in a few minutes, or call us at {}.",
                frame.provider.phone
            ),
            link: None,
        });
    }
    let waited_s = row.map_or(WAIT_S, |row| app.clock.real().duration_since(row.made_at).as_secs());
    CodePage {
        frame,
        state,
        email: row.map(|row| row.email.clone()).unwrap_or_default(),
        next: row.map(|row| row.next_path.clone()).unwrap_or_default(),
        other_address: row.map_or_else(|| "/sign-in".to_owned(), other_address),
        link: row.is_some_and(|row| row.link_hash.is_some()),
        typed: String::new(),
        letters: false,
        wait_s: u32::try_from(WAIT_S.saturating_sub(waited_s)).unwrap_or(0),
        trace: row.map(|row| row.trace.clone()).unwrap_or_default(),
        sender: sender_email(app, &app.provider()).to_owned(),
    }
}

/// The page of the address, which leads to the same as the code would have.
fn other_address(row: &SignInRow) -> String {
    let door = sign_in_then(&row.next_path);
    if row.link_hash.is_some() { Said::Link.at(&door) } else { door }
}
