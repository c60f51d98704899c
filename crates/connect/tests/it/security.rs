//! Encryption, signing in, and settings that must not work.

use connect::{
    Secret,
    mail::{Login, Refusal, Security, Settings, Smtp, Unusable},
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::{
    relay::{Relay, settings},
    world::{alice, letter},
};

/// An authority of the house and the files of a certificate that it made for 127.0.0.1.
struct House {
    authority_pem: String,
    folder: TempDir,
}

impl House {
    fn new() -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(vec![]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = certificate.signed_by(&key, &issuer).unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("certificate.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        Self { authority_pem, folder }
    }

    fn relay(&self, security: &str) -> Relay {
        let file = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let (certificate, key) = (file("certificate.pem"), file("key.pem"));
        let arguments =
            ["--security", security, "--certificate", &certificate, "--key", &key, "--login", "portal:correct horse"];
        Relay::start_with(&arguments)
    }

    fn settings(&self, relay: &Relay, security: Security) -> Settings {
        Settings {
            security,
            authority_pem: Some(self.authority_pem.clone()),
            login: login("correct horse"),
            ..relay.settings()
        }
    }
}

fn login(password: &str) -> Option<Login> {
    Some(Login { user: "portal".to_owned(), password: Secret::from(password.to_owned()) })
}

#[tokio::test]
async fn both_kinds_of_encryption_work_with_a_login() {
    let house = House::new();
    for (name, security) in [("starttls", Security::Starttls), ("tls", Security::Tls)] {
        let relay = house.relay(name);
        let smtp = Smtp::new(house.settings(&relay, security)).unwrap();
        smtp.probe().await.unwrap();
        smtp.send(&letter(&[alice()]), &alice()).await.unwrap();
        let arrived = relay.only_letter();
        assert_eq!((arrived.encrypted, arrived.user.as_deref()), (true, Some("portal")), "{name}");
    }
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_not_trusted() {
    let house = House::new();
    for (name, security) in [("starttls", Security::Starttls), ("tls", Security::Tls)] {
        let relay = house.relay(name);
        let settings = Settings { authority_pem: None, ..house.settings(&relay, security) };
        let refusal = Smtp::new(settings).unwrap().send(&letter(&[alice()]), &alice()).await.unwrap_err();
        assert!(matches!(&refusal, Refusal::Unreachable(why) if why.contains("certificate")), "{refusal:?}");
        assert!(relay.arrived().is_empty());
    }
}

#[tokio::test]
async fn a_wrong_password_keeps_the_letter_for_later() {
    let house = House::new();
    let relay = house.relay("tls");
    let settings = Settings { login: login("wrong"), ..house.settings(&relay, Security::Tls) };
    let smtp = Smtp::new(settings).unwrap();
    let refusal = smtp.send(&letter(&[alice()]), &alice()).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Temporary { code: 535, .. }), "{refusal:?}");
    let signed_out = Settings { login: None, ..house.settings(&relay, Security::Tls) };
    let refusal = Smtp::new(signed_out).unwrap().send(&letter(&[alice()]), &alice()).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Temporary { code: 530, .. }), "{refusal:?}");
}

#[tokio::test]
async fn starttls_never_falls_back_to_plain_text() {
    let relay = Relay::start();
    let smtp = Smtp::new(Settings { security: Security::Starttls, ..relay.settings() }).unwrap();
    let refusal = smtp.send(&letter(&[alice()]), &alice()).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Unreachable(_)), "{refusal:?}");
    assert!(relay.arrived().is_empty());
}

#[test]
fn settings_that_would_not_work_are_refused_with_a_sentence() {
    let refused = |settings| Smtp::new(settings).err().unwrap();
    let beyond = Settings { host: "smtp.example.com".to_owned(), ..settings(25) };
    assert!(refused(beyond).to_string().starts_with("mail to smtp.example.com would travel unencrypted"));
    for host in ["localhost.evil.example", "10.0.0.1", "0.0.0.0", ""] {
        let beyond = Settings { host: host.to_owned(), ..settings(25) };
        assert_eq!(refused(beyond), Unusable::Unencrypted(host.to_owned()));
    }
    for host in ["localhost", "LOCALHOST", "127.0.0.2", "::1"] {
        assert!(Smtp::new(Settings { host: host.to_owned(), ..settings(25) }).is_ok(), "{host}");
    }
    for name in ["", "a b", "a\r\nMAIL FROM:<x>"] {
        let greeting = Settings { hello_name: name.to_owned(), ..settings(25) };
        assert!(matches!(refused(greeting), Unusable::HelloName(_)));
    }
    let authority = Settings { authority_pem: Some("nonsense".to_owned()), ..settings(25) };
    assert!(matches!(refused(authority), Unusable::Certificates(_)));
    assert_eq!(refused(Settings { timeout_s: 0, ..settings(25) }), Unusable::NoTime);
}
