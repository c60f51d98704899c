//! Letters that come back: whom it is told, what it changes, and what strangers can't do with it.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use quittance::actions::deliver_mail::deliver_mail;
use quittance::actions::read_bounce::{Bounce, read_bounce};
use quittance::bounce_folder::{Watch, read_path};
use store::bounce::AddressState;
use store::testing::Database;

use crate::browser::Browser;
use crate::cast::{ALICE, BOB, DESK};
use crate::house::House;
use crate::issued::{Bill, issue};
use crate::world::World;

stories!(
    a_hard_bounce_is_told_and_the_address_is_skipped,
    what_is_no_failure_changes_nothing,
    a_soft_failure_is_told_and_the_address_is_kept,
    a_letter_about_its_content_does_not_brand_the_address,
    what_is_about_our_sender_does_not_brand_the_address,
    strangers_can_do_nothing,
    folders_are_read_once,
    a_retry_waits_for_its_time,
);

/// A report as Postfix writes them.
pub fn report(message_id: &str, recipient: &str, action: &str, status: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.acme.example (Mail Delivery System)\r\nTo: {DESK}\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"4B1C.1\"\r\n\r\n\
         --4B1C.1\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI'm sorry.\r\n\r\n\
         --4B1C.1\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.acme.example\r\nArrival-Date: Mon, 2 Nov 2026 09:02:00 -0600\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nOriginal-Recipient: rfc822;{recipient}\r\nAction: {action}\r\n\
         Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} <{recipient}>: Recipient address\r\n    rejected: <b>gone</b>\r\n\r\n\
         --4B1C.1\r\nContent-Description: Undelivered Message\r\nContent-Type: message/rfc822\r\n\r\n\
         From: {DESK}\r\nMessage-ID: <{message_id}>\r\nSubject: Invoice\r\n\r\nHello.\r\n--4B1C.1--\r\n"
    )
}

/// Mails INV-7 to Alice, who is signed in; gives her and its Message-ID.
async fn mailed(world: &World) -> (Browser, String) {
    issue(&world.app.store, vec![Bill::new(1, 7, "2026-09-18")]).await;
    let mut alice = world.signed_in(ALICE).await;
    let id = again(world, &mut alice).await;
    (alice, id)
}

async fn again(world: &World, alice: &mut Browser) -> String {
    assert_eq!(alice.post("/invoices/INV-7/mails", &[]).await.status, 303);
    deliver_mail(&world.app, |_| ()).await.unwrap();
    invoices(world).first().unwrap().clone()
}

/// The Message-IDs of the invoice's mails to Alice, the newest first.
fn invoices(world: &World) -> Vec<String> {
    let letters = world.mailbox.received_by(ALICE).into_iter().filter(|letter| letter.subject.contains("INV-7"));
    letters.map(|letter| letter.message_id.clone()).collect()
}

async fn told(world: &World) -> Vec<String> {
    deliver_mail(&world.app, |_| ()).await.unwrap();
    let notices = world.app.store.read(|tx| tx.notices(100)).await.unwrap();
    notices.into_iter().map(|notice| notice.subject).collect()
}

async fn address_state(world: &World) -> Option<AddressState> {
    world.app.store.read(|tx| tx.mail_address(ALICE)).await.unwrap().map(|row| row.state)
}

async fn a_hard_bounce_is_told_and_the_address_is_skipped(world: World) {
    let (mut alice, id) = mailed(&world).await;
    let bytes = report(&id, ALICE, "failed", "5.1.1");
    let bounce = read_bounce(&world.app, bytes.as_bytes()).await.unwrap();
    assert_eq!(bounce, Bounce::NotDelivered(vec!["Alice@Acme.example".to_owned()]));
    // Read twice, it counts once; so does a second copy of it.
    assert_eq!(read_bounce(&world.app, bytes.as_bytes()).await.unwrap(), Bounce::Known);
    let copy = bytes.replace("I'm sorry", "So sorry");
    assert_eq!(read_bounce(&world.app, copy.as_bytes()).await.unwrap(), Bounce::Noted);
    assert_eq!(address_state(&world).await, Some(AddressState::Hard));
    let bounces = world.app.store.read(|tx| tx.mail_address(ALICE)).await.unwrap().unwrap().bounces;
    assert_eq!(bounces, 1);

    let page = alice.get("/invoices/INV-7").await;
    assert!(page.has("This invoice was not delivered to Alice@Acme.example."), "{}", page.text());
    assert!(page.has("there is no such mailbox") && page.has("not delivered to Alice@Acme.example (returned)"));
    assert!(!page.has("<b>gone</b>") && !page.has("rejected"), "the server's words are staff's");
    assert!(world.signed_in(BOB).await.get("/invoices/INV-7").await.has("was not delivered to"));
    let subjects = told(&world).await;
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(subjects.iter().any(|subject| subject == "INV-7 was not delivered to Alice@Acme.example"));
    assert!(subjects.iter().any(|subject| subject == "INV-7 reached nobody"));
    assert_eq!(world.mailbox.received_by(DESK).len(), 2, "staff are told by mail");
    assert_eq!(told(&world).await.len(), 2, "once");

    // Nothing more goes there, until somebody clears it.
    again(&world, &mut alice).await;
    assert_eq!(invoices(&world).len(), 1);
    world.app.store.write(|tx| tx.clear_mail_address(ALICE)).await.unwrap();
    again(&world, &mut alice).await;
    assert_eq!(invoices(&world).len(), 2);
    assert!(!alice.get("/invoices/INV-7").await.has("This invoice was not delivered to"), "it arrived in the end");
    // The old report, read again, doesn't brand the cleared address.
    read_bounce(&world.app, bytes.as_bytes()).await.unwrap();
    read_bounce(&world.app, copy.replace("So", "Very").as_bytes()).await.unwrap();
    assert_eq!(address_state(&world).await, None);
}

