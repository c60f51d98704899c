//! The token in which Microsoft says who somebody is, checked.

use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJsonWebKeySet,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, ClientId, EmptyExtraTokenFields, EndpointNotSet, EndpointSet,
    IdTokenClaims, IdTokenFields, IdTokenVerifier, IssuerUrl, Nonce, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Identity;

/// The tenant of everybody's personal accounts.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// What stands in the issuer of Microsoft's metadata in place of a tenant.
const TENANT: &str = "{tenantid}";
/// Words of `amr` and `acr` for more than one factor.
const MFA: [&str; 3] = ["mfa", "ngcmfa", "http://schemas.microsoft.com/claims/multipleauthn"];

/// Microsoft's own claims.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    tid: Option<String>,
    oid: Option<String>,
    /// A boolean, a number or a text, depending on whom one asks.
    xms_edov: Option<Value>,
    /// 1: a guest.
    acct: Option<Value>,
    /// Who vouched, where it wasn't the tenant itself.
    idp: Option<String>,
}

impl AdditionalClaims for Claims {}

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What the token endpoint answers.
pub type Answer = StandardTokenResponse<Fields, CoreTokenType>;

/// A client whose addresses are known.
pub type Client = openidconnect::Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// What a token has to fit.
pub struct Expected<'a> {
    /// With or without `{tenantid}`.
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub keys: &'a CoreJsonWebKeySet,
    pub nonce: &'a str,
    pub now: Timestamp,
}

/// Why a token identifies nobody.
#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is signed by a key that we don't know: perhaps a new one.
    UnknownKey,
    Forged(String),
    Personal,
}

impl From<ClaimsVerificationError> for Unread {
    fn from(error: ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Self::UnknownKey
            }
            other => Self::Forged(other.to_string()),
        }
    }
}

/// Reads who it is. The issuer of Microsoft's metadata is a template, so the token is checked twice: without its issuer
/// to learn the tenant, then with the issuer that this tenant must have.
pub fn read(answer: &Answer, expected: &Expected<'_>) -> Result<Identity, Unread> {
    let token = answer.id_token().ok_or_else(|| Unread::Forged("there is none".to_owned()))?;
    let nonce = Nonce::new(expected.nonce.to_owned());
    let loose = verifier(expected, "https://issuer.invalid")?.require_issuer_match(false);
    let named = token.claims(&loose, &nonce)?.additional_claims();
    let written = named.tid.clone().filter(|tid| is_guid(tid)).ok_or_else(|| missing("tid"))?;
    let issuer = expected.issuer.replace(TENANT, &written);
    let claims = token.claims(&verifier(expected, &issuer)?, &nonce)?;
    // The library lets further audiences pass; whoever they are could send us a token that was made for them.
    if claims.audiences().len() != 1 {
        return Err(Unread::Forged("it is meant for others, too".to_owned()));
    }
    let tenant_id = written.to_ascii_lowercase();
    if tenant_id == PERSONAL {
        return Err(Unread::Personal);
    }
    let object_id = claims.additional_claims().oid.clone().filter(|oid| is_guid(oid)).ok_or_else(|| missing("oid"))?;
    Ok(identity((tenant_id, object_id.to_ascii_lowercase()), claims))
}

fn identity((tenant_id, object_id): (String, String), claims: &IdTokenClaims<Claims, CoreGenderClaim>) -> Identity {
    let own = claims.additional_claims();
    let methods = claims.auth_method_refs().into_iter().flatten().map(|method| method.as_str());
    let contexts = claims.auth_context_ref().into_iter().map(|context| context.as_str());
    let has_mfa = methods.chain(contexts).any(|word| MFA.contains(&word));
    Identity {
        tenant_id,
        object_id,
        email: claims.email().map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty()),
        email_is_verified: own.xms_edov.as_ref().is_some_and(is_true),
        is_guest: own.acct.as_ref().is_some_and(is_true)
            || own.idp.as_ref().is_some_and(|idp| idp != claims.issuer().as_str()),
        has_mfa,
    }
}

fn verifier<'a>(expected: &Expected<'_>, issuer: &str) -> Result<IdTokenVerifier<'a, CoreJsonWebKey>, Unread> {
    let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|error| Unread::Forged(error.to_string()))?;
    let now = chrono::DateTime::from_timestamp(expected.now.as_second(), 0).unwrap_or_default();
    // As a public client: then no token counts that was signed with a shared secret.
    Ok(IdTokenVerifier::new_public_client(ClientId::new(expected.client_id.to_owned()), issuer, expected.keys.clone())
        .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
        .set_time_fn(move || now))
}

fn missing(claim: &str) -> Unread {
    Unread::Forged(format!("{claim} is missing"))
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is_true) => *is_true,
        Value::Number(number) => number.as_i64() == Some(1),
        Value::String(text) => text == "1" || text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
