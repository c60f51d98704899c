//! Microsoft's sign-in: where the browser is sent, and what the code that comes back is worth.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreJsonWebKeySet};
use openidconnect::url::Url;
use openidconnect::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenUrl,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::token::{Client, Expected, Unread, read};
use super::{Failure, Identity};
use crate::Secret;

const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(8);
/// No answer of theirs is longer, in bytes.
const LONGEST: usize = 1 << 20;
/// Metadata and keys older than this are read again, and still used where that fails.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// A key we don't know makes us read the keys again, at most so often: anybody can send such tokens.
const KEYS_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// All we ask for, so that no administrator has to consent: who it is.
const SCOPES: [&str; 2] = ["profile", "email"];

/// The registration of the portal at Microsoft.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `https://login.microsoftonline.com/organizations/v2.0`
    pub authority: String,
    pub client_id: String,
    pub client_secret: Secret,
    /// Where the browser comes back to.
    pub redirect_url: String,
}

/// What the person is to do at Microsoft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Nothing where they are signed in already.
    Usual,
    /// Choose among their accounts.
    Choose,
    /// Show once more who they are.
    Again,
}

/// One attempt: the secrets that tie what comes back to who was sent.
pub struct Asking {
    pub state: String,
    pub nonce: String,
    /// Of PKCE: 43 to 128 characters.
    pub verifier: String,
}

/// Microsoft, with what is known of it.
pub struct Entra {
    settings: Settings,
    http: reqwest::Client,
    known: RwLock<Option<Arc<Known>>>,
    /// One at a time reads metadata and keys. Holds when a key that we didn't know made us read them last.
    reading: Mutex<Option<Timestamp>>,
    is_down: AtomicBool,
}

struct Known {
    metadata: Metadata,
    keys: CoreJsonWebKeySet,
    read_at: Timestamp,
}

#[derive(Deserialize)]
struct Metadata {
    /// With `{tenantid}` in it.
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoAnswer(String);

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        // The reason is in the innermost error; the address stays out of the log.
        let error = error.without_url();
        let mut reason: &dyn std::error::Error = &error;
        while let Some(source) = reason.source() {
            reason = source;
        }
        Self(format!("{error}: {reason}"))
    }
}

impl Entra {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the settings.
    pub fn new(settings: Settings) -> Result<Self, String> {
        if !is_safe(&settings.authority) {
            return Err(format!(
                "[sign_in.microsoft] authority {:?} can't be used: it must be https://… (http:// only where the host is \
                 the loopback)",
                settings.authority
            ));
        }
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            // What we send holds a secret.
            .redirect(reqwest::redirect::Policy::none());
        let builder = if settings.authority.starts_with("http://") { builder.no_proxy() } else { builder };
        let http = builder.build().map_err(|error| error.to_string())?;
        Ok(Self {
            settings,
            http,
            known: RwLock::default(),
            reading: Mutex::default(),
            is_down: AtomicBool::new(false),
        })
    }

