//! What arrives is what was meant, whatever the texts hold.

use connect::mail::{Address, Letter, Refusal};
use sha2::{Digest, Sha256};

use crate::{
    relay::{Arrived, Relay},
    world::{address, alice, bob, letter, pdf},
};

async fn delivered(letter: &Letter, recipient: &Address) -> Arrived {
    let relay = Relay::start();
    relay.smtp().send(letter, recipient).await.unwrap();
    let arrived = relay.only_letter();
    arrived.assert_well_formed();
    arrived
}

fn person(name: &str, email: &str) -> (String, String) {
    (name.to_owned(), email.to_owned())
}

/// A text part with plain line ends; the end of the last line is the transport's.
fn unix(part: Option<String>) -> String {
    part.unwrap().trim_end().replace("\r\n", "\n")
}

#[tokio::test]
async fn a_letter_arrives_whole_with_a_large_attachment() {
    let file = pdf("INV-1043.pdf", 600_000);
    let mut letter = letter(&[alice()]);
    letter.cc = vec![bob()];
    letter.reply_to = Some(address("Dana Doe", "help@provider.example"));
    letter.attachments = vec![file.clone()];
    let arrived = delivered(&letter, &alice()).await;

    assert_eq!(arrived.envelope.from, "billing@provider.example");
    assert_eq!(arrived.envelope.to, ["alice@acme.example"]);
    assert_eq!(arrived.envelope.hello, "billing.provider.example");
    assert_eq!(arrived.people["From"], [person("West Prairie Technology", "billing@provider.example")]);
    assert_eq!(arrived.people["Reply-To"], [person("Dana Doe", "help@provider.example")]);
    assert_eq!(arrived.people["To"], [person("Alice Archer", "alice@acme.example")]);
    assert_eq!(arrived.people["Cc"], [person("", "bob@acme.example")]);
    assert_eq!(arrived.header("Subject"), ["Invoice INV-1043: $412.00, due 1 Dec 2026"]);
    assert_eq!(arrived.header("Message-ID"), ["<inv-1043.2026-11-02@provider.example>"]);
    assert_eq!(arrived.header("Date"), ["Mon, 02 Nov 2026 15:02:00 +0000"]);
    let structure = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"];
    assert_eq!(arrived.structure, structure);
    assert_eq!(unix(arrived.text), letter.text.trim_end());
    assert_eq!(unix(arrived.html), letter.html.trim_end());
    let enclosed = &arrived.attachments[0];
    assert_eq!((enclosed.file_name.as_str(), enclosed.media_type.as_str()), ("INV-1043.pdf", "application/pdf"));
    assert_eq!(enclosed.size_bytes, 600_000);
    assert_eq!(enclosed.sha256, format!("{:x}", Sha256::digest(&file.bytes)));
}

#[tokio::test]
async fn every_recipient_and_every_attempt_gets_the_same_bytes() {
    let relay = Relay::start();
    let smtp = relay.smtp();
    let mut letter = letter(&[alice()]);
    letter.cc = vec![bob()];
    letter.attachments = vec![pdf("INV-1043.pdf", 5_000)];
    for recipient in [alice(), bob(), alice()] {
        smtp.send(&letter, &recipient).await.unwrap();
    }
    let arrived = relay.arrived();
    let to: Vec<_> = arrived.iter().map(|one| one.envelope.to[0].as_str()).collect();
    assert_eq!(to, ["alice@acme.example", "bob@acme.example", "alice@acme.example"]);
    assert!(arrived.iter().all(|one| one.envelope.to.len() == 1 && one.sha256 == arrived[0].sha256));
    assert!(arrived.iter().all(|one| one.peer == arrived[0].peer), "one connection serves them all");
}

#[tokio::test]
async fn names_with_commas_quotes_and_other_scripts_stay_names() {
    let names = [
        "Archer, Alice",
        "Alice \"Ace\" Archer",
        "Alice \\ Archer",
        "Åsa Öström (Löhne) <x@y>; \"z\", Ltd.",
        "株式会社アクメ 経理部",
        "Ελληνική Εταιρεία Πληροφορικής και Επικοινωνιών Ανώνυμη Εταιρεία Περιορισμένης Ευθύνης",
        "👩‍💻 Acme & Sons",
        "a@b.example, c",
    ];
    let people: Vec<Address> = (1..).zip(names).map(|(n, name)| address(name, &format!("p{n}@acme.example"))).collect();
    let arrived = delivered(&letter(&people), &people[0]).await;
    let expected: Vec<_> = people.iter().map(|one| person(one.name(), one.email())).collect();
    assert_eq!(arrived.people["To"], expected);
}

