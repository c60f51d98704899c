//! Somebody comes back from Microsoft.

use connect::identity::{Failure, Identity};
use jiff::{SignedDuration, Timestamp};
use store::microsoft::{MicrosoftAttemptRow, MicrosoftIdentityRow};
use store::session::Proof;
use store::{PersonId, Tx};

use crate::actions::ask_microsoft::asking;
use crate::actions::begin_session::{Browser, FRESH, NewSession, Opened};
use crate::actions::link_microsoft::tell_linked;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::random::Token;
use crate::told::Telling;

/// How long a code may take to show whose mailbox it is.
const LINK_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// Words of OAuth for what the person alone can't give.
const CONSENT_WORDS: [&str; 5] =
    ["consent_required", "interaction_required", "login_required", "admin_consent_required", "unauthorized_client"];
/// The same among Microsoft's numbers: not consented, an administrator has to, the application is off or not allowed,
/// the user isn't assigned to it.
const CONSENT_NUMBERS: [&str; 8] = [
    "AADSTS65001",
    "AADSTS65004",
    "AADSTS90094",
    "AADSTS90095",
    "AADSTS7000112",
    "AADSTS50105",
    "AADSTS700016",
    "AADSTS53003",
];

/// What came back.
pub enum Back {
    /// A code, to be changed for a token.
    Code(String),
    /// A refusal.
    Error { error: String, description: String },
}

/// What somebody comes back with, and with which browser.
pub struct EnterByMicrosoft {
    pub state: Option<Token>,
    /// The cookie from asking.
    pub binding: Option<Token>,
    pub back: Back,
    pub browser: Browser,
}

/// What came of it; `next` is where they wanted to go.
pub enum Entered {
    /// Signed in.
    SignedIn { opened: Opened, next: String },
    /// Microsoft knows them; a code has still to show who they are here. The same for people we know and don't know.
    Link { email: String, next: String },
    /// Their company has not consented.
    Consent { next: String },
    /// They changed their mind.
    Cancelled { next: String },
    /// It doesn't answer.
    Down { next: String },
    /// A personal account.
    Personal { next: String },
    /// What came is not what Microsoft signs for this attempt.
    Refused { next: String },
    /// No such attempt in this browser.
    Expired,
}

/// Finds out who it is, and lets them in where that is somebody.
///
/// # Errors
/// `NotFound` where the provider has no such door; those of the database.
pub async fn enter_by_microsoft(app: &App, enter: EnterByMicrosoft) -> Result<Entered> {
    let microsoft = app.microsoft.as_ref().ok_or(Error::NotFound)?;
    let now = app.clock.real();
    let (Some(state), Some(binding)) = (enter.state, enter.binding) else { return Ok(Entered::Expired) };
    let (state_hash, browser_hash) = (state.hash(), binding.hash());
    let taken = app.store.write(move |tx| tx.return_microsoft_attempt(&state_hash, &browser_hash, now));
    let Some(attempt) = taken.await? else { return Ok(Entered::Expired) };
    let next = attempt.next_path.clone();
    let code = match enter.back {
        Back::Code(code) => code,
        Back::Error { error, description } => return Ok(refused(&error, &description, next)),
    };
    let identity = match microsoft.identify(code, &asking(&app.keys, &state), now).await {
        Ok(identity) => identity,
        Err(Failure::Refused { error, description }) => return Ok(refused(&error, &description, next)),
        Err(failure) => {
            tracing::warn!(%failure, "somebody came back from Microsoft in vain");
            return Ok(match failure {
                Failure::Down(_) => Entered::Down { next },
                Failure::Personal => Entered::Personal { next },
                _ => Entered::Refused { next },
            });
        }
    };
    let proof = if identity.has_mfa { Proof::MicrosoftMfa } else { Proof::Microsoft };
    let (opened, session) = NewSession::of(app, enter.browser, proof);
    let email = identity.email.clone().unwrap_or_default();
    let telling = Telling::of(app, &Actor::program(app));
    let arrival = Arrival { attempt, identity, session, telling };
    let entered = app.store.write(move |tx| arrival.write(tx)).await?;
    Ok(if entered { Entered::SignedIn { opened, next } } else { Entered::Link { email, next } })
}

struct Arrival {
    attempt: MicrosoftAttemptRow,
    identity: Identity,
    session: NewSession,
    telling: Telling,
}