    /// Whether it didn't answer when it was asked last.
    pub fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Relaxed)
    }

    /// Where an administrator lets a whole company use the portal.
    pub fn consent_address(&self) -> String {
        let query =
            [("client_id", self.settings.client_id.as_str()), ("redirect_uri", self.settings.redirect_url.as_str())];
        let address = format!("{}/adminconsent", self.settings.authority.trim_end_matches('/'));
        Url::parse_with_params(&address, query.iter().chain([&("scope", "openid profile email")]))
            .map(String::from)
            .unwrap_or(address)
    }

    /// Where the browser is to go.
    ///
    /// # Errors
    /// `Down` where nothing is known of it yet and it doesn't answer.
    pub async fn way(&self, asking: &Asking, prompt: Prompt, now: Timestamp) -> Result<String, Failure> {
        let known = self.known(now).await?;
        let client = self.client(&known)?;
        let (state, nonce) = (CsrfToken::new(asking.state.clone()), Nonce::new(asking.nonce.clone()));
        let verifier = PkceCodeVerifier::new(asking.verifier.clone());
        let request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("response_mode", "query");
        let request = match prompt {
            Prompt::Usual => request,
            Prompt::Choose => request.add_prompt(CoreAuthPrompt::SelectAccount),
            Prompt::Again => request.add_prompt(CoreAuthPrompt::Login),
        };
        Ok(request.url().0.into())
    }

    /// Who came back with a code.
    ///
    /// # Errors
    /// Those of [`Failure`].
    pub async fn identify(&self, code: String, asking: &Asking, now: Timestamp) -> Result<Identity, Failure> {
        let known = self.known(now).await?;
        let client = self.client(&known)?;
        let http = self.http.clone();
        let sending = move |request| send(http.clone(), request);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(asking.verifier.clone()))
            .request_async(&sending)
            .await;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => Failure::Refused {
                error: word(said.error()),
                description: said.error_description().cloned().unwrap_or_default(),
            },
            RequestTokenError::Request(reason) => self.down(&reason),
            RequestTokenError::Parse(reason, _) => Failure::Forged(reason.to_string()),
            RequestTokenError::Other(reason) => self.down(&NoAnswer(reason)),
        })?;
        self.is_down.store(false, Ordering::Relaxed);
        match self.read(&known, &answer, asking, now) {
            Err(Unread::UnknownKey) => {
                let fresh = self.renewed(&known, now).await?;
                self.read(&fresh, &answer, asking, now)
            }
            other => other,
        }
        .map_err(|unread| match unread {
            Unread::UnknownKey => Failure::Forged("no key of theirs".to_owned()),
            Unread::Forged(reason) => Failure::Forged(reason),
            Unread::Personal => Failure::Personal,
        })
    }

    /// Reads metadata and keys again, so that the next person doesn't wait, and that it is known when it is down.
    pub async fn refresh(&self, now: Timestamp) {
        let _turn = self.reading.lock().await;
        if let Err(failure) = self.load(now).await {
            tracing::warn!(%failure, "Microsoft's metadata could not be read");
        }
    }

    fn read(
        &self,
        known: &Known,
        answer: &super::token::Answer,
        asking: &Asking,
        now: Timestamp,
    ) -> Result<Identity, Unread> {
        let expected = Expected {
            issuer: &known.metadata.issuer,
            client_id: &self.settings.client_id,
            keys: &known.keys,
            nonce: &asking.nonce,
            now,
        };
        read(answer, &expected)
    }

    fn client(&self, known: &Known) -> Result<Client, Failure> {
        let bad = |error: openidconnect::url::ParseError| Failure::Down(format!("an address can't be read: {error}"));
        let issuer = IssuerUrl::new(self.settings.authority.clone()).map_err(bad)?;
        let id = ClientId::new(self.settings.client_id.clone());
        Ok(openidconnect::Client::new(id, issuer, known.keys.clone())
            .set_client_secret(ClientSecret::new(self.settings.client_secret.reveal().to_owned()))
            .set_auth_uri(AuthUrl::new(known.metadata.authorization_endpoint.clone()).map_err(bad)?)
            .set_token_uri(TokenUrl::new(known.metadata.token_endpoint.clone()).map_err(bad)?)
            .set_redirect_uri(RedirectUrl::new(self.settings.redirect_url.clone()).map_err(bad)?))
    }

    fn cached(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known, read where it isn't or is old; what is old does where nothing new comes.
    async fn known(&self, now: Timestamp) -> Result<Arc<Known>, Failure> {
        let is_young = |known: &Known| now.duration_since(known.read_at) < KEPT;
        if let Some(known) = self.cached().filter(|known| is_young(known)) {
            return Ok(known);
        }
        let _turn = self.reading.lock().await;
        match self.cached() {
            Some(known) if is_young(&known) => Ok(known),
            stale => match (self.load(now).await, stale) {
                (Err(failure), Some(known)) => {
                    tracing::warn!(%failure, "Microsoft's metadata is old");
                    Ok(known)
                }
                (read, _) => read,
            },
        }
    }

    /// The keys as they are now, after a token of a key that `known` doesn't have.
    async fn renewed(&self, known: &Arc<Known>, now: Timestamp) -> Result<Arc<Known>, Failure> {
        let mut last = self.reading.lock().await;
        match self.cached() {
            Some(newer) if !Arc::ptr_eq(&newer, known) => Ok(newer),
            _ if last.is_some_and(|last| now.duration_since(last) < KEYS_EVERY) => Ok(Arc::clone(known)),
            _ => {
                *last = Some(now);
                self.load(now).await
            }
        }
    }

    async fn load(&self, now: Timestamp) -> Result<Arc<Known>, Failure> {
        let address = format!("{}/.well-known/openid-configuration", self.settings.authority.trim_end_matches('/'));
        let metadata: Metadata = self.get(&address).await?;
        for endpoint in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
            if !is_safe(endpoint) {
                return Err(Failure::Down(format!("its metadata name {endpoint:?}")));
            }
        }
        let keys = self.get(&metadata.jwks_uri).await?;
        let known = Arc::new(Known { metadata, keys, read_at: now });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        self.is_down.store(false, Ordering::Relaxed);
        Ok(known)
    }

    async fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, Failure> {
        let bytes = async {
            let answer = self.http.get(address).send().await?.error_for_status()?;
            body(answer).await
        };
        let bytes = bytes.await.map_err(|reason| self.down(&reason))?;
        serde_json::from_slice(&bytes).map_err(|error| self.down(&NoAnswer(error.to_string())))
    }

    fn down(&self, reason: &NoAnswer) -> Failure {
        self.is_down.store(true, Ordering::Relaxed);
        Failure::Down(reason.to_string())
    }
}

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let answer = http.execute(request.try_into()?).await?;
    if answer.status().is_server_error() {
        return Err(NoAnswer(answer.status().to_string()));
    }
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(body(answer).await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, NoAnswer> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST {
            return Err(NoAnswer("it answers without end".to_owned()));
        }
    }
    Ok(bytes)
}

/// The word of OAuth, as it was sent.
fn word(error: &CoreErrorResponseType) -> String {
    serde_json::to_value(error).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

/// Whether an address is encrypted, or on this very machine.
fn is_safe(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let is_near = url.host_str().is_some_and(|host| {
        host == "localhost" || host == "[::1]" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
    });
    url.scheme() == "https" || (url.scheme() == "http" && is_near)
}
