//! Passkeys: what the portal asks of authenticators, and what it takes for an answer. The checks are the library's.

use serde_json::{Value, json};
use url::{Host, Url};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
    Webauthn, WebauthnBuilder,
};

use crate::config::{Config, is_loopback};
use crate::error::{Error, Result};
use crate::random;

/// The portal as authenticators know it: by its host name. An address of numbers is none; where the portal is served on
/// the loopback it is `localhost`, so that whoever tries it out opens it there.
pub struct Passkeys {
    webauthn: Webauthn,
}

/// What an authenticator is asked, and what is needed to understand its answer.
pub struct Question {
    /// For `navigator.credentials`.
    pub options: Value,
    /// To be kept by us.
    pub state: String,
}

/// A passkey as an authenticator has made it.
pub struct Made {
    pub credential_id: Vec<u8>,
    /// JSON.
    pub credential: String,
}

/// Which passkey an answer claims to be of.
pub struct Claimed {
    answer: PublicKeyCredential,
    handle: Uuid,
}

impl Passkeys {
    /// Nothing where the portal has no host name.
    ///
    /// # Errors
    /// `Refused` where the address can't be used for passkeys.
    pub fn of(config: &Config, provider: &str) -> Result<Option<Self>> {
        let mut origin = Url::parse(&config.base_url).map_err(Error::refused)?;
        if config.host().is_some_and(|host| is_loopback(&host)) {
            origin.set_host(Some("localhost")).map_err(Error::refused)?;
        }
        let Some(Host::Domain(name)) = origin.host() else { return Ok(None) };
        let builder = WebauthnBuilder::new(name, &origin).map_err(Error::refused)?.rp_name(provider);
        Ok(Some(Self { webauthn: builder.build().map_err(Error::refused)? }))
    }

    /// Asks for a new passkey of somebody who has `known` ones. It has to be one that an authenticator finds by
    /// itself: whoever signs in with it types nothing, and the page must not tell who has one.
    ///
    /// # Errors
    /// `Internal` where the library refuses.
    pub fn ask_new(&self, handle: &[u8], (email, name): (&str, &str), known: Vec<Vec<u8>>) -> Result<Question> {
        let handle = Uuid::from_slice(handle).map_err(Error::internal)?;
        let (options, state) =
            self.webauthn.start_passkey_registration(handle, email, name, Some(known)).map_err(Error::internal)?;
        let mut options = serde_json::to_value(options).map_err(Error::internal)?;
        if let Some(Value::Object(selection)) = options.pointer_mut("/publicKey/authenticatorSelection") {
            selection.insert("residentKey".to_owned(), json!("required"));
            selection.insert("requireResidentKey".to_owned(), json!(true));
        }
        Ok(Question { options, state: serde_json::to_string(&state).map_err(Error::internal)? })
    }

    /// The passkey in an authenticator's answer; nothing where it is no good answer to what was asked.
    ///
    /// # Errors
    /// `Internal` where what we kept can't be read.
    pub fn made(&self, state: &str, answer: &str) -> Result<Option<Made>> {
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(Error::internal)?;
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(answer) else { return Ok(None) };
        let passkey = match self.webauthn.finish_passkey_registration(&answer, &state) {
            Ok(passkey) => passkey,
            Err(reason) => {
                tracing::info!(%reason, "a new passkey was refused");
                return Ok(None);
            }
        };
        let credential_id = passkey.cred_id().clone();
        let credential = serde_json::to_string(&passkey).map_err(Error::internal)?;
        Ok(Some(Made { credential_id, credential }))
    }

    /// Asks for any passkey that the browser has for this portal.
    ///
    /// # Errors
    /// `Internal` where the library refuses.
    pub fn ask_any(&self) -> Result<Question> {
        let (options, state) = self.webauthn.start_discoverable_authentication().map_err(Error::internal)?;
        let options = serde_json::to_value(options).map_err(Error::internal)?;
        Ok(Question { options, state: serde_json::to_string(&state).map_err(Error::internal)? })
    }

    /// Which passkey an answer is of; nothing where it can't be read or names nobody.
    pub fn claimed(&self, answer: &str) -> Option<Claimed> {
        let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
        let (handle, _) = self.webauthn.identify_discoverable_authentication(&answer).ok()?;
        Some(Claimed { answer, handle })
    }

    /// Checks an answer against the passkey it names; gives the passkey as it is to be kept from now on.
    ///
    /// # Errors
    /// `Internal` where what we kept can't be read.
    pub fn check(&self, state: &str, claimed: &Claimed, handle: &[u8], credential: &str) -> Result<Option<String>> {
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(Error::internal)?;
        let mut passkey: Passkey = serde_json::from_str(credential).map_err(Error::internal)?;
        if claimed.handle.as_bytes() != handle {
            return Ok(None);
        }
        match self.webauthn.finish_discoverable_authentication_v2(&claimed.answer, state, &passkey) {
            Ok(result) if result.user_verified() => {
                passkey.update_credential(&result);
                Ok(Some(serde_json::to_string(&passkey).map_err(Error::internal)?))
            }
            Ok(_) => Ok(None),
            Err(reason) => {
                tracing::info!(%reason, "an answer of a passkey was refused");
                Ok(None)
            }
        }
    }
}

impl Claimed {
    /// As the authenticator names the passkey.
    pub fn credential_id(&self) -> &[u8] {
        self.answer.get_credential_id()
    }
}

/// A name for a person towards authenticators.
pub fn new_handle() -> Vec<u8> {
    random::bytes::<16>().to_vec()
}
