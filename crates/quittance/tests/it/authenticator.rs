//! A phone that keeps passkeys: it answers what browsers hand it, as the specification has it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::world::{BASE, HOST};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const NEW: u8 = 0x40;

#[derive(Clone)]
pub struct Authenticator {
    pub key: SigningKey,
    pub id: Vec<u8>,
    pub handle: Vec<u8>,
    pub counter: u32,
    /// What it says, for stories in which it lies.
    pub origin: String,
    pub site: String,
    pub verifies: bool,
}

impl Authenticator {
    pub fn new() -> Authenticator {
        let secret: [u8; 32] = quittance::random::bytes();
        Authenticator {
            key: SigningKey::from_slice(&secret).unwrap(),
            id: quittance::random::bytes::<20>().to_vec(),
            handle: quittance::random::bytes::<16>().to_vec(),
            counter: 0,
            origin: BASE.to_owned(),
            site: HOST.to_owned(),
            verifies: true,
        }
    }

    /// Makes its passkey: the answer to `navigator.credentials.create`.
    pub fn creates(&mut self, options: &Value) -> String {
        let key = &options["publicKey"];
        assert_eq!(key["rp"]["id"], HOST);
        let selection = &key["authenticatorSelection"];
        assert_eq!(
            (selection["residentKey"].as_str(), selection["userVerification"].as_str()),
            (Some("required"), Some("required"))
        );
        self.handle = URL_SAFE_NO_PAD.decode(key["user"]["id"].as_str().unwrap()).unwrap();
        let point = self.key.verifying_key().to_encoded_point(false);
        let mut data = self.data(NEW);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(point.x().unwrap());
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().unwrap());
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        let client = self.client("webauthn.create", key["challenge"].as_str().unwrap());
        self.answer(json!({"clientDataJSON": encoded(&client), "attestationObject": encoded(&object), "transports": ["internal"]}))
    }

    /// Answers `navigator.credentials.get`.
    pub fn gets(&mut self, options: &Value) -> String {
        self.counter += 1;
        let key = &options["publicKey"];
        assert_eq!(key["allowCredentials"].as_array().map_or(0, Vec::len), 0, "nobody is told who has a passkey");
        let (data, client) = (self.data(0), self.client("webauthn.get", key["challenge"].as_str().unwrap()));
        let signed = [data.as_slice(), Sha256::digest(&client).as_slice()].concat();
        let signature: Signature = self.key.sign(&signed);
        self.answer(json!({
            "clientDataJSON": encoded(&client), "authenticatorData": encoded(&data),
            "signature": encoded(signature.to_der().as_bytes()), "userHandle": encoded(&self.handle),
        }))
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(&self.site).to_vec();
        data.push(flags | PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client(&self, kind: &str, challenge: &str) -> Vec<u8> {
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }

    fn answer(&self, response: Value) -> String {
        let id = encoded(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": response}).to_string()
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