#[tokio::test]
async fn long_subjects_are_folded_and_come_back_whole() {
    for subject in [
        "Invoice INV-1043 ".repeat(14),
        "Rechnung über Büroausstattung für Ångström, ".repeat(5),
        "請求書".repeat(80),
        "x".repeat(250),
        "👩‍💻".repeat(60),
    ] {
        let mut letter = letter(&[alice()]);
        letter.subject = subject.clone();
        let arrived = delivered(&letter, &alice()).await;
        assert_eq!(arrived.header("Subject"), [subject.trim()]);
    }
}

#[tokio::test]
async fn too_long_a_subject_is_cut() {
    let mut letter = letter(&[alice()]);
    letter.subject = "y".repeat(2_000);
    let arrived = delivered(&letter, &alice()).await;
    assert_eq!(arrived.header("Subject"), [format!("{}…", "y".repeat(249))]);
}

#[tokio::test]
async fn nobody_slips_in_a_header() {
    let attack = "x\r\nBcc: eve@evil.example\r\n\r\n<script>\0\u{85}\u{2028}";
    let flat = "x Bcc: eve@evil.example <script>";
    let mut letter = letter(&[address(attack, "alice@acme.example")]);
    letter.subject = attack.to_owned();
    letter.attachments = vec![pdf(attack, 10), pdf("../../etc/pass\"wd\r\nX: y.pdf", 10), pdf("\r\n", 10)];
    let arrived = delivered(&letter, &alice()).await;
    assert_eq!(arrived.header("Subject"), [flat]);
    assert_eq!(arrived.people["To"], [person(flat, "alice@acme.example")]);
    let names: Vec<_> = arrived.attachments.iter().map(|one| one.file_name.as_str()).collect();
    assert_eq!(names, [flat, "..-..-etc-pass\"wd X: y.pdf", "attachment"]);
    assert_eq!(arrived.envelope.to, ["alice@acme.example"]);

    assert!(Address::new("", "alice@acme.example>\r\nRCPT TO:<eve@evil.example").is_err());
}

#[tokio::test]
async fn typed_encoded_words_are_not_decoded() {
    let typed = "=?utf-8?q?Paid_in_full=0D=0ABcc:_eve?=";
    let mut letter = letter(&[address(typed, "alice@acme.example")]);
    letter.subject = typed.to_owned();
    let arrived = delivered(&letter, &alice()).await;
    let shown = typed.replace("=?", "= ?");
    assert_eq!(arrived.header("Subject"), [shown.as_str()]);
    assert_eq!(arrived.people["To"][0].0, shown);
}

#[tokio::test]
async fn attachment_names_in_other_scripts_arrive() {
    let names = ["Rechnung für März.pdf", "請求書 2026年11月.pdf", "a;b=c, 'd' 100%.pdf", &"l".repeat(110)];
    let mut letter = letter(&[alice()]);
    letter.attachments = names.iter().map(|name| pdf(name, 10)).collect();
    let arrived = delivered(&letter, &alice()).await;
    let arrived: Vec<_> = arrived.attachments.iter().map(|one| one.file_name.as_str()).collect();
    assert_eq!(arrived, names);
}

#[tokio::test]
async fn any_text_survives_the_way() {
    let text = ".\n..\n.dot\nFrom here\n--=_quittance-alternative--\n=_quittance-mixed\ntrailing \t\n\nü\0\u{1F9FE}\n";
    let mut letter = letter(&[alice()]);
    letter.text = format!("{text}{}\nend", "long ".repeat(1_000));
    letter.html = String::new();
    let arrived = delivered(&letter, &alice()).await;
    assert_eq!(arrived.structure, ["multipart/alternative", "text/plain"]);
    assert_eq!(unix(arrived.text), letter.text);
}

#[test]
fn what_cannot_be_sent_is_refused_before_anything_is_tried() {
    let good = letter(&[alice()]);
    let bad = [
        Letter { message_id: "a b".to_owned(), ..good.clone() },
        Letter { message_id: "a@b@c.example".to_owned(), ..good.clone() },
        Letter { message_id: "a>\r\nBcc: <x@y.example".to_owned(), ..good.clone() },
        Letter { date: "1969-12-31T00:00:00Z".parse().unwrap(), ..good.clone() },
        Letter {
            attachments: vec![connect::mail::Attachment { media_type: "pdf\r\nX: y".to_owned(), ..pdf("a.pdf", 1) }],
            ..good.clone()
        },
    ];
    for letter in bad {
        let refusal = letter.mime().unwrap_err();
        assert!(matches!(refusal, Refusal::Invalid(_)), "{refusal:?}");
        assert!(!refusal.to_string().contains(['\r', '\n']), "{refusal}");
    }
    let whole = Letter { message_id: "otp.8f3a@mail.provider.example".to_owned(), ..good };
    let mime = String::from_utf8(whole.mime().unwrap()).unwrap();
    assert!(mime.contains("\r\nMessage-ID: <otp.8f3a@mail.provider.example>\r\n"), "{mime}");
}