async fn what_is_no_failure_changes_nothing(world: World) {
    let (mut alice, id) = mailed(&world).await;
    for (action, status) in [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0"), ("expanded", "2.0.0")]
    {
        let bounce = read_bounce(&world.app, report(&id, ALICE, action, status).as_bytes()).await.unwrap();
        assert_eq!(bounce, Bounce::Noted, "{action}");
    }
    assert_eq!(address_state(&world).await, None);
    assert!(told(&world).await.is_empty());
    let page = alice.get("/invoices/INV-7").await;
    assert!(page.has("accepted") && !page.has("not delivered"), "{}", page.text());
}

async fn a_soft_failure_is_told_and_the_address_is_kept(world: World) {
    let (mut alice, id) = mailed(&world).await;
    let bounce = read_bounce(&world.app, report(&id, ALICE, "failed", "4.2.2").as_bytes()).await.unwrap();
    assert!(matches!(bounce, Bounce::NotDelivered(_)));
    assert_eq!(address_state(&world).await, Some(AddressState::Soft));
    assert!(alice.get("/invoices/INV-7").await.has("the mailbox is full"));
    again(&world, &mut alice).await;
    assert_eq!(invoices(&world).len(), 2);
}

async fn a_letter_about_its_content_does_not_brand_the_address(world: World) {
    let (mut alice, id) = mailed(&world).await;
    read_bounce(&world.app, report(&id, ALICE, "failed", "5.7.1").as_bytes()).await.unwrap();
    assert_eq!(address_state(&world).await, Some(AddressState::Soft));
    assert!(alice.get("/invoices/INV-7").await.has("does not accept our mail"));
}

async fn what_is_about_our_sender_does_not_brand_the_address(world: World) {
    let (mut alice, mut id) = mailed(&world).await;
    for status in ["5.1.8", "5.2.252"] {
        read_bounce(&world.app, report(&id, ALICE, "failed", status).as_bytes()).await.unwrap();
        assert_eq!(address_state(&world).await, Some(AddressState::Soft), "{status}");
        let page = alice.get("/invoices/INV-7").await;
        assert!(page.has("does not accept our mail") && !page.has("there is no such mailbox"), "{}", page.text());
        id = again(&world, &mut alice).await;
    }
    assert_eq!(invoices(&world).len(), 3, "it is sent there all the same");
    let mut told = world.app.store.read(|tx| tx.notices(100)).await.unwrap();
    told.retain(|notice| notice.key.starts_with("mail.bounce."));
    assert!(
        told.len() == 2 && told.iter().all(|notice| notice.body.contains("are sent there all the same")),
        "{told:?}"
    );
}

async fn strangers_can_do_nothing(world: World) {
    let (mut alice, id) = mailed(&world).await;
    let wrong_id = id.replace("invoice.INV-7.", "invoice.INV-7.f");
    let real = report(&id, ALICE, "failed", "5.1.1");
    let hostile = [
        (report(&wrong_id, ALICE, "failed", "5.1.1"), Bounce::Foreign),
        (report(&id, BOB, "failed", "5.1.1"), Bounce::Foreign),
        (report(&id, "alice@acme.example.evil.example", "failed", "5.1.1"), Bounce::Foreign),
        (report("", ALICE, "failed", "5.1.1"), Bounce::Foreign),
        (report("x' OR '1'='1@x", ALICE, "failed", "5.1.1"), Bounce::Foreign),
    ];
    for (bytes, expected) in hostile {
        assert_eq!(read_bounce(&world.app, bytes.as_bytes()).await.unwrap(), expected, "{bytes}");
    }
    let unreadable = [
        String::new(),
        "Subject: out of office\r\n\r\nI am away.\r\n".to_owned(),
        real.replace("report-type=delivery-status", "report-type=feedback-report"),
        real.replace("message/delivery-status", "text/plain"),
        // The report stands behind more than we read.
        real.replace("I'm sorry.", &"x".repeat(300_000)),
    ];
    for bytes in unreadable {
        let bounce = read_bounce(&world.app, bytes.as_bytes()).await.unwrap();
        assert!(matches!(bounce, Bounce::Unreadable(_)), "{bounce:?}");
    }
    // Bytes that are no text.
    let raw: Vec<u8> =
        real.replace(&id, &wrong_id).bytes().map(|byte| if byte == b'g' { 0xff } else { byte }).collect();
    read_bounce(&world.app, &raw).await.unwrap();
    assert!(alice.get("/invoices/INV-7").await.has("accepted"));
    assert_eq!(address_state(&world).await, None);
    assert!(told(&world).await.is_empty());
    // A long letter that came back whole is no trouble: its head is what counts.
    // Nor is a NUL, which PostgreSQL can't store.
    let whole = real.replace("Hello.", &"x".repeat(3_000_000)).replace("gone", "go\0ne");
    assert!(matches!(read_bounce(&world.app, whole.as_bytes()).await.unwrap(), Bounce::NotDelivered(_)));
}

async fn folders_are_read_once(world: World) {
    let (_, id) = mailed(&world).await;
    let folder = tempfile::TempDir::with_prefix("quittance-maildir-").unwrap();
    for name in ["new", "cur", "tmp"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("new/1.host", &report(&id, ALICE, "failed", "5.1.1"));
    put("new/2.host", "Subject: hello\r\n\r\nHow do you do?\r\n");
    let mut watch = Watch::default();
    watch.read(&world.app, folder.path()).await.unwrap();
    assert_eq!(address_state(&world).await, Some(AddressState::Hard));
    assert!(is_there(folder.path(), "cur/1.host:2,S") && !is_there(folder.path(), "new/1.host"));
    watch.read(&world.app, folder.path()).await.unwrap();
    let read = read_path(&world.app, folder.path()).await.unwrap();
    assert_eq!(read.len(), 2);
    assert!(read.iter().any(|(_, bounce)| *bounce == Bounce::Known), "{read:?}");
    assert!(read_path(&world.app, Path::new("/nowhere")).await.is_err());
    let mbox =
        format!("From a\n{}\nFrom b\nSubject: x\n\nx\n", report(&id, ALICE, "failed", "5.1.1").replace("\r\n", "\n"));
    put("all.mbox", &mbox);
    assert_eq!(read_path(&world.app, &folder.path().join("all.mbox")).await.unwrap().len(), 2);
}

/// What a server put off isn't tried before its time, and then once.
async fn a_retry_waits_for_its_time(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 7, "2026-09-18")]).await;
    let mut alice = world.signed_in(ALICE).await;
    let busy = connect::mail::Refusal::Temporary { code: 451, text: "4.7.1 Greylisted".to_owned() };
    world.mailbox.fail_next(busy);
    assert_eq!(alice.post("/invoices/INV-7/mails", &[]).await.status, 303);
    assert_eq!(deliver_mail(&world.app, |_| ()).await.unwrap().postponed, 1);
    assert_eq!(deliver_mail(&world.app, |_| ()).await.unwrap().accepted, 0);
    assert!(invoices(&world).is_empty());
    world.passes(jiff::SignedDuration::from_hours(1));
    assert_eq!(deliver_mail(&world.app, |_| ()).await.unwrap().accepted, 1);
    world.passes(jiff::SignedDuration::from_hours(1));
    deliver_mail(&world.app, |_| ()).await.unwrap();
    assert_eq!(invoices(&world).len(), 1);
}

fn is_there(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}

#[test]
fn a_pipe_never_makes_a_report_about_itself() {
    let house = House::on(Database::Sqlite);
    house.inits(&crate::export::Export::sample());
    for text in ["", "Subject: hello\n\nHello.\n", "\0\u{1}\u{2}"] {
        let mut command = house.command(&["mail", "bounces", "-"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = process.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{text:?}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("no "), "it says so");
    }
    let said = house.refuses(&["mail", "bounces", "/nowhere/at/all"]);
    assert!(said.err.contains("can't be read"), "{}", said.err);
    assert!(house.does(&["mail", "addresses"]).out.contains("No mail has come back."));
    house.refuses(&["mail", "addresses", "--clear", "a@b.example"]);
}