impl Arrival {
    /// Whether a session has begun.
    fn write(&self, tx: &mut Tx) -> Result<bool, store::Error> {
        let (tenant_id, object_id) = (&self.identity.tenant_id, &self.identity.object_id);
        let now = self.session.now();
        let linked = tx.microsoft_identity(tenant_id, object_id)?.map(|linked| linked.person_id);
        let vouched = self.vouched(tx)?;
        // A link to somebody who has left opens nothing; the person who has their address now shows it by a code.
        if let Some(person) = linked
            && tx.may_sign_in(person)?
        {
            tx.use_microsoft(tenant_id, object_id, now)?;
            return self.session.begin(tx, person).map(|()| true);
        }
        if let Some(person_id) = vouched
            && linked.is_none()
        {
            let (tenant_id, object_id) = (tenant_id.clone(), object_id.clone());
            tx.link_microsoft(MicrosoftIdentityRow { tenant_id, object_id, person_id, linked_at: now, used_at: now })?;
            tell_linked(tx, person_id, (&self.session, &self.telling))?;
            return self.session.begin(tx, person_id).map(|()| true);
        }
        if let Some(person_id) = self.staff(tx)? {
            let (tenant_id, object_id) = (tenant_id.clone(), object_id.clone());
            tx.link_microsoft(MicrosoftIdentityRow { tenant_id, object_id, person_id, linked_at: now, used_at: now })?;
            tell_linked(tx, person_id, (&self.session, &self.telling))?;
            return self.session.begin(tx, person_id).map(|()| true);
        }
        let until = now.saturating_add(LINK_LIFE).unwrap_or(Timestamp::MAX);
        tx.keep_microsoft_attempt(&self.attempt.state_hash, (tenant_id, object_id), until)?;
        Ok(false)
    }

    /// A member of staff who came in a moment ago, by their link or passkey, with this browser, and showed more than one
    /// factor at Microsoft: no code ever comes to them that could say so.
    fn staff(&self, tx: &mut Tx) -> Result<Option<PersonId>, store::Error> {
        if !self.identity.has_mfa {
            return Ok(None);
        }
        let Some(session) = self.session.before(tx)? else { return Ok(None) };
        let is_fresh = self.session.now().duration_since(session.proved_at) <= FRESH;
        Ok(tx.staff(session.person_id)?.filter(|_| is_fresh).map(|staff| staff.person_id))
    }

    /// Who it is without a code: one of their accounts vouches for the tenant, and Microsoft has verified that the
    /// tenant owns the domain of the address it claims for them.
    fn vouched(&self, tx: &mut Tx) -> Result<Option<PersonId>, store::Error> {
        match &self.identity.email {
            Some(email) if self.identity.email_is_verified && !self.identity.is_guest => {
                tx.vouched_person(&self.identity.tenant_id, email)
            }
            _ => Ok(None),
        }
    }
}

/// What an error of OAuth, with Microsoft's words about it, means for whoever comes back with it.
fn refused(error: &str, description: &str, next: String) -> Entered {
    let is_consent = CONSENT_WORDS.contains(&error)
        || CONSENT_NUMBERS.iter().any(|number| {
            // AADSTS650011 is another one.
            description.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == *number)
        });
    let error: String = error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
    tracing::info!(error, is_consent, "Microsoft refused");
    match error.as_str() {
        _ if is_consent => Entered::Consent { next },
        "access_denied" => Entered::Cancelled { next },
        "server_error" | "temporarily_unavailable" => Entered::Down { next },
        _ => Entered::Refused { next },
    }
}

#[cfg(test)]
mod tests {
    use super::{Entered, refused};

    #[test]
    fn what_microsoft_says_becomes_what_to_do() {
        let said = |error, description| refused(error, description, String::new());
        assert!(matches!(said("consent_required", ""), Entered::Consent { .. }));
        assert!(matches!(said("access_denied", "AADSTS65004: User declined to consent."), Entered::Consent { .. }));
        assert!(matches!(said("invalid_grant", "AADSTS65001: The user or administrator …"), Entered::Consent { .. }));
        assert!(matches!(said("access_denied", "the user canceled the authentication"), Entered::Cancelled { .. }));
        assert!(matches!(said("temporarily_unavailable", ""), Entered::Down { .. }));
        assert!(matches!(said("invalid_request", "AADSTS650011 is something else"), Entered::Refused { .. }));
    }
}
