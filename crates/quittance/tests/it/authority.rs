//! A stand-in for Microsoft on the loopback: metadata with a templated issuer, keys, tokens as a story wants them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, rand_core::OsRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

pub const CLIENT: &str = "5f2b0c1e-0000-4000-8000-00000000c11e";
pub const SECRET: &str = "s3cret of the portal";
/// Acme's and Globex's tenants, and a stranger's.
pub const ACME: &str = "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa";
pub const GLOBEX: &str = "bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb";
pub const EVIL: &str = "eeeeeeee-6666-4666-8666-eeeeeeeeeeee";

pub struct Authority {
    pub url: String,
    books: Arc<Mutex<Books>>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Books {
    url: String,
    /// Which of the keys signs.
    key: usize,
    is_down: bool,
    keys_read: usize,
    /// Codes with the challenge they are bound to and the token they are worth.
    codes: BTreeMap<String, (String, Result<String, String>)>,
}

/// Where the portal sent a browser, with what it asks for.
pub struct Way {
    pub address: String,
    pub query: BTreeMap<String, String>,
}

impl Way {
    pub fn of(address: &str) -> Way {
        let (_, query) = address.split_once('?').unwrap();
        let query = serde_urlencoded::from_str(query).unwrap();
        Way { address: address.to_owned(), query }
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Two keys for all stories: making them takes a moment.
fn key(number: usize) -> &'static RsaPrivateKey {
    static KEYS: OnceLock<[RsaPrivateKey; 2]> = OnceLock::new();
    &KEYS.get_or_init(|| [(), ()].map(|()| RsaPrivateKey::new(&mut OsRng, 2048).unwrap()))[number]
}

impl Authority {
    pub async fn start() -> Authority {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/organizations/v2.0", listener.local_addr().unwrap());
        let books = Arc::new(Mutex::new(Books { url: url.clone(), ..Books::default() }));
        let router = Router::new()
            .route("/organizations/v2.0/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&books));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Authority { url, books, server }
    }

    /// As Microsoft writes the issuer of a tenant.
    pub fn issuer(&self, tenant: &str) -> String {
        self.url.replace("organizations", tenant)
    }

    /// What a good token says of somebody.
    pub fn claims(&self, way: &Way, (tenant, object): (&str, &str), more: Value) -> Value {
        let now = quittance::clock::Clock::default().real().as_second();
        let mut claims = json!({
            "iss": self.issuer(tenant), "aud": CLIENT, "sub": format!("pairwise-{object}"), "ver": "2.0",
            "iat": now, "nbf": now, "exp": now + 3600, "nonce": way.query["nonce"], "tid": tenant, "oid": object,
        });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    }

    /// The token that the key in use signs.
    pub fn signed(&self, claims: &Value) -> String {
        let number = self.books.lock().unwrap().key;
        signed_by(number, number, claims)
    }

    /// A code that is worth a token, as the browser brings it back.
    pub fn grants(&self, way: &Way, token: String) -> String {
        self.keeps(way, Ok(token))
    }

    /// A code for which the token endpoint has an error alone.
    pub fn denies(&self, way: &Way, description: &str) -> String {
        self.keeps(way, Err(description.to_owned()))
    }

    fn keeps(&self, way: &Way, worth: Result<String, String>) -> String {
        let mut books = self.books.lock().unwrap();
        let code = format!("code-{}", books.codes.len());
        books.codes.insert(code.clone(), (way.query["code_challenge"].clone(), worth));
        code
    }

    pub fn rotates_its_key(&self) {
        self.books.lock().unwrap().key = 1;
    }

    pub fn falls_silent(&self, is_down: bool) {
        self.books.lock().unwrap().is_down = is_down;
    }

    pub fn keys_read(&self) -> usize {
        self.books.lock().unwrap().keys_read
    }
}

/// A token signed by one key in the name of another.
pub fn signed_by(number: usize, named: usize, claims: &Value) -> String {
    let body = unsigned(&json!({"alg": "RS256", "typ": "JWT", "kid": format!("key-{named}")}), claims);
    let signature = SigningKey::<Sha256>::new(key(number).clone()).sign(body.as_bytes());
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// Header and claims, without a signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// A token signed with a shared secret.
pub fn signed_with_secret(secret: &[u8], claims: &Value) -> String {
    let body = unsigned(&json!({"alg": "HS256", "typ": "JWT"}), claims);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(body.as_bytes());
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// The public half of the key in use, as the key set shows it.
pub fn modulus(number: usize) -> String {
    URL_SAFE_NO_PAD.encode(key(number).n().to_bytes_be())
}

async fn metadata(State(books): State<Arc<Mutex<Books>>>) -> Response {
    let books = books.lock().unwrap();
    if books.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let root = books.url.replace("/organizations/v2.0", "");
    Json(json!({
        "issuer": books.url.replace("organizations", "{tenantid}"),
        "authorization_endpoint": format!("{root}/authorize"),
        "token_endpoint": format!("{root}/token"),
        "jwks_uri": format!("{root}/keys"),
    }))
    .into_response()
}

async fn keys(State(books): State<Arc<Mutex<Books>>>) -> Response {
    let mut books = books.lock().unwrap();
    books.keys_read += 1;
    let number = books.key;
    let exponent = URL_SAFE_NO_PAD.encode(key(number).e().to_bytes_be());
    Json(json!({"keys": [
        {"kty": "RSA", "use": "sig", "kid": format!("key-{number}"), "n": modulus(number), "e": exponent},
        {"kty": "of-tomorrow", "kid": "nobody-knows"},
    ]}))
    .into_response()
}

async fn token(
    State(books): State<Arc<Mutex<Books>>>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let mut books = books.lock().unwrap();
    if books.is_down {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace(' ', "+"))));
    let is_ours = headers.get("authorization").is_some_and(|sent| sent.to_str().unwrap() == basic);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    // A code is good once, for who was sent for it.
    let worth = books.codes.remove(&form["code"]).filter(|(bound, _)| is_ours && *bound == challenge);
    match worth.map(|(_, worth)| worth) {
        Some(Ok(token)) => {
            Json(json!({"token_type": "Bearer", "access_token": "none of ours", "expires_in": 60, "id_token": token}))
                .into_response()
        }
        Some(Err(description)) => refusal("invalid_grant", &description),
        None => refusal("invalid_client", "not this code, not this verifier, or not this client"),
    }
}

fn refusal(error: &str, description: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": error, "error_description": description}))).into_response()
}
