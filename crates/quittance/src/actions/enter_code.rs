//! Somebody types a code. The right one, in the browser that asked for it, begins a session.

use jiff::Timestamp;
use store::Tx;
use store::session::Proof;
use store::sign_in::SignInRow;
use subtle::ConstantTimeEq;

use crate::actions::ask_code::{TRIES, watch_guessing};
use crate::actions::begin_session::{Browser, NewSession, Opened};
use crate::actions::link_microsoft::tell_linked;
use crate::app::App;
use crate::audit::Actor;
use crate::code::Code;
use crate::error::Result;
use crate::random::Token;
use crate::told::Telling;

/// What somebody types, and with which browser.
pub struct EnterCode {
    /// As typed.
    pub typed: String,
    /// The cookie from asking.
    pub token: Option<Token>,
    /// Where it is typed.
    pub browser: Browser,
}

/// What came of it, with what was asked for where there was something.
pub enum Entered {
    /// Signed in, and where to go on.
    SignedIn { opened: Opened, next: String },
    /// Nothing was typed; that is no try.
    Nothing(Box<SignInRow>),
    /// Wrong, and so many tries are left.
    Wrong(Box<SignInRow>, u32),
    /// Five tries did not match.
    UsedUp(Box<SignInRow>),
    /// Too old, used, or this browser asked for none.
    Expired(Option<Box<SignInRow>>),
}

/// Tries a code.
///
/// # Errors
/// Those of the database.
pub async fn enter_code(app: &App, enter: EnterCode) -> Result<Entered> {
    let Some(token) = enter.token else { return Ok(Entered::Expired(None)) };
    let is_empty = enter.typed.trim().is_empty();
    let token_hash = token.hash();
    let (opened, session) = NewSession::of(app, enter.browser, Proof::Code);
    let attempt = Attempt {
        token_hash,
        mac: Code::typed(&enter.typed).map(|code| code.mac(&app.keys, &token_hash)),
        is_empty,
        session,
        telling: Telling::of(app, &Actor::program(app)),
    };
    let outcome = app.store.write(move |tx| attempt.write(tx)).await?;
    Ok(match outcome {
        Outcome::SignedIn(row) => Entered::SignedIn { opened, next: row.next_path },
        Outcome::Nothing(row) => Entered::Nothing(Box::new(row)),
        Outcome::Expired(row) => Entered::Expired(row.map(Box::new)),
        Outcome::UsedUp(row) => Entered::UsedUp(Box::new(row)),
        Outcome::Failed(row) => {
            watch_guessing(app).await?;
            match TRIES.saturating_sub(row.tries) {
                0 => Entered::UsedUp(Box::new(row)),
                left => Entered::Wrong(Box::new(row), left),
            }
        }
    })
}

struct Attempt {
    token_hash: [u8; 32],
    mac: Option<[u8; 32]>,
    is_empty: bool,
    session: NewSession,
    telling: Telling,
}

enum Outcome {
    SignedIn(SignInRow),
    Nothing(SignInRow),
    Expired(Option<SignInRow>),
    UsedUp(SignInRow),
    /// With the tries as they are now.
    Failed(SignInRow),
}

impl Attempt {
    fn write(&self, tx: &mut Tx) -> Result<Outcome, store::Error> {
        let now: Timestamp = self.session.now();
        let Some(mut row) = tx.sign_in(&self.token_hash)? else { return Ok(Outcome::Expired(None)) };
        if row.tries >= TRIES {
            return Ok(Outcome::UsedUp(row));
        }
        if row.used_at.is_some() || row.expires_at <= now {
            return Ok(Outcome::Expired(Some(row)));
        }
        if self.is_empty {
            return Ok(Outcome::Nothing(row));
        }
        let matches = self.mac.is_some_and(|mac| bool::from(mac.ct_eq(&row.code_hash)));
        match row.person_id.filter(|_| matches) {
            Some(person) if tx.may_sign_in(person)? => {
                tx.use_sign_in(&self.token_hash, now)?;
                self.session.begin(tx, person)?;
                if let Some(attempt) = &row.link_hash
                    && tx.link_microsoft_attempt(attempt, person, now)? == 1
                {
                    tell_linked(tx, person, (&self.session, &self.telling))?;
                }
                Ok(Outcome::SignedIn(row))
            }
            _ => {
                tx.fail_sign_in(&self.token_hash, now)?;
                row.tries = row.tries.saturating_add(1);
                Ok(Outcome::Failed(row))
            }
        }
    }
}
